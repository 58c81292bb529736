//! SHA-256 checksums of raw files.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// A file is read so many bytes at a time.
const PIECE: usize = 1 << 20;

/// A SHA-256 checksum, shown as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum(String);

impl Checksum {
    /// The checksum of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The checksum of what a file holds, read piece by piece.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
        let mut piece = Vec::with_capacity(PIECE);
        while file.by_ref().take(PIECE as u64).read_to_end(&mut piece)? > 0 {
            hasher.update(&piece);
            piece.clear();
        }
        Ok(Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The checksum written as `text`, if that is 64 hex digits in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| Self(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_test_vector() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Checksum::of(b"abc").to_string(), expected);
        assert_eq!(Checksum::parse(&expected.to_uppercase()), Some(Checksum::of(b"abc")));
    }

    #[test]
    fn only_64_hex_digits_are_a_checksum() {
        assert_eq!(Checksum::parse("abc"), None);
        assert_eq!(Checksum::parse(&"g".repeat(64)), None);
    }
}
