//! The cells that tidy values were read from.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

use vintner_diagnostics::one_of;
use vintner_ingest::{CellSaid, Source, said_of_cell};
use vintner_panel::{CellAddress, Frequency, Period, SourcePlace, TidyTable, VariablePlace, tidy_columns};
use vintner_pipeline::{ColumnNotes, Kind};

use super::made::Made;
use super::output_of::OutputOf;
use super::raw_cell::RawCell;
use crate::error::StagesError;

/// All tidy values of a vintage: each variable of a source is read when it is first asked for.
pub(super) struct Cells<'m, 'a> {
    made: &'m Made<'a>,
    sources: Vec<TidySource>,
    /// What has been read.
    read: RefCell<Vec<Rc<Read>>>,
    /// By source and variable, its place in `read`.
    places: RefCell<BTreeMap<(usize, String), usize>>,
}

/// The tidy values of one branch.
struct TidySource {
    of: OutputOf,
    variables: Vec<String>,
    place: SourcePlace,
    notes: ColumnNotes,
}

/// One variable of a source.
struct Read {
    source: usize,
    variable: String,
    table: TidyTable,
    /// Each entity's rows, in stretches.
    of_entity: OnceCell<HashMap<String, Vec<Range<usize>>>>,
}

/// A value is known by its variable's place in what was read, above, and its row, below.
const ROW_BITS: u32 = 40;

impl Read {
    fn rows_of(&self, entity: &str) -> Result<Vec<Range<usize>>, StagesError> {
        let Some(entities) = self.table.entities()? else {
            return Ok(std::iter::once(0..self.table.height()).collect());
        };
        let stretches = self.of_entity.get_or_init(|| {
            let mut stretches: HashMap<String, Vec<Range<usize>>> = HashMap::new();
            let mut open: Option<(&str, usize)> = None;
            let mut close = |entity: &str, rows: Range<usize>| match stretches.get_mut(entity) {
                Some(own) => own.push(rows),
                None => {
                    stretches.insert(entity.to_owned(), vec![rows]);
                }
            };
            for (row, entity) in entities.iter().enumerate() {
                let entity = entity.unwrap_or_default();
                match open {
                    Some((own, _)) if own == entity => {}
                    before => {
                        if let Some((own, first)) = before {
                            close(own, first..row);
                        }
                        open = Some((entity, row));
                    }
                }
            }
            if let Some((own, first)) = open {
                close(own, first..self.table.height());
            }
            stretches
        });
        Ok(stretches.get(entity).cloned().unwrap_or_default())
    }
}

impl<'m, 'a> Cells<'m, 'a> {
    pub(super) fn load(made: &'m Made<'a>) -> Result<Self, StagesError> {
        let sources = tidy_sources(made)?;
        Ok(Self { made, sources, read: RefCell::default(), places: RefCell::default() })
    }

    /// A variable of a source, and its place in what was read.
    fn read(&self, source: usize, variable: &str) -> Result<(usize, Rc<Read>), StagesError> {
        let key = (source, variable.to_owned());
        if let Some(at) = self.places.borrow().get(&key) {
            return Ok((*at, Rc::clone(&self.read.borrow()[*at])));
        }
        let table = self.made.tidy(&self.sources[source].of, variable)?;
        let read = Rc::new(Read { source, variable: variable.to_owned(), table, of_entity: OnceCell::new() });
        let mut all = self.read.borrow_mut();
        all.push(Rc::clone(&read));
        self.places.borrow_mut().insert(key, all.len() - 1);
        Ok((all.len() - 1, read))
    }

    /// The sources that have a variable, each read.
    fn having(&self, variable: &str) -> Result<Vec<(usize, Rc<Read>)>, StagesError> {
        let sources = self.sources.iter().enumerate();
        let has = |source: &TidySource| source.variables.iter().any(|own| own == variable);
        sources.filter(|(_, source)| has(source)).map(|(at, _)| self.read(at, variable)).collect()
    }

