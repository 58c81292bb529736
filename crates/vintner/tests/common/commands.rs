//! A workspace whose stages are shell commands, so that a test decides how long each takes.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Workspace;

/// Longer than anything takes on the busiest machine: only a run that hangs reaches it.
const HANGS: Duration = Duration::from_secs(90);

/// The vintages `v` and `w` have one source that differs; no stage here reads it with an operation.
const MANIFEST: &str = "\
title: {en: Made for a test}
kind: public
date: 2024-05-01
notice: {en: Made for a test.}
sources:
  - name: towns
    file: towns.csv
    sha256: 0000000000000000000000000000000000000000000000000000000000000000
    format: csv
    entity: town
    time: year
    columns:
      - {column: income, variable: income, unit: dollars}
    citation: made for a test
    licence: none needed
";

impl Workspace {
    /// A workspace with these stages; in them `HERE` is its folder, for what commands leave to be seen
    /// outside of their own folders.
    pub fn of_stages(stages: &str) -> Self {
        let workspace = Self::of_parts(&[]);
        for vintage in ["v", "w"] {
            let folder = format!("data/vintages/{vintage}");
            let manifest = MANIFEST.replace("Made for a test}", &format!("Made for {vintage}}}"));
            workspace.write(&format!("{folder}/vintage.yaml"), &manifest);
            workspace.write(&format!("{folder}/raw/towns.csv"), "town,year,income\nAshby,2001,1\n");
        }
        workspace.write_stages(stages);
        workspace
    }

    /// Puts other stages in the place of those that there are.
    pub fn write_stages(&self, stages: &str) {
        let stages = stages.replace("HERE", self.path("").to_str().unwrap().trim_end_matches('/'));
        self.write(
            "pipeline.yaml",
            &format!("version: 1\nname: trial\nvintage: v\nparams: {{x: 1}}\nstages:\n{stages}"),
        );
    }

    pub fn write(&self, part: &str, text: &str) {
        let path = self.path(part);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The lines that commands wrote into a file, sorted; none where there is no file.
    pub fn lines(&self, part: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(part)).unwrap_or_default();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    /// Waits until a file is there.
    pub fn wait_for(&self, part: &str) {
        wait_until(|| self.path(part).exists(), part);
    }

    /// Takes away files and folders that may be there.
    pub fn remove(&self, parts: &[&str]) {
        for part in parts {
            let path = self.path(part);
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            assert!(removed.is_ok() || !path.exists(), "{removed:?}");
        }
    }
}

/// Waits until something is so.
pub fn wait_until(mut so: impl FnMut() -> bool, what: &str) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < HANGS, "waited for {what} in vain");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How often to try something: `usual` times, or `TRIALS` times as often where that is set.
pub fn trials(usual: usize) -> usize {
    let times = std::env::var("TRIALS").ok().and_then(|times| times.parse().ok());
    usual * times.unwrap_or(1)
}

/// Numbers without a pattern that are the same in each run of a test.
pub struct Moments(u64);

impl Moments {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

/// All files below a folder; one that goes meanwhile doesn't count.
pub fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}
