//! The collecting of values and faults while a layout walks a grid.

use std::collections::{BTreeMap, BTreeSet};

use vintner_diagnostics::cut;
use vintner_panel::TidyValue;

use crate::crosswalk::{Crosswalk, NameMatch};
use crate::fold::fold;
use crate::grid::{CellContent, Grid};
use crate::number::parse_number;
use crate::source::{Duplicates, Outside, Source, ValueColumn};
use crate::source_fault::{SourceFault, SourceFaults};
use crate::tidied::Tidied;
use crate::window::Window;
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

/// The keys of a value but its time and variable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RowKey {
    /// The entity's id, where the source has entities.
    pub entity: Option<String>,
    /// The category, where the source has categories.
    pub category: Option<String>,
}

/// A missing code: its folded text and, where it writes a number, that number.
type MissingCode = (String, Option<f64>);

/// A variable of the source with its missing codes at hand.
#[derive(Debug)]
pub(crate) struct ValueReader<'a> {
    /// The manifest's entry.
    pub column: &'a ValueColumn,
    missing: Vec<MissingCode>,
}

impl<'a> ValueReader<'a> {
    pub(crate) fn new(source: &'a Source, column: &'a ValueColumn) -> Self {
        let codes = source.missing.iter().chain(&column.missing);
        let missing = codes.map(|code| (fold(code), parse_number(code).ok())).collect();
        Self { column, missing }
    }

    /// The value in a cell: none where it is missing, a message and a hint where it isn't a number
    /// that can be right.
    fn read(&self, content: &CellContent) -> Result<Option<f64>, (String, String)> {
        if content.is_blank() {
            return Ok(None);
        }
        let raw = content.raw();
        let folded = fold(&raw);
        let number = match content {
            CellContent::Number(number) => Ok(*number),
            CellContent::Text(text) => parse_number(text)
                .map_err(|problem| (format!("text in a number: {text:?}"), problem.hint(&folded))),
            CellContent::Error(error) => Err((
                format!("the spreadsheet error {error} where a number is due"),
                format!("mend the cell, or add {error:?} to `missing`"),
            )),
            CellContent::Date(date) => Err((
                format!("a date where a number is due: {date}"),
                "give the cell the number format `General`, or mend `column`".into(),
            )),
            CellContent::Boolean(_) | CellContent::Empty => Err((
                format!("{raw} where a number is due"),
                format!(
                    "if it stands for a missing value, add {raw:?} to `missing`; otherwise mend the cell"
                ),
            )),
        };
        let is_code = |(code, value): &MissingCode| {
            *code == folded || (value.is_some() && *value == number.as_ref().ok().copied())
        };
        if self.missing.iter().any(is_code) {
            return Ok(None);
        }
        let number = number?;
        let value = self.column.scale.map_or(number, |scale| number * scale);
        if !value.is_finite() {
            return Err((format!("{raw} times the scale can't be held"), "mend `scale`".into()));
        }
        self.in_range(value, &raw)?;
        Ok(Some(value))
    }

    fn in_range(&self, value: f64, raw: &str) -> Result<(), (String, String)> {
        let Some([least, most]) = self.column.range else { return Ok(()) };
        if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) {
            return Ok(());
        }
        let unit = &self.column.unit;
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let read = if self.column.scale.is_some() { format!(" (read as {raw})") } else { String::new() };
        let bound = match (least, most) {
            (Some(least), Some(most)) => format!("from {least} to {most}"),
            (Some(least), None) => format!("from {least} up"),
            (None, Some(most)) => format!("up to {most}"),
            (None, None) => "open".into(),
        };
        let message = format!(
            "{value}{unit}{read} is out of the declared range of `{}`: {bound}",
            self.column.variable
        );
        Err((message, "mend the cell, or widen `range` (in the unit after `scale`)".into()))
    }
}

/// What became of an entity's name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Resolved {
    Id(String),
    Dropped,
    Refused,
}

/// Where the first value of a key was read.
type FirstCells = BTreeMap<(Option<String>, i32, Option<String>, String), (u32, u32)>;

/// The state of one walk.
#[derive(Debug)]
pub(crate) struct Tidying<'a> {
    pub source: &'a Source,
    pub grid: &'a Grid,
    crosswalk: &'a Crosswalk,
    window: Option<Window>,
    faults: SourceFaults,
    tidied: Tidied,
    first_cells: FirstCells,
    resolved: BTreeMap<String, Resolved>,
    matched: BTreeSet<String>,
    unmatched: BTreeMap<String, (u32, u32)>,
    near_misses: Vec<String>,
    more_warnings: usize,
    duplicates: usize,
    years_seen: BTreeSet<i32>,
}

