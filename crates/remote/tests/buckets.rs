//! Buckets in memory, and buckets that go wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use vintner_pipeline::{Digest, Fingerprint, Kind, OutputRecord, Record};
use vintner_remote::{Bucket, Get, Listed, Put, Trouble};

/// What is held under names: bytes, and since when.
pub type Held = BTreeMap<String, (Vec<u8>, u64)>;
pub type Answers = Vec<Result<(), Trouble>>;

/// A bucket in memory; its clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub held: Arc<Mutex<Held>>,
    /// How often it was asked for a listing, and how many things it was asked for.
    pub lists: Arc<AtomicUsize>,
    pub gets: Arc<AtomicUsize>,
    pub puts: Arc<AtomicUsize>,
    /// The names that were got, in order.
    pub got: Arc<Mutex<Vec<String>>>,
}

impl Memory {
    pub fn names(&self) -> Vec<String> {
        self.held.lock().unwrap().keys().cloned().collect()
    }
}

impl Bucket for Memory {
    fn place(&self) -> String {
        "memory".into()
    }

    fn list(&self, beginnings: &[String]) -> Result<Vec<Listed>, Trouble> {
        self.lists.fetch_add(beginnings.len(), Ordering::SeqCst);
        let held = self.held.lock().unwrap();
        let wanted = held.iter().filter(|(name, _)| beginnings.iter().any(|start| name.starts_with(start)));
        Ok(wanted
            .map(|(name, (bytes, at))| Listed {
                name: name.clone(),
                bytes: bytes.len() as u64,
                modified: Some(*at),
            })
            .collect())
    }

    fn get(&self, wanted: &[Get]) -> Answers {
        self.gets.fetch_add(wanted.len(), Ordering::SeqCst);
        let held = self.held.lock().unwrap();
        let one = |get: &Get| {
            self.got.lock().unwrap().push(get.name.clone());
            let (bytes, _) = held.get(&get.name).ok_or(Trouble::Absent)?;
            let mut there = if get.goes_on { fs::read(&get.into).unwrap() } else { Vec::new() };
            there.extend(bytes.get(there.len()..).unwrap_or_default());
            fs::write(&get.into, there).unwrap();
            Ok(())
        };
        wanted.iter().map(one).collect()
    }

    fn put(&self, files: &[Put]) -> Answers {
        self.puts.fetch_add(files.len(), Ordering::SeqCst);
        let mut held = self.held.lock().unwrap();
        for put in files {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            held.insert(put.name.clone(), (fs::read(&put.from).unwrap(), now));
        }
        files.iter().map(|_| Ok(())).collect()
    }

    fn remove(&self, names: &[String]) -> Answers {
        let mut held = self.held.lock().unwrap();
        names.iter().for_each(|name| drop(held.remove(name)));
        names.iter().map(|_| Ok(())).collect()
    }
}

/// How a bucket goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Each request takes so long; so many are served at once.
    Slow(Duration, usize),
    /// One request in five fails, and none more often than [`IN_A_ROW`] times in a row: that is what passing trouble means. Were it
    /// left to chance, one request in 400,000 would fail as often as anything is tried, and one run of the tests in a few
    /// hundred with it.
    Failing,
    /// It says that something was put, and keeps what was there before: names are taken once.
    KeepsFirst,
    /// One in ten of what is got is cut off, and nobody says so.
    CutsOff,
    /// It lists nothing, and nothing can be put there, as behind a web server.
    ReadOnly,
}

/// So often in a row a request fails at most.
const IN_A_ROW: u32 = 4;

/// Another bucket that goes wrong.
#[derive(Debug, Clone)]
pub struct Faulty<B> {
    pub bucket: B,
    pub fault: Fault,
    asked: Arc<AtomicU64>,
    /// How often in a row a thing failed for who asked.
    failed: Arc<Mutex<BTreeMap<(String, String), u32>>>,
}

impl<B: Bucket> Faulty<B> {
    pub fn new(bucket: B, fault: Fault) -> Self {
        Self { bucket, fault, asked: Arc::default(), failed: Arc::default() }
    }

