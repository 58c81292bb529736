//! A dynamic panel estimated, before a covariance is chosen.

use faer::Mat;
use vintner_panel::Panel;

use super::equations::Equations;
use super::model::{DynamicPanel, ErrorVariance, GmmCovariance, Steps};
use super::moments::{
    derivative_times, first_weights, instruments_by, instruments_by_regressors, outer_products, residuals,
};
use crate::design::{Design, norm};
use crate::least_squares::LeastSquares;
use crate::symmetric::{Inverse, inverse, inverse_or_generalized, times};
use crate::{Note, Reason, Result};

/// Residuals whose norm is below this share of what cancels in them are rounding.
const PERFECT_FIT: f64 = 256.0 * f64::EPSILON;

/// Estimates and everything that covariances and tests need.
#[derive(Debug, Clone)]
pub struct GmmEstimated {
    pub(super) model: DynamicPanel,
    pub(super) equations: Equations,
    /// Z'X, p x k.
    pub(super) zx: Mat<f64>,
    pub(super) first: Step,
    /// S, p x p, of the first step's residuals.
    pub(super) middle: Mat<f64>,
    /// S^-1.
    pub(super) second_weights: Inverse,
    /// There with two steps.
    pub(super) second: Option<Step>,
    pub(super) perfect: bool,
    pub(super) notes: Vec<Note>,
}

/// One step's estimates.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) weights: Inverse,
    /// (X'Z A Z'X)^-1, k x k.
    pub(super) bread: Mat<f64>,
    pub(super) coefficients: Vec<f64>,
    /// Each unit's residuals.
    pub(super) residuals: Vec<Vec<f64>>,
    /// Each unit's Z_i'e_i.
    pub(super) scores: Vec<Vec<f64>>,
}

impl DynamicPanel {
    /// Estimates the model.
    ///
    /// # Errors
    /// Outside, where the model makes no sense or names a column that isn't there; inside, the reason why the
    /// data don't allow it: no usable rows, collinear regressors, fewer instruments than coefficients.
    pub fn estimate(&self, panel: &Panel) -> Result<std::result::Result<GmmEstimated, Reason>> {
        Ok(GmmEstimated::new(self, Equations::new(panel, self)?))
    }
}

impl GmmEstimated {
    fn new(model: &DynamicPanel, equations: Equations) -> std::result::Result<Self, Reason> {
        let observations = equations.units.iter().map(Vec::len).sum();
        let parameters = equations.names.len();
        if observations == 0 {
            return Err(Reason::NoUsableRows);
        }
        if observations < parameters {
            return Err(Reason::TooFewObservations { observations, parameters });
        }
        let size = check_rank(&equations)?;
        let mut notes = Vec::new();
        let (instruments, groups) = (equations.instruments, equations.units.len());
        if instruments < parameters {
            return Err(Reason::TooFewInstruments { instruments, parameters });
        }
        if instruments > groups {
            notes.push(Note::ManyInstruments { instruments, groups });
        }
        if !equations.without_dummy.is_empty() {
            notes.push(Note::TimesWithoutDummy { times: equations.without_dummy.clone() });
        }
        let zx = instruments_by_regressors(&equations);
        let what = "the weighting matrix";
        let first_weights = inverse_or_generalized(&first_weights(&equations), what)?;
        if first_weights.rank < parameters {
            return Err(Reason::TooFewInstruments { instruments: first_weights.rank, parameters });
        }
        note_rank(&mut notes, 1, &first_weights, instruments);
        let first = Step::new(&equations, &zx, first_weights)?;
        let middle = outer_products(&first.scores, instruments);
        let second_weights = inverse_or_generalized(&middle, what)?;
        let perfect = norm(&first.residuals.concat()) <= PERFECT_FIT * size;
        let second = match model.steps {
            Steps::One => None,
            Steps::Two if perfect => return Err(Reason::PerfectFit),
            Steps::Two => {
                note_rank(&mut notes, 2, &second_weights, instruments);
                Some(Step::new(&equations, &zx, second_weights.clone())?)
            }
        };
        if perfect {
            notes.push(Note::PerfectFit);
        }
        Ok(Self {
            model: model.clone(),
            equations,
            zx,
            first,
            middle,
            second_weights,
            second,
            perfect,
            notes,
        })
    }

    /// The coefficients' names: regressors, constant, time dummies.
    pub fn names(&self) -> &[String] {
        &self.equations.names
    }

    /// The coefficients, k.
    pub fn coefficients(&self) -> &[f64] {
        &self.last().coefficients
    }

    /// How many instruments there are; those that are zero throughout don't count.
    pub fn instruments(&self) -> usize {
        self.equations.instruments
    }

    /// Each unit's residuals: in differences by time, then in levels.
    pub fn residuals(&self) -> &[Vec<f64>] {
        &self.last().residuals
    }

    /// The last step.
    pub(super) fn last(&self) -> &Step {
        self.second.as_ref().unwrap_or(&self.first)
    }

    /// sigma^2 = e'e/(2 d) of the first step's residuals in differences.
    pub fn error_variance(&self) -> f64 {
        let (mut sum, mut count) = (0.0, 0_usize);
        for (rows, residuals) in self.equations.units.iter().zip(&self.first.residuals) {
            for (_, residual) in rows.iter().zip(residuals).filter(|(row, _)| !row.level) {
                sum += residual * residual;
                count += 1;
            }
        }
        let divisor = match self.model.error_variance {
            ErrorVariance::Observations => count,
            ErrorVariance::ResidualDf => count.saturating_sub(self.equations.names.len()).max(1),
        };
        sum / 2.0 / divisor.max(1) as f64
    }

