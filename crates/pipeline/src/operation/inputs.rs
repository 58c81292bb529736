//! What a running stage is handed: its inputs and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::DataFrame;
use serde::de::DeserializeOwned;

use super::artifact::{ColumnNotes, decode_frame, decode_noted};
use super::cancelled::Cancelled;
use super::input_declaration::InputDeclaration;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// The inputs of a running stage, by role.
#[derive(Debug, Clone)]
pub struct Inputs {
    pub(crate) roles: BTreeMap<String, Vec<Input>>,
    pub(crate) declarations: Vec<InputDeclaration>,
    /// The stage's own seed.
    pub seed: u64,
    /// Whether the run is to end; a stage that takes long looks now and then.
    pub cancelled: Cancelled,
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
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) digest: Digest,
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
                digest: Digest::of(file.bytes),
            });
        }
        Self { roles, declarations: vec![InputDeclaration::anything()], seed, cancelled }
    }

    /// All inputs by role, each role's in the order of its branches or paths.
    pub fn files(&self) -> impl Iterator<Item = InputFile<'_>> {
        self.roles.iter().flat_map(|(role, inputs)| {
            inputs.iter().map(|input| InputFile {
                role,
                key: &input.key,
                extension: &input.extension,
                place: input.place.as_deref(),
                bytes: &input.bytes,
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
            .map(|input| decode_noted(&input.bytes, declared, &format!("input `{role}`")));
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
            let Ok(frame) = decode_frame(&input.bytes, None, role) else { continue };
            if let Ok(values) = frame.column(column).and_then(|column| column.str()) {
                texts.extend(values.iter().flatten().map(str::to_owned));
            }
        }
        texts
    }

    /// The columns of all frames under `role`, those that the stage didn't declare included: for a
    /// message, as [`Inputs::texts_for_message`].
    pub fn columns_for_message(&self, role: &str) -> BTreeSet<String> {
        let frames = self.all(role).iter().filter_map(|input| decode_frame(&input.bytes, None, role).ok());
        frames.flat_map(|frame| frame.get_column_names_owned()).map(|name| name.to_string()).collect()
    }

    /// The columns that the stage declared of the frames under `role`.
    pub fn declared_columns(&self, role: &str) -> &[String] {
        let declared = InputDeclaration::covering(&self.declarations, role);
        declared.and_then(|declared| declared.columns.as_deref()).unwrap_or_default()
    }

    fn decode(&self, role: &str, input: &Input) -> Result<DataFrame> {
        let declared = InputDeclaration::covering(&self.declarations, role);
        decode_frame(&input.bytes, declared, &format!("input `{role}`"))
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
    /// Where there are none.
    pub fn bytes(&self, role: &str) -> Result<&[u8]> {
        self.one(role).map(|input| input.bytes.as_slice())
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
