//! Kao's and Pedroni's tests: against a second derivation in Python, and by what must hold of any such test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, numbers, panel, walk};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::cointegration::{
    AdfVariance, CointegrationStatistic, KaoOptions, PedroniOptions, kao, pedroni,
};
use vintner_estimation::unit_root::{Bandwidth, Deterministic, Kernel, Lags};
use vintner_estimation::{EstimationError, Formula, Reason, TestOutcome, Untestable};
use vintner_panel::Panel;

fn statistic<'a>(statistics: &'a [CointegrationStatistic], name: &str) -> &'a CointegrationStatistic {
    statistics.iter().find(|statistic| statistic.name == name).expect(name)
}

fn value(statistics: &[CointegrationStatistic], name: &str) -> f64 {
    match &statistic(statistics, name).outcome {
        TestOutcome::Test(test) => test.statistic,
        TestOutcome::NotTestable { reason, .. } => panic!("{name}: {reason}"),
    }
}

fn reason<'a>(statistics: &'a [CointegrationStatistic], name: &str) -> &'a Reason {
    match &statistic(statistics, name).outcome {
        TestOutcome::Test(test) => panic!("{name}: {}", test.statistic),
        TestOutcome::NotTestable { reason, .. } => reason,
    }
}

#[test]
fn a_second_derivation_agrees() {
    let folder = golden();
    let tally = walk(&folder.join("json/py_cointegration.json"), |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let synth = parts[0].starts_with("synth");
        let panel =
            panel(&folder.join(format!("data/{}.csv", parts[0])), if synth { "city" } else { "firm" }, &[]);
        let formula = match synth {
            true => Formula::new("ln_co2", &["ln_gdp"]),
            false => Formula::new("inv", &["value", "capital"]),
        };
        let kernel = if parts[2] == "parzen" { Kernel::Parzen } else { Kernel::Bartlett };
        let bandwidth = match parts[3] {
            "newey_west_automatic" => Bandwidth::NeweyWestAutomatic,
            "newey_west_rule" => Bandwidth::NeweyWestRule,
            lags => Bandwidth::Lags(lags.parse().expect("lags")),
        };
        let lags: usize = parts[4].strip_prefix("lags_").expect("lags").parse().expect("lags");
        let unbalanced = parts[0].ends_with("_unb");
        if parts[1] == "kao" {
            let options = KaoOptions { lags, kernel, bandwidth, ..KaoOptions::default() };
            let found = kao(&panel, &formula, &options).expect("a test");
            let expected = record.take("statistics");
            for (name, expected) in expected.as_object().expect("statistics") {
                close(&id, name, value(&found.statistics, name), numbers(expected)[0]);
            }
            assert_eq!(expected.as_object().expect("statistics").len(), if unbalanced { 3 } else { 5 });
            let parts = found.parts.as_ref().expect("parts");
            record.compare("slopes", &parts.slopes);
            record.compare("rho", &[parts.rho]);
            record.compare("t_rho", &[parts.t_rho]);
            record.compare("t_adf", &[parts.t_adf]);
            record.compare("variance", &[parts.variance]);
            record.compare("long_run_variance", &[parts.long_run_variance]);
            let bandwidths: Vec<f64> = parts.bandwidths.iter().map(|lags| *lags as f64).collect();
            record.compare("bandwidths", &bandwidths);
        } else {
            let options = PedroniOptions {
                deterministic: match parts[5] {
                    "none" => Deterministic::None,
                    "intercept" => Deterministic::Intercept,
                    _ => Deterministic::Trend,
                },
                lags: Lags::Fixed(lags),
                kernel,
                bandwidth,
                weighted: parts[6] == "weighted",
                ..PedroniOptions::default()
            };
            let found = pedroni(&panel, &formula, &options).expect("a test");
            let expected = record.take("raw");
            for (name, expected) in expected.as_object().expect("statistics") {
                let raw = statistic(&found.statistics, name).raw.expect("a statistic");
                close(&id, name, raw, numbers(expected)[0]);
            }
            assert_eq!(expected.as_object().expect("statistics").len(), if unbalanced { 5 } else { 7 });
        }
        if unbalanced {
            let (statistics, name) = match parts[1] {
                "kao" => {
                    (kao(&panel, &formula, &KaoOptions::default()).expect("a test").statistics, "DF rho")
                }
                _ => {
                    let found = pedroni(&panel, &formula, &PedroniOptions::default()).expect("a test");
                    (found.statistics, "panel v")
                }
            };
            assert!(matches!(reason(&statistics, name), Reason::UnbalancedPanel { .. }));
        }
        Ok(())
    });
    assert_eq!(tally.records, 252);
    assert!(tally.left_out.is_empty());
}

