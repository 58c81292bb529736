//! What a command leaves behind ends with it, also what left its process group.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::time::Duration;

use crate::common::Workspace;
use crate::run::reproduce;
use crate::run::sandbox::runs;

fn mark(number: u32) -> String {
    format!("{}.{}", 5000 + number, std::process::id())
}

#[test]
fn what_made_a_session_of_its_own_ends_with_the_stage() {
    let marks = [mark(1), mark(2), mark(3)];
    let [one, two, three] = &marks;
    let workspace = Workspace::of_stages(&format!(
        r#"
  daemon:
    run: |
      setsid sleep {one} > /dev/null 2>&1 &
      setsid sh -c 'cd /; setsid sh -c "sleep {two}; true" & sleep {three}' > /dev/null 2>&1 &
      sleep 0.3
      echo x > out.txt
    outputs: {{out: out.txt}}
  other:
    run: sleep 1; echo x > out.txt
    outputs: {{out: out.txt}}
"#
    ));
    let output = reproduce(&workspace, &[], &[]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    std::thread::sleep(Duration::from_millis(50));
    for mark in &marks {
        assert!(!runs(&["sleep", mark]), "sleep {mark} is left");
    }
}

#[test]
fn so_it_does_after_a_timeout() {
    let mark = mark(4);
    let workspace = Workspace::of_stages(&format!(
        "  a: {{run: 'setsid sleep {mark} & sleep 100', timeout: 1s, outputs: {{out: out.txt}}}}\n"
    ));
    assert_eq!(reproduce(&workspace, &[], &[]).code, 1);
    assert!(!runs(&["sleep", &mark]));
}

/// In a container the session that the program runs in may have begun outside, where its number isn't known.
#[test]
fn so_it_does_where_the_own_session_began_outside() {
    let unshare = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", program]);
        command
    };
    match unshare("true").output() {
        Ok(output) if output.status.success() => {}
        other => return println!("skipped: unshare can't make a namespace: {other:?}"),
    }
    let mark = mark(5);
    let workspace = Workspace::of_stages(&format!(
        "  a: {{run: 'setsid sleep {mark} & sleep 0.2; echo x > out.txt', outputs: {{out: out.txt}}}}\n  \
           b: {{run: 'sleep 2; echo x > out.txt', outputs: {{out: out.txt}}}}\n"
    ));
    let usual = workspace.command(&["reproduce"]);
    let mut command = unshare(&usual.get_program().to_string_lossy());
    command.args(usual.get_args()).current_dir(workspace.path(""));
    for (name, value) in usual.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!runs(&["sleep", &mark]));
}
