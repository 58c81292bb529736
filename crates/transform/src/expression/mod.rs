//! Derived columns written as text: `gdp / population * 10000`, `ln(EG)`,
//! `deflator / max(CASE WHEN year = 2008 THEN deflator END) OVER (PARTITION BY city)`.
//!
//! The grammar is SQL's, read by `sqlparser` and lowered to a tree of our own that holds only what
//! a column of numbers can be made of. Where SQL would surprise, we differ:
//!
//! - every number is a float: `1 / 2` is 0.5, not 0;
//! - `^` is the power, and binds as in mathematics: `-x ^ 2` is `-(x ^ 2)`;
//! - a CASE whose condition is missing is missing, and doesn't fall through to ELSE, which would
//!   fill a missing value in silently;
//! - `least` and `greatest` of a missing value are missing;
//! - a result that isn't finite is missing, with its reason;
//! - `lag`, `lead` and `diff` go by the year (the quarter, the month) and not by the row, within the
//!   entity, and need no OVER;
//! - texts are ordered by their characters' code points, and the time column of a panel of quarters is
//!   text: `time >= '1990Q1'`;
//! - `a < b < c` and comments are refused: they read as one thing and mean another.
//!
//! As in SQL, aggregates pass over missing values; conditions are the numbers 1 and 0, and any
//! number but 0 is true. Names of columns are case-sensitive, names of functions aren't.

mod environment;
mod evaluate;
mod functions;
mod lower;
mod node;
mod parse;
mod print;
mod window;

use std::collections::BTreeSet;
use std::fmt;

pub(crate) use environment::{Environment, Values};
pub use functions::{Aggregate, ScalarFunction, TimeFunction, function_names};
pub use node::{Node, Operator, WindowNode};

use crate::error::Result;

/// Which rows' values an expression may read for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The row's own alone.
    Row,
    /// Those of its entity: lags, leads, differences.
    Entity,
    /// Those of the panel: aggregates over a window.
    Panel,
}

/// An expression that was read.
///
/// [`fmt::Display`] writes it in a canonical form that reads back as the same expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    node: Node,
}

impl Expression {
    /// The expression that `text` writes.
    ///
    /// # Errors
    /// [`crate::TransformError::Expression`]: the text isn't an expression, is too long or nested too deeply,
    /// or uses what isn't supported.
    pub fn parse(text: &str) -> Result<Self> {
        let node = parse::parse(text)?;
        Ok(Self { text: text.to_owned(), node })
    }

    /// The tree that it was read into, for those who write it in another language.
    pub fn tree(&self) -> &Node {
        &self.node
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that the expression reads: columns (also the entity and time columns) and those
    /// parameters that are written without a colon, which look the same.
    pub fn reads(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.node.visit(&mut |node| {
            if let Node::Name { name, .. } = node {
                names.insert(name.clone());
            }
        });
        names
    }

    /// The parameters written with a colon (`:base_year`), without it.
    pub fn parameters(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.node.visit(&mut |node| {
            if let Node::Parameter { name, .. } = node {
                names.insert(name.clone());
            }
        });
        names
    }

    /// Which rows' values it may read for a row.
    pub fn reach(&self) -> Reach {
        let mut reach = Reach::Row;
        self.node.visit(&mut |node| {
            let own = match node {
                Node::Time { .. } => Reach::Entity,
                // What else a window is partitioned by isn't looked at: the panel has it.
                Node::Window(_) => Reach::Panel,
                _ => Reach::Row,
            };
            reach = reach.max(own);
        });
        reach
    }

    /// Whether its value for a row depends on rows of other entities: it has a window that isn't within an entity, the
    /// values of the column `entity`.
    pub fn crosses(&self, entity: &str) -> bool {
        let mut crosses = false;
        self.node.visit(&mut |node| {
            if let Node::Window(window) = node {
                let within = |part: &Node| matches!(part, Node::Name { name, .. } if name == entity);
                crosses |= !window.partition.iter().any(within);
            }
        });
        crosses
    }

    /// The expression's value for each row.
    pub(crate) fn evaluate(&self, environment: &Environment) -> Result<Values> {
        Ok(evaluate::evaluate(&self.node, &self.text, environment)?)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(formatter)
    }
}

/// The names that the expression in `text` reads; see [`Expression::reads`].
///
/// # Errors
/// As [`Expression::parse`].
pub fn reads(text: &str) -> Result<BTreeSet<String>> {
    Ok(Expression::parse(text)?.reads())
}
