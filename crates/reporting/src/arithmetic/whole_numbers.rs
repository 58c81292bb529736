//! Means, shares and standard deviations of whole numbers, which can't be just any number.

use super::asking::Asking;
use super::bounds::Bounds;
use super::finding::Rule;
use crate::models::PrintedRow;

/// Of more sums than this, some deviation fits one.
const MOST_SUMS: f64 = 10_000.0;
/// What doubles leave of a whole number.
const SLACK: f64 = 1e-9;

/// Asks whether a mean or a share of n whole numbers can be what is printed, and a standard deviation beside it.
///
/// A mean of n whole numbers is a whole number over n (Brown and Heathers 2017); `items` whole numbers a person make it
/// one over n times `items`. Of n whole numbers with sum S the sum of squares is whole, too, and even where S is (Anaya
/// 2016).
pub(super) fn check(asking: &mut Asking<'_>, row: &PrintedRow, n: Option<f64>) {
    let Some(n) = n.filter(|n| *n >= 1.0) else { return };
    let items = row.numbers.get("items").map_or(1.0, |number| number.value()).max(1.0);
    for name in ["mean", "share"] {
        let Some(printed) = row.numbers.get(name).filter(|_| row.is_whole || name == "share") else {
            continue;
        };
        // A share above one is printed in percent.
        let scale = if name == "share" && printed.value() > 1.0 { 0.01 } else { 1.0 };
        let sums = Bounds::of(printed).times(scale * n * items);
        let (first, last) = ((sums.low - SLACK).ceil(), (sums.high + SLACK).floor());
        asking.ask(row, name, Rule::Mean, first <= last, || {
            let printed = printed.text();
            format!("{printed} is printed; {} whole numbers would have a sum of {sums}", n * items)
        });
        if name == "mean" && first <= last && items == 1.0 {
            deviation(asking, row, n, (first, last));
        }
    }
}

fn deviation(asking: &mut Asking<'_>, row: &PrintedRow, n: f64, (first, last): (f64, f64)) {
    let Some(printed) = row.numbers.get("sd") else { return };
    if n < 2.0 || last - first > MOST_SUMS {
        return;
    }
    let bounds = Bounds::of(printed);
    let mut fits = false;
    let mut sum = first;
    while sum <= last && !fits {
        let of = |deviation: f64| deviation.max(0.0).powi(2) * (n - 1.0) + sum * sum / n;
        let slack = SLACK * of(bounds.high).abs().max(1.0);
        let (mut squares, most) = ((of(bounds.low) - slack).ceil(), (of(bounds.high) + slack).floor());
        // Squares have the parity of what they are of.
        if (squares - sum).rem_euclid(2.0) != 0.0 {
            squares += 1.0;
        }
        fits = squares <= most;
        sum += 1.0;
    }
    asking.ask(row, "sd", Rule::Deviation, fits, || {
        format!("{} is printed; no {n} whole numbers with that mean have it", printed.text())
    });
}
