//! Whether the files that are published are what the pipeline, as it stands, publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::survey::Survey;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::plan::{Part, Publication};
use crate::run::HasRecord;
use crate::store::{PublishedFile, PublishedFiles};

/// A file that is published, was, or stands among those that are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedStatus {
    /// The file, from the workspace.
    pub path: PathBuf,
    /// What has become of it.
    #[serde(flatten)]
    pub state: PublishedState,
    /// The branch that makes it, or made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Which of the branch's outputs it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// What has become of a published file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PublishedState {
    /// It is what its stage makes.
    Current,
    /// It is of an earlier run; the next one replaces it.
    Outdated,
    /// Its stage is made, and it isn't published yet.
    Unpublished,
    /// It was published and is gone.
    Deleted,
    /// It isn't what was published, nor what any run made.
    Edited,
    /// It was made with other parameters.
    OtherParameters {
        /// What was put in the place of what the pipeline says.
        set: BTreeMap<String, String>,
    },
    /// Another pipeline publishes it.
    OtherPipeline {
        /// That pipeline's name.
        pipeline: String,
        /// Its file.
        file: String,
    },
    /// It was published, and no stage publishes it any longer.
    Left {
        /// Whether somebody has changed it since.
        edited: bool,
    },
    /// It was published apart from the others, with other parameters.
    Apart {
        /// What was put in the place of what the pipeline says.
        set: BTreeMap<String, String>,
    },
    /// It stands among published files, and no run made it.
    Unknown,
}

impl PublishedState {
    /// The state in a word.
    pub fn word(&self) -> &'static str {
        match self {
            PublishedState::Current => "current",
            PublishedState::Outdated => "outdated",
            PublishedState::Unpublished => "missing",
            PublishedState::Deleted => "deleted",
            PublishedState::Edited => "edited",
            PublishedState::OtherParameters { .. } | PublishedState::OtherPipeline { .. } => "foreign",
            PublishedState::Left { .. } => "left",
            PublishedState::Apart { .. } => "apart",
            PublishedState::Unknown => "unknown",
        }
    }

    /// What somebody has to know of it; nothing where all is well, or a stage that will run says it.
    pub fn remark(&self) -> Option<String> {
        Some(match self {
            PublishedState::Current | PublishedState::Outdated | PublishedState::Apart { .. } => return None,
            PublishedState::Unpublished => "it is made and not published: the next run does it".to_owned(),
            PublishedState::Deleted => "it was published and is gone: the next run publishes it again".into(),
            PublishedState::Edited => {
                "it isn't what a run made: the next one sets it aside, under a name with `.edited`".into()
            }
            PublishedState::OtherParameters { set } => {
                let set = set.iter().map(|(path, value)| format!("--set {path}={value}")).collect::<Vec<_>>();
                format!("it was made with {}", set.join(" "))
            }
            PublishedState::OtherPipeline { pipeline, file } => {
                format!("the pipeline `{pipeline}` ({file}) publishes it")
            }
            PublishedState::Left { edited: false } => {
                "no stage publishes it any longer: `vintner clean` removes it".into()
            }
            PublishedState::Left { edited: true } => {
                "no stage publishes it any longer, and it was edited: it stays until you remove it".into()
            }
            PublishedState::Unknown => "no run made it".into(),
        })
    }
}

impl Survey<'_, '_> {
    /// What has become of each file that selected stages publish, and of what was published before and
    /// isn't any longer. `known` are outputs of runs elsewhere, as a lock names them.
    ///
    /// # Errors
    /// Where a file can't be read, and [`PipelineError::Spec`] where paths are at fault.
    pub fn published(&self, known: &BTreeSet<Digest>) -> Result<Vec<PublishedStatus>> {
        let plan = self.plan;
        let ledger = self.store.published();
        let mut publications = plan.known_publications();
        let mut branches = Vec::new();
        let mut unlaid: BTreeSet<&str> = BTreeSet::new();
        for (at, stage) in plan.pipeline.stages.iter().enumerate() {
            match self.progress.stage(at) {
                Some(known) => branches.extend(known.branches.iter()),
                None => drop(unlaid.insert(stage.name.as_str())),
            }
        }
        let named: BTreeSet<String> = publications.iter().map(|one| one.branch.to_string()).collect();
        let found = branches.iter().filter(|branch| !named.contains(&branch.id.to_string()));
        publications.extend(found.flat_map(|branch| plan.publications(&branch.id)));
        plan.check_publications(&publications, &branches)?;

        let mut statuses = Vec::new();
        let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
        for publication in publications {
            let is_made = |at: &usize| plan.parts.get(*at) == Some(&Part::Made);
            let selected = plan.pipeline.positions.get(&publication.branch.stage).is_some_and(is_made);
            seen.insert(publication.target.clone());
            if selected && let Some(state) = self.state_of(&publication, &ledger, known)? {
                statuses.push(PublishedStatus {
                    path: publication.target,
                    state,
                    branch: Some(publication.branch.to_string()),
                    output: Some(publication.output),
                });
            }
        }
        let own = |file: &PublishedFile| {
            file.file == plan.pipeline.file() && file.vintage == plan.vintage.name && !file.elsewhere
        };
        for (path, file) in ledger.iter().filter(|(path, file)| own(file) && !seen.contains(*path)) {
            let stage = file.branch.split('[').next().unwrap_or_default();
            if unlaid.contains(stage) {
                continue;
            }
            let Some(digest) = self.digest_at(path)? else { continue };
            let edited = digest.as_ref() != Some(&file.digest);
            let state = match file.set == plan.pipeline.overrides {
                true => PublishedState::Left { edited },
                false if edited => continue,
                false => PublishedState::Apart { set: file.set.clone() },
            };
            let (branch, output) = (Some(file.branch.clone()), Some(file.output.clone()));
            statuses.push(PublishedStatus { path: path.to_owned(), state, branch, output });
        }
        if plan.whole && unlaid.is_empty() {
            statuses.extend(self.unknown_files(&seen, &ledger));
        }
        Ok(statuses)
    }

