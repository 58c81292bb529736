//! The cases of an SPSS file, in parts of eight bytes, as they are or by codes of a byte.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::byte_reader::ByteReader;
use crate::sav_dictionary::{Compression, Dictionary};

/// Eight bytes of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// As they stand.
    Bytes([u8; 8]),
    /// The number that a code stands for.
    Number(f64),
    /// A missing number.
    Missing,
}

/// So many bytes of codes are unpacked.
const UNPACKED: u64 = 2 << 30;

/// The codes of a file whose cases are packed.
pub(crate) fn unpacked(bytes: &[u8], dictionary: &Dictionary<'_>) -> Result<Vec<u8>, String> {
    let all = |place: i64| {
        usize::try_from(place)
            .ok()
            .and_then(|place| bytes.get(place..))
            .ok_or_else(|| format!("it points to byte {place}, and has {}", bytes.len()))
    };
    let mut header = ByteReader::new(all(dictionary.end as i64)?, dictionary.is_big);
    header.skip(8)?;
    let trailer = header.long()?;
    let mut trailer = ByteReader::new(all(trailer)?, dictionary.is_big);
    trailer.skip(20)?;
    let mut codes = Vec::new();
    for block in 1..=trailer.count()? {
        trailer.skip(8)?;
        let from = trailer.long()?;
        let (long, packed) = (trailer.count()?, trailer.count()?);
        let packed = all(from)?.get(..packed).ok_or_else(|| format!("block {block} is cut off"))?;
        let before = codes.len();
        let most = UNPACKED.saturating_sub(before as u64).min(long as u64);
        let read = ZlibDecoder::new(packed).take(most.saturating_add(1)).read_to_end(&mut codes);
        if let Err(error) = read {
            return Err(format!("block {block} can't be unpacked ({error})"));
        }
        if codes.len() - before != long {
            return Err(format!("block {block} isn't of the {long} bytes that it is said to be"));
        }
    }
    Ok(codes)
}

/// Gives each part of each case, with its place; says how many cases there are.
pub(crate) fn each(
    bytes: &[u8],
    dictionary: &Dictionary<'_>,
    mut visit: impl FnMut(usize, Part) -> Result<(), String>,
) -> Result<usize, String> {
    if dictionary.parts == 0 {
        return Err("it has no variables".into());
    }
    let mut source = Source { reader: ByteReader::new(bytes, dictionary.is_big), codes: [0; 8], next: 8 };
    let mut cases = 0;
    loop {
        for place in 0..dictionary.parts {
            let part = match dictionary.compression {
                Compression::None => source.plain()?,
                _ => source.coded(dictionary.bias)?,
            };
            match part {
                Some(_) if place == 0 && dictionary.cases == Some(cases) => {
                    return Err(format!("it says that it has {cases} cases, and has more"));
                }
                Some(part) => visit(place, part)?,
                None if place == 0 => {
                    return match dictionary.cases {
                        Some(said) if said != cases => {
                            Err(format!("it says that it has {said} cases, and ends after {cases}"))
                        }
                        _ => Ok(cases),
                    };
                }
                None => return Err(format!("it ends in the middle of case {}", cases + 1)),
            }
        }
        cases += 1;
    }
}

struct Source<'b> {
    reader: ByteReader<'b>,
    codes: [u8; 8],
    next: usize,
}

impl Source<'_> {
    /// The next part; none at the end.
    fn plain(&mut self) -> Result<Option<Part>, String> {
        if self.reader.rest().is_empty() {
            return Ok(None);
        }
        let mut part = [0; 8];
        part.copy_from_slice(self.reader.take(8)?);
        Ok(Some(Part::Bytes(part)))
    }

    fn coded(&mut self, bias: f64) -> Result<Option<Part>, String> {
        loop {
            if self.next == self.codes.len() {
                let Some(Part::Bytes(codes)) = self.plain()? else { return Ok(None) };
                (self.codes, self.next) = (codes, 0);
            }
            let code = self.codes.get(self.next).copied().unwrap_or_default();
            self.next += 1;
            return match code {
                // It fills up.
                0 => continue,
                252 => {
                    self.next -= 1;
                    Ok(None)
                }
                253 => match self.plain()? {
                    None => Err("it ends where a value should follow".into()),
                    part => Ok(part),
                },
                254 => Ok(Some(Part::Bytes([b' '; 8]))),
                255 => Ok(Some(Part::Missing)),
                code => Ok(Some(Part::Number(f64::from(code) - bias))),
            };
        }
    }
}
