//! Delimited text (RFC 4180, with any delimiter and comment lines), parsed so that each record
//! keeps the line on which it begins and a quote that is never closed is a fault instead of a
//! field that swallows the rest of the file. A record and a field have bounds far beyond any table's, so that
//! what isn't one (a file without line ends, a download of something else) is told at its line instead of being
//! laid out in memory.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memrchr2};

use crate::cell::Cell;
use crate::grid::{CellContent, GridRow};
use crate::malformed::Malformed;
use crate::rows::{Row, RowBlock};

/// How a text is divided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect<'a> {
    /// What stands between fields.
    pub delimiter: char,
    /// What a line to be skipped begins with.
    pub comment: Option<&'a str>,
    /// Whether spaces behind a delimiter are no part of a field, so that a quotation mark behind them opens one.
    pub skips_space: bool,
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
/// What to do about a quotation mark that stands behind a space.
pub(crate) const SPACED_QUOTE: &str = "if it opens a quoted field, write `skip_initial_space: true` in vintage.yaml; if it is a part of the text, quote the field in a copy of the file and double the mark";
const NO_TABLE: &str = "mend `delimiter`, `encoding` or the file, whose lines don't end where they should";

/// The records of `text`, each a row numbered by the line on which it begins. Blank lines and
/// comment lines are skipped; lines end in LF, CRLF or CR.
pub(crate) fn parse(text: &str, dialect: Dialect<'_>) -> Result<Vec<GridRow>, Malformed> {
    first_rows(text, dialect, |_| false)
}

/// The records of `text` up to the first after which it is `enough`.
pub(crate) fn first_rows(
    text: &str,
    dialect: Dialect<'_>,
    mut enough: impl FnMut(&[GridRow]) -> bool,
) -> Result<Vec<GridRow>, Malformed> {
    let mut cursor = Cursor { rest: text, line: 1, dialect };
    let mut rows = Vec::new();
    let mut fields = Vec::new();
    let mut left = CELLS;
    while let Some(number) = cursor.record(&mut fields)? {
        left = left.checked_sub(fields.len()).ok_or(Malformed {
            line: number,
            column: 1,
            message: TOO_MANY_CELLS.into(),
            hint: "write it as Parquet, or leave out what isn't used",
        })?;
        let cells = fields.drain(..).map(|field| CellContent::from_text(field.into_owned())).collect();
        rows.push(GridRow { number, cells });
        if enough(&rows) {
            break;
        }
    }
    Ok(rows)
}

/// Some of a text's records, borrowed from it.
#[derive(Debug)]
pub(crate) struct TextBlock<'t> {
    text: &'t str,
    /// The line on which it begins.
    line: u32,
    dialect: Dialect<'t>,
}

/// A record, borrowed.
struct Record<'r, 't> {
    number: u32,
    fields: &'r [Cow<'t, str>],
    delimiter: char,
    /// Whether a field of it goes on over several lines.
    has_lines: bool,
}

impl Row for Record<'_, '_> {
    fn number(&self) -> u32 {
        self.number
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        let field = (column as usize).checked_sub(1).and_then(|index| self.fields.get(index));
        field.map_or(Cell::Empty, |text| Cell::of_text(text))
    }

    fn width(&self) -> u32 {
        u32::try_from(self.fields.len()).unwrap_or(u32::MAX)
    }

    fn quoted_rows(&self, width: u32) -> Option<u32> {
        if !self.has_lines || width < 2 {
            return None;
        }
        let width = width as usize;
        let fields_of = |line: &str| line.matches(self.delimiter).count() + 1;
        let is_rows = |at: usize, field: &str| {
            let lines: Vec<&str> = field.lines().collect();
            let Some(([first, between @ ..], last)) = lines.split_last().map(|(last, before)| (before, last))
            else {
                return false;
            };
            at + fields_of(first) == width
                && between.iter().all(|line| fields_of(line) == width)
                && fields_of(last) + self.fields.len() - at - 1 == width
        };
        let found = self.fields.iter().enumerate().find(|(at, field)| is_rows(*at, field));
        found.and_then(|(at, _)| u32::try_from(at + 1).ok())
    }

