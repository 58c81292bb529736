//! Random numbers whose seed isn't set.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::Language;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-seeds", title: "seeds of random numbers", check };

/// What draws random numbers, by language, and what sets the seed.
fn words(language: Language) -> (&'static [&'static str], &'static [&'static str]) {
    match language {
        Language::Stata => (
            &[
                "runiform(",
                "rnormal(",
                "rbinomial(",
                "rpoisson(",
                "bootstrap",
                "bsample",
                "permute",
                "simulate ",
                "sample ",
                "splitsample",
                "vce(boot",
                "boottest",
                "mi impute",
                "ritest",
            ],
            &["set seed", "seed("],
        ),
        Language::R => (
            &[
                "rnorm(",
                "runif(",
                "rbinom(",
                "rpois(",
                "rgamma(",
                "rexp(",
                "sample(",
                "slice_sample(",
                "boot(",
                "sample_n(",
                "sample_frac(",
                "boottest(",
            ],
            &["set.seed(", "seed =", "seed="],
        ),
        Language::Python => (
            &[
                "np.random.",
                "numpy.random.",
                "random.random(",
                "random.choice(",
                "random.shuffle(",
                "random.sample(",
                ".sample(",
                "train_test_split(",
                "randint(",
            ],
            &["random.seed(", "default_rng(", "randomstate(", "random_state=", "seed=", "manual_seed("],
        ),
        Language::Julia => (
            &["rand(", "randn(", "sample(", "shuffle("],
            &["seed!(", "xoshiro(", "mersennetwister(", "stablerng("],
        ),
        Language::Matlab => {
            (&["rand(", "randn(", "randi(", "randperm(", "bootstrp("], &["rng(", "rng ", "randstream("])
        }
        Language::Sas | Language::Other => (&["ranuni(", "rannor(", "rand('"], &["streaminit(", "seed="]),
    }
}

fn check(subject: &Subject<'_>) -> Outcome {
    let mut drawing: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    let mut seeded: BTreeSet<&str> = BTreeSet::new();
    let mut seeded_languages: BTreeSet<Language> = BTreeSet::new();
    for line in &subject.lines {
        let code = line.code.to_lowercase();
        let (draws, sets) = words(line.language);
        if sets.iter().any(|word| code.contains(word)) {
            seeded.insert(&line.path);
            seeded_languages.insert(line.language);
        } else if let Some(word) = draws.iter().find(|word| begins(&code, word)) {
            drawing.entry(&line.path).or_default().push(found(
                &line.place,
                format!("`{}` draws random numbers", word.trim_end_matches('(').trim()),
            ));
        }
    }
    if drawing.is_empty() {
        return match subject.ours {
            true => Outcome::pass(
                "the pipeline gives every stage a seed of its own, and no program draws without one",
            ),
            false => Outcome::not_applicable("no program draws random numbers"),
        };
    }
    // A main program may set it for others of its language.
    let language = |path: &str| subject.lines.iter().find(|line| line.path == path).map(|line| line.language);
    let findings: Vec<Finding> = drawing
        .iter()
        .filter(|(path, _)| {
            !seeded.contains(*path)
                && !language(path).is_some_and(|language| seeded_languages.contains(&language))
        })
        .flat_map(|(_, found)| found.clone())
        .collect();
    let elsewhere = drawing.keys().filter(|path| !seeded.contains(*path)).count();
    if findings.is_empty() && elsewhere > 0 {
        return Outcome::person(
            format!("{elsewhere} programs draw random numbers whose seed another program may set"),
            "see that the seed is set before each of them runs, in whatever order",
        )
        .with(
            drawing
                .iter()
                .filter(|(path, _)| !seeded.contains(*path))
                .flat_map(|(_, found)| found.clone())
                .collect(),
        );
    }
    Outcome::unless(
        findings,
        "every program that draws random numbers sets their seed",
        "draws of random numbers without a seed",
        "set the seed before the first draw (`set seed`, `set.seed`, `default_rng`)",
    )
}

/// Whether a word begins there: `resample(` isn't `sample(`.
fn begins(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        word.starts_with('.')
            || code
                .get(..at)
                .and_then(|before| before.chars().last())
                .is_none_or(|letter| !letter.is_alphanumeric() && letter != '_' && letter != '.')
    })
}
