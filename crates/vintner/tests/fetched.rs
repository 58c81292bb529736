//! `vintner vintage fetch`, from a server of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::common::Workspace;
use serde_json::Value;

const OLD: &str = "city,year,gdp\nA,2001,1\nB,2001,2\n";
const NEW: &str = "city,year,gdp\nA,2001,1\nB,2001,2.5\n";

/// A server that gives the old file until it is told otherwise, and a page at every other path.
fn server() -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let revised = Arc::new(AtomicBool::new(false));
    let own = revised.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let body = match (first.contains(" /gdp.csv"), own.load(Ordering::SeqCst)) {
                (true, false) => OLD,
                (true, true) => NEW,
                (false, _) => "<!DOCTYPE html><p>About the file</p>",
            };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (address, revised)
}

fn manifest(workspace: &Workspace, text: &str) {
    let folder = workspace.path("data/vintages/web");
    fs::create_dir_all(&folder).unwrap();
    let head = "title: {en: Web}\nkind: public\ndate: 2020-01-01\nnotice: {en: none}\nsources:\n";
    fs::write(folder.join("vintage.yaml"), format!("{head}{text}")).unwrap();
}

fn source(name: &str, file: &str, more: &str) -> String {
    format!(
        "  - name: {name}\n    file: {file}\n    format: csv\n    entity: city\n    time: year\n    columns: [{{column: gdp, variable: {name}}}]\n{more}"
    )
}

#[test]
fn a_vintage_is_fetched_and_what_a_revision_changes_is_another() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl isn't here");
        return;
    }
    let workspace = Workspace::of_paper();
    let (address, revised) = server();
    let by_hand = format!("    sha256: {}\n", "0".repeat(64));
    let fetched = format!("    sha256: fetch\n    url: {address}/gdp.csv\n");
    manifest(&workspace, &(source("gdp", "gdp.csv", &fetched) + &source("other", "other.csv", &by_hand)));
    let output = workspace.vintner(&["vintage", "fetch", "web"]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("gdp.csv: fetched, "), "{}", output.stdout);
    assert!(output.stdout.contains("other.csv: by hand"), "{}", output.stdout);
    assert_eq!(workspace.read("data/vintages/web/raw/gdp.csv"), OLD);
    let text = workspace.read("data/vintages/web/vintage.yaml");
    assert!(!text.contains("sha256: fetch"), "{text}");
    let note: Value =
        serde_json::from_str(&workspace.read("data/vintages/web/raw/gdp.csv.fetched.json")).unwrap();
    assert_eq!(note["from"], format!("{address}/gdp.csv"));
    // A second time nothing is got.
    let again = workspace.vintner(&["vintage", "fetch", "web"]);
    assert!(again.stdout.contains("gdp.csv: is there"), "{}", again.stdout);

    manifest(
        &workspace,
        &source(
            "gdp",
            "gdp.csv",
            &text[text.find("    sha256").unwrap()..text.find("  - name: other").unwrap()],
        ),
    );
    let same = workspace.vintner(&["vintage", "fetch", "web", "--update", "--as", "web-2"]);
    assert!(same.stdout.contains("nothing that is fetched has changed"), "{}{}", same.stdout, same.stderr);
    assert!(!workspace.path("data/vintages/web-2").exists());
    revised.store(true, Ordering::SeqCst);
    let update = workspace.vintner(&["vintage", "fetch", "web", "--update", "--as", "web-2"]);
    assert_eq!(update.code, 0, "{}", update.stderr);
    assert_eq!(workspace.read("data/vintages/web-2/raw/gdp.csv"), NEW);
    assert_eq!(workspace.read("data/vintages/web/raw/gdp.csv"), OLD);
    let check = workspace.vintner(&["vintage", "check", "web-2"]);
    assert!(!check.stderr.contains("checksum"), "{}", check.stderr);
    // What was published before is fetched no more, and the message says what to do.
    fs::remove_file(workspace.path("data/vintages/web/raw/gdp.csv")).unwrap();
    let gone = workspace.vintner(&["vintage", "fetch", "web"]);
    assert_eq!(gone.code, 1);
    assert!(gone.stdout.contains("has changed") && gone.stdout.contains("--update"), "{}", gone.stdout);
    assert!(!workspace.path("data/vintages/web/raw/gdp.csv").exists());
}

