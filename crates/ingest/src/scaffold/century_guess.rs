//! In which hundred years those of two digits lie.

use std::collections::BTreeSet;

/// The last year that is taken for one of two digits where it could be one a hundred years before.
const LATEST: i32 = 2035;

/// The latest hundred years that those of two digits are taken for.
pub(super) const LATEST_CENTURY: i32 = 1940;

/// The first of the hundred years in which numbers of two digits lie that follow one another as closely as they can, so
/// that 96 to 3 goes on into the next century, and end as late as they can. None where they are no such numbers.
pub(super) fn century_of(years: &BTreeSet<i32>) -> Option<i32> {
    let (least, most) = (*years.first()?, *years.last()?);
    if least < 0 || most > 99 {
        return None;
    }
    // The series begins behind the widest gap, the years taken in a circle.
    let mut start = (least, 100 - (most - least));
    for (one, next) in years.iter().zip(years.iter().skip(1)) {
        if next - one > start.1 {
            start = (*next, next - one);
        }
    }
    let (first, span) = (start.0, 100 - start.1);
    let year = [2000, 1900].into_iter().map(|century| century + first).find(|year| year + span <= LATEST);
    let year = year.unwrap_or(1900 + first);
    let decade = year - year % 10;
    Some(if year + span < decade + 100 { decade } else { year })
}

/// Whether numbers may as well be counted as be years: they begin with nought or one and go on.
pub(super) fn may_be_counted(years: &BTreeSet<i32>) -> bool {
    years.first().is_some_and(|first| *first <= 1) && years.last().is_some_and(|last| *last < 50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_two_digits_lie_in_the_latest_hundred_that_they_can() {
        let century = |years: &[i32]| century_of(&years.iter().copied().collect());
        assert_eq!(century(&[68, 69, 70, 88]), Some(1960));
        assert_eq!(century(&[96, 97, 98, 99, 0, 1, 2, 3]), Some(1990));
        assert_eq!(century(&[5, 6, 7]), Some(2000));
        assert_eq!(century(&[15, 20, 24]), Some(2010));
        assert_eq!(century(&[50]), Some(1950));
        assert_eq!(century(&[101, 102]), None);
        assert_eq!(century(&[]), None);
        // All of a hundred years but a few: the first isn't that of a decade.
        let nearly_all: Vec<i32> = (0..100).filter(|year| !(36..=38).contains(year)).collect();
        assert_eq!(century(&nearly_all), Some(1939));
    }

    #[test]
    fn small_numbers_may_be_counted() {
        assert!(may_be_counted(&(1..6).collect()));
        assert!(!may_be_counted(&[68, 69].into_iter().collect()));
        assert!(!may_be_counted(&[99, 0, 1].into_iter().collect()));
    }
}
