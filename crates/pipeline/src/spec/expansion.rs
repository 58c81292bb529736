//! How much a spec may come to once its names are filled in.

use vintner_diagnostics::{Document, Fault, Names, Node, VALUES};

/// How many values names may still be replaced by. A few references to references come to more than memory
/// holds, so that each part is counted before it is put together.
#[derive(Debug)]
pub(crate) struct Expansion {
    left: usize,
}

impl Default for Expansion {
    fn default() -> Self {
        Self { left: VALUES }
    }
}

impl Expansion {
    /// Takes what a node comes to off what is left.
    ///
    /// # Errors
    /// The fault to report where it is more than that.
    pub(crate) fn take(
        &mut self,
        document: &Document,
        node: &Node,
        names: &Names<'_>,
    ) -> Result<(), Box<Fault>> {
        let count = node.values_with(names, self.left);
        if count > self.left {
            let message = format!("with what it refers to the pipeline comes to more than {VALUES} values");
            let fault = document.fault(Some(node.span), message);
            return Err(Box::new(fault.hint("keep long lists in a file, and refer to them once")));
        }
        self.left -= count;
        Ok(())
    }
}
