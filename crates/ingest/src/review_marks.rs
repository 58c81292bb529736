//! Guesses in a manifest that nobody has looked at yet: comments that begin with `REVIEW:`, as `vintage new` and `init`
//! write them.

/// What a comment begins with that wants a person's eye.
const MARK: &str = "# REVIEW:";

/// Comments of this kind ask for what readers are told and no value depends on.
const OF_WORDS: &str = "citation, licence";

/// The lines, counted from 1, of such comments about how sources are read. What stands over the sources (the title, the notice)
/// changes no value.
pub(crate) fn review_lines(manifest: &str) -> Vec<usize> {
    let lines = manifest.lines().enumerate().skip_while(|(_, line)| !line.starts_with("sources:"));
    let is_marked = |line: &str| {
        let question = line.match_indices(MARK).find_map(|(at, _)| {
            let before = line.get(..at)?;
            let is_comment = before.is_empty() || before.ends_with([' ', '\t']);
            is_comment.then(|| line.get(at + MARK.len()..))?
        });
        question.is_some_and(|question| !question.trim_start().starts_with(OF_WORDS))
    };
    lines.filter(|(_, line)| is_marked(line)).map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_about_values_are_found_by_their_lines() {
        let manifest = "# `REVIEW:` wants your eye.\n\
                        title: {en: a}  # REVIEW: say what the vintage is\n\
                        sources:  # REVIEW: all of them?\n\
                        \x20 - name: a\n\
                        \x20   # REVIEW: not in it: x\n\
                        \x20   missing: [\"-999\"]  # REVIEW: does it stand for a missing value?\n\
                        \x20   note: \"see a# REVIEW: b\"\n\
                        \x20   # REVIEW: citation, licence, url, note\n\
                        \x20   # guess: 3 years\n\
                        # REVIEW: broken.xlsx: cut off\n";
        assert_eq!(review_lines(manifest), [3, 5, 6, 10]);
        assert!(review_lines("title: a # REVIEW: b\n").is_empty());
    }
}
