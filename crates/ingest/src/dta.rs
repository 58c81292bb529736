//! Stata files, of the formats 102 to 119.
//!
//! Formats before 118 (Stata 14) don't say in which encoding their texts are. Where nobody declares it they are read
//! byte by byte first, and decoded by what all of them together are likely to be.

use std::collections::BTreeMap;
use std::io::Cursor;

use dta::stata::dta::characteristic::CharacteristicTarget;
use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::long_string_ref::LongStringRef;
use dta::stata::dta::long_string_table::LongStringTable;
use dta::stata::dta::release::Release;
use dta::stata::dta::value::Value;
use dta::stata::dta::value_label_table::ValueLabelTable;
use dta::stata::dta::variable::Variable;
use dta::stata::dta::variable_type::VariableType;
use dta::stata::missing_value::MissingValue;
use dta::stata::stata_byte::StataByte;
use dta::stata::stata_double::StataDouble;
use dta::stata::stata_float::StataFloat;
use dta::stata::stata_int::StataInt;
use dta::stata::stata_long::StataLong;
use encoding_rs::{Encoding, UTF_8, X_USER_DEFINED};

use crate::columns::{Columns, ColumnsAsked, Declared, Typed};
use crate::dictionary::{Dictionary, NONE, recoded};
use crate::shown::Shown;
use crate::stata_format::StataFormat;
use crate::table::Unreadable;
use crate::text_encoding;

/// The columns of a Stata file that are asked for; rows are numbered as on a sheet, the names being row 1.
pub(crate) fn read_columns(bytes: &[u8], asked: &ColumnsAsked) -> Result<Columns, Unreadable> {
    let refused = |message: String| Unreadable {
        sheet: None,
        message: format!("not a readable Stata file: {message}"),
        hint: "get the file again, or save it with a newer Stata (`save`), as CSV or as Parquet".into(),
    };
    let declared = match asked.encoding.as_deref() {
        Some(label) => Some(
            Encoding::for_label_no_replacement(label.as_bytes())
                .ok_or_else(|| refused(format!("no encoding is called `{label}`")))?,
        ),
        None => None,
    };
    columns(bytes, asked, declared).map_err(refused)
}

fn columns(
    bytes: &[u8],
    asked: &ColumnsAsked,
    declared: Option<&'static Encoding>,
) -> Result<Columns, String> {
    let said = |error: dta::stata::dta::dta_error::DtaError| error.to_string();
    let release = DtaReader::new().from_reader(Cursor::new(bytes)).read_header().map_err(said)?;
    let release = release.header().release();
    let by_bytes = declared.is_none() && release < Release::V118;
    let encoding = declared.unwrap_or(if by_bytes { X_USER_DEFINED } else { UTF_8 });
    let reader = DtaReader::new().encoding(encoding).from_reader(Cursor::new(bytes));
    let mut reader = reader.read_header().map_err(said)?.read_schema().map_err(said)?;
    reader.skip_to_end().map_err(said)?;
    let mut records = reader.into_record_reader().map_err(said)?;
    let variables = records.schema().variables().to_vec();
    let rows = records.header().observation_count();
    // A value takes a byte at least. A damaged count would else be gone through row by row.
    let least = u128::from(rows) * variables.len().max(1) as u128;
    if least > bytes.len() as u128 || (rows > 0 && variables.is_empty()) {
        return Err(format!(
            "it says that it has {rows} rows of {} variables, which its {} bytes can't hold",
            variables.len(),
            bytes.len()
        ));
    }
    let mut wanted: Vec<(usize, Gathered)> = variables
        .iter()
        .enumerate()
        .filter(|(_, variable)| asked.wants(&decoded_bytewise(variable.name(), by_bytes)))
        .map(|(at, _)| (at, Gathered::default()))
        .collect();
    let mut height = 0_usize;
    while let Some(record) = records.read_lazy_record().map_err(said)? {
        for (at, gathered) in &mut wanted {
            gathered.take(height, record.value(*at).map_err(said)?)?;
        }
        height += 1;
    }
    let mut strings = LongStringTable::for_reading();
    let mut reader = records.into_long_string_reader().map_err(said)?;
    reader.read_remaining_into(&mut strings).map_err(said)?;
    let mut reader = reader.into_value_label_reader().map_err(said)?;
    let mut labels = ValueLabelTable::new();
    reader.read_remaining_into(&mut labels).map_err(said)?;
    for (_, gathered) in &mut wanted {
        gathered.follow(&strings, encoding)?;
    }
    let mut texts = Texts::new(by_bytes);
    for variable in &variables {
        texts.see(variable.name());
        texts.see(variable.label());
    }
    labels.iter().flat_map(|set| set.entries()).for_each(|entry| texts.see(entry.label()));
    wanted.iter().for_each(|(_, gathered)| gathered.texts.texts().iter().for_each(|text| texts.see(text)));
    let warning = texts.decide(release)?;
    let names =
        variables.iter().map(|variable| texts.text(variable.name())).collect::<Result<Vec<_>, _>>()?;
    let mut columns =
        Columns { names, height, warnings: warning.into_iter().collect(), ..Columns::default() };
    for (number, variable) in (1_u32..).zip(&variables) {
        let label = texts.text(variable.label())?;
        if !label.is_empty() {
            columns.labels.insert(number, label);
        }
        if labels.get(variable.value_label_name()).is_some() {
            columns.labelled.insert(number);
        }
    }
    for (at, gathered) in wanted {
        let (Some(variable), Some(name)) = (variables.get(at), columns.names.get(at)) else { continue };
        let number = u32::try_from(at + 1).map_err(|_| "more columns than can be counted".to_owned())?;
        let labels = asked.wants_labels(name).then_some(&labels);
        let (typed, coded) = gathered.into_typed(name, variable, labels, &texts)?;
        if !coded.is_empty() {
            columns.coded.insert(number, coded);
        }
        columns.columns.insert(number, typed);
    }
    // Who asks for columns by name knows its keys.
    if asked.names.is_none() {
        match declared_keys(bytes, &columns.names) {
            Some((declared, unknown)) => {
                columns.declared = declared;
                columns.warnings.extend(unknown.map(|name| {
                    format!("its `xtset` or `tsset` names {name:?}, which no column is called: the keys are told by the data alone")
                }));
            }
            None => columns.warnings.push(
                "what Stata keeps beside the data (characteristics, such as the keys of `xtset`) is damaged, and isn't read: \
                 the keys are told by the data alone"
                    .into(),
            ),
        }
    }
    Ok(columns)
}

