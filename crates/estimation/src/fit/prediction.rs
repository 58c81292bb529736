//! Predictions.

use serde::{Deserialize, Serialize};
use vintner_panel::{Panel, Period};

use super::confidence_interval::check_level;
use super::estimated::Estimated;
use crate::absorb::{Grouping, parts};
use crate::covariance::Covariance;
use crate::models::Model;
use crate::outcome::{INTERCEPT, Reason, Result};
use crate::sample::EffectOf;

/// The prediction of the dependent variable for one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The entity.
    pub entity: String,
    /// The time; none in a cross-section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Period>,
    /// x'b, plus the effects of the row's entity and time where they are fixed. Absent where a regressor is missing,
    /// or the sample says nothing of the entity's or the time's effect.
    pub value: Option<f64>,
    /// (x'Vx)^(1/2), that of the expectation; in models without fixed effects only, whose precision isn't part of
    /// the covariance.
    pub std_error: Option<f64>,
    /// Lower end of the expectation's confidence interval.
    pub lower: Option<f64>,
    /// Its upper end.
    pub upper: Option<f64>,
}

impl Estimated {
    /// Predictions for every row of a panel that has the regressors, of the sample or new: R's `predict` with
    /// `se.fit`, Stata's `predict, xbu` where effects are fixed. Random effects are not in the prediction (plm the same;
    /// Stata's `xb`).
    ///
    /// What the data can't answer is a [`Reason`]: a covariance that can't be had; first differences, which say nothing of
    /// levels; effects that are neither of entities nor of times, whose levels a new row doesn't tell. Where the panel falls
    /// into parts without an entity or a time in common, an entity of one at a time of another isn't predicted.
    ///
    /// # Errors
    /// Where a regressor isn't a column of the panel, or the level isn't between 0 and 1.
    pub fn predict(
        &self,
        panel: &Panel,
        covariance: &Covariance,
        level: f64,
    ) -> Result<std::result::Result<Vec<Prediction>, Reason>> {
        check_level(level)?;
        if let model @ Model::FirstDifferences { .. } = self.model() {
            return Ok(Err(Reason::NotDefinedFor { model: model.name().into() }));
        }
        if self.sample().effects().iter().any(|one| one.of == EffectOf::Others) {
            let model = "an equation with effects that are neither of entities nor of times".into();
            return Ok(Err(Reason::NotDefinedFor { model }));
        }
        let fit = match self.fit(covariance) {
            Ok(fit) => fit,
            Err(reason) => return Ok(Err(reason)),
        };
        let (entity_effects, time_effects) = match self.model() {
            Model::Random(_) => (Vec::new(), Vec::new()),
            _ => (self.fixed_effects(), self.time_effects()),
        };
        let fixed = !(entity_effects.is_empty() && time_effects.is_empty());
        // Effects in levels have the intercept in them.
        let intercept = f64::from(u8::from(!fixed));
        let columns = self
            .names()
            .iter()
            .map(|name| match name == INTERCEPT {
                true => Ok(vec![Some(intercept); panel.height()]),
                false => panel.values(name),
            })
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let parts = match entity_effects.is_empty() || time_effects.is_empty() {
            true => Vec::new(),
            false => {
                let entities = Grouping::runs(self.sample().shared_groups());
                parts(&entities, &Grouping::by_time(self.sample().times()).0, self.sample().height())
            }
        };
        let critical = fit.reference.critical(level);
        let mut predictions = Vec::with_capacity(panel.height());
        for (entity, group) in panel.entities().iter().zip(panel.groups()) {
            let own = entity_effects.binary_search_by(|one| one.entity.as_str().cmp(entity)).ok();
            let of_entity = match entity_effects.is_empty() {
                true => Some(0.0),
                false => own.map(|at| entity_effects[at].effect),
            };
            for row in group.clone() {
                let time = panel.times()[row];
                let then = time_effects.binary_search_by(|one| one.time.ordinal().cmp(&time)).ok();
                let of_time = match time_effects.is_empty() {
                    true => Some(0.0),
                    false => then.map(|at| time_effects[at].effect),
                };
                let together = match (own, then) {
                    (Some(own), Some(then)) if !parts.is_empty() => {
                        parts[own] == parts[entity_effects.len() + then]
                    }
                    _ => true,
                };
                let x: Option<Vec<f64>> = columns.iter().map(|column| column[row]).collect();
                let explained =
                    x.as_ref().map(|x| x.iter().zip(self.coefficients()).map(|(x, b)| x * b).sum::<f64>());
                let value = match (explained, of_entity, of_time) {
                    (Some(explained), Some(entity), Some(time)) if together => {
                        Some(explained + entity + time)
                    }
                    _ => None,
                };
                let variance = match (&x, &fit.covariance) {
                    (Some(x), Some(matrix)) if !fixed => Some(
                        matrix
                            .iter()
                            .zip(x)
                            .map(|(line, left)| {
                                left * line.iter().zip(x).map(|(v, right)| v * right).sum::<f64>()
                            })
                            .sum::<f64>(),
                    ),
                    _ => None,
                };
                let std_error = variance.map(f64::sqrt).filter(|one| *one > 0.0 && one.is_finite());
                let end = |direction: f64| Some(value? + direction * critical * std_error?);
                predictions.push(Prediction {
                    entity: entity.clone(),
                    time: panel.period(time),
                    value,
                    std_error,
                    lower: end(-1.0),
                    upper: end(1.0),
                });
            }
        }
        Ok(Ok(predictions))
    }
}