    fn spaced_quote(&self) -> Option<u32> {
        // A quoted field may begin so; its quotation marks are text, and a closing one isn't at its end.
        let is_spaced = |field: &Cow<'_, str>| {
            field.starts_with([' ', '\t']) && field.trim_start_matches([' ', '\t']).starts_with('"')
        };
        (1..).zip(self.fields).find(|(_, field)| is_spaced(field)).map(|(column, _)| column)
    }
}

impl RowBlock for TextBlock<'_> {
    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed> {
        let mut cursor = Cursor { rest: self.text, line: self.line, dialect: self.dialect };
        let mut fields = Vec::new();
        let delimiter = self.dialect.delimiter;
        while let Some(number) = cursor.record(&mut fields)? {
            let has_lines = cursor.line > number.saturating_add(1);
            visit(&Record { number, fields: &fields, delimiter, has_lines });
            fields.clear();
        }
        Ok(())
    }
}

/// `text` in blocks of at least `size` bytes that end where a record does, so that each can be read by itself.
pub(crate) fn blocks<'t>(text: &'t str, dialect: Dialect<'t>, size: usize) -> Vec<TextBlock<'t>> {
    blocks_from(text, dialect, size, 1)
}

/// The same of a text that begins on another `line` of its file than the first.
pub(crate) fn blocks_from<'t>(
    text: &'t str,
    dialect: Dialect<'t>,
    size: usize,
    line: u32,
) -> Vec<TextBlock<'t>> {
    let mut blocks = Vec::new();
    // Without a quotation mark every line end ends a record; otherwise all before it have to be looked at.
    let mut cut: Box<dyn FnMut(&str) -> usize> = if text.contains('"') {
        Box::new(|rest: &str| end_of_record_from(rest.as_bytes(), size, dialect))
    } else {
        Box::new(|rest: &str| {
            let from = rest.as_bytes().get(size..).unwrap_or_default();
            memchr(b'\n', from).map_or(rest.len(), |at| size + at + 1)
        })
    };
    let (mut rest, mut line) = (text, line);
    while !rest.is_empty() {
        let (block, after) = rest.split_at_checked(cut(rest)).unwrap_or((rest, ""));
        blocks.push(TextBlock { text: block, line, dialect });
        line += line_ends(block);
        rest = after;
    }
    blocks
}

/// Where the first record ends that ends at `size` or later, past its LF. The bytes begin where a record does.
pub(crate) fn end_of_record_from(bytes: &[u8], size: usize, dialect: Dialect<'_>) -> usize {
    let mut delimiter = [0; 4];
    let delimiter = dialect.delimiter.encode_utf8(&mut delimiter).as_bytes();
    let comment = dialect.comment.map(str::as_bytes);
    let newline_from = |at: usize| position_from(bytes, at, b'\n').unwrap_or(bytes.len());
    // From here on, outside quotation marks; and the first line end at which a record may be cut.
    let (mut at, mut end) = (0, newline_from(size.saturating_sub(1)));
    loop {
        if end < at {
            end = newline_from(at);
        }
        // No farther than the line end: a text with quotation marks in its header alone would be looked through to its
        // end for each record that is cut.
        let until = bytes.get(..end).unwrap_or(bytes);
        let Some(quote) = position_from(until, at, b'"') else {
            return bytes.len().min(end + 1);
        };
        let before = bytes.get(at..quote).unwrap_or_default();
        let line_end = memrchr2(b'\n', b'\r', before);
        let line = line_end.map(|line_end| at + line_end + 1).or((at == 0).then_some(0));
        let of_line = line.and_then(|line| bytes.get(line..)).unwrap_or_default();
        if comment.is_some_and(|comment| !comment.is_empty() && of_line.starts_with(comment)) {
            // Nothing opens in a comment.
            let rest = bytes.get(quote..).unwrap_or_default();
            let line_end = memchr2(b'\n', b'\r', rest);
            at = line_end.map_or(bytes.len(), |line_end| quote + line_end);
            continue;
        }
        // One within a field that isn't quoted is a part of it.
        let skipped = if dialect.skips_space { without_spaces(before, dialect.delimiter) } else { before };
        let opens = line == Some(quote - (before.len() - skipped.len())) || skipped.ends_with(delimiter);
        at = if opens { end_of_quoted(bytes, quote + 1) } else { quote + 1 };
    }
}

