//! Taking away files that were published and aren't any longer.

use std::path::{Path, PathBuf};

use super::publish::trusted;
use crate::error::{PipelineError, Result};
use crate::plan::Plan;
use crate::store::{EntryKind, Folder, Store};

/// Takes away published files, each unless somebody changed it since, and the folders that are empty then.
/// Returns those that went.
///
/// # Errors
/// [`PipelineError::Linked`] where a link leads there, and where one can't be taken away.
pub fn unpublish(plan: &Plan<'_>, store: &Store, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let _in_use = store.share()?;
    let _showing = store.showing()?;
    let (mut published, files) = (store.published(), store.unbelieving_stat_cache());
    let mut gone = Vec::new();
    let workspace = &plan.pipeline.workspace;
    for target in paths {
        let path = workspace.join(target);
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { continue };
        let trusted = trusted(plan, &path);
        let Some(folder) = Folder::open(&trusted, parent.strip_prefix(&trusted).unwrap_or(parent))? else {
            continue;
        };
        let entry = folder.entry(name).map_err(PipelineError::io(&path, "removing"))?;
        let is_file = entry.is_some_and(|entry| entry.kind == EntryKind::File);
        let last = published.get(target).filter(|_| is_file);
        if let Some(last) = last
            && files.matches(&path, &last.digest, last.bytes) == Some(true)
        {
            folder.remove_file(name).map_err(PipelineError::io(&path, "removing"))?;
            published.remove(target);
            gone.push(target.clone());
            if !plan.follow_links && target.is_relative() {
                remove_empty(&trusted, target)?;
            }
        }
    }
    store.put_published(&published)?;
    Ok(gone)
}

/// Takes away the folders above a file, from within, as long as they hold nothing.
fn remove_empty(trusted: &Path, target: &Path) -> Result<()> {
    for folder in target.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
        let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else { break };
        let Some(parent) = Folder::open(trusted, parent)? else { break };
        // A folder that holds something refuses.
        if parent.remove_folder(name).is_err() {
            break;
        }
    }
    Ok(())
}
