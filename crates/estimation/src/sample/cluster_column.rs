//! A column of a panel that says what the clusters are.

/// A column by which rows are clustered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterColumn {
    /// Its name in the panel.
    pub name: String,
    /// Each row's value, numbered in order of the values' text; none where it is missing.
    pub codes: Vec<Option<usize>>,
}

impl ClusterColumn {
    /// The same for some of the rows.
    pub(crate) fn at(&self, rows: &[usize]) -> Self {
        Self { name: self.name.clone(), codes: rows.iter().map(|row| self.codes[*row]).collect() }
    }
}
