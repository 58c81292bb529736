//! Wide tables: a row for each entity, a column for each year or other period; or a row for each year, a column for
//! each of its months or quarters.

use vintner_panel::{Frequency, Numbered, Period, PeriodReading};

use crate::cell::Cell;
use crate::fold::{fold, fold_header};
use crate::header::Header;
use crate::marked_period::undeclared_mark;
use crate::marked_time::MarkedTime;
use crate::part_of_year::{PartDoubt, part_doubt, part_in, part_of_year};
use crate::period_text::period_text;
use crate::problem::Problem;
use crate::read_row::ReadRow;
use crate::records::RecordPlace;
use crate::row_key::{KeyColumns, KeyedRow};
use crate::rows::Row;
use crate::source::{Source, TIME_WITHIN};
use crate::tidying::Tidying;
use crate::value_reader::ValueReader;
use crate::within_year::Part;
use crate::year::{YearProblem, names_a_year, parse_marked_year};

/// The columns of a wide table.
#[derive(Debug)]
pub(crate) struct Wide<'a> {
    keys: KeyColumns,
    years: Vec<YearColumn>,
    columns: Vec<u32>,
    /// The text that names each variable, folded, where rows or headers name them.
    readers: Vec<(Option<String>, ValueReader<'a>)>,
    header_row: u32,
    /// What headers divide the year of each row into.
    parts: Option<Frequency>,
}

/// A column of one time.
#[derive(Debug)]
struct YearColumn {
    column: u32,
    /// As a number among those of its frequency; where years stand in the rows, which of a year's periods it is.
    time: i32,
    /// The variable among the source's, where the header names it.
    variable: Option<usize>,
    /// A mark beside the year.
    mark: Option<String>,
}

impl<'a> Wide<'a> {
    /// The columns; nothing, and faults, where some are absent.
    pub(crate) fn find(tidying: &mut Tidying<'a>, header: &Header) -> Option<Self> {
        let source = tidying.asked.source;
        let keys = KeyColumns::find(tidying, header);
        let taken = keys.as_ref().map(KeyColumns::all).unwrap_or_default();
        let years = year_columns(tidying, header, &taken);
        let (Some(keys), Some(years)) = (keys, years) else { return None };
        let mut readers = Vec::new();
        for (at, column) in source.columns.iter().enumerate() {
            let decided = tidying.asked.decided(at);
            readers.push((column.column.as_deref().map(fold), ValueReader::new(source, at, column, decided)));
        }
        let columns = years.iter().map(|year| year.column).collect();
        Some(Self { keys, years, columns, readers, header_row: header.row, parts: parts_of(source) })
    }
}

impl Wide<'_> {
    /// The time of a row's cell; nothing where the calendar hasn't it.
    fn time_of(&self, keyed: &KeyedRow, column: &YearColumn) -> Option<i32> {
        if let Some(part) = keyed.part {
            return part.in_year(column.time);
        }
        let Some(frequency) = self.parts else { return Some(column.time) };
        let part = u32::try_from(column.time).ok()?;
        Some(Period::of_year(frequency, keyed.time?, part)?.ordinal())
    }
}

/// What headers divide the year of each row into, where the source's years stand in its rows.
fn parts_of(source: &Source) -> Option<Frequency> {
    source.period?.frequency.filter(|_| source.has_years_down())
}

impl ReadRow for Wide<'_> {
    fn read(&self, tidying: &mut Tidying<'_>, row: &dyn Row) {
        let Some(keyed) = self.keys.key_of(tidying, row, &self.columns) else { return };
        let by_row = match &self.keys.variable {
            // A yearbook's sheet names many variables; those that the manifest doesn't are left.
            Some(key) => {
                let name = fold(&key.cell(row).raw());
                let reader = self.readers.iter().find(|(text, _)| text.as_deref() == Some(name.as_str()));
                tidying.named.insert(name);
                reader
            }
            None => self.readers.first(),
        };
        let Some((_, by_row)) = by_row else { return };
        let number = row.number();
        for year in &self.years {
            let Some(time) = self.time_of(&keyed, year) else {
                // 29 February stands in other years' columns, too, and is blank there.
                if !row.cell(year.column).is_blank() {
                    let (message, hint) = no_such_part(year.time, keyed.part);
                    tidying.fault_at(number, year.column, message, hint);
                }
                continue;
            };
            let by_header = year.variable.and_then(|at| self.readers.get(at)).map(|(_, reader)| reader);
            let reader = by_header.unwrap_or(by_row);
            let variable = u32::try_from(reader.at).unwrap_or(u32::MAX);
            let place = RecordPlace { row: number, column: year.column, variable };
            if tidying.begin(keyed.key, time, place) {
                let mark = year.mark.as_deref().or(keyed.mark.as_deref());
                tidying.take_alone(reader, row.cell(year.column), number, year.column, mark);
            }
        }
    }

    fn end(&self, tidying: &mut Tidying<'_>) {
        let Some(key) = &self.keys.variable else { return };
        let texts = self.readers.iter().filter_map(|(text, _)| text.as_ref());
        for text in texts {
            if tidying.named.contains(text) {
                continue;
            }
            let shown: Vec<String> = tidying.named.iter().take(10).map(|name| format!("{name:?}")).collect();
            tidying.fault(Problem {
                cell: Some((self.header_row, key.column)),
                message: format!("no row is named {text:?}"),
                hint: format!("mend `column`; among the names are {}", shown.join(", ")),
            });
        }
    }
}

