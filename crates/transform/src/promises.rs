//! Years that the files of a source have together, as its manifest promises.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::{PeriodWindow, Promise, TidyTable};

use crate::error::{Result, TransformError};

/// Holds the files of each source, where all are there, to the years that its manifest promises: those of the window, where
/// there is one.
///
/// # Errors
/// [`TransformError::PromisedYears`], of every source at once.
pub fn check_promises(tidy: &[TidyTable], window: Option<PeriodWindow>) -> Result<()> {
    let mut sources: BTreeMap<&str, Vec<&Promise>> = BTreeMap::new();
    for promise in tidy.iter().filter_map(TidyTable::promise) {
        sources.entry(&promise.source).or_default().push(promise);
    }
    let mut faults = Vec::new();
    for (source, parts) in sources {
        let Some(promise) = parts.first().filter(|promise| promise.parts == parts.len()) else { continue };
        let [first, last] = promise.covers;
        let there: BTreeSet<i32> = parts.iter().flat_map(|part| part.years.iter().copied()).collect();
        let is_asked = |year: &i32| {
            window.is_none_or(|window| (window.first.in_year()..=window.last.in_year()).contains(year))
        };
        let absent: Vec<i32> = (first..=last)
            .filter(|year| !there.contains(year) && !promise.gap_years.contains(year))
            .filter(is_asked)
            .collect();
        if !absent.is_empty() {
            faults.push(TransformError::PromisedYears {
                source_name: source.to_owned(),
                covers: promise.covers,
                parts: promise.parts,
                absent: listed(&absent),
                there: listed(&there.into_iter().collect::<Vec<_>>()),
                gap_years: absent.iter().map(i32::to_string).collect::<Vec<_>>().join(", "),
            });
        }
    }
    TransformError::all(faults)
}

/// Years in words: those that follow one another as their first and last.
fn listed(years: &[i32]) -> String {
    let runs = years.chunk_by(|one, next| one + 1 == *next);
    let told: Vec<String> = runs
        .filter_map(|run| match (run.first(), run.last()) {
            (Some(first), Some(last)) if last - first > 1 => Some(format!("{first} to {last}")),
            (Some(first), Some(last)) if first != last => Some(format!("{first}, {last}")),
            (Some(first), _) => Some(first.to_string()),
            _ => None,
        })
        .collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_that_follow_one_another_are_told_by_their_ends() {
        assert_eq!(listed(&[2001, 2002, 2003, 2005, 2008, 2009]), "2001 to 2003, 2005, 2008, 2009");
        assert_eq!(listed(&[]), "none");
    }
}
