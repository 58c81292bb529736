//! Taking away from a shared store what nobody needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use vintner_pipeline::{Blobs, Digest, Records};
use vintner_remote::{KeepThere, Remote};

use crate::buckets::{Memory, files, record};

fn client(memory: &Memory, folder: &Path) -> Remote {
    Remote::new(Box::new(memory.clone()), folder).waiting(Duration::from_millis(1))
}

#[test]
fn what_is_kept_stays_with_its_objects_and_nothing_else() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    let store = client(&memory, folder.path());
    let runs = [
        record("of_this_workspace", &[b"one", b"shared"]),
        record("locked", &[b"two"]),
        record("old", &[b"three", b"shared"]),
    ];
    let bytes: [&[u8]; 5] = [b"one", b"two", b"three", b"shared", b"of nobody yet"];
    assert!(store.put_blobs(&files(folder.path(), &bytes)).is_empty());
    store.put_records(&runs.iter().cloned().collect()).unwrap();
    let keep = KeepThere {
        outputs: BTreeSet::from([Digest::of(b"two")]),
        runs: BTreeSet::from([runs[0].0.clone()]),
        younger_than: 0,
    };
    let young = KeepThere { younger_than: 3_600, ..KeepThere::default() };
    assert_eq!(client(&memory, folder.path()).collect(&young, false).unwrap().kept, 3);

    let before = memory.names();
    let would = client(&memory, folder.path()).collect(&keep, true).unwrap();
    assert_eq!(memory.names(), before, "a dry run changes nothing");
    let did = client(&memory, folder.path()).collect(&keep, false).unwrap();
    assert_eq!((&would.runs, would.objects, would.bytes), (&did.runs, did.objects, did.bytes));
    assert_eq!((did.runs, did.objects, did.bytes, did.kept), (vec!["old".to_owned()], 1, 5, 2));

    let there = client(&memory, folder.path()).there().unwrap();
    let branches: Vec<&str> = there.runs.values().map(String::as_str).collect();
    assert_eq!(BTreeSet::from_iter(branches), BTreeSet::from(["of_this_workspace", "locked"]));
    // One that was put there a moment ago may be of a push that goes on.
    let left: BTreeSet<Digest> =
        [&b"one"[..], b"two", b"shared", b"of nobody yet"].iter().map(|bytes| Digest::of(bytes)).collect();
    assert_eq!(there.objects.into_keys().collect::<BTreeSet<_>>(), left);

    // A day later it isn't.
    for (_, at) in memory.held.lock().unwrap().values_mut() {
        *at -= 2 * 24 * 3_600;
    }
    let did = client(&memory, folder.path()).collect(&keep, false).unwrap();
    assert_eq!((did.runs.len(), did.objects), (0, 1));
    let got = client(&memory, folder.path()).find_records(&runs.iter().map(|run| run.0.clone()).collect());
    assert_eq!(got.unwrap().len(), 2);

    let did = client(&memory, folder.path()).collect(&KeepThere::default(), false).unwrap();
    assert_eq!((did.runs.len(), did.kept), (2, 0));
    assert!(memory.names().iter().all(|name| name == "v1/index.json"), "{:?}", memory.names());
    assert!(client(&memory, folder.path()).there().unwrap().runs.is_empty());
    let again: BTreeMap<_, _> = runs.into_iter().collect();
    client(&memory, folder.path()).put_records(&again).unwrap();
    assert_eq!(client(&memory, folder.path()).there().unwrap().runs.len(), 3);
}
