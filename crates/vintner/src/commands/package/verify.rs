//! `vintner package verify`: whether a package is still what it was.

use std::io::{Write, stdout};

use vintner_package::{Signature, verify_package};

use crate::arguments::{Format, PackageVerify};
use crate::commands::{count, print_json};
use crate::error::{CommandError, Result};
use crate::printable::printable;

pub(super) fn run(arguments: &PackageVerify) -> Result<()> {
    let package = arguments.package.display().to_string();
    let verified = verify_package(&arguments.package)?;
    let faults = verified.faults.len();
    if arguments.format == Format::Json {
        print_json(&serde_json::to_value(&verified)?)?;
    } else {
        let mut out = stdout();
        for fault in &verified.faults {
            writeln!(out, "{}", printable(fault))?;
        }
        let listed = verified
            .listed
            .map_or("no checksums".to_owned(), |files| format!("{} in its checksums", count(files, "file")));
        let sealed = verified
            .sealed
            .map_or("no seal".to_owned(), |files| format!("{} in its seal", count(files, "file")));
        writeln!(out, "{}: {}, {listed}, {sealed}", printable(&package), count(verified.files, "file"))?;
        match &verified.signature {
            Signature::None if verified.sealed.is_some() => writeln!(out, "  the seal isn't signed")?,
            Signature::None => {}
            Signature::Good(key) => {
                writeln!(out, "  signed by the key in the seal, {key}: ask its owner whether it is theirs")?;
            }
            Signature::Bad => writeln!(out, "  the signature isn't right")?,
        }
    }
    match faults {
        0 => Ok(()),
        faults => Err(CommandError::NotAsItWas { package, faults }),
    }
}
