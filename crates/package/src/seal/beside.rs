//! Where a package's seal lies.

use std::path::{Path, PathBuf};

/// The declaration beside a package.
pub(super) fn declaration(package: &Path) -> PathBuf {
    beside(package, "jsonld")
}

/// The signature of the declaration.
pub(super) fn signature(package: &Path) -> PathBuf {
    beside(package, "sig")
}

fn beside(package: &Path, ending: &str) -> PathBuf {
    // `paper/` is the folder `paper`.
    let package: PathBuf = package.components().collect();
    let is_zip = package.extension().is_some_and(|one| one.eq_ignore_ascii_case("zip"));
    if is_zip {
        return package.with_extension(ending);
    }
    let mut name = package.file_name().map(|name| name.to_owned()).unwrap_or_else(|| "package".into());
    name.push(".");
    name.push(ending);
    match package.file_name() {
        Some(_) => package.with_file_name(name),
        // `.` and `..` have no name of their own.
        None => package.join("..").join(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_lies_beside() {
        assert_eq!(declaration(Path::new("a/paper.zip")), Path::new("a/paper.jsonld"));
        assert_eq!(signature(Path::new("a/paper.v1/")), Path::new("a/paper.v1.sig"));
    }
}
