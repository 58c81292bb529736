//! Estimates the equations of a prepared system.

use super::estimation::Work;
use super::fit::{EquationRefusal, SystemOutcome, SystemResult};
use super::options::{SystemEstimator, SystemOptions};
use super::prepared::{PreparedSystem, projections_collinear};
use crate::outcome::{EstimationError, IdentifyingCondition, Reason, Result};

impl PreparedSystem {
    /// Estimates the equations that the estimator can have; the others are in the outcome with their reasons.
    ///
    /// # Errors
    /// [`EstimationError::NoCoefficient`] for a restriction on a coefficient that isn't there.
    pub fn estimate(&self, estimator: SystemEstimator, options: &SystemOptions) -> Result<SystemOutcome> {
        self.check_restrictions(options)?;
        let mut left_out = Vec::new();
        let mut chosen = Vec::new();
        for (at, equation) in self.equations.iter().enumerate() {
            let unidentified = equation.unidentified.clone().filter(|_| estimator.uses_instruments());
            match equation.refusal.clone().or(unidentified).or_else(|| self.sample_rank(at, estimator)) {
                Some(reason) => left_out.push(EquationRefusal { equation: equation.name.clone(), reason }),
                None => chosen.push(at),
            }
        }
        let restricted_away = left_out.iter().find(|refused| {
            let terms = options.restrictions.iter().flat_map(|restriction| &restriction.terms);
            terms.into_iter().any(|term| term.equation == refused.equation)
        });
        let result = match (chosen.is_empty(), restricted_away.or_else(|| left_out.first())) {
            (true, Some(refused)) => SystemResult::NotEstimable { reason: refused.reason.clone() },
            (false, Some(refused)) if restricted_away.is_some() => {
                SystemResult::NotEstimable { reason: refused.reason.clone() }
            }
            _ => match Work::new(self, &chosen, estimator, options).and_then(|work| work.fit()) {
                Ok(fit) => SystemResult::Fit(Box::new(fit)),
                Err(reason) => SystemResult::NotEstimable { reason },
            },
        };
        Ok(SystemOutcome { estimator, result, left_out })
    }

    /// Whether the projections of an equation's regressors on its instruments are collinear.
    fn sample_rank(&self, at: usize, estimator: SystemEstimator) -> Option<Reason> {
        if !estimator.uses_instruments() {
            return None;
        }
        let equation = &self.equations[at];
        let deficient = projections_collinear(&self.sample, &equation.x, &equation.z);
        deficient.then(|| {
            let found = &self.identification()[at];
            Reason::NotIdentified {
                equation: found.equation.clone(),
                condition: IdentifyingCondition::Sample,
                excluded: found.excluded.clone(),
                endogenous: found.endogenous.clone(),
            }
        })
    }

    fn check_restrictions(&self, options: &SystemOptions) -> Result<()> {
        for term in options.restrictions.iter().flat_map(|restriction| &restriction.terms) {
            let equation = self.equations.iter().find(|equation| equation.name == term.equation);
            if equation.is_none_or(|equation| !equation.names.contains(&term.regressor)) {
                return Err(EstimationError::NoCoefficient {
                    name: format!("{}_{}", term.equation, term.regressor),
                    available: self
                        .equations
                        .iter()
                        .flat_map(|one| one.names.iter().map(|name| format!("{}_{name}", one.name)))
                        .collect(),
                });
            }
        }
        Ok(())
    }
}
