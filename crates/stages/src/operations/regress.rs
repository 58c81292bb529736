//! `regress`: one equation, by entity and pooled.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::DataFrame;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue, Spanned};
use vintner_estimation::{
    BoundEquation, ChunkedOutcome, CollinearColumns, Covariance, Effect, Estimated, EstimationError, Formula,
    Lacking, Model, Outcome, Singletons, UnitFit, Weights, estimate_by_entity_under, estimate_chunked,
    estimate_with, refused_in_chunks,
};
use vintner_panel::{PanelChunk, PanelChunks, PanelError};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::fitted;
use super::in_blocks::{PanelInBlocks, in_panel, panel_in_blocks};
use super::inference::{self, Inference, Together};
use super::shared::{ENTITY, TIME, observations};
use super::written::{Made, Written};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `regress`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Regress {
    /// The equation as one text, in place of `dependent` and `regressors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The column that splits the sample: a model of each of its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors, in the equation's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// Regressors that stand for categories, each with the one that the others are measured against, the first
    /// where none is named. Columns of text are such without being named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) factors: BTreeMap<String, Option<String>>,
    /// The column of weights and what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<Weights>,
    /// What becomes of regressors that are combinations of others.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = CollinearColumns::default()))]
    collinear: CollinearColumns,
    /// Whether each entity's own equation is estimated by OLS, and how its standard errors are made.
    #[serde(default)]
    pub(super) by_entity: Option<ByEntity>,
    /// Whether the pooled equation is estimated, and how.
    #[serde(default)]
    pub(super) pooled: Option<Pooled>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ByEntity {
    /// How its standard errors are made.
    #[serde(default)]
    covariance: Covariance,
    /// Further covariances of the same estimates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    covariances: Vec<Covariance>,
    /// Linear hypotheses about each entity's coefficients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hypotheses: Vec<Together>,
    /// The level of confidence intervals, where these are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence_level: Option<f64>,
}

impl ByEntity {
    /// All covariances, that of `by_entity` first.
    fn all_covariances(&self) -> Vec<Covariance> {
        std::iter::once(&self.covariance).chain(&self.covariances).cloned().collect()
    }
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pooled {
    /// The model.
    pub(super) model: Model,
    /// How its standard errors are made.
    #[serde(default)]
    covariance: Covariance,
    /// The effects that `within` absorbs; those of entities where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    effects: Vec<String>,
    /// What becomes of rows that an effect has to itself.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = Singletons::default()))]
    singletons: Singletons,
    /// Further covariances of the same estimates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    covariances: Vec<Covariance>,
    /// Linear hypotheses about the coefficients: each a text, or a list of texts that are tested together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) hypotheses: Vec<Together>,
    /// The level of confidence intervals, where these are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) confidence_level: Option<f64>,
    /// Whether fitted values, residuals, leverage and Cook's distances of the rows are handed on, as a frame.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) rows: bool,
    /// Whether the effects' levels are, fixed or predicted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) levels: bool,
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
    /// The same under each of the further covariances; none where there is no fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) inference_under: Vec<Option<Inference>>,
    /// The entities' equations under each of the further covariances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) by_entity_under: Vec<Vec<UnitFit>>,
    /// What was asked of the entities' fits besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) by_entity_inference: Vec<UnitInference>,
}

/// What was asked of an entity's fit, under each covariance; none where there is no fit.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UnitInference {
    unit: String,
    under: Vec<Option<Inference>>,
}

/// The fits of one model, and what goes with them.
struct Estimates {
    fits: Fits,
    warnings: Vec<String>,
    rows: Option<DataFrame>,
    levels: Option<DataFrame>,
}

impl Regress {
    pub(super) fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: &self.dependent,
            regressors: &self.regressors,
            by: self.by.as_ref(),
            several: true,
        }
    }

    /// The equation, as each entity's is estimated.
    pub(super) fn formula(&self, written: &Formula) -> Formula {
        let mut formula = written.clone();
        formula.effects.clear();
        formula.weights.clone_from(&self.weights);
        formula.collinear = self.collinear;
        formula.factors.clone_from(&self.factors);
        formula
    }

    /// The pooled equation: with the effects that `pooled` names, or else those after the formula's bar.
    pub(super) fn pooled_formula(&self, written: &Formula) -> Result<Formula, EstimationError> {
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
    pub(super) fn pooled_covariances(&self) -> Vec<Covariance> {
        let pooled = self.pooled.iter();
        pooled
            .flat_map(|pooled| [&pooled.covariance].into_iter().chain(&pooled.covariances))
            .cloned()
            .collect()
    }

    /// The columns that say what the clusters are.
    fn cluster_columns(&self) -> BTreeSet<String> {
        let by_entity = self.by_entity.iter().flat_map(ByEntity::all_covariances);
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
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
            env!("VINTNER_CODE_OPERATION_FITTED"),
            env!("VINTNER_CODE_OPERATION_IN_BLOCKS"),
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
        let refused = written.outlines().iter().find_map(|one| self.formula(one).check_terms().err());
        if faults.is_empty()
            && let Some(error) = refused
        {
            let place = params.get("factors").or(params.get("regressors")).unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        if self.by_entity.is_none() && self.pooled.is_none() {
            let fault = document.fault(Some(params.span), "nothing to estimate");
            faults.push(fault.hint("add `by_entity: {}`, `pooled: {model: within}`, or both"));
        }
        if let (Some(by_entity), Some(node)) = (&self.by_entity, params.get("by_entity")) {
            faults.extend(inference::check(
                document,
                node,
                &by_entity.hypotheses,
                by_entity.confidence_level,
            ));
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
                Lacking::Weights => {
                    fault.hint(
                        "`ols` and the `within` models have them and, analytic ones, `first_differences`, the `between` models \
                         and `random` of one kind of effects by `swar` or `swar_harmonic`",
                    )
                }
            });
        }
        if let Some(node) = node {
            faults.extend(inference::check(document, node, &pooled.hypotheses, pooled.confidence_level));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let written = self.written();
        // Its variables are what the formula reads; weights and effects are columns as they are.
        let further = written.outlines().into_iter().flat_map(|outline| {
            let outline = Formula { regressors: Vec::new(), ..outline };
            let formula = self.pooled_formula(&outline).unwrap_or(self.formula(&outline));
            formula.columns().into_iter().skip(1).map(str::to_owned).collect::<Vec<_>>()
        });
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(written.columns()).chain(further);
        vec![InputDeclaration::frame("panel").columns(columns.chain(self.cluster_columns())).in_blocks()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        let mut outputs = vec![OutputDeclaration::new("fits", Kind::Json)];
        let pooled = self.pooled.as_ref();
        if pooled.is_some_and(|pooled| pooled.levels) {
            outputs.push(OutputDeclaration::new("levels", Kind::Frame));
        }
        if pooled.is_some_and(|pooled| pooled.rows) {
            outputs.push(OutputDeclaration::new("rows", Kind::Frame));
        }
        outputs
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        if !inputs.fit() {
            return in_blocks(self, inputs);
        }
        let (models, mut warnings) = self.written().models(&observations(inputs, "panel")?)?;
        let (mut several, mut rows, mut levels) = (Vec::new(), Vec::new(), Vec::new());
        for model in models {
            let made = self.estimates(&model.bound, model.name.is_some())?;
            warnings.extend(made.warnings.into_iter().map(|warning| model.warning(warning)));
            let name = model.name.as_ref().map(|model| model.name.as_str());
            for (frame, frames) in [(made.rows, &mut rows), (made.levels, &mut levels)] {
                if let Some(frame) = frame {
                    frames.push(fitted::of_model(frame, name)?);
                }
            }
            several.push((model.name, made.fits));
        }
        let mut outputs = Outputs::new();
        for (output, frames) in [("rows", rows), ("levels", levels)] {
            if let Some(frame) = fitted::together(frames)? {
                outputs = outputs.with(output, Artifact::Frame(frame));
            }
        }
        let fits = Artifact::json(&Made::of(several))?;
        Ok(outputs.with("fits", fits).warn(warnings))
    }
}

impl Regress {
    /// One model: its fits, its rows, and what there is to say of them. A hypothesis about a coefficient that isn't there is
    /// an error in a single model and a reason among several.
    fn estimates(&self, bound: &BoundEquation, several: bool) -> Result<Estimates, StagesError> {
        let (panel, written) = (&bound.panel, &bound.formula);
        let formula = self.formula(written);
        let mut by_entity_under = match &self.by_entity {
            Some(by_entity) => estimate_by_entity_under(panel, &formula, &by_entity.all_covariances())?,
            None => vec![Vec::new()],
        };
        let by_entity_inference = match &self.by_entity {
            Some(asked) => {
                let asked = (&asked.hypotheses[..], asked.confidence_level);
                of_units(&by_entity_under, asked, several)?
            }
            None => Vec::new(),
        };
        let by_entity = by_entity_under.remove(0);
        let covariances = self.pooled_covariances();
        let (outcomes, estimated) = match &self.pooled {
            Some(pooled) => estimate_with(panel, &self.pooled_formula(written)?, pooled.model, &covariances)?,
            None => (Vec::new(), None),
        };
        let mut outcomes = outcomes.into_iter();
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
                notes.iter().filter(|note| note.leaves_out()).map(move |note| format!("{unit}: {note}"))
            });
        let left_out: Vec<String> = left_out.collect();
        let asked = |outcome: &Outcome| match (&self.pooled, outcome.fit()) {
            (Some(asked), Some(fit)) => {
                Inference::of(fit, &asked.hypotheses, asked.confidence_level, several)
            }
            _ => Ok(None),
        };
        let inference = pooled.as_ref().map(asked).transpose()?.flatten();
        let mut inference_under: Vec<Option<Inference>> =
            pooled_under.iter().map(asked).collect::<Result<_, _>>()?;
        if inference_under.iter().all(Option::is_none) {
            inference_under.clear();
        }
        let untestable = inference.iter().flat_map(Inference::untestable);
        let mut warnings: Vec<String> = refused
            .chain(pooled_refused)
            .chain(under_refused)
            .map(|refusal| format!("not estimable: {refusal}"))
            .chain(left_out)
            .chain(untestable)
            .collect();
        let (mut rows, mut levels) = (None, None);
        if let Some(pooled) = &self.pooled {
            if pooled.rows {
                let found = estimated.as_ref().map(Estimated::rows).transpose();
                let found = found.unwrap_or_else(|reason| {
                    warnings.push(format!("no fitted values of rows: {reason}"));
                    None
                });
                rows = Some(fitted::rows(panel, estimated.as_ref(), &found.unwrap_or_default())?);
            }
            if pooled.levels {
                levels = Some(fitted::levels(estimated.as_ref(), &pooled.covariance)?);
            }
        }
        let formula = formula.factored(panel)?;
        let fits = Fits {
            formula,
            by_entity,
            pooled,
            pooled_under,
            inference,
            inference_under,
            by_entity_under,
            by_entity_inference,
        };
        Ok(Estimates { fits, warnings, rows, levels })
    }
}

