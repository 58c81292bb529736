//! A time in several columns: its year, and its quarter, its month, or its month and its day.

use vintner_panel::{Frequency, Numbered, Period, PeriodReading};

use crate::cell::Cell;
use crate::fold::fold;
use crate::key_column::KeyColumn;
use crate::part_of_year::{PartDoubt, part_doubt, part_in as part_under};
use crate::rows::Row;
use crate::tidying::Tidying;
use crate::yaml_word::yaml_word;

/// What the columns beside the year say: of months and quarters which of the year's, of days their month and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Of(Frequency, u32),
    Day(u32, u32),
}

impl Part {
    /// The period that it is in a year, as a number among those of its length.
    pub(crate) fn in_year(self, year: i32) -> Option<i32> {
        match self {
            Part::Of(frequency, part) => Period::of_year(frequency, year, part),
            Part::Day(month, day) => Period::date(year, month, day),
        }
        .map(Period::ordinal)
    }
}

/// Which part of a year a row is of; nothing, and a fault, where its cells say none.
pub(crate) fn part_in(tidying: &mut Tidying<'_>, columns: &[KeyColumn], row: &dyn Row) -> Option<Part> {
    let frequency = tidying.asked.source.period?.frequency?;
    match (columns, frequency) {
        ([month, day], Frequency::Day) => {
            let month = counted(tidying, month, row, Frequency::Month)?;
            Some(Part::Day(month, counted(tidying, day, row, Frequency::Day)?))
        }
        ([column], _) => Some(Part::Of(frequency, counted(tidying, column, row, frequency)?)),
        _ => None,
    }
}

/// Which part of a year a row is of, if any; a fault nowhere.
pub(crate) fn part_if_any(columns: &[KeyColumn], reading: PeriodReading, row: &dyn Row) -> Option<Part> {
    let (frequency, number) = (reading.frequency?, reading.number);
    match (columns, frequency) {
        ([month, day], Frequency::Day) => {
            let month = number_of(month.cell(row), Frequency::Month, None)?;
            Some(Part::Day(month, number_of(day.cell(row), Frequency::Day, None)?))
        }
        ([column], _) => Some(Part::Of(frequency, number_of(column.cell(row), frequency, number)?)),
        _ => None,
    }
}

fn counted(
    tidying: &mut Tidying<'_>,
    column: &KeyColumn,
    row: &dyn Row,
    frequency: Frequency,
) -> Option<u32> {
    let cell = column.cell(row);
    let number = tidying.asked.source.period.and_then(|period| period.number);
    let found = number_of(cell, frequency, number);
    let doubt = part_doubt(&whole_text(cell), reading_of(frequency, number));
    tidying.numbered.see_part(doubt, (row.number(), column.column), &whole_text(cell));
    if found.is_none() {
        let raw = cell.raw();
        let by_month = match doubt {
            Some(PartDoubt::Beyond) => {
                format!(
                    "if numbers count months, write `period: {{frequency: {frequency}, number: month}}` in vintage.yaml; "
                )
            }
            _ => String::new(),
        };
        tidying.fault_at(
            row.number(),
            column.column,
            format!("{raw:?} is no {} of a year", frequency.word()),
            format!(
                "{by_month}if it stands for the year as a whole or for anything else that isn't to be read, write `not_times: [{}]` in \
                 vintage.yaml; otherwise mend `period` or `within_year`",
                yaml_word(&raw)
            ),
        );
    }
    found
}

/// The number that a cell gives a part of a year: 3 of 3, 3.0, M03, Mar; of weeks 7 of W07 as well.
fn number_of(cell: Cell<'_>, frequency: Frequency, number: Option<Numbered>) -> Option<u32> {
    let text = whole_text(cell);
    let text = text.as_str();
    let most = match frequency {
        Frequency::Day => 31,
        Frequency::Week => 53,
        _ => return part_under(text, reading_of(frequency, number)),
    };
    let digits = match frequency {
        Frequency::Week => text.trim_start_matches(['W', 'w']).trim_start_matches(' '),
        _ => text,
    };
    let few = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|part| few && (1..=most).contains(part))
}

fn reading_of(frequency: Frequency, number: Option<Numbered>) -> PeriodReading {
    PeriodReading { frequency: Some(frequency), number, ..PeriodReading::default() }
}

/// A cell's text; of a whole number that a spreadsheet keeps as one with a fraction without that.
fn whole_text(cell: Cell<'_>) -> String {
    let folded = fold(&cell.raw());
    match folded.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            whole.to_owned()
        }
        _ => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_in_the_forms_of_their_length() {
        let of = |text: &str, frequency| number_of(Cell::of_text(text), frequency, None);
        for (text, frequency, part) in [
            ("3", Frequency::Month, Some(3)),
            ("3.0", Frequency::Month, Some(3)),
            ("M03", Frequency::Month, Some(3)),
            ("M13", Frequency::Month, None),
            ("März", Frequency::Month, Some(3)),
            ("Q2", Frequency::Quarter, Some(2)),
            ("5", Frequency::Quarter, None),
            ("W07", Frequency::Week, Some(7)),
            ("54", Frequency::Week, None),
            ("31", Frequency::Day, Some(31)),
            ("32", Frequency::Day, None),
            ("031", Frequency::Day, None),
            ("", Frequency::Day, None),
        ] {
            assert_eq!(of(text, frequency), part, "{text}");
        }
        assert_eq!(number_of(Cell::Number(3.0), Frequency::Month, None), Some(3));
        assert_eq!(Part::Day(2, 30).in_year(2020), None);
    }
}
