//! Quadratic forms of residuals and their expectations under random effects.
//!
//! A residual is u = (I - XB)y with B = (W'X)^-1 W', where W = X in pooled least squares, QX within and
//! PX between. The expectation of u'Au is the sum over components c of s2_c tr(R'AR S_c), with
//! R = I - XB and S_c = Z_c Z_c' of the component's dummies, or I. Everything is had from sums over groups:
//! tr(R'AR S) = tr(AS) - 2 tr(B S AX) + tr(X'AX B S B').

use faer::Mat;
use faer::linalg::solvers::{DenseSolveCore, Solve};

use super::super::effects::Effects;
use super::super::within;
use crate::absorb::{Factor, residual};
use crate::numerics::{Design, LeastSquares, mean};
use crate::outcome::Reason;
use crate::sample::{Rows, Sample};

/// The sample as the moments need it.
pub(super) struct Panel {
    pub(super) entities: Factor,
    pub(super) times: Factor,
    factors: Vec<Factor>,
    /// Rows.
    pub(super) rows: usize,
    /// Regressors without the intercept.
    pub(super) slopes: usize,
    /// Of these, those that the effects don't absorb.
    pub(super) varying: usize,
    /// Parameters that the effects take.
    pub(super) absorbed: usize,
    levels: Design,
    within: Design,
    /// The regressors in levels that the effects don't absorb, and their places among the slopes.
    kept: Vec<usize>,
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
    /// The regressors of which the effects leave a combination of what they leave of others.
    pub(super) collinear_within: Vec<String>,
}

/// Whether residuals are taken from the variables or from their deviations from the overall mean, as
/// those of a regression without an intercept have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Centre {
    Nothing,
    OverallMean,
}

/// Residuals in levels, and the estimator behind them.
pub(super) struct Residuals {
    values: Vec<f64>,
    /// X, the regressors in levels that the estimator has.
    x: Mat<f64>,
    /// W.
    instruments: Mat<f64>,
    pub(super) centre: Centre,
}

/// A quadratic form u'Au: A projects off the effects, or on the means of entities or of times.
pub(super) struct Form {
    pub(super) residuals: Residuals,
    of: Option<Effects>,
    /// u'Au.
    pub(super) value: f64,
}

impl Panel {
    pub(super) fn new(sample: &Sample, rows: &Rows, effects: Effects) -> Result<Self, Reason> {
        let (absorbed_names, _) = within::vanishing(sample, rows, effects)?;
        let names = &sample.formula().regressors;
        let kept: Vec<usize> = (0..names.len()).filter(|at| !absorbed_names.contains(&names[*at])).collect();
        let whole = within::transformed(sample, rows, effects)?;
        let (within, collinear_within) = independent(whole.with_columns(&kept));
        let kept: Vec<usize> = (0..names.len()).filter(|at| within.names.contains(&names[*at])).collect();
        let absorbed = within::absorbed(rows, effects).parameters;
        check_within(sample.height(), absorbed, kept.len())?;
        Ok(Self {
            entities: rows.by_entity(),
            times: rows.by_time(),
            factors: within::factors(rows, effects),
            rows: sample.height(),
            slopes: names.len(),
            varying: kept.len(),
            absorbed,
            levels: Design::levels(sample),
            within,
            kept,
            y: sample.dependent().to_vec(),
            x: sample.regressors().iter().map(|column| column.to_vec()).collect(),
            collinear_within,
        })
    }

    pub(super) fn is_balanced(&self) -> bool {
        self.rows == self.entities.levels() * self.times.levels()
    }

    /// The coefficients of the within regression, zero where the effects absorb the regressor.
    pub(super) fn within_coefficients(&self) -> Result<Vec<f64>, Reason> {
        let mut coefficients = vec![0.0; self.slopes];
        if !self.kept.is_empty() {
            let solution = solve(&self.within)?;
            self.kept.iter().zip(solution.coefficients).for_each(|(at, b)| coefficients[*at] = b);
        }
        Ok(coefficients)
    }

