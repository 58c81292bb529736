//! Tables as bytes, between the process that reads a file and the one that asked for it.
//!
//! Numbers cross as their bits, so that what comes out is what was read. Both sides are the same program.

use crate::grid::{CellContent, GridRow};
use crate::merged_region::MergedRegion;
use crate::shown::Shown;
use crate::table::{Hidden, Table, Unreadable};

/// What was read, as bytes.
pub(crate) fn encode(read: &Result<Vec<Table>, Unreadable>) -> Vec<u8> {
    let mut out = Vec::new();
    match read {
        Ok(tables) => {
            out.push(1);
            put_count(&mut out, tables.len());
            for table in tables {
                put_optional(&mut out, table.sheet.as_deref());
                let hidden = &table.hidden;
                out.push(u8::from(hidden.sheet));
                for numbers in [&hidden.rows, &hidden.columns] {
                    put_count(&mut out, numbers.len());
                    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
                }
                put_count(&mut out, table.merged.len());
                for region in &table.merged {
                    let ends = [region.first_row, region.first_column, region.last_row, region.last_column];
                    ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
                }
                put_count(&mut out, table.rows.len());
                table.rows.iter().for_each(|row| put_row(&mut out, row));
            }
        }
        Err(wrong) => {
            out.push(0);
            put_optional(&mut out, wrong.sheet.as_deref());
            put_text(&mut out, &wrong.message);
            put_text(&mut out, &wrong.hint);
        }
    }
    out
}

/// What was read, from its bytes; nothing where they aren't such.
pub(crate) fn decode(bytes: &[u8]) -> Option<Result<Vec<Table>, Unreadable>> {
    let mut rest = Rest(bytes);
    if rest.byte()? == 0 {
        return Some(Err(Unreadable { sheet: rest.optional()?, message: rest.text()?, hint: rest.text()? }));
    }
    let tables = (0..rest.count()?).map(|_| {
        let sheet = rest.optional()?;
        let hidden = Hidden { sheet: rest.byte()? != 0, rows: rest.numbers()?, columns: rest.numbers()? };
        let merged = (0..rest.count()?).map(|_| rest.region()).collect::<Option<_>>()?;
        let rows = (0..rest.count()?).map(|_| rest.row()).collect::<Option<_>>()?;
        Some(Table { sheet, rows, hidden, merged })
    });
    Some(Ok(tables.collect::<Option<_>>()?))
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_optional(out: &mut Vec<u8>, text: Option<&str>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(out, text);
    }
}

fn put_row(out: &mut Vec<u8>, row: &GridRow) {
    out.extend_from_slice(&row.number.to_le_bytes());
    put_count(out, row.cells.len());
    for cell in &row.cells {
        let texts = |out: &mut Vec<u8>, kind, text: &str| {
            out.push(kind);
            put_text(out, text);
        };
        match cell {
            CellContent::Empty => out.push(0),
            CellContent::Number(number) => {
                out.push(1);
                out.extend_from_slice(&number.to_bits().to_le_bytes());
            }
            CellContent::Boolean(flag) => out.push(2 + u8::from(*flag)),
            CellContent::Text(text) => texts(out, 4, text),
            CellContent::Date(text) => texts(out, 5, text),
            CellContent::Error(text) => texts(out, 6, text),
            CellContent::Missing(text) => texts(out, 7, text),
            CellContent::Shown(shown) => put_shown(out, shown),
        }
    }
}

fn put_shown(out: &mut Vec<u8>, shown: &Shown) {
    match shown {
        Shown::Formatted { number, text } => {
            out.push(8);
            out.extend_from_slice(&number.to_bits().to_le_bytes());
            put_text(out, text);
        }
        Shown::Percent { number } => {
            out.push(9);
            out.extend_from_slice(&number.to_bits().to_le_bytes());
        }
        Shown::Noted { text, note, raised, whole } => {
            out.push(10);
            out.push(u8::from(*raised));
            [text, note, whole].into_iter().for_each(|text| put_text(out, text));
        }
        Shown::Unsure { text, message, hint } => {
            out.push(11);
            [text, message, hint].into_iter().for_each(|text| put_text(out, text));
        }
    }
}

