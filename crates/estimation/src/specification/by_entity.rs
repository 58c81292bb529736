//! Tests of each entity's own equation, by ordinary least squares.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::diagnostic::Diagnostic;
use super::specification_test::SpecificationTest;
use crate::models::Model;
use crate::outcome::Result;
use crate::sample::{Formula, Sample};

/// The tests of one entity's equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityDiagnostics {
    /// The entity.
    pub entity: String,
    /// The tests, in the order in which they were asked for.
    pub tests: Vec<Diagnostic>,
}

impl SpecificationTest {
    /// The names of the tests that one entity's rows suffice for.
    pub fn keys_by_entity() -> Vec<&'static str> {
        let all = Self::all();
        let mut keys: Vec<&str> =
            all.iter().filter(|test| test.of_entity().is_some()).map(Self::key).collect();
        keys.dedup();
        keys
    }

    /// The test of an equation by ordinary least squares, as an entity's own is; none where it compares entities.
    pub fn of_entity(&self) -> Option<Self> {
        let mut own = self.clone();
        match &mut own {
            Self::BreuschGodfrey { model, .. }
            | Self::DurbinWatson { model, .. }
            | Self::BreuschPagan { model, .. }
            | Self::Reset { model, .. }
            | Self::JarqueBera { model }
            | Self::VarianceInflation { model } => *model = Model::Ols,
            Self::White { .. } => {}
            _ => return None,
        }
        Some(own)
    }
}

/// Makes tests of each entity's equation, by ordinary least squares whatever model a test names; those that compare entities
/// are left out. An entity whose rows don't suffice has a [`Finding::NotTestable`](super::Finding::NotTestable) for each.
///
/// # Errors
/// As [`diagnose`](super::diagnose).
pub fn diagnose_by_entity(
    panel: &Panel,
    formula: &Formula,
    tests: &[SpecificationTest],
) -> Result<Vec<EntityDiagnostics>> {
    formula.check()?;
    let own: Vec<SpecificationTest> = tests.iter().filter_map(SpecificationTest::of_entity).collect();
    let samples = Sample::by_entity(panel, formula)?;
    panel
        .entities()
        .iter()
        .zip(samples)
        .map(|(entity, sample)| {
            let mut lines = Vec::new();
            for test in &own {
                lines.extend(test.diagnose(panel, &sample)?);
            }
            Ok(EntityDiagnostics { entity: entity.clone(), tests: lines })
        })
        .collect()
}
