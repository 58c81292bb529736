//! Rule 14: the package is archived where the journal accepts it.

use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule =
    Rule { id: "dcas-14", title: "archived in a trusted repository", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let description = &subject.description;
    match (&description.repository, &description.doi) {
        (Some(repository), Some(doi)) => Outcome::pass(format!("archived in {repository} as {doi}")),
        (Some(repository), None) => Outcome::person(
            format!("the authors say it is archived in {repository}"),
            "see that the journal accepts it",
        ),
        _ => Outcome::person(
            "where a package is archived isn't in its files",
            "archive it where the journal accepts it (openICPSR, Zenodo, Dataverse); `vintner package --zenodo-metadata` prints what Zenodo asks for",
        ),
    }
}
