//! What several operations need.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame};
use vintner_diagnostics::{Document, Faults, Node, did_you_mean};
use vintner_ingest::Crosswalk;
use vintner_panel::{Gap, Panel, TidyTable, gap_frame, tidy_columns};
use vintner_pipeline::{Artifact, InputDeclaration, Inputs};
use vintner_transform::TransformError;

use crate::error::{NoColumn, StagesError};

/// The names of a panel's key columns in every frame that stages hand on.
pub(crate) const ENTITY: &str = "entity";
pub(crate) const TIME: &str = "time";

/// The panel under `role`, with every column that the stage declared to read.
pub(crate) fn panel(inputs: &Inputs, role: &str) -> Result<Panel, StagesError> {
    let frame = declared(inputs, role)?;
    match [ENTITY, TIME].into_iter().find(|key| frame.column(key).is_err()) {
        Some(key) => {
            let shape = Panel::of_observations(frame, ENTITY, TIME)?.shape();
            Err(StagesError::NotAPanel { role: role.to_owned(), key: key.to_owned(), shape })
        }
        None => Ok(Panel::new(frame, ENTITY, TIME)?),
    }
}

/// The rows under `role`, whichever of the keys they have, with every other column that the stage declared
/// to read.
pub(crate) fn observations(inputs: &Inputs, role: &str) -> Result<Panel, StagesError> {
    Ok(Panel::of_observations(declared(inputs, role)?, ENTITY, TIME)?)
}

/// The frame under `role`, with every column that the stage declared to read but the keys.
fn declared(inputs: &Inputs, role: &str) -> Result<DataFrame, StagesError> {
    let frame = inputs.frame(role)?;
    let keys = |column: &&String| *column != ENTITY && *column != TIME;
    let asked = inputs.declared_columns(role).iter().filter(keys);
    let absent: Vec<&String> = asked.filter(|column| frame.column(column).is_err()).collect();
    if absent.is_empty() {
        return Ok(frame);
    }
    let known = inputs.columns_for_message(role);
    let missing = absent.into_iter().map(|column| no_column(None, column, &known)).collect();
    Err(StagesError::NoColumns { missing })
}

/// A column that isn't there, told with all that are: the stage itself was handed only those that it asked for.
pub(crate) fn no_column(definition: Option<&str>, column: &str, known: &BTreeSet<String>) -> NoColumn {
    NoColumn {
        definition: definition.map(str::to_owned),
        column: column.to_owned(),
        suggestion: did_you_mean(column, known.iter().map(String::as_str)).map(str::to_owned),
        available: known.iter().cloned().collect(),
    }
}

/// The fault of a list of variables that names none.
pub(crate) fn none_named(document: &Document, params: &Node, field: &str, named: &[String]) -> Faults {
    if !named.is_empty() {
        return Faults::new();
    }
    let fault = document
        .fault(Some(params.get(field).unwrap_or(params).span), format!("`{field}` names no variable"));
    fault.hint("name one or more").into()
}

/// The tidy values of all sources, of which these variables are read: a stage is made again only when they change.
pub(crate) fn tidy_input<'n>(variables: impl IntoIterator<Item = &'n String>) -> InputDeclaration {
    InputDeclaration::frame("tidy").many().measures(
        tidy_columns::KEYS,
        tidy_columns::TEXT,
        variables.into_iter().map(String::as_str),
    )
}

