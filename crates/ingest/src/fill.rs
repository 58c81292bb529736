//! Key columns whose blank cells mean what stands above them.

use vintner_panel::{Period, PeriodReading};

use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::CellContent;
use crate::header::Header;
use crate::key_column::find_key;
use crate::part_of_year::part_of_year;
use crate::rows::{Filled, Row};
use crate::source::Fill;
use crate::tidying::{GIVEN, Tidying};

/// The columns that are filled down, from left to right.
#[derive(Debug, Default)]
pub(crate) struct FillColumns(Vec<FillColumn>);

#[derive(Debug)]
struct FillColumn {
    column: u32,
    header: String,
    /// How long its times are, where they are parts of a year that a cell above names.
    parts: Option<PeriodReading>,
    /// Texts that stand for a missing value, folded, of which none is a known name.
    missing: Vec<String>,
}

/// What the nearest filled cell above says, by column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried(Vec<Above>);

#[derive(Debug, Clone, Default)]
struct Above {
    content: CellContent,
    /// The row in which it stands.
    row: u32,
    /// The column to the left that began something new since.
    anew: Option<u32>,
    /// Whether it is read in place of what the present row says itself.
    instead: bool,
    /// The period that was read last, where years are filled down.
    period: Option<Period>,
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
            columns.push(FillColumn { column: key.column, header: name.clone(), parts, missing });
        }
        columns.sort_unstable_by_key(|own| own.column);
        columns.dedup_by_key(|own| own.column);
        Self(columns)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing above yet.
    pub(crate) fn begin(&self) -> Carried {
        Carried(vec![Above::default(); self.0.len()])
    }

    /// Takes what a row says itself for the rows under it. Where it begins something new in one of the columns, what stood
    /// in those to the right of it holds no longer: another region's first row has no city yet.
    pub(crate) fn see(&self, carried: &mut Carried, row: &dyn Row) {
        let mut anew: Option<u32> = None;
        for (own, above) in self.0.iter().zip(&mut carried.0) {
            let cell = row.cell(own.column);
            if let Some(reading) = own.parts {
                above.see_time(reading, cell, row.number());
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
                anew = Some(own.column);
                let is_missing = own.missing.contains(&text);
                let content = if is_missing { no_name(own, &cell.raw()) } else { CellContent::of(cell) };
                *above = Above { content, row: row.number(), ..Above::default() };
            }
            above.instead = own.missing.contains(&text);
        }
    }

    /// Counts what was filled in a row that was read.
    pub(crate) fn count(&self, tidying: &mut Tidying<'_>, row: &FilledRow<'_>) {
        for (own, above) in self.0.iter().zip(&row.carried.0) {
            let has_year_from_above = own.parts.is_some() && above.instead;
            if row.filled(own.column) == Filled::FromAbove || has_year_from_above {
                *tidying.filled.entry(own.header.clone()).or_default() += 1;
                tidying.filled_from.insert(above.row);
            }
        }
    }

    fn place(&self, column: u32) -> Option<usize> {
        self.0.iter().position(|own| own.column == column)
    }
}

impl Above {
    /// A time with its year, or a part of the year that stands above it: `4- 6.` under `1994/ 1- 3.` is 1994Q2.
    fn see_time(&mut self, reading: PeriodReading, cell: Cell<'_>, row: u32) {
        self.instead = false;
        let raw = cell.raw();
        if let Ok(period) = reading.read(&raw) {
            *self = Self { row, period: Some(period), ..Self::default() };
            return;
        }
        let part = reading.frequency.and_then(|frequency| part_of_year(&raw, frequency));
        let (Some(part), Some(before)) = (part, self.period) else { return };
        self.instead = true;
        match Period::of_year(before.frequency(), before.in_year(), part).filter(|own| *own > before) {
            Some(own) => {
                self.content = CellContent::Text(own.to_string());
                self.period = Some(own);
            }
            None => {
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
        self.columns.place(column).and_then(|at| self.carried.0.get(at))
    }

    /// Whether years are filled down in a column, and blank cells are blank.
    fn has_times(&self, column: u32) -> bool {
        self.columns.0.iter().any(|own| own.column == column && own.parts.is_some())
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
