//! A table of coefficients, for templates.

use serde::Serialize;

use super::name::Names;
use crate::comparison::{Agreement, Comparison};
use crate::name::Name;
use crate::number_format::{estimate_text, table_format};
use crate::printed_number::PrintedNumber;
use crate::report_unit::ReportUnit;
use crate::stars::Stars;
use crate::table_spec::TableSpec;
use crate::tidy_estimate::TidyEstimate;

/// A table: units in the rows, regressors in the columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableView {
    /// Its number or name with its title.
    pub name: Name,
    /// The dependent variable.
    pub dependent: Name,
    /// The regressors.
    pub regressors: Vec<Name>,
    /// How wide each regressor's numbers are.
    pub columns: Vec<ColumnView>,
    /// Whether anything was published of it, so that values stand side by side.
    pub compared: bool,
    /// The rows; pooled ones last.
    pub rows: Vec<TableRow>,
    /// Whether its id is a number, as `2` and `A.1` are; one that is a word names no table to a reader.
    pub numbered: bool,
    /// Whether some estimate is lacking, so that a dash stands in its place.
    pub lacks: bool,
    /// A sentence for its note; empty for none.
    pub note: Name,
    /// Its agreement with the publication.
    pub agreement: Agreement,
}

/// How wide the numbers of a column are, as siunitx's `table-format` has it (`-2.5`: a minus, two digits
/// before the point, five after it), and the most stars that one has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnView {
    /// The regressor.
    pub regressor: Name,
    /// The estimates.
    pub format: String,
    /// Their most stars.
    pub stars: String,
    /// The published values.
    pub published_format: String,
    /// Their most stars.
    pub published_stars: String,
}

impl ColumnView {
    fn new(regressor: Name, at: usize, rows: &[TableRow]) -> Self {
        let of = |pick: fn(&CellView) -> Option<&Figure>| -> Vec<&Figure> {
            rows.iter().filter_map(|row| row.cells.get(at)).filter_map(pick).collect()
        };
        let estimates = of(|cell| cell.estimate.as_ref());
        let published = of(|cell| cell.published.as_ref());
        let most = |figures: &[&Figure]| {
            figures.iter().map(|one| one.stars.clone()).max_by_key(String::len).unwrap_or_default()
        };
        let format = |figures: &[&Figure]| table_format(figures.iter().map(|one| one.text.as_str()));
        Self {
            regressor,
            format: format(&estimates),
            stars: most(&estimates),
            published_format: format(&published),
            published_stars: most(&published),
        }
    }
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
        let table_rows: Vec<TableRow> = in_table.collect();
        let regressors: Vec<Name> =
            table.regressors.iter().map(|regressor| names.variable(regressor)).collect();
        let columns = regressors
            .iter()
            .enumerate()
            .map(|(at, regressor)| ColumnView::new(regressor.clone(), at, &table_rows));
        Self {
            name: Name::new(&table.id, &table.title),
            dependent: names.variable(&table.dependent),
            columns: columns.collect(),
            regressors,
            compared: rows.iter().any(|row| row.published.is_some()),
            numbered: is_numbered(&table.id),
            lacks: table_rows.iter().flat_map(|row| &row.cells).any(|cell| cell.estimate.is_none()),
            rows: table_rows,
            note: Name::new("note", &table.note),
            agreement: Agreement::of(rows.iter().copied()),
        }
    }
}

/// Whether a table's id has a number.
pub(crate) fn is_numbered(id: &str) -> bool {
    id.chars().any(char::is_numeric) || id.chars().count() == 1
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
