//! `granger`: Granger tests of every ordered pair of variables.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{LagOrders, Untestable, dumitrescu_hurlin};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::params::Parameters;
use crate::{StagesError, code};

/// Parameters of `granger`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Granger {
    /// The variables; each is tested as a cause of each other.
    variables: Vec<String>,
    /// The lag order.
    #[serde(default = "one")]
    lags: usize,
    /// What becomes of the panel's test where an entity has too few years for its own.
    #[serde(default)]
    untestable: Untestable,
}

fn one() -> usize {
    1
}

/// Far more than any panel of years has room for; a slip of the finger shouldn't fill the memory.
const MOST_LAGS: usize = 100;

impl Parameters for Granger {
    const NAME: &'static str = "granger";
    const SUMMARY: &'static str = "Granger tests by entity, and Dumitrescu and Hurlin's over the panel";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_GRANGER"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if !(1..=MOST_LAGS).contains(&self.lags) {
            let place = params.get("lags").unwrap_or(params);
            let message = format!("{} lags; from 1 to {MOST_LAGS} are allowed", self.lags);
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
        let orders = LagOrders::Common(self.lags);
        let mut tests = Vec::new();
        for cause in &self.variables {
            for effect in self.variables.iter().filter(|effect| *effect != cause) {
                tests.push(dumitrescu_hurlin(&panel, effect, cause, &orders, self.untestable)?);
            }
        }
        Ok(Outputs::new().with("tests", Artifact::json(&tests)?))
    }
}
