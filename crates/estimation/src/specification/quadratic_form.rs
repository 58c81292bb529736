//! The distribution of a weighted sum of squares of independent standard normal variables.

/// P(sum of w_k z_k^2 < 0).
///
/// By inversion of the characteristic function on the real line ([`by_inversion`]), to about 1e-15 absolutely whatever
/// the weights. Far in a tail that leaves few digits; there the contour integral around the branch cuts
/// ([`around_cuts`]) has them all if no three weights are near one another, and is taken where the two agree.
pub(super) fn probability_below_zero(weights: &[f64]) -> f64 {
    let positive = weights.iter().filter(|weight| **weight > 0.0).count();
    let negative = weights.iter().filter(|weight| **weight < 0.0).count();
    if positive == 0 || negative == 0 {
        return if negative > 0 { 1.0 } else { 0.0 };
    }
    let below = by_inversion(weights);
    let refined = if negative <= positive {
        let turned: Vec<f64> = weights.iter().map(|weight| -weight).collect();
        around_cuts(&turned)
    } else {
        1.0 - around_cuts(weights)
    };
    if (refined - below).abs() <= AGREEMENT { refined } else { below }
}

/// How near the two ways must come to one another, absolutely.
const AGREEMENT: f64 = 1e-13;

/// The step of the trapezoidal rule in the logarithm: singularities lie pi/2 off the line, so that the error
/// is of order exp(-pi^2/step).
const STEP: f64 = 0.125;

/// Imhof (1961, Biometrika 48, eq. 3.2) with x = 0: P(Q < 0) = 1/2 - 1/pi times the integral over u from 0 to infinity
/// of sin(t(u))/(u r(u)), t = 1/2 sum atan(w_k u), r = prod (1 + w_k^2 u^2)^(1/4). With u = exp(s) the
/// integrand is analytic around the line and falls off exponentially at both ends, where the
/// trapezoidal rule is as good as any.
fn by_inversion(weights: &[f64]) -> f64 {
    let largest = weights.iter().fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
    let integrand = |s: f64| -> f64 {
        let u = s.exp() / largest;
        let (mut angle, mut log_modulus) = (0.0, 0.0);
        for weight in weights {
            let product = weight * u;
            angle += product.atan();
            log_modulus +=
                if product.abs() > 1e100 { 2.0 * product.abs().ln() } else { (product * product).ln_1p() };
        }
        (0.5 * angle).sin() * (-0.25 * log_modulus).exp()
    };
    let mut total = integrand(0.0);
    for direction in [-STEP, STEP] {
        for step in 1..MOST_STEPS {
            let value = integrand(direction * f64::from(step));
            total += value;
            if value.abs() < 1e-18 {
                break;
            }
        }
    }
    (0.5 - STEP * total / std::f64::consts::PI).clamp(0.0, 1.0)
}

/// More steps than the slowest decay, that of two weights, takes.
const MOST_STEPS: u32 = 4_000;

/// P(sum of w_k z_k^2 > 0).
///
/// The inversion of the characteristic function prod (1 - 2 i t w_k)^(-1/2), with the contour laid around the branch
/// cuts on one side (Pan 1968; Farebrother 1980, Applied Statistics 29, AS 153): with the positive weights
/// w_1 >= w_2 >= ..., P(Q > 0) is the sum over j of (-1)^(j-1)/pi times the integral over y from w_2j to w_2j-1 of
/// prod |y/(y - w_k)|^(1/2)/y, where 0 stands for the last w_2j if their number is odd. What remains without the
/// two factors that are infinite at the ends is smooth, if no third weight is near: Gauss-Chebyshev quadrature, with
/// twice the nodes until nothing changes.
fn around_cuts(weights: &[f64]) -> f64 {
    let mut sorted = weights.to_vec();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let positive = sorted.iter().filter(|weight| **weight > 0.0).count();
    let mut last = by_quadrature(&sorted, positive, 16);
    let mut nodes = 32;
    while nodes <= MOST_NODES {
        let next = by_quadrature(&sorted, positive, nodes);
        if (next - last).abs() <= 1e-14 * next.abs() {
            return next;
        }
        last = next;
        nodes *= 2;
    }
    last
}

const MOST_NODES: usize = 1 << 13;

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
            let expected = 1.0 - crate::numerics::f_upper(ratio, f64::from(p), f64::from(q));
            let actual = probability_below_zero(&weights);
            assert!((actual - expected).abs() < 1e-12, "{p} {q} {ratio}: {actual}, {expected}");
        }
    }

    #[test]
    fn weights_may_lie_near_one_another() {
        // chi-squared variables with three and two degrees of freedom, their weights all but equal
        let weights = [1.0, 1.0 + 1e-9, 1.0 - 1e-9, -2.0, -2.0 + 1e-12];
        let expected = 1.0 - crate::numerics::f_upper(2.0 * 2.0 / 3.0, 3.0, 2.0);
        let actual = probability_below_zero(&weights);
        assert!((actual - expected).abs() < 1e-8, "{actual}, {expected}");
    }

    #[test]
    fn far_tails_keep_their_digits() {
        let mut weights = vec![1.0, 0.9];
        weights.extend([-40.0, -41.5, -43.0, -47.0, -52.0]);
        let turned: Vec<f64> = weights.iter().map(|weight| -weight).collect();
        let (far, near) = (1.0 - probability_below_zero(&weights), probability_below_zero(&turned));
        assert!((far - near).abs() < 1e-14, "{far}, {near}");
    }

    #[test]
    fn weights_of_one_sign_leave_no_doubt() {
        assert_eq!(probability_below_zero(&[1.0, 2.0]), 0.0);
        assert_eq!(probability_below_zero(&[-1.0, -2.0]), 1.0);
    }
}
