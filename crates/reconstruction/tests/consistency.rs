//! Whether tables can come from any data: tables of data never contradict themselves, altered ones do, with proofs that can be checked.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use faer::{Mat, Side};
use polars::prelude::{Column, DataFrame};
use proptest::prelude::*;
use vintner_estimation::SeededGenerator;
use vintner_estimation::{Covariance, Fit, Formula, Model, Outcome, Sample, estimate};
use vintner_panel::Panel;
use vintner_reconstruction::{
    Argument, Conflict, PublishedCoefficient, PublishedEquation, ReconstructionProblem, contradictions,
    search_cross_products, verify,
};

const LEVELS: [f64; 3] = [0.10, 0.05, 0.01];

/// An equation by the numbers of its variables.
type Layout = (usize, Vec<usize>);

/// Correlated variables of some units.
fn data(variables: usize, units: usize, periods: usize, seed: u64) -> Panel {
    hard_data(variables, units, periods, seed, 0, 0.0)
}

/// Correlated variables whose units of measurement differ by up to so many powers of ten, the last nearly a combination of
/// the others where `alone` is small but not zero.
fn hard_data(variables: usize, units: usize, periods: usize, seed: u64, powers: i32, alone: f64) -> Panel {
    let mut draw = SeededGenerator::new(seed);
    let mixing: Vec<Vec<f64>> =
        (0..variables).map(|_| (0..variables).map(|_| draw.normal()).collect()).collect();
    let scales: Vec<f64> =
        (0..variables as i32).map(|at| 10.0_f64.powi((at * 5) % (2 * powers + 1) - powers)).collect();
    let rows = units * periods;
    let mut columns = vec![vec![0.0; rows]; variables];
    for row in 0..rows {
        let shocks: Vec<f64> = (0..variables).map(|_| draw.normal()).collect();
        for (column, weights) in columns.iter_mut().zip(&mixing) {
            column[row] = weights.iter().zip(&shocks).map(|(w, shock)| w * shock).sum();
        }
        if alone > 0.0 {
            let own = columns[variables - 1][row];
            columns[variables - 1][row] =
                columns[..variables - 1].iter().map(|column| column[row]).sum::<f64>() + alone * own;
        }
        columns.iter_mut().zip(&scales).for_each(|(column, scale)| column[row] *= scale);
    }
    let mut frame = vec![
        Column::new("id".into(), (0..rows).map(|row| format!("u{}", row / periods)).collect::<Vec<_>>()),
        Column::new("t".into(), (0..rows).map(|row| (row % periods) as i32).collect::<Vec<_>>()),
    ];
    for (at, column) in columns.into_iter().enumerate() {
        frame.push(Column::new(format!("v{at}").into(), column));
    }
    Panel::new(DataFrame::new(rows, frame).unwrap(), "id", "t").unwrap()
}

fn printed(fit: &Fit, regressors: &[usize], decimals: usize) -> Vec<PublishedCoefficient> {
    regressors
        .iter()
        .map(|regressor| {
            let found = fit.coefficient(&format!("v{regressor}")).unwrap();
            let p_value = found.p_value.unwrap();
            let stars = LEVELS.iter().filter(|level| p_value < **level).count();
            // Nine digits at most: more may not be right.
            let decimals = decimals.min((8.0 - found.estimate.abs().log10().floor()).max(0.0) as usize);
            PublishedCoefficient::parse(&format!("{:.decimals$}", found.estimate), stars).unwrap()
        })
        .collect()
}

/// The tables of the data.
fn tables(panel: &Panel, variables: usize, layout: &[Layout], decimals: usize) -> ReconstructionProblem {
    let equations = layout
        .iter()
        .map(|(dependent, regressors)| {
            let names: Vec<String> = regressors.iter().map(|at| format!("v{at}")).collect();
            let formula = Formula::new(format!("v{dependent}"), &names);
            let unit_rows = Sample::by_entity(panel, &formula)
                .unwrap()
                .iter()
                .map(|sample| {
                    let fit = Model::Ols.estimate(sample).unwrap().fit(&Covariance::classical()).unwrap();
                    printed(&fit, regressors, decimals)
                })
                .collect();
            let Outcome::Fit(pooled) =
                estimate(panel, &formula, Model::Within, &Covariance::classical()).unwrap()
            else {
                panic!("no pooled fit")
            };
            PublishedEquation {
                dependent: *dependent,
                regressors: regressors.clone(),
                unit_rows,
                pooled_row: printed(&pooled, regressors, decimals),
            }
        })
        .collect();
    let units = panel.entities().to_vec();
    ReconstructionProblem {
        variables: (0..variables).map(|at| format!("v{at}")).collect(),
        priors: vec![Mat::identity(variables, variables); units.len()],
        periods: panel.groups()[0].len(),
        units,
        equations,
        star_levels: LEVELS.to_vec(),
    }
}

