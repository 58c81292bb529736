//! Samples that allow no estimate, or barely one: each gives the right number or its typed reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::{
    Collinearity, Covariance, EstimationError, Formula, GrangerOutcome, LagOrders, Model, Note, Outcome,
    Reason, SmallSample, Untestable, describe, dumitrescu_hurlin, estimate, estimate_by_entity,
    granger_by_entity,
};
use vintner_panel::{Panel, PanelError};

type Cells = Vec<Option<f64>>;

fn panel(rows: &[(&str, i32)], columns: &[(&str, Cells)]) -> Panel {
    let mut frame = vec![
        Column::new("entity".into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
    ];
    frame.extend(columns.iter().map(|(name, cells)| Column::new((*name).into(), cells.clone())));
    Panel::new(DataFrame::new(rows.len(), frame).expect("a frame"), "entity", "time").expect("a panel")
}

fn some(values: &[f64]) -> Cells {
    values.iter().map(|value| Some(*value)).collect()
}

/// One entity observed at 1, 2, ...
fn one(columns: &[(&str, Cells)]) -> Panel {
    let rows: Vec<(&str, i32)> = (1..=columns[0].1.len() as i32).map(|time| ("a", time)).collect();
    panel(&rows, columns)
}

fn run(panel: &Panel, regressors: &[&str], model: Model) -> Outcome {
    estimate(panel, &Formula::new("y", regressors), model, &Covariance::classical()).expect("an outcome")
}

fn reason(panel: &Panel, regressors: &[&str], model: Model) -> Reason {
    run(panel, regressors, model).reason().expect("a reason").clone()
}

fn refused(panel: &Panel, regressors: &[&str], model: Model) -> Reason {
    let formula = Formula::new("y", regressors).refusing_collinear();
    let outcome = estimate(panel, &formula, model, &Covariance::classical()).expect("an outcome");
    outcome.reason().expect("a reason").clone()
}

const Y: [f64; 6] = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0];
const X: [f64; 6] = [0.5, 1.0, 2.5, 2.0, 4.0, 3.0];
const Z: [f64; 6] = [1.0, -1.0, 0.5, 2.0, 0.0, 1.5];

#[test]
fn few_observations() {
    let cut = |rows: usize| one(&[("y", some(&Y[..rows])), ("x", some(&X[..rows])), ("z", some(&Z[..rows]))]);
    assert_eq!(reason(&cut(2), &["x", "z"], Model::Ols).to_string(), "2 observations, 3 parameters");
    assert_eq!(
        reason(&cut(3), &["x", "z"], Model::Ols).to_string(),
        "3 observations, 3 parameters: no degrees of freedom for standard errors"
    );
    let fit = run(&cut(4), &["x", "z"], Model::Ols);
    assert_eq!(fit.fit().expect("a fit").df_residual, 1);
    assert!(
        fit.fit()
            .unwrap()
            .coefficients
            .iter()
            .all(|one| one.p_value.is_some_and(|p| (0.0..=1.0).contains(&p)))
    );
}

#[test]
fn no_observations_and_missing_values() {
    let none: Cells = vec![None; 6];
    let empty = one(&[("y", some(&Y)), ("x", none)]);
    assert_eq!(reason(&empty, &["x"], Model::Ols), Reason::NoObservations { rows_dropped: 6 });
    let mut holes = some(&X);
    holes[2] = None;
    holes[3] = Some(f64::NAN);
    let mut dependent = some(&Y);
    dependent[2] = None;
    let outcome = run(&one(&[("y", dependent), ("x", holes)]), &["x"], Model::Ols);
    let dropped: Vec<String> = outcome
        .dropped()
        .iter()
        .map(|row| {
            format!(
                "{}: {}",
                row.time.map(|time| time.to_string()).unwrap_or_default(),
                row.missing.join(" ")
            )
        })
        .collect();
    assert_eq!(dropped, ["3: y x", "4: x"]);
    assert_eq!(outcome.n_obs(), 4);
}

