//! What a store holds, looked at from outside: whole, or a fault.

use std::collections::BTreeMap;
use std::fs;

use vintner_pipeline::{Digest, RunKey, Store};

use super::Workspace;
use super::commands::files_below;

/// How much a store was found to hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub objects: usize,
    pub records: usize,
    /// Files that a killed run was writing.
    pub unfinished: usize,
}

impl Workspace {
    /// Makes sure that nothing in the store is half or wrong: each object is what its name says, each
    /// record can be read and what it names is there, and so is what is the latest.
    pub fn assert_sound(&self) -> Kept {
        let store = Store::of_workspace(&self.path(""));
        let mut kept = Kept::default();
        for path in files_below(&self.path(".vintner/v1")) {
            let name = path.file_name().unwrap().to_str().unwrap();
            let shown = path.display();
            if name.starts_with(".writing-") {
                kept.unfinished += 1;
            } else if path.starts_with(self.path(".vintner/v1/objects")) {
                assert_eq!(Digest::of(&fs::read(&path).unwrap()).as_str(), name, "{shown}");
                kept.objects += 1;
            } else if path.starts_with(self.path(".vintner/v1/records")) {
                let fingerprint = serde_json::from_value(name.trim_end_matches(".json").into()).unwrap();
                let record = store.record(&fingerprint).unwrap_or_else(|| panic!("{shown} can't be read"));
                for output in record.outputs.values() {
                    assert!(store.object(&output.digest).is_some(), "{shown} names what isn't there");
                }
                kept.records += 1;
            } else if path.starts_with(self.path(".vintner/v1/latest")) {
                let latest: BTreeMap<String, Digest> =
                    serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                for (branch, fingerprint) in latest {
                    assert!(store.record(&fingerprint).is_some(), "{shown}: {branch}");
                }
            }
        }
        kept
    }

    /// The branches that are the latest of a vintage.
    pub fn latest(&self, vintage: &str) -> Vec<String> {
        Store::of_workspace(&self.path(""))
            .latest(RunKey { pipeline: "trial", vintage })
            .keys()
            .cloned()
            .collect()
    }

    /// The names of files that are held or left in `locks`.
    pub fn locks(&self) -> Vec<String> {
        let locks = files_below(&self.path(".vintner/v1/locks"));
        locks.iter().map(|path| path.display().to_string()).collect()
    }
}
