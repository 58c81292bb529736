//! What factors leave of values, and how many linearly independent dummies groupings have.

use super::factor::Factor;
use super::grouping::Grouping;
use super::projection::Projection;
use crate::outcome::Reason;

/// The residual of `values` on the dummy variables of all factors.
///
/// # Errors
/// [`Reason::NotConverged`] where the panel's parts hang together by too few rows.
pub(crate) fn residual(values: &[f64], factors: &[Factor]) -> Result<Vec<f64>, Reason> {
    let groupings: Vec<Grouping> = factors.iter().map(Grouping::from).collect();
    let mut left = values.to_vec();
    Projection::new(&groupings, None, values.len(), false).project(&mut left)?;
    Ok(left)
}

/// The part of the rows that each level of two factors, one after the other, belongs to, as [`components`] counts
/// them. Effects of levels in different parts have no sum that the rows determine.
pub(crate) fn parts(one: &Grouping, other: &Grouping, height: usize) -> Vec<u32> {
    let levels = one.levels() as u32;
    let mut parent: Vec<u32> = (0..levels + other.levels() as u32).collect();
    let codes = other.each(height);
    one.for_each(|row, level| {
        let (left, right) = (root(&mut parent, level as u32), root(&mut parent, levels + codes[row]));
        parent[left as usize] = right;
    });
    (0..parent.len() as u32).map(|node| root(&mut parent, node)).collect()
}

fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

/// Into how many parts two factors divide the rows such that no level is in two of them. Their dummy
/// variables have as many columns too many (Abowd, Creecy and Kramarz 2002).
pub(crate) fn components(one: &Grouping, other: &Grouping, height: usize) -> usize {
    let levels = one.levels();
    let mut parent: Vec<u32> = (0..(levels + other.levels()) as u32).collect();
    let mut parts = parent.len();
    let codes = other.each(height);
    one.for_each(|row, level| {
        if parts > 1 {
            let (left, right) =
                (root(&mut parent, level as u32), root(&mut parent, levels as u32 + codes[row]));
            if left != right {
                // Towards the fewer, so that paths stay short.
                parent[left as usize] = right;
                parts -= 1;
            }
        }
    });
    parts
}

/// How many linearly independent dummies the groupings have, and whether that is exact: levels less
/// redundant ones, which are counted exactly for two (connected parts) and where the equations of the others are decomposed;
/// else for each further grouping by its connected parts with one of those before it, the most that there are
/// (reghdfe's `dofadjustments(pairwise)`; fixest counts one for each).
pub(crate) fn independent(groupings: &[Grouping], projection: &Projection, height: usize) -> (usize, bool) {
    let levels: usize = groupings.iter().map(Grouping::levels).sum();
    match groupings {
        [] | [_] => (levels, true),
        [one, other] => (levels - components(one, other, height), true),
        _ => match projection.rank() {
            Some(rank) => (rank, true),
            None => {
                let redundant: usize = (1..groupings.len())
                    .map(|at| {
                        let before = groupings[..at].iter();
                        before.map(|one| components(one, &groupings[at], height)).max().unwrap_or(1)
                    })
                    .sum();
                (levels.saturating_sub(redundant), false)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors() -> (Factor, Factor) {
        // An unbalanced panel of three entities and three times.
        (Factor::new(vec![0, 0, 0, 1, 1, 2, 2]), Factor::new(vec![0, 1, 2, 0, 2, 1, 2]))
    }

    #[test]
    fn what_is_left_is_orthogonal_to_all_dummies() -> Result<(), Reason> {
        let (entities, times) = factors();
        let values = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0];
        let left = residual(&values, &[entities.clone(), times.clone()])?;
        for factor in [&entities, &times] {
            for sum in factor.sums(left.iter().copied()) {
                assert!(sum.abs() < 1e-14, "{sum:e}");
            }
        }
        // And a second time there is nothing to take away.
        let again = residual(&left, &[entities, times])?;
        assert!(left.iter().zip(&again).all(|(one, two)| (one - two).abs() < 1e-14));
        Ok(())
    }

    #[test]
    fn parts_that_share_no_level_are_counted() {
        let (entities, times) = factors();
        let parts = |one: &Factor, other: &Factor| components(&one.into(), &other.into(), one.codes.len());
        assert_eq!(parts(&entities, &times), 1);
        let split = (Factor::new(vec![0, 0, 1, 1]), Factor::new(vec![0, 1, 2, 3]));
        assert_eq!(parts(&split.0, &split.1), 2);
    }
}