/// What is asked of each entity's fit under each covariance; nothing where nothing is.
fn of_units(
    under: &[Vec<UnitFit>],
    (hypotheses, level): (&[Together], Option<f64>),
    several: bool,
) -> Result<Vec<UnitInference>, StagesError> {
    if hypotheses.is_empty() && level.is_none() {
        return Ok(Vec::new());
    }
    let Some(first) = under.first() else { return Ok(Vec::new()) };
    let of = |at: usize| {
        let of_one = |units: &Vec<UnitFit>| match units.get(at).and_then(|unit| unit.outcome.fit()) {
            Some(fit) => Inference::of(fit, hypotheses, level, several),
            None => Ok(None),
        };
        under.iter().map(of_one).collect::<Result<Vec<_>, _>>()
    };
    let units = first.iter().enumerate();
    units.map(|(at, unit)| Ok(UnitInference { unit: unit.unit.clone(), under: of(at)? })).collect()
}

/// The outputs of `regress`.
fn in_blocks(stage: &Regress, inputs: &Inputs) -> Result<Outputs, StagesError> {
    let whole = |what: &str| inputs.too_large(format!("{what} the panel whole"));
    if let Some(what) = stage.needs_all_rows() {
        return Err(whole(&what).into());
    }
    let Some(pooled) = &stage.pooled else { return Ok(Outputs::new()) };
    let panel = panel_in_blocks(inputs, "panel")?;
    let written = stage.written();
    let first = panel.first()?;
    let (models, mut warnings) = written.models(&first)?;
    let outlines = written.outlines();
    let mut made = Vec::new();
    for (at, model) in models.into_iter().enumerate() {
        let formula = stage.pooled_formula(&model.bound.formula)?;
        if has_categories(&model.bound, &formula, outlines.get(at)) {
            return Err(whole("regressors that stand for categories need").into());
        }
        let covariances = stage.pooled_covariances();
        for covariance in &covariances {
            if let Some(what) = refused_in_chunks(&formula, pooled.model, covariance) {
                return Err(whole(&format!("{what} need")).into());
            }
        }
        let mut chunks = TermsInBlocks::new(&panel, &written, at, &formula);
        let mut found = Vec::new();
        for covariance in &covariances {
            found.push(estimate_chunked(&mut chunks, &formula, pooled.model, covariance)?);
        }
        let (fits, said) = stage.fits_of(&model.bound.formula, found, model.name.is_some())?;
        warnings.extend(said.into_iter().map(|warning| model.warning(warning)));
        made.push((model.name, fits));
    }
    Ok(Outputs::new().with("fits", Artifact::json(&Made::of(made))?).warn(warnings))
}

