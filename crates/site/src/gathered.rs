//! What is known of a vintage's pipeline, looked at once for all pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use vintner_pipeline::{OutputRead, Plan, RawFile, StageStatus, Survey};

use crate::error::Result;
use crate::links::{Link, branch_page, file_place, output_place, relative, source_place, stage_page};
use crate::site_request::SiteRequest;

/// A survey, and who reads what in both directions.
pub(crate) struct Gathered<'g, 'p, 'a> {
    pub(crate) request: &'g SiteRequest<'g>,
    pub(crate) plan: &'p Plan<'a>,
    pub(crate) survey: &'g Survey<'p, 'a>,
    pub(crate) statuses: Vec<&'g StageStatus>,
    pub(crate) files: Vec<RawFile>,
    /// By branch, what it reads.
    reads: BTreeMap<String, Vec<OutputRead>>,
    /// By branch, the branches that read it, in the pipeline's order.
    readers: BTreeMap<String, Vec<String>>,
    /// By branch, its place in the pipeline's order.
    places: BTreeMap<String, usize>,
}

impl<'g, 'p, 'a> Gathered<'g, 'p, 'a> {
    pub(crate) fn new(
        request: &'g SiteRequest<'g>,
        plan: &'p Plan<'a>,
        survey: &'g Survey<'p, 'a>,
    ) -> Result<Self> {
        let statuses: Vec<&StageStatus> = survey.statuses().collect();
        let mut reads = BTreeMap::new();
        let mut readers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for branch in survey.reads() {
            for read in &branch.reads {
                let known = readers.entry(read.branch.clone()).or_default();
                if known.last() != Some(&branch.branch) {
                    known.push(branch.branch.clone());
                }
            }
            reads.insert(branch.branch, branch.reads);
        }
        let places = statuses.iter().enumerate().map(|(at, status)| (status.branch.clone(), at)).collect();
        let files = survey.raw_files()?;
        Ok(Self { request, plan, survey, statuses, files, reads, readers, places })
    }

    /// The status of a branch.
    pub(crate) fn status(&self, branch: &str) -> Option<&'g StageStatus> {
        self.places.get(branch).map(|at| self.statuses[*at])
    }

    /// A link to a branch.
    pub(crate) fn branch(&self, name: &str) -> Link {
        match self.status(name) {
            Some(status) => Link::to(branch_page(&status.id), name),
            None => Link::nowhere(name),
        }
    }

    /// A link to an output, written as `branch.output`.
    pub(crate) fn output(&self, name: &str) -> Link {
        let found = name.rsplit_once('.').and_then(|(branch, output)| Some((self.status(branch)?, output)));
        match found {
            Some((status, output)) => {
                let kept = status.record.as_ref().is_some_and(|record| record.outputs.contains_key(output));
                let place = if kept { format!("#{}", output_place(output)) } else { String::new() };
                Link::to(format!("{}{place}", branch_page(&status.id)), name)
            }
            None => Link::nowhere(name),
        }
    }

    /// A link to what the page of sources says of a file.
    pub(crate) fn file(&self, path: &str) -> Link {
        let shown = |file: &&RawFile| file.path == Path::new(path);
        match self.files.iter().find(shown) {
            Some(file) => {
                let place = match self.source_of(file) {
                    Some(source) => source_place(&source),
                    None => file_place(path),
                };
                Link::to(format!("sources.html#{place}"), path)
            }
            None => Link::nowhere(path),
        }
    }

    /// The source that a file is, if it is one.
    pub(crate) fn source_of(&self, file: &RawFile) -> Option<String> {
        file.sha256.as_ref()?;
        let items = file.read_by.iter().filter_map(|branch| self.status(branch)?.id.item.clone());
        let sources = &self.plan.vintage.sources;
        items.into_iter().find(|item| sources.iter().any(|source| source.name == *item))
    }

    /// A link to a published file, where it is there.
    pub(crate) fn published(&self, path: &Path) -> Link {
        let file = self.request.workspace.join(path);
        let text = path.display().to_string();
        match file.is_file() {
            true => Link::to(relative(self.request.folder, &file), text),
            false => Link::nowhere(text).noted("not there"),
        }
    }

    /// The outputs that a branch reads.
    pub(crate) fn reads(&self, branch: &str) -> &[OutputRead] {
        self.reads.get(branch).map(Vec::as_slice).unwrap_or_default()
    }

    /// The branches that read a branch.
    pub(crate) fn readers(&self, branch: &str) -> &[String] {
        self.readers.get(branch).map(Vec::as_slice).unwrap_or_default()
    }

    /// All branches that a branch was made from, or that are made from it, save those that it has to do with itself.
    pub(crate) fn beyond(&self, branch: &str, down: bool) -> Vec<String> {
        let next = |name: &str| -> Vec<String> {
            match down {
                true => self.readers(name).to_vec(),
                false => self.reads(name).iter().map(|read| read.branch.clone()).collect(),
            }
        };
        let direct: BTreeSet<String> = next(branch).into_iter().collect();
        let mut pending: Vec<String> = direct.iter().cloned().collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(name) = pending.pop() {
            if seen.insert(name.clone()) {
                pending.extend(next(&name));
            }
        }
        let mut beyond: Vec<String> = seen.difference(&direct).cloned().collect();
        beyond.sort_by_key(|name| self.places.get(name));
        beyond
    }

    /// Links to branches, those of one stage under its name where they are several.
    pub(crate) fn by_stage<'n>(&self, branches: impl Iterator<Item = &'n str>) -> Vec<Link> {
        let mut stages: Vec<(&str, Vec<&str>)> = Vec::new();
        for branch in branches {
            let stage = self.status(branch).map_or(branch, |status| status.id.stage.as_str());
            match stages.iter_mut().find(|(known, _)| *known == stage) {
                Some((_, of_stage)) if of_stage.contains(&branch) => {}
                Some((_, of_stage)) => of_stage.push(branch),
                None => stages.push((stage, vec![branch])),
            }
        }
        let link = |(stage, branches): (&str, Vec<&str>)| match branches[..] {
            [one] => self.branch(one),
            _ => Link::to(stage_page(stage), stage).noted(vintner_stages::count(branches.len(), "branch")),
        };
        stages.into_iter().map(link).collect()
    }
}
