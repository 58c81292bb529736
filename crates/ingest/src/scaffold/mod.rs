//! A manifest for a folder of files that nobody has described yet: everything that can be told from the files is guessed, and every guess is
//! marked for review.

mod data_package;
mod file_guess;
mod table_guess;

use std::fmt::Write;

use crate::checksum::Checksum;
use crate::crosswalk::Crosswalk;
use crate::fold::fold_header;
use crate::layout::Layout;
use crate::manifest::Manifest;
use data_package::DataPackage;
use file_guess::{Readable, readings};
use table_guess::{TableGuess, ValueGuess, table};

/// A variable that is known already, from the manifest of another vintage.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownVariable {
    /// Its id.
    pub variable: String,
    /// Headers that its columns go by elsewhere.
    pub headers: Vec<String>,
    /// Names of files and sheets in which it stands alone.
    pub places: Vec<String>,
    /// The unit of its tidy values.
    pub unit: String,
    /// The least and the largest value that can be right.
    pub range: Option<[Option<f64>; 2]>,
    /// The name of the source that it comes from.
    pub source: String,
    /// Whether that source keeps entities that the crosswalk doesn't know.
    pub keeps_outside: bool,
}

/// The variables of a manifest.
pub fn known_variables(manifest: &Manifest) -> Vec<KnownVariable> {
    let mut known: Vec<KnownVariable> = Vec::new();
    for source in &manifest.sources {
        for column in &source.columns {
            let headers = column.column.iter().cloned();
            let stem = source.file.rsplit_once('.').map_or(source.file.as_str(), |(stem, _)| stem);
            let alone = source.columns.len() == 1;
            let places = [Some(stem), source.sheet.as_deref()].into_iter().flatten().filter(|_| alone);
            match known.iter_mut().find(|one| one.variable == column.variable) {
                Some(one) => one.headers.extend(headers),
                None => known.push(KnownVariable {
                    variable: column.variable.clone(),
                    headers: headers.collect(),
                    places: places.map(str::to_owned).collect(),
                    unit: column.unit.clone(),
                    range: column.range,
                    source: source.name.clone(),
                    keeps_outside: source.outside() == crate::source::Outside::Keep,
                }),
            }
        }
    }
    known
}

/// A scaffolded manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffold {
    /// The text of `vintage.yaml`.
    pub manifest: String,
    /// Sources that it has.
    pub sources: usize,
    /// Places marked `REVIEW`, where a guess is doubtful or something has to be filled in.
    pub reviews: usize,
    /// Files that couldn't be made sense of, and why.
    pub left_out: Vec<(String, String)>,
    /// Known variables that no column was found for.
    pub missing: Vec<String>,
}

/// Guesses the manifest of a vintage from its files, by name. `date` is that of the newest file.
pub fn scaffold(
    name: &str,
    date: &str,
    files: &[(String, Vec<u8>)],
    crosswalk: &Crosswalk,
    known: &[KnownVariable],
) -> Scaffold {
    let mut writer = Writer { text: String::new(), reviews: 0 };
    writer.head(name, date);
    let mut left_out = Vec::new();
    let mut tables: Vec<(&String, &Vec<u8>, Readable, TableGuess)> = Vec::new();
    let package = DataPackage::among(files).unwrap_or_else(|wrong| {
        left_out.push((data_package::NAME.to_owned(), wrong));
        DataPackage::default()
    });
    for (file, bytes) in files.iter().filter(|(file, _)| file != data_package::NAME) {
        let resource = package.resource(file);
        let found = readings(file, bytes, resource).and_then(|readings| {
            best(readings, crosswalk, known)
                .ok_or_else(|| "no table in it with years under or beside one another".to_owned())
        });
        match found {
            Err(reason) => left_out.push((file.clone(), reason)),
            Ok((reading, guess)) => tables.push((file, bytes, reading, guess)),
        }
    }
    let matches = matches(&tables, known);
    let mut sources: Vec<String> = Vec::new();
    for ((file, bytes, reading, guess), columns) in tables.iter().zip(&matches) {
        let own = columns.iter().find_map(|column| Some(column.known?.source.clone()));
        let own = unique(&own.unwrap_or_else(|| "source".into()), &sources);
        writer.source(&own, file, &Checksum::of(bytes).to_string(), reading, guess, columns, crosswalk);
        sources.push(own);
    }
    let matched: Vec<&str> =
        matches.iter().flatten().filter_map(|column| Some(column.known?.variable.as_str())).collect();
    if sources.is_empty() {
        writer.line("  []");
    }
    for (file, reason) in &left_out {
        writer.text.push('\n');
        writer.review(&format!("  # REVIEW: {}: {}", one_line(file), one_line(reason)));
    }
    let missing: Vec<String> = known
        .iter()
        .map(|one| one.variable.clone())
        .filter(|variable| !matched.contains(&variable.as_str()))
        .collect();
    if !missing.is_empty() {
        writer.text.push('\n');
        writer.review(&format!("  # REVIEW: no column was found for {}", missing.join(", ")));
    }
    Scaffold { manifest: writer.text, sources: sources.len(), reviews: writer.reviews, left_out, missing }
}

