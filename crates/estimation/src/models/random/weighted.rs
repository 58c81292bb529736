//! The variances of random effects of weighted rows, as linearmodels has them.
//!
//! With weights w of mean one and means m_i by weights, s_e^2 = sum w e^2/(n - N - k) of the within regression, and
//! s_u^2 = sum u_i^2/(N - K) - s_e^2 mean(1/T_i) of the residuals u_i of the regression of means, each alike. On
//! unbalanced panels `swar` takes those of the regression of means that weighs each by its T_i rows:
//! s_u^2 = (sum T_i u_i^2 - (N - K) s_e^2)/(n - tr), tr = tr((sum T_i r_i r_i')^-1 sum T_i^2 r_i r_i') with the plain
//! means r_i of sqrt(w) x (linearmodels' `small_sample`, Baltagi and Chang 1994 without weights).
//!
//! Both are exact where the weights of each entity are one on average.

use faer::Mat;

use super::super::effects::Effects;
use super::super::within;
use super::moments::{check_groups, check_within, column_of, independent, solve};
use super::options::{RandomEffects, VarianceEstimator};
use super::variance_components::VarianceComponents;
use crate::absorb::Factor;
use crate::numerics::{Design, norm};
use crate::outcome::{Note, Reason};
use crate::sample::{Rows, Sample};

/// Estimates the variances; `weights` are one on average, and the effects one way.
pub(super) fn estimate(
    sample: &Sample,
    rows: &Rows,
    weights: &[f64],
    options: RandomEffects,
) -> Result<(VarianceComponents, Vec<Note>), Reason> {
    let effects = options.effects;
    let factor = if effects == Effects::Time { rows.by_time() } else { rows.by_entity() };
    let mut notes = vec![Note::WeightsByRows];
    let within = within_regression(sample, rows, effects, &factor, weights)?;
    let (within, collinear) = independent(within);
    if !collinear.is_empty() {
        notes.push(Note::CollinearWithin { variables: collinear });
    }
    check_within(sample.height(), factor.levels(), within.names.len())?;
    let df = (sample.height() - factor.levels() - within.names.len()) as f64;
    let left = if within.names.is_empty() { squares(&within.y) } else { squares(&solve(&within)?.residuals) };
    let idiosyncratic = left / df;
    if !(idiosyncratic > 0.0 && idiosyncratic.is_finite()) {
        return Err(Reason::NoVarianceComponent);
    }
    let balanced = factor.counts().windows(2).all(|pair| pair[0] == pair[1]);
    let between = Between { levels: Design::levels(sample), factor: &factor, weights, effects };
    let variance = match options.method {
        VarianceEstimator::Swar if !balanced => between.by_rows(idiosyncratic)?,
        _ => between.alike(idiosyncratic)?,
    };
    if variance < 0.0 {
        let of = if effects == Effects::Time { "times" } else { "entities" };
        notes.push(Note::NegativeComponent { of: of.into() });
    }
    let variance = variance.max(0.0);
    let components = VarianceComponents {
        idiosyncratic,
        entity: effects.has_entity().then_some(variance),
        time: effects.has_time().then_some(variance),
    };
    Ok((components, notes))
}

/// What means by weights leave of the variables, rows multiplied by the roots of their weights, without the regressors
/// of which they leave nothing.
fn within_regression(
    sample: &Sample,
    rows: &Rows,
    effects: Effects,
    factor: &Factor,
    weights: &[f64],
) -> Result<Design, Reason> {
    let (absorbed, _) = within::vanishing(sample, rows, effects)?;
    let less_means = |values: &[f64]| -> Vec<f64> {
        let means = factor.weighted_means(values, Some(weights));
        values.iter().zip(&factor.codes).map(|(value, code)| value - means[*code]).collect()
    };
    let names = &sample.formula().regressors;
    let kept: Vec<usize> = (0..names.len()).filter(|at| !absorbed.contains(&names[*at])).collect();
    let before: Vec<&[f64]> = kept.iter().map(|at| &*sample.regressors()[*at]).collect();
    let columns: Vec<Vec<f64>> = before.iter().map(|values| less_means(values)).collect();
    let design = Design {
        names: kept.iter().map(|at| names[*at].clone()).collect(),
        x: Mat::from_fn(sample.height(), columns.len(), |row, column| columns[column][row]),
        y: less_means(sample.dependent()),
        magnitudes: before.iter().map(|values| norm(values)).collect(),
        y_magnitude: norm(sample.dependent()),
    };
    Ok(design.weighted(weights, &before, sample.dependent()))
}

