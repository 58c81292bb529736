//! Data that results are computed from, and their variables.

use serde::Serialize;
use serde_json::Value;

/// A table of data that results are computed from.
#[derive(Debug, Clone, Serialize)]
pub struct DataSet {
    /// The output, as `variables.panel`.
    pub output: String,
    /// The branch that makes it.
    pub branch: String,
    /// Its path in the package, or where a run would write it.
    pub path: String,
    /// How many rows it has.
    pub rows: usize,
    /// Its variables, in order.
    pub variables: Vec<VariableContent>,
    /// The sources that it is made from.
    pub sources: Vec<String>,
    /// Whether the package holds it.
    pub provided: bool,
    /// The names of the sources that keep it out, where it isn't.
    pub withheld_by: Vec<String>,
    /// All rows, a value for each variable.
    #[serde(skip)]
    pub values: Vec<Vec<Value>>,
}

/// A variable of a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariableContent {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// What it is, in words.
    pub definition: Option<String>,
    /// How it is computed.
    pub formula: Option<String>,
    /// What its values are.
    pub value_type: ValueType,
    /// How many rows have no value.
    pub missing: usize,
    /// Why, with how many of each.
    pub missing_reasons: Vec<(String, usize)>,
    /// How many values there are, each counted once.
    pub distinct: Option<usize>,
    /// The least value.
    pub min: Option<Value>,
    /// The mean of numbers.
    pub mean: Option<f64>,
    /// The greatest value.
    pub max: Option<Value>,
    /// The texts that occur, where they are few.
    pub categories: Vec<String>,
    /// What the manifest allows, both ends included.
    pub allowed: Option<[Option<f64>; 2]>,
    /// Where its values are read: file, sheet and column of each raw variable behind it.
    pub read_from: Vec<String>,
}

/// What the values of a variable are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// Numbers.
    Number,
    /// Whole numbers.
    Integer,
    /// Yes or no.
    Boolean,
    /// Text.
    String,
}

impl ValueType {
    /// As Frictionless and JSON call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::String => "string",
        }
    }

    /// Of a column's type as polars writes it.
    pub(super) fn of(data_type: &str) -> Self {
        match data_type {
            kind if kind.starts_with('f') => Self::Number,
            kind if kind.starts_with('i') || kind.starts_with('u') => Self::Integer,
            "bool" => Self::Boolean,
            _ => Self::String,
        }
    }
}
