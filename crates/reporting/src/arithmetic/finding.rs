//! What was checked, and what can't be.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// A rule of arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// t (or z) is the coefficient over its standard error.
    Statistic,
    /// p follows from t and its degrees of freedom.
    PValue,
    /// Stars follow from p.
    Stars,
    /// The interval lies around the coefficient, as wide as the standard error says.
    Interval,
    /// Adjusted R2 follows from R2, n and the degrees of freedom.
    AdjustedRSquared,
    /// F follows from R2, n and the degrees of freedom.
    F,
    /// Observations are the sum of those of parts.
    Parts,
    /// A mean of whole numbers is a whole number over n (Brown and Heathers 2017, GRIM).
    Mean,
    /// So it is with their standard deviation (Anaya 2016, GRIMMER).
    Deviation,
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Statistic => "t = b/se",
            Self::PValue => "p of t",
            Self::Stars => "stars of p",
            Self::Interval => "interval of b and se",
            Self::AdjustedRSquared => "adjusted R2",
            Self::F => "F of R2",
            Self::Parts => "n of parts",
            Self::Mean => "mean of whole numbers (GRIM)",
            Self::Deviation => "deviation of whole numbers (GRIMMER)",
        })
    }
}

/// A printed number that the others rule out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArithmeticFault {
    /// Its line in the file.
    pub line: u64,
    /// The table; empty where there is one.
    pub table: String,
    /// The column of the table.
    pub model: String,
    /// The coefficient; empty for the model.
    pub term: String,
    /// The number, by our name for it.
    pub column: String,
    /// Which rule it breaks.
    pub rule: Rule,
    /// What is printed and what the others allow, as a sentence.
    pub message: String,
}

/// The outcome for some tables.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Arithmetic {
    /// How often each rule could be asked.
    pub checked: BTreeMap<Rule, usize>,
    /// What can't be, in the order of the file.
    pub faults: Vec<ArithmeticFault>,
}
