//! Which times a column, or a row of headers, seems to hold.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::{DateOrder, Frequency, Numbered, Period, PeriodReading};

use super::alike::counted_cells;
use super::date_calendar::{is_one_a_month, order_of_calendar};
use super::numbered_parts::{NumberedParts, are_counted_months, numbered_parts};
use super::sheet_view::number_of;
use super::time_reading::{TimeReading, YEARS, readings, time_in};
use crate::cell::Cell;
use crate::era::{self, Era};
use crate::fold::fold;
use crate::marked_period::undeclared_mark;
use crate::year::names_a_year;

/// How times are written, and which there are.
#[derive(Debug, Clone, Default)]
pub(super) struct TimesSeen {
    pub(super) reading: TimeReading,
    /// The years that are there, or in which the periods lie; or the waves.
    pub(super) years: BTreeSet<i32>,
    /// How many cells are times.
    pub(super) count: usize,
    /// Three of them as they are written and as they are read.
    pub(super) examples: Vec<(String, String)>,
    /// Whether they are months of which each ends a quarter, taken for the quarters.
    pub(super) by_last_month: bool,
    /// The orders by which all of them are dates as well.
    pub(super) orders: Orders,
    /// What numbers of one digit beside years count, where they are such.
    pub(super) numbered: Option<NumberedParts>,
    /// How many periods of other lengths stand among them.
    pub(super) beside: Vec<(Frequency, usize)>,
    /// Whether they are days of which each month has one.
    pub(super) one_a_month: bool,
    /// Whether of months only every third is there.
    pub(super) every_third: bool,
    /// Marks beside some of them.
    pub(super) marks: BTreeSet<String>,
}

/// Other orders of days, months and years by which times are dates as well.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    /// How times are then read, and one of them as it is written and as it then is.
    pub(super) others: Vec<(PeriodReading, String, String)>,
    /// Whether none of them is likelier than the one that was tried first, so that it has to be declared.
    pub(super) is_open: bool,
}

impl TimesSeen {
    /// Whether a person has to say how times are read before they are.
    pub(super) fn is_open(&self) -> bool {
        self.orders.is_open || self.numbered.as_ref().is_some_and(|own| own.frequency.is_none())
    }
}

/// Which of some cells are times under a reading, and how many different texts and times these are.
pub(super) fn seen_under<'c>(
    reading: TimeReading,
    cells: impl Iterator<Item = Cell<'c>>,
) -> (TimesSeen, usize, usize) {
    seen_among(reading, counted_cells(cells).into_iter())
}

/// The same of cells that are alike, with how often each is there.
fn seen_among<'c>(
    reading: TimeReading,
    cells: impl Iterator<Item = (Cell<'c>, usize)>,
) -> (TimesSeen, usize, usize) {
    let mut seen = TimesSeen { reading, ..TimesSeen::default() };
    let mut printed = BTreeSet::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (cell, count) in cells {
        let Some((year, text)) = time_in(cell, reading) else { continue };
        seen.count += count;
        seen.years.insert(year);
        if known.insert(cell.raw().into_owned()) && known.len() <= 3 {
            seen.examples.push((cell.raw().into_owned(), text.clone()));
        }
        printed.insert(text);
    }
    (seen, known.len(), printed.len())
}

/// Whether an era is to be looked for among some texts: what may be anything else needs more than a number.
fn may_be_of_era(reading: TimeReading, cell: Cell<'_>) -> bool {
    match reading.era {
        Some(Era::Minguo) => era::unnamed(&fold(&cell.raw())).is_some(),
        _ => true,
    }
}

/// The reading under which most of some cells are times. A day of each quarter's beginning or end is the quarter:
/// of the readings that fit as well, the one with the longest periods that tells the cells apart.
pub(super) fn times_seen<'c>(cells: impl Iterator<Item = Cell<'c>>) -> Option<TimesSeen> {
    times_seen_in(None, cells)
}

