//! Laying out a directed graph in layers from left to right (Sugiyama, Tagawa and Toda 1981, IEEE
//! Transactions on Systems, Man and Cybernetics 11, 109-125).
//!
//! Nodes come into the layer after the last that they read, an edge over several layers gets a place in
//! each, layers are ordered by the barycentres of what they are joined to, and heights come as close to
//! these as boxes allow. Nothing depends on anything but the order of nodes and edges.

/// How often orders and heights are improved, from the left and from the right in turn.
const SWEEPS: usize = 24;

/// Edges that pass through a layer are kept straight before boxes are centred.
const STRAIGHT: f64 = 6.0;

/// A box to be placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Distances between boxes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spacing {
    /// Between layers, where edges bend.
    pub(super) layers: f64,
    /// Between boxes of a layer, and between them and edges.
    pub(super) nodes: f64,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Each node's left upper corner.
    pub(super) places: Vec<(f64, f64)>,
    /// Each edge's way: where it leaves, the two ends of each layer that it passes, where it arrives.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// One place in a layer: a node, or an edge that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Node(usize),
    Edge(usize),
}

struct Graph<'a> {
    sizes: &'a [Size],
    edges: &'a [(usize, usize)],
    layers: Vec<Vec<usize>>,
    slots: Vec<Slot>,
    /// Of each slot, the slots that it is joined to in the layer before and in the one after.
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    heights: Vec<f64>,
}

/// Lays out nodes by their `ranks` (their layers); each edge goes to a higher one.
pub(super) fn lay_out(sizes: &[Size], ranks: &[usize], edges: &[(usize, usize)], spacing: Spacing) -> Layout {
    let mut graph = Graph::new(sizes, ranks, edges);
    graph.order();
    let tops = graph.tops(spacing.nodes);
    graph.placed(&tops, spacing)
}

