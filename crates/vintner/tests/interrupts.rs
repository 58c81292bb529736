//! Runs that are asked to end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use crate::common::commands::{Moments, trials, wait_until};
use crate::common::running::{Running, runs};
use crate::common::{Workspace, with_outcome};
use rustix::process::Signal;

/// A stage that is done at once, and one with a process of its own that takes until `go` is there.
const STAGES: &str = r#"
  first:
    run: "echo first >> HERE/ran; echo 1 > out.txt"
    outputs: {text: out.txt}
  slow:
    run: |
      DEAF
      echo slow >> HERE/ran
      if ! test -e HERE/go; then
        sleep 300 &
        echo $$ $! > HERE/ids.part
        mv HERE/ids.part HERE/ids
        while ! test -e HERE/go; do wait; sleep 0.01; done
      fi
      cat inputs/text.txt inputs/text.txt > out.txt
    inputs: {text: first}
    outputs: {text: out.txt}
    publish: {text: out/slow.txt}
"#;

fn begun(workspace: &Workspace) -> Running {
    let running = workspace.start(&["reproduce"]);
    workspace.wait_for("ids");
    running
}

/// Makes sure that nothing is left of an interrupted run, and that the next one goes on from there.
fn assert_goes_on(workspace: &Workspace) {
    for id in workspace.read("ids").split_whitespace() {
        assert!(!runs(id), "process {id} is left");
    }
    let left: Vec<_> = std::fs::read_dir(workspace.path("scratch")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(workspace.assert_sound().records, 1);
    assert_eq!(workspace.locks(), Vec::<String>::new());
    assert_eq!(workspace.latest("v"), ["first"]);
    assert_eq!(workspace.read(".vintner/outputs/trial/v/first/text.txt"), "1\n");
    assert!(!workspace.path("out").exists());

    workspace.write("go", "");
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "cached"), ["first"]);
    assert_eq!(with_outcome(&outcomes, "ran"), ["slow"]);
    assert_eq!(workspace.read("out/slow.txt"), "1\n1\n");
    assert_eq!(workspace.lines("ran"), ["first", "slow", "slow"]);
}

#[test]
fn what_is_finished_is_kept_and_what_runs_is_given_up() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let workspace = Workspace::of_stages(&STAGES.replace("DEAF", ":"));
        let running = begun(&workspace);
        running.signal(signal);
        let output = running.output();
        assert_eq!(output.code, 130, "{}", output.stderr);
        for said in [
            "ending: what runs now is given up, what is finished is kept\n",
            "error: interrupted: 1 of 2 stages are done and kept; run the same command again to go on\n",
        ] {
            assert!(output.stderr.contains(said), "{}", output.stderr);
        }
        assert_eq!(output.stdout, "");
        assert_goes_on(&workspace);
    }
}

#[test]
fn asked_twice_a_run_kills_commands_that_do_not_listen() {
    let workspace = Workspace::of_stages(&STAGES.replace("DEAF", "trap '' INT TERM HUP"));
    let running = begun(&workspace);
    running.signal(Signal::INT);
    running.wait_to_say("ending: ");
    running.signal(Signal::INT);
    let output = running.output();
    assert_eq!(output.code, 130, "{}", output.stderr);
    for id in workspace.read("ids").split_whitespace() {
        assert!(!runs(id), "process {id} is left");
    }
    assert_eq!(workspace.assert_sound().records, 1);
    workspace.write("go", "");
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran"), ["slow"]);
    assert_eq!(workspace.read("out/slow.txt"), "1\n1\n");
}

#[test]
fn a_command_that_does_not_listen_is_killed_after_a_while() {
    let workspace = Workspace::of_stages(&STAGES.replace("DEAF", "trap '' INT TERM HUP"));
    let running = begun(&workspace);
    running.signal(Signal::INT);
    assert_eq!(running.output().code, 130);
    assert_goes_on(&workspace);
}

#[test]
fn who_waits_for_another_run_can_be_interrupted_and_the_other_goes_on() {
    let workspace = Workspace::of_stages(&STAGES.replace("DEAF", ":"));
    let first = begun(&workspace);
    let second = workspace.start(&["reproduce"]);
    second.wait_to_say("waiting  slow");
    second.signal(Signal::INT);
    let output = second.output();
    assert_eq!(output.code, 130, "{}", output.stderr);
    assert!(workspace.read("ids").split_whitespace().all(runs), "the first run's command goes on");

    // The command waits for its own process before it looks again.
    workspace.write("go", "");
    let sleeping = workspace.read("ids").split_whitespace().nth(1).unwrap().to_owned();
    let sleeping = rustix::process::Pid::from_raw(sleeping.parse().unwrap()).unwrap();
    rustix::process::kill_process(sleeping, Signal::KILL).unwrap();
    let output = first.output();
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(workspace.read("out/slow.txt"), "1\n1\n");
    assert_eq!(workspace.lines("ran"), ["first", "slow"]);
}

#[test]
fn interrupted_at_any_moment_a_run_can_be_gone_on_with() {
    const QUICK: &str = r#"
  each:
    run: "cat params.json > out.txt"
    foreach: [a, b, c, d]
    params: {of: $item}
    outputs: {text: out.txt}
  all:
    run: "cat inputs/each/*.txt > out.txt"
    inputs: {each: each}
    outputs: {text: out.txt}
    publish: {text: out/all.txt}
"#;
    let whole = Workspace::of_stages(QUICK);
    whole.reproduce(&[]);
    let expected = whole.read("out/all.txt");
    let mut moments = Moments::new(5);
    let mut interrupted = 0;
    let trials = trials(20);
    for trial in 0..trials {
        let workspace = Workspace::of_stages(QUICK);
        let mut running = workspace.start(&["reproduce"]);
        std::thread::sleep(Duration::from_micros(moments.below(60_000)));
        if !running.is_over() {
            running.signal(if trial % 2 == 0 { Signal::INT } else { Signal::TERM });
        }
        let mut over = false;
        wait_until(
            || {
                over = running.is_over();
                over
            },
            "the end of an interrupted run",
        );
        let code = running.output().code;
        // Asked before the program could be told what to do about it, it ends as any program does.
        assert!([0, 130, -1].contains(&code), "trial {trial}: {code}");
        interrupted += usize::from(code != 0);
        workspace.assert_sound();
        assert!(
            code == 0
                || workspace.lines("out/all.txt").is_empty()
                || workspace.read("out/all.txt") == expected
        );
        workspace.reproduce(&[]);
        assert_eq!(workspace.read("out/all.txt"), expected, "trial {trial}");
        assert_eq!(workspace.locks(), Vec::<String>::new());
    }
    println!("{interrupted} of {trials} runs were interrupted");
}
