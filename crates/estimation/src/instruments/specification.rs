//! Tests of the restrictions that identify an equation, and of whether it needs instruments.
//!
//! With u the residuals, P the projection on all instruments and M = I - P:
//! Sargan (1958) n u'Pu/u'u; Basmann (1960) (n - q) u'Pu/u'Mu; Anderson and Rubin's (1949)
//! likelihood ratio n ln k and Basmann's F from LIML's root; Durbin's (1954) and Wu and Hausman's (1973, 1978)
//! tests from the residuals with and without instruments; Wooldridge's (1995) score tests, which
//! are robust to heteroskedasticity.

use faer::Mat;

use super::equation::PreparedEquation;
use super::estimation::{Estimate, scores};
use super::options::{Errors, InstrumentalCovariance};
use crate::inference::{HypothesisTest, TestOutcome};
use crate::numerics::NOISE;
use crate::numerics::dense::{Basis, inner, inverse, scaled};
use crate::numerics::{Design, LeastSquares};
use crate::outcome::Reason;
use crate::systems::without_rounding;

const VALID: &str = "the instruments are uncorrelated with the errors";
const EXOGENOUS: &str = "the endogenous regressors are exogenous";

type Tested = Result<HypothesisTest, Reason>;

impl PreparedEquation {
    pub(super) fn tests(&self, estimate: &Estimate, covariance: InstrumentalCovariance) -> Vec<TestOutcome> {
        let b = &estimate.b;
        let mut outcomes = Vec::new();
        let mut add = |name: &str, test: Tested| outcomes.push(TestOutcome::of(name, test));
        if let Some(weights) = &estimate.weights {
            add("Hansen J test", self.hansen(b, weights));
            return outcomes;
        }
        add("Sargan test", self.sargan(b));
        add("Basmann test", self.basmann(b));
        add("Anderson-Rubin test of overidentification", self.anderson_rubin());
        add("Basmann F test", self.basmann_f());
        add("Wooldridge score test of overidentification", self.wooldridge_overidentification(b));
        add("Durbin test", self.durbin(b));
        add("Wu-Hausman test", self.wu_hausman(b));
        add("Wooldridge score test of exogeneity", self.wooldridge_score());
        add("Wooldridge regression test of exogeneity", self.wooldridge_regression(covariance));
        outcomes
    }

    /// Overidentifying restrictions.
    fn restrictions(&self) -> Result<f64, Reason> {
        match self.excluded.len() - self.endogenous.len() {
            0 => Err(Reason::ExactlyIdentified),
            count => Ok(count as f64),
        }
    }

    /// n less instruments and counted effects.
    pub(super) fn free(&self) -> f64 {
        self.height() as f64 - (self.instrument_count() + self.counted) as f64
    }

    fn hansen(&self, b: &Mat<f64>, weights: &Mat<f64>) -> Tested {
        let df = self.restrictions()?;
        let moments = self.z_basis().q.transpose() * self.reduced_residuals(b);
        let statistic = (moments.transpose() * weights * &moments)[(0, 0)];
        HypothesisTest::chi_squared("Hansen J test", "the moment conditions hold", statistic, df)
    }

    fn explained(&self, b: &Mat<f64>) -> (f64, f64) {
        let residuals = self.reduced_residuals(b);
        let z = self.z_basis();
        let (on, off) = (z.q.transpose() * &residuals, z.annihilate(&residuals));
        (inner(&on, &on), inner(&off, &off))
    }

    fn sargan(&self, b: &Mat<f64>) -> Tested {
        let df = self.restrictions()?;
        let (on, off) = self.explained(b);
        HypothesisTest::chi_squared("Sargan test", VALID, self.height() as f64 * on / (on + off), df)
    }

    fn basmann(&self, b: &Mat<f64>) -> Tested {
        let df = self.restrictions()?;
        let (on, off) = self.explained(b);
        HypothesisTest::chi_squared("Basmann test", VALID, self.free() * on / off, df)
    }

    fn anderson_rubin(&self) -> Tested {
        let df = self.restrictions()?;
        let statistic = self.height() as f64 * self.smallest_root()?.ln_1p();
        HypothesisTest::chi_squared("Anderson-Rubin test of overidentification", VALID, statistic, df)
    }

    fn basmann_f(&self) -> Tested {
        let df = self.restrictions()?;
        let statistic = self.smallest_root()? * self.free() / df;
        HypothesisTest::f("Basmann F test", VALID, statistic, df, self.free())
    }

