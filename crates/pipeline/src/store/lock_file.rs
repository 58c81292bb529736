//! `pipeline.lock`: what each vintage was made of and what came out, as digests in a file that is
//! kept with the code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use vintner_diagnostics::Document;

use super::atomic::{remove_unpublished, write_published};
use super::store::Store;
use crate::digest::Digest;
use crate::error::{LockDifference, LockedKind, PipelineError, Result};

/// The version of the file's form.
const FORMAT: u32 = 1;

const HEADING: &str = "\
# What each vintage was made of and what came out, as BLAKE3 digests. `vintner reproduce` writes it;
# `vintner reproduce --locked` fails where anything comes out otherwise. Keep it with the code.
";

/// The digests of all vintages that were reproduced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFile {
    path: PathBuf,
    vintages: BTreeMap<String, Locked>,
}

/// What one vintage was made of and what came out, in the order of the pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Locked {
    /// Its raw files, by source.
    #[serde(serialize_with = "as_map")]
    pub sources: Vec<(String, Digest)>,
    /// Files of the workspace that stages read.
    #[serde(serialize_with = "as_map")]
    pub files: Vec<(String, Digest)>,
    /// The outputs, as `branch.output`.
    #[serde(serialize_with = "as_map")]
    pub outputs: Vec<(String, Digest)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u32,
    #[serde(default)]
    vintages: BTreeMap<String, WrittenVintage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVintage {
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct ToWrite<'a> {
    format: u32,
    vintages: &'a BTreeMap<String, Locked>,
}

fn as_map<S: Serializer>(pairs: &[(String, Digest)], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, digest)| (name, digest)))
}

impl LockFile {
    /// The lock that belongs to a pipeline's file: `pipeline.lock` beside `pipeline.yaml`. An empty one
    /// where there is none yet.
    ///
    /// # Errors
    /// Where it can't be read, or isn't a lock: [`PipelineError::Spec`], with the place.
    pub fn load(pipeline: &Path) -> Result<Self> {
        let path = pipeline.with_extension("lock");
        let text = match vintner_guard::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { path, vintages: BTreeMap::new() });
            }
            Err(error) => return Err(PipelineError::io(path, "reading")(error)),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let document = Document::parse(&name, &text).map_err(PipelineError::Spec)?;
        let written: Written = document.decode().map_err(PipelineError::Spec)?;
        let refused = |message: String| PipelineError::Lock { path: path.clone(), message };
        if written.format != FORMAT {
            let message = format!("its form is {}, and this program knows {FORMAT}", written.format);
            return Err(refused(message));
        }
        let mut vintages = BTreeMap::new();
        for (vintage, locked) in written.vintages {
            let digests = |entries: BTreeMap<String, String>| -> Result<Vec<(String, Digest)>> {
                let parse = |(name, text): (String, String)| match Digest::parse(&text) {
                    Some(digest) => Ok((name, digest)),
                    None => Err(refused(format!("`{text}`, for {name} of {vintage}, is no BLAKE3 digest"))),
                };
                entries.into_iter().map(parse).collect()
            };
            let locked = Locked {
                sources: digests(locked.sources)?,
                files: digests(locked.files)?,
                outputs: digests(locked.outputs)?,
            };
            vintages.insert(vintage.clone(), locked);
        }
        Ok(Self { path, vintages })
    }

    /// Where it is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is locked of a vintage.
    pub fn vintage(&self, name: &str) -> Option<&Locked> {
        self.vintages.get(name)
    }

    /// All digests of outputs, of all vintages: what the cache has to keep.
    pub fn outputs(&self) -> impl Iterator<Item = &Digest> {
        self.vintages.values().flat_map(|locked| &locked.outputs).map(|(_, digest)| digest)
    }

    /// Puts a vintage into the file, or in the place of what was there; what another run wrote into it
    /// meanwhile stays.
    ///
    /// # Errors
    /// Where it can't be read again or written.
    pub fn put(&mut self, store: &Store, vintage: &str, locked: Locked) -> Result<()> {
        let _showing = store.showing()?;
        self.vintages = Self::load(&self.path)?.vintages;
        if let Some(folder) = self.path.parent() {
            remove_unpublished(folder);
        }
        self.vintages.insert(vintage.to_owned(), locked);
        let content = ToWrite { format: FORMAT, vintages: &self.vintages };
        let text = serde_yaml::to_string(&content).map_err(|error| PipelineError::Lock {
            path: self.path.clone(),
            message: format!("it can't be written: {error}"),
        })?;
        write_published(&self.path, format!("{HEADING}{text}").as_bytes())
    }
}

