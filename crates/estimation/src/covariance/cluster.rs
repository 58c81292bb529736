//! The covariance under errors that are correlated within clusters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sandwich::Influences;
use super::{
    CovarianceMatrix, Ingredients, Leverage, ResidualType, SmallSample, TestDistribution, bell_mccaffrey,
    time_codes,
};
use crate::Reason;

/// What the clusters are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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

/// What stands for the errors in a cluster's score, X_g'u_g.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterType {
    /// u_g = e_g, the residuals (Liang and Zeger 1986): CR0, and CR1 with a small-sample factor. Serialised
    /// `hc0`.
    #[default]
    Hc0,
    /// Each residual over sqrt(1 - h_i), as in plm's `arellano`.
    Hc2,
    /// Each residual over 1 - h_i, as in plm's `arellano`.
    Hc3,
    /// Each residual over (1 - h_i)^(d/2), as in plm's `arellano`.
    Hc4,
    /// u_g = (I - H_gg)^(-1/2) e_g with H_gg the cluster's block of the projection on regressors and effects
    /// (Bell and McCaffrey 2002, Survey Methodology 28, 169-181): clubSandwich's CR2, sandwich's `vcovCL`
    /// HC2 with `cadjust`.
    Cr2,
    /// u_g = (I - H_gg)^-1 e_g: the jackknife over clusters, exactly (MacKinnon, Nielsen and Webb 2023,
    /// Journal of Econometrics 232, eq. 11). clubSandwich's CR3, pyfixest's CRV3, sandwich's HC3.
    Cr3,
}

impl ClusterType {
    pub(super) fn by_row(self) -> ResidualType {
        match self {
            Self::Hc0 | Self::Cr2 | Self::Cr3 => ResidualType::Hc0,
            Self::Hc2 => ResidualType::Hc2,
            Self::Hc3 => ResidualType::Hc3,
            Self::Hc4 => ResidualType::Hc4,
        }
    }
}

/// V = c B (sum over clusters g of X_g'u_g u_g'X_g) B with bread B = (X'X)^-1: Liang and Zeger (1986),
/// for entity effects Arellano (1987). The default is Stata's `xtreg, fe vce(cluster entity)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterCovariance {
    /// The clusters.
    pub by: ClusterBy,
    /// How leverage is taken into account.
    #[serde(rename = "type", skip_serializing_if = "is_default")]
    pub residuals: ClusterType,
    /// What has leverage in `hc2` to `hc4`; in `cr2` and `cr3` everything has.
    #[serde(skip_serializing_if = "is_default")]
    pub leverage: Leverage,
    /// The factor c.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with G - 1 degrees of freedom by default.
    pub test: TestDistribution,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for ClusterCovariance {
    fn default() -> Self {
        Self {
            by: ClusterBy::default(),
            residuals: ClusterType::default(),
            leverage: Leverage::default(),
            small_sample: SmallSample::default(),
            test: TestDistribution::Clusters,
        }
    }
}

/// The covariance.
pub(super) fn matrix(
    options: &ClusterCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let clusters = clusters(ingredients, &options.by)?;
    clusters.at_least_two()?;
    let counts = ingredients.counts(clusters.count, &[&clusters]);
    let factor = options.small_sample.of(&counts)?;
    let adjusted = match options.residuals {
        ClusterType::Cr2 | ClusterType::Cr3 => {
            bell_mccaffrey::residuals(options.residuals, ingredients, &clusters)?.into()
        }
        by_row => by_row.by_row().residuals(ingredients, &counts, options.leverage)?,
    };
    let influences = Influences::new(ingredients, &adjusted, &clusters.codes, clusters.count);
    let mut computed = CovarianceMatrix::new(influences.squares(), factor).tested(
        options.test,
        ingredients.df_residual(),
        Some(clusters.count),
    );
    computed.clusters = Some(clusters.count);
    if options.test == TestDistribution::Satterthwaite {
        computed.coefficient_df =
            Some(bell_mccaffrey::degrees_of_freedom(options.residuals, ingredients, &clusters)?);
    }
    Ok(computed)
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
