//! Runs on a cluster of which something is killed again and again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::Workspace;
use super::commands::{Moments, files_below};
use super::running::Running;

/// A cluster of this machine, whose queue can be killed.
pub trait Cluster {
    /// What `kill_queue` kills.
    const QUEUE: &str;

    /// How long, in milliseconds, a run goes on at least and at most until something is killed.
    const PAUSES: (u64, u64);

    /// How long the queue may take to notice that a job has ended.
    const PATIENCE: Duration;

    /// Begins a run.
    fn start(&self, workspace: &Workspace) -> Running;

    /// Kills what keeps the queue, and begins it again after a while.
    fn kill_queue(&mut self, pause: Duration);

    /// What an operator does now and then for jobs that wait.
    fn attend(&self) {}

    /// The jobs that wait or run, a line each.
    fn jobs(&self) -> Vec<String>;
}

/// Kills `variable`'s number of workers, runs and queues, and finds that nothing is lost and no byte is wrong.
pub fn nothing_is_lost<C: Cluster>(cluster: &mut C, settings: &str, variable: &str) {
    let workspace = Workspace::of_stages(STAGES);
    workspace.reproduce(&["--executor", "local"]);
    let whole = made(&workspace);
    workspace.write("vintner.toml", settings);
    let kills: usize = std::env::var(variable).ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let (mut moments, mut killed) = (Moments::new(7), BTreeMap::<&str, usize>::new());
    let (began, mut runs) = (Instant::now(), 0);
    while killed.values().sum::<usize>() < kills {
        workspace.remove(&[".vintner", "out"]);
        let mut run = cluster.start(&workspace);
        runs += 1;
        loop {
            let (least, most) = C::PAUSES;
            std::thread::sleep(Duration::from_millis(least + moments.below(most - least)));
            if run.is_over() || killed.values().sum::<usize>() >= kills {
                break;
            }
            let what = ["worker", "vintner", C::QUEUE][moments.below(3) as usize];
            *killed.entry(what).or_default() += 1;
            match what {
                "worker" => kill_workers(&workspace),
                "vintner" => {
                    run.kill();
                    run = cluster.start(&workspace);
                }
                _ => cluster.kill_queue(Duration::from_millis(moments.below(1500))),
            }
        }
        let until = Instant::now() + C::PATIENCE;
        while !run.is_over() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(500));
            cluster.attend();
        }
        assert!(run.is_over(), "run {runs} after {killed:?}: {}\n{:?}", run.said(), cluster.jobs());
        let output = run.output();
        assert_eq!(output.code, 0, "run {runs} after {killed:?}: {}", output.stderr);
        let made = made(&workspace);
        for (path, bytes) in &whole {
            assert_eq!(made.get(path), Some(bytes), "run {runs}: {}", path.display());
        }
        assert_eq!(fs::read_dir(workspace.path(".vintner/v1/submitted")).unwrap().count(), 0, "run {runs}");
    }
    println!("{killed:?} killed in {runs} runs of 14 branches, 0 lost, 0 wrong; {:.0?}", began.elapsed());
    let until = Instant::now() + Duration::from_secs(60);
    while !cluster.jobs().is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(cluster.jobs(), Vec::<String>::new());
}

/// Fourteen branches: one, twelve of a fifth of a second each, and one that joins them.
const STAGES: &str = r#"
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
fn made(workspace: &Workspace) -> BTreeMap<PathBuf, Vec<u8>> {
    let here = workspace.path("");
    let files =
        ["out", ".vintner/outputs", ".vintner/v1/objects"].map(|part| files_below(&workspace.path(part)));
    let relative = |path: &Path| path.strip_prefix(&here).unwrap().to_owned();
    files.into_iter().flatten().map(|path| (relative(&path), fs::read(&path).unwrap())).collect()
}

/// Kills all workers of this workspace's runs.
fn kill_workers(workspace: &Workspace) {
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
