//! Parquet files: the columns that are wanted, row group by row group.
//!
//! Polars' own reader makes a frame of a file and stops at a type that it was built without; here each column is read as
//! it is stored, so that one that nobody asks for never matters.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use polars::prelude::{ArrowField, pf16};
use polars_arrow::array::{Array, BinaryViewArray, BooleanArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::NativeType;
use polars_buffer::Buffer;
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, PageReader, column_iter_to_arrays, infer_schema, read_metadata,
};

use crate::calendar;
use crate::columns::{Columns, ColumnsAsked, Typed};
use crate::dictionary::{Dictionary, NONE};
use crate::shown::Shown;
use crate::table::Unreadable;
use crate::zone::Zone;

/// The columns of a Parquet file that are asked for. A Parquet file has no rows that a reader could count, so they are
/// numbered as they would be on a sheet: 1 for the columns' names, 2 for the first record.
pub(crate) fn read_columns(bytes: &[u8], asked: &ColumnsAsked) -> Result<Columns, Unreadable> {
    columns(bytes, asked).map_err(unreadable)
}

/// The columns of a file's row groups `groups`, as [`read_columns`] reads those of all. No more of the file is read.
pub(crate) fn read_groups(
    path: &Path,
    asked: &ColumnsAsked,
    groups: Range<usize>,
) -> Result<Columns, Unreadable> {
    let read = || -> Result<Columns, String> {
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        let mut metadata = read_metadata(&mut file).map_err(|error| error.to_string())?;
        let before = metadata.row_groups.iter().take(groups.start).map(|group| group.num_rows()).sum();
        let skipped = metadata.row_groups.into_iter().skip(groups.start).take(groups.len());
        metadata.row_groups = skipped.collect();
        metadata.num_rows = metadata.row_groups.iter().map(|group| group.num_rows()).sum();
        let columns = columns_of(&metadata, &mut Content::InFile(file), asked)?;
        Ok(Columns { before, ..columns })
    };
    read().map_err(unreadable)
}

/// How many rows each row group of a file has.
pub(crate) fn group_heights(path: &Path) -> Result<Vec<u64>, Unreadable> {
    let read = || -> Result<Vec<u64>, String> {
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        let metadata = read_metadata(&mut file).map_err(|error| error.to_string())?;
        Ok(metadata.row_groups.iter().map(|group| group.num_rows() as u64).collect())
    };
    read().map_err(unreadable)
}

fn unreadable(message: String) -> Unreadable {
    Unreadable {
        sheet: None,
        message: format!("not a readable Parquet file: {message}"),
        hint: "write it with plain columns of numbers and text, or mend `format`".into(),
    }
}

/// A file's bytes: all of them, or those that are asked for.
enum Content {
    Held(Buffer<u8>),
    InFile(File),
}

impl Content {
    fn part(&mut self, from: usize, to: usize) -> Option<Buffer<u8>> {
        match self {
            Content::Held(bytes) => (from <= to && to <= bytes.len()).then(|| bytes.clone().sliced(from..to)),
            Content::InFile(file) => {
                let end = file.metadata().ok()?.len();
                if from > to || to as u64 > end {
                    return None;
                }
                file.seek(SeekFrom::Start(from as u64)).ok()?;
                let mut bytes = Vec::with_capacity(to - from);
                file.take((to - from) as u64).read_to_end(&mut bytes).ok()?;
                (bytes.len() == to - from).then(|| Buffer::from(bytes))
            }
        }
    }
}

fn columns(bytes: &[u8], asked: &ColumnsAsked) -> Result<Columns, String> {
    let metadata = read_metadata(&mut Cursor::new(bytes)).map_err(|error| error.to_string())?;
    columns_of(&metadata, &mut Content::Held(Buffer::from(bytes.to_vec())), asked)
}

fn columns_of(
    metadata: &FileMetadata,
    content: &mut Content,
    asked: &ColumnsAsked,
) -> Result<Columns, String> {
    let schema = infer_schema(metadata).map_err(|error| error.to_string())?;
    let names: Vec<String> = schema.iter_names().map(|name| name.to_string()).collect();
    let mut columns = Columns { names, height: metadata.num_rows, ..Columns::default() };
    for (number, (name, field)) in (1_u32..).zip(schema.iter()) {
        if asked.wants(name) {
            let typed = match Kind::of(&field.dtype) {
                // Texts of old writers aren't marked as such, and neither are bytes that are none.
                Some(Kind::Bytes) => column(metadata, content, field, Kind::Bytes)
                    .unwrap_or_else(|_| unread(name, &field.dtype)),
                Some(kind) => column(metadata, content, field, kind)?,
                None => unread(name, &field.dtype),
            };
            columns.columns.insert(number, typed);
        }
    }
    Ok(columns)
}