    /// The residual sum of squares of the regression of means, each of the same weight, and its degrees of
    /// freedom.
    pub(super) fn between_residuals(&self, of: Effects) -> Result<(f64, f64), Reason> {
        let factor = self.factor(of);
        let (groups, parameters) = (factor.levels(), self.levels.names.len());
        let columns: Vec<Vec<f64>> =
            (0..parameters).map(|column| factor.means(&column_of(&self.levels.x, column))).collect();
        let means = Design {
            names: self.levels.names.clone(),
            x: Mat::from_fn(groups, parameters, |row, column| columns[column][row]),
            y: factor.means(&self.levels.y),
            magnitudes: self.levels.magnitudes.clone(),
            y_magnitude: self.levels.y_magnitude,
        };
        let means = independent(means).0;
        let parameters = means.names.len();
        check_groups(groups, of, parameters)?;
        let left: f64 = solve(&means)?.residuals.iter().map(|residual| residual * residual).sum();
        Ok((left, (groups - parameters) as f64))
    }

    fn factor(&self, of: Effects) -> &Factor {
        if of == Effects::Time { &self.times } else { &self.entities }
    }

    /// A times a variable.
    fn applied(&self, of: Option<Effects>, values: &[f64], centre: Centre) -> Vec<f64> {
        let Some(of) = of else {
            // These were projected before, when the panel was taken in.
            return residual(values, &self.factors).unwrap_or_else(|_| values.to_vec());
        };
        let factor = self.factor(of);
        let means = factor.means(values);
        let overall = if centre == Centre::OverallMean { mean(values) } else { 0.0 };
        factor.codes.iter().map(|code| means[*code] - overall).collect()
    }

    pub(super) fn form(&self, residuals: Residuals, of: Option<Effects>) -> Form {
        let applied = self.applied(of, &residuals.values, residuals.centre);
        Form { residuals, of, value: applied.iter().map(|value| value * value).sum() }
    }

    /// The factor of a component's variance in the form's expectation.
    pub(super) fn expectation(&self, form: &Form, component: Option<Effects>) -> f64 {
        let Residuals { x, instruments, centre, .. } = &form.residuals;
        let order = x.ncols();
        let direct = self.trace(form, component);
        if order == 0 {
            return direct;
        }
        let applied: Vec<Vec<f64>> =
            (0..order).map(|column| self.applied(form.of, &column_of(x, column), *centre)).collect();
        let applied = Mat::from_fn(self.rows, order, |row, column| applied[column][row]);
        let cross = instruments.transpose() * x;
        let inverse = cross.partial_piv_lu();
        let (left, right) = match component {
            None => (instruments.clone(), applied.clone()),
            Some(of) => (self.sums(of, instruments), self.sums(of, &applied)),
        };
        // B S AX, and X'AX B S B'
        let once = inverse.solve(&(left.transpose() * &right));
        let spread = inverse.solve(&(left.transpose() * &left));
        let spread = &spread * inverse.inverse().transpose();
        let weight = x.transpose() * &applied;
        let twice = &weight * &spread;
        direct - 2.0 * trace(&once) + trace(&twice)
    }

    /// tr(A S).
    fn trace(&self, form: &Form, component: Option<Effects>) -> f64 {
        let rows = self.rows as f64;
        let squares =
            |of: Effects| self.factor(of).counts().iter().map(|count| count * count).sum::<f64>() / rows;
        let Some(of) = form.of else {
            return if component.is_none() { rows - self.absorbed as f64 } else { 0.0 };
        };
        let groups = self.factor(of).levels() as f64;
        let (direct, overall) = match component {
            None => (groups, 1.0),
            Some(component) if component == of => (rows, squares(component)),
            // Each entity is observed at most once a time.
            Some(component) => (groups, squares(component)),
        };
        direct - if form.is_centred() { overall } else { 0.0 }
    }

    /// Sums of a matrix's columns over the levels of a factor.
    fn sums(&self, of: Effects, matrix: &Mat<f64>) -> Mat<f64> {
        let factor = self.factor(of);
        let columns: Vec<Vec<f64>> = (0..matrix.ncols())
            .map(|column| factor.sums((0..matrix.nrows()).map(|row| matrix[(row, column)])))
            .collect();
        Mat::from_fn(factor.levels(), matrix.ncols(), |level, column| columns[column][level])
    }
}

impl Residuals {
    pub(super) fn pooled(panel: &Panel) -> Result<Self, Reason> {
        let solution = solve(&panel.levels)?;
        let x = panel.levels.x.clone();
        Ok(Self { values: solution.residuals, instruments: x.clone(), x, centre: Centre::Nothing })
    }

