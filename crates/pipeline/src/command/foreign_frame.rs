//! Frames that other programs write.

use std::io::Cursor;

use polars::prelude::{ArrowDataType, ParquetReader, SerReader};

/// Why a Parquet file can't become a frame, if it can't: it isn't one, or columns are of types that
/// Vintner is built without. Told from the file's footer.
pub(super) fn unreadable(bytes: &[u8]) -> Option<String> {
    let schema = match ParquetReader::new(Cursor::new(bytes)).schema() {
        Ok(schema) => schema,
        Err(error) => return Some(format!("it isn't Parquet that can be read: {error}")),
    };
    let columns: Vec<String> = schema
        .iter_values()
        .filter(|field| !is_readable(&field.dtype))
        .map(|field| format!("`{}` ({:?})", field.name, field.dtype))
        .collect();
    (!columns.is_empty()).then(|| {
        let columns = columns.join(", ");
        format!(
            "columns of types that Vintner can't read: {columns}; write whole numbers of 32 or 64 bits, \
             floating-point numbers, texts or categories (a date as a text or a year)"
        )
    })
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
