//! Reading what was guessed, so that nothing is proposed that isn't known to be read.

use crate::crosswalk::Crosswalk;
use crate::error::IngestError;
use crate::manifest::Manifest;
use crate::read::read_source_bytes;
use crate::source::Source;

/// What came of reading a source as its lines in the manifest say.
#[derive(Debug)]
pub(super) enum Proof {
    /// It can be read so.
    Read(Box<Source>),
    /// It has faults: how many, and the first of them.
    Faulty(Box<Source>, usize, String),
    /// It isn't complete, or doesn't go together.
    Incomplete(String),
}

/// Reads a file as the lines of its source say.
pub(super) fn proof(lines: &str, bytes: &[u8], crosswalk: Option<&Crosswalk>) -> Proof {
    let text =
        format!("title: {{en: x}}\nkind: public\ndate: 2000-01-01\nnotice: {{en: x}}\nsources:\n{lines}");
    let source = match Manifest::parse("vintage.yaml", &text) {
        Ok(manifest) => manifest.sources.into_iter().next(),
        Err(faults) => {
            let first = faults.iter().next().map(|fault| fault.message.clone());
            return Proof::Incomplete(first.unwrap_or_default());
        }
    };
    let Some(source) = source else { return Proof::Incomplete("no source".into()) };
    let (mut count, mut first) = (0, None);
    for part in source.parts() {
        let (faults, told) = match read_source_bytes(&part, bytes, crosswalk, None) {
            Ok(_) => continue,
            Err(IngestError::Source { faults, .. }) => {
                (faults.len(), faults.iter().next().map(ToString::to_string).unwrap_or_default())
            }
            Err(error) => (1, error.to_string()),
        };
        count += faults;
        first.get_or_insert(told);
    }
    match first {
        None => Proof::Read(Box::new(source)),
        Some(told) => Proof::Faulty(Box::new(source), count, told),
    }
}
