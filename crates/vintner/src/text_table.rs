//! Tables of text in columns, as wide as what they hold. A Chinese character takes two places.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::printable::printable_line;
use crate::terminal::{Screen, fold_words};

/// A table that is printed once it is whole.
pub(crate) struct TextTable {
    rows: Vec<Vec<String>>,
    has_headers: bool,
    alignments: Vec<Align>,
    indent: usize,
}

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Between two columns.
const GAP: usize = 2;
/// A column isn't made narrower than this.
const NARROWEST: usize = 12;
/// A word that takes more columns may stand out of its column.
const LONG: usize = 32;

impl TextTable {
    /// A table under headers.
    pub(crate) fn new(headers: &[&str]) -> Self {
        let headers = headers.iter().map(|header| (*header).to_owned()).collect();
        Self { rows: vec![headers], has_headers: true, alignments: Vec::new(), indent: 0 }
    }

    /// A table without headers, moved in.
    pub(crate) fn plain(indent: usize) -> Self {
        Self { rows: Vec::new(), has_headers: false, alignments: Vec::new(), indent }
    }

    pub(crate) fn indent(&mut self, indent: usize) {
        self.indent = indent;
    }

    pub(crate) fn align(&mut self, column: usize, align: Align) {
        let columns = self.alignments.len().max(column + 1);
        self.alignments.resize(columns, Align::Left);
        self.alignments[column] = align;
    }

    /// Adds a row. Cells may come from files: what a terminal would obey is escaped.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.iter().map(|cell| printable_line(cell)).collect());
    }

    /// The table for a screen of so many columns. Where it is wider, its widest columns of text are made
    /// narrower and their cells folded; where that doesn't help, each row is a paragraph.
    pub(crate) fn fitting(&self, columns: Option<usize>) -> String {
        let mut widths = self.widths();
        let Some(columns) = columns else { return self.laid_out(&widths) };
        while self.taken(&widths) > columns {
            let can_give = |column: usize| {
                let is_text = self.alignments.get(column) != Some(&Align::Right);
                if is_text { widths[column].saturating_sub(self.narrowest(column)) } else { 0 }
            };
            let givers = (0..widths.len()).filter(|column| can_give(*column) > 0);
            let Some(widest) = givers.max_by_key(|column| widths[*column]) else { return self.paragraphs() };
            let others = widths.iter().enumerate().filter(|(column, _)| *column != widest);
            let next = others.filter(|(column, _)| can_give(*column) > 0).map(|(_, width)| *width).max();
            // Down to the next one, so that two wide columns share what is lacking.
            let step = (widths[widest] - next.unwrap_or(0)).max(1);
            widths[widest] -= step.min(self.taken(&widths) - columns).min(can_give(widest));
        }
        self.laid_out(&widths)
    }

    /// How narrow a column can be made: its words fit, but for the longest ones.
    fn narrowest(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let words = cells.flat_map(|cell| fold_words(cell, 1)).map(|word| word.width());
        words.filter(|width| *width <= LONG).max().unwrap_or(0).max(NARROWEST)
    }

    /// How many columns of a screen it takes.
    pub(crate) fn width(&self) -> usize {
        self.taken(&self.widths())
    }

    fn taken(&self, widths: &[usize]) -> usize {
        self.indent + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| self.rows.iter().filter_map(|row| Some(row.get(column)?.width())).max();
        (0..columns).map(|column| width(column).unwrap_or(0)).collect()
    }

    fn laid_out(&self, widths: &[usize]) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let cells: Vec<Vec<String>> =
                row.iter().zip(widths).map(|(cell, width)| fold_words(cell, *width)).collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            for at in 0..lines {
                let mut line = " ".repeat(self.indent);
                for (column, cell) in cells.iter().enumerate() {
                    let part = cell.get(at).map_or("", String::as_str);
                    let padding = " ".repeat(widths[column].saturating_sub(part.width()));
                    match self.alignments.get(column) {
                        Some(Align::Right) => line.extend([padding.as_str(), part]),
                        _ => line.extend([part, padding.as_str()]),
                    }
                    line.push_str(&" ".repeat(GAP));
                }
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// Each row as lines: its first cell, and the others under it, each with its header.
    fn paragraphs(&self) -> String {
        let (headers, rows) = match (self.has_headers, self.rows.split_first()) {
            (true, Some((headers, rows))) => (headers.as_slice(), rows),
            _ => (&[][..], self.rows.as_slice()),
        };
        let margin = " ".repeat(self.indent);
        let mut text = String::new();
        for row in rows {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let header = headers.get(column).filter(|header| column > 0 && !header.is_empty());
                let header = header.map(|header| format!("{header}: ")).unwrap_or_default();
                let deeper = if column > 0 { "  " } else { "" };
                text.push_str(&format!("{margin}{deeper}{header}{cell}\n"));
            }
        }
        text
    }
}

/// As it is printed, which is to stdout.
impl fmt::Display for TextTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.fitting(Screen::stdout().columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TextTable {
        let mut table = TextTable::new(&["city", "gdp", "note"]);
        table.align(1, Align::Right);
        table.row(vec!["甲城".into(), "1".into(), "a short note".into()]);
        table.row(vec!["abc".into(), "1000".into(), "a note that goes on for a while".into()]);
        table
    }

    #[test]
    fn columns_line_up_whatever_the_script() {
        let mut table = TextTable::new(&["city", "gdp"]);
        table.align(1, Align::Right);
        table.row(vec!["甲城".into(), "1".into()]);
        table.row(vec!["abc".into(), "1000".into()]);
        assert_eq!(table.fitting(None), "city   gdp\n甲城     1\nabc   1000\n");
    }

    #[test]
    fn cells_are_folded_where_the_screen_is_narrow() {
        assert_eq!(
            table().fitting(Some(30)),
            "city   gdp  note\n甲城     1  a short note\nabc   1000  a note that goes\n            on for a while\n"
        );
        assert_eq!(table().fitting(Some(80)), table().fitting(None));
    }

    #[test]
    fn rows_are_paragraphs_where_nothing_else_fits() {
        assert_eq!(
            table().fitting(Some(16)),
            "甲城\n  gdp: 1\n  note: a short note\nabc\n  gdp: 1000\n  note: a note that goes on for a while\n"
        );
    }
}
