//! `claims`: what the paper concludes, held against its own tables and against the vintage.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue, Span, did_you_mean, one_of};
use vintner_estimation::DumitrescuHurlin;
use vintner_panel::Label;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::claims::{
    Claim, ClaimOutcome, EvaluatedClaim, Evidence, OtherReading, Statement, UnderErrors, Verdict, evaluate,
};
use vintner_reporting::tidy_estimates;

use super::estimates::{Collected, published};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `claims`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claims {
    /// Other standard errors that claims are held against besides, each with the tables that have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    under: Vec<OtherErrors>,
}

/// Standard errors other than those of the tables that claims speak of.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OtherErrors {
    /// What they are called, as "clustered by city".
    label: Label,
    /// For each table that claims speak of, the table of `estimates` that has them.
    tables: BTreeMap<String, String>,
}

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
        self.check_tables(&collected)?;
        let (tables, units, levels) = (&collected.tables, &collected.units, &collected.star_levels);
        let printed = Evidence::published(&rows, tables, units, levels);
        let estimated = Evidence::estimated(&rows, tables, units, levels, &granger);
        let has_published = !published.coefficients().is_empty();
        let under: Vec<(&Label, Evidence<'_>)> =
            self.under.iter().map(|one| (&one.label, estimated.under(&one.tables))).collect();
        let outcomes: Vec<ClaimOutcome> = claims
            .into_iter()
            .map(|Read { claim, statements, otherwise }| ClaimOutcome {
                published: has_published.then(|| evaluate(&statements, &printed)),
                estimated: evaluate(&statements, &estimated),
                under: held_under(&statements, &under),
                other_reading: (!otherwise.is_empty()).then(|| OtherReading {
                    published: has_published.then(|| evaluate(&otherwise, &printed)),
                    estimated: evaluate(&otherwise, &estimated),
                }),
                claim,
            })
            .collect();
        Ok(Outputs::new().with("claims", Artifact::json(&outcomes)?))
    }
}

impl Claims {
    /// Every table that is named is one of `estimates`.
    fn check_tables(&self, collected: &Collected) -> Result<(), StagesError> {
        let known = || collected.tables.iter().map(|table| table.id.as_str());
        let named = self.under.iter().flat_map(|one| one.tables.iter().flat_map(|(of, other)| [of, other]));
        match named.into_iter().find(|name| known().all(|id| id != name.as_str())) {
            None => Ok(()),
            Some(unknown) => Err(StagesError::NoOtherErrors {
                table: unknown.clone(),
                suggestion: did_you_mean(unknown, known()).map(str::to_owned),
                available: known().map(str::to_owned).collect(),
            }),
        }
    }
}

/// How statements fare under other standard errors, where these decide.
fn held_under(statements: &[Statement], under: &[(&Label, Evidence<'_>)]) -> Vec<UnderErrors> {
    let held = under.iter().map(|(label, evidence)| (label, evaluate(statements, evidence)));
    held.filter(|(_, held): &(_, EvaluatedClaim)| held.verdict != Verdict::NotEvaluable)
        .map(|(label, estimated)| UnderErrors { label: (*label).clone(), estimated })
        .collect()
}

/// A claim with its statements as they were read.
struct Read {
    claim: Claim,
    statements: Vec<Statement>,
    otherwise: Vec<Statement>,
}

/// Reads a file of claims; every fault at once, statements that can't be read and units that aren't
/// there included.
fn read(path: &str, text: &str, collected: &Collected) -> Result<Vec<Read>, Faults> {
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
    let mut read: Vec<Read> = Vec::new();
    for (place, claim) in file.claims.into_iter().enumerate() {
        let node = nodes.get(place);
        if read.iter().any(|earlier| earlier.claim.id == claim.id) {
            let span = node.and_then(|node| node.get("id")).map(|node| node.span);
            faults.push(document.fault(span, format!("the claim `{}` is there twice", claim.id)));
        }
        let mut of = |field: &str, texts: &[String]| {
            let lines: &[Node] = match node.and_then(|node| node.get(field)).map(|node| &node.value) {
                Some(NodeValue::Sequence(items)) => items,
                _ => &[],
            };
            let lines =
                texts.iter().enumerate().map(|(line, text)| (text, lines.get(line).map(|node| node.span)));
            lines
                .filter_map(|(text, span)| statement(&document, text, span, collected, &mut faults))
                .collect()
        };
        let statements: Vec<Statement> = of("statements", &claim.statements);
        let otherwise: Vec<Statement> = of("or_read_as", &claim.or_read_as);
        read.push(Read { claim, statements, otherwise });
    }
    faults.or(read)
}

/// Reads a statement, whose units have to be there.
fn statement(
    document: &Document,
    text: &str,
    span: Option<Span>,
    collected: &Collected,
    faults: &mut Faults,
) -> Option<Statement> {
    match Statement::parse(text) {
        Ok(statement) => {
            for unit in statement.units() {
                if !collected.units.iter().any(|known| known.is_called(unit)) {
                    let known = collected.units.iter().map(|unit| unit.printed());
                    let fault = document.fault(span, format!("no unit is called `{unit}`"));
                    faults.push(fault.maybe_hint(one_of(unit, known.collect::<Vec<_>>())));
                }
            }
            Some(statement)
        }
        Err(fault) => {
            let fault = document.fault(span, format!("`{text}`, {fault}"));
            faults.push(fault.hint("docs/claims.md has the grammar of statements"));
            None
        }
    }
}
