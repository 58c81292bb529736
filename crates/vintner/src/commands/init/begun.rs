//! A workspace that is begun, and the files that every one has.

use std::cell::RefCell;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use vintner_pipeline::write_within;

use crate::error::{CommandError, Result};

/// A workspace that is begun.
pub(super) struct Begun {
    pub(super) folder: PathBuf,
    pub(super) vintage: String,
    /// What was made in it, files and folders, in that order.
    made: RefCell<Vec<PathBuf>>,
}

impl Begun {
    pub(super) fn new(folder: PathBuf, vintage: String) -> Self {
        Self { folder, vintage, made: RefCell::default() }
    }

    /// What `begin` makes of it; where that fails, what it had written goes again, so that it can be begun anew.
    pub(super) fn or_nothing<T>(&self, begin: impl FnOnce() -> Result<T>) -> Result<T> {
        let outcome = begin();
        if outcome.is_err() {
            for path in self.made.take().iter().rev() {
                // A folder that has something else in it by now stays, and the fault that is told is the first.
                let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
            }
        }
        outcome
    }

    pub(super) fn of_vintage(&self) -> PathBuf {
        self.folder.join("data").join("vintages").join(&self.vintage)
    }

    pub(super) fn manifest(&self) -> PathBuf {
        self.of_vintage().join("vintage.yaml")
    }

    /// Writes a file of the workspace, unless it is there; whether it was written.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> Result<bool> {
        let failed = |source| CommandError::NotWritten { path: path.to_owned(), source };
        match fs::symlink_metadata(path) {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let absent: Vec<PathBuf> = path
                    .ancestors()
                    .skip(1)
                    .take_while(|folder| {
                        !folder.as_os_str().is_empty() && fs::symlink_metadata(folder).is_err()
                    })
                    .map(Path::to_owned)
                    .collect();
                self.made.borrow_mut().extend(absent.into_iter().rev());
                self.made.borrow_mut().push(path.to_owned());
                fs::create_dir_all(&self.folder).map_err(failed)?;
                write_within(&self.folder, path, bytes)?;
                Ok(true)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

pub(super) const IGNORED: &str =
    "# What Vintner keeps between runs; `vintner reproduce` makes it again.\n/.vintner\n";

pub(super) const ATTRIBUTES: &str = "# Raw files are checked byte by byte: git may not change their line ends.\ndata/vintages/*/raw/** -text\n\
                          *.lock -text\nreports/** -text\n";

pub(super) fn readme(name: &str, vintage: &str) -> String {
    format!(
        "# {name}\n\n```sh\nvintner reproduce        # from the raw files to reports/{vintage}/\nvintner status           # what would run, and why\n\
         vintner trace --help     # from a number back to its cells\nvintner audit --html     # pages of everything that is kept\n```\n\n\
         | | |\n|:--|:--|\n| `pipeline.yaml` | what is made, from what, and how |\n| `data/vintages/{vintage}/vintage.yaml` | what the raw files are and \
         how they are read |\n| `data/vintages/{vintage}/raw/` | the raw files, which nothing changes |\n| `reports/{vintage}/` | what was made |\n| \
         `pipeline.lock` | the digests of all that was made, to be committed |\n"
    )
}
