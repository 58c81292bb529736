//! Texts that people write, changed at random: each is read or refused, in bounded time and memory, and never is
//! there a panic. The corpus is what this repository has of each kind.
//!
//! A few trials by default. `TRIALS=20000 cargo test --workspace --test cli mutated_texts -- --nocapture` makes so many a kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::common::Workspace;
use crate::common::damage::{Chance, damaged, mutated, trials};
use crate::common::towns::{MANIFEST_PATH, small};
use vintner_diagnostics::Document;
use vintner_ingest::{Crosswalk, Manifest};
use vintner_pipeline::Pipeline;
use vintner_reporting::claims::Statement;
use vintner_reporting::{Bibliography, Published, Wording, read_estimates_csv};
use vintner_stages::registry;
use vintner_transform::Expression;

/// Far above what any of these takes, on a machine that does other things too.
const TIME: Duration = Duration::from_secs(20);

/// No fault is a message that nobody reads to its end.
const MESSAGE: usize = 400_000;

fn texts(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| fs::read_to_string(crate::common::repository().join(path)).unwrap()).collect()
}

/// Hands mutations of each text to `read`, whose words for a fault come back.
fn try_all(kind: &str, corpus: &[String], few: u64, read: impl Fn(&str) -> Result<(), String>) {
    let (mut good, mut refused, mut longest) = (0, 0, Duration::ZERO);
    for trial in 0..trials(few) {
        let text = mutated(&corpus[trial as usize % corpus.len()], &mut Chance::of(trial));
        let began = Instant::now();
        let outcome = vintner_guard::quietly(|| read(&text));
        let took = began.elapsed();
        assert!(took < TIME, "{kind}, trial {trial}: {took:?}");
        longest = longest.max(took);
        match outcome {
            Ok(Ok(())) => good += 1,
            Ok(Err(said)) => {
                assert!(said.len() < MESSAGE, "{kind}, trial {trial}: {} bytes of message", said.len());
                refused += 1;
            }
            Err(panic) => panic!("{kind}, trial {trial}: {panic}\n{text}"),
        }
    }
    println!("{kind}: {good} read, {refused} refused, the longest in {longest:.1?}");
}

fn said<T, E: ToString>(result: Result<T, E>) -> Result<(), String> {
    result.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn yaml() {
    let corpus = texts(&["pipeline.yaml", "reports/templates/labels.en.yaml", "data/published/claims.yaml"]);
    try_all("YAML", &corpus, 20, |text| said(Document::parse("a.yaml", text)));
}

#[test]
fn pipelines() {
    let workspace = Workspace::of_paper();
    let corpus =
        [texts(&["pipeline.yaml", "examples/grunfeld/pipeline.yaml"]), vec![small().read("pipeline.yaml")]];
    let registry = registry();
    try_all("pipelines", &corpus.concat(), 12, |text| {
        said(Pipeline::parse(&workspace.path(""), "pipeline.yaml", text, &registry, &BTreeMap::new()))
    });
}

#[test]
fn manifests_and_crosswalks() {
    let corpus =
        texts(&["data/vintages/public-2025/vintage.yaml", "data/vintages/reconstructed/vintage.yaml"]);
    try_all("manifests", &corpus, 20, |text| said(Manifest::parse("vintage.yaml", text)));
    try_all("crosswalks", &texts(&["data/crosswalk/cities.csv"]), 100, |text| {
        said(Crosswalk::parse("cities.csv", text))
    });
}

#[test]
fn files_of_a_report() {
    let folder = "crates/reporting/src/templates";
    let labels = texts(&[&format!("{folder}/labels.en.yaml"), &format!("{folder}/labels.zh.yaml")]);
    try_all("labels", &labels, 10, |text| said(Wording::parse("labels.en.yaml", text)));
    try_all("published tables", &texts(&["data/published/tables.csv"]), 30, |text| {
        said(Published::parse(text, "tables.csv"))
    });
    let references = texts(&["data/references.bib", "crates/reporting/src/templates/references.bib"]);
    try_all("references", &references, 30, |text| {
        said(Bibliography::default().read("references.bib", text, true))
    });
    let estimates = texts(&["reports/reconstructed/estimates.csv"]);
    try_all("estimates", &estimates, 20, |text| said(read_estimates_csv(text, "estimates.csv")));
}

#[test]
fn expressions_and_statements() {
    let expressions = [
        "ln(co2 / population * 100)",
        "CASE WHEN a > 1 AND b IS NOT NULL THEN lag(a, 2) ELSE -b ** 2 END",
        "sum(x) OVER (PARTITION BY city ORDER BY year) / count(*) OVER ()",
        "coalesce(nullif(a, 0), $base.year, 'text', 1.5e-3) BETWEEN 1 AND 2 OR NOT (c IN (1, 2))",
    ]
    .map(str::to_owned);
    try_all("expressions", &expressions, 3_000, |text| said(Expression::parse(text)));
    let claims = texts(&["data/published/claims.yaml"]).concat();
    let statements: Vec<String> = claims
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("statements: [\"")?.strip_suffix("\"]").map(str::to_owned)
        })
        .collect();
    assert!(statements.len() > 10, "{statements:?}");
    try_all("statements", &statements, 3_000, |text| said(Statement::parse(text)));
}

/// A file of a workspace that is its own: what a run left, and what it reads again.
#[test]
fn what_a_run_left_is_read_again_or_made_again() {
    let workspace = small();
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    let files: Vec<PathBuf> = workspace
        .files(".vintner")
        .into_keys()
        .chain(["pipeline.lock", MANIFEST_PATH].map(PathBuf::from))
        .filter(|path| !path.to_string_lossy().contains("/outputs/"))
        .collect();
    let mut codes: BTreeMap<i32, u64> = BTreeMap::new();
    for trial in 0..trials(8) {
        let mut chance = Chance::of(trial);
        let path = workspace.path(&files[chance.below(files.len())].to_string_lossy());
        let Ok(before) = fs::read(&path) else { continue };
        crate::common::overwrite(&path, &damaged(&before, &mut chance));
        for command in [&["status"][..], &["why", "summary"], &["show", "panel"], &["reproduce"]] {
            let output = workspace.vintner(command);
            assert!(
                [0, 1, 2].contains(&output.code),
                "trial {trial}, {path:?}: {}\n{}",
                output.code,
                output.stderr
            );
            assert!(!output.stderr.contains("panicked"), "trial {trial}, {path:?}: {}", output.stderr);
            *codes.entry(output.code).or_default() += 1;
        }
        crate::common::overwrite(&path, &before);
    }
    println!("a run's own files: exit codes {codes:?}");
}
