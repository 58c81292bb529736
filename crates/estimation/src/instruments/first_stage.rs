//! How strongly instruments move the endogenous regressors.
//!
//! With X and Z what the exogenous regressors leave of the endogenous regressors (m) and the excluded
//! instruments (L), orthonormal bases Q_x and Q_z of them and T = Q_z'Q_x, whose singular values are the
//! canonical correlations r:
//!
//! - Cragg and Donald (1993): (n - q) r^2/(1 - r^2)/L at the smallest r, with q instruments in all; the
//!   partial F where there is one endogenous regressor.
//! - Anderson's (1951) canonical correlation LM n r^2, from chi-squared with L - m + 1 degrees of freedom.
//! - Kleibergen and Paap's (2006, Journal of Econometrics 133, 97-126) rk statistic: with u, v the last
//!   singular vectors, completed by those of the null space of T', l = vec(u'Tv) and S the sum of outer products
//!   of (v'x_i) (u'z_i), the LM statistic is l'S^-1 l with x_i itself, and the Wald statistic with the first
//!   stage's residuals in its place; F = Wald (n - q)/n/L, with C clusters (n - q)(C - 1)/C/(n - 1)/L.
//! - Shea's (1997) partial R2: the ratio of (X'X)^-1 to that of the projected regressors, on the diagonal.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::equation::PreparedEquation;
use super::estimation::{identity, scores};
use super::options::Errors;
use super::stock_yogo::StockYogo;
use crate::inference::{HypothesisTest, TestOutcome};
use crate::numerics::NOISE;
use crate::numerics::dense::{Basis, columns, inner, inverse};
use crate::outcome::Reason;
use crate::systems::{meat, standardized_sum, without_rounding};

/// The first stage of one endogenous regressor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirstStageVariable {
    /// The regressor.
    pub variable: String,
    /// Of its regression on all instruments; about the mean where there is an intercept, or effects.
    pub r2: f64,
    /// Of what the exogenous regressors leave of it on what they leave of the excluded instruments.
    pub partial_r2: f64,
    /// Shea's partial R2.
    pub shea_r2: f64,
    /// That the excluded instruments' coefficients are zero: classical F.
    pub f: TestOutcome,
    /// The same under the errors asked for, where these aren't classical: Wald over the number of
    /// instruments, from F.
    pub robust_f: Option<TestOutcome>,
}

/// The first stage of an equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirstStage {
    /// Observations.
    pub n_obs: usize,
    /// The excluded instruments that were used.
    pub instruments: Vec<String>,
    /// Each endogenous regressor.
    pub variables: Vec<FirstStageVariable>,
    /// What rk statistics and robust F allow for.
    pub errors: Errors,
    /// Cragg and Donald's F.
    pub cragg_donald: Option<f64>,
    /// Anderson's canonical correlation LM test of underidentification.
    pub anderson: TestOutcome,
    /// Kleibergen and Paap's rk LM test of underidentification; Anderson's where errors are classical.
    pub kleibergen_paap: TestOutcome,
    /// Kleibergen and Paap's rk Wald F; Cragg and Donald's F where errors are classical.
    pub kleibergen_paap_f: Option<f64>,
    /// Critical values for Cragg and Donald's F, where they are tabulated. They hold for independent errors
    /// of one variance.
    pub critical_values: Option<StockYogo>,
    /// What Cragg and Donald's F says by them.
    pub verdict: Option<String>,
    /// Whether it exceeds none of those for the size of 2SLS' tests.
    pub weak: Option<bool>,
}

const UNDERIDENTIFIED: &str = "the equation is underidentified";

