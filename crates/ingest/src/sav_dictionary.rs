//! What an SPSS file says of its variables: names, labels, formats, missing values, the encoding.
//!
//! The layout is that of the PSPP developers' guide, "System File Format".

use std::collections::HashMap;

use crate::byte_reader::ByteReader;

/// The records before the cases.
pub(crate) struct Dictionary<'b> {
    pub is_big: bool,
    pub compression: Compression,
    /// What is taken from a code of compressed cases.
    pub bias: f64,
    /// How many cases there are, where the file says so.
    pub cases: Option<usize>,
    /// How many parts of eight bytes a case has.
    pub parts: usize,
    /// How many parts of the text that was declared last are still to come.
    due: usize,
    pub variables: Vec<Variable<'b>>,
    /// The number that stands for a missing one.
    pub missing: f64,
    /// What the file says of its encoding: a name, or else a number.
    pub encoding: Option<&'b [u8]>,
    pub character_code: Option<i32>,
    /// Where the cases begin.
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Codes,
    /// Codes packed by zlib.
    Packed,
}

/// A variable, with its texts as bytes.
#[derive(Debug, Clone)]
pub(crate) struct Variable<'b> {
    pub name: &'b [u8],
    short: &'b [u8],
    pub label: &'b [u8],
    /// The kind of the format it is printed in.
    pub format: u8,
    pub holds: Holds,
    pub missing: Missing<'b>,
    pub labels: Labels<'b>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A number, in the part of that place.
    Number(usize),
    /// So many bytes of text, in stretches of parts: where each begins and how many bytes of it count.
    Text(usize, Vec<(usize, usize)>),
}

/// Values that are declared to be missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Missing<'b> {
    pub range: Option<(f64, f64)>,
    pub numbers: Vec<f64>,
    pub texts: Vec<&'b [u8]>,
}

/// The labels of values: of numbers by their bits, of texts by their bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels<'b> {
    pub numbers: HashMap<u64, &'b [u8]>,
    pub texts: HashMap<&'b [u8], &'b [u8]>,
}

impl Labels<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.texts.is_empty()
    }
}

/// The bits by which a number is looked up; both zeros are one.
pub(crate) fn number_key(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// Bytes without the blanks, and the zeros of some writers, that fill them up.
pub(crate) fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| *byte != b' ' && *byte != 0).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// So many bytes of text are in all stretches but the last of a long one.
const STRETCH: usize = 255;

/// By so many bytes of its width a long text has a further stretch.
const COUNTED: usize = 252;

impl<'b> Dictionary<'b> {
    pub(crate) fn read(bytes: &'b [u8]) -> Result<Self, String> {
        let packed = bytes.starts_with(b"$FL3");
        if !packed && !bytes.starts_with(b"$FL2") {
            return Err("it doesn't begin as SPSS begins its files".into());
        }
        let layout = bytes.get(64..68).unwrap_or_default();
        let is_big = match layout {
            [2 | 3, 0, 0, 0] => false,
            [0, 0, 0, 2 | 3] => true,
            _ => return Err("its layout is of no version that is known here".into()),
        };
        let mut reader = ByteReader::new(bytes, is_big);
        reader.skip(72)?;
        let compression = match (reader.int()?, packed) {
            (0, false) => Compression::None,
            (1, false) => Compression::Codes,
            (2, true) => Compression::Packed,
            (other, _) => {
                return Err(format!("its cases are compressed in a way ({other}) that isn't known here"));
            }
        };
        reader.skip(4)?;
        let cases = usize::try_from(reader.int()?).ok();
        let bias = reader.double()?;
        reader.skip(9 + 8 + 64 + 3)?;
        let mut made = Self {
            is_big,
            compression,
            bias,
            cases,
            parts: 0,
            due: 0,
            variables: Vec::new(),
            missing: -f64::MAX,
            encoding: None,
            character_code: None,
            end: 0,
        };
        made.records(&mut reader)?;
        made.end = reader.position();
        Ok(made)
    }

