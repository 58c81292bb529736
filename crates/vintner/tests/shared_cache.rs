//! A store that several share: whoever pushes saves the others their time, and nothing else changes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::common::towns::{MANIFEST_PATH, TOWNS, small, write_sums};
use crate::common::{Workspace, overwrite, redacted, with_outcome};

/// One more stage, whose branches are known once the panel is there, and one that reads them.
const BY_TOWN: &str = "  by_town:
    op: derive
    foreach: {column: entity, of: panel}
    inputs: {panel: variables}
    params: {define: {twice: ln_income * 2}}
";

/// The towns with branches that a column names.
fn towns() -> Workspace {
    let workspace = small();
    workspace.edit("pipeline.yaml", "  equation:\n", &format!("{BY_TOWN}  equation:\n"));
    workspace
}

/// The same files elsewhere, without what was made.
fn clone_of(workspace: &Workspace) -> Workspace {
    let clone = Workspace::of_parts(&[]);
    for (path, bytes) in workspace.files("") {
        if !path.starts_with(".vintner") && !path.starts_with("reports") {
            let to = clone.path(path.to_str().unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, bytes).unwrap();
        }
    }
    clone
}

/// Names a shared store for a workspace.
fn share(workspace: &Workspace, url: &str, more: &str) {
    fs::write(workspace.path("vintner.toml"), format!("[remote]\nurl = \"{url}\"\n{more}")).unwrap();
}

/// A workspace whose results are in a shared folder, and that folder.
fn pushed() -> (Workspace, tempfile::TempDir, String) {
    let (workspace, folder) = (towns(), tempfile::tempdir().unwrap());
    workspace.reproduce(&[]);
    let url = folder.path().join("cache").display().to_string();
    share(&workspace, &url, "");
    let output = workspace.vintner(&["cache", "push"]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    (workspace, folder, url)
}

/// The files below a folder whose paths have a part.
fn files(folder: &tempfile::TempDir, part: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.path().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.retain(|path| path.to_str().unwrap().contains(part));
    found.sort();
    found
}

#[test]
fn a_fresh_clone_reproduces_without_running_anything() {
    let (first, _folder, _) = pushed();
    let clone = clone_of(&first);
    let output = clone.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("10 stages, all cached: nothing to do"), "{}", output.stdout);
    assert!(output.stderr.contains("10 runs and"), "{}", output.stderr);
    for part in ["reports", "pipeline.lock"] {
        let of = |workspace: &Workspace| match workspace.path(part).is_dir() {
            true => workspace.files(part),
            false => [(part.into(), fs::read(workspace.path(part)).unwrap())].into(),
        };
        assert_eq!(of(&first), of(&clone), "{part}");
    }
    for arguments in [&["audit", "--verify"][..], &["cache", "verify"], &["status", "--exit-code"], &["lock"]]
    {
        let output = clone.vintner(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}{}", output.stdout, output.stderr);
    }
    // Its own rebuild comes to the same.
    assert_eq!(clone.vintner(&["audit", "--rebuild"]).code, 0);
    // Where there is nothing to do nothing is asked for.
    fs::remove_dir_all(_folder.path()).unwrap();
    let output = clone.vintner(&["reproduce"]);
    assert_eq!((output.code, output.stderr.contains("warning")), (0, false), "{}", output.stderr);
}

#[test]
fn only_what_differs_is_made() {
    let (first, _folder, _) = pushed();
    let clone = clone_of(&first);
    clone.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain + 1)");
    let outcomes = clone.reproduce(&[]);
    let ran = with_outcome(&outcomes, "ran");
    // `by_town` reads a column that stays as it was.
    assert_eq!(ran, ["equation", "summary", "variables"]);

    // A file that changes without a value of it changing: what reads the values is had once these are made.
    let clone = clone_of(&first);
    let towns = clone.read(TOWNS);
    fs::write(clone.path(TOWNS), format!("{towns}\n")).unwrap();
    clone.vintner(&["cache", "pull"]);
    write_sums_of(&clone);
    let outcomes = clone.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran"), ["tidy[towns]"], "{outcomes:?}");

    let none = clone_of(&first);
    let outcomes = none.reproduce(&["--no-remote"]);
    assert_eq!(with_outcome(&outcomes, "ran").len(), 10);
}

