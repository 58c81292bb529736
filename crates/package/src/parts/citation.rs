//! How to cite the package and its sources: `CITATION.cff` (Citation File Format 1.2.0) and BibTeX.

use vintner_pipeline::Store;

use super::words::TODO;
use crate::contents::Contents;
use crate::description::Author;
use crate::error::Result;
use crate::files::{Files, Role};

/// How to cite the package.
pub(crate) const CITATION: &str = "CITATION.cff";
/// The sources for a bibliography.
pub(super) const BIBLIOGRAPHY: &str = "data/sources.bib";

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    files.put(CITATION, Role::Metadata, citation(contents))?;
    files.put(BIBLIOGRAPHY, Role::Metadata, bibliography(contents))
}

/// A text in quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn authors(list: &[Author], indent: &str) -> String {
    if list.is_empty() {
        return format!("{indent}- name: \"{TODO}: `authors` in package.yaml\"\n");
    }
    let mut text = String::new();
    for author in list {
        match &author.given {
            Some(given) => text.push_str(&format!(
                "{indent}- family-names: {}\n{indent}  given-names: {}\n",
                quoted(&author.family),
                quoted(given)
            )),
            None => text.push_str(&format!("{indent}- name: {}\n", quoted(&author.family))),
        }
        if let Some(orcid) = &author.orcid {
            let bare = orcid.trim_start_matches("https://orcid.org/");
            text.push_str(&format!("{indent}  orcid: \"https://orcid.org/{bare}\"\n"));
        }
        // An entity, which has no given name, has no affiliation there.
        if let Some(affiliation) = author.affiliation.as_ref().filter(|_| author.given.is_some()) {
            text.push_str(&format!("{indent}  affiliation: {}\n", quoted(affiliation)));
        }
    }
    text
}

fn citation(contents: &Contents) -> String {
    let description = &contents.description;
    let mut text = format!(
        "cff-version: 1.2.0\nmessage: \"If you use this package, please cite it and the paper.\"\ntype: dataset\ntitle: {}\nauthors:\n{}",
        quoted(&contents.title),
        authors(&description.authors, "  ")
    );
    text.push_str(&format!("date-released: \"{}\"\n", contents.date));
    if let Some(version) = &description.version {
        text.push_str(&format!("version: {}\n", quoted(version)));
    }
    if let Some(doi) = &description.doi {
        text.push_str(&format!("doi: {}\n", quoted(super::readme::bare_doi(doi))));
    }
    if let Some(licence) = &description.data_licence {
        text.push_str(&format!("license: {}\n", quoted(licence)));
    }
    if !description.keywords.is_empty() {
        text.push_str("keywords:\n");
        text.push_str(
            &description.keywords.iter().map(|word| format!("  - {}\n", quoted(word))).collect::<String>(),
        );
    }
    if let Some(paper) = &description.paper {
        let own = if paper.authors.is_empty() { &description.authors } else { &paper.authors };
        text.push_str(&format!(
            "preferred-citation:\n  type: article\n  title: {}\n  authors:\n{}",
            quoted(&paper.title),
            authors(own, "    ")
        ));
        if let Some(journal) = &paper.journal {
            text.push_str(&format!("  journal: {}\n", quoted(journal)));
        }
        if let Some(year) = paper.year {
            text.push_str(&format!("  year: {year}\n"));
        }
        if let Some(doi) = &paper.doi {
            text.push_str(&format!("  doi: {}\n", quoted(super::readme::bare_doi(doi))));
        }
    }
    text
}

fn bibliography(contents: &Contents) -> String {
    let mut text = String::new();
    for source in &contents.sources {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
        let key: String = source.name.chars().map(plain).collect();
        let title = source.citation.clone().unwrap_or_else(|| format!("{TODO}: citation of {}", source.name));
        let mut fields = vec![("title", latex(&title)), ("note", "[dataset]".to_owned())];
        if let Some(doi) = &source.doi {
            fields.push(("doi", super::readme::bare_doi(doi).to_owned()));
        }
        if let Some(url) = &source.url {
            fields.push(("url", url.trim().to_owned()));
        }
        if let Some(licence) = &source.licence {
            fields.push(("copyright", latex(licence)));
        }
        let fields: String =
            fields.iter().map(|(name, value)| format!("  {name} = {{{value}}},\n")).collect();
        text.push_str(&format!("@misc{{data-{key},\n{fields}}}\n\n"));
    }
    text
}

/// A text within braces of BibTeX: no brace is left open, and LaTeX's signs are signs.
fn latex(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match letter {
            '{' | '}' | '&' | '%' | '$' | '#' | '_' => escaped.extend(['\\', letter]),
            '\\' => escaped.push_str("\\textbackslash "),
            '~' => escaped.push_str("\\textasciitilde "),
            '^' => escaped.push_str("\\textasciicircum "),
            other => escaped.push(other),
        }
    }
    escaped
}
