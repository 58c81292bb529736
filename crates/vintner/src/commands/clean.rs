//! `vintner clean`: published files that nothing publishes any longer.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;
use vintner_pipeline::{Plan, PublishedState, PublishedStatus, Survey, unpublish};

use super::{count, print_json};
use crate::arguments::{Clean, Format};
use crate::error::Result;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Clean) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let mut plan = Plan::new(&pipeline, &vintage);
    plan.follow_links = workspace.follow_links;
    let store = workspace.store();
    let published = Survey::new(&plan, &store)?.published(&Default::default())?;
    let goes = |one: &&PublishedStatus| match &one.state {
        PublishedState::Left { edited } => !edited,
        PublishedState::Apart { .. } => arguments.apart,
        _ => false,
    };
    let found: Vec<PathBuf> = published.iter().filter(goes).map(|one| one.path.clone()).collect();
    let is_edited = |one: &&PublishedStatus| one.state == PublishedState::Left { edited: true };
    let edited: Vec<PathBuf> = published.iter().filter(is_edited).map(|one| one.path.clone()).collect();
    let gone = if arguments.yes { unpublish(&plan, &store, &found)? } else { found };
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "removed": arguments.yes, "files": gone,
            "edited": edited,
        }));
    }
    let mut out = page();
    for path in &gone {
        writeln!(out, "  {}", path.display())?;
    }
    for path in &edited {
        writeln!(out, "  stays: {}, which was edited", path.display())?;
    }
    let files = count(gone.len(), "published file");
    match (gone.len(), arguments.yes) {
        (0, _) => writeln!(out, "{}: nothing to remove", vintage.name)?,
        (_, true) => writeln!(out, "{}: {files} removed", vintage.name)?,
        (_, false) => {
            let apart = if arguments.apart { " --apart" } else { "" };
            writeln!(
                out,
                "{}: {files} would be removed; nothing was: `vintner clean{apart} --yes` removes them",
                vintage.name
            )?;
        }
    }
    Ok(())
}
