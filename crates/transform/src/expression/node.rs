//! The tree of an expression.

use super::functions::{Aggregate, ScalarFunction, TimeFunction};
use crate::expression_problem::Position;

/// One part of an expression with all that it is made of.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A number; TRUE is 1 and FALSE is 0.
    Number(f64),
    /// Text to compare a column of text with.
    Text { text: String, position: Position },
    /// NULL.
    Null,
    /// A column, or a parameter without its colon.
    Name { name: String, position: Position },
    /// A parameter with its colon.
    Parameter { name: String, position: Position },
    /// -x.
    Negate(Box<Node>),
    /// NOT x.
    Not(Box<Node>),
    /// x operator y.
    Binary { operator: Operator, left: Box<Node>, right: Box<Node> },
    /// x IS [NOT] NULL.
    IsNull { operand: Box<Node>, negated: bool },
    /// x [NOT] BETWEEN low AND high.
    Between { operand: Box<Node>, low: Box<Node>, high: Box<Node>, negated: bool },
    /// x [NOT] IN (list).
    In { operand: Box<Node>, list: Vec<Node>, negated: bool },
    /// CASE [operand] WHEN .. THEN .. [ELSE otherwise] END.
    Case { operand: Option<Box<Node>>, branches: Vec<(Node, Node)>, otherwise: Option<Box<Node>> },
    /// A function of the row's own values.
    Scalar { function: ScalarFunction, arguments: Vec<Node> },
    /// A value of another year of the entity.
    Time { function: TimeFunction, argument: Box<Node>, periods: Option<Box<Node>>, position: Position },
    /// An aggregate over a window.
    Window(Box<WindowNode>),
}

/// An aggregate over a window.
#[derive(Debug, Clone)]
pub(crate) struct WindowNode {
    pub(crate) aggregate: Aggregate,
    /// `None` for count(*).
    pub(crate) argument: Option<Node>,
    /// Only rows for which this holds.
    pub(crate) filter: Option<Node>,
    pub(crate) partition: Vec<Node>,
    /// The time column, where the window runs from the first year to the row's own.
    pub(crate) order: Option<Node>,
    /// From the last year to the row's own instead.
    pub(crate) descending: bool,
    pub(crate) position: Position,
}

/// A sign between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

impl Operator {
    /// As it is written.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::And => "AND",
            Self::Or => "OR",
        }
    }

    /// Whether it compares.
    pub(crate) fn compares(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessOrEqual
                | Self::Greater
                | Self::GreaterOrEqual
        )
    }
}

impl Node {
    /// Shows `see` this node and all below it.
    pub(crate) fn visit(&self, see: &mut impl FnMut(&Self)) {
        see(self);
        match self {
            Self::Number(_) | Self::Text { .. } | Self::Null | Self::Name { .. } | Self::Parameter { .. } => {
            }
            Self::Negate(operand) | Self::Not(operand) | Self::IsNull { operand, .. } => operand.visit(see),
            Self::Binary { left, right, .. } => {
                left.visit(see);
                right.visit(see);
            }
            Self::Between { operand, low, high, .. } => {
                for node in [operand, low, high] {
                    node.visit(see);
                }
            }
            Self::In { operand, list, .. } => {
                operand.visit(see);
                list.iter().for_each(|node| node.visit(see));
            }
            Self::Case { operand, branches, otherwise } => {
                operand.iter().for_each(|node| node.visit(see));
                for (condition, result) in branches {
                    condition.visit(see);
                    result.visit(see);
                }
                otherwise.iter().for_each(|node| node.visit(see));
            }
            Self::Scalar { arguments, .. } => arguments.iter().for_each(|node| node.visit(see)),
            Self::Time { argument, periods, .. } => {
                argument.visit(see);
                periods.iter().for_each(|node| node.visit(see));
            }
            Self::Window(window) => {
                window.argument.iter().for_each(|node| node.visit(see));
                window.filter.iter().for_each(|node| node.visit(see));
                window.partition.iter().for_each(|node| node.visit(see));
                window.order.iter().for_each(|node| node.visit(see));
            }
        }
    }
}
