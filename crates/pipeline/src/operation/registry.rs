//! The operations that there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::operation::Operation;

/// The operations that a spec may name.
#[derive(Default, Clone)]
pub struct Registry(BTreeMap<&'static str, Arc<dyn Operation>>);

impl Registry {
    /// No operations yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn register(&mut self, operation: impl Operation + 'static) {
        self.0.insert(operation.name(), Arc::new(operation));
    }

    /// The operation of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Operation>> {
        self.0.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.0.keys().copied()
    }

    /// All operations, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Operation>> {
        self.0.values()
    }
}
