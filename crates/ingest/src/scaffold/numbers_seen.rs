//! How the numbers of a column seem to be written: the rule under which most of its texts are numbers, and no more of
//! a rule than they need.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::flag_pattern::is_raised;
use crate::fold::fold;
use crate::number_problem::NumberProblem;
use crate::number_reading::{Marks, NumberReading};
use crate::number_rule::{DecimalMark, Flags, Grouping, Negative, NumberRule, Percent};

/// Texts that statistical offices, programs and people write where there is no value.
const MISSING: [&str; 44] = [
    ".",
    "..",
    ". .",
    "...",
    "…",
    "……",
    "-",
    "--",
    "---",
    "–",
    "—",
    ":",
    "x",
    "xxx",
    "z",
    "/",
    "*",
    "**",
    "***",
    "[x]",
    "[c]",
    "[z]",
    "[w]",
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "#n/a",
    "nan",
    "null",
    "none",
    "nil",
    "nd",
    "n.d.",
    "n.e.s.",
    "missing",
    "not available",
    "not applicable",
    "(na)",
    "(d)",
    "无",
    "缺失",
    "暂无",
    "s.d.",
];

/// So long a text may be for its being told as a mark.
const MARK: usize = 3;

/// What the texts of a column say.
#[derive(Debug, Clone, Default)]
pub(super) struct NumbersSeen {
    /// What of a rule they need; decimal mark and grouping where another rule than the usual is needed.
    pub(super) rule: NumberRule,
    /// Texts that stand for missing values, as far as such are known.
    pub(super) missing: Vec<String>,
    /// Other texts that are no numbers.
    pub(super) other: Vec<String>,
    /// A text that shows how numbers are divided, and one that shows the contrary.
    pub(super) by_point: Option<String>,
    pub(super) by_comma: Option<String>,
    /// A text that can be read in two ways.
    pub(super) either: Option<String>,
    /// The rule under which the mark of such a text divides groups, too, where blanks or apostrophes divide others.
    pub(super) as_groups: Option<NumberRule>,
}

/// Whether a text is one that is known to stand for a missing value.
pub(super) fn is_missing(text: &str) -> bool {
    let folded = fold(text).to_lowercase();
    MISSING.contains(&folded.as_str())
}

/// What the texts of a column say, each once.
pub(super) fn numbers_seen(texts: &BTreeSet<String>) -> NumbersSeen {
    let (missing, texts): (Vec<&String>, Vec<&String>) = texts.iter().partition(|text| is_missing(text));
    let written: Vec<(String, &String)> = texts.into_iter().map(|text| (fold(text), text)).collect();
    let (folded, kinds) = shapes(&written);
    let marks = flags(&folded);
    let mut rule = widest(&folded, marks);
    for narrower in NARROWER {
        let mut next = rule.clone();
        narrower(&mut next);
        if next != rule && understood(&next, &folded) >= understood(&rule, &folded) {
            rule = next;
        }
    }
    let used: Vec<String> = rule
        .currency
        .iter()
        .filter(|sign| folded.iter().any(|shape| shape.text.contains(*sign)))
        .cloned()
        .collect();
    rule.currency = used;
    // Groups of commas say what is before fractions.
    rule.decimal = decimal_beside(&rule.grouping);
    let reading = NumberReading::new(&rule, DecimalMark::Point);
    let mut seen = NumbersSeen { missing: missing.into_iter().cloned().collect(), ..NumbersSeen::default() };
    let further = further_groups(&rule);
    let marks = |shape: &Shape<'_>| {
        let own = marks_of(&reading, shape.text)?;
        let other = further.iter().find(|(mark, _)| *mark == own);
        let is_either = other.is_some_and(|(_, rule)| {
            marks_of(&NumberReading::new(rule, DecimalMark::Point), shape.text).is_some()
        });
        Some(if is_either { Marks::Either } else { own })
    };
    let marks: Vec<Option<Marks>> = folded.iter().map(marks).collect();
    for ((text, raw), kind) in written.iter().zip(kinds) {
        match marks.get(kind).copied().flatten() {
            Some(Marks::Point) => drop(seen.by_point.get_or_insert_with(|| (*raw).clone())),
            Some(Marks::Comma) => drop(seen.by_comma.get_or_insert_with(|| (*raw).clone())),
            Some(Marks::Either) => drop(seen.either.get_or_insert_with(|| (*raw).clone())),
            Some(Marks::None) => {}
            None if is_flagged_missing(&reading, text) => {
                let bare = text.split(' ').next().unwrap_or_default().to_owned();
                if !seen.missing.contains(&bare) {
                    seen.missing.push(bare);
                }
            }
            None => seen.other.push((*raw).clone()),
        }
    }
    let mark = seen.either.as_ref().map(|text| if text.contains(',') { Marks::Comma } else { Marks::Point });
    let is_open = seen.by_point.is_none() && seen.by_comma.is_none();
    seen.as_groups = further.into_iter().find(|(own, _)| is_open && Some(*own) == mark).map(|(_, rule)| rule);
    seen.rule = rule;
    seen
}