fn close(id: &str, name: &str, actual: f64, expected: f64) {
    let error = (actual - expected).abs() / expected.abs();
    assert!(error <= 1e-10, "{id} {name}: {actual}, Python {expected}, off by {error:.1e}");
}

/// A stream of standard normals that depends on its seed alone: splitmix64, then Box and Muller.
struct Normals(u64);

impl Normals {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn next(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// N entities over T periods: x a random walk, y either another or x plus an autoregression.
fn simulated(seed: u64, n: usize, t: usize, cointegrated: bool) -> Panel {
    let mut normals = Normals(seed);
    let (mut entity, mut time, mut x, mut y) = (vec![], vec![], vec![], vec![]);
    for unit in 0..n {
        let (mut level, mut other) = (0.0, 0.0);
        for period in 0..t {
            level += normals.next();
            other = if cointegrated { 0.3 * other } else { other } + normals.next();
            entity.push(format!("{unit:03}"));
            time.push(period as i32);
            x.push(Some(level));
            y.push(Some(if cointegrated { 1.0 + level + other } else { other }));
        }
    }
    built(entity, time, x, y)
}

fn built(entity: Vec<String>, time: Vec<i32>, x: Vec<Option<f64>>, y: Vec<Option<f64>>) -> Panel {
    let columns = vec![
        Column::new("entity".into(), &entity),
        Column::new("time".into(), &time),
        Column::new("x".into(), x),
        Column::new("y".into(), y),
    ];
    let frame = DataFrame::new(entity.len(), columns).expect("a frame");
    Panel::new(frame, "entity", "time").expect("a panel")
}

fn equation() -> Formula {
    Formula::new("y", &["x"])
}

/// The share of rejections at 5%, statistic by statistic.
fn rejections(cointegrated: bool, n: usize, t: usize, replications: u64) -> Vec<(String, f64)> {
    let mut shares: Vec<(String, f64)> = Vec::new();
    for seed in 0..replications {
        let panel = simulated(1 + seed * 1_000_003, n, t, cointegrated);
        let lags = Bandwidth::NeweyWestRule;
        let kao_options = KaoOptions { bandwidth: lags, ..KaoOptions::default() };
        let pedroni_options = PedroniOptions { bandwidth: lags, ..PedroniOptions::default() };
        let mut statistics = kao(&panel, &equation(), &kao_options).expect("a test").statistics;
        statistics.extend(pedroni(&panel, &equation(), &pedroni_options).expect("a test").statistics);
        for (place, statistic) in statistics.iter().enumerate() {
            let test = statistic.outcome.test().expect("a test");
            if place == shares.len() {
                shares.push((statistic.name.clone(), 0.0));
            }
            shares[place].1 += f64::from(u8::from(test.p_value < 0.05)) / replications as f64;
        }
    }
    shares
}

/// 200 panels of 10 x 100 under the null: the shares of rejections have a standard error of 1.5 points, and the asymptotic
/// distributions are approached from one side or the other (Pedroni 2004, figures 1 to 3; Kao 1999, table 2), so that bounds
/// are wide; a wrong moment (the next row of the table, say) moves each statistic by one or more standard deviations.
#[test]
fn the_size_is_near_nominal() {
    for (name, share) in rejections(false, 10, 100, 200) {
        println!("{name}: {share:.3}");
        assert!((0.005..=0.2).contains(&share), "{name} rejects in {:.1}%", 100.0 * share);
    }
}

#[test]
fn cointegration_is_found() {
    for (name, share) in rejections(true, 10, 60, 25) {
        println!("{name}: {share:.3}");
        assert!(share >= 0.96, "{name} rejects in {:.0}%", 100.0 * share);
    }
}

/// y and x in other units, shifted by other constants, and the entities under other names.
#[test]
fn units_of_measurement_and_names_do_not_matter() {
    let panel = simulated(7, 6, 40, false);
    let scaled = |name: &str, factor: f64, shift: f64| -> Vec<Option<f64>> {
        panel
            .values(name)
            .expect(name)
            .iter()
            .map(|value| value.map(|value| factor * value + shift))
            .collect()
    };
    let entity = panel.entity_codes().iter().map(|code| format!("{:03}", 900 - code)).collect();
    let other = built(entity, panel.times().to_vec(), scaled("x", 1e-4, 3.0), scaled("y", 250.0, -70.0));
    for deterministic in [Deterministic::Intercept, Deterministic::Trend] {
        let options = PedroniOptions { deterministic, ..PedroniOptions::default() };
        let (a, b) = (
            pedroni(&panel, &equation(), &options).expect("a test"),
            pedroni(&other, &equation(), &options).expect("a test"),
        );
        for statistic in &a.statistics {
            let (a, b) = (value(&a.statistics, &statistic.name), value(&b.statistics, &statistic.name));
            assert!((a - b).abs() <= 1e-8 * a.abs().max(1.0), "{}: {a} and {b}", statistic.name);
        }
    }
    // As printed, panel ADF does depend on the units of y.
    let printed = PedroniOptions { adf_variance: AdfVariance::Unweighted, ..PedroniOptions::default() };
    let (a, b) = (
        pedroni(&panel, &equation(), &printed).expect("a test"),
        pedroni(&other, &equation(), &printed).expect("a test"),
    );
    assert!((value(&a.statistics, "panel ADF") - value(&b.statistics, "panel ADF")).abs() > 1.0);
    // Kao's automatic bandwidth adds up y and x, so that a fixed one is taken here.
    let options = KaoOptions { bandwidth: Bandwidth::Lags(2), ..KaoOptions::default() };
    let (a, b) = (
        kao(&panel, &equation(), &options).expect("a test"),
        kao(&other, &equation(), &options).expect("a test"),
    );
    for statistic in &a.statistics {
        let (a, b) = (value(&a.statistics, &statistic.name), value(&b.statistics, &statistic.name));
        assert!((a - b).abs() <= 1e-8 * a.abs().max(1.0), "{}: {a} and {b}", statistic.name);
    }
}

#[test]
fn a_mean_over_the_entities_goes_away() {
    let panel = simulated(11, 8, 30, false);
    let wave: Vec<f64> = panel.times().iter().map(|time| (f64::from(*time) / 3.0).sin() * 40.0).collect();
    let y: Vec<Option<f64>> = panel
        .values("y")
        .expect("y")
        .iter()
        .zip(&wave)
        .map(|(value, wave)| value.map(|value| value + wave))
        .collect();
    let shaken = panel.clone().with_values("y", y).expect("a panel");
    let options = PedroniOptions { demean: true, ..PedroniOptions::default() };
    let a = pedroni(&panel, &equation(), &options).expect("a test");
    let b = pedroni(&shaken, &equation(), &options).expect("a test");
    let c = pedroni(&shaken, &equation(), &PedroniOptions::default()).expect("a test");
    let name = "group PP";
    assert!((value(&a.statistics, name) - value(&b.statistics, name)).abs() < 1e-8);
    assert!((value(&a.statistics, name) - value(&c.statistics, name)).abs() > 0.1);
    let options = KaoOptions { demean: true, bandwidth: Bandwidth::Lags(2), ..KaoOptions::default() };
    let a = kao(&panel, &equation(), &options).expect("a test");
    let b = kao(&shaken, &equation(), &options).expect("a test");
    assert!((value(&a.statistics, "DF t*") - value(&b.statistics, "DF t*")).abs() < 1e-8);
}

#[test]
fn what_cannot_be_tested_has_a_reason() {
    let panel = simulated(3, 4, 20, false);
    let holed = {
        let mut y = panel.values("y").expect("y");
        y[7] = None;
        panel.clone().with_values("y", y).expect("a panel")
    };
    let refused = pedroni(&holed, &equation(), &PedroniOptions::default()).expect("a result");
    let Reason::Entity { entity, reason: inner } = reason(&refused.statistics, "group PP") else { panic!() };
    assert_eq!((entity.as_str(), &**inner), ("000", &Reason::Hole { after: 6, before: 8 }));
    let options = PedroniOptions { untestable: Untestable::LeaveOut, ..PedroniOptions::default() };
    let rest = pedroni(&holed, &equation(), &options).expect("a result");
    assert_eq!(rest.left_out, ["000"]);
    assert!(rest.statistics.iter().all(|statistic| statistic.outcome.test().is_some()));
    let refused = kao(&holed, &equation(), &KaoOptions::default()).expect("a result");
    assert!(matches!(reason(&refused.statistics, "ADF"), Reason::Entity { .. }));
    let options = KaoOptions { untestable: Untestable::LeaveOut, ..KaoOptions::default() };
    let rest = kao(&holed, &equation(), &options).expect("a result");
    assert_eq!(rest.left_out.len(), 1);
    assert!(rest.statistics.iter().all(|statistic| statistic.outcome.test().is_some()));

    // Every reason at every length, never a NaN.
    for periods in 1..8 {
        for units in [1, 3] {
            let short = simulated(5, units, periods, false);
            let found = pedroni(&short, &equation(), &PedroniOptions::default()).expect("a result");
            let kao = kao(&short, &equation(), &KaoOptions::default()).expect("a result");
            for statistic in found.statistics.iter().chain(&kao.statistics) {
                if let Some(test) = statistic.outcome.test() {
                    assert!(test.statistic.is_finite() && (0.0..=1.0).contains(&test.p_value));
                }
            }
            if periods <= 3 {
                assert!(found.statistics.iter().all(|statistic| statistic.outcome.test().is_none()));
            }
        }
    }

    // A perfect fit, a constant regressor, nothing at all.
    let twice = panel.values("x").expect("x").iter().map(|value| value.map(|value| 2.0 * value)).collect();
    let perfect = panel.clone().with_values("y", twice).expect("a panel");
    let found = pedroni(&perfect, &equation(), &PedroniOptions::default()).expect("a result");
    assert!(
        matches!(reason(&found.statistics, "panel v"), Reason::Entity { reason, .. } if **reason == Reason::PerfectFit)
    );
    let found = kao(&perfect, &equation(), &KaoOptions::default()).expect("a result");
    assert_eq!(reason(&found.statistics, "ADF"), &Reason::PerfectFit);
    let constant = panel.clone().with_values("x", vec![Some(3.0); panel.height()]).expect("a panel");
    let found = pedroni(&constant, &equation(), &PedroniOptions::default()).expect("a result");
    assert!(
        matches!(reason(&found.statistics, "panel v"), Reason::Entity { reason, .. } if matches!(**reason, Reason::RankDeficient { .. }))
    );
    let found = kao(&constant, &equation(), &KaoOptions::default()).expect("a result");
    let said = reason(&found.statistics, "ADF").to_string();
    assert_eq!(said, "nothing is left of x after the entities' means are taken out");
    let nothing = panel.clone().with_values("x", vec![None; panel.height()]).expect("a panel");
    let found = pedroni(&nothing, &equation(), &PedroniOptions::default()).expect("a result");
    assert!(
        matches!(reason(&found.statistics, "panel v"), Reason::Entity { reason, .. } if **reason == Reason::NoObservations { rows_dropped: 20 })
    );

    // Eight regressors are beyond Pedroni's table, a column that isn't there is a fault of the question.
    let mut wide = simulated(9, 3, 60, false);
    let mut normals = Normals(77);
    let names: Vec<String> = (0..8).map(|place| format!("x{place}")).collect();
    for name in &names {
        let walk = (0..wide.height())
            .scan(0.0, |level, _| {
                *level += normals.next();
                Some(Some(*level))
            })
            .collect();
        wide = wide.with_values(name, walk).expect("a panel");
    }
    let found = pedroni(&wide, &Formula::new("y", &names), &PedroniOptions::default()).expect("a result");
    assert!(matches!(reason(&found.statistics, "group PP"), Reason::BeyondTable { .. }));
    let seven =
        pedroni(&wide, &Formula::new("y", &names[..7]), &PedroniOptions::default()).expect("a result");
    assert!(seven.statistics.iter().all(|statistic| statistic.outcome.test().is_some()));
    let fault = kao(&panel, &Formula::new("y", &["absent"]), &KaoOptions::default());
    assert!(matches!(fault, Err(EstimationError::Panel(_))));
}
