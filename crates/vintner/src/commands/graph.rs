//! `vintner graph`.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_pipeline::{GraphFormat as Drawing, Plan, StageStatus, draw, status};

use super::print_json;
use crate::arguments::{Graph, GraphFormat};
use crate::error::Result;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Graph) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let plan = Plan::new(&pipeline, &vintage);
    let statuses = status(&plan, &workspace.store())?;
    let format = match arguments.format {
        GraphFormat::Text => Drawing::Text,
        GraphFormat::Dot => Drawing::Dot,
        GraphFormat::Mermaid => Drawing::Mermaid,
        GraphFormat::Svg if arguments.all => Drawing::SvgInFull,
        GraphFormat::Svg => Drawing::Svg,
        GraphFormat::Json => return print_json(&as_json(&plan, &statuses)),
    };
    let drawn = draw(&plan, &statuses, format);
    match format {
        Drawing::Text => write!(page(), "{drawn}")?,
        Drawing::Dot | Drawing::Mermaid | Drawing::Svg | Drawing::SvgInFull => {
            write!(stdout().lock(), "{drawn}")?
        }
    }
    Ok(())
}

fn as_json(plan: &Plan<'_>, statuses: &[StageStatus]) -> serde_json::Value {
    let stages: Vec<_> = plan
        .pipeline
        .stages
        .iter()
        .map(|stage| {
            let inputs: serde_json::Map<String, serde_json::Value> = stage
                .bound
                .inputs
                .iter()
                .map(|(role, reference)| (role.clone(), reference.to_string().into()))
                .collect();
            let of_stage = |status: &&StageStatus| status.id.stage == stage.name;
            let branches: Vec<&String> =
                statuses.iter().filter(of_stage).map(|status| &status.branch).collect();
            json!({
                "stage": stage.name, "operation": stage.operation, "title": stage.title,
                "inputs": inputs, "files": stage.bound.files, "publish": stage.bound.publish, "branches": branches,
            })
        })
        .collect();
    json!({"pipeline": plan.pipeline.name, "vintage": plan.vintage.name, "stages": stages})
}
