//! `replicate/`: programs that compute the results without Vintner.

use vintner_pipeline::Store;

use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, Role};

/// The folder.
const FOLDER: &str = "replicate";
/// Where programs have values beside them that they can't read themselves.
const VALUES: &str = "data/";

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    // Pipelines that estimate nothing have nothing to compare.
    if contents.programs.is_empty() {
        return Ok(());
    }
    let mut withheld: Vec<String> = Vec::new();
    for (path, bytes) in &contents.programs {
        if path.starts_with(VALUES) && !may_be_given(contents, path) {
            withheld.push(format!("- `{FOLDER}/{path}`\n"));
            continue;
        }
        files.put(&format!("{FOLDER}/{path}"), Role::Replication, bytes.clone())?;
    }
    if !withheld.is_empty() {
        let text = format!(
            "# Values that aren't here\n\nThe programs read these files, whose values come from data that may not be given. With the \
             raw files where `data/ACCESS.md` says, `vintner reproduce` and then `vintner replicate` write them again.\n\n{}",
            withheld.concat()
        );
        files.put(&format!("{FOLDER}/MISSING.md"), Role::Replication, text.into_bytes())?;
    }
    Ok(())
}

/// Whether values may be given: those of a source where its files or what is derived from them may, others where that is so
/// of every source.
fn may_be_given(contents: &Contents, path: &str) -> bool {
    let of = contents.values_of.get(path);
    let mut sources = contents.sources.iter().filter(|source| of.is_none_or(|name| *name == source.name));
    // Of a single source these are its own values, not what is computed from them.
    sources.all(|source| if of.is_some() { source.is_provided() } else { source.gives_derived() })
}
