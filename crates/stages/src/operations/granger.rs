//! `granger`: Granger tests of every ordered pair of variables.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::{
    Covariance, LagChoice, LagOrders, Reason, Untestable, bootstrap_dumitrescu_hurlin, choose_lags,
    dumitrescu_hurlin, granger_pooled,
};
use vintner_panel::Panel;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::chosen;
use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `granger`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Granger {
    /// The variables; each is tested as a cause of each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    variables: Vec<String>,
    /// In place of them `y ~ x + z`: x and z are each tested as a cause of y.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that are tested: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The lag order, or how it is chosen.
    #[serde(default)]
    lags: Lags,
    /// Bootstrapped p-values of the panel's test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bootstrap: Option<Draws>,
    /// Whether the test with slopes common to all entities is made too, and under which covariance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pooled: Option<PooledTest>,
    /// What becomes of the panel's test where an entity has too few years for its own.
    #[serde(default)]
    untestable: Untestable,
}

/// One order, or a choice between several.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
enum Lags {
    Order(usize),
    Chosen(LagChoice),
}

impl JsonSchema for Lags {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "GrangerLags".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let chosen = generator.subschema_for::<LagChoice>();
        json_schema!({"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_LAGS}, chosen]})
    }
}

impl<'de> Deserialize<'de> for Lags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LagsVisitor)
    }
}

struct LagsVisitor;

impl<'de> Visitor<'de> for LagsVisitor {
    type Value = Lags;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number of lags, or how it is chosen, {by: aic, most: 3}")
    }

    fn visit_u64<E: de::Error>(self, order: u64) -> Result<Lags, E> {
        usize::try_from(order)
            .map(Lags::Order)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(order), &self))
    }

    fn visit_i64<E: de::Error>(self, order: i64) -> Result<Lags, E> {
        match usize::try_from(order) {
            Ok(order) => Ok(Lags::Order(order)),
            Err(_) => Err(E::custom(format!("{order} lags; from 1 to {MOST_LAGS} are allowed"))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Lags, A::Error> {
        LagChoice::deserialize(MapAccessDeserializer::new(map)).map(Lags::Chosen)
    }
}

impl Default for Lags {
    fn default() -> Self {
        Self::Order(1)
    }
}

/// The test in one equation with the entities' effects.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PooledTest {
    /// The covariance under which it is made.
    #[serde(default)]
    covariance: Covariance,
}

/// How many samples are drawn; the draws follow from the stage's seed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Draws {
    /// How many.
    #[serde(default = "usual")]
    replications: usize,
}

fn usual() -> usize {
    999
}

/// Far more than any panel of years has room for; a slip of the finger shouldn't fill the memory.
const MOST_LAGS: usize = 100;
const MOST_DRAWS: usize = 1_000_000;

impl Granger {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: "",
            regressors: &[],
            by: None,
            several: false,
        }
    }

    /// What is tested, each as cause and effect, and the panel that has all of it.
    fn pairs(&self, panel: Panel) -> Result<(Panel, Vec<(String, String)>), StagesError> {
        if self.formula.is_some() {
            let bound = self.written().on(&panel)?;
            let effect = bound.formula.dependent;
            let causes = bound.formula.regressors.into_iter();
            return Ok((bound.panel, causes.map(|cause| (cause, effect.clone())).collect()));
        }
        let of = |cause: &String| {
            let effects = self.variables.iter().filter(|effect| *effect != cause).cloned();
            effects.map(|effect| (cause.clone(), effect)).collect::<Vec<_>>()
        };
        let panel = chosen::chosen(self.rows.as_ref(), panel)?;
        Ok((panel, self.variables.iter().flat_map(of).collect()))
    }
}

