//! Faults of a raw file: what is wrong, in which cell, and what to do about it.

use std::collections::BTreeMap;
use std::fmt;

use vintner_diagnostics::cut;
use vintner_panel::CellAddress;

/// One thing that is wrong in a raw file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    /// The file's name as the manifest gives it.
    pub file: String,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// Row and column, both from 1, where it is a matter of one cell.
    pub cell: Option<(u32, u32)>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for SourceFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.cell, &self.sheet) {
            (Some((row, column)), sheet) => {
                let address = CellAddress { file: self.file.clone(), sheet: sheet.clone(), row, column };
                write!(formatter, "{address}: {}", self.message)
            }
            (None, Some(sheet)) => write!(formatter, "{}!{sheet}: {}", self.file, self.message),
            (None, None) => write!(formatter, "{}: {}", self.file, self.message),
        }
    }
}

/// Everything that is wrong in a raw file, in the order found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFaults {
    kept: Vec<SourceFault>,
    /// How many were found after so many that no more are kept.
    more: usize,
}

impl SourceFaults {
    /// How many faults are shown; the others are counted.
    pub const SHOWN: usize = 20;

    /// How many are kept; the others are counted, too.
    pub const KEPT: usize = 1_000;

    /// Adds one.
    pub fn push(&mut self, mut fault: SourceFault) {
        if self.kept.len() >= Self::KEPT {
            self.more += 1;
            return;
        }
        // A message quotes the cell, which may hold a book.
        fault.message = cut(fault.message);
        fault.hint = cut(fault.hint);
        self.kept.push(fault);
    }

    /// Counts faults that weren't kept.
    pub(crate) fn count_more(&mut self, more: usize) {
        self.more += more;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept.len() + self.more
    }

    /// One by one, those that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFault> {
        self.kept.iter()
    }
}

impl From<SourceFault> for SourceFaults {
    fn from(fault: SourceFault) -> Self {
        let mut faults = Self::default();
        faults.push(fault);
        faults
    }
}

impl fmt::Display for SourceFaults {
    /// The first [`SourceFaults::SHOWN`] faults, of more than three that are alike one with the count and two other
    /// examples; a hint that several in a row share stands once, under the last of them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: BTreeMap<String, Vec<&SourceFault>> = BTreeMap::new();
        let kind = |fault: &SourceFault| pattern(&format!("{}\n{}", fault.message, fault.hint));
        for fault in &self.kept {
            groups.entry(kind(fault)).or_default().push(fault);
        }
        let mut lines: Vec<(String, &str, usize)> = Vec::new();
        for fault in &self.kept {
            match groups.get(&kind(fault)) {
                Some(alike) if alike.len() > ALIKE => {
                    // Told at the first of them.
                    if alike.first().is_some_and(|first| std::ptr::eq(*first, fault)) {
                        lines.push((of_many(fault, alike), &fault.hint, alike.len()));
                    }
                }
                _ => lines.push((fault.to_string(), &fault.hint, 1)),
            }
        }
        let shown = lines.get(..Self::SHOWN).unwrap_or(&lines);
        for (position, (line, hint, _)) in shown.iter().enumerate() {
            if position > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{line}")?;
            if shown.get(position + 1).is_none_or(|(_, next, _)| next != hint) {
                write!(formatter, "\n      = {hint}")?;
            }
        }
        match self.len() - shown.iter().map(|(.., count)| count).sum::<usize>() {
            0 => Ok(()),
            more => write!(formatter, "\nand {more} more"),
        }
    }
}

/// So many faults that differ only in what they quote and in numbers stand each on a line of its own.
const ALIKE: usize = 3;