/// The same of periods whose years have two digits, which lie in the hundred years that begin with `century`.
pub(super) fn times_seen_in<'c>(
    century: Option<i32>,
    cells: impl Iterator<Item = Cell<'c>>,
) -> Option<TimesSeen> {
    let counted = counted_cells(cells.filter(|cell| !cell.is_blank()));
    let total = counted.iter().map(|(_, count)| count).sum();
    let texts: Vec<String> = counted.iter().map(|(cell, _)| cell.raw().into_owned()).collect();
    if let Some(numbered) = numbered_parts(texts.iter().map(String::as_str)).filter(|_| century.is_none()) {
        let frequency = numbered.frequency.unwrap_or(Frequency::Quarter);
        let period = PeriodReading { frequency: Some(frequency), ..PeriodReading::default() };
        let reading = TimeReading { period: Some(period), ..TimeReading::default() };
        let (mut seen, ..) = seen_among(reading, counted.iter().copied());
        if numbered.frequency.is_none() {
            seen.examples.iter_mut().for_each(|(raw, read)| read.clone_from(raw));
        }
        return Some(TimesSeen { numbered: Some(numbered), ..seen });
    }
    if are_counted_months(texts.iter().map(String::as_str)) {
        let period = PeriodReading {
            frequency: Some(Frequency::Month),
            number: Some(Numbered::Period),
            ..PeriodReading::default()
        };
        let reading = TimeReading { period: Some(period), ..TimeReading::default() };
        return Some(seen_among(reading, counted.iter().copied()).0);
    }
    let seen = likeliest(readings(century), &counted, total)?;
    let seen = in_order(seen, century, &counted, total);
    let every_third = is_every_third(&seen, counted.iter().map(|(cell, _)| *cell));
    let orders = seen.orders.clone();
    let seen = TimesSeen { every_third, orders, ..with_marks(seen, &counted, total) };
    let one_a_month = has_one_a_month(&seen, &counted);
    Some(TimesSeen { beside: periods_beside(&seen, &counted), one_a_month, ..seen })
}

