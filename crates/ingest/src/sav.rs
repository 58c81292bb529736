//! SPSS files: `.sav`, plain and compressed, and `.zsav`.
//!
//! A missing value of the user's (a refusal coded 99) is missing here, under its code; labels are read where they are
//! asked for; dates are those of their formats.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8};

use crate::calendar;
use crate::columns::{Columns, ColumnsAsked, Typed};
use crate::dictionary::Dictionary as Texts;
use crate::dictionary::{NONE, recoded};
use crate::sav_cases::{self, Part};
use crate::sav_dictionary::{Compression, Dictionary, Holds, Variable, number_key, trimmed};
use crate::shown::Shown;
use crate::table::Unreadable;
use crate::text_encoding;

/// The columns of an SPSS file that are asked for; rows are numbered as on a sheet, the names being row 1.
pub(crate) fn read_columns(bytes: &[u8], asked: &ColumnsAsked) -> Result<Columns, Unreadable> {
    columns(bytes, asked).map_err(|message| Unreadable {
        sheet: None,
        message: format!("not a readable SPSS file: {message}"),
        hint: "get the file again, or write it as Parquet (R: `arrow::write_parquet(haven::read_sav(file), out)`)".into(),
    })
}

/// A variable that is wanted, and its values so far.
struct Wanted<'d, 'b> {
    number: u32,
    name: String,
    variable: &'d Variable<'b>,
    numbers: Vec<f64>,
    is_missing: Vec<bool>,
    /// By the case's index, the number or text that is declared missing.
    declared: BTreeMap<usize, Vec<u8>>,
    /// The text of the case that is being read.
    text: Vec<u8>,
    codes: Vec<u32>,
    /// Texts as bytes, one character for each.
    texts: Texts,
}

fn columns(bytes: &[u8], asked: &ColumnsAsked) -> Result<Columns, String> {
    let dictionary = Dictionary::read(bytes)?;
    let unpacked;
    let cases = match dictionary.compression {
        Compression::Packed => {
            unpacked = sav_cases::unpacked(bytes, &dictionary)?;
            unpacked.as_slice()
        }
        _ => bytes.get(dictionary.end..).unwrap_or_default(),
    };
    let (encoding, doubt) = encoding(&dictionary, cases, asked)?;
    let decoded = |text: &[u8]| -> Result<String, String> {
        match encoding.decode_without_bom_handling_and_without_replacement(text) {
            Some(text) => Ok(text.into_owned()),
            None => Err(format!(
                "the text {:?} isn't valid {}: declare `encoding`",
                encoding.decode_without_bom_handling(text).0,
                encoding.name()
            )),
        }
    };
    let names = dictionary.variables.iter().map(|one| decoded(one.name)).collect::<Result<Vec<_>, _>>()?;
    let mut wanted: Vec<Wanted<'_, '_>> = Vec::new();
    // By the place of a part: whose it is, and how many bytes of it count.
    let mut of_part: Vec<Option<(usize, usize)>> = vec![None; dictionary.parts];
    for ((number, name), variable) in (1_u32..).zip(&names).zip(&dictionary.variables) {
        if !asked.wants(name) {
            continue;
        }
        let mut claim = |place: usize, used: usize| match of_part.get_mut(place) {
            Some(slot) => {
                *slot = Some((wanted.len(), used));
                Ok(())
            }
            None => Err(format!("the column `{name}` is wider than a case")),
        };
        match &variable.holds {
            Holds::Number(place) => claim(*place, 8)?,
            Holds::Text(_, stretches) => {
                for (first, bytes) in stretches {
                    for (further, start) in (0..*bytes).step_by(8).enumerate() {
                        claim(first + further, (bytes - start).min(8))?;
                    }
                }
            }
        }
        wanted.push(Wanted {
            number,
            name: name.clone(),
            variable,
            numbers: Vec::new(),
            is_missing: Vec::new(),
            declared: BTreeMap::new(),
            text: Vec::new(),
            codes: Vec::new(),
            texts: Texts::default(),
        });
    }
    let last = dictionary.parts.saturating_sub(1);
    let height = sav_cases::each(cases, &dictionary, |place, part| {
        if let Some((at, used)) = of_part.get(place).copied().flatten()
            && let Some(one) = wanted.get_mut(at)
        {
            one.take(part, used, &dictionary)?;
        }
        if place == last {
            wanted.iter_mut().for_each(Wanted::end_case);
        }
        Ok(())
    })?;
    let mut columns = Columns { height, warnings: doubt.into_iter().collect(), ..Columns::default() };
    for (number, variable) in (1_u32..).zip(&dictionary.variables) {
        if !variable.label.is_empty() {
            columns.labels.insert(number, decoded(variable.label)?);
        }
        if !variable.labels.is_empty() {
            columns.labelled.insert(number);
        }
    }
    for one in wanted {
        let (number, name) = (one.number, one.name.clone());
        let as_labels = asked.wants_labels(&name);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut coded = BTreeMap::new();
        for (at, value) in &one.declared {
            let value = decoded(value)?;
            *counts.entry(value.clone()).or_default() += 1;
            coded.insert(*at, value);
        }
        if !counts.is_empty() {
            let told: Vec<String> =
                counts.iter().map(|(value, count)| format!("{value} ({count})")).collect();
            columns.warnings.push(format!(
                "column {name:?}: values that the file declares to be missing are read so: {}",
                told.join(", ")
            ));
            columns.coded.insert(number, coded);
        }
        columns.columns.insert(number, one.into_typed(as_labels, &decoded)?);
    }
    columns.names = names;
    Ok(columns)
}

