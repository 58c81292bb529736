//! Tables of HTML pages that call themselves xls: what many offices' databases export.
//!
//! The largest table of a page is its table; cells that span columns or rows stand in the first of their places.

use crate::grid::{CellContent, GridRow};
use crate::html_hidden::{Unseen, attribute};
use crate::merged_region::MergedRegion;
use crate::runs::{Look, Runs};

/// As many cells as are read of a page.
const CELLS: usize = 5_000_000;

/// Sheets end here.
const COLUMNS: usize = 16_384;

/// A table of a page.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PageTable {
    pub rows: Vec<GridRow>,
    /// Cells that span columns or rows.
    pub merged: Vec<MergedRegion>,
    /// Rows that aren't shown, counted from 1.
    pub hidden: Vec<u32>,
}

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
        if ["style", "script", "template", "noscript", "title"].contains(&name) && !inner.ends_with('/') {
            let close = format!("</{name}");
            let end = rest.to_ascii_lowercase().find(&close).unwrap_or(rest.len());
            if name == "style" {
                reader.unseen.read(rest.get(..end).unwrap_or_default());
            }
            rest = rest.get(end..).unwrap_or_default();
            continue;
        }
        if reader.passes_over(name, inner) {
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
        .max_by_key(|table| table.rows.iter().map(|row| row.cells.len()).sum::<usize>()))
}

#[derive(Default)]
struct TableReader {
    tables: Vec<PageTable>,
    /// How many tables are open, one within another.
    open: usize,
    own: PageTable,
    unseen: Unseen,
    /// The element within a cell that isn't shown, and how many of its name are open.
    hidden: Option<(String, usize)>,
    /// Whether the table isn't shown, or the row.
    hides_table: bool,
    hides_row: bool,
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
    /// Whether it isn't shown: then it has no place in its row.
    is_hidden: bool,
}

/// Elements that stand on lines of their own.
const ON_LINES: [&str; 24] = [
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "blockquote",
    "pre",
    "option",
    "form",
];

/// Elements without content.
const EMPTY: [&str; 10] = ["br", "hr", "img", "input", "wbr", "col", "meta", "link", "area", "source"];

/// Elements that tables are made of.
const OF_TABLES: [&str; 9] = ["table", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "colgroup"];

