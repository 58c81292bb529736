//! The workspace that a command works in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vintner_pipeline::{Digest, LockFile, Locking, Pipeline, Request, Store, Vintage, check_unlinked};
use vintner_remote::{Keys, Remote, bucket_at};
use vintner_stages::{bind_vintage, find_vintage, registry};

use crate::arguments::Common;
use crate::error::{CommandError, Result};
use crate::printable::printable;
use crate::settings::Settings;
use crate::terminal::say;
use crate::upward::nearest_above;

/// A folder with a pipeline, its data and its store.
pub(crate) struct Workspace {
    pub(crate) folder: PathBuf,
    pub(crate) file: PathBuf,
    data_root: Option<PathBuf>,
    overrides: BTreeMap<String, String>,
    pub(crate) follow_links: bool,
    no_lock: bool,
    /// How much is to be said.
    pub(crate) volume: Volume,
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Nothing but failures.
    Quiet,
    Usual,
    /// All of it.
    Loud,
}

impl Workspace {
    pub(crate) fn of(common: &Common) -> Self {
        Self {
            folder: common.workspace.clone().unwrap_or_else(|| PathBuf::from(".")),
            file: common.pipeline.clone(),
            data_root: common.data_root.clone(),
            overrides: common.set.iter().cloned().collect(),
            volume: match (common.quiet, common.verbose) {
                (true, _) => Volume::Quiet,
                (false, 0) => Volume::Usual,
                (false, _) => Volume::Loud,
            },
            follow_links: common.follow_links,
            no_lock: common.no_lock,
        }
    }

    /// The workspace that is named, or else the nearest one from here upward, of which it is said where it is.
    pub(crate) fn find(common: &Common) -> Result<Self> {
        let workspace = Self::of(common);
        if common.workspace.is_some() || common.pipeline.is_absolute() {
            return Ok(workspace);
        }
        let Some(found) = nearest_above(Path::new("."), &common.pipeline)? else { return Ok(workspace) };
        if workspace.volume != Volume::Quiet {
            let shown = fs::canonicalize(&found).unwrap_or_else(|_| found.clone());
            say(&printable(&format!("workspace: {}", shown.display())));
        }
        Ok(Self { folder: found, ..workspace })
    }

