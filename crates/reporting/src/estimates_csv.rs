//! `estimates.csv`: one row a coefficient.
//!
//! **Formula injection.** A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a
//! formula, and some strip leading blanks or fold full-width characters (`＝＋－＠`) first. A text cell
//! that begins so, blanks aside, is written with an apostrophe before it, which spreadsheets read as
//! "this is text". Text that already has apostrophes before such a start gets one more, so that
//! [`read_estimates_csv`] gives back exactly what was written. Numbers are never touched: the number
//! columns hold numbers by type, among them the published digits.
//!
//! The last column is the address that `vintner trace` takes for the row's numbers.

use crate::error::{ReportingError, Result};
use crate::printed_number::PrintedNumber;
use crate::published::{line_at, syntax};
use crate::stars::Stars;
use crate::tidy_estimate::TidyEstimate;

/// The columns, in order.
pub const ESTIMATES_COLUMNS: [&str; 15] = [
    "table",
    "dependent",
    "unit",
    "regressor",
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "stars",
    "n_obs",
    "df_resid",
    "published",
    "published_stars",
    "note",
    "trace",
];

/// Writes rows as CSV (RFC 4180 quoting, `\n` ends a row, UTF-8 without a byte order mark).
///
/// Numbers are the shortest decimal text that reads back to the same `f64`. Text that a spreadsheet
/// might run as a formula is written as the module says.
///
/// # Errors
/// Where a number isn't finite.
pub fn write_estimates_csv(rows: &[TidyEstimate]) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let unwritable = |error: csv::Error| syntax("estimates.csv", "", &error);
    writer.write_record(ESTIMATES_COLUMNS).map_err(unwritable)?;
    for row in rows {
        let number = |field, value: Option<f64>| match value {
            Some(value) if !value.is_finite() => Err(ReportingError::NotFinite {
                table: row.table.clone(),
                unit: row.unit.clone(),
                regressor: row.regressor.clone(),
                field,
                value,
            }),
            Some(value) => Ok(format!("{value:?}")),
            None => Ok(String::new()),
        };
        let count = |value: Option<usize>| value.map(|value| value.to_string()).unwrap_or_default();
        writer
            .write_record([
                as_text(&row.table),
                as_text(&row.dependent),
                as_text(&row.unit),
                as_text(&row.regressor),
                number("the estimate", row.estimate)?,
                number("the standard error", row.std_error)?,
                number("the statistic", row.statistic)?,
                number("the p-value", row.p_value)?,
                row.stars.asterisks(),
                count(row.n_obs),
                count(row.df_resid),
                row.published.as_ref().map(|published| published.text().to_owned()).unwrap_or_default(),
                row.published_stars.map(Stars::asterisks).unwrap_or_default(),
                as_text(&row.note),
                as_text(&format!("{}/{}/{}", row.table, row.unit, row.regressor)),
            ])
            .map_err(unwritable)?;
    }
    let bytes = writer.into_inner().map_err(|error| ReportingError::Model(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ReportingError::Model(error.to_string()))
}

/// Reads what [`write_estimates_csv`] wrote. `path` is named in errors.
///
/// # Errors
/// With file and line: other columns, text in a number, stars that aren't asterisks.
pub fn read_estimates_csv(text: &str, path: &str) -> Result<Vec<TidyEstimate>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| syntax(path, text, &error))?;
    if header != ESTIMATES_COLUMNS.as_slice() {
        return Err(ReportingError::Columns {
            path: path.into(),
            found: header.iter().collect::<Vec<_>>().join(","),
            expected: ESTIMATES_COLUMNS.join(","),
        });
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| syntax(path, text, &error))?;
        let row = Row { path, line: line_at(text, record.position()), record: &record };
        let published =
            row.optional(11, "a number as printed is needed, or nothing", PrintedNumber::parse)?;
        let published_stars = row.required(12, "asterisks are needed, or nothing", Stars::from_asterisks)?;
        rows.push(TidyEstimate {
            table: row.text(0),
            dependent: row.text(1),
            unit: row.text(2),
            regressor: row.text(3),
            estimate: row.number(4)?,
            std_error: row.number(5)?,
            statistic: row.number(6)?,
            p_value: row.number(7)?,
            stars: row.required(8, "asterisks are needed, or nothing", Stars::from_asterisks)?,
            n_obs: row.count(9)?,
            df_resid: row.count(10)?,
            // Where a coefficient was published, an empty cell means no stars.
            published_stars: published.is_some().then_some(published_stars),
            published,
            note: row.text(13),
        });
    }
    Ok(rows)
}

