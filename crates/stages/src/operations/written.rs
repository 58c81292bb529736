//! An equation as a stage has it: as one text, or as lists of names; and the rows that it is estimated on.

use std::collections::BTreeMap;

use polars::prelude::{BooleanChunked, NewChunkedArray};
use vintner_diagnostics::{Document, Fault, Faults, Node, Span, Spanned};
use vintner_estimation::{BoundEquation, Formula, WrittenEquation};
use vintner_panel::Panel;
use vintner_transform::{Definition, Expression, derive};

use super::shared::{ENTITY, TIME};
use crate::error::StagesError;

/// What a stage says of its equation. Parameters of `regress`, `iv`, `diagnose` and `bootstrap` have these fields.
pub(crate) struct Written<'a> {
    /// The equation as one text, in place of the lists.
    pub(crate) formula: Option<&'a Spanned<String>>,
    /// Which rows it is estimated on.
    pub(crate) rows: Option<&'a Spanned<String>>,
    pub(crate) dependent: &'a str,
    pub(crate) regressors: &'a [String],
}

/// The column that says of each row whether it is estimated on.
const CHOSEN: &str = "(where)";

impl Written<'_> {
    /// The equation, where it is one text without a fault.
    pub(crate) fn parsed(&self) -> Option<WrittenEquation> {
        self.formula.and_then(|text| text.value.parse().ok())
    }

    /// The equation before it is known which values its factors have.
    pub(crate) fn outline(&self) -> Formula {
        match self.parsed() {
            Some(parsed) => parsed.outline(),
            None => Formula::new(self.dependent, self.regressors),
        }
    }

    /// The columns that it reads besides the keys.
    pub(crate) fn columns(&self) -> Vec<String> {
        let mut columns = match self.parsed() {
            Some(parsed) => parsed.columns(),
            None => Formula::new(self.dependent, self.regressors).variables().map(str::to_owned).collect(),
        };
        let reads = self.rows.and_then(|rows| Expression::parse(&rows.value).ok());
        for name in reads.iter().flat_map(Expression::reads).filter(|name| name != ENTITY && name != TIME) {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
        columns
    }

    /// The faults of what is written.
    pub(crate) fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let lists = [("dependent", self.dependent.is_empty()), ("regressors", self.regressors.is_empty())];
        match self.formula {
            None => {
                for (field, _) in lists.iter().filter(|(field, empty)| *empty && params.get(field).is_none())
                {
                    let fault = document.fault(Some(params.span), format!("missing field `{field}`"));
                    faults.push(fault.hint("or write the equation as one text: `formula: y ~ x + z`"));
                }
                // What is wrong in the lists is said where they stand.
                if faults.is_empty()
                    && let Err(error) = self.outline().check()
                {
                    let place = params.get("regressors").unwrap_or(params);
                    faults.push(document.fault(Some(place.span), error.to_string()));
                }
            }
            Some(text) => {
                for (field, _) in lists.iter().filter(|(_, empty)| !empty) {
                    let place = params.get(field).unwrap_or(params);
                    let fault = document.fault(Some(place.span), format!("`formula` says what `{field}` is"));
                    faults.push(fault.hint("write one of the two"));
                }
                match text.value.parse::<WrittenEquation>() {
                    Err(error) => {
                        let fault = document.fault(Some(within(text, &error.at)), error.message.clone());
                        faults.push(fault.maybe_hint(error.hint));
                    }
                    Ok(parsed) => {
                        if let Err(error) = parsed.outline().check() {
                            faults.push(document.fault(Some(text.span), error.to_string()));
                        }
                    }
                }
            }
        }
        if let Some(rows) = self.rows
            && let Err(errors) = Expression::parse(&rows.value)
        {
            for error in errors.each() {
                let column = error
                    .position()
                    .filter(|at| at.line == 1)
                    .map(|at| (at.column as usize).saturating_sub(1));
                let span = column.map_or(rows.span, |column| within(rows, &(column..column + 1)));
                faults.push(document.fault(Some(span), format!("`where`: {error}")));
            }
        }
        faults
    }

    /// The fault of a part of the text that the operation has no use for.
    pub(crate) fn foreign(&self, document: &Document, what: &str, hint: &str) -> Option<Fault> {
        let text = self.formula?;
        Some(document.fault(Some(text.span), what.to_owned()).hint(hint))
    }

    /// The equation on the rows of a panel. Lags are taken before rows are chosen, so that the first chosen time has
    /// its own.
    pub(crate) fn on(&self, panel: &Panel) -> Result<BoundEquation, StagesError> {
        let mut bound = match self.parsed() {
            Some(parsed) => parsed.on(panel)?,
            None => BoundEquation {
                panel: panel.clone(),
                formula: self.outline(),
                endogenous: Vec::new(),
                instruments: Vec::new(),
            },
        };
        if let Some(rows) = self.rows {
            let chosen = Definition {
                name: CHOSEN.into(),
                expression: format!("CASE WHEN {} THEN 1 ELSE 0 END", rows.value),
            };
            let chosen = derive(panel, &[chosen], &BTreeMap::new())?.panel.values(CHOSEN)?;
            let kept: Vec<bool> = chosen.iter().map(|one| *one == Some(1.0)).collect();
            let frame = bound.panel.frame().filter(&BooleanChunked::from_slice(CHOSEN.into(), &kept))?;
            bound.panel = Panel::new(frame, ENTITY, TIME)?;
        }
        Ok(bound)
    }
}

/// The place of characters of a text. It may stand between quotes; in a folded one only its start is known.
fn within(text: &Spanned<String>, at: &std::ops::Range<usize>) -> Span {
    let length = text.value.chars().count();
    match text.span.length.checked_sub(length) {
        Some(beside @ (0 | 2)) if !text.value.contains('\n') => {
            Span { column: text.span.column + beside / 2 + at.start, length: at.len().max(1), ..text.span }
        }
        _ => text.span,
    }
}
