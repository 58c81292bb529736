//! The collecting of records and faults while a layout reads rows: of a header, of a block of rows, and of the whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use vintner_diagnostics::cut;
use vintner_panel::{CellAddress, Frequency, PeriodWindow, SourcePlace};

use crate::cell::Cell;
use crate::column_slice::ColumnSlice;
use crate::crosswalk::Crosswalk;
use crate::layout::Layout;
use crate::marked_time::MarkedPeriod;
use crate::marks_seen::MarksSeen;
use crate::names_outside::NamesOutside;
use crate::number_rule::DecimalMark;
use crate::numbered_quarters::NumberedQuarters;
use crate::problem::Problem;
use crate::records::{RecordPlace, Records, RowKey};
use crate::rows::{GIVEN, Row};
use crate::source::Source;
use crate::source_fault::SourceFaults;
use crate::value_reader::{Value, ValueReader};

/// So many warnings are told of a file; the others are counted.
const WARNINGS: usize = 200;

/// What became of an entity's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolved {
    Id(u32),
    Dropped,
    Refused,
}

/// What is wrong with a value, or with anything else.
#[derive(Debug)]
pub(crate) struct Found {
    /// The record whose value it is.
    pub(crate) record: Option<usize>,
    pub(crate) problem: Problem,
}

/// What is read from, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub source: &'a Source,
    pub place: &'a SourcePlace,
    /// The entities that are known; all of the file's where there is none.
    pub crosswalk: Option<&'a Crosswalk>,
    pub window: Option<PeriodWindow>,
    /// Variables, by their places, in whose columns a comma was found to stand before a fraction.
    pub by_comma: &'a BTreeSet<usize>,
}

impl Asked<'_> {
    /// What the column of a variable was found to write before a fraction.
    pub(crate) fn decided(&self, at: usize) -> DecimalMark {
        if self.by_comma.contains(&at) { DecimalMark::Comma } else { DecimalMark::Point }
    }
}

/// What has been read so far, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Tidying<'a> {
    pub(crate) asked: Asked<'a>,
    pub(crate) records: Records,
    /// What cells say of how numbers are written, and show beside what they hold.
    pub(crate) marks: MarksSeen,
    pub(crate) found: Vec<Found>,
    pub(crate) more_faults: usize,
    pub(crate) widths: Vec<Problem>,
    /// What is wrong with whole columns.
    pub(crate) columns: Vec<Problem>,
    pub(crate) rows_read: usize,
    pub(crate) warnings: Vec<String>,
    pub(crate) more_warnings: usize,
    /// Texts in the columns of `where`, as long as no row has met it.
    pub(crate) unmet: BTreeMap<String, BTreeSet<String>>,
    /// Names of variables met in the rows.
    pub(crate) named: BTreeSet<String>,
    /// Cells whose corrections were looked at.
    pub(crate) corrected: BTreeSet<(u32, u32)>,
    pub(crate) resolved: HashMap<String, Resolved>,
    /// The name that was met last; rows that follow one another often have the same.
    pub(crate) last_name: (String, Option<Resolved>),
    /// Names without a crosswalk whose case is to be ignored, by what they are without it: the first of each and its cell.
    pub(crate) caseless: BTreeMap<String, (String, u32, u32)>,
    pub(crate) matched: BTreeSet<String>,
    pub(crate) unmatched: BTreeSet<String>,
    /// Names, and what is said of each.
    pub(crate) near_misses: Vec<(String, String)>,
    pub(crate) years_seen: BTreeSet<i32>,
    pub(crate) last_year: Option<i32>,
    /// Names that are no entity's, whose rows are left out.
    pub(crate) outside: NamesOutside,
    /// Of these the rows that the manifest says are to be left out.
    pub(crate) confirmed: usize,
    /// Texts that were read as times with a mark beside them: how many, and the first cell.
    pub(crate) marked_times: BTreeMap<String, (usize, u32, u32)>,
    /// Columns that seem to be of years or periods and aren't read.
    pub(crate) unread: Vec<(u32, u32, String)>,
    /// Rows with a part of their key and nothing else: notes under the table, if no row with a key follows.
    pub(crate) unkeyed: Vec<(u32, String, Problem)>,
    pub(crate) last_keyed: u32,
    /// Texts that were read as periods.
    pub(crate) periods: HashMap<String, MarkedPeriod>,
    /// Numbers beside years that may be those of quarters or of months.
    pub(crate) numbered: NumberedQuarters,
    /// Rows without a key that hold text, and the first of them: notes under the table, most often.
    pub(crate) notes: usize,
    pub(crate) first_note: Option<(u32, String)>,
    /// How many cells of each column of keys were filled down, and the rows of those that they were filled from.
    pub(crate) filled: BTreeMap<String, usize>,
    pub(crate) filled_from: BTreeSet<u32>,
    /// Rows with nothing but a text in such a column: names of the rows under them, or notes.
    pub(crate) headings: Vec<(u32, String)>,
    /// The headings of sections that were met, folded.
    pub(crate) sections: BTreeSet<String>,
    /// Rows that say what the header says.
    pub(crate) repeated_headers: Vec<u32>,
    /// Rows with a name and nothing else: names without a value, or notes where none with a key follows.
    pub(crate) valueless: Vec<(u32, String)>,
    /// How many rows were left out for each text that stands where times do and is none.
    pub(crate) not_times: BTreeMap<String, usize>,
}

