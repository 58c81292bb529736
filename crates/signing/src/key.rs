//! A key of the user's, by its name.

use std::ffi::OsStr;
use std::path::Path;

use crate::error::{Result, SigningError};
use crate::run::{run, run_os};

/// A key of the user's.
pub enum Key<'k> {
    /// One of the keyring of `gpg`, by its fingerprint, id or address.
    Keyring(&'k str),
    /// A private key in a file, as `openssl` has them.
    File(&'k Path),
}

impl<'k> Key<'k> {
    /// A file of that name, or a key of the keyring.
    pub fn of(key: &'k str) -> Self {
        match Path::new(key) {
            path if path.is_file() => Key::File(path),
            _ => Key::Keyring(key),
        }
    }

    /// The half of it that others check with, as text.
    ///
    /// # Errors
    /// Where the program that has it isn't here, or has no such key.
    pub fn public(&self) -> Result<String> {
        let said = match self {
            Key::Keyring(key) => run("gpg", &["--batch", "--armor", "--export", "--", key])?,
            Key::File(path) => {
                run_os("openssl", &["pkey".as_ref(), "-in".as_ref(), path.as_os_str(), "-pubout".as_ref()])?
            }
        };
        if said.trim().is_empty() {
            return Err(SigningError::Refused {
                program: self.program(),
                message: "no key of that name is in the keyring; `gpg --list-secret-keys` lists them".into(),
            });
        }
        Ok(said)
    }

    /// Signs a file.
    ///
    /// # Errors
    /// Where the program that signs isn't here, or refuses.
    pub fn sign(&self, file: &Path, signature: &Path) -> Result<()> {
        let (file, signature) = (file.as_os_str(), signature.as_os_str());
        let said = match self {
            Key::Keyring(key) => {
                let words = ["--batch", "--yes", "--armor", "--detach-sign", "--local-user", key, "--output"];
                let words: Vec<&OsStr> =
                    words.iter().map(AsRef::as_ref).chain([signature, "--".as_ref(), file]).collect();
                run_os("gpg", &words)
            }
            Key::File(path) => {
                let words: [&OsStr; 7] = [
                    "dgst".as_ref(),
                    "-sha256".as_ref(),
                    "-sign".as_ref(),
                    path.as_os_str(),
                    "-out".as_ref(),
                    signature,
                    file,
                ];
                run_os("openssl", &words)
            }
        };
        said.map(|_| ())
    }

    fn program(&self) -> &'static str {
        match self {
            Key::Keyring(_) => "gpg",
            Key::File(_) => "openssl",
        }
    }
}