fn unread(name: &str, dtype: &ArrowDataType) -> Typed {
    use ArrowDataType as A;
    if let A::Timestamp(_, Some(zone)) = dtype {
        return Typed::Unread(Shown::Unsure {
            text: format!("times of the zone {zone}"),
            message: format!(
                "column `{name}` holds times of the zone {:?}, which isn't known here: a time may be of one day there and of \
                 another in UTC",
                zone.as_str()
            ),
            hint: "write it as dates, or with a zone of the IANA database such as Asia/Shanghai".into(),
        });
    }
    let held = match dtype {
        A::Binary | A::LargeBinary | A::BinaryView | A::FixedSizeBinary(_) => "binary data".to_owned(),
        A::List(_) | A::LargeList(_) | A::FixedSizeList(..) => "lists".to_owned(),
        A::Struct(_) | A::Map(..) => "records".to_owned(),
        A::Time32(_) | A::Time64(_) => "times of day".to_owned(),
        A::Duration(_) | A::Interval(_) => "durations".to_owned(),
        A::Decimal256(..) => "decimal numbers of more than 38 digits".to_owned(),
        A::Union(_) => "values of several types".to_owned(),
        _ => "values of a type that isn't known here".to_owned(),
    };
    Typed::Unread(Shown::Unsure {
        text: held.clone(),
        message: format!("column `{name}` holds {held}; numbers, text, dates and truth values are read"),
        hint: "write it as one of these".into(),
    })
}

/// What a column becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Boolean,
    /// Whole numbers.
    Whole,
    Float,
    Text,
    Bytes,
    /// Whole numbers with so many digits behind the point.
    Decimal(usize),
    Day,
    /// Nanoseconds in the unit; of an instant, which is another time of day in each zone, the zone.
    Time(i128, Option<Zone>),
    /// Nothing but missing values.
    Null,
}

impl Kind {
    fn of(dtype: &ArrowDataType) -> Option<Self> {
        use ArrowDataType as A;
        Some(match dtype {
            A::Null => Kind::Null,
            A::Boolean => Kind::Boolean,
            A::Int8 | A::Int16 | A::Int32 | A::Int64 | A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => {
                Kind::Whole
            }
            A::Float16 | A::Float32 | A::Float64 => Kind::Float,
            A::Utf8 | A::LargeUtf8 | A::Utf8View => Kind::Text,
            A::Binary | A::LargeBinary | A::BinaryView => Kind::Bytes,
            A::Dictionary(_, value, _) => return Kind::of(value),
            A::Decimal(_, scale) | A::Decimal32(_, scale) | A::Decimal64(_, scale) => Kind::Decimal(*scale),
            A::Date32 => Kind::Day,
            A::Date64 => Kind::Time(1_000_000, None),
            A::Timestamp(unit, zone) => {
                let unit = match unit {
                    TimeUnit::Second => 1_000_000_000,
                    TimeUnit::Millisecond => 1_000_000,
                    TimeUnit::Microsecond => 1_000,
                    TimeUnit::Nanosecond => 1,
                };
                // In a zone that isn't known the day isn't either.
                let zone = zone.as_ref().map(|zone| Zone::parse(zone).ok_or(())).transpose().ok()?;
                Kind::Time(unit, zone)
            }
            A::Extension(of) => return Kind::of(&of.inner),
            _ => return None,
        })
    }
}

/// The type in which a column's pages are decoded: a dictionary as what it holds.
fn stored(dtype: &ArrowDataType) -> ArrowDataType {
    match dtype {
        ArrowDataType::Dictionary(_, value, _) => stored(value),
        ArrowDataType::Extension(of) => stored(&of.inner),
        ArrowDataType::Utf8 | ArrowDataType::LargeUtf8 => ArrowDataType::Utf8View,
        ArrowDataType::Binary | ArrowDataType::LargeBinary => ArrowDataType::BinaryView,
        other => other.clone(),
    }
}

