//! What makes conjugate gradients quick where effects hardly separate: the equations of each two effects without the others,
//! solved exactly where there are few levels and nearly where there are many, and added up (Schwarz's additive method).
//!
//! Two effects are a graph: their levels are the nodes, and rows join them. The normal equations of both have the graph's
//! Laplacian (but for signs), and those of the second with the first taken out are its Schur complement. So an approximate
//! Cholesky decomposition of the Laplacian (Gao, Kyng and Spielman 2025, "AC(k): Robust Solution of Laplacian Equations by
//! Randomized Approximate Cholesky Factorization"; the crate `approx-chol`) approximates both. The steps then no longer depend on
//! how few rows hold the graph together. Its draws have a fixed seed and one thread: the same panel has the same decomposition.

use std::ops::Range;

use approx_chol::{Config, CsrRef, Factor, factorize_with};

use super::semidefinite::Semidefinite;

/// Up to this many levels an effect's equations beside the first are decomposed exactly.
pub(super) const EXACT: usize = 128;

/// The equations of each two effects, for vectors of the levels of all but the first.
#[derive(Debug)]
pub(super) struct Preconditioner {
    parts: Vec<Part>,
    /// Each effect is in as many parts as there are others: its share of each is the root of one by these.
    share: f64,
}

#[derive(Debug)]
enum Part {
    /// The first effect and that of the levels at this place, with the first taken out.
    Exact(Range<usize>, Semidefinite),
    /// The first effect and that of the levels at this place.
    WithFirst(Range<usize>, Graph),
    /// Two other effects.
    Pair(Range<usize>, Range<usize>, Graph),
}

/// What solving needs beside the equations.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    right: Vec<f64>,
    solution: Vec<f64>,
}

impl Preconditioner {
    /// No part as yet, for so many effects beside the first.
    pub(super) fn new(others: usize) -> Self {
        Self { parts: Vec::new(), share: 1.0 / (others.max(1) as f64).sqrt() }
    }

    /// Adds an effect of few levels, which stand at `range` in vectors of levels, by its matrix.
    pub(super) fn push_exact(&mut self, range: Range<usize>, matrix: Semidefinite) {
        self.parts.push(Part::Exact(range, matrix));
    }

    /// Adds an effect of many levels by its graph with the first.
    pub(super) fn push_graph(&mut self, range: Range<usize>, graph: Graph) {
        self.parts.push(Part::WithFirst(range, graph));
    }

    /// Adds two other effects by their graph.
    pub(super) fn push_pair(&mut self, one: Range<usize>, other: Range<usize>, graph: Graph) {
        self.parts.push(Part::Pair(one, other, graph));
    }

    /// What solves the equations nearly.
    pub(super) fn solve(&self, rest: &[f64], scratch: &mut Scratch) -> Vec<f64> {
        let mut levels = vec![0.0; rest.len()];
        let share = self.share;
        let add = |levels: &mut [f64], found: &[f64], share: f64| {
            levels.iter_mut().zip(found).for_each(|(level, found)| *level += share * found);
        };
        for part in &self.parts {
            let Scratch { right, solution } = scratch;
            right.clear();
            match part {
                Part::Exact(range, matrix) => {
                    right.extend(rest[range.clone()].iter().map(|value| share * value));
                    matrix.solve(right);
                    add(&mut levels[range.clone()], right, share);
                }
                Part::WithFirst(range, graph) => {
                    right.resize(graph.first, 0.0);
                    right.extend(rest[range.clone()].iter().map(|value| share * value));
                    graph.solve(right, solution);
                    add(&mut levels[range.clone()], &solution[graph.first..], share);
                }
                Part::Pair(one, other, graph) => {
                    right.extend(rest[one.clone()].iter().map(|value| share * value));
                    right.extend(rest[other.clone()].iter().map(|value| -share * value));
                    graph.solve(right, solution);
                    add(&mut levels[one.clone()], &solution[..graph.first], share);
                    add(&mut levels[other.clone()], &solution[graph.first..], -share);
                }
            }
        }
        levels
    }
}

/// The graph of two effects' levels, nearly decomposed.
pub(super) struct Graph {
    factor: Factor<f64>,
    first: usize,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Graph").field("nodes", &self.factor.n()).finish_non_exhaustive()
    }
}

impl Graph {
    /// The graph of `first` and `other` levels with these edges (a level of each, and the sum of the rows' weights), in the
    /// order of the first; `None` where its numbers aren't finite or there are more than 32 bits count.
    pub(super) fn new(first: usize, other: usize, edges: &[(u32, u32, f64)]) -> Option<Self> {
        let nodes = first + other;
        let size = u32::try_from(nodes).ok()?;
        u32::try_from(nodes + 2 * edges.len()).ok()?;
        let ends = |edge: &(u32, u32, f64)| (edge.0 as usize, first + edge.1 as usize);
        // Each row of the matrix begins with its diagonal.
        let mut starts = vec![0_u32; nodes + 1];
        for edge in edges {
            let (one, two) = ends(edge);
            starts[one + 1] += 1;
            starts[two + 1] += 1;
        }
        (0..nodes).for_each(|at| starts[at + 1] += 1 + starts[at]);
        let mut next = starts[..nodes].to_vec();
        let mut columns = vec![0_u32; starts[nodes] as usize];
        let mut values = vec![0.0; columns.len()];
        for (at, next) in next.iter_mut().enumerate() {
            columns[*next as usize] = at as u32;
            *next += 1;
        }
        for edge in edges {
            let (one, two) = ends(edge);
            for (row, column) in [(one, two), (two, one)] {
                let place = next[row] as usize;
                next[row] += 1;
                columns[place] = column as u32;
                values[place] = -edge.2;
                values[starts[row] as usize] += edge.2;
            }
        }
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let matrix = CsrRef::new(&starts, &columns, &values, size).ok()?;
        let factor = factorize_with(matrix, Config::default()).ok()?;
        Some(Self { factor, first })
    }

    /// What solves the graph's equations nearly: the levels of the one effect, then of the other.
    fn solve(&self, right: &[f64], solution: &mut Vec<f64>) {
        solution.clear();
        solution.resize(self.factor.n(), 0.0);
        if self.factor.solve_into(right, solution).is_err() {
            // Lengths are the graph's own, so this isn't reached; nothing is as good as no step.
            solution.fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_graph_is_decomposed_exactly() {
        // Workers 0, 1, 2 in firms 0, 1, 2: a path. Its Schur complement on the firms is that of halves.
        let edges = [(0, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0), (1, 2, 1.0), (2, 2, 1.0)];
        let mut solution = Vec::new();
        let found = Graph::new(3, 3, &edges)
            .map(|graph| graph.solve(&[0.0, 0.0, 0.0, 1.0, -3.0, 2.0], &mut solution));
        assert!(found.is_some());
        let levels = &solution[3..6];
        let image = [
            0.5 * (levels[0] - levels[1]),
            0.5 * (levels[1] - levels[0]) + 0.5 * (levels[1] - levels[2]),
            0.5 * (levels[2] - levels[1]),
        ];
        for (own, expected) in image.iter().zip([1.0, -3.0, 2.0]) {
            assert!((own - expected).abs() < 1e-12, "{image:?}");
        }
    }

    #[test]
    fn weights_that_are_no_numbers_make_no_graph() {
        assert!(Graph::new(1, 1, &[(0, 0, f64::INFINITY)]).is_none());
    }
}