/// Whether regressors stand for categories, of which a part of the panel may not have all.
pub(super) fn has_categories(bound: &BoundEquation, formula: &Formula, outline: Option<&Formula>) -> bool {
    let frame = bound.panel.frame();
    let is_text = |name: &str| frame.column(name).is_ok_and(|column| column.dtype().is_string());
    outline.is_none_or(|outline| outline.regressors != bound.formula.regressors)
        || formula.variables().any(is_text)
}

impl Regress {
    /// What of the stage needs all rows of the panel at once, where anything does.
    pub(super) fn needs_all_rows(&self) -> Option<String> {
        let Some(pooled) = &self.pooled else { return Some("estimates of each entity need".into()) };
        let asked = [
            (self.by_entity.is_some(), "`by_entity` needs"),
            (self.written().by.is_some(), "`by` needs"),
            (!self.factors.is_empty(), "`factors` need"),
            (pooled.rows, "`rows` needs"),
            (pooled.levels, "`levels` needs"),
        ];
        asked.into_iter().find_map(|(asked, what)| asked.then(|| what.to_owned()))
    }

    /// The fits of one equation under each covariance, as they come of a panel of which no stage saw all rows, and
    /// what there is to say of them.
    pub(super) fn fits_of(
        &self,
        written: &Formula,
        found: Vec<ChunkedOutcome>,
        several: bool,
    ) -> Result<(Fits, Vec<String>), StagesError> {
        let mut warnings = said(&found);
        let asked = |outcome: &Outcome| match (&self.pooled, outcome.fit()) {
            (Some(pooled), Some(fit)) => {
                Inference::of(fit, &pooled.hypotheses, pooled.confidence_level, several)
            }
            _ => Ok(None),
        };
        let mut outcomes = found.into_iter().map(|chunked| chunked.outcome);
        let main = outcomes.next();
        let under: Vec<Outcome> = outcomes.collect();
        let inference = main.as_ref().map(asked).transpose()?.flatten();
        let mut inference_under: Vec<Option<Inference>> =
            under.iter().map(asked).collect::<Result<_, _>>()?;
        if inference_under.iter().all(Option::is_none) {
            inference_under.clear();
        }
        warnings.extend(inference.iter().flat_map(Inference::untestable));
        let fits = Fits {
            formula: self.formula(written),
            by_entity: Vec::new(),
            pooled: main,
            pooled_under: under,
            inference,
            inference_under,
            by_entity_under: Vec::new(),
            by_entity_inference: Vec::new(),
        };
        Ok((fits, warnings))
    }
}

