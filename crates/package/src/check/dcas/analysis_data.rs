//! Rule 3: analysis data are in the package, or can be made again from data that can be had.

use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-03", title: "analysis data", check };

fn check(subject: &Subject<'_>) -> Outcome {
    if !subject.ours {
        return match subject.programs().len() {
            0 => Outcome::fail(
                "no program is there that makes analysis data",
                "add the analysis data or the programs that make them",
            ),
            _ => Outcome::person(
                "whether analysis data are there or made by the programs can't be told",
                "see that each program's input is there, or made by another one",
            ),
        };
    }
    let many = subject.examined.paths().filter(|path| path.starts_with("data/analysis/")).count();
    match many {
        0 => Outcome::pass("analysis data are left out, and the pipeline makes them from the raw data"),
        many => Outcome::pass(format!(
            "{} of analysis data, which the pipeline makes from the raw data",
            vintner_stages::count(many, "file")
        )),
    }
}
