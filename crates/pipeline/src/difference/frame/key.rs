//! The key of two frames' rows.

use std::collections::HashSet;

use super::frame_table::FrameTable;
use crate::difference::table::row_digests;

/// How many columns may make a key.
const COLUMNS: usize = 6;

/// A key, and each row's value of it.
pub(super) struct Key {
    /// Its columns, by their places in either frame.
    pub columns: Vec<(usize, usize)>,
    /// The rows' digests, earlier and later.
    pub digests: (Vec<u128>, Vec<u128>),
}

/// The smallest leading set of the common columns of texts or whole numbers that tells all rows
/// apart in both frames. It must leave columns to be compared, and half of the rows must be found
/// again by it: otherwise it is a column that just happens to have no value twice.
pub(super) fn find(old: &FrameTable, new: &FrameTable, common: &[(usize, usize)]) -> Option<Key> {
    let keyable = |&&(one, other): &&(usize, usize)| {
        old.may_be_key(one) && old.column_type(one) == new.column_type(other)
    };
    let candidates: Vec<(usize, usize)> = common.iter().filter(keyable).take(COLUMNS).copied().collect();
    let largest = candidates.len().min(common.len().saturating_sub(1));
    (1..=largest).find_map(|count| {
        let columns = candidates.get(..count)?.to_vec();
        let digests = row_digests(old, new, &columns);
        let (olds, news) = (unique(&digests.0)?, unique(&digests.1)?);
        let found = olds.intersection(&news).count();
        (found * 2 >= olds.len().min(news.len())).then_some(Key { columns, digests })
    })
}

/// The digests as a set, if none stands twice.
fn unique(digests: &[u128]) -> Option<HashSet<u128>> {
    let set: HashSet<u128> = digests.iter().copied().collect();
    (set.len() == digests.len()).then_some(set)
}
