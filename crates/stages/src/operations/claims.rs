//! `claims`: what the paper concludes, held against its own tables and against the vintage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue, one_of};
use vintner_estimation::DumitrescuHurlin;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::claims::{Claim, ClaimOutcome, Evidence, Statement, evaluate};
use vintner_reporting::tidy_estimates;

use super::estimates::{Collected, published};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `claims`: none.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claims {}

/// A file of claims.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimsFile {
    /// The version of the format; 1 is the only one yet.
    version: u32,
    /// What the paper concludes.
    claims: Vec<Claim>,
}

impl Parameters for Claims {
    const NAME: &'static str = "claims";
    const SUMMARY: &'static str = "holds a paper's claims against its own tables and against the vintage";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_CLAIMS"), env!("VINTNER_CODE_OPERATION_ESTIMATES")];
        let crates = [code::DIAGNOSTICS, code::PANEL, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operations[..], &crates].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            InputDeclaration::json("estimates"),
            InputDeclaration::json("granger").optional(),
            InputDeclaration::file("claims"),
            InputDeclaration::file("published").optional(),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("claims", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let collected: Collected = inputs.json("estimates")?;
        let granger: Vec<DumitrescuHurlin> =
            if inputs.has("granger") { inputs.json("granger")? } else { Vec::new() };
        let place = inputs.files().find(|file| file.role == "claims").and_then(|file| file.place);
        let path = place.map_or_else(|| "claims".into(), |place| place.display().to_string());
        let claims = read(&path, inputs.text("claims")?, &collected).map_err(StagesError::Claims)?;
        let published = published(inputs)?;
        let rows = tidy_estimates(
            &collected.rows,
            &collected.tables,
            &collected.units,
            &published,
            &collected.star_levels,
        )?;
        let (tables, units, levels) = (&collected.tables, &collected.units, &collected.star_levels);
        let printed = Evidence::published(&rows, tables, units, levels);
        let estimated = Evidence::estimated(&rows, tables, units, levels, &granger);
        let has_published = !published.coefficients().is_empty();
        let outcomes: Vec<ClaimOutcome> = claims
            .into_iter()
            .map(|(claim, statements)| ClaimOutcome {
                published: has_published.then(|| evaluate(&statements, &printed)),
                estimated: evaluate(&statements, &estimated),
                claim,
            })
            .collect();
        Ok(Outputs::new().with("claims", Artifact::json(&outcomes)?))
    }
}

/// Reads a file of claims; every fault at once, statements that can't be read and units that aren't
/// there included.
fn read(path: &str, text: &str, collected: &Collected) -> Result<Vec<(Claim, Vec<Statement>)>, Faults> {
    let document = Document::parse(path, text)?;
    let file: ClaimsFile = document.decode()?;
    let mut faults = Faults::new();
    if file.version != 1 {
        let place = document.root().get("version").map(|node| node.span);
        faults.push(document.fault(place, format!("version {} isn't known; it must be 1", file.version)));
    }
    let nodes: &[Node] = match document.root().get("claims").map(|node| &node.value) {
        Some(NodeValue::Sequence(items)) => items,
        _ => &[],
    };
    let mut read = Vec::new();
    for (place, claim) in file.claims.into_iter().enumerate() {
        let node = nodes.get(place);
        if read.iter().any(|(earlier, _): &(Claim, _)| earlier.id == claim.id) {
            let span = node.and_then(|node| node.get("id")).map(|node| node.span);
            faults.push(document.fault(span, format!("the claim `{}` is there twice", claim.id)));
        }
        let lines: &[Node] = match node.and_then(|node| node.get("statements")).map(|node| &node.value) {
            Some(NodeValue::Sequence(items)) => items,
            _ => &[],
        };
        let mut statements = Vec::new();
        for (line, text) in claim.statements.iter().enumerate() {
            let span = lines.get(line).map(|node| node.span);
            match Statement::parse(text) {
                Ok(statement) => {
                    for unit in statement.units() {
                        if !collected.units.iter().any(|known| known.is_called(unit)) {
                            let known = collected.units.iter().map(|unit| unit.printed());
                            let fault = document.fault(span, format!("no unit is called `{unit}`"));
                            faults.push(fault.maybe_hint(one_of(unit, known.collect::<Vec<_>>())));
                        }
                    }
                    statements.push(statement);
                }
                Err(fault) => {
                    let at = format!("`{text}`, {fault}");
                    faults
                        .push(document.fault(span, at).hint("docs/claims.md has the grammar of statements"));
                }
            }
        }
        read.push((claim, statements));
    }
    faults.or(read)
}
