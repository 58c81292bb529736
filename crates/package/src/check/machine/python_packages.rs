//! Packages of Python.

use super::packages::judged;
use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::Language;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-python-packages", title: "packages of Python", check };

/// The modules of the standard library, a line each: `sys.stdlib_module_names` of Python 3.11 without those that begin with `_`.
const OWN: &str = include_str!("python_modules.txt");
/// More of them, and those of Python itself.
const MORE: [&str; 8] = ["uuid", "warnings", "xml", "zipfile", "zlib", "zoneinfo", "struct", "threading"];

fn check(subject: &Subject<'_>) -> Outcome {
    let modules: Vec<&str> = subject
        .examined
        .paths()
        .filter_map(|path| path.strip_suffix(".py"))
        .map(|path| path.rsplit('/').next().unwrap_or(path))
        .collect();
    let folders: Vec<&str> = subject.examined.paths().filter_map(|path| path.rsplit('/').nth(1)).collect();
    let outside = |code: &str| {
        let mut found = used(code);
        found.retain(|name| !modules.contains(&name.as_str()) && !folders.contains(&name.as_str()));
        found
    };
    judged(
        subject,
        Language::Python,
        outside,
        &["requirements", "environment", "pyproject", "pipfile", "setup.py", "setup.cfg", "poetry.lock"],
        "add `requirements.txt` with the version of each package",
    )
}

fn used(code: &str) -> Vec<String> {
    let code = code.trim_start();
    let names: Vec<&str> = if let Some(rest) = code.strip_prefix("from ") {
        rest.split_once(" import").map(|(name, _)| name).into_iter().collect()
    } else if let Some(rest) = code.strip_prefix("import ") {
        rest.split(';').next().unwrap_or_default().split(',').collect()
    } else {
        Vec::new()
    };
    let first = |name: &str| {
        name.split_whitespace().next().unwrap_or_default().split('.').next().unwrap_or_default().to_owned()
    };
    let mut found: Vec<String> = names.into_iter().map(first).collect();
    found.retain(|name| {
        !name.is_empty()
            && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            && !OWN.lines().any(|own| own == name)
            && !MORE.contains(&name.as_str())
    });
    // Packages are installed under other names than these.
    found.into_iter().map(|name| if name == "sklearn" { "scikit-learn".to_owned() } else { name }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_beside_the_standard_library_are_packages() {
        assert_eq!(used("import os, numpy as np"), ["numpy"]);
        assert_eq!(used("from statsmodels.api import OLS"), ["statsmodels"]);
        assert_eq!(used("from sklearn import svm"), ["scikit-learn"]);
        assert!(used("from . import own").is_empty());
    }
}
