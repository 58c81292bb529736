//! Systems and instruments where something is missing, collinear, constant, singular or perfect: each gives
//! the right number or its typed reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::instruments::FirstStageOutcome;
use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentalOutcome, InstrumentedEquation,
};
use vintner_estimation::systems::{
    Equation, Identified, IdentifyingCondition, Iteration, ResidualCovariance, System, SystemCovariance,
    SystemEstimator, SystemFit, SystemOptions, SystemOutcome, identification,
};
use vintner_estimation::{Effects, EstimationError, Formula, Note, PanelKey, Reason, TestOutcome};
use vintner_panel::Panel;

/// Numbers without any order, of mean zero or so.
fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..count)
        .map(|_| {
            let mut sum = 0.0;
            for _ in 0..6 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                sum += (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
            }
            sum
        })
        .collect()
}

struct Table {
    entities: usize,
    times: usize,
    columns: Vec<(String, Vec<Option<f64>>)>,
}

impl Table {
    /// y1 and y2 depend on one another, on x1 and x2, and on their entity; z is a further instrument.
    fn simultaneous(entities: usize, times: usize) -> Self {
        let rows = entities * times;
        let part = |seed| noise(seed, rows);
        let (x1, x2, z, e1, e2) = (part(1), part(2), part(3), part(4), part(5));
        let effect = noise(6, entities);
        let (mut y1, mut y2) = (Vec::new(), Vec::new());
        for row in 0..rows {
            let a = 1.0 + x1[row] + 0.5 * z[row] + e1[row] + effect[row / times];
            let b = -2.0 + 0.8 * x2[row] + e2[row] + 0.5 * e1[row] - effect[row / times];
            // y1 = a + 0.4 y2, y2 = b - 0.3 y1
            let first = (a + 0.4 * b) / 1.12;
            y1.push(first);
            y2.push(b - 0.3 * first);
        }
        let mut table = Self { entities, times, columns: Vec::new() };
        for (name, values) in [("y1", y1), ("y2", y2), ("x1", x1), ("x2", x2), ("z", z)] {
            table.add(name, values);
        }
        table
    }

    fn add(&mut self, name: &str, values: Vec<f64>) {
        self.columns.push((name.into(), values.into_iter().map(Some).collect()));
    }

    fn get(&self, name: &str) -> Vec<f64> {
        let (_, values) = self.columns.iter().find(|(own, _)| own == name).expect(name);
        values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
    }

    fn panel(&self) -> Panel {
        self.panel_without(|_| false)
    }

    fn panel_without(&self, missing: impl Fn(usize) -> bool) -> Panel {
        let rows: Vec<usize> = (0..self.entities * self.times).filter(|row| !missing(*row)).collect();
        let mut columns = vec![
            Column::new(
                "entity".into(),
                rows.iter().map(|row| format!("e{:03}", row / self.times)).collect::<Vec<_>>(),
            ),
            Column::new("time".into(), rows.iter().map(|row| (row % self.times) as i32).collect::<Vec<_>>()),
        ];
        for (name, values) in &self.columns {
            columns.push(Column::new(
                name.as_str().into(),
                rows.iter().map(|row| values[*row]).collect::<Vec<_>>(),
            ));
        }
        Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "entity", "time").expect("a panel")
    }
}

fn two() -> System {
    System::new(vec![
        Equation::new("one", "y1", &["y2", "x1", "z"]),
        Equation::new("two", "y2", &["y1", "x2"]),
    ])
}

fn run(system: &System, panel: &Panel, estimator: SystemEstimator, options: &SystemOptions) -> SystemOutcome {
    system.prepare(panel).expect("a system").estimate(estimator, options).expect("an outcome")
}

fn fit(system: &System, panel: &Panel, estimator: SystemEstimator) -> SystemFit {
    let outcome = run(system, panel, estimator, &SystemOptions::default());
    outcome.fit().unwrap_or_else(|| panic!("{:?}", outcome.reason())).clone()
}

fn close(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance * one.abs().max(other.abs()).max(1e-300)
}

/// The paper's system.
fn paper() -> System {
    let mut system = System::new(vec![
        Equation::new("1", "lnCO2", &["lnEG", "lnAI", "lnBE", "lnPD"]),
        Equation::new("2", "lnEG", &["lnCO2", "lnAI", "lnopen", "lnIS"]),
        Equation::new("3", "lnAI", &["lnCO2", "lnEG", "lnopen", "lnIS", "lnPD"]),
    ]);
    system.effects = Some(Effects::Entity);
    system
}

