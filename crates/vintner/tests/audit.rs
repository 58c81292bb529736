//! What `audit` shows, and what it finds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::towns::{PRICES, small};
use crate::common::{Workspace, redacted};

fn made() -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace
}

/// The exit code and all that is said.
fn audit(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(&[&["audit"], arguments].concat());
    redacted(&format!("exit {}\n{}{}", output.code, output.stdout, output.stderr))
}

#[test]
fn all_stages() {
    let workspace = small();
    insta::assert_snapshot!("before_the_first_run", audit(&workspace, &[]));
    workspace.reproduce(&[]);
    // How wide the columns are depends on how long the stages took.
    let spaces = regex::Regex::new(" {2,}").unwrap();
    insta::assert_snapshot!("all_stages", spaces.replace_all(&audit(&workspace, &[]), "  "));
    insta::assert_snapshot!("all_stages_for_scripts", audit(&workspace, &["--format", "json"]));
}

#[test]
fn one_stage() {
    let workspace = made();
    insta::assert_snapshot!("a_branch", audit(&workspace, &["tidy[towns]"]));
    insta::assert_snapshot!("a_stage", audit(&workspace, &["summary", "--rows", "3"]));
    insta::assert_snapshot!(
        "a_stage_for_scripts",
        audit(&workspace, &["real", "--rows", "1", "--format", "json"])
    );
}

#[test]
fn every_byte_is_read_and_what_differs_is_named() {
    let workspace = made();
    insta::assert_snapshot!("verified", audit(&workspace, &["--verify"]));

    // The same length and the same times: nothing but the bytes tells.
    let published = workspace.path("reports/small/summary.json");
    let text = fs::read_to_string(&published).unwrap();
    let times = fs::metadata(&published).unwrap().modified().unwrap();
    fs::write(&published, text.replacen('1', "2", 1)).unwrap();
    fs::File::options().write(true).open(&published).unwrap().set_modified(times).unwrap();

    let shown = workspace.path(".vintner/outputs/towns/small/real/series.parquet");
    let digest = crate::common::digest_of(&fs::read(&shown).unwrap());
    let object = workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]));
    let mut bytes = fs::read(&object).unwrap();
    bytes[40] ^= 1;
    crate::common::overwrite(&object, &bytes);
    insta::assert_snapshot!("two_things_differ", audit(&workspace, &["--verify"]));

    let ran = workspace.reproduce(&[]);
    assert_eq!(ran["real"], "ran");
    assert_eq!(ran["panel"], "cached");
    insta::assert_snapshot!("healed", audit(&workspace, &["--verify"]));

    workspace.edit(PRICES, "2005,1.08", "2005,1.09");
    insta::assert_snapshot!("a_raw_file_differs", audit(&workspace, &["summary", "--verify"]));
}

#[test]
fn what_is_made_again_comes_out_the_same() {
    let workspace = made();
    let before = workspace.files(".vintner");
    let output = workspace.vintner(&["audit", "--rebuild"]);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "small: 7 stages made again, 12 outputs byte for byte as kept\n")
    );
    assert_eq!(workspace.files(".vintner"), before, "a rebuild leaves the cache alone");
}

#[test]
fn a_cache_that_was_tampered_with_is_found_by_rebuilding() {
    let workspace = made();
    // Whoever edits an object and its record with it fools everything but a rebuild.
    let records = workspace.files(".vintner/v1/records");
    let (path, record) = records
        .iter()
        .find(|(_, bytes)| String::from_utf8_lossy(bytes).contains("\"branch\": \"summary\""))
        .unwrap();
    let shown =
        fs::read_to_string(workspace.path(".vintner/outputs/towns/small/summary/descriptives.json")).unwrap();
    let forged = shown.replacen("0", "1", 1);
    let (old, new) =
        (crate::common::digest_of(shown.as_bytes()), crate::common::digest_of(forged.as_bytes()));
    let object = workspace.path(&format!(".vintner/v1/objects/{}/{new}", &new[..2]));
    fs::create_dir_all(object.parent().unwrap()).unwrap();
    fs::write(object, &forged).unwrap();
    let record = String::from_utf8(record.clone()).unwrap().replace(&old, &new);
    crate::common::overwrite(&workspace.path(path.to_str().unwrap()), record.as_bytes());

    let output = workspace.vintner(&["audit", "summary", "--rebuild"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stdout.contains(&format!(
            "summary.descriptives  {} is kept, {} came out",
            &new[..12],
            &old[..12]
        )),
        "{}",
        output.stdout
    );
    assert!(
        output.stderr.contains("1 kept output isn't what the code and the data make"),
        "{}",
        output.stderr
    );
}
