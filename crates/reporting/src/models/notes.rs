//! What stands under a table of models.

use std::collections::BTreeSet;

use super::layout::{Layout, ModelPanel, within_words};
use super::model_cell::ModelCell;
use super::published::ModelAgreement;
use super::spec::{Below, Brackets};
use crate::error::Result;
use crate::number_format::percent;

/// R2 within.
const WITHIN: &str = "r_squared_within";
/// So many notes to single coefficients are told; of more their number.
const MOST_NOTES: usize = 12;

impl Layout<'_> {
    pub(super) fn notes(
        &self,
        panels: &[ModelPanel],
        agreement: Option<&ModelAgreement>,
    ) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        let brackets = match self.spec.brackets {
            Brackets::Parentheses => "parentheses",
            Brackets::Square => "square",
            Brackets::None => "none",
        };
        let brackets = self.wording.line(&format!("brackets.{brackets}"), &[])?;
        let below = match self.spec.below {
            Below::StdError => Some("std_error"),
            Below::Statistic => Some("statistic"),
            Below::PValue => Some("p_value"),
            Below::Interval => Some("interval"),
            Below::None => None,
        };
        if let Some(below) = below {
            let level = percent(self.spec.confidence_level);
            let given = [("brackets", brackets.as_str()), ("level", level.as_str())];
            notes.push(self.wording.line(&format!("below.{below}"), &given)?);
        }
        let cells = panels.iter().flat_map(|panel| &panel.rows).flat_map(|row| &row.cells);
        if cells.clone().any(|cell| *cell == ModelCell::dash()) {
            notes.push(self.wording.line("dash", &[])?);
        }
        if let Some(agreement) = agreement {
            let numbers = [
                ("digits", agreement.digits),
                ("published", agreement.published),
                ("beside_digits", agreement.beside_digits),
                ("beside", agreement.beside),
            ];
            let numbers = numbers.map(|(name, number)| (name, number.to_string()));
            let given: Vec<(&str, &str)> =
                numbers.iter().map(|(name, number)| (*name, number.as_str())).collect();
            notes.push(self.wording.line("agreement", &given)?);
            if !agreement.not_estimated.is_empty() {
                let separator = self.wording.separator("list.semicolon", "; ");
                let (count, listed) =
                    (agreement.not_estimated.len().to_string(), agreement.not_estimated.join(separator));
                notes.push(self.wording.line("not_estimated", &[("count", &count), ("listed", &listed)])?);
            }
        }
        notes.extend(self.published_beside()?);
        notes.extend(self.within(panels)?);
        notes.extend(self.reasons()?);
        let own = self.language.of(&self.spec.note);
        if !own.is_empty() {
            notes.push(own.to_owned());
        }
        Ok(notes)
    }

    /// What stands in the parentheses of published values, where that isn't what stands below ours.
    fn published_beside(&self) -> Result<Option<String>> {
        let own = match self.spec.below {
            Below::StdError => "std_error",
            Below::Statistic => "statistic",
            Below::PValue => "p_value",
            Below::Interval | Below::None => "",
        };
        let others: BTreeSet<&str> = self.published.beside().filter(|name| *name != own).collect();
        let words = others.iter().map(|name| self.wording.line(&format!("beside.{name}"), &[]));
        let words: Vec<String> = words.collect::<Result<_>>()?;
        if words.is_empty() {
            return Ok(None);
        }
        let listed = words.join(self.wording.separator("list.comma", ", "));
        self.wording.line("published_beside", &[("what", &listed)]).map(Some)
    }

    /// Which effects R2 within is without, where that differs between the models that have it.
    fn within(&self, panels: &[ModelPanel]) -> Result<Option<String>> {
        let is_shown = panels.iter().flat_map(|panel| &panel.rows).any(|row| row.id == WITHIN);
        let mut kinds: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
        for (at, column) in self.columns().enumerate() {
            if !column.results.statistics.contains_key(WITHIN) {
                continue;
            }
            let absorbed = column.results.effects();
            // Of random effects it is that of deviations from the entities' means.
            let effects = if absorbed.is_empty() { vec!["entity"] } else { absorbed };
            let number = self.wording.line("number", &[("n", &(at + 1).to_string())])?;
            match kinds.iter_mut().find(|(known, _)| *known == effects) {
                Some((_, columns)) => columns.push(number),
                None => kinds.push((effects, vec![number])),
            }
        }
        if !is_shown || kinds.len() < 2 {
            return Ok(None);
        }
        let comma = self.wording.separator("list.comma", ", ");
        let mut listed = Vec::new();
        for (effects, columns) in kinds {
            let names: Vec<String> =
                effects.into_iter().map(|effect| self.effect_name(effect)).collect::<Result<_>>()?;
            let names: Vec<String> = names.iter().map(|name| within_words(name)).collect();
            let and = self.wording.separator("list.and", " and ");
            let given = [("effects", names.join(and)), ("columns", columns.join(comma))];
            let given: Vec<(&str, &str)> = given.iter().map(|(name, text)| (*name, text.as_str())).collect();
            listed.push(self.wording.line("within.of", &given)?);
        }
        let listed = listed.join(self.wording.separator("list.semicolon", "; "));
        self.wording.line("within.note", &[("listed", &listed)]).map(Some)
    }

    /// Why coefficients or whole models aren't there, as far as they are shown.
    fn reasons(&self) -> Result<Vec<String>> {
        let mut reasons = Vec::new();
        for (at, column) in self.columns().enumerate() {
            let number = (at + 1).to_string();
            if !column.results.note.is_empty() {
                let note = self.wording.said(&column.results.note);
                let given = [("column", number.as_str()), ("note", note.trim_end_matches('.'))];
                reasons.push(self.wording.line("model_note", &given)?);
            }
            for term in &column.results.terms {
                if term.note.is_empty() || !self.is_shown(&term.term) {
                    continue;
                }
                let (name, note) = (self.term_name(&term.term)?, self.wording.said(&term.note));
                let given =
                    [("column", number.as_str()), ("term", &name), ("note", note.trim_end_matches('.'))];
                reasons.push(self.wording.line("note", &given)?);
            }
        }
        if reasons.len() > MOST_NOTES {
            let more = reasons.len() - MOST_NOTES;
            reasons.truncate(MOST_NOTES);
            reasons.push(format!("(+ {more})"));
        }
        Ok(reasons)
    }
}
