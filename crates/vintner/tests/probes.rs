//! The seven things after which tools of this kind show stale results or get stuck, done for real.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::common::commands::files_below;
use crate::common::{Workspace, with_outcome};

/// Two stages: one reads a file, the other what came out.
const UPPER: &str = r#"
  upper:
    run: "echo upper >> HERE/ran; tr a-z A-Z < data/in.txt > out.txt"
    files: {text: data/in.txt}
    outputs: {text: out.txt}
  twice:
    run: "echo twice >> HERE/ran; cat inputs/text.txt inputs/text.txt > out.txt"
    inputs: {text: upper.text}
    outputs: {text: out.txt}
    publish: {text: out/twice.txt}
"#;

/// The same, where the first stage takes until `go` is there; it writes half of its output before.
const SLOW: &str = r#"
  upper:
    run: |
      printf HALF > out.txt
      echo upper >> HERE/ran
      touch HERE/began
      while ! test -e HERE/go; do sleep 0.01; done
      tr a-z A-Z < data/in.txt > out.txt
    files: {text: data/in.txt}
    outputs: {text: out.txt}
  twice:
    run: "echo twice >> HERE/ran; cat inputs/text.txt inputs/text.txt > out.txt"
    inputs: {text: upper.text}
    outputs: {text: out.txt}
    publish: {text: out/twice.txt}
"#;

fn workspace(stages: &str) -> Workspace {
    let workspace = Workspace::of_stages(stages);
    workspace.write("data/in.txt", "new\n");
    workspace
}

/// Runs, and says which stages ran.
fn ran(workspace: &Workspace) -> Vec<String> {
    let outcomes = workspace.reproduce(&[]);
    with_outcome(&outcomes, "ran").into_iter().map(str::to_owned).collect()
}

fn copy_with_time(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-p").args([from, to]).status().unwrap().success());
}

#[test]
fn an_older_file_that_is_swapped_in_is_noticed() {
    let workspace = workspace(UPPER);
    let input = workspace.path("data/in.txt");
    // Of the same size and with times of years ago.
    for (name, text, year) in [("one", "one\n", 1), ("two", "two\n", 2)] {
        workspace.write(name, text);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + year * 31_557_600);
        File::options().write(true).open(workspace.path(name)).unwrap().set_modified(time).unwrap();
    }
    assert_eq!(ran(&workspace), ["twice", "upper"]);
    for round in 0..5 {
        for (name, text) in [("two", "TWO\nTWO\n"), ("one", "ONE\nONE\n")] {
            copy_with_time(&workspace.path(name), &input);
            let ran = ran(&workspace);
            assert_eq!(workspace.read("out/twice.txt"), text, "round {round}");
            // Each was made once; going back makes nothing again.
            assert_eq!(ran.len(), if round == 0 { 2 } else { 0 });
        }
        // A file that keeps its inode, size and time, and isn't the same any longer.
        let modified = fs::metadata(&input).unwrap().modified().unwrap();
        fs::write(&input, "six\n").unwrap();
        File::options().write(true).open(&input).unwrap().set_modified(modified).unwrap();
        workspace.reproduce(&[]);
        assert_eq!(workspace.read("out/twice.txt"), "SIX\nSIX\n", "round {round}");
        // And one that is moved into its place.
        copy_with_time(&workspace.path("one"), &workspace.path("moved"));
        fs::rename(workspace.path("moved"), &input).unwrap();
        workspace.reproduce(&[]);
        assert_eq!(workspace.read("out/twice.txt"), "ONE\nONE\n", "round {round}");
    }
}

#[test]
fn a_touched_file_is_the_same_file() {
    let workspace = workspace(UPPER);
    ran(&workspace);
    let input = File::options().write(true).open(workspace.path("data/in.txt")).unwrap();
    let now = SystemTime::now();
    for time in [now, now + Duration::from_secs(86_400), SystemTime::UNIX_EPOCH] {
        input.set_modified(time).unwrap();
        assert!(ran(&workspace).is_empty());
    }
    assert_eq!(workspace.lines("ran"), ["twice", "upper"]);
}

#[test]
fn a_comment_in_a_script_stops_where_its_output_is_the_same() {
    let stages = UPPER
        .replace("tr a-z A-Z < data/in.txt > out.txt", "sh script.sh")
        .replace("files: {text: data/in.txt}", "files: {text: data/in.txt, script: script.sh}");
    let workspace = workspace(&stages);
    workspace.write("script.sh", "tr a-z A-Z < data/in.txt > out.txt\n");
    assert_eq!(ran(&workspace), ["twice", "upper"]);
    workspace.write("script.sh", "# In capital letters.\ntr a-z A-Z < data/in.txt > out.txt\n");
    assert_eq!(ran(&workspace), ["upper"]);
    assert!(ran(&workspace).is_empty());
    // Where the output differs, what reads it runs.
    workspace.write("script.sh", "tr a-z B-ZA < data/in.txt > out.txt\n");
    assert_eq!(ran(&workspace), ["twice", "upper"]);
}

