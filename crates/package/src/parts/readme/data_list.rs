//! The list of data files.

use crate::contents::Contents;
use crate::parts::words::{cell, code, codes, table};

pub(super) fn section(contents: &Contents) -> String {
    let given = |provided: bool| if provided { "Yes" } else { "No" }.to_owned();
    let mut rows = Vec::new();
    for source in &contents.sources {
        let notes = match &source.licence {
            Some(licence) => format!("raw data; {}", cell(licence)),
            None => "raw data".to_owned(),
        };
        for file in &source.files {
            rows.push(vec![code(&file.path), cell(&source.name), notes.clone(), given(file.provided)]);
        }
    }
    for data in &contents.data_sets {
        let withheld = match data.withheld_by.is_empty() {
            true => String::new(),
            false => format!("; left out because of {}", codes(&data.withheld_by)),
        };
        let notes =
            format!("analysis data, {} rows, made by stage {}{withheld}", data.rows, code(&data.branch));
        rows.push(vec![code(&data.path), codes(&data.sources), notes, given(data.provided)]);
    }
    for file in contents.workspace_files.iter().filter(|file| file.role == crate::files::Role::Input) {
        let readers = contents.stages.iter().filter(|stage| stage.files.contains(&file.path));
        let mut stages: Vec<&str> = readers.map(|stage| stage.stage.as_str()).collect();
        stages.dedup();
        stages.sort_unstable();
        stages.dedup();
        let notes = format!("read by {}", codes(stages));
        rows.push(vec![code(&file.path), "the authors".to_owned(), notes, given(true)]);
    }
    let list = table(&["Data file", "Source", "Notes", "Provided"], rows);
    format!(
        "## Dataset list\n\n{list}\nEvery variable is described in `codebook/codebook.md`, and in `datapackage.json` for programs.\n"
    )
}
