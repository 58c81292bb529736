//! Key columns whose blank cells mean what stands above them.

use vintner_panel::Period;

use crate::cell::Cell;
use crate::column_letter::letters;
use crate::filled_years::{TimeCell, YearParts};
use crate::fold::fold;
use crate::grid::CellContent;
use crate::header::Header;
use crate::key_column::{KeyColumn, find_key, find_key_quietly};
use crate::rows::{Filled, GIVEN, Row};
use crate::source::Fill;
use crate::tidying::Tidying;

/// The columns that are filled down, from left to right.
#[derive(Debug, Default)]
pub(crate) struct FillColumns<'s> {
    columns: Vec<FillColumn<'s>>,
    /// Those of entities and categories that aren't: where they change, what stood to the right of them holds no longer.
    unfilled: Vec<KeyColumn>,
}

#[derive(Debug)]
struct FillColumn<'s> {
    column: u32,
    header: String,
    /// How its times are read, where they are parts of a year that a cell above names.
    parts: Option<YearParts<'s>>,
    /// Texts that stand for a missing value, folded, of which none is a known name.
    missing: Vec<String>,
}

/// What the nearest filled cell above says, by column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    above: Vec<Above>,
    /// The text met last in each column that isn't filled, folded.
    unfilled: Vec<Option<String>>,
}

#[derive(Debug, Clone, Default)]
struct Above {
    content: CellContent,
    /// The row in which it stands.
    row: u32,
    /// The column to the left that began something new since.
    anew: Option<u32>,
    /// Whether it is read in place of what the present row says itself.
    instead: bool,
    /// Whether it stands in a row of its own, and is that of all rows under it.
    is_heading: bool,
    /// The period that was read last, where years are filled down.
    period: Option<Period>,
    /// The year that stands above, where no part of it was read yet.
    year: Option<i32>,
}

