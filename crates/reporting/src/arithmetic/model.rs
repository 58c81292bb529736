//! What a table says of a model: R2, F, observations.

use super::asking::Asking;
use super::bounds::Bounds;
use super::finding::Rule;
use crate::models::PrintedRow;

/// Asks all that can be asked of what is said of one model.
pub(super) fn check(asking: &mut Asking<'_>, row: &PrintedRow) {
    let bounds = |name: &str| row.numbers.get(name).map(Bounds::of);
    let value = |name: &str| row.numbers.get(name).map(|number| number.value());
    let text = |name: &str| row.numbers.get(name).map(|number| number.text().to_owned()).unwrap_or_default();
    let (Some(squared), Some(n), Some(df)) = (bounds("r_squared"), value("n_obs"), value("df")) else {
        return;
    };
    if df <= 0.0 || n <= df {
        return;
    }
    if let Some(adjusted) = bounds("r_squared_adjusted") {
        let of = |squared: f64| 1.0 - (1.0 - squared) * (n - 1.0) / df;
        let allowed = Bounds::new(of(squared.low), of(squared.high));
        asking.ask(row, "r_squared_adjusted", Rule::AdjustedRSquared, allowed.meets(adjusted), || {
            let (printed, plain) = (text("r_squared_adjusted"), text("r_squared"));
            format!(
                "{printed} is printed; with R2 {plain}, n {n} and {df} degrees of freedom it is {allowed}"
            )
        });
    }
    let restrictions = value("df_model").unwrap_or(n - 1.0 - df);
    if let (Some(f), true) = (bounds("f_statistic"), restrictions >= 1.0) {
        let of = |squared: f64| {
            let squared = squared.clamp(0.0, 1.0);
            if squared < 1.0 { squared / restrictions / ((1.0 - squared) / df) } else { f64::INFINITY }
        };
        let allowed = Bounds::new(of(squared.low), of(squared.high));
        asking.ask(row, "f_statistic", Rule::F, allowed.meets(f), || {
            let (printed, plain) = (text("f_statistic"), text("r_squared"));
            format!("{printed} is printed; with R2 {plain}, {restrictions} and {df} degrees of freedom it is {allowed}")
        });
    }
}
