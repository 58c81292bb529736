//! What becomes of columns that are combinations of others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of regressors that are combinations of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CollinearColumns {
    /// They are left out, the later ones in the equation's order, and reported: R's `lm`, plm, fixest,
    /// pyfixest, Stata.
    #[default]
    Drop,
    /// The equation isn't estimated; the reason names them (linearmodels).
    Refuse,
}
