//! The generalised method of moments on all equations of a system (Hansen 1982; Wooldridge 2010, chapter 8).
//!
//! The first step is two-stage least squares; the weights of the second are the inverse of the moments'
//! covariance at its residuals.

use faer::Mat;

use super::estimation::{Solution, Work};
use super::fit::SystemFit;
use super::inference::dependence;
use super::options::{MomentWeights, SystemCovariance};
use super::rounding::{Scored, without_rounding};
use crate::inference::{HypothesisTest, TestOutcome};
use crate::numerics::dense::{
    SINGULAR, block_diagonal, blocks, inverse, scaled, smallest_of_correlation, symmetric,
};
use crate::outcome::Reason;

impl Work<'_> {
    pub(super) fn gmm(&self) -> Result<SystemFit, Reason> {
        let identity = Mat::from_fn(self.order(), self.order(), |i, j| if i == j { 1.0 } else { 0.0 });
        let counts: Vec<usize> = self.z.iter().map(|z| z.q.ncols()).collect();
        let f = block_diagonal(&self.on_instruments());
        let zy = blocks(&counts, &[1], |i, _| self.z[i].q.transpose() * &self.y[i]);
        let mut c = self.gls(&identity, &self.y)?.c;
        let most = self.options.iterate.map_or(1, |iteration| iteration.steps.max(1));
        let mut step = 0;
        loop {
            step += 1;
            let perfect = self.perfect(&c);
            if perfect.iter().any(|perfect| *perfect) {
                let names = self.equations.iter().zip(perfect).filter(|(_, perfect)| *perfect);
                let perfect = names.map(|(equation, _)| equation.name.clone()).collect();
                return Err(Reason::SingularResidualCovariance { step, perfect });
            }
            let residuals = self.residuals(&c);
            let sigma = scaled(&self.products(&residuals, true), 1.0 / self.n as f64);
            let moments = self.moment_covariance(&c, &sigma, SystemCovariance::Unadjusted)?;
            let moments = match self.options.moment_weights {
                MomentWeights::Unadjusted => moments,
                MomentWeights::Robust => {
                    self.moment_covariance(&c, &sigma, SystemCovariance::Robust { debiased: false })?
                }
            };
            let singular = || Reason::SingularMoments { moments: counts.iter().sum(), observations: self.n };
            smallest_of_correlation(&moments).filter(|smallest| *smallest > SINGULAR).ok_or_else(singular)?;
            let weights = inverse(&moments).ok_or_else(singular)?;
            let fw = f.transpose() * &weights;
            let solution = self.solve(&(&fw * &f), &(&fw * &zy))?;
            let (old, new) = (self.stack(&c), self.stack(&solution.c));
            let change = (&new - &old).norm_l2() / old.norm_l2();
            c = solution.c.clone();
            if self.options.iterate.is_none_or(|iteration| change <= iteration.tolerance) {
                return self.finish_gmm(&solution, &sigma, &weights, &f, &zy, step);
            }
            if step >= most || !change.is_finite() {
                return Err(Reason::NotConverged { what: "iterated GMM".into(), steps: step });
            }
        }
    }

    fn finish_gmm(
        &self,
        solution: &Solution,
        sigma: &Mat<f64>,
        weights: &Mat<f64>,
        f: &Mat<f64>,
        zy: &Mat<f64>,
        step: usize,
    ) -> Result<SystemFit, Reason> {
        let kind = match self.options.covariance {
            SystemCovariance::Classical => SystemCovariance::Unadjusted,
            other => other,
        };
        let omega = self.moment_covariance(&solution.c, sigma, kind)?;
        let fw = f.transpose() * weights;
        let middle = &fw * omega * fw.transpose();
        let in_c = &solution.covariance * middle * solution.covariance.transpose();
        let to_b = block_diagonal(&self.to_coefficients);
        let covariance = self.debiased(symmetric(&(&to_b * in_c * to_b.transpose())));
        let g = zy - f * &solution.c;
        let hansen = (g.transpose() * weights * &g)[(0, 0)];
        let coefficients = self.widths.iter().sum::<usize>() - self.restricted();
        let name = "Hansen J test";
        let test = if f.nrows() > coefficients {
            let df = (f.nrows() - coefficients) as f64;
            HypothesisTest::chi_squared(name, "the moment conditions hold", hansen, df)
        } else {
            Err(Reason::ExactlyIdentified)
        };
        let mut tests = vec![TestOutcome::of(name, test)];
        if self.order() > 1 {
            tests.extend(self.independence(&solution.c));
        }
        let notes = self.prepared.notes().to_vec();
        self.assemble(&solution.c, Some(&covariance), Some(sigma.clone()), step, tests, notes)
    }

    /// n times the covariance of the moments of orthonormal instruments.
    fn moment_covariance(
        &self,
        c: &Mat<f64>,
        sigma: &Mat<f64>,
        kind: SystemCovariance,
    ) -> Result<Mat<f64>, Reason> {
        if kind == SystemCovariance::Unadjusted {
            let counts: Vec<usize> = self.z.iter().map(|z| z.q.ncols()).collect();
            return Ok(blocks(&counts, &counts, |i, j| {
                scaled(&(self.z[i].q.transpose() * &self.z[j].q), sigma[(i, j)])
            }));
        }
        let sample = &self.prepared.sample;
        let noise = self.noise_by_row(c);
        let (mut carriers, mut scores, mut rounded): (Vec<Vec<f64>>, Vec<Vec<f64>>, Vec<f64>) =
            Default::default();
        for (i, (equation, residual)) in self.equations.iter().zip(self.full_residuals(c)).enumerate() {
            let inverse = self.z[i].inverse();
            for at in 0..inverse.ncols() {
                let carrier = sample.combination(&equation.z, |z| inverse[(z, at)]);
                scores.push(carrier.iter().zip(&residual).map(|(z, u)| z * u).collect());
                carriers.push(carrier);
                rounded.push(noise[i]);
            }
        }
        let moments = self.sum_products(&scores, kind)?;
        let scored = Scored {
            carriers: &carriers,
            scores: &scores,
            residuals: &rounded,
            rows: &sample.rows,
            dependence: dependence(kind).0,
        };
        let each = Mat::from_fn(scores.len(), scores.len(), |i, j| if i == j { 1.0 } else { 0.0 });
        match without_rounding(&moments, &scored.rounding(&each)).1.len() {
            0 => Ok(moments),
            _ => Err(Reason::SingularMoments { moments: scores.len(), observations: self.n }),
        }
    }
}
