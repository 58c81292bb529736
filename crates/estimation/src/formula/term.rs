//! The terms of an equation, and what they are called.

use std::collections::BTreeSet;
use std::fmt;

/// A number made of columns, row by row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A column.
    Column(String),
    /// A number.
    Number(f64),
    /// A function of one.
    Function(Function, Box<Expression>),
    /// Two with `+`, `-`, `*`, `/` or `^` between them.
    Binary(char, Box<Expression>, Box<Expression>),
    /// So many times before; below zero, after.
    Lag(i32, Box<Expression>),
    /// What it is more than it was so many times before; below zero, than it will be.
    Difference(i32, Box<Expression>),
}

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Natural logarithm.
    Log,
    /// Exponential.
    Exp,
    /// Square root.
    Sqrt,
    /// Absolute value.
    Abs,
    /// Logarithm to base 2.
    Log2,
    /// Logarithm to base 10.
    Log10,
    /// Natural logarithm of one and the number.
    Log1p,
}

impl Function {
    pub(super) const ALL: [Self; 7] =
        [Self::Log, Self::Exp, Self::Sqrt, Self::Abs, Self::Log2, Self::Log10, Self::Log1p];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Exp => "exp",
            Self::Sqrt => "sqrt",
            Self::Abs => "abs",
            Self::Log2 => "log2",
            Self::Log10 => "log10",
            Self::Log1p => "log1p",
        }
    }

    pub(super) fn of(self, value: f64) -> f64 {
        match self {
            Self::Log => value.ln(),
            Self::Exp => value.exp(),
            Self::Sqrt => value.sqrt(),
            Self::Abs => value.abs(),
            Self::Log2 => value.log2(),
            Self::Log10 => value.log10(),
            Self::Log1p => value.ln_1p(),
        }
    }
}

/// What a term multiplies.
#[derive(Debug, Clone, PartialEq)]
pub enum Factor {
    /// A number.
    Of(Expression),
    /// Dummy variables of a column's values, without those of the references: fixest's `i()`.
    Levels {
        /// The column.
        column: String,
        /// The values without one.
        references: Vec<String>,
    },
}

/// A product of factors.
pub type Term = Vec<Factor>;

impl Expression {
    /// The columns that it reads.
    pub(super) fn reads(&self, into: &mut Vec<String>) {
        match self {
            Self::Column(name) if into.contains(name) => {}
            Self::Column(name) => into.push(name.clone()),
            Self::Number(_) => {}
            Self::Function(_, of) | Self::Lag(_, of) | Self::Difference(_, of) => of.reads(into),
            Self::Binary(_, one, other) => {
                one.reads(into);
                other.reads(into);
            }
        }
    }

    /// How many times before or after a row's own it reads columns, seen from a row that is so many away.
    pub(super) fn times_read(&self, away: i32, into: &mut BTreeSet<i32>) {
        match self {
            Self::Column(_) => {
                into.insert(away);
            }
            Self::Number(_) => {}
            Self::Function(_, of) => of.times_read(away, into),
            Self::Lag(lag, of) => of.times_read(away.saturating_sub(*lag), into),
            Self::Difference(order, of) => {
                of.times_read(away, into);
                of.times_read(away.saturating_sub(*order), into);
            }
            Self::Binary(_, one, other) => {
                one.times_read(away, into);
                other.times_read(away, into);
            }
        }
    }

    /// As it stands inside of `I()`.
    fn bare(&self) -> String {
        let part = |of: &Self, tight: bool| match of {
            Self::Binary(sign, ..) if tight || "+-".contains(*sign) => format!("({})", of.bare()),
            other => other.bare(),
        };
        match self {
            Self::Binary('^', one, other) => format!("{}^{}", part(one, true), part(other, true)),
            Self::Binary(sign @ ('*' | '/'), one, other) => {
                format!("{} {sign} {}", part(one, false), part(other, *sign == '/'))
            }
            Self::Binary(sign, one, other) => format!("{} {sign} {}", one.bare(), part(other, *sign == '-')),
            other => other.to_string(),
        }
    }
}

/// As fixest names a coefficient.
impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => formatter.write_str(name),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Function(function, of) => write!(formatter, "{}({})", function.name(), of.bare()),
            Self::Binary(..) => write!(formatter, "I({})", self.bare()),
            Self::Lag(lag, of) if *lag < 0 => write!(formatter, "f({}, {})", of.bare(), -lag),
            Self::Lag(lag, of) => write!(formatter, "l({}, {lag})", of.bare()),
            Self::Difference(1, of) => write!(formatter, "d({})", of.bare()),
            Self::Difference(order, of) => write!(formatter, "d({}, {order})", of.bare()),
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(expression) => expression.fmt(formatter),
            Self::Levels { column, .. } => formatter.write_str(column),
        }
    }
}

/// What a product is called.
pub(super) fn name(term: &Term) -> String {
    term.iter().map(ToString::to_string).collect::<Vec<_>>().join(":")
}

/// The columns that a product reads.
pub(super) fn reads(term: &Term, into: &mut Vec<String>) {
    for factor in term {
        match factor {
            Factor::Of(expression) => expression.reads(into),
            Factor::Levels { column, .. } => Expression::Column(column.clone()).reads(into),
        }
    }
}