/// Bytes without the spaces at their end; a tab that divides fields is none.
fn without_spaces(bytes: &[u8], delimiter: char) -> &[u8] {
    let is_space = |byte: &u8| *byte == b' ' || (*byte == b'\t' && delimiter != '\t');
    let end = bytes.iter().rposition(|byte| !is_space(byte)).map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}

/// Where quotation marks end that were opened before `from`. A doubled one closes them and opens them again.
fn end_of_quoted(bytes: &[u8], mut from: usize) -> usize {
    while let Some(closed) = position_from(bytes, from, b'"') {
        if bytes.get(closed + 1) != Some(&b'"') {
            return closed + 1;
        }
        from = closed + 2;
    }
    bytes.len()
}

/// Where a byte stands at `from` or later.
fn position_from(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    memchr(wanted, bytes.get(from..)?).map(|at| from + at)
}

struct Cursor<'t> {
    rest: &'t str,
    line: u32,
    dialect: Dialect<'t>,
}

impl<'t> Cursor<'t> {
    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Passes one line end, if one stands here.
    fn skip_line_end(&mut self) -> bool {
        let length = match self.rest.as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return false,
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

    /// Passes what stands before the next record: blank lines and comments.
    fn skip_to_record(&mut self) {
        loop {
            if self.dialect.comment.is_some_and(|comment| self.rest.starts_with(comment)) {
                self.skip_line();
            } else if !self.skip_line_end() {
                return;
            }
        }
    }

    /// The fields of the next record, past its line end, and the line on which it begins; nothing at the text's end.
    fn record(&mut self, fields: &mut Vec<Cow<'t, str>>) -> Result<Option<u32>, Malformed> {
        self.skip_to_record();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            if self.dialect.delimiter.is_ascii() && self.plain_fields(fields) {
                return Ok(Some(line));
            }
            let column = u32::try_from(fields.len() + 1).unwrap_or(u32::MAX);
            let field = self.field().map_err(|wrong| Malformed { column, ..wrong })?;
            let long = field.len() > FIELD;
            if long || fields.len() == FIELDS {
                let message = if long { TOO_LONG } else { TOO_MANY_FIELDS };
                return Err(Malformed { line, column, message: message.into(), hint: NO_TABLE });
            }
            fields.push(field);
            if self.rest.starts_with(self.dialect.delimiter) {
                self.advance(self.dialect.delimiter.len_utf8());
            } else {
                self.skip_line_end();
                return Ok(Some(line));
            }
        }
    }

    /// Adds the fields up to the end of the line, past which it goes; false where it stops before one that is quoted,
    /// too long or one too many, which is looked at more closely.
    fn plain_fields(&mut self, fields: &mut Vec<Cow<'t, str>>) -> bool {
        let (rest, delimiter) = (self.rest, self.dialect.delimiter as u8);
        let bytes = rest.as_bytes();
        let mut start = 0;
        loop {
            if self.dialect.skips_space {
                start += spaces(rest.get(start..).unwrap_or_default(), self.dialect.delimiter);
            }
            let end = end_of_field(bytes, start, delimiter);
            if bytes.get(start) == Some(&b'"') || end - start > FIELD || fields.len() == FIELDS {
                self.advance(start);
                return false;
            }
            fields.push(Cow::Borrowed(rest.get(start..end).unwrap_or_default()));
            if bytes.get(end) != Some(&delimiter) {
                self.advance(end);
                self.skip_line_end();
                return true;
            }
            start = end + 1;
        }
    }