/// What there is to say of one equation under several covariances.
fn said(found: &[ChunkedOutcome]) -> Vec<String> {
    let Some(first) = found.first() else { return Vec::new() };
    let mut said = Vec::new();
    if first.incomplete > 0 {
        said.push(format!(
            "pooled: {} rows are left out because a variable is missing in them; read in blocks, they are counted and \
             not listed",
            first.incomplete
        ));
    }
    said.extend(first.outcome.reason().map(|reason| format!("not estimable: pooled: {reason}")));
    let notes = first.outcome.fit().map(|fit| fit.notes.as_slice()).unwrap_or_default();
    said.extend(notes.iter().filter(|note| note.leaves_out()).map(|note| format!("pooled: {note}")));
    said
}

/// A panel of whose blocks the equation's terms are made, and rows chosen, as they are read; read as it is where
/// the equation has only columns.
pub(super) struct TermsInBlocks<'a> {
    panel: &'a PanelInBlocks,
    written: &'a Written<'a>,
    /// Which of the stage's models it is.
    at: usize,
    as_read: bool,
}

impl<'a> TermsInBlocks<'a> {
    pub(super) fn new(
        panel: &'a PanelInBlocks,
        written: &'a Written<'a>,
        at: usize,
        formula: &Formula,
    ) -> Self {
        let has = |name: &str| panel.blocks.columns().iter().any(|own| own == name);
        let as_read = written.rows.is_none() && formula.columns().into_iter().all(has);
        Self { panel, written, at, as_read }
    }
}

impl PanelChunks for TermsInBlocks<'_> {
    fn visit(
        &mut self,
        columns: &[&str],
        visit: &mut dyn FnMut(PanelChunk) -> bool,
    ) -> Result<(), PanelError> {
        if self.as_read {
            return self.panel.chunks(columns, visit);
        }
        let parts = self.panel.each(|part| {
            let (models, _) = self.written.models(&part)?;
            let Some(model) = models.into_iter().nth(self.at) else { return Ok(true) };
            let frame = model.bound.panel.frame();
            if frame.height() == 0 {
                return Ok(true);
            }
            Ok(visit(PanelChunk::of(frame, ENTITY, TIME, columns)?))
        });
        parts.map_err(in_panel)
    }
}
