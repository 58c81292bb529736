//! One command a module.

pub(crate) mod graph;
pub(crate) mod operations;
pub(crate) mod reconstruct;
pub(crate) mod reproduce;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod vintages;

use std::io::{Write, stdout};

use serde_json::Value;

use crate::error::Result;

/// Writes JSON for scripts.
fn print_json(value: &Value) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    Ok(writeln!(out)?)
}

/// "1 stage", "2 stages".
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
