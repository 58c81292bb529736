//! The digest of a column's type and values.

use polars::prelude::*;

use crate::digest::Digest;

/// A column's values are taken into its digest so many bytes at a time.
const STREAM: usize = 1 << 16;

/// A digest of a column's type and values (its name is left out), the same however the column is
/// split into chunks.
pub(crate) fn column_digest(column: &Column) -> PolarsResult<Digest> {
    let mut digest = ColumnDigest::new(column.dtype(), column.len() as u64);
    digest.add(column)?;
    Ok(digest.finish())
}

/// The digest of a column that comes a part at a time. Of a type that is digested as a whole it has to come in one.
pub(crate) struct ColumnDigest {
    hasher: blake3::Hasher,
    stream: Vec<u8>,
    data_type: DataType,
    height: u64,
}

impl ColumnDigest {
    /// Of a column of so many rows.
    pub(crate) fn new(data_type: &DataType, height: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(data_type.to_string().as_bytes());
        hasher.update(&height.to_le_bytes());
        Self { hasher, stream: Vec::with_capacity(STREAM), data_type: data_type.clone(), height }
    }

    /// Takes in the rows that follow.
    pub(crate) fn add(&mut self, column: &Column) -> PolarsResult<()> {
        if *column.dtype() != self.data_type {
            let message = format!(
                "column `{}` holds {} after {}; a column is of one type",
                column.name(),
                column.dtype(),
                self.data_type
            );
            return Err(PolarsError::SchemaMismatch(message.into()));
        }
        let Self { hasher, stream, .. } = self;
        // One byte says whether a value follows, so that no two columns share a stream of bytes.
        let mut put = |value: Option<&[u8]>| {
            stream.push(u8::from(value.is_some()));
            stream.extend_from_slice(value.unwrap_or_default());
            // Many bytes at once are taken in much faster.
            if stream.len() >= STREAM {
                hasher.update(stream);
                stream.clear();
            }
        };
        match column.dtype() {
            DataType::String => {
                for value in column.str()?.iter() {
                    put(value
                        .map(|text| (text.len() as u64).to_le_bytes())
                        .as_ref()
                        .map(|bytes| bytes.as_slice()));
                    put(value.map(str::as_bytes));
                }
            }
            DataType::Float64 => {
                column
                    .f64()?
                    .iter()
                    .for_each(|value| put(value.map(f64::to_le_bytes).as_ref().map(|b| b.as_slice())));
            }
            DataType::Int32 => {
                column
                    .i32()?
                    .iter()
                    .for_each(|value| put(value.map(i32::to_le_bytes).as_ref().map(|b| b.as_slice())));
            }
            DataType::UInt32 => {
                column
                    .u32()?
                    .iter()
                    .for_each(|value| put(value.map(u32::to_le_bytes).as_ref().map(|b| b.as_slice())));
            }
            DataType::Int64 => {
                column
                    .i64()?
                    .iter()
                    .for_each(|value| put(value.map(i64::to_le_bytes).as_ref().map(|b| b.as_slice())));
            }
            DataType::Boolean => {
                column.bool()?.iter().for_each(|value| {
                    put(value.map(|flag| [u8::from(flag)]).as_ref().map(|b| b.as_slice()));
                });
            }
            other if column.len() as u64 != self.height => {
                let message = format!("column `{}` of type {other} can't be kept in blocks", column.name());
                return Err(PolarsError::InvalidOperation(message.into()));
            }
            _ => {
                let named = column.clone().with_name("column".into());
                let mut frame = DataFrame::new(column.len(), vec![named])?;
                frame.rechunk_mut();
                let mut bytes = Vec::new();
                ParquetWriter::new(&mut bytes).set_parallel(false).finish(&mut frame)?;
                put(Some(&bytes));
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Digest {
        self.hasher.update(&self.stream);
        Digest::from_hasher(&self.hasher)
    }
}
