//! Sheets of ods workbooks, cell by cell.
//!
//! The format writes runs of equal cells and of equal rows once, with a count: a sheet of a few lines may span all
//! rows and columns that there are. Runs of empty ones are passed over, so that a sheet costs what is used of it.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use crate::calendar::clock_of_iso;
use crate::grid::CellContent;
use crate::merged_region::MergedRegion;
use crate::runs::{Look, Runs, struck_out};
use crate::sheet_cells::SheetCells;
use crate::shown::Shown;
use crate::table::Beside;
use vintner_panel::shortest_decimal;

/// Sheets end here, whatever a count says.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

type Result<T> = std::result::Result<T, String>;

/// The sheets of `content.xml` in their order, each with its name.
pub(crate) fn sheets(content: &str) -> Result<Vec<(String, (SheetCells, Beside))>> {
    let mut events = Events::of(content);
    let mut looks = Looks::new();
    let mut sheets = Vec::new();
    loop {
        match events.next()? {
            Event::Start(element) if element.name().as_ref() == "table:table" => {
                let name = attribute(&element, "table:name")?;
                let cells = sheet(&mut events, &looks)?;
                sheets.extend(name.map(|name| (name, cells)));
            }
            Event::Start(element) if element.name().as_ref() == "style:style" => {
                if let Some(name) = attribute(&element, "style:name")? {
                    looks.insert(name, style(&mut events)?);
                }
            }
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// The events of a text; an element without content comes as its start and its end.
struct Events<'a>(Reader<&'a [u8]>);

impl<'a> Events<'a> {
    fn of(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self(reader)
    }

    fn next(&mut self) -> Result<Event<'a>> {
        self.0.read_event().map_err(|error| error.to_string())
    }

    /// The same where the text can't end yet.
    fn within(&mut self, element: &str) -> Result<Event<'a>> {
        match self.next()? {
            Event::Eof => Err(format!("content.xml ends within a `{element}`")),
            event => Ok(event),
        }
    }

    /// Passes over all up to the end of an element.
    fn pass(&mut self, element: &str) -> Result<()> {
        let mut open = 1;
        while open > 0 {
            match self.within(element)? {
                Event::Start(inner) if inner.name().as_ref() == element => open += 1,
                Event::End(inner) if inner.name().as_ref() == element => open -= 1,
                _ => {}
            }
        }
        Ok(())
    }
}

/// How texts look under a style, by its name.
type Looks = BTreeMap<String, Look>;

/// How texts look under a style, past its end.
fn style(events: &mut Events<'_>) -> Result<Look> {
    let mut look = Look::default();
    loop {
        match events.within("style:style")? {
            Event::Start(element) if element.name().as_ref() == "style:text-properties" => {
                if let Some(position) = attribute(&element, "style:text-position")? {
                    look.raised = position.starts_with("super")
                        || position.starts_with(|c: char| ('1'..='9').contains(&c));
                    look.lowered = position.starts_with("sub") || position.starts_with('-');
                }
                let through = attribute(&element, "style:text-line-through-style")?;
                look.struck = through.is_some_and(|style| style != "none");
            }
            Event::End(element) if element.name().as_ref() == "style:style" => return Ok(look),
            _ => {}
        }
    }
}

fn is_hidden(element: &BytesStart<'_>) -> Result<bool> {
    let seen = attribute(element, "table:visibility")?;
    Ok(seen.is_some_and(|seen| seen == "collapse" || seen == "filter"))
}

fn sheet(events: &mut Events<'_>, looks: &Looks) -> Result<(SheetCells, Beside)> {
    let mut cells = SheetCells::default();
    let (mut beside, mut column) = (Beside::default(), 0);
    let mut row = 0;
    loop {
        match events.within("table:table")? {
            Event::Start(element) if element.name().as_ref() == "table:table-row" => {
                let times = count(&element, "table:number-rows-repeated")?.min(ROWS - row);
                let is_hidden = is_hidden(&element)?;
                let (of_row, spans) = read_row(events, looks)?;
                let spans = spans.into_iter().filter_map(|((column, last_column), rows)| {
                    MergedRegion::between((row, column), (row.saturating_add(rows), last_column))
                });
                beside.merged.extend(spans);
                if is_hidden && !of_row.is_empty() {
                    beside.hidden.rows.extend(row + 1..=row + times);
                }
                for again in 0..if of_row.is_empty() { 0 } else { times } {
                    for (column, content) in &of_row {
                        cells.push(row + again, *column, content.clone()).map_err(|many| many.message())?;
                    }
                }
                row += times;
            }
            Event::Start(element) if element.name().as_ref() == "table:table-column" => {
                let times = count(&element, "table:number-columns-repeated")?.min(COLUMNS - column);
                if is_hidden(&element)? {
                    beside.hidden.columns.extend(column + 1..=column + times);
                }
                column += times;
            }
            Event::End(element) if element.name().as_ref() == "table:table" => return Ok((cells, beside)),
            _ => {}
        }
    }
}

