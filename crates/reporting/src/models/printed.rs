//! Tables whose columns are models, as a publication printed them.

use std::collections::{BTreeMap, BTreeSet};

use vintner_diagnostics::did_you_mean;

use super::statistic::{STATISTICS, TERM_COLUMNS, our_name};
use crate::error::{ReportingError, Result};
use crate::printed_number::PrintedNumber;
use crate::stars::Stars;

/// A row of a printed table: a coefficient with what stands beside it, or where it has no term what the table says of
/// the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedRow {
    /// Its line in the file.
    pub line: u64,
    /// The table; empty where the file has only one.
    pub table: String,
    /// The column of the table.
    pub model: String,
    /// The coefficient; empty for what is said of the model.
    pub term: String,
    /// The stars; absent where the table has none.
    pub stars: Option<Stars>,
    /// What is printed, by our names for it: `estimate`, `std_error`, `n_obs`, ….
    pub numbers: BTreeMap<String, PrintedNumber>,
    /// Whether the values behind `mean` and `sd` are whole numbers.
    pub is_whole: bool,
    /// The models whose observations are parts of this one's; empty for none.
    pub parts: Vec<String>,
}

/// Printed tables, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintedModels {
    /// The file.
    pub path: String,
    /// The rows.
    pub rows: Vec<PrintedRow>,
}

/// Further columns that have a meaning.
const OTHERS: [&str; 9] = ["table", "stars", "mean", "sd", "share", "items", "whole", "parts", "df_model"];

impl PrintedModels {
    /// Whether a file of CSV is in this form: its header has `term` and `model`.
    pub fn is_one(text: &str) -> bool {
        let header: Vec<&str> = text.lines().next().unwrap_or_default().split(',').map(str::trim).collect();
        header.contains(&"term") && header.contains(&"model")
    }

