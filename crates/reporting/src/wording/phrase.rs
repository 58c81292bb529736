//! A sentence that the program makes in English, and how it is said in another language.

/// A pattern of English and the sentence that is said instead. `{name}` in both stands for the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    english: Vec<Part>,
    said: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Words(String),
    Name(String),
}

impl Phrase {
    /// Reads a pattern and what is said instead.
    ///
    /// # Errors
    /// A sentence where the braces aren't in order, or a name is used that the pattern doesn't have.
    pub(super) fn parse(english: &str, said: &str) -> Result<Self, String> {
        let phrase = Self { english: parts(english)?, said: parts(said)? };
        for (at, part) in phrase.english.iter().enumerate() {
            if let (Part::Name(_), Some(Part::Name(_))) = (part, phrase.english.get(at + 1)) {
                return Err("two names stand side by side, so what belongs to which isn't known".into());
            }
        }
        for part in &phrase.said {
            if let Part::Name(name) = part
                && !phrase.english.contains(part)
            {
                return Err(format!("`{{{name}}}` isn't in the English"));
            }
        }
        Ok(phrase)
    }

    /// What is said instead of a text, if it fits the pattern. What stands for a name is said by `of_part`.
    pub(super) fn say(&self, text: &str, of_part: &dyn Fn(&str) -> String) -> Option<String> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        fits(&self.english, text, &mut found).then(|| {
            self.said
                .iter()
                .map(|part| match part {
                    Part::Words(words) => words.clone(),
                    Part::Name(name) => {
                        let text = found.iter().find(|(known, _)| known == name).map(|(_, text)| *text);
                        of_part(text.unwrap_or_default())
                    }
                })
                .collect()
        })
    }
}

/// Whether a text fits the parts from its beginning to its end; what stands for each name is the shortest
/// that lets the rest fit.
fn fits<'a>(parts: &'a [Part], text: &'a str, found: &mut Vec<(&'a str, &'a str)>) -> bool {
    match parts {
        [] => text.is_empty(),
        [Part::Words(words), rest @ ..] => {
            text.strip_prefix(words.as_str()).is_some_and(|after| fits(rest, after, found))
        }
        [Part::Name(name)] => {
            found.push((name, text));
            !text.is_empty()
        }
        [Part::Name(name), rest @ ..] => {
            let Some(Part::Words(words)) = rest.first() else { return false };
            for (at, _) in text.match_indices(words.as_str()).filter(|(at, _)| *at > 0) {
                // A sentence goes on after a colon: what stands before one isn't a part of what follows.
                let part = text.get(..at).unwrap_or_default();
                if part.contains(": ") || part.contains("; ") {
                    break;
                }
                let before = found.len();
                found.push((name, part));
                if fits(rest, text.get(at..).unwrap_or_default(), found) {
                    return true;
                }
                found.truncate(before);
            }
            false
        }
    }
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { return Err("a `{` has no `}`".into()) };
        if !words.is_empty() {
            parts.push(Part::Words(words.into()));
        }
        parts.push(Part::Name(name.into()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest.into()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_fits_is_said_instead() {
        let phrase = Phrase::parse("{n} rows of {file}: {why}", "{file}的{n}行：{why}").unwrap();
        let say = |text: &str| phrase.say(text, &|part| part.to_uppercase());
        assert_eq!(say("3 rows of a: b: c"), Some("A的3行：B: C".into()));
        assert_eq!(say("rows of a: b"), None);
        assert_eq!(say("3 rows of a"), None);
        let end = Phrase::parse("{a} is constant", "{a}为常数").unwrap();
        assert_eq!(
            end.say("x is constant is constant", &|part| part.into()),
            Some("x is constant为常数".into())
        );
        assert_eq!(end.say("x is constant.", &|part| part.into()), None);
    }

    #[test]
    fn patterns_that_mean_nothing_are_refused() {
        assert!(Phrase::parse("{a}{b}", "").is_err());
        assert!(Phrase::parse("{a}", "{b}").is_err());
        assert!(Phrase::parse("{a", "").is_err());
    }
}