impl<'a> Tidying<'a> {
    pub(crate) fn new(asked: Asked<'a>) -> Self {
        Self {
            asked,
            records: Records::new(asked.source),
            marks: MarksSeen::new(asked.source.columns.len()),
            found: Vec::new(),
            more_faults: 0,
            widths: Vec::new(),
            columns: Vec::new(),
            rows_read: 0,
            warnings: Vec::new(),
            more_warnings: 0,
            unmet: BTreeMap::new(),
            named: BTreeSet::new(),
            corrected: BTreeSet::new(),
            resolved: HashMap::new(),
            last_name: (String::new(), None),
            caseless: BTreeMap::new(),
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
            near_misses: Vec::new(),
            years_seen: BTreeSet::new(),
            last_year: None,
            outside: NamesOutside::default(),
            confirmed: 0,
            marked_times: BTreeMap::new(),
            unread: Vec::new(),
            unkeyed: Vec::new(),
            last_keyed: 0,
            periods: HashMap::new(),
            numbered: NumberedQuarters::default(),
            notes: 0,
            first_note: None,
            filled: BTreeMap::new(),
            filled_from: BTreeSet::new(),
            headings: Vec::new(),
            sections: BTreeSet::new(),
            repeated_headers: Vec::new(),
            valueless: Vec::new(),
            not_times: BTreeMap::new(),
        }
    }

    /// Adds what was read of a block that follows.
    pub(crate) fn absorb(&mut self, block: Self) {
        let before = self.records.len();
        self.more_faults += block.more_faults;
        for found in block.found {
            self.push(Found { record: found.record.map(|record| before + record), ..found });
        }
        self.widths.extend(block.widths);
        self.rows_read += block.rows_read;
        block.warnings.into_iter().for_each(|warning| self.warn(warning));
        self.more_warnings += block.more_warnings;
        for (column, texts) in block.unmet {
            self.unmet.entry(column).or_default().extend(texts);
        }
        self.named.extend(block.named);
        self.corrected.extend(block.corrected);
        // A name is told of where it is met first. Names that are known aren't kept: a file may have more of them than
        // memory, and each block finds its own.
        if !block.near_misses.is_empty() {
            let told: HashSet<String> = self.near_misses.iter().map(|(name, _)| name.clone()).collect();
            let new = block.near_misses.into_iter().filter(|(name, _)| !told.contains(name));
            self.near_misses.extend(new);
        }
        for (name, row, column) in block.caseless.into_values() {
            self.see_case(&name, row, column);
        }
        self.matched.extend(block.matched);
        self.unmatched.extend(block.unmatched);
        self.years_seen.extend(block.years_seen);
        self.outside.absorb(block.outside);
        self.confirmed += block.confirmed;
        for (text, (count, row, column)) in block.marked_times {
            self.marked_times.entry(text).or_insert((0, row, column)).0 += count;
        }
        self.numbered.absorb(block.numbered);
        self.unkeyed.extend(block.unkeyed);
        self.last_keyed = self.last_keyed.max(block.last_keyed);
        self.notes += block.notes;
        self.first_note = self.first_note.take().or(block.first_note);
        for (name, count) in block.filled {
            *self.filled.entry(name).or_default() += count;
        }
        self.filled_from.extend(block.filled_from);
        self.headings.extend(block.headings);
        self.sections.extend(block.sections);
        self.repeated_headers.extend(block.repeated_headers);
        self.valueless.extend(block.valueless);
        for (text, count) in block.not_times {
            *self.not_times.entry(text).or_default() += count;
        }
        self.marks.absorb(block.marks);
        self.records.append(block.records);
    }

