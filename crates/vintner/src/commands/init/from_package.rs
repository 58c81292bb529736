//! `vintner init --from-package`: a workspace whose stages run the programs of a replication package.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde_json::json;
use vintner_programs::{Order, Package, PipelineText, Plan, written_pipeline};
use vintner_stages::vintage_in_place;

use super::begun::{ATTRIBUTES, Begun, IGNORED, readme};
use crate::arguments::Format;
use crate::commands::{count, print_json, refused};
use crate::error::{CommandError, Result};
use crate::instant::day;
use crate::printable::printable;
use crate::terminal::page;

/// The folder of the workspace in which the package lies.
const PLACE: &str = "package";

/// Files of data larger than this are described by whoever reads them with Vintner.
const LARGEST_TABLE: u64 = 64 << 20;

/// Endings of tables that Vintner reads.
const TABLES: [&str; 9] = ["csv", "dta", "ods", "parquet", "tab", "tsv", "xls", "xlsb", "xlsx"];

/// What was made.
struct Made<'m> {
    package: &'m Package,
    plan: &'m Plan,
    pipeline: &'m PipelineText,
    written: Vec<String>,
    copied: usize,
    sources: usize,
}

pub(super) fn run(begun: &Begun, name: &str, folder: &Path, format: Format) -> Result<()> {
    let package = Package::open(folder)?;
    let plan = Plan::of(&package)?;
    let here = same_folder(folder, &begun.folder);
    let place = if here { "" } else { PLACE };
    let pipeline = written_pipeline(&plan, &package, name, &begun.vintage, place);
    let mut copied = 0;
    if !here {
        for path in package.files().keys() {
            let bytes = package.bytes(path)?;
            let target = begun.folder.join(PLACE).join(path);
            let unreadable = |source| CommandError::NotRead { path: target.clone(), source };
            if begun.write(&target, &bytes)? {
                copied += 1;
            } else if fs::read(&target).map_err(unreadable)? != bytes {
                return Err(refused(
                    format!("{} is there already, and isn't the package's", target.display()),
                    "nothing is overwritten: name another folder, or move it away",
                ));
            }
        }
    }
    let (manifest, sources) = manifest(begun, &package, &plan, place)?;
    let mut files = vec![
        ("pipeline.yaml".to_owned(), pipeline.text.clone()),
        (format!("data/vintages/{}/vintage.yaml", begun.vintage), manifest),
        (".gitignore".to_owned(), IGNORED.to_owned()),
        (".gitattributes".to_owned(), format!("{ATTRIBUTES}{PLACE}/** -text\n")),
        ("README.md".to_owned(), readme(name, &begun.vintage)),
    ];
    files.extend(pipeline.wrappers.iter().cloned());
    let mut written = Vec::new();
    for (path, text) in files {
        if begun.write(&begun.folder.join(&path), text.as_bytes())? {
            written.push(path);
        }
    }
    tell(
        begun,
        format,
        &Made { package: &package, plan: &plan, pipeline: &pipeline, written, copied, sources },
    )
}

/// Whether two names are of one folder.
fn same_folder(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn is_table(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| TABLES.contains(&ending.to_lowercase().as_str()))
}

/// The manifest of the package's tables of data, and how many sources it has.
fn manifest(begun: &Begun, package: &Package, plan: &Plan, place: &str) -> Result<(String, usize)> {
    let mut tables = Vec::new();
    let mut newest = 0;
    for path in plan.data(package) {
        if let Ok(metadata) = fs::metadata(package.folder().join(path)) {
            let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            newest = newest.max(modified.map_or(0, |time| time.as_secs()));
        }
        if is_table(path) && package.files().get(path).is_some_and(|bytes| *bytes <= LARGEST_TABLE) {
            tables.push((path.to_owned(), package.bytes(path)?));
        }
    }
    let raw = if place.is_empty() { "../..".to_owned() } else { format!("../../{place}") };
    let made = vintage_in_place(&begun.vintage, &day(newest), &raw, &tables);
    Ok((made.manifest, made.sources.len()))
}

fn tell(begun: &Begun, format: Format, made: &Made<'_>) -> Result<()> {
    let Made { package, plan, pipeline, written, copied, sources } = made;
    if format == Format::Json {
        let order = match &plan.order {
            Order::Master(masters) => json!({"told_by": "master", "programs": masters}),
            Order::Numbers => json!({"told_by": "numbers"}),
            Order::Readme(readme) => json!({"told_by": "readme", "programs": [readme]}),
            Order::Files => json!({"told_by": "files"}),
            Order::Single => json!({"told_by": "single"}),
        };
        let pairs = |pairs: &[(String, String)], first: &str| {
            pairs.iter().map(|(one, why)| json!({first: one, "reason": why})).collect::<Vec<_>>()
        };
        let left_out = [pairs(&plan.left, "program"), pairs(package.left_out(), "file")].concat();
        return print_json(&json!({
            "folder": begun.folder.display().to_string(),
            "vintage": begun.vintage,
            "written": written,
            "copied": copied,
            "order": order,
            "stages": pipeline.stages,
            "blocked": pairs(&pipeline.blocked, "stage"),
            "left_out": left_out,
            "compared": pipeline.compared,
            "sources": sources,
            "reviews": pipeline.reviews,
        }));
    }
    let mut out = page();
    writeln!(out, "{}: {}", begun.folder.display(), written.join(", "))?;
    if *copied > 0 {
        writeln!(out, "  {PLACE}/: {}, copied as they are", count(*copied, "file"))?;
    }
    for (file, why) in package.left_out() {
        writeln!(out, "  left out: {}: {why}", printable(file))?;
    }
    let stages = count(pipeline.stages.len(), "stage");
    let order = match &plan.order {
        Order::Master(masters) => format!("in the order in which {} runs them", masters.join(" and ")),
        Order::Numbers => "in the order of the numbers in their names".to_owned(),
        Order::Readme(readme) => format!("in the order in which {readme} names them"),
        Order::Files => "in the order of what they write and read".to_owned(),
        Order::Single => "from the one program".to_owned(),
    };
    writeln!(out, "  {stages} {order}: {}", printable(&pipeline.stages.join(", ")))?;
    for (stage, why) in &pipeline.blocked {
        writeln!(out, "  can't run: {}: {}", printable(stage), printable(why))?;
    }
    if !pipeline.compared.is_empty() {
        writeln!(out, "  compared with the package's copies: {}", printable(&pipeline.compared.join(", ")))?;
    }
    if *sources > 0 {
        writeln!(
            out,
            "  data/vintages/{}: {} that Vintner can read, for stages that replace programs",
            begun.vintage,
            count(*sources, "source")
        )?;
    }
    if !pipeline.reviews.is_empty() {
        writeln!(out, "  {} to review in pipeline.yaml:", count(pipeline.reviews.len(), "place"))?;
        for review in &pipeline.reviews {
            writeln!(out, "    {}", printable(review))?;
        }
    }
    let go = match begun.folder.as_path() {
        folder if folder == Path::new(".") => "vintner reproduce".to_owned(),
        folder => format!("vintner -C {} reproduce", folder.display()),
    };
    match (pipeline.stages.is_empty(), pipeline.reviews.is_empty()) {
        (true, _) => {
            writeln!(out, "next: put in place what is missing, and take the signs off in pipeline.yaml")?
        }
        (false, true) => writeln!(out, "next: `{go}`")?,
        (false, false) => writeln!(out, "next: review pipeline.yaml (search for REVIEW), then `{go}`")?,
    }
    Ok(())
}
