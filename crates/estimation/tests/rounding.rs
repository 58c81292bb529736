//! Numbers that are all rounding are never printed as evidence.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::gmm::{DynamicPanel, GmmCovariance, GmmInstrument, Term};
use vintner_estimation::heterogeneous::{HeterogeneousMethod, MeanGroup, mean_group};
use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentedEquation,
};
use vintner_estimation::specification::{Finding, Indefinite, SpecificationTest, diagnose};
use vintner_estimation::systems::{Equation, System, SystemCovariance, SystemEstimator, SystemOptions};
use vintner_estimation::unit_root::{AdfOptions, Deterministic, PhillipsPerronOptions, adf, phillips_perron};
use vintner_estimation::{
    ClusterBy, ClusterCovariance, Covariance, DriscollKraayCovariance, Fit, Formula, GroupwiseCovariance,
    Model, NeweyWestCovariance, Note, PanelCorrectedCovariance, Reason, ResidualType, Sample,
    TwoWayClusterCovariance,
};
use vintner_estimation::{
    Effects, LagOrders, PanelKey, RandomEffects, Singletons, Untestable, VarianceEstimator, WeightKind,
    Weights, dumitrescu_hurlin,
};
use vintner_panel::Panel;

use crate::support::noise;

/// A panel of rows (entity, time) with columns.
fn panel(rows: &[(String, i32)], columns: &[(&str, Vec<f64>)]) -> Panel {
    let mut frame = vec![
        Column::new("entity".into(), rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
    ];
    frame.extend(columns.iter().map(|(name, values)| Column::new((*name).into(), values.clone())));
    Panel::new(DataFrame::new(rows.len(), frame).expect("a frame"), "entity", "time").expect("a panel")
}

/// `x` varies in u1 alone, whose two rows its slope and the effect fit perfectly.
fn fitted_by_itself(scale: f64) -> Panel {
    let rows: Vec<(String, i32)> = (1..=5)
        .flat_map(|unit| (1..=if unit == 1 { 2 } else { 5 }).map(move |time| (format!("u{unit}"), time)))
        .collect();
    let mut x = vec![0.0; rows.len()];
    (x[0], x[1]) = (0.4, 1.7);
    let y = noise(rows.len(), 7).into_iter().map(|value| scale * value).collect();
    panel(&rows, &[("x", x), ("y", y)])
}

fn covariances() -> Vec<Covariance> {
    vec![
        Covariance::heteroskedastic(ResidualType::Hc0),
        Covariance::heteroskedastic(ResidualType::Hc1),
        Covariance::Groupwise(GroupwiseCovariance::default()),
        Covariance::Cluster(ClusterCovariance::default()),
        Covariance::Cluster(ClusterCovariance { by: ClusterBy::Time, ..ClusterCovariance::default() }),
        Covariance::TwoWayCluster(TwoWayClusterCovariance::default()),
        Covariance::NeweyWest(NeweyWestCovariance::default()),
        Covariance::DriscollKraay(DriscollKraayCovariance::default()),
        Covariance::PanelCorrected(PanelCorrectedCovariance::default()),
    ]
}

fn says_why(fit: &Fit, name: &str) -> bool {
    fit.notes.iter().any(|note| match note {
        Note::ScoresOfRounding { coefficients } | Note::SingleCluster { coefficients } => {
            coefficients.iter().any(|one| one == name)
        }
        _ => false,
    })
}

#[test]
fn scores_of_rounding_are_no_standard_errors() {
    for scale in [1e-9, 1.0, 1e9] {
        let sample = Sample::new(&fitted_by_itself(scale), &Formula::new("y", &["x"])).expect("a sample");
        let estimated = Model::Within.estimate(&sample).expect("estimates");
        for covariance in covariances() {
            let fit = estimated.fit(&covariance).expect("a fit");
            let x = fit.coefficient("x").expect("x");
            assert_eq!((x.std_error, x.p_value), (None, None), "{}", covariance.name());
            assert!(says_why(&fit, "x"), "{}", covariance.name());
            assert!(fit.joint.is_none(), "{}", covariance.name());
        }
        let classical = estimated.fit(&Covariance::classical()).expect("a fit");
        assert!(classical.coefficients[0].std_error.is_some());
    }
}

#[test]
fn errors_of_one_time_have_no_covariance_between_entities() {
    let rows: Vec<(String, i32)> = (1..=8).map(|unit| (format!("u{unit}"), 1)).collect();
    let panel = panel(&rows, &[("x", noise(8, 3)), ("y", noise(8, 4))]);
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).expect("a sample");
    let estimated = Model::Ols.estimate(&sample).expect("estimates");
    let covariance = Covariance::PanelCorrected(PanelCorrectedCovariance::default());
    assert_eq!(estimated.fit(&covariance).expect_err("a reason"), Reason::TooFewPeriods { periods: 1 });
}

