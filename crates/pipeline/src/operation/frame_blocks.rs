//! Frames that are read, and written, some rows at a time.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use polars_parquet::write::{KeyValue, schema_to_metadata_key};
use tempfile::{NamedTempFile, TempPath};
use vintner_diagnostics::did_you_mean;

use super::column_notes::{ColumnNotes, NOTES, notes_of, notes_text, refused};
use super::memory::block_rows;
use crate::error::{PipelineError, Result};

/// A frame in a Parquet file, of which no more than a row group and a block are in memory.
#[derive(Debug, Clone)]
pub struct FrameBlocks {
    what: String,
    path: PathBuf,
    metadata: FileMetadataRef,
    /// The same without its row groups.
    bare: FileMetadataRef,
    /// The frame without rows, all columns.
    empty: DataFrame,
    /// The columns that are read, in that order; none where nothing is.
    columns: Vec<String>,
    notes: ColumnNotes,
    rows: usize,
}

impl FrameBlocks {
    /// The frame in a file, of which the columns are read that `read_of` picks of all; all where it picks none. Blocks
    /// have as many rows as go well with `memory`.
    pub(crate) fn open(
        path: &Path,
        what: &str,
        memory: u64,
        read_of: impl FnOnce(&[&str]) -> Option<Vec<String>>,
    ) -> Result<Self> {
        let told = |error: &PolarsError| refused(what, error);
        let mut reader = reader_of(path).map_err(|error| told(&error))?;
        let mut notes = notes_of(&mut reader).map_err(|error| told(&error))?;
        let metadata = reader.get_metadata().map_err(|error| told(&error))?.clone();
        let schema = reader.schema().map_err(|error| told(&error))?;
        let empty = schema
            .iter()
            .map(|(name, field)| Column::new_empty(name.clone(), &DataType::from_arrow_field(field)))
            .collect();
        let empty = DataFrame::new(0, empty).map_err(|error| told(&error))?;
        let all: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
        let columns = read_of(&all).unwrap_or_else(|| all.iter().map(|name| (*name).to_owned()).collect());
        notes.retain(|column, _| columns.contains(column));
        let rows = block_rows(memory, columns.len());
        let mut bare = (*metadata).clone();
        bare.row_groups = Vec::new();
        bare.num_rows = 0;
        let (what, path, bare) = (what.to_owned(), path.to_owned(), Arc::new(bare));
        Ok(Self { what, path, metadata, bare, empty, columns, notes, rows })
    }

    /// How many rows it has.
    pub fn height(&self) -> usize {
        self.metadata.num_rows
    }

    /// How many rows a block has, but for the last. It depends on the columns and on the memory that stages may take,
    /// and not on how the file is laid out.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns that are read.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The notes to these.
    pub fn notes(&self) -> &ColumnNotes {
        &self.notes
    }

    /// The same frame, of which only `columns` are read, in that order, with the same blocks.
    ///
    /// # Errors
    /// [`PipelineError::Artifact`] where it hasn't one of them.
    pub fn of_columns(&self, columns: &[&str]) -> Result<Self> {
        if let Some(absent) = columns.iter().find(|name| !self.columns.iter().any(|own| own == *name)) {
            let near = did_you_mean(absent, self.columns.iter().map(String::as_str));
            let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            let message = format!("no column `{absent}`{near}; it has {}", self.columns.join(", "));
            return Err(PipelineError::Artifact { what: self.what.clone(), message });
        }
        Ok(Self { columns: columns.iter().map(|name| (*name).to_owned()).collect(), ..self.clone() })
    }

