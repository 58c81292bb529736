//! Results as CSV and as JSON.

use serde_json::Value;

use super::read::{ResultCell, ResultRow, read_results};
use super::results::ModelResults;
use crate::error::{ReportingError, Result};

/// Reads results from CSV with a header: what R's `write.csv(row.names = FALSE)` and pandas' `to_csv(index=False)`
/// write of a frame in this form. An empty cell, `NA` and `NaN` are missing.
///
/// # Errors
/// As [`read_results`]; where the text is no CSV.
pub fn read_results_csv(source: &str, text: &str) -> Result<Vec<ModelResults>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let refuse =
        |error: csv::Error| ReportingError::Results { place: source.into(), message: error.to_string() };
    let header = reader.headers().map_err(refuse)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(refuse)?;
        let place =
            record.position().map_or_else(String::new, |position| format!("line {}", position.line()));
        let cells = header.iter().zip(&record).filter(|(column, _)| !column.is_empty());
        let cells = cells.map(|(column, cell)| (column.to_owned(), cell_of(cell))).collect();
        rows.push(ResultRow { place, cells });
    }
    read_results(source, &rows)
}

fn cell_of(text: &str) -> ResultCell {
    let text = text.trim();
    match text {
        "" | "NA" | "NaN" | "nan" => ResultCell::Missing,
        _ => match text.parse::<f64>() {
            // A term may be called `inf` or `1`: what its column holds is read as text where that is what counts.
            Ok(number) => ResultCell::Number(number),
            Err(_) => ResultCell::Text(text.to_owned()),
        },
    }
}

/// Reads results from JSON, a list of objects, one a term: what R's `jsonlite::toJSON` and pandas'
/// `to_json(orient="records")` write. `null` and the texts `NA` and `NaN` are missing.
///
/// # Errors
/// As [`read_results`]; where the text is no such list.
pub fn read_results_json(source: &str, value: &Value) -> Result<Vec<ModelResults>> {
    let refuse = |place: String, found: &Value| ReportingError::Results {
        place,
        message: format!("a list of objects is expected, one a term, found {}", kind(found)),
    };
    let Value::Array(items) = value else { return Err(refuse(source.into(), value)) };
    let mut rows = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let place = format!("row {}", at + 1);
        let Value::Object(fields) = item else { return Err(refuse(format!("{source}, {place}"), item)) };
        let mut cells = Vec::new();
        for (column, value) in fields {
            let cell = match value {
                Value::Null => ResultCell::Missing,
                Value::Number(number) => number.as_f64().map_or(ResultCell::Missing, ResultCell::Number),
                Value::String(text) if matches!(text.as_str(), "NA" | "NaN") => ResultCell::Missing,
                Value::String(text) => ResultCell::Text(text.clone()),
                other => {
                    return Err(ReportingError::Results {
                        place: format!("{source}, {place}, column `{column}`"),
                        message: format!("a number or a text is expected, found {}", kind(other)),
                    });
                }
            };
            cells.push((column.clone(), cell));
        }
        rows.push(ResultRow { place, cells });
    }
    read_results(source, &rows)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::StatisticValue;

    fn message(text: &str) -> String {
        read_results_csv("fits.csv", text).map(|read| format!("{read:?}")).unwrap_err().to_string()
    }

    #[test]
    fn what_broom_writes_is_read() {
        let text = "\"model\",\"term\",\"estimate\",\"std.error\",\"statistic\",\"p.value\",\"nobs\",\"r.squared\",\"family\"\n\
                    ols,(Intercept),1.5,0.5,3,0.01,40,0.25,gaussian\n\
                    ols,x,-2,NA,NA,NA,40,0.25,gaussian\n\
                    pois,x,0.1,0.02,5,1e-6,41,,poisson\n";
        let read = read_results_csv("fits.csv", text).unwrap();
        assert_eq!(
            read.iter().map(|one| (one.model.as_str(), one.terms.len())).collect::<Vec<_>>(),
            [("ols", 2), ("pois", 1)]
        );
        assert_eq!(read[0].terms[0].std_error, Some(0.5));
        assert_eq!(read[0].terms[1].std_error, None);
        assert_eq!(read[0].statistics.get("n_obs"), Some(&StatisticValue::Number(40.0)));
        assert_eq!(read[1].statistics.get("r_squared"), None);
        assert_eq!(read[1].statistics.get("family"), Some(&StatisticValue::Text("poisson".into())));
        let json =
            serde_json::json!([{"term": "x", "estimate": 1, "conf.low": 0.5, "conf.high": 2, "df": "Inf"}]);
        let read = read_results_json("fits.json", &json).unwrap();
        assert_eq!((read[0].terms[0].conf_high, read[0].terms[0].df), (Some(2.0), None));
    }

    #[test]
    fn what_is_no_result_is_refused_with_its_place() {
        for (text, words) in [
            ("", "fits.csv: there are no results"),
            ("term,estimate\n", "there are no results"),
            ("name,estimate\nx,1\n", "there is no column `term`; there are name, estimate"),
            ("term,value\nx,1\n", "name the column of the coefficients `estimate`"),
            ("term,estimate\nx,1\nx,2\n", "fits.csv, line 3, column `term`: `x` is there twice"),
            ("term,estimate\nx,one\n", "line 2, column `estimate`: `one` is no number"),
            ("term,estimate\nx,inf\n", "inf is no result"),
            ("term,estimate\n,1\n", "the name of a coefficient is missing"),
            ("term,estimate,std_error\nx,1,-2\n", "column `std_error`: a standard error of -2"),
            ("term,estimate,p_value\nx,1,1.2\n", "1.2 is no p-value"),
            ("term,estimate,conf_low,conf_high\nx,1,2,1\n", "an interval from 2 to 1"),
            ("term,estimate,std_error\nx,NA,2\n", "there is no estimate, but"),
            ("term,estimate,nobs\nx,1,3\ny,1,4\n", "line 3, column `n_obs`: it isn't the same as in line 2"),
            ("term,estimate,se,std.error\nx,1,3,3\n", "it is the same as the column `se`"),
            ("term,estimate\nx,1,2\n", "fits.csv: CSV error"),
            ("term,estimate,df\nx,1,0\n", "0 degrees of freedom"),
        ] {
            let said = message(text);
            assert!(said.contains(words), "{text:?}: {said}");
        }
    }
}
