//! The metadata that Zenodo's deposit API takes (<https://developers.zenodo.org/#deposit-metadata>).

use serde_json::{Map, Value, json};
use vintner_stages::escape_html;

use super::readme::bare_doi;
use crate::contents::Contents;
use crate::error::{PackageError, Result};

/// The metadata as JSON.
///
/// # Errors
/// Where `package.yaml` doesn't say what Zenodo asks for: all of it is named.
pub(crate) fn metadata(contents: &Contents) -> Result<Value> {
    let description = &contents.description;
    let mut missing = Vec::new();
    if description.authors.is_empty() {
        missing.push("authors");
    }
    if description.data_licence.is_none() {
        missing.push("data_licence");
    }
    if !missing.is_empty() {
        return Err(PackageError::NotSaid { fields: missing.join(", ") });
    }
    let creators: Vec<Value> = description
        .authors
        .iter()
        .map(|author| {
            let mut fields = Map::from_iter([("name".to_owned(), Value::from(author.sorted_name()))]);
            if let Some(affiliation) = &author.affiliation {
                fields.insert("affiliation".into(), affiliation.clone().into());
            }
            if let Some(orcid) = &author.orcid {
                fields.insert("orcid".into(), orcid.trim_start_matches("https://orcid.org/").into());
            }
            Value::Object(fields)
        })
        .collect();
    let overview = description.overview.clone().unwrap_or_else(|| {
        let sources = vintner_stages::count(contents.sources.len(), "source");
        format!("Replication package: data, pipeline and results ({sources}, vintage {}).", contents.vintage)
    });
    let licence = description.data_licence.clone().unwrap_or_default();
    let mut fields = Map::from_iter([
        ("title".to_owned(), Value::from(contents.title.clone())),
        ("upload_type".into(), "dataset".into()),
        ("description".into(), format!("<p>{}</p>", escape_html(&overview)).into()),
        ("creators".into(), creators.into()),
        ("publication_date".into(), contents.date.clone().into()),
        ("access_right".into(), "open".into()),
        ("license".into(), licence.to_lowercase().into()),
    ]);
    if let Some(version) = &description.version {
        fields.insert("version".into(), version.clone().into());
    }
    if !description.keywords.is_empty() {
        fields.insert("keywords".into(), description.keywords.clone().into());
    }
    let mut related = Vec::new();
    if let Some(doi) = description.paper.as_ref().and_then(|paper| paper.doi.as_ref()) {
        related.push(json!({
            "identifier": bare_doi(doi), "relation": "isSupplementTo", "resource_type": "publication-article",
        }));
    }
    for source in &contents.sources {
        if let Some(doi) = &source.doi {
            let one =
                json!({"identifier": bare_doi(doi), "relation": "isDerivedFrom", "resource_type": "dataset"});
            if !related.contains(&one) {
                related.push(one);
            }
        }
    }
    if !related.is_empty() {
        fields.insert("related_identifiers".into(), related.into());
    }
    let mut references: Vec<String> = Vec::new();
    for citation in contents.sources.iter().filter_map(|source| source.citation.as_ref()) {
        if !references.contains(citation) {
            references.push(citation.clone());
        }
    }
    if !references.is_empty() {
        fields.insert("references".into(), references.into());
    }
    if !contents.is_complete() {
        let names: Vec<&str> = contents
            .sources
            .iter()
            .filter(|source| !source.is_provided())
            .map(|source| source.name.as_str())
            .collect();
        let note =
            format!("Sources whose files aren't in the package: {}; see data/ACCESS.md.", names.join(", "));
        fields.insert("notes".into(), escape_html(&note).into());
    }
    Ok(json!({"metadata": fields}))
}
