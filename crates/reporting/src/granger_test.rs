//! Tests of Granger causality, as the report takes them.

use serde::{Deserialize, Serialize};

/// One test of whether the past of `cause` helps to foretell `effect`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrangerTest {
    /// The unit's id; absent for a test of the whole panel.
    pub unit: Option<String>,
    /// The variable that may cause.
    pub cause: String,
    /// The variable that may be caused.
    pub effect: String,
    /// Lags of both.
    pub lags: usize,
    /// What came of it.
    pub outcome: GrangerOutcome,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrangerOutcome {
    /// The F test of one unit (Granger 1969).
    FTest {
        /// F.
        statistic: f64,
        /// Degrees of freedom of the numerator: the lags left out.
        df_num: usize,
        /// Residual degrees of freedom.
        df_den: usize,
        /// From the F distribution.
        p_value: f64,
    },
    /// The panel test of Dumitrescu and Hurlin (2012).
    DumitrescuHurlin {
        /// Units that entered.
        units: usize,
        /// The mean of the units' Wald statistics.
        w_bar: f64,
        /// Standardised for long series (their equation 9).
        z_bar: f64,
        /// Two-sided, of `z_bar`.
        z_bar_p_value: f64,
        /// Standardised for short series (their equation 28), where the series are long enough for it.
        z_tilde: Option<f64>,
        /// Two-sided, of `z_tilde`.
        z_tilde_p_value: Option<f64>,
    },
    /// None.
    NotEstimable {
        /// Why.
        reason: String,
    },
}
