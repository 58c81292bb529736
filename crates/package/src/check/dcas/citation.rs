//! Rule 6: all data are cited.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-06", title: "data citation", check };

fn check(subject: &Subject<'_>) -> Outcome {
    if !subject.ours {
        return match subject.readme_says(&["references", "bibliography", "citation"]) {
            true => Outcome::person(
                "the README has references",
                "see that every source of data is among them, in the README and in the paper",
            ),
            false if subject.readme_is_unreadable() => {
                Outcome::person("the README can't be read by a program", "look for the references there")
            }
            false => Outcome::fail(
                "the README cites nothing",
                "cite every source of data in a section `References` of the README, and in the paper",
            ),
        };
    }
    let mut findings = subject.unread_manifests();
    for vintage in &subject.vintages {
        let Ok(manifest) = &vintage.manifest else { continue };
        for source in manifest
            .sources
            .iter()
            .filter(|source| source.citation.as_ref().is_none_or(|text| text.is_empty()))
        {
            findings.push(found(
                vintage.place_of(&source.name),
                format!("source {} has no `citation`", source.name),
            ));
        }
    }
    Outcome::unless(
        findings,
        "every source is cited",
        "sources without a citation",
        "write `citation` for each, with its `doi` where it has one, and package again",
    )
}