fn column(
    metadata: &FileMetadata,
    content: &mut Content,
    field: &ArrowField,
    kind: Kind,
) -> Result<Typed, String> {
    let own = ArrowField::new(field.name.clone(), stored(&field.dtype), field.is_nullable);
    let mut values = Values::of(kind);
    for group in &metadata.row_groups {
        let of_group = group.columns_under_root_iter(&field.name).into_iter().flatten();
        let (mut pages, mut types) = (Vec::new(), Vec::new());
        for chunk in of_group {
            let range = chunk.byte_range();
            let (from, to) = (range.start as usize, range.end as usize);
            let part = content
                .part(from, to)
                .ok_or_else(|| format!("column `{}` reaches beyond the end of the file", field.name))?;
            let reader = PageReader::new(Cursor::new(part), chunk, vec![], usize::MAX);
            pages.push(BasicDecompressor::new(reader, vec![]));
            types.push(&chunk.descriptor().descriptor.primitive_type);
        }
        let (arrays, _) =
            column_iter_to_arrays(pages, types, own.clone(), None).map_err(|error| error.to_string())?;
        let height: usize = arrays.iter().map(|array| array.len()).sum();
        if height != group.num_rows() {
            return Err(format!(
                "column `{}` has {height} values in a group of {} rows",
                field.name,
                group.num_rows()
            ));
        }
        for array in &arrays {
            values.take(array.as_ref(), kind)?;
        }
    }
    if values.height != metadata.num_rows {
        return Err(format!(
            "column `{}` has {} values of {} rows",
            field.name, values.height, metadata.num_rows
        ));
    }
    Ok(values.into_typed(kind))
}

/// The values of a column so far.
struct Values {
    height: usize,
    typed: Typed,
    /// Whole numbers that need more than 64 bits, by index.
    beyond: Vec<(usize, String)>,
}

impl Values {
    fn of(kind: Kind) -> Self {
        let typed = match kind {
            Kind::Boolean => Typed::Booleans(Vec::new(), Vec::new()),
            Kind::Whole | Kind::Decimal(0) => Typed::Wholes(Vec::new(), Vec::new()),
            Kind::Float | Kind::Decimal(_) => Typed::Numbers(Vec::new(), Vec::new()),
            Kind::Text | Kind::Bytes | Kind::Null => Typed::Texts(Vec::new(), Dictionary::default()),
            Kind::Day | Kind::Time(..) => Typed::Dates(Vec::new(), Dictionary::default()),
        };
        Self { height: 0, typed, beyond: Vec::new() }
    }

    fn take(&mut self, array: &dyn Array, kind: Kind) -> Result<(), String> {
        let before = self.height;
        self.height += array.len();
        match (&mut self.typed, kind) {
            (Typed::Booleans(flags, missing), _) => {
                let array = of::<BooleanArray>(array)?;
                array.iter().for_each(|flag| {
                    flags.push(flag.unwrap_or_default());
                    missing.push(flag.is_none());
                });
            }
            (Typed::Wholes(wholes, missing), _) if full::<i64>(array).is_some() => {
                wholes.extend_from_slice(full(array).unwrap_or_default());
                missing.resize(self.height, false);
            }
            (Typed::Wholes(wholes, missing), _) => {
                for (at, whole) in (before..).zip(whole_numbers(array)?) {
                    let fits = whole.and_then(|whole| i64::try_from(whole).ok());
                    if let (Some(whole), None) = (whole, fits) {
                        self.beyond.push((at, whole.to_string()));
                    }
                    wholes.push(fits.unwrap_or_default());
                    missing.push(whole.is_none());
                }
            }
            (Typed::Numbers(numbers, missing), Kind::Decimal(scale)) => {
                for whole in whole_numbers(array)? {
                    numbers.push(whole.map_or(Ok(0.0), |whole| decimal(whole, scale))?);
                    missing.push(whole.is_none());
                }
            }
            (Typed::Numbers(numbers, missing), _) if full::<f64>(array).is_some() => {
                numbers.extend_from_slice(full(array).unwrap_or_default());
                missing.resize(self.height, false);
            }
            (Typed::Numbers(numbers, missing), _) => {
                for number in floats(array)? {
                    numbers.push(number.unwrap_or_default());
                    missing.push(number.is_none());
                }
            }
            (Typed::Texts(codes, _), Kind::Null) => codes.resize(self.height, NONE),
            (Typed::Texts(codes, texts), Kind::Bytes) => {
                for bytes in of::<BinaryViewArray>(array)?.iter() {
                    let text = bytes.map(std::str::from_utf8).transpose();
                    let text = text.map_err(|_| "it holds bytes that are no text".to_owned())?;
                    codes.push(text.map_or(NONE, |text| texts.code(text)));
                }
            }
            (Typed::Texts(codes, texts), _) => {
                let array = of::<Utf8ViewArray>(array)?;
                codes.extend(array.iter().map(|text| text.map_or(NONE, |text| texts.code(text))));
            }
            (Typed::Dates(codes, texts), kind) => {
                for count in whole_numbers(array)? {
                    let text = count.map(|count| date(count, kind)).transpose()?;
                    codes.push(text.map_or(NONE, |text| texts.code(&text)));
                }
            }
            (Typed::Unread(_), _) => {}
        }
        Ok(())
    }

