//! A coefficient with its error, its t, its p, its stars and its interval.

use vintner_estimation::ReferenceDistribution;

use super::asking::Asking;
use super::bounds::Bounds;
use super::finding::Rule;
use crate::models::PrintedRow;
use crate::stars::StarLevels;

/// What t may be distributed as: with the printed degrees of freedom t alone; else the normal, t with n less the
/// coefficients, and t with the clusters less one, as far as these are printed.
pub(super) fn references(
    df: Option<f64>,
    n: Option<f64>,
    clusters: Option<f64>,
    terms: usize,
) -> Vec<ReferenceDistribution> {
    let whole = |value: f64| (1.0..1e12).contains(&value).then_some(value.round() as usize);
    let t = |df: Option<usize>| df.map(|df| ReferenceDistribution::StudentT { df });
    if let Some(df) = df.and_then(whole) {
        return vec![ReferenceDistribution::StudentT { df }];
    }
    let Some(n) = n.and_then(whole) else { return Vec::new() };
    let clusters = clusters.and_then(whole).and_then(|clusters| clusters.checked_sub(1)).filter(|df| *df > 0);
    let left = n.checked_sub(terms).filter(|df| *df > 0);
    [Some(ReferenceDistribution::Normal), t(left), t(clusters)].into_iter().flatten().collect()
}

/// Asks all that can be asked of one coefficient.
pub(super) fn check(
    asking: &mut Asking<'_>,
    row: &PrintedRow,
    of: &[ReferenceDistribution],
    levels: &StarLevels,
    level: f64,
) {
    let bounds = |name: &str| row.numbers.get(name).map(Bounds::of);
    let text = |name: &str| row.numbers.get(name).map(|number| number.text().to_owned()).unwrap_or_default();
    let (estimate, error) = (bounds("estimate"), bounds("std_error"));
    let mut sizes = match (estimate, error) {
        (Some(estimate), Some(error)) => {
            Some(estimate.size().over(Bounds { low: error.low.max(0.0), ..error }))
        }
        _ => None,
    };
    if let Some(statistic) = bounds("statistic") {
        match sizes {
            Some(allowed) => {
                let opposite = estimate.is_some_and(|estimate| {
                    (estimate.low > 0.0 && statistic.high < 0.0)
                        || (estimate.high < 0.0 && statistic.low > 0.0)
                });
                let fits = statistic.size().meets(allowed) && !opposite;
                asking.ask(row, "statistic", Rule::Statistic, fits, || {
                    let (b, se, t) = (text("estimate"), text("std_error"), text("statistic"));
                    match opposite {
                        true => format!("{t} is printed, with another sign than the coefficient's {b}"),
                        false => format!("{t} is printed; {b} over {se} is {allowed} before its sign"),
                    }
                });
                if fits {
                    let own = statistic.size();
                    sizes = Some(Bounds { low: own.low.max(allowed.low), high: own.high.min(allowed.high) });
                }
            }
            None => sizes = Some(statistic.size()),
        }
    }
    if let (Some(sizes), false) = (sizes, of.is_empty()) {
        let p_values = of.iter().map(|reference| {
            let at = |size: f64| if size.is_finite() { reference.two_sided(size) } else { 0.0 };
            Bounds::new(at(sizes.high.max(sizes.low)), at(sizes.low.min(sizes.high)))
        });
        let allowed: Vec<Bounds> = p_values.collect();
        let hull = allowed.iter().copied().reduce(Bounds::hull);
        if let (Some(printed), Some(hull)) = (bounds("p_value"), hull) {
            asking.ask(row, "p_value", Rule::PValue, allowed.iter().any(|one| one.meets(printed)), || {
                format!("{} is printed; by {} it is {hull}", text("p_value"), by(row))
            });
        }
        if let (Some(stars), Some(hull)) = (row.stars, hull) {
            let (fewest, most) = (levels.stars(hull.high).count(), levels.stars(hull.low).count());
            asking.ask(row, "stars", Rule::Stars, (fewest..=most).contains(&stars.count()), || {
                let earned = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
                format!(
                    "{} stars are printed; by {} p is {hull}, which earns {earned}",
                    stars.count(),
                    by(row)
                )
            });
        }
    }
    interval(asking, row, (estimate, error), of, level);
}

/// What the statistic was computed from, for a message.
fn by(row: &PrintedRow) -> &'static str {
    match (row.numbers.contains_key("std_error"), row.numbers.contains_key("statistic")) {
        (true, true) => "coefficient, error and t",
        (true, false) => "coefficient and error",
        _ => "t",
    }
}

fn interval(
    asking: &mut Asking<'_>,
    row: &PrintedRow,
    (estimate, error): (Option<Bounds>, Option<Bounds>),
    of: &[ReferenceDistribution],
    level: f64,
) {
    let bounds = |name: &str| row.numbers.get(name).map(Bounds::of);
    let Some(estimate) = estimate else { return };
    let ends = (bounds("conf_low"), bounds("conf_high"));
    if let (Some(error), false) = (error, of.is_empty()) {
        for (name, end, sign) in [("conf_low", ends.0, -1.0), ("conf_high", ends.1, 1.0)] {
            let Some(end) = end else { continue };
            let allowed: Vec<Bounds> =
                of.iter().map(|one| estimate.plus(error.times(sign * one.critical(level)))).collect();
            let hull = allowed.iter().copied().reduce(Bounds::hull);
            asking.ask(row, name, Rule::Interval, allowed.iter().any(|one| one.meets(end)), || {
                let printed = row.numbers.get(name).map(|number| number.text()).unwrap_or_default();
                let hull = hull.map(|hull| hull.to_string()).unwrap_or_default();
                format!("{printed} is printed; by coefficient and error it is {hull}")
            });
        }
    } else if let (Some(low), Some(high)) = ends {
        let middle = low.plus(high).times(0.5);
        asking.ask(row, "conf_low", Rule::Interval, middle.meets(estimate), || {
            let printed = row.numbers.get("estimate").map(|number| number.text()).unwrap_or_default();
            format!("the middle of the interval is {middle}, the coefficient {printed}")
        });
    }
}
