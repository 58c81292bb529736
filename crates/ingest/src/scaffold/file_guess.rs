//! What a file is: its format, its encoding, its delimiter, and the sheets in it.

use super::data_package::Resource;
use crate::binary::{read_columns, read_tables, unpacked};
use crate::column_letter::letters;
use crate::columns::{ColumnsAsked, Declared, Typed};
use crate::format::Format;
use crate::grid::GridRow;
use crate::malformed::Malformed;
use crate::merged_region::MergedRegion;
use crate::number::parse_number;
use crate::packed::Packer;
use crate::shown::Shown;
use crate::table::{Unreadable, Wanted};
use crate::{delimited, html, text_encoding};

/// One table's worth of cells, and how they were read.
#[derive(Debug)]
pub(super) struct Readable {
    pub(super) format: Format,
    pub(super) encoding: Option<String>,
    /// Three texts as they are read in it.
    pub(super) encoding_seen: String,
    /// In which other encoding its bytes are text, too.
    pub(super) encoding_doubt: Option<String>,
    pub(super) delimiter: Option<char>,
    pub(super) comment: Option<String>,
    /// Whether spaces behind a delimiter are skipped, as quotation marks stand behind them.
    pub(super) skips_space: bool,
    pub(super) sheet: Option<String>,
    /// In its place, sheets that are laid out alike, each of a time.
    pub(super) sheets: Vec<String>,
    /// Whether the sheet is hidden.
    pub(super) is_hidden: bool,
    /// The workbook's other sheets.
    pub(super) other_sheets: Option<String>,
    pub(super) rows: Vec<GridRow>,
    /// Which of its cells are merged.
    pub(super) merged: Vec<MergedRegion>,
    /// What columns are called in words, by their names, where the file says so.
    pub(super) column_labels: Vec<(String, String)>,
    /// Which columns the file declares to be its keys.
    pub(super) declared: Declared,
    /// Columns whose values have labels; their rows hold these.
    pub(super) labelled: Vec<String>,
    /// What stands for missing values, where a data package says so.
    pub(super) missing: Vec<String>,
    /// What a reader of the manifest should look at.
    pub(super) remarks: Vec<String>,
}

impl Readable {
    /// The keys that the file declares, and what it calls the time in words.
    pub(super) fn keys(&self) -> DeclaredKeys<'_> {
        let Declared { entity, time, .. } = &self.declared;
        let label = time.as_ref().and_then(|time| self.column_labels.iter().find(|(name, _)| name == time));
        DeclaredKeys {
            entity: entity.as_deref(),
            time: time.as_deref(),
            time_label: label.map(|(_, label)| label.as_str()).unwrap_or_default(),
        }
    }
}

/// Columns that a file declares to be its keys.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DeclaredKeys<'r> {
    pub(super) entity: Option<&'r str>,
    pub(super) time: Option<&'r str>,
    /// What it calls the time in words.
    pub(super) time_label: &'r str,
}

const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