    /// Variables in whose columns a comma stands before a fraction, and points between groups, as some of their texts
    /// show; others of them were read otherwise for want of that.
    pub(crate) fn found_by_comma(&self) -> BTreeSet<usize> {
        self.marks.found_by_comma()
    }

    pub(crate) fn push(&mut self, found: Found) {
        if self.found.len() < SourceFaults::KEPT { self.found.push(found) } else { self.more_faults += 1 }
    }

    pub(crate) fn fault(&mut self, problem: Problem) {
        self.push(Found { record: None, problem });
    }

    pub(crate) fn fault_at(
        &mut self,
        row: u32,
        column: u32,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let cell = (column < GIVEN).then_some((row, column));
        let problem = Problem { cell, message: message.into(), hint: hint.into() };
        // What is wrong with a value that is given is so in every row, and is said once.
        if cell.is_some() || !self.found.iter().any(|found| found.problem == problem) {
            self.fault(problem);
        }
    }

    /// A field beyond the header's last, which is told before all else.
    pub(crate) fn too_wide(&mut self, problem: Problem) {
        if self.widths.len() < SourceFaults::KEPT { self.widths.push(problem) } else { self.more_faults += 1 }
    }

    pub(crate) fn warn(&mut self, warning: impl Into<String>) {
        if self.warnings.len() < WARNINGS {
            self.warnings.push(cut(warning.into()));
        } else {
            self.more_warnings += 1;
        }
    }

    pub(crate) fn count_row_read(&mut self) {
        self.rows_read += 1;
    }

    /// Counts a row without a key, if it holds anything.
    pub(crate) fn count_note(&mut self, row: &dyn Row) {
        if let Some((_, cell)) = row.first_from(1) {
            self.notes += 1;
            self.first_note.get_or_insert_with(|| (row.number(), cell.raw().into_owned()));
        }
    }

    /// Counts a row that holds nothing but a text.
    pub(crate) fn count_text(&mut self, row: u32, text: &str) {
        self.notes += 1;
        self.first_note.get_or_insert_with(|| (row, text.to_owned()));
    }

    /// Notes that a row has a key.
    pub(crate) fn keyed(&mut self, row: u32) {
        self.last_keyed = self.last_keyed.max(row);
    }

    /// A row with a part of its key and nothing else: a note under the table, or a fault if a row with a key follows.
    pub(crate) fn note_or_fault(&mut self, row: u32, text: String, problem: Problem) {
        if self.unkeyed.len() < SourceFaults::KEPT {
            self.unkeyed.push((row, text, problem));
        } else {
            self.more_faults += 1;
        }
    }

    /// A row with nothing but a text in a column that is filled down.
    pub(crate) fn heading(&mut self, row: u32, text: &str) {
        self.headings.push((row, text.to_owned()));
    }

    /// A column that seems to be of a year or a period and isn't read.
    pub(crate) fn not_read(&mut self, row: u32, column: u32, header: &str) {
        self.unread.push((row, column, header.to_owned()));
    }

