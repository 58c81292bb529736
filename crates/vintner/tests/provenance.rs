//! A package's run as an RO-Crate, and its seal: a changed byte anywhere is found, without the data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::common::{Output, Workspace, repository};

/// A workspace whose one source may not be given to others, made.
fn made() -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    let mut text = String::from("nr,year,wage,union\n");
    for nr in 0..12 {
        for year in 2001..2006 {
            let wage = 1.0 + 0.1 * f64::from(nr % 5) + 0.03 * f64::from((nr * year) % 7);
            writeln!(text, "{},{year},{wage:.4},{}", 100 + nr, (nr + year) % 3 % 2).unwrap();
        }
    }
    fs::write(workspace.path("löhne.csv"), text).unwrap();
    let begun =
        workspace.vintner(&["init", ".", "--from", "löhne.csv", "--formula", "wage ~ union | nr + year"]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    workspace.reproduce(&[]);
    workspace
}

fn package(workspace: &Workspace, arguments: &[&str]) -> Output {
    let output = workspace.vintner(&[&["package"], arguments].concat());
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    output
}

/// The Python that has the validators, if one has: `VINTNER_VALIDATORS`, else `python3`.
fn validators(module: &str) -> Option<String> {
    let python = std::env::var("VINTNER_VALIDATORS").unwrap_or_else(|_| "python3".into());
    let here = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if here.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!("skipped: {python} hasn't {module}; name one that has with VINTNER_VALIDATORS");
    None
}

