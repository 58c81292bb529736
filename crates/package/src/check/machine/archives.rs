//! Archives within the package, into which nobody can look.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::has_ending;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-archives", title: "archives within the package", check };

const ENDINGS: [&str; 9] = ["zip", "7z", "rar", "tar", "tgz", "bz2", "xz", "zst", "gz"];

fn check(subject: &Subject<'_>) -> Outcome {
    let sources: Vec<String> = subject
        .vintages
        .iter()
        .filter_map(|vintage| Some((vintage, vintage.manifest.as_ref().ok()?)))
        .flat_map(|(vintage, manifest)| {
            manifest.parts().into_iter().map(|part| format!("{}/{}", vintage.raw, part.file))
        })
        .collect();
    // A source that was published packed is read packed.
    let archives = subject
        .examined
        .paths()
        .filter(|path| has_ending(path, &ENDINGS) && !sources.iter().any(|source| source == path));
    let findings = archives.map(|path| found(path, "an archive")).collect();
    Outcome::unless(
        findings,
        "no archive is within the package",
        "archives within the package",
        "unpack each, and add what it holds",
    )
}
