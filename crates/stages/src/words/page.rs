//! An operation's page of documentation, in Markdown.

use std::fmt::Write;

use super::operation_words::{OperationWords, Part};
use super::section::{Row, Section};

/// The page; what `docs/operations/` has is this.
pub fn operation_page(words: &OperationWords) -> String {
    let mut page = format!("# `{}`\n\nIt {}.\n", words.name, words.summary);
    parts(&mut page, "Reads", &words.inputs);
    parts(&mut page, "Makes", &words.outputs);
    for section in &words.sections {
        parameters(&mut page, section);
    }
    if !words.example.is_empty() {
        // Writing into a text doesn't fail.
        let _ = write!(
            page,
            "\n## Example\n\nFrom `examples/operations/pipeline.yaml`, which a test runs:\n\n```yaml\n{}\n```\n",
            words.example
        );
    }
    page
}

fn parts(page: &mut String, title: &str, parts: &[Part]) {
    if parts.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {title}\n\n");
    for part in parts {
        let name = if part.name == "*" { "any names".to_owned() } else { format!("`{}`", part.name) };
        let optional = if part.optional { ", optional" } else { "" };
        let many = if part.many { ", also all branches of a stage" } else { "" };
        let _ = writeln!(page, "- {name}: {}{optional}{many}", part.kind);
    }
}

fn parameters(page: &mut String, section: &Section) {
    if section.title.is_empty() {
        page.push_str("\n## Parameters\n");
    } else {
        let _ = write!(page, "\n### `{}`\n", section.title);
    }
    if !section.words.is_empty() {
        let _ = write!(page, "\n{}\n", section.words);
    }
    if section.rows.is_empty() {
        if section.title.is_empty() {
            page.push_str("\nNone.\n");
        }
        return;
    }
    page.push_str("\n| | what can stand there | if left out | |\n|:--|:--|:--|:--|\n");
    for row in &section.rows {
        let name = if row.name.is_empty() { String::new() } else { format!("`{}`", row.name) };
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} |",
            cell(&row.kind),
            cell(&left_out(row)),
            cell(&row.words)
        );
    }
}

/// What becomes of a parameter that isn't given.
fn left_out(row: &Row) -> String {
    match &row.default {
        _ if row.kind.is_empty() => String::new(),
        _ if row.required => "a fault".into(),
        Some(default) => format!("`{default}`"),
        None => String::new(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
