//! What tells apart rows that have one key.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet_view::{ViewColumn, number_of};
use crate::fold::fold;
use crate::grid::GridRow;

/// So many texts a column may have that tells rows apart.
pub(super) const TEXTS: usize = 400;

/// A column of which one text is read, with how often each text stands there, the commonest first.
pub(super) type Condition = (String, Vec<(String, usize)>);

/// What tells the rows of one key apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Apart {
    /// A column that does, such as a category.
    pub(super) by: Option<String>,
    /// Columns of texts, of each of which one has to be chosen.
    pub(super) conditions: Vec<Condition>,
    /// Whether nothing does.
    pub(super) is_repeated: bool,
}

/// What tells the rows of one key apart: nothing, a category, or texts of which one has to be chosen.
pub(super) fn told_apart(
    keys: &[&ViewColumn],
    has_entity: bool,
    rest: &[&ViewColumn],
    own: &[&GridRow],
) -> Apart {
    if keys.is_empty() {
        return Apart::default();
    }
    let text = |column: &ViewColumn, row: &GridRow| fold(&column.cell(row).raw());
    let key = |row: &GridRow| -> Vec<String> { keys.iter().map(|column| text(column, row)).collect() };
    let all: Vec<Vec<String>> = own.iter().map(|row| key(row)).collect();
    let distinct = all.iter().collect::<BTreeSet<_>>().len();
    if distinct == all.len() {
        return Apart::default();
    }
    // Texts that aren't data: no numbers with fractions, and few enough for a code.
    let may_tell = |column: &&&ViewColumn| {
        let texts: BTreeSet<String> = own.iter().map(|row| text(column, row)).collect();
        let whole =
            own.iter().filter_map(|row| number_of(column.cell(row))).all(|number| number.fract() == 0.0);
        let numbers = own.iter().filter(|row| number_of(column.cell(row)).is_some()).count();
        texts.len() > 1
            && texts.len() <= TEXTS
            && (numbers * 2 < own.len() || (whole && texts.len() * 2 <= own.len()))
    };
    let telling: Vec<&&ViewColumn> = rest.iter().filter(may_tell).collect();
    let apart = |column: &ViewColumn| {
        let with: BTreeSet<(&Vec<String>, String)> =
            all.iter().zip(own).map(|(key, row)| (key, text(column, row))).collect();
        with.len()
    };
    if let Some(column) = telling.iter().find(|column| apart(column) == all.len()) {
        return Apart { by: Some(column.name.clone()), ..Apart::default() };
    }
    // One text of each column that divides them, the commonest, until every key is there once.
    let mut left: Vec<&GridRow> = own.to_vec();
    let mut conditions = Vec::new();
    // Of nobody's rows numbers are those of households and persons, of which none is meant rather than another.
    let is_code = |column: &ViewColumn| own.iter().all(|row| number_of(column.cell(row)).is_some());
    for column in telling.into_iter().filter(|column| has_entity || !is_code(column)) {
        let once = left.iter().map(|row| key(row)).collect::<BTreeSet<_>>().len() == left.len();
        if once {
            break;
        }
        let before = left.iter().map(|row| key(row)).collect::<BTreeSet<_>>().len();
        let with: BTreeSet<(Vec<String>, String)> =
            left.iter().map(|row| (key(row), text(column, row))).collect();
        if with.len() == before {
            continue;
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        left.iter().for_each(|row| *counts.entry(text(column, row)).or_default() += 1);
        let mut counts: Vec<(String, usize)> =
            counts.into_iter().filter(|(text, _)| !text.is_empty()).collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        if let Some((most, _)) = counts.first().cloned() {
            left.retain(|row| text(column, row) == most);
            conditions.push((column.name.clone(), counts));
        }
    }
    let once = left.iter().map(|row| key(row)).collect::<BTreeSet<_>>().len() == left.len();
    if once {
        Apart { conditions, ..Apart::default() }
    } else {
        Apart { is_repeated: true, ..Apart::default() }
    }
}
