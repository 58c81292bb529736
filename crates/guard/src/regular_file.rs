//! Files that are files.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use crate::bytes::in_words;

/// Refuses what is no file: to open a pipe waits for somebody to write into it, a device may never
/// end, and neither is a thing that can be read again. A link counts as what it points to.
///
/// # Errors
/// What it is instead, or what the operating system says.
pub fn check_regular(path: &Path) -> Result<()> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let what = if kind.is_dir() { "a folder" } else { "a pipe, a socket or a device" };
    Err(Error::new(ErrorKind::InvalidInput, format!("it is {what} and no file")))
}

/// The bytes of a file, where it is one.
///
/// # Errors
/// As [`check_regular`], and where it can't be read.
pub fn read_regular(path: &Path) -> Result<Vec<u8>> {
    check_regular(path)?;
    fs::read(path)
}

/// The text of a file that is written by hand, where it is a file and no larger than such are.
///
/// # Errors
/// As [`read_regular`], and where it isn't UTF-8 or has more than 64 MB.
pub fn read_text(path: &Path) -> Result<String> {
    const LARGEST: u64 = 64 << 20;
    check_regular(path)?;
    let bytes = fs::metadata(path)?.len();
    if bytes > LARGEST {
        let message =
            format!("its {} are more than the {} that are read", in_words(bytes), in_words(LARGEST));
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    fs::read_to_string(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_and_a_folder_are_refused() -> Result<()> {
        let folder = tempfile::tempdir()?;
        assert!(
            read_regular(folder.path()).is_err_and(|error| error.to_string() == "it is a folder and no file")
        );
        let file = folder.path().join("a");
        fs::write(&file, "x")?;
        assert_eq!(read_regular(&file)?, b"x");
        #[cfg(unix)]
        assert!(
            check_regular(Path::new("/dev/zero")).is_err_and(|error| error.to_string().contains("device"))
        );
        Ok(())
    }
}
