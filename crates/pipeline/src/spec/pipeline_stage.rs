//! A stage whose operation has read its parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bound::{Bound, Template};
use super::foreach::ForEach;

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
    /// The stage for each item that the spec lists, where anything depends on it.
    pub(crate) listed: BTreeMap<String, Arc<Bound>>,
    /// What is bound for each item, where anything depends on it.
    pub(crate) template: Option<Template>,
}
