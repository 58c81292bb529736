//! Columns of a year's months, quarters or halves, in tables whose rows are years.

use std::collections::BTreeSet;

use vintner_panel::Frequency;

use super::sheet_view::{SheetView, ViewColumn};
use crate::part_of_year::part_of_year;

/// The columns, and what they divide a year into.
pub(super) struct SeenParts {
    pub(super) frequency: Frequency,
    pub(super) columns: Vec<ViewColumn>,
}

/// The columns that are headed by all parts of a year, each once; numbers alone are months only where they are 1 to 12.
pub(super) fn parts_of_years(view: &SheetView<'_>) -> Option<SeenParts> {
    if view.header_rows > 1 {
        return None;
    }
    let tried = [Frequency::Month, Frequency::Quarter, Frequency::HalfYear];
    tried.into_iter().find_map(|frequency| {
        let is_number = |column: &&ViewColumn| column.name.bytes().all(|byte| byte.is_ascii_digit());
        let may_be = |column: &&ViewColumn| frequency == Frequency::Month || !is_number(column);
        let headed = view.columns.iter().filter(|column| column.is_headed).filter(may_be);
        let found: Vec<(u32, &ViewColumn)> =
            headed.filter_map(|column| Some((part_of_year(&column.name, frequency)?, column))).collect();
        let parts: BTreeSet<u32> = found.iter().map(|(part, _)| *part).collect();
        let all = frequency.in_a_year().and_then(|parts| usize::try_from(parts).ok())?;
        (parts.len() == all && found.len() == all).then(|| SeenParts {
            frequency,
            columns: found.into_iter().map(|(_, column)| column.clone()).collect(),
        })
    })
}
