//! A document: its name, its text and its tree.

use serde::de::DeserializeOwned;
use serde_yaml::Value;

use crate::bounds;
use crate::decode::decode;
use crate::fault::{Fault, Faults};
use crate::node::Node;
use crate::span::Span;
use crate::suggest::one_of;

/// A YAML document that was read and not yet given a type.
#[derive(Debug, Clone)]
pub struct Document {
    file: String,
    lines: Lines,
    root: Node,
}

/// The lines of a text, each found at once.
#[derive(Debug, Clone)]
struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text: text.to_owned(), starts: std::iter::once(0).chain(after).collect() }
    }

    /// The line of a number from 1.
    fn line(&self, number: usize) -> Option<&str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        if start == self.text.len() {
            return None;
        }
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end())
    }
}

impl Document {
    /// Parses `text`; `file` is the name that faults give.
    ///
    /// # Errors
    /// Where the text isn't YAML, or repeats a field, or uses tags.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let empty =
            Node { span: Span { line: 1, column: 1, length: 0 }, value: crate::node::NodeValue::Null };
        let mut document = Document { file: file.to_owned(), lines: Lines::of(text), root: empty };
        if let Some(beyond) = bounds::beyond(text) {
            return Err(document.fault(Some(beyond.span), beyond.message).hint(beyond.hint).into());
        }
        let value: Value = serde_yaml::from_str(text).map_err(|error| {
            let mut repeated = Faults::new();
            for (name, span) in Node::repeated_fields(text) {
                let fault = document.fault(Some(span), format!("the field `{name}` stands twice"));
                repeated.push(fault.hint("remove one of the two"));
            }
            if !repeated.is_empty() {
                return repeated;
            }
            let span =
                error.location().map(|place| Span { line: place.line(), column: place.column(), length: 0 });
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            Faults::from(document.fault(span, format!("not valid YAML: {message}")))
        })?;
        let mut faults = Faults::new();
        let root =
            Node::build(&value, text, &mut |message, span| faults.push(document.fault(Some(span), message)));
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
        let source_line = span.and_then(|span| bounds::shown_line(self.lines.line(span.line)?, span.column));
        let message = bounds::cut(message.into());
        Fault { file: self.file.clone(), span, message, hint: None, source_line }
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
    fn a_repeated_field_is_shown_where_it_stands_again() {
        let faults = refused("a: &x {b: 1}\nc: *x\nd: *x\na: 2\n");
        assert_eq!(faults.lines().next(), Some("x.yaml:4:1: the field `a` stands twice"));
    }
}
