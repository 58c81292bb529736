//! Files of the package, data that aren't in it, and artifacts that aren't published.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::graph::{Graph, encoded, to};
use crate::contents::{Contents, OutputContent, RawFileContent, SourceContent};
use crate::files::{Files, PackageFile, Role};

/// Where files and outputs are found in the graph.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Outputs, by branch and name.
    outputs: BTreeMap<(String, String), String>,
}

impl Places {
    /// The id of an output.
    pub(super) fn output(&self, branch: &str, output: &str) -> Option<&String> {
        self.outputs.get(&(branch.to_owned(), output.to_owned()))
    }
}

/// Puts all data in.
pub(super) fn data(contents: &Contents, files: &Files, graph: &mut Graph) -> Places {
    for file in files.iter() {
        graph.put(&encoded(&file.path), file_entity(contents, file));
    }
    for source in &contents.sources {
        for file in source.files.iter().filter(|file| files.get(&file.path).is_none()) {
            graph.put(&raw_id(file, files), withheld(source, file));
        }
    }
    let mut places = Places::default();
    for stage in &contents.stages {
        for output in &stage.outputs {
            let id = match output.path.as_ref().filter(|path| files.get(path).is_some()) {
                Some(path) => encoded(path),
                None => {
                    let id = format!("#artifact/{}/{}", encoded(&stage.branch), encoded(&output.name));
                    graph.put(&id, artifact(&stage.branch, output));
                    id
                }
            };
            places.outputs.insert((stage.branch.clone(), output.name.clone()), id);
        }
    }
    places
}

/// The id of a raw file.
pub(super) fn raw_id(file: &RawFileContent, files: &Files) -> String {
    match files.get(&file.path) {
        Some(_) => encoded(&file.path),
        None => format!("#withheld/{}", encoded(&file.path)),
    }
}

fn file_entity(contents: &Contents, file: &PackageFile) -> Value {
    let source = contents.sources.iter().find(|source| source.files.iter().any(|raw| raw.path == file.path));
    let what = match file.role {
        Role::Readme => "The README",
        Role::Licence => "Terms",
        Role::Metadata => "Metadata",
        Role::RawData => "A raw file of a source",
        Role::AnalysisData => "Data that results are computed from",
        Role::Codebook => "What the data hold",
        Role::Pipeline => "The pipeline, its lock, or a manifest",
        Role::Program => "A program or a template",
        Role::Input => "What a stage reads",
        Role::Output => "What a stage publishes",
        Role::Replication => "A program that makes the results without Vintner",
        Role::Document => "A document of the authors",
        Role::Manifest => "The list of all files",
    };
    json!({
        "@type": "File",
        "name": file.path,
        "description": what,
        "contentSize": file.bytes.to_string(),
        "sha256": file.sha256,
        "encodingFormat": format_of(&file.path),
        "about": (file.role == Role::Readme).then(|| to("./")),
        "license": source.and_then(|source| source.licence.clone()),
        "citation": source.and_then(|source| source.citation.clone()),
        "url": source.and_then(|source| source.url.clone()),
    })
}

fn withheld(source: &SourceContent, file: &RawFileContent) -> Value {
    json!({
        "@type": "CreativeWork",
        "name": file.path,
        "description": "A raw file that was read and isn't in the package; its digest tells the right one",
        "contentSize": file.bytes.to_string(),
        "sha256": file.sha256,
        "conditionsOfAccess": source.access,
        "license": source.licence,
        "citation": source.citation,
        "url": source.url,
    })
}

fn artifact(branch: &str, output: &OutputContent) -> Value {
    json!({
        "@type": "CreativeWork",
        "name": format!("{branch}.{}", output.name),
        "description": "An artifact between stages, which a run makes and the package doesn't hold",
        "contentSize": output.bytes.to_string(),
        "identifier": format!("blake3:{}", output.digest),
    })
}

/// The media type of a file, by its name.
pub(crate) fn format_of(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "md" => "text/markdown",
        "csv" => "text/csv",
        "tsv" | "tab" => "text/tab-separated-values",
        "json" => "application/json",
        "jsonld" => "application/ld+json",
        "yaml" | "yml" | "cff" => "application/yaml",
        "html" => "text/html",
        "tex" => "application/x-tex",
        "bib" => "application/x-bibtex",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "pdf" => "application/pdf",
        "parquet" => "application/vnd.apache.parquet",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xls" => "application/vnd.ms-excel",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "dta" => "application/x-stata-dta",
        "r" => "text/x-r-source",
        "py" => "text/x-python",
        "zip" => "application/zip",
        "txt" | "lock" | "do" | "gitignore" => "text/plain",
        _ => "application/octet-stream",
    }
}
