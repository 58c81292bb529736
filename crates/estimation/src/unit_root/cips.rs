//! Pesaran's (2007, Journal of Applied Econometrics 22, 265-312) test in the presence of cross-section dependence.
//!
//! Each entity's augmented Dickey-Fuller regression takes in the means over the entities of D y_t, y_{t-1} and the lagged
//! differences, at each time those of the rows that the regressions use (his equation 54); the statistic is the average
//! of the t statistics of y_{t-1}, by degrees of freedom. Truncated, each is kept within -6.12 and 4.16 (without
//! deterministic terms), -6.19 and 2.61 (intercept), -6.42 and 1.70 (trend).
//!
//! With `dmg` the means are taken away instead, and a trend with them.

use std::collections::BTreeMap;

use vintner_panel::Panel;

use super::deterministic::Deterministic;
use super::panel_result::{Found, PanelUnitRoot, UNIT_ROOT, UnitRootNote, UnitStatistic, Units, beyond};
use super::panel_test::{CipsModel, Interpolation, PanelTest, PanelUnitRootOptions};
use super::pesaran::{CIPS, CIPS_TRUNCATED, SIZES};
use super::regression::{Column, Regression};
use super::series::{Span, series_by_entity};
use super::table::{Bound, CriticalValue, between, bracket, interpolated_p_value};
use crate::inference::HypothesisTest;
use crate::numerics::norm;
use crate::outcome::{Reason, Result};

const NAME: &str = "Pesaran's CIPS test";

struct Unit {
    periods: usize,
    statistic: f64,
}

/// The variables of an entity's regression by time: D y_t, y_{t-1}, D y_{t-1}, …
type Rows = BTreeMap<i32, Vec<f64>>;

pub(super) fn test(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
    (model, lags, truncated, interpolation): (CipsModel, usize, bool, Interpolation),
) -> Result<PanelUnitRoot> {
    let mut means: BTreeMap<i32, (Vec<f64>, usize)> = BTreeMap::new();
    for unit in series_by_entity(panel, variable, options.demean)? {
        let Ok(span) = unit.outcome else { continue };
        for (time, row) in rows(&span, lags) {
            let (sums, count) = means.entry(time).or_insert_with(|| (vec![0.0; row.len()], 0));
            sums.iter_mut().zip(&row).for_each(|(sum, value)| *sum += value);
            *count += 1;
        }
    }
    let periods = means.len();
    let means: Rows = means
        .into_iter()
        .map(|(time, (sums, count))| (time, sums.iter().map(|sum| sum / count as f64).collect()))
        .collect();
    let units = Units::of(panel, variable, options, |_, span| {
        let statistic = unit_t(span, &means, options.deterministic, model, lags)?;
        Ok(Unit { periods: span.values.len(), statistic })
    })?;
    let mut notes = Vec::new();
    let found = units.check(options.untestable).and_then(|()| {
        let n = units.kept.len();
        let (least, most) = match options.deterministic {
            Deterministic::None => (-6.12, 4.16),
            Deterministic::Intercept => (-6.19, 2.61),
            Deterministic::Trend => (-6.42, 1.70),
        };
        let kept = |t: f64| if truncated { t.clamp(least, most) } else { t };
        let statistic = units.kept.iter().map(|(_, unit)| kept(unit.statistic)).sum::<f64>() / n as f64;
        let critical_values = critical_values(n, periods, truncated, interpolation, options, &mut notes)?;
        let (p_value, bound) = match interpolation {
            Interpolation::Linear => interpolated_p_value(&critical_values, statistic),
            Interpolation::Plm => plm_p_value(&critical_values, statistic),
        };
        let source = "Pesaran (2007), tables II";
        let test = HypothesisTest::tabulated(NAME, UNIT_ROOT, statistic, source, p_value)?;
        Ok(Found { bound, critical_values, ..test.into() })
    });
    let statistic = |unit: &Unit| UnitStatistic {
        periods: unit.periods,
        lags,
        statistic: unit.statistic,
        p_value: None,
        moments: None,
        variances: None,
    };
    Ok(units.result(panel, (variable, test, options), NAME, statistic, notes, found))
}

