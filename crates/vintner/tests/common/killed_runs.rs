//! Runs on a cluster of which something is killed again and again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Workspace;
use super::commands::files_below;

/// Fourteen branches: one, twelve of a fifth of a second each, and one that joins them.
pub const STAGES: &str = r#"
  start:
    run: "echo 1 > out.txt"
    outputs: {text: out.txt}
  each:
    run: "sleep 0.2; cat inputs/start.txt params.json > out.txt"
    foreach: [a, b, c, d, e, f, g, h, i, j, k, l]
    inputs: {start: start}
    params: {of: $item}
    outputs: {text: out.txt}
  all:
    run: "cat inputs/each/*.txt > out.txt"
    inputs: {each: each}
    outputs: {text: out.txt}
    publish: {text: "out/{vintage}/all.txt"}
"#;

/// What a run made: files that it published, outputs, objects.
pub fn made(workspace: &Workspace) -> BTreeMap<PathBuf, Vec<u8>> {
    let here = workspace.path("");
    let files =
        ["out", ".vintner/outputs", ".vintner/v1/objects"].map(|part| files_below(&workspace.path(part)));
    let relative = |path: &Path| path.strip_prefix(&here).unwrap().to_owned();
    files.into_iter().flatten().map(|path| (relative(&path), fs::read(&path).unwrap())).collect()
}

/// Kills all workers of this workspace's runs.
pub fn kill_workers(workspace: &Workspace) {
    let here = workspace.path("");
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let said = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let is_worker = said.split('\0').any(|argument| argument == "worker");
        if is_worker && said.contains(here.to_str().unwrap().trim_end_matches('/')) {
            let number = process.file_name();
            let _ = Command::new("kill").arg("-9").arg(number).status();
        }
    }
}
