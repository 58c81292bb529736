//! The numbers and words that a period is written with.

/// A part of a period's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Digits.
    Number(Digits),
    /// A month's name.
    Month(u32),
    /// A name of one month here and of another there.
    EitherMonth(u32, u32),
    /// From one month to another.
    Months(u32, u32),
    /// A letter for what is counted: Q, H, M, W; K is a week or a quarter.
    Letter(char),
    /// A word for what is counted, which stands before or behind the number: Q, H, M, W.
    Unit(char),
    /// A Roman numeral.
    Roman(u32),
    /// What says that a fiscal year is meant.
    Fiscal,
    /// A mark for the year as a whole.
    Whole,
}

/// A number as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digits {
    pub(crate) value: i32,
    /// How many digits it has, zeros before it included.
    pub(crate) count: usize,
}

/// A text's words, and what stands between each and the next (a space where only spaces do, nothing where they
/// touch).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    pub(crate) words: Vec<Word>,
    pub(crate) marks: Vec<Option<char>>,
}

pub(crate) fn number(run: &str) -> Option<Word> {
    // Nine digits are always in range.
    let value = if run.len() <= 9 { run.parse().ok()? } else { return None };
    Some(Word::Number(Digits { value, count: run.len() }))
}
