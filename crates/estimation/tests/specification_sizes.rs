//! How often tests reject at 5 % what is true, in panels of 14 entities and 12 times: what `docs/methods/specification_tests.md`
//! says of their sizes.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::specification::{
    BeraSosaYoon, BeraSosaYoonOptions, BreuschGodfrey, CrossSection, CrossSectionStatistic, DurbinWatson,
    LagReach, LagSquares, LagrangeMultiplier, RowBefore, VarianceStatistic, baltagi_wu, bera_sosa_yoon,
    bhargava_franzini_narendranathan, breusch_godfrey, breusch_pagan, durbin_watson, jarque_bera,
    lagrange_multiplier, modified_wald, wooldridge_ar, wooldridge_drukker,
};
use vintner_estimation::{
    ClusterCovariance, Covariance, Effects, Formula, HypothesisTest, Model, Reason, Sample, SmallSample,
    TestDistribution,
};
use vintner_panel::Panel;

const ENTITIES: usize = 14;
const TIMES: usize = 12;
const PANELS: usize = 2_000;
/// Of tests whose exact p-value needs the eigenvalues of as many rows as there are.
const FEW_PANELS: usize = 100;

/// Standard normal variables from a small generator (Box and Muller).
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn draw(&mut self) -> f64 {
        let (one, two) = (self.uniform(), self.uniform());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
    }
}

/// y = a + x + e with independent normal errors, and effects of that size, with which x is correlated.
fn panel(normal: &mut Normal, effects: f64) -> Sample {
    let rows = ENTITIES * TIMES;
    let (mut ids, mut years, mut y, mut x) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entity in 0..ENTITIES {
        let effect = effects * normal.draw();
        for time in 0..TIMES {
            ids.push(format!("{entity:02}"));
            years.push(2000 + time as i32);
            x.push(effect + normal.draw());
            y.push(effect + x[x.len() - 1] + normal.draw());
        }
    }
    let columns = vec![
        Column::new("id".into(), ids),
        Column::new("year".into(), years),
        Column::new("y".into(), y),
        Column::new("x".into(), x),
    ];
    let panel = Panel::new(DataFrame::new(rows, columns).unwrap(), "id", "year").unwrap();
    Sample::new(&panel, &Formula::new("y", &["x"])).unwrap()
}

type Test = fn(&Sample) -> Result<HypothesisTest, Reason>;

/// The shares of panels in which tests reject.
fn rejections(panels: usize, effects: f64, seed: u64, tests: &[(&str, Test)]) -> Vec<f64> {
    let mut normal = Normal(seed);
    let mut counts = vec![0_usize; tests.len()];
    for _ in 0..panels {
        let sample = panel(&mut normal, effects);
        for (count, (name, test)) in counts.iter_mut().zip(tests) {
            let found = test(&sample).unwrap_or_else(|reason| panic!("{name}: {reason}"));
            *count += usize::from(found.p_value < 0.05);
        }
    }
    let shares: Vec<f64> = counts.iter().map(|count| *count as f64 / panels as f64).collect();
    for ((name, _), share) in tests.iter().zip(&shares) {
        println!("{name}: {share:.3}");
    }
    shares
}

fn within_breusch_godfrey(sample: &Sample) -> Result<HypothesisTest, Reason> {
    let options = BreuschGodfrey { order: Some(1), ..BreuschGodfrey::default() };
    breusch_godfrey(&Model::Within.estimate(sample)?, options)
}

fn robust() -> Covariance {
    Covariance::Cluster(ClusterCovariance {
        small_sample: SmallSample::None,
        test: TestDistribution::Residual,
        ..ClusterCovariance::default()
    })
}

