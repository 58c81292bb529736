//! The list of latest runs that was read last.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::digest::Digest;

/// The fingerprint of each branch.
pub(crate) type Latest = BTreeMap<String, Digest>;

/// The list, where there is one. While a file has the bytes that it was read from or written as, it needn't be read as JSON
/// again.
#[derive(Debug, Clone, Default)]
pub(super) struct LastLatest(Arc<Mutex<Option<Kept>>>);

#[derive(Debug)]
struct Kept {
    bytes: Vec<u8>,
    latest: Arc<Latest>,
}

impl LastLatest {
    pub(super) fn of(&self, bytes: &[u8]) -> Option<Arc<Latest>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|kept| kept.bytes == bytes).map(|kept| Arc::clone(&kept.latest))
    }

    pub(super) fn keep(&self, bytes: Vec<u8>, latest: Arc<Latest>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { bytes, latest });
    }
}
