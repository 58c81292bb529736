//! Bootstraps of a fixed-effects fit: seconds for 1,000 pairs-cluster and 9,999 wild-cluster replications.
//!
//! `cargo bench --profile dev --locked --workspace --bench bootstrap -- [FOLDER]`; each line is a JSON object. In FOLDER
//! it leaves the columns as raw little-endian doubles, a folder for each panel, on which the peers are measured.
#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;
use std::time::Instant;

use polars::prelude::{Column, DataFrame};
use vintner_estimation::SeededGenerator;
use vintner_estimation::bootstrap::{Bootstrap, PairsBootstrap, WildBootstrap};
use vintner_estimation::{Formula, Model, Sample};
use vintner_panel::Panel;

/// y = x'b + a_i + e with three regressors that depend on a_i; its columns are also written to `folder`.
fn panel(entities: usize, periods: usize, folder: Option<PathBuf>) -> Panel {
    let mut draw = SeededGenerator::new(5);
    let effects: Vec<f64> = (0..entities).map(|_| draw.normal()).collect();
    let rows = entities * periods;
    let mut columns = vec![vec![0.0; rows]; 4];
    for row in 0..rows {
        let effect = effects[row / periods];
        let x: Vec<f64> = (0..3).map(|_| draw.normal() + 0.5 * effect).collect();
        columns[0][row] = x[0] - 0.5 * x[1] + 0.2 * x[2] + effect + draw.normal();
        (0..3).for_each(|at| columns[at + 1][row] = x[at]);
    }
    let mut frame = vec![
        Column::new("id".into(), (0..rows).map(|row| format!("{:05}", row / periods)).collect::<Vec<_>>()),
        Column::new("t".into(), (0..rows).map(|row| (row % periods) as i32).collect::<Vec<_>>()),
    ];
    for (name, values) in ["y", "x1", "x2", "x3"].iter().zip(columns) {
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).expect("a folder");
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            std::fs::write(folder.join(format!("{name}.f64")), bytes).expect("a column");
        }
        frame.push(Column::new((*name).into(), values));
    }
    Panel::new(DataFrame::new(rows, frame).expect("a frame"), "id", "t").expect("a panel")
}

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    for (entities, periods) in [(14, 12), (1000, 20)] {
        let own = folder.as_ref().map(|folder| folder.join(format!("{entities}x{periods}")));
        let panel = panel(entities, periods, own);
        let sample = Sample::new(&panel, &Formula::new("y", &["x1", "x2", "x3"])).expect("a sample");
        let estimated = Model::Within.estimate(&sample).expect("an estimate");
        let pairs =
            Bootstrap::PairsCluster(PairsBootstrap { replications: 1_000, ..PairsBootstrap::default() });
        let wild = Bootstrap::WildCluster(WildBootstrap::default());
        for (what, options) in
            [("pairs_cluster 1000", pairs), ("wild_cluster 9999, all coefficients, intervals", wild)]
        {
            // Once to warm up, and for what peers are compared with: standard errors of pairs, p-values of wild.
            let fit = estimated.bootstrap(&options, 1).expect("a bootstrap");
            let values: Vec<f64> = fit
                .coefficients
                .iter()
                .filter_map(|one| if what.starts_with("pairs") { one.std_error } else { one.p_value })
                .collect();
            let mut seconds: Vec<f64> = (0..9)
                .map(|_| {
                    let start = Instant::now();
                    let _ = estimated.bootstrap(&options, 1).expect("a bootstrap");
                    start.elapsed().as_secs_f64()
                })
                .collect();
            seconds.sort_unstable_by(f64::total_cmp);
            println!(
                "{{\"prog\":\"Vintner\",\"what\":\"{what}\",\"N\":{entities},\"T\":{periods},\"min\":{},\"median\":{},\"values\":{values:?}}}",
                seconds[0], seconds[4]
            );
        }
    }
}
