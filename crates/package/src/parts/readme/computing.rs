//! What a replicator's machine needs.

use crate::contents::Contents;
use crate::files::Files;
use crate::parts::words::{choices, code, codes, duration, said, size};

pub(super) fn section(contents: &Contents, files: &Files) -> String {
    let mut text = String::from("## Computational requirements\n\n### Software Requirements\n\n");
    for program in &contents.software {
        let stages = match program.stages.is_empty() {
            true => String::new(),
            false => format!(", run by {}", codes(&program.stages)),
        };
        let name = if program.stages.is_empty() { said(&program.name) } else { code(&program.name) };
        text.push_str(&format!("- {name} {}{stages}\n", said(&program.version)));
    }
    for program in &contents.description.software {
        text.push_str(&format!("- {}\n", said(program)));
    }
    let runs: Vec<&str> = contents
        .stages
        .iter()
        .filter(|stage| stage.operation == "run")
        .map(|stage| stage.stage.as_str())
        .collect();
    if runs.is_empty() {
        text.push_str(
            "\nNo other program, library or package is needed: all operations are Vintner's own.\n",
        );
    }
    text.push_str("\n### Controlled Randomness\n\n");
    let mut drawing: Vec<String> = Vec::new();
    for stage in &contents.stages {
        let params = stage.params.to_string();
        let draws =
            stage.operation == "bootstrap" || params.contains("\"replications\"") || stage.operation == "run";
        if draws && !drawing.iter().any(|line| line.starts_with(&format!("- {}", code(&stage.stage)))) {
            let place = stage.place(&contents.pipeline_file);
            drawing.push(format!("- {} ({}): seed {}", code(&stage.stage), code(&place), stage.seed));
        }
    }
    text.push_str(&format!(
        "The pipeline's seed is {} (`seed` in {}); each stage has one of its own, made of it and of the stage's name.\n",
        contents.seed,
        code(&contents.pipeline_file)
    ));
    match drawing.is_empty() {
        true => text.push_str("No stage draws random numbers.\n"),
        false => text.push_str(&format!(
            "Stages that draw random numbers, or run a program that is given the seed as `VINTNER_SEED`:\n\n{}\n",
            drawing.join("\n")
        )),
    }
    text.push_str("\n### Memory, Runtime, Storage Requirements\n\n#### Summary\n\nTime needed on a standard desktop machine:\n\n");
    let minutes = contents.seconds / 60.0;
    let within = |least: f64, most: f64| minutes >= least && minutes < most;
    text.push_str(&choices([
        (within(0.0, 10.0), "<10 minutes"),
        (within(10.0, 60.0), "10-60 minutes"),
        (within(60.0, 120.0), "1-2 hours"),
        (within(120.0, 480.0), "2-8 hours"),
        (within(480.0, 1440.0), "8-24 hours"),
        (within(1440.0, 4320.0), "1-3 days"),
        (within(4320.0, 20160.0), "3-14 days"),
        (within(20160.0, f64::INFINITY), "> 14 days"),
    ]));
    let storage =
        contents.stages.iter().flat_map(|stage| &stage.outputs).map(|output| output.bytes).sum::<u64>()
            + files.bytes();
    let mega = storage as f64 / 1e6;
    let within = |least: f64, most: f64| mega >= least && mega < most;
    text.push_str("\nStorage needed:\n\n");
    text.push_str(&choices([
        (within(0.0, 25.0), "< 25 MBytes"),
        (within(25.0, 250.0), "25 MB - 250 MB"),
        (within(250.0, 2000.0), "250 MB - 2 GB"),
        (within(2000.0, 25000.0), "2 GB - 25 GB"),
        (within(25000.0, 250_000.0), "25 GB - 250 GB"),
        (within(250_000.0, f64::INFINITY), "> 250 GB"),
    ]));
    let memory = match contents.peak_memory {
        Some(peak) => format!("{} of memory", size(peak)),
        None => "memory that wasn't recorded".to_owned(),
    };
    text.push_str(&format!(
        "\n#### Details\n\nThe code was last run on: {}. As recorded, all stages one after another took {} and at most \
         {memory}; the package and what is kept of a run take {}.\n",
        said(&contents.machine.words),
        duration(contents.seconds),
        size(storage),
    ));
    let mut slow: Vec<_> = contents.stages.iter().filter(|stage| stage.seconds >= 60.0).collect();
    slow.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    if !slow.is_empty() {
        text.push_str("\nStages that took more than a minute:\n\n");
        for stage in slow {
            text.push_str(&format!("- {}: {}\n", code(&stage.branch), duration(stage.seconds)));
        }
    }
    text
}
