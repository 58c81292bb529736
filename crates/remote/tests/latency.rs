//! How often a bucket is asked, and how long it takes, where each answer is 50 ms away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use vintner_pipeline::{Blobs, Digest, Record, Records};
use vintner_remote::Remote;

use crate::buckets::{Fault, Faulty, Memory, record};

/// 1,000 stages that were given one by one or all at once: at most 5 requests and 2 s until the first object comes.
#[test]
fn a_thousand_stages_are_known_after_five_requests() {
    let memory = Memory::default();
    let folder = tempfile::tempdir().unwrap();
    let all: BTreeMap<Digest, Record> =
        (0..1_000).map(|at| record(&format!("stage[{at}]"), &[format!("{at}").as_bytes()])).collect();
    // A large push and then smaller ones, the worst for the number of parts.
    let mut left: Vec<(Digest, Record)> = all.clone().into_iter().collect();
    for size in [880, 100, 12, 4, 1, 1, 1, 1] {
        let part: BTreeMap<Digest, Record> = left.drain(..size).collect();
        Remote::new(Box::new(memory.clone()), folder.path()).put_records(&part).unwrap();
    }
    assert!(left.is_empty());
    for name in all.values().flat_map(|record| record.outputs.values()) {
        let name = &name.digest;
        let key = format!("v1/objects/{}/{name}", &name.as_str()[..2]);
        // Which bytes these are doesn't count here.
        memory.held.lock().unwrap().insert(key, (b"0".to_vec(), 0));
    }
    for counter in [&memory.lists, &memory.gets, &memory.puts] {
        counter.store(0, Ordering::SeqCst);
    }
    memory.got.lock().unwrap().clear();
    let other = tempfile::tempdir().unwrap();
    let slow = Faulty::new(memory.clone(), Fault::Slow(Duration::from_millis(50), 32));
    let started = Instant::now();
    let store = Remote::new(Box::new(slow), other.path());
    // Stage by stage, as a plan is walked.
    for fingerprint in all.keys() {
        assert_eq!(store.find_records(&BTreeSet::from([fingerprint.clone()])).unwrap().len(), 1);
    }
    let seconds = started.elapsed().as_secs_f64();
    let requests = memory.lists.load(Ordering::SeqCst) + memory.gets.load(Ordering::SeqCst);
    println!("{requests} requests, {seconds:.3} s until the first object is asked for");
    assert!(requests <= 5, "{requests} requests: {:?}", memory.got.lock().unwrap());
    // It takes a tenth of that; the machine may be busy.
    assert!(seconds < 2.0, "{seconds} s");
    let outputs = all.values().flat_map(|record| record.outputs.values());
    let first = outputs.map(|output| (output.digest.clone(), output.bytes)).take(1).collect();
    store.get_blobs(&first, other.path());
    assert!(memory.got.lock().unwrap().iter().any(|name| name.starts_with("v1/objects/")));
}