/// A regressor that only one entity has, under clusters of entities and of times: what is by times and what is by
/// pairs cancel, and what is by entities is zero.
#[test]
fn clusters_of_two_kinds_cancel_to_nothing() {
    let rows: Vec<(String, i32)> =
        (1..=6).flat_map(|unit| (1..=8).map(move |time| (format!("u{unit}"), time))).collect();
    let mut x = vec![0.0; rows.len()];
    x[..8].copy_from_slice(&noise(8, 5));
    let panel = panel(&rows, &[("x", x), ("y", noise(48, 8))]);
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).expect("a sample");
    let fit = Model::Within
        .estimate(&sample)
        .and_then(|within| within.fit(&Covariance::TwoWayCluster(TwoWayClusterCovariance::default())))
        .expect("a fit");
    assert_eq!(fit.coefficient("x").expect("x").std_error, None);
    assert!(says_why(&fit, "x"));
}

/// The rule is about rounding alone: small residuals beside large variables have their standard errors.
#[test]
fn what_is_small_but_not_rounding_has_its_standard_error() {
    let rows: Vec<(String, i32)> =
        (1..=10).flat_map(|unit| (1..=6).map(move |time| (format!("u{unit}"), time))).collect();
    let (x, e) = (noise(60, 11), noise(60, 12));
    let y: Vec<f64> = x.iter().zip(&e).map(|(x, e)| 2.0 * x + 1e-11 * e).collect();
    let panel = panel(&rows, &[("x", x), ("y", y)]);
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).expect("a sample");
    let estimated = Model::Within.estimate(&sample).expect("estimates");
    for covariance in covariances() {
        let fit = estimated.fit(&covariance).expect("a fit");
        let error = fit.coefficients[0].std_error.expect("a standard error");
        assert!((1e-13..1e-11).contains(&error), "{}: {error:e}", covariance.name());
    }
}

/// Two regressors: the second and its instrument are one entity's alone, which doesn't have the first.
fn one_entity_alone() -> Panel {
    let rows: Vec<(String, i32)> =
        (1..=8).flat_map(|unit| (1..=10).map(move |time| (format!("u{unit}"), time))).collect();
    let (mut x1, mut z1, e) = (noise(80, 21), noise(80, 22), noise(80, 23));
    x1[70..].fill(0.0);
    z1[70..].fill(0.0);
    let mut z2 = vec![0.0; 80];
    z2[70..].copy_from_slice(&noise(10, 24));
    let x2: Vec<f64> =
        z2.iter().zip(&e).enumerate().map(|(row, (z, e))| if row < 70 { 0.0 } else { z + 0.3 * e }).collect();
    let x1: Vec<f64> = x1.iter().zip(&z1).map(|(x, z)| x + z).collect();
    let y = (0..80).map(|row| 2.0 * x1[row] - x2[row] + e[row]).collect();
    panel(&rows, &[("x1", x1), ("x2", x2), ("z1", z1), ("z2", z2), ("y", y)])
}

