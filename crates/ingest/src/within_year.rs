//! A time in several columns: its year, and its quarter, its month, or its month and its day.

use vintner_panel::{Frequency, Period};

use crate::cell::Cell;
use crate::fold::fold;
use crate::key_column::KeyColumn;
use crate::part_of_year::part_of_year;
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
pub(crate) fn part_if_any(columns: &[KeyColumn], frequency: Frequency, row: &dyn Row) -> Option<Part> {
    match (columns, frequency) {
        ([month, day], Frequency::Day) => {
            let month = number_of(month.cell(row), Frequency::Month)?;
            Some(Part::Day(month, number_of(day.cell(row), Frequency::Day)?))
        }
        ([column], _) => Some(Part::Of(frequency, number_of(column.cell(row), frequency)?)),
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
    let found = number_of(cell, frequency);
    if found.is_none() {
        let raw = cell.raw();
        tidying.fault_at(
            row.number(),
            column.column,
            format!("{raw:?} is no {} of a year", frequency.word()),
            format!(
                "if it stands for the year as a whole or for anything else that isn't to be read, write `not_times: [{}]` in \
                 vintage.yaml; otherwise mend `period` or `within_year`",
                yaml_word(&raw)
            ),
        );
    }
    found
}

/// The number that a cell gives a part of a year: 3 of 3, 3.0, M03, Mar; of weeks 7 of W07 as well.
fn number_of(cell: Cell<'_>, frequency: Frequency) -> Option<u32> {
    let raw = cell.raw();
    let folded = fold(&raw);
    // A whole number that a spreadsheet keeps as one with a fraction.
    let text = match folded.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => &folded,
    };
    let most = match frequency {
        Frequency::Day => 31,
        Frequency::Week => 53,
        _ => return part_of_year(text, frequency),
    };
    let digits = match frequency {
        Frequency::Week => text.trim_start_matches(['W', 'w']).trim_start_matches(' '),
        _ => text,
    };
    let few = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|part| few && (1..=most).contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_in_the_forms_of_their_length() {
        let of = |text: &str, frequency| number_of(Cell::of_text(text), frequency);
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
        assert_eq!(number_of(Cell::Number(3.0), Frequency::Month), Some(3));
        assert_eq!(Part::Day(2, 30).in_year(2020), None);
    }
}
