//! Texts that come again and again, and codes that stand for them.

use std::collections::HashMap;

/// Texts that come again and again, each kept once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    texts: Vec<String>,
    codes: HashMap<String, u32>,
    last: u32,
}

impl Dictionary {
    /// These texts, each once, in the order of their codes.
    pub(crate) fn of(texts: Vec<String>) -> Self {
        Self { texts, codes: HashMap::new(), last: 0 }
    }

    /// The code of a text.
    pub(crate) fn code(&mut self, text: &str) -> u32 {
        // Of texts that were given, codes are looked up once one is asked for.
        if self.codes.is_empty() && !self.texts.is_empty() {
            self.codes = self.texts.iter().cloned().zip(0..).collect();
        }
        // Rows that follow one another often have the same.
        if self.texts.get(self.last as usize).is_some_and(|last| last == text) {
            return self.last;
        }
        self.last = match self.codes.get(text) {
            Some(code) => *code,
            None => {
                let code = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
                self.texts.push(text.to_owned());
                self.codes.insert(text.to_owned(), code);
                code
            }
        };
        self.last
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(code as usize).map(String::as_str)
    }

    /// All texts, in the order in which they came.
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The codes here of another's texts.
    pub(crate) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        other.texts.iter().map(|text| self.code(text)).collect()
    }
}

/// What stands for no text among codes.
pub(crate) const NONE: u32 = u32::MAX;

/// Codes of another dictionary as those of this one.
pub(crate) fn recoded<'c>(codes: &'c [u32], new: &'c [u32]) -> impl Iterator<Item = u32> + 'c {
    codes.iter().map(|code| new.get(*code as usize).copied().unwrap_or(NONE))
}
