//! Reading a period from the forms that people write.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::period::Period;
use crate::period_word::{Digits, Word, Words};

/// What is known of texts before they are read as periods.
///
/// | | read as it stands |
/// |---|---|
/// | year | `1990`, `1990年` |
/// | half-year | `1990H1`, `1990S2`, `H1 1990`, `1st half 1990`, `1990年上半年` |
/// | quarter | `1990Q1`, `1990q1`, `1990-Q1`, `Q1 1990`, `1990T1`, `1990K1`, `1º trimestre 1990`, `1. Quartal 1990`, `I квартал 1990`, `Jan-Mar 1990`, `1990.1/4`, `1990年第1季度`, `1990年1～3月期` |
/// | month | `1990-03`, `1990/03`, `03/1990`, `1990M3`, `199003`, `Mar 1990`, `março de 1990`, `März 1990`, `март 1990 г.`, `1990年3月`, `1990년 3월` |
/// | week | `1990-W07`, `1990W7`, `1990年第7周` |
/// | day | `1990-03-07`, `1990/3/7`, `19900307`, `7 March 1990`, `07mar1990`, `1990-W10-3`, `1990年3月7日` |
///
/// A text that can be read in two ways is refused with both: `1990:2` may be a month, a quarter or a half-year
/// until the frequency is declared (a day on which a period of the declared length begins or ends stands for
/// it), `19901` is the first quarter or half where these are, `01/02/1990` is the first of February or the second of January until the
/// order is, and `90` is no year until a century is. A month by its name stands for the quarter or half-year that it ends
/// where these are declared (`Mar 1990` is 1990Q1), as the first day of that month does. Figures from January on
/// (`1990年1-9月`) and within fiscal years (`FY1990 Q1`) are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PeriodReading {
    /// How long the periods are, where that is known.
    pub frequency: Option<Frequency>,
    /// The first of the hundred years that those of two digits lie in: 1900 makes 90 the year 1990, 1950 makes
    /// 90 the year 1990 and 10 the year 2010.
    pub century: Option<i32>,
    /// What comes first in dates that don't begin with their year.
    pub order: Option<DateOrder>,
    /// What a number of one digit beside a year counts where quarters or half-years are due: 3-2020 is the third quarter, or
    /// March, with which the first quarter ends; 4-2020 the fourth, or April, with which the second begins. Where months are
    /// due, 1990.1 is the first and no tenth that lost its zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Numbered>,
    /// The period that 0 stands for, where times are written as whole numbers: `1960Q1` for quarters of Stata that have
    /// no date format. No other text is a time then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero: Option<Period>,
}

/// What the number beside a year counts in a text such as `3-2020`, where quarters or half-years are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Numbered {
    /// Periods of the declared length: 3-2020 is the third quarter.
    Period,
    /// Months, each of which stands for the period that it begins or ends: 1-2020 and 3-2020 are the first quarter.
    Month,
}

/// How sure it is that a number beside a year is that of a quarter and not of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberedDoubt {
    /// No quarter begins or ends with that month, so that in the column of this text numbers count quarters.
    Certain,
    /// A quarter begins or ends with that month: this one, which isn't that of the number.
    Either(Period),
}

/// What comes first in a date such as `01/02/1990`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// The day: 01/02/1990 is in February.
    DayFirst,
    /// The month: 01/02/1990 is in January.
    MonthFirst,
    /// The year, of two digits: 20-Jan-02 is in 2020.
    YearFirst,
}

/// What a text may mean: each way to read it, in order of likelihood.
#[derive(Default)]
struct Readings {
    /// Those that the calendar has.
    found: Vec<Period>,
    /// The first that it hasn't: how long it would be, and in which year.
    beyond: Option<(Frequency, i32)>,
    /// Whether one would need a century.
    lacks_century: bool,
    /// Whether a month is one by its name, which no number of a quarter can be taken for.
    named_month: bool,
    /// Whether it is of the months from January on.
    cumulative: bool,
    /// Whether it is of months that are no period of the calendar.
    uneven: bool,
    /// Whether it counts within a fiscal year.
    fiscal: bool,
    /// Whether the day and the year of two digits stand on the two sides of a month's name.
    day_or_year: bool,
}

impl Readings {
    fn add(&mut self, frequency: Frequency, year: i32, period: Option<Period>) {
        match period {
            Some(period) if !self.found.contains(&period) => self.found.push(period),
            Some(_) => {}
            None => self.beyond = self.beyond.or(Some((frequency, year))),
        }
    }
}

