//! A line that a program printed: what it says, and the numbers in it.

use std::iter::Peekable;
use std::str::Chars;

/// A line of a table, a log or a LaTeX file, with its numbers apart.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedLine {
    /// The line with `#` for each number, one space for white space and one rule for rules of any length: two lines
    /// with the same words are one line with other numbers.
    pub words: String,
    /// Its numbers from the left.
    pub numerals: Vec<Numeral>,
    /// Whether it has a time of day in it, so that it differs from run to run.
    pub has_clock: bool,
}

/// A number as it was printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeral {
    text: String,
    value: f64,
    /// How many digits stand behind the point, less the exponent.
    decimals: i32,
}

/// How two printed numbers agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrintedAgreement {
    /// One value, or one the rounding of the other: `0.35` and `0.3504`.
    Same,
    /// Decimals that differ by one in their last digit: `0.350` and `0.351`.
    LastDigit,
    /// Anything else.
    Differs,
}

impl Numeral {
    /// As it was printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it agrees with another. Whole numbers are counts, and agree or don't.
    pub fn agreement(&self, other: &Self) -> PrintedAgreement {
        let shorter = self.decimals.min(other.decimals);
        let unit = 10_f64.powi(-shorter);
        let apart = (self.value - other.value).abs();
        // The values are decimals and their difference isn't exact.
        let within = |units: f64| apart <= unit * units * (1.0 + 1e-6);
        if self.value == other.value || (self.decimals != other.decimals && within(0.5)) {
            PrintedAgreement::Same
        } else if shorter > 0 && within(1.0) {
            PrintedAgreement::LastDigit
        } else {
            PrintedAgreement::Differs
        }
    }
}

impl PrintedLine {
    /// Reads a line. `grouped` says that `1,234` is one number, as in print; in a CSV it is two.
    pub fn read(line: &str, grouped: bool) -> Self {
        let mut reader = Reader { rest: line.chars().peekable(), before: ' ', grouped };
        let mut read = Self { words: String::new(), numerals: Vec::new(), has_clock: has_clock(line) };
        while let Some(next) = reader.rest.peek().copied() {
            if let Some(numeral) = reader.numeral() {
                read.numerals.push(numeral);
                read.words.push('#');
            } else if next.is_alphanumeric() || next == '_' {
                // A word with the digits and points in it: `x1`, `1.2.3`, `10th`.
                while let Some(one) = reader.next_if(|one| one.is_alphanumeric() || "_.".contains(one)) {
                    read.words.push(one);
                }
            } else {
                reader.next_if(|_| true);
                let one = if next.is_whitespace() { ' ' } else { next };
                let repeated = read.words.ends_with(one) && matches!(one, ' ' | '-' | '=' | '─');
                if !repeated {
                    read.words.push(one);
                }
            }
        }
        read.words = read.words.trim().to_owned();
        read
    }
}

struct Reader<'l> {
    rest: Peekable<Chars<'l>>,
    /// What was read last.
    before: char,
    grouped: bool,
}

impl Reader<'_> {
    fn next_if(&mut self, is: impl Fn(char) -> bool) -> Option<char> {
        let one = self.rest.next_if(|one| is(*one))?;
        self.before = one;
        Some(one)
    }

    /// The number that begins here. Nothing is read where none does.
    fn numeral(&mut self) -> Option<Numeral> {
        if self.before.is_alphanumeric() || "_.".contains(self.before) {
            return None;
        }
        let text: Vec<char> = self.rest.clone().take(64).collect();
        let at = |place: usize| text.get(place).copied().unwrap_or('\n');
        let digits = |from: usize| (from..text.len()).take_while(|place| at(*place).is_ascii_digit()).count();
        let mut end = 0;
        // A sign that follows a word or a number is a dash or an operation.
        if matches!(at(0), '-' | '+' | '\u{2212}') && !")]}".contains(self.before) {
            end = 1;
        }
        let whole = digits(end);
        end += whole;
        while self.grouped && whole > 0 && whole <= 3 && at(end) == ',' && digits(end + 1) == 3 {
            end += 4;
        }
        let mut decimals = 0;
        if at(end) == '.' && digits(end + 1) > 0 {
            decimals = digits(end + 1);
            end += 1 + decimals;
        } else if whole == 0 {
            return None;
        }
        let mut exponent = 0;
        if matches!(at(end), 'e' | 'E') {
            let signed = end + 1 + usize::from(matches!(at(end + 1), '-' | '+'));
            let many = digits(signed);
            if (1..=3).contains(&many) {
                let power: String = (end + 1..signed + many).map(at).collect();
                exponent = power.trim_start_matches('+').parse().unwrap_or(0);
                end = signed + many;
            }
        }
        // Part of a word, of a version, or of something longer than any number.
        if at(end).is_alphanumeric()
            || at(end) == '_'
            || (at(end) == '.' && at(end + 1).is_ascii_digit())
            || end == text.len() && end == 64
        {
            return None;
        }
        let printed: String = (0..end).map(at).collect();
        let plain = printed.replace(',', "").replace('\u{2212}', "-");
        let value: f64 = plain.parse().ok()?;
        for _ in 0..end {
            self.next_if(|_| true);
        }
        let decimals = i32::try_from(decimals).unwrap_or(i32::MAX) - exponent;
        value.is_finite().then_some(Numeral { text: printed, value, decimals })
    }
}