impl PreparedEquation {
    /// The strength of the instruments, under errors of the given kind.
    ///
    /// # Errors
    /// Why the equation can't be estimated, or [`Reason::NoEndogenousRegressors`].
    pub fn first_stage(&self, errors: Errors) -> Result<FirstStage, Reason> {
        if let Some(reason) = &self.refusal {
            return Err(reason.clone());
        }
        if self.endogenous.is_empty() {
            return Err(Reason::NoEndogenousRegressors);
        }
        errors.check(self.sample.shape)?;
        let n = self.height();
        let (m, l) = (self.endogenous.len(), self.excluded.len());
        let x = self.off_exogenous(&self.endogenous);
        let x_basis = Basis::new(&x);
        let z_basis = self.excluded_basis();
        let theta = z_basis.q.transpose() * &x_basis.q;
        // r^2/(1 - r^2) is right to the last digit also where r is near one.
        let left = z_basis.annihilate(&x);
        let off = Basis::new(&left);
        let name = |place: &usize| self.sample.names[*place].clone();

        let exact =
            Reason::SingularTest { what: "what the instruments leave of the endogenous regressors".into() };
        let sizes: Vec<f64> = self.endogenous.iter().map(|place| self.sample.magnitudes[*place]).collect();
        let regular = crate::numerics::dense::independent(&left, &sizes).0.len() == m;
        let odds = regular
            .then(|| {
                let ratio = z_basis.q.transpose() * &x * off.inverse();
                smallest_singular(&ratio).map(|smallest| smallest * smallest)
            })
            .flatten();
        let cragg_donald = odds.map(|odds| self.free() * odds / l as f64);
        let df = (l + 1 - m) as f64;
        let anderson_name = "Anderson canonical correlation LM test";
        let anderson = odds.ok_or(exact.clone()).and_then(|odds| {
            HypothesisTest::chi_squared(anderson_name, UNDERIDENTIFIED, n as f64 * odds / (1.0 + odds), df)
        });
        let rk_name = "Kleibergen-Paap rk LM test";
        let (kleibergen_paap, kleibergen_paap_f) = if errors == Errors::Unadjusted {
            let same = anderson.clone().map(|test| HypothesisTest { name: rk_name.into(), ..test });
            (same, cragg_donald)
        } else if regular {
            let bases = Bases { z: &z_basis, theta: &theta };
            let lm = self.rank_statistic(&bases, &x_basis.q, errors);
            let residuals = &left * x_basis.inverse();
            let wald = self.rank_statistic(&bases, &residuals, errors);
            let f = wald.ok().map(|(wald, clusters)| {
                let scale = match clusters {
                    Some(c) => self.free() * (c - 1) as f64 / c as f64 / (n - 1) as f64,
                    None => self.free() / n as f64,
                };
                wald * scale / l as f64
            });
            (lm.and_then(|(lm, _)| HypothesisTest::chi_squared(rk_name, UNDERIDENTIFIED, lm, df)), f)
        } else {
            (Err(exact), None)
        };
        let critical_values = StockYogo::of(m, l);
        let verdict = critical_values.as_ref().zip(cragg_donald).and_then(|(values, f)| values.verdict(f));
        Ok(FirstStage {
            n_obs: n,
            instruments: self.excluded.iter().map(name).collect(),
            variables: (0..m).map(|at| self.variable(at, &x, &left, errors)).collect::<Result<_, _>>()?,
            errors,
            cragg_donald,
            anderson: TestOutcome::of(anderson_name, anderson),
            kleibergen_paap: TestOutcome::of(rk_name, kleibergen_paap),
            kleibergen_paap_f,
            critical_values,
            weak: verdict.as_ref().map(|(_, weak)| *weak),
            verdict: verdict.map(|(sentence, _)| sentence),
        })
    }

    fn variable(
        &self,
        at: usize,
        x: &Mat<f64>,
        left: &Mat<f64>,
        errors: Errors,
    ) -> Result<FirstStageVariable, Reason> {
        let place = self.endogenous[at];
        let variable = self.sample.names[place].clone();
        let l = self.excluded.len();
        let (own, rest) = (columns(x, &[at]), columns(left, &[at]));
        let (before, after) = (inner(&own, &own), inner(&rest, &rest));
        let centered = self.equation.effects.is_none() && self.equation.formula.intercept;
        let counted = self.equation.effects.is_some() && self.equation.count_effects;
        let whole = self.reduced(&[place]);
        let total = if centered || counted {
            self.sample.centered_product(place, place)
        } else {
            inner(&whole, &whole)
        };
        let (l_f, free) = (l as f64, self.free());
        let null = "the excluded instruments don't move the regressor";
        let f_name = format!("F test of the instruments of {variable}");
        let f = if after > 0.0 {
            HypothesisTest::f(f_name.clone(), null, (before - after) / l_f / (after / free), l_f, free)
        } else {
            Err(Reason::PerfectFit)
        };
        let shea = {
            let position = self.x.iter().position(|one| *one == place).unwrap_or_default();
            let plain = Basis::new(&self.reduced(&self.x)).inverse();
            let projected = Basis::new(&self.z_basis().project(&self.reduced(&self.x))).inverse();
            let row = |inverse: &Mat<f64>| -> f64 {
                (0..inverse.ncols()).map(|column| inverse[(position, column)].powi(2)).sum()
            };
            row(&plain) / row(&projected)
        };
        let robust_f = match errors {
            Errors::Unadjusted => None,
            _ => Some(TestOutcome::of(
                f_name.clone(),
                self.robust_first_stage(place, errors)
                    .and_then(|wald| HypothesisTest::f(f_name, null, wald / l_f, l_f, free)),
            )),
        };
        Ok(FirstStageVariable {
            variable,
            r2: 1.0 - after / total,
            partial_r2: 1.0 - after / before,
            shea_r2: shea,
            f: TestOutcome::of("F test of the instruments", f),
            robust_f,
        })
    }