impl PeriodReading {
    /// The period that a text writes.
    ///
    /// # Errors
    /// [`PanelError::NotAPeriod`], [`PanelError::NoSuchPeriod`], [`PanelError::AmbiguousPeriod`],
    /// [`PanelError::NoCentury`], [`PanelError::TimeOfDay`], [`PanelError::OtherFrequency`].
    pub fn read(&self, text: &str) -> Result<Period> {
        let told = || text.trim().to_owned();
        if let Some(zero) = self.zero {
            return self.counted_from(zero, text);
        }
        let (date, at_midnight) = split_time(text);
        if !at_midnight {
            return Err(PanelError::TimeOfDay { text: told() });
        }
        let readings = Words::of(date).map(|words| self.readings(&words)).unwrap_or_default();
        if readings.fiscal {
            return Err(PanelError::FiscalPeriod { text: told() });
        }
        let wanted = |period: &Period| self.frequency.is_none_or(|frequency| period.frequency() == frequency);
        let fitting: Vec<Period> = readings.found.iter().copied().filter(wanted).collect();
        let days: Vec<Period> = readings
            .found
            .iter()
            .filter_map(|found| {
                let own = self.frequency?;
                let by_month = || ended_by(*found, own).filter(|_| readings.named_month);
                let by_first = || begun_by(*found, own).filter(|_| self.number == Some(Numbered::Month));
                bounded_by(*found, own).or_else(by_month).or_else(by_first)
            })
            .collect();
        match (fitting.as_slice(), readings.found.first(), readings.beyond) {
            ([period], ..) => Ok(*period),
            // 1947-04-01 is the second quarter of 1947 where quarters are due.
            ([], Some(_), _) if days.len() == 1 && readings.found.len() == 1 => {
                days.first().copied().ok_or_else(|| PanelError::NotAPeriod { text: told() })
            }
            ([_, _, ..], ..) => {
                let has_day_or_year = readings.day_or_year;
                let told_readings =
                    fitting.iter().map(|period| format!("the {} {period}", period.frequency()));
                let told_readings = told_readings.collect();
                let cure = match fitting.first().map(|period| period.frequency()) {
                    Some(Frequency::Day) if has_day_or_year => {
                        "declare whether the day or the year comes first"
                    }
                    _ => cure(&fitting),
                };
                Err(PanelError::AmbiguousPeriod { text: told(), cure, readings: told_readings })
            }
            ([], ..) if readings.cumulative => Err(PanelError::CumulativePeriod { text: told() }),
            ([], Some(found), _) => Err(PanelError::OtherFrequency {
                text: told(),
                found: found.frequency(),
                expected: self.frequency.unwrap_or(found.frequency()),
            }),
            ([], None, _) if readings.uneven => Err(PanelError::UnevenPeriod { text: told() }),
            ([], None, _) if readings.lacks_century => Err(PanelError::NoCentury { text: told() }),
            ([], None, Some((frequency, year))) => {
                Err(PanelError::NoSuchPeriod { text: told(), frequency, year: Some(year) })
            }
            ([], None, None) => Err(PanelError::NotAPeriod { text: told() }),
        }
    }

    /// The period that a whole number counts from `zero`.
    fn counted_from(&self, zero: Period, text: &str) -> Result<Period> {
        let told = || text.trim().to_owned();
        if let Some(expected) = self.frequency.filter(|frequency| *frequency != zero.frequency()) {
            return Err(PanelError::OtherFrequency {
                text: zero.to_string(),
                found: zero.frequency(),
                expected,
            });
        }
        let whole = text.trim().split_once('.').map_or(text.trim(), |(whole, rest)| {
            if rest.bytes().all(|digit| digit == b'0') { whole } else { text }
        });
        let number: i32 = whole.parse().map_err(|_| PanelError::NotANumber { text: told() })?;
        zero.plus(number).ok_or_else(|| PanelError::NoSuchPeriod {
            text: told(),
            frequency: zero.frequency(),
            year: None,
        })
    }

    /// How sure it is that a text which is read as a quarter counts quarters and not months: 2-2020 does, where nobody calls
    /// a quarter by February; 3-2020 may be called by March, and 4-2020 by April; 1-2020 is the first quarter by both. Nothing of texts of other kinds, of 1990:3, which counts
    /// whatever is declared, and where `number` says it.
    pub fn numbered_doubt(&self, text: &str) -> Option<NumberedDoubt> {
        if self.frequency != Some(Frequency::Quarter) || self.number.is_some() || self.zero.is_some() {
            return None;
        }
        let words = Words::of(text)?;
        let ([Word::Number(first), Word::Number(second)], [Some(mark)]) =
            (words.words.as_slice(), words.marks.as_slice())
        else {
            return None;
        };
        let (year, part) = if second.count > first.count { (second, first) } else { (first, second) };
        if part.count != 1 || !"-/. ".contains(*mark) {
            return None;
        }
        let year = self.year(*year, &mut Readings::default())?;
        let month = Period::of_year(Frequency::Month, year, part.value.unsigned_abs())?;
        match part.value {
            2 => Some(NumberedDoubt::Certain),
            3 => ended_by(month, Frequency::Quarter).map(NumberedDoubt::Either),
            4 => begun_by(month, Frequency::Quarter).map(NumberedDoubt::Either),
            _ => None,
        }
    }

    fn readings(&self, words: &Words) -> Readings {
        let mut readings = Readings::default();
        words.readings().iter().for_each(|words| self.add_readings(words, &mut readings));
        readings
    }