    fn field(&mut self) -> Result<Cow<'t, str>, Malformed> {
        if self.dialect.skips_space {
            self.advance(spaces(self.rest, self.dialect.delimiter));
        }
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let delimiter = self.dialect.delimiter;
        let end = if delimiter.is_ascii() {
            let ends = |byte: &u8| *byte == delimiter as u8 || *byte == b'\n' || *byte == b'\r';
            self.rest.as_bytes().iter().position(ends)
        } else {
            self.rest.find([delimiter, '\n', '\r'])
        };
        let (field, rest) =
            self.rest.split_at_checked(end.unwrap_or(self.rest.len())).unwrap_or((self.rest, ""));
        self.rest = rest;
        Ok(Cow::Borrowed(field))
    }

    fn quoted(&mut self) -> Result<Cow<'t, str>, Malformed> {
        let opened = self.line;
        self.advance(1);
        let mut field = Cow::Borrowed("");
        loop {
            let Some(quote) = self.rest.find('"') else {
                return Err(Malformed {
                    line: opened,
                    column: 1,
                    message: "a quotation mark is opened here and never closed".into(),
                    hint: "close it, or double a quotation mark that belongs to the text",
                });
            };
            let part = self.rest.get(..quote).unwrap_or_default();
            self.line += line_ends(part);
            // What is quoted whole is borrowed.
            if field.is_empty() {
                field = Cow::Borrowed(part)
            } else {
                field.to_mut().push_str(part)
            }
            self.advance(quote + 1);
            if self.rest.starts_with('"') {
                field.to_mut().push('"');
                self.advance(1);
                continue;
            }
            if self.dialect.skips_space {
                self.advance(spaces(self.rest, self.dialect.delimiter));
            }
            let ends = self.rest.is_empty() || self.rest.starts_with([self.dialect.delimiter, '\n', '\r']);
            if ends {
                return Ok(field);
            }
            let message = if self.line == opened {
                "text after a closing quotation mark".into()
            } else {
                // The mark that is one too many is rather the first of the two.
                format!(
                    "a quotation mark is opened here, and closed in line {} alone, where text follows it",
                    self.line
                )
                .into()
            };
            let hint = "double a quotation mark that belongs to the text";
            return Err(Malformed { line: opened, column: 1, message, hint });
        }
    }
}

/// How many bytes of spaces a text begins with; a tab that divides fields is none.
fn spaces(text: &str, delimiter: char) -> usize {
    text.len()
        - text
            .trim_start_matches(|character| character == ' ' || (character == '\t' && delimiter != '\t'))
            .len()
}

