//! Plans of small packages.

use std::collections::BTreeSet;
use std::fs;

use vintner_programs::{Order, Package, Plan, ProgramsError, Step, written_pipeline};

fn package(files: &[(&str, &str)]) -> (tempfile::TempDir, Package) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let package = Package::open(folder.path()).unwrap();
    (folder, package)
}

fn names(paths: &BTreeSet<String>) -> Vec<&str> {
    paths.iter().map(String::as_str).collect()
}

fn of<'p>(plan: &'p Plan, name: &str) -> &'p Step {
    plan.steps.iter().find(|step| step.name == name).unwrap_or_else(|| panic!("no {name} in {plan:#?}"))
}

#[test]
fn a_stata_package_with_a_master() {
    let (_folder, package) = package(&[
        (
            "master.do",
            "* runs it all\nclear all\nglobal root \"C:\\Users\\jane\\paper\"\nglobal data \"$root/data\"\nglobal out ${root}/output\n\
             do \"$root/code/programs.do\"\ndo \"$root/code/01_clean.do\"\ndo $root/code/02_tables 2010\n",
        ),
        ("code/programs.do", "program define mine\nend\n"),
        (
            "code/01_clean.do",
            "foreach y in 2001 2002 {\n  import delimited using \"$data/raw/survey_`y'.csv\", clear\n  tempfile t`y'\n  save `t`y''\n}\n\
             use `t2001', clear\nappend using `t2002'\nmerge m:1 id using \"$data/raw/regions\", keep(match) nogen\nsave \"$data/panel\", replace\n",
        ),
        (
            "code/02_tables.do",
            "args year\nuse \"$data/panel.dta\" if year>=`year', clear\nqui eststo m1: reg y x /// robust\n  , vce(cluster id)\n\
             esttab m1 using \"$out/table1.tex\", replace se\ncap graph export \"$out/fig1.pdf\", replace\nmerge 1:1 id using \"$data/licensed/credit\"\n",
        ),
        ("data/raw/survey_2001.csv", "id\n"),
        ("data/raw/survey_2002.csv", "id\n"),
        ("data/raw/regions.dta", ""),
        ("output/table1.tex", "x"),
        ("code/old.do", "use nothing\n"),
    ]);
    let plan = Plan::of(&package).unwrap();
    assert_eq!(plan.order, Order::Master(vec!["master.do".into()]));
    assert_eq!(plan.steps.len(), 2, "{plan:#?}");
    let clean = of(&plan, "clean");
    assert_eq!(
        names(&clean.reads),
        ["data/raw/regions.dta", "data/raw/survey_2001.csv", "data/raw/survey_2002.csv"]
    );
    assert_eq!(names(&clean.writes), ["data/panel.dta"]);
    let wrapper = clean.wrapper.as_deref().unwrap();
    assert!(
        wrapper.contains("global data `\"./data\"'") || wrapper.contains("global data `\"data\"'"),
        "{wrapper}"
    );
    assert!(wrapper.contains("do \"code/programs.do\"\ndo \"code/01_clean.do\"\n"), "{wrapper}");
    let tables = of(&plan, "tables");
    assert_eq!(names(&tables.reads), ["data/licensed/credit.dta", "data/panel.dta"]);
    assert_eq!(names(&tables.writes), ["output/fig1.pdf", "output/table1.tex"]);
    assert!(tables.wrapper.as_deref().unwrap().contains("do \"code/02_tables.do\" \"2010\""));
    assert_eq!(plan.left, [("code/old.do".to_owned(), "master.do doesn't run it".to_owned())]);
    let written = written_pipeline(&plan, &package, "paper", "first", "package");
    assert_eq!(written.stages, ["clean"]);
    assert_eq!(written.blocked.len(), 1);
    assert!(written.blocked[0].1.contains("data/licensed/credit.dta"), "{:?}", written.blocked);
    assert!(
        written.text.contains("(cd package && \"$stata\" -q -b do ../programs/clean.do)"),
        "{}",
        written.text
    );
    assert!(written.text.contains("  #   run: |"), "{}", written.text);
}

