//! A key that turns values which must not be written down into digests that tell only whether they changed.
//!
//! The plain digest of a short value can be found by trying values; with a key that is kept apart from
//! what is handed on, it can't. The key is made at random for each cache, in a file that only its owner
//! may read. Where it is lost, values count as changed, and what depends on them is made again.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::digest::Digest;

/// The field under which such a digest stands for a value.
pub(crate) const KEYED_DIGEST: &str = "keyed_digest";

/// The name of the file in the cache's folder.
const NAME: &str = "secret-key";

/// A key that is read, or made, when it is first asked for. Clones are the same key.
#[derive(Clone)]
pub(crate) struct SecretKey {
    path: Option<PathBuf>,
    key: Arc<OnceLock<Key>>,
}

struct Key {
    bytes: [u8; 32],
    /// Whether it is in its file.
    is_kept: bool,
}

impl SecretKey {
    /// The key of the cache in a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { path: Some(folder.join(NAME)), key: Arc::default() }
    }

    /// A key that is kept nowhere.
    pub(crate) fn unkept() -> Self {
        Self { path: None, key: Arc::default() }
    }

    /// The digest of a variable's value. Two variables with one value have two digests.
    pub(crate) fn digest(&self, name: &str, value: &[u8]) -> Digest {
        let mut hasher = blake3::Hasher::new_keyed(&self.key().bytes);
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(value);
        Digest::from_hasher(&hasher)
    }

    /// Writes a key that was asked for into its file. It is no harm if that can't be: what depends on it
    /// runs again.
    pub(crate) fn keep(&self) {
        let (Some(path), Some(key)) = (&self.path, self.key.get()) else { return };
        if key.is_kept {
            return;
        }
        if let Err(error) = write(path, &key.bytes) {
            tracing::debug!(path = %path.display(), %error, "the key for secret values can't be kept");
        }
    }

    fn key(&self) -> &Key {
        self.key.get_or_init(|| match self.path.as_deref().and_then(read) {
            Some(bytes) => Key { bytes, is_kept: true },
            None => Key { bytes: random(), is_kept: false },
        })
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecretKey").field("path", &self.path).finish_non_exhaustive()
    }
}

fn read(path: &Path) -> Option<[u8; 32]> {
    let text = fs::read_to_string(path).ok()?;
    blake3::Hash::from_hex(text.trim_end()).ok().map(|hash| *hash.as_bytes())
}

fn write(path: &Path, bytes: &[u8; 32]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    // A temporary file is its owner's alone.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", blake3::Hash::from_bytes(*bytes).to_hex())?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        // Another run made one at the same time, and that one counts from now on.
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    if getrandom::fill(&mut bytes).is_err() {
        // No value may be kept under a key that is known: this one differs from process to process.
        let mut hasher = blake3::Hasher::new();
        for _ in 0..4 {
            let state = std::hash::RandomState::new();
            hasher.update(&std::hash::BuildHasher::hash_one(&state, std::process::id()).to_le_bytes());
        }
        bytes = *hasher.finalize().as_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_key_gives_the_same_digests_and_another_key_others() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let key = SecretKey::in_folder(folder.path());
        let digest = key.digest("A", b"value");
        assert_ne!(digest, key.digest("B", b"value"));
        assert_ne!(digest, key.digest("A", b"other"));
        assert_ne!(digest, SecretKey::in_folder(folder.path()).digest("A", b"value"), "it isn't kept yet");
        key.keep();
        assert_eq!(digest, SecretKey::in_folder(folder.path()).digest("A", b"value"));
        assert_ne!(digest, SecretKey::unkept().digest("A", b"value"));
        assert!(!format!("{key:?}").contains(fs::read_to_string(folder.path().join(NAME))?.trim()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(NAME))?.permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        Ok(())
    }
}
