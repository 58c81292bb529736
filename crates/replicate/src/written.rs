//! Scripts and what lies beside them, as files.

use std::collections::BTreeMap;

use vintner_pipeline::Plan;

use crate::branches::{Branch, branches};
use crate::error::{ReplicateError, Result};
use crate::program::{NotReplicated, Program};
use crate::python::Python;
use crate::r::R;
use crate::readme::readme;
use crate::request::ReplicateRequest;
use crate::script::{Language, Statement, quoted, written};
use crate::{descriptions, instruments, regress, sources, specifications, tables, variables};

/// A folder of scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replication {
    /// Each file's path from the folder, with `/`, and its bytes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Of the files below `data/` that hold the values of one source: its name. The others there are computed from several.
    pub of_source: BTreeMap<String, String>,
    /// The numbers that the scripts are compared with: coefficients and statistics.
    pub numbers: usize,
    /// What the scripts don't repeat.
    pub not_replicated: Vec<NotReplicated>,
}

/// The scripts of a vintage's pipeline in R and in Python. The same store gives the same bytes.
///
/// # Errors
/// [`ReplicateError::NotMade`] where a stage isn't made as things are now; where the store can't be read.
pub fn write(request: &ReplicateRequest<'_>) -> Result<Replication> {
    let plan = Plan::new(request.pipeline, request.vintage);
    let mut program = Program::default();
    let all = branches(&plan, request.store)?;
    for branch in &all {
        add(&mut program, branch, request)?;
    }
    let left: Vec<NotReplicated> = program.not_replicated.iter().cloned().collect();
    let mut files = std::mem::take(&mut program.files);
    let name = &request.pipeline.name;
    let mut put = |path: &str, text: String| {
        files.insert(path.to_owned(), text.into_bytes());
    };
    for (language, folder, ending) in
        [(&R as &dyn Language, "R", "R"), (&Python as &dyn Language, "python", "py")]
    {
        for (script, heading, statements) in [
            ("1_data", "Raw files -> tidy values, a table a source", &program.data),
            ("2_variables", "Tidy values -> the panel and its variables", &program.variables),
            ("3_estimates", "Variables -> coefficients, standard errors, statistics", &program.estimates),
        ] {
            let head = format!("{name}: {heading}. Written by Vintner from its pipeline.");
            let head = [Statement::Comment(head), Statement::Blank];
            let text = written(&head, language) + &written(statements, language);
            put(&format!("{folder}/{script}.{ending}"), text.trim_end().to_owned() + "\n");
        }
    }
    put("R/tables.R", include_str!("../scripts/tables.R").to_owned());
    put("R/models.R", include_str!("../scripts/models.R").to_owned());
    put("R/run_all.R", include_str!("../scripts/run_all.R").replace("\"@DATA@\"", &quoted(request.data)));
    put("R/packages.txt", include_str!("../scripts/packages.txt").to_owned());
    put("python/tables.py", include_str!("../scripts/tables.py").to_owned());
    put("python/models.py", include_str!("../scripts/models.py").to_owned());
    put(
        "python/run_all.py",
        include_str!("../scripts/run_all.py").replace("\"@DATA@\"", &quoted(request.data)),
    );
    put("python/requirements.txt", include_str!("../scripts/requirements.txt").to_owned());
    let (expected, row_tables, not_made) = (results(&program)?, table_rows(&program)?, left_out(&left)?);
    put("expected/results.csv", expected);
    if !program.tables.is_empty() {
        put("expected/tables.csv", row_tables);
    }
    put("expected/not_replicated.csv", not_made);
    put("README.md", readme(request, &left));
    let numbers = program.expected.len();
    Ok(Replication { files, of_source: program.of_source, numbers, not_replicated: left })
}

