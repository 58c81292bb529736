//! `vintner claims`.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;
use vintner_diagnostics::one_of;
use vintner_pipeline::PipelineError;
use vintner_stages::claims::{ClaimOutcome, EvaluatedClaim, Verdict};

use super::kept_output::kept_output;
use super::{count, print_json};
use crate::arguments::{Claims, Format};
use crate::error::{CommandError, Result};
use crate::printable::printable_line;
use crate::terminal::page;
use crate::text_table::TextTable;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Claims) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let Some(stage) = pipeline.stages.iter().find(|stage| stage.operation == "claims") else {
        return Err(CommandError::Pipeline(PipelineError::Unknown {
            message: "the pipeline has no stage of the operation `claims`".into(),
            hint: Some("docs/claims.md tells how to write one, and claims.yaml".into()),
        }));
    };
    let bytes = kept_output(workspace, &pipeline, &vintage, &stage.name, None)?.bytes;
    let mut outcomes: Vec<ClaimOutcome> = serde_json::from_slice(&bytes)?;
    if let Some(wanted) = &arguments.claim {
        let known: Vec<String> = outcomes.iter().map(|outcome| outcome.claim.id.clone()).collect();
        outcomes.retain(|outcome| outcome.claim.id == *wanted);
        if outcomes.is_empty() {
            return Err(CommandError::Pipeline(PipelineError::Unknown {
                message: format!("no claim is called `{wanted}`"),
                hint: one_of(wanted, known.iter().map(String::as_str).collect::<Vec<_>>()),
            }));
        }
    }
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": pipeline.name,
            "vintage": vintage.name,
            "kind": vintage.manifest.pointer("/kind"),
            "claims": outcomes,
        }));
    }
    let mut out = page();
    match &arguments.claim {
        Some(_) => outcomes.iter().try_for_each(|outcome| print_one(&mut out, outcome, &vintage.name))?,
        None => print_all(&mut out, &outcomes, &vintage.name)?,
    }
    if vintage.manifest.pointer("/kind").and_then(|kind| kind.as_str()) == Some("synthetic") {
        writeln!(out, "{}: synthetic data, no evidence", vintage.name)?;
    }
    Ok(())
}

fn print_all(out: &mut impl Write, outcomes: &[ClaimOutcome], vintage: &str) -> Result<()> {
    // A column for each kind of other standard errors.
    let mut errors: Vec<&str> = Vec::new();
    for one in outcomes.iter().flat_map(|outcome| &outcome.under) {
        if !errors.contains(&one.label.en.as_str()) {
            errors.push(&one.label.en);
        }
    }
    let headers: Vec<&str> =
        ["claim", "published", vintage].into_iter().chain(errors.iter().copied()).collect();
    let mut table = TextTable::new(&headers);
    for outcome in outcomes {
        let published = outcome.published.as_ref().map_or("", word);
        let under = errors.iter().map(|label| {
            let one = outcome.under.iter().find(|one| one.label.en == *label);
            one.map_or("", |one| word(&one.estimated)).to_owned()
        });
        let own = [outcome.claim.id.clone(), published.into(), word(&outcome.estimated).into()];
        table.row(own.into_iter().chain(under).collect());
    }
    write!(out, "{table}")?;
    let mut said: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for outcome in outcomes {
        let sides = sides(outcome, vintage);
        let told: Vec<_> = sides.iter().filter(|(_, side)| side.verdict == Verdict::Fails).collect();
        if !told.is_empty() {
            writeln!(out, "\n{}: {}", outcome.claim.id, outcome.claim.quote.en)?;
            for (name, side) in told {
                // The same numbers are told once.
                let mut texts: Vec<String> = Vec::new();
                for because in &side.because {
                    let text = match said.get(&(name, because.as_str())) {
                        Some(first) => format!("as {first}"),
                        None => because.clone(),
                    };
                    said.entry((name, because)).or_insert(&outcome.claim.id);
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                let how = side.nuance.map_or("fails", |nuance| nuance.words());
                writeln!(out, "  {how} by {name}: {}", printable_line(&texts.join("; ")))?;
            }
        }
    }
    writeln!(out)?;
    let mut told = Vec::new();
    if outcomes.iter().any(|outcome| outcome.published.is_some()) {
        told.push(("the published tables", tally(outcomes, |outcome| outcome.published.as_ref())));
    }
    told.push((vintage, tally(outcomes, |outcome| Some(&outcome.estimated))));
    for (name, [hold, fail, open]) in told {
        writeln!(
            out,
            "by {name}: of {} {hold} hold, {fail} fail, {open} can't be evaluated",
            count(outcomes.len(), "claim")
        )?;
    }
    Ok(())
}

fn print_one(out: &mut impl Write, outcome: &ClaimOutcome, vintage: &str) -> Result<()> {
    let claim = &outcome.claim;
    writeln!(out, "{} ({})", claim.id, claim.place.en)?;
    writeln!(out, "  {}", claim.quote.en)?;
    if let Some(original) = &claim.quote.zh {
        writeln!(out, "  {original}")?;
    }
    for statement in &claim.statements {
        writeln!(out, "  = {statement}")?;
    }
    if !claim.note.is_empty() {
        writeln!(out, "  {}", claim.note.en)?;
    }
    for (name, side) in sides(outcome, vintage) {
        writeln!(out, "by {name}: {}", word(side))?;
        for text in &side.because {
            writeln!(out, "  {text}")?;
        }
    }
    for one in &outcome.under {
        writeln!(out, "by {vintage}, {}: {}", one.label.en, word(&one.estimated))?;
        for text in &one.estimated.because {
            writeln!(out, "  {text}")?;
        }
    }
    if let Some(other) = &outcome.other_reading {
        writeln!(out, "read otherwise:")?;
        for statement in &claim.or_read_as {
            writeln!(out, "  = {statement}")?;
        }
        let published = other.published.as_ref().map(|side| ("the published tables", side));
        for (name, side) in published.into_iter().chain([(vintage, &other.estimated)]) {
            writeln!(out, "by {name}: {}", word(side))?;
        }
    }
    Ok(())
}

/// By what the claim was judged, and how.
fn sides<'a>(outcome: &'a ClaimOutcome, vintage: &'a str) -> Vec<(&'a str, &'a EvaluatedClaim)> {
    let published = outcome.published.as_ref().map(|side| ("the published tables", side));
    published.into_iter().chain([(vintage, &outcome.estimated)]).collect()
}

/// How many hold, fail and can't be evaluated.
fn tally<'a>(
    outcomes: &'a [ClaimOutcome],
    side: impl Fn(&'a ClaimOutcome) -> Option<&'a EvaluatedClaim>,
) -> [usize; 3] {
    [Verdict::Holds, Verdict::Fails, Verdict::NotEvaluable].map(|verdict| {
        outcomes.iter().filter(|outcome| side(outcome).is_some_and(|side| side.verdict == verdict)).count()
    })
}

fn word(side: &EvaluatedClaim) -> &'static str {
    match (side.nuance, side.verdict) {
        (Some(nuance), _) => nuance.words(),
        (None, Verdict::Holds) => "holds",
        (None, Verdict::Fails) => "FAILS",
        (None, Verdict::NotEvaluable) => "can't be evaluated",
    }
}
