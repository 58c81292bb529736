//! Leaving an entity or a time out by cross-products gives what estimating without it gives.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use polars::prelude::{BooleanChunked, NewChunkedArray};
use vintner_estimation::{Formula, LeftOut, Model, Reason, Sample, WeightKind, Weights};
use vintner_panel::Panel;

/// The panel without some rows.
fn without(panel: &Panel, left_out: &LeftOut) -> Panel {
    let keep: Vec<bool> = panel
        .entity_codes()
        .iter()
        .zip(panel.times())
        .map(|(code, time)| match left_out {
            LeftOut::Entity(entity) => panel.entities()[*code] != *entity,
            LeftOut::Time(gone) => *time != gone.ordinal(),
        })
        .collect();
    let mask = BooleanChunked::from_slice("".into(), &keep);
    let frame = panel.frame().filter(&mask).expect("a frame");
    Panel::new(frame, panel.entity_name(), panel.time_name()).expect("a panel")
}

#[test]
fn what_stays_is_what_would_be_estimated() {
    for (data, entity, dependent, regressors) in [
        ("grunfeld", "firm", "inv", &["value", "capital"][..]),
        ("grunfeld_unb", "firm", "inv", &["value", "capital"]),
        ("synth14x12", "city", "ln_co2", &["ln_gdp", "ln_robot", "x_urban", "x_energy"]),
    ] {
        let panel = panel(&golden().join(format!("data/{data}.csv")), entity, &[]);
        let weights = (0..panel.height()).map(|row| Some(1.0 + (row * 7 % 5) as f64)).collect();
        let panel = panel.with_values("weight", weights).expect("a panel");
        for weights in [None, Some(Weights { column: "weight".into(), kind: WeightKind::Analytic })] {
            let formula = Formula { weights, ..Formula::new(dependent, regressors) };
            let sample = Sample::new(&panel, &formula).expect("a sample");
            for model in [Model::Ols, Model::Within] {
                let all = model.estimate(&sample).expect("an estimate").influence().expect("influence");
                assert_eq!(
                    all.len(),
                    panel.entities().len()
                        + sample.times().iter().collect::<std::collections::BTreeSet<_>>().len()
                );
                for one in all {
                    let rest = Sample::new(&without(&panel, &one.left_out), &formula).expect("a sample");
                    assert_eq!(rest.height(), one.n_obs);
                    let again = model.estimate(&rest).expect("an estimate");
                    for (down, fit) in
                        one.coefficients.expect("coefficients").iter().zip(again.coefficients())
                    {
                        assert!(
                            (down - fit).abs() <= 1e-8 * fit.abs().max(1e-3),
                            "{data} {model:?} {:?}: {down} {fit}",
                            one.left_out
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn what_only_one_entity_identifies_is_told() {
    let frame = polars::df!(
        "entity" => ["a", "a", "a", "b", "b", "b", "c", "c", "c"],
        "time" => [1, 2, 3, 1, 2, 3, 1, 2, 3],
        "x" => [1.0, 2.0, 4.0, 3.0, 3.0, 3.0, 2.0, 2.0, 2.0],
        "y" => [1.0, 3.0, 2.0, 4.0, 1.0, 2.0, 5.0, 6.0, 1.0],
    )
    .expect("a frame");
    let panel = Panel::new(frame, "entity", "time").expect("a panel");
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).expect("a sample");
    let found = Model::Within.estimate(&sample).expect("an estimate").influence().expect("influence");
    assert_eq!(found[0].coefficients, Err(Reason::NotIdentifiedWithout { regressor: "x".into() }));
    assert!(found[1].coefficients.is_ok());
    assert!(matches!(
        Model::WithinTime.estimate(&sample).expect("an estimate").influence(),
        Err(Reason::NoInfluence { model }) if model.contains("times")
    ));
}
