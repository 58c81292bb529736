//! The test of Levin, Lin and Chu (2002, Journal of Econometrics 108, 1-24).
//!
//! Each entity's D y_t and y_{t-1} are freed of lagged differences and deterministic terms by least squares (e_t, v_t)
//! and divided by the standard error s_i of its augmented Dickey-Fuller regression. With the pooled regression of e
//! on v (rho, its standard error se, RSS), T~ = T - mean lags - 1, s_e^2 = RSS/(N T~), S the average of
//! long-run over short-run standard deviations, and mu, sigma from their table 2 (linear between its T):
//!   t* = (rho/se - N T~ S se mu / s_e^2) / sigma, normal, its lower tail.
//! The long-run variance is that of D y (less its mean, or its trend), divided by T - 1.
//!
//! DIFFERENCE: the bandwidth 3.21 T^(1/3) is rounded by plm, cut by gretl and Stata: [`Bandwidth`]. The table starts at
//! T = 25: [`super::panel_test::BeyondTable`].

use vintner_panel::Panel;

use super::deterministic::Deterministic;
use super::long_run::{Bandwidth, Kernel, long_run_variance, positive};
use super::moments::LEVIN_LIN_CHU;
use super::panel_result::{
    Found, PanelUnitRoot, UNIT_ROOT, UnitRootNote, UnitStatistic, Units, beyond, common_length,
};
use super::panel_test::{PanelTest, PanelUnitRootOptions};
use super::regression::{Regression, augmented_columns};
use super::table::{between, bracket};
use crate::inference::{HypothesisTest, Tail};
use crate::numerics::norm;
use crate::outcome::{Reason, Result};

const NAME: &str = "Levin-Lin-Chu test";

struct Unit {
    periods: usize,
    lags: usize,
    statistic: f64,
    p_value: f64,
    short: f64,
    long: f64,
    bandwidth: usize,
    /// e and v.
    differences: Vec<f64>,
    levels: Vec<f64>,
}

pub(super) fn test(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
    kernel: Kernel,
    bandwidth: Bandwidth,
) -> Result<PanelUnitRoot> {
    let units = Units::of(panel, variable, options, |entity, span| {
        unit(entity, &span.values, options, kernel, bandwidth)
    })?;
    let mut notes = Vec::new();
    let found = units.check(options.untestable).and_then(|()| pooled(&units, options, &mut notes));
    let statistic = |unit: &Unit| UnitStatistic {
        periods: unit.periods,
        lags: unit.lags,
        statistic: unit.statistic,
        p_value: Some(unit.p_value),
        moments: None,
        variances: Some([unit.short, unit.long]),
    };
    Ok(units.result(panel, (variable, test, options), NAME, statistic, notes, found))
}

fn unit(
    entity: &str,
    values: &[f64],
    options: &PanelUnitRootOptions,
    kernel: Kernel,
    bandwidth: Bandwidth,
) -> std::result::Result<Unit, Reason> {
    let deterministic = options.deterministic;
    let lags = options.lags.of(entity, values, deterministic, options.dfcor)?;
    let (y, columns) = augmented_columns(values, deterministic, lags, lags)?;
    let magnitude = norm(values);
    let fit = Regression::fit(&y, &columns, magnitude)?;
    let short = fit.variance(options.dfcor)?;
    let statistic = fit.t(0, options.dfcor)?;
    let free = |column: &[f64]| -> std::result::Result<Vec<f64>, Reason> {
        let fit = Regression::fit(column, &columns[1..], magnitude)?;
        Ok(fit.residuals.iter().map(|residual| residual / short.sqrt()).collect())
    };
    let (differences, levels) = (free(&y)?, free(&columns[0].1)?);
    let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let changes = Regression::fit(&changes, &deterministic.columns(0, changes.len()), magnitude)?.residuals;
    let bandwidth = bandwidth.lags(values.len(), kernel, || changes.clone());
    let long = positive(long_run_variance(&changes, kernel, bandwidth))?;
    let p_value = options.p_values.p_value(statistic, deterministic, fit.rows, options.tables.as_deref())?;
    Ok(Unit { periods: values.len(), lags, statistic, p_value, short, long, bandwidth, differences, levels })
}

fn pooled(
    units: &Units<Unit>,
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
) -> std::result::Result<Found, Reason> {
    let kept = &units.kept;
    let periods = common_length(kept.iter().map(|(entity, unit)| (entity.as_str(), unit.periods)))?;
    let n = kept.len() as f64;
    let average = |value: &dyn Fn(&Unit) -> f64| kept.iter().map(|(_, unit)| value(unit)).sum::<f64>() / n;
    let pairs = || kept.iter().flat_map(|(_, unit)| unit.differences.iter().zip(&unit.levels));
    let rows = pairs().count();
    let level_square: f64 = pairs().map(|(_, level)| level * level).sum();
    if level_square <= 0.0 || rows < 2 {
        return Err(Reason::TooFewObservations { observations: rows, parameters: 1 });
    }
    let rho = pairs().map(|(difference, level)| difference * level).sum::<f64>() / level_square;
    let rss: f64 = pairs().map(|(difference, level)| (difference - rho * level).powi(2)).sum();
    let divisor = if options.dfcor { rows - 1 } else { rows } as f64;
    let error = (rss / divisor / level_square).sqrt();
    let length = periods as f64 - average(&|unit| unit.lags as f64) - 1.0;
    let variance = rss / (n * length);
    let ratio = average(&|unit| (unit.long / unit.short).sqrt());
    let [mu, sigma] = moments(periods, options, notes)?;
    let statistic = (rho / error - n * length * ratio / variance * error * mu) / sigma;
    let test = HypothesisTest::normal(NAME, UNIT_ROOT, statistic, Tail::Lower)?;
    Ok(Found {
        bandwidth: kept.first().map(|(_, unit)| unit.bandwidth),
        adjustment: Some([mu, sigma]),
        ..test.into()
    })
}

fn moments(
    periods: usize,
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
) -> std::result::Result<[f64; 2], Reason> {
    let sizes = LEVIN_LIN_CHU.map(|row| row[0]);
    let (low, high, share, outside) = bracket(&sizes, periods as f64);
    if outside {
        let table = "table 2 of Levin, Lin and Chu (2002)";
        beyond(options, notes, table, format!("T = {periods}"), sizes[low])?;
    }
    let column = match options.deterministic {
        Deterministic::None => 1,
        Deterministic::Intercept => 3,
        Deterministic::Trend => 5,
    };
    Ok([column, column + 1].map(|at| between(LEVIN_LIN_CHU[low][at], LEVIN_LIN_CHU[high][at], share)))
}
