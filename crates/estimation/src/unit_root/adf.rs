//! The augmented Dickey-Fuller test of one series.
//!
//! D y_t = rho y_{t-1} + sum_{j=1..p} c_j D y_{t-j} + deterministic terms + e_t, by least squares. The statistic is
//! rho's t; its p-value is MacKinnon's ([`PValues`]). With `dfcor` the residual variance divides by the degrees of
//! freedom (urca `ur.df`, statsmodels `adfuller`, gretl, plm `dfcor = TRUE`), without it by n (DIFFERENCE: plm's
//! `purtest` by default).
//!
//! The joint statistics are Dickey and Fuller's (1981) F: phi1 of rho and the intercept, phi2 of rho, intercept and
//! trend, phi3 of rho and trend, always by degrees of freedom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deterministic::Deterministic;
use super::lags::Lags;
use super::mackinnon::{GivenTables, PValues};
use super::regression::{Column, Regression, augmented_columns};
use crate::numerics::norm;
use crate::outcome::Reason;

/// How the test is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdfOptions {
    /// Deterministic terms.
    pub deterministic: Deterministic,
    /// Lagged differences.
    pub lags: Lags,
    /// Whether the residual variance divides by the degrees of freedom, or by n.
    pub dfcor: bool,
    /// Whose p-values.
    pub p_values: PValues,
    /// MacKinnon's (1996) tables, where the p-values are of them.
    #[serde(skip)]
    pub tables: GivenTables,
}

impl Default for AdfOptions {
    fn default() -> Self {
        Self {
            deterministic: Deterministic::default(),
            lags: Lags::default(),
            dfcor: true,
            p_values: PValues::default(),
            tables: None,
        }
    }
}

/// The test of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdfTest {
    /// Lagged differences.
    pub lags: usize,
    /// The length of the series.
    pub periods: usize,
    /// Rows of the regression.
    pub observations: usize,
    /// rho, the coefficient of the lagged level.
    pub coefficient: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Its t statistic.
    pub statistic: f64,
    /// The probability of a smaller one under a unit root.
    pub p_value: f64,
    /// MacKinnon's (2010) critical values at 1, 5 and 10% for these observations.
    pub critical_values: [f64; 3],
    /// The residual standard deviation.
    pub sigma: f64,
    /// Dickey and Fuller's F statistics.
    pub joint: Vec<JointStatistic>,
}

/// An F statistic of Dickey and Fuller (1981).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointStatistic {
    /// `phi1`, `phi2` or `phi3`.
    pub name: String,
    /// The statistic.
    pub statistic: f64,
    /// Critical values at 1, 5 and 10%: Dickey and Fuller (1981, tables IV to VI).
    pub critical_values: [f64; 3],
}

/// Tests a series, given in order of time without holes, for a unit root.
///
/// # Errors
/// Where the series is too short for the regression or leaves no residuals, and where p-values need tables that aren't given.
pub fn adf(values: &[f64], options: &AdfOptions) -> Result<AdfTest, Reason> {
    adf_of("", values, options)
}

/// The same for an entity, whose name picks its number of lags where these are given per entity.
pub(crate) fn adf_of(entity: &str, values: &[f64], options: &AdfOptions) -> Result<AdfTest, Reason> {
    let deterministic = options.deterministic;
    let lags = options.lags.of(entity, values, deterministic, options.dfcor)?;
    let (y, columns) = augmented_columns(values, deterministic, lags, lags)?;
    let magnitude = norm(values);
    let fit = Regression::fit(&y, &columns, magnitude)?;
    let variance = fit.variance(options.dfcor)?;
    let statistic = fit.t(0, options.dfcor)?;
    let mut joint = Vec::new();
    for (name, restrictions, kept) in restricted(deterministic) {
        let rest: Vec<Column<'_>> = columns[1..]
            .iter()
            .filter(|(column, _)| *column == "lagged difference" || kept.contains(column))
            .cloned()
            .collect();
        let rss = Regression::fit(&y, &rest, magnitude)?.rss;
        joint.push(JointStatistic {
            name: (*name).to_owned(),
            statistic: (rss - fit.rss) / *restrictions as f64 / fit.variance(true)?,
            critical_values: phi_critical_values(name, values.len() - 1),
        });
    }
    Ok(AdfTest {
        lags,
        periods: values.len(),
        observations: fit.rows,
        coefficient: fit.coefficients[0],
        std_error: (variance * fit.bread[0]).sqrt(),
        statistic,
        p_value: options.p_values.p_value(statistic, deterministic, fit.rows, options.tables.as_deref())?,
        critical_values: super::mackinnon::critical_values_2010(deterministic, fit.rows),
        sigma: variance.sqrt(),
        joint,
    })
}

