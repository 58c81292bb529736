//! What the cache keeps, and that collecting it takes away nothing that is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;

use crate::common::commands::trials;
use crate::common::towns::{TOWNS, small, write_sums};
use crate::common::{Workspace, redacted, replaced};

/// The exit code and all that is said.
fn cache(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(&[&["cache"], arguments].concat());
    redacted(&format!("exit {}\n{}{}", output.code, output.stdout, output.stderr))
}

/// The small paper, run with two base years and back again.
fn with_two_parametrisations() -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace.reproduce(&["--set", "params.base_year=2003"]);
    workspace.reproduce(&[]);
    workspace
}

fn objects(workspace: &Workspace) -> usize {
    workspace.files(".vintner/v1/objects").len()
}

#[test]
fn what_is_kept_for_whom() {
    let workspace = with_two_parametrisations();
    insta::assert_snapshot!("ls", cache(&workspace, &["ls"]));
    insta::assert_snapshot!("ls_of_a_vintage", cache(&workspace, &["ls", "--vintage", "small"]));
    // Records and logs say how long each stage took, in more digits or fewer.
    let varying = [
        (r" *[0-9.]+ k?B  (records of|logs|in all)", "<size>  $1"),
        (r#""(logs|records|total)": \d+"#, r#""$1": "<size>""#),
    ];
    let without_sizes = |text: String| replaced(&text, &varying);
    insta::assert_snapshot!("du", without_sizes(cache(&workspace, &["du"])));
    let for_scripts = cache(&workspace, &["du", "--format", "json"]);
    insta::assert_snapshot!("du_for_scripts", without_sizes(for_scripts));
    let sizes = || -> serde_json::Value {
        serde_json::from_str(&workspace.vintner(&["cache", "du", "--format", "json"]).stdout).unwrap()
    };
    let said = sizes();
    let size = |part: &str| -> usize { workspace.files(part).values().map(Vec::len).sum() };
    assert_eq!(said["records"], size(".vintner/v1/records"));
    assert_eq!(said["logs"], size(".vintner/logs"));
    let kept = size(".vintner/v1/objects") + size(".vintner/v1/records") + size(".vintner/logs");
    assert_eq!(said["total"], kept);
    // What a killed run was about to show is a leftover and nothing else.
    fs::write(workspace.path(".vintner/outputs/towns/small/.writing-x"), "half").unwrap();
    fs::write(workspace.path(".vintner/logs/towns/small/.writing-y"), "half").unwrap();
    let said = sizes();
    assert_eq!(
        (&said["leftovers"], &said["copied_outputs"], &said["total"]),
        (&8.into(), &0.into(), &(kept + 8).into())
    );
    insta::assert_snapshot!("verified", cache(&workspace, &["verify"]));
}

#[test]
fn earlier_parametrisations_are_kept_for_a_while() {
    let workspace = with_two_parametrisations();
    let before = workspace.files(".vintner/v1");
    assert!(cache(&workspace, &["gc"]).contains("0 runs and 0 objects removed"));
    insta::assert_snapshot!("dry_run", cache(&workspace, &["gc", "--older-than", "0d", "--dry-run"]));
    assert_eq!(workspace.files(".vintner/v1"), before, "a dry run and a young cache stay whole");

    insta::assert_snapshot!("collected", cache(&workspace, &["gc", "--older-than", "0d"]));
    assert!(workspace.reproduce(&[]).values().all(|outcome| outcome == "cached"));
    assert_eq!(workspace.vintner(&["audit", "--verify"]).code, 0);
    let again = workspace.reproduce(&["--set", "params.base_year=2003"]);
    assert_eq!((again["real"].as_str(), again["panel"].as_str()), ("ran", "cached"));
}

#[test]
fn what_the_lock_names_is_kept() {
    let workspace = small();
    workspace.reproduce(&[]);
    let lock = workspace.read("pipeline.lock");
    workspace.edit(TOWNS, "Burton,2003,127,625\n", "Burton,2003,128,625\n");
    write_sums(&workspace);
    workspace.reproduce(&[]);
    // As in a workspace whose lock says what was sent in, while the work goes on.
    fs::write(workspace.path("pipeline.lock"), &lock).unwrap();
    assert!(cache(&workspace, &["gc", "--older-than", "0d"]).contains("0 runs and 0 objects removed"));
    fs::remove_file(workspace.path("pipeline.lock")).unwrap();
    assert!(!cache(&workspace, &["gc", "--older-than", "0d"]).contains("0 runs and 0 objects removed"));
    assert!(workspace.reproduce(&[]).values().all(|outcome| outcome == "cached"));
}

#[test]
fn leftovers_of_killed_runs_go_and_young_strangers_stay() {
    let workspace = small();
    workspace.reproduce(&[]);
    let kept = objects(&workspace);
    for path in ["objects/ab/.writing-x", "records/cd/.writing-y", "latest/.writing-z"] {
        let path = workspace.path(&format!(".vintner/v1/{path}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "half").unwrap();
    }
    fs::create_dir_all(workspace.path(".vintner/scratch-abc/v1")).unwrap();
    fs::write(workspace.path(".vintner/scratch-abc/v1/file"), "rebuilt").unwrap();
    // An object that has no record yet.
    let digest = crate::common::digest_of(b"just written");
    let stranger = workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]));
    fs::create_dir_all(stranger.parent().unwrap()).unwrap();
    fs::write(&stranger, "just written").unwrap();

    insta::assert_snapshot!("leftovers", cache(&workspace, &["gc"]));
    assert_eq!(objects(&workspace), kept + 1);
    assert!(!workspace.path(".vintner/scratch-abc").exists());

    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7_300);
    fs::File::options().write(true).open(&stranger).unwrap().set_modified(hours_ago).unwrap();
    assert!(cache(&workspace, &["gc"]).contains("0 runs and 1 object removed, 12 B"));
    assert_eq!(objects(&workspace), kept);
}