/// The keys that `xtset` or `tsset` left among the file's characteristics; nothing where these are damaged. Whatever is
/// wrong with them, the data can be read without them. With a name among them that no column has.
fn declared_keys(bytes: &[u8], names: &[String]) -> Option<(Declared, Option<String>)> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut read = || -> Result<(), dta::stata::dta::dta_error::DtaError> {
        // Byte by byte, so that notes in whatever encoding don't matter.
        let reader = DtaReader::new().encoding(X_USER_DEFINED).from_reader(Cursor::new(bytes));
        let mut reader = reader.read_header()?.read_schema()?;
        while let Some(characteristic) = reader.read_characteristic()? {
            if *characteristic.target() == CharacteristicTarget::Dataset {
                found.insert(characteristic.name().to_owned(), characteristic.value().trim().to_owned());
            }
        }
        Ok(())
    };
    read().ok()?;
    // Before Stata 9 `iis` and `tis` were all there was; `xtset, clear` leaves empty texts.
    let mut unknown = None;
    let mut variable = |keys: [&str; 2]| {
        let said = keys.iter().find_map(|key| found.get(*key).filter(|name| !name.is_empty()))?;
        let said = decoded_bytewise(said, true);
        let known = names.iter().find(|name| **name == said).cloned();
        if known.is_none() {
            unknown = Some(said);
        }
        known
    };
    let step = found.get("_TSdelta").and_then(|text| hexadecimal(text)).filter(|step| *step != 1.0);
    let time = variable(["_TStvar", "tis"]);
    let entity = variable(["_TSpanel", "iis"]);
    let step = step.filter(|_| time.is_some()).map(vintner_panel::shortest_decimal);
    Some((Declared { entity, step, time }, unknown))
}

