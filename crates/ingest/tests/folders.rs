//! Finding vintages and their raw files.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use crate::support::manifest_text;
use insta::assert_snapshot;
use vintner_ingest::VintageFolders;

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn manifest(raw: &str) -> String {
    let source = |name: &str, file: &str| {
        format!(
            "  - {{name: {name}, file: \"{file}\", sha256: \"{}\", format: csv, time: year, columns: [{{column: {name}, variable: {name}}}]}}\n",
            "0".repeat(64)
        )
    };
    format!("{raw}{}", manifest_text(&format!("{}{}", source("a", "a .csv"), source("b", "b.csv"))))
}

/// The text with the temporary folder's name replaced, and the separators of this platform.
fn plain(text: &str, folder: &Path) -> String {
    text.replace(folder.to_str().unwrap(), "FOLDER").replace('\\', "/")
}

#[test]
fn the_data_root_comes_first_and_the_workspace_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let (root, workspace) = (folder.path().join("root"), folder.path().join("workspace"));
    write(&workspace.join("data/vintages/one/vintage.yaml"), &manifest(""));
    write(&workspace.join("data/vintages/two/vintage.yaml"), &manifest("raw: one/raw\n"));
    write(&workspace.join("data/vintages/one/raw/b.csv"), "");
    write(&root.join("three/vintage.yaml"), &manifest(""));

    let folders = VintageFolders::new(Some(&root), &workspace);
    assert_eq!(folders.list(), ["one", "three", "two"]);
    let two = folders.locate("two").unwrap();
    assert_eq!(two.raw_folder, workspace.join("data/vintages/one/raw"));

    // Raw files in the data root win over the workspace's, even where the manifest is the latter's.
    write(&root.join("one/raw/a .csv"), "");
    write(&root.join("one/raw/b.csv"), "");
    let one = folders.locate("one").unwrap();
    assert_eq!(one.manifest_path, workspace.join("data/vintages/one/vintage.yaml"));
    assert_eq!(one.raw_folder, root.join("one/raw"));
    one.require_files().unwrap();
    assert_eq!(VintageFolders::new(None, &workspace).list(), ["one", "two"]);
}

#[test]
fn missing_files_are_listed_with_where_to_put_them() {
    let folder = tempfile::tempdir().unwrap();
    let (root, workspace) = (folder.path().join("root"), folder.path().join("workspace"));
    write(&workspace.join("data/vintages/one/vintage.yaml"), &manifest(""));
    let folders = VintageFolders::new(Some(&root), &workspace);
    let error = folders.locate("one").unwrap().require_files().unwrap_err();
    assert_snapshot!("no_raw_folder", plain(&error.to_string(), folder.path()));

    write(&workspace.join("data/vintages/one/raw/a.csv"), "");
    write(&workspace.join("data/vintages/one/raw/b.csv"), "");
    let error = VintageFolders::new(None, &workspace).locate("one").unwrap().require_files().unwrap_err();
    assert_snapshot!("renamed_file", plain(&error.to_string(), folder.path()));
}

#[test]
fn unknown_vintages_are_answered_with_those_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    let folders = VintageFolders::new(None, &workspace);
    assert_snapshot!("no_vintages", plain(&folders.locate("one").unwrap_err().to_string(), folder.path()));
    for name in ["public-2025", "reconstructed"] {
        write(&workspace.join("data/vintages").join(name).join("vintage.yaml"), &manifest(""));
    }
    let error = |name: &str| plain(&folders.locate(name).unwrap_err().to_string(), folder.path());
    assert_snapshot!("misspelt", error("public-2052"));
    assert_snapshot!("unknown", error("licensed"));
    assert!(error("../public-2025").starts_with("no vintage"));
}