/// What stands before fractions where a mark that could do so divides groups beside others.
fn decimal_beside(grouping: &[Grouping]) -> Option<DecimalMark> {
    match grouping {
        [_, Grouping::Comma] => Some(DecimalMark::Point),
        [_, Grouping::Point] => Some(DecimalMark::Comma),
        _ => None,
    }
}

/// Where blanks or apostrophes divide groups, the rules under which a comma or a point does so as well, each with what its
/// mark says otherwise: 1,100 beside 12 500.
fn further_groups(rule: &NumberRule) -> Vec<(Marks, NumberRule)> {
    let [own @ (Grouping::Space | Grouping::Apostrophe)] = rule.grouping.as_slice() else {
        return Vec::new();
    };
    let with = |marks, mark| {
        let grouping = vec![*own, mark];
        (marks, NumberRule { decimal: decimal_beside(&grouping), grouping, ..rule.clone() })
    };
    vec![with(Marks::Comma, Grouping::Comma), with(Marks::Point, Grouping::Point)]
}

/// The numbers that texts are under a rule.
pub(super) struct NumbersIn {
    reading: NumberReading,
}

impl NumbersIn {
    /// Those of a rule; `by_comma` where its column writes a comma before fractions.
    pub(super) fn new(seen: &NumbersSeen, by_comma: bool) -> Self {
        let decided = if by_comma { DecimalMark::Comma } else { DecimalMark::Point };
        let rule = seen.as_groups.as_ref().filter(|rule| rule.decimal == Some(decided));
        Self { reading: NumberReading::new(rule.unwrap_or(&seen.rule), decided) }
    }

    /// The number that a text is.
    pub(super) fn number(&self, text: &str) -> Option<f64> {
        let folded = fold(text);
        let numeral = self.reading.written(&folded).or_else(|| {
            let left = self.reading.without_flags(&folded);
            left.into_iter().find_map(|(rest, _)| self.reading.written(rest))
        })?;
        let number: f64 = numeral.digits.parse().ok()?;
        let fraction = numeral.is_percent && self.reading.percent() == Some(Percent::Fraction);
        Some(if fraction { number / 100.0 } else { number }).filter(|number| number.is_finite())
    }
}

/// Texts that differ in their digits alone, which tell the same of how numbers are written.
struct Shape<'t> {
    /// One of them, folded.
    text: &'t str,
    /// How many there are.
    count: usize,
}

