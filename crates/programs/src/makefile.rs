//! Makefiles: rules in the order in which the first target needs them.

use std::collections::{BTreeMap, BTreeSet};

use crate::scanner::Scanner;
use crate::shell::follow_line;
use crate::value::Value;

/// What a rule needs, and its commands with their lines.
#[derive(Default)]
struct Rule {
    needs: Vec<String>,
    commands: Vec<(String, usize)>,
}

/// Follows a Makefile.
pub(crate) fn follow(scanner: &mut Scanner<'_>, text: &str) {
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    let mut first: Option<String> = None;
    let mut current: Vec<String> = Vec::new();
    for (line, number) in joined_lines(text) {
        if let Some(command) = line.strip_prefix('\t') {
            // One recipe of several targets is run once.
            if let Some(rule) = current.first().and_then(|target| rules.get_mut(target)) {
                rule.commands.push((command.to_owned(), number));
            }
            continue;
        }
        let line = line.split('#').next().unwrap_or_default().trim_end();
        if line.trim().is_empty() {
            continue;
        }
        let assigned = [":=", "?=", "="].iter().find_map(|sign| line.split_once(sign));
        if let Some((name, value)) = assigned.filter(|(name, _)| !name.trim().contains([' ', ':'])) {
            let value = filled(scanner, value.trim());
            scanner.values.insert(name.trim().to_owned(), Value::text(value));
            continue;
        }
        let Some((targets, needs)) = line.split_once(':') else { continue };
        let words =
            |text: &str| filled(scanner, text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (targets, needs) = (words(targets), words(needs));
        if targets.first().is_some_and(|target| target.starts_with('.')) {
            current.clear();
            continue;
        }
        first = first.or_else(|| targets.first().cloned());
        if let Some((main, others)) = targets.split_first() {
            rules.entry(main.clone()).or_default().needs.extend(needs);
            for other in others {
                rules.entry(other.clone()).or_default().needs.push(main.clone());
            }
        }
        current = targets;
    }
    let first = if rules.contains_key("all") { Some("all".to_owned()) } else { first };
    let mut done = BTreeSet::new();
    if let Some(first) = first {
        make(scanner, &rules, &first, &mut done);
    }
}

fn make(
    scanner: &mut Scanner<'_>,
    rules: &BTreeMap<String, Rule>,
    target: &str,
    done: &mut BTreeSet<String>,
) {
    if !done.insert(target.to_owned()) || done.len() > 10_000 {
        return;
    }
    let Some(rule) = rules.get(target) else { return };
    for need in &rule.needs {
        make(scanner, rules, need, done);
    }
    for (command, line) in &rule.commands {
        let first = rule.needs.first().map(String::as_str).unwrap_or_default();
        let command = filled(scanner, command).replace("$<", first).replace("$@", target);
        // Each line of a recipe has a shell of its own.
        let folder = scanner.folder.clone();
        follow_line(scanner, &command, *line);
        scanner.folder = folder;
    }
}

fn filled(scanner: &Scanner<'_>, text: &str) -> String {
    let mut text = text.to_owned();
    for (name, value) in &scanner.values {
        if let Some(value) = value.single() {
            text = text.replace(&format!("$({name})"), value).replace(&format!("${{{name}}}"), value);
        }
    }
    text
}

/// Lines, of which those that end with a backslash go on, with the number of their last.
fn joined_lines(text: &str) -> Vec<(String, usize)> {
    let mut lines = Vec::new();
    let mut whole = String::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(begun) = line.strip_suffix('\\') {
            whole.push_str(begun);
            whole.push(' ');
            continue;
        }
        whole.push_str(line);
        lines.push((std::mem::take(&mut whole), number + 1));
    }
    lines
}
