//! Are the slopes those of all entities?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{distance, plain, project, squares};
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::numerics::norm;
use crate::outcome::Reason;
use crate::sample::Sample;

/// What the entities have in common under the null hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommonSlopes {
    /// Intercept and slopes.
    #[default]
    WithIntercept,
    /// The slopes; each entity has its own intercept.
    WithinEffects,
}

/// The poolability F test (Chow 1960; Baltagi 2013, section 4.1): the common equation against one for each
/// entity. plm's `pooltest(pooling or within, pvcm)`.
///
/// F = ((RSS_r - RSS_u)/(p_u - p_r)) / (RSS_u/(n - p_u)), where p_u is the sum of the ranks of the entities' own
/// designs: an entity with fewer rows than coefficients is fitted perfectly and costs as many parameters as
/// it has rows. The entities' equations have intercepts of their own where the common one leaves them theirs.
///
/// # Errors
/// Where the common equation can't be estimated, nothing is left for residuals, or the fit is perfect.
pub fn poolability(sample: &Sample, common: CommonSlopes) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    if sample.groups().len() < 2 {
        return Err(Reason::TooFew { of: "entities".into(), count: sample.groups().len(), needed: 2 });
    }
    let (model, null) = match common {
        CommonSlopes::WithIntercept => (Model::Ols, "all entities have the same coefficients"),
        CommonSlopes::WithinEffects => {
            (Model::Within, "all entities have the same slopes, each its own intercept")
        }
    };
    let restricted = model.estimate(sample)?;
    let sample = restricted.sample();
    let intercepts = sample.formula().intercept || common == CommonSlopes::WithinEffects;
    let (observations, own) = (sample.height(), UnitRegressions::new(sample, intercepts));
    let parameters = own.ranks.iter().sum::<usize>();
    if observations <= parameters {
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    let denominator = observations - parameters;
    if restricted.df_residual() <= denominator {
        return Err(Reason::NotNested);
    }
    let numerator = restricted.df_residual() - denominator;
    let rss = squares(&own.residuals);
    if own.are_zero(sample) {
        return Err(Reason::PerfectFit);
    }
    let gained = distance(restricted.residuals(), &own.residuals);
    let statistic = gained / numerator as f64 / (rss / denominator as f64);
    HypothesisTest::f("poolability test", null, statistic, numerator as f64, denominator as f64)
}

/// Each entity's own equation by least squares.
pub(super) struct UnitRegressions {
    /// The residuals, one a row of the sample.
    pub(super) residuals: Vec<f64>,
    /// The rank of each entity's design.
    pub(super) ranks: Vec<usize>,
}

impl UnitRegressions {
    /// With an intercept in each, or none.
    pub(super) fn new(sample: &Sample, intercepts: bool) -> Self {
        let (mut residuals, mut ranks) = (Vec::with_capacity(sample.height()), Vec::new());
        for group in sample.groups() {
            let mut columns = vec![vec![1.0; group.len()]; usize::from(intercepts)];
            columns.extend(sample.regressors().iter().map(|values| values[group.clone()].to_vec()));
            let projection = project(&sample.dependent()[group.clone()], &columns);
            if projection.rank == group.len() {
                residuals.extend(std::iter::repeat_n(0.0, group.len()));
            } else {
                residuals.extend(projection.residuals);
            }
            ranks.push(projection.rank);
        }
        Self { residuals, ranks }
    }

    fn are_zero(&self, sample: &Sample) -> bool {
        norm(&self.residuals) <= 64.0 * f64::EPSILON * norm(sample.dependent())
    }
}
