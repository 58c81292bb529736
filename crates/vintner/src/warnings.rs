//! Warnings of a run, those alike as one.

use vintner_pipeline::StageReport;

/// Warnings that differ in what they are about alone.
#[derive(Debug, PartialEq)]
pub(crate) struct Alike<'a> {
    /// The branch that gave the first.
    pub(crate) branch: &'a str,
    /// The first.
    pub(crate) text: &'a str,
    /// How many there are.
    pub(crate) times: usize,
}

/// The warnings of some branches, those alike as one, in the order in which the first of each stands.
pub(crate) fn alike<'a>(reports: impl Iterator<Item = &'a StageReport>) -> Vec<Alike<'a>> {
    let mut found: Vec<Alike<'a>> = Vec::new();
    for report in reports {
        for text in &report.warnings {
            match found.iter_mut().find(|known| are_alike(known.text, text)) {
                Some(known) => known.times += 1,
                None => found.push(Alike { branch: &report.branch, text, times: 1 }),
            }
        }
    }
    found
}

/// Whether two texts begin and end alike: with half of the words of the longer one or more.
fn are_alike(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (words(one), words(other));
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    let begins = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let backwards = one.iter().rev().zip(other.iter().rev()).take(shorter - begins);
    let ends = backwards.take_while(|(one, other)| one == other).count();
    2 * (begins + ends) >= longer
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use vintner_pipeline::Outcome;

    use super::*;

    fn report(branch: &str, warnings: &[&str]) -> StageReport {
        let warnings = warnings.iter().map(|text| (*text).to_owned()).collect();
        StageReport { branch: branch.into(), outcome: Outcome::Cached, seconds: 0.0, rows: None, warnings }
    }

    #[test]
    fn warnings_about_different_things_are_one() {
        let reports = [
            report(
                "fit[a]",
                &["not testable: x of 承德: too few rows", "not testable: y of 承德: too few rows"],
            ),
            report("fit[b]", &["not testable: x of b and c: too few rows", "the lag is cut"]),
            report("other", &["not testable: x of 承德: too few rows"]),
        ];
        let found = alike(reports.iter());
        let told: Vec<_> = found.iter().map(|one| (one.branch, one.text, one.times)).collect();
        assert_eq!(
            told,
            [("fit[a]", "not testable: x of 承德: too few rows", 4), ("fit[b]", "the lag is cut", 1),]
        );
    }

    #[test]
    fn half_of_the_words_have_to_be_the_same() {
        assert!(are_alike("", ""));
        assert!(are_alike("a b", "a b"));
        assert!(are_alike("a b c d", "a x y d"));
        assert!(!are_alike("a b c d", "a x y z"));
        assert!(!are_alike("a", "b"));
        assert!(are_alike("a a", "a a a"));
    }
}
