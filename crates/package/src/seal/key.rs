//! Signatures by programs that the user has, with keys that they hold.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{PackageError, Result};

/// A key of the user's.
pub(super) enum Key<'k> {
    /// One of the keyring of `gpg`, by its fingerprint, id or address.
    Keyring(&'k str),
    /// A private key in a file, as `openssl` has them.
    File(&'k Path),
}

impl<'k> Key<'k> {
    /// A file of that name, or a key of the keyring.
    pub(super) fn of(key: &'k str) -> Self {
        match Path::new(key) {
            path if path.is_file() => Key::File(path),
            _ => Key::Keyring(key),
        }
    }

    /// The half of it that others check with, as text.
    pub(super) fn public(&self) -> Result<String> {
        let said = match self {
            Key::Keyring(key) => run("gpg", &["--batch", "--armor", "--export", "--", key])?,
            Key::File(path) => {
                run_os("openssl", &["pkey".as_ref(), "-in".as_ref(), path.as_os_str(), "-pubout".as_ref()])?
            }
        };
        if said.trim().is_empty() {
            return Err(PackageError::Signing {
                program: self.program(),
                message: "no key of that name is in the keyring; `gpg --list-secret-keys` lists them".into(),
            });
        }
        Ok(said)
    }

    /// Signs a file.
    pub(super) fn sign(&self, file: &Path, signature: &Path) -> Result<()> {
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

/// Checks a signature with the public key that stands in the declaration; the key's fingerprint where it is right.
///
/// # Errors
/// Where the program isn't here, or a temporary file can't be written.
pub(super) fn checked(file: &Path, signature: &Path, public: &str) -> Result<Option<String>> {
    let folder =
        tempfile::tempdir().map_err(PackageError::io(Path::new("."), "making a temporary folder"))?;
    let key = folder.path().join("key");
    fs::write(&key, public).map_err(PackageError::io(&key, "writing"))?;
    if !public.contains("BEGIN PGP") {
        let words: [&OsStr; 7] = [
            "dgst".as_ref(),
            "-sha256".as_ref(),
            "-verify".as_ref(),
            key.as_os_str(),
            "-signature".as_ref(),
            signature.as_os_str(),
            file.as_os_str(),
        ];
        let right = match run_os("openssl", &words) {
            Ok(_) => true,
            Err(PackageError::NoProgram { program }) => return Err(PackageError::NoProgram { program }),
            Err(_) => false,
        };
        return Ok(
            right.then(|| format!("SHA-256 of the public key: {}", crate::files::sha256(public.as_bytes())))
        );
    }
    // A keyring of its own: what the user trusts is for the user to say, by the fingerprint.
    let home = folder.path().join("home");
    fs::create_dir(&home).map_err(PackageError::io(&home, "making a folder"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let own = fs::Permissions::from_mode(0o700);
        fs::set_permissions(&home, own).map_err(PackageError::io(&home, "setting permissions"))?;
    }
    let begin: [&OsStr; 5] = [
        "--homedir".as_ref(),
        home.as_os_str(),
        "--batch".as_ref(),
        "--no-autostart".as_ref(),
        "--status-fd=1".as_ref(),
    ];
    match run_os("gpg", &joined(&begin, &["--import".as_ref(), key.as_os_str()])) {
        Err(PackageError::NoProgram { program }) => return Err(PackageError::NoProgram { program }),
        Err(_) => return Ok(None),
        Ok(_) => {}
    }
    let said =
        run_os("gpg", &joined(&begin, &["--verify".as_ref(), signature.as_os_str(), file.as_os_str()]));
    let said = match said {
        Ok(said) => said,
        Err(_) => return Ok(None),
    };
    let valid = said.lines().find_map(|line| line.strip_prefix("[GNUPG:] VALIDSIG "));
    Ok(valid.map(|rest| format!("fingerprint {}", rest.split(' ').next().unwrap_or_default())))
}

fn joined<'w>(begin: &[&'w OsStr], more: &[&'w OsStr]) -> Vec<&'w OsStr> {
    [begin, more].concat()
}

fn run(program: &'static str, words: &[&str]) -> Result<String> {
    let words: Vec<&OsStr> = words.iter().map(AsRef::as_ref).collect();
    run_os(program, &words)
}

/// What a program prints; where it fails, what it says of that.
fn run_os(program: &'static str, words: &[&OsStr]) -> Result<String> {
    let output =
        Command::new(program).args(words).stdin(Stdio::null()).output().map_err(|error| {
            match error.kind() {
                std::io::ErrorKind::NotFound => PackageError::NoProgram { program },
                _ => PackageError::Signing { program, message: error.to_string() },
            }
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(PackageError::Signing { program, message: said });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
