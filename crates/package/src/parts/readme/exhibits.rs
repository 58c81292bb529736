//! Every table, figure, number and claim with what makes it.

use crate::contents::{Contents, Exhibit, ExhibitKind};
use crate::description::Reproduces;
use crate::parts::words::{cell, choices, code, codes, table, todo};

/// The claims' words are cut here.
const QUOTE: usize = 160;

pub(super) fn section(contents: &Contents) -> String {
    let mut text =
        String::from("## List of tables, figures and programs\n\nThe provided code reproduces:\n\n");
    let left_out = &contents.description.not_reproduced;
    // What the paper has, only its authors know.
    let said = contents.description.reproduces;
    let limited = !left_out.is_empty() || contents.exhibits.iter().any(|exhibit| !exhibit.reproducible);
    let is = |wanted: &[Reproduces]| !limited && said.is_some_and(|said| wanted.contains(&said));
    text.push_str(&choices([
        (is(&[Reproduces::All]), "All numbers provided in text in the paper"),
        (is(&[Reproduces::All, Reproduces::Tables]), "All tables and figures in the paper"),
        (
            limited || said == Some(Reproduces::Selected),
            "Selected tables and figures in the paper, as explained and justified below.",
        ),
    ]));
    if said.is_none() {
        let what = "does it make all, all tables and figures, or selected ones of the paper? (all, tables, selected)";
        text.push_str(&format!("\n{}\n", todo("`reproduces` in package.yaml", what)));
    }
    text.push_str(&format!(
        "\nThe program of each is a stage of {}; its parameters stand at that line, and in full in `codebook/stages.csv`. \
         `codebook/exhibits.csv` has this list for programs.\n\n### Tables and figures\n\n",
        code(&contents.pipeline_file)
    ));
    let shown = |exhibit: &&Exhibit| exhibit.kind != ExhibitKind::Number;
    let heads = ["Figure/Table #", "Program (stage)", "Line Number", "Computed by", "Output file", "Note"];
    text.push_str(&table(
        &heads,
        contents.exhibits.iter().filter(shown).map(|exhibit| row(contents, exhibit)),
    ));
    let in_text: Vec<&Exhibit> = contents.exhibits.iter().filter(|exhibit| !shown(exhibit)).collect();
    if !in_text.is_empty() {
        text.push_str("\n### In-text numbers\n\n");
        let rows = in_text.iter().map(|exhibit| {
            let by = contents.stage(&exhibit.branch);
            let line = by.map(|stage| stage.place(&contents.pipeline_file)).unwrap_or_default();
            let place = exhibit.place.as_deref().map(code).unwrap_or_default();
            vec![place, exhibit.name.clone(), codes(&exhibit.computed_by), code(&line), codes(&exhibit.files)]
        });
        text.push_str(&table(
            &["Place in the text", "Number", "Computed by", "Filled in by", "Output file"],
            rows,
        ));
    }
    if !contents.claims.is_empty() {
        text.push_str("\n### Claims\n\nWhat the paper concludes, held against the numbers:\n\n");
        let rows = contents.claims.iter().map(|claim| {
            let quote: String = claim.quote.chars().take(QUOTE).collect();
            let cut = if claim.quote.chars().count() > QUOTE { "…" } else { "" };
            let stage = contents.stage(&claim.branch);
            let by = stage.map(|stage| stage.place(&contents.pipeline_file)).unwrap_or_default();
            let read = stage.map(|stage| codes(&stage.files)).unwrap_or_default();
            vec![
                code(&claim.id),
                cell(&claim.place),
                format!("{}{cut}", cell(&quote)),
                cell(&claim.statements.join("; ")),
                claim.verdict.clone(),
                format!("{} ({})", code(&claim.branch), code(&by)),
                read,
            ]
        });
        text.push_str(&table(
            &["Claim", "Place", "Words", "Statements", "Verdict", "Program (stage)", "Files"],
            rows,
        ));
    }
    match &contents.numbers_missing {
        None => text.push_str(&format!(
            "\n### Numbers\n\nAll {} numbers of the report have an address, and stand with the stage that made each, its \
             panel, its variables and the raw files behind it in `codebook/numbers.csv`.\n",
            contents.numbers.len()
        )),
        Some(reason) => text.push_str(&format!("\n### Numbers\n\nThere is no list of single numbers: {reason}.\n")),
    }
    if !left_out.is_empty() {
        text.push_str("\n### Not reproduced\n\n");
        let rows = left_out.iter().map(|one| vec![cell(&one.name), cell(&one.reason)]);
        text.push_str(&table(&["Figure/Table #", "Why not"], rows));
    }
    if contents.exhibits.is_empty() {
        text.push_str(&format!(
            "\n{}\n",
            todo(&code(&contents.pipeline_file), "no stage publishes a table or a figure")
        ));
    }
    text
}

fn row(contents: &Contents, exhibit: &Exhibit) -> Vec<String> {
    let stage = contents.stage(&exhibit.branch);
    let line = stage.and_then(|stage| stage.line).map(|line| line.to_string()).unwrap_or_default();
    let mut notes: Vec<String> = exhibit.title.as_deref().map(cell).into_iter().collect();
    notes.extend(exhibit.note.as_deref().map(cell));
    if !exhibit.reproducible {
        let missing = contents.sources.iter().filter(|source| !source.is_provided());
        let own = missing
            .filter(|source| exhibit.sources.contains(&source.name))
            .map(|source| source.name.as_str());
        notes.push(format!("requires data that aren't provided: {}", codes(own)));
    }
    let by = by_stage(contents, exhibit);
    vec![
        exhibit.name.clone(),
        code(&exhibit.branch),
        line,
        by.join(", "),
        codes(&exhibit.files),
        notes.join("; "),
    ]
}

/// What computes an exhibit, each with its line; of a stage with several branches the stage.
fn by_stage(contents: &Contents, exhibit: &Exhibit) -> Vec<String> {
    let mut stages: Vec<(&str, Vec<&str>)> = Vec::new();
    for branch in &exhibit.computed_by {
        let stage = branch.split('[').next().unwrap_or(branch);
        match stages.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, branches)) => branches.push(branch),
            None => stages.push((stage, vec![branch])),
        }
    }
    let told = |(stage, branches): &(&str, Vec<&str>)| {
        let name = match branches.as_slice() {
            [one] => code(one),
            several => format!("{} ({} branches)", code(stage), several.len()),
        };
        let line = branches.first().and_then(|branch| contents.stage(branch)?.line);
        line.map_or_else(|| name.clone(), |line| format!("{name} (line {line})"))
    };
    stages.iter().map(told).collect()
}
