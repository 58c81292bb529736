//! Files that lead a reader astray, and texts that stand for more than they say, in a workspace: each is a fault that
//! names its file, with an exit code that a script can go by, and no command hangs, panics or takes the machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::towns::{MANIFEST_PATH, small, write_sums};
use crate::common::{Output, Workspace, repository};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(repository().join("crates/ingest/tests/damaged").join(name)).unwrap()
}

/// Runs a command that has to end by itself soon.
fn vintner(workspace: &Workspace, arguments: &[&str]) -> Output {
    let mut command = workspace.command(arguments);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        // What it prints fits into a pipe.
        if began.elapsed() > Duration::from_secs(90) {
            child.kill().unwrap();
            panic!("{arguments:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// The small paper with its towns read from another file.
fn with_source(file: &str, format: &str, bytes: &[u8]) -> Workspace {
    let workspace = small();
    let manifest = workspace.read(MANIFEST_PATH);
    let manifest = manifest.replacen("file: towns.csv", &format!("file: {file}"), 1);
    fs::write(
        workspace.path(MANIFEST_PATH),
        manifest.replacen("format: csv", &format!("format: {format}"), 1),
    )
    .unwrap();
    let raw = workspace.path(MANIFEST_PATH).with_file_name("raw");
    fs::write(raw.join(file), bytes).unwrap();
    write_sums(&workspace);
    workspace
}

#[test]
fn damaged_files_are_faults_of_every_command() {
    for (file, format, said) in [
        ("memory_explosion.xls", "xls", "of memory"),
        ("panic_assert.xls", "xls", "the reader stumbled over it"),
        ("panic.parquet", "parquet", "the reader stumbled over it"),
        ("wrong_number_bad_crc.xlsx", "xlsx", "doesn't agree with its checksum"),
    ] {
        let workspace = with_source(file, format, &fixture(file));
        for command in [&["vintage", "check"][..], &["reproduce"]] {
            let output = vintner(&workspace, command);
            let all = format!("{}{}", output.stdout, output.stderr);
            assert_eq!(output.code, 1, "{file}, {command:?}: {all}");
            assert!(all.contains(said) && all.contains(file), "{file}, {command:?}: {all}");
            assert!(!all.contains("panicked") && !all.contains("fault in the program"), "{all}");
        }
        // A new vintage goes by the other files.
        let folder = workspace.path(MANIFEST_PATH).with_file_name("raw");
        let output = vintner(&workspace, &["vintage", "new", "other", "--from", folder.to_str().unwrap()]);
        assert_eq!(output.code, 0, "{file}: {}{}", output.stdout, output.stderr);
        assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    }
}

#[test]
fn what_changed_in_a_damaged_file_is_told_without_reading_it() {
    let workspace = with_source("panic_assert.xls", "xls", &fixture("panic_assert.xls"));
    for command in [&["status"][..], &["why", "panel"], &["audit"], &["audit", "--verify"]] {
        let output = vintner(&workspace, command);
        assert!([0, 1].contains(&output.code), "{command:?}: {}{}", output.stdout, output.stderr);
        assert!(!output.stderr.contains("panicked"), "{command:?}: {}", output.stderr);
    }
}

#[test]
fn pipes_and_devices_are_refused_where_they_would_be_waited_for() {
    let workspace = small();
    let crosswalk = workspace.path("data/crosswalk/towns.csv");
    let text = fs::read(&crosswalk).unwrap();
    fs::remove_file(&crosswalk).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&crosswalk).status().unwrap().success());
    for command in [&["reproduce"][..], &["status"], &["vintage", "check"]] {
        let output = vintner(&workspace, command);
        assert!([1, 2].contains(&output.code), "{command:?}: {}{}", output.stdout, output.stderr);
        let all = format!("{}{}", output.stdout, output.stderr);
        assert!(all.contains("a pipe, a socket or a device"), "{command:?}: {all}");
    }
    fs::remove_file(&crosswalk).unwrap();
    fs::write(&crosswalk, text).unwrap();
    // A raw file that leads to a device.
    let raw = workspace.path(MANIFEST_PATH).with_file_name("raw").join("towns.csv");
    fs::remove_file(&raw).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &raw).unwrap();
    let output = vintner(&workspace, &["reproduce"]);
    assert!([1, 2].contains(&output.code), "{}{}", output.stdout, output.stderr);
}

/// What the small paper says with one change to its pipeline.
fn refused(from: &str, to: &str) -> String {
    let workspace = small();
    workspace.edit("pipeline.yaml", from, to);
    let output = vintner(&workspace, &["reproduce"]);
    assert_eq!(output.code, 2, "{}", output.stderr);
    assert!(output.stderr.len() < 100_000, "{} bytes of message", output.stderr.len());
    output.stderr
}

#[test]
fn brackets_and_references_without_end_are_refused() {
    let deep = refused("params:\n  window", &format!("params:\n  deep: {}\n  window", "[".repeat(100_000)));
    assert!(deep.contains("parts stand in one another more than 100 deep"), "{deep}");
    let mut params = "params:\n  b0: [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let below = vec![format!("$b{}", level - 1); 10].join(", ");
        params.push_str(&format!("  b{level}: [{below}]\n"));
    }
    let many = refused("params:\n  window", &format!("{params}  window"));
    assert!(many.contains("with what it refers to the pipeline comes to more than 2000000 values"), "{many}");
}

#[test]
fn windows_and_branches_have_bounds() {
    let years = refused("window: {first: 2001, last: 2008}", "window: {first: 2001, last: 1002000}");
    assert!(years.contains("a window of 1000000 years; up to 5000 are read"), "{years}");
    let items: Vec<String> = (0..100_001).map(|item| format!("i{item}")).collect();
    let stage = format!(
        "  many:\n    run: \"true\"\n    foreach: [{}]\n    outputs: {{a: a.txt}}\nstages:",
        items.join(", ")
    );
    let stage = stage.replace("stages:", "");
    let branches = refused("stages:\n", &format!("stages:\n{stage}\n"));
    assert!(branches.contains("more than 100000 branches of one stage"), "{branches}");
}

#[test]
fn a_message_about_a_long_text_is_short() {
    let long = refused("version: 1\n", &format!("version: {}\n", "x".repeat(1_800_000)));
    assert!(long.contains("pipeline.yaml:1:10: ") && long.len() < 5_000, "{long}");
    let name = refused("vintage: small\n", &format!("vintage: small\n? {}\n: 1\n", "x".repeat(1_800_000)));
    assert!(name.contains("more characters)"), "{name}");
    let fields: String = (0..50_000).map(|field| format!("unknown_{field}: 1\n")).collect();
    let many = refused("version: 1\n", &format!("version: 1\n{fields}"));
    assert!(many.trim_end().ends_with("more lines)"), "{}", &many[many.len() - 300..]);
}
