//! What the records of the reference folder don't cover of specification tests and of inference: against R 4.2.2 (plm
//! 2.6-2, car 3.1-1, clubSandwich 0.5.8, lmtest 0.9-40), and against the same equation written out.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::specification::{
    BeraSosaYoon, BeraSosaYoonOptions, CommonSlopes, DurbinWatson, Finding, Indefinite, LagReach, LagSquares,
    PValueMethod, RowBefore, SpecificationTest, VarianceStatistic, baltagi_wu, bera_sosa_yoon, breusch_pagan,
    diagnose, durbin_watson, effects_f_test, generalised_variance_inflation, hausman, hausman_auxiliary,
    likelihood_ratio, modified_wald, mundlak, poolability, reset, variance_inflation,
};
use vintner_estimation::{
    ClusterCovariance, ClusterType, Covariance, Fit, Formula, LinearHypothesis, Model, NullDistribution,
    RandomEffects, Reason, Sample, SmallSample, TestDistribution, Weights,
};
use vintner_panel::Panel;

fn grunfeld() -> Panel {
    panel(&golden().join("data/grunfeld.csv"), "firm", &[])
}

fn formula() -> Formula {
    Formula::new("inv", &["value", "capital"])
}

fn sample(panel: &Panel) -> Sample {
    Sample::new(panel, &formula()).unwrap()
}

fn classical(sample: &Sample, model: Model) -> Fit {
    model.estimate(sample).unwrap().fit(&Covariance::classical()).unwrap()
}

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs(), "{actual:e}, reference {expected:e}");
}

/// The rows of the panel that `keep` chooses, with the number of each among all rows.
fn rows(panel: &Panel, keep: impl Fn(usize, i32) -> bool) -> Panel {
    let codes = panel.entity_codes();
    let kept: Vec<usize> = (0..panel.height()).filter(|&row| keep(codes[row], panel.times()[row])).collect();
    let names: Vec<String> = kept.iter().map(|&row| panel.entities()[codes[row]].clone()).collect();
    let years: Vec<i32> = kept.iter().map(|&row| panel.times()[row]).collect();
    let mut columns = vec![Column::new("firm".into(), names), Column::new("year".into(), years)];
    for name in ["inv", "value", "capital"] {
        let values = panel.values(name).unwrap();
        columns.push(Column::new(name.into(), kept.iter().map(|&row| values[row]).collect::<Vec<_>>()));
    }
    Panel::new(DataFrame::new(kept.len(), columns).unwrap(), "firm", "year").unwrap()
}

/// The equation with dummy variables of entities but one, of times but one, or both.
fn with_dummies(panel: &Panel, entities: bool, times: bool) -> Sample {
    let mut with = panel.clone();
    let mut names = vec!["value".to_owned(), "capital".to_owned()];
    let mut add = |name: String, levels: Vec<bool>| {
        let values = levels.iter().map(|one| Some(f64::from(u8::from(*one)))).collect();
        with = with.clone().with_values(&name, values).unwrap();
        names.push(name);
    };
    if entities {
        for level in 1..panel.entities().len() {
            add(format!("e{level}"), panel.entity_codes().iter().map(|code| *code == level).collect());
        }
    }
    if times {
        let mut distinct = panel.times().to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        for time in &distinct[1..] {
            add(format!("t{time}"), panel.times().iter().map(|own| own == time).collect());
        }
    }
    Sample::new(&with, &Formula::new("inv", &names)).unwrap()
}

