//! Results that another program wrote, checked.

use std::collections::BTreeMap;

use super::results::{ModelResults, StatisticValue, TermResult};
use super::statistic::{TERM_COLUMNS, our_name};
use crate::error::{ReportingError, Result};

/// A cell of a table of results.
#[derive(Debug, Clone, PartialEq)]
pub enum ResultCell {
    /// Nothing: empty, `NA` in CSV, null.
    Missing,
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// A row of a table of results, as its file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultRow {
    /// Where it stands, for messages: a line of a CSV file, a number of a row.
    pub place: String,
    /// Its cells with the names of their columns.
    pub cells: Vec<(String, ResultCell)>,
}

/// Reads results: a row a term. Of the columns `term` and `estimate` are needed; `model` tells the models of one
/// table apart; the others of [`TERM_COLUMNS`] may be there, also under the names of broom, fixest and statsmodels.
/// All further columns are about the model, the same in each of its rows.
///
/// # Errors
/// With file, row and column: a column that is needed and isn't there, a text for a number, a NaN, a standard error
/// below zero, a p-value outside of 0 to 1, an interval whose ends are the wrong way round, a term twice, a column
/// about the model that differs within it; and a table without rows.
pub fn read_results(source: &str, rows: &[ResultRow]) -> Result<Vec<ModelResults>> {
    let Some(first) = rows.first() else {
        let expected = "a row a term, with the columns `term` and `estimate`";
        return Err(ReportingError::Results {
            place: source.into(),
            message: format!("there are no results; {expected}"),
        });
    };
    for needed in ["term", "estimate"] {
        if !first.cells.iter().any(|(column, _)| our_name(column) == needed) {
            let there: Vec<&str> = first.cells.iter().map(|(column, _)| column.as_str()).collect();
            return Err(ReportingError::Results {
                place: source.into(),
                message: format!(
                    "there is no column `{needed}`; there are {}; name the column of the {} `{needed}`",
                    there.join(", "),
                    if needed == "term" { "coefficients' names" } else { "coefficients" }
                ),
            });
        }
    }
    let mut models: Vec<(ModelResults, &ResultRow)> = Vec::new();
    for row in rows {
        let read = Row::new(source, row)?;
        let at = match models.iter().position(|(model, _)| model.model == read.model) {
            Some(at) => at,
            None => {
                let statistics = read.statistics.clone();
                let model = ModelResults { model: read.model.clone(), statistics, ..ModelResults::default() };
                models.push((model, row));
                models.len() - 1
            }
        };
        let Some((model, began)) = models.get_mut(at) else { continue };
        if let Some(other) = differing(&model.statistics, &read.statistics) {
            return Err(fault(
                source,
                row,
                other,
                &format!(
                    "it isn't the same as in {} of the same model; a column beside {} is about the model as a whole, \
                     or tells models apart if it is called `model`",
                    began.place,
                    TERM_COLUMNS.join(", ")
                ),
            ));
        }
        if model.terms.iter().any(|term| term.term == read.term.term) {
            let message = format!("`{}` is there twice; a column `model` tells models apart", read.term.term);
            return Err(fault(source, row, "term", &message));
        }
        model.terms.push(read.term);
    }
    Ok(models.into_iter().map(|(model, _)| model).collect())
}

fn differing<'a>(
    known: &'a BTreeMap<String, StatisticValue>,
    found: &'a BTreeMap<String, StatisticValue>,
) -> Option<&'a str> {
    let names = known.keys().chain(found.keys());
    names.map(String::as_str).find(|name| known.get(*name) != found.get(*name))
}

fn fault(source: &str, row: &ResultRow, column: &str, message: &str) -> ReportingError {
    ReportingError::Results {
        place: format!("{source}, {}, column `{column}`", row.place),
        message: message.into(),
    }
}

/// One row, read.
struct Row {
    model: String,
    term: TermResult,
    statistics: BTreeMap<String, StatisticValue>,
}

impl Row {
    fn new(source: &str, row: &ResultRow) -> Result<Self> {
        let mut read =
            Self { model: String::new(), term: TermResult::default(), statistics: BTreeMap::new() };
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (column, cell) in &row.cells {
            let name = our_name(column);
            if let Some(other) = seen.insert(name, column) {
                let message = format!("it is the same as the column `{other}`, and both are there");
                return Err(fault(source, row, column, &message));
            }
            read.take(name, cell).map_err(|message| fault(source, row, column, &message))?;
        }
        let term = &read.term;
        let refuse = |column: &str, message: String| Err(fault(source, row, column, &message));
        if term.term.is_empty() {
            return refuse("term", "the name of a coefficient is missing".into());
        }
        if let Some(error) = term.std_error.filter(|error| *error < 0.0) {
            return refuse("std_error", format!("a standard error of {error}, below zero"));
        }
        if let Some(p_value) = term.p_value.filter(|p_value| !(0.0..=1.0).contains(p_value)) {
            return refuse("p_value", format!("{p_value} is no p-value, which lies between 0 and 1"));
        }
        if let (Some(low), Some(high)) = (term.conf_low, term.conf_high)
            && low > high
        {
            return refuse("conf_low", format!("an interval from {low} to {high}"));
        }
        if term.estimate.is_none() && (term.std_error.is_some() || term.p_value.is_some()) {
            return refuse(
                "estimate",
                "there is no estimate, but a standard error or a p-value of it".into(),
            );
        }
        Ok(read)
    }

    fn take(&mut self, name: &str, cell: &ResultCell) -> std::result::Result<(), String> {
        match name {
            "model" => self.model = words(cell),
            "term" => self.term.term = words(cell),
            "note" => self.term.note = words(cell),
            "estimate" => self.term.estimate = number(cell)?,
            "std_error" => self.term.std_error = number(cell)?,
            "statistic" => self.term.statistic = number(cell)?,
            "p_value" => self.term.p_value = number(cell)?,
            "conf_low" => self.term.conf_low = number(cell)?,
            "conf_high" => self.term.conf_high = number(cell)?,
            "df" => self.term.df = degrees(cell)?,
            _ => match cell {
                ResultCell::Missing => {}
                ResultCell::Text(text) => {
                    self.statistics.insert(name.into(), StatisticValue::Text(text.clone()));
                }
                ResultCell::Number(_) => {
                    if let Some(number) = number(cell)? {
                        self.statistics.insert(name.into(), StatisticValue::Number(number));
                    }
                }
            },
        }
        Ok(())
    }
}

fn words(cell: &ResultCell) -> String {
    match cell {
        ResultCell::Missing => String::new(),
        ResultCell::Text(text) => text.clone(),
        ResultCell::Number(number) => number.to_string(),
    }
}

fn number(cell: &ResultCell) -> std::result::Result<Option<f64>, String> {
    match cell {
        ResultCell::Missing => Ok(None),
        ResultCell::Number(number) if number.is_finite() => Ok(Some(*number)),
        ResultCell::Number(number) => {
            Err(format!("{number} is no result; leave the cell empty (NA) and say why in the column `note`"))
        }
        ResultCell::Text(text) => Err(format!("`{text}` is no number")),
    }
}

/// Degrees of freedom; infinitely many are those of the normal.
fn degrees(cell: &ResultCell) -> std::result::Result<Option<f64>, String> {
    match cell {
        ResultCell::Number(df) if *df == f64::INFINITY => Ok(None),
        ResultCell::Text(text) if text.eq_ignore_ascii_case("inf") => Ok(None),
        _ => match number(cell)? {
            Some(df) if df <= 0.0 => Err(format!("{df} degrees of freedom")),
            df => Ok(df),
        },
    }
}
