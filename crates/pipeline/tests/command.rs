//! Stages that run a command: what it sees, what it may write, and how it ends.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process;
use std::time::{Duration, Instant};

use vintner_diagnostics::Document;
use vintner_pipeline::command::{Command, CommandError, CommandProblem, CommandSpec};
use vintner_pipeline::{Artifact, Cancelled, InputFile, Inputs, Outputs, Stage};

/// A folder for scratch folders, which is empty again after each run.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, yaml: &str) -> Command {
        Command::new(spec(yaml).unwrap()).scratch_below(self.0.path())
    }

    fn left(&self) -> usize {
        fs::read_dir(self.0.path()).unwrap().count()
    }

    fn execute(&self, yaml: &str, inputs: &[InputFile<'_>]) -> Result<Outputs, CommandError> {
        let made = self.command(yaml).execute(&inputs_of(inputs));
        assert_eq!(self.left(), 0, "the scratch folder is gone");
        made
    }
}

fn inputs_of(files: &[InputFile<'_>]) -> Inputs {
    Inputs::from_files(files.iter().copied(), u64::MAX, Cancelled::default())
}

fn spec(yaml: &str) -> Result<CommandSpec, String> {
    let document = Document::parse("pipeline.yaml", yaml).unwrap();
    let caller = |name: &str| (name == "CALLERS").then(|| OsString::from("the caller's"));
    CommandSpec::read(&document, document.root(), &caller).map_err(|faults| faults.to_string())
}

/// A stage that runs a script in the shell and makes the text `out.txt`.
fn script(script: &str) -> String {
    format!("run: {}\noutputs: {{out: out.txt}}\n", serde_json::json!(script))
}

fn execute(text: &str) -> Result<Outputs, CommandError> {
    Bench::new().execute(&script(text), &[])
}

fn artifact<'a>(role: &'a str, key: &'a str, extension: &'a str, text: &'a str) -> InputFile<'a> {
    InputFile { role, key, extension, place: None, bytes: text.as_bytes() }
}

fn file<'a>(role: &'a str, place: &'a str, text: &'a str) -> InputFile<'a> {
    let key = place.rsplit('/').next().unwrap();
    let extension = key.rsplit_once('.').map_or("", |(_, ending)| ending);
    InputFile { role, key, extension, place: Some(Path::new(place)), bytes: text.as_bytes() }
}

