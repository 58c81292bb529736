//! What `$name` stands for, alone and inside of longer texts.
//!
//! A text that is `$name` or `$name.field` is what it names, whatever that is. Inside of a longer text
//! `$name` and `${name}` are written out, if they name something: a name that isn't known is a text like
//! any other, as other languages have dollar signs too. `$$name` is the text `$name`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::node::{Node, NodeValue, Number};
use crate::span::{Span, Spanned};

/// What names stand for.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    values: &'a BTreeMap<String, Node>,
    item: Option<Stand<'a>>,
}

/// A name that stands for something else at each place where it is asked for.
#[derive(Debug, Clone, Copy)]
struct Stand<'a> {
    name: &'a str,
    meaning: Meaning<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Meaning<'a> {
    /// This, and what is written of it where only a text can be.
    Known(&'a Node, &'a str),
    /// What will be known later.
    Later,
    /// Nothing: it is reserved, and means something elsewhere alone.
    Absent,
}

/// A name that can't be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub span: Span,
    /// The name with its fields.
    pub path: String,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a name can't be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalReason {
    /// Nothing has that name.
    Unknown,
    /// Nothing has that name, and nothing that reads the text later would know it either.
    Unread,
    /// It is something that can't stand inside of a text; in words.
    NoText(String),
    /// Two fields would have this name.
    Twice(String),
}

/// A name as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention<'t> {
    /// Where, from the dollar sign on.
    pub range: Range<usize>,
    /// The name.
    pub name: &'t str,
    /// The fields after it, as `.field.field`; perhaps text that follows.
    pub fields: &'t str,
    /// Whether it stands in braces, so that nothing of it is text that follows.
    pub braced: bool,
}

/// What a mention stands for.
enum Found<'a> {
    /// What this path names, written out, up to a place in the text.
    Text(String, Cow<'a, str>, usize),
    /// What will be known later.
    Later,
    Nothing,
}

impl<'a> Names<'a> {
    /// These names.
    pub fn new(values: &'a BTreeMap<String, Node>) -> Self {
        Self { values, item: None }
    }

    /// And one that isn't known yet: it stays as it is.
    #[must_use]
    pub fn later(self, name: &'a str) -> Self {
        Self { item: Some(Stand { name, meaning: Meaning::Later }), ..self }
    }

    /// And one that stands for nothing here: it is refused wherever it stands.
    #[must_use]
    pub fn without(self, name: &'a str) -> Self {
        Self { item: Some(Stand { name, meaning: Meaning::Absent }), ..self }
    }

    /// And one that stands for `node`, of which `written` is written inside of texts, where it has fields.
    #[must_use]
    pub fn with(self, name: &'a str, node: &'a Node, written: &'a str) -> Self {
        Self { item: Some(Stand { name, meaning: Meaning::Known(node, written) }), ..self }
    }

