//! The words of a report in one language, from a file of labels.

mod label_text;
mod phrase;
mod sentence;

use std::collections::{BTreeMap, BTreeSet};

use vintner_diagnostics::{Document, Fault, Faults, Node, NodeValue, did_you_mean};

pub(crate) use label_text::LabelText;
use phrase::Phrase;
use sentence::{is_prose, split};

use crate::error::{ReportingError, Result};
use crate::name::Name;
use crate::report_format::ReportFormat;
use crate::usual::{usual_file, usual_files};

/// What templates print by the filters `text` and `said`: the labels of one language, by their keys, and
/// how sentences that the program makes in English are said in it.
///
/// A file `labels.LANGUAGE.yaml` is nested fields whose leaves are texts; a leaf's key is the fields' names
/// joined by points. `{name}` stands for what a template gives, `*…*` for emphasis. Fields `one` and
/// `other` are one label in two forms: of one, and of any other `count`. Under `phrases` stand patterns of
/// English sentences, each with the sentence that is said instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    file: String,
    language: String,
    labels: BTreeMap<String, Forms>,
    phrases: Vec<Phrase>,
}

/// What a unit is called.
const UNIT: &str = "columns.unit";

/// Sentences within sentences are said so deep: no sentence of ours goes further, and a name with many colons takes no time.
const DEEPEST: usize = 4;

/// A label, in one form or in that of one and that of others.
#[derive(Debug, Clone, PartialEq)]
struct Forms {
    one: Option<LabelText>,
    other: LabelText,
}

impl Wording {
    /// The name of a language's file, among the templates.
    pub fn file_name(language: &str) -> String {
        format!("labels.{language}.yaml")
    }

    /// The language that a file's name says, if it is a file of labels.
    pub fn language_of(file: &str) -> Option<&str> {
        let name = file.strip_prefix("labels.")?.strip_suffix(".yaml")?;
        (!name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-'))
            .then_some(name)
    }

    /// The labels of a language: those that the program brings along, and in their place what a file
    /// `labels.LANGUAGE.yaml` among `files` (names with texts) has. That file needs only what it changes; of a language that
    /// the program has none of it has all.
    ///
    /// # Errors
    /// Where there are none of that language; the faults of the file; a label of it that neither the program nor a
    /// template among the files has, with the nearest.
    pub fn among<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, language: &str) -> Result<Self> {
        let files: Vec<(&str, &str)> = files.into_iter().collect();
        let own = files.iter().find(|(name, _)| Self::language_of(name) == Some(language));
        let name = Self::file_name(language);
        let usual = usual_file(&name).map(|text| Self::parse(&name, text)).transpose()?;
        match (usual, own) {
            (Some(usual), Some((name, text))) => usual.changed_by(name, text, &files),
            (Some(usual), None) => Ok(usual),
            (None, Some((name, text))) => Self::parse(name, text),
            (None, None) => {
                let given = files.iter().filter_map(|(name, _)| Self::language_of(name));
                let available: BTreeSet<&str> = given
                    .chain(usual_files().iter().filter_map(|(name, _)| Self::language_of(name)))
                    .collect();
                Err(ReportingError::NoLanguage {
                    language: language.into(),
                    file: Self::file_name(language),
                    available: available.into_iter().map(str::to_owned).collect(),
                })
            }
        }
    }

    /// These labels with those of a workspace's file in their place.
    fn changed_by(mut self, name: &str, text: &str, files: &[(&str, &str)]) -> Result<Self> {
        let own = Self::parse(name, text)?;
        self.call_units(&own);
        let is_used = |key: &str| {
            let last = key.rsplit('.').next().unwrap_or(key);
            files.iter().any(|(name, text)| {
                // A key may be put together: `("data.kind." ~ vintage.kind) | text`.
                let parent = key.strip_suffix(last).filter(|parent| !parent.is_empty());
                name.ends_with(".tera")
                    && (text.contains(&format!("\"{key}\""))
                        || parent.is_some_and(|parent| text.contains(&format!("\"{parent}\""))))
            })
        };
        for (key, label) in own.labels {
            let drawn = key.starts_with("figure_words.");
            if !drawn && !self.labels.contains_key(&key) && !is_used(&key) {
                let near = did_you_mean(&key, self.labels.keys().map(String::as_str));
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                let message = format!("{name}: no template prints a label `{key}`{near}");
                return Err(ReportingError::Label { message });
            }
            self.labels.insert(key, label);
        }
        let usual = std::mem::replace(&mut self.phrases, own.phrases);
        self.phrases.extend(usual);
        Ok(self)
    }

