//! Dumitrescu and Hurlin's test on 1,000 entities and 50 times: seconds with one lag and with two.
//!
//! `cargo bench --profile dev --locked --workspace --bench dumitrescu_hurlin`; each line is a JSON object.
#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)]

use std::time::Instant;

use polars::prelude::{Column, DataFrame};
use vintner_estimation::reconstruction::SeededGenerator;
use vintner_estimation::{LagOrders, Untestable, dumitrescu_hurlin};
use vintner_panel::Panel;

fn main() {
    let (entities, periods) = (1_000, 50);
    let rows = entities * periods;
    let mut draw = SeededGenerator::new(7);
    let (mut y, mut x) = (vec![0.0; rows], vec![0.0; rows]);
    for row in 0..rows {
        x[row] = draw.normal();
        y[row] = draw.normal();
        if row % periods > 0 {
            y[row] += 0.4 * y[row - 1] + 0.1 * x[row - 1];
        }
    }
    let frame = vec![
        Column::new("id".into(), (0..rows).map(|row| format!("{:05}", row / periods)).collect::<Vec<_>>()),
        Column::new("t".into(), (0..rows).map(|row| (row % periods) as i32).collect::<Vec<_>>()),
        Column::new("y".into(), y),
        Column::new("x".into(), x),
    ];
    let panel = Panel::new(DataFrame::new(rows, frame).expect("a frame"), "id", "t").expect("a panel");
    for order in [1, 2] {
        let orders = LagOrders::Common(order);
        let run = || dumitrescu_hurlin(&panel, "y", "x", &orders, Untestable::Refuse).expect("a test");
        let _ = run();
        let mut seconds: Vec<f64> = (0..9)
            .map(|_| {
                let start = Instant::now();
                let _ = run();
                start.elapsed().as_secs_f64()
            })
            .collect();
        seconds.sort_unstable_by(f64::total_cmp);
        println!(
            "{{\"prog\":\"Vintner\",\"what\":\"Dumitrescu-Hurlin, {order} lags\",\"N\":{entities},\"T\":{periods},\"min\":{},\"median\":{}}}",
            seconds[0], seconds[4]
        );
    }
}
