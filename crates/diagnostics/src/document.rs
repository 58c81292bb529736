//! A document: its name, its text and its tree.

use serde::de::DeserializeOwned;
use serde_yaml::Value;

use crate::bounds;
use crate::decode::decode;
use crate::fault::{Fault, Faults};
use crate::line_breaks::{Lines, Shielded};
use crate::node::Node;
use crate::span::Span;
use crate::suggest::one_of;
use crate::tree;

/// A YAML document that was read and not yet given a type.
#[derive(Debug, Clone)]
pub struct Document {
    file: String,
    lines: Lines,
    root: Node,
}

impl Document {
    /// Parses `text`; `file` is the name that faults give.
    ///
    /// # Errors
    /// Where the text isn't YAML, or repeats a field, or uses tags.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        // Editors of Windows begin a text with a mark of its encoding, which means nothing in it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let empty =
            Node { span: Span { line: 1, column: 1, length: 0 }, value: crate::node::NodeValue::Null };
        let mut document = Document { file: file.to_owned(), lines: Lines::of(text), root: empty };
        let read = Shielded::of(text);
        if let Some(beyond) = bounds::beyond(&read.text) {
            return Err(document.fault(Some(beyond.span), beyond.message).hint(beyond.hint).into());
        }
        let value: Value = serde_yaml::from_str(&read.text).map_err(|error| {
            let mut known = Faults::new();
            for (name, span) in tree::repeated_fields(&read.text) {
                let message = format!("the field `{}` stands twice", read.restored(&name));
                known.push(document.fault(Some(span), message).hint("remove one of the two"));
            }
            for (message, span) in tree::unkept_numbers(&read.text) {
                known.push(document.fault(Some(span), message));
            }
            if !known.is_empty() {
                return known;
            }
            let span =
                error.location().map(|place| Span { line: place.line(), column: place.column(), length: 0 });
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            Faults::from(document.fault(span, format!("not valid YAML: {}", read.restored(&message))))
        })?;
        let mut faults = Faults::new();
        let root =
            tree::tree(&value, &read, &mut |message, span| faults.push(document.fault(Some(span), message)));
        document.root = root;
        faults.or(document)
    }

    /// The document's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Puts the YAML `text` under a path of field names, in the place of what is there. Faults found
    /// in it later point at that place.
    ///
    /// # Errors
    /// What is wrong, in words: the text isn't YAML, or there is no such path.
    pub fn set(&mut self, path: &[&str], text: &str) -> Result<(), String> {
        let value = Document::parse("", text).map_err(|faults| {
            faults.iter().map(|fault| fault.message.clone()).collect::<Vec<_>>().join("; ")
        })?;
        let (last, folders) = path.split_last().ok_or("no field is named")?;
        let mut node = &mut self.root;
        for field in folders {
            let hint = one_of(field, node.fields());
            node = node.get_mut(field).ok_or_else(|| missing(field, hint))?;
        }
        let free = path.first() == Some(&"stages");
        if node.get(last).is_none() && !free {
            return Err(missing(last, one_of(last, node.fields())));
        }
        node.put(last, value.root.value).ok_or_else(|| missing(last, None))
    }

    /// The node at a path of field names.
    pub fn node(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(&self.root, |node, field| node.get(field))
    }

    /// The whole document as a `T`.
    ///
    /// # Errors
    /// Every unknown field, wrong type and missing field.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Faults> {
        self.decode_node(&self.root)
    }

    /// One node (of this document's tree, or made from it) as a `T`.
    ///
    /// # Errors
    /// Every unknown field, wrong type and missing field.
    pub fn decode_node<T: DeserializeOwned>(&self, node: &Node) -> Result<T, Faults> {
        match self.decode_partly(node) {
            (Some(value), faults) => faults.or(value),
            (None, faults) => Err(faults),
        }
    }

    /// One node as a `T` in which zeros, empty texts and the like stand for what is wrong or
    /// missing, and the faults; for checks that go on as far as they can. Where there are faults the
    /// value is good for finding more of them and for nothing else.
    pub fn decode_partly<T: DeserializeOwned>(&self, node: &Node) -> (Option<T>, Faults) {
        let (value, problems) = decode(node);
        let mut faults = Faults::new();
        for problem in problems {
            faults.push(self.fault(Some(problem.span), problem.message).maybe_hint(problem.hint));
        }
        (value, faults)
    }

    /// A fault of this document.
    pub fn fault(&self, span: Option<Span>, message: impl Into<String>) -> Fault {
        let shown = |span: Span| bounds::shown_line(self.lines.line(span.line)?.trim_end(), span.column);
        let message = bounds::cut(message.into());
        Fault { file: self.file.clone(), span, message, hint: None, source_line: span.and_then(shown) }
    }
}

