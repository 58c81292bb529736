//! Stages and branches as people name them.

use std::collections::BTreeSet;

use vintner_diagnostics::one_of;

use super::foreach::ForEach;
use super::pipeline::Pipeline;
use super::vintage::Vintage;
use crate::error::{PipelineError, Result};

/// A stage, or one of its branches, as it is named on the command line: `stage` or `stage[item]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BranchName<'a> {
    pub(crate) stage: &'a str,
    /// The item; an item may hold brackets of its own.
    pub(crate) item: Option<&'a str>,
}

impl<'a> BranchName<'a> {
    /// Takes a name apart.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] where it isn't of that form.
    pub(crate) fn parse(text: &'a str) -> Result<Self> {
        let refused = |message: &str, hint: String| {
            Err(PipelineError::Unknown { message: format!("`{text}` {message}"), hint: Some(hint) })
        };
        let Some((stage, rest)) = text.split_once('[') else {
            if text.is_empty() {
                return refused("names no stage", "write `stage`, or `stage[item]` for a branch".to_owned());
            }
            return Ok(Self { stage: text, item: None });
        };
        match rest.rsplit_once(']') {
            _ if stage.is_empty() => {
                refused("names no stage before its bracket", "a branch is `stage[item]`".to_owned())
            }
            None => refused("has a bracket that isn't closed", format!("did you mean `{text}]`?")),
            Some((_, after)) if !after.is_empty() => {
                let whole = text.strip_suffix(after).unwrap_or(text);
                refused(
                    &format!("goes on after its bracket with `{after}`"),
                    format!("did you mean `{whole}`?"),
                )
            }
            Some(("", _)) => refused(
                "names no item",
                format!("write `{stage}` for all of its branches, or an item between the brackets"),
            ),
            Some((item, _)) => Ok(Self { stage, item: Some(item) }),
        }
    }

    /// That there is such a stage, and as far as it can be told yet such a branch.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] with a suggestion.
    pub(crate) fn check(&self, pipeline: &Pipeline, vintage: &Vintage) -> Result<()> {
        let stage = pipeline.stage(self.stage)?;
        let Some(item) = self.item else { return Ok(()) };
        let known: BTreeSet<&str> = match &stage.foreach {
            None => {
                return Err(PipelineError::Unknown {
                    message: format!(
                        "`{}` has no branches, so there is no `{}[{item}]`",
                        stage.name, stage.name
                    ),
                    hint: Some(format!("write `{}`", stage.name)),
                });
            }
            // Known when the column is made.
            Some(ForEach::Column { .. }) => return Ok(()),
            Some(ForEach::Items(items)) => items.iter().map(|item| item.key.as_str()).collect(),
            Some(ForEach::Sources) => vintage.sources.iter().map(|source| source.name.as_str()).collect(),
        };
        if known.contains(item) { Ok(()) } else { Err(no_branch(&stage.name, item, known)) }
    }
}

/// What is said of a branch that there isn't.
pub(crate) fn no_branch<'k>(
    stage: &str,
    wanted: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) -> PipelineError {
    PipelineError::Unknown {
        message: format!("`{stage}` has no branch `{wanted}`"),
        hint: one_of(wanted, known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() -> Result<()> {
        let parsed = |text| BranchName::parse(text).map(|name| (name.stage, name.item));
        assert_eq!(parsed("fit")?, ("fit", None));
        assert_eq!(parsed("fit[a]")?, ("fit", Some("a")));
        assert_eq!(parsed("fit[a[1],b]")?, ("fit", Some("a[1],b")));
        Ok(())
    }

    #[test]
    fn what_is_no_name_is_told() {
        let said = |text| BranchName::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(said("fit[a"), "`fit[a` has a bracket that isn't closed\n  did you mean `fit[a]`?");
        assert_eq!(said("fit[a]b"), "`fit[a]b` goes on after its bracket with `b`\n  did you mean `fit[a]`?");
        assert!(said("fit[]").starts_with("`fit[]` names no item\n  write `fit` for all"));
        assert!(said("[a]").starts_with("`[a]` names no stage before its bracket"));
        assert!(said("").starts_with("`` names no stage"));
    }
}
