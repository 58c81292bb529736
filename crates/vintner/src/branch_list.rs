//! Names of branches in messages.

/// So many branches of a stage are named one by one.
pub(crate) const MOST: usize = 3;

/// The stage of a branch's name.
pub(crate) fn stage_of(branch: &str) -> &str {
    branch.split_once('[').map_or(branch, |(stage, _)| stage)
}

/// The names, with those of many branches of a stage as one: "a branch of tidy".
pub(crate) fn folded(branches: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for of_stage in branches.chunk_by(|one, other| stage_of(one) == stage_of(other)) {
        match of_stage {
            [first, ..] if of_stage.len() > MOST => names.push(format!("a branch of {}", stage_of(first))),
            few => names.extend_from_slice(few),
        }
    }
    names
}

/// "a", "a or b", "a, b or c".
pub(crate) fn either(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_branches_are_one_name() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            either(&folded(&names(&["t[a]", "t[b]", "t[c]", "t[d]", "panel"]))),
            "a branch of t or panel"
        );
        assert_eq!(either(&folded(&names(&["t[a]", "t[b]", "panel"]))), "t[a], t[b] or panel");
        assert_eq!(either(&folded(&names(&["panel"]))), "panel");
    }
}