    /// Calls units as a workspace's labels do (`columns: {unit: 城市}`) in every sentence of a language whose words have one
    /// form.
    fn call_units(&mut self, own: &Self) {
        let (usual, own) = (self.plain(UNIT).to_owned(), own.plain(UNIT));
        if self.language != "zh" || usual.is_empty() || own.is_empty() || usual == own {
            return;
        }
        for forms in self.labels.values_mut() {
            forms.one = forms.one.as_ref().map(|text| text.with_words(&usual, own));
            forms.other = forms.other.with_words(&usual, own);
        }
        self.phrases = self.phrases.iter().map(|phrase| phrase.saying(&usual, own)).collect();
    }

    /// Reads a file of labels.
    ///
    /// # Errors
    /// All faults of the file, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let document = Document::parse(file, text).map_err(ReportingError::Labels)?;
        let mut faults = Faults::new();
        let mut labels = BTreeMap::new();
        let mut phrases = Vec::new();
        match &document.root().value {
            NodeValue::Mapping(entries) => {
                for (field, node) in entries {
                    if field.value == "phrases" {
                        read_phrases(&document, node, &mut phrases, &mut faults);
                    } else {
                        read_labels(&document, &field.value, node, &mut labels, &mut faults);
                    }
                }
            }
            _ => faults.push(document.fault(None, "a file of labels has fields, `key: text`")),
        }
        let wording = Self {
            file: file.into(),
            language: Self::language_of(file).unwrap_or(file).into(),
            labels,
            phrases,
        };
        faults.or(wording).map_err(ReportingError::Labels)
    }

    /// The language, as the file's name says it.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// All keys, each with the names of what its text takes, both in order.
    pub fn keys(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.labels.iter().map(|(key, forms)| {
            let mut names: Vec<&str> =
                forms.one.iter().chain([&forms.other]).flat_map(LabelText::names).collect();
            names.sort_unstable();
            names.dedup();
            (key.as_str(), names)
        })
    }

    /// A label's text, set for a format. `given` says what stands for a name, as set already.
    ///
    /// # Errors
    /// Where there is no such label, or it takes what isn't given; as a sentence, for a template's fault.
    pub(crate) fn text(
        &self,
        key: &str,
        count: Option<i128>,
        format: ReportFormat,
        given: &dyn Fn(&str) -> Option<String>,
    ) -> std::result::Result<String, String> {
        self.find(key, count)?.set(format, given).map_err(|name| self.not_given(key, &name))
    }

    fn find(&self, key: &str, count: Option<i128>) -> std::result::Result<&LabelText, String> {
        let Some(forms) = self.labels.get(key) else {
            let near = did_you_mean(key, self.labels.keys().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("{} has no label `{key}`{hint}", self.file));
        };
        Ok(match &forms.one {
            Some(one) if count == Some(1) => one,
            _ => &forms.other,
        })
    }

    fn not_given(&self, key: &str, name: &str) -> String {
        format!("the label `{key}` of {} takes `{name}`, which isn't given", self.file)
    }

    /// A label's plain text, escaped for no format: for what is drawn, or written into a cell.
    ///
    /// # Errors
    /// Where there is no such label, or it takes what isn't given.
    pub fn line(&self, key: &str, given: &[(&str, &str)]) -> Result<String> {
        let fault = |message| ReportingError::Label { message };
        let count = given.iter().find(|(name, _)| *name == "count").and_then(|(_, text)| text.parse().ok());
        let of =
            |wanted: &str| given.iter().find(|(name, _)| *name == wanted).map(|(_, text)| (*text).to_owned());
        self.find(key, count)
            .and_then(|text| text.line(&of).map_err(|name| self.not_given(key, &name)))
            .map_err(fault)
    }

    /// A name in this language, or the English where it has none in it.
    pub fn name<'n>(&self, name: &'n Name) -> &'n str {
        if self.language == "zh" && !name.zh.is_empty() { &name.zh } else { &name.en }
    }

    /// A name in English with the Chinese one after it; in Chinese, that name alone.
    pub fn both<'n>(&self, name: &'n Name) -> &'n str {
        if self.language == "en" { &name.both } else { self.name(name) }
    }

    /// A label that takes nothing, as plain text; empty where there is none.
    pub(crate) fn plain(&self, key: &str) -> &str {
        self.labels.get(key).and_then(|forms| forms.other.plain()).unwrap_or_default()
    }

    /// A text that the program made in English, as it is said in this language. Sentences joined by semicolons are said
    /// one by one, and items joined by commas. What can't be said in full stays as it is: nothing is half English.
    pub fn said(&self, english: &str) -> String {
        let said = self.sentences(english, 0).or_else(|| {
            let items: Option<Vec<String>> =
                split(english, ", ").into_iter().map(|item| self.sentence(item, 1, 0)).collect();
            Some(items?.join(self.separator("list.comma", ", ")))
        });
        said.unwrap_or_else(|| english.to_owned())
    }

    /// These words, which say in the way of others what no phrase of their own fits.
    #[must_use]
    pub(crate) fn saying_as(mut self, others: Self) -> Self {
        self.phrases.extend(others.phrases);
        self
    }

    /// Sentences, where at least one is said and none is left in English.
    fn sentences(&self, english: &str, depth: usize) -> Option<String> {
        let longest = self.phrases.iter().map(|phrase| phrase.sentences).max()?;
        let parts = split(english, "; ");
        let mut said: Vec<String> = Vec::new();
        let mut any = false;
        let mut at = 0;
        while let Some(own) = parts.get(at) {
            // A phrase may have semicolons of its own: as many parts as fit one are said at once.
            let most = parts.len().min(at + longest);
            let fitting = (at + 1..=most).rev().find_map(|end| {
                let together = parts.get(at..end)?.join("; ");
                Some((end, self.sentence(&together, end - at, depth)?))
            });
            match fitting {
                Some((end, words)) => {
                    any = true;
                    said.push(words);
                    at = end;
                }
                None if is_prose(own) => return None,
                None => {
                    said.push((*own).to_owned());
                    at += 1;
                }
            }
        }
        any.then(|| said.join(self.separator("list.semicolon", "; ")))
    }

    /// A text of so many sentences by the first phrase that it fits in full, at the beginning of a sentence or within one.
    fn sentence(&self, english: &str, sentences: usize, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        let within = english.get(..1).filter(|first| first.chars().all(|c| c.is_ascii_uppercase()));
        let within = within.map(|first| english.replacen(first, &first.to_ascii_lowercase(), 1));
        self.phrases.iter().filter(|phrase| phrase.sentences == sentences).find_map(|phrase| {
            let texts = [Some(english), within.as_deref()];
            texts.into_iter().flatten().find_map(|text| phrase.say(text, &|part| self.part(part, depth + 1)))
        })
    }

    /// What stands for a name of a phrase: said, or a list of what is said or named, or a name.
    fn part(&self, part: &str, depth: usize) -> Option<String> {
        if let Some(said) = self.sentences(part, depth) {
            return Some(said);
        }
        let items = split(part, ", ");
        // `Levin, Lin and Chu` is no list of ours.
        if items.len() > 1 && !part.contains(" and ") {
            let said = items.iter().map(|item| {
                self.sentence(item, 1, depth).or_else(|| (!is_prose(item)).then(|| (*item).to_owned()))
            });
            let said: Option<Vec<String>> = said.collect();
            return Some(said?.join(self.separator("list.comma", ", ")));
        }
        (!is_prose(part)).then(|| part.to_owned())
    }

    /// What stands between items, or the usual where the labels don't say.
    pub(crate) fn separator<'a>(&'a self, key: &str, usual: &'a str) -> &'a str {
        match self.plain(key) {
            "" => usual,
            separator => separator,
        }
    }
}