#[test]
fn fixed_effects_are_projected_off_in_durbin_watson() {
    let whole = grunfeld();
    // The first four firms in order of their names' text are those of numbers 1 to 4.
    let four = rows(&whole, |code, _| code < 4);
    // sum of squared differences within firms over e'e, its mean and variance from tr(MA) and tr(MAMA) with M of
    // model.matrix(inv ~ value + capital + factor(firm)) and so on, pnorm
    let expected = [
        (Model::Within, 8.331966100780744e-01, 2.804252296381346e-08),
        (Model::WithinTwoWay, 8.113595557669895e-01, 5.932178007431381e-07),
        (Model::WithinTime, 1.720858804383533e-01, 8.983098497565824e-13),
    ];
    let by = |method| DurbinWatson { p_value: method, ..DurbinWatson::default() };
    for (model, statistic, p_value) in expected {
        let estimated = model.estimate(&sample(&four)).unwrap();
        let test = durbin_watson(&estimated, by(PValueMethod::Normal)).unwrap();
        close(test.statistic, statistic);
        assert!((test.p_value - p_value).abs() <= 1e-7 * p_value, "{model:?} {:e}", test.p_value);
    }
    // The same as with dummy variables, whichever way the p-value is computed, with gaps and without.
    let gaps = rows(&whole, |code, year| code < 5 && (year + code as i32) % 7 != 0 && year < 1950);
    for data in [&four, &gaps] {
        for (model, entities, times) in [
            (Model::Within, true, false),
            (Model::WithinTime, false, true),
            (Model::WithinTwoWay, true, true),
        ] {
            for method in [PValueMethod::Normal, PValueMethod::Exact] {
                let absorbed = durbin_watson(&model.estimate(&sample(data)).unwrap(), by(method)).unwrap();
                let explicit = Model::Ols.estimate(&with_dummies(data, entities, times)).unwrap();
                let explicit = durbin_watson(&explicit, by(method)).unwrap();
                close(absorbed.statistic, explicit.statistic);
                assert!(
                    (absorbed.p_value - explicit.p_value).abs() <= 1e-6 * explicit.p_value + 1e-13,
                    "{model:?} {method:?}: {:e}, {:e}",
                    absorbed.p_value,
                    explicit.p_value
                );
            }
        }
    }
    // One degree of freedom leaves nothing to say.
    let few = rows(&whole, |code, year| code == 0 && year < 1939);
    let test = durbin_watson(&Model::Ols.estimate(&sample(&few)).unwrap(), DurbinWatson::default());
    let reason = Reason::NoResidualDegreesOfFreedom { observations: 4, parameters: 3 };
    assert_eq!(test, Err(reason));
    let stacked = DurbinWatson { lags: LagReach::Stacked, ..DurbinWatson::default() };
    assert!(durbin_watson(&Model::Within.estimate(&sample(&four)).unwrap(), stacked).is_ok());
}

#[test]
fn any_two_of_within_between_and_random_effects_compare_alike() {
    let sample = sample(&grunfeld());
    let (within, between) = (classical(&sample, Model::Within), classical(&sample, Model::Between));
    let random = classical(&sample, Model::Random(RandomEffects::default()));
    let of = |one: &Fit, other: &Fit| hausman(one, other, Indefinite::AbsoluteValue);
    // phtest(between, random), phtest(within, between)
    close(of(&between, &random).unwrap().statistic, 2.1313791123043635);
    close(of(&within, &between).unwrap().statistic, 2.1313662254075707);
    assert_eq!(of(&between, &within).unwrap(), of(&within, &between).unwrap());
    // Deviations from firms' means aren't independent of the means of years.
    let times = classical(&sample, Model::BetweenTime);
    assert!(matches!(of(&within, &times), Err(Reason::NotDefinedFor { .. })));
    assert!(of(&classical(&sample, Model::WithinTime), &times).is_ok());
}

#[test]
fn variance_inflation_under_weights_and_quasi_deviations_is_that_of_car() {
    // vif(lm(inv ~ value + capital, weights = year - 1930)), and of plm(model = "random") on the unbalanced panel
    let weights = |panel: &Panel| panel.times().iter().map(|year| Some(f64::from(*year - 1930))).collect();
    let plain = grunfeld();
    let panel_ = plain.clone().with_values("w", weights(&plain)).unwrap();
    let weighted = Sample::new(&panel_, &formula().weighted(Weights::analytic("w"))).unwrap();
    let unbalanced = sample(&panel(&golden().join("data/grunfeld_unb.csv"), "firm", &[]));
    for (estimated, expected) in [
        (Model::Ols.estimate(&weighted).unwrap(), 1.5461513507961648),
        (Model::Random(RandomEffects::default()).estimate(&unbalanced).unwrap(), 1.1575617848420197),
    ] {
        for factor in variance_inflation(&estimated) {
            close(factor.vif, expected);
            close(generalised_variance_inflation(&estimated, &[factor.regressor]).unwrap(), expected);
        }
    }
}

