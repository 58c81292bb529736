//! Wooldridge's tests for serial correlation, by regressions of residuals on the residuals before.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{coefficient_test, plain};
use super::series::{RowBefore, ranges, successive};
use crate::covariance::{Covariance, SmallSample};
use crate::fit::{Estimated, Fit};
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::outcome::Reason;
use crate::sample::Sample;

/// Which errors are uncorrelated under the null hypothesis of [`wooldridge_differences`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferencesNull {
    /// The differenced ones, so that first differences are efficient: r = 0. plm's `h0 = "fd"`.
    #[default]
    Differences,
    /// The original ones, so that fixed effects are: r = -1/2. plm's `h0 = "fe"`.
    Levels,
}

const RESIDUAL: &str = "residual before";

/// Wooldridge (2010, section 10.5.4): the within residuals on those before, with an intercept. Without serial
/// correlation their correlation is -1/(T - 1), with T the number of times in the panel, also where entities have
/// fewer, whose own are further from zero; F with one degree of freedom, under a covariance robust to what the
/// residuals' own means bring in. plm's `pwartest`, whose covariance is
/// `arellano` HC0: `{kind: cluster, small_sample: none, test: residual}`. plm lags by row: `RowBefore::Row`.
///
/// # Errors
/// Where the within model can't be estimated, no two rows follow one another, or the residuals determine those
/// after them (two times).
pub fn wooldridge_ar(
    sample: &Sample,
    lag: RowBefore,
    covariance: &Covariance,
) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let within = Model::Within.estimate(sample)?;
    let mut times = within.sample().times().to_vec();
    times.sort_unstable();
    times.dedup();
    let fit = on_residual_before(&within, lag, true, covariance)?;
    let value = -1.0 / (times.len() as f64 - 1.0);
    let null = "the errors aren't serially correlated";
    coefficient_test(&fit, RESIDUAL, value, "Wooldridge test for serial correlation (within)", null)
}

/// Wooldridge (2010, section 10.6.3): the residuals of first differences on those before, with an intercept. plm's
/// `pwfdtest`, whose covariance and lags are as in [`wooldridge_ar`]; its differences are taken by row, as
/// with `RowBefore::Row` here.
///
/// # Errors
/// As [`wooldridge_ar`].
pub fn wooldridge_differences(
    sample: &Sample,
    null: DifferencesNull,
    lag: RowBefore,
    covariance: &Covariance,
) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let differences = Model::FirstDifferences { across_gaps: lag == RowBefore::Row }.estimate(sample)?;
    let fit = on_residual_before(&differences, lag, true, covariance)?;
    let (value, null) = match null {
        DifferencesNull::Differences => (0.0, "the differenced errors aren't serially correlated"),
        DifferencesNull::Levels => (-0.5, "the errors aren't serially correlated"),
    };
    coefficient_test(&fit, RESIDUAL, value, "Wooldridge test for serial correlation (differences)", null)
}

/// Drukker (2003, Stata Journal 3) after Wooldridge: the residuals of first differences without an intercept on those
/// before, without an intercept, clustered by entity with the factor G/(G - 1); r = -1/2 is tested by F with 1 and
/// G - 1 degrees of freedom. Stata's `xtserial`.
///
/// # Errors
/// As [`wooldridge_ar`], and with fewer than two entities.
pub fn wooldridge_drukker(sample: &Sample, lag: RowBefore) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let differences = Model::FirstDifferences { across_gaps: lag == RowBefore::Row }
        .estimate(&sample.without_intercept())?;
    let fit = on_residual_before(&differences, lag, false, &Covariance::clustered(SmallSample::PlmSss))?;
    let null = "the errors aren't serially correlated";
    coefficient_test(&fit, RESIDUAL, -0.5, "Wooldridge-Drukker test for serial correlation", null)
}

/// The regression of residuals on those before.
fn on_residual_before(
    estimated: &Estimated,
    lag: RowBefore,
    intercept: bool,
    covariance: &Covariance,
) -> Result<Fit, Reason> {
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let ingredients = estimated.ingredients();
    let pairs = successive(ingredients.groups, ingredients.times, lag);
    let groups = ranges(pairs.iter().map(Vec::len));
    if groups.is_empty() {
        return Err(Reason::NoSuccessiveRows);
    }
    let pairs = pairs.concat();
    let residuals = ingredients.residuals;
    let rows: Vec<usize> = pairs.iter().map(|(row, _)| *row).collect();
    let auxiliary = Sample::of_columns(
        groups,
        rows.iter().map(|row| ingredients.times[*row]).collect(),
        ("residual", rows.iter().map(|row| residuals[*row]).collect()),
        vec![(RESIDUAL.into(), pairs.iter().map(|(_, before)| residuals[*before]).collect())],
        intercept,
    )
    .clustered_by(ingredients.columns.iter().map(|column| column.at(&rows)).collect());
    Model::Ols.estimate(&auxiliary)?.fit(covariance)
}
