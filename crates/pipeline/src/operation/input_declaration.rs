//! What a stage reads.

use super::kind::Kind;

/// A role that an input plays in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputDeclaration {
    /// Its name in the spec.
    pub role: String,
    /// What can be given.
    pub accepts: Accepts,
    /// Whether the stage can do without it.
    pub optional: bool,
    /// Whether all branches of a stage may be given at once.
    pub many: bool,
    /// Whether the stage sees the order in which the branches are listed; otherwise they're handed
    /// over in the order of their keys, and no other order makes another fingerprint.
    pub in_order: bool,
    /// Of a frame, the columns that are read; `None` for all of them.
    pub columns: Option<Vec<String>>,
    /// Of a frame, columns that are read together with those that go with them; `None` where `columns` tells.
    pub measures: Option<Measures>,
    /// Of a frame, the rows that are read; `None` for all of them.
    pub rows: Option<Rows>,
    /// Whether the stage can read it some rows at a time, where it is more than the stage may hold.
    pub in_blocks: bool,
}

/// What can be given as an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// The output of a stage, of that kind.
    Kind(Kind),
    /// A file of the workspace or the vintage.
    File,
    /// Any of these.
    Anything,
}

/// Columns that are read together with those that say what their rows are about. A frame with none of them isn't
/// read at all, so that nothing in it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measures {
    /// The columns, sorted.
    pub names: Vec<String>,
    /// Those that are read with any of them.
    pub keys: Vec<String>,
    /// What follows a column's name in the name of another that belongs to it.
    pub suffix: String,
}

impl Measures {
    /// Which of the columns there are is read.
    pub(crate) fn read_of(&self, columns: &[&str]) -> Vec<String> {
        let has = |name: &str| columns.contains(&name);
        let names: Vec<&String> = self.names.iter().filter(|name| has(name)).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let keys = self.keys.iter().filter(|key| has(key)).cloned();
        let with_more = names.into_iter().flat_map(|name| [name.clone(), format!("{name}{}", self.suffix)]);
        keys.chain(with_more.filter(|name| has(name))).collect()
    }
}

/// Rows with certain texts in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The column. Where the frame's output is [grouped](crate::OutputDeclaration::grouped_by) by it, only
    /// these rows count in the fingerprint.
    pub column: String,
    /// The texts, sorted.
    pub values: Vec<String>,
}

impl InputDeclaration {
    /// A frame under `role`.
    pub fn frame(role: impl Into<String>) -> Self {
        Self {
            role: role.into(),
            accepts: Accepts::Kind(Kind::Frame),
            optional: false,
            many: false,
            in_order: false,
            columns: None,
            measures: None,
            rows: None,
            in_blocks: false,
        }
    }

    /// A JSON value under `role`.
    pub fn json(role: impl Into<String>) -> Self {
        Self { accepts: Accepts::Kind(Kind::Json), ..Self::frame(role) }
    }

    /// A file, or a folder of files, under `role`.
    pub fn file(role: impl Into<String>) -> Self {
        Self { accepts: Accepts::File, ..Self::frame(role) }
    }

    /// Any number of artifacts of a kind, under whichever roles the spec gives them that no other
    /// declaration names.
    pub fn any(kind: Kind) -> Self {
        Self { accepts: Accepts::Kind(kind), optional: true, many: true, ..Self::frame(Self::ANY) }
    }

    /// Any number of artifacts and files, under whichever roles the spec gives them.
    pub fn anything() -> Self {
        Self { accepts: Accepts::Anything, optional: true, many: true, ..Self::frame(Self::ANY) }
    }

    /// Artifacts and files of any kind under `role`, all branches of a stage at once.
    pub fn whatever(role: impl Into<String>) -> Self {
        Self { accepts: Accepts::Anything, many: true, ..Self::frame(role) }
    }

    /// The role of [`InputDeclaration::any`] and [`InputDeclaration::anything`].
    pub(crate) const ANY: &'static str = "*";

    /// The declaration that covers `role`.
    pub(crate) fn covering<'a>(declarations: &'a [Self], role: &str) -> Option<&'a Self> {
        let named = |wanted: &str| declarations.iter().find(|declared| declared.role == wanted);
        named(role).or_else(|| named(Self::ANY))
    }

    /// This input, not needed.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// This input, with all branches of its stage.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// This input, with all branches of its stage in the order in which the spec or the vintage lists
    /// them, which counts.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.many = true;
        self.in_order = true;
        self
    }

    /// This input, which the stage can read some rows at a time.
    #[must_use]
    pub fn in_blocks(mut self) -> Self {
        self.in_blocks = true;
        self
    }

    /// This frame, of which only `columns` are read.
    #[must_use]
    pub fn columns<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        let mut columns: Vec<String> = columns.into_iter().map(Into::into).collect();
        columns.sort();
        columns.dedup();
        self.columns = Some(columns);
        self
    }

    /// This frame, of which the columns `names` are read, with `keys` and what `suffix` ends.
    #[must_use]
    pub fn measures<K: Into<String>, S: Into<String>>(
        mut self,
        keys: impl IntoIterator<Item = K>,
        suffix: impl Into<String>,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        names.sort();
        names.dedup();
        let keys = keys.into_iter().map(Into::into).collect();
        self.measures = Some(Measures { names, keys, suffix: suffix.into() });
        self
    }

    /// Which of a frame's columns are read, in the order in which the stage sees them; nothing where all are.
    pub(crate) fn read_of(&self, columns: &[&str]) -> Option<Vec<String>> {
        if let Some(measures) = &self.measures {
            return Some(measures.read_of(columns));
        }
        let declared = self.columns.as_ref()?;
        Some(declared.iter().filter(|name| columns.contains(&name.as_str())).cloned().collect())
    }

    /// This frame, of which only the rows with one of `values` in `column` are read.
    #[must_use]
    pub fn rows<S: Into<String>>(
        mut self,
        column: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        values.sort();
        values.dedup();
        self.rows = Some(Rows { column: column.into(), values });
        self
    }
}