impl Wanted<'_, '_> {
    fn take(&mut self, part: Part, used: usize, dictionary: &Dictionary<'_>) -> Result<(), String> {
        if let Holds::Text(..) = self.variable.holds {
            let Part::Bytes(bytes) = part else {
                return Err(format!("a number stands in the column of texts `{}`", self.name));
            };
            self.text.extend(bytes.get(..used).unwrap_or_default());
            return Ok(());
        }
        let number = match part {
            Part::Missing => None,
            Part::Number(number) => Some(number),
            Part::Bytes(bytes) => {
                let number =
                    if dictionary.is_big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) };
                (number.to_bits() != dictionary.missing.to_bits()).then_some(number)
            }
        };
        if number.is_some_and(|number| !number.is_finite()) {
            return Err(format!("column `{}` holds what is no number", self.name));
        }
        let missing = &self.variable.missing;
        let present = number.filter(|number| {
            let in_range = missing.range.is_some_and(|(low, high)| low <= *number && *number <= high);
            !in_range && !missing.numbers.contains(number)
        });
        if let (Some(number), None) = (number, present) {
            let code = vintner_panel::shortest_decimal(number).into_bytes();
            self.declared.insert(self.numbers.len(), code);
        }
        self.numbers.push(present.unwrap_or_default());
        self.is_missing.push(present.is_none());
        Ok(())
    }

    fn end_case(&mut self) {
        let Holds::Text(width, _) = self.variable.holds else { return };
        let text = trimmed(self.text.get(..width).unwrap_or(&self.text));
        if self.variable.missing.texts.contains(&text) && !text.is_empty() {
            self.declared.insert(self.codes.len(), text.to_owned());
            self.codes.push(NONE);
        } else if text.is_empty() {
            self.codes.push(NONE);
        } else {
            self.codes.push(self.texts.code(&bytewise(text)));
        }
        self.text.clear();
    }

    fn into_typed(
        self,
        as_labels: bool,
        decoded: &dyn Fn(&[u8]) -> Result<String, String>,
    ) -> Result<Typed, String> {
        let labels = &self.variable.labels;
        let mut texts = Texts::default();
        if let Holds::Text(..) = self.variable.holds {
            let of = |text: &String| {
                let bytes = bytes_of(text);
                let label = labels.texts.get(bytes.as_slice()).filter(|_| as_labels);
                Ok(texts.code(&decoded(label.copied().unwrap_or(&bytes))?))
            };
            let new = self.texts.texts().iter().map(of).collect::<Result<Vec<u32>, String>>()?;
            return Ok(Typed::Texts(recoded(&self.codes, &new).collect(), texts));
        }
        let values = || self.numbers.iter().zip(&self.is_missing);
        if as_labels && !labels.is_empty() {
            let code = |(number, missing): (&f64, &bool)| match labels.numbers.get(&number_key(*number)) {
                _ if *missing => Ok(NONE),
                Some(label) => Ok(texts.code(&decoded(label)?)),
                None => Ok(texts.code(&vintner_panel::shortest_decimal(*number))),
            };
            let codes = values().map(code).collect::<Result<Vec<u32>, String>>()?;
            return Ok(Typed::Texts(codes, texts));
        }
        let name = &self.name;
        match SpssFormat::of(self.variable.format) {
            SpssFormat::Number => {
                let missing = if self.is_missing.contains(&true) { self.is_missing } else { Vec::new() };
                Ok(Typed::Numbers(self.numbers, missing))
            }
            SpssFormat::Week => Ok(Typed::Unread(Shown::Unsure {
                text: "WKYR".into(),
                message: format!("column `{name}` holds weeks of SPSS's own, which aren't those of ISO 8601"),
                hint: "in SPSS, give it a format of dates (`FORMATS name (SDATE10)`) and save the file again"
                    .into(),
            })),
            format => {
                let code = |(number, missing): (&f64, &bool)| {
                    if *missing {
                        return Ok(NONE);
                    }
                    let text = format.text(*number);
                    let text = text.ok_or_else(|| {
                        format!("{number} in column `{name}` is no date, which its format says")
                    })?;
                    Ok(texts.code(&text))
                };
                let codes = values().map(code).collect::<Result<Vec<u32>, String>>()?;
                Ok(Typed::Dates(codes, texts))
            }
        }
    }
}

