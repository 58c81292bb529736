//! The words of figures, in each language. A pipeline's labels may put others in their place.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use vintner_diagnostics::{Document, Faults, NodeValue};
use vintner_panel::Label;

use super::text_width::minus;
use crate::error::{ReportingError, Result};
use crate::language::Language;
use crate::number_format::significant;

/// The field of a file of labels that the words stand under.
const SECTION: &str = "figure_words";

/// The usual words' files, in the order of [`Language::ALL`].
const FILES: [(&str, &str); 2] =
    [("labels.en.yaml", include_str!("labels.en.yaml")), ("labels.zh.yaml", include_str!("labels.zh.yaml"))];

/// A language's words with their names, in the order of their file.
type Words = Vec<(String, String)>;

/// The usual words. The tests below hold their files to what a reader of labels accepts.
static USUAL: LazyLock<[Words; 2]> =
    LazyLock::new(|| FILES.map(|(file, text)| written(file, text).unwrap_or_default()));

/// The words that a file of labels has, as they are written.
fn written(file: &str, text: &str) -> std::result::Result<Words, Faults> {
    let mut words = Vec::new();
    each(file, text, |key, word| {
        words.push((key.to_owned(), word));
        Ok(())
    })?;
    Ok(words)
}

/// Takes each word of a file of labels; every fault at once.
fn each(
    file: &str,
    text: &str,
    mut take: impl FnMut(&str, String) -> Result<()>,
) -> std::result::Result<(), Faults> {
    let document = Document::parse(file, text)?;
    let Some(section) = document.root().get(SECTION) else { return Ok(()) };
    let NodeValue::Mapping(fields) = &section.value else {
        let fault = document.fault(Some(section.span), format!("`{SECTION}` must be names with texts"));
        return Err(Faults::from(fault.hint("as in `units: cities`")));
    };
    let mut faults = Faults::new();
    for (key, value) in fields {
        match document.decode_node::<String>(value) {
            Ok(word) => {
                if let Err(error) = take(&key.value, word) {
                    faults.push(document.fault(Some(key.span), error.to_string()));
                }
            }
            Err(found) => faults.extend(found),
        }
    }
    faults.or(())
}

/// The words of figures in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureWords {
    language: Language,
    own: BTreeMap<String, String>,
}

impl FigureWords {
    /// The words in that language.
    pub fn new(language: Language) -> Self {
        Self { language, own: BTreeMap::new() }
    }

    /// Puts the words that a file of labels has under `figure_words` in the place of the usual ones.
    ///
    /// # Errors
    /// All faults of the file, each with its line: a word of no such name, a placeholder that the usual word hasn't.
    pub fn read(&mut self, file: &str, text: &str) -> std::result::Result<(), Faults> {
        each(file, text, |key, word| self.set(key, word))
    }

    /// Puts a text in the place of the usual one.
    fn set(&mut self, key: &str, text: String) -> Result<()> {
        let Some(usual) = self.usual(key) else {
            return Err(ReportingError::UnknownWord {
                key: key.into(),
                available: self.all().iter().map(|(key, _)| key.clone()).collect(),
            });
        };
        let known = placeholders(usual);
        if let Some(unknown) = placeholders(&text).into_iter().find(|name| !known.contains(name)) {
            return Err(ReportingError::UnknownPlaceholder {
                key: key.into(),
                placeholder: unknown.to_owned(),
                available: known.into_iter().map(str::to_owned).collect(),
            });
        }
        self.own.insert(key.into(), text);
        Ok(())
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The usual words of the language.
    fn all(&self) -> &'static Words {
        let [english, chinese] = &*USUAL;
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    fn usual(&self, key: &str) -> Option<&'static str> {
        self.all().iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
    }

    /// The text of a name, with its placeholders filled in. Texts that are filled in aren't looked at again.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.own.get(key).map(String::as_str).or_else(|| self.usual(key)).unwrap_or(key);
        let mut said = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let filled = after.split_once('}').and_then(|(name, after)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((value, after))
            });
            match filled {
                Some((value, after)) => {
                    said.push_str(value);
                    rest = after;
                }
                None => {
                    said.push('{');
                    rest = after;
                }
            }
        }
        said.push_str(rest);
        said
    }

    /// A label in this language.
    pub(crate) fn of<'a>(&self, label: &'a Label) -> &'a str {
        self.language.of(label)
    }

    /// Names one after the other.
    pub(crate) fn list<S: AsRef<str>>(&self, names: &[S]) -> String {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        if names.is_empty() { self.say("none", &[]) } else { names.join(&self.say("list", &[])) }
    }

    /// Sentences one after the other, each with its full stop.
    pub(crate) fn sentences(&self, sentences: &[String]) -> String {
        let stop = self.say("stop", &[]);
        let said: String = sentences.iter().flat_map(|sentence| [sentence.as_str(), &stop]).collect();
        said.trim_end().to_owned()
    }
}

