//! A table of coefficients, for templates.

use serde::Serialize;

use super::Name;
use super::name::Names;
use crate::number_format::estimate_text;
use crate::{Agreement, Comparison, PrintedNumber, ReportUnit, Stars, TableSpec, TidyEstimate};

/// A table: units in the rows, regressors in the columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableView {
    /// Its number or name with its title.
    pub name: Name,
    /// The dependent variable.
    pub dependent: Name,
    /// The regressors.
    pub regressors: Vec<Name>,
    /// Whether anything was published of it, so that values stand side by side.
    pub compared: bool,
    /// The rows; pooled ones last.
    pub rows: Vec<TableRow>,
    /// A sentence for its note; empty for none.
    pub note: Name,
    /// Its agreement with the publication.
    pub agreement: Agreement,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableRow {
    /// The unit.
    pub unit: Name,
    /// Whether it is the pooled row.
    pub pooled: bool,
    /// Observations; empty where that isn't known.
    pub n_obs: String,
    /// Residual degrees of freedom; empty where there are none.
    pub df_resid: String,
    /// One cell for each regressor.
    pub cells: Vec<CellView>,
    /// Why the row, or a part of it, has no estimates; empty where it has all.
    pub reason: String,
}

/// An estimate with its published value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellView {
    /// The estimate.
    pub estimate: Option<Figure>,
    /// The published value.
    pub published: Option<Figure>,
    /// Where its trace stands.
    pub address: String,
    /// `exact` (equal digits and stars), `near` (the same sign), `sign` (another sign), or `none`
    /// where either side is missing.
    pub mark: &'static str,
}

/// A number with its stars, whole and in parts for alignment at the point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The number.
    pub text: String,
    /// Up to the point, with the minus.
    pub integer: String,
    /// From the point on; empty for a whole number.
    pub fraction: String,
    /// Asterisks.
    pub stars: String,
}

impl Figure {
    pub(crate) fn new(text: &str, stars: Stars) -> Self {
        let split = if text.contains('e') { text.len() } else { text.find('.').unwrap_or(text.len()) };
        let (integer, fraction) = text.split_at_checked(split).unwrap_or((text, ""));
        Self {
            text: text.into(),
            integer: integer.into(),
            fraction: fraction.into(),
            stars: stars.asterisks(),
        }
    }

    fn published(number: &PrintedNumber, stars: Option<Stars>) -> Self {
        Self::new(number.text(), stars.unwrap_or_default())
    }
}

impl TableView {
    /// `rows` are those of this table; `units` are in the report's order.
    pub(crate) fn new(
        table: &TableSpec,
        rows: &[&TidyEstimate],
        units: &[&ReportUnit],
        names: &Names,
    ) -> Self {
        let in_table = units.iter().filter_map(|unit| {
            let of_unit: Vec<&&TidyEstimate> = rows.iter().filter(|row| row.unit == unit.printed()).collect();
            (!of_unit.is_empty()).then(|| table_row(table, unit, &of_unit, names))
        });
        Self {
            name: Name::new(&table.id, &table.title),
            dependent: names.variable(&table.dependent),
            regressors: table.regressors.iter().map(|regressor| names.variable(regressor)).collect(),
            compared: rows.iter().any(|row| row.published.is_some()),
            rows: in_table.collect(),
            note: Name::new("note", &table.note),
            agreement: Agreement::of(rows.iter().copied()),
        }
    }
}

fn table_row(table: &TableSpec, unit: &ReportUnit, rows: &[&&TidyEstimate], names: &Names) -> TableRow {
    let cells = table
        .regressors
        .iter()
        .map(|regressor| {
            let row = rows.iter().find(|row| row.regressor == *regressor && row.dependent == table.dependent);
            let address = format!("{}/{}/{regressor}", table.id, unit.printed());
            match row {
                Some(row) => cell(row, address),
                None => CellView { estimate: None, published: None, address, mark: "none" },
            }
        })
        .collect();
    let mut reasons: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.estimate.is_none()) {
        if !reasons.contains(&row.note.as_str()) {
            reasons.push(&row.note);
        }
    }
    let first = |pick: fn(&TidyEstimate) -> Option<usize>| {
        rows.iter().find_map(|row| pick(row)).map(|count| count.to_string()).unwrap_or_default()
    };
    TableRow {
        unit: names.unit(&unit.id),
        pooled: unit.pooled,
        n_obs: first(|row| row.n_obs),
        df_resid: first(|row| row.df_resid),
        cells,
        reason: reasons.join("; "),
    }
}

fn cell(row: &TidyEstimate, address: String) -> CellView {
    let mark = match Comparison::of(row) {
        Some(comparison) if comparison.is_exact() => "exact",
        Some(comparison) if comparison.sign => "near",
        Some(_) => "sign",
        None => "none",
    };
    CellView {
        estimate: estimate_text(row).map(|text| Figure::new(&text, row.stars)),
        published: row.published.as_ref().map(|number| Figure::published(number, row.published_stars)),
        address,
        mark,
    }
}
