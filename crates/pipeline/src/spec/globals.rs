//! The parameters of a pipeline, to which its stages refer.

use std::collections::BTreeMap;

use vintner_diagnostics::{
    Document, Fault, Faults, Names, Node, NodeValue, Refusal, RefusalReason, Spanned, one_of,
};

use super::expansion::Expansion;

/// What stands for the item of a branch.
pub(crate) const ITEM: &str = "item";

/// The parameters by name, what they say of one another filled in.
#[derive(Debug, Default)]
pub(crate) struct Globals(BTreeMap<String, Node>);

impl Globals {
    /// Reads the field `params` of a pipeline.
    pub(crate) fn read(document: &Document, expansion: &mut Expansion, faults: &mut Faults) -> Self {
        let Some(NodeValue::Mapping(entries)) = document.node(&["params"]).map(|node| &node.value) else {
            return Self::default();
        };
        let mut resolved: BTreeMap<String, Node> = BTreeMap::new();
        let mut left: Vec<&(Spanned<String>, Node)> = entries.iter().collect();
        for (name, _) in entries.iter().filter(|(name, _)| name.value == ITEM) {
            let fault = document.fault(Some(name.span), "`item` is what a branch is for");
            faults.push(fault.hint("choose another name"));
        }
        while !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|(name, _)| name.value.as_str()).collect();
            let (free, waiting): (Vec<_>, Vec<_>) =
                left.iter().copied().partition(|(_, node)| !names.iter().any(|name| node.mentions(name)));
            if free.is_empty() {
                for (name, _) in &waiting {
                    let message = format!("the parameter `{name}` refers back to itself");
                    let hint = format!("write its value out, or `$${name}` where these letters are meant");
                    faults.push(document.fault(Some(name.span), message).hint(hint));
                }
                break;
            }
            for (name, node) in free {
                if let Err(fault) = expansion.take(document, node, &Names::new(&resolved)) {
                    faults.push(*fault);
                    resolved.insert(name.value.clone(), Node { span: node.span, value: NodeValue::Null });
                    continue;
                }
                let node = node.substitute(&Names::new(&resolved), &mut |refusal| {
                    let known = entries.iter().map(|(name, _)| name.value.as_str());
                    let hint = one_of(&refusal.path, known);
                    faults.push(fault_of(document, &refusal, hint));
                });
                resolved.insert(name.value.clone(), node);
            }
            left = waiting;
        }
        // What is in a circle counts as known, so that it is reported once.
        for (name, node) in left {
            resolved.insert(name.value.clone(), node.clone());
        }
        Self(resolved)
    }

    /// What may have been meant by a path that leads nowhere.
    pub(crate) fn hint(&self, path: &str) -> Option<String> {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        let Some(mut node) = self.0.get(first) else { return one_of(first, self.names().known()) };
        for field in parts {
            match node.get(field) {
                Some(inner) => node = inner,
                None => return one_of(field, node.fields()),
            }
        }
        None
    }

    pub(crate) fn names(&self) -> Names<'_> {
        Names::new(&self.0)
    }
}

/// What is said of a name that can't be filled in; `hint` is for one that isn't known.
pub(crate) fn fault_of(document: &Document, refusal: &Refusal, hint: Option<String>) -> Fault {
    let Refusal { span, path, reason } = refusal;
    let fault = |message: String| document.fault(Some(*span), message);
    match reason {
        RefusalReason::Unknown if path == ITEM => fault(format!("`params` has no `{path}`"))
            .hint("`$item` is there where a stage has `foreach`; `$$item` is the text itself"),
        RefusalReason::Unknown => fault(format!("`params` has no `{path}`")).maybe_hint(hint),
        RefusalReason::Unread => fault(format!("`params` has no `{path}`, and no shell reads this text"))
            .hint(format!("write its value out, or `$${path}` where these letters are meant")),
        RefusalReason::NoText(what) => {
            fault(format!("`${path}` is {what}, which can't stand inside of a text"))
                .hint(format!("let the text be `${path}` and nothing else, or name a field of it; a command finds lists under its `params`"))
        }
        RefusalReason::Twice(name) => fault(format!("two fields would be called `{name}`")),
    }
}