/// A number with four significant digits and a real minus.
pub(crate) fn number(value: f64) -> String {
    minus(&significant(value))
}

fn placeholders(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_are_read() {
        let [english, chinese] = FILES.map(|(file, text)| written(file, text).unwrap());
        let keys = |words: &Words| words.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        assert!(english.len() > 50, "{} words are too few to be all", english.len());
        assert_eq!(keys(&english), keys(&chinese));
    }

    #[test]
    fn both_languages_fill_in_the_same() {
        let [english, chinese] = &*USUAL;
        for ((key, english), (_, chinese)) in english.iter().zip(chinese) {
            let sorted = |text| {
                let mut names = placeholders(text);
                names.sort_unstable();
                names.dedup();
                names
            };
            assert_eq!(sorted(english), sorted(chinese), "{key}");
            assert!(!english.contains("  ") && !chinese.contains(' ') || key.contains("stars"), "{key}");
        }
    }

    #[test]
    fn every_word_that_is_said_is_there() {
        let sources = [
            include_str!("drawing.rs"),
            include_str!("path_panels.rs"),
            include_str!("forest.rs"),
            include_str!("directions.rs"),
            include_str!("correlation_map.rs"),
            include_str!("missing_map.rs"),
            include_str!("agreement_scatter.rs"),
            include_str!("specification_curve.rs"),
            include_str!("plot_point.rs"),
            include_str!("point_plot.rs"),
            include_str!("row_plot.rs"),
            include_str!("words.rs"),
            include_str!("../context/robustness_view.rs"),
        ];
        let program = sources.map(|source| source.split("#[cfg(test)]").next().unwrap_or_default());
        let quoted: Vec<&str> = program.iter().flat_map(|source| source.split('"')).collect();
        let words = FigureWords::default();
        for (key, _) in words.all() {
            assert!(quoted.contains(&key.as_str()), "{key} is never said");
        }
        for source in sources {
            for after in source.split(".say(").skip(1) {
                let Some(key) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                if key.contains(|letter: char| !letter.is_ascii_lowercase() && letter != '_') {
                    continue;
                }
                assert!(words.usual(key).is_some(), "{key} isn't there");
            }
        }
    }

    #[test]
    fn placeholders_are_filled_in_once() {
        let words = FigureWords::default();
        let said = words.say("curve_published", &[("value", "{value} {x")]);
        assert_eq!(said, "; published: {value} {x");
        assert_eq!(words.say("no such", &[]), "no such");
        assert_eq!(words.list(&["a", "b"]), "a, b");
        assert_eq!(words.sentences(&["One".into(), "Two".into()]), "One. Two.");
    }

    #[test]
    fn own_words_are_held_against_the_usual_ones() {
        let own = |key: &str, text: &str| {
            let mut words = FigureWords::new(Language::Chinese);
            words.read("labels.zh.yaml", &format!("figure_words:\n  {key}: \"{text}\"\n")).map(|()| words)
        };
        assert_eq!(own("units", "座城市").unwrap().say("units", &[]), "座城市");
        let unknown = own("unit", "x").unwrap_err().to_string();
        assert!(
            unknown.contains("labels.zh.yaml:2:3: figures have no word `unit`") && unknown.contains("units"),
            "{unknown}"
        );
        let placeholder = own("curve_missing", "{m}").unwrap_err().to_string();
        assert!(placeholder.contains("`{m}`") && placeholder.contains("{n}"), "{placeholder}");
        let mut words = FigureWords::default();
        assert!(words.read("labels.en.yaml", "figure_words: cities").is_err());
        // Labels without words for figures leave the usual ones.
        words.read("labels.en.yaml", "title: Report").unwrap();
        assert_eq!(words, FigureWords::default());
    }
}