#[test]
fn nothing_is_collected_while_a_run_goes_on() {
    let workspace = small();
    workspace.reproduce(&[]);
    // What a run holds.
    let in_use =
        fs::File::options().read(true).write(true).open(workspace.path(".vintner/v1/in-use")).unwrap();
    in_use.lock_shared().unwrap();
    let said = cache(&workspace, &["gc", "--older-than", "0d"]);
    // Held by this test's own process.
    insta::assert_snapshot!("in_use", said.replace(&std::process::id().to_string(), "<process>"));
    assert!(cache(&workspace, &["gc", "--older-than", "0d", "--dry-run"]).starts_with("exit 0"));
}

#[test]
fn every_byte_of_the_cache_is_read() {
    let workspace = small();
    workspace.reproduce(&[]);
    let of = |path: &str| {
        let digest = crate::common::digest_of(&fs::read(workspace.path(path)).unwrap());
        workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]))
    };
    let (corrupt, gone) = (
        of(".vintner/outputs/towns/small/real/series.parquet"),
        of(".vintner/outputs/towns/small/panel/panel.parquet"),
    );
    let mut bytes = fs::read(&corrupt).unwrap();
    bytes[10] ^= 1;
    crate::common::overwrite(&corrupt, &bytes);
    fs::remove_file(gone).unwrap();
    let records: BTreeMap<_, _> = workspace.files(".vintner/v1/records");
    let record =
        records.iter().find(|(_, text)| String::from_utf8_lossy(text).contains("\"branch\": \"equation\""));
    crate::common::overwrite(&workspace.path(record.unwrap().0.to_str().unwrap()), b"{");
    let said = cache(&workspace, &["verify"]);
    for part in [
        "exit 1",
        "an output of real is corrupt",
        "an output of panel is gone",
        "a record is damaged",
        "the latest run of equation has no record",
    ] {
        assert!(said.contains(part), "{part} isn't in {said}");
    }
    let ran = workspace.reproduce(&[]);
    assert_eq!(
        [&ran["panel"], &ran["real"], &ran["equation"], &ran["summary"]],
        ["ran", "ran", "ran", "cached"]
    );
    assert!(cache(&workspace, &["verify"]).starts_with("exit 0"));
}

