//! What authors say of their paper and package.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `package.yaml`. All of it is optional; what is missing stands as `TODO` in the package's README.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The package's title, as in "Replication package for: …".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// The paper that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    /// What the package holds, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overview: Option<String>,
    /// Keywords.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The licence of the pipeline, the programs and the templates, as SPDX writes it (`MIT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_licence: Option<String>,
    /// The licence of what is computed here (analysis data, tables, the codebook), as SPDX writes it (`CC-BY-4.0`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_licence: Option<String>,
    /// Whether the authors certify that they had legitimate access to the data and may use them as they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<bool>,
    /// Where the package is archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The package's own digital object identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The package's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its date, as `YYYY-MM-DD`; that of the vintage where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Questionnaires, instructions of experiments and how subjects were chosen; `none` where no data were collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruments: Option<String>,
    /// The approval of an ethics board; `none` where none was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ethics: Option<String>,
    /// Where the research was registered beforehand; `none` where it wasn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preregistration: Option<String>,
    /// What is left out of the package and why, beside sources that may not be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub omissions: Option<String>,
    /// The machine on which it was run; that on which it is packaged where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// Programs and packages that stages in other languages need, each with its version: `fixest 0.11.2 (R)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub software: Vec<String>,
    /// Further files of the workspace that belong into the package: questionnaires, letters, the paper.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// What the paper calls the tables, figures and numbers that the pipeline makes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exhibits: Vec<NamedExhibit>,
    /// How much of the paper the package makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reproduces: Option<Reproduces>,
    /// Tables, figures and numbers of the paper that the package doesn't make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_reproduced: Vec<NotReproduced>,
}

/// How much of a paper a package makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reproduces {
    /// All tables and figures and all numbers in the text.
    All,
    /// All tables and figures.
    Tables,
    /// Some of them.
    Selected,
}

/// Somebody who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Author {
    /// The family name; of a group its whole name.
    pub family: String,
    /// The given names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The ORCID iD, as `0000-0002-1825-0097`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orcid: Option<String>,
    /// Where they work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affiliation: Option<String>,
}

impl Author {
    /// The name as it is read: given names first.
    pub fn name(&self) -> String {
        match &self.given {
            Some(given) => format!("{given} {}", self.family),
            None => self.family.clone(),
        }
    }

    /// The name as lists have it: the family name first.
    pub fn sorted_name(&self) -> String {
        match &self.given {
            Some(given) => format!("{}, {given}", self.family),
            None => self.family.clone(),
        }
    }
}

/// A paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// Its authors, where they are others than the package's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// The journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// The year of its publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Its digital object identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
}

/// What the paper calls something that the pipeline makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedExhibit {
    /// As the paper calls it: `Table 1`, `Figure 2`, `Section 4, first paragraph`.
    pub name: String,
    /// The branch that makes it, as `tables[1]`, or a number's address, as `1/沧州/lnEG`.
    pub made_by: String,
    /// What a reader should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Something of the paper that the package doesn't make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotReproduced {
    /// As the paper calls it.
    pub name: String,
    /// Why not.
    pub reason: String,
}