#[test]
fn equations_with_instruments_and_systems_have_the_same_rule() {
    let panel = one_entity_alone();
    let cluster = Errors::Cluster { by: PanelKey::Entity };
    let covariance = InstrumentalCovariance { errors: cluster, ..InstrumentalCovariance::default() };
    let equation = InstrumentedEquation::new(Formula::new("y", &["x1", "x2"]), &["x1", "x2"], &["z1", "z2"])
        .absorbing(Effects::Entity, true)
        .prepare(&panel)
        .expect("a sample");
    for estimator in [InstrumentalEstimator::TwoStage {}, InstrumentalEstimator::Liml { fuller: 0.0 }] {
        let outcome = equation.estimate(estimator, covariance);
        let fit = outcome.fit().expect("a fit");
        assert!(fit.coefficient("x1").expect("x1").std_error.expect("an error") > 0.01);
        assert_eq!(fit.coefficient("x2").expect("x2").std_error, None);
        assert!(fit.notes.contains(&Note::ScoresOfRounding { coefficients: vec!["x2".into()] }));
    }
    let gmm = InstrumentalEstimator::Gmm { weights: cluster, center: false, iterate: None };
    assert!(matches!(equation.estimate(gmm, covariance).reason(), Some(Reason::SingularMoments { .. })));

    let system = System::new(vec![Equation::new("a", "y", &["x1", "x2"])]).absorbing(Effects::Entity, true);
    let prepared = system.prepare(&panel).expect("a sample");
    let covariance = SystemCovariance::Cluster { by: PanelKey::Entity, debiased: false, group_debias: false };
    let options = SystemOptions { covariance, ..SystemOptions::default() };
    let outcome = prepared.estimate(SystemEstimator::Ols, &options).expect("an outcome");
    let fit = outcome.fit().expect("a fit");
    assert!(fit.equations[0].coefficients[0].std_error.is_some());
    assert_eq!(fit.equations[0].coefficients[1].std_error, None);
    assert!(fit.notes.contains(&Note::ScoresOfRounding { coefficients: vec!["a: x2".into()] }));
}

#[test]
fn one_unit_has_no_covariance_between_units() {
    let rows: Vec<(String, i32)> = (1..=30).map(|time| ("u".into(), time)).collect();
    let panel = panel(&rows, &[("y", noise(30, 31)), ("x", noise(30, 32))]);
    let model = DynamicPanel::new("y", vec![Term::lagged("y", &[1]), Term::new("x")]);
    let model = DynamicPanel {
        gmm: vec![GmmInstrument { collapse: true, last: Some(4), ..GmmInstrument::new("y") }],
        ..model
    };
    let estimated = model.estimate(&panel).expect("a model").expect("estimates");
    let robust = estimated.fit(GmmCovariance::Robust).expect("a fit");
    assert!(robust.coefficients.iter().all(|one| one.std_error.is_none()));
    assert!(
        robust
            .notes
            .iter()
            .any(|note| matches!(note, Note::ScoresOfRounding { coefficients } if coefficients.len() == 2))
    );
    let classical = estimated.fit(GmmCovariance::Classical).expect("a fit");
    assert!(classical.coefficients.iter().all(|one| one.std_error.is_some()));
}

const METHODS: [VarianceEstimator; 5] = [
    VarianceEstimator::Swar,
    VarianceEstimator::SwarHarmonic,
    VarianceEstimator::Walhus,
    VarianceEstimator::Amemiya,
    VarianceEstimator::Nerlove,
];

/// A regressor and a dependent variable that differ within entities by the rounding of 0.1 + 0.2 alone.
fn constant_to_rounding() -> Panel {
    let rows: Vec<(String, i32)> =
        (1..=8).flat_map(|unit| (2001..=2005).map(move |time| (format!("u{unit}"), time))).collect();
    let level = |row: usize| if row.is_multiple_of(2) { 0.3 } else { 0.1 + 0.2 };
    let still: Vec<f64> = (0..40).map(|row| level(row) * (1 + row / 5) as f64).collect();
    let (x, e, u) = (noise(40, 41), noise(40, 42), noise(8, 43));
    let y = (0..40).map(|row| 1.5 * x[row] + 0.5 * still[row] + 0.3 * e[row] + 0.2 * u[row / 5]).collect();
    panel(&rows, &[("x", x), ("still", still), ("y", y)])
}

