//! Regressors that are combinations of others, in equations with instruments.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::instruments::{
    InstrumentalCovariance, InstrumentalEstimator, InstrumentalFit, InstrumentalOutcome, InstrumentedEquation,
};
use vintner_estimation::{Effects, Formula, Note, Reason, SeededGenerator};
use vintner_panel::Panel;

fn panel() -> Panel {
    let rows = 60;
    let mut random = SeededGenerator::new(7);
    let mut draw = || (0..rows).map(|_| random.uniform() - 0.5).collect::<Vec<f64>>();
    let (z, v, w, e, u) = (draw(), draw(), draw(), draw(), draw());
    let x: Vec<f64> = (0..rows).map(|row| z[row] + 0.5 * v[row] + w[row] + e[row]).collect();
    let y: Vec<f64> = (0..rows).map(|row| 2.0 * x[row] - w[row] + e[row] + u[row]).collect();
    let twice: Vec<f64> = w.iter().map(|w| 2.0 * w + 1.0).collect();
    let columns = vec![
        Column::new("entity".into(), (0..rows).map(|row| format!("u{}", row / 6)).collect::<Vec<_>>()),
        Column::new("time".into(), (0..rows).map(|row| (row % 6) as i32 + 2001).collect::<Vec<_>>()),
        Column::new("still".into(), (0..rows).map(|row| (row / 6) as f64).collect::<Vec<_>>()),
        Column::new("z".into(), z),
        Column::new("v".into(), v),
        Column::new("w".into(), w),
        Column::new("twice".into(), twice),
        Column::new("x".into(), x),
        Column::new("y".into(), y),
    ];
    Panel::new(DataFrame::new(rows, columns).expect("a frame"), "entity", "time").expect("a panel")
}

fn equation(regressors: &[&str], endogenous: &str, effects: Option<Effects>) -> InstrumentedEquation {
    InstrumentedEquation {
        formula: Formula::new("y", regressors),
        endogenous: vec![endogenous.into()],
        instruments: vec!["z".into(), "v".into()],
        effects,
        count_effects: true,
    }
}

fn estimated(equation: &InstrumentedEquation) -> InstrumentalOutcome {
    let prepared = equation.prepare(&panel()).expect("an equation");
    prepared.estimate(InstrumentalEstimator::TwoStage {}, InstrumentalCovariance::default())
}

/// The same coefficients and errors, but for the order of sums.
fn same(one: &InstrumentalFit, other: &InstrumentalFit) {
    assert_eq!(one.coefficients.len(), other.coefficients.len());
    for (one, other) in one.coefficients.iter().zip(&other.coefficients) {
        assert_eq!(one.name, other.name);
        let pairs = [(one.estimate, other.estimate), (one.std_error.unwrap(), other.std_error.unwrap())];
        assert!(pairs.iter().all(|(one, other)| (one / other - 1.0).abs() < 1e-12), "{one:?} {other:?}");
    }
}

#[test]
fn they_are_left_out_and_named() {
    for effects in [None, Some(Effects::Entity)] {
        let plain = estimated(&equation(&["x", "w"], "x", effects));
        let more = estimated(&equation(&["x", "w", "twice"], "x", effects));
        let (plain, more) = (plain.fit().expect("a fit"), more.fit().expect("a fit"));
        same(plain, more);
        let named = |note: &Note| matches!(note, Note::CollinearDropped { collinear } if collinear[0].column == "twice");
        assert!(more.notes.iter().any(named), "{:?}", more.notes);
    }
    let plain = estimated(&equation(&["x", "w"], "x", Some(Effects::Entity)));
    let still = estimated(&equation(&["still", "x", "w"], "x", Some(Effects::Entity)));
    let (plain, still) = (plain.fit().expect("a fit"), still.fit().expect("a fit"));
    same(plain, still);
    let named = |note: &Note| matches!(note, Note::AbsorbedDropped { variables } if *variables == ["still"]);
    assert!(still.notes.iter().any(named), "{:?}", still.notes);
}

#[test]
fn or_refused() {
    let mut refusing = equation(&["x", "w", "twice"], "x", None);
    refusing.formula = refusing.formula.refusing_collinear();
    assert!(matches!(estimated(&refusing).reason(), Some(Reason::RankDeficient { .. })));
    // Without its endogenous regressor the equation would be another one.
    let endogenous = estimated(&equation(&["w", "twice"], "twice", None));
    assert!(matches!(endogenous.reason(), Some(Reason::RankDeficient { .. })));
}