impl<'a> Tidying<'a> {
    pub(crate) fn new(
        source: &'a Source,
        grid: &'a Grid,
        crosswalk: &'a Crosswalk,
        window: Option<Window>,
    ) -> Self {
        Self {
            source,
            grid,
            crosswalk,
            window,
            faults: SourceFaults::default(),
            tidied: Tidied::default(),
            first_cells: BTreeMap::new(),
            resolved: BTreeMap::new(),
            matched: BTreeSet::new(),
            unmatched: BTreeMap::new(),
            near_misses: Vec::new(),
            more_warnings: 0,
            duplicates: 0,
            years_seen: BTreeSet::new(),
        }
    }

    pub(crate) fn fault(&mut self, problem: Problem) {
        self.faults.push(SourceFault {
            file: self.grid.file.clone(),
            sheet: self.grid.sheet.clone(),
            cell: problem.cell,
            message: problem.message,
            hint: problem.hint,
        });
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

    pub(crate) fn warn(&mut self, warning: impl Into<String>) {
        if self.tidied.warnings.len() < WARNINGS {
            self.tidied.warnings.push(cut(warning.into()));
        } else {
            self.more_warnings += 1;
        }
    }

    pub(crate) fn count_row_read(&mut self) {
        self.tidied.rows_read += 1;
    }

    /// How many values and faults there are so far.
    pub(crate) fn progress(&self) -> (usize, usize) {
        (self.tidied.values.len(), self.faults.len())
    }

    /// Counts a row as used if it brought a value since `before`.
    pub(crate) fn count_row_used(&mut self, before: (usize, usize)) {
        if self.tidied.values.len() > before.0 {
            self.tidied.rows_used += 1;
        }
    }

    /// The year in a cell; nothing, and a fault, where it isn't one that the source covers.
    pub(crate) fn year(&mut self, content: &CellContent, row: u32, column: u32) -> Option<i32> {
        match parse_year(content) {
            Ok(year) => self.covered_year(year, row, column),
            Err(problem) => {
                self.fault_at(row, column, problem.message(&content.raw()), problem.hint());
                None
            }
        }
    }

    fn covered_year(&mut self, year: i32, row: u32, column: u32) -> Option<i32> {
        let [first, last] = self.source.covers.unwrap_or(PLAUSIBLE_YEARS);
        if (first..=last).contains(&year) {
            self.years_seen.insert(year);
            return Some(year);
        }
        let (message, hint) = if self.source.covers.is_some() {
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

    /// The id under which an entity's values go; nothing where they are dropped or refused.
    pub(crate) fn entity(&mut self, content: &CellContent, row: u32, column: u32) -> Option<String> {
        let name = content.raw();
        let resolved = match self.resolved.get(&name) {
            Some(resolved) => resolved.clone(),
            None => {
                let resolved = self.resolve(&name, row, column);
                self.resolved.insert(name.clone(), resolved.clone());
                resolved
            }
        };
        match resolved {
            Resolved::Id(id) => Some(id),
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

    fn resolve(&mut self, name: &str, row: u32, column: u32) -> Resolved {
        match self.crosswalk.find(name) {
            NameMatch::Entity(id) => {
                self.matched.insert(id.to_owned());
                Resolved::Id(id.to_owned())
            }
            NameMatch::Outside { stripped, near } => {
                self.unmatched.entry(stripped.clone()).or_insert((row, column));
                if let Some(near) = near {
                    let address = self.grid.address(row, column);
                    let warning = format!(
                        "{name:?} ({}) is not in the crosswalk but contains a name of `{near}`",
                        address.cell()
                    );
                    self.near_misses.push(warning);
                }
                match self.source.outside {
                    Outside::Drop => Resolved::Dropped,
                    Outside::Keep => Resolved::Id(stripped),
                    Outside::Error => Resolved::Refused,
                }
            }
        }
    }

    /// Takes the value in a cell, unless its year is out of the window or its key is taken.
    pub(crate) fn take(&mut self, key: &RowKey, year: i32, reader: &ValueReader<'_>, row: u32, column: u32) {
        if self.window.is_some_and(|window| !window.contains(year)) {
            return;
        }
        let variable = &reader.column.variable;
        let place = (key.entity.clone(), year, key.category.clone(), variable.clone());
        if let Some(&(first_row, first_column)) = self.first_cells.get(&place) {
            match self.source.duplicates {
                Duplicates::First => self.duplicates += 1,
                Duplicates::Error => {
                    let first = self.grid.address(first_row, first_column).cell();
                    let entity = key.entity.as_deref().map(|id| format!(" of {id}")).unwrap_or_default();
                    let category = key.category.as_deref().map(|c| format!(", {c}")).unwrap_or_default();
                    self.fault_at(
                        row,
                        column,
                        format!("a second value of `{variable}`{entity} for {year}{category}; the first is in {first}"),
                        "remove one, tell them apart with `category` or `where`, or set `duplicates: first`",
                    );
                }
            }
            return;
        }
        self.first_cells.insert(place, (row, column));
        let grid = self.grid;
        let Some(grid_row) = grid.row(row) else { return };
        let content = grid_row.cell(column);
        match reader.read(content) {
            Ok(value) => self.tidied.values.push(TidyValue {
                entity: key.entity.clone(),
                time: year,
                category: key.category.clone(),
                variable: variable.clone(),
                value,
                raw: content.raw(),
                source: self.source.name.clone(),
                address: grid.address(row, column),
            }),
            Err((message, hint)) => self.fault_at(row, column, message, hint),
        }
    }

    /// The values and warnings, or the faults.
    pub(crate) fn finish(mut self) -> Result<Tidied, SourceFaults> {
        if self.faults.is_empty() && self.tidied.values.is_empty() {
            let problem = self.nothing_used();
            self.fault(problem);
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        self.warn_of_names();
        self.warn_of_empty_variables();
        if self.duplicates > 0 {
            let warning = format!(
                "{} values have a key that an earlier row has; the first row of each key was kept",
                self.duplicates
            );
            self.warn(warning);
        }
        let mut warnings = self.grid.warnings.clone();
        warnings.append(&mut self.tidied.warnings);
        if self.more_warnings > 0 {
            warnings.push(format!("{} more warnings", self.more_warnings));
        }
        Ok(Tidied { warnings, ..self.tidied })
    }

    fn nothing_used(&self) -> Problem {
        let years = match (self.years_seen.first(), self.years_seen.last()) {
            (Some(first), Some(last)) => format!("its years are {first} to {last}"),
            _ => "no year was read".into(),
        };
        let message = if self.tidied.rows_read == 0 && !self.source.rows_where.is_empty() {
            "no row under the header meets `where`".into()
        } else if self.tidied.rows_read == 0 {
            "no row under the header".into()
        } else if self.matched.is_empty() && !self.unmatched.is_empty() {
            let names: Vec<&str> = self.unmatched.keys().take(LISTED).map(String::as_str).collect();
            format!(
                "none of its {} entities is in the crosswalk: {}{}",
                self.unmatched.len(),
                names.join(", "),
                if self.unmatched.len() > LISTED { ", …" } else { "" }
            )
        } else {
            let window = self.window.map(|w| format!(" from {} to {}", w.first, w.last)).unwrap_or_default();
            format!("no value{window}; {years}")
        };
        let hint =
            "mend the manifest (`sheet`, `header_row`, `entity`, `where`), the crosswalk or the window";
        Problem { cell: None, message, hint: hint.into() }
    }

    /// A variable whose every cell is empty is a column that nobody filled or, in a workbook, formulas
    /// that no spreadsheet programme has computed.
    fn warn_of_empty_variables(&mut self) {
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for value in &self.tidied.values {
            let count = counts.entry(&value.variable).or_insert((0, 0));
            count.0 += 1;
            count.1 += usize::from(value.raw.is_empty());
        }
        let formulas = if self.grid.sheet.is_some() {
            "; if it holds formulas, open the workbook in a spreadsheet programme and save it, which computes them"
        } else {
            ""
        };
        let warnings: Vec<String> = counts
            .into_iter()
            .filter(|(_, (cells, empty))| cells == empty)
            .map(|(variable, (cells, _))| {
                format!("`{variable}` has no value: all of its {cells} cells are empty{formulas}")
            })
            .collect();
        self.tidied.warnings.extend(warnings);
    }

    fn warn_of_names(&mut self) {
        if !self.matched.is_empty() {
            let absent: Vec<&str> = self
                .crosswalk
                .entities()
                .iter()
                .map(|entity| entity.id.as_str())
                .filter(|id| !self.matched.contains(*id))
                .collect();
            if !absent.is_empty() {
                let warning =
                    format!("no row for {} of the crosswalk's entities: {}", absent.len(), absent.join(", "));
                self.warn(warning);
            }
        }
        let near = std::mem::take(&mut self.near_misses);
        let more = near.len().saturating_sub(LISTED);
        self.tidied.warnings.extend(near.into_iter().take(LISTED));
        if more > 0 {
            self.warn(format!("{more} more names contain a name of the crosswalk without being one"));
        }
    }
}
