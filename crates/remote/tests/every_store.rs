//! What every store has to do, whatever it is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use vintner_pipeline::{Digest, PipelineError, Record, SharedStore, Store};
use vintner_remote::{FolderBucket, Remote};

use crate::buckets::{Fault, Faulty, Memory, files, record};

/// A place with a store, to which there may be several clients.
pub trait Place {
    /// A new client, which knows nothing yet.
    fn client(&self) -> Box<dyn SharedStore>;

    /// Writes other bytes in the place of an object, behind everyone's back.
    fn damage(&self, digest: &Digest, bytes: &[u8]);
}

/// All that every store is held to.
pub fn suite(place: &dyn Place) {
    nothing_is_there_at_first(place);
    bytes_come_back_as_they_were(place);
    records_come_back_as_they_were(place);
    what_was_begun_goes_on(place);
    clients_at_once_lose_nothing(place);
    wrong_bytes_are_refused_and_mended(place);
}

fn nothing_is_there_at_first(place: &dyn Place) {
    let (store, folder) = (place.client(), tempfile::tempdir().unwrap());
    let digest = Digest::of(b"never put");
    let one = BTreeSet::from([digest.clone()]);
    assert!(store.blob_sizes(&one).unwrap().is_empty());
    assert!(store.blob_sizes(&BTreeSet::new()).unwrap().is_empty());
    assert!(store.find_records(&one).unwrap().is_empty());
    let got = store.get_blobs(&BTreeMap::from([(digest.clone(), 9)]), folder.path());
    assert!(
        matches!(&got[&digest], Err(PipelineError::Absent { digest: of, .. }) if *of == digest),
        "{got:?}"
    );
    assert!(!folder.path().join(digest.as_str()).exists());
    assert!(store.put_blobs(&BTreeMap::new()).is_empty());
    store.put_records(&BTreeMap::new()).unwrap();
}

fn bytes_come_back_as_they_were(place: &dyn Place) {
    let folder = tempfile::tempdir().unwrap();
    let large: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
    let small: Vec<Vec<u8>> = (0..120_u32).map(|at| at.to_le_bytes().to_vec()).collect();
    let mut bytes: Vec<&[u8]> = vec![b"", b"\0", b"\xff\xfe\n", "数据".as_bytes(), &large];
    bytes.extend(small.iter().map(Vec::as_slice));
    let put = files(folder.path(), &bytes);
    let store = place.client();
    for _ in 0..2 {
        let refused = store.put_blobs(&put);
        assert!(refused.is_empty(), "{refused:?}");
    }
    let all: BTreeMap<Digest, u64> =
        bytes.iter().map(|bytes| (Digest::of(bytes), bytes.len() as u64)).collect();
    let other = Digest::of(b"never put");
    let asked: BTreeSet<Digest> = all.keys().cloned().chain([other.clone()]).collect();
    let store = place.client();
    assert_eq!(store.blob_sizes(&asked).unwrap(), all);

    let into = tempfile::tempdir().unwrap();
    let wanted: BTreeMap<Digest, u64> = all.clone().into_iter().chain([(other.clone(), 4)]).collect();
    let got = store.get_blobs(&wanted, into.path());
    assert_eq!(got.len(), wanted.len());
    for bytes in bytes {
        let digest = Digest::of(bytes);
        assert_eq!(fs::read(got[&digest].as_ref().unwrap()).unwrap(), bytes);
    }
    assert!(matches!(got[&other], Err(PipelineError::Absent { .. })));
}

fn records_come_back_as_they_were(place: &dyn Place) {
    let folder = tempfile::tempdir().unwrap();
    place.client().put_blobs(&files(folder.path(), &[b"of all"]));
    let records: BTreeMap<Digest, Record> =
        (0..200).map(|at| record(&format!("stage[{at}]"), &[b"of all"])).collect();
    let (first, second): (Vec<_>, Vec<_>) =
        records.clone().into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    for part in [first, second] {
        place.client().put_records(&part.into_iter().map(|(_, of)| of).collect()).unwrap();
    }
    let asked: BTreeSet<Digest> = records.keys().cloned().chain([Digest::of(b"no record")]).collect();
    assert_eq!(place.client().find_records(&asked).unwrap(), records);

    // Where there is one already, that or the new one stays.
    let (fingerprint, before) = records.first_key_value().unwrap();
    let again = Record { seconds: 9.0, started: before.started + 1, ..before.clone() };
    place.client().put_records(&BTreeMap::from([(fingerprint.clone(), again.clone())])).unwrap();
    let found = place.client().find_records(&BTreeSet::from([fingerprint.clone()])).unwrap();
    assert!([before, &again].contains(&&found[fingerprint]));

    // A record under another's name isn't believed.
    let forged = Digest::of(b"somebody else's fingerprint");
    place.client().put_records(&BTreeMap::from([(forged.clone(), before.clone())])).unwrap();
    assert!(place.client().find_records(&BTreeSet::from([forged])).unwrap().is_empty());
}

fn what_was_begun_goes_on(place: &dyn Place) {
    let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
    let digest = Digest::of(&bytes);
    let store = place.client();
    assert!(store.put_blobs(&files(folder.path(), &[&bytes])).is_empty());
    let file = into.path().join(digest.as_str());
    let wanted = BTreeMap::from([(digest.clone(), bytes.len() as u64)]);
    // Its beginning, all of it, that of something else, and more than it has.
    let longer = [bytes.as_slice(), b"more"].concat();
    for begun in [&bytes[..70_001], &bytes[..], b"another's beginning", &longer] {
        fs::write(&file, begun).unwrap();
        let got = store.get_blobs(&wanted, into.path());
        assert_eq!(got[&digest].as_ref().unwrap(), &file);
        assert!(fs::read(&file).unwrap() == bytes, "begun with {} bytes", begun.len());
    }
}