/// The reading with the likeliest table: with the most headers that are known word for word, then with the most data.
fn best(
    readings: Vec<Readable>,
    crosswalk: &Crosswalk,
    known: &[KnownVariable],
) -> Option<(Readable, TableGuess)> {
    let sheets: Vec<String> = readings.iter().filter_map(|reading| reading.sheet.clone()).collect();
    let exact = |guess: &TableGuess| {
        let headers = guess.values.iter().filter_map(|value| value.header.as_deref());
        headers.filter(|header| known.iter().any(|one| is_named(one, &words(header)))).count()
    };
    readings
        .into_iter()
        .filter_map(|reading| table(&reading.rows, crosswalk).map(|guess| (reading, guess)))
        .map(|(reading, guess)| ((exact(&guess), guess.score), reading, guess))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, mut reading, guess)| {
            let others: Vec<&str> = sheets
                .iter()
                .filter(|sheet| reading.sheet.as_ref() != Some(sheet))
                .map(String::as_str)
                .collect();
            if !others.is_empty() {
                reading.other_sheets = Some(others.join(", "));
            }
            (reading, guess)
        })
}

/// Whether a header is one that the variable goes by elsewhere.
fn is_named(known: &KnownVariable, header: &str) -> bool {
    !header.is_empty() && known.headers.iter().any(|name| words(name) == header)
}

/// A column of values and the variable that it seems to be.
struct Column<'a> {
    value: &'a ValueGuess,
    known: Option<&'a KnownVariable>,
    sure: bool,
}

/// The columns of all tables with the variables that they seem to be, each variable once. Headers that are known word for word come first, in
/// whichever file, then those that are a variable's id, then those that contain one another, then the file's name for a table of one variable.
fn matches<'a>(
    tables: &'a [(&String, &Vec<u8>, Readable, TableGuess)],
    known: &'a [KnownVariable],
) -> Vec<Vec<Column<'a>>> {
    let mut columns: Vec<Vec<Column>> = tables
        .iter()
        .map(|(_, _, _, guess)| {
            guess.values.iter().map(|value| Column { value, known: None, sure: false }).collect()
        })
        .collect();
    let mut taken: Vec<&str> = Vec::new();
    for pass in 0..4 {
        for ((file, _, _, guess), own) in tables.iter().zip(&mut columns) {
            for column in own.iter_mut().filter(|column| column.known.is_none()) {
                let header = column.value.header.as_deref().map(words).unwrap_or_default();
                let hit = known.iter().find(|one| {
                    let mut names = one.headers.iter().chain([&one.variable]).map(|text| words(text));
                    let fits = match pass {
                        0 => is_named(one, &header),
                        1 => header == words(&one.variable),
                        2 => !header.is_empty() && names.any(|name| alike(&name, &header)),
                        _ => {
                            let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
                            let mut places = one.places.iter().map(|text| words(text));
                            guess.values.len() == 1
                                && (names.any(|name| contains(&words(file), &name))
                                    || places.any(|place| place == words(stem)))
                        }
                    };
                    fits && !taken.contains(&one.variable.as_str())
                });
                if let Some(one) = hit {
                    taken.push(&one.variable);
                    column.known = Some(one);
                    column.sure = pass < 2;
                }
            }
        }
    }
    columns
}

