//! From a Parquet file or a text that is larger than memory to its tidy values, some rows at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use polars::prelude::{Column, DataFrame, DataType};
use vintner_panel::{
    Absences, Notes, PanelError, PeriodWindow, SourcePlace, TidyTable, tidy_columns as names,
};

use crate::binary::{group_heights, read_groups};
use crate::checksum::Checksum;
use crate::columns::{Columns, ColumnsAsked};
use crate::crosswalk::Crosswalk;
use crate::delimited::blocks_from;
use crate::error::{IngestError, Result};
use crate::format::Format;
use crate::grid::Grid;
use crate::layout::Layout;
use crate::malformed::Malformed;
use crate::missing_codes::MissingCode;
use crate::names_outside::NameOutside;
use crate::packed::Packer;
use crate::read::{
    BLOCK, ROWS, dialect_of, head_of, head_of_text, labelled_columns, malformed, named, pass, undecodable,
    unreadable,
};
use crate::records::with_absences;
use crate::rows::RowBlock;
use crate::source::{Duplicates, Source, ValueLabels};
use crate::source_fault::SourceFaults;
use crate::text_encoding;
use crate::text_pieces::TextPieces;
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
    /// How many rows were left out for each text that stands where times do and is none.
    pub not_times: BTreeMap<String, usize>,
    /// Numbers that are codes for missing values most often and were read as numbers.
    pub codes: Vec<MissingCode>,
}

/// What of a source needs its file whole; nothing where it can be read in blocks.
pub fn needs_whole(source: &Source, path: &Path) -> Option<String> {
    let is_text = matches!(source.format, Format::Csv | Format::Tsv);
    if source.format != Format::Parquet && !is_text {
        return Some(format!("a source that is {}", source.format.in_words()));
    }
    if is_text && is_packed(path) {
        return Some("text that is packed".into());
    }
    if is_text && !text_encoding::is_divisible(source.encoding_label()) {
        return Some(format!("text in {}", source.encoding_label()));
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
    if !source.corrections.is_empty() {
        return Some("a source with `corrections`".into());
    }
    if !source.fill.is_empty() {
        return Some("a source whose keys are filled down".into());
    }
    if !source.sections.is_empty() {
        return Some("a source with `sections`".into());
    }
    if source.is_by_variable() {
        return Some("a source that names its variables row by row".into());
    }
    None
}

fn is_packed(path: &Path) -> bool {
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| file.take(Packer::TOLD_BY).read_to_end(&mut first));
    // A file that can't be read is told of when it is.
    read.is_ok() && Packer::of(&first).is_some()
}

/// Reads a Parquet or text source some rows at a time and hands on the tidy values of each `rows` rows, about. All have
/// the same columns: each variable's with that of its texts. Within a block a key that comes twice is a fault; whether
/// one comes in two of them is seen when they are assembled.
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
    let mut reading = Reading::new(asked);
    match source.format {
        Format::Csv | Format::Tsv => of_text(&mut reading, path, rows, &mut visit)?,
        _ => of_groups(&mut reading, path, rows, &mut visit)?,
    }
    Ok(reading.finish()?)
}

