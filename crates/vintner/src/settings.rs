//! `vintner.toml`: what is of a machine or of who works there, and not of a pipeline. No fingerprint sees any of it.
//!
//! There is one for the machine (`~/.config/vintner/vintner.toml`) and one in the workspace, which goes first. Whose results
//! are believed is the exception: where the machine's says so, a workspace, which may come from anyone, can't believe
//! more.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::arguments::Executor;
use crate::cluster_settings::{ClusterTable, Executing, cluster};
use crate::error::{CommandError, Result};

pub(crate) const FILE: &str = "vintner.toml";

/// What the files say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) remote: Option<RemoteSettings>,
    /// Who makes branches, and what is asked of clusters.
    pub(crate) executing: Executing,
}

/// A shared store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteSettings {
    /// A folder, `s3://BUCKET/PREFIX` or `https://…`.
    pub(crate) url: String,
    /// The folder from which its path goes, where it has one.
    pub(crate) from: PathBuf,
    /// The key to sign with.
    pub(crate) key: Option<String>,
    /// The keys whose signatures are believed; everyone is where there are none.
    pub(crate) trust: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    remote: Option<Remote>,
    #[serde(default)]
    executor: Option<Executor>,
    #[serde(default)]
    slurm: ClusterTable,
    #[serde(default)]
    hq: ClusterTable,
}

/// As a table, or the address alone.
#[derive(Debug, Default)]
struct Remote(RemoteTable);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteTable {
    url: Option<String>,
    key: Option<String>,
    trust: Option<Vec<String>>,
}

impl<'de> Deserialize<'de> for Remote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Remote;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an address, or a table with `url`, `key` and `trust`")
            }

            fn visit_str<E: serde::de::Error>(self, url: &str) -> std::result::Result<Remote, E> {
                Ok(Remote(RemoteTable { url: Some(url.to_owned()), ..RemoteTable::default() }))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> std::result::Result<Remote, M::Error> {
                let table = RemoteTable::deserialize(MapAccessDeserializer::new(map))?;
                if table.url.is_none() && table.key.is_none() && table.trust.is_none() {
                    return Err(M::Error::custom("it says nothing; write url = \"…\""));
                }
                Ok(Remote(table))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Settings {
    /// What holds in a workspace.
    ///
    /// # Errors
    /// Where a file is there and can't be read, or says what it can't.
    pub(crate) fn of(workspace: &Path) -> Result<Self> {
        let machine = match machine_wide() {
            Some(path) => read(&path)?.map(|written| (written, path)),
            None => None,
        };
        let path = workspace.join(FILE);
        let own = read(&path)?.map(|written| (written, path));
        let files = || own.iter().chain(&machine).map(|(written, _)| written);
        let executing = Executing {
            executor: files().find_map(|written| written.executor).unwrap_or_default(),
            slurm: cluster(files().map(|written| &written.slurm)),
            hq: cluster(files().map(|written| &written.hq)),
        };
        Ok(Self { remote: together(machine.and_then(located), own.and_then(located)), executing })
    }
}

/// A remote with the folder of the file that names it.
type Located = (RemoteTable, PathBuf);

fn located((written, path): (Written, PathBuf)) -> Option<Located> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    written.remote.map(|Remote(table)| (table, folder))
}

/// The workspace's where it names any; but the machine's trust.
fn together(machine: Option<Located>, own: Option<Located>) -> Option<RemoteSettings> {
    let trust = |of: &Option<Located>| {
        let (table, folder) = of.as_ref()?;
        Some(table.trust.as_ref()?.iter().map(|key| from(folder, key)).collect::<Vec<_>>())
    };
    let key = |of: &Option<Located>| {
        of.as_ref().and_then(|(table, folder)| Some(from(folder, table.key.as_ref()?)))
    };
    let url = |of: &Option<Located>| {
        of.as_ref().and_then(|(table, folder)| Some((table.url.clone()?, folder.clone())))
    };
    let (url, folder) = url(&own).or_else(|| url(&machine))?;
    Some(RemoteSettings {
        url: home_in(&url),
        from: folder,
        key: key(&own).or_else(|| key(&machine)),
        trust: trust(&machine).or_else(|| trust(&own)).unwrap_or_default(),
    })
}

/// A key's file, from the folder of the file that names it; or a key of the keyring, which has no such file.
fn from(folder: &Path, key: &str) -> String {
    let path = folder.join(home_in(key));
    if path.is_file() { path.display().to_string() } else { key.to_owned() }
}

/// A path with the user's own folder in the place of `~`.
fn home_in(path: &str) -> String {
    match (path.strip_prefix("~/"), home()) {
        (Some(rest), Some(home)) => home.join(rest).display().to_string(),
        _ => path.to_owned(),
    }
}

fn home() -> Option<PathBuf> {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(variable).filter(|home| !home.is_empty()).map(PathBuf::from)
}

/// The machine's file, whether or not it is there.
fn machine_wide() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = match cfg!(windows) {
        true => named("XDG_CONFIG_HOME").or_else(|| named("APPDATA")),
        false => named("XDG_CONFIG_HOME").or_else(|| Some(home()?.join(".config"))),
    };
    Some(folder?.join("vintner").join(FILE))
}

fn read(path: &Path) -> Result<Option<Written>> {
    let text = match fs::read_to_string(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        text => text.map_err(|source| CommandError::NotRead { path: path.to_owned(), source })?,
    };
    toml::from_str(&text).map(Some).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        CommandError::Settings { path: path.to_owned(), line, column, message: error.message().to_owned() }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parsed(text: &str, folder: &str) -> Option<Located> {
        located((toml::from_str(text).unwrap(), Path::new(folder).join(FILE)))
    }

    #[test]
    fn the_workspace_goes_first_and_believes_no_more() {
        let machine = || parsed("[remote]\nurl = \"s3://everyone/x\"\nkey = \"me@example.org\"", "/etc/v");
        let own = || parsed("remote = \"../shared\"", "/work/paper");
        let both = together(machine(), own()).unwrap();
        assert_eq!((both.url.as_str(), both.from.as_path()), ("../shared", Path::new("/work/paper")));
        assert_eq!(both.key.as_deref(), Some("me@example.org"));
        assert_eq!(together(machine(), None).unwrap().url, "s3://everyone/x");
        assert_eq!(together(None, None), None);
        let trusting = || parsed("[remote]\ntrust = [\"0123ABCD\"]", "/etc/v");
        let wide = || parsed("[remote]\nurl = \"x\"\ntrust = [\"FFFF\"]", "/work/paper");
        assert_eq!(together(trusting(), wide()).unwrap().trust, ["0123ABCD"]);
        assert_eq!(together(None, wide()).unwrap().trust, ["FFFF"]);
        assert_eq!(together(trusting(), None), None, "without an address there is none");
    }

    #[test]
    fn faults_have_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for (text, place, said) in [
            ("[remote]\nurl = \"x\"\nkeys = \"y\"\n", "3:1", "unknown field `keys`"),
            ("remotes = \"x\"\n", "1:1", "unknown field `remotes`"),
            ("remote = 5\n", "1:10", "an address, or a table"),
            ("[remote]\n", "", "it says nothing"),
            ("remote = \"x\n", "1:", ""),
        ] {
            fs::write(&path, text).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(&format!("{FILE}:{place}")) && error.contains(said), "{text}: {error}");
        }
        fs::remove_file(&path).unwrap();
        assert!(read(&path).unwrap().is_none());
    }
}
