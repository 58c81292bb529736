//! Digests of the code behind each operation, so that a change of code makes its results stale and
//! nobody has to bump a version by hand.
//!
//! For each crate of the workspace that does a stage's work: its sources with the labels and templates that they hold,
//! its manifest, and the locked versions of all packages that it depends on. For each file under
//! `src/operations`: its text. They reach the crate as `VINTNER_CODE_<NAME>`; `src/code.rs` puts an
//! operation's parts together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const CRATES: [&str; 6] = ["diagnostics", "panel", "ingest", "transform", "estimation", "reporting"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let crates = here.parent().ok_or("the crate has no parent folder")?.to_owned();
    let lock_path = crates.parent().ok_or("the workspace has no folder")?.join("Cargo.lock");
    println!("cargo:rerun-if-changed={}", lock_path.display());
    let packages = packages(&fs::read_to_string(&lock_path)?);

    for name in CRATES {
        let folder = crates.join(name);
        let mut hasher = Sha256::new();
        let mut files = vec![folder.join("Cargo.toml")];
        sources_below(&folder.join("src"), &mut files)?;
        println!("cargo:rerun-if-changed={}", folder.join("src").display());
        for file in files {
            add_file(&mut hasher, &folder, &file)?;
        }
        for package in closure(&packages, &format!("vintner-{name}")) {
            hasher.update(package.as_bytes());
            hasher.update([0]);
        }
        say(name, hasher);
    }

    let operations = here.join("src/operations");
    let mut files = Vec::new();
    sources_below(&operations, &mut files)?;
    println!("cargo:rerun-if-changed={}", operations.display());
    for file in files {
        let mut hasher = Sha256::new();
        add_file(&mut hasher, &operations, &file)?;
        let stem = file.file_stem().ok_or("a source file without a name")?.to_string_lossy().into_owned();
        say(&format!("operation_{stem}"), hasher);
    }
    Ok(())
}

fn say(name: &str, hasher: Sha256) {
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=VINTNER_CODE_{}={digest}", name.to_uppercase());
}

fn add_file(hasher: &mut Sha256, root: &Path, file: &Path) -> std::io::Result<()> {
    println!("cargo:rerun-if-changed={}", file.display());
    // The path within the crate counts, the checkout's place doesn't.
    let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
    let text = fs::read(file)?;
    hasher.update(name.as_bytes());
    hasher.update([0]);
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text);
    Ok(())
}

fn sources_below(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources_below(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| ["rs", "yaml", "tera", "bib"].iter().any(|known| extension == *known))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The packages of a lock file: name to (name, version and checksum; names of dependencies).
/// Packages that are locked in several versions are one here: all their versions count.
fn packages(lock: &str) -> BTreeMap<String, (String, Vec<String>)> {
    let mut packages: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            block
                .lines()
                .find_map(|line| {
                    line.strip_prefix(name)?
                        .trim()
                        .strip_prefix('=')
                        .map(|value| value.trim().trim_matches('"'))
                })
                .unwrap_or_default()
        };
        let dependencies = block.split("dependencies = [").nth(1).and_then(|rest| rest.split(']').next());
        let dependencies = dependencies.unwrap_or_default().split(',').filter_map(|entry| {
            let entry = entry.trim().trim_matches('"');
            entry.split(' ').next().filter(|name| !name.is_empty()).map(str::to_owned)
        });
        let entry = packages.entry(field("name").to_owned()).or_default();
        entry.0.push_str(&format!("{} {} {};", field("name"), field("version"), field("checksum")));
        entry.1.extend(dependencies);
    }
    packages
}

/// The locked identities of everything that `root` depends on, itself left out.
fn closure(packages: &BTreeMap<String, (String, Vec<String>)>, root: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(name) = open.pop() {
        let Some((_, dependencies)) = packages.get(&name) else { continue };
        for dependency in dependencies {
            if seen.insert(dependency.clone()) {
                open.push(dependency.clone());
            }
        }
    }
    seen.iter().filter_map(|name| packages.get(name).map(|(identity, _)| identity.clone())).collect()
}
