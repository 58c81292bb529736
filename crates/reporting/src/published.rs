//! The published tables, read strictly.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{ReportingError, Result};
use crate::printed_number::PrintedNumber;
use crate::stars::Stars;

/// One coefficient of the publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedCoefficient {
    /// The table's number or name.
    pub table: String,
    /// The dependent variable of the table's equation.
    pub dependent: String,
    /// The unit, by the name that the publication prints.
    pub unit: String,
    /// The regressor.
    pub regressor: String,
    /// The coefficient with the digits as printed.
    pub coefficient: PrintedNumber,
    /// The stars beside it.
    pub stars: Stars,
}

/// All published coefficients, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    coefficients: Vec<PublishedCoefficient>,
}

/// The columns of the file, all needed, in this order.
const COLUMNS: [&str; 6] = ["table", "dependent", "unit", "regressor", "coefficient", "stars"];

impl Published {
    /// Reads a CSV file of published tables.
    ///
    /// # Errors
    /// Where the file can't be read, and all that [`Published::parse`] refuses.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ReportingError::Read { path: name.clone(), source })?;
        Self::parse(&text, &name)
    }

    /// Parses CSV text with the columns `table,dependent,unit,regressor,coefficient,stars`, where
    /// `stars` is a count. `path` is named in errors.
    ///
    /// # Errors
    /// With file and line: other columns, an empty key, text in a number, a count of stars that no
    /// journal prints, a second row for the same table, dependent, unit and regressor.
    pub fn parse(text: &str, path: &str) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut coefficients = Vec::new();
        let mut first_lines: BTreeMap<[String; 4], u64> = BTreeMap::new();
        let mut header_seen = false;
        for record in reader.records() {
            let record = record.map_err(|error| syntax(path, text, &error))?;
            let line = line_at(text, record.position());
            if !header_seen {
                header_seen = true;
                // Spreadsheets like to put a byte order mark before the first column.
                let found: Vec<&str> =
                    record.iter().map(|column| column.trim_start_matches('\u{feff}')).collect();
                if found != COLUMNS {
                    return Err(columns(path, &found));
                }
                continue;
            }
            let cell = |index: usize| record.get(index).unwrap_or_default();
            let fault = |column, index, expected| ReportingError::Cell {
                path: path.into(),
                line,
                column,
                found: cell(index).into(),
                expected,
            };
            for (index, column) in COLUMNS.into_iter().take(4).enumerate() {
                if cell(index).is_empty() || cell(index).trim() != cell(index) {
                    return Err(fault(column, index, "a name is needed, without spaces around it"));
                }
            }
            let coefficient = PrintedNumber::parse(cell(4)).ok_or_else(|| {
                fault("coefficient", 4, "a number as printed is needed, such as -0.350, without stars")
            })?;
            let stars = cell(5)
                .parse()
                .ok()
                .and_then(Stars::new)
                .ok_or_else(|| fault("stars", 5, "the number of asterisks is needed, 0 for none"))?;
            let key = [cell(0).to_owned(), cell(1).to_owned(), cell(2).to_owned(), cell(3).to_owned()];
            let [table, dependent, unit, regressor] = key.clone();
            if let Some(&first_line) = first_lines.get(&key) {
                let path = path.into();
                return Err(ReportingError::DuplicatePublished {
                    path,
                    line,
                    first_line,
                    table,
                    unit,
                    regressor,
                });
            }
            first_lines.insert(key, line);
            coefficients.push(PublishedCoefficient { table, dependent, unit, regressor, coefficient, stars });
        }
        if !header_seen {
            return Err(columns(path, &[]));
        }
        Ok(Self { coefficients })
    }

    /// All coefficients, in the order of the file.
    pub fn coefficients(&self) -> &[PublishedCoefficient] {
        &self.coefficients
    }

    /// The coefficient of a table's equation for a unit, by the unit's printed name.
    pub fn get(
        &self,
        table: &str,
        dependent: &str,
        unit: &str,
        regressor: &str,
    ) -> Option<&PublishedCoefficient> {
        self.coefficients.iter().find(|published| {
            published.table == table
                && published.dependent == dependent
                && published.unit == unit
                && published.regressor == regressor
        })
    }
}

