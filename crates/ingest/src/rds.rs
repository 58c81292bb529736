//! Data frames that R's `saveRDS` wrote.
//!
//! Factors are texts, dates are days, `NA` is missing. A class whose values aren't what is stored (times of another
//! zone than UTC, lists) is refused where the column is asked for.

use std::collections::BTreeMap;

use crate::calendar;
use crate::columns::{Columns, ColumnsAsked, Typed};
use crate::dictionary::{Dictionary, NONE, recoded};
use crate::packed;
use crate::rds_items::{self, Item, MISSING, Value};
use crate::shown::Shown;
use crate::table::Unreadable;
use crate::zone::Zone;

/// The name under which a frame's own names of rows are read, which are often its entities.
const ROW_NAMES: &str = "row.names";

/// The columns of a data frame that are asked for; rows are numbered as on a sheet, the names being row 1.
pub(crate) fn read_columns(bytes: &[u8], asked: &ColumnsAsked) -> Result<Columns, Unreadable> {
    let refused = |message: String| Unreadable {
        sheet: None,
        message: format!("not a readable R data file: {message}"),
        hint: "in R, write the data frame by `saveRDS(x, file)` or `arrow::write_parquet(x, file)`".into(),
    };
    let unpacked = packed::unpacked(bytes)?;
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    rds_items::read(bytes).and_then(|item| columns(&item, asked)).map_err(refused)
}

fn columns(frame: &Item, asked: &ColumnsAsked) -> Result<Columns, String> {
    if !frame.classes().contains(&"data.frame") {
        return Err(format!("it holds {}, not a data frame", frame.in_words()));
    }
    let Value::List(items) = &frame.value else { return Err("its data frame has no columns".into()) };
    let mut names: Vec<String> = frame
        .attribute("names")
        .map(|names| names.texts().into_iter().map(str::to_owned).collect())
        .unwrap_or_default();
    if names.len() != items.len() {
        return Err(format!("its data frame has {} columns and {} names", items.len(), names.len()));
    }
    let rows = frame.attribute("row.names");
    let height = height(rows)?;
    let mut columns = Columns { height, ..Columns::default() };
    for ((number, name), item) in (1_u32..).zip(&names).zip(items) {
        if let Some(label) =
            item.attribute("label").and_then(|label| label.texts().first().copied().map(str::to_owned))
        {
            columns.labels.insert(number, label);
        }
        let labels = labels(item);
        if !labels.is_empty() {
            columns.labelled.insert(number);
        }
        if !asked.wants(name) {
            continue;
        }
        let typed = match length(item) {
            Some(length) if length != height => {
                return Err(format!("its column `{name}` has {length} values, and the frame {height} rows"));
            }
            _ => typed(name, item, &labels, asked.wants_labels(name), &mut columns, number)?,
        };
        columns.columns.insert(number, typed);
    }
    // Names of rows that were given are data; those that count them aren't.
    if let Some(Value::Texts(codes, texts)) = rows.map(|rows| &rows.value) {
        if names.iter().any(|name| name == ROW_NAMES) {
            columns
                .warnings
                .push(format!("the frame has a column `{ROW_NAMES}`; its names of rows aren't read"));
        } else {
            let number = u32::try_from(names.len() + 1).unwrap_or(u32::MAX);
            names.push(ROW_NAMES.to_owned());
            if asked.wants(ROW_NAMES) {
                columns.columns.insert(number, Typed::Texts(codes.clone(), texts.clone()));
            }
        }
    }
    columns.names = names;
    Ok(columns)
}

/// How many rows there are: `c(NA, -n)`, or a name for each.
fn height(rows: Option<&Item>) -> Result<usize, String> {
    match rows.map(|rows| &rows.value) {
        Some(Value::Integers(rows)) => match rows.as_slice() {
            [MISSING, count] => Ok(count.unsigned_abs() as usize),
            rows => Ok(rows.len()),
        },
        Some(Value::Texts(rows, _)) => Ok(rows.len()),
        Some(Value::Numbers(rows)) => match rows.as_slice() {
            [missing, count] if missing.is_nan() && count.abs() < 9e15 => Ok(count.abs() as usize),
            rows => Ok(rows.len()),
        },
        _ => Err("its data frame doesn't say how many rows it has".into()),
    }
}

fn length(item: &Item) -> Option<usize> {
    match &item.value {
        Value::Logicals(values) | Value::Integers(values) => Some(values.len()),
        Value::Numbers(values) => Some(values.len()),
        Value::Texts(values, _) => Some(values.len()),
        _ => None,
    }
}

