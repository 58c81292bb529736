//! The test of Im, Pesaran and Shin (2003, Journal of Econometrics 115, 53-74): the average of the entities' t statistics,
//! sqrt(N) (t-bar - mean of E_i) / sqrt(mean of V_i), normal, its lower tail.
//!
//! W-tbar takes E_i and V_i from their table 3 by lags and T_i - lags - 1 observations, Z-tbar from table 1 by the
//! latter alone; both linear between the tables' sizes. More than 8 lags count as 8. t-bar itself has critical values
//! in table 2, found between its sizes by weights inverse to the distance from them, as in plm.

use vintner_panel::Panel;

use super::adf::{AdfTest, adf_of};
use super::deterministic::Deterministic;
use super::moments::{IPS_T_BAR, IPS_T_BAR_PERIODS, IPS_T_BAR_UNITS, IPS_W, IPS_W_PERIODS, IPS_Z};
use super::panel_result::{
    Found, PanelUnitRoot, UNIT_ROOT, UnitRootNote, UnitStatistic, Units, beyond, common_length,
};
use super::panel_test::{IpsStatistic, PanelTest, PanelUnitRootOptions};
use super::table::{CriticalValue, between, bracket, interpolated_p_value};
use crate::inference::{HypothesisTest, Tail};
use crate::outcome::{Reason, Result};

struct Unit {
    adf: AdfTest,
    moments: Option<[f64; 2]>,
}

pub(super) fn test(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
    statistic: IpsStatistic,
) -> Result<PanelUnitRoot> {
    let name = match statistic {
        IpsStatistic::WTBar => "Im-Pesaran-Shin W-tbar",
        IpsStatistic::ZTBar => "Im-Pesaran-Shin Z-tbar",
        IpsStatistic::TBar => "Im-Pesaran-Shin t-bar",
    };
    let mut notes = Vec::new();
    if statistic == IpsStatistic::ZTBar && options.deterministic == Deterministic::Trend {
        notes.push(UnitRootNote::InterceptMoments);
    }
    let adf = options.adf();
    let units = Units::of(panel, variable, options, |entity, span| {
        let adf = adf_of(entity, &span.values, &adf)?;
        let moments = match statistic {
            IpsStatistic::WTBar => Some(w_moments(&adf, options, &mut notes)?),
            IpsStatistic::ZTBar => Some(z_moments(&adf, options, &mut notes)?),
            IpsStatistic::TBar => None,
        };
        Ok(Unit { adf, moments })
    })?;
    let found = units.check(options.untestable).and_then(|()| match statistic {
        IpsStatistic::TBar => t_bar(&units, options, name, &mut notes),
        _ => standardized(&units, name),
    });
    let statistic = |unit: &Unit| UnitStatistic {
        periods: unit.adf.periods,
        lags: unit.adf.lags,
        statistic: unit.adf.statistic,
        p_value: Some(unit.adf.p_value),
        moments: unit.moments,
        variances: None,
    };
    Ok(units.result(panel, (variable, test, options), name, statistic, notes, found))
}

fn average(units: &Units<Unit>, value: impl Fn(&Unit) -> f64) -> f64 {
    units.kept.iter().map(|(_, unit)| value(unit)).sum::<f64>() / units.kept.len() as f64
}

fn standardized(units: &Units<Unit>, name: &str) -> std::result::Result<Found, Reason> {
    let t_bar = average(units, |unit| unit.adf.statistic);
    let mean = average(units, |unit| unit.moments.map_or(0.0, |moments| moments[0]));
    let variance = average(units, |unit| unit.moments.map_or(0.0, |moments| moments[1]));
    let statistic = (units.kept.len() as f64).sqrt() * (t_bar - mean) / variance.sqrt();
    Ok(HypothesisTest::normal(name, UNIT_ROOT, statistic, Tail::Lower)?.into())
}

/// The place of the deterministic terms in tables of an intercept and of a trend.
fn place(options: &PanelUnitRootOptions) -> usize {
    usize::from(options.deterministic == Deterministic::Trend)
}

