//! What a replicator does, step by step.

use crate::contents::Contents;
use crate::files::Files;
use crate::parts::words::code;

pub(super) fn section(contents: &Contents, files: &Files) -> String {
    let mut steps = vec![format!(
        "Install Vintner {} and see that `vintner --version` says so.",
        env!("CARGO_PKG_VERSION")
    )];
    if contents.software.len() > 1 {
        steps.push(
            "Install the other programs listed under Software Requirements, in these versions.".to_owned(),
        );
    }
    let mut asked: Vec<&str> = Vec::new();
    for file in contents.sources.iter().flat_map(|source| &source.files).filter(|file| !file.provided) {
        // Several sources may be in one file.
        if asked.contains(&file.path.as_str()) {
            continue;
        }
        asked.push(&file.path);
        steps.push(format!(
            "Get the file that `data/ACCESS.md` describes and save it as {}; `sha256sum` has to print {}.",
            code(&file.path),
            code(&file.sha256)
        ));
    }
    let pipeline = match contents.pipeline_file.as_str() {
        "pipeline.yaml" => String::new(),
        other => format!(" --pipeline {other}"),
    };
    steps.push(format!(
        "In the package's folder run {}. It makes everything from the raw files and fails where anything comes out \
         otherwise than `pipeline.lock` says.",
        code(&format!("vintner reproduce{pipeline} --vintage {} --locked", contents.vintage))
    ));
    steps.push("Run `sha256sum --check manifest.sha256`: tables, figures and reports are byte for byte those of this package.".to_owned());
    if files.has_folder("replicate") {
        steps.push(
            "To compute the reported coefficients without Vintner, follow `replicate/README.md`.".to_owned(),
        );
    }
    let steps: String = steps.iter().enumerate().map(|(at, step)| format!("{}. {step}\n", at + 1)).collect();
    format!(
        "## Instructions to Replicators\n\n{steps}\n### Details\n\n- `vintner graph` draws the pipeline; `vintner status` says \
         what is made and what would run.\n- `vintner trace ADDRESS` leads from a number of `codebook/numbers.csv` back to \
         the cells of raw files that it rests on.\n- Order doesn't matter: what a stage reads runs before it.\n"
    )
}