/// A number as Stata's format `%21x` writes it: `+1.4000000000000X+002` is 5.
fn hexadecimal(text: &str) -> Option<f64> {
    if let Ok(plain) = text.parse::<f64>() {
        return plain.is_finite().then_some(plain);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = rest.split_once(['X', 'x'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| {
        let fits = text.len() <= 13 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if text.is_empty() { Some(0) } else { fits.then(|| u64::from_str_radix(text, 16).ok()).flatten() }
    };
    let size = i32::try_from(4 * fraction.len()).ok()?;
    let value = digits(whole)? as f64 + digits(fraction)? as f64 * 2.0_f64.powi(-size);
    let digits = exponent.trim_start_matches(['+', '-']);
    let power = i32::from_str_radix(digits, 16).ok()? * if exponent.starts_with('-') { -1 } else { 1 };
    let value = sign * value * 2.0_f64.powi(power);
    value.is_finite().then_some(value)
}

/// Names are letters of ASCII but for a few; one that was read byte by byte is compared as UTF-8, as `asked` has it.
fn decoded_bytewise(text: &str, by_bytes: bool) -> String {
    if !by_bytes || text.is_ascii() {
        return text.to_owned();
    }
    let bytes = bytes_of(text);
    let encoding = text_encoding::likely(&bytes, None).unwrap_or(UTF_8);
    encoding.decode_without_bom_handling(&bytes).0.into_owned()
}

/// The bytes that a text was read from, where each became a character.
fn bytes_of(text: &str) -> Vec<u8> {
    // A byte from 0x80 on stands as a character from U+F780 on, whose last eight bits it is.
    text.chars().map(|character| (u32::from(character) & 0xFF) as u8).collect()
}

/// The texts of a file, and what they are decoded from.
struct Texts {
    /// All bytes, where the encoding has to be guessed.
    bytes: Option<Vec<u8>>,
    encoding: &'static Encoding,
}

impl Texts {
    fn new(by_bytes: bool) -> Self {
        Self { bytes: by_bytes.then(Vec::new), encoding: UTF_8 }
    }

    fn see(&mut self, text: &str) {
        /// So much tells.
        const ENOUGH: usize = 1 << 20;
        if let Some(bytes) = self.bytes.as_mut().filter(|bytes| bytes.len() < ENOUGH && !text.is_ascii()) {
            bytes.extend(bytes_of(text));
            bytes.push(b'\n');
        }
    }

    /// Settles on an encoding; says which where it is a guess.
    fn decide(&mut self, release: Release) -> Result<Option<String>, String> {
        let Some(bytes) = self.bytes.as_ref().filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
        self.encoding = text_encoding::likely(bytes, None)
            .ok_or_else(|| "its texts are in no encoding that is known here".to_owned())?;
        let label = self.encoding.name().to_lowercase();
        let example = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let example = self.encoding.decode_without_bom_handling(example).0;
        Ok(Some(format!(
            "format {release} doesn't say in which encoding its texts are; they were read as {label}, such as \
             {example:?}: declare `encoding: {label}` if that is right"
        )))
    }

    fn text(&self, text: &str) -> Result<String, String> {
        if self.bytes.is_none() || text.is_ascii() {
            return Ok(text.to_owned());
        }
        let bytes = bytes_of(text);
        let decoded = self.encoding.decode_without_bom_handling_and_without_replacement(&bytes);
        decoded.map(|text| text.into_owned()).ok_or_else(|| {
            let lossy = self.encoding.decode_without_bom_handling(&bytes).0.into_owned();
            format!("the text {lossy:?} isn't valid {}: declare `encoding`", self.encoding.name())
        })
    }
}

/// The values of a variable so far.
#[derive(Default)]
struct Gathered {
    numbers: Vec<f64>,
    missing: Vec<bool>,
    /// Whether there were any but whole numbers.
    is_float: bool,
    coded: BTreeMap<usize, String>,
    codes: Vec<u32>,
    texts: Dictionary,
    long: Vec<LongStringRef>,
}

impl Gathered {
    fn take(&mut self, at: usize, value: Value<'_>) -> Result<(), String> {
        let number = match value {
            Value::Byte(StataByte::Present(whole)) => Ok(f64::from(whole)),
            Value::Int(StataInt::Present(whole)) => Ok(f64::from(whole)),
            Value::Long(StataLong::Present(whole)) => Ok(f64::from(whole)),
            Value::Float(StataFloat::Present(number)) => {
                self.is_float = true;
                Ok(f64::from(number))
            }
            Value::Double(StataDouble::Present(number)) => {
                self.is_float = true;
                Ok(number)
            }
            Value::Byte(StataByte::Missing(code))
            | Value::Int(StataInt::Missing(code))
            | Value::Long(StataLong::Missing(code))
            | Value::Float(StataFloat::Missing(code))
            | Value::Double(StataDouble::Missing(code)) => Err(code),
            Value::String(text) => {
                self.codes.push(if text.is_empty() { NONE } else { self.texts.code(&text) });
                return Ok(());
            }
            Value::LongStringRef(reference) => {
                self.long.push(reference);
                return Ok(());
            }
        };
        if let Err(code) = number
            && code != MissingValue::System
        {
            self.coded.insert(at, code.to_string());
        }
        self.numbers.push(number.unwrap_or_default());
        self.missing.push(number.is_err());
        Ok(())
    }

    /// Finds the long strings that are referred to.
    fn follow(&mut self, strings: &LongStringTable, encoding: &'static Encoding) -> Result<(), String> {
        for reference in std::mem::take(&mut self.long) {
            let (variable, observation) = (reference.variable(), reference.observation());
            if (variable, observation) == (0, 0) {
                self.codes.push(NONE);
                continue;
            }
            let Some(found) = strings.get(&reference) else {
                return Err(format!("the long text {variable}, {observation} isn't in it"));
            };
            let text = found.data_str(encoding).ok_or_else(|| "a long text isn't text".to_owned())?;
            let text = text.trim_end_matches('\0');
            self.codes.push(if text.is_empty() { NONE } else { self.texts.code(text) });
        }
        Ok(())
    }

    fn into_typed(
        self,
        name: &str,
        variable: &Variable,
        labels: Option<&ValueLabelTable>,
        texts: &Texts,
    ) -> Result<(Typed, BTreeMap<usize, String>), String> {
        if matches!(variable.variable_type(), VariableType::FixedString(_) | VariableType::LongString) {
            let mut dictionary = Dictionary::default();
            let new: Vec<u32> = self
                .texts
                .texts()
                .iter()
                .map(|text| Ok(dictionary.code(&texts.text(text)?)))
                .collect::<Result<_, String>>()?;
            let codes = recoded(&self.codes, &new).collect();
            return Ok((Typed::Texts(codes, dictionary), BTreeMap::new()));
        }
        if let Some(labels) = labels.and_then(|labels| labels.get(variable.value_label_name())) {
            let mut dictionary = Dictionary::default();
            let codes = self.numbers.iter().zip(&self.missing).map(|(number, missing)| {
                if *missing {
                    return Ok(NONE);
                }
                let whole = (number.fract() == 0.0 && number.abs() < 2e9).then_some(*number as i32);
                match whole.and_then(|whole| labels.label_for(whole)) {
                    Some(label) => Ok(dictionary.code(&texts.text(label)?)),
                    None => Ok(dictionary.code(&vintner_panel::shortest_decimal(*number))),
                }
            });
            let codes = codes.collect::<Result<_, String>>()?;
            return Ok((Typed::Texts(codes, dictionary), self.coded));
        }
        match StataFormat::of(variable.format()) {
            StataFormat::Number => {}
            StataFormat::Refused(what) => {
                return Ok((
                    Typed::Unread(Shown::Unsure {
                        text: variable.format().to_owned(),
                        message: format!("column `{name}` holds {what} ({})", variable.format()),
                        hint: "in Stata, make a date of it (`dofc()`, `dofb()`, `dofw()`) and save the file again".into(),
                    }),
                    BTreeMap::new(),
                ));
            }
            format => {
                let mut dictionary = Dictionary::default();
                let codes = self.numbers.iter().zip(&self.missing).map(|(number, missing)| {
                    if *missing {
                        return Ok(NONE);
                    }
                    let text = format.text(*number).ok_or_else(|| {
                        format!(
                            "{number} in column `{name}` is no date under its format {}",
                            variable.format()
                        )
                    })?;
                    Ok(dictionary.code(&text))
                });
                let codes = codes.collect::<Result<_, String>>()?;
                return Ok((Typed::Dates(codes, dictionary), self.coded));
            }
        }
        let missing = if self.missing.contains(&true) { self.missing } else { Vec::new() };
        let typed = if self.is_float {
            Typed::Numbers(self.numbers, missing)
        } else {
            // A whole number of up to 32 bits is a double exactly.
            Typed::Wholes(self.numbers.iter().map(|number| *number as i64).collect(), missing)
        };
        Ok((typed, self.coded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_stata_s_hexadecimal_form() {
        for (text, number) in [
            ("+1.0000000000000X+000", Some(1.0)),
            ("+1.4000000000000X+002", Some(5.0)),
            ("-1.8000000000000X-001", Some(-0.75)),
            ("+1.f400000000000X+006", Some(125.0)),
            ("2", Some(2.0)),
            ("", None),
            ("+1.0000000000000X+7ff", None),
            ("+1.0000000000000X+fffffffff", None),
            ("+g.0X+000", None),
            ("inf", None),
        ] {
            assert_eq!(hexadecimal(text), number, "{text}");
        }
    }
}
