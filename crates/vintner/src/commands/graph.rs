//! `vintner graph`.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_pipeline::{GraphFormat as Drawing, Plan, Reference, draw, status};

use super::print_json;
use crate::arguments::{Graph, GraphFormat};
use crate::error::Result;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Graph) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let plan = Plan::new(&pipeline, &vintage);
    let format = match arguments.format {
        GraphFormat::Text => Drawing::Text,
        GraphFormat::Dot => Drawing::Dot,
        GraphFormat::Mermaid => Drawing::Mermaid,
        GraphFormat::Json => return print_json(&as_json(&plan)),
    };
    let statuses = status(&plan, &workspace.store())?;
    write!(stdout().lock(), "{}", draw(&plan, &statuses, format))?;
    Ok(())
}

fn as_json(plan: &Plan<'_>) -> serde_json::Value {
    let stages: Vec<_> = plan
        .pipeline
        .stages
        .iter()
        .map(|stage| {
            let inputs: serde_json::Map<String, serde_json::Value> = stage
                .inputs
                .iter()
                .map(|(role, reference)| {
                    let target = match reference {
                        Reference::Vintage => "vintage".to_owned(),
                        Reference::Output { stage, output } => format!("{stage}.{output}"),
                    };
                    (role.clone(), target.into())
                })
                .collect();
            let branches: Vec<String> = plan
                .branches
                .iter()
                .filter(|branch| branch.id.stage == stage.name)
                .map(|branch| branch.id.to_string())
                .collect();
            json!({
                "stage": stage.name, "operation": stage.operation.name(), "title": stage.title,
                "inputs": inputs, "files": stage.files, "publish": stage.publish, "branches": branches,
            })
        })
        .collect();
    json!({"pipeline": plan.pipeline.name, "vintage": plan.vintage.name, "stages": stages})
}
