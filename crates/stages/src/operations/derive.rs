//! `derive`: columns defined by expressions.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::DataFrame;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Span, Spanned};
use vintner_panel::{Gap, Panel};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_transform::{Definition, Expression, derive};

use super::derive_in_blocks::in_blocks;
use super::shared::{ENTITY, TIME, gaps, join, no_column};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `derive`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Derive {
    /// The new columns: name to expression. They may read one another.
    pub(super) define: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Numbers that expressions may name.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, f64>,
    /// Columns of the inputs that are handed on beside the new ones.
    #[serde(default)]
    keep: Vec<String>,
}

impl Derive {
    fn definitions(&self) -> Vec<Definition> {
        self.define
            .iter()
            .map(|(name, expression)| Definition {
                name: name.value.clone(),
                expression: expression.value.clone(),
            })
            .collect()
    }

    /// The columns that are read of the inputs.
    fn reads(&self) -> BTreeSet<String> {
        let mut columns: BTreeSet<String> = [ENTITY, TIME].map(str::to_owned).into();
        columns.extend(self.keep.iter().cloned());
        for expression in self.define.values() {
            if let Ok(expression) = Expression::parse(expression) {
                columns.extend(expression.reads());
            }
        }
        columns.retain(|name| !self.define.contains_key(name.as_str()));
        columns
    }
}

impl Parameters for Derive {
    const NAME: &'static str = "derive";
    const SUMMARY: &'static str = "adds columns defined by expressions";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_DERIVE"),
            env!("VINTNER_CODE_OPERATION_DERIVE_IN_BLOCKS"),
            env!("VINTNER_CODE_OPERATION_IN_BLOCKS"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if self.define.is_empty() && self.keep.is_empty() {
            let fault = document.fault(Some(params.span), "nothing to define and nothing to keep");
            faults.push(
                fault.hint("write columns under `define`, such as `ln_gdp: ln(gdp)`, or name some in `keep`"),
            );
        }
        faults.extend(check_definitions(document, &self.define));
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let columns = self.reads();
        vec![
            InputDeclaration::frame("panel").columns(columns.clone()).in_blocks(),
            InputDeclaration::any(Kind::Frame).columns(columns),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("panel", Kind::Frame), OutputDeclaration::new("gaps", Kind::Frame)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut series: Vec<(String, DataFrame)> = Vec::new();
        for role in inputs.other_roles(&["panel"]) {
            for (key, frame) in inputs.frames(role)? {
                let name = if key.is_empty() { role.to_owned() } else { format!("{role}[{key}]") };
                series.push((name, frame));
            }
        }
        if !inputs.fit() {
            let crosses = |written: &str| Expression::parse(written).is_ok_and(|one| one.crosses(ENTITY));
            let crossing = self.define.iter().find(|(_, written)| crosses(written.value.as_str()));
            let crossing = crossing.map(|(name, _)| name.value.as_str());
            return in_blocks(inputs, series, crossing, &|panel| self.derived(inputs, panel));
        }
        let panel = join(Panel::of_observations(inputs.frame("panel")?, ENTITY, TIME)?, series)?;
        let (frame, found) = self.derived(inputs, &panel)?;
        Ok(Outputs::new().with("panel", Artifact::Frame(frame)).with("gaps", gaps(&found)?))
    }
}

/// The faults of definitions, each at its place.
pub(super) fn check_definitions(
    document: &Document,
    definitions: &BTreeMap<Spanned<String>, Spanned<String>>,
) -> Faults {
    let mut faults = Faults::new();
    for (name, written) in definitions {
        if let Err(errors) = Expression::parse(written) {
            for error in errors.each() {
                let position = error.position().map_or((1, 1), |at| (at.line as usize, at.column as usize));
                // The expression may stand between quotes; an error in a folded one points at its start.
                let span = match position {
                    (1, column) if written.span.length >= written.value.chars().count() => {
                        let quote = usize::from(written.span.length > written.value.chars().count());
                        Span { column: written.span.column + quote + column - 1, length: 1, ..written.span }
                    }
                    _ => written.span,
                };
                faults.push(document.fault(Some(span), format!("`{name}`: {error}")));
            }
        }
    }
    faults
}

impl Derive {
    /// The columns that are handed on of a panel with all that is joined to it, and the gaps of the new ones.
    pub(super) fn derived(
        &self,
        inputs: &Inputs,
        panel: &Panel,
    ) -> Result<(DataFrame, Vec<Gap>), StagesError> {
        // Keys may be absent; an expression that reads one is told so with its place.
        let is_there = |name: &String| {
            name == ENTITY
                || name == TIME
                || panel.frame().column(name).is_ok()
                || self.parameters.contains_key(name)
        };
        let absent: Vec<String> = self.reads().into_iter().filter(|name| !is_there(name)).collect();
        if !absent.is_empty() {
            let known = inputs.other_roles(&[]).flat_map(|role| inputs.columns_for_message(role)).collect();
            let reader = |name: &String| {
                let reads = |expression: &str| {
                    Expression::parse(expression).is_ok_and(|one| one.reads().contains(name))
                };
                self.define
                    .iter()
                    .find(|(_, expression)| reads(expression))
                    .map(|(definition, _)| definition.value.as_str())
            };
            let missing = absent.iter().map(|name| no_column(reader(name), name, &known)).collect();
            return Err(StagesError::NoColumns { missing });
        }
        let derived = derive(panel, &self.definitions(), &self.parameters)?;
        let keys = [ENTITY, TIME].into_iter().filter(|key| panel.frame().column(key).is_ok());
        let mut columns: Vec<&str> = keys.collect();
        columns.extend(self.keep.iter().map(String::as_str));
        columns.extend(self.define.keys().map(|name| name.value.as_str()));
        Ok((derived.panel.frame().select(columns)?, derived.gaps))
    }
}
