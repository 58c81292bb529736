//! The rows that a stage reads: those for which `where`, a condition on columns, holds.

use std::collections::BTreeMap;

use polars::prelude::{BooleanChunked, NewChunkedArray};
use vintner_diagnostics::{Document, Faults, Spanned};
use vintner_panel::Panel;
use vintner_transform::{Definition, Expression, derive};

use super::shared::{ENTITY, TIME};
use crate::error::StagesError;
use crate::text_place::within;

/// The column that says of each row whether it is chosen.
const CHOSEN: &str = "(where)";

/// The faults of a condition.
pub(crate) fn check(rows: Option<&Spanned<String>>, document: &Document) -> Faults {
    let mut faults = Faults::new();
    if let Some(rows) = rows
        && let Err(errors) = Expression::parse(&rows.value)
    {
        for error in errors.each() {
            let column =
                error.position().filter(|at| at.line == 1).map(|at| (at.column as usize).saturating_sub(1));
            let span = column.map_or(rows.span, |column| within(rows, &(column..column + 1)));
            faults.push(document.fault(Some(span), format!("`where`: {error}")));
        }
    }
    faults
}

/// The columns that a condition reads besides the keys.
pub(crate) fn columns(rows: Option<&Spanned<String>>) -> Vec<String> {
    let reads = rows.and_then(|rows| Expression::parse(&rows.value).ok());
    let reads = reads.iter().flat_map(Expression::reads);
    reads.filter(|name| name != ENTITY && name != TIME).collect()
}

/// Which rows a condition chooses; none where there is no condition.
pub(crate) fn mask(rows: Option<&Spanned<String>>, panel: &Panel) -> Result<Option<Vec<bool>>, StagesError> {
    let Some(rows) = rows else { return Ok(None) };
    let chosen =
        Definition { name: CHOSEN.into(), expression: format!("CASE WHEN {} THEN 1 ELSE 0 END", rows.value) };
    let chosen = derive(panel, &[chosen], &BTreeMap::new())?.panel.values(CHOSEN)?;
    Ok(Some(chosen.iter().map(|one| *one == Some(1.0)).collect()))
}

/// The rows of a panel that were chosen.
pub(crate) fn kept(panel: &Panel, kept: &[bool]) -> Result<Panel, StagesError> {
    let frame = panel.frame().filter(&BooleanChunked::from_slice(CHOSEN.into(), kept))?;
    Ok(Panel::of_observations(frame, ENTITY, TIME)?)
}

/// The rows for which a condition holds; all where there is none. An operation that takes lags and means of its own takes
/// them from these rows.
pub(crate) fn chosen(rows: Option<&Spanned<String>>, panel: Panel) -> Result<Panel, StagesError> {
    let (Some(condition), Some(holds)) = (rows, mask(rows, &panel)?) else { return Ok(panel) };
    if !holds.contains(&true) {
        let (condition, rows) = (condition.value.clone(), panel.height());
        return Err(StagesError::NoRowChosen { condition, rows });
    }
    kept(&panel, &holds)
}
