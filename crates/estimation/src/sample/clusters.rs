//! The columns of a panel that a sample carries for clusters.

use std::collections::BTreeSet;

use vintner_panel::Panel;

use super::cluster_column::ClusterColumn;
use super::sample::Sample;
use crate::outcome::Result;

impl ClusterColumn {
    /// The values of a column of the panel at the sample's rows.
    fn new(panel: &Panel, sample: &Sample, name: &str) -> Result<Self> {
        let labels = panel.labels(name)?;
        let distinct: BTreeSet<&str> = labels.iter().flatten().map(String::as_str).collect();
        let distinct: Vec<&str> = distinct.into_iter().collect();
        let mut codes = Vec::with_capacity(sample.height());
        for (entity, group) in sample.entities().iter().zip(sample.groups()) {
            // Both are sorted by entity, then time.
            let mut rows = match panel.entities().binary_search(entity) {
                Ok(at) => panel.groups()[at].clone(),
                Err(_) => 0..0,
            };
            for time in &sample.times()[group.clone()] {
                let row = rows.find(|row| panel.times()[*row] == *time);
                let label = row.and_then(|row| labels[row].as_deref());
                codes.push(label.and_then(|label| distinct.binary_search(&label).ok()));
            }
        }
        Ok(Self { name: name.to_owned(), codes })
    }
}

impl Sample {
    /// The same rows with columns of the panel, text or numbers, to cluster by. A row may be without a value;
    /// a covariance that needs it says so.
    ///
    /// # Errors
    /// Where the panel has no such column.
    pub fn with_clusters(self, panel: &Panel, columns: &[&str]) -> Result<Self> {
        let clusters = columns
            .iter()
            .map(|name| ClusterColumn::new(panel, &self, name))
            .collect::<Result<Vec<ClusterColumn>>>()?;
        Ok(self.clustered_by(clusters))
    }
}
