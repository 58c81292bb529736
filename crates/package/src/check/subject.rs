//! What rules look at: the package, read once.

use super::outcome::{Finding, found};
use crate::description::Description;
use crate::examined::{Examined, FoundVintage, ProgramLine, Readme, Row, language};

/// What rules look at.
pub(crate) struct Subject<'s> {
    /// The files.
    pub(crate) examined: &'s Examined,
    /// Whether it is a package of ours.
    pub(crate) ours: bool,
    /// The README.
    pub(crate) readme: Option<Readme>,
    /// Lines of programs.
    pub(crate) lines: Vec<ProgramLine>,
    /// Manifests of vintages, in a package of ours.
    pub(crate) vintages: Vec<FoundVintage>,
    /// What the authors say, in a package of ours.
    pub(crate) description: Description,
    /// Why what the authors say can't be read.
    pub(crate) description_fault: Option<String>,
    /// The rows of the list of exhibits, in a package of ours.
    pub(crate) exhibits: Vec<Row>,
    /// The rows of the list of stages, in a package of ours.
    pub(crate) stages: Vec<Row>,
    /// The checksums of the round before.
    pub(crate) previous: Option<&'s str>,
    /// The SHA-256 of each file, where the package was read whole.
    pub(crate) digests: std::collections::BTreeMap<String, String>,
}

impl Subject<'_> {
    /// Whether the README says any of these words, in small letters.
    pub(crate) fn readme_says(&self, words: &[&str]) -> bool {
        self.readme.as_ref().is_some_and(|readme| readme.says(words))
    }

    /// Whether there is a README whose text can't be read.
    pub(crate) fn readme_is_unreadable(&self) -> bool {
        self.readme.as_ref().is_some_and(|readme| readme.text.is_none())
    }

    /// Manifests that can't be read: of their sources nothing can be told.
    pub(crate) fn unread_manifests(&self) -> Vec<Finding> {
        let unread =
            self.vintages.iter().filter_map(|vintage| Some((vintage, vintage.manifest.as_ref().err()?)));
        unread
            .map(|(vintage, faults)| {
                let first = faults.lines().next().unwrap_or_default();
                found(&vintage.path, format!("the manifest can't be read: {first}"))
            })
            .collect()
    }

    /// The paths of programs.
    pub(crate) fn programs(&self) -> Vec<&str> {
        self.examined.paths().filter(|path| language(path).is_some()).collect()
    }

    /// Whether a program or the README has a file's name in it, with or without its ending.
    pub(crate) fn mentions(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        // A stem of two letters is in every text.
        let wanted: Vec<&str> = if stem.len() >= 3 { vec![&name, &stem] } else { vec![&name] };
        let readme = self.readme.as_ref().map(Readme::lower).unwrap_or_default();
        readme.contains(&name)
            || self.lines.iter().any(|line| {
                let code = line.code.to_lowercase();
                wanted.iter().any(|wanted| code.contains(wanted))
            })
    }

    /// Fields of a row.
    pub(crate) fn list<'r>(row: &'r Row, field: &str) -> Vec<&'r str> {
        let text = row.get(field).map(String::as_str).unwrap_or_default();
        text.split("; ").filter(|part| !part.is_empty()).collect()
    }
}
