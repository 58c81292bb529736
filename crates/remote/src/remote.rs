//! A shared store in a bucket.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use vintner_pipeline::{Blobs, Digest, Got, PipelineError, Record, Records, check_arrived};

use crate::attempts::Attempts;
use crate::batch::{Entries, Entry};
use crate::bucket::{Bucket, Get, Put, Trouble};
use crate::error::{RemoteError, Result};
use crate::index::{Index, IndexIn};
use crate::names;
use crate::trust::{Everyone, Trust};

/// Where the index has more objects, a bucket is asked for the beginnings of digests that are wanted, and not for all.
const FEW: usize = 4_096;

/// A shared store in a bucket.
#[derive(Debug)]
pub struct Remote {
    pub(crate) bucket: Box<dyn Bucket>,
    pub(crate) trust: Box<dyn Trust>,
    kept_in: PathBuf,
    pub(crate) attempts: Attempts,
    /// As it was first read, by this process.
    index: Mutex<Option<Arc<Index>>>,
    /// Objects that couldn't be had, which aren't asked for again, nor told of the records that need them.
    lost: Mutex<BTreeSet<Digest>>,
}

/// What is there.
#[derive(Debug, Default, Serialize)]
pub struct There {
    /// The runs of which there are records that are believed, by fingerprint, with their branches.
    pub runs: BTreeMap<Digest, String>,
    /// The objects that these need, with their sizes.
    pub needed: BTreeMap<Digest, u64>,
    /// The objects that are there, with their sizes; none where the place lists nothing.
    pub objects: BTreeMap<Digest, u64>,
    /// What isn't believed, one line each.
    pub refused: Vec<String>,
    /// Of how many parts the index is.
    pub parts: usize,
}

impl Remote {
    /// The shared store in a bucket, of which everything is believed that is whole. `kept_in` is a folder for what is known of it.
    pub fn new(bucket: Box<dyn Bucket>, kept_in: &Path) -> Self {
        // Several shared stores of one workspace don't share what is known of each.
        let of_place = Digest::of(bucket.place().as_bytes()).short().to_owned();
        Self {
            bucket,
            trust: Box::new(Everyone),
            kept_in: kept_in.join(of_place),
            attempts: Attempts::default(),
            index: Mutex::default(),
            lost: Mutex::default(),
        }
    }

    /// The same, of which only that is believed which `trust` believes.
    #[must_use]
    pub fn trusting(self, trust: Box<dyn Trust>) -> Self {
        Self { trust, ..self }
    }

    /// The same, which waits so long before it tries again what may do better.
    #[must_use]
    pub fn waiting(self, wait: Duration) -> Self {
        Self { attempts: Attempts { wait, ..self.attempts }, ..self }
    }

