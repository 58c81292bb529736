//! Panels that are read a part at a time.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;

use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::labels::Labels;
use crate::numbers::Numbers;
use crate::time_key::TimeKey;
use crate::type_words::type_in_words;

/// Some consecutive rows of a panel that is sorted by entity, then time.
#[derive(Debug, Clone)]
pub struct PanelChunk {
    /// The entities in order, each with its rows in the chunk. The first may have begun in the chunk before, the
    /// last may go on in the next.
    pub entities: Vec<(String, Range<usize>)>,
    /// Each row's time, as a number of its frequency.
    pub times: Vec<i32>,
    /// How long the times are.
    pub frequency: Frequency,
    /// The columns that were asked for, in that order.
    pub columns: Vec<Numbers>,
}

/// Where a panel's rows come from a chunk at a time, as often as they are needed. Rows are sorted by entity, then
/// time; an entity's are not interrupted by another's.
pub trait PanelChunks {
    /// Hands on chunks with the named columns, from the first row to the last. `visit` says whether it wants
    /// another.
    ///
    /// # Errors
    /// Where the rows can't be read or a column is absent or not of its kind.
    fn visit(&mut self, columns: &[&str], visit: &mut dyn FnMut(PanelChunk) -> bool) -> Result<()>;
}

impl PanelChunk {
    /// The chunk of a frame's rows.
    ///
    /// # Errors
    /// As [`Panel::new`](crate::Panel::new).
    pub fn of(frame: &DataFrame, entity: &str, time: &str, columns: &[&str]) -> Result<Self> {
        let column = |name: &str| {
            frame.column(name).map_err(|_| PanelError::NoColumn {
                column: name.into(),
                available: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
            })
        };
        let Labels { codes, labels } = Labels::of(entity, column(entity)?)?;
        if let Some(row) = codes.iter().position(|code| *code == Labels::MISSING) {
            return Err(PanelError::MissingKey { column: entity.into(), row: row + 1 });
        }
        let mut entities: Vec<(String, Range<usize>)> = Vec::new();
        let mut last = Labels::MISSING;
        for (row, code) in codes.iter().enumerate() {
            match entities.last_mut() {
                Some((_, rows)) if last == *code => rows.end = row + 1,
                _ => entities.push((labels[*code as usize].clone(), row..row + 1)),
            }
            last = *code;
        }
        let TimeKey { times, frequency, .. } = TimeKey::of(time, column(time)?)?;
        let numbers = |name: &&str| -> Result<Numbers> {
            let column = column(name)?;
            if !column.dtype().is_primitive_numeric() {
                return Err(PanelError::WrongType {
                    column: (*name).into(),
                    found: type_in_words(column.dtype()),
                    expected: "numbers",
                });
            }
            Ok(Numbers::of(column.cast(&DataType::Float64)?.f64()?.clone()))
        };
        Ok(Self { entities, times, frequency, columns: columns.iter().map(numbers).collect::<Result<_>>()? })
    }
}

/// A Parquet file, read a row group at a time; no more than one is in memory.
#[derive(Debug, Clone)]
pub struct ParquetPanel {
    path: PathBuf,
    entity: String,
    time: String,
}

impl ParquetPanel {
    /// The file at `path`, whose rows are sorted by its columns `entity` and `time`.
    pub fn new(path: impl AsRef<Path>, entity: impl Into<String>, time: impl Into<String>) -> Self {
        Self { path: path.as_ref().to_owned(), entity: entity.into(), time: time.into() }
    }

    fn open(&self) -> Result<ParquetReader<File>> {
        let file = File::open(&self.path).map_err(PolarsError::from)?;
        Ok(ParquetReader::new(file).read_parallel(ParallelStrategy::None))
    }
}

impl PanelChunks for ParquetPanel {
    fn visit(&mut self, columns: &[&str], visit: &mut dyn FnMut(PanelChunk) -> bool) -> Result<()> {
        let metadata = self.open()?.get_metadata()?.clone();
        let mut names: Vec<String> = vec![self.entity.clone(), self.time.clone()];
        names.extend(columns.iter().map(|name| (*name).to_owned()));
        let mut bare = metadata.as_ref().clone();
        bare.row_groups = Vec::new();
        for group in metadata.row_groups.iter() {
            // A reader that knows of this group alone doesn't look for it by way of those before.
            let mut own = bare.clone();
            own.num_rows = group.num_rows();
            own.row_groups = vec![group.clone()];
            let mut reader = self.open()?;
            reader.set_metadata(Arc::new(own));
            let frame = reader.with_columns(Some(names.clone())).finish()?;
            if !visit(PanelChunk::of(&frame, &self.entity, &self.time, columns)?) {
                break;
            }
        }
        Ok(())
    }
}

/// A frame in memory, handed on so many rows at a time.
#[derive(Debug, Clone)]
pub struct FrameChunks {
    /// The frame, sorted by entity, then time.
    pub frame: DataFrame,
    /// Its column of entities.
    pub entity: String,
    /// Its column of times.
    pub time: String,
    /// Rows of a chunk.
    pub rows: usize,
}

impl PanelChunks for FrameChunks {
    fn visit(&mut self, columns: &[&str], visit: &mut dyn FnMut(PanelChunk) -> bool) -> Result<()> {
        for start in (0..self.frame.height()).step_by(self.rows.max(1)) {
            let part = self.frame.slice(start as i64, self.rows.max(1));
            if !visit(PanelChunk::of(&part, &self.entity, &self.time, columns)?) {
                break;
            }
        }
        Ok(())
    }
}
