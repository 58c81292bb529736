//! What the paper's claims, traces and comparisons say on the reconstructed vintage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;
use crate::common::towns::small;

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

/// A panel has units that no report knows of, and many a pipeline no report.
#[test]
fn values_are_traced_without_a_report() {
    let workspace = small();
    workspace.reproduce(&[]);
    for address in ["value/income/burton/2003", "value/ln_income/burton/2003"] {
        let traced = json(&workspace, &["trace", address]);
        let cells = traced["trace"]["cells"].as_array().unwrap();
        let income = cells.iter().find(|cell| cell["variable"] == "income").unwrap();
        assert_eq!((income["address"]["row"].as_u64(), income["raw"].as_str()), (Some(12), Some("127")));
    }
    for (address, hint) in [
        ("value/incme/burton/2003", "no panel has a variable `incme`; did you mean `income`?"),
        ("value/income/burtn/2003", "no panel has a row `burtn/2003` (an entity and a time) of `income`"),
        ("value/income/burton/1990", "no panel has a row `burton/1990`"),
    ] {
        let output = workspace.vintner(&["trace", address]);
        assert!(output.code == 2 && output.stderr.contains(hint), "{}: {}", output.code, output.stderr);
    }
}

#[test]
fn every_number_has_an_address_that_trace_takes() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let text = workspace.read("reports/reconstructed/estimates.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().next_back(), Some("trace"));
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    // Each row by its own address; one in ten is asked for, all tables among them.
    for record in records.iter().step_by(10) {
        let address = record.get(14).unwrap();
        let trace = json(&workspace, &["trace", address]);
        assert_eq!(trace["trace"]["address"].as_str(), Some(address));
        let estimate = trace["trace"]["value"]["estimate"].as_f64();
        assert_eq!(estimate.map(|value| format!("{value:?}")).as_deref(), record.get(4));
    }
    // What stands beside the tables.
    for (address, variables, rows) in [
        ("descriptives/lnEG", 1, 168),
        ("granger/lnAI->lnCO2", 2, 168),
        ("granger/lnAI->lnCO2/唐山", 2, 12),
        ("unit_roots/lnPD", 1, 168),
        ("unit_roots/D.lnPD", 1, 168),
        ("tests/2", 5, 168),
        ("tests/3/hausman", 6, 168),
        ("specifications/1/lnEG", 5, 168),
        ("system/3", 7, 168),
        ("agreement/1", 5, 168),
        ("claims/abstract-1", 2, 0),
    ] {
        let trace = json(&workspace, &["trace", address]);
        let formulas = trace["trace"]["formulas"].as_array().unwrap();
        let logs =
            formulas.iter().filter(|one| one["formula"].as_str().is_some_and(|text| text.starts_with("ln(")));
        assert!(logs.count() >= variables, "{address}: {formulas:?}");
        let sample = trace["trace"]["sample"].as_array().unwrap();
        assert!(sample.len() == rows || rows == 0, "{address}: {}", sample.len());
        assert!(!trace["trace"]["cells"].as_array().unwrap().is_empty(), "{address}");
    }
    for address in [
        "tests/9",
        "tests/1/hausmann",
        "unit_roots/lnXX",
        "specifications/1/lnopen",
        "system/4",
        "agreement/1-clustered",
        "claims/none",
    ] {
        let output = workspace.vintner(&["trace", address]);
        assert_eq!(output.code, 2, "{address}: {}{}", output.stdout, output.stderr);
        assert!(output.stderr.contains(address), "{}", output.stderr);
    }
}

