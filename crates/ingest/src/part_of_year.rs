//! Which month, quarter or half of a year a header names, where the year stands in each row.

use vintner_panel::{Frequency, Numbered, PeriodReading};

use crate::fold::fold;

/// Words for a quarter and for a half-year, as offices write them beside their number.
const WORDS: [(Frequency, [&str; 7]); 2] = [
    (Frequency::Quarter, ["quarter", "qtr", "quartal", "trimestre", "trimestral", "kwartał", "季度"]),
    (Frequency::HalfYear, ["half", "halfyear", "half-year", "semestre", "semester", "halbjahr", "半年"]),
];

/// How periods that divide a year are numbered in Roman numerals.
const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// Words that stand between a period's and say nothing, which don't mark a number that follows them at once.
const NO_MARKS: [&str; 8] = ["of", "the", "de", "del", "do", "da", "du", "di"];

/// Which of a year's periods a header is, counted from 1: 3 of `Mar`, `M03`, `3月`, `March`; of quarters `Q3`, `3rd
/// quarter`, `III`, `第三季度`. A number alone is one, too: that its column is one of them is declared.
pub(crate) fn part_of_year(header: &str, frequency: Frequency) -> Option<u32> {
    let parts =
        frequency.in_a_year().and_then(|parts| u32::try_from(parts).ok()).filter(|parts| *parts <= 12)?;
    let folded = fold(header);
    let bare = folded.trim_end_matches('.').trim_matches(' ');
    if parts < 2 || bare.is_empty() {
        return None;
    }
    let counted = |text: &str| text.parse().ok().filter(|part| (1..=parts).contains(part));
    if bare.bytes().all(|byte| byte.is_ascii_digit()) && bare.len() <= 2 {
        return counted(bare);
    }
    if let Some(at) = ROMAN.iter().position(|numeral| *numeral == bare) {
        return u32::try_from(at + 1).ok().filter(|part| *part <= parts);
    }
    let lower = bare.to_lowercase();
    // DE1 is a region; `1 de` and `de 1` count.
    let letters = lower.trim_end_matches(|character: char| character.is_ascii_digit());
    if letters != lower && NO_MARKS.contains(&letters) {
        return None;
    }
    if let Some((_, words)) = WORDS.iter().find(|(own, _)| *own == frequency)
        && words.iter().any(|word| lower.contains(word))
    {
        let mut runs =
            lower.split(|character: char| !character.is_ascii_digit()).filter(|run| !run.is_empty());
        if let (Some(run), None) = (runs.next(), runs.next()) {
            return counted(run);
        }
    }
    // 2Q, as Q2.
    let letter = match frequency {
        Frequency::Month => 'm',
        Frequency::Quarter => 'q',
        _ => 'h',
    };
    if let Some(part) = lower.strip_suffix(letter).and_then(counted) {
        return Some(part);
    }
    // As a year's period is written, with any year before it.
    let reading = PeriodReading { frequency: Some(frequency), ..PeriodReading::default() };
    let texts = [
        format!("2000 {bare}"),
        format!("2000年{bare}"),
        format!("2000/{bare}"),
        // Not 2000-1-1, which is a day.
        if bare.contains('-') { String::new() } else { format!("2000-{bare}") },
    ];
    let read = texts.iter().find_map(|text| reading.read(text).ok())?;
    (read.in_year() == 2000).then(|| read.part())
}

/// The same under a reading that may say that numbers count months, each of which stands for the quarter or half-year that it
/// begins or ends.
pub(crate) fn part_in(header: &str, reading: PeriodReading) -> Option<u32> {
    let frequency = reading.frequency?;
    match bare_number(header).filter(|_| reading.number == Some(Numbered::Month)) {
        Some(number) if is_divided_in_months(frequency) => by_month(number, frequency),
        _ => part_of_year(header, frequency),
    }
}

/// What a number alone may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartDoubt {
    /// Parts of years: no part begins or ends with the month of that number.
    Certain,
    /// The part of that number, or this one, with which a month begins or ends.
    Either(u32),
    /// Months: a year has fewer parts.
    Beyond,
}

