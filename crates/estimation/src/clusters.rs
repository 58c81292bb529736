//! Columns of a panel that say what the clusters are.

use std::collections::BTreeSet;

use vintner_panel::Panel;

use crate::{Result, Sample};

/// A column by which rows are clustered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterColumn {
    /// Its name in the panel.
    pub name: String,
    /// Each row's value, numbered in order of the values' text; none where it is missing.
    pub codes: Vec<Option<usize>>,
}

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

    /// The same for some of the rows.
    pub(crate) fn at(&self, rows: &[usize]) -> Self {
        Self { name: self.name.clone(), codes: rows.iter().map(|row| self.codes[*row]).collect() }
    }
}

/// The named columns of the panel at the sample's rows.
pub(crate) fn columns(panel: &Panel, sample: &Sample, names: &[&str]) -> Result<Vec<ClusterColumn>> {
    names.iter().map(|name| ClusterColumn::new(panel, sample, name)).collect()
}