/// The values of the column `trace`.
fn addresses(workspace: &Workspace, file: &str) -> Vec<String> {
    let text = workspace.read(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let place = reader.headers().unwrap().iter().position(|name| name == "trace").unwrap();
    let mut found: Vec<String> = reader.records().map(|row| row.unwrap()[place].to_owned()).collect();
    found.retain(|address| !address.is_empty());
    found
}

#[test]
fn all_numbers_at_once_are_traced_as_one_by_one() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let all = json(&workspace, &["trace", "--all"]);
    assert_eq!(all["synthetic"], true);
    let traces = &all["traces"];
    let list = |name: &str| traces[name].as_array().unwrap();
    let (numbers, origins, cells) = (list("numbers"), list("origins"), list("cells"));
    let known: std::collections::BTreeSet<&str> =
        numbers.iter().map(|number| number["address"].as_str().unwrap()).collect();
    assert_eq!(known.len(), numbers.len(), "each once");
    assert!(origins.len() < numbers.len() / 2, "{} of {}", origins.len(), numbers.len());
    let pages: std::collections::BTreeSet<&str> =
        numbers.iter().map(|number| number["page"].as_str().unwrap()).collect();
    assert_eq!(pages.len(), numbers.len(), "each has its place");
    // Whatever the tables of numbers say, and what stands beside them.
    for file in ["estimates.csv", "robustness.csv"] {
        let asked = addresses(&workspace, &format!("reports/reconstructed/{file}"));
        assert!(asked.len() > 200, "{file}");
        for address in asked {
            assert!(known.contains(address.as_str()), "{file}: {address}");
        }
    }
    for address in
        ["descriptives/lnIS", "unit_roots/D.lnPD", "tests/1", "tests/3/hausman", "system/2", "agreement/3"]
    {
        assert!(known.contains(address), "{address}");
    }
    for address in
        ["1/沧州/lnEG", "3/面板/lnopen", "granger/lnAI->lnCO2", "specifications/2/lnAI", "claims/abstract-1"]
    {
        let one = &json(&workspace, &["trace", address])["trace"];
        let number = numbers.iter().find(|number| number["address"] == address).unwrap();
        let origin = &origins[number["origin"].as_u64().unwrap() as usize];
        assert_eq!(number["value"], one["value"], "{address}");
        assert_eq!(number["influence"], one["influence"], "{address}");
        for field in ["sample", "dropped", "formulas", "files", "opaque"] {
            assert_eq!(origin[field], one[field], "{address} {field}");
        }
        let stages = [&number["stages"], &origin["stages"]].map(|stages| stages.as_array().unwrap().clone());
        assert_eq!(serde_json::json!(stages.concat()), one["stages"], "{address}");
        let places = origin["cells"].as_array().unwrap().iter();
        let own: Vec<_> = places.map(|at| cells[at.as_u64().unwrap() as usize].clone()).collect();
        assert_eq!(serde_json::json!(own), one["cells"], "{address}");
    }
    // For people, a line a number.
    let text = said(&workspace, &["trace", "--all"]);
    assert!(text.lines().count() > numbers.len(), "{text}");
    assert!(text.ends_with("(synthetic data, no evidence)\n"), "{text}");
    // The same numbers aren't told twice.
    let claims = said(&workspace, &["claims"]);
    assert!(claims.contains("fails by the published tables: as abstract-2"), "{claims}");
}