#[test]
fn pages_and_names_that_lead_elsewhere_are_no_files() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl isn't here");
        return;
    }
    let workspace = Workspace::of_paper();
    let (address, _) = server();
    let page = format!("    sha256: fetch\n    url: {address}/about\n");
    let outside = format!("    sha256: fetch\n    url: {address}/gdp.csv\n");
    manifest(&workspace, &(source("a", "a.csv", &page) + &source("b", "../../../b.csv", &outside)));
    let output = workspace.vintner(&["vintage", "fetch", "web"]);
    assert_eq!(output.code, 1);
    assert!(output.stdout.contains("a page of HTML"), "{}", output.stdout);
    assert!(output.stdout.contains("leads out of the raw folder"), "{}", output.stdout);
    assert!(!workspace.path("data/b.csv").exists() && !workspace.path("b.csv").exists());
    let raw = workspace.path("data/vintages/web/raw");
    assert_eq!(fs::read_dir(raw).map_or(0, Iterator::count), 0);
}

/// `{year}` in the address of many files is what the name of each says.
#[test]
fn files_of_a_pattern_have_addresses_of_one() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl isn't here");
        return;
    }
    let workspace = Workspace::of_paper();
    let (address, _) = server();
    let sum = vintner_ingest::Checksum::of(OLD.as_bytes());
    let of = |url: &str| {
        format!(
            "  - name: gdp\n    file: \"gdp-{{year}}.csv\"\n    files: {{gdp-2001.csv: {sum}, gdp-2002.csv: {sum}}}\n    format: csv\n    \
             entity: city\n    time: year\n    columns: [{{column: gdp, variable: gdp}}]\n    url: \"{url}\"\n"
        )
    };
    // One address can't be that of two files.
    manifest(&workspace, &of(&format!("{address}/gdp.csv")));
    let output = workspace.vintner(&["vintage", "fetch", "web"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    assert!(output.stdout.contains("the source has several files"), "{}", output.stdout);
    manifest(&workspace, &of(&format!("{address}/gdp.csv?of={{year}}")));
    let output = workspace.vintner(&["vintage", "fetch", "web"]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let note = |file: &str| -> Value {
        serde_json::from_str(&workspace.read(&format!("data/vintages/web/raw/{file}.fetched.json"))).unwrap()
    };
    assert_eq!(note("gdp-2002.csv")["from"], format!("{address}/gdp.csv?of=2002"));
}

/// From what is published to what a revision of it moved: fetched, made, fetched again, made, compared.
#[test]
fn what_a_revision_moved_is_seen_between_the_vintages() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl isn't here");
        return;
    }
    let workspace = Workspace::of_parts(&[]);
    let (address, revised) = server();
    manifest(
        &workspace,
        &source("gdp", "gdp.csv", &format!("    sha256: fetch\n    url: {address}/gdp.csv\n")),
    );
    let pipeline = "version: 1\nname: small\nvintage: web\nstages:\n  tidy: {op: ingest, foreach: sources}\n  \
                    panel: {op: assemble, inputs: {tidy: tidy}}\n";
    fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
    let well = |arguments: &[&str]| {
        let output = workspace.vintner(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}{}", output.stdout, output.stderr);
        output.stdout
    };
    well(&["vintage", "fetch", "web"]);
    well(&["reproduce"]);
    revised.store(true, Ordering::SeqCst);
    let told = well(&["vintage", "fetch", "web", "--update", "--as", "web-2"]);
    assert!(told.contains("vintage diff web web-2"), "{told}");
    well(&["reproduce", "--vintage", "web-2"]);
    let found: Value =
        serde_json::from_str(&well(&["vintage", "diff", "web", "web-2", "--format", "json"])).unwrap();
    let changed = found["data"]["changed"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{found}");
    assert_eq!(changed[0]["variable"], "gdp");
    let cells = changed[0]["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 1, "{found}");
    assert_eq!((&cells[0]["entity"], &cells[0]["absolute"]), (&Value::from("B"), &Value::from(0.5)));
}
