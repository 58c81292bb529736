//! Branches made by jobs of a cluster: its programs are stand-ins of a few lines each (`cluster_programs`), whose jobs are
//! processes of this machine. What comes out is what threads make, whatever becomes of jobs, of the queue or of the program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::common::commands::{Moments, files_below, trials, wait_until};
use crate::common::running::Running;
use crate::common::{Output, Workspace, with_outcome};

/// Commands, of which one makes branches that another reads; `each` notes who it makes.
const STAGES: &str = r#"
  start:
    run: "echo 1 > out.txt"
    outputs: {text: out.txt}
  each:
    run: "echo $item >> HERE/ran; SLOW; cat inputs/start.txt params.json > out.txt"
    foreach: [a, b, c, d, e, f]
    inputs: {start: start}
    params: {of: $item}
    outputs: {text: out.txt}
  all:
    run: "cat inputs/each/*.txt > out.txt"
    inputs: {each: each}
    outputs: {text: out.txt}
    publish: {text: "out/{vintage}/all.txt"}
"#;

/// A workspace, and the programs of a cluster.
struct Site {
    workspace: Workspace,
    cluster: tempfile::TempDir,
}

impl Site {
    /// With what each branch of `each` does besides, and what `vintner.toml` says of the cluster.
    fn new(slow: &str, settings: &str) -> Self {
        Self::with(&STAGES.replace("SLOW", slow), settings)
    }

    fn with(stages: &str, settings: &str) -> Self {
        Self::of(Workspace::of_stages(stages), settings)
    }

    fn of(workspace: Workspace, settings: &str) -> Self {
        let cluster = tempfile::tempdir().unwrap();
        fs::create_dir_all(cluster.path().join("fake/jobs")).unwrap();
        fs::create_dir_all(cluster.path().join("programs")).unwrap();
        let from = crate::common::repository().join("crates/vintner/tests/cluster_programs");
        for program in ["sbatch", "squeue", "scancel", "hq"] {
            fs::copy(from.join(program), cluster.path().join("programs").join(program)).unwrap();
        }
        fs::copy(from.join("run"), cluster.path().join("fake/run")).unwrap();
        let text = format!("executor = \"slurm\"\n[slurm]\npoll = \"1s\"\n{settings}\n[hq]\npoll = \"1s\"\n");
        workspace.write("vintner.toml", &text);
        Self { workspace, cluster }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.workspace.command(arguments);
        let mut paths = vec![self.cluster.path().join("programs")];
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        command.env("PATH", std::env::join_paths(paths).unwrap()).env("FAKE", self.fake(""));
        command
    }