#[test]
fn the_papers_third_equation_isnt_identified() {
    let found = identification(&paper());
    let outcomes: Vec<Identified> = found.iter().map(|one| one.identified).collect();
    assert_eq!(outcomes, [Identified::Exactly, Identified::Exactly, Identified::NotByOrder]);
    assert_eq!(
        found[0].sentence,
        "exactly identified: 2 exogenous variables excluded (lnopen, lnIS) for 2 endogenous regressors (lnEG, lnAI); rank 2 of 2"
    );
    assert_eq!(
        found[2].sentence,
        "not identified: 1 exogenous variable excluded (lnBE) for 2 endogenous regressors (lnCO2, lnEG), so the order condition fails"
    );

    let mut table = Table { entities: 14, times: 12, columns: Vec::new() };
    for (seed, name) in ["lnCO2", "lnEG", "lnAI", "lnBE", "lnPD", "lnopen", "lnIS"].iter().enumerate() {
        table.add(name, noise(seed as u64 + 40, 14 * 12));
    }
    let panel = table.panel();
    let prepared = paper().prepare(&panel).expect("a system");
    let reason = found[2].reason().expect("a reason");
    for estimator in [SystemEstimator::TwoStage, SystemEstimator::ThreeStage] {
        let outcome = prepared.estimate(estimator, &SystemOptions::default()).expect("an outcome");
        assert_eq!(outcome.left_out.len(), 1);
        assert_eq!((outcome.left_out[0].equation.as_str(), &outcome.left_out[0].reason), ("3", &reason));
        assert_eq!(outcome.fit().expect("a fit").equations.len(), 2);
    }
    // with the rest exactly identified, three stages add nothing to two
    let (two, three) = (
        fit(&paper(), &panel, SystemEstimator::TwoStage),
        fit(&paper(), &panel, SystemEstimator::ThreeStage),
    );
    for (two, three) in two.coefficients().zip(three.coefficients()) {
        assert!(close(two.estimate, three.estimate, 1e-10));
    }
    let hausman = prepared.hausman(&SystemOptions::default()).expect("coefficients");
    assert!(matches!(hausman, Err(Reason::SingularTest { .. })));
    // regressions need no identification
    assert_eq!(fit(&paper(), &panel, SystemEstimator::Sur).equations.len(), 3);
    let stages = prepared.first_stages(Errors::Cluster { by: PanelKey::Entity });
    assert!(matches!(&stages[0].outcome, FirstStageOutcome::FirstStage(stage) if stage.variables.len() == 2));
    assert!(matches!(&stages[2].outcome, FirstStageOutcome::NotComputable { reason: own } if *own == reason));
}

/// Absorbed and counted effects are dummy variables: in an unbalanced panel too, for one and for both dimensions.
#[test]
fn counted_effects_are_dummies() {
    let mut table = Table::simultaneous(7, 6);
    let missing = |row: usize| row == 3 || row == 11 || row == 40;
    for (effects, dimension) in [(Effects::Entity, "entity"), (Effects::TwoWay, "both")] {
        let mut dummies = Vec::new();
        for entity in 1..7 {
            let name = format!("d{entity}");
            if dimension == "entity" {
                table.add(&name, (0..42).map(|row| f64::from(row / 6 == entity)).collect());
            }
            dummies.push(name);
        }
        if dimension == "both" {
            for time in 1..6 {
                let name = format!("t{time}");
                table.add(&name, (0..42).map(|row| f64::from(row % 6 == time)).collect());
                dummies.push(name);
            }
        }
        let panel = table.panel_without(missing);
        let with = |own: &[&str]| -> Vec<String> {
            own.iter().map(|name| (*name).to_owned()).chain(dummies.iter().cloned()).collect()
        };
        let explicit = System::new(vec![
            Equation::new("one", "y1", &with(&["y2", "x1", "z"])),
            Equation::new("two", "y2", &with(&["y1", "x2"])),
        ]);
        let absorbed = two().absorbing(effects, true);
        for estimator in [
            SystemEstimator::Ols,
            SystemEstimator::Sur,
            SystemEstimator::TwoStage,
            SystemEstimator::ThreeStage,
        ] {
            for residual_covariance in [ResidualCovariance::Geomean, ResidualCovariance::Theil] {
                let options = SystemOptions { residual_covariance, ..SystemOptions::default() };
                let whole = run(&explicit, &panel, estimator, &options);
                let less = run(&absorbed, &panel, estimator, &options);
                let (whole, less) = (whole.fit().expect("a fit"), less.fit().expect("a fit"));
                assert_eq!(whole.df_residual, less.df_residual);
                for (whole, less) in whole.equations.iter().zip(&less.equations) {
                    assert_eq!(whole.df_residual, less.df_residual);
                    assert!(close(whole.r2, less.r2, 1e-10));
                    for one in &less.coefficients {
                        let same =
                            whole.coefficients.iter().find(|other| other.name == one.name).expect("it");
                        assert!(close(same.estimate, one.estimate, 1e-9), "{estimator:?} {}", one.name);
                        assert!(close(same.std_error.unwrap(), one.std_error.unwrap(), 1e-9));
                    }
                }
                assert!(close(whole.mcelroy_r2.unwrap(), less.mcelroy_r2.unwrap(), 1e-9));
            }
        }
    }
}

