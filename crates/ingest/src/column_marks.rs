//! What the texts of a column say together of the marks in its numbers: a column is read by one rule.

use crate::number_reading::Marks;
use crate::number_rule::DecimalMark;
use crate::value_reader::Reading;

/// So many texts are kept of each kind.
const KEPT: usize = 3;

/// Texts of one kind: how many, and the first of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    count: usize,
    first: Vec<(u32, u32, String)>,
}

/// What was seen in a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnMarks {
    point: Seen,
    comma: Seen,
    either: Seen,
    percent: Seen,
    plain: Seen,
}

/// What can't be read by one rule: a message, a hint, and the cell that it is told at.
pub(crate) type Undecided = (String, String, (u32, u32));

impl Seen {
    fn add(&mut self, row: u32, column: u32, text: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push((row, column, text()));
        }
    }

    fn absorb(&mut self, other: Self) {
        self.count += other.count;
        let room = KEPT.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }

    /// The texts that are kept with their cells.
    fn examples(&self, tell: impl Fn(&(u32, u32, String)) -> String) -> String {
        let mut said = self.first.iter().map(tell).collect::<Vec<_>>().join(", ");
        if self.count > self.first.len() {
            said.push_str(&format!(" and {} more", self.count - self.first.len()));
        }
        said
    }

    fn place(&self) -> (u32, u32) {
        self.first.first().map(|(row, column, _)| (*row, *column)).unwrap_or_default()
    }
}

impl ColumnMarks {
    /// Counts what a cell was read as.
    pub(crate) fn see(&mut self, reading: &Reading<'_>, row: u32, column: u32, text: impl Fn() -> String) {
        match reading.marks {
            Marks::None => {}
            Marks::Point => self.point.add(row, column, &text),
            Marks::Comma => self.comma.add(row, column, &text),
            Marks::Either => self.either.add(row, column, &text),
        }
        match reading.is_percent {
            Some(true) => self.percent.add(row, column, &text),
            Some(false) => self.plain.add(row, column, &text),
            None => {}
        }
    }

    /// Adds what was seen in rows that follow.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.point.absorb(other.point);
        self.comma.absorb(other.comma);
        self.either.absorb(other.either);
        self.percent.absorb(other.percent);
        self.plain.absorb(other.plain);
    }

    /// What stands before a fraction in the column, where some of its texts leave that open and others decide it.
    pub(crate) fn decided(&self) -> Option<DecimalMark> {
        match (self.point.count, self.comma.count, self.either.count) {
            (_, _, 0) => None,
            (0, 1.., _) => Some(DecimalMark::Comma),
            (1.., 0, _) => Some(DecimalMark::Point),
            _ => None,
        }
    }

    /// Why the column of a variable can't be read by one rule, where it can't; `cell` writes an address.
    pub(crate) fn undecided(&self, variable: &str, cell: impl Fn(u32, u32) -> String) -> Vec<Undecided> {
        const DECLARE: &str = "declare in vintage.yaml, under the source or the column, what is right:";
        let told = |(row, column, text): &(u32, u32, String)| format!("{text:?} ({})", cell(*row, *column));
        let mut faults = Vec::new();
        if self.point.count > 0 && self.comma.count > 0 {
            let message = format!(
                "the column of `{variable}` uses two rules of numbers: by one there are {}, by the other {}",
                self.point.examples(told),
                self.comma.examples(told)
            );
            let hint = "tell the rows apart with `where` in two sources, each with its `numbers: {decimal: …}`, or mend \
                        the cells";
            faults.push((message, hint.to_owned(), self.comma.place()));
        } else if self.point.count + self.comma.count == 0 && self.either.count > 0 {
            let both = |seen: &(u32, u32, String)| {
                let of = |mark: char, other: char| seen.2.trim().replace(other, "").replace(mark, ".");
                format!("{} is {} or {}", told(seen), of('.', ','), of(',', '.'))
            };
            let texts = if self.either.count == 1 { "a number" } else { "numbers" };
            let message = format!(
                "`{variable}` has {texts} that can be read in two ways, and nothing else in the column decides: {}",
                self.either.examples(both)
            );
            let first = self.either.first.first().map(|(_, _, text)| text.trim()).unwrap_or_default();
            let of = |mark: char, other: char| first.replace(other, "").replace(mark, ".");
            let hint = format!(
                "{DECLARE} `numbers: {{decimal: \".\", grouping: \",\"}}` if {first:?} is {}, `numbers: {{decimal: \",\", \
                 grouping: \".\"}}` if it is {}",
                of('.', ','),
                of(',', '.')
            );
            faults.push((message, hint, self.either.place()));
        }
        if self.percent.count > 0 && self.plain.count > 0 {
            let message = format!(
                "the column of `{variable}` has numbers with a percent sign and numbers without: {} and {}",
                self.percent.examples(told),
                self.plain.examples(told)
            );
            let hint = "tell the rows apart with `where` in two sources, each with its own `numbers` and `scale`, or mend \
                        the cells";
            faults.push((message, hint.to_owned(), self.percent.place()));
        }
        faults
    }
}