    pub(crate) fn index_in(&self) -> IndexIn<'_> {
        IndexIn {
            bucket: self.bucket.as_ref(),
            trust: self.trust.as_ref(),
            kept_in: self.kept_in.clone(),
            attempts: self.attempts,
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Index>>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self) -> MutexGuard<'_, BTreeSet<Digest>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> Result<Arc<Index>> {
        let mut known = self.known();
        if let Some(index) = &*known {
            return Ok(Arc::clone(index));
        }
        let index = Arc::new(self.index_in().read()?);
        for refused in &index.refused {
            tracing::warn!("{refused}");
        }
        Ok(Arc::clone(known.insert(index)))
    }

    pub(crate) fn forget(&self) {
        *self.known() = None;
    }

    /// Fails where nothing can be put there.
    ///
    /// # Errors
    /// With the reason.
    pub fn check_writable(&self) -> Result<()> {
        match self.bucket.is_read_only() {
            Some(message) => {
                Err(RemoteError::Place { place: self.bucket.place(), message: message.to_owned() })
            }
            None => Ok(()),
        }
    }

    /// Fails where it was asked and nobody has given it anything yet, as where its address is mistaken.
    ///
    /// # Errors
    /// With what to do.
    pub fn check_begun(&self) -> Result<()> {
        match self.known().as_ref().is_some_and(|index| index.parts.is_empty()) {
            true => Err(RemoteError::Place { place: self.bucket.place(), message: NOT_BEGUN.to_owned() }),
            false => Ok(()),
        }
    }

    /// All that is there.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn there(&self) -> Result<There> {
        let index = self.index()?;
        let mut there =
            There { parts: index.parts.len(), refused: index.refused.clone(), ..There::default() };
        for known in index.believed() {
            for (fingerprint, entry) in &known.entries {
                let Some(record) = entry.record(fingerprint) else { continue };
                for output in record.outputs.values() {
                    there.needed.insert(output.digest.clone(), output.bytes);
                }
                there.runs.insert(fingerprint.clone(), record.branch);
            }
        }
        if self.bucket.is_listed() {
            there.objects = self.listed(&[names::objects()])?;
        }
        Ok(there)
    }

    fn listed(&self, beginnings: &[String]) -> Result<BTreeMap<Digest, u64>> {
        let listed = self.attempts.one(|| self.bucket.list(beginnings));
        let listed = listed.map_err(|trouble| self.failed(&trouble))?;
        Ok(listed.into_iter().filter_map(|one| Some((names::digest_of(&one.name)?, one.bytes))).collect())
    }

    pub(crate) fn failed(&self, trouble: &Trouble) -> RemoteError {
        RemoteError::Place { place: self.bucket.place(), message: trouble.to_string() }
    }

    fn sizes(&self, wanted: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, u64>> {
        let mut sizes = if !self.bucket.is_listed() {
            self.there()?.needed
        } else if self.index()?.believed().map(|known| known.entries.len()).sum::<usize>() <= FEW {
            self.listed(&[names::objects()])?
        } else {
            let beginnings: BTreeSet<String> = wanted.iter().map(names::objects_like).collect();
            self.listed(&beginnings.into_iter().collect::<Vec<_>>())?
        };
        sizes.retain(|digest, _| wanted.contains(digest));
        Ok(sizes)
    }

    /// One object of so many bytes once all of it is said to have come.
    fn arrived(&self, digest: &Digest, bytes: u64, into: &Path) -> std::result::Result<(), Trouble> {
        match into.metadata() {
            // What came may be its beginning, with which the next attempt goes on.
            Ok(found) if found.len() < bytes => return Err(Trouble::Passing(SHORT.to_owned())),
            _ => {}
        }
        match check_arrived(into, digest, &self.bucket.place()) {
            Ok(()) => Ok(()),
            // It may have been begun with another's beginning.
            Err(PipelineError::WrongBytes { .. }) => Err(Trouble::Passing(WRONG.to_owned())),
            Err(error) => Err(Trouble::Lasting(error.to_string())),
        }
    }

    fn add_records(&self, records: &BTreeMap<Digest, Record>) -> Result<()> {
        self.check_writable()?;
        let index_in = self.index_in();
        let index = index_in.read()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let is_there = |fingerprint: &Digest| {
            index.believed().any(|known| {
                known.entries.get(fingerprint).is_some_and(|entry| entry.record(fingerprint).is_some())
            })
        };
        let mut new = Entries::new();
        for (fingerprint, record) in records.iter().filter(|(fingerprint, _)| !is_there(fingerprint)) {
            let entry = Entry::new(now, record).map_err(|error| RemoteError::Place {
                place: self.bucket.place(),
                message: format!("the record of {} can't be written: {error}", record.branch),
            })?;
            new.insert(fingerprint.clone(), entry);
        }
        if new.is_empty() {
            return Ok(());
        }
        let added = index_in.add(&index, new);
        self.forget();
        added
    }
}

const NOT_BEGUN: &str =
    "nothing was ever put there: `vintner cache push` begins it, or the address in vintner.toml is mistaken";
/// What came isn't what was asked for; it may do better another time.
const WRONG: &str =
    "other bytes came than its name says; whoever has it mends that with `vintner cache push`";
const SHORT: &str = "it breaks off before its end; whoever has it mends that with `vintner cache push`";
/// So often something comes that isn't what was asked for before that is given up.
const WRONG_TIMES: u32 = 4;

impl Blobs for Remote {
    fn place(&self) -> String {
        self.bucket.place()
    }

