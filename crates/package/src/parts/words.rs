//! Texts of Markdown, and words for sizes and times.

use vintner_stages::escape_markdown;

/// What stands where somebody has to say something; the check counts these.
pub(crate) const TODO: &str = "TODO";

/// What is asked for: of whom, and what.
pub(super) fn todo(place: &str, what: &str) -> String {
    format!("**{TODO}** ({place}): {what}")
}

/// A text as one cell of a table.
pub(super) fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    escape_markdown(&line).replace('|', "\\|").replace("\\\\|", "\\|")
}

/// A name as code, in a cell or beside text.
pub(super) fn code(text: &str) -> String {
    match text.contains('`') {
        true => format!("`` {} ``", text.replace('|', "\\|")),
        false => format!("`{}`", text.replace('|', "\\|")),
    }
}

/// Names as code, with commas.
pub(super) fn codes<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| code(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A paragraph of somebody's words.
pub(super) fn said(text: &str) -> String {
    escape_markdown(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A table.
pub(super) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

/// A size.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// A duration.
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        short if short <= 1.0 => "a second".to_owned(),
        short if short < 90.0 => format!("{:.0} seconds", short.ceil()),
        short if short < 5400.0 => format!("{:.0} minutes", (short / 60.0).ceil()),
        long => format!("{:.1} hours", long / 3600.0),
    }
}

/// A list of choices, those that hold ticked.
pub(super) fn choices<'c>(choices: impl IntoIterator<Item = (bool, &'c str)>) -> String {
    choices
        .into_iter()
        .map(|(holds, text)| format!("- [{}] {text}\n", if holds { "x" } else { " " }))
        .collect()
}