#[test]
fn collinear_columns_are_named() {
    let sum: Vec<f64> = X.iter().zip(&Z).map(|(x, z)| 3.0 * x - z + 1.0).collect();
    let double: Vec<f64> = X.iter().map(|x| -2.0 * x).collect();
    let data = one(&[
        ("y", some(&Y)),
        ("x", some(&X)),
        ("z", some(&Z)),
        ("sum", some(&sum)),
        ("double", some(&double)),
        ("constant", some(&[2.5; 6])),
        ("zero", some(&[0.0; 6])),
    ]);
    let named = |regressors: &[&str], column: &str, on: &[&str]| {
        let on = on.iter().map(|name| (*name).to_owned()).collect();
        let collinear = vec![Collinearity { column: column.into(), on }];
        let expected = Reason::RankDeficient { collinear: collinear.clone() };
        assert_eq!(refused(&data, regressors, Model::Ols), expected, "{regressors:?}");
        // By default it is left out, and the rest is as if it had never been there.
        let outcome = run(&data, regressors, Model::Ols);
        let fit = outcome.fit().expect("a fit");
        assert!(fit.notes.contains(&Note::CollinearDropped { collinear }), "{regressors:?} {:?}", fit.notes);
        let rest: Vec<&str> = regressors.iter().copied().filter(|name| *name != column).collect();
        let without = run(&data, &rest, Model::Ols);
        let without = without.fit().expect("a fit");
        assert_eq!((&fit.coefficients, fit.df_residual), (&without.coefficients, without.df_residual));
    };
    named(&["x", "z", "sum"], "sum", &["(Intercept)", "x", "z"]);
    named(&["x", "double"], "double", &["x"]);
    named(&["x", "constant"], "constant", &["(Intercept)"]);
    named(&["zero", "x"], "zero", &[]);
    assert_eq!(
        refused(&data, &["x", "constant"], Model::Ols).to_string(),
        "collinear regressors: constant is constant"
    );
    // with all of them gone there is nothing to estimate
    assert!(matches!(reason(&data, &["constant", "zero"], Model::Ols), Reason::RankDeficient { .. }));
    // without an intercept a constant is a regressor like any other
    let formula = Formula::new("y", &["x", "constant"]).without_intercept();
    assert!(estimate(&data, &formula, Model::Ols, &Covariance::classical()).unwrap().fit().is_some());
}

#[test]
fn constant_dependent() {
    let data = one(&[("y", some(&[4.0; 6])), ("x", some(&X))]);
    assert_eq!(reason(&data, &["x"], Model::Ols), Reason::ConstantDependent { variable: "y".into() });
}

#[test]
fn fixed_effects_need_variation_within() {
    let rows = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3)];
    let fixed = some(&[0.1, 0.1, 0.1, 0.7, 0.7, 0.7]);
    let data = panel(&rows, &[("y", some(&Y)), ("x", some(&X)), ("z", some(&Z)), ("fixed", fixed.clone())]);
    let expected = Reason::ConstantWithin { variables: vec!["fixed".into()] };
    assert_eq!(refused(&data, &["x", "fixed"], Model::Within), expected);
    assert_eq!(reason(&data, &["fixed"], Model::Within), expected);
    let outcome = run(&data, &["fixed", "x"], Model::Within);
    let fit = outcome.fit().expect("a fit");
    assert_eq!(fit.notes, [Note::AbsorbedDropped { variables: vec!["fixed".into()] }]);
    let without = run(&data, &["x"], Model::Within);
    assert_eq!(fit.coefficients, without.fit().expect("a fit").coefficients);
    // In differences it is gone too; in time effects it stays.
    let differences = Model::FirstDifferences { across_gaps: false };
    assert_eq!(refused(&data, &["x", "fixed"], differences), expected);
    assert_eq!(run(&data, &["x", "fixed"], differences).fit().expect("a fit").coefficients.len(), 2);
    assert_eq!(run(&data, &["x", "fixed"], Model::WithinTime).fit().expect("a fit").coefficients.len(), 2);
    let flat = panel(&rows, &[("y", fixed), ("x", some(&X))]);
    assert_eq!(
        reason(&flat, &["x"], Model::Within),
        Reason::ConstantDependentWithin { variable: "y".into() }
    );
    // x moved by an entity constant is x after demeaning, though rounding hides it
    let moved: Vec<f64> =
        X.iter().enumerate().map(|(row, x)| x + if row < 3 { 1e6 / 3.0 } else { 2e5 / 7.0 }).collect();
    let twin = panel(&rows, &[("y", some(&Y)), ("x", some(&X)), ("moved", some(&moved))]);
    assert!(matches!(refused(&twin, &["x", "moved"], Model::Within), Reason::RankDeficient { .. }));
    assert_eq!(run(&twin, &["x", "moved"], Model::Within).fit().expect("a fit").coefficients.len(), 1);
}