#[test]
fn intervals_have_the_coefficients_own_degrees_of_freedom() {
    // conf_int(plm(model = "within"), vcov = "CR2", cluster = "individual", level = 0.9)
    let covariance = Covariance::Cluster(ClusterCovariance {
        residuals: ClusterType::Cr2,
        small_sample: SmallSample::None,
        test: TestDistribution::Satterthwaite,
        ..ClusterCovariance::default()
    });
    let sample = sample(&grunfeld());
    let fit = Model::Within.estimate(&sample).unwrap().fit(&covariance).unwrap();
    let expected = [(0.04541038425801466, 0.17483722398342225), (0.04927627353846803, 0.5708544090618095)];
    for (interval, (lower, upper)) in fit.confidence_intervals(0.9).unwrap().iter().zip(expected) {
        let (low, high) = (interval.lower.unwrap(), interval.upper.unwrap());
        assert!((low - lower).abs() < 1e-8 && (high - upper).abs() < 1e-8, "{interval:?}");
        // The test, the combination and the interval say the same of one coefficient.
        let hypothesis = LinearHypothesis::zero(&interval.coefficient);
        let combination = fit.linear_combination(&hypothesis, 0.9).unwrap();
        close(combination.lower.unwrap(), low);
        let own = fit.coefficient(&interval.coefficient).unwrap();
        close(combination.p_value.unwrap(), own.p_value.unwrap());
        let wald = fit.wald_test(&[hypothesis]).unwrap().unwrap();
        close(wald.test.p_value, own.p_value.unwrap());
        let df = NullDistribution::F { numerator: 1.0, denominator: own.df.unwrap() };
        assert_eq!(wald.test.distribution, df);
    }
    // Of two coefficients there are no degrees of freedom but the fit's.
    let sum = LinearHypothesis::parse("value + capital").unwrap();
    let wald = fit.wald_test(&[sum]).unwrap().unwrap();
    assert_eq!(wald.test.distribution, NullDistribution::F { numerator: 1.0, denominator: 9.0 });
}

#[test]
fn models_that_arent_nested_arent_compared() {
    let sample = sample(&grunfeld());
    let of = |model: Model| model.estimate(&sample).unwrap();
    // With 20 years and 10 firms effects of times have fewer residual degrees of freedom.
    let (entities, times) = (of(Model::Within), of(Model::WithinTime));
    for found in [effects_f_test(&entities, &times), likelihood_ratio(&entities, &times)] {
        assert_eq!(found, Err(Reason::NotNested));
    }
    let both = of(Model::WithinTwoWay);
    assert!(effects_f_test(&entities, &both).is_ok() && effects_f_test(&times, &both).is_ok());
    let random = of(Model::Random(RandomEffects::default()));
    assert_eq!(effects_f_test(&random, &entities), Err(Reason::NotNested));
    // In the list of tests too.
    let text = r#"{"effects_f": {"effects": "time", "given": "entity"}}"#;
    let test: SpecificationTest = serde_json::from_str(text).unwrap();
    let found = diagnose(&grunfeld(), &formula(), &[test]).unwrap();
    assert!(matches!(found[0].finding, Finding::NotTestable { reason: Reason::NotNested, .. }));
}

#[test]
fn the_likelihood_ratio_counts_observations() {
    // lrtest(lm(inv ~ value), lm(inv ~ value + capital)) with each row 1 to 3 times in the data
    let panel = grunfeld();
    let order = |row: usize| panel.entities()[panel.entity_codes()[row]].parse::<usize>().unwrap();
    // R's rows are sorted by the firms' numbers.
    let weights = (0..panel.height())
        .map(|row| {
            let number = (order(row) - 1) * 20 + (panel.times()[row] - 1935) as usize + 1;
            Some((1 + number % 3) as f64)
        })
        .collect();
    let panel = panel.clone().with_values("w", weights).unwrap();
    let of = |regressors: &[&str]| {
        let formula = Formula::new("inv", regressors).weighted(Weights::frequency("w"));
        Model::Ols.estimate(&Sample::new(&panel, &formula).unwrap()).unwrap()
    };
    close(
        likelihood_ratio(&of(&["value"]), &of(&["value", "capital"])).unwrap().statistic,
        160.38337231499008,
    );
}

