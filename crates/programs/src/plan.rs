//! The programs of a package, in their order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::{ProgramsError, Result};
use crate::language::Language;
use crate::languages;
use crate::numbered::{is_numbered, natural};
use crate::package::Package;
use crate::paths::{parent, stem};
use crate::readme_order::readme_order;
use crate::scanner::Scanner;
use crate::step::Step;
use crate::steps::{count_run, step, steps_of_master};

/// What tells the order of the programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// A program, script or Makefile that runs the others.
    Master(Vec<String>),
    /// The numbers in their names.
    Numbers,
    /// The order in which a README names them.
    Readme(String),
    /// What one writes and another reads.
    Files,
    /// There is one.
    Single,
}

/// What runs in which order, and what of it can't be made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What tells the order.
    pub order: Order,
    /// The programs that become stages.
    pub steps: Vec<Step>,
    /// Programs that become none, with the reason.
    pub left: Vec<(String, String)>,
    /// What is to be said of the whole.
    pub doubts: Vec<String>,
}

impl Plan {
    /// Follows a package's programs.
    ///
    /// # Errors
    /// [`ProgramsError::NoPrograms`] where there is none that can be followed.
    pub fn of(package: &Package) -> Result<Self> {
        let programs: Vec<(String, Language)> =
            package.programs().map(|(path, language)| (path.to_owned(), language)).collect();
        if !programs.iter().any(|(_, language)| language.analyses()) {
            let mut others: BTreeSet<&str> = package.other_programs().map(|(_, what)| what).collect();
            let others = match others.pop_last() {
                None => String::new(),
                Some(last) if others.is_empty() => format!("; there is {last}, which isn't followed"),
                Some(last) => {
                    let others: Vec<&str> = others.into_iter().collect();
                    format!("; there are {} and {last}, which aren't followed", others.join(", "))
                }
            };
            return Err(ProgramsError::NoPrograms { folder: package.folder().to_owned(), others });
        }
        let followed: BTreeMap<&str, Scanner<'_>> = programs
            .iter()
            .map(|(path, language)| (path.as_str(), followed(package, path, *language)))
            .collect();
        let mut plan = match masters(&followed) {
            masters if masters.is_empty() => Self::without_master(package, &followed),
            masters => Self::of_masters(&followed, &masters),
        };
        for (path, what) in package.other_programs() {
            plan.left.push((path.to_owned(), format!("{what}, which isn't followed")));
        }
        plan.name_steps();
        plan.check_order(package);
        Ok(plan)
    }

    fn of_masters(followed: &BTreeMap<&str, Scanner<'_>>, masters: &[&str]) -> Self {
        let mut plan = Self {
            order: Order::Master(masters.iter().map(|master| (*master).to_owned()).collect()),
            steps: Vec::new(),
            left: Vec::new(),
            doubts: Vec::new(),
        };
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for master in masters {
            let Some(scanner) = followed.get(master) else { continue };
            plan.steps.extend(steps_of_master(scanner, master));
            seen.extend(scanner.runs.iter().map(|run| run.program.clone()));
        }
        if let [first, second, ..] = masters {
            plan.doubts.push(format!(
                "several programs run others, {first} before {second} by their names: is that the order?"
            ));
        }
        for path in followed.keys().filter(|path| !seen.contains(**path)) {
            plan.left.push(((*path).to_owned(), format!("{} doesn't run it", masters.join(", "))));
        }
        plan
    }

