//! What a variable's values are made of.

use serde::Serialize;
use serde_json::Value;
use vintner_transform::{Deflate, Expression, Reach, ShiftShare};

use super::made::Made;
use super::output_of::OutputOf;

/// How a variable is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// The variable.
    pub variable: String,
    /// The formula, or what the operation does.
    pub formula: String,
    /// The stage.
    pub stage: String,
}

/// A column of an output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ColumnOf {
    pub(super) output: OutputOf,
    pub(super) column: String,
}

/// What the values of a column are made of.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// Of other columns, by an expression.
    Expression { text: String, reads: Vec<ColumnOf>, reach: Reach },
    /// Of the same rows of one column, handed on.
    HandedOn(ColumnOf),
    /// Of a nominal column and a deflator in the row and in the base year.
    Deflated { nominal: ColumnOf, deflator: ColumnOf, options: Deflate },
    /// Of a national series and all entities' shares in a base year.
    Shared(ShiftShare),
    /// Of tidy values.
    Tidy,
    /// Of something that isn't known value by value.
    Opaque,
}

impl Origin {
    pub(super) fn of(made: &Made<'_>, column: &ColumnOf) -> Self {
        let Some(stage) = made.stage(&column.output.stage) else { return Self::Opaque };
        let params = &stage.bound.params;
        let input = |name: &str| made.input_with(stage, name);
        let beside = |name: &str| Some(ColumnOf { output: input(name)?, column: name.to_owned() });
        let origin = match stage.operation.as_str() {
            "assemble" => Some(Self::Tidy),
            "exposure" => serde_json::from_value(params.clone()).ok().map(Self::Shared),
            "deflate" => serde_json::from_value::<Deflate>(params.clone()).ok().and_then(|options| {
                Some(Self::Deflated {
                    nominal: beside(&options.nominal)?,
                    deflator: beside(&options.deflator)?,
                    options,
                })
            }),
            "derive" => match params.pointer("/define").and_then(|define| define.get(&column.column)) {
                Some(Value::String(text)) => expression(made, column, text, params),
                _ => beside(&column.column).map(Self::HandedOn),
            },
            _ => None,
        };
        origin.unwrap_or(Self::Opaque)
    }

    /// The formula as a reader is told it.
    pub(super) fn formula(&self, column: &ColumnOf) -> Formula {
        let formula = match self {
            Self::Expression { text, .. } => text.clone(),
            Self::HandedOn(from) => from.column.clone(),
            Self::Deflated { options, .. } => format!(
                "{} / ({} / {} in {})",
                options.nominal, options.deflator, options.deflator, options.base
            ),
            Self::Shared(options) => format!(
                "{} x the entity's share of all entities' {} in {}",
                options.shift, options.share, options.base
            ),
            Self::Tidy => "as read from the raw files".into(),
            Self::Opaque => "made by a stage that isn't followed value by value".into(),
        };
        Formula { variable: column.column.clone(), formula, stage: column.output.stage.clone() }
    }

    /// The columns that it reads.
    pub(super) fn columns(&self) -> Vec<&ColumnOf> {
        match self {
            Self::Expression { reads, .. } => reads.iter().collect(),
            Self::HandedOn(from) => vec![from],
            Self::Deflated { nominal, deflator, .. } => vec![nominal, deflator],
            Self::Shared(_) | Self::Tidy | Self::Opaque => Vec::new(),
        }
    }
}

fn expression(made: &Made<'_>, column: &ColumnOf, text: &str, params: &Value) -> Option<Origin> {
    let expression = Expression::parse(text).ok()?;
    let stage = made.stage(&column.output.stage)?;
    let defined = params.pointer("/define");
    let parameters = params.pointer("/parameters");
    let mut reads = Vec::new();
    for name in expression.reads() {
        if defined.is_some_and(|defined| defined.get(&name).is_some()) {
            reads.push(ColumnOf { output: column.output.clone(), column: name });
        } else if let Some(output) = made.input_with(stage, &name) {
            reads.push(ColumnOf { output, column: name });
        } else if parameters.is_none_or(|parameters| parameters.get(&name).is_none()) {
            return None;
        }
    }
    // The panel's own keys are no values.
    reads.retain(|read| read.column != crate::operations::ENTITY && read.column != crate::operations::TIME);
    Some(Origin::Expression { text: text.to_owned(), reads, reach: expression.reach() })
}