    /// A path as people are told of it: from the workspace where it is in it.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.folder).unwrap_or(path).display()
    }

    pub(crate) fn pipeline(&self) -> Result<Pipeline> {
        let path = self.folder.join(&self.file);
        if !path.is_file() {
            let message = "no pipeline here, and none in a folder above; run in the folder that has it, or name \
                           that folder with -C";
            return Err(CommandError::NoPipeline { path, message });
        }
        Ok(Pipeline::load(&self.folder, &self.file, &registry(), &self.overrides)?)
    }

    /// The vintage named, or the pipeline's own.
    pub(crate) fn vintage(&self, pipeline: &Pipeline, name: Option<&str>) -> Result<Vintage> {
        let name = name.unwrap_or(&pipeline.vintage);
        Ok(bind_vintage(&self.folder, self.data_root()?, name)?)
    }

    /// What a run is asked for: `asked` of this workspace, and of a vintage if one is named.
    pub(crate) fn request(&self, vintage: Option<&str>, asked: Value) -> Request {
        // Paths that aren't UTF-8 have no JSON.
        let written = |path: &PathBuf| format!("{path:?}");
        let asked = json!({
            "workspace": written(&self.folder), "pipeline": written(&self.file),
            "data_root": self.data_root.as_ref().map(written),
            "set": self.overrides, "follow_links": self.follow_links, "vintage": vintage, "of_it": asked,
        });
        let name = format!("{}:{}", self.file.display(), vintage.unwrap_or_default());
        let mut request = Request::new(&name, asked);
        let pipeline = self.folder.join(&self.file);
        // The lock too: it has to be written where it isn't there, or says something else.
        let lock = pipeline.with_extension("lock");
        request.watch(self.data_root.clone().into_iter().chain([pipeline]));
        request.watch_written([lock]);
        request
    }

    /// The vintage named, or the pipeline's own, for a run of which it is noted what was looked at.
    pub(crate) fn vintage_for(
        &self,
        request: &mut Request,
        pipeline: &Pipeline,
        name: Option<&str>,
    ) -> Result<Vintage> {
        let name = name.unwrap_or(&pipeline.vintage);
        Ok(find_vintage(&self.folder, self.data_root()?, name, &mut |paths| request.watch(paths))?)
    }

    /// The folder of further vintages, if one is named; it has to be there.
    pub(crate) fn data_root(&self) -> Result<Option<&Path>> {
        match self.data_root.as_deref() {
            Some(path) if !path.is_dir() => Err(CommandError::NoDataRoot { path: path.to_owned() }),
            root => Ok(root),
        }
    }

    /// The lock that belongs to the pipeline.
    pub(crate) fn lock(&self) -> Result<LockFile> {
        Ok(LockFile::load(&self.folder.join(&self.file))?)
    }

    /// The digests of outputs that the lock names, whatever its state.
    pub(crate) fn locked_outputs(&self) -> Result<BTreeSet<Digest>> {
        Ok(LockFile::kept(&self.folder.join(&self.file))?)
    }

    /// Whether the pipeline is what its file says, with nothing put in by `--set`.
    pub(crate) fn is_as_written(&self) -> bool {
        self.overrides.is_empty()
    }

    /// Fails where a link leads to a folder of the workspace into which something is to be written, unless
    /// links may be followed.
    pub(crate) fn check_unlinked(&self, folder: &Path) -> Result<()> {
        if self.follow_links { Ok(()) } else { Ok(check_unlinked(&self.folder, folder)?) }
    }

    /// The shared store that is named for it, if one is.
    pub(crate) fn remote(&self) -> Result<Option<Remote>> {
        let Some(settings) = Settings::of(&self.folder)?.remote else { return Ok(None) };
        let bucket = bucket_at(&settings.url, &settings.from)?;
        let keys = Keys::new(settings.key.as_deref(), &settings.trust)?;
        let kept_in = self.store().shared_folder()?;
        Ok(Some(Remote::new(bucket, &kept_in).trusting(Box::new(keys))))
    }

    /// How this program is called to work in the same workspace from anywhere.
    pub(crate) fn arguments(&self) -> Result<Vec<String>> {
        let text = |path: &Path| {
            let text = path.to_str().filter(|text| !text.contains(['\n', '\r'])).map(str::to_owned);
            text.ok_or_else(|| vintner_cluster::ClusterError::Name { path: path.to_owned() })
        };
        let mut arguments = vec!["-C".to_owned(), text(&absolute(&self.folder)?)?];
        arguments.extend(["--pipeline".to_owned(), text(&self.file)?]);
        if let Some(root) = &self.data_root {
            arguments.extend(["--data-root".to_owned(), text(&absolute(root)?)?]);
        }
        let set = |(path, value): (&String, &String)| ["--set".to_owned(), format!("{path}={value}")];
        arguments.extend(self.overrides.iter().flat_map(set));
        arguments.extend(self.follow_links.then(|| "--follow-links".to_owned()));
        arguments.extend(self.no_lock.then(|| "--no-lock".to_owned()));
        Ok(arguments)
    }

    /// The store, by a path that holds wherever one stands.
    pub(crate) fn store_from_anywhere(&self) -> Result<Store> {
        Ok(self.store_of(&absolute(&self.folder)?))
    }

    pub(crate) fn store(&self) -> Store {
        self.store_of(&self.folder)
    }

    fn store_of(&self, folder: &Path) -> Store {
        let store = Store::of_workspace(folder);
        let store = if self.no_lock { store.locking(Locking::Off) } else { store };
        if self.follow_links { store.behind_a_link() } else { store }
    }
}

fn absolute(folder: &Path) -> Result<PathBuf> {
    fs::canonicalize(folder).map_err(|source| CommandError::NotRead { path: folder.to_owned(), source })
}
