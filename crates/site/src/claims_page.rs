//! The page of what a paper concludes.

use serde::Serialize;
use vintner_pipeline::StageStatus;
use vintner_stages::claims::{ClaimOutcome, EvaluatedClaim, Verdict};
use vintner_stages::count;

use crate::error::{Result, SiteError};
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::Link;
use crate::renderer::Renderer;
use crate::search_index::SearchIndex;
use crate::trace_pages::Traced;

#[derive(Debug, Serialize)]
struct Body {
    tallies: Vec<String>,
    claims: Vec<ClaimView>,
    /// The stage that made them.
    stage: Link,
}

#[derive(Debug, Serialize)]
struct ClaimView {
    id: String,
    /// Its place on the page.
    place: String,
    /// Where it stands in the paper.
    stands: String,
    quote: String,
    /// The words in the original, where they are others.
    original: String,
    statements: Vec<String>,
    note: String,
    sides: Vec<Side>,
    trace: Option<Link>,
}

#[derive(Debug, Serialize)]
struct Side {
    name: String,
    verdict: &'static str,
    word: &'static str,
    because: Vec<String>,
}

/// Claims as they fare on a vintage.
pub(crate) struct Prepared {
    branch: String,
    outcomes: Vec<ClaimOutcome>,
}

/// Reads what became of the claims; why not, where there are none.
pub(crate) fn prepare(gathered: &Gathered<'_, '_, '_>) -> Result<std::result::Result<Prepared, String>> {
    let is_stage = |status: &&&StageStatus| {
        let stage = gathered.plan.pipeline.stages.iter().find(|stage| stage.name == status.id.stage);
        stage.is_some_and(|stage| stage.operation == "claims")
    };
    let Some(status) = gathered.statuses.iter().find(is_stage) else {
        return Ok(Err("The pipeline has no stage of the operation claims.".into()));
    };
    let branch = status.branch.clone();
    let kept = status.record.as_ref().and_then(|record| record.outputs.get("claims"));
    let Some(bytes) = kept.and_then(|kept| gathered.request.store.object(&kept.digest)) else {
        return Ok(Err(format!("{branch} isn't made as things are now, so no claims are shown.")));
    };
    match serde_json::from_slice(&bytes) {
        Ok(outcomes) => Ok(Ok(Prepared { branch, outcomes })),
        Err(error) => Err(SiteError::Output { what: format!("{branch}.claims"), message: error.to_string() }),
    }
}

/// Writes the page.
pub(crate) fn write(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    index: &mut SearchIndex,
    prepared: &Prepared,
    traced: &Traced,
) -> Result<()> {
    let outcomes = &prepared.outcomes;
    let vintage = gathered.plan.vintage.name.as_str();
    let mut tallies = Vec::new();
    if outcomes.iter().any(|outcome| outcome.published.is_some()) {
        tallies.push(tally("the published tables", outcomes, |outcome| outcome.published.as_ref()));
    }
    tallies.push(tally(&format!("the vintage {vintage}"), outcomes, |outcome| Some(&outcome.estimated)));
    let mut claims = Vec::new();
    for outcome in outcomes {
        let claim = &outcome.claim;
        let published = outcome.published.as_ref().map(|side| ("the published tables", side));
        let sides = published.into_iter().chain([(vintage, &outcome.estimated)]);
        let under = outcome.under.iter().map(|one| (format!("{vintage}, {}", one.label.en), &one.estimated));
        let sides = sides.map(|(name, side)| (name.to_owned(), side)).chain(under);
        let (quote, original) = match (claim.quote.en.as_str(), claim.quote.zh.as_deref()) {
            ("", Some(original)) => (original.to_owned(), String::new()),
            (quote, original) => (quote.to_owned(), original.unwrap_or_default().to_owned()),
        };
        index.add("claim", &claim.id, &quote, &format!("claims.html#{}", place(&claim.id)));
        claims.push(ClaimView {
            id: claim.id.clone(),
            place: place(&claim.id),
            stands: claim.place.en.clone(),
            quote,
            original,
            statements: claim.statements.clone(),
            note: claim.note.en.clone(),
            sides: sides.map(|(name, side)| of_side(&name, side)).collect(),
            trace: traced
                .href(&format!("claims/{}", claim.id))
                .map(|href| Link::to(href, "where these numbers come from")),
        });
    }
    let body = Body { tallies, claims, stage: gathered.branch(&prepared.branch) };
    folder.put("claims.html", &renderer.page("claims.html", "claims.html", "Claims", &body)?)
}

fn place(claim: &str) -> String {
    format!("claim-{}", vintner_stages::page_name(claim))
}

fn of_side(name: &str, side: &EvaluatedClaim) -> Side {
    Side {
        name: name.to_owned(),
        verdict: side.verdict.word(),
        word: match (side.nuance, side.verdict) {
            (Some(nuance), _) => nuance.words(),
            (None, Verdict::Holds) => "holds",
            (None, Verdict::Fails) => "fails",
            (None, Verdict::NotEvaluable) => "can't be evaluated",
        },
        because: side.because.clone(),
    }
}

fn tally<'c>(
    name: &str,
    outcomes: &'c [ClaimOutcome],
    side: impl Fn(&'c ClaimOutcome) -> Option<&'c EvaluatedClaim>,
) -> String {
    let [hold, fail, open] = [Verdict::Holds, Verdict::Fails, Verdict::NotEvaluable].map(|verdict| {
        outcomes.iter().filter(|outcome| side(outcome).is_some_and(|side| side.verdict == verdict)).count()
    });
    format!(
        "By {name} {hold} of {} hold, {fail} don't and {open} can't be evaluated.",
        count(outcomes.len(), "claim")
    )
}
