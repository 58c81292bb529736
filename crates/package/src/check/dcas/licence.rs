//! Rule 15: terms of use of code and data that let others replicate.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::parts::{CODE_LICENCE, DATA_LICENCE, TODO};

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-15", title: "licence", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let cure = "write LICENSE.txt with the terms of code and of data (https://social-science-data-editors.github.io/guidance/Licensing_guidance.html)";
    let is = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        ["license", "licence", "copying"].iter().any(|word| name.starts_with(word))
    };
    let files: Vec<&str> =
        subject.examined.paths().filter(|path| path.matches('/').count() <= 1).filter(is).collect();
    if files.is_empty() {
        return Outcome::fail("there is no licence", cure).with(vec![found("LICENSE.txt", "isn't there")]);
    }
    let empty =
        files.iter().filter(|path| subject.examined.text(path).is_none_or(|text| text.trim().is_empty()));
    let mut findings: Vec<Finding> = empty.map(|path| found(*path, "it says nothing")).collect();
    if subject.ours {
        for path in [CODE_LICENCE, DATA_LICENCE] {
            match subject.examined.text(path) {
                None => findings.push(found(path, "isn't there")),
                Some(text) if text.contains(TODO) => findings.push(found(path, "terms are left to be said")),
                Some(_) => {}
            }
        }
        findings.extend(subject.unread_manifests());
        for vintage in &subject.vintages {
            let Ok(manifest) = &vintage.manifest else { continue };
            for source in manifest.sources.iter().filter(|source| manifest.licence_of(source).is_none()) {
                findings.push(found(
                    vintage.place_of(&source.name),
                    format!("source {} has no `licence`", source.name),
                ));
            }
        }
        return Outcome::unless(
            findings,
            "code and data have a licence, and every source its terms",
            "terms that aren't stated",
            "write `code_licence` and `data_licence` into package.yaml and `licence` for each source, and package again",
        );
    }
    match findings.is_empty() {
        true => Outcome::person(
            format!("terms are in {}", files.join(", ")),
            "see that they cover code and data, and let others replicate",
        ),
        false => Outcome::fail("a licence says nothing", cure).with(findings),
    }
}