/// Every sheet of a workbook, or the one table of another file; a message where it can't be read.
pub(super) fn readings(
    name: &str,
    bytes: &[u8],
    resource: Option<&Resource>,
) -> Result<Vec<Readable>, String> {
    if bytes.is_empty() {
        return Err("the file is empty (0 bytes): get it again".into());
    }
    let refused = |wrong: Unreadable| format!("{}; {}", wrong.message, wrong.hint);
    let packer = Packer::of(bytes);
    let (name, unpacked_bytes) = match packer {
        Some(packer) => (
            name.strip_suffix(packer.ending()).unwrap_or(name),
            unpacked(bytes, Format::Csv).map_err(refused)?,
        ),
        None => (name, Vec::new()),
    };
    let bytes = if unpacked_bytes.is_empty() { bytes } else { &unpacked_bytes };
    if let Some(other) = another_program(bytes) {
        return Err(other.into());
    }
    let format = by_bytes(bytes).unwrap_or_else(|| by_name(name));
    let mut readings = match format {
        Format::Csv | Format::Tsv if is_page(bytes) => vec![page(bytes)?],
        Format::Csv | Format::Tsv => vec![text(bytes, resource)?],
        _ if !unpacked_bytes.is_empty() && format != Format::Rds => {
            let packer = packer.map_or("gzip", Packer::name);
            return Err(format!("a {} packed by {packer}: unpack it", format.in_words()));
        }
        _ if format.is_columnar() => {
            let mut columns = read_columns(bytes, format, &ColumnsAsked::default()).map_err(refused)?;
            let labelled = columns.labelled_names();
            if !labelled.is_empty() {
                let asked = ColumnsAsked { as_labels: labelled.clone(), ..ColumnsAsked::default() };
                columns = read_columns(bytes, format, &asked).map_err(refused)?;
            }
            let (labels, mut remarks) = (columns.labels_by_name(), columns.warnings.clone());
            let declared = columns.declared.clone();
            if let (Some(time), Some(step)) = (&declared.time, &declared.step) {
                remarks.push(format!(
                    "its `xtset` says that times of `{time}` that follow one another are {step} apart, and here a lag is \
                     one: divide them, or count lags by {step}"
                ));
            }
            // What can't be read isn't proposed.
            columns.columns.retain(|_, typed| match typed {
                Typed::Unread(Shown::Unsure { message, .. }) => {
                    remarks.push(format!("{message}; it is left out"));
                    false
                }
                _ => true,
            });
            let mut reading = plain(format, None, columns.into_rows());
            reading.remarks = remarks;
            reading.column_labels = labels;
            reading.declared = declared;
            reading.labelled = labelled;
            vec![reading]
        }
        _ => read_tables(bytes, format, Wanted::All)
            .map_err(refused)?
            .into_iter()
            .map(|table| Readable {
                merged: table.merged,
                is_hidden: table.hidden.sheet,
                ..plain(format, table.sheet, table.rows)
            })
            .collect(),
    };
    if let Some(resource) = resource {
        for reading in &mut readings {
            reading.missing = resource.missing();
            if reading.column_labels.is_empty() {
                reading.column_labels = resource.labels();
            }
        }
    }
    // A page is known by its text alone.
    let format = readings.first().map_or(format, |reading| reading.format);
    let said = by_extension(name);
    if said.is_some_and(|said| said != format && !(said.is_text() && format.is_text())) {
        let remark = format!("its name says otherwise, its bytes are those of {}", format.name());
        readings.iter_mut().for_each(|reading| reading.remarks.push(remark.clone()));
    }
    Ok(readings)
}

fn plain(format: Format, sheet: Option<String>, rows: Vec<GridRow>) -> Readable {
    Readable {
        format,
        encoding: None,
        encoding_seen: String::new(),
        encoding_doubt: None,
        delimiter: None,
        comment: None,
        skips_space: false,
        sheet,
        sheets: Vec::new(),
        is_hidden: false,
        other_sheets: None,
        rows,
        merged: Vec::new(),
        column_labels: Vec::new(),
        declared: Declared::default(),
        labelled: Vec::new(),
        missing: Vec::new(),
        remarks: Vec::new(),
    }
}

/// What is said of files of other programs, which aren't read.
fn another_program(bytes: &[u8]) -> Option<&'static str> {
    if [&b"RDX2\n"[..], b"RDX3\n", b"A\n2\n", b"A\n3\n"].iter().any(|start| bytes.starts_with(start)) {
        return Some(
            "an R data file of several values, or written as text: write the data frame by `saveRDS(x, file)`",
        );
    }
    // One that is cut off lacks the list of its parts, and may be anything.
    if bytes.starts_with(b"PK\x03\x04")
        && holds(bytes, b"PK\x05\x06")
        && !holds(bytes, b"[Content_Types].xml")
        && !holds(bytes, b"opendocument")
    {
        return Some("a ZIP archive and no workbook: unpack it, and begin with the files that are in it");
    }
    let sas = [0xc2, 0xea, 0x81, 0x60, 0xb3, 0x14, 0x11, 0xcf];
    (bytes.get(12..20) == Some(&sas)).then_some(
        "a SAS file, which isn't read: write it as Parquet (R: `arrow::write_parquet(haven::read_sas(file), out)`)",
    )
}

/// Whether a part stands near a file's beginning or its end, where archives name what is in them.
fn holds(bytes: &[u8], part: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(66_000)..).unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or(bytes);
    [head, tail].iter().any(|place| place.windows(part.len()).any(|window| window == part))
}

fn by_bytes(bytes: &[u8]) -> Option<Format> {
    let holds = |part: &[u8]| holds(bytes, part);
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(if holds(b"opendocument.spreadsheet") {
            Format::Ods
        } else if holds(b"xl/workbook.bin") {
            Format::Xlsb
        } else {
            Format::Xlsx
        });
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some(Format::Xls);
    }
    // Before format 117 a Stata file begins with its format, the order of bytes and the kind of file.
    let is_stata =
        bytes.starts_with(b"<stata_dta>") || matches!(bytes, [102..=115, order, 1, ..] if *order <= 2);
    if is_stata {
        return Some(Format::Dta);
    }
    if bytes.starts_with(b"$FL2") || bytes.starts_with(b"$FL3") {
        return Some(Format::Sav);
    }
    if bytes.starts_with(b"X\n\0\0\0") {
        return Some(Format::Rds);
    }
    bytes.starts_with(b"PAR1").then_some(Format::Parquet)
}

