//! Hidden rows, columns and sheets: read and told, or left out.

use crate::grid::CellContent;
use crate::source::HiddenCells;
use crate::table::Table;

/// So many rows or columns are named.
const NAMED: usize = 5;

/// Does with what is hidden in a table as the manifest says; a warning where it says nothing.
pub(crate) fn apply(table: &mut Table, said: Option<HiddenCells>) -> Option<String> {
    let (rows, columns) = (&table.hidden.rows, &table.hidden.columns);
    // What holds nothing may be hidden.
    let used_rows: Vec<u32> = table
        .rows
        .iter()
        .filter(|row| rows.binary_search(&row.number).is_ok() && !row.is_blank())
        .map(|row| row.number)
        .collect();
    let used_columns: Vec<u32> = columns
        .iter()
        .copied()
        .filter(|column| table.rows.iter().any(|row| !row.cell(*column).is_blank()))
        .collect();
    match said {
        Some(HiddenCells::Read) => None,
        Some(HiddenCells::Skip) => {
            table.rows.retain(|row| used_rows.binary_search(&row.number).is_err());
            for row in &mut table.rows {
                for column in &used_columns {
                    let cell = (*column as usize).checked_sub(1).and_then(|at| row.cells.get_mut(at));
                    if let Some(cell) = cell {
                        *cell = CellContent::Empty;
                    }
                }
            }
            None
        }
        None => {
            let mut parts = Vec::new();
            if table.hidden.sheet {
                parts.push("the sheet is hidden".to_owned());
            }
            if !used_rows.is_empty() {
                parts.push(format!(
                    "{} hidden ({})",
                    counted(used_rows.len(), "row"),
                    listed(&used_rows, u32::to_string)
                ));
            }
            if !used_columns.is_empty() {
                parts.push(format!(
                    "{} hidden ({})",
                    counted(used_columns.len(), "column"),
                    listed(&used_columns, letters)
                ));
            }
            (!parts.is_empty()).then(|| {
                format!(
                    "{}, and read all the same: declare `hidden: read` or `hidden: skip`",
                    parts.join(", ")
                )
            })
        }
    }
}

/// `1 row is`, `3 rows are`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what} is") } else { format!("{count} {what}s are") }
}

fn listed(numbers: &[u32], name: impl Fn(&u32) -> String) -> String {
    let named: Vec<String> = numbers.iter().take(NAMED).map(name).collect();
    let more = if numbers.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", named.join(", "))
}

/// A column by its letters.
fn letters(column: &u32) -> String {
    let place = vintner_panel::CellAddress { file: String::new(), sheet: None, row: 0, column: *column };
    place.cell().trim_end_matches('0').to_owned()
}
