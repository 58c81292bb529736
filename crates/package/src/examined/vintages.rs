//! The manifests of vintages in a package of ours.

use vintner_ingest::Manifest;

use super::examined::Examined;

/// A manifest.
#[derive(Debug)]
pub(crate) struct FoundVintage {
    /// Its path.
    pub(crate) path: String,
    /// What it says, or why it can't be read.
    pub(crate) manifest: Result<Manifest, String>,
    /// The folder of its raw files.
    pub(crate) raw: String,
    text: String,
}

impl FoundVintage {
    /// Where a source stands in the manifest: `data/vintages/v/vintage.yaml:12`.
    pub(crate) fn place_of(&self, source: &str) -> String {
        let names = [format!("name: {source}"), format!("name: \"{source}\""), format!("name: '{source}'")];
        let is = |line: &str| {
            names.iter().any(|name| {
                line.split_once(name.as_str()).is_some_and(|(_, rest)| {
                    !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
                })
            })
        };
        match self.text.lines().position(is) {
            Some(at) => format!("{}:{}", self.path, at + 1),
            None => self.path.clone(),
        }
    }
}

/// All manifests below `data/vintages`.
pub(crate) fn vintages(examined: &Examined) -> Vec<FoundVintage> {
    let mut found = Vec::new();
    for path in examined.paths() {
        let Some(name) =
            path.strip_prefix("data/vintages/").and_then(|rest| rest.strip_suffix("/vintage.yaml"))
        else {
            continue;
        };
        let text = examined.text(path).unwrap_or_default();
        let manifest = Manifest::parse(path, &text).map_err(|faults| faults.to_string());
        let raw = manifest
            .as_ref()
            .ok()
            .and_then(|manifest| manifest.raw.clone())
            .unwrap_or_else(|| format!("{name}/raw"));
        found.push(FoundVintage {
            path: path.to_owned(),
            manifest,
            raw: format!("data/vintages/{raw}"),
            text,
        });
    }
    found
}
