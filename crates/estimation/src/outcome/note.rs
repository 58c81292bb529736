//! What a reader of a result should know beside it.

use serde::{Deserialize, Serialize};

use super::collinearity::Collinearity;

/// A warning that goes with a fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// The residuals are zero to rounding: the estimates stand, standard errors and tests don't.
    #[error("perfect fit: the residuals are zero to rounding, so there are no standard errors")]
    PerfectFit,
    /// Entities observed once, which entity effects fit perfectly and which therefore add nothing.
    #[error("{} observed once and so without influence: {}", plural(entities.len()), entities.join(", "))]
    Singletons {
        /// The entities.
        entities: Vec<String>,
    },
    /// The covariance of the slopes has no inverse (fewer clusters than slopes, say), so there is
    /// no joint test.
    #[error("the covariance of the {slopes} slopes is singular, so there is no joint F test")]
    SingularCovariance {
        /// The slopes tested jointly.
        slopes: usize,
    },
    /// Coefficients that a single cluster identifies: a clustered covariance can't say how precisely.
    #[error("identified within a single cluster, so without clustered standard errors: {}", coefficients.join(", "))]
    SingleCluster {
        /// The coefficients.
        coefficients: Vec<String>,
    },
    /// Coefficients whose scores are zero to rounding: the rows that identify them are fitted perfectly, or their
    /// scores cancel, so that a covariance made of scores can't say how precise they are.
    #[error("the scores are zero to rounding, so no standard error under this covariance, for: {}", coefficients.join(", "))]
    ScoresOfRounding {
        /// The coefficients.
        coefficients: Vec<String>,
    },
    /// Regressors left out because they are combinations of regressors before them.
    #[error("left out as collinear: {}", collinear.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    CollinearDropped {
        /// Each with what it is a combination of.
        collinear: Vec<Collinearity>,
    },
    /// Regressors left out because the effects absorb them.
    #[error("left out as absorbed by the effects: {}", variables.join(", "))]
    AbsorbedDropped {
        /// The regressors.
        variables: Vec<String>,
    },
    /// Regressors left out because they never change, so that differences leave nothing of them.
    #[error("left out as constant over time, of which differences leave nothing: {}", variables.join(", "))]
    ConstantDropped {
        /// The regressors.
        variables: Vec<String>,
    },
    /// Regressors whose deviations from their entities' or times' means are combinations of those of others, so that
    /// the regression behind the variances of random effects is made without them.
    #[error(
        "collinear once the effects are taken off, so left out where the variances are estimated (not from the \
         equation): {}", variables.join(", ")
    )]
    CollinearWithin {
        /// The regressors.
        variables: Vec<String>,
    },
    /// A variance of random effects that comes out negative.
    #[error("the variance of the effects of {of} comes out negative and counts as zero")]
    NegativeComponent {
        /// Of what the effects are.
        of: String,
    },
    /// Random effects of weighted rows, for which programs have no one form.
    #[error(
        "weights as in linearmodels: means go by weights, and the variances and the share of its mean that a row gives \
         up by the numbers of rows"
    )]
    WeightsByRows,
    /// Rows left out because an effect had them to itself.
    #[error(
        "{} left out that an effect had to itself, in {}",
        counted(*rows, "row"),
        counted(*rounds, "round")
    )]
    SingletonsDropped {
        /// How many.
        rows: usize,
        /// After how many rounds there were no more.
        rounds: usize,
    },
    /// Rows left out because their weight is zero.
    #[error("{} left out whose weight is zero", counted(*rows, "row"))]
    ZeroWeights {
        /// How many.
        rows: usize,
    },
    /// The degrees of freedom of three or more effects are an upper bound (reghdfe's `pairwise`).
    #[error(
        "{effects} effects take at most {parameters} parameters: redundant levels are counted for pairs of effects"
    )]
    RedundancyByPairs {
        /// The effects.
        effects: usize,
        /// The parameters counted.
        parameters: usize,
    },
    /// Variances that a difference of matrices makes negative: no standard errors.
    #[error("the covariance has a negative variance, so no standard error, for: {}", coefficients.join(", "))]
    NegativeVariance {
        /// The coefficients.
        coefficients: Vec<String>,
    },
    /// The regressors are nearly collinear; the estimates lose about log10(condition) digits of 16
    /// where the data themselves are rounded.
    #[error("nearly collinear regressors: condition number {condition:.1e} of the scaled columns")]
    IllConditioned {
        /// The ratio of the largest to the smallest pivot of columns scaled to about unit norm.
        condition: f64,
    },
    /// Instruments that are combinations of others before them.
    #[error("instruments left out: {}", listed(dropped))]
    CollinearInstruments {
        /// Each with the earlier ones that it is a combination of.
        dropped: Vec<Collinearity>,
    },
    /// Instruments of which the effects leave nothing.
    #[error("instruments absorbed by the effects: {}", instruments.join(", "))]
    AbsorbedInstruments {
        /// The instruments.
        instruments: Vec<String>,
    },
    /// A residual covariance with a negative eigenvalue, which divisors that differ by entry can bring about.
    #[error(
        "the residual covariance isn't positive definite, so that standard errors may be missing or too small"
    )]
    IndefiniteResidualCovariance,
    /// Swamy's D1 - D2 isn't positive semidefinite, so D1 stands for the variance of the coefficients.
    #[error(
        "the unbiased variance of the coefficients between units isn't positive semidefinite \
         (smallest eigenvalue {smallest_eigenvalue:.1e}), so the units' covariance stands in its place"
    )]
    IndefiniteCoefficientVariance {
        /// The smallest eigenvalue of D1 - D2.
        smallest_eigenvalue: f64,
    },
    /// Coefficients that come out the same in all units, so that they have no standard errors.
    #[error("the same in all units, so without standard errors: {}", coefficients.join(", "))]
    NoVariationBetweenUnits {
        /// The coefficients.
        coefficients: Vec<String>,
    },
    /// Units whose own coefficients are those of least norm.
    #[error("{of} is singular, so a generalised inverse is used for {}: {}", plural(units.len()), units.join(", "))]
    GeneralizedInverse {
        /// What is singular.
        of: String,
        /// The units.
        units: Vec<String>,
    },
    /// A weighting matrix of GMM that is singular.
    #[error(
        "the weighting matrix of step {step} has rank {rank} for {instruments} instruments, \
         so a generalised inverse is used"
    )]
    SingularWeighting {
        /// The step, 1 or 2.
        step: usize,
        /// The matrix's rank.
        rank: usize,
        /// Its order.
        instruments: usize,
    },
    /// More instruments than groups: two-step estimates and tests of the instruments say little (Roodman 2009).
    #[error(
        "{instruments} instruments for {groups} {}: too many to rely on the two-step weights and the Hansen test",
        if *groups == 1 { "group" } else { "groups" }
    )]
    ManyInstruments {
        /// The instruments.
        instruments: usize,
        /// The groups.
        groups: usize,
    },
}

fn listed(dropped: &[Collinearity]) -> String {
    dropped.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

fn plural(count: usize) -> String {
    if count == 1 { "1 entity".into() } else { format!("{count} entities") }
}

impl Note {
    /// Whether it says which regressors were left out of the equation.
    pub fn leaves_out(&self) -> bool {
        matches!(
            self,
            Self::CollinearDropped { .. } | Self::AbsorbedDropped { .. } | Self::ConstantDropped { .. }
        )
    }
}
