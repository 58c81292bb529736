//! The declaration: a Transparent Research Object.
//!
//! Terms are those of TROV 0.1 (<https://w3id.org/trace/trov/0.1>), in the form in which `tro-utils` 0.5 reads and writes
//! them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::contents::Contents;
use crate::ro_crate::{end_of, format_of, iso};

/// The one arrangement: the files of the package as they were sealed.
const ARRANGEMENT: &str = "arrangement/0";

/// The system that ran the work. It claims nothing that a reader can't check by running it again.
const SYSTEM: &str = "https://w3id.org/trace/tro-utils#unidentified-trs";

/// The declaration of a package's files, given by their digests; `public_key` is that which the signature is checked with.
pub(super) fn declaration(
    contents: &Contents,
    files: &BTreeMap<String, String>,
    public_key: Option<&str>,
) -> Value {
    let withheld: BTreeMap<&str, &str> = contents
        .sources
        .iter()
        .flat_map(|source| &source.files)
        .filter(|file| !files.contains_key(&file.path))
        .map(|file| (file.path.as_str(), file.sha256.as_str()))
        .collect();
    // An artifact is content, whatever it is called: two files of the same bytes are one.
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let mut artifacts = Vec::new();
    let provided = files.iter().map(|(path, digest)| (path.as_str(), digest.as_str()));
    for (path, digest) in provided.chain(withheld.iter().map(|(path, digest)| (*path, *digest))) {
        if ids.contains_key(digest) {
            continue;
        }
        let id = format!("composition/1/artifact/{}", artifacts.len());
        artifacts.push(json!({
            "@id": id,
            "@type": "trov:ResearchArtifact",
            "trov:hash": hash(digest),
            "trov:mimeType": format_of(path),
        }));
        ids.insert(digest, id);
    }
    let locations: Vec<Value> = files
        .iter()
        .enumerate()
        .filter_map(|(at, (path, digest))| {
            Some(json!({
                "@id": format!("{ARRANGEMENT}/location/{at}"),
                "@type": "trov:ArtifactLocation",
                "trov:artifact": {"@id": ids.get(digest.as_str())?},
                "trov:path": path,
            }))
        })
        .collect();
    // Only here do tools that write a declaration anew keep what they don't know.
    let mut about = "The run behind the package; ro-crate-metadata.json has each of its parts.".to_owned();
    if !withheld.is_empty() {
        let each: Vec<String> =
            withheld.iter().map(|(path, digest)| format!("{path} (sha256:{digest})")).collect();
        about.push_str(&format!(" It read these, which the package doesn't hold: {}", each.join("; ")));
    }
    let started = contents.stages.iter().map(|stage| stage.started).min().unwrap_or(0);
    let ended =
        contents.stages.iter().map(|stage| end_of(stage.started, stage.seconds)).max().unwrap_or(started);
    let version = contents.software.iter().find(|one| one.name == "Vintner").map(|one| one.version.clone());
    let authors: Vec<Value> = contents
        .description
        .authors
        .iter()
        .map(|author| json!({"@type": "schema:Person", "schema:name": author.name()}))
        .collect();
    let creator = authors.into_iter().next().unwrap_or_else(
        || json!({"@type": "schema:Organization", "schema:name": "The authors, whom package.yaml doesn't name"}),
    );
    let mut system = json!({
        "@id": SYSTEM,
        "@type": ["trov:TrustedResearchSystem", "schema:Organization"],
        "schema:name": "The authors' own machine",
        "schema:description": format!("{}; Vintner ran the pipeline there. No capability is claimed: run it again.", contents.machine.words),
        "trov:hasCapability": [],
    });
    if let (Some(key), Some(fields)) = (public_key, system.as_object_mut()) {
        fields.insert("trov:publicKey".to_owned(), Value::String(key.to_owned()));
    }
    json!({
        "@context": {
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "schema": "https://schema.org/",
            "trov": "https://w3id.org/trace/trov/0.1#",
        },
        "@graph": [{
            "@id": "tro",
            "@type": ["trov:TransparentResearchObject", "schema:CreativeWork"],
            "schema:creator": creator,
            "schema:dateCreated": format!("{}T00:00:00+00:00", contents.date),
            "schema:description": format!("The replication package of {} on the vintage {}, file by file", contents.pipeline, contents.vintage),
            "schema:name": contents.title,
            "trov:vocabularyVersion": "0.1",
            "trov:createdWith": {"@type": "schema:SoftwareApplication", "schema:name": "Vintner", "schema:softwareVersion": version},
            "trov:wasAssembledBy": system,
            "trov:hasComposition": {
                "@id": "composition/1",
                "@type": "trov:ArtifactComposition",
                "trov:hasArtifact": artifacts,
                "trov:hasFingerprint": {
                    "@id": "fingerprint",
                    "@type": "trov:CompositionFingerprint",
                    "trov:hash": hash(&fingerprint(ids.keys().copied())),
                },
            },
            "trov:hasArrangement": [{
                "@id": ARRANGEMENT,
                "@type": "trov:ArtifactArrangement",
                "rdfs:comment": "The files of the package as they were sealed",
                "trov:hasArtifactLocation": locations,
            }],
            "trov:hasPerformance": [{
                "@id": "trp/0",
                "@type": "trov:TrustedResearchPerformance",
                "rdfs:comment": about,
                "trov:wasConductedBy": {"@id": SYSTEM},
                "trov:startedAtTime": iso(started),
                "trov:endedAtTime": iso(ended),
                "trov:contributedToArrangement": {
                    "@id": "trp/0/binding/0",
                    "@type": "trov:ArrangementBinding",
                    "trov:arrangement": {"@id": ARRANGEMENT},
                },
                "trov:hasPerformanceAttribute": [],
            }],
            "trov:hasAttribute": [],
        }],
    })
}