#[test]
fn ages_are_days_hours_or_minutes() {
    let workspace = small();
    for wrong in ["30", "d", "1w", "-1d", "9999999999999999999d", "天"] {
        let said = cache(&workspace, &["gc", "--older-than", wrong]);
        assert!(said.starts_with("exit 2"), "{wrong}: {said}");
    }
}

#[test]
fn a_damaged_list_of_latest_runs_loses_nothing() {
    let workspace = small();
    workspace.reproduce(&[]);
    // Without a lock the list alone says what is needed.
    fs::remove_file(workspace.path("pipeline.lock")).unwrap();
    for damaged in ["", "{", "[]", "{\"real\": \"short\"}"] {
        fs::write(workspace.path(".vintner/v1/latest/towns/small.json"), damaged).unwrap();
        let before = workspace.files(".vintner/v1");
        for arguments in [&["gc", "--older-than", "0d"][..], &["gc", "--dry-run"]] {
            let said = cache(&workspace, arguments);
            assert!(said.starts_with("exit 1"), "{said}");
            assert!(said.contains("`vintner reproduce --vintage small` writes it again"), "{said}");
        }
        assert!(cache(&workspace, &["verify"]).contains(".vintner/v1/latest/towns/small.json"));
        assert!(
            cache(&workspace, &["verify", "--mend"]).starts_with("exit 1"),
            "it isn't known what it said"
        );
        assert_eq!(workspace.files(".vintner/v1"), before);
    }
    assert!(workspace.reproduce(&[]).values().all(|outcome| outcome == "cached"));
    assert!(cache(&workspace, &["verify"]).starts_with("exit 0"));
    assert!(cache(&workspace, &["gc", "--older-than", "0d"]).contains("0 runs and 0 objects removed"));
}

#[test]
fn what_is_corrupt_is_counted_once_and_mended() {
    let workspace = with_two_parametrisations();
    let object = |bytes: &[u8]| {
        let digest = crate::common::digest_of(bytes);
        workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]))
    };
    // A copy of a raw file that several runs read, and an output of the run with the other base year.
    let raw = object(&fs::read(workspace.path(TOWNS)).unwrap());
    assert!(raw.is_file(), "the raw file is copied");
    let latest = workspace.files(".vintner/outputs");
    let of_latest: Vec<_> = latest.values().map(|bytes| object(bytes)).collect();
    let records = workspace.files(".vintner/v1/records");
    let earlier = records
        .values()
        .map(|text| serde_json::from_slice::<serde_json::Value>(text).unwrap())
        .filter(|record| record["branch"] == "real")
        .map(|record| record["outputs"]["series"]["digest"].as_str().unwrap().to_owned())
        .map(|digest| workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2])))
        .find(|path| !of_latest.contains(path))
        .unwrap();
    for path in [&raw, &earlier] {
        crate::common::overwrite(path, b"something else");
    }
    insta::assert_snapshot!("unsound", cache(&workspace, &["verify"]));
    insta::assert_snapshot!("mended", cache(&workspace, &["verify", "--mend"]));
    assert!(workspace.reproduce(&[]).values().all(|outcome| outcome == "cached"));
    let again = workspace.reproduce(&["--set", "params.base_year=2003"]);
    assert_eq!((again["real"].as_str(), again["panel"].as_str()), ("ran", "cached"));
    assert!(cache(&workspace, &["verify"]).starts_with("exit 0"));
}

