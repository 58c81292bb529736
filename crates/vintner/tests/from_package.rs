//! `vintner init --from-package`: packages in R and in Python run as they are, from raw data to their tables; what no
//! machine here can run is planned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::common::{Workspace, with_outcome};

fn with(files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    for (path, text) in files {
        let path = workspace.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    workspace
}

fn is_here(program: &str) -> bool {
    let here = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        println!("skipped: {program} isn't here");
    }
    here
}

const SURVEY: &str = "id,x,y\n1,1,2.5\n2,2,4.5\n3,3,6.5\n4,4,8.5\n";

#[test]
fn a_package_in_r_runs_as_it_is() {
    if !is_here("Rscript") {
        return;
    }
    let workspace = with(&[
        (
            "theirs/run_all.R",
            "out <- \"output\"\nsource(\"code/functions.R\")\nsource(\"code/01_clean.R\")\nsource(\"code/02_model.R\")\n",
        ),
        ("theirs/code/functions.R", "twice <- function(x) 2 * x\n"),
        (
            "theirs/code/01_clean.R",
            "d <- read.csv(file.path(\"data\", \"raw\", \"survey.csv\"))\nd$z <- twice(d$x)\nsaveRDS(d, \"data/clean.rds\")\nplot(d$x, d$y)\n",
        ),
        (
            "theirs/code/02_model.R",
            "d <- readRDS(\"data/clean.rds\")\nm <- lm(y ~ z, d)\nwrite.csv(data.frame(term = names(coef(m)), b = round(coef(m), 3)), file.path(out, \"table1.csv\"), row.names = FALSE)\n\
             writeLines(as.character(nrow(d)), file.path(out, \"n.txt\"))\n",
        ),
        ("theirs/data/raw/survey.csv", SURVEY),
        // What the package printed: one output the same, one not.
        ("theirs/output/table1.csv", "\"term\",\"b\"\n\"(Intercept)\",0.5\n\"z\",1\n"),
        ("theirs/output/n.txt", "5\n"),
        ("theirs/.DS_Store", "x"),
    ]);
    let begun = workspace.vintner(&["init", "paper", "--from-package", "theirs", "--format", "json"]);
    assert_eq!(begun.code, 0, "{}{}", begun.stdout, begun.stderr);
    let told: Value = serde_json::from_str(&begun.stdout).unwrap();
    assert_eq!(told["stages"], serde_json::json!(["clean", "model"]));
    assert_eq!(told["order"]["programs"], serde_json::json!(["run_all.R"]));
    assert_eq!(told["reviews"], serde_json::json!([]), "{told:#}");
    assert_eq!(told["sources"], 1);
    assert!(!workspace.path("paper/package/.DS_Store").exists());
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 0, "{}{}\n{}", run.stdout, run.stderr, workspace.read("paper/pipeline.yaml"));
    // The model is y = 0.5 + z, which the data follow exactly.
    assert_eq!(
        workspace.read("paper/reports/first/output/table1.csv"),
        "\"term\",\"b\"\n\"(Intercept)\",0.5\n\"z\",1\n"
    );
    let comparison = workspace.read("paper/reports/first/comparison.txt");
    assert_eq!(
        comparison,
        "package/output/n.txt: 1 of 1 number differs\n  line 1: 5 there, 4 here\n\
         package/output/table1.csv: the same, byte for byte\n"
    );
    assert!(run.stderr.contains("package/output/n.txt: 1 of 1 number differs"), "{}", run.stderr);
    // Nothing runs twice, and a change of the second program runs the second alone.
    let again = workspace.vintner(&["-C", "paper", "status", "--format", "json"]);
    assert!(again.stdout.contains("fresh") && !again.stdout.contains("stale"), "{}", again.stdout);
    let program =
        workspace.read("paper/package/code/02_model.R").replace("round(coef(m), 3)", "round(coef(m), 4)");
    fs::write(workspace.path("paper/package/code/02_model.R"), program).unwrap();
    let outcomes: Value = {
        let run = workspace.vintner(&["-C", "paper", "reproduce", "--format", "json"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let outcome = |branch: &str| {
        let stages = outcomes["stages"].as_array().unwrap();
        stages.iter().find(|stage| stage["branch"] == branch).unwrap()["outcome"].clone()
    };
    assert_ne!(outcome("clean"), "ran");
    assert_eq!(outcome("model"), "ran");
}

#[test]
fn a_package_in_python_runs_where_it_lies() {
    if !is_here("python3") {
        return;
    }
    let workspace = with(&[
        ("README.md", "# Replication\n\nRun `src/build.py`, then `src/tables.py`.\n"),
        (
            "src/paths.py",
            "from pathlib import Path\nROOT = Path(__file__).resolve().parents[1]\nDATA = ROOT / 'data'\n",
        ),
        (
            "src/build.py",
            "import csv\nfrom paths import DATA\nrows = list(csv.DictReader(open(DATA / 'survey.csv')))\n\
             with open(DATA / 'panel.csv', 'w') as out:\n    out.write('x\\n')\n    for row in rows:\n        out.write(row['x'] + '\\n')\n",
        ),
        (
            "src/tables.py",
            "import os\nimport paths\nlines = open(paths.DATA / 'panel.csv').read().split()\n\
             with open(os.path.join(paths.ROOT, 'mean.txt'), 'w') as out:\n    out.write(str(sum(map(int, lines[1:])) / 4))\n",
        ),
        ("data/survey.csv", SURVEY),
    ]);
    let begun = workspace.vintner(&["init", ".", "--from-package", "."]);
    assert_eq!(begun.code, 0, "{}{}", begun.stdout, begun.stderr);
    assert!(begun.stdout.contains("README.md names them"), "{}", begun.stdout);
    // The package's own README stays.
    assert!(workspace.read("README.md").contains("then `src/tables.py`"));
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran"), ["build", "tables"]);
    assert_eq!(workspace.read("reports/first/mean.txt"), "2.5");
}

#[test]
fn a_package_in_stata_is_planned() {
    let workspace = with(&[
        (
            "theirs/master.do",
            "global root \"C:/Users/jane/paper\"\ndo \"$root/code/01_clean.do\"\ndo \"$root/code/02_tables.do\"\ndo \"$root/code/03_licensed.do\"\n",
        ),
        (
            "theirs/code/01_clean.do",
            "import delimited \"$root/data/survey.csv\", clear\nsave \"$root/data/panel.dta\", replace\n",
        ),
        (
            "theirs/code/02_tables.do",
            "use \"$root/data/panel\", clear\nreg y x\nesttab using \"$root/output/table1.tex\", replace\n",
        ),
        (
            "theirs/code/03_licensed.do",
            "use \"$root/data/bank.dta\", clear\nsave \"$root/data/loans.dta\", replace\n",
        ),
        ("theirs/data/survey.csv", SURVEY),
        ("theirs/output/table1.tex", "x\n"),
    ]);
    let begun = workspace.vintner(&["init", "paper", "--from-package", "theirs"]);
    assert_eq!(begun.code, 0, "{}{}", begun.stdout, begun.stderr);
    assert!(begun.stdout.contains("can't run: licensed: it reads `data/bank.dta`"), "{}", begun.stdout);
    insta::assert_snapshot!("stata_pipeline", workspace.read("paper/pipeline.yaml"));
    insta::assert_snapshot!("stata_wrapper", workspace.read("paper/programs/tables.do"));
    // The pipeline is one that can be read, and would run where Stata is.
    let dry = workspace.vintner(&["-C", "paper", "reproduce", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}{}", dry.stdout, dry.stderr);
    assert!(
        dry.stdout.contains("clean") && dry.stdout.contains("tables") && !dry.stdout.contains("licensed"),
        "{}",
        dry.stdout
    );
    // With a program in Stata's place: an error in the log fails the stage, whatever the exit code says.
    let bin = workspace.path("bin");
    fs::create_dir_all(&bin).unwrap();
    let stata = "#!/bin/sh\n# stata -q -b do FILE: writes FILE's log beside where it runs\nname=$(basename \"$4\" .do)\n\
                 case $name in\n  clean) printf x > data/panel.dta; echo done > clean.log ;;\n  *) printf 'no variable\\nr(111);\\n' > $name.log ;;\nesac\n";
    fs::write(bin.join("stata-mp"), stata).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(bin.join("stata-mp"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let run = workspace.command(&["-C", "paper", "reproduce"]).env("PATH", path).output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert_ne!(run.status.code(), Some(0), "{said}");
        assert!(said.contains("r(111)") && said.contains("tables"), "{said}");
    }
}

#[test]
fn what_is_no_package_is_told() {
    let workspace = with(&[("theirs/data.csv", SURVEY), ("theirs/a.sas", "data;\n")]);
    let refused = workspace.vintner(&["init", "paper", "--from-package", "theirs"]);
    assert_ne!(refused.code, 0);
    assert!(
        refused.stderr.contains("no program in Stata") && refused.stderr.contains("SAS"),
        "{}",
        refused.stderr
    );
    assert!(!workspace.path("paper").exists());
}
