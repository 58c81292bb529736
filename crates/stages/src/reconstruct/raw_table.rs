//! Raw tables as rows of cells, and as the bytes of text files and workbooks.

use std::collections::BTreeMap;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::error::ReconstructError;
use super::series::Series;
use super::spec::{Column, Index, RawTable, Specification};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A whole number, such as a year.
    Whole(i32),
    /// A number as it is shown.
    Number(String),
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
        }
    }
}

/// The rows of a table: an optional title, the header, the data.
///
/// # Errors
/// When columns contradict one another or name unknown series.
pub fn rows(
    table: &RawTable,
    specification: &Specification,
    file: &str,
    series: &BTreeMap<String, Series>,
) -> Result<Vec<Vec<Cell>>, ReconstructError> {
    let inconsistent = |reason: String| ReconstructError::Inconsistent {
        file: file.to_owned(),
        place: format!("table {} {}", table.path, table.sheet.as_deref().unwrap_or_default())
            .trim()
            .to_owned(),
        reason,
    };
    let find = |name: &str| series.get(name).ok_or_else(|| inconsistent(format!("`{name}` is no series")));
    let mut held = Vec::new();
    for column in &table.columns {
        let kinds = [column.unit.is_some(), column.index.is_some(), column.series.is_some()];
        if kinds.iter().filter(|kind| **kind).count() != 1 {
            let reason = format!("column `{}` needs exactly one of unit, index, series", column.header);
            return Err(inconsistent(reason));
        }
        if let Some(name) = &column.series {
            held.push(find(name)?);
        }
    }
    let across = table.years_across.as_deref().map(find).transpose()?;
    held.extend(across);
    if held.is_empty() {
        return Err(inconsistent("no column holds a series".to_owned()));
    }

    let years = specification.years;
    let all_years: Vec<i32> = (years.first..=years.last).collect();
    let has_unit_column = table.columns.iter().any(|column| column.unit.is_some());
    let units = if has_unit_column { held.iter().filter_map(|series| series.units).max() } else { None };
    let categories = held.iter().find_map(|series| series.categories.clone());
    let by_year = across.is_none() && held.iter().any(|series| series.years.is_some());

    let mut rows = Vec::new();
    if let Some(title) = &table.title {
        rows.push(vec![Cell::Text(title.clone())]);
    }
    let mut header: Vec<Cell> =
        table.columns.iter().map(|column| Cell::Text(column.header.clone())).collect();
    if across.is_some() {
        header.extend(all_years.iter().map(|year| Cell::Whole(*year)));
    }
    rows.push(header);
    for unit in 0..units.unwrap_or(1) {
        for category in 0..categories.as_ref().map_or(1, Vec::len) {
            for year in 0..if by_year { all_years.len() } else { 1 } {
                let number = |series: &Series, year: usize| match series.get(unit, category, year) {
                    Some(value) => Cell::Number(series.show(value)),
                    None => Cell::Empty,
                };
                let mut row = Vec::with_capacity(table.columns.len());
                for column in &table.columns {
                    row.push(match column {
                        Column { unit: Some(label), .. } => {
                            Cell::Text(unit_label(specification, &held, unit, label).ok_or_else(|| {
                                inconsistent(format!("unit {} has no label `{label}`", unit + 1))
                            })?)
                        }
                        Column { index: Some(Index::Year), .. } => Cell::Whole(if by_year {
                            years.first + i32::try_from(year).unwrap_or_default()
                        } else {
                            years.base
                        }),
                        Column { index: Some(Index::Category), .. } => categories
                            .as_ref()
                            .and_then(|names| names.get(category))
                            .map_or(Cell::Empty, |name| Cell::Text(name.clone())),
                        Column { series: Some(name), .. } => number(find(name)?, year),
                        _ => Cell::Empty,
                    });
                }
                if let Some(across) = across {
                    row.extend((0..all_years.len()).map(|year| number(across, year)));
                }
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

/// A unit's label; the row after the last unit is the rest of the country.
fn unit_label(specification: &Specification, held: &[&Series], unit: usize, label: &str) -> Option<String> {
    match specification.units.get(unit) {
        Some(unit) if label == "name" => Some(unit.name.clone()),
        Some(unit) => unit.labels.get(label).cloned(),
        None => held.iter().find_map(|series| series.rest.clone()),
    }
}

/// The bytes of a text file.
///
/// # Errors
/// When the encoding is unknown or cannot express a cell.
pub fn text_file(table: &RawTable, rows: &[Vec<Cell>], file: &str) -> Result<Vec<u8>, ReconstructError> {
    let inconsistent = |reason: String| ReconstructError::Inconsistent {
        file: file.to_owned(),
        place: format!("table {}", table.path),
        reason,
    };
    let delimiter = if table.path.ends_with(".tsv") { b'\t' } else { b',' };
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(Cell::text)).map_err(|error| inconsistent(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| inconsistent(error.to_string()))?;
    let Some(label) = &table.encoding else { return Ok(bytes) };
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| inconsistent(format!("`{label}` is no encoding; try GB18030 or UTF-8")))?;
    let text = String::from_utf8(bytes).map_err(|error| inconsistent(error.to_string()))?;
    let (encoded, _, unmappable) = encoding.encode(&text);
    if unmappable {
        return Err(inconsistent(format!("{label} cannot express every cell")));
    }
    Ok(encoded.into_owned())
}

/// The bytes of a workbook of `sheets`.
///
/// The creation date is fixed, so that the same numbers give the same bytes.
///
/// # Errors
/// When the writer refuses a sheet.
pub fn workbook(
    path: &str,
    sheets: &[(Option<String>, Vec<Vec<Cell>>)],
) -> Result<Vec<u8>, ReconstructError> {
    write_workbook(sheets)
        .map_err(|error| ReconstructError::Workbook { path: path.to_owned(), reason: error.to_string() })
}

fn write_workbook(sheets: &[(Option<String>, Vec<Vec<Cell>>)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        if let Some(name) = name {
            sheet.set_name(name)?;
        }
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) => {
                        sheet.write_string(row, column, text)?;
                    }
                    Cell::Whole(number) => {
                        sheet.write_number(row, column, f64::from(*number))?;
                    }
                    Cell::Number(shown) => {
                        let decimals = shown.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                        let pattern = if decimals == 0 {
                            "0".to_owned()
                        } else {
                            format!("0.{}", "0".repeat(decimals))
                        };
                        let format = Format::new().set_num_format(pattern);
                        // Cells come from Series::show, so the text is a number.
                        let number = shown.parse::<f64>().unwrap_or(f64::NAN);
                        sheet.write_number_with_format(row, column, number, &format)?;
                    }
                }
            }
        }
    }
    workbook.save_to_buffer()
}