/// The regressions of means.
struct Between<'a> {
    levels: Design,
    factor: &'a Factor,
    weights: &'a [f64],
    effects: Effects,
}

impl Between<'_> {
    /// The means of the variables, each row multiplied by what is given.
    fn means(&self, mean: impl Fn(&[f64]) -> Vec<f64>, times: &[f64]) -> Design {
        let scaled = |values: &[f64]| -> Vec<f64> {
            mean(values).into_iter().zip(times).map(|(value, root)| value * root).collect()
        };
        let columns: Vec<Vec<f64>> =
            (0..self.levels.x.ncols()).map(|at| scaled(&column_of(&self.levels.x, at))).collect();
        Design {
            names: self.levels.names.clone(),
            x: Mat::from_fn(times.len(), columns.len(), |row, column| columns[column][row]),
            y: scaled(&self.levels.y),
            magnitudes: self.levels.magnitudes.clone(),
            y_magnitude: self.levels.y_magnitude,
        }
    }

    /// By weights, without regressors whose means are combinations of others'.
    fn by_weights(&self, times: &[f64]) -> Result<Design, Reason> {
        let mean = |values: &[f64]| self.factor.weighted_means(values, Some(self.weights));
        let means = independent(self.means(mean, times)).0;
        check_groups(self.factor.levels(), self.effects, means.names.len())?;
        Ok(means)
    }

    fn alike(&self, idiosyncratic: f64) -> Result<f64, Reason> {
        let means = self.by_weights(&vec![1.0; self.factor.levels()])?;
        let groups = self.factor.levels() as f64;
        let inverse = self.factor.counts().iter().map(|rows| 1.0 / rows).sum::<f64>() / groups;
        let df = groups - means.names.len() as f64;
        Ok(squares(&solve(&means)?.residuals) / df - idiosyncratic * inverse)
    }

    fn by_rows(&self, idiosyncratic: f64) -> Result<f64, Reason> {
        let roots: Vec<f64> = self.factor.counts().iter().map(|rows| rows.sqrt()).collect();
        let means = self.by_weights(&roots)?;
        let df = (self.factor.levels() - means.names.len()) as f64;
        let left = squares(&solve(&means)?.residuals);
        let weights: Vec<f64> = self.weights.iter().map(|weight| weight.sqrt()).collect();
        let rooted = |values: &[f64]| -> Vec<f64> {
            let rows: Vec<f64> = values.iter().zip(&weights).map(|(value, root)| value * root).collect();
            self.factor.means(&rows)
        };
        let rooted = independent(self.means(rooted, &roots)).0;
        let bread = solve(&rooted)?.bread;
        let order = rooted.names.len();
        let leverage = |row: usize| -> f64 {
            let x = |at: usize| rooted.x[(row, at)];
            (0..order)
                .flat_map(|i| (0..order).map(move |j| (i, j)))
                .map(|(i, j)| x(i) * bread[(i, j)] * x(j))
                .sum()
        };
        let trace: f64 =
            self.factor.counts().iter().enumerate().map(|(row, rows)| rows * leverage(row)).sum();
        Ok((left - df * idiosyncratic) / (self.factor.codes.len() as f64 - trace))
    }
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}
