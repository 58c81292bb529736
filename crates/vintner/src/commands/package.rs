//! `vintner package`: a vintage's replication package.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_package::{Request, write_package};

use super::{count, print_json};
use crate::arguments::{Format, Package};
use crate::bytes::bytes;
use crate::error::Result;
use crate::printable::printable;
use crate::progress::working;
use crate::terminal;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Package) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let (store, lock) = (workspace.store(), workspace.lock()?);
    let request = Request {
        pipeline: &pipeline,
        vintage: &vintage,
        store: &store,
        workspace: &workspace.folder,
        lock: &lock,
        date: arguments.date.as_deref(),
    };
    let written =
        working(workspace.volume, "writing the package", || write_package(&request, &arguments.target))?;
    let target = arguments.target.display();
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "package": target.to_string(), "written": written,
        }));
    }
    if !written.withheld.is_empty() {
        let names = written.withheld.join(", ");
        terminal::say(&printable(&format!("note: raw files aren't in it that may not be given: {names}")));
    }
    Ok(writeln!(stdout(), "{target}: {}, {}", count(written.files, "file"), bytes(written.bytes))?)
}
