//! Files below folders that stages read: which count, which are left out, and which can't be read.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::common::Workspace;

/// A stage that lists the folder `in`.
fn of_folder() -> Workspace {
    let workspace = Workspace::of_stages(
        "
  names:
    run: (cd in && find . -type f | sort) > names.txt
    files: {folder: in}
    outputs: {names: names.txt}
",
    );
    workspace.write("in/a.csv", "1\n");
    workspace.write("in/sub/b.csv", "2\n");
    workspace
}

fn names(workspace: &Workspace) -> String {
    workspace.read(".vintner/outputs/trial/v/names/names.txt")
}

#[test]
fn leftovers_don_t_count_and_hidden_files_are_told() {
    let workspace = of_folder();
    workspace.reproduce(&[]);
    for name in ["Thumbs.db", "desktop.ini", "~$a.xlsx", "sub/__pycache__/b.pyc", ".DS_Store", "a.csv~"] {
        workspace.write(&format!("in/{name}"), "x");
    }
    let output = workspace.vintner(&["reproduce"]);
    assert!(output.stdout.contains("nothing to do"), "{}{}", output.stdout, output.stderr);
    assert!(!output.stderr.contains("left out"), "{}", output.stderr);

    workspace.write("in/.Rprofile", "options(digits = 3)\n");
    for run in 0..3 {
        let output = workspace.vintner(&["reproduce", "-v"]);
        assert!(output.stdout.contains("nothing to do"), "{run}: {}", output.stdout);
        let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains("the folder in: .Rprofile left out, as all that begins with a dot is"),
            "{said}"
        );
    }
    assert_eq!(names(&workspace), "./a.csv\n./sub/b.csv\n");

    // As it says, it can be taken in.
    workspace.edit("pipeline.yaml", "vintage: v\n", "vintage: v\nignore: [\"!.Rprofile\"]\n");
    let output = workspace.vintner(&["reproduce"]);
    assert!(!output.stderr.contains("left out"), "{}", output.stderr);
    assert_eq!(names(&workspace), "./.Rprofile\n./a.csv\n./sub/b.csv\n");
}

#[test]
fn what_a_pipeline_ignores_doesn_t_count() {
    let workspace = of_folder();
    workspace.edit("pipeline.yaml", "vintage: v\n", "vintage: v\nignore: [\"*.bak\", in/drafts/]\n");
    workspace.reproduce(&[]);
    workspace.write("in/a.bak", "x");
    workspace.write("in/drafts/c.csv", "x");
    assert!(workspace.vintner(&["reproduce"]).stdout.contains("nothing to do"));
    workspace.write("in/sub/drafts/c.csv", "x");
    workspace.reproduce(&[]);
    assert_eq!(names(&workspace), "./a.csv\n./sub/b.csv\n./sub/drafts/c.csv\n");
    workspace.edit("pipeline.yaml", "\"*.bak\"", "\"[a\"");
    let output = workspace.vintner(&["status"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("pipeline.yaml:4:10: `[a` is no pattern for files"), "{}", output.stderr);
}

#[test]
fn what_can_t_be_read_is_named() {
    let refused = |make: &dyn Fn(&Workspace)| {
        let workspace = of_folder();
        make(&workspace);
        let output = workspace.vintner(&["reproduce"]);
        assert_eq!(output.code, 1, "{}{}", output.stdout, output.stderr);
        output.stderr
    };
    let said = refused(&|workspace| symlink("gone.csv", workspace.path("in/link.csv")).unwrap());
    assert!(said.contains("in/link.csv: a link to gone.csv, and nothing is there"), "{said}");
    let not_utf8 = |workspace: &Workspace, byte: u8| {
        fs::write(workspace.path("in").join(OsStr::from_bytes(&[b'a', byte])), "x").unwrap();
    };
    // Two of them would have one name.
    let said = refused(&|workspace| (0xfe..=0xff).for_each(|byte| not_utf8(workspace, byte)));
    assert!(said.contains("isn't UTF-8; rename the file"), "{said}");
    let said = refused(&|workspace| {
        workspace.write("in/caf\u{e9}.csv", "1");
        workspace.write("in/cafe\u{301}.csv", "2");
    });
    assert!(said.contains(r"cafe\u{301}.csv and café.csv are the same letters"), "{said}");
}

#[test]
fn a_declared_file_that_is_there_under_another_name_is_found_out() {
    let workspace = of_folder();
    workspace.write("donne\u{301}es/a.csv", "1");
    workspace.edit("pipeline.yaml", "folder: in", "folder: in, file: donn\u{e9}es/a.csv");
    let output = workspace.vintner(&["status"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("there is no file or folder `données/a.csv`"), "{}", output.stderr);
    assert!(
        output.stderr.contains(r"there is `donne\u{301}es/a.csv`, the same letters"),
        "{}",
        output.stderr
    );
    symlink("nowhere", workspace.path("donn\u{e9}es")).unwrap();
    workspace.edit("pipeline.yaml", "donn\u{e9}es/a.csv", "donn\u{e9}es");
    let output = workspace.vintner(&["status"]);
    assert!(
        output.stderr.contains("`données` is a link to nowhere, and nothing is there"),
        "{}",
        output.stderr
    );
}

#[test]
fn paths_that_aren_t_utf8_never_make_it_panic() {
    let workspace = of_folder();
    let moved = workspace.path("").parent().unwrap().join(OsStr::from_bytes(b"vintner-\xff-test"));
    fs::remove_dir_all(&moved).ok();
    let copied = std::process::Command::new("cp").arg("-a").arg(workspace.path("")).arg(&moved).status();
    assert!(copied.unwrap().success());
    for arguments in [&["reproduce"][..], &["reproduce"], &["status"], &["lock"], &["audit", "--verify"]] {
        let mut command = workspace.command(arguments);
        let output = command.arg("-C").arg(&moved).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(0..=2)), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
    fs::remove_dir_all(&moved).unwrap();
}
