//! From coefficients to a fit: covariances, measures of fit, tests of the residuals.

use faer::Mat;

use super::estimation::{Solution, Weighted, Work};
use super::fit::{EquationFit, SystemFit, SystemR2};
use super::options::{SystemCovariance, SystemEstimator, SystemTest};
use super::residual_covariance::ResidualCovariance;
use super::rounding::{Scored, without_rounding};
use super::scores::{Dependence, meat, standardized_sum};
use crate::fit::Coefficient;
use crate::inference::{HypothesisTest, ReferenceDistribution, TestOutcome};
use crate::numerics::dense::{
    SINGULAR, block_diagonal, columns, determinant, finite as all_finite, inner, inverse, matrix_rows,
    scaled, smallest_of_correlation, symmetric,
};
use crate::outcome::{INTERCEPT, Note, Reason};
use crate::sample::Formula;

impl Work<'_> {
    /// Puts a fit together.
    pub(super) fn finish(
        &self,
        solution: &Solution,
        weighted: Option<Weighted>,
        first: &Solution,
        notes: Vec<Note>,
    ) -> Result<SystemFit, Reason> {
        let order = self.order();
        let mut notes = notes;
        let covariance = self.covariance(solution, weighted.as_ref(), first, &mut notes)?;
        let mut tests = Vec::new();
        if let (SystemEstimator::ThreeStage, Some(weighted)) = (self.estimator, &weighted) {
            tests.push(TestOutcome::of(
                "Sargan test of the system",
                self.sargan(&solution.c, &weighted.sigma),
            ));
        }
        if order > 1 {
            tests.extend(self.independence(&solution.c));
        }
        let (sigma, steps) = weighted.map_or((None, 0), |weighted| (Some(weighted.sigma), weighted.steps));
        self.assemble(&solution.c, covariance.as_ref(), sigma, steps, tests, notes)
    }

    /// The covariance of the coefficients b; none at a perfect fit.
    fn covariance(
        &self,
        solution: &Solution,
        weighted: Option<&Weighted>,
        first: &Solution,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Mat<f64>>, Reason> {
        let order = self.order();
        let to_b = block_diagonal(&self.to_coefficients);
        let in_b = |covariance: &Mat<f64>| symmetric(&(&to_b * covariance * to_b.transpose()));
        let perfect = self.perfect(&solution.c);
        if perfect.iter().all(|perfect| *perfect) {
            return Ok(None);
        }
        let whole = self.sigma(&solution.c, self.options.center_residuals);
        let covariance = match (self.options.covariance, weighted) {
            (SystemCovariance::Classical, Some(_)) => in_b(&solution.covariance),
            (SystemCovariance::Classical, None) => {
                let pooled = self.options.pooled_sigma.unwrap_or(self.restricted() > 0);
                if pooled {
                    in_b(&scaled(&solution.covariance, self.pooled_variance(&solution.c)?))
                } else if self.restricted() == 0 {
                    // the same as below, and sound where an equation fits perfectly
                    let widths = self.widths.iter().enumerate();
                    let variances: Vec<f64> =
                        widths.flat_map(|(i, width)| vec![whole[(i, i)]; *width]).collect();
                    let total = variances.len();
                    in_b(&Mat::from_fn(total, total, |i, j| if i == j { variances[i] } else { 0.0 }))
                } else {
                    let weights =
                        Mat::from_fn(order, order, |i, j| if i == j { 1.0 / whole[(i, i)] } else { 0.0 });
                    in_b(&self.gls(&weights, &self.y)?.covariance)
                }
            }
            (SystemCovariance::Unadjusted, _) => {
                let (weights, middle) = self.weights_and_residuals(weighted, first, &whole)?;
                let meat = self.gram(&(&weights * middle * &weights));
                in_b(&(&solution.covariance * meat * solution.covariance.transpose()))
            }
            (robust, _) => {
                let (weights, _) = self.weights_and_residuals(weighted, first, &whole)?;
                let bread = &to_b * &solution.covariance * to_b.transpose();
                self.sandwich(&solution.c, &weights, robust, &bread, notes)?
            }
        };
        Ok(Some(covariance))
    }

    /// The weights S^-1, and the residual covariance that an unadjusted covariance takes.
    fn weights_and_residuals(
        &self,
        weighted: Option<&Weighted>,
        first: &Solution,
        last: &Mat<f64>,
    ) -> Result<(Mat<f64>, Mat<f64>), Reason> {
        let order = self.order();
        match weighted {
            None => Ok((Mat::from_fn(order, order, |i, j| if i == j { 1.0 } else { 0.0 }), last.clone())),
            Some(Weighted { sigma, steps, .. }) => {
                let singular = Reason::SingularResidualCovariance { step: *steps, perfect: Vec::new() };
                let weights = inverse(sigma).ok_or(singular)?;
                let iterated = self.options.iterate.is_some();
                let middle =
                    if iterated { last.clone() } else { self.sigma(&first.c, self.options.center_residuals) };
                Ok((weights, middle))
            }
        }
    }

    /// One variance of all equations' residuals.
    fn pooled_variance(&self, c: &Mat<f64>) -> Result<f64, Reason> {
        let residuals = self.residuals(c);
        let all = self.order() * self.n;
        let divisor = match self.options.residual_covariance {
            ResidualCovariance::NoDfCor => all,
            _ => self.df_residual(),
        };
        if divisor == 0 {
            return Err(Reason::NoResidualDegreesOfFreedom { observations: all, parameters: all });
        }
        Ok(inner(&residuals, &residuals) / divisor as f64)
    }

    /// Gn less all coefficients and counted effects, plus restrictions.
    fn df_residual(&self) -> usize {
        let counted = self.counted() * self.order();
        let coefficients: usize = self.widths.iter().sum();
        (self.order() * self.n + self.restricted()).saturating_sub(coefficients + counted)
    }

    fn counted(&self) -> usize {
        if self.prepared.system.count_effects { self.prepared.sample.absorbed } else { 0 }
    }

    /// The bread around products of scores x^_i (S^-1 u)_i over what rows have in common.
    fn sandwich(
        &self,
        c: &Mat<f64>,
        weights: &Mat<f64>,
        robust: SystemCovariance,
        bread: &Mat<f64>,
        notes: &mut Vec<Note>,
    ) -> Result<Mat<f64>, Reason> {
        let sample = &self.prepared.sample;
        let residuals = self.full_residuals(c);
        let noise = self.noise_by_row(c);
        let (mut carriers, mut scores, mut rounded): (Vec<Vec<f64>>, Vec<Vec<f64>>, Vec<f64>) =
            Default::default();
        for (i, equation) in self.equations.iter().enumerate() {
            let mut weighed = vec![0.0; self.n];
            for (j, residual) in residuals.iter().enumerate() {
                let weight = weights[(i, j)];
                weighed.iter_mut().zip(residual).for_each(|(sum, value)| *sum += weight * value);
            }
            let rounding: f64 =
                noise.iter().enumerate().map(|(j, noise)| weights[(i, j)].abs() * noise).sum();
            let mut on = &equation.x;
            let projection = self.estimator.uses_instruments().then(|| {
                on = &equation.z;
                self.z[i].inverse() * (self.z[i].q.transpose() * &self.x[i])
            });
            for at in 0..self.widths[i] {
                let carrier = match &projection {
                    Some(projection) => sample.combination(on, |z| projection[(z, at)]),
                    None => sample.columns[on[at]].clone(),
                };
                scores.push(carrier.iter().zip(&weighed).map(|(x, u)| x * u).collect());
                carriers.push(carrier);
                rounded.push(rounding);
            }
        }
        let meat = self.sum_products(&scores, robust)?;
        let matrix = self.debiased(symmetric(&(bread * meat * bread.transpose())));
        let scored = Scored {
            carriers: &carriers,
            scores: &scores,
            residuals: &rounded,
            rows: &sample.rows,
            dependence: dependence(robust).0,
        };
        let (matrix, rounded) = without_rounding(&matrix, &scored.rounding(bread));
        if !rounded.is_empty() {
            notes.push(self.scores_of_rounding(&rounded));
        }
        Ok(matrix)
    }

    /// The rounding in a residual of each equation, on average over rows.
    pub(super) fn noise_by_row(&self, c: &Mat<f64>) -> Vec<f64> {
        self.noise(c).iter().map(|norm| norm / (self.n as f64).sqrt()).collect()
    }

    /// The note that these coefficients, counted through the equations, have no standard error.
    pub(super) fn scores_of_rounding(&self, places: &[usize]) -> Note {
        let names = self
            .equations
            .iter()
            .flat_map(|equation| equation.names.iter().map(|name| format!("{}: {name}", equation.name)));
        let names: Vec<String> = names.collect();
        Note::ScoresOfRounding {
            coefficients: places.iter().filter_map(|at| names.get(*at).cloned()).collect(),
        }
    }

    /// Products of scores over what rows have in common, with the factor for few clusters.
    pub(super) fn sum_products(
        &self,
        scores: &[Vec<f64>],
        robust: SystemCovariance,
    ) -> Result<Mat<f64>, Reason> {
        let (dependence, group_debias) = dependence(robust);
        let (meat, clusters) =
            meat(scores, &self.prepared.sample.rows, dependence, || standardized_sum(scores))?;
        let n = self.n as f64;
        Ok(match clusters.filter(|_| group_debias) {
            Some(clusters) => scaled(&meat, clusters as f64 / (clusters - 1) as f64 * (n - 1.0) / n),
            None => meat,
        })
    }

    /// A robust covariance times sqrt(n/(n - k_i)) for each coefficient, where that is asked for.
    pub(super) fn debiased(&self, covariance: Mat<f64>) -> Mat<f64> {
        let asked = matches!(
            self.options.covariance,
            SystemCovariance::Robust { debiased: true }
                | SystemCovariance::Cluster { debiased: true, .. }
                | SystemCovariance::Kernel { debiased: true, .. }
        );
        if !asked {
            return covariance;
        }
        let n = self.n as f64;
        let equations = self.widths.iter().zip(&self.parameters);
        let roots: Vec<f64> = equations
            .flat_map(|(width, parameters)| vec![(n / (n - *parameters as f64)).sqrt(); *width])
            .collect();
        Mat::from_fn(roots.len(), roots.len(), |i, j| roots[i] * roots[j] * covariance[(i, j)])
    }

    /// The residuals of each equation, n values.
    pub(super) fn full_residuals(&self, c: &Mat<f64>) -> Vec<Vec<f64>> {
        let sample = &self.prepared.sample;
        self.coefficients(c)
            .iter()
            .zip(&self.equations)
            .map(|(coefficients, equation)| {
                let fitted = sample.combination(&equation.x, |at| coefficients[(at, 0)]);
                sample.columns[equation.y].iter().zip(fitted).map(|(y, fit)| y - fit).collect()
            })
            .collect()
    }

    /// Sums of squares and products of the dependent variables about their means: with counted effects
    /// before these are taken off, as dummy variables have it.
    fn totals(&self) -> Mat<f64> {
        let sample = &self.prepared.sample;
        let places: Vec<usize> = self.equations.iter().map(|equation| equation.y).collect();
        if self.prepared.system.effects.is_none() || self.prepared.system.count_effects {
            Mat::from_fn(self.order(), self.order(), |i, j| sample.centered_product(places[i], places[j]))
        } else {
            let y = columns(&sample.reduced, &places);
            y.transpose() * &y
        }
    }

    pub(super) fn assemble(
        &self,
        c: &Mat<f64>,
        covariance: Option<&Mat<f64>>,
        weights_covariance: Option<Mat<f64>>,
        iterations: usize,
        tests: Vec<TestOutcome>,
        mut notes: Vec<Note>,
    ) -> Result<SystemFit, Reason> {
        let order = self.order();
        let residuals = self.residuals(c);
        let products = residuals.transpose() * &residuals;
        let totals = self.totals();
        let perfect = self.perfect(c);
        if perfect.iter().any(|perfect| *perfect) {
            notes.push(Note::PerfectFit);
        }
        let references = self.references();
        let mut start = 0;
        let equations: Vec<EquationFit> = self
            .coefficients(c)
            .iter()
            .enumerate()
            .map(|(i, estimates)| {
                let width = self.widths[i];
                let coefficients = (0..width)
                    .map(|at| {
                        let variance = covariance.map(|matrix| matrix[(start + at, start + at)]);
                        coefficient(
                            &self.equations[i].names[at],
                            estimates[(at, 0)],
                            variance.filter(|_| !perfect[i]),
                            references[i],
                        )
                    })
                    .collect();
                start += width;
                let (rss, tss) = (products[(i, i)], totals[(i, i)]);
                let df_residual = self.n - self.parameters[i];
                let r2 = 1.0 - rss / tss;
                EquationFit {
                    name: self.equations[i].name.clone(),
                    formula: self.formula(i),
                    coefficients,
                    df_residual,
                    rss,
                    tss,
                    r2,
                    r2_adjusted: 1.0 - (1.0 - r2) * (self.n - 1) as f64 / df_residual as f64,
                    sigma: (rss / df_residual as f64).sqrt(),
                }
            })
            .collect();
        let finite = |equation: &EquationFit| {
            equation.rss.is_finite()
                && equation.tss.is_finite()
                && equation.coefficients.iter().all(|one| one.estimate.is_finite())
        };
        if !equations.iter().all(finite) {
            return Err(Reason::NotFinite { what: "a coefficient or a sum of squares".into() });
        }
        if covariance.is_some_and(|covariance| !all_finite(covariance)) {
            return Err(Reason::NotFinite { what: "a coefficient's variance".into() });
        }
        let residual_covariance = self.sigma(c, self.options.center_residuals);
        let behind = weights_covariance.as_ref().unwrap_or(&residual_covariance);
        let mcelroy = |sigma: &Mat<f64>| {
            regular_inverse(sigma).map(|inverse| 1.0 - inner(&inverse, &products) / inner(&inverse, &totals))
        };
        let variance =
            |matrix: &Mat<f64>| Mat::from_fn(order, order, |i, j| matrix[(i, j)] / self.divisors[(i, j)]);
        let of_dependents = variance(&totals);
        let berndt = smallest_of_correlation(&of_dependents)
            .filter(|smallest| *smallest > SINGULAR)
            .map(|_| 1.0 - determinant(behind) / determinant(&of_dependents));
        let sum = |matrix: &Mat<f64>| (0..order).map(|i| matrix[(i, i)]).sum::<f64>();
        let r2 = SystemR2 {
            mcelroy: mcelroy(behind),
            berndt,
            judge: 1.0 - sum(&products) / sum(&totals),
            dhrymes: equations.iter().map(|one| one.r2 * one.tss).sum::<f64>() / sum(&totals),
        };
        let n = self.n as f64;
        let maximum_likelihood = scaled(&products, 1.0 / n);
        let log_likelihood = smallest_of_correlation(&maximum_likelihood)
            .filter(|smallest| *smallest > SINGULAR && perfect.iter().all(|perfect| !perfect))
            .map(|_| {
                let log_determinant = determinant(&maximum_likelihood).ln();
                let constant = (2.0 * std::f64::consts::PI).ln() + 1.0;
                -0.5 * n * (order as f64 * constant + log_determinant)
            });
        let weighted_rss = match &weights_covariance {
            Some(sigma) => inverse(sigma).map(|inverse| inner(&inverse, &products)),
            None => Some(sum(&products)),
        };
        Ok(SystemFit {
            estimator: self.estimator,
            options: self.options.clone(),
            equations,
            covariance: covariance.map(matrix_rows),
            references,
            determinant: determinant(&residual_covariance),
            mcelroy_r2: mcelroy(&residual_covariance),
            residual_covariance: matrix_rows(&residual_covariance),
            weights_covariance: weights_covariance.as_ref().map(matrix_rows),
            iterations,
            n_obs: self.n,
            n_entities: self.prepared.sample.entities.len(),
            absorbed: self.prepared.sample.absorbed,
            effects_counted: self.prepared.system.count_effects,
            df_residual: self.df_residual(),
            r2,
            log_likelihood,
            tests,
            notes,
            weighted_rss,
        })
    }

    fn references(&self) -> Vec<ReferenceDistribution> {
        let system = self.options.test == SystemTest::System || self.restricted() > 0;
        (0..self.order())
            .map(|i| match self.options.test {
                SystemTest::Normal => ReferenceDistribution::Normal,
                _ if system => ReferenceDistribution::StudentT { df: self.df_residual() },
                _ => ReferenceDistribution::StudentT { df: self.n - self.parameters[i] },
            })
            .collect()
    }

    fn formula(&self, at: usize) -> Formula {
        let formula = &self.prepared.system.equations[self.places[at]].formula;
        let intercept = self.equations[at].names.iter().any(|name| name == INTERCEPT);
        Formula { intercept, ..formula.clone() }
    }

    /// Breusch and Pagan's (1980) test that residuals of different equations are uncorrelated, and the
    /// likelihood-ratio test that their covariance is diagonal.
    pub(super) fn independence(&self, c: &Mat<f64>) -> Vec<TestOutcome> {
        let (lm_name, lr_name) =
            ("Breusch-Pagan test of independence", "likelihood-ratio test of independence");
        let null = "the residuals of different equations are uncorrelated";
        let order = self.order();
        let (n, df) = (self.n as f64, (order * (order - 1) / 2) as f64);
        if self.perfect(c).iter().any(|perfect| *perfect) {
            return [lm_name, lr_name]
                .map(|name| TestOutcome::NotTestable { name: name.into(), reason: Reason::PerfectFit })
                .to_vec();
        }
        let residuals = self.residuals(c);
        let centered = self.products(&residuals, true);
        let mut squares = 0.0;
        for i in 0..order {
            for j in 0..i {
                squares += centered[(i, j)].powi(2) / (centered[(i, i)] * centered[(j, j)]);
            }
        }
        let products = self.products(&residuals, false);
        let scales: Vec<f64> = (0..order).map(|i| products[(i, i)].sqrt()).collect();
        let correlation = Mat::from_fn(order, order, |i, j| products[(i, j)] / scales[i] / scales[j]);
        let lr = match smallest_of_correlation(&correlation) {
            Some(smallest) if smallest > SINGULAR => {
                HypothesisTest::chi_squared(lr_name, null, -n * determinant(&correlation).ln(), df)
            }
            _ => Err(Reason::SingularResidualCovariance { step: 0, perfect: Vec::new() }),
        };
        vec![
            TestOutcome::of(lm_name, HypothesisTest::chi_squared(lm_name, null, n * squares, df)),
            TestOutcome::of(lr_name, lr),
        ]
    }

    /// u'(S^-1 (x) P_Z)u, from chi-squared with as many degrees of freedom as instruments over coefficients.
    fn sargan(&self, c: &Mat<f64>, sigma: &Mat<f64>) -> Result<HypothesisTest, Reason> {
        let residuals = self.residuals(c);
        let order = self.order();
        let inverse =
            inverse(sigma).ok_or(Reason::SingularResidualCovariance { step: 0, perfect: Vec::new() })?;
        let projected: Vec<Mat<f64>> =
            (0..order).map(|i| self.z[i].project(&columns(&residuals, &[i]))).collect();
        let shared = Mat::from_fn(order, order, |i, j| inner(&projected[i], &projected[j]));
        let instruments: usize = self.z.iter().map(|z| z.q.ncols()).sum();
        let coefficients = self.widths.iter().sum::<usize>() - self.restricted();
        if instruments <= coefficients {
            return Err(Reason::ExactlyIdentified);
        }
        HypothesisTest::chi_squared(
            "Sargan test of the system",
            "the instruments are uncorrelated with the errors",
            inner(&inverse, &shared),
            (instruments - coefficients) as f64,
        )
    }
}

