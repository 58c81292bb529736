//! A partition of the rows with its means and sums.

/// A partition of the rows into levels.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    /// Each row's level, below `counts.len()`.
    pub(crate) codes: Vec<usize>,
    /// How many rows each level has.
    counts: Vec<f64>,
}

impl Factor {
    /// A factor from each row's level; every level has a row.
    pub(crate) fn new(codes: Vec<usize>) -> Self {
        let mut counts = vec![0.0; codes.iter().max().map_or(0, |largest| largest + 1)];
        codes.iter().for_each(|code| counts[*code] += 1.0);
        Self { codes, counts }
    }

    /// How many levels there are.
    pub(crate) fn levels(&self) -> usize {
        self.counts.len()
    }

    /// How many rows each level has.
    pub(crate) fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// Each level's mean, corrected once by the mean of the deviations.
    pub(crate) fn means(&self, values: &[f64]) -> Vec<f64> {
        let mut means = self.sums(values.iter().copied());
        self.divide(&mut means);
        let deviations = values.iter().zip(&self.codes).map(|(value, code)| value - means[*code]);
        let mut corrections = self.sums(deviations);
        self.divide(&mut corrections);
        means.iter_mut().zip(corrections).for_each(|(mean, correction)| *mean += correction);
        means
    }

    /// Each level's mean by weights, corrected once by the mean of the deviations; plain means without weights.
    pub(crate) fn weighted_means(&self, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let Some(weights) = weights else { return self.means(values) };
        let sizes = self.sums(weights.iter().copied());
        let mean = |values: &mut dyn Iterator<Item = f64>| -> Vec<f64> {
            let sums = self.sums(values.zip(weights).map(|(value, weight)| value * weight));
            sums.iter().zip(&sizes).map(|(sum, size)| sum / size).collect()
        };
        let mut means = mean(&mut values.iter().copied());
        let corrections = mean(&mut values.iter().zip(&self.codes).map(|(value, code)| value - means[*code]));
        means.iter_mut().zip(corrections).for_each(|(mean, correction)| *mean += correction);
        means
    }

    /// Each level's sum.
    pub(crate) fn sums(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.levels()];
        values.zip(&self.codes).for_each(|(value, code)| sums[*code] += value);
        sums
    }

    fn divide(&self, sums: &mut [f64]) {
        sums.iter_mut().zip(&self.counts).for_each(|(sum, count)| *sum /= count);
    }
}
