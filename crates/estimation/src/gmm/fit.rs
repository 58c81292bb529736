//! Results.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::estimated::GmmEstimated;
use super::model::{DynamicPanel, GmmCovariance};
use crate::fit::Coefficient;
use crate::inference::{ReferenceDistribution, TestOutcome};
use crate::numerics::dense::matrix_rows;
use crate::outcome::{Note, Reason};

/// The orders of serial correlation that are tested.
const ORDERS: [usize; 2] = [1, 2];

/// A dynamic panel estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GmmFit {
    /// The model.
    pub model: DynamicPanel,
    /// The covariance behind the standard errors.
    pub covariance_used: GmmCovariance,
    /// The coefficients: regressors, constant, time dummies (named by the time).
    pub coefficients: Vec<Coefficient>,
    /// Their covariance, row by row; absent at a perfect fit.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// The distribution that statistics were compared with: the normal.
    pub reference: ReferenceDistribution,
    /// Usable rows in differences.
    pub n_differences: usize,
    /// Usable rows in levels; 0 but in a system.
    pub n_levels: usize,
    /// Units among them.
    pub n_units: usize,
    /// The fewest and the most times that a unit has.
    pub lengths: (usize, usize),
    /// Units of the panel without a usable row.
    pub without_rows: Vec<String>,
    /// The instruments.
    pub instruments: InstrumentCount,
    /// sigma^2 of the errors in levels, from the first step.
    pub sigma2: f64,
    /// Sargan's test, of the first step.
    pub sargan: TestOutcome,
    /// Hansen's J test.
    pub hansen: TestOutcome,
    /// Arellano and Bond's tests of serial correlation of orders 1 and 2.
    pub serial_correlation: Vec<TestOutcome>,
    /// That the regressors' coefficients are zero.
    pub wald: TestOutcome,
    /// That the time dummies' coefficients are zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wald_times: Option<TestOutcome>,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

/// How many instruments there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentCount {
    /// Those that aren't zero throughout.
    pub instruments: usize,
    /// Their rank.
    pub rank: usize,
    /// Units, which the instruments shouldn't outnumber.
    pub groups: usize,
}

/// What stands in a fit's place where there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GmmRefusal {
    /// The model.
    pub model: DynamicPanel,
    /// Why.
    pub reason: Reason,
}

/// A fit, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum GmmOutcome {
    /// It was estimated.
    Fit(Box<GmmFit>),
    /// It can't be.
    NotEstimable(GmmRefusal),
}

impl GmmOutcome {
    /// The fit.
    pub fn fit(&self) -> Option<&GmmFit> {
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

impl GmmEstimated {
    /// The result under a covariance.
    ///
    /// # Errors
    /// [`Reason::NotFinite`] where it overflows.
    pub fn fit(&self, kind: GmmCovariance) -> Result<GmmFit, Reason> {
        let covariance = self.covariance(kind);
        if !crate::numerics::symmetric::finite(&covariance) {
            return Err(Reason::NotFinite { what: "the covariance of the coefficients".into() });
        }
        let reference = ReferenceDistribution::Normal;
        let coefficients = self
            .names()
            .iter()
            .zip(self.coefficients())
            .enumerate()
            .map(|(at, (name, &estimate))| {
                let std_error =
                    Some(covariance[(at, at)].max(0.0).sqrt()).filter(|error| *error > 0.0 && !self.perfect);
                let statistic = std_error.map(|error| estimate / error);
                Coefficient {
                    name: name.clone(),
                    estimate,
                    std_error,
                    statistic,
                    p_value: statistic.map(|statistic| reference.two_sided(statistic)),
                    df: None,
                }
            })
            .collect();
        let mut notes = self.notes.clone();
        let without: Vec<String> = (0..self.names().len())
            .filter(|at| !self.perfect && covariance[(*at, *at)] <= 0.0)
            .map(|at| self.names()[at].clone())
            .collect();
        if !without.is_empty() {
            notes.push(Note::ScoresOfRounding { coefficients: without });
        }
        let rows = || self.equations.units.iter().flatten();
        let lengths = self
            .equations
            .units
            .iter()
            .map(|rows| rows.iter().map(|row| row.time).collect::<BTreeSet<i64>>().len());
        let serial_correlation = ORDERS
            .iter()
            .map(|&order| {
                TestOutcome::of(
                    format!("Arellano-Bond test, order {order}"),
                    self.serial_correlation(order, &covariance),
                )
            })
            .collect();
        Ok(GmmFit {
            model: self.model.clone(),
            covariance_used: kind,
            coefficients,
            covariance: (!self.perfect).then(|| matrix_rows(&covariance)),
            reference,
            n_differences: rows().filter(|row| !row.level).count(),
            n_levels: rows().filter(|row| row.level).count(),
            n_units: self.equations.units.len(),
            lengths: (lengths.clone().min().unwrap_or(0), lengths.max().unwrap_or(0)),
            without_rows: self.equations.without_rows.clone(),
            instruments: InstrumentCount {
                instruments: self.equations.instruments,
                rank: self.first.weights.rank,
                groups: self.equations.units.len(),
            },
            sigma2: self.error_variance(),
            sargan: TestOutcome::of("Sargan test", self.sargan()),
            hansen: TestOutcome::of("Hansen test", self.hansen()),
            serial_correlation,
            wald: TestOutcome::of("Wald test of the coefficients", self.wald(&covariance)),
            wald_times: self
                .wald_times(&covariance)
                .map(|test| TestOutcome::of("Wald test of the time dummies", test)),
            notes,
        })
    }
}
