//! The Breusch-Godfrey test for serial correlation.

use serde::{Deserialize, Serialize};

use super::auxiliary::{columns, distance, plain, project, squares};
use super::series::LagReach;
use crate::fit::Estimated;
use crate::inference::HypothesisTest;
use crate::outcome::Reason;

/// Options of [`breusch_godfrey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreuschGodfrey {
    /// How many lags; by default one, and with stacked rows the length of the shortest series, as in plm.
    pub order: Option<usize>,
    /// The F form in the place of n R2.
    pub f: bool,
    /// Whether lags cross from an entity to the next.
    pub lags: LagReach,
}

/// Breusch (1978) and Godfrey (1978): the residuals e are regressed on the regressors, as the model transformed
/// them, and on p lags of e, zero where there is none; n R2 is chi-squared with p degrees of freedom, or the p
/// lags are tested by F with p and n - k - p. plm's `pbgtest` (of a pooled, within or random model) and lmtest's
/// `bgtest` with `lags: stacked`.
///
/// DIFFERENCE: those let the lags run from one entity into the next, so that the result depends on the order of
/// entities; by default ours don't, and go by the time's value. Neither counts absorbed effects among the k.
///
/// Deviations from T rows' mean are correlated by -1/(T - 1) without any serial correlation of the errors, which the
/// test doesn't know: with fixed effects of many entities and few times it rejects too often (it needs N/T small).
/// [`wooldridge_ar`](super::wooldridge::wooldridge_ar) and [`durbin_watson`](super::durbin_watson::durbin_watson) allow for that.
///
/// # Errors
/// Where too few rows are left for the lags, a lag has no row or is collinear, or the fit is perfect.
pub fn breusch_godfrey(estimated: &Estimated, options: BreuschGodfrey) -> Result<HypothesisTest, Reason> {
    plain(estimated.sample())?;
    let ingredients = estimated.ingredients();
    let (groups, times, residuals) = (ingredients.groups, ingredients.times, ingredients.residuals);
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let shortest = || groups.iter().map(ExactSizeIterator::len).min().unwrap_or(0);
    let order =
        options.order.unwrap_or_else(|| if options.lags == LagReach::Stacked { shortest() } else { 1 });
    let (observations, slopes) = (residuals.len(), ingredients.regressors.ncols());
    if order == 0 {
        return Err(Reason::TooFew { count: 0, of: "lags".into(), needed: 1 });
    }
    if observations <= slopes.saturating_add(order) {
        let parameters = slopes.saturating_add(order);
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    let mut all = columns(ingredients.regressors);
    for lag in 1..=order {
        let mut lagged = vec![0.0; observations];
        match options.lags {
            LagReach::Stacked => lagged[lag..].copy_from_slice(&residuals[..observations - lag]),
            LagReach::Entity => {
                for group in groups {
                    let series = &times[group.clone()];
                    for row in group.clone() {
                        let earlier = i32::try_from(i64::from(times[row]) - lag as i64).ok();
                        if let Some(found) = earlier.and_then(|time| series.binary_search(&time).ok()) {
                            lagged[row] = residuals[group.start + found];
                        }
                    }
                }
            }
        }
        if lagged.iter().all(|value| *value == 0.0) {
            return Err(Reason::NoSuccessiveRows);
        }
        all.push(lagged);
    }
    let projection = project(residuals, &all);
    let restrictions = projection.rank.saturating_sub(slopes);
    if restrictions < order {
        return Err(Reason::SingularRestrictions { restrictions: order });
    }
    let (total, explained) = (squares(residuals), distance(residuals, &projection.residuals));
    let name = "Breusch-Godfrey test";
    let null = format!("the errors aren't serially correlated up to order {order}");
    if options.f {
        let denominator = (observations - slopes - order) as f64;
        let statistic = explained / order as f64 / (squares(&projection.residuals) / denominator);
        HypothesisTest::f(name, null, statistic, order as f64, denominator)
    } else {
        let statistic = observations as f64 * explained / total;
        HypothesisTest::chi_squared(name, null, statistic, order as f64)
    }
}
