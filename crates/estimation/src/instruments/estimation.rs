//! k-class estimators and GMM.
//!
//! As in systems, all that depends on cross-products alone is computed from rows that have them.

use faer::Mat;

use super::equation::PreparedEquation;
use super::fit::{InstrumentalFit, InstrumentalOutcome};
use super::options::{Errors, InstrumentalCovariance, InstrumentalEstimator};
use crate::fit::Refusal;
use crate::numerics::NOISE;
use crate::numerics::dense::{
    Basis, SINGULAR, columns, inner, inverse, matrix_rows, scaled, smallest_of_correlation, symmetric,
};
use crate::outcome::{INTERCEPT, Note, Reason};
use crate::systems::{Scored, coefficient, meat, standardized_sum, without_rounding};

/// Coefficients and what inference needs of how they came about.
pub(crate) struct Estimate {
    pub(crate) b: Mat<f64>,
    kappa: Option<f64>,
    steps: usize,
    /// The weights that GMM ended with, for orthonormal instruments.
    pub(crate) weights: Option<Mat<f64>>,
}

/// A covariance of coefficients, and what is to be said of it.
struct Spread {
    matrix: Mat<f64>,
    clusters: Option<usize>,
    /// The coefficients whose scores are rounding.
    rounding: Vec<usize>,
}

impl PreparedEquation {
    /// Estimates the equation.
    pub fn estimate(
        &self,
        estimator: InstrumentalEstimator,
        covariance: InstrumentalCovariance,
    ) -> InstrumentalOutcome {
        let refused = match &self.refusal {
            Some(reason) => Err(reason.clone()),
            None => self.solve(&estimator).and_then(|estimate| self.fit(estimator, covariance, &estimate)),
        };
        match refused {
            Ok(fit) => InstrumentalOutcome::Fit(Box::new(fit)),
            Err(reason) => InstrumentalOutcome::NotEstimable(Refusal {
                reason,
                n_obs: self.height(),
                dropped: self.dropped().to_vec(),
            }),
        }
    }

    pub(crate) fn solve(&self, estimator: &InstrumentalEstimator) -> Result<Estimate, Reason> {
        let kappa = match estimator {
            InstrumentalEstimator::TwoStage {} => 1.0,
            InstrumentalEstimator::KClass { kappa } => *kappa,
            InstrumentalEstimator::Liml { fuller } => {
                let free = self.height().saturating_sub(self.instrument_count() + self.counted);
                1.0 + self.smallest_root()? - fuller / free as f64
            }
            InstrumentalEstimator::Gmm { weights, center, iterate } => {
                return self.gmm(*weights, *center, iterate.as_ref().map(|one| (one.steps, one.tolerance)));
            }
        };
        let b = self.k_class(kappa)?;
        Ok(Estimate { b, kappa: Some(kappa), steps: 1, weights: None })
    }

    /// (X'(I - kM)X)^-1 X'(I - kM)y. In the unknowns c = Rb of X = QR, or of its projection where k is 1.
    pub(crate) fn k_class(&self, kappa: f64) -> Result<Mat<f64>, Reason> {
        let (x, y, z) = (self.reduced(&self.x), self.reduced(&[self.y]), self.z_basis());
        if kappa == 1.0 {
            let on = Basis::new(&z.project(&x));
            return Ok(on.inverse() * (on.q.transpose() * y));
        }
        let on = Basis::new(&x);
        let left = z.annihilate(&on.q);
        let h = identity(x.ncols()) - scaled(&(left.transpose() * &left), kappa);
        let g = on.q.transpose() * &y - scaled(&(left.transpose() * &y), kappa);
        let inverse = inverse(&h).ok_or(Reason::SingularTest { what: "the k-class cross-product".into() })?;
        Ok(on.inverse() * (inverse * g))
    }