fn layouts(variables: usize) -> impl Strategy<Value = Vec<Layout>> {
    let equation = (0..variables, prop::collection::vec(any::<bool>(), variables)).prop_filter_map(
        "regressors",
        |(dependent, chosen)| {
            let regressors: Vec<usize> =
                (0..chosen.len()).filter(|at| *at != dependent && chosen[*at]).collect();
            (!regressors.is_empty()).then_some((dependent, regressors))
        },
    );
    prop::collection::vec(equation, 2..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// The one thing that must never happen: a proof that data can't be which are.
    #[test]
    fn tables_of_data_never_contradict_themselves(
        (variables, layout) in (2_usize..6).prop_flat_map(|variables| (Just(variables), layouts(variables))),
        units in 1_usize..4,
        periods in 8_usize..14,
        decimals in 0_usize..6,
        seed in any::<u64>(),
    ) {
        let problem = tables(&data(variables, units, periods, seed), variables, &layout, decimals);
        let found = contradictions(&problem, true).unwrap();
        prop_assert!(found.is_empty(), "{found:?}\n{problem:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    /// The same of data that are hard: coefficients of all magnitudes and zeros for printed digits, near collinearity, one degree of
    /// freedom, an equation twice with different decimals, one with another's regressors and more.
    #[test]
    fn tables_of_hard_data_never_contradict_themselves(
        (variables, layout) in (2_usize..6).prop_flat_map(|variables| (Just(variables), layouts(variables))),
        units in 1_usize..4,
        spare in 1_usize..8,
        decimals in prop::collection::vec(0_usize..13, 8),
        powers in 0_i32..4,
        alone in prop_oneof![Just(0.0), Just(1.0), Just(1e-2), Just(1e-4)],
        seed in any::<u64>(),
    ) {
        let most = layout.iter().map(|(_, regressors)| regressors.len()).max().unwrap_or(1);
        let periods = most + 1 + spare;
        let panel = hard_data(variables, units, periods, seed, powers, alone);
        // Each equation with decimals of its own, the first once more, and once with all that it can have.
        let (dependent, first) = layout[0].clone();
        let wide: Vec<usize> = (0..variables).filter(|at| *at != dependent).collect();
        let mut layout = layout;
        layout.push((dependent, first));
        if periods >= wide.len() + 2 {
            layout.push((dependent, wide));
        }
        let made: Vec<ReconstructionProblem> = layout
            .iter()
            .zip(&decimals)
            .map(|(one, decimals)| tables(&panel, variables, std::slice::from_ref(one), *decimals))
            .collect();
        let mut problem = made[0].clone();
        problem.equations = made.into_iter().flat_map(|one| one.equations).collect();
        let found = contradictions(&problem, true).unwrap();
        prop_assert!(found.is_empty(), "{found:?}\n{problem:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Tables altered at random: where data are found that give them after all, there is no proof that there are none.
    #[test]
    fn no_proof_where_data_are_found(
        (variables, layout) in (2_usize..5).prop_flat_map(|variables| (Just(variables), layouts(variables))),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4), 1..3),
        seed in any::<u64>(),
    ) {
        let mut problem = tables(&data(variables, 1, 10, seed), variables, &layout, 1);
        for (which, change) in changes {
            let equation = which.index(problem.equations.len());
            let equation = &mut problem.equations[equation];
            let place = which.index(equation.regressors.len());
            // The pooled row of one unit is the unit's.
            for one in [&mut equation.unit_rows[0][place], &mut equation.pooled_row[place]] {
                match change {
                    0 => one.value *= -1.0,
                    1 => one.value += 0.1,
                    2 => one.stars = (one.stars + 1) % 4,
                    _ => one.stars = 0,
                }
            }
        }
        let proofs = contradictions(&problem, true).unwrap();
        for proof in &proofs {
            if let Argument::ResidualForm { .. } = proof.argument {
                check_form(&problem, proof);
            }
        }
        let Some(matrices) = search_cross_products(&problem, 2, 1).unwrap() else { return Ok(()) };
        // Cross-products that are singular but for rounding are no data's.
        let paths: Option<Vec<Mat<f64>>> = matrices.iter().map(|matrix| path(matrix, 10)).collect();
        let Some(paths) = paths else { return Ok(()) };
        let found = verify(&problem, &paths).is_ok_and(|agreement| agreement.differences.is_empty());
        prop_assert!(!found || proofs.is_empty(), "{proofs:?}\n{problem:?}");
    }
}

/// Checks a form by hand: its combinations of residuals are not all zero, the rows of H give combinations of them that touch nothing but
/// regressors that all rows behind each have, and its symmetric part is positive definite.
fn check_form(problem: &ReconstructionProblem, conflict: &Conflict) {
    let Argument::ResidualForm { combinations, weights, least_eigenvalue, uncertainty } = &conflict.argument
    else {
        panic!("{conflict:?}")
    };
    assert!(least_eigenvalue > uncertainty);
    let order = problem.variables.len();
    let equation = |row: usize| &problem.equations[conflict.rows[row].equation];
    let residual = |row: usize| -> Vec<f64> {
        let values = match conflict.rows[row].unit {
            Some(unit) => &equation(row).unit_rows[unit],
            None => &equation(row).pooled_row,
        };
        let mut u = vec![0.0; order];
        u[equation(row).dependent] = 1.0;
        equation(row).regressors.iter().zip(values).for_each(|(at, one)| u[*at] = -one.value);
        u
    };
    let rows = conflict.rows.len();
    let residuals: Vec<Vec<f64>> = (0..rows).map(residual).collect();
    let sum = |factors: &[f64], vectors: &[Vec<f64>], variable: usize| -> f64 {
        factors.iter().zip(vectors).map(|(factor, one)| factor * one[variable]).sum()
    };
    let vectors: Vec<Vec<f64>> = combinations
        .iter()
        .map(|factors| (0..order).map(|variable| sum(factors, &residuals, variable)).collect())
        .collect();
    assert!(vectors.iter().flatten().any(|part| part.abs() > 1e-9));
    for (factors, own) in combinations.iter().zip(weights) {
        let behind: Vec<usize> = (0..rows).filter(|row| factors[*row] != 0.0).collect();
        let size = own.iter().fold(1.0_f64, |most, weight| most.max(weight.abs()));
        for variable in 0..order {
            let part = sum(own, &vectors, variable);
            if !behind.iter().all(|row| equation(*row).regressors.contains(&variable)) {
                assert!(part.abs() < 1e-6 * size, "{variable}: {part}");
            }
        }
    }
    let size = weights.len();
    let form = Mat::from_fn(size, size, |i, j| 0.5 * (weights[i][j] + weights[j][i]));
    let values = form.self_adjoint_eigen(Side::Lower).unwrap();
    let values = values.S().column_vector();
    assert!((0..size).all(|at| values[at] > 0.0));
}

#[test]
fn an_equation_twice_and_one_with_a_variable_less_have_to_fit() {
    // y on x and w; y on x; w on x; x on w: of one slope, its sign and its size
    let layout = [(0, vec![1, 2]), (0, vec![1]), (2, vec![1]), (1, vec![2]), (0, vec![1, 2])];
    let made = tables(&data(3, 1, 12, 6), 3, &layout, 4);
    assert!(contradictions(&made, false).unwrap().is_empty());
    let of_unit = |problem: &ReconstructionProblem| -> Vec<Vec<usize>> {
        let found = contradictions(problem, false).unwrap();
        for conflict in &found {
            if let Argument::ResidualForm { .. } = conflict.argument {
                check_form(problem, conflict);
            }
        }
        found
            .iter()
            .filter(|conflict| conflict.rows.iter().all(|row| row.unit == Some(0)))
            .map(|conflict| conflict.rows.iter().map(|row| row.equation).collect())
            .collect()
    };
    // The same equation with another number
    let mut problem = made.clone();
    problem.equations[4].unit_rows[0][1].value += 0.0002;
    assert!(of_unit(&problem).contains(&vec![0, 4]), "{:?}", of_unit(&problem));
    // A slope of w on x that isn't what two equations of y say; the equation of x on w says no more of it than its sign and bound.
    let mut problem = made.clone();
    problem.equations[2].unit_rows[0][0].value *= 1.1;
    problem.equations.remove(4);
    assert_eq!(of_unit(&problem), [[0, 1, 2]]);
    // x on w with a sign that isn't the one that the equations of y say
    let mut problem = made;
    problem.equations[3].unit_rows[0][0].value *= -1.0;
    problem.equations.remove(4);
    problem.equations.remove(2);
    assert_eq!(of_unit(&problem), [[0, 1, 2]]);
}

#[test]
fn many_equations_take_no_more_time_than_there_is() {
    // Without a bound these would be 2^40 sets.
    let layout: Vec<Layout> = (0..40).map(|at| (at % 5, vec![(at + 1) % 5, (at + 2) % 5])).collect();
    let problem = tables(&data(5, 1, 12, 2), 5, &layout, 3);
    assert!(contradictions(&problem, true).unwrap().is_empty());
}

#[test]
fn a_sign_flipped_leaves_no_residual() {
    let layout = [(0, vec![1, 2]), (1, vec![0, 2]), (3, vec![0, 1])];
    let panel = data(4, 3, 12, 5);
    let mut problem = tables(&panel, 4, &layout, 3);
    assert!(contradictions(&problem, true).unwrap().is_empty());
    problem.equations[0].unit_rows[1][0].value *= -1.0;
    // Whatever the standard errors are.
    let found = contradictions(&problem, false).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    let rows: Vec<(usize, Option<usize>)> =
        found[0].rows.iter().map(|row| (row.equation, row.unit)).collect();
    assert_eq!(rows, [(0, Some(1)), (1, Some(1))]);
    check_form(&problem, &found[0]);
    // The pooled rows are a sample of their own.
    let mut problem = tables(&panel, 4, &layout, 3);
    problem.equations[1].pooled_row[0].value *= -1.0;
    let found = contradictions(&problem, false).unwrap();
    assert!(found.iter().all(|conflict| conflict.rows.iter().all(|row| row.unit.is_none())));
    check_form(&problem, &found[0]);
}

#[test]
fn no_data_are_found_where_a_proof_says_that_there_are_none() {
    // Of 200,000 random samples none has slopes of the signs that a proof rules out, while all others have some.
    let layout = [(0, vec![1, 2]), (1, vec![0, 2])];
    let mut problem = tables(&data(3, 1, 8, 1), 3, &layout, 1);
    let mut seen = [[false; 2]; 2];
    let mut draw = SeededGenerator::new(9);
    for _ in 0..200_000 {
        let v: Vec<[f64; 3]> = (0..5).map(|_| [draw.normal(), draw.normal(), draw.normal()]).collect();
        let dot = |a: usize, b: usize| v.iter().map(|row| row[a] * row[b]).sum::<f64>();
        // The numerators of both slopes are the same: their signs are.
        let partial = |a: usize, b: usize| dot(a, b) * dot(2, 2) - dot(a, 2) * dot(b, 2);
        let (first, second) = (partial(0, 1) / partial(1, 1), partial(1, 0) / partial(0, 0));
        seen[usize::from(first > 0.0)][usize::from(second > 0.0)] = true;
    }
    for (first, second) in [(-0.4, -0.4), (-0.4, 0.4), (0.4, -0.4), (0.4, 0.4)] {
        problem.equations[0].unit_rows[0][0].value = first;
        problem.equations[1].unit_rows[0][0].value = second;
        let ruled_out =
            contradictions(&problem, false).unwrap().iter().any(|conflict| conflict.rows[0].unit == Some(0));
        assert_eq!(ruled_out, !seen[usize::from(first > 0.0)][usize::from(second > 0.0)]);
    }
}

#[test]
fn stars_of_one_statistic_must_agree() {
    let layout = [(0, vec![1, 2]), (1, vec![0, 2])];
    let mut problem = tables(&data(3, 2, 12, 8), 3, &layout, 2);
    problem.equations[0].unit_rows[0][0].stars = 3;
    problem.equations[1].unit_rows[0][0].stars = 0;
    let found = contradictions(&problem, true).unwrap();
    assert!(
        found.iter().any(|conflict| matches!(conflict.argument, Argument::StarsOfOneStatistic { .. })),
        "{found:?}"
    );
    // Of another kind of standard errors the same stars prove nothing.
    assert!(contradictions(&problem, false).unwrap().is_empty());
    // A product of 0.01 is a correlation of 0.1, of no significance at all with nine degrees of freedom.
    for (equation, value) in [(0, 0.1), (1, 0.1)] {
        problem.equations[equation].unit_rows[0][0].value = value;
        problem.equations[equation].unit_rows[0][0].stars = 3;
    }
    let found = contradictions(&problem, true).unwrap();
    assert!(
        found.iter().any(|conflict| matches!(conflict.argument, Argument::ProductAgainstStars { .. })),
        "{found:?}"
    );
}

#[test]
fn leaving_out_the_weaker_turns_no_sign() {
    // The second equation has v3 beyond the first's variables.
    let layout = [(0, vec![1, 2]), (1, vec![0, 2, 3])];
    let mut problem = tables(&data(4, 1, 12, 3), 4, &layout, 2);
    let row = &mut problem.equations[1].unit_rows[0];
    (row[0].value, row[0].stars, row[2].stars) = (0.8, 2, 0);
    let narrow = &mut problem.equations[0].unit_rows[0][0];
    (narrow.value, narrow.stars) = (-0.3, 0);
    let found = contradictions(&problem, true).unwrap();
    let turned: Vec<&Conflict> =
        found.iter().filter(|one| matches!(one.argument, Argument::SignTurned { .. })).collect();
    assert_eq!(turned.len(), 1, "{found:?}");
    assert_eq!(turned[0].rows[0].regressors, [0]);
    assert_eq!(turned[0].rows[1].regressors, [0, 2]);
    // With three stars against none it can't lose all of its own either.
    problem.equations[1].unit_rows[0][0].stars = 3;
    problem.equations[0].unit_rows[0][0].value = 0.3;
    let found = contradictions(&problem, true).unwrap();
    let lost = found.iter().find_map(|one| match &one.argument {
        Argument::StrengthLost { least, statistic, .. } => Some((*least, statistic.most)),
        _ => None,
    });
    let (least, most) = lost.expect("too weak");
    assert!(least > most.expect("a bound"));
    problem.equations[0].unit_rows[0][0].stars = 2;
    assert!(contradictions(&problem, true).unwrap().is_empty());
}

#[test]
fn a_pooled_slope_is_a_mean_of_the_units_own() {
    let mut problem = tables(&data(2, 3, 10, 4), 2, &[(0, vec![1])], 2);
    assert!(contradictions(&problem, true).unwrap().is_empty());
    let most = problem.equations[0].unit_rows.iter().map(|row| row[0].value).fold(f64::MIN, f64::max);
    problem.equations[0].pooled_row[0].value = most + 0.02;
    let found = contradictions(&problem, true).unwrap();
    assert!(
        matches!(found[..], [Conflict { argument: Argument::PooledOutsideUnits { .. }, .. }]),
        "{found:?}"
    );
    assert_eq!(found[0].rows.len(), 4);
}

#[test]
fn data_are_found_for_tables_that_came_from_data() {
    let layouts: [(usize, Vec<Layout>); 5] = [
        (2, vec![(0, vec![1])]),
        (3, vec![(0, vec![1, 2]), (1, vec![0, 2])]),
        (3, vec![(0, vec![1, 2]), (1, vec![0, 2]), (2, vec![0, 1])]),
        (4, vec![(0, vec![1, 2]), (1, vec![0, 2, 3])]),
        (5, vec![(0, vec![1, 2, 3]), (1, vec![0, 3, 4]), (2, vec![0, 1, 4])]),
    ];
    let (mut found, mut tried) = (0, 0);
    for (variables, layout) in &layouts {
        for (units, seed) in [(1, 1), (2, 2), (3, 3), (4, 4)] {
            let problem = tables(&data(*variables, units, 12, seed), *variables, layout, 2);
            tried += 1;
            let Some(matrices) = search_cross_products(&problem, 12, 1).unwrap() else {
                println!("{layout:?}, {units} units: none found");
                continue;
            };
            found += 1;
            // Any data with these cross-products: their tables are made by other code.
            let paths: Vec<Mat<f64>> = matrices.iter().map(|matrix| path(matrix, 12).unwrap()).collect();
            let agreement = verify(&problem, &paths).unwrap();
            assert!(agreement.differences.is_empty(), "{agreement:?}");
        }
    }
    println!("{found} of {tried} found");
    assert!(found * 10 >= tried * 9, "{found} of {tried}");
}

/// Demeaned columns whose cross-products are a given matrix.
fn path(matrix: &Mat<f64>, periods: usize) -> Option<Mat<f64>> {
    let order = matrix.nrows();
    let mut draw = SeededGenerator::new(3);
    let mut columns: Vec<Vec<f64>> = Vec::new();
    while columns.len() < order {
        let mut column: Vec<f64> = (0..periods).map(|_| draw.normal()).collect();
        let mean = column.iter().sum::<f64>() / periods as f64;
        column.iter_mut().for_each(|value| *value -= mean);
        for _ in 0..2 {
            for earlier in &columns {
                let dot: f64 = column.iter().zip(earlier).map(|(a, b)| a * b).sum();
                column.iter_mut().zip(earlier).for_each(|(value, other)| *value -= dot * other);
            }
        }
        let norm = column.iter().map(|value| value * value).sum::<f64>().sqrt();
        columns.push(column.into_iter().map(|value| value / norm).collect());
    }
    let factor = matrix.llt(Side::Lower).ok()?;
    let factor = factor.L();
    Some(Mat::from_fn(periods, order, |row, column| {
        (0..order).map(|k| columns[k][row] * factor[(column, k)]).sum::<f64>()
    }))
}
