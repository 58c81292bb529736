//! A graph as indented text.

use std::fmt::Write;

use super::edges::{edges, state, word};
use crate::plan::Plan;
use crate::questions::StageStatus;
use crate::spec::ForEach;

pub(super) fn draw(plan: &Plan<'_>, statuses: &[StageStatus]) -> String {
    let edges = edges(plan);
    let mut drawing = format!("{} on {}\n", plan.pipeline.name, plan.vintage.name);
    for stage in &plan.pipeline.stages {
        let many = match &stage.foreach {
            None => String::new(),
            Some(ForEach::Sources) => format!(" x {}", plan.vintage.sources.len()),
            Some(ForEach::Items(items)) => format!(" x {}", items.len()),
            Some(ForEach::Column { column, .. }) => format!(" x each {column}"),
        };
        let state = word(state(&stage.name, statuses));
        let state = if state.is_empty() { String::new() } else { format!(" [{state}]") };
        let _ = writeln!(drawing, "{}{many} ({}){state}", stage.name, stage.operation);
        for (from, _, _) in edges.iter().filter(|(_, to, _)| *to == stage.name) {
            let _ = writeln!(drawing, "  <- {from}");
        }
        for target in stage.bound.publish.values() {
            let _ = writeln!(drawing, "  -> {}", target.replace("{vintage}", &plan.vintage.name));
        }
    }
    drawing
}
