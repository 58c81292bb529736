//! Dumitrescu and Hurlin's test on panels of up to 1,000 entities and 50 times: seconds with one lag and with two.
//!
//! `cargo bench --profile dev --locked --workspace --bench dumitrescu_hurlin -- [FOLDER]`; each line is a JSON object. In
//! FOLDER it leaves the columns as raw little-endian doubles, a folder for each panel, on which the peers are measured.
#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;
use std::time::Instant;

use polars::prelude::{Column, DataFrame};
use vintner_estimation::SeededGenerator;
use vintner_estimation::{LagOrders, Untestable, dumitrescu_hurlin};
use vintner_panel::Panel;

/// A panel in which x causes y; its columns are also written to `folder`.
fn panel(entities: usize, periods: usize, folder: Option<PathBuf>) -> Panel {
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
    if let Some(folder) = folder {
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, values) in [("y", &y), ("x", &x)] {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            std::fs::write(folder.join(format!("{name}.f64")), bytes).expect("a column");
        }
    }
    let frame = vec![
        Column::new("id".into(), (0..rows).map(|row| format!("{:05}", row / periods)).collect::<Vec<_>>()),
        Column::new("t".into(), (0..rows).map(|row| (row % periods) as i32).collect::<Vec<_>>()),
        Column::new("y".into(), y),
        Column::new("x".into(), x),
    ];
    Panel::new(DataFrame::new(rows, frame).expect("a frame"), "id", "t").expect("a panel")
}

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    for (entities, periods, order) in [(14, 12, 1), (100, 50, 1), (1_000, 50, 1), (1_000, 50, 2)] {
        let own = folder.as_ref().map(|folder| folder.join(format!("{entities}x{periods}")));
        let panel = panel(entities, periods, own);
        let orders = LagOrders::Common(order);
        let run = || dumitrescu_hurlin(&panel, "y", "x", &orders, Untestable::Refuse).expect("a test");
        // Once to warm up, and for the statistic that peers are compared with.
        let (z_tilde, _) = run().z_tilde.value().expect("a statistic");
        let mut seconds: Vec<f64> = (0..9)
            .map(|_| {
                let start = Instant::now();
                let _ = run();
                start.elapsed().as_secs_f64()
            })
            .collect();
        seconds.sort_unstable_by(f64::total_cmp);
        println!(
            "{{\"prog\":\"Vintner\",\"what\":\"Dumitrescu-Hurlin, {order} lag{}\",\"N\":{entities},\"T\":{periods},\"min\":{},\"median\":{},\"values\":[{z_tilde}]}}",
            if order == 1 { "" } else { "s" },
            seconds[0],
            seconds[4]
        );
    }
}