    /// What a name stands for; `Some(None)` where that isn't known yet.
    pub fn get(&self, name: &str) -> Option<Option<&'a Node>> {
        match self.item {
            Some(stand) if stand.name == name => match stand.meaning {
                Meaning::Known(node, _) => Some(Some(node)),
                Meaning::Later => Some(None),
                Meaning::Absent => None,
            },
            _ => self.values.get(name).map(Some),
        }
    }

    /// The names that are known.
    pub fn known(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.values.keys().map(String::as_str)
    }

    /// What is written of a name where only a text can be, if it stands for something with fields.
    pub fn text_of(&self, name: &str) -> Option<&'a str> {
        self.written(name).map(|(_, written)| written)
    }

    fn is_absent(&self, name: &str) -> bool {
        self.item.is_some_and(|stand| stand.name == name && matches!(stand.meaning, Meaning::Absent))
    }

    /// What is written of a name where only a text can be, if that isn't what it stands for itself.
    fn written(&self, name: &str) -> Option<(&'a Node, &'a str)> {
        match self.item?.meaning {
            Meaning::Known(node, written) if self.item?.name == name => Some((node, written)),
            _ => None,
        }
    }

    /// A text with the names in it written out in the form that `form` gives each path's text.
    ///
    /// # Errors
    /// Where a name that is known can't be written out.
    pub fn fill(
        &self,
        text: &str,
        span: Span,
        form: &dyn Fn(&str, Cow<'a, str>) -> Cow<'a, str>,
    ) -> Result<String, Refusal> {
        let mut filled = String::with_capacity(text.len());
        let mut done = 0;
        while let Some(mention) = next_mention(text, done) {
            let start = mention.range.start;
            let escaped = text.get(done..start).is_some_and(|before| before.ends_with('$'));
            let before = text.get(done..start).unwrap_or_default();
            // The dollar sign before it says that it is meant as it stands.
            if escaped && (self.get(mention.name).is_some() || self.is_absent(mention.name)) {
                filled.push_str(before.get(..before.len() - 1).unwrap_or_default());
                filled.push_str(text.get(mention.range.clone()).unwrap_or_default());
                done = mention.range.end;
                continue;
            }
            match self.find(&mention, span)? {
                Found::Nothing => {
                    let end = start + 1;
                    filled.push_str(text.get(done..end).unwrap_or_default());
                    done = end;
                }
                Found::Later => {
                    filled.push_str(before);
                    filled.push_str(text.get(mention.range.clone()).unwrap_or_default());
                    done = mention.range.end;
                }
                Found::Text(path, value, end) => {
                    filled.push_str(before);
                    filled.push_str(&form(&path, value));
                    done = end;
                }
            }
        }
        filled.push_str(text.get(done..).unwrap_or_default());
        Ok(filled)
    }

    fn find(&self, mention: &Mention<'_>, span: Span) -> Result<Found<'a>, Refusal> {
        let mut path = mention.name.to_owned();
        let refuse = |path: String, reason| Err(Refusal { span, path, reason });
        let mut node = match self.get(mention.name) {
            None if self.is_absent(mention.name) => return refuse(path, RefusalReason::Unknown),
            None => return Ok(Found::Nothing),
            Some(None) => return Ok(Found::Later),
            Some(Some(node)) => node,
        };
        let mut end = mention.range.start + 1 + mention.name.len();
        for field in mention.fields.split('.').skip(1) {
            let is_fields = matches!(node.value, NodeValue::Mapping(_));
            if !is_fields && !mention.braced {
                break;
            }
            path.push('.');
            path.push_str(field);
            end += 1 + field.len();
            match node.get(field) {
                Some(inner) => node = inner,
                None => return refuse(path, RefusalReason::Unknown),
            }
        }
        let end = if mention.braced { mention.range.end } else { end };
        match (node.scalar(), self.written(mention.name)) {
            (Some(text), _) => Ok(Found::Text(path, text.into(), end)),
            (None, Some((root, written))) if std::ptr::eq(root, node) => {
                Ok(Found::Text(path, written.into(), end))
            }
            (None, _) => refuse(path, RefusalReason::NoText(node.describe())),
        }
    }
}

impl Node {
    /// This tree with its names filled in: `$name` and `$name.field` by what they stand for, at the same
    /// place, and inside of longer texts and as names of fields by the text of it. `$$` at the start of a
    /// text stands for a plain `$`. What can't be filled in is handed to `refuse` and left as it is.
    pub fn substitute(&self, names: &Names<'_>, refuse: &mut dyn FnMut(Refusal)) -> Node {
        let value = match &self.value {
            NodeValue::Text(text) => match whole(text) {
                Some(path) => match lookup(names, path) {
                    Lookup::Found(node) => return node.moved_to(self.span),
                    Lookup::Later => NodeValue::Text(text.clone()),
                    Lookup::Unknown => {
                        refuse(Refusal {
                            span: self.span,
                            path: path.to_owned(),
                            reason: RefusalReason::Unknown,
                        });
                        NodeValue::Text(text.clone())
                    }
                },
                None => NodeValue::Text(filled(text, self.span, names, refuse)),
            },
            NodeValue::Sequence(items) => {
                NodeValue::Sequence(items.iter().map(|item| item.substitute(names, refuse)).collect())
            }
            NodeValue::Mapping(entries) => {
                let mut written: Vec<(Spanned<String>, Node)> = Vec::with_capacity(entries.len());
                for (key, node) in entries {
                    let name = filled(&key.value, key.span, names, refuse);
                    let is_new = name != key.value;
                    if is_new && written.iter().any(|(other, _)| other.value == name) {
                        let reason = RefusalReason::Twice(name.clone());
                        refuse(Refusal { span: key.span, path: key.value.clone(), reason });
                    }
                    written.push((Spanned::new(name, key.span), node.substitute(names, refuse)));
                }
                NodeValue::Mapping(written)
            }
            other => other.clone(),
        };
        Node { span: self.span, value }
    }

    /// How many values this tree comes to with its names filled in as [`Node::substitute`] does, up to just
    /// above `most`; of long texts each `TEXT` bytes count as one. It is counted before anything is put
    /// together: a few references to references come to more than memory holds.
    pub fn values_with(&self, names: &Names<'_>, most: usize) -> usize {
        let of = |parts: &mut dyn Iterator<Item = &Node>| {
            let mut count = 1_usize;
            for part in parts {
                if count > most {
                    break;
                }
                count = count.saturating_add(part.values_with(names, most - count.min(most)));
            }
            count
        };
        match &self.value {
            NodeValue::Text(text) => match whole(text).map(|path| lookup(names, path)) {
                // What is put in is put in as it is.
                Some(Lookup::Found(node)) => node.values_with(&Names::new(&NOTHING), most),
                _ => 1 + filled_length(text, names) / TEXT,
            },
            NodeValue::Sequence(items) => of(&mut items.iter()),
            NodeValue::Mapping(entries) => of(&mut entries.iter().map(|(_, node)| node)),
            _ => 1,
        }
    }

    /// Whether a text of this tree, or a field's name, mentions `name`.
    pub fn mentions(&self, name: &str) -> bool {
        match &self.value {
            NodeValue::Text(text) => mentions(text, name),
            NodeValue::Sequence(items) => items.iter().any(|item| item.mentions(name)),
            NodeValue::Mapping(entries) => {
                entries.iter().any(|(key, node)| mentions(&key.value, name) || node.mentions(name))
            }
            _ => false,
        }
    }

    /// A text, a number or a truth value as a text.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            NodeValue::Text(text) => Some(text.clone()),
            NodeValue::Number(Number::Integer(number)) => Some(number.to_string()),
            NodeValue::Number(Number::Unsigned(number)) => Some(number.to_string()),
            NodeValue::Number(Number::Float(number)) => Some(number.to_string()),
            NodeValue::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }
}

