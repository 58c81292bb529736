//! Frames of the store as CSV beside the scripts, where these can't make them.

use polars::prelude::{AnyValue, DataFrame};
use vintner_panel::tidy_columns;

use crate::branches::Branch;
use crate::error::Result;
use crate::program::Program;
use crate::script::{Call, Value};

/// A frame as a file below the folder of scripts.
pub(crate) struct Exported {
    pub(crate) path: String,
    /// Its columns of text, which a reader of CSV might take for numbers.
    pub(crate) texts: Vec<String>,
}

impl Exported {
    /// The call that reads it.
    pub(crate) fn read_by(&self, function: &'static str) -> Call {
        let texts = (!self.texts.is_empty()).then(|| Value::texts(&self.texts));
        Call::new(function).with(Value::OwnFile(self.path.clone())).maybe("text", texts)
    }
}

/// The tidy values of a source.
pub(crate) fn tidy(program: &mut Program, branch: &Branch<'_>, name: &str) -> Result<Exported> {
    let frame = branch.frame("tidy")?;
    let kept = |column: &&str| {
        [tidy_columns::ENTITY, tidy_columns::TIME, tidy_columns::CATEGORY].contains(column)
            || tidy_columns::is_variable(column)
    };
    let columns: Vec<&str> = names(&frame).into_iter().filter(kept).collect();
    let path = format!("data/{}.csv", crate::script::identifier(name));
    let bytes = csv(&frame, &columns).map_err(|error| branch.fault("tidy", error))?;
    program.files.insert(path.clone(), bytes);
    program.of_source.insert(path.clone(), name.to_owned());
    Ok(Exported { path, texts: texts(&frame, &columns) })
}

/// An output that is a frame, with all its columns.
pub(crate) fn frame(program: &mut Program, branch: &Branch<'_>, output: &str) -> Result<Exported> {
    let frame = branch.frame(output)?;
    let columns = names(&frame);
    let path = format!("data/{}.{output}.csv", crate::script::identifier(&branch.name));
    let bytes = csv(&frame, &columns).map_err(|error| branch.fault(output, error))?;
    program.files.insert(path.clone(), bytes);
    Ok(Exported { path, texts: texts(&frame, &columns) })
}

/// Those of the columns that hold text, without the keys.
fn texts(frame: &DataFrame, columns: &[&str]) -> Vec<String> {
    let keys = [tidy_columns::ENTITY, tidy_columns::TIME, tidy_columns::CATEGORY];
    let is_text = |name: &&str| frame.column(name).is_ok_and(|column| column.dtype().is_string());
    let own = columns.iter().copied().filter(|name| !keys.contains(name)).filter(is_text);
    own.map(str::to_owned).collect()
}

fn names(frame: &DataFrame) -> Vec<&str> {
    frame.get_column_names().into_iter().map(|name| name.as_str()).collect()
}

fn csv(frame: &DataFrame, columns: &[&str]) -> std::result::Result<Vec<u8>, String> {
    let message = |error: &dyn std::fmt::Display| error.to_string();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = columns.iter().map(|name| if *name == tidy_columns::CATEGORY { "category" } else { name });
    writer.write_record(header).map_err(|error| message(&error))?;
    let columns = columns.iter().map(|name| frame.column(name)).collect::<std::result::Result<Vec<_>, _>>();
    let columns = columns.map_err(|error| message(&error))?;
    for row in 0..frame.height() {
        let mut record = Vec::with_capacity(columns.len());
        for column in &columns {
            record.push(cell(&column.get(row).map_err(|error| message(&error))?));
        }
        writer.write_record(record).map_err(|error| message(&error))?;
    }
    writer.into_inner().map_err(|error| message(&error))
}

fn cell(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Float64(number) => crate::script::number(*number),
        other => other.to_string(),
    }
}
