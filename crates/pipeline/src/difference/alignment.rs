//! Which elements of two sequences stand for one another: what is left out is a block in which they
//! differ.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::ops::Range;

use similar::algorithms::{DiffHook, myers};

/// Up to how many elements Myers' algorithm is run on; its time grows with their number times that
/// of their differences.
const MYERS: usize = 2_000;

/// How often a part is divided further at elements that are unique in it.
const DEPTH: usize = 16;

/// What stands between two runs of equal elements: some on either side, or on both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Of the earlier sequence.
    pub before: Range<usize>,
    /// Of the later one.
    pub after: Range<usize>,
}

/// The blocks in which two sequences differ, in order.
///
/// Short sequences are aligned by Myers' algorithm, which finds the least edit. Long ones are first
/// divided at the elements that both have exactly once and in the same order. What is long and has
/// none is one block: so the time is bounded without a clock, which would make the answer depend on
/// the machine.
pub(super) fn blocks<Id: Copy + Eq + Hash>(before: &[Id], after: &[Id]) -> Vec<Block> {
    let mut alignment = Alignment { before, after, equal: Vec::new() };
    alignment.align(Block { before: 0..before.len(), after: 0..after.len() }, DEPTH);
    alignment.blocks()
}

struct Alignment<'a, Id> {
    before: &'a [Id],
    after: &'a [Id],
    /// Runs of equal elements in order: where in either sequence, and how long.
    equal: Vec<(usize, usize, usize)>,
}

impl<Id: Copy + Eq + Hash> Alignment<'_, Id> {
    fn align(&mut self, block: Block, depth: usize) {
        let Block { before, after } = block;
        let (old, new) = (part(self.before, &before), part(self.after, &after));
        let prefix = old.iter().zip(new).take_while(|(one, other)| one == other).count();
        let rest = old.len().min(new.len()) - prefix;
        let ends = old.iter().rev().zip(new.iter().rev()).take(rest);
        let suffix = ends.take_while(|(one, other)| one == other).count();
        self.equal.push((before.start, after.start, prefix));
        let inner = Block {
            before: before.start + prefix..before.end - suffix,
            after: after.start + prefix..after.end - suffix,
        };
        if !inner.before.is_empty() && !inner.after.is_empty() {
            self.align_inner(&inner, depth);
        }
        self.equal.push((before.end - suffix, after.end - suffix, suffix));
    }

    fn align_inner(&mut self, inner: &Block, depth: usize) {
        let (old, new) = (part(self.before, &inner.before), part(self.after, &inner.after));
        if old.len() + new.len() <= MYERS {
            let mut hook = EqualRuns { alignment: &mut self.equal };
            let Ok(()) =
                myers::diff(&mut hook, self.before, inner.before.clone(), self.after, inner.after.clone());
            return;
        }
        let anchors = if depth == 0 { Vec::new() } else { anchors(old, new) };
        if anchors.is_empty() {
            return;
        }
        let (mut old_start, mut new_start) = (inner.before.start, inner.after.start);
        for (old_offset, new_offset) in anchors {
            let (old_anchor, new_anchor) = (inner.before.start + old_offset, inner.after.start + new_offset);
            // The suffix of one gap and the prefix of the next grow around the anchor.
            self.align(Block { before: old_start..old_anchor, after: new_start..new_anchor }, depth - 1);
            self.equal.push((old_anchor, new_anchor, 1));
            (old_start, new_start) = (old_anchor + 1, new_anchor + 1);
        }
        let last = Block { before: old_start..inner.before.end, after: new_start..inner.after.end };
        self.align(last, depth - 1);
    }

    fn blocks(self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let (mut old_start, mut new_start) = (0, 0);
        let end = (self.before.len(), self.after.len(), 0);
        for (old, new, length) in self.equal.into_iter().filter(|(_, _, length)| *length > 0).chain([end]) {
            if old > old_start || new > new_start {
                blocks.push(Block { before: old_start..old, after: new_start..new });
            }
            (old_start, new_start) = (old + length, new + length);
        }
        blocks
    }
}

fn part<'a, Id>(sequence: &'a [Id], range: &Range<usize>) -> &'a [Id] {
    sequence.get(range.clone()).unwrap_or_default()
}

struct EqualRuns<'a> {
    alignment: &'a mut Vec<(usize, usize, usize)>,
}

impl DiffHook for EqualRuns<'_> {
    type Error = Infallible;

    fn equal(&mut self, old: usize, new: usize, length: usize) -> Result<(), Infallible> {
        self.alignment.push((old, new, length));
        Ok(())
    }
}

