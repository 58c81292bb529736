//! Running a program that signs.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::error::{Result, SigningError};

pub(crate) fn run(program: &'static str, words: &[&str]) -> Result<String> {
    let words: Vec<&OsStr> = words.iter().map(AsRef::as_ref).collect();
    run_os(program, &words)
}

/// What a program prints; where it fails, what it says of that.
pub(crate) fn run_os(program: &'static str, words: &[&OsStr]) -> Result<String> {
    let output =
        Command::new(program).args(words).stdin(Stdio::null()).output().map_err(|error| {
            match error.kind() {
                std::io::ErrorKind::NotFound => SigningError::NoProgram { program },
                _ => SigningError::Refused { program, message: error.to_string() },
            }
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(SigningError::Refused { program, message: said });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
