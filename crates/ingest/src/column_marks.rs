//! What the texts of a column say together of the marks in its numbers: a column is read by one rule.

use crate::fold::fold;
use crate::number_reading::Marks;
use crate::number_rule::DecimalMark;
use crate::value_reader::{Reading, Value};

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
    /// Whole numbers of which a double hasn't all digits.
    cut: Seen,
}

/// What can't be read by one rule: a message, a hint, and the cell that it is told at.
pub(crate) type Undecided = (String, String, (u32, u32));

/// Whether a text is a whole number that no double is.
fn loses_digits(text: &str) -> bool {
    let folded = fold(text);
    let digits = folded.strip_prefix(['-', '+']).unwrap_or(&folded).replace(',', "");
    // Fewer digits are always held, and more than these are no id.
    let is_long = (16..=38).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let whole = digits.parse::<i128>().ok().filter(|_| is_long);
    whole.is_some_and(|whole| (whole as f64) as i128 != whole)
}

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
        if reading.text.is_some() && matches!(reading.value, Value::Number(_)) && loses_digits(&text()) {
            self.cut.add(row, column, &text);
        }
    }

    /// Adds what was seen in rows that follow.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.point.absorb(other.point);
        self.comma.absorb(other.comma);
        self.either.absorb(other.either);
        self.percent.absorb(other.percent);
        self.plain.absorb(other.plain);
        self.cut.absorb(other.cut);
    }

    /// What is said of whole numbers whose last digits are lost; `cell` writes an address.
    pub(crate) fn cut_digits(&self, variable: &str, cell: impl Fn(u32, u32) -> String) -> Option<String> {
        let told = |(row, column, text): &(u32, u32, String)| format!("{text:?} ({})", cell(*row, *column));
        let numbers = if self.cut.count == 1 { "a whole number loses" } else { "whole numbers lose" };
        (self.cut.count > 0).then(|| {
            format!(
                "`{variable}`: {numbers} the last digits, as a number has 15 to 17 of them: {}; if they are ids, write `type: text` at \
                 its column in vintage.yaml, or `type: integer` where all are whole and fit in 64 bits",
                self.cut.examples(told)
            )
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_that_no_double_is_lose_digits() {
        for text in ["9007199254740993", "-9007199254740993", "12345678901234567890", "9,007,199,254,740,993"]
        {
            assert!(loses_digits(text), "{text}");
        }
        // The last is rounded by a double as any fraction is.
        for text in ["9007199254740992", "15", "12000000000000000000", "9007199254740993.5", "1e300", "x"] {
            assert!(!loses_digits(text), "{text}");
        }
    }
}
