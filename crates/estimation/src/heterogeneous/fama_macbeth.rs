//! The estimator of Fama and MacBeth (1973, Journal of Political Economy 81, 607-636): the mean over times of
//! the coefficients of each time's own regression, with the variance of that mean.

use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Period;

use super::explained::nothing_to_explain;
use crate::covariance::Kernel;
use crate::fit::Coefficient;
use crate::inference::{HypothesisTest, ReferenceDistribution, TestOutcome, wald};
use crate::numerics::dense::matrix_rows;
use crate::numerics::{Design, LeastSquares, mean};
use crate::outcome::{INTERCEPT, Reason};
use crate::sample::{Formula, Sample};

/// How the variance of the mean takes the coefficients' correlation over time into account.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FamaMacBethLags {
    /// Not at all: Fama and MacBeth's own; linearmodels' `unadjusted`.
    #[default]
    None,
    /// Up to a bandwidth, with the kernel's weights: linearmodels' `kernel`.
    Bandwidth(u32),
    /// Up to the bandwidth of Newey and West (1994, Review of Economic Studies 61, 631-653) for the sum of the
    /// coefficients, each over its standard deviation: linearmodels' `kernel` without a bandwidth.
    Automatic,
}

/// The options of [`fama_macbeth`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FamaMacBethOptions {
    /// Correlation over time.
    pub lags: FamaMacBethLags,
    /// The weights of lags.
    pub kernel: Kernel,
}

/// A time whose own regression can't be estimated, which the means leave out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SkippedTime {
    /// The time.
    pub time: Period,
    /// Why.
    pub reason: Reason,
}

/// Means of the times' coefficients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamaMacBeth {
    /// The equation.
    pub formula: Formula,
    /// The means, with t statistics of T - 1 degrees of freedom for the T times used.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// The bandwidth, where there is a kernel.
    pub bandwidth: Option<u32>,
    /// The times used, in order.
    pub times: Vec<Period>,
    /// Their coefficients, a row for each.
    pub by_time: Vec<Vec<f64>>,
    /// The times left out.
    pub skipped: Vec<SkippedTime>,
    /// Rows of the sample, or with frequency weights their sum.
    pub n_obs: usize,
    /// The sum of squares that the means leave of the dependent variable, over all rows, each times its weight.
    pub rss: f64,
    /// That all slopes are zero, by Hotelling's T-squared, as F with k and T - k degrees of freedom.
    pub joint: TestOutcome,
}