/// Where the field ends that begins at `from`: at the next delimiter, the line's end or the text's. Eight bytes are
/// looked at at once.
fn end_of_field(bytes: &[u8], from: usize, delimiter: u8) -> usize {
    let mut at = from;
    while let Some(word) = bytes.get(at..at + 8).and_then(|word| word.try_into().ok()) {
        let word = u64::from_le_bytes(word);
        let found = bytes_like(word, delimiter) | bytes_like(word, b'\n') | bytes_like(word, b'\r');
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    rest.iter().position(ends).map_or(bytes.len(), |position| at + position)
}

/// A mark in the highest bit of each byte of a word that is `byte`; bytes above the lowest marked one may be marked
/// though they aren't.
fn bytes_like(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let other = word ^ (ONES * u64::from(byte));
    other.wrapping_sub(ONES) & !other & (ONES << 7)
}

/// How many lines end in `text`: LF, CRLF and lone CR each count once.
fn line_ends(text: &str) -> u32 {
    line_ends_in(text.as_bytes())
}

/// The same of bytes of a text.
pub(crate) fn line_ends_in(bytes: &[u8]) -> u32 {
    // Most texts by far have one kind, which can be counted many bytes at once.
    if !bytes.contains(&b'\r') {
        let count = bytes.iter().filter(|byte| **byte == b'\n').count();
        return u32::try_from(count).unwrap_or(u32::MAX);
    }
    let mut count = 0;
    let mut after_return = false;
    for byte in bytes {
        match byte {
            b'\r' => count += 1,
            b'\n' if !after_return => count += 1,
            _ => {}
        }
        after_return = *byte == b'\r';
    }
    count
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    const COMMAS: Dialect<'static> = Dialect { delimiter: ',', comment: None, skips_space: false };

    fn texts(rows: &[GridRow]) -> Vec<(u32, Vec<String>)> {
        rows.iter().map(|row| (row.number, row.cells.iter().map(CellContent::raw).collect())).collect()
    }

    #[test]
    fn records_know_their_lines() -> Result<(), Malformed> {
        let text = "# note, \"with a quote\nyear,name\r\n\r\n2008,\"two\nlines\"\n#x\n2009,\"a \"\"b\"\"\",";
        let rows = parse(text, Dialect { delimiter: ',', comment: Some("#"), skips_space: false })?;
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
        let told = |text: &str| {
            let fault = parse(text, COMMAS).unwrap_err();
            (fault.line, fault.column, fault.message.into_owned())
        };
        let never = "a quotation mark is opened here and never closed".to_owned();
        assert_eq!((fault.line, fault.column, fault.message.as_ref()), (2, 2, never.as_str()));
        assert_eq!(told("a,b,c\n1,\"x\ny\",\"3\n"), (3, 3, never));
        assert_eq!(told("a,b\n2,\"1\"x\n"), (2, 2, "text after a closing quotation mark".into()));
        // One mark too many turns the others round: it is told where it stands.
        let later = "a quotation mark is opened here, and closed in line 3 alone, where text follows it";
        assert_eq!(told("a,b\n1,\"2\n3,\"x\"\n"), (2, 2, later.into()));
    }

    #[test]
    fn a_quotation_mark_behind_a_space_opens_a_field_where_that_is_declared() {
        let spaced = Dialect { skips_space: true, ..COMMAS };
        let rows = parse("a, b,c\n  \"x,\ny\" , 2,\t\"z\"\n", spaced).unwrap();
        assert_eq!(
            texts(&rows).into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(),
            [["a", "b", "c"], ["x,\ny", "2", "z"]]
        );
    }

    #[test]
    fn what_is_no_table_is_told_at_its_line() {
        let refused = |text: &str| parse(text, COMMAS).map(|rows| rows.len()).unwrap_err();
        let wide = refused(&format!("a,b\n{}", ",".repeat(1_000_000)));
        assert_eq!((wide.line, wide.message.as_ref()), (2, TOO_MANY_FIELDS));
        let long = refused(&"x".repeat(2 << 20));
        assert_eq!((long.line, long.message.as_ref()), (1, TOO_LONG));
        let quoted = refused(&format!("a\n\n\"{}\"", "x\n".repeat(1 << 20)));
        assert_eq!((quoted.line, quoted.message.as_ref()), (3, TOO_LONG));
        assert_eq!(
            refused(&"\"".repeat(3_000_001)).message,
            "a quotation mark is opened here and never closed"
        );
    }

    proptest! {
        #[test]
        fn blocks_hold_what_the_whole_does(text in "[a#;,\"\n\r ]{0,60}", size in 1_usize..20, comment in any::<bool>(), skips_space in any::<bool>()) {
            let dialect = Dialect { delimiter: ';', comment: comment.then_some("#"), skips_space };
            // A text that isn't a table may be told otherwise, but is refused either way.
            let mut rows = Vec::new();
            let mut read = Ok(());
            for block in blocks(&text, dialect, size) {
                read = read.and(block.each(&mut |row| {
                    let cells = (1..=row.width()).map(|at| row.cell(at).raw().into_owned()).collect();
                    rows.push((row.number(), cells));
                }));
            }
            match parse(&text, dialect) {
                Ok(whole) => prop_assert_eq!((read, rows), (Ok(()), texts(&whole))),
                Err(_) => prop_assert!(read.is_err()),
            }
        }

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
            let dialect = Dialect { delimiter: char::from(delimiter), comment: None, skips_space: false };
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
            let _ = parse(&text, Dialect { delimiter: ',', comment: Some("#"), skips_space: false });
        }
    }
}