    fn into_typed(self, kind: Kind) -> Typed {
        match self.typed {
            // A flag that is never set needn't be kept.
            Typed::Wholes(wholes, missing) if self.beyond.is_empty() => {
                Typed::Wholes(wholes, if_any(missing))
            }
            Typed::Wholes(wholes, missing) => {
                let (mut texts, mut beyond) = (Dictionary::default(), self.beyond.into_iter().peekable());
                let codes = wholes.iter().zip(missing).enumerate().map(|(at, (whole, missing))| match beyond
                    .next_if(|(place, _)| *place == at)
                {
                    Some((_, text)) => texts.code(&text),
                    None if missing => NONE,
                    None => texts.code(&whole.to_string()),
                });
                Typed::Texts(codes.collect(), texts)
            }
            Typed::Numbers(numbers, missing) => Typed::Numbers(numbers, if_any(missing)),
            Typed::Booleans(flags, missing) => Typed::Booleans(flags, if_any(missing)),
            other => {
                debug_assert!(!matches!(kind, Kind::Whole));
                other
            }
        }
    }
}

fn if_any(missing: Vec<bool>) -> Vec<bool> {
    if missing.contains(&true) { missing } else { Vec::new() }
}

fn of<A: Array + 'static>(array: &dyn Array) -> Result<&A, String> {
    array
        .as_any()
        .downcast_ref()
        .ok_or_else(|| format!("a column of {:?} isn't stored as such", array.dtype()))
}

fn primitives<T: NativeType>(array: &dyn Array) -> Option<&PrimitiveArray<T>> {
    array.as_any().downcast_ref()
}

/// The numbers of an array that are stored as `T` and of which none is missing.
fn full<T: NativeType>(array: &dyn Array) -> Option<&[T]> {
    primitives::<T>(array).filter(|array| array.null_count() == 0).map(|array| array.values().as_slice())
}

fn whole_numbers(array: &dyn Array) -> Result<Vec<Option<i128>>, String> {
    macro_rules! first_of {
        ($($kind:ty),*) => {
            $(if let Some(array) = primitives::<$kind>(array) {
                return Ok(array.iter().map(|whole| whole.map(|whole| i128::from(*whole))).collect());
            })*
        };
    }
    first_of!(i8, i16, i32, i64, u8, u16, u32, u64, i128);
    Err(format!("a column of {:?} isn't stored as whole numbers", array.dtype()))
}

fn floats(array: &dyn Array) -> Result<Vec<Option<f64>>, String> {
    if let Some(array) = primitives::<f64>(array) {
        return Ok(array.iter().map(|number| number.copied()).collect());
    }
    if let Some(array) = primitives::<pf16>(array) {
        return Ok(array.iter().map(|number| number.map(|number| number.0.to_f64())).collect());
    }
    let array = of::<PrimitiveArray<f32>>(array)?;
    Ok(array.iter().map(|number| number.map(|number| f64::from(*number))).collect())
}

/// The number nearest to a decimal of so many digits behind the point.
fn decimal(whole: i128, scale: usize) -> Result<f64, String> {
    format!("{whole}e-{scale}").parse().map_err(|_| "a decimal that no number is".to_owned())
}

fn date(count: i128, kind: Kind) -> Result<String, String> {
    let text = match kind {
        Kind::Day => i64::try_from(count).ok().and_then(calendar::day),
        Kind::Time(unit, zone) => count.checked_mul(unit).and_then(|count| match zone {
            None => calendar::time(count),
            Some(zone) => zone.time(count),
        }),
        _ => None,
    };
    text.ok_or_else(|| format!("the date {count} lies beyond the years 1 to 9999"))
}
