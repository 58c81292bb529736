//! A template's name and text.

use std::path::Path;

use crate::error::{ReportingError, Result};

/// A template, as read from a folder of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSource {
    /// Its path below the folder, with `/` between parts: how other templates include it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl TemplateSource {
    /// Reads all `*.tera` files of a folder and those below it, sorted by name.
    ///
    /// # Errors
    /// Where a file or folder can't be read.
    pub fn read_folder(folder: &Path) -> Result<Vec<Self>> {
        let mut sources = Vec::new();
        read_below(folder, "", &mut sources)?;
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(sources)
    }
}

fn read_below(folder: &Path, prefix: &str, sources: &mut Vec<TemplateSource>) -> Result<()> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |source| ReportingError::Read { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            read_below(&path, &format!("{name}/"), sources)?;
        } else if name.ends_with(".tera") && path.is_file() {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            sources.push(TemplateSource { name, text });
        }
    }
    Ok(())
}
