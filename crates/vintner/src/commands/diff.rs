//! `vintner diff`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use vintner_pipeline::{LockDifference, LockFile, Locked, LockedKind, Pipeline, Store};
use vintner_stages::vintage_difference::VintageDifference;
use vintner_stages::{LockedSide, StagesError, locked_side, manifest_in};

use super::vintage_diff::{FEW, Section, cut, markdown, sections, text, title};
use super::{count, print_json};
use crate::arguments::{Diff, DiffFormat};
use crate::error::{CommandError, Result};
use crate::git::{Repository, WorkingTree};
use crate::printable::printable;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Diff) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let repository = Repository::of(&workspace.folder)?;
    let before = Revision::of(workspace, &repository, &arguments.before)?;
    let after = match &arguments.after {
        Some(revision) => Revision::of(workspace, &repository, revision)?,
        None => Revision::of_files(workspace)?,
    };
    let known: BTreeSet<String> =
        before.lock.vintages().chain(after.lock.vintages()).map(str::to_owned).collect();
    let vintages: Vec<String> = match &arguments.vintage {
        Some(wanted) if !known.contains(wanted) => {
            return Err(CommandError::NothingLocked {
                before: before.name,
                after: after.name,
                vintage: wanted.clone(),
                known: known.into_iter().collect(),
            });
        }
        Some(wanted) => vec![wanted.clone()],
        None => known.into_iter().collect(),
    };
    let comparison = Comparison { workspace, pipeline: &pipeline, repository: &repository, before, after };
    let compared: Vec<Compared> =
        vintages.iter().map(|vintage| comparison.of(vintage, arguments.make)).collect::<Result<_>>()?;
    let shown = if arguments.detail { usize::MAX } else { FEW };
    let names = (&comparison.before.name, &comparison.after.name);
    let all = |write: fn(&str, &[Section]) -> String| -> String {
        let texts: Vec<String> = compared
            .iter()
            .map(|one| {
                let (title, sections) = one.told(names, shown);
                write(&title, &sections)
            })
            .collect();
        texts.join("\n")
    };
    match arguments.format {
        DiffFormat::Text => Ok(page().write_all(printable(&all(text)).as_bytes())?),
        DiffFormat::Markdown => Ok(stdout().lock().write_all(all(markdown).as_bytes())?),
        DiffFormat::Json => print_json(&json!({
            "before": comparison.before.json(), "after": comparison.after.json(),
            "vintages": compared.iter().map(Compared::json).collect::<Vec<_>>(),
        })),
    }
}

/// What a revision recorded.
struct Revision {
    /// As it is told: what was asked for, and the commit.
    name: String,
    asked: Option<String>,
    commit: Option<String>,
    lock: LockFile,
    /// A copy of what is read of it, which goes with it.
    _copies: Option<tempfile::TempDir>,
    /// A folder laid out like data/vintages.
    manifests: PathBuf,
    /// Manifests that were copied; none where all are there.
    copied: Option<BTreeSet<String>>,
}

impl Revision {
    fn of(workspace: &Workspace, repository: &Repository, asked: &str) -> Result<Self> {
        let commit = repository.commit(asked)?;
        let short = commit.get(..7).unwrap_or(&commit);
        let name = if commit.starts_with(asked) { short.to_owned() } else { format!("{asked} ({short})") };
        let copies = tempfile::tempdir()?;
        let file = workspace.file.with_extension("lock");
        let path = file.to_string_lossy().replace('\\', "/");
        let Some(text) = repository.file(&commit, &path)? else {
            return Err(CommandError::NothingRecorded { revision: name, lock: path });
        };
        let place = copies.path().join(file.file_name().unwrap_or_default());
        fs::write(&place, text)?;
        let lock = LockFile::load(&place.with_extension("yaml"))?;
        let manifests = copies.path().join("vintages");
        let mut copied = BTreeSet::new();
        for vintage in lock.vintages() {
            let manifest = format!("data/vintages/{vintage}/vintage.yaml");
            if let Some(text) = repository.file(&commit, &manifest)? {
                fs::create_dir_all(manifests.join(vintage))?;
                fs::write(manifests.join(vintage).join("vintage.yaml"), text)?;
                copied.insert(vintage.to_owned());
            }
        }
        let (asked, commit) = (Some(asked.to_owned()), Some(commit));
        Ok(Self { name, asked, commit, lock, _copies: Some(copies), manifests, copied: Some(copied) })
    }

