//! A dynamic panel estimated, before a covariance is chosen.

use faer::Mat;
use vintner_panel::Panel;

use super::equations::Equations;
use super::model::{DynamicPanel, ErrorVariance, GmmCovariance, Steps};
use super::moments::{
    derivative_times, instruments_by, instruments_by_regressors, noise_by_instruments, residuals,
};
use super::weights::Weights;
use crate::numerics::symmetric::times;
use crate::numerics::{CANCELLED, Design, LeastSquares, norm};
use crate::outcome::{Note, Reason, Result};

/// Residuals whose norm is below this share of what cancels in them are rounding.
const PERFECT_FIT: f64 = 256.0 * f64::EPSILON;

/// How often the equations are solved.
const PASSES: usize = 3;

/// Estimates and everything that covariances and tests need.
#[derive(Debug, Clone)]
pub struct GmmEstimated {
    pub(super) model: DynamicPanel,
    pub(super) equations: Equations,
    pub(super) first: Step,
    /// S^-1, with S of the first step's residuals.
    pub(super) second_weights: Weights,
    /// There with two steps.
    pub(super) second: Option<Step>,
    pub(super) perfect: bool,
    pub(super) notes: Vec<Note>,
}

/// One step's estimates. The weights are A = F'F.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) weights: Weights,
    /// F Z'X, so that X'Z A Z'X is its cross-product; as many rows as the weights have rank, by k.
    pub(super) design: Mat<f64>,
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
        let differences = || equations.units.iter().flatten().filter(|row| !row.level);
        if equations.units.iter().flatten().all(|row| !row.level && row.y == 0.0) {
            return Err(Reason::ConstantDependentWithin { variable: model.dependent.clone() });
        }
        let levels = differences().count() < observations;
        let size = check_rank(&equations).map_err(|reason| match levels {
            true => reason,
            false => reason.once("after differences are taken"),
        })?;
        let mut notes = Vec::new();
        let (instruments, groups) = (equations.instruments, equations.units.len());
        if instruments < parameters {
            return Err(Reason::TooFewInstruments { instruments, parameters });
        }
        if instruments > groups {
            notes.push(Note::ManyInstruments { instruments, groups });
        }
        let first_weights = Weights::new(&noise_by_instruments(&equations))?;
        if first_weights.rank < parameters {
            return Err(Reason::TooFewInstruments { instruments: first_weights.rank, parameters });
        }
        note_rank(&mut notes, 1, &first_weights, instruments);
        let first = Step::new(&equations, first_weights)?;
        let scores = Mat::from_fn(groups, instruments, |unit, at| first.scores[unit][at]);
        let second_weights = Weights::new(&scores)?;
        let perfect = norm(&first.residuals.concat()) <= PERFECT_FIT * size;
        let second = match model.steps {
            Steps::One => None,
            Steps::Two if perfect => return Err(Reason::PerfectFit),
            Steps::Two => {
                note_rank(&mut notes, 2, &second_weights, instruments);
                Some(Step::new(&equations, second_weights.clone())?)
            }
        };
        if perfect {
            notes.push(Note::PerfectFit);
        }
        Ok(Self { model: model.clone(), equations, first, second_weights, second, perfect, notes })
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

    /// B1 X'Z A1 S A1 Z'X B1, the cross-product of what each unit adds to the coefficients. A variance to which every
    /// unit adds rounding alone is zero.
    fn robust_first(&self) -> Mat<f64> {
        let order = self.names().len();
        let mut sum: Mat<f64> = Mat::zeros(order, order);
        let mut sizes = vec![0.0; order];
        for score in &self.first.scores {
            let part = self.first.response(score);
            let size = self.first.response_size(score);
            sizes.iter_mut().zip(size).for_each(|(sum, size)| *sum += size * size);
            for i in 0..order {
                for j in 0..order {
                    sum[(i, j)] += part[i] * part[j];
                }
            }
        }
        let counts = |at: usize| sum[(at, at)] > CANCELLED * sizes[at];
        Mat::from_fn(order, order, |i, j| if counts(i) && counts(j) { sum[(i, j)] } else { 0.0 })
    }

    /// B2 + D B2 + B2 D' + D V1 D', where column j of D is -B2 X'Z A2 (dS/db_j) A2 Z'e2 (Windmeijer 2005, eq. 2.24).
    fn windmeijer(&self, second: &Step) -> Mat<f64> {
        let equations = &self.equations;
        let weighted = second.weights.apply(&sum(&second.scores, equations.instruments));
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
            for (row, value) in second.response(&change).into_iter().enumerate() {
                derivative[(row, column)] = value;
            }
        }
        let mixed = &derivative * &second.bread;
        let spread = &derivative * self.robust_first() * derivative.transpose();
        Mat::from_fn(coefficients, coefficients, |i, j| {
            let (i, j) = (i.min(j), i.max(j));
            second.bread[(i, j)] + mixed[(i, j)] + mixed[(j, i)] + spread[(i, j)]
        })
    }
}

