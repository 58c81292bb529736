//! One thing that changed.

use std::fmt;

use serde::Serialize;

/// One thing that changed, and where. A cell has both sides (`(missing)` where there is no value);
/// a row, a line or a column that only one version has lacks the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where, within the file: `row 14 column 名义GDP`.
    pub place: String,
    /// What was there; nothing where the place is new.
    pub before: Option<String>,
    /// What is there now; nothing where the place is gone.
    pub after: Option<String>,
}

impl Difference {
    /// A place that both versions have.
    pub fn changed(place: impl Into<String>, (before, after): (String, String)) -> Self {
        Self { place: place.into(), before: Some(before), after: Some(after) }
    }

    /// A place that only the later version has, and what is in it.
    pub fn new_place(place: impl Into<String>, after: String) -> Self {
        Self { place: place.into(), before: None, after: Some(after) }
    }

    /// A place that only the earlier version has, and what was in it.
    pub fn gone(place: impl Into<String>, before: String) -> Self {
        Self { place: place.into(), before: Some(before), after: None }
    }
}

impl fmt::Display for Difference {
    /// `row 14 column X: 1.2 -> 1.3`, `row 15 is new`, `column X is gone`. The alternate form
    /// (`{:#}`) also says what is in a place that is new, or was in one that is gone.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, content) = match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                return write!(formatter, "{}: {before} -> {after}", self.place);
            }
            (None, Some(after)) => ("is new", after),
            (Some(before), None) => ("is gone", before),
            (None, None) => return write!(formatter, "{} changed", self.place),
        };
        write!(formatter, "{} {verb}", self.place)?;
        if formatter.alternate() && !content.is_empty() {
            write!(formatter, ": {content}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_reads_as_a_line() {
        let cell = Difference::changed("row 14 column 名义GDP", ("1.2".into(), "1.3".into()));
        assert_eq!(cell.to_string(), "row 14 column 名义GDP: 1.2 -> 1.3");
        let row = Difference::new_place("row 15", "甲城, 2010".into());
        assert_eq!(
            (row.to_string(), format!("{row:#}")),
            ("row 15 is new".into(), "row 15 is new: 甲城, 2010".into())
        );
        let column = Difference::gone("column X", String::new());
        assert_eq!(
            (column.to_string(), format!("{column:#}")),
            ("column X is gone".into(), "column X is gone".into())
        );
    }
}
