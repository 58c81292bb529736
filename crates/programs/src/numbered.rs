//! Names that say an order by numbers.

use std::cmp::Ordering;

use crate::paths::stem;

/// Whether a program's name begins with a number, as `01_clean` and `step2` do.
pub(crate) fn is_numbered(path: &str) -> bool {
    let stem = stem(path).to_lowercase();
    let stem = ["step", "part", "stage", "s", "p", "_"]
        .iter()
        .find_map(|before| {
            stem.strip_prefix(before)
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '_'))
        })
        .unwrap_or(&stem);
    stem.trim_start_matches(['_', '-']).starts_with(|c: char| c.is_ascii_digit())
}

/// Paths in the order of people: `2_x` before `10_x`.
pub(crate) fn natural(one: &str, other: &str) -> Ordering {
    let parts = |path: &str| {
        let mut parts: Vec<(String, u64)> = vec![(String::new(), 0)];
        for character in path.to_lowercase().chars() {
            let Some(last) = parts.last_mut() else { continue };
            match character.to_digit(10) {
                Some(digit) => {
                    last.1 =
                        last.1.saturating_mul(10).saturating_add(u64::from(digit) + u64::from(last.1 == 0))
                }
                None if last.1 > 0 => parts.push((character.to_string(), 0)),
                None => last.0.push(character),
            }
        }
        parts
    };
    parts(one).cmp(&parts(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_their_order() {
        assert!(is_numbered("code/01_clean.R") && is_numbered("step2.do") && is_numbered("_3-x.py"));
        assert!(!is_numbered("clean1.R") && !is_numbered("summary.do"));
        let mut paths = ["b/10_x.R", "b/2_x.R", "a/3.R", "b/2_a.R"];
        paths.sort_by(|one, other| natural(one, other));
        assert_eq!(paths, ["a/3.R", "b/2_a.R", "b/2_x.R", "b/10_x.R"]);
    }
}
