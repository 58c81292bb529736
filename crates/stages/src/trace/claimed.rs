//! The numbers that claims rest on.

use std::rc::Rc;

use vintner_reporting::claims::{Claim, Scope, Statement};

use super::made::Made;
use super::number::Number;
use super::number_address::NumberAddress;
use super::numbers::Numbers;
use super::parameters::{equation, texts};
use crate::error::StagesError;

impl Numbers {
    /// Why a claim that was asked for has no number, if that is what the address names.
    pub(super) fn numberless_claim(&self, address: &str) -> Option<String> {
        let id = address.strip_prefix("claims/")?;
        let claims = self.claims.iter().flat_map(|(_, claims)| claims);
        let claim = &claims.into_iter().find(|one| one.claim.id == id)?.claim;
        let why =
            if claim.note.en.is_empty() { "no statement is written for it" } else { claim.note.en.trim() };
        claim.statements.is_empty().then(|| format!("the claim rests on no number: {why}"))
    }

    /// A claim is about everything that its statements are about, in the panel of its first table.
    pub(super) fn claim(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        id: &str,
    ) -> Result<Option<Number>, StagesError> {
        let Some((output, claims)) = &self.claims else { return Ok(None) };
        let Some(outcome) = claims.iter().find(|one| one.claim.id == id) else { return Ok(None) };
        let (stages, units) = self.subjects(made, &outcome.claim);
        let Some(first) = stages.first().and_then(|stage| made.stage(stage)) else { return Ok(None) };
        let mut variables: Vec<String> = Vec::new();
        for stage in stages.iter().filter_map(|stage| made.stage(stage)) {
            let of_stage = match stage.operation.as_str() {
                "granger" => texts(&stage.bound.params, "variables"),
                _ => equation(&stage.bound.params),
            };
            of_stage.into_iter().for_each(|name| {
                if !variables.contains(&name) {
                    variables.push(name);
                }
            });
        }
        let value = serde_json::to_value(&outcome.estimated)?;
        let number = self.over(made, address, value, vec![output.clone()], first, variables, None)?;
        Ok(number.map(|mut number| {
            if let Some(units) = units {
                for ground in &mut Rc::make_mut(&mut number.base).grounds {
                    ground.sample.retain(|row| units.contains(&row.0));
                    ground.earlier.retain(|row| units.contains(&row.0));
                    ground.dropped.retain(|row| units.contains(&row.entity));
                }
            }
            number
        }))
    }

    /// The stages that a claim's statements are about, and its units where it is about some alone.
    fn subjects(&self, made: &Made<'_>, claim: &Claim) -> (Vec<String>, Option<Vec<String>>) {
        let mut stages: Vec<String> = Vec::new();
        let mut units: Option<Vec<String>> = Some(Vec::new());
        for statement in claim.statements.iter().filter_map(|text| Statement::parse(text).ok()) {
            let mut inner = &statement;
            while let Statement::Not(below) = inner {
                inner = below;
            }
            let tables: Vec<String> = match inner {
                Statement::Coefficient { table, .. }
                | Statement::Larger { table, .. }
                | Statement::Value { table, .. } => vec![table.clone()],
                Statement::Bidirectional { first, second, .. } => {
                    let tables = self.collected.iter().flat_map(|(_, collected)| &collected.tables);
                    let of = |name: &String| {
                        tables.clone().find(|table| table.dependent == *name).map(|table| table.id.clone())
                    };
                    [of(first), of(second)].into_iter().flatten().collect()
                }
                Statement::Granger { .. } | Statement::GrangerBidirectional { .. } => {
                    stages.extend(made.stages_of("granger").map(|stage| stage.name.clone()));
                    Vec::new()
                }
                Statement::Not(_) => Vec::new(),
            };
            stages.extend(tables.iter().filter_map(|table| self.fitted.get(table).cloned()));
            let named = match inner {
                Statement::Coefficient { scope: Scope::In(_), .. }
                | Statement::Bidirectional { scope: Scope::In(_), .. }
                | Statement::Larger { .. }
                | Statement::Value { unit: Some(_), .. } => Some(inner.units()),
                _ => None,
            };
            units = match (units, named) {
                (Some(mut known), Some(names)) => {
                    known.extend(names.iter().filter_map(|name| Some(self.unit(name)?.id.clone())));
                    Some(known)
                }
                _ => None,
            };
        }
        (stages, units)
    }
}
