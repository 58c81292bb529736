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
    /// What numbers above, below and at zero look like, of which some look like another or like none.
    BySign([SectionLook; 3]),
}

/// What a part of a format makes of the numbers that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionLook {
    /// Their digits, under their own sign.
    Own,
    /// Digits with the other sign, or without theirs.
    OtherSign,
    /// Words and no digits.
    Words,
    /// Nothing.
    Nothing,
}

/// A part of a format: what stands in it for digits, its words, and whether a colour or a condition is set.
#[derive(Debug, Default)]
struct Section {
    plain: String,
    words: String,
    is_coloured: bool,
    is_conditional: bool,
}

impl Section {
    /// The parts of a format, which semicolons divide.
    fn all(code: &str) -> Vec<Self> {
        let mut sections = vec![Self::default()];
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            if character == ';' {
                sections.push(Self::default());
                continue;
            }
            let Some(own) = sections.last_mut() else { break };
            match character {
                '"' => own.words.extend(characters.by_ref().take_while(|next| *next != '"')),
                '[' => {
                    let set: String = characters.by_ref().take_while(|next| *next != ']').collect();
                    own.is_conditional |= set.starts_with(['<', '>', '=']);
                    // Others are languages and currencies: [$€-407].
                    own.is_coloured |= !set.starts_with(['<', '>', '=', '$']);
                    if let Some(sign) = set.strip_prefix('$') {
                        own.words.extend(sign.chars().take_while(|letter| *letter != '-'));
                    }
                }
                '\\' => own.words.extend(characters.next()),
                '_' | '*' => drop(characters.next()),
                other => own.plain.push(other),
            }
        }
        sections
    }

    fn has_digits(&self) -> bool {
        // Letters that aren't quoted are those of dates, times and exponents, or of `General`.
        self.plain.contains(['0', '#', '@'])
            || self.plain.contains(|letter: char| letter.is_ascii_alphabetic())
    }

    fn has(&self, marks: &[char]) -> bool {
        self.plain.contains(marks) || self.words.contains(marks)
    }

    /// Whether a minus, or what stands for one, is before the digits.
    fn is_negative(&self) -> bool {
        self.has(&['-', '\u{2212}', '\u{2013}', '(', '\u{25b2}', '\u{25b3}', '\u{25bc}', '\u{25bd}'])
    }

    /// What numbers of a sign look like in it; `has_sign` where their minus is put before it by itself.
    fn look(&self, sign: Sign, has_sign: bool) -> SectionLook {
        let is_dash = |text: &str| text.chars().all(|letter| "-\u{2013}\u{2014}\u{2212}? .".contains(letter));
        let dashes = is_dash(&self.plain)
            && is_dash(&self.words)
            && self.has(&['-', '\u{2013}', '\u{2014}', '\u{2212}']);
        if !self.has_digits() {
            // Accountants write a dash for nothing.
            return match sign {
                Sign::Zero if dashes => SectionLook::Own,
                _ if self.words.trim().is_empty() && self.plain.trim_matches(['?', ' ', '.']).is_empty() => {
                    SectionLook::Nothing
                }
                _ => SectionLook::Words,
            };
        }
        // Under it a number is shown as if it were text.
        if self.plain.contains('@') {
            return SectionLook::Own;
        }
        // A minus behind the digits, or within them, is no sign.
        let before: String = self.plain.chars().take_while(|letter| !"0#?".contains(*letter)).collect();
        let leads = before.contains('-') || self.words.starts_with(['-', '\u{2212}']);
        match sign {
            Sign::Above if leads && self.plain.starts_with(|letter| "0#?-".contains(letter)) => {
                SectionLook::OtherSign
            }
            Sign::Below if !has_sign && !self.is_negative() && !self.is_coloured => SectionLook::OtherSign,
            _ => SectionLook::Own,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Sign {
    Above,
    Below,
    Zero,
}

/// What numbers look like under the parts of a format; nothing where all look like themselves, or where parts are for
/// conditions of their own.
fn by_sign(code: &str) -> Option<[SectionLook; 3]> {
    let sections = Section::all(code);
    if sections.iter().any(|section| section.is_conditional) {
        return None;
    }
    let first = sections.first()?;
    let below = sections.get(1).unwrap_or(first);
    let zero = sections.get(2).unwrap_or(first);
    let looks = [
        first.look(Sign::Above, false),
        below.look(Sign::Below, sections.len() < 2),
        zero.look(Sign::Zero, false),
    ];
    looks.iter().any(|look| *look != SectionLook::Own).then_some(looks)
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
            let thousands = u32::try_from(commas).ok().filter(|commas| is_number && *commas > 0);
            match thousands {
                Some(commas) => NumberLook::Thousands(commas),
                None => by_sign(code).map_or(NumberLook::Plain, NumberLook::BySign),
            }
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
            NumberLook::BySign([above, below, zero]) => {
                let own = if number > 0.0 {
                    above
                } else if number < 0.0 {
                    below
                } else {
                    zero
                };
                let note = match own {
                    SectionLook::Own => return None,
                    SectionLook::OtherSign => "shown with another sign",
                    SectionLook::Words => "shown as words",
                    SectionLook::Nothing => "shown as nothing",
                };
                noted(shortest_decimal(number), note.to_owned())
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
            // How accountants and Excel itself write numbers.
            ("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", NumberLook::Plain),
            ("_(* #,##0_);_(* \\(#,##0\\);_(* \"-\"_);_(@_)", NumberLook::Plain),
            ("#,##0;[Red]#,##0", NumberLook::Plain),
            ("#,##0_);(#,##0)", NumberLook::Plain),
            ("[$-409]0.0;-0.0", NumberLook::Plain),
            ("[$€-407] #,##0.00", NumberLook::Plain),
            ("0\" kg\"", NumberLook::Plain),
            ("\"▲\"0;\"▼\"0", NumberLook::Plain),
            ("[>10]\"high\";0", NumberLook::Plain),
            ("00-00", NumberLook::Plain),
            ("@", NumberLook::Plain),
            ("yyyy-mm-dd;@", NumberLook::Plain),
        ] {
            assert_eq!(NumberLook::of(code), look, "{code}");
        }
        let said = |code: &str, number: f64| match NumberLook::of(code).content(number, || None) {
            Some(CellContent::Shown(shown)) => match *shown {
                Shown::Noted { note, .. } => note,
                other => format!("{other:?}"),
            },
            _ => String::new(),
        };
        for (code, number, note) in [
            (";;;", 12.0, "shown as nothing"),
            ("0;-0;", 0.0, "shown as nothing"),
            ("0;-0;", 5.0, ""),
            ("#,##0;-#,##0;;@", 0.0, "shown as nothing"),
            ("0;-0;\"n/a\"", 0.0, "shown as words"),
            ("0;-0;\"n/a\"", -1.0, ""),
            ("\"high\"", 12.0, "shown as words"),
            ("\"-\"0", 12.0, "shown with another sign"),
            ("-0", 12.0, "shown with another sign"),
            ("0;0", -12.0, "shown with another sign"),
            ("0;0", 12.0, ""),
            ("0;\"(\"0\")\"", -12.0, ""),
            ("0;-0;\"-\"", 0.0, ""),
        ] {
            assert_eq!(said(code, number), note, "{code} {number}");
        }
        let shown = NumberLook::Zeros(4).content(110.0, || None);
        assert_eq!(shown.map(|content| content.raw()).as_deref(), Some("0110"));
        assert_eq!(NumberLook::Zeros(4).content(12345.0, || None), None);
    }
}
