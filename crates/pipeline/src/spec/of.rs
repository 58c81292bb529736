//! What a stage is looked at for: an item, any, or none.

use vintner_diagnostics::Names;

use super::foreach::Item;
use super::globals::{Globals, ITEM};

/// What the item of a stage is.
#[derive(Clone, Copy)]
pub(crate) enum Of<'a> {
    /// The stage has none.
    Nothing,
    /// One that isn't known yet.
    AnyItem,
    /// This one.
    Item(&'a Item),
}

impl<'a> Of<'a> {
    /// The names that a stage's texts may mention.
    pub(crate) fn names(self, globals: &'a Globals) -> Names<'a> {
        match self {
            Of::Nothing => globals.names().without(ITEM),
            Of::AnyItem => globals.names().later(ITEM),
            Of::Item(item) => globals.names().with(ITEM, &item.value, &item.key),
        }
    }
}
