//! Names that stand indented under others in one column: parts under their totals.

use std::collections::BTreeSet;

use super::described::Described;
use super::manifest_writer::Lines;
use super::names::{one_line, told};
use crate::cell::Cell;
use crate::column_letter::by_place;
use crate::fold::fold_name;
use crate::layout::Layout;

/// So many names are shown.
const SHOWN: usize = 3;

/// A question about names that are indented under others, once for a source: as entities or categories they stand beside
/// these.
pub(super) fn indented_line(described: &Described<'_>, lines: &mut Lines) {
    let guess = described.guess;
    let entity = guess.entity.iter().filter(|_| guess.layout != Layout::EntitiesAcross);
    let others = guess.entity_with.iter().chain(&guess.category).chain(&guess.variable_column);
    let mut found = entity
        .map(|entity| indented(&entity.names))
        .chain(others.map(|column| indented(&names_under(described, column))));
    let Some(found) = found.find(|found| !found.is_empty()) else { return };
    let shown: Vec<String> = found
        .iter()
        .take(SHOWN)
        .map(|(name, above)| format!("{} under {}", told(name), told(above)))
        .collect();
    let more = if found.len() > SHOWN { ", …" } else { "" };
    let many =
        if found.len() == 1 { "a name is indented under another" } else { "names are indented under others" };
    lines.review(
        "    ",
        &one_line(&format!(
            "{many}, and read as equal to them ({}{more}): do totals and their parts stand side by side? `not_entities` or a copy of the file leaves out what isn't to count twice",
            shown.join(", ")
        )),
    );
}

/// The texts of a column as they are written, in the order in which they come, each run of one text once.
fn names_under(described: &Described<'_>, column: &str) -> Vec<String> {
    let guess = described.guess;
    let rows = &described.reading.rows;
    let headers: Vec<_> = rows
        .iter()
        .filter(|row| (guess.header_row..guess.header_row + guess.header_rows.max(1)).contains(&row.number))
        .collect();
    let is_column = |at: &u32| headers.iter().any(|row| fold_name(&row.cell(*at).raw()) == fold_name(column));
    let width = headers.iter().map(|row| row.cells.len()).max().and_then(|width| u32::try_from(width).ok());
    let named = (1..=width.unwrap_or(0)).find(is_column);
    let Some(at) = named.or_else(|| by_place(column)) else { return Vec::new() };
    let first = guess.header_row + guess.header_rows.max(1);
    let last = guess.last_row.unwrap_or(u32::MAX);
    let own = rows.iter().filter(|row| (first..=last).contains(&row.number)).skip(guess.skip_rows as usize);
    let texts = own.filter_map(|row| match row.cell(at).as_cell() {
        Cell::Text(text) if !text.trim().is_empty() => Some(text.to_owned()),
        _ => None,
    });
    let mut names: Vec<String> = texts.collect();
    names.dedup();
    names
}

/// Names that stand further in than one above them, each with the nearest such; a name that stands at the margin elsewhere,
/// or the only one with a single blank before it, is rather written carelessly.
fn indented(names: &[String]) -> Vec<(String, String)> {
    let margin: BTreeSet<String> =
        names.iter().filter(|name| indent(name) == 0).map(|name| fold_name(name)).collect();
    let (mut found, mut seen): (Vec<(String, String)>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    let mut above: Vec<(usize, &str)> = Vec::new();
    for name in names {
        let own = indent(name);
        above.retain(|(other, _)| *other < own);
        if let Some((_, parent)) = above.last()
            && !margin.contains(&fold_name(name))
            && seen.insert(name.as_str())
        {
            found.push((name.clone(), parent.trim().to_owned()));
        }
        above.push((own, name));
    }
    match found.as_slice() {
        [(name, _)] if indent(name) < 2 => Vec::new(),
        _ => found,
    }
}

/// How far in a name stands; a tab or a wide blank is as two.
fn indent(name: &str) -> usize {
    let blanks = name.chars().take_while(|character| character.is_whitespace());
    blanks.map(|blank| if matches!(blank, '\t' | '\u{3000}' | '\u{2003}') { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        indented(&names).into_iter().map(|(name, above)| format!("{}<{above}", name.trim())).collect()
    }

    #[test]
    fn names_stand_under_the_nearest_that_stands_less_far_in() {
        assert_eq!(
            found(&["Industry", "  Mining", "    Coal", "  Energy", "Services", "\u{3000}Trade"]),
            ["Mining<Industry", "Coal<Mining", "Energy<Industry", "Trade<Services"]
        );
        assert_eq!(found(&["A", "  b", "A", "  b"]), ["b<A"]);
    }

    #[test]
    fn careless_blanks_are_no_indents() {
        assert!(found(&["Albania", " Algeria", "Angola"]).is_empty());
        assert!(found(&["Kenya", "  Kenya", "Japan", " Japan"]).is_empty());
        assert!(found(&["  Kenya", "  Japan"]).is_empty());
        assert!(found(&["  Kenya", "Japan"]).is_empty());
    }
}
