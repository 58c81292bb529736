//! Runs that are killed at any moment: nothing half-written is believed, and the next run completes
//! with the bytes of a run that nobody disturbed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::common::Workspace;
use crate::common::commands::{Moments, files_below, trials};
use crate::common::running::Running;

/// Commands, branches, an output that takes a while to write, and files that belong together.
const STAGES: &str = r#"
  start:
    run: "head -c 2000000 /dev/zero | tr '\\0' x > large.bin; echo 1 > small.txt"
    outputs: {large: large.bin, small: small.txt}
    publish: {large: "out/{vintage}/large.bin"}
  each:
    run: "cat inputs/small.txt params.json > out.txt; wc -c < inputs/large.bin >> out.txt"
    foreach: [a, b, c, d]
    inputs: {small: start.small, large: start.large}
    params: {of: $item}
    outputs: {text: out.txt}
    publish: {text: "out/{vintage}/{item}.txt"}
  all:
    run: "cat inputs/each/*.txt > out.txt"
    inputs: {each: each}
    outputs: {text: out.txt}
    publish: {text: "out/{vintage}/all.txt"}
"#;

/// What a run writes for people: the published files and the folder of outputs.
fn written(workspace: &Workspace, published: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let here = workspace.path("");
    let folders = [workspace.path(published), workspace.path(".vintner/outputs")];
    let files = folders.iter().flat_map(|folder| files_below(folder));
    files
        .filter(|path| !is_unfinished(path))
        .map(|path| (path.strip_prefix(&here).unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

/// Whether a file, or a folder that it lies in, is one that was being written.
fn is_unfinished(path: &Path) -> bool {
    let begins = |part: &str| part.starts_with(".writing-") || part.starts_with(".publishing-");
    path.components().any(|part| begins(&part.as_os_str().to_string_lossy()))
}

/// When to kill.
enum Moment {
    /// After a time.
    After(Duration),
    /// As soon as the store holds so many files, those that are being written included.
    AtFile(usize),
}

impl Moment {
    fn wait(&self, workspace: &Workspace, running: &mut Running) {
        let began = Instant::now();
        let store = workspace.path(".vintner");
        while !running.is_over() {
            match self {
                Moment::After(time) if began.elapsed() >= *time => return,
                Moment::AtFile(files) if files_below(&store).len() >= *files => return,
                Moment::After(time) => {
                    std::thread::sleep((*time - began.elapsed()).min(Duration::from_millis(1)))
                }
                Moment::AtFile(_) => {}
            }
        }
    }
}

/// Kills runs in a workspace at moments over their whole length, some of them again when they go on, and
/// lets the next one complete. Every look in between finds whole files with the right bytes only.
fn kill_and_go_on(make: impl Fn() -> Workspace, published: &str, trials: usize, seed: u64) {
    let whole = make();
    let began = Instant::now();
    assert_eq!(whole.start(&["reproduce"]).output().code, 0);
    let long = u64::try_from(began.elapsed().as_micros()).unwrap();
    let expected = written(&whole, published);
    let files = files_below(&whole.path(".vintner")).len();

    let mut moments = Moments::new(seed);
    let workspace = make();
    let (mut killed, mut unfinished) = (0, 0);
    for trial in 0..trials {
        workspace.remove(&[".vintner", published, "scratch"]);
        for _ in 0..1 + trial % 2 {
            let moment = match trial % 4 {
                0 | 1 => Moment::After(Duration::from_micros(moments.below(long))),
                _ => Moment::AtFile(1 + (trial / 4 * 2 + trial % 2) * files / (trials / 2)),
            };
            let mut running = workspace.start(&["reproduce"]);
            moment.wait(&workspace, &mut running);
            killed += usize::from(!running.is_over());
            running.kill();
            unfinished += workspace.assert_sound().unfinished;
            for (path, bytes) in written(&workspace, published) {
                assert!(expected.get(&path) == Some(&bytes), "trial {trial}: {} is half", path.display());
            }
        }
        let output = workspace.start(&["reproduce"]).output();
        assert_eq!(output.code, 0, "trial {trial}: {}", output.stderr);
        assert!(written(&workspace, published) == expected, "trial {trial}");
        assert_eq!(workspace.locks(), Vec::<String>::new(), "trial {trial}");
        workspace.assert_sound();
        let left = files_below(&workspace.path(published)).into_iter().find(|path| is_unfinished(path));
        assert_eq!(left, None, "trial {trial}: what a killed run was publishing is left among the results");
        let output = workspace.start(&["reproduce"]).output();
        assert!(output.stdout.contains("all cached: nothing to do"), "trial {trial}: {}", output.stdout);
    }
    println!("{killed} runs were killed, and {unfinished} files were being written then");
    assert!(killed > trials / 2, "only {killed} runs were killed before they ended");
}

#[test]
fn after_a_kill_at_any_moment_the_next_run_gives_the_same_bytes() {
    kill_and_go_on(|| Workspace::of_stages(STAGES), "out", trials(40), 1);
}

#[test]
fn the_paper_survives_kills_at_any_moment() {
    let paper = || {
        let workspace = Workspace::of_paper();
        // Its templates stay where its reports go.
        let spec = workspace.read("pipeline.yaml").replace("reports/templates", "templates");
        fs::write(workspace.path("pipeline.yaml"), spec).unwrap();
        fs::rename(workspace.path("reports/templates"), workspace.path("templates")).unwrap();
        workspace
    };
    kill_and_go_on(paper, "reports", trials(8), 2);
}

#[test]
fn what_killed_runs_leave_behind_does_no_harm() {
    let workspace = Workspace::of_stages(STAGES);
    workspace.reproduce(&[]);
    let expected = written(&workspace, "out");
    let folders: Vec<PathBuf> = files_below(&workspace.path(".vintner"))
        .iter()
        .chain(&files_below(&workspace.path("out")))
        .map(|path| path.parent().unwrap().to_owned())
        .collect();
    for folder in folders {
        let published = folder.starts_with(workspace.path("out"));
        let name = if published { ".publishing-abc123" } else { ".writing-abc123" };
        fs::write(folder.join(name), "half of a fi").unwrap();
    }
    let aside = workspace.path(".vintner/outputs/trial/v/all/.writing-def456");
    fs::create_dir_all(&aside).unwrap();
    fs::write(aside.join("output"), "half of a fi").unwrap();
    // A lock that nobody holds any longer is none, whatever its file says.
    for record in files_below(&workspace.path(".vintner/v1/records")) {
        let name = record.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(name) = name.strip_suffix(".json") else { continue };
        workspace.write(&format!(".vintner/v1/locks/{name}"), "process 1 making all of v");
    }
    assert!(workspace.vintner(&["status"]).stdout.contains("fresh    all"));
    let output = workspace.vintner(&["reproduce"]);
    assert!(output.stdout.contains("nothing to do"), "{}{}", output.stdout, output.stderr);
    // A file that is gone is published again, and its folder is tidied by that.
    workspace.remove(&["out/v/all.txt"]);
    let output = workspace.vintner(&["reproduce", "--force"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!output.stderr.contains("waiting"), "{}", output.stderr);
    assert_eq!(workspace.locks(), Vec::<String>::new());
    assert!(written(&workspace, "out") == expected);
    // Where people look, nothing of it is left.
    for folder in [".vintner/outputs", "out"] {
        let found = files_below(&workspace.path(folder));
        assert!(!found.iter().any(|path| is_unfinished(path)), "{found:?}");
    }
}

#[test]
fn a_folder_is_tidied_before_anything_is_published_into_it() {
    let workspace = Workspace::of_stages(STAGES);
    workspace.reproduce(&[]);
    workspace.remove(&["out/v/large.bin", "out/v/all.txt"]);
    let left = workspace.path("out/v/.publishing-abc123");
    fs::write(&left, "half of a fi").unwrap();
    // From the first file on a kill may leave nothing for the next run to publish there.
    let mut running = workspace.start(&["reproduce", "--force"]);
    while !workspace.path("out/v/large.bin").is_file() && !running.is_over() {}
    assert!(!left.exists(), "what a killed run left would outlast another kill");
    running.kill();
}

/// What a machine that stops does to files that hadn't reached its disk: some aren't there, some are
/// empty, some end early or are zeros from somewhere on.
fn tear(path: &Path, moments: &mut Moments) {
    let bytes = fs::read(path).unwrap();
    let half = usize::try_from(moments.below(bytes.len() as u64)).unwrap();
    fs::remove_file(path).unwrap();
    match moments.below(4) {
        0 => {}
        1 => fs::write(path, "").unwrap(),
        2 => fs::write(path, &bytes[..half]).unwrap(),
        _ => fs::write(path, [&bytes[..half], &vec![0; bytes.len() - half]].concat()).unwrap(),
    }
}

#[test]
fn what_had_not_reached_the_disk_when_the_machine_stopped_is_made_again() {
    let whole = Workspace::of_stages(STAGES);
    whole.reproduce(&[]);
    let expected = written(&whole, "out");
    let mut moments = Moments::new(3);
    for trial in 0..trials(24) {
        let workspace = Workspace::of_stages(STAGES);
        workspace.reproduce(&[]);
        // As a run writes them: what it had only begun to show isn't there yet, nor what it remembers.
        workspace.remove(&[".vintner/outputs", ".vintner/v1/unchanged", ".vintner/v1/latest", "out"]);
        let store = workspace.path(".vintner/v1");
        let written_late: Vec<PathBuf> =
            [files_below(&store.join("objects")), files_below(&store.join("records"))]
                .concat()
                .into_iter()
                .filter(|_| moments.below(2) == 0)
                .collect();
        written_late.iter().for_each(|path| tear(path, &mut moments));
        if trial % 2 == 0 {
            workspace.remove(&[".vintner/v1/stat-cache"]);
        }
        let output = workspace.vintner(&["reproduce"]);
        assert_eq!(output.code, 0, "trial {trial}: {}", output.stderr);
        assert!(written(&workspace, "out") == expected, "trial {trial}");
        let verified = workspace.vintner(&["audit", "--verify"]);
        assert_eq!(verified.code, 0, "trial {trial}: {}{}", verified.stdout, verified.stderr);
        assert!(workspace.vintner(&["reproduce"]).stdout.contains("nothing to do"), "trial {trial}");
    }
}

#[test]
fn folders_of_commands_of_killed_runs_are_collected() {
    let workspace = Workspace::of_stages(
        "  slow:\n    run: \"echo > HERE/began; while test -e HERE/began && ! test -e HERE/go; do sleep 0.05; done; echo 1 > out.txt\"\n    \
         outputs: {text: out.txt}\n",
    );
    let collect = || {
        let mut command = workspace.command(&["cache", "gc", "--format", "json"]);
        let output = command.env("VINTNER_SCRATCH", workspace.path("scratch")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        said["collected"]["leftovers"].as_u64().unwrap()
    };
    let folders = || -> Vec<PathBuf> {
        let found = fs::read_dir(workspace.path("scratch")).into_iter().flatten().flatten();
        found.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let grow_old = || {
        for folder in folders() {
            let old = std::time::SystemTime::now() - Duration::from_secs(7_200);
            fs::File::open(folder).unwrap().set_modified(old).unwrap();
        }
    };
    let mut run = workspace.start(&["reproduce"]);
    workspace.wait_for("began");
    run.kill();
    assert_eq!(folders().len(), 1);
    assert_eq!(collect(), 0, "it may be of a run that has just begun");
    grow_old();
    // One of another name, and one with somebody's file, are nobody's to remove.
    workspace.write("scratch/vintner-mine/thesis.tex", "mine");
    workspace.write("scratch/other/thesis.tex", "mine");
    grow_old();
    assert_eq!(collect(), 1);
    assert_eq!(folders().len(), 2);
    workspace.write("go", "");
}
