//! Tables of HTML pages that call themselves xls: what many offices' databases export.
//!
//! The largest table of a page is its table; cells that span columns or rows stand in the first of their places.

use crate::grid::{CellContent, GridRow};
use crate::merged_region::MergedRegion;
use crate::runs::{Look, Runs};

/// As many cells as are read of a page.
const CELLS: usize = 5_000_000;

/// Sheets end here.
const COLUMNS: usize = 16_384;

/// The rows of a table, and its merged cells.
pub(crate) type PageTable = (Vec<GridRow>, Vec<MergedRegion>);

/// The table that has most cells; nothing where the page has none.
pub(crate) fn table(text: &str) -> Result<Option<PageTable>, String> {
    let mut reader = TableReader::default();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        reader.text(before);
        if tag.starts_with("<!--") {
            let end = tag.find("-->").map_or(tag.len(), |end| end + 3);
            rest = tag.get(end..).unwrap_or_default();
            continue;
        }
        let Some(end) = tag.find('>') else { return Err("it breaks off within a tag".into()) };
        let inner = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let name: String =
            inner.chars().take_while(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let name = name.trim_end_matches('/');
        // What stands in these is no text.
        if name == "style" || name == "script" {
            let close = format!("</{name}");
            let end = rest.to_ascii_lowercase().find(&close).unwrap_or(rest.len());
            rest = rest.get(end..).unwrap_or_default();
            continue;
        }
        reader.tag(name, inner)?;
    }
    reader.text(rest);
    if reader.open > 0 {
        return Err("it breaks off within a table".into());
    }
    Ok(reader
        .tables
        .into_iter()
        .max_by_key(|(rows, _)| rows.iter().map(|row| row.cells.len()).sum::<usize>()))
}

#[derive(Default)]
struct TableReader {
    tables: Vec<PageTable>,
    /// How many tables are open, one within another.
    open: usize,
    rows: Vec<GridRow>,
    merged: Vec<MergedRegion>,
    /// The cells of the row that is open.
    row: Option<Vec<CellContent>>,
    cell: Option<OpenCell>,
    /// By column: for how many rows to come a cell above reaches down into it.
    reaching: Vec<usize>,
    look: Look,
    count: usize,
}

struct OpenCell {
    runs: Runs,
    columns: usize,
    rows: usize,
}

