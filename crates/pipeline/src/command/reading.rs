//! Reading a stage's fields, with every fault at its place.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node, NodeValue, Span, Spanned};

use super::command_line::CommandLine;
use super::environment::is_set_by_vintner;
use super::output_file::OutputFile;
use super::scratch::{INPUTS, PARAMS};
use super::timeout::Timeout;

/// A reading that goes on after each fault, with a stand-in for what is wrong.
pub(super) struct Reading<'a> {
    document: &'a Document,
    pub(super) faults: Faults,
}

impl<'a> Reading<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, faults: Faults::new() }
    }

    fn fault(&mut self, span: Span, message: impl Into<String>, hint: &str) {
        let fault = self.document.fault(Some(span), message);
        self.faults.push(fault.maybe_hint((!hint.is_empty()).then(|| hint.to_owned())));
    }

    /// The text of a node; `as_in` shows how it would be written.
    fn text<'n>(&mut self, node: &'n Node, as_in: &str) -> Option<&'n str> {
        match &node.value {
            NodeValue::Text(text) if text.contains('\0') => {
                self.fault(node.span, "a null character can't be passed to a program", "");
                None
            }
            NodeValue::Text(text) => Some(text),
            NodeValue::Number(_) | NodeValue::Bool(_) if as_in.is_empty() => {
                let found = format!("text expected, found {}", node.describe());
                self.fault(node.span, found, "put quotes around it");
                None
            }
            _ => {
                self.fault(node.span, format!("text expected, found {}", node.describe()), as_in);
                None
            }
        }
    }

    fn fields<'n>(&mut self, node: Option<&'n Node>, as_in: &str) -> &'n [(Spanned<String>, Node)] {
        match node.map(|node| (&node.value, node)) {
            None | Some((NodeValue::Null, _)) => &[],
            Some((NodeValue::Mapping(entries), _)) => entries,
            Some((_, node)) => {
                let found = format!("fields (`name: value`) expected, found {}", node.describe());
                self.fault(node.span, found, as_in);
                &[]
            }
        }
    }

    pub(super) fn line(&mut self, stage: &Node) -> CommandLine {
        const AS_IN: &str = "as in `run: Rscript growth.R`, or `run: [Rscript, growth.R]` without a shell";
        let nothing = CommandLine::Shell(String::new());
        let Some(run) = stage.get("run") else {
            self.fault(stage.span, "missing field `run`", AS_IN);
            return nothing;
        };
        match &run.value {
            NodeValue::Sequence(words) => {
                let empty = words.first().is_none_or(|first| match &first.value {
                    NodeValue::Text(program) => program.trim().is_empty(),
                    _ => false,
                });
                if empty {
                    self.fault(run.span, "the command is empty", AS_IN);
                }
                CommandLine::Direct(
                    words.iter().filter_map(|word| self.text(word, "").map(str::to_owned)).collect(),
                )
            }
            NodeValue::Text(text) if !text.trim().is_empty() => {
                self.text(run, AS_IN).map_or(nothing, |text| CommandLine::Shell(text.to_owned()))
            }
            NodeValue::Text(_) | NodeValue::Null => {
                self.fault(run.span, "the command is empty", AS_IN);
                nothing
            }
            _ => {
                self.text(run, AS_IN);
                nothing
            }
        }
    }

    pub(super) fn outputs(&mut self, stage: &Node) -> Vec<OutputFile> {
        const AS_IN: &str =
            "as in `outputs: {growth: growth.parquet}`: a name, and the path in the scratch folder";
        let node = stage.get("outputs").filter(|node| node.value != NodeValue::Null);
        let faults = self.faults.len();
        let entries = self.fields(node, AS_IN);
        if entries.is_empty() && self.faults.len() == faults {
            let span = node.map_or(stage.span, |node| node.span);
            self.fault(span, "a command needs at least one output", AS_IN);
        }
        let mut outputs: Vec<OutputFile> = Vec::new();
        for (name, node) in entries {
            if !is_output_name(name) {
                let message = format!("an output can't be called `{name}`");
                self.fault(name.span, message, "letters, digits, `_` and `-`, beginning with a letter");
            }
            let Some(text) = self.text(node, AS_IN) else { continue };
            let Some(path) = self.output_path(node.span, text) else { continue };
            let below =
                |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with('/'));
            for other in &outputs {
                if other.path == path {
                    let message = format!("`{}` is written to `{path}` too", other.name);
                    self.fault(node.span, message, "give each output a path of its own");
                } else if below(&other.path, &path) || below(&path, &other.path) {
                    let message = format!("`{path}` and `{}` can't both be files", other.path);
                    self.fault(node.span, message, "one is a folder on the other's path");
                }
            }
            outputs.push(OutputFile { name: name.value.clone(), path });
        }
        outputs
    }

    /// The path without `.` and doubled slashes.
    fn output_path(&mut self, span: Span, text: &str) -> Option<String> {
        let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let (message, hint) = if text.is_empty() {
            ("an output needs a path", "as in `growth.parquet`")
        } else if text.starts_with('/') || parts.contains(&"..") {
            ("an output is written inside the scratch folder only", "`publish` writes it into the workspace")
        } else if parts.is_empty() || text.ends_with('/') || text.ends_with("/.") {
            ("an output is a file, not a folder", "declare each file, or write one archive")
        } else if text.chars().any(char::is_control) {
            ("a path can't hold line breaks and the like", "")
        } else if parts.first() == Some(&INPUTS) {
            ("`inputs/` holds what the command reads", "write the output elsewhere")
        } else if parts == [PARAMS] {
            ("`params.json` holds the parameters", "write the output elsewhere")
        } else {
            return Some(parts.join("/"));
        };
        self.fault(span, message, hint);
        None
    }

    pub(super) fn environment(
        &mut self,
        node: Option<&Node>,
        caller: &dyn Fn(&str) -> Option<OsString>,
    ) -> BTreeMap<String, String> {
        let mut environment = BTreeMap::new();
        for (name, node) in self.fields(node, "as in `env: {OMP_NUM_THREADS: \"1\"}`") {
            if !is_variable_name(name) {
                let message = format!("a variable can't be called `{name}`");
                self.fault(name.span, message, "letters, digits and `_`, not beginning with a digit");
                continue;
            }
            if is_set_by_vintner(name) {
                let message =
                    format!("`{name}` is set by Vintner, so that it is the same wherever the command runs");
                self.fault(
                    name.span,
                    message,
                    "a variable of another name, or the command itself, can do it",
                );
                continue;
            }
            let value = match &node.value {
                NodeValue::Null => match caller(name).map(OsString::into_string) {
                    Some(Ok(value)) => Some(value),
                    Some(Err(_)) => {
                        self.fault(name.span, format!("the value of `{name}` isn't UTF-8"), "");
                        None
                    }
                    None => {
                        let message = format!("`{name}` is to be the caller's, and isn't set");
                        self.fault(name.span, message, "set it and run again, or write its value here");
                        None
                    }
                },
                _ => self.text(node, "").map(str::to_owned),
            };
            environment.extend(value.map(|value| (name.value.clone(), value)));
        }
        environment
    }

    pub(super) fn timeout(&mut self, node: Option<&Node>) -> Option<Timeout> {
        let node = node.filter(|node| node.value != NodeValue::Null)?;
        let timeout = match &node.value {
            NodeValue::Text(text) => Timeout::parse(text),
            _ => None,
        };
        if timeout.is_none() {
            let message = format!("a time of at least a second expected, found {}", node.describe());
            self.fault(node.span, message, "as in `timeout: 90s`, `10m` or `2h`");
        }
        timeout
    }

    pub(super) fn params(&mut self, node: Option<&Node>) -> Value {
        let nothing = Value::Object(serde_json::Map::new());
        let Some(node) = node.filter(|node| node.value != NodeValue::Null) else { return nothing };
        let as_in = "as in `params: {degree: 2}`; the command finds them in `params.json`";
        self.fields(Some(node), as_in);
        let (params, faults) = self.document.decode_partly::<Value>(node);
        self.faults.extend(faults);
        params.unwrap_or(nothing)
    }
}

fn is_output_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
