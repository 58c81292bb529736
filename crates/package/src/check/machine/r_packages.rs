//! Packages of R.

use super::packages::judged;
use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::Language;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-r-packages", title: "packages of R", check };

/// What comes with R.
const OWN: [&str; 9] =
    ["base", "stats", "utils", "graphics", "grDevices", "methods", "parallel", "tools", "splines"];

fn check(subject: &Subject<'_>) -> Outcome {
    judged(
        subject,
        Language::R,
        used,
        &["renv.lock", "requirements", "description", "sessioninfo", "install", "setup", "packages"],
        "list each package with its version in the README, or add `renv.lock`",
    )
}

fn used(code: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for call in ["library(", "require(", "requireNamespace(", "p_load("] {
        for (at, _) in code.match_indices(call) {
            let inner =
                code.get(at + call.len()..).and_then(|rest| rest.split(')').next()).unwrap_or_default();
            // Only `p_load` takes several.
            let many = if call == "p_load(" { usize::MAX } else { 1 };
            for name in inner.split(',').take(many) {
                found.push(name.trim().trim_matches(['"', '\'']).to_owned());
            }
        }
    }
    for (at, _) in code.match_indices("::") {
        let before = code.get(..at).unwrap_or_default();
        let name = before
            .rsplit(|letter: char| !letter.is_alphanumeric() && letter != '.')
            .next()
            .unwrap_or_default();
        found.push(name.to_owned());
    }
    let is_name = |name: &String| {
        name.chars().next().is_some_and(char::is_alphabetic)
            && name.chars().all(|letter| letter.is_alphanumeric() || letter == '.')
            && !OWN.contains(&name.as_str())
    };
    found.retain(is_name);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_loaded_or_named_before_two_colons() {
        assert_eq!(used("library(fixest); x <- dplyr::filter(d)"), ["fixest", "dplyr"]);
        assert_eq!(used("p_load(\"haven\", sandwich)"), ["haven", "sandwich"]);
        assert!(used("stats::lm(y ~ x)").is_empty());
    }
}
