//! Pictures of a pipeline.

use std::fmt::Write;

use crate::{ForEach, Plan, Reference, StageStatus, State};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// Indented text.
    Text,
    /// Graphviz.
    Dot,
    /// Mermaid, as GitHub shows it in Markdown.
    Mermaid,
}

/// A picture of the stages of a plan and of what flows between them. Stages are coloured by state
/// where `statuses` are given.
pub fn draw(plan: &Plan<'_>, statuses: &[StageStatus], format: GraphFormat) -> String {
    match format {
        GraphFormat::Text => text(plan, statuses),
        GraphFormat::Dot => dot(plan, statuses),
        GraphFormat::Mermaid => mermaid(plan, statuses),
    }
}

/// The state of a stage: that of the branch that is worst off.
fn state<'a>(stage: &str, statuses: &'a [StageStatus]) -> Option<&'a State> {
    let of_stage = |status: &&StageStatus| {
        status.branch == stage || status.branch.strip_prefix(stage).is_some_and(|rest| rest.starts_with('['))
    };
    let rank = |state: &State| match state {
        State::Fresh => 0,
        State::Waiting(_) => 1,
        State::Stale(_) => 2,
        State::Missing(_) => 3,
        State::Corrupt(_) => 4,
    };
    statuses.iter().filter(of_stage).map(|status| &status.state).max_by_key(|state| rank(state))
}

fn word(state: Option<&State>) -> &'static str {
    state.map_or("", State::word)
}

fn edges(plan: &Plan<'_>) -> Vec<(String, String, String)> {
    let mut edges = Vec::new();
    for stage in &plan.pipeline.stages {
        for (role, reference) in &stage.bound.inputs {
            let from = match reference {
                Reference::Vintage => "vintage",
                Reference::Output { stage, .. } => stage,
            };
            edges.push((from.to_owned(), stage.name.clone(), role.clone()));
        }
        match &stage.foreach {
            Some(ForEach::Sources) => {
                edges.push(("vintage".into(), stage.name.clone(), "sources".into()));
            }
            Some(ForEach::Column { stage: from, column, .. }) => {
                edges.push((from.clone(), stage.name.clone(), column.clone()));
            }
            _ => {}
        }
        for path in stage.bound.files.values() {
            edges.push((path.display().to_string(), stage.name.clone(), String::new()));
        }
    }
    edges.sort();
    edges.dedup_by(|one, two| one.0 == two.0 && one.1 == two.1);
    edges
}

fn text(plan: &Plan<'_>, statuses: &[StageStatus]) -> String {
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

fn dot(plan: &Plan<'_>, statuses: &[StageStatus]) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
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
        let label = format!("{}\\n{}", stage.name, stage.operation);
        let _ = writeln!(drawing, "  {} [label=\"{label}\"{colour}];", quote(&stage.name));
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

fn mermaid(plan: &Plan<'_>, statuses: &[StageStatus]) -> String {
    let mut drawing = String::from("flowchart LR\n");
    let edges = edges(plan);
    let mut names: Vec<&str> = edges.iter().flat_map(|(from, to, _)| [from.as_str(), to.as_str()]).collect();
    names.extend(plan.pipeline.stages.iter().map(|stage| stage.name.as_str()));
    names.sort_unstable();
    names.dedup();
    let id = |name: &str| {
        names.iter().position(|known| *known == name).map(|at| format!("n{at}")).unwrap_or_default()
    };
    for name in &names {
        let label = name.replace('"', "#quot;");
        let stage = plan.pipeline.stages.iter().any(|stage| stage.name == **name);
        let (open, close) = if stage { ("[\"", "\"]") } else { ("[(\"", "\")]") };
        let class = word(state(name, statuses));
        let class = if class.is_empty() { String::new() } else { format!(":::{class}") };
        let _ = writeln!(drawing, "  {}{open}{label}{close}{class}", id(name));
    }
    for (from, to, _) in &edges {
        let _ = writeln!(drawing, "  {} --> {}", id(from), id(to));
    }
    drawing.push_str(
        "  classDef fresh fill:#cfe8cf\n  classDef stale fill:#f6d6a8\n  classDef waiting fill:#f0f0f0\n  \
         classDef missing fill:#ffffff\n  classDef corrupt fill:#e8a0a0\n",
    );
    drawing
}
