//! Runs: of each branch, and of the whole.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::data::{Places, raw_id};
use super::graph::{Graph, encoded, to, to_all};
use super::parameters::{formal, value};
use super::times::{end_of, iso};
use super::tools::{ENGINE, Tool};
use crate::contents::{Contents, StageContent};
use crate::files::Files;

const DONE: &str = "http://schema.org/CompletedActionStatus";

/// What the whole run took and gave.
#[derive(Debug, Default)]
pub(super) struct Whole {
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    pub(super) environment: Vec<String>,
}

/// Puts the runs of all branches in, and that of the workflow.
pub(super) fn actions(
    contents: &Contents,
    files: &Files,
    places: &Places,
    tools: &BTreeMap<String, Tool>,
    agents: &[String],
    graph: &mut Graph,
) -> Whole {
    let agent = agents.first().map(|id| to(id)).unwrap_or_default();
    let workflow = encoded(&contents.pipeline_file);
    let mut controls = Vec::new();
    let (mut objects, mut results): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut whole = Whole::default();
    for branch in &contents.stages {
        let Some(tool) = tools.get(&branch.stage) else { continue };
        let (takes, raw) = taken(contents, branch, files, places, tool, graph);
        for id in raw {
            let formal = formal(graph, "workflow", &format!("input/{id}"), "File");
            graph.put(&id, json!({"exampleOfWork": [to(&formal)]}));
            push(&mut whole.inputs, formal);
            push(&mut objects, id);
        }
        let mut gives = Vec::new();
        for output in &branch.outputs {
            let Some(id) = places.output(&branch.branch, &output.name) else { continue };
            if let Some(formal) = tool.outputs.get(&output.name) {
                graph.put(id, json!({"exampleOfWork": [to(formal)]}));
            }
            if output.path.is_some() && files.get(output.path.as_deref().unwrap_or_default()).is_some() {
                let formal =
                    formal(graph, "workflow", &format!("output/{}.{}", branch.branch, output.name), "File");
                graph.put(id, json!({"exampleOfWork": [to(&formal)]}));
                push(&mut whole.outputs, formal);
                push(&mut results, id.clone());
            }
            push(&mut gives, id.clone());
        }
        let (used, seed) = (memory(branch, graph), seed(branch, graph));
        let id = format!("#run/{}", encoded(&branch.branch));
        let control = format!("#control/{}", encoded(&branch.branch));
        graph.put(
            &id,
            json!({
                "@type": "CreateAction",
                "name": format!("Run of {}", branch.branch),
                "description": branch.title.clone().unwrap_or_else(|| format!("The branch {} of the pipeline", branch.branch)),
                "instrument": to(&tool.id),
                "object": to_all(&takes),
                "result": to_all(&gives),
                "startTime": iso(branch.started),
                "endTime": iso(end_of(branch.started, branch.seconds)),
                "agent": agent,
                "actionStatus": DONE,
                "identifier": branch.fingerprint.as_ref().map(|digest| format!("blake3:{digest}")),
                "resourceUsage": used,
                "environment": [to(&seed)],
            }),
        );
        graph.put(
            &control,
            json!({
                "@type": "ControlAction",
                "name": format!("Orchestration of {}", branch.branch),
                "instrument": to(&tool.step),
                "object": to(&id),
                "actionStatus": DONE,
            }),
        );
        controls.push(control);
    }
    let machine = formal(graph, "workflow", "environment/machine", "Text");
    let words = Value::String(contents.machine.words.clone());
    let machine_value = value(graph, "workflow", "machine", &words, Some(&machine));
    whole.environment.push(machine);
    let started = contents.stages.iter().map(|branch| branch.started).min().unwrap_or(0);
    let ended =
        contents.stages.iter().map(|branch| end_of(branch.started, branch.seconds)).max().unwrap_or(started);
    let run = "#run";
    graph.put(
        run,
        json!({
            "@type": "CreateAction",
            "name": format!("Run of {} on the vintage {}", contents.pipeline, contents.vintage),
            "description": "All branches of all stages, each as it was last run; those that were found in the cache ran earlier",
            "instrument": to(&workflow),
            "object": to_all(&objects),
            "result": to_all(&results),
            "startTime": iso(started),
            "endTime": iso(ended),
            "agent": agent,
            "actionStatus": DONE,
            "environment": [to(&machine_value)],
        }),
    );
    graph.put(
        "#orchestration",
        json!({
            "@type": "OrganizeAction",
            "name": format!("Run of Vintner over {}", contents.pipeline),
            "instrument": to(ENGINE),
            "object": to_all(&controls),
            "result": to(run),
            "startTime": iso(started),
            "endTime": iso(ended),
            "agent": agent,
            "actionStatus": DONE,
        }),
    );
    whole
}

/// What a branch takes, and which of that is no stage's.
fn taken(
    contents: &Contents,
    branch: &StageContent,
    files: &Files,
    places: &Places,
    tool: &Tool,
    graph: &mut Graph,
) -> (Vec<String>, Vec<String>) {
    let (mut takes, mut raw) = (Vec::new(), Vec::new());
    let example = |graph: &mut Graph, id: &str, key: &str| {
        if let Some(formal) = tool.inputs.get(key) {
            graph.put(id, json!({"exampleOfWork": [to(formal)]}));
        }
    };
    for read in &branch.reads {
        if let Some(id) = places.output(&read.branch, &read.output) {
            example(graph, id, &format!("input/{}", read.role));
            push(&mut takes, id.clone());
        }
    }
    for file in &branch.files {
        let id = encoded(file);
        if graph.has(&id) {
            example(graph, &id, &format!("file/{file}"));
            push(&mut takes, id.clone());
            push(&mut raw, id);
        }
    }
    let own = contents.sources.iter().filter(|source| branch.sources.contains(&source.name));
    for file in own.flat_map(|source| &source.files) {
        let id = raw_id(file, files);
        example(graph, &id, "file/raw");
        push(&mut takes, id.clone());
        push(&mut raw, id);
    }
    if let Value::Object(params) = &branch.params {
        for (name, given) in params.iter().filter(|(_, value)| !value.is_null()) {
            let formal = tool.inputs.get(&format!("param/{name}"));
            takes.push(value(graph, &branch.branch, name, given, formal.map(String::as_str)));
        }
    }
    (takes, raw)
}

fn push(ids: &mut Vec<String>, id: String) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}

/// The memory that a branch needed, as recorded.
fn memory(branch: &StageContent, graph: &mut Graph) -> Option<Value> {
    let bytes = branch.peak_memory?;
    let id = format!("#memory/{}", encoded(&branch.branch));
    graph.put(
        &id,
        json!({
            "@type": "PropertyValue",
            "name": "peak memory",
            "propertyID": "peakMemory",
            "unitCode": "https://qudt.org/vocab/unit/BYTE",
            "value": bytes.to_string(),
        }),
    );
    Some(json!([to(&id)]))
}

/// The seed that a branch had.
fn seed(branch: &StageContent, graph: &mut Graph) -> String {
    // As a text: not every reader of JSON keeps 64 bits.
    value(graph, &branch.branch, "seed", &Value::String(branch.seed.to_string()), None)
}