/// Whether times are days of which each month has one.
fn has_one_a_month(seen: &TimesSeen, counted: &[(Cell<'_>, usize)]) -> bool {
    let Some(days) = seen.reading.period.filter(|period| period.frequency == Some(Frequency::Day)) else {
        return false;
    };
    let read = counted.iter().filter_map(|(cell, _)| Some(days.read(&cell.raw()).ok()?.ordinal()));
    is_one_a_month(&read.collect())
}

/// How many other cells are periods of other lengths, as months and years beside quarters are.
fn periods_beside(seen: &TimesSeen, counted: &[(Cell<'_>, usize)]) -> Vec<(Frequency, usize)> {
    let mut beside: BTreeMap<Frequency, usize> = BTreeMap::new();
    if seen.reading.period.is_none_or(|period| period.zero.is_some()) {
        return Vec::new();
    }
    for (cell, count) in counted.iter().filter(|(cell, _)| time_in(*cell, seen.reading).is_none()) {
        let raw = cell.raw();
        // Of numbers anything may be a period.
        let is_written =
            names_a_year(&raw) && number_of(*cell).is_none_or(|own| YEARS.contains(&(own as i32)));
        if let Ok(period) = PeriodReading::default().read(&raw)
            && is_written
        {
            *beside.entry(period.frequency()).or_default() += count;
        }
    }
    beside.into_iter().collect()
}

/// The reading among some under which most cells are times.
fn likeliest(
    readings: impl Iterator<Item = TimeReading>,
    counted: &[(Cell<'_>, usize)],
    total: usize,
) -> Option<TimesSeen> {
    let filled = counted.iter().map(|(cell, _)| *cell);
    let dates = filled.clone().any(|cell| matches!(cell, Cell::Date(_)));
    let mut best: Option<TimesSeen> = None;
    for reading in readings {
        let own = counted.iter().filter(|(cell, _)| may_be_of_era(reading, *cell)).copied();
        let (seen, known, printed) = seen_among(reading, own);
        // Two different texts for one time: the periods are too long.
        let apart = printed == known;
        let frequency = reading.period.and_then(|period| period.frequency);
        let divided = matches!(frequency, Some(Frequency::Quarter | Frequency::HalfYear));
        let own = filled.clone().filter(|cell| time_in(*cell, reading).is_some());
        // Of quarters some of which are called by their last month, and others by another, nobody has heard.
        let by_last_month = divided && own.clone().all(|cell| is_last_month(cell, reading));
        if divided && !by_last_month && own.clone().any(|cell| is_last_month(cell, reading)) {
            continue;
        }
        let tells_apart = match frequency {
            None => true,
            // Of two or three quarters, or of one in several years, each may be a month as well.
            Some(_) if by_last_month => apart && known > 2 && has_several_months(own),
            // One day alone may be that of any period.
            Some(Frequency::Year) => apart && known > 1,
            // And two days those of two quarters, with one between them.
            Some(Frequency::HalfYear) if known < 3 => apart && !own.clone().all(is_of_quarter),
            Some(_) => apart || dates,
        };
        let better = best.as_ref().is_none_or(|best| seen.count > best.count);
        if seen.count > 0 && tells_apart && better {
            let all = seen.count == total;
            best = Some(TimesSeen { by_last_month, ..seen });
            if all {
                break;
            }
        }
    }
    best
}

/// The same times by the order of days, months and years that makes a calendar of them, where all could be read by several;
/// where none or more than one does, what each makes of them.
fn in_order(seen: TimesSeen, century: Option<i32>, counted: &[(Cell<'_>, usize)], total: usize) -> TimesSeen {
    let Some(reading) = seen.reading.period.filter(|period| period.order.is_some()) else { return seen };
    let times = counted.iter().filter(|(cell, _)| time_in(*cell, seen.reading).is_some());
    let texts: Vec<String> = times.map(|(cell, _)| cell.raw().into_owned()).collect();
    let days = [DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst]
        .map(|order| PeriodReading { frequency: Some(Frequency::Day), order: Some(order), ..reading });
    let fitting: Vec<PeriodReading> =
        days.into_iter().filter(|day| texts.iter().all(|text| day.read(text).is_ok())).collect();
    // Years before months and days are one more order only where they make something else of a text.
    let differ = |text: &String| {
        let read: BTreeSet<Period> = fitting.iter().filter_map(|day| day.read(text).ok()).collect();
        (read.len() > 1).then_some(read)
    };
    let Some((text, read)) = texts.iter().find_map(|text| Some((text, differ(text)?))) else { return seen };
    let of_order = |order: DateOrder| {
        let has_order = |reading: &TimeReading| reading.period.and_then(|period| period.order) == Some(order);
        likeliest(readings(century).filter(has_order), counted, total).filter(|own| own.count == seen.count)
    };
    let told = |day: &PeriodReading| {
        let own = of_order(day.order?)?.reading.period?;
        Some((own, text.clone(), own.read(text).ok()?.to_string()))
    };
    match order_of_calendar(&fitting, &texts).and_then(|order| Some((order, of_order(order)?))) {
        Some((order, own)) => {
            let others = fitting.iter().filter(|day| day.order != Some(order)).filter_map(told).collect();
            TimesSeen { orders: Orders { others, is_open: false }, ..own }
        }
        None => {
            let others = fitting.iter().filter_map(told).collect();
            let read: Vec<String> = read.iter().map(ToString::to_string).collect();
            let examples = vec![(text.clone(), read.join(" or "))];
            TimesSeen { orders: Orders { others, is_open: true }, examples, ..seen }
        }
    }
}

/// Whether times are months of which only every third is there, as where quarters are called by one of theirs.
fn is_every_third<'c>(seen: &TimesSeen, cells: impl Iterator<Item = Cell<'c>>) -> bool {
    let months = seen.reading.period.filter(|period| period.frequency == Some(Frequency::Month));
    let Some(reading) = months else { return false };
    let parts: BTreeSet<u32> =
        cells.filter_map(|cell| Some(reading.read(&cell.raw()).ok()?.part())).collect();
    let rest: BTreeSet<u32> = parts.iter().map(|part| part % 3).collect();
    parts.len() > 2 && rest.len() == 1
}

/// The same times with those that have a mark beside them, where nothing else is left.
fn with_marks(seen: TimesSeen, cells: &[(Cell<'_>, usize)], total: usize) -> TimesSeen {
    let Some(period) = seen.reading.period.filter(|_| seen.count < total) else { return seen };
    let reading = TimeReading { marked: true, ..seen.reading };
    let (own, ..) = seen_among(reading, cells.iter().copied());
    if own.count <= seen.count {
        return seen;
    }
    let marks = cells.iter().filter_map(|(cell, _)| {
        let raw = cell.raw();
        period.read(&raw).is_err().then(|| undeclared_mark(&raw, |text| period.read(text)))?
    });
    TimesSeen { marks: marks.map(|(_, mark)| mark).collect(), by_last_month: seen.by_last_month, ..own }
}

/// Whether a month, by its name or its first day, is taken for the quarter or half-year that it ends.
fn is_last_month(cell: Cell<'_>, reading: TimeReading) -> bool {
    let own = reading.period.and_then(|period| period.read(&cell.raw()).ok());
    let month = PeriodReading { frequency: Some(Frequency::Month), ..reading.period.unwrap_or_default() };
    let month = month.read(&cell.raw()).ok();
    let day = PeriodReading { frequency: Some(Frequency::Day), ..reading.period.unwrap_or_default() };
    let day = day.read(&cell.raw()).ok();
    let (Some(own), Some(month)) = (own, month) else { return false };
    let months = own.frequency().in_a_year().map_or(1, |parts| (12 / parts).unsigned_abs());
    let is_last_day = day.is_some_and(|day| !day.to_string().ends_with("-01"));
    month.part().is_multiple_of(months) && !is_last_day
}

/// Whether a cell is a quarter as well.
fn is_of_quarter(cell: Cell<'_>) -> bool {
    let quarter = PeriodReading { frequency: Some(Frequency::Quarter), ..PeriodReading::default() };
    quarter.read(&cell.raw()).is_ok()
}

/// Whether some cells are of several months of a year.
fn has_several_months<'c>(cells: impl Iterator<Item = Cell<'c>>) -> bool {
    let month = PeriodReading { frequency: Some(Frequency::Month), ..PeriodReading::default() };
    let parts: BTreeSet<u32> = cells.filter_map(|cell| Some(month.read(&cell.raw()).ok()?.part())).collect();
    parts.len() > 1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::year::YearSpan;

    fn seen(texts: &[&str]) -> TimesSeen {
        times_seen(texts.iter().map(|text| Cell::Text(text))).unwrap()
    }

    #[test]
    fn times_are_told_by_what_tells_them_apart() {
        assert_eq!(seen(&["2001", "2002", "2004p"]).reading.period, None);
        assert_eq!(seen(&["2001", "2004"]).years.len(), 2);
        let frequency = |texts: &[&str]| seen(texts).reading.period.and_then(|period| period.frequency);
        assert_eq!(frequency(&["1990Q1", "1990Q2"]), Some(Frequency::Quarter));
        assert_eq!(frequency(&["1947-01-01", "1947-04-01", "1947-07-01"]), Some(Frequency::Quarter));
        assert_eq!(frequency(&["31.12.2019", "31.12.2020"]), Some(Frequency::Year));
        assert_eq!(frequency(&["2000-01-01", "2001-01-01"]), Some(Frequency::Year));
        assert_eq!(frequency(&["2019-12-31"]), Some(Frequency::Quarter));
        assert_eq!(frequency(&["2019-01-01", "2019-07-01"]), Some(Frequency::Quarter));
        assert_eq!(frequency(&["2019-01-01", "2019-07-01", "2020-01-01"]), Some(Frequency::HalfYear));
        assert_eq!(frequency(&["1947-01-01", "1947-02-01", "1947-03-01"]), Some(Frequency::Month));
        assert_eq!(frequency(&["1947-01-02", "1947-01-03"]), Some(Frequency::Day));
        assert_eq!(frequency(&["1990M01", "1990M02"]), Some(Frequency::Month));
        // Beside the header of a column of names.
        assert_eq!(frequency(&["geo", "2019Q2", "2019Q1"]), Some(Frequency::Quarter));
        // The tenth month, or the first: no week either.
        assert_eq!(seen(&["1871.09", "1871.1", "1871.11"]).count, 2);
        assert_eq!(seen(&["2019/20", "2020/21"]).reading.span, Some(YearSpan::First));
        let era = |texts: &[&str]| seen(texts).reading.era;
        assert_eq!(era(&["108年", "109年"]), Some(Era::Minguo));
        assert_eq!(era(&["2561", "2562"]), Some(Era::Buddhist));
        assert_eq!(era(&["平成30年", "令和元年"]), None);
        assert_eq!(frequency(&["108年1月", "108年2月"]), Some(Frequency::Month));
        assert!(times_seen(["108", "109"].iter().map(|text| Cell::Text(text))).is_none());
        let of_two =
            |texts: &[&str]| times_seen_in(Some(1940), texts.iter().map(|text| Cell::Text(text))).unwrap();
        let boe = of_two(&["02 Jan 20", "03 Jan 20", "28 Feb 20"]);
        assert_eq!(boe.examples.first().map(|(_, read)| read.as_str()), Some("2020-01-02"));
        assert!(!boe.is_open() && boe.orders.others.len() == 1 && boe.count == 3);
        // One that can be no year's first decides for all.
        assert!(of_two(&["02-Jan-99", "29-Jan-20"]).orders.others.is_empty());
        assert!(of_two(&["02 Jan 20", "03 Feb 04", "04 Mar 12"]).is_open());
        let order = |texts: &[&str]| seen(texts).reading.period.unwrap().order;
        // Days that can be no months need no order; one that could be either takes that of the others.
        assert_eq!(order(&["13/01/1990", "14/01/1990"]), None);
        assert_eq!(order(&["13/01/1990", "02/03/1990"]), Some(DateOrder::DayFirst));
        // The first days of months, rather than the first twelve days of each January.
        let months: Vec<String> =
            (0..24).map(|month| format!("{:02}/01/{}", month % 12 + 1, 2018 + month / 12)).collect();
        let american = seen(&months.iter().map(String::as_str).collect::<Vec<_>>());
        let period = american.reading.period.unwrap();
        assert_eq!((period.frequency, period.order), (Some(Frequency::Month), Some(DateOrder::MonthFirst)));
        let other = american.orders.others.first().map(|(_, text, read)| (text.as_str(), read.as_str()));
        assert_eq!((other, american.is_open()), (Some(("02/01/2018", "2018-01-02")), false));
        assert!(seen(&["05/03/2018", "09/07/2018", "02/11/2018"]).is_open());
        assert_eq!(frequency(&["2000.1", "2000.2", "2000.3", "2000.4"]), Some(Frequency::Quarter));
        let months = seen(&["2000.1", "2000.2", "2000.10"]);
        assert_eq!((months.count, months.reading.period.unwrap().number), (3, Some(Numbered::Period)));
        let mixed = seen(&["2018", "2018Q1", "2018Q2", "2018Q3", "2018M1"]);
        assert_eq!(mixed.beside, [(Frequency::Year, 1), (Frequency::Month, 1)]);
        assert_eq!(
            times_seen([2000.1, 2000.2, 2000.3, 2000.4].map(Cell::Number).into_iter()).unwrap().count,
            4
        );
    }
}
