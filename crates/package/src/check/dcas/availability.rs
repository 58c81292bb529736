//! Rule 1: a statement on the availability of each source, with how it is had, at what cost and in what time.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-01", title: "data availability statement", check };

const STATEMENT: [&str; 4] =
    ["data availability", "availability statement", "availability of data", "data access"];

fn check(subject: &Subject<'_>) -> Outcome {
    let cure = "write a section `Data Availability and Provenance Statements` into the README, with a section for each \
                source that says where it is, how others get it, what it costs and how long it takes";
    let Some(readme) = &subject.readme else {
        return Outcome::fail("there is no README to hold the statement", cure);
    };
    if subject.readme_is_unreadable() {
        return Outcome::person(
            format!("{} can't be read by a program", readme.path),
            "look for the statement there",
        );
    }
    let no_data = "[x] this paper does not involve analysis of external data";
    if !readme.says(&STATEMENT) && !readme.says(&[no_data]) {
        return Outcome::fail("the README has no statement on the availability of data", cure)
            .with(vec![found(&readme.path, "no section on the availability of data")]);
    }
    if !subject.ours {
        return Outcome::person(
            "the README has a statement on the availability of data",
            "see that it says for each source where it is, how others get it, what it costs and how long it takes",
        );
    }
    let mut findings = subject.unread_manifests();
    for vintage in &subject.vintages {
        let Ok(manifest) = &vintage.manifest else { continue };
        for source in &manifest.sources {
            if manifest.access_of(source).is_none() {
                let what = format!("source {} has no `access`: how do others come by it?", source.name);
                findings.push(found(vintage.place_of(&source.name), what));
            }
        }
    }
    let cure =
        "write `access` for each source, or once for all of them at the manifest's top, and package again";
    Outcome::unless(findings, "each source's access is stated", "sources without a statement of access", cure)
}
