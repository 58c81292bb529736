//! A file that a command makes.

use super::foreign_frame::frame_of;
use crate::files::line_not_utf8;
use crate::operation::{Artifact, Kind, OutputDeclaration};

/// Endings of files that are texts: they have to be UTF-8, and their lines are counted.
const TEXTS: [&str; 14] =
    ["bib", "csv", "html", "log", "md", "rst", "svg", "tex", "toml", "tsv", "txt", "xml", "yaml", "yml"];

/// A file that a command makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The output's name.
    pub name: String,
    /// Its path in the scratch folder, without `.` and `..`.
    pub path: String,
}

impl OutputFile {
    /// The ending of its name, in small letters.
    fn ending(&self) -> Option<String> {
        let name = self.path.rsplit('/').next()?;
        let (stem, ending) = name.rsplit_once('.')?;
        (!stem.is_empty() && !ending.is_empty()).then(|| ending.to_lowercase())
    }

    /// Its kind, which its ending says.
    pub fn kind(&self) -> Kind {
        match self.ending().as_deref() {
            Some("parquet") => Kind::Frame,
            Some("json") => Kind::Json,
            Some(ending) if TEXTS.contains(&ending) => Kind::Text,
            _ => Kind::File,
        }
    }

    /// How the stage declares it.
    pub(super) fn declaration(&self) -> OutputDeclaration {
        let declared = OutputDeclaration::new(&self.name, self.kind());
        match self.ending() {
            Some(ending) if ending != self.kind().extension() => declared.extension(ending),
            _ => declared,
        }
    }

    /// Its content as an artifact, or what is wrong with it.
    pub(super) fn artifact(&self, bytes: Vec<u8>) -> Result<Artifact, String> {
        match self.kind() {
            Kind::Frame => frame_of(bytes).map(Artifact::Parquet),
            Kind::Json => serde_json::from_slice(&bytes)
                .map(Artifact::Json)
                .map_err(|error| format!("it isn't JSON: {error} (a missing value is `null`, not NaN)")),
            Kind::Text => String::from_utf8(bytes)
                .map(Artifact::Text)
                .map_err(|error| format!("line {} isn't UTF-8; write it as UTF-8", line_not_utf8(&error))),
            Kind::File => Ok(Artifact::File(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_kind() {
        let of = |path: &str| {
            let declared = OutputFile { name: "x".into(), path: path.into() }.declaration();
            (declared.kind, declared.extension)
        };
        assert_eq!(of("a.parquet"), (Kind::Frame, None));
        assert_eq!(of("b/a.JSON"), (Kind::Json, None));
        assert_eq!(of("a.txt"), (Kind::Text, None));
        assert_eq!(of("a.b.csv"), (Kind::Text, Some("csv".into())));
        assert_eq!(of("figures/plot.png"), (Kind::File, Some("png".into())));
        assert_eq!(of("a.bin"), (Kind::File, None));
        for path in ["a", "a.d/b", ".json", "a."] {
            assert_eq!(of(path), (Kind::File, None), "{path}");
        }
    }
}
