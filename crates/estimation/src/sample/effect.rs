//! The fixed effects that an equation names.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::outcome::NotAnEffect;

/// An effect for each value of a column of the panel, or for each combination of values of several:
/// `region`, `region^time` (as in fixest).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Effect {
    columns: Vec<String>,
}

impl Effect {
    /// The effect of one column.
    pub fn of(column: impl Into<String>) -> Self {
        Self { columns: vec![column.into()] }
    }

    /// The columns whose values it combines.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
}

impl FromStr for Effect {
    type Err = NotAnEffect;

    fn from_str(text: &str) -> Result<Self, NotAnEffect> {
        let columns: Vec<String> = text.split('^').map(|column| column.trim().to_owned()).collect();
        let mut seen = columns.clone();
        seen.sort_unstable();
        seen.dedup();
        if columns.iter().any(String::is_empty) || seen.len() < columns.len() {
            return Err(NotAnEffect(text.into()));
        }
        Ok(Self { columns })
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.columns.join("^"))
    }
}

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Effect {
    fn schema_name() -> Cow<'static, str> {
        "Effect".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A column, or several joined by `^` whose combinations are meant: `entity`, `region^year`.",
            "type": "string"
        })
    }
}

impl<'de> Deserialize<'de> for Effect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What becomes of rows that an effect has to itself, and which add nothing but degrees of freedom used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Singletons {
    /// They stay: plm, linearmodels, Stata's `xtreg` and `areg`; fixest's and pyfixest's
    /// `fixef.rm = "none"`.
    #[default]
    Keep,
    /// They are dropped, and those that this makes, until there are none: Stata's `reghdfe`, fixest's and
    /// pyfixest's `fixef.rm = "singleton"`.
    Drop,
}