/// The first and last column of a cell that spans several, and how many rows it reaches down.
type Span = ((u32, u32), u32);

/// The used cells of a row with their columns, and cells that span several.
type RowRead = (Vec<(u32, CellContent)>, Vec<Span>);

fn read_row(events: &mut Events<'_>, looks: &Looks) -> Result<RowRead> {
    let (mut cells, mut spans) = (Vec::new(), Vec::new());
    let mut column = 0;
    loop {
        match events.within("table:table-row")? {
            Event::Start(element)
                if ["table:table-cell", "table:covered-table-cell"].contains(&element.name().as_ref()) =>
            {
                let times = count(&element, "table:number-columns-repeated")?.min(COLUMNS - column);
                let across = count(&element, "table:number-columns-spanned")?.clamp(1, COLUMNS);
                let down = count(&element, "table:number-rows-spanned")?.clamp(1, ROWS);
                if across > 1 || down > 1 {
                    spans.push(((column, column.saturating_add(across - 1)), down - 1));
                }
                if let Some(content) = cell(events, &element, looks)? {
                    cells.extend((column..column + times).map(|column| (column, content.clone())));
                }
                column += times;
            }
            Event::End(element) if element.name().as_ref() == "table:table-row" => return Ok((cells, spans)),
            _ => {}
        }
    }
}

/// What a cell holds, past its end; nothing where it isn't used. Of several values the first counts.
fn cell(events: &mut Events<'_>, element: &BytesStart<'_>, looks: &Looks) -> Result<Option<CellContent>> {
    let (mut value, mut is_text, mut is_error) = (None, false, false);
    let (mut is_percent, mut formula, mut struck) = (false, None, false);
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref().to_owned();
        let text = unescape(&attribute.value).map_err(|error| error.to_string())?;
        match key.as_str() {
            "office:value-type" if value.is_none() => {
                is_text = text == "string";
                is_percent = text == "percentage";
            }
            "table:formula" => formula = Some(text.into_owned()),
            "table:style-name" => struck = looks.get(text.as_ref()).is_some_and(|look| look.struck),
            "calcext:value-type" => is_error = text == "error",
            _ if value.is_some() => {}
            "office:value" => {
                let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
                value = Some(match number.is_finite() {
                    true => CellContent::Number(number),
                    false => CellContent::Text(number.to_string()),
                });
            }
            "office:string-value" => value = Some(CellContent::from_text(text)),
            "office:date-value" => value = Some(CellContent::Date(text.into_owned())),
            "office:time-value" => {
                value = Some(CellContent::Date(clock_of_iso(&text).unwrap_or_else(|| text.into_owned())));
            }
            "office:boolean-value" => value = Some(CellContent::Boolean(["TRUE", "true"].contains(&&*text))),
            _ => {}
        }
    }
    let name = element.name().as_ref().to_owned();
    let seen = paragraphs(events, &name, looks)?;
    let text = seen.as_ref().map(|runs| runs.content().raw().trim().to_owned());
    // What an error is called is a paragraph beside an empty text or, of older programs, beside a 0.
    let is_named = text.as_deref().is_some_and(names_an_error);
    let is_none = value == Some(CellContent::Number(0.0)) || value == Some(CellContent::Empty);
    if let Some(text) = text.as_ref().filter(|text| !text.is_empty() && (is_error || (is_named && is_none))) {
        return Ok(Some(CellContent::Error(text.clone())));
    }
    // A text may be written as paragraphs alone.
    if (value.is_none() && is_text) || value == Some(CellContent::Empty) {
        let content = seen.unwrap_or_default().content();
        return Ok(Some(if struck { struck_out(&content.raw()) } else { content }));
    }
    Ok(match value {
        Some(CellContent::Number(number)) if is_percent => {
            Some(CellContent::Shown(Box::new(Shown::Percent { number })))
        }
        Some(CellContent::Number(number)) if !struck => {
            let note = text.as_deref().and_then(|text| shown_otherwise(number, text));
            Some(match note {
                None => CellContent::Number(number),
                Some(note) => {
                    let text = shortest_decimal(number);
                    let whole = format!("{text} ({note})");
                    CellContent::Shown(Box::new(Shown::Noted { text, note, raised: false, whole }))
                }
            })
        }
        Some(value) if struck => Some(struck_out(&value.raw())),
        None => formula.map(|formula| {
            let message =
                format!("the formula {formula} has no value: the program that wrote it computes none");
            let hint =
                "open the workbook in a spreadsheet programme and save it, which computes its formulas";
            CellContent::unsure(formula, message, hint)
        }),
        value => value,
    })
}

