//! Data files that nothing mentions: no source, no stage, no program, no README.

use std::collections::BTreeSet;

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::is_data;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-data-files", title: "data files that nothing mentions", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let data: Vec<&str> = subject.examined.paths().filter(|path| is_data(path)).collect();
    if data.is_empty() {
        return Outcome::not_applicable("there are no data files");
    }
    let known = if subject.ours { known(subject) } else { BTreeSet::new() };
    let is_known = |path: &str| match subject.ours {
        true => {
            known.contains(path)
                || ["codebook/", "data/analysis/", "replicate/"].iter().any(|folder| path.starts_with(folder))
        }
        false => subject.mentions(path),
    };
    let findings = data
        .iter()
        .filter(|path| !is_known(path))
        .map(|path| found(*path, "no source, program or README mentions it"))
        .collect();
    let passed = format!("each of {} data files is mentioned", data.len());
    Outcome::unless(
        findings,
        &passed,
        "data files that nothing mentions",
        "name the source of each in the manifest or in the README, or take it out of the package",
    )
}

/// The files of sources, and what stages read and publish.
fn known(subject: &Subject<'_>) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for vintage in &subject.vintages {
        let Ok(manifest) = &vintage.manifest else { continue };
        known.extend(manifest.parts().iter().map(|part| format!("{}/{}", vintage.raw, part.file)));
    }
    for row in &subject.stages {
        known.extend(Subject::list(row, "files_read").into_iter().map(str::to_owned));
        known.extend(Subject::list(row, "published").into_iter().map(str::to_owned));
    }
    known.extend(subject.description.include.iter().cloned());
    known
}
