//! `cointegration`: tests that the variables of an equation aren't cointegrated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::TestOutcome;
use vintner_estimation::cointegration::{
    CointegrationStatistic, Kao, KaoOptions, Pedroni, PedroniOptions, PedroniUnitOutcome, kao, pedroni,
};
use vintner_estimation::unit_root::Lags;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `cointegration`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cointegration {
    /// The equation as one text, in place of `dependent` and `regressors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// The tests.
    #[serde(default = "both")]
    tests: Vec<Test>,
}

/// A test with its options.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "test", rename_all = "snake_case")]
enum Test {
    Kao(KaoOptions),
    Pedroni(PedroniOptions),
}

fn both() -> Vec<Test> {
    vec![Test::Kao(KaoOptions::default()), Test::Pedroni(PedroniOptions::default())]
}

/// Far more than any panel of years has room for; a slip of the finger shouldn't fill the memory.
const MOST_LAGS: usize = 100;

/// What `cointegration` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CointegrationTests {
    /// A row for each statistic, for a table.
    pub(crate) rows: Vec<CointegrationRow>,
    /// Kao's tests with all that they are made of.
    pub(crate) kao: Vec<Kao>,
    /// Pedroni's.
    pub(crate) pedroni: Vec<Pedroni>,
}

/// One statistic.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CointegrationRow {
    pub(crate) test: String,
    pub(crate) statistic: String,
    /// Standardized.
    pub(crate) value: Option<f64>,
    pub(crate) p_value: Option<f64>,
    pub(crate) entities: usize,
    pub(crate) left_out: Vec<String>,
    /// Why there is none.
    pub(crate) reason: Option<String>,
}

impl Cointegration {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: &self.dependent,
            regressors: &self.regressors,
            by: None,
            several: false,
        }
    }
}

impl Parameters for Cointegration {
    const NAME: &'static str = "cointegration";
    const SUMMARY: &'static str = "tests for cointegration by Kao's and Pedroni's statistics";

    fn code() -> Digest {
        code::digest(&[
            env!("VINTNER_CODE_OPERATION_COINTEGRATION"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
            code::PANEL,
            code::TRANSFORM,
            code::ESTIMATION,
        ])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        faults.extend(written.check(document, params));
        if written.parsed().is_some_and(|parsed| parsed.is_instrumented() || !parsed.effects().is_empty()) {
            let what = "`cointegration` has no further effects and no instruments";
            let fault = written.foreign(document, what, "leave the parts after the bars out");
            fault.into_iter().for_each(|one| faults.push(one));
        }
        let place = params.get("tests").unwrap_or(params);
        if self.tests.is_empty() {
            let fault = document.fault(Some(place.span), "nothing to test");
            faults.push(fault.hint("leave `tests` out for Kao's and Pedroni's"));
        }
        for test in &self.tests {
            let lags = match test {
                Test::Kao(options) => options.lags,
                Test::Pedroni(PedroniOptions { lags: Lags::Fixed(lags), .. }) => *lags,
                Test::Pedroni(PedroniOptions { lags: Lags::Chosen { max, .. }, .. }) => *max,
                Test::Pedroni(PedroniOptions { lags: Lags::PerEntity(orders), .. }) => {
                    orders.values().copied().max().unwrap_or(0)
                }
            };
            if lags > MOST_LAGS {
                let message = format!("{lags} lags; at most {MOST_LAGS} are allowed");
                faults.push(document.fault(Some(place.span), message));
            }
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(self.written().columns());
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("tests", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let bound = self.written().on(&panel(inputs, "panel")?)?;
        let (panel, formula) = (bound.panel, bound.formula);
        let mut made = CointegrationTests { rows: Vec::new(), kao: Vec::new(), pedroni: Vec::new() };
        for test in &self.tests {
            match test {
                Test::Kao(options) => {
                    let found = kao(&panel, &formula, options)?;
                    let left_out: Vec<String> =
                        found.left_out.iter().map(|(entity, _)| entity.clone()).collect();
                    let entities = found.parts.as_ref().map_or(0, |parts| parts.entities);
                    made.rows.extend(
                        found.statistics.iter().map(|statistic| row("Kao", statistic, entities, &left_out)),
                    );
                    made.kao.push(found);
                }
                Test::Pedroni(options) => {
                    let found = pedroni(&panel, &formula, options)?;
                    let usable =
                        |outcome: &PedroniUnitOutcome| matches!(outcome, PedroniUnitOutcome::Parts(_));
                    let entities = found.units.iter().filter(|unit| usable(&unit.outcome)).count();
                    made.rows.extend(
                        found
                            .statistics
                            .iter()
                            .map(|statistic| row("Pedroni", statistic, entities, &found.left_out)),
                    );
                    made.pedroni.push(found);
                }
            }
        }
        let mut warnings: Vec<String> = made
            .rows
            .iter()
            .filter_map(|row| {
                let reason = row.reason.as_ref()?;
                Some(format!("not testable: {} {}: {reason}", row.test, row.statistic))
            })
            .collect();
        let mut said: Vec<(&str, &[String])> = Vec::new();
        for row in made.rows.iter().filter(|row| !row.left_out.is_empty()) {
            if !said.contains(&(row.test.as_str(), &row.left_out[..])) {
                said.push((&row.test, &row.left_out));
            }
        }
        warnings.extend(
            said.iter().map(|(test, entities)| format!("{test}'s test leaves out {}", entities.join(", "))),
        );
        Ok(Outputs::new().with("tests", Artifact::json(&made)?).warn(warnings))
    }
}

fn row(
    test: &str,
    statistic: &CointegrationStatistic,
    entities: usize,
    left_out: &[String],
) -> CointegrationRow {
    let (value, p_value, reason) = match &statistic.outcome {
        TestOutcome::Test(test) => (Some(test.statistic), Some(test.p_value), None),
        TestOutcome::NotTestable { reason, .. } => (None, None, Some(reason.to_string())),
    };
    CointegrationRow {
        test: test.to_owned(),
        statistic: statistic.name.clone(),
        value,
        p_value,
        entities: if value.is_some() { entities } else { 0 },
        left_out: left_out.to_vec(),
        reason,
    }
}
