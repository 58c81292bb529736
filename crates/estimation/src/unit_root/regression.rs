//! Least squares on the rows of one series.

use faer::Mat;

use super::deterministic::Deterministic;
use crate::numerics::{Design, LeastSquares, NOTHING, norm};
use crate::outcome::Reason;

/// A named column.
pub(crate) type Column<'a> = (&'a str, Vec<f64>);

/// What least squares leaves.
pub(crate) struct Regression {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
    /// The diagonal of (X'X)^-1.
    pub(crate) bread: Vec<f64>,
    /// The sum of squared residuals.
    pub(crate) rss: f64,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// The norm of the dependent variable, or of what was there before it was differenced, whichever is larger: residuals
    /// that are small against it are rounding.
    scale: f64,
}

impl Regression {
    /// Regresses `y` on the columns, which may be none. `magnitude` is a norm of the data that `y` was made of, so
    /// that the rounding of that isn't taken for residuals.
    pub(crate) fn fit(y: &[f64], columns: &[Column<'_>], magnitude: f64) -> Result<Self, Reason> {
        let (rows, count) = (y.len(), columns.len());
        if rows < count || rows == 0 {
            return Err(Reason::TooFewObservations { observations: rows, parameters: count });
        }
        let scale = norm(y).max(magnitude);
        if norm(y) <= NOTHING * scale {
            return Err(Reason::ConstantSeries);
        }
        let (coefficients, residuals, bread) = if count == 0 {
            (Vec::new(), y.to_vec(), Vec::new())
        } else {
            let design = Design {
                names: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
                x: Mat::from_fn(rows, count, |row, column| columns[column].1[row]),
                y: y.to_vec(),
                magnitudes: columns.iter().map(|(_, values)| norm(values)).collect(),
                y_magnitude: scale,
            };
            let solved =
                LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
            let bread = (0..count).map(|column| solved.bread[(column, column)]).collect();
            (solved.coefficients, solved.residuals, bread)
        };
        let rss = residuals.iter().map(|residual| residual * residual).sum::<f64>();
        if !rss.is_finite() {
            return Err(Reason::NotFinite { what: "a sum of squares".into() });
        }
        Ok(Self { coefficients, residuals, bread, rss, rows, columns: count, scale })
    }

    /// The residual degrees of freedom.
    pub(crate) fn degrees_of_freedom(&self) -> usize {
        self.rows - self.columns
    }

    /// Whether the residuals are rounding and nothing else.
    pub(crate) fn is_perfect(&self) -> bool {
        self.rss.sqrt() <= 1e-13 * self.scale
    }

    /// The residual variance: by n, or with `dfcor` by n less the number of coefficients.
    pub(crate) fn variance(&self, dfcor: bool) -> Result<f64, Reason> {
        if self.degrees_of_freedom() == 0 {
            return Err(Reason::NoResidualDegreesOfFreedom {
                observations: self.rows,
                parameters: self.columns,
            });
        }
        if self.is_perfect() {
            return Err(Reason::PerfectFit);
        }
        Ok(self.rss / if dfcor { self.degrees_of_freedom() } else { self.rows } as f64)
    }

    /// The t statistic of one coefficient.
    pub(crate) fn t(&self, column: usize, dfcor: bool) -> Result<f64, Reason> {
        let statistic = self.coefficients[column] / (self.variance(dfcor)? * self.bread[column]).sqrt();
        if statistic.is_finite() {
            Ok(statistic)
        } else {
            Err(Reason::NotFinite { what: "a t statistic".into() })
        }
    }
}

/// The dependent variable and the columns of the regression: the lagged level first, then the lagged differences, then
/// the deterministic terms. The first `skip + 1` values serve as lags; `skip` is at least `lags`.
pub(crate) fn augmented_columns(
    values: &[f64],
    deterministic: Deterministic,
    lags: usize,
    skip: usize,
) -> Result<(Vec<f64>, Vec<Column<'static>>), Reason> {
    let parameters = 1 + lags + deterministic.count();
    let (first, last) = (skip.max(lags) + 1, values.len());
    if last <= first {
        return Err(Reason::TooFewObservations { observations: 0, parameters });
    }
    let difference = |row: usize| values[row] - values[row - 1];
    let y = (first..last).map(difference).collect();
    let mut columns: Vec<Column<'static>> = vec![("lagged level", values[first - 1..last - 1].to_vec())];
    for lag in 1..=lags {
        columns.push(("lagged difference", (first..last).map(|row| difference(row - lag)).collect()));
    }
    columns.extend(deterministic.columns(first, last));
    Ok((y, columns))
}
