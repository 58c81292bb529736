//! Hadri's (2000, Econometrics Journal 3, 148-161) test of stationarity.
//!
//! With S_t the running sums of an entity's residuals from its mean (or trend) and s_i^2 their variance,
//! LM_i = sum S_t^2 / (T^2 s_i^2); LM is their average (heteroskedastic), or the average of the sums over the average
//! variance. Z = sqrt(N) (LM - mu) / sigma, normal, its upper tail; mu and sigma^2 are 1/6 and 1/45, with a trend 1/15
//! and 11/6300. s_i^2 is the long-run variance divided by T; with `dfcor` by T - 1 (T - 2 with a trend).

use vintner_panel::Panel;

use super::deterministic::Deterministic;
use super::long_run::{Bandwidth, Kernel, long_run_variance, positive};
use super::panel_result::{Found, PanelUnitRoot, UnitStatistic, Units, common_length};
use super::panel_test::{PanelTest, PanelUnitRootOptions};
use super::regression::Regression;
use crate::inference::{HypothesisTest, Tail};
use crate::numerics::norm;
use crate::outcome::{Reason, Result};

const NAME: &str = "Hadri test";

struct Unit {
    periods: usize,
    bandwidth: usize,
    variance: f64,
    /// sum S_t^2 / T^2.
    sums: f64,
}

pub(super) fn test(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
    (heteroskedastic, kernel, bandwidth): (bool, Kernel, Bandwidth),
) -> Result<PanelUnitRoot> {
    let units =
        Units::of(panel, variable, options, |_, span| unit(&span.values, options, kernel, bandwidth))?;
    let found =
        units.check(options.untestable).and_then(|()| pooled(&units, options.deterministic, heteroskedastic));
    let statistic = |unit: &Unit| UnitStatistic {
        periods: unit.periods,
        lags: unit.bandwidth,
        statistic: unit.sums / unit.variance,
        p_value: None,
        moments: None,
        variances: None,
    };
    Ok(units.result(panel, (variable, test, options), NAME, statistic, Vec::new(), found))
}

fn unit(
    values: &[f64],
    options: &PanelUnitRootOptions,
    kernel: Kernel,
    bandwidth: Bandwidth,
) -> std::result::Result<Unit, Reason> {
    let periods = values.len();
    let fit = Regression::fit(values, &options.deterministic.columns(0, periods), norm(values))?;
    fit.variance(false)?;
    let bandwidth = bandwidth.lags(periods, kernel, || fit.residuals.clone());
    let n = periods as f64;
    let factor = if options.dfcor { n / fit.degrees_of_freedom() as f64 } else { 1.0 };
    let variance = positive(factor * long_run_variance(&fit.residuals, kernel, bandwidth))?;
    let (mut running, mut sums) = (0.0, 0.0);
    for residual in &fit.residuals {
        running += residual;
        sums += running * running;
    }
    Ok(Unit { periods, bandwidth, variance, sums: sums / (n * n) })
}

fn pooled(
    units: &Units<Unit>,
    deterministic: Deterministic,
    heteroskedastic: bool,
) -> std::result::Result<Found, Reason> {
    let kept = &units.kept;
    common_length(kept.iter().map(|(entity, unit)| (entity.as_str(), unit.periods)))?;
    let n = kept.len() as f64;
    let average = |value: &dyn Fn(&Unit) -> f64| kept.iter().map(|(_, unit)| value(unit)).sum::<f64>() / n;
    let lm = if heteroskedastic {
        average(&|unit| unit.sums / unit.variance)
    } else {
        average(&|unit| unit.sums) / average(&|unit| unit.variance)
    };
    let (mean, variance) = match deterministic {
        Deterministic::Trend => (1.0 / 15.0, 11.0 / 6300.0),
        _ => (1.0 / 6.0, 1.0 / 45.0),
    };
    let statistic = n.sqrt() * (lm - mean) / f64::sqrt(variance);
    let test = HypothesisTest::normal(NAME, "every series is stationary", statistic, Tail::Upper)?;
    Ok(Found { bandwidth: kept.first().map(|(_, unit)| unit.bandwidth), ..test.into() })
}
