//! Numbers in an author's own text: where each stands, and what makes it.

use std::path::Path;

use super::exhibit::{Exhibit, ExhibitKind};
use super::exhibits::made_from;
use super::source::SourceContent;
use super::stage::StageContent;
use crate::error::{PackageError, Result};

/// The numbers of all texts that stages fill in, in the order of the texts.
pub(super) fn in_texts(
    stages: &[StageContent],
    sources: &[SourceContent],
    workspace: &Path,
) -> Result<Vec<Exhibit>> {
    let mut found = Vec::new();
    for stage in stages.iter().filter(|stage| stage.operation == "weave") {
        let Some(file) = stage.files.first() else { continue };
        let path = workspace.join(file);
        let text = vintner_guard::read_text(&path).map_err(PackageError::io(&path, "reading"))?;
        for (line, address) in addresses(&text) {
            let role = address.split('/').next().unwrap_or_default();
            let by_role = stage.reads.iter().find(|read| read.role == role);
            let read = by_role.or_else(|| stage.reads.iter().find(|read| read.role == "estimates"));
            let mut exhibit = Exhibit {
                name: format!("`{address}`"),
                kind: ExhibitKind::Number,
                title: None,
                branch: stage.branch.clone(),
                computed_by: read.map(|read| read.branch.clone()).into_iter().collect(),
                place: Some(format!("{file}:{line}")),
                files: stage.published(),
                sources: Vec::new(),
                reproducible: true,
                note: None,
            };
            made_from(&mut exhibit, stages, sources);
            found.push(exhibit);
        }
    }
    Ok(found)
}

/// Addresses of numbers with the line, from 1, at which each stands: `\vintner[2]{a/b}` and `{{vintner a/b 2}}`.
fn addresses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let mut rest = line;
        while let Some(place) = rest.find("vintner") {
            let (before, after) =
                (rest.get(..place).unwrap_or_default(), rest.get(place + 7..).unwrap_or_default());
            let address = if before.ends_with('\\') {
                of_latex(after)
            } else if before.trim_end().ends_with("{{") {
                after.split("}}").next().and_then(|inner| inner.split_whitespace().next())
            } else {
                None
            };
            if let Some(address) = address.filter(|address| !address.is_empty()) {
                found.push((at + 1, address.to_owned()));
            }
            rest = after;
        }
    }
    found
}

fn of_latex(after: &str) -> Option<&str> {
    let after = match after.strip_prefix('[') {
        Some(format) => format.split_once(']')?.1,
        None => after,
    };
    Some(after.strip_prefix('{')?.split_once('}')?.0.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_in_latex_and_in_markdown() {
        let text =
            "by \\vintner{1/all/x} and\n\\vintner[2]{m/y}{0.1}, not vintner alone, {{vintner 2/a/z 3 = 1}}";
        let found = addresses(text);
        let expected = [(1, "1/all/x"), (2, "m/y"), (2, "2/a/z")].map(|(line, text)| (line, text.to_owned()));
        assert_eq!(found, expected);
    }
}