#[test]
fn tests_of_within_residuals() {
    let tests: [(&str, Test); 7] = [
        ("Breusch-Godfrey", within_breusch_godfrey),
        ("Wooldridge, within", |sample| wooldridge_ar(sample, RowBefore::Time, &robust())),
        ("Wooldridge-Drukker", |sample| wooldridge_drukker(sample, RowBefore::Time)),
        ("modified Wald", |sample| Ok(modified_wald(sample)?.test)),
        ("Breusch-Pagan", |sample| breusch_pagan(sample, Model::Within, VarianceStatistic::Studentised)),
        ("Pesaran CD", |sample| {
            CrossSection::of_residuals(&Model::Within.estimate(sample)?)?.test(CrossSectionStatistic::Cd)
        }),
        ("Jarque-Bera", |sample| Ok(jarque_bera(&Model::Within.estimate(sample)?)?.test)),
    ];
    let shares = rejections(PANELS, 1.0, 11, &tests);
    assert!(shares[0] > 0.10, "{shares:?}");
    // What needs many entities, or many times.
    assert!(shares[1] < 0.12 && shares[2] < 0.12, "{shares:?}");
    assert!(shares[3] > 0.20, "{shares:?}");
    // A standard error of a share of 5 % is half a percentage point.
    assert!(shares[4..].iter().all(|share| (share - 0.05).abs() < 0.03), "{shares:?}");
}

#[test]
fn durbin_watson_of_entities_and_of_rows_as_they_stand() {
    let tests: [(&str, Test); 3] = [
        ("Durbin-Watson", |sample| durbin_watson(&Model::Within.estimate(sample)?, DurbinWatson::default())),
        ("Durbin-Watson, stacked", |sample| {
            let options = DurbinWatson { lags: LagReach::Stacked, ..DurbinWatson::default() };
            durbin_watson(&Model::Within.estimate(sample)?, options)
        }),
        ("Durbin-Watson, pooled", |sample| {
            durbin_watson(&Model::Ols.estimate(sample)?, DurbinWatson::default())
        }),
    ];
    let shares = rejections(FEW_PANELS, 1.0, 11, &tests);
    // Two standard errors of a share of 5 % are 4.4 percentage points.
    assert!((shares[0] - 0.05).abs() < 0.044, "{shares:?}");
    // What takes deviations from means for independent.
    assert!(shares[1] < 0.03, "{shares:?}");
    // Effects that are left in the residuals.
    assert!(shares[2] > 0.50, "{shares:?}");
}

#[test]
fn tests_of_pooled_residuals() {
    fn all_rows(sample: &Sample) -> Result<HypothesisTest, Reason> {
        let options = BeraSosaYoonOptions { squares: LagSquares::AllRows, ..BeraSosaYoonOptions::default() };
        bera_sosa_yoon(sample, BeraSosaYoon::SerialCorrelation, options)
    }
    let tests: [(&str, Test); 4] = [
        ("Bera-Sosa-Escudero-Yoon, squares of later rows", |sample| {
            bera_sosa_yoon(sample, BeraSosaYoon::SerialCorrelation, BeraSosaYoonOptions::default())
        }),
        ("Bera-Sosa-Escudero-Yoon, squares of all rows", all_rows),
        ("Honda", |sample| lagrange_multiplier(sample, Effects::Entity, LagrangeMultiplier::Honda)),
        ("Breusch-Pagan LM", |sample| {
            lagrange_multiplier(sample, Effects::Entity, LagrangeMultiplier::BreuschPagan)
        }),
    ];
    let shares = rejections(PANELS, 0.0, 12, &tests);
    assert!(shares[0] > shares[1] + 0.01, "{shares:?}");
    assert!((shares[1] - 0.05).abs() < 0.015, "{shares:?}");
    // Honda's, and Breusch and Pagan's more, are from the limit of many entities.
    assert!((0.02..0.05).contains(&shares[2]) && (0.02..0.05).contains(&shares[3]), "{shares:?}");
}

#[test]
fn measures_without_serial_correlation() {
    let mut normal = Normal(13);
    let (mut bnf, mut lbi) = (0.0, 0.0);
    for _ in 0..PANELS {
        let sample = panel(&mut normal, 1.0);
        bnf += bhargava_franzini_narendranathan(&sample).unwrap().value / PANELS as f64;
        lbi += baltagi_wu(&sample).unwrap().value / PANELS as f64;
    }
    println!("Bhargava-Franzini-Narendranathan {bnf:.3}, Baltagi-Wu {lbi:.3}");
    assert!((bnf - 2.0).abs() < 0.01 && (lbi - 2.0 - 2.0 / TIMES as f64).abs() < 0.01, "{bnf} {lbi}");
}
