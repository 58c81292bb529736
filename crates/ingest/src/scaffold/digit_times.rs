//! Times that are written as digits alone, `20200102`, `202001` and `20201`, which may be any other number as well.

use std::collections::BTreeSet;

use super::date_calendar::is_regular;
use super::entity_guess::entity_by_keys;
use super::header_words::{says, says_id};
use super::numbered_parts::is_year_and_quarter;
use super::own_times::entity_by_own_times;
use super::row_codes::{codes, codes_of, distinct};
use super::sheet_view::{SheetView, ViewColumn};
use super::times_seen::TimesSeen;
use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::GridRow;
use crate::year::names_a_year;

/// So many quarters in a row are no other number of five digits, whatever the header says.
const QUARTERS: usize = 8;

/// Whether a cell is the digits of a day, of a month or of a quarter.
pub(super) fn is_of_digits(cell: Cell<'_>) -> bool {
    let raw = cell.raw();
    let digits = raw.trim();
    let begins_with_a_year =
        || digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.get(..4).is_some_and(names_a_year);
    match digits.len() {
        5 => is_year_and_quarter(digits),
        6 | 8 => begins_with_a_year(),
        _ => false,
    }
}

/// Whether numbers that look like times are such: all of them are, nothing calls them births or ids, and either they are
/// those of a calendar in a series, or they come back with each of the entities that they divide.
pub(super) fn are_times(view: &SheetView<'_>, column: &ViewColumn, seen: &TimesSeen) -> bool {
    let filled: Vec<&GridRow> =
        view.filled.iter().filter(|row| !column.cell(row).is_blank()).copied().collect();
    let Some(period) = seen.reading.period.filter(|_| seen.count == filled.len()) else { return false };
    let Some(frequency) = period.frequency else { return false };
    if says_birth(&column.name) || (says_id(&column.name) && !says_time(&column.name)) {
        return false;
    }
    let in_order: Vec<i32> =
        filled.iter().filter_map(|row| Some(period.read(&column.cell(row).raw()).ok()?.ordinal())).collect();
    let own: BTreeSet<i32> = in_order.iter().copied().collect();
    let (is_called, is_calendar) = (says_time(&column.name), is_regular(frequency, &own));
    let has_five = filled.first().is_some_and(|row| column.cell(row).raw().trim().len() == 5);
    if has_five && !(is_calendar && (is_called || own.len() >= QUARTERS)) {
        return false;
    }
    let others: Vec<&ViewColumn> = view.columns.iter().filter(|other| *other != column).collect();
    if own.len() == filled.len() {
        let follows = in_order.is_sorted() || in_order.iter().rev().is_sorted();
        let printed: Vec<String> = filled.iter().map(|row| column.cell(row).raw().into_owned()).collect();
        let of_entities = || entity_by_own_times(&others, &printed, &filled).is_some();
        return own.len() > 1 && (is_calendar || (is_called && (follows || of_entities())));
    }
    match entity_by_keys(&others, &[column], &filled) {
        Some((entity, _)) => {
            let keys = distinct(&codes_of(&filled, [&entity, column]));
            let come_back = distinct(&codes(&filled, &entity)) * 2 <= filled.len();
            keys * 10 >= filled.len() * 9 && come_back && (is_called || is_calendar)
        }
        // Many of each time, as the persons of a survey are.
        None => is_called && is_calendar && own.len() * 5 <= filled.len(),
    }
}

/// Whether a header calls what stands under it times.
fn says_time(header: &str) -> bool {
    const WORDS: [&str; 20] = [
        "time",
        "period",
        "day",
        "ym",
        "yq",
        "ymd",
        "dt",
        "caldt",
        "datum",
        "fecha",
        "data",
        "jour",
        "mois",
        "mes",
        "monat",
        "tag",
        "qtr",
        "quarter",
        "quartal",
        "trimestre",
    ];
    const PARTS: [&str; 13] = [
        "date",
        "month",
        "yyyymm",
        "yyyyq",
        "yearq",
        "yearqtr",
        "time_period",
        "timeperiod",
        "日期",
        "年月",
        "时间",
        "月份",
        "季度",
    ];
    says(header, &WORDS, &PARTS)
}

/// Whether a header says that somebody was born or died, began or left then.
fn says_birth(header: &str) -> bool {
    const WORDS: [&str; 10] =
        ["dob", "bdate", "bday", "born", "birth", "death", "died", "hired", "naissance", "nacimiento"];
    const PARTS: [&str; 8] = ["birth", "death", "geburt", "naiss", "nacim", "出生", "生年", "死亡"];
    says(&fold(header), &WORDS, &PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_a_year_and_its_part() {
        for text in ["20200102", "202001", "20201"] {
            assert!(is_of_digits(Cell::Text(text)), "{text}");
        }
        for text in ["12345678", "99901", "20207", "2020", "2020-01", ""] {
            assert!(!is_of_digits(Cell::Text(text)), "{text}");
        }
        assert!(is_of_digits(Cell::Whole(20_200_102)));
    }

    #[test]
    fn births_are_no_times() {
        for header in ["dob", "birth_date", "Date of birth", "Geburtsdatum", "出生日期"] {
            assert!(says_birth(header), "{header}");
        }
        for header in ["date", "datadate", "yyyymm", "TIME_PERIOD", "caldt", "日期"] {
            assert!(says_time(header) && !says_birth(header), "{header}");
        }
    }
}
