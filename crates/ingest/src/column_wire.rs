//! Columns as bytes, between the process that reads a file and the one that asked for it.

use crate::columns::{Columns, Typed};
use crate::values::Dictionary;

/// Columns as bytes.
pub(crate) fn encode(columns: &Columns) -> Vec<u8> {
    let mut out = Vec::new();
    put_texts(&mut out, &columns.names);
    put_count(&mut out, columns.height);
    put_count(&mut out, columns.columns.len());
    for (number, typed) in &columns.columns {
        out.extend_from_slice(&number.to_le_bytes());
        match typed {
            Typed::Numbers(numbers, missing) => {
                out.push(0);
                put_count(&mut out, numbers.len());
                numbers.iter().for_each(|number| out.extend_from_slice(&number.to_bits().to_le_bytes()));
                put_flags(&mut out, missing);
            }
            Typed::Wholes(wholes, missing) => {
                out.push(1);
                put_count(&mut out, wholes.len());
                wholes.iter().for_each(|whole| out.extend_from_slice(&whole.to_le_bytes()));
                put_flags(&mut out, missing);
            }
            Typed::Booleans(flags, missing) => {
                out.push(2);
                put_flags(&mut out, flags);
                put_flags(&mut out, missing);
            }
            Typed::Texts(codes, texts) => {
                out.push(3);
                put_texts(&mut out, texts.texts());
                put_count(&mut out, codes.len());
                codes.iter().for_each(|code| out.extend_from_slice(&code.to_le_bytes()));
            }
        }
    }
    out
}

/// Columns from their bytes; nothing where they aren't such.
pub(crate) fn decode(bytes: &[u8]) -> Option<Columns> {
    let mut rest = Rest(bytes);
    let names = rest.texts()?;
    let height = rest.count()?;
    let mut columns = Columns { names, height, ..Columns::default() };
    for _ in 0..rest.count()? {
        let number = u32::from_le_bytes(rest.array()?);
        let typed = match rest.array::<1>()? {
            [0] => {
                let bits = rest.many(u64::from_le_bytes)?;
                Typed::Numbers(bits.into_iter().map(f64::from_bits).collect(), rest.flags()?)
            }
            [1] => Typed::Wholes(rest.many(i64::from_le_bytes)?, rest.flags()?),
            [2] => Typed::Booleans(rest.flags()?, rest.flags()?),
            [3] => {
                let mut texts = Dictionary::default();
                rest.texts()?.iter().for_each(|text| {
                    texts.code(text);
                });
                Typed::Texts(rest.many(u32::from_le_bytes)?, texts)
            }
            _ => return None,
        };
        columns.columns.insert(number, typed);
    }
    Some(columns)
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u64).to_le_bytes());
}

fn put_texts(out: &mut Vec<u8>, texts: &[String]) {
    put_count(out, texts.len());
    for text in texts {
        put_count(out, text.len());
        out.extend_from_slice(text.as_bytes());
    }
}

fn put_flags(out: &mut Vec<u8>, flags: &[bool]) {
    put_count(out, flags.len());
    out.extend(flags.iter().map(|flag| u8::from(*flag)));
}

/// Bytes that are still to be read.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).ok()
    }

    fn many<T, const N: usize>(&mut self, read: fn([u8; N]) -> T) -> Option<Vec<T>> {
        let count = self.count()?;
        let (values, _) = self.take(count.checked_mul(N)?)?.as_chunks::<N>();
        Some(values.iter().map(|value| read(*value)).collect())
    }

    fn flags(&mut self) -> Option<Vec<bool>> {
        let count = self.count()?;
        Some(self.take(count)?.iter().map(|flag| *flag != 0).collect())
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.count()?;
        // Each is eight bytes at least.
        let mut texts = Vec::with_capacity(count.min(self.0.len() / 8));
        for _ in 0..count {
            let length = self.count()?;
            texts.push(std::str::from_utf8(self.take(length)?).ok()?.to_owned());
        }
        Some(texts)
    }
}
