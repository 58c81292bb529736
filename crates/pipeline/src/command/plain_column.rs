//! Columns of types that frames don't have, as those that stand for them: small whole numbers as whole numbers,
//! decimals as the numbers nearest to them, dates, times and periods as the texts in which frames have them.

use std::collections::BTreeMap;
use std::io::Cursor;

use chrono::{DateTime, Days, NaiveDate};
use polars::prelude::{
    ArrowDataType, ArrowField, ArrowTimeUnit, Column, IntoColumn, NewChunkedArray, StringChunked, pf16,
};
use polars_arrow::array::{Array, BinaryViewArray, BooleanArray, PrimitiveArray, Utf8ViewArray};
use polars_buffer::Buffer;
use polars_parquet::read::{BasicDecompressor, FileMetadata, PageReader, column_iter_to_arrays};
use serde::Deserialize;

/// What stands for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// Whole numbers of 32 bits.
    Small,
    /// Whole numbers of 64 bits.
    Whole,
    Number,
    Flag,
    Text,
    /// Whole numbers with so many digits behind the point.
    Decimal(usize),
    Day,
    /// So many nanoseconds a count; whether it is an instant, which is another time of day in each zone.
    Time(i128, bool),
    /// Periods, counted as pandas counts them.
    Period(Period),
}

/// How long a period is, where pandas counts it as the calendar does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Year,
    Quarter,
    Month,
    Week,
    Day,
}

/// What pandas says of a column of periods.
#[derive(Deserialize)]
struct PandasPeriod {
    freq: String,
}

impl Plain {
    /// What stands for columns of a type; nothing where none does.
    pub(super) fn of(data_type: &ArrowDataType) -> Option<Self> {
        use ArrowDataType as T;
        Some(match data_type {
            T::Int8 | T::Int16 | T::Int32 | T::UInt8 | T::UInt16 => Self::Small,
            T::Int64 | T::UInt32 | T::UInt64 => Self::Whole,
            T::Float16 | T::Float32 | T::Float64 => Self::Number,
            T::Boolean => Self::Flag,
            T::Utf8 | T::LargeUtf8 | T::Utf8View => Self::Text,
            T::Decimal(_, scale) | T::Decimal32(_, scale) | T::Decimal64(_, scale) => Self::Decimal(*scale),
            T::Date32 => Self::Day,
            T::Date64 => Self::Time(1_000_000, false),
            T::Timestamp(_, Some(zone)) if !is_utc(zone) => return None,
            T::Timestamp(unit, zone) => {
                let unit = match unit {
                    ArrowTimeUnit::Second => 1_000_000_000,
                    ArrowTimeUnit::Millisecond => 1_000_000,
                    ArrowTimeUnit::Microsecond => 1_000,
                    ArrowTimeUnit::Nanosecond => 1,
                };
                Self::Time(unit, zone.is_some())
            }
            T::Dictionary(_, values, _) => return Self::of(values),
            // Which period it is, is known to pandas' type alone, and the numbers that it keeps are no years.
            T::Extension(of) if of.name.as_str() == "pandas.period" => {
                let known: PandasPeriod = serde_json::from_str(of.metadata.as_deref()?).ok()?;
                Self::Period(Period::of_pandas(&known.freq)?)
            }
            T::Extension(of) => return Self::of(&of.inner),
            _ => return None,
        })
    }
}

/// Whether a zone is that in which instants are kept; in any other an instant is of another day than it is kept as.
fn is_utc(zone: &str) -> bool {
    ["UTC", "Etc/UTC", "GMT", "Z", "+00:00"].contains(&zone)
}

impl Period {
    /// The period of an alias of pandas; none that is shifted, as a business year is.
    fn of_pandas(alias: &str) -> Option<Self> {
        Some(match alias {
            "Y-DEC" | "A-DEC" | "Y" | "A" => Self::Year,
            "Q-DEC" | "Q" => Self::Quarter,
            "M" | "ME" => Self::Month,
            "W-SUN" | "W" => Self::Week,
            "D" => Self::Day,
            _ => return None,
        })
    }

    /// A period as frames have it, but for a year, which is a number there.
    fn label(self, count: i64) -> Option<String> {
        let of_year = |parts: i64| {
            let year = count.div_euclid(parts).checked_add(1970)?;
            (1..=9999).contains(&year).then_some((year, count.rem_euclid(parts) + 1))
        };
        match self {
            Self::Year => of_year(1).map(|(year, _)| format!("{year:04}")),
            Self::Quarter => of_year(4).map(|(year, quarter)| format!("{year:04}Q{quarter}")),
            Self::Month => of_year(12).map(|(year, month)| format!("{year:04}-{month:02}")),
            // Pandas gives 1 to the week from Monday, 29 December 1969.
            Self::Week => {
                let text = date(count.checked_mul(7)?.checked_sub(10)?)?.format("%G-W%V").to_string();
                (text.len() == 8).then_some(text)
            }
            Self::Day => day(count),
        }
    }
}

