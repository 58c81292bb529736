//! Names in the fields of a command.
//!
//! A command that is one text is read by the shell, and so the shell fills in the names: those of
//! parameters and of the item are variables of it ([`shell_names`](super::shell_names)). All else is
//! filled in here: in `outputs` as in any path, elsewhere as it is.

use std::collections::BTreeSet;

use vintner_diagnostics::{
    Names, Node, NodeValue, Refusal, RefusalReason, Span, Spanned, next_mention, whole,
};

use super::globals::ITEM;
use super::of::Of;
use super::paths::{depends_on_item, fill_path};
use super::shell_names::{ShellText, shell_mentions};
use crate::command::is_given;

/// Whether anything of a command depends on the item.
pub(crate) fn command_mentions_item(stage: &Node) -> bool {
    let NodeValue::Mapping(entries) = &stage.value else { return false };
    entries.iter().any(|(field, node)| match (field.value.as_str(), &node.value) {
        ("run", NodeValue::Text(text)) => {
            whole(text).is_some_and(|path| path.split('.').next() == Some(ITEM)) || shell_mentions(text, ITEM)
        }
        ("outputs", NodeValue::Mapping(outputs)) => outputs
            .iter()
            .any(|(_, path)| matches!(&path.value, NodeValue::Text(path) if depends_on_item(path))),
        ("run" | "env" | "params" | "environment", _) => node.mentions(ITEM),
        _ => false,
    })
}

/// The fields of a command that it reads, with names filled in. What can't be is handed to `refuse`.
pub(crate) fn fill_command(
    stage: &Node,
    of: Of<'_>,
    names: &Names<'_>,
    refuse: &mut dyn FnMut(Refusal),
) -> Node {
    let NodeValue::Mapping(entries) = &stage.value else { return stage.clone() };
    let mut filled: Vec<(Spanned<String>, Node)> = Vec::new();
    let mut variables = Vec::new();
    for (field, node) in entries {
        let node = match field.value.as_str() {
            "run" => match &node.value {
                NodeValue::Text(text) if whole(text).is_none() => {
                    let shell = ShellText::of(text, node.span, names, &is_given, refuse);
                    variables = shell.variables;
                    Node { span: node.span, value: NodeValue::Text(shell.text) }
                }
                _ => node.substitute(names, refuse),
            },
            "outputs" => fill_outputs(node, of, names, refuse),
            "env" => {
                refuse_unknown(node, names, refuse);
                unescaped(node, names).substitute(names, refuse)
            }
            "params" | "environment" | "sandbox" | "timeout" => node.substitute(names, refuse),
            // What it reads and where its outputs go is the pipeline's affair.
            _ => continue,
        };
        filled.push((field.clone(), node));
    }
    if !variables.is_empty() {
        declare(&mut filled, variables, stage.span);
    }
    Node { span: stage.span, value: NodeValue::Mapping(filled) }
}

/// Adds variables to those that the stage declares, which go before.
fn declare(fields: &mut Vec<(Spanned<String>, Node)>, variables: Vec<(String, String)>, span: Span) {
    let found = fields.iter().position(|(field, _)| field.value == "env");
    let at = found.unwrap_or(fields.len());
    if found.is_none() {
        let none = Node { span, value: NodeValue::Mapping(Vec::new()) };
        fields.push((Spanned::new("env".to_owned(), span), none));
    }
    let Some((_, env)) = fields.get_mut(at) else { return };
    if env.value == NodeValue::Null {
        env.value = NodeValue::Mapping(Vec::new());
    }
    let NodeValue::Mapping(declared) = &mut env.value else { return };
    let known: BTreeSet<String> = declared.iter().map(|(name, _)| name.value.clone()).collect();
    for (name, value) in variables.into_iter().filter(|(name, _)| !known.contains(name)) {
        declared.push((Spanned::new(name, span), Node { span, value: NodeValue::Text(value) }));
    }
}

/// The paths of outputs, in which the item is the name of a file.
fn fill_outputs(node: &Node, of: Of<'_>, names: &Names<'_>, refuse: &mut dyn FnMut(Refusal)) -> Node {
    let NodeValue::Mapping(outputs) = &node.value else { return node.substitute(names, refuse) };
    let key = match of {
        Of::Item(item) => Some(item.key.as_str()),
        Of::Nothing | Of::AnyItem => None,
    };
    let outputs = outputs.iter().map(|(name, path)| {
        let NodeValue::Text(text) = &path.value else { return (name.clone(), path.clone()) };
        let value = match fill_path(text, path.span, names, key) {
            Ok(text) => NodeValue::Text(text),
            Err(refusal) => {
                refuse(refusal);
                path.value.clone()
            }
        };
        (name.clone(), Node { span: path.span, value })
    });
    Node { span: node.span, value: NodeValue::Mapping(outputs.collect()) }
}

/// The values of variables in which `$$name` is `$name` whether there is such a name or not: all names that
/// aren't meant as they stand are refused.
fn unescaped(env: &Node, names: &Names<'_>) -> Node {
    let NodeValue::Mapping(variables) = &env.value else { return env.clone() };
    let variables = variables.iter().map(|(name, node)| {
        let NodeValue::Text(text) = &node.value else { return (name.clone(), node.clone()) };
        let (mut plain, mut from) = (text.clone(), 0);
        while let Some(mention) = next_mention(&plain, from) {
            let start = mention.range.start;
            // At the start of a text it is so anyway.
            let is_escaped = start > 1 && plain.get(..start).is_some_and(|before| before.ends_with('$'));
            from = start + 1;
            if is_escaped && names.get(mention.name).is_none() {
                plain.remove(start - 1);
                from = start;
            }
        }
        (name.clone(), Node { span: node.span, value: NodeValue::Text(plain) })
    });
    Node { span: env.span, value: NodeValue::Mapping(variables.collect()) }
}

/// No shell reads the values of variables: what looks like a variable in one would stay as it is.
fn refuse_unknown(env: &Node, names: &Names<'_>, refuse: &mut dyn FnMut(Refusal)) {
    let NodeValue::Mapping(variables) = &env.value else { return };
    for (_, node) in variables {
        let NodeValue::Text(text) = &node.value else { continue };
        // One that stands alone is refused where it is filled in.
        if whole(text).is_some() {
            continue;
        }
        let mut from = 0;
        while let Some(mention) = next_mention(text, from) {
            let escaped = text.get(..mention.range.start).is_some_and(|before| before.ends_with('$'));
            if names.get(mention.name).is_none() && mention.name != ITEM && !escaped {
                let path = mention.name.to_owned();
                refuse(Refusal { span: node.span, path, reason: RefusalReason::Unread });
            }
            from = mention.range.start + 1;
        }
    }
}