fn columns(path: &str, found: &[&str]) -> ReportingError {
    ReportingError::Columns { path: path.into(), found: found.join(","), expected: COLUMNS.join(",") }
}

/// The line at which a record begins, counted from 1; 0 where the parser knows no position.
///
/// The parser stands before the `\n` of a preceding `\r\n`, and before empty lines, when it takes a
/// record's position; its own count is of the lines before that.
pub(crate) fn line_at(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let passed_over = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + passed_over.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

/// A parser's error with the line it met.
pub(crate) fn syntax(path: &str, text: &str, error: &csv::Error) -> ReportingError {
    ReportingError::Syntax {
        path: path.into(),
        line: line_at(text, error.position()),
        message: match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} cells in this row, {expected_len} in the header")
            }
            _ => error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "table,dependent,unit,regressor,coefficient,stars\n";

    fn fault(rows: &str) -> String {
        Published::parse(&format!("{HEADER}{rows}"), "tables.csv").unwrap_err().to_string()
    }

    #[test]
    fn digits_are_kept_as_printed() {
        let published =
            Published::parse(&format!("\u{feff}{HEADER}1,y,甲,x,0.350,3\n1,y,甲,z,-12.08,0\n"), "t").unwrap();
        let first = published.get("1", "y", "甲", "x").unwrap();
        assert_eq!((first.coefficient.text(), first.coefficient.decimals()), ("0.350", 3));
        assert_eq!(first.stars.asterisks(), "***");
        assert_eq!(published.coefficients().len(), 2);
        assert_eq!(published.get("2", "y", "甲", "x"), None);
    }

    #[test]
    fn faults_name_file_and_line() {
        assert_eq!(
            fault("1,y,a,x,0.35*,1\n"),
            "tables.csv:2: column `coefficient` holds `0.35*`; a number as printed is needed, such as -0.350, \
             without stars"
        );
        assert_eq!(
            fault("1,y,a,x,1,0\n1,y,b,x,1,9\n"),
            "tables.csv:3: column `stars` holds `9`; the number of asterisks is needed, 0 for none"
        );
        assert_eq!(
            fault("1,y,a,x,1,0\n1,y,a,x,2,0\n"),
            "tables.csv:3: table 1, a, x was given on line 2 already; delete one of the two rows"
        );
        assert_eq!(fault("1,y,a,x,1\n"), "tables.csv:2: 5 cells in this row, 6 in the header");
        assert!(fault("1,y, a,x,1,0\n").starts_with("tables.csv:2: column `unit` holds ` a`"));
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for (ending, bom) in [("\n", ""), ("\r\n", ""), ("\r\n", "\u{feff}")] {
            let fault = |rows: &str| {
                let text = format!("{bom}{HEADER}{rows}").replace('\n', ending);
                Published::parse(&text, "t").unwrap_err().to_string()
            };
            assert!(fault("1,y,a,x,1,9\n").starts_with("t:2: "), "{ending:?}");
            assert!(fault("1,y,a,x,1,0\n\n\n1,y,b,x,1,9\n").starts_with("t:5: "), "{ending:?}");
            assert!(fault("1,y,a,x,1,0\n1,y,a\n").starts_with("t:3: "), "{ending:?}");
            let twice = fault("1,y,a,x,1,0\n1,y,a,x,2,0\n");
            assert!(twice.starts_with("t:3: ") && twice.contains("on line 2"), "{ending:?}: {twice}");
        }
    }

    #[test]
    fn other_columns_are_refused() {
        for text in ["", "table,dependent,unit,regressor,coefficient\n", "a,b,c,d,e,f\n1,y,a,x,1,0\n"] {
            let message = Published::parse(text, "tables.csv").unwrap_err().to_string();
            assert!(message.starts_with("tables.csv:1: the columns are `"), "{message}");
        }
    }
}