#[test]
fn an_input_that_is_edited_while_its_stage_runs_is_not_recorded() {
    for keeps_its_time in [false, true] {
        let workspace = workspace(SLOW);
        let input = workspace.path("data/in.txt");
        let running = workspace.start(&["reproduce"]);
        workspace.wait_for("began");
        let modified = fs::metadata(&input).unwrap().modified().unwrap();
        fs::write(&input, "own\n").unwrap();
        if keeps_its_time {
            File::options().write(true).open(&input).unwrap().set_modified(modified).unwrap();
        }
        workspace.write("go", "");
        let output = running.output();
        assert_eq!(output.code, 1, "{}", output.stderr);
        let message = "stage upper failed: data/in.txt changed while upper ran, so its result isn't kept\n  \
                       run again once nothing writes to the file any longer\nnot run because of this: twice";
        assert!(output.stderr.contains(message), "{}", output.stderr);
        assert_eq!(workspace.assert_sound().records, 0);
        assert!(!workspace.path("out").exists());

        assert_eq!(ran(&workspace), ["twice", "upper"]);
        assert_eq!(workspace.read("out/twice.txt"), "OWN\nOWN\n");
        assert!(ran(&workspace).is_empty());
    }
}

#[test]
fn an_input_that_is_edited_between_two_stages_of_a_run_is_not_read_twice() {
    let stages = SLOW
        .replace(
            "    inputs: {text: upper.text}\n",
            "    inputs: {text: upper.text}\n    files: {again: data/in.txt}\n",
        )
        .replace("tr a-z A-Z < data/in.txt", "cat data/other.txt")
        .replace("files: {text: data/in.txt}", "files: {text: data/other.txt}");
    let early = "  early: {run: \"cat data/in.txt > out.txt\", files: {a: data/in.txt}, outputs: {text: out.txt}, \
                 publish: {text: out/early.txt}}\n";
    let workspace = workspace(&format!("{early}{stages}"));
    workspace.write("data/other.txt", "other\n");
    let running = workspace.start(&["reproduce", "--jobs", "2"]);
    workspace.wait_for("began");
    running.wait_to_say("ran      early");
    workspace.write("data/in.txt", "edited\n");
    workspace.write("go", "");
    let output = running.output();
    assert_eq!(output.code, 1, "{}", output.stderr);
    let message = "stage twice failed: data/in.txt changed after early had read it in this run, so twice \
                   isn't made of another one\n  run again once nothing writes to the file any longer";
    assert!(output.stderr.contains(message), "{}", output.stderr);
    assert!(!workspace.path("out").exists(), "nothing of two versions is published");
    assert_eq!(ran(&workspace), ["early", "twice"]);
    assert_eq!(workspace.read("out/early.txt"), "edited\n");
}

#[test]
fn a_run_that_was_killed_in_a_stage_leaves_no_lock_and_no_half_output() {
    let workspace = workspace(SLOW);
    let mut running = workspace.start(&["reproduce"]);
    workspace.wait_for("began");
    running.kill();
    assert_eq!(workspace.assert_sound().records, 0);
    // The command outlives the run and may yet write its output; nobody looks at it.
    workspace.write("go", "");
    let output = workspace.start(&["reproduce"]).output();
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!output.stderr.contains("waiting"), "{}", output.stderr);
    assert_eq!(workspace.read("out/twice.txt"), "NEW\nNEW\n");
    assert_eq!(workspace.locks(), Vec::<String>::new());
    assert!(ran(&workspace).is_empty());
}

#[test]
fn two_runs_at_once_make_each_stage_once() {
    let workspace = workspace(SLOW);
    let first = workspace.start(&["reproduce"]);
    workspace.wait_for("began");
    let second = workspace.start(&["reproduce"]);
    let holder = format!("  waiting  upper  (for process {} making upper of v)\n", first.id());
    second.wait_to_say(&holder);
    workspace.write("go", "");
    for (name, run) in [("first", first), ("second", second)] {
        let output = run.output();
        assert_eq!(output.code, 0, "{name}: {}", output.stderr);
    }
    assert_eq!(workspace.lines("ran"), ["twice", "upper"]);
    assert_eq!(workspace.read("out/twice.txt"), "NEW\nNEW\n");
    assert_eq!(workspace.locks(), Vec::<String>::new());
}

#[test]
fn a_corrupted_object_is_found_and_healed() {
    let damages: [fn(&mut Vec<u8>); 3] =
        [|bytes| bytes[0] ^= 1, |bytes| bytes.truncate(2), |bytes| bytes.push(b'x')];
    for (way, damage) in damages.into_iter().enumerate() {
        let workspace = workspace(UPPER);
        ran(&workspace);
        let stored: Vec<_> = files_below(&workspace.path(".vintner/v1/objects"))
            .into_iter()
            .filter(|path| fs::read(path).unwrap() == b"NEW\n")
            .collect();
        let [object] = &stored[..] else { panic!("{stored:?}") };
        let mut bytes = fs::read(object).unwrap();
        damage(&mut bytes);
        let modified = fs::metadata(object).unwrap().modified().unwrap();
        fs::remove_file(object).unwrap();
        fs::write(object, bytes).unwrap();
        File::options().write(true).open(object).unwrap().set_modified(modified).unwrap();

        let status = workspace.vintner(&["status"]);
        let found = "corrupt  upper  (its output text is corrupt in the store)";
        assert!(status.stdout.contains(found), "way {way}: {}", status.stdout);
        // It comes out as it was, so that what reads it stays.
        assert_eq!(ran(&workspace), ["upper"], "way {way}");
        assert_eq!(fs::read(object).unwrap(), b"NEW\n");
        workspace.assert_sound();
        assert_eq!(workspace.read(".vintner/outputs/trial/v/upper/text.txt"), "NEW\n");
        assert!(workspace.vintner(&["status"]).stdout.contains("fresh    upper"), "way {way}");
    }
}
