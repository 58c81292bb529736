//! A part of the index as bytes: batches one after the other, packed.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::trust::Signature;

/// What every part begins with.
const FIRST: &str = "vintner index 1\n";

/// A part that unpacks to more is no index of ours.
pub(crate) const MOST: u64 = 4 << 30;

/// What stands before a batch.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    bytes: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// Batches as bytes.
pub(crate) fn packed(batches: &[Batch]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(FIRST.as_bytes())?;
    for batch in batches {
        let head = Head { bytes: batch.text.len(), signature: batch.signature.clone() };
        serde_json::to_writer(&mut encoder, &head)?;
        encoder.write_all(b"\n")?;
        encoder.write_all(batch.text.as_bytes())?;
    }
    encoder.finish()
}

/// The batches of a part, or what is wrong with it.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Vec<Batch>, String> {
    let mut text = String::new();
    let mut decoder = GzDecoder::new(bytes).take(MOST);
    decoder.read_to_string(&mut text).map_err(|error| format!("can't be unpacked ({error})"))?;
    if text.len() as u64 == MOST {
        return Err(format!("has more than {} GB unpacked", MOST >> 30));
    }
    let Some(mut rest) = text.strip_prefix(FIRST) else {
        return Err("is of another version of the program, or isn't one".to_owned());
    };
    let mut batches = Vec::new();
    while !rest.is_empty() {
        let broken = || "breaks off".to_owned();
        let (head, after) = rest.split_once('\n').ok_or_else(broken)?;
        let head: Head = serde_json::from_str(head).map_err(|error| format!("can't be read ({error})"))?;
        let text = after.get(..head.bytes).ok_or_else(broken)?;
        batches.push(Batch { text: text.to_owned(), signature: head.signature });
        rest = after.get(head.bytes..).ok_or_else(broken)?;
    }
    Ok(batches)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn batches_come_back_to_the_byte_and_halves_are_refused() {
        let signature = Signature { text: "-----\nline\n-----".into(), openpgp: true };
        let batches = [
            Batch { text: "a 1 {\"towns\": \"数据\"}\nb 2 {}\n".into(), signature: Some(signature) },
            Batch { text: String::new(), signature: None },
        ];
        let bytes = packed(&batches).unwrap();
        assert_eq!(bytes, packed(&batches).unwrap());
        assert_eq!(unpacked(&bytes).unwrap(), batches);
        for length in 0..bytes.len() {
            assert!(unpacked(&bytes[..length]).is_err(), "{length}");
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"vintner index 1\n{\"bytes\":9}\nshort").unwrap();
        assert_eq!(unpacked(&encoder.finish().unwrap()).unwrap_err(), "breaks off");
    }
}