/// What rows have in common under a covariance, and whether there is a factor for few clusters.
pub(super) fn dependence(robust: SystemCovariance) -> (Dependence, bool) {
    match robust {
        SystemCovariance::Cluster { by, group_debias, .. } => (Dependence::Cluster(by), group_debias),
        SystemCovariance::Kernel { kernel, bandwidth, across_entities, .. } => {
            (Dependence::Kernel { kernel, bandwidth, across_entities }, false)
        }
        _ => (Dependence::None, false),
    }
}

/// The inverse of a covariance that isn't singular to rounding.
fn regular_inverse(sigma: &Mat<f64>) -> Option<Mat<f64>> {
    smallest_of_correlation(sigma).filter(|smallest| smallest.abs() > SINGULAR).and_then(|_| inverse(sigma))
}

/// A coefficient; without standard error where its variance isn't positive.
pub(crate) fn coefficient(
    name: &str,
    estimate: f64,
    variance: Option<f64>,
    reference: ReferenceDistribution,
) -> Coefficient {
    let std_error = variance.map(f64::sqrt).filter(|error| *error > 0.0 && error.is_finite());
    let statistic = std_error.map(|error| estimate / error);
    Coefficient {
        name: name.to_owned(),
        estimate,
        std_error,
        statistic,
        p_value: statistic.map(|statistic| reference.two_sided(statistic)),
        df: None,
    }
}