impl Step {
    fn new(equations: &Equations, weights: Weights) -> std::result::Result<Self, Reason> {
        let zx = instruments_by_regressors(equations);
        let order = equations.names.len();
        let columns: Vec<Vec<f64>> = (0..order)
            .map(|at| weights.half(&(0..zx.nrows()).map(|row| zx[(row, at)]).collect::<Vec<_>>()))
            .collect();
        let design = Mat::from_fn(weights.rank, order, |row, at| columns[at][row]);
        let mut step = Self {
            weights,
            design,
            bread: Mat::zeros(order, order),
            coefficients: vec![0.0; order],
            residuals: Vec::new(),
            scores: Vec::new(),
        };
        // The first pass solves, the others mend what the sums of the first rounded off.
        for _ in 0..PASSES {
            step.look_at(equations);
            let solution = LeastSquares::solve(&step.problem(equations))
                .map_err(|collinear| Reason::RankDeficient { collinear })?;
            step.coefficients.iter_mut().zip(&solution.coefficients).for_each(|(b, more)| *b += more);
            step.bread = solution.bread;
            if !step.coefficients.iter().all(|value| value.is_finite()) {
                return Err(Reason::NotFinite { what: "a coefficient".into() });
            }
        }
        step.look_at(equations);
        Ok(step)
    }

    /// The residuals and scores of the coefficients.
    fn look_at(&mut self, equations: &Equations) {
        self.residuals = equations.units.iter().map(|rows| residuals(rows, &self.coefficients)).collect();
        self.scores = equations
            .units
            .iter()
            .zip(&self.residuals)
            .map(|(rows, residuals)| instruments_by(equations, rows, |place, _| residuals[place]))
            .collect();
    }

    /// F Z'e on F Z'X: what the coefficients lack.
    fn problem(&self, equations: &Equations) -> Design {
        let y = self.weights.half(&sum(&self.scores, equations.instruments));
        let columns = 0..self.design.ncols();
        let magnitudes = columns
            .map(|at| norm(&(0..self.design.nrows()).map(|row| self.design[(row, at)]).collect::<Vec<_>>()))
            .collect();
        Design {
            names: equations.names.clone(),
            x: self.design.clone(),
            y_magnitude: norm(&y),
            y,
            magnitudes,
        }
    }

    /// B X'Z A v: what a change v of Z'y does to the coefficients.
    pub(super) fn response(&self, v: &[f64]) -> Vec<f64> {
        let half = self.weights.half(v);
        let by_regressors: Vec<f64> = (0..self.design.ncols())
            .map(|at| half.iter().enumerate().map(|(row, value)| self.design[(row, at)] * value).sum())
            .collect();
        times(&self.bread, &by_regressors)
    }
}

impl Step {
    /// The sizes of what is added up to [`Self::response`].
    fn response_size(&self, v: &[f64]) -> Vec<f64> {
        let half = self.weights.half(v);
        let by_regressors: Vec<f64> = (0..self.design.ncols())
            .map(|at| {
                half.iter().enumerate().map(|(row, value)| (self.design[(row, at)] * value).abs()).sum()
            })
            .collect();
        let order = self.bread.nrows();
        let part = |i: usize| (0..order).map(|j| self.bread[(i, j)].abs() * by_regressors[j]).sum();
        (0..order).map(part).collect()
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

fn note_rank(notes: &mut Vec<Note>, step: usize, weights: &Weights, instruments: usize) {
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