impl<'s> FillColumns<'s> {
    /// The columns that the source names; a fault for each that isn't there.
    pub(crate) fn find(tidying: &mut Tidying<'s>, header: &Header) -> Self {
        let source = tidying.asked.source;
        let mut columns: Vec<FillColumn<'s>> = Vec::new();
        for (name, fill) in &source.fill {
            let Some(key) = find_key(tidying, header, name).filter(|key| key.column < GIVEN) else {
                continue;
            };
            let is_entity = source.entity.as_ref() == Some(name);
            let is_name = |text: &&String| is_entity && tidying.knows(Cell::of_text(text));
            let missing =
                source.missing.iter().filter(|text| !is_name(text)).map(|text| fold(text)).collect();
            let parts = (*fill == Fill::Year).then(|| YearParts::of(source)).flatten();
            columns.push(FillColumn { column: key.column, header: name.clone(), parts, missing });
        }
        columns.sort_unstable_by_key(|own| own.column);
        columns.dedup_by_key(|own| own.column);
        if columns.is_empty() {
            return Self::default();
        }
        let names = source.entity.iter().chain(&source.entity_with).chain(&source.category);
        // What is wrong with their headers is told where they are looked for as keys.
        let mut unfilled: Vec<KeyColumn> =
            names.filter_map(|name| find_key_quietly(tidying.asked.source, header, name)).collect();
        unfilled.retain(|key| key.column < GIVEN && columns.iter().all(|own| own.column != key.column));
        unfilled.sort_by_key(|key| key.column);
        Self { columns, unfilled }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Nothing above yet.
    pub(crate) fn begin(&self) -> Carried {
        Carried {
            above: vec![Above::default(); self.columns.len()],
            unfilled: vec![None; self.unfilled.len()],
        }
    }

    /// Takes what a row says itself for the rows under it. Where it begins something new in one of the columns, or in
    /// another column of entities or categories, what stood in those to the right of it holds no longer: another region's
    /// first row has no city yet.
    pub(crate) fn see(&self, carried: &mut Carried, row: &dyn Row) {
        let changed = self.see_unfilled(&mut carried.unfilled, row);
        let alone = row.first_from(1).map(|(column, _)| column);
        let alone = alone.filter(|column| row.first_from(column + 1).is_none());
        let mut filled_anew: Option<u32> = None;
        for (own, above) in self.columns.iter().zip(&mut carried.above) {
            let cell = row.cell(own.column);
            let other = changed.iter().copied().rfind(|left| *left < own.column && !above.is_heading);
            let anew = filled_anew.max(other);
            if let Some(parts) = &own.parts {
                above.see_time(parts, cell, row.number(), anew);
                continue;
            }
            above.instead = false;
            if is_blank(cell) {
                if let Some(left) = anew {
                    *above = Above { anew: Some(left), ..Above::default() };
                }
                continue;
            }
            let text = fold(&cell.raw());
            let differs = above.anew.is_some() || fold(&above.content.raw()) != text;
            if differs {
                filled_anew = Some(own.column);
                let is_missing = own.missing.contains(&text);
                let content = if is_missing { no_name(own, &cell.raw()) } else { CellContent::of(cell) };
                *above = Above { content, row: row.number(), ..Above::default() };
            }
            above.is_heading = alone == Some(own.column);
            above.instead = own.missing.contains(&text);
        }
    }

    /// The columns that aren't filled and in which a row says something else than the rows above it, from left to right. A
    /// row with nothing but a text is a note or a heading, and says nothing of its own.
    fn see_unfilled(&self, last: &mut [Option<String>], row: &dyn Row) -> Vec<u32> {
        let mut changed = Vec::new();
        let is_alone = row.first_from(1).is_none_or(|(column, _)| row.first_from(column + 1).is_none());
        if is_alone {
            return changed;
        }
        for (key, last) in self.unfilled.iter().zip(last) {
            let cell = key.cell(row);
            if is_blank(cell) {
                continue;
            }
            let text = fold(&cell.raw());
            if last.as_ref() != Some(&text) && last.replace(text).is_some() {
                changed.push(key.column);
            }
        }
        changed
    }

    /// Counts what was filled in a row that was read.
    pub(crate) fn count(&self, tidying: &mut Tidying<'_>, row: &FilledRow<'_>) {
        for (own, above) in self.columns.iter().zip(&row.carried.above) {
            let has_year_from_above = own.parts.is_some() && above.instead;
            if row.filled(own.column) == Filled::FromAbove || has_year_from_above {
                *tidying.filled.entry(own.header.clone()).or_default() += 1;
                tidying.filled_from.insert(above.row);
            }
        }
    }

    fn place(&self, column: u32) -> Option<usize> {
        self.columns.iter().position(|own| own.column == column)
    }
}

impl Above {
    /// A time with its year, or a part of the year that stands above it: `4- 6.` under `1994/ 1- 3.` is 1994Q2.
    /// What stood above is another's where the row begins something new in a column to the left. A year may stand in a row of
    /// its own, over all its parts.
    fn see_time(&mut self, parts: &YearParts<'_>, cell: Cell<'_>, row: u32, anew: Option<u32>) {
        if anew.is_some() {
            *self = Self { anew, ..Self::default() };
        }
        self.instead = false;
        if is_blank(cell) {
            return;
        }
        let raw = cell.raw();
        match parts.read(&raw) {
            TimeCell::Whole(period) => *self = Self { row, period: Some(period), ..Self::default() },
            TimeCell::Year(year) => *self = Self { row, year: Some(year), ..Self::default() },
            TimeCell::Part(part, mark) => self.see_part(parts, &raw, part, mark),
            TimeCell::Nothing => {}
            // It may be another year's, and what follows would be read into the one before.
            TimeCell::Other => *self = Self::default(),
        }
    }

