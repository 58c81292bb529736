//! `assemble`, `exposure`, `deflate` and `derive`: the panel and its variables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use vintner_panel::Frequency;
use vintner_transform::{Deflate, Expression, ShiftShare};

use crate::branches::{Branch, From, read};
use crate::error::Result;
use crate::exported;
use crate::program::Program;
use crate::request::ReplicateRequest;
use crate::script::{Call, Statement, Value, identifier};
use crate::sources::{crosswalk, year};
use crate::substitute::substituted;

/// The statements of a branch that makes a frame.
pub(crate) fn add(program: &mut Program, branch: &Branch<'_>, request: &ReplicateRequest<'_>) -> Result<()> {
    let name = identifier(&branch.name);
    if let Some(title) = &branch.title {
        program.variables.push(Statement::Comment(title.clone()));
    }
    let made = match branch.operation() {
        // The scripts know no periods of different lengths.
        "assemble" => {
            let repeated: Vec<String> = branch.param("repeat").unwrap_or_default();
            repeated.is_empty().then(|| assembled(program, branch, &name, request))
        }
        "exposure" => {
            branch_params::<ShiftShare>(branch).and_then(|asked| shared_out(program, branch, &name, &asked))
        }
        "deflate" => {
            branch_params::<Deflate>(branch).and_then(|asked| deflated(program, branch, &name, &asked))
        }
        "derive" => derived(program, branch, &name),
        _ => None,
    };
    match made {
        Some(statements) => program.variables.extend(statements),
        None => return kept(program, branch, &name),
    }
    program.variables.push(Statement::Blank);
    program.frames.insert(branch.name.clone(), name);
    Ok(())
}

/// A frame that scripts don't make: they read it as it was made.
pub(crate) fn kept(program: &mut Program, branch: &Branch<'_>, name: &str) -> Result<()> {
    let output = branch.outputs().find(|output| branch.frame(output).is_ok()).map(str::to_owned);
    let Some(output) = output else { return Ok(()) };
    let copy = exported::frame(program, branch, &output)?;
    program.variables.push(Statement::Let(name.to_owned(), copy.read_by("read_frame").value()));
    program.variables.push(Statement::Blank);
    let reason = match branch.operation() {
        "run" => "a script of the author's own".to_owned(),
        operation => format!("`{operation}` isn't written as a script in this form"),
    };
    program.leave_out(branch.name.clone(), format!("{reason}; what it made is read from {}", copy.path));
    program.frames.insert(branch.name.clone(), name.to_owned());
    Ok(())
}

fn branch_params<T: serde::de::DeserializeOwned>(branch: &Branch<'_>) -> Option<T> {
    serde_json::from_value(branch.params().clone()).ok()
}

/// The frame that a branch reads under a role.
pub(crate) fn frame_under(program: &Program, branch: &Branch<'_>, role: &str) -> Option<Value> {
    let (from, _) = branch.output_under(role)?;
    program.frames.get(&from).map(Value::name)
}

/// The sources that a branch reads under `tidy`: all of them, or some by name.
fn tidy(branch: &Branch<'_>) -> Value {
    let items =
        branch.reads().into_iter().filter(|read| read.role == "tidy").filter_map(|read| match read.from {
            From::Output { branch, .. } => {
                let item = branch.split_once('[').map(|(_, item)| item.trim_end_matches(']').to_owned());
                Some(item.unwrap_or(branch))
            }
            _ => None,
        });
    let items: Vec<String> = items.collect();
    Call::new("sources_of").with(Value::name("sources")).with(Value::texts(items)).value()
}

