//! Sources, gathered from the manifest.

use std::collections::BTreeSet;
use std::path::Path;

use vintner_ingest::{Manifest, Redistribution, Source};
use vintner_panel::Label;
use vintner_pipeline::Vintage;

use super::source::{RawFileContent, SourceContent};

/// The folder of vintages in a workspace.
pub(super) const VINTAGES: &str = "data/vintages";

/// The sources of a manifest; `raw` is its folder of raw files below the folder of vintages.
pub(super) fn sources(manifest: &Manifest, vintage: &Vintage, raw: &str) -> Vec<SourceContent> {
    manifest.sources.iter().map(|source| of(manifest, source, vintage, raw)).collect()
}

fn of(manifest: &Manifest, source: &Source, vintage: &Vintage, raw: &str) -> SourceContent {
    let redistribution = manifest.redistribution_of(source);
    let provided = redistribution == Some(Redistribution::Yes);
    let mut known = BTreeSet::new();
    let mut files = Vec::new();
    for part in source.parts() {
        // Several sheets are parts of one file.
        if !known.insert(part.file.clone()) {
            continue;
        }
        let found = vintage.sources.iter().find(|bound| bound.name == part.name);
        let from = found.map_or_else(|| Path::new(&part.file).to_owned(), |bound| bound.path.clone());
        files.push(RawFileContent {
            path: format!("{VINTAGES}/{raw}/{}", part.file),
            sha256: part.sha256.clone(),
            bytes: std::fs::metadata(&from).map_or(0, |metadata| metadata.len()),
            provided,
            from,
        });
    }
    let said =
        |label: Option<&Label>| label.map(|label| label.en.trim().to_owned()).filter(|text| !text.is_empty());
    SourceContent {
        name: source.name.clone(),
        files,
        format: in_word(&source.format),
        sheet: source.sheet.clone(),
        encoding: source.encoding.clone(),
        entity: joined(source.entity.iter().chain(&source.entity_with)),
        time: joined(source.time.iter().chain(&source.within_year)),
        missing: source.missing.clone(),
        columns: source.columns.clone(),
        covers: source.covers,
        citation: said(source.citation.as_ref()),
        licence: said(manifest.licence_of(source)),
        access: said(manifest.access_of(source)),
        redistribution,
        doi: source.doi.clone(),
        url: source.url.clone(),
        archived_url: source.archived_url.clone(),
        contact: manifest.contact_of(source).map(str::to_owned),
        note: source.note.clone(),
    }
}

/// The columns that a key stands in.
fn joined<'s>(columns: impl Iterator<Item = &'s String>) -> Option<String> {
    let columns: Vec<&str> = columns.map(String::as_str).collect();
    (!columns.is_empty()).then(|| columns.join(", "))
}

/// A value as its name in JSON.
pub(super) fn in_word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
