//! Where outputs are written into the workspace, once every name in a path is filled in.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use vintner_diagnostics::{Faults, Spanned};

use super::branch::{Branch, BranchId};
use super::plan::Plan;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::files::file_name;
use crate::spec::{ForEach, PipelineStage};

/// An output that is written into the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The branch that makes it.
    pub branch: BranchId,
    /// Its name among the branch's outputs.
    pub output: String,
    /// Where it is written: from the workspace, or a whole path where it was asked for outside.
    pub target: PathBuf,
}

/// Folders of version control and the cache, which belong to other programs or are all made again.
const KEPT_FOLDERS: [&str; 5] = [".git", ".hg", ".svn", ".jj", ".vintner"];
/// The longest part of a folder's name that says what was set.
const LONGEST_SETTING: usize = 80;

impl Plan<'_> {
    /// What a branch publishes, and where.
    pub fn publications(&self, branch: &BranchId) -> Vec<Publication> {
        match self.pipeline.stage(&branch.stage) {
            Ok(stage) => self.publications_of(stage, branch.item.as_deref()),
            Err(_) => Vec::new(),
        }
    }

    /// All that is published by branches that are known before anything is made.
    pub fn known_publications(&self) -> Vec<Publication> {
        let mut known = Vec::new();
        for stage in self.pipeline.stages.iter().filter(|stage| !stage.publish.is_empty()) {
            match &stage.foreach {
                None => known.extend(self.publications_of(stage, None)),
                Some(ForEach::Items(items)) => {
                    known.extend(items.iter().flat_map(|item| self.publications_of(stage, Some(&item.key))));
                }
                Some(ForEach::Sources) => {
                    let sources = self.vintage.sources.iter();
                    known.extend(sources.flat_map(|source| self.publications_of(stage, Some(&source.name))));
                }
                Some(ForEach::Column { .. }) => {}
            }
        }
        known
    }

    fn publications_of(&self, stage: &PipelineStage, item: Option<&str>) -> Vec<Publication> {
        let publication = |(output, path): (&String, &Spanned<String>)| {
            let path = stage.published_at(output, path, item);
            Publication {
                branch: BranchId { stage: stage.name.clone(), item: item.map(str::to_owned) },
                output: output.clone(),
                target: self.target(&path),
            }
        };
        stage.publish.iter().map(publication).collect()
    }

    /// Where an output is written whose path in the spec is this one. What other parameters make, and what
    /// was asked for elsewhere, doesn't go where the pipeline as it is written publishes.
    fn target(&self, path: &str) -> PathBuf {
        let vintage = &self.vintage.name;
        let filled = |path: &str, name: &str| PathBuf::from(path.replace("{vintage}", name));
        if let Some(folder) = &self.publish_to {
            let parts: Vec<&str> = path.split('/').collect();
            let own = parts.iter().position(|part| *part == "{vintage}").map_or(0, |at| at + 1);
            return folder.join(filled(&parts.get(own..).unwrap_or_default().join("/"), vintage));
        }
        let Some(settings) = settings(&self.pipeline.overrides) else { return filled(path, vintage) };
        let name = format!("{vintage}+{settings}");
        if path.contains("{vintage}") {
            return filled(path, &name);
        }
        let path = Path::new(path);
        let folder = path.parent().unwrap_or(Path::new("")).join(name);
        path.file_name().map(|file| folder.join(file)).unwrap_or(folder)
    }

    /// Fails where an output would be written outside of the workspace, over what is read or belongs to
    /// others, or where two are written to one file. Of `branches` it is known what they read.
    ///
    /// # Errors
    /// [`PipelineError::Spec`], with the place of each path in the spec.
    pub(crate) fn check_publications(
        &self,
        publications: &[Publication],
        branches: &[&Branch<'_>],
    ) -> Result<()> {
        let read = self.read_paths(branches);
        let mut faults = Faults::new();
        let mut taken: BTreeMap<Vec<String>, &Publication> = BTreeMap::new();
        for publication in publications {
            let target = &publication.target;
            let key = folded(target);
            let wrong = if let Some(message) = self.misplaced(target) {
                Some(message)
            } else if let Some((what, path)) = (1..=key.len()).find_map(|length| read.get(key.get(..length)?))
            {
                Some(format!("`{}` would be written over {what} (`{path}`)", target.display()))
            } else {
                // A file can't be a folder as well.
                let above = (1..key.len()).find_map(|length| taken.get(key.get(..length)?));
                let below = || {
                    let (other, publication) = taken.range(key.clone()..).next()?;
                    other.starts_with(&key).then_some(publication)
                };
                let other = above.or_else(below).copied();
                taken.insert(key, publication);
                other.map(|other| {
                    let same = if other.target == *target {
                        ""
                    } else {
                        ", which some file systems take for the same,"
                    };
                    let path = other.target.display();
                    format!(
                        "`{}` is published to `{path}`{same} by `{}` too",
                        publication.branch, other.branch
                    )
                })
            };
            if let Some(message) = wrong {
                faults.push(
                    self.pipeline
                        .path_fault(&publication.branch.stage, &publication.output, message)
                        .hint("give each output a file of its own, which nothing reads"),
                );
            }
        }
        faults.or(()).map_err(PipelineError::Spec)
    }

    /// What is wrong with a path wherever other things are.
    fn misplaced(&self, target: &Path) -> Option<String> {
        let shown = target.display();
        if let Some(folder) = &self.publish_to
            && folder.is_absolute()
        {
            // Somebody named that folder on the command line; it is outside of the workspace.
            let below = target.strip_prefix(folder).ok();
            let plain = below.is_some_and(is_plain);
            return (!plain).then(|| format!("`{shown}` isn't a file in `{}`", folder.display()));
        }
        if !is_plain(target) {
            return Some(format!("`{shown}` isn't a file within the workspace"));
        }
        let key = folded(target);
        let kept = |part: &String| KEPT_FOLDERS.into_iter().find(|kept| part == kept);
        if let Some(folder) = key.iter().find_map(kept) {
            return Some(format!("`{shown}` would be written into `{folder}`"));
        }
        let data = key.first().is_some_and(|first| first == "data");
        data.then(|| format!("`{shown}` would be written over the data that the pipeline starts from"))
    }

    /// Files and folders of the workspace that nothing may be written over, with what they are.
    fn read_paths(&self, branches: &[&Branch<'_>]) -> BTreeMap<Vec<String>, (String, String)> {
        let mut read = BTreeMap::new();
        let mut seen: HashSet<PathBuf> = HashSet::new();
        let mut put = |path: &Path, what: String| {
            // Of each path what is said of it first counts, and branches mostly read what others do.
            if !seen.insert(path.to_owned()) {
                return;
            }
            let path = self.path_in_workspace(path);
            read.entry(folded(&path)).or_insert((what, path.display().to_string()));
        };
        let file = Path::new(self.pipeline.file());
        put(file, "the pipeline itself".into());
        put(&file.with_extension("lock"), "the lock of what came out".into());
        for stage in &self.pipeline.stages {
            for bound in std::iter::once(&stage.bound).chain(stage.listed.values()) {
                bound.files.values().for_each(|path| put(path, format!("what `{}` reads", stage.name)));
            }
        }
        for branch in branches {
            branch.bound.files.values().for_each(|path| put(path, format!("what `{}` reads", branch.id)));
        }
        for source in &self.vintage.sources {
            put(&source.path, format!("the raw file of `{}`", source.name));
        }
        self.vintage.manifests.iter().for_each(|path| put(path, "the vintage's manifest".into()));
        read
    }

    /// A path as it is from the workspace, where it is in it.
    pub(crate) fn path_in_workspace(&self, path: &Path) -> PathBuf {
        if path.is_relative() && !path.starts_with(&self.pipeline.workspace) {
            return path.to_owned();
        }
        let whole = |path: &Path| std::path::absolute(path).map(|path| without_dots(&path));
        match (whole(path), whole(&self.pipeline.workspace)) {
            (Ok(path), Ok(workspace)) => path.strip_prefix(workspace).map(Path::to_owned).unwrap_or(path),
            _ => path.to_owned(),
        }
    }
}

/// Whether a path goes down from where it begins, part by part, to a file.
fn is_plain(path: &Path) -> bool {
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    // Components leave out a dot and a slash too many.
    let text = path.to_string_lossy();
    plain && path.file_name().is_some() && !text.ends_with('/') && !text.contains('\0')
}

/// A path without `.` and `..`, as far as it can be told without looking.
pub(crate) fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The parts of a path in a form that is the same for all names that some file system takes for one.
fn folded(path: &Path) -> Vec<String> {
    // To upper case first: several letters have one upper case (ß and ss).
    let fold = |text: &str| match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.nfkd().collect::<String>().to_uppercase().to_lowercase().nfkc().collect(),
    };
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.map(|part| fold(&part.as_os_str().to_string_lossy())).collect()
}

