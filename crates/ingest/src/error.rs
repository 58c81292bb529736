//! What can go wrong between a vintage's name and its tidy values.

use std::path::PathBuf;

use vintner_diagnostics::Faults;

use crate::source_fault::SourceFaults;

/// The result of reading a vintage or a part of it.
pub type Result<T> = std::result::Result<T, IngestError>;

/// A fault in a vintage, its manifest, its crosswalk or its raw files.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A file couldn't be read from disk.
    #[error("can't read {}: {problem}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        problem: std::io::Error,
    },
    /// The manifest isn't one.
    #[error("{0}")]
    Manifest(Faults),
    /// The crosswalk isn't one.
    #[error("{0}")]
    Crosswalk(Faults),
    /// There is no vintage of that name.
    #[error(
        "no vintage `{name}`{}\n      = {}",
        searched.iter().map(|path| format!("\n  looked for {}", path.display())).collect::<String>(),
        vintage_hint(suggestion.as_deref(), known)
    )]
    UnknownVintage {
        /// The name asked for.
        name: String,
        /// Where its manifest was looked for.
        searched: Vec<PathBuf>,
        /// The vintages that there are.
        known: Vec<String>,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// Raw files aren't where they should be.
    #[error(
        "vintage `{vintage}`: {} of its raw files missing{}\n  looked in {}\n      = put {} in {}, or name a \
         folder that is laid out like data/vintages with --data-root DIR or VINTNER_DATA_ROOT",
        files.len(),
        files.iter().map(|file| format!("\n  {file}")).collect::<String>(),
        searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" and "),
        if files.len() == 1 { "it" } else { "them" },
        destination.display()
    )]
    MissingFiles {
        /// The vintage.
        vintage: String,
        /// The missing files, as the manifest names them; one that is there under nearly the same
        /// name is followed by that name.
        files: Vec<String>,
        /// The folders in which they were looked for.
        searched: Vec<PathBuf>,
        /// Where to put them.
        destination: PathBuf,
    },
    /// Raw files have names of a source's pattern, and the manifest doesn't list them.
    #[error(
        "vintage `{vintage}`: {} of the pattern {pattern:?} (source `{name}`) that `files` doesn't list{}\n      = list \
         {} with what `sha256sum` prints, or move {} away",
        if files.len() == 1 { "a file".to_owned() } else { format!("{} files", files.len()) },
        files.iter().map(|file| format!("\n  {file}")).collect::<String>(),
        if files.len() == 1 { "it" } else { "them" },
        if files.len() == 1 { "it" } else { "them" }
    )]
    NotListed {
        /// The vintage.
        vintage: String,
        /// The source.
        name: String,
        /// The pattern of its files.
        pattern: String,
        /// The files, from the raw folder.
        files: Vec<String>,
    },
    /// A raw file isn't the one that the manifest means.
    #[error(
        "{file}: not the file that the manifest means (source `{name}`)\n  expected sha256 {expected}\n  found    \
         sha256 {found}\n      = {}{}",
        checksum_hint(*line_ends, found),
        within(faults)
    )]
    Checksum {
        /// The source.
        name: String,
        /// The file.
        file: String,
        /// The checksum in the manifest.
        expected: String,
        /// The file's own checksum.
        found: String,
        /// Whether it differs from the one that is meant in nothing but how its lines end.
        line_ends: bool,
        /// What is wrong in it as it is; none if it can be read as the manifest says.
        faults: Box<SourceFaults>,
    },
    /// What was read can't be laid out as a table.
    #[error("laying out what was read: {0}")]
    Table(#[from] vintner_panel::PanelError),
    /// What a raw file holds is wrong.
    #[error("source `{name}`: {} fault{}\n{faults}", faults.len(), if faults.len() == 1 { "" } else { "s" })]
    Source {
        /// The source.
        name: String,
        /// The faults.
        faults: SourceFaults,
    },
}

fn checksum_hint(line_ends: bool, found: &str) -> String {
    if line_ends {
        return "it differs in nothing but its line ends (LF against CRLF), which git changes on its way out: write \
                `* -text` into a .gitattributes beside the raw files, then `git add --renormalize` them and check them \
                out again"
            .into();
    }
    format!(
        "get the original file; or, if it was meant to change, write the new sum into vintage.yaml: `sha256: {found}`"
    )
}

/// What would be wrong besides, with the file as it is.
fn within(faults: &SourceFaults) -> String {
    match faults.len() {
        0 => String::new(),
        1 => format!("\nas it is there is a fault in it, too:\n{faults}"),
        count => format!("\nas it is there are {count} faults in it, too:\n{faults}"),
    }
}

fn vintage_hint(suggestion: Option<&str>, known: &[String]) -> String {
    match (suggestion, known) {
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, []) => "there are no vintages there; a vintage is a folder with a vintage.yaml".into(),
        (None, names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("there are: {}", names.join(", "))
        }
    }
}
