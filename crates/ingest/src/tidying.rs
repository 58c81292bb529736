//! The collecting of records and faults while a layout reads rows: of a header, of a block of rows, and of the
//! whole in the end.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use vintner_diagnostics::cut;
use vintner_panel::{CellAddress, Frequency, Period, PeriodWindow, SourcePlace, TidyTable, shortest_decimal};

use crate::cell::Cell;
use crate::crosswalk::{Crosswalk, NameMatch};
use crate::fold::fold_name;
use crate::records::{RecordPlace, Records, RowKey};
use crate::rows::Row;
use crate::shown::Shown;
use crate::source::{Duplicates, Outside, Source};
use crate::source_fault::{SourceFault, SourceFaults};
use crate::tidied::Tidied;
use crate::value_reader::ValueReader;
use crate::year::{PLAUSIBLE_YEARS, parse_year};

/// How many names a warning lists.
const LISTED: usize = 5;

/// So many warnings are told of a file; the others are counted.
const WARNINGS: usize = 200;

/// Something wrong before it is known in which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Row and column, where it is a matter of one cell.
    pub cell: Option<(u32, u32)>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

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
}

/// What has been read so far, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Tidying<'a> {
    pub asked: Asked<'a>,
    pub records: Records,
    found: Vec<Found>,
    more_faults: usize,
    widths: Vec<Problem>,
    rows_read: usize,
    warnings: Vec<String>,
    more_warnings: usize,
    /// Names of variables met in the rows.
    pub named: BTreeSet<String>,
    /// Cells whose corrections were looked at.
    pub corrected: BTreeSet<(u32, u32)>,
    resolved: HashMap<String, Resolved>,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
    /// Names, and what is said of each.
    near_misses: Vec<(String, String)>,
    years_seen: Option<(i32, i32)>,
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
            found: Vec::new(),
            more_faults: 0,
            widths: Vec::new(),
            rows_read: 0,
            warnings: Vec::new(),
            more_warnings: 0,
            named: BTreeSet::new(),
            corrected: BTreeSet::new(),
            resolved: HashMap::new(),
            matched: BTreeSet::new(),
            unmatched: BTreeSet::new(),
            near_misses: Vec::new(),
            years_seen: None,
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
        self.corrected.extend(block.corrected);
        // A name is told of where it is met first.
        let new = block.near_misses.into_iter().filter(|(name, _)| !self.resolved.contains_key(name));
        self.near_misses.extend(new);
        for (name, resolved) in block.resolved {
            self.resolved.entry(name).or_insert(resolved);
        }
        self.matched.extend(block.matched);
        self.unmatched.extend(block.unmatched);
        if let Some((first, last)) = block.years_seen {
            self.see(first);
            self.see(last);
        }
        self.notes += block.notes;
        self.first_note = self.first_note.take().or(block.first_note);
        self.records.append(block.records);
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
        self.fault(Problem { cell: Some((row, column)), message: message.into(), hint: hint.into() });
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

    /// How many faults there are so far.
    pub(crate) fn fault_count(&self) -> usize {
        self.found.len() + self.widths.len() + self.more_faults
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
                self.fault_at(row, column, error.to_string(), "mend the cell, or `period` in vintage.yaml");
                None
            }
        }
    }

    /// The year in a cell; nothing, and a fault, where it isn't one that the source covers.
    pub(crate) fn year(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<i32> {
        match parse_year(cell) {
            Ok(year) => self.covered_year(year, row, column),
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
                "mend the cell, or widen `covers` in vintage.yaml",
            )
        } else {
            (
                format!("{year} can't be a year"),
                "mend the cell, or say with `covers` in vintage.yaml which years there are",
            )
        };
        self.fault_at(row, column, message, hint);
        None
    }

    fn see(&mut self, year: i32) {
        let (first, last) = self.years_seen.get_or_insert((year, year));
        *first = year.min(*first);
        *last = year.max(*last);
    }

    /// The code of the id under which an entity's values go; nothing where they are dropped or refused.
    pub(crate) fn entity(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<u32> {
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
                    format!("{name:?} is not in the crosswalk"),
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
            let is_known = |name: &str| matches!(crosswalk.find(name), NameMatch::Entity(_));
            if !is_known(text) && is_known(&held) {
                return Cow::Owned(held);
            }
        }
        cell.raw()
    }

    fn resolve(&mut self, name: &str, row: u32, column: u32) -> Resolved {
        let Some(crosswalk) = self.asked.crosswalk else {
            return Resolved::Id(self.records.entities.code(&fold_name(name)));
        };
        match crosswalk.find(name) {
            NameMatch::Entity(id) => {
                self.matched.insert(id.to_owned());
                Resolved::Id(self.records.entities.code(id))
            }
            NameMatch::Outside { stripped, near } => {
                if let Some(near) = near {
                    let warning = format!(
                        "{name:?} ({}) is not in the crosswalk but contains a name of `{near}`",
                        self.cell(row, column)
                    );
                    self.near_misses.push((name.to_owned(), warning));
                }
                let resolved = match self.asked.source.outside {
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
        let wanted = self.asked.window.is_none_or(|window| window.contains(frequency, year));
        if wanted {
            self.records.push(key, year, place);
        }
        wanted
    }

    /// Takes the value in a cell for the record that was begun last.
    pub(crate) fn take(&mut self, reader: &ValueReader<'_>, cell: Cell<'_>, row: u32, column: u32) {
        let record = self.records.len().saturating_sub(1);
        let Some(values) = self.records.values.get_mut(reader.at) else { return };
        match reader.read(cell) {
            Ok(reading) => values.push(reading),
            Err((message, hint)) => {
                values.skip();
                let problem = Problem { cell: Some((row, column)), message, hint };
                self.push(Found { record: Some(record), problem });
            }
        }
    }

    /// Takes the value in a cell for a record that has this variable alone.
    pub(crate) fn take_alone(&mut self, reader: &ValueReader<'_>, cell: Cell<'_>, row: u32, column: u32) {
        let others = self.records.values.iter_mut().enumerate().filter(|(at, _)| *at != reader.at);
        others.for_each(|(_, values)| values.skip());
        self.take(reader, cell, row, column);
    }

    /// The table and warnings, or the faults. `headers` are the columns of the variables, where each has its own.
    pub(crate) fn finish(
        mut self,
        headers: &[(u32, String)],
        warnings: Vec<String>,
    ) -> Result<vintner_panel::Result<Tidied>, SourceFaults> {
        self.warn_of_notes();
        if self.fault_count() == 0 && self.records.len() == 0 {
            let problem = self.nothing_used();
            self.fault(problem);
        }
        let repeated = self.records.repeated();
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
        let table = match records.into_table(source, place, headers, &repeated) {
            Ok(table) => table,
            Err(error) => return Ok(Err(error)),
        };
        self.warn_of_names();
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
        Ok(Ok(Tidied { table, warnings, rows_read: self.rows_read, rows_used }))
    }

    /// A fault for each value of a record whose key an earlier one has.
    fn refuse(&mut self, repeated: &[(usize, usize)], headers: &[(u32, String)]) {
        for (record, first) in repeated {
            let (own, before) = (self.records.place(*record), self.records.place(*first));
            let (entity, time, category) = self.records.key(*record);
            let frequency = self.asked.source.period.and_then(|period| period.frequency);
            let period = frequency.and_then(|own| Period::from_ordinal(own, time));
            let year = period.map_or_else(|| time.to_string(), |period| period.to_string());
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
                        "a second value of `{}`{entity} for {year}{category}; the first is in {first}",
                        variable.variable
                    ),
                    hint:
                        "remove one, tell them apart with `category` or `where`, or set `duplicates: first`"
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
        let all = self.widths.into_iter().chain(self.found.into_iter().map(|found| found.problem));
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
        let years = match self.years_seen {
            Some((first, last)) => format!("its years are {first} to {last}"),
            None => "no year was read".into(),
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
