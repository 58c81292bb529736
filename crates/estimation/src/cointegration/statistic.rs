//! A statistic of a test for cointegration.

use serde::{Deserialize, Serialize};

use crate::inference::TestOutcome;

/// The null hypothesis of all.
pub(crate) const NO_COINTEGRATION: &str = "no cointegration in any entity";

/// One of a test's statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CointegrationStatistic {
    /// What it is called among them: `DF rho*`, `panel v`.
    pub name: String,
    /// Before it is standardized, where that is a number of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<f64>,
    /// What came of it.
    pub outcome: TestOutcome,
}
