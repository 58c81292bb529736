//! How numbers are spread.

/// The most bins.
const MOST: usize = 24;

/// Counts of numbers in bins of equal width between the least and the greatest.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The least number, where the first bin begins.
    pub from: f64,
    /// The greatest, where the last bin ends; it is in the last bin.
    pub to: f64,
    /// How many numbers are in each bin; a single bin where all are the same.
    pub counts: Vec<usize>,
}

impl Histogram {
    /// The histogram of finite numbers; none where there are no numbers. There are as many bins as the
    /// square root of how many numbers there are, rounded up, and at most 24.
    pub fn of(numbers: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let from = numbers.clone().reduce(f64::min)?;
        let to = numbers.clone().reduce(f64::max)?;
        let bins = match from == to {
            true => 1,
            false => ((numbers.clone().count() as f64).sqrt().ceil() as usize).clamp(1, MOST),
        };
        let mut counts = vec![0; bins];
        // Halved, as the width of what spans all doubles is none.
        let width = to / 2.0 - from / 2.0;
        for number in numbers {
            let share = if width > 0.0 { (number / 2.0 - from / 2.0) / width } else { 0.0 };
            counts[((share * bins as f64) as usize).min(bins - 1)] += 1;
        }
        Some(Self { from, to, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_a_bin() {
        let of = |numbers: &[f64]| Histogram::of(numbers.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[2.0, 2.0]), Some(Histogram { from: 2.0, to: 2.0, counts: vec![2] }));
        assert_eq!(of(&[0.0, 1.0, 2.0, 4.0]), Some(Histogram { from: 0.0, to: 4.0, counts: vec![2, 2] }));
        let many: Vec<f64> = (0..10_000).map(f64::from).collect();
        let found = of(&many).map(|found| (found.counts.len(), found.counts.iter().sum()));
        assert_eq!(found, Some((MOST, 10_000)));
        let huge = of(&[f64::MIN, 0.0, 1.0, f64::MAX]).map(|found| found.counts);
        assert_eq!(huge, Some(vec![1, 3]));
    }
}
