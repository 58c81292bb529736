//! How times can be written, and what a cell is under one of these readings.

use vintner_panel::{DateOrder, Frequency, Period, PeriodReading};

use super::sheet_view::number_of;
use crate::cell::Cell;
use crate::era::{self, Era};
use crate::fold::fold;
use crate::marked_period::undeclared_mark;
use crate::year::{YearProblem, YearReading, YearSpan, parse_marked_year};

/// Years that statistics are of.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1500..=2150;

/// So many waves a survey may have.
const WAVES: std::ops::RangeInclusive<i32> = 0..=99;

/// Whole numbers that are times aren't larger.
const COUNTED: f64 = 1e6;

/// How times are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TimeReading {
    /// Where they aren't years.
    pub(super) period: Option<PeriodReading>,
    /// Where years are written as two that follow one another; the guess is for a person.
    pub(super) span: Option<YearSpan>,
    /// Where years don't name their era; the guess is for a person.
    pub(super) era: Option<Era>,
    /// The first of the hundred years in which years of two digits lie; the guess is for a person.
    pub(super) century: Option<i32>,
    /// Whether they are a survey's waves, by number.
    pub(super) waves: bool,
    /// Whether they are whole numbers that the file declares to be its times.
    pub(super) declared: bool,
    /// Whether marks may stand beside them.
    pub(super) marked: bool,
}

/// How times can be written, likeliest first.
pub(super) fn readings(century: Option<i32>) -> impl Iterator<Item = TimeReading> {
    // What begins with a year of four digits needs no order.
    let year_first = century.map(|_| Some(DateOrder::YearFirst));
    let orders = [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)].into_iter().chain(year_first);
    let frequencies = [
        Frequency::Year,
        Frequency::HalfYear,
        Frequency::Quarter,
        Frequency::Month,
        Frequency::Week,
        Frequency::Day,
    ];
    let periods = orders.flat_map(move |order| {
        frequencies.into_iter().map(move |frequency| TimeReading {
            period: Some(PeriodReading {
                frequency: Some(frequency),
                order,
                century,
                ..PeriodReading::default()
            }),
            century,
            ..TimeReading::default()
        })
    });
    let of_era = |era| TimeReading { era: Some(era), ..TimeReading::default() };
    let divided = [Frequency::Quarter, Frequency::Month, Frequency::HalfYear];
    let of_republic = divided.into_iter().map(move |frequency| TimeReading {
        period: Some(PeriodReading { frequency: Some(frequency), ..PeriodReading::default() }),
        ..of_era(Era::Minguo)
    });
    let spans = TimeReading { span: Some(YearSpan::First), ..TimeReading::default() };
    let years = [TimeReading::default(), spans].into_iter();
    years.chain(periods).chain([of_era(Era::Minguo), of_era(Era::Buddhist)]).chain(of_republic)
}

/// What one cell is under a reading: the year, and the time as it is printed.
pub(super) fn time_in(cell: Cell<'_>, reading: TimeReading) -> Option<(i32, String)> {
    if reading.waves {
        let wave = number_of(cell).filter(|wave| wave.fract() == 0.0)?;
        let wave = WAVES.into_iter().find(|own| f64::from(*own) == wave)?;
        return Some((wave, wave.to_string()));
    }
    if reading.declared && reading.period.is_none() {
        let whole = number_of(cell).filter(|whole| whole.fract() == 0.0 && whole.abs() <= COUNTED)?;
        return Some((whole as i32, (whole as i32).to_string()));
    }
    let (year, printed) = match reading.period {
        Some(period) if period.zero.is_some() => {
            let period: Period = period.read(&cell.raw()).ok()?;
            (period.in_year(), period.to_string())
        }
        None => {
            let own = YearReading { span: reading.span, era: reading.era, century: reading.century };
            let year = parse_marked_year(cell, own).ok()?.year;
            (year, year.to_string())
        }
        // A number of four digits is a year, not a month; 2000.1 is what a text would be.
        Some(_) if matches!(cell, Cell::Number(number) if number < 10_000.0 && number.fract() == 0.0) => {
            return None;
        }
        Some(period) => {
            let raw = cell.raw();
            let common = era::in_common_years(&fold(&raw), reading.era);
            let text = common.as_deref().unwrap_or(&raw);
            let marked = || undeclared_mark(text, |text| period.read(text)).filter(|_| reading.marked);
            let period: Period = period.read(text).ok().or_else(|| marked().map(|(period, _)| period))?;
            (period.in_year(), period.to_string())
        }
    };
    YEARS.contains(&year).then_some((year, printed))
}

/// Whether a cell may be a time of a year, by whatever reading.
pub(super) fn may_be_in(cell: Cell<'_>, year: i32) -> bool {
    readings(None).any(|reading| {
        let marked = TimeReading { marked: true, ..reading };
        time_in(cell, marked).is_some_and(|(own, _)| own == year)
    })
}

/// Whether a text is of two years that follow one another, of which one has to be chosen.
pub(super) fn is_span(cell: Cell<'_>) -> bool {
    parse_marked_year(cell, YearReading::default()) == Err(YearProblem::Span)
}
