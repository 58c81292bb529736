//! What comes of a panel's test: the entities' statistics and the panel's.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::deterministic::Deterministic;
use super::panel_test::{BeyondTable, PanelTest, PanelUnitRootOptions};
use super::series::{Span, series_by_entity};
use super::table::{Bound, CriticalValue};
use crate::inference::{HypothesisTest, TestOutcome};
use crate::outcome::{Reason, Result};
use crate::sample::Untestable;

/// One entity's part in a panel's test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitRootUnit {
    /// The entity.
    pub entity: String,
    /// Its statistic, or why there is none.
    pub outcome: UnitRootOutcome,
}

/// An entity's statistic, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum UnitRootOutcome {
    /// It was computed.
    Statistic(UnitStatistic),
    /// It can't be.
    NotTestable {
        /// Why.
        reason: Reason,
    },
}

/// An entity's statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitStatistic {
    /// The length of the series.
    pub periods: usize,
    /// Lagged differences; of tests without, the bandwidth.
    pub lags: usize,
    /// The t statistic of the lagged level; Hadri's, the LM statistic.
    pub statistic: f64,
    /// Its p-value, where the test has one for each entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Mean and variance by which Im, Pesaran and Shin standardize it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moments: Option<[f64; 2]>,
    /// Levin, Lin and Chu's short-run and long-run variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variances: Option<[f64; 2]>,
}

/// What a reader should know beside a panel's test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UnitRootNote {
    /// A size beyond a table's.
    #[error("{size} lies beyond {table}, whose entry for {entry} is used")]
    BeyondTable {
        /// Whose table.
        table: String,
        /// What was looked up: `T = 12`.
        size: String,
        /// What was found: `25`.
        entry: String,
    },
    /// Moments of regressions with an intercept alone.
    #[error("the moments of Z-tbar are those of regressions with an intercept, without trends")]
    InterceptMoments,
}

/// A panel's test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelUnitRoot {
    /// The variable.
    pub variable: String,
    /// The test.
    pub test: PanelTest,
    /// Deterministic terms.
    pub deterministic: Deterministic,
    /// What came of it.
    pub outcome: TestOutcome,
    /// Where the p-value is only a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// Critical values, of tests that have tables of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub critical_values: Vec<CriticalValue>,
    /// The bandwidth of Levin, Lin and Chu's and Hadri's long-run variances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<usize>,
    /// Levin, Lin and Chu's mean and standard deviation adjustments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<[f64; 2]>,
    /// The entities.
    pub units: Vec<UnitRootUnit>,
    /// Those that the statistic leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// What a reader should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<UnitRootNote>,
}

/// What a test works out besides the entities' statistics.
pub(crate) struct Found {
    pub(crate) test: HypothesisTest,
    pub(crate) bound: Option<Bound>,
    pub(crate) critical_values: Vec<CriticalValue>,
    pub(crate) bandwidth: Option<usize>,
    pub(crate) adjustment: Option<[f64; 2]>,
}

impl From<HypothesisTest> for Found {
    fn from(test: HypothesisTest) -> Self {
        Self { test, bound: None, critical_values: Vec::new(), bandwidth: None, adjustment: None }
    }
}

/// The null hypothesis of most.
pub(crate) const UNIT_ROOT: &str = "every series has a unit root";

/// The entities whose series the statistic takes in, with what was made of each.
pub(crate) struct Units<T> {
    pub(crate) kept: Vec<(String, T)>,
    pub(crate) refused: Vec<(String, Reason)>,
}

impl<T> Units<T> {
    /// Makes something of each entity's series.
    pub(crate) fn of(
        panel: &Panel,
        variable: &str,
        options: &PanelUnitRootOptions,
        mut make: impl FnMut(&str, &Span) -> std::result::Result<T, Reason>,
    ) -> Result<Self> {
        options.lags.check(panel.entities())?;
        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        for unit in series_by_entity(panel, variable, options.demean)? {
            match unit.outcome.and_then(|span| make(&unit.entity, &span)) {
                Ok(made) => kept.push((unit.entity, made)),
                Err(reason) => refused.push((unit.entity, reason)),
            }
        }
        Ok(Self { kept, refused })
    }