fn read_labels(
    document: &Document,
    key: &str,
    node: &Node,
    labels: &mut BTreeMap<String, Forms>,
    faults: &mut Faults,
) {
    match &node.value {
        NodeValue::Mapping(entries) => {
            let (one, other) = (node.get("one"), node.get("other"));
            if let (Some(one), Some(other), 2) = (one, other, entries.len()) {
                let (one, other) = (label(document, one, faults), label(document, other, faults));
                if let (Some(one), Some(other)) = (one, other) {
                    labels.insert(key.into(), Forms { one: Some(one), other });
                }
                return;
            }
            for (field, node) in entries {
                read_labels(document, &format!("{key}.{}", field.value), node, labels, faults);
            }
        }
        _ => {
            if let Some(other) = label(document, node, faults) {
                labels.insert(key.into(), Forms { one: None, other });
            }
        }
    }
}

fn label(document: &Document, node: &Node, faults: &mut Faults) -> Option<LabelText> {
    let NodeValue::Text(text) = &node.value else {
        let message = format!("a label is a text, found {}", node.describe());
        faults.push(document.fault(Some(node.span), message).hint("put quotes around it"));
        return None;
    };
    match LabelText::parse(text) {
        Ok(text) => Some(text),
        Err(message) => {
            faults.push(document.fault(Some(node.span), message));
            None
        }
    }
}

