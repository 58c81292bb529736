//! What a running stage is handed: its inputs and nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::DataFrame;
use serde::de::DeserializeOwned;

use super::artifact::{decode_frame, decode_noted};
use super::cancelled::Cancelled;
use super::column_notes::ColumnNotes;
use super::frame_blocks::{FrameBlocks, FrameWriter};
use super::input_declaration::InputDeclaration;
use super::memory::{TIMES, block_rows};
use super::standing::Standing;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// The inputs of a running stage, by role.
#[derive(Debug, Clone)]
pub struct Inputs {
    pub(crate) roles: BTreeMap<String, Vec<Input>>,
    pub(crate) declarations: Vec<InputDeclaration>,
    /// The stage or branch that runs, as `stage[item]`: what an output may say of where it comes from, since
    /// [`seed`](Self::seed), and so the fingerprint, is another one under another name. Empty without an engine.
    pub branch: String,
    /// The stage's own seed.
    pub seed: u64,
    /// Whether the run is to end; a stage that takes long looks now and then.
    pub cancelled: Cancelled,
    /// What the stage may hold, where that is bounded.
    pub(crate) memory: Option<Memory>,
    /// The folder of its inputs, where some of them lie there already.
    pub(crate) standing: Option<Arc<Standing>>,
}

/// What a stage may hold.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    pub(crate) bytes: u64,
    /// Where it puts what it writes in blocks.
    pub(crate) scratch: Arc<tempfile::TempDir>,
}

/// One artifact or file under a role.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// The branch, or the file's path within its folder.
    pub(crate) key: String,
    /// The ending of its file's name, without the dot.
    pub(crate) extension: String,
    /// Of a file of the workspace, its path from there.
    pub(crate) place: Option<PathBuf>,
    /// Its bytes; none where it is left in its file, or lies where the stage finds it.
    pub(crate) bytes: Arc<Vec<u8>>,
    /// The file that it is left in.
    pub(crate) file: Option<PathBuf>,
    /// Bytes that what is read of it takes in memory.
    pub(crate) size: u64,
    pub(crate) digest: Digest,
    /// Whether it lies in the folder of the stage's inputs already.
    pub(crate) stands: bool,
}

impl Input {
    /// Its bytes, read where it was left in its file.
    fn content(&self, role: &str) -> Result<Cow<'_, [u8]>> {
        match &self.file {
            None => Ok(Cow::Borrowed(&self.bytes)),
            Some(path) => vintner_guard::read_regular(path).map(Cow::Owned).map_err(|error| {
                PipelineError::Artifact { what: format!("input `{role}`"), message: error.to_string() }
            }),
        }
    }
}

/// An input as another program would be handed it.
#[derive(Debug, Clone, Copy)]
pub struct InputFile<'a> {
    /// The role under which it was given.
    pub role: &'a str,
    /// The branch that it comes from; empty where its stage has none.
    pub key: &'a str,
    /// The ending of its file's name, without the dot.
    pub extension: &'a str,
    /// Of a file of the workspace, its path from there.
    pub place: Option<&'a Path>,
    /// Its content.
    pub bytes: &'a [u8],
}

