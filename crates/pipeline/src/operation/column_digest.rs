//! The digest of a column's type and values.

use polars::prelude::*;
use vintner_panel::type_and_width_in_words;

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
                type_and_width_in_words(column.dtype()),
                type_and_width_in_words(&self.data_type)
            );
            return Err(PolarsError::SchemaMismatch(message.into()));
        }
        if self.add_whole(column)? {
            return Ok(());
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
                // A text's length comes as a value of its own before it.
                for value in column.str()?.iter() {
                    match value {
                        Some(text) => {
                            stream.push(1);
                            stream.extend_from_slice(&(text.len() as u64).to_le_bytes());
                            stream.push(1);
                            stream.extend_from_slice(text.as_bytes());
                        }
                        None => stream.extend_from_slice(&[0, 0]),
                    }
                    if stream.len() >= STREAM {
                        hasher.update(stream);
                        stream.clear();
                    }
                }
                return Ok(());
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
                let message = format!(
                    "column `{}` of {} can't be kept in blocks",
                    column.name(),
                    type_and_width_in_words(other)
                );
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

    /// Takes in numbers of which none is missing, which is done many at once; false where the column is of another kind.
    fn add_whole(&mut self, column: &Column) -> PolarsResult<bool> {
        if column.null_count() > 0 {
            return Ok(false);
        }
        match column.dtype() {
            DataType::Float64 => {
                column.f64()?.downcast_iter().for_each(|part| self.add_all(part.values(), f64::to_le_bytes))
            }
            DataType::Int32 => {
                column.i32()?.downcast_iter().for_each(|part| self.add_all(part.values(), i32::to_le_bytes))
            }
            DataType::UInt32 => {
                column.u32()?.downcast_iter().for_each(|part| self.add_all(part.values(), u32::to_le_bytes))
            }
            DataType::Int64 => {
                column.i64()?.downcast_iter().for_each(|part| self.add_all(part.values(), i64::to_le_bytes))
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn add_all<T: Copy, const N: usize>(&mut self, values: &[T], bytes: fn(T) -> [u8; N]) {
        let width = N + 1;
        for part in values.chunks(STREAM / width) {
            let before = self.stream.len();
            // The byte that says that a value follows stands already.
            self.stream.resize(before + part.len() * width, 1);
            let slots = self.stream.get_mut(before..).unwrap_or_default().chunks_exact_mut(width);
            for (slot, value) in slots.zip(part) {
                if let Some((_, slot)) = slot.split_first_mut() {
                    slot.copy_from_slice(&bytes(*value));
                }
            }
            self.hasher.update(&self.stream);
            self.stream.clear();
        }
    }

    pub(crate) fn finish(mut self) -> Digest {
        self.hasher.update(&self.stream);
        Digest::from_hasher(&self.hasher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest of values one by one.
    fn one_by_one<T: Copy, const N: usize>(data_type: &str, values: &[T], bytes: fn(T) -> [u8; N]) -> Digest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(data_type.as_bytes());
        hasher.update(&(values.len() as u64).to_le_bytes());
        for value in values {
            hasher.update(&[1]);
            hasher.update(&bytes(*value));
        }
        Digest::from_hasher(&hasher)
    }

    #[test]
    fn parts_of_two_types_are_told_apart_in_words() {
        let wholes = Column::new("x".into(), [1_i64]);
        let refused =
            ColumnDigest::new(&DataType::Int32, 1).add(&wholes).err().map(|error| error.to_string());
        let said = "column `x` holds whole numbers of 64 bits after whole numbers of 32 bits";
        assert!(refused.as_ref().is_some_and(|message| message.contains(said)), "{refused:?}");
    }

    #[test]
    fn many_at_once_have_the_digest_of_one_by_one() -> PolarsResult<()> {
        let numbers: Vec<f64> = (0..20_000).map(|at| f64::from(at) / 7.0).collect();
        let expected = one_by_one("f64", &numbers, f64::to_le_bytes);
        let whole = Column::new("x".into(), &numbers);
        assert_eq!(column_digest(&whole)?, expected);
        let mut parts = whole.slice(0, 7_000);
        parts.append(&whole.slice(7_000, 13_000))?;
        assert_eq!(column_digest(&parts)?, expected);
        let mut digest = ColumnDigest::new(&DataType::Float64, 20_000);
        digest.add(&whole.slice(0, 1))?;
        digest.add(&whole.slice(1, 19_999))?;
        assert_eq!(digest.finish(), expected);

        let wholes: Vec<i64> = (0..10_000).map(|at| at * at - 5).collect();
        assert_eq!(
            column_digest(&Column::new("x".into(), &wholes))?,
            one_by_one("i64", &wholes, i64::to_le_bytes)
        );
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"str");
        hasher.update(&3_u64.to_le_bytes());
        for text in [Some("ab"), None, Some("")] {
            match text {
                Some(text) => {
                    hasher.update(&[1]);
                    hasher.update(&(text.len() as u64).to_le_bytes());
                    hasher.update(&[1]);
                    hasher.update(text.as_bytes());
                }
                None => {
                    hasher.update(&[0, 0]);
                }
            }
        }
        let texts = Column::new("x".into(), [Some("ab"), None, Some("")]);
        assert_eq!(column_digest(&texts)?, Digest::from_hasher(&hasher));
        let years: Vec<i32> = (0..10_000).collect();
        assert_eq!(
            column_digest(&Column::new("x".into(), &years))?,
            one_by_one("i32", &years, i32::to_le_bytes)
        );
        let rows: Vec<u32> = (0..10_000).collect();
        assert_eq!(
            column_digest(&Column::new("x".into(), &rows))?,
            one_by_one("u32", &rows, u32::to_le_bytes)
        );
        Ok(())
    }
}
