//! Rule 10: where data were collected, what subjects were asked and how they were chosen.

use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;

use super::documentation::told;

pub(in crate::check) const RULE: Rule =
    Rule { id: "dcas-10", title: "instruments of surveys and experiments", check };

fn check(subject: &Subject<'_>) -> Outcome {
    told(
        subject,
        subject.description.instruments.as_deref(),
        "instruments",
        "no data were collected",
        "questionnaires, instructions and how subjects were chosen",
        &["questionnaire", "survey_instrument", "instructions"],
        &["survey", "experiment", "questionnaire"],
    )
}