fn rows(span: &Span, lags: usize) -> Rows {
    let values = &span.values;
    let difference = |at: usize| values[at] - values[at - 1];
    (lags + 1..values.len())
        .filter_map(|at| {
            let time = span.start.checked_add(i32::try_from(at).ok()?)?;
            let mut row = vec![difference(at), values[at - 1]];
            row.extend((1..=lags).map(|lag| difference(at - lag)));
            Some((time, row))
        })
        .collect()
}

fn unit_t(
    span: &Span,
    means: &Rows,
    deterministic: Deterministic,
    model: CipsModel,
    lags: usize,
) -> std::result::Result<f64, Reason> {
    let rows = rows(span, lags);
    let mean = |time: &i32, place: usize| means.get(time).map_or(0.0, |mean| mean[place]);
    let column = |place: usize| -> Vec<f64> {
        rows.iter()
            .map(|(time, row)| match model {
                CipsModel::Dmg => row[place] - mean(time, place),
                CipsModel::Cmg | CipsModel::Mg => row[place],
            })
            .collect()
    };
    let mut columns: Vec<Column<'_>> = vec![("lagged level", column(1))];
    columns.extend((0..lags).map(|lag| ("lagged difference", column(2 + lag))));
    if model == CipsModel::Cmg {
        for place in 0..lags + 2 {
            columns.push(("cross-section mean", rows.keys().map(|time| mean(time, place)).collect()));
        }
    }
    let terms = match (model, deterministic) {
        (CipsModel::Dmg, Deterministic::Trend) => Deterministic::Intercept,
        (_, terms) => terms,
    };
    columns.extend(terms.columns(0, rows.len()));
    Regression::fit(&column(0), &columns, norm(&span.values))?.t(0, true)
}

fn critical_values(
    n: usize,
    periods: usize,
    truncated: bool,
    interpolation: Interpolation,
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
) -> std::result::Result<Vec<CriticalValue>, Reason> {
    let sizes = SIZES.map(|size| size as f64);
    let (unit_low, unit_high, mut unit_share, few) = bracket(&sizes, n as f64);
    let (time_low, time_high, mut time_share, short) = bracket(&sizes, periods as f64);
    const TABLE: &str = "tables II of Pesaran (2007)";
    if few {
        beyond(options, notes, TABLE, format!("N = {n}"), sizes[unit_low])?;
    }
    if short {
        beyond(options, notes, TABLE, format!("T = {periods}"), sizes[time_low])?;
    }
    if interpolation == Interpolation::Plm {
        // A grid of (high - low) points from low to high, of which the (x - low)-th is taken for x.
        let on_grid = |low: f64, high: f64, x: f64| (x - low - 1.0) / (high - low - 1.0);
        if unit_low != unit_high {
            unit_share = on_grid(sizes[unit_low], sizes[unit_high], n as f64);
        }
        if time_low != time_high {
            time_share = on_grid(sizes[time_low], sizes[time_high], periods as f64);
        }
    }
    let terms = match options.deterministic {
        Deterministic::None => 0,
        Deterministic::Intercept => 1,
        Deterministic::Trend => 2,
    };
    let entry = |level: usize, row: usize, column: usize| {
        if truncated && column < 2 {
            CIPS_TRUNCATED[terms][level][row][column]
        } else {
            CIPS[terms][level][row][column]
        }
    };
    Ok([0.01, 0.05, 0.1]
        .into_iter()
        .enumerate()
        .map(|(place, level)| {
            let at = |column: usize| {
                between(entry(place, unit_low, column), entry(place, unit_high, column), unit_share)
            };
            CriticalValue { level, value: between(at(time_low), at(time_high), time_share) }
        })
        .collect())
}

/// plm's: the mean of the two neighbours on a grid of 200 points between the outermost critical values.
fn plm_p_value(critical: &[CriticalValue], statistic: f64) -> (f64, Option<Bound>) {
    const POINTS: usize = 200;
    let exact = interpolated_p_value(critical, statistic);
    let (Some(first), Some(last)) = (critical.first(), critical.last()) else { return exact };
    if exact.1.is_some() || critical.iter().any(|critical| critical.value == statistic) {
        return exact;
    }
    let step = (last.value - first.value) / (POINTS - 1) as f64;
    let point = |place: usize| first.value + step * place as f64;
    let below = (0..POINTS - 1).rev().find(|place| point(*place) <= statistic).unwrap_or(0);
    let p = |place: usize| interpolated_p_value(critical, point(place).min(last.value)).0;
    ((p(below) + p(below + 1)) / 2.0, None)
}
