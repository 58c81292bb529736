//! `vintner package`: a vintage's replication package, and a look at one as a data editor has it.

mod check;
mod verify;

use std::io::{Write, stdout};

use serde_json::json;
use vintner_package::{Request, seal_package, write_package, zenodo_metadata};

use super::{count, print_json};
use crate::arguments::{Format, Package, PackageCommand};
use crate::bytes::bytes;
use crate::error::Result;
use crate::printable::printable;
use crate::progress::working;
use crate::terminal;
use crate::workspace::{Volume, Workspace};

pub(crate) fn run(workspace: &Workspace, arguments: &Package) -> Result<()> {
    match &arguments.command {
        Some(PackageCommand::Check(command)) => return check::run(workspace, command),
        Some(PackageCommand::Verify(command)) => return verify::run(command),
        None => {}
    }
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
    // Without a target nothing else can be asked for.
    let Some(target) = &arguments.target else { return print_json(&zenodo_metadata(&request)?) };
    let written = working(workspace.volume, "writing the package", || write_package(&request, target))?;
    let sealed = match arguments.seal {
        true => Some(working(workspace.volume, "sealing it", || {
            seal_package(&request, target, arguments.key.as_deref())
        })?),
        false => None,
    };
    let shown = target.display();
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "package": shown.to_string(), "written": written,
            "sealed": sealed,
        }));
    }
    if !written.withheld.is_empty() {
        let names = written.withheld.join(", ");
        terminal::say(&printable(&format!("note: raw files that aren't in it: {names}")));
    }
    if written.todos > 0 {
        let todos = count(written.todos, "thing");
        terminal::say(&printable(&format!(
            "note: {todos} left to be said (TODO in README.md and beside it)"
        )));
    }
    writeln!(stdout(), "{shown}: {}, {}", count(written.files, "file"), bytes(written.bytes))?;
    if let Some(sealed) = sealed {
        let files = count(sealed.files, "file");
        let withheld = match sealed.withheld {
            0 => String::new(),
            withheld => format!(", and {} that it doesn't hold", count(withheld, "file")),
        };
        writeln!(stdout(), "{}: the seal of {files}{withheld}", sealed.declaration.display())?;
        match sealed.signature {
            Some(signature) => writeln!(stdout(), "{}: its signature", signature.display())?,
            None => writeln!(stdout(), "  not signed: --key KEY says who sealed it")?,
        }
    }
    if workspace.volume != Volume::Quiet {
        terminal::say(&printable(&format!(
            "`vintner package check {shown}` looks at it as a data editor does"
        )));
    }
    Ok(())
}
