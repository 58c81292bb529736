//! Data availability and provenance, a section for each source.

use vintner_ingest::{Redistribution, VintageKind};

use crate::contents::{Contents, SourceContent};
use crate::parts::access::manifest_place;
use crate::parts::words::{choices, code, codes, said, todo};

pub(super) fn section(contents: &Contents) -> String {
    let mut text = String::from("## Data Availability and Provenance Statements\n\n");
    let synthetic = contents.manifest.kind == VintageKind::Synthetic;
    text.push_str(&choices([(
        contents.sources.is_empty() || synthetic,
        "This paper does not involve analysis of external data (i.e., no data are used or the only data are generated \
         by the authors via simulation in their code).",
    )]));
    text.push_str("\n### Statement about Rights\n\n");
    let rights = contents.description.rights;
    text.push_str(&choices([(
        rights == Some(true),
        "The authors of the manuscript certify that they have legitimate access to and permission to use the data used \
         in this manuscript.",
    )]));
    let all_given = contents.is_complete();
    let shared = "The authors certify that they have documented permission to redistribute the data in this package; \
                  the terms of each source stand below and in `LICENSE-DATA.txt`.";
    text.push_str(&choices([(
        rights == Some(true) && contents.sources.iter().any(SourceContent::is_provided),
        shared,
    )]));
    match rights {
        None => text
            .push_str(&format!("\n{}\n", todo("`rights` in package.yaml", "do the authors certify this?"))),
        Some(false) => {
            text.push_str("\nThe authors don't certify this; the terms of each source stand below.\n")
        }
        Some(true) => {}
    }
    text.push_str("\n### License for Data\n\n");
    text.push_str(&match &contents.description.data_licence {
        Some(licence) => format!(
            "What is computed here (analysis data, tables, the codebook) is under {}; raw data are under the terms of \
             their sources. See `LICENSE-DATA.txt`.\n",
            said(licence)
        ),
        None => format!("{}\n", todo("`data_licence` in package.yaml", "under which licence is what is computed here?")),
    });
    text.push_str("\n### Summary of Availability\n\n");
    let any_given = contents.sources.iter().any(SourceContent::is_provided);
    text.push_str(&choices([
        (all_given, "All data **are** publicly available, in this package."),
        (!all_given && any_given, "Some data **cannot be made** publicly available in this package."),
        (!all_given && !any_given, "**No data can be made** publicly available in this package."),
    ]));
    text.push_str("\n### Details on each Data Source\n");
    for source in &contents.sources {
        text.push_str(&of_source(contents, source));
    }
    text
}

fn of_source(contents: &Contents, source: &SourceContent) -> String {
    let mut text = format!("\n#### {}\n\n", said(&source.name));
    let place =
        |field: &str| format!("`{field}` of source {} in {}", code(&source.name), manifest_place(contents));
    let told = |value: &Option<String>, field: &str, what: &str| match value {
        Some(words) => said(words),
        None => todo(&place(field), what),
    };
    let citation = told(&source.citation, "citation", "how is this source cited?");
    text.push_str(&format!("- **Citation**: {citation}\n"));
    if let Some(doi) = &source.doi {
        text.push_str(&format!("- **DOI**: <https://doi.org/{}>\n", super::overview::bare_doi(doi)));
    }
    for (name, url) in [("Published at", &source.url), ("Archived at", &source.archived_url)] {
        if let Some(url) = url {
            text.push_str(&format!("- **{name}**: <{}>\n", url.trim()));
        }
    }
    text.push_str(&format!(
        "- **Licence**: {}\n",
        told(&source.licence, "licence", "under what terms may it be used?")
    ));
    let access = told(&source.access, "access", "how do others come by it, at what cost and in what time?");
    text.push_str(&format!("- **Access**: {access}\n"));
    if let Some(contact) = &source.contact {
        text.push_str(&format!("- **Contact**: {}\n", said(contact)));
    }
    let given = match source.redistribution {
        Some(Redistribution::Yes) => "the file is in this package".to_owned(),
        Some(Redistribution::Derived) => {
            "the file may not be given to others and isn't in this package; what is computed from it is".to_owned()
        }
        Some(Redistribution::No) => {
            "neither the file nor values computed from it observation by observation may be given to others, and they \
             aren't in this package"
                .to_owned()
        }
        None => format!(
            "the file isn't in this package. {}",
            todo(&place("redistribution"), "may it be given to others? (yes, derived, no)")
        ),
    };
    text.push_str(&format!("- **Provided**: {given}\n"));
    let mut form = source.format.clone();
    for (name, value) in [("sheet", &source.sheet), ("encoding", &source.encoding)] {
        if let Some(value) = value {
            form.push_str(&format!(", {name} {value}"));
        }
    }
    text.push_str(&format!("- **Format**: {}\n", said(&form)));
    if let Some([first, last]) = source.covers {
        text.push_str(&format!("- **Covers**: {first} to {last}\n"));
    }
    let variables = source.columns.iter().map(|column| column.variable.as_str());
    text.push_str(&format!(
        "- **Variables read**: {} (described in `codebook/codebook.md`)\n",
        codes(variables)
    ));
    for file in &source.files {
        let missing = if file.provided { "" } else { " (not provided)" };
        text.push_str(&format!(
            "- **Datafile**: {}{missing}, SHA-256 {}\n",
            code(&file.path),
            code(&file.sha256)
        ));
    }
    if let Some(note) = &source.note {
        text.push_str(&format!("- **Note**: {}\n", said(note)));
    }
    text
}
