//! What a stage is branched over.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use vintner_diagnostics::{Document, Faults, Node, NodeValue, Number, Spanned, did_you_mean};

/// A stage has so many branches at most: each is looked at, fingerprinted and recorded on its own.
pub(crate) const BRANCHES: usize = 100_000;

/// What a stage has a branch for each of.
#[derive(Debug, Clone)]
pub enum ForEach {
    /// The sources of the vintage; a branch reads its source's file under the role `source` and
    /// what the manifest says of it under the role `declaration`.
    Sources,
    /// Items that the spec lists.
    Items(Vec<Item>),
    /// The values of a column, known when the output that has it is made: in the order in which
    /// they first appear, missing ones left out.
    Column {
        /// The stage.
        stage: String,
        /// Its output, a frame.
        output: Option<String>,
        /// The column, of texts or whole numbers.
        column: String,
    },
}

/// What one branch is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What names the branch.
    pub key: String,
    /// What stands for `$item` in the branch's parameters.
    pub value: Node,
}

impl ForEach {
    /// Reads what stands under `foreach`, references to parameters replaced.
    pub(crate) fn read(document: &Document, node: &Node) -> Result<Self, Faults> {
        let fault = |message: &str| document.fault(Some(node.span), message);
        if let Some(numbers) = range(node) {
            return items(document, node, numbers.map(|number| Some(Item::of_number(number))));
        }
        match &node.value {
            NodeValue::Text(text) if text == "sources" => Ok(ForEach::Sources),
            NodeValue::Sequence(nodes) => items(document, node, nodes.iter().map(Item::of_node)),
            NodeValue::Mapping(_) if node.get("column").is_some() => column(document, node),
            NodeValue::Mapping(entries) => {
                items(document, node, entries.iter().map(|entry| Some(Item::of_entry(entry))))
            }
            NodeValue::Text(text) if did_you_mean(text, ["sources"]).is_some() => {
                Err(fault(&format!("{} is nothing to make a branch for each of", node.describe()))
                    .hint("did you mean `sources`?")
                    .into())
            }
            _ => Err(fault(&format!("{} is nothing to make a branch for each of", node.describe()))
                .hint(
                    "`sources`, a list, a range of whole numbers (1..100), a parameter that is one of these, or \
                 {column: city, of: panel} for the values of a column",
                )
                .into()),
        }
    }
}

fn items(
    document: &Document,
    node: &Node,
    found: impl Iterator<Item = Option<Item>>,
) -> Result<ForEach, Faults> {
    let mut items = Vec::new();
    let mut keys = BTreeSet::new();
    for item in found {
        let Some(item) = item else {
            let fault = document.fault(Some(node.span), "an item has nothing to name its branch by");
            return Err(fault.hint("items are texts, numbers, or fields of which one is `id`").into());
        };
        if !keys.insert(item.key.clone()) {
            let message = format!("two branches would be called `{}`", item.key);
            return Err(document.fault(Some(item.value.span), message).into());
        }
        items.push(item);
        if items.len() > BRANCHES {
            let fault =
                document.fault(Some(node.span), format!("more than {BRANCHES} branches of one stage"));
            return Err(fault
                .hint("make a branch for each group of items, and let the stage work through the group")
                .into());
        }
    }
    if items.is_empty() {
        return Err(document.fault(Some(node.span), "there is nothing to make a branch for").into());
    }
    Ok(ForEach::Items(items))
}

/// The whole numbers of `1..100`, both ends included.
fn range(node: &Node) -> Option<RangeInclusive<i64>> {
    let NodeValue::Text(text) = &node.value else { return None };
    let (first, last) = text.split_once("..")?;
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

fn column(document: &Document, node: &Node) -> Result<ForEach, Faults> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Column {
        column: String,
        of: Spanned<String>,
    }
    let column: Column = document.decode_node(node)?;
    let (stage, output) = match column.of.value.split_once('.') {
        None => (column.of.value.clone(), None),
        Some((stage, output)) => (stage.to_owned(), Some(output.to_owned())),
    };
    Ok(ForEach::Column { stage, output, column: column.column })
}

impl Item {
    /// The branch for a text.
    pub(crate) fn of_text(text: &str) -> Self {
        let value = Node { span: Default::default(), value: NodeValue::Text(text.to_owned()) };
        Self { key: text.to_owned(), value }
    }

    /// The branch for a whole number.
    pub(crate) fn of_number(number: i64) -> Self {
        let value = Node { span: Default::default(), value: NodeValue::Number(Number::Integer(number)) };
        Self { key: number.to_string(), value }
    }

    /// An item of a list.
    fn of_node(node: &Node) -> Option<Self> {
        let key = match &node.value {
            NodeValue::Mapping(_) => scalar(node.get("id")?)?,
            _ => scalar(node)?,
        };
        (!key.is_empty()).then(|| Self { key, value: node.clone() })
    }

    /// A field whose name is the branch's; where its value is fields too, `id` is one of them.
    fn of_entry((name, node): &(Spanned<String>, Node)) -> Self {
        let mut value = node.clone();
        if let NodeValue::Mapping(entries) = &mut value.value
            && !entries.iter().any(|(field, _)| field.value == "id")
        {
            let id = Node { span: name.span, value: NodeValue::Text(name.value.clone()) };
            entries.push((Spanned::new("id".to_owned(), name.span), id));
        }
        Self { key: name.value.clone(), value }
    }
}

fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        NodeValue::Text(text) => Some(text.clone()),
        NodeValue::Number(Number::Integer(number)) => Some(number.to_string()),
        NodeValue::Number(Number::Unsigned(number)) => Some(number.to_string()),
        NodeValue::Number(Number::Float(number)) => Some(number.to_string()),
        NodeValue::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
