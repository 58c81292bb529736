//! `granger`: Granger tests of every ordered pair of variables.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{
    LagChoice, LagOrders, Reason, Untestable, bootstrap_dumitrescu_hurlin, choose_lags, dumitrescu_hurlin,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `granger`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Granger {
    /// The variables; each is tested as a cause of each other.
    variables: Vec<String>,
    /// The lag order, or how it is chosen.
    #[serde(default)]
    lags: Lags,
    /// Bootstrapped p-values of the panel's test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bootstrap: Option<Draws>,
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

/// How many samples are drawn; the draws follow from the stage's seed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draws {
    #[serde(default = "usual")]
    replications: usize,
}

fn usual() -> usize {
    999
}

/// Far more than any panel of years has room for; a slip of the finger shouldn't fill the memory.
const MOST_LAGS: usize = 100;
const MOST_DRAWS: usize = 1_000_000;

impl Parameters for Granger {
    const NAME: &'static str = "granger";
    const SUMMARY: &'static str = "Granger tests by entity, and Dumitrescu and Hurlin's over the panel";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_GRANGER"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if self.variables.len() < 2 {
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
        let columns = [ENTITY, TIME].into_iter().chain(self.variables.iter().map(String::as_str));
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("tests", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let mut tests = Vec::new();
        let mut warnings = Vec::new();
        for cause in &self.variables {
            for effect in self.variables.iter().filter(|effect| *effect != cause) {
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
                tests.push(test);
            }
        }
        Ok(Outputs::new().with("tests", Artifact::json(&tests)?).warn(warnings))
    }
}