fn assembled(
    program: &mut Program,
    branch: &Branch<'_>,
    name: &str,
    request: &ReplicateRequest<'_>,
) -> Vec<Statement> {
    let variables: Vec<String> = branch.param("variables").unwrap_or_default();
    let window: Json = branch.param("window").unwrap_or_default();
    let aggregate: BTreeMap<String, String> = branch.param("aggregate").unwrap_or_default();
    let entities = branch.file_under("crosswalk").map(|path| {
        let crosswalk = crosswalk(program, branch, &path, request);
        Call::new("entities_of").with(crosswalk).value()
    });
    let observed = branch.param::<String>("rows").filter(|rows| rows == "observed");
    let how = aggregate.iter().map(|(variable, how)| (variable.clone(), Value::text(how)));
    let call = Call::new("assemble")
        .with(tidy(branch))
        .maybe("variables", (!variables.is_empty()).then(|| Value::texts(&variables)))
        .maybe("entities", entities)
        .maybe("first_year", year(&window, "first"))
        .maybe("last_year", year(&window, "last"))
        .maybe("rows", observed.map(Value::text))
        .maybe("aggregate", (!aggregate.is_empty()).then(|| Value::Named(how.collect())));
    vec![Statement::Let(name.to_owned(), call.value())]
}

fn shared_out(
    program: &Program,
    branch: &Branch<'_>,
    name: &str,
    asked: &ShiftShare,
) -> Option<Vec<Statement>> {
    let call = Call::new("exposure")
        .with(frame_under(program, branch, "panel")?)
        .with(tidy(branch))
        .named("shift", Value::text(&asked.shift))
        .named("share", Value::text(&asked.share))
        .named("base", Value::Number(asked.base.into()))
        .named("into", Value::text(&asked.into))
        .maybe("exclude", (!asked.exclude.is_empty()).then(|| Value::texts(&asked.exclude)));
    Some(vec![Statement::Let(name.to_owned(), call.value())])
}

fn deflated(program: &Program, branch: &Branch<'_>, name: &str, asked: &Deflate) -> Option<Vec<Statement>> {
    // Of periods other than years scripts read what was made.
    let base = (asked.base.frequency() == Frequency::Year).then(|| asked.base.ordinal())?;
    let call = Call::new("deflate")
        .with(frame_under(program, branch, "panel")?)
        .named("nominal", Value::text(&asked.nominal))
        .named("deflator", Value::text(&asked.deflator))
        .named("base", Value::Number(base.into()))
        .named("into", Value::text(&asked.into));
    Some(vec![Statement::Let(name.to_owned(), call.value())])
}

fn derived(program: &Program, branch: &Branch<'_>, name: &str) -> Option<Vec<Statement>> {
    let define: BTreeMap<String, String> = branch.param("define")?;
    let parameters: BTreeMap<String, f64> = branch.param("parameters").unwrap_or_default();
    let keep: Vec<String> = branch.param("keep").unwrap_or_default();
    let mut join = Call::new("join").with(frame_under(program, branch, "panel")?);
    let mut further = 0;
    for read in branch.reads() {
        let From::Output { branch: from, .. } = read.from else { continue };
        if read.role != "panel" {
            join = join.with(Value::name(program.frames.get(&from)?));
            further += 1;
        }
    }
    let first = match further {
        0 => frame_under(program, branch, "panel")?,
        _ => join.value(),
    };
    let mut statements = vec![Statement::Let(name.to_owned(), first)];
    for (column, expression) in in_order(&define)? {
        let tree = substituted(expression.tree(), &parameters);
        let call = Call::new("define")
            .with(Value::name(name))
            .with(Value::text(&column))
            .with(Value::Expression(tree));
        statements.push(Statement::Let(name.to_owned(), call.value()));
    }
    let columns = keep.iter().chain(define.keys());
    let call = Call::new("columns_of").with(Value::name(name)).with(Value::texts(columns));
    statements.push(Statement::Let(name.to_owned(), call.value()));
    Some(statements)
}

/// Definitions, each after those that it reads.
fn in_order(define: &BTreeMap<String, String>) -> Option<Vec<(String, Expression)>> {
    let mut left = Vec::new();
    for (name, text) in define {
        left.push((name.clone(), Expression::parse(text).ok()?));
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let ready = |(_, expression): &(String, Expression)| {
            expression.reads().iter().all(|read| !define.contains_key(read) || done.contains(read))
        };
        let at = left.iter().position(ready)?;
        let next = left.remove(at);
        done.insert(next.0.clone());
        ordered.push(next);
    }
    Some(ordered)
}

/// A field of a branch's parameters, or nothing.
pub(crate) fn texts(value: &Json, name: &str) -> Vec<String> {
    read(value, name).unwrap_or_default()
}