    fn without_master(package: &Package, followed: &BTreeMap<&str, Scanner<'_>>) -> Self {
        let run_by_others: BTreeSet<&str> = followed
            .values()
            .flat_map(|scanner| scanner.runs.iter().filter(|run| run.within.is_some()))
            .map(|run| run.program.as_str())
            .collect();
        let language = |path: &str| Language::of(path).is_some_and(Language::analyses);
        let mut programs: Vec<String> = followed
            .keys()
            .filter(|path| language(path) && !run_by_others.contains(**path))
            .map(|path| (*path).to_owned())
            .collect();
        programs.sort_by(|one, other| natural(one, other));
        let mut doubts = Vec::new();
        let numbered: Vec<String> = programs.iter().filter(|path| is_numbered(path)).cloned().collect();
        let (order, first) = if programs.len() < 2 {
            (Order::Single, programs.clone())
        } else if numbered.len() >= 2 && numbered.len() * 2 > programs.len() {
            (Order::Numbers, numbered)
        } else if let Some((readme, named)) = readme_order(package, &programs) {
            (Order::Readme(readme), named)
        } else {
            doubts.push("no master program, no numbers and no README tell the order of the programs: it is that of what they write and read".to_owned());
            (Order::Files, by_files(followed, &programs))
        };
        let rest: Vec<String> = programs.iter().filter(|path| !first.contains(path)).cloned().collect();
        if !rest.is_empty() {
            doubts.push(format!("nothing tells when these run, so that they come last: {}", rest.join(", ")));
        }
        let steps = first
            .iter()
            .chain(&rest)
            .filter_map(|path| step(followed.get(path.as_str())?, 0, path, &[]))
            .collect();
        let left = followed
            .keys()
            .filter(|path| !language(path))
            .map(|path| ((*path).to_owned(), "it runs no program that can be made out".to_owned()))
            .collect();
        Self { order, steps, left, doubts }
    }

    fn name_steps(&mut self) {
        let mut taken = BTreeSet::from(["vintage".to_owned(), "comparison".to_owned()]);
        for step in &mut self.steps {
            let name = name_of(
                stem(&step.program).trim_start_matches(|c: char| c.is_ascii_digit() || "_-. ".contains(c)),
            );
            let name = if name.is_empty() { name_of(&format!("s{}", stem(&step.program))) } else { name };
            step.name = unique(&name, &mut taken);
        }
    }

    /// Files that are read before they are written.
    fn check_order(&mut self, package: &Package) {
        let mut written: BTreeSet<String> = BTreeSet::new();
        let all: Vec<(String, BTreeSet<String>)> =
            self.steps.iter().map(|step| (step.program.clone(), step.writes.clone())).collect();
        for (at, step) in self.steps.iter_mut().enumerate() {
            for path in &step.reads {
                let later = all
                    .iter()
                    .skip(at)
                    .find(|(program, writes)| *program != step.program && writes.contains(path));
                if let Some((program, _)) = later.filter(|_| !written.contains(path)) {
                    let there = if package.has(path) { "; here it reads the package's copy" } else { "" };
                    step.doubts.push(crate::doubt::Doubt {
                        program: step.program.clone(),
                        line: 0,
                        what: format!(
                            "it reads `{path}`, which {program} writes after it{there}: is the order right?"
                        ),
                    });
                } else if step.writes.contains(path) && !written.contains(path) {
                    step.doubts.push(crate::doubt::Doubt {
                        program: step.program.clone(),
                        line: 0,
                        what: format!("it writes over `{path}`, which it reads: a stage may not change data; let it write another file"),
                    });
                }
            }
            written.extend(step.writes.iter().cloned());
        }
    }

    /// Files of data that programs read and none of them writes.
    pub fn data<'p>(&'p self, package: &'p Package) -> BTreeSet<&'p str> {
        let written: BTreeSet<&str> =
            self.steps.iter().flat_map(|step| &step.writes).map(String::as_str).collect();
        let below = |folder: &str, path: &str| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let lists: Vec<&String> = self.steps.iter().flat_map(|step| &step.lists).collect();
        let read: BTreeSet<&str> =
            self.steps.iter().flat_map(|step| &step.reads).map(String::as_str).collect();
        package
            .files()
            .keys()
            .map(String::as_str)
            .filter(|path| read.contains(path) || lists.iter().any(|folder| below(folder, path)))
            .filter(|path| !written.contains(path) && Language::of(path).is_none())
            .collect()
    }
}

