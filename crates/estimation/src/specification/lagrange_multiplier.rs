//! Lagrange-multiplier tests for effects, on the residuals of pooled OLS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{plain, several, squares};
use crate::inference::{HypothesisTest, Tail};
use crate::models::{Effects, Model};
use crate::outcome::Reason;
use crate::sample::{Rows, Sample};

/// Which statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LagrangeMultiplier {
    /// Two-sided (Breusch and Pagan 1980): plm's `bp`.
    #[default]
    BreuschPagan,
    /// One-sided, since variances aren't negative (Honda 1985): plm's `honda`.
    Honda,
    /// One-sided, locally mean most powerful (King and Wu 1997): plm's `kw`. One way it is Honda's.
    KingWu,
    /// Both effects, each counted where positive (Gourieroux, Holly and Monfort 1982): plm's `ghm`.
    GourierouxHollyMonfort,
}

/// The test that there are no effects of entities, times, or either. plm's `plmtest`; on unbalanced panels
/// Baltagi and Li (1990).
///
/// With A_1 = sum_i (sum_t e_it)^2 / e'e - 1 and M_1 = sum_i T_i^2, LM_1 = n A_1 / sqrt(2 (M_1 - n)), likewise
/// LM_2 over times. Breusch-Pagan is LM_1^2, LM_2^2 or their sum; Honda LM_1, LM_2 or (LM_1 + LM_2)/sqrt(2);
/// King-Wu weights the two by sqrt(M_j - n).
///
/// Stata's `xttest0` is Breusch and Pagan's statistic, zero where A_1 is negative, with half its p-value: the p-value
/// of Honda's.
///
/// # Errors
/// Where pooled OLS can't be estimated or fits perfectly, there is only one entity (time), none has two rows, or Gourieroux, Holly and
/// Monfort's is asked for one way.
pub fn lagrange_multiplier(
    sample: &Sample,
    effects: Effects,
    statistic: LagrangeMultiplier,
) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let pooled = Model::Ols.estimate(sample)?;
    if pooled.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let residuals = pooled.residuals();
    let rows = Rows::of(sample);
    let n = residuals.len() as f64;
    let total = squares(residuals);
    // LM_j, and M_j - n
    let part = |time: bool| -> Result<(f64, f64), Reason> {
        let factor = if time { rows.by_time() } else { rows.by_entity() };
        several(factor.levels(), time)?;
        let excess = squares(factor.counts()) - n;
        if excess <= 0.0 {
            let of = if time { "rows at any time" } else { "rows of any entity" };
            return Err(Reason::TooFew { count: 1, of: of.into(), needed: 2 });
        }
        let sums = factor.sums(residuals.iter().copied());
        Ok((n / (2.0 * excess).sqrt() * (squares(&sums) / total - 1.0), excess))
    };
    let name = |author: &str| format!("Lagrange-multiplier test ({author})");
    let null = match effects {
        Effects::Entity => "there are no effects of entities",
        Effects::Time => "there are no effects of times",
        Effects::TwoWay => "there are neither effects of entities nor of times",
    };
    if effects != Effects::TwoWay {
        let (one, _) = part(effects == Effects::Time)?;
        return match statistic {
            LagrangeMultiplier::BreuschPagan => {
                HypothesisTest::chi_squared(name("Breusch-Pagan"), null, one * one, 1.0)
            }
            LagrangeMultiplier::Honda => HypothesisTest::normal(name("Honda"), null, one, Tail::Upper),
            LagrangeMultiplier::KingWu => HypothesisTest::normal(name("King-Wu"), null, one, Tail::Upper),
            LagrangeMultiplier::GourierouxHollyMonfort => {
                Err(Reason::NotDefinedFor { model: "effects of one kind".into() })
            }
        };
    }
    let ((entity, entity_excess), (time, time_excess)) = (part(false)?, part(true)?);
    match statistic {
        LagrangeMultiplier::BreuschPagan => {
            HypothesisTest::chi_squared(name("Breusch-Pagan"), null, entity * entity + time * time, 2.0)
        }
        LagrangeMultiplier::Honda => {
            let sum = (entity + time) / std::f64::consts::SQRT_2;
            HypothesisTest::normal(name("Honda"), null, sum, Tail::Upper)
        }
        LagrangeMultiplier::KingWu => {
            let both = (entity_excess + time_excess).sqrt();
            let sum = (entity_excess.sqrt() * entity + time_excess.sqrt() * time) / both;
            HypothesisTest::normal(name("King-Wu"), null, sum, Tail::Upper)
        }
        LagrangeMultiplier::GourierouxHollyMonfort => {
            let sum = entity.max(0.0).powi(2) + time.max(0.0).powi(2);
            let mixture = [(0.0, 0.25), (1.0, 0.5), (2.0, 0.25)];
            HypothesisTest::chi_bar_squared(name("Gourieroux, Holly and Monfort"), null, sum, &mixture)
        }
    }
}