/// Whether there is a time of day: `9:41`, `10:11:12`.
fn has_clock(line: &str) -> bool {
    let parts: Vec<&str> = line.split(':').collect();
    parts.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        let hour = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let minute = after.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&hour) && minute == 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (String, Vec<String>) {
        let read = PrintedLine::read(line, true);
        (read.words, read.numerals.iter().map(|numeral| numeral.text.clone()).collect())
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn numbers_stand_apart_from_words() {
        assert_eq!(
            read(r"x1 & 0.350\sym{***} & (-.12) & 1,234 \\"),
            (r"x1 & #\sym{***} & (#) & # \\".into(), texts(&["0.350", "-.12", "1,234"]))
        );
        assert_eq!(
            read("  educ |   .0541  1.2e-05   0.00"),
            ("educ | # # #".into(), texts(&[".0541", "1.2e-05", "0.00"]))
        );
        assert_eq!(
            read("version 1.2.3 of 10th x_2, 2008-2019"),
            ("version 1.2.3 of 10th x_2, #-#".into(), texts(&["2008", "2019"]))
        );
        assert_eq!(read("------+-----"), ("-+-".into(), vec![]));
        assert_eq!(read("R² = 0.5; −0.2"), ("R² = #; #".into(), texts(&["0.5", "−0.2"])));
        assert_eq!(read("系数0.31"), ("系数0.31".into(), vec![]));
        let comma = PrintedLine::read("a,1,234", false);
        assert_eq!((comma.words.as_str(), comma.numerals.len()), ("a,#,#", 2));
        assert!(PrintedLine::read("opened on: 3 May 2021, 10:11:12", true).has_clock);
        assert!(!PrintedLine::read("a: 12, b: 3", true).has_clock);
    }

    #[test]
    fn numbers_agree_as_they_are_printed() {
        let one = |text: &str| PrintedLine::read(text, true).numerals.remove(0);
        let agreement = |left: &str, right: &str| one(left).agreement(&one(right));
        for (left, right, expected) in [
            ("0.35", "0.350", PrintedAgreement::Same),
            ("0.35", "0.3504", PrintedAgreement::Same),
            (".35", "0.35", PrintedAgreement::Same),
            ("-0.00", "0.00", PrintedAgreement::Same),
            ("1.2e-05", "0.000012", PrintedAgreement::Same),
            ("0.350", "0.351", PrintedAgreement::LastDigit),
            ("0.35", "0.356", PrintedAgreement::LastDigit),
            ("0.350", "0.352", PrintedAgreement::Differs),
            ("0.350", "-0.350", PrintedAgreement::Differs),
            ("100", "101", PrintedAgreement::Differs),
            ("1,234", "1234", PrintedAgreement::Same),
        ] {
            assert_eq!(agreement(left, right), expected, "{left} {right}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_lost_or_crashes_it(line in "[-+0-9a-z.,:e_ |()\u{2212}系]{0,40}") {
            for grouped in [true, false] {
                let read = PrintedLine::read(&line, grouped);
                let again = PrintedLine::read(&line, grouped);
                proptest::prop_assert_eq!(&read, &again);
                proptest::prop_assert!(read.words.matches('#').count() == read.numerals.len());
            }
        }
    }
}
