//! Frames that other programs write.

use std::io::Cursor;

use polars::prelude::{
    ArrowDataType, ArrowField, ArrowSchema, Column, DataFrame, ParallelStrategy, ParquetReader, PolarsError,
    PolarsResult, SerReader,
};
use polars_parquet::read::FileMetadata;
use vintner_guard::{Guarded, Packing};

use super::plain_column::{Plain, plain_column};
use crate::operation::rewritten;

/// The reader that foreign frames are tried with, for the program that is to run it.
pub const FRAME_READER: Guarded = Guarded::new("frame", |bytes| Answer::about(bytes).into_bytes());

/// What there is to say of a Parquet file.
enum Answer {
    /// Each column is of a type that frames have: the file is kept as it is.
    Kept,
    /// Why it can't become a frame.
    Refused(String),
    /// The file with columns of other types as those that frames have.
    Rewritten(Vec<u8>),
}

impl Answer {
    const KEPT: u8 = 0;
    const REFUSED: u8 = 1;
    const REWRITTEN: u8 = 2;

    fn about(bytes: &[u8]) -> Self {
        read(bytes).unwrap_or_else(Self::Refused)
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Kept => vec![Self::KEPT],
            Self::Refused(message) => [&[Self::REFUSED], message.as_bytes()].concat(),
            Self::Rewritten(bytes) => [&[Self::REWRITTEN], bytes.as_slice()].concat(),
        }
    }

    fn from_bytes(mut bytes: Vec<u8>) -> Option<Self> {
        let kind = *bytes.first()?;
        bytes.remove(0);
        match kind {
            Self::KEPT => Some(Self::Kept),
            Self::REFUSED => Some(Self::Refused(String::from_utf8_lossy(&bytes).into_owned())),
            Self::REWRITTEN => Some(Self::Rewritten(bytes)),
            _ => None,
        }
    }
}

/// The Parquet file that a frame is kept as, or why it can't become one: it isn't Parquet, is damaged, or has columns
/// that no column of a frame stands for. It is read to its end under guard, since another program wrote it; what was
/// read so without a fault is read by the stages after it without one.
pub(super) fn frame_of(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let answer = FRAME_READER.answer(&[&bytes], Packing::Packed).map(Answer::from_bytes);
    let why = match answer {
        Ok(Some(Answer::Kept)) => return Ok(bytes),
        Ok(Some(Answer::Rewritten(rewritten))) => return Ok(rewritten),
        Ok(Some(Answer::Refused(message))) => return Err(message),
        Ok(None) => "its reader said nothing".to_owned(),
        Err(ended) => ended.to_string(),
    };
    Err(format!(
        "it isn't Parquet that can be read: {why}; see that the command wrote it to its end, or write it as CSV"
    ))
}

fn unreadable(error: &PolarsError) -> String {
    format!("it isn't Parquet that can be read: {error}")
}

fn read(bytes: &[u8]) -> Result<Answer, String> {
    let mut reader = reader(bytes);
    let schema = reader.schema().map_err(|error| unreadable(&error))?;
    let metadata = reader.get_metadata().map_err(|error| unreadable(&error))?.clone();
    let is_other = |field: &&ArrowField| !is_of_frames(&field.dtype);
    let columns: Vec<String> = schema
        .iter_values()
        .filter(is_other)
        .filter(|field| Plain::of(&field.dtype).is_none())
        .map(|field| format!("`{}` ({})", field.name, in_words(&field.dtype)))
        .collect();
    if !columns.is_empty() {
        let columns = columns.join(", ");
        return Err(format!(
            "columns of types that Vintner can't read: {columns}; write numbers, texts or categories, truth values, \
             dates or times"
        ));
    }
    if !schema.iter_values().any(|field| is_other(&field)) {
        reader.finish().map_err(|error| unreadable(&error))?;
        return Ok(Answer::Kept);
    }
    let frame = plain_frame(bytes, &schema, &metadata)?;
    let rewritten = rewritten(bytes, frame).map_err(|error| unreadable(&error))?;
    Ok(Answer::Rewritten(rewritten))
}

/// One thread: a panic in another one couldn't be caught.
fn reader(bytes: &[u8]) -> ParquetReader<Cursor<&[u8]>> {
    ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None)
}