/// Each node's layer: the one after the last that it reads. What reads nothing stands right before its
/// first reader.
pub(super) fn ranks(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut ranks = vec![0_usize; nodes];
    // The longest way has no more steps than there are nodes.
    for _ in 0..nodes {
        let mut moved = false;
        for &(from, to) in edges {
            if ranks[to] <= ranks[from] {
                ranks[to] = ranks[from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    for node in 0..nodes {
        let reads_nothing = edges.iter().all(|(_, to)| *to != node);
        let readers = edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| ranks[*to]);
        if let Some(first) = readers.min()
            && reads_nothing
        {
            ranks[node] = first.saturating_sub(1);
        }
    }
    ranks
}

impl<'a> Graph<'a> {
    fn new(sizes: &'a [Size], ranks: &[usize], edges: &'a [(usize, usize)]) -> Self {
        let mut graph = Self {
            sizes,
            edges,
            layers: vec![Vec::new(); ranks.iter().max().map_or(0, |last| last + 1)],
            slots: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            heights: Vec::new(),
        };
        for (node, rank) in ranks.iter().enumerate() {
            graph.add(Slot::Node(node), *rank, sizes[node].height);
        }
        for (edge, &(from, to)) in edges.iter().enumerate() {
            let mut last = from;
            for rank in ranks[from] + 1..ranks[to] {
                let slot = graph.add(Slot::Edge(edge), rank, 0.0);
                graph.join(last, slot);
                last = slot;
            }
            graph.join(last, to);
        }
        graph
    }

    fn add(&mut self, slot: Slot, rank: usize, height: f64) -> usize {
        self.slots.push(slot);
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        self.heights.push(height);
        self.layers[rank].push(self.slots.len() - 1);
        self.slots.len() - 1
    }

    fn join(&mut self, from: usize, to: usize) {
        self.after[from].push(to);
        self.before[to].push(from);
    }

    /// Orders each layer so that few edges cross.
    fn order(&mut self) {
        let mut best = self.layers.clone();
        let mut fewest = self.crossings();
        for sweep in 0..SWEEPS {
            let layers = self.layers.len();
            let from_left = sweep % 2 == 0;
            let order: Vec<usize> =
                if from_left { (1..layers).collect() } else { (0..layers.saturating_sub(1)).rev().collect() };
            for layer in order {
                let places = self.positions();
                let joined = if from_left { &self.before } else { &self.after };
                let barycentre = |slot: usize| {
                    let places: Vec<f64> = joined[slot].iter().map(|other| places[*other]).collect();
                    // What is joined to nothing there stays where it is.
                    if places.is_empty() { None } else { Some(mean(&places)) }
                };
                let mut keyed: Vec<(f64, usize)> = self.layers[layer]
                    .iter()
                    .map(|slot| (barycentre(*slot).unwrap_or(places[*slot]), *slot))
                    .collect();
                keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
                self.layers[layer] = keyed.into_iter().map(|(_, slot)| slot).collect();
            }
            let crossings = self.crossings();
            if crossings < fewest {
                (fewest, best) = (crossings, self.layers.clone());
            }
        }
        self.layers = best;
    }

    /// Each slot's place in its layer, from 0 to 1.
    fn positions(&self) -> Vec<f64> {
        let mut positions = vec![0.0; self.slots.len()];
        for layer in &self.layers {
            for (at, slot) in layer.iter().enumerate() {
                positions[*slot] = (at as f64 + 0.5) / layer.len() as f64;
            }
        }
        positions
    }

    fn crossings(&self) -> usize {
        let places = self.positions();
        let mut count = 0;
        for layer in &self.layers {
            let ends: Vec<(f64, f64)> = layer
                .iter()
                .flat_map(|slot| self.after[*slot].iter().map(|to| (places[*slot], places[*to])))
                .collect();
            for (at, one) in ends.iter().enumerate() {
                count +=
                    ends[at + 1..].iter().filter(|other| (one.0 - other.0) * (one.1 - other.1) < 0.0).count();
            }
        }
        count
    }

    /// Each slot's upper edge.
    fn tops(&self, space: f64) -> Vec<f64> {
        let mut centres = vec![0.0; self.slots.len()];
        for layer in &self.layers {
            let mut top = 0.0;
            for slot in layer {
                centres[*slot] = top + self.heights[*slot] / 2.0;
                top += self.heights[*slot] + space;
            }
        }
        for sweep in 0..SWEEPS {
            let from_left = sweep % 2 == 0;
            let order: Vec<usize> = if from_left {
                (0..self.layers.len()).collect()
            } else {
                (0..self.layers.len()).rev().collect()
            };
            for layer in order {
                self.settle(layer, &mut centres, space);
            }
        }
        let tops: Vec<f64> =
            centres.iter().zip(&self.heights).map(|(centre, height)| centre - height / 2.0).collect();
        let least = tops.iter().copied().fold(f64::INFINITY, f64::min);
        tops.into_iter().map(|top| top - least).collect()
    }

    /// Moves a layer as near to what it is joined to as boxes allow, in the sense of least squares:
    /// pooling adjacent violators.
    fn settle(&self, layer: usize, centres: &mut [f64], space: f64) {
        let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
        let mut offsets = Vec::new();
        let mut offset = 0.0;
        let mut last: Option<usize> = None;
        for slot in &self.layers[layer] {
            if let Some(last) = last {
                offset += (self.heights[last] + self.heights[*slot]) / 2.0 + space;
            }
            last = Some(*slot);
            offsets.push(offset);
            let joined: Vec<f64> =
                self.before[*slot].iter().chain(&self.after[*slot]).map(|other| centres[*other]).collect();
            let wanted = if joined.is_empty() { centres[*slot] } else { mean(&joined) };
            let weight = if matches!(self.slots[*slot], Slot::Edge(_)) { STRAIGHT } else { 1.0 };
            blocks.push((wanted - offset, weight, 1));
            while let [.., (above, heavy, many), (below, light, few)] = blocks[..] {
                if above <= below {
                    break;
                }
                let weight = heavy + light;
                blocks.truncate(blocks.len() - 2);
                blocks.push(((above * heavy + below * light) / weight, weight, many + few));
            }
        }
        let values = blocks.iter().flat_map(|(value, _, count)| std::iter::repeat_n(*value, *count));
        for ((slot, value), offset) in self.layers[layer].iter().zip(values).zip(offsets) {
            centres[*slot] = value + offset;
        }
    }

    fn placed(&self, tops: &[f64], spacing: Spacing) -> Layout {
        let mut places = vec![(0.0, 0.0); self.sizes.len()];
        let mut passing: Vec<Vec<(f64, f64)>> = vec![Vec::new(); self.edges.len()];
        let (mut left, mut height) = (0.0_f64, 0.0_f64);
        for layer in &self.layers {
            let width = layer.iter().map(|slot| self.width(*slot)).fold(0.0, f64::max);
            for slot in layer {
                height = height.max(tops[*slot] + self.heights[*slot]);
                match self.slots[*slot] {
                    Slot::Node(node) => {
                        places[node] = (left + (width - self.sizes[node].width) / 2.0, tops[*slot])
                    }
                    Slot::Edge(edge) => {
                        passing[edge].extend([(left, tops[*slot]), (left + width, tops[*slot])])
                    }
                }
            }
            left += width + spacing.layers;
        }
        let ways = self.edges.iter().zip(passing).map(|(&(from, to), passing)| {
            let middle = |node: usize| places[node].1 + self.sizes[node].height / 2.0;
            let mut way = vec![(places[from].0 + self.sizes[from].width, middle(from))];
            way.extend(passing);
            way.push((places[to].0, middle(to)));
            way
        });
        let ways = ways.collect();
        Layout { places, ways, width: (left - spacing.layers).max(0.0), height }
    }

    fn width(&self, slot: usize) -> f64 {
        match self.slots[slot] {
            Slot::Node(node) => self.sizes[node].width,
            Slot::Edge(_) => 0.0,
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn boxes_never_overlap_and_edges_go_forward(
            pairs in proptest::collection::vec((0_usize..12, 0_usize..12), 0..30),
            widths in proptest::collection::vec(20.0_f64..200.0, 12),
        ) {
            let mut edges: Vec<(usize, usize)> =
                pairs.into_iter().filter(|(one, other)| one != other).map(|(one, other)| (one.min(other), one.max(other))).collect();
            edges.sort_unstable();
            edges.dedup();
            let sizes: Vec<Size> = widths.iter().map(|width| Size { width: *width, height: 40.0 }).collect();
            let ranks = ranks(12, &edges);
            let layout = lay_out(&sizes, &ranks, &edges, Spacing { layers: 60.0, nodes: 12.0 });
            let overlap = |one: usize, other: usize| {
                let ((x, y), (u, v)) = (layout.places[one], layout.places[other]);
                x < u + sizes[other].width && u < x + sizes[one].width && y < v + 40.0 - 1e-6 && v < y + 40.0 - 1e-6
            };
            for (one, size) in sizes.iter().enumerate() {
                prop_assert!((one + 1..12).all(|other| !overlap(one, other)));
                let (x, y) = layout.places[one];
                prop_assert!(x >= 0.0 && y >= 0.0 && x + size.width <= layout.width + 1e-6 && y + 40.0 <= layout.height + 1e-6);
            }
            for way in &layout.ways {
                prop_assert!(way.windows(2).all(|step| step[0].0 <= step[1].0 + 1e-9));
                // Where it passes a layer it keeps away from the boxes there.
                for step in way.windows(2).skip(1).step_by(2).filter(|step| step.len() == 2) {
                    for (node, (x, y)) in layout.places.iter().enumerate() {
                        let inside = step[0].1 > *y && step[0].1 < y + 40.0;
                        let passes = step[0].0 < x + sizes[node].width && *x < step[1].0 && step[0].1 == step[1].1;
                        prop_assert!(!(inside && passes));
                    }
                }
            }
        }
    }
}
