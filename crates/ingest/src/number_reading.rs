//! Texts read as numbers by a rule, and what a text says of the marks in it.

use std::borrow::Cow;

use crate::flag_pattern::{FlagPattern, without_flags};
use crate::fold::fold;
use crate::number_problem::NumberProblem;
use crate::number_rule::{DecimalMark, Grouping, Negative, NumberRule, Percent};
use crate::plain_number::PlainNumber;

/// A rule of numbers, ready to read.
#[derive(Debug, Clone)]
pub(crate) struct NumberReading {
    decimal: Option<DecimalMark>,
    grouping: Vec<Grouping>,
    negative: Vec<Negative>,
    percent: Option<Percent>,
    currency: Vec<String>,
    flags: Vec<FlagPattern>,
    /// What a text that can be read in two ways is, where neither mark is declared.
    decided: DecimalMark,
}

/// What a text says of the marks that its column uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Nothing.
    None,
    /// A point stands before the fraction, or a comma between groups.
    Point,
    /// A comma stands before the fraction, or a point between groups.
    Comma,
    /// Either: 1,234 and 1.234.
    Either,
}

/// A number as a text writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numeral<'t> {
    /// Its digits, with a point before the fraction and a hyphen before what is negative.
    pub(crate) digits: Cow<'t, str>,
    pub(crate) marks: Marks,
    pub(crate) is_percent: bool,
}

impl NumberReading {
    /// The reading of a rule; `decided` is what its column was found to use.
    pub(crate) fn new(rule: &NumberRule, decided: DecimalMark) -> Self {
        let mut currency: Vec<String> = rule.currency.iter().map(|sign| fold(sign)).collect();
        currency.sort_by_key(|sign| std::cmp::Reverse(sign.len()));
        let (decimal, grouping) = match (rule.decimal, rule.grouping.as_slice()) {
            // Which of two marks stands between groups says what the other does.
            (None, marks) if marks.contains(&Grouping::Comma) || marks.contains(&Grouping::Indian) => {
                (Some(DecimalMark::Point), marks.to_vec())
            }
            (None, marks) if marks.contains(&Grouping::Point) => (Some(DecimalMark::Comma), marks.to_vec()),
            (Some(DecimalMark::Point), []) => (rule.decimal, vec![Grouping::Comma]),
            (Some(DecimalMark::Comma), []) => (rule.decimal, vec![Grouping::Point]),
            (decimal, marks) => (decimal, marks.to_vec()),
        };
        Self {
            decimal,
            grouping,
            negative: rule.negative.clone(),
            percent: rule.percent,
            currency,
            flags: rule.flags.0.keys().map(|pattern| FlagPattern::of(pattern)).collect(),
            decided,
        }
    }

    /// What `12%` is, where that is declared.
    pub(crate) fn percent(&self) -> Option<Percent> {
        self.percent
    }

    /// Whether no sign of a currency is declared, which might be made of digits.
    pub(crate) fn has_no_currency(&self) -> bool {
        self.currency.is_empty()
    }

    /// What a plain number says of the marks of its column; nothing where it may be another number by this rule.
    pub(crate) fn marks_of_plain(&self, plain: &PlainNumber) -> Option<Marks> {
        if !self.has_no_currency() {
            return None;
        }
        let Some(fraction) = plain.fraction else { return Some(Marks::None) };
        match self.decimal {
            Some(DecimalMark::Point) => Some(Marks::None),
            Some(DecimalMark::Comma) => None,
            None if !self.grouping.is_empty() => Some(Marks::Point),
            None if fraction != 3 || plain.whole > 3 || plain.begins_with_zero => Some(Marks::Point),
            None => (self.decided == DecimalMark::Point).then_some(Marks::Either),
        }
    }

