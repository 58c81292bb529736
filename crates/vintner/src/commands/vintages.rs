//! `vintner vintages`.

use std::io::Write;

use serde_json::json;
use vintner_stages::vintage_names;

use super::print_json;
use crate::arguments::{Format, FormatOnly};
use crate::error::Result;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &FormatOnly) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let names = vintage_names(&workspace.folder, workspace.data_root()?);
    let described: Vec<(String, String)> = names
        .into_iter()
        .map(|name| {
            let state = match workspace.vintage(&pipeline, Some(&name)) {
                Ok(vintage) => {
                    let field = |path: &str| vintage.manifest.pointer(path).and_then(|value| value.as_str());
                    format!("{}: {}", field("/kind").unwrap_or("?"), field("/title/en").unwrap_or("?"))
                }
                Err(error) => format!("not ready: {}", error.to_string().lines().next().unwrap_or_default()),
            };
            (name, state)
        })
        .collect();
    if arguments.format == Format::Json {
        let list: Vec<_> =
            described.iter().map(|(name, state)| json!({"name": name, "state": state})).collect();
        return print_json(&json!({"default": pipeline.vintage, "vintages": list}));
    }
    let mut out = page();
    for (name, state) in described {
        let mark = if name == pipeline.vintage { "*" } else { " " };
        writeln!(out, "{mark} {name:<20} {state}")?;
    }
    Ok(())
}
