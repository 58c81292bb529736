//! Stages as steps, and the tools that they run.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::graph::{Graph, encoded, to, to_all};
use super::parameters::{formal, kind_of};
use crate::contents::{Contents, StageContent};

/// The id of the program that runs pipelines.
pub(super) const ENGINE: &str = "#vintner";

/// A stage's tool and step, and its formal parameters.
#[derive(Debug, Default)]
pub(super) struct Tool {
    pub(super) id: String,
    pub(super) step: String,
    /// Of what it takes, by `input/ROLE`, `file/PATH`, `param/NAME`.
    pub(super) inputs: BTreeMap<String, String>,
    /// Of what it gives, by output.
    pub(super) outputs: BTreeMap<String, String>,
}

/// Puts the program in.
pub(super) fn engine(contents: &Contents, graph: &mut Graph) {
    let version = contents.software.iter().find(|one| one.name == "Vintner").map(|one| one.version.clone());
    graph.put(
        ENGINE,
        json!({
            "@type": "SoftwareApplication",
            "name": "Vintner",
            "softwareVersion": version,
            "description": "Runs pipelines of empirical research from raw files to reports",
        }),
    );
}

/// Puts the tools and steps of all stages in, by stage.
pub(super) fn tools(contents: &Contents, graph: &mut Graph) -> BTreeMap<String, Tool> {
    let mut tools: BTreeMap<String, Tool> = BTreeMap::new();
    let mut position = 0usize;
    for branch in &contents.stages {
        let known = tools.contains_key(&branch.stage);
        let tool = tools.entry(branch.stage.clone()).or_default();
        if !known {
            position += 1;
            tool.id = format!("#tool/{}", encoded(&branch.stage));
            tool.step = format!("#step/{}", encoded(&branch.stage));
            graph.put(
                &tool.step,
                json!({
                    "@type": "HowToStep",
                    "name": branch.stage,
                    "description": branch.title,
                    "position": position.to_string(),
                    "workExample": to(&tool.id),
                }),
            );
        }
        parameters(branch, tool, graph);
    }
    for (stage, tool) in &tools {
        let Some(first) = contents.stages.iter().find(|branch| branch.stage == *stage) else { continue };
        graph.put(&tool.id, entity(contents, first, tool));
    }
    tools
}

/// The formal parameters of a branch, which are those of its stage.
fn parameters(branch: &StageContent, tool: &mut Tool, graph: &mut Graph) {
    let of = &branch.stage;
    for read in &branch.reads {
        let key = format!("input/{}", read.role);
        tool.inputs.entry(key).or_insert_with_key(|key| formal(graph, of, key, "File"));
    }
    for file in &branch.files {
        let key = format!("file/{file}");
        tool.inputs.entry(key).or_insert_with_key(|key| formal(graph, of, key, "File"));
    }
    if !branch.sources.is_empty() {
        let key = "file/raw".to_owned();
        tool.inputs.entry(key).or_insert_with_key(|key| formal(graph, of, key, "File"));
    }
    if let Value::Object(params) = &branch.params {
        for (name, value) in params.iter().filter(|(_, value)| !value.is_null()) {
            let key = format!("param/{name}");
            tool.inputs.entry(key).or_insert_with_key(|key| formal(graph, of, key, kind_of(value)));
        }
    }
    for output in &branch.outputs {
        let key = output.name.clone();
        tool.outputs.entry(key).or_insert_with_key(|key| formal(graph, of, &format!("output/{key}"), "File"));
    }
}

fn entity(contents: &Contents, stage: &StageContent, tool: &Tool) -> Value {
    let own = contents.software.iter().filter(|one| one.stages.contains(&stage.stage));
    let own: Vec<String> = own.map(|one| format!("{}: {}", one.name, one.version)).collect();
    let engine = contents.software.iter().find(|one| one.name == "Vintner").map(|one| one.version.clone());
    let version = if own.is_empty() { engine.unwrap_or_default() } else { own.join("; ") };
    let (name, description) = match stage.operation.as_str() {
        "run" => {
            let command = stage.params.get("run").cloned().unwrap_or_default();
            let command = command.as_str().map(str::to_owned).unwrap_or_else(|| command.to_string());
            (format!("command of {}", stage.stage), format!("A command of another program: {command}"))
        }
        operation => (operation.to_owned(), format!("Vintner's operation `{operation}`")),
    };
    json!({
        "@type": "SoftwareApplication",
        "name": name,
        "description": description,
        "softwareVersion": version,
        "identifier": format!("blake3:{}", stage.code),
        "input": to_all(tool.inputs.values()),
        "output": to_all(tool.outputs.values()),
    })
}