    /// The places of a variable's values that a row of the panel is made of: those of its entity and
    /// time, and of a series without entities those of its time; where longer periods are `repeated` in those of the
    /// panel, which are of that frequency, those of the period that the time lies in.
    pub(super) fn of_row(
        &self,
        variable: &str,
        entity: &str,
        time: i32,
        repeated: Option<Frequency>,
    ) -> Result<Vec<usize>, StagesError> {
        let mut found = Vec::new();
        for (at, read) in self.having(variable)? {
            let Some(own) = read.table.variable(variable)? else { continue };
            let frequency = read.table.frequency();
            let is_then = |row: usize| match repeated {
                None => own.time(row) == time,
                Some(shorter) => Period::from_ordinal(frequency, own.time(row))
                    .and_then(|period| period.divided(shorter))
                    .is_some_and(|periods| periods.contains(&time)),
            };
            for row in read.rows_of(entity)?.into_iter().flatten() {
                if is_then(row) && own.holds(row) {
                    found.push(id(at, row));
                }
            }
        }
        Ok(found)
    }

    /// The places of all values of tidy values.
    pub(super) fn of_output(&self, of: &OutputOf) -> Result<Vec<usize>, StagesError> {
        let mut found = Vec::new();
        let sources = self.sources.iter().enumerate().filter(|(_, source)| source.of == *of);
        for (source, tidy) in sources {
            for variable in &tidy.variables {
                let (at, read) = self.read(source, variable)?;
                let Some(own) = read.table.variable(variable)? else { continue };
                found.extend((0..read.table.height()).filter(|row| own.holds(*row)).map(|row| id(at, row)));
            }
        }
        Ok(found)
    }

    /// The places of a variable's values of a time.
    pub(super) fn of_time(&self, variable: &str, time: i32) -> Result<Vec<usize>, StagesError> {
        let mut found = Vec::new();
        for (at, read) in self.having(variable)? {
            let Some(own) = read.table.variable(variable)? else { continue };
            let rows = (0..read.table.height()).filter(|row| own.time(*row) == time && own.holds(*row));
            found.extend(rows.map(|row| id(at, row)));
        }
        Ok(found)
    }

    fn known(&self, at: usize) -> (Rc<Read>, usize) {
        let (read, row) = (at >> ROW_BITS, at & ((1 << ROW_BITS) - 1));
        (Rc::clone(&self.read.borrow()[read]), row)
    }

    /// The output that a value came from.
    pub(super) fn output(&self, at: usize) -> &OutputOf {
        &self.sources[self.known(at).0.source].of
    }

    pub(super) fn cell(&self, at: usize) -> Result<RawCell, StagesError> {
        let (read, row) = self.known(at);
        let own = read.table.variable(&read.variable)?;
        let own = own.ok_or_else(|| StagesError::NoCell {
            cell: read.variable.clone(),
            hint: "run `vintner audit --verify`".into(),
        })?;
        Ok(RawCell::of(&own, row))
    }
}

/// The values that were read from a cell, and what is said of one that none was read from.
pub(super) struct CellsAt {
    pub(super) cells: Vec<RawCell>,
    pub(super) said: Vec<String>,
}

