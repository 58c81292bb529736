//! `vintner init`.

mod begun;
mod from_package;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use vintner_diagnostics::one_of;
use vintner_pipeline::PipelineError;
use vintner_stages::{FirstPipeline, Like, NewVintage, first_pipeline, new_vintage, vintage_manifest};

use self::begun::{ATTRIBUTES, Begun, IGNORED, readme};
use super::schema::{with_schema, write_schemas};
use super::vintage_name::check_vintage_name;
use super::{count, print_json, refused};
use crate::arguments::{Format, Init, Template};
use crate::error::{CommandError, Result};
use crate::instant::day;
use crate::printable::printable;
use crate::progress::working;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Init) -> Result<()> {
    let folder = arguments.folder.clone().unwrap_or_else(|| workspace.folder.clone());
    let pipeline = folder.join("pipeline.yaml");
    if pipeline.exists() {
        return Err(refused(
            format!("{} is there already", pipeline.display()),
            "nothing is overwritten: name another folder, or move it away",
        ));
    }
    let name = name_of(&folder);
    let vintage = &arguments.vintage;
    check_vintage_name(vintage)?;
    let begun = Begun::new(folder, vintage.clone());
    if let Some(package) = &arguments.from_package {
        return from_package::run(&begun, &name, package, arguments.format);
    }
    let written = begun.or_nothing(|| begin(&begun, &name, workspace, arguments))?;
    tell(&begun, arguments, &written)
}

/// What was written.
struct Written {
    vintage: Option<NewVintage>,
    pipeline: Option<FirstPipeline>,
    files: Vec<String>,
}

fn begin(begun: &Begun, name: &str, workspace: &Workspace, arguments: &Init) -> Result<Written> {
    let vintage = &arguments.vintage;
    let made =
        if arguments.from.is_empty() { None } else { Some(begun.vintage(workspace, &arguments.from)?) };
    if let Some(made) = &made {
        has_tables(made)?;
    }
    let there = begun.manifest().is_file();
    let (text, first) = match (arguments.template, there) {
        (Some(template), _) => (filled(template, name, vintage), None),
        (None, true) => {
            let first = begun.pipeline(name, arguments.formula.as_deref())?;
            (first.text.clone(), Some(first))
        }
        (None, false) => {
            return Err(refused(
                "there are no data to begin with".into(),
                "name files (`vintner init --from wages.csv`), or begin with a pattern: --template panel, cross-section, did, \
                 iv, replication",
            ));
        }
    };
    let mut written = Vec::new();
    for (path, text) in [
        ("pipeline.yaml", with_schema("pipeline", 0, &text).as_str()),
        (".gitignore", IGNORED),
        (".gitattributes", ATTRIBUTES),
        ("README.md", &readme(name, vintage)),
    ] {
        if begun.write(&begun.folder.join(path), text.as_bytes())? {
            written.push(path.to_owned());
        }
    }
    write_schemas(&begun.folder)?;
    Ok(Written { vintage: made, pipeline: first, files: written })
}

/// That the files hold what a pipeline can begin with; else why not, as nothing stays in which it could be looked up.
fn has_tables(made: &NewVintage) -> Result<()> {
    let scaffold = &made.scaffold;
    let left_out = scaffold.left_out.iter().map(|(file, reason)| format!("{}: {reason}", printable(file)));
    if scaffold.sources.is_empty() {
        return Err(refused(
            format!("no table was found. {}", left_out.collect::<Vec<_>>().join("; ")),
            "begin with files of tables: CSV, workbooks, Stata, SPSS, R's .rds, Parquet (docs/vintages.md)",
        ));
    }
    let unfinished = scaffold.sources.iter().filter(|source| source.source.is_none());
    let told: Vec<String> = unfinished
        .map(|source| format!("{}: {}", printable(&source.file), source.fault.clone().unwrap_or_default()))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    Err(refused(
        format!("a manifest has to be finished by hand. {}", told.join("; ")),
        "`vintner vintage new first --from FOLDER --copy` writes it with what has to be said; then `vintner init` begins with it",
    ))
}

