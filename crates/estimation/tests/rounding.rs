//! Numbers that are all rounding are never printed as evidence.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::gmm::{DynamicPanel, GmmCovariance, GmmInstrument, Term};
use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentedEquation,
};
use vintner_estimation::systems::{Equation, System, SystemCovariance, SystemEstimator, SystemOptions};
use vintner_estimation::{
    ClusterBy, ClusterCovariance, Covariance, DriscollKraayCovariance, Fit, Formula, GroupwiseCovariance,
    Model, NeweyWestCovariance, Note, PanelCorrectedCovariance, Reason, ResidualType, Sample,
    TwoWayClusterCovariance,
};
use vintner_estimation::{Effects, PanelKey};
use vintner_panel::Panel;

/// A panel of rows (entity, time) with columns.
fn panel(rows: &[(String, i32)], columns: &[(&str, Vec<f64>)]) -> Panel {
    let mut frame = vec![
        Column::new("entity".into(), rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
    ];
    frame.extend(columns.iter().map(|(name, values)| Column::new((*name).into(), values.clone())));
    Panel::new(DataFrame::new(rows.len(), frame).expect("a frame"), "entity", "time").expect("a panel")
}

/// Numbers without a pattern, between -1 and 1.
fn noise(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        })
        .collect()
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