/// So many bytes of a text count as a value.
const TEXT: usize = 100;

static NOTHING: BTreeMap<String, Node> = BTreeMap::new();

/// How long a text is about with its names filled in.
fn filled_length(text: &str, names: &Names<'_>) -> usize {
    let (mut length, mut from) = (text.len(), 0);
    while let Some(mention) = next_mention(text, from) {
        from = mention.range.end;
        let Some(Some(node)) = names.get(mention.name) else { continue };
        let mut fields = mention.fields.split('.').skip(1);
        let node = fields.try_fold(node, |node, field| node.get(field)).unwrap_or(node);
        if let NodeValue::Text(text) = &node.value {
            length = length.saturating_add(text.len());
        }
    }
    length
}

fn filled(text: &str, span: Span, names: &Names<'_>, refuse: &mut dyn FnMut(Refusal)) -> String {
    // At the start of a text two dollar signs are one, whatever comes after.
    if let Some(rest) = text.strip_prefix("$$") {
        let rest = names.fill(rest, span, &|_, value| value).unwrap_or_else(|refusal| {
            refuse(refusal);
            rest.to_owned()
        });
        return format!("${rest}");
    }
    names.fill(text, span, &|_, value| value).unwrap_or_else(|refusal| {
        refuse(refusal);
        text.to_owned()
    })
}

/// Whether a text mentions a name.
pub fn mentions(text: &str, name: &str) -> bool {
    let mut from = 0;
    while let Some(mention) = next_mention(text, from) {
        if mention.name == name {
            return true;
        }
        from = mention.range.start + 1;
    }
    false
}

/// The path of a text that is `$path` or `${path}` and nothing else.
pub fn whole(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    let path = rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(rest);
    is_path(path).then_some(path)
}

