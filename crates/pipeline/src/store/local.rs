//! The store of a workspace, as what others could share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::blobs::{Blobs, Got, check_arrived};
use super::folder::EntryKind;
use super::record::Record;
use super::records::Records;
use super::store::Store;
use super::write_through::WriteThrough;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

impl Blobs for Store {
    fn place(&self) -> String {
        self.home.display().to_string()
    }

    fn blob_sizes(&self, wanted: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, u64>> {
        let mut sizes = BTreeMap::new();
        for digest in wanted {
            let entry = self.entry(&self.object_path(digest))?;
            if let Some(entry) = entry.filter(|entry| entry.kind == EntryKind::File) {
                sizes.insert(digest.clone(), entry.bytes);
            }
        }
        Ok(sizes)
    }

    fn get_blobs(&self, wanted: &BTreeMap<Digest, u64>, folder: &Path) -> Got {
        let get = |digest: &Digest| {
            let (object, into) = (self.object_path(digest), folder.join(digest.as_str()));
            match std::fs::copy(&object, &into) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    // The beginning of an object that there is nowhere serves nobody.
                    let _ = std::fs::remove_file(&into);
                    return Err(PipelineError::Absent { place: self.place(), digest: digest.clone() });
                }
                copied => copied.map_err(PipelineError::io(&object, "copying"))?,
            };
            check_arrived(&into, digest, &self.place())?;
            Ok(into)
        };
        wanted.keys().map(|digest| (digest.clone(), get(digest))).collect()
    }

    fn put_blobs(&self, files: &BTreeMap<Digest, PathBuf>) -> BTreeMap<Digest, PipelineError> {
        let disk = WriteThrough::default();
        let put = |digest: &Digest, file: &Path| {
            let (found, _) = self.put_file(file, &disk)?;
            let wrong = || PipelineError::WrongBytes {
                place: file.display().to_string(),
                digest: digest.clone(),
                found: found.clone(),
            };
            if found == *digest { Ok(()) } else { Err(wrong()) }
        };
        let put = files.iter().filter_map(|(digest, file)| Some((digest.clone(), put(digest, file).err()?)));
        let mut refused: BTreeMap<Digest, PipelineError> = put.collect();
        if let (Err(error), Some(first)) = (disk.settle(), files.keys().next()) {
            refused.entry(first.clone()).or_insert(error);
        }
        refused
    }
}

impl Records for Store {
    fn find_records(&self, fingerprints: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, Record>> {
        let mut found = BTreeMap::new();
        for fingerprint in fingerprints {
            if let Some(record) = self.read_record(fingerprint)? {
                found.insert(fingerprint.clone(), record);
            }
        }
        Ok(found)
    }

    fn put_records(&self, records: &BTreeMap<Digest, Record>) -> Result<()> {
        let disk = WriteThrough::default();
        for (fingerprint, record) in records {
            if self.read_record(fingerprint)?.is_none() {
                self.put_record(fingerprint, record, &disk)?;
            }
        }
        disk.settle()
    }
}