#[test]
fn rows_without_a_variable_of_any_equation_are_left_out_of_all() {
    let mut table = Table::simultaneous(4, 5);
    table.columns[3].1[7] = None;
    let prepared = two().prepare(&table.panel()).expect("a system");
    assert_eq!(prepared.height(), 19);
    assert_eq!(prepared.dropped().len(), 1);
    assert_eq!(prepared.dropped()[0].missing, ["x2"]);
    for (_, values) in &mut table.columns {
        values.fill(None);
    }
    let outcome = run(&two(), &table.panel(), SystemEstimator::ThreeStage, &SystemOptions::default());
    assert_eq!(outcome.reason(), Some(&Reason::NoObservations { rows_dropped: 20 }));
}

#[test]
fn collinear_and_absorbed_instruments_are_left_out_and_named() {
    let mut table = Table::simultaneous(5, 6);
    let double: Vec<f64> = table.get("x1").iter().zip(table.get("x2")).map(|(a, b)| 2.0 * a - b).collect();
    table.add("w", double);
    table.add("fixed", (0..30).map(|row| (row / 6) as f64).collect());
    let panel = table.panel();
    let plain = two().absorbing(Effects::Entity, true);
    let more = plain.clone().with_instruments(&["x1", "x2", "z", "w", "fixed"]);
    let prepared = more.prepare(&panel).expect("a system");
    let notes: Vec<String> = prepared.notes().iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "instruments absorbed by the effects: fixed",
            "instruments left out: w is a linear combination of x1, x2"
        ]
    );
    let (without, with) =
        (fit(&plain, &panel, SystemEstimator::ThreeStage), fit(&more, &panel, SystemEstimator::ThreeStage));
    for (one, other) in without.coefficients().zip(with.coefficients()) {
        assert!(close(one.estimate, other.estimate, 1e-10));
    }
    // nothing but an absorbed instrument is none
    let alone = InstrumentedEquation::new(Formula::new("y1", &["y2", "x1"]), &["y2"], &["fixed"])
        .absorbing(Effects::Entity, true)
        .prepare(&panel)
        .expect("an equation");
    assert!(matches!(
        alone.refusal(),
        Some(Reason::NotIdentified { condition: IdentifyingCondition::Order, excluded, .. }) if excluded.is_empty()
    ));
}

#[test]
fn regressors_that_cant_be_told_apart_are_refused_and_the_rest_estimated() {
    let mut table = Table::simultaneous(5, 6);
    table.add("copy", table.get("x2").iter().map(|value| 3.0 * value).collect());
    table.add("fixed", (0..30).map(|row| (row / 6) as f64).collect());
    let panel = table.panel();
    let system = System::new(vec![
        Equation::new("one", "y1", &["y2", "x1", "z"]),
        Equation::new("two", "y2", &["y1", "x2", "copy"]),
    ]);
    let outcome = run(&system, &panel, SystemEstimator::ThreeStage, &SystemOptions::default());
    assert_eq!(outcome.fit().expect("a fit").equations.len(), 1);
    assert_eq!(outcome.left_out[0].reason.to_string(), "collinear regressors: copy is a multiple of x2");
    let mut system = System::new(vec![
        Equation::new("one", "y1", &["y2", "x1", "z"]),
        Equation::new("two", "y2", &["y1", "x2", "fixed"]),
    ]);
    system.effects = Some(Effects::Entity);
    let outcome = run(&system, &panel, SystemEstimator::Ols, &SystemOptions::default());
    assert_eq!(outcome.left_out[0].reason, Reason::Absorbed { variables: vec!["fixed".into()] });
}

