//! What must hold for all panels.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use proptest::prelude::*;
use vintner_estimation::{
    Covariance, Fit, Formula, LagOrders, Model, Outcome, Reason, Sample, SmallSample, UnitFit, Untestable,
    dumitrescu_hurlin, estimate, estimate_by_entity,
};
use vintner_panel::Panel;

/// A row: entity, time, y, x, z; a value may be missing.
type Row = (usize, i32, Option<f64>, Option<f64>, Option<f64>);

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![19 => (-1000_i32..1000).prop_map(|value| Some(f64::from(value) / 64.0)), 1 => Just(None)]
}

/// Unbalanced panels of 2 to 6 entities and up to 9 periods.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((1_i32..=9, prop::collection::vec((value(), value(), value()), 9)), 2..=6).prop_map(
        |entities| {
            let mut rows = Vec::new();
            for (entity, (periods, values)) in entities.into_iter().enumerate() {
                for (time, (y, x, z)) in (0..periods).zip(values) {
                    rows.push((entity, time, y, x, z));
                }
            }
            rows
        },
    )
}

fn panel(rows: &[Row], label: impl Fn(usize) -> String) -> Panel {
    let frame = vec![
        Column::new("entity".into(), rows.iter().map(|row| label(row.0)).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        Column::new("y".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        Column::new("x".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
        Column::new("z".into(), rows.iter().map(|row| row.4).collect::<Vec<_>>()),
    ];
    Panel::new(DataFrame::new(rows.len(), frame).expect("a frame"), "entity", "time").expect("a panel")
}

fn plain(rows: &[Row]) -> Panel {
    panel(rows, |entity| format!("e{entity}"))
}

fn formula() -> Formula {
    Formula::new("y", &["x", "z"])
}

fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-8 * (a.abs().max(b.abs()) + scale)
}

/// The same results but for rounding; entities may be called otherwise.
fn same(left: &Outcome, right: &Outcome) -> bool {
    match (left, right) {
        (Outcome::Fit(left), Outcome::Fit(right)) => {
            left.df_residual == right.df_residual
                && left.notes.len() == right.notes.len()
                && near(left.rss, right.rss, 1e-6 * left.tss)
                && left.coefficients.iter().zip(&right.coefficients).all(|(left, right)| {
                    near(left.estimate, right.estimate, 1e-3)
                        && left.std_error.is_some() == right.std_error.is_some()
                        && near(left.std_error.unwrap_or(0.0), right.std_error.unwrap_or(0.0), 1e-3)
                        && near(left.p_value.unwrap_or(0.0), right.p_value.unwrap_or(0.0), 1e-3)
                })
        }
        (Outcome::NotEstimable(left), Outcome::NotEstimable(right)) => {
            std::mem::discriminant(&left.reason) == std::mem::discriminant(&right.reason)
                && left.n_obs == right.n_obs
        }
        _ => false,
    }
}

fn well_conditioned(fit: &Fit) -> bool {
    fit.coefficients.iter().all(|one| one.std_error.is_some_and(|error| error < 1e3))
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn absorbed_effects_equal_dummy_variables(rows in rows()) {
        let data = plain(&rows);
        let sample = Sample::new(&data, &formula()).unwrap();
        let within = Model::Within.estimate(&sample);
        // y on x, z and a dummy for each entity of the sample, without intercept
        let mut with_dummies = data.clone();
        let mut names = vec!["x".to_owned(), "z".to_owned()];
        for entity in sample.entities() {
            let code = data.entities().iter().position(|name| name == entity).unwrap();
            let dummy = data.entity_codes().iter().map(|own| Some(f64::from(u8::from(*own == code)))).collect();
            let name = format!("is {entity}");
            with_dummies = with_dummies.with_values(&name, dummy).unwrap();
            names.push(name);
        }
        let dummies = Sample::new(&with_dummies, &Formula::new("y", &names).without_intercept())
            .map(|sample| Model::Ols.estimate(&sample)).unwrap();
        match (&within, &dummies) {
            (Ok(within), Ok(dummies)) => {
                let (a, b) = (within.fit(&Covariance::classical()).unwrap(), dummies.fit(&Covariance::classical()).unwrap());
                prop_assert_eq!(a.df_residual, b.df_residual);
                prop_assume!(well_conditioned(&a));
                for (own, other) in a.coefficients.iter().zip(&b.coefficients) {
                    prop_assert!(near(own.estimate, other.estimate, 1e-3), "{:?} {:?}", own, other);
                    prop_assert!(near(own.std_error.unwrap(), other.std_error.unwrap(), 1e-3));
                }
                for (effect, dummy) in within.fixed_effects().iter().zip(&b.coefficients[2..]) {
                    prop_assert!(near(effect.effect, dummy.estimate, 1e-2), "{:?} {:?}", effect, dummy);
                }
                let clustered = Covariance::clustered(SmallSample::None);
                if let (Ok(a), Ok(b)) = (within.fit(&clustered), dummies.fit(&clustered)) {
                    for (own, other) in a.coefficients.iter().zip(&b.coefficients) {
                        prop_assert!(near(own.std_error.unwrap_or(0.0), other.std_error.unwrap_or(0.0), 1e-2));
                    }
                }
            }
            (Err(_), Err(_)) => {}
            // within says so where y doesn't vary; the dummy variables fit it perfectly
            (Err(Reason::ConstantDependentWithin { .. }), Ok(dummies)) => prop_assert!(dummies.is_perfect()),
            (within, dummies) => prop_assert!(false, "{:?} {:?}", within.as_ref().err(), dummies.as_ref().err()),
        }
    }

    #[test]
    fn row_order_and_labels_do_not_matter(rows in rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        let mut state = seed | 1;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(place, (state >> 33) as usize % (place + 1));
        }
        for model in [Model::Ols, Model::Within] {
            for covariance in [Covariance::classical(), Covariance::clustered(SmallSample::StataXtreg)] {
                let run = |panel: &Panel| estimate(panel, &formula(), model, &covariance).unwrap();
                let base = run(&plain(&rows));
                prop_assert_eq!(&base, &run(&plain(&shuffled)));
                // names that sort the entities the other way round
                let renamed = run(&panel(&rows, |entity| format!("{}", 99 - entity)));
                prop_assert!(same(&base, &renamed), "{:?} {:?}", base, renamed);
            }
        }
    }

    #[test]
    fn rescaling_a_regressor_rescales_its_coefficient(rows in rows(), scale in prop_oneof![1e-6..1e-3, 1e3..1e6]) {
        let scaled: Vec<Row> =
            rows.iter().map(|(entity, time, y, x, z)| (*entity, *time, *y, x.map(|x| x * scale), *z)).collect();
        for model in [Model::Ols, Model::Within] {
            for covariance in [Covariance::classical(), Covariance::clustered(SmallSample::PlmSss)] {
                let run = |rows: &[Row]| estimate(&plain(rows), &formula(), model, &covariance).unwrap();
                let (base, other) = (run(&rows), run(&scaled));
                prop_assert_eq!(base.fit().is_some(), other.fit().is_some());
                let (Some(base), Some(other)) = (base.fit(), other.fit()) else { continue };
                prop_assume!(well_conditioned(base));
                let (own, scaled) = (base.coefficient("x").unwrap(), other.coefficient("x").unwrap());
                prop_assert!(near(own.estimate, scaled.estimate * scale, 1e-3));
                prop_assert!(near(own.statistic.unwrap(), scaled.statistic.unwrap(), 1e-3), "{:?} {:?}", own, scaled);
                let (own, kept) = (base.coefficient("z").unwrap(), other.coefficient("z").unwrap());
                prop_assert!(near(own.estimate, kept.estimate, 1e-3));
            }
        }
    }

    #[test]
    fn an_entity_alone_has_the_same_fit(rows in rows()) {
        let data = plain(&rows);
        let together = estimate_by_entity(&data, &formula(), &Covariance::classical()).unwrap();
        prop_assert_eq!(together.len(), data.entities().len());
        for (entity, name) in data.entities().iter().enumerate() {
            let own: Vec<Row> = rows.iter().filter(|row| format!("e{}", row.0) == *name).copied().collect();
            let alone = estimate(&plain(&own), &formula(), Model::Ols, &Covariance::classical()).unwrap();
            prop_assert_eq!(&together[entity].outcome, &alone);
        }
    }

    #[test]
    fn results_survive_json_and_hold_no_nan(rows in rows()) {
        let data = plain(&rows);
        let fits = estimate_by_entity(&data, &formula(), &Covariance::classical()).unwrap();
        let text = serde_json::to_string(&fits).unwrap();
        let back: Vec<UnitFit> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &fits);
        // JSON writes null for NaN and infinity; only absent statistics may be null
        for fit in fits.iter().filter_map(|fit| fit.outcome.fit()) {
            prop_assert!([fit.rss, fit.tss, fit.r2, fit.r2_adjusted, fit.sigma2].iter().all(|value| value.is_finite()));
            for one in &fit.coefficients {
                prop_assert!(one.estimate.is_finite());
                prop_assert!(one.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
                prop_assert!(one.std_error.is_none_or(f64::is_finite));
            }
        }
    }

    #[test]
    fn the_number_of_threads_does_not_matter(rows in rows()) {
        let data = plain(&rows);
        let run = |threads: usize| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
                let fits = estimate_by_entity(&data, &formula(), &Covariance::classical()).unwrap();
                let panel_test = dumitrescu_hurlin(&data, "y", "x", &LagOrders::Common(1), Untestable::Refuse).unwrap();
                serde_json::to_string(&(fits, panel_test)).unwrap()
            })
        };
        let single = run(1);
        prop_assert_eq!(&single, &run(2));
        prop_assert_eq!(&single, &run(7));
    }
}
