//! What each program, that is each stage, does.

use crate::contents::{Contents, StageContent};
use crate::files::{Files, Role};
use crate::parts::words::{cell, code, codes, said, table, todo};

/// Parameters longer than this are told in full in the list of stages alone.
const LONG: usize = 240;

pub(super) fn section(contents: &Contents, files: &Files) -> String {
    let mut text = format!(
        "## Description of programs/code\n\nThe program is the pipeline {}. Each of its stages names an operation and \
         its parameters; a stage runs after those that it reads. Stages in their order, those with several branches \
         once:\n\n",
        code(&contents.pipeline_file)
    );
    let mut rows = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for stage in &contents.stages {
        if known.contains(&stage.stage.as_str()) {
            continue;
        }
        known.push(&stage.stage);
        rows.push(row(contents, stage));
    }
    text.push_str(&table(&["Stage", "Line", "Operation", "Makes", "Reads", "Parameters"], rows));
    text.push_str("\n`codebook/stages.csv` has every branch with its parameters in full, its files and the digests of what it made.\n");
    let programs: Vec<&str> =
        files.iter().filter(|file| file.role == Role::Program).map(|file| file.path.as_str()).collect();
    if !programs.is_empty() {
        text.push_str("\nPrograms and templates that stages run or fill:\n\n");
        for program in programs {
            let readers =
                contents.stages.iter().filter(|stage| stage.files.iter().any(|file| file == program));
            let mut stages: Vec<&str> = readers.map(|stage| stage.stage.as_str()).collect();
            stages.dedup();
            text.push_str(&format!("- {}: {}\n", code(program), codes(stages)));
        }
    }
    text.push_str("\n### License for Code\n\n");
    text.push_str(&match (&contents.description.code_licence, files.get("LICENSE.txt")) {
        (Some(licence), _) => format!("The code is licensed under {}. See `LICENSE.txt`.\n", said(licence)),
        (None, Some(file)) if file.role == Role::Licence => {
            "The code is licensed as `LICENSE.txt` says.\n".to_owned()
        }
        _ => format!("{}\n", todo("`code_licence` in package.yaml", "under which licence is the code?")),
    });
    text
}

fn row(contents: &Contents, stage: &StageContent) -> Vec<String> {
    let mut reads: Vec<String> = Vec::new();
    for read in &stage.reads {
        let name = read.branch.split('[').next().unwrap_or(&read.branch).to_owned();
        if !reads.contains(&name) {
            reads.push(name);
        }
    }
    reads.extend(stage.files.iter().cloned());
    if stage.item.is_some() && !stage.sources.is_empty() {
        reads.push("the source's file".to_owned());
    }
    let branches = contents.stages.iter().filter(|other| other.stage == stage.stage).count();
    let many = if branches > 1 { format!(" ({branches} branches)") } else { String::new() };
    let params = stage.params.to_string();
    let params = match params.chars().count() > LONG {
        true => format!("{}… in `codebook/stages.csv`", code(&params.chars().take(LONG).collect::<String>())),
        false => code(&params),
    };
    vec![
        format!("{}{many}", code(&stage.stage)),
        stage.line.map(|line| line.to_string()).unwrap_or_default(),
        code(&stage.operation),
        stage.title.as_deref().map(cell).unwrap_or_default(),
        codes(&reads),
        params,
    ]
}
