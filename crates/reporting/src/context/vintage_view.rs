//! The vintage, for templates.

use serde::Serialize;

use crate::bibliography::Bibliography;
use crate::error::{ReportingError, Result};
use crate::name::Name;
use crate::vintage_summary::{SourceSummary, VintageSummary};

/// A vintage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VintageView {
    /// The folder's name.
    pub name: String,
    /// Its title.
    pub title: Name,
    /// `synthetic`, `public` or `licensed`.
    pub kind: String,
    /// Whether it is synthetic.
    pub synthetic: bool,
    /// The manifest's date.
    pub date: String,
    /// The notice in both languages; both empty where there is none. It need not say that the data are
    /// synthetic: templates do, wherever `synthetic` holds.
    pub notice: Name,
    /// Its files.
    pub sources: Vec<SourceView>,
    /// How many guesses about how files are read nobody has looked at yet; nothing where there are none.
    pub unreviewed: usize,
    /// The lines of the manifest on which they stand.
    pub review: String,
    /// The cells of all of them that are read otherwise than they stand there.
    pub corrections: Vec<CorrectionView>,
}

/// A cell that is read otherwise than it stands in its file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorrectionView {
    /// The file.
    pub file: String,
    /// The cell.
    pub cell: String,
    /// What stands there.
    pub old: String,
    /// What is read; empty where the value is made missing.
    pub new: String,
    /// Why.
    pub reason: String,
    /// Where the right value is from.
    pub source: String,
}

/// A raw file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceView {
    /// The key that the list of references has it by.
    pub key: String,
    /// Its name.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The checksum's first half, for narrow columns.
    pub sha256_start: String,
    /// The checksum's second half.
    pub sha256_end: String,
    /// How to cite it.
    pub citation: Name,
    /// On which terms it may be used.
    pub licence: Name,
    /// Where it is found on the web; empty where that isn't known.
    pub url: String,
    /// Rows read; empty where that isn't known.
    pub rows: String,
    /// Marks beside its values and how many each is beside; empty where none are kept.
    pub flags: String,
    /// Numbers that are codes for missing values most often and are read as numbers; empty where there are none.
    pub codes: String,
}

impl VintageView {
    pub(crate) fn new(vintage: &VintageSummary) -> Result<Self> {
        let notice = match &vintage.notice {
            Some(notice) => Name::new("notice", notice),
            None => Name::new("notice", &vintner_panel::Label::new("")),
        };
        if vintage.is_synthetic() && notice.both.trim().is_empty() {
            return Err(ReportingError::NoNotice { vintage: vintage.name.clone() });
        }
        let of = |source: &SourceSummary| {
            let file = source.file.clone();
            let corrections = source.corrections.clone().into_iter();
            corrections.map(move |correction| CorrectionView {
                file: file.clone(),
                cell: correction.cell,
                old: correction.old,
                new: correction.new,
                reason: correction.reason,
                source: correction.source,
            })
        };
        let corrections = vintage.sources.iter().flat_map(of).collect();
        let sources = vintage
            .sources
            .iter()
            .enumerate()
            .map(|(at, source)| {
                let half = source.sha256.chars().count() / 2;
                SourceView {
                    key: Bibliography::data_key(at),
                    file: source.file.clone(),
                    sha256: source.sha256.clone(),
                    sha256_start: source.sha256.chars().take(half).collect(),
                    sha256_end: source.sha256.chars().skip(half).collect(),
                    citation: Name::new("citation", &source.citation),
                    licence: Name::new("licence", &source.licence),
                    url: web_address(&source.url),
                    flags: source.flags.clone(),
                    codes: source.codes.clone(),
                    rows: source.rows.map(|rows| rows.to_string()).unwrap_or_default(),
                }
            })
            .collect();
        Ok(Self {
            name: vintage.name.clone(),
            title: Name::new(&vintage.name, &vintage.title),
            kind: vintage.kind.clone(),
            synthetic: vintage.is_synthetic(),
            date: vintage.date.clone(),
            notice,
            unreviewed: vintage.review.len(),
            review: vintage.review.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
            sources,
            corrections,
        })
    }
}

/// An address that a page may link to; nothing where it is of another kind (a script, a file).
fn web_address(url: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && !url.contains(|character: char| character.is_whitespace() || character.is_control()) {
        url.to_owned()
    } else {
        String::new()
    }
}