/// Estimates the equation at each time, with weights by weighted least squares, and takes means (linearmodels'
/// `FamaMacBeth(weights = )`). V = 1/(T(T - 1)) (S_0 + sum of w_j (S_j + S_j')) with
/// S_j the sum of products of deviations from the mean that are j times apart.
///
/// # Errors
/// [`Reason::TooFewPeriods`] and [`Reason::TooFewEstimated`] where fewer than two times can be estimated,
/// [`Reason::TooFew`] where they are too few for the automatic bandwidth; [`Reason::BandwidthTooLarge`];
/// [`Reason::NotDefined`] with effects that the equation names.
pub fn fama_macbeth(sample: &Sample, options: &FamaMacBethOptions) -> Result<FamaMacBeth, Reason> {
    if sample.height() == 0 {
        return Err(sample.nothing_left());
    }
    if !sample.formula().effects.is_empty() {
        let (what, model) = ("absorbed effects".into(), "means of each time's coefficients".into());
        return Err(Reason::NotDefined { what, model });
    }
    // Entities that are constant over time still differ at each time.
    if let Some(reason @ Reason::ConstantDependent { .. }) = nothing_to_explain(sample) {
        return Err(reason);
    }
    let mut design = Design::levels(sample);
    if let Some(weights) = sample.weights() {
        let before: Vec<&[f64]> = sample.regressors().iter().map(|column| &**column).collect();
        design = design.weighted(weights, &before, sample.dependent());
    }
    let order = design.names.len();
    let mut all: Vec<i32> = sample.times().to_vec();
    all.sort_unstable();
    all.dedup();
    let total = all.len();
    let (mut times, mut by_time, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (time, period) in all.into_iter().filter_map(|time| Some((time, sample.period(time)?))) {
        let rows: Vec<usize> = (0..sample.height()).filter(|row| sample.times()[*row] == time).collect();
        match of_time(&design, &rows) {
            Ok(coefficients) => {
                times.push(period);
                by_time.push(coefficients);
            }
            Err(reason) => skipped.push(SkippedTime { time: period, reason }),
        }
    }
    let periods = times.len();
    if periods < 2 {
        return Err(match skipped.into_iter().next() {
            None => Reason::TooFewPeriods { periods },
            Some(SkippedTime { time, reason }) => Reason::TooFewEstimated {
                periods,
                all: total,
                time: time.to_string(),
                reason: Box::new(reason),
            },
        });
    }
    let series: Vec<Vec<f64>> = (0..order)
        .map(|at| by_time.iter().map(|coefficients: &Vec<f64>| coefficients[at]).collect())
        .collect();
    let means: Vec<f64> = series.iter().map(|values| mean(values)).collect();
    let deviations = Mat::from_fn(periods, order, |row, at| by_time[row][at] - means[at]);
    let bandwidth = match options.lags {
        FamaMacBethLags::None => None,
        FamaMacBethLags::Bandwidth(number) => Some(number),
        FamaMacBethLags::Automatic => Some(automatic(&deviations, options.kernel)?),
    };
    if bandwidth.is_some_and(|bandwidth| bandwidth as usize >= periods) {
        let bandwidth = bandwidth.unwrap_or_default().to_string();
        return Err(Reason::BandwidthTooLarge { bandwidth, periods });
    }
    let weights = match bandwidth {
        None => vec![1.0],
        Some(bandwidth) => options.kernel.weights(f64::from(bandwidth), periods - 1),
    };
    let count = periods as f64;
    let covariance = Mat::from_fn(order, order, |i, j| {
        let products = |lag: usize| -> f64 {
            (lag..periods).map(|row| deviations[(row, i)] * deviations[(row - lag, j)]).sum()
        };
        let lagged = |lag: usize| -> f64 {
            (lag..periods)
                .map(|row| {
                    deviations[(row, i)] * deviations[(row - lag, j)]
                        + deviations[(row - lag, i)] * deviations[(row, j)]
                })
                .sum()
        };
        let sum: f64 = weights.iter().enumerate().skip(1).map(|(lag, weight)| weight * lagged(lag)).sum();
        (products(0) + sum) / (count * (count - 1.0))
    });
    let reference = ReferenceDistribution::StudentT { df: periods - 1 };
    let coefficients = design
        .names
        .iter()
        .zip(&means)
        .enumerate()
        .map(|(at, (name, &estimate))| {
            let std_error =
                Some(covariance[(at, at)].sqrt()).filter(|error| *error > 0.0 && error.is_finite());
            let statistic = std_error.map(|error| estimate / error);
            let p_value = statistic.map(|statistic| reference.two_sided(statistic));
            Coefficient { name: name.clone(), estimate, std_error, statistic, p_value, df: None }
        })
        .collect();
    let rss = (0..sample.height())
        .map(|row| {
            let fitted: f64 = means.iter().enumerate().map(|(at, b)| design.x[(row, at)] * b).sum();
            (design.y[row] - fitted).powi(2)
        })
        .sum();
    let slopes: Vec<usize> = (0..order).filter(|at| design.names[*at] != INTERCEPT).collect();
    Ok(FamaMacBeth {
        formula: sample.formula().clone(),
        coefficients,
        covariance: matrix_rows(&covariance),
        bandwidth,
        joint: hotelling(&means, &covariance, &slopes, periods),
        times,
        by_time,
        skipped,
        n_obs: sample.observations(),
        rss,
    })
}

/// The coefficients of some rows' own regression; there may be as many as rows.
fn of_time(design: &Design, rows: &[usize]) -> Result<Vec<f64>, Reason> {
    let order = design.names.len();
    if rows.len() < order {
        return Err(Reason::TooFewObservations { observations: rows.len(), parameters: order });
    }
    let y: Vec<f64> = rows.iter().map(|row| design.y[*row]).collect();
    let own = Design {
        names: design.names.clone(),
        x: Mat::from_fn(rows.len(), order, |at, column| design.x[(rows[at], column)]),
        y,
        magnitudes: design.magnitudes.clone(),
        y_magnitude: design.y_magnitude,
    };
    let solution = LeastSquares::solve(&own).map_err(|collinear| Reason::RankDeficient { collinear })?;
    Ok(solution.coefficients)
}

fn hotelling(means: &[f64], covariance: &Mat<f64>, slopes: &[usize], periods: usize) -> TestOutcome {
    const NAME: &str = "Hotelling's T-squared test";
    let (restrictions, count) = (slopes.len() as f64, periods as f64);
    if periods <= slopes.len() {
        let few = Reason::TooFew { of: "times".into(), count: periods, needed: slopes.len() + 1 };
        return TestOutcome::of(NAME, Err(few));
    }
    let test = match wald(means, covariance, slopes) {
        Some(wald) => {
            let f = wald * (count - restrictions) / (restrictions * (count - 1.0));
            HypothesisTest::f(NAME, "all slopes are zero", f, restrictions, count - restrictions)
        }
        None => Err(Reason::NotFinite { what: "the inverse of the slopes' covariance".into() }),
    };
    TestOutcome::of(NAME, test)
}

/// The bandwidth of Newey and West (1994) for the sum of standardised deviations: the pilot has
/// n = ceil(4 (T/100)^a) lags, and with s_q = 2 sum j^q c_j and s_0 = c_0 + 2 sum c_j of its autocovariances
/// c_j, the bandwidth is ceil(c ((s_q/s_0)^2 T)^(1/(2q + 1))), at most T - 1.
fn automatic(deviations: &Mat<f64>, kernel: Kernel) -> Result<u32, Reason> {
    let (periods, order) = (deviations.nrows(), deviations.ncols());
    let count = periods as f64;
    let (q, constant, exponent) = match kernel {
        Kernel::Bartlett => (1, 1.1447, 2.0 / 9.0),
        Kernel::Parzen => (2, 2.6614, 4.0 / 25.0),
        Kernel::QuadraticSpectral => (2, 1.3221, 2.0 / 25.0),
    };
    let pilot_of = |periods: usize| (4.0 * (periods as f64 / 100.0).powf(exponent)).ceil() as usize;
    let pilot = pilot_of(periods);
    // Deviations sum to zero, and so do all their autocovariances together.
    if pilot + 1 >= periods {
        let needed = (periods..).find(|periods| pilot_of(*periods) + 1 < *periods).unwrap_or(periods);
        let of = "times, of which a bandwidth is to be chosen".into();
        return Err(Reason::TooFew { of, count: periods, needed });
    }
    let scales: Vec<f64> = (0..order)
        .map(|at| ((0..periods).map(|row| deviations[(row, at)].powi(2)).sum::<f64>() / count).sqrt())
        .collect();
    let series: Vec<f64> =
        (0..periods).map(|row| (0..order).map(|at| deviations[(row, at)] / scales[at]).sum()).collect();
    let autocovariance = |lag: usize| -> f64 {
        (lag..periods).map(|row| series[row] * series[row - lag]).sum::<f64>() / count
    };
    let (mut zero, mut weighted) = (autocovariance(0), 0.0);
    for lag in 1..=pilot {
        let product = autocovariance(lag);
        zero += 2.0 * product;
        weighted += 2.0 * (lag as f64).powi(q) * product;
    }
    let rate = 1.0 / f64::from(2 * q + 1);
    let number = constant * (weighted / zero).powi(2).powf(rate) * count.powf(rate);
    if !number.is_finite() {
        return Err(Reason::NotFinite { what: "the automatic bandwidth".into() });
    }
    Ok((number.ceil() as usize).min(periods - 1) as u32)
}
