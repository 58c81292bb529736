//! Reconstruction from published tables: a made-up panel whose true tables are known, and the
//! paper's own tables.

#![allow(clippy::expect_used, clippy::panic)]

use faer::Mat;
use faer::linalg::solvers::Solve;
use std::path::Path;
use vintner_estimation::SeededGenerator;
use vintner_reconstruction::{
    PathShape, PublishedCoefficient, PublishedEquation, ReconstructionError, ReconstructionProblem,
    SolverOptions, adjust, colour, reconstruct_cross_products, target_path, verify,
};

fn prior(spreads: &[f64], loadings: &[f64], periods: usize) -> Mat<f64> {
    Mat::from_fn(spreads.len(), spreads.len(), |i, j| {
        let correlation = if i == j { 1.0 } else { loadings[i] * loadings[j] };
        (periods as f64 - 1.0) * spreads[i] * spreads[j] * correlation
    })
}

fn shape(trend: f64, persistence: f64, weight: f64, increasing: Option<f64>) -> PathShape {
    PathShape { trend, persistence, weight, increasing, smoothness: 0.0 }
}

/// Coefficients and stars by the textbook normal equations, apart from the library's own routines.
fn published_row(
    cross_product: &Mat<f64>,
    dependent: usize,
    regressors: &[usize],
    degrees_of_freedom: f64,
    critical: &[f64],
) -> Vec<PublishedCoefficient> {
    let count = regressors.len();
    let design = Mat::from_fn(count, count, |i, j| cross_product[(regressors[i], regressors[j])]);
    let response = Mat::from_fn(count, 1, |i, _| cross_product[(regressors[i], dependent)]);
    let factor = design.partial_piv_lu();
    let estimates = factor.solve(&response);
    let inverse = factor.solve(Mat::<f64>::identity(count, count));
    let explained: f64 = (0..count).map(|i| estimates[(i, 0)] * response[(i, 0)]).sum();
    let variance = (cross_product[(dependent, dependent)] - explained) / degrees_of_freedom;
    (0..count)
        .map(|i| {
            let statistic = (estimates[(i, 0)] / (variance * inverse[(i, i)]).sqrt()).abs();
            let stars = critical.iter().filter(|value| statistic > **value).count();
            PublishedCoefficient::parse(&format!("{:.3}", estimates[(i, 0)]), stars).expect("a number")
        })
        .collect()
}

/// Tables of five invented units with four variables over ten years.
fn invented_problem() -> ReconstructionProblem {
    let (periods, units) = (10, 5);
    let spreads = [0.3, 0.2, 1.0, 0.1];
    let loadings = [0.6, 0.5, 0.7, -0.4];
    let shapes = vec![shape(0.5, 0.5, 1.0, None); 4];
    let truths: Vec<Mat<f64>> = (0..units)
        .map(|unit| {
            let target =
                target_path(&shapes, periods, &mut SeededGenerator::stream(11, unit)).expect("a target");
            target.transpose() * &target * faer::Scale(periods as f64)
        })
        .collect();
    let pooled = truths.iter().fold(Mat::<f64>::zeros(4, 4), |sum, truth| sum + truth);
    let equations = [(0, vec![1, 2]), (1, vec![0, 2, 3])]
        .map(|(dependent, regressors)| {
            // Student's t quantiles at 0.95, 0.975, 0.995 for 7 and 6 degrees of freedom, then the
            // normal ones with a correction that is exact to the printed digits for 42 to 43.
            let (unit_critical, pooled_critical) = if regressors.len() == 2 {
                ([1.894_579, 2.364_624, 3.499_483], [1.681_071, 2.016_692, 2.695_102])
            } else {
                ([1.943_180, 2.446_912, 3.707_428], [1.681_952, 2.018_082, 2.698_066])
            };
            let free = regressors.len() as f64;
            PublishedEquation {
                dependent,
                unit_rows: truths
                    .iter()
                    .map(|truth| published_row(truth, dependent, &regressors, 9.0 - free, &unit_critical))
                    .collect(),
                pooled_row: published_row(&pooled, dependent, &regressors, 45.0 - free, &pooled_critical),
                regressors,
            }
        })
        .to_vec();
    ReconstructionProblem {
        variables: ["y", "x", "z", "w"].map(str::to_owned).to_vec(),
        units: (0..units).map(|unit| format!("unit {unit}")).collect(),
        periods,
        equations,
        star_levels: vec![0.10, 0.05, 0.01],
        priors: vec![prior(&spreads, &loadings, periods); units as usize],
    }
}

