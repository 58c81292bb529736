//! Faults of a raw file: what is wrong, in which cell, and what to do about it.

use std::fmt;

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
pub struct SourceFaults(Vec<SourceFault>);

impl SourceFaults {
    /// How many faults are shown; the others are counted.
    pub const SHOWN: usize = 20;

    /// Adds one.
    pub fn push(&mut self, fault: SourceFault) {
        self.0.push(fault);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFault> {
        self.0.iter()
    }
}

impl From<SourceFault> for SourceFaults {
    fn from(fault: SourceFault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for SourceFaults {
    /// The first [`SourceFaults::SHOWN`] faults; a hint that several in a row share stands once,
    /// under the last of them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.get(..Self::SHOWN).unwrap_or(&self.0);
        for (position, fault) in shown.iter().enumerate() {
            if position > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{fault}")?;
            if shown.get(position + 1).is_none_or(|next| next.hint != fault.hint) {
                write!(formatter, "\n      = {}", fault.hint)?;
            }
        }
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(formatter, "\nand {more} more"),
        }
    }
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

    #[test]
    fn shared_hints_stand_once() {
        let faults = SourceFaults(vec![fault(2, "x"), fault(3, "x"), fault(4, "y")]);
        insta::assert_snapshot!(faults, @r"
        a.csv!B2: wrong
        a.csv!B3: wrong
              = x
        a.csv!B4: wrong
              = y
        ");
    }

    #[test]
    fn long_lists_are_capped_and_counted() {
        let faults = SourceFaults((1..=332).map(|row| fault(row, "x")).collect());
        let text = faults.to_string();
        assert_eq!(text.lines().count(), 20 + 1 + 1);
        assert!(text.ends_with("a.csv!B20: wrong\n      = x\nand 312 more"), "{text}");
    }
}
