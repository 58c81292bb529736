//! Within a block of rows, lines or elements that differ: which became which.

use std::ops::Range;

use super::alignment::Block;

/// A row that isn't the same in both versions, by its position in each from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowPair {
    /// It became another.
    Both {
        /// Its position in the earlier version.
        before: usize,
        /// Its position in the later one.
        after: usize,
    },
    /// Only the earlier version has it.
    Gone(usize),
    /// Only the later version has it.
    New(usize),
}

/// Up to how many pairs of rows are compared with one another in a block.
const COMPARED: usize = 4_096;

/// Pairs the rows of a block by their likeness, which is 0 where they have nothing in common. In a
/// block with as many rows before as after even unlike ones are pairs, as far as the likenesses of
/// the others leave it open. A block that is too large is paired from its beginning on.
pub(super) fn pair_block(block: &Block, likeness: &dyn Fn(usize, usize) -> usize, pairs: &mut Vec<RowPair>) {
    let (height, width) = (block.before.len(), block.after.len());
    let matched: Vec<(usize, usize)> = if height == 0 || width == 0 {
        Vec::new()
    } else if (height == 1 && width == 1) || height.saturating_mul(width) > COMPARED {
        block.before.clone().zip(block.after.clone()).collect()
    } else {
        best_pairs(block, likeness)
    };
    let (mut old, mut new) = (block.before.start, block.after.start);
    for (before, after) in matched {
        one_sided(old..before, new..after, pairs);
        pairs.push(RowPair::Both { before, after });
        (old, new) = (before + 1, after + 1);
    }
    one_sided(old..block.before.end, new..block.after.end, pairs);
}

fn one_sided(before: Range<usize>, after: Range<usize>, pairs: &mut Vec<RowPair>) {
    pairs.extend(before.map(RowPair::Gone));
    pairs.extend(after.map(RowPair::New));
}

/// The pairs, in order in both, whose likenesses have the largest sum.
fn best_pairs(block: &Block, likeness: &dyn Fn(usize, usize) -> usize) -> Vec<(usize, usize)> {
    let (height, width) = (block.before.len(), block.after.len());
    // A pair of unlike rows counts less than any likeness does.
    let (weight, unlike) = (height + width + 1, usize::from(height == width));
    let mut scores = vec![0; height * width];
    let places =
        block.before.clone().flat_map(|before| block.after.clone().map(move |after| (before, after)));
    for (score, (before, after)) in scores.iter_mut().zip(places) {
        *score = likeness(before, after) * weight + unlike;
    }
    let score = |row: usize, column: usize| scores.get(row * width + column).copied().unwrap_or(0);
    // best[row][column]: the best sum from there on, with a row and a column of zeros at the end.
    let mut best = vec![0; (height + 1) * (width + 1)];
    let at = |best: &[usize], row: usize, column: usize| {
        best.get(row * (width + 1) + column).copied().unwrap_or(0)
    };
    for row in (0..height).rev() {
        for column in (0..width).rev() {
            let pair = score(row, column);
            let paired = if pair > 0 { pair + at(&best, row + 1, column + 1) } else { 0 };
            let sum = paired.max(at(&best, row + 1, column)).max(at(&best, row, column + 1));
            if let Some(cell) = best.get_mut(row * (width + 1) + column) {
                *cell = sum;
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut row, mut column) = (0, 0);
    while row < height && column < width {
        let sum = at(&best, row, column);
        let pair = score(row, column);
        if pair > 0 && sum == pair + at(&best, row + 1, column + 1) {
            pairs.push((block.before.start + row, block.after.start + column));
            (row, column) = (row + 1, column + 1);
        } else if sum == at(&best, row + 1, column) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(before: &[&str], after: &[&str]) -> Vec<RowPair> {
        let likeness =
            |one: usize, other: usize| before[one].chars().filter(|&c| after[other].contains(c)).count();
        let mut pairs = Vec::new();
        pair_block(&Block { before: 0..before.len(), after: 0..after.len() }, &likeness, &mut pairs);
        pairs
    }

    #[test]
    fn like_rows_are_pairs_wherever_they_stand() {
        let both = |before, after| RowPair::Both { before, after };
        assert_eq!(paired(&["abc"], &["xyz", "abd"]), [RowPair::New(0), both(0, 1)]);
        assert_eq!(paired(&["abc", "uvw"], &["xyz", "abd"]), [RowPair::New(0), both(0, 1), RowPair::Gone(1)]);
        assert_eq!(paired(&["abc", "uvw"], &["x", "y"]), [both(0, 0), both(1, 1)]);
        assert_eq!(paired(&["abc", "uvw"], &["x"]), [RowPair::Gone(0), RowPair::Gone(1), RowPair::New(0)]);
        assert_eq!(paired(&["a"], &["x"]), [both(0, 0)]);
    }
}
