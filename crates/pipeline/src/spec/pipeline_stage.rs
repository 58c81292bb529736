//! A stage whose operation has read its parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use vintner_diagnostics::{Names, Spanned};

use super::bound::{Bound, Template};
use super::foreach::{ForEach, Item};
use super::globals::ITEM;
use super::paths::fill_path;
use super::resources::Resources;
use crate::operation::{Accepts, InputDeclaration};

/// A configured stage.
pub struct PipelineStage {
    /// Its name.
    pub name: String,
    /// What it makes, for people.
    pub title: Option<String>,
    /// The name of its operation, or `run`.
    pub operation: String,
    /// What there is a branch for each of.
    pub foreach: Option<ForEach>,
    /// The stage as it stands; where it depends on the item, that of a stand-in for one.
    pub bound: Arc<Bound>,
    /// What it asks of a cluster.
    pub resources: Resources,
    /// Outputs that are written into the workspace, each with its path as it stands in the spec.
    pub publish: BTreeMap<String, Spanned<String>>,
    /// The stage for each item that the spec lists, where anything depends on it.
    pub(crate) listed: BTreeMap<String, Arc<Bound>>,
    /// What is bound for each item, where anything depends on it.
    pub(crate) template: Option<Template>,
}

impl PipelineStage {
    /// Whether each of its branches reads the raw file of a source, and doesn't only go by its name.
    pub(crate) fn reads_sources(&self) -> bool {
        let declared = InputDeclaration::covering(&self.bound.input_declarations, "source");
        matches!(self.foreach, Some(ForEach::Sources))
            && declared.is_some_and(|declared| !matches!(declared.accepts, Accepts::Kind(_)))
    }

    /// Where an output of a branch is published whose path stands in the spec as `path`; `{vintage}` is
    /// still in it.
    pub(crate) fn published_at(&self, output: &str, path: &Spanned<String>, item: Option<&str>) -> String {
        let Some(key) = item else { return path.value.clone() };
        if let Some(path) = self.listed.get(key).and_then(|bound| bound.publish.get(output)) {
            return path.clone();
        }
        // One that isn't listed is a text or a number, without fields.
        let (nothing, item) = (BTreeMap::new(), Item::of_text(key));
        let names = Names::new(&nothing).with(ITEM, &item.value, key);
        fill_path(&path.value, path.span, &names, Some(key)).unwrap_or_else(|_| path.value.clone())
    }
}