#[test]
fn what_is_constant_to_rounding_is_dropped_and_the_rest_estimated() {
    let panel = constant_to_rounding();
    let estimate = |regressors: &[&str], dependent: &str, model: Model| {
        let sample = Sample::new(&panel, &Formula::new(dependent, regressors)).expect("a sample");
        model.estimate(&sample).and_then(|estimated| estimated.fit(&Covariance::classical()))
    };
    for model in [Model::Within, Model::WithinTwoWay, Model::FirstDifferences { across_gaps: false }] {
        let with = estimate(&["x", "still"], "y", model).expect("a fit");
        let without = estimate(&["x"], "y", model).expect("a fit");
        let (one, other) = (with.coefficient("x").expect("x"), without.coefficient("x").expect("x"));
        assert_eq!((one.estimate, one.std_error), (other.estimate, other.std_error), "{}", model.name());
        let variables = vec!["still".into()];
        assert!(with.notes.contains(&match model {
            // Differences, not effects, leave nothing of it.
            Model::FirstDifferences { .. } => Note::ConstantDropped { variables },
            _ => Note::AbsorbedDropped { variables },
        }));
        let reason = estimate(&["x"], "still", model).expect_err("a reason");
        let told =
            matches!(reason, Reason::ConstantDependentWithin { .. } | Reason::DependentAbsorbed { .. });
        assert!(told, "{}: {reason}", model.name());
        let reason = estimate(&["still"], "y", model).expect_err("a reason");
        assert!(matches!(reason, Reason::ConstantWithin { .. } | Reason::Absorbed { .. }), "{reason}");
    }
    // Where it is legitimate it stays, and with it all that needs a random and a fixed effects fit.
    for method in METHODS {
        let random = Model::Random(RandomEffects { effects: Effects::Entity, method });
        let fit = estimate(&["x", "still"], "y", random).expect("a fit");
        assert!(fit.coefficient("still").expect("still").std_error.expect("an error") > 0.01, "{method:?}");
    }
    let tests = [
        SpecificationTest::Hausman {
            effects: Effects::Entity,
            method: VarianceEstimator::Swar,
            indefinite: Indefinite::Refuse,
        },
        SpecificationTest::EffectsF { effects: Effects::Entity, given: None },
        SpecificationTest::Mundlak { model: Model::Ols, covariance: Covariance::classical() },
    ];
    for line in diagnose(&panel, &Formula::new("y", &["x", "still"]), &tests).expect("lines") {
        assert!(matches!(line.finding, Finding::Test(_)), "{line:?}");
    }
}

/// Age is entity's first age plus the years since: within entities it is a combination of the years' dummies.
#[test]
fn random_effects_keep_regressors_collinear_only_within_entities() {
    let rows: Vec<(String, i32)> =
        (1..=12).flat_map(|unit| (2001..=2006).map(move |time| (format!("u{unit:0>2}"), time))).collect();
    let (x, e, u) = (noise(72, 51), noise(72, 52), noise(12, 53));
    let first = noise(12, 54);
    let age: Vec<f64> =
        (0..72).map(|row| 40.0 + (20.0 * first[row / 6]).round() + (row % 6) as f64).collect();
    let dummy = |year: usize| (0..72).map(|row| f64::from(u8::from(row % 6 == year))).collect::<Vec<f64>>();
    let y: Vec<f64> = (0..72).map(|row| x[row] + 0.05 * age[row] + u[row / 6] + 0.4 * e[row]).collect();
    let mut columns = vec![("x", x), ("age", age), ("y", y)];
    let names = ["d2002", "d2003", "d2004", "d2005", "d2006"];
    columns.extend(names.iter().enumerate().map(|(at, name)| (*name, dummy(at + 1))));
    let panel = panel(&rows, &columns);
    let regressors = [&["x", "age"][..], &names].concat();
    let sample = Sample::new(&panel, &Formula::new("y", &regressors)).expect("a sample");
    for method in METHODS {
        let fit = Model::Random(RandomEffects { effects: Effects::Entity, method })
            .estimate(&sample)
            .and_then(|random| random.fit(&Covariance::classical()))
            .unwrap_or_else(|reason| panic!("{method:?}: {reason}"));
        assert_eq!(fit.coefficients.len(), 8);
        assert!(fit.coefficients.iter().all(|one| one.std_error.is_some()), "{method:?}");
        assert!(
            fit.notes.contains(&Note::CollinearWithin { variables: vec!["d2006".into()] }),
            "{:?}",
            fit.notes
        );
    }
    // Swamy and Arora's by hand: RSS within and between, each over its own degrees of freedom.
    let rss = |model: Model| {
        let fit = model.estimate(&sample).and_then(|one| one.fit(&Covariance::classical())).expect("a fit");
        (fit.rss, fit.df_residual)
    };
    let ((within, within_df), (between, between_df)) = (rss(Model::Within), rss(Model::Between));
    assert_eq!((within_df, between_df), (72 - 12 - 6, 12 - 3));
    let error = within / within_df as f64;
    let entity = between / between_df as f64 - error / 6.0;
    let swar = RandomEffects { effects: Effects::Entity, method: VarianceEstimator::Swar };
    let fit = Model::Random(swar).estimate(&sample).expect("estimates");
    let found = fit.variance_components().expect("variances");
    assert!((found.idiosyncratic / error - 1.0).abs() < 1e-12);
    assert!((found.entity.expect("a variance") / entity - 1.0).abs() < 1e-10, "{found:?} {entity}");
}