impl Inputs {
    /// Inputs made by hand, for running a stage without an engine. All of each is read.
    pub fn from_files<'f>(
        files: impl IntoIterator<Item = InputFile<'f>>,
        seed: u64,
        cancelled: Cancelled,
    ) -> Self {
        let mut roles: BTreeMap<String, Vec<Input>> = BTreeMap::new();
        for file in files {
            roles.entry(file.role.to_owned()).or_default().push(Input {
                key: file.key.to_owned(),
                extension: file.extension.to_owned(),
                place: file.place.map(Path::to_owned),
                bytes: Arc::new(file.bytes.to_vec()),
                file: None,
                size: file.bytes.len() as u64,
                digest: Digest::of(file.bytes),
                stands: false,
            });
        }
        let (declarations, branch) = (vec![InputDeclaration::anything()], String::new());
        Self { roles, declarations, branch, seed, cancelled, memory: None, standing: None }
    }

    /// All inputs by role, each role's in the order of its branches or paths.
    pub fn files(&self) -> impl Iterator<Item = InputFile<'_>> {
        self.given().map(|(file, _)| file)
    }

    /// The same with all that is known of each.
    pub(crate) fn given(&self) -> impl Iterator<Item = (InputFile<'_>, &Input)> {
        self.roles.iter().flat_map(|(role, inputs)| {
            inputs.iter().map(|input| {
                let file = InputFile {
                    role,
                    key: &input.key,
                    extension: &input.extension,
                    place: input.place.as_deref(),
                    bytes: &input.bytes,
                };
                (file, input)
            })
        })
    }

    /// Whether anything was given under `role`.
    pub fn has(&self, role: &str) -> bool {
        self.roles.get(role).is_some_and(|given| !given.is_empty())
    }

    /// The roles under which anything was given, beside `named`: those of an
    /// [`InputDeclaration::any`].
    pub fn other_roles<'a>(&'a self, named: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.roles.keys().map(String::as_str).filter(move |role| !named.contains(role))
    }

    /// The frame under `role`, with the columns that the stage declared.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn frame(&self, role: &str) -> Result<DataFrame> {
        let input = self.one(role)?;
        self.decode(role, input)
    }

    /// All frames under `role`, with their branches' keys.
    ///
    /// # Errors
    /// Where one can't be read.
    pub fn frames(&self, role: &str) -> Result<Vec<(String, DataFrame)>> {
        self.all(role).iter().map(|input| Ok((input.key.clone(), self.decode(role, input)?))).collect()
    }

    /// All frames under `role` of which anything is read, with the notes to their columns.
    ///
    /// # Errors
    /// Where one can't be read.
    pub fn noted_frames(&self, role: &str) -> Result<Vec<(DataFrame, ColumnNotes)>> {
        let declared = InputDeclaration::covering(&self.declarations, role);
        let frames = self
            .all(role)
            .iter()
            .map(|input| decode_noted(&input.content(role)?, declared, &format!("input `{role}`")));
        let read = |frame: &Result<(DataFrame, ColumnNotes)>| {
            !frame.as_ref().is_ok_and(|(frame, _)| frame.width() == 0)
        };
        frames.filter(read).collect()
    }

    /// The texts in a column of all frames under `role`, those in rows that the stage didn't declare
    /// included: for a message that says what there would have been, never for a result, since the
    /// fingerprint doesn't hold them.
    pub fn texts_for_message(&self, role: &str, column: &str) -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        for input in self.all(role) {
            let Ok(bytes) = input.content(role) else { continue };
            let Ok(frame) = decode_frame(&bytes, None, role) else { continue };
            if let Ok(values) = frame.column(column).and_then(|column| column.str()) {
                texts.extend(values.iter().flatten().map(str::to_owned));
            }
        }
        texts
    }

    /// The columns of all frames under `role`, those that the stage didn't declare included: for a
    /// message, as [`Inputs::texts_for_message`].
    pub fn columns_for_message(&self, role: &str) -> BTreeSet<String> {
        let mut columns = BTreeSet::new();
        for input in self.all(role) {
            match &input.file {
                // The names stand at its end.
                Some(path) => {
                    let blocks = FrameBlocks::open(path, role, 1, |_| None);
                    columns.extend(blocks.map(|blocks| blocks.columns().to_vec()).unwrap_or_default());
                }
                None => {
                    let Ok(frame) = decode_frame(&input.bytes, None, role) else { continue };
                    columns.extend(frame.get_column_names_owned().iter().map(|name| name.to_string()));
                }
            }
        }
        columns
    }

    /// The columns that the stage declared of the frames under `role`.
    pub fn declared_columns(&self, role: &str) -> &[String] {
        let declared = InputDeclaration::covering(&self.declarations, role);
        declared.and_then(|declared| declared.columns.as_deref()).unwrap_or_default()
    }

    fn decode(&self, role: &str, input: &Input) -> Result<DataFrame> {
        let declared = InputDeclaration::covering(&self.declarations, role);
        decode_frame(&input.content(role)?, declared, &format!("input `{role}`"))
    }

    /// The JSON value under `role`.
    ///
    /// # Errors
    /// Where there is none, or it isn't a `T`.
    pub fn json<T: DeserializeOwned>(&self, role: &str) -> Result<T> {
        let input = self.one(role)?;
        from_json(role, input)
    }

    /// All JSON values under `role`, with their branches' keys.
    ///
    /// # Errors
    /// Where one isn't a `T`.
    pub fn jsons<T: DeserializeOwned>(&self, role: &str) -> Result<Vec<(String, T)>> {
        self.all(role).iter().map(|input| Ok((input.key.clone(), from_json(role, input)?))).collect()
    }

    /// The bytes under `role`.
    ///
    /// # Errors
    /// Where there are none, or they can't be read.
    pub fn bytes(&self, role: &str) -> Result<Cow<'_, [u8]>> {
        self.one(role)?.content(role)
    }

    /// The file of what is left under `role` in its file.
    ///
    /// # Errors
    /// Where nothing is given there, or it was read already.
    pub fn path(&self, role: &str) -> Result<&Path> {
        let input = self.one(role)?;
        input.file.as_deref().ok_or_else(|| PipelineError::Artifact {
            what: format!("input `{role}`"),
            message: "it isn't in a file of its own".into(),
        })
    }

    /// Whether the stage may hold all that it reads, with what it makes of it.
    pub fn fit(&self) -> bool {
        self.memory.as_ref().is_none_or(|memory| self.size().saturating_mul(TIMES) <= memory.bytes)
    }

    /// How many bytes of memory all takes that is read.
    pub fn size(&self) -> u64 {
        self.roles.values().flatten().map(|input| input.size).sum()
    }

    /// What the stage may hold, in bytes, where that is bounded.
    pub fn memory(&self) -> Option<u64> {
        self.memory.as_ref().map(|memory| memory.bytes)
    }

    /// The fault of a stage that can't work on its inputs some rows at a time, and may not hold them: `why` says what
    /// of it needs all rows at once.
    pub fn too_large(&self, why: impl Into<String>) -> PipelineError {
        PipelineError::TooLarge {
            why: why.into(),
            needed: self.size().saturating_mul(TIMES),
            memory: self.memory().unwrap_or_default(),
        }
    }

    /// How many rows of so many columns a block has.
    pub fn block_rows(&self, columns: usize) -> usize {
        block_rows(self.memory().unwrap_or(u64::MAX), columns)
    }

    /// The frame under `role`, to be read some rows at a time, with the columns that the stage declared.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn blocks(&self, role: &str) -> Result<FrameBlocks> {
        self.opened(role, self.one(role)?)
    }

    /// All frames under `role` of which anything is read, to be read some rows at a time.
    ///
    /// # Errors
    /// Where one can't be read.
    pub fn all_blocks(&self, role: &str) -> Result<Vec<FrameBlocks>> {
        let opened: Vec<FrameBlocks> =
            self.all(role).iter().map(|input| self.opened(role, input)).collect::<Result<_>>()?;
        Ok(opened.into_iter().filter(|blocks| !blocks.columns().is_empty()).collect())
    }

    fn opened(&self, role: &str, input: &Input) -> Result<FrameBlocks> {
        let what = format!("input `{role}`");
        let (Some(path), Some(memory)) = (&input.file, &self.memory) else {
            let message = "it isn't in a file of its own".into();
            return Err(PipelineError::Artifact { what, message });
        };
        let declared = InputDeclaration::covering(&self.declarations, role);
        FrameBlocks::open(path, &what, memory.bytes, |all| declared?.read_of(all))
    }

    /// One of `count` frames that the stage writes some rows at a time, all at once.
    ///
    /// # Errors
    /// As of [`Inputs::writer`].
    pub fn one_writer_of(&self, count: usize) -> Result<FrameWriter> {
        let mut writer = self.writer()?;
        // Together they hold back a third of what the stage may take, at some 100 bytes a row.
        writer.hold_back(self.memory().unwrap_or_default() / 300 / count.max(1) as u64);
        Ok(writer)
    }

    /// A frame that the stage writes some rows at a time.
    ///
    /// # Errors
    /// Where no file can be made for it, or the stage's memory isn't bounded.
    pub fn writer(&self) -> Result<FrameWriter> {
        match &self.memory {
            Some(memory) => FrameWriter::new(memory.scratch.path(), memory.bytes),
            None => Err(PipelineError::Artifact {
                what: "a frame in blocks".into(),
                message: "the stage's memory isn't bounded".into(),
            }),
        }
    }

    /// The text under `role`.
    ///
    /// # Errors
    /// Where there is none, or it isn't UTF-8.
    pub fn text(&self, role: &str) -> Result<&str> {
        let input = self.one(role)?;
        text(role, input)
    }

    /// The texts of the files under `role`, with their paths within the folder that was named.
    ///
    /// # Errors
    /// Where one isn't UTF-8.
    pub fn texts(&self, role: &str) -> Result<Vec<(&str, &str)>> {
        self.all(role).iter().map(|input| Ok((input.key.as_str(), text(role, input)?))).collect()
    }

    fn all(&self, role: &str) -> &[Input] {
        self.roles.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    fn one(&self, role: &str) -> Result<&Input> {
        match self.all(role) {
            [input] => Ok(input),
            given => Err(PipelineError::Artifact {
                what: format!("input `{role}`"),
                message: format!("one expected, {} given", given.len()),
            }),
        }
    }
}

fn text<'a>(role: &str, input: &'a Input) -> Result<&'a str> {
    std::str::from_utf8(&input.bytes).map_err(|error| PipelineError::Artifact {
        what: format!("input `{role}` {}", input.key),
        message: format!("not UTF-8: {error}"),
    })
}

fn from_json<T: DeserializeOwned>(role: &str, input: &Input) -> Result<T> {
    serde_json::from_slice(&input.bytes).map_err(|error| PipelineError::Artifact {
        what: format!("input `{role}` {}", input.key),
        message: error.to_string(),
    })
}
