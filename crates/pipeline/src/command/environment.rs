//! The variables that a command sees.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

use super::masks::Masks;
use super::problem::CommandProblem;
use super::quoted::quoted;
use super::sandbox::{Sandbox, TEMPORARY};
use super::usual_path::USUAL_PATH;
use super::variable::Variable;

/// Variables that are the same wherever a command runs.
const SAME: [(&str, &str); 4] =
    [("LC_ALL", "C.UTF-8"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONHASHSEED", "0"), ("TZ", "UTC")];

/// Variables of the caller that programs can't be found without.
const CALLERS: [&str; 2] = ["HOME", "PATH"];

/// Whether `env` may not set a variable.
pub(super) fn is_set_by_vintner(name: &str) -> bool {
    name == "TMPDIR" || name.starts_with("VINTNER_") || SAME.iter().any(|(same, _)| *same == name)
}

/// Whether every command has a variable of that name, which means the same in each.
pub(crate) fn is_given(name: &str) -> bool {
    is_set_by_vintner(name) || CALLERS.contains(&name)
}

/// All variables of a command.
pub(super) struct Environment {
    variables: BTreeMap<String, OsString>,
    /// Those whose values aren't shown.
    hidden: BTreeSet<String>,
    /// What is taken out of what the command says.
    masks: Masks,
}

impl Environment {
    /// Those that a stage declares and those that every command sees: the folder for temporary files,
    /// the file with the parameters, and the seed.
    ///
    /// # Errors
    /// [`CommandProblem::NoSecret`] where a secret isn't set.
    pub(super) fn new(
        declared: &BTreeMap<String, Variable>,
        temporary: &Path,
        params: &Path,
        seed: u64,
    ) -> Result<Self, CommandProblem> {
        let (mut hidden, mut masks) = (BTreeSet::new(), Masks::default());
        let mut variables = BTreeMap::new();
        for name in CALLERS {
            variables.extend(std::env::var_os(name).map(|value| (name.to_owned(), value)));
        }
        variables.entry("PATH".to_owned()).or_insert_with(|| USUAL_PATH.into());
        variables.extend(SAME.map(|(name, value)| (name.to_owned(), value.into())));
        variables.insert("TMPDIR".into(), temporary.into());
        variables.insert("VINTNER_PARAMS".into(), params.into());
        // What every language takes as a seed: R and Stata take 31 bits.
        variables.insert("VINTNER_SEED".into(), (seed >> 33).to_string().into());
        for (name, variable) in declared {
            let Some(value) = variable.value(name) else {
                return Err(CommandProblem::NoSecret { name: name.clone() });
            };
            if variable.is_hidden() {
                masks.add(name, value.as_encoded_bytes(), variable.shortest_hidden());
                hidden.insert(name.clone());
            }
            variables.insert(name.clone(), value);
        }
        Ok(Self { variables, hidden, masks })
    }

    /// The same for a command in a sandbox: it has no home but a declared one, and finds the programs that it
    /// sees.
    pub(super) fn within(mut self, sandbox: &Sandbox, declared: &BTreeMap<String, Variable>) -> Self {
        if !declared.contains_key("HOME") {
            self.variables.insert("HOME".into(), TEMPORARY.into());
        }
        let path = self.variables.get("PATH").map(|path| sandbox.path(path)).unwrap_or_default();
        let path = if path.is_empty() { USUAL_PATH.into() } else { path };
        self.variables.insert("PATH".into(), path);
        self
    }

    pub(super) fn masks(&self) -> &Masks {
        &self.masks
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &OsString)> {
        self.variables.iter()
    }

    pub(super) fn path(&self) -> String {
        self.variables.get("PATH").map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// As arguments of `env -i`, with those that whoever reads it has too.
    pub(super) fn for_a_shell(&self) -> String {
        let words = self.variables.iter().map(|(name, value)| {
            if self.hidden.contains(name) {
                return format!("{name}=\"${name}\"");
            }
            if CALLERS.contains(&name.as_str()) && std::env::var_os(name).as_ref() == Some(value) {
                return format!("{name}=\"${name}\"");
            }
            format!("{name}={}", quoted(&value.to_string_lossy()))
        });
        words.collect::<Vec<_>>().join(" ")
    }
}
