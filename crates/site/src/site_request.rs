//! What a site is about.

use std::path::Path;

use vintner_pipeline::{Pipeline, Store, Vintage};

/// What a site is about, and where it goes.
#[derive(Clone, Copy)]
pub struct SiteRequest<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The vintage.
    pub vintage: &'a Vintage,
    /// What is kept.
    pub store: &'a Store,
    /// The workspace; files that stages publish are in it.
    pub workspace: &'a Path,
    /// The folder of the site, which isn't there yet, or is a site.
    pub folder: &'a Path,
    /// Other vintages with which this one is compared.
    pub against: &'a [Against],
}

/// Another vintage, or why it can't be had.
#[derive(Debug, Clone)]
pub struct Against {
    /// Its name.
    pub name: String,
    /// The vintage, or the reason.
    pub vintage: std::result::Result<Vintage, String>,
}