    /// A folded text with marks beside it taken off: what may be left, and those marks.
    pub(crate) fn without_flags<'t>(&self, folded: &'t str) -> Vec<(&'t str, String)> {
        if self.flags.is_empty() { Vec::new() } else { without_flags(folded, &self.flags) }
    }

    /// The number that a folded text writes; else why it writes none.
    pub(crate) fn numeral<'t>(&self, folded: &'t str) -> Result<Numeral<'t>, NumberProblem> {
        self.written(folded).ok_or_else(|| NumberProblem::of(folded))
    }

    /// The number that a folded text writes.
    pub(crate) fn written<'t>(&self, folded: &'t str) -> Option<Numeral<'t>> {
        let (mut rest, mut is_negative, mut is_signed, mut is_percent, mut has_currency) =
            (folded, false, false, false, false);
        loop {
            if let Some(after) = rest.strip_prefix(is_minus).or_else(|| rest.strip_prefix('+'))
                && !is_signed
            {
                is_negative |= rest.starts_with(is_minus);
                is_signed = true;
                rest = after;
            } else if let Some(within) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
                && self.negative.contains(&Negative::Parentheses)
                && !is_signed
            {
                (is_negative, is_signed, rest) = (true, true, within.trim_matches(' '));
            } else if let Some(before) = rest.strip_suffix('-')
                && self.negative.contains(&Negative::TrailingMinus)
                && !is_signed
            {
                (is_negative, is_signed, rest) = (true, true, before.trim_end_matches(' '));
            } else if let Some(after) = rest.strip_prefix(['△', '▲', '▼'])
                && self.negative.contains(&Negative::Triangle)
                && !is_signed
            {
                (is_negative, is_signed, rest) = (true, true, after.trim_start_matches(' '));
            } else if let Some(left) = self.currency.iter().find_map(|sign| {
                rest.strip_prefix(sign.as_str()).or_else(|| rest.strip_suffix(sign.as_str()))
            }) && !has_currency
            {
                (has_currency, rest) = (true, left.trim_matches(' '));
            } else if let Some(before) = rest.strip_suffix('%')
                && self.percent.is_some()
                && !is_percent
            {
                (is_percent, rest) = (true, before.trim_end_matches(' '));
            } else {
                break;
            }
        }
        let (digits, marks) = self.digits(rest)?;
        let digits = match (is_negative, digits) {
            (true, digits) => Cow::Owned(format!("-{digits}")),
            (false, digits) => digits,
        };
        Some(Numeral { digits, marks, is_percent })
    }

    /// Digits with their marks as a plain decimal.
    fn digits<'t>(&self, text: &'t str) -> Option<(Cow<'t, str>, Marks)> {
        // Most by far.
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some((Cow::Borrowed(text), Marks::None));
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (text, None),
        };
        if let Some(exponent) = exponent {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if unsigned.is_empty() || !are_digits(unsigned) {
                return None;
            }
        }
        let (decimal, marks) = match self.decimal {
            Some(decimal) => (decimal, Marks::None),
            None => {
                let marks = self.marks_of(mantissa, exponent.is_some())?;
                let decimal = match marks {
                    Marks::Comma => DecimalMark::Comma,
                    Marks::Point => DecimalMark::Point,
                    Marks::None | Marks::Either => self.decided,
                };
                (decimal, marks)
            }
        };
        let (mark, other) = match decimal {
            DecimalMark::Point => ('.', Grouping::Comma),
            DecimalMark::Comma => (',', Grouping::Point),
        };
        let (whole, fraction) = match mantissa.split_once(mark) {
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        if !are_digits(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        if are_digits(whole) && mark == '.' {
            return Some((Cow::Borrowed(text), marks));
        }
        let undeclared = [other];
        let grouping = if self.grouping.is_empty() { undeclared.as_slice() } else { &self.grouping };
        let whole = if are_digits(whole) {
            whole.to_owned()
        } else {
            let own = grouping.iter().find(|own| exponent.is_none() && own.divides(whole))?;
            whole.chars().filter(|character| !own.is(*character)).collect()
        };
        let mut plain = whole;
        if mantissa.contains(mark) {
            plain.push('.');
            plain.push_str(fraction);
        }
        if let Some(exponent) = exponent {
            plain.push('e');
            plain.push_str(exponent);
        }
        Some((Cow::Owned(plain), marks))
    }

    /// What marks a text may use, where none is declared; nothing where it uses them as no rule does.
    fn marks_of(&self, mantissa: &str, has_exponent: bool) -> Option<Marks> {
        let count = |mark| mantissa.matches(mark).count();
        let (points, commas) = (count('.'), count(','));
        let of = |mark| if mark == '.' { Marks::Point } else { Marks::Comma };
        // Groups are told apart by something else.
        if !self.grouping.is_empty() {
            return match (points, commas) {
                (0, 0) => Some(Marks::None),
                (1, 0) => Some(Marks::Point),
                (0, 1) => Some(Marks::Comma),
                _ => None,
            };
        }
        match (points, commas) {
            (0, 0) => Some(Marks::None),
            (1, 0) | (0, 1) => {
                let mark = if points == 1 { '.' } else { ',' };
                let (whole, fraction) = mantissa.split_once(mark)?;
                let groups = (1..=3).contains(&whole.len()) && !whole.starts_with('0') && fraction.len() == 3;
                Some(if groups && !has_exponent { Marks::Either } else { of(mark) })
            }
            (_, 0) => Some(Marks::Comma),
            (0, _) => Some(Marks::Point),
            _ => mantissa.rfind(['.', ',']).and_then(|at| mantissa.get(at..)?.chars().next()).map(of),
        }
    }
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A hyphen, or a dash that stands before a number for one.
fn is_minus(character: char) -> bool {
    matches!(character, '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{fe63}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use proptest::prelude::*;

    fn rule(text: &str) -> NumberRule {
        serde_json::from_str(text).unwrap()
    }

    fn read(rule: &NumberRule, text: &str) -> Option<(f64, Marks)> {
        let folded = fold(text);
        let numeral = NumberReading::new(rule, DecimalMark::Point).numeral(&folded).ok()?;
        Some((numeral.digits.parse().unwrap(), numeral.marks))
    }

    #[test]
    fn what_a_text_says_of_its_marks() {
        let free = NumberRule::default();
        for (text, number, marks) in [
            ("12", 12.0, Marks::None),
            ("1e3", 1000.0, Marks::None),
            ("0,125", 0.125, Marks::Comma),
            ("0.125", 0.125, Marks::Point),
            ("1,234", 1234.0, Marks::Either),
            ("-1.234", -1.234, Marks::Either),
            ("12,345,678", 12_345_678.0, Marks::Point),
            ("12.345.678", 12_345_678.0, Marks::Comma),
            ("1.234,5", 1234.5, Marks::Comma),
            ("1,234.5", 1234.5, Marks::Point),
            ("1234.567", 1234.567, Marks::Point),
            ("1234,567", 1234.567, Marks::Comma),
            ("1.234e5", 123_400.0, Marks::Point),
            (",5", 0.5, Marks::Comma),
            ("–5.25", -5.25, Marks::Point),
        ] {
            assert_eq!(read(&free, text), Some((number, marks)), "{text}");
        }
        for text in [
            "1,23,456",
            "1.2.3",
            "1.234,567.8",
            "01,234,567",
            "1 234",
            "1'234",
            "(5)",
            "5%",
            "$5",
            "5-",
            "--5",
            "",
        ] {
            assert_eq!(read(&free, text), None, "{text}");
        }
    }

    #[test]
    fn what_is_declared_is_read_so_and_no_other_way() {
        for (declared, text, number) in [
            (r#"{"decimal": ","}"#, "1.234", Some(1234.0)),
            (r#"{"decimal": ","}"#, "1.234,5", Some(1234.5)),
            (r#"{"decimal": ","}"#, "1,234", Some(1.234)),
            (r#"{"decimal": ","}"#, "12.5", None),
            (r#"{"decimal": ".", "grouping": "none"}"#, "1,234", None),
            (r#"{"decimal": "."}"#, "1,234", Some(1234.0)),
            (r#"{"decimal": "."}"#, "0,125", None),
            (r#"{"grouping": "."}"#, "1.234", Some(1234.0)),
            (r#"{"grouping": " "}"#, "1\u{202f}234,5", Some(1234.5)),
            (r#"{"grouping": " "}"#, "1\u{a0}234 567.25", Some(1_234_567.25)),
            (r#"{"grouping": " "}"#, "12 34", None),
            (r#"{"grouping": "indian"}"#, "12,34,567.5", Some(1_234_567.5)),
            (r#"{"grouping": "indian"}"#, "1,23,45,678", Some(12_345_678.0)),
            (r#"{"grouping": "indian"}"#, "-12,345", Some(-12_345.0)),
            (r#"{"grouping": "indian"}"#, "123", Some(123.0)),
            (r#"{"grouping": "indian"}"#, "123,456", None),
            (r#"{"grouping": "indian"}"#, "1,234,567", None),
            (r#"{"grouping": ["indian", ","]}"#, "1,234,567", Some(1_234_567.0)),
            (r#"{"grouping": "'"}"#, "1’234’567.5", Some(1_234_567.5)),
            (r#"{"negative": "parentheses"}"#, "(1,234.5)", Some(-1234.5)),
            (r#"{"negative": "parentheses"}"#, "-(5)", None),
            (r#"{"negative": ["trailing-minus", "triangle"]}"#, "12.5-", Some(-12.5)),
            (r#"{"negative": ["trailing-minus", "triangle"]}"#, "△ 12.5", Some(-12.5)),
            (r#"{"percent": "number"}"#, "12.5 %", Some(12.5)),
            (r#"{"currency": ["$", "US$"]}"#, "-US$ 1,234.50", Some(-1234.5)),
            (r#"{"currency": "€", "decimal": ","}"#, "1.234,50 €", Some(1234.5)),
            (r#"{"currency": "$", "negative": "parentheses"}"#, "($5.25)", Some(-5.25)),
        ] {
            assert_eq!(read(&rule(declared), text).map(|(number, _)| number), number, "{declared} {text}");
        }
    }

    #[test]
    fn a_column_goes_before_its_source() {
        let source = rule(r#"{"decimal": ",", "grouping": " ", "flags": ["p"], "percent": "number"}"#);
        let column = rule(r#"{"decimal": "."}"#);
        let both = column.within(&source);
        assert_eq!((both.decimal, both.grouping.len()), (Some(DecimalMark::Point), 0));
        assert_eq!((both.percent, both.flags.0.len()), (Some(Percent::Number), 1));
    }

    /// A rule, and how a number is written by it.
    fn rules() -> impl Strategy<Value = (String, char, &'static str)> {
        prop::sample::select(vec![
            (r#"{"decimal": ".", "grouping": ","}"#, '.', ","),
            (r#"{"decimal": ",", "grouping": "."}"#, ',', "."),
            (r#"{"decimal": ",", "grouping": " "}"#, ',', "\u{a0}"),
            (r#"{"decimal": ",", "grouping": " "}"#, ',', "\u{202f}"),
            (r#"{"decimal": ".", "grouping": "'"}"#, '.', "’"),
            (r#"{"decimal": ".", "grouping": "none"}"#, '.', ""),
            (r#"{"decimal": ",", "grouping": "none"}"#, ',', ""),
        ])
        .prop_map(|(rule, mark, grouping)| {
            let more = r#", "negative": ["parentheses", "trailing-minus", "triangle"], "percent": "number", "currency": ["US$", "€", "元"], "flags": ["p", "e", "*", "[{digits}]", "{raised}"]}"#;
            (rule.trim_end_matches('}').to_owned() + more, mark, grouping)
        })
    }

    fn written(whole: u64, fraction: &str, mark: char, grouping: &str) -> String {
        let digits = whole.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(grouping);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(mark);
            text.push_str(fraction);
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_number_written_by_a_rule_reads_back_to_itself(
            (declared, mark, grouping) in rules(),
            whole in 0_u64..10_000_000_000,
            fraction in "[0-9]{0,6}",
            sign in 0_usize..6,
            currency in 0_usize..5,
            percent in any::<bool>(),
            flag in prop::sample::select(vec!["", "p", " e", "*", "¹", " [12]", "pe"]),
            full_width in any::<bool>(),
            spaces in any::<bool>(),
        ) {
            let mut text = written(whole, &fraction, mark, grouping);
            if percent { text.push('%'); }
            text = match currency { 0 => format!("US${text}"), 1 => format!("{text} €"), 2 => format!("{text}元"), _ => text };
            let is_negative = sign < 5;
            text = match sign { 0 => format!("-{text}"), 1 => format!("−{text}"), 2 => format!("({text})"), 3 => format!("{text}-"), 4 => format!("△{text}"), _ => text };
            text.push_str(flag);
            if full_width {
                text = text.chars().map(|character| match character {
                    '0'..='9' => char::from_u32(u32::from(character) + 0xff10 - 0x30).unwrap(),
                    _ => character,
                }).collect();
            }
            if spaces { text = format!("\u{3000} {text}\u{a0}"); }
            let reading = NumberReading::new(&rule(&declared), DecimalMark::Point);
            let folded = fold(&text);
            let direct = reading.numeral(&folded).ok().map(|numeral| (numeral, String::new()));
            let read = direct.or_else(|| {
                let left = reading.without_flags(&folded);
                left.into_iter().find_map(|(rest, flags)| Some((reading.numeral(rest).ok()?, flags)))
            });
            let (numeral, flags) = read.unwrap_or_else(|| panic!("{text:?} by {declared}"));
            let fraction = if fraction.is_empty() { "0" } else { fraction.as_str() };
            let expected: f64 = format!("{}{whole}.{fraction}", if is_negative { "-" } else { "" }).parse().unwrap();
            prop_assert_eq!(numeral.digits.parse::<f64>().unwrap().to_bits(), expected.to_bits(), "{:?}", text);
            prop_assert_eq!(flags, flag.trim());
            prop_assert_eq!(numeral.is_percent, percent);
        }

        #[test]
        fn a_plain_number_is_read_as_any_other(
            declared in prop::sample::select(vec![
                "{}",
                r#"{"decimal": "."}"#,
                r#"{"decimal": ","}"#,
                r#"{"grouping": " "}"#,
                r#"{"grouping": "."}"#,
                r#"{"grouping": "none"}"#,
                r#"{"decimal": ".", "grouping": ["indian", ","], "percent": "number", "negative": "trailing-minus"}"#,
            ]),
            by_comma in any::<bool>(),
            text in "-?[0-9]{1,5}(\\.[0-9]{1,5})?",
        ) {
            let decided = if by_comma { DecimalMark::Comma } else { DecimalMark::Point };
            let reading = NumberReading::new(&rule(declared), decided);
            let plain = PlainNumber::of(&text).unwrap();
            if let Some(marks) = reading.marks_of_plain(&plain) {
                let numeral = reading.numeral(&text).unwrap();
                prop_assert_eq!(numeral.digits.as_ref(), text.as_str());
                prop_assert_eq!(numeral.digits.parse::<f64>().unwrap().to_bits(), plain.number.to_bits());
                prop_assert_eq!((numeral.marks, numeral.is_percent), (marks, false));
            } else {
                prop_assert!(reading.decimal == Some(DecimalMark::Comma) || by_comma);
            }
        }

        #[test]
        fn no_text_crashes_it((declared, ..) in rules(), text in ".*") {
            let reading = NumberReading::new(&rule(&declared), DecimalMark::Comma);
            let folded = fold(&text);
            let _ = reading.numeral(&folded);
            let _ = reading.without_flags(&folded);
        }

        /// Where marks aren't declared, a text whose two readings differ says so.
        #[test]
        fn only_texts_of_one_reading_decide(text in "[0-9]{1,4}[.,][0-9]{1,4}") {
            let point = text.parse::<f64>().ok().or_else(|| text.replace(',', "").parse().ok().filter(|_| Grouping::Comma.divides(&text)));
            let comma = text.replace(',', ".").parse::<f64>().ok().filter(|_| text.contains(',')).or_else(|| text.replace('.', "").parse().ok().filter(|_| Grouping::Point.divides(&text)));
            let expected = match (point, comma) { (Some(_), Some(_)) => Marks::Either, (Some(_), None) => Marks::Point, (None, Some(_)) => Marks::Comma, (None, None) => Marks::None };
            prop_assert_eq!(read(&NumberRule::default(), &text).map(|(_, marks)| marks), Some(expected));
        }
    }
}
