//! Why a text isn't a number, and what to do about it.

use crate::flag_pattern::is_raised;
use crate::number::parse_number;
use crate::number_rule::Grouping;

/// Why a text isn't a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NumberProblem {
    /// It ends in a percent sign.
    Percent,
    /// It is a number in parentheses.
    Parentheses,
    /// It is a number with a minus after it.
    TrailingMinus,
    /// It is a number with a triangle before it.
    Triangle,
    /// Its groups are told apart by this.
    Grouping(char),
    /// It is a number with this currency sign.
    Currency(String),
    /// It is a number with this mark beside it.
    Flag(String),
    /// It is a number that a footnote's mark touches, so that the note's number may be the last of its digits.
    Note,
    /// It is a number with what may say a multiple of it.
    Multiple(String),
    /// It has groups of two digits, and one of three at its end.
    Indian,
    /// Points and commas stand as they do in no number.
    Marks,
    /// It is a number beyond double precision's range.
    TooLarge,
    /// Anything else.
    Text,
}

/// Currency signs that a text is looked through for, longer ones first.
const CURRENCIES: [&str; 16] =
    ["US$", "R$", "A$", "C$", "RMB", "USD", "EUR", "CNY", "$", "€", "£", "¥", "₹", "₩", "元", "円"];

/// What people write for thousands, millions and the like, in as many letters as a mark may have.
const MULTIPLES: [&str; 22] = [
    "k", "K", "m", "M", "mn", "Mn", "MM", "bn", "Bn", "B", "tn", "T", "cr", "Cr", "千", "万", "萬", "百万",
    "千万", "亿", "億", "兆",
];

/// So long a mark beside a number may be for its being told as one.
const MARK: usize = 4;

impl NumberProblem {
    /// Why a folded text isn't a number.
    pub(crate) fn of(folded: &str) -> Self {
        let is_number = |text: &str| is_number_of_some_kind(text.trim_matches(' '));
        if let Some(rest) = folded.strip_suffix(['%', '‰'])
            && is_number(rest)
        {
            return NumberProblem::Percent;
        }
        if let Some(within) = folded.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
            && is_number(within)
        {
            return NumberProblem::Parentheses;
        }
        if folded.strip_suffix('-').is_some_and(is_number) {
            return NumberProblem::TrailingMinus;
        }
        if folded.strip_prefix(['△', '▲', '▼']).is_some_and(is_number) {
            return NumberProblem::Triangle;
        }
        for sign in CURRENCIES {
            let rest = folded.strip_prefix(sign).or_else(|| folded.strip_suffix(sign));
            if rest.is_some_and(is_number) {
                return NumberProblem::Currency(sign.to_owned());
            }
        }
        let unsigned = folded.strip_prefix(['+', '-']).unwrap_or(folded);
        let whole = unsigned.rsplit_once(['.', ',']).map_or(unsigned, |(whole, _)| whole);
        for (mark, grouping) in [(' ', Grouping::Space), ('\'', Grouping::Apostrophe)] {
            let has = whole.chars().any(|character| grouping.is(character));
            if has && (grouping.divides(whole) || grouping.divides(unsigned)) {
                return NumberProblem::Grouping(mark);
            }
        }
        let before_point = unsigned.split('.').next().unwrap_or_default();
        let of_digits =
            unsigned.chars().all(|character| character.is_ascii_digit() || ",.".contains(character));
        if of_digits && before_point.contains(',') && Grouping::Indian.divides(before_point) {
            return NumberProblem::Indian;
        }
        let of_marks = |character: char| character.is_ascii_digit() || ",.+-".contains(character);
        if folded.contains(['.', ','])
            && folded.chars().all(of_marks)
            && folded.contains(|c: char| c.is_ascii_digit())
        {
            return NumberProblem::Marks;
        }
        // A footnote's number is set off by a space, or its digits may be the number's.
        if let Some((before, mark)) = folded.rsplit_once(' ')
            && is_number(before)
            && is_note(mark)
        {
            return NumberProblem::Flag(mark.to_owned());
        }
        if let Some(before) = folded.strip_suffix([')', ']', '/'])
            && before.ends_with(|character: char| character.is_ascii_digit())
            && is_number(before)
        {
            return NumberProblem::Note;
        }
        // A short mark after a number, or before it.
        for (at, _) in folded.char_indices().rev().take(MARK) {
            let (before, mark) = folded.split_at_checked(at).unwrap_or((folded, ""));
            if is_number(before) && !is_number(mark) && may_be_mark(mark) {
                let mark = mark.trim_matches(' ').to_owned();
                let multiple = MULTIPLES.contains(&mark.as_str());
                return if multiple { NumberProblem::Multiple(mark) } else { NumberProblem::Flag(mark) };
            }
        }
        for (at, _) in folded.char_indices().skip(1).take(MARK) {
            let (mark, after) = folded.split_at_checked(at).unwrap_or((folded, ""));
            let has_digits = mark.bytes().any(|byte| byte.is_ascii_digit());
            if is_number(after) && !has_digits && may_be_mark(mark) {
                return NumberProblem::Flag(mark.trim_matches(' ').to_owned());
            }
        }
        NumberProblem::Text
    }

