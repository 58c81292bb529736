//! From a specification and published tables to raw files.

use std::collections::BTreeMap;
use std::path::Path;

use faer::Mat;
use sha2::{Digest, Sha256};
use vintner_diagnostics::Document;
use vintner_pipeline::write_within;
use vintner_reconstruction::{Agreement, ReconstructionProblem, reconstruct_cross_products, verify};

use super::error::ReconstructError;
use super::paths::paths;
use super::spec::Specification;
use super::{derivation, manifest, problem, raw_table};

/// The manifest whose checksums are kept in step with the raw files.
const MANIFEST: &str = "vintage.yaml";

/// What a reconstruction made.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How the rounded data compare with the published tables.
    pub agreement: Agreement,
    /// Least slack of the bounds on t^2 beyond the solver's margin.
    pub least_slack: f64,
    /// Standard deviations of the variables, mean over units, in the specification's order.
    pub mean_spreads: Vec<(String, f64)>,
    /// The files with their checksums; the manifest comes last, if there is one.
    pub files: Vec<ReconstructedFile>,
    /// Raw files that no source in the manifest names.
    pub unnamed: Vec<String>,
}

/// One file of a reconstructed vintage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconstructedFile {
    /// Path inside the vintage.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Whether the folder held other bytes, or no such file, before.
    pub changed: bool,
}

/// A vintage in memory.
struct Reconstruction {
    files: BTreeMap<String, Vec<u8>>,
    agreement: Agreement,
    least_slack: f64,
    mean_spreads: Vec<(String, f64)>,
}

/// Makes the raw files that `specification` describes from the tables in `published`, writes them
/// into `output`, and refreshes the checksums of `output`'s `vintage.yaml`.
///
/// The same specification and tables give the same bytes.
///
/// # Errors
/// When a file cannot be read or written, the specification has faults, or the rounded data do not
/// show every published digit and star; nothing is written then.
pub fn reconstruct(
    specification: &Path,
    published: &Path,
    output: &Path,
) -> Result<Report, ReconstructError> {
    let reconstruction = make(specification, published)?;
    finish(reconstruction, output, true)
}

/// Makes everything again without writing; the report's files say whether they would change.
///
/// # Errors
/// As [`reconstruct`].
pub fn check(specification: &Path, published: &Path, output: &Path) -> Result<Report, ReconstructError> {
    let reconstruction = make(specification, published)?;
    finish(reconstruction, output, false)
}

fn make(specification_path: &Path, published: &Path) -> Result<Reconstruction, ReconstructError> {
    let text = std::fs::read_to_string(specification_path).map_err(|source| ReconstructError::Io {
        path: specification_path.to_owned(),
        action: "read",
        source,
    })?;
    let file = specification_path.display().to_string();
    let specification: Specification = Document::parse(&file, &text)
        .and_then(|document| document.decode())
        .map_err(ReconstructError::Specification)?;
    let problem = problem::problem(&specification, &file, published)?;
    let found = reconstruct_cross_products(&problem, &problem::options(&specification))?;
    let paths = paths(&specification, &problem, &found.matrices)?;
    let mut derivation = derivation::Derivation::new(&specification, &file, &problem, paths);
    derivation.run()?;
    // The variables are now those that the rounded raw series imply.
    let agreement = verify(&problem, &derivation.paths)?;
    if !agreement.differences.is_empty() {
        return Err(ReconstructError::Missed { differences: agreement.differences });
    }
    let files = raw_files(&specification, &file, &derivation)?;
    let mean_spreads = mean_spreads(&problem, &derivation.paths);
    Ok(Reconstruction { files, agreement, least_slack: found.least_slack, mean_spreads })
}

fn raw_files(
    specification: &Specification,
    file: &str,
    derivation: &derivation::Derivation<'_>,
) -> Result<BTreeMap<String, Vec<u8>>, ReconstructError> {
    let mut files = BTreeMap::new();
    let mut workbooks: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for table in &specification.files {
        let inconsistent = |reason: &str| ReconstructError::Inconsistent {
            file: file.to_owned(),
            place: format!("table {}", table.path),
            reason: reason.to_owned(),
        };
        let relative = Path::new(&table.path);
        if !relative.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
            return Err(inconsistent("its path must stay inside the vintage's folder"));
        }
        let rows = raw_table::rows(table, specification, file, &derivation.series)?;
        match relative.extension().and_then(|extension| extension.to_str()) {
            Some("xlsx") => {
                workbooks.entry(table.path.clone()).or_default().push((table.sheet.clone(), rows));
            }
            Some("csv" | "tsv") => {
                let bytes = raw_table::text_file(table, &rows, file)?;
                if files.insert(table.path.clone(), bytes).is_some() {
                    return Err(inconsistent("a text file can hold one table only"));
                }
            }
            _ => return Err(inconsistent("its path must end in .csv, .tsv or .xlsx")),
        }
    }
    for (path, sheets) in workbooks {
        let bytes = raw_table::workbook(&path, &sheets)?;
        files.insert(path, bytes);
    }
    Ok(files)
}

fn mean_spreads(problem: &ReconstructionProblem, paths: &[Mat<f64>]) -> Vec<(String, f64)> {
    let periods = problem.periods as f64;
    let spread = |path: &Mat<f64>, column: usize| {
        let mean = path.col(column).iter().sum::<f64>() / periods;
        (path.col(column).iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (periods - 1.0)).sqrt()
    };
    problem
        .variables
        .iter()
        .enumerate()
        .map(|(column, name)| {
            (name.clone(), paths.iter().map(|path| spread(path, column)).sum::<f64>() / paths.len() as f64)
        })
        .collect()
}

fn finish(reconstruction: Reconstruction, output: &Path, write: bool) -> Result<Report, ReconstructError> {
    let Reconstruction { mut files, agreement, least_slack, mean_spreads } = reconstruction;
    let checksums: BTreeMap<String, String> =
        files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes))).collect();
    let mut unnamed = Vec::new();
    let manifest_path = output.join(MANIFEST);
    if let Some(manifest) = read_if_there(&manifest_path)? {
        let (text, missing) = manifest::refresh_checksums(&String::from_utf8_lossy(&manifest), &checksums);
        unnamed = missing;
        files.insert(MANIFEST.to_owned(), text.into_bytes());
    }
    let mut written = Vec::new();
    for (path, bytes) in &files {
        let target = output.join(path);
        let changed = read_if_there(&target)?.as_ref() != Some(bytes);
        if write && changed {
            write_within(output, &target, bytes).map_err(Box::new)?;
        }
        written.push(ReconstructedFile { path: path.clone(), sha256: sha256(bytes), changed });
    }
    Ok(Report { agreement, least_slack, mean_spreads, files: written, unnamed })
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, ReconstructError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ReconstructError::Io { path: path.to_owned(), action: "read", source }),
    }
}