/// A vector's numbers, none where one is missing.
fn numbers(item: &Item) -> Option<Vec<Option<f64>>> {
    let whole = |value: &i32| (*value != MISSING).then_some(f64::from(*value));
    match &item.value {
        Value::Logicals(values) | Value::Integers(values) => Some(values.iter().map(whole).collect()),
        Value::Numbers(values) => {
            Some(values.iter().map(|value| (!is_missing(*value)).then_some(*value)).collect())
        }
        _ => None,
    }
}

/// R's `NA` among numbers is the one that isn't a number with 1954 in its last four bytes.
fn is_missing(number: f64) -> bool {
    number.is_nan() && number.to_bits() as u32 == 1954
}

/// The labels of values that the package haven keeps.
fn labels(item: &Item) -> Vec<(f64, String)> {
    let Some(labels) = item.attribute("labels") else { return Vec::new() };
    let names = labels.attribute("names").map(Item::texts).unwrap_or_default();
    let values = numbers(labels).unwrap_or_default();
    values.into_iter().zip(names).filter_map(|(value, name)| Some((value?, name.to_owned()))).collect()
}

/// Values that the package haven keeps as missing of an SPSS file's, under their codes.
fn is_declared_missing(item: &Item, number: f64) -> bool {
    let within = |name: &str| item.attribute(name).and_then(numbers).unwrap_or_default();
    let range = within("na_range");
    let in_range = match range.as_slice() {
        [Some(low), Some(high)] => *low <= number && number <= *high,
        _ => false,
    };
    in_range || within("na_values").contains(&Some(number))
}

/// Classes whose values are what is stored.
const PLAIN: [&str; 12] = [
    "AsIs",
    "labelled",
    "haven_labelled",
    "haven_labelled_spss",
    "vctrs_vctr",
    "noquote",
    "integer",
    "numeric",
    "double",
    "character",
    "logical",
    "pseries",
];

