//! Who reads while another writes, is interrupted, or is a web server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use vintner_pipeline::{Blobs, Digest, Record, Records};
use vintner_remote::{Bucket, Remote};

use crate::buckets::{Fault, Faulty, Memory, files, record};

fn client(bucket: &(impl Bucket + Clone + 'static), folder: &Path) -> Remote {
    Remote::new(Box::new(bucket.clone()), folder).waiting(Duration::from_millis(1))
}

fn give(bucket: &Memory, folder: &Path, branch: &str) -> Digest {
    let (fingerprint, record) = record(branch, &[branch.as_bytes()]);
    let store = client(bucket, folder);
    assert!(store.put_blobs(&files(folder, &[branch.as_bytes()])).is_empty());
    store.put_records(&BTreeMap::from([(fingerprint.clone(), record)])).unwrap();
    fingerprint
}

#[test]
fn the_index_stays_short_and_keeps_all() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    let all: BTreeSet<Digest> =
        (0..150).map(|at| give(&memory, folder.path(), &format!("stage[{at}]"))).collect();
    let parts = memory.names().iter().filter(|name| name.starts_with("v1/index/")).count();
    // Sizes grow by a factor of eight: 150 records of one size are in three parts at most.
    assert!(parts <= 4, "{parts} parts");
    let other = tempfile::tempdir().unwrap();
    assert_eq!(client(&memory, other.path()).find_records(&all).unwrap().len(), 150);
}

/// A reader that lists, and is overtaken by one who puts parts together, reads again.
#[test]
fn a_part_that_went_into_another_is_found_there() {
    let (memory, folder, other) =
        (Memory::default(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = give(&memory, folder.path(), "first");
    let before = memory.held.lock().unwrap().clone();
    let second = give(&memory, folder.path(), "second");
    // The list of before names a part that is gone, as for a reader of a web server that is slow to see changes.
    let list = before["v1/index.json"].clone();
    memory.held.lock().unwrap().insert("v1/index.json".into(), list);
    let behind = Faulty::new(memory.clone(), Fault::ReadOnly);
    let found = client(&behind, other.path()).find_records(&BTreeSet::from([first.clone(), second.clone()]));
    // It is asked for several times, and what is there then is told; nothing is made up.
    assert!(found.unwrap().is_empty());
    let found = client(&memory, other.path()).find_records(&BTreeSet::from([first, second])).unwrap();
    assert_eq!(found.len(), 2);
}

#[test]
fn a_web_server_is_read_without_listing() {
    let (memory, folder, other) =
        (Memory::default(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let all: BTreeSet<Digest> =
        (0..20).map(|at| give(&memory, folder.path(), &format!("stage[{at}]"))).collect();
    let server = Faulty::new(memory.clone(), Fault::ReadOnly);
    let reader = client(&server, other.path());
    memory.lists.store(0, Ordering::SeqCst);
    let found = reader.find_records(&all).unwrap();
    assert_eq!((found.len(), memory.lists.load(Ordering::SeqCst)), (20, 0));
    let outputs: BTreeMap<Digest, u64> = found
        .values()
        .flat_map(|record: &Record| record.outputs.values())
        .map(|output| (output.digest.clone(), output.bytes))
        .collect();
    assert_eq!(reader.blob_sizes(&outputs.keys().cloned().collect()).unwrap(), outputs);
    assert!(reader.get_blobs(&outputs, other.path()).values().all(Result::is_ok));
    let (fingerprint, record) = record("new", &[b"new"]);
    let refused = reader.put_records(&BTreeMap::from([(fingerprint, record)])).unwrap_err();
    assert_eq!(refused.to_string(), "memory: nothing can be put there");
    assert_eq!(reader.put_blobs(&files(other.path(), &[b"new"])).len(), 1);
}

/// Whatever of a push is there when it is interrupted, nobody finds a record without its outputs.
#[test]
fn an_interrupted_push_is_seen_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Memory::default();
    let given = give(&whole, folder.path(), "before");
    let before = whole.held.lock().unwrap().clone();
    let added = give(&whole, folder.path(), "stage");
    let after = whole.held.lock().unwrap().clone();
    // What was put, in the order in which it is put: objects, the part of the index, its list.
    let order = |name: &str| (name.starts_with("v1/index"), name.ends_with(".json"));
    let mut put: Vec<&String> = after.keys().filter(|name| before.get(*name) != after.get(*name)).collect();
    put.sort_by_key(|name| order(name));
    assert_eq!(put.len(), 3, "{put:?}");
    for length in 0..=put.len() {
        let memory = Memory::default();
        let mut held = before.clone();
        held.extend(put[..length].iter().map(|name| ((*name).clone(), after[*name].clone())));
        *memory.held.lock().unwrap() = held;
        let other = tempfile::tempdir().unwrap();
        let store = client(&memory, other.path());
        let found = store.find_records(&BTreeSet::from([given.clone(), added.clone()])).unwrap();
        assert!(found.contains_key(&given));
        assert_eq!(found.contains_key(&added), length >= 2, "{length} of {put:?}");
        let outputs = found.values().flat_map(|record| record.outputs.values());
        let outputs: BTreeMap<Digest, u64> =
            outputs.map(|output| (output.digest.clone(), output.bytes)).collect();
        assert!(store.get_blobs(&outputs, other.path()).values().all(Result::is_ok));
    }
}

#[test]
fn a_damaged_part_is_named_and_the_others_are_believed() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    // The second is so much smaller that it stays apart.
    let many: BTreeMap<Digest, Record> = (0..400).map(|at| record(&format!("many[{at}]"), &[])).collect();
    client(&memory, folder.path()).put_records(&many).unwrap();
    let single = give(&memory, folder.path(), "single");
    let parts: Vec<String> =
        memory.names().into_iter().filter(|name| name.starts_with("v1/index/")).collect();
    assert_eq!(parts.len(), 2);
    for part in &parts {
        let whole = memory.held.lock().unwrap()[part].clone();
        let mut wrong = whole.clone();
        let middle = wrong.0.len() / 2;
        wrong.0[middle] ^= 1;
        memory.held.lock().unwrap().insert(part.clone(), wrong);
        let other = tempfile::tempdir().unwrap();
        let there = client(&memory, other.path()).there().unwrap();
        assert_eq!(there.refused.len(), 1, "{:?}", there.refused);
        assert!(there.refused[0].contains("isn't what its name says"), "{:?}", there.refused);
        assert!(there.runs.contains_key(&single) != many.keys().all(|one| there.runs.contains_key(one)));
        memory.held.lock().unwrap().insert(part.clone(), whole);
    }
    // One that was read and damaged on this machine is read again.
    let other = tempfile::tempdir().unwrap();
    assert_eq!(client(&memory, other.path()).there().unwrap().runs.len(), 401);
    for entry in walk(other.path()) {
        fs::write(entry, "damaged").unwrap();
    }
    assert_eq!(client(&memory, other.path()).there().unwrap().runs.len(), 401);
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
