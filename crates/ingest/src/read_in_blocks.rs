//! From a Parquet file that is larger than memory to its tidy values, some rows at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType};
use vintner_panel::{
    Absences, Notes, PanelError, PeriodWindow, SourcePlace, TidyTable, tidy_columns as names,
};

use crate::binary::{group_heights, read_groups};
use crate::checksum::Checksum;
use crate::columns::ColumnsAsked;
use crate::crosswalk::Crosswalk;
use crate::error::{IngestError, Result};
use crate::format::Format;
use crate::layout::Layout;
use crate::names_outside::NameOutside;
use crate::read::{ROWS, head_of, labelled_columns, named, pass, unreadable};
use crate::records::with_absences;
use crate::source::{Duplicates, Source, ValueLabels};
use crate::source_fault::SourceFaults;
use crate::tidying::{Asked, Tidying};

/// What there is to say of a source whose tidy values went on their way, block by block.
#[derive(Debug)]
pub struct TidiedInBlocks {
    /// The notes to the columns of all blocks.
    pub notes: Notes,
    /// What is odd without being wrong.
    pub warnings: Vec<String>,
    /// How many rows held anything.
    pub rows_read: usize,
    /// How many of them gave a value.
    pub rows_used: usize,
    /// Values, and how many of them are missing.
    pub values: usize,
    /// How many of the values are missing.
    pub missing: usize,
    /// How many values each mark stands beside, by variable and mark.
    pub flags: BTreeMap<String, BTreeMap<String, usize>>,
    /// How many rows are of names that aren't in the crosswalk.
    pub rows_left_out: usize,
    /// These names.
    pub names_outside: Vec<NameOutside>,
}

/// What of a source needs its file whole; nothing where it can be read in blocks.
pub fn needs_whole(source: &Source) -> Option<String> {
    if source.format != Format::Parquet {
        return Some(format!("a source that is {}", source.format.in_words()));
    }
    if source.layout != Layout::Long {
        return Some("a source whose layout isn't `long`".into());
    }
    if source.has_observations() {
        return Some("a source without ids, whose rows go by their numbers,".into());
    }
    if source.duplicates != Duplicates::Error {
        return Some("`duplicates`".into());
    }
    if source.is_by_variable() {
        return Some("a source that names its variables row by row".into());
    }
    None
}

/// Reads a Parquet source some row groups at a time and hands on the tidy values of each `rows` rows. All have the same
/// columns: each variable's with that of its texts. Within a block a key that comes twice is a fault; whether one comes
/// in two of them is seen when they are assembled.
///
/// # Errors
/// As [`read_source_bytes`](crate::read_source_bytes), and what `visit` says.
pub fn read_source_in_blocks<E: From<IngestError>>(
    source: &Source,
    path: &Path,
    crosswalk: Option<&Crosswalk>,
    window: Option<PeriodWindow>,
    rows: usize,
    mut visit: impl FnMut(DataFrame) -> std::result::Result<(), E>,
) -> std::result::Result<TidiedInBlocks, E> {
    static NONE: BTreeSet<usize> = BTreeSet::new();
    check_sum(source, path)?;
    let file = source.file.clone();
    let place = SourcePlace { source: source.name.clone(), file, sheet: None, observations: false };
    let asked = Asked { source, place: &place, crosswalk, window, by_comma: &NONE };
    let as_labels = labelled_columns(source, ValueLabels::Labels);
    let columns_asked =
        ColumnsAsked { names: Some(named(source)), as_labels, encoding: source.encoding.clone() };
    let wrong = |wrong| unreadable(source, wrong);
    let heights = group_heights(path).map_err(wrong)?;

    let mut all = Tidying::new(asked);
    let mut counted = Counted::default();
    let mut notes = Notes::new();
    let mut first = 0;
    while first < heights.len() {
        let last = end_of(&heights, first, rows as u64);
        let columns = read_groups(path, &columns_asked, first..last).map_err(wrong)?;
        first = last;
        let head = head_of(source, &columns);
        for start in (0..columns.height).step_by(rows.max(1)) {
            let (mut own, headers) = pass(asked, &head, &columns.blocks_of(start..start + rows, ROWS))?;
            // What is wrong with the header is so in every block.
            let is_headless = headers.is_empty();
            let records = own.take_records(&headers);
            let failed = all.fault_count() + own.fault_count() > 0;
            all.absorb(own);
            if is_headless {
                first = heights.len();
                break;
            }
            if !failed && records.len() > 0 {
                let used = records.rows_used(&[]);
                let table = records.into_table(source, place.clone(), &headers, &[], &Absences::default());
                let table = table.map_err(IngestError::from)?;
                counted.add(&table, used).map_err(IngestError::from)?;
                let (frame, own_notes) = table.into_parts();
                notes = own_notes;
                visit(uniform(frame, source).map_err(IngestError::from)?)?;
            }
        }
    }
    let ended = all
        .finish_without_records(counted.used, &counted.empty(), Vec::new())
        .map_err(|faults: SourceFaults| IngestError::Source { name: source.name.clone(), faults })?;
    let own = with_absences(&place, &ended.absences).map_err(|error| {
        let message = error.to_string();
        IngestError::from(PanelError::Note { column: names::ROW.into(), message })
    })?;
    notes.insert(names::ROW.into(), own);
    Ok(TidiedInBlocks {
        notes,
        warnings: ended.warnings,
        rows_read: ended.rows_read,
        rows_used: counted.used,
        values: counted.values,
        missing: counted.missing,
        flags: counted.flags,
        rows_left_out: ended.rows_left_out,
        names_outside: ended.names_outside,
    })
}

