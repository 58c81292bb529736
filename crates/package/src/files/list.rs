//! All files of a package.

use std::collections::BTreeMap;
use std::path::Path;

use super::digest::{sha256, sha256_of_file};
use super::package_file::{Body, PackageFile, Role};
use crate::error::{PackageError, Result};

/// The list of all files with their SHA-256; it tells a package of ours from other folders.
pub const MANIFEST: &str = "manifest.sha256";

/// All files of a package, by path.
#[derive(Debug, Clone, Default)]
pub struct Files {
    files: BTreeMap<String, PackageFile>,
}

impl Files {
    /// Puts a file into the package.
    ///
    /// # Errors
    /// Where another file has its path.
    pub fn put(&mut self, path: &str, role: Role, bytes: impl Into<Vec<u8>>) -> Result<()> {
        let bytes = bytes.into();
        self.add(PackageFile {
            path: path.to_owned(),
            role,
            sha256: sha256(&bytes),
            bytes: bytes.len() as u64,
            made_by: None,
            body: Body::Bytes(bytes),
        })
    }

    /// Puts what a branch made into the package.
    ///
    /// # Errors
    /// As of [`Files::put`].
    pub fn put_made(&mut self, path: &str, made_by: &str, bytes: Vec<u8>) -> Result<()> {
        self.add(PackageFile {
            path: path.to_owned(),
            role: Role::Output,
            sha256: sha256(&bytes),
            bytes: bytes.len() as u64,
            made_by: Some(made_by.to_owned()),
            body: Body::Bytes(bytes),
        })
    }

    /// Puts a copy of a file into the package.
    ///
    /// # Errors
    /// Where it can't be read, and as of [`Files::put`].
    pub fn copy(&mut self, path: &str, role: Role, from: &Path) -> Result<()> {
        let (sha256, bytes) = sha256_of_file(from)?;
        let body = Body::Copied(from.to_owned());
        self.add(PackageFile { path: path.to_owned(), role, sha256, bytes, made_by: None, body })
    }

    fn add(&mut self, file: PackageFile) -> Result<()> {
        // No name of a file may lead out of the package.
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        if !file.path.split('/').all(plain) || file.path.contains('\\') {
            return Err(PackageError::Path { path: file.path });
        }
        if let Some(known) = self.files.get(&file.path) {
            // Several stages read one file.
            if known.sha256 == file.sha256 {
                return Ok(());
            }
            return Err(PackageError::Twice {
                path: file.path.clone(),
                first: format!("{:?}", known.role),
                second: format!("{:?}", file.role),
            });
        }
        self.files.insert(file.path.clone(), file);
        Ok(())
    }

    /// All of them, by path.
    pub fn iter(&self) -> impl Iterator<Item = &PackageFile> {
        self.files.values()
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&PackageFile> {
        self.files.get(path)
    }

    /// Whether anything is in a folder.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.files
            .range(format!("{folder}/")..)
            .next()
            .is_some_and(|(path, _)| path.starts_with(&format!("{folder}/")))
    }

    /// How large all of them are.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }
}