fn by_extension(name: &str) -> Option<Format> {
    let ending = name.rsplit_once('.')?.1.to_lowercase();
    Format::ALL.into_iter().find(|format| format.name() == ending)
}

/// What isn't known by its bytes is text, whatever its name.
fn by_name(name: &str) -> Format {
    by_extension(name).filter(|format| format.is_text()).unwrap_or(Format::Csv)
}

fn is_page(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

/// The largest table of a page.
fn page(bytes: &[u8]) -> Result<Readable, String> {
    let none = || "a page of HTML or XML, not a table: get the file itself".to_owned();
    let label =
        text_encoding::likely(bytes, None).map(|encoding| encoding.name().to_lowercase()).ok_or_else(none)?;
    let text = text_encoding::decode(bytes, &label).map_err(|_| none())?.text;
    let table = html::table(&text).ok().flatten().filter(|table| !table.rows.is_empty());
    let html::PageTable { rows, merged, .. } = table.ok_or_else(none)?;
    let mut reading = Readable { merged, ..plain(Format::Html, None, rows) };
    reading.encoding = (label != "utf-8").then_some(label);
    Ok(reading)
}

fn text(bytes: &[u8], resource: Option<&Resource>) -> Result<Readable, String> {
    if bytes.starts_with(b"%PDF") {
        return Err("a PDF document, not a table: copy its tables into a spreadsheet".into());
    }
    let marked = match bytes {
        [0xFF, 0xFE, ..] => Some("utf-16le"),
        [0xFE, 0xFF, ..] => Some("utf-16be"),
        _ => text_encoding::unmarked_utf16(bytes),
    };
    if marked.is_none() && bytes.iter().filter(|byte| **byte == 0).count() * 20 > bytes.len() {
        return Err("neither a workbook nor text".into());
    }
    let said = resource.and_then(|resource| resource.encoding.as_deref()).map(str::to_lowercase);
    let fits = |label: &String| text_encoding::decode(bytes, label).is_ok();
    let label = match marked {
        Some(label) => Some(label.to_owned()),
        // What a data package says is right where the bytes allow it.
        None if said.as_ref().is_some_and(fits) => said,
        None => text_encoding::likely(bytes, None).map(|encoding| encoding.name().to_lowercase()),
    };
    let decoded = label.and_then(|label| Some((text_encoding::decode(bytes, &label).ok()?.text, label)));
    let Some((text, label)) = decoded else { return Err("text in no encoding that is known here".into()) };
    let comment = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .and_then(|line| ["#", "//", "%"].into_iter().find(|mark| line.starts_with(mark)).map(str::to_owned));
    let mut best: Option<(usize, (char, bool), Vec<GridRow>)> = None;
    let mut wrong: Option<Malformed> = None;
    let said = resource.and_then(Resource::delimiter);
    let tried: Vec<char> = DELIMITERS
        .into_iter()
        .filter(|one| said.is_none_or(|said| said == *one))
        .chain(said.filter(|said| !DELIMITERS.contains(said)))
        .collect();
    for delimiter in likeliest(&text, &tried, comment.as_deref()).map_or(tried, |one| vec![one]) {
        let skips_space = skips_space(&text, delimiter);
        let dialect = delimited::Dialect { delimiter, comment: comment.as_deref(), skips_space };
        let rows = match delimited::parse(&text, dialect) {
            Ok(rows) => rows,
            Err(own) => {
                // Of lines that this delimiter divides; of the others it says nothing.
                if text.contains(delimiter) && wrong.is_none() {
                    wrong = Some(own);
                }
                continue;
            }
        };
        // Many rows of the same width, more than one: the more cells stand in such rows, the better.
        let width = common_width(&rows);
        let fitting = rows.iter().filter(|row| row.cells.len() == width).count();
        let score = if width < 2 { 0 } else { width * fitting };
        // Nobody types tabs: keys with more commas than there are columns, as Eurostat has, don't weigh against them.
        if delimiter == '\t' && width > 1 && fitting * 10 >= rows.len() * 9 {
            best = Some((score, (delimiter, skips_space), rows));
            break;
        }
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, (delimiter, skips_space), rows));
        }
    }
    // A quotation mark that closes before a blank is closed: the delimiters tried here don't divide such fields.
    let is_one_column = best.as_ref().is_none_or(|(score, ..)| *score == 0);
    if is_one_column && is_divided_by_blanks(&text) {
        return Err("its columns are divided by blanks, which isn't read: write it as CSV (R: `write.csv(x, file)`; a \
                    spreadsheet programme opens it as text of fixed width or divided by blanks)"
            .into());
    }
    // What another delimiter than that at fault makes of it is a table of one column.
    if let Some(wrong) = wrong.filter(|_| best.as_ref().is_none_or(|(score, ..)| *score == 0)) {
        let Malformed { line, column, message, hint } = wrong;
        return Err(format!("{}{line}: {message}; {hint}", letters(column)));
    }
    let Some((_, (delimiter, skips_space), rows)) = best else {
        return Err("a quotation mark that is opened and never closed".into());
    };
    let format = if delimiter == '\t' { Format::Tsv } else { Format::Csv };
    Ok(Readable {
        format,
        encoding_seen: text_encoding::samples(&text).join(", "),
        encoding_doubt: text_encoding::other_reading(bytes, &label),
        encoding: (label != "utf-8").then_some(label),
        delimiter: (![',', '\t'].contains(&delimiter)).then_some(delimiter),
        comment,
        skips_space,
        sheet: None,
        sheets: Vec::new(),
        is_hidden: false,
        other_sheets: None,
        rows,
        merged: Vec::new(),
        column_labels: Vec::new(),
        declared: Declared::default(),
        labelled: Vec::new(),
        missing: Vec::new(),
        remarks: Vec::new(),
    })
}

