//! `weave`: numbers in an author's own text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{ModelTable, Numbers, Prose, WeaveRemark, read_estimates_csv, significant};

use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `weave`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weave {
    /// The form of the text; by the ending of its file where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<Form>,
    /// Whether numerals without an address are looked for.
    #[serde(default = "yes")]
    unaddressed: bool,
    /// The input that is estimates.csv, whose numbers go by TABLE/UNIT/REGRESSOR.
    #[serde(default = "estimates")]
    estimates: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Form {
    Latex,
    Markdown,
}

/// The ending of a file of Markdown; none of any other.
fn markdown_ending(path: &Path) -> Option<&'static str> {
    let own = path.extension()?;
    ["md", "qmd"].into_iter().find(|ending| own.eq_ignore_ascii_case(ending))
}

fn yes() -> bool {
    true
}

fn estimates() -> String {
    "estimates".into()
}

impl Parameters for Weave {
    const NAME: &'static str = "weave";
    const SUMMARY: &'static str = "fills numbers into an author's own text by their addresses, and lists numerals that have none or changed";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_WEAVE"), code::REPORTING])
    }

    fn check(&self, _: &Document, _: &Node) -> Faults {
        Faults::new()
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            InputDeclaration::file("text"),
            InputDeclaration::whatever(&self.estimates).optional(),
            // Tables of models.
            InputDeclaration::any(Kind::Json),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        self.outputs_of(&BTreeMap::new())
    }

    /// The woven text is a file as the author's own is.
    fn outputs_of(&self, files: &BTreeMap<String, PathBuf>) -> Vec<OutputDeclaration> {
        let ending = match (self.form, files.get("text").and_then(|path| markdown_ending(path))) {
            (Some(Form::Markdown), _) => "md",
            (None, Some(ending)) => ending,
            (Some(Form::Latex), _) | (None, None) => "tex",
        };
        vec![
            OutputDeclaration::new("text", Kind::Text).extension(ending),
            OutputDeclaration::new("macros", Kind::Text).extension("macros.tex"),
            OutputDeclaration::new("remarks", Kind::Json),
        ]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let place = inputs.files().find(|file| file.role == "text").and_then(|file| file.place);
        let path = place.map_or_else(|| "text".to_owned(), |place| place.display().to_string());
        let prose = match self.form {
            Some(Form::Latex) => Prose::Latex,
            Some(Form::Markdown) => Prose::Markdown,
            None if markdown_ending(Path::new(&path)).is_some() => Prose::Markdown,
            None => Prose::Latex,
        };
        let mut numbers = Numbers::default();
        for role in inputs.other_roles(&["text", self.estimates.as_str()]) {
            let table: ModelTable = inputs.json(role)?;
            numbers.add_table(role, &table);
        }
        if inputs.has(&self.estimates) {
            for row in read_estimates_csv(inputs.text(&self.estimates)?, &self.estimates)? {
                if let Some(estimate) = row.estimate {
                    let address = format!("{}/{}/{}", row.table, row.unit, row.regressor);
                    numbers.add(&address, &significant(estimate), &row.stars.asterisks(), Some(estimate));
                }
            }
        }
        let mut woven = numbers.weave(inputs.text("text")?, prose);
        if !self.unaddressed {
            woven.remarks.retain(|remark| remark.kind != "unaddressed");
        }
        let told: Vec<String> = woven
            .remarks
            .iter()
            .map(|remark| format!("{path}:{}: {}", remark.line, remark.message))
            .collect();
        let wrong = |remark: &&WeaveRemark| matches!(remark.kind, "unknown" | "format");
        if woven.remarks.iter().any(|remark| wrong(&remark)) {
            let told = woven.remarks.iter().filter(wrong);
            let told: Vec<String> =
                told.map(|remark| format!("{path}:{}: {}", remark.line, remark.message)).collect();
            return Err(StagesError::NotWoven { faults: told });
        }
        Ok(Outputs::new()
            .with("text", Artifact::Text(woven.text))
            .with("macros", Artifact::Text(numbers.macros()))
            .with("remarks", Artifact::json(&woven.remarks)?)
            .warn(told))
    }
}
