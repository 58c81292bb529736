//! Effects that hardly separate, timed. Driven by `hard_panels.py`, which makes the columns and measures pyfixest on the same
//! ones; see benches/README.md.
//!
//! Argument: a folder with `worker.i32`, `firm.i32`, `year.i32`, `other.i32`, `y.f64`, `x1.f64`, `x2.f64` (little-endian),
//! sorted by worker, then year. Each line on standard input names effects (`entity firm time`); each is answered by a line of JSON.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use polars::prelude::{Column, DataFrame};
use vintner_estimation::{Covariance, Formula, Model, SmallSample, estimate};
use vintner_panel::Panel;

fn column<const SIZE: usize, T>(folder: &Path, name: &str, from: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
    let bytes = std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    bytes.as_chunks::<SIZE>().0.iter().map(|chunk| from(*chunk)).collect()
}

/// User and system time of this process, in seconds.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let field =
        |at: usize| after.split_whitespace().nth(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (field(11) + field(12)) / 100.0
}

fn main() {
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        println!("give a folder of columns; benches/econometrics/hard_panels.py makes them");
        return;
    };
    let folder = Path::new(&folder);
    let mut columns = Vec::new();
    for name in ["worker", "year", "firm", "other"] {
        columns.push(Column::new(name.into(), column(folder, &format!("{name}.i32"), i32::from_le_bytes)));
    }
    for name in ["y", "x1", "x2"] {
        columns.push(Column::new(name.into(), column(folder, &format!("{name}.f64"), f64::from_le_bytes)));
    }
    let frame = DataFrame::new(columns[0].len(), columns).expect("columns of one length");
    let panel = Panel::new(frame, "worker", "year").expect("a panel");
    println!("{{\"ready\": true}}");
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let effects: Vec<&str> = line.split_whitespace().collect();
        let (used, start) = (processor_time(), Instant::now());
        let formula = Formula::new("y", &["x1", "x2"]).with_effects(&effects).expect("effects");
        let clustered = Covariance::clustered(SmallSample::default());
        let outcome = estimate(&panel, &formula, Model::Within, &clustered).expect("an outcome");
        let seconds = start.elapsed().as_secs_f64();
        let seconds = format!("\"seconds\": {seconds}, \"processor\": {}", processor_time() - used);
        match outcome.fit() {
            Some(fit) => {
                let coef: Vec<String> =
                    fit.coefficients.iter().map(|one| format!("{:e}", one.estimate)).collect();
                println!("{{{seconds}, \"coef\": [{}]}}", coef.join(", "));
            }
            None => {
                println!("{{{seconds}, \"failed\": \"{:?}\"}}", outcome.reason().map(ToString::to_string))
            }
        }
        std::io::stdout().flush().expect("standard output");
    }
}
