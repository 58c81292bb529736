//! What the records come to when all rows are read: the table with its warnings, or all that is wrong.

use std::collections::BTreeMap;

use vintner_diagnostics::did_you_mean;
use vintner_panel::{Absences, DroppedName, Period, Promise, TidyTable, UnreadColumn};

use crate::layout::Layout;
use crate::marks_seen::MarksSeen;
use crate::missing_codes::{MissingCode, warning as warning_of_code};
use crate::names_outside::{NameOutside, warnings as warnings_of};
use crate::problem::Problem;
use crate::records::Records;
use crate::source::{Duplicates, ValueKind};
use crate::source_fault::{SourceFault, SourceFaults};
use crate::tidied::Tidied;
use crate::tidying::{Found, Tidying};
use crate::yaml_word::yaml_word;

/// What there is to say of a file whose records went on their way.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) absences: Absences,
    pub(crate) warnings: Vec<String>,
    pub(crate) rows_read: usize,
    pub(crate) rows_left_out: usize,
    pub(crate) names_outside: Vec<NameOutside>,
    pub(crate) not_times: BTreeMap<String, usize>,
    pub(crate) codes: Vec<MissingCode>,
}

/// How many names a warning lists.
const LISTED: usize = 5;

impl<'a> Tidying<'a> {
    /// The table and warnings, or the faults. `headers` are the columns of the variables, where each has its own.
    pub(crate) fn finish(
        mut self,
        headers: &[(u32, String)],
        warnings: Vec<String>,
    ) -> Result<vintner_panel::Result<Tidied>, SourceFaults> {
        self.settle_unkeyed();
        self.settle_numbered();
        self.warn_of_notes();
        let marks = std::mem::replace(&mut self.marks, MarksSeen::new(0));
        let mixed = marks.mixed_numbers(self.asked.source, |row, column| self.cell(row, column));
        self.columns.extend(mixed);
        let said = marks.warnings(self.asked.source, |row, column| self.cell(row, column));
        said.into_iter().for_each(|warning| self.warn(warning));
        let codes = marks.doubtful_codes(self.asked.source);
        codes.iter().for_each(|code| self.warn(warning_of_code(code)));
        marks.mixed_percents(self.asked.source).into_iter().for_each(|problem| self.fault(problem));
        self.refuse_joined_names_outside();
        self.settle_headings();
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
        let (filled, not_times) = (self.filled, self.not_times);
        let rows_read = self.rows_read;
        Ok(Ok(Tidied {
            table,
            warnings,
            rows_read,
            rows_used,
            rows_left_out,
            names_outside,
            filled,
            not_times,
            codes,
        }))
    }

    /// What is said once all blocks of a file were read whose records went on their way before: warnings and counts, or the
    /// faults. `rows_used` are the rows that gave a record, `empty` the variables of which all cells were.
    pub(crate) fn finish_without_records(
        mut self,
        rows_used: usize,
        empty: &[String],
        warnings: Vec<String>,
    ) -> Result<Ended, SourceFaults> {
        self.settle_unkeyed();
        self.settle_numbered();
        self.warn_of_notes();
        for at in self.found_by_comma() {
            let variable = self.asked.source.columns.get(at).map(|column| column.variable.clone());
            let message = format!(
                "some texts of `{}` show that a comma stands before the fraction",
                variable.unwrap_or_default()
            );
            let hint =
                "say so with `numbers` in vintage.yaml: read in blocks, the file isn't read twice".into();
            self.columns.push(Problem { cell: None, message, hint });
        }
        let marks = std::mem::replace(&mut self.marks, MarksSeen::new(0));
        let mixed = marks.mixed_numbers(self.asked.source, |row, column| self.cell(row, column));
        self.columns.extend(mixed);
        let said = marks.warnings(self.asked.source, |row, column| self.cell(row, column));
        said.into_iter().for_each(|warning| self.warn(warning));
        let codes = marks.doubtful_codes(self.asked.source);
        codes.iter().for_each(|code| self.warn(warning_of_code(code)));
        marks.mixed_percents(self.asked.source).into_iter().for_each(|problem| self.fault(problem));
        self.refuse_joined_names_outside();
        self.settle_headings();
        if self.fault_count() == 0 && rows_used == 0 {
            let problem = self.nothing_used();
            self.fault(problem);
        }
        self.refuse_absent_years();
        if self.fault_count() > 0 {
            return Err(self.into_faults());
        }
        let outside = self.outside.listed(|name| self.nearest(name), |row, column| self.cell(row, column));
        let absences = self.absences(&outside);
        let names_outside: Vec<NameOutside> = outside.into_iter().map(|(name, _)| name).collect();
        self.warn_of_names();
        self.warn_of_outside(&names_outside);
        self.warn_of_headers();
        for name in empty {
            self.warnings.push(format!("`{name}` has no value: all of its {rows_used} cells are empty"));
        }
        let mut warnings = warnings;
        warnings.append(&mut self.warnings);
        if self.more_warnings > 0 {
            warnings.push(format!("{} more warnings", self.more_warnings));
        }
        let rows_left_out = self.confirmed + self.outside.rows();
        let (rows_read, not_times) = (self.rows_read, self.not_times);
        Ok(Ended { absences, warnings, rows_read, rows_left_out, names_outside, not_times, codes })
    }

