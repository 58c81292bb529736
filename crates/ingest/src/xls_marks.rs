//! What an xls workbook (BIFF8, of Excel 97 to 2003) says of its cells beside their values: how texts look, under which formats
//! numbers stand, what is hidden. Values are read elsewhere.

use std::collections::BTreeMap;

use calamine::{ExcelDateTime, ExcelDateTimeType};

use crate::compound_file::{self, u16_at, u32_at};
use crate::number_look::NumberLook;
use crate::runs::{Look, Runs};
use crate::xls_texts::marked_texts;
use crate::xlsx_marks::SheetMarks;

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;

/// A workbook, as far as it says how cells look.
#[derive(Debug, Default)]
pub(crate) struct XlsMarks {
    stream: Vec<u8>,
    /// By the sheet's name: where it begins, and whether it is hidden.
    sheets: BTreeMap<String, (usize, bool)>,
    /// Texts that have parts of another look, by their places.
    texts: BTreeMap<usize, Runs>,
    /// How numbers look, and whether what a cell holds is struck out, by the number of its format.
    looks: Vec<(NumberLook, bool)>,
    is_1904: bool,
}

/// The records of a stream from a place on: what each is, and its bytes.
fn records(stream: &[u8], from: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = from;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
        let own = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, own))
    })
}

impl XlsMarks {
    /// The marks of a workbook; none where it is of an older kind.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let Some(stream) = compound_file::workbook(bytes) else { return Self::default() };
        let is_known = records(&stream, 0)
            .next()
            .is_some_and(|(kind, own)| kind == BEGIN && u16_at(own, 0) == Some(0x0600));
        if !is_known {
            return Self::default();
        }
        let mut marks = Self::default();
        marks.read_globals(&stream);
        marks.stream = stream;
        marks
    }

    fn read_globals(&mut self, stream: &[u8]) {
        let mut fonts: Vec<Look> = Vec::new();
        let mut formats: BTreeMap<u16, NumberLook> = BTreeMap::new();
        let mut cells: Vec<(u16, u16)> = Vec::new();
        let mut texts: Vec<&[u8]> = Vec::new();
        let mut before = 0;
        for (kind, own) in records(stream, 0) {
            match kind {
                0x0031 => fonts.extend(font(own)),
                0x041E => {
                    if let (Some(number), Some(code)) = (u16_at(own, 0), text(own, 2, true)) {
                        formats.insert(number, NumberLook::of(&code));
                    }
                }
                0x00E0 => cells.extend(u16_at(own, 0).zip(u16_at(own, 2))),
                0x0085 => {
                    let start = u32_at(own, 0).and_then(|at| usize::try_from(at).ok());
                    if let (Some(start), Some(name)) = (start, text(own, 6, false)) {
                        self.sheets.insert(name, (start, own.get(4).is_some_and(|state| state & 3 != 0)));
                    }
                }
                0x0022 => self.is_1904 = u16_at(own, 0) == Some(1),
                0x00FC => texts.push(own),
                CONTINUE if before == 0x00FC && !texts.is_empty() => texts.push(own),
                END => break,
                _ => {}
            }
            // What goes on with a record goes on with what it is.
            if kind != CONTINUE {
                before = kind;
            }
        }
        // There is no font 4.
        let font = |number: u16| {
            let at = usize::from(if number > 4 { number - 1 } else { number });
            fonts.get(at).copied().unwrap_or_default()
        };
        let look = |(own, format): &(u16, u16)| {
            let number =
                formats.get(format).copied().unwrap_or_else(|| NumberLook::built_in(u32::from(*format)));
            (number, font(*own).struck)
        };
        self.looks = cells.iter().map(look).collect();
        self.texts = marked_texts(&texts, font);
    }

    /// What is said of a sheet.
    pub(crate) fn sheet(&self, name: &str) -> SheetMarks {
        let mut marks = SheetMarks::default();
        let Some((start, is_hidden)) = self.sheets.get(name) else { return marks };
        marks.beside.hidden.sheet = *is_hidden;
        // A chart within the sheet is a sheet of its own.
        let mut open = 0_usize;
        for (kind, own) in records(&self.stream, *start) {
            match kind {
                BEGIN => open += 1,
                END if open <= 1 => break,
                END => open -= 1,
                _ if open != 1 => {}
                // A row, its flags; some columns, theirs.
                0x0208 => {
                    if let (Some(row), Some(flags)) = (u16_at(own, 0), u16_at(own, 12))
                        && flags & 0x20 != 0
                    {
                        marks.beside.hidden.rows.push(u32::from(row) + 1);
                    }
                }
                0x007D => {
                    if let (Some(first), Some(last), Some(flags)) =
                        (u16_at(own, 0), u16_at(own, 2), u16_at(own, 8))
                        && flags & 1 != 0
                    {
                        marks
                            .beside
                            .hidden
                            .columns
                            .extend(u32::from(first) + 1..=u32::from(last.min(255)) + 1);
                    }
                }
                _ => self.see_cells(kind, own, &mut marks),
            }
        }
        marks.beside.hidden.rows.sort_unstable();
        marks.beside.hidden.columns.sort_unstable();
        marks
    }

    /// The cell, or the cells beside one another, that a record holds.
    fn see_cells(&self, kind: u16, own: &[u8], marks: &mut SheetMarks) {
        let (Some(row), Some(column), Some(format)) = (u16_at(own, 0), u16_at(own, 2), u16_at(own, 4)) else {
            return;
        };
        let place = (u32::from(row), u32::from(column));
        match kind {
            0x0203 => self.see(marks, place, format, f64_at(own, 6)),
            0x027E => self.see(marks, place, format, u32_at(own, 6).map(packed)),
            0x00BD => {
                for (at, one) in
                    (0..).zip(own.get(4..own.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6))
                {
                    let place = (place.0, place.1.saturating_add(at));
                    self.see(marks, place, u16_at(one, 0).unwrap_or_default(), u32_at(one, 2).map(packed));
                }
            }
            // The last value of a formula, where that is a number.
            0x0006 => {
                let is_number = u16_at(own, 12).is_some_and(|end| end != 0xFFFF);
                self.see(marks, place, format, f64_at(own, 6).filter(|_| is_number));
            }
            0x00FD => {
                self.see(marks, place, format, None);
                let at = u32_at(own, 6).and_then(|at| usize::try_from(at).ok());
                if let Some(runs) = at.and_then(|at| self.texts.get(&at)) {
                    marks.cells.insert(place, runs.content());
                }
            }
            0x0204 | 0x0205 => self.see(marks, place, format, None),
            _ => {}
        }
    }

    fn see(&self, marks: &mut SheetMarks, place: (u32, u32), format: u16, number: Option<f64>) {
        let Some((look, is_struck)) = self.looks.get(usize::from(format)).copied() else { return };
        if is_struck {
            marks.struck.insert(place);
        }
        let year = |number: f64| {
            let date = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, self.is_1904);
            (number >= 1.0).then(|| format!("{:04}", date.to_ymd_hms_milli().0))
        };
        let number = number.filter(|number| number.is_finite());
        if let Some(content) = number.and_then(|number| look.content(number, || year(number))) {
            marks.cells.insert(place, content);
        }
    }
}

