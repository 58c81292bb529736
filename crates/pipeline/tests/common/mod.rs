//! A workspace in a temporary folder, and the toy operations of `toys.rs` to run in it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod toys;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Value, json};
use vintner_pipeline::{
    Engine, GraphFormat, Outcome, Pipeline, PipelineError, Plan, Report, RunOptions, Silent, SourceFile,
    State, Store, Vintage, draw, status,
};

/// A folder with files, removed at the end of the test.
pub struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, part: &str) -> PathBuf {
        self.folder().join(part)
    }

    pub fn write(&self, part: &str, text: &str) {
        let path = self.path(part);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, part: &str) -> String {
        fs::read_to_string(self.path(part)).unwrap()
    }

    pub fn store(&self) -> Store {
        Store::of_workspace(self.folder())
    }

    /// A spec with these stages.
    pub fn pipeline(&self, stages: &str) -> Pipeline {
        match self.parse(&format!("version: 1\nname: toy\nvintage: v\nstages:\n{stages}")) {
            Ok(pipeline) => pipeline,
            Err(error) => panic!("{error}"),
        }
    }

    pub fn parse(&self, text: &str) -> Result<Pipeline, PipelineError> {
        Pipeline::parse(
            self.folder(),
            Path::new("pipeline.yaml").to_str().unwrap(),
            text,
            &toys::registry(),
            &BTreeMap::new(),
        )
    }

    /// Runs these stages on the vintage `v`, which has no sources.
    pub fn run(&self, stages: &str) -> Report {
        self.run_with(stages, &vintage(&[]), &RunOptions { keep_going: true, ..RunOptions::default() })
    }

    pub fn run_with(&self, stages: &str, vintage: &Vintage, options: &RunOptions) -> Report {
        let pipeline = self.pipeline(stages);
        let store = self.store();
        Engine::new(&store, &Silent).run(&Plan::new(&pipeline, vintage), options).unwrap()
    }

    /// What a dry run says of each branch.
    pub fn status(&self, stages: &str) -> BTreeMap<String, State> {
        let (pipeline, vintage) = (self.pipeline(stages), vintage(&[]));
        let statuses = status(&Plan::new(&pipeline, &vintage), &self.store()).unwrap();
        statuses.into_iter().map(|status| (status.branch, status.state)).collect()
    }

    pub fn draw(&self, stages: &str, vintage: &Vintage, format: GraphFormat) -> String {
        let pipeline = self.pipeline(stages);
        let plan = Plan::new(&pipeline, vintage);
        draw(&plan, &status(&plan, &self.store()).unwrap(), format)
    }

    /// The objects that the stages' fresh outputs consist of, by `branch.output`.
    pub fn outputs(&self, stages: &str, vintage: &Vintage) -> BTreeMap<String, Vec<u8>> {
        let pipeline = self.pipeline(stages);
        let store = self.store();
        let mut found = BTreeMap::new();
        for status in status(&Plan::new(&pipeline, vintage), &store).unwrap() {
            for (name, kept) in status.record.iter().flat_map(|record| &record.outputs) {
                found.insert(format!("{}.{name}", status.branch), store.object(&kept.digest).unwrap());
            }
        }
        found
    }

    /// The text of an output.
    pub fn output(&self, stages: &str, name: &str) -> String {
        let outputs = self.outputs(stages, &vintage(&[]));
        String::from_utf8(outputs.get(name).unwrap_or_else(|| panic!("no output {name}")).clone()).unwrap()
    }

    /// All files with their bytes and the time at which they were written.
    pub fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("stat-cache") {
                    // What is remembered of files is brought up to date once they have settled.
                    let written = fs::metadata(&path).unwrap().modified().unwrap();
                    found.insert(path.clone(), (fs::read(&path).unwrap(), written));
                }
            }
        }
        found
    }

    /// The file of the object with this content.
    pub fn object_file(&self, content: &[u8]) -> PathBuf {
        let digest = vintner_pipeline::Digest::of(content);
        self.path(&format!(".vintner/v1/objects/{}/{digest}", &digest.as_str()[..2]))
    }
}

/// The vintage `v` with sources: name, file.
pub fn vintage(sources: &[(&str, PathBuf)]) -> Vintage {
    let source = |(name, path): &(&str, PathBuf)| SourceFile {
        name: (*name).to_owned(),
        declaration: json!({"name": name}),
        path: path.clone(),
    };
    Vintage {
        name: "v".into(),
        manifest: json!({"title": "toy"}),
        manifests: Vec::new(),
        sources: sources.iter().map(source).collect(),
        remarks: Vec::new(),
    }
}

/// The names of the branches that ran, sorted.
pub fn ran(report: &Report) -> Vec<&str> {
    with(report, |outcome| matches!(outcome, Outcome::Ran(_)))
}

/// The names of the branches with an outcome, sorted.
pub fn with(report: &Report, wanted: impl Fn(&Outcome) -> bool) -> Vec<&str> {
    let mut names: Vec<&str> = report
        .stages
        .iter()
        .filter(|stage| wanted(&stage.outcome))
        .map(|stage| stage.branch.as_str())
        .collect();
    names.sort_unstable();
    names
}

/// Why a branch ran.
pub fn causes<'a>(report: &'a Report, branch: &str) -> &'a [String] {
    let stage = report.stages.iter().find(|stage| stage.branch == branch).unwrap();
    match &stage.outcome {
        Outcome::Ran(causes) => causes,
        other => panic!("{branch}: {other:?}"),
    }
}

/// A report as JSON, without the times that it took.
pub fn timeless(report: &Report) -> Value {
    let mut value = serde_json::to_value(report).unwrap();
    for stage in value["stages"].as_array_mut().unwrap() {
        stage.as_object_mut().unwrap().remove("seconds");
    }
    value
}
