//! Entities that several columns name together, as they are told in a manifest.

use std::collections::BTreeSet;

use super::names::told;
use super::sheet_view::ViewColumn;
use super::told_apart::{Counted, counted};
use crate::fold::fold;
use crate::grid::GridRow;
use crate::number::parse_number;

/// Texts that offices write for all of what a column divides.
const TOTALS: [&str; 24] = [
    "total",
    "t",
    "tot",
    "_t",
    "_z",
    "all",
    "totals",
    "both sexes",
    "sex_t",
    "world",
    "all industries",
    "total economy",
    "grand total",
    "insgesamt",
    "gesamt",
    "ensemble",
    "totale",
    "итого",
    "всего",
    "合计",
    "总计",
    "合計",
    "總計",
    "계",
];

/// Columns that name an entity together.
#[derive(Debug, Clone)]
pub(super) struct JoinedNames {
    /// The first such name.
    example: String,
    /// Whether they are the two ends of pairs.
    pub(super) is_pair: bool,
    /// The columns beside the first, with how often their texts stand there.
    with: Vec<Counted>,
    rows: usize,
}

impl JoinedNames {
    /// Those of some columns, where there are several.
    pub(super) fn of(columns: &[ViewColumn], own: &[&GridRow]) -> Option<Self> {
        if columns.len() < 2 {
            return None;
        }
        let first = own.first()?;
        let names = columns.iter().map(|column| fold(&column.cell(first).raw()));
        Some(Self {
            example: names.collect::<Vec<_>>().join(":"),
            is_pair: columns.len() == 2 && share_names(columns, own),
            with: columns.iter().skip(1).map(|column| counted(column, own)).collect(),
            rows: own.len(),
        })
    }

    /// What a person has to look at: that each combination is an entity, and how one of them alone is read.
    pub(super) fn question(&self) -> String {
        let mut told_all = format!(
            "each combination is an entity, as {} is, and all {} rows are read",
            told(&self.example),
            self.rows
        );
        for (column, texts) in &self.with {
            let total = texts.iter().find(|(text, _)| is_total(text));
            if let Some((text, _)) = total {
                told_all.push_str(&format!(
                    "; {} of {} seems to be the total of the others",
                    told(text),
                    told(column)
                ));
            }
            if let Some((text, rows)) = total.or(texts.first()) {
                told_all.push_str(&format!(
                    "; `where: {{{}: {}}}` without it here would read {rows} of them",
                    told(column),
                    told(text)
                ));
            }
        }
        told_all
    }
}

/// Whether a text stands for all of what a column divides.
pub(super) fn is_total(text: &str) -> bool {
    TOTALS.contains(&text.trim().to_lowercase().as_str())
}

/// Whether a name says that its row is the sum of others; a letter alone may be a firm's.
pub(super) fn says_sum(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let is_part = ["subtotal", "sub-total", "sub total", "grand total", "total general", "gesamtsumme"];
    (is_total(&lower) && lower.chars().filter(|own| own.is_alphanumeric()).count() != 1)
        || is_part.iter().any(|part| lower.starts_with(part))
}

/// Whether most names of one of some columns are another's, too, as those of the two ends of pairs are.
pub(super) fn share_names(columns: &[ViewColumn], own: &[&GridRow]) -> bool {
    let names: Vec<BTreeSet<String>> =
        columns.iter().map(|column| own.iter().map(|row| fold(&column.cell(row).raw())).collect()).collect();
    let shared = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        let both = one.intersection(other).count();
        // Persons are numbered within households, and are no households.
        let are_numbers = one.iter().chain(other).all(|text| parse_number(text).is_some());
        let enough = if are_numbers { one.len().max(other.len()) } else { one.len().min(other.len()) };
        both > 1 && 2 * both >= enough
    };
    names.iter().enumerate().any(|(at, one)| names.iter().skip(at + 1).any(|other| shared(one, other)))
}
