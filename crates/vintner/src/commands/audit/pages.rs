//! The audit as pages.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_pipeline::{Pipeline, Vintage};
use vintner_site::{Against, SiteRequest, bytes, write_site};
use vintner_stages::vintage_names;

use crate::arguments::{Audit, Format};
use crate::commands::{count, print_json};
use crate::error::{CommandError, Result};
use crate::printable::printable;
use crate::progress::working;
use crate::terminal;
use crate::workspace::Workspace;

pub(crate) fn write(
    workspace: &Workspace,
    pipeline: &Pipeline,
    vintage: &Vintage,
    arguments: &Audit,
) -> Result<()> {
    let mut names = arguments.against.clone();
    if names.is_empty() {
        names = vintage_names(&workspace.folder, workspace.data_root()?);
        names.retain(|name| *name != vintage.name);
    }
    let mut against = Vec::new();
    for name in names {
        let found = workspace.vintage(pipeline, Some(&name));
        let vintage = match found {
            // A vintage that was asked for has to be there.
            Err(error) if !arguments.against.is_empty() => return Err(error),
            Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
            Ok(found) => Ok(found),
        };
        against.push(Against { name, vintage });
    }
    let own = || workspace.folder.join("reports").join(&vintage.name).join("audit");
    let folder = arguments.output.clone().unwrap_or_else(own);
    if arguments.output.is_none() {
        workspace.check_unlinked(folder.parent().unwrap_or(&folder))?;
    }
    // Links lead from the pages to what is published: both ways have to begin at the same place.
    let whole = |path: &std::path::Path| {
        std::path::absolute(path).map_err(|source| CommandError::NotWritten { path: path.to_owned(), source })
    };
    let (from_root, root) = (whole(&folder)?, whole(&workspace.folder)?);
    let store = workspace.store();
    let request = SiteRequest {
        pipeline,
        vintage,
        store: &store,
        workspace: &root,
        folder: &from_root,
        against: &against,
    };
    let written = working(workspace.volume, "writing the pages", || write_site(&request))?;
    let index = folder.join("index.html");
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "index": index.display().to_string(), "files": written.files,
            "bytes": written.bytes, "largest": {"bytes": written.largest.0, "path": written.largest.1},
            "notes": written.notes,
        }));
    }
    for note in &written.notes {
        terminal::say(&printable(&format!("note: {note}")));
    }
    let files = count(written.files, "file");
    Ok(writeln!(stdout(), "{}: {files}, {}", workspace.shown(&index), bytes(written.bytes))?)
}
