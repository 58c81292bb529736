//! The panel Granger non-causality test of Dumitrescu and Hurlin (2012, "Testing for Granger
//! non-causality in heterogeneous panels", Economic Modelling 29, 1450-1460): slopes may differ between
//! entities; the null is that the one variable Granger-causes the other in no entity.
//!
//! With W_i entity i's Wald statistic, K lags, N entities and T_i periods, of which the first K serve as
//! lags:
//!   W-bar   = (1/N) sum W_i
//!   Z-bar   = sqrt(N / 2K) (W-bar - K),   for T and then N to infinity
//!   Z-tilde = sqrt(N) (W-bar - mean E_i) / sqrt(mean V_i),   for fixed T (their eq. 33)
//!   E_i = K (T_i - 3K - 1) / (T_i - 3K - 3)
//!   V_i = 2K (T_i - 3K - 1)^2 (T_i - 2K - 3) / ((T_i - 3K - 3)^2 (T_i - 3K - 5))
//! where the second moments exist for T_i > 5 + 3K (their eq. 10); of shorter series there is neither (DIFFERENCE: their
//! Z-bar, which takes the W_i for chi-squared, has a value for any T). T counts periods as Lopez and Weber
//! (2017, Stata Journal 17, 972-984) and plm's `pgrangertest` do; Dumitrescu and Hurlin's own T is
//! what remains after lagging, T_i - K here. Both Z are compared with the standard normal, two-sided.
//!
//! T_i counts the rows that entity i's regression uses, plus K; without holes it is the length of the
//! series. (plm counts rows whatever is missing in them, and its regressions bridge holes: DIFFERENCE.)
//! An unbalanced panel and orders that differ between entities have a Z-tilde but no Z-bar, as in plm.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::granger::{GrangerTest, PooledGranger, UnitGranger, granger_by_entity};
use super::granger_bootstrap::GrangerBootstrap;
use super::granger_lags::{ChosenLags, LagOrders};
use crate::numerics::{chi_squared_upper, normal_two_sided};
use crate::outcome::{EstimationError, Reason, Result};
use crate::sample::Untestable;

/// A statistic with its p-value, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PanelStatistic {
    /// It was computed.
    Value {
        /// The statistic.
        statistic: f64,
        /// Its p-value.
        p_value: f64,
    },
    /// It can't be.
    NotEstimable {
        /// Why.
        reason: Reason,
    },
}

impl PanelStatistic {
    /// The statistic and its p-value.
    pub fn value(&self) -> Option<(f64, f64)> {
        match self {
            Self::Value { statistic, p_value } => Some((*statistic, *p_value)),
            Self::NotEstimable { .. } => None,
        }
    }

    /// Why there is none.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Value { .. } => None,
            Self::NotEstimable { reason } => Some(reason),
        }
    }
}

impl From<std::result::Result<(f64, f64), Reason>> for PanelStatistic {
    fn from(result: std::result::Result<(f64, f64), Reason>) -> Self {
        match result {
            Ok((statistic, p_value)) => Self::Value { statistic, p_value },
            Err(reason) => Self::NotEstimable { reason },
        }
    }
}

/// The test's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DumitrescuHurlin {
    /// The variable that may be caused.
    pub effect: String,
    /// The variable that may cause it.
    pub cause: String,
    /// The lag orders.
    pub orders: LagOrders,
    /// The average Wald statistic; none where an entity has none.
    pub w_bar: Option<f64>,
    /// The asymptotic standardized statistic.
    pub z_bar: PanelStatistic,
    /// The standardized statistic for fixed T.
    pub z_tilde: PanelStatistic,
    /// Fisher's combination of the entities' chi-squared p-values, -2 sum ln p_i, chi-squared with 2N
    /// degrees of freedom.
    pub fisher: PanelStatistic,
    /// The entities' own tests.
    pub units: Vec<UnitGranger>,
    /// How the lag orders were chosen, where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<ChosenLags>,
    /// Bootstrapped p-values, where they were asked for; or why there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<std::result::Result<GrangerBootstrap, Reason>>,
    /// The test with slopes common to all entities and the entities' effects, where it was asked for; or why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pooled: Option<std::result::Result<PooledGranger, Reason>>,
    /// The entities without a test of their own that the panel's statistics leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// Tests that `cause` Granger-causes `effect` in no entity of the panel.
///
/// # Errors
/// As [`granger_by_entity`], and where orders per entity leave one out.
pub fn dumitrescu_hurlin(
    panel: &Panel,
    effect: &str,
    cause: &str,
    orders: &LagOrders,
    untestable: Untestable,
) -> Result<DumitrescuHurlin> {
    let units = unit_tests(panel, effect, cause, orders)?;
    let mut left_out: Vec<String> = match untestable {
        Untestable::Refuse => Vec::new(),
        Untestable::LeaveOut => {
            units.iter().filter(|unit| complete(unit).is_err()).map(|unit| unit.unit.clone()).collect()
        }
    };
    // Without any test there is nothing to go on with: the first reason is the panel's.
    if left_out.len() == units.len() {
        left_out.clear();
    }
    let tests = units
        .iter()
        .filter(|unit| !left_out.contains(&unit.unit))
        .map(complete)
        .collect::<std::result::Result<Vec<_>, Reason>>();
    let tests = tests.and_then(|tests| {
        if tests.is_empty() { Err(Reason::NoObservations { rows_dropped: 0 }) } else { Ok(tests) }
    });
    let refused = |reason: &Reason| PanelStatistic::NotEstimable { reason: reason.clone() };
    let (w_bar, z_bar, z_tilde, fisher) = match &tests {
        Err(reason) => (None, refused(reason), refused(reason), refused(reason)),
        Ok(tests) => {
            let w_bar = mean(tests, |test| test.chi_squared);
            (Some(w_bar), z_bar(w_bar, tests).into(), z_tilde(w_bar, tests).into(), fisher(tests).into())
        }
    };
    Ok(DumitrescuHurlin {
        effect: effect.into(),
        cause: cause.into(),
        orders: orders.clone(),
        w_bar,
        z_bar,
        z_tilde,
        fisher,
        chosen: None,
        bootstrap: None,
        pooled: None,
        left_out,
        units,
    })
}

