//! Files and folders that stages name, and which below them don't count.

use std::path::Path;

use super::checker::Checker;
use crate::files::{Ignored, dangling, in_other_form, told_apart};
use crate::spec::paths::depends_on_item;
use crate::spec::spec::StageSpec;

impl Checker<'_> {
    pub(super) fn check_files(&mut self, written: &StageSpec) {
        for path in written.files.values() {
            let later = written.foreach.is_some() && depends_on_item(path);
            let full = self.workspace.join(&path.value);
            // A name that couldn't be filled in is told already.
            if later || full.exists() || self.faults.any_at(path.span) {
                continue;
            }
            if let Ok(target) = std::fs::read_link(&full) {
                self.fault(path.span, format!("`{path}` is {}", dangling(&target)), None);
                continue;
            }
            let hint = match in_other_form(self.workspace, Path::new(&path.value)) {
                Some(found) => format!(
                    "there is `{}`, the same letters in another Unicode form: write that name here, or rename it",
                    told_apart(&found.display().to_string())
                ),
                None => "paths start at the folder of the pipeline".to_owned(),
            };
            self.fault(path.span, format!("there is no file or folder `{path}`"), Some(hint));
        }
    }

    /// The files below folders that don't count.
    pub(crate) fn ignored(&mut self) -> Ignored {
        let mut ignored = Ignored::default();
        for pattern in &self.spec.ignore {
            if let Err(message) = ignored.add(&pattern.value) {
                let hint =
                    Some("patterns are those of a .gitignore: `*.bak`, `drafts/`, `!.Rprofile`".to_owned());
                self.fault(pattern.span, format!("`{pattern}` is no pattern for files: {message}"), hint);
            }
        }
        ignored
    }
}
