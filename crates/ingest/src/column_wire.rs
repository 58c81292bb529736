//! Columns as bytes, between the process that reads a file and the one that asked for it.

use std::collections::BTreeMap;

use crate::columns::{Columns, Declared, Typed};
use crate::dictionary::Dictionary;
use crate::shown::Shown;

/// Columns as bytes.
pub(crate) fn encode(columns: &Columns) -> Vec<u8> {
    let mut out = Vec::with_capacity(size(columns));
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
            Typed::Dates(codes, texts) => {
                out.push(4);
                put_texts(&mut out, texts.texts());
                put_count(&mut out, codes.len());
                codes.iter().for_each(|code| out.extend_from_slice(&code.to_le_bytes()));
            }
            Typed::Unread(shown) => {
                out.push(5);
                put_texts(&mut out, &unread(shown));
            }
        }
    }
    put_count(&mut out, columns.labels.len());
    for (number, label) in &columns.labels {
        out.extend_from_slice(&number.to_le_bytes());
        put_texts(&mut out, std::slice::from_ref(label));
    }
    put_count(&mut out, columns.labelled.len());
    columns.labelled.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    put_count(&mut out, columns.coded.len());
    for (number, codes) in &columns.coded {
        out.extend_from_slice(&number.to_le_bytes());
        put_count(&mut out, codes.len());
        codes.keys().for_each(|at| out.extend_from_slice(&(*at as u64).to_le_bytes()));
        let texts: Vec<String> = codes.values().cloned().collect();
        put_texts(&mut out, &texts);
    }
    put_texts(&mut out, &columns.warnings);
    let Declared { entity, time, step } = &columns.declared;
    [entity, time, step].into_iter().for_each(|one| put_texts(&mut out, one.as_slice()));
    out
}

/// About how many bytes columns take.
fn size(columns: &Columns) -> usize {
    let each = columns.columns.values().map(|typed| match typed {
        Typed::Numbers(..) | Typed::Wholes(..) => 9_usize,
        Typed::Booleans(..) => 2,
        Typed::Texts(..) | Typed::Dates(..) => 4,
        Typed::Unread(_) => 0,
    });
    columns.height.saturating_mul(each.sum()).saturating_add(1 << 12)
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
                let texts = rest.dictionary()?;
                Typed::Texts(rest.many(u32::from_le_bytes)?, texts)
            }
            [4] => {
                let texts = rest.dictionary()?;
                Typed::Dates(rest.many(u32::from_le_bytes)?, texts)
            }
            [5] => {
                let [text, message, hint] = rest.texts()?.try_into().ok()?;
                Typed::Unread(Shown::Unsure { text, message, hint })
            }
            _ => return None,
        };
        columns.columns.insert(number, typed);
    }
    for _ in 0..rest.count()? {
        let number = u32::from_le_bytes(rest.array()?);
        columns.labels.insert(number, rest.texts()?.pop()?);
    }
    columns.labelled = rest.many(u32::from_le_bytes)?.into_iter().collect();
    for _ in 0..rest.count()? {
        let number = u32::from_le_bytes(rest.array()?);
        let at = rest.many(u64::from_le_bytes)?;
        let codes: Option<BTreeMap<usize, String>> = at
            .into_iter()
            .zip(rest.texts()?)
            .map(|(at, text)| Some((usize::try_from(at).ok()?, text)))
            .collect();
        columns.coded.insert(number, codes?);
    }
    columns.warnings = rest.texts()?;
    let (entity, time, step) = (rest.texts()?.pop(), rest.texts()?.pop(), rest.texts()?.pop());
    columns.declared = Declared { entity, time, step };
    Some(columns)
}

fn unread(shown: &Shown) -> [String; 3] {
    match shown {
        Shown::Unsure { text, message, hint } => [text.clone(), message.clone(), hint.clone()],
        other => [other.raw(), String::new(), String::new()],
    }
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

    fn dictionary(&mut self) -> Option<Dictionary> {
        self.texts().map(Dictionary::of)
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
