//! The page of raw files and other files that stages read.

use serde::Serialize;
use serde_json::Value;

use crate::branch_page::params;
use crate::error::Result;
use crate::figures::bytes;
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::{Link, file_place, source_place};
use crate::renderer::Renderer;
use crate::search_index::SearchIndex;

#[derive(Debug, Serialize)]
struct Body {
    /// What the manifest says of the whole vintage.
    vintage: Vec<(String, String)>,
    sources: Vec<Source>,
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct Source {
    place: String,
    name: String,
    file: String,
    sha256: String,
    blake3: String,
    bytes: String,
    citation: String,
    licence: String,
    note: String,
    /// What else the manifest says.
    declaration: Vec<(String, String)>,
    readers: Vec<Link>,
    /// What is made of it, further on.
    beyond: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct File {
    place: String,
    path: String,
    blake3: String,
    bytes: String,
    readers: Vec<Link>,
}

/// Fields of a source that have a place of their own.
const TOLD: [&str; 6] = ["name", "file", "sha256", "citation", "licence", "note"];

pub(crate) fn write(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    index: &mut SearchIndex,
) -> Result<()> {
    let vintage = gathered.plan.vintage;
    let mut sources = Vec::new();
    for source in &vintage.sources {
        let text = |field: &str| match source.declaration.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(value) => said(value),
        };
        let own = gathered.files.iter().find(|file| gathered.source_of(file).as_ref() == Some(&source.name));
        let readers = own.map(|file| file.read_by.as_slice()).unwrap_or_default();
        let mut beyond: Vec<String> = Vec::new();
        for reader in readers {
            let direct = gathered.readers(reader).iter().cloned();
            for name in direct.chain(gathered.beyond(reader, true)) {
                if !beyond.contains(&name) {
                    beyond.push(name);
                }
            }
        }
        let mut rest = source.declaration.clone();
        if let Some(fields) = rest.as_object_mut() {
            fields.retain(|name, value| !TOLD.contains(&name.as_str()) && !empty(value));
        }
        let place = source_place(&source.name);
        index.add("source", &source.name, &text("file"), &format!("sources.html#{place}"));
        sources.push(Source {
            place,
            name: source.name.clone(),
            file: own.map_or_else(|| text("file"), |file| file.path.display().to_string()),
            sha256: text("sha256"),
            blake3: own.map(|file| file.blake3.to_string()).unwrap_or_default(),
            bytes: own.map(|file| bytes(file.bytes)).unwrap_or_default(),
            citation: text("citation"),
            licence: text("licence"),
            note: text("note"),
            declaration: params(&rest),
            readers: gathered.by_stage(readers.iter().map(String::as_str)),
            beyond: gathered.by_stage(beyond.iter().map(String::as_str)),
        });
    }
    let others = gathered.files.iter().filter(|file| gathered.source_of(file).is_none());
    let files: Vec<File> = others
        .map(|file| {
            let path = file.path.display().to_string();
            File {
                place: file_place(&path),
                blake3: file.blake3.to_string(),
                bytes: bytes(file.bytes),
                readers: gathered.by_stage(file.read_by.iter().map(String::as_str)),
                path,
            }
        })
        .collect();
    for file in &files {
        index.add("file", &file.path, "", &format!("sources.html#{}", file.place));
    }
    let mut rest = vintage.manifest.clone();
    if let Some(fields) = rest.as_object_mut() {
        fields.retain(|name, value| name != "sources" && !empty(value));
    }
    let body = Body { vintage: params(&rest), sources, files };
    folder.put("sources.html", &renderer.page("sources.html", "sources.html", "Sources", &body)?)
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A text, or of a text in several languages the English one, or the first.
pub(crate) fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(languages) => {
            let found = languages.get("en").or_else(|| languages.values().next());
            found.and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    }
}
