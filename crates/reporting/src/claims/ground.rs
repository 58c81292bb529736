//! What decides a claim: sentences that know which units and coefficients they are about.

use serde::{Deserialize, Serialize};

use crate::report_unit::ReportUnit;

/// A sentence that decides a claim, in English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// How it stands to the units that the claim names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    /// What it says.
    pub parts: Vec<Part>,
    /// The coefficients that it is about: regressor and table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coefficients: Vec<[String; 2]>,
}

/// How what is found in a unit stands to a claim that names units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It is so in a unit that isn't named.
    Also,
    /// It isn't so in a unit that is named.
    Not,
}

impl Stance {
    /// The word that it begins with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Also => "also",
            Self::Not => "not",
        }
    }
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Words.
    Words(String),
    /// A unit, which goes by the name that its reader knows.
    Unit {
        /// Its id.
        id: String,
        /// The name that the publication prints.
        printed: String,
    },
}

impl Ground {
    /// A sentence of words alone.
    pub(super) fn words(words: impl Into<String>) -> Self {
        Self { parts: vec![Part::Words(words.into())], ..Self::default() }
    }

    /// A sentence that begins with a unit.
    pub(super) fn of(unit: &ReportUnit) -> Self {
        let part = Part::Unit { id: unit.id.clone(), printed: unit.printed().to_owned() };
        Self { parts: vec![part], ..Self::default() }
    }

    /// This with words after it.
    pub(super) fn then(mut self, words: impl Into<String>) -> Self {
        self.parts.push(Part::Words(words.into()));
        self
    }

    /// This with another sentence after it.
    pub(super) fn and(mut self, between: &str, other: Self) -> Self {
        if !between.is_empty() {
            self.parts.push(Part::Words(between.into()));
        }
        self.parts.extend(other.parts);
        self.coefficients.extend(other.coefficients);
        self
    }

    /// This, about a coefficient.
    pub(super) fn about(mut self, regressor: &str, table: &str) -> Self {
        self.coefficients.push([regressor.to_owned(), table.to_owned()]);
        self
    }

    pub(super) fn standing(self, stance: Stance) -> Self {
        Self { stance: Some(stance), ..self }
    }

    /// Whether two say the same, however they stand to the claim.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.parts == other.parts
    }

    /// The unit that it begins with.
    pub fn unit(&self) -> Option<&str> {
        match self.parts.first()? {
            Part::Unit { id, .. } => Some(id),
            Part::Words(_) => None,
        }
    }

    /// The sentence, with units by the names that `name` gives to their ids.
    pub fn text(&self, name: &dyn Fn(&str) -> String) -> String {
        self.said(|id, _| name(id))
    }

    /// The sentence, with units as the publication prints them.
    pub fn printed(&self) -> String {
        self.said(|_, printed| printed.to_owned())
    }

    fn said(&self, name: impl Fn(&str, &str) -> String) -> String {
        let start = self.stance.map(|stance| format!("{} ", stance.word())).unwrap_or_default();
        let parts = self.parts.iter().map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Unit { id, printed } => name(id, printed),
        });
        std::iter::once(start).chain(parts).collect()
    }
}
