//! Numbers with their addresses, and claims that rest on them.

use serde::Serialize;

/// A number of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NumberContent {
    /// Its address, as `vintner trace` takes it.
    pub address: String,
    /// The number, or all that its output says of it as JSON.
    pub value: String,
    /// Its standard error, of coefficients.
    pub std_error: Option<f64>,
    /// The branch and output that made it, and the operation.
    pub made_by: String,
    /// The operation.
    pub operation: String,
    /// The panel that it was computed from.
    pub panel: String,
    /// The variables.
    pub variables: Vec<String>,
    /// How many rows of the panel were used.
    pub rows: usize,
    /// How many raw cells are behind it.
    pub cells: usize,
    /// The raw files of these.
    pub files: Vec<String>,
}

/// Something that the paper concludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimContent {
    /// Its id.
    pub id: String,
    /// Where it stands in the paper.
    pub place: String,
    /// Its words.
    pub quote: String,
    /// The statements that it comes to.
    pub statements: Vec<String>,
    /// Whether it holds on the vintage: `holds`, `fails` or `open`.
    pub verdict: String,
    /// Why.
    pub because: Vec<String>,
    /// Whether it holds by the published tables, where there are any.
    pub published: Option<String>,
    /// The branch that held it against the data.
    pub branch: String,
}
