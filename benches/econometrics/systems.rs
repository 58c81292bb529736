//! Systems of three equations: `cargo bench --profile dev --locked --workspace --bench systems -- FOLDER`.
//!
//! FOLDER holds the columns y1 to y3 and z1 to z6 as raw little-endian doubles, which
//! `benches/econometrics/systems.py generate FOLDER` writes; without it there is nothing to do. A line of JSON
//! for each estimator: from the panel in memory to coefficients and standard errors.
#![allow(missing_docs, clippy::expect_used)]

use std::path::Path;
use std::time::Instant;

use polars::prelude::{Column, DataFrame};
use vintner_estimation::PanelKey;
use vintner_estimation::systems::{
    Equation, Iteration, ResidualCovariance, System, SystemCovariance, SystemEstimator, SystemOptions,
};
use vintner_panel::Panel;

const REPETITIONS: usize = 7;

fn main() {
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        println!("skipped: no folder of columns named");
        return;
    };
    let panel = panel(Path::new(&folder));
    let with_instruments = System::new(vec![
        Equation::new("a", "y1", &["y2", "y3", "z1", "z2"]),
        Equation::new("b", "y2", &["y1", "y3", "z3", "z4"]),
        Equation::new("c", "y3", &["y1", "y2", "z5", "z6"]),
    ]);
    let unrelated = System::new(vec![
        Equation::new("a", "y1", &["z1", "z2", "z3", "z4", "z5"]),
        Equation::new("b", "y2", &["z3", "z4", "z1", "z2", "z5"]),
        Equation::new("c", "y3", &["z5", "z6", "z1", "z2", "z3"]),
    ]);
    let classical = SystemCovariance::Classical;
    let robust = SystemCovariance::Robust { debiased: false };
    let cluster = SystemCovariance::Cluster { by: PanelKey::Entity, debiased: false, group_debias: false };
    let once = None;
    let again = Some(Iteration { steps: 100, tolerance: 1e-6 });
    for (what, system, estimator, covariance, iterate) in [
        ("SUR", &unrelated, SystemEstimator::Sur, classical, once),
        ("SUR robust", &unrelated, SystemEstimator::Sur, robust, once),
        ("2SLS", &with_instruments, SystemEstimator::TwoStage, classical, once),
        ("3SLS", &with_instruments, SystemEstimator::ThreeStage, classical, once),
        ("3SLS robust", &with_instruments, SystemEstimator::ThreeStage, robust, once),
        ("3SLS clustered", &with_instruments, SystemEstimator::ThreeStage, cluster, once),
        ("3SLS iterated", &with_instruments, SystemEstimator::ThreeStage, classical, again),
    ] {
        let options = SystemOptions {
            residual_covariance: ResidualCovariance::NoDfCor,
            covariance,
            iterate,
            ..SystemOptions::default()
        };
        let mut seconds = Vec::new();
        let mut coefficients = Vec::new();
        for _ in 0..REPETITIONS {
            let start = Instant::now();
            let prepared = system.prepare(&panel).expect("a system");
            let outcome = prepared.estimate(estimator, &options).expect("an outcome");
            seconds.push(start.elapsed().as_secs_f64());
            let fit = outcome.fit().expect("a fit");
            coefficients = fit.coefficients().map(|one| one.estimate).take(5).collect();
        }
        let line = Line { what, rows: panel.height(), seconds, coefficients };
        println!("{}", line.json());
    }
}

struct Line<'a> {
    what: &'a str,
    rows: usize,
    seconds: Vec<f64>,
    coefficients: Vec<f64>,
}

impl Line<'_> {
    fn json(&self) -> String {
        let mut sorted = self.seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[sorted.len() / 2];
        format!(
            "{{\"prog\": \"vintner\", \"what\": \"{}\", \"rows\": {}, \"median\": {median:.6}, \"min\": {:.6}, \"coef\": {:?}}}",
            self.what, self.rows, sorted[0], self.coefficients
        )
    }
}

/// The columns as a panel of entities of 100 rows.
fn panel(folder: &Path) -> Panel {
    let column = |name: &str| -> Vec<f64> {
        let bytes = std::fs::read(folder.join(format!("{name}.f64"))).expect(name);
        bytes.chunks_exact(8).filter_map(|part| part.try_into().ok().map(f64::from_le_bytes)).collect()
    };
    let names = ["y1", "y2", "y3", "z1", "z2", "z3", "z4", "z5", "z6"];
    let height = column("y1").len();
    let entities: Vec<String> = (0..height).map(|row| format!("{:08}", row / 100)).collect();
    let times: Vec<i32> = (0..height).map(|row| (row % 100) as i32).collect();
    let mut columns = vec![Column::new("entity".into(), entities), Column::new("time".into(), times)];
    columns.extend(names.iter().map(|name| Column::new((*name).into(), column(name))));
    Panel::new(DataFrame::new(height, columns).expect("a frame"), "entity", "time").expect("a panel")
}