fn paths(
    problem: &ReconstructionProblem,
    matrices: &[Mat<f64>],
    shapes: &[PathShape],
    seed: u64,
) -> Vec<Mat<f64>> {
    matrices
        .iter()
        .zip(0..)
        .map(|(matrix, unit)| {
            let mut generator = SeededGenerator::stream(seed, unit);
            let target = target_path(shapes, problem.periods, &mut generator).expect("a target");
            colour(&target, shapes, matrix).expect("a path")
        })
        .collect()
}

#[test]
fn an_invented_panel_comes_back_with_its_tables() {
    let problem = invented_problem();
    let options = SolverOptions { margin: 0.002, ..SolverOptions::default() };
    let found = reconstruct_cross_products(&problem, &options).expect("a reconstruction");
    let shapes = vec![shape(0.5, 0.5, 1.0, None); 4];
    let agreement = verify(&problem, &paths(&problem, &found.matrices, &shapes, 3)).expect("regressions");
    assert_eq!(agreement.differences, Vec::<String>::new());
    assert_eq!(agreement.coefficients, 5 * 6);
    assert_eq!(agreement.equal_coefficients, agreement.coefficients);
    assert_eq!(agreement.equal_stars, agreement.coefficients);
}

#[test]
fn the_same_problem_gives_the_same_bits() {
    let problem = invented_problem();
    let options = SolverOptions { margin: 0.002, ..SolverOptions::default() };
    let once = reconstruct_cross_products(&problem, &options).expect("a reconstruction");
    let again = reconstruct_cross_products(&problem, &options).expect("a reconstruction");
    assert_eq!(once.matrices, again.matrices);
}

#[test]
fn the_check_sees_a_wrong_digit_and_a_wrong_star() {
    let mut problem = invented_problem();
    let options = SolverOptions { margin: 0.002, ..SolverOptions::default() };
    let found = reconstruct_cross_products(&problem, &options).expect("a reconstruction");
    let shapes = vec![shape(0.5, 0.5, 1.0, None); 4];
    let paths = paths(&problem, &found.matrices, &shapes, 3);
    problem.equations[0].unit_rows[2][1].value += 0.001;
    let stars = &mut problem.equations[1].pooled_row[0].stars;
    *stars = (*stars + 1) % 4;
    let agreement = verify(&problem, &paths).expect("regressions");
    assert_eq!(agreement.equal_coefficients, agreement.coefficients - 1);
    assert_eq!(agreement.equal_stars, agreement.coefficients - 1);
    assert_eq!(agreement.differences.len(), 2);
}

#[test]
fn free_variables_make_up_for_rounded_ones() {
    let problem = invented_problem();
    let options = SolverOptions { margin: 0.002, ..SolverOptions::default() };
    let found = reconstruct_cross_products(&problem, &options).expect("a reconstruction");
    let shapes = vec![shape(0.5, 0.5, 1.0, None); 4];
    let mut paths = paths(&problem, &found.matrices, &shapes, 3);
    for path in &mut paths {
        for period in 0..problem.periods {
            path[(period, 2)] = (path[(period, 2)] * 1000.0).round() / 1000.0 + 5.0;
        }
    }
    let rounded = verify(&problem, &paths).expect("regressions");
    let adjusted = adjust(&problem, &paths, &[0, 1, 3]).expect("an adjustment");
    let agreement = verify(&problem, &adjusted).expect("regressions");
    assert!(agreement.largest_deviation < 1e-6, "{agreement:?}");
    assert!(rounded.largest_deviation > 1e-3, "{rounded:?}");
    for (before, after) in paths.iter().zip(&adjusted) {
        assert_eq!(before.col(2), after.col(2));
        assert!((before - after).norm_max() < 0.02);
    }
}

