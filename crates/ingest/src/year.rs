//! Years as tables write them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::{Frequency, PeriodReading};

use crate::cell::Cell;
use crate::date_order::lengths_cure;
use crate::era::{self, Era};
use crate::flag_pattern::is_raised;
use crate::fold::{fold, is_folded};
use crate::number::parse_number;
use crate::shown::Shown;

/// The years taken for years where a source doesn't say which it covers.
pub(crate) const PLAUSIBLE_YEARS: [i32; 2] = [1000, 2999];

/// Which year `2019/20` and `2019-20` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum YearSpan {
    /// The one in which they begin.
    First,
    /// The one in which they end.
    Last,
}

/// How a source's years are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct YearReading {
    /// Which year 2019/20 is.
    pub(crate) span: Option<YearSpan>,
    /// The era of years that don't name one.
    pub(crate) era: Option<Era>,
    /// The first of the hundred years that those of two digits lie in.
    pub(crate) century: Option<i32>,
}

impl YearReading {
    /// The year of the common calendar that a number stands for, of an era or of two digits where such are declared.
    fn year(self, own: i32) -> i32 {
        let of_century = || {
            let first = self.century.filter(|_| (0..100).contains(&own))?;
            first.checked_add(own.checked_sub(first)?.rem_euclid(100))
        };
        self.era.and_then(|era| era.year(own)).or_else(of_century).unwrap_or(own)
    }
}

/// A year, and what is written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkedYear {
    pub(crate) year: i32,
    /// A mark such as the `p` of 2020p.
    pub(crate) mark: Option<String>,
}

/// Why a cell isn't a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum YearProblem {
    /// A period of another length.
    Period(Frequency),
    /// A number beside a year that may count several things, and what they are.
    Numbered { told: String, cure: String },
    /// A month that ends a quarter, by its name: a month, or a quarter that is called by its last month.
    LastMonth,
    /// Two years that follow one another, and it isn't said which counts.
    Span,
    /// A year of an era that isn't named.
    Era(i32),
    /// A number with a fraction, or beyond any calendar.
    NotWhole,
    /// Anything else.
    Text,
}

impl YearProblem {
    /// What is wrong, given the text in the cell.
    pub(crate) fn message(&self, raw: &str) -> String {
        match self {
            YearProblem::Period(Frequency::Day) => format!("a date where a year is due: {raw}"),
            YearProblem::Period(frequency) => format!("a {frequency} where a year is due: {raw}"),
            YearProblem::Numbered { told, .. } => told.clone(),
            YearProblem::LastMonth => format!("a month where a year is due: {raw}"),
            YearProblem::Span => format!("two years where one is due: {raw}"),
            YearProblem::Era(_) => format!("a year of an era that isn't named: {raw}"),
            YearProblem::NotWhole => format!("{raw} is not a year"),
            YearProblem::Text => format!("text where a year is due: {raw:?}"),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            YearProblem::Period(Frequency::Day) => {
                "say how long the periods are that begin or end on such days: `period: {frequency: year}` (or quarter, \
                 month, day) in vintage.yaml"
                    .into()
            }
            YearProblem::Period(frequency) => {
                let word = if *frequency == Frequency::HalfYear { "half-year" } else { frequency.word() };
                format!("set `period: {{frequency: {word}}}` in vintage.yaml")
            }
            YearProblem::Numbered { cure, .. } => cure.clone(),
            YearProblem::LastMonth => {
                "set `period: {frequency: month}` in vintage.yaml; or `period: {frequency: quarter}` if only every third \
                 month is there and stands for the quarter that it ends"
                    .into()
            }
            YearProblem::Span => {
                "say which of the two counts: `year_span: first` or `year_span: last` in vintage.yaml".into()
            }
            YearProblem::Era(own) => {
                format!("say in vintage.yaml which era it is: it may be {}", era::readings_in_words(*own))
            }
            YearProblem::NotWhole | YearProblem::Text => {
                "2008, \"2008\", 2008年, FY2008, 2008p, 2008* and 2008 [YR2008] are years; where the table ends above, \
                 set `last_row`, where it isn't a row of data, leave it out with `where` or `not_times`"
                    .into()
            }
        }
    }
}

