//! The cells that tidy values were read from.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

use serde::Serialize;
use vintner_diagnostics::one_of;
use vintner_panel::{CellAddress, SourcePlace, TidyTable, VariablePlace, tidy_columns};
use vintner_pipeline::{ColumnNotes, Kind};

use super::made::{Made, OutputOf};
use crate::error::StagesError;

/// A value as it was read from a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawCell {
    /// The variable.
    pub variable: String,
    /// The entity; none for a series without entities.
    pub entity: Option<String>,
    /// The time.
    pub time: i32,
    /// The period as it is printed, where times are no plain years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// A further key, such as an industry.
    pub category: Option<String>,
    /// The source.
    pub source: String,
    /// Where it stands.
    pub address: CellAddress,
    /// The text as read.
    pub raw: String,
    /// The number that it gives, in the variable's unit; none where it is missing or text.
    pub value: Option<f64>,
    /// What it gives where the variable is text or whole numbers, which may have more digits than `value` keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl RawCell {
    /// The time as it is printed.
    pub fn when(&self) -> String {
        self.period.clone().unwrap_or_else(|| self.time.to_string())
    }

    /// What the cell gives, its number told by `number`.
    pub fn gives(&self, number: impl Fn(f64) -> String) -> String {
        let text = self.label.clone().or_else(|| self.value.map(number));
        text.unwrap_or_else(|| "missing".to_owned())
    }

    fn key(&self) -> (&str, &Option<String>, i32, &Option<String>, &CellAddress) {
        (&self.variable, &self.entity, self.time, &self.category, &self.address)
    }
}

impl Eq for RawCell {}

impl PartialOrd for RawCell {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RawCell {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

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
        let mut sources = Vec::new();
        for stage in made.stages_of("ingest") {
            for (item, record) in made.branches(&stage.name) {
                for (output, kept) in &record.outputs {
                    if kept.kind != Kind::Frame {
                        continue;
                    }
                    let of =
                        OutputOf { stage: stage.name.clone(), item: item.clone(), output: output.clone() };
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
    /// time, and of a series without entities those of its time.
    pub(super) fn of_row(&self, variable: &str, entity: &str, time: i32) -> Result<Vec<usize>, StagesError> {
        let mut found = Vec::new();
        for (at, read) in self.having(variable)? {
            let Some(own) = read.table.variable(variable)? else { continue };
            for row in read.rows_of(entity)?.into_iter().flatten() {
                if own.time(row) == time && own.holds(row) {
                    found.push(id(at, row));
                }
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

    /// The entity and time of each of some values; no entity where it is a series without them.
    pub(super) fn keys(&self, values: &[usize]) -> Result<Vec<(Option<String>, i32)>, StagesError> {
        let mut keys = Vec::new();
        for at in values {
            let (read, row) = self.known(*at);
            if let Some(own) = read.table.variable(&read.variable)? {
                keys.push((own.entity(row).map(str::to_owned), own.time(row)));
            }
        }
        keys.sort();
        keys.dedup();
        Ok(keys)
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
        let (value, whole) = (own.value(row), own.wholes().and_then(|wholes| wholes.get(row)));
        let text = own.labels().and_then(|labels| labels.get(row)).map(str::to_owned);
        Ok(RawCell {
            variable: value.variable,
            entity: value.entity,
            time: value.time,
            period: value.period,
            category: value.category,
            source: value.source,
            address: value.address,
            raw: value.raw,
            value: value.value,
            label: text.or(whole.map(|whole| whole.to_string())),
        })
    }

    /// The values that were read from a cell, `file!sheet!D15` or `file!D15`.
    pub(super) fn find(&self, text: &str) -> Result<Vec<usize>, StagesError> {
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
        let number =
            cell.trim_start_matches(|character: char| character.is_ascii_alphabetic()).parse::<u32>();
        let mut found = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            let here = source.place.file == file
                && sheet.is_none_or(|sheet| source.place.sheet.as_deref() == Some(sheet));
            if let (true, Ok(number)) = (here, &number) {
                self.find_in(at, *number, &cell, &mut found)?;
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
        let mut files: Vec<&str> = self.sources.iter().map(|source| source.place.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        Err(StagesError::NoCell {
            cell: text.to_owned(),
            hint: if files.contains(&file) {
                "no value that the pipeline uses was read there; name it as FILE!SHEET!D15".into()
            } else {
                one_of(file, files).unwrap_or_default()
            },
        })
    }

    /// Adds the values of a source that were read from a cell in the row `number`.
    fn find_in(
        &self,
        source: usize,
        number: u32,
        cell: &str,
        found: &mut Vec<usize>,
    ) -> Result<(), StagesError> {
        let TidySource { variables, notes, place, .. } = &self.sources[source];
        for variable in variables {
            let own: VariablePlace = serde_json::from_value(
                notes.get(variable).cloned().unwrap_or_else(|| serde_json::json!({})),
            )?;
            let elsewhere = |column: u32| {
                let (file, sheet) = (place.file.clone(), place.sheet.clone());
                CellAddress { file, sheet, row: number, column }.cell() != cell
            };
            // A variable of another column needn't be read.
            if own.column.is_some_and(elsewhere) {
                continue;
            }
            let (at, read) = self.read(source, variable)?;
            let Some(own) = read.table.variable(variable)? else { continue };
            let rows = read.table.rows()?;
            // Rows stand in the order of the file.
            let first = rows.partition_point(|row| *row < number);
            let here = (first..rows.len()).take_while(|row| rows[*row] == number);
            found.extend(
                here.filter(|row| own.holds(*row) && own.address(*row).cell() == cell).map(|row| id(at, row)),
            );
        }
        Ok(())
    }
}

fn id(read: usize, row: usize) -> usize {
    (read << ROW_BITS) | row
}
