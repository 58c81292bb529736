//! A graph for Graphviz.

use std::fmt::Write;

use super::edges::{edges, state};
use crate::plan::Plan;
use crate::questions::{StageStatus, State};

pub(super) fn draw(plan: &Plan<'_>, statuses: &[StageStatus]) -> String {
    let mut drawing =
        format!("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n", quote(&plan.pipeline.name));
    let _ = writeln!(drawing, "  \"vintage\" [shape=cylinder, label={}];", quote(&plan.vintage.name));
    for stage in &plan.pipeline.stages {
        let colour = match state(&stage.name, statuses) {
            Some(State::Fresh) => ", style=filled, fillcolor=\"#cfe8cf\"",
            Some(State::Stale(_)) => ", style=filled, fillcolor=\"#f6d6a8\"",
            Some(State::Missing(_)) => ", style=filled, fillcolor=\"#ffffff\"",
            Some(State::Corrupt(_)) => ", style=filled, fillcolor=\"#e8a0a0\"",
            Some(State::Waiting(_)) => ", style=\"filled,dashed\", fillcolor=\"#f0f0f0\"",
            None => "",
        };
        let label = format!("\"{}\\n{}\"", escaped(&stage.name), escaped(&stage.operation));
        let _ = writeln!(drawing, "  {} [label={label}{colour}];", quote(&stage.name));
    }
    for path in plan.pipeline.stages.iter().flat_map(|stage| stage.bound.files.values()) {
        let _ = writeln!(drawing, "  {} [shape=note];", quote(&path.display().to_string()));
    }
    for (from, to, role) in edges(plan) {
        let _ = writeln!(drawing, "  {} -> {} [label={}];", quote(&from), quote(&to), quote(&role));
    }
    drawing.push_str("}\n");
    drawing
}

fn quote(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text that stays text between quotes: line breaks and control characters are spaces.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(quote("a\"];\nb [URL=\"x"), r#""a\"]; b [URL=\"x""#);
        assert_eq!(quote("\\N\u{1}"), r#""\\N ""#);
    }
}