    fn vintner(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn start(&self, arguments: &[&str]) -> Running {
        Running::of(self.command(arguments))
    }

    /// Runs `reproduce`, which must succeed: what became of each branch, and what was said.
    fn reproduce(&self, arguments: &[&str]) -> (BTreeMap<String, String>, Output) {
        let output = self.vintner(&[&["reproduce", "--format", "json"], arguments].concat());
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let stages = report["stages"].as_array().unwrap().iter();
        (stages.map(|stage| (text(&stage["branch"]), text(&stage["outcome"]))).collect(), output)
    }

    fn fake(&self, part: &str) -> PathBuf {
        self.cluster.path().join("fake").join(part)
    }

    /// What the cluster's programs do from now on: a file is there, or isn't.
    fn set(&self, part: &str, is_there: bool) {
        match is_there {
            true => {
                fs::write(self.fake(part), "sbatch: error: invalid partition specified: nowhere\n").unwrap()
            }
            false => fs::remove_file(self.fake(part)).unwrap(),
        }
    }

    /// How often a program of the cluster was called.
    fn calls(&self, program: &str) -> usize {
        let calls = fs::read_to_string(self.fake("calls")).unwrap_or_default();
        calls.lines().filter(|call| call.starts_with(program)).count()
    }

    fn jobs(&self) -> usize {
        fs::read_dir(self.fake("jobs")).unwrap().count()
    }

    fn noted(&self) -> usize {
        let folder = self.workspace.path(".vintner/v1/submitted");
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    /// All that is made for people, and every result that is kept.
    fn made(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let here = self.workspace.path("");
        let folders = ["out", ".vintner/outputs", ".vintner/v1/objects", "pipeline.lock"]
            .map(|part| self.workspace.path(part));
        let files = folders
            .iter()
            .flat_map(|folder| if folder.is_file() { vec![folder.clone()] } else { files_below(folder) });
        files.map(|path| (path.strip_prefix(&here).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
    }

    /// What threads make of the same workspace.
    fn made_by_threads(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let other = Site { workspace: Workspace::of_parts(&[]), cluster: tempfile::tempdir().unwrap() };
        for (path, bytes) in self.workspace.files("") {
            if !path.starts_with(".vintner")
                && !path.starts_with("out")
                && path.to_str() != Some("pipeline.lock")
            {
                let to = other.workspace.path(path.to_str().unwrap());
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(to, bytes).unwrap();
            }
        }
        other.workspace.reproduce(&["--executor", "local"]);
        other.made()
    }
}

#[test]
fn jobs_make_what_threads_make() {
    let site = Site::new(
        ":",
        "account = \"econ\"\npartition = \"short\"\nbefore = [\"echo module loaded\"]\noptions = [\"--qos=low\"]",
    );
    let dry = site.vintner(&["reproduce", "--dry-run"]).stdout;
    let said =
        "  would submit 1 branch in 1 job: sbatch --array=0-0 --account=econ --partition=short --ntasks=1\n";
    assert!(dry.contains(said), "{dry}");
    assert_eq!((site.calls(""), site.noted()), (0, 0));
    let (outcomes, output) = site.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran").len(), 8, "{outcomes:?}");
    assert_eq!(site.made(), site.made_by_threads());
    // A wave each: what they read has to be made first. One question to the queue at a time, whatever there is of branches.
    assert_eq!(site.calls("sbatch"), 3, "{}", output.stderr);
    assert_eq!((site.jobs(), site.noted()), (0, 0));
    assert!(site.vintner(&["cache", "verify"]).code == 0);
    assert_eq!(site.vintner(&["status", "--exit-code"]).code, 0);
    // Nothing is submitted where nothing is to be made, and resources change nothing.
    site.workspace.edit(
        "pipeline.yaml",
        "  all:\n",
        "  all:\n    resources: {time: 2h, memory: 4GB, cpus: 2, gres: \"gpu:1\", partition: long}\n",
    );
    let (outcomes, _) = site.reproduce(&[]);
    assert_eq!((with_outcome(&outcomes, "cached").len(), site.calls("sbatch")), (8, 3));
    // Asked for again, a branch is made though its result is there.
    let (outcomes, _) = site.reproduce(&["--force", "--only", "all"]);
    assert_eq!((with_outcome(&outcomes, "ran"), site.calls("sbatch")), (vec!["all"], 4));
    let calls = fs::read_to_string(site.fake("calls")).unwrap();
    let last = calls.lines().rfind(|call| call.starts_with("sbatch")).unwrap();
    for option in [
        "--time=0-02:00:00",
        "--mem=3815M",
        "--cpus-per-task=2",
        "--gres=gpu:1",
        "--partition=long",
        "--account=econ",
    ] {
        assert!(last.contains(option), "{option}: {last}");
    }
    // Its log is where that of a stage is.
    assert!(site.workspace.read(".vintner/logs/trial/v/all.log").contains("made: text"));
}

#[test]
fn hyper_queue_makes_the_same() {
    let site = Site::new(":", "");
    let (outcomes, _) = site.reproduce(&["--executor", "hq"]);
    assert_eq!(with_outcome(&outcomes, "ran").len(), 8);
    assert_eq!(site.made(), site.made_by_threads());
    assert_eq!((site.jobs(), site.noted()), (0, 0));
    site.set("down", true);
    let output = site.vintner(&["reproduce", "--executor", "hq", "--force"]);
    assert!(output.code == 1 && output.stderr.contains("hq server start"), "{}", output.stderr);
}

#[test]
fn a_run_that_is_killed_leaves_its_jobs_to_the_next() {
    let site = Site::new("while ! test -e HERE/go; do sleep 0.02; done", "jobs = 1");
    let mut first = site.start(&["reproduce"]);
    wait_until(|| site.workspace.path("ran").exists(), "a branch");
    first.kill();
    let status = site.vintner(&["status"]).stdout;
    assert!(status.contains("1 running and 5 queued on the cluster"), "{status}");
    let json = site.vintner(&["status", "--format", "json"]).stdout;
    assert_eq!(json.matches("\"job\": \"queued\"").count(), 5, "{json}");
    let submitted = site.calls("sbatch");
    let mut second = site.start(&["reproduce"]);
    second.wait_to_say("of an earlier run found in the queue");
    // It is killed as well, and the third finds them all the same.
    second.kill();
    site.workspace.write("go", "");
    let (outcomes, _) = site.reproduce(&[]);
    assert_eq!(outcomes.len(), 8);
    assert_eq!(site.workspace.lines("ran"), ["a", "b", "c", "d", "e", "f"], "each is made once");
    assert_eq!(site.calls("sbatch"), submitted + 1, "what reads them is all that is submitted");
    assert_eq!((site.jobs(), site.noted()), (0, 0));
    site.workspace.remove(&["ran"]);
    assert_eq!(site.made(), site.made_by_threads());
}

#[test]
fn two_runs_at_once_submit_nothing_twice() {
    let site = Site::new("while ! test -e HERE/go; do sleep 0.02; done", "jobs = 1");
    let mut first = site.start(&["reproduce"]);
    wait_until(|| site.workspace.path("ran").exists(), "a branch");
    let mut second = site.start(&["reproduce"]);
    second.wait_to_say("of an earlier run found in the queue");
    // What the first has submitted isn't the second's to cancel.
    second.signal(Signal::INT);
    wait_until(|| second.is_over(), "the second run's end");
    assert_eq!((second.output().code, site.jobs()), (130, 1));
    site.workspace.write("go", "");
    wait_until(|| first.is_over(), "the first run's end");
    assert_eq!(first.output().code, 0);
    assert_eq!(site.workspace.lines("ran"), ["a", "b", "c", "d", "e", "f"]);
}

#[test]
fn ctrl_c_cancels_what_was_submitted() {
    for held in [true, false] {
        let site = Site::new("sleep 100", "jobs = 1");
        site.workspace.reproduce(&["--executor", "local", "--only", "start"]);
        if held {
            site.set("hold", true);
        }
        let run = site.start(&["reproduce"]);
        wait_until(|| if held { site.jobs() == 1 } else { site.workspace.path("ran").exists() }, "a job");
        run.signal(Signal::INT);
        let output = run.output();
        assert_eq!(output.code, 130, "{}", output.stderr);
        assert!(output.stderr.contains("1 of 8 stages are done and kept"), "{}", output.stderr);
        wait_until(|| site.jobs() == 0, "jobs to be gone");
        // What isn't asked any longer is left to the next run to look at.
        assert_eq!(site.calls("scancel"), 1);
        let noted = fs::read_dir(site.workspace.path(".vintner/v1/submitted")).unwrap();
        let noted: Vec<_> = noted.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(noted, ["unsettled"]);
    }
}

#[test]
fn a_stage_that_fails_fails_as_it_does_here() {
    let stages = STAGES.replace("SLOW", "echo what it says; test $item != c");
    let site = Site::with(&stages, "");
    let output = site.vintner(&["reproduce", "--keep-going"]);
    assert_eq!(output.code, 1);
    let log = site.workspace.read(".vintner/logs/trial/v/each/c.log");
    let here = site.workspace.vintner(&["reproduce", "--executor", "local", "--keep-going"]);
    let failed = |text: &str| text.split("stage each[c] failed").nth(1).map(str::to_owned);
    assert!(failed(&output.stderr).is_some(), "{}", output.stderr);
    assert_eq!(failed(&output.stderr), failed(&here.stderr));
    assert!(log.contains("what it says") && log.contains("failed: "), "{log}");
    assert_eq!(site.workspace.lines("ran").len(), 7, "it is made once on the cluster, and once here");
    assert_eq!((site.jobs(), site.noted()), (0, 0));
    // Without --keep-going nothing is begun after it.
    let site = Site::with(&stages, "");
    let output = site.vintner(&["reproduce"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("stage each[c] failed")
            && output.stderr.contains("not run because of this: all")
    );
}

#[test]
fn jobs_that_end_without_a_result_are_made_again_so_often() {
    // A worker that is killed in the middle, the first time.
    let kill = "case $item in a|d) if mkdir HERE/once-$item 2>/dev/null; then kill -9 $(cat HERE/worker); sleep 5; fi;; esac";
    let site = Site::new(kill, "jobs = 1\nbefore = [\"echo $$ > HERE_IS/worker\"]");
    let here = site.workspace.path("");
    site.workspace.edit("vintner.toml", "HERE_IS", here.to_str().unwrap().trim_end_matches('/'));
    let (outcomes, output) = site.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran").len(), 8, "{}", output.stderr);
    assert_eq!(site.workspace.lines("ran"), ["a", "a", "b", "c", "d", "d", "e", "f"]);
    // A node that goes astray: the queue says that all is well.
    let site = Site::new(":", "retries = 1");
    site.set("astray", true);
    let output = site.vintner(&["reproduce"]);
    assert_eq!((output.code, site.calls("sbatch")), (1, 2), "{}", output.stderr);
    assert!(output.stderr.contains("its job ended without a result, 2 times"), "{}", output.stderr);
    assert!(output.stderr.contains("and left no log"), "{}", output.stderr);
    // Jobs that the controller forgets.
    let site = Site::new(":", "");
    site.set("forgets", true);
    let run = site.start(&["reproduce"]);
    run.wait_to_say("ended without all of its results; 1 branch is handed over again");
    site.set("forgets", false);
    assert_eq!(run.output().code, 0);
    assert_eq!(site.noted(), 0);
    // A worker that can't begin says why, and that is told.
    let site = Site::new(":", "retries = 0\nbefore = [\"echo no such module >&2; exit 1\"]");
    let output = site.vintner(&["reproduce"]);
    assert!(output.stderr.contains("no such module"), "{}", output.stderr);
}

#[test]
fn a_queue_that_does_not_answer_is_waited_for() {
    let site = Site::new(":", "");
    site.set("down", true);
    let run = site.start(&["reproduce"]);
    run.wait_to_say("Unable to contact slurm controller");
    site.set("down", false);
    let output = run.output();
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(output.stderr.matches("waiting for up to").count(), 1, "{}", output.stderr);
    // While jobs run, too: their results are seen without it.
    let site = Site::new("while ! test -e HERE/go; do sleep 0.02; done", "patience = \"600s\"");
    let run = site.start(&["reproduce"]);
    wait_until(|| site.workspace.path("ran").exists(), "a branch");
    site.set("down", true);
    run.wait_to_say("Unable to contact slurm controller");
    site.workspace.write("go", "");
    wait_until(|| site.jobs() == 0, "jobs");
    site.set("down", false);
    assert_eq!(run.output().code, 0);
    // Not for ever: the error says what to do.
    let site = Site::new(":", "patience = \"1s\"");
    site.set("down", true);
    let output = site.vintner(&["reproduce"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("Slurm: waited for") && output.stderr.contains("the same command finds them"),
        "{}",
        output.stderr
    );
    // What it refuses is said at once.
    let site = Site::new(":", "");
    site.set("refuses", true);
    let output = site.vintner(&["reproduce"]);
    assert!(output.code == 1 && output.stderr.contains("invalid partition specified"), "{}", output.stderr);
    assert_eq!(site.noted(), 0);
}

#[test]
fn a_submission_without_an_answer_is_found_by_its_name() {
    let site = Site::new(":", "");
    site.set("hold", true);
    let mut run = site.start(&["reproduce"]);
    wait_until(|| site.jobs() == 1, "a job");
    run.kill();
    // As if it had been killed before it could note the number.
    for entry in fs::read_dir(site.workspace.path(".vintner/v1/submitted")).unwrap() {
        let _ = fs::remove_file(entry.unwrap().path().join("number"));
    }
    let run = site.start(&["reproduce"]);
    run.wait_to_say("1 array of an earlier run found in the queue");
    site.set("hold", false);
    assert_eq!(run.output().code, 0);
    assert_eq!(site.calls("sbatch"), 3);
}

#[test]
fn a_run_that_ends_well_leaves_nothing_in_the_queue() {
    // Jobs that come back though all is made, as where the controller was killed before it had written down their end.
    let site = Site::new(":", "");
    site.set("requeues", true);
    let output = site.vintner(&["reproduce"]);
    assert_eq!((output.code, site.jobs(), site.noted()), (0, 0, 0), "{}", output.stderr);
    assert!(output.stderr.contains("taken from the queue that would have made nothing"), "{}", output.stderr);
    // Where nothing was submitted nothing is asked.
    let asked = site.calls("squeue");
    site.reproduce(&[]);
    assert_eq!(site.calls("squeue"), asked);
    // Jobs of which there is no note any longer, whose number nobody has heard: those that were submitted from here alone.
    let submitted = site.workspace.path(".vintner/v1/submitted");
    for (number, folder) in [(97, submitted.join("lost")), (98, "/elsewhere/.vintner/v1/submitted/a".into())]
    {
        fs::write(site.fake(&format!("jobs/{number}.0")), format!("PENDING vintner-{number}\n")).unwrap();
        fs::write(site.fake(&format!("folder-vintner-{number}")), folder.to_str().unwrap()).unwrap();
    }
    fs::write(submitted.join("unsettled"), "").unwrap();
    site.reproduce(&[]);
    assert_eq!((site.fake("jobs/97.0").exists(), site.fake("jobs/98.0").exists()), (false, true));
    assert_eq!(site.noted(), 0);
}

#[test]
fn a_note_goes_though_nothing_is_left_to_be_made() {
    let site = Site::new("while ! test -e HERE/go; do sleep 0.02; done", "");
    site.workspace.reproduce(&["--executor", "local", "--only", "start"]);
    let mut run = site.start(&["reproduce", "--only", "each"]);
    wait_until(|| site.workspace.path("ran").exists(), "a branch");
    run.kill();
    site.workspace.write("go", "");
    wait_until(|| site.jobs() == 0, "jobs");
    assert!(site.noted() > 0);
    let (outcomes, _) = site.reproduce(&["--only", "each"]);
    assert_eq!(with_outcome(&outcomes, "ran"), Vec::<&str>::new(), "{outcomes:?}");
    assert_eq!((site.jobs(), site.noted()), (0, 0));
}

#[test]
fn a_queue_that_begins_nothing_is_told() {
    let site = Site::new(":", "notice = \"1s\"");
    site.set("hold", true);
    let run = site.start(&["reproduce"]);
    run.wait_to_say("no job has begun for 1 s; `sinfo` tells whether its nodes are up");
    site.set("hold", false);
    assert_eq!(run.output().code, 0);
}

#[test]
fn a_worker_makes_nothing_else_than_it_was_asked_for() {
    let site = Site::new(":", "");
    site.set("hold", true);
    let run = site.start(&["reproduce"]);
    wait_until(|| site.jobs() == 1, "a job");
    let submitted = site.workspace.path(".vintner/v1/submitted");
    let folder =
        fs::read_dir(submitted).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir());
    let folder = folder.unwrap();
    let group = fs::read_to_string(folder.join("0.json")).unwrap();
    let ask = |text: &str| {
        let file = site.cluster.path().join("group.json");
        fs::write(&file, text).unwrap();
        site.vintner(&["worker", file.to_str().unwrap()])
    };
    let ours = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(group.matches(&ours).count(), 1, "{group}");
    let output = ask(&group.replace(&ours, "\"version\":\"0.0.9\""));
    assert!(output.code == 1 && output.stderr.contains("written by Vintner 0.0.9"), "{}", output.stderr);
    // A fingerprint that isn't that of what it says.
    let output = ask(&group.replace("\"operation\":\"run\"", "\"operation\":\"walk\""));
    assert!(output.code == 1 && output.stderr.contains("isn't that of what it says"), "{}", output.stderr);
    assert_eq!(ask("{").code, 1);
    // The pipeline is another by now.
    site.workspace.edit("pipeline.yaml", "echo 1 > out.txt", "echo 2 > out.txt");
    let output = ask(&group);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("pipeline.yaml isn't what it was"), "{}", output.stderr);
    assert!(
        output.stdout.contains("depends on other things here") && output.stdout.contains("echo 2"),
        "{}",
        output.stdout
    );
    assert_eq!(files_below(&site.workspace.path(".vintner/v1/records")).len(), 0);
    // Another comment in it is no other thing.
    site.workspace.edit("pipeline.yaml", "echo 2 > out.txt", "echo 1 > out.txt");
    let text = site.workspace.read("pipeline.yaml");
    fs::write(site.workspace.path("pipeline.yaml"), format!("# A comment.\n{text}")).unwrap();
    let before = site.workspace.files(".vintner").len();
    let output = ask(&group);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("{\"said\":\"made\",\"branch\":\"start\""), "{}", output.stdout);
    // An object and a record, and nothing for people.
    let after = site.workspace.files(".vintner");
    let new: Vec<_> = after.keys().filter(|path| !path.to_str().unwrap().contains("locks")).collect();
    assert_eq!(new.len(), before + 2, "{new:?}");
    assert!(
        !site.workspace.path(".vintner/v1/latest").exists()
            && !site.workspace.path(".vintner/outputs").exists()
    );
    // Branches by their names, without a file.
    let named = site.vintner(&["worker", "--branch", "each[a]", "--branch", "each[b]"]);
    assert_eq!(named.code, 0, "{}", named.stderr);
    assert_eq!(site.workspace.lines("ran"), ["a", "b"]);
    assert_eq!(site.vintner(&["worker"]).code, 2);
    site.set("hold", false);
    let output = run.output();
    assert_eq!(output.code, 0, "{}", output.stderr);
}

#[test]
fn many_branches_go_in_few_jobs() {
    let items: Vec<String> = (0..150).map(|at| format!("i{at}")).collect();
    let stages = STAGES.replace("[a, b, c, d, e, f]", &format!("[{}]", items.join(", ")));
    let site = Site::with(&stages.replace("SLOW", ":"), "jobs = 2\narray = 1");
    let (outcomes, output) = site.reproduce(&[]);
    assert_eq!(outcomes.len(), 152);
    // 150 branches that are unknown count as 150 s: three groups, two of them in the queue at once, each by itself.
    assert_eq!(site.calls("sbatch"), 5, "{}", output.stderr);
    assert!(site.calls("squeue") < 40, "{}", site.calls("squeue"));
    site.workspace.remove(&["ran"]);
    assert_eq!(site.made(), site.made_by_threads());
}

#[test]
fn whatever_is_killed_nothing_is_lost_and_no_byte_is_wrong() {
    let site = Site::new("sleep 0.1", "group = \"2s\"\nretries = 50");
    let whole = site.made_by_threads();
    let mut moments = Moments::new(23);
    for trial in 0..trials(4) {
        site.workspace.remove(&[".vintner", "out", "pipeline.lock", "ran"]);
        let mut run = site.start(&["reproduce"]);
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(moments.below(900)));
            if trial % 2 == 0 {
                // A worker, with all that it runs.
                for entry in fs::read_dir(site.fake("jobs")).unwrap().flatten() {
                    let text = fs::read_to_string(entry.path()).unwrap_or_default();
                    if let Some(process) = text.split_whitespace().nth(2) {
                        let _ = Command::new("kill").args(["-9", "--", &format!("-{process}")]).status();
                        let _ = fs::remove_file(entry.path());
                    }
                }
            } else {
                run.kill();
                run = site.start(&["reproduce"]);
            }
        }
        let output = run.output();
        assert_eq!(output.code, 0, "trial {trial}: {}", output.stderr);
        let made = site.made();
        for (path, bytes) in &whole {
            assert_eq!(made.get(path), Some(bytes), "trial {trial}: {}", path.display());
        }
        assert_eq!((site.jobs(), site.noted()), (0, 0), "trial {trial}");
    }
}

/// Each part's contribution is a branch like any: jobs make it, and the estimate is that of threads, byte by byte.
#[test]
fn parts_of_a_panel_are_gathered_by_jobs() {
    let parts = crate::parts::workspace(&crate::parts::PIPELINE.replace("MEMORY", ""), |person| person / 80);
    let site = Site::of(parts, "group = \"5s\"");
    let (outcomes, _) = site.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran").len(), outcomes.len());
    assert!(site.calls("sbatch") > 0);
    let fit = site.workspace.read("reports/fit.json");
    let parts = crate::parts::workspace(&crate::parts::PIPELINE.replace("MEMORY", ""), |person| person / 80);
    parts.reproduce(&[]);
    assert_eq!(fit, parts.read("reports/fit.json"));
}
