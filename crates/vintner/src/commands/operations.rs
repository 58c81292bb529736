//! `vintner operations`.

use std::io::{Write, stdout};

use vintner_stages::registry;

use crate::error::Result;

pub(crate) fn run() -> Result<()> {
    let mut out = stdout().lock();
    for operation in registry().iter() {
        writeln!(out, "{:<12} {}", operation.name(), operation.summary())?;
    }
    Ok(())
}
