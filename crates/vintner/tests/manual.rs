//! What shells, `man` and editors get from the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;

#[test]
fn shells_complete_commands_and_options() {
    let workspace = Workspace::of_folder("examples/operations");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let made = workspace.vintner(&["completions", shell]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        for word in ["reproduce", "data-root", "trace"] {
            assert!(made.stdout.contains(word), "{shell} lacks {word}");
        }
    }
    // What bash is given is a program that it reads.
    let made = workspace.vintner(&["completions", "bash"]);
    std::fs::write(workspace.path("completions"), made.stdout).unwrap();
    match std::process::Command::new("bash").arg("-n").arg(workspace.path("completions")).status() {
        Ok(status) => assert!(status.success()),
        Err(error) => println!("skipped: bash isn't here: {error}"),
    }
}

#[test]
fn each_command_has_a_page_of_the_manual() {
    let workspace = Workspace::of_folder("examples/operations");
    let made = workspace.vintner(&["man", "pages"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    for (page, word) in
        [("vintner", "reproduce"), ("vintner-reproduce", "locked"), ("vintner-vintage-new", "from")]
    {
        let text = workspace.read(&format!("pages/{page}.1"));
        assert!(text.starts_with(".ie") && text.contains(word), "{page}: {text}");
        assert!(text.contains(".TH"), "{page}");
    }
    assert!(!workspace.path("pages/vintner-vintages.1").exists(), "a hidden command has a page");
}

#[test]
fn editors_find_the_schema_of_what_is_written() {
    let workspace = Workspace::of_folder("examples/operations");
    std::fs::write(workspace.path("wages.csv"), "person,year,wage\n1,2000,2\n1,2001,3\n2,2000,4\n2,2001,6\n")
        .unwrap();
    let made = workspace.vintner(&["init", "new", "--from", "wages.csv"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    for file in ["new/pipeline.yaml", "new/data/vintages/first/vintage.yaml"] {
        let text = workspace.read(file);
        let place = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap();
        let folder = workspace.path(file);
        let schema = std::fs::read_to_string(folder.parent().unwrap().join(place)).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert!(schema["properties"].is_object(), "{file}");
    }
    // A clone, which hasn't got them, writes them again.
    let folder = workspace.path("new/.vintner/schemas");
    std::fs::remove_dir_all(&folder).unwrap();
    let made = workspace.vintner(&["-C", "new", "schema", "--write"]);
    assert_eq!((made.code, made.stdout.lines().count()), (0, 4), "{}", made.stderr);
    assert!(folder.join("claims.json").is_file());
}

/// The picture of the paper's pipeline fits a screen, and the whole is there for who asks for it.
#[test]
fn a_picture_leaves_out_what_the_rest_implies() {
    let workspace = Workspace::of_paper();
    let drawn = |arguments: &[&str]| {
        let made = workspace.vintner(&[&["graph", "--format", "svg"], arguments].concat());
        assert_eq!(made.code, 0, "{}", made.stderr);
        let number = |start: &str| -> f64 {
            made.stdout.split(start).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        (
            number(" width=\""),
            number(" height=\""),
            made.stdout.matches("class=\"edge\"").count(),
            made.stdout,
        )
    };
    let (width, height, edges, picture) = drawn(&[]);
    let (_, _, all, whole) = drawn(&["--all"]);
    assert!(width <= 1920.0 && height <= 1080.0, "{width} x {height}");
    assert!(edges < 40 && all > 3 * edges, "{edges} of {all} edges");
    for stage in ["tidy", "variables", "table1", "table3_clustered", "report_zh"] {
        assert!(picture.contains(&format!(">{stage}<")), "{stage}");
    }
    assert!(
        whole.contains(">data/published/tables.csv<") && !picture.contains(">data/published/tables.csv<")
    );
}