    /// (X'(I - kM)X)^-1.
    pub(crate) fn bread(&self, kappa: f64) -> Result<Mat<f64>, Reason> {
        let (x, z) = (self.reduced(&self.x), self.z_basis());
        if kappa == 1.0 {
            let inverse = Basis::new(&z.project(&x)).inverse();
            return Ok(&inverse * inverse.transpose());
        }
        let on = Basis::new(&x);
        let left = z.annihilate(&on.q);
        let h = identity(x.ncols()) - scaled(&(left.transpose() * &left), kappa);
        let inside = inverse(&h).ok_or(Reason::SingularTest { what: "the k-class cross-product".into() })?;
        let outside = on.inverse();
        Ok(&outside * inside * outside.transpose())
    }

    /// The smallest root of |E'PE - l E'ME| = 0, with E the dependent variable and the endogenous regressors, P
    /// the projection on what exogenous regressors leave of the excluded instruments and M off all
    /// instruments. LIML's k is 1 + l; l is zero in an exactly identified equation.
    pub(crate) fn smallest_root(&self) -> Result<f64, Reason> {
        let places: Vec<usize> = std::iter::once(self.y).chain(self.endogenous.iter().copied()).collect();
        let e = self.reduced(&places);
        let left = self.z_basis().annihilate(&e);
        let singular =
            || Reason::SingularTest { what: "what the instruments leave of the endogenous variables".into() };
        let sizes: Vec<f64> = places.iter().map(|place| self.sample.magnitudes[*place]).collect();
        let free = self.height().saturating_sub(self.instrument_count() + self.sample.absorbed);
        let independent = crate::numerics::dense::independent(&left, &sizes).0.len();
        if free < places.len() || independent < places.len() {
            return Err(singular());
        }
        if self.excluded.len() < places.len() {
            return Ok(0.0);
        }
        let on = self.excluded_basis();
        let within = on.q.transpose() * e * Basis::new(&left).inverse();
        let values = within.svd().map_err(|_| singular())?;
        let values = values.S().column_vector();
        let smallest = (0..places.len()).map(|i| values[i]).fold(f64::INFINITY, f64::min);
        Ok(smallest * smallest)
    }

    /// What the exogenous regressors leave of the excluded instruments.
    pub(crate) fn excluded_basis(&self) -> Basis {
        Basis::new(&self.off_exogenous(&self.excluded))
    }

    /// What the exogenous regressors leave of variables, in reduced rows.
    pub(crate) fn off_exogenous(&self, places: &[usize]) -> Mat<f64> {
        let values = self.reduced(places);
        if self.exogenous.is_empty() {
            return values;
        }
        Basis::new(&self.reduced(&self.exogenous)).annihilate(&values)
    }

    fn gmm(&self, weights: Errors, center: bool, iterate: Option<(usize, f64)>) -> Result<Estimate, Reason> {
        let (x, y, z) = (self.reduced(&self.x), self.reduced(&[self.y]), self.z_basis());
        let on = Basis::new(&z.project(&x));
        let to_b = on.inverse();
        let f = z.q.transpose() * &x * &to_b;
        let zy = z.q.transpose() * &y;
        let mut b = self.k_class(1.0)?;
        let (most, tolerance) = iterate.unwrap_or((2, f64::INFINITY));
        let mut steps = 1;
        loop {
            steps += 1;
            if self.is_perfect(&b) {
                return Err(Reason::PerfectFit);
            }
            let moments = self.moment_covariance(&b, weights, center)?;
            let singular = || Reason::SingularMoments { moments: z.q.ncols(), observations: self.height() };
            smallest_of_correlation(&moments).filter(|smallest| *smallest > SINGULAR).ok_or_else(singular)?;
            let inverse_moments = inverse(&moments).ok_or_else(singular)?;
            let fw = f.transpose() * &inverse_moments;
            let h = &fw * &f;
            let c = inverse(&h).ok_or_else(singular)? * (&fw * &zy);
            let next = &to_b * c;
            let change = (&next - &b).norm_l2() / b.norm_l2();
            b = next;
            if iterate.is_none() || change <= tolerance {
                return Ok(Estimate { b, kappa: None, steps, weights: Some(inverse_moments) });
            }
            if steps >= most || !change.is_finite() {
                return Err(Reason::NotConverged { what: "iterated GMM".into(), steps });
            }
        }
    }

