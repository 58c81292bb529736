//! The collecting of records and faults while a layout reads rows: of a header, of a block of rows, and of the
//! whole in the end.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use vintner_diagnostics::cut;
use vintner_panel::{
    Absences, CellAddress, DroppedName, Frequency, Period, PeriodWindow, SourcePlace, TidyTable,
    UnreadColumn, shortest_decimal,
};

use crate::cell::Cell;
use crate::cell_marks::CellMarks;
use crate::column_marks::ColumnMarks;
use crate::crosswalk::{Crosswalk, NameMatch};
use crate::fold::fold_name;
use crate::layout::Layout;
use crate::names_outside::{NameOutside, NamesOutside, Nearest, warnings as warnings_of};
use crate::number_rule::DecimalMark;
use crate::problem::Problem;
use crate::records::{RecordPlace, Records, RowKey};
use crate::rows::Row;
use crate::shown::Shown;
use crate::source::{Duplicates, NameCase, Outside, Source};
use crate::source_fault::{SourceFault, SourceFaults};
use crate::tidied::Tidied;
use crate::value_reader::{Value, ValueReader};
use crate::year::{PLAUSIBLE_YEARS, parse_marked_year};

/// How many names a warning lists.
const LISTED: usize = 5;

/// Columns from here on aren't in the table; their values are given.
pub(crate) const GIVEN: u32 = 1 << 30;

/// So many warnings are told of a file; the others are counted.
const WARNINGS: usize = 200;

/// What became of an entity's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resolved {
    Id(u32),
    Dropped,
    Refused,
}

/// What is wrong with a value, or with anything else.
#[derive(Debug)]
struct Found {
    /// The record whose value it is.
    record: Option<usize>,
    problem: Problem,
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
    pub asked: Asked<'a>,
    pub records: Records,
    /// By variable.
    marks: Vec<ColumnMarks>,
    found: Vec<Found>,
    more_faults: usize,
    widths: Vec<Problem>,
    /// What is wrong with whole columns.
    columns: Vec<Problem>,
    rows_read: usize,
    warnings: Vec<String>,
    more_warnings: usize,
    /// Names of variables met in the rows.
    pub named: BTreeSet<String>,
    /// What cells show beside what they hold.
    seen_marks: CellMarks,
    /// Cells whose corrections were looked at.
    pub corrected: BTreeSet<(u32, u32)>,
    resolved: HashMap<String, Resolved>,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
    /// Names, and what is said of each.
    near_misses: Vec<(String, String)>,
    years_seen: BTreeSet<i32>,
    last_year: Option<i32>,
    /// Names that are no entity's, whose rows are left out.
    outside: NamesOutside,
    /// Of these the rows that the manifest says are to be left out.
    confirmed: usize,
    /// Texts that were read as years with a mark beside them: how many, and the first cell.
    marked_years: BTreeMap<String, (usize, u32, u32)>,
    /// Columns that seem to be of years or periods and aren't read.
    unread: Vec<(u32, u32, String)>,
    /// Rows with a part of their key and nothing else: notes under the table, if no row with a key follows.
    unkeyed: Vec<(u32, String, Problem)>,
    last_keyed: u32,
    /// Texts that were read as periods.
    periods: HashMap<String, Period>,
    /// Rows without a key that hold text, and the first of them: notes under the table, most often.
    notes: usize,
    first_note: Option<(u32, String)>,
}