#[cfg(unix)]
#[test]
fn damaged_records_go_and_those_that_cannot_be_read_stay() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = small();
    workspace.reproduce(&[]);
    let records = workspace.files(".vintner/v1/records");
    let record = |branch: &str| {
        let named = format!("\"branch\": \"{branch}\"");
        let found = records.iter().find(|(_, text)| String::from_utf8_lossy(text).contains(&named));
        workspace.path(found.unwrap().0.to_str().unwrap())
    };
    crate::common::overwrite(&record("equation"), b"{");
    let said = cache(&workspace, &["gc"]);
    assert!(said.contains("1 damaged record removed"), "{said}");

    let locked = record("real");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        println!("skipped: root reads all files");
        return;
    }
    let before = workspace.files(".vintner/v1/objects");
    let said = cache(&workspace, &["gc", "--older-than", "0d"]);
    assert!(said.starts_with("exit 1") && said.contains("reading: Permission denied"), "{said}");
    assert_eq!(workspace.files(".vintner/v1/objects"), before);
}

/// While a run, or a proof that makes everything again, goes on, nothing is taken away, and the
/// refusal names its process.
#[cfg(target_os = "linux")]
#[test]
fn a_real_run_and_a_real_rebuild_are_left_alone() {
    let stages = r#"
  slow:
    run: "while test -e HERE/hold && ! test -e HERE/go; do touch HERE/began; sleep 0.01; done; echo 1 > out.txt"
    outputs: {text: out.txt}
  next:
    run: "cat inputs/slow.txt > out.txt"
    inputs: {slow: slow}
    outputs: {text: out.txt}
"#;
    for round in 0..trials(3) {
        let workspace = Workspace::of_stages(stages);
        for command in [&["reproduce"][..], &["audit", "--rebuild"]] {
            workspace.write("hold", "");
            let run = workspace.start(command);
            workspace.wait_for("began");
            let refused = workspace.vintner(&["cache", "gc", "--older-than", "0d"]);
            assert_eq!(refused.code, 1, "{command:?} in round {round}: {}", refused.stdout);
            let holder = format!("in use by process {};", run.id());
            assert!(refused.stderr.contains(&holder), "{} isn't {holder}", refused.stderr);
            workspace.write("go", "");
            let output = run.output();
            assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
            workspace.remove(&["hold", "go", "began"]);
        }
        assert!(workspace.vintner(&["cache", "gc", "--older-than", "0d"]).stdout.contains("2 runs kept"));
        workspace.assert_sound();
    }
}

#[test]
fn what_two_vintages_share_stays_for_either() {
    let stages = r#"
  same:
    run: "echo same > out.txt"
    outputs: {text: out.txt}
  of_vintage:
    run: "cat inputs/manifest.json > out.json"
    inputs: {manifest: vintage}
    outputs: {json: out.json}
  alike:
    run: "wc -l < inputs/manifest.json > /dev/null; cat inputs/same.txt > out.txt"
    inputs: {manifest: vintage, same: same}
    outputs: {text: out.txt}
"#;
    let workspace = Workspace::of_stages(stages);
    for vintage in ["v", "w"] {
        workspace.reproduce(&["--vintage", vintage]);
    }
    // The objects of `same` and both of `alike` are one; nobody needs w any longer.
    fs::remove_file(workspace.path(".vintner/v1/latest/trial/w.json")).unwrap();
    fs::remove_file(workspace.path("pipeline.lock")).unwrap();
    let said = cache(&workspace, &["gc", "--older-than", "0d"]);
    assert!(said.contains("2 runs and "), "{said}");
    assert!(said.contains("3 runs kept"), "{said}");
    workspace.assert_sound();
    assert!(workspace.reproduce(&["--vintage", "v"]).values().all(|outcome| outcome == "cached"));
    let again = workspace.reproduce(&["--vintage", "w"]);
    assert_eq!((again["same"].as_str(), again["of_vintage"].as_str()), ("cached", "ran"));
}
