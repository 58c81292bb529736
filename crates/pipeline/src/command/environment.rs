//! The variables that a command sees.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::quoted::quoted;

/// Variables that are the same wherever a command runs.
const SAME: [(&str, &str); 4] =
    [("LC_ALL", "C.UTF-8"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONHASHSEED", "0"), ("TZ", "UTC")];

/// Variables of the caller that programs can't be found without.
const CALLERS: [&str; 2] = ["HOME", "PATH"];

/// Where programs are looked for if the caller has no `PATH`.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Whether `env` may not set a variable.
pub(super) fn is_set_by_vintner(name: &str) -> bool {
    name == "TMPDIR" || name.starts_with("VINTNER_") || SAME.iter().any(|(same, _)| *same == name)
}

/// All variables of a command.
#[derive(Debug)]
pub(super) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// Those that a stage declares and those that every command sees: the folder for temporary files,
    /// the file with the parameters, and the seed.
    pub(super) fn new(
        declared: &BTreeMap<String, String>,
        temporary: &Path,
        params: &Path,
        seed: u64,
    ) -> Self {
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
        variables.extend(declared.iter().map(|(name, value)| (name.clone(), value.into())));
        Self(variables)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &OsString)> {
        self.0.iter()
    }

    pub(super) fn path(&self) -> String {
        self.0.get("PATH").map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// As arguments of `env -i`, with those that whoever reads it has too.
    pub(super) fn for_a_shell(&self) -> String {
        let words = self.0.iter().map(|(name, value)| {
            if CALLERS.contains(&name.as_str()) && std::env::var_os(name).as_ref() == Some(value) {
                return format!("{name}=\"${name}\"");
            }
            format!("{name}={}", quoted(&value.to_string_lossy()))
        });
        words.collect::<Vec<_>>().join(" ")
    }
}
