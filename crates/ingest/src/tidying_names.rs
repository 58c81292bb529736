//! The names of entities while rows are read: what each stands for, and what becomes of those that stand for nobody.

use std::borrow::Cow;

use vintner_panel::shortest_decimal;

use crate::cell::Cell;
use crate::crosswalk::{Crosswalk, NameMatch};
use crate::fold::fold_name;
use crate::names_outside::Nearest;
use crate::problem::Problem;
use crate::shown::Shown;
use crate::source::{NameCase, Outside};
use crate::tidying::{Resolved, Tidying};

impl<'a> Tidying<'a> {
    /// Counts a row, or a column, whose entity isn't in the crosswalk.
    pub(crate) fn left_out(&mut self, name: Cell<'_>, time: Option<i32>, row: u32, column: u32) {
        let name = name.raw();
        let declared = self.asked.source.outside.is_some() || self.is_nobody(&name);
        if declared {
            self.confirmed += 1;
        }
        if self.asked.source.outside() == Outside::Drop && !declared {
            self.outside.add(&name, time, row, column);
        }
    }

    /// Names that are an entity's by the crosswalk and no entity's by the manifest are faults.
    pub(crate) fn refuse_both(&mut self) {
        let Some(crosswalk) = self.asked.crosswalk else { return };
        for name in &self.asked.source.not_entities {
            let NameMatch::Entity(id) = self.find(crosswalk, name) else { continue };
            let message = format!(
                "{name:?} is a name of `{id}` in the crosswalk, and no entity's by the `not_entities` of this source"
            );
            let hint = "take it out of one of them: out of `not_entities` where its rows are to be read, out of the crosswalk where it \
                        is nobody's name";
            self.fault(Problem { cell: None, message, hint: hint.into() });
        }
    }

    /// Whether the manifest says that a name is no entity's.
    pub(crate) fn is_nobody(&self, name: &str) -> bool {
        let declared = &self.asked.source.not_entities;
        if declared.is_empty() {
            return false;
        }
        let folded = fold_name(name);
        declared.iter().any(|known| fold_name(known) == folded)
    }

    /// Whether a name may be an entity's of its own where case is ignored and no crosswalk says what entities are called;
    /// a fault where another name differs from it in case alone.
    pub(crate) fn see_case(&mut self, name: &str, row: u32, column: u32) -> bool {
        let source = self.asked.source;
        let folded = fold_name(name);
        let caseless = folded.to_lowercase();
        let nobody = source.not_entities.iter().find(|own| fold_name(own).to_lowercase() == caseless);
        let (other, place) = match (nobody, self.caseless.get(&caseless)) {
            (Some(nobody), _) => (nobody.clone(), "of `not_entities`".to_owned()),
            (None, Some((first, ..))) if fold_name(first) == folded => return true,
            (None, Some((first, row, column))) => (first.clone(), format!("({})", self.cell(*row, *column))),
            (None, None) => {
                self.caseless.insert(caseless, (name.to_owned(), row, column));
                return true;
            }
        };
        let message = format!(
            "{name:?} differs from {other:?} {place} in case alone: by `case: ignore` they are one, and without a crosswalk \
             nothing says what it is called"
        );
        let hint = "`case: ignore` goes with a `crosswalk` of the stage, which has the name; without one write one spelling \
                    in `corrections`, or leave `case` out if they are two";
        self.fault_at(row, column, message, hint);
        false
    }

    /// Whether a name is one of the crosswalk's; of any where there is none.
    pub(crate) fn knows(&self, name: Cell<'_>) -> bool {
        self.asked
            .crosswalk
            .is_some_and(|crosswalk| matches!(self.find(crosswalk, &name.raw()), NameMatch::Entity(_)))
    }

