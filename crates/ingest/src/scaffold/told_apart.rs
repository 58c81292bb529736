//! What tells apart rows that have one key.

use std::collections::{BTreeMap, BTreeSet};

use super::entity_guess::{is_code, is_numeric, is_plain_number};
use super::header_words::{says_flag, says_id};
use super::row_codes::{codes, codes_of, distinct, joined};
use super::sheet_view::{ViewColumn, number_of};
use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::GridRow;
use crate::row_key::has_joint;

/// So many texts a column may have of which each is a variable, or one is read.
pub(super) const TEXTS: usize = 400;

/// A column with how often each of its texts stands there, the commonest first.
pub(super) type Counted = (String, Vec<(String, usize)>);

/// Some columns of which one text each is read, and in how many rows these stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conditions {
    pub(super) columns: Vec<Counted>,
    pub(super) rows: usize,
}

/// What tells rows of one key apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Apart {
    /// Nothing has to.
    Once,
    /// Columns that do together with the key, from left to right, and whether a few rows are there twice all the same.
    By(Vec<ViewColumn>, bool),
    /// Nothing does.
    Repeated,
}

/// How likely it has to be that columns are keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// In a table of rows all columns may be measures: each key has to come back at other times.
    MayBeMeasures,
    /// Beside headers of times nothing but keys stands.
    AreKeys,
}

/// What tells the rows of a key apart, which `entity` and `times` are.
pub(super) fn told_apart(
    entity: Option<&ViewColumn>,
    times: &[&ViewColumn],
    rest: &[&ViewColumn],
    own: &[&GridRow],
    doubt: Doubt,
) -> Apart {
    let key = codes_of(own, entity.into_iter().chain(times.iter().copied()));
    let once = distinct(&key);
    if once == own.len() || (entity.is_none() && times.is_empty()) {
        return Apart::Once;
    }
    // A few rows that are there twice are mistakes of a table, and no reason to call all entities otherwise.
    if doubt == Doubt::MayBeMeasures && is_nearly_all(once, own.len()) {
        return namesakes(entity, times, rest, own)
            .map_or(Apart::Repeated, |column| Apart::By(vec![column], false));
    }
    let mut columns: Vec<(&ViewColumn, Vec<usize>)> = rest
        .iter()
        .map(|column| (*column, codes(own, column)))
        .filter(|(column, codes)| may_be_key(column, own, entity.is_some(), distinct(codes)))
        .collect();
    // Texts and ids go before numbers that nothing calls ids, and what is there in every row before what isn't.
    columns.sort_by_cached_key(|(column, _)| (is_plain_number(column, own), has_blanks(column, own)));
    let found = enough(&key, &columns).unwrap_or_else(|| several(&key, &columns));
    let all = found.iter().fold(key, |all, (_, own)| joined(&all, own));
    let count = distinct(&all);
    let columns: Vec<&ViewColumn> = found.iter().map(|(column, _)| *column).collect();
    let is_told = !columns.is_empty() && is_nearly_all(count, own.len());
    if !is_told || (doubt == Doubt::MayBeMeasures && !come_back(entity, times, &columns, own)) {
        return Apart::Repeated;
    }
    let in_order = rest.iter().filter(|column| columns.contains(column));
    Apart::By(in_order.map(|column| (*column).clone()).collect(), count < own.len())
}

/// The column of texts that tells apart the few that share a name, as states do the counties called Lake: with it each
/// name that is there once at each time stays one, and each of the others comes back.
fn namesakes(
    entity: Option<&ViewColumn>,
    times: &[&ViewColumn],
    rest: &[&ViewColumn],
    own: &[&GridRow],
) -> Option<ViewColumn> {
    let names = codes(own, entity?);
    let times = codes_of(own, times.iter().copied());
    let keys = joined(&names, &times);
    let mut rows_of = vec![0_usize; distinct(&keys)];
    keys.iter().for_each(|key| rows_of[*key] += 1);
    let is_shared = |at: usize| rows_of[keys[at]] > 1;
    let shared: BTreeSet<usize> = (0..own.len()).filter(|at| is_shared(*at)).map(|at| names[at]).collect();
    let fits = |column: &ViewColumn| {
        let by = codes(own, column);
        let both = joined(&names, &by);
        let mut counts: BTreeMap<(bool, usize), BTreeMap<usize, usize>> = BTreeMap::new();
        for (name, one) in names.iter().zip(&both) {
            *counts.entry((shared.contains(name), *name)).or_default().entry(*one).or_default() += 1;
        }
        distinct(&joined(&both, &times)) == own.len()
            && counts.iter().all(|((is_shared, _), ones)| match is_shared {
                true => ones.values().all(|count| *count > 1),
                false => ones.len() == 1,
            })
    };
    let may_be = |column: &&&ViewColumn| {
        !is_plain_number(column, own)
            && may_be_key(column, own, true, distinct(&codes(own, column)))
            && !has_blanks(column, own)
    };
    rest.iter().filter(may_be).find(|column| fits(column)).map(|column| (*column).clone())
}

fn is_nearly_all(count: usize, of: usize) -> bool {
    count * 10 >= of * 9
}

pub(super) type Coded<'c, 'v> = &'c (&'v ViewColumn, Vec<usize>);

/// One column that tells all rows apart.
fn enough<'c, 'v>(key: &[usize], columns: &'c [(&'v ViewColumn, Vec<usize>)]) -> Option<Vec<Coded<'c, 'v>>> {
    let one = columns.iter().find(|(_, own)| distinct(&joined(key, own)) == key.len())?;
    Some(vec![one])
}

