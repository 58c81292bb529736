//! SHA-256 as `sha256sum` prints it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{PackageError, Result};

/// Of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Of a file, with its size.
pub(crate) fn sha256_of_file(path: &Path) -> Result<(String, u64)> {
    let failed = || PackageError::io(path, "reading");
    digested(&mut File::open(path).map_err(failed())?).map_err(failed())
}

/// Of all that a reader gives.
pub(crate) fn sha256_of(reader: &mut impl Read) -> io::Result<String> {
    Ok(digested(reader)?.0)
}

fn digested(reader: &mut impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0_u8; 1 << 16]);
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex(&hasher.finalize()), bytes));
        }
        bytes += read as u64;
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
