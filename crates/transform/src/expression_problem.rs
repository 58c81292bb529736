//! What is wrong with an expression, and where in it.

use std::fmt;

use sqlparser::tokenizer::Location;

use crate::suggestion::hint;

/// A place in an expression's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

impl Position {
    /// The first character.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// A place that the parser tells.
    pub(crate) fn of(location: Location) -> Self {
        // Line 0 stands for a part without a place.
        Self { line: location.line.max(1) as u32, column: location.column.max(1) as u32 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 1 {
            write!(formatter, "column {}", self.column)
        } else {
            write!(formatter, "line {}, column {}", self.line, self.column)
        }
    }
}

/// A fault of an expression.
#[derive(Debug, thiserror::Error)]
#[error("{}, {position}: {problem}", self.place())]
pub struct ExpressionError {
    /// The definition that the expression belongs to, where it is known.
    pub definition: Option<String>,
    /// The expression.
    pub expression: String,
    /// Where in it.
    pub position: Position,
    /// What.
    pub problem: ExpressionProblem,
}

impl ExpressionError {
    fn place(&self) -> String {
        const SHOWN: usize = 120;
        let mut text: String = self.expression.chars().take(SHOWN).collect();
        if text.len() < self.expression.len() {
            text.push_str(" ...");
        }
        match &self.definition {
            Some(definition) => format!("definition `{definition}`, `{text}`"),
            None => format!("expression `{text}`"),
        }
    }
}

/// What can be wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionProblem {
    /// There is nothing in it.
    #[error("the expression is empty; write what the column is, such as gdp / population")]
    Empty,
    /// It isn't an expression.
    #[error("{message}")]
    Syntax {
        /// What was found and what was expected.
        message: String,
    },
    /// It has too many words and signs.
    #[error("{words} words and signs are too many, {limit} are allowed; split it into several definitions")]
    TooLong {
        /// How many there are.
        words: usize,
        /// How many may be.
        limit: usize,
    },
    /// It is nested too deeply.
    #[error(
        "parentheses, functions or CASE are nested more than {limit} deep; split it into several definitions"
    )]
    TooDeep {
        /// How deep they may be nested.
        limit: usize,
    },
    /// SQL that can't be part of a column's definition.
    #[error("{what}: not supported; {instead}")]
    Unsupported {
        /// What.
        what: String,
        /// What to write.
        instead: String,
    },
    /// No column or parameter has the name.
    #[error("no column or parameter `{name}`{}", hint(suggestion.as_deref(), available))]
    UnknownName {
        /// The name.
        name: String,
        /// What there is.
        available: Vec<String>,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// No parameter has the name.
    #[error("no parameter `:{name}`{}", hint(suggestion.as_deref(), available))]
    UnknownParameter {
        /// The name, without its colon.
        name: String,
        /// What there is.
        available: Vec<String>,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// No function has the name.
    #[error("no function `{name}`{}", hint(suggestion.as_deref(), available))]
    UnknownFunction {
        /// The name.
        name: String,
        /// What there is.
        available: Vec<String>,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A function with too few or too many arguments.
    #[error("`{function}` has {found}; it takes {expected}")]
    Arguments {
        /// The function.
        function: String,
        /// What it takes ("1 argument", "1 or 2 arguments").
        expected: String,
        /// What it has.
        found: String,
    },
    /// Text where a number is needed, or the other way about.
    #[error("{message}")]
    Type {
        /// What is wrong.
        message: String,
    },
}

/// The result of reading or evaluating a part of an expression.
pub(crate) type Outcome<T> = std::result::Result<T, Box<ExpressionError>>;

impl ExpressionProblem {
    /// The problem at its place in an expression.
    pub(crate) fn at(self, position: Position, expression: &str) -> Box<ExpressionError> {
        Box::new(ExpressionError {
            definition: None,
            expression: expression.to_owned(),
            position,
            problem: self,
        })
    }
}
