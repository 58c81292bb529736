//! What a command in a sandbox sees, and what it doesn't. Skips, saying so, where bubblewrap isn't there or
//! may make no namespaces.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::common::Workspace;
use crate::run::reproduce;

fn bubblewrap() -> bool {
    let arguments = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"];
    match Command::new("bwrap").args(arguments).output() {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            println!("skipped: bwrap can't: {}", String::from_utf8_lossy(&output.stderr).trim());
            false
        }
        Err(error) => {
            println!("skipped: no bwrap: {error}");
            false
        }
    }
}

fn said(workspace: &Workspace) -> String {
    let output = reproduce(workspace, &[], &[]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    workspace.read("reports/out.txt")
}

#[test]
fn only_what_is_declared_is_seen() {
    if !bubblewrap() {
        return;
    }
    let workspace = Workspace::of_stages(
        r#"
  seen:
    run: |
      {
        pwd; hostname; echo "$HOME $TMPDIR $VINTNER_PARAMS"
        cat notes/declared.txt "$VINTNER_PARAMS"
        for path in HERE /home /root /etc/passwd /var /sys HERE/notes/hidden.txt; do
          if test -e "$path"; then echo "sees $path"; fi
        done
        echo x > "$TMPDIR/x"; ls /tmp
        grep -c : /proc/net/dev
        ls /proc | grep -c '^[0-9]'
        (echo x > /usr/x) 2> /dev/null || echo "nothing is written to /usr"
        (echo x > HERE/x) 2> /dev/null || echo "nor to the workspace"
      } > out.txt
    sandbox: true
    files: {declared: notes/declared.txt}
    params: {a: 1}
    outputs: {out: out.txt}
    publish: {out: reports/out.txt}
"#,
    );
    workspace.write("notes/declared.txt", "declared\n");
    workspace.write("notes/hidden.txt", "hidden\n");
    let said = said(&workspace);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[..5],
        ["/work", "vintner", "/tmp /tmp /work/params.json", "declared", "{\"a\":1}"],
        "{said}"
    );
    assert_eq!(lines[5..7], ["x", "1"], "an own /tmp, and of the network the loopback alone: {said}");
    assert!(lines[7].parse::<u32>().unwrap() < 10, "no other processes: {said}");
    assert_eq!(lines[8..], ["nothing is written to /usr", "nor to the workspace"]);
    assert!(!workspace.path("x").exists());
}

#[test]
fn an_undeclared_read_is_an_error() {
    if !bubblewrap() {
        return;
    }
    let stage = |sandbox: &str| {
        format!("  a: {{run: 'cat HERE/secret.txt > out.txt', {sandbox}outputs: {{out: out.txt}}}}\n")
    };
    let workspace = Workspace::of_stages(&stage(""));
    workspace.write("secret.txt", "x\n");
    assert_eq!(reproduce(&workspace, &[], &[]).code, 0, "without a sandbox it is read");
    workspace.write_stages(&stage("sandbox: true, "));
    let output = reproduce(&workspace, &[], &[]);
    assert_eq!(output.code, 1, "a sandbox counts in the fingerprint");
    assert!(output.stderr.contains("No such file or directory"), "{}", output.stderr);
    // For all stages at once, and one that says otherwise.
    let spec = workspace.read("pipeline.yaml").replace("sandbox: true, ", "");
    workspace.write("pipeline.yaml", &spec.replace("vintage: v\n", "vintage: v\nsandbox: true\n"));
    assert_eq!(reproduce(&workspace, &[], &[]).code, 1);
    let spec = workspace.read("pipeline.yaml").replace("outputs:", "sandbox: false, outputs:");
    workspace.write("pipeline.yaml", &spec);
    assert_eq!(reproduce(&workspace, &[], &[]).code, 0);
}

#[test]
fn all_that_it_started_ends_with_it() {
    if !bubblewrap() {
        return;
    }
    let mark = format!("{}.{}", 4000 + std::process::id() % 1000, std::process::id());
    let workspace = Workspace::of_stages(&format!(
        "  a: {{run: 'env -i setsid sleep {mark} > /dev/null 2>&1 & echo x > out.txt', sandbox: true, outputs: {{out: out.txt}}}}\n"
    ));
    assert_eq!(reproduce(&workspace, &[], &[]).code, 0);
    std::thread::sleep(Duration::from_millis(50));
    assert!(!runs(&["sleep", &mark]));
}

#[test]
fn further_folders_are_seen_where_they_are_named() {
    if !bubblewrap() {
        return;
    }
    let tools = tempfile::tempdir().unwrap();
    let tool = tools.path().join("tool");
    fs::write(&tool, "#!/bin/sh\necho from a tool\n").unwrap();
    fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = tools.path().to_str().unwrap().to_owned();
    let workspace = Workspace::of_stages(&format!(
        "  a: {{run: 'tool > out.txt', sandbox: {{read: [{path}]}}, outputs: {{out: out.txt}}, publish: {{out: reports/out.txt}}}}\n"
    ));
    let whole = format!("{path}:{}", std::env::var("PATH").unwrap());
    let output = reproduce(&workspace, &[("PATH", &whole)], &[]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(workspace.read("reports/out.txt"), "from a tool\n");
    workspace.edit("pipeline.yaml", &format!("{{read: [{path}]}}"), "true");
    let output = reproduce(&workspace, &[("PATH", &whole)], &[]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("a program wasn't found on PATH=") && !output.stderr.contains(&path));
}

#[test]
fn without_bubblewrap_it_is_said_before_anything_runs() {
    let bin = tempfile::tempdir().unwrap();
    let workspace = Workspace::of_stages(
        "  a: {run: 'touch HERE/ran; echo x > out.txt', sandbox: true, outputs: {out: out.txt}}\n",
    );
    let path = bin.path().to_str().unwrap();
    let output = reproduce(&workspace, &[("PATH", path)], &[]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("its sandbox can't be made: there is no `bwrap` on PATH"),
        "{}",
        output.stderr
    );
    // One that may not make namespaces says so itself.
    let fake = bin.path().join("bwrap");
    fs::write(&fake, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        .unwrap();
    fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = reproduce(&workspace, &[("PATH", path)], &[]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("No permissions to create new namespace"), "{}", output.stderr);
    assert!(!workspace.path("ran").exists());
}

#[test]
fn timeouts_and_signals_are_told_as_without() {
    if !bubblewrap() {
        return;
    }
    let workspace = Workspace::of_stages(
        "  a: {run: 'sleep 100', sandbox: true, timeout: 1s, outputs: {out: out.txt}}\n",
    );
    let output = reproduce(&workspace, &[], &[]);
    assert!(output.stderr.contains("longer than its timeout of 1s"), "{}", output.stderr);
}

/// Whether a process with these arguments runs.
pub fn runs(arguments: &[&str]) -> bool {
    let wanted: Vec<u8> = arguments.iter().flat_map(|word| [word.as_bytes(), b"\0"].concat()).collect();
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == wanted))
}
