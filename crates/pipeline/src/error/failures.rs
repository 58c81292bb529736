//! Many stages that failed, in few lines.

use std::collections::BTreeMap;

use super::listing::few;

/// How many stages a message names.
pub(super) const NAMED: usize = 12;

/// How many branches of a stage that failed alike are shown.
const EXAMPLES: usize = 3;

/// The stage of a branch that failed, and how: its message without what is the branch's own.
fn kind_of<'b>(branch: &'b str, message: &str) -> (&'b str, String) {
    let (stage, item) = branch.split_once('[').unwrap_or((branch, ""));
    let item = item.trim_end_matches(']');
    let message = if item.is_empty() { message.to_owned() } else { message.replace(item, "#") };
    let mut kind = String::with_capacity(message.len());
    for character in message.chars() {
        let character = if character.is_ascii_digit() { '#' } else { character };
        if character != '#' || !kind.ends_with('#') {
            kind.push(character);
        }
    }
    (stage, kind)
}

/// What is said of branches that failed, and of those that weren't run for it: many that failed alike are counted.
pub(super) fn describe_failures(
    failures: &[(String, String)],
    skipped: &[String],
    stopped: &[String],
) -> String {
    // Kinds in the order of their first branches.
    let mut places: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut alike: Vec<(&str, Vec<&(String, String)>)> = Vec::new();
    for failure in failures {
        let kind = kind_of(&failure.0, &failure.1);
        let stage = kind.0;
        let at = *places.entry(kind).or_insert(alike.len());
        match alike.get_mut(at) {
            Some((_, of_kind)) => of_kind.push(failure),
            None => alike.push((stage, vec![failure])),
        }
    }
    let mut lines = Vec::new();
    for (stage, of_kind) in alike {
        let shown = if of_kind.len() > EXAMPLES + 1 { EXAMPLES } else { of_kind.len() };
        let said = of_kind.iter().take(shown);
        lines.extend(said.map(|(branch, message)| format!("stage {branch} failed: {message}")));
        if let Some(more @ 1..) = of_kind.len().checked_sub(shown) {
            lines.push(format!(
                "and {more} more branches of {stage} failed likewise (--format json names each)"
            ));
        }
    }
    let mut text = lines.join("\n");
    if !skipped.is_empty() {
        text.push_str(&format!("\nnot run because of this: {}", few(skipped, NAMED)));
    }
    if !stopped.is_empty() {
        text.push_str(&format!(
            "\nnot begun after this: {} (--keep-going would run them)",
            few(stopped, NAMED)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_that_failed_alike_are_counted() {
        let absent = |item: usize| {
            (format!("copy[{item}]"), format!("./in/{item}.txt: reading: No such file (os error 2)"))
        };
        let mut failures: Vec<(String, String)> = (0..1000).map(absent).collect();
        failures.push(("fit[a]".into(), "3 observations, 5 parameters".into()));
        failures.push(("copy[x]".into(), "the disk is full".into()));
        let said = describe_failures(&failures, &[], &[]);
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            [
                "stage copy[0] failed: ./in/0.txt: reading: No such file (os error 2)",
                "stage copy[1] failed: ./in/1.txt: reading: No such file (os error 2)",
                "stage copy[2] failed: ./in/2.txt: reading: No such file (os error 2)",
                "and 997 more branches of copy failed likewise (--format json names each)",
                "stage fit[a] failed: 3 observations, 5 parameters",
                "stage copy[x] failed: the disk is full",
            ]
        );
        // One line more says as much as that there is one more.
        assert_eq!(describe_failures(&failures[..4], &[], &[]).lines().count(), 4);
    }
}
