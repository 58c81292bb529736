//! Rule 5: variables and their values are described.

use std::collections::BTreeSet;

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::is_data;
use crate::parts::{CODEBOOK, DATA_PACKAGE};

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-05", title: "metadata: variables described", check };

const WORDS: [&str; 4] = ["codebook", "data dictionary", "data_dictionary", "variable description"];

fn check(subject: &Subject<'_>) -> Outcome {
    let cure = "write a codebook: each variable's name, label, unit, type and allowed values";
    if !subject.ours {
        let named = subject.examined.paths().find(|path| {
            let path = path.to_lowercase();
            ["codebook", "dictionary", "variables", "code_book"].iter().any(|word| path.contains(word))
        });
        return match named {
            Some(path) => Outcome::person(
                format!("{path} may describe the variables"),
                "see that it has every variable of every data file",
            )
            .with(vec![found(path, "may be a codebook")]),
            None if subject.readme_says(&WORDS) => Outcome::person(
                "the README speaks of a codebook",
                "see that every variable is described there",
            ),
            None if !subject.examined.paths().any(is_data) => {
                Outcome::not_applicable("there are no data files")
            }
            None => Outcome::fail("no codebook is there, and the README names none", cure),
        };
    }
    if !subject.examined.files.contains_key(CODEBOOK) {
        return Outcome::fail(format!("{CODEBOOK} isn't there"), "package again");
    }
    let text = subject.examined.text(DATA_PACKAGE).unwrap_or_default();
    let described: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let resources = described.get("resources").and_then(|resources| resources.as_array());
    let mut findings = Vec::new();
    for path in
        subject.examined.paths().filter(|path| path.starts_with("data/analysis/") && path.ends_with(".csv"))
    {
        let own = resources.into_iter().flatten().find(|one| one.get("path").is_some_and(|own| own == path));
        let fields = own.and_then(|own| own.pointer("/schema/fields")?.as_array());
        let known: BTreeSet<&str> =
            fields.into_iter().flatten().filter_map(|field| field.get("name")?.as_str()).collect();
        let bytes = subject.examined.bytes(path).unwrap_or_default();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().cloned().unwrap_or_default();
        for name in header.iter().filter(|name| !known.contains(name)) {
            findings.push(found(path, format!("{DATA_PACKAGE} doesn't describe its variable {name}")));
        }
    }
    Outcome::unless(
        findings,
        "every variable is in the codebook and in datapackage.json",
        "variables that nothing describes",
        "package again",
    )
}