    /// What the regressors explain of the residuals of OLS more than the instruments do of the given
    /// residuals, and the former's sum of squares.
    fn difference(&self, b: &Mat<f64>) -> Result<(f64, f64), Reason> {
        if self.endogenous.is_empty() {
            return Err(Reason::NoEndogenousRegressors);
        }
        let least_squares = Basis::new(&self.reduced(&self.x));
        let y = self.reduced(&[self.y]);
        let e0 = least_squares.annihilate(&y);
        let everything: Vec<usize> = self.z().into_iter().chain(self.endogenous.iter().copied()).collect();
        let sizes: Vec<f64> = everything.iter().map(|place| self.sample.magnitudes[*place]).collect();
        let (_, basis) = crate::numerics::dense::independent(&self.reduced(&everything), &sizes);
        let e1 = basis.transpose() * &e0;
        let (e2, _) = self.explained(b);
        Ok((inner(&e1, &e1) - e2, inner(&e0, &e0)))
    }

    fn durbin(&self, b: &Mat<f64>) -> Tested {
        let (difference, whole) = self.difference(b)?;
        let statistic = difference / (whole / self.height() as f64);
        HypothesisTest::chi_squared("Durbin test", EXOGENOUS, statistic, self.endogenous.len() as f64)
    }

    fn wu_hausman(&self, b: &Mat<f64>) -> Tested {
        let (difference, whole) = self.difference(b)?;
        let tested = self.endogenous.len();
        let used = self.x.len() + tested + self.counted;
        if self.height() <= used {
            return Err(Reason::NoResidualDegreesOfFreedom { observations: self.height(), parameters: used });
        }
        let df = (self.height() - used) as f64;
        let statistic = difference / tested as f64 / ((whole - difference) / df);
        HypothesisTest::f("Wu-Hausman test", EXOGENOUS, statistic, tested as f64, df)
    }

    /// What the instruments leave of the endogenous regressors, n values each.
    fn first_stage_residuals(&self) -> Vec<Vec<f64>> {
        let (z, places) = (self.z_basis(), self.z());
        let weights = z.inverse() * (z.q.transpose() * self.reduced(&self.endogenous));
        self.endogenous
            .iter()
            .enumerate()
            .map(|(at, own)| {
                let fitted = self.sample.combination(&places, |place| weights[(place, at)]);
                self.sample.columns[*own].iter().zip(fitted).map(|(x, fit)| x - fit).collect()
            })
            .collect()
    }

    /// n less the residual sum of squares of ones on the given columns.
    fn score(&self, name: &str, null: &str, columns: &[Vec<f64>]) -> Tested {
        let n = self.height();
        let singular = || Reason::SingularTest { what: "the scores".into() };
        if columns.len() > n {
            return Err(singular());
        }
        let design = Design {
            names: (0..columns.len()).map(|at| at.to_string()).collect(),
            x: Mat::from_fn(n, columns.len(), |row, at| columns[at][row]),
            y: vec![1.0; n],
            magnitudes: columns.iter().map(|column| crate::numerics::norm(column)).collect(),
            y_magnitude: (n as f64).sqrt(),
        };
        let solution = LeastSquares::solve(&design).map_err(|_| singular())?;
        // The fit's sum of squares, 1'X b, as the ones' own is n.
        let fitted: f64 = solution.residuals.iter().map(|residual| 1.0 - residual).sum();
        HypothesisTest::chi_squared(name, null, fitted, columns.len() as f64)
    }

    fn wooldridge_score(&self) -> Tested {
        if self.endogenous.is_empty() {
            return Err(Reason::NoEndogenousRegressors);
        }
        let regressors = Basis::new(&self.reduced(&self.x));
        let inverse = regressors.inverse();
        let b = &inverse * (regressors.q.transpose() * self.reduced(&[self.y]));
        let residuals = self.residuals(&b);
        let z = self.z_basis();
        let left = z.annihilate(&self.reduced(&self.endogenous));
        let on = &inverse * (regressors.q.transpose() * left);
        let columns: Vec<Vec<f64>> = self
            .first_stage_residuals()
            .into_iter()
            .enumerate()
            .map(|(at, first)| {
                let fitted = self.sample.combination(&self.x, |x| on[(x, at)]);
                let rest = first.iter().zip(fitted).map(|(value, fit)| value - fit);
                rest.zip(&residuals).map(|(value, u)| value * u).collect()
            })
            .collect();
        self.score("Wooldridge score test of exogeneity", EXOGENOUS, &columns)
    }

