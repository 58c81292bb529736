//! Who made it.

use serde_json::json;

use super::graph::{Graph, encoded, to};
use crate::contents::Contents;

/// Puts the authors in, and the place of the first of them; their ids, and that of who publishes.
pub(super) fn authors(contents: &Contents, graph: &mut Graph) -> (Vec<String>, String) {
    let mut ids = Vec::new();
    let mut publisher = None;
    for author in &contents.description.authors {
        let id = match &author.orcid {
            Some(orcid) => {
                format!("https://orcid.org/{}", encoded(orcid.trim_start_matches("https://orcid.org/")))
            }
            None => format!("#author/{}", encoded(&author.name())),
        };
        let place =
            author.affiliation.as_ref().map(|name| (format!("#organization/{}", encoded(name)), name));
        if let Some((place, name)) = &place {
            graph.put(place, json!({"@type": "Organization", "name": name}));
            publisher.get_or_insert_with(|| place.clone());
        }
        graph.put(
            &id,
            json!({
                "@type": "Person",
                "name": author.name(),
                "familyName": author.family,
                "givenName": author.given,
                "affiliation": place.map(|(id, _)| to(&id)),
            }),
        );
        ids.push(id);
    }
    let publisher = publisher.unwrap_or_else(|| {
        let id = "#authors".to_owned();
        graph.put(
            &id,
            json!({"@type": "Organization", "name": "The authors", "description": "package.yaml says no more of them"}),
        );
        id
    });
    if ids.is_empty() {
        ids.push(publisher.clone());
    }
    (ids, publisher)
}
