//! The index of a shared store: which records there are, in a few parts.
//!
//! A part is named by its digest and never changes. Who gives records writes a new part; small parts are put together into
//! it, so that their sizes grow by the same factor and there are few. Parts that went into another are taken away
//! after it is there, so that nobody finds fewer records than before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use vintner_pipeline::{Digest, file_digest, write_within};

use crate::attempts::Attempts;
use crate::batch::{self, Batch, Entries};
use crate::bucket::{Bucket, Get, Put, Trouble};
use crate::error::{RemoteError, Result};
use crate::names;
use crate::segment;
use crate::trust::Trust;

/// A part is put together with a new one that is more than this part of its size.
const GROWTH: u64 = 8;

/// So often the index is read again where parts went meanwhile into another.
const ROUNDS: usize = 5;

/// A part as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
    pub(crate) batches: Vec<Known>,
}

/// A batch, and what is made of it.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) batch: Batch,
    pub(crate) entries: Entries,
    pub(crate) believed: bool,
    /// Whether it may be put together with others: it isn't signed, or by the user's own key.
    pub(crate) own: bool,
}

/// The index as it was read.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) parts: Vec<Part>,
    /// What isn't believed, one line each.
    pub(crate) refused: Vec<String>,
}

impl Index {
    /// The batches that are believed.
    pub(crate) fn believed(&self) -> impl Iterator<Item = &Known> {
        self.parts.iter().flat_map(|part| &part.batches).filter(|known| known.believed)
    }
}

/// How an index is read and written.
#[derive(Debug)]
pub(crate) struct IndexIn<'a> {
    pub(crate) bucket: &'a dyn Bucket,
    pub(crate) trust: &'a dyn Trust,
    /// A folder for parts that were read once.
    pub(crate) kept_in: PathBuf,
    pub(crate) attempts: Attempts,
}