/// How text of a font looks.
fn font(own: &[u8]) -> Option<Look> {
    let (flags, position) = (u16_at(own, 2)?, u16_at(own, 8)?);
    Some(Look { raised: position == 1, lowered: position == 2, struck: flags & 0x08 != 0 })
}

/// A text with its length before it, in two bytes or in one.
fn text(own: &[u8], at: usize, is_long: bool) -> Option<String> {
    let length = if is_long { usize::from(u16_at(own, at)?) } else { usize::from(*own.get(at)?) };
    let at = at + if is_long { 2 } else { 1 };
    let (flags, rest) = own.get(at..)?.split_first()?;
    if flags & 1 == 0 {
        return Some(rest.get(..length)?.iter().map(|byte| char::from(*byte)).collect());
    }
    let units = rest.get(..2 * length)?.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Some(char::decode_utf16(units).map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// A number in four bytes: a whole one, or the first half of a double; divided by a hundred where it says so.
fn packed(word: u32) -> f64 {
    let number = if word & 2 != 0 {
        f64::from((word as i32) >> 2)
    } else {
        f64::from_bits(u64::from(word & !3) << 32)
    };
    if word & 1 != 0 { number / 100.0 } else { number }
}

fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..at + 8)?.try_into().ok().map(f64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        assert_eq!(packed(0x3FF0_0000), 1.0);
        assert_eq!(packed(0x0000_0006), 1.0);
        assert_eq!(packed(0x0000_04D7), 3.09);
        assert_eq!(packed(0xFFFF_FFFA), -2.0);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000)) {
            let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
            file.extend(&bytes);
            let _ = XlsMarks::of(&file).sheet("A");
            let mut marks = XlsMarks::default();
            marks.read_globals(&bytes);
            marks.stream = bytes;
            marks.sheets.insert("A".into(), (0, false));
            let _ = marks.sheet("A");
        }
    }
}
