//! Number formats of spreadsheets, as far as they change what a number is taken for.

use crate::grid::CellContent;
use crate::shown::Shown;
use vintner_panel::shortest_decimal;

/// What a number under a format is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberLook {
    /// The number.
    Plain,
    /// A hundredth of what is shown.
    Percent,
    /// A code of at least so many digits: 110 as 0110.
    Zeros(usize),
    /// The year of the date that the number is.
    Year,
    /// So many thousands' powers more than what is shown.
    Thousands(u32),
}

impl NumberLook {
    /// The look of a format by its code.
    pub(crate) fn of(code: &str) -> Self {
        let first = code.split(';').next().unwrap_or_default();
        let (mut plain, mut characters) = (String::new(), first.chars());
        while let Some(character) = characters.next() {
            match character {
                '"' => while characters.next().is_some_and(|next| next != '"') {},
                '[' => while characters.next().is_some_and(|next| next != ']') {},
                '\\' | '_' | '*' => drop(characters.next()),
                other => plain.push(other),
            }
        }
        let plain = plain.trim();
        let lower = plain.to_ascii_lowercase();
        if plain.contains('%') {
            NumberLook::Percent
        } else if plain.len() > 1 && plain.bytes().all(|byte| byte == b'0') {
            NumberLook::Zeros(plain.len())
        } else if lower == "yyyy" || lower == "e" {
            NumberLook::Year
        } else {
            let commas = plain.len() - plain.trim_end_matches(',').len();
            let is_number = plain.contains(['0', '#']);
            u32::try_from(commas)
                .ok()
                .filter(|commas| is_number && *commas > 0)
                .map_or(NumberLook::Plain, NumberLook::Thousands)
        }
    }

    /// The look of a format that is built in, by its number.
    pub(crate) fn built_in(number: u32) -> Self {
        if matches!(number, 9 | 10) { NumberLook::Percent } else { NumberLook::Plain }
    }

    /// What a cell with a number under the format holds; nothing where that is the number. `year` is that of the date.
    pub(crate) fn content(self, number: f64, year: impl FnOnce() -> Option<String>) -> Option<CellContent> {
        let noted = |text: String, note: String| {
            let whole = format!("{} ({note})", shortest_decimal(number));
            Shown::Noted { text, note, raised: false, whole }
        };
        let shown = match self {
            NumberLook::Plain => return None,
            NumberLook::Percent => Shown::Percent { number },
            NumberLook::Zeros(digits) => {
                if number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
                    return None;
                }
                let text = format!("{number:0>digits$}");
                if text == shortest_decimal(number) {
                    return None;
                }
                Shown::Formatted { number, text }
            }
            NumberLook::Year => noted(year()?, "a day shown as its year".into()),
            NumberLook::Thousands(power) => {
                noted(shortest_decimal(number), format!("shown divided by 1{}", "000".repeat(power as usize)))
            }
        };
        Some(CellContent::Shown(Box::new(shown)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_numbers_are_taken_for() {
        for (code, look) in [
            ("General", NumberLook::Plain),
            ("0.00", NumberLook::Plain),
            ("0", NumberLook::Plain),
            ("#,##0", NumberLook::Plain),
            ("0.0%", NumberLook::Percent),
            ("0.0\"%\"", NumberLook::Plain),
            ("0\\%", NumberLook::Plain),
            ("[Red]0%;-0%", NumberLook::Percent),
            ("0000", NumberLook::Zeros(4)),
            ("yyyy", NumberLook::Year),
            ("yyyy-mm-dd", NumberLook::Plain),
            ("#,##0,", NumberLook::Thousands(1)),
            ("0.0,,\" million\"", NumberLook::Thousands(2)),
        ] {
            assert_eq!(NumberLook::of(code), look, "{code}");
        }
        let shown = NumberLook::Zeros(4).content(110.0, || None);
        assert_eq!(shown.map(|content| content.raw()).as_deref(), Some("0110"));
        assert_eq!(NumberLook::Zeros(4).content(12345.0, || None), None);
    }
}
