//! A partition of the rows, held in as little memory as it needs.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::factor::Factor;

/// A partition of the rows into levels, each of which has a row.
#[derive(Debug, Clone)]
pub(crate) struct Grouping {
    codes: Codes,
    levels: usize,
}

/// Which level a row is in.
#[derive(Debug, Clone)]
pub(crate) enum Codes {
    /// Each level's rows stand together.
    Runs(Arc<Vec<Range<usize>>>),
    /// Each row's level.
    Each(Arc<Vec<u32>>),
}

impl Grouping {
    /// Levels whose rows stand together, in order.
    pub(crate) fn runs(groups: Arc<Vec<Range<usize>>>) -> Self {
        Self { levels: groups.len(), codes: Codes::Runs(groups) }
    }

    /// A level for each code that occurs, in the codes' order; also which code each level had.
    pub(crate) fn compact(mut codes: Vec<u32>) -> (Self, Vec<u32>) {
        let width = codes.iter().max().map_or(0, |largest| *largest as usize + 1);
        let mut level = vec![u32::MAX; width];
        codes.iter().for_each(|code| level[*code as usize] = 0);
        let kept: Vec<u32> = (0..width as u32).filter(|code| level[*code as usize] == 0).collect();
        kept.iter().enumerate().for_each(|(place, code)| level[*code as usize] = place as u32);
        if kept.len() < width {
            codes.iter_mut().for_each(|code| *code = level[*code as usize]);
        }
        (Self { levels: kept.len(), codes: Codes::Each(Arc::new(codes)) }, kept)
    }

    /// A level for each time, in order; also the times.
    pub(crate) fn by_time(times: &[i32]) -> (Self, Vec<i32>) {
        let (smallest, largest) =
            (times.iter().min().copied().unwrap_or(0), times.iter().max().copied().unwrap_or(0));
        let width = (i64::from(largest) - i64::from(smallest) + 1) as usize;
        if width <= times.len().max(64) * 4 {
            let codes = times.iter().map(|time| (i64::from(*time) - i64::from(smallest)) as u32).collect();
            let (grouping, kept) = Self::compact(codes);
            let times = kept.iter().map(|code| (i64::from(smallest) + i64::from(*code)) as i32).collect();
            return (grouping, times);
        }
        let mut distinct = times.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let place: HashMap<i32, u32> = distinct.iter().copied().zip(0..).collect();
        let codes = times.iter().map(|time| place[time]).collect();
        (Self { levels: distinct.len(), codes: Codes::Each(Arc::new(codes)) }, distinct)
    }

    /// A level for each combination of levels, in order of first appearance; also the combinations.
    pub(crate) fn combine(parts: &[Vec<u32>]) -> (Vec<u32>, Vec<Vec<u32>>) {
        let height = parts.first().map_or(0, Vec::len);
        let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut combinations = Vec::new();
        let mut key = vec![0; parts.len()];
        let codes = (0..height)
            .map(|row| {
                key.iter_mut().zip(parts).for_each(|(slot, part)| *slot = part[row]);
                if let Some(code) = known.get(&key) {
                    return *code;
                }
                let code = combinations.len() as u32;
                combinations.push(key.clone());
                known.insert(key.clone(), code);
                code
            })
            .collect();
        (codes, combinations)
    }

    /// How many levels there are.
    pub(crate) fn levels(&self) -> usize {
        self.levels
    }

    /// Which level each row is in.
    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Each row's level, for all rows.
    pub(crate) fn each(&self, height: usize) -> Arc<Vec<u32>> {
        match &self.codes {
            Codes::Each(codes) => Arc::clone(codes),
            Codes::Runs(groups) => {
                let mut codes = vec![0; height];
                groups.iter().zip(0..).for_each(|(group, code)| codes[group.clone()].fill(code));
                Arc::new(codes)
            }
        }
    }

    /// Calls `visit` with each row and its level, in the rows' order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(usize, usize)) {
        match &self.codes {
            Codes::Each(codes) => {
                codes.iter().enumerate().for_each(|(row, code)| visit(row, *code as usize));
            }
            Codes::Runs(groups) => {
                for (level, group) in groups.iter().enumerate() {
                    group.clone().for_each(|row| visit(row, level));
                }
            }
        }
    }

    /// Each level's rows, or the sum of their weights.
    pub(crate) fn sizes(&self, weights: Option<&[f64]>) -> Vec<f64> {
        let mut sizes = vec![0.0; self.levels];
        match (&self.codes, weights) {
            (Codes::Runs(groups), None) => {
                sizes.iter_mut().zip(groups.iter()).for_each(|(size, group)| *size = group.len() as f64);
            }
            (_, None) => self.for_each(|_, level| sizes[level] += 1.0),
            (_, Some(weights)) => self.for_each(|row, level| sizes[level] += weights[row]),
        }
        sizes
    }

    /// The grouping of some rows; also which of the levels are left.
    pub(crate) fn of_rows(&self, height: usize, rows: &[usize]) -> (Self, Vec<u32>) {
        let codes = self.each(height);
        Self::compact(rows.iter().map(|row| codes[*row]).collect())
    }

    /// Whether each level lies in one level of `other`.
    pub(crate) fn is_nested_in(&self, other: &Self, height: usize) -> bool {
        let outer = other.each(height);
        let mut seen = vec![u32::MAX; self.levels];
        let mut nested = true;
        self.for_each(|row, level| {
            let slot = &mut seen[level];
            if *slot == u32::MAX {
                *slot = outer[row];
            }
            nested &= *slot == outer[row];
        });
        nested
    }
}

impl From<&Factor> for Grouping {
    fn from(factor: &Factor) -> Self {
        let codes = factor.codes.iter().map(|code| *code as u32).collect();
        Self { levels: factor.levels(), codes: Codes::Each(Arc::new(codes)) }
    }
}
