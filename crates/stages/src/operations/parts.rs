//! What stages over the parts of a panel hand to one another.

use serde::{Deserialize, Serialize};
use vintner_estimation::{
    EstimationError, PartBrackets, PartDescription, PartRanks, PartResiduals, PartSums, PartsSolved,
};
use vintner_panel::{Panel, PanelBlocks, PanelError};
use vintner_pipeline::Inputs;

use crate::error::StagesError;

/// What `between_parts` tells the parts for the second round.
pub(super) const TOLD: &str = "told";
/// What the parts came to in each round, for the stage that puts them together.
pub(super) const FIRST: &str = "first";
pub(super) const SECOND: &str = "second";

/// What one part of a panel comes to, and of which of its rows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Gathered {
    /// The condition on its rows.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<String>,
    pub(super) part: OfPart,
}

/// What one part of a panel comes to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfPart {
    /// Of an equation, in the first round.
    Sums(Box<PartSums>),
    /// In the second; nothing where there are no coefficients.
    Residuals(Option<PartResiduals>),
    /// Of variables, in the first round.
    Description(PartDescription),
    /// In the second.
    Ranks(Vec<PartRanks>),
}

/// What parts are told between the rounds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// Of an equation.
    Equation(Box<PartsSolved>),
    /// Of variables.
    Variables(Vec<PartBrackets>),
}

impl OfPart {
    /// Which stage makes it, as a message says it.
    fn made_by(&self) -> &'static str {
        match self {
            Self::Sums(_) => "the first round of `regress_part`",
            Self::Residuals(_) => "the second round of `regress_part`",
            Self::Description(_) => "the first round of `describe_part`",
            Self::Ranks(_) => "the second round of `describe_part`",
        }
    }
}

/// The parts under `role`, each of which is what `expected` says.
pub(super) fn parts_of<T>(
    inputs: &Inputs,
    role: &str,
    expected: &'static str,
    take: impl Fn(String, OfPart) -> Result<T, OfPart>,
) -> Result<Vec<T>, StagesError> {
    let parts = inputs.jsons::<Gathered>(role)?;
    let taken = parts.into_iter().map(|(name, Gathered { part, .. })| {
        let shown = name.clone();
        take(name, part).map_err(|other| other_part(role, &shown, other.made_by(), expected))
    });
    taken.collect()
}

fn other_part(role: &str, part: &str, found: &'static str, expected: &'static str) -> StagesError {
    let (role, part) = (role.to_owned(), part.to_owned());
    StagesError::OtherPart { role, part, found, expected }
}

/// Both rounds are of the same rows of the same parts, or else what follows from them is of none. Where the stage that
/// puts them together chooses rows as well, these are the ones.
pub(super) fn same_parts(inputs: &Inputs, chosen: Option<&str>) -> Result<(), StagesError> {
    #[derive(PartialEq, Deserialize)]
    struct Rows {
        #[serde(default, rename = "where")]
        rows: Option<String>,
    }
    let first = inputs.jsons::<Rows>(FIRST)?;
    if first != inputs.jsons::<Rows>(SECOND)? {
        return Err(EstimationError::OtherRound.into());
    }
    let other = first.into_iter().find(|(_, own)| chosen.is_some() && own.rows.as_deref() != chosen);
    match (other, chosen) {
        (Some((part, Rows { rows })), Some(expected)) => Err(StagesError::OtherRows {
            part,
            found: rows.map_or("all rows".into(), |rows| format!("the rows where {rows}")),
            expected: expected.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A panel in memory as the one block of itself.
pub(super) struct OneBlock(pub(super) Panel);

impl PanelBlocks for OneBlock {
    fn visit(&mut self, visit: &mut dyn FnMut(&Panel) -> Result<(), PanelError>) -> Result<(), PanelError> {
        visit(&self.0)
    }
}
