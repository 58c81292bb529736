//! Rows that stand above and under those of data.

use vintner_panel::PeriodReading;

use super::joined_names::is_total;
use super::sheet_view::{SheetView, ViewColumn, is_numeral};
use crate::fold::fold;
use crate::grid::GridRow;
use crate::year::bare_year;

/// How many rows under the header are no data, and the last row with data where something else stands under it.
///
/// A row whose time can't be read is one of data all the same where it stands right beside these and looks as they do: to
/// leave it out would be to hide what is wrong with it.
pub(super) fn rows_beside(view: &SheetView<'_>, time: &ViewColumn, data: &[&GridRow]) -> (u32, Option<u32>) {
    let (Some(first), Some(last)) = (data.first(), data.last()) else { return (0, None) };
    let mut begin = first.number;
    for row in view.below.iter().rev().filter(|row| row.number < first.number) {
        // A row of codes has numbers, too, and no time that could have been meant for one.
        let has_digits = time.cell(row).raw().bytes().any(|byte| byte.is_ascii_digit());
        let is_year_above = view.fill.iter().any(|own| own.years_of.is_some() && own.column == time.at)
            && bare_year(time.cell(row)).is_some();
        let is_data = has_digits && !is_other_time(row, time) && is_like(row, first);
        if row.number + 1 != begin || !(is_year_above || is_data) {
            break;
        }
        begin = row.number;
    }
    let mut end = last.number;
    for row in view.below.iter().filter(|row| row.number > last.number) {
        if row.number != end + 1 || is_other_time(row, time) || !is_like(row, last) {
            break;
        }
        end = row.number;
    }
    let skipped = view.below.iter().take_while(|row| row.number < begin).count();
    let is_under = view.below.iter().any(|row| row.number > end && !row.is_blank());
    (u32::try_from(skipped).unwrap_or_default(), is_under.then_some(end))
}

/// Whether a row is of a year among quarters, say, which can be read and isn't asked for.
fn is_other_time(row: &GridRow, time: &ViewColumn) -> bool {
    let cell = time.cell(row);
    bare_year(cell).is_some() || PeriodReading::default().read(&cell.raw()).is_ok()
}

/// Whether a row looks as one of data does: half of its cells are filled or more, half of its numbers are numbers, and it
/// isn't said to be a total.
fn is_like(row: &GridRow, data: &GridRow) -> bool {
    let filled = |row: &GridRow| row.cells.iter().filter(|cell| !cell.is_blank()).count();
    let mut columns: Vec<u32> = Vec::new();
    for (column, cell) in (1u32..).zip(&data.cells) {
        if is_numeral(cell.as_cell()) {
            columns.push(column);
        }
    }
    let numbers = columns.iter().filter(|column| is_numeral(row.cell(**column).as_cell())).count();
    numbers > 0
        && numbers * 2 >= columns.len()
        && filled(row) * 2 >= filled(data)
        && !row.cells.iter().any(|cell| says_total(&cell.raw()))
}

/// Whether a text says that what stands beside it is a total, a mean or the like.
fn says_total(text: &str) -> bool {
    const WORDS: [&str; 18] = [
        "total",
        "totals",
        "sum",
        "average",
        "mean",
        "median",
        "max",
        "min",
        "std",
        "summe",
        "insgesamt",
        "mittelwert",
        "moyenne",
        "somme",
        "promedio",
        "media",
        "suma",
        "всего",
    ];
    const PARTS: [&str; 6] = ["合计", "总计", "合計", "總計", "平均", "小计"];
    let lower = fold(text).to_lowercase();
    let first = lower.split(|character: char| !character.is_alphanumeric()).find(|word| !word.is_empty());
    is_total(&lower)
        || first.is_some_and(|word| WORDS.contains(&word))
        || PARTS.iter().any(|part| lower.contains(part))
}