/// Whether a text is what spreadsheets call an error.
fn names_an_error(text: &str) -> bool {
    text.starts_with("Err:") || (text.starts_with('#') && text.ends_with(['!', '?', 'A']) && text.len() > 3)
}

/// What is seen in a cell with a number, where that is another one or none. Digits are rounded and grouped as people like.
fn shown_otherwise(number: f64, text: &str) -> Option<String> {
    const SIGNS: [char; 6] = ['-', '\u{2212}', '\u{2013}', '(', '\u{25b2}', '\u{25bc}'];
    let is_dash = |letter: char| "-\u{2013}\u{2014}\u{2212} \u{a0}".contains(letter);
    if text.is_empty() {
        return Some("shown as nothing".into());
    }
    if !text.contains(char::is_numeric) {
        // Accountants write a dash for nothing.
        let nothing =
            number == 0.0 && text.chars().all(|letter| is_dash(letter) || !letter.is_alphanumeric());
        return (!nothing).then(|| format!("shown as {text:?}"));
    }
    let is_rounded_off = !text.contains(|digit: char| digit.is_numeric() && digit != '0');
    let differs = match number > 0.0 {
        true => text.starts_with(['-', '\u{2212}']),
        false => number < 0.0 && !text.contains(SIGNS) && !is_rounded_off,
    };
    differs.then(|| format!("shown as {text:?}"))
}

/// The paragraphs of a cell, a line each, up to the cell's end; nothing where it has none.
fn paragraphs(events: &mut Events<'_>, cell: &str, looks: &Looks) -> Result<Option<Runs>> {
    let mut text = Runs::default();
    let mut begun = false;
    let mut spans: Vec<Look> = Vec::new();
    loop {
        match events.within(cell)? {
            Event::Text(part) => text.push(&part.xml10_content(), look(&spans)),
            Event::GeneralRef(reference) => {
                let known = resolve_xml_entity(reference.as_ref());
                match (known, reference.resolve_char_ref().map_err(|error| error.to_string())?) {
                    (Some(known), _) => text.push(known, look(&spans)),
                    (None, Some(character)) => text.push(&character.to_string(), look(&spans)),
                    (None, None) => return Err(format!("`&{};` stands for nothing", reference.as_ref())),
                }
            }
            Event::Start(element) => match element.name().as_ref() {
                "office:annotation" => events.pass("office:annotation")?,
                "text:p" => {
                    if begun {
                        text.push("\n", Look::default());
                    }
                    begun = true;
                }
                "text:s" => {
                    let spaces = count(&element, "text:c")?.min(COLUMNS);
                    text.push(&" ".repeat(spaces as usize), look(&spans));
                }
                "text:tab" => text.push("\t", look(&spans)),
                "text:line-break" => text.push("\n", look(&spans)),
                "text:span" => {
                    let style = attribute(&element, "text:style-name")?;
                    spans.push(style.and_then(|style| looks.get(&style).copied()).unwrap_or_default());
                }
                _ => {}
            },
            Event::End(element) if element.name().as_ref() == "text:span" => drop(spans.pop()),
            Event::End(element) if element.name().as_ref() == cell => return Ok(begun.then_some(text)),
            _ => {}
        }
    }
}

/// The look within spans in one another.
fn look(spans: &[Look]) -> Look {
    let any = |is: fn(&Look) -> bool| spans.iter().any(is);
    Look {
        raised: any(|look| look.raised),
        lowered: any(|look| look.lowered),
        struck: any(|look| look.struck),
    }
}

