//! Reads BibTeX: entries `@kind{key, field = {text}, …}`. Texts stand in braces or quotes, or are numbers;
//! `@comment` and what stands between entries is passed over. Strings that stand for others (`@string`, `#`)
//! aren't known.

use super::entry::{BibliographyEntry, Field};
use crate::error::{ReportingError, Result};

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    at: usize,
}

/// The entries of a file, each with the line that it begins on.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<(usize, BibliographyEntry)>> {
    let mut reader = Reader { file, text, at: 0 };
    let mut entries = Vec::new();
    while let Some(found) = reader.rest().find('@') {
        reader.at += found + 1;
        let start = reader.at;
        let line = reader.line(start);
        let kind = reader.word().to_lowercase();
        reader.expect('{', start)?;
        if kind == "comment" {
            reader.braced(start)?;
            continue;
        }
        entries.push((line, reader.entry(kind, start)?));
    }
    Ok(entries)
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }

    fn fault<T>(&self, at: usize, message: impl Into<String>) -> Result<T> {
        Err(ReportingError::Bibliography {
            file: self.file.into(),
            line: self.line(at),
            message: message.into(),
        })
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// A name or a key: whatever has no blank and none of BibTeX's own characters.
    fn word(&mut self) -> &'t str {
        self.blanks();
        let rest = self.rest();
        let end = rest
            .find(|character: char| character.is_whitespace() || "{}(),=\"#%@\\".contains(character))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn expect(&mut self, wanted: char, start: usize) -> Result<()> {
        self.blanks();
        if !self.rest().starts_with(wanted) {
            return self.fault(self.at.max(start), format!("`{wanted}` expected"));
        }
        self.at += wanted.len_utf8();
        Ok(())
    }

    /// What stands up to the brace that closes the one just read.
    fn braced(&mut self, start: usize) -> Result<&'t str> {
        let rest = self.rest();
        let mut depth = 1usize;
        for (at, character) in rest.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at += at + 1;
                return Ok(rest.get(..at).unwrap_or_default());
            }
        }
        self.fault(start, "a `{` has no `}`")
    }

    fn entry(&mut self, kind: String, start: usize) -> Result<BibliographyEntry> {
        let key = self.word().to_owned();
        if key.is_empty() {
            return self.fault(start, "the work has no key");
        }
        if !key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == ':') {
            return self.fault(start, format!("the key `{key}` must be letters, digits, `-` and `:`"));
        }
        let mut fields = Vec::new();
        loop {
            self.blanks();
            if self.rest().starts_with(',') {
                self.at += 1;
                continue;
            }
            if self.rest().starts_with('}') {
                self.at += 1;
                return Ok(BibliographyEntry { key, kind, fields });
            }
            let name = self.word().to_lowercase();
            if name.is_empty() {
                return self.fault(start, format!("`{key}` doesn't end, or has a field without a name"));
            }
            self.expect('=', start)?;
            let written = self.value(start)?;
            let plain = plain(&written);
            fields.push(Field { name, written, plain });
        }
    }

    fn value(&mut self, start: usize) -> Result<String> {
        self.blanks();
        let rest = self.rest();
        if rest.starts_with('{') {
            self.at += 1;
            return Ok(self.braced(start)?.trim().to_owned());
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            let Some(end) = quoted.find('"') else { return self.fault(start, "a `\"` has no partner") };
            self.at += end + 2;
            return Ok(quoted.get(..end).unwrap_or_default().trim().to_owned());
        }
        let word = self.word().to_owned();
        if word.is_empty() || !word.chars().all(|character| character.is_ascii_digit()) {
            return self.fault(self.at, format!("`{word}` is no text; put braces around it"));
        }
        Ok(word)
    }
}

/// A field as plain text: without braces, its blanks joined, with the dashes and characters that LaTeX's
/// commands stand for.
fn plain(written: &str) -> String {
    let text: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace("\\&", "&").replace("\\%", "%").replace("\\_", "_").replace("--", "–");
    text.replace(['{', '}'], "")
}