    fn add_readings(&self, words: &Words, readings: &mut Readings) {
        match (words.words.as_slice(), words.marks.as_slice()) {
            (own, _) if own.contains(&Word::Fiscal) => readings.fiscal = true,
            ([Word::Number(year), Word::Months(first, last)], _) => self.span(*year, *first, *last, readings),
            ([Word::Number(digits)], _) => self.digits(*digits, readings),
            ([Word::Number(first), Word::Number(second)], [Some(mark)]) => {
                self.two_numbers(*first, *second, *mark, readings);
            }
            ([Word::Number(first), Word::Number(second), Word::Number(third)], [Some(one), Some(other)])
                if one == other && "-/. ".contains(*one) =>
            {
                self.three_numbers(*first, *second, *third, readings);
            }
            ([Word::Number(year), Word::Month(month)] | [Word::Month(month), Word::Number(year)], _) => {
                readings.named_month = true;
                self.part_of(*year, Frequency::Month, *month, readings);
            }
            ([Word::Number(first), Word::Month(month), Word::Number(second)], _) => {
                // A day of one or two digits and a year; of two numbers of two digits either may be either.
                let both = first.count <= 2 && second.count <= 2;
                readings.day_or_year |= both;
                if second.count <= 2 && !(both && self.order == Some(DateOrder::DayFirst)) {
                    self.day(*first, *month, *second, readings);
                }
                if first.count <= 2 && !(both && self.order == Some(DateOrder::YearFirst)) {
                    self.day(*second, *month, *first, readings);
                }
            }
            ([Word::Month(month), Word::Number(day), Word::Number(year)], _) if day.count <= 2 => {
                self.day(*year, *month, *day, readings);
            }
            ([Word::Number(year), Word::Whole, Word::Number(_)], [None, None]) => {
                self.digits(*year, readings)
            }
            // 2019-20 Q1, Q1 2019/20.
            (
                [Word::Number(first), Word::Number(second), Word::Letter(_) | Word::Unit(_), Word::Number(_)],
                _,
            )
            | (
                [Word::Letter(_) | Word::Unit(_), Word::Number(_), Word::Number(first), Word::Number(second)],
                _,
            )
            | (
                [Word::Number(_), Word::Letter(_) | Word::Unit(_), Word::Number(first), Word::Number(second)],
                _,
            ) if first.count == 4 && (second.value - first.value - 1) % 100 == 0 => {
                readings.fiscal = true;
            }
            // 1994/ 1- 3., the months from January to March.
            (
                [Word::Number(year), Word::Number(first), Word::Number(last)],
                [Some('/' | ' '), Some('-' | '~')],
            ) if year.count == 4 && is_month(*first) && is_month(*last) => {
                self.span(*year, first.value.unsigned_abs(), last.value.unsigned_abs(), readings);
            }
            // 2020.1/4, the first of four.
            ([Word::Number(year), Word::Number(part), Word::Number(of)], [Some('.'), Some('/')])
                if year.count == 4 && of.value == 4 && part.count == 1 && of.count == 1 =>
            {
                self.part_of(*year, Frequency::Quarter, part.value.unsigned_abs(), readings);
            }
            (own @ ([Word::Unit(_), _, _] | [_, Word::Unit(_), _] | [_, _, Word::Unit(_)]), _) => {
                self.counted(own, readings);
            }
            ([Word::Roman(part), Word::Number(year)] | [Word::Number(year), Word::Roman(part)], _) => {
                self.roman(*year, *part, readings);
            }
            // IV кв. 2020 and its like with a letter.
            ([Word::Roman(part), Word::Letter(letter), Word::Number(year)], _)
            | ([Word::Number(year), Word::Roman(part), Word::Letter(letter)], _) => {
                let letter = if *letter == 'K' { 'Q' } else { *letter };
                self.lettered(*year, letter, digit(*part), readings);
            }
            ([Word::Letter(letter), Word::Number(part), Word::Number(year)], [None, _]) => {
                self.lettered(*year, *letter, *part, readings);
            }
            ([Word::Number(first), Word::Letter(letter), Word::Number(second)], marks) => {
                // 1990Q1, and 1Q1990 in one piece.
                self.lettered(*first, *letter, *second, readings);
                if marks.first() == Some(&None) {
                    self.lettered(*second, *letter, *first, readings);
                }
            }
            ([Word::Number(year), Word::Letter('W'), Word::Number(week), Word::Number(day)], marks)
                if year.count == 4 && marks.last() == Some(&Some('-')) =>
            {
                let (week, day) = (week.value.unsigned_abs(), day.value.unsigned_abs());
                readings.add(Frequency::Day, year.value, Period::week_day(year.value, week, day));
            }
            _ => {}
        }
    }

    /// 1st quarter 2020, 2020 Quartal 1, I квартал 2020: a word for what is counted, its number, and the year.
    fn counted(&self, words: &[Word], readings: &mut Readings) {
        let letter =
            words.iter().find_map(|word| if let Word::Unit(letter) = word { Some(*letter) } else { None });
        let mut numbers = words.iter().filter_map(|word| match word {
            Word::Number(digits) => Some(*digits),
            Word::Roman(part) => Some(digit(*part)),
            _ => None,
        });
        let (Some(letter), Some(one), Some(other)) = (letter, numbers.next(), numbers.next()) else { return };
        // A year of two digits stands last.
        let (year, part) = if one.count == 4 { (one, other) } else { (other, one) };
        self.lettered(year, letter, part, readings);
    }

    /// IV/2020: a month, unless it is declared what is counted; up to IV a quarter as well.
    fn roman(&self, year: Digits, part: u32, readings: &mut Readings) {
        let mut add = |frequency: Frequency| {
            let has = frequency.in_a_year().is_some_and(|parts| i64::from(part) <= i64::from(parts));
            if has {
                self.part_of(year, frequency, part, readings);
            }
        };
        match self.frequency {
            Some(own @ (Frequency::HalfYear | Frequency::Quarter)) => add(own),
            Some(_) => add(Frequency::Month),
            None => [Frequency::Month, Frequency::Quarter, Frequency::HalfYear].into_iter().for_each(add),
        }
    }

    /// From one month of a year to another: a quarter, a half-year or the year; others are none.
    fn span(&self, year: Digits, first: u32, last: u32, readings: &mut Readings) {
        let months = (last + 1).saturating_sub(first);
        let frequency = match months {
            3 => Frequency::Quarter,
            6 => Frequency::HalfYear,
            12 => Frequency::Year,
            _ => Frequency::Month,
        };
        readings.cumulative = first == 1 && months > 1;
        if frequency != Frequency::Month && (first - 1).is_multiple_of(months) {
            self.part_of(year, frequency, (first - 1) / months + 1, readings);
        } else {
            readings.uneven = true;
        }
    }