#[test]
fn few_observations() {
    let table = Table::simultaneous(1, 12);
    let cut = |rows: usize| table.panel_without(move |row| row >= rows);
    let reason = |rows, estimator| {
        let outcome = run(&two(), &cut(rows), estimator, &SystemOptions::default());
        outcome.left_out.first().map(|refused| refused.reason.clone())
    };
    assert_eq!(
        reason(3, SystemEstimator::Ols),
        Some(Reason::TooFewObservations { observations: 3, parameters: 4 })
    );
    assert_eq!(
        reason(4, SystemEstimator::Ols),
        Some(Reason::NoResidualDegreesOfFreedom { observations: 4, parameters: 4 })
    );
    // as many observations as instruments, the constant among them
    let instruments = two().with_instruments(&["x1", "x2", "z", "q1", "q2"]);
    let mut wide = Table::simultaneous(1, 12);
    wide.add("q1", noise(50, 12));
    wide.add("q2", noise(51, 12));
    let outcome = run(
        &instruments,
        &wide.panel_without(|row| row >= 6),
        SystemEstimator::ThreeStage,
        &SystemOptions::default(),
    );
    assert_eq!(outcome.reason(), Some(&Reason::TooManyInstruments { observations: 6, instruments: 6 }));
    let outcome = run(
        &instruments,
        &wide.panel_without(|row| row >= 7),
        SystemEstimator::TwoStage,
        &SystemOptions::default(),
    );
    assert!(outcome.fit().is_some());
    // one degree of freedom
    let fit = fit(&two(), &cut(5), SystemEstimator::Ols);
    assert_eq!(fit.equations[0].df_residual, 1);
    assert!(fit.coefficients().all(|one| one.p_value.is_some_and(|p| (0.0..=1.0).contains(&p))));
}

#[test]
fn a_perfect_fit_has_estimates_and_no_standard_errors() {
    let mut table = Table::simultaneous(4, 6);
    let exact: Vec<f64> = table.get("x1").iter().map(|x| 2.0 - 3.0 * x).collect();
    table.add("exact", exact);
    let panel = table.panel();
    let system = System::new(vec![
        Equation::new("a", "exact", &["x1", "x2"]),
        Equation::new("b", "y1", &["x1", "x2"]),
    ]);
    let fit = fit(&system, &panel, SystemEstimator::Ols);
    assert!(fit.notes.contains(&Note::PerfectFit));
    assert!(fit.equations[0].coefficients.iter().all(|one| one.std_error.is_none()));
    assert!(close(fit.equations[0].coefficients[1].estimate, -3.0, 1e-13));
    assert!(fit.equations[1].coefficients.iter().all(|one| one.std_error.is_some()));
    assert_eq!(fit.log_likelihood, None);
    assert!(
        fit.tests
            .iter()
            .all(|test| matches!(test, TestOutcome::NotTestable { reason: Reason::PerfectFit, .. }))
    );
    let outcome = run(&system, &panel, SystemEstimator::Sur, &SystemOptions::default());
    assert_eq!(
        outcome.reason(),
        Some(&Reason::SingularResidualCovariance { step: 1, perfect: vec!["a".into()] })
    );
    let alone = InstrumentedEquation::new(Formula::new("exact", &["x1", "y1"]), &["y1"], &["x2"]);
    let outcome = alone
        .prepare(&panel)
        .expect("an equation")
        .estimate(InstrumentalEstimator::TwoStage {}, InstrumentalCovariance::default());
    let fit = outcome.fit().expect("a fit");
    assert!(fit.notes.contains(&Note::PerfectFit) && fit.covariance.is_none() && fit.tests.is_empty());
}