    /// y - Xb with the within coefficients.
    pub(super) fn within(panel: &Panel) -> Result<Self, Reason> {
        let coefficients = panel.within_coefficients()?;
        let values: Vec<f64> = (0..panel.rows)
            .map(|row| panel.y[row] - panel.x.iter().zip(&coefficients).map(|(x, b)| x[row] * b).sum::<f64>())
            .collect();
        let overall = mean(&values);
        let x = Mat::from_fn(panel.rows, panel.kept.len(), |row, column| panel.x[panel.kept[column]][row]);
        Ok(Self {
            values: values.iter().map(|value| value - overall).collect(),
            x,
            instruments: panel.within.x.clone(),
            centre: Centre::OverallMean,
        })
    }

    /// y - Xb with the coefficients of the regression of means on means, each weighted by its rows.
    pub(super) fn between(panel: &Panel, of: Effects) -> Result<Self, Reason> {
        let Design { names, x, y, .. } = &panel.levels;
        let factor = panel.factor(of);
        let spread = |values: &[f64]| -> Vec<f64> {
            let means = factor.means(values);
            factor.codes.iter().map(|code| means[*code]).collect()
        };
        let columns: Vec<Vec<f64>> = (0..x.ncols()).map(|column| spread(&column_of(x, column))).collect();
        let means = Design {
            names: names.clone(),
            x: Mat::from_fn(panel.rows, x.ncols(), |row, column| columns[column][row]),
            y: spread(y),
            magnitudes: panel.levels.magnitudes.clone(),
            y_magnitude: panel.levels.y_magnitude,
        };
        let means = independent(means).0;
        check_groups(factor.levels(), of, means.names.len())?;
        let x = panel.levels.with_names(&means.names).x;
        let solution = solve(&means)?;
        let values = (0..panel.rows)
            .map(|row| {
                let fitted: f64 =
                    solution.coefficients.iter().enumerate().map(|(at, b)| x[(row, at)] * b).sum();
                y[row] - fitted
            })
            .collect();
        Ok(Self { values, x, instruments: means.x, centre: Centre::Nothing })
    }

    /// How many coefficients they are of.
    pub(super) fn parameters(&self) -> usize {
        self.x.ncols()
    }
}

/// The design without the columns that are combinations of others, and these. What the effects leave of regressors
/// can be collinear, and so can their means, where the regressors themselves aren't.
pub(super) fn independent(mut design: Design) -> (Design, Vec<String>) {
    let mut left_out = Vec::new();
    while !design.names.is_empty() {
        let Err(collinear) = LeastSquares::solve(&design) else { break };
        left_out.extend(collinear.into_iter().map(|one| one.column));
        let kept: Vec<String> =
            design.names.iter().filter(|name| !left_out.contains(name)).cloned().collect();
        design = design.with_names(&kept);
    }
    (design, left_out)
}

/// Refuses a within regression that leaves no degrees of freedom.
pub(super) fn check_within(observations: usize, absorbed: usize, slopes: usize) -> Result<(), Reason> {
    let parameters = absorbed + slopes;
    if observations > parameters {
        return Ok(());
    }
    let reason = Reason::NoResidualDegreesOfFreedom { observations, parameters };
    let what = "the regression within entities or times, of which the variances come".into();
    Err(Reason::Within { what, reason: Box::new(reason) })
}

pub(super) fn check_groups(groups: usize, of: Effects, parameters: usize) -> Result<(), Reason> {
    if groups <= parameters {
        let of = if of == Effects::Time { "times" } else { "entities" }.into();
        return Err(Reason::TooFewGroups { groups, of, parameters });
    }
    Ok(())
}

pub(super) fn solve(design: &Design) -> Result<LeastSquares, Reason> {
    LeastSquares::solve(design).map_err(|collinear| Reason::RankDeficient { collinear })
}

pub(super) fn column_of(matrix: &Mat<f64>, column: usize) -> Vec<f64> {
    (0..matrix.nrows()).map(|row| matrix[(row, column)]).collect()
}

fn trace(matrix: &Mat<f64>) -> f64 {
    (0..matrix.nrows()).map(|at| matrix[(at, at)]).sum()
}