#[test]
fn an_r_package_by_numbers() {
    let (_folder, package) = package(&[
        (
            "code/01_build.R",
            "library(here)\nraw <- here::here(\"data\", \"raw\")\nfor (y in 2001:2002) {\n  d <- read.csv(file.path(raw, paste0(\"s\", y, \".csv\")))\n}\n\
             x <- do.call(rbind, lapply(list.files(here(\"data\", \"more\"), full.names = TRUE), read.csv))\n\
             saveRDS(d, here(\"data\", \"panel.rds\"))\n",
        ),
        (
            "code/02_tables.R",
            "source(here::here(\"code\", \"helpers.R\"))\nd <- readRDS(here::here(\"data/panel.rds\"))\n\
             d |> summary() |> write.csv(here::here(\"out\", \"t1.csv\"))\nstargazer(m, out = out_path(\"t2.tex\"))\nggsave(p, filename = here::here(\"out/f.png\"))\n",
        ),
        ("code/helpers.R", "out_path <- function(x) here::here(\"out\", x)\n"),
        ("data/raw/s2001.csv", "a\n"),
        ("data/raw/s2002.csv", "a\n"),
        ("data/more/x.csv", "a\n"),
    ]);
    let plan = Plan::of(&package).unwrap();
    assert_eq!(plan.order, Order::Numbers);
    let build = of(&plan, "build");
    assert_eq!(names(&build.reads), ["data/raw/s2001.csv", "data/raw/s2002.csv"]);
    assert_eq!(names(&build.lists), ["data/more"]);
    assert_eq!(names(&build.writes), ["data/panel.rds"]);
    let tables = of(&plan, "tables");
    assert_eq!(names(&tables.reads), ["data/panel.rds"]);
    assert_eq!(names(&tables.writes), ["out/f.png", "out/t1.csv"]);
    assert_eq!(names(&tables.programs), ["code/helpers.R"]);
    // What a function of its own makes of a name is left to a person, at its line.
    assert!(
        tables.doubts.iter().any(|doubt| doubt.line == 4 && doubt.what.contains("stargazer")),
        "{:?}",
        tables.doubts
    );
    assert_eq!(
        plan.data(&package),
        BTreeSet::from(["data/more/x.csv", "data/raw/s2001.csv", "data/raw/s2002.csv"])
    );
}

#[test]
fn a_master_of_r_sets_what_its_programs_need() {
    let (_folder, package) = package(&[
        (
            "run_all.R",
            "library(stats)\nout <- \"results\"\nsource(\"code/functions.R\")\nsource(\"code/clean.R\")\nsource(\"code/model.R\")\nsource(\"code/print.R\")\n",
        ),
        ("code/functions.R", "mine <- function(x) x\n"),
        ("code/clean.R", "panel <- read.csv(\"data/x.csv\")\nwrite.csv(panel, \"data/panel.csv\")\n"),
        (
            "code/model.R",
            "d <- read.csv(\"data/panel.csv\")\nwrite.csv(mine(d), file.path(out, \"t.csv\"))\n",
        ),
        ("code/print.R", "print(summary(panel))\nwriteLines(\"a\", file.path(out, \"s.txt\"))\n"),
        ("data/x.csv", "a\n1\n"),
    ]);
    let plan = Plan::of(&package).unwrap();
    assert_eq!(plan.steps.len(), 3, "{plan:#?}");
    let model = of(&plan, "model");
    assert_eq!(names(&model.writes), ["results/t.csv"]);
    let wrapper = model.wrapper.as_deref().unwrap();
    for line in
        ["library(stats)", "out <- \"results\"", "source(\"code/functions.R\")", "source(\"code/model.R\")"]
    {
        assert!(wrapper.contains(line), "{line} in {wrapper}");
    }
    // A program that needs what another left in memory can't be run by itself, and is told so.
    let print = of(&plan, "print");
    assert!(
        print.doubts.iter().any(|doubt| doubt.what.contains("`panel`") && doubt.line == 1),
        "{:?}",
        print.doubts
    );
    assert!(of(&plan, "clean").doubts.is_empty(), "{plan:#?}");
}

#[test]
fn a_python_package_with_a_makefile() {
    let (_folder, package) = package(&[
        (
            "Makefile",
            "PY = python3\nall: out/t.csv\nout/t.csv: data/panel.csv src/tables.py\n\t$(PY) src/tables.py --out out\ndata/panel.csv: src/build.py\n\tcd src && $(PY) build.py\n",
        ),
        (
            "src/config.py",
            "from pathlib import Path\nROOT = Path(__file__).resolve().parent.parent\nDATA = ROOT / \"data\"\n",
        ),
        (
            "src/build.py",
            "import pandas as pd\nimport config\nfrom config import DATA\nframes = [pd.read_csv(p) for p in (DATA / \"raw\").glob(\"*.csv\")]\n\
             pd.concat(frames).to_csv(config.DATA / \"panel.csv\", index=False)\n",
        ),
        (
            "src/tables.py",
            "import pandas as pd\nfrom config import DATA, ROOT\nd = pd.read_csv(DATA / 'panel.csv')\nd.describe().to_csv(f'{ROOT}/out/t.csv')\n\
             with open(ROOT / 'out' / 'n.txt', 'w') as f:\n    f.write('1')\n",
        ),
        ("data/raw/a.csv", "x\n1\n"),
    ]);
    let plan = Plan::of(&package).unwrap();
    assert_eq!(plan.order, Order::Master(vec!["Makefile".into()]));
    let build = of(&plan, "build");
    assert_eq!((build.folder.as_str(), names(&build.lists)), ("src", vec!["data/raw"]), "{build:#?}");
    assert_eq!(names(&build.writes), ["data/panel.csv"]);
    assert_eq!(names(&build.programs), ["src/config.py"]);
    let tables = of(&plan, "tables");
    assert_eq!(names(&tables.reads), ["data/panel.csv"]);
    assert_eq!(names(&tables.writes), ["out/n.txt", "out/t.csv"]);
    assert_eq!(tables.arguments, ["--out", "out"]);
}