    /// The workspace as its files are now.
    fn of_files(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            name: "the workspace".into(),
            asked: None,
            commit: None,
            lock: workspace.lock()?,
            _copies: None,
            manifests: workspace.folder.join("data/vintages"),
            copied: None,
        })
    }

    /// The manifest as JSON; none where it isn't kept with the code, or can no longer be read.
    fn manifest(&self, vintage: &str) -> Option<Value> {
        let is_here = self.copied.as_ref().is_none_or(|copied| copied.contains(vintage));
        is_here.then(|| manifest_in(&self.manifests, vintage).ok()).flatten()
    }

    fn json(&self) -> Value {
        json!({"revision": self.asked, "commit": self.commit})
    }
}

struct Comparison<'w> {
    workspace: &'w Workspace,
    pipeline: &'w Pipeline,
    repository: &'w Repository,
    before: Revision,
    after: Revision,
}

/// What differs of a vintage.
struct Compared {
    vintage: String,
    /// Files and outputs whose digests differ.
    locked: Vec<LockDifference>,
    /// How many there are in the second lock.
    of: usize,
    /// What the outputs say; nothing where all digests are the same.
    difference: Option<VintageDifference>,
    /// Whether the manifests are compared too.
    has_manifests: bool,
    /// Outputs of either that couldn't be read.
    missing: [Vec<String>; 2],
}

impl Comparison<'_> {
    fn of(&self, vintage: &str, make: bool) -> Result<Compared> {
        let nothing = Locked::default();
        let locks = [&self.before, &self.after].map(|one| one.lock.vintage(vintage).unwrap_or(&nothing));
        let locked = locks[0].differences(locks[1], false);
        let of = locks[1].sources.len() + locks[1].files.len() + locks[1].outputs.len();
        let mut compared = Compared {
            vintage: vintage.to_owned(),
            of,
            difference: None,
            has_manifests: false,
            missing: [Vec::new(), Vec::new()],
            locked,
        };
        if !compared.locked.iter().any(|difference| difference.kind == LockedKind::Output) {
            return Ok(compared);
        }
        let manifests = [&self.before, &self.after].map(|one| one.manifest(vintage));
        compared.has_manifests = manifests.iter().all(Option::is_some);
        let [before, after] = manifests.map(|one| if compared.has_manifests { one } else { None });
        let before = self.side(&self.before, vintage, before, locks[0], make)?;
        let after = self.side(&self.after, vintage, after, locks[1], make)?;
        let difference = VintageDifference::new(&before.side, &after.side, after.levels.loosest())
            .map_err(StagesError::from)?;
        compared.difference = Some(difference);
        compared.missing = [before.missing, after.missing];
        Ok(compared)
    }

    /// What a revision made of a vintage, made again where it is no longer kept and may be.
    fn side(
        &self,
        revision: &Revision,
        vintage: &str,
        manifest: Option<Value>,
        locked: &Locked,
        make: bool,
    ) -> Result<LockedSide> {
        let (store, manifest) = (self.workspace.store(), manifest.unwrap_or_default());
        let side = locked_side(self.pipeline, &revision.name, manifest.clone(), locked, &[&store])?;
        let (false, true, Some(commit)) = (side.missing.is_empty(), make, &revision.commit) else {
            return Ok(side);
        };
        let tree = self.repository.working_tree(commit)?;
        self.reproduce(&tree, revision, vintage)?;
        let made = Store::of_workspace(&tree.workspace);
        Ok(locked_side(self.pipeline, &revision.name, manifest, locked, &[&store, &made])?)
    }

    /// Runs this program in a working tree of a revision. It is a process of its own, as a run is one of a folder.
    fn reproduce(&self, tree: &WorkingTree<'_>, revision: &Revision, vintage: &str) -> Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("-C").arg(&tree.workspace).arg("--pipeline").arg(&self.workspace.file);
        command.args(["--quiet", "reproduce", "--vintage", vintage]).stdout(std::process::Stdio::null());
        if let Some(root) = self.workspace.data_root()? {
            command.arg("--data-root").arg(absolute(root)?);
        }
        match command.status()?.success() {
            true => Ok(()),
            false => Err(CommandError::RevisionNotMade {
                revision: revision.name.clone(),
                vintage: vintage.to_owned(),
            }),
        }
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}

