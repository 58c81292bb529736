//! What a master program sets before it runs another, as a program of its own.

use std::fmt::Write;

use crate::language::Language;
use crate::paths::{ROOT, joined, up_from};
use crate::scanner::Run;

/// The wrapper of a run, where there is anything to set. `texts` are the programs that see it; `helpers` are run before,
/// in this order; paths start at the package's folder.
pub(crate) fn wrapper(run: &Run, master: &str, helpers: &[String], texts: &[String]) -> Option<String> {
    if run.alone {
        return None;
    }
    let up = up_from(&run.folder);
    let from_here = |path: &str| match (up.as_str(), path) {
        ("", "") => ".".to_owned(),
        (up, "") => up.trim_end_matches('/').to_owned(),
        (up, path) => format!("{up}{path}"),
    };
    let mentioned = |name: &str| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        texts.iter().any(|text| {
            text.match_indices(name).any(|(at, _)| {
                let before = text.get(..at).and_then(|text| text.chars().next_back());
                let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
                !before.is_some_and(is_part) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    };
    let set: Vec<(&String, String)> = run
        .values
        .iter()
        .filter(|(name, _)| mentioned(name))
        .filter_map(|(name, value)| Some((name, value.single()?)))
        .map(|(name, value)| match value.strip_prefix(ROOT) {
            Some(path) => (name, from_here(&joined("", path).unwrap_or_default())),
            None => (name, value.to_owned()),
        })
        .collect();
    let mut text = String::new();
    // Writing into a text doesn't fail.
    match run.language {
        Language::Stata => {
            if set.is_empty() && helpers.is_empty() && run.arguments.is_empty() {
                return None;
            }
            let _ = writeln!(
                text,
                "* Written by `vintner init`: what {master} sets before it runs this program."
            );
            for (name, value) in set {
                let _ = writeln!(text, "global {name} `\"{value}\"'");
            }
            for helper in helpers {
                let _ = writeln!(text, "do \"{}\"", from_here(helper));
            }
            let arguments: String = run.arguments.iter().map(|argument| format!(" \"{argument}\"")).collect();
            let _ = writeln!(text, "do \"{}\"{arguments}", from_here(&run.program));
        }
        Language::R => {
            if set.is_empty() && helpers.is_empty() && run.libraries.is_empty() {
                return None;
            }
            let _ = writeln!(
                text,
                "# Written by `vintner init`: what {master} sets before it runs this program."
            );
            for library in &run.libraries {
                let _ = writeln!(text, "library({library})");
            }
            for (name, value) in set {
                let number = value.parse::<f64>().is_ok();
                let quoted = serde_json::Value::String(value.clone()).to_string();
                let _ = writeln!(text, "{name} <- {}", if number { &value } else { &quoted });
            }
            for program in helpers.iter().chain([&run.program]) {
                let _ = writeln!(text, "source(\"{}\")", from_here(program));
            }
        }
        _ => return None,
    }
    Some(text)
}
