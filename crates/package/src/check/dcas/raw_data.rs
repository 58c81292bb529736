//! Rule 2: raw data are in the package, or it is said why they aren't.

use vintner_ingest::Redistribution;

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::is_data;
use crate::parts::ACCESS;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-02", title: "raw data", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let examined = subject.examined;
    if !subject.ours {
        let many = examined.paths().filter(|path| is_data(path)).count();
        return match many {
            0 if subject.readme_says(&[
                "not provided",
                "confidential",
                "restricted",
                "cannot be",
                "not publicly",
            ]) =>
            {
                Outcome::person(
                    "no data files are there, and the README speaks of data that aren't provided",
                    "see that it says of each why",
                )
            }
            0 => Outcome::fail(
                "no data files are there, and the README doesn't say why",
                "add the raw data, or say in the data availability statement why they can't be given",
            ),
            many => Outcome::person(
                format!("{many} data files are there"),
                "see that the raw data of every source are among them, or that it is said why they aren't",
            ),
        };
    }
    let access = examined.text(ACCESS).unwrap_or_default();
    let mut findings = subject.unread_manifests();
    for vintage in &subject.vintages {
        let Ok(manifest) = &vintage.manifest else { continue };
        for source in &manifest.sources {
            let place = vintage.place_of(&source.name);
            for part in source.parts() {
                let path = format!("{}/{}", vintage.raw, part.file);
                match (subject.digests.get(&path), manifest.redistribution_of(source)) {
                    (Some(digest), _) if *digest != part.sha256 => {
                        findings
                            .push(found(&path, format!("its SHA-256 isn't that of the manifest ({place})")));
                    }
                    (Some(_), Some(Redistribution::Yes)) => {}
                    (Some(_), _) => findings.push(found(
                        &path,
                        format!("it is in the package, and {place} doesn't say `redistribution: yes`"),
                    )),
                    (None, Some(Redistribution::Yes)) => {
                        findings.push(found(
                            &path,
                            format!("it may be given ({place}) and isn't in the package"),
                        ));
                    }
                    (None, Some(_)) if access.contains(&part.sha256) => {}
                    (None, Some(_)) => findings.push(found(
                        &path,
                        format!("it isn't in the package, and {ACCESS} doesn't tell how to get it"),
                    )),
                    (None, None) => {
                        let what = format!(
                            "source {} doesn't say whether it may be given (`redistribution: yes`, `derived` or `no`)",
                            source.name
                        );
                        findings.push(found(place.clone(), what));
                    }
                }
            }
        }
    }
    if subject.vintages.is_empty() {
        return Outcome::fail("the package has no manifest of a vintage", "package again");
    }
    if findings.is_empty() {
        let shown = shown(subject);
        if !shown.is_empty() {
            let cure = "see that they don't give away, observation by observation, what may not be given";
            return Outcome::person(
                format!("figures and files of values made from data that may not be given: {}", shown.len()),
                cure,
            )
            .with(shown);
        }
    }
    let cure =
        "say of each source whether it may be given, restore the files that changed, and package again";
    Outcome::unless(
        findings,
        "each source is in the package as it was read, or its access is described",
        "sources amiss",
        cure,
    )
}

/// Figures and files of values that are made from sources of which no value may be given.
fn shown(subject: &Subject<'_>) -> Vec<Finding> {
    let manifests = subject.vintages.iter().filter_map(|vintage| vintage.manifest.as_ref().ok());
    let closed: Vec<&str> = manifests
        .flat_map(|manifest| manifest.sources.iter().map(move |source| (manifest, source)))
        .filter(|(manifest, source)| manifest.redistribution_of(source) == Some(Redistribution::No))
        .map(|(_, source)| source.name.as_str())
        .collect();
    let mut findings = Vec::new();
    for row in &subject.exhibits {
        let kind = row.get("kind").map(String::as_str).unwrap_or_default();
        let made_of = Subject::list(row, "sources").into_iter().any(|source| closed.contains(&source));
        if made_of && matches!(kind, "figure" | "values") {
            let files = Subject::list(row, "files");
            findings
                .extend(files.into_iter().map(|path| found(path, "made from data that may not be given")));
        }
    }
    findings
}