    fn records(&mut self, reader: &mut ByteReader<'b>) -> Result<(), String> {
        let mut extensions: Vec<(i32, &'b [u8])> = Vec::new();
        // By the place of their first part.
        let mut places: HashMap<usize, usize> = HashMap::new();
        loop {
            let kind = reader.int()?;
            if kind != 2 {
                self.all_parts(reader)?;
            }
            match kind {
                2 => self.variable(reader, &mut places)?,
                3 => self.labels(reader, &places)?,
                6 => {
                    let lines = reader.count()?;
                    reader.skip(lines.saturating_mul(80))?;
                }
                7 => {
                    let (kind, size, count) = (reader.int()?, reader.count()?, reader.count()?);
                    let data = reader.take(size.saturating_mul(count))?;
                    match kind {
                        3 => {
                            let mut info = ByteReader::new(data, self.is_big);
                            info.skip(28)?;
                            self.character_code = Some(info.int()?);
                        }
                        4 => self.missing = ByteReader::new(data, self.is_big).double()?,
                        16 => {
                            let mut info = ByteReader::new(data, self.is_big);
                            info.skip(8)?;
                            let long = usize::try_from(info.long()?).ok();
                            if let (Some(one), Some(other)) = (self.cases, long)
                                && one != other
                            {
                                return Err(format!(
                                    "it says that it has {one} cases, and that it has {other}"
                                ));
                            }
                            self.cases = long.or(self.cases);
                        }
                        20 => self.encoding = Some(trimmed(data)),
                        // They speak of names that others say.
                        13 | 14 | 21 | 22 => extensions.push((kind, data)),
                        _ => {}
                    }
                }
                999 => {
                    reader.skip(4)?;
                    break;
                }
                other => {
                    return Err(format!(
                        "byte {}: a record of the kind {other}, which there isn't",
                        reader.position()
                    ));
                }
            }
        }
        // Long texts are said by short names, what is said of them by long ones.
        extensions.sort_by_key(|(kind, _)| match kind {
            14 => 0,
            13 => 1,
            _ => 2,
        });
        for (kind, data) in extensions {
            match kind {
                14 => self.join_long_texts(data)?,
                13 => self.take_names(data),
                21 => self.long_labels(data)?,
                _ => self.long_missing(data)?,
            }
        }
        Ok(())
    }

    fn variable(
        &mut self,
        reader: &mut ByteReader<'b>,
        places: &mut HashMap<usize, usize>,
    ) -> Result<(), String> {
        let (kind, has_label, missing) = (reader.int()?, reader.int()?, reader.int()?);
        let print = reader.int()?;
        reader.skip(4)?;
        let short = trimmed(reader.take(8)?);
        let mut label: &[u8] = &[];
        if has_label == 1 {
            let length = reader.count()?;
            label = reader.take(length)?;
            reader.skip(length.next_multiple_of(4) - length)?;
        }
        let mut declared = Missing::default();
        if !(-3..=3).contains(&missing) || missing == -1 {
            return Err(format!("byte {}: {missing} missing values of a variable", reader.position()));
        }
        if missing < 0 {
            declared.range = Some((reader.double()?, reader.double()?));
        }
        let alone = if missing < 0 { missing.unsigned_abs() - 2 } else { missing.unsigned_abs() };
        for _ in 0..alone {
            match kind {
                0 => declared.numbers.push(reader.double()?),
                _ => declared.texts.push(trimmed(reader.take(8)?)),
            }
        }
        let place = self.parts;
        self.parts += 1;
        let holds = match usize::try_from(kind) {
            // A further part of the text before.
            Err(_) => {
                self.due = self.due.checked_sub(1).ok_or_else(|| {
                    format!("byte {}: a further part of a text that has no more", reader.position())
                })?;
                return Ok(());
            }
            Ok(0) => Holds::Number(place),
            Ok(width) if width > STRETCH => {
                return Err(format!(
                    "byte {}: a text of {width} bytes, where none has more than {STRETCH}",
                    reader.position()
                ));
            }
            Ok(width) => Holds::Text(width, vec![(place, width)]),
        };
        self.all_parts(reader)?;
        if let Holds::Text(width, _) = &holds {
            self.due = width.div_ceil(8) - 1;
        }
        places.insert(place, self.variables.len());
        let format = (print >> 16) as u8;
        self.variables.push(Variable {
            name: short,
            short,
            label: trimmed(label),
            format,
            holds,
            missing: declared,
            labels: Labels::default(),
        });
        Ok(())
    }

    /// That the text before has all of its parts.
    fn all_parts(&self, reader: &ByteReader<'b>) -> Result<(), String> {
        match self.due {
            0 => Ok(()),
            due => Err(format!("byte {}: a text that lacks {due} of its parts", reader.position())),
        }
    }

    fn labels(&mut self, reader: &mut ByteReader<'b>, places: &HashMap<usize, usize>) -> Result<(), String> {
        let count = reader.count()?;
        let mut labels: Vec<(&'b [u8], &'b [u8])> = Vec::new();
        for _ in 0..count {
            let value = reader.take(8)?;
            let length = usize::from(reader.byte()?);
            let label = reader.take(length)?;
            reader.skip((length + 1).next_multiple_of(8) - length - 1)?;
            labels.push((value, trimmed(label)));
        }
        if reader.int()? != 4 {
            return Err(format!(
                "byte {}: labels of values that don't say of which variables",
                reader.position()
            ));
        }
        for _ in 0..reader.count()? {
            let place = reader.count()?;
            let variable = place.checked_sub(1).and_then(|place| places.get(&place));
            let Some(variable) = variable.and_then(|at| self.variables.get_mut(*at)) else {
                return Err(format!("labels of a variable {place}, which there isn't"));
            };
            for (value, label) in &labels {
                match variable.holds {
                    Holds::Number(_) => {
                        let number = ByteReader::new(value, self.is_big).double()?;
                        variable.labels.numbers.insert(number_key(number), label);
                    }
                    Holds::Text(..) => {
                        variable.labels.texts.insert(trimmed(value), label);
                    }
                }
            }
        }
        Ok(())
    }

    /// Variables that are stretches of one text become that text.
    fn join_long_texts(&mut self, data: &'b [u8]) -> Result<(), String> {
        for (short, width) in pairs(data) {
            let said =
                || format!("a text `{}` of a width that isn't understood", String::from_utf8_lossy(short));
            let width: usize = std::str::from_utf8(trimmed(width))
                .ok()
                .and_then(|width| width.parse().ok())
                .ok_or_else(said)?;
            if width <= STRETCH {
                continue;
            }
            let at = self
                .variables
                .iter()
                .position(|one| one.short.eq_ignore_ascii_case(short))
                .ok_or_else(said)?;
            let stretches = width.div_ceil(COUNTED);
            let mut places = Vec::new();
            let mut left = width;
            for stretch in 0..stretches {
                let Some(Holds::Text(own, place)) = self.variables.get(at + stretch).map(|one| &one.holds)
                else {
                    return Err(said());
                };
                let used = left.min(STRETCH).min(*own);
                left -= used;
                places.extend(place.first().map(|(place, _)| (*place, used)));
            }
            if left > 0 {
                return Err(said());
            }
            self.variables.drain(at + 1..at + stretches);
            if let Some(variable) = self.variables.get_mut(at) {
                variable.holds = Holds::Text(width, places);
            }
        }
        Ok(())
    }

    fn take_names(&mut self, data: &'b [u8]) {
        let names: HashMap<Vec<u8>, &'b [u8]> =
            pairs(data).map(|(short, name)| (short.to_ascii_uppercase(), trimmed(name))).collect();
        for variable in &mut self.variables {
            if let Some(name) = names.get(&variable.short.to_ascii_uppercase()) {
                variable.name = name;
            }
        }
    }

    fn named(&mut self, name: &[u8]) -> Option<&mut Variable<'b>> {
        let named = |one: &Variable<'b>| one.name.eq_ignore_ascii_case(name);
        let at = self
            .variables
            .iter()
            .position(named)
            .or_else(|| self.variables.iter().position(|one| one.short.eq_ignore_ascii_case(name)))?;
        self.variables.get_mut(at)
    }

