//! Checking a signature.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Result, SigningError};
use crate::run::run_os;

/// Checks a signature with the public key that stands in the declaration; the key's fingerprint where it is right.
///
/// # Errors
/// Where the program isn't here, or a temporary file can't be written.
pub fn checked(file: &Path, signature: &Path, public: &str) -> Result<Option<String>> {
    let folder =
        tempfile::tempdir().map_err(SigningError::io(Path::new("."), "making a temporary folder"))?;
    let key = folder.path().join("key");
    fs::write(&key, public).map_err(SigningError::io(&key, "writing"))?;
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
            Err(SigningError::NoProgram { program }) => return Err(SigningError::NoProgram { program }),
            Err(_) => false,
        };
        return Ok(right.then(|| format!("SHA-256 of the public key: {}", sha256(public.as_bytes()))));
    }
    // A keyring of its own: what the user trusts is for the user to say, by the fingerprint.
    let home = folder.path().join("home");
    fs::create_dir(&home).map_err(SigningError::io(&home, "making a folder"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let own = fs::Permissions::from_mode(0o700);
        fs::set_permissions(&home, own).map_err(SigningError::io(&home, "setting permissions"))?;
    }
    let begin: [&OsStr; 5] = [
        "--homedir".as_ref(),
        home.as_os_str(),
        "--batch".as_ref(),
        "--no-autostart".as_ref(),
        "--status-fd=1".as_ref(),
    ];
    match run_os("gpg", &joined(&begin, &["--import".as_ref(), key.as_os_str()])) {
        Err(SigningError::NoProgram { program }) => return Err(SigningError::NoProgram { program }),
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

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
