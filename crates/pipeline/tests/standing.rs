//! Commands with many inputs: their folder is kept between runs, and nobody can tell.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use vintner_pipeline::{Keep, Outcome, Report};

use crate::common::{Workspace, ran, with};

const MANY: usize = 80;

/// Tells all that a command could see of its inputs.
const HONEST: &str =
    "cd inputs; find . | sort; find . -type f | sort | xargs stat -c '%a %h %n'; cat of/*.json";

/// Sums of as many columns, of which that of `c7` is `seventh`, and a command that reads all of them.
fn stages(many: usize, seventh: usize, command: &str) -> String {
    let columns = (0..many).map(|at| format!("c{at}: [{}]", if at == 7 { seventh } else { at }));
    let names: Vec<String> = (0..many).map(|at| format!("c{at}")).collect();
    let run = serde_json::json!(format!("({command}) > out.txt"));
    format!(
        "  rows: {{op: numbers, params: {{values: {{{}}}}}}}\n  \
         of: {{op: sum, foreach: [{}], inputs: {{from: rows}}, params: {{column: $item}}}}\n  \
         joined: {{run: {run}, inputs: {{of: of}}, outputs: {{out: out.txt}}}}\n",
        columns.collect::<Vec<_>>().join(", "),
        names.join(", ")
    )
}

/// What comes out where nothing was kept: run once for each number of columns, with a sum that no other has.
fn expected(many: usize, seventh: usize) -> String {
    static RUN: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());
    let mut run = RUN.lock().unwrap();
    let text = run.entry(many).or_insert_with(|| {
        let (fresh, stages) = (Workspace::new(), stages(many, 777_777, HONEST));
        fresh.run(&stages);
        fresh.output(&stages, "joined.out")
    });
    text.replace("777777", &seventh.to_string())
}

/// The files that are kept for the command, with their inodes.
fn standing(workspace: &Workspace) -> BTreeMap<PathBuf, u64> {
    let folders = fs::read_dir(workspace.path(".vintner/v1/standing")).into_iter().flatten().flatten();
    let files = folders.filter(|entry| entry.path().is_dir()).flat_map(|folder| {
        fs::read_dir(folder.path().join("of")).into_iter().flatten().flatten().map(|file| file.path())
    });
    files.map(|file| (file.clone(), fs::metadata(file).unwrap().ino())).collect()
}

fn one(workspace: &Workspace, name: &str) -> PathBuf {
    standing(workspace).into_keys().find(|path| path.ends_with(name)).unwrap()
}

/// Until whatever was written is known by its stamp.
fn settle() {
    thread::sleep(Duration::from_millis(80));
}

fn failure(report: &Report) -> Option<&str> {
    let joined = report.stages.iter().find(|stage| stage.branch == "joined").unwrap();
    match &joined.outcome {
        Outcome::Failed(message) => Some(message),
        _ => None,
    }
}

#[test]
fn only_what_changed_is_written_anew_and_it_comes_out_the_same() {
    let workspace = Workspace::new();
    workspace.run(&stages(MANY, 7, HONEST));
    let first = standing(&workspace);
    assert_eq!(first.len(), MANY);
    for seventh in [100, 3, 200, 7] {
        settle();
        let now = stages(MANY, seventh, HONEST);
        let report = workspace.run(&now);
        assert!(seventh == 7 || ran(&report) == ["joined", "of[c7]", "rows"], "{report:?}");
        assert_eq!(workspace.output(&now, "joined.out"), expected(MANY, seventh));
        assert_eq!(standing(&workspace), first, "the same files are there");
    }
    assert_eq!(fs::read_to_string(one(&workspace, "c7.json")).unwrap().trim(), "200", "7 was cached");
    // At once, before any stamp has settled.
    for seventh in [8, 9, 10, 11] {
        let now = stages(MANY, seventh, HONEST);
        workspace.run(&now);
        assert_eq!(workspace.output(&now, "joined.out"), expected(MANY, seventh));
    }
    assert_eq!(standing(&workspace), first);
    // Another set of branches is laid out from nothing, in the order in which it always is.
    for many in [MANY + 1, MANY - 1] {
        let now = stages(many, 12, HONEST);
        workspace.run(&now);
        assert_eq!(workspace.output(&now, "joined.out"), expected(many, 12));
        assert_eq!(standing(&workspace).len(), many);
    }
    // An object that is lost is no reason to believe what stands: it is made again, as ever.
    fs::remove_file(workspace.object_file(b"12\n")).ok();
    workspace.run(&stages(MANY, 13, HONEST));
    assert_eq!(workspace.output(&stages(MANY, 13, HONEST), "joined.out"), expected(MANY, 13));
}

#[test]
fn few_inputs_are_laid_out_each_time() {
    let workspace = Workspace::new();
    workspace.run(&stages(20, 7, HONEST));
    assert!(!workspace.path(".vintner/v1/standing").exists());
}