    /// n times the covariance of the moments of orthonormal instruments.
    fn moment_covariance(&self, b: &Mat<f64>, errors: Errors, center: bool) -> Result<Mat<f64>, Reason> {
        let z = self.z_basis();
        if errors == Errors::Unadjusted {
            let residuals = self.reduced_residuals(b);
            let values: Vec<f64> = (0..residuals.nrows()).map(|row| residuals[(row, 0)]).collect();
            let n = self.height() as f64;
            let variance = inner(&residuals, &residuals) / n - self.sample.mean(&values).powi(2);
            return Ok(scaled(&identity(z.q.ncols()), variance));
        }
        let residuals = self.residuals(b);
        let places = self.z();
        let inverse = z.inverse();
        let carriers: Vec<Vec<f64>> = (0..places.len())
            .map(|at| self.sample.combination(&places, |place| inverse[(place, at)]))
            .collect();
        let scores: Vec<Vec<f64>> = carriers
            .iter()
            .map(|carrier| {
                let mut score: Vec<f64> = carrier.iter().zip(&residuals).map(|(z, u)| z * u).collect();
                if center {
                    let mean = crate::numerics::mean(&score);
                    score.iter_mut().for_each(|value| *value -= mean);
                }
                score
            })
            .collect();
        // The bandwidth is chosen from the moments of the instruments as they are.
        let series = || {
            let scores: Vec<Vec<f64>> = places
                .iter()
                .map(|place| self.sample.columns[*place].iter().zip(&residuals).map(|(z, u)| z * u).collect())
                .collect();
            standardized_sum(&scores)
        };
        let (moments, _) = meat(&scores, &self.sample.rows, errors.dependence(), series)?;
        let scored = self.scored(&carriers, &scores, self.noise(b), errors);
        match without_rounding(&moments, &scored(&identity(places.len()))).1.len() {
            0 => Ok(moments),
            _ => Err(Reason::SingularMoments { moments: places.len(), observations: self.height() }),
        }
    }

