//! Gathering all that a package is about.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use vintner_ingest::Manifest;
use vintner_pipeline::{Digest, Plan, RawFile, State, Survey};
use vintner_replicate::ReplicateRequest;

use super::claims::{claims, numbers};
use super::contents::{Contents, WorkspaceFile};
use super::exhibits::exhibits;
use super::in_text::in_texts;
use super::machine::Machine;
use super::request::Request;
use super::software::software;
use super::sources::{VINTAGES, sources};
use super::stages::{source_of, stages, with_slashes};
use super::variables::data_sets;
use crate::description::{Description, read_description};
use crate::error::{PackageError, Result};
use crate::files::Role;

/// Looks through everything once.
///
/// # Errors
/// Where something isn't made or locked as things are now, where a stage reads what lies outside the workspace, and
/// where something can't be read.
pub fn gather(request: &Request<'_>) -> Result<Contents> {
    let (pipeline, vintage) = (request.pipeline, request.vintage);
    let description = read_description(request.workspace)?;
    let plan = Plan::new(pipeline, vintage);
    let survey = Survey::new(&plan, request.store)?;
    check_made(request, &survey)?;
    let manifest = manifest(request)?;
    let raw = raw_folder(request);
    let sources = sources(&manifest, vintage, &raw);
    let files = survey.raw_files()?;
    let path = request.workspace.join(pipeline.file());
    let text = vintner_guard::read_text(&path).map_err(PackageError::io(&path, "reading"))?;
    let stages = stages(&plan, &survey, &files, vintage, &text)?;
    let data_sets = data_sets(&stages, &sources, request.store)?;
    let mut exhibits = exhibits(&stages, &sources, &description);
    exhibits.extend(in_texts(&stages, &sources, request.workspace)?);
    // Tables first, then figures; within each as the pipeline has them.
    exhibits.sort_by_key(|exhibit| exhibit.kind);
    let numbers = numbers(request)?;
    let of_report = |field: &str| {
        let reports = stages.iter().filter(|stage| matches!(stage.operation.as_str(), "report"));
        let mut said = reports.filter_map(|stage| said(stage.params.get(field)?));
        said.next()
    };
    let peaks = stages.iter().filter_map(|stage| stage.peak_memory);
    Ok(Contents {
        pipeline: pipeline.name.clone(),
        pipeline_file: pipeline.file().to_owned(),
        seed: pipeline.seed,
        vintage: vintage.name.clone(),
        date: date(request, &description, &manifest)?,
        title: description
            .title
            .clone()
            .or_else(|| of_report("title"))
            .unwrap_or_else(|| pipeline.name.clone()),
        citation: of_report("citation"),
        claims: claims(&stages, request.store)?,
        numbers_missing: numbers.is_empty().then(|| "no stage makes numbers that have addresses".to_owned()),
        software: software(survey.statuses(), request.store),
        machine: Machine::of(description.machine.as_deref()),
        programs: BTreeMap::new(),
        values_of: BTreeMap::new(),
        seconds: stages.iter().map(|stage| stage.seconds).sum(),
        peak_memory: peaks.max(),
        code_licence: code_licence(request.workspace),
        workspace_files: workspace_files(request, &plan, &files, &description)?,
        description,
        manifest,
        sources,
        stages,
        data_sets,
        exhibits,
        numbers,
    })
}

/// The manifest as it stands in the vintage, which has its name beside the manifest's own fields.
fn manifest(request: &Request<'_>) -> Result<Manifest> {
    let mut value = request.vintage.manifest.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("name");
        // Which of its guesses nobody has looked at stands in the file.
        fields.remove("review");
    }
    serde_json::from_value(value).map_err(|error| PackageError::Output {
        what: format!("the manifest of {}", request.vintage.name),
        message: error.to_string(),
    })
}

/// Everything is fresh, and what the lock says.
fn check_made(request: &Request<'_>, survey: &Survey<'_, '_>) -> Result<()> {
    let vintage = &request.vintage.name;
    if let Some(status) = survey.statuses().find(|status| status.state != State::Fresh) {
        let (branch, state) = (status.branch.clone(), status.state.word());
        return Err(PackageError::Stale { vintage: vintage.clone(), branch, state });
    }
    let lock = request.lock.path();
    let lock = lock.strip_prefix(request.workspace).unwrap_or(lock).display().to_string();
    let refused = |what: String| PackageError::NotLocked { vintage: vintage.clone(), lock, what };
    let Some(locked) = request.lock.vintage(vintage) else { return Err(refused("has nothing of it".into())) };
    let differences = locked.differences(&survey.locked()?, false);
    match differences.first() {
        None => Ok(()),
        Some(first) => {
            let number = vintner_stages::count(differences.len(), "difference");
            Err(refused(format!("has {number} from what is made ({first})")))
        }
    }
}