/// What is wrong with a value of a part of a year which that year hasn't, and what to do about it.
fn no_such_part(year: i32, part: Option<Part>) -> (String, String) {
    let mend = "mend the cell in `corrections`, or `within_year` and `period`";
    match part {
        Some(Part::Of(Frequency::Week, week)) => (
            format!("a value of week {week}, which {year} hasn't"),
            format!("{}; {mend}", Frequency::weeks_in_words(year)),
        ),
        Some(Part::Of(frequency, part)) => {
            (format!("a value of {frequency} {part}, which {year} hasn't"), mend.into())
        }
        _ => (format!("a value of a day that {year} hasn't"), mend.into()),
    }
}

/// Whether a header is of a time of the source's frequency.
fn is_time(tidying: &Tidying<'_>, text: &str) -> bool {
    let source = tidying.asked.source;
    match (parts_of(source), source.period_of_times()) {
        (Some(_), _) => source.period.and_then(|reading| part_in(text, reading)).is_some(),
        (None, Some(reading)) => tidying.period_in(reading, Cell::Text(text)).is_ok(),
        (None, None) => parse_marked_year(Cell::Text(text), source.years()).is_ok(),
    }
}

/// What is wrong with a header that is a month where quarters or halves of each row's year are due: with those that end one it
/// would be left out unseen. Beside years that stand over them, months by their names are of another length.
fn month_header(tidying: &Tidying<'_>, text: &str, is_under_year: bool) -> Option<(String, String)> {
    let reading = tidying.asked.source.period?;
    let frequency =
        reading.frequency.filter(|own| matches!(own, Frequency::Quarter | Frequency::HalfYear))?;
    let is_number = part_doubt(text, reading) == Some(PartDoubt::Beyond);
    let by_name = !is_under_year
        && parts_of(tidying.asked.source).is_some()
        && part_of_year(text, Frequency::Month).is_some();
    let by_month = PeriodReading { number: Some(Numbered::Month), ..reading };
    let hint = if is_number {
        format!(
            "if it is a month with which a {frequency} begins or ends, write `period: {}` in vintage.yaml; if there is one for each month, declare the frequency `month`",
            period_text(by_month)
        )
    } else {
        "declare the frequency `month`, or take it out in a copy of the file".to_owned()
    };
    (is_number || by_name).then(|| (format!("{text:?} is no {frequency} of a year"), hint))
}

/// What is wrong with a header that is a period with a mark beside it which nobody declared; nothing of any other.
fn marked_header(tidying: &Tidying<'_>, text: &str) -> Option<(String, String)> {
    let source = tidying.asked.source;
    let reading = source.period_of_times().filter(|_| parts_of(source).is_none())?;
    let error = reading.read(&source.in_common_years(text)).err()?;
    undeclared_mark(text, |text| reading.read(&source.in_common_years(text)))?;
    Some(tidying.no_period(text, reading, &error))
}

/// Header rows of which one holds years and another what divides them.
struct YearsOverParts {
    year: usize,
    part: usize,
    frequency: Frequency,
    /// How many columns have both.
    count: usize,
}