    /// What could be rounding of the variance of a combination of sums of scores, given how it combines them.
    pub(crate) fn scored<'a>(
        &'a self,
        carriers: &'a [Vec<f64>],
        scores: &'a [Vec<f64>],
        noise: f64,
        errors: Errors,
    ) -> impl Fn(&Mat<f64>) -> Vec<f64> + 'a {
        let residuals = vec![noise / (self.height() as f64).sqrt(); scores.len()];
        move |to| {
            let (rows, dependence) = (&self.sample.rows, errors.dependence());
            Scored { carriers, scores, residuals: &residuals, rows, dependence }.rounding(to)
        }
    }

    /// The residuals' reduced rows.
    pub(crate) fn reduced_residuals(&self, b: &Mat<f64>) -> Mat<f64> {
        self.reduced(&[self.y]) - self.reduced(&self.x) * b
    }

    /// The residuals, n values.
    pub(crate) fn residuals(&self, b: &Mat<f64>) -> Vec<f64> {
        let fitted = self.sample.combination(&self.x, |at| b[(at, 0)]);
        self.sample.columns[self.y].iter().zip(fitted).map(|(y, fit)| y - fit).collect()
    }

    pub(crate) fn is_perfect(&self, b: &Mat<f64>) -> bool {
        self.reduced_residuals(b).norm_l2() <= self.noise(b)
    }

    /// The norm of the rounding in the residuals.
    pub(crate) fn noise(&self, b: &Mat<f64>) -> f64 {
        let parts = self.x.iter().enumerate();
        let cancelling: f64 = self.sample.magnitudes[self.y]
            + parts.map(|(at, x)| b[(at, 0)].abs() * self.sample.magnitudes[*x]).sum::<f64>();
        NOISE * cancelling
    }

    /// The projections of the regressors on the instruments, n values each.
    fn projected(&self) -> Vec<Vec<f64>> {
        let (x, z, places) = (self.reduced(&self.x), self.z_basis(), self.z());
        let weights = z.inverse() * (z.q.transpose() * x);
        (0..self.x.len()).map(|at| self.sample.combination(&places, |place| weights[(place, at)])).collect()
    }

    /// The coefficients' covariance.
    fn covariance(&self, estimate: &Estimate, covariance: InstrumentalCovariance) -> Result<Spread, Reason> {
        let InstrumentalCovariance { errors, debiased, .. } = covariance;
        let n = self.height() as f64;
        let df = (self.height() - self.x.len() - self.counted) as f64;
        let scale = if debiased { n / df } else { 1.0 };
        let group = |clusters: Option<usize>| match clusters.filter(|_| debiased) {
            Some(clusters) => clusters as f64 / (clusters - 1) as f64 * (n - 1.0) / n,
            None => 1.0,
        };
        if let Some(weights) = &estimate.weights {
            let z = self.z_basis();
            let on = Basis::new(&z.project(&self.reduced(&self.x)));
            let to_b = on.inverse();
            let f = z.q.transpose() * self.reduced(&self.x) * &to_b;
            let fw = f.transpose() * weights;
            let singular = Reason::SingularMoments { moments: z.q.ncols(), observations: self.height() };
            let inside = inverse(&(&fw * &f)).ok_or(singular)?;
            let omega = self.moment_covariance(&estimate.b, errors, false)?;
            let clusters = match errors {
                Errors::Cluster { by } => Some(self.clusters(by)),
                _ => None,
            };
            let bread = &to_b * inside;
            let middle = &fw * omega * fw.transpose();
            let factor = scale * group(clusters);
            let matrix = scaled(&symmetric(&(&bread * middle * bread.transpose())), factor);
            return Ok(Spread { matrix, clusters, rounding: Vec::new() });
        }
        let kappa = estimate.kappa.unwrap_or(1.0);
        let bread = self.bread(kappa)?;
        if errors == Errors::Unadjusted {
            let residuals = self.reduced_residuals(&estimate.b);
            let matrix = scaled(&bread, scale * inner(&residuals, &residuals) / n);
            return Ok(Spread { matrix, clusters: None, rounding: Vec::new() });
        }
        let (projected, residuals) = (self.projected(), self.residuals(&estimate.b));
        let (meat, clusters) = self.sandwiched(&projected, &residuals, errors)?;
        let whole = symmetric(&(&bread * meat * bread.transpose()));
        let scores = scores(&projected, &residuals);
        let rounding = self.scored(&projected, &scores, self.noise(&estimate.b), errors)(&bread);
        let (whole, rounding) = without_rounding(&whole, &rounding);
        Ok(Spread { matrix: scaled(&whole, scale * group(clusters)), clusters, rounding })
    }

    fn clusters(&self, by: crate::sample::PanelKey) -> usize {
        match by {
            crate::sample::PanelKey::Entity => self.sample.rows.by_entity().levels(),
            crate::sample::PanelKey::Time => self.sample.rows.by_time().levels(),
        }
    }

    /// Products of scores x_i u_i over what errors have in common.
    pub(crate) fn sandwiched(
        &self,
        x: &[Vec<f64>],
        residuals: &[f64],
        errors: Errors,
    ) -> Result<(Mat<f64>, Option<usize>), Reason> {
        let scores = scores(x, residuals);
        let is_constant = |at: usize| self.names.get(at).is_some_and(|name| name == INTERCEPT);
        let series = || {
            let chosen = scores.iter().enumerate().filter(|(at, _)| scores.len() == 1 || !is_constant(*at));
            let mut sum = vec![0.0; residuals.len()];
            for (_, score) in chosen {
                sum.iter_mut().zip(score).for_each(|(sum, value)| *sum += value);
            }
            sum
        };
        meat(&scores, &self.sample.rows, errors.dependence(), series)
    }

    fn fit(
        &self,
        estimator: InstrumentalEstimator,
        covariance: InstrumentalCovariance,
        estimate: &Estimate,
    ) -> Result<InstrumentalFit, Reason> {
        covariance.errors.check(self.sample.shape)?;
        let n = self.height();
        let df_residual = n - self.x.len() - self.counted;
        if df_residual == 0 {
            let parameters = self.x.len() + self.counted;
            return Err(Reason::NoResidualDegreesOfFreedom { observations: n, parameters });
        }
        let residuals = self.reduced_residuals(&estimate.b);
        let rss = inner(&residuals, &residuals);
        let tss = self.total();
        let estimates: Vec<f64> = (0..self.x.len()).map(|at| estimate.b[(at, 0)]).collect();
        if !rss.is_finite() || !tss.is_finite() || !estimates.iter().all(|value| value.is_finite()) {
            return Err(Reason::NotFinite { what: "a coefficient or a sum of squares".into() });
        }
        let perfect = self.is_perfect(&estimate.b);
        let (matrix, clusters, rounded) = match perfect {
            true => (None, None, Vec::new()),
            false => {
                let Spread { matrix, clusters, rounding: rounded } = self.covariance(estimate, covariance)?;
                (Some(matrix), clusters, rounded)
            }
        };
        let reference = covariance.reference(df_residual, clusters);
        let coefficients = estimates
            .iter()
            .enumerate()
            .map(|(at, estimate)| {
                let variance = matrix.as_ref().map(|matrix| matrix[(at, at)]);
                coefficient(&self.names[at], *estimate, variance, reference)
            })
            .collect();
        let mut notes = self.notes.clone();
        if perfect {
            notes.push(Note::PerfectFit);
        }
        if !rounded.is_empty() {
            let coefficients = rounded.iter().filter_map(|at| self.names.get(*at).cloned()).collect();
            notes.push(Note::ScoresOfRounding { coefficients });
        }
        let names = |places: &[usize]| places.iter().map(|place| self.sample.names[*place].clone()).collect();
        Ok(InstrumentalFit {
            estimator,
            formula: crate::sample::Formula {
                intercept: self.names.iter().any(|name| name == INTERCEPT),
                ..self.equation.formula.clone()
            },
            endogenous: names(&self.endogenous),
            instruments: names(&self.excluded),
            coefficients,
            covariance: matrix.as_ref().map(matrix_rows),
            covariance_used: covariance,
            clusters,
            reference,
            n_obs: n,
            n_entities: self.sample.entities.len(),
            absorbed: self.sample.absorbed,
            effects_counted: self.equation.count_effects,
            df_residual,
            rss,
            tss,
            r2: 1.0 - rss / tss,
            sigma2: rss / if covariance.debiased { df_residual as f64 } else { n as f64 },
            kappa: estimate.kappa,
            liml_root: self.smallest_root().ok().map(|root| 1.0 + root),
            iterations: estimate.steps,
            tests: if perfect { Vec::new() } else { self.tests(estimate, covariance) },
            notes,
        })
    }

    /// The total sum of squares.
    fn total(&self) -> f64 {
        let within = self.equation.effects.is_some() && !self.equation.count_effects;
        let about_zero = self.equation.effects.is_none() && !self.equation.formula.intercept;
        if within || about_zero {
            let y = columns(&self.sample.reduced, &[self.y]);
            inner(&y, &y)
        } else {
            self.sample.centered_product(self.y, self.y)
        }
    }
}

/// x_i u_i of each column.
pub(crate) fn scores(x: &[Vec<f64>], residuals: &[f64]) -> Vec<Vec<f64>> {
    x.iter().map(|column| column.iter().zip(residuals).map(|(x, u)| x * u).collect()).collect()
}

/// The identity.
pub(crate) fn identity(order: usize) -> Mat<f64> {
    Mat::from_fn(order, order, |i, j| if i == j { 1.0 } else { 0.0 })
}
