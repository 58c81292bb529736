//! What asks a statistical service or a database for a source's file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `query` of a source: one service, or a database and what it is asked. Where the answer is no file, it is kept as one:
/// Parquet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// A series of FRED, as CSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fred: Option<String>,
    /// The day as of which ALFRED is to give the series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// An indicator of the World Bank, as Parquet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world_bank: Option<String>,
    /// The countries, by their codes of three letters; all where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// The address of an SDMX service, whose answer is CSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdmx: Option<String>,
    /// The dataflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// The key of the series in it; all where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The first period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The last period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// A connection to PostgreSQL, as `psql` takes it, without a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<String>,
    /// A file of SQLite, from the manifest's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<String>,
    /// A file of DuckDB, from the manifest's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duckdb: Option<String>,
    /// The SELECT that the database is asked; its answer is kept as Parquet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// Another address of FRED's or the World Bank's service, such as a mirror's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// What a query asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryKind {
    /// FRED, or ALFRED.
    Fred,
    /// The World Bank's indicators.
    WorldBank,
    /// A service of SDMX.
    Sdmx,
    /// A database.
    Sql,
}

impl Query {
    /// What is asked; nothing where that is none of these, or several.
    pub fn kind(&self) -> Option<QueryKind> {
        let databases = [&self.postgres, &self.sqlite, &self.duckdb].into_iter().flatten().count();
        let kinds = [
            (QueryKind::Fred, self.fred.is_some()),
            (QueryKind::WorldBank, self.world_bank.is_some()),
            (QueryKind::Sdmx, self.sdmx.is_some() && self.flow.is_some()),
            (QueryKind::Sql, databases == 1 && self.sql.is_some()),
        ];
        let mut asked = kinds.into_iter().filter(|(_, is)| *is).map(|(kind, _)| kind);
        let kind = asked.next()?;
        (asked.next().is_none() && databases <= 1).then_some(kind)
    }
}