    fn long_labels(&mut self, data: &'b [u8]) -> Result<(), String> {
        let mut reader = ByteReader::new(data, self.is_big);
        while !reader.rest().is_empty() {
            let length = reader.count()?;
            let name = trimmed(reader.take(length)?);
            reader.skip(4)?;
            let mut labels = Vec::new();
            for _ in 0..reader.count()? {
                let length = reader.count()?;
                let value = trimmed(reader.take(length)?);
                let length = reader.count()?;
                labels.push((value, trimmed(reader.take(length)?)));
            }
            if let Some(variable) = self.named(name) {
                variable.labels.texts.extend(labels);
            }
        }
        Ok(())
    }

    fn long_missing(&mut self, data: &'b [u8]) -> Result<(), String> {
        let mut reader = ByteReader::new(data, self.is_big);
        while !reader.rest().is_empty() {
            let length = reader.count()?;
            let name = trimmed(reader.take(length)?);
            let values = reader.byte()?;
            let length = reader.count()?;
            let mut texts = Vec::new();
            for _ in 0..values {
                texts.push(trimmed(reader.take(length)?));
            }
            if let Some(variable) = self.named(name) {
                variable.missing.texts.extend(texts);
            }
        }
        Ok(())
    }
}

/// `NAME=value` between tabs; a value may end with a zero.
fn pairs(data: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    data.split(|byte| *byte == b'\t').filter_map(|pair| {
        let pair = pair.strip_prefix(b"\0").unwrap_or(pair);
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        Some((pair.get(..equals)?, trimmed(pair.get(equals + 1..)?)))
    })
}