/// Bytes as a text with a character for each.
fn bytewise(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn bytes_of(text: &str) -> Vec<u8> {
    text.chars().map(|character| u32::from(character) as u8).collect()
}

/// The encoding of a file's texts: as declared, else as the file says, else a guess that is told.
fn encoding(
    dictionary: &Dictionary<'_>,
    cases: &[u8],
    asked: &ColumnsAsked,
) -> Result<(&'static Encoding, Option<String>), String> {
    if let Some(label) = &asked.encoding {
        let known = Encoding::for_label_no_replacement(label.as_bytes());
        return Ok((known.ok_or_else(|| format!("no encoding is called `{label}`"))?, None));
    }
    if let Some(name) = dictionary.encoding {
        let text = String::from_utf8_lossy(name);
        let page = text.to_lowercase();
        let page = page.strip_prefix("cp").or_else(|| page.strip_prefix("windows-"));
        let known = Encoding::for_label_no_replacement(name)
            .or_else(|| page.and_then(|page| page.parse().ok()).and_then(code_page));
        let known = known.ok_or_else(|| {
            format!("it says that its encoding is {text:?}, which isn't known here: declare `encoding`")
        })?;
        return Ok((known, None));
    }
    match dictionary.character_code {
        Some(1) => return Err("its texts are in EBCDIC, which isn't read".into()),
        Some(code) => {
            if let Some(known) = code_page(code) {
                return Ok((known, None));
            }
        }
        None => {}
    }
    let mut texts: Vec<u8> = Vec::new();
    for variable in &dictionary.variables {
        let labels = variable.labels.numbers.values().chain(variable.labels.texts.values());
        for text in [variable.name, variable.label].into_iter().chain(labels.copied()) {
            texts.extend(text);
            texts.push(b'\n');
        }
    }
    // Numbers are no text, and stand between the texts of cases.
    let of_cases = dictionary.variables.iter().flat_map(|one| match &one.holds {
        Holds::Text(_, stretches) => stretches.clone(),
        Holds::Number(_) => Vec::new(),
    });
    let places: Vec<usize> = of_cases.flat_map(|(first, bytes)| first..first + bytes.div_ceil(8)).collect();
    sav_cases::each(cases, dictionary, |place, part| {
        /// So much tells.
        const ENOUGH: usize = 1 << 20;
        match part {
            Part::Bytes(bytes) if texts.len() < ENOUGH && places.binary_search(&place).is_ok() => {
                texts.extend(bytes)
            }
            _ => {}
        }
        Ok(())
    })?;
    if texts.is_ascii() {
        return Ok((UTF_8, None));
    }
    let known = text_encoding::likely(&texts, None)
        .ok_or_else(|| "its texts are in no encoding that is known here: declare `encoding`".to_owned())?;
    let label = known.name().to_lowercase();
    let example = texts.split(|byte| *byte == b'\n').find(|line| !line.is_ascii()).unwrap_or_default();
    let example: String = known.decode_without_bom_handling(example).0.trim().chars().take(40).collect();
    let doubt = format!(
        "the file doesn't say in which encoding its texts are; they were read as {label}, such as {example:?}: declare \
         `encoding: {label}` if that is right"
    );
    Ok((known, Some(doubt)))
}

/// The encoding of a number of Windows; none of those that say too little (2 and 3 stand for ASCII and what else).
fn code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        65001 => "utf-8".to_owned(),
        936 | 54936 => "gb18030".to_owned(),
        950 => "big5".to_owned(),
        932 => "shift_jis".to_owned(),
        949 => "euc-kr".to_owned(),
        874 | 1250..=1258 => format!("windows-{number}"),
        28591..=28606 => format!("iso-8859-{}", number - 28590),
        20866 => "koi8-r".to_owned(),
        _ => return None,
    };
    Encoding::for_label_no_replacement(label.as_bytes())
}

