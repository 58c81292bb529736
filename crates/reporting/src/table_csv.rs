//! A table of coefficients as CSV, in its own layout: units in the rows, regressors in the columns.

use crate::context::TableContext;
use crate::error::{ReportingError, Result};
use crate::estimates_csv::as_text;
use crate::published::syntax;
use crate::wording::Wording;

/// Writes a table as CSV (RFC 4180 quoting, `\n` ends a row, UTF-8 without a byte order mark).
///
/// Each regressor has a column of estimates, one of their stars and, where anything was published, the
/// same two of the published values. Numbers have the digits that the report prints. The last column
/// names the vintage, and says of synthetic data that they are. Text that a spreadsheet might run as a
/// formula gets an apostrophe before it, as in `estimates.csv`.
///
/// # Errors
/// Where the labels lack one that the header needs, or the writer refuses.
pub fn write_table_csv(context: &TableContext, wording: &Wording) -> Result<String> {
    let table = &context.table;
    let label = |key: &str| wording.line(key, &[]);
    let published = label("tables.published")?;
    let mut header = vec![as_text(&label("columns.unit")?)];
    for regressor in &table.regressors {
        header.extend([as_text(&regressor.id), as_text(&format!("{} *", regressor.id))]);
        if table.compared {
            header.push(as_text(&format!("{} {published}", regressor.id)));
            header.push(as_text(&format!("{} {published} *", regressor.id)));
        }
    }
    header.extend(["n".into(), as_text(&label("columns.vintage")?)]);
    let vintage = match context.report.vintage.synthetic {
        true => format!("{} ({})", context.report.vintage.name, label("notice.header")?),
        false => context.report.vintage.name.clone(),
    };
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let unwritable = |error: csv::Error| syntax("table.csv", "", &error);
    writer.write_record(&header).map_err(unwritable)?;
    for row in &table.rows {
        let mut record = vec![as_text(wording.name(&row.unit))];
        for cell in &row.cells {
            let sides = [Some(&cell.estimate), table.compared.then_some(&cell.published)];
            for figure in sides.into_iter().flatten() {
                record.push(figure.as_ref().map(|figure| figure.text.clone()).unwrap_or_default());
                record.push(figure.as_ref().map(|figure| figure.stars.clone()).unwrap_or_default());
            }
        }
        record.extend([row.n_obs.clone(), as_text(&vintage)]);
        writer.write_record(&record).map_err(unwritable)?;
    }
    let bytes = writer.into_inner().map_err(|error| ReportingError::Model(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ReportingError::Model(error.to_string()))
}