/// Writes the checksums of the raw files into the manifest.
fn write_sums_of(workspace: &Workspace) {
    write_sums(workspace);
    assert!(workspace.read(MANIFEST_PATH).contains("sha256"));
}

#[test]
fn pushing_and_comparing() {
    let (first, folder, url) = pushed();
    let hidden = |text: String| redacted(&text.replace(&url, "SHARED"));
    let said = |workspace: &Workspace, arguments: &[&str]| {
        let output = workspace.vintner(&[&["cache"], arguments].concat());
        hidden(format!("exit {}\n{}{}", output.code, output.stdout, output.stderr))
    };
    insta::assert_snapshot!("pushed_again", said(&first, &["push"]));
    first.reproduce(&["--set", "params.base_year=2003"]);
    insta::assert_snapshot!("dry_push", said(&first, &["push", "--dry-run"]));
    insta::assert_snapshot!("compared", said(&first, &["status"]));
    first.reproduce(&["--set", "params.base_year=2005"]);
    assert!(said(&first, &["push", "--all"]).starts_with("exit 0"));

    let clone = clone_of(&first);
    insta::assert_snapshot!("pulled", said(&clone, &["pull"]));
    let nothing = Workspace::of_parts(&[]);
    fs::write(nothing.path("pipeline.yaml"), "").unwrap();
    insta::assert_snapshot!(
        "none_named",
        said(&nothing, &["push"]).replace(nothing.path("").to_str().unwrap(), "W")
    );

    // What nobody needs goes, and what is needed stays.
    assert!(said(&first, &["gc", "--remote"]).contains("0 runs and 0 objects removed"));
    let before = files(&folder, "objects").len();
    insta::assert_snapshot!("collected_there", said(&first, &["gc", "--remote", "--older-than", "0d"]));
    assert!(files(&folder, "objects").len() < before);
    let clone = clone_of(&first);
    assert_eq!(with_outcome(&clone.reproduce(&["--set", "params.base_year=2005"]), "ran").len(), 0);
    assert_eq!(with_outcome(&clone.reproduce(&[]), "ran").len(), 0, "the lock names these");
}

#[test]
fn a_wrong_byte_is_named_and_never_kept() {
    let (first, folder, _) = pushed();
    let objects = files(&folder, "objects");
    for (at, object) in objects.iter().enumerate() {
        let bytes = fs::read(object).unwrap();
        let wrong = match at % 3 {
            0 => [&bytes[..], b"x"].concat(),
            1 => bytes[..bytes.len() / 2].to_vec(),
            _ => bytes.iter().map(|byte| byte ^ 1).collect(),
        };
        overwrite(object, &wrong);
    }
    let clone = clone_of(&first);
    let output = clone.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("10 stages, 10 ran"), "{}", output.stdout);
    let named = objects.iter().filter(|object| {
        let name = object.file_name().unwrap().to_str().unwrap();
        output.stderr.contains(&name[..12])
    });
    assert!(named.count() >= 8, "{}", output.stderr);
    assert_eq!(clone.vintner(&["cache", "verify"]).code, 0);
    assert_eq!(first.files("reports"), clone.files("reports"));
    // Those of another size are seen at once; who pushes mends them.
    let status = first.vintner(&["cache", "status"]).stdout;
    assert!(status.contains("gone or broken off"), "{status}");
    for object in objects {
        fs::remove_file(object).unwrap();
    }
    assert_eq!(first.vintner(&["cache", "push"]).code, 0);
    assert!(with_outcome(&clone_of(&first).reproduce(&[]), "ran").is_empty());
}

/// A private key and its public half; none where there is no `openssl`.
fn key(folder: &tempfile::TempDir, name: &str) -> Option<(String, String)> {
    let (private, public) = (folder.path().join(name), folder.path().join(format!("{name}.pub")));
    let run = |arguments: &[&str]| Command::new("openssl").args(arguments).output().ok();
    let (private, public) = (private.to_str()?, public.to_str()?);
    let made = run(&["genrsa", "-out", private, "2048"]);
    if made.is_none() {
        println!("skipped: openssl isn't here");
    }
    assert!(
        made?.status.success() && run(&["pkey", "-in", private, "-pubout", "-out", public])?.status.success()
    );
    Some((private.to_owned(), public.to_owned()))
}