/// The values that were read from a cell, `file!sheet!D15` or `file!D15`; of a key those of its row. Of each source only the rows
/// in the file's row are read.
pub(super) fn cells_at(made: &Made<'_>, text: &str) -> Result<CellsAt, StagesError> {
    let wanted = text.trim();
    let (file, cell) = match (wanted.split_once('!'), wanted.rsplit_once('!')) {
        (Some((file, _)), Some((_, cell))) => (file, cell.to_uppercase()),
        _ => (wanted, String::new()),
    };
    let sheet = wanted
        .strip_prefix(file)
        .and_then(|rest| rest.strip_prefix('!'))
        .and_then(|rest| rest.rsplit_once('!'))
        .map(|(sheet, _)| sheet);
    let number = cell.trim_start_matches(|character: char| character.is_ascii_alphabetic()).parse::<u32>();
    let sources = tidy_sources(made)?;
    let mut found = Vec::new();
    let is_here = |source: &TidySource| {
        source.place.file == file && sheet.is_none_or(|sheet| source.place.sheet.as_deref() == Some(sheet))
    };
    for source in &sources {
        if let (true, Ok(number)) = (is_here(source), &number) {
            source.cells_in_row(made, *number, Some(&cell), &mut found)?;
        }
    }
    if !found.is_empty() {
        return Ok(CellsAt { cells: found, said: Vec::new() });
    }
    let mut said: Vec<String> = Vec::new();
    if let (Ok(number), Some(column)) = (&number, column_of(&cell)) {
        for source in sources.iter().filter(|source| is_here(source)) {
            let Some(own) = said_of(made, source, (*number, column))? else { continue };
            if own.is_key {
                source.cells_in_row(made, *number, None, &mut found)?;
            }
            if !said.contains(&own.text) {
                said.push(own.text);
            }
        }
    }
    if !said.is_empty() {
        return Ok(CellsAt { cells: found, said });
    }
    let mut files: Vec<&str> = sources.iter().map(|source| source.place.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    Err(StagesError::NoCell {
        cell: text.to_owned(),
        hint: if files.contains(&file) {
            "name a cell of the table, as FILE!D15 or FILE!SHEET!D15".into()
        } else {
            one_of(file, files).unwrap_or_default()
        },
    })
}

impl TidySource {
    /// Adds the values that were read from a cell in the row `number` of the file, or from all of the row.
    fn cells_in_row(
        &self,
        made: &Made<'_>,
        number: u32,
        cell: Option<&str>,
        found: &mut Vec<RawCell>,
    ) -> Result<(), StagesError> {
        let place = &self.place;
        let is_elsewhere = |column: u32| {
            let (file, sheet) = (place.file.clone(), place.sheet.clone());
            cell.is_some_and(|cell| CellAddress { file, sheet, row: number, column }.cell() != cell)
        };
        // A variable of another column needn't be read.
        let mut wanted = Vec::new();
        for variable in &self.variables {
            let own = self.notes.get(variable).cloned().unwrap_or_else(|| serde_json::json!({}));
            let own: VariablePlace = serde_json::from_value(own)?;
            if !own.column.is_some_and(is_elsewhere) {
                wanted.push(variable.as_str());
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let Some(table) = made.tidy_row(&self.of, number, &wanted, self.notes.clone())? else {
            return Ok(());
        };
        for variable in wanted {
            let Some(own) = table.variable(variable)? else { continue };
            let is_it = |row: usize| cell.is_none_or(|cell| own.address(row).cell() == cell);
            let rows = (0..table.height()).filter(|row| own.holds(*row) && is_it(*row));
            found.extend(rows.map(|row| RawCell::of(&own, row)));
        }
        Ok(())
    }
}

/// What the source says of a cell that no value was read from; nothing where that can't be told.
fn said_of(made: &Made<'_>, source: &TidySource, cell: (u32, u32)) -> Result<Option<CellSaid>, StagesError> {
    let file = made.vintage.sources.iter().find(|file| file.name == source.place.source);
    let Some(file) = file else { return Ok(None) };
    let declared: Source = serde_json::from_value(file.declaration.clone())?;
    let bound = made.bound(&source.of.stage, &source.of.item);
    let crosswalk = bound.and_then(|bound| bound.files.get("crosswalk"));
    // Both were read when it was made; what can't be read now is told by nothing.
    Ok(said_of_cell(&declared, &file.path, crosswalk.map(PathBuf::as_path), cell).ok().flatten())
}

/// The column of a cell such as `D15`, counted from 1.
fn column_of(cell: &str) -> Option<u32> {
    let letters: Vec<u32> =
        cell.chars().take_while(char::is_ascii_uppercase).map(|letter| u32::from(letter) - 64).collect();
    (1..=3).contains(&letters.len()).then(|| letters.iter().fold(0, |column, letter| 26 * column + letter))
}

/// What the sources' branches made.
fn tidy_sources(made: &Made<'_>) -> Result<Vec<TidySource>, StagesError> {
    let mut sources = Vec::new();
    for stage in made.stages_of("ingest") {
        for (item, record) in made.branches(&stage.name) {
            for (output, kept) in &record.outputs {
                if kept.kind != Kind::Frame {
                    continue;
                }
                let of = OutputOf { stage: stage.name.clone(), item: item.clone(), output: output.clone() };
                let notes = made.notes(&of)?;
                let place = notes
                    .get(tidy_columns::ROW)
                    .cloned()
                    .unwrap_or_else(|| serde_json::json!({"source": "", "file": ""}));
                let variables = kept.columns.keys().filter(|name| tidy_columns::is_variable(name));
                let variables = variables.cloned().collect();
                sources.push(TidySource { of, variables, place: serde_json::from_value(place)?, notes });
            }
        }
    }
    Ok(sources)
}

fn id(read: usize, row: usize) -> usize {
    (read << ROW_BITS) | row
}
