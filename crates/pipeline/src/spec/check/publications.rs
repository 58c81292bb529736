//! Where outputs are written in the workspace.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use vintner_diagnostics::Spanned;

use super::checker::Checker;
use crate::spec::foreach::ForEach;
use crate::spec::paths::depends_on_item;
use crate::spec::pipeline_stage::PipelineStage;

impl Checker<'_> {
    /// Outputs go to files of their own within the workspace, none of which a stage reads.
    pub(super) fn check_publications(&mut self, stages: &BTreeMap<String, PipelineStage>) {
        let spec = self.spec;
        let plain = |path: &str| -> PathBuf {
            Path::new(path).components().filter(|part| *part != Component::CurDir).collect()
        };
        let mut read: BTreeMap<PathBuf, (String, String)> = BTreeMap::new();
        for (reader, reads) in &spec.stages {
            for file in reads.files.values() {
                read.entry(plain(file)).or_insert_with(|| (reader.value.clone(), file.value.clone()));
            }
        }
        let mut published: BTreeMap<PathBuf, &str> = BTreeMap::new();
        for (name, written) in &spec.stages {
            if written.publish.values().any(|path| depends_on_item(&path.value)) {
                self.check_items(stages.get(&name.value));
            }
            let publish = stages.get(&name.value).map(|stage| &stage.publish);
            let paths: Vec<&Spanned<String>> = publish
                .map_or_else(|| written.publish.values().collect(), |publish| publish.values().collect());
            for path in paths {
                let target = plain(&path.value);
                if target.is_absolute() || path.value.split('/').any(|part| part == "..") {
                    self.fault(path.span, "an output is written inside the workspace only", None);
                } else if target.file_name().is_none() || path.value.ends_with('/') {
                    let hint = Some("name the file, as in \"reports/{vintage}/estimates.csv\"".to_owned());
                    self.fault(path.span, "an output is written to a file", hint);
                } else if let Some(what) = self.kept(&target) {
                    let message = format!("`{path}` would be written over {what}");
                    self.fault(path.span, message, Some("write it elsewhere, as under `reports`".into()));
                }
                let branched = stages.get(&name.value).is_some_and(|stage| stage.foreach.is_some());
                if branched && !depends_on_item(&path.value) {
                    let message = format!("all branches of `{name}` would be written to `{path}`");
                    let hint = "put {item} into the path, which stands for the branch".to_owned();
                    self.fault(path.span, message, Some(hint));
                }
                if let Some((reader, file)) = target.ancestors().find_map(|folder| read.get(folder)) {
                    let message = format!("`{path}` would be written over what `{reader}` reads (`{file}`)");
                    self.fault(path.span, message, Some("write it elsewhere".into()));
                }
                if let Some(other) = published.insert(target, &name.value) {
                    let hint = Some("give each output a path of its own".to_owned());
                    self.fault(path.span, format!("`{other}` is published to `{path}` too"), hint);
                }
            }
        }
    }

    /// Items that a spec lists can be changed: those that are no plain names of files aren't published.
    fn check_items(&mut self, stage: Option<&PipelineStage>) {
        let Some(ForEach::Items(items)) = stage.and_then(|stage| stage.foreach.as_ref()) else { return };
        let is_name = |key: &str| !matches!(key, "" | "." | "..") && !key.contains(['/', '\\', '\0']);
        for item in items.iter().filter(|item| !is_name(&item.key)) {
            let message =
                format!("`{}` can't be the name of a file, under which its branch is published", item.key);
            let hint = "give the item an `id` that can: it stands for {item}".to_owned();
            self.fault(item.value.span, message, Some(hint));
        }
    }

    /// What of the workspace isn't made by a pipeline.
    fn kept(&self, target: &Path) -> Option<&'static str> {
        if target == Path::new(self.document.file()) {
            return Some("the pipeline itself");
        }
        if target.starts_with(".vintner") {
            return Some("the cache");
        }
        let first = target.components().next()?;
        (first == Component::Normal("data".as_ref())).then_some("the data that it starts from")
    }
}
