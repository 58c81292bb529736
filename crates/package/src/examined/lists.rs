//! Lists that a package has of itself: checksums, and what the codebook's CSV files say.

use std::collections::BTreeMap;

use super::examined::Examined;

/// A row by its columns' names.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of a CSV file; none where it isn't there or is none.
pub(crate) fn rows_of(examined: &Examined, path: &str) -> Vec<Row> {
    let Some(text) = examined.text(path) else { return Vec::new() };
    csv::Reader::from_reader(text.as_bytes()).deserialize().filter_map(|row| row.ok()).collect()
}

/// Lines of `sha256sum`: the digest and path of each file, and the lines that are none.
pub(crate) fn checksums(text: &str) -> (BTreeMap<String, String>, Vec<usize>) {
    let (mut found, mut odd) = (BTreeMap::new(), Vec::new());
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let parts = line.split_once("  ").or_else(|| line.split_once(" *"));
        match parts {
            Some((digest, path))
                if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                found.insert(path.trim_start_matches("./").to_owned(), digest.to_lowercase());
            }
            _ => odd.push(at + 1),
        }
    }
    (found, odd)
}
