//! Values that nobody else may see are in nothing that is kept.

use std::path::PathBuf;

use crate::common::Workspace;
use crate::common::commands::files_below;
use crate::run::{output_of, reproduce};

const KEY: &str = "sk-very-secret-0123456789";
const OTHER: &str = "sk-other-secret-9876543210";
const HIDDEN: &str = "hunter2-and-more";

const STAGES: &str = r#"
  call:
    run: |
      echo "calling with $API_KEY and $TOKEN"
      printf 'half: '; printf "$API_KEY" | cut -c1-10 | tr -d '\n' >&2
      printf '%s' "$API_KEY" | wc -c > out.txt
    env: {API_KEY: null, TOKEN: {secret: true}}
    outputs: {out: out.txt}
    publish: {out: reports/out.txt}
"#;

/// The files below a folder that hold one of the values.
fn holding(workspace: &Workspace) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        [KEY, OTHER, HIDDEN]
            .iter()
            .any(|value| bytes.windows(value.len()).any(|part| part == value.as_bytes()))
    };
    files_below(&workspace.path("")).into_iter().filter(holds).collect()
}

#[test]
fn no_value_is_in_anything_that_is_kept_or_printed() {
    let workspace = Workspace::of_stages(STAGES);
    let with = |key| [("API_KEY", key), ("TOKEN", HIDDEN)];
    let mut printed = Vec::new();
    for arguments in [
        vec!["reproduce"],
        vec!["reproduce"],
        vec!["reproduce", "--format", "json", "-vv"],
        vec!["status", "--format", "json"],
        vec!["why", "call", "--format", "json"],
        vec!["audit", "call", "--format", "json"],
        vec!["audit", "call"],
        vec!["audit", "--html"],
    ] {
        let output = output_of(&workspace, &with(KEY), &arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}{}", output.stdout, output.stderr);
        printed.push(output.stdout + &output.stderr);
    }
    // Another value is another cause, which names the variable and no value.
    for arguments in
        [vec!["why", "call"], vec!["why", "call", "--format", "json"], vec!["reproduce"], vec!["why", "call"]]
    {
        let output = output_of(&workspace, &with(OTHER), &arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}{}", output.stdout, output.stderr);
        assert!(output.stdout.contains("API_KEY") || output.stderr.contains("API_KEY"), "{arguments:?}");
        printed.push(output.stdout + &output.stderr);
    }
    assert_eq!(holding(&workspace), Vec::<PathBuf>::new());
    for text in &printed {
        assert!(![KEY, OTHER, HIDDEN].iter().any(|value| text.contains(value)), "{text}");
    }
    let logs = files_below(&workspace.path(".vintner/logs"));
    let log = logs.iter().find(|path| path.ends_with("call.log")).unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("calling with [API_KEY] and [TOKEN]"), "{log}");
    assert!(log.contains("why: variable API_KEY changed"), "{log}");
}

#[test]
fn a_failure_shows_no_value_either() {
    let workspace = Workspace::of_stages(&STAGES.replace("wc -c > out.txt", "cat; exit 3"));
    let output =
        reproduce(&workspace, &[("API_KEY", KEY), ("TOKEN", HIDDEN), ("VINTNER_KEEP_SCRATCH", "1")], &[]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("API_KEY=\"$API_KEY\"") && !output.stderr.contains(KEY),
        "{}",
        output.stderr
    );
    assert_eq!(holding(&workspace), Vec::<PathBuf>::new());
    let kept = output.stderr.split("cd ").nth(1).and_then(|rest| rest.split(" &&").next());
    if let Some(root) = kept.and_then(|folder| std::path::Path::new(folder).parent()) {
        std::fs::remove_dir_all(root).unwrap();
    }
}

#[test]
fn a_callers_value_counts_and_a_secret_does_not() {
    let workspace = Workspace::of_stages(STAGES);
    let run = |key: &str, token: &str| {
        let output = reproduce(&workspace, &[("API_KEY", key), ("TOKEN", token)], &["--format", "json"]);
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.stdout.contains("\"ran\"")
    };
    assert!(run(KEY, "one"));
    assert!(!run(KEY, "two"), "a secret doesn't count");
    assert!(run(OTHER, "two"));
    assert!(!run(KEY, "one"), "the earlier value finds its result");
    // What is made is there without the secret, and what isn't needs it.
    let without = reproduce(&workspace, &[("API_KEY", KEY)], &[]);
    assert_eq!(without.code, 0, "{}", without.stderr);
    let without = reproduce(&workspace, &[("API_KEY", KEY)], &["--force"]);
    assert_eq!(without.code, 1);
    assert!(without.stderr.contains("the secret `TOKEN` isn't set"), "{}", without.stderr);
    // A key that is lost costs a run.
    std::fs::remove_file(workspace.path(".vintner/secret-key")).unwrap();
    assert!(run(KEY, "one"));
}

#[test]
fn the_no_op_path_sees_another_value() {
    let workspace = Workspace::of_stages(STAGES);
    let with = [("API_KEY", KEY), ("TOKEN", HIDDEN)];
    for _ in 0..3 {
        std::thread::sleep(std::time::Duration::from_millis(120));
        assert_eq!(reproduce(&workspace, &with, &[]).code, 0);
    }
    let changed = reproduce(&workspace, &[("API_KEY", OTHER), ("TOKEN", HIDDEN)], &["--format", "json"]);
    assert!(changed.stdout.contains("\"ran\""), "{}", changed.stdout);
}
