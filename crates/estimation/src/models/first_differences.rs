//! First differences: least squares of y_t - y_t-1 on x_t - x_t-1 (Wooldridge 2010, eq. 10.63), with an
//! intercept where the equation has one, which is then a common trend. With weights a difference has that of its later
//! row, as in Stata's `regress D.y D.x [aw = w]` and R's `lm`.

use faer::Mat;

use super::levels::Levels;
use super::model::Model;
use super::sample_size::check_size;
use super::solved::{Absorbed, Goodness, Solved, dropped_note, log_roots};
use crate::numerics::{CollinearColumns, Design, LeastSquares, NOTHING, less_means, norm, weighted_mean};
use crate::outcome::{INTERCEPT, Note, Reason};
use crate::sample::{Rows, Sample};

/// The later row of each difference, in the differences' order.
pub(crate) fn later_rows(sample: &Sample, across_gaps: bool) -> Vec<usize> {
    let rows = sample.groups().iter().flat_map(|group| group.clone().skip(1));
    rows.filter(|&row| across_gaps || sample.times()[row] == sample.times()[row - 1] + 1).collect()
}

/// Estimates the equation in differences; `across_gaps` also takes those between rows that are more than
/// one time apart.
pub(super) fn estimate(sample: &Sample, across_gaps: bool) -> Result<Solved, Reason> {
    let (mut pairs, mut groups, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for group in sample.groups() {
        let start = pairs.len();
        for row in group.clone().skip(1) {
            if across_gaps || sample.times()[row] == sample.times()[row - 1] + 1 {
                pairs.push((row - 1, row));
                times.push(sample.times()[row]);
            }
        }
        if pairs.len() > start {
            groups.push(start..pairs.len());
        }
    }
    let formula = sample.formula();
    let offset = usize::from(formula.intercept);
    let parameters = formula.regressors.len() + offset;
    check_size(sample, parameters)?;
    if pairs.len() < parameters {
        return Err(Reason::TooFewObservations { observations: pairs.len(), parameters });
    }
    let difference = |values: &[f64]| -> Vec<f64> {
        pairs.iter().map(|(before, after)| values[*after] - values[*before]).collect()
    };
    // A difference that is the rounding of the two values is none.
    let still = |values: &[f64]| {
        pairs.iter().all(|(before, after)| {
            let (before, after) = (values[*before], values[*after]);
            (after - before).abs() <= NOTHING * before.abs().max(after.abs())
        })
    };
    let y = difference(sample.dependent());
    if still(sample.dependent()) {
        return Err(Reason::ConstantDependentWithin { variable: formula.dependent.clone() });
    }
    let columns: Vec<Vec<f64>> = sample.regressors().iter().map(|values| difference(values)).collect();
    let variables: Vec<String> = formula
        .regressors
        .iter()
        .zip(sample.regressors())
        .filter(|(_, values)| still(values))
        .map(|(name, _)| name.clone())
        .collect();
    let refused = formula.collinear == CollinearColumns::Refuse && !variables.is_empty();
    if refused || (!columns.is_empty() && variables.len() == columns.len()) {
        return Err(Reason::ConstantWithin { variables });
    }
    let mut names = formula.regressors.clone();
    let mut magnitudes: Vec<f64> = sample.regressors().iter().map(|column| norm(column)).collect();
    if formula.intercept {
        names.insert(0, INTERCEPT.into());
        magnitudes.insert(0, (pairs.len() as f64).sqrt());
    }
    let x = Mat::from_fn(pairs.len(), parameters, |row, column| {
        if column < offset { 1.0 } else { columns[column - offset][row] }
    });
    let design = Design { names, x, y, magnitudes, y_magnitude: norm(sample.dependent()) };
    let weights: Option<Vec<f64>> =
        sample.weights().map(|weights| pairs.iter().map(|(_, after)| weights[*after]).collect());
    let design = match &weights {
        Some(weights) => {
            let later =
                |values: &[f64]| -> Vec<f64> { pairs.iter().map(|(_, after)| values[*after]).collect() };
            let before: Vec<Vec<f64>> = sample.regressors().iter().map(|values| later(values)).collect();
            let before: Vec<&[f64]> = before.iter().map(Vec::as_slice).collect();
            design.weighted(weights, &before, &later(sample.dependent()))
        }
        None => design,
    };
    let moving: Vec<usize> =
        (0..design.names.len()).filter(|at| !variables.contains(&design.names[*at])).collect();
    let design = if variables.is_empty() { design } else { design.with_columns(&moving) };
    let (design, solution, collinear) = LeastSquares::solve_dropping(design, formula.collinear)
        .map_err(|reason| reason.once("after differences are taken"))?;
    let mut notes = dropped_note(collinear);
    if !variables.is_empty() {
        notes.push(Note::ConstantDropped { variables });
    }
    if pairs.len() <= design.names.len() {
        return Err(Reason::NoResidualDegreesOfFreedom { observations: pairs.len(), parameters });
    }
    let everything = 0..pairs.len();
    let deviations = match (&weights, formula.intercept) {
        (None, _) => Some(less_means(&design.y, std::slice::from_ref(&everything))),
        (Some(weights), true) => {
            let centre = weighted_mean(&difference(sample.dependent()), weights);
            let roots = weights.iter().map(|weight| weight.sqrt());
            Some(design.y.iter().zip(roots).map(|(value, root)| value - centre * root).collect())
        }
        (Some(_), false) => None,
    };
    let goodness = match formula.intercept || weights.is_some() {
        true => Goodness::Decomposition,
        false => Goodness::correlation(&design.y, &solution.residuals, None),
    };
    Ok(Solved {
        model: Model::FirstDifferences { across_gaps },
        sample: sample.clone(),
        formula: sample.formula().clone(),
        design,
        solution,
        rows: Rows { groups, times },
        deviations,
        absorbed: Absorbed::default(),
        goodness,
        levels: Levels::default(),
        components: None,
        log_roots: log_roots(sample.formula(), weights.as_deref()),
        notes,
    })
}