    /// The records of a block, without those that repeat a key within it, which are faults.
    pub(crate) fn take_records(&mut self, headers: &[(u32, String)]) -> Records {
        let repeated = self.records.repeated();
        if !repeated.is_empty() {
            self.refuse(&repeated, headers);
        }
        for found in &mut self.found {
            found.record = None;
        }
        std::mem::replace(&mut self.records, Records::new(self.asked.source))
    }

    /// The column of text in which two records of one key differ, and the texts: what would tell them apart.
    fn between(&self, record: usize, first: usize) -> Option<(&'a str, (String, String))> {
        let source = self.asked.source;
        if source.entity.is_none() || source.category.is_some() || self.records.is_across() {
            return None;
        }
        source.columns.iter().zip(&self.records.values).find_map(|(column, values)| {
            let (own, before) = (values.text(record)?, values.text(first)?);
            let name = column.column.as_deref()?;
            (own != before).then(|| (name, (before.to_owned(), own.to_owned())))
        })
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
            let between = self.between(*record, *first);
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
                    hint: if let (Some((column, texts)), true) = (&between, variable.kind != ValueKind::Text)
                    {
                        let (column, one) = (yaml_word(column), yaml_word(&texts.0));
                        format!(
                            "the rows differ in {column} ({:?} and {:?}): to add them up, write `category: {column}` in place of that column \
                             and `aggregate: {{{}: sum}}` in the stage that assembles; to read one of them, `where: {{{column}: {one}}}`",
                            texts.0, texts.1, variable.variable
                        )
                    } else if self.asked.source.entity.is_none() && !self.records.is_across() {
                        "remove one, name the column of `entity`, tell them apart with `category` or `where`, or set \
                         `duplicates: keep` where each row is an observation of its own, or `first`".to_owned()
                    } else if when.is_empty() {
                        "remove one, name the column of years as `time`, tell them apart with `category` or `where`, or set \
                         `duplicates: first`".to_owned()
                    } else {
                        "remove one, tell them apart with `category` or `where`, or set `duplicates: first`"
                            .to_owned()
                    },
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

    /// A crosswalk of countries has no pairs of them, whatever becomes of names that it hasn't: kept under another name
    /// than any that is asked for, they would be gaps.
    fn refuse_joined_names_outside(&mut self) {
        let is_joined = !self.asked.source.entity_with.is_empty() && self.asked.crosswalk.is_some();
        let Some(first) = self.unmatched.first().filter(|_| is_joined && self.matched.is_empty()) else {
            return;
        };
        let message = format!(
            "the columns of `entity_with` name an entity together, and of {} such names, as {first:?} is, none is in the crosswalk",
            self.unmatched.len()
        );
        let hint = "leave the file `crosswalk` out of the stages, and entities are called as they are here; or write an entity \
                    for each into it, its id `deu:fra`, say, and among its names \"Germany:France\"";
        // What comes of it, that nothing was used, needn't be told.
        if self.fault_count() == 0 {
            self.fault(Problem { cell: None, message, hint: hint.into() });
        }
    }

    fn nothing_used(&self) -> Problem {
        let years = match (self.years_seen.first(), self.years_seen.last()) {
            (Some(first), Some(last)) => format!("its years are {first} to {last}"),
            _ => "no year was read".into(),
        };
        let message = if !self.unmet.is_empty() && self.rows_read == 0 {
            let told = self.unmet.iter().map(|(column, texts)| {
                let wanted = self.asked.source.rows_where.get(column).map(String::as_str).unwrap_or_default();
                let near = did_you_mean(wanted, texts.iter().map(String::as_str));
                let near = near.map(|near| format!(", did you mean {near:?}?")).unwrap_or_default();
                let listed: Vec<String> = texts.iter().take(LISTED).map(|text| format!("{text:?}")).collect();
                let more = if texts.len() > LISTED { ", …" } else { "" };
                format!("{column:?} is nowhere {wanted:?}{near} it holds {}{more}", listed.join(", "))
            });
            format!("no row under the header meets `where`: {}", told.collect::<Vec<_>>().join("; "))
        } else if self.rows_read == 0 && !self.asked.source.rows_where.is_empty() {
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
        let last = self.last_keyed;
        let valueless = std::mem::take(&mut self.valueless);
        let (names, notes): (Vec<_>, Vec<_>) = valueless.into_iter().partition(|(row, _)| *row < last);
        notes.iter().for_each(|(row, text)| self.count_text(*row, text));
        if let Some((row, text)) = names.first() {
            let rows =
                if names.len() == 1 { "1 row has".into() } else { format!("{} rows have", names.len()) };
            let text: String = text.chars().take(40).collect();
            self.warn(format!(
                "{rows} a name and no value, the first of them row {row}: {text:?}; nothing is read of it"
            ));
        }
        // A text that no row took for its key is a note.
        let headings = std::mem::take(&mut self.headings);
        let (names, notes): (Vec<_>, Vec<_>) =
            headings.into_iter().partition(|(row, _)| self.filled_from.contains(row));
        notes.iter().for_each(|(row, text)| self.count_text(*row, text));
        if !names.is_empty() {
            let shown: Vec<String> =
                names.iter().take(LISTED).map(|(row, text)| format!("{text:?} (row {row})")).collect();
            let more = names.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.warn(format!("taken for the names of the rows under them: {}{more}", shown.join(", ")));
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
        let promise = self.asked.source.promised.as_ref().zip(self.asked.source.covers);
        let promise = promise.map(|(promised, covers)| Promise {
            source: promised.source.clone(),
            parts: promised.parts,
            covers,
            gap_years: promised.gap_years.clone(),
            years: self.years_seen.iter().copied().collect(),
        });
        Absences { rows: rows.collect(), columns: columns.collect(), promise }
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
        if !self.marked_times.is_empty() {
            let shown: Vec<String> = self
                .marked_times
                .iter()
                .take(LISTED)
                .map(|(text, (count, row, column))| {
                    let times = if *count == 1 { String::new() } else { format!(", {count} times") };
                    format!("{text:?} ({}{times})", self.cell(*row, *column))
                })
                .collect();
            let more = self.marked_times.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let frequency = self.asked.source.period_of_times().and_then(|period| period.frequency);
            let times = frequency.map_or("years", |frequency| frequency.plural());
            self.warn(format!("read as {times}, with a mark beside them: {}{more}", shown.join(", ")));
        }
    }

    /// Numbers beside years that may be of quarters or months are a fault where none of them decides it.
    fn settle_numbered(&mut self) {
        let reading = self.asked.source.period;
        let problem = reading.and_then(|reading| std::mem::take(&mut self.numbered).fault(reading));
        problem.into_iter().for_each(|problem| self.fault(problem));
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