/// The next mention of any name from a place in a text on.
pub fn next_mention(text: &str, from: usize) -> Option<Mention<'_>> {
    let mut start = from;
    loop {
        start += text.get(start..)?.find('$')?;
        let rest = text.get(start + 1..)?;
        if let Some((inside, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
            && is_path(inside)
        {
            let range = start..start + inside.len() + 3;
            let (name, fields) = inside.split_at(inside.find('.').unwrap_or(inside.len()));
            return Some(Mention { range, name, fields, braced: true });
        }
        let name = word(rest, |c| c.is_ascii_alphanumeric() || c == '_');
        if is_name(name) {
            let mut end = name.len();
            while let Some(after) = rest.get(end..).and_then(|rest| rest.strip_prefix('.')) {
                match word(after, |c| c.is_alphanumeric() || c == '_') {
                    "" => break,
                    field => end += 1 + field.len(),
                }
            }
            let fields = rest.get(name.len()..end).unwrap_or_default();
            return Some(Mention { range: start..start + 1 + end, name, fields, braced: false });
        }
        start += 1;
    }
}

/// What a text begins with as long as its characters are of a kind.
fn word(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    text.split(|c: char| !is_part(c)).next().unwrap_or_default()
}

/// `name`, or `name.field.field`.
fn is_path(text: &str) -> bool {
    let mut parts = text.split('.');
    parts.next().is_some_and(is_name) && parts.all(|part| !part.is_empty() && !part.contains(' '))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

enum Lookup<'a> {
    Found(&'a Node),
    Later,
    Unknown,
}

fn lookup<'a>(names: &Names<'a>, path: &str) -> Lookup<'a> {
    let mut parts = path.split('.');
    let node = match parts.next().and_then(|name| names.get(name)) {
        Some(Some(node)) => node,
        Some(None) => return Lookup::Later,
        None => return Lookup::Unknown,
    };
    parts.try_fold(node, |node, field| node.get(field)).map_or(Lookup::Unknown, Lookup::Found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::fault::Faults;

    const VALUES: &str = "year: 2008\nname: it's\nflag: true\nlist: [a, b]\nfields: {a: x, b: [1]}\nc.d: 1\n";

    fn values() -> Result<BTreeMap<String, Node>, Faults> {
        let document = Document::parse("x.yaml", VALUES)?;
        let NodeValue::Mapping(entries) = &document.root().value else { return Ok(BTreeMap::new()) };
        Ok(entries.iter().map(|(name, node)| (name.value.clone(), node.clone())).collect())
    }

    #[test]
    fn names_in_longer_texts_are_written_out() -> Result<(), Faults> {
        let values = values()?;
        let names = Names::new(&values);
        let span = Span { line: 1, column: 1, length: 0 };
        let filled = |text| names.fill(text, span, &|_, value| value);
        for (text, expected) in [
            ("in $year", "in 2008"),
            ("$year-$year", "2008-2008"),
            ("a${year}b", "a2008b"),
            ("$year.csv", "2008.csv"),
            ("x $fields.a.", "x x."),
            ("x ${fields.a}y", "x xy"),
            ("'$name' $flag", "'it's' true"),
            ("costs $5 or $ or ${", "costs $5 or $ or ${"),
            ("$yearly $HOME ${HOME} ${year:-1}", "$yearly $HOME ${HOME} ${year:-1}"),
            ("a $$year $$HOME $$", "a $year $$HOME $$"),
            ("a $$$year", "a $$year"),
            ("名$year。", "名2008。"),
        ] {
            assert_eq!(filled(text).as_deref(), Ok(expected), "{text}");
        }
        let refused = |text| filled(text).err().map(|refusal| (refusal.path, refusal.reason));
        let no_text = |path: &str, what: &str| Some((path.into(), RefusalReason::NoText(what.into())));
        assert_eq!(refused("all of $list"), no_text("list", "a list"));
        assert_eq!(refused("x $fields"), no_text("fields", "fields"));
        assert_eq!(refused("x $fields.b"), no_text("fields.b", "a list"));
        assert_eq!(refused("x $fields.c"), Some(("fields.c".into(), RefusalReason::Unknown)));
        assert_eq!(refused("x ${year.a}"), Some(("year.a".into(), RefusalReason::Unknown)));
        Ok(())
    }

    #[test]
    fn an_item_with_fields_is_written_by_its_name() -> Result<(), Faults> {
        let values = values()?;
        let document = Document::parse("x.yaml", "{id: one, column: a}")?;
        let names = Names::new(&values).with("item", document.root(), "one");
        let span = document.root().span;
        let filled = |text| names.fill(text, span, &|_, value| value);
        assert_eq!(filled("f $item: $item.column").as_deref(), Ok("f one: a"));
        assert_eq!(filled("${item}.csv").as_deref(), Ok("one.csv"));
        assert!(filled("f $item.colum").is_err());
        let later = Names::new(&values).later("item");
        assert_eq!(
            later.fill("$item of $year, $$item", span, &|_, value| value).as_deref(),
            Ok("$item of 2008, $item")
        );
        Ok(())
    }

    #[test]
    fn trees_are_filled_in_fields_names_too() -> Result<(), Faults> {
        let values = values()?;
        let names = Names::new(&values);
        let text = "{in_$year: '${list}', y: $fields.a, z: $$year, w: [$unknown, a $unknown, $$$year]}";
        let document = Document::parse("x.yaml", text)?;
        let mut refused = Vec::new();
        let node = document.root().substitute(&names, &mut |refusal| refused.push(refusal.path));
        let json = serde_yaml::to_string(&node).unwrap_or_default();
        assert_eq!(json, "in_2008:\n- a\n- b\ny: x\nz: $year\nw:\n- $unknown\n- a $unknown\n- $2008\n");
        assert_eq!(refused, ["unknown"]);
        let twice = Document::parse("x.yaml", "{2008: 1, $year: 2}")?;
        let mut refused = Vec::new();
        twice.root().substitute(&names, &mut |refusal| refused.push(refusal.reason));
        assert_eq!(refused, [RefusalReason::Twice("2008".into())]);
        assert!(document.root().mentions("year") && document.root().mentions("unknown"));
        assert!(!document.root().mentions("name"));
        Ok(())
    }
}
