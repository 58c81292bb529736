//! Columns named by where they stand: `column B`, `column 2`.

use vintner_panel::CellAddress;

/// The column, from 1, that a name means by its letters or its number; nothing where it means a header.
pub(crate) fn by_place(name: &str) -> Option<u32> {
    let place = name.trim().strip_prefix("column ").or_else(|| name.trim().strip_prefix("Column "))?.trim();
    if !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit()) {
        return place.parse().ok().filter(|column| *column > 0);
    }
    let letters = (1..=3).contains(&place.len()) && place.bytes().all(|byte| byte.is_ascii_uppercase());
    letters.then(|| place.bytes().fold(0, |column, letter| column * 26 + u32::from(letter - b'A') + 1))
}

/// The letters of a column.
pub(crate) fn letters(column: u32) -> String {
    let cell = CellAddress { file: String::new(), sheet: None, row: 1, column }.cell();
    cell.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_numbers() {
        for (name, column) in
            [("column A", 1), ("column Z", 26), ("column AA", 27), ("column XFD", 16_384), ("column 12", 12)]
        {
            assert_eq!(by_place(name), Some(column), "{name}");
        }
        for name in ["A", "column", "column 0", "column a", "column ABCD", "columns A"] {
            assert_eq!(by_place(name), None, "{name}");
        }
    }
}