#[test]
fn singletons_count_and_add_nothing() {
    let rows = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3), ("c", 1)];
    let with = |x: f64, y: f64| {
        let (mut ys, mut xs) = (Y.to_vec(), X.to_vec());
        ys.push(y);
        xs.push(x);
        let data = panel(&rows, &[("y", some(&ys)), ("x", some(&xs))]);
        run(&data, &["x"], Model::Within).fit().expect("a fit").clone()
    };
    let fit = with(3.0, 4.0);
    assert_eq!((fit.n_obs, fit.n_entities, fit.df_residual), (7, 3, 3));
    assert_eq!(fit.notes, [Note::Singletons { entities: vec!["c".into()] }]);
    assert_eq!(fit.coefficients, with(1000.0, -50.0).coefficients);
}

#[test]
fn clusters_are_needed_for_clustered_errors() {
    let data = one(&[("y", some(&Y)), ("x", some(&X))]);
    let clustered = Covariance::clustered(SmallSample::StataXtreg);
    let outcome = estimate(&data, &Formula::new("y", &["x"]), Model::Ols, &clustered).unwrap();
    assert_eq!(outcome.reason(), Some(&Reason::TooFewClusters { clusters: 1 }));
    // two clusters carry one direction of variation: standard errors, but no joint test of two slopes
    let rows = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3)];
    let data = panel(&rows, &[("y", some(&Y)), ("x", some(&X)), ("z", some(&Z))]);
    let outcome = estimate(&data, &Formula::new("y", &["x", "z"]), Model::Within, &clustered).unwrap();
    let fit = outcome.fit().expect("a fit");
    assert!(fit.joint.is_none());
    assert_eq!(fit.notes, [Note::SingularCovariance { slopes: 2 }]);
}

#[test]
fn a_coefficient_from_one_cluster_has_no_clustered_error() {
    // only entity a has variation in x: its scores sum to zero, and so would the variance but for rounding
    let rows = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("c", 1), ("c", 2), ("c", 3)];
    let y = [1.0, 3.0, 2.5, 0.0, 2.0, 1.0, 5.0, 4.0];
    let x = [0.3, 0.1, 0.7, 2.0, 2.0, 4.0, 4.0, 4.0];
    let data = panel(&rows, &[("y", some(&y)), ("x", some(&x))]);
    let clustered = Covariance::clustered(SmallSample::StataXtreg);
    let outcome = estimate(&data, &Formula::new("y", &["x"]), Model::Within, &clustered).unwrap();
    let fit = outcome.fit().expect("a fit");
    assert_eq!((fit.coefficients[0].std_error, fit.coefficients[0].p_value), (None, None));
    assert!(fit.notes.contains(&Note::SingleCluster { coefficients: vec!["x".into()] }));
    assert_eq!(run(&data, &["x"], Model::Within).fit().unwrap().notes, []);
}

#[test]
fn perfect_fits_keep_their_estimates() {
    let y: Vec<f64> = X.iter().map(|x| 0.3 - 0.7 * x).collect();
    let data = one(&[("y", some(&y)), ("x", some(&X))]);
    let outcome = run(&data, &["x"], Model::Ols);
    let fit = outcome.fit().expect("a fit");
    assert_eq!(fit.notes, [Note::PerfectFit]);
    assert!((fit.coefficient("x").unwrap().estimate + 0.7).abs() < 1e-14);
    assert!(fit.coefficients.iter().all(|one| one.std_error.is_none() && one.p_value.is_none()));
    let text = serde_json::to_string(fit).expect("JSON");
    assert!(!text.contains("NaN"));
}

