//! A sentence that the program makes in English, and how it is said in another language.

use super::sentence::{is_balanced, split};

/// A pattern of English and the sentence that is said instead. `{name}` in both stands for the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    /// How many sentences, joined by semicolons, the pattern is.
    pub(super) sentences: usize,
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
        let sentences = split(english, "; ").len();
        let phrase = Self { sentences, english: parts(english)?, said: parts(said)? };
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

    /// The same, saying other words in the place of some.
    pub(super) fn saying(&self, words: &str, other: &str) -> Self {
        let part = |part: &Part| match part {
            Part::Words(own) => Part::Words(own.replace(words, other)),
            same => same.clone(),
        };
        Self { said: self.said.iter().map(part).collect(), ..self.clone() }
    }

    /// What is said instead of a text, if it fits the pattern. What stands for a name is said by `of_part`; where it can't
    /// be, nothing is.
    pub(super) fn say(&self, text: &str, of_part: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        if !fits(&self.english, text, false, &mut found) {
            return None;
        }
        let said = self.said.iter().map(|part| match part {
            Part::Words(words) => Some(words.clone()),
            Part::Name(name) => {
                let text = found.iter().find(|(known, _)| known == name).map(|(_, text)| *text);
                of_part(text.unwrap_or_default())
            }
        });
        said.collect()
    }
}

/// Whether a text fits the parts from its beginning to its end; what stands for each name is the shortest
/// that lets the rest fit. `held` says that a bracket has been opened just before.
fn fits<'a>(parts: &'a [Part], text: &'a str, held: bool, found: &mut Vec<(&'a str, &'a str)>) -> bool {
    match parts {
        [] => text.is_empty(),
        [Part::Words(words), rest @ ..] => {
            let held = words.ends_with('(');
            text.strip_prefix(words.as_str()).is_some_and(|after| fits(rest, after, held, found))
        }
        [Part::Name(name)] => {
            found.push((name, text));
            may_be(name, text)
        }
        [Part::Name(name), rest @ ..] => {
            let Some(Part::Words(words)) = rest.first() else { return false };
            for (at, _) in text.match_indices(words.as_str()).filter(|(at, _)| *at > 0) {
                // A sentence goes on after a colon: what stands before one isn't a part of what follows, unless
                // brackets hold it together.
                let part = text.get(..at).unwrap_or_default();
                if !held && (split(part, ": ").len() > 1 || split(part, "; ").len() > 1) {
                    break;
                }
                if !is_balanced(part) || !may_be(name, part) {
                    continue;
                }
                let before = found.len();
                found.push((name, part));
                if fits(rest, text.get(at..).unwrap_or_default(), false, found) {
                    return true;
                }
                found.truncate(before);
            }
            false
        }
    }
}

/// Whether a text can stand for a name: for `count` a whole number.
fn may_be(name: &str, text: &str) -> bool {
    !text.is_empty() && (name != "count" || text.chars().all(|digit| digit.is_ascii_digit()))
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
        let say = |text: &str| phrase.say(text, &|part| Some(part.to_uppercase()));
        assert_eq!(say("3 rows of a: b: c"), Some("A的3行：B: C".into()));
        assert_eq!(say("rows of a: b"), None);
        assert_eq!(say("3 rows of a"), None);
        let end = Phrase::parse("{a} is constant", "{a}为常数").unwrap();
        assert_eq!(
            end.say("x is constant is constant", &|part| Some(part.into())),
            Some("x is constant为常数".into())
        );
        assert_eq!(end.say("x is constant.", &|part| Some(part.into())), None);
        assert_eq!(end.say("x is constant", &|_| None), None);
    }

    #[test]
    fn brackets_hold_together_and_counts_are_numbers() {
        let own = |part: &str| Some(part.to_owned());
        let phrase =
            Phrase::parse("{column} is missing ({reason}) in {time}", "{column}/{reason}/{time}").unwrap();
        let said = phrase.say("x is missing (a: b (c); d) in 2008", &own);
        assert_eq!(said, Some("x/a: b (c); d/2008".into()));
        let counted = Phrase::parse("{count} times", "{count}期").unwrap();
        assert_eq!(counted.say("12 times", &own), Some("12期".into()));
        assert_eq!(counted.say("modern times", &own), None);
        assert_eq!(Phrase::parse("a; {b} (c; d)", "").unwrap().sentences, 2);
    }

    #[test]
    fn patterns_that_mean_nothing_are_refused() {
        assert!(Phrase::parse("{a}{b}", "").is_err());
        assert!(Phrase::parse("{a}", "{b}").is_err());
        assert!(Phrase::parse("{a", "").is_err());
    }
}