#[test]
fn whatever_a_command_does_to_its_inputs_the_next_one_sees_none_of_it() {
    let dangers = [
        ("printf 9 > inputs/of/c3.json", Some("changed `inputs/of/c3.json`")),
        (
            "touch -r inputs/of/c3.json $TMPDIR/at; printf '9\\n' > inputs/of/c3.json; touch -r $TMPDIR/at inputs/of/c3.json",
            Some("changed `inputs/of/c3.json`"),
        ),
        (
            "cp inputs/of/c3.json $TMPDIR/x; echo 9 > $TMPDIR/y; mv $TMPDIR/y inputs/of/c3.json",
            Some("changed"),
        ),
        ("rm inputs/of/c3.json", Some("removed `inputs/of/c3.json`")),
        ("rm inputs/of/c3.json; ln -s /etc/hostname inputs/of/c3.json", Some("changed")),
        ("echo 1 > inputs/of/more.json", Some("wrote `inputs/of/more.json`")),
        ("echo 1 > inputs/more", Some("wrote `inputs/more`")),
        ("mv inputs elsewhere; mkdir -p inputs; mv elsewhere/of inputs/of; exit 1", Some("exit code 1")),
        // What isn't noticed, as nothing of it can be in an output.
        ("cp -p inputs/of/c3.json $TMPDIR/x; mv $TMPDIR/x inputs/of/c3.json", None),
        ("touch inputs/of/c3.json", None),
        ("mkdir inputs/of/empty inputs/other", None),
        ("chmod 700 inputs/of/c3.json", None),
        ("chmod 500 inputs/of", None),
        ("chmod 700 inputs", None),
        ("ln inputs/of/c3.json $TMPDIR/x", None),
        (
            "mv inputs elsewhere; mkdir inputs; cp elsewhere/of/* $TMPDIR; mkdir inputs/of; cp $TMPDIR/*.json inputs/of; rm -r elsewhere",
            None,
        ),
        (
            "cat inputs/of/c3.json > $TMPDIR/x; printf 9 > inputs/of/c3.json; cat $TMPDIR/x > inputs/of/c3.json",
            None,
        ),
    ];
    for (at, (danger, refused)) in dangers.into_iter().enumerate() {
        let workspace = Workspace::new();
        workspace.run(&stages(MANY, 7, HONEST));
        settle();
        workspace.run(&stages(MANY, 8, HONEST));
        settle();
        let report = workspace.run(&stages(MANY, 9, &format!("{danger}; echo {at}")));
        match (failure(&report), refused) {
            (None, None) => {}
            (Some(said), Some(refused)) => assert!(said.contains(refused), "{danger}: {said}"),
            (said, _) => panic!("{danger}: {said:?}"),
        }
        for wait in [false, true] {
            if wait {
                settle();
            }
            let seventh = 20 + usize::from(wait);
            let now = stages(MANY, seventh, HONEST);
            let report = workspace.run(&now);
            assert_eq!(failure(&report), None, "{danger}");
            assert_eq!(workspace.output(&now, "joined.out"), expected(MANY, seventh), "{danger}");
        }
        assert_eq!(standing(&workspace).len(), MANY, "{danger}");
    }
}

#[test]
fn what_is_changed_or_torn_between_two_runs_is_made_anew() {
    let list = |workspace: &Workspace| {
        let entries = fs::read_dir(workspace.path(".vintner/v1/standing")).unwrap().flatten();
        entries.map(|entry| entry.path()).find(|path| path.extension().is_some()).unwrap()
    };
    let edit = |path: PathBuf, bytes: &[u8]| {
        let before = fs::metadata(&path).unwrap();
        let permissions = before.permissions();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, permissions).unwrap();
        fs::File::open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
    };
    // Another number of the same size.
    let other = |workspace: &Workspace| {
        fs::read_to_string(one(workspace, "c5.json")).unwrap().replace('5', "6").into_bytes()
    };
    let harms: [&dyn Fn(&Workspace); 8] = [
        &|workspace| edit(one(workspace, "c5.json"), &other(workspace)),
        &|workspace| {
            let path = one(workspace, "c5.json");
            let modified = fs::metadata(&path).unwrap().modified().unwrap();
            fs::write(&path, other(workspace)).unwrap();
            fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        },
        &|workspace| fs::remove_file(one(workspace, "c5.json")).unwrap(),
        &|workspace| fs::write(one(workspace, "c5.json").with_file_name("more"), "").unwrap(),
        // A run that was killed took it along, whole or in part.
        &|workspace| {
            fs::remove_dir_all(one(workspace, "c5.json").parent().unwrap().parent().unwrap()).unwrap()
        },
        &|workspace| edit(list(workspace), b"nonsense\n"),
        &|workspace| {
            let text = fs::read(list(workspace)).unwrap();
            edit(list(workspace), &text[..text.len() / 2]);
        },
        // A digit of it differs.
        &|workspace| {
            let text = fs::read_to_string(list(workspace)).unwrap();
            let digest = vintner_pipeline::Digest::of(&fs::read(one(workspace, "c5.json")).unwrap());
            let wrong = vintner_pipeline::Digest::of(&fs::read(one(workspace, "c6.json")).unwrap());
            assert!(text.contains(digest.as_str()));
            edit(list(workspace), text.replace(digest.as_str(), wrong.as_str()).as_bytes());
        },
    ];
    for (at, harm) in harms.into_iter().enumerate() {
        let workspace = Workspace::new();
        workspace.run(&stages(MANY, 7, HONEST));
        settle();
        workspace.run(&stages(MANY, 8, HONEST));
        settle();
        harm(&workspace);
        let now = stages(MANY, 9, HONEST);
        workspace.run(&now);
        assert_eq!(workspace.output(&now, "joined.out"), expected(MANY, 9), "harm {at}");
        assert_eq!(standing(&workspace).len(), MANY, "harm {at}");
    }
}