/// A message without what it quotes and without numbers.
fn pattern(message: &str) -> String {
    let (mut pattern, mut quoted, mut escaped) = (String::new(), false, false);
    // What a message begins with is what it is told of: `02-Jan-20` may be two days.
    let rest = match told_of(message) {
        Some((_, rest)) => {
            pattern.push('`');
            rest
        }
        None => message,
    };
    for character in rest.chars() {
        if quoted {
            quoted = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character == '"' {
            quoted = true;
            pattern.push('"');
        } else if character.is_ascii_digit() {
            if !pattern.ends_with('0') {
                pattern.push('0');
            }
        } else {
            pattern.push(character);
        }
    }
    pattern
}

/// The text in backticks that a message begins with, and the rest of it.
fn told_of(message: &str) -> Option<(&str, &str)> {
    message.strip_prefix('`')?.split_once('`')
}

/// One of many faults that are alike, how many others there are, and the cells of two of them.
fn of_many(first: &SourceFault, alike: &[&SourceFault]) -> String {
    let example = |fault: &&SourceFault| -> String {
        let begins = told_of(&fault.message).map(|(text, _)| format!(" `{text}`"));
        let quoted = || fault.message.split('"').nth(1).map(|text| format!(" {text:?}"));
        let quoted = begins.or_else(quoted).unwrap_or_default();
        let cell = fault
            .cell
            .map(|(row, column)| CellAddress { file: String::new(), sheet: None, row, column }.cell());
        format!("{}{quoted}", cell.unwrap_or_default())
    };
    let examples: Vec<String> = alike.iter().skip(1).take(2).map(example).collect();
    format!("{first}; {} more like it, such as {}", alike.len() - 1, examples.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(row: u32, hint: &str) -> SourceFault {
        SourceFault {
            file: "a.csv".into(),
            sheet: None,
            cell: Some((row, 2)),
            message: "wrong".into(),
            hint: hint.into(),
        }
    }

    fn of(faults: impl IntoIterator<Item = SourceFault>) -> SourceFaults {
        let mut all = SourceFaults::default();
        faults.into_iter().for_each(|fault| all.push(fault));
        all
    }

    #[test]
    fn faults_of_other_texts_are_one_line() {
        let mut faults = SourceFaults::default();
        for (row, text) in (2..).zip(["02-Jan-20", "05-Feb-20", "07-Mar-20", "09-Apr-20"]) {
            faults.push(SourceFault {
                message: format!("`{text}` may be two days"),
                ..fault(row, "declare which")
            });
        }
        assert_eq!(
            faults.to_string(),
            "a.csv!B2: `02-Jan-20` may be two days; 3 more like it, such as B3 `05-Feb-20` and B4 `07-Mar-20`\n      = \
             declare which"
        );
    }

    #[test]
    fn so_many_are_kept_and_all_counted() {
        let faults = of((1..=5_000).map(|row| fault(row, "x")));
        assert_eq!((faults.iter().count(), faults.len()), (SourceFaults::KEPT, 5_000));
        assert!(faults.to_string().ends_with("and 4000 more"), "{faults}");
        let long = SourceFaults::from(SourceFault { message: "x".repeat(1 << 20), ..fault(1, "y") });
        assert!(long.to_string().len() < 2_000);
    }

    #[test]
    fn shared_hints_stand_once() {
        let faults = of([fault(2, "x"), fault(3, "x"), fault(4, "y")]);
        insta::assert_snapshot!(faults, @r"
        a.csv!B2: wrong
        a.csv!B3: wrong
              = x
        a.csv!B4: wrong
              = y
        ");
    }

    #[test]
    fn many_that_are_alike_are_one_line_with_examples() {
        let text =
            |row: u32| SourceFault { message: format!("text in a number: \"{row}x\""), ..fault(row, "x") };
        let faults = of((1..=332).map(text));
        insta::assert_snapshot!(faults, @r#"
        a.csv!B1: text in a number: "1x"; 331 more like it, such as B2 "2x" and B3 "3x"
              = x
        "#);
    }

    #[test]
    fn long_lists_are_capped_and_counted() {
        let other = |row: u32| SourceFault {
            message: format!("wrong {}", "x".repeat(row as usize)),
            ..fault(row, "x")
        };
        let text = of((1..=332).map(other)).to_string();
        assert_eq!(text.lines().count(), 20 + 1 + 1);
        assert!(text.ends_with("\nand 312 more"), "{text}");
    }
}