/// A header without what stands in parentheses, in lower case and one width.
fn words(text: &str) -> String {
    let folded = fold_header(text).to_lowercase();
    let mut depth = 0_usize;
    let mut kept = String::new();
    for character in folded.chars() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            other if depth == 0 => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// Whether one is a part of the other, and enough of it for that to mean something.
fn alike(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    contains(long, short) && 2 * short.chars().count() >= long.chars().count()
}

fn contains(long: &str, short: &str) -> bool {
    let least = if short.is_ascii() { 3 } else { 2 };
    short.chars().count() >= least && long.contains(short)
}

fn unique(name: &str, taken: &[String]) -> String {
    if !taken.iter().any(|other| other == name) {
        return name.to_owned();
    }
    (2..).map(|number| format!("{name}_{number}")).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Text that can't end a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A text in double quotes, in which YAML and JSON agree.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".into())
}

struct Writer {
    text: String,
    reviews: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn review(&mut self, line: &str) {
        self.reviews += 1;
        self.line(line);
    }

    fn head(&mut self, name: &str, date: &str) {
        self.line("# Made by `vintner vintage new` from the files alone. `guess:` says what was seen; `REVIEW:` wants your eye or your hand.");
        self.line("# `vintner vintage check` reads everything as this file says, and shows what is wrong.");
        self.review(&format!("title: {{en: {}}}  # REVIEW: say what the vintage is", quoted(name)));
        self.review("kind: public  # REVIEW: public, licensed or synthetic");
        self.line(&format!("date: {date}  # guess: the newest file's"));
        self.review("notice: {en: \"Not reviewed yet.\"}  # REVIEW: what everything made from it must say");
        self.line("\nsources:");
    }

    #[allow(clippy::too_many_arguments)]
    fn source(
        &mut self,
        name: &str,
        file: &str,
        sha256: &str,
        reading: &Readable,
        guess: &TableGuess,
        columns: &[Column],
        crosswalk: &Crosswalk,
    ) {
        let rows = reading.rows.len();
        self.line(&format!("  - name: {name}"));
        self.line(&format!("    file: {}", quoted(file)));
        self.line(&format!("    sha256: {sha256}"));
        self.line(&format!("    format: {}  # guess: by its bytes", reading.format.name()));
        for remark in &reading.remarks {
            self.review(&format!("    # REVIEW: {}", one_line(remark)));
        }
        if let Some(encoding) = &reading.encoding {
            self.line(&format!("    encoding: {encoding}  # guess: the first in which every byte is valid"));
        }
        if let Some(delimiter) = reading.delimiter {
            let delimiter = quoted(&delimiter.to_string());
            self.line(&format!("    delimiter: {delimiter}  # guess: it divides most rows alike"));
        }
        if let Some(comment) = &reading.comment {
            self.line(&format!("    comment: {}  # guess: the first line begins so", quoted(comment)));
        }
        if let Some(sheet) = &reading.sheet {
            let others =
                reading.other_sheets.as_ref().map(|others| format!("; others: {}", one_line(others)));
            let others = others.unwrap_or_default();
            self.line(&format!("    sheet: {}  # guess: {rows} rows{others}", quoted(sheet)));
        }
        if guess.header_row != 1 {
            self.line(&format!("    header_row: {}  # guess: the headers over what fits", guess.header_row));
        }
        if let Some(last) = guess.last_row {
            self.line(&format!("    last_row: {last}  # guess: what stands under it has no year"));
        }
        match guess.layout {
            Layout::Long => {}
            Layout::Wide => self.line("    layout: wide  # guess: years are columns"),
            Layout::EntitiesAcross => self.line("    layout: entities_across  # guess: names are columns"),
        }
        let of = crosswalk.entities().len();
        match &guess.entity {
            Some(entity) => {
                let counts = format!("{} of {of} entities, {} other names", guess.found.len(), guess.outside);
                self.line(&format!("    entity: {}  # guess: {counts}", quoted(entity)));
            }
            None if guess.layout == Layout::EntitiesAcross => {}
            None => self
                .review("    # REVIEW: no column of names was found, so this is one series for all entities"),
        }
        let absent: Vec<&str> = crosswalk
            .entities()
            .iter()
            .map(|entity| entity.id.as_str())
            .filter(|id| !guess.found.contains(*id))
            .collect();
        if !guess.found.is_empty() && !absent.is_empty() {
            self.review(&format!("    # REVIEW: not in it: {}", absent.join(", ")));
        }
        if !reading.missing.is_empty() {
            let listed: Vec<String> = reading.missing.iter().map(|text| quoted(text)).collect();
            self.line(&format!("    missing: [{}]  # datapackage.json says so", listed.join(", ")));
        }
        if !reading.column_labels.is_empty() {
            let named = reading.column_labels.iter().map(|(name, label)| format!("{name}: {label}"));
            let said = named.collect::<Vec<_>>().join("; ");
            self.line(&format!("    # its columns in words: {}", one_line(&said)));
        }
        if let Some(time) = &guess.time {
            self.line(&format!("    time: {}  # guess: years stand under it", quoted(time)));
        }
        if let Some(category) = &guess.category {
            self.line(&format!(
                "    category: {}  # guess: it tells rows of one year apart",
                quoted(category)
            ));
        }
        if let Some([first, last]) = guess.covers {
            self.line(&format!("    covers: [{first}, {last}]  # guess: the years that are there"));
        }
        if guess.outside > 0 {
            let keeps = columns.iter().any(|column| column.known.is_some_and(|known| known.keeps_outside));
            if keeps {
                self.line("    outside: keep  # guess: as for this variable elsewhere");
            }
        }
        if guess.repeated {
            self.review("    # REVIEW: some entity has several rows for a year: `duplicates: first`, `where: {column: text}` or `category`");
        }
        self.columns(columns);
        self.review("    # REVIEW: citation, licence, url, note");
    }

    fn columns(&mut self, columns: &[Column]) {
        let chosen: Vec<&Column> = columns.iter().filter(|column| column.known.is_some()).collect();
        if chosen.is_empty() {
            self.review("    columns: []  # REVIEW: say which of these is which variable");
        } else {
            self.line("    columns:");
        }
        for column in chosen {
            let Some(known) = column.known else { continue };
            let mut parts = Vec::new();
            parts.extend(column.value.header.as_ref().map(|header| format!("column: {}", quoted(header))));
            parts.push(format!("variable: {}", known.variable));
            if !known.unit.is_empty() {
                parts.push(format!("unit: {}", quoted(&known.unit)));
            }
            if let Some(range) = known.range {
                let end = |end: Option<f64>| end.map_or("null".to_owned(), |end| format!("{end}"));
                parts.push(format!("range: [{}, {}]", end(range[0]), end(range[1])));
            }
            let texts = &column.value.texts;
            if !texts.is_empty() && texts.len() <= 5 {
                let listed: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                parts.push(format!("missing: [{}]", listed.join(", ")));
            }
            let outside = known.range.is_some_and(|[least, most]| {
                least.is_some_and(|least| column.value.least < least)
                    || most.is_some_and(|most| column.value.most > most)
            });
            let seen = self.seen(column.value);
            let line = format!("      - {{{}}}", parts.join(", "));
            if !column.sure || outside || !texts.is_empty() {
                let why = if outside {
                    "values out of the known range: another unit? (`scale`)"
                } else if !texts.is_empty() {
                    "do these texts stand for missing values?"
                } else {
                    "the right column, in that unit?"
                };
                self.review(&format!("{line}  # REVIEW: {why} {seen}"));
            } else {
                self.line(&format!("{line}  # guess: {seen}"));
            }
        }
        for column in columns.iter().filter(|column| column.known.is_none()) {
            let header = column.value.header.as_deref().map(quoted).unwrap_or_else(|| "(no header)".into());
            let seen = self.seen(column.value);
            self.line(&format!("      # also there: {}, {seen}", one_line(&header)));
        }
    }

    fn seen(&self, value: &ValueGuess) -> String {
        let mut text = format!("{} numbers, {} to {}", value.numbers, value.least, value.most);
        if value.blank > 0 {
            let _ = write!(text, ", {} blank", value.blank);
        }
        text
    }
}
