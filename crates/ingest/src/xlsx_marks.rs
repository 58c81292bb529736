//! What an xlsx workbook says of its cells beside their values: how texts look, under which formats numbers stand,
//! which formulas have no value, what is hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use calamine::{ExcelDateTime, ExcelDateTimeType};
use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::grid::CellContent;
use crate::merged_region::MergedRegion;
use crate::number_look::NumberLook;
use crate::runs::{Look, Runs};
use crate::table::{Beside, Hidden};

type Result<T> = std::result::Result<T, String>;

/// A workbook's parts, as far as they say how cells look.
pub(crate) struct XlsxMarks<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// By the sheet's name: its part, and whether it is hidden.
    sheets: BTreeMap<String, (String, bool)>,
    /// Texts that have parts of another look, by their places.
    texts: BTreeMap<usize, Runs>,
    /// By the number of a cell's format.
    looks: Vec<CellLook>,
    /// Whether its formulas were never computed: the writer says that a reader has to.
    is_uncomputed: bool,
    is_1904: bool,
}

#[derive(Debug, Clone, Copy)]
struct CellLook {
    number: NumberLook,
    struck: bool,
}

/// What is said of a sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetMarks {
    /// Cells that hold something else than is shown, by row and column from 0.
    pub cells: BTreeMap<(u32, u32), CellContent>,
    /// Cells that are struck out as a whole.
    pub struck: BTreeSet<(u32, u32)>,
    /// What is hidden, and what is merged.
    pub beside: Beside,
}