#[test]
fn what_no_program_tells_is_told() {
    let (folder, empty) = package(&[("data.csv", "a\n"), ("a.sas", ""), ("b.Rmd", "")]);
    let error = Plan::of(&empty).unwrap_err();
    assert!(matches!(error, ProgramsError::NoPrograms { .. }));
    let said = error.to_string();
    assert!(said.contains("SAS") && said.contains("an R Markdown document"), "{said}");
    drop(folder);
    let (_folder, package) = package(&[
        (
            "b.py",
            "import sys\nopen(sys.argv[1]).read()\nimport pandas as pd\npd.read_csv(where()).to_csv('x.csv')\n",
        ),
        (
            "a.py",
            "import pandas as pd\npd.read_csv('x.csv').to_csv('https://x/y')\npd.read_csv('https://example.org/z.csv')\n",
        ),
    ]);
    let plan = Plan::of(&package).unwrap();
    assert_eq!(plan.order, Order::Files);
    let programs: Vec<&str> = plan.steps.iter().map(|step| step.program.as_str()).collect();
    assert_eq!(programs, ["b.py", "a.py"]);
    assert!(
        of(&plan, "b")
            .doubts
            .iter()
            .any(|doubt| doubt.line == 4 && doubt.what.contains("only a run can tell"))
    );
    assert!(of(&plan, "a").doubts.iter().any(|doubt| doubt.what.contains("over the network")));
}

/// As in a package of a journal: a separator in a macro, a folder that each program sets itself, comments of several kinds.
#[test]
fn a_program_that_sets_its_folders_itself() {
    let (_folder, package) = package(&[
        (
            "EMPIRICAL/figure_20.do",
            "global sep = \"/\"  // sep = \"/\" for mac, and sep = \"\\\" for windows\n\
             global base \"/Users/jane/Dropbox/REPLICATION/EMPIRICAL\"\nglobal outdir \"$base${sep}output\"\n\
             import delimited \"$base${sep}macro.csv\", delimiter(comma) varnames(1) \n\
             #delimit ;\n; local varreg lngdp_L*_P c_R trend_*; //local control \"bench\"; \n#delimit cr\n\
             save \"$base${sep}auxiliar${sep}coefficients.dta\", replace \n\
             #delimit ;\ntwoway (rarea a b h)\n  (line m h, lwidth(thick)), // ylabel(-0.5(0.5)1) ),\n  legend(order(1 \"P\")) ;\n#delimit cr\n\
             outsheet using \"$outdir${sep}figure_20.csv\", comma noquote replace\n",
        ),
        ("EMPIRICAL/macro.csv", "quarter,gdp\n"),
        ("EMPIRICAL/auxiliar/old.dta", ""),
        ("EMPIRICAL/output/figure_20.csv", "m\n"),
    ]);
    let plan = Plan::of(&package).unwrap();
    let step = of(&plan, "figure_20");
    assert_eq!(names(&step.reads), ["EMPIRICAL/macro.csv"]);
    assert_eq!(
        names(&step.writes),
        ["EMPIRICAL/auxiliar/coefficients.dta", "EMPIRICAL/output/figure_20.csv"]
    );
    let doubts: Vec<String> = step.doubts.iter().map(ToString::to_string).collect();
    assert_eq!(
        doubts,
        [
            "EMPIRICAL/figure_20.do:2: `base` is `/Users/jane/Dropbox/REPLICATION/EMPIRICAL`, a folder of its author's machine, \
          taken for EMPIRICAL; a program that sets it itself needs the line changed"
        ]
    );
}

#[test]
fn what_r_asks_of_rstudio_and_where_a_function_of_others_writes() {
    let (_folder, package) = package(&[
        (
            "03analysis/B03_tabulate.R",
            "path <- rstudioapi::getSourceEditorContext()$path\nes <- readRDS(here::here(\"04work/es.rds\"))\n\
         es |> tabtex::tabtex(out = here(\"06figures/tables/es.tex\"), headings = c(\"a\" = \"\"))\n\
         plot_it(es, output = \"latex\")\n",
        ),
        ("04work/es.rds", ""),
    ]);
    let plan = Plan::of(&package).unwrap();
    let step = plan.steps.first().unwrap();
    assert_eq!(names(&step.writes), ["06figures/tables/es.tex"]);
    let doubts: Vec<String> = step.doubts.iter().map(ToString::to_string).collect();
    assert_eq!(
        doubts,
        [
            "03analysis/B03_tabulate.R:1: it asks RStudio where it lies, and so runs in RStudio alone: take the line out"
        ]
    );
}
