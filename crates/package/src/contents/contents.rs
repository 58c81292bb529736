//! All that a package is about.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use vintner_ingest::Manifest;

use super::data_set::DataSet;
use super::exhibit::Exhibit;
use super::machine::Machine;
use super::number::{ClaimContent, NumberContent};
use super::software::Software;
use super::source::SourceContent;
use super::stage::StageContent;
use crate::description::Description;
use crate::files::Role;

/// All that a package is about.
#[derive(Debug, Clone, Serialize)]
pub struct Contents {
    /// The pipeline's name.
    pub pipeline: String,
    /// The pipeline's file, from the workspace.
    pub pipeline_file: String,
    /// The pipeline's seed.
    pub seed: u64,
    /// The vintage's name.
    pub vintage: String,
    /// The package's date, as `YYYY-MM-DD`.
    pub date: String,
    /// The title: of `package.yaml`, of the report, or the pipeline's name.
    pub title: String,
    /// How the paper is cited, as the report says it.
    pub citation: Option<String>,
    /// What the authors say.
    pub description: Description,
    /// The vintage's manifest.
    pub manifest: Manifest,
    /// Its sources.
    pub sources: Vec<SourceContent>,
    /// The branches of all stages, in the pipeline's order.
    pub stages: Vec<StageContent>,
    /// Data that results are computed from.
    pub data_sets: Vec<DataSet>,
    /// Tables, figures, reports and numbers in texts.
    pub exhibits: Vec<Exhibit>,
    /// All numbers of the report that have addresses.
    pub numbers: Vec<NumberContent>,
    /// Why there are no numbers, where there are none.
    pub numbers_missing: Option<String>,
    /// What the paper concludes.
    pub claims: Vec<ClaimContent>,
    /// Programs with their versions.
    pub software: Vec<Software>,
    /// The machine.
    pub machine: Machine,
    /// Programs that compute the results without Vintner, by their paths below `replicate/`.
    #[serde(skip)]
    pub programs: BTreeMap<String, Vec<u8>>,
    /// Of those with the values of a single source: its name.
    #[serde(skip)]
    pub values_of: BTreeMap<String, String>,
    /// How long all branches took, one after another, as recorded.
    pub seconds: f64,
    /// The most memory that any of them needed, in bytes, as recorded.
    pub peak_memory: Option<u64>,
    /// The workspace's own licence, where it has one.
    #[serde(skip)]
    pub code_licence: Option<PathBuf>,
    /// Files of the workspace that the package holds beside raw and published ones.
    #[serde(skip)]
    pub workspace_files: Vec<WorkspaceFile>,
}

/// A file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceFile {
    /// Its path from the workspace, with slashes.
    pub path: String,
    /// Where it is.
    pub from: PathBuf,
    /// What it is there for.
    pub role: Role,
}

impl Contents {
    /// The branch of that name.
    pub fn stage(&self, branch: &str) -> Option<&StageContent> {
        self.stages.iter().find(|stage| stage.branch == branch)
    }

    /// All branches that a branch is made from, itself among them, in the pipeline's order.
    pub fn upstream(&self, branch: &str) -> Vec<&StageContent> {
        let mut wanted = std::collections::BTreeSet::from([branch.to_owned()]);
        // Stages stand after those that they read.
        for stage in self.stages.iter().rev() {
            if wanted.contains(&stage.branch) {
                wanted.extend(stage.reads.iter().map(|read| read.branch.clone()));
            }
        }
        self.stages.iter().filter(|stage| wanted.contains(&stage.branch)).collect()
    }

    /// The sources that a branch is made from.
    pub fn sources_of(&self, branch: &str) -> Vec<&SourceContent> {
        let upstream = self.upstream(branch);
        let reads =
            |source: &&SourceContent| upstream.iter().any(|stage| stage.sources.contains(&source.name));
        self.sources.iter().filter(reads).collect()
    }

    /// Whether every raw file is in the package.
    pub fn is_complete(&self) -> bool {
        self.sources.iter().all(|source| source.is_provided())
    }
}
