//! A vintage whose raw files stay where they lie.

use vintner_ingest::{Scaffold, scaffold};

/// The manifest of a vintage whose raw files are in the folder `raw`, told from the folder of all vintages
/// (`../../package`): `files` are some of them, by their paths below it, with their bytes. Of files that aren't tables
/// it has no sources; those who read them do so by themselves.
pub fn vintage_in_place(name: &str, date: &str, raw: &str, files: &[(String, Vec<u8>)]) -> Scaffold {
    let mut made = scaffold(name, date, files, None, &[]);
    let raw = serde_json::Value::String(raw.to_owned()).to_string();
    let (head, sources) = made.manifest.split_once("\nsources:").unwrap_or((made.manifest.as_str(), ""));
    let sources = if made.sources.is_empty() { " []\n" } else { sources };
    made.manifest = format!("{head}raw: {raw}\n\nsources:{sources}");
    made
}
