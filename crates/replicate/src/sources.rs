//! `ingest`: how each raw file is read.

use serde_json::Value as Json;
use vintner_ingest::{Duplicates, Format, NameCase, Outside, Source, ValueKind};

use crate::branches::{Branch, read};
use crate::error::Result;
use crate::exported;
use crate::program::Program;
use crate::request::ReplicateRequest;
use crate::script::{Call, Statement, Value};

/// The statement that reads a branch's file; the tidy values as they are kept where scripts can't read it.
pub(crate) fn add(program: &mut Program, branch: &Branch<'_>, request: &ReplicateRequest<'_>) -> Result<()> {
    let name = branch.item.clone().unwrap_or_else(|| branch.stage.clone());
    let declared = request.vintage.sources.iter().find(|source| Some(&source.name) == branch.item.as_ref());
    let source: Option<Source> =
        declared.and_then(|source| serde_json::from_value(source.declaration.clone()).ok());
    let told = match &source {
        Some(source) => unread(source),
        None => Some("the manifest doesn't say how it is read".to_owned()),
    };
    if let (Some(source), None) = (&source, &told) {
        let mut call = reading(source, program, branch, request);
        if let Some(window) = branch.param::<Json>("window") {
            call = call.maybe("first_year", year(&window, "first")).maybe("last_year", year(&window, "last"));
        }
        if source.format == Format::Parquet {
            // R reads Parquet by a package that few have; the values lie beside the scripts, too.
            let copy = exported::tidy(program, branch, &name)?;
            call = call.named("copy", Value::OwnFile(copy.path));
        }
        if let Some(note) = &source.note {
            program.data.push(Statement::Comment(note.trim().to_owned()));
        }
        program.data.push(Statement::Put { list: "sources", key: name, value: call.value() });
        return Ok(());
    }
    let copy = exported::tidy(program, branch, &name)?;
    let reason = told.unwrap_or_default();
    program.leave_out(
        branch.name.clone(),
        format!("{reason}; the scripts read the values that Vintner read, {}", copy.path),
    );
    program.data.push(Statement::Put {
        list: "sources",
        key: name,
        value: copy.read_by("read_tidy").value(),
    });
    Ok(())
}

/// A whole year of a window.
pub(crate) fn year(window: &Json, end: &str) -> Option<Value> {
    read::<i64>(window, end).map(|year| Value::Number(year as f64))
}

/// Why scripts don't read a source.
fn unread(source: &Source) -> Option<String> {
    let asks = [
        (!source.files.is_empty() || source.file.contains(['*', '{']), "a source of many files"),
        (!source.given.is_empty(), "columns given by the manifest"),
        (source.query.is_some() && source.file.is_empty(), "a query"),
        (!source.sheets.is_empty(), "several sheets alike"),
        (source.header_rows != 1, "a header of several rows"),
        (!source.split.is_empty(), "columns of several keys"),
        (source.period.is_some(), "periods other than years"),
        (source.year_span.is_some(), "years such as 2019/20"),
        (!source.entity_with.is_empty(), "entities named by several columns"),
        (!source.not_times.is_empty(), "rows whose time is none"),
        (!source.fill.is_empty(), "keys filled down"),
        (!source.sections.is_empty(), "headings on rows of their own"),
        (source.era.is_some(), "years of an era"),
        (source.skip_initial_space, "quotation marks behind spaces"),
        (!source.corrections.is_empty(), "corrections of the manifest"),
        (source.hidden.is_some(), "hidden rows or columns"),
        (!source.value_labels.is_empty(), "labels of values chosen by column"),
        (
            is_given(&source.numbers) || source.columns.iter().any(|one| is_given(&one.numbers)),
            "a rule for how numbers are written",
        ),
        (source.columns.iter().any(|one| one.mixed_percent), "cells in percent beside plain numbers"),
        (
            source.duplicates == Duplicates::Keep && source.time.is_some(),
            "several rows of nobody named a year",
        ),
        (
            matches!(source.format, Format::Xlsb | Format::Ods | Format::Html | Format::Sav | Format::Rds),
            "a format that base packages don't read",
        ),
    ];
    asks.iter().find(|(asked, _)| *asked).map(|(_, what)| format!("{what} isn't read by the scripts"))
}

fn is_given<T: serde::Serialize>(rule: &T) -> bool {
    serde_json::to_value(rule).is_ok_and(|rule| rule.as_object().is_some_and(|fields| !fields.is_empty()))
}

