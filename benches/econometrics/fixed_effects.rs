//! Fixed effects with clustered errors on a panel of raw columns, timed. Driven by `bench.py`, which makes the
//! columns and measures other programs on the same ones; see benches/README.md.
//!
//! Arguments: a folder with `id.i32`, `t.i32`, `y.f64`, `x1.f64`, ... (little-endian). Each line on standard
//! input is a set of effects, `id` or `id+t`; each is answered by a line of JSON. With `--write` the columns are
//! written to `panel.parquet` instead, sorted; with `--chunked` that file is read a row group at a time.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use polars::prelude::{Column, DataFrame, ParquetWriter};
use vintner_estimation::{
    Covariance, Fit, FixestEffects, Formula, Model, SmallSample, estimate, estimate_chunked,
};
use vintner_panel::{Panel, ParquetPanel};

fn column<const SIZE: usize, T>(folder: &Path, name: &str, from: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
    let bytes = std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    bytes.as_chunks::<SIZE>().0.iter().map(|chunk| from(*chunk)).collect()
}

/// The regressors that there are columns of.
fn names(folder: &Path) -> Vec<String> {
    (1..).map(|k| format!("x{k}")).take_while(|name| folder.join(format!("{name}.f64")).is_file()).collect()
}

fn frame(folder: &Path) -> (DataFrame, Vec<String>) {
    let mut columns = vec![
        Column::new("id".into(), column(folder, "id.i32", i32::from_le_bytes)),
        Column::new("t".into(), column(folder, "t.i32", i32::from_le_bytes)),
        Column::new("y".into(), column(folder, "y.f64", f64::from_le_bytes)),
    ];
    let regressors = names(folder);
    for name in &regressors {
        columns.push(Column::new(
            name.as_str().into(),
            column(folder, &format!("{name}.f64"), f64::from_le_bytes),
        ));
    }
    let height = columns[0].len();
    (DataFrame::new(height, columns).expect("columns of one length"), regressors)
}

/// A line of /proc/self/status, in bytes.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) * 1024
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
        println!("give a folder of columns; benches/econometrics/bench.py makes them");
        return;
    };
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let folder = Path::new(&folder);
    if has("--write") {
        let (frame, _) = frame(folder);
        let panel = Panel::new(frame, "id", "t").expect("a panel");
        let file = std::fs::File::create(folder.join("panel.parquet")).expect("a file");
        ParquetWriter::new(file).finish(&mut panel.frame().clone()).expect("a written file");
        return;
    }
    let chunked = has("--chunked");
    let (frame, regressors) = if chunked { (DataFrame::empty(), names(folder)) } else { frame(folder) };
    println!("{{\"ready\": true, \"rows\": {}}}", frame.height());
    for line in std::io::stdin().lock().lines() {
        let effects = line.expect("a line");
        // The peak counts from here.
        std::fs::write("/proc/self/clear_refs", "5").ok();
        let resident = memory("VmRSS");
        let (processor, start) = (processor_time(), Instant::now());
        let (fit, panel_seconds) = match chunked {
            true => (run_chunked(folder, &regressors, effects.trim()), 0.0),
            false => run(&frame, &regressors, effects.trim()),
        };
        let seconds = start.elapsed().as_secs_f64();
        let numbers = |pick: fn(&vintner_estimation::Coefficient) -> f64| {
            fit.coefficients.iter().map(|one| format!("{:e}", pick(one))).collect::<Vec<_>>().join(", ")
        };
        println!(
            "{{\"seconds\": {seconds}, \"panel\": {panel_seconds}, \"processor\": {}, \"extra\": {}, \"coef\": [{}], \"se\": [{}]}}",
            processor_time() - processor,
            memory("VmHWM").saturating_sub(resident),
            numbers(|one| one.estimate),
            numbers(|one| one.std_error.unwrap_or(f64::NAN)),
        );
        std::io::stdout().flush().expect("standard output");
    }
}

fn model(effects: &str) -> Model {
    match effects {
        "id" => Model::Within,
        "id+t" => Model::WithinTwoWay,
        other => panic!("no effects `{other}`"),
    }
}

/// Clustered by `id`, with fixest's default factor.
fn clustered() -> Covariance {
    Covariance::clustered(SmallSample::Fixest { k_adj: true, k_fixef: FixestEffects::Nonnested, g_adj: true })
}

fn run_chunked(folder: &Path, regressors: &[String], effects: &str) -> Fit {
    let mut source = ParquetPanel::new(folder.join("panel.parquet"), "id", "t");
    let formula = Formula::new("y", regressors);
    let found = estimate_chunked(&mut source, &formula, model(effects), &clustered()).expect("an outcome");
    found.outcome.fit().unwrap_or_else(|| panic!("{:?}", found.outcome.reason())).clone()
}

fn run(frame: &DataFrame, regressors: &[String], effects: &str) -> (Fit, f64) {
    let start = Instant::now();
    let panel = Panel::new(frame.clone(), "id", "t").expect("a panel");
    let panel_seconds = start.elapsed().as_secs_f64();
    let outcome =
        estimate(&panel, &Formula::new("y", regressors), model(effects), &clustered()).expect("an outcome");
    (outcome.fit().unwrap_or_else(|| panic!("{:?}", outcome.reason())).clone(), panel_seconds)
}
