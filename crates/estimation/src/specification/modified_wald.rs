//! The modified Wald test for groupwise heteroskedasticity.

use serde::{Deserialize, Serialize};

use super::auxiliary::{plain, squares};
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::outcome::Reason;
use crate::sample::Sample;

/// A test over entities of which some have nothing to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupwiseTest {
    /// The test.
    #[serde(flatten)]
    pub test: HypothesisTest,
    /// Entities with fewer than three rows, left out.
    pub left_out: Vec<String>,
}

/// Greene (2000, Econometric Analysis, p. 598; Baum 2001, Stata Journal 1): with s_i^2 the mean squared within residual of entity i, s^2 that of
/// all rows and V_i = sum_t (e_it^2 - s_i^2)^2/(T_i (T_i - 1)), the sum of (s_i^2 - s^2)^2/V_i is chi-squared with
/// as many degrees of freedom as there are entities. Stata's `xttest3`. It takes many times: V_i is estimated from
/// T_i squares, so that with few the test rejects far too often.
///
/// An entity with one or two rows is left out: V_i isn't defined, or is zero whatever the data, since two within
/// residuals have equal squares.
///
/// # Errors
/// Where the within model can't be estimated or fits perfectly, no entity has three rows, or the squared residuals
/// of one don't vary.
pub fn modified_wald(sample: &Sample) -> Result<GroupwiseTest, Reason> {
    plain(sample)?;
    let within = Model::Within.estimate(sample)?;
    if within.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let (sample, residuals) = (within.sample(), within.residuals());
    let overall = within.rss() / residuals.len() as f64;
    let (mut statistic, mut tested, mut left_out) = (0.0, 0_usize, Vec::new());
    for (entity, group) in sample.entities().iter().zip(sample.groups()) {
        let own = &residuals[group.clone()];
        if own.len() < 3 {
            left_out.push(entity.clone());
            continue;
        }
        let length = own.len() as f64;
        let variance = squares(own) / length;
        let spread: f64 = own.iter().map(|residual| (residual * residual - variance).powi(2)).sum();
        let of_variance = spread / (length * (length - 1.0));
        if of_variance <= f64::EPSILON * f64::EPSILON * variance * variance {
            return Err(Reason::Entity { entity: entity.clone(), reason: Box::new(Reason::PerfectFit) });
        }
        statistic += (variance - overall).powi(2) / of_variance;
        tested += 1;
    }
    if tested == 0 {
        return Err(Reason::TooFew { count: 2, of: "rows of any entity".into(), needed: 3 });
    }
    let test = HypothesisTest::chi_squared(
        "modified Wald test for groupwise heteroskedasticity",
        "the errors of all entities have the same variance",
        statistic,
        tested as f64,
    )?;
    Ok(GroupwiseTest { test, left_out })
}