/// The year that a cell holds: a whole number (2008, 2008.0), or text that writes one, with or
/// without 年 after it. Which years are plausible is for the caller to say.
#[cfg(test)]
pub(crate) fn parse_year(cell: Cell<'_>) -> Result<i32, YearProblem> {
    parse_marked_year(cell, YearReading::default()).and_then(|found| match found.mark {
        None => Ok(found.year),
        Some(_) => Err(YearProblem::Text),
    })
}

/// The year that a cell holds, in any of the forms that people write: 2008, 2008年, FY2008, 2008 [YR2008], and with a mark
/// beside it 2008p, 2008*, 2008(预计); of 2008/09 that which the reading's span names. Years of the reading's era are
/// years of it, too.
pub(crate) fn parse_marked_year(cell: Cell<'_>, reading: YearReading) -> Result<MarkedYear, YearProblem> {
    let plain = |year| MarkedYear { year, mark: None };
    let of_era = |year: i32| reading.era.and_then(|era| era.year(year)).unwrap_or(year);
    let whole = |number: f64| whole_year(number).map(|own| reading.year(own)).map(plain);
    match cell {
        Cell::Number(number) => whole(number),
        Cell::Whole(number) => whole(number as f64),
        Cell::Text(text) => {
            // How nearly all tables write them.
            if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return text.parse().map(of_era).map(plain).map_err(|_| YearProblem::Text);
            }
            let folded = fold(text);
            if let Some(year) = of_two_digits(&folded, reading) {
                return Ok(plain(year));
            }
            let common = era::in_common_years(&folded, reading.era);
            if let Some(common) = &common {
                return match written(common) {
                    Some(found) => Ok(found),
                    None => Err(period_or_text(common)),
                };
            }
            // A grouped number (2,008) isn't how anyone writes a year.
            if let Some(number) = parse_number(&folded)
                && !folded.contains(',')
            {
                return whole_year(number).map(plain).map_err(|problem| numbered(&folded).unwrap_or(problem));
            }
            if let Some(found) = written(&folded) {
                return Ok(found);
            }
            match (two_years(&folded), reading.span) {
                (Some((first, mark)), Some(YearSpan::First)) => Ok(MarkedYear { year: first, mark }),
                (Some((first, mark)), Some(YearSpan::Last)) => Ok(MarkedYear { year: first + 1, mark }),
                (Some(_), None) => Err(YearProblem::Span),
                (None, _) => {
                    Err(era::unnamed(&folded).map_or_else(|| period_or_text(&folded), YearProblem::Era))
                }
            }
        }
        Cell::Shown(Shown::Formatted { number, .. }) => whole(*number),
        Cell::Shown(Shown::Noted { text, .. }) => parse_marked_year(Cell::Text(text), reading),
        Cell::Date(_) => Err(YearProblem::Period(Frequency::Day)),
        _ => Err(YearProblem::Text),
    }
}

/// The year of two digits that a text writes, where it is declared in which century such lie: 90, 90.0, 90年.
fn of_two_digits(folded: &str, reading: YearReading) -> Option<i32> {
    reading.century.filter(|_| reading.era.is_none())?;
    let bare = folded.strip_suffix('年').unwrap_or(folded);
    let whole = match bare.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => bare,
    };
    let digits = (1..=2).contains(&whole.len()) && whole.bytes().all(|byte| byte.is_ascii_digit());
    whole.parse().ok().filter(|_| digits).map(|own| reading.year(own))
}

/// The year that a cell writes with four digits and nothing beside it but a word for years: 2019, 2019年.
pub(crate) fn bare_year(cell: Cell<'_>) -> Option<i32> {
    let found = parse_marked_year(cell, YearReading::default()).ok()?;
    (found.mark.is_none() && (1500..=2150).contains(&found.year)).then_some(found.year)
}

/// Whether a text names a year somewhere, on its own or in a period.
pub(crate) fn names_a_year(text: &str) -> bool {
    let folded = if is_folded(text) { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) };
    let mut digits = folded.split(|character: char| !character.is_ascii_digit());
    digits.any(|run| run.len() == 4 && run.parse().is_ok_and(|year: i32| (1500..=2150).contains(&year)))
}

