//! From a vintage on disk to the vintage that a pipeline runs on.

use std::path::{Path, PathBuf};

use vintner_ingest::VintageFolders;
use vintner_pipeline::{SourceFile, Vintage};

use crate::error::StagesError;

/// Finds a vintage, reads its manifest and makes sure that its raw files are there.
///
/// # Errors
/// An unknown vintage, a faulty manifest, missing raw files.
pub fn bind_vintage(workspace: &Path, data_root: Option<&Path>, name: &str) -> Result<Vintage, StagesError> {
    find_vintage(workspace, data_root, name, &mut |_| {})
}

/// The same; `looking` is told of the paths at which something may be, before they are looked at.
///
/// # Errors
/// As of [`bind_vintage`].
pub fn find_vintage(
    workspace: &Path,
    data_root: Option<&Path>,
    name: &str,
    looking: &mut dyn FnMut(Vec<PathBuf>),
) -> Result<Vintage, StagesError> {
    let folders = VintageFolders::new(data_root, workspace);
    let manifests = folders.manifests(name);
    looking(manifests.clone());
    let found = folders.locate(name)?;
    looking(found.raw_candidates.clone());
    found.require_files()?;
    let parts = found.manifest.parts();
    let sources = parts
        .iter()
        .map(|source| {
            Ok(SourceFile {
                name: source.name.clone(),
                declaration: serde_json::to_value(source)?,
                path: found.path_of(source),
            })
        })
        .collect::<Result<_, serde_json::Error>>()?;
    let mut manifest = serde_json::to_value(&found.manifest)?;
    if let Some(fields) = manifest.as_object_mut() {
        fields.insert("name".into(), name.into());
        // Where the files lie is no part of what the vintage is.
        fields.remove("raw");
    }
    Ok(Vintage { name: name.to_owned(), manifest, manifests, sources })
}

/// The vintages that there are.
pub fn vintage_names(workspace: &Path, data_root: Option<&Path>) -> Vec<String> {
    VintageFolders::new(data_root, workspace).list()
}
