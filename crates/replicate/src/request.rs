//! What scripts are written of.

use vintner_pipeline::{Pipeline, Store, Vintage};

/// What scripts are written of.
#[derive(Clone, Copy)]
pub struct ReplicateRequest<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The vintage.
    pub vintage: &'a Vintage,
    /// What is kept; every stage that estimates has to be made as things are now.
    pub store: &'a Store,
    /// Where the raw files lie, as a path from the folder of the scripts (`../data/raw`), each under the name that
    /// the vintage's manifest gives it.
    pub data: &'a str,
    /// Where a file with these bytes lies already, as a path from the folder of the scripts; it isn't written again.
    pub beside: &'a dyn Fn(&[u8]) -> Option<String>,
}