#[test]
fn a_negative_variance_component_is_told() {
    let rows: Vec<(String, i32)> =
        (1..=10).flat_map(|unit| (1..=4).map(move |time| (format!("u{unit:0>2}"), time))).collect();
    // Errors that sum to zero within entities leave less between them than chance would.
    let signs = [1.0, -1.0, 0.5, -0.5];
    let (x, size) = (noise(40, 61), noise(10, 62));
    let y = (0..40).map(|row| x[row] + signs[row % 4] * (2.0 + size[row / 4])).collect();
    let panel = panel(&rows, &[("x", x), ("y", y)]);
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).expect("a sample");
    for method in [VarianceEstimator::Swar, VarianceEstimator::SwarHarmonic, VarianceEstimator::Walhus] {
        let fit = Model::Random(RandomEffects { effects: Effects::Entity, method })
            .estimate(&sample)
            .and_then(|random| random.fit(&Covariance::classical()))
            .expect("a fit");
        assert_eq!(fit.variance_components.expect("variances").entity, Some(0.0));
        assert!(fit.notes.contains(&Note::NegativeComponent { of: "entities".into() }), "{method:?}");
    }
}

#[test]
fn exact_fits_have_the_mean_of_their_coefficients() {
    let rows: Vec<(String, i32)> =
        (1..=6).flat_map(|unit| (1..=12).map(move |time| (format!("u{unit}"), time))).collect();
    let x = noise(72, 71);
    let slope = |unit: usize, differs: bool| if differs { 2.0 + unit as f64 / 4.0 } else { 2.0 };
    for differs in [false, true] {
        let y: Vec<f64> = (0..72).map(|row| slope(row / 12, differs) * x[row]).collect();
        let panel = panel(&rows, &[("x", x.clone()), ("y", y)]);
        let options = MeanGroup { method: HeterogeneousMethod::Swamy, ..MeanGroup::default() };
        let outcome = mean_group(&panel, &Formula::new("y", &["x"]), &options).expect("an outcome");
        let fit = outcome.fit().expect("a fit");
        let x = fit.coefficient("x").expect("x");
        let (mean, error) = if differs { (2.625, Some((0.21875_f64 / 6.0).sqrt())) } else { (2.0, None) };
        assert!((x.estimate - mean).abs() < 1e-12, "{x:?}");
        assert_eq!(x.std_error.is_some(), error.is_some());
        assert!(
            x.std_error.zip(error).is_none_or(|(ours, exact)| (ours / exact - 1.0).abs() < 1e-9),
            "{x:?}"
        );
        assert_eq!(fit.coefficients[0].std_error, None, "the intercept is zero in every unit");
    }
}