impl<'a> XlsxMarks<'a> {
    /// The marks of an unpacked workbook.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
        let mut marks = Self {
            archive,
            sheets: BTreeMap::new(),
            texts: BTreeMap::new(),
            looks: Vec::new(),
            is_uncomputed: false,
            is_1904: false,
        };
        marks.read_workbook()?;
        marks.read_texts()?;
        marks.read_styles()?;
        Ok(marks)
    }

    /// A part's text; empty where there is none.
    fn part(&mut self, name: &str) -> Result<String> {
        let mut text = String::new();
        if let Ok(mut part) = self.archive.by_name(name) {
            part.read_to_string(&mut text).map_err(|error| format!("its part `{name}`: {error}"))?;
        }
        Ok(text)
    }

    fn read_workbook(&mut self) -> Result<()> {
        let mut targets = BTreeMap::new();
        let relations = self.part("xl/_rels/workbook.xml.rels")?;
        each_start(&relations, |element| {
            if let (Some(id), Some(target)) = (attribute(element, "Id")?, attribute(element, "Target")?) {
                let target = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("xl/{target}"),
                };
                targets.insert(id, target);
            }
            Ok(())
        })?;
        let workbook = self.part("xl/workbook.xml")?;
        each_start(&workbook, |element| {
            match element.local_name().as_ref() {
                "sheet" => {
                    let hidden = attribute(element, "state")?.is_some_and(|state| state.ends_with("idden"));
                    let target = attribute(element, "id")?.and_then(|id| targets.get(&id).cloned());
                    if let (Some(name), Some(target)) = (attribute(element, "name")?, target) {
                        self.sheets.insert(name, (target, hidden));
                    }
                }
                "calcPr" => self.is_uncomputed = is_set(element, "fullCalcOnLoad")?,
                "workbookPr" => self.is_1904 = is_set(element, "date1904")?,
                _ => {}
            }
            Ok(())
        })
    }

    fn read_texts(&mut self) -> Result<()> {
        let text = self.part("xl/sharedStrings.xml")?;
        // Only where parts are set apart can any look different.
        if !text.contains("vertAlign") && !text.contains("strike") {
            return Ok(());
        }
        let mut events = Events::of(&text);
        let mut at = 0;
        loop {
            match events.next()? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    let runs = runs(&mut events, "si")?;
                    if runs.is_marked() {
                        self.texts.insert(at, runs);
                    }
                    at += 1;
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn read_styles(&mut self) -> Result<()> {
        let text = self.part("xl/styles.xml")?;
        let mut codes: BTreeMap<u32, NumberLook> = BTreeMap::new();
        let mut fonts: Vec<bool> = Vec::new();
        let (mut in_fonts, mut in_cells) = (false, false);
        let mut events = Events::of(&text);
        loop {
            match events.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "numFmt" => {
                        if let (Some(id), Some(code)) =
                            (attribute(&element, "numFmtId")?, attribute(&element, "formatCode")?)
                        {
                            codes.insert(id.parse().unwrap_or(u32::MAX), NumberLook::of(&code));
                        }
                    }
                    "fonts" => in_fonts = true,
                    "font" if in_fonts => fonts.push(false),
                    "strike" if in_fonts => {
                        let on = !attribute(&element, "val")?.is_some_and(|on| on == "0" || on == "false");
                        if let Some(last) = fonts.last_mut() {
                            *last = on;
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let number = |name: &str| -> Result<Option<u32>> {
                            Ok(attribute(&element, name)?.and_then(|number| number.parse().ok()))
                        };
                        let format = number("numFmtId")?.unwrap_or(0);
                        let font = number("fontId")?.unwrap_or(0) as usize;
                        self.looks.push(CellLook {
                            number: codes
                                .get(&format)
                                .copied()
                                .unwrap_or_else(|| NumberLook::built_in(format)),
                            struck: fonts.get(font).copied().unwrap_or_default(),
                        });
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "fonts" => in_fonts = false,
                    "cellXfs" => in_cells = false,
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// What is said of a sheet; nothing where there is no such.
    pub(crate) fn sheet(&mut self, name: &str) -> Result<SheetMarks> {
        let Some((part, is_hidden)) = self.sheets.get(name).cloned() else {
            return Ok(SheetMarks::default());
        };
        let text = self.part(&part)?;
        let mut marks = SheetMarks::default();
        marks.beside.hidden = Hidden { sheet: is_hidden, ..Hidden::default() };
        let styled = self.looks.iter().any(|look| look.struck || look.number != NumberLook::Plain);
        if !styled && self.texts.is_empty() && !tells_more(&text) {
            return Ok(marks);
        }
        let mut events = Events::of(&text);
        let (mut row, mut column) = (0_u32, 0_u32);
        loop {
            match events.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "col" if is_set(&element, "hidden")? => {
                        let end = |name| -> Result<Option<u32>> {
                            Ok(attribute(&element, name)?.and_then(|number| number.parse().ok()))
                        };
                        if let (Some(first), Some(last)) = (end("min")?, end("max")?) {
                            marks.beside.hidden.columns.extend(first..=last.min(16_384));
                        }
                    }
                    "row" => {
                        if let Some(number) =
                            attribute(&element, "r")?.and_then(|number| number.parse::<u32>().ok())
                        {
                            row = number.saturating_sub(1);
                        }
                        column = 0;
                        if is_set(&element, "hidden")? {
                            marks.beside.hidden.rows.push(row.saturating_add(1));
                        }
                    }
                    "mergeCell" => {
                        let ends = attribute(&element, "ref")?;
                        let ends = ends.as_deref().and_then(|ends| ends.split_once(':'));
                        let region = ends.and_then(|(first, last)| {
                            MergedRegion::between(place_of(first)?, place_of(last)?)
                        });
                        marks.beside.merged.extend(region);
                    }
                    "c" => {
                        let place = attribute(&element, "r")?.and_then(|place| place_of(&place));
                        let (at_row, at_column) = place.unwrap_or((row, column));
                        column = at_column.saturating_add(1);
                        let style = attribute(&element, "s")?.and_then(|number| number.parse::<usize>().ok());
                        let look = style.or(Some(0)).and_then(|style| self.looks.get(style)).copied();
                        let kind = attribute(&element, "t")?.unwrap_or_default();
                        let cell = read_cell(&mut events)?;
                        let used = cell.formula.is_some() || cell.value.is_some() || cell.runs.is_some();
                        if used && look.is_some_and(|look| look.struck) {
                            marks.struck.insert((at_row, at_column));
                        }
                        if let Some(content) = self.content(&cell, &kind, look) {
                            marks.cells.insert((at_row, at_column), content);
                        }
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "row" => row = row.saturating_add(1),
                Event::Eof => return Ok(marks),
                _ => {}
            }
        }
    }

    fn content(&self, cell: &XmlCell, kind: &str, look: Option<CellLook>) -> Option<CellContent> {
        let value = cell.value.as_deref().map(str::trim).unwrap_or_default();
        if let Some(formula) = &cell.formula {
            let shown = format!("={formula}");
            if value.is_empty() && kind != "str" {
                return Some(CellContent::unsure(
                    shown.clone(),
                    format!("the formula {shown} has no value: the program that wrote it computes none"),
                    COMPUTE,
                ));
            }
            let is_zero = ["", "n"].contains(&kind) && value.parse::<f64>().is_ok_and(|number| number == 0.0);
            if self.is_uncomputed && is_zero {
                return Some(CellContent::unsure(
                    shown.clone(),
                    format!(
                        "the formula {shown} has a 0 that may stand for its value: the workbook says that it was never computed"
                    ),
                    COMPUTE,
                ));
            }
        }
        match kind {
            "s" => value.parse::<usize>().ok().and_then(|at| self.texts.get(&at)).map(Runs::content),
            "inlineStr" => cell.runs.as_ref().filter(|runs| runs.is_marked()).map(Runs::content),
            "" | "n" => {
                let number: f64 = value.parse().ok().filter(|number: &f64| number.is_finite())?;
                let year = || {
                    let date = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, self.is_1904);
                    (number >= 1.0).then(|| format!("{:04}", date.to_ymd_hms_milli().0))
                };
                look?.number.content(number, year)
            }
            _ => None,
        }
    }
}

/// Whether a sheet may say anything of its cells beside their values. Where it doesn't, it isn't read a second
/// time.
fn tells_more(sheet: &str) -> bool {
    let has = |mark: &&str| sheet.contains(mark);
    // Some programs say of each row that it is not hidden, and write each text in its cell: only parts that are set apart
    // look different.
    let marks = ["<f", ":f", "mergeCell", "hidden=\"1", "hidden=\"t", "hidden='1", "hidden='t"];
    marks.iter().any(has) || (has(&"inlineStr") && ["vertAlign", "strike"].iter().any(has))
}

const COMPUTE: &str = "open the workbook in a spreadsheet programme and save it, which computes its formulas";

/// A cell as it is written.
#[derive(Default)]
struct XmlCell {
    formula: Option<String>,
    value: Option<String>,
    runs: Option<Runs>,
}

fn read_cell(events: &mut Events<'_>) -> Result<XmlCell> {
    let mut cell = XmlCell::default();
    loop {
        match events.within("c")? {
            Event::Start(element) => match element.local_name().as_ref() {
                "f" => cell.formula = Some(events.text("f")?),
                "v" => cell.value = Some(events.text("v")?),
                "is" => cell.runs = Some(runs(events, "is")?),
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "c" => return Ok(cell),
            _ => {}
        }
    }
}

/// The parts of a text up to the end of its element.
fn runs(events: &mut Events<'_>, end: &str) -> Result<Runs> {
    let (mut runs, mut look) = (Runs::default(), Look::default());
    loop {
        match events.within(end)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "r" => look = Look::default(),
                "vertAlign" => match attribute(&element, "val")?.as_deref() {
                    Some("superscript") => look.raised = true,
                    Some("subscript") => look.lowered = true,
                    _ => {}
                },
                "strike" => {
                    look.struck = !attribute(&element, "val")?.is_some_and(|on| on == "0" || on == "false")
                }
                // What is said beside it, how it is spoken.
                "rPh" => drop(events.text("rPh")?),
                "t" => runs.push(&events.text("t")?, look),
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == end => return Ok(runs),
            _ => {}
        }
    }
}

/// Row and column from 0 of a cell such as `D15`.
fn place_of(text: &str) -> Option<(u32, u32)> {
    let (mut row, mut column) = (0_u32, 0_u32);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' => column = column.checked_mul(26)?.checked_add(u32::from(byte - b'A') + 1)?,
            b'a'..=b'z' => column = column.checked_mul(26)?.checked_add(u32::from(byte - b'a') + 1)?,
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// The events of a text; an element without content comes as its start and its end.
struct Events<'x>(Reader<&'x [u8]>);

impl<'x> Events<'x> {
    fn of(text: &'x str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self(reader)
    }

    fn next(&mut self) -> Result<Event<'x>> {
        self.0.read_event().map_err(|error| error.to_string())
    }

    /// The same where the text can't end yet.
    fn within(&mut self, element: &str) -> Result<Event<'x>> {
        match self.next()? {
            Event::Eof => Err(format!("a part ends within a `{element}`")),
            event => Ok(event),
        }
    }

    /// All text up to the end of an element.
    fn text(&mut self, element: &str) -> Result<String> {
        let mut text = String::new();
        loop {
            match self.within(element)? {
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(reference) => {
                    let known = resolve_xml_entity(reference.as_ref());
                    match (known, reference.resolve_char_ref().map_err(|error| error.to_string())?) {
                        (Some(known), _) => text.push_str(known),
                        (None, Some(character)) => text.push(character),
                        (None, None) => return Err(format!("`&{};` stands for nothing", reference.as_ref())),
                    }
                }
                Event::End(end) if end.local_name().as_ref() == element => return Ok(text),
                _ => {}
            }
        }
    }
}

fn each_start(text: &str, mut visit: impl FnMut(&BytesStart<'_>) -> Result<()>) -> Result<()> {
    let mut events = Events::of(text);
    loop {
        match events.next()? {
            Event::Start(element) => visit(&element)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// An attribute by its name without a prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.local_name().as_ref() == name {
            let text = unescape(&attribute.value).map_err(|error| error.to_string())?;
            return Ok(Some(text.into_owned()));
        }
    }
    Ok(None)
}

fn is_set(element: &BytesStart<'_>, name: &str) -> Result<bool> {
    Ok(attribute(element, name)?.is_some_and(|text| text == "1" || text == "true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_says_no_more_than_values_is_read_once() {
        let plain = r#"<row r="1" hidden="false"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1"><v>1</v></c></row>"#;
        assert!(!tells_more(plain));
        for more in [
            r#"<row r="1" hidden="1">"#,
            r#"<col min="1" max="2" hidden="true"/>"#,
            r#"<c r="A1"><f>1+1</f><v>2</v></c>"#,
            r#"<x:c r="A1"><x:f>1+1</x:f></x:c>"#,
            r#"<mergeCell ref="A1:B1"/>"#,
            r#"<c t="inlineStr"><is><r><rPr><strike/></rPr><t>a</t></r></is></c>"#,
            r#"<c t="inlineStr"><is><r><rPr><vertAlign val="superscript"/></rPr><t>a</t></r></is></c>"#,
        ] {
            assert!(tells_more(&format!("{plain}{more}")), "{more}");
        }
    }
}