    /// Hands on the blocks from the first row to the last, as long as `visit` wants another.
    ///
    /// # Errors
    /// Where the file can't be read, and what `visit` says.
    pub fn each<E: From<PipelineError>>(
        &self,
        mut visit: impl FnMut(DataFrame) -> std::result::Result<bool, E>,
    ) -> std::result::Result<(), E> {
        let mut held: Option<DataFrame> = None;
        let mut start = 0;
        for group in self.metadata.row_groups.iter() {
            let end = start + group.num_rows();
            // A group may be large; of a part of it no more is decoded.
            while start < end {
                let rows = self.rows.min(end - start);
                let frame = self.read(start, rows).map_err(|error| refused(&self.what, &error))?;
                start += rows;
                let mut all = match held.take() {
                    Some(held) => held.vstack(&frame).map_err(|error| refused(&self.what, &error))?,
                    None => frame,
                };
                if all.height() >= self.rows {
                    let mut block = all.slice(0, self.rows);
                    all = all.slice(self.rows as i64, all.height() - self.rows);
                    block.rechunk_mut();
                    if !visit(block)? {
                        return Ok(());
                    }
                }
                held = (all.height() > 0).then_some(all);
            }
        }
        if let Some(mut rest) = held {
            rest.rechunk_mut();
            visit(rest)?;
        }
        Ok(())
    }

    /// Some of the rows, counted from 0, read alone.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn part(&self, rows: Range<usize>) -> Result<DataFrame> {
        let read = self.read(rows.start, rows.len());
        let frame = read.map(|mut frame| {
            frame.rechunk_mut();
            frame
        });
        frame.map_err(|error| refused(&self.what, &error))
    }

    fn read(&self, start: usize, rows: usize) -> PolarsResult<DataFrame> {
        if self.columns.is_empty() {
            return Ok(DataFrame::empty_with_height(rows));
        }
        // The reader looks into every group before the rows that it is asked for, so it is told of no others than theirs:
        // else the time grew with the square of the groups.
        let (mut groups, mut before, mut skipped) = (Vec::new(), 0, 0);
        for group in self.metadata.row_groups.iter() {
            let end = before + group.num_rows();
            if end > start && before < start + rows {
                if groups.is_empty() {
                    skipped = before;
                }
                groups.push(group.clone());
            }
            before = end;
        }
        let mut own = (*self.bare).clone();
        own.num_rows = groups.iter().map(|group| group.num_rows()).sum();
        own.row_groups = groups;
        let mut reader = reader_of(&self.path)?;
        reader.set_metadata(Arc::new(own));
        let slice = (start.saturating_sub(skipped), rows);
        let frame = reader.with_columns(Some(self.columns.clone())).with_slice(Some(slice)).finish()?;
        frame.select(self.columns.iter().map(String::as_str))
    }

    /// The columns that are read, without a row.
    ///
    /// # Errors
    /// Where one isn't there.
    pub fn empty(&self) -> Result<DataFrame> {
        let frame = self.empty.select(self.columns.iter().map(String::as_str));
        frame.map_err(|error| refused(&self.what, &error))
    }

    /// All of it at once.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn whole(&self) -> Result<DataFrame> {
        let mut all = self.empty()?;
        self.each(|block| -> Result<bool> {
            all.vstack_mut(&block).map_err(|error| refused(&self.what, &error))?;
            Ok(true)
        })?;
        all.rechunk_mut();
        Ok(all)
    }
}

/// The rows of a frame from one on, in memory of their own.
fn copied(frame: &DataFrame, from: usize) -> PolarsResult<DataFrame> {
    let rows = (from..frame.height()).map(|row| row as IdxSize).collect();
    frame.take(&IdxCa::from_vec("rows".into(), rows))
}

fn reader_of(path: &Path) -> PolarsResult<ParquetReader<File>> {
    let file = File::open(path).map_err(PolarsError::from)?;
    Ok(ParquetReader::new(file).read_parallel(ParallelStrategy::Columns))
}

/// How large frames are packed. Their numbers have little that repeats: Zstd takes three times as long for a tenth fewer
/// bytes, and every reader of Parquet knows Snappy.
pub(super) const LARGE_FRAMES: ParquetCompression = ParquetCompression::Snappy;

/// A frame that a stage writes some rows at a time, in a file that goes once it is kept.
pub struct FrameWriter {
    file: NamedTempFile,
    writer: Option<BatchedWriter<File>>,
    rows: u64,
    /// What is held back until it fills a row group.
    held: Option<DataFrame>,
    group: usize,
    memory: u64,
}

