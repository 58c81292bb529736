//! `vintner vintage new`.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use vintner_pipeline::{Pipeline, write_within};
use vintner_stages::{Like, new_vintage};

use super::vintage_name::check_vintage_name;
use super::{count, print_json, refused};
use crate::arguments::{Format, VintageNew};
use crate::error::{CommandError, Result};
use crate::instant::day;
use crate::progress::working;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &VintageNew) -> Result<()> {
    let name = &arguments.name;
    check_vintage_name(name)?;
    // The first vintage may come before the pipeline.
    let pipeline = match workspace.pipeline() {
        Ok(pipeline) => Some(pipeline),
        Err(CommandError::NoPipeline { .. }) => None,
        Err(error) => return Err(error),
    };
    let folder = workspace.folder.join("data").join("vintages").join(name);
    let manifest = folder.join("vintage.yaml");
    if manifest.exists() {
        return Err(refused(
            format!("{} is there already", workspace.shown(&manifest)),
            "nothing is overwritten: choose another name, or move it away",
        ));
    }
    let named = pipeline.as_ref().and_then(|pipeline| crosswalk(pipeline, workspace));
    let there = named.as_deref().filter(|path| path.is_file());
    let like = match (arguments.like.as_deref(), &pipeline) {
        (Some(name), _) => Like::Named(name),
        (None, Some(pipeline)) => Like::IfThere(&pipeline.vintage),
        (None, None) => Like::Nothing,
    };
    let root = workspace.data_root()?;
    let made = working(workspace.volume, "reading the files", || {
        new_vintage(&workspace.folder, root, name, &arguments.from, there, like, &day)
    })?;
    let scaffold = &made.scaffold;
    write(workspace, &manifest, scaffold.manifest.as_bytes())?;
    let own = workspace.folder.join("data").join("crosswalk").join(format!("{name}.csv"));
    let crosswalk = named.clone().unwrap_or(own);
    let written = match &scaffold.crosswalk {
        Some(text) if !crosswalk.exists() => {
            write(workspace, &crosswalk, text.as_bytes())?;
            true
        }
        _ => false,
    };
    let unread = scaffold.sources.iter().filter(|source| source.faults > 0).count();
    let raw = folder.join("raw");
    if arguments.copy {
        for path in &made.files {
            copy(workspace, path, &raw)?;
        }
    }
    let in_place = same(&arguments.from, &raw)
        || root.is_some_and(|root| same(&arguments.from, &root.join(name).join("raw")));
    if arguments.format == Format::Json {
        return print_json(&json!({
            "vintage": name,
            "manifest": workspace.shown(&manifest).to_string(),
            "sources": scaffold.sources.len(),
            "crosswalk": written.then(|| workspace.shown(&crosswalk).to_string()),
            "with_faults": unread,
            "reviews": scaffold.reviews,
            "guesses": scaffold.guesses,
            "left_out": scaffold.left_out.iter().map(|(file, reason)| json!({"file": file, "reason": reason})).collect::<Vec<_>>(),
            "without_a_column": scaffold.missing,
            "copied": arguments.copy,
        }));
    }
    let mut out = page();
    writeln!(
        out,
        "{}: {} of {}, {}",
        workspace.shown(&manifest),
        count(scaffold.sources.len(), "source"),
        count(made.files.len(), "file"),
        scaffold.to_review()
    )?;
    for (file, reason) in &scaffold.left_out {
        writeln!(out, "  left out: {}: {reason}", shown(file))?;
    }
    if !scaffold.missing.is_empty() {
        writeln!(out, "  no column was found for {}", scaffold.missing.join(", "))?;
    }
    if written {
        let how =
            if named.is_some() { "" } else { ", to be named in pipeline.yaml: `files: {crosswalk: …}`" };
        writeln!(out, "  {}: the names in them{how}", workspace.shown(&crosswalk))?;
    }
    if unread > 0 {
        writeln!(
            out,
            "  {} can't be read yet: the first fault of each is a REVIEW",
            count(unread, "source")
        )?;
    }
    if arguments.copy {
        writeln!(out, "  {} copied into {}", count(made.files.len(), "file"), workspace.shown(&raw))?;
    } else if !in_place {
        writeln!(
            out,
            "  the files have to lie in {}: put them there, or run again with --copy",
            workspace.shown(&raw)
        )?;
    }
    writeln!(out, "next: review {}, then `vintner vintage check {name}`", workspace.shown(&manifest))?;
    Ok(())
}

/// The file of entities and their names that the pipeline's sources are read with, if one is named.
fn crosswalk(pipeline: &Pipeline, workspace: &Workspace) -> Option<PathBuf> {
    let found = pipeline.stages.iter().find_map(|stage| stage.bound.files.get("crosswalk"));
    found.map(|path| workspace.folder.join(path))
}

/// Writes a file that isn't there yet, whole or not at all.
fn write(workspace: &Workspace, path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = if workspace.follow_links { path.parent().unwrap_or(path) } else { &workspace.folder };
    Ok(write_within(folder, path, bytes)?)
}

fn copy(workspace: &Workspace, path: &Path, folder: &Path) -> Result<()> {
    let Some(name) = path.file_name() else { return Ok(()) };
    let target = folder.join(name);
    let failed = |source| CommandError::NotWritten { path: target.clone(), source };
    match fs::symlink_metadata(&target) {
        // What is there stays.
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            write(workspace, &target, &fs::read(path).map_err(failed)?)
        }
        Err(error) => Err(failed(error)),
    }
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A file's name without what a terminal would act upon.
fn shown(name: &str) -> String {
    name.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
}