    /// The Wald test of the first-stage residuals' coefficients in the equation, under the covariance asked for.
    fn wooldridge_regression(&self, covariance: InstrumentalCovariance) -> Tested {
        if self.endogenous.is_empty() {
            return Err(Reason::NoEndogenousRegressors);
        }
        let name = "Wooldridge regression test of exogeneity";
        let z = self.z_basis();
        let left = z.annihilate(&self.reduced(&self.endogenous));
        let x = self.reduced(&self.x);
        let width = self.x.len();
        let augmented = Mat::from_fn(x.nrows(), width + left.ncols(), |row, at| {
            if at < width { x[(row, at)] } else { left[(row, at - width)] }
        });
        let used = augmented.ncols() + self.counted;
        if self.height() <= used {
            return Err(Reason::NoResidualDegreesOfFreedom { observations: self.height(), parameters: used });
        }
        let on = Basis::new(&augmented);
        let to_b = on.inverse();
        let y = self.reduced(&[self.y]);
        let b = &to_b * (on.q.transpose() * &y);
        let bread = &to_b * to_b.transpose();
        let n = self.height() as f64;
        let scale = if covariance.debiased { n / (n - used as f64) } else { 1.0 };
        let matrix = if covariance.errors == Errors::Unadjusted {
            let rest = on.annihilate(&y);
            scaled(&bread, scale * inner(&rest, &rest) / n)
        } else {
            let first = self.first_stage_residuals();
            let columns: Vec<Vec<f64>> =
                self.x.iter().map(|place| self.sample.columns[*place].clone()).chain(first).collect();
            let mut residuals = self.sample.columns[self.y].clone();
            for (at, column) in columns.iter().enumerate() {
                residuals.iter_mut().zip(column).for_each(|(u, value)| *u -= b[(at, 0)] * value);
            }
            let (meat, clusters) = self.sandwiched(&columns, &residuals, covariance.errors)?;
            let group = match clusters.filter(|_| covariance.debiased) {
                Some(clusters) => clusters as f64 / (clusters - 1) as f64 * (n - 1.0) / n,
                None => 1.0,
            };
            let matrix = &bread * meat * bread.transpose();
            let scores = scores(&columns, &residuals);
            let noise = NOISE * self.sample.magnitudes[self.y];
            let rounding = self.scored(&columns, &scores, noise, covariance.errors)(&bread);
            if without_rounding(&matrix, &rounding).1.iter().any(|at| *at >= width) {
                return Err(Reason::SingularTest {
                    what: "the covariance of the tested coefficients".into(),
                });
            }
            scaled(&matrix, scale * group)
        };
        let tested = left.ncols();
        let of = Mat::from_fn(tested, tested, |i, j| matrix[(width + i, width + j)]);
        let own = Mat::from_fn(tested, 1, |i, _| b[(width + i, 0)]);
        let inverse = inverse(&of)
            .ok_or(Reason::SingularTest { what: "the covariance of the tested coefficients".into() })?;
        let wald = (own.transpose() * inverse * &own)[(0, 0)];
        HypothesisTest::chi_squared(name, EXOGENOUS, wald, tested as f64)
    }

    fn wooldridge_overidentification(&self, b: &Mat<f64>) -> Tested {
        let restrictions = self.restrictions()? as usize;
        let residuals = self.residuals(b);
        let tested = &self.excluded[..restrictions];
        // The exogenous regressors and the endogenous ones' projections on the instruments.
        let (z, places) = (self.z_basis(), self.z());
        let on: Vec<usize> = self.exogenous.iter().chain(&self.endogenous).copied().collect();
        let weights = z.inverse() * (z.q.transpose() * self.reduced(&on));
        let projected = Basis::new(&z.project(&self.reduced(&on)));
        let coefficients = projected.inverse() * (projected.q.transpose() * self.reduced(tested));
        let of_instruments = weights * coefficients;
        let columns: Vec<Vec<f64>> = tested
            .iter()
            .enumerate()
            .map(|(at, own)| {
                let fitted = self.sample.combination(&places, |place| of_instruments[(place, at)]);
                let rest = self.sample.columns[*own].iter().zip(fitted).map(|(q, fit)| q - fit);
                rest.zip(&residuals).map(|(value, u)| value * u).collect()
            })
            .collect();
        self.score("Wooldridge score test of overidentification", VALID, &columns)
    }
}
