//! Delimited text (RFC 4180, with any delimiter and comment lines), parsed so that each record
//! keeps the line on which it begins and a quote that is never closed is a fault instead of a
//! field that swallows the rest of the file. A record and a field have bounds far beyond any table's, so that
//! what isn't one (a file without line ends, a download of something else) is told at its line instead of being
//! laid out in memory.

use crate::grid::{CellContent, GridRow};

/// How a text is divided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect<'a> {
    /// What stands between fields.
    pub delimiter: char,
    /// What a line to be skipped begins with.
    pub comment: Option<&'a str>,
}

/// A text that can't be divided.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// So many fields a record may have; a sheet has 16,384 columns.
const FIELDS: usize = 100_000;

/// So many bytes a field may have.
const FIELD: usize = 1 << 20;

/// So many fields a file may have.
const CELLS: usize = 100_000_000;

const TOO_MANY_FIELDS: &str = "more than 100,000 fields in one record";
const TOO_LONG: &str = "a field of more than a million bytes";
const TOO_MANY_CELLS: &str = "the file has more than 100 million fields up to here";
const NO_TABLE: &str = "mend `delimiter`, `encoding` or the file, whose lines don't end where they should";

/// The records of `text`, each a row numbered by the line on which it begins. Blank lines and
/// comment lines are skipped; lines end in LF, CRLF or CR.
pub(crate) fn parse(text: &str, dialect: Dialect<'_>) -> Result<Vec<GridRow>, Malformed> {
    let mut cursor = Cursor { rest: text, line: 1, delimiter: dialect.delimiter };
    let mut rows = Vec::new();
    let mut left = CELLS;
    while !cursor.rest.is_empty() {
        if cursor.skip_line_end() {
            continue;
        }
        if dialect.comment.is_some_and(|comment| cursor.rest.starts_with(comment)) {
            cursor.skip_line();
            continue;
        }
        let number = cursor.line;
        let cells = cursor.record()?;
        left = left.checked_sub(cells.len()).ok_or(Malformed {
            line: number,
            message: TOO_MANY_CELLS,
            hint: "write it as Parquet, or leave out what isn't used",
        })?;
        rows.push(GridRow { number, cells });
    }
    Ok(rows)
}

struct Cursor<'a> {
    rest: &'a str,
    line: u32,
    delimiter: char,
}

impl Cursor<'_> {
    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Passes one line end, if one stands here.
    fn skip_line_end(&mut self) -> bool {
        let length = if self.rest.starts_with("\r\n") {
            2
        } else if self.rest.starts_with(['\n', '\r']) {
            1
        } else {
            return false;
        };
        self.advance(length);
        self.line += 1;
        true
    }

    fn skip_line(&mut self) {
        let end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
        self.advance(end);
        self.skip_line_end();
    }

    /// The fields up to the end of the record, past its line end.
    fn record(&mut self) -> Result<Vec<CellContent>, Malformed> {
        let mut cells = Vec::new();
        let line = self.line;
        loop {
            let field = self.field()?;
            let long = matches!(&field, CellContent::Text(text) if text.len() > FIELD);
            if long || cells.len() == FIELDS {
                let message = if long { TOO_LONG } else { TOO_MANY_FIELDS };
                return Err(Malformed { line, message, hint: NO_TABLE });
            }
            cells.push(field);
            if self.rest.starts_with(self.delimiter) {
                self.advance(self.delimiter.len_utf8());
            } else {
                self.skip_line_end();
                return Ok(cells);
            }
        }
    }

    fn field(&mut self) -> Result<CellContent, Malformed> {
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let delimiter = self.delimiter;
        let ends = |character: char| character == delimiter || character == '\n' || character == '\r';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let field = CellContent::from_text(self.rest.get(..end).unwrap_or_default());
        self.advance(end);
        Ok(field)
    }

    fn quoted(&mut self) -> Result<CellContent, Malformed> {
        let opened = self.line;
        self.advance(1);
        let mut field = String::new();
        loop {
            let Some(quote) = self.rest.find('"') else {
                return Err(Malformed {
                    line: opened,
                    message: "a quotation mark is opened here and never closed",
                    hint: "close it, or double a quotation mark that belongs to the text",
                });
            };
            let part = self.rest.get(..quote).unwrap_or_default();
            self.line += line_ends(part);
            field.push_str(part);
            self.advance(quote + 1);
            if self.rest.starts_with('"') {
                field.push('"');
                self.advance(1);
                continue;
            }
            let ends = self.rest.is_empty() || self.rest.starts_with([self.delimiter, '\n', '\r']);
            return if ends {
                Ok(CellContent::from_text(field))
            } else {
                Err(Malformed {
                    line: self.line,
                    message: "text after a closing quotation mark",
                    hint: "double a quotation mark that belongs to the text",
                })
            };
        }
    }
}

