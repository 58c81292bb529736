//! What changed in raw files, in the words of whoever has them open in a spreadsheet.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use vintner_ingest::{CellContent, Format, Grid, GridRow, Shown, Source, read_grid};
use vintner_pipeline::{
    Cell, DescribeDifferences, Difference, DifferenceCollector, Differences, RowPair, Table, pair_rows,
    row_text,
};

/// Differences between tables: delimited text in any encoding, workbooks and Parquet files.
#[derive(Debug, Clone, Copy, Default)]
pub struct TableDifferences;

impl DescribeDifferences for TableDifferences {
    fn describe(
        &self,
        path: &Path,
        declaration: Option<&Value>,
        before: &[u8],
        after: &[u8],
        limit: usize,
    ) -> Option<Differences> {
        let source = match declaration {
            Some(declaration) => serde_json::from_value(declaration.clone()).ok()?,
            None => undeclared(path)?,
        };
        let (old, new) = (read_grid(&source, before).ok()?, read_grid(&source, after).ok()?);
        let is_text = source.format.is_text();
        let (old, new) =
            (Sheet::of(&old, source.header_row, is_text), Sheet::of(&new, source.header_row, is_text));
        let mut compared = Compared { old: &old, new: &new, collector: DifferenceCollector::new(limit) };
        let columns = compared.columns();
        compared.rows(&columns);
        if compared.collector.is_empty() {
            let where_else =
                if source.format.is_workbook() { ": formats, formulas or other sheets" } else { "" };
            compared.collector.note(&format!("the same cells, written otherwise{where_else}"));
        }
        Some(compared.collector.finish())
    }
}

/// How a file is read of which no manifest says anything: its ending tells the format, and its first
/// row holds the headers.
fn undeclared(path: &Path) -> Option<Source> {
    let formats = Format::ALL.into_iter().filter(|format| *format != Format::Parquet);
    let ending = path.extension()?.to_str()?.to_lowercase();
    let format = formats.into_iter().find(|format| format.name() == ending)?;
    let declaration = json!({"name": "", "file": path.display().to_string(), "sha256": "", "format": format, "columns": []});
    serde_json::from_value(declaration).ok()
}

/// A sheet, its header apart from the rows.
struct Sheet<'a> {
    grid: &'a Grid,
    /// The headers by column, from 0; empty where there is none.
    headers: Vec<String>,
    rows: Vec<&'a GridRow>,
    /// As many columns as the widest row has.
    width: usize,
}

impl<'a> Sheet<'a> {
    fn of(grid: &'a Grid, header: u32, is_text: bool) -> Self {
        let header = grid.header_row(header, is_text);
        let headers = header.map(|row| row.cells.iter().map(CellContent::raw).collect()).unwrap_or_default();
        let is_header = |row: &&GridRow| header.is_some_and(|header| header.number == row.number);
        let rows: Vec<&GridRow> = grid.rows.iter().filter(|row| !is_header(row)).collect();
        let width = grid.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        Self { grid, headers, rows, width }
    }

    fn header(&self, column: usize) -> &str {
        self.headers.get(column).map_or("", |header| header.trim())
    }

    /// Where each header stands that stands over one column alone.
    fn places(&self) -> BTreeMap<&str, usize> {
        let mut places: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for column in 0..self.headers.len() {
            places.entry(self.header(column)).and_modify(|place| *place = None).or_insert(Some(column));
        }
        places
            .into_iter()
            .filter(|(header, _)| !header.is_empty())
            .filter_map(|(header, at)| Some((header, at?)))
            .collect()
    }

    /// A column by its header, or by its letters where it has none.
    fn column(&self, column: usize) -> String {
        match self.header(column) {
            "" => format!("column {}", self.letters(column)),
            header => format!("column {header}"),
        }
    }

    fn letters(&self, column: usize) -> String {
        let address = self.grid.address(0, u32::try_from(column + 1).unwrap_or(u32::MAX)).cell();
        address.trim_end_matches('0').to_owned()
    }

    /// A row as a reader of the file counts.
    fn row(&self, row: usize) -> String {
        let number = self.rows.get(row).map_or(0, |row| row.number);
        match &self.grid.sheet {
            Some(sheet) => format!("sheet {sheet} row {number}"),
            None => format!("row {number}"),
        }
    }
}

impl Table for Sheet<'_> {
    fn height(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let content = self.rows.get(row).and_then(|row| row.cells.get(column));
        match content {
            None | Some(CellContent::Empty) => Cell::Missing,
            Some(CellContent::Number(number)) => Cell::Number(*number),
            Some(CellContent::Text(text)) => Cell::Text(text.into()),
            Some(CellContent::Boolean(flag)) => Cell::Boolean(*flag),
            Some(CellContent::Date(text)) => Cell::Other { kind: "date", text: text.into() },
            Some(CellContent::Error(text)) => Cell::Other { kind: "error", text: text.into() },
            Some(CellContent::Missing(text)) => Cell::Other { kind: "missing", text: text.into() },
            Some(CellContent::Shown(shown)) => match shown.as_ref() {
                Shown::Formatted { number, .. } | Shown::Percent { number } => Cell::Number(*number),
                Shown::Noted { whole, .. } => Cell::Text(whole.into()),
                Shown::Unsure { text, .. } => Cell::Other { kind: "unsure", text: text.into() },
            },
        }
    }
}

struct Compared<'a> {
    old: &'a Sheet<'a>,
    new: &'a Sheet<'a>,
    collector: DifferenceCollector,
}

