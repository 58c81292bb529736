//! `vintner eject`.

use std::io::Write;

use serde_json::json;
use vintner_stages::{usual_file, usual_files};

use super::print_json;
use crate::arguments::{Eject, Format};
use crate::error::{CommandError, Result};
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Eject) -> Result<()> {
    let Some(name) = &arguments.name else {
        let names: Vec<&str> = usual_files().iter().map(|(name, _)| *name).collect();
        if arguments.format == Format::Json {
            return print_json(&json!({"files": names}));
        }
        let mut out = page();
        for name in names {
            writeln!(out, "{name}")?;
        }
        return Ok(());
    };
    let Some(text) = usual_file(name) else {
        let near = vintner_diagnostics::did_you_mean(name, usual_files().iter().map(|(name, _)| *name));
        return Err(CommandError::NoSuchTemplate { name: name.clone(), near: near.map(str::to_owned) });
    };
    let path = workspace.folder.join(&arguments.to).join(name);
    let shown = workspace.shown(&path).to_string();
    if path.exists() {
        return Err(CommandError::TemplateIsThere { path: shown });
    }
    let failed = |error: std::io::Error| CommandError::TemplateNotWritten { path: shown.clone(), error };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&path, text).map_err(failed)?;
    if arguments.format == Format::Json {
        return print_json(&json!({"written": shown}));
    }
    let mut out = page();
    writeln!(out, "wrote {shown}")?;
    writeln!(
        out,
        "it stands in the place of the program's own for stages with `files: {{templates: {}}}`",
        arguments.to.display()
    )?;
    if name.starts_with("labels.") {
        writeln!(out, "of labels keep only those that you change: the others are the program's own")?;
    }
    Ok(())
}