/// The places of elements that stand exactly once in both sequences: the longest list of them that
/// is in the same order in both.
fn anchors<Id: Copy + Eq + Hash>(old: &[Id], new: &[Id]) -> Vec<(usize, usize)> {
    /// How often an element was met, and where last.
    #[derive(Default)]
    struct Met {
        old: (usize, usize),
        new: (usize, usize),
    }
    let mut met: HashMap<Id, Met> = HashMap::with_capacity(old.len());
    for (place, id) in old.iter().enumerate() {
        let entry = met.entry(*id).or_default();
        entry.old = (entry.old.0 + 1, place);
    }
    for (place, id) in new.iter().enumerate() {
        if let Some(entry) = met.get_mut(id) {
            entry.new = (entry.new.0 + 1, place);
        }
    }
    let unique = old.iter().enumerate().filter_map(|(place, id)| match met.get(id)? {
        Met { old: (1, _), new: (1, at) } => Some((place, *at)),
        _ => None,
    });
    longest_increasing(&unique.collect::<Vec<_>>())
}

/// The longest sublist whose second members increase, by patience sorting.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the pair that ends the best sublist of it; and each pair's predecessor.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |index: usize| pairs.get(index).map(|pair| pair.1);
    for (index, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(*end) < Some(pair.1));
        previous.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let last = ends.last().copied();
    let chain = std::iter::successors(last, |index| previous.get(*index).copied().flatten());
    let mut sublist: Vec<_> = chain.filter_map(|index| pairs.get(index).copied()).collect();
    sublist.reverse();
    sublist
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn block(before: Range<usize>, after: Range<usize>) -> Block {
        Block { before, after }
    }

    #[test]
    fn insertions_and_deletions_are_blocks_of_one_side() {
        assert_eq!(blocks(&[1, 2, 3], &[1, 2, 3]), []);
        assert_eq!(blocks(&[1, 2, 3], &[1, 9, 2, 3]), [block(1..1, 1..2)]);
        assert_eq!(blocks(&[1, 2, 3, 4, 5], &[2, 3, 9, 5]), [block(0..1, 0..0), block(3..4, 2..3)]);
        assert_eq!(blocks(&[1], &[]), [block(0..1, 0..0)]);
    }

    #[test]
    fn long_sequences_are_divided_at_unique_elements() {
        let before: Vec<u32> = (0..50_000).collect();
        let mut after = before.clone();
        after.remove(40_000);
        after.insert(100, 60_000);
        after[20_000] = 60_001;
        assert_eq!(
            blocks(&before, &after),
            [
                block(100..100, 100..101),
                block(19_999..20_000, 20_000..20_001),
                block(40_000..40_001, 40_001..40_001)
            ]
        );
    }

    #[test]
    fn long_sequences_without_anything_in_common_are_one_block() {
        let (before, after): (Vec<u32>, Vec<u32>) = ((0..90_000).collect(), (90_000..190_000).collect());
        assert_eq!(blocks(&before, &after), [block(0..90_000, 0..100_000)]);
        let reversed: Vec<u32> = (0..90_000).rev().collect();
        assert!(!blocks(&before, &reversed).is_empty());
    }

    /// What lies outside of the blocks must be equal, element by element.
    fn check(before: &[u8], after: &[u8], blocks: &[Block]) {
        let (mut old, mut new) = (0, 0);
        for block in blocks {
            assert_eq!(before[old..block.before.start], after[new..block.after.start]);
            assert!(!block.before.is_empty() || !block.after.is_empty());
            (old, new) = (block.before.end, block.after.end);
        }
        assert_eq!(before[old..], after[new..]);
    }

    proptest! {
        #[test]
        fn outside_of_blocks_all_is_equal(
            before in prop::collection::vec(0..6u8, 0..40), after in prop::collection::vec(0..6u8, 0..40),
        ) {
            check(&before, &after, &blocks(&before, &after));
        }

        #[test]
        fn outside_of_long_blocks_all_is_equal(
            seed in prop::collection::vec(any::<u8>(), 1500..1600), edits in prop::collection::vec((0..1500usize, any::<u8>()), 0..30),
        ) {
            let mut after = seed.clone();
            for (place, value) in edits {
                if value < 100 { after[place % 1400] = value } else if value < 180 { after.insert(place % 1400, value) } else { after.remove(place % 1400); }
            }
            check(&seed, &after, &blocks(&seed, &after));
        }
    }
}
