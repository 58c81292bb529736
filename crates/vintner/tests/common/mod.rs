//! A temporary copy of the paper, and the built program to run in it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(unix)]
pub mod chinese;
pub mod commands;
pub mod damage;
#[cfg(unix)]
pub mod kept;
#[cfg(unix)]
pub mod killed_runs;
#[cfg(target_os = "linux")]
pub mod mount;
#[cfg(unix)]
pub mod running;
#[cfg(unix)]
pub mod terminal;
pub mod towns;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of public vintages, where it is; says that it isn't otherwise.
pub fn shared_vintages() -> Option<PathBuf> {
    let folder = repository().join("../shared/vintages");
    if folder.join("public-2025/raw").is_dir() {
        return Some(folder);
    }
    println!("skipped: {} isn't here", folder.join("public-2025/raw").display());
    None
}

/// A folder with a pipeline, removed at the end of the test.
pub struct Workspace {
    folder: tempfile::TempDir,
    /// Where its commands run, so that what others left elsewhere isn't found.
    scratch: tempfile::TempDir,
}

/// What a run of the program printed.
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Workspace {
    /// A copy of the repository's pipeline, data and templates.
    pub fn of_paper() -> Self {
        Self::of_parts(&["pipeline.yaml", "data", "reports/templates"])
    }

    /// A copy of some files and folders of the repository, in their places.
    pub fn of_parts(parts: &[&str]) -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap(), scratch: tempfile::tempdir().unwrap() };
        for part in parts {
            copy(&repository().join(part), &workspace.path(part));
        }
        workspace
    }

    /// A copy of a folder of the repository.
    pub fn of_folder(folder: &str) -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap(), scratch: tempfile::tempdir().unwrap() };
        copy(&repository().join(folder), workspace.folder.path());
        workspace
    }

    pub fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    pub fn read(&self, part: &str) -> String {
        fs::read_to_string(self.path(part)).unwrap()
    }

    /// Replaces the one occurrence of `from` in a text file.
    pub fn edit(&self, part: &str, from: &str, to: &str) {
        let text = self.read(part);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {part}");
        fs::write(self.path(part), text.replace(from, to)).unwrap();
    }

    /// The program, to be run here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vintner"));
        command.args(arguments).current_dir(self.folder.path());
        command.env_remove("VINTNER_DATA_ROOT").env_remove("VINTNER_LOG");
        command.env_remove("VINTNER_FOLLOW_LINKS").env("VINTNER_SCRATCH", self.scratch.path());
        // No settings of whoever runs the tests.
        command.env("XDG_CONFIG_HOME", self.scratch.path());
        command
    }

    /// Runs the program here.
    pub fn vintner(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `reproduce`, which must succeed, and returns what happened to each branch.
    pub fn reproduce(&self, arguments: &[&str]) -> BTreeMap<String, String> {
        let output = self.vintner(&[&["reproduce", "--format", "json"], arguments].concat());
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let stages = report["stages"].as_array().unwrap();
        stages
            .iter()
            .map(|stage| {
                (stage["branch"].as_str().unwrap().to_owned(), stage["outcome"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    /// A second vintage: the paper's own with a text of one raw file changed.
    pub fn write_another_vintage(&self, name: &str, file: &str, from: &str, to: &str) {
        let folder = self.path(&format!("data/vintages/{name}"));
        let own = self.path("data/vintages/reconstructed");
        fs::create_dir_all(folder.join("raw")).unwrap();
        for entry in fs::read_dir(own.join("raw")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.join("raw").join(path.file_name().unwrap())).unwrap();
        }
        let before = fs::read(folder.join("raw").join(file)).unwrap();
        let text = String::from_utf8(before.clone()).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        let after = text.replacen(from, to, 1);
        fs::write(folder.join("raw").join(file), &after).unwrap();
        let sum = |bytes: &[u8]| {
            use sha2::Digest;
            sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let manifest = fs::read_to_string(own.join("vintage.yaml")).unwrap();
        let manifest = manifest.replace(&sum(&before), &sum(after.as_bytes()));
        fs::write(folder.join("vintage.yaml"), manifest).unwrap();
    }

    /// All files below a folder with their bytes.
    pub fn files(&self, part: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.path(part)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.folder.path()).unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        found
    }
}

/// The branches with an outcome, sorted.
pub fn with_outcome<'a>(outcomes: &'a BTreeMap<String, String>, wanted: &str) -> Vec<&'a str> {
    outcomes.iter().filter(|(_, outcome)| *outcome == wanted).map(|(branch, _)| branch.as_str()).collect()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// A text without what differs from run to run: times, durations, sizes of memory, digests and seeds.
pub fn redacted(text: &str) -> String {
    let replacements = [
        (r"[0-9a-f]{64}", "<digest>"),
        // The folder of a record is the first of its digest, which changes with the code.
        (r"records/[0-9a-f]{2}/", "records/<two>/"),
        (r"\b[0-9a-f]{12}\b", "<digest>"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( UTC)?", "<time>"),
        (r"[0-9a-f]{30}…[0-9a-f]{29}", "<sum>"),
        (r"at most [0-9.]+ [kMG]?B of memory", "at most <bytes> of memory"),
        (r"\b\d+(\.\d+)? m?s\b", "<duration>"),
        (r"seed( +)\d+", "seed$1<seed>"),
        (r#""(started|at|seconds|peak_memory|seed)": [0-9.e-]+"#, r#""$1": "<$1>""#),
        (r" +\n", "\n"),
    ];
    replaced(text, &replacements)
}

/// A text with each pattern replaced, one after the other.
pub fn replaced(text: &str, replacements: &[(&str, &str)]) -> String {
    let replace = |text: String, (pattern, with): &(&str, &str)| {
        regex::Regex::new(pattern).unwrap().replace_all(&text, *with).into_owned()
    };
    replacements.iter().fold(text.to_owned(), replace)
}

/// The BLAKE3 digest of some bytes, as the cache names them.
pub fn digest_of(bytes: &[u8]) -> String {
    vintner_pipeline::Digest::of(bytes).to_string()
}

/// Writes over a file of the cache, which is read-only.
pub fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}