/// [`gather`], with the programs that run without Vintner, which a package alone holds.
///
/// # Errors
/// As [`gather`], and where the programs can't be written.
pub fn gather_with_programs(request: &Request<'_>) -> Result<Contents> {
    let contents = gather(request)?;
    // What a package holds anyway: what stages publish, and what they read besides raw files.
    let outputs = contents.stages.iter().flat_map(|stage| &stage.outputs);
    let mut held: BTreeMap<Digest, String> =
        outputs.filter_map(|output| Some((output.digest.clone(), output.path.clone()?))).collect();
    for file in &contents.workspace_files {
        let bytes =
            vintner_guard::read_regular(&file.from).map_err(PackageError::io(&file.from, "reading"))?;
        held.insert(Digest::of(&bytes), file.path.clone());
    }
    let replication = vintner_replicate::write(&ReplicateRequest {
        pipeline: request.pipeline,
        vintage: request.vintage,
        store: request.store,
        data: &format!("../{VINTAGES}/{}", raw_folder(request)),
        beside: &|bytes| held.get(&Digest::of(bytes)).map(|path| format!("../{path}")),
    })?;
    Ok(Contents { programs: replication.files, values_of: replication.of_source, ..contents })
}

/// The folder of raw files, below the folder of vintages; where the pipeline looks for them in the package.
fn raw_folder(request: &Request<'_>) -> String {
    let manifest = request.vintage.manifests.iter().find(|path| path.is_file());
    let raw = manifest.and_then(|path| Manifest::read(path).ok()).and_then(|manifest| manifest.raw);
    raw.unwrap_or_else(|| format!("{}/raw", request.vintage.name))
}

fn date(request: &Request<'_>, description: &Description, manifest: &Manifest) -> Result<String> {
    let said = request.date.or(description.date.as_deref());
    let date = said.map_or_else(|| manifest.date.clone(), str::to_owned);
    let parts: Vec<&str> = date.split('-').collect();
    let digits =
        |text: &str, many: usize| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    let within = |text: &str, most: u8| text.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
    match parts.as_slice() {
        [year, month, day]
            if digits(year, 4)
                && digits(month, 2)
                && digits(day, 2)
                && within(month, 12)
                && within(day, 31) =>
        {
            Ok(date)
        }
        _ => Err(PackageError::Date(date)),
    }
}

/// Files that a run in the package needs, and what authors want beside them.
fn workspace_files(
    request: &Request<'_>,
    plan: &Plan<'_>,
    files: &[RawFile],
    description: &Description,
) -> Result<Vec<WorkspaceFile>> {
    let workspace = request.workspace;
    let mut found = Vec::new();
    let mut add = |path: &str, role: Role| {
        found.push(WorkspaceFile { path: path.to_owned(), from: workspace.join(path), role });
    };
    let pipeline = request.pipeline.file();
    add(pipeline, Role::Pipeline);
    let lock = with_slashes(&Path::new(pipeline).with_extension("lock"));
    add(&lock, Role::Pipeline);
    if workspace.join(crate::description::DESCRIPTION).is_file() {
        add(crate::description::DESCRIPTION, Role::Pipeline);
    }
    for file in files {
        if source_of(file, request.vintage, plan).is_some() {
            continue;
        }
        let inside =
            file.path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            let branch = file.read_by.first().cloned().unwrap_or_default();
            return Err(PackageError::Outside { file: file.path.clone(), branch });
        }
        let path = with_slashes(&file.path);
        add(&path, role_of(&path));
    }
    for path in &description.include {
        add(path, Role::Document);
    }
    let manifest = request.vintage.manifests.iter().find(|path| path.is_file());
    if let Some(manifest) = manifest {
        let folder = format!("{VINTAGES}/{}", request.vintage.name);
        found.push(WorkspaceFile {
            path: format!("{folder}/vintage.yaml"),
            from: manifest.clone(),
            role: Role::Pipeline,
        });
        // What makes a vintage that is made, and what its maker says of it.
        for (name, role) in [("reconstruction.yaml", Role::Pipeline), ("README.md", Role::Document)] {
            let beside = manifest.with_file_name(name);
            if beside.is_file() {
                found.push(WorkspaceFile { path: format!("{folder}/{name}"), from: beside, role });
            }
        }
    }
    Ok(found)
}

/// The workspace's own licence.
fn code_licence(workspace: &Path) -> Option<PathBuf> {
    let names = ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING"];
    names.iter().map(|name| workspace.join(name)).find(|path| path.is_file())
}

/// Programs and templates, and else what stages read.
fn role_of(path: &str) -> Role {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let programs =
        ["do", "ado", "r", "rmd", "qmd", "py", "ipynb", "jl", "m", "sas", "sh", "mata", "tera", "sql"];
    if programs.contains(&ending.as_str()) { Role::Program } else { Role::Input }
}

fn said(value: &serde_json::Value) -> Option<String> {
    let label: vintner_panel::Label = serde_json::from_value(value.clone()).ok()?;
    (!label.en.is_empty()).then_some(label.en)
}