    fn blob_sizes(
        &self,
        wanted: &BTreeSet<Digest>,
    ) -> std::result::Result<BTreeMap<Digest, u64>, PipelineError> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.sizes(wanted).map_err(|error| error.into_pipeline(&self.bucket.place()))
    }

    fn get_blobs(&self, wanted: &BTreeMap<Digest, u64>, folder: &Path) -> Got {
        let digests: Vec<(&Digest, u64)> = wanted.iter().map(|(digest, bytes)| (digest, *bytes)).collect();
        let mut wrong: BTreeMap<&Digest, u32> = BTreeMap::new();
        let into = |digest: &Digest| folder.join(digest.as_str());
        let came = self.attempts.each(&digests, |now| {
            let get = |(digest, bytes): &(&Digest, u64)| {
                let there = into(digest).metadata().map_or(0, |found| found.len());
                let goes_on = there > 0 && there < *bytes && wrong.get(digest).is_none_or(|times| *times < 2);
                Get { name: names::object(digest), into: into(digest), most: *bytes, goes_on }
            };
            let gets: Vec<Get> = now.iter().map(get).collect();
            let mut came = Vec::with_capacity(now.len());
            for ((digest, bytes), got) in now.iter().zip(self.bucket.get(&gets)) {
                let arrived = got.and_then(|()| self.arrived(digest, *bytes, &into(digest)));
                came.push(match arrived {
                    Err(Trouble::Passing(said)) if said == WRONG || said == SHORT => {
                        let times = wrong.entry(digest).or_default();
                        *times += 1;
                        let again = *times < WRONG_TIMES;
                        if again { Err(Trouble::Passing(said)) } else { Err(Trouble::Lasting(said)) }
                    }
                    arrived => arrived,
                });
            }
            came
        });
        let place = self.bucket.place();
        let outcome = |(digest, came): (&(&Digest, u64), std::result::Result<(), Trouble>)| {
            let (digest, _) = *digest;
            let got = match came {
                Ok(()) => Ok(into(digest)),
                Err(trouble) if !matches!(trouble, Trouble::Absent | Trouble::Passing(_)) => {
                    // Half of it, or another one, serves nobody; what broke off on its way stays.
                    let _ = std::fs::remove_file(into(digest));
                    Err(PipelineError::Elsewhere {
                        place: place.clone(),
                        message: format!("the object {}: {trouble}", digest.short()),
                    })
                }
                Err(Trouble::Absent) => {
                    Err(PipelineError::Absent { place: place.clone(), digest: digest.clone() })
                }
                Err(trouble) => Err(PipelineError::Elsewhere {
                    place: place.clone(),
                    message: format!("the object {}: {trouble}", digest.short()),
                }),
            };
            (digest.clone(), got)
        };
        let got: Got = digests.iter().zip(came).map(outcome).collect();
        let failed = got.iter().filter(|(_, got)| got.is_err()).map(|(digest, _)| digest.clone());
        self.lost().extend(failed);
        got
    }

    fn put_blobs(&self, files: &BTreeMap<Digest, PathBuf>) -> BTreeMap<Digest, PipelineError> {
        let place = self.bucket.place();
        let failed = |message: String| PipelineError::Elsewhere { place: place.clone(), message };
        if let Err(error) = self.check_writable() {
            let message = error.to_string();
            return files.keys().map(|digest| (digest.clone(), failed(message.clone()))).collect();
        }
        let puts: Vec<Put> = files
            .iter()
            .map(|(digest, from)| Put { name: names::object(digest), from: from.clone() })
            .collect();
        let done = self.attempts.each(&puts, |puts| self.bucket.put(puts));
        let mut lost = self.lost();
        for digest in files.keys() {
            lost.remove(digest);
        }
        let refused = files.keys().zip(done).filter_map(|(digest, done)| Some((digest, done.err()?)));
        refused
            .map(|(digest, trouble)| {
                (digest.clone(), failed(format!("putting the object {} there: {trouble}", digest.short())))
            })
            .collect()
    }
}

impl Records for Remote {
    fn find_records(
        &self,
        fingerprints: &BTreeSet<Digest>,
    ) -> std::result::Result<BTreeMap<Digest, Record>, PipelineError> {
        if fingerprints.is_empty() {
            return Ok(BTreeMap::new());
        }
        let index = self.index().map_err(|error| error.into_pipeline(&self.bucket.place()))?;
        let lost = self.lost();
        let mut found: BTreeMap<Digest, Record> = BTreeMap::new();
        for fingerprint in fingerprints {
            let entries = index.believed().filter_map(|known| known.entries.get(fingerprint));
            let records = entries.filter_map(|entry| entry.record(fingerprint));
            let records =
                records.filter(|record| !outputs(record).iter().any(|output| lost.contains(output)));
            // Of several the one that was made first, so that all who ask take the same.
            let first = records.min_by_key(|record| (record.started, outputs(record)));
            found.extend(first.map(|record| (fingerprint.clone(), record)));
        }
        Ok(found)
    }

    fn put_records(&self, records: &BTreeMap<Digest, Record>) -> std::result::Result<(), PipelineError> {
        self.add_records(records).map_err(|error| error.into_pipeline(&self.bucket.place()))
    }
}

fn outputs(record: &Record) -> Vec<Digest> {
    record.outputs.values().map(|output| output.digest.clone()).collect()
}
