//! The first stage of each equation of a system.

use serde::{Deserialize, Serialize};

use super::equation::{InstrumentedEquation, PreparedEquation};
use super::first_stage::FirstStage;
use super::options::Errors;
use crate::outcome::{INTERCEPT, Reason};
use crate::systems::PreparedSystem;

/// The strength of an equation's instruments, or why there is nothing to say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquationFirstStage {
    /// The equation.
    pub equation: String,
    /// Its first stage.
    #[serde(flatten)]
    pub outcome: FirstStageOutcome,
}

/// A first stage, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum FirstStageOutcome {
    /// It was computed.
    FirstStage(Box<FirstStage>),
    /// It can't be.
    NotComputable {
        /// Why.
        reason: Reason,
    },
}

impl PreparedSystem {
    /// How strongly each equation's instruments move its endogenous regressors, under errors of the given kind.
    pub fn first_stages(&self, errors: Errors) -> Vec<EquationFirstStage> {
        (0..self.equations.len())
            .map(|at| {
                let equation = &self.equations[at];
                let refused = equation.refusal.clone().or(equation.unidentified.clone());
                let outcome = match refused.map_or_else(|| self.alone(at).first_stage(errors), Err) {
                    Ok(first_stage) => FirstStageOutcome::FirstStage(Box::new(first_stage)),
                    Err(reason) => FirstStageOutcome::NotComputable { reason },
                };
                EquationFirstStage { equation: equation.name.clone(), outcome }
            })
            .collect()
    }

    /// An equation on its own, on the system's sample and with its instruments.
    pub fn alone(&self, at: usize) -> PreparedEquation {
        let equation = &self.system.equations[at];
        let formula = &equation.formula;
        let instruments = equation.instruments.clone().unwrap_or_else(|| self.system.instrument_variables());
        let constant = (self.system.has_intercept() && !formula.intercept).then(|| INTERCEPT.to_owned());
        let stands = |name: &String| formula.variables().any(|one| one == name);
        let alone = InstrumentedEquation {
            endogenous: formula.regressors.iter().filter(|one| !instruments.contains(one)).cloned().collect(),
            instruments: constant
                .into_iter()
                .chain(instruments.into_iter().filter(|one| !stands(one)))
                .collect(),
            // A system refuses what is collinear.
            formula: formula.clone().refusing_collinear(),
            effects: self.system.effects,
            count_effects: self.system.count_effects,
        };
        PreparedEquation::new(&alone, self.sample.clone())
    }
}