/// Shares that add up to one have residuals that add up to zero.
#[test]
fn equations_that_add_up_have_a_singular_residual_covariance() {
    let mut table = Table::simultaneous(5, 6);
    table.add("rest", table.get("y1").iter().zip(table.get("y2")).map(|(a, b)| 1.0 - a - b).collect());
    let system = System::new(vec![
        Equation::new("a", "y1", &["x1", "x2"]),
        Equation::new("b", "y2", &["x1", "x2"]),
        Equation::new("c", "rest", &["x1", "x2"]),
    ]);
    let panel = table.panel();
    let outcome = run(&system, &panel, SystemEstimator::Sur, &SystemOptions::default());
    assert_eq!(outcome.reason(), Some(&Reason::SingularResidualCovariance { step: 1, perfect: vec![] }));
    assert_eq!(
        outcome.reason().map(ToString::to_string).as_deref(),
        Some("the residual covariance of the equations is singular")
    );
    let ols = fit(&system, &panel, SystemEstimator::Ols);
    assert_eq!((ols.mcelroy_r2, ols.log_likelihood, ols.r2.berndt), (None, None, None));
    assert!(ols.coefficients().all(|one| one.std_error.is_some()));
}

/// The same regressors in all equations: SUR is OLS (Zellner 1962), standard errors too under `noDfCor`.
#[test]
fn seemingly_unrelated_regressions_of_the_same_regressors_are_least_squares() {
    let panel = Table::simultaneous(5, 6).panel();
    let system = System::new(vec![
        Equation::new("a", "y1", &["x1", "x2", "z"]),
        Equation::new("b", "y2", &["x1", "x2", "z"]),
    ]);
    let (ols, sur) = (fit(&system, &panel, SystemEstimator::Ols), fit(&system, &panel, SystemEstimator::Sur));
    for (ols, sur) in ols.coefficients().zip(sur.coefficients()) {
        assert!(close(ols.estimate, sur.estimate, 1e-12));
        assert!(close(ols.std_error.unwrap(), sur.std_error.unwrap(), 1e-12));
    }
}

/// An equation without endogenous regressors needs no instruments and lends its own.
#[test]
fn an_equation_without_endogenous_regressors() {
    let panel = Table::simultaneous(5, 6).panel();
    let system = System::new(vec![
        Equation::new("one", "y1", &["y2", "x1"]),
        Equation::new("two", "y2", &["x1", "x2", "z"]),
    ]);
    let found = identification(&system);
    assert_eq!(found[1].sentence, "no endogenous regressor: identified without instruments");
    assert!(found.iter().all(|one| one.reason().is_none()));
    let two_stage = fit(&system, &panel, SystemEstimator::TwoStage);
    let ols = fit(&system, &panel, SystemEstimator::Ols);
    for (two_stage, ols) in two_stage.equations[1].coefficients.iter().zip(&ols.equations[1].coefficients) {
        assert!(close(two_stage.estimate, ols.estimate, 1e-12));
    }
    let stages = system.prepare(&panel).expect("a system").first_stages(Errors::Robust);
    assert!(matches!(
        &stages[1].outcome,
        FirstStageOutcome::NotComputable { reason: Reason::NoEndogenousRegressors }
    ));
}

/// Instruments that have nothing to do with the regressor in the sample, by construction.
#[test]
fn a_first_stage_without_rank_is_refused() {
    let mut table = Table::simultaneous(1, 20);
    // what y2 leaves of noise, given the constant and x1
    let (y2, x1, raw) = (table.get("y2"), table.get("x1"), noise(77, 20));
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for values in [vec![1.0; 20], x1, y2, raw] {
        let mut left = values;
        for _ in 0..3 {
            for one in &basis {
                let along: f64 = one.iter().zip(&left).map(|(a, b)| a * b).sum();
                left.iter_mut().zip(one).for_each(|(value, unit)| *value -= along * unit);
            }
        }
        let norm = left.iter().map(|value| value * value).sum::<f64>().sqrt();
        left.iter_mut().for_each(|value| *value /= norm);
        basis.push(left);
    }
    table.add("useless", basis.pop().expect("a column"));
    let prepared = InstrumentedEquation::new(Formula::new("y1", &["y2", "x1"]), &["y2"], &["useless"])
        .prepare(&table.panel())
        .expect("an equation");
    assert!(matches!(
        prepared.refusal(),
        Some(Reason::NotIdentified { condition: IdentifyingCondition::Sample, .. })
    ));
}

