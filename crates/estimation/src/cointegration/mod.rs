//! Tests of the null hypothesis that the variables of an equation aren't cointegrated, in a panel: [`kao`] (one slope for
//! all entities) and [`pedroni`] (slopes of their own).
//!
//! Rows with a variable missing are left out; a hole in what is left of an entity is a reason why it can't be tested.
//! Reads [`unit_root`](crate::unit_root), whose regressions and long-run variances it takes, and all below.
//! docs/methods/cointegration.md says which option of which program each option equals.
//!
//! ```
//! # use polars::prelude::{Column, DataFrame};
//! use vintner_estimation::Formula;
//! use vintner_estimation::cointegration::{PedroniOptions, pedroni};
//! # use vintner_panel::Panel;
//! # let (mut firm, mut year, mut x, mut y) = (vec![], vec![], vec![], vec![]);
//! # for (unit, name) in ["a", "b", "c"].into_iter().enumerate() {
//! #     let mut level = 0.0;
//! #     for t in 0..30_i32 {
//! #         level += f64::from((t * 7 + unit as i32 * 5) % 11) - 5.0;
//! #         let noise = f64::from((t * 13 + unit as i32) % 7) - 3.0;
//! #         firm.push(name); year.push(t); x.push(level); y.push(2.0 * level + noise);
//! #     }
//! # }
//! # let columns = vec![Column::new("firm".into(), firm), Column::new("year".into(), year),
//! #     Column::new("x".into(), x), Column::new("y".into(), y)];
//! # let panel = Panel::new(DataFrame::new(90, columns)?, "firm", "year")?;
//! let found = pedroni(&panel, &Formula::new("y", &["x"]), &PedroniOptions::default())?;
//! let group_t = found.statistics.iter().find(|statistic| statistic.name == "group PP");
//! assert!(group_t.and_then(|statistic| statistic.outcome.test()).is_some_and(|test| test.p_value < 0.01));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod kao;
mod moments;
mod pedroni;
mod series;
mod statistic;

pub use kao::{Divisor, Kao, KaoOptions, KaoParts, kao};
pub use pedroni::{
    AdfVariance, Pedroni, PedroniOptions, PedroniParts, PedroniUnit, PedroniUnitOutcome, pedroni,
};
pub use statistic::CointegrationStatistic;
