//! What can be searched for.

use serde_json::json;

use crate::error::Result;
use crate::folder::Folder;
use crate::renderer::Renderer;

/// The size at which a script is closed, in bytes.
const SCRIPT: usize = 700_000;

/// Names with their kinds and places.
#[derive(Debug, Default)]
pub(crate) struct SearchIndex {
    /// Each as JSON: kind, name, more words, address.
    entries: Vec<String>,
}

impl SearchIndex {
    pub(crate) fn add(&mut self, kind: &str, name: &str, more: &str, href: &str) {
        self.entries.push(json!([kind, name, more, href]).to_string());
    }

    /// Writes the index and the page of search.
    pub(crate) fn write(&self, renderer: &Renderer, folder: &mut Folder) -> Result<()> {
        let mut scripts: Vec<String> = Vec::new();
        let mut rest = self.entries.as_slice();
        while !rest.is_empty() {
            let mut size = 0;
            let fits = rest.iter().take_while(|entry| {
                size += entry.len() + 2;
                size < SCRIPT
            });
            let taken = fits.count().max(1);
            let path = format!("data/search-{}.js", scripts.len());
            folder.put(&path, &format!("vintner.names([\n{}\n]);\n", rest[..taken].join(",\n")))?;
            scripts.push(path);
            rest = &rest[taken..];
        }
        let body = json!({"scripts": scripts, "count": self.entries.len()});
        folder.put("search.html", &renderer.page("search.html", "search.html", "Search", &body)?)
    }
}