    /// How many faults there are so far.
    pub(crate) fn fault_count(&self) -> usize {
        self.found.len() + self.widths.len() + self.columns.len() + self.more_faults
    }

    /// The address of a cell.
    pub(crate) fn cell(&self, row: u32, column: u32) -> String {
        CellAddress { file: String::new(), sheet: None, row, column }.cell()
    }

    /// Begins a record, unless its year is out of the window; its values follow.
    pub(crate) fn begin(&mut self, key: RowKey, year: i32, place: RecordPlace) -> bool {
        let frequency = self.asked.source.period.and_then(|period| period.frequency);
        let frequency = frequency.unwrap_or(Frequency::Year);
        let source = self.asked.source;
        let timeless = source.layout == Layout::Long && source.time.is_none() && source.year.is_none();
        let wanted = timeless || self.asked.window.is_none_or(|window| window.contains(frequency, year));
        if wanted {
            self.records.push(key, year, place);
        }
        wanted
    }

    /// Takes the value in a cell for the record that was begun last. Beside its time there may be a mark, which is the
    /// value's, too.
    pub(crate) fn take(
        &mut self,
        reader: &ValueReader<'_>,
        cell: Cell<'_>,
        row: u32,
        column: u32,
        mark: Option<&str>,
    ) {
        let record = self.records.len().saturating_sub(1);
        let Some(values) = self.records.values.get_mut(reader.at) else { return };
        let reading = reader.read(cell);
        self.marks.see_value(reader.at, cell, reading.as_ref().ok(), row, column);
        if let Some(number) = reading.as_ref().ok().and_then(|reading| reader.as_held(&reading.value)) {
            self.marks.see_number(reader.at, number, row, column);
        }
        match reading {
            Ok(mut reading) => {
                if let (Some(mark), false) = (mark, matches!(reading.value, Value::Missing)) {
                    let own = reading.flag.take().map(|flag| format!("{flag} ")).unwrap_or_default();
                    reading.flag = Some(own + mark);
                }
                values.push(reading);
            }
            Err((message, hint)) => {
                values.skip();
                let problem = Problem { cell: Some((row, column)), message, hint };
                self.push(Found { record: Some(record), problem });
            }
        }
    }

    /// Takes the values of a column's rows that are `kept`, for the records that were begun last; the first row of all is
    /// `first`. Nothing where it isn't of the variable's type.
    pub(crate) fn take_column(
        &mut self,
        variable: usize,
        column: ColumnSlice<'_>,
        kept: &[usize],
        first: u32,
        number: u32,
    ) -> Option<()> {
        let values = self.records.values.get_mut(variable)?;
        values.take(column, kept)?;
        if let ColumnSlice::Numbers(numbers, missing) = column {
            let is_missing = |at: usize| missing.get(at).copied().unwrap_or_default();
            let seen = kept
                .iter()
                .filter(|at| !is_missing(**at))
                .filter_map(|at| Some((first.saturating_add(u32::try_from(*at).ok()?), *numbers.get(*at)?)));
            self.marks.see_numbers(variable, seen, number);
        }
        if let ColumnSlice::Wholes(wholes, missing) = column {
            for at in kept.iter().filter(|at| !missing.get(**at).copied().unwrap_or_default()) {
                let row = u32::try_from(*at).ok().map(|at| first.saturating_add(at));
                if let (Some(row), Some(whole)) = (row, wholes.get(*at)) {
                    self.marks.see_number(variable, *whole as f64, row, number);
                }
            }
        }
        Some(())
    }

    /// Takes the value in a cell for a record that has this variable alone.
    pub(crate) fn take_alone(
        &mut self,
        reader: &ValueReader<'_>,
        cell: Cell<'_>,
        row: u32,
        column: u32,
        mark: Option<&str>,
    ) {
        let others = self.records.values.iter_mut().enumerate().filter(|(at, _)| *at != reader.at);
        others.for_each(|(_, values)| values.skip());
        self.take(reader, cell, row, column, mark);
    }
}
