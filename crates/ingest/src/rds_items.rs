//! What R's `serialize` writes: vectors, lists and their attributes, in the form XDR.
//!
//! The layout is that of "R Internals", 1.8 Serialization Formats. What a table can't be made of (functions,
//! environments) is passed over.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::byte_reader::ByteReader;
use crate::dictionary::{Dictionary, NONE};

/// A value with its attributes.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub value: Value,
    pub attributes: Vec<(String, Item)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Symbol(String),
    Logicals(Vec<i32>),
    Integers(Vec<i32>),
    Numbers(Vec<f64>),
    /// Codes of texts; `NONE` where a text is missing.
    Texts(Vec<u32>, Dictionary),
    List(Vec<Item>),
    /// Values with names, where they have any.
    Pairs(Vec<(String, Item)>),
    /// What no column can be, in words.
    Other(&'static str),
}

/// A missing integer or truth value.
pub(crate) const MISSING: i32 = i32::MIN;

impl Item {
    fn plain(value: Value) -> Self {
        Self { value, attributes: Vec::new() }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&Item> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, item)| item)
    }

    /// The texts of a vector of them; missing ones empty.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Texts(codes, texts) => {
                codes.iter().map(|code| texts.text(*code).unwrap_or_default()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Its classes.
    pub(crate) fn classes(&self) -> Vec<&str> {
        self.attribute("class").map(Item::texts).unwrap_or_default()
    }

    /// What it is, in words.
    pub(crate) fn in_words(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing (NULL)",
            Value::Symbol(_) => "a symbol",
            Value::Logicals(_) => "a vector of truth values",
            Value::Integers(_) | Value::Numbers(_) => "a vector of numbers",
            Value::Texts(..) => "a vector of texts",
            Value::List(_) | Value::Pairs(_) => "a list",
            Value::Other(what) => what,
        }
    }
}

/// The one value that `saveRDS` wrote, unpacked.
pub(crate) fn read(bytes: &[u8]) -> Result<Item, String> {
    if bytes.starts_with(b"RDX") {
        return Err("it was written by `save`, which names several values: write the one with the data by \
                    `saveRDS(x, file)`"
            .into());
    }
    if !bytes.starts_with(b"X\n") {
        return Err("it isn't in the form that `saveRDS(x, file)` writes (XDR)".into());
    }
    let mut reader = ByteReader::new(bytes, true);
    reader.skip(2)?;
    let version = reader.int()?;
    reader.skip(8)?;
    let native = match version {
        2 => None,
        3 => {
            let length = reader.count()?;
            let name = reader.take(length)?;
            Encoding::for_label_no_replacement(name)
        }
        other => return Err(format!("it is of version {other} of R's form, which isn't known here")),
    };
    let mut items = Items { reader, native, known: Vec::new(), depth: 0 };
    let item = items.item()?;
    match items.reader.rest().len() {
        0 => Ok(item),
        more => Err(format!("{more} bytes follow its end")),
    }
}

struct Items<'b> {
    reader: ByteReader<'b>,
    /// The encoding of texts that don't say theirs.
    native: Option<&'static Encoding>,
    /// Symbols and environments, which are written once.
    known: Vec<Item>,
    depth: usize,
}

/// Values are nested up to so deep.
const DEEPEST: usize = 200;