fn unit_tests(panel: &Panel, effect: &str, cause: &str, orders: &LagOrders) -> Result<Vec<UnitGranger>> {
    match orders {
        LagOrders::Common(order) => granger_by_entity(panel, effect, cause, *order),
        LagOrders::PerEntity(orders) => {
            let mut by_order: BTreeMap<usize, Vec<UnitGranger>> = BTreeMap::new();
            let mut units = Vec::with_capacity(panel.entities().len());
            for (place, entity) in panel.entities().iter().enumerate() {
                let order = *orders
                    .get(entity)
                    .ok_or_else(|| EstimationError::NoOrderForEntity { entity: entity.clone() })?;
                if order == 0 {
                    return Err(EstimationError::NoLags { entity: Some(entity.clone()) });
                }
                let tests = match by_order.entry(order) {
                    std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::btree_map::Entry::Vacant(empty) => {
                        empty.insert(granger_by_entity(panel, effect, cause, order)?)
                    }
                };
                units.extend(tests.get(place).cloned());
            }
            Ok(units)
        }
    }
}

fn complete(unit: &UnitGranger) -> std::result::Result<(&str, &GrangerTest), Reason> {
    match &unit.outcome {
        super::granger::GrangerOutcome::Test(test) => Ok((unit.unit.as_str(), test)),
        super::granger::GrangerOutcome::NotEstimable { reason, .. } => {
            Err(Reason::Entity { entity: unit.unit.clone(), reason: Box::new(reason.clone()) })
        }
    }
}

pub(super) fn mean(tests: &[(&str, &GrangerTest)], value: impl Fn(&GrangerTest) -> f64) -> f64 {
    tests.iter().map(|(_, test)| value(test)).sum::<f64>() / tests.len() as f64
}

/// T_i, as the module's documentation counts it.
fn periods(test: &GrangerTest) -> usize {
    test.n_obs + test.order
}

fn z_bar(w_bar: f64, tests: &[(&str, &GrangerTest)]) -> std::result::Result<(f64, f64), Reason> {
    let lengths = || tests.iter().map(|(entity, test)| (periods(test), *entity));
    if let (Some((shortest, shortest_entity)), Some((longest, longest_entity))) =
        (lengths().min_by_key(|length| length.0), lengths().max_by_key(|length| length.0))
        && shortest != longest
    {
        return Err(Reason::UnbalancedPanel {
            shortest_entity: shortest_entity.into(),
            shortest,
            longest_entity: longest_entity.into(),
            longest,
        });
    }
    let order = tests.first().map_or(0, |(_, test)| test.order);
    if tests.iter().any(|(_, test)| test.order != order) {
        return Err(Reason::VaryingOrders);
    }
    moments_exist(tests)?;
    let k = order as f64;
    let z = (tests.len() as f64 / (2.0 * k)).sqrt() * (w_bar - k);
    Ok((z, normal_two_sided(z)))
}

/// Refuses series so short that the Wald statistics have no variance: their mean isn't normal, however many there are.
fn moments_exist(tests: &[(&str, &GrangerTest)]) -> std::result::Result<(), Reason> {
    for (entity, test) in tests {
        let (length, order) = (periods(test), test.order);
        let bound = 5 + 3 * order;
        if length <= bound {
            return Err(Reason::SeriesTooShort { entity: (*entity).into(), length, order, bound });
        }
    }
    Ok(())
}

fn z_tilde(w_bar: f64, tests: &[(&str, &GrangerTest)]) -> std::result::Result<(f64, f64), Reason> {
    moments_exist(tests)?;
    let expectation = mean(tests, |test| {
        let (t, k) = (periods(test) as f64, test.order as f64);
        k * (t - 3.0 * k - 1.0) / (t - 3.0 * k - 3.0)
    });
    let variance = mean(tests, |test| {
        let (t, k) = (periods(test) as f64, test.order as f64);
        2.0 * k * (t - 3.0 * k - 1.0).powi(2) * (t - 2.0 * k - 3.0)
            / ((t - 3.0 * k - 3.0).powi(2) * (t - 3.0 * k - 5.0))
    });
    let z = (tests.len() as f64).sqrt() * (w_bar - expectation) / variance.sqrt();
    Ok((z, normal_two_sided(z)))
}

fn fisher(tests: &[(&str, &GrangerTest)]) -> std::result::Result<(f64, f64), Reason> {
    let statistic = -2.0 * tests.iter().map(|(_, test)| test.chi_squared_p_value.ln()).sum::<f64>();
    if !statistic.is_finite() {
        return Err(Reason::NotFinite { what: "the logarithm of a p-value".into() });
    }
    Ok((statistic, chi_squared_upper(statistic, 2.0 * tests.len() as f64)))
}