/// Columns that tell rows apart together, none of which could be left out.
pub(super) fn several<'c, 'v>(
    key: &[usize],
    columns: &'c [(&'v ViewColumn, Vec<usize>)],
) -> Vec<Coded<'c, 'v>> {
    let mut found: Vec<Coded<'c, 'v>> = Vec::new();
    let mut all = key.to_vec();
    for column in columns {
        let with = joined(&all, &column.1);
        if distinct(&with) > distinct(&all) {
            all = with;
            found.push(column);
        }
    }
    let count = distinct(&all);
    for column in found.clone() {
        let without = found.iter().filter(|own| own.0 != column.0);
        let others = without.clone().fold(key.to_vec(), |all, (_, own)| joined(&all, own));
        if distinct(&others) == count {
            found = without.copied().collect();
        }
    }
    found
}

/// Whether what columns name comes back at other times, as what a panel follows does and the answers of a survey don't.
fn come_back(
    entity: Option<&ViewColumn>,
    times: &[&ViewColumn],
    by: &[&ViewColumn],
    own: &[&GridRow],
) -> bool {
    let names = || entity.into_iter().chain(by.iter().copied());
    let count = distinct(&codes_of(own, names()));
    if distinct(&codes_of(own, times.iter().copied())) > 1 {
        let has_numbers = by.iter().any(|column| is_plain_number(column, own));
        return if has_numbers { count * 2 <= own.len() } else { count * 5 <= own.len() * 4 };
    }
    // At one time alone: most of what there could be is there.
    let all: usize = names().map(|column| distinct(&codes(own, column))).product();
    by.len() == 1 || own.len() * 4 >= all
}

/// Whether a column may be one of the key's: no flag, no date, no number with a fraction, and nothing with a colon, which
/// stands between the parts of an entity's name.
pub(super) fn may_be_key(column: &ViewColumn, own: &[&GridRow], has_entity: bool, texts: usize) -> bool {
    if says_flag(&column.name) || own.iter().any(|row| matches!(column.cell(row), Cell::Date(_))) {
        return false;
    }
    let numbers = || own.iter().filter_map(|row| number_of(column.cell(row)));
    let whole = numbers().all(|number| number.fract() == 0.0);
    let is_text = !is_numeric(column, own) || own.iter().any(|row| is_code(column.cell(row)));
    // Of nobody's rows numbers may be anything.
    let may_be_code = says_id(&column.name) || (has_entity && texts * 2 <= own.len());
    texts > 1 && (is_text || (whole && may_be_code)) && !have_joints(column, own)
}

/// Whether texts have what stands between the parts of an entity's name.
pub(super) fn have_joints(column: &ViewColumn, own: &[&GridRow]) -> bool {
    let may_have = |text: &str| text.contains([':', '：']) && has_joint(&fold(text));
    own.iter().any(|row| may_have(&column.cell(row).raw()))
}

fn has_blanks(column: &ViewColumn, own: &[&GridRow]) -> bool {
    own.iter().any(|row| column.cell(row).is_blank())
}

/// How often each text of a column stands there, the commonest first.
pub(super) fn counted(column: &ViewColumn, rows: &[&GridRow]) -> Counted {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *counts.entry(fold(&column.cell(row).raw())).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().filter(|(text, _)| !text.is_empty()).collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    (column.name.clone(), counts)
}

/// One text of each column that divides the rows of a key, the commonest, until every key is there once; nothing where
/// that doesn't come to be so.
pub(super) fn conditions(
    keys: &[&ViewColumn],
    rest: &[&ViewColumn],
    own: &[&GridRow],
    has_entity: bool,
) -> Option<Conditions> {
    let key = |rows: &[&GridRow]| codes_of(rows, keys.iter().copied());
    let is_once = |rows: &[&GridRow]| distinct(&key(rows)) == rows.len();
    let mut left: Vec<&GridRow> = own.to_vec();
    let mut found = Conditions::default();
    for column in rest.iter().filter(|column| may_be_chosen_from(column, own, has_entity)) {
        if is_once(&left) {
            break;
        }
        let before = key(&left);
        if distinct(&joined(&before, &codes(&left, column))) == distinct(&before) {
            continue;
        }
        let counts = counted(column, &left);
        if let Some((most, _)) = counts.1.first().cloned() {
            left.retain(|row| fold(&column.cell(row).raw()) == most);
            found.columns.push(counts);
        }
    }
    found.rows = left.len();
    (!found.columns.is_empty() && is_once(&left)).then_some(found)
}

/// Whether one of a column's texts may be meant rather than another. Of nobody's rows numbers are those of households and
/// persons, of which none is.
fn may_be_chosen_from(column: &ViewColumn, own: &[&GridRow], has_entity: bool) -> bool {
    let texts: BTreeSet<String> = own.iter().map(|row| fold(&column.cell(row).raw())).collect();
    let numbers = own.iter().filter_map(|row| number_of(column.cell(row)));
    let whole = numbers.clone().all(|number| number.fract() == 0.0);
    let count = numbers.count();
    let is_code = count == own.len();
    texts.len() > 1
        && texts.len() <= TEXTS
        && (count * 2 < own.len() || (whole && texts.len() * 2 <= own.len()))
        && (has_entity || !is_code)
}