    /// What to do about it, given the text in the cell.
    pub(crate) fn hint(&self, raw: &str) -> String {
        let declare = |what: String| {
            format!("declare it for the source or the column in vintage.yaml: `numbers: {{{what}}}`")
        };
        match self {
            NumberProblem::Percent if raw.ends_with('‰') => {
                "write the column's numbers without `‰` and set its `scale: 0.001`".into()
            }
            NumberProblem::Percent => {
                declare("percent: number".into()) + " if 12% is 12, `percent: fraction` if it is 0.12"
            }
            NumberProblem::Parentheses => declare("negative: parentheses".into()) + " if it is negative",
            NumberProblem::TrailingMinus => declare("negative: trailing-minus".into()) + " if it is negative",
            NumberProblem::Triangle => declare("negative: triangle".into()) + " if it is negative",
            NumberProblem::Grouping(mark) => {
                declare(format!("grouping: {:?}", mark.to_string())) + " if that stands between thousands"
            }
            NumberProblem::Indian => declare("grouping: indian".into()) + " if its groups have two digits (lakh, crore)",
            NumberProblem::Currency(sign) => declare(format!("currency: [{sign:?}]")),
            NumberProblem::Note => format!(
                "it may be a number with a mark, or have a footnote's number for its last digits: say in `corrections` which number \
                 {raw:?} is; notes that a space sets off are `numbers: {{flags: [\"{{digits}})\"]}}`"
            ),
            NumberProblem::Flag(mark) if mark.starts_with('年') => {
                "a year where a number is due: if a header comes again here, the table is continued under it (续表) and is two sources, the first with \
                 `last_row`, the second with `header_row`"
                    .into()
            }
            NumberProblem::Flag(mark) => {
                let mark = pattern_of(mark);
                declare(format!("flags: [{mark:?}]")) + " if the mark isn't a part of the number; it is kept beside the value"
            }
            NumberProblem::Multiple(mark) => format!(
                "{mark:?} may say a multiple, as 2.5k is 2500, which no rule reads: write the numbers out, in the file or in \
                 `corrections`; `numbers: {{flags: [{mark:?}]}}` reads them without it, if it is a mark"
            ),
            NumberProblem::Marks => {
                "its points and commas stand as in no number: say with `numbers: {decimal: …, grouping: …}` what they \
                 are, or name the text in `missing`"
                    .into()
            }
            NumberProblem::TooLarge => "no such number can be held; name the text in `missing` if it stands for none".into(),
            NumberProblem::Text if raw.contains(|character: char| character.is_ascii_digit()) => {
                format!(
                    "no rule of numbers reads it: if it stands for a missing value, add {raw:?} to `missing` in \
                     vintage.yaml; if the column holds no numbers, read it as `type: text`"
                )
            }
            NumberProblem::Text => {
                format!("if it stands for a missing value, add {raw:?} to `missing` in vintage.yaml")
            }
        }
    }
}

/// Whether a text may be a mark: of two letters at most, and with digits only where these are a footnote's, `1)`, `[3]` or `2/`. The
/// rest of a range, 10-20, or of a fraction, 1/2, is none.
fn may_be_mark(text: &str) -> bool {
    let text = text.trim_matches(' ');
    if text.chars().filter(|character| character.is_alphabetic()).count() > 2 {
        return false;
    }
    is_note(text) || !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a text is a footnote's number: `1)`, `[3]`, `2/`.
fn is_note(text: &str) -> bool {
    let number = text.trim_start_matches(['(', '[']).strip_suffix([')', ']', '/']);
    number.is_some_and(|number| {
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The pattern of a mark and of those like it: `{digits})` of `1)`, `{raised}` of `¹`.
fn pattern_of(mark: &str) -> String {
    if mark.chars().all(is_raised) {
        return "{raised}".into();
    }
    let mut pattern = String::new();
    for character in mark.chars() {
        if !character.is_ascii_digit() {
            pattern.push(character);
        } else if !pattern.ends_with("{digits}") {
            pattern.push_str("{digits}");
        }
    }
    pattern
}

/// Whether a folded text is a number by some rule.
pub(crate) fn is_number_of_some_kind(folded: &str) -> bool {
    let unsigned = folded.strip_prefix(['+', '-']).unwrap_or(folded);
    parse_number(folded).is_some()
        || unsigned.starts_with(|character: char| character.is_ascii_digit())
            && unsigned.ends_with(|character: char| character.is_ascii_digit())
            && unsigned.chars().all(|character| character.is_ascii_digit() || ",. '’".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cure_fits_the_cause() {
        let all = [
            "12%",
            "12‰",
            "(1,234)",
            "12,34,567.5",
            "12.5-",
            "△5",
            "1 234",
            "1'234.5",
            "$12",
            "12元",
            "12.5*",
            "341902187p",
            "12.3¹",
            "<5",
            "1.2.3",
            "12,34,567",
            "n/a",
            "Beijing 2008 district",
            "2008-2009",
            "10-20",
            "1/2",
            "3 1/2",
            "12.3 [3]",
            "12.3 1)",
            "1,234.5 12)",
            "12.3 2/",
            "12.31)",
            "2018年",
            "2.5k",
            "3 bn",
            "5亿",
        ];
        let said = all.map(|text| {
            format!("{text} | {:?} | {}", NumberProblem::of(text), NumberProblem::of(text).hint(text))
        });
        insta::assert_snapshot!("cures", said.join("\n"));
    }
}
