//! What the package is, in a page's first lines.

use crate::contents::Contents;
use crate::files::Files;
use crate::parts::words::{code, duration, said, todo};

pub(super) fn section(contents: &Contents, files: &Files) -> String {
    let description = &contents.description;
    let mut text = format!("# {}\n\n", said(&contents.title));
    match description.authors.is_empty() {
        true => text.push_str(&format!("{}\n\n", todo("`authors` in package.yaml", "who made this package"))),
        false => {
            let names = description.authors.iter().map(|author| match &author.affiliation {
                Some(affiliation) => format!("{} ({})", said(&author.name()), said(affiliation)),
                None => said(&author.name()),
            });
            text.push_str(&format!("{}, {}\n\n", names.collect::<Vec<_>>().join(", "), contents.date));
        }
    }
    let kind = match contents.manifest.kind {
        vintner_ingest::VintageKind::Synthetic => "**Synthetic data.** ",
        vintner_ingest::VintageKind::Licensed => "**Licensed data.** ",
        vintner_ingest::VintageKind::Public => "",
    };
    if !contents.manifest.notice.is_empty() {
        text.push_str(&format!("> {kind}{}\n\n", said(&contents.manifest.notice.en)));
    }
    text.push_str("## Overview\n\n");
    if let Some(overview) = &description.overview {
        text.push_str(&format!("{}\n\n", said(overview)));
    }
    let sources = vintner_stages::count(contents.sources.len(), "source");
    let stages = vintner_stages::count(contents.stages.len(), "stage");
    text.push_str(&format!(
        "This package makes {exhibits} from {sources} of data (vintage {vintage}, {title}). All of it is one pipeline of \
         {stages}, {file}, run by one command of Vintner {version}; it took {time} on the machine named below. What \
         each stage reads, does and writes is in that file, and `pipeline.lock` has the digest of everything that came \
         out.\n",
        exhibits = vintner_stages::count(contents.exhibits.len(), "exhibit"),
        vintage = code(&contents.vintage),
        title = said(&contents.manifest.title.en),
        file = code(&contents.pipeline_file),
        version = env!("CARGO_PKG_VERSION"),
        time = duration(contents.seconds),
    ));
    if files.has_folder("replicate") {
        text.push_str(
            "\n`replicate/` has plain programs that compute the reported coefficients without Vintner, and compare them \
             with what is reported.\n",
        );
    }
    if let Some(citation) = paper(contents) {
        text.push_str(&format!("\nPaper: {citation}\n"));
    }
    if let Some(contact) = &description.contact {
        text.push_str(&format!("\nContact: {}\n", said(contact)));
    }
    text
}

/// How the paper is cited.
pub(super) fn paper(contents: &Contents) -> Option<String> {
    let Some(paper) = &contents.description.paper else {
        return contents.citation.as_deref().map(said);
    };
    let authors = if paper.authors.is_empty() { &contents.description.authors } else { &paper.authors };
    let names: Vec<String> = authors.iter().map(|author| said(&author.sorted_name())).collect();
    let mut text = String::new();
    if !names.is_empty() {
        text.push_str(&format!("{}. ", names.join("; ")));
    }
    if let Some(year) = paper.year {
        text.push_str(&format!("{year}. "));
    }
    text.push_str(&format!("\"{}.\"", said(paper.title.trim_end_matches('.'))));
    if let Some(journal) = &paper.journal {
        text.push_str(&format!(" *{}*.", said(journal)));
    }
    if let Some(doi) = &paper.doi {
        text.push_str(&format!(" <https://doi.org/{}>", bare_doi(doi)));
    }
    Some(text)
}

/// A DOI without what may stand before it.
pub(in crate::parts) fn bare_doi(doi: &str) -> &str {
    let doi = doi.trim();
    let cut = doi.strip_prefix("https://doi.org/").or_else(|| doi.strip_prefix("http://dx.doi.org/"));
    cut.or_else(|| doi.strip_prefix("doi:")).unwrap_or(doi)
}