    /// Reads CSV with the columns `model`, `term` and any of `table`, `estimate`, `std_error`, `statistic`, `p_value`,
    /// `conf_low`, `conf_high`, `df`, `stars` (a count), the statistics of a model, `mean`, `sd`, `share`, `items`,
    /// `whole` (`yes`) and `parts` (names of models with ` + ` between). Numbers are as printed; what isn't printed is
    /// empty. A row without a term is about the model.
    ///
    /// # Errors
    /// With line and column: an unknown column with the nearest, a number that is none, a second row of one
    /// coefficient.
    pub fn parse(text: &str, path: &str) -> Result<Self> {
        let fault = |line: u64, column: &str, message: String| ReportingError::Results {
            place: match column {
                "" => format!("{path}:{line}"),
                column => format!("{path}:{line}, column `{column}`"),
            },
            message,
        };
        let mut reader =
            csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|name| our_name(name.trim()).to_owned()).collect(),
            Err(error) => return Err(fault(1, "", error.to_string())),
        };
        let known = || TERM_COLUMNS.into_iter().chain(STATISTICS).chain(OTHERS);
        for column in &header {
            if !known().any(|one| one == column) {
                let near = did_you_mean(column, known());
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                return Err(fault(1, "", format!("no printed table has a column `{column}`{near}")));
            }
        }
        for needed in ["model", "term"] {
            if !header.iter().any(|column| column == needed) {
                return Err(fault(1, "", format!("the column `{needed}` is needed")));
            }
        }
        let mut rows = Vec::new();
        let mut seen: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(1, csv::Position::line);
                fault(line, "", "the row has another number of cells than the header".into())
            })?;
            let line = record.position().map_or(1, csv::Position::line);
            let mut row = PrintedRow {
                line,
                table: String::new(),
                model: String::new(),
                term: String::new(),
                stars: None,
                numbers: BTreeMap::new(),
                is_whole: false,
                parts: Vec::new(),
            };
            for (column, cell) in header.iter().zip(&record) {
                let cell = cell.trim();
                match column.as_str() {
                    "table" => row.table = cell.to_owned(),
                    "model" => row.model = cell.to_owned(),
                    "term" => row.term = cell.to_owned(),
                    "note" => {}
                    _ if cell.is_empty() => {}
                    "stars" => {
                        let stars =
                            cell.parse().ok().and_then(Stars::new).or_else(|| Stars::from_asterisks(cell));
                        row.stars = Some(stars.ok_or_else(|| {
                            fault(line, column, format!("`{cell}` is no number of stars, such as 0 or 2"))
                        })?);
                    }
                    "whole" => match cell {
                        "yes" | "true" | "1" => row.is_whole = true,
                        "no" | "false" | "0" => {}
                        _ => return Err(fault(line, column, format!("`{cell}` is neither yes nor no"))),
                    },
                    "parts" => row.parts = cell.split(" + ").map(|part| part.trim().to_owned()).collect(),
                    _ => {
                        // A minus sign may be printed as one.
                        let plain = cell.replace('\u{2212}', "-");
                        let plain = match plain.strip_prefix("-.") {
                            Some(rest) => format!("-0.{rest}"),
                            None if plain.starts_with('.') => format!("0{plain}"),
                            None => plain,
                        };
                        let number = PrintedNumber::parse(&plain).ok_or_else(|| {
                            fault(line, column, format!("`{cell}` is no number as printed, such as -0.350"))
                        })?;
                        row.numbers.insert(column.clone(), number);
                    }
                }
            }
            if row.model.is_empty() {
                return Err(fault(line, "model", "the column of the table is needed, such as (1)".into()));
            }
            let key = (row.table.clone(), row.model.clone(), row.term.clone());
            if let Some(first) = seen.insert(key, line) {
                let what =
                    if row.term.is_empty() { "the model".to_owned() } else { format!("`{}`", row.term) };
                let message = format!("{what} of {} was given on line {first} already", row.model);
                return Err(fault(line, "term", message));
            }
            rows.push(row);
        }
        Ok(Self { path: path.into(), rows })
    }

    /// The rows of one table, where the file has several.
    ///
    /// # Errors
    /// Where it has no such table, or has several and none is named.
    pub fn of_table(mut self, table: &str) -> Result<Self> {
        let tables: BTreeSet<String> = self.rows.iter().map(|row| row.table.clone()).collect();
        let listed = tables.iter().cloned().collect::<Vec<_>>().join(", ");
        let refuse = |message: String| Err(ReportingError::ModelTable { message });
        if table.is_empty() && tables.len() > 1 {
            return refuse(format!(
                "{} has the tables {listed}; `published_table` says which is meant",
                self.path
            ));
        }
        if !table.is_empty() {
            if !tables.contains(table) {
                let near = did_you_mean(table, tables.iter().map(String::as_str));
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                return refuse(format!("{} has no table `{table}`{near}; it has {listed}", self.path));
            }
            self.rows.retain(|row| row.table == table);
        }
        Ok(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_row_a_term_as_printed() {
        let text = "table,model,term,estimate,std_error,stars,n_obs\n1,(1),x,.091,.005,***,\n1,(1),,,,,4360\n2,(1),x,\u{2212}0.2,,0,\n";
        let all = PrintedModels::parse(text, "p.csv").unwrap();
        let first = all.clone().of_table("1").unwrap();
        assert_eq!(first.rows.len(), 2);
        assert_eq!(first.rows[0].numbers["estimate"].text(), "0.091");
        assert_eq!(first.rows[0].stars, Stars::new(3));
        assert_eq!(all.rows[2].numbers["estimate"].value(), -0.2);
        let said = |table: &str| all.clone().of_table(table).unwrap_err().to_string();
        assert!(said("").contains("1, 2"), "{}", said(""));
        assert!(said("3").contains("no table `3`"), "{}", said("3"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, message) in [
            ("model,term,estimat\n", "did you mean `estimate`?"),
            ("model,term,estimate\n1,x,often\n", "p.csv:2, column `estimate`: `often`"),
            ("model,term,estimate\n1,x,1\n1,x,2\n", "given on line 2 already"),
            ("model,estimate\n", "`term` is needed"),
            ("model,term,stars\n1,x,9\n", "no number of stars"),
            ("model,term,estimate\n,x,1\n", "the column of the table is needed"),
        ] {
            let said = PrintedModels::parse(text, "p.csv").unwrap_err().to_string();
            assert!(said.contains(message), "{said}");
        }
    }
}