#[test]
fn scales_from_tiny_to_huge() {
    let base = run(&one(&[("y", some(&Y)), ("x", some(&X)), ("z", some(&Z))]), &["x", "z"], Model::Ols);
    let base = base.fit().expect("a fit");
    for scale in [1e-120, 1e-9, 1e12, 1e120] {
        let x: Vec<f64> = X.iter().map(|x| x * scale).collect();
        let fit = run(&one(&[("y", some(&Y)), ("x", some(&x)), ("z", some(&Z))]), &["x", "z"], Model::Ols);
        let fit = fit.fit().expect("a fit");
        for (own, other) in fit.coefficients.iter().zip(&base.coefficients) {
            let (own, other) = (own.statistic.unwrap(), other.statistic.unwrap());
            assert!((own - other).abs() < 1e-12 * other.abs(), "{scale:e}: {own} {other}");
        }
    }
    let huge: Vec<f64> = Y.iter().map(|y| y * 1e200).collect();
    let outcome = run(&one(&[("y", some(&huge)), ("x", some(&X))]), &["x"], Model::Ols);
    assert!(matches!(outcome.reason(), Some(Reason::NotFinite { .. })));
}

#[test]
fn faults_in_the_question_are_errors() {
    let data = one(&[("y", some(&Y)), ("x", some(&X))]);
    let ask = |regressors: &[&str]| {
        estimate(&data, &Formula::new("y", regressors), Model::Ols, &Covariance::classical()).unwrap_err()
    };
    assert!(
        matches!(ask(&["w"]), EstimationError::Panel(PanelError::NoColumn { column, .. }) if column == "w")
    );
    let nothing = Formula::new("y", &[] as &[&str]).without_intercept();
    let refused = estimate(&data, &nothing, Model::Ols, &Covariance::classical());
    assert!(matches!(refused, Err(EstimationError::NoRegressors { .. })));
    assert!(matches!(granger_by_entity(&data, "y", "x", 0), Err(EstimationError::NoLags { .. })));
    assert!(matches!(granger_by_entity(&data, "y", "y", 1), Err(EstimationError::SameVariable { .. })));
    let fit = run(&data, &["x"], Model::Ols);
    assert!(matches!(fit.fit().unwrap().joint_test(&["w"]), Err(EstimationError::NoCoefficient { .. })));
}

