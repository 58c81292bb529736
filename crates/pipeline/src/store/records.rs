//! Records by their fingerprint, wherever they are kept.

use std::collections::{BTreeMap, BTreeSet};

use super::blobs::Blobs;
use super::record::Record;
use crate::digest::Digest;
use crate::error::Result;

/// Records that are kept somewhere under their fingerprint.
pub trait Records: Send + Sync {
    /// The records of these fingerprints, as far as there are any that are believed: a record is that of its own
    /// fingerprint, and its outputs have digests.
    ///
    /// # Errors
    /// Where the place can't be asked.
    fn find_records(&self, fingerprints: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, Record>>;

    /// Keeps records, the objects of which are kept already. Where there is one under a fingerprint, that or the
    /// new one stays, whole. Others see all of these or none.
    ///
    /// # Errors
    /// Where they can't be kept.
    fn put_records(&self, records: &BTreeMap<Digest, Record>) -> Result<()>;
}

/// A store that several share.
pub trait SharedStore: Blobs + Records + std::fmt::Debug {}

impl<S: Blobs + Records + std::fmt::Debug> SharedStore for S {}

impl Record {
    /// Whether it may be believed to be the record of a fingerprint: it is of its own, and what it says of its
    /// outputs are digests.
    pub fn is_of(&self, fingerprint: &Digest) -> bool {
        let own = self.fingerprint.digest().is_ok_and(|digest| digest == *fingerprint);
        own && self.outputs.values().all(|output| output.digest.is_well_formed())
    }
}