/// The shapes of some texts, in the order in which they come first, and of each text the number of its own.
fn shapes<'t>(texts: &'t [(String, &String)]) -> (Vec<Shape<'t>>, Vec<usize>) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut shapes: Vec<Shape<'t>> = Vec::new();
    let kind = |(text, _): &'t (String, &String)| {
        let kind = *known.entry(shape(text)).or_insert(shapes.len());
        match shapes.get_mut(kind) {
            Some(shape) => shape.count += 1,
            None => shapes.push(Shape { text, count: 1 }),
        }
        kind
    };
    let kinds = texts.iter().map(kind).collect();
    (shapes, kinds)
}

/// A text with a one for each digit, but for a zero that others follow, and with the digits of numbers that may be too
/// large: these count.
fn shape(text: &str) -> String {
    let is_digit = |character: char| character.is_ascii_digit();
    let has_exponent = || {
        let mut after_digit = false;
        text.chars().any(|character| {
            let is = after_digit && matches!(character, 'e' | 'E');
            after_digit = is_digit(character) || character == '.';
            is
        })
    };
    if text.len() > LONGEST || has_exponent() {
        return text.to_owned();
    }
    let mut within = false;
    text.chars()
        .map(|character| {
            let begins = !within;
            within = is_digit(character);
            if within && !(begins && character == '0') { '1' } else { character }
        })
        .collect()
}

/// Everything that may be left out of a rule, one by one.
const NARROWER: [fn(&mut NumberRule); 8] = [
    |rule| rule.flags = Flags::default(),
    |rule| rule.percent = None,
    |rule| rule.currency = Vec::new(),
    |rule| rule.negative.retain(|negative| *negative != Negative::Parentheses),
    |rule| rule.negative.retain(|negative| *negative != Negative::TrailingMinus),
    |rule| rule.negative.retain(|negative| *negative != Negative::Triangle),
    |rule| rule.grouping = Vec::new(),
    |rule| rule.decimal = None,
];