/// What a number alone may count where quarters or half-years are due and nothing says it; nothing of other texts, and of numbers
/// that come to the same.
pub(crate) fn part_doubt(header: &str, reading: PeriodReading) -> Option<PartDoubt> {
    let frequency = reading.frequency.filter(|own| is_divided_in_months(*own) && reading.number.is_none())?;
    let number = bare_number(header)?;
    if i64::from(number) > i64::from(frequency.in_a_year()?) {
        return Some(PartDoubt::Beyond);
    }
    match by_month(number, frequency) {
        None => Some(PartDoubt::Certain),
        Some(part) => (part != number).then_some(PartDoubt::Either(part)),
    }
}

fn is_divided_in_months(frequency: Frequency) -> bool {
    matches!(frequency, Frequency::Quarter | Frequency::HalfYear)
}

/// A text that is a number of a month and nothing else.
fn bare_number(text: &str) -> Option<u32> {
    let folded = fold(text);
    let bare = folded.trim_end_matches('.').trim_matches(' ');
    let is_bare = (1..=2).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    bare.parse().ok().filter(|number| is_bare && (1..=12).contains(number))
}

/// The quarter or half-year that begins or ends with a month.
fn by_month(month: u32, frequency: Frequency) -> Option<u32> {
    let months = 12 / u32::try_from(frequency.in_a_year()?).ok().filter(|parts| *parts > 0)?;
    match month % months {
        0 => Some(month / months),
        1 => Some(month / months + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_alone_count_parts_or_months() {
        let of = |frequency, number| PeriodReading {
            frequency: Some(frequency),
            number,
            ..PeriodReading::default()
        };
        let quarters = of(Frequency::Quarter, None);
        for (text, doubt) in [
            ("1", None),
            ("2", Some(PartDoubt::Certain)),
            ("3", Some(PartDoubt::Either(1))),
            ("4.", Some(PartDoubt::Either(2))),
            ("6", Some(PartDoubt::Beyond)),
            ("13", None),
            ("Q3", None),
            ("2003", None),
        ] {
            assert_eq!(part_doubt(text, quarters), doubt, "{text}");
        }
        assert_eq!(part_doubt("7", of(Frequency::HalfYear, None)), Some(PartDoubt::Beyond));
        assert_eq!(part_doubt("7", of(Frequency::Month, None)), None);
        let months = of(Frequency::Quarter, Some(Numbered::Month));
        let read: Vec<Option<u32>> =
            ["1", "2", "3", "4", "12", "Q3", "Mar"].iter().map(|text| part_in(text, months)).collect();
        assert_eq!(read, [Some(1), None, Some(1), Some(2), Some(4), Some(3), Some(1)]);
        assert_eq!((part_doubt("3", months), part_in("3", quarters)), (None, Some(3)));
        assert_eq!(part_in("7", of(Frequency::HalfYear, Some(Numbered::Month))), Some(2));
    }

    #[test]
    fn headers_name_parts_of_a_year() {
        let month = |text: &str| part_of_year(text, Frequency::Month);
        for text in ["Mar", "March", "mar.", "M03", "M3", "3月", "三月", "3", "03", "III"] {
            assert_eq!(month(text), Some(3), "{text}");
        }
        for text in [
            "13", "0", "Q1", "Annual", "Year", "Jan-Mar", "2003", "", "M13", "HALF1", "1990-03", "XIII",
            "DE1", "DE01", "DO2",
        ] {
            assert_eq!(month(text), None, "{text}");
        }
        let quarter = |text: &str| part_of_year(text, Frequency::Quarter);
        for text in [
            "Q2",
            "2Q",
            "II",
            "2nd quarter",
            "Quarter 2",
            "Qtr2",
            "第2季度",
            "第二季度",
            "T2",
            "2. Quartal",
            "4- 6.",
            "2",
        ] {
            assert_eq!(quarter(text), Some(2), "{text}");
        }
        for text in ["Q5", "Jan", "V", "Apr", "1-2 quarter", "2- 4.", "1- 6.", "1-1"] {
            assert_eq!(quarter(text), None, "{text}");
        }
        assert_eq!(part_of_year("H2", Frequency::HalfYear), Some(2));
        assert_eq!(part_of_year("下半年", Frequency::HalfYear), Some(2));
        assert_eq!(part_of_year("1", Frequency::Year), None);
        assert_eq!(part_of_year("1", Frequency::Day), None);
    }
}
