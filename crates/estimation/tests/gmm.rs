//! Dynamic panels against plm's `pgmm` and gretl's `dpanel`.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use crate::support::{Record, TOLERANCE, Tally, golden, panel, shared, walk};
use faer::Mat;
use polars::prelude::{Column, DataFrame};
use serde_json::Value;
use vintner_estimation::gmm::{
    DynamicPanel, ErrorVariance, GmmCovariance, GmmEstimated, GmmFit, GmmInstrument, LevelInstruments, Steps,
    Term, Transformation, gmm,
};
use vintner_estimation::{EstimationError, Note, Reason, TestOutcome};
use vintner_panel::Panel;

fn empluk(folder: &Path) -> Panel {
    let logs =
        [("log(emp)", "emp"), ("log(wage)", "wage"), ("log(capital)", "capital"), ("log(output)", "output")];
    panel(&folder.join("data/empluk.csv"), "firm", &logs)
}

/// The model of a record's id, `pgmm/<formula>/<effect>/<steps>/<transformation>`.
fn model(id: &str) -> DynamicPanel {
    let parts: Vec<&str> = id.split('/').collect();
    let [_, formula, effect, steps, transformation] = parts[..] else { panic!("{id}") };
    let regressors = match formula {
        "ab91_a1" => vec![
            Term::lagged("log(emp)", &[1, 2]),
            Term::lagged("log(wage)", &[0, 1]),
            Term::new("log(capital)"),
            Term::lagged("log(output)", &[0, 1]),
        ],
        _ => vec![Term::lagged("log(emp)", &[1]), Term::new("log(wage)"), Term::new("log(capital)")],
    };
    let mut model = DynamicPanel::new("log(emp)", regressors);
    let last = (formula == "short").then_some(3);
    model.gmm =
        vec![GmmInstrument { last, collapse: formula == "collapsed", ..GmmInstrument::new("log(emp)") }];
    model.time_dummies = effect == "twoways";
    // plm's system has a constant beside time dummies alone.
    model.constant = model.time_dummies;
    model.level_instruments = LevelInstruments::LastPeriod;
    model.steps = if steps == "twosteps" { Steps::Two } else { Steps::One };
    model.transformation =
        if transformation == "ld" { Transformation::System } else { Transformation::Difference };
    model
}

fn estimated(panel: &Panel, model: &DynamicPanel) -> GmmEstimated {
    model.estimate(panel).expect("a model that makes sense").unwrap_or_else(|reason| panic!("{reason}"))
}

fn roots(matrix: &Mat<f64>) -> Vec<f64> {
    (0..matrix.nrows()).map(|at| matrix[(at, at)].sqrt()).collect()
}

/// plm's names: the first lag where a term has several is `lag(x, 0:1)0`.
fn plm_name(name: &str, ab91: bool) -> String {
    if !ab91 {
        return name.into();
    }
    match name {
        "lag(log(emp), 1)" => "lag(log(emp), 1:2)1",
        "lag(log(emp), 2)" => "lag(log(emp), 1:2)2",
        "log(wage)" => "lag(log(wage), 0:1)0",
        "lag(log(wage), 1)" => "lag(log(wage), 0:1)1",
        "log(output)" => "lag(log(output), 0:1)0",
        "lag(log(output), 1)" => "lag(log(output), 0:1)1",
        other => other,
    }
    .into()
}

fn close(record: &mut Record, what: &str, actual: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{} {what}: {expected}", record.id));
    let error = (actual - expected).abs() / expected.abs();
    assert!(
        actual == expected || error <= TOLERANCE,
        "{} {what}: {actual:e}, reference {expected:e}, off by {error:.1e}",
        record.id
    );
    record.values += 1;
    if error > record.worst {
        (record.worst, record.worst_at) = (error, format!("{} {what}", record.id));
    }
}

fn compare_serial(record: &mut Record, key: &str, estimated: &GmmEstimated, covariance: &Mat<f64>) {
    let expected = record.take(key);
    for (place, expected) in expected.as_array().expect("tests").iter().enumerate() {
        let test = estimated.serial_correlation(place + 1, covariance);
        if expected["statistic"][0].is_null() {
            assert!(matches!(test, Err(Reason::NotPositiveDefinite { .. })), "{} {key}", record.id);
            record.values += 1;
            continue;
        }
        let test = test.unwrap_or_else(|reason| panic!("{} {key}: {reason}", record.id));
        close(record, &format!("{key}[{place}]"), test.statistic, &expected["statistic"][0]);
        close(record, &format!("{key}[{place}] p"), test.p_value, &expected["p_value"][0]);
    }
}