/// A program followed from the folder that most speaks for.
fn followed<'p>(package: &'p Package, path: &str, language: Language) -> Scanner<'p> {
    let mut folders = vec![String::new()];
    let mut folder = parent(path);
    while !folder.is_empty() {
        folders.push(folder.to_owned());
        folder = parent(folder);
    }
    let from = |folder: &str| {
        let mut scanner = Scanner::new(package, folder, languages::follow);
        scanner.follow(path, language, &[], false);
        scanner
    };
    let mut best = from("");
    for folder in folders.iter().skip(1) {
        let other = from(folder);
        if other.found() > best.found() {
            best = other;
        }
    }
    best
}

/// Programs that run others which do something, and that no other runs; those that run most first.
fn masters<'f>(followed: &BTreeMap<&'f str, Scanner<'_>>) -> Vec<&'f str> {
    let named = |path: &str| {
        let stem = stem(path).to_lowercase();
        ["master", "main", "run", "all", "replicat", "make"].iter().any(|word| stem.contains(word))
            || matches!(Language::of(path), Some(Language::Shell | Language::Make))
    };
    let counts: BTreeMap<&str, usize> =
        followed.iter().map(|(path, scanner)| (*path, count_run(scanner, 0))).collect();
    let is_master =
        |path: &str| counts.get(path).is_some_and(|count| *count >= 2 || (*count == 1 && named(path)));
    let mut masters: Vec<&str> = followed.keys().copied().filter(|path| is_master(path)).collect();
    let inner: BTreeSet<String> = masters
        .iter()
        .filter_map(|path| followed.get(path))
        .flat_map(|scanner| scanner.runs.iter().filter(|run| run.within.is_some()))
        .map(|run| run.program.clone())
        .collect();
    masters.retain(|path| !inner.contains(*path));
    masters.sort_by_key(|path| {
        (Reverse(counts.get(path).copied().unwrap_or(0)), path.matches('/').count(), *path)
    });
    // A second way to run the same programs is none of its own.
    let mut seen: BTreeSet<String> = BTreeSet::new();
    masters.retain(|path| {
        let Some(scanner) = followed.get(path) else { return false };
        let programs: BTreeSet<String> =
            scanner.runs.iter().filter(|run| run.within.is_some()).map(|run| run.program.clone()).collect();
        let new = !programs.is_subset(&seen);
        seen.extend(programs);
        new
    });
    masters
}

/// The order in which each finds what it reads.
fn by_files(followed: &BTreeMap<&str, Scanner<'_>>, programs: &[String]) -> Vec<String> {
    let steps: Vec<Step> =
        programs.iter().filter_map(|path| step(followed.get(path.as_str())?, 0, path, &[])).collect();
    let writers = |path: &String, but: &str| {
        steps
            .iter()
            .filter(|step| step.program != but && step.writes.contains(path))
            .map(|step| step.program.clone())
            .collect::<Vec<_>>()
    };
    let mut waiting: Vec<&Step> = steps.iter().collect();
    let mut order: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|step| {
            step.reads
                .iter()
                .all(|path| writers(path, &step.program).iter().all(|writer| order.contains(writer)))
        });
        let next = waiting.remove(ready.unwrap_or(0));
        order.push(next.program.clone());
    }
    order
}

/// A text as a name in a pipeline: letters, digits and `_`, a letter first.
pub(crate) fn name_of(text: &str) -> String {
    let name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches('_');
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name.to_owned(),
        Some(_) => format!("f{name}"),
        None => String::new(),
    }
}

/// A name that isn't taken, which it is from now on.
pub(crate) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut found = name.to_owned();
    let mut number = 1;
    while !taken.insert(found.clone()) {
        number += 1;
        found = format!("{name}_{number}");
    }
    found
}