impl IndexIn<'_> {
    fn trouble(&self, trouble: &Trouble) -> RemoteError {
        RemoteError::Place { place: self.bucket.place(), message: trouble.to_string() }
    }

    /// Reads the index: one question for the names of its parts, and one transfer for each that isn't known yet.
    pub(crate) fn read(&self) -> Result<Index> {
        fs::create_dir_all(&self.kept_in).map_err(RemoteError::io(&self.kept_in, "making a folder"))?;
        for round in 1..=ROUNDS {
            let (names, listed) = self.parts()?;
            let (index, gone) = self.read_parts(&names)?;
            // A part that went meanwhile is in another one by now.
            if !gone || round == ROUNDS {
                if listed {
                    self.forget_others(&names);
                }
                return Ok(index);
            }
        }
        Ok(Index::default())
    }

    /// The names of the parts, and whether these are all that there are.
    fn parts(&self) -> Result<(BTreeMap<Digest, u64>, bool)> {
        if self.bucket.is_listed() {
            let listed = self.attempts.one(|| self.bucket.list(&[names::parts()]));
            let listed = listed.map_err(|trouble| self.trouble(&trouble))?;
            let parts = listed.into_iter().filter_map(|one| Some((names::digest_of(&one.name)?, one.bytes)));
            return Ok((parts.collect(), true));
        }
        let file = self.kept_in.join("index.json");
        let get =
            Get { name: names::list_of_parts(), into: file.clone(), most: LARGEST_LIST, goes_on: false };
        match self.attempts.each(&[get], |gets| self.bucket.get(gets)).pop() {
            Some(Ok(())) => {}
            // Nothing was ever put there, or it is no shared store.
            Some(Err(Trouble::Absent)) => return Ok((BTreeMap::new(), false)),
            Some(Err(trouble)) => return Err(self.trouble(&trouble)),
            None => {}
        }
        let text = fs::read(&file).map_err(RemoteError::io(&file, "reading"))?;
        let parts: Option<BTreeMap<String, u64>> = serde_json::from_slice(&text).ok();
        let parts = parts.and_then(|parts| {
            parts.into_iter().map(|(digest, bytes)| Some((Digest::parse(&digest)?, bytes))).collect()
        });
        let parts = parts.ok_or_else(|| RemoteError::Place {
            place: self.bucket.place(),
            message: format!(
                "{} isn't the list of an index: see that the address is that of a shared store",
                names::list_of_parts()
            ),
        })?;
        Ok((parts, false))
    }

    /// Reads parts, and says whether any of them wasn't there.
    fn read_parts(&self, wanted: &BTreeMap<Digest, u64>) -> Result<(Index, bool)> {
        let path = |digest: &Digest| self.kept_in.join(digest.as_str());
        let is_known = |digest: &Digest| file_digest(&path(digest)).is_ok_and(|found| found == *digest);
        let missing: Vec<(&Digest, &u64)> = wanted.iter().filter(|(digest, _)| !is_known(digest)).collect();
        let get = |(digest, bytes): &(&Digest, &u64)| Get {
            name: names::part(digest),
            into: path(digest),
            most: **bytes,
            goes_on: false,
        };
        let gets: Vec<Get> = missing.iter().map(get).collect();
        for get in &gets {
            // A link that somebody put there would be followed.
            let _ = fs::remove_file(&get.into);
        }
        let got = match gets.is_empty() {
            true => Vec::new(),
            false => self.attempts.each(&gets, |gets| self.get_whole(gets)),
        };
        let mut index = Index::default();
        let mut gone = false;
        let mut absent = BTreeSet::new();
        for ((digest, _), got) in missing.into_iter().zip(got) {
            let message = match got {
                Ok(()) => continue,
                Err(Trouble::Absent) => {
                    gone = true;
                    absent.insert(digest);
                    continue;
                }
                Err(trouble @ Trouble::Passing(_)) if !matches!(&trouble, Trouble::Passing(said) if said == WRONG) =>
                {
                    return Err(self.trouble(&trouble));
                }
                Err(trouble) => trouble.to_string(),
            };
            absent.insert(digest);
            index.refused.push(self.refused(digest, &message));
        }
        for (digest, bytes) in wanted.iter().filter(|(digest, _)| !absent.contains(digest)) {
            let packed = fs::read(path(digest)).map_err(RemoteError::io(&path(digest), "reading"))?;
            match segment::unpacked(&packed) {
                Ok(batches) => {
                    let batches =
                        batches.into_iter().map(|batch| self.known(digest, batch, &mut index.refused));
                    let batches = batches.collect::<Result<Vec<_>>>()?;
                    index.parts.push(Part { digest: digest.clone(), bytes: *bytes, batches });
                }
                Err(message) => index.refused.push(self.refused(digest, &message)),
            }
        }
        Ok((index, gone))
    }

    /// Gets parts that have to be what their names say.
    fn get_whole(&self, gets: &[Get]) -> Vec<std::result::Result<(), Trouble>> {
        let whole = |(get, got): (&Get, std::result::Result<(), Trouble>)| {
            got?;
            let named = names::digest_of(&get.name);
            match file_digest(&get.into) {
                Ok(found) if Some(&found) == named.as_ref() => Ok(()),
                _ => {
                    let _ = fs::remove_file(&get.into);
                    Err(Trouble::Passing(WRONG.to_owned()))
                }
            }
        };
        gets.iter().zip(self.bucket.get(gets)).map(whole).collect()
    }

    fn refused(&self, digest: &Digest, message: &str) -> String {
        let (place, part) = (self.bucket.place(), digest.short().to_owned());
        RemoteError::Part { place, part, message: message.to_owned() }.to_string()
    }

    fn known(&self, part: &Digest, batch: Batch, refused: &mut Vec<String>) -> Result<Known> {
        let signature = batch.signature.as_ref();
        let believed = self.trust.is_believed(&batch.text, signature)?;
        let own = match signature {
            None => true,
            Some(signature) => self.trust.is_own(&batch.text, signature)?,
        };
        let read = batch::read(&batch.text);
        if read.is_none() {
            refused.push(self.refused(part, "has a batch that can't be read"));
        } else if !believed {
            let whose = if signature.is_some() { "isn't by a key of `trust`" } else { "isn't signed" };
            let runs = batch.text.lines().count();
            refused.push(format!(
                "{}: a batch of {runs} records {whose}, so none of them is believed",
                self.bucket.place()
            ));
        }
        let (believed, own) = (believed && read.is_some(), own && read.is_some());
        Ok(Known { entries: read.unwrap_or_default(), batch, believed, own })
    }

    /// Takes away parts that were read once and are no longer there.
    fn forget_others(&self, names: &BTreeMap<Digest, u64>) {
        for entry in fs::read_dir(&self.kept_in).into_iter().flatten().flatten() {
            let digest = entry.file_name().to_str().and_then(Digest::parse);
            if digest.is_some_and(|digest| !names.contains_key(&digest)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Writes new entries, together with the parts that are small beside them.
    pub(crate) fn add(&self, index: &Index, new: Entries) -> Result<()> {
        // About what it will take: names of fields and digests pack to a third.
        let mut bytes = batch::written(&new).len() as u64 / 3;
        let mut parts: Vec<&Part> = index.parts.iter().collect();
        parts.sort_by_key(|part| part.bytes);
        let mut merged = Vec::new();
        for part in parts {
            if part.bytes > bytes.saturating_mul(GROWTH) {
                break;
            }
            bytes += part.bytes;
            merged.push(part);
        }
        self.replace(&merged, new, |_, _| true)
    }

    /// Writes one part in the place of several, with new entries, and of entries that may be put together those that are
    /// to be kept. Batches that others signed go on as they are.
    pub(crate) fn replace(
        &self,
        merged: &[&Part],
        new: Entries,
        is_kept: impl Fn(&Digest, &batch::Entry) -> bool,
    ) -> Result<()> {
        let mut own = new;
        let mut unsigned = Entries::new();
        let mut others = Vec::new();
        let signs = self.trust.signs();
        for known in merged.iter().flat_map(|part| &part.batches) {
            if !known.own {
                others.push(known.batch.clone());
                continue;
            }
            // What somebody gave without a key isn't signed with this one.
            let into = if signs && known.batch.signature.is_none() { &mut unsigned } else { &mut own };
            for (fingerprint, entry) in known.entries.iter().filter(|(print, entry)| is_kept(print, entry)) {
                into.entry(fingerprint.clone()).or_insert_with(|| entry.clone());
            }
        }
        let mut batches = Vec::new();
        if !own.is_empty() {
            let text = batch::written(&own);
            let signature = self.trust.sign(&text)?;
            batches.push(Batch { text, signature });
        }
        if !unsigned.is_empty() {
            batches.push(Batch { text: batch::written(&unsigned), signature: None });
        }
        batches.extend(others);
        let written = if batches.is_empty() { None } else { Some(self.write(&batches)?) };
        let going: BTreeSet<&Digest> =
            merged.iter().map(|part| &part.digest).filter(|part| Some(*part) != written.as_ref()).collect();
        self.write_list(&going)?;
        let gone: Vec<String> = going.into_iter().map(names::part).collect();
        if gone.is_empty() {
            return Ok(());
        }
        // What stays behind is found twice, which changes nothing.
        for trouble in self
            .attempts
            .each(&gone, |gone| self.bucket.remove(gone))
            .into_iter()
            .filter_map(std::result::Result::err)
        {
            tracing::debug!(%trouble, "a part of the index that went into another stays behind");
        }
        Ok(())
    }

    fn write(&self, batches: &[Batch]) -> Result<Digest> {
        let packed = segment::packed(batches).map_err(RemoteError::io(&self.kept_in, "packing the index"))?;
        let digest = Digest::of(&packed);
        let file = self.kept_in.join(digest.as_str());
        write_within(&self.kept_in, &file, &packed)?;
        self.put(names::part(&digest), &file)?;
        Ok(digest)
    }

    fn put(&self, name: String, from: &Path) -> Result<()> {
        let put = Put { name, from: from.to_owned() };
        match self.attempts.each(&[put], |puts| self.bucket.put(puts)).pop() {
            Some(Err(trouble)) => Err(self.trouble(&trouble)),
            _ => Ok(()),
        }
    }

    /// Writes the list of parts for readers who can't list, without those that are about to go. Whoever writes it looks
    /// again after that: of two who write at once the last one sees the other's part.
    fn write_list(&self, going: &BTreeSet<&Digest>) -> Result<()> {
        let file = self.kept_in.join("list.json");
        let mut written = None;
        for _ in 0..ROUNDS {
            let (mut parts, _) = self.parts()?;
            parts.retain(|digest, _| !going.contains(digest));
            if written.as_ref() == Some(&parts) {
                return Ok(());
            }
            let named: BTreeMap<&str, u64> =
                parts.iter().map(|(digest, bytes)| (digest.as_str(), *bytes)).collect();
            let text = serde_json::to_vec_pretty(&named).unwrap_or_default();
            write_within(&self.kept_in, &file, &text)?;
            self.put(names::list_of_parts(), &file)?;
            written = Some(parts);
        }
        Ok(())
    }
}

/// A list of parts that is longer is none.
const LARGEST_LIST: u64 = 16 << 20;

const WRONG: &str = "isn't what its name says";