/// Reads the row groups of a Parquet file.
fn of_groups<E: From<IngestError>>(
    reading: &mut Reading<'_>,
    path: &Path,
    rows: usize,
    visit: &mut impl FnMut(DataFrame) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let source = reading.asked.source;
    let as_labels = labelled_columns(source, ValueLabels::Labels);
    let columns_asked =
        ColumnsAsked { names: Some(named(source)), as_labels, encoding: source.encoding.clone() };
    let wrong = |wrong| unreadable(source, wrong);
    let heights = group_heights(path).map_err(wrong)?;
    let mut parts = Vec::new();
    let mut first = 0;
    while first < heights.len() {
        let last = end_of(&heights, first, rows as u64);
        parts.push(first..last);
        first = last;
    }
    let read = |groups: Range<usize>| read_groups(path, &columns_asked, groups);
    let mut take = |columns: Columns| -> std::result::Result<bool, E> {
        let head = head_of(source, &columns);
        for start in (0..columns.height).step_by(rows.max(1)) {
            if !reading.take(&head, &columns.blocks_of(start..start + rows, ROWS), visit)? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    std::thread::scope(|scope| {
        // The next part is read while one is taken; it waits until it is asked for, so that there is no third.
        let (sender, receiver) = sync_channel(0);
        let (ahead, own) = (parts.clone(), &read);
        let reader = move || {
            for groups in ahead {
                let columns = own(groups);
                let is_last = columns.is_err();
                if sender.send(columns).is_err() || is_last {
                    return;
                }
            }
        };
        if std::thread::Builder::new().name("vintner-ahead".into()).spawn_scoped(scope, reader).is_err() {
            // Without another thread they are read in turn.
            for groups in parts {
                if !take(read(groups).map_err(wrong)?)? {
                    break;
                }
            }
            return Ok(());
        }
        for columns in receiver {
            if !take(columns.map_err(wrong)?)? {
                break;
            }
        }
        Ok(())
    })
}

/// Reads a text piece by piece.
fn of_text<E: From<IngestError>>(
    reading: &mut Reading<'_>,
    path: &Path,
    rows: usize,
    visit: &mut impl FnMut(DataFrame) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let source = reading.asked.source;
    let dialect = dialect_of(source);
    let io = |problem| IngestError::Io { path: path.to_owned(), problem };
    // A field has about as many bytes as a number in memory.
    let row_bytes = (source.columns.len() + 3).saturating_mul(8);
    let mut pieces =
        TextPieces::open(path, dialect, rows.saturating_mul(row_bytes).max(LEAST)).map_err(io)?;
    let mut head: Option<Grid> = None;
    while let Some(piece) = pieces.next().map_err(io)? {
        let told = |wrong: Malformed| malformed(source, wrong);
        let decoded = text_encoding::decode_part(&piece.bytes, source.encoding_label(), piece.before)
            .map_err(|wrong| undecodable(source, piece.line, wrong))?;
        let head: &Grid = match &head {
            Some(head) => head,
            None => head.insert(head_of_text(source, &decoded.text, dialect).map_err(told)?),
        };
        if !reading.take(head, &blocks_from(&decoded.text, dialect, BLOCK, piece.line), visit)? {
            return Ok(());
        }
    }
    Ok(())
}

/// A piece of text has so many bytes at least, so that its header is in the first.
const LEAST: usize = 1 << 16;

/// What was read so far.
struct Reading<'a> {
    asked: Asked<'a>,
    all: Tidying<'a>,
    counted: Counted,
    notes: Notes,
}

impl<'a> Reading<'a> {
    fn new(asked: Asked<'a>) -> Self {
        Self { asked, all: Tidying::new(asked), counted: Counted::default(), notes: Notes::new() }
    }

    /// Takes rows, and hands on their tidy values; false where the header is at fault, which is so in every block.
    fn take<E: From<IngestError>, B: RowBlock>(
        &mut self,
        head: &Grid,
        blocks: &[B],
        visit: &mut impl FnMut(DataFrame) -> std::result::Result<(), E>,
    ) -> std::result::Result<bool, E> {
        let source = self.asked.source;
        let (mut own, headers) = pass(self.asked, head, blocks)?;
        let records = own.take_records(&headers);
        let failed = self.all.fault_count() + own.fault_count() > 0;
        // What is odd about the header is so in every block, too.
        if self.all.unread.is_empty() {
            self.all.unread = std::mem::take(&mut own.unread);
        }
        own.warnings.retain(|warning| !self.all.warnings.contains(warning));
        // So is what is wrong with the manifest.
        own.found.retain(|one| {
            let mut before = self.all.found.iter();
            one.problem.cell.is_some() || !before.any(|other| other.problem == one.problem)
        });
        self.all.absorb(own);
        if headers.is_empty() {
            return Ok(false);
        }
        if !failed && records.len() > 0 {
            let used = records.rows_used(&[]);
            let place = self.asked.place.clone();
            let table = records.into_table(source, place, &headers, &[], &Absences::default());
            let table = table.map_err(IngestError::from)?;
            self.counted.add(&table, used).map_err(IngestError::from)?;
            let (frame, notes) = table.into_parts();
            self.notes = notes;
            visit(uniform(frame, source).map_err(IngestError::from)?)?;
        }
        Ok(true)
    }

    /// What there is to say once all was read, or all that is wrong.
    fn finish(mut self) -> Result<TidiedInBlocks> {
        let (name, place) = (self.asked.source.name.clone(), self.asked.place);
        let ended = self
            .all
            .finish_without_records(self.counted.used, &self.counted.empty(), Vec::new())
            .map_err(|faults: SourceFaults| IngestError::Source { name, faults })?;
        let own = with_absences(place, &ended.absences).map_err(|error| {
            let message = error.to_string();
            IngestError::from(PanelError::Note { column: names::ROW.into(), message })
        })?;
        self.notes.insert(names::ROW.into(), own);
        Ok(TidiedInBlocks {
            notes: self.notes,
            warnings: ended.warnings,
            rows_read: ended.rows_read,
            rows_used: self.counted.used,
            values: self.counted.values,
            missing: self.counted.missing,
            flags: self.counted.flags,
            rows_left_out: ended.rows_left_out,
            names_outside: ended.names_outside,
            not_times: ended.not_times,
            codes: ended.codes,
        })
    }
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
