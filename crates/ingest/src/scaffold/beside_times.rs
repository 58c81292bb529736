//! Rows of a table whose headers are times: what tells them apart beside an entity.

use std::borrow::Cow;
use std::collections::HashMap;

use super::entity_guess::EntityGuess;
use super::header_words::says;
use super::joined_names::{JoinedNames, share_names};
use super::sheet_view::ViewColumn;
use super::table_guess::TableGuess;
use super::told_apart::{Apart, Conditions, Doubt, TEXTS, conditions, counted, have_joints, told_apart};
use super::value_guess::{ValueGuess, value};
use crate::crosswalk::Crosswalk;
use crate::grid::GridRow;
use crate::source::ValueKind;

/// What tells the rows of an entity apart.
#[derive(Default)]
pub(super) struct RowsTold {
    entity: Option<(ViewColumn, EntityGuess)>,
    /// The column that names variables.
    pub(super) variable: Option<ViewColumn>,
    /// The columns that name an entity together, that of `entity` the first; none where it is alone.
    together: Vec<ViewColumn>,
    conditions: Conditions,
    repeated: bool,
}

impl RowsTold {
    /// A guess with what is told of its rows.
    pub(super) fn into_guess(self, guess: TableGuess, own: &[&GridRow]) -> TableGuess {
        let entity = match self.together.first() {
            Some(first) => Some(EntityGuess::unknown(first, own)),
            None => self.entity.map(|(_, guess)| guess),
        };
        TableGuess {
            entity,
            entity_with: self.together.iter().skip(1).map(|column| column.name.clone()).collect(),
            joined: JoinedNames::of(&self.together, own),
            variable_column: self.variable.map(|column| column.name),
            conditions: self.conditions,
            repeated: self.repeated,
            rows: own.len(),
            ..guess
        }
    }
}

/// What tells the rows of an entity apart, beside the months or quarters that stand in columns of their own: a column of
/// variables, of those that there are; names of an entity together with its own; else one text each of some columns.
pub(super) fn rows_told(
    entity: Option<(ViewColumn, EntityGuess)>,
    parts: &[&ViewColumn],
    rest: &[&ViewColumn],
    own: &[&GridRow],
    crosswalk: Option<&Crosswalk>,
) -> RowsTold {
    let named = entity.as_ref().map(|(column, _)| column);
    let (mut by, repeated) = match told_apart(named, parts, rest, own, Doubt::AreKeys) {
        Apart::Once => return RowsTold { entity, ..RowsTold::default() },
        Apart::By(by, repeated) => (by, repeated),
        Apart::Repeated => (Vec::new(), true),
    };
    let is_few = |column: &ViewColumn| counted(column, own).1.len() <= TEXTS;
    // A crosswalk has names of one column, so that another is of variables.
    let names_variables = |column: &ViewColumn| crosswalk.is_some() || says_variable(&column.name);
    let at = by.iter().position(|column| names_variables(column) && is_few(column));
    let variable = at.filter(|_| crosswalk.is_none() || by.len() == 1).map(|at| by.remove(at));
    if variable.is_some() && by.is_empty() {
        return RowsTold { entity, variable, repeated, ..RowsTold::default() };
    }
    if let Some(named) =
        named.filter(|named| crosswalk.is_none() && !by.is_empty() && !have_joints(named, own))
    {
        let mut together: Vec<ViewColumn> = [named.clone()].into_iter().chain(by).collect();
        // Of the two ends of a pair neither is more than the other.
        if share_names(&together, own) {
            together.sort_by_key(|column| column.at);
        }
        return RowsTold { entity, variable, together, repeated, ..RowsTold::default() };
    }
    let keys: Vec<&ViewColumn> = named.into_iter().chain(parts.iter().copied()).collect();
    match conditions(&keys, rest, own, true) {
        Some(conditions) => RowsTold { conditions, entity, ..RowsTold::default() },
        None => RowsTold { repeated: true, entity, ..RowsTold::default() },
    }
}

/// Whether a header says that what stands under it are variables, or units that make several of one.
fn says_variable(header: &str) -> bool {
    const WORDS: [&str; 25] = [
        "variable",
        "variables",
        "var",
        "indicator",
        "indicators",
        "series",
        "measure",
        "measures",
        "subject",
        "item",
        "concept",
        "statistic",
        "element",
        "descriptor",
        "unit",
        "units",
        "indicateur",
        "indicador",
        "indicatore",
        "merkmal",
        "показатель",
        "transaction",
        "aggregate",
        "data",
        "description",
    ];
    const PARTS: [&str; 6] = ["指标", "指標", "项目", "項目", "항목", "单位"];
    says(header, &WORDS, &PARTS)
}

/// The variables of a table whose rows name them in a column: what stands in the rows of each.
pub(super) fn by_row(naming: &ViewColumn, columns: &[&ViewColumn], own: &[&GridRow]) -> Vec<ValueGuess> {
    let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut texts: Vec<(Cow<'_, str>, Vec<&GridRow>)> = Vec::new();
    for row in own {
        let text = naming.cell(row).raw();
        if text.trim().is_empty() || (texts.len() >= TEXTS && !known.contains_key(&text)) {
            continue;
        }
        let at = *known.entry(text.clone()).or_insert(texts.len());
        match texts.get_mut(at) {
            Some((_, rows)) => rows.push(row),
            None => texts.push((text, vec![row])),
        }
    }
    let of = |(text, rows): &(Cow<'_, str>, Vec<&GridRow>)| {
        value(Some(text), rows.iter().flat_map(|row| columns.iter().map(|column| column.cell(row))))
    };
    texts.iter().filter_map(of).filter(|value| value.kind != ValueKind::Text).collect()
}
