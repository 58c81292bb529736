//! `regress`: one equation, by entity and pooled.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue, Spanned};
use vintner_estimation::{
    CollinearColumns, Covariance, Effect, EstimationError, Formula, Lacking, Model, Note, Outcome,
    Singletons, UnitFit, Weights, estimate_by_entity, estimate_under,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::inference::{self, Inference, Together};
use super::shared::{ENTITY, TIME, observations};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `regress`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Regress {
    /// The equation as one text, in place of `dependent` and `regressors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors, in the equation's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// Regressors that stand for categories, each with the one that the others are measured against, the first
    /// where none is named. Columns of text are such without being named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    factors: BTreeMap<String, Option<String>>,
    /// The column of weights and what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<Weights>,
    /// What becomes of regressors that are combinations of others.
    #[serde(default, skip_serializing_if = "is_default")]
    collinear: CollinearColumns,
    /// Whether each entity's own equation is estimated by OLS, and how its standard errors are made.
    #[serde(default)]
    by_entity: Option<ByEntity>,
    /// Whether the pooled equation is estimated, and how.
    #[serde(default)]
    pooled: Option<Pooled>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByEntity {
    #[serde(default)]
    covariance: Covariance,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pooled {
    model: Model,
    #[serde(default)]
    covariance: Covariance,
    /// The effects that `within` absorbs; those of entities where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    effects: Vec<String>,
    /// What becomes of rows that an effect has to itself.
    #[serde(default, skip_serializing_if = "is_default")]
    singletons: Singletons,
    /// Further covariances of the same estimates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    covariances: Vec<Covariance>,
    /// Linear hypotheses about the coefficients: each a text, or a list of texts that are tested together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hypotheses: Vec<Together>,
    /// The level of confidence intervals, where these are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence_level: Option<f64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What `regress` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fits {
    pub(crate) formula: Formula,
    pub(crate) by_entity: Vec<UnitFit>,
    pub(crate) pooled: Option<Outcome>,
    /// The pooled equation under each of the further covariances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pooled_under: Vec<Outcome>,
    /// What was asked of the pooled fit besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inference: Option<Inference>,
}

impl Regress {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: &self.dependent,
            regressors: &self.regressors,
        }
    }

    /// The equation, as each entity's is estimated.
    fn formula(&self, written: &Formula) -> Formula {
        let mut formula = written.clone();
        formula.effects.clear();
        formula.weights.clone_from(&self.weights);
        formula.collinear = self.collinear;
        formula.factors.clone_from(&self.factors);
        formula
    }

    /// The pooled equation: with the effects that `pooled` names, or else those after the formula's bar.
    fn pooled_formula(&self, written: &Formula) -> Result<Formula, EstimationError> {
        let mut formula = self.formula(written);
        let Some(pooled) = &self.pooled else { return Ok(formula) };
        formula.effects.clone_from(&written.effects);
        if !pooled.effects.is_empty() {
            formula = formula.with_effects(&pooled.effects)?;
        }
        formula.singletons = pooled.singletons;
        Ok(formula)
    }

    /// The covariances of the pooled equation, that of `pooled` first.
    fn pooled_covariances(&self) -> Vec<Covariance> {
        let pooled = self.pooled.iter();
        pooled
            .flat_map(|pooled| [&pooled.covariance].into_iter().chain(&pooled.covariances))
            .cloned()
            .collect()
    }

    /// The columns that say what the clusters are.
    fn cluster_columns(&self) -> BTreeSet<String> {
        let by_entity = self.by_entity.iter().map(|by_entity| by_entity.covariance.clone());
        let covariances = by_entity.chain(self.pooled_covariances());
        covariances
            .flat_map(|covariance| covariance.columns().into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }
}

impl Parameters for Regress {
    const NAME: &'static str = "regress";
    const SUMMARY: &'static str =
        "estimates an equation for each entity by OLS, and pooled, under any covariances";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_REGRESS"),
            env!("VINTNER_CODE_OPERATION_INFERENCE"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        faults.extend(written.check(document, params));
        if written.parsed().is_some_and(|parsed| parsed.is_instrumented()) {
            let what = "`regress` has no instruments";
            if let Some(fault) = written.foreign(document, what, "`op: iv` estimates the equation") {
                faults.push(fault);
            }
        }
        let outline = written.outline();
        if faults.is_empty()
            && let Err(error) = self.formula(&outline).check()
        {
            let place = params.get("factors").or(params.get("regressors")).unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        if self.by_entity.is_none() && self.pooled.is_none() {
            let fault = document.fault(Some(params.span), "nothing to estimate");
            faults.push(fault.hint("add `by_entity: {}`, `pooled: {model: within}`, or both"));
        }
        let Some(pooled) = &self.pooled else { return faults };
        let node = params.get("pooled");
        let at = |field: &str| node.and_then(|node| node.get(field)).or(node).unwrap_or(params).span;
        let items = match node.and_then(|node| node.get("effects")).map(|effects| &effects.value) {
            Some(NodeValue::Sequence(items)) => items.as_slice(),
            _ => &[],
        };
        let mut broken = false;
        for (place, effect) in pooled.effects.iter().enumerate() {
            let span = items.get(place).map_or_else(|| at("effects"), |item| item.span);
            if let Err(error) = effect.parse::<Effect>() {
                broken = true;
                faults.push(document.fault(Some(span), error.to_string()));
            } else if pooled.effects[..place].contains(effect) {
                faults.push(document.fault(Some(span), format!("the effect `{effect}` is named twice")));
            }
        }
        let plain = self.formula(&outline);
        let formula = if broken { plain } else { self.pooled_formula(&outline).unwrap_or(plain) };
        if let Some((what, place)) = pooled.model.lacks(&formula) {
            let span = match place {
                Lacking::Effects => at("effects"),
                Lacking::Weights => params.get("weights").unwrap_or(params).span,
            };
            let fault =
                document.fault(Some(span), format!("{what} aren't defined for {}", pooled.model.name()));
            faults.push(match place {
                Lacking::Effects => fault.hint("`model: within` absorbs them"),
                Lacking::Weights => fault.hint("`ols` and the `within` models have them"),
            });
        }
        if let Some(node) = node {
            faults.extend(inference::check(document, node, &pooled.hypotheses, pooled.confidence_level));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let written = self.written();
        let outline = Formula { regressors: Vec::new(), ..written.outline() };
        let formula = self.pooled_formula(&outline).unwrap_or(self.formula(&outline));
        // Its variables are what the formula reads; weights and effects are columns as they are.
        let further = formula.columns().into_iter().skip(1).map(str::to_owned);
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(written.columns()).chain(further);
        vec![InputDeclaration::frame("panel").columns(columns.chain(self.cluster_columns()))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fits", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let bound = self.written().on(&observations(inputs, "panel")?)?;
        let (panel, written) = (bound.panel, bound.formula);
        let formula = self.formula(&written);
        let by_entity = match &self.by_entity {
            Some(by_entity) => estimate_by_entity(&panel, &formula, &by_entity.covariance)?,
            None => Vec::new(),
        };
        let covariances = self.pooled_covariances();
        let mut outcomes = match &self.pooled {
            Some(pooled) => {
                estimate_under(&panel, &self.pooled_formula(&written)?, pooled.model, &covariances)?
                    .into_iter()
            }
            None => Vec::new().into_iter(),
        };
        let pooled = outcomes.next();
        let pooled_under: Vec<Outcome> = outcomes.collect();
        let refused =
            by_entity.iter().filter_map(|unit| Some(format!("{}: {}", unit.unit, unit.outcome.reason()?)));
        let pooled_refused =
            pooled.iter().filter_map(|outcome| Some(format!("pooled: {}", outcome.reason()?)));
        let under_refused =
            pooled_under.iter().zip(covariances.iter().skip(1)).filter_map(|(outcome, under)| {
                // What keeps the equation from being estimated was said above.
                let reason = outcome
                    .reason()
                    .filter(|_| pooled.as_ref().is_some_and(|one| one.reason() != outcome.reason()))?;
                Some(format!("pooled, {}: {reason}", under.name()))
            });
        // What is left out of an equation is said once.
        let units = by_entity.iter().map(|unit| (unit.unit.as_str(), &unit.outcome));
        let left_out =
            units.chain(pooled.iter().map(|outcome| ("pooled", outcome))).flat_map(|(unit, outcome)| {
                let notes = outcome.fit().map(|fit| fit.notes.as_slice()).unwrap_or_default();
                let dropped = |note: &&Note| {
                    matches!(note, Note::CollinearDropped { .. } | Note::AbsorbedDropped { .. })
                };
                notes.iter().filter(dropped).map(move |note| format!("{unit}: {note}"))
            });
        let left_out: Vec<String> = left_out.collect();
        let inference = match (&self.pooled, pooled.as_ref().and_then(Outcome::fit)) {
            (Some(asked), Some(fit)) => Inference::of(fit, &asked.hypotheses, asked.confidence_level)?,
            _ => None,
        };
        let untestable = inference.iter().flat_map(Inference::untestable);
        let warnings: Vec<String> = refused
            .chain(pooled_refused)
            .chain(under_refused)
            .map(|refusal| format!("not estimable: {refusal}"))
            .chain(left_out)
            .chain(untestable)
            .collect();
        let formula = formula.factored(&panel)?;
        let fits = Fits { formula, by_entity, pooled, pooled_under, inference };
        Ok(Outputs::new().with("fits", Artifact::json(&fits)?).warn(warnings))
    }
}