fn hash(value: &str) -> Value {
    json!({"trov:hashAlgorithm": "sha256", "trov:hashValue": value})
}

/// The digest of all digests, sorted and one after the other.
pub(super) fn fingerprint<'d>(digests: impl Iterator<Item = &'d str>) -> String {
    let sorted: BTreeSet<&str> = digests.collect();
    let mut hasher = Sha256::new();
    for digest in sorted {
        hasher.update(digest.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a declaration says of a package: the digest of each path, and the key.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) files: BTreeMap<String, String>,
    pub(super) key: Option<String>,
    /// Whether its fingerprint is that of its artifacts.
    pub(super) sound: bool,
}

/// Reads a declaration, of this program or of `tro-utils`; of several arrangements the last.
pub(super) fn read(document: &Value) -> Option<Declared> {
    let object = document.get("@graph")?.get(0)?;
    let composition = object.get("trov:hasComposition")?;
    let mut artifacts: BTreeMap<&str, &str> = BTreeMap::new();
    for artifact in composition.get("trov:hasArtifact")?.as_array()? {
        artifacts.insert(artifact.get("@id")?.as_str()?, digest(artifact.get("trov:hash")?)?);
    }
    let arrangement = object.get("trov:hasArrangement")?.as_array()?.last()?;
    let mut files = BTreeMap::new();
    for location in arrangement.get("trov:hasArtifactLocation")?.as_array()? {
        let artifact = artifacts.get(location.get("trov:artifact")?.get("@id")?.as_str()?)?;
        files.insert(location.get("trov:path")?.as_str()?.to_owned(), (*artifact).to_owned());
    }
    let told = composition.get("trov:hasFingerprint").and_then(|print| digest(print.get("trov:hash")?));
    let key = object.get("trov:wasAssembledBy").and_then(|system| system.get("trov:publicKey")?.as_str());
    Some(Declared {
        files,
        key: key.map(str::to_owned),
        sound: told == Some(fingerprint(artifacts.values().copied()).as_str()),
    })
}

fn digest(hash: &Value) -> Option<&str> {
    hash.get("trov:hashValue")?.as_str()
}