fn check(panel: &Panel, record: &mut Record) {
    let model = model(&record.id);
    let estimated = estimated(panel, &model);
    let ab91 = record.id.contains("ab91");
    let names: Vec<String> = estimated.names().iter().map(|name| plm_name(name, ab91)).collect();
    assert_eq!(names, record.texts("names"), "{}", record.id);
    record.compare("coef", estimated.coefficients());
    let robust = estimated.covariance(GmmCovariance::Robust);
    record.compare("se_robust_windmeijer", &roots(&robust));
    // plm's classical covariance of one step leaves out the error's variance and divides by the number of units.
    let mut classical = estimated.covariance(GmmCovariance::Classical);
    if model.steps == Steps::One {
        let factor = 1.0 / estimated.error_variance() / panel.entities().len() as f64;
        classical = Mat::from_fn(classical.nrows(), classical.ncols(), |i, j| classical[(i, j)] * factor);
    }
    record.compare("se", &roots(&classical));
    let sargan = record.take("sargan");
    let hansen = estimated.hansen().expect("a test");
    close(record, "sargan", hansen.statistic, &sargan["statistic"][0]);
    close(record, "sargan p", hansen.p_value, &sargan["p_value"][0]);
    let df = estimated.instruments() - estimated.names().len();
    close(record, "sargan df", df as f64, &sargan["parameter"][0]);
    compare_serial(record, "mtest_robust", &estimated, &robust);
    compare_serial(record, "mtest_classical", &estimated, &classical);
    record.skip(&["note", "warnings"], "text");
}

fn walk_file(folder: &Path) -> Tally {
    let panel = empluk(folder);
    walk(&folder.join("json/r_gmm_empluk.json"), |record| {
        check(&panel, record);
        Ok(())
    })
}

#[test]
fn committed_records_agree() {
    assert_eq!(walk_file(&golden()).records, 28);
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    assert_eq!(walk_file(&folder).records, 28);
}

/// What gretl 2022c prints of the model of Arellano and Bond's table 4 with time dummies.
#[test]
fn gretl_agrees_to_the_digits_that_it_prints() {
    let panel = empluk(&golden());
    let near = |ours: f64, printed: f64| (ours / printed - 1.0).abs() < 6e-6;
    let of = |steps: &str| model(&format!("pgmm/ab91_a1/twoways/{steps}/d"));
    let fit = |model: &DynamicPanel| {
        let model = DynamicPanel { error_variance: ErrorVariance::Observations, ..model.clone() };
        gmm(&panel, &model, GmmCovariance::Robust).unwrap().fit().unwrap().clone()
    };
    let one = fit(&of("onestep"));
    let two = fit(&of("twosteps"));
    for (fit, printed) in [
        (
            &one,
            [
                (0.534614, 0.166449),
                (-0.0750692, 0.0679789),
                (-0.591573, 0.167884),
                (0.291510, 0.141058),
                (0.358502, 0.0538284),
                (0.597198, 0.171933),
                (-0.611704, 0.211796),
            ],
        ),
        (
            &two,
            [
                (0.474151, 0.185398),
                (-0.0529675, 0.0517491),
                (-0.513205, 0.145565),
                (0.224640, 0.141950),
                (0.292723, 0.0626271),
                (0.609775, 0.156263),
                (-0.446373, 0.217302),
            ],
        ),
    ] {
        for (coefficient, (estimate, error)) in fit.coefficients.iter().zip(printed) {
            assert!(near(coefficient.estimate, estimate), "{coefficient:?}, gretl {estimate}");
            assert!(near(coefficient.std_error.unwrap(), error), "{coefficient:?}, gretl {error}");
        }
        assert_eq!((fit.n_differences, fit.n_units, fit.lengths), (611, 140, (4, 6)));
        assert_eq!((fit.instruments.instruments, fit.instruments.rank), (38, 38));
        assert!(near(statistic(&fit.sargan), 75.4637), "{:?}", fit.sargan);
        assert!(fit.notes.is_empty());
    }
    // S.E. of regression: sigma of the errors in levels.
    assert!((one.sigma2.sqrt() - 0.082013).abs() < 5e-7);
    assert!(near(statistic(&two.hansen), 30.1125), "{:?}", two.hansen);
    assert!(near(statistic(&one.wald), 219.623) && near(statistic(&two.wald), 142.035));
    // gretl's dummies are of differences, ours of levels: another basis of the same space.
    assert!(near(statistic(one.wald_times.as_ref().unwrap()), 11.4504));
    assert!(near(statistic(two.wald_times.as_ref().unwrap()), 16.9705));
    for (fit, printed) in [(&one, [-2.49337, -0.359448]), (&two, [-1.53845, -0.279683])] {
        for (test, printed) in fit.serial_correlation.iter().zip(printed) {
            assert!(near(statistic(test), printed), "{test:?}, gretl {printed}");
        }
    }
}