#[test]
fn two_runs_at_once_do_not_share_it() {
    let workspace = Workspace::new();
    workspace.run(&stages(MANY, 7, HONEST));
    for round in 0..2 {
        thread::scope(|scope| {
            for run in 0..3 {
                let workspace = &workspace;
                scope.spawn(move || {
                    let now = stages(MANY, 1000 + 10 * round + run, &format!("sleep 0.1; {HONEST}"));
                    assert_eq!(failure(&workspace.run(&now)), None);
                });
            }
        });
        for run in 0..3 {
            let (seventh, command) = (1000 + 10 * round + run, format!("sleep 0.1; {HONEST}"));
            let made = workspace.output(&stages(MANY, seventh, &command), "joined.out");
            assert_eq!(made, expected(MANY, seventh));
        }
    }
    assert_eq!(standing(&workspace).len(), MANY);
}

#[test]
fn a_failed_command_and_a_forced_run_begin_anew_and_collecting_takes_it_away() {
    let workspace = Workspace::new();
    workspace.run(&stages(MANY, 7, HONEST));
    let first = standing(&workspace);
    settle();
    let now = stages(MANY, 7, HONEST);
    let options = vintner_pipeline::RunOptions { force: true, ..Default::default() };
    workspace.run_with(&now, &crate::common::vintage(&[]), &options);
    let forced = standing(&workspace);
    assert!(forced.len() == MANY && forced != first, "nothing of it was believed");
    assert!(
        !with(&workspace.run(&stages(MANY, 7, "exit 3")), |one| matches!(one, Outcome::Failed(_))).is_empty()
    );
    assert!(standing(&workspace).is_empty());
    workspace.run(&stages(MANY, 8, HONEST));
    assert_eq!(standing(&workspace).len(), MANY);
    let contents = workspace.store().contents().unwrap();
    assert_eq!((contents.standing.len(), contents.foreign.len()), (2, 0));
    let dry = workspace.store().collect(&Keep { younger_than: 9_999, ..Keep::default() }, true).unwrap();
    let collected =
        workspace.store().collect(&Keep { younger_than: 9_999, ..Keep::default() }, false).unwrap();
    assert_eq!((dry.standing, collected.standing, collected.runs.len()), (1, 1, 0));
    assert_eq!(fs::read_dir(workspace.path(".vintner/v1/standing")).unwrap().count(), 0);
}

/// Milliseconds that this process and those that it waited for have had of processors.
fn processors() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11..15].iter().map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum()
}

/// What one changed input of a thousand costs; by hand, on a quiet machine:
/// `cargo test -p vintner-pipeline --test pipeline standing -- --ignored --nocapture`
#[test]
#[ignore = "measures time"]
fn one_of_a_thousand() {
    let workspace = Workspace::new();
    let names: Vec<String> = (0..1000).map(|at| at.to_string()).collect();
    for name in &names {
        workspace.write(&format!("in/{name}.txt"), name);
    }
    let stages = format!(
        "  copy: {{run: 'cp in/*.txt copy.txt', foreach: [{}], files: {{own: 'in/{{item}}.txt'}}, outputs: {{copy: copy.txt}}}}\n  \
         joined: {{run: 'cat inputs/copies/*.txt > joined.txt', inputs: {{copies: copy}}, outputs: {{joined: joined.txt}}, \
         publish: {{joined: joined.txt}}}}\n",
        names.join(", ")
    );
    let timed = |what: &str| {
        let (began, before) = (std::time::Instant::now(), processors());
        let report = workspace.run(&stages);
        let spent = processors() - before;
        println!("{what}: {:.0?}, {spent} ms of processors, {} ran", began.elapsed(), ran(&report).len());
    };
    timed("from nothing");
    thread::sleep(Duration::from_secs(3));
    timed("nothing to do");
    for round in 0..8 {
        workspace.write("in/500.txt", &format!("{round} changed"));
        timed("one changed");
    }
}