/// What was set, as a part of a folder's name; nothing where nothing was.
fn settings(overrides: &BTreeMap<String, String>) -> Option<String> {
    let setting = |(path, value): (&String, &String)| {
        let parts = path.split('.').filter(|part| !matches!(*part, "params" | "stages"));
        format!("{}={}", parts.collect::<Vec<_>>().join("."), value.trim())
    };
    let all = overrides.iter().map(setting).collect::<Vec<_>>().join(",");
    if all.is_empty() {
        return None;
    }
    // Beside what can't be in a name, what people would have to quote.
    let plain = |character: char| match character {
        ' ' | '"' | '\'' | '<' | '>' | ':' | '|' | '?' | '*' | '$' | '{' | '}' => '_',
        other => other,
    };
    let name: String = file_name(&all).chars().map(plain).collect();
    if name == all && name.len() <= LONGEST_SETTING {
        return Some(name);
    }
    let cut = name.char_indices().take_while(|(at, _)| *at < LONGEST_SETTING).map(|(_, c)| c);
    Some(format!("{}~{}", cut.collect::<String>(), Digest::of(all.as_bytes()).short()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_file_system_takes_for_one_are_one() {
        let same = |one: &str, other: &str| folded(Path::new(one)) == folded(Path::new(other));
        assert!(same("reports/Table.md", "Reports/table.MD"));
        assert!(same("r/Zu\u{308}rich", "r/Z\u{fc}rich"));
        assert!(same("r/STRASSE", "r/straße") && same("r/./a", "r/a"));
        assert!(!same("r/a", "r/b") && !same("r/a", "r/a/b"));
    }

    #[test]
    fn what_was_set_names_a_folder() {
        let of = |pairs: &[(&str, &str)]| {
            settings(&pairs.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("params.base_year", "2010")]).as_deref(), Some("base_year=2010"));
        let two = of(&[("stages.granger.params.lags", "2"), ("params.x", " 1")]);
        assert_eq!(two.as_deref(), Some("x=1,granger.lags=2"));
        let odd = ["../../etc", "a/b", "[1, 2]", "a\nb", &"long".repeat(50)]
            .map(|value| of(&[("params.x", value)]));
        let odd: std::collections::BTreeSet<String> = odd.into_iter().flatten().collect();
        assert_eq!(odd.len(), 5);
        for name in odd {
            assert!(is_plain(Path::new(&name)) && Path::new(&name).components().count() == 1, "{name}");
            assert!(name.len() < LONGEST_SETTING + 20, "{name}");
        }
    }

    #[test]
    fn a_path_goes_down_to_a_file() {
        for path in ["reports/a.md", "a", "größe/β.csv"] {
            assert!(is_plain(Path::new(path)), "{path}");
        }
        for path in ["", "..", "a/..", "../a", "/a", "a/", "a/../b", "./a", "a\0b"] {
            assert!(!is_plain(Path::new(path)) || path == "./a", "{path}");
        }
        assert_eq!(without_dots(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
    }
}
