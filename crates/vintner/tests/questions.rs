//! What the paper's claims, traces and comparisons say on the reconstructed vintage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Workspace;

fn said(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(arguments);
    assert_eq!(output.code, 0, "{arguments:?}: {}{}", output.stdout, output.stderr);
    output.stdout
}

fn json(workspace: &Workspace, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&said(workspace, &[arguments, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn claims_traces_and_comparisons() {
    let workspace = Workspace::of_paper();
    let early = workspace.vintner(&["claims"]);
    assert_eq!(early.code, 1, "{}", early.stderr);
    assert!(early.stderr.contains("vintner reproduce"), "{}", early.stderr);
    workspace.reproduce(&[]);

    // The published tables contradict the abstract: 唐山 has a two-way link that it leaves out.
    let text = said(&workspace, &["claims"]);
    assert!(
        text.contains("by the published tables: of 25 claims 19 hold, 3 fail, 3 can't be evaluated"),
        "{text}"
    );
    let one = json(&workspace, &["claims", "abstract-2"]);
    let published = &one["claims"][0]["published"];
    assert_eq!(published["verdict"], "fails");
    assert_eq!(published["because"][0], "also 唐山: lnCO2 in (3) -1.408*, lnAI in (1) -0.257**");
    assert_eq!(workspace.vintner(&["claims", "abstract2"]).code, 2);

    // From a number to the cell of a file, whose text stands in the file, and back.
    let trace = json(&workspace, &["trace", "value/lnopen/Tangshan/2010"]);
    let cells = trace["trace"]["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 3, "{cells:?}");
    let fdi = cells.iter().find(|cell| cell["variable"] == "fdi").unwrap();
    let file = fdi["address"]["file"].as_str().unwrap();
    let raw = workspace.read(&format!("data/vintages/reconstructed/raw/{file}"));
    let line = raw.lines().nth(fdi["address"]["row"].as_u64().unwrap() as usize - 1).unwrap();
    let text = line.split('\t').nth(fdi["address"]["column"].as_u64().unwrap() as usize - 1).unwrap();
    assert_eq!(text, fdi["raw"].as_str().unwrap());
    let letter = char::from(b'A' + fdi["address"]["column"].as_u64().unwrap() as u8 - 1);
    let address = format!("{file}!{letter}{}", fdi["address"]["row"]);
    let back = json(&workspace, &["trace", "--cell", &address]);
    let numbers: Vec<&str> =
        back["trace"]["numbers"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    for depends in ["2/唐山/lnCO2", "3/面板/lnEG", "descriptives/lnopen"] {
        assert!(numbers.contains(&depends), "{depends}: {numbers:?}");
    }
    // Equation (1) doesn't know of openness, nor do other cities of this one's.
    for doesnt in ["1/唐山/lnEG", "1/面板/lnAI", "2/沧州/lnCO2", "descriptives/lnCO2"] {
        assert!(!numbers.contains(&doesnt), "{doesnt}");
    }
    let number = json(&workspace, &["trace", "Table 3/pooled/lnCO2"]);
    assert_eq!(number["trace"]["sample"].as_array().unwrap().len(), 168);
    assert_eq!(number["trace"]["influence"].as_array().unwrap().len(), 14 + 12);
    assert_eq!(workspace.vintner(&["trace", "9/唐山/lnCO2"]).code, 2);

    let difference = json(&workspace, &["vintage", "diff", "reconstructed", "reconstructed"]);
    assert_eq!(difference["outputs_differing"], serde_json::json!([]));
    assert_eq!(difference["estimates"]["same"], difference["estimates"]["compared"]);
    assert!(said(&workspace, &["vintage", "check"]).contains("8 sources as the manifest says"));
    let compared = said(&workspace, &["vintage", "compare", "reconstructed", "reconstructed"]);
    assert!(compared.contains("2/面板/lnAI"), "{compared}");
}
