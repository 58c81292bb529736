//! The statements that claims are made of.

use crate::printed_number::PrintedNumber;

/// What is said of a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Above zero, whatever its significance.
    Positive,
    /// Below zero, whatever its significance.
    Negative,
    /// Significant, whatever its sign.
    Significant,
    /// Significant and above zero.
    PositiveSignificant,
    /// Significant and below zero.
    NegativeSignificant,
    /// Not significant.
    NotSignificant,
}

/// Of which rows something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of the row that is about the whole panel.
    Pooled,
    /// Of these units and no others.
    Exactly(Vec<String>),
    /// Of these units; of others nothing is said.
    In(Vec<String>),
    /// Of every unit save these, of which the opposite isn't said.
    EveryBut(Vec<String>),
    /// Of no unit.
    NoUnit,
}

/// A statement that data can bear out or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// The opposite.
    Not(Box<Statement>),
    /// About one regressor of one equation.
    Coefficient {
        /// What is said.
        effect: Effect,
        /// The regressor.
        regressor: String,
        /// The table of the equation.
        table: String,
        /// The level of significance; the loosest one that earns a star where absent.
        level: Option<f64>,
        /// The rows.
        scope: Scope,
    },
    /// Each of two variables is significant in the other's equation.
    Bidirectional {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// The level.
        level: Option<f64>,
        /// The rows.
        scope: Scope,
    },
    /// A variable Granger-causes another over the panel (Dumitrescu and Hurlin's Z-tilde).
    Granger {
        /// The cause.
        cause: String,
        /// The effect.
        effect: String,
        /// The level.
        level: Option<f64>,
    },
    /// Each of two variables Granger-causes the other.
    GrangerBidirectional {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// The level.
        level: Option<f64>,
    },
    /// A coefficient is larger in one unit than in another.
    Larger {
        /// The regressor.
        regressor: String,
        /// The table of the equation.
        table: String,
        /// The unit where it is larger.
        larger: String,
        /// The unit where it is smaller.
        smaller: String,
    },
    /// A coefficient has the value that the text gives it.
    Value {
        /// The regressor.
        regressor: String,
        /// The table of the equation.
        table: String,
        /// The unit; none is the pooled row.
        unit: Option<String>,
        /// The value as the text prints it.
        value: PrintedNumber,
    },
}

impl Statement {
    /// The units that it names.
    pub fn units(&self) -> Vec<&str> {
        match self {
            Self::Not(inner) => inner.units(),
            Self::Coefficient { scope, .. } | Self::Bidirectional { scope, .. } => match scope {
                Scope::Exactly(units) | Scope::In(units) | Scope::EveryBut(units) => {
                    units.iter().map(String::as_str).collect()
                }
                Scope::Pooled | Scope::NoUnit => Vec::new(),
            },
            Self::Larger { larger, smaller, .. } => vec![larger, smaller],
            Self::Value { unit, .. } => unit.iter().map(String::as_str).collect(),
            Self::Granger { .. } | Self::GrangerBidirectional { .. } => Vec::new(),
        }
    }
}
