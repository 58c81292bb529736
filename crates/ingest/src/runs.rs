//! Texts whose parts look different: raised, lowered, struck out.

use crate::grid::CellContent;
use crate::shown::Shown;

/// How a part of a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Look {
    pub raised: bool,
    pub lowered: bool,
    pub struck: bool,
}

/// The parts of a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(Vec<(String, Look)>);

impl Runs {
    pub(crate) fn push(&mut self, text: &str, look: Look) {
        match self.0.last_mut() {
            Some((last, own)) if *own == look => last.push_str(text),
            _ => self.0.push((text.to_owned(), look)),
        }
    }

    /// Whether any part looks different.
    pub(crate) fn is_marked(&self) -> bool {
        self.0.iter().any(|(text, look)| *look != Look::default() && !text.trim().is_empty())
    }

    fn text_of(&self, is: impl Fn(Look) -> bool) -> String {
        self.0.iter().filter(|(_, look)| is(*look)).map(|(text, _)| text.as_str()).collect()
    }

    /// What a cell with this text holds.
    pub(crate) fn content(&self) -> CellContent {
        let joined = self.text_of(|_| true);
        let (struck, kept) = (self.text_of(|look| look.struck), self.text_of(|look| !look.struck));
        if !struck.trim().is_empty() {
            return if kept.trim().is_empty() {
                struck_out(&joined)
            } else {
                partly_struck(&joined, &struck, &kept)
            };
        }
        let small = |look: Look| look.raised || look.lowered;
        let (note, base) = (self.text_of(small), self.text_of(|look| !small(look)));
        let (note, base) = (note.trim(), base.trim());
        if note.is_empty() || base.is_empty() {
            return CellContent::from_text(joined);
        }
        let is_lowered = self.0.iter().any(|(_, look)| look.lowered);
        let numeric = is_numeric(base);
        // A formula such as CO₂ is a word.
        if is_lowered && !numeric {
            return CellContent::from_text(joined);
        }
        let parts: Vec<bool> =
            self.0.iter().filter(|(text, _)| !text.trim().is_empty()).map(|(_, look)| small(*look)).collect();
        let between =
            parts.iter().skip_while(|small| **small).skip_while(|small| !**small).any(|small| !small);
        if between && !numeric {
            return CellContent::from_text(joined);
        }
        let tens = base
            .strip_suffix("10")
            .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_digit() || c == '.'));
        let signed = note
            .strip_prefix(['-', '+', '−'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if numeric && (between || signed) || tens && note.chars().all(|c| c.is_ascii_digit()) {
            return CellContent::unsure(
                joined,
                format!("{base:?} with a raised {note:?} may be a power or a number with a note"),
                "say in `corrections` which value is to be read",
            );
        }
        CellContent::Shown(Box::new(Shown::Noted {
            text: base.to_owned(),
            note: note.to_owned(),
            raised: true,
            whole: with_raised(base, note),
        }))
    }
}

/// A cell that is struck out as a whole.
pub(crate) fn struck_out(text: &str) -> CellContent {
    CellContent::Shown(Box::new(Shown::Noted {
        text: text.to_owned(),
        note: "struck out".into(),
        raised: false,
        whole: format!("{text} (struck out)"),
    }))
}

fn partly_struck(joined: &str, struck: &str, kept: &str) -> CellContent {
    CellContent::unsure(
        joined,
        format!("{:?} in it is struck out, which leaves {:?}", struck.trim(), kept.trim()),
        "say in `corrections` what is to be read",
    )
}

fn is_numeric(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || ".,-−+ \u{a0}%()".contains(c))
}

/// A text with a note behind it as it looks: in raised characters where there are such.
fn with_raised(base: &str, note: &str) -> String {
    const PLAIN: &str = "0123456789+-=()abcdefghijklmnoprstuvwxyz";
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ";
    let raised = note.chars().filter(|c| !c.is_whitespace()).map(|character| match character {
        '*' | '†' | '‡' | '§' => Some(character),
        _ => RAISED.chars().nth(PLAIN.chars().position(|plain| plain == character)?),
    });
    match raised.collect::<Option<String>>() {
        Some(raised) => format!("{base}{raised}"),
        None => format!("{base} (raised: {note})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(parts: &[(&str, char)]) -> CellContent {
        let mut runs = Runs::default();
        for (text, look) in parts {
            let look = Look { raised: *look == '^', lowered: *look == '_', struck: *look == '-' };
            runs.push(text, look);
        }
        runs.content()
    }

    fn noted(parts: &[(&str, char)]) -> Option<(String, String)> {
        match content(parts) {
            CellContent::Shown(shown) => match *shown {
                Shown::Noted { text, whole, .. } => Some((text, whole)),
                _ => None,
            },
            _ => None,
        }
    }

    #[test]
    fn a_raised_note_stands_apart() {
        let pair = |text: &str, whole: &str| Some((text.to_owned(), whole.to_owned()));
        assert_eq!(noted(&[("12.3", ' '), ("1", '^')]), pair("12.3", "12.3¹"));
        assert_eq!(noted(&[("1234", ' '), (" 1)", '^')]), pair("1234", "1234¹⁾"));
        assert_eq!(noted(&[("A", ' '), ("2", '^')]), pair("A", "A²"));
        assert_eq!(noted(&[("p", '^'), ("5", ' ')]), pair("5", "5ᵖ"));
        assert_eq!(noted(&[("5", ' '), ("Q", '^')]), pair("5", "5 (raised: Q)"));
        assert_eq!(noted(&[("3", '-')]), pair("3", "3 (struck out)"));
    }

    #[test]
    fn what_may_be_two_things_is_unsure() {
        for parts in [
            [("10", ' '), ("4", '^')],
            [("2.5×10", ' '), ("3", '^')],
            [("5", ' '), ("-3", '^')],
            [("12", '-'), ("13", ' ')],
        ] {
            assert!(
                matches!(content(&parts), CellContent::Shown(shown) if matches!(*shown, Shown::Unsure { .. })),
                "{parts:?}"
            );
        }
    }

    #[test]
    fn words_are_words() {
        let text = |text: &str| CellContent::Text(text.into());
        assert_eq!(content(&[("CO", ' '), ("2", '_')]), text("CO2"));
        assert_eq!(content(&[("m", ' '), ("2", '^'), ("/person", ' ')]), text("m2/person"));
        assert_eq!(content(&[("all of it", '^')]), text("all of it"));
    }
}
