//! Files that are packed as a whole: text and R's data by gzip, xz or bzip2.

use std::io::Read;

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use vintner_guard::in_words;

use crate::table::Unreadable;

/// So many bytes are read, packed or not.
const UNPACKED: u64 = 2 << 30;

/// So many kB an xz file may ask for to be unpacked with: twice what `xz -9` takes.
const XZ_MEMORY: u32 = 128 << 10;

/// What a file is packed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packer {
    Gzip,
    Xz,
    Bzip2,
}

impl Packer {
    /// So many of a file's first bytes tell.
    pub(crate) const TOLD_BY: u64 = 10;

    /// What bytes are packed by, if they are; no text begins like that in any encoding.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0x1F, 0x8B, 8]) {
            return Some(Packer::Gzip);
        }
        if bytes.starts_with(b"\xFD7zXZ\0") {
            return Some(Packer::Xz);
        }
        // After the size of its blocks a block begins, or the end where there is none.
        let (size, begun) = bytes.strip_prefix(b"BZh")?.split_first()?;
        let blocks = [&b"1AY&SY"[..], b"\x17\x72\x45\x38\x50\x90"];
        (size.is_ascii_digit() && blocks.iter().any(|block| begun.starts_with(block)))
            .then_some(Packer::Bzip2)
    }

    /// What it is called, which is how a file's name ends, too.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Packer::Gzip => "gzip",
            Packer::Xz => "xz",
            Packer::Bzip2 => "bzip2",
        }
    }

    /// How the names of such files end.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Packer::Gzip => ".gz",
            Packer::Xz => ".xz",
            Packer::Bzip2 => ".bz2",
        }
    }
}

/// The bytes that were packed, all of them held against their checksums; nothing where they aren't packed.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    Packer::of(bytes).map(|packer| unpacked_within(bytes, packer, UNPACKED)).transpose()
}

fn unpacked_within(bytes: &[u8], packer: Packer, most: u64) -> Result<Vec<u8>, Unreadable> {
    let unreadable = |message: String, hint: &str| Unreadable { sheet: None, message, hint: hint.into() };
    let mut reader: Box<dyn Read + '_> = match packer {
        Packer::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        Packer::Xz => Box::new(XzReader::new_mem_limit(bytes, true, XZ_MEMORY)),
        Packer::Bzip2 => Box::new(MultiBzDecoder::new(bytes)),
    };
    let mut text = Vec::new();
    let read = reader.by_ref().take(most.saturating_add(1)).read_to_end(&mut text);
    if text.len() as u64 > most {
        let message = format!("it unpacks to more than {}", in_words(most));
        return Err(unreadable(message, "write it as Parquet, or leave out what isn't used"));
    }
    match read {
        Ok(_) => Ok(text),
        Err(error) => {
            let packer = packer.name();
            let message = format!("packed by {packer}, and it can't be unpacked to its end ({error})");
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

    /// `printf 'city,v\na,1\n' | xz` (5.4.1) and `| bzip2` (1.0.8).
    const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\x01\x00\x0a\x63\x69\x74\x79\x2c\x76\x0a\x61\x2c\x31\x0a\x00\x00\x8c\x71\xe9\x78\x5e\xb1\x2e\x89\x00\x01\x23\x0b\xc2\x1b\xfd\x09\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";
    const BZIP2: &[u8] = b"\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xdc\x4a\xdb\xfb\x00\x00\x03\x59\x80\x00\x10\x00\x04\x20\x00\x28\x20\x05\x20\x20\x00\x22\x06\x26\x42\x0c\x98\x86\x0c\x4a\xb9\x89\xe2\xee\x48\xa7\x0a\x12\x1b\x89\x5b\x7f\x60";

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_packed_comes_back_or_is_refused() {
        let gzip = [packed(b"city,v\n"), packed(b"a,1\n")].concat();
        for (packer, bytes) in [(Packer::Gzip, gzip.as_slice()), (Packer::Xz, XZ), (Packer::Bzip2, BZIP2)] {
            assert_eq!(Packer::of(bytes), Some(packer));
            assert_eq!(unpacked(bytes).unwrap().unwrap(), b"city,v\na,1\n");
            let within = unpacked_within(bytes, packer, 5).unwrap_err();
            assert_eq!(within.message, "it unpacks to more than 5 bytes");
            for end in 0..bytes.len() - 1 {
                let cut = unpacked(&bytes[..end]);
                let whole = packer == Packer::Gzip && end == packed(b"city,v\n").len();
                assert!(!matches!(cut, Ok(Some(_))) || whole, "{packer:?} {end}");
            }
            // Two in one file are one text.
            assert_eq!(unpacked(&[bytes, bytes].concat()).unwrap().unwrap().len(), 22);
        }
        let mut damaged = packed(b"city,v\na,1\n");
        let checksum = damaged.len() - 8;
        damaged[checksum] ^= 1;
        assert!(unpacked(&damaged).is_err());
        for (bytes, places) in [(XZ, 12..XZ.len()), (BZIP2, 10..BZIP2.len() - 1)] {
            for at in places {
                let mut damaged = bytes.to_vec();
                damaged[at] ^= 1;
                let read = unpacked(&damaged);
                assert!(!matches!(&read, Ok(Some(text)) if text != b"city,v\na,1\n"), "{at}");
            }
        }
        assert_eq!(unpacked(b"BZh9 is a column,v\n").unwrap(), None);
    }

    #[test]
    fn what_asks_for_too_much_memory_is_refused() {
        // The size of the dictionary stands in the block's header, whose checksum is the four bytes after it.
        let mut large = XZ.to_vec();
        let at = large.windows(2).position(|two| two == [0x21, 0x01]).unwrap() + 2;
        large[at] = 40;
        assert!(unpacked(&large).is_err());
    }
}
