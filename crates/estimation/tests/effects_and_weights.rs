//! Effects over any columns and weights: what must hold for all panels.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame};
use proptest::prelude::*;
use vintner_estimation::{
    Covariance, Estimated, EstimationError, Fit, Formula, GroupwiseCovariance, Model, Note, Reason,
    ResidualType, Sample, SmallSample, Weights, estimate,
};
use vintner_panel::Panel;

/// A row: entity, time, y, x, z, region, weight.
#[derive(Debug, Clone)]
struct Row {
    entity: usize,
    time: i32,
    y: f64,
    x: f64,
    z: f64,
    region: usize,
    weight: u8,
}

/// Unbalanced panels whose entities move between regions.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let value = || (-1000_i32..1000).prop_map(|value| f64::from(value) / 64.0);
    let row = (value(), value(), value(), 0_usize..3, 1_u8..4, any::<bool>());
    prop::collection::vec(prop::collection::vec(row, 7), 4..=7).prop_map(|entities| {
        let mut rows = Vec::new();
        for (entity, cells) in entities.into_iter().enumerate() {
            for (time, (y, x, z, region, weight, there)) in (0..).zip(cells) {
                if there || time < 3 {
                    rows.push(Row { entity, time, y, x, z, region, weight });
                }
            }
        }
        rows
    })
}

fn panel(rows: &[Row]) -> Panel {
    named(rows, |entity| format!("e{entity}"), |region| format!("r{region}"))
}

fn named(rows: &[Row], entity: impl Fn(usize) -> String, region: impl Fn(usize) -> String) -> Panel {
    let frame = vec![
        Column::new("entity".into(), rows.iter().map(|row| entity(row.entity)).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.time).collect::<Vec<_>>()),
        Column::new("y".into(), rows.iter().map(|row| row.y).collect::<Vec<_>>()),
        Column::new("x".into(), rows.iter().map(|row| row.x).collect::<Vec<_>>()),
        Column::new("z".into(), rows.iter().map(|row| row.z).collect::<Vec<_>>()),
        Column::new("region".into(), rows.iter().map(|row| region(row.region)).collect::<Vec<_>>()),
        Column::new("w".into(), rows.iter().map(|row| f64::from(row.weight)).collect::<Vec<_>>()),
    ];
    Panel::new(DataFrame::new(rows.len(), frame).expect("a frame"), "entity", "time").expect("a panel")
}

fn formula() -> Formula {
    Formula::new("y", &["x", "z"])
}

const EFFECTS: [&[&str]; 6] = [
    &["entity"],
    &["time"],
    &["entity", "time"],
    &["entity", "time", "region"],
    &["region", "time"],
    &["entity", "region^time"],
];

/// What a row's effect is called.
fn level(row: &Row, effect: &str) -> String {
    effect
        .split('^')
        .map(|part| match part {
            "entity" => format!("e{}", row.entity),
            "time" => row.time.to_string(),
            _ => format!("r{}", row.region),
        })
        .collect::<Vec<_>>()
        .join("^")
}

/// The same equation with a dummy variable for each level of each effect, collinear ones dropped.
fn with_dummies(rows: &[Row], effects: &[&str], formula: Formula) -> Result<Estimated, Reason> {
    let mut data = panel(rows);
    // The panel's rows are in the order of these.
    let mut names = Vec::new();
    for effect in effects {
        let mut levels: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
        for row in rows {
            levels.entry(level(row, effect)).or_insert_with(|| vec![Some(0.0); rows.len()]);
        }
        for (at, row) in rows.iter().enumerate() {
            levels.get_mut(&level(row, effect)).unwrap()[at] = Some(1.0);
        }
        for (level, dummy) in levels {
            let name = format!("{effect} {level}");
            data = data.with_values(&name, dummy).unwrap();
            names.push(name);
        }
    }
    // The dummies first, so that of them the later are dropped and never a regressor that they don't absorb.
    names.extend(["x".to_owned(), "z".to_owned()]);
    let mut with = Formula::new("y", &names).without_intercept();
    with.weights = formula.weights;
    Model::Ols.estimate(&Sample::new(&data, &with).unwrap())
}

fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-8 * (a.abs().max(b.abs()) + scale)
}

fn well_conditioned(fit: &Fit) -> bool {
    fit.coefficients.iter().all(|one| one.std_error.is_some_and(|error| error > 1e-3 && error < 1e3))
}

