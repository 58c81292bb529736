//! What is cited.

use super::overview::{bare_doi, paper};
use crate::contents::Contents;
use crate::parts::words::said;

pub(super) fn section(contents: &Contents) -> String {
    let mut text = String::from("## References\n\n");
    let mut entries: Vec<String> = paper(contents).into_iter().collect();
    for source in &contents.sources {
        let Some(citation) = &source.citation else { continue };
        let mut entry = format!("{} [dataset]", said(citation.trim_end_matches('.')));
        match (&source.doi, &source.url) {
            (Some(doi), _) if !citation.contains(bare_doi(doi)) => {
                entry.push_str(&format!(". <https://doi.org/{}>", bare_doi(doi)));
            }
            (None, Some(url)) if !citation.contains(url.as_str()) => {
                entry.push_str(&format!(". <{}>", url.trim()))
            }
            _ => {}
        }
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    text.push_str(&entries.iter().map(|entry| format!("{entry}\n\n")).collect::<String>());
    text.push_str("`data/sources.bib` has the sources for a bibliography.\n");
    text
}