/// So long a text is at least of which the beginning says what divides it, and so many rows of it do.
const LONG: usize = 4 * 1024 * 1024;
const BEGINNING: usize = 5_000;

/// Of a long text the delimiter that makes nearly all rows of its beginning as wide as one another and no other divides
/// at all; nothing where that isn't plain.
fn likeliest(text: &str, tried: &[char], comment: Option<&str>) -> Option<char> {
    if text.len() < LONG {
        return None;
    }
    let divides = |delimiter: &char| {
        let dialect =
            delimited::Dialect { delimiter: *delimiter, comment, skips_space: skips_space(text, *delimiter) };
        let rows = delimited::first_rows(text, dialect, |rows| rows.len() >= BEGINNING).ok()?;
        let width = common_width(&rows);
        let fitting = rows.iter().filter(|row| row.cells.len() == width).count();
        (width > 1).then_some((*delimiter, fitting * 10 >= rows.len() * 9))
    };
    let own: Vec<(char, bool)> = tried.iter().filter_map(divides).collect();
    let [(delimiter, true)] = own.as_slice() else { return None };
    Some(*delimiter)
}

fn skips_space(text: &str, delimiter: char) -> bool {
    text.contains('"') && (text.contains(&format!("{delimiter} \"")) || text.contains("\n \""))
}

/// Whether a text's lines are fields with blanks between them, as many in each but the first, which may lack that of the
/// names of rows, as R's `write.table` leaves it out; a field in quotation marks is one. Names of two words are a column of one.
fn is_divided_by_blanks(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(LINES_TRIED);
    let has_number = |line: &str| line.split(' ').any(|field| parse_number(field).is_some());
    if !lines.clone().nth(1).is_some_and(has_number) {
        return false;
    }
    let counts: Option<Vec<usize>> = lines.map(fields_between_blanks).collect();
    match counts.as_deref() {
        Some([head, first, rest @ ..]) => {
            *first > 1 && (head == first || head + 1 == *first) && rest.iter().all(|own| own == first)
        }
        _ => false,
    }
}

/// So many lines are looked at to see whether blanks divide them.
const LINES_TRIED: usize = 200;

/// How many fields a line has between blanks; nothing where a quotation mark is never closed.
fn fields_between_blanks(line: &str) -> Option<usize> {
    let (mut count, mut within, mut quoted) = (0, false, false);
    for character in line.chars() {
        if character == '"' {
            quoted = !quoted;
        }
        let is_blank = character == ' ' && !quoted;
        count += usize::from(!is_blank && !within);
        within = !is_blank;
    }
    (!quoted).then_some(count)
}

/// The width that most rows have.
fn common_width(rows: &[GridRow]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    let runs = widths.chunk_by(|one, other| one == other);
    runs.max_by_key(|run| run.len()).and_then(|run| run.first()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_divide_columns_where_all_lines_have_as_many() {
        for text in
            ["\"mpg\" \"cyl\"\n\"Mazda RX4\" 21 6\n\"Datsun 710\" 22.8 4\n", "firm  x\nA     1.0\nB   2\n"]
        {
            assert!(is_divided_by_blanks(text), "{text}");
        }
        for text in ["City name\nNew York\nLos Angeles\n", "a b\n1 2 3 4\n", "\"a b\n1 2\n", "x\n1\n2\n", ""]
        {
            assert!(!is_divided_by_blanks(text), "{text}");
        }
    }
}