fn reading(
    source: &Source,
    program: &mut Program,
    branch: &Branch<'_>,
    request: &ReplicateRequest<'_>,
) -> Call {
    let text = |text: &String| Value::text(text);
    let columns = source.columns.iter().map(|one| {
        let header = one.column.as_ref().map_or(Value::Nothing, text);
        Call::new("column")
            .with(header)
            .with(Value::text(&one.variable))
            .maybe("scale", one.scale.map(Value::Number))
            .maybe("missing", (!one.missing.is_empty()).then(|| Value::texts(&one.missing)))
            .maybe("text", (one.kind == ValueKind::Text).then_some(Value::Bool(true)))
            .value()
    });
    let layout = match source.layout {
        vintner_ingest::Layout::Long => None,
        vintner_ingest::Layout::Wide => Some("wide"),
        vintner_ingest::Layout::EntitiesAcross => Some("entities_across"),
    };
    let crosswalk = branch.file_under("crosswalk").map(|path| crosswalk(program, branch, &path, request));
    let outside = match source.outside() {
        _ if crosswalk.is_none() => None,
        Outside::Drop => None,
        Outside::Keep => Some("keep"),
        Outside::Error => Some("error"),
    };
    let duplicates = match source.duplicates {
        Duplicates::Error => None,
        Duplicates::First => Some("first"),
        Duplicates::Keep => Some("keep"),
    };
    let conditions = source.rows_where.iter().map(|(column, text)| (column.clone(), Value::text(text)));
    Call::new("read_source")
        .with(Value::DataFile(source.file.clone()))
        .named("format", Value::text(source.format.name()))
        .maybe("sheet", source.sheet.as_ref().map(text))
        .maybe("encoding", source.encoding.as_ref().map(text))
        .maybe("delimiter", source.delimiter.as_ref().map(text))
        .maybe("comment", source.comment.as_ref().map(text))
        .maybe("header_row", (source.header_row != 1).then(|| Value::Number(source.header_row.into())))
        .maybe("skip_rows", (source.skip_rows != 0).then(|| Value::Number(source.skip_rows.into())))
        .maybe("last_row", source.last_row.map(|row| Value::Number(row.into())))
        .maybe("layout", layout.map(Value::text))
        .maybe("entity", source.entity.as_ref().map(text))
        .maybe("time", source.time.as_ref().map(text))
        .maybe("year", source.year.map(|year| Value::Number(year.into())))
        .maybe("category", source.category.as_ref().map(text))
        .maybe("variable_column", source.variable_column.as_ref().map(text))
        .named("columns", Value::List(columns.collect()))
        .maybe("missing", (!source.missing.is_empty()).then(|| Value::texts(&source.missing)))
        .maybe("where", (!source.rows_where.is_empty()).then(|| Value::Named(conditions.collect())))
        .maybe(
            "covers",
            source
                .covers
                .map(|ends| Value::Many(ends.iter().map(|end| Value::Number((*end).into())).collect())),
        )
        .maybe("crosswalk", crosswalk)
        .maybe("outside", outside.map(Value::text))
        .maybe("not_entities", (!source.not_entities.is_empty()).then(|| Value::texts(&source.not_entities)))
        .maybe("ignore_case", (source.case == NameCase::Ignore).then_some(Value::Bool(true)))
        .maybe("duplicates", duplicates.map(Value::text))
}

/// The name of a crosswalk in the scripts; its file lies beside them, and is read once.
pub(crate) fn crosswalk(
    program: &mut Program,
    branch: &Branch<'_>,
    path: &str,
    request: &ReplicateRequest<'_>,
) -> Value {
    if let Some(name) = program.crosswalks.get(path) {
        return Value::name(name.clone());
    }
    let file = path.rsplit('/').next().unwrap_or(path);
    let name = format!("crosswalk_{}", crate::script::identifier(file.trim_end_matches(".csv")));
    // Files of one name in two folders.
    let taken = |name: &str| program.crosswalks.values().any(|other| other == name);
    let name = if taken(&name) { format!("{name}_{}", program.crosswalks.len() + 1) } else { name };
    let bytes = branch.copy_of(path).unwrap_or_default();
    let file =
        program.put(format!("crosswalk/{}.csv", name.trim_start_matches("crosswalk_")), bytes, request);
    let call = Call::new("read_crosswalk").with(Value::OwnFile(file));
    program.data.push(Statement::Let(name.clone(), call.value()));
    program.crosswalks.insert(path.to_owned(), name.clone());
    Value::name(name)
}
