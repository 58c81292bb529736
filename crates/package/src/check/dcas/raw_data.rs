//! Rule 2: raw data are in the package, or it is said why they aren't.

use vintner_ingest::Redistribution;

use crate::check::outcome::{Outcome, found};
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
    let cure =
        "say of each source whether it may be given, restore the files that changed, and package again";
    Outcome::unless(
        findings,
        "each source is in the package as it was read, or its access is described",
        "sources amiss",
        cure,
    )
}
