//! The tree of an expression.

use super::functions::{Aggregate, ScalarFunction, TimeFunction};
use crate::expression_problem::Position;

/// One part of an expression with all that it is made of.
#[derive(Debug, Clone)]
pub enum Node {
    /// A number; TRUE is 1 and FALSE is 0.
    Number(f64),
    /// Text to compare a column of text with.
    Text {
        /// The text.
        text: String,
        /// Where it stands.
        position: Position,
    },
    /// NULL.
    Null,
    /// A column, or a parameter without its colon.
    Name {
        /// Its name.
        name: String,
        /// Where it stands.
        position: Position,
    },
    /// A parameter with its colon.
    Parameter {
        /// Its name.
        name: String,
        /// Where it stands.
        position: Position,
    },
    /// -x.
    Negate(Box<Node>),
    /// NOT x.
    Not(Box<Node>),
    /// x operator y.
    Binary {
        /// What is done.
        operator: Operator,
        /// x.
        left: Box<Node>,
        /// y.
        right: Box<Node>,
    },
    /// `x IS [NOT] NULL`.
    IsNull {
        /// x.
        operand: Box<Node>,
        /// Whether NOT stands there.
        negated: bool,
    },
    /// `x [NOT] BETWEEN low AND high`.
    Between {
        /// x.
        operand: Box<Node>,
        /// The lower end, included.
        low: Box<Node>,
        /// The upper end, included.
        high: Box<Node>,
        /// Whether NOT stands there.
        negated: bool,
    },
    /// `x [NOT] IN (list)`.
    In {
        /// x.
        operand: Box<Node>,
        /// The list.
        list: Vec<Node>,
        /// Whether NOT stands there.
        negated: bool,
    },
    /// `CASE [operand] WHEN .. THEN .. [ELSE otherwise] END`.
    Case {
        /// What conditions are compared with, where it stands before WHEN.
        operand: Option<Box<Node>>,
        /// Conditions and results.
        branches: Vec<(Node, Node)>,
        /// The result where no condition holds.
        otherwise: Option<Box<Node>>,
    },
    /// A function of the row's own values.
    Scalar {
        /// The function.
        function: ScalarFunction,
        /// Its arguments.
        arguments: Vec<Node>,
    },
    /// A value of another year of the entity.
    Time {
        /// The function.
        function: TimeFunction,
        /// What it is taken of.
        argument: Box<Node>,
        /// How many periods; one where nothing is said.
        periods: Option<Box<Node>>,
        /// Where it stands.
        position: Position,
    },
    /// An aggregate over a window.
    Window(Box<WindowNode>),
}

/// An aggregate over a window.
#[derive(Debug, Clone)]
pub struct WindowNode {
    /// What is made of the rows.
    pub aggregate: Aggregate,
    /// `None` for count(*).
    pub argument: Option<Node>,
    /// Only rows for which this holds.
    pub filter: Option<Node>,
    /// The rows that share the values of these; all of them where there are none.
    pub partition: Vec<Node>,
    /// The time column, where the window runs from the first year to the row's own.
    pub order: Option<Node>,
    /// From the last year to the row's own instead.
    pub descending: bool,
    /// Where it stands.
    pub position: Position,
}

/// A sign between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// +.
    Add,
    /// -.
    Subtract,
    /// *.
    Multiply,
    /// /.
    Divide,
    /// %.
    Remainder,
    /// ^.
    Power,
    /// =.
    Equal,
    /// <>.
    NotEqual,
    /// <.
    Less,
    /// <=.
    LessOrEqual,
    /// >.
    Greater,
    /// >=.
    GreaterOrEqual,
    /// AND.
    And,
    /// OR.
    Or,
}

impl Operator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
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