/// A frame that was written into a file.
#[derive(Debug, Clone)]
pub struct WrittenFrame {
    pub(crate) path: Arc<TempPath>,
    pub(crate) rows: u64,
}

impl WrittenFrame {
    /// The frame, to be read some rows at a time within `memory`.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn blocks(&self, memory: u64) -> Result<FrameBlocks> {
        FrameBlocks::open(&self.path, "what was written in blocks", memory, |_| None)
    }
}

/// Rows of a row group, as Polars has them.
const GROUP: usize = 512 * 512;

impl FrameWriter {
    /// A frame in a new file of `folder`; rows are written in groups that go well with `memory`.
    pub(crate) fn new(folder: &Path, memory: u64) -> Result<Self> {
        let file =
            NamedTempFile::new_in(folder).map_err(PipelineError::io(folder, "making a temporary file"))?;
        Ok(Self { file, writer: None, rows: 0, held: None, group: GROUP, memory })
    }

    /// Writes groups of so many rows, or what is near it.
    pub(crate) fn hold_back(&mut self, rows: u64) {
        self.group = usize::try_from(rows).unwrap_or(GROUP).clamp(256, GROUP);
    }

    /// Whether nothing was written yet, not even which columns there are.
    pub fn is_new(&self) -> bool {
        self.held.is_none() && self.writer.is_none()
    }

    /// Adds rows. The first have the columns, and their types, that all have.
    ///
    /// # Errors
    /// Where they can't be written, or have other columns than those before.
    pub fn write(&mut self, frame: DataFrame) -> Result<()> {
        self.add(frame).map_err(|error| self.refused(&error))
    }

    fn add(&mut self, frame: DataFrame) -> PolarsResult<()> {
        let all = match self.held.take() {
            Some(held) => held.vstack(&frame)?,
            None => frame,
        };
        if self.writer.is_none() {
            // As many as a block has that is read: of a part of a group all before it is unpacked too.
            self.group = self.group.min(block_rows(self.memory, all.width()));
        }
        let mut put = 0;
        while all.height() - put >= self.group {
            self.put(all.slice(put as i64, self.group))?;
            put += self.group;
        }
        // A slice would hold all of what it was cut from.
        self.held = Some(if put > 0 { copied(&all, put)? } else { all });
        Ok(())
    }

    fn put(&mut self, mut frame: DataFrame) -> PolarsResult<()> {
        frame.rechunk_mut();
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = self.file.reopen().map_err(PolarsError::from)?;
                let writer = ParquetWriter::new(file)
                    .with_compression(LARGE_FRAMES)
                    .set_parallel(true)
                    .batched(frame.schema())?;
                self.writer.insert(writer)
            }
        };
        self.rows += frame.height() as u64;
        writer.write_batch(&frame)
    }

    /// The frame with notes to its columns, once all rows are written; at the least one call of [`FrameWriter::write`]
    /// has said which columns there are.
    ///
    /// # Errors
    /// Where the rest can't be written.
    pub fn finish(mut self, notes: &ColumnNotes) -> Result<WrittenFrame> {
        let rest = self.held.take().unwrap_or_else(DataFrame::empty);
        let written = (|| -> PolarsResult<()> {
            if rest.height() > 0 || self.writer.is_none() {
                self.put(rest)?;
            }
            let Some(writer) = &self.writer else { return Ok(()) };
            let mut writer = writer.get_writer().lock().unwrap_or_else(PoisonError::into_inner);
            let kept = notes_text(notes).map(|text| {
                let notes = KeyValue { key: NOTES.to_owned(), value: Some(text) };
                vec![schema_to_metadata_key(writer.schema()), notes]
            });
            writer.end(kept).map(|_| ())
        })();
        written.map_err(|error| self.refused(&error))?;
        self.writer = None;
        Ok(WrittenFrame { path: Arc::new(self.file.into_temp_path()), rows: self.rows })
    }

    fn refused(&self, error: &PolarsError) -> PipelineError {
        refused(&format!("writing {}", self.file.path().display()), error)
    }
}