    fn state_of(
        &self,
        publication: &Publication,
        ledger: &PublishedFiles,
        known: &BTreeSet<Digest>,
    ) -> Result<Option<PublishedState>> {
        let pipeline = self.plan.pipeline;
        let target = &publication.target;
        let last = ledger.get(target);
        let at = self.position(&publication.branch);
        let record = at.and_then(|at| self.progress.result(at)).and_then(HasRecord::record);
        let current = record.and_then(|(_, record)| record.outputs.get(&publication.output));
        let Some(found) = self.digest_at(target)? else {
            return Ok(match (last, current) {
                (Some(_), _) => Some(PublishedState::Deleted),
                (None, Some(_)) => Some(PublishedState::Unpublished),
                // Its stage is to be made first.
                (None, None) => None,
            });
        };
        if let Some(other) = last.filter(|last| last.file != pipeline.file())
            && pipeline.workspace.join(&other.file).is_file()
        {
            let (pipeline, file) = (other.pipeline.clone(), other.file.clone());
            return Ok(Some(PublishedState::OtherPipeline { pipeline, file }));
        }
        // What isn't a plain file, no run made.
        let Some(digest) = found else { return Ok(Some(PublishedState::Edited)) };
        Ok(Some(match last {
            _ if current.is_some_and(|current| current.digest == digest) => PublishedState::Current,
            Some(last) if last.digest == digest && last.set != pipeline.overrides => {
                PublishedState::OtherParameters { set: last.set.clone() }
            }
            Some(last) if last.digest == digest => PublishedState::Outdated,
            _ if known.contains(&digest) || self.store.object_path(&digest).is_file() => {
                PublishedState::Outdated
            }
            _ => PublishedState::Edited,
        }))
    }

    /// The content of a file of the workspace: nothing where nothing is there, and no digest of what isn't a
    /// plain file.
    fn digest_at(&self, target: &Path) -> Result<Option<Option<Digest>>> {
        let path = self.plan.pipeline.workspace.join(target);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Ok(Some(Some(self.reading.files.digest(&path)?))),
            Ok(_) => Ok(Some(None)),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(PipelineError::io(path, "looking at")(error)),
        }
    }

    /// Files that stand beside published ones and that no run made. Hidden ones don't count, nor what
    /// stands in the workspace itself.
    fn unknown_files(&self, published: &BTreeSet<PathBuf>, ledger: &PublishedFiles) -> Vec<PublishedStatus> {
        let workspace = &self.plan.pipeline.workspace;
        let folders: BTreeSet<&Path> = published.iter().filter_map(|path| path.parent()).collect();
        let mut read: BTreeSet<PathBuf> = BTreeSet::new();
        for stage in &self.plan.pipeline.stages {
            read.extend(stage.bound.files.values().map(|path| self.plan.path_in_workspace(path)));
        }
        let mut unknown = Vec::new();
        for folder in folders.into_iter().filter(|folder| !folder.as_os_str().is_empty()) {
            for entry in fs::read_dir(workspace.join(folder)).into_iter().flatten().flatten() {
                let path = folder.join(entry.file_name());
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                let own = published.contains(&path) || ledger.get(&path).is_some() || read.contains(&path);
                if is_file && !hidden && !own {
                    let state = PublishedState::Unknown;
                    unknown.push(PublishedStatus { path, state, branch: None, output: None });
                }
            }
        }
        unknown.sort_by(|one, other| one.path.cmp(&other.path));
        unknown
    }
}
