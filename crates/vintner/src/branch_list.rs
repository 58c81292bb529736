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

/// The names of lists like `panel,fit[a,b]`, in which commas within brackets are part of a branch's name.
pub(crate) fn names(lists: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for list in lists {
        let (mut begins, mut depth) = (0, 0_usize);
        for (at, character) in list.char_indices() {
            match character {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    names.push(list[begins..at].trim().to_owned());
                    begins = at + 1;
                }
                _ => {}
            }
        }
        names.push(list[begins..].trim().to_owned());
    }
    names
}

/// Many branches in a few names: `tidy (8), panel, fit[a] and 12 more`.
pub(crate) fn grouped(branches: &[&str]) -> String {
    let stages: Vec<&[&str]> = branches.chunk_by(|one, other| stage_of(one) == stage_of(other)).collect();
    let name = |stage: &&[&str]| match stage {
        [one] => (*one).to_owned(),
        several => format!("{} ({})", several.first().map_or("", |first| stage_of(first)), several.len()),
    };
    let shown = if stages.len() > MOST + 1 { MOST } else { stages.len() };
    let mut names: Vec<String> = stages[..shown].iter().map(name).collect();
    let rest: usize = stages[shown..].iter().map(|stage| stage.len()).sum();
    if rest > 0 {
        names.push(format!("{rest} more"));
    }
    all_of(&names)
}

/// "a", "a or b", "a, b or c", "a, b, c or one of 12 more".
pub(crate) fn either(names: &[String]) -> String {
    joined(names, "or", "one of ")
}

/// "a", "a and b", "a, b and c", "a, b, c and 12 more".
pub(crate) fn all_of(names: &[String]) -> String {
    joined(names, "and", "")
}

fn joined(names: &[String], word: &str, of_more: &str) -> String {
    // One more isn't cut: to say so takes as much room.
    if names.len() > MOST + 1 {
        let first = names[..MOST].join(", ");
        return format!("{first} {word} {of_more}{} more", names.len() - MOST);
    }
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_brackets_are_part_of_a_name() {
        let lists = ["panel,fit[a,b], fit[x[y],z]".to_owned(), "城市[北京,上海]".to_owned()];
        assert_eq!(names(&lists), ["panel", "fit[a,b]", "fit[x[y],z]", "城市[北京,上海]"]);
    }

    #[test]
    fn many_branches_are_a_few_names() {
        assert_eq!(grouped(&["tidy[a]", "tidy[b]", "panel", "fit[a]"]), "tidy (2), panel and fit[a]");
        let many = ["tidy[a]", "tidy[b]", "panel", "fit[a]", "table", "report[a]", "report[b]"];
        assert_eq!(grouped(&many), "tidy (2), panel, fit[a] and 3 more");
        assert_eq!(grouped(&[]), "");
    }

    #[test]
    fn many_branches_are_one_name() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            either(&folded(&list(&["t[a]", "t[b]", "t[c]", "t[d]", "panel"]))),
            "a branch of t or panel"
        );
        assert_eq!(either(&folded(&list(&["t[a]", "t[b]", "panel"]))), "t[a], t[b] or panel");
        assert_eq!(either(&folded(&list(&["panel"]))), "panel");
        assert_eq!(all_of(&list(&["a", "b", "c", "d"])), "a, b, c and d");
        assert_eq!(all_of(&list(&["a", "b", "c", "d", "e"])), "a, b, c and 2 more");
        assert_eq!(either(&list(&["a", "b", "c", "d", "e"])), "a, b, c or one of 2 more");
    }
}