    fn find(&self, crosswalk: &'a Crosswalk, name: &str) -> NameMatch<'a> {
        match self.asked.source.case {
            NameCase::Keep => crosswalk.find(name),
            NameCase::Ignore => crosswalk.find_caseless(name),
        }
    }

    /// The code of the id under which an entity's values go; nothing where they are dropped or refused.
    pub(crate) fn entity(&mut self, cell: Cell<'_>, row: u32, column: u32) -> Option<u32> {
        let name = self.name_in(cell);
        let resolved = match self.last_name {
            (ref last, Some(resolved)) if *last == name => resolved,
            _ => {
                let resolved = match self.resolved.get(name.as_ref()) {
                    Some(resolved) => *resolved,
                    None => {
                        let resolved = self.resolve(&name, row, column);
                        self.resolved.insert(name.clone().into_owned(), resolved);
                        resolved
                    }
                };
                self.last_name.0.clear();
                self.last_name.0.push_str(&name);
                self.last_name.1 = Some(resolved);
                resolved
            }
        };
        match resolved {
            Resolved::Id(code) => Some(code),
            Resolved::Dropped => None,
            Resolved::Refused => {
                self.fault_at(
                    row,
                    column,
                    format!("{name:?} is not in the crosswalk{}", self.nearest_in_words(&name)),
                    "add the name to the crosswalk's aliases, or set `outside` to `drop` or `keep`",
                );
                None
            }
        }
    }

    /// The name in a cell: as it is shown, unless the crosswalk knows the number that is held.
    fn name_in<'c>(&self, cell: Cell<'c>) -> Cow<'c, str> {
        if let (Cell::Shown(Shown::Formatted { number, text }), Some(crosswalk)) =
            (cell, self.asked.crosswalk)
        {
            let held = shortest_decimal(*number);
            let is_known = |name: &str| matches!(self.find(crosswalk, name), NameMatch::Entity(_));
            if !is_known(text) && is_known(&held) {
                return Cow::Owned(held);
            }
        }
        cell.raw()
    }

    /// The nearest known name to one that is none.
    pub(crate) fn nearest(&self, name: &str) -> Option<Nearest> {
        let crosswalk = self.asked.crosswalk?;
        if let Some((entity, name)) = crosswalk.nearest(name) {
            return Some(Nearest { entity: entity.to_owned(), name: name.to_owned() });
        }
        match crosswalk.find(name) {
            NameMatch::Outside { near: Some(entity), .. } => {
                let known = crosswalk.entities().iter().find(|known| known.id == entity)?;
                let zh = known.label.zh.clone().filter(|zh| fold_name(name).contains(&fold_name(zh)));
                let name = zh.unwrap_or_else(|| known.label.en.clone());
                Some(Nearest { entity: entity.to_owned(), name })
            }
            _ => None,
        }
    }

    fn nearest_in_words(&self, name: &str) -> String {
        let nearest = self.nearest(name);
        nearest
            .map(|near| format!("; the nearest name is {:?} of `{}`", near.name, near.entity))
            .unwrap_or_default()
    }

    fn resolve(&mut self, name: &str, row: u32, column: u32) -> Resolved {
        let Some(crosswalk) = self.asked.crosswalk else {
            let is_dropped = self.is_nobody(name)
                || (self.asked.source.case == NameCase::Ignore && !self.see_case(name, row, column));
            return match is_dropped {
                true => Resolved::Dropped,
                false => Resolved::Id(self.records.entities.code(&fold_name(name))),
            };
        };
        match self.find(crosswalk, name) {
            NameMatch::Entity(id) => {
                self.matched.insert(id.to_owned());
                Resolved::Id(self.records.entities.code(id))
            }
            NameMatch::Outside { stripped, near } => {
                if let Some(near) = near
                    && self.asked.source.outside() == Outside::Keep
                    && !self.is_nobody(name)
                {
                    let warning = format!(
                        "{name:?} ({}) is not in the crosswalk but contains a name of `{near}`",
                        self.cell(row, column)
                    );
                    self.near_misses.push((name.to_owned(), warning));
                }
                let resolved = match self.asked.source.outside() {
                    _ if self.is_nobody(name) => Resolved::Dropped,
                    Outside::Drop => Resolved::Dropped,
                    Outside::Keep => Resolved::Id(self.records.entities.code(&stripped)),
                    Outside::Error => Resolved::Refused,
                };
                self.unmatched.insert(stripped);
                resolved
            }
        }
    }
}