    /// The Wald statistic of the excluded instruments in a first stage, its covariance with small-sample
    /// factors as in the equation's own.
    fn robust_first_stage(&self, place: usize, errors: Errors) -> Result<f64, Reason> {
        let (z, places) = (self.z_basis(), self.z());
        let to_b = z.inverse();
        let b = &to_b * (z.q.transpose() * self.reduced(&[place]));
        let fitted = self.sample.combination(&places, |at| b[(at, 0)]);
        let residuals: Vec<f64> =
            self.sample.columns[place].iter().zip(fitted).map(|(x, fit)| x - fit).collect();
        let values: Vec<Vec<f64>> = places.iter().map(|place| self.sample.columns[*place].clone()).collect();
        let (meat, clusters) = self.sandwiched(&values, &residuals, errors)?;
        let bread = &to_b * to_b.transpose();
        let matrix = &bread * meat * bread.transpose();
        let n = self.height() as f64;
        let group = clusters.map_or(1.0, |c| c as f64 / (c - 1) as f64 * (n - 1.0) / n);
        let scores = scores(&values, &residuals);
        let noise = NOISE * self.sample.magnitudes[place];
        let rounding = self.scored(&values, &scores, noise, errors)(&bread);
        if without_rounding(&matrix, &rounding).1.iter().any(|at| *at >= self.exogenous.len()) {
            return Err(Reason::SingularTest { what: "the first stage's covariance".into() });
        }
        let factor = n / self.free() * group;
        let (first, l) = (self.exogenous.len(), self.excluded.len());
        let of = Mat::from_fn(l, l, |i, j| factor * matrix[(first + i, first + j)]);
        let own = Mat::from_fn(l, 1, |i, _| b[(first + i, 0)]);
        let inverse =
            inverse(&of).ok_or(Reason::SingularTest { what: "the first stage's covariance".into() })?;
        Ok((own.transpose() * inverse * &own)[(0, 0)])
    }

    /// l'S^-1 l, and the number of clusters; `values` are the reduced rows of what stands in x's place.
    fn rank_statistic(
        &self,
        bases: &Bases<'_>,
        values: &Mat<f64>,
        errors: Errors,
    ) -> Result<(f64, Option<usize>), Reason> {
        let singular = || Reason::SingularTest { what: "the covariance of the rk statistic".into() };
        let (l, m) = (bases.theta.nrows(), bases.theta.ncols());
        let decomposed = bases.theta.svd().map_err(|_| singular())?;
        let (u, v) = (decomposed.U(), decomposed.V());
        let left = Mat::from_fn(l, l + 1 - m, |row, at| u[(row, m - 1 + at)]);
        let right = Mat::from_fn(m, 1, |row, _| v[(row, m - 1)]);
        let lambda = left.transpose() * bases.theta * &right;
        // The values and the instruments as combinations of the sample's variables.
        let z_places = self.z();
        let on = self.z_basis();
        let of_z = on.inverse() * (on.q.transpose() * (&bases.z.q * &left));
        let x_target = values * &right;
        let all: Vec<usize> = z_places.iter().chain(&self.endogenous).copied().collect();
        let whole = Basis::new(&self.reduced(&all));
        let of_x = whole.inverse() * (whole.q.transpose() * x_target);
        let x = self.sample.combination(&all, |at| of_x[(at, 0)]);
        let scores: Vec<Vec<f64>> = (0..left.ncols())
            .map(|at| {
                let mut z = self.sample.combination(&z_places, |place| of_z[(place, at)]);
                z.iter_mut().zip(&x).for_each(|(z, x)| *z *= x);
                z
            })
            .collect();
        let (meat, clusters) =
            meat(&scores, &self.sample.rows, errors.dependence(), || standardized_sum(&scores))?;
        // Only what cancels is known here: the rounding in values and instruments isn't.
        let rounding = self.scored(&scores, &scores, 0.0, errors)(&identity(scores.len()));
        if !without_rounding(&meat, &rounding).1.is_empty() {
            return Err(singular());
        }
        let inverse = inverse(&meat).ok_or_else(singular)?;
        Ok(((lambda.transpose() * inverse * &lambda)[(0, 0)], clusters))
    }
}

/// What rk statistics are about.
struct Bases<'a> {
    z: &'a Basis,
    theta: &'a Mat<f64>,
}

fn smallest_singular(matrix: &Mat<f64>) -> Option<f64> {
    let decomposed = matrix.svd().ok()?;
    let values = decomposed.S().column_vector();
    let count = matrix.nrows().min(matrix.ncols());
    (count > 0).then(|| (0..count).map(|i| values[i]).fold(f64::INFINITY, f64::min))
}