/// The columns in their order, each of a type that frames have.
fn plain_frame(bytes: &[u8], schema: &ArrowSchema, metadata: &FileMetadata) -> Result<DataFrame, String> {
    let of_frames: Vec<String> = schema
        .iter_values()
        .filter(|field| is_of_frames(&field.dtype))
        .map(|field| field.name.to_string())
        .collect();
    let own = match of_frames.is_empty() {
        true => DataFrame::empty(),
        false => reader(bytes).with_columns(Some(of_frames)).finish().map_err(|error| unreadable(&error))?,
    };
    let columns = schema.iter_values().map(|field| -> Result<Column, String> {
        match Plain::of(&field.dtype).filter(|_| !is_of_frames(&field.dtype)) {
            Some(plain) => plain_column(bytes, metadata, field, plain),
            None => own.column(&field.name).cloned().map_err(|error| unreadable(&error)),
        }
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let frame: PolarsResult<DataFrame> = DataFrame::new(metadata.num_rows, columns);
    frame.map_err(|error| unreadable(&error))
}

/// Whether frames have columns of a type, so that it is read as it is.
fn is_of_frames(data_type: &ArrowDataType) -> bool {
    use ArrowDataType as T;
    match data_type {
        T::Null | T::Boolean | T::Int32 | T::Int64 | T::UInt32 | T::UInt64 | T::Float32 | T::Float64 => true,
        T::Utf8 | T::LargeUtf8 | T::Utf8View => true,
        T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => true,
        T::List(item) | T::LargeList(item) => is_of_frames(&item.dtype),
        // Categories are texts to every stage that reads them.
        _ => false,
    }
}

/// What a column holds that can't be read.
fn in_words(data_type: &ArrowDataType) -> String {
    use ArrowDataType as T;
    match data_type {
        T::Time32(_) | T::Time64(_) => "times of day".into(),
        T::Duration(_) | T::Interval(_) => "durations".into(),
        T::Timestamp(_, Some(zone)) => format!(
            "times of {zone}, of another day elsewhere: write them without the zone, as pandas' `dt.tz_localize(None)` \
             has them, or in UTC"
        ),
        T::Struct(_) | T::Map(..) => "records".into(),
        T::List(_) | T::LargeList(_) | T::FixedSizeList(..) => "lists of what isn't read".into(),
        T::Dictionary(_, values, _) => format!("categories of {}", in_words(values)),
        T::Extension(of) => match &of.metadata {
            Some(metadata) => format!("{} {metadata}", of.name),
            None => of.name.to_string(),
        },
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use polars::prelude::AnyValue;

    use super::*;

    /// What becomes of the column of a file of `tests/parquet`: its type and values, or why it is refused.
    fn column_of(name: &str) -> Result<(String, Vec<String>), String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/parquet/{name}.parquet"));
        let kept = frame_of(std::fs::read(path).map_err(|error| error.to_string())?)?;
        let frame = ParquetReader::new(Cursor::new(kept)).finish().map_err(|error| error.to_string())?;
        let column = frame.column("column").map_err(|error| error.to_string())?;
        let values = (0..frame.height()).map(|row| {
            // As they are written elsewhere, with all digits.
            Ok(match column.get(row).map_err(|error| error.to_string())? {
                AnyValue::Float64(number) => number.to_string(),
                AnyValue::Float32(number) => number.to_string(),
                AnyValue::String(text) => text.to_owned(),
                other => other.to_string(),
            })
        });
        Ok((column.dtype().to_string(), values.collect::<Result<_, String>>()?))
    }

    #[test]
    fn columns_of_other_types_become_those_of_frames() {
        let zoned = ["2020-01-01T12:30:00Z", "null", "1969-12-31T23:59:59.123456Z"];
        let times = ["2020-01-01T12:30:00", "null", "1969-12-31T23:59:59.123456"];
        for (name, data_type, values) in [
            ("type-int8", "i32", ["1", "null", "-1"]),
            ("type-int16", "i32", ["1", "null", "-1"]),
            ("type-uint8", "i32", ["1", "null", "200"]),
            ("type-uint16", "i32", ["1", "null", "60000"]),
            ("type-uint32", "u32", ["1", "null", "2147483648"]),
            ("type-uint64", "u64", ["1", "null", "9223372036854775808"]),
            ("type-float16", "f64", ["0.5", "null", "-1"]),
            ("type-float32", "f32", ["0.5", "null", "-1"]),
            ("type-decimal", "f64", ["null", "null", "null"]),
            ("type-decimals", "f64", ["0.1", "null", "-1234567890.25"]),
            ("type-decimal-whole", "i64", ["1", "null", "-9007199254740993"]),
            ("type-date", "str", ["2020-01-01", "null", "1969-12-31"]),
            ("type-dictionary-of-dates", "str", ["2020-01-01", "null", "1969-12-31"]),
            ("type-timestamp", "str", times),
            ("type-timestamp-nanoseconds", "str", times),
            ("type-timestamp-int96", "str", times),
            ("type-timestamp-utc", "str", zoned),
            ("type-timestamp-midnight", "str", ["2020-01-01", "null", "1969-12-31"]),
            ("type-period-year", "i32", ["1990", "null", "1969"]),
            ("type-period-quarter", "str", ["1990Q2", "null", "1969Q4"]),
            ("type-period-month", "str", ["1990-04", "null", "1969-12"]),
            ("type-period-week", "str", ["1990-W14", "null", "1970-W01"]),
            ("type-period-day", "str", ["1990-04-05", "null", "1969-12-31"]),
            ("type-dictionary-of-small", "i32", ["5", "null", "7"]),
        ] {
            let values = values.map(str::to_owned).to_vec();
            assert_eq!(column_of(name), Ok((data_type.to_owned(), values)), "{name}");
        }
    }

    #[test]
    fn what_no_column_stands_for_is_refused_in_words() {
        for (name, held) in [
            ("type-time", "`column` (times of day)"),
            ("type-duration", "`column` (durations)"),
            ("type-timestamp-zoned", "`column` (times of Europe/Berlin, of another day elsewhere"),
            ("type-struct", "`column` (records)"),
            ("type-period-hour", "`column` (pandas.period {\"freq\": \"h\"})"),
            ("type-period-fiscal", "`column` (pandas.period {\"freq\": \"Q-JUN\"})"),
        ] {
            let why = column_of(name).err().unwrap_or_default();
            assert!(why.contains(held), "{name}: {why}");
        }
        let why = column_of("type-decimal-beyond").err().unwrap_or_default();
        assert!(
            why.contains("`column`, row 3: the whole number 166153499473114484112975882535043072"),
            "{why}"
        );
    }
}
