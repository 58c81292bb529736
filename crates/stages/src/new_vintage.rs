//! A vintage scaffolded from a folder of files.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use vintner_ingest::{Crosswalk, IngestError, Scaffold, VintageFolders, known_variables, scaffold};

use crate::error::StagesError;

/// Files beyond this size are taken for something else than tables.
const LARGEST: u64 = 512 * 1024 * 1024;

/// What is put together for a new vintage, before anything is written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVintage {
    /// The manifest and what is to be said of it.
    pub scaffold: Scaffold,
    /// The files that it is about, by name.
    pub files: Vec<PathBuf>,
}

/// Whose variables are looked for in the columns of new files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like<'a> {
    /// A vintage that has to be there.
    Named(&'a str),
    /// A vintage, if it is there: of the first there is none before it.
    IfThere(&'a str),
    /// Nobody's: every column is a variable.
    Nothing,
}

/// Reads the files in `folder` (not in folders below) and guesses a manifest for them. `crosswalk` is the file of
/// entities, where there is one. `day` writes a time in seconds since 1970 as `YYYY-MM-DD`.
///
/// # Errors
/// Where the folder or a file can't be read, the crosswalk is faulty, or a vintage that has to be there isn't.
pub fn new_vintage(
    workspace: &Path,
    data_root: Option<&Path>,
    name: &str,
    folder: &Path,
    crosswalk: Option<&Path>,
    like: Like<'_>,
    day: &dyn Fn(u64) -> String,
) -> Result<NewVintage, StagesError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |problem| StagesError::from(IngestError::Io { path, problem })
    };
    let crosswalk = crosswalk.map(Crosswalk::read).transpose()?;
    let folders = VintageFolders::new(data_root, workspace);
    let known = match like {
        Like::Named(name) => known_variables(&folders.locate(name)?.manifest),
        Like::IfThere(name) => match folders.locate(name) {
            Ok(vintage) => known_variables(&vintage.manifest),
            Err(IngestError::UnknownVintage { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        },
        Like::Nothing => Vec::new(),
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            let source = std::io::Error::other("its name isn't UTF-8; rename the file");
            return Err(io(&path)(source));
        };
        // What `vintage fetch` notes beside a file is none.
        let hidden = name.starts_with(['.', '~']) || name.ends_with(".fetched.json");
        if path.is_file() && !hidden {
            paths.push(path);
        }
    }
    paths.sort();
    let mut files = Vec::new();
    let mut newest = 0;
    for path in &paths {
        let metadata = path.metadata().map_err(io(path))?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        newest = newest.max(modified.map_or(0, |time| time.as_secs()));
        let bytes =
            if metadata.len() > LARGEST { Vec::new() } else { std::fs::read(path).map_err(io(path))? };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push((name, bytes));
    }
    let scaffold = scaffold(name, &day(newest), &files, crosswalk.as_ref(), &known);
    Ok(NewVintage { scaffold, files: paths })
}
