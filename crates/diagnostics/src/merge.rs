//! Merge keys: `<<: *name` takes in the fields of another place.

use crate::node::{Node, NodeValue};
use crate::span::{Span, Spanned};

const KEY: &str = "<<";

type Entry = (Spanned<String>, Node);

/// The fields of a mapping, with those that its merge key names in that key's place. Its own count
/// before those, and of several places the first that has a field. What can't be taken in is handed
/// to `refuse`.
pub(crate) fn merged(entries: Vec<Entry>, refuse: &mut dyn FnMut(String, Span)) -> Vec<Entry> {
    if entries.iter().all(|(key, _)| key.value != KEY) {
        return entries;
    }
    let own: Vec<String> = entries.iter().map(|(key, _)| key.value.clone()).collect();
    let mut fields: Vec<Entry> = Vec::with_capacity(entries.len());
    for (key, node) in entries {
        if key.value != KEY {
            fields.push((key, node));
            continue;
        }
        let places = match node.value {
            NodeValue::Sequence(places) => places,
            value => vec![Node { span: node.span, value }],
        };
        for place in places {
            let described = place.describe();
            let NodeValue::Mapping(taken) = place.value else {
                let message = format!(
                    "`<<` takes in the fields of another place, as in `<<: *name`; found {described}"
                );
                refuse(message, place.span);
                continue;
            };
            for (field, node) in taken {
                let is_there = own.contains(&field.value) || fields.iter().any(|(known, _)| *known == field);
                if !is_there {
                    fields.push((field, node));
                }
            }
        }
    }
    fields
}
