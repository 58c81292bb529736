//! `robustness`: all specifications of a paper's equations, and in how many of them each published
//! finding holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::systems::SystemEstimator;
use vintner_panel::Label;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{Robustness, RobustnessEquation, Specification, SpecificationOutcome, StarLevels};

use super::bootstrap::BootstrapOutcome;
use super::estimates::published;
use super::specifications::{SpecifiedFits, SpecifiedOutcome};
use super::system::SystemResults;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `robustness`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RobustnessOf {
    /// The equations, in order; each is the branch of that name of what it reads.
    equations: Vec<Equation>,
    /// The published row that is about the whole panel.
    pooled: Label,
    /// What earns a star; the loosest level is the one of significance.
    #[serde(default)]
    star_levels: StarLevels,
    /// Of the system whose results it reads: the estimators that count as specifications, whose equations go by
    /// the ids of `equations`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    system: Vec<OfSystem>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfSystem {
    /// The estimator.
    estimator: SystemEstimator,
    /// What the model is called in a report.
    label: Label,
    /// What its standard errors are called.
    errors: Label,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Equation {
    /// The id of its table, and of its branches.
    id: String,
    /// Its title.
    title: Label,
    /// The regressors whose coefficients have a figure each.
    #[serde(default)]
    headlines: Vec<String>,
}

impl Parameters for RobustnessOf {
    const NAME: &'static str = "robustness";
    const SUMMARY: &'static str = "counts in how many specifications each published finding holds";

    fn code() -> Digest {
        // What other operations hand over is read by the types of their files.
        let operations = [
            env!("VINTNER_CODE_OPERATION_ROBUSTNESS"),
            env!("VINTNER_CODE_OPERATION_SPECIFICATIONS"),
            env!("VINTNER_CODE_OPERATION_BOOTSTRAP"),
            env!("VINTNER_CODE_OPERATION_SYSTEM"),
            env!("VINTNER_CODE_OPERATION_ESTIMATES"),
        ];
        let crates = [code::PANEL, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operations[..], &crates].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        for (place, equation) in self.equations.iter().enumerate() {
            if self.equations.iter().take(place).any(|earlier| earlier.id == equation.id) {
                let at = params.get("equations").unwrap_or(params);
                faults.push(
                    document.fault(Some(at.span), format!("equation `{}` is named twice", equation.id)),
                );
            }
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            InputDeclaration::json("specifications").many(),
            InputDeclaration::json("system").optional(),
            InputDeclaration::file("published").optional(),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("csv", Kind::Text), OutputDeclaration::new("findings", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let fits: Vec<(String, SpecifiedFits)> = inputs.jsons("specifications")?;
        let system: Option<SystemResults> =
            if inputs.has("system") { Some(inputs.json("system")?) } else { None };
        let mut equations = Vec::new();
        let mut specifications = Vec::new();
        let mut headlines = Vec::new();
        for equation in &self.equations {
            let Some((_, own)) = fits.iter().find(|(key, _)| *key == equation.id) else {
                return Err(StagesError::NoFits {
                    table: equation.id.clone(),
                    role: format!("specifications[{}]", equation.id),
                    available: fits.iter().map(|(key, _)| key.clone()).collect(),
                });
            };
            let regressors = &own.formula.regressors;
            for fit in &own.fits {
                specifications.push(Specification {
                    equation: equation.id.clone(),
                    model: fit.model.clone(),
                    errors: fit.errors.clone(),
                    baseline: fit.baseline,
                    outcome: outcome(&fit.outcome, regressors),
                });
            }
            for of in &self.system {
                let fits = system.iter().flat_map(|results| &results.fits);
                let own = fits.filter(|fit| fit.estimator == of.estimator);
                specifications.extend(own.filter_map(|fit| {
                    Some(Specification {
                        equation: equation.id.clone(),
                        model: of.label.clone(),
                        errors: of.errors.clone(),
                        baseline: false,
                        outcome: SpecificationOutcome::of_system(fit, &equation.id, regressors)?,
                    })
                }));
            }
            headlines
                .extend(equation.headlines.iter().map(|regressor| (equation.id.clone(), regressor.clone())));
            equations.push(RobustnessEquation {
                id: equation.id.clone(),
                title: equation.title.clone(),
                dependent: own.formula.dependent.clone(),
                regressors: regressors.clone(),
            });
        }
        let robustness = Robustness::new(
            equations,
            specifications,
            &published(inputs)?,
            self.pooled.zh_or_en(),
            &self.star_levels,
            &headlines,
        );
        Ok(Outputs::new()
            .with("csv", Artifact::Text(robustness.csv()?))
            .with("findings", Artifact::json(&robustness)?))
    }
}

fn outcome(found: &SpecifiedOutcome, regressors: &[String]) -> SpecificationOutcome {
    match found {
        SpecifiedOutcome::Model(outcome) => SpecificationOutcome::of_outcome(outcome, regressors),
        SpecifiedOutcome::Bootstrap(BootstrapOutcome::Fit { n_obs, fit }) => {
            SpecificationOutcome::of_bootstrap(fit, *n_obs, regressors)
        }
        SpecifiedOutcome::Bootstrap(BootstrapOutcome::NotEstimable { reason, .. }) => {
            SpecificationOutcome::NotEstimable { reason: reason.clone() }
        }
        SpecifiedOutcome::MeanGroup(outcome) => SpecificationOutcome::of_mean_group(outcome, regressors),
    }
}
