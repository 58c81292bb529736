//! An output as its branch's page shows it.

use serde::Serialize;
use serde_json::Value;
use vintner_pipeline::{ColumnProfile, Kind, OutputAudit, StageStatus};

use crate::error::{Result, SiteError};
use crate::figures::{bytes, six_digits};
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::{Link, output_place};
use crate::table_data::{ROWS, TableView, cut, of_csv, of_objects, table};

/// The most columns whose statistics are shown.
const COLUMNS: usize = 300;

/// The most lines of a text that are shown, and the most bytes.
const LINES: usize = 300;
const TEXT: usize = 120_000;

/// The most characters of a line.
const LINE: usize = 600;

/// What an output holds.
#[derive(Debug, Serialize)]
pub(crate) struct OutputView {
    /// Its place on the page.
    place: String,
    pub(crate) name: String,
    kind: String,
    /// Rows of a frame, lines of a text, in words.
    rows: String,
    bytes: String,
    digest: String,
    path: String,
    pub(crate) published: Option<Link>,
    pub(crate) columns: Vec<ColumnView>,
    more_columns: usize,
    table: Option<TableView>,
    /// The first lines of a value or a text.
    lines: Vec<String>,
    /// Whether that isn't all.
    more_lines: bool,
    /// Whether the object is there and sound.
    lost: bool,
}

/// What a column holds.
#[derive(Debug, Serialize)]
pub(crate) struct ColumnView {
    pub(crate) name: String,
    data_type: String,
    missing: usize,
    distinct: String,
    min: String,
    mean: String,
    max: String,
    not_finite: usize,
    bars: Vec<Bar>,
    /// The histogram in words.
    spread: String,
}

/// A bar of a histogram, in a picture 96 wide and 24 high.
#[derive(Debug, Serialize)]
struct Bar {
    x: String,
    y: String,
    width: String,
    height: String,
}

pub(crate) fn view(
    gathered: &Gathered<'_, '_, '_>,
    folder: &mut Folder,
    status: &StageStatus,
    output: &OutputAudit,
) -> Result<OutputView> {
    let what = format!("{}.{}", status.branch, output.name);
    let key = match &status.id.item {
        None => format!("{}/{}", status.id.stage, output.name),
        Some(item) => format!("{}/{}/{item}", status.id.stage, output.name),
    };
    let mut view = OutputView {
        place: output_place(&output.name),
        name: output.name.clone(),
        kind: output.kind.to_string(),
        rows: match (output.rows, output.kind) {
            (None, _) => String::new(),
            (Some(rows), Kind::Text) => format!("{rows} lines"),
            (Some(rows), _) => format!("{rows} rows"),
        },
        bytes: bytes(output.bytes),
        digest: output.digest.to_string(),
        path: output.path.display().to_string(),
        published: output.published.as_ref().map(|path| gathered.published(path)),
        columns: Vec::new(),
        more_columns: 0,
        table: None,
        lines: Vec::new(),
        more_lines: false,
        lost: false,
    };
    if let Some(profile) = &output.profile {
        view.columns = profile.columns.iter().take(COLUMNS).map(column).collect();
        view.more_columns = profile.columns.len() - view.columns.len();
        let names: Vec<String> = profile.columns.iter().map(|column| column.name.clone()).collect();
        view.table = Some(table(folder, &key, &names, &profile.first_rows, profile.rows)?);
        return Ok(view);
    }
    let Some(bytes) = gathered.request.store.object(&output.digest) else {
        view.lost = true;
        return Ok(view);
    };
    let text = String::from_utf8_lossy(&bytes);
    let rows = match output.kind {
        Kind::Json => {
            let value: Value = serde_json::from_slice(&bytes)
                .map_err(|error| SiteError::Output { what, message: error.to_string() })?;
            of_objects(&value).map(|(names, rows)| (names, rows, value.as_array().map_or(0, Vec::len)))
        }
        Kind::Text if output.path.extension().is_some_and(|ending| ending == "csv") => of_csv(&text),
        _ => None,
    };
    if let Some((names, rows, total)) = rows {
        view.table = Some(table(folder, &key, &names, &rows[..rows.len().min(ROWS)], total)?);
    }
    let mut size = 0;
    for line in text.lines() {
        if view.lines.len() == LINES || size > TEXT {
            view.more_lines = true;
            break;
        }
        let short = match line.char_indices().nth(LINE) {
            Some((at, _)) => format!("{}\u{2026}", &line[..at]),
            None => line.to_owned(),
        };
        size += short.len();
        view.lines.push(short);
    }
    Ok(view)
}

fn column(profile: &ColumnProfile) -> ColumnView {
    let value = |value: &Option<Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => cut(text),
        Some(Value::Number(number)) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => six_digits(number),
            None => number.to_string(),
        },
        Some(other) => other.to_string(),
    };
    let (mut bars, mut spread) = (Vec::new(), String::new());
    if let Some(histogram) = &profile.histogram {
        let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
        let width = 96.0 / histogram.counts.len() as f64;
        for (at, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = (*count as f64 / most * 22.0).max(1.0);
            bars.push(Bar {
                x: format!("{:.1}", at as f64 * width),
                y: format!("{:.1}", 24.0 - height),
                width: format!("{:.1}", (width - 0.5).max(0.5)),
                height: format!("{height:.1}"),
            });
        }
        let fullest =
            histogram.counts.iter().enumerate().max_by_key(|(at, count)| (**count, usize::MAX - at));
        let share = |at: usize| {
            let share = at as f64 / histogram.counts.len() as f64;
            six_digits(histogram.from * (1.0 - share) + histogram.to * share)
        };
        spread = match fullest {
            Some((at, count)) if histogram.counts.len() > 1 => format!(
                "Histogram of {} from {} to {}: most, {count}, lie between {} and {}",
                profile.name,
                six_digits(histogram.from),
                six_digits(histogram.to),
                share(at),
                share(at + 1)
            ),
            _ => format!("All values of {} are {}", profile.name, six_digits(histogram.from)),
        };
    }
    ColumnView {
        name: profile.name.clone(),
        data_type: profile.data_type.clone(),
        missing: profile.missing,
        distinct: profile.distinct.map(|count| count.to_string()).unwrap_or_default(),
        min: value(&profile.min),
        mean: profile.mean.map(six_digits).unwrap_or_default(),
        max: value(&profile.max),
        not_finite: profile.not_finite,
        bars,
        spread,
    }
}