fn add(program: &mut Program, branch: &Branch<'_>, request: &ReplicateRequest<'_>) -> Result<()> {
    match branch.operation() {
        "ingest" => sources::add(program, branch, request),
        "assemble" | "exposure" | "deflate" | "derive" => variables::add(program, branch, request),
        "regress" => regress::add(program, branch),
        "specifications" => specifications::add(program, branch),
        "mean_group" => specifications::add_mean_group(program, branch),
        "fama_macbeth" => specifications::add_fama_macbeth(program, branch),
        "iv" => instruments::add_iv(program, branch),
        "system" => instruments::add_system(program, branch),
        "describe" => descriptions::add_describe(program, branch),
        "granger" => descriptions::add_granger(program, branch),
        "estimates" => tables::add(program, branch, request),
        "run" => own_script(program, branch, request),
        other => {
            let reason = match other {
                "bootstrap" => specifications::RANDOM,
                "diagnose" | "unit_root" | "cointegration" => "tests of a specification are no coefficients",
                _ => "its operation isn't written as a script",
            };
            program.leave_out(branch.name.clone(), format!("`{other}`: {reason}"));
            Ok(())
        }
    }
}

/// A stage in a language of the author's own: its files are put beside the scripts, its frames are read as they were made.
fn own_script(program: &mut Program, branch: &Branch<'_>, request: &ReplicateRequest<'_>) -> Result<()> {
    let workspace = &request.pipeline.workspace;
    for (path, bytes) in branch.files() {
        // Raw files go where the data go, under their own terms.
        if request.vintage.sources.iter().any(|source| source.path == workspace.join(&path)) {
            continue;
        }
        program.put(format!("own/{path}"), bytes, request);
    }
    let name = crate::script::identifier(&branch.name);
    let frames = program.frames.len();
    variables::kept(program, branch, &name)?;
    if program.frames.len() == frames {
        program.leave_out(branch.name.clone(), "a script of the author's own, which isn't written again");
    }
    Ok(())
}

fn results(program: &Program) -> Result<String> {
    let number = |value: Option<f64>| value.map(|value| format!("{value:?}")).unwrap_or_default();
    let rows = program.expected.iter().map(|one| {
        let (stage, model, term) = (one.stage.clone(), one.model.clone(), one.term.clone());
        vec![stage, model, term, number(one.estimate), number(one.std_error), number(one.p_value)]
    });
    csv(&["stage", "model", "term", "estimate", "std_error", "p_value"], rows)
}

fn table_rows(program: &Program) -> Result<String> {
    let rows = program.tables.iter().map(|row| {
        vec![row.file.clone(), row.table.clone(), row.unit.clone(), row.stage.clone(), row.model.clone()]
    });
    csv(&["file", "table", "unit", "stage", "model"], rows)
}

fn left_out(left: &[NotReplicated]) -> Result<String> {
    csv(&["what", "reason"], left.iter().map(|one| vec![one.what.clone(), one.reason.clone()]))
}

fn csv(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<String> {
    let fault = |message: String| ReplicateError::Output { what: "a table of the scripts".into(), message };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| fault(error.to_string()))?;
    for row in rows {
        writer.write_record(row).map_err(|error| fault(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| fault(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| fault(error.to_string()))
}

#[cfg(test)]
mod tests {
    /// Data editors' scanners take a letter or digit before a backslash for a path of Windows.
    #[test]
    fn no_script_has_what_looks_like_a_path_of_windows() {
        for (name, text) in [
            ("tables.R", include_str!("../scripts/tables.R")),
            ("models.R", include_str!("../scripts/models.R")),
            ("run_all.R", include_str!("../scripts/run_all.R")),
            ("tables.py", include_str!("../scripts/tables.py")),
            ("models.py", include_str!("../scripts/models.py")),
            ("run_all.py", include_str!("../scripts/run_all.py")),
        ] {
            for (number, line) in text.lines().enumerate() {
                let pairs = line.as_bytes().windows(2);
                let found = pairs.into_iter().any(|pair| pair[0].is_ascii_alphanumeric() && pair[1] == b'\\');
                assert!(!found, "{name}:{}: {line}", number + 1);
            }
        }
    }
}
