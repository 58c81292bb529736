//! What was found while programs were followed, as steps.

use std::collections::BTreeSet;

use crate::doubt::Doubt;
use crate::language::Language;
use crate::package::Package;
use crate::scanner::{Act, Run, Scanner};
use crate::step::Step;
use crate::tokens::{Word, tokens};
use crate::value::Value;
use crate::wrapper::wrapper;

/// The runs within a run, in their order.
fn within(scanner: &Scanner<'_>, of: usize) -> Vec<usize> {
    (0..scanner.runs.len())
        .filter(|at| scanner.runs.get(*at).and_then(|run| run.within) == Some(of))
        .collect()
}

/// Whether a run, or what it runs, does anything to files.
fn has_effects(scanner: &Scanner<'_>, of: usize) -> bool {
    scanner.effects.iter().any(|effect| effect.runs.contains(&of))
}

/// Whether it does so itself.
fn has_own(scanner: &Scanner<'_>, of: usize) -> bool {
    scanner.effects.iter().any(|effect| effect.runs.last() == Some(&of))
}

/// How many programs that do something to files a run begins, itself or by another.
pub(crate) fn count_run(scanner: &Scanner<'_>, of: usize) -> usize {
    let below = within(scanner, of);
    below.iter().map(|at| usize::from(has_own(scanner, *at)) + count_run(scanner, *at)).sum()
}

/// The runs that become steps: those that a master program begins, and of another master among these its own. What runs
/// in the same session and does nothing to files comes before all that follow it.
fn steps_within(
    scanner: &Scanner<'_>,
    of: usize,
    helpers: &mut Vec<String>,
    found: &mut Vec<(usize, Vec<String>)>,
) {
    for at in within(scanner, of) {
        let Some(run) = scanner.runs.get(at) else { continue };
        if !has_own(scanner, at) && count_run(scanner, at) >= 2 {
            steps_within(scanner, at, helpers, found);
        } else if !run.alone && !has_effects(scanner, at) && from_memory(scanner.package, run).is_none() {
            if !helpers.contains(&run.program) {
                helpers.push(run.program.clone());
            }
        } else {
            found.push((at, helpers.clone()));
        }
    }
}

/// The steps of a master program, which is the first run of `scanner`.
pub(crate) fn steps_of_master(scanner: &Scanner<'_>, master: &str) -> Vec<Step> {
    let mut found = Vec::new();
    steps_within(scanner, 0, &mut Vec::new(), &mut found);
    let mut steps: Vec<Step> =
        found.into_iter().filter_map(|(at, helpers)| step(scanner, at, master, &helpers)).collect();
    // What the master says of itself is told with the first step.
    let own = scanner.runs.first().map(|run| run.doubts.clone()).unwrap_or_default();
    let does: BTreeSet<&str> = scanner
        .effects
        .iter()
        .filter(|effect| effect.runs == [0] && effect.act != Act::Removes && effect.act != Act::Lists)
        .map(|effect| effect.path.as_str())
        .filter(|path| !path.ends_with(".log") && !path.ends_with(".smcl"))
        .collect();
    if let Some(first) = steps.first_mut() {
        first.doubts.splice(0..0, own);
        if !does.is_empty() {
            let does: Vec<&str> = does.into_iter().collect();
            first.doubts.push(Doubt {
                program: master.to_owned(),
                line: 0,
                what: format!("it reads or writes files itself, which no stage does: {}", does.join(", ")),
            });
        }
    }
    steps
}

/// The step of a run.
pub(crate) fn step(scanner: &Scanner<'_>, at: usize, master: &str, helpers: &[String]) -> Option<Step> {
    let run = scanner.runs.get(at)?;
    let (mut reads, mut lists, mut writes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for effect in scanner.effects.iter().filter(|effect| effect.runs.contains(&at)) {
        let path = effect.path.clone();
        match effect.act {
            Act::Reads if !writes.contains(&path) => {
                reads.insert(path);
            }
            Act::Reads => {}
            Act::Lists => {
                lists.insert(path);
            }
            Act::Writes => {
                writes.insert(path);
            }
            Act::Removes => {
                writes.remove(&path);
            }
        }
    }
    let below: Vec<&Run> = scanner
        .runs
        .iter()
        .enumerate()
        .filter(|(other, _)| *other == at || is_below(scanner, *other, at))
        .map(|(_, run)| run)
        .collect();
    let mut doubts: Vec<Doubt> = below.iter().flat_map(|run| run.doubts.clone()).collect();
    let texts: Vec<String> = below
        .iter()
        .map(|run| run.program.as_str())
        .chain(helpers.iter().map(String::as_str))
        .filter_map(|program| scanner.package.text(program))
        .collect();
    let wrapper = wrapper(run, master, helpers, &texts);
    if !run.alone && run.within.is_some() {
        doubts.extend(from_memory(scanner.package, run));
    }
    let mut programs: BTreeSet<String> = below.iter().map(|run| run.program.clone()).collect();
    if wrapper.is_some() {
        programs.extend(helpers.iter().cloned());
    }
    programs.remove(&run.program);
    doubts.sort();
    doubts.dedup();
    Some(Step {
        name: String::new(),
        program: run.program.clone(),
        language: run.language,
        folder: run.folder.clone(),
        arguments: run.arguments.clone(),
        reads,
        lists,
        writes,
        programs,
        wrapper,
        draws: below.iter().any(|run| run.draws),
        doubts,
    })
}

fn is_below(scanner: &Scanner<'_>, mut at: usize, of: usize) -> bool {
    while let Some(within) = scanner.runs.get(at).and_then(|run| run.within) {
        if within == of {
            return true;
        }
        at = within;
    }
    false
}

/// What a program of R uses that programs before it leave in memory: such a program can't be run by itself.
fn from_memory(package: &Package, run: &Run) -> Option<Doubt> {
    if run.language != Language::R || run.alone {
        return None;
    }
    let text = package.text(&run.program)?;
    let tokens = tokens(&text, Language::R);
    let mut own = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let Word::Name(name) = &token.word else { continue };
        let word = |at: usize| tokens.get(at).map(|token| &token.word);
        let next = word(at + 1);
        if matches!(next, Some(Word::Sign("<-" | "<<-" | "="))) {
            own.insert(name.as_str());
            continue;
        }
        // A part of something, or a name that only looks alike.
        let before = at.checked_sub(1).and_then(word);
        if matches!(before, Some(Word::Sign("$" | "@" | "::"))) || next == Some(&Word::Sign("(")) {
            continue;
        }
        let unknown = run.values.get(name) == Some(&Value::Unknown);
        let handed = matches!(before, Some(Word::Sign("(" | "," | "=" | "<-")) | Some(Word::End) | None);
        if unknown && handed && run.assigned.contains(name) && !own.contains(name.as_str()) {
            return Some(Doubt {
                program: run.program.clone(),
                line: token.line,
                what: format!(
                    "it uses `{name}`, which a program before it leaves in memory: let that save it to a file and this read it, or make both one stage"
                ),
            });
        }
    }
    None
}