#[test]
fn what_no_trusted_key_signed_is_not_believed() {
    let (first, folder, url) = pushed();
    let (Some(own), Some(other)) = (key(&folder, "own"), key(&folder, "other")) else { return };
    let ran = |trust: &str| {
        let clone = clone_of(&first);
        share(&clone, &url, &format!("trust = [\"{trust}\"]\n"));
        let output = clone.vintner(&["reproduce"]);
        assert_eq!(output.code, 0, "{}", output.stderr);
        (output.stdout.contains("10 ran"), output.stderr)
    };
    // Nothing is signed yet.
    let (all_ran, said) = ran(&own.1);
    assert!(all_ran && said.contains("10 records isn't signed"), "{said}");

    share(&first, &url, &format!("key = \"{}\"\ntrust = [\"{}\"]\n", own.0, own.1));
    let output = first.vintner(&["cache", "push"]);
    assert!(output.stdout.starts_with("10 runs and 0 objects"), "{}{}", output.stdout, output.stderr);
    let (all_ran, said) = ran(&own.1);
    assert!(!all_ran && said.contains("10 runs"), "{said}");
    let (all_ran, said) = ran(&other.1);
    assert!(all_ran && said.contains("isn't by a key of `trust`"), "{said}");
    // Who trusts nobody in particular believes either; the private key is no public one.
    let clone = clone_of(&first);
    share(&clone, &url, "");
    assert!(with_outcome(&clone.reproduce(&[]), "ran").is_empty());
    share(&clone, &url, &format!("trust = [\"{}\"]\n", own.0));
    let output = clone.vintner(&["cache", "status"]);
    assert!(output.code == 2 && output.stderr.contains("it is a private key"), "{}", output.stderr);

    // What another signed goes on as it is when parts are put together, and isn't taken away.
    share(&clone, &url, &format!("key = \"{}\"\n", other.0));
    clone.reproduce(&["--set", "params.base_year=2004"]);
    assert_eq!(clone.vintner(&["cache", "push"]).code, 0);
    let (all_ran, said) = ran(&own.1);
    assert!(!all_ran, "{said}");
    let output = clone.vintner(&["cache", "gc", "--remote", "--older-than", "0d"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!ran(&own.1).0);
}

#[test]
fn a_shared_store_that_cannot_be_reached_costs_nothing() {
    let workspace = towns();
    share(&workspace, "http://user:s3cret@127.0.0.1:1/cache", "");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stderr.contains("http://127.0.0.1:1/cache: "), "{}", output.stderr);
    assert!(output.stderr.contains("--no-remote"), "{}", output.stderr);
    // Where everything is made nothing is asked for.
    assert_eq!(workspace.vintner(&["cache", "pull"]).code, 0);
    let nothing_made = towns();
    share(&nothing_made, "http://user:s3cret@127.0.0.1:1/cache", "");
    let pulled = nothing_made.vintner(&["cache", "pull"]);
    let pushed = workspace.vintner(&["cache", "push"]);
    assert_eq!((pulled.code, pushed.code), (1, 1), "{}{}", pulled.stderr, pushed.stderr);
    assert!(pushed.stderr.contains("a web server is only read"), "{}", pushed.stderr);
    for said in [output, pulled, pushed] {
        assert!(!said.stderr.contains("s3cret") && !said.stdout.contains("s3cret"), "{}", said.stderr);
    }
    let kept = workspace.files(".vintner");
    assert!(!kept.values().any(|bytes| String::from_utf8_lossy(bytes).contains("s3cret")));
}

#[test]
fn a_mistaken_address_is_no_empty_store() {
    let (_, folder, url) = pushed();
    let clone = towns();
    let said = |url: &str, arguments: &[&str]| {
        share(&clone, url, "");
        let output = clone.vintner(arguments);
        (output.code, output.stderr.replace(folder.path().to_str().unwrap(), "DISK"))
    };
    let mistaken = format!("{url}s");
    for arguments in [["cache", "pull"], ["cache", "status"]] {
        let (code, stderr) = said(&mistaken, &arguments);
        assert!(code == 1 && stderr.contains("DISK/caches: nothing was ever put there"), "{stderr}");
    }
    // A disk that isn't mounted is filled by nobody.
    let unmounted = folder.path().join("disk/cache").display().to_string();
    for arguments in [["cache", "pull"], ["cache", "status"], ["cache", "push"]] {
        if arguments[1] == "push" {
            share(&clone, &unmounted, "");
            assert_eq!(clone.vintner(&["reproduce", "--no-remote"]).code, 0);
        }
        let (code, stderr) = said(&unmounted, &arguments);
        assert!(code == 1 && stderr.contains("DISK/disk isn't there: mount the disk"), "{stderr}");
    }
    assert!(!folder.path().join("disk").exists());
    clone.remove(&[".vintner"]);
    let (code, stderr) = said(&unmounted, &["reproduce"]);
    assert!(code == 0 && stderr.contains("mount the disk"), "{stderr}");
}