#[test]
fn exactly_identified_equations_have_no_test_of_overidentification() {
    let panel = Table::simultaneous(5, 6).panel();
    let prepared = InstrumentedEquation::new(Formula::new("y1", &["y2", "x1", "z"]), &["y2"], &["x2"])
        .prepare(&panel)
        .expect("an equation");
    let estimate = |estimator| match prepared.estimate(estimator, InstrumentalCovariance::default()) {
        InstrumentalOutcome::Fit(fit) => *fit,
        InstrumentalOutcome::NotEstimable(refusal) => panic!("{}", refusal.reason),
    };
    let two_stage = estimate(InstrumentalEstimator::TwoStage {});
    let exact =
        |name: &str| TestOutcome::NotTestable { name: name.into(), reason: Reason::ExactlyIdentified };
    assert_eq!(two_stage.test("Sargan test"), Some(&exact("Sargan test")));
    assert!(two_stage.test("Wu-Hausman test").and_then(TestOutcome::test).is_some());
    // LIML and GMM are 2SLS then, whatever the weights
    let liml = estimate(InstrumentalEstimator::Liml { fuller: 0.0 });
    assert_eq!(liml.kappa, Some(1.0));
    let gmm = estimate(InstrumentalEstimator::Gmm { weights: Errors::Robust, center: false, iterate: None });
    for at in 0..4 {
        let own = two_stage.coefficients[at].estimate;
        assert!(close(own, liml.coefficients[at].estimate, 1e-12));
        assert!(close(own, gmm.coefficients[at].estimate, 1e-9));
    }
    assert_eq!(gmm.test("Hansen J test"), Some(&exact("Hansen J test")));
    // k = 0 is least squares
    let ols = estimate(InstrumentalEstimator::KClass { kappa: 0.0 });
    let system = System::new(vec![Equation::new("a", "y1", &["y2", "x1", "z"])]);
    let fit = fit(&system, &panel, SystemEstimator::Ols);
    for (ols, least_squares) in ols.coefficients.iter().zip(fit.coefficients()) {
        assert!(close(ols.estimate, least_squares.estimate, 1e-12));
        assert!(close(ols.std_error.unwrap(), least_squares.std_error.unwrap(), 1e-12));
    }
}

#[test]
fn more_moments_than_observations_or_clusters_are_refused() {
    let table = Table::simultaneous(3, 6);
    let prepared = InstrumentedEquation::new(Formula::new("y1", &["y2", "x1"]), &["y2"], &["x2", "z"])
        .prepare(&table.panel())
        .expect("an equation");
    let by = PanelKey::Entity;
    let outcome = prepared.estimate(
        InstrumentalEstimator::Gmm { weights: Errors::Cluster { by }, center: false, iterate: None },
        InstrumentalCovariance::default(),
    );
    assert_eq!(outcome.reason(), Some(&Reason::SingularMoments { moments: 4, observations: 18 }));
    let one = Table::simultaneous(1, 12).panel();
    let covariance = SystemCovariance::Cluster { by, debiased: false, group_debias: false };
    let options = SystemOptions { covariance, ..SystemOptions::default() };
    let outcome = run(&two(), &one, SystemEstimator::ThreeStage, &options);
    assert_eq!(outcome.reason(), Some(&Reason::TooFewClusters { clusters: 1 }));
}

#[test]
fn an_iteration_that_isnt_given_time_says_so() {
    let panel = Table::simultaneous(5, 6).panel();
    let iterate = Some(Iteration { steps: 2, tolerance: 1e-14 });
    let options = SystemOptions { iterate, ..SystemOptions::default() };
    let mut system = two();
    system.equations[1].formula.regressors.push("z".into());
    system.equations[0].formula.regressors.pop();
    let unrelated =
        System::new(vec![Equation::new("a", "y1", &["x1", "z"]), Equation::new("b", "y2", &["x2"])]);
    let outcome = run(&unrelated, &panel, SystemEstimator::Sur, &options);
    assert_eq!(
        outcome.reason().map(ToString::to_string).as_deref(),
        Some("iterated SUR doesn't converge in 2 steps")
    );
}