fn same_slopes(own: &Fit, other: &Fit) -> Result<(), TestCaseError> {
    for name in ["x", "z"] {
        let (own, other) = (own.coefficient(name), other.coefficient(name));
        prop_assert_eq!(own.is_some(), other.is_some());
        if let (Some(own), Some(other)) = (own, other) {
            prop_assert!(near(own.estimate, other.estimate, 1e-3), "{:?} {:?}", own, other);
            prop_assert!(
                near(own.std_error.unwrap_or(0.0), other.std_error.unwrap_or(0.0), 1e-3),
                "{own:?} {other:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn absorbed_effects_equal_dummy_variables(rows in rows(), which in 0..EFFECTS.len(), weighted in any::<bool>()) {
        let effects = EFFECTS[which];
        let mut absorbing = formula().with_effects(effects).unwrap();
        if weighted {
            absorbing = absorbing.weighted(Weights::analytic("w"));
        }
        let within = Model::Within.estimate(&Sample::new(&panel(&rows), &absorbing).unwrap());
        let dummies = with_dummies(&rows, effects, absorbing);
        let (Ok(within), Ok(dummies)) = (&within, &dummies) else { return Ok(()) };
        prop_assert_eq!(within.df_residual(), dummies.df_residual());
        let classical = Covariance::classical();
        let (own, other) = (within.fit(&classical).unwrap(), dummies.fit(&classical).unwrap());
        prop_assume!(well_conditioned(&own));
        same_slopes(&own, &other)?;
        prop_assert!(near(own.rss, other.rss, 1e-3));
        let clustered = Covariance::clustered(SmallSample::None);
        if let (Ok(own), Ok(other)) = (within.fit(&clustered), dummies.fit(&clustered)) {
            same_slopes(&own, &other)?;
        }
        // The effects add up to what the slopes leave, with the residuals.
        let named = within.named_effects();
        prop_assert_eq!(named.len(), effects.len());
        let lookup: Vec<BTreeMap<&str, f64>> = named
            .iter()
            .map(|(_, levels)| levels.iter().map(|(name, effect)| (name.as_str(), *effect)).collect())
            .collect();
        for (at, row) in rows.iter().enumerate() {
            let sum: f64 = effects.iter().zip(&lookup).map(|(effect, levels)| levels[level(row, effect).as_str()]).sum();
            let of = |name: &str| own.coefficient(name).map_or(0.0, |one| one.estimate);
            let root = if weighted { f64::from(row.weight).sqrt() } else { 1.0 };
            let left = row.y - of("x") * row.x - of("z") * row.z - sum;
            prop_assert!(near(left * root, within.residuals()[at], 10.0), "{} {}", left, within.residuals()[at]);
        }
    }

    #[test]
    fn frequencies_equal_duplicated_rows(rows in rows()) {
        // A panel has a row for each entity and time, so duplicates get times of their own.
        let mut duplicated = Vec::new();
        for row in &rows {
            for copy in 0..row.weight {
                duplicated.push(Row { time: row.time * 8 + i32::from(copy), ..row.clone() });
            }
        }
        let (data, copies) = (panel(&rows), panel(&duplicated));
        for (model, effects) in [
            (Model::Ols, &[][..]),
            (Model::Within, &["entity"][..]),
            (Model::Within, &["entity", "region"][..]),
        ] {
            for covariance in [
                Covariance::classical(),
                Covariance::clustered(SmallSample::StataXtreg),
                Covariance::clustered(SmallSample::StataAreg),
                Covariance::heteroskedastic(ResidualType::Hc0),
                Covariance::heteroskedastic(ResidualType::Hc1),
                Covariance::heteroskedastic(ResidualType::Hc3),
                Covariance::Groupwise(GroupwiseCovariance::default()),
            ] {
                let plain = formula().with_effects(effects).unwrap();
                let weighted = plain.clone().weighted(Weights::frequency("w"));
                let own = estimate(&data, &weighted, model, &covariance).unwrap();
                let other = estimate(&copies, &plain, model, &covariance).unwrap();
                let (Some(own), Some(other)) = (own.fit(), other.fit()) else { continue };
                prop_assert_eq!((own.n_obs, own.df_residual), (other.n_obs, other.df_residual));
                prop_assume!(well_conditioned(other));
                same_slopes(own, other)?;
                prop_assert!(near(own.rss, other.rss, 1e-3) && near(own.tss, other.tss, 1e-3));
                prop_assert!(near(own.r2_adjusted, other.r2_adjusted, 1e-3));
                if let (Some(own), Some(other)) = (own.joint, other.joint) {
                    prop_assert!(near(own.f, other.f, 1e-3));
                }
            }
        }
    }

    #[test]
    fn the_scale_of_analytic_weights_does_not_matter(rows in rows(), scale in prop_oneof![1e-6..1e-3, 1e3..1e6]) {
        let data = panel(&rows);
        let scaled: Vec<Option<f64>> = rows.iter().map(|row| Some(f64::from(row.weight) * scale)).collect();
        let scaled = data.clone().with_values("w", scaled).unwrap();
        for (model, effects) in [(Model::Ols, &[][..]), (Model::Within, &["entity", "time", "region"][..])] {
            let weighted = formula().with_effects(effects).unwrap().weighted(Weights::analytic("w"));
            let run = |panel: &Panel| estimate(panel, &weighted, model, &Covariance::classical()).unwrap();
            let (base, other) = (run(&data), run(&scaled));
            let (Some(base), Some(other)) = (base.fit(), other.fit()) else { continue };
            prop_assume!(well_conditioned(base));
            same_slopes(base, other)?;
            prop_assert!(near(base.rss * scale, other.rss, 1e-3 * scale));
            prop_assert!(near(base.r2, other.r2, 1e-3));
        }
        // Weights of one are no weights.
        let ones = data.clone().with_values("w", vec![Some(1.0); rows.len()]).unwrap();
        let weighted = formula().weighted(Weights::analytic("w"));
        for model in [Model::Ols, Model::Within, Model::WithinTwoWay, Model::WithinTime] {
            let own = estimate(&ones, &weighted, model, &Covariance::clustered(SmallSample::PlmSss)).unwrap();
            let other = estimate(&ones, &formula(), model, &Covariance::clustered(SmallSample::PlmSss)).unwrap();
            if let (Some(own), Some(other)) = (own.fit(), other.fit()) {
                same_slopes(own, other)?;
            }
        }
    }

    #[test]
    fn order_labels_and_scales_change_nothing_else(rows in rows(), which in 0..EFFECTS.len()) {
        let mut turned = rows.clone();
        turned.reverse();
        let formula = formula().with_effects(EFFECTS[which]).unwrap().weighted(Weights::analytic("w"));
        let run = |panel: &Panel| estimate(panel, &formula, Model::Within, &Covariance::classical()).unwrap();
        let base = run(&panel(&rows));
        prop_assert_eq!(&base, &run(&panel(&turned)));
        let Some(base) = base.fit() else { return Ok(()) };
        prop_assume!(well_conditioned(base));
        let renamed = named(&rows, |entity| format!("{}", 99 - entity), |region| format!("{}", 9 - region));
        same_slopes(base, run(&renamed).fit().unwrap())?;
        // y and x in other units, from another zero: effects absorb the shift.
        let moved: Vec<Row> =
            rows.iter().map(|row| Row { y: 100.0 + 8.0 * row.y, x: 3.0 - 4.0 * row.x, ..row.clone() }).collect();
        let moved = run(&panel(&moved));
        let moved = moved.fit().unwrap();
        for (name, scale) in [("x", -2.0), ("z", 8.0)] {
            let (own, other) = (base.coefficient(name), moved.coefficient(name));
            if let (Some(own), Some(other)) = (own, other) {
                prop_assert!(near(own.estimate * scale, other.estimate, 1e-2));
                prop_assert!(near(own.p_value.unwrap(), other.p_value.unwrap(), 1e-2));
            }
        }
    }
}

/// A small panel whose third entity and last time are there once.
fn with_singletons() -> Vec<Row> {
    let row = |entity, time, value: f64, region| Row {
        entity,
        time,
        y: value,
        x: (value * 3.7).sin(),
        z: (value * 1.3).cos(),
        region,
        weight: 1,
    };
    let mut rows: Vec<Row> = (0..3)
        .flat_map(|entity| (0..4).map(move |time| (entity, time)))
        .map(|(entity, time)| {
            row(entity, time, ((entity * 5 + time as usize * 3) as f64 * 1.7).sin() * 5.0, entity % 2)
        })
        .collect();
    // Region 7 only there, at a time that only entity 3 has: once that row is gone, entity 3 is alone too.
    rows.push(row(3, 1, 2.2, 0));
    rows.push(row(3, 9, 1.2, 7));
    rows
}

#[test]
fn singletons_are_dropped_until_there_are_none() {
    let data = panel(&with_singletons());
    let run = |formula: Formula| {
        let outcome = estimate(&data, &formula, Model::WithinTwoWay, &Covariance::classical()).unwrap();
        outcome.fit().expect("a fit").clone()
    };
    let kept = run(formula());
    let dropped = run(formula().without_singletons());
    assert_eq!(dropped.notes, [Note::SingletonsDropped { rows: 2, rounds: 2 }]);
    assert_eq!((kept.n_obs, dropped.n_obs, dropped.dropped.len()), (14, 12, 2));
    // They add nothing but degrees of freedom used up.
    assert_eq!(kept.df_residual, dropped.df_residual);
    for (one, other) in kept.coefficients.iter().zip(&dropped.coefficients) {
        assert!(
            near(one.estimate, other.estimate, 1e-3)
                && near(one.std_error.unwrap(), other.std_error.unwrap(), 1e-3)
        );
    }
}

#[test]
fn zero_weights_leave_rows_out_and_bad_ones_are_errors() {
    let mut rows = with_singletons();
    rows[2].weight = 0;
    let weighted = formula().weighted(Weights::analytic("w"));
    let outcome = estimate(&panel(&rows), &weighted, Model::Within, &Covariance::classical()).unwrap();
    let fit = outcome.fit().expect("a fit");
    assert!(fit.notes.contains(&Note::ZeroWeights { rows: 1 }));
    assert_eq!((fit.n_obs, fit.dropped.len(), fit.dropped[0].time), (13, 1, Some(2.into())));
    let with = |value: f64| {
        let mut weights = vec![Some(1.0); rows.len()];
        weights[4] = Some(value);
        panel(&rows).with_values("w", weights).unwrap()
    };
    for value in [-1.0, f64::NAN, f64::INFINITY] {
        let error = Sample::new(&with(value), &weighted).unwrap_err();
        assert!(
            matches!(&error, EstimationError::BadWeight { entity, time: Some(_), .. } if entity == "e1"),
            "{error}"
        );
    }
    let frequency = formula().weighted(Weights::frequency("w"));
    let error = Sample::new(&with(1.5), &frequency).unwrap_err();
    assert!(matches!(error, EstimationError::BrokenFrequency { .. }), "{error}");
    // A missing weight is a missing value.
    let mut weights = vec![Some(1.0); rows.len()];
    weights[4] = None;
    let sample = Sample::new(&panel(&rows).with_values("w", weights).unwrap(), &weighted).unwrap();
    assert_eq!((sample.height(), sample.dropped()[0].missing.join(" ")), (13, "w".to_owned()));
}

#[test]
fn what_is_not_defined_is_said() {
    let data = panel(&with_singletons());
    let reason = |formula: &Formula, model: Model| {
        estimate(&data, formula, model, &Covariance::classical()).unwrap().reason().expect("a reason").clone()
    };
    let weighted = formula().weighted(Weights::analytic("w"));
    let walhus = vintner_estimation::VarianceEstimator::Walhus;
    let options = vintner_estimation::RandomEffects { method: walhus, ..Default::default() };
    let random = Model::Random(options);
    assert!(matches!(reason(&weighted, random), Reason::NotDefined { .. }));
    let effects = formula().with_effects(&["region"]).unwrap();
    assert!(matches!(reason(&effects, Model::Ols), Reason::NotDefined { .. }));
    assert!(matches!(reason(&effects, Model::WithinTwoWay), Reason::NotDefined { .. }));
    // A regressor constant in every region.
    let frozen: Vec<Row> =
        with_singletons().into_iter().map(|row| Row { x: row.region as f64, ..row }).collect();
    let outcome = estimate(&panel(&frozen), &effects, Model::Within, &Covariance::classical()).unwrap();
    assert_eq!(outcome.fit().expect("a fit").notes[0], Note::AbsorbedDropped { variables: vec!["x".into()] });
    assert!(matches!(formula().with_effects(&["a^", "b"]).unwrap_err(), EstimationError::Effect(_)));
    let twice = formula().with_effects(&["region", "region"]).unwrap();
    assert!(matches!(Sample::new(&data, &twice), Err(EstimationError::RepeatedEffect { .. })));
    let absent = formula().with_effects(&["province"]).unwrap();
    assert!(matches!(Sample::new(&data, &absent), Err(EstimationError::Panel(_))));
}
