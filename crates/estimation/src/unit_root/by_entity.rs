//! The test of one series, entity by entity.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::adf::{AdfOptions, AdfTest, adf_of};
use super::kpss::{KpssOptions, KpssTest, kpss};
use super::phillips_perron::{PhillipsPerronOptions, PhillipsPerronTest, phillips_perron};
use super::series::series_by_entity;
use crate::outcome::{Reason, Result};

/// A test of one series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesTest {
    /// The augmented Dickey-Fuller test.
    Adf(AdfOptions),
    /// The test of stationarity of Kwiatkowski, Phillips, Schmidt and Shin.
    Kpss(KpssOptions),
    /// The test of Phillips and Perron.
    PhillipsPerron(PhillipsPerronOptions),
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum SeriesTestResult {
    /// Of [`SeriesTest::Adf`].
    Adf(AdfTest),
    /// Of [`SeriesTest::Kpss`].
    Kpss(KpssTest),
    /// Of [`SeriesTest::PhillipsPerron`].
    PhillipsPerron(PhillipsPerronTest),
}

/// An entity's test, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SeriesOutcome {
    /// It was made.
    Test {
        /// What came of it.
        result: SeriesTestResult,
    },
    /// It can't be.
    NotTestable {
        /// Why.
        reason: Reason,
    },
}

/// The test of an entity's series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitSeriesTest {
    /// The entity.
    pub entity: String,
    /// What came of it.
    pub outcome: SeriesOutcome,
}

/// Tests each entity's series of a variable.
///
/// # Errors
/// Where the variable isn't there or isn't numeric, where a test isn't defined with an option, and where lags per entity
/// leave one out.
pub fn by_entity(panel: &Panel, variable: &str, test: &SeriesTest) -> Result<Vec<UnitSeriesTest>> {
    match test {
        SeriesTest::Adf(options) => options.lags.check(panel.entities())?,
        SeriesTest::Kpss(options) => options.check()?,
        SeriesTest::PhillipsPerron(options) => options.check()?,
    }
    let units = series_by_entity(panel, variable, false)?;
    Ok(units
        .into_iter()
        .map(|unit| {
            let entity = unit.entity;
            let made = unit.outcome.and_then(|span| match test {
                SeriesTest::Adf(options) => adf_of(&entity, &span.values, options).map(SeriesTestResult::Adf),
                SeriesTest::Kpss(options) => kpss(&span.values, options).map(SeriesTestResult::Kpss),
                SeriesTest::PhillipsPerron(options) => {
                    phillips_perron(&span.values, options).map(SeriesTestResult::PhillipsPerron)
                }
            });
            let outcome = match made {
                Ok(result) => SeriesOutcome::Test { result },
                Err(reason) => SeriesOutcome::NotTestable { reason },
            };
            UnitSeriesTest { entity, outcome }
        })
        .collect())
}