#[test]
fn huge_and_tiny_units_change_nothing_but_units() {
    let table = Table::simultaneous(5, 6);
    let mut scaled = Table::simultaneous(5, 6);
    for (name, factor) in [("y1", 1e60), ("x1", 1e-60), ("x2", 1e60)] {
        let column = scaled.columns.iter_mut().find(|(own, _)| own == name).expect(name);
        column.1.iter_mut().for_each(|value| *value = value.map(|value| value * factor));
    }
    let plain = fit(&two(), &table.panel(), SystemEstimator::ThreeStage);
    let other = fit(&two(), &scaled.panel(), SystemEstimator::ThreeStage);
    for (plain, other) in plain.coefficients().zip(other.coefficients()) {
        assert!(close(plain.statistic.unwrap(), other.statistic.unwrap(), 1e-9), "{}", plain.name);
    }
    let column = scaled.columns.iter_mut().find(|(own, _)| own == "y1").expect("y1");
    column.1.iter_mut().for_each(|value| *value = value.map(|value| value * 1e100));
    let outcome = run(&two(), &scaled.panel(), SystemEstimator::ThreeStage, &SystemOptions::default());
    assert_eq!(outcome.reason(), Some(&Reason::NotFinite { what: "the scale of `y1`".into() }));
}

/// With the covariance of 2SLS across equations, the difference has as many directions as there are
/// overidentifying restrictions.
#[test]
fn hausmans_test_counts_overidentifying_restrictions() {
    let panel = Table::simultaneous(8, 10).panel();
    let system = System::new(vec![
        Equation::new("one", "y1", &["y2", "x1"]),
        Equation::new("two", "y2", &["y1", "x2"]),
    ])
    .with_instruments(&["x1", "x2", "z"]);
    let prepared = system.prepare(&panel).expect("a system");
    let test = prepared.hausman(&SystemOptions::default()).expect("coefficients").expect("a test");
    assert_eq!(serde_json::to_value(&test.distribution).expect("JSON")["df"], 2.0);
    assert!(test.statistic > 0.0);
}

#[test]
fn what_was_asked_wrongly_is_an_error() {
    let panel = Table::simultaneous(3, 4).panel();
    assert!(matches!(System::new(Vec::new()).prepare(&panel), Err(EstimationError::NoEquations)));
    let twice = System::new(vec![Equation::new("a", "y1", &["x1"]), Equation::new("a", "y2", &["x1"])]);
    assert!(matches!(twice.prepare(&panel), Err(EstimationError::RepeatedEquation { .. })));
    let mut both = two().with_instruments(&["y2", "x1"]);
    both.endogenous = Some(vec!["y2".into()]);
    assert!(
        matches!(both.prepare(&panel), Err(EstimationError::EndogenousInstrument { name }) if name == "y2")
    );
    let stray = InstrumentedEquation::new(Formula::new("y1", &["x1"]), &["y2"], &["x2"]);
    assert!(matches!(stray.prepare(&panel), Err(EstimationError::EndogenousNotRegressor { .. })));
    let inside = InstrumentedEquation::new(Formula::new("y1", &["y2", "x1"]), &["y2"], &["x1"]);
    assert!(matches!(inside.prepare(&panel), Err(EstimationError::InstrumentInEquation { .. })));
}

/// Outcomes read back as they were written.
#[test]
fn results_are_the_same_after_json() {
    let panel = Table::simultaneous(5, 6).panel();
    for estimator in [SystemEstimator::ThreeStage, SystemEstimator::Gmm] {
        let outcome = run(&two(), &panel, estimator, &SystemOptions::default());
        let text = serde_json::to_string(&outcome).expect("JSON");
        assert_eq!(serde_json::from_str::<SystemOutcome>(&text).expect("an outcome"), outcome);
    }
    let prepared = two().prepare(&panel).expect("a system").alone(0);
    let outcome =
        prepared.estimate(InstrumentalEstimator::Liml { fuller: 1.0 }, InstrumentalCovariance::default());
    let text = serde_json::to_string(&outcome).expect("JSON");
    assert_eq!(serde_json::from_str::<InstrumentalOutcome>(&text).expect("an outcome"), outcome);
}

/// Sums over rows are taken in an order that doesn't depend on the threads.
#[test]
fn the_number_of_threads_changes_no_bit() {
    let panel = Table::simultaneous(90, 60).panel();
    let options = SystemOptions {
        covariance: SystemCovariance::Cluster { by: PanelKey::Entity, debiased: true, group_debias: true },
        ..SystemOptions::default()
    };
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(&two(), &panel, SystemEstimator::ThreeStage, &options))
    };
    let one = with(1);
    assert!(one.fit().is_some());
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
}
