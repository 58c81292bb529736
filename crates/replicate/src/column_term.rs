//! A term of an equation that is made of columns row by row, such as `log(price)`.

use vintner_estimation::TermExpression;

/// A term that is made of columns row by row.
#[derive(Debug, Clone)]
pub(crate) struct ColumnTerm(pub(crate) TermExpression);
