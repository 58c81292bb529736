//! Quantiles of the distributions that tests refer to: the inverses of the tails in [`crate::distributions`].
//!
//! Each solves ln tail(x) = ln p by Newton's method, kept within a bracket that every evaluation narrows. Quantiles
//! are given by the probability beyond them, so that small ones lose nothing.

use statrs::function::gamma::ln_gamma;

use super::distributions::{chi_squared_upper, f_upper, normal_two_sided, student_t_two_sided};

/// The z with P(|Z| > z) = p, for p in (0, 1].
pub fn normal_two_sided_quantile(p: f64) -> f64 {
    let density = |z: f64| 2.0 * (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    invert(p, &normal_two_sided, &density)
}

/// The t with P(|T| > t) = p for Student's t with `df` degrees of freedom, for p in (0, 1].
pub fn student_t_two_sided_quantile(p: f64, df: f64) -> f64 {
    let constant = ln_gamma((df + 1.0) / 2.0) - ln_gamma(df / 2.0) - 0.5 * (df * std::f64::consts::PI).ln();
    let density = |t: f64| 2.0 * (constant - (df + 1.0) / 2.0 * (t * (t / df)).ln_1p()).exp();
    invert(p, &|t| student_t_two_sided(t, df), &density)
}

/// The x with P(X > x) = p for chi-squared with `df` degrees of freedom, for p in (0, 1].
pub fn chi_squared_upper_quantile(p: f64, df: f64) -> f64 {
    let half = df / 2.0;
    let constant = half * std::f64::consts::LN_2 + ln_gamma(half);
    let density = |x: f64| ((half - 1.0) * x.ln() - x / 2.0 - constant).exp();
    invert(p, &|x| chi_squared_upper(x, df), &density)
}

/// The f with P(F > f) = p for F with these degrees of freedom, for p in (0, 1].
pub fn f_upper_quantile(p: f64, df_numerator: f64, df_denominator: f64) -> f64 {
    let (a, b) = (df_numerator / 2.0, df_denominator / 2.0);
    let constant = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * (df_numerator / df_denominator).ln();
    let density = |x: f64| {
        (constant + (a - 1.0) * x.ln() - (a + b) * (x * df_numerator / df_denominator).ln_1p()).exp()
    };
    invert(p, &|x| f_upper(x, df_numerator, df_denominator), &density)
}

/// The quantile of values in order, linear between two of them (Hyndman and Fan 1996, type 7; R's default); none of
/// no values. `share` is between 0 and 1.
pub(crate) fn of_sorted(values: &[f64], share: f64) -> Option<f64> {
    let place = share * values.len().checked_sub(1)? as f64;
    let (low, high) = (values.get(place.floor() as usize)?, values.get(place.ceil() as usize)?);
    Some(low + (high - low) * (place - place.floor()))
}

/// The point that a decreasing tail from 1 at zero reaches p at. Zero for p = 1 and above, infinite for p = 0 and
/// below.
fn invert(p: f64, tail: &dyn Fn(f64) -> f64, density: &dyn Fn(f64) -> f64) -> f64 {
    if p.is_nan() || p <= 0.0 {
        return if p.is_nan() { p } else { f64::INFINITY };
    }
    if p >= 1.0 {
        return 0.0;
    }
    // A bracket by powers of two: tail(low) >= p > tail(high).
    let (mut low, mut high) = (0.0, 1.0);
    if tail(high) >= p {
        while tail(high) >= p {
            low = high;
            high *= 2.0;
            if !high.is_finite() {
                return f64::INFINITY;
            }
        }
    } else {
        while high > f64::MIN_POSITIVE && tail(high / 2.0) < p {
            high /= 2.0;
        }
        low = high / 2.0;
    }
    let mut x = 0.5 * (low + high);
    for _ in 0..200 {
        let value = tail(x);
        if value >= p {
            low = x;
        } else {
            high = x;
        }
        // Newton on the tail's logarithm where it is small, on the tail itself where it is nearly 1.
        let step = if value < 0.5 { value * (value / p).ln() } else { value - p } / density(x);
        let next = x + step;
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        if (next - x).abs() <= 2.0 * f64::EPSILON * x || high - low <= 2.0 * f64::EPSILON * high {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 1e-12 * expected.abs(), "{actual:e}, reference {expected:e}");
    }

    #[test]
    fn quantiles_agree_with_closed_forms_and_tables() {
        close(normal_two_sided_quantile(0.05), 1.959_963_984_540_054);
        close(normal_two_sided_quantile(0.01), 2.575_829_303_548_901);
        // P(|T| > t) = 1 - 2/pi atan(t) with one degree of freedom, 1 - t/sqrt(2 + t^2) with two
        close(student_t_two_sided_quantile(0.05, 1.0), (0.475 * std::f64::consts::PI).tan());
        close(student_t_two_sided_quantile(0.1, 2.0), (2.0 * 0.81_f64 / 0.19).sqrt());
        close(student_t_two_sided_quantile(0.05, 1e6), 1.959_966_356_814_107);
        // chi-squared with two degrees of freedom is exponential
        for p in [0.999, 0.5, 0.05, 1e-8, 1e-300] {
            close(chi_squared_upper_quantile(p, 2.0), -2.0 * f64::ln(p));
        }
        // P(F > f) = (1 + 2f/d)^(-d/2) with two degrees of freedom in the numerator
        for p in [0.9_f64, 0.05, 1e-10] {
            close(f_upper_quantile(p, 2.0, 7.0), 3.5 * (p.powf(-2.0 / 7.0) - 1.0));
        }
    }

    #[test]
    fn quantiles_are_where_the_tails_are_what_was_asked_for() {
        for p in [0.99, 0.9, 0.5, 0.1, 0.05, 1e-3, 1e-12, 1e-100] {
            for df in [0.5, 1.0, 3.0, 17.0, 300.0, 2e6] {
                let relative = |tail: f64| ((tail - p) / p).abs();
                let x = student_t_two_sided_quantile(p, df);
                // of few degrees of freedom the far tail is beyond double precision
                if x.is_finite() && x < 1e100 {
                    assert!(relative(student_t_two_sided(x, df)) < 1e-10, "t {p} {df}");
                }
                let x = chi_squared_upper_quantile(p, df);
                assert!(relative(chi_squared_upper(x, df)) < 1e-9, "chi-squared {p} {df}: {x}");
                let x = f_upper_quantile(p, 3.0, df);
                if x.is_finite() && x < 1e100 {
                    assert!(relative(f_upper(x, 3.0, df)) < 1e-9, "F {p} {df}: {x}");
                }
            }
        }
        assert_eq!(normal_two_sided_quantile(1.0), 0.0);
        assert_eq!(normal_two_sided_quantile(0.0), f64::INFINITY);
    }
}
