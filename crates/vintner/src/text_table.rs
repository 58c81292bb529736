//! Tables of text in columns, as wide as what they hold. A Chinese character takes two places.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::printable::printable_line;

/// A table that is printed once it is whole.
pub(crate) struct TextTable {
    rows: Vec<Vec<String>>,
    alignments: Vec<Align>,
    indent: usize,
}

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

impl TextTable {
    /// A table under headers.
    pub(crate) fn new(headers: &[&str]) -> Self {
        let headers = headers.iter().map(|header| (*header).to_owned()).collect();
        Self { rows: vec![headers], alignments: Vec::new(), indent: 0 }
    }

    /// A table without headers, moved in.
    pub(crate) fn plain(indent: usize) -> Self {
        Self { rows: Vec::new(), alignments: Vec::new(), indent }
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
}

impl fmt::Display for TextTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| self.rows.iter().filter_map(|row| Some(row.get(column)?.width())).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths.get(column).map_or(0, |width| width - cell.width()));
                match self.alignments.get(column) {
                    Some(Align::Right) => line.extend([padding.as_str(), cell]),
                    _ => line.extend([cell, padding.as_str()]),
                }
                line.push_str("  ");
            }
            writeln!(formatter, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let mut table = TextTable::new(&["city", "gdp"]);
        table.align(1, Align::Right);
        table.row(vec!["甲城".into(), "1".into()]);
        table.row(vec!["abc".into(), "1000".into()]);
        assert_eq!(table.to_string(), "city   gdp\n甲城     1\nabc   1000\n");
    }
}
