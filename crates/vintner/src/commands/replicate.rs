//! `vintner replicate`: the pipeline as plain scripts.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::json;
use vintner_pipeline::Vintage;
use vintner_replicate::{ReplicateRequest, Replication, write};

use super::{count, print_json};
use crate::arguments::{Format, Replicate};
use crate::error::{CommandError, Result};
use crate::terminal::page;
use crate::workspace::Workspace;

/// The folder of raw files within that of the scripts.
const RAW: &str = "raw";
/// What a folder of scripts holds at its top.
const OWN: [&str; 8] = ["README.md", "R", "python", "expected", "crosswalk", "data", "own", RAW];

pub(crate) fn run(workspace: &Workspace, arguments: &Replicate) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let store = workspace.store();
    let request = ReplicateRequest {
        pipeline: &pipeline,
        vintage: &vintage,
        store: &store,
        data: RAW,
        beside: &|_| None,
    };
    let made = write(&request)?;
    refuse_others(&arguments.folder)?;
    for (path, bytes) in &made.files {
        put(&arguments.folder.join(path), bytes)?;
    }
    let raw = if arguments.without_data { 0 } else { copy_raw(&vintage, &arguments.folder.join(RAW))? };
    tell(arguments, &made, raw)
}

/// Refuses a folder that holds anything but scripts of ours.
fn refuse_others(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(|source| CommandError::NotRead { path: folder.to_owned(), source })?;
        if !OWN.iter().any(|own| entry.file_name() == *own) {
            return Err(CommandError::FolderInUse { path: folder.display().to_string() });
        }
    }
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| CommandError::NotWritten { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}

/// The raw files under the names that the manifest gives them; how many there are.
fn copy_raw(vintage: &Vintage, folder: &Path) -> Result<usize> {
    let mut copied: BTreeMap<String, ()> = BTreeMap::new();
    for source in &vintage.sources {
        let name = source.declaration.get("file").and_then(serde_json::Value::as_str).unwrap_or_default();
        // Sources of many files are read as they were tidied.
        if name.is_empty() || name.contains(['*', '{']) || copied.insert(name.to_owned(), ()).is_some() {
            continue;
        }
        let bytes = fs::read(&source.path)
            .map_err(|error| CommandError::NotRead { path: source.path.clone(), source: error })?;
        put(&folder.join(name), &bytes)?;
    }
    Ok(copied.len())
}

fn tell(arguments: &Replicate, made: &Replication, raw: usize) -> Result<()> {
    let folder = arguments.folder.display();
    if arguments.format == Format::Json {
        let left = made.not_replicated.iter().map(|one| json!({"what": one.what, "reason": one.reason}));
        let left: Vec<_> = left.collect();
        return print_json(&json!({
            "folder": folder.to_string(), "files": made.files.keys().collect::<Vec<_>>(), "raw_files": raw,
            "numbers": made.numbers, "not_replicated": left,
        }));
    }
    let mut out = page();
    let (files, raw) = (count(made.files.len(), "file"), count(raw, "raw file"));
    writeln!(out, "{folder}: {files} and {raw}; {} to be compared", count(made.numbers, "row"))?;
    if !made.not_replicated.is_empty() {
        writeln!(out, "not repeated, as README.md says with the reasons:")?;
        for one in &made.not_replicated {
            writeln!(out, "  {}", one.what)?;
        }
    }
    writeln!(out, "next: Rscript {folder}/R/run_all.R, or python3 {folder}/python/run_all.py")?;
    Ok(())
}