    /// Whether there is a test at all.
    pub(crate) fn check(&self, untestable: Untestable) -> std::result::Result<(), Reason> {
        match self.refused.first() {
            Some((entity, reason)) if untestable == Untestable::Refuse || self.kept.is_empty() => {
                Err(Reason::Entity { entity: entity.clone(), reason: Box::new(reason.clone()) })
            }
            None if self.kept.is_empty() => Err(Reason::NoObservations { rows_dropped: 0 }),
            _ => Ok(()),
        }
    }

    /// The result of a test, whose entities are in the panel's order.
    pub(crate) fn result(
        self,
        panel: &Panel,
        request: (&str, &PanelTest, &PanelUnitRootOptions),
        name: &str,
        statistic: impl Fn(&T) -> UnitStatistic,
        notes: Vec<UnitRootNote>,
        found: std::result::Result<Found, Reason>,
    ) -> PanelUnitRoot {
        let (variable, test, options) = request;
        let (bound, critical_values, bandwidth, adjustment) = match &found {
            Ok(found) => (found.bound, found.critical_values.clone(), found.bandwidth, found.adjustment),
            Err(_) => (None, Vec::new(), None, None),
        };
        let left_out = match &found {
            Ok(_) => self.refused.iter().map(|(entity, _)| entity.clone()).collect(),
            Err(_) => Vec::new(),
        };
        let mut units: Vec<UnitRootUnit> = self
            .kept
            .iter()
            .map(|(entity, made)| UnitRootUnit {
                entity: entity.clone(),
                outcome: UnitRootOutcome::Statistic(statistic(made)),
            })
            .chain(self.refused.into_iter().map(|(entity, reason)| UnitRootUnit {
                entity,
                outcome: UnitRootOutcome::NotTestable { reason },
            }))
            .collect();
        let place = |entity: &str| panel.entities().iter().position(|known| known == entity);
        units.sort_by_key(|unit| place(&unit.entity));
        PanelUnitRoot {
            variable: variable.to_owned(),
            test: test.clone(),
            deterministic: options.deterministic,
            outcome: TestOutcome::of(name, found.map(|found| found.test)),
            bound,
            critical_values,
            bandwidth,
            adjustment,
            units,
            left_out,
            notes,
        }
    }
}

/// The common length of the series.
pub(crate) fn common_length<'a>(
    lengths: impl Iterator<Item = (&'a str, usize)> + Clone,
) -> std::result::Result<usize, Reason> {
    let shortest = lengths.clone().min_by_key(|(_, length)| *length);
    let longest = lengths.max_by_key(|(_, length)| *length);
    let (Some((shortest_entity, shortest)), Some((longest_entity, longest))) = (shortest, longest) else {
        return Err(Reason::NoObservations { rows_dropped: 0 });
    };
    if shortest == longest {
        return Ok(shortest);
    }
    Err(Reason::UnbalancedPanel {
        shortest_entity: shortest_entity.to_owned(),
        shortest,
        longest_entity: longest_entity.to_owned(),
        longest,
    })
}

/// Refuses a size beyond a table, or notes that its outermost entry stands in.
pub(crate) fn beyond(
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
    table: &str,
    size: String,
    entry: f64,
) -> std::result::Result<(), Reason> {
    match options.beyond_table {
        BeyondTable::Refuse => Err(Reason::BeyondTable { table: table.to_owned(), size }),
        BeyondTable::Nearest => {
            let note = UnitRootNote::BeyondTable { table: table.to_owned(), size, entry: entry.to_string() };
            if !notes.contains(&note) {
                notes.push(note);
            }
            Ok(())
        }
    }
}
