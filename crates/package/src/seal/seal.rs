//! Sealing.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use vintner_signing::Key;

use super::beside::{declaration, signature};
use super::listed::listed;
use super::{object, python_json};
use crate::contents::{Request, gather};
use crate::error::{PackageError, Result};

/// A seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The declaration.
    pub declaration: PathBuf,
    /// Its signature, where a key was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<PathBuf>,
    /// How many files of the package are in it.
    pub files: usize,
    /// How many files that the package doesn't hold are in it by their digests.
    pub withheld: usize,
}

/// Seals a package that is there: writes a declaration of its files beside it, and signs that with `key`, a key of the
/// keyring of `gpg` or the file of a private key for `openssl`. Without a key the declaration says what was sealed, and
/// not by whom; a signature of an earlier seal is taken away.
///
/// # Errors
/// As [`write_package`](crate::write_package), where the package can't be read, and where the program that signs isn't
/// here or refuses.
pub fn seal_package(request: &Request<'_>, package: &Path, key: Option<&str>) -> Result<Sealed> {
    let contents = gather(request)?;
    let (files, _) = listed(package, &[])?;
    let key = key.map(Key::of);
    let public = key.as_ref().map(Key::public).transpose()?;
    let document = object::declaration(&contents, &files, public.as_deref());
    let (file, signed) = (declaration(package), signature(package));
    match fs::remove_file(&signed) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(PackageError::io(&signed, "taking away the last signature")(error));
        }
        _ => {}
    }
    fs::write(&file, python_json::text(&document)).map_err(PackageError::io(&file, "writing"))?;
    if let Some(key) = &key {
        key.sign(&file, &signed)?;
    }
    let raw = contents.sources.iter().flat_map(|source| &source.files);
    Ok(Sealed {
        declaration: file,
        signature: key.map(|_| signed),
        withheld: raw.filter(|file| !files.contains_key(&file.path)).count(),
        files: files.len(),
    })
}