impl TableReader {
    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            cell.runs.push(&unescaped(text), self.look);
        }
    }

    fn tag(&mut self, name: &str, inner: &str) -> Result<(), String> {
        match name {
            "table" => {
                if self.open > 0 {
                    return Err("a table within a table".into());
                }
                self.open = 1;
            }
            "/table" if self.open > 0 => {
                self.end_row()?;
                self.open = 0;
                self.reaching.clear();
                self.tables.push((std::mem::take(&mut self.rows), std::mem::take(&mut self.merged)));
            }
            "tr" if self.open > 0 => {
                self.end_row()?;
                self.row = Some(Vec::new());
            }
            "/tr" => self.end_row()?,
            "td" | "th" if self.open > 0 => {
                self.end_cell()?;
                self.row.get_or_insert_default();
                let span = |name: &str| {
                    let span = attribute(inner, name).and_then(|span| span.parse::<usize>().ok());
                    span.unwrap_or(1).clamp(1, COLUMNS)
                };
                self.look = Look::default();
                self.cell =
                    Some(OpenCell { runs: Runs::default(), columns: span("colspan"), rows: span("rowspan") });
            }
            "/td" | "/th" => self.end_cell()?,
            "br" => self.text("\n"),
            "sup" => self.look.raised = true,
            "/sup" => self.look.raised = false,
            "sub" => self.look.lowered = true,
            "/sub" => self.look.lowered = false,
            "s" | "del" | "strike" => self.look.struck = true,
            "/s" | "/del" | "/strike" => self.look.struck = false,
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), String> {
        let (Some(cell), Some(row)) = (self.cell.take(), &mut self.row) else { return Ok(()) };
        // Where a cell above reaches down, this one stands to the right.
        while self.reaching.get(row.len()).is_some_and(|rows| *rows > 0) {
            row.push(CellContent::Empty);
        }
        let first = row.len();
        self.count += cell.columns;
        if self.count > CELLS || first + cell.columns > COLUMNS {
            return Err(format!("more than {CELLS} cells, or {COLUMNS} columns"));
        }
        row.push(trimmed(cell.runs.content()));
        row.resize(first + cell.columns, CellContent::Empty);
        let down = u32::try_from(self.rows.len()).ok().zip(u32::try_from(cell.rows - 1).ok());
        let across = u32::try_from(first).ok().zip(u32::try_from(row.len() - 1).ok());
        if let (Some((at, down)), Some((first, last))) = (down, across) {
            self.merged.extend(MergedRegion::between((at, first), (at.saturating_add(down), last)));
        }
        if cell.rows > 1 {
            self.reaching.resize(self.reaching.len().max(row.len()), 0);
            for reaching in self.reaching.iter_mut().skip(first).take(cell.columns) {
                // The row itself is counted off at its end.
                *reaching = cell.rows;
            }
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), String> {
        self.end_cell()?;
        let Some(cells) = self.row.take() else { return Ok(()) };
        self.reaching.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        let number =
            u32::try_from(self.rows.len() + 1).map_err(|_| "more rows than can be counted".to_owned())?;
        self.rows.push(GridRow { number, cells });
        Ok(())
    }
}

/// Text as a browser shows it: runs of white space are one space.
fn trimmed(content: CellContent) -> CellContent {
    match content {
        CellContent::Text(text) => CellContent::from_text(
            text.split([' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
        ),
        other => other,
    }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.to_ascii_lowercase().find(&format!("{name}="))? + name.len() + 1;
    let value = tag.get(at..)?;
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split(|c: char| c.is_whitespace() || c == '/').next(),
    }
}

/// A text with what stands for characters replaced by these.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(';').filter(|end| *end <= 10);
        let known = end.and_then(|end| from.get(1..end)).and_then(character);
        match (known, end) {
            (Some(known), Some(end)) => {
                out.push(known);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "minus" => '−',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "sup1" => '¹',
        "sup2" => '²',
        "sup3" => '³',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rows(page: &str) -> Vec<Vec<String>> {
        let (rows, _) = table(page).unwrap().unwrap_or_default();
        rows.iter().map(|row| row.cells.iter().map(CellContent::raw).collect()).collect()
    }

    #[test]
    fn the_largest_table_is_read_as_it_is_seen() {
        let page = "<html><head><style>td {x: 1 > 0}</style></head><table><tr><td>menu</td></tr></table>\
                    <TABLE border=1><TR><TH rowspan=2>City<TH COLSPAN='2'>GDP &amp; more</TR>\
                    <tr><td>2008<td>2009</tr><!-- <tr><td>9</td></tr> -->\
                    <tr><td> A\n town </td><td>1&nbsp;234<br></td><td>12.3<sup>1</sup></td></tr></TABLE>";
        assert_eq!(
            rows(page),
            [vec!["City", "GDP & more", ""], vec!["", "2008", "2009"], vec!["A town", "1\u{a0}234", "12.3"]]
        );
        assert_eq!(table("<p>no table</p>"), Ok(None));
    }

    #[test]
    fn what_breaks_off_is_refused() {
        for page in [
            "<table><tr><td>1",
            "<table><tr><td>1</td></tr",
            "<table><tr><td><table></table></td></tr></table>",
        ] {
            assert!(table(page).is_err(), "{page}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_page_breaks_it(page in "(<|</)?(table|tr|td|th|sup|br|a b='c'|!--|&amp;|x|>|\\PC){0,40}") {
            let _ = table(&page);
        }
    }
}
