//! From files to a manifest, and the crosswalk beside it.

use super::crosswalk_guess::{NamesOf, crosswalk_of};
use super::data_package::{DataPackage, NAME};
use super::described::Described;
use super::file_guess::{Readable, readings};
use super::known::{KnownVariable, is_named, matches, words};
use super::likeliest_table::table;
use super::manifest_writer::Lines;
use super::names::{one_line, slug, unique};
use super::proof::{Proof, proof};
use super::sheets_left::{SheetsLeft, tables_among};
use super::sheets_of_times::sheets_of_times;
use super::source_lines::source_lines;
use super::table_guess::TableGuess;
use super::value_guess::ValueGuess;
use crate::checksum::Checksum;
use crate::crosswalk::Crosswalk;
use crate::review_marks::review_lines;
use crate::source::Source;

/// A scaffolded manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaffold {
    /// The text of `vintage.yaml`.
    pub manifest: String,
    /// What its sources are, one by one.
    pub sources: Vec<ScaffoldedSource>,
    /// Places marked `REVIEW`, where a guess is doubtful or something has to be filled in.
    pub reviews: usize,
    /// Those of them about how sources are read, which each run tells of; the others are words for readers.
    pub guesses: usize,
    /// Files that couldn't be made sense of, and why.
    pub left_out: Vec<(String, String)>,
    /// Known variables that no column was found for.
    pub missing: Vec<String>,
    /// The text of a crosswalk of the names that are there, where none was given and they are names.
    pub crosswalk: Option<String>,
}

impl Scaffold {
    /// How many of its places want a person's eye, and what they are, in words.
    pub fn to_review(&self) -> String {
        let words = self.reviews.saturating_sub(self.guesses);
        let words = format!(
            "{words} {} to fill in (title, notice, citation and the like)",
            if words == 1 { "place" } else { "places" }
        );
        match self.guesses {
            0 => words,
            1 => format!("1 guess to review, {words}"),
            guesses => format!("{guesses} guesses to review, {words}"),
        }
    }
}

/// A source as it was found to be.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaffoldedSource {
    /// Its name.
    pub name: String,
    /// The file.
    pub file: String,
    /// What the manifest says of it; nothing where that isn't complete yet, such as a source without columns.
    pub source: Option<Source>,
    /// The names of its entities, in the order in which they come; none of a series, of rows without names, nor where
    /// several columns name an entity together.
    pub entities: Vec<String>,
    /// How many faults it has when it is read so.
    pub faults: usize,
    /// The first of them, or what isn't complete.
    pub fault: Option<String>,
}

/// A table of a file.
struct Found<'f> {
    file: &'f str,
    bytes: &'f [u8],
    reading: Readable,
    guess: TableGuess,
}

