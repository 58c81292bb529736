//! Cells of a raw file that are wrong, and what they should be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One cell that is read otherwise than it stands in the file, which itself is never touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Of a source of many files or sheets: which one the cell is in.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The cell as spreadsheets name it: `D15`. Of text the row is the line on which the record begins; of a file
    /// without rows the names are row 1.
    pub cell: String,
    /// What stands there. Where anything else does, the correction is a fault.
    pub old: CellText,
    /// What is read instead; nothing where the value is to be missing.
    pub new: Option<CellText>,
    /// Why.
    pub reason: String,
    /// Where the right value is from.
    pub source: String,
}

/// What a cell holds, as a manifest writes it: text, or a number as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CellText {
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

impl CellText {
    /// It as text.
    pub fn text(&self) -> String {
        match self {
            CellText::Whole(whole) => whole.to_string(),
            CellText::Number(number) => vintner_panel::shortest_decimal(*number),
            CellText::Text(text) => text.clone(),
        }
    }
}

impl Correction {
    /// What is read instead, as text; empty where it is to be missing.
    pub fn new_text(&self) -> String {
        self.new.as_ref().map(CellText::text).unwrap_or_default()
    }

    /// The row and column of its cell, both from 1; nothing where it names none.
    pub fn place(&self) -> Option<(u32, u32)> {
        let letters = self.cell.find(|character: char| !character.is_ascii_uppercase())?;
        let (letters, row) =
            self.cell.split_at_checked(letters).filter(|(letters, _)| !letters.is_empty())?;
        let column = letters.bytes().try_fold(0_u32, |column, letter| {
            column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)
        })?;
        let is_number = row.bytes().all(|byte| byte.is_ascii_digit()) && !row.starts_with('0');
        Some((row.parse().ok().filter(|_| is_number)?, column))
    }

    /// The correction in words, as it stands where a cell's text is shown.
    pub(crate) fn in_words(&self) -> String {
        let new = if self.new.is_some() { self.new_text() } else { "nothing".into() };
        format!("{}, corrected to {new}: {} ({})", self.old.text(), self.reason, self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(cell: &str) -> Option<(u32, u32)> {
        let (old, new) = (CellText::Whole(1), None);
        Correction { part: None, cell: cell.into(), old, new, reason: String::new(), source: String::new() }
            .place()
    }

    #[test]
    fn cells_are_named_as_in_a_spreadsheet() {
        for (cell, place) in
            [("D15", (15, 4)), ("A1", (1, 1)), ("AA3", (3, 27)), ("XFD1048576", (1_048_576, 16_384))]
        {
            assert_eq!(at(cell), Some(place), "{cell}");
        }
        for cell in ["", "D", "15", "d15", "D0", "D+1", "D1.5", "ZZZZZZZZ1", "城1"] {
            assert_eq!(at(cell), None, "{cell}");
        }
    }
}