    fn see_part(&mut self, parts: &YearParts<'_>, raw: &str, part: u32, mark: Option<String>) {
        self.instead = true;
        let year = self.period.map(Period::in_year).or(self.year);
        let own = year.and_then(|year| parts.period(year, part));
        let own = own.filter(|own| self.period.is_none_or(|before| *own > before));
        let is_open = own.is_some() && parts.may_be_month(raw, part, self.period);
        if let Some(own) = own.filter(|_| !is_open) {
            let mark = mark.map(|mark| format!(" {mark}")).unwrap_or_default();
            self.content = CellContent::Text(format!("{own}{mark}"));
            self.period = Some(own);
            return;
        }
        let without = "a part of a year without its year";
        if is_open {
            self.content = CellContent::unsure(
                raw,
                format!("{raw:?} may be a quarter, or the month with which one begins or ends"),
                "say in vintage.yaml what the number counts: `period: {frequency: quarter, number: period}`, or `number: month`",
            );
            return;
        }
        let (message, hint) = match (self.period, self.anew) {
            (Some(before), _) => (
                format!("{without}, which doesn't follow {before}"),
                "the year is filled down as long as its parts go on; where another begins it has to be written: say it in \
                 `corrections`",
            ),
            (None, Some(left)) => (
                format!(
                    "{without}, and none to fill down: the row begins something new in column {}",
                    letters(left)
                ),
                "the year has to be written where another entity or category begins: say it in `corrections`",
            ),
            (None, None) => (
                format!("{without}, and no time that can be read stands above it"),
                "mend the cell above it that names the year, or say the whole time in `corrections`",
            ),
        };
        self.content = CellContent::unsure(raw, message, hint);
    }
}

/// Whether a cell says nothing; one that is corrected to nothing keeps the words of why.
fn is_blank(cell: Cell<'_>) -> bool {
    cell.is_blank() || (matches!(cell, Cell::Shown(_)) && cell.raw().is_empty())
}

/// What a mark for missing values is where a name is filled down: nothing that could be filled.
fn no_name(own: &FillColumn, text: &str) -> CellContent {
    CellContent::unsure(
        text,
        format!(
            "{text:?} stands for a missing value by `missing`, and may be a name here or mean what stands above it: column \
             {:?} is filled down",
            own.header
        ),
        "if it is a name, write it under the `missing` of the columns that have it in place of the source's; if it is blank, \
         correct it to `null` in `corrections`",
    )
}

/// A row whose blank cells in these columns say what stands above them.
pub(crate) struct FilledRow<'r> {
    pub(crate) row: &'r dyn Row,
    pub(crate) columns: &'r FillColumns<'r>,
    pub(crate) carried: &'r Carried,
}

impl FilledRow<'_> {
    fn above(&self, column: u32) -> Option<&Above> {
        self.columns.place(column).and_then(|at| self.carried.above.get(at))
    }

    /// Whether years are filled down in a column, and blank cells are blank.
    fn has_times(&self, column: u32) -> bool {
        self.columns.columns.iter().any(|own| own.column == column && own.parts.is_some())
    }
}

impl Row for FilledRow<'_> {
    fn number(&self) -> u32 {
        self.row.number()
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        let own = self.row.cell(column);
        let Some(above) = self.above(column) else { return own };
        let is_filled = is_blank(own) && !self.has_times(column);
        if is_filled || above.instead { above.content.as_cell() } else { own }
    }

    fn width(&self) -> u32 {
        self.row.width()
    }

    fn filled(&self, column: u32) -> Filled {
        let above = self.above(column).filter(|_| !self.has_times(column));
        match above.filter(|_| is_blank(self.row.cell(column))) {
            None => Filled::Own,
            Some(above) if !above.content.is_blank() => Filled::FromAbove,
            Some(Above { anew: Some(left), .. }) => Filled::Anew(*left),
            Some(_) => Filled::Nothing,
        }
    }

    fn has_year_alone(&self) -> Option<u32> {
        let (column, _) = self.row.first_from(1)?;
        let above = self.above(column).filter(|_| self.has_times(column))?;
        let is_own = above.year.is_some() && above.row == self.row.number();
        (is_own && self.row.first_from(column + 1).is_none()).then_some(column)
    }

    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        self.row.first_from(column)
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }
}