    /// Whether this time it goes wrong, in no order that a pattern of requests could meet.
    fn is_bad(&self) -> bool {
        let mut state = self.asked.fetch_add(1, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let one_in = if self.fault == Fault::CutsOff { 10 } else { 5 };
        (state ^ (state >> 31)).is_multiple_of(one_in)
    }

    /// Whether a request fails this time.
    fn fails(&self, what: &str) -> bool {
        if self.fault != Fault::Failing {
            return false;
        }
        // Clients are told apart by their threads: what one has got another may still wait for.
        let who = (format!("{:?}", thread::current().id()), what.to_owned());
        let is_bad = self.is_bad();
        let mut failed = self.failed.lock().unwrap();
        let times = failed.entry(who).or_default();
        *times = if is_bad && *times < IN_A_ROW { *times + 1 } else { 0 };
        *times > 0
    }

    fn wait(&self, requests: usize) {
        if let Fault::Slow(each, at_once) = self.fault {
            thread::sleep(each * u32::try_from(requests.div_ceil(at_once)).unwrap());
        }
    }

    /// Does what doesn't fail.
    fn most<T: Clone>(
        &self,
        things: &[T],
        name: impl Fn(&T) -> String,
        work: impl FnOnce(&[T]) -> Answers,
    ) -> Answers {
        self.wait(things.len());
        let fails: Vec<bool> = things.iter().map(|thing| self.fails(&name(thing))).collect();
        let left: Vec<T> =
            things.iter().zip(&fails).filter(|(_, fails)| !**fails).map(|(thing, _)| thing.clone()).collect();
        let mut done = work(&left).into_iter();
        let one = |fails: bool| match fails {
            true => Err(Trouble::Passing("the server answered 503".into())),
            false => done.next().unwrap(),
        };
        fails.into_iter().map(one).collect()
    }
}

impl<B: Bucket> Bucket for Faulty<B> {
    fn place(&self) -> String {
        self.bucket.place()
    }

    fn is_listed(&self) -> bool {
        self.fault != Fault::ReadOnly
    }

    fn is_read_only(&self) -> Option<&'static str> {
        (self.fault == Fault::ReadOnly).then_some("nothing can be put there")
    }

    fn list(&self, beginnings: &[String]) -> Result<Vec<Listed>, Trouble> {
        self.wait(beginnings.len());
        match self.fault {
            Fault::ReadOnly => Err(Trouble::Lasting("nothing is listed".into())),
            Fault::Failing if self.fails(&format!("list {}", beginnings.join(" "))) => {
                Err(Trouble::Passing("the server answered 503".into()))
            }
            _ => self.bucket.list(beginnings),
        }
    }

    fn get(&self, wanted: &[Get]) -> Answers {
        let done = self.most(wanted, |get| format!("get {}", get.name), |wanted| self.bucket.get(wanted));
        if self.fault == Fault::CutsOff {
            for (get, done) in wanted.iter().zip(&done) {
                if done.is_ok() && self.is_bad() {
                    let bytes = fs::read(&get.into).unwrap();
                    fs::write(&get.into, &bytes[..bytes.len() / 2]).unwrap();
                }
            }
        }
        done
    }

    fn put(&self, files: &[Put]) -> Answers {
        if self.fault != Fault::KeepsFirst {
            return self.most(files, |put| format!("put {}", put.name), |files| self.bucket.put(files));
        }
        let taken = |put: &&Put| {
            let names = self.bucket.list(std::slice::from_ref(&put.name)).unwrap();
            !names.iter().any(|one| one.name == put.name)
        };
        let new: Vec<Put> = files.iter().filter(taken).cloned().collect();
        self.bucket.put(&new);
        files.iter().map(|_| Ok(())).collect()
    }

    fn remove(&self, names: &[String]) -> Answers {
        self.most(names, |name| format!("remove {name}"), |names| self.bucket.remove(names))
    }
}

/// A record of a run of `branch` that made `outputs`.
pub fn record(branch: &str, outputs: &[&[u8]]) -> (Digest, Record) {
    let fingerprint = Fingerprint {
        format: vintner_pipeline::FORMAT,
        operation: "toy".into(),
        code: Digest::of(b"code"),
        params: serde_json::json!({ "branch": branch }),
        inputs: BTreeMap::new(),
        seed: 0,
    };
    let output = |(at, bytes): (usize, &&[u8])| {
        let output = OutputRecord {
            kind: Kind::Text,
            digest: Digest::of(bytes),
            bytes: bytes.len() as u64,
            extension: None,
            rows: None,
            columns: BTreeMap::new(),
            grouped_by: None,
            groups: BTreeMap::new(),
            empty_group: None,
        };
        (format!("output{at}"), Box::new(output))
    };
    let record = Record {
        branch: branch.to_owned(),
        outputs: outputs.iter().enumerate().map(output).collect(),
        warnings: vec!["a warning with\na line and a \"quotation\" 数据".into()],
        seconds: 1.5,
        peak_memory: None,
        started: 1_700_000_000,
        causes: Vec::new(),
        before: None,
        inputs: Vec::new(),
        log: String::new(),
        fingerprint,
    };
    (record.fingerprint.digest().unwrap(), record)
}

/// Files with these bytes, named by their digests.
pub fn files(folder: &Path, bytes: &[&[u8]]) -> BTreeMap<Digest, PathBuf> {
    let file = |bytes: &&[u8]| {
        let digest = Digest::of(bytes);
        let path = folder.join(format!("from-{digest}"));
        fs::write(&path, bytes).unwrap();
        (digest, path)
    };
    bytes.iter().map(file).collect()
}