impl Items<'_> {
    fn item(&mut self) -> Result<Item, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("its values are nested more than {DEEPEST} deep"));
        }
        let flags = self.reader.int()?;
        let item = self.of(flags)?;
        self.depth -= 1;
        Ok(item)
    }

    fn of(&mut self, flags: i32) -> Result<Item, String> {
        let kind = flags & 0xFF;
        let has_attributes = flags & 0x200 != 0;
        let value = match kind {
            254 | 242 | 241 | 253 | 252 | 251 | 250 => return Ok(Item::plain(Value::Null)),
            255 => {
                let at = match flags >> 8 {
                    0 => self.reader.count()?,
                    at => at as usize,
                };
                let known = at.checked_sub(1).and_then(|at| self.known.get(at)).cloned();
                return known.ok_or_else(|| format!("it refers to value {at}, which there isn't"));
            }
            1 => {
                let flags = self.reader.int()?;
                let name = self.text(flags)?.unwrap_or_default();
                return Ok(self.remembered(Value::Symbol(name)));
            }
            247..=249 => {
                self.reader.skip(4)?;
                for _ in 0..self.reader.count()? {
                    let flags = self.reader.int()?;
                    self.text(flags)?;
                }
                return Ok(self.remembered(Value::Other("a namespace")));
            }
            4 => {
                self.reader.skip(4)?;
                let item = self.remembered(Value::Other("an environment"));
                for _ in 0..4 {
                    self.item()?;
                }
                return Ok(item);
            }
            2 | 3 | 5 | 6 | 17 | 239 | 240 => return self.pairs(flags),
            238 => return self.other_form(),
            22 | 23 => {
                let item = self.remembered(Value::Other("a pointer"));
                if kind == 22 {
                    self.item()?;
                    self.item()?;
                }
                if has_attributes {
                    self.item()?;
                }
                return Ok(item);
            }
            25 => Value::Other("an object of a class of S4"),
            7 | 8 => {
                let length = self.reader.count()?;
                self.reader.skip(length)?;
                Value::Other("a function")
            }
            9 => {
                let text = self.text(flags)?;
                Value::Symbol(text.unwrap_or_default())
            }
            10 => Value::Logicals(self.integers()?),
            13 => Value::Integers(self.integers()?),
            14 => {
                let count = self.length(8)?;
                Value::Numbers((0..count).map(|_| self.reader.double()).collect::<Result<_, _>>()?)
            }
            15 => {
                let count = self.length(16)?;
                self.reader.skip(count * 16)?;
                Value::Other("complex numbers")
            }
            16 => self.texts()?,
            19 | 20 => {
                let count = self.length(4)?;
                Value::List((0..count).map(|_| self.item()).collect::<Result<_, _>>()?)
            }
            24 => {
                let count = self.length(1)?;
                self.reader.skip(count)?;
                Value::Other("raw bytes")
            }
            other => {
                return Err(format!(
                    "byte {}: a value of the type {other}, which isn't read",
                    self.reader.position()
                ));
            }
        };
        // A text has its attributes, which mean nothing, after it as all others have theirs.
        let attributes = if has_attributes { named(self.item()?) } else { Vec::new() };
        Ok(Item { value, attributes })
    }

    fn remembered(&mut self, value: Value) -> Item {
        let item = Item::plain(value);
        self.known.push(item.clone());
        item
    }

    /// A vector's length, whose elements of at least so many bytes have to follow.
    fn length(&mut self, bytes: usize) -> Result<usize, String> {
        let count = match self.reader.int()? {
            -1 => {
                let (high, low) = (self.reader.count()?, self.reader.int()? as u32 as usize);
                high.saturating_mul(1 << 32).saturating_add(low)
            }
            count => usize::try_from(count).map_err(|_| format!("a vector of {count} elements"))?,
        };
        if count.saturating_mul(bytes) > self.reader.rest().len() {
            return Err(format!("it ends before the {count} elements of a vector"));
        }
        Ok(count)
    }

    fn integers(&mut self) -> Result<Vec<i32>, String> {
        let count = self.length(4)?;
        (0..count).map(|_| self.reader.int()).collect()
    }

    fn texts(&mut self) -> Result<Value, String> {
        let count = self.length(8)?;
        let mut dictionary = Dictionary::default();
        let mut codes = Vec::new();
        for _ in 0..count {
            let flags = self.reader.int()?;
            codes.push(match self.text(flags)? {
                Some(text) => dictionary.code(&text),
                None => NONE,
            });
        }
        Ok(Value::Texts(codes, dictionary))
    }

    /// One text, after its flags; none where it is missing.
    fn text(&mut self, flags: i32) -> Result<Option<String>, String> {
        if flags & 0xFF != 9 {
            return Err(format!("byte {}: no text where one should stand", self.reader.position()));
        }
        let length = match self.reader.int()? {
            -1 => return Ok(None),
            length => usize::try_from(length).map_err(|_| format!("a text of {length} bytes"))?,
        };
        let bytes = self.reader.take(length)?;
        let (is_latin, is_utf8) = (flags & (4 << 12) != 0, flags & (8 << 12) != 0);
        let encoding = match (is_latin, is_utf8 || bytes.is_ascii()) {
            (true, _) => WINDOWS_1252,
            (_, true) => UTF_8,
            _ => self.native.ok_or_else(|| {
                format!(
                    "the text {:?} doesn't say its encoding: in R, `enc2utf8()` its column and write the file again",
                    String::from_utf8_lossy(bytes)
                )
            })?,
        };
        match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => Ok(Some(text.into_owned())),
            None => {
                Err(format!("the text {:?} isn't valid {}", String::from_utf8_lossy(bytes), encoding.name()))
            }
        }
    }

    /// A list of pairs, in a row; what is no list is passed over in the same way.
    fn pairs(&mut self, mut flags: i32) -> Result<Item, String> {
        let mut made = Vec::new();
        let mut attributes = Vec::new();
        loop {
            let kind = flags & 0xFF;
            if !matches!(kind, 2 | 3 | 5 | 6 | 17 | 239 | 240) {
                let last = self.of(flags)?;
                if !matches!(last.value, Value::Null) {
                    made.push((String::new(), last));
                }
                break;
            }
            if flags & 0x200 != 0 || kind == 239 || kind == 240 {
                attributes = named(self.item()?);
            }
            let tag = if flags & 0x400 != 0 {
                match self.item()?.value {
                    Value::Symbol(name) => name,
                    _ => String::new(),
                }
            } else {
                String::new()
            };
            made.push((tag, self.item()?));
            flags = self.reader.int()?;
        }
        Ok(Item { value: Value::Pairs(made), attributes })
    }

    /// A vector that R keeps in another form than its own (ALTREP): a range, numbers as texts, a wrapping.
    fn other_form(&mut self) -> Result<Item, String> {
        let (info, state) = (self.item()?, self.item()?);
        let attributes = named(self.item()?);
        let class = match &info.value {
            Value::Pairs(pairs) => match pairs.first().map(|(_, item)| &item.value) {
                Some(Value::Symbol(class)) => class.clone(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let first = match &state.value {
            Value::Pairs(items) => items.first().map(|(_, item)| item),
            Value::List(items) => items.first(),
            _ => None,
        };
        let value = match (class.as_str(), &state.value, first) {
            ("compact_intseq" | "compact_realseq", Value::Numbers(range), _) => {
                let &[count, start, step] = range.as_slice() else {
                    return Err("a range that isn't understood".into());
                };
                // As many elements as the longest range that a frame of this file could have.
                if !(0.0..2e9).contains(&count) {
                    return Err(format!("a range of {count} elements"));
                }
                let numbers = (0..count as u32).map(|at| start + f64::from(at) * step);
                match class.as_str() {
                    "compact_intseq" => Value::Integers(numbers.map(|number| number as i32).collect()),
                    _ => Value::Numbers(numbers.collect()),
                }
            }
            ("deferred_string", _, Some(numbers)) => as_texts(numbers)?,
            (wrapped, _, Some(inner)) if wrapped.starts_with("wrap_") => inner.value.clone(),
            _ => return Err(format!("a vector in the form `{class}`, which isn't read")),
        };
        Ok(Item { value, attributes })
    }
}

/// Whole numbers as the texts that R makes of them.
fn as_texts(numbers: &Item) -> Result<Value, String> {
    let mut dictionary = Dictionary::default();
    let mut code = |whole: Option<i64>| whole.map_or(NONE, |whole| dictionary.code(&whole.to_string()));
    let codes = match &numbers.value {
        Value::Integers(values) => {
            values.iter().map(|value| code((*value != MISSING).then_some(i64::from(*value)))).collect()
        }
        // From 100,000 on R may write them as 1e+05.
        Value::Numbers(values) if values.iter().all(|value| value.fract() == 0.0 && value.abs() < 1e5) => {
            values.iter().map(|value| code(Some(*value as i64))).collect()
        }
        _ => {
            return Err(
                "numbers that are kept as texts: in R, `x$name <- paste0(x$name)` makes texts of them".into(),
            );
        }
    };
    Ok(Value::Texts(codes, dictionary))
}

fn named(item: Item) -> Vec<(String, Item)> {
    match item.value {
        Value::Pairs(pairs) => pairs,
        _ => Vec::new(),
    }
}