fn check_sum(source: &Source, path: &Path) -> Result<()> {
    let io = |problem| IngestError::Io { path: path.to_owned(), problem };
    let found = Checksum::of_file(path).map_err(io)?;
    if Checksum::parse(&source.sha256).as_ref() == Some(&found) {
        return Ok(());
    }
    Err(IngestError::Checksum {
        name: source.name.clone(),
        file: source.file.clone(),
        expected: source.sha256.clone(),
        found: found.to_string(),
        line_ends: false,
        faults: Box::default(),
    })
}

/// Where the groups end that are read together with the first: one, or as many small ones as have about `rows` rows.
fn end_of(heights: &[u64], first: usize, rows: u64) -> usize {
    let mut sum = 0_u64;
    let mut end = first;
    for height in heights.iter().skip(first) {
        sum = sum.saturating_add(*height);
        if end > first && sum > rows {
            break;
        }
        end += 1;
    }
    end
}

/// The frame with a column of texts for each variable, empty where the block has none.
fn uniform(frame: DataFrame, source: &Source) -> std::result::Result<DataFrame, PanelError> {
    let height = frame.height();
    let mut columns: Vec<Column> = Vec::new();
    for column in frame.columns() {
        let name = column.name().as_str();
        if name.ends_with(names::TEXT) {
            continue;
        }
        columns.push(column.clone());
        if source.columns.iter().any(|own| own.variable == name) {
            let texts = names::text(name);
            columns.push(match frame.column(&texts) {
                Ok(texts) => texts.clone(),
                Err(_) => Column::full_null(texts.as_str().into(), height, &DataType::String),
            });
        }
    }
    Ok(DataFrame::new(height, columns)?)
}

/// What is counted of all blocks.
#[derive(Default)]
struct Counted {
    used: usize,
    values: usize,
    missing: usize,
    flags: BTreeMap<String, BTreeMap<String, usize>>,
    /// By variable, whether a cell held anything so far.
    filled: BTreeMap<String, bool>,
}

impl Counted {
    fn add(&mut self, table: &TidyTable, used: usize) -> vintner_panel::Result<()> {
        self.used += used;
        for variable in table.variables()? {
            if let Some(beside) = variable.beside() {
                let counts = self.flags.entry(beside.to_owned()).or_default();
                let marks = variable.labels().into_iter().flat_map(|marks| marks.iter());
                for mark in marks.flatten().filter(|mark| !mark.is_empty()) {
                    *counts.entry(mark.to_owned()).or_default() += 1;
                }
                continue;
            }
            let column = table.frame().column(variable.name())?;
            self.values += column.len();
            self.missing += column.null_count();
            let filled = self.filled.entry(variable.name().to_owned()).or_default();
            *filled = *filled || (0..table.height()).any(|row| !variable.is_blank(row));
        }
        Ok(())
    }

    fn empty(&self) -> Vec<String> {
        self.filled.iter().filter(|(_, filled)| !**filled).map(|(name, _)| name.clone()).collect()
    }
}