#[test]
fn the_run_is_a_crate_that_holds_together() {
    let workspace = made();
    package(&workspace, &["paper"]);
    let text = workspace.read("paper/ro-crate-metadata.json");
    let document: Value = serde_json::from_str(&text).unwrap();
    let graph = document["@graph"].as_array().unwrap();
    let ids: BTreeSet<&str> = graph.iter().map(|entity| entity["@id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), graph.len());
    // Nothing is null, nothing of this machine is in it, and what is referred to is there.
    fn walk<'v>(value: &'v Value, referred: &mut Vec<&'v str>) {
        match value {
            Value::Null => panic!("a null"),
            Value::Array(items) => items.iter().for_each(|item| walk(item, referred)),
            Value::Object(fields) => {
                if fields.len() == 1 {
                    referred.extend(fields.get("@id").and_then(Value::as_str));
                }
                fields.values().for_each(|field| walk(field, referred));
            }
            _ => {}
        }
    }
    let mut referred = Vec::new();
    walk(&document, &mut referred);
    for id in referred {
        assert!(ids.contains(id) || id.starts_with("http"), "{id} is no entity");
    }
    assert!(
        !text.contains(workspace.path(".").to_str().unwrap().trim_end_matches("/.")),
        "a path of the machine"
    );
    let of = |id: &str| graph.iter().find(|entity| entity["@id"] == id).unwrap_or_else(|| panic!("no {id}"));
    // A branch's run says what it took and gave, and with which parameters.
    let run = of("#run/model");
    assert_eq!(run["instrument"]["@id"], "#tool/model");
    assert!(
        run["object"].as_array().unwrap().contains(&serde_json::json!({"@id": "#value/model/formula"})),
        "{run:#}"
    );
    assert!(of("#value/model/formula")["value"].as_str().unwrap().contains("wage ~ union"));
    assert_eq!(of("#control/model")["instrument"]["@id"], "#step/model");
    // What may not be given is named with its digest, and isn't a file of the package.
    let withheld = of("#withheld/data/vintages/first/raw/l%C3%B6hne.csv");
    assert_eq!(withheld["@type"], "CreativeWork");
    assert_eq!(withheld["sha256"].as_str().unwrap().len(), 64);
    // The digests are those of the files.
    let listed = workspace.read("paper/manifest.sha256");
    for entity in graph.iter().filter(|entity| entity["@type"] == "File") {
        let line = format!("{}  {}\n", entity["sha256"].as_str().unwrap(), entity["name"].as_str().unwrap());
        assert!(listed.contains(&line), "{line}");
    }
    // The same records, the same bytes.
    package(&workspace, &["again"]);
    assert_eq!(workspace.read("again/ro-crate-metadata.json"), text);
}

#[test]
fn the_crates_validator_finds_no_required_fault() {
    let Some(python) = validators("rocrate_validator, rocrate") else { return };
    let workspace = made();
    package(&workspace, &["paper"]);
    let script = repository().join(".ci/ro_crate.py");
    let output = Command::new(python).arg(script).arg(workspace.path("paper")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_str(&said).unwrap();
    println!("{found:#}");
    assert_eq!(found["required"], serde_json::json!([]), "{found:#}");
    // What is recommended and can't be given: addresses of programs that have none (3.2), and of authors and a licence that
    // nobody said (22.1, 31.2); parameters whose value isn't a file of the package (7.1). 5.1 is about classes and no entity,
    // 6.1 and 6.2 about a README where there is none.
    let known = [
        "process-run-crate-0.5_3.2",
        "process-run-crate-0.5_5.1",
        "ro-crate-1.1_22.1",
        "ro-crate-1.1_31.2",
        "workflow-ro-crate-1.0_6.1",
        "workflow-ro-crate-1.0_6.2",
        "workflow-run-crate-0.5_7.1",
    ];
    for issue in found["recommended"].as_array().unwrap() {
        let check = issue.as_str().unwrap().split(' ').next().unwrap();
        assert!(known.contains(&check), "{issue}");
    }
}

#[test]
fn a_changed_byte_anywhere_is_found() {
    let workspace = made();
    let sealed = package(&workspace, &["paper.zip", "--seal"]);
    assert!(
        sealed.stdout.contains("paper.jsonld: the seal of")
            && sealed.stdout.contains("and 1 file that it doesn't hold"),
        "{}",
        sealed.stdout
    );
    package(&workspace, &["paper", "--seal"]);
    for name in ["paper.zip", "paper"] {
        let verified = workspace.vintner(&["package", "verify", name]);
        assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    }
    // Every file of the folder in turn, the list of checksums and the seal too.
    let mut files: Vec<String> =
        workspace.files("paper").into_keys().map(|path| path.to_str().unwrap().to_owned()).collect();
    assert!(files.len() > 8, "{files:?}");
    files.push("paper.jsonld".into());
    for file in &files {
        let before = fs::read(workspace.path(file)).unwrap();
        let mut after = before.clone();
        match after.last_mut() {
            Some(last) => *last ^= 1,
            None => after.push(b'x'),
        }
        fs::write(workspace.path(file), &after).unwrap();
        let verified = workspace.vintner(&["package", "verify", "paper"]);
        assert_eq!(verified.code, 1, "{file}: {}{}", verified.stdout, verified.stderr);
        let name = file.strip_prefix("paper/").unwrap_or(file);
        assert!(verified.stdout.contains(name), "{file}: {}", verified.stdout);
        fs::write(workspace.path(file), &before).unwrap();
    }
    // A file more, and a file less.
    fs::write(workspace.path("paper/extra.txt"), "x").unwrap();
    let more = workspace.vintner(&["package", "verify", "paper", "--format", "json"]);
    assert_eq!(more.code, 1);
    let more: Value = serde_json::from_str(&more.stdout).unwrap();
    assert_eq!(more["faults"].as_array().unwrap().len(), 2, "{more:#}");
    fs::remove_file(workspace.path("paper/extra.txt")).unwrap();
    fs::remove_file(workspace.path("paper/pipeline.yaml")).unwrap();
    let less = workspace.vintner(&["package", "verify", "paper"]);
    assert!(less.stdout.contains("pipeline.yaml: the seal has it, and it isn't there"), "{}", less.stdout);
    let nothing = workspace.vintner(&["package", "verify", "nowhere"]);
    assert!(nothing.code != 0 && nothing.stderr.contains("nowhere"), "{}", nothing.stderr);
}

#[test]
fn a_seal_is_signed_by_a_key_of_the_users() {
    let workspace = made();
    let openssl = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-out"])
        .arg(workspace.path("key.pem"))
        .output();
    if openssl.is_ok_and(|output| output.status.success()) {
        package(&workspace, &["paper", "--seal", "--key", "key.pem"]);
        signed(&workspace, &[]);
    } else {
        println!("skipped: openssl isn't here");
    }
    let home = tempfile::tempdir().unwrap();
    let words = [
        "--batch",
        "--passphrase",
        "",
        "--quick-generate-key",
        "author@example.org",
        "default",
        "default",
        "never",
    ];
    let made = Command::new("gpg").arg("--homedir").arg(home.path()).args(words).output();
    if !made.is_ok_and(|output| output.status.success()) {
        println!("skipped: gpg isn't here, or makes no key");
        return;
    }
    let keyring = [("GNUPGHOME", home.path().to_str().unwrap())];
    let mut command = workspace.command(&["package", "paper", "--seal", "--key", "author@example.org"]);
    let output = command.envs(keyring).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Checked without the keyring in which the key is.
    let said = signed(&workspace, &[]);
    assert!(said.contains("fingerprint"), "{said}");
    let mut unknown = workspace.command(&["package", "paper", "--seal", "--key", "nobody@example.org"]);
    let unknown = unknown.envs(keyring).output().unwrap();
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no key of that name"), "{unknown:?}");
    // What gpg starts for a key goes with its folder.
    let _ = Command::new("gpgconf").arg("--homedir").arg(home.path()).args(["--kill", "all"]).output();
}

/// A signed package verifies, and one whose seal was made anew over a changed file doesn't; what is said of the first.
fn signed(workspace: &Workspace, arguments: &[&str]) -> String {
    let verify = [&["package", "verify", "paper"], arguments].concat();
    let verified = workspace.vintner(&verify);
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    assert!(verified.stdout.contains("signed by the key in the seal"), "{}", verified.stdout);
    let seal = workspace.read("paper.jsonld");
    let other = seal.replacen("\"trov:path\": \"manifest.sha256\"", "\"trov:path\": \"manifest.sha257\"", 1);
    assert_ne!(other, seal);
    fs::write(workspace.path("paper.jsonld"), other).unwrap();
    let forged = workspace.vintner(&verify);
    assert_eq!(forged.code, 1, "{}", forged.stdout);
    assert!(forged.stdout.contains("the signature isn't right"), "{}", forged.stdout);
    fs::write(workspace.path("paper.jsonld"), seal).unwrap();
    verified.stdout
}

#[test]
fn the_trace_tools_verify_it_without_the_data() {
    let Some(python) = validators("tro_utils") else { return };
    let workspace = made();
    package(&workspace, &["paper.zip", "--seal"]);
    let seal = workspace.read("paper.jsonld");
    let raw = fs::read(workspace.path("data/vintages/first/raw/löhne.csv")).unwrap();
    use sha2::Digest;
    let digest: String = sha2::Sha256::digest(&raw).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(seal.contains(&digest), "the raw file's digest isn't in the seal");
    let script = "import sys; from tro_utils.tro_utils import TRO; tro = TRO(filepath=sys.argv[1]); \
                  found = tro.verify_replication_package('arrangement/0', sys.argv[2]); print(found); sys.exit(0 if found[3] else 1)";
    let run = |package: &str| {
        let mut command = Command::new(&python);
        command.args(["-c", script]).arg(workspace.path("paper.jsonld")).arg(workspace.path(package));
        command.output().unwrap()
    };
    let right = run("paper.zip");
    assert!(
        right.status.success(),
        "{}{}",
        String::from_utf8_lossy(&right.stdout),
        String::from_utf8_lossy(&right.stderr)
    );
    // The bytes that these tools would sign are those that stand there.
    let script = "import json, sys; text = open(sys.argv[1]).read(); from tro_utils.tro_utils import TRO; \
                  sys.exit(0 if text == json.dumps(json.loads(text), indent=2, sort_keys=True) and \
                  TRO(filepath=sys.argv[1]).data == json.loads(text) else 1)";
    let same =
        Command::new(&python).args(["-c", script]).arg(workspace.path("paper.jsonld")).output().unwrap();
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stderr));
    package(&workspace, &["paper"]);
    fs::write(workspace.path("paper/pipeline.yaml"), "changed\n").unwrap();
    assert!(!run("paper").status.success());
}