/// What a number is under a format that it is printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SpssFormat {
    /// A number; durations and names of months and weekdays are such, too.
    Number,
    Day,
    Time,
    Month,
    Quarter,
    Week,
}

impl SpssFormat {
    fn of(kind: u8) -> Self {
        match kind {
            // DATE, ADATE, JDATE, EDATE, SDATE.
            20 | 23 | 24 | 38 | 39 => Self::Day,
            // DATETIME, YMDHMS.
            22 | 41 => Self::Time,
            28 => Self::Month,
            29 => Self::Quarter,
            30 => Self::Week,
            _ => Self::Number,
        }
    }

    /// Seconds from the first day of the Gregorian calendar, 14 October 1582, as what they are shown as.
    fn text(self, seconds: f64) -> Option<String> {
        /// Days from then to 1 January 1960.
        const TO_1960: i64 = 137_775;
        if !(0.0..4e11).contains(&seconds) {
            return None;
        }
        let day = (seconds / 86_400.0).floor() as i64;
        let date = calendar::day_from_1960(day - TO_1960)?;
        let month = || date.get(5..7).and_then(|month| month.parse::<u8>().ok());
        match self {
            Self::Day => Some(date),
            Self::Time => calendar::time_from_1960((seconds * 1_000.0).round() as i64 - TO_1960 * 86_400_000),
            Self::Month => date.get(..7).map(str::to_owned),
            Self::Quarter => Some(format!("{}Q{}", date.get(..4)?, (month()? - 1) / 3 + 1)),
            Self::Number | Self::Week => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_dates_under_their_formats() {
        // As R 4.2.2 has them: as.POSIXct(x, origin = "1582-10-14", tz = "UTC").
        for (kind, seconds, text) in [
            (20, 13_166_064_000.0, "2000-01-01"),
            (39, 13_166_107_200.0, "2000-01-01"),
            (22, 13_166_107_200.5, "2000-01-01T12:00:00.500"),
            (28, 13_168_742_400.0, "2000-02"),
            (29, 13_173_926_400.0, "2000Q2"),
            (23, 86_400.0, "1582-10-15"),
        ] {
            assert_eq!(SpssFormat::of(kind).text(seconds).as_deref(), Some(text), "{kind}");
        }
        for kind in [5, 21, 25, 26, 27, 40] {
            assert_eq!(SpssFormat::of(kind), SpssFormat::Number, "{kind}");
        }
        assert_eq!(SpssFormat::Day.text(-1.0), None);
    }
}