impl YearsOverParts {
    fn texts<'p>(&self, parts: &'p [String]) -> Option<(&'p str, &'p str)> {
        Some((parts.get(self.year)?, parts.get(self.part)?))
    }

    fn is_time(&self, tidying: &Tidying<'_>, parts: &[String]) -> bool {
        let years = tidying.asked.source.years();
        self.texts(parts).is_some_and(|(year, part)| {
            parse_marked_year(Cell::Text(year), years).is_ok() && self.part(tidying, part).is_some()
        })
    }

    /// Which part of a year a text is.
    fn part(&self, tidying: &Tidying<'_>, text: &str) -> Option<u32> {
        part_in(text, tidying.asked.source.period?)
    }

    /// The period of a column; nothing, and a fault, where its year is none that the source covers.
    fn time(&self, tidying: &mut Tidying<'_>, parts: &[String], cell: (u32, u32)) -> Option<MarkedTime> {
        let (year, part) = self.texts(parts)?;
        let MarkedTime { time: year, mark } = tidying.marked_year(Cell::Text(year), cell.0, cell.1)?;
        let number = self.part(tidying, part)?;
        let doubt = tidying.asked.source.period.and_then(|reading| part_doubt(part, reading));
        tidying.numbered.see_part(doubt, cell, part);
        let period = Period::of_year(self.frequency, year, number)?;
        Some(MarkedTime { time: period.ordinal(), mark })
    }
}

/// The two rows of a header that hold years and their parts, where periods are due that divide a year.
fn years_over_parts(tidying: &Tidying<'_>, header: &Header, height: usize) -> Option<YearsOverParts> {
    let source = tidying.asked.source;
    let frequency = source.period_of_times().and_then(|period| period.frequency)?;
    frequency.in_a_year().filter(|parts| *parts > 1)?;
    let rows = (0..height).flat_map(|year| (0..height).map(move |part| (year, part)));
    let tried = rows.filter(|(year, part)| year != part).map(|(year, part)| {
        let own = YearsOverParts { year, part, frequency, count: 0 };
        let count = header.parts.iter().filter(|parts| own.is_time(tidying, parts)).count();
        YearsOverParts { count, ..own }
    });
    tried.max_by_key(|rows| rows.count)
}

/// The variable and the time that a header holds in one text by the pattern of a variable's column: 1997 of `gdp_1997`
/// by `gdp_{time}`. Where several fit, the one with most text.
fn time_within(tidying: &Tidying<'_>, header: &str) -> Option<(usize, String)> {
    let header = fold_header(header);
    let columns = tidying.asked.source.columns.iter().enumerate();
    let fitting = columns.filter_map(|(at, column)| {
        let (before, after) = column.column.as_deref()?.split_once(TIME_WITHIN)?;
        let (before, after) = (fold_header(before), fold_header(after));
        let text = header.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
        // What stands beside a time is another variable: `Y1961F` has the flags of `Y1961`.
        let is_plain = match tidying.asked.source.period_of_times() {
            Some(_) => is_time(tidying, text),
            None => parse_marked_year(Cell::Text(text), tidying.asked.source.years())
                .is_ok_and(|found| found.mark.is_none()),
        };
        is_plain.then(|| (before.len() + after.len(), at, text.to_owned()))
    });
    fitting.max_by_key(|(length, ..)| *length).map(|(_, at, text)| (at, text))
}

