//! Differences between texts, by line.

use super::alignment::blocks;
use super::collector::DifferenceCollector;
use super::difference::Difference;
use super::differences::Differences;
use super::row_pair::{RowPair, pair_block};
use super::shown::{shown_pair, shown_text};

/// What changed between two texts, line by line, up to `limit` differences. Lines that changed or
/// are new have their number in the later text, lines that are gone theirs in the earlier one.
pub fn text_differences(before: &str, after: &str, limit: usize) -> Differences {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(before), lines(after));
    let is_same = |pair: &RowPair| matches!(*pair, RowPair::Both { before, after } if old.get(before) == new.get(after));
    let line = |lines: &[&str], index: usize| lines.get(index).copied().unwrap_or_default().to_owned();
    let mut collector = DifferenceCollector::new(limit);
    for pair in pair_lines(&old, &new).into_iter().filter(|pair| !is_same(pair)) {
        collector.add(|| match pair {
            RowPair::Both { before, after } => {
                let shown = shown_pair(&line(&old, before), &line(&new, after));
                Difference::changed(format!("line {}", after + 1), shown)
            }
            RowPair::Gone(before) => {
                Difference::gone(format!("line {}", before + 1), shown_text(&line(&old, before)))
            }
            RowPair::New(after) => {
                Difference::new_place(format!("line {}", after + 1), shown_text(&line(&new, after)))
            }
        });
    }
    if collector.is_empty() && before != after {
        collector.note("only the end of the last line differs");
    }
    collector.finish()
}

/// Which lines became which, in order; equal ones, too.
pub fn pair_lines(before: &[&str], after: &[&str]) -> Vec<RowPair> {
    let likeness = |one: usize, other: usize| match (before.get(one), after.get(other)) {
        (Some(one), Some(other)) => likeness(one, other),
        _ => 0,
    };
    let same = |(before, after)| RowPair::Both { before, after };
    let (mut pairs, mut old, mut new) = (Vec::new(), 0, 0);
    for block in blocks(before, after) {
        pairs.extend((old..block.before.start).zip(new..block.after.start).map(same));
        pair_block(&block, &likeness, &mut pairs);
        (old, new) = (block.before.end, block.after.end);
    }
    pairs.extend((old..before.len()).zip(new..after.len()).map(same));
    pairs
}

/// The lines, each with the carriage return that it may end in.
fn lines(text: &str) -> Vec<&str> {
    if text.is_empty() {
        return Vec::new();
    }
    text.strip_suffix('\n').unwrap_or(text).split('\n').collect()
}

/// How many bytes two lines share at their ends, if that is half of the longer one or more.
fn likeness(one: &str, other: &str) -> usize {
    /// Beyond this a line is as good as known.
    const COMPARED: usize = 200;
    let shorter = one.len().min(other.len()).min(COMPARED);
    let equal = |(one, other): &(u8, u8)| one == other;
    let prefix = one.bytes().zip(other.bytes()).take(shorter).take_while(equal).count();
    let ends = one.bytes().rev().zip(other.bytes().rev()).take(shorter - prefix);
    let shared = prefix + ends.take_while(equal).count();
    if shared * 2 >= one.len().max(other.len()).min(COMPARED) { shared } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let differences = text_differences(before, after, 10);
        differences.shown.iter().map(|difference| format!("{difference:#}")).chain(differences.note).collect()
    }

    #[test]
    fn lines_that_changed_were_added_or_removed() {
        assert_eq!(shown("a\nbbb1\nc\n", "a\nbbb2\nc\n"), ["line 2: bbb1 -> bbb2"]);
        assert_eq!(shown("a\nb\n", "a\nx\nb\n"), ["line 2 is new: x"]);
        assert_eq!(shown("a\nb\nc\n", "b\nc\n"), ["line 1 is gone: a"]);
        assert_eq!(
            shown("year 1\nz\n", "new\nyear 2\nz\n"),
            ["line 1 is new: new", "line 2: year 1 -> year 2"]
        );
        assert_eq!(shown("a\n", "a"), ["only the end of the last line differs"]);
        assert_eq!(shown("a\r\n", "a\n"), ["line 1: a\\r -> a"]);
        assert_eq!(shown("", "a"), ["line 1 is new: a"]);
    }

    proptest! {
        #[test]
        fn one_edited_line_is_one_difference(
            mut lines in prop::collection::vec("[a-c]{1,4}", 1..30), place in any::<prop::sample::Index>(), text in "[d-f]{1,4}",
        ) {
            let before = lines.join("\n");
            prop_assert!(text_differences(&before, &before, 5).is_empty());
            let place = place.index(lines.len());
            let old = std::mem::replace(&mut lines[place], text.clone());
            let expected = Difference::changed(format!("line {}", place + 1), (old, text));
            let differences = text_differences(&before, &lines.join("\n"), 5);
            prop_assert_eq!((differences.shown, differences.more), (vec![expected], 0));
        }

        #[test]
        fn one_inserted_line_is_one_difference(
            mut lines in prop::collection::vec("[a-c]{1,2}", 1..30), place in any::<prop::sample::Index>(), text in "[a-d]{1,2}",
        ) {
            let before = lines.join("\n");
            lines.insert(place.index(lines.len() + 1), text);
            let forth = text_differences(&before, &lines.join("\n"), 5);
            prop_assert!(forth.count() == 1 && forth.shown[0].before.is_none(), "{forth}");
            let back = text_differences(&lines.join("\n"), &before, 5);
            prop_assert!(back.count() == 1 && back.shown[0].after.is_none(), "{back}");
        }

        #[test]
        fn no_texts_crash_it(before in "[a\r\n ]{0,30}", after in "[a\r\n ]{0,30}") {
            prop_assert_eq!(text_differences(&before, &after, 3).is_empty(), before == after);
        }
    }
}