    /// 1990, 90, 199003, 19900307.
    fn digits(&self, digits: Digits, readings: &mut Readings) {
        let value = digits.value;
        match digits.count {
            4 => readings.add(Frequency::Year, value, Some(Period::year(value))),
            2 => {
                if let Some(year) = self.year(digits, readings) {
                    readings.add(Frequency::Year, year, Some(Period::year(year)));
                }
            }
            // 19901, the first quarter or half of 1990, where such are declared.
            5 => {
                if let Some(own @ (Frequency::Quarter | Frequency::HalfYear)) = self.frequency {
                    let year = Digits { value: value / 10, count: 4 };
                    self.part_of(year, own, (value % 10).unsigned_abs(), readings);
                }
            }
            6 => {
                let month = Digits { value: value % 100, count: 2 };
                let year = Digits { value: value / 100, count: 4 };
                self.part_of(year, Frequency::Month, month.value.unsigned_abs(), readings);
                if self.century.is_some() {
                    let year = Digits { value: value / 10_000, count: 2 };
                    let day = Digits { value: value % 100, count: 2 };
                    self.day(year, (value / 100 % 100).unsigned_abs(), day, readings);
                }
            }
            8 => {
                let year = Digits { value: value / 10_000, count: 4 };
                let day = Digits { value: value % 100, count: 2 };
                self.day(year, (value / 100 % 100).unsigned_abs(), day, readings);
            }
            _ => {}
        }
    }

    /// 1990-03, 03/1990, 1990:1.
    fn two_numbers(&self, first: Digits, second: Digits, mark: char, readings: &mut Readings) {
        if mark == ',' {
            return;
        }
        for (year, part) in [(first, second), (second, first)] {
            if part.count > 2 || (part.count < 2 && year.count < 4) {
                continue;
            }
            // A tenth that lost its zero: 1990.1 may be October.
            let tenth = mark == '.' && part.count == 1 && part.value == 1;
            let value = part.value.unsigned_abs();
            let divided = matches!(self.frequency, Some(Frequency::HalfYear | Frequency::Quarter));
            if divided && self.number == Some(Numbered::Month) {
                readings.named_month = true;
                self.part_of(year, Frequency::Month, value, readings);
                continue;
            }
            let mut of = |frequency, value| self.part_of(year, frequency, value, readings);
            match self.frequency {
                // Two digits are a month's, whatever is declared: 1990-03 isn't the third quarter.
                Some(frequency @ (Frequency::HalfYear | Frequency::Quarter)) if part.count == 1 => {
                    of(frequency, value);
                }
                Some(Frequency::Week) => of(Frequency::Week, value),
                Some(_) => of(Frequency::Month, value),
                None if part.count == 2 => of(Frequency::Month, value),
                None => {
                    of(Frequency::Month, value);
                    for frequency in [Frequency::Quarter, Frequency::HalfYear] {
                        if frequency.in_a_year().is_some_and(|parts| part.value <= parts) {
                            of(frequency, value);
                        }
                    }
                }
            }
            // So may 1990.1 be the tenth week, and 1990.3 the thirtieth.
            if mark == '.' && part.count == 1 && self.frequency == Some(Frequency::Week) {
                of(Frequency::Week, value * 10);
            }
            if tenth
                && self.number.is_none()
                && self.frequency.is_none_or(|frequency| frequency == Frequency::Month)
            {
                of(Frequency::Month, 10);
            }
        }
    }

    /// 1990-03-07, 07.03.1990.
    fn three_numbers(&self, first: Digits, second: Digits, third: Digits, readings: &mut Readings) {
        let month = |digits: Digits| digits.value.unsigned_abs();
        if second.count > 2 {
            return;
        }
        let year_may_be_first = self.order.is_none_or(|order| order == DateOrder::YearFirst);
        if third.count <= 2 && first.count != 1 && (first.count == 4 || year_may_be_first) {
            self.day(first, month(second), third, readings);
        }
        // A year of four digits at the end comes first nowhere.
        let year_is_first = self.order == Some(DateOrder::YearFirst) && third.count <= 2;
        if first.count <= 2 && third.count != 1 && !year_is_first {
            if self.order != Some(DateOrder::MonthFirst) {
                self.day(third, month(second), first, readings);
            }
            if self.order != Some(DateOrder::DayFirst) {
                self.day(third, month(first), second, readings);
            }
        }
    }

    fn lettered(&self, year: Digits, letter: char, part: Digits, readings: &mut Readings) {
        if letter == 'K' {
            // CBS's 2020KW01 is a quarter, KW 1 of 2020 a week.
            if (1..=4).contains(&part.value) {
                self.lettered(year, 'Q', part, readings);
            }
            return self.lettered(year, 'W', part, readings);
        }
        let frequency = match letter {
            'H' => Frequency::HalfYear,
            'Q' => Frequency::Quarter,
            'W' => Frequency::Week,
            _ => Frequency::Month,
        };
        if part.count <= 2 {
            self.part_of(year, frequency, part.value.unsigned_abs(), readings);
        }
    }

    fn part_of(&self, year: Digits, frequency: Frequency, part: u32, readings: &mut Readings) {
        if let Some(year) = self.year(year, readings) {
            readings.add(frequency, year, Period::of_year(frequency, year, part));
        }
    }

    fn day(&self, year: Digits, month: u32, day: Digits, readings: &mut Readings) {
        if let Some(year) = self.year(year, readings) {
            readings.add(Frequency::Day, year, Period::date(year, month, day.value.unsigned_abs()));
        }
    }

    /// A year of four digits, or of two in the century that is declared.
    fn year(&self, digits: Digits, readings: &mut Readings) -> Option<i32> {
        match (digits.count, self.century) {
            (4, _) => Some(digits.value),
            (2, Some(first)) => first.checked_add(digits.value.checked_sub(first)?.rem_euclid(100)),
            (2, None) => {
                readings.lacks_century = true;
                None
            }
            _ => None,
        }
    }
}

