//! The audit as pages: what is written and where; and in a real browser, where one is here, that the pages
//! work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Workspace, repository, towns};
use sha2::{Digest, Sha256};

const SITE: &str = "reports/small/audit";

/// Chromium, and the folder with the modules that drive it, if both are here.
fn browser() -> Option<(PathBuf, PathBuf)> {
    let modules = repository().join(".tools/browser");
    let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let chromium = chromium.iter().map(PathBuf::from).find(|path| path.is_file());
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    match chromium {
        Some(chromium) if node && modules.join("node_modules/playwright-core").is_dir() => {
            Some((chromium, modules))
        }
        _ => {
            println!(
                "skipped: a browser test needs chromium, node and `npm ci` of crates/vintner/tests/browser in .tools/browser"
            );
            None
        }
    }
}

/// Opens the pages of a site and has them checked; what is wrong with them fails the test.
fn check(site: &Path, checks: &str) {
    let Some((chromium, modules)) = browser() else { return };
    let script = repository().join("crates/vintner/tests/browser/pages.mjs");
    let output =
        Command::new("node").arg(script).arg(modules).arg(chromium).arg(site).arg(checks).output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The paper, and another vintage of it with one cell changed.
fn paper() -> Workspace {
    let workspace = Workspace::of_paper();
    let (own, other) = ("data/vintages/reconstructed", "data/vintages/altered");
    for (path, bytes) in workspace.files(own) {
        let path = workspace.path(other).join(path.strip_prefix(own).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let rates = "data/vintages/altered/raw/汇率.csv";
    let sum = |workspace: &Workspace| {
        let digest = Sha256::digest(fs::read(workspace.path(rates)).unwrap());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let before = sum(&workspace);
    workspace.edit(rates, "6.9451", "7.9451");
    let after = sum(&workspace);
    workspace.edit("data/vintages/altered/vintage.yaml", &before, &after);
    workspace.reproduce(&[]);
    workspace.reproduce(&["--vintage", "altered"]);
    workspace
}

#[test]
fn the_papers_pages_work_in_a_browser() {
    let workspace = paper();
    let written = workspace.vintner(&["audit", "--html", "--format", "json"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let said: serde_json::Value = serde_json::from_str(&written.stdout).unwrap();
    assert!(said["largest"]["bytes"].as_u64().unwrap() < 1_000_000, "{said}");
    let site = workspace.path("reports/reconstructed/audit");
    for page in [
        "index.html",
        "stages/variables.html",
        "stages/tidy.html",
        "stages/tidy-gdp.html",
        "sources.html",
        "claims.html",
        "numbers.html",
        "diff/altered.html",
        "search.html",
    ] {
        assert!(site.join(page).is_file(), "{page}");
    }
    let index = fs::read_to_string(site.join("index.html")).unwrap();
    assert!(index.contains("Synthetic data, no evidence") && index.contains("href=\"../report.html\""));
    // What a manifest has between backquotes is code, wherever it stands.
    let sources = fs::read_to_string(site.join("sources.html")).unwrap();
    assert!(sources.contains("<code>vintner reconstruct</code> makes the files again"), "{sources}");
    assert!(!sources.contains('`'), "{sources}");

    // The same store gives the same bytes; what was there is replaced.
    let before = workspace.files("reports/reconstructed/audit");
    assert_eq!(workspace.vintner(&["audit", "--html"]).code, 0);
    assert!(before == workspace.files("reports/reconstructed/audit"), "the pages differ from run to run");

    check(&site, "sizes,walk,report,table,search,keyboard,plain,axe");
}

#[test]
fn other_folders_stay_as_they_are() {
    let workspace = towns::small();
    workspace.reproduce(&[]);
    fs::create_dir_all(workspace.path("mine")).unwrap();
    fs::write(workspace.path("mine/thesis.tex"), "mine").unwrap();
    let refused = workspace.vintner(&["audit", "--html", "--output", "mine"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("thesis.tex isn't part of an audit"), "{}", refused.stderr);
    assert_eq!(workspace.read("mine/thesis.tex"), "mine");
    let written = workspace.vintner(&["audit", "--html", "--output", "elsewhere/pages"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.starts_with("elsewhere/pages/index.html: "), "{}", written.stdout);
    let index = workspace.read("elsewhere/pages/index.html");
    assert!(index.contains("href=\"../../reports/small/summary.json\""), "{index}");
    for combined in
        [&["audit", "--html", "panel"][..], &["audit", "--html", "--verify"], &["audit", "--output", "x"]]
    {
        assert_eq!(workspace.vintner(combined).code, 2, "{combined:?}");
    }
}

#[test]
fn what_is_not_made_is_said() {
    let workspace = towns::small();
    workspace.reproduce(&[]);
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 2002");
    let written = workspace.vintner(&["audit", "--html"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stderr.contains("note: real isn't made as things are now"), "{}", written.stderr);
    let stage = workspace.read(&format!("{SITE}/stages/real.html"));
    assert!(stage.contains("parameter base: 2001 -&gt; 2002") && stage.contains("stale"), "{stage}");
    assert!(!workspace.path(&format!("{SITE}/numbers.html")).exists());
    check(&workspace.path(SITE), "sizes,walk,axe");
}

/// Ten thousand rows, and names that are scripts wherever a name may stand.
#[cfg(unix)]
#[test]
fn large_outputs_are_smooth_and_hostile_names_inert() {
    let workspace = towns::small();
    let script = "<script>globalThis.hacked=1</script>";
    let image = "\\\"'><img src=x onerror=globalThis.hacked=1>";
    let stages = format!(
        r#"  large:
    title: "{image}"
    run: |
      printf 'number,square,"{script}",text\n' > large.csv
      seq 1 10000 | awk '{{ printf "%d,%.6f,<script>globalThis.hacked=1</script>%d,word %d\n", $1, ($1 * 7919 % 10007) / 3, $1 % 5000, $1 * 31 % 9973 }}' >> large.csv
      echo "{script}" >&2
    outputs: {{large: large.csv}}
  hostile:
    run: 'printf "[{{\"a\": \"%s\", \"<script>\": 1}}]" "$(cat inputs/large.csv | head -n 2 | tail -n 1 | cut -d, -f3)" > hostile.json'
    foreach: ["{script}", "../../up", "a b/c", "{image}"]
    inputs: {{large: large}}
    params: {{name: $item}}
    outputs: {{hostile: hostile.json}}
"#
    );
    let text = workspace.read("pipeline.yaml");
    fs::write(workspace.path("pipeline.yaml"), text + &stages).unwrap();
    // Cells of raw files and a unit's name too.
    workspace.edit("data/crosswalk/towns.csv", "Ashby", script);
    let raw = workspace.read(towns::TOWNS);
    fs::write(workspace.path(towns::TOWNS), raw.replace("Ashby", script)).unwrap();
    workspace.edit(
        towns::MANIFEST_PATH,
        "made for a test\n    licence: none needed\n  - name: prices",
        &format!("'{script}'\n    licence: none needed\n  - name: prices"),
    );
    towns::write_sums(&workspace);
    workspace.reproduce(&[]);
    let written = workspace.vintner(&["audit", "--html"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    for (path, bytes) in workspace.files(SITE) {
        let name = path.to_str().unwrap();
        let name = name.strip_prefix(SITE).unwrap();
        assert!(
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-./".contains(c)),
            "{name}"
        );
        assert!(!name.contains(".."), "{name}");
        if name.ends_with(".html") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("<script>") && !text.contains("<img"), "{name}");
        }
    }
    check(&workspace.path(SITE), "sizes,walk,smooth,hostile,axe");
}