/// The joint hypotheses: name, number of restrictions, deterministic terms that stay.
fn restricted(deterministic: Deterministic) -> &'static [(&'static str, usize, &'static [&'static str])] {
    match deterministic {
        Deterministic::None => &[],
        Deterministic::Intercept => &[("phi1", 2, &[])],
        Deterministic::Trend => &[("phi2", 3, &[]), ("phi3", 2, &["intercept"])],
    }
}

/// The row of Dickey and Fuller's tables for so many differences, as urca picks it.
fn table_row(differences: usize) -> usize {
    [25, 50, 100, 250, 500].iter().take_while(|bound| differences >= **bound).count()
}

fn phi_critical_values(name: &str, differences: usize) -> [f64; 3] {
    const PHI: [[[f64; 3]; 6]; 3] = [
        [
            [7.88, 5.18, 4.12],
            [7.06, 4.86, 3.94],
            [6.7, 4.71, 3.86],
            [6.52, 4.63, 3.81],
            [6.47, 4.61, 3.79],
            [6.43, 4.59, 3.78],
        ],
        [
            [8.21, 5.68, 4.67],
            [7.02, 5.13, 4.31],
            [6.5, 4.88, 4.16],
            [6.22, 4.75, 4.07],
            [6.15, 4.71, 4.05],
            [6.09, 4.68, 4.03],
        ],
        [
            [10.61, 7.24, 5.91],
            [9.31, 6.73, 5.61],
            [8.73, 6.49, 5.47],
            [8.43, 6.49, 5.47],
            [8.34, 6.3, 5.36],
            [8.27, 6.25, 5.34],
        ],
    ];
    let table = match name {
        "phi1" => 0,
        "phi2" => 1,
        _ => 2,
    };
    PHI[table][table_row(differences)]
}

/// Fuller's (1976, table 8.5.2) critical values of the t statistic at 1, 5 and 10% for a series with so many
/// differences, rounded up to the next size of his table as urca's `ur.df` does.
pub fn fuller_critical_values(deterministic: Deterministic, differences: usize) -> [f64; 3] {
    const TAU: [[[f64; 3]; 6]; 3] = [
        [
            [-2.66, -1.95, -1.6],
            [-2.62, -1.95, -1.61],
            [-2.6, -1.95, -1.61],
            [-2.58, -1.95, -1.62],
            [-2.58, -1.95, -1.62],
            [-2.58, -1.95, -1.62],
        ],
        [
            [-3.75, -3.0, -2.63],
            [-3.58, -2.93, -2.6],
            [-3.51, -2.89, -2.58],
            [-3.46, -2.88, -2.57],
            [-3.44, -2.87, -2.57],
            [-3.43, -2.86, -2.57],
        ],
        [
            [-4.38, -3.6, -3.24],
            [-4.15, -3.5, -3.18],
            [-4.04, -3.45, -3.15],
            [-3.99, -3.43, -3.13],
            [-3.98, -3.42, -3.13],
            [-3.96, -3.41, -3.12],
        ],
    ];
    let table = match deterministic {
        Deterministic::None => 0,
        Deterministic::Intercept => 1,
        Deterministic::Trend => 2,
    };
    TAU[table][table_row(differences)]
}