/// Bytes that are still to be read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn numbers(&mut self) -> Option<Vec<u32>> {
        (0..self.count()?).map(|_| self.number()).collect()
    }

    fn count(&mut self) -> Option<usize> {
        Some(self.number()? as usize)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        Some(std::str::from_utf8(self.take(length)?).ok()?.to_owned())
    }

    fn optional(&mut self) -> Option<Option<String>> {
        if self.byte()? == 0 { Some(None) } else { Some(Some(self.text()?)) }
    }

    fn region(&mut self) -> Option<MergedRegion> {
        let (first_row, first_column) = (self.number()?, self.number()?);
        let (last_row, last_column) = (self.number()?, self.number()?);
        Some(MergedRegion { first_row, first_column, last_row, last_column })
    }

    fn row(&mut self) -> Option<GridRow> {
        let number = self.number()?;
        let count = self.count()?;
        // Each cell is a byte at least.
        let mut cells = Vec::with_capacity(count.min(self.0.len()));
        for _ in 0..count {
            cells.push(self.cell()?);
        }
        Some(GridRow { number, cells })
    }

    fn cell(&mut self) -> Option<CellContent> {
        Some(match self.byte()? {
            0 => CellContent::Empty,
            1 => CellContent::Number(self.float()?),
            kind @ (2 | 3) => CellContent::Boolean(kind == 3),
            4 => CellContent::Text(self.text()?),
            5 => CellContent::Date(self.text()?),
            6 => CellContent::Error(self.text()?),
            7 => CellContent::Missing(self.text()?),
            kind => CellContent::Shown(Box::new(self.shown(kind)?)),
        })
    }

    fn float(&mut self) -> Option<f64> {
        Some(f64::from_bits(u64::from_le_bytes(self.take(8)?.try_into().ok()?)))
    }

    fn shown(&mut self, kind: u8) -> Option<Shown> {
        Some(match kind {
            8 => Shown::Formatted { number: self.float()?, text: self.text()? },
            9 => Shown::Percent { number: self.float()? },
            10 => {
                let raised = self.byte()? != 0;
                Shown::Noted { text: self.text()?, note: self.text()?, raised, whole: self.text()? }
            }
            11 => Shown::Unsure { text: self.text()?, message: self.text()?, hint: self.text()? },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown() -> impl Strategy<Value = Shown> {
        let number = || any::<f64>().prop_filter("a number", |number| !number.is_nan());
        let text = || "\\PC{0,6}";
        prop_oneof![
            (number(), text()).prop_map(|(number, text)| Shown::Formatted { number, text }),
            number().prop_map(|number| Shown::Percent { number }),
            (text(), text(), any::<bool>(), text()).prop_map(|(text, note, raised, whole)| Shown::Noted {
                text,
                note,
                raised,
                whole
            }),
            (text(), text(), text()).prop_map(|(text, message, hint)| Shown::Unsure { text, message, hint }),
        ]
    }

    fn content() -> impl Strategy<Value = CellContent> {
        prop_oneof![
            Just(CellContent::Empty),
            any::<f64>().prop_filter("a number", |number| !number.is_nan()).prop_map(CellContent::Number),
            any::<bool>().prop_map(CellContent::Boolean),
            "\\PC{0,6}".prop_map(CellContent::Text),
            "\\PC{0,6}".prop_map(CellContent::Date),
            "\\PC{0,6}".prop_map(CellContent::Error),
            "\\PC{0,6}".prop_map(CellContent::Missing),
            shown().prop_map(|shown| CellContent::Shown(Box::new(shown))),
        ]
    }

    proptest! {
        #[test]
        fn tables_cross_unchanged(
            sheet in proptest::option::of("\\PC{0,6}"),
            hidden_rows in prop::collection::vec(any::<u32>(), 0..3),
            merged in prop::collection::vec(any::<[u32; 4]>(), 0..3),
            rows in prop::collection::vec((any::<u32>(), prop::collection::vec(content(), 0..5)), 0..5),
        ) {
            let rows = rows.into_iter().map(|(number, cells)| GridRow { number, cells }).collect();
            let hidden = Hidden { sheet: hidden_rows.is_empty(), rows: hidden_rows, columns: vec![3] };
            let region = |ends: [u32; 4]| {
                let [first_row, first_column, last_row, last_column] = ends;
                MergedRegion { first_row, first_column, last_row, last_column }
            };
            let merged = merged.into_iter().map(region).collect();
            let read = Ok(vec![Table { sheet, rows, hidden, merged }]);
            prop_assert_eq!(decode(&encode(&read)), Some(read));
        }

        #[test]
        fn any_bytes_are_tables_or_none(bytes in prop::collection::vec(0_u8..14, 0..60)) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn faults_cross_unchanged() {
        let read = Err(Unreadable { sheet: Some("a".into()), message: "b".into(), hint: "c".into() });
        assert_eq!(decode(&encode(&read)), Some(read));
    }
}
