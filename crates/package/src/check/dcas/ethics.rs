//! Rule 11: where people were studied, the approval of an ethics board.

use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;

use super::documentation::told;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-11", title: "ethics approval", check };

fn check(subject: &Subject<'_>) -> Outcome {
    told(
        subject,
        subject.description.ethics.as_deref(),
        "ethics",
        "no approval was needed",
        "the board, the number and the date of the approval",
        &["irb", "ethics"],
        &["irb", "ethics", "institutional", "review"],
    )
}