fn clients_at_once_lose_nothing(place: &dyn Place) {
    let all: Vec<BTreeMap<Digest, Record>> = (0..4)
        .map(|client| (0..12).map(|at| record(&format!("at_once[{client}-{at}]"), &[b"of all"])).collect())
        .collect();
    let clients: Vec<Box<dyn SharedStore>> = all.iter().map(|_| place.client()).collect();
    std::thread::scope(|scope| {
        for (records, store) in all.iter().zip(&clients) {
            scope.spawn(move || {
                for (fingerprint, record) in records {
                    store.put_records(&BTreeMap::from([(fingerprint.clone(), record.clone())])).unwrap();
                }
            });
        }
    });
    let asked: BTreeSet<Digest> = all.iter().flat_map(BTreeMap::keys).cloned().collect();
    assert_eq!(place.client().find_records(&asked).unwrap().len(), 48);
}

fn wrong_bytes_are_refused_and_mended(place: &dyn Place) {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, other): (&[u8], &[u8]) = (b"what is right", b"what is wrong");
    let digest = Digest::of(bytes);
    let put = files(folder.path(), &[bytes]);
    assert!(place.client().put_blobs(&put).is_empty());
    let wanted = BTreeMap::from([(digest.clone(), bytes.len() as u64)]);
    for wrong in [other, b"short", b"", b"longer than what is right"] {
        place.damage(&digest, wrong);
        let into = tempfile::tempdir().unwrap();
        let got = place.client().get_blobs(&wanted, into.path());
        let error = got[&digest].as_ref().unwrap_err().to_string();
        assert!(error.contains(digest.short()), "{error}");
        let left = into.path().join(digest.as_str());
        assert!(!left.exists() || fs::read(&left).unwrap().len() < bytes.len(), "{}", wrong.len());
    }
}

/// A shared store in a bucket.
struct InBucket<B> {
    bucket: B,
    kept_in: tempfile::TempDir,
    damage: fn(&B, &Digest, &[u8]),
}

impl<B: vintner_remote::Bucket + Clone + 'static> InBucket<B> {
    fn new(bucket: B, damage: fn(&B, &Digest, &[u8])) -> Self {
        Self { bucket, kept_in: tempfile::tempdir().unwrap(), damage }
    }
}

impl<B: vintner_remote::Bucket + Clone + 'static> Place for InBucket<B> {
    fn client(&self) -> Box<dyn SharedStore> {
        // Each has a folder of its own, as on another machine.
        let own = tempfile::Builder::new().tempdir_in(self.kept_in.path()).unwrap().keep();
        Box::new(Remote::new(Box::new(self.bucket.clone()), &own).waiting(Duration::from_millis(1)))
    }

    fn damage(&self, digest: &Digest, bytes: &[u8]) {
        (self.damage)(&self.bucket, digest, bytes);
    }
}

pub fn object(digest: &Digest) -> String {
    format!("v1/objects/{}/{digest}", &digest.as_str()[..2])
}

fn in_memory(memory: &Memory, digest: &Digest, bytes: &[u8]) {
    memory.held.lock().unwrap().insert(object(digest), (bytes.to_vec(), 0));
}

fn faulty(fault: Fault) -> InBucket<Faulty<Memory>> {
    InBucket::new(Faulty::new(Memory::default(), fault), |faulty, digest, bytes| {
        in_memory(&faulty.bucket, digest, bytes)
    })
}

/// The store of a workspace.
struct Local(tempfile::TempDir);

impl Place for Local {
    fn client(&self) -> Box<dyn SharedStore> {
        Box::new(Store::in_folder(self.0.path()))
    }

    fn damage(&self, digest: &Digest, bytes: &[u8]) {
        let path = Store::in_folder(self.0.path()).object_path(digest);
        write_over(&path, bytes);
    }
}

pub fn write_over(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn the_store_of_a_workspace() {
    suite(&Local(tempfile::tempdir().unwrap()));
}

#[test]
fn a_bucket_in_memory() {
    suite(&InBucket::new(Memory::default(), in_memory));
}

#[test]
fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("not yet");
    let bucket = (FolderBucket::new(&place), place);
    suite(&InBucket::new(InFolder(bucket.0, bucket.1), |bucket, digest, bytes| {
        write_over(&bucket.1.join(object(digest)), bytes);
    }));
}

/// A folder, with its path.
#[derive(Debug, Clone)]
struct InFolder(FolderBucket, std::path::PathBuf);

impl vintner_remote::Bucket for InFolder {
    fn place(&self) -> String {
        self.0.place()
    }
    fn list(&self, beginnings: &[String]) -> Result<Vec<vintner_remote::Listed>, vintner_remote::Trouble> {
        self.0.list(beginnings)
    }
    fn get(&self, wanted: &[vintner_remote::Get]) -> crate::buckets::Answers {
        self.0.get(wanted)
    }
    fn put(&self, files: &[vintner_remote::Put]) -> crate::buckets::Answers {
        self.0.put(files)
    }
    fn remove(&self, names: &[String]) -> crate::buckets::Answers {
        self.0.remove(names)
    }
}

#[test]
fn a_slow_bucket() {
    suite(&faulty(Fault::Slow(Duration::from_millis(50), 32)));
}

#[test]
fn a_bucket_that_fails_at_random() {
    suite(&faulty(Fault::Failing));
}

#[test]
fn a_bucket_that_says_that_it_put_what_it_did_not() {
    suite(&faulty(Fault::KeepsFirst));
}

#[test]
fn a_bucket_that_cuts_off() {
    suite(&faulty(Fault::CutsOff));
}