/// A count of an element, 1 where it has none.
fn count(element: &BytesStart<'_>, name: &str) -> Result<u32> {
    let Some(text) = attribute(element, name)? else { return Ok(1) };
    let count: u64 = text.parse().map_err(|_| format!("`{text}` is no count"))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.as_ref() == name {
            return unescape(&attribute.value)
                .map(|text| Some(text.into_owned()))
                .map_err(|error| error.to_string());
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rows(table: &str) -> Vec<(u32, Vec<String>)> {
        let content = format!("<a><table:table table:name=\"s&amp;t\">{table}</table:table></a>");
        let mut sheets = sheets(&content).unwrap();
        let (name, (cells, _)) = sheets.remove(0);
        assert_eq!(name, "s&t");
        let rows = cells.into_rows().unwrap();
        rows.iter().map(|row| (row.number, row.cells.iter().map(CellContent::raw).collect())).collect()
    }

    #[test]
    fn runs_are_written_out_where_they_hold_something() {
        let found = rows(
            "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"9\"/>\
             </table:table-row><table:table-row table:number-rows-repeated=\"2\"><table:table-cell/>\
             <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"1.5\"/>\
             <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
             <table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell/></table:table-row>",
        );
        let row = |number| (number, ["", "1.5", "1.5"].map(str::to_owned).to_vec());
        assert_eq!(found, [row(3), row(4)]);
    }

    #[test]
    fn a_cell_in_the_last_corner_costs_its_own_row() {
        let found = rows(
            "<table:table-row><table:table-cell office:value=\"1\"/></table:table-row>\
             <table:table-row table:number-rows-repeated=\"1048574\"><table:table-cell/></table:table-row>\
             <table:table-row><table:table-cell table:number-columns-repeated=\"16383\"/>\
             <table:table-cell office:boolean-value=\"true\"/></table:table-row>",
        );
        assert_eq!(
            found.iter().map(|(number, cells)| (*number, cells.len())).collect::<Vec<_>>(),
            [(1, 1), (1_048_576, 16_384)]
        );
    }

    #[test]
    fn texts_are_their_paragraphs() {
        let found = rows(
            "<table:table-row><table:table-cell office:value-type=\"string\"><office:annotation><text:p>note</text:p>\
             </office:annotation><text:p>a &lt;<text:s text:c=\"2\"/>b&#233;</text:p><text:p>c</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"date\" office:date-value=\"2008-01-31\"><text:p>31.1.</text:p></table:table-cell>\
             <table:covered-table-cell office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\">\
             <text:p>#DIV/0!</text:p></table:covered-table-cell></table:table-row>",
        );
        assert_eq!(found, [(1, ["a <  bé\nc", "2008-01-31", "#DIV/0!"].map(str::to_owned).to_vec())]);
    }

    #[test]
    fn what_is_seen_may_be_another_number_or_none() {
        for (number, text, note) in [
            (0.0, "n/a", Some("shown as \"n/a\"")),
            (12.0, "", Some("shown as nothing")),
            (12.0, "-12", Some("shown as \"-12\"")),
            (-12.0, "12", Some("shown as \"12\"")),
            (-12.0, "(12)", None),
            (-0.001, "0.00", None),
            (0.0, "-", None),
            (0.0, "- €", None),
            (1_234_567.0, "1,234,567", None),
            (12.345, "12.3", None),
            (12.5, "12,50 €", None),
        ] {
            assert_eq!(shown_otherwise(number, text).as_deref(), note, "{number} {text}");
        }
        let cell = |value: &str, text: &str| {
            let row = format!(
                "<table:table-row><table:table-cell {value}><text:p>{text}</text:p></table:table-cell></table:table-row>"
            );
            let content = format!("<a><table:table table:name=\"s\">{row}</table:table></a>");
            let (_, (cells, _)) = sheets(&content).unwrap().remove(0);
            cells.into_rows().unwrap().remove(0).cells.remove(0)
        };
        // As LibreOffice and OpenOffice write errors.
        for value in [
            "office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"",
            "office:value-type=\"float\" office:value=\"0\"",
        ] {
            assert_eq!(cell(value, "#DIV/0!"), CellContent::Error("#DIV/0!".into()), "{value}");
        }
        assert_eq!(
            cell("office:value-type=\"float\" office:value=\"0\"", "Err:502"),
            CellContent::Error("Err:502".into())
        );
        assert_eq!(
            cell("office:value-type=\"string\" office:string-value=\"\"", "x"),
            CellContent::Text("x".into())
        );
    }

    #[test]
    fn a_text_that_breaks_off_is_a_fault() {
        let whole = "<a><table:table table:name=\"s\"><table:table-row><table:table-cell office:value-type=\"string\">\
                     <text:p>x</text:p></table:table-cell></table:table-row></table:table></a>";
        assert_eq!(sheets(whole).unwrap().len(), 1);
        for end in whole.find("<table:table-row").unwrap()..whole.len() - "</table:table></a>".len() {
            assert!(sheets(&whole[..end]).is_err(), "{}", &whole[..end]);
        }
    }
}