/// How many lines end in `text`: LF, CRLF and lone CR each count once.
fn line_ends(text: &str) -> u32 {
    let mut count = 0;
    let mut after_return = false;
    for byte in text.bytes() {
        match byte {
            b'\r' => count += 1,
            b'\n' if !after_return => count += 1,
            _ => {}
        }
        after_return = byte == b'\r';
    }
    count
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    const COMMAS: Dialect<'static> = Dialect { delimiter: ',', comment: None };

    fn texts(rows: &[GridRow]) -> Vec<(u32, Vec<String>)> {
        rows.iter().map(|row| (row.number, row.cells.iter().map(CellContent::raw).collect())).collect()
    }

    #[test]
    fn records_know_their_lines() -> Result<(), Malformed> {
        let text = "# note, \"with a quote\nyear,name\r\n\r\n2008,\"two\nlines\"\n#x\n2009,\"a \"\"b\"\"\",";
        let rows = parse(text, Dialect { delimiter: ',', comment: Some("#") })?;
        let expected =
            [(2, vec!["year", "name"]), (4, vec!["2008", "two\nlines"]), (7, vec!["2009", "a \"b\"", ""])];
        let expected: Vec<_> =
            expected.map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect())).into();
        assert_eq!(texts(&rows), expected);
        Ok(())
    }

    #[test]
    fn quotes_that_are_never_closed_are_faults() {
        let fault = parse("a,b\n1,\"2\n3,4\n", COMMAS).unwrap_err();
        assert_eq!((fault.line, fault.message), (2, "a quotation mark is opened here and never closed"));
        let fault = parse("a,b\n\"1\"x,2\n", COMMAS).unwrap_err();
        assert_eq!((fault.line, fault.message), (2, "text after a closing quotation mark"));
    }

    #[test]
    fn what_is_no_table_is_told_at_its_line() {
        let refused = |text: &str| parse(text, COMMAS).map(|rows| rows.len()).unwrap_err();
        let wide = refused(&format!("a,b\n{}", ",".repeat(1_000_000)));
        assert_eq!((wide.line, wide.message), (2, TOO_MANY_FIELDS));
        let long = refused(&"x".repeat(2 << 20));
        assert_eq!((long.line, long.message), (1, TOO_LONG));
        let quoted = refused(&format!("a\n\n\"{}\"", "x\n".repeat(1 << 20)));
        assert_eq!((quoted.line, quoted.message), (3, TOO_LONG));
        assert_eq!(
            refused(&"\"".repeat(3_000_001)).message,
            "a quotation mark is opened here and never closed"
        );
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_reads_back(
            records in prop::collection::vec(prop::collection::vec("[a-z,;\"\n\r# 城é]{0,6}", 3), 0..8),
            tabs in any::<bool>(),
        ) {
            let delimiter = if tabs { b'\t' } else { b',' };
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            for record in &records {
                writer.write_record(record).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let dialect = Dialect { delimiter: char::from(delimiter), comment: None };
            let rows = parse(&text, dialect).unwrap();
            let read: Vec<Vec<String>> = texts(&rows).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, records);
            for row in &rows {
                // The line on which a record begins holds the start of its first field.
                prop_assert!(row.number as usize <= line_ends(&text) as usize + 1);
            }
        }

        #[test]
        fn any_text_parses_or_faults(text in "[a,\"\n\r#]{0,40}") {
            let _ = parse(&text, Dialect { delimiter: ',', comment: Some("#") });
        }
    }
}
