//! The folder in which a command runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::output_file::OutputFile;
use super::problem::CommandProblem;
use crate::digest::{Digest, canonical_json};
use crate::files::{Stamp, file_name, now};
use crate::operation::{Input, InputFile, Inputs, Outputs, Standing, StandingFile};

/// The folder of a scratch folder in which the inputs lie.
pub(crate) const INPUTS: &str = "inputs";

/// The file of a scratch folder in which the parameters are.
pub(super) const PARAMS: &str = "params.json";

/// What names of such folders begin with, and what is in each.
pub(crate) const SCRATCH_PREFIX: &str = "vintner-";
pub(crate) const SCRATCH_PARTS: [&str; 2] = ["scratch", "tmp"];

/// A folder that holds the inputs and nothing else, and beside it one for temporary files. Both are
/// removed with it.
#[derive(Debug)]
pub(super) struct Scratch<'a> {
    root: Option<TempDir>,
    /// Held for as long as the folder is in use, where the system can lock folders: those of killed runs
    /// are told by it.
    _held: Option<fs::File>,
    folder: PathBuf,
    temporary: PathBuf,
    /// What lies in the folder, by path.
    inputs: BTreeMap<PathBuf, &'a Input>,
    /// The folder of inputs that was handed over for it.
    standing: Option<&'a Standing>,
    params: Vec<u8>,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    File,
    Link,
    Special,
}

impl<'a> Scratch<'a> {
    /// Makes one below `parent`, with the inputs, the parameters, and the folders that outputs go to.
    pub(super) fn lay_out(
        parent: &Path,
        inputs: &'a Inputs,
        outputs: &[OutputFile],
        params: &Value,
    ) -> Result<Self, CommandProblem> {
        let parent = std::path::absolute(parent).map_err(CommandProblem::io(parent, "finding the folder"))?;
        fs::create_dir_all(&parent).map_err(CommandProblem::io(&parent, "making a folder"))?;
        let root = tempfile::Builder::new()
            .prefix(SCRATCH_PREFIX)
            .tempdir_in(&parent)
            .map_err(CommandProblem::io(&parent, "making a scratch folder"))?;
        let held = fs::File::open(root.path()).ok().filter(|folder| folder.try_lock().is_ok());
        let [folder, temporary] = SCRATCH_PARTS.map(|part| root.path().join(part));
        let scratch = Self {
            root: Some(root),
            _held: held,
            folder,
            temporary,
            inputs: places(inputs, outputs)?,
            standing: inputs.standing.as_deref(),
            params: format!("{}\n", canonical_json(params)).into_bytes(),
        };
        for folder in [&scratch.folder, &scratch.temporary] {
            fs::create_dir(folder).map_err(CommandProblem::io(folder, "making a folder"))?;
        }
        if let Some(standing) = scratch.standing {
            let into = scratch.folder.join(INPUTS);
            fs::rename(standing.folder(), &into)
                .map_err(CommandProblem::io(&into, "handing over the inputs"))?;
        }
        for (path, input) in &scratch.inputs {
            if !input.stands {
                scratch.write(path, &input.bytes)?;
                scratch.note_written(path, input)?;
            }
        }
        scratch.write(Path::new(PARAMS), &scratch.params)?;
        for output in outputs {
            scratch.make_parent(&scratch.folder.join(&output.path))?;
        }
        Ok(scratch)
    }

