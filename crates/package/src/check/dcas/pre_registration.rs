//! Rule 12: where the research was registered beforehand, the registration.

use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;

use super::documentation::told;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-12", title: "pre-registration", check };

fn check(subject: &Subject<'_>) -> Outcome {
    told(
        subject,
        subject.description.preregistration.as_deref(),
        "preregistration",
        "the research wasn't registered beforehand",
        "the registry and the number",
        &["preregistration", "pre-registration", "pap"],
        &["pre-regist", "preregist", "pre-analysis", "aearctr"],
    )
}