/// Whether a number may be that of a month.
fn is_month(digits: Digits) -> bool {
    digits.count <= 2 && (1..=12).contains(&digits.value)
}

/// A small number as it is written.
fn digit(value: u32) -> Digits {
    Digits { value: i32::try_from(value).unwrap_or_default(), count: 1 + usize::from(value > 9) }
}

/// The quarter or half-year that ends with a month, as the Australian Bureau of Statistics names its quarters; nothing for
/// a month within one. A year may end with any month.
fn ended_by(month: Period, frequency: Frequency) -> Option<Period> {
    let parts = frequency.in_a_year().filter(|parts| *parts > 1 && month.frequency() == Frequency::Month)?;
    let months = (12 / parts).unsigned_abs();
    (months > 1 && month.part().is_multiple_of(months))
        .then(|| Period::of_year(frequency, month.in_year(), month.part() / months))?
}

/// The quarter or half-year that begins with a month.
fn begun_by(month: Period, frequency: Frequency) -> Option<Period> {
    let parts = frequency.in_a_year().filter(|parts| *parts > 1 && month.frequency() == Frequency::Month)?;
    let months = (12 / parts).unsigned_abs();
    (months > 1 && month.part() % months == 1)
        .then(|| Period::of_year(frequency, month.in_year(), month.part() / months + 1))?
}

/// The period of a length that begins or ends on a day; nothing for a day within one. The first day of its last month is
/// its last month.
fn bounded_by(day: Period, frequency: Frequency) -> Option<Period> {
    let parts = frequency.in_a_year().filter(|_| day.frequency() == Frequency::Day)?;
    let months = 12 / parts;
    let year = day.in_year();
    (1..=parts).find_map(|part| {
        let first = Period::date(year, ((part - 1) * months + 1).unsigned_abs(), 1)?.ordinal();
        let next = if part == parts {
            Period::date(year + 1, 1, 1)
        } else {
            Period::date(year, (part * months + 1).unsigned_abs(), 1)
        };
        let last = next.map(|next| next.ordinal() - 1);
        let last_month = Period::date(year, (part * months).unsigned_abs(), 1).map(Period::ordinal);
        let by_last_month = parts > 1 && last_month == Some(day.ordinal());
        let bounds = day.ordinal() == first || last == Some(day.ordinal()) || by_last_month;
        bounds.then(|| Period::of_year(frequency, year, part.unsigned_abs()))?
    })
}

impl FromStr for Period {
    type Err = PanelError;

    fn from_str(text: &str) -> Result<Self> {
        PeriodReading::default().read(text)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A year, or a period such as 1990Q1, 1990-03 or 1990-03-07.",
            "type": ["integer", "string"]
        })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(PeriodVisitor)
    }
}

struct PeriodVisitor;

impl Visitor<'_> for PeriodVisitor {
    type Value = Period;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a period such as 1990, 1990Q1, 1990-03 or 1990-03-07")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> std::result::Result<Period, E> {
        let year = i32::try_from(number);
        year.map(Period::year).map_err(|_| E::custom(format!("{number} is too large for a time")))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> std::result::Result<Period, E> {
        let year = i32::try_from(number);
        year.map(Period::year).map_err(|_| E::custom(format!("{number} is too large for a time")))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Period, E> {
        text.parse().map_err(E::custom)
    }
}

/// What tells the readings apart.
fn cure(readings: &[Period]) -> &'static str {
    let mut frequencies = readings.iter().map(|period| period.frequency());
    let first = frequencies.next();
    match first {
        Some(Frequency::Day) => "declare whether the day or the month comes first",
        _ if frequencies.any(|frequency| Some(frequency) != first) => "declare the frequency",
        _ => "write the month with two digits and the year with four",
    }
}

