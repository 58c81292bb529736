//! The distribution of a weighted sum of squares of independent standard normal variables.

/// P(sum of w_k z_k^2 < 0).
///
/// The inversion of the characteristic function prod (1 - 2 i t w_k)^(-1/2), with the contour laid around the branch
/// cuts on one side (Pan 1968; Farebrother 1980, Applied Statistics 29, AS 153): with the positive weights
/// w_1 >= w_2 >= ..., P(Q > 0) is the sum over j of (-1)^(j-1)/pi times the integral over y from w_2j to w_2j-1 of
/// prod |y/(y - w_k)|^(1/2)/y, where 0 stands for the last w_2j if their number is odd. What remains without the
/// two factors that are infinite at the ends is smooth: Gauss-Chebyshev quadrature, with twice the nodes until
/// nothing changes.
pub(super) fn probability_below_zero(weights: &[f64]) -> f64 {
    let positive = weights.iter().filter(|weight| **weight > 0.0).count();
    let negative = weights.iter().filter(|weight| **weight < 0.0).count();
    if negative <= positive {
        let turned: Vec<f64> = weights.iter().map(|weight| -weight).collect();
        probability_above_zero(&turned)
    } else {
        1.0 - probability_above_zero(weights)
    }
}

const MOST_NODES: usize = 1 << 13;

fn probability_above_zero(weights: &[f64]) -> f64 {
    let mut sorted = weights.to_vec();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let positive = sorted.iter().filter(|weight| **weight > 0.0).count();
    let mut last = by_quadrature(&sorted, positive, 16);
    let mut nodes = 32;
    while nodes <= MOST_NODES {
        let next = by_quadrature(&sorted, positive, nodes);
        if (next - last).abs() <= 1e-14 * next.abs() {
            return next.clamp(0.0, 1.0);
        }
        last = next;
        nodes *= 2;
    }
    last.clamp(0.0, 1.0)
}

fn by_quadrature(sorted: &[f64], positive: usize, nodes: usize) -> f64 {
    let mut total = 0.0;
    for first in (0..positive).step_by(2) {
        let upper = sorted[first];
        let second = (first + 1 < positive).then_some(first + 1);
        let lower = second.map_or(0.0, |at| sorted[at]);
        let (centre, half) = (0.5 * (upper + lower), 0.5 * (upper - lower));
        let mut sum = 0.0;
        for node in 0..nodes {
            let angle = (node as f64 + 0.5) * std::f64::consts::PI / nodes as f64;
            let y = centre + half * angle.cos();
            let product: f64 = sorted
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != first && Some(*at) != second)
                .map(|(_, weight)| (y / (y - weight)).abs())
                .product();
            sum += product.sqrt();
        }
        let sign = if first % 4 == 0 { 1.0 } else { -1.0 };
        total += sign * sum / nodes as f64;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_of_chi_squared_variables_are_those_of_f() {
        // P(a z1^2 + ... < b ...) of chi-squared variables with p and q degrees of freedom
        for (p, q, ratio) in
            [(1, 1, 1.0), (2, 3, 0.4), (4, 4, 2.0), (5, 20, 1.7), (30, 21, 0.6), (1, 40, 9.0)]
        {
            let mut weights = vec![1.0 / f64::from(p); p as usize];
            weights.extend(vec![-ratio / f64::from(q); q as usize]);
            let expected = 1.0 - crate::distributions::f_upper(ratio, f64::from(p), f64::from(q));
            let actual = probability_below_zero(&weights);
            assert!((actual - expected).abs() < 1e-12, "{p} {q} {ratio}: {actual}, {expected}");
        }
    }

    #[test]
    fn weights_of_one_sign_leave_no_doubt() {
        assert_eq!(probability_below_zero(&[1.0, 2.0]), 0.0);
        assert_eq!(probability_below_zero(&[-1.0, -2.0]), 1.0);
    }
}