fn tell(begun: &Begun, arguments: &Init, written: &Written) -> Result<()> {
    let (made, first) = (written.vintage.as_ref(), written.pipeline.as_ref());
    let written = &written.files;
    let reviews = made.map_or(0, |made| made.scaffold.reviews);
    let unread =
        made.map_or(0, |made| made.scaffold.sources.iter().filter(|source| source.faults > 0).count());
    let left_out = made.map(|made| made.scaffold.left_out.clone()).unwrap_or_default();
    if arguments.format == Format::Json {
        return print_json(&json!({
            "folder": begun.folder.display().to_string(),
            "vintage": begun.vintage,
            "written": written,
            "reviews": reviews,
            "guesses": made.map_or(0, |made| made.scaffold.guesses),
            "with_faults": unread,
            "formula": first.and_then(|first| first.formula.clone()),
            "variables": first.map(|first| first.variables.clone()),
            "left_out": left_out.iter().map(|(file, reason)| json!({"file": file, "reason": reason})).collect::<Vec<_>>(),
        }));
    }
    let mut out = page();
    writeln!(out, "{}: {}", begun.folder.display(), written.join(", "))?;
    if let Some(made) = made {
        writeln!(
            out,
            "  data/vintages/{}: {}, {}",
            begun.vintage,
            count(made.scaffold.sources.len(), "source"),
            made.scaffold.to_review()
        )?;
    }
    if unread > 0 {
        writeln!(
            out,
            "  {} can't be read yet: the first fault of each is a REVIEW in vintage.yaml",
            count(unread, "source")
        )?;
    }
    for (file, reason) in &left_out {
        writeln!(out, "  left out: {file}: {reason}")?;
    }
    if let Some(first) = first {
        writeln!(out, "  variables: {}", first.variables.join(", "))?;
        match (&first.formula, &arguments.formula) {
            (Some(formula), Some(given)) if formula != given => {
                writeln!(
                    out,
                    "  {formula}: as the panel calls its columns, of which `entity` and `time` are the keys"
                )?;
            }
            (Some(formula), _) => writeln!(out, "  {formula}")?,
            (None, _) => {
                writeln!(out, "  no equation yet: --formula \"y ~ x\", or a stage of `op: regress`")?
            }
        }
    }
    let go = if begun.folder == Path::new(".") {
        "vintner reproduce".to_owned()
    } else {
        format!("vintner -C {} reproduce", begun.folder.display())
    };
    let review = if reviews > 0 {
        format!("review data/vintages/{}/vintage.yaml (search for REVIEW), then ", begun.vintage)
    } else {
        String::new()
    };
    let data = if arguments.template.is_some() && made.is_none() {
        format!(
            "`vintner vintage new {} --from FOLDER --copy`, change the names in pipeline.yaml, then ",
            begun.vintage
        )
    } else {
        review
    };
    writeln!(out, "next: {data}`{go}`")?;
    Ok(())
}

impl Begun {
    /// Copies the files and guesses their manifest.
    fn vintage(&self, workspace: &Workspace, files: &[PathBuf]) -> Result<NewVintage> {
        if self.manifest().exists() {
            return Err(refused(
                format!("{} is there already", self.manifest().display()),
                "leave `--from` out to begin with what is there, or name another vintage with --vintage",
            ));
        }
        let raw = self.of_vintage().join("raw");
        for file in files {
            let unreadable = |source| CommandError::NotRead { path: file.clone(), source };
            let bytes = vintner_guard::read_regular(file).map_err(unreadable)?;
            let name = file.file_name().map(Path::new).unwrap_or(file);
            let target = raw.join(name);
            // What is there may be the same file, of an attempt before, or another of its name.
            if !self.write(&target, &bytes)? && fs::read(&target).map_err(unreadable)? != bytes {
                return Err(refused(
                    format!("{} is there already, and isn't {}", target.display(), file.display()),
                    "two files of one name can't lie in one folder: rename one of them",
                ));
            }
        }
        let made = working(workspace.volume, "reading the files", || {
            new_vintage(&self.folder, None, &self.vintage, &raw, None, Like::Nothing, &day)
        })?;
        let manifest = with_schema("vintage", 3, &made.scaffold.manifest);
        self.write(&self.manifest(), manifest.as_bytes())?;
        Ok(made)
    }

    fn pipeline(&self, name: &str, formula: Option<&str>) -> Result<FirstPipeline> {
        let manifest = vintage_manifest(&self.folder, &self.vintage)?;
        let first = first_pipeline(name, &self.vintage, &manifest, formula).map_err(|message| {
            refused(
                format!("the formula can't be read: {message}"),
                "docs/methods/formula.md has its grammar",
            )
        })?;
        if let Some(unknown) = first.unknown.first() {
            let variables: Vec<&str> = first.variables.iter().map(String::as_str).collect();
            return Err(CommandError::Pipeline(PipelineError::Unknown {
                message: format!("no variable is called `{unknown}`, which the formula names"),
                hint: one_of(unknown, variables),
            }));
        }
        Ok(first)
    }
}

/// What the pipeline is called: as its folder.
fn name_of(folder: &Path) -> String {
    let full = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    full.file_name().map_or_else(|| "paper".into(), |name| name.to_string_lossy().into_owned())
}

/// A pattern with its names put in.
fn filled(template: Template, name: &str, vintage: &str) -> String {
    let text = match template {
        Template::Panel => include_str!("init/panel.yaml"),
        Template::CrossSection => include_str!("init/cross-section.yaml"),
        Template::Did => include_str!("init/did.yaml"),
        Template::Iv => include_str!("init/iv.yaml"),
        Template::Replication => include_str!("init/replication.yaml"),
    };
    let quoted = |text: &str| json!(text).to_string();
    text.replace("NAME", &quoted(name)).replace("VINTAGE", &quoted(vintage))
}
