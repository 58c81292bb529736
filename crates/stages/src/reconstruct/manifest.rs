//! Checksums in a vintage's manifest, kept in step with its raw files.

use std::collections::BTreeMap;

/// Replaces the `sha256:` that follows each `file:` of `checksums` in the text of a manifest.
///
/// `checksums` are by path inside the vintage (`raw/a.csv`), a manifest's files relative to the
/// folder of raw files (`a.csv`). Works on lines, so that comments and order stay as they were
/// written; `file` must stand before `sha256` in each source. Returns the new text and the files
/// that no source names.
pub fn refresh_checksums(manifest: &str, checksums: &BTreeMap<String, String>) -> (String, Vec<String>) {
    let mut unnamed: Vec<String> = checksums.keys().cloned().collect();
    let mut current: Option<&String> = None;
    let mut text = String::with_capacity(manifest.len());
    for line in manifest.split_inclusive('\n') {
        let trimmed = line.trim_start().trim_start_matches("- ");
        if let Some(value) = trimmed.strip_prefix("file:") {
            let value = value.trim().trim_matches(['"', '\'']);
            let named =
                |path: &str| path == value || path.split_once('/').is_some_and(|(_, rest)| rest == value);
            current = checksums.iter().find(|(path, _)| named(path)).map(|(_, checksum)| checksum);
            unnamed.retain(|path| !named(path));
        }
        match (trimmed.strip_prefix("sha256:"), current) {
            (Some(rest), Some(checksum)) => {
                let kept = line.len() - rest.len();
                text.push_str(&line[..kept]);
                text.push(' ');
                text.push_str(checksum);
                if line.ends_with('\n') {
                    text.push('\n');
                }
            }
            _ => text.push_str(line),
        }
    }
    (text, unnamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_follow_their_files() {
        let manifest =
            "sources:\n  - file: \"a b.csv\"\n    sha256: 00\n  # kept\n  - file: c.csv\n    sha256: 11\n";
        let checksums = BTreeMap::from([
            ("raw/a b.csv".to_owned(), "aa".to_owned()),
            ("raw/d.csv".to_owned(), "dd".to_owned()),
        ]);
        let (text, unnamed) = refresh_checksums(manifest, &checksums);
        assert_eq!(
            text,
            "sources:\n  - file: \"a b.csv\"\n    sha256: aa\n  # kept\n  - file: c.csv\n    sha256: 11\n"
        );
        assert_eq!(unnamed, ["raw/d.csv"]);
    }
}
