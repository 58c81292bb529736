//! Results.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::estimated::Estimated;
use super::measures::FitMeasures;
use crate::covariance::Covariance;
use crate::inference::{JointTest, ReferenceDistribution, joint_test, wald};
use crate::models::{Goodness, Model, VarianceComponents};
use crate::numerics::dense::matrix_rows;
use crate::numerics::student_t_two_sided;
use crate::outcome::{EstimationError, INTERCEPT, Note, Reason, Result};
use crate::sample::{DroppedRow, Formula, WeightKind};

/// One coefficient. What can't be computed (see [`Note::PerfectFit`]) is absent, never a NaN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The regressor, or `(Intercept)`.
    pub name: String,
    /// The estimate.
    pub estimate: f64,
    /// The standard error.
    pub std_error: Option<f64>,
    /// The estimate over its standard error.
    pub statistic: Option<f64>,
    /// Two-sided, under the fit's reference distribution.
    pub p_value: Option<f64>,
    /// Degrees of freedom of the coefficient's own t distribution, where they aren't the fit's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
}

/// The covariance behind the standard errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovarianceUsed {
    /// What it is called.
    pub name: String,
    /// The estimator with all its options.
    pub options: Covariance,
    /// The clusters, where it is clustered.
    pub clusters: Option<usize>,
    /// The small-sample factor that was applied: to the sandwich, or to RSS/n. With two kinds of clusters and
    /// a factor each, that of the smaller number.
    pub factor: f64,
    /// The bandwidth, where there is a kernel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<f64>,
}

/// An equation estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The model.
    pub model: Model,
    /// The equation.
    pub formula: Formula,
    /// The coefficients, intercept first where there is one.
    pub coefficients: Vec<Coefficient>,
    /// The coefficients' covariance, row by row; absent at a perfect fit.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Where the covariance comes from.
    pub covariance_used: CovarianceUsed,
    /// The distribution that the tests refer to.
    pub reference: ReferenceDistribution,
    /// Observations.
    pub n_obs: usize,
    /// Entities among them.
    pub n_entities: usize,
    /// Effects absorbed; they count as parameters.
    pub absorbed: usize,
    /// n - k - absorbed.
    pub df_residual: usize,
    /// Residual sum of squares.
    pub rss: f64,
    /// Total sum of squares: about the mean in OLS (about zero without intercept), about entity means
    /// in within.
    pub tss: f64,
    /// 1 - RSS/TSS; the within R2 in within.
    pub r2: f64,
    /// 1 - (1 - R2)(n - 1)/df_residual; with n for n - 1 in OLS without intercept.
    pub r2_adjusted: f64,
    /// In within, 1 - RSS over the sum of squares about the overall mean: what dummy variables give.
    pub r2_with_effects: Option<f64>,
    /// RSS/df_residual.
    pub sigma2: f64,
    /// That all slopes are zero, under the covariance used.
    pub joint: Option<JointTest>,
    /// The variances of random effects, where the model has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance_components: Option<VarianceComponents>,
    /// Likelihood, and R2 within, between and overall.
    #[serde(default)]
    pub measures: FitMeasures,
    /// Rows left out, with what is missing there.
    pub dropped: Vec<DroppedRow>,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

impl Fit {
    /// The coefficient of a regressor.
    pub fn coefficient(&self, name: &str) -> Option<&Coefficient> {
        self.coefficients.iter().find(|coefficient| coefficient.name == name)
    }

    /// Why a regressor of the equation has no coefficient: it is a combination of others, or absorbed.
    pub fn left_out(&self, name: &str) -> Option<String> {
        self.notes.iter().find_map(|note| match note {
            Note::CollinearDropped { collinear } => {
                let found = collinear.iter().find(|one| one.column == name)?;
                Some(format!("left out, {found}"))
            }
            Note::AbsorbedDropped { variables } => {
                variables.iter().any(|own| own == name).then(|| "left out, absorbed by the effects".into())
            }
            Note::ConstantDropped { variables } => {
                variables.iter().any(|own| own == name).then(|| "left out, constant over time".into())
            }
            _ => None,
        })
    }

    /// The Wald test that the named coefficients are zero; none at a perfect fit or where their
    /// covariance is singular.
    ///
    /// # Errors
    /// [`EstimationError::NoCoefficient`].
    pub fn joint_test(&self, names: &[impl AsRef<str>]) -> Result<Option<JointTest>> {
        let chosen = names
            .iter()
            .map(|name| {
                let name = name.as_ref();
                self.coefficients.iter().position(|coefficient| coefficient.name == name).ok_or_else(|| {
                    EstimationError::NoCoefficient {
                        name: name.into(),
                        available: self.coefficients.iter().map(|one| one.name.clone()).collect(),
                    }
                })
            })
            .collect::<Result<Vec<usize>>>()?;
        let estimates: Vec<f64> = self.coefficients.iter().map(|coefficient| coefficient.estimate).collect();
        Ok(self.covariance.as_ref().filter(|_| !chosen.is_empty()).and_then(|rows| {
            let matrix = Mat::from_fn(rows.len(), rows.len(), |i, j| rows[i][j]);
            wald(&estimates, &matrix, &chosen).map(|wald| joint_test(wald, chosen.len(), self.reference))
        }))
    }
}