impl Compared<'_> {
    /// Reports columns that are new, gone or headed otherwise, and gives the places of those that
    /// both versions have. A column is known by its header; without one, or where several are headed
    /// alike, by its place.
    fn columns(&mut self) -> Vec<(usize, usize)> {
        let (old, new) = (self.old, self.new);
        let (old_places, new_places) = (old.places(), new.places());
        let mut pairs: Vec<(usize, usize)> =
            old_places.iter().filter_map(|(header, at)| Some((*at, *new_places.get(header)?))).collect();
        let mut news: Vec<usize> =
            (0..new.width).filter(|column| pairs.iter().all(|(_, other)| other != column)).collect();
        let olds: Vec<usize> =
            (0..old.width).filter(|column| pairs.iter().all(|(one, _)| one != column)).collect();
        for one in olds {
            // A header of its own that the other version doesn't have may be new or gone, and may be
            // another name for what stands in its place: then the cells below it tell.
            let same_place = news.iter().position(|other| *other == one && self.is_renamed(one, *other));
            match same_place {
                Some(at) => {
                    pairs.push((one, news.remove(at)));
                    let headers = (old.header(one).to_owned(), new.header(one).to_owned());
                    if headers.0 != headers.1 {
                        let place = || format!("header of column {}", new.letters(one));
                        self.collector.add(|| Difference::changed(place(), headers));
                    }
                }
                None => self.collector.add(|| Difference::gone(old.column(one), String::new())),
            }
        }
        for other in news {
            self.collector.add(|| Difference::new_place(new.column(other), String::new()));
        }
        pairs.sort_unstable();
        if !pairs.is_sorted_by_key(|(_, other)| *other) {
            self.collector.note("the columns stand in another order");
        }
        pairs
    }

    /// Whether a column in the same place is the same one: headed alike, or with mostly the same cells.
    fn is_renamed(&self, one: usize, other: usize) -> bool {
        if self.old.header(one) == self.new.header(other) {
            return true;
        }
        let height = self.old.height().min(self.new.height());
        let same = (0..height).filter(|row| self.old.cell(*row, one).is_same(&self.new.cell(*row, other)));
        same.count() * 2 > height
    }

    fn rows(&mut self, columns: &[(usize, usize)]) {
        let (old, new) = (self.old, self.new);
        for pair in pair_rows(old, new, columns) {
            match pair {
                RowPair::Both { before, after } => {
                    for &(one, other) in columns {
                        let (was, is) = (old.cell(before, one), new.cell(after, other));
                        if !was.is_same(&is) {
                            let place = || format!("{} {}", new.row(after), new.column(other));
                            self.collector.add(|| Difference::changed(place(), was.shown_beside(&is)));
                        }
                    }
                }
                RowPair::Gone(row) => {
                    self.collector.add(|| Difference::gone(old.row(row), row_text(old, row, old.width)));
                }
                RowPair::New(row) => {
                    self.collector.add(|| Difference::new_place(new.row(row), row_text(new, row, new.width)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(file: &str, declaration: Option<Value>, before: &[u8], after: &[u8]) -> String {
        let differences = TableDifferences
            .describe(Path::new(file), declaration.as_ref(), before, after, 10)
            .unwrap_or_default();
        format!("{differences}")
    }

    #[test]
    fn a_cell_is_named_by_its_row_and_header() {
        let (before, after) =
            (b"city,year,gdp\na,2008,1.2\nb,2008,3\n", b"city,year,gdp\na,2008,1.3\nb,2008,3\n");
        assert_eq!(described("gdp.csv", None, before, after), "row 2 column gdp: 1.2 -> 1.3");
    }

    #[test]
    fn an_inserted_row_shifts_nothing() {
        let (before, after) = ("city,gdp\na,1\nb,2\n", "city,gdp\nx,9\na,1\nb,2.5\n");
        assert_eq!(
            described("gdp.csv", None, before.as_bytes(), after.as_bytes()),
            "row 2 is new\nrow 4 column gdp: 2 -> 2.5"
        );
    }

    #[test]
    fn columns_come_go_and_are_renamed() {
        let (before, after) = ("city,gdp,pop\na,1,5\nb,2,6\n", "city,GDP,area\na,1,7\nb,2,8\n");
        assert_eq!(
            described("gdp.csv", None, before.as_bytes(), after.as_bytes()),
            "header of column B: gdp -> GDP\ncolumn pop is gone\ncolumn area is new"
        );
        let (before, after) = ("city,gdp\na,1\n", "gdp,city\n1,a\n");
        assert_eq!(
            described("gdp.csv", None, before.as_bytes(), after.as_bytes()),
            "the columns stand in another order"
        );
    }

    #[test]
    fn a_declared_source_is_read_as_its_manifest_says() {
        let declaration = json!({
            "name": "gdp", "file": "gdp.txt", "sha256": "", "format": "csv", "delimiter": ";",
            "encoding": "gb18030", "header_row": 2, "columns": [],
        });
        let text = |value: &str| {
            encoding_rs::GB18030.encode(&format!("标题\n城市;产值\n甲城;{value}\n")).0.into_owned()
        };
        assert_eq!(
            described("gdp.txt", Some(declaration), &text("1"), &text("2")),
            "row 3 column 产值: 1 -> 2"
        );
    }

    #[test]
    fn other_bytes_of_the_same_cells_are_said_to_be_that() {
        assert_eq!(
            described("gdp.csv", None, b"a,b\n1,2\n", b"a,b\r\n1,2\r\n"),
            "the same cells, written otherwise"
        );
        assert!(TableDifferences.describe(Path::new("notes.md"), None, b"a", b"b", 5).is_none());
        assert!(TableDifferences.describe(Path::new("broken.xlsx"), None, b"a", b"b", 5).is_none());
    }
}
