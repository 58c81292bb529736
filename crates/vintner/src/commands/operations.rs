//! `vintner operations`.

use std::io::Write;

use serde_json::json;
use vintner_stages::registry;

use super::print_json;
use crate::arguments::{Format, FormatOnly};
use crate::error::Result;
use crate::terminal::page;

pub(crate) fn run(arguments: &FormatOnly) -> Result<()> {
    let registry = registry();
    if arguments.format == Format::Json {
        let list: Vec<_> = registry
            .iter()
            .map(|operation| json!({"operation": operation.name(), "summary": operation.summary()}))
            .collect();
        return print_json(&json!({"operations": list}));
    }
    let mut out = page();
    for operation in registry.iter() {
        writeln!(out, "{:<12} {}", operation.name(), operation.summary())?;
    }
    Ok(())
}