impl Compared {
    fn told(&self, (before, after): (&String, &String), shown: usize) -> (String, Vec<Section>) {
        let vintage = &self.vintage;
        if self.locked.is_empty() {
            return (format!("{vintage}, {before} -> {after}: nothing that is recorded differs"), Vec::new());
        }
        let mut told = vec![self.files(shown)];
        let head = match &self.difference {
            Some(difference) => {
                told.extend(
                    sections(difference, shown)
                        .into_iter()
                        .filter(|section| self.has_manifests || section.heading != "Sources"),
                );
                format!("{vintage}, {}", title(difference))
            }
            None => format!("{vintage}, {before} -> {after}: all outputs the same"),
        };
        if let Some(section) = self.not_compared((before, after)) {
            told.push(section);
        }
        (head, told)
    }

    /// Files and outputs by their digests.
    fn files(&self, shown: usize) -> Section {
        let of = |kind: LockedKind| self.locked.iter().filter(move |one| one.kind == kind);
        let kinds =
            [(LockedKind::Source, "raw file"), (LockedKind::File, "file"), (LockedKind::Output, "output")];
        let counts: Vec<String> = kinds
            .iter()
            .map(|(kind, noun)| (of(*kind).count(), noun))
            .filter(|(several, _)| *several > 0)
            .map(|(several, noun)| count(several, noun))
            .collect();
        let short = |digest: &Option<vintner_pipeline::Digest>| {
            digest.as_ref().map_or("-".to_owned(), |digest| digest.short().to_owned())
        };
        let mut rows: Vec<Vec<String>> = kinds
            .iter()
            .flat_map(|(kind, noun)| of(*kind).map(move |one| (noun, one)))
            .map(|(noun, one)| {
                vec![(*noun).to_owned(), one.name.clone(), short(&one.locked), short(&one.found)]
            })
            .collect();
        let lines = cut(&mut rows, shown, "difference");
        Section {
            heading: "Recorded",
            summary: format!("{} of {} recorded", counts.join(" and "), self.of),
            headers: vec!["", "name", "before", "after"],
            right: Vec::new(),
            rows,
            lines,
        }
    }

    fn not_compared(&self, (before, after): (&String, &String)) -> Option<Section> {
        let lines: Vec<String> = [before, after]
            .into_iter()
            .zip(&self.missing)
            .filter(|(_, missing)| !missing.is_empty())
            .map(|(revision, missing)| {
                let first: Vec<&str> = missing.iter().take(FEW).map(String::as_str).collect();
                let more = missing.len().saturating_sub(FEW);
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                format!("of {revision}: {}{more}", first.join(", "))
            })
            .collect();
        (!lines.is_empty()).then(|| Section {
            heading: "Not compared",
            summary: format!(
                "{} no longer kept as recorded; --make makes it again from the revision's own files",
                match self.missing.iter().map(Vec::len).sum::<usize>() {
                    1 => "1 output is".to_owned(),
                    several => format!("{several} outputs are"),
                }
            ),
            headers: Vec::new(),
            right: Vec::new(),
            rows: Vec::new(),
            lines,
        })
    }

    fn json(&self) -> Value {
        json!({
            "vintage": self.vintage, "locked": self.locked, "difference": self.difference,
            "missing": {"before": self.missing[0], "after": self.missing[1]},
        })
    }
}