impl Parameters for Granger {
    const NAME: &'static str = "granger";
    const SUMMARY: &'static str =
        "tests Granger causality by entity, and over the panel by Dumitrescu and Hurlin's test";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_GRANGER"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        if self.formula.is_some() {
            faults.extend(written.check(document, params));
            let parsed = written.parsed();
            if parsed.as_ref().is_some_and(|one| one.is_instrumented() || !one.effects().is_empty()) {
                let what = "Granger tests have no further effects and no instruments";
                written
                    .foreign(document, what, "leave the parts after the bars out")
                    .into_iter()
                    .for_each(|one| faults.push(one));
            }
            if parsed.is_some_and(|one| one.outline().regressors.is_empty()) {
                written
                    .foreign(document, "no variable is tested as a cause", "name one")
                    .into_iter()
                    .for_each(|one| faults.push(one));
            }
            if !self.variables.is_empty() {
                let place = params.get("variables").unwrap_or(params);
                let fault = document.fault(Some(place.span), "`formula` says what `variables` are");
                faults.push(fault.hint("write one of the two"));
            }
        } else if self.variables.len() < 2 {
            let place = params.get("variables").unwrap_or(params);
            let message = format!(
                "{} to test for causes of one another",
                match self.variables.len() {
                    0 => "no variables",
                    _ => "one variable",
                }
            );
            faults.push(document.fault(Some(place.span), message).hint("name two or more"));
        }
        if self.formula.is_none() {
            faults.extend(chosen::check(self.rows.as_ref(), document));
        }
        let most = match self.lags {
            Lags::Order(order) => order,
            Lags::Chosen(choice) => choice.most,
        };
        if let Some(draws) = &self.bootstrap
            && !(2..=MOST_DRAWS).contains(&draws.replications)
        {
            let place = params.get("bootstrap").unwrap_or(params);
            let message = format!("{} replications; from 2 to {MOST_DRAWS} are allowed", draws.replications);
            faults.push(document.fault(Some(place.span), message).hint("999 is usual"));
        }
        if !(1..=MOST_LAGS).contains(&most) {
            let place = params.get("lags").unwrap_or(params);
            let message = format!("{most} lags; from 1 to {MOST_LAGS} are allowed");
            let fault = document.fault(Some(place.span), message);
            faults.push(fault.hint("an entity needs more than three times as many years as there are lags"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut columns: Vec<String> = [ENTITY, TIME].map(str::to_owned).to_vec();
        match self.formula {
            Some(_) => columns.extend(self.written().columns()),
            None => {
                columns.extend(self.variables.iter().cloned());
                columns.extend(chosen::columns(self.rows.as_ref()));
            }
        }
        let pooled = self.pooled.iter().flat_map(|pooled| pooled.covariance.columns());
        columns.extend(pooled.map(str::to_owned));
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("tests", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let (panel, pairs) = self.pairs(panel(inputs, "panel")?)?;
        let mut tests = Vec::new();
        let mut warnings = Vec::new();
        for (cause, effect) in &pairs {
            let (orders, chosen) = match self.lags {
                Lags::Order(order) => (LagOrders::Common(order), None),
                Lags::Chosen(choice) => match choose_lags(&panel, effect, cause, choice)? {
                    Ok(chosen) => (chosen.orders.clone(), Some(chosen)),
                    Err(reason) => {
                        let pair = format!("{cause} -> {effect}");
                        warnings.push(format!("{pair}: one lag, since none can be chosen: {reason}"));
                        (LagOrders::Common(1), None)
                    }
                },
            };
            let mut test = dumitrescu_hurlin(&panel, effect, cause, &orders, self.untestable)?;
            test.chosen = chosen;
            test.bootstrap = match (&self.bootstrap, &orders) {
                (Some(draws), LagOrders::Common(order)) => Some(bootstrap_dumitrescu_hurlin(
                    &panel,
                    effect,
                    cause,
                    *order,
                    &test.left_out,
                    draws.replications,
                    inputs.seed,
                )?),
                (Some(_), LagOrders::PerEntity(_)) => Some(Err(Reason::VaryingOrders)),
                (None, _) => None,
            };
            test.pooled = match (&self.pooled, &orders) {
                (Some(pooled), LagOrders::Common(order)) => {
                    let found = granger_pooled(&panel, effect, cause, *order, &pooled.covariance)?;
                    if let Some(reason) = found.regression.reason() {
                        warnings.push(format!("not estimable: {cause} -> {effect}, pooled: {reason}"));
                    }
                    Some(Ok(found))
                }
                (Some(_), LagOrders::PerEntity(_)) => Some(Err(Reason::VaryingOrders)),
                (None, _) => None,
            };
            tests.push(test);
        }
        Ok(Outputs::new().with("tests", Artifact::json(&tests)?).warn(warnings))
    }
}
