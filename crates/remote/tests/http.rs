//! Shared stores behind a web server, by `curl`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use vintner_pipeline::{Blobs, Digest, Got, PipelineError, Record, Records, SharedStore};
use vintner_remote::{HttpBucket, Remote};

use crate::buckets::{Memory, record};
use crate::every_store::{Place, object, suite};
use crate::web_server::{Manner, WebServer};

fn curl_is_here() -> bool {
    let here = Command::new("curl").arg("--version").output().is_ok();
    if !here {
        println!("skipped: curl isn't here");
    }
    here
}

/// A store that is read through a web server and written into the bucket behind it.
#[derive(Debug)]
struct Behind {
    read: Remote,
    write: Remote,
    folder: PathBuf,
    address: String,
}

impl Behind {
    /// What is read was put by others, too, since this one last looked.
    fn read(&self) -> Remote {
        let folder = tempfile::Builder::new().tempdir_in(&self.folder).unwrap().keep();
        Remote::new(Box::new(HttpBucket::new(&self.address)), &folder).waiting(Duration::from_millis(1))
    }
}

impl Blobs for Behind {
    fn place(&self) -> String {
        self.read.place()
    }
    fn blob_sizes(&self, wanted: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, u64>, PipelineError> {
        // A web server tells the sizes of what a record needs alone.
        self.write.blob_sizes(wanted)
    }
    fn get_blobs(&self, wanted: &BTreeMap<Digest, u64>, folder: &Path) -> Got {
        self.read.get_blobs(wanted, folder)
    }
    fn put_blobs(&self, files: &BTreeMap<Digest, PathBuf>) -> BTreeMap<Digest, PipelineError> {
        self.write.put_blobs(files)
    }
}

impl Records for Behind {
    fn find_records(&self, wanted: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, Record>, PipelineError> {
        self.read().find_records(wanted)
    }
    fn put_records(&self, records: &BTreeMap<Digest, Record>) -> Result<(), PipelineError> {
        self.write.put_records(records)
    }
}

struct Web {
    memory: Memory,
    server: WebServer,
    kept_in: tempfile::TempDir,
}

impl Web {
    fn new(manner: Manner) -> Self {
        let memory = Memory::default();
        let server = WebServer::of(&memory, manner);
        Self { memory, server, kept_in: tempfile::tempdir().unwrap() }
    }
}

impl Place for Web {
    fn client(&self) -> Box<dyn SharedStore> {
        let own = tempfile::Builder::new().tempdir_in(self.kept_in.path()).unwrap().keep();
        let address = self.server.address.clone();
        let wait = Duration::from_millis(1);
        let read = Remote::new(Box::new(HttpBucket::new(&address)), &own).waiting(wait);
        let write = Remote::new(Box::new(self.memory.clone()), &own).waiting(wait);
        Box::new(Behind { read, write, folder: own, address })
    }

    fn damage(&self, digest: &Digest, bytes: &[u8]) {
        self.memory.held.lock().unwrap().insert(object(digest), (bytes.to_vec(), 0));
    }
}

#[test]
fn a_web_server() {
    if curl_is_here() {
        suite(&Web::new(Manner::Well));
    }
}

#[test]
fn a_web_server_that_sends_no_parts() {
    if curl_is_here() {
        suite(&Web::new(Manner::WithoutParts));
    }
}

#[test]
fn a_web_server_that_is_busy() {
    if curl_is_here() {
        suite(&Web::new(Manner::Busy));
    }
}

#[test]
fn a_web_server_that_breaks_off() {
    if curl_is_here() {
        suite(&Web::new(Manner::BreaksOff));
    }
}

/// 1,000 stages and their objects from a server that takes 50 ms an answer.
#[test]
fn a_thousand_stages_from_afar() {
    if !curl_is_here() {
        return;
    }
    let web = Web::new(Manner::Slow(Duration::from_millis(50)));
    let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes: Vec<String> = (0..1_000).map(|at| format!("the output of stage {at}")).collect();
    let records: BTreeMap<Digest, Record> =
        bytes.iter().map(|bytes| record(&format!("stage of {bytes}"), &[bytes.as_bytes()])).collect();
    for bytes in &bytes {
        web.damage(&Digest::of(bytes.as_bytes()), bytes.as_bytes());
    }
    Remote::new(Box::new(web.memory.clone()), folder.path()).put_records(&records).unwrap();
    let reader = Remote::new(Box::new(HttpBucket::new(&web.server.address)), into.path());
    let started = Instant::now();
    let found = reader.find_records(&records.keys().cloned().collect()).unwrap();
    let (known, requests) = (started.elapsed(), web.server.requests.load(Ordering::SeqCst));
    assert_eq!(found.len(), 1_000);
    let wanted = found.values().flat_map(|record| record.outputs.values());
    let wanted: BTreeMap<Digest, u64> = wanted.map(|output| (output.digest.clone(), output.bytes)).collect();
    let got = reader.get_blobs(&wanted, into.path());
    assert!(got.values().all(Result::is_ok));
    println!(
        "{requests} requests and {known:?} until all is known, {:?} until all is here",
        started.elapsed()
    );
    assert!(requests <= 5 && known < Duration::from_secs(2), "{requests} requests, {known:?}");
}
