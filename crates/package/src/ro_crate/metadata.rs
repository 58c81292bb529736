//! The file: its descriptor, the root, the workflow, and all that they refer to.

use serde_json::{Value, json};
use vintner_pipeline::Store;

use super::actions::actions;
use super::agents::authors;
use super::data::data;
use super::graph::{Graph, encoded, to, to_all};
use super::tools::{engine, tools};
use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, Role};

/// The file's name, which the format prescribes.
const METADATA: &str = "ro-crate-metadata.json";

/// The profiles that it keeps to.
const PROFILES: [(&str, &str, &str); 4] = [
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
];

/// Adds the file.
pub(crate) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    let document = metadata(contents, files);
    files.put(METADATA, Role::Metadata, format!("{document:#}\n"))
}

fn metadata(contents: &Contents, files: &Files) -> Value {
    let mut graph = Graph::default();
    let places = data(contents, files, &mut graph);
    let parts: Vec<String> = files.iter().map(|file| encoded(&file.path)).collect();
    let (agents, publisher) = authors(contents, &mut graph);
    engine(contents, &mut graph);
    let tools = tools(contents, &mut graph);
    let whole = actions(contents, files, &places, &tools, &agents, &mut graph);
    graph.put(
        METADATA,
        json!({
            "@type": "CreativeWork",
            "about": to("./"),
            "conformsTo": [to("https://w3id.org/ro/crate/1.1"), to("https://w3id.org/workflowhub/workflow-ro-crate/1.0")],
        }),
    );
    for (id, name, version) in PROFILES {
        graph.put(id, json!({"@type": "CreativeWork", "name": name, "version": version}));
    }
    let workflow = encoded(&contents.pipeline_file);
    graph.put(
        "#pipeline-yaml",
        json!({"@type": "ComputerLanguage", "name": "Vintner pipeline", "version": "1"}),
    );
    let steps: Vec<String> = tools.values().map(|tool| tool.step.clone()).collect();
    let parts_of: Vec<String> = tools.values().map(|tool| tool.id.clone()).collect();
    let licence = |graph: &mut Graph, spdx: &Option<String>| {
        let spdx = spdx.as_ref()?;
        let id = format!("https://spdx.org/licenses/{}", encoded(spdx));
        let about = "A licence of the SPDX list; LICENSE files of the package have its words";
        graph.put(
            &id,
            json!({"@type": "CreativeWork", "name": spdx, "identifier": spdx, "description": about}),
        );
        Some(to(&id))
    };
    let code = licence(&mut graph, &contents.description.code_licence);
    let of_data = licence(&mut graph, &contents.description.data_licence);
    // The type that makes it a workflow stands first; `data` has put the file in as a file.
    let profile = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE";
    graph.put(profile, json!({"@type": "CreativeWork", "name": "ComputationalWorkflow", "version": "1.0"}));
    let described = json!({
        "conformsTo": to(profile),
        "programmingLanguage": to("#pipeline-yaml"),
        "input": to_all(&whole.inputs),
        "output": to_all(&whole.outputs),
        "environment": to_all(&whole.environment),
        "hasPart": to_all(&parts_of),
        "step": to_all(&steps),
        "version": contents.description.version.clone().unwrap_or_else(|| contents.date.clone()),
        "author": to_all(&agents),
        "license": code.clone(),
    });
    graph.put(&workflow, described);
    graph.retype(
        &workflow,
        &["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        &contents.pipeline,
    );
    let mut mentions = graph.of_type("CreateAction");
    mentions.extend(graph.of_type("OrganizeAction"));
    let description = contents.description.overview.clone().unwrap_or_else(|| {
        format!(
            "Replication package: the pipeline {} on the vintage {}, its data, its results, and how each was made.",
            contents.pipeline, contents.vintage
        )
    });
    graph.put(
        "./",
        json!({
            "@type": "Dataset",
            "name": contents.title,
            "description": description,
            "datePublished": contents.date,
            "license": of_data.or(code).unwrap_or_else(|| json!(
                "No licence is given: package.yaml says none, and all rights stay with the authors"
            )),
            "conformsTo": PROFILES.iter().map(|(id, ..)| to(id)).collect::<Vec<_>>(),
            "mainEntity": to(&workflow),
            "hasPart": to_all(&parts),
            "mentions": to_all(&mentions),
            "author": to_all(&agents),
            "publisher": to(&publisher),
            "keywords": contents.description.keywords,
            "citation": contents.citation,
            "identifier": contents.description.doi.as_ref().map(|doi| format!("https://doi.org/{doi}")),
        }),
    );
    graph.document()
}
