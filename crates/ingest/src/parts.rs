//! A source of many files or sheets as one source for each.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::cell::Cell;
use crate::checksum::Checksum;
use crate::correction::Correction;
use crate::file_pattern::{FilePattern, Given, NameReading, folders_say};
use crate::layout::Layout;
use crate::manifest::Manifest;
use crate::source::{Promised, Source};
use crate::year::parse_marked_year;

/// No table covers so many years.
const MOST_YEARS: i32 = 10_000;

/// The column whose value is the name of a sheet.
pub(crate) const SHEET: &str = "sheet";

impl Manifest {
    /// The sources as they are read: each of one file.
    pub fn parts(&self) -> Vec<Source> {
        self.sources.iter().flat_map(Source::parts).collect()
    }
}

impl Source {
    /// One source for each of its files; itself, where it has one.
    pub fn parts(&self) -> Vec<Source> {
        if self.files.is_empty() && !self.sheets.is_empty() {
            return self
                .sheets
                .iter()
                .map(|sheet| self.of_sheet(sheet).promising(&self.name, self.sheets.len()))
                .collect();
        }
        if self.files.is_empty() {
            return vec![self.clone()];
        }
        let part = |(file, sha256): (&String, &String)| Source {
            name: self.part_name(file),
            file: file.clone(),
            sha256: sha256.clone(),
            files: BTreeMap::new(),
            given: self.given_by(file).unwrap_or_else(|_| self.given.clone()),
            corrections: self.corrections_in(file),
            ..self.clone()
        };
        self.files.iter().map(|file| part(file).promising(&self.name, self.files.len())).collect()
    }

    /// This part of so many. What `covers` promises all of them have together, and none has to have alone; where names
    /// don't say the times, it is looked for once all are read.
    fn promising(mut self, source: &str, parts: usize) -> Source {
        if let (Some([first, last]), true) = (self.covers, parts > 1)
            && last.saturating_sub(first) < MOST_YEARS
        {
            let gap_years = std::mem::replace(&mut self.gap_years, (first..=last).collect());
            let is_given = self.time.as_ref().is_some_and(|time| self.given.contains_key(time));
            let is_timed = self.year.is_none() && (self.time.is_some() || self.layout == Layout::Wide);
            if is_timed && !is_given {
                self.promised = Some(Promised { source: source.to_owned(), parts, gap_years });
            }
        }
        self
    }

    /// The years that the names of its files or sheets say, where these are its times.
    pub(crate) fn years_of_parts(&self) -> Option<BTreeSet<i32>> {
        let time = self.time.as_ref().filter(|_| self.period_of_times().is_none())?;
        let parts = self.parts();
        let year = |part: &Source| {
            let cell = Cell::of_text(part.given.get(time)?);
            Some(parse_marked_year(cell, self.years()).ok()?.year)
        };
        if parts.len() < 2 { None } else { parts.iter().map(year).collect() }
    }

    /// The source of one of its sheets.
    fn of_sheet(&self, sheet: &str) -> Source {
        let mut given = self.given.clone();
        if self.uses(SHEET) {
            given.insert(SHEET.to_owned(), sheet.to_owned());
        }
        Source {
            name: self.part_name(sheet),
            sheet: Some(sheet.to_owned()),
            sheets: Vec::new(),
            given,
            corrections: self.corrections_in(sheet),
            ..self.clone()
        }
    }

    /// The corrections of cells in one of its files or sheets.
    fn corrections_in(&self, part: &str) -> Vec<Correction> {
        let own = self.corrections.iter().filter(|correction| correction.part.as_deref() == Some(part));
        own.map(|correction| Correction { part: None, ..correction.clone() }).collect()
    }

    /// The name of the part that a file is: `sales:year=2001:part-0.parquet`.
    pub fn part_name(&self, file: &str) -> String {
        format!("{}:{}", self.name, file.replace(['/', '\\', '[', ']'], ":"))
    }

    /// The file as it is shown: of many their pattern, or how many there are.
    pub fn files_shown(&self) -> Cow<'_, str> {
        if self.file.is_empty() {
            format!("{} files", self.files.len()).into()
        } else {
            self.file.as_str().into()
        }
    }

    /// The checksum of the file; of many that of what `sha256sum` prints of them, sorted by name.
    pub fn checksum_shown(&self) -> String {
        if self.files.is_empty() {
            return self.sha256.clone();
        }
        let lines = self.files.iter().map(|(file, sha256)| format!("{sha256}  {file}\n"));
        Checksum::of(lines.collect::<String>().as_bytes()).to_string()
    }

    /// The pattern of its files, where it has one that can be read.
    pub(crate) fn pattern(&self) -> Option<FilePattern> {
        let many = !self.files.is_empty() && !self.file.is_empty();
        many.then(|| FilePattern::parse(&self.file).ok())?
    }

    /// The columns that a file's name gives, beside those that the manifest gives; or what is wrong with it. What
    /// the source doesn't use isn't looked at.
    pub(crate) fn given_by(&self, file: &str) -> Result<Given, String> {
        let mut given = self.given.clone();
        let by_pattern = match self.pattern().map(|pattern| pattern.read(file)) {
            None => Given::new(),
            Some(NameReading::Said(said)) => said,
            Some(NameReading::Other) => {
                return Err(format!("{file:?} isn't of the pattern {:?}", self.file));
            }
            Some(NameReading::Ambiguous(one, other)) => {
                return Err(format!("{file:?} can be read as {} or as {}", shown(&one), shown(&other)));
            }
        };
        for (column, value) in folders_say(file).into_iter().chain(by_pattern) {
            if !self.uses(&column) {
                continue;
            }
            if let Some(before) = given.insert(column.clone(), value.clone())
                && before != value
            {
                return Err(format!("`{column}` of {file:?} is both {before:?} and {value:?}"));
            }
        }
        Ok(given)
    }

    /// Whether a column is one of keys or of `where`.
    fn uses(&self, column: &str) -> bool {
        self.keys().any(|own| own == column) || self.rows_where.contains_key(column)
    }
}

fn shown(given: &Given) -> String {
    let pairs: Vec<String> = given.iter().map(|(column, value)| format!("{column} {value:?}")).collect();
    pairs.join(", ")
}
