//! Packages of Julia.

use super::packages::judged;
use crate::check::outcome::Outcome;
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::Language;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-julia-packages", title: "packages of Julia", check };

/// What comes with Julia.
const OWN: [&str; 11] = [
    "Base",
    "Dates",
    "DelimitedFiles",
    "Distributed",
    "LinearAlgebra",
    "Pkg",
    "Printf",
    "Random",
    "SparseArrays",
    "Statistics",
    "Test",
];

fn check(subject: &Subject<'_>) -> Outcome {
    judged(
        subject,
        Language::Julia,
        used,
        &["project.toml", "manifest.toml", "packages.jl", "setup"],
        "add `Project.toml` and `Manifest.toml`, which hold the version of each package",
    )
}

fn used(code: &str) -> Vec<String> {
    let code = code.trim_start();
    let Some(rest) = code.strip_prefix("using ").or_else(|| code.strip_prefix("import ")) else {
        return Vec::new();
    };
    let names = rest.split(':').next().unwrap_or_default().split(',');
    let first = |name: &str| name.trim().split('.').next().unwrap_or_default().to_owned();
    let mut found: Vec<String> = names.map(first).collect();
    found.retain(|name| {
        !name.is_empty() && name.chars().all(char::is_alphanumeric) && !OWN.contains(&name.as_str())
    });
    found
}