#[test]
fn every_entity_has_an_outcome() {
    let rows = [
        ("a", 1),
        ("a", 2),
        ("a", 3),
        ("a", 4),
        ("b", 1),
        ("b", 2),
        ("c", 1),
        ("c", 2),
        ("c", 3),
        ("c", 4),
        ("c", 5),
    ];
    let y = some(&[1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 2.0, 4.0, 1.0, 0.0, 3.0]);
    let mut x = some(&[0.5, 1.0, 2.5, 2.0, 4.0, 3.0, 1.0, 2.0, 0.0, 5.0, 2.0]);
    (x[4], x[5]) = (None, None);
    let data = panel(&rows, &[("y", y), ("x", x)]);
    let fits = estimate_by_entity(&data, &Formula::new("y", &["x"]), &Covariance::classical()).unwrap();
    assert_eq!(fits.iter().map(|fit| fit.unit.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(fits[0].outcome.fit().is_some() && fits[2].outcome.fit().is_some());
    assert_eq!(fits[1].outcome.reason(), Some(&Reason::NoObservations { rows_dropped: 2 }));
    assert_eq!(fits[1].outcome.dropped().len(), 2);
}

#[test]
fn holes_in_a_series_drop_the_lags_that_need_them() {
    let times = [1, 2, 3, 5, 6, 7, 8, 9, 10, 11];
    let rows: Vec<(&str, i32)> = times.iter().map(|time| ("a", *time)).collect();
    let y = some(&[1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 2.0, 4.0, 1.0, 0.5]);
    let x = some(&[0.5, 1.0, 2.5, 2.0, 4.0, 3.0, 1.0, 2.0, 0.0, 5.0]);
    let data = panel(&rows, &[("y", y), ("x", x)]);
    let tests = granger_by_entity(&data, "y", "x", 1).unwrap();
    // ten rows, less the first and the one after the hole
    assert_eq!(tests[0].outcome.test().expect("a test").n_obs, 8);
    let tests = granger_by_entity(&data, "y", "x", 2).unwrap();
    assert_eq!(tests[0].outcome.test().expect("a test").n_obs, 6);
    let tests = granger_by_entity(&data, "y", "x", 3).unwrap();
    assert!(matches!(
        tests[0].outcome,
        GrangerOutcome::NotEstimable {
            reason: Reason::TooFewObservations { observations: 4, parameters: 7 },
            n_obs: 4
        }
    ));
}

#[test]
fn a_panel_test_names_the_entity_that_stops_it() {
    let mut rows: Vec<(&str, i32)> = (1..=12).map(|time| ("a", time)).collect();
    rows.extend((1..=4).map(|time| ("b", time)));
    let wave = |row: usize, pace: f64| (row as f64 * pace).sin() + 0.1 * row as f64;
    let y: Vec<f64> = (0..16).map(|row| wave(row, 1.7)).collect();
    let x: Vec<f64> = (0..16).map(|row| wave(row, 2.9)).collect();
    let data = panel(&rows, &[("y", some(&y)), ("x", some(&x))]);
    let result = dumitrescu_hurlin(&data, "y", "x", &LagOrders::Common(1), Untestable::Refuse).unwrap();
    assert_eq!(result.w_bar, None);
    assert_eq!(
        result.z_tilde.reason().expect("a reason").to_string(),
        "b: 3 observations, 3 parameters: no degrees of freedom for standard errors"
    );
    assert!(result.units[0].outcome.test().is_some());

    // Left out, it stops nothing: the statistics are those of the panel without it.
    let left_out = dumitrescu_hurlin(&data, "y", "x", &LagOrders::Common(1), Untestable::LeaveOut).unwrap();
    let alone = panel(&rows[..12], &[("y", some(&y[..12])), ("x", some(&x[..12]))]);
    let alone = dumitrescu_hurlin(&alone, "y", "x", &LagOrders::Common(1), Untestable::Refuse).unwrap();
    assert_eq!(left_out.left_out, ["b"]);
    assert_eq!(left_out.units.len(), 2);
    assert_eq!((left_out.w_bar, &left_out.z_tilde), (alone.w_bar, &alone.z_tilde));
    assert!(left_out.z_tilde.value().is_some());

    // With no entity left there is a reason all the same.
    let short = panel(&rows[12..], &[("y", some(&y[12..])), ("x", some(&x[12..]))]);
    let none = dumitrescu_hurlin(&short, "y", "x", &LagOrders::Common(1), Untestable::LeaveOut).unwrap();
    assert!(none.left_out.is_empty() && none.z_tilde.reason().is_some());
}

#[test]
fn descriptive_statistics() {
    let rows = [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3), ("c", 1)];
    let v = vec![Some(1.0), Some(3.0), Some(2.0), Some(4.0), Some(9.0), None];
    let data = panel(&rows, &[("v", v), ("nothing", vec![None; 6])]);
    let found = describe(&data, &["v", "nothing"]).unwrap();
    let v = &found[0];
    assert_eq!((v.n, v.missing, v.n_entities), (5, 1, 2));
    let near = |value: Option<f64>, expected: f64| {
        assert!((value.expect("a value") - expected).abs() < 1e-14, "{value:?} {expected}");
    };
    near(v.mean, 3.8);
    near(v.sd, 9.7_f64.sqrt());
    // entity means 2 and 5; deviations -1, 1, -3, -1, 4
    near(v.sd_between, 4.5_f64.sqrt());
    near(v.sd_within, 7.0_f64.sqrt());
    for (value, expected) in [(v.min, 1.0), (v.p25, 2.0), (v.median, 3.0), (v.p75, 4.0), (v.max, 9.0)] {
        near(value, expected);
    }
    let nothing = &found[1];
    assert_eq!((nothing.n, nothing.mean, nothing.sd, nothing.median), (0, None, None, None));
    assert!(describe(&data, &["absent"]).is_err());
}