fn typed(
    name: &str,
    item: &Item,
    labels: &[(f64, String)],
    as_labels: bool,
    columns: &mut Columns,
    number: u32,
) -> Result<Typed, String> {
    let classes = item.classes();
    let is = |class: &str| classes.contains(&class);
    let unread = |what: String, hint: &str| {
        Ok(Typed::Unread(Shown::Unsure {
            text: classes.first().map_or_else(|| item.in_words().to_owned(), |class| (*class).to_owned()),
            message: format!("column `{name}` holds {what}"),
            hint: hint.replace("NAME", name),
        }))
    };
    if item.attribute("dim").is_some() {
        return unread("a matrix".into(), "in R, make columns of it: `x <- do.call(data.frame, x)`");
    }
    if is("factor") {
        let (Value::Integers(codes), Some(levels)) = (&item.value, item.attribute("levels")) else {
            return Err(format!("its column `{name}` is a factor without levels"));
        };
        let mut texts = Dictionary::default();
        let new: Vec<u32> = levels.texts().into_iter().map(|level| texts.code(level)).collect();
        let place = |code: &i32| match *code {
            MISSING => Ok(NONE),
            code => {
                let level = code.checked_sub(1).and_then(|place| new.get(usize::try_from(place).ok()?));
                level.copied().ok_or_else(|| {
                    format!("its column `{name}` is a factor with a code {code}, beyond its levels")
                })
            }
        };
        return Ok(Typed::Texts(codes.iter().map(place).collect::<Result<_, _>>()?, texts));
    }
    if is("integer64") {
        let Value::Numbers(values) = &item.value else {
            return Err(format!("its column `{name}` is no whole number of 64 bits"));
        };
        let wholes: Vec<i64> = values.iter().map(|value| value.to_bits() as i64).collect();
        let missing = wholes.iter().map(|whole| *whole == i64::MIN).collect();
        return Ok(Typed::Wholes(wholes, missing));
    }
    let dates = |text: &dyn Fn(f64) -> Option<String>| -> Result<Typed, String> {
        let mut texts = Dictionary::default();
        let values =
            numbers(item).ok_or_else(|| format!("its column `{name}` holds no dates, as its class says"))?;
        let code = |value: &Option<f64>| match value.filter(|value| !value.is_nan()) {
            None => Ok(NONE),
            Some(value) => {
                let text = text(value).ok_or_else(|| format!("{value} in column `{name}` is no date"))?;
                Ok(texts.code(&text))
            }
        };
        let codes = values.iter().map(code).collect::<Result<Vec<u32>, String>>()?;
        Ok(Typed::Dates(codes, texts))
    };
    if is("Date") {
        return dates(&|days| (days.abs() < 1e9).then(|| calendar::day(days.floor() as i64)).flatten());
    }
    if is("POSIXct") {
        let zone =
            item.attribute("tzone").map(|zone| zone.texts().first().copied().unwrap_or_default().to_owned());
        let known = zone.as_deref().and_then(Zone::parse);
        if known.is_none() {
            let zone = zone.filter(|zone| !zone.is_empty());
            let of =
                zone.map_or_else(|| "whatever zone R runs in".to_owned(), |zone| format!("the zone {zone}"));
            return unread(
                format!("times of {of}"),
                "in R, say which day is meant (`x$NAME <- as.Date(x$NAME, tz = \"…\")`), or write times as texts by \
                 `format(x$NAME, \"%Y-%m-%dT%H:%M:%S\")`",
            );
        }
        return dates(&|seconds| {
            let nanoseconds = (seconds * 1e6).round() as i128 * 1_000;
            let text = match known {
                None | Some(Zone::Utc) => calendar::time(nanoseconds),
                Some(zone) => zone.time(nanoseconds),
            };
            text.filter(|_| seconds.abs() < 1e12)
        });
    }
    for (class, in_a_year) in [("yearmon", 12.0), ("yearqtr", 4.0)] {
        if is(class) {
            return dates(&|years| {
                let count = (years * in_a_year).round();
                let (year, part) = ((count / in_a_year).floor(), count.rem_euclid(in_a_year) + 1.0);
                let is_year = (0.0..10_000.0).contains(&year);
                is_year.then(|| match class {
                    "yearmon" => format!("{year:04}-{part:02}"),
                    _ => format!("{year:04}Q{part}"),
                })
            });
        }
    }
    if is("difftime") {
        if let Some(units) =
            item.attribute("units").and_then(|units| units.texts().first().copied().map(str::to_owned))
        {
            columns.labels.entry(number).or_insert_with(|| format!("a length of time in {units}"));
        }
    } else if let Some(class) = classes.iter().find(|class| !PLAIN.contains(class)) {
        return unread(
            format!("values of the class {class}, which isn't known here"),
            "in R, make numbers or texts of it: `x$NAME <- as.numeric(x$NAME)`, `as.character(x$NAME)`",
        );
    }
    match &item.value {
        Value::Texts(codes, texts) => {
            let mut own = Dictionary::default();
            let code = |text: &String| if text.is_empty() { NONE } else { own.code(text) };
            let new: Vec<u32> = texts.texts().iter().map(code).collect();
            Ok(Typed::Texts(recoded(codes, &new).collect(), own))
        }
        Value::Logicals(flags) => {
            let missing = flags.iter().map(|flag| *flag == MISSING).collect();
            Ok(Typed::Booleans(flags.iter().map(|flag| *flag != 0).collect(), missing))
        }
        Value::Integers(_) | Value::Numbers(_) => {
            let mut values = numbers(item).unwrap_or_default();
            let mut coded: BTreeMap<usize, String> = BTreeMap::new();
            if item.attribute("na_values").is_some() || item.attribute("na_range").is_some() {
                for (at, value) in values.iter_mut().enumerate() {
                    if let Some(number) = value.filter(|number| is_declared_missing(item, *number)) {
                        coded.insert(at, vintner_panel::shortest_decimal(number));
                        *value = None;
                    }
                }
            }
            if !coded.is_empty() {
                columns.warnings.push(format!(
                    "column {name:?}: {} values that the file declares to be missing are read so",
                    coded.len()
                ));
                columns.coded.insert(number, coded);
            }
            if as_labels && !labels.is_empty() {
                let mut texts = Dictionary::default();
                let code = |value: &Option<f64>| match value {
                    None => NONE,
                    Some(value) => match labels.iter().find(|(labelled, _)| labelled == value) {
                        Some((_, label)) => texts.code(label),
                        None => texts.code(&vintner_panel::shortest_decimal(*value)),
                    },
                };
                let codes = values.iter().map(code).collect();
                return Ok(Typed::Texts(codes, texts));
            }
            let missing: Vec<bool> = values.iter().map(Option::is_none).collect();
            let missing = if missing.contains(&true) { missing } else { Vec::new() };
            Ok(match &item.value {
                Value::Integers(_) => Typed::Wholes(
                    values.iter().map(|value| value.unwrap_or_default() as i64).collect(),
                    missing,
                ),
                _ => Typed::Numbers(values.iter().map(|value| value.unwrap_or_default()).collect(), missing),
            })
        }
        _ => unread(
            item.in_words().to_owned(),
            "in R, make a column of numbers or texts of it, or leave it out",
        ),
    }
}