/// Column (a1) of Arellano and Bond's (1991) table 4: one step, robust standard errors.
#[test]
fn arellano_and_bond_s_table_comes_out() {
    let panel = empluk(&golden());
    let mut model = DynamicPanel::new(
        "log(emp)",
        vec![
            Term::lagged("log(emp)", &[1, 2]),
            Term::lagged("log(wage)", &[0, 1]),
            Term::lagged("log(capital)", &[0, 1, 2]),
            Term::lagged("log(output)", &[0, 1, 2]),
        ],
    );
    model.gmm = vec![GmmInstrument::new("log(emp)")];
    model.time_dummies = true;
    let estimated = estimated(&panel, &model);
    let fit = estimated.fit(GmmCovariance::Robust).unwrap();
    let printed = [
        (0.686, 0.145),
        (-0.085, 0.056),
        (-0.608, 0.178),
        (0.393, 0.168),
        (0.357, 0.059),
        (-0.058, 0.073),
        (-0.020, 0.033),
        (0.608, 0.172),
        (-0.711, 0.232),
        (0.106, 0.141),
    ];
    for (coefficient, (estimate, error)) in fit.coefficients.iter().zip(printed) {
        assert!((coefficient.estimate - estimate).abs() < 6e-4, "{coefficient:?}, {estimate}");
        assert!((coefficient.std_error.unwrap() - error).abs() < 6e-4, "{coefficient:?}, {error}");
    }
    assert!((statistic(&fit.sargan) - 65.8).abs() < 0.06, "{:?}", fit.sargan);
    assert!((statistic(&fit.serial_correlation[1]) + 0.516).abs() < 6e-4);
    assert!((statistic(&fit.wald) - 408.3).abs() < 0.06);
}

fn statistic(test: &TestOutcome) -> f64 {
    test.test().unwrap_or_else(|| panic!("{test:?}")).statistic
}

/// A seeded panel y_t = 0.5 y_{t-1} + x_t + a + e_t of `units` with `times` each.
fn simulated(units: usize, times: usize) -> Vec<(String, i32, f64, f64)> {
    let mut state = 20_261_125_u64;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let mut rows = Vec::new();
    for unit in 0..units {
        let effect = draw();
        let mut y = effect;
        // Long before the first time, so that differences don't depend on the effect.
        for time in 0..times + 40 {
            let x = draw() + 0.3 * effect;
            y = 0.5 * y + x + effect + 0.5 * draw();
            if let Some(time) = time.checked_sub(40) {
                rows.push((format!("u{unit:03}"), i32::try_from(time).unwrap() + 2000, y, x));
            }
        }
    }
    rows
}

