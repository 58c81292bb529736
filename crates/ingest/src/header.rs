//! The header row of a table, and finding columns in it.

use vintner_diagnostics::did_you_mean;

use crate::column_letter::{by_place, letters};
use crate::fold::{fold, fold_header, is_folded};
use crate::grid::{CellContent, Grid, GridRow};
use crate::merged_region::MergedRegion;
use crate::problem::Problem;
use crate::rows::{GIVEN, Row};
use crate::source::Source;

/// The header row's cells that aren't blank.
#[derive(Debug)]
pub(crate) struct Header {
    /// The header's row number; of several the last.
    pub row: u32,
    /// The last row that is no data: the header's, or one under it that is skipped.
    pub last: u32,
    /// Column, from 1, and text; of several rows their texts as one.
    pub cells: Vec<(u32, String)>,
    /// The texts of several rows apart, by column as above; a merged cell's in each of its columns.
    pub parts: Vec<Vec<String>>,
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
    /// The header of a source: from the row that it names on, or for text from the first row from there on.
    pub(crate) fn of(grid: &Grid, source: &Source) -> Result<Header, Problem> {
        let (number, is_text) = (source.header_row, source.format.is_text());
        let row = grid.header_row(number, is_text).ok_or_else(|| Problem {
            cell: None,
            message: match grid.rows.last() {
                Some(last) => format!("no header in row {number}; the table's last row is {}", last.number),
                None => "nothing in it, not even a header".into(),
            },
            hint: "set `header_row` to the row of the column headers, or mend `sheet`".into(),
        })?;
        let from = grid.rows.iter().position(|own| own.number == row.number).unwrap_or_default();
        let rows = grid.rows.get(from..).unwrap_or_default();
        let height = (source.header_rows.max(1) as usize).min(rows.len());
        let (rows, below) = rows.split_at_checked(height).unwrap_or((rows, &[]));
        let (cells, parts) =
            joined(rows, source.header_separator(), &Merges { regions: &grid.merged, rows: &grid.rows });
        let last = rows.last().map_or(row.number, |row| row.number);
        let skipped = (source.skip_rows as usize).checked_sub(1).and_then(|at| below.get(at));
        Ok(Header {
            row: last,
            last: skipped.map_or(last, |row| row.number),
            cells,
            parts,
            below: below
                .iter()
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
            [] if self.elsewhere(name, &folded).is_some() => {
                let column = self.elsewhere(name, &folded).unwrap_or_default();
                Ok(Found { column, warning: None })
            }
            [] => Err(Problem {
                cell: None,
                message: format!("no column {name:?} in row {}", self.row),
                hint: self.absent_hint(name),
            }),
            [_, second, ..] => Err(Problem {
                cell: Some((self.row, *second)),
                message: format!("the header {name:?} stands over {} columns", loose.len()),
                hint: format!("name the one that is meant by its place, `column {}`", letters(*second)),
            }),
        }
    }

    /// A column named by its place, or by its lowest header text alone.
    fn elsewhere(&self, name: &str, folded: &str) -> Option<u32> {
        by_place(name).or_else(|| match self.lowest(folded).as_slice() {
            [column] => Some(*column),
            _ => None,
        })
    }

    /// The columns whose lowest header text is this, where there are several rows.
    fn lowest(&self, folded: &str) -> Vec<u32> {
        let lowest = |parts: &&Vec<String>| parts.iter().rev().find(|part| !part.is_empty()).cloned();
        let columns = self.cells.iter().zip(&self.parts).filter(|(_, parts)| parts.len() > 1);
        let fitting =
            columns.filter(|(_, parts)| lowest(parts).is_some_and(|own| fold_header(&own) == folded));
        fitting.map(|((column, _), _)| *column).collect()
    }

    /// Whether a row says what one of the header's rows says, as after a page break: each of its cells that isn't blank, of
    /// which there are several, and not all of them numbers.
    pub(crate) fn is_repeated_by(&self, row: &dyn Row) -> bool {
        let height = self.parts.iter().map(Vec::len).max().unwrap_or_default();
        let columns = || self.cells.iter().zip(&self.parts).filter(|((column, _), _)| *column < GIVEN);
        (0..height).any(|at| {
            let (mut same, mut words) = (0_usize, false);
            for ((column, _), parts) in columns() {
                let cell = row.cell(*column);
                if cell.is_blank() {
                    continue;
                }
                let (raw, text) = (cell.raw(), parts.get(at).map(String::as_str).unwrap_or_default());
                if raw != text && (is_folded(&raw) || fold(&raw) != fold(text)) {
                    return false;
                }
                same += 1;
                words = words || !text.bytes().all(|byte| byte.is_ascii_digit() || b". ".contains(&byte));
            }
            words && same > 1 && same * 2 >= columns().count()
        })
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

/// The merged cells of a table with all its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merges<'g> {
    pub regions: &'g [MergedRegion],
    pub rows: &'g [GridRow],
}

impl Merges<'_> {
    /// What a region shows.
    fn text(&self, region: &MergedRegion) -> String {
        let row = self.rows.binary_search_by_key(&region.first_row, |row| row.number).ok();
        let row = row.and_then(|at| self.rows.get(at));
        let content = row.map(|row| row.cell(region.first_column)).filter(|content| !content.is_blank());
        content.map(CellContent::header_text).unwrap_or_default()
    }
}

/// The texts of header rows by column, as one and apart. The text of merged cells holds for each of their columns, and
/// once for their rows. In all rows but the last any other text holds for the empty cells after it, as people write
/// who don't merge.
pub(crate) fn joined(
    rows: &[GridRow],
    separator: &str,
    merges: &Merges<'_>,
) -> (Vec<(u32, String)>, Vec<Vec<String>>) {
    let begins = rows.first().map_or(0, |row| row.number);
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let filled: Vec<Vec<String>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let mut last = String::new();
            let of_row: Vec<&MergedRegion> =
                merges.regions.iter().filter(|region| region.has_row(row.number)).collect();
            let texts = (1..=u32::try_from(width).unwrap_or(u32::MAX)).map(|column| {
                let content = row.cell(column);
                if let Some(region) = of_row.iter().find(|region| region.has_column(column)) {
                    last.clear();
                    // Of a header's last row a text is that of its first column alone; see `merged`.
                    let is_own = column == region.first_column || at + 1 < rows.len();
                    let begins_here = region.first_row == row.number;
                    let from_above = row.number == begins && region.first_row < begins && !region.is_wide();
                    return if (begins_here && is_own) || from_above {
                        merges.text(region)
                    } else {
                        String::new()
                    };
                }
                if at + 1 == rows.len() {
                    return if content.is_blank() { String::new() } else { content.header_text() };
                }
                if !content.is_blank() {
                    last = content.header_text();
                }
                last.clone()
            });
            texts.collect()
        })
        .collect();
    let mut cells = Vec::new();
    let mut parts = Vec::new();
    for (at, column) in (0..width).zip(1..) {
        let own: Vec<String> = filled.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
        if let [text] = own.as_slice() {
            // Spaces within a header stay as they are written.
            if !text.is_empty() {
                cells.push((column, text.clone()));
                parts.push(own);
            }
            continue;
        }
        let texts: Vec<String> = own.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).collect();
        if !texts.is_empty() {
            cells.push((column, texts.join(separator)));
            parts.push(own.iter().map(|text| fold(text)).collect());
        }
    }
    (cells, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_texts_hold_for_the_cells_after_them() {
        let row = |number, texts: &[&str]| GridRow {
            number,
            cells: texts.iter().map(|text| CellContent::from_text(*text)).collect(),
        };
        let rows = [row(1, &["", "Output", "", "Price"]), row(2, &["Country", "Estimate", "Error"])];
        let none = Merges { regions: &[], rows: &rows };
        let (cells, parts) = joined(&rows, " | ", &none);
        let texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["Country", "Output | Estimate", "Output | Error", "Price"]);
        assert_eq!(parts.get(2).map(|parts| parts.join("/")), Some("Output/Error".into()));
    }

    #[test]
    fn merged_cells_end_where_they_end() {
        let row = |number, texts: &[&str]| GridRow {
            number,
            cells: texts.iter().map(|text| CellContent::from_text(*text)).collect(),
        };
        let rows = [
            row(3, &["Country", "", "Output", "", "", "Notes"]),
            row(4, &["", "Year", "Estimate", "Error", "Source", ""]),
        ];
        let region = |first: (u32, u32), last| MergedRegion::between(first, last);
        let regions: Vec<MergedRegion> =
            [region((2, 0), (3, 0)), region((2, 2), (2, 3)), region((2, 5), (3, 5))]
                .into_iter()
                .flatten()
                .collect();
        let (cells, _) = joined(&rows, " | ", &Merges { regions: &regions, rows: &rows });
        let texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["Country", "Year", "Output | Estimate", "Output | Error", "Source", "Notes"]);
        // A header that begins in the last row of merged cells has their text.
        let (cells, _) =
            joined(rows.get(1..).unwrap_or_default(), " | ", &Merges { regions: &regions, rows: &rows });
        assert_eq!(cells.first().map(|(_, text)| text.as_str()), Some("Country"));
    }

    fn header(texts: &[&str]) -> Header {
        let cells: Vec<(u32, String)> = (1..).zip(texts.iter().map(|&text| text.to_owned())).collect();
        let parts = cells.iter().map(|(_, text)| vec![text.clone()]).collect();
        Header { row: 1, last: 1, cells, parts, below: Vec::new(), is_text: true }
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