#[test]
fn a_cell_that_moved_is_followed_from_the_file_to_the_claims() {
    let workspace = Workspace::of_paper();
    // The exchange rate of one year, ten times what it was: openness alone is about it.
    workspace.write_another_vintage("moved", "汇率.csv", "2012,6.3", "2012,9.3");
    workspace.write_another_vintage("third", "汇率.csv", "2012,6.3", "2012,6.4");
    hostile(&workspace, "data/vintages/third/vintage.yaml");
    for vintage in ["reconstructed", "moved", "third"] {
        let output = workspace.vintner(&["reproduce", "--vintage", vintage]);
        assert_eq!(output.code, 0, "{}", output.stderr);
    }
    let found = json(&workspace, &["vintage", "diff", "reconstructed", "moved"]);
    let changed = found["data"]["changed"].as_array().unwrap();
    let mut variables: Vec<&str> = changed.iter().map(|one| one["variable"].as_str().unwrap()).collect();
    variables.sort_unstable();
    assert_eq!(variables, ["fx", "lnopen", "open"], "{found}");
    // The one year, in each city, by as much as was put in.
    let fx = changed.iter().find(|one| one["variable"] == "fx").unwrap()["cells"].as_array().unwrap();
    assert_eq!(fx.len(), 14);
    assert!(fx.iter().all(|cell| cell["time"] == 2012 && cell["absolute"] == 3.0), "{fx:?}");
    let text = said(&workspace, &["vintage", "diff", "reconstructed", "moved"]);
    assert!(text.lines().count() <= 60, "{text}");
    assert!(
        found["estimates"]["changed"].as_array().unwrap().iter().all(|one| one["table"] != "1"),
        "{found}"
    );
    // Equation (1) doesn't know of openness.
    let detail = said(&workspace, &["vintage", "diff", "reconstructed", "moved", "--detail"]);
    assert!(!detail.lines().any(|line| line.trim_start().starts_with("1/")), "{detail}");
    let markdown = said(&workspace, &["vintage", "diff", "reconstructed", "moved", "--format", "markdown"]);
    assert!(markdown.starts_with('#') && markdown.contains("| lnopen |"), "{markdown}");
    let compared = json(
        &workspace,
        &["vintage", "compare", "reconstructed", "moved", "third", "--coefficient", "*/面板/lnopen"],
    );
    let rows = compared["coefficients"].as_array().unwrap();
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row["vintages"].as_object().unwrap().len() == 3),
        "{compared}"
    );
    let compared = said(&workspace, &["vintage", "compare", "reconstructed", "moved", "third"]);
    let header = compared.lines().next().unwrap();
    let columns: Vec<&str> = header.split_whitespace().collect();
    assert_eq!(columns, ["coefficient", "published", "reconstructed", "moved", "third"]);
    assert!(compared.contains("third: synthetic data, no evidence"), "{compared}");
    // What a manifest says is shown, and obeyed neither by a terminal nor by a reader of Markdown.
    for arguments in [&["vintage", "diff", "moved", "third"][..], &["vintage", "check", "third"]] {
        let text = said(&workspace, arguments);
        assert!(!text.chars().any(|one| one.is_control() && one != '\n'), "{text:?}");
        assert!(!text.contains('\u{202e}'), "{text:?}");
    }
    let markdown = said(&workspace, &["vintage", "diff", "moved", "third", "--format", "markdown"]);
    let row = markdown.lines().find(|line| line.contains("citation")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    assert!(!row.contains("<b>") && !row.contains('\u{1b}') && row.contains("\\*x\\*"), "{row}");
}

/// A citation that a terminal, a browser or a table might take for something else.
fn hostile(workspace: &Workspace, manifest: &str) {
    let text = workspace.read(manifest);
    let start = text.find("    citation:").unwrap();
    let end = start + text[start..].find("\n    licence:").unwrap();
    // The anchor stays: other sources cite the same.
    let citation = "    citation: &citation \"\\e[2J|<b>*x*\\u202E\"";
    std::fs::write(workspace.path(manifest), format!("{}{citation}{}", &text[..start], &text[end..]))
        .unwrap();
}

#[test]
fn a_changed_file_is_told_with_all_that_is_wrong_in_it() {
    let workspace = Workspace::of_paper();
    let raw = workspace.path("data/vintages/reconstructed/raw/汇率.csv");
    let text = std::fs::read_to_string(&raw).unwrap();
    std::fs::write(&raw, text.replacen("2012,6.3", "2012,none 6.3", 1).replacen("2014,6.", "2014,96.", 1))
        .unwrap();
    let output = workspace.vintner(&["vintage", "check"]);
    assert_eq!(output.code, 1);
    let all = format!("{}{}", output.stdout, output.stderr);
    for part in [
        "not the file that the manifest means",
        "2 faults in it, too",
        "汇率.csv!B6",
        "汇率.csv!B8",
        "sha256:",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    // The others are read all the same, and nothing was made.
    assert!(!workspace.path("reports/reconstructed/none").exists());
    let json = workspace.vintner(&["vintage", "check", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["faults"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["sources"], 8);
}
