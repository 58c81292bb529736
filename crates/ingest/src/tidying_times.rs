//! Times as cells and headers write them, and which of them there are.

use std::borrow::Cow;

use vintner_panel::{Frequency, Numbered, PanelError, PeriodReading};

use crate::cell::Cell;
use crate::century::century_cure;
use crate::date_order::{lengths_cure, orders_cure};
use crate::era;
use crate::filled_years::{ANY_YEAR, bare_year};
use crate::fold::fold;
use crate::marked_period::{marked_period, undeclared_mark};
use crate::marked_time::{MarkedPeriod, MarkedTime};
use crate::part_of_year::part_of_year;
use crate::period_text::period_text;
use crate::tidying::Tidying;
use crate::yaml_word::yaml_word;
use crate::year::{PLAUSIBLE_YEARS, YearProblem, parse_marked_year};

impl Tidying<'_> {
    /// The time in a cell of a row that isn't read; a fault nowhere.
    pub(crate) fn time_if_any(&mut self, cell: Cell<'_>) -> Option<i32> {
        let [first, last] = self.asked.source.covers.unwrap_or(PLAUSIBLE_YEARS);
        let source = self.asked.source;
        let (time, year) = match source.period_of_times() {
            Some(reading) => {
                let period = self.period_in(reading, cell).ok()?.period;
                (period.ordinal(), period.in_year())
            }
            None => {
                let year = parse_marked_year(cell, source.years()).ok()?.year;
                (year, year)
            }
        };
        if (first..=last).contains(&year) {
            self.see(year);
        }
        Some(time)
    }

    /// The period in a cell under a reading, without the marks that the source declares.
    pub(crate) fn period_in(
        &self,
        reading: PeriodReading,
        cell: Cell<'_>,
    ) -> Result<MarkedPeriod, PanelError> {
        let text = two_digits(cell, reading);
        let source = self.asked.source;
        let read = |text: &str| reading.read(&source.in_common_years(text));
        match read(&text) {
            Ok(period) => Ok(MarkedPeriod { period, mark: None }),
            Err(error) => marked_period(&text, &source.numbers.flags, read).ok_or(error),
        }
    }

    /// The time in a cell, as a number among those of its frequency, with the mark beside it; nothing, and a fault, where
    /// it isn't one that the source covers.
    pub(crate) fn time(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<MarkedTime> {
        let Some(reading) = self.asked.source.period_of_times() else {
            return self.marked_year(cell, row, column);
        };
        let text = cell.raw();
        if let Some(known) = self.periods.get(text.as_ref()) {
            let found = MarkedTime { time: known.period.ordinal(), mark: known.mark.clone() };
            if found.mark.is_some() {
                self.see_mark(&text, row, column);
            }
            return Some(found);
        }
        match self.period_in(reading, cell) {
            Ok(found) => {
                self.covered_year(found.period.in_year(), row, column)?;
                if found.mark.is_some() {
                    self.see_mark(&text, row, column);
                }
                let doubt = reading.numbered_doubt(&self.asked.source.in_common_years(&text));
                self.numbered.see(doubt, (row, column), &text, found.period);
                let time = MarkedTime { time: found.period.ordinal(), mark: found.mark.clone() };
                self.periods.insert(text.into_owned(), found);
                Some(time)
            }
            Err(error) => {
                let (message, hint) = self.no_period(&text, reading, &error);
                self.fault_at(row, column, message, hint);
                None
            }
        }
    }

    /// What is wrong with a text where a period is due, and what to do about it.
    pub(crate) fn no_period(
        &self,
        text: &str,
        reading: PeriodReading,
        error: &PanelError,
    ) -> (String, String) {
        let source = self.asked.source;
        let read = |text: &str| reading.read(&source.in_common_years(text));
        if let Some((period, mark)) = undeclared_mark(text, read) {
            return (
                format!("`{text}` is the {} {period} with a mark beside it, {mark:?}", period.frequency()),
                format!(
                    "declare it in vintage.yaml, and it is kept beside the values of that time: `numbers: {{flags: [{}]}}` of \
                     the source",
                    yaml_word(&mark)
                ),
            );
        }
        let frequency = reading.frequency.filter(|_| source.times_are_parts());
        if let (Some(frequency), Some(_)) = (frequency, bare_year(source, text)) {
            let hint = format!(
                "rows of whole years beside each {frequency} are left out by `not_times: [\"{ANY_YEAR}\"]` in vintage.yaml; if times \
                 are years, mend `period`"
            );
            return (error.to_string(), hint);
        }
        let by_month = PeriodReading { number: Some(Numbered::Month), ..reading };
        let part = reading.frequency.and_then(|frequency| part_of_year(text, frequency));
        if let (Some(_), Some(time), PanelError::NotAPeriod { .. }) = (part, &source.time, error) {
            let hint = format!(
                "if it is of the year that stands in a cell above it, write `fill: {{{}: year}}` in vintage.yaml; if it is no \
                 row of data, leave it out with `where`, `not_times` or `last_row`",
                yaml_word(time)
            );
            return (error.to_string(), hint);
        }
        let divided = matches!(reading.frequency, Some(Frequency::Quarter | Frequency::HalfYear));
        let hint = match (era::unnamed(&fold(text)), error) {
            (Some(own), _) => YearProblem::Era(own).hint(),
            (None, PanelError::NoCentury { .. }) => century_cure(Some(reading), text),
            (None, PanelError::AmbiguousPeriod { .. }) if let Some(orders) = orders_cure(reading, text) => {
                orders
            }
            (None, PanelError::AmbiguousPeriod { .. })
                if let Some(lengths) = lengths_cure(Some(reading), text) =>
            {
                format!("{lengths}; the tenth month of a year is written with its zero")
            }
            (None, _) if divided && let Ok(period) = by_month.read(&source.in_common_years(text)) => format!(
                "if the number is that of the month with which it begins or ends, it is {period}: `period: {}` in vintage.yaml",
                period_text(by_month)
            ),
            (None, _) => {
                "mend `period` in vintage.yaml; if it is no row of data, leave it out with `where`, \
                          `not_times` or `last_row`"
                    .into()
            }
        };
        (error.to_string(), hint)
    }

    /// The year in a cell; nothing, and a fault, where it isn't one that the source covers.
    pub(crate) fn year(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<i32> {
        self.marked_year(cell, row, column).map(|found| found.time)
    }

    /// The same with the mark beside it.
    pub(crate) fn marked_year(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<MarkedTime> {
        match parse_marked_year(cell, self.asked.source.years()) {
            Ok(found) => {
                if found.mark.is_some() {
                    self.see_mark(&cell.raw(), row, column);
                }
                let time = self.covered_year(found.year, row, column)?;
                Some(MarkedTime { time, mark: found.mark })
            }
            Err(problem) => {
                let source = self.asked.source;
                let is_divided = source.has_years_down() || !source.within_year.is_empty();
                let hint = match problem {
                    YearProblem::Span if is_divided => {
                        "its parts are those of a fiscal year, which may begin with any month: write the quarter or month of \
                         the calendar in a copy of the file"
                            .into()
                    }
                    _ => problem.hint(),
                };
                self.fault_at(row, column, problem.message(&cell.raw()), hint);
                None
            }
        }
    }

    fn see_mark(&mut self, text: &str, row: u32, column: u32) {
        match self.marked_times.get_mut(text) {
            Some((count, ..)) => *count += 1,
            None => drop(self.marked_times.insert(text.to_owned(), (1, row, column))),
        }
    }

    fn covered_year(&mut self, year: i32, row: u32, column: u32) -> Option<i32> {
        let source = self.asked.source;
        let covers = source.covers;
        let [first, last] = covers.unwrap_or(PLAUSIBLE_YEARS);
        if (first..=last).contains(&year) {
            self.see(year);
            return Some(year);
        }
        let has_two_digits = (0..100).contains(&year) && source.era.is_none();
        let of_two = if has_two_digits {
            format!(
                "; if it has two digits of its year alone, {}",
                century_cure(source.period, &format!("{year:02}"))
            )
        } else {
            String::new()
        };
        let (message, hint) = if covers.is_some() {
            (
                format!("the year {year} is out of the years that the source covers, {first} to {last}"),
                format!("widen `covers` in vintage.yaml if it is right{of_two}"),
            )
        } else {
            let of_era = match era::may_be_of(year).as_slice() {
                [] => String::new(),
                _ => format!("; if its era isn't named it may be {}", era::readings_in_words(year)),
            };
            (
                format!("{year} can't be a year"),
                format!(
                    "say with `covers` in vintage.yaml which years there are{of_era}{of_two}; if it is no row of data, leave it out with `where` or `last_row`"
                ),
            )
        };
        self.fault_at(row, column, message, hint);
        None
    }

    fn see(&mut self, year: i32) {
        // Rows that follow one another often have the same.
        if self.last_year != Some(year) {
            self.years_seen.insert(year);
            self.last_year = Some(year);
        }
    }
}

/// A cell's text where a period is due; of a year that a spreadsheet holds as a number the zero before its last digit,
/// where two are declared to say it.
fn two_digits<'c>(cell: Cell<'c>, reading: PeriodReading) -> Cow<'c, str> {
    let number = match cell {
        Cell::Number(number) => Some(number),
        Cell::Whole(whole) => Some(whole as f64),
        _ => None,
    };
    let of_year = reading.frequency == Some(Frequency::Year) && reading.century.is_some();
    match number.filter(|number| of_year && (0.0..10.0).contains(number) && number.fract() == 0.0) {
        Some(number) => Cow::Owned(format!("{number:02}")),
        None => cell.raw(),
    }
}