/// Guesses the manifest of a vintage from its files, by name, and reads each as it is described. `date` is that of the
/// newest file. Without a crosswalk the entities are told by the rows that they tell apart; without known variables
/// every column is one, and every sheet with a table a source.
pub fn scaffold(
    name: &str,
    date: &str,
    files: &[(String, Vec<u8>)],
    crosswalk: Option<&Crosswalk>,
    known: &[KnownVariable],
) -> Scaffold {
    let mut lines = Lines::default();
    lines.head(name, date);
    let mut left_out = Vec::new();
    let package = DataPackage::among(files).unwrap_or_else(|wrong| {
        left_out.push((NAME.to_owned(), wrong));
        DataPackage::default()
    });
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut sheets_left: Vec<(String, String)> = Vec::new();
    for (file, bytes) in files.iter().filter(|(file, _)| file != NAME) {
        let tables = readings(file, bytes, package.resource(file)).and_then(|readings| {
            let tables = tables(readings, crosswalk, known);
            let none = || "no table in it: no row of headers over rows of values".to_owned();
            if tables.0.is_empty() { Err(none()) } else { Ok(tables) }
        });
        match tables {
            Err(reason) => left_out.push((file.clone(), reason)),
            Ok((tables, left)) => {
                let name = |sheet: String| format!("{file}, sheet `{}`", one_line(&sheet));
                sheets_left.extend(left.into_iter().map(|(sheet, reason)| (name(sheet), reason)));
                found.extend(tables.into_iter().map(|(reading, guess)| Found {
                    file,
                    bytes,
                    reading,
                    guess,
                }));
            }
        }
    }
    let values: Vec<(&str, &[ValueGuess])> =
        found.iter().map(|one| (one.file, one.guess.values.as_slice())).collect();
    let matches = matches(&values, known);
    let mut sources: Vec<ScaffoldedSource> = Vec::new();
    let mut variables: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (one, columns) in found.iter().zip(&matches) {
        let own = columns.iter().find_map(|column| Some(column.known?.source.clone()));
        let stem = one.file.split('.').next().unwrap_or_default();
        let by_sheet =
            one.reading.sheet.as_deref().filter(|_| one.reading.other_sheets.is_some() && known.is_empty());
        let by_file = match by_sheet {
            Some(sheet) => slug(&format!("{stem} {sheet}")),
            None => slug(stem),
        };
        let by_file = if by_file.is_empty() { "source".to_owned() } else { by_file };
        let own = unique(&own.unwrap_or(by_file), &names);
        names.push(own.clone());
        let described = Described {
            name: &own,
            file: one.file,
            sha256: &Checksum::of(one.bytes).to_string(),
            reading: &one.reading,
            guess: &one.guess,
            columns,
            crosswalk,
            are_known: !known.is_empty(),
        };
        let mut own_lines = source_lines(&described, &mut variables);
        let (source, faults, fault) = match proof(&own_lines.text, one.bytes, crosswalk) {
            Proof::Read(source) => (Some(*source), 0, None),
            Proof::Incomplete(first) => (None, 0, Some(first)),
            Proof::Faulty(source, faults, first) => {
                let told = format!(
                    "read as it says here it has {}, first of all {}",
                    if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") },
                    one_line(&first)
                );
                own_lines.review("    ", &told);
                (Some(*source), faults, Some(first))
            }
        };
        lines.append(&own_lines);
        // Of entities that several columns name together, those of one are no names.
        let entity = one.guess.entity.as_ref().filter(|_| one.guess.joined.is_none());
        let entities = entity.map(|entity| entity.names.clone()).unwrap_or_default();
        sources.push(ScaffoldedSource {
            name: own,
            file: one.file.to_owned(),
            source,
            entities,
            faults,
            fault,
        });
    }
    if sources.is_empty() {
        lines.line("  []");
    }
    for (file, reason) in &left_out {
        lines.text.push('\n');
        lines.review("  ", &format!("{}: {}", one_line(file), one_line(reason)));
    }
    // A guess names them beside the sheet that is read; nobody has to look at them.
    left_out.extend(sheets_left);
    let matched: Vec<&str> =
        matches.iter().flatten().filter_map(|column| Some(column.known?.variable.as_str())).collect();
    let missing: Vec<String> = known
        .iter()
        .map(|one| one.variable.clone())
        .filter(|variable| !matched.contains(&variable.as_str()))
        .collect();
    if !missing.is_empty() {
        lines.text.push('\n');
        lines.review("  ", &format!("no column was found for {}", missing.join(", ")));
    }
    let names: Vec<NamesOf> = sources
        .iter()
        .filter(|source| !source.entities.is_empty())
        .map(|source| NamesOf { source: source.name.clone(), names: source.entities.clone() })
        .collect();
    let crosswalk = if crosswalk.is_none() { crosswalk_of(&names) } else { None };
    let guesses = review_lines(&lines.text).len();
    Scaffold { manifest: lines.text, sources, reviews: lines.reviews, guesses, left_out, missing, crosswalk }
}

/// The tables of a file, and its sheets that aren't proposed with the reasons. Where variables are known, the likeliest of its sheets: with the most headers that are known
/// word for word, then with the most data; otherwise every sheet that has one.
fn tables(
    readings: Vec<Readable>,
    crosswalk: Option<&Crosswalk>,
    known: &[KnownVariable],
) -> (Vec<(Readable, TableGuess)>, SheetsLeft) {
    let sheets: Vec<String> = readings.iter().filter_map(|reading| reading.sheet.clone()).collect();
    let exact = |guess: &TableGuess| {
        let headers = guess.values.iter().filter_map(|value| value.header.as_deref());
        headers.filter(|header| known.iter().any(|one| is_named(one, &words(header)))).count()
    };
    let with_others = |mut reading: Readable, guess: TableGuess| {
        let is_other =
            |sheet: &&String| reading.sheet.as_ref() != Some(sheet) && !reading.sheets.contains(sheet);
        let others: Vec<&str> = sheets.iter().filter(is_other).map(String::as_str).collect();
        reading.other_sheets = (!others.is_empty()).then(|| others.join(", "));
        (reading, guess)
    };
    let tried = readings.into_iter().map(|reading| {
        let guess = table(&reading.rows, &reading.merged, &reading.keys(), crosswalk);
        (reading, guess)
    });
    if known.is_empty() {
        let (found, left) = tables_among(tried.collect());
        let found = sheets_of_times(found).into_iter();
        return (found.map(|(reading, guess)| with_others(reading, guess)).collect(), left);
    }
    let found = tried.filter_map(|(reading, guess)| Some((reading, guess?)));
    let found = sheets_of_times(found.collect());
    let ranked = found.into_iter().map(|(reading, guess)| ((exact(&guess), guess.score), reading, guess));
    let best = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best });
    (best.into_iter().map(|(_, reading, guess)| with_others(reading, guess)).collect(), SheetsLeft::new())
}
