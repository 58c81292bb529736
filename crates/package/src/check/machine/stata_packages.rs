//! Commands of Stata that aren't its own.

use super::packages::judged;
use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::Language;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-stata-packages", title: "packages of Stata", check };

/// Commands of the archive SSC and of journals that economists use most, and the package that each is of; those that
/// programs install are found beside them.
const KNOWN: [(&str, &[&str]); 32] = [
    ("reghdfe", &["reghdfe"]),
    ("ivreghdfe", &["ivreghdfe"]),
    ("ivreg2", &["ivreg2"]),
    ("estout", &["estout", "esttab", "eststo", "estadd", "estpost"]),
    ("outreg2", &["outreg2"]),
    ("outreg", &["outreg"]),
    ("coefplot", &["coefplot"]),
    ("binscatter", &["binscatter"]),
    ("binscatter2", &["binscatter2"]),
    ("binsreg", &["binsreg"]),
    ("rdrobust", &["rdrobust", "rdbwselect", "rdplot"]),
    ("rddensity", &["rddensity"]),
    ("boottest", &["boottest"]),
    ("csdid", &["csdid"]),
    ("drdid", &["drdid"]),
    ("did_multiplegt", &["did_multiplegt", "did_multiplegt_dyn"]),
    ("did_imputation", &["did_imputation"]),
    ("eventstudyinteract", &["eventstudyinteract"]),
    ("event_plot", &["event_plot"]),
    ("synth", &["synth"]),
    ("winsor", &["winsor"]),
    ("winsor2", &["winsor2"]),
    ("gtools", &["gcollapse", "gegen", "greshape", "gquantiles"]),
    ("xtabond2", &["xtabond2"]),
    ("psmatch2", &["psmatch2", "pstest"]),
    ("ppmlhdfe", &["ppmlhdfe"]),
    ("mdesc", &["mdesc"]),
    ("unique", &["unique"]),
    ("distinct", &["distinct"]),
    ("ritest", &["ritest"]),
    ("weakivtest", &["weakivtest"]),
    ("grstyle", &["grstyle"]),
];

fn check(subject: &Subject<'_>) -> Outcome {
    judged(
        subject,
        Language::Stata,
        used,
        &["requirements", "config_stata", "setup", "install", "packages"],
        "list each package with its version in the README, and install it in a setup program or bring it along in `ado/`",
    )
}

fn used(code: &str) -> Vec<String> {
    let words: Vec<&str> = code
        .split(|letter: char| letter.is_whitespace() || ",:(\"".contains(letter))
        .filter(|word| !word.is_empty())
        .collect();
    let prefixes = ["quietly", "qui", "capture", "cap", "noisily", "noi", "xi", "eststo"];
    let mut found: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        // A command stands first, or after a prefix.
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        if before.is_none_or(|before| prefixes.contains(before)) {
            let own = KNOWN.iter().find(|(_, commands)| commands.contains(word));
            found.extend(own.map(|(package, _)| (*package).to_owned()));
        }
    }
    if let [.., "ssc", "install", package] | ["ssc", "install", package, ..] = words.as_slice() {
        found.push((*package).to_owned());
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_arent_statas_own_are_found() {
        assert_eq!(used("quietly reghdfe y x, absorb(id)"), ["reghdfe"]);
        assert_eq!(used("ssc install estout, replace"), ["estout"]);
        assert_eq!(used("eststo: reghdfe y x"), ["estout", "reghdfe"]);
        assert!(used("regress y reghdfe").is_empty());
    }
}