#[test]
fn phillips_perron_is_the_same_in_any_unit_and_at_any_level() {
    let mut level = 0.0;
    let walk: Vec<f64> = noise(60, 81)
        .into_iter()
        .map(|step| {
            level += step;
            level
        })
        .collect();
    for deterministic in [Deterministic::Intercept, Deterministic::Trend] {
        let options = PhillipsPerronOptions { deterministic, ..PhillipsPerronOptions::default() };
        let test = |values: Vec<f64>| phillips_perron(&values, &options).expect("a test");
        let plain = test(walk.clone());
        for scale in [1e-200, 1e-20, 1e20, 1e200] {
            let scaled = test(walk.iter().map(|value| scale * value).collect());
            assert!((scaled.statistic - plain.statistic).abs() < 1e-9 * plain.statistic.abs(), "{scale:e}");
            assert!((scaled.z_alpha - plain.z_alpha).abs() < 1e-9 * plain.z_alpha.abs(), "{scale:e}");
        }
        let shifted = test(walk.iter().map(|value| 1e7 + value).collect());
        assert!(
            (shifted.statistic - plain.statistic).abs() < 1e-5,
            "{} {}",
            shifted.statistic,
            plain.statistic
        );
    }
}

#[test]
fn z_bar_needs_the_moments_that_z_tilde_needs() {
    for (periods, exists) in [(6, false), (8, false), (9, true)] {
        let rows: Vec<(String, i32)> =
            (1..=5).flat_map(|unit| (1..=periods).map(move |time| (format!("u{unit}"), time))).collect();
        let panel = panel(&rows, &[("x", noise(rows.len(), 91)), ("y", noise(rows.len(), 92))]);
        let found =
            dumitrescu_hurlin(&panel, "y", "x", &LagOrders::Common(1), Untestable::Refuse).expect("a test");
        assert!(found.w_bar.is_some());
        assert_eq!(found.z_bar.value().is_some(), exists);
        assert_eq!(found.z_bar.reason(), found.z_tilde.reason());
    }
}

#[test]
fn reasons_name_what_is_so() {
    let rows: Vec<(String, i32)> =
        (1..=4).flat_map(|unit| (1..=6).map(move |time| (format!("u{unit}"), time))).collect();
    let data = panel(&rows, &[("x", noise(24, 95)), ("y", noise(24, 96)), ("w", vec![0.0; 24])]);
    let reason = |formula: &Formula| {
        let sample = Sample::new(&data, formula).expect("a sample");
        Model::Within.estimate(&sample).expect_err("a reason").to_string()
    };
    let mut weighted = Formula::new("y", &["x"]);
    weighted.weights = Some(Weights { column: "w".into(), kind: WeightKind::Analytic });
    assert_eq!(reason(&weighted), "no observations: 24 rows with a weight of zero");
    let mut alone = Formula::new("y", &["x"]).with_effects(&["entity^time"]).expect("effects");
    alone.singletons = Singletons::Drop;
    assert!(reason(&alone).contains("24 rows with an effect that no other row has"), "{}", reason(&alone));

    let adf = adf(&[3.0; 20], &AdfOptions::default()).expect_err("a reason");
    assert_eq!(adf, Reason::ConstantSeries);
}

/// A name in a list means what it means in `all`.
#[test]
fn all_tests_are_those_that_their_names_stand_for() {
    let all = SpecificationTest::all();
    for key in SpecificationTest::keys() {
        let by_name: SpecificationTest = serde_json::from_str(&format!("{{\"{key}\": {{}}}}"))
            .unwrap_or_else(|error| panic!("{key}: {error}"));
        assert!(all.contains(&by_name), "{key}");
    }
    let panel = constant_to_rounding();
    for line in diagnose(&panel, &Formula::new("y", &["x"]), &all).expect("lines") {
        let test = line.test.expect("the test as it was asked for");
        assert_eq!(test.key(), line.key);
        assert!(!matches!(line.finding, Finding::NotTestable { ref name, .. } if name.is_empty()));
    }
}
