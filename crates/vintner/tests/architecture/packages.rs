//! The packages of the workspace, as Cargo knows them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// A crate of the workspace.
pub struct Package {
    /// Its name, without `vintner-`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The crates of the workspace that it is built from. A test may look up.
    pub reads: BTreeSet<String>,
}

/// All crates of the workspace. Nothing is fetched: what others depend on isn't asked for.
pub fn packages() -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(crate::repository())
        .output()
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    read(&serde_json::from_slice(&asked.stdout).unwrap())
}

/// The folders of all crates.
pub fn folders() -> impl Iterator<Item = PathBuf> {
    packages().into_iter().map(|package| package.folder)
}

fn read(metadata: &Value) -> Vec<Package> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let own = |name: &Value| {
        let name = text(name);
        name.strip_prefix("vintner-").map(str::to_owned).unwrap_or(name)
    };
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        // What comes from a folder is of the workspace, by whatever name it is called; `kind` says
        // whether it is for the crate (null), its build script, or its tests.
        let reads = package["dependencies"].as_array().unwrap().iter();
        let reads = reads.filter(|one| one["path"].is_string() && one["kind"] != "dev");
        Package {
            name: own(&package["name"]),
            folder: PathBuf::from(text(&package["manifest_path"])).parent().unwrap().to_owned(),
            reads: reads.map(|one| own(&one["name"])).collect(),
        }
    });
    packages.collect()
}

#[test]
fn a_dependency_counts_by_whatever_name_and_for_whatever_but_tests() {
    let metadata = serde_json::json!({"packages": [{
        "name": "vintner-stages",
        "manifest_path": "/house/crates/stages/Cargo.toml",
        "dependencies": [
            {"name": "vintner-panel", "kind": null, "path": "/house/crates/panel", "rename": null},
            {"name": "vintner-ingest", "kind": "build", "path": "/house/crates/ingest", "rename": "figures"},
            {"name": "vintner-site", "kind": "dev", "path": "/house/crates/site", "rename": null},
            {"name": "vintner-elsewhere", "kind": null, "source": "registry", "rename": null},
        ],
    }]});
    let [stages] = &read(&metadata)[..] else { panic!("one package") };
    assert_eq!(stages.name, "stages");
    assert_eq!(stages.folder, PathBuf::from("/house/crates/stages"));
    assert_eq!(stages.reads, ["ingest", "panel"].map(str::to_owned).into());
}