/// The rule with all that a text may show, and of the groupings the first under which most are numbers.
fn widest(texts: &[Shape<'_>], marks: BTreeMap<String, String>) -> NumberRule {
    let mut currency: Vec<String> = Vec::new();
    for shape in texts {
        if let NumberProblem::Currency(sign) = NumberProblem::of(shape.text)
            && !currency.contains(&sign)
        {
            currency.push(sign);
        }
    }
    currency.sort();
    let rule = NumberRule {
        decimal: None,
        grouping: Vec::new(),
        negative: vec![Negative::Parentheses, Negative::TrailingMinus, Negative::Triangle],
        percent: Some(Percent::Number),
        currency,
        flags: Flags(marks),
    };
    let groupings = [
        vec![],
        vec![Grouping::Space],
        vec![Grouping::Apostrophe],
        vec![Grouping::Indian],
        vec![Grouping::Space, Grouping::Comma],
        vec![Grouping::Space, Grouping::Point],
        vec![Grouping::Apostrophe, Grouping::Comma],
        vec![Grouping::Apostrophe, Grouping::Point],
    ];
    let mut best = (0, rule.clone());
    for (at, grouping) in groupings.into_iter().enumerate() {
        let next = NumberRule { grouping, ..rule.clone() };
        let count = understood(&next, texts);
        if at == 0 || count > best.0 {
            best = (count, next);
        }
    }
    best.1
}

fn understood(rule: &NumberRule, texts: &[Shape<'_>]) -> usize {
    let reading = NumberReading::new(rule, DecimalMark::Point);
    let is = |shape: &&Shape<'_>| {
        marks_of(&reading, shape.text).is_some() || is_flagged_missing(&reading, shape.text)
    };
    texts.iter().filter(is).map(|shape| shape.count).sum()
}

fn marks_of(reading: &NumberReading, folded: &str) -> Option<Marks> {
    if let Some(numeral) = reading.written(folded) {
        return Some(numeral.marks);
    }
    let left = reading.without_flags(folded);
    left.into_iter().find_map(|(rest, _)| reading.written(rest)).map(|numeral| numeral.marks)
}

/// Whether a text stands for a missing value with a mark beside it, as `: c`, or is a mark alone.
fn is_flagged_missing(reading: &NumberReading, folded: &str) -> bool {
    reading.without_flags(folded).iter().any(|(rest, _)| is_missing(rest))
}

/// So many bytes a number with its mark has.
const LONGEST: usize = 120;

/// Marks that stand beside some numbers, as patterns, with an example of each.
fn flags(texts: &[Shape<'_>]) -> BTreeMap<String, String> {
    let wide = NumberRule {
        negative: vec![Negative::Parentheses],
        percent: Some(Percent::Number),
        grouping: Vec::new(),
        ..NumberRule::default()
    };
    let spaced = NumberRule { grouping: vec![Grouping::Space], ..wide.clone() };
    let readings =
        [NumberReading::new(&wide, DecimalMark::Point), NumberReading::new(&spaced, DecimalMark::Point)];
    let is_number = |text: &str| {
        text.bytes().any(|byte| byte.is_ascii_digit())
            && readings.iter().any(|reading| reading.written(text).is_some())
    };
    let mut found = BTreeMap::new();
    for text in texts.iter().map(|shape| shape.text) {
        // What is longer is no number with a mark, and would be tried at each of its characters.
        if text.len() > LONGEST
            || is_number(text)
            || matches!(NumberProblem::of(text), NumberProblem::Currency(_))
        {
            continue;
        }
        // A mark after a number, or after a text for missing values.
        for (at, _) in text.char_indices().skip(1) {
            let (before, mark) = text.split_at_checked(at).unwrap_or((text, ""));
            let (bare, set_off) = (before.trim_end_matches(' '), before.ends_with(' '));
            let is_value = is_number(bare) || (set_off && is_missing(bare));
            if is_value && let Some(pattern) = pattern(mark, set_off) {
                found.insert(pattern, String::new());
                break;
            }
        }
    }
    found
}

/// The pattern of a mark; nothing for what is rather a unit, a word or a part of the number.
fn pattern(mark: &str, set_off: bool) -> Option<String> {
    let mark = mark.trim_matches(' ');
    let count = mark.chars().count();
    if mark.is_empty() {
        return None;
    }
    if mark.chars().all(is_raised) {
        return Some("{raised}".into());
    }
    // A footnote's number: 12.3 1)
    if let Some(end) = [')', '/'].into_iter().find(|end| set_off && mark.ends_with(*end)) {
        let number = mark.trim_end_matches(end);
        if (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(format!("{{digits}}{end}"));
        }
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        let within = mark.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(within) = within
            && (1..=MARK).contains(&within.chars().count())
        {
            let digits = within.bytes().all(|byte| byte.is_ascii_digit());
            let letter = within.len() == 1 && within.bytes().all(|byte| byte.is_ascii_alphabetic());
            // A number in parentheses beside another is a second value, as a standard error.
            if !digits && within.contains(|character: char| character.is_ascii_digit()) {
                return None;
            }
            let inner = if digits {
                "{digits}"
            } else if letter {
                "{letter}"
            } else {
                within
            };
            // Parentheses that touch a number may be a power or a quantity of it.
            return (open == '[' || set_off).then(|| format!("{open}{inner}{close}"));
        }
    }
    let of_signs = mark.chars().all(|character| "*†‡§¶#^~+!<>≈".contains(character));
    // Those that statistical offices mark values with; `kg` and `km` are units.
    // Billions, crores and inches are none either.
    let is_unit = ["bn", "cr", "in"].contains(&mark);
    let of_letters =
        !is_unit && count <= 2 && mark.chars().all(|character| "bcdefinprsuz".contains(character));
    (count <= MARK && (of_signs || of_letters)).then(|| mark.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(texts: &[&str]) -> NumbersSeen {
        numbers_seen(&texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn a_rule_has_no_more_than_its_texts_need() {
        let plain = seen(&["1", "2.5", "-3"]);
        assert!(plain.rule.is_empty() && plain.other.is_empty() && plain.by_point.is_some());
        let rule = seen(&["(1,234.5)", "12.0", "n/a"]);
        assert_eq!(rule.rule.negative, [Negative::Parentheses]);
        assert_eq!((rule.rule.percent, rule.rule.grouping.len()), (None, 0));
        assert_eq!(rule.missing, ["n/a"]);
        let spaced = seen(&["1 234,5", "12,25", "7 000"]);
        assert_eq!(spaced.rule.grouping, [Grouping::Space]);
        assert!(spaced.by_comma.is_some() && spaced.by_point.is_none());
        assert_eq!(seen(&["12,34,567", "1,234", "5.5"]).rule.grouping, [Grouping::Indian]);
        assert_eq!(seen(&["US$ 12", "$5"]).rule.currency, ["$", "US$"]);
        assert_eq!(seen(&["12%", "9.5%"]).rule.percent, Some(Percent::Number));
    }

    #[test]
    fn data_is_never_a_text_for_missing_values() {
        for text in [
            "341902187p",
            "1,23,45,6",
            "12.3¹",
            "(5)",
            "5 kg",
            "12 to 14",
            "<0.5",
            "confidential",
            "12.5 (3.2)",
            "3bn",
        ] {
            assert!(seen(&["1", "2", text]).missing.is_empty(), "{text}");
        }
        let eurostat = seen(&["341902187p", "12.5 e", ": c", ":", "17"]);
        let marks: Vec<&String> = eurostat.rule.flags.0.keys().collect();
        assert_eq!(marks, ["c", "e", "p"]);
        assert_eq!(eurostat.missing, [":"]);
        assert!(eurostat.other.is_empty(), "{:?}", eurostat.other);
        assert_eq!(seen(&["1", "5 kg", "12 to 14"]).other, ["12 to 14", "5 kg"].map(str::to_owned).to_vec());
    }

    #[test]
    fn long_texts_are_looked_at_once() {
        // Tried at each of its characters it would take minutes.
        let long = "長い文 1 ".repeat(20_000);
        assert_eq!(seen(&["1", &long]).other, [long]);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_said() {
        let seen = seen(&["1,234", "2,500"]);
        assert!(seen.either.is_some() && seen.by_point.is_none() && seen.by_comma.is_none());
    }

    #[test]
    fn a_mark_beside_groups_of_blanks_may_divide_groups_too() {
        for (text, other, numbers) in [
            ("1,100", "12 500", [1100.0, 1.1]),
            ("1.100", "12 500", [1.1, 1100.0]),
            ("1,100", "12'500", [1100.0, 1.1]),
            ("-1,100", "12 500", [-1100.0, -1.1]),
        ] {
            let seen = seen(&[text, other]);
            assert_eq!(seen.either.as_deref(), Some(text));
            assert!(seen.by_point.is_none() && seen.by_comma.is_none(), "{text}");
            let read = [false, true].map(|by_comma| NumbersIn::new(&seen, by_comma).number(text));
            assert_eq!(read, numbers.map(Some), "{text}");
        }
        // Another text decides, and is the one that is told.
        let by_fraction = seen(&["1,100", "12 500", "12,5"]);
        assert_eq!((by_fraction.by_comma.as_deref(), by_fraction.as_groups), (Some("12,5"), None));
        for decides in ["0,125", "12 500,125"] {
            assert_eq!(seen(&["1,100", "12 500", decides]).by_comma.as_deref(), Some(decides));
        }
        let by_groups = seen(&["1,100", "12 500", "1,234,567"]);
        assert_eq!(by_groups.rule.grouping, [Grouping::Space, Grouping::Comma]);
        assert_eq!(by_groups.rule.decimal, Some(DecimalMark::Point));
        assert_eq!(NumbersIn::new(&by_groups, true).number("1,100"), Some(1100.0));
    }
}
