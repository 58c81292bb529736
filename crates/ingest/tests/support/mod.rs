//! What the tests share: manifests and crosswalks in a few lines, and where files lie.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use vintner_ingest::{Checksum, Crosswalk, IngestError, Manifest, Source, Tidied, read_source_bytes};
use vintner_panel::PeriodWindow;

/// Three cities, one of which declares a suffix and a prefix.
pub const CITIES: &str = "id,en,zh,aliases,prefixes,suffixes\n\
                          jia,Jia,甲,,河东,市\n\
                          yi,Yi,乙,,,市\n\
                          bing,Bing,丙城,丙,,市\n";

pub fn cities() -> Crosswalk {
    Crosswalk::parse("cities.csv", CITIES).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The text of a manifest with the sources in `sources`, each a YAML list item.
pub fn manifest_text(sources: &str) -> String {
    format!(
        "title: {{en: Test}}\nkind: public\ndate: 2025-01-31\nnotice: {{en: For tests}}\nsources:\n{sources}"
    )
}

/// A source from its YAML fields, one a line, with the checksum of `bytes`.
pub fn source(fields: &str, bytes: &[u8]) -> Source {
    let fields: String = fields.trim().lines().map(|line| format!("    {}\n", line)).collect();
    let text = manifest_text(&format!("  - sha256: {}\n{fields}", Checksum::of(bytes)));
    let manifest = Manifest::parse("vintage.yaml", &text).unwrap_or_else(|faults| panic!("{faults}"));
    manifest.sources.into_iter().next().unwrap()
}

/// A long CSV source of the variable `v`, with further fields.
pub fn csv_source(more: &str, bytes: &[u8]) -> Source {
    let fields = format!(
        "name: s\nfile: t.csv\nformat: csv\nentity: city\ntime: year\ncolumns:\n  - {{column: v, variable: v}}\n{more}"
    );
    source(&fields, bytes)
}

/// What a CSV text is read as, without a crosswalk, by the fields of its source beside name and file.
pub fn read_csv(text: &str, fields: &str) -> Result<Tidied, IngestError> {
    let fields = format!("name: s\nfile: t.csv\nformat: csv\n{fields}");
    read_source_bytes(&source(&fields, text.as_bytes()), text.as_bytes(), None, None)
}

/// What is wrong with such a text.
pub fn csv_fault(text: &str, fields: &str) -> String {
    read_csv(text, fields).expect_err(text).to_string()
}

pub fn read(source: &Source, bytes: &[u8]) -> Result<Tidied, IngestError> {
    read_source_bytes(source, bytes, Some(&cities()), None)
}

/// What reading a text with a source says is wrong.
pub fn fault_text(source: &Source, bytes: &[u8]) -> String {
    read(source, bytes).expect_err("a fault").to_string()
}

/// Entity, time, category, variable, value and cell of each value, one a line.
pub fn lines(tidied: &Tidied) -> Vec<String> {
    let line = |value: &vintner_panel::TidyValue| {
        let entity = value.entity.as_deref().unwrap_or("-");
        let category = value.category.as_deref().map(|category| format!(" [{category}]")).unwrap_or_default();
        let number = value.value.map_or_else(|| "missing".into(), |number| format!("{number}"));
        format!("{entity} {}{category} {} = {number} at {}", value.time, value.variable, value.address.cell())
    };
    tidied.values().unwrap().iter().map(line).collect()
}

pub const WINDOW: PeriodWindow = PeriodWindow::of_years(2008, 2019);

/// The top of the checkout.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The data root that holds the raw files of the public vintages, where there is one; says why the
/// test is skipped otherwise.
pub fn public_data_root() -> Option<PathBuf> {
    let root = workspace().join("../shared/vintages");
    if root.join("public-2025/raw").is_dir() {
        Some(root)
    } else {
        eprintln!("skipped: no raw files of the public vintages in {}", root.display());
        None
    }
}
