//! Frames that other programs write.

use std::io::Cursor;

use polars::prelude::{ArrowDataType, ParallelStrategy, ParquetReader, SerReader};
use vintner_guard::{Guarded, Packing};

/// The reader that foreign frames are tried with, for the program that is to run it.
pub const FRAME_READER: Guarded =
    Guarded::new("frame", |bytes| fault(bytes).unwrap_or_default().into_bytes());

/// Why a Parquet file can't become a frame, if it can't: it isn't one, is damaged, or has columns of
/// types that Vintner is built without. It is read to its end under guard, since another program wrote it;
/// what was read so without a fault is read by the stages after it without one.
pub(super) fn unreadable(bytes: &[u8]) -> Option<String> {
    match FRAME_READER.answer(&[bytes], Packing::Packed) {
        Ok(fault) if fault.is_empty() => None,
        Ok(fault) => Some(String::from_utf8_lossy(&fault).into_owned()),
        Err(ended) => Some(format!(
            "it isn't Parquet that can be read: {ended}; see that the command wrote it to its end, or write it as CSV"
        )),
    }
}

fn fault(bytes: &[u8]) -> Option<String> {
    let schema = match ParquetReader::new(Cursor::new(bytes)).schema() {
        Ok(schema) => schema,
        Err(error) => return Some(format!("it isn't Parquet that can be read: {error}")),
    };
    let columns: Vec<String> = schema
        .iter_values()
        .filter(|field| !is_readable(&field.dtype))
        .map(|field| format!("`{}` ({:?})", field.name, field.dtype))
        .collect();
    if !columns.is_empty() {
        let columns = columns.join(", ");
        return Some(format!(
            "columns of types that Vintner can't read: {columns}; write whole numbers of 32 or 64 bits, \
             floating-point numbers, texts or categories (a date as a text or a year)"
        ));
    }
    // One thread: a panic in another one couldn't be caught.
    let reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None);
    reader.finish().err().map(|error| format!("it isn't Parquet that can be read: {error}"))
}

fn is_readable(data_type: &ArrowDataType) -> bool {
    use ArrowDataType as T;
    match data_type {
        T::Null | T::Boolean | T::Int32 | T::Int64 | T::UInt32 | T::UInt64 | T::Float32 | T::Float64 => true,
        T::Utf8 | T::LargeUtf8 | T::Utf8View => true,
        T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => true,
        T::List(item) | T::LargeList(item) => is_readable(&item.dtype),
        T::Dictionary(_, values, _) => is_readable(values),
        _ => false,
    }
}