    /// The covariance of the coefficients, k x k.
    pub fn covariance(&self, kind: GmmCovariance) -> Mat<f64> {
        match (kind, &self.second) {
            (GmmCovariance::Classical, None) => {
                let variance = self.error_variance();
                let bread = &self.first.bread;
                Mat::from_fn(bread.nrows(), bread.ncols(), |i, j| variance * bread[(i, j)])
            }
            (GmmCovariance::Classical, Some(second)) => second.bread.clone(),
            (GmmCovariance::Robust, None) => self.robust_first(),
            (GmmCovariance::Robust, Some(second)) => self.windmeijer(second),
        }
    }

    /// B1 X'Z A1 S A1 Z'X B1.
    fn robust_first(&self) -> Mat<f64> {
        let half = &self.first.weights.matrix * &self.zx * &self.first.bread;
        symmetric(&(half.transpose() * &self.middle * &half))
    }

    /// B2 + D B2 + B2 D' + D V1 D', where column j of D is -B2 X'Z A2 (dS/db_j) A2 Z'e2 (Windmeijer 2005, eq. 2.24).
    fn windmeijer(&self, second: &Step) -> Mat<f64> {
        let equations = &self.equations;
        let order = equations.instruments;
        let score = sum(&second.scores, order);
        let weighted = times(&second.weights.matrix, &score);
        let half = &second.bread * self.zx.transpose() * &second.weights.matrix;
        let coefficients = equations.names.len();
        let mut derivative: Mat<f64> = Mat::zeros(coefficients, coefficients);
        for column in 0..coefficients {
            let by_column: Vec<Vec<f64>> = equations
                .units
                .iter()
                .map(|rows| instruments_by(equations, rows, |_, row| row.x[column]))
                .collect();
            // dS/db = -sum Z_i'(x e' + e x')Z_i, so that the two minus signs cancel.
            let change = derivative_times(&by_column, &self.first.scores, &weighted);
            for (row, value) in times(&half, &change).into_iter().enumerate() {
                derivative[(row, column)] = value;
            }
        }
        let mixed = &derivative * &second.bread;
        let spread = &derivative * self.robust_first() * derivative.transpose();
        symmetric(&Mat::from_fn(coefficients, coefficients, |i, j| {
            second.bread[(i, j)] + mixed[(i, j)] + mixed[(j, i)] + spread[(i, j)]
        }))
    }
}

impl Step {
    fn new(equations: &Equations, zx: &Mat<f64>, weights: Inverse) -> std::result::Result<Self, Reason> {
        let zy: Vec<Vec<f64>> =
            equations.units.iter().map(|rows| instruments_by(equations, rows, |_, row| row.y)).collect();
        let zy = sum(&zy, equations.instruments);
        let half = zx.transpose() * &weights.matrix;
        let bread = inverse(&symmetric(&(&half * zx))).ok_or_else(|| Reason::NotPositiveDefinite {
            what: "the cross-product of the regressors as their instruments see them".into(),
        })?;
        let coefficients = times(&bread, &times(&half, &zy));
        if !coefficients.iter().all(|value| value.is_finite()) {
            return Err(Reason::NotFinite { what: "a coefficient".into() });
        }
        let residuals: Vec<Vec<f64>> =
            equations.units.iter().map(|rows| residuals(rows, &coefficients)).collect();
        let scores = equations
            .units
            .iter()
            .zip(&residuals)
            .map(|(rows, residuals)| instruments_by(equations, rows, |place, _| residuals[place]))
            .collect();
        Ok(Self { weights, bread, coefficients, residuals, scores })
    }
}

/// Refuses collinear regressors; gives the size of what cancels in a residual.
fn check_rank(equations: &Equations) -> std::result::Result<f64, Reason> {
    let rows: Vec<_> = equations.units.iter().flatten().collect();
    let column = |at: usize| -> Vec<f64> { rows.iter().map(|row| row.x[at]).collect() };
    let magnitudes: Vec<f64> = (0..equations.names.len()).map(|at| norm(&column(at))).collect();
    let y: Vec<f64> = rows.iter().map(|row| row.y).collect();
    let y_magnitude = norm(&y);
    let design = Design {
        names: equations.names.clone(),
        x: Mat::from_fn(rows.len(), equations.names.len(), |row, at| rows[row].x[at]),
        y,
        magnitudes,
        y_magnitude,
    };
    let solution = LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
    let parts = solution.coefficients.iter().zip(&design.magnitudes).map(|(b, size)| b.abs() * size);
    Ok(y_magnitude + parts.sum::<f64>())
}

fn note_rank(notes: &mut Vec<Note>, step: usize, weights: &Inverse, instruments: usize) {
    if weights.rank < instruments {
        notes.push(Note::SingularWeighting { step, rank: weights.rank, instruments });
    }
}

/// The sum of one vector a unit.
pub(super) fn sum(vectors: &[Vec<f64>], order: usize) -> Vec<f64> {
    let mut sum = vec![0.0; order];
    for vector in vectors {
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
    }
    sum
}

/// The mean of a matrix and its transpose.
fn symmetric(matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| (matrix[(i, j)] + matrix[(j, i)]) / 2.0)
}