/// A row being read.
struct Row<'a> {
    path: &'a str,
    line: u64,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn cell(&self, index: usize) -> &str {
        self.record.get(index).unwrap_or_default()
    }

    fn text(&self, index: usize) -> String {
        from_text(self.cell(index))
    }

    fn number(&self, index: usize) -> Result<Option<f64>> {
        self.optional(index, "a number is needed, or nothing", |cell| {
            cell.parse().ok().filter(|value: &f64| value.is_finite())
        })
    }

    fn count(&self, index: usize) -> Result<Option<usize>> {
        self.optional(index, "a count is needed, or nothing", |cell| cell.parse().ok())
    }

    fn optional<T>(
        &self,
        index: usize,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        if self.cell(index).is_empty() { Ok(None) } else { self.required(index, expected, read).map(Some) }
    }

    fn required<T>(
        &self,
        index: usize,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        read(self.cell(index)).ok_or_else(|| ReportingError::Cell {
            path: self.path.into(),
            line: self.line,
            column: ESTIMATES_COLUMNS.get(index).copied().unwrap_or_default(),
            found: self.cell(index).into(),
            expected,
        })
    }
}

/// Whether a spreadsheet might take a cell for a formula once apostrophes and blanks are gone.
fn starts_like_a_formula(text: &str) -> bool {
    let blank =
        |character: char| character.is_whitespace() || character.is_control() || character == '\u{feff}';
    let first_is_blank = text.starts_with(['\t', '\r', '\n']);
    let formula = text
        .trim_start_matches(blank)
        .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    first_is_blank || formula
}

pub(crate) fn as_text(text: &str) -> String {
    if starts_like_a_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.into() }
}

fn from_text(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if starts_like_a_formula(rest.trim_start_matches('\'')) => rest.into(),
        _ => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(unit: &str, note: &str, estimate: f64) -> TidyEstimate {
        TidyEstimate {
            table: "1".into(),
            dependent: "y".into(),
            unit: unit.into(),
            regressor: "x".into(),
            estimate: Some(estimate),
            std_error: Some(0.1),
            statistic: Some(-3.5),
            p_value: Some(1e-17),
            stars: Stars::new(3).unwrap(),
            n_obs: Some(12),
            df_resid: Some(7),
            published: PrintedNumber::parse("-0.350"),
            published_stars: Stars::new(0),
            note: note.into(),
        }
    }

    #[test]
    fn numbers_stay_numbers_and_formulas_become_text() {
        let text =
            write_estimates_csv(&[row("=cmd|' /C calc'!A0", "a,\"b\"", -0.350_123_456_789_012_3)]).unwrap();
        insta::assert_snapshot!(text, @r#"
        table,dependent,unit,regressor,estimate,std_error,statistic,p_value,stars,n_obs,df_resid,published,published_stars,note,trace
        1,y,'=cmd|' /C calc'!A0,x,-0.3501234567890123,0.1,-3.5,1e-17,***,12,7,-0.350,,"a,""b""",1/=cmd|' /C calc'!A0/x
        "#);
    }

    #[test]
    fn each_way_to_begin_a_formula_is_met() {
        for text in ["=1", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\r1", "＝1", "'=1", "''-1", "\u{feff}=1"] {
            assert!(as_text(text).starts_with('\''), "{text:?}");
            assert_eq!(from_text(&as_text(text)), text);
        }
        for text in ["沧州", "", "a=b", "'tis", "3 observations, 5 parameters", "'"] {
            assert_eq!(as_text(text), text);
            assert_eq!(from_text(text), text);
        }
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        let message = write_estimates_csv(&[row("a", "", f64::NAN)]).unwrap_err().to_string();
        assert!(message.starts_with("table 1, a, x: the estimate is NaN"), "{message}");
        let text = write_estimates_csv(&[row("a", "", 1.0)]).unwrap().replace("1e-17", "small");
        assert_eq!(
            read_estimates_csv(&text, "e.csv").unwrap_err().to_string(),
            "e.csv:2: column `p_value` holds `small`; a number is needed, or nothing"
        );
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(
            unit in "\\PC{0,12}|[=+@'\t\r\n -]{1,4}[a-z\"]{0,3}",
            note in any::<String>(),
            estimate in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO,
            missing in any::<bool>(),
        ) {
            let mut written = row(&unit, &note, estimate);
            if missing {
                written.estimate = None;
                written.published = None;
                written.published_stars = None;
                written.n_obs = None;
            }
            let text = write_estimates_csv(std::slice::from_ref(&written)).unwrap();
            let read = read_estimates_csv(&text, "e.csv").unwrap();
            prop_assert_eq!(read, vec![written]);
        }
    }
}
