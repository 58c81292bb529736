//! How sentences of the program are put together, and what of a text is English prose.

/// Splits a text where a separator stands outside of brackets.
pub(super) fn split<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut from, mut depth) = (0, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0
                && at >= from
                && text.get(at..).is_some_and(|rest| rest.starts_with(separator)) =>
            {
                parts.push(text.get(from..at).unwrap_or_default());
                from = at + separator.len();
            }
            _ => {}
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

/// Whether each bracket of a text has its partner in it.
pub(super) fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i64;
    text.chars().all(|character| {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        depth >= 0
    }) && depth == 0
}

/// Whether a text is English words rather than a name: two small words stand side by side. Names of variables, units and
/// works (`lnEG`, `Isle of Man`, `Levin, Lin and Chu (2002)`) aren't.
pub(super) fn is_prose(text: &str) -> bool {
    let mut before = false;
    for token in text.split(' ') {
        let core = token.trim_matches(|c: char| "(),.;:'\u{2019}\"[]".contains(c));
        let begins = core.starts_with(|c: char| c.is_ascii_lowercase());
        let small = begins
            && core.len() > 1
            && core.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '\'' | '\u{2019}'));
        if small && before && !token.starts_with(['(', '[']) {
            return true;
        }
        before = small && !token.ends_with([',', ';', ':', ')', ']']);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_brackets_part_nothing() {
        assert_eq!(split("a; b (c; d); e", "; "), ["a", "b (c; d)", "e"]);
        assert_eq!(split("", "; "), [""]);
        assert_eq!(split("a) x; b", "; "), ["a) x", "b"]);
        assert!(is_balanced("a (b [c])") && !is_balanced("a) (b") && !is_balanced("(a"));
    }

    #[test]
    fn names_are_no_prose() {
        for name in [
            "lnEG",
            "union, married",
            "Isle of Man",
            "Levin, Lin and Chu (2002)",
            "唐山",
            "lag(x, 1)",
            "T = 12",
            "x (y)",
        ] {
            assert!(!is_prose(name), "{name}");
        }
        for prose in
            ["OLS is enough", "chance alone gives", "a sum of squares", "it isn't so", "x (as it is)"]
        {
            assert!(is_prose(prose), "{prose}");
        }
    }
}