impl Estimated {
    /// The result under a covariance.
    ///
    /// # Errors
    /// Where the sample doesn't allow the covariance.
    pub fn fit(&self, covariance: &Covariance) -> std::result::Result<Fit, Reason> {
        // Where rows follow one another, it is open what comes after a row that was observed several times.
        let weights = self.formula.weights.as_ref().map(|weights| weights.kind);
        let needs_no_order = matches!(
            covariance,
            Covariance::Classical(_)
                | Covariance::Cluster(_)
                | Covariance::Heteroskedastic(_)
                | Covariance::Groupwise(_)
        );
        if weights == Some(WeightKind::Frequency) && !needs_no_order {
            let what = "frequency weights".into();
            let model = format!("errors that are {}", covariance.name());
            return Err(Reason::NotDefined { what, model });
        }
        let computed = covariance.matrix(&self.ingredients())?;
        let df_residual = self.df_residual();
        let observations = self.observations;
        let reference = match computed.test_df {
            Some(df) => ReferenceDistribution::StudentT { df },
            None => ReferenceDistribution::Normal,
        };
        let coefficients: Vec<Coefficient> = self
            .names
            .iter()
            .zip(&self.coefficients)
            .enumerate()
            .map(|(index, (name, &estimate))| {
                let bare = Coefficient {
                    name: name.clone(),
                    estimate,
                    std_error: None,
                    statistic: None,
                    p_value: None,
                    df: computed.coefficient_df.as_ref().map(|df| df[index]),
                };
                let std_error = computed.matrix[(index, index)].sqrt();
                if self.perfect || !(std_error > 0.0 && std_error.is_finite()) {
                    return bare;
                }
                let statistic = estimate / std_error;
                Coefficient {
                    std_error: Some(std_error),
                    statistic: Some(statistic),
                    p_value: Some(match bare.df {
                        Some(df) => student_t_two_sided(statistic, df),
                        None => reference.two_sided(statistic),
                    }),
                    ..bare
                }
            })
            .collect();

        let slopes: Vec<usize> =
            (0..self.names.len()).filter(|&index| self.names[index] != INTERCEPT).collect();
        let mut notes = self.notes.clone();
        let named = |places: &[usize]| -> Vec<String> {
            let places = places.iter().filter(|_| !self.perfect);
            places.filter_map(|at| self.names.get(*at).cloned()).collect()
        };
        let (single, rounding) = (named(&computed.cancelled), named(&computed.rounding));
        if !single.is_empty() {
            notes.push(Note::SingleCluster { coefficients: single });
        }
        if !rounding.is_empty() {
            notes.push(Note::ScoresOfRounding { coefficients: rounding });
        }
        let negative: Vec<String> = (0..self.names.len())
            .filter(|&index| !self.perfect && computed.matrix[(index, index)] < 0.0)
            .map(|index| self.names[index].clone())
            .collect();
        if !negative.is_empty() {
            notes.push(Note::NegativeVariance { coefficients: negative });
        }
        let joint = if self.perfect || slopes.is_empty() {
            None
        } else {
            let statistic = match covariance {
                // the same as the quadratic form, and sound for nearly collinear regressors
                Covariance::Classical(_) if self.goodness == Goodness::Decomposition => {
                    let sigma2 = self.rss / observations as f64 * computed.factor;
                    Some(self.explained / sigma2)
                }
                _ => wald(&self.coefficients, &computed.matrix, &slopes),
            };
            let joint = statistic.map(|wald| joint_test(wald, slopes.len(), reference));
            if joint.is_none() {
                notes.push(Note::SingularCovariance { slopes: slopes.len() });
            }
            joint
        };

        let (centered, r2) = match self.goodness {
            Goodness::Decomposition => {
                (self.formula.intercept || self.absorbed.parameters > 0, 1.0 - self.rss / self.tss)
            }
            Goodness::Correlation(r2) => (true, r2),
        };
        let adjusted = 1.0 - (1.0 - r2) * (observations - usize::from(centered)) as f64 / df_residual as f64;
        Ok(Fit {
            model: self.model,
            formula: self.formula.clone(),
            coefficients,
            covariance: (!self.perfect).then(|| matrix_rows(&computed.matrix)),
            covariance_used: CovarianceUsed {
                name: covariance.name(),
                options: covariance.clone(),
                clusters: computed.clusters,
                factor: computed.factor,
                bandwidth: computed.bandwidth,
            },
            reference,
            n_obs: observations,
            n_entities: self.entities,
            absorbed: self.absorbed.parameters,
            df_residual,
            rss: self.rss,
            tss: self.tss,
            r2,
            r2_adjusted: adjusted,
            r2_with_effects: self.total.filter(|total| *total > 0.0).map(|total| 1.0 - self.rss / total),
            sigma2: self.rss / df_residual as f64,
            joint,
            variance_components: self.components.clone(),
            measures: if self.perfect {
                self.measures.clone()
            } else {
                let parameters = self.names.len() + self.absorbed.parameters;
                self.measures.clone().with_likelihood(self.rss, observations, parameters, self.log_roots)
            },
            dropped: self.sample.dropped().to_vec(),
            notes,
        })
    }
}

/// What stands in a fit's place where there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Complete rows that there were.
    pub n_obs: usize,
    /// Rows left out, with what is missing there.
    pub dropped: Vec<DroppedRow>,
}

/// A fit, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was estimated.
    Fit(Box<Fit>),
    /// It can't be.
    NotEstimable(Refusal),
}

impl Outcome {
    /// The fit.
    pub fn fit(&self) -> Option<&Fit> {
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

    /// Rows left out, with what is missing there.
    pub fn dropped(&self) -> &[DroppedRow] {
        match self {
            Self::Fit(fit) => &fit.dropped,
            Self::NotEstimable(refusal) => &refusal.dropped,
        }
    }

    /// Complete rows.
    pub fn n_obs(&self) -> usize {
        match self {
            Self::Fit(fit) => fit.n_obs,
            Self::NotEstimable(refusal) => refusal.n_obs,
        }
    }
}

/// The outcome of one entity's own equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitFit {
    /// The entity.
    pub unit: String,
    /// Its fit, or why there is none.
    pub outcome: Outcome,
}
