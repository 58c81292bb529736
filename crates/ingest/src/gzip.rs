//! Text that is packed by gzip.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use vintner_guard::in_words;

use crate::table::Unreadable;

/// So many bytes of text are read, packed or not.
const UNPACKED: u64 = 2 << 30;

/// Whether bytes are packed; no text begins like that in any encoding.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B, 8])
}

/// The bytes that were packed, all of them held against their checksums.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    unpacked_within(bytes, UNPACKED)
}

fn unpacked_within(bytes: &[u8], most: u64) -> Result<Vec<u8>, Unreadable> {
    let unreadable = |message: String, hint: &str| Unreadable { sheet: None, message, hint: hint.into() };
    let mut text = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most.saturating_add(1)).read_to_end(&mut text);
    if text.len() as u64 > most {
        let message = format!("it unpacks to more than {}", in_words(most));
        return Err(unreadable(message, "write it as Parquet, or leave out what isn't used"));
    }
    match read {
        Ok(_) => Ok(text),
        Err(error) => {
            let message = format!("packed by gzip, and it can't be unpacked to its end ({error})");
            Err(unreadable(message, "get the file again: it is cut off or damaged"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_packed_comes_back_or_is_refused() {
        let bytes = [packed(b"city,v\n"), packed(b"a,1\n")].concat();
        assert!(is_packed(&bytes));
        assert_eq!(unpacked(&bytes).unwrap(), b"city,v\na,1\n");
        let bomb = packed(&vec![b'0'; 1_000_000]);
        assert_eq!(unpacked_within(&bomb, 500_000).unwrap_err().message, "it unpacks to more than 500 kB");
        for end in 3..bytes.len() - 1 {
            assert!(unpacked(&bytes[..end]).is_err() || end == packed(b"city,v\n").len(), "{end}");
        }
        let mut damaged = packed(b"city,v\na,1\n");
        let checksum = damaged.len() - 8;
        damaged[checksum] ^= 1;
        assert!(unpacked(&damaged).is_err());
    }
}