/// A column of a Parquet file as what stands for it, or what is wrong with it.
pub(super) fn plain_column(
    bytes: &[u8],
    metadata: &FileMetadata,
    field: &ArrowField,
    plain: Plain,
) -> Result<Column, String> {
    let arrays =
        arrays(bytes, metadata, field).map_err(|message| format!("column `{}`: {message}", field.name))?;
    let height: usize = arrays.iter().map(|array| array.len()).sum();
    if height != metadata.num_rows {
        return Err(format!("column `{}` has {height} values of {} rows", field.name, metadata.num_rows));
    }
    let name = field.name.clone();
    let at = |row: usize, what: String| format!("column `{name}`, row {}: {what}", row + 1);
    Ok(match plain {
        Plain::Small => {
            let values = whole_numbers(&arrays)?.into_iter().enumerate().map(|(row, value)| {
                let small = value.map(i32::try_from).transpose();
                small.map_err(|_| at(row, format!("{} isn't of its column's type", shown(value))))
            });
            Column::new(name.clone(), values.collect::<Result<Vec<Option<i32>>, _>>()?)
        }
        Plain::Whole | Plain::Decimal(0) => {
            let values = whole_numbers(&arrays)?.into_iter().enumerate().map(|(row, value)| {
                let whole = value.map(i64::try_from).transpose();
                whole.map_err(|_| {
                    let what = format!("the whole number {} needs more than 64 bits", shown(value));
                    at(row, format!("{what}; write such numbers as texts"))
                })
            });
            Column::new(name.clone(), values.collect::<Result<Vec<Option<i64>>, _>>()?)
        }
        Plain::Decimal(scale) => {
            let values = whole_numbers(&arrays)?.into_iter().enumerate().map(|(row, value)| {
                let nearest = value.map(|value| format!("{value}e-{scale}").parse::<f64>()).transpose();
                nearest.map_err(|_| at(row, format!("{} isn't a decimal", shown(value))))
            });
            Column::new(name.clone(), values.collect::<Result<Vec<Option<f64>>, _>>()?)
        }
        Plain::Number => Column::new(name, numbers(&arrays)?),
        Plain::Flag => {
            let mut values = Vec::with_capacity(height);
            for array in &arrays {
                values.extend(of::<BooleanArray>(array.as_ref())?.iter());
            }
            Column::new(name, values)
        }
        Plain::Text => {
            let mut values: Vec<Option<&str>> = Vec::with_capacity(height);
            for array in &arrays {
                match array.as_any().downcast_ref::<BinaryViewArray>() {
                    Some(array) => {
                        for bytes in array.iter() {
                            let text = bytes.map(std::str::from_utf8).transpose();
                            values.push(text.map_err(|_| at(values.len(), "it is no text in UTF-8".into()))?);
                        }
                    }
                    None => values.extend(of::<Utf8ViewArray>(array.as_ref())?.iter()),
                }
            }
            StringChunked::from_iter_options(name, values.into_iter()).into_column()
        }
        Plain::Day => {
            let label = |count: i128| i64::try_from(count).ok().and_then(day);
            labelled(name.as_str(), &whole_numbers(&arrays)?, label)?
        }
        Plain::Time(unit, is_instant) => {
            let counts = whole_numbers(&arrays)?;
            // One form for all of a column: days where no time of day is told.
            let days =
                counts.iter().flatten().all(|count| (count * unit).rem_euclid(DAY) == 0) && !is_instant;
            labelled(name.as_str(), &counts, |count| time(count.checked_mul(unit)?, days, is_instant))?
        }
        Plain::Period(Period::Year) => {
            let values = whole_numbers(&arrays)?.into_iter().enumerate().map(|(row, value)| {
                let year = value.map(|value| i32::try_from(value + 1970)).transpose();
                year.map_err(|_| at(row, format!("{} is beyond all years", shown(value))))
            });
            Column::new(name.clone(), values.collect::<Result<Vec<Option<i32>>, _>>()?)
        }
        Plain::Period(period) => {
            let label = |count: i128| i64::try_from(count).ok().and_then(|count| period.label(count));
            labelled(name.as_str(), &whole_numbers(&arrays)?, label)?
        }
    })
}