impl Locked {
    /// What differs in `found`: in its order, and then what it no longer has. Only outputs that it
    /// names are compared where it is `partial`.
    pub fn differences(&self, found: &Locked, partial: bool) -> Vec<LockDifference> {
        let kinds = [
            (LockedKind::Source, &self.sources, &found.sources),
            (LockedKind::File, &self.files, &found.files),
            (LockedKind::Output, &self.outputs, &found.outputs),
        ];
        let mut differences = Vec::new();
        for (kind, before, now) in kinds {
            let known: BTreeMap<&str, &Digest> =
                before.iter().map(|(name, digest)| (name.as_str(), digest)).collect();
            for (name, digest) in now {
                let locked = known.get(name.as_str()).copied();
                if locked != Some(digest) {
                    let (locked, found) = (locked.cloned(), Some(digest.clone()));
                    differences.push(LockDifference { kind, name: name.clone(), locked, found });
                }
            }
            let left: BTreeMap<&str, ()> = now.iter().map(|(name, _)| (name.as_str(), ())).collect();
            let gone = before.iter().filter(|(name, _)| !partial && !left.contains_key(name.as_str()));
            differences.extend(gone.map(|(name, digest)| LockDifference {
                kind,
                name: name.clone(),
                locked: Some(digest.clone()),
                found: None,
            }));
        }
        differences
    }

    /// Whether both hold the same, in whatever order.
    pub fn is_same(&self, other: &Locked) -> bool {
        self.differences(other, false).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(outputs: &[(&str, &str)]) -> Locked {
        let outputs = outputs.iter().map(|(name, text)| ((*name).to_owned(), Digest::of(text.as_bytes())));
        Locked { outputs: outputs.collect(), ..Locked::default() }
    }

    #[test]
    fn it_reads_back_what_it_wrote() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let pipeline = folder.path().join("pipeline.yaml");
        let mut lock = LockFile::load(&pipeline)?;
        assert_eq!(lock.vintage("v"), None);
        let store = Store::of_workspace(folder.path());
        // Two runs that read it before either wrote.
        let mut other = lock.clone();
        lock.put(&store, "v", locked(&[("tidy[b].tidy", "1"), ("a: #odd", "2")]))?;
        other.put(&store, "", locked(&[]))?;
        let again = LockFile::load(&pipeline)?;
        assert!(
            again
                .vintage("v")
                .is_some_and(|v| v.is_same(&locked(&[("a: #odd", "2"), ("tidy[b].tidy", "1")])))
        );
        assert_eq!(again.outputs().count(), 2);
        Ok(())
    }

    #[test]
    fn differences_stand_in_the_order_of_what_is_found() {
        let before = locked(&[("gone.x", "0"), ("b.x", "1"), ("a.x", "2")]);
        let now = locked(&[("b.x", "9"), ("a.x", "2"), ("new.x", "3")]);
        let names = |partial| -> Vec<String> {
            before.differences(&now, partial).into_iter().map(|difference| difference.name).collect()
        };
        assert_eq!(names(false), ["b.x", "new.x", "gone.x"]);
        assert_eq!(names(true), ["b.x", "new.x"]);
    }

    #[test]
    fn a_damaged_lock_is_an_error_with_its_place() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let message = |text: &str| -> std::io::Result<String> {
            std::fs::write(folder.path().join("pipeline.lock"), text)?;
            let loaded = LockFile::load(&folder.path().join("pipeline.yaml"));
            Ok(loaded.err().map(|error| error.to_string()).unwrap_or_default())
        };
        assert!(message("format: 2\n")?.contains("its form is 2"));
        assert!(
            message("format: 1\nvintages: {v: {outputs: {a.x: abc}}}\n")?.contains("is no BLAKE3 digest")
        );
        assert!(message("format: 1\n<<<<<<< HEAD\n")?.contains("pipeline.lock:"));
        assert!(message("format: 1\nvintage: {}\n")?.contains("did you mean `vintages`?"));
        Ok(())
    }
}