#[test]
fn common_slopes_within_effects_dont_need_the_equations_intercept() {
    let panel = grunfeld();
    let without = Sample::new(&panel, &formula().without_intercept()).unwrap();
    let with = poolability(&sample(&panel), CommonSlopes::WithinEffects).unwrap();
    assert_eq!(poolability(&without, CommonSlopes::WithinEffects).unwrap(), with);
    // anova(lm(inv ~ value + capital + factor(firm)), lm(inv ~ factor(firm) * (value + capital)))
    assert!((with.statistic - 5.78046).abs() < 1e-5);
    let pooled = poolability(&without, CommonSlopes::WithIntercept).unwrap();
    assert_eq!(pooled.distribution, NullDistribution::F { numerator: 18.0, denominator: 180.0 });
}

#[test]
fn singletons_may_be_dropped() {
    // Firms of one year tell nothing of what is within.
    let panel = rows(&grunfeld(), |code, year| code > 1 || year == 1940);
    let without = rows(&panel, |code, _| code > 1);
    let dropping = Sample::new(&panel, &formula().without_singletons()).unwrap();
    let rest = sample(&without);
    type Test = fn(&Sample) -> f64;
    let tests: [Test; 6] = [
        |sample| modified_wald(sample).unwrap().test.statistic,
        |sample| baltagi_wu(sample).unwrap().value,
        |sample| breusch_pagan(sample, Model::Within, VarianceStatistic::default()).unwrap().statistic,
        |sample| reset(sample, Model::Within, &[2, 3]).unwrap().statistic,
        |sample| poolability(sample, CommonSlopes::WithinEffects).unwrap().statistic,
        |sample| {
            hausman_auxiliary(sample, RandomEffects::default(), &Covariance::classical()).unwrap().statistic
        },
    ];
    for test in tests {
        close(test(&dropping), test(&rest));
    }
}