#[test]
fn settings_change_no_result_and_their_faults_have_a_place() {
    let workspace = towns();
    workspace.reproduce(&[]);
    let lock = workspace.read("pipeline.lock");
    fs::write(workspace.path("vintner.toml"), "remote = \"elsewhere\"\n").unwrap();
    assert!(with_outcome(&workspace.reproduce(&[]), "ran").is_empty());
    assert_eq!(workspace.read("pipeline.lock"), lock);
    for (text, said) in [
        ("[remote]\nurl = \"x\"\ntrusts = []\n", "vintner.toml:3:1: unknown field `trusts`"),
        ("remote = \"ftp://x\"\n", "ftp://x: a shared store is a folder"),
        ("remote = \"gs://x/y\"\n", "AWS_ENDPOINT_URL=https://storage.googleapis.com"),
        ("remote = \"s3://X\"\n", "no name of a bucket"),
    ] {
        fs::write(workspace.path("vintner.toml"), text).unwrap();
        let output = workspace.vintner(&["cache", "status"]);
        assert!(
            output.code == 2 && output.stderr.contains(said),
            "{text}: {} {}",
            output.code,
            output.stderr
        );
    }
}

/// What an interrupted pull had begun goes on, and a collection takes it away.
#[test]
fn what_an_interrupted_pull_left_is_taken_up_or_away() {
    let (first, folder, _) = pushed();
    let clone = clone_of(&first);
    let incoming = ".vintner/v1/shared/incoming";
    fs::create_dir_all(clone.path(incoming)).unwrap();
    for object in files(&folder, "objects") {
        let bytes = fs::read(&object).unwrap();
        let name = object.file_name().unwrap().to_str().unwrap();
        fs::write(clone.path(&format!("{incoming}/{name}")), &bytes[..bytes.len() / 2]).unwrap();
    }
    assert!(with_outcome(&clone.reproduce(&[]), "ran").is_empty());
    assert!(!clone.path(incoming).exists());
    assert_eq!(clone.vintner(&["cache", "verify"]).code, 0);

    fs::create_dir_all(clone.path(incoming)).unwrap();
    fs::write(clone.path(&format!("{incoming}/{}", "ab".repeat(32))), "half").unwrap();
    let output = clone.vintner(&["cache", "gc"]);
    assert!(output.stdout.contains("1 leftover of killed runs"), "{}{}", output.stdout, output.stderr);
    assert!(files_of(&clone, incoming).is_empty());
}

fn files_of(workspace: &Workspace, part: &str) -> Vec<PathBuf> {
    if workspace.path(part).is_dir() { workspace.files(part).into_keys().collect() } else { Vec::new() }
}

/// A link that somebody left in a workspace isn't followed when something comes.
#[cfg(unix)]
#[test]
fn nothing_that_comes_is_written_behind_a_link() {
    let (first, folder, _) = pushed();
    let clone = clone_of(&first);
    let outside = clone.path("data/mine");
    fs::write(&outside, "mine").unwrap();
    let incoming = clone.path(".vintner/v1/shared/incoming");
    fs::create_dir_all(&incoming).unwrap();
    for object in files(&folder, "objects") {
        std::os::unix::fs::symlink(&outside, incoming.join(object.file_name().unwrap())).unwrap();
    }
    assert!(with_outcome(&clone.reproduce(&[]), "ran").is_empty());
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");
    let clone = clone_of(&first);
    fs::create_dir_all(clone.path(".vintner/v1")).unwrap();
    fs::create_dir(clone.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(clone.path("elsewhere"), clone.path(".vintner/v1/shared")).unwrap();
    let output = clone.vintner(&["reproduce"]);
    assert!(output.code != 0 && output.stderr.contains("is a symbolic link"), "{}", output.stderr);
    assert!(files_of(&clone, "elsewhere").is_empty());
}