/// A time stamp without its time, and whether that is midnight, so that nothing is lost.
fn split_time(text: &str) -> (&str, bool) {
    let text = text.trim();
    // Twelve by a clock of twelve hours.
    let (own, of_twelve) = match text.strip_suffix(" AM").or_else(|| text.strip_suffix(" am")) {
        Some(own) => (own, true),
        None => (text, false),
    };
    let Some((date, time)) = own.rsplit_once(['T', ' ']) else { return (text, true) };
    // The day is that of the zone it is written in.
    let offset = time.rfind(['+', '-']).filter(|at| *at >= 5);
    let (time, offset) = offset.and_then(|at| time.split_at_checked(at)).unwrap_or((time, ""));
    let is_offset = |text: &str| {
        text.len() == 6
            && text.chars().skip(1).all(|character| character.is_ascii_digit() || character == ':')
    };
    if !(offset.is_empty() || is_offset(offset)) {
        return (text, true);
    }
    let time = time.strip_suffix('Z').unwrap_or(time);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // 0:00 of spreadsheets; 1990:1 is a quarter.
    let is_time = time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.')
        && time.split_once(':').is_some_and(|(hour, rest)| {
            (1..=2).contains(&hour.len())
                && digits(hour)
                && rest.split([':', '.']).next().is_some_and(|minute| minute.len() == 2)
        });
    let since_midnight = if of_twelve { time.strip_prefix("12").unwrap_or(time) } else { time };
    if is_time { (date, since_midnight.bytes().all(|byte| b"0:.".contains(&byte))) } else { (text, true) }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match PeriodReading::default().read(text) {
            Ok(period) => period.to_string(),
            Err(error) => format!("! {error}"),
        }
    }

    #[test]
    fn what_people_write_is_read() {
        for (canonical, texts) in [
            ("1990", &["1990", " 1990 ", "1990年", "１９９０"][..]),
            (
                "1990H1",
                &["1990H1", "1990h1", "1990-H1", "1990S1", "H1 1990", "1H1990", "1990年上半年", "1990 H1"],
            ),
            ("1990H2", &["1990年下半年", "1990S2"]),
            (
                "1990Q1",
                &[
                    "1990Q1",
                    "1990q1",
                    "1990-Q1",
                    "1990:Q1",
                    "1990 Q1",
                    "1990.Q1",
                    "Q1 1990",
                    "Q1/1990",
                    "Q1-1990",
                    "1Q1990",
                    "1990T1",
                    "1990Q01",
                    "1990年第1季度",
                    "1990年一季度",
                    "1990年第一季度",
                ],
            ),
            (
                "1990-03",
                &[
                    "1990-03",
                    "1990M03",
                    "1990m3",
                    "1990-M03",
                    "M03 1990",
                    "1990/03",
                    "03/1990",
                    "1990:03",
                    "199003",
                    "Mar 1990",
                    "March 1990",
                    "1990 Mar",
                    "mar-1990",
                    "1990年3月",
                    "1990年03月",
                    "1990年三月",
                    "1990.03",
                ],
            ),
            ("1990-11", &["1990年十一月", "1990M11"]),
            (
                "1990Q2",
                &[
                    "2. Quartal 1990",
                    "2º trimestre 1990",
                    "2° trim. 1990",
                    "2do. trimestre de 1990",
                    "1990. II. negyedév",
                    "II квартал 1990 г.",
                    "Ⅱ квартал 1990",
                    "2-й квартал 1990",
                    "1990K2",
                    "1990.2/4",
                    "1990/ 4- 6.",
                    "1990/4-6",
                    "1990년 2분기",
                    "1990年2/4季度",
                    "1990年4～6月期",
                    "1990年4月-6月",
                    "Apr-Jun 1990",
                    "April to June 1990",
                    "second quarter of 1990",
                    "Quarter 2, 1990",
                ],
            ),
            (
                "1990H1",
                &["1st half 1990", "1. Halbjahr 1990", "I полугодие 1990", "Jan-Jun 1990", "1990년 상반기"],
            ),
            (
                "1990-08",
                &[
                    "août 1990",
                    "aout 1990",
                    "AĞUSTOS 1990",
                    "авг 1990",
                    "1990년 8월",
                    "1990.8월",
                    "1990MM08",
                    "1990年8月份",
                ],
            ),
            (
                "1990-08-07",
                &[
                    "7 août 1990",
                    "7. August 1990",
                    "7 августа 1990 г.",
                    "1990년 8월 7일",
                    "1990-08-07T00:00:00+08:00",
                ],
            ),
            ("1990", &["1990年度", "1990年全年", "1990JJ00", "Jan-Dec 1990"]),
            ("1990-W07", &["1990-W07", "1990W7", "1990w07", "W07 1990", "1990年第7周"]),
            (
                "1990-03-07",
                &[
                    "1990-03-07",
                    "1990/3/7",
                    "1990.03.07",
                    "19900307",
                    "7 March 1990",
                    "07mar1990",
                    "March 7, 1990",
                    "07-Mar-1990",
                    "1990-Mar-07",
                    "1990年3月7日",
                    "1990年03月07号",
                    "1990-W10-3",
                    "1990-03-07T00:00:00",
                    "1990-03-07 00:00:00.000",
                    "1990-03-07T00:00Z",
                    "1990-03-07 0:00",
                    "1990-03-07 12:00:00 AM",
                ],
            ),
            // Only one of them can be the month.
            ("1990-02-13", &["13/02/1990", "02/13/1990", "13.02.1990"]),
            ("1990-05", &["1990-5", "1990:5"]),
        ] {
            for text in texts {
                assert_eq!(read(text), canonical, "{text}");
            }
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused_with_both() {
        insta::assert_snapshot!(
            ["01/02/1990", "1990:1", "1990-2", "1990.3", "3/1990", "1990.1", "90", "Q1 90", "07-Mar-90", "1990 II", "1990KW02", "listopad 1990"]
                .map(read)
                .join("\n"),
            @"
        ! `01/02/1990` may be the day 1990-02-01 or the day 1990-01-02; declare whether the day or the month comes first, or write it as one of these
        ! `1990:1` may be the month 1990-01 or the quarter 1990Q1 or the half-year 1990H1; declare the frequency, or write it as one of these
        ! `1990-2` may be the month 1990-02 or the quarter 1990Q2 or the half-year 1990H2; declare the frequency, or write it as one of these
        ! `1990.3` may be the month 1990-03 or the quarter 1990Q3; declare the frequency, or write it as one of these
        ! `3/1990` may be the month 1990-03 or the quarter 1990Q3; declare the frequency, or write it as one of these
        ! `1990.1` may be the month 1990-01 or the quarter 1990Q1 or the half-year 1990H1 or the month 1990-10; declare the frequency, or write it as one of these
        ! `90` has a year of two digits; write all four, or declare its century
        ! `Q1 90` has a year of two digits; write all four, or declare its century
        ! `07-Mar-90` has a year of two digits; write all four, or declare its century
        ! `1990 II` may be the month 1990-02 or the quarter 1990Q2 or the half-year 1990H2; declare the frequency, or write it as one of these
        ! `1990KW02` may be the quarter 1990Q2 or the week 1990-W02; declare the frequency, or write it as one of these
        ! `listopad 1990` may be the month 1990-10 or the month 1990-11; write the month with two digits and the year with four, or write it as one of these
        "
        );
    }

    #[test]
    fn what_the_calendar_has_not_is_told_apart_from_what_is_no_period() {
        insta::assert_snapshot!(
            ["1990Q5", "1990M0", "2021-W53", "1900-02-29", "1990-03-07T12:30", "total"].map(read).join("\n"),
            @"
        ! `1990Q5` has a quarter that isn't in the calendar; mend it (a year has 4 quarters)
        ! `1990M0` has a month that isn't in the calendar; mend it (a year has 12 months)
        ! `2021-W53` has a week that isn't in the calendar; mend it (2021 has 52 weeks of ISO 8601, each from Monday to Sunday and of the year of its Thursday; where weeks are counted otherwise, write the day on which each begins and declare the frequency `day`)
        ! `1900-02-29` has a day that isn't in the calendar; mend it
        ! `1990-03-07T12:30` has a time of day, and a period is at the least a day; leave the time out
        ! `total` is no period; write a year (1990), half-year (1990H1), quarter (1990Q1), month (1990-03), week (1990-W07) or day (1990-03-07)
        "
        );
        for text in ["1990年1-9月", "1990年前三季度", "Jan-Sep 1990"] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(matches!(error, PanelError::CumulativePeriod { .. }), "{text}: {error}");
        }
        for text in ["Feb-Apr 1990", "Dec-Feb 1990", "1990年2-4月", "1990/ 2- 4."] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(matches!(error, PanelError::UnevenPeriod { .. }), "{text}: {error}");
        }
        for text in ["FY1990 Q1", "Q1 FY1990", "1990-91 Q1", "Q1 1990/91", "1990年度第1四半期"] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(matches!(error, PanelError::FiscalPeriod { .. }), "{text}: {error}");
        }
        for text in ["1990-13", "1990H3", "31/02/1990", "0000-03", "1990/91"] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(matches!(error, PanelError::NoSuchPeriod { .. }), "{text}: {error}");
        }
        for text in [
            "",
            "1990-1991",
            "12345",
            "1990Q",
            "--",
            "1990--03",
            "Q1",
            "1,990",
            "9999999999999",
            "90e",
            "Q1 90e",
            "1990Q1p",
            "du 1990",
            "jui",
            "第1季度",
            "上半年",
        ] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(matches!(error, PanelError::NotAPeriod { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn a_declaration_decides() {
        let of = |frequency| PeriodReading { frequency: Some(frequency), ..PeriodReading::default() };
        let read = |reading: PeriodReading, text| reading.read(text).map(|period| period.to_string());
        assert_eq!(read(of(Frequency::Quarter), "1990:1").unwrap(), "1990Q1");
        assert_eq!(read(of(Frequency::Quarter), "1990.4").unwrap(), "1990Q4");
        assert_eq!(read(of(Frequency::HalfYear), "1990-2").unwrap(), "1990H2");
        assert_eq!(read(of(Frequency::Month), "1990-2").unwrap(), "1990-02");
        assert_eq!(read(of(Frequency::Week), "1990-07").unwrap(), "1990-W07");
        assert_eq!(read(of(Frequency::Quarter), "19904").unwrap(), "1990Q4");
        assert_eq!(read(of(Frequency::HalfYear), "19902").unwrap(), "1990H2");
        for text in ["19905", "19900", "199004"] {
            assert!(read(of(Frequency::Quarter), text).is_err(), "{text}");
        }
        assert!(read(of(Frequency::Month), "19904").is_err());
        for text in ["1990-03-07 1:00", "1990-03-07 12:00", "1990-03-07 12:30 AM"] {
            let error = of(Frequency::Day).read(text).unwrap_err();
            assert!(matches!(error, PanelError::TimeOfDay { .. }), "{text}: {error}");
        }
        assert!(read(of(Frequency::Month), "1990.1").is_err());
        let counted = PeriodReading { number: Some(Numbered::Period), ..of(Frequency::Month) };
        assert_eq!(
            (read(counted, "1990.1").unwrap(), read(counted, "1990.10").unwrap()),
            ("1990-01".into(), "1990-10".into())
        );
        assert!(read(of(Frequency::Quarter), "1990-03").is_err());
        assert_eq!(read(of(Frequency::Quarter), "1947-04-01").unwrap(), "1947Q2");
        assert_eq!(read(of(Frequency::Quarter), "1947-06-30").unwrap(), "1947Q2");
        assert_eq!(read(of(Frequency::Month), "1948-02-29").unwrap(), "1948-02");
        assert_eq!(read(of(Frequency::Year), "1947-12-31").unwrap(), "1947");
        assert!(read(of(Frequency::Quarter), "1947-05-01").is_err());
        // Quarters that are called by their last month, as the Australian Bureau of Statistics does.
        for text in ["Mar-1980", "März 1980", "1980-03-01", "1980-03-31"] {
            assert_eq!(read(of(Frequency::Quarter), text).unwrap(), "1980Q1", "{text}");
        }
        assert_eq!(read(of(Frequency::HalfYear), "Dec 1980").unwrap(), "1980H2");
        for (frequency, text) in [
            (Frequency::Quarter, "Feb 1980"),
            (Frequency::Quarter, "Jan 1980"),
            (Frequency::Quarter, "1980-03"),
            (Frequency::Quarter, "1980M03"),
            (Frequency::HalfYear, "Mar 1980"),
            (Frequency::Year, "Dec 1980"),
        ] {
            assert!(read(of(frequency), text).is_err(), "{text}");
        }
        assert_eq!(read(of(Frequency::Month), "Mar-1980").unwrap(), "1980-03");
        // Roman numerals are months or quarters; KW is a week or a quarter.
        assert_eq!(read(of(Frequency::Quarter), "IV/1990").unwrap(), "1990Q4");
        assert_eq!(read(of(Frequency::Month), "IV.1990").unwrap(), "1990-04");
        assert_eq!(read(of(Frequency::Quarter), "1990KW01").unwrap(), "1990Q1");
        assert_eq!(read(of(Frequency::Week), "KW1 1990").unwrap(), "1990-W01");
        assert!(read(of(Frequency::Month), "01/02/1990").is_err());
        // A number that may be a month's, where quarters are due: 3-1990 ends the first with March, or is the third.
        let doubt = |text| of(Frequency::Quarter).numbered_doubt(text);
        let first = "1990Q1".parse::<Period>().ok();
        for text in ["3-1990", "1990-3", "3/1990", "1990.3", "1990 3"] {
            assert_eq!(doubt(text), first.map(NumberedDoubt::Either), "{text}");
            assert_eq!(read(of(Frequency::Quarter), text).unwrap(), "1990Q3", "{text}");
        }
        assert_eq!(doubt("2-1990"), Some(NumberedDoubt::Certain));
        let second = "1990Q2".parse::<Period>().ok();
        for text in ["4-1990", "1990-4", "4/1990", "1990.4"] {
            assert_eq!(doubt(text), second.map(NumberedDoubt::Either), "{text}");
            assert_eq!(read(of(Frequency::Quarter), text).unwrap(), "1990Q4", "{text}");
        }
        for text in ["1-1990", "5-1990", "1990:3", "1990Q3", "03-1990", "12-1990", "Mar 1990", "x"] {
            assert_eq!(doubt(text), None, "{text}");
        }
        let by_month = PeriodReading { number: Some(Numbered::Month), ..of(Frequency::Quarter) };
        for text in ["3-1990", "03/1990", "1990-3"] {
            assert_eq!(read(by_month, text).unwrap(), "1990Q1", "{text}");
        }
        for (text, quarter) in
            [("1-1990", "1990Q1"), ("4-1990", "1990Q2"), ("07/1990", "1990Q3"), ("10-1990", "1990Q4")]
        {
            assert_eq!(read(by_month, text).unwrap(), quarter, "{text}");
        }
        assert!(read(by_month, "2-1990").is_err());
        let by_period = PeriodReading { number: Some(Numbered::Period), ..of(Frequency::Quarter) };
        assert_eq!(
            (by_period.numbered_doubt("3-1990"), read(by_period, "3-1990").unwrap()),
            (None, "1990Q3".into())
        );
        insta::assert_snapshot!(read(of(Frequency::Month), "1990Q1").unwrap_err(), @"`1990Q1` is a quarter where a month is due; mend it, or declare the frequency `quarter`");

        let counted = PeriodReading { zero: "1960Q1".parse().ok(), ..PeriodReading::default() };
        for (text, period) in [("0", "1960Q1"), ("160", "2000Q1"), ("-1", "1959Q4"), (" 161.0 ", "2000Q2")] {
            assert_eq!(counted.read(text).unwrap().to_string(), period, "{text}");
        }
        for text in ["", "2000Q1", "1.5", "one", "99999999", "-99999999999"] {
            assert!(counted.read(text).is_err(), "{text}");
        }
        let months = PeriodReading { frequency: Some(Frequency::Month), ..counted };
        assert!(matches!(months.read("1"), Err(PanelError::OtherFrequency { .. })));
        let nineties = PeriodReading { century: Some(1900), ..PeriodReading::default() };
        assert_eq!(read(nineties, "90").unwrap(), "1990");
        assert_eq!(read(nineties, "90Q1").unwrap(), "1990Q1");
        assert_eq!(read(nineties, "Mar-90").unwrap(), "1990-03");
        assert_eq!(read(nineties, "90年3月7日").unwrap(), "1990-03-07");
        let pivot = PeriodReading { century: Some(1950), ..PeriodReading::default() };
        insta::assert_snapshot!(read(pivot, "02-Jan-20").unwrap_err(), @"`02-Jan-20` may be the day 2002-01-20 or the day 2020-01-02; declare whether the day or the year comes first, or write it as one of these");
        let day_first = PeriodReading { order: Some(DateOrder::DayFirst), ..pivot };
        let year_first = PeriodReading { order: Some(DateOrder::YearFirst), ..pivot };
        for text in ["02-Jan-20", "02 Jan 20", "02JAN20", "2-Jan-2020", "2020-Jan-02", "02/01/2020"] {
            assert_eq!(read(day_first, text).unwrap(), "2020-01-02", "{text}");
        }
        for text in ["20-Jan-02", "20/01/02", "2-Jan-2020", "2020-01-02"] {
            assert_eq!(read(year_first, text).unwrap(), "2020-01-02", "{text}");
        }
        // A year of two digits that can be no day's is none.
        assert_eq!(read(pivot, "29-Jan-99").unwrap(), "1999-01-29");
        assert!(read(day_first, "99-Jan-29").is_err() && read(year_first, "01/02/1990").is_err());
        assert_eq!(read(pivot, "49").unwrap(), "2049");
        assert_eq!(read(pivot, "50").unwrap(), "1950");

        let order = |order| PeriodReading { order: Some(order), ..nineties };
        assert_eq!(read(order(DateOrder::DayFirst), "01/02/1990").unwrap(), "1990-02-01");
        assert_eq!(read(order(DateOrder::MonthFirst), "01/02/90").unwrap(), "1990-01-02");
        assert!(read(order(DateOrder::MonthFirst), "13/02/1990").is_err());
    }
}
