//! The header row of a table, and finding columns in it.

use vintner_diagnostics::did_you_mean;

use crate::fold::fold_header;
use crate::grid::{CellContent, Grid};
use crate::tidying::Problem;

/// The header row's cells that aren't blank.
#[derive(Debug)]
pub(crate) struct Header {
    /// The header's row number.
    pub row: u32,
    /// Column, from 1, and text.
    pub cells: Vec<(u32, String)>,
    /// Numbers and texts of the rows below, as far as a header might be looked for in them.
    below: Vec<(u32, Vec<String>)>,
    /// Whether fields are divided by a delimiter.
    is_text: bool,
}

/// How many rows below the header row are searched for a header that is missing from it.
pub(crate) const SEARCHED: usize = 20;

/// A column that was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The column, from 1.
    pub column: u32,
    /// Set where the header isn't written exactly as the manifest has it.
    pub warning: Option<String>,
}

impl Header {
    /// The header in the grid's row `number`, or for text the first row from there on.
    pub(crate) fn of(grid: &Grid, number: u32, is_text: bool) -> Result<Header, Problem> {
        let row = grid.header_row(number, is_text).ok_or_else(|| Problem {
            cell: None,
            message: match grid.rows.last() {
                Some(last) => format!("no header in row {number}; the table's last row is {}", last.number),
                None => "nothing in it, not even a header".into(),
            },
            hint: "set `header_row` to the row of the column headers, or mend `sheet`".into(),
        })?;
        let texts = row.cells.iter().zip(1u32..).filter(|(content, _)| !content.is_blank());
        Ok(Header {
            row: row.number,
            cells: texts.map(|(content, column)| (column, content.raw())).collect(),
            below: grid
                .rows
                .iter()
                .filter(|below| below.number > row.number)
                .take(SEARCHED)
                .map(|below| (below.number, below.cells.iter().map(CellContent::raw).collect()))
                .collect(),
            is_text,
        })
    }

    /// The column headed `name`: the exact text if it is there, else the text that differs only in
    /// white space and character width.
    pub(crate) fn find(&self, name: &str) -> Result<Found, Problem> {
        let exact: Vec<u32> = self.columns(|text| text == name);
        if let [column] = exact.as_slice() {
            return Ok(Found { column: *column, warning: None });
        }
        let folded = fold_header(name);
        let loose = if exact.is_empty() { self.columns(|text| fold_header(text) == folded) } else { exact };
        match loose.as_slice() {
            [column] => {
                let text = self.text(*column).unwrap_or_default();
                let warning =
                    format!("column {name:?} is headed {text:?}, which differs in spaces or character width");
                Ok(Found { column: *column, warning: Some(warning) })
            }
            [] => Err(Problem {
                cell: None,
                message: format!("no column {name:?} in row {}", self.row),
                hint: self.absent_hint(name),
            }),
            [_, second, ..] => Err(Problem {
                cell: Some((self.row, *second)),
                message: format!("the header {name:?} stands over {} columns", loose.len()),
                hint: "a column is found by its header: give each its own in a copy of the file".into(),
            }),
        }
    }

    /// The text over a column.
    pub(crate) fn text(&self, column: u32) -> Option<&str> {
        self.cells.iter().find(|(at, _)| *at == column).map(|(_, text)| text.as_str())
    }

    fn columns(&self, accept: impl Fn(&str) -> bool) -> Vec<u32> {
        self.cells.iter().filter(|(_, text)| accept(text)).map(|(column, _)| *column).collect()
    }

    fn absent_hint(&self, name: &str) -> String {
        let wanted = fold_header(name);
        if let [(_, only)] = self.cells.as_slice()
            && self.is_text
        {
            let divides = |delimiter: &char| only.split(*delimiter).any(|part| fold_header(part) == wanted);
            if let Some(delimiter) = [',', ';', '\t', '|'].iter().find(|delimiter| divides(delimiter)) {
                return format!(
                    "the row is {only:?}: set `delimiter: {:?}` in vintage.yaml",
                    delimiter.to_string()
                );
            }
        }
        let has = |texts: &[String]| texts.iter().any(|text| fold_header(text) == wanted);
        if let Some((row, _)) = self.below.iter().find(|(_, texts)| has(texts)) {
            return format!("row {row} has it: set `header_row: {row}` in vintage.yaml");
        }
        let texts = || self.cells.iter().map(|(_, text)| text.as_str());
        if let Some(near) = did_you_mean(name, texts()) {
            return format!("did you mean {near:?}? mend the name in vintage.yaml");
        }
        let shown: Vec<String> = texts().take(30).map(|text| format!("{text:?}")).collect();
        let more = self.cells.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("its headers are {}{more}", shown.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(texts: &[&str]) -> Header {
        let cells = (1..).zip(texts.iter().map(|&text| text.to_owned())).collect();
        Header { row: 1, cells, below: Vec::new(), is_text: true }
    }

    #[test]
    fn exact_before_loose() {
        let header = header(&["gdp (total)", "gdp（total）", "人均 GDP"]);
        assert_eq!(header.find("gdp（total）"), Ok(Found { column: 2, warning: None }));
        let found = header.find("人均GDP");
        assert!(found.is_ok_and(|found| found.column == 3 && found.warning.is_some()));
    }

    #[test]
    fn absent_and_doubled_headers_are_problems() {
        let header = header(&["year", "value", "value", "a b", "a  b"]);
        let doubled = header.find("value");
        assert!(doubled.is_err_and(|problem| problem.cell == Some((1, 3))));
        let doubled_loosely = header.find("ab");
        assert!(doubled_loosely.is_err_and(|problem| problem.message.contains("2 columns")));
        let absent = header.find("yaer");
        assert!(
            absent
                .is_err_and(|problem| problem.hint == "did you mean \"year\"? mend the name in vintage.yaml")
        );
    }
}
