//! What the cells of a table show beside what they hold, counted.

use vintner_panel::CellAddress;

use crate::cell::Cell;
use crate::problem::Problem;
use crate::shown::Shown;
use crate::source::{Source, ValueColumn};

/// So many cells are named.
const NAMED: usize = 3;

/// Cells of a kind: how many, and the first of them.
#[derive(Debug, Clone, Default)]
struct Counted {
    count: usize,
    first: Vec<String>,
    place: Option<(u32, u32)>,
}

impl Counted {
    fn add(&mut self, row: u32, column: u32, say: impl FnOnce(String) -> String) {
        self.count += 1;
        if self.first.len() < NAMED {
            let place = CellAddress { file: String::new(), sheet: None, row, column };
            self.first.push(say(place.cell()));
            self.place.get_or_insert((row, column));
        }
    }

    fn absorb(&mut self, other: Self) {
        self.count += other.count;
        self.place = self.place.or(other.place);
        let room = NAMED.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }

    fn named(&self) -> String {
        let more = if self.count > self.first.len() { ", …" } else { "" };
        format!("{}{more}", self.first.join(", "))
    }
}

/// `1 cell`, `3 cells`.
fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

/// Marked cells, and by variable those in percent and those that aren't.
#[derive(Debug)]
pub(crate) struct CellMarks {
    noted: Counted,
    by_variable: Vec<(Counted, Counted)>,
}

impl CellMarks {
    pub(crate) fn new(variables: usize) -> Self {
        Self { noted: Counted::default(), by_variable: vec![Default::default(); variables] }
    }

    /// Looks at a cell of a variable, by its place, or of a key.
    pub(crate) fn see(&mut self, variable: Option<usize>, cell: Cell<'_>, row: u32, column: u32) {
        let own = variable.and_then(|at| self.by_variable.get_mut(at));
        match (cell, own) {
            (Cell::Shown(Shown::Noted { text, note, raised, .. }), _) if note != "corrected" => {
                self.noted.add(row, column, |cell| match raised {
                    true => format!("{cell} ({text} with a raised {note})"),
                    false => format!("{cell} ({note})"),
                });
            }
            (Cell::Shown(Shown::Percent { .. }), Some((percent, _))) => percent.add(row, column, |cell| cell),
            // A nothing is the same in both.
            (Cell::Number(number), Some((_, plain))) if number != 0.0 => plain.add(row, column, |cell| cell),
            _ => {}
        }
    }

    /// Adds those of a block that follows.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.noted.absorb(other.noted);
        for ((percent, plain), (others, other_plain)) in self.by_variable.iter_mut().zip(other.by_variable) {
            percent.absorb(others);
            plain.absorb(other_plain);
        }
    }

    /// What is said of cells that are read without their marks.
    pub(crate) fn warning(&self) -> Option<String> {
        let verb = if self.noted.count == 1 { "is" } else { "are" };
        let cells = cells(self.noted.count);
        (self.noted.count > 0)
            .then(|| format!("{cells} {verb} marked and read without the mark: {}", self.noted.named()))
    }

    /// A fault for each variable that has percents beside plain numbers.
    pub(crate) fn faults(&self, source: &Source) -> Vec<Problem> {
        let mixed = source.columns.iter().zip(&self.by_variable).filter(|(column, (percent, plain))| {
            !column.mixed_percent && percent.count > 0 && plain.count > 0
        });
        let fault = |(column, (percent, plain)): (&ValueColumn, &(Counted, Counted))| {
            Problem {
            cell: percent.place,
            message: format!(
                "`{}` has {} in percent ({}) beside {} of plain numbers ({}): 12.5% is held as 0.125",
                column.variable,
                cells(percent.count),
                percent.named(),
                cells(plain.count),
                plain.named()
            ),
            hint: "mend the cells that differ in `corrections`, or declare `mixed_percent: true` if the numbers that are held are right".into(),
        }
        };
        mixed.map(fault).collect()
    }
}
