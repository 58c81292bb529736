//! What a picture leaves out so that it can be followed: edges that others imply, and boxes of their own for stages that stand
//! alike.

use std::collections::BTreeMap;

/// A graph with fewer edges and boxes, from which the whole can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded {
    /// The nodes of each box, in their order.
    pub(super) boxes: Vec<Vec<usize>>,
    /// Edges between boxes.
    pub(super) edges: Vec<(usize, usize)>,
}

/// Folds an acyclic graph. An edge goes where a longer way leads to the same node (the transitive reduction: Aho, Garey and
/// Ullman 1972, SIAM Journal on Computing 1, 131-137), and nodes that are then joined to the same ones are one box,
/// save those that `alone` keeps.
pub(super) fn folded(nodes: usize, edges: &[(usize, usize)], alone: impl Fn(usize) -> bool) -> Folded {
    let reduced = reduction(nodes, edges);
    let (mut before, mut after) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    for &(from, to) in &reduced {
        after[from].push(to);
        before[to].push(from);
    }
    let mut boxes: Vec<Vec<usize>> = Vec::new();
    let mut of_box = vec![0; nodes];
    let mut alike: BTreeMap<(&[usize], &[usize]), usize> = BTreeMap::new();
    for node in 0..nodes {
        let joined = (before[node].as_slice(), after[node].as_slice());
        let is_alone = alone(node) || (joined.0.is_empty() && joined.1.is_empty());
        let at = match alike.get(&joined) {
            Some(at) if !is_alone => *at,
            _ => {
                boxes.push(Vec::new());
                if !is_alone {
                    alike.insert(joined, boxes.len() - 1);
                }
                boxes.len() - 1
            }
        };
        boxes[at].push(node);
        of_box[node] = at;
    }
    let mut edges: Vec<(usize, usize)> =
        reduced.iter().map(|(from, to)| (of_box[*from], of_box[*to])).collect();
    edges.sort_unstable();
    edges.dedup();
    Folded { boxes, edges }
}

/// The edges that no longer way implies, in order.
fn reduction(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut after = vec![Vec::new(); nodes];
    for &(from, to) in edges {
        after[from].push(to);
    }
    // What can be reached from each node, itself left out; from the last ones to the first.
    let words = nodes.div_ceil(64);
    let mut reached: Vec<Vec<u64>> = vec![Vec::new(); nodes];
    for node in from_the_last(&after) {
        let mut own = vec![0_u64; words];
        for &next in &after[node] {
            own[next / 64] |= 1 << (next % 64);
            for (word, further) in own.iter_mut().zip(&reached[next]) {
                *word |= further;
            }
        }
        reached[node] = own;
    }
    let is_implied = |from: usize, to: usize| {
        after[from].iter().any(|&by| by != to && reached[by][to / 64] & (1 << (to % 64)) != 0)
    };
    let mut kept: Vec<(usize, usize)> =
        edges.iter().copied().filter(|&(from, to)| !is_implied(from, to)).collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// Nodes in an order in which each comes after all that it leads to.
fn from_the_last(after: &[Vec<usize>]) -> Vec<usize> {
    let mut left: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut before = vec![Vec::new(); after.len()];
    for (from, next) in after.iter().enumerate() {
        for &to in next {
            before[to].push(from);
        }
    }
    let mut order: Vec<usize> = (0..after.len()).filter(|&node| left[node] == 0).collect();
    let mut at = 0;
    while let Some(&node) = order.get(at) {
        at += 1;
        for &earlier in &before[node] {
            left[earlier] -= 1;
            if left[earlier] == 0 {
                order.push(earlier);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_longer_way_implies_and_what_stands_alike_is_folded() {
        // 0 -> 1 -> {2, 3} -> 4, and shortcuts.
        let edges = [(0, 1), (0, 2), (0, 4), (1, 2), (1, 3), (1, 4), (2, 4), (3, 4)];
        let found = folded(6, &edges, |_| false);
        assert_eq!(found.boxes, [vec![0], vec![1], vec![2, 3], vec![4], vec![5]]);
        assert_eq!(found.edges, [(0, 1), (1, 2), (2, 3)]);
        let apart = folded(6, &edges, |node| node == 3);
        assert_eq!(apart.boxes, [vec![0], vec![1], vec![2], vec![3], vec![4], vec![5]]);
    }

    proptest! {
        #[test]
        fn what_can_be_reached_stays_the_same(pairs in proptest::collection::vec((0_usize..10, 0_usize..10), 0..40)) {
            let mut edges: Vec<(usize, usize)> = pairs
                .into_iter()
                .filter(|(one, other)| one != other)
                .map(|(one, other)| (one.min(other), one.max(other)))
                .collect();
            edges.sort_unstable();
            edges.dedup();
            let reach = |edges: &[(usize, usize)]| {
                let mut reached = vec![BTreeSet::new(); 10];
                for from in (0..10).rev() {
                    for &(_, to) in edges.iter().filter(|(one, _)| *one == from) {
                        let further = reached[to].clone();
                        reached[from].extend(further);
                        reached[from].insert(to);
                    }
                }
                reached
            };
            let reduced = reduction(10, &edges);
            prop_assert_eq!(reach(&reduced), reach(&edges));
            // None of the edges that are left can be spared.
            for at in 0..reduced.len() {
                let mut fewer = reduced.clone();
                fewer.remove(at);
                prop_assert_ne!(reach(&fewer), reach(&edges));
            }
        }
    }
}
