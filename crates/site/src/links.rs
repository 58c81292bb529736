//! Where each thing has its page. Addresses are relative to the site's folder.

use std::path::{Component, Path};

use serde::Serialize;
use vintner_pipeline::BranchId;
use vintner_stages::page_name;

/// A text that may lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Link {
    /// Relative to the site's folder.
    pub(crate) href: Option<String>,
    pub(crate) text: String,
    /// Said after it.
    pub(crate) note: String,
}

impl Link {
    pub(crate) fn to(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: Some(href.into()), text: text.into(), note: String::new() }
    }

    pub(crate) fn nowhere(text: impl Into<String>) -> Self {
        Self { href: None, text: text.into(), note: String::new() }
    }

    pub(crate) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// The page of a stage.
pub(crate) fn stage_page(stage: &str) -> String {
    format!("stages/{}.html", page_name(stage))
}

/// The page of a branch; of a stage without branches that of the stage.
pub(crate) fn branch_page(id: &BranchId) -> String {
    match &id.item {
        None => stage_page(&id.stage),
        // An item's own slashes become the same sign; stages' names have none.
        Some(item) => stage_page(&format!("{}/{item}", id.stage)),
    }
}

/// The place of an output on the page of its branch.
pub(crate) fn output_place(output: &str) -> String {
    format!("output-{}", page_name(output))
}

/// The place of a source on the page of sources.
pub(crate) fn source_place(source: &str) -> String {
    format!("source-{}", page_name(source))
}

/// The place of a file that is no source.
pub(crate) fn file_place(path: &str) -> String {
    format!("file-{}", page_name(path))
}

/// The way from a folder to a file as a link has it; both are absolute or relative to the same.
pub(crate) fn relative(folder: &Path, file: &Path) -> String {
    let parts = |path: &Path| -> Vec<String> {
        let named = path.components().filter(|part| !matches!(part, Component::CurDir));
        named.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
    };
    let (from, to) = (parts(folder), parts(file));
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    up.chain(to.iter().skip(shared).map(|part| encoded(part))).collect::<Vec<_>>().join("/")
}

/// A part of a path as URLs have it.
fn encoded(part: &str) -> String {
    let mut encoded = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_have_pages_of_their_own() {
        let page = |stage: &str, item: Option<&str>| {
            branch_page(&BranchId { stage: stage.into(), item: item.map(str::to_owned) })
        };
        assert_eq!(page("tidy", None), "stages/tidy.html");
        assert_eq!(page("tidy", Some("gdp")), "stages/tidy-gdp.html");
        assert_ne!(page("tidy-gdp", None), page("tidy", Some("gdp")));
        assert_ne!(page("tidy", Some("")), page("tidy", None));
        assert_ne!(page("tidy", Some("A")), page("tidy", Some("a")));
        let hostile = page("tidy", Some("../../<script>"));
        assert!(!hostile.contains("..") && !hostile.contains('<'), "{hostile}");
    }

    #[test]
    fn files_are_found_from_the_folder() {
        let way = |folder: &str, file: &str| relative(Path::new(folder), Path::new(file));
        assert_eq!(way("/w/reports/v/audit", "/w/reports/v/report.html"), "../report.html");
        assert_eq!(way("/w/site", "/w/reports/甲 b.md"), "../reports/%E7%94%B2%20b.md");
    }
}
