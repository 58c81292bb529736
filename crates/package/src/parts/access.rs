//! How others come by the data that the package doesn't hold.

use vintner_pipeline::Store;

use super::words::{code, codes, said, size, todo};
use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, Role};

/// The statement's name.
pub(crate) const ACCESS: &str = "data/ACCESS.md";

/// Where the vintage's manifest is in the package.
pub(super) fn manifest_place(contents: &Contents) -> String {
    code(&format!("data/vintages/{}/vintage.yaml", contents.vintage))
}

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    if contents.is_complete() {
        return Ok(());
    }
    let mut text = String::from(
        "# Access to data that aren't in this package\n\nEach file has to be saved under the path below; its SHA-256 says \
         whether it is the one that was used. The manifest names the same digest, and a run fails on any other file.\n",
    );
    for source in contents.sources.iter().filter(|source| !source.is_provided()) {
        let place = |field: &str| {
            format!("`{field}` of source {} in {}", code(&source.name), manifest_place(contents))
        };
        let told = |value: &Option<String>, field: &str, what: &str| match value {
            Some(words) => said(words),
            None => todo(&place(field), what),
        };
        text.push_str(&format!("\n## {}\n\n", said(&source.name)));
        text.push_str(&format!("{}\n\n", told(&source.citation, "citation", "how is this source cited?")));
        let what = "how do others come by it, at what cost and in what time?";
        text.push_str(&format!("- How to get it: {}\n", told(&source.access, "access", what)));
        text.push_str(&format!(
            "- Terms: {}\n",
            told(&source.licence, "licence", "under what terms may it be used?")
        ));
        if let Some(contact) = &source.contact {
            text.push_str(&format!("- Contact: {}\n", said(contact)));
        }
        for url in source.url.iter().chain(&source.archived_url) {
            text.push_str(&format!("- Found at: <{}>\n", url.trim()));
        }
        if let Some([first, last]) = source.covers {
            text.push_str(&format!("- Covers: {first} to {last}\n"));
        }
        for file in &source.files {
            text.push_str(&format!(
                "- File: {}, {}, SHA-256 {}\n",
                code(&file.path),
                size(file.bytes),
                code(&file.sha256)
            ));
        }
        let without: Vec<&str> = contents
            .exhibits
            .iter()
            .filter(|exhibit| exhibit.sources.contains(&source.name))
            .map(|exhibit| exhibit.branch.as_str())
            .collect();
        let mut branches: Vec<&str> = Vec::new();
        for branch in without {
            if !branches.contains(&branch) {
                branches.push(branch);
            }
        }
        text.push_str(&format!("- Can't be made without it: {}\n", codes(branches)));
    }
    files.put(ACCESS, Role::Readme, text)
}
