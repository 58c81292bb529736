//! A line of a table of tests.

use serde::{Deserialize, Serialize};

use super::disguised::Disguise;
use super::measure::Measure;
use super::panel_shape::Variation;
use super::specification_test::SpecificationTest;
use crate::inference::HypothesisTest;
use crate::outcome::Reason;

/// What a test comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Finding {
    /// A test with a p-value.
    Test(HypothesisTest),
    /// A number without.
    Measure(Measure),
    /// Along which dimension a variable varies.
    Variation(Variation),
    /// What a regressor is in disguise.
    Disguise(Disguise),
    /// None, for a reason.
    NotTestable {
        /// What the test would have been called.
        #[serde(default)]
        name: String,
        /// Why.
        reason: Reason,
    },
}

/// One line of a table of tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The test as it was asked for.
    pub key: String,
    /// The test with all its options, as a pipeline would write it; absent where an older version wrote the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<SpecificationTest>,
    /// The variable or regressor that it is about, where it isn't about the whole equation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it comes to.
    #[serde(flatten)]
    pub finding: Finding,
    /// Entities that the test had to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}
