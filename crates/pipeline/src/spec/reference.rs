//! What an input refers to.

use std::fmt;

/// The role of the vintage's manifest, and the name by which stages refer to it.
pub(crate) const VINTAGE: &str = "vintage";

/// What an input refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// The manifest of the vintage.
    Vintage,
    /// An output of a stage.
    Output {
        /// The stage.
        stage: String,
        /// One branch of it; all of them where none is named.
        branch: Option<String>,
        /// The output.
        output: String,
    },
}

/// A reference as it stands in a spec, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    pub(crate) stage: &'a str,
    pub(crate) branch: Option<&'a str>,
    pub(crate) output: Option<&'a str>,
}

impl<'a> Written<'a> {
    /// `stage`, `stage.output`, `stage[branch]` or `stage[branch].output`; a dot within the brackets
    /// belongs to the branch.
    pub(crate) fn read(text: &'a str) -> Self {
        if let Some((stage, rest)) = text.split_once('[')
            && let Some((branch, rest)) = rest.rsplit_once(']')
        {
            return Self { stage, branch: Some(branch), output: rest.strip_prefix('.') };
        }
        match text.split_once('.') {
            Some((stage, output)) => Self { stage, branch: None, output: Some(output) },
            None => Self { stage: text, branch: None, output: None },
        }
    }

    /// Whether it names the branch of the same item.
    pub(crate) fn is_of_item(&self) -> bool {
        self.branch == Some("$item")
    }

    /// The reference, where `item` is the branch's key and `main` the stage's first output.
    pub(crate) fn resolve(&self, item: Option<&str>, main: Option<&str>) -> Reference {
        if self.stage == VINTAGE && self.branch.is_none() && self.output.is_none() {
            return Reference::Vintage;
        }
        let branch = if self.is_of_item() { item } else { self.branch };
        Reference::Output {
            stage: self.stage.to_owned(),
            branch: branch.map(str::to_owned),
            output: self.output.or(main).unwrap_or_default().to_owned(),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Vintage => formatter.write_str("vintage"),
            Reference::Output { stage, branch: None, output } => write!(formatter, "{stage}.{output}"),
            Reference::Output { stage, branch: Some(branch), output } => {
                write!(formatter, "{stage}[{branch}].{output}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        let read = |text| {
            let written = Written::read(text);
            (written.stage, written.branch, written.output)
        };
        assert_eq!(read("a"), ("a", None, None));
        assert_eq!(read("a.b"), ("a", None, Some("b")));
        assert_eq!(read("a[x.y]"), ("a", Some("x.y"), None));
        assert_eq!(read("a[x[1]].b"), ("a", Some("x[1]"), Some("b")));
        assert_eq!(read("a[x"), ("a[x", None, None));
    }
}