fn w_moments(
    adf: &AdfTest,
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
) -> std::result::Result<[f64; 2], Reason> {
    const TABLE: &str = "table 3 of Im, Pesaran and Shin (2003)";
    let most = IPS_W[0][0].len() - 1;
    let lags = adf.lags.min(most);
    if adf.lags > most {
        beyond(options, notes, TABLE, format!("lags = {}", adf.lags), most as f64)?;
    }
    let observations = adf.observations;
    let (low, high, share, outside) = bracket(&IPS_W_PERIODS, observations as f64);
    if outside {
        beyond(options, notes, TABLE, format!("T = {observations}"), IPS_W_PERIODS[low])?;
    }
    let moments = [0, 1].map(|moment| {
        let row = &IPS_W[place(options)][moment][lags];
        between(row[low], row[high], share)
    });
    if moments.iter().any(|moment| !moment.is_finite()) {
        let size = format!("T = {observations} with {} lags", adf.lags);
        return Err(Reason::BeyondTable { table: TABLE.into(), size });
    }
    Ok(moments)
}

fn z_moments(
    adf: &AdfTest,
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
) -> std::result::Result<[f64; 2], Reason> {
    let sizes = IPS_Z.map(|row| row[0]);
    let (low, high, share, outside) = bracket(&sizes, adf.observations as f64);
    if outside {
        let table = "table 1 of Im, Pesaran and Shin (2003)";
        beyond(options, notes, table, format!("T = {}", adf.observations), sizes[low])?;
    }
    Ok([1, 2].map(|column| between(IPS_Z[low][column], IPS_Z[high][column], share)))
}

fn t_bar(
    units: &Units<Unit>,
    options: &PanelUnitRootOptions,
    name: &str,
    notes: &mut Vec<UnitRootNote>,
) -> std::result::Result<Found, Reason> {
    const TABLE: &str = "table 2 of Im, Pesaran and Shin (2003)";
    let kept = &units.kept;
    let periods = common_length(kept.iter().map(|(entity, unit)| (entity.as_str(), unit.adf.periods)))? - 1;
    if kept.iter().any(|(_, unit)| unit.adf.lags > 0) {
        return Err(Reason::OnlyWithoutLags);
    }
    let n = kept.len();
    let (unit_low, unit_high, _, few) = bracket(&IPS_T_BAR_UNITS, n as f64);
    let (time_low, time_high, _, short) = bracket(&IPS_T_BAR_PERIODS, periods as f64);
    if few {
        beyond(options, notes, TABLE, format!("N = {n}"), IPS_T_BAR_UNITS[unit_low])?;
    }
    if short {
        beyond(options, notes, TABLE, format!("T = {periods}"), IPS_T_BAR_PERIODS[time_low])?;
    }
    let ends = |low: usize, high: usize| if low == high { vec![low] } else { vec![low, high] };
    let (unit_ends, time_ends) = (ends(unit_low, unit_high), ends(time_low, time_high));
    let critical = |level: usize| {
        let table = &IPS_T_BAR[place(options)][level];
        let (mut sum, mut weights) = (0.0, 0.0);
        for &row in &unit_ends {
            for &column in &time_ends {
                // A coordinate of which there is one entry is at no distance, wherever it was.
                let apart = |ends: &[usize], entry: f64, value: f64| {
                    if ends.len() == 1 { 0.0 } else { entry - value }
                };
                let across = apart(&unit_ends, IPS_T_BAR_UNITS[row], n as f64);
                let along = apart(&time_ends, IPS_T_BAR_PERIODS[column], periods as f64);
                let distance = across.hypot(along);
                let weight = if distance == 0.0 { 1.0 } else { 1.0 / distance };
                sum += weight * table[row][column];
                weights += weight;
            }
        }
        sum / weights
    };
    let critical_values: Vec<CriticalValue> = [0.01, 0.05, 0.1]
        .into_iter()
        .enumerate()
        .map(|(place, level)| CriticalValue { level, value: critical(place) })
        .collect();
    let statistic = average(units, |unit| unit.adf.statistic);
    let (p_value, bound) = interpolated_p_value(&critical_values, statistic);
    let source = "Im, Pesaran and Shin (2003), table 2";
    let test = HypothesisTest::tabulated(name, UNIT_ROOT, statistic, source, p_value)?;
    Ok(Found { bound, critical_values, ..test.into() })
}
