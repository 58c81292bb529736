//! A label's text: words, what templates give, and emphasis.

use crate::report_format::ReportFormat;

/// A text in which `{name}` stands for what a template gives and `*…*` for emphasis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LabelText(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Words(String),
    Given(String),
    EmphasisBegins,
    EmphasisEnds,
}

/// Stands for what is given while the words around it are escaped: a character that means nothing in any
/// format, and that no label holds.
const GIVEN: char = '\u{f8ff}';

impl LabelText {
    /// Reads a text.
    ///
    /// # Errors
    /// A sentence where a brace or an asterisk has no partner.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut emphasised = false;
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
            match character {
                '{' => {
                    let Some((name, after)) = rest.split_once('}') else {
                        return Err("a `{` has no `}`".into());
                    };
                    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                        return Err(format!("`{{{name}}}` is no name; names are small letters and `_`"));
                    }
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                    pieces.push(Piece::Given(name.into()));
                    rest = after;
                }
                '}' => return Err("a `}` has no `{`".into()),
                '*' => {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                    pieces.push(if emphasised { Piece::EmphasisEnds } else { Piece::EmphasisBegins });
                    emphasised = !emphasised;
                }
                GIVEN => return Err(format!("the character U+{:04X} can't be used", u32::from(GIVEN))),
                other => words.push(other),
            }
        }
        if emphasised {
            return Err("a `*` has no partner; emphasis is written *like this*".into());
        }
        pieces.push(Piece::Words(words));
        pieces.retain(|piece| *piece != Piece::Words(String::new()));
        Ok(Self(pieces))
    }

    /// The names of what it takes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Given(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The same with other words in the place of some.
    pub(crate) fn with_words(&self, words: &str, other: &str) -> Self {
        let piece = |piece: &Piece| match piece {
            Piece::Words(own) => Piece::Words(own.replace(words, other)),
            same => same.clone(),
        };
        Self(self.0.iter().map(piece).collect())
    }

    /// The text, where it is words alone.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Words(words)] => Some(words),
            _ => None,
        }
    }

    /// The text without emphasis, escaped for no format.
    ///
    /// # Errors
    /// The name of what isn't given.
    pub(crate) fn line(&self, given: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => Ok(words.clone()),
                Piece::Given(name) => given(name).ok_or_else(|| name.clone()),
                Piece::EmphasisBegins | Piece::EmphasisEnds => Ok(String::new()),
            })
            .collect()
    }

    /// The text in a format. `given` says what stands for a name, as set already.
    ///
    /// # Errors
    /// The name of what isn't given.
    pub(crate) fn set(
        &self,
        format: ReportFormat,
        given: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, String> {
        // The words are escaped all at once: what a character means depends on its neighbours.
        let mut whole = String::new();
        let mut between = Vec::new();
        let (begins, ends) = format.emphasis();
        for piece in &self.0 {
            let set = match piece {
                Piece::Words(words) => {
                    whole.push_str(words);
                    continue;
                }
                Piece::Given(name) => given(name).ok_or_else(|| name.clone())?,
                Piece::EmphasisBegins => begins.to_owned(),
                Piece::EmphasisEnds => ends.to_owned(),
            };
            whole.push(GIVEN);
            between.push(set);
        }
        let escaped = format.escape(&whole);
        let mut between = between.into_iter();
        let mut text = String::with_capacity(escaped.len());
        for (place, words) in escaped.split(GIVEN).enumerate() {
            if place > 0 {
                text.push_str(&between.next().unwrap_or_default());
            }
            text.push_str(words);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_and_what_is_given_isnt() {
        let text = LabelText::parse("*p* < {level} & more").unwrap();
        let set = |format| text.set(format, &|_| Some("<b>".into())).unwrap();
        assert_eq!(set(ReportFormat::Markdown), "*p* &lt; <b> &amp; more");
        assert_eq!(set(ReportFormat::Latex), "\\textit{p} \\textless{} <b> \\& more");
        assert_eq!(set(ReportFormat::Html), "<em>p</em> &lt; <b> &amp; more");
        assert_eq!(text.set(ReportFormat::Html, &|_| None), Err("level".into()));
        assert_eq!(text.names().collect::<Vec<_>>(), ["level"]);
    }

    #[test]
    fn what_has_no_partner_is_refused() {
        for text in ["{a", "a}", "{}", "{A}", "*a", "a\u{f8ff}"] {
            assert!(LabelText::parse(text).is_err(), "{text}");
        }
    }
}
