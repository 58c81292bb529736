//! The stream that an xls workbook is, within the compound file that holds it (MS-CFB).

use std::io::{Cursor, Read};

/// The workbook's stream, of Excel 97 and later; nothing where the file isn't such, or is damaged.
pub(crate) fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let mut stream = Vec::new();
    // What a damaged file promises beyond its own size isn't there.
    let own = u64::try_from(bytes.len()).ok()?;
    file.open_stream("/Workbook").ok()?.take(own).read_to_end(&mut stream).ok()?;
    Some(stream)
}

/// A number of two bytes at a place.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// A number of four bytes at a place.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}
