//! Whether a package is still what it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use vintner_signing::checked;

use super::beside::{declaration, signature};
use super::listed::listed;
use super::object::{self, Declared};
use crate::error::{PackageError, Result};
use crate::files::MANIFEST;

/// What was found of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many files it has.
    pub files: usize,
    /// How many its list of checksums names; nothing where there is no list.
    pub listed: Option<usize>,
    /// How many its seal names; nothing where there is no seal.
    pub sealed: Option<usize>,
    /// The seal's file, where it is there.
    pub seal: Option<PathBuf>,
    /// Who signed.
    pub signature: Signature,
    /// What isn't as it was, in words.
    pub faults: Vec<String>,
}

/// A seal's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// There is none.
    None,
    /// It is that of the key in the seal, whose fingerprint this is. Whose key that is only its owner can say.
    Good(String),
    /// It isn't.
    Bad,
}

/// Holds a package, a folder or a ZIP, against its list of checksums and, where there is one beside it, against its
/// seal and that seal's signature.
///
/// # Errors
/// Where something can't be read, or the program isn't here that a signature needs.
pub fn verify_package(package: &Path) -> Result<Verified> {
    let (found, mut texts) = listed(package, &[MANIFEST])?;
    let mut faults = Vec::new();
    let checksums = texts.remove(MANIFEST).map(|bytes| checksums(&bytes, &mut faults));
    match &checksums {
        None => faults.push(format!("there is no {MANIFEST}: nothing says what the files were")),
        Some(listed) => hold(&found, listed, MANIFEST, Some(MANIFEST), &mut faults),
    }
    let file = declaration(package);
    let mut verified = Verified {
        files: found.len(),
        listed: checksums.as_ref().map(BTreeMap::len),
        sealed: None,
        seal: None,
        signature: Signature::None,
        faults: Vec::new(),
    };
    let signed = signature(package);
    if file.is_file() {
        let text = vintner_guard::read_text(&file).map_err(PackageError::io(&file, "reading"))?;
        let document: Option<Value> = serde_json::from_str(&text).ok();
        match document.as_ref().and_then(object::read) {
            None => faults.push(format!("{}: it is no seal in the vocabulary TROV 0.1", file.display())),
            Some(declared) => {
                if !declared.sound {
                    faults.push(format!("{}: its fingerprint isn't that of its files", file.display()));
                }
                hold(&found, &declared.files, "the seal", None, &mut faults);
                verified.sealed = Some(declared.files.len());
                verified.signature = of_signature(&file, &signed, &declared, &mut faults)?;
            }
        }
        verified.seal = Some(file);
    } else if fs::symlink_metadata(&signed).is_ok() {
        faults.push(format!("{}: a signature is there without the seal that it signs", signed.display()));
    }
    verified.faults = faults;
    Ok(verified)
}

fn of_signature(
    file: &Path,
    signed: &Path,
    declared: &Declared,
    faults: &mut Vec<String>,
) -> Result<Signature> {
    match (signed.is_file(), &declared.key) {
        (false, None) => Ok(Signature::None),
        (false, Some(_)) => {
            faults.push(format!("{}: the seal names a key, and its signature isn't there", signed.display()));
            Ok(Signature::Bad)
        }
        (true, None) => {
            faults.push(format!(
                "{}: a signature is there, and the seal names no key for it",
                signed.display()
            ));
            Ok(Signature::Bad)
        }
        (true, Some(key)) => match checked(file, signed, key)? {
            Some(fingerprint) => Ok(Signature::Good(fingerprint)),
            None => {
                faults.push(format!(
                    "{}: it isn't the signature of this seal by the key in it",
                    signed.display()
                ));
                Ok(Signature::Bad)
            }
        },
    }
}

/// Lines of `sha256sum`.
fn checksums(bytes: &[u8], faults: &mut Vec<String>) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut listed = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        match line.split_once("  ") {
            Some((digest, path)) if digest.len() == 64 => {
                listed.insert(path.to_owned(), digest.to_owned());
            }
            _ => faults.push(format!("{MANIFEST}:{}: it is no line of a digest and a path", at + 1)),
        }
    }
    listed
}

/// Holds files against a list of them; `but` isn't in the list.
fn hold(
    found: &BTreeMap<String, String>,
    listed: &BTreeMap<String, String>,
    list: &str,
    but: Option<&str>,
    faults: &mut Vec<String>,
) {
    for (path, digest) in listed {
        match found.get(path) {
            None => faults.push(format!("{path}: {list} has it, and it isn't there")),
            Some(other) if other != digest => {
                faults.push(format!("{path}: its content isn't that of {list}"))
            }
            Some(_) => {}
        }
    }
    for path in found.keys().filter(|path| !listed.contains_key(*path) && Some(path.as_str()) != but) {
        faults.push(format!("{path}: it is there, and {list} hasn't it"));
    }
}
