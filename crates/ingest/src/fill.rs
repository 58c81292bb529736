//! Key columns whose blank cells mean what stands above them.

use vintner_panel::{Period, PeriodReading};

use crate::cell::Cell;
use crate::column_letter::letters;
use crate::fold::fold;
use crate::grid::CellContent;
use crate::header::Header;
use crate::key_column::{KeyColumn, find_key, find_key_quietly};
use crate::marked_period::{marked_period, undeclared_mark};
use crate::number_rule::Flags;
use crate::part_of_year::part_of_year;
use crate::rows::{Filled, Row};
use crate::source::Fill;
use crate::tidying::{GIVEN, Tidying};
use crate::year::bare_year;

/// The columns that are filled down, from left to right.
#[derive(Debug, Default)]
pub(crate) struct FillColumns {
    columns: Vec<FillColumn>,
    /// Those of entities and categories that aren't: where they change, what stood to the right of them holds no longer.
    unfilled: Vec<KeyColumn>,
}

#[derive(Debug)]
struct FillColumn {
    column: u32,
    header: String,
    /// How its times are read, where they are parts of a year that a cell above names.
    parts: Option<PartsReading>,
    /// Texts that stand for a missing value, folded, of which none is a known name.
    missing: Vec<String>,
}

/// How parts of years are read, with the marks that may stand beside them.
#[derive(Debug)]
struct PartsReading {
    reading: PeriodReading,
    flags: Flags,
}

impl PartsReading {
    /// A time with its year, and a mark beside it.
    fn period(&self, text: &str) -> Option<Period> {
        let read = |text: &str| self.reading.read(text);
        read(text).ok().or_else(|| marked_period(text, &self.flags, read).map(|found| found.period))
    }

    /// A part of any year, and a mark beside it, whether it is declared or not.
    fn part(&self, text: &str) -> Option<(u32, String)> {
        let frequency = self.reading.frequency?;
        let read = |text: &str| {
            let part = part_of_year(text, frequency).and_then(|part| Period::of_year(frequency, 2000, part));
            part.ok_or(())
        };
        if let Ok(period) = read(text) {
            return Some((period.part(), String::new()));
        }
        if let Some(found) = marked_period(text, &self.flags, read) {
            return Some((found.period.part(), found.mark.unwrap_or_default()));
        }
        undeclared_mark(text, read).map(|(period, mark)| (period.part(), mark))
    }
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
    /// The year that is filled down, and which part of it was read last; none where it stands in a row of its own.
    year: Option<(i32, u32)>,
}

impl FillColumns {
    /// The columns that the source names; a fault for each that isn't there.
    pub(crate) fn find(tidying: &mut Tidying<'_>, header: &Header) -> Self {
        let source = tidying.asked.source;
        let mut columns: Vec<FillColumn> = Vec::new();
        for (name, fill) in &source.fill {
            let Some(key) = find_key(tidying, header, name).filter(|key| key.column < GIVEN) else {
                continue;
            };
            let is_entity = source.entity.as_ref() == Some(name);
            let is_name = |text: &&String| is_entity && tidying.knows(Cell::of_text(text));
            let missing =
                source.missing.iter().filter(|text| !is_name(text)).map(|text| fold(text)).collect();
            let parts = source.period_of_times().filter(|_| *fill == Fill::Year);
            let parts = parts.map(|reading| PartsReading { reading, flags: source.numbers.flags.clone() });
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
            if let Some(reading) = &own.parts {
                above.see_time(reading, cell, row.number(), anew);
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
    /// A time with its year, a year alone, or a part of the year that stands above it: `4- 6.` under `1994/ 1- 3.` is 1994Q2.
    /// What stood above is another's where the row begins something new in a column to the left.
    fn see_time(&mut self, reading: &PartsReading, cell: Cell<'_>, row: u32, anew: Option<u32>) {
        if anew.is_some() {
            *self = Self { anew, ..Self::default() };
        }
        self.instead = false;
        let raw = cell.raw();
        if let Some(period) = reading.period(&raw) {
            *self = Self { row, year: Some((period.in_year(), period.part())), ..Self::default() };
            return;
        }
        if let Some(year) = bare_year(cell) {
            *self = Self { row, year: Some((year, 0)), ..Self::default() };
            return;
        }
        let Some((part, mark)) = reading.part(&raw) else { return };
        let Some((year, last)) = self.year else {
            if let Some(left) = self.anew {
                self.instead = true;
                self.content = CellContent::unsure(
                    raw,
                    format!(
                        "a part of a year without its year, and none to fill down: the row begins something new in column {}",
                        letters(left)
                    ),
                    "the year has to be written where another entity or category begins: say it in `corrections`",
                );
            }
            return;
        };
        self.instead = true;
        let own = reading.reading.frequency.and_then(|frequency| Period::of_year(frequency, year, part));
        match own.filter(|_| part > last) {
            Some(own) => {
                // A mark beside the part stands beside the time, too.
                self.content = CellContent::Text(format!("{own} {mark}").trim_end().to_owned());
                self.year = Some((year, part));
            }
            None => {
                let before =
                    reading.reading.frequency.and_then(|frequency| Period::of_year(frequency, year, last));
                let before = before.map_or_else(|| year.to_string(), |before| before.to_string());
                self.content = CellContent::unsure(
                    raw,
                    format!("a part of a year without its year, which doesn't follow {before}"),
                    "the year is filled down as long as its parts go on; where another begins it has to be written: say it in \
                     `corrections`",
                );
            }
        }
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
    pub(crate) columns: &'r FillColumns,
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

    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        self.row.first_from(column)
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }
}