/// Whether a text is a year, of the Buddhist era as well.
pub(crate) fn may_name_a_year(text: &str) -> bool {
    let is_buddhist =
        |year: i32| year > 2150 && era::may_be_of(year).iter().any(|(era, _)| *era == Era::Buddhist);
    names_a_year(text) || fold(text).parse().is_ok_and(is_buddhist)
}

/// A year of four digits with what may stand before and after it.
fn written(folded: &str) -> Option<MarkedYear> {
    const BEFORE: [&str; 10] = ["FY", "CY", "YR", "Year", "year", "公元", "fy", "yr", "Y", "X"];
    let bare = BEFORE
        .iter()
        .find_map(|before| folded.strip_prefix(before))
        .or_else(|| folded.strip_prefix(['y', '_']));
    let bare = bare.unwrap_or(folded).trim_start_matches(' ');
    let (digits, rest) = bare.split_at_checked(4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i32 = digits.parse().ok()?;
    let after = ["年度", "年末", "年底", "年", "год", "г."]
        .iter()
        .find_map(|after| rest.trim_start_matches(' ').strip_prefix(after));
    let set_off = after.is_some() || rest.starts_with(' ');
    let rest = after.unwrap_or(rest);
    let rest = rest.trim_matches(' ');
    if rest.is_empty() || same_again(rest, digits) {
        return Some(MarkedYear { year, mark: None });
    }
    is_mark(rest, set_off).then(|| MarkedYear { year, mark: Some(rest.to_owned()) })
}

/// Whether a text says a year again: [YR1997], (1997).
fn same_again(text: &str, digits: &str) -> bool {
    let within = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let within = within.or_else(|| text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')));
    within.is_some_and(|within| {
        within == digits || within.strip_prefix("YR").or_else(|| within.strip_prefix("FY")) == Some(digits)
    })
}

/// Whether a text is a mark beside a year and no part of another period, of a sum or of a base.
pub(crate) fn is_mark(text: &str, set_off: bool) -> bool {
    const WORDS: [&str; 16] = [
        "est",
        "est.",
        "prel",
        "prel.",
        "prov",
        "prov.",
        "proj",
        "proj.",
        "forecast",
        "estimate",
        "provisional",
        "preliminary",
        "projected",
        "revised",
        "actual",
        "budget",
    ];
    let lower = text.to_lowercase();
    if WORDS.contains(&lower.as_str()) {
        return true;
    }
    // Letters that name no period: 1990Q, 1990H, 1990s, 1990 I.
    let is_letter =
        |character: char| character.is_ascii_alphabetic() && !"qhkmwstdQHKMWSTDIVX".contains(character);
    let of_marks = |character: char| "*†‡§¶#^~+!".contains(character) || is_raised(character);
    let mut characters = text.chars();
    if let (Some(first), rest) = (characters.next(), characters.as_str())
        && is_letter(first)
        && (rest.chars().all(|character| of_marks(character) || ".)/".contains(character)))
        && rest.chars().count() <= 2
    {
        return true;
    }
    if text.chars().count() <= 4 && text.chars().all(of_marks) {
        return true;
    }
    // A footnote's number: 2001 1)
    if set_off
        && let Some(number) = text.strip_suffix([')', '/'])
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return true;
    }
    let within = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let within = within.or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')));
    within.is_some_and(|within| {
        !within.is_empty() && within.chars().count() <= 16 && !within.contains('=') && !names_a_year(within)
    })
}

/// The first of two years that follow one another, and a mark beside them: 2019/20, 2019-20, 2019/2020, 2019-20 (P).
fn two_years(folded: &str) -> Option<(i32, Option<String>)> {
    let bare = folded.strip_prefix("FY").unwrap_or(folded).trim_start_matches(' ');
    let (first, second) = bare.split_once(['/', '-', '\u{2013}'])?;
    let end = second.find(|character: char| !character.is_ascii_digit()).unwrap_or(second.len());
    let (second, mark) = second.split_at_checked(end)?;
    let set_off = mark.starts_with(' ');
    let mark = mark.trim_matches(' ');
    if !(mark.is_empty() || is_mark(mark, set_off)) {
        return None;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if first.len() != 4 || !digits(first) || !digits(second) {
        return None;
    }
    let year: i32 = first.parse().ok()?;
    let next: i32 = second.parse().ok()?;
    let follows = match second.len() {
        2 => next == (year + 1).rem_euclid(100),
        4 => next == year + 1,
        _ => false,
    };
    follows.then(|| (year, (!mark.is_empty()).then(|| mark.to_owned())))
}

fn period_or_text(folded: &str) -> YearProblem {
    let quarter = PeriodReading { frequency: Some(Frequency::Quarter), ..PeriodReading::default() };
    match PeriodReading::default().read(folded) {
        Ok(period) if period.frequency() == Frequency::Month && quarter.read(folded).is_ok() => {
            YearProblem::LastMonth
        }
        Ok(period) if period.frequency() != Frequency::Year => YearProblem::Period(period.frequency()),
        _ if let Some(problem) = numbered(folded) => problem,
        _ if looks_like_a_date(folded) => YearProblem::Period(Frequency::Day),
        _ => YearProblem::Text,
    }
}

/// So long are a year and a number beside it, 2000.1 and 2000 III.
const LEAST_NUMBERED: usize = 6;
const MOST_NUMBERED: usize = 9;

/// What is wrong with a number beside a year, 2000.1, where it may count months, quarters or halves.
fn numbered(folded: &str) -> Option<YearProblem> {
    // Most numbers that are no years have other lengths.
    if !(LEAST_NUMBERED..=MOST_NUMBERED).contains(&folded.len()) {
        return None;
    }
    let cure = lengths_cure(None, folded)?;
    let told = PeriodReading::default().read(folded).err()?.to_string();
    Some(YearProblem::Numbered { told, cure })
}

fn whole_year(number: f64) -> Result<i32, YearProblem> {
    if number.fract() == 0.0 && number.abs() < 1e6 {
        // Whole and below a million, so the conversion is exact.
        Ok(number as i32)
    } else {
        Err(YearProblem::NotWhole)
    }
}

fn looks_like_a_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '日']).filter(|p| !p.is_empty()).collect();
    parts.len() >= 2
        && parts.len() <= 3
        && parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn marked(text: &str) -> Result<(i32, String), YearProblem> {
        parse_marked_year(Cell::Text(text), YearReading::default())
            .map(|found| (found.year, found.mark.unwrap_or_default()))
    }

    #[test]
    fn years_of_eras_are_years() {
        for (text, year) in [
            ("平成30年", 2018),
            ("平成３１年度", 2019),
            ("令和元年", 2019),
            ("令和2", 2020),
            ("昭和 64年", 1989),
            ("民國109年", 2020),
        ] {
            assert_eq!(parse_year(Cell::Text(text)), Ok(year), "{text}");
        }
        for text in ["109年", "平成", "平成0年", "平成1234年", "令和2年1月"] {
            assert!(parse_year(Cell::Text(text)).is_err(), "{text}");
        }
        assert_eq!(parse_year(Cell::Text("109年")), Err(YearProblem::Era(109)));
        assert_eq!(parse_year(Cell::Text("令和2年1月")), Err(YearProblem::Period(Frequency::Month)));
        let minguo = YearReading { era: Some(Era::Minguo), ..YearReading::default() };
        let of = |cell| parse_marked_year(cell, minguo).map(|found| found.year);
        for cell in [Cell::Text("109年"), Cell::Text("109"), Cell::Number(109.0), Cell::Text("109年度(p)")]
        {
            assert_eq!(of(cell), Ok(2020), "{cell:?}");
        }
        // A year of four digits is none of that era's.
        assert_eq!(of(Cell::Text("2020年")), Ok(2020));
        assert_eq!(of(Cell::Number(2020.0)), Ok(2020));
    }

    #[test]
    fn years_and_what_looks_like_them() {
        let text = |text: &str| parse_year(Cell::Text(text));
        for year in [
            "2008",
            " 2008 ",
            "2008年",
            "２００８年",
            "2008.0",
            "2008 年",
            "FY2008",
            "2008 [YR2008]",
            "X2008",
            "2008年度",
        ] {
            assert_eq!(text(year), Ok(2008), "{year}");
        }
        assert_eq!(parse_year(Cell::Number(2008.0)), Ok(2008));
        assert_eq!(parse_year(Cell::Number(2008.5)), Err(YearProblem::NotWhole));
        assert_eq!(parse_year(Cell::Number(1e300)), Err(YearProblem::NotWhole));
        assert_eq!(parse_year(Cell::Date("2008-01-01")), Err(YearProblem::Period(Frequency::Day)));
        assert_eq!(text("2008-01-01"), Err(YearProblem::Period(Frequency::Day)));
        for text_of in ["2000.1", "2000-1", "2000:2"] {
            let problem = text(text_of).unwrap_err();
            assert!(
                problem.message(text_of).contains("or the quarter 2000Q")
                    && problem.hint().contains("`period: {frequency: quarter}` makes it 2000Q"),
                "{problem:?}"
            );
        }
        assert_eq!(text("2008年12月"), Err(YearProblem::Period(Frequency::Month)));
        assert_eq!(text("2,008"), Err(YearProblem::Text));
        assert_eq!(text("total"), Err(YearProblem::Text));
        assert_eq!(text("2008p"), Err(YearProblem::Text));
        assert_eq!(parse_year(Cell::Boolean(true)), Err(YearProblem::Text));
    }

    #[test]
    fn marks_beside_a_year_are_told_apart_from_what_makes_it_another_thing() {
        for (text, mark) in [
            ("2008p", "p"),
            ("2008 E", "E"),
            ("2008*", "*"),
            ("2008†", "†"),
            ("2008¹", "¹"),
            ("2008(预计)", "(预计)"),
            ("2008（预计）", "(预计)"),
            ("2008年(预计)", "(预计)"),
            ("2008 (est.)", "(est.)"),
            ("2008 prel.", "prel."),
            ("2008 [1]", "[1]"),
            ("2008 1)", "1)"),
            ("2008a/", "a/"),
            ("FY2008e", "e"),
            ("2008 г.1)", "1)"),
        ] {
            assert_eq!(marked(text), Ok((2008, mark.to_owned())), "{text}");
        }
        for text in [
            "2008=100",
            "2008 (2005=100)",
            "2008 (2005 prices)",
            "2008s",
            "2008 total",
            "2008 GDP",
            "20081)",
            "2008 [YR2009]",
            "2008Q",
            "GDP 2008",
            "2008 rank",
            "2008年1-6月",
        ] {
            assert!(marked(text).is_err(), "{text}");
        }
        assert_eq!(marked("2008Q1"), Err(YearProblem::Period(Frequency::Quarter)));
        assert_eq!(marked("2008M01"), Err(YearProblem::Period(Frequency::Month)));
    }

    #[test]
    fn years_of_two_digits_are_years_of_a_declared_century() {
        let reading = YearReading { century: Some(1950), ..YearReading::default() };
        let of = |cell| parse_marked_year(cell, reading).map(|found| found.year);
        for (cell, year) in [
            (Cell::Text("90"), 1990),
            (Cell::Text("05"), 2005),
            (Cell::Text("49"), 2049),
            (Cell::Text("90.0"), 1990),
            (Cell::Text("90年"), 1990),
            (Cell::Number(90.0), 1990),
            (Cell::Whole(5), 2005),
            (Cell::Text("1990"), 1990),
            (Cell::Number(1990.0), 1990),
            (Cell::Text("0090"), 90),
        ] {
            assert_eq!(of(cell), Ok(year), "{cell:?}");
        }
        assert_eq!(of(Cell::Text("090")), Ok(90));
        assert!(of(Cell::Text("9.5")).is_err());
        assert_eq!(parse_year(Cell::Text("90")), Ok(90));
    }

    #[test]
    fn two_years_are_one_where_it_is_said_which() {
        let of = |text: &str, span| {
            let reading = YearReading { span, ..YearReading::default() };
            parse_marked_year(Cell::Text(text), reading).map(|found| found.year)
        };
        for text in ["2019/20", "2019-20", "2019/2020", "2019–20", "FY2019/20", "2019-20 (P)", "2019/20*"] {
            assert_eq!(of(text, None), Err(YearProblem::Span), "{text}");
            assert_eq!(of(text, Some(YearSpan::First)), Ok(2019), "{text}");
            assert_eq!(of(text, Some(YearSpan::Last)), Ok(2020), "{text}");
        }
        assert_eq!(of("1999/00", Some(YearSpan::Last)), Ok(2000));
        assert!(of("2008-2010", Some(YearSpan::Last)).is_err());
    }
}
