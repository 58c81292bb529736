//! Paths in a spec: parameters are written out in them, and `{item}` as the name of a file.

use vintner_diagnostics::{Names, Node, NodeValue, Refusal, Span, mentions};

use super::globals::ITEM;
use crate::files::file_name;

/// What stands for the item in a path.
pub(crate) const ITEM_IN_PATH: &str = "{item}";

/// What stands for the vintage's name, where an output is published.
pub(crate) const VINTAGE_IN_PATH: &str = "{vintage}";

/// Whether a path is another one for each item.
pub(crate) fn depends_on_item(path: &str) -> bool {
    path.contains(ITEM_IN_PATH) || mentions(path, ITEM)
}

/// A path with its names filled in: of the item its key, as a name that any file system takes.
///
/// # Errors
/// Where a name stands for something that can't be a part of a path.
pub(crate) fn fill_path(
    path: &str,
    span: Span,
    names: &Names<'_>,
    key: Option<&str>,
) -> Result<String, Refusal> {
    let named = key.map(file_name);
    let form = |path: &str, value| match &named {
        Some(named) if path == ITEM => named.clone().into(),
        _ => value,
    };
    let mut filled = String::with_capacity(path.len());
    let mut rest = path;
    loop {
        let Some(at) = next_item(rest) else {
            filled.push_str(&names.fill(rest, span, &form)?);
            return Ok(filled);
        };
        let (before, after) = rest.split_at(at);
        filled.push_str(&names.fill(before, span, &form)?);
        filled.push_str(named.as_deref().unwrap_or(ITEM_IN_PATH));
        rest = after.get(ITEM_IN_PATH.len()..).unwrap_or_default();
    }
}

/// Where `{item}` stands, which isn't a part of `${item}`.
fn next_item(text: &str) -> Option<usize> {
    stand_alone(text, ITEM_IN_PATH).next()
}

/// Where something in braces stands that isn't a part of `${…}` or `{{…}}`.
fn stand_alone<'t>(text: &'t str, braces: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_alone = |at: &usize| !text.get(..*at).is_some_and(|before| before.ends_with(['$', '{']));
    text.match_indices(braces).map(|(at, _)| at).filter(is_alone)
}

/// The places of texts in a tree that hold something in braces, which is filled in in paths alone.
pub(crate) fn braces_in(node: &Node, braces: &str, found: &mut Vec<Span>) {
    match &node.value {
        NodeValue::Text(text) => found.extend(stand_alone(text, braces).next().map(|_| node.span)),
        NodeValue::Sequence(items) => items.iter().for_each(|item| braces_in(item, braces, found)),
        NodeValue::Mapping(entries) => entries.iter().for_each(|(_, node)| braces_in(node, braces, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vintner_diagnostics::{Document, Faults};

    use super::*;

    #[test]
    fn the_item_is_the_name_of_a_file_and_its_fields_are_as_written() -> Result<(), Faults> {
        let document = Document::parse("x.yaml", "{id: a/b, file: raw/a.csv}")?;
        let values = BTreeMap::from([("dir".to_owned(), Document::parse("x.yaml", "in")?.root().clone())]);
        let names = Names::new(&values).with(ITEM, document.root(), "a/b");
        let span = document.root().span;
        let filled = |path| fill_path(path, span, &names, Some("a/b"));
        for path in ["$dir/{item}.csv", "$dir/$item.csv", "${dir}/${item}.csv"] {
            // Of fields a name that isn't there is a mistake.
            match path.contains("/$item.csv") {
                true => assert!(filled(path).is_err()),
                false => assert_eq!(filled(path).as_deref(), Ok("in/a%2Fb.csv"), "{path}"),
            }
        }
        assert_eq!(filled("$item.file").as_deref(), Ok("raw/a.csv"));
        assert_eq!(filled("$$dir/$x").as_deref(), Ok("$dir/$x"));
        let later = Names::new(&values).later(ITEM);
        assert_eq!(fill_path("$dir/{item}-$item", span, &later, None).as_deref(), Ok("in/{item}-$item"));
        assert!(depends_on_item("a/${item}.csv") && !depends_on_item("a/$dir"));
        Ok(())
    }
}
