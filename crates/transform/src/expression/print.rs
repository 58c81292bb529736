//! An expression in canonical form: as few parentheses as it can be read back with.

use std::fmt;

use sqlparser::keywords::ALL_KEYWORDS;

use super::functions::Function;
use super::node::{Node, Operator};
use super::parse::is_name_character;

/// How tightly a node's own sign binds; a looser part of it needs parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Is,
    Comparison,
    Sum,
    Product,
    Sign,
    Power,
    Whole,
}

impl Node {
    fn binding(&self) -> Binding {
        match self {
            Self::Binary { operator, .. } => match operator {
                Operator::Or => Binding::Or,
                Operator::And => Binding::And,
                Operator::Add | Operator::Subtract => Binding::Sum,
                Operator::Multiply | Operator::Divide | Operator::Remainder => Binding::Product,
                Operator::Power => Binding::Power,
                _ => Binding::Comparison,
            },
            Self::Not(_) => Binding::Not,
            Self::IsNull { .. } => Binding::Is,
            Self::Between { .. } | Self::In { .. } => Binding::Comparison,
            Self::Negate(_) => Binding::Sign,
            _ => Binding::Whole,
        }
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, least: Binding) -> fmt::Result {
        if self.binding() < least { write!(formatter, "({self})") } else { write!(formatter, "{self}") }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number:?}"),
            Self::Text { text, .. } => write!(formatter, "'{}'", text.replace('\'', "''")),
            Self::Null => formatter.write_str("NULL"),
            Self::Name { name, .. } => write_name(formatter, name),
            Self::Parameter { name, .. } => write!(formatter, ":{name}"),
            Self::Negate(operand) => {
                formatter.write_str("-")?;
                operand.write(formatter, Binding::Power)
            }
            Self::Not(operand) => {
                formatter.write_str("NOT ")?;
                operand.write(formatter, Binding::Not)
            }
            Self::Binary { operator, left, right } => {
                let (least_left, least_right) = match self.binding() {
                    Binding::Or => (Binding::Or, Binding::And),
                    Binding::And => (Binding::And, Binding::Not),
                    Binding::Sum => (Binding::Sum, Binding::Product),
                    Binding::Product => (Binding::Product, Binding::Sign),
                    Binding::Power => (Binding::Whole, Binding::Whole),
                    _ => (Binding::Sum, Binding::Sum),
                };
                left.write(formatter, least_left)?;
                write!(formatter, " {} ", operator.sign())?;
                right.write(formatter, least_right)
            }
            Self::IsNull { operand, negated } => {
                operand.write(formatter, Binding::Sum)?;
                formatter.write_str(if *negated { " IS NOT NULL" } else { " IS NULL" })
            }
            Self::Between { operand, low, high, negated } => {
                operand.write(formatter, Binding::Sum)?;
                formatter.write_str(if *negated { " NOT BETWEEN " } else { " BETWEEN " })?;
                low.write(formatter, Binding::Sum)?;
                formatter.write_str(" AND ")?;
                high.write(formatter, Binding::Sum)
            }
            Self::In { operand, list, negated } => {
                operand.write(formatter, Binding::Sum)?;
                formatter.write_str(if *negated { " NOT IN (" } else { " IN (" })?;
                write_list(formatter, list)?;
                formatter.write_str(")")
            }
            Self::Case { operand, branches, otherwise } => {
                formatter.write_str("CASE")?;
                if let Some(operand) = operand {
                    write!(formatter, " {operand}")?;
                }
                for (condition, result) in branches {
                    write!(formatter, " WHEN {condition} THEN {result}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(formatter, " ELSE {otherwise}")?;
                }
                formatter.write_str(" END")
            }
            Self::Scalar { function, arguments } => {
                write!(formatter, "{}(", Function::Scalar(*function).name())?;
                write_list(formatter, arguments)?;
                formatter.write_str(")")
            }
            Self::Time { function, argument, periods, .. } => {
                write!(formatter, "{}({argument}", Function::Time(*function).name())?;
                if let Some(periods) = periods {
                    write!(formatter, ", {periods}")?;
                }
                formatter.write_str(")")
            }
            Self::Window(window) => {
                write!(formatter, "{}(", Function::Aggregate(window.aggregate).name())?;
                match &window.argument {
                    Some(argument) => write!(formatter, "{argument})")?,
                    None => formatter.write_str("*)")?,
                }
                if let Some(filter) = &window.filter {
                    write!(formatter, " FILTER (WHERE {filter})")?;
                }
                formatter.write_str(" OVER (")?;
                if !window.partition.is_empty() {
                    formatter.write_str("PARTITION BY ")?;
                    write_list(formatter, &window.partition)?;
                }
                if let Some(order) = &window.order {
                    let space = if window.partition.is_empty() { "" } else { " " };
                    write!(formatter, "{space}ORDER BY {order}")?;
                    if window.descending {
                        formatter.write_str(" DESC")?;
                    }
                }
                formatter.write_str(")")
            }
        }
    }
}

fn write_list(formatter: &mut fmt::Formatter<'_>, nodes: &[Node]) -> fmt::Result {
    for (position, node) in nodes.iter().enumerate() {
        if position > 0 {
            formatter.write_str(", ")?;
        }
        write!(formatter, "{node}")?;
    }
    Ok(())
}

/// A name as it is, or in quotes where it could be read as something else.
fn write_name(formatter: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let starts_well = name.starts_with(|character: char| character.is_alphabetic() || character == '_');
    let keyword = ALL_KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(name));
    if starts_well && name.chars().all(is_name_character) && !keyword {
        formatter.write_str(name)
    } else {
        write!(formatter, "\"{}\"", name.replace('"', "\"\""))
    }
}