fn shown(value: Option<i128>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The type in which a column's pages are decoded: a dictionary as what it holds.
fn stored(data_type: &ArrowDataType) -> ArrowDataType {
    use ArrowDataType as T;
    match data_type {
        T::Dictionary(_, values, _) => stored(values),
        T::Extension(of) => stored(&of.inner),
        T::Utf8 | T::LargeUtf8 => T::Utf8View,
        other => other.clone(),
    }
}

/// A column's values as they are stored.
fn arrays(bytes: &[u8], metadata: &FileMetadata, field: &ArrowField) -> Result<Vec<Box<dyn Array>>, String> {
    let own = ArrowField::new(field.name.clone(), stored(&field.dtype), field.is_nullable);
    let mut all = Vec::new();
    for group in &metadata.row_groups {
        let (mut pages, mut types) = (Vec::new(), Vec::new());
        for chunk in group.columns_under_root_iter(&field.name).into_iter().flatten() {
            let range = chunk.byte_range();
            let part = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            let part = part.and_then(|(from, to)| bytes.get(from..to));
            let part = part.ok_or_else(|| "it reaches beyond the end of the file".to_owned())?;
            let reader = PageReader::new(Cursor::new(Buffer::from(part.to_vec())), chunk, vec![], usize::MAX);
            pages.push(BasicDecompressor::new(reader, vec![]));
            types.push(&chunk.descriptor().descriptor.primitive_type);
        }
        let (arrays, _) =
            column_iter_to_arrays(pages, types, own.clone(), None).map_err(|error| error.to_string())?;
        all.extend(arrays);
    }
    Ok(all)
}

fn of<A: Array + 'static>(array: &dyn Array) -> Result<&A, String> {
    array
        .as_any()
        .downcast_ref()
        .ok_or_else(|| format!("a column of {:?} isn't stored as such", array.dtype()))
}

fn whole_numbers(arrays: &[Box<dyn Array>]) -> Result<Vec<Option<i128>>, String> {
    let mut all = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
    'arrays: for array in arrays {
        macro_rules! first_of {
            ($($kind:ty),*) => {
                $(if let Some(own) = array.as_any().downcast_ref::<PrimitiveArray<$kind>>() {
                    all.extend(own.iter().map(|whole| whole.map(|whole| i128::from(*whole))));
                    continue 'arrays;
                })*
            };
        }
        first_of!(i8, i16, i32, i64, u8, u16, u32, u64, i128);
        return Err(format!("a column of {:?} isn't stored as whole numbers", array.dtype()));
    }
    Ok(all)
}

fn numbers(arrays: &[Box<dyn Array>]) -> Result<Vec<Option<f64>>, String> {
    let mut all = Vec::new();
    for array in arrays {
        let array = array.as_ref();
        if let Some(own) = array.as_any().downcast_ref::<PrimitiveArray<pf16>>() {
            all.extend(own.iter().map(|number| number.map(|number| number.0.to_f64())));
        } else if let Some(own) = array.as_any().downcast_ref::<PrimitiveArray<f32>>() {
            all.extend(own.iter().map(|number| number.map(|number| f64::from(*number))));
        } else {
            all.extend(of::<PrimitiveArray<f64>>(array)?.iter().map(|number| number.copied()));
        }
    }
    Ok(all)
}

/// The texts of counts, each made once.
fn labelled(
    name: &str,
    counts: &[Option<i128>],
    label: impl Fn(i128) -> Option<String>,
) -> Result<Column, String> {
    let mut labels: BTreeMap<i128, String> = BTreeMap::new();
    for (row, count) in counts.iter().enumerate() {
        let Some(count) = count else { continue };
        if !labels.contains_key(count) {
            let text = label(*count).ok_or_else(|| {
                format!("column `{name}`, row {}: the date {count} lies beyond the years 1 to 9999", row + 1)
            })?;
            labels.insert(*count, text);
        }
    }
    let texts = counts.iter().map(|count| labels.get(count.as_ref()?).map(String::as_str));
    Ok(StringChunked::from_iter_options(name.into(), texts).into_column())
}

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A date, by days from 1 January 1970.
fn date(days: i64) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let far = Days::new(days.unsigned_abs());
    if days < 0 { epoch.checked_sub_days(far) } else { epoch.checked_add_days(far) }
}

fn day(days: i64) -> Option<String> {
    let text = date(days)?.format("%Y-%m-%d").to_string();
    // Years of more than four digits aren't written in that form.
    (text.len() == 10).then_some(text)
}

/// A time, by nanoseconds from 1 January 1970.
fn time(nanoseconds: i128, as_day: bool, is_instant: bool) -> Option<String> {
    if as_day {
        return day(i64::try_from(nanoseconds.div_euclid(DAY)).ok()?);
    }
    let (seconds, rest) = (nanoseconds.div_euclid(SECOND), nanoseconds.rem_euclid(SECOND));
    let time = DateTime::from_timestamp(i64::try_from(seconds).ok()?, u32::try_from(rest).ok()?)?;
    let text = time.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string();
    if text.as_bytes().get(10).is_none_or(|byte| *byte != b'T') {
        return None;
    }
    Some(if is_instant { format!("{text}Z") } else { text })
}
