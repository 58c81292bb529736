//! What a command leaves behind ends with it, also what left its process group.
#![cfg(target_os = "linux")]

use std::time::Duration;

use crate::common::Workspace;
use crate::reproduce;
use crate::sandbox::runs;

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
