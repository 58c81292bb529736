//! The clusters of the rows, and the effects nested in them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ingredients::{Ingredients, time_codes};
use super::small_sample::Counts;
use crate::outcome::Reason;

/// What the clusters are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterBy {
    /// The panel's entities.
    #[default]
    Entity,
    /// The panel's times.
    Time,
    /// The values of a column of the panel, which the sample must carry (see
    /// [`Sample::with_clusters`](crate::Sample::with_clusters)). Serialised `{column: name}`.
    Column(String),
}

impl ClusterBy {
    /// The column that it needs.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Entity | Self::Time => None,
        }
    }

    /// What it is called in a report.
    pub fn name(&self) -> &str {
        match self {
            Self::Entity => "entity",
            Self::Time => "time",
            Self::Column(name) => name,
        }
    }
}

/// Each row's cluster.
pub(super) struct Clusters {
    /// Below `count`.
    pub(super) codes: Vec<usize>,
    pub(super) count: usize,
    /// Whether each entity with an absorbed effect lies in one cluster.
    pub(super) nests_entities: bool,
    /// Whether each time with an absorbed effect lies in one cluster.
    pub(super) nests_times: bool,
}

impl Clusters {
    fn new(codes: Vec<usize>, count: usize, ingredients: &Ingredients<'_>) -> Self {
        let nests_entities = ingredients.entity_levels > 0
            && ingredients.groups.iter().all(|group| {
                let own = &codes[group.clone()];
                own.iter().all(|code| Some(code) == own.first())
            });
        let mut of_time: BTreeMap<i32, usize> = BTreeMap::new();
        let nests_times = ingredients.time_levels > 0
            && ingredients
                .times
                .iter()
                .zip(&codes)
                .all(|(time, code)| of_time.entry(*time).or_insert(*code) == code);
        Self { codes, count, nests_entities, nests_times }
    }

    /// Whether each level of a factor lies in one cluster.
    pub(super) fn nests(&self, factor: &[usize]) -> bool {
        let mut of_level: BTreeMap<usize, usize> = BTreeMap::new();
        factor.iter().zip(&self.codes).all(|(level, code)| of_level.entry(*level).or_insert(*code) == code)
    }

    pub(super) fn at_least_two(&self) -> Result<(), Reason> {
        if self.count < 2 {
            return Err(Reason::TooFewClusters { clusters: self.count });
        }
        Ok(())
    }

    /// The pairs of clusters that there are.
    pub(super) fn crossed(&self, other: &Self) -> (Vec<usize>, usize) {
        let mut seen: BTreeMap<(usize, usize), usize> =
            self.codes.iter().copied().zip(other.codes.iter().copied()).map(|pair| (pair, 0)).collect();
        seen.values_mut().enumerate().for_each(|(code, slot)| *slot = code);
        let pairs = self.codes.iter().copied().zip(other.codes.iter().copied());
        (pairs.map(|pair| seen[&pair]).collect(), seen.len())
    }
}

/// The clusters of the rows.
pub(super) fn clusters(ingredients: &Ingredients<'_>, by: &ClusterBy) -> Result<Clusters, Reason> {
    let (codes, count) = match by {
        ClusterBy::Entity => {
            let mut codes = vec![0; ingredients.residuals.len()];
            for (code, group) in ingredients.groups.iter().enumerate() {
                codes[group.clone()].fill(code);
            }
            (codes, ingredients.groups.len())
        }
        ClusterBy::Time => time_codes(ingredients.times),
        ClusterBy::Column(name) => {
            let found = ingredients.columns.iter().find(|column| column.name == *name);
            let column = found.ok_or_else(|| Reason::NoClusterColumn { column: name.clone() })?;
            let missing = column.codes.iter().filter(|code| code.is_none()).count();
            if missing > 0 {
                return Err(Reason::MissingClusters { column: name.clone(), rows: missing });
            }
            let mut seen: BTreeMap<usize, usize> =
                column.codes.iter().flatten().map(|code| (*code, 0)).collect();
            seen.values_mut().enumerate().for_each(|(code, slot)| *slot = code);
            (column.codes.iter().flatten().map(|code| seen[code]).collect(), seen.len())
        }
    };
    Ok(Clusters::new(codes, count, ingredients))
}

impl Ingredients<'_> {
    /// What small-sample factors count. Effects are nested if they are in clusters of any of the kinds.
    pub(super) fn counts(&self, clusters: usize, kinds: &[&Clusters]) -> Counts {
        Counts {
            observations: self.observations,
            coefficients: self.bread.nrows(),
            absorbed: self.absorbed,
            clusters,
            entity_levels: self.entity_levels,
            nested: self.nested(kinds),
        }
    }

    /// How many parameters the absorbed effects that are nested in clusters take together; 0 where none is.
    fn nested(&self, kinds: &[&Clusters]) -> usize {
        match self.effects {
            Some(effects) if !effects.is_plain() && !kinds.is_empty() => {
                let codes = effects.codes();
                let nested: Vec<&Vec<usize>> =
                    codes.iter().filter(|factor| kinds.iter().any(|kind| kind.nests(factor))).collect();
                // All of them together are what was counted; an intercept beside them has taken one away.
                match nested.len() == codes.len() {
                    true => self.absorbed + usize::from(self.constant),
                    false => effects.independent(&nested),
                }
            }
            effects => {
                let entities = kinds.iter().any(|kind| kind.nests_entities);
                let times = kinds.iter().any(|kind| kind.nests_times);
                match (entities, times, effects) {
                    (true, true, Some(effects)) => {
                        let codes = effects.codes();
                        effects.independent(&codes.iter().collect::<Vec<_>>())
                    }
                    _ => usize::from(entities) * self.entity_levels + usize::from(times) * self.time_levels,
                }
            }
        }
    }
}

/// Each row's cluster, below their count, and the count.
pub(crate) fn cluster_codes(
    ingredients: &Ingredients<'_>,
    by: &ClusterBy,
) -> Result<(Vec<usize>, usize), Reason> {
    clusters(ingredients, by).map(|clusters| (clusters.codes, clusters.count))
}