impl<'a> Tidying<'a> {
    pub(crate) fn new(asked: Asked<'a>) -> Self {
        Self {
            asked,
            records: Records::new(asked.source),
            marks: vec![ColumnMarks::default(); asked.source.columns.len()],
            found: Vec::new(),
            more_faults: 0,
            widths: Vec::new(),
            columns: Vec::new(),
            rows_read: 0,
            warnings: Vec::new(),
            more_warnings: 0,
            named: BTreeSet::new(),
            seen_marks: CellMarks::new(asked.source.columns.len()),
            corrected: BTreeSet::new(),
            resolved: HashMap::new(),
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
            near_misses: Vec::new(),
            years_seen: BTreeSet::new(),
            last_year: None,
            outside: NamesOutside::default(),
            confirmed: 0,
            marked_years: BTreeMap::new(),
            unread: Vec::new(),
            unkeyed: Vec::new(),
            last_keyed: 0,
            periods: HashMap::new(),
            notes: 0,
            first_note: None,
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
        self.named.extend(block.named);
        self.seen_marks.absorb(block.seen_marks);
        self.corrected.extend(block.corrected);
        // A name is told of where it is met first.
        let new = block.near_misses.into_iter().filter(|(name, _)| !self.resolved.contains_key(name));
        self.near_misses.extend(new);
        for (name, resolved) in block.resolved {
            self.resolved.entry(name).or_insert(resolved);
        }
        self.matched.extend(block.matched);
        self.unmatched.extend(block.unmatched);
        self.years_seen.extend(block.years_seen);
        self.outside.absorb(block.outside);
        self.confirmed += block.confirmed;
        for (text, (count, row, column)) in block.marked_years {
            self.marked_years.entry(text).or_insert((0, row, column)).0 += count;
        }
        self.unkeyed.extend(block.unkeyed);
        self.last_keyed = self.last_keyed.max(block.last_keyed);
        self.notes += block.notes;
        self.first_note = self.first_note.take().or(block.first_note);
        for (own, marks) in self.marks.iter_mut().zip(block.marks) {
            own.absorb(marks);
        }
        self.records.append(block.records);
    }

    /// Variables in whose columns a comma stands before a fraction, and points between groups, as some of their texts
    /// show; others of them were read otherwise for want of that.
    pub(crate) fn found_by_comma(&self) -> BTreeSet<usize> {
        let decided = self.marks.iter().enumerate();
        decided.filter(|(_, marks)| marks.decided() == Some(DecimalMark::Comma)).map(|(at, _)| at).collect()
    }

    /// A fault for each column that isn't written by one rule.
    fn refuse_mixed_numbers(&mut self) {
        let marks = std::mem::take(&mut self.marks);
        for (column, marks) in self.asked.source.columns.iter().zip(marks) {
            for (message, hint, place) in
                marks.undecided(&column.variable, |row, column| self.cell(row, column))
            {
                self.columns.push(Problem { cell: Some(place), message, hint });
            }
        }
    }

    fn push(&mut self, found: Found) {
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

    /// Counts a row, or a column, whose entity isn't in the crosswalk.
    pub(crate) fn left_out(&mut self, name: Cell<'_>, time: Option<Cell<'_>>, row: u32, column: u32) {
        let time = time.and_then(|time| self.time_if_any(time));
        let name = name.raw();
        let folded = fold_name(&name);
        let declared = self.asked.source.outside.is_some()
            || self.asked.source.not_entities.iter().any(|known| fold_name(known) == folded);
        if declared {
            self.confirmed += 1;
        }
        if self.asked.source.outside() == Outside::Drop && !declared {
            self.outside.add(&name, time, row, column);
        }
    }

    /// Whether a name is one of the crosswalk's; of any where there is none.
    pub(crate) fn knows(&self, name: Cell<'_>) -> bool {
        self.asked
            .crosswalk
            .is_some_and(|crosswalk| matches!(self.find(crosswalk, &name.raw()), NameMatch::Entity(_)))
    }

    fn find(&self, crosswalk: &'a Crosswalk, name: &str) -> NameMatch<'a> {
        match self.asked.source.case {
            NameCase::Keep => crosswalk.find(name),
            NameCase::Ignore => crosswalk.find_caseless(name),
        }
    }

    /// A column that seems to be of a year or a period and isn't read.
    pub(crate) fn not_read(&mut self, row: u32, column: u32, header: &str) {
        self.unread.push((row, column, header.to_owned()));
    }

    /// The time in a cell of a row that isn't read; a fault nowhere.
    fn time_if_any(&mut self, cell: Cell<'_>) -> Option<i32> {
        let [first, last] = self.asked.source.covers.unwrap_or(PLAUSIBLE_YEARS);
        let (time, year) = match self.asked.source.period {
            Some(reading) => {
                let period = reading.read(&cell.raw()).ok()?;
                (period.ordinal(), period.in_year())
            }
            None => {
                let year = parse_marked_year(cell, self.asked.source.year_span).ok()?.year;
                (year, year)
            }
        };
        if (first..=last).contains(&year) {
            self.see(year);
        }
        Some(time)
    }

    /// How many faults there are so far.
    pub(crate) fn fault_count(&self) -> usize {
        self.found.len() + self.widths.len() + self.columns.len() + self.more_faults
    }

    /// The address of a cell.
    pub(crate) fn cell(&self, row: u32, column: u32) -> String {
        CellAddress { file: String::new(), sheet: None, row, column }.cell()
    }

    /// The time in a cell, as a number among those of its frequency; nothing, and a fault, where it isn't one that
    /// the source covers.
    pub(crate) fn time(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<i32> {
        let Some(reading) = self.asked.source.period else { return self.year(cell, row, column) };
        let text = cell.raw();
        if let Some(known) = self.periods.get(text.as_ref()) {
            return Some(known.ordinal());
        }
        match reading.read(&text) {
            Ok(period) => {
                self.covered_year(period.in_year(), row, column)?;
                self.periods.insert(text.into_owned(), period);
                Some(period.ordinal())
            }
            Err(error) => {
                self.fault_at(row, column, error.to_string(), "mend `period` in vintage.yaml; if it is no row of data, leave it out with `where` or `last_row`");
                None
            }
        }
    }

    /// The year in a cell; nothing, and a fault, where it isn't one that the source covers.
    pub(crate) fn year(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<i32> {
        match parse_marked_year(cell, self.asked.source.year_span) {
            Ok(found) => {
                if found.mark.is_some() {
                    let text = cell.raw().into_owned();
                    self.marked_years.entry(text).or_insert((0, row, column)).0 += 1;
                }
                self.covered_year(found.year, row, column)
            }
            Err(problem) => {
                self.fault_at(row, column, problem.message(&cell.raw()), problem.hint());
                None
            }
        }
    }

    fn covered_year(&mut self, year: i32, row: u32, column: u32) -> Option<i32> {
        let covers = self.asked.source.covers;
        let [first, last] = covers.unwrap_or(PLAUSIBLE_YEARS);
        if (first..=last).contains(&year) {
            self.see(year);
            return Some(year);
        }
        let (message, hint) = if covers.is_some() {
            (
                format!("the year {year} is out of the years that the source covers, {first} to {last}"),
                "widen `covers` in vintage.yaml if it is right",
            )
        } else {
            (
                format!("{year} can't be a year"),
                "say with `covers` in vintage.yaml which years there are; if it is no row of data, leave it out with `where` or `last_row`",
            )
        };
        self.fault_at(row, column, message, hint);
        None
    }

    fn see(&mut self, year: i32) {
        // Rows that follow one another often have the same.
        if self.last_year != Some(year) {
            self.years_seen.insert(year);
            self.last_year = Some(year);
        }
    }

    /// The code of the id under which an entity's values go; nothing where they are dropped or refused.
    pub(crate) fn entity(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<u32> {
        self.seen_marks.see(None, cell, row, column);
        let name = self.name_in(cell);
        let resolved = match self.resolved.get(name.as_ref()) {
            Some(resolved) => *resolved,
            None => {
                let resolved = self.resolve(&name, row, column);
                self.resolved.insert(name.clone().into_owned(), resolved);
                resolved
            }
        };
        match resolved {
            Resolved::Id(code) => Some(code),
            Resolved::Dropped => None,
            Resolved::Refused => {
                self.fault_at(
                    row,
                    column,
                    format!("{name:?} is not in the crosswalk{}", self.nearest_in_words(&name)),
                    "add the name to the crosswalk's aliases, or set `outside` to `drop` or `keep`",
                );
                None
            }
        }
    }

    /// The name in a cell: as it is shown, unless the crosswalk knows the number that is held.
    fn name_in<'c>(&self, cell: Cell<'c>) -> Cow<'c, str> {
        if let (Cell::Shown(Shown::Formatted { number, text }), Some(crosswalk)) =
            (cell, self.asked.crosswalk)
        {
            let held = shortest_decimal(*number);
            let is_known = |name: &str| matches!(self.find(crosswalk, name), NameMatch::Entity(_));
            if !is_known(text) && is_known(&held) {
                return Cow::Owned(held);
            }
        }
        cell.raw()
    }

    /// The nearest known name to one that is none.
    fn nearest(&self, name: &str) -> Option<Nearest> {
        let crosswalk = self.asked.crosswalk?;
        if let Some((entity, name)) = crosswalk.nearest(name) {
            return Some(Nearest { entity: entity.to_owned(), name: name.to_owned() });
        }
        match crosswalk.find(name) {
            NameMatch::Outside { near: Some(entity), .. } => {
                let known = crosswalk.entities().iter().find(|known| known.id == entity)?;
                let zh = known.label.zh.clone().filter(|zh| fold_name(name).contains(&fold_name(zh)));
                let name = zh.unwrap_or_else(|| known.label.en.clone());
                Some(Nearest { entity: entity.to_owned(), name })
            }
            _ => None,
        }
    }

    fn nearest_in_words(&self, name: &str) -> String {
        let nearest = self.nearest(name);
        nearest
            .map(|near| format!("; the nearest name is {:?} of `{}`", near.name, near.entity))
            .unwrap_or_default()
    }

    fn resolve(&mut self, name: &str, row: u32, column: u32) -> Resolved {
        let Some(crosswalk) = self.asked.crosswalk else {
            return Resolved::Id(self.records.entities.code(&fold_name(name)));
        };
        match self.find(crosswalk, name) {
            NameMatch::Entity(id) => {
                self.matched.insert(id.to_owned());
                Resolved::Id(self.records.entities.code(id))
            }
            NameMatch::Outside { stripped, near } => {
                if let Some(near) = near
                    && self.asked.source.outside() == Outside::Keep
                {
                    let warning = format!(
                        "{name:?} ({}) is not in the crosswalk but contains a name of `{near}`",
                        self.cell(row, column)
                    );
                    self.near_misses.push((name.to_owned(), warning));
                }
                let resolved = match self.asked.source.outside() {
                    Outside::Drop => Resolved::Dropped,
                    Outside::Keep => Resolved::Id(self.records.entities.code(&stripped)),
                    Outside::Error => Resolved::Refused,
                };
                self.unmatched.insert(stripped);
                resolved
            }
        }
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

    /// Takes the value in a cell for the record that was begun last.
    pub(crate) fn take(&mut self, reader: &ValueReader<'_>, cell: Cell<'_>, row: u32, column: u32) {
        self.take_marked(reader, cell, row, column, None);
    }

    /// Takes a value beside whose year there may be a mark.
    fn take_marked(
        &mut self,
        reader: &ValueReader<'_>,
        cell: Cell<'_>,
        row: u32,
        column: u32,
        mark: Option<&str>,
    ) {
        let record = self.records.len().saturating_sub(1);
        self.seen_marks.see(Some(reader.at), cell, row, column);
        let Some(values) = self.records.values.get_mut(reader.at) else { return };
        match reader.read(cell) {
            Ok(mut reading) => {
                if let (Some(mark), false) = (mark, matches!(reading.value, Value::Missing)) {
                    let own = reading.flag.take().map(|flag| format!("{flag} ")).unwrap_or_default();
                    reading.flag = Some(own + mark);
                }
                if let Some(marks) = self.marks.get_mut(reader.at) {
                    marks.see(&reading, row, column, || cell.raw().into_owned());
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
        self.take_marked(reader, cell, row, column, mark);
    }

    /// The table and warnings, or the faults. `headers` are the columns of the variables, where each has its own.
    pub(crate) fn finish(
        mut self,
        headers: &[(u32, String)],
        warnings: Vec<String>,
    ) -> Result<vintner_panel::Result<Tidied>, SourceFaults> {
        self.settle_unkeyed();
        self.warn_of_notes();
        self.refuse_mixed_numbers();
        let marks = std::mem::replace(&mut self.seen_marks, CellMarks::new(0));
        marks.warning().into_iter().for_each(|warning| self.warn(warning));
        marks.faults(self.asked.source).into_iter().for_each(|problem| self.fault(problem));
        if self.fault_count() == 0 && self.records.len() == 0 {
            let problem = self.nothing_used();
            self.fault(problem);
        }
        self.refuse_absent_years();
        let observations = self.asked.source.has_observations();
        let repeated = if observations { Vec::new() } else { self.records.repeated() };
        if !repeated.is_empty() {
            let is_repeated = |record: usize| repeated.binary_search_by_key(&record, |(at, _)| *at).is_ok();
            self.found.retain(|found| !found.record.is_some_and(is_repeated));
            if self.asked.source.duplicates == Duplicates::Error {
                self.refuse(&repeated, headers);
            }
        }
        if self.fault_count() > 0 {
            return Err(self.into_faults());
        }
        let each = if headers.is_empty() { 1 } else { headers.len() };
        let rows_used = self.records.rows_used(&repeated);
        let source = self.asked.source;
        let place = self.asked.place.clone();
        let records = std::mem::replace(&mut self.records, Records::new(source));
        let outside = self.outside.listed(|name| self.nearest(name), |row, column| self.cell(row, column));
        let absences = self.absences(&outside);
        let names_outside: Vec<NameOutside> = outside.into_iter().map(|(name, _)| name).collect();
        let table = match records.into_table(source, place, headers, &repeated, &absences) {
            Ok(table) => table,
            Err(error) => return Ok(Err(error)),
        };
        self.warn_of_names();
        self.warn_of_outside(&names_outside);
        self.warn_of_headers();
        if let Err(error) = self.warn_of_empty_variables(&table) {
            return Ok(Err(error));
        }
        if !repeated.is_empty() {
            let warning = format!(
                "{} values have a key that an earlier row has; the first row of each key was kept",
                repeated.len() * each
            );
            self.warn(warning);
        }
        let mut warnings = warnings;
        warnings.append(&mut self.warnings);
        if self.more_warnings > 0 {
            warnings.push(format!("{} more warnings", self.more_warnings));
        }
        let rows_left_out = self.confirmed + self.outside.rows();
        Ok(Ok(Tidied { table, warnings, rows_read: self.rows_read, rows_used, rows_left_out, names_outside }))
    }

    /// A fault for each value of a record whose key an earlier one has.
    fn refuse(&mut self, repeated: &[(usize, usize)], headers: &[(u32, String)]) {
        for (record, first) in repeated {
            let (own, before) = (self.records.place(*record), self.records.place(*first));
            let (entity, time, category) = self.records.key(*record);
            let frequency = self.asked.source.period.and_then(|period| period.frequency);
            let period = frequency.and_then(|own| Period::from_ordinal(own, time));
            let year = period.map_or_else(|| time.to_string(), |period| period.to_string());
            let timeless = self.asked.source.time.is_none() && self.asked.source.year.is_none();
            let when =
                if timeless && !self.records.is_across() { String::new() } else { format!(" for {year}") };
            let entity = entity.map(|id| format!(" of {id}")).unwrap_or_default();
            let category = category.map(|category| format!(", {category}")).unwrap_or_default();
            for (at, variable) in self.asked.source.columns.iter().enumerate() {
                if self.records.is_by_variable() && own.variable as usize != at {
                    continue;
                }
                let header = headers.get(at).map(|(column, _)| *column);
                let column = header.unwrap_or(own.column);
                let first = self.cell(before.row, header.unwrap_or(before.column));
                let problem = Problem {
                    cell: Some((own.row, column)),
                    message: format!(
                        "a second value of `{}`{entity}{when}{category}; the first is in {first}",
                        variable.variable
                    ),
                    hint: if self.asked.source.entity.is_none() && !self.records.is_across() {
                        "remove one, name the column of `entity`, tell them apart with `category` or `where`, or set \
                         `duplicates: keep` where each row is an observation of its own, or `first`"
                    } else if when.is_empty() {
                        "remove one, name the column of years as `time`, tell them apart with `category` or `where`, or set \
                         `duplicates: first`"
                    } else {
                        "remove one, tell them apart with `category` or `where`, or set `duplicates: first`"
                    }
                    .into(),
                };
                // All are sorted below, so more than are kept are begun with.
                if self.found.len() < 2 * SourceFaults::KEPT {
                    self.found.push(Found { record: Some(*record), problem });
                } else {
                    self.more_faults += 1;
                }
            }
        }
    }

    fn into_faults(mut self) -> SourceFaults {
        let across = self.records.place(0).column != 0;
        let order = |found: &Found| {
            let (row, column) = found.problem.cell.unwrap_or_default();
            // In a long table the variables' order is that of the manifest.
            (row, if across { column } else { 0 })
        };
        self.found.sort_by_key(order);
        let mut faults = SourceFaults::default();
        let first = self.widths.into_iter().chain(self.columns);
        let all = first.chain(self.found.into_iter().map(|found| found.problem));
        for problem in all {
            faults.push(SourceFault {
                file: self.asked.place.file.clone(),
                sheet: self.asked.place.sheet.clone(),
                cell: problem.cell,
                message: problem.message,
                hint: problem.hint,
            });
        }
        faults.count_more(self.more_faults);
        faults
    }

    fn nothing_used(&self) -> Problem {
        let years = match (self.years_seen.first(), self.years_seen.last()) {
            (Some(first), Some(last)) => format!("its years are {first} to {last}"),
            _ => "no year was read".into(),
        };
        let message = if self.rows_read == 0 && !self.asked.source.rows_where.is_empty() {
            "no row under the header meets `where`".into()
        } else if self.rows_read == 0 {
            "no row under the header".into()
        } else if self.matched.is_empty() && !self.unmatched.is_empty() {
            let names: Vec<&str> = self.unmatched.iter().take(LISTED).map(String::as_str).collect();
            format!(
                "none of its {} entities is in the crosswalk: {}{}",
                self.unmatched.len(),
                names.join(", "),
                if self.unmatched.len() > LISTED { ", …" } else { "" }
            )
        } else {
            let window =
                self.asked.window.map(|w| format!(" from {} to {}", w.first, w.last)).unwrap_or_default();
            format!("no value{window}; {years}")
        };
        let hint =
            "mend the manifest (`sheet`, `header_row`, `entity`, `where`), the crosswalk or the window";
        Problem { cell: None, message, hint: hint.into() }
    }

    /// A variable whose every cell is empty is a column that nobody filled or, in a workbook, formulas
    /// that no spreadsheet programme has computed.
    fn warn_of_empty_variables(&mut self, table: &TidyTable) -> vintner_panel::Result<()> {
        let formulas = if self.asked.place.sheet.is_some() {
            "; if it holds formulas, open the workbook in a spreadsheet programme and save it, which computes them"
        } else {
            ""
        };
        let mut variables = table.variables()?;
        variables.sort_by_key(|variable| variable.name());
        for variable in variables {
            let mut cells = (0..table.height()).filter(|row| variable.holds(*row)).peekable();
            if cells.peek().is_none() || !cells.all(|row| variable.is_blank(row)) {
                continue;
            }
            let cells = (0..table.height()).filter(|row| variable.holds(*row)).count();
            let name = variable.name();
            self.warnings
                .push(format!("`{name}` has no value: all of its {cells} cells are empty{formulas}"));
        }
        Ok(())
    }

    fn warn_of_names(&mut self) {
        if let (Some(crosswalk), false) = (self.asked.crosswalk, self.matched.is_empty()) {
            let ids = crosswalk.entities().iter().map(|entity| entity.id.as_str());
            let absent: Vec<&str> = ids.filter(|id| !self.matched.contains(*id)).collect();
            if !absent.is_empty() {
                let warning =
                    format!("no row for {} of the crosswalk's entities: {}", absent.len(), absent.join(", "));
                self.warn(warning);
            }
        }
        let near = std::mem::take(&mut self.near_misses);
        let more = near.len().saturating_sub(LISTED);
        self.warnings.extend(near.into_iter().take(LISTED).map(|(_, warning)| warning));
        if more > 0 {
            self.warn(format!("{more} more names contain a name of the crosswalk without being one"));
        }
    }

    /// Rows with a part of their key and nothing else are notes where they stand under the table.
    fn settle_unkeyed(&mut self) {
        for (row, text, problem) in std::mem::take(&mut self.unkeyed) {
            if row > self.last_keyed { self.count_text(row, &text) } else { self.fault(problem) }
        }
    }

    /// A fault where the manifest promises years that aren't there.
    fn refuse_absent_years(&mut self) {
        let source = self.asked.source;
        let Some([first, last]) = source.covers.filter(|_| source.year.is_none() && self.fault_count() == 0)
        else {
            return;
        };
        let is_absent = |year: &i32| !self.years_seen.contains(year) && !source.gap_years.contains(year);
        let all: Vec<i32> = (first..=last).filter(is_absent).take(50).collect();
        if all.is_empty() || self.rows_read == 0 {
            return;
        }
        // What isn't asked for is worth a word and no more.
        let is_used = |year: &&i32| {
            self.asked
                .window
                .is_none_or(|window| (window.first.in_year()..=window.last.in_year()).contains(*year))
        };
        let used = all.iter().any(|year| is_used(&year));
        let absent: Vec<String> =
            all.iter().filter(|year| !used || is_used(year)).map(i32::to_string).collect();
        let of = if source.layout == Layout::Wide { "no column is of" } else { "no row is of" };
        let message = format!("`covers` promises {first} to {last}, and {of} {}", absent.join(", "));
        let named =
            |(_, _, header): &&(u32, u32, String)| absent.iter().any(|year| header.contains(year.as_str()));
        let hint = match self.unread.iter().find(named) {
            Some((row, column, header)) => {
                format!(
                    "{header:?} ({}) isn't read as a year: see `year_span` and `period`",
                    self.cell(*row, *column)
                )
            }
            None => format!(
                "if the file hasn't them, write `gap_years: [{}]`, or what it has as `covers: [{}, {}]`",
                absent.join(", "),
                self.years_seen.first().unwrap_or(&first),
                self.years_seen.last().unwrap_or(&last)
            ),
        };
        if used {
            self.columns.push(Problem { cell: None, message, hint });
        } else {
            self.warn(format!("{message}; {hint}"));
        }
    }

    /// What of the file isn't read that a gap may be owed to.
    fn absences(&self, outside: &[(NameOutside, Vec<i32>)]) -> Absences {
        let rows = outside.iter().filter_map(|(name, times)| {
            Some(DroppedName {
                name: name.name.clone(),
                entity: name.nearest.as_ref()?.entity.clone(),
                cell: name.cells.first().cloned().unwrap_or_default(),
                times: times.clone(),
            })
        });
        let columns = self.unread.iter().map(|(row, column, header)| UnreadColumn {
            header: header.clone(),
            cell: self.cell(*row, *column),
            years: years_in(header),
        });
        Absences { rows: rows.collect(), columns: columns.collect() }
    }

    fn warn_of_outside(&mut self, names: &[NameOutside]) {
        for warning in warnings_of(names) {
            self.warn(warning);
        }
        let more = self.outside.rows() - names.iter().map(|name| name.rows).sum::<usize>();
        if more > 0 {
            self.warn(format!(
                "{more} more rows of more than {} names that aren't in the crosswalk",
                self.outside.len()
            ));
        }
    }

    fn warn_of_headers(&mut self) {
        if !self.unread.is_empty() {
            let shown: Vec<String> = self
                .unread
                .iter()
                .take(LISTED)
                .map(|(row, column, header)| format!("{header:?} ({})", self.cell(*row, *column)))
                .collect();
            let more = self.unread.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.warn(format!(
                "columns that name a year or a period and aren't read: {}{more}",
                shown.join(", ")
            ));
        }
        if !self.marked_years.is_empty() {
            let shown: Vec<String> = self
                .marked_years
                .iter()
                .take(LISTED)
                .map(|(text, (count, row, column))| {
                    let times = if *count == 1 { String::new() } else { format!(", {count} times") };
                    format!("{text:?} ({}{times})", self.cell(*row, *column))
                })
                .collect();
            let more = self.marked_years.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.warn(format!("read as years, with a mark beside them: {}{more}", shown.join(", ")));
        }
    }

    fn warn_of_notes(&mut self) {
        if let Some((row, text)) = self.first_note.take() {
            let text: String = text.chars().take(40).collect();
            let rows = if self.notes == 1 { "1 row".into() } else { format!("{} rows", self.notes) };
            self.warn(format!(
                "skipped {rows} with text but without a key, the first of them row {row}: {text:?}; `last_row` says where the table ends"
            ));
        }
    }
}

/// The years that a header names.
fn years_in(header: &str) -> Vec<i32> {
    let runs = header.split(|character: char| !character.is_ascii_digit());
    runs.filter(|run| run.len() == 4).filter_map(|run| run.parse().ok()).collect()
}