fn read_phrases(document: &Document, node: &Node, phrases: &mut Vec<Phrase>, faults: &mut Faults) {
    let NodeValue::Mapping(entries) = &node.value else {
        if node.value != NodeValue::Null {
            faults.push(document.fault(Some(node.span), "phrases are fields, `English: said instead`"));
        }
        return;
    };
    for (english, node) in entries {
        let fault: Fault = match &node.value {
            NodeValue::Text(said) => match Phrase::parse(&english.value, said) {
                Ok(phrase) => {
                    phrases.push(phrase);
                    continue;
                }
                Err(message) => document.fault(Some(node.span), message),
            },
            _ => {
                let message = format!("a phrase is a text, found {}", node.describe());
                document.fault(Some(node.span), message).hint("put quotes around it")
            }
        };
        faults.push(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
tables:
  title: Tables
  found: '*p* < {level} in {n} & {m}'
gaps:
  one: The panel lacks {count} value.
  other: The panel lacks {count} values.
list: {semicolon: '；', comma: 、}
phrases:
  '{observations} observations, {parameters} parameters': 观测值{observations}个，参数{parameters}个
  '{sizes}: no degrees of freedom': '{sizes}：自由度为零'
  '{n} for none; chance alone gives {m}': 无则为{n}；仅由偶然为{m}
  '{size} rows with a hole': '{size}行有缺口'
  'collinear: {which}': 共线：{which}
  '{variable}, {test}: {reason}': '{variable}，{test}：{reason}'
  '{unit}: {reason}': '{unit}：{reason}'
";

    fn wording() -> Wording {
        Wording::parse("labels.zh.yaml", TEXT).unwrap()
    }

    fn text(key: &str, count: Option<i128>) -> std::result::Result<String, String> {
        wording().text(key, count, ReportFormat::Markdown, &|name| (name != "m").then(|| name.to_uppercase()))
    }

    #[test]
    fn labels_are_found_by_their_keys() {
        assert_eq!(text("tables.title", None), Ok("Tables".into()));
        assert_eq!(text("gaps", Some(1)), Ok("The panel lacks COUNT value.".into()));
        assert_eq!(text("gaps", Some(2)), Ok("The panel lacks COUNT values.".into()));
        let keys: Vec<(String, usize)> =
            wording().keys().map(|(key, names)| (key.to_owned(), names.len())).collect();
        let expected =
            [("gaps", 1), ("list.comma", 0), ("list.semicolon", 0), ("tables.found", 3), ("tables.title", 0)];
        assert_eq!(keys, expected.map(|(key, count)| (key.to_owned(), count)));
    }

    #[test]
    fn plain_lines_have_no_markup() {
        let given = [("level", "<5%"), ("n", "3"), ("m", "4")];
        assert_eq!(wording().line("tables.found", &given).unwrap(), "p < <5% in 3 & 4");
        assert!(wording().line("tables.found", &[]).is_err());
    }

    #[test]
    fn what_is_missing_is_named_with_the_file() {
        assert_eq!(
            text("tables.titel", None),
            Err("labels.zh.yaml has no label `tables.titel`; did you mean `tables.title`?".into())
        );
        assert_eq!(
            text("tables.found", None),
            Err("the label `tables.found` of labels.zh.yaml takes `m`, which isn't given".into())
        );
        let error = Wording::among([("labels.en.yaml", "a: b"), ("x.tera", "")], "fr").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there are no labels in the language `fr`: the templates have no `labels.fr.yaml`; there are en, zh"
        );
    }

    #[test]
    fn faults_of_a_file_have_their_lines() {
        let text = "a: 3\nb: 'x {y'\nphrases:\n  '{n} rows': '{m} 行'\n";
        let message = Wording::parse("labels.zh.yaml", text).unwrap_err().to_string();
        for start in ["labels.zh.yaml:1:4:", "labels.zh.yaml:2:4:", "labels.zh.yaml:4:"] {
            assert!(message.contains(start), "{message}");
        }
    }

    #[test]
    fn units_are_called_as_a_workspace_calls_them() {
        let usual = Wording::among([], "zh").unwrap();
        assert_eq!(usual.said("clustered by entity"), "按个体聚类");
        let own = Wording::among([("labels.zh.yaml", "columns: {unit: 城市, units: 城市}")], "zh").unwrap();
        assert_eq!(own.said("clustered by entity"), "按城市聚类");
        assert_eq!(own.said("there are no effects of entities"), "不存在城市效应");
        let each = |wording: &Wording| wording.line("gaps.each", &[]).unwrap();
        assert_eq!(each(&own).replace("城市", "个体"), each(&usual));
    }

    #[test]
    fn sentences_are_said_in_the_language() {
        let wording = wording();
        assert_eq!(wording.said("3 observations, 5 parameters"), "观测值3个，参数5个");
        assert_eq!(wording.said("A 甲: 3 observations, 5 parameters"), "A 甲：观测值3个，参数5个");
        assert_eq!(wording.said("Collinear: a, b"), "共线：a、b");
        assert_eq!(wording.said("x: 3 rows with a hole, 1 rows with a hole"), "x：3行有缺口、1行有缺口");
        assert_eq!(wording.said("nothing fits"), "nothing fits");
        assert_eq!(wording.said("a; b"), "a; b");
        assert_eq!(wording.said("3 rows with a hole, 2 rows with a hole"), "3行有缺口、2行有缺口");
        assert_eq!(wording.said("3 rows with a hole, z"), "3 rows with a hole, z");
    }

    // "3 observations，3 parameters：自由度为零": a wide phrase took two sentences for a name, a test and a reason.
    #[test]
    fn a_sentence_is_never_half_english() {
        let wording = wording();
        let first = "3 observations, 3 parameters: no degrees of freedom";
        let second = "2 observations, 3 parameters";
        let expected = "观测值3个，参数3个：自由度为零；观测值2个，参数3个";
        assert_eq!(wording.said(&format!("{first}; {second}")), expected);
        assert_eq!(wording.said(&format!("甲: {first}; {second}")), format!("甲：{expected}"));
        assert_eq!(wording.said("0 for none; chance alone gives 0.2"), "无则为0；仅由偶然为0.2");
        for whole in [
            "0 for none; by chance alone about 0.2",
            "3 observations, 5 parameters; as it is",
            "x, Hausman test: it has no such phrase",
            "collinear: a, what nobody knows",
        ] {
            assert_eq!(wording.said(whole), whole);
        }
    }

    #[test]
    fn names_with_many_colons_take_no_time() {
        let hostile = "a, b: ".repeat(500) + "it has no end";
        assert_eq!(wording().said(&hostile), hostile);
        let hostile = "a, b; ".repeat(2000) + "it has no end";
        assert_eq!(wording().said(&hostile), hostile);
    }
}