fn missing(field: &str, hint: Option<String>) -> String {
    format!("there is no `{field}`{}", hint.map(|hint| format!("; {hint}")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Document::parse("x.yaml", text).map(|_| String::new()).unwrap_or_else(|faults| faults.to_string())
    }

    #[test]
    fn aliases_that_expand_without_end_are_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert!(refused(&text).contains("more than 2000000 values"), "{}", refused(&text));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        assert!(refused(&"- ".repeat(50_000)).contains("more than 100 deep"));
        assert!(refused(&"[".repeat(5_000)).contains("x.yaml"));
    }

    #[test]
    fn numbers_that_json_cannot_hold_are_refused_at_their_place() {
        assert!(refused("a: 1\nb: .nan\n").starts_with("x.yaml:2:4: .nan isn't a finite number"));
        assert!(refused("a: [-.inf]\n").starts_with("x.yaml:1:5: "));
        assert_eq!(refused("a: [1e300, -0.5, 18446744073709551615]\n"), "");
    }

    #[test]
    fn numbers_that_cannot_be_kept_are_refused_with_what_is_written() {
        assert!(refused("a: 1\nb: 1e400\n").starts_with("x.yaml:2:4: 1e400 is larger than any number"));
        assert!(refused("a: [1e-400]\n").starts_with("x.yaml:1:5: 1e-400 is smaller"));
        for number in ["18446744073709551616", "-9223372036854775809", "9".repeat(50).as_str()] {
            let said = refused(&format!("a:\n  b: {number}\n"));
            assert!(said.starts_with(&format!("x.yaml:2:6: {number} is a whole number of more")), "{said}");
            assert_eq!(refused(&format!("a:\n  b: \"{number}\"\n")), "", "a text may be anything");
        }
    }

    #[test]
    fn a_mark_of_the_encoding_counts_for_nothing() -> Result<(), Faults> {
        let document = Document::parse("x.yaml", "\u{feff}a: 1\n")?;
        assert_eq!(document.root().fields().collect::<Vec<_>>(), ["a"]);
        assert!(refused("\u{feff}a: 1\nb: .nan\n").starts_with("x.yaml:2:4: "));
        Ok(())
    }

    #[test]
    fn separators_of_lines_are_characters_like_any_other() -> Result<(), Faults> {
        for separator in ['\u{85}', '\u{2028}', '\u{2029}'] {
            let text = format!("# one{separator}two: 3\na: \"x{separator}y\"\nb: p{separator}q\nc: .nan\n");
            let said = refused(&text);
            assert!(said.starts_with("x.yaml:4:4: .nan isn't"), "{said}");
            assert!(said.contains("  4 | c: .nan"), "{said}");
            let document = Document::parse("x.yaml", &text.replace(".nan", "1"))?;
            assert_eq!(document.root().fields().collect::<Vec<_>>(), ["a", "b", "c"]);
            let text = |name: &str| document.node(&[name]).map(|node| node.value.clone());
            assert_eq!(text("a"), Some(crate::NodeValue::Text(format!("x{separator}y"))));
            assert_eq!(text("b"), Some(crate::NodeValue::Text(format!("p{separator}q"))));
        }
        Ok(())
    }

    #[test]
    fn merge_keys_take_in_what_a_place_lacks() -> Result<(), Faults> {
        let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: *a, x: 5}\nd: {<<: [*a, *b]}\n";
        let document = Document::parse("x.yaml", text)?;
        let json = serde_yaml::to_string(document.root()).unwrap_or_default();
        let merged = "c:\n  y: 2\n  x: 5\nd:\n  x: 1\n  y: 2\n  z: 4\n";
        assert!(json.ends_with(merged), "{json}");
        // What is taken in stands where it was written.
        let place = document.node(&["c", "y"]).map(|node| (node.span.line, node.span.column));
        assert_eq!(place, Some((1, 17)));
        let said = refused("a: &a 7\nb: {<<: *a}\n");
        assert!(said.contains("`<<` takes in the fields of another place, as in `<<: *name`"), "{said}");
        Ok(())
    }

    #[test]
    fn a_repeated_field_is_shown_where_it_stands_again() {
        let faults = refused("a: &x {b: 1}\nc: *x\nd: *x\na: 2\n");
        assert_eq!(faults.lines().next(), Some("x.yaml:4:1: the field `a` stands twice"));
    }
}