/// The columns headed by years or other periods; nothing, and faults, where there are none, one is out of what the
/// source covers, or one comes twice. Of several header rows one has the times: that with most of them. What the others
/// say names the variable.
fn year_columns(tidying: &mut Tidying<'_>, header: &Header, taken: &[u32]) -> Option<Vec<YearColumn>> {
    let before = tidying.fault_count();
    let source = tidying.asked.source;
    let height = header.parts.iter().map(Vec::len).max().unwrap_or(1);
    let times = |at: usize| {
        header.parts.iter().filter(|parts| parts.get(at).is_some_and(|text| is_time(tidying, text))).count()
    };
    // The lowest of equals.
    let row = (0..height).max_by_key(|at| times(*at)).unwrap_or_default();
    // Years over their quarters, or months.
    let over = years_over_parts(tidying, header, height).filter(|rows| rows.count > times(row));
    let names: Vec<String> = source
        .columns
        .iter()
        .map(|column| column.column.as_deref().map(fold_header).unwrap_or_default())
        .collect();
    let mut years: Vec<YearColumn> = Vec::new();
    let mut found = vec![false; names.len()];
    for ((column, whole), parts) in header.cells.iter().zip(&header.parts) {
        if taken.contains(column) {
            continue;
        }
        let within = source.has_times_within();
        let found_within = if within { time_within(tidying, whole) } else { None };
        if within && found_within.is_none() {
            if names_a_year(whole) {
                tidying.not_read(header.row, *column, whole);
            }
            continue;
        }
        let in_rows = |at: usize| parts.get(at).map(String::as_str).unwrap_or_default();
        let both = over.as_ref().map(|over| format!("{} {}", in_rows(over.year), in_rows(over.part)));
        let own = both.as_deref().unwrap_or_else(|| in_rows(row));
        let text = found_within.as_ref().map_or(own, |(_, text)| text.as_str());
        let is_time = match &over {
            Some(over) => over.is_time(tidying, parts),
            None => is_time(tidying, text),
        };
        if !is_time {
            let part = over.as_ref().map_or(text, |over| in_rows(over.part));
            if let Some((message, hint)) = month_header(tidying, part, over.is_some()) {
                tidying.fault_at(header.row, *column, message, hint);
                continue;
            }
            if let Some((message, hint)) = marked_header(tidying, text) {
                tidying.fault_at(header.row, *column, message, hint);
                continue;
            }
            // Near enough to a year that leaving it out shouldn't go unsaid.
            if names_a_year(whole) {
                tidying.not_read(header.row, *column, whole);
            }
            continue;
        }
        let variable = if let Some((at, _)) = &found_within {
            if let Some(found) = found.get_mut(*at) {
                *found = true;
            }
            Some(*at)
        } else if source.has_variables_across() {
            let of_time =
                |at: usize| over.as_ref().map_or(at == row, |over| at == over.year || at == over.part);
            let others = parts.iter().enumerate().filter(|(at, text)| !of_time(*at) && !text.is_empty());
            let others: Vec<&str> = others.map(|(_, text)| text.as_str()).collect();
            let own = fold_header(&others.join(source.header_separator()));
            let Some(at) = names.iter().position(|name| *name == own) else { continue };
            if let Some(found) = found.get_mut(at) {
                *found = true;
            }
            Some(at)
        } else {
            None
        };
        let cell = Cell::Text(text);
        let unmarked = |time: i32| MarkedTime { time, mark: None };
        let time = match (&over, parts_of(source)) {
            (Some(over), _) => over.time(tidying, parts, (header.row, *column)),
            (None, Some(_)) => {
                let doubt = source.period.and_then(|reading| part_doubt(text, reading));
                tidying.numbered.see_part(doubt, (header.row, *column), text);
                let part = source.period.and_then(|reading| part_in(text, reading));
                part.and_then(|part| i32::try_from(part).ok()).map(unmarked)
            }
            (None, None) => tidying.time(cell, header.row, *column),
        };
        let Some(MarkedTime { time, mark }) = time else { continue };
        let same = |other: &&YearColumn| other.time == time && other.variable == variable;
        if let Some(first) = years.iter().find(same) {
            let first = tidying.cell(header.row, first.column);
            tidying.fault_at(
                header.row,
                *column,
                format!("a second column for {}; the first is {first}", fold(text)),
                "if their headers have several rows, set `header_rows` and name the variable of each as `column`; \
                 otherwise take one out in a copy of the file",
            );
            continue;
        }
        years.push(YearColumn { column: *column, time, variable, mark });
    }
    let shown = |texts: &[String]| -> String {
        texts.iter().take(10).map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
    };
    if source.has_variables_across() && tidying.fault_count() == before {
        let headers: Vec<String> = header.cells.iter().map(|(_, text)| text.clone()).collect();
        for (column, _) in source.columns.iter().zip(&found).filter(|(_, found)| !**found) {
            tidying.fault(Problem {
                cell: None,
                message: format!("no year's header names {:?}", column.column.as_deref().unwrap_or_default()),
                hint: format!("mend `column` or `header_rows`; the headers are {}", shown(&headers)),
            });
        }
    }
    if years.is_empty() && tidying.fault_count() == before {
        let headers: Vec<String> = header.cells.iter().map(|(_, text)| text.clone()).collect();
        let problem = headers.iter().find_map(|text| {
            let problem = parse_marked_year(Cell::Text(text), source.years()).err()?;
            let is_near = names_a_year(text) || matches!(problem, YearProblem::Era(_));
            (source.period_of_times().is_none() && is_near).then(|| (text.clone(), problem.hint()))
        });
        let (first, hint) = match problem {
            Some((text, hint)) => (format!("; {text:?} is none"), hint),
            None => (
                String::new(),
                format!("set `header_row` or `layout: long`; its headers are {}", shown(&headers)),
            ),
        };
        let due = source.period.filter(|_| !source.has_parts_down());
        let due = due.and_then(|period| period.frequency).map_or("year", |frequency| frequency.word());
        tidying.fault(Problem {
            cell: None,
            message: format!("no header in row {} is a {due}{first}", header.row),
            hint,
        });
    }
    (tidying.fault_count() == before).then_some(years)
}
