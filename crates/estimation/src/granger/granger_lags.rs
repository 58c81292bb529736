//! Choosing the lag order of Granger regressions by an information criterion.
//!
//! Each entity's unrestricted regression is estimated with 1 to `most` lags, all on the rows that have `most`
//! lags, so that the criteria are comparable: ln(RSS/n) + c (2p + 1)/n with c = 2 (Akaike 1974), ln n (Schwarz
//! 1978) or 2 ln ln n (Hannan and Quinn 1979). A common order is the one whose criterion is least on average over
//! the entities, as in Lopez and Weber's `xtgcause, lags(aic)` (2017, Stata Journal 17, 972-984, section 4); else each entity has its
//! own. Of equal values the shorter order counts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::granger::{formula, with_lags};
use crate::models::Model;
use crate::outcome::{Reason, Result};
use crate::sample::Sample;

/// An information criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LagCriterion {
    /// Akaike's.
    #[default]
    Aic,
    /// Schwarz'.
    Bic,
    /// Hannan and Quinn's.
    Hqic,
}

/// How orders are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LagChoice {
    /// The criterion.
    #[serde(default)]
    pub by: LagCriterion,
    /// The longest order that is tried.
    pub most: usize,
    /// Whether each entity has an order of its own.
    #[serde(default)]
    pub per_entity: bool,
}

/// Orders chosen, and by what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChosenLags {
    /// How.
    pub choice: LagChoice,
    /// The orders.
    pub orders: LagOrders,
    /// The criterion on average over the entities, for 1 lag and more.
    pub criteria: Vec<f64>,
    /// Entities that don't allow `most` lags, with the reason; they had no say.
    pub left_out: Vec<(String, Reason)>,
}

/// Chooses the lag orders for tests that `cause` Granger-causes `effect`.
///
/// # Errors
/// As [`granger_by_entity`](crate::granger_by_entity) with `most` lags. Where no entity allows these, the reason of
/// the first.
pub fn choose_lags(
    panel: &Panel,
    effect: &str,
    cause: &str,
    choice: LagChoice,
) -> Result<std::result::Result<ChosenLags, Reason>> {
    let lagged = with_lags(panel, effect, cause, choice.most)?;
    let longest = Sample::by_entity(&lagged, &formula(effect, cause, choice.most))?;
    let mut left_out = Vec::new();
    let mut criteria: Vec<(String, Vec<f64>)> = Vec::new();
    for (entity, sample) in panel.entities().iter().zip(&longest) {
        match of_entity(sample, effect, cause, choice) {
            Ok(own) => criteria.push((entity.clone(), own)),
            Err(reason) => left_out.push((entity.clone(), reason)),
        }
    }
    if criteria.is_empty() {
        let first = left_out.into_iter().next().map(|(_, reason)| reason);
        return Ok(Err(first.unwrap_or(Reason::NoObservations { rows_dropped: 0 })));
    }
    let mean: Vec<f64> = (0..choice.most)
        .map(|at| criteria.iter().map(|(_, own)| own[at]).sum::<f64>() / criteria.len() as f64)
        .collect();
    let common = least(&mean);
    let orders = match choice.per_entity {
        false => LagOrders::Common(common),
        true => {
            let chosen: BTreeMap<&String, usize> =
                criteria.iter().map(|(entity, own)| (entity, least(own))).collect();
            // One that had no say gets one lag, the least that there is.
            let of = |entity: &String| chosen.get(entity).copied().unwrap_or(1);
            LagOrders::PerEntity(panel.entities().iter().map(|entity| (entity.clone(), of(entity))).collect())
        }
    };
    Ok(Ok(ChosenLags { choice, orders, criteria: mean, left_out }))
}

/// The place of the least value, counted from 1.
fn least(values: &[f64]) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate() {
        if *value < values[best] {
            best = at;
        }
    }
    best + 1
}

fn of_entity(
    sample: &Sample,
    effect: &str,
    cause: &str,
    choice: LagChoice,
) -> std::result::Result<Vec<f64>, Reason> {
    (1..=choice.most)
        .map(|order| {
            let wanted = formula(effect, cause, order);
            let dropped: Vec<&str> = sample
                .formula()
                .regressors
                .iter()
                .map(String::as_str)
                .filter(|name| !wanted.regressors.iter().any(|own| own == name))
                .collect();
            let estimated = Model::Ols.estimate(&sample.without_regressors(&dropped))?;
            if estimated.is_perfect() {
                return Err(Reason::PerfectFit);
            }
            let rows = sample.height() as f64;
            let penalty = match choice.by {
                LagCriterion::Aic => 2.0,
                LagCriterion::Bic => rows.ln(),
                LagCriterion::Hqic => 2.0 * rows.ln().ln(),
            };
            Ok((estimated.rss() / rows).ln() + penalty * (2 * order + 1) as f64 / rows)
        })
        .collect()
}

/// The lag orders of the entities' regressions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LagOrders {
    /// One order for all.
    Common(usize),
    /// An order for each entity.
    PerEntity(BTreeMap<String, usize>),
}