fn frame(rows: &[(String, i32, f64, f64)]) -> Panel {
    let columns = vec![
        Column::new("entity".into(), rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        Column::new("y".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        Column::new("x".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
    ];
    Panel::new(DataFrame::new(rows.len(), columns).unwrap(), "entity", "time").unwrap()
}

fn simple() -> DynamicPanel {
    let mut model = DynamicPanel::new("y", vec![Term::lagged("y", &[1]), Term::new("x")]);
    model.gmm = vec![GmmInstrument::new("y")];
    model
}

fn outcome(rows: &[(String, i32, f64, f64)], model: &DynamicPanel) -> Result<GmmFit, Reason> {
    let outcome = gmm(&frame(rows), model, GmmCovariance::Robust).expect("a model that makes sense");
    outcome.fit().cloned().ok_or_else(|| outcome.reason().expect("a reason").clone())
}

#[test]
fn a_gap_costs_the_rows_that_reach_over_it_and_no_more() {
    let all = simulated(60, 8);
    let fit = outcome(&all, &simple()).unwrap();
    // Times 3 to 8 have a difference with a lagged difference.
    assert_eq!((fit.n_differences, fit.lengths), (60 * 6, (6, 6)));
    // Without the fifth time of unit 0 the differences of times 5, 6 (its own) and 7 (its lag's) are gone.
    let gap: Vec<_> = all.iter().filter(|row| !(row.0 == "u000" && row.1 == 2004)).cloned().collect();
    let with_gap = outcome(&gap, &simple()).unwrap();
    assert_eq!((with_gap.n_differences, with_gap.lengths), (60 * 6 - 3, (3, 6)));
    // The order of rows and the names of units don't matter.
    let mut shuffled: Vec<_> = gap.iter().rev().cloned().collect();
    for row in &mut shuffled {
        row.0 = format!("{}", 999 - row.0[1..].parse::<usize>().unwrap());
    }
    let renamed = outcome(&shuffled, &simple()).unwrap();
    for (one, other) in with_gap.coefficients.iter().zip(&renamed.coefficients) {
        assert!((one.estimate / other.estimate - 1.0).abs() < 1e-11);
        assert!((one.std_error.unwrap() / other.std_error.unwrap() - 1.0).abs() < 1e-11);
    }
}

#[test]
fn units_of_measurement_scale_what_they_should() {
    let rows = simulated(60, 7);
    let scaled: Vec<_> = rows.iter().map(|row| (row.0.clone(), row.1, row.2 * 1e7, row.3 * 1e-6)).collect();
    for (transformation, steps) in
        [(Transformation::Difference, Steps::One), (Transformation::System, Steps::Two)]
    {
        let model = DynamicPanel { transformation, steps, time_dummies: true, ..simple() };
        let (one, other) = (outcome(&rows, &model).unwrap(), outcome(&scaled, &model).unwrap());
        let (a, b) = (&one.coefficients, &other.coefficients);
        assert!((a[0].estimate / b[0].estimate - 1.0).abs() < 1e-8);
        assert!((a[1].estimate * 1e13 / b[1].estimate - 1.0).abs() < 1e-8);
        for (a, b) in a.iter().zip(b) {
            assert!((a.statistic.unwrap() / b.statistic.unwrap() - 1.0).abs() < 1e-7);
        }
        assert!((statistic(&one.hansen) / statistic(&other.hansen) - 1.0).abs() < 1e-7);
        assert!((statistic(&one.sargan) / statistic(&other.sargan) - 1.0).abs() < 1e-7);
    }
}

#[test]
fn too_many_instruments_are_noted_and_weights_without_an_inverse_get_a_generalised_one() {
    let rows = simulated(12, 9);
    let model = DynamicPanel { steps: Steps::Two, ..simple() };
    let fit = outcome(&rows, &model).unwrap();
    assert!(fit.instruments.instruments > fit.instruments.groups);
    assert!(fit.notes.contains(&Note::ManyInstruments { instruments: 29, groups: 12 }));
    // The residuals' weights have one score a unit.
    assert!(fit.notes.iter().any(|note| matches!(note, Note::SingularWeighting { step: 2, rank: 12, .. })));
    let mut collapsed = model;
    collapsed.gmm[0].collapse = true;
    let fit = outcome(&rows, &collapsed).unwrap();
    assert_eq!(fit.instruments.instruments, 8);
    assert!(fit.notes.is_empty(), "{:?}", fit.notes);
}

#[test]
fn data_that_can_t_answer_say_why() {
    let rows = simulated(30, 6);
    let refused = |rows: &[(String, i32, f64, f64)], model: &DynamicPanel| outcome(rows, model).unwrap_err();
    // One unit, two times: no difference with a lag.
    assert_eq!(refused(&rows[..2], &simple()), Reason::NoUsableRows);
    // One unit: more coefficients than rows.
    assert!(matches!(refused(&rows[..3], &simple()), Reason::TooFewObservations { .. }));
    // One unit, long enough: a weight of rank one, and the estimate stands with its notes.
    let one = outcome(&rows[..6], &simple()).unwrap();
    assert!(one.notes.iter().any(|note| matches!(note, Note::ManyInstruments { groups: 1, .. })));
    // T = 3 is exactly identified: one instrument for the lag, and x for itself.
    let three: Vec<_> = rows.iter().filter(|row| row.1 < 2003).cloned().collect();
    let fit = outcome(&three, &simple()).unwrap();
    let none = serde_json::to_string(&fit.hansen).unwrap();
    assert!(none.contains("exactly_identified"), "{none}");
    let none = serde_json::to_string(&fit.serial_correlation).unwrap();
    assert!(none.contains("no_lagged_residuals"), "{none}");
    // A regressor that doesn't change.
    let still: Vec<_> = rows.iter().map(|row| (row.0.clone(), row.1, row.2, 1.0)).collect();
    assert_eq!(refused(&still, &simple()).to_string(), "nothing is left of x after differences are taken");
    // Instruments for one coefficient of two.
    let few = DynamicPanel { gmm: vec![], instruments: Some(vec![Term::new("x")]), ..simple() };
    assert_eq!(refused(&rows, &few), Reason::TooFewInstruments { instruments: 1, parameters: 2 });
    // A perfect fit: estimates, and no standard errors or tests.
    let mut exact = Vec::new();
    for (unit, rows) in rows.chunks(6).enumerate() {
        let mut y = 1.0 + unit as f64 / 7.0;
        for row in rows {
            y = 0.5 * y + row.3 + unit as f64 / 9.0;
            exact.push((row.0.clone(), row.1, y, row.3));
        }
    }
    let fit = outcome(&exact, &simple()).unwrap();
    assert!((fit.coefficients[0].estimate - 0.5).abs() < 1e-9);
    assert!(fit.notes.contains(&Note::PerfectFit));
    assert!(fit.covariance.is_none() && fit.coefficients.iter().all(|one| one.std_error.is_none()));
    assert!(fit.sargan.test().is_none() && fit.wald.test().is_none());
}

#[test]
fn a_model_that_makes_no_sense_is_refused() {
    let panel = frame(&simulated(3, 4));
    let error = |model: DynamicPanel| gmm(&panel, &model, GmmCovariance::Robust).unwrap_err().to_string();
    let none = DynamicPanel { regressors: vec![], ..simple() };
    assert!(error(none).contains("no regressors"));
    let itself = DynamicPanel { regressors: vec![Term::lagged("y", &[0, 1])], ..simple() };
    assert!(error(itself).contains("both sides"));
    let twice = DynamicPanel { regressors: vec![Term::new("x"), Term::lagged("x", &[1, 0])], ..simple() };
    assert!(error(twice).contains("`x` twice"));
    let bare = DynamicPanel { gmm: vec![], instruments: Some(vec![]), ..simple() };
    assert!(error(bare).contains("no instruments"));
    let mut backwards = simple();
    backwards.gmm[0].last = Some(1);
    assert!(error(backwards).contains("run from 2 to 1"));
    let absent = DynamicPanel { regressors: vec![Term::new("z")], ..simple() };
    assert!(error(absent).contains('z'));
    assert!(matches!(
        gmm(
            &panel,
            &DynamicPanel { regressors: vec![Term::lagged("y", &[])], ..simple() },
            GmmCovariance::Robust
        ),
        Err(EstimationError::NoRegressors { .. })
    ));
}

#[test]
fn levels_beside_differences_find_the_coefficient_where_it_is() {
    let rows = simulated(400, 6);
    // In levels x goes with the effect, so that its differences are the instruments.
    let mut system = DynamicPanel {
        transformation: Transformation::System,
        steps: Steps::Two,
        instruments: Some(vec![]),
        ..simple()
    };
    system.gmm.push(GmmInstrument { first: 1, ..GmmInstrument::new("x") });
    for model in [simple(), system] {
        let fit = outcome(&rows, &model).unwrap();
        let lag = &fit.coefficients[0];
        assert!((lag.estimate - 0.5).abs() < 4.0 * lag.std_error.unwrap(), "{lag:?}");
        assert_eq!(fit.n_levels > 0, model.transformation == Transformation::System);
    }
}