impl TableReader {
    /// Whether a tag is that of an element within a cell that isn't shown, or stands in one.
    fn passes_over(&mut self, name: &str, inner: &str) -> bool {
        let bare = name.trim_start_matches('/');
        if self.cell.is_none() || OF_TABLES.contains(&bare) {
            self.hidden = None;
            return false;
        }
        if let Some((own, open)) = &mut self.hidden {
            if own == name && !inner.ends_with('/') {
                *open += 1;
            } else if name.strip_prefix('/') == Some(own.as_str()) {
                *open -= 1;
                if *open == 0 {
                    self.hidden = None;
                }
            }
            return true;
        }
        let begins = !name.starts_with('/')
            && !EMPTY.contains(&name)
            && !inner.ends_with('/')
            && self.unseen.has(inner);
        if begins {
            self.hidden = Some((name.to_owned(), 1));
        }
        begins
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
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
                self.hides_table = self.unseen.has(inner);
            }
            "/table" if self.open > 0 => {
                self.end_row()?;
                self.open = 0;
                self.reaching.clear();
                let own = std::mem::take(&mut self.own);
                if !self.hides_table {
                    self.tables.push(own);
                }
            }
            "tr" if self.open > 0 => {
                self.end_row()?;
                self.row = Some(Vec::new());
                self.hides_row = self.unseen.has(inner);
            }
            "/tr" => self.end_row()?,
            "td" | "th" if self.open > 0 => {
                self.end_cell()?;
                self.row.get_or_insert_default();
                let span = |name: &str| {
                    let span = attribute(inner, name).and_then(|span| span.parse::<usize>().ok());
                    span.unwrap_or(1).clamp(1, COLUMNS)
                };
                if attribute(inner, "rowspan").is_some_and(|rows| rows.trim() == "0") {
                    return Err("a cell with rowspan 0, which reaches down as far as browsers like".into());
                }
                self.look = Look::default();
                let (columns, rows) = (span("colspan"), span("rowspan"));
                let is_hidden = self.unseen.has(inner);
                self.cell = Some(OpenCell { runs: Runs::default(), columns, rows, is_hidden });
            }
            "/td" | "/th" => self.end_cell()?,
            "sup" => self.look.raised = true,
            "/sup" => self.look.raised = false,
            "sub" => self.look.lowered = true,
            "/sub" => self.look.lowered = false,
            "s" | "del" | "strike" => self.look.struck = true,
            "/s" | "/del" | "/strike" => self.look.struck = false,
            own if ON_LINES.contains(&own.trim_start_matches('/')) => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), String> {
        self.hidden = None;
        let (Some(cell), Some(row)) = (self.cell.take(), &mut self.row) else { return Ok(()) };
        if cell.is_hidden {
            return Ok(());
        }
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
        let down = u32::try_from(self.own.rows.len()).ok().zip(u32::try_from(cell.rows - 1).ok());
        let across = u32::try_from(first).ok().zip(u32::try_from(row.len() - 1).ok());
        if let (Some((at, down)), Some((first, last))) = (down, across) {
            self.own.merged.extend(MergedRegion::between((at, first), (at.saturating_add(down), last)));
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
            u32::try_from(self.own.rows.len() + 1).map_err(|_| "more rows than can be counted".to_owned())?;
        self.own.rows.push(GridRow { number, cells });
        if std::mem::take(&mut self.hides_row) {
            self.own.hidden.push(number);
        }
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
        "thinsp" => '\u{2009}',
        "ensp" => '\u{2002}',
        "emsp" => '\u{2003}',
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "dagger" => '†',
        "Dagger" => '‡',
        "bull" => '•',
        "euro" => '€',
        "sup1" => '¹',
        "sup2" => '²',
        "sup3" => '³',
        _ => {
            let at = LATIN.split_whitespace().position(|known| known == name)?;
            return char::from_u32(161 + u32::try_from(at).ok()?);
        }
    })
}

/// The names of the letters from U+00A1 to U+00FF, in their order.
const LATIN: &str = "iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para \
    middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml \
    Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave \
    aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde \
    ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rows(page: &str) -> Vec<Vec<String>> {
        let table = table(page).unwrap().unwrap_or_default();
        table.rows.iter().map(|row| row.cells.iter().map(CellContent::raw).collect()).collect()
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
    fn what_isnt_shown_isnt_read() {
        let row = |cell: &str| {
            rows(&format!("<style>.x {{display: none}}</style><table><tr><td>{cell}</td></tr></table>"))
                .remove(0)
        };
        for cell in [
            "<span style=\"display:none\">0001</span>12",
            "<span class=\"sortkey\">7008<b>1</b><span>5</span></span>12",
            "<span hidden>99</span>12",
            "<span class='x'>99</span>12",
            "12<script>3</script><template>4</template>",
            "<td style='display:none'>9</td><td>12",
            "<td><div>12</div>",
            "12<br hidden>",
        ] {
            let mut found = row(cell);
            found.retain(|text| !text.is_empty());
            assert_eq!(found, ["12"], "{cell}");
        }
        // What stands on lines of its own is no part of one number.
        for cell in
            ["<p>12</p><p>13</p>", "12<br>13", "<div>12</div>13", "<select><option>12<option>13</select>"]
        {
            assert_eq!(row(cell), ["12 13"], "{cell}");
        }
        assert_eq!(row("C&ocirc;te d&rsquo;Or &yuml;&iexcl;&szlig;"), ["Côte d’Or ÿ¡ß"]);
        let page = "<table><tr style=\"display:none\"><td>1</td></tr><tr><td>2</td></tr></table>\
                    <table hidden><tr><td>1<td>2<td>3</tr></table>";
        let found = table(page).unwrap().unwrap();
        assert_eq!((found.rows.len(), found.hidden), (2, vec![1]));
        assert!(table("<table><tr><td rowspan=0>1</td></tr></table>").is_err());
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
