//! A graph for Mermaid.

use std::fmt::Write;

use super::edges::{edges, state, word};
use crate::plan::Plan;
use crate::questions::StageStatus;

pub(super) fn draw(plan: &Plan<'_>, statuses: &[StageStatus]) -> String {
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
        let label = escaped(name);
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

/// Text that stays text between quotes, neither HTML nor Markdown: by Mermaid's own character codes.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            _ if c.is_control() => " ".to_owned(),
            '"' | '#' | '&' | '<' | '>' | '`' | '*' | '\\' | ';' => format!("#{};", u32::from(c)),
            _ => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escaped("a\"]\n--> b"), "a#34;] --#62; b");
        assert_eq!(
            escaped("<img src=x>#quot;`**b**`"),
            "#60;img src=x#62;#35;quot#59;#96;#42;#42;b#42;#42;#96;"
        );
        assert_eq!(escaped("data/汇率 (1).xlsx"), "data/汇率 (1).xlsx");
    }
}