    /// The folder that holds all of them.
    pub(super) fn root(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// The folder in which the command runs.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder for temporary files.
    pub(super) fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// The file with the parameters.
    pub(super) fn params(&self) -> PathBuf {
        self.folder.join(PARAMS)
    }

    /// Lets the folder stay, and says where it is.
    pub(super) fn keep(mut self) -> PathBuf {
        if let Some(root) = self.root.take() {
            // Whoever looks for what killed runs left passes it by.
            let _ = fs::write(root.path().join("kept"), "");
            let _ = root.keep();
        }
        std::mem::take(&mut self.folder)
    }

    fn make_parent(&self, file: &Path) -> Result<(), CommandProblem> {
        match file.parent() {
            Some(parent) if parent != self.folder => {
                fs::create_dir_all(parent).map_err(CommandProblem::io(parent, "making a folder"))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), CommandProblem> {
        let file = self.folder.join(path);
        self.make_parent(&file)?;
        fs::write(&file, bytes).map_err(CommandProblem::io(&file, "writing an input"))?;
        // Whether a file can be run isn't in any fingerprint, so its content says it.
        #[cfg(unix)]
        if bytes.starts_with(b"#!") || bytes.starts_with(b"\x7fELF") {
            use std::os::unix::fs::PermissionsExt;
            let runnable = fs::Permissions::from_mode(0o755);
            fs::set_permissions(&file, runnable).map_err(CommandProblem::io(&file, "setting permissions"))?;
        }
        Ok(())
    }

    /// Notes what the file system says of a file of the folder that was handed over.
    fn note_written(&self, path: &Path, input: &Input) -> Result<(), CommandProblem> {
        let Some((standing, within)) = self.standing.zip(path.strip_prefix(INPUTS).ok()) else {
            return Ok(());
        };
        let file = self.folder.join(path);
        let metadata = file.symlink_metadata().map_err(CommandProblem::io(&file, "looking at"))?;
        match Stamp::of(&metadata) {
            Some((identity, stamp)) => {
                let digest = input.digest.clone();
                standing.note(within, StandingFile { digest, identity, stamp, is_settled: false });
            }
            None => standing.spoil(),
        }
        Ok(())
    }

    /// Hands the folder of inputs back that was handed over, once the command has left it as it was.
    pub(super) fn hand_back(&self) {
        let Some(standing) = self.standing else { return };
        if let Err(error) = fs::rename(self.folder.join(INPUTS), standing.folder()) {
            tracing::debug!(%error, "the folder of inputs isn't kept");
            standing.spoil();
        }
    }

    /// The outputs, if the command left its inputs alone and wrote them and nothing else.
    pub(super) fn collect(&self, outputs: &[OutputFile]) -> Result<Outputs, CommandProblem> {
        let mut found = self.found()?;
        self.check_inputs(&mut found)?;
        let (mut missing, mut others) = (Vec::new(), Vec::new());
        for output in outputs {
            let path = Path::new(&output.path);
            let named = format!("`{}` (output `{}`)", output.path, output.name);
            match found.remove(path) {
                Some(Found::File) => {}
                Some(Found::Link) => others.push(format!("{named} is a symbolic link")),
                Some(Found::Special) => others.push(format!("{named} is a pipe, a socket or a device")),
                None if self.folder.join(path).is_dir() => others.push(format!("{named} is a folder")),
                None => missing.push(named),
            }
        }
        let written: Vec<String> = found.keys().map(|path| format!("`{}`", path.display())).collect();
        if !others.is_empty() {
            return Err(CommandProblem::NotFiles { found: others });
        }
        if !missing.is_empty() {
            return Err(CommandProblem::Missing { missing, written });
        }
        if !written.is_empty() {
            return Err(CommandProblem::Undeclared { paths: written });
        }
        outputs.iter().try_fold(Outputs::new(), |made, output| {
            let file = self.folder.join(&output.path);
            let bytes = fs::read(&file).map_err(CommandProblem::io(&file, "reading an output"))?;
            let artifact = output.artifact(bytes).map_err(|message| CommandProblem::Content {
                output: output.name.clone(),
                path: output.path.clone(),
                message,
            })?;
            Ok(made.with(&output.name, artifact))
        })
    }

    /// Takes the inputs out of what was found. They are compared byte by byte: a size and a time can
    /// be the same by chance, and what was copied a moment ago is still in memory. Only of what lay there long
    /// before is the file system believed.
    fn check_inputs(&self, found: &mut BTreeMap<PathBuf, Found>) -> Result<(), CommandProblem> {
        let mut changes = Vec::new();
        let params = Path::new(PARAMS);
        let inputs = self.inputs.iter().map(|(path, input)| (path.as_path(), Some(*input)));
        for (path, input) in inputs.chain([(params, None)]) {
            let file = self.folder.join(path);
            let is_as_given = || match input {
                Some(input) => self.is_as_given(path, &file, input),
                None => fs::read(&file).is_ok_and(|there| there == self.params),
            };
            match found.remove(path) {
                None => changes.push(format!("removed `{}`", path.display())),
                Some(Found::File) if is_as_given() => {}
                Some(_) => changes.push(format!("changed `{}`", path.display())),
            }
        }
        if changes.is_empty() { Ok(()) } else { Err(CommandProblem::InputsChanged { changes }) }
    }

    /// Whether an input holds what it held. Of a folder that was handed over, a file is known by its stamp where
    /// every write shows in it.
    fn is_as_given(&self, path: &Path, file: &Path, input: &Input) -> bool {
        let standing = self.standing.zip(path.strip_prefix(INPUTS).ok());
        let Some((standing, within)) = standing else {
            return fs::read(file).is_ok_and(|there| there == *input.bytes);
        };
        let stamp = file.symlink_metadata().ok().and_then(|metadata| Stamp::of(&metadata));
        let known = standing.file(within).filter(|known| Some((known.identity, known.stamp)) == stamp);
        if known.as_ref().is_some_and(|known| known.is_settled) {
            return true;
        }
        let read = now();
        let is_same = fs::read(file).is_ok_and(|there| Digest::of(&there) == input.digest);
        match known {
            Some(known) => {
                standing.note(within, StandingFile { is_settled: known.stamp.is_settled_by(read), ..known });
            }
            None => standing.spoil(),
        }
        is_same
    }

    /// All that stands in the folder but folders. Links aren't followed.
    fn found(&self) -> Result<BTreeMap<PathBuf, Found>, CommandProblem> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(CommandProblem::io(&folder, "listing"))? {
                let entry = entry.map_err(CommandProblem::io(&folder, "listing"))?;
                let path = entry.path();
                let kind = entry.file_type().map_err(CommandProblem::io(&path, "looking at"))?;
                if kind.is_dir() {
                    folders.push(path);
                    continue;
                }
                let kind = match () {
                    () if kind.is_symlink() => Found::Link,
                    () if kind.is_file() => Found::File,
                    () => Found::Special,
                };
                found.insert(path.strip_prefix(&self.folder).unwrap_or(&path).to_owned(), kind);
            }
        }
        Ok(found)
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let Some(root) = self.root.take() else { return };
        remove_scratch(&root.keep());
    }
}

/// Takes away a folder in which a command ran.
pub(crate) fn remove_scratch(path: &Path) {
    if fs::remove_dir_all(path).is_ok() {
        return;
    }
    // A folder that its owner may not write into keeps what is in it.
    #[cfg(unix)]
    open_folders(path);
    if let Err(error) = fs::remove_dir_all(path) {
        tracing::warn!(path = %path.display(), %error, "a scratch folder can't be removed");
    }
}

#[cfg(unix)]
fn open_folders(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_folders(&entry.path());
        }
    }
}