#[test]
fn a_problem_that_does_not_fit_together_is_refused() {
    let mut problem = invented_problem();
    problem.equations[0].unit_rows.pop();
    let refusal = reconstruct_cross_products(&problem, &SolverOptions::default()).expect_err("a refusal");
    assert!(matches!(refusal, ReconstructionError::Length { expected: 5, found: 4, .. }), "{refusal}");
    let mut problem = invented_problem();
    problem.periods = 4;
    let refusal = reconstruct_cross_products(&problem, &SolverOptions::default()).expect_err("a refusal");
    assert!(matches!(refusal, ReconstructionError::NoDegreesOfFreedom { .. }), "{refusal}");
    let mut problem = invented_problem();
    problem.priors[1] = Mat::from_fn(4, 4, |_, _| 1.0);
    let refusal = reconstruct_cross_products(&problem, &SolverOptions::default()).expect_err("a refusal");
    assert!(matches!(refusal, ReconstructionError::NotPositiveDefinite { .. }), "{refusal}");
}

/// The paper's tables: 195 coefficients of 14 cities and the panel, with their stars.
#[test]
fn the_papers_tables_are_reached_to_the_last_digit_and_star() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/published/tables.csv");
    let text = std::fs::read_to_string(&file).expect("the published tables");
    let records: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let variables = ["lnCO2", "lnEG", "lnAI", "lnBE", "lnPD", "lnopen", "lnIS"];
    let mut units: Vec<&str> = Vec::new();
    for record in &records {
        if record[2] != "面板" && !units.contains(&record[2]) {
            units.push(record[2]);
        }
    }
    let equations = [(0, vec![1, 2, 3, 4]), (1, vec![0, 2, 5, 6]), (2, vec![0, 1, 5, 6, 4])]
        .map(|(dependent, regressors): (usize, Vec<usize>)| {
            let row = |unit: &str| -> Vec<PublishedCoefficient> {
                regressors
                    .iter()
                    .map(|regressor| {
                        let record = records
                            .iter()
                            .find(|record| {
                                record[1] == variables[dependent]
                                    && record[2] == unit
                                    && record[3] == variables[*regressor]
                            })
                            .expect("a published coefficient");
                        PublishedCoefficient::parse(record[4], record[5].parse().expect("stars"))
                            .expect("a number")
                    })
                    .collect()
            };
            PublishedEquation {
                dependent,
                unit_rows: units.iter().map(|unit| row(unit)).collect(),
                pooled_row: row("面板"),
                regressors,
            }
        })
        .to_vec();
    let spreads = [0.14, 0.26, 1.08, 0.12, 0.03, 0.33, 0.12];
    let loadings = [0.4, 0.8, 0.9, 0.5, 0.5, 0.2, -0.7];
    let problem = ReconstructionProblem {
        variables: variables.map(str::to_owned).to_vec(),
        units: units.iter().map(|unit| (*unit).to_owned()).collect(),
        periods: 12,
        equations,
        star_levels: vec![0.10, 0.05, 0.01],
        priors: vec![prior(&spreads, &loadings, 12); units.len()],
    };
    let found = reconstruct_cross_products(&problem, &SolverOptions::default()).expect("a reconstruction");
    let shapes = [
        shape(0.4, 0.6, 1.0, None),
        shape(0.9, 0.6, 2.0, None),
        shape(0.0, 0.4, 1000.0, Some(0.25)),
        shape(0.5, 0.6, 1.0, None),
        shape(0.7, 0.9, 20.0, None),
        shape(0.2, 0.6, 1.0, None),
        shape(-0.7, 0.6, 1.0, None),
    ];
    let paths = paths(&problem, &found.matrices, &shapes, 2008);
    let agreement = verify(&problem, &paths).expect("regressions");
    eprintln!("{} rounds, {} Newton steps, {agreement:?}", found.rounds, found.iterations);
    assert_eq!(agreement.differences, Vec::<String>::new());
    assert_eq!(agreement.coefficients, 195);
    assert_eq!(agreement.equal_coefficients, 195);
    assert_eq!(agreement.equal_stars, 195);
    // Every t statistic stands at least the margin away from every critical value that decides its stars.
    assert!(found.least_slack > 0.0);
    for path in &paths {
        for period in 1..12 {
            assert!(path[(period, 2)] > path[(period - 1, 2)], "robot density must grow in every year");
        }
    }
}
