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
        // Nobody's eye is a part of what it is: reports say so.
        if !found.review.is_empty() {
            fields.insert(REVIEW.into(), found.review.clone().into());
        }
    }
    let remarks = unreviewed(&found.review).into_iter().collect();
    Ok(Vintage { name: name.to_owned(), manifest, manifests, sources, remarks })
}

/// The field with which a bound vintage's manifest says on which of its lines guesses are still marked `REVIEW`.
pub(crate) const REVIEW: &str = "review";

/// What is said of a manifest with guesses that are still marked `REVIEW`, on these lines.
fn unreviewed(lines: &[usize]) -> Option<String> {
    let (guesses, of_lines, them) = match lines {
        [] => return None,
        [_] => ("1 guess is", "line", "it"),
        all => (&*format!("{} guesses are", all.len()), "lines", "them"),
    };
    let listed: Vec<String> = lines.iter().take(LISTED).map(usize::to_string).collect();
    let more = lines.len().checked_sub(LISTED).filter(|more| *more > 0);
    let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
    Some(format!(
        "vintage.yaml: {guesses} still marked REVIEW ({of_lines} {}{more}): look at {them}, then remove the word",
        listed.join(", ")
    ))
}

/// So many lines are named.
const LISTED: usize = 12;

/// The vintages that there are.
pub fn vintage_names(workspace: &Path, data_root: Option<&Path>) -> Vec<String> {
    VintageFolders::new(data_root, workspace).list()
}