/// The inputs by their paths in the folder, each at one of its own that no output takes.
fn places<'a>(
    inputs: &'a Inputs,
    outputs: &[OutputFile],
) -> Result<BTreeMap<PathBuf, &'a Input>, CommandProblem> {
    let mut places: BTreeMap<PathBuf, &Input> = BTreeMap::new();
    for (file, input) in inputs.given() {
        let path = place(&file);
        let clash =
            |other| CommandProblem::Clash { path: path.display().to_string(), one: "an input", other };
        if path == Path::new(PARAMS) {
            return Err(clash("the stage's parameters"));
        }
        if outputs.iter().any(|output| Path::new(&output.path) == path) {
            return Err(clash("an output"));
        }
        // A file may be declared alone and as one of a folder.
        if places.insert(path.clone(), input).is_some_and(|other| other.digest != input.digest) {
            return Err(clash("another"));
        }
    }
    Ok(places)
}

/// Where an input lies: a file of the workspace at its own path, an artifact under its role.
pub(crate) fn place(input: &InputFile<'_>) -> PathBuf {
    if let Some(place) = input.place.and_then(inside) {
        return place;
    }
    let role = Path::new(INPUTS).join(file_name(input.role));
    if input.place.is_some() {
        // A file of elsewhere, by its name or its path in the folder that was named.
        return input
            .key
            .split('/')
            .filter(|part| !part.is_empty())
            .map(file_name)
            .fold(role, |path, part| path.join(part));
    }
    let stem = if input.key.is_empty() { role } else { role.join(file_name(input.key)) };
    if input.extension.is_empty() {
        return stem;
    }
    let mut path = stem.into_os_string();
    path.push(".");
    path.push(file_name(input.extension));
    path.into()
}

/// A path without `.` and `..`, if it stays inside of where it starts.
pub(crate) fn inside(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::CurDir => {}
            Component::ParentDir if plain.pop() => {}
            _ => return None,
        }
    }
    plain.file_name().is_some().then_some(plain)
}