/// The variables of all sources, each once, in the order of the sources.
pub(crate) fn all_variables(tables: &[TidyTable]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in tables.iter().flat_map(TidyTable::variable_names) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The tidy values under the role `tidy`, as they were declared.
pub(crate) fn tidy(inputs: &Inputs) -> Result<Vec<TidyTable>, StagesError> {
    let frames = inputs.noted_frames("tidy")?.into_iter();
    frames.map(|(frame, notes)| Ok(TidyTable::new(frame, notes)?)).collect()
}

/// The crosswalk under the role `crosswalk`, where one was given.
pub(crate) fn optional_crosswalk(inputs: &Inputs) -> Result<Option<Crosswalk>, StagesError> {
    inputs.has("crosswalk").then(|| crosswalk(inputs)).transpose()
}

/// The crosswalk under the role `crosswalk`.
pub(crate) fn crosswalk(inputs: &Inputs) -> Result<Crosswalk, StagesError> {
    Crosswalk::parse("crosswalk", inputs.text("crosswalk")?).map_err(StagesError::Crosswalk)
}

/// A fault about a variable that no source has, told with all variables that the sources do have:
/// the stage itself was handed only those that it asked for.
pub(crate) fn with_known_variables(error: TransformError, inputs: &Inputs) -> TransformError {
    match error {
        TransformError::UnknownVariable { variable, .. } => {
            let mut known = inputs.columns_for_message("tidy");
            known.retain(|name| tidy_columns::is_variable(name));
            let suggestion = did_you_mean(&variable, known.iter().map(String::as_str)).map(str::to_owned);
            TransformError::UnknownVariable { variable, available: known.into_iter().collect(), suggestion }
        }
        other => other,
    }
}

/// A frame of gaps.
pub(crate) fn gaps(gaps: &[Gap]) -> Result<Artifact, StagesError> {
    Ok(Artifact::Frame(gap_frame(gaps)?))
}

/// The panel's keys and one of its columns.
pub(crate) fn series(panel: &Panel, name: &str) -> Result<Artifact, StagesError> {
    Ok(Artifact::Frame(panel.frame().select([ENTITY, TIME, name])?))
}

/// The panel with the columns of further frames, matched by entity and time. A row that a frame
/// lacks is a missing value; a row that the panel lacks is an error.
pub(crate) fn join(panel: Panel, series: Vec<(String, DataFrame)>) -> Result<Panel, StagesError> {
    let mut from: Vec<(String, String)> =
        panel.frame().get_column_names().iter().map(|name| (name.to_string(), "panel".to_owned())).collect();
    let codes = panel.entity_codes();
    let row_of: std::collections::BTreeMap<(&str, i32), usize> = panel
        .times()
        .iter()
        .zip(&codes)
        .enumerate()
        .filter_map(|(row, (time, code))| Some(((panel.entities().get(*code)?.as_str(), *time), row)))
        .collect();
    let mut added: Vec<Column> = Vec::new();
    for (role, frame) in series {
        let further = Panel::of_observations(frame, ENTITY, TIME)?;
        if (further.shape(), further.frequency()) != (panel.shape(), panel.frequency()) {
            return Err(StagesError::OtherKeys {
                role,
                found: (further.shape(), further.frequency()),
                expected: (panel.shape(), panel.frequency()),
            });
        }
        let mut rows: Vec<Option<usize>> = vec![None; panel.height()];
        for (code, group) in further.groups().iter().enumerate() {
            let Some(entity) = further.entities().get(code) else { continue };
            for row in group.clone() {
                let time = further.times()[row];
                let Some(target) = row_of.get(&(entity.as_str(), time)) else {
                    let time = panel.period(time);
                    return Err(StagesError::OutsidePanel { role, entity: entity.clone(), time });
                };
                rows[*target] = Some(row);
            }
        }
        for name in further.frame().get_column_names() {
            let name = name.as_str();
            if name == ENTITY || name == TIME {
                continue;
            }
            if let Some((_, first)) = from.iter().find(|(column, _)| column == name) {
                return Err(StagesError::ColumnTwice {
                    column: name.to_owned(),
                    first: first.clone(),
                    second: role,
                });
            }
            from.push((name.to_owned(), role.clone()));
            if further.is_text(name)? {
                let texts = further.labels(name)?;
                let placed: Vec<Option<&str>> =
                    rows.iter().map(|row| texts.get((*row)?)?.as_deref()).collect();
                added.push(Column::new(name.into(), placed));
                continue;
            }
            let values = further.values(name)?;
            let placed: Vec<Option<f64>> =
                rows.iter().map(|row| row.and_then(|row| values.get(row).copied().flatten())).collect();
            added.push(Column::new(name.into(), placed));
        }
    }
    let mut frame = panel.frame().clone();
    for column in added {
        frame.with_column(column)?;
    }
    Ok(Panel::of_observations(frame, ENTITY, TIME)?)
}
