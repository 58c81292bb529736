//! Combinations of the entities' p-values: Maddala and Wu (1999, Oxford Bulletin of Economics and Statistics 61, 631-652)
//! and Choi (2001, Journal of International Money and Finance 20, 249-272, equations 8, 9 and 18).
//!
//! k of the logit statistic is 3 (5N + 4) / (pi^2 N (5N + 2)).
//!
//! DIFFERENCE: where an entity's p-value is 1 (or 0) to the last digit, plm's statistics are infinite; here they are
//! refused with the entity's name.

use vintner_panel::Panel;

use super::adf::adf_of;
use super::panel_result::{PanelUnitRoot, UNIT_ROOT, UnitStatistic, Units};
use super::panel_test::{FisherUnits, PanelTest, PanelUnitRootOptions};
use super::phillips_perron::{PhillipsPerronOptions, phillips_perron};
use crate::inference::{HypothesisTest, Tail};
use crate::numerics::normal_quantile;
use crate::outcome::{Reason, Result};

struct Unit {
    statistic: UnitStatistic,
    p_value: f64,
}

pub(super) fn test(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
    units: FisherUnits,
) -> Result<PanelUnitRoot> {
    let perron = PhillipsPerronOptions {
        deterministic: options.deterministic,
        p_values: options.p_values,
        tables: options.tables.clone(),
        ..PhillipsPerronOptions::default()
    };
    let adf = options.adf();
    let units = Units::of(panel, variable, options, |entity, span| {
        let (periods, lags, statistic, p_value) = match units {
            FisherUnits::Adf => {
                let test = adf_of(entity, &span.values, &adf)?;
                (test.periods, test.lags, test.statistic, test.p_value)
            }
            FisherUnits::PhillipsPerron => {
                let test = phillips_perron(&span.values, &perron)?;
                (test.periods, test.bandwidth, test.statistic, test.p_value)
            }
        };
        let statistic = UnitStatistic {
            periods,
            lags,
            statistic,
            p_value: Some(p_value),
            moments: None,
            variances: None,
        };
        Ok(Unit { statistic, p_value })
    })?;
    let name = name(test);
    let found = units
        .check(options.untestable)
        .and_then(|()| combined(&units, test, name))
        .map(super::panel_result::Found::from);
    Ok(units.result(panel, (variable, test, options), name, |unit| unit.statistic.clone(), Vec::new(), found))
}

fn name(test: &PanelTest) -> &'static str {
    match test {
        PanelTest::ChoiModifiedP { .. } => "Choi's modified P test",
        PanelTest::ChoiInverseNormal { .. } => "Choi's inverse normal test",
        PanelTest::ChoiLogit { .. } => "Choi's logit test",
        _ => "Maddala-Wu test",
    }
}

fn combined(
    units: &Units<Unit>,
    test: &PanelTest,
    name: &str,
) -> std::result::Result<HypothesisTest, Reason> {
    let takes_one = matches!(test, PanelTest::MaddalaWu { .. } | PanelTest::ChoiModifiedP { .. });
    for (entity, unit) in &units.kept {
        let zero = unit.p_value <= 0.0;
        if zero || (unit.p_value >= 1.0 && !takes_one) {
            let reason = Reason::ExtremePValue { one: !zero };
            return Err(Reason::Entity { entity: entity.clone(), reason: Box::new(reason) });
        }
    }
    let n = units.kept.len() as f64;
    let sum = |term: &dyn Fn(f64) -> f64| units.kept.iter().map(|(_, unit)| term(unit.p_value)).sum::<f64>();
    match test {
        PanelTest::ChoiModifiedP { .. } => {
            let statistic = sum(&|p| -2.0 * p.ln() - 2.0) / (2.0 * n.sqrt());
            HypothesisTest::normal(name, UNIT_ROOT, statistic, Tail::Upper)
        }
        PanelTest::ChoiInverseNormal { .. } => {
            let statistic = sum(&normal_quantile) / n.sqrt();
            HypothesisTest::normal(name, UNIT_ROOT, statistic, Tail::Lower)
        }
        PanelTest::ChoiLogit { .. } => {
            let factor = 3.0 * (5.0 * n + 4.0) / (std::f64::consts::PI.powi(2) * n * (5.0 * n + 2.0));
            let statistic = factor.sqrt() * sum(&|p| (p / (1.0 - p)).ln());
            HypothesisTest::student_t_tail(name, UNIT_ROOT, statistic, 5.0 * n + 4.0, Tail::Lower)
        }
        _ => HypothesisTest::chi_squared(name, UNIT_ROOT, -2.0 * sum(&f64::ln), 2.0 * n),
    }
}