fn text(outputs: &Outputs, name: &str) -> String {
    match &outputs.artifacts[name] {
        Artifact::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

fn out(text_of: &str, inputs: &[InputFile<'_>]) -> String {
    text(&Bench::new().execute(&script(text_of), inputs).unwrap(), "out")
}

/// Whether a process is there and no zombie.
fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start().chars().next().unwrap());
    state.is_some_and(|state| state != 'Z')
}

#[test]
fn a_command_finds_its_inputs_and_hands_on_what_it_wrote() {
    let yaml = r#"
run: |
  mkdir more
  cat inputs/panel.txt inputs/tidy/a.json scripts/tool.awk data/sub/x.csv > more/all.txt
  cp params.json more/params.json
  printf '\001\377' > figures/plot.png
  echo done
outputs: {all: more/all.txt, plot: ./figures//plot.png, params: more/params.json}
params: {degree: 2, list: [1.5, x, null]}
"#
    .replace("  mkdir more\n", "");
    let inputs = [
        artifact("panel", "", "txt", "panel\n"),
        artifact("tidy", "a", "json", "[1]\n"),
        file("script", "scripts/tool.awk", "# awk\n"),
        file("data", "./data/sub/x.csv", "1,2\n"),
    ];
    let made = Bench::new().execute(&yaml, &inputs).unwrap();
    assert_eq!(text(&made, "all"), "panel\n[1]\n# awk\n1,2\n");
    assert!(matches!(&made.artifacts["plot"], Artifact::File(bytes) if bytes == b"\x01\xff"));
    let Artifact::Json(params) = &made.artifacts["params"] else { panic!() };
    assert_eq!(*params, serde_json::json!({"degree": 2, "list": [1.5, "x", null]}));
    assert_eq!(made.log, "done\n");
    assert_eq!(made.artifacts.len(), 3);
}

#[test]
fn a_command_sees_its_inputs_and_no_other_file() {
    let inputs = [artifact("b", "", "json", "1"), file("a", "scripts/a.R", "x")];
    let listed =
        out("find . -type f | sort > \"$TMPDIR/list\"; cp \"$TMPDIR/list\" out.txt; pwd >&2", &inputs);
    assert_eq!(listed, "./inputs/b.json\n./params.json\n./scripts/a.R\n");
}

#[test]
fn a_command_sees_the_variables_that_it_declares_and_few_others() {
    let yaml = "run: env > out.txt\noutputs: {out: out.txt}\nenv: {OURS: \"a b\", CALLERS: null}\n";
    let made = Bench::new().execute(yaml, &[]).unwrap();
    let text = text(&made, "out");
    let mut variables: BTreeMap<&str, &str> =
        text.lines().map(|line| line.split_once('=').unwrap()).collect();
    // The shell sets these itself.
    for own in ["PWD", "OLDPWD", "SHLVL", "_"] {
        variables.remove(own);
    }
    for callers in ["PATH", "HOME"] {
        assert_eq!(variables.remove(callers).map(str::to_owned), std::env::var(callers).ok());
    }
    let temporary = variables.remove("TMPDIR").unwrap();
    let params = variables.remove("VINTNER_PARAMS").unwrap();
    assert_eq!(Path::new(temporary).parent(), Path::new(params).parent().unwrap().parent());
    let expected = [
        ("CALLERS", "the caller's"),
        ("LC_ALL", "C.UTF-8"),
        ("OURS", "a b"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONHASHSEED", "0"),
        ("TZ", "UTC"),
        ("VINTNER_SEED", "2147483647"),
    ];
    assert_eq!(variables, BTreeMap::from(expected));
}

#[test]
fn what_counts_is_in_the_parameters_of_the_stage() {
    let of = |yaml: &str| Command::new(spec(yaml).unwrap()).params();
    let base = "run: x\noutputs: {b: b.txt, a: c/a.png}\nenv: {CALLERS: null}\nparams: {n: 1}\n";
    let mut params = of(base);
    // Of the caller's value there is a digest, under a key that is another one in each process.
    let value = params["env"]["CALLERS"]["keyed_digest"].take();
    assert_eq!(value.as_str().map(str::len), Some(64));
    assert_eq!(
        params,
        serde_json::json!({
            "run": "x", "outputs": {"a": "c/a.png", "b": "b.txt"},
            "env": {"CALLERS": {"keyed_digest": null}}, "params": {"n": 1},
        })
    );
    let base = base.replace("CALLERS: null", "OURS: x, KEY: {secret: true}");
    let params = of(&base);
    assert_eq!(params["env"], serde_json::json!({"OURS": "x", "KEY": {"secret": true}}));
    assert_eq!(
        of(&format!("{base}timeout: 2h\nop: other\nfiles: 5\n")),
        params,
        "a timeout changes no output"
    );
    assert_eq!(of(&format!("{base}sandbox: true\n"))["sandbox"], serde_json::json!(true));
    let base = base.as_str();
    assert_eq!(of("run: [x, y]\noutputs: {a: a}\n")["run"], serde_json::json!(["x", "y"]));
    let first = &Command::new(spec(base).unwrap()).outputs()[0];
    assert_eq!(first.name, "b", "the first output is the first that is written");
}

#[test]
fn a_program_runs_without_a_shell() {
    let inputs = [file("tool", "bin/tool", "#!/bin/sh\nprintf '<%s>' \"$@\" > out.txt\n")];
    for (run, expected) in
        [(r#"[bin/tool, "a b", "$HOME", "*"]"#, "<a b><$HOME><*>"), (r#"[sh, bin/tool, ""]"#, "<>")]
    {
        let yaml = format!("run: {run}\noutputs: {{out: out.txt}}\n");
        let made = Bench::new().execute(&yaml, &inputs).unwrap();
        assert_eq!(text(&made, "out"), expected);
    }
}

#[test]
fn a_shell_stops_at_the_first_command_that_fails() {
    let error = execute("false\necho x > out.txt").unwrap_err();
    assert!(matches!(error.problem, CommandProblem::Code { code: 1, path: None }), "{error}");
}

#[test]
fn nothing_is_said_to_a_command() {
    assert_eq!(out("cat > out.txt; readlink /proc/self/fd/0 >> out.txt", &[]), "/dev/null\n");
}

#[test]
fn both_outputs_are_logged_as_they_come() {
    let made = execute("for i in 1 2 3; do echo o$i; echo e$i >&2; done; echo > out.txt").unwrap();
    assert_eq!(made.log, "o1\ne1\no2\ne2\no3\ne3\n");
}

#[test]
fn much_that_is_said_is_kept_at_both_ends() {
    let made = execute("seq 1 1000000; echo x > out.txt").unwrap();
    assert!(made.log.starts_with("1\n2\n") && made.log.ends_with("999999\n1000000\n"));
    assert!(made.log.contains("bytes are left out here]") && made.log.len() < 1_100_000);
}

#[test]
fn what_is_said_may_be_no_text() {
    let error = execute(r"head -c 300000 /dev/urandom; printf '\n\033[2J\377end\000\n'; exit 3").unwrap_err();
    assert!(error.log().len() >= 300_000);
    let message = error.to_string();
    assert!(message.contains("| [2J\u{fffd}end\n"), "{message}");
    assert!(!message.contains(['\u{1b}', '\0']));
}

#[test]
fn keys_and_roles_may_hold_anything() {
    let keys = ["../../x", "a/b", "a%2Fb", ".hidden", "-rf", "Zürich 2008", "a'b\"c$d", "\n", "名义GDP"];
    let mut inputs: Vec<_> = keys.iter().map(|key| artifact("../tidy", key, "txt", key)).collect();
    inputs.push(artifact("..", "", "", "role"));
    let listed = out("find inputs -type f | sort > \"$TMPDIR/x\"; mv \"$TMPDIR/x\" out.txt", &inputs);
    let expected = [
        "inputs/%2E.",
        "inputs/%2E.%2Ftidy/%0A.txt",
        "inputs/%2E.%2Ftidy/%2E.%2F..%2Fx.txt",
        "inputs/%2E.%2Ftidy/%2Ehidden.txt",
        "inputs/%2E.%2Ftidy/-rf.txt",
        "inputs/%2E.%2Ftidy/Zürich 2008.txt",
        "inputs/%2E.%2Ftidy/a%252Fb.txt",
        "inputs/%2E.%2Ftidy/a%2Fb.txt",
        "inputs/%2E.%2Ftidy/a'b\"c$d.txt",
        "inputs/%2E.%2Ftidy/名义GDP.txt",
    ];
    assert_eq!(listed.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn files_of_elsewhere_lie_under_their_role() {
    let outside = InputFile { key: "sub/../report.md", ..file("templates", "../../shared/report.md", "t") };
    let listed = out("find inputs -type f > out.txt", &[outside, file("x", "/etc/x", "x")]);
    let mut listed: Vec<_> = listed.lines().collect();
    listed.sort_unstable();
    assert_eq!(listed, ["inputs/templates/sub/%2E./report.md", "inputs/x/x"]);
}

#[test]
fn the_most_memory_that_was_held_is_reported_if_it_is_known() {
    let made = execute("x=$(head -c 120000000 /dev/zero | tr '\\0' a); echo ${#x} > out.txt").unwrap();
    let peak = made.peak_memory.unwrap();
    assert!((120_000_000..2_000_000_000).contains(&peak), "{peak}");
    // A process starts with its parent's peak, which says nothing of itself.
    let ballast = vec![1_u8; 400_000_000];
    let made = execute("echo x > out.txt").unwrap();
    assert_eq!(made.peak_memory, None, "{}", ballast.len());
}

/// What each failure says.
#[test]
fn failures_say_what_where_and_what_to_do() {
    let many = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo > $i; done";
    let scripts: [(&str, &str); 20] = [
        ("an exit code", "echo to stdout; echo to stderr >&2; exit 3"),
        ("a signal", "echo before; kill -KILL $$"),
        ("another signal", "kill -SEGV $$"),
        ("no such program in the shell", "no-such-program"),
        ("nothing written", ":"),
        ("another file written", "echo x > uot.txt"),
        ("one of both written", "echo x > out.txt; echo y > other.txt"),
        ("many written", many),
        ("a file in a folder", "echo x > out.txt; mkdir -p a/b; echo > a/b/.hidden"),
        ("a link written", "ln -s /etc/hosts out.txt"),
        ("a link to a folder", "ln -s / root; echo x > out.txt"),
        ("a pipe written", "mkfifo out.txt"),
        ("a folder written", "mkdir out.txt"),
        ("not UTF-8", "printf 'a\\nb\\377\\n' > out.txt"),
        ("an input changed", "echo x > out.txt; echo x >> inputs/panel.csv"),
        ("an input of the same size", "echo x > out.txt; printf 5,2 > inputs/panel.csv"),
        ("an input removed", "echo x > out.txt; rm -r inputs scripts"),
        (
            "an input replaced by a link",
            "echo x > out.txt; mv inputs/panel.csv $TMPDIR; ln -s $TMPDIR/panel.csv inputs",
        ),
        ("an input renamed", "mv inputs/panel.csv out.txt"),
        ("parameters changed", "echo x > out.txt; echo '{}' > params.json; echo > more"),
    ];
    let inputs = [artifact("panel", "", "csv", "1,2"), file("script", "scripts/a.R", "x")];
    let mut said = String::new();
    for (what, text) in scripts {
        let yaml = format!("{}env: {{PATH: \"/usr/bin:/bin\"}}\nparams: {{n: 1}}\n", script(text));
        let error = Bench::new().execute(&yaml, &inputs).unwrap_err();
        said.push_str(&format!("# {what}: {text}\n{error}\n\n"));
    }
    let stages = [
        ("no such program", "run: [no-such-program, a]\noutputs: {out: out.txt}\nenv: {PATH: /usr/bin}"),
        ("no such script", "run: [scripts/b.R, a]\noutputs: {out: out.txt}"),
        ("a script that can't be run", "run: [scripts/a.R, a]\noutputs: {out: out.txt}"),
        ("an output over an input", "run: x\noutputs: {out: scripts/a.R}"),
        ("no JSON", "run: echo '[NaN]' > a.json\noutputs: {out: a.json}"),
        ("no Parquet", "run: echo 'year,value' > a.parquet\noutputs: {out: a.parquet}"),
        ("a timeout", "run: echo x > out.txt; sleep 100\noutputs: {out: out.txt}\ntimeout: 1s"),
    ];
    for (what, yaml) in stages {
        let error = Bench::new().execute(yaml, &inputs).unwrap_err();
        said.push_str(&format!("# {what}: {yaml}\n{error}\n\n"));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn two_inputs_at_one_path_are_refused() {
    let clashes: [&[InputFile<'_>]; 3] = [
        &[file("a", "x.csv", "1"), file("b", "./x.csv", "2")],
        &[file("a", "inputs/b.json", "1"), artifact("b", "", "json", "2")],
        &[file("a", "params.json", "1")],
    ];
    for inputs in clashes {
        let error = Bench::new().execute(&script("echo x > out.txt"), inputs).unwrap_err();
        assert!(matches!(error.problem, CommandProblem::Clash { .. }), "{error}");
    }
    let same = [file("a", "x.csv", "1"), file("folder", "x.csv", "1")];
    assert_eq!(out("cp x.csv out.txt", &same), "1", "one file in two roles is one file");
}

#[test]
fn a_timeout_ends_the_command_and_all_that_it_started() {
    let text = "
        (trap '' TERM; while :; do sleep 100 & echo stubborn $!; wait; done) &
        echo pid $!
        sleep 100 & echo pid $!
        echo pid $$
        sh -c 'echo pid $$; sleep 100; echo x'";
    let started = Instant::now();
    let error = Bench::new().execute(&format!("{}timeout: 1s\n", script(text)), &[]).unwrap_err();
    assert!(
        matches!(&error.problem, CommandProblem::TimedOut(timeout) if timeout.to_string() == "1s"),
        "{error}"
    );
    let took = started.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(10), "{took:?}");
    let pids: Vec<&str> =
        error.log().lines().filter_map(|line| line.split_once(' ')).map(|(_, pid)| pid).collect();
    assert!(pids.len() >= 5, "{}", error.log());
    for pid in pids {
        assert!(!is_alive(pid), "{pid} is alive");
    }
}

#[test]
fn a_command_that_ends_when_asked_to_may_say_so() {
    let text = "trap 'echo tidying up; exit 0' TERM; echo x > out.txt; while :; do sleep 0.01; done";
    let started = Instant::now();
    let error = Bench::new().execute(&format!("{}timeout: 1s\n", script(text)), &[]).unwrap_err();
    assert!(matches!(error.problem, CommandProblem::TimedOut(_)), "{error}");
    assert_eq!(error.log().lines().last(), Some("tidying up"));
    assert!(started.elapsed() < Duration::from_millis(2500), "it isn't waited for longer than it takes");
}

#[test]
fn what_a_command_leaves_running_is_ended() {
    let text =
        "sleep 100 > /dev/null 2>&1 & echo $!; (trap '' TERM HUP; sleep 100) & echo $!; echo x > out.txt";
    let started = Instant::now();
    let made = execute(text).unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    let pids: Vec<&str> = made.log.lines().collect();
    assert_eq!(pids.len(), 2);
    for pid in pids {
        assert!(!is_alive(pid), "{pid} is alive");
    }
}

#[test]
fn a_command_leaves_no_zombie() {
    let made = execute("echo $$ > out.txt").unwrap();
    let pid = text(&made, "out");
    assert!(!Path::new("/proc").join(pid.trim()).exists());
}

/// A process that left the group can't be ended, but it doesn't hold the stage either.
#[test]
fn who_leaves_the_group_is_not_waited_for() {
    let started = Instant::now();
    let made = execute("setsid sh -c 'echo away; exec sleep 4' & sleep 0.2; echo x > out.txt").unwrap();
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(made.log, "away\n");
}

#[test]
fn a_run_that_is_to_end_ends_its_commands() {
    let cancelled = Cancelled::default();
    let inputs = Inputs::from_files([], 1, cancelled.clone());
    let bench = Bench::new();
    let command = bench.command(&script("echo $$; sleep 100 & echo $!; wait; echo x > out.txt"));
    let started = Instant::now();
    let error = std::thread::scope(|scope| {
        let run = scope.spawn(|| command.execute(&inputs).unwrap_err());
        std::thread::sleep(Duration::from_millis(300));
        cancelled.cancel();
        run.join().unwrap()
    });
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(matches!(error.problem, CommandProblem::Cancelled));
    assert_eq!(error.to_string(), "the command was interrupted");
    let pids: Vec<&str> = error.log().lines().collect();
    assert!(pids.len() == 2 && pids.iter().all(|pid| !is_alive(pid)), "{pids:?}");
    assert_eq!(bench.left(), 0);

    let again = command.execute(&inputs).unwrap_err();
    assert!(
        matches!(again.problem, CommandProblem::Cancelled) && again.log().is_empty(),
        "nothing is started"
    );
}

#[test]
fn folders_that_cannot_be_written_are_removed_all_the_same() {
    let made = execute(
        "mkdir -p $TMPDIR/a/b shut; echo > $TMPDIR/a/b/c; chmod 500 $TMPDIR/a/b $TMPDIR/a shut; echo x > out.txt",
    );
    assert!(made.is_ok());
}

#[test]
fn a_kept_folder_lets_the_command_be_run_by_hand() {
    let bench = Bench::new();
    let yaml = "run: |\n  test \"$A\" = \"it's\" && cat inputs/x.txt && exit 7\noutputs: {out: out.txt}\nenv: {A: \"it's\"}\n";
    let command = bench.command(yaml).keep_scratch(true);
    let error = command.execute(&inputs_of(&[artifact("x", "", "txt", "the input\n")])).unwrap_err();
    assert_eq!(bench.left(), 1);
    let message = error.to_string();
    let (_, by_hand) = message.split_once("to run it by hand: ").unwrap();
    let again = process::Command::new("sh").arg("-c").arg(by_hand).output().unwrap();
    assert_eq!((again.status.code(), again.stdout.as_slice()), (Some(7), &b"the input\n"[..]), "{message}");

    let kept = bench.command(&script("echo x > out.txt")).keep_scratch(true);
    kept.execute(&inputs_of(&[])).unwrap();
    assert_eq!(bench.left(), 1, "what succeeds isn't kept");
}

#[test]
fn a_scratch_folder_that_cannot_be_made_is_an_error_with_its_path() {
    let command = Command::new(spec(&script("echo x > out.txt")).unwrap()).scratch_below("/dev/null/x");
    let message = command.execute(&inputs_of(&[])).unwrap_err().to_string();
    assert!(message.starts_with("/dev/null/x: making a folder: "), "{message}");
}

#[test]
fn many_commands_run_at_once() {
    let bench = Bench::new();
    std::thread::scope(|scope| {
        for number in 0..32 {
            let command = bench.command(&script(&format!("echo {number}; cp inputs/a.txt out.txt")));
            scope.spawn(move || {
                let content = number.to_string();
                let made = command.execute(&inputs_of(&[artifact("a", "", "txt", &content)])).unwrap();
                assert_eq!((text(&made, "out"), made.log), (content.clone(), format!("{content}\n")));
            });
        }
    });
    assert_eq!(bench.left(), 0);
}

#[test]
fn every_fault_of_the_fields_is_reported_at_once() {
    let specs = [
        "title: nothing else",
        "run: \" \"\noutputs: {}",
        "run: 5\noutputs: [a.txt]\nenv: x\ntimeout: 10\nparams: [1]",
        "run: []\noutputs: {a: 5}",
        "run: [\"\", a]\noutputs: null",
        "run: [python3, 5, true]\noutputs: {a.b: x.txt, 1a: y.txt}",
        r#"run: {a: b}
outputs:
  absolute: /tmp/x.txt
  above: a/../../x.txt
  empty: ""
  folder: figures/
  here: .
  input: inputs/x.csv
  alike: ./inputs
  params: ./params.json
  breaks: "a\nb"
  one: a/b.txt
  same: a//./b.txt
  below: a/b.txt/c.txt
  above_it: a
  fine: b/params.json
env:
  1A: x
  A-B: x
  "": x
  TZ: Europe/Berlin
  TMPDIR: /tmp
  VINTNER_SEED: "1"
  VINTNER_OWN: "1"
  PYTHONHASHSEED: null
  CALLERS: null
  NOT_SET: null
  NUMBER: 4
  LIST: [a]
  NUL: "a\0b"
timeout: 1.5h
params: {a: 1}"#,
    ];
    let mut said = String::new();
    for yaml in specs {
        said.push_str(&format!("--- {yaml}\n\n{}\n\n", spec(yaml).unwrap_err()));
    }
    insta::assert_snapshot!(said);
}

/// The time that Vintner adds to a command; by hand, on a quiet machine:
/// `cargo test --workspace --test pipeline command -- --ignored --nocapture`
#[test]
#[ignore = "measures time"]
fn overhead() {
    let bench = Bench::new();
    let content = "x".repeat(4096);
    let inputs = inputs_of(&[artifact("a", "", "txt", &content)]);
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let alone = |run: &dyn Fn()| {
        let times = (0..500).map(|_| {
            let started = Instant::now();
            run();
            started.elapsed().as_secs_f64() * 1e3
        });
        median(times.collect())
    };
    for run in ["cp inputs/a.txt out.txt", "[cp, inputs/a.txt, out.txt]", "[touch, out.txt]"] {
        let command = bench.command(&format!("run: {run}\noutputs: {{out: out.txt}}\n"));
        println!("{run}: {:.2} ms", alone(&|| drop(command.execute(&inputs).unwrap())));
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), &content).unwrap();
    let bare = || {
        let mut cp = process::Command::new("/bin/cp");
        assert!(cp.args(["a.txt", "out.txt"]).current_dir(folder.path()).status().unwrap().success());
    };
    println!("cp alone: {:.2} ms", alone(&bare));
}
