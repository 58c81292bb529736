//! Results.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::options::MeanGroup;
use crate::fit::{Coefficient, Refusal};
use crate::inference::{HypothesisTest, JointTest, ReferenceDistribution, TestOutcome, joint_test, wald};
use crate::numerics::dense::matrix_rows;
use crate::outcome::{Note, Reason};
use crate::sample::{DroppedRow, Formula, Sample};

/// A standard error below this share of the units' coefficients is rounding.
const NO_VARIATION: f64 = 64.0 * f64::EPSILON;

/// An equation whose coefficients differ between units, estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeanGroupFit {
    /// The estimator with its options.
    pub options: MeanGroup,
    /// The equation.
    pub formula: Formula,
    /// The coefficients: intercept, regressors, then `y.bar` and the regressors' `.bar` where time means are
    /// reported, then `trend`.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// The distribution that statistics were compared with: the normal.
    pub reference: ReferenceDistribution,
    /// Rows of the units that are in the estimate.
    pub n_obs: usize,
    /// Units in the estimate.
    pub n_units: usize,
    /// The rows of the shortest unit in the estimate and of the longest.
    pub lengths: (usize, usize),
    /// That the regressors' coefficients are zero; none where their covariance is singular.
    pub joint: Option<JointTest>,
    /// Swamy's test that the coefficients don't differ between units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homogeneity: Option<TestOutcome>,
    /// Swamy's variances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variances: Option<SwamyVariances>,
    /// The units' own coefficients, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitCoefficients>,
    /// Units that the estimate leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Rows left out, with what is missing there.
    pub dropped: Vec<DroppedRow>,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

/// A unit's own coefficients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitCoefficients {
    /// The unit.
    pub unit: String,
    /// Its rows.
    pub n_obs: usize,
    /// As many as the fit has, in their order; for [`crate::HeterogeneousMethod::CcePooled`] the unit's own
    /// slopes.
    pub coefficients: Vec<f64>,
}

/// A unit that is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The unit.
    pub unit: String,
    /// Why it has no regression of its own.
    pub reason: Reason,
}

/// A fit, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum HeterogeneousOutcome {
    /// It was estimated.
    Fit(Box<MeanGroupFit>),
    /// It can't be.
    NotEstimable(Refusal),
}

impl HeterogeneousOutcome {
    /// The fit.
    pub fn fit(&self) -> Option<&MeanGroupFit> {
        match self {
            Self::Fit(fit) => Some(fit),
            Self::NotEstimable(_) => None,
        }
    }

    /// Why there is no fit.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Fit(_) => None,
            Self::NotEstimable(refusal) => Some(&refusal.reason),
        }
    }
}

impl MeanGroupFit {
    /// The coefficient of a regressor.
    pub fn coefficient(&self, name: &str) -> Option<&Coefficient> {
        self.coefficients.iter().find(|coefficient| coefficient.name == name)
    }
}

/// What an estimator hands over.
pub(super) struct Found<'a> {
    pub(super) sample: &'a Sample,
    pub(super) options: MeanGroup,
    pub(super) names: Vec<String>,
    pub(super) estimates: Vec<f64>,
    pub(super) covariance: Mat<f64>,
    pub(super) units: Vec<UnitCoefficients>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) homogeneity: Option<Result<HypothesisTest, Reason>>,
    pub(super) variances: Option<SwamyVariances>,
    pub(super) notes: Vec<Note>,
    /// The rounding in each of the units' coefficients, where it is known.
    pub(super) rounding: Vec<f64>,
}

impl Found<'_> {
    /// The result with its inference.
    pub(super) fn fit(self) -> Result<MeanGroupFit, Reason> {
        let Self {
            sample, options, names, estimates, covariance, units, left_out, mut notes, rounding, ..
        } = self;
        if !estimates.iter().all(|value| value.is_finite()) {
            return Err(Reason::NotFinite { what: "a coefficient".into() });
        }
        if !crate::numerics::symmetric::finite(&covariance) {
            return Err(Reason::NotFinite { what: "the covariance of the coefficients".into() });
        }
        let reference = ReferenceDistribution::Normal;
        let size = |at: usize| {
            units
                .iter()
                .filter_map(|unit| unit.coefficients.get(at))
                .fold(0.0_f64, |size, b| size.max(b.abs()))
        };
        let mut same = Vec::new();
        let coefficients: Vec<Coefficient> = names
            .iter()
            .zip(&estimates)
            .enumerate()
            .map(|(at, (name, &estimate))| {
                let std_error = covariance[(at, at)].max(0.0).sqrt();
                let rounded = rounding.get(at).copied().unwrap_or(0.0).max(NO_VARIATION * size(at));
                let told = std_error > rounded;
                if !told {
                    same.push(name.clone());
                }
                let statistic = told.then(|| estimate / std_error);
                Coefficient {
                    name: name.clone(),
                    estimate,
                    std_error: told.then_some(std_error),
                    statistic,
                    p_value: statistic.map(|statistic| reference.two_sided(statistic)),
                    df: None,
                }
            })
            .collect();
        let slopes: Vec<usize> = (0..names.len())
            .filter(|&at| {
                sample.formula().regressors.contains(&names[at]) && coefficients[at].std_error.is_some()
            })
            .collect();
        let complete = slopes.len() == sample.formula().regressors.len();
        let joint = complete
            .then(|| wald(&estimates, &covariance, &slopes))
            .flatten()
            .map(|wald| joint_test(wald, slopes.len(), reference));
        if !same.is_empty() {
            notes.push(Note::NoVariationBetweenUnits { coefficients: same });
        } else if joint.is_none() {
            notes.push(Note::SingularCovariance { slopes: slopes.len() });
        }
        let lengths = units.iter().map(|unit| unit.n_obs);
        let shortest = lengths.clone().min().unwrap_or(0);
        Ok(MeanGroupFit {
            options,
            formula: sample.formula().clone(),
            coefficients,
            covariance: matrix_rows(&covariance),
            reference,
            n_obs: lengths.clone().sum(),
            n_units: units.len(),
            lengths: (shortest, lengths.max().unwrap_or(0)),
            joint,
            homogeneity: self
                .homogeneity
                .map(|test| TestOutcome::of("Swamy's test of homogeneous coefficients", test)),
            variances: self.variances,
            units: if options.units { units } else { Vec::new() },
            left_out,
            dropped: sample.dropped().to_vec(),
            notes,
        })
    }
}

/// The variances behind Swamy's estimate, each k x k, row by row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SwamyVariances {
    /// Delta, the variance of the coefficients between units that was used.
    pub coefficients: Vec<Vec<f64>>,
    /// D1, the covariance of the units' coefficients with divisor N - 1.
    pub between: Vec<Vec<f64>>,
    /// D2, the mean of the units' own V_i.
    pub within: Vec<Vec<f64>>,
    /// The smallest eigenvalue of D1 - D2.
    pub smallest_eigenvalue: f64,
    /// The average coefficients under homogeneity, (sum V_i^-1)^-1 sum V_i^-1 b_i; none where a unit's fit is
    /// perfect.
    pub homogeneous: Option<Vec<f64>>,
}
