//! Wooldridge's test for unobserved effects.

use super::auxiliary::{plain, several};
use crate::inference::{HypothesisTest, Tail};
use crate::models::{Effects, Model};
use crate::outcome::Reason;
use crate::sample::{Rows, Sample};

/// Wooldridge (2010, section 10.4.4): the sum over entities of the products of each two of their pooled OLS
/// residuals, W_i = sum_s<t e_is e_it, over the root of the sum of W_i^2; standard normal without effects,
/// whatever the errors' distribution. plm's `pwtest`; over times with [`Effects::Time`].
///
/// # Errors
/// Where pooled OLS can't be estimated or fits perfectly, there is only one entity (time), none has two rows, or effects of both kinds are
/// asked for.
pub fn unobserved_effects(sample: &Sample, effects: Effects) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    if effects == Effects::TwoWay {
        return Err(Reason::NotDefinedFor { model: "effects of both kinds at once".into() });
    }
    let pooled = Model::Ols.estimate(sample)?;
    if pooled.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let rows = Rows::of(sample);
    let time = effects == Effects::Time;
    let factor = if time { rows.by_time() } else { rows.by_entity() };
    several(factor.levels(), time)?;
    let mut so_far = vec![0.0; factor.levels()];
    let mut products = vec![0.0; factor.levels()];
    for (&code, &residual) in factor.codes.iter().zip(pooled.residuals()) {
        products[code] += residual * so_far[code];
        so_far[code] += residual;
    }
    let scale = products.iter().map(|product| product * product).sum::<f64>().sqrt();
    if scale == 0.0 {
        let of = if time { "rows at any time" } else { "rows of any entity" };
        return Err(Reason::TooFew { count: 1, of: of.into(), needed: 2 });
    }
    let null = if time { "there are no effects of times" } else { "there are no effects of entities" };
    let statistic = products.iter().sum::<f64>() / scale;
    HypothesisTest::normal("Wooldridge test for unobserved effects", null, statistic, Tail::Both)
}
