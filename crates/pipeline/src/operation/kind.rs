//! What kinds of artifacts there are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of an artifact, which is also how it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A frame, stored as Parquet.
    Frame,
    /// A value, stored as JSON.
    Json,
    /// Text, stored as it is.
    Text,
    /// Any other file, stored as it is.
    File,
}

impl Kind {
    /// The ending of a file of this kind, where its declaration names no other.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Frame => "parquet",
            Kind::Json => "json",
            Kind::Text => "txt",
            Kind::File => "bin",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Kind::Frame => "frame",
            Kind::Json => "json",
            Kind::Text => "text",
            Kind::File => "file",
        })
    }
}
