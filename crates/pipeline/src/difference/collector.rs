//! Collecting differences up to a limit.

use super::difference::Difference;
use super::differences::Differences;

/// Collects the first differences and counts the others, which are never written out: two versions
/// may differ in millions of cells.
#[derive(Debug)]
pub struct DifferenceCollector {
    limit: usize,
    differences: Differences,
}

impl DifferenceCollector {
    /// Collects up to `limit`.
    pub fn new(limit: usize) -> Self {
        Self { limit, differences: Differences::default() }
    }

    /// Adds one; it is made only if it will be shown.
    pub fn add(&mut self, difference: impl FnOnce() -> Difference) {
        if self.differences.shown.len() < self.limit {
            self.differences.shown.push(difference());
        } else {
            self.differences.more += 1;
        }
    }

    /// Adds to the note.
    pub fn note(&mut self, note: &str) {
        match &mut self.differences.note {
            Some(text) => {
                text.push_str("; ");
                text.push_str(note);
            }
            empty => *empty = Some(note.to_owned()),
        }
    }

    /// Whether nothing was added or noted so far.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// What was collected.
    pub fn finish(self) -> Differences {
        self.differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_limit_they_are_counted_alone() {
        let mut collector = DifferenceCollector::new(1);
        collector.add(|| Difference::gone("row 1", String::new()));
        collector.add(|| unreachable!("not shown, so not made"));
        collector.note("a");
        collector.note("b");
        let differences = collector.finish();
        assert_eq!((differences.count(), differences.more), (2, 1));
        assert_eq!(differences.to_string(), "row 1 is gone\nand 1 more\na; b");
    }
}