#[test]
fn covariances_of_tests_cluster_by_columns() {
    let panel = grunfeld();
    let copy = panel.entity_codes().iter().map(|code| Some(*code as f64)).collect();
    let panel = panel.clone().with_values("copy", copy).unwrap();
    let by = |by: &str| -> Vec<SpecificationTest> {
        [
            format!(r#"{{"hausman_auxiliary": {{"covariance": {{"kind": "cluster", "by": {by}}}}}}}"#),
            format!(r#"{{"mundlak": {{"covariance": {{"kind": "cluster", "by": {by}}}}}}}"#),
            format!(r#"{{"wooldridge_ar": {{"covariance": {{"kind": "cluster", "by": {by}}}}}}}"#),
            format!(r#"{{"wooldridge_differences": {{"covariance": {{"kind": "cluster", "by": {by}}}}}}}"#),
        ]
        .iter()
        .map(|text| serde_json::from_str(text).expect(text))
        .collect()
    };
    let entities = diagnose(&panel, &formula(), &by(r#""entity""#)).unwrap();
    let columns = diagnose(&panel, &formula(), &by(r#"{"column": "copy"}"#)).unwrap();
    for (entities, columns) in entities.iter().zip(&columns) {
        let (Finding::Test(one), Finding::Test(other)) = (&entities.finding, &columns.finding) else {
            panic!("{entities:?} {columns:?}")
        };
        close(other.statistic, one.statistic);
    }
    assert!(diagnose(&panel, &formula(), &by(r#"{"column": "none"}"#)).is_err());
}

#[test]
fn nothing_to_test_is_a_reason() {
    // In a balanced panel a trend's means are those of all firms.
    let panel = grunfeld();
    let trend = panel.times().iter().map(|year| Some(f64::from(*year))).collect();
    let panel = panel.clone().with_values("trend", trend).unwrap();
    let sample = Sample::new(&panel, &Formula::new("inv", &["trend"])).unwrap();
    let found = mundlak(&sample, Model::Ols, &Covariance::classical());
    assert!(matches!(found, Err(Reason::NothingToTest)), "{found:?}");
}

#[test]
fn scores_have_the_squares_of_all_rows() {
    // Baltagi and Li's (1991) joint statistic of a balanced panel, as SAS's PROC PANEL has it:
    // N T^2/(2(T - 1)(T - 2)) (A^2 - 4AB + 2TB^2), with A of the opposite sign
    let sample = sample(&grunfeld());
    let pooled = Model::Ols.estimate(&sample).unwrap();
    let e = pooled.residuals();
    let total: f64 = e.iter().map(|value| value * value).sum();
    let (mut sums, mut products) = (0.0, 0.0);
    for group in sample.groups() {
        let own = &e[group.clone()];
        sums += own.iter().sum::<f64>().powi(2);
        products += own.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>();
    }
    let (n, t, a, b) = (10.0, 20.0, sums / total - 1.0, products / total);
    let joint = n * t * t / (2.0 * (t - 1.0) * (t - 2.0)) * (a * a - 4.0 * a * b + 2.0 * t * b * b);
    let options = BeraSosaYoonOptions { squares: LagSquares::AllRows, ..BeraSosaYoonOptions::default() };
    close(bera_sosa_yoon(&sample, BeraSosaYoon::Joint, options).unwrap().statistic, joint);
}

#[test]
fn gaps_leave_fewer_pairs() {
    // The score of serial correlation has the variance of as many products as there are.
    let gaps = sample(&rows(&grunfeld(), |code, year| (year + code as i32) % 5 != 0));
    let pooled = Model::Ols.estimate(&gaps).unwrap();
    let (e, n) = (pooled.residuals(), gaps.height() as f64);
    let total: f64 = e.iter().map(|value| value * value).sum();
    let (mut sums, mut lengths, mut products, mut pairs) = (0.0, 0.0, 0.0, 0.0);
    for group in gaps.groups() {
        sums += e[group.clone()].iter().sum::<f64>().powi(2);
        lengths += (group.len() as f64).powi(2);
        for row in group.clone().skip(1).filter(|row| gaps.times()[row - 1] + 1 == gaps.times()[*row]) {
            products += e[row] * e[row - 1];
            pairs += 1.0;
        }
    }
    // All products of two rows less those of neighbours, over the root of their number
    let apart = (sums - total) / 2.0 - products;
    let z = apart / total * n / (((lengths - n) / 2.0 - pairs).sqrt());
    let options = BeraSosaYoonOptions {
        lag: RowBefore::Time,
        squares: LagSquares::AllRows,
        ..BeraSosaYoonOptions::default()
    };
    close(bera_sosa_yoon(&gaps, BeraSosaYoon::RandomEffects, options).unwrap().statistic, z);
}

#[test]
fn predictions_have_all_effects_once() {
    let panel = grunfeld();
    let sample_ = sample(&panel);
    let within = Model::Within.estimate(&sample_).unwrap();
    let of = |estimated: &vintner_estimation::Estimated, panel: &Panel| {
        estimated.predict(panel, &Covariance::classical(), 0.95).unwrap()
    };
    // An intercept beside the effects isn't added to them.
    let plain = of(&within, &panel).unwrap();
    for (one, other) in plain.iter().zip(of(&within.with_intercept(&sample_), &panel).unwrap()) {
        close(other.value.unwrap(), one.value.unwrap());
    }
    // Effects that a row doesn't tell.
    let third = panel.entity_codes().iter().map(|code| Some((code % 3) as f64)).collect();
    let panel = panel.clone().with_values("third", third).unwrap();
    let named = formula().with_effects(&["third"]).unwrap();
    let estimated = Model::Within.estimate(&Sample::new(&panel, &named).unwrap()).unwrap();
    assert!(matches!(of(&estimated, &panel), Err(Reason::NotDefinedFor { .. })));
    // Firms and years of parts that have nothing in common.
    let parts = rows(&grunfeld(), |code, year| (code < 5) == (year < 1945));
    let both = Model::WithinTwoWay.estimate(&sample(&parts)).unwrap();
    let found = of(&both, &grunfeld()).unwrap();
    let codes = grunfeld().entity_codes();
    for (prediction, code) in found.iter().zip(codes) {
        assert_eq!(
            prediction.value.is_some(),
            (code < 5) == (prediction.time < Some(1945.into())),
            "{prediction:?}"
        );
    }
}
