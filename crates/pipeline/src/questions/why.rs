//! Why a branch would run, or ran: each cause, down to the cells of the files that it read.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::status::{StageStatus, State};
use super::survey::Survey;
use crate::difference::{DescribeDifferences, Differences, Excerpt, artifact_differences, file_differences};
use crate::error::{PipelineError, Result};
use crate::fingerprint::{Cause, Fingerprint, InputDigest, causes, stage_seed};
use crate::operation::Kind;
use crate::plan::Branch;
use crate::run::{ANSWERS, files, json_input};
use crate::spec::Reference;
use crate::store::{Origin, Record};

/// Why a branch is as it is.
#[derive(Debug, Clone, Serialize)]
pub struct Why {
    /// The branch.
    pub branch: String,
    /// Its state in a word.
    pub state: &'static str,
    /// Why it would run; where it waits, what has changed however that which it reads comes out.
    pub reasons: Vec<Reason>,
    /// The branches that it reads, directly or through others, which would run first; if they come out
    /// different, so may this.
    pub waits_for: Vec<Why>,
    /// Its last run on this vintage, where it is fresh or corrupt.
    pub last_run: Option<LastRun>,
}

/// A run that is over.
#[derive(Debug, Clone, Serialize)]
pub struct LastRun {
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// How long it took.
    pub seconds: f64,
    /// Why it ran.
    pub reasons: Vec<Reason>,
}

/// One cause, and what of it can be shown.
#[derive(Debug, Clone, Serialize)]
pub struct Reason {
    /// The cause in words.
    pub text: String,
    /// The cause in its parts, where they are known.
    #[serde(flatten)]
    pub cause: Option<Cause>,
    /// What changed: a file, or the output of a branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What changed in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Differences>,
}

impl Reason {
    fn of_text(text: String) -> Self {
        Self { text, cause: None, subject: None, differences: None }
    }
}

/// Why a branch would run, or may have to, or ran the last time. In each file or output that changed
/// up to `limit` differences are shown.
///
/// # Errors
/// Where a file that the branch reads can't be read.
pub fn why(
    survey: &Survey<'_, '_>,
    status: &StageStatus,
    describe: &dyn DescribeDifferences,
    limit: usize,
) -> Result<Why> {
    let asked = Asked { survey, describe, limit };
    let mut why = asked.of_one(status)?;
    if let State::Waiting(_) = status.state {
        let upstream = survey.upstream_of(status);
        let due = upstream.into_iter().filter(|status| status.state.would_run());
        why.waits_for = due.map(|status| asked.of_one(status)).collect::<Result<_>>()?;
    }
    Ok(why)
}

struct Asked<'s, 'p, 'a> {
    survey: &'s Survey<'p, 'a>,
    describe: &'s dyn DescribeDifferences,
    limit: usize,
}

/// A version of an input.
struct Version {
    subject: String,
    bytes: Option<Vec<u8>>,
}

impl Asked<'_, '_, '_> {
    fn of_one(&self, status: &StageStatus) -> Result<Why> {
        let at = self.survey.position(&status.id);
        let branch = at.and_then(|at| self.survey.progress.branch(at));
        let before = self.survey.latest.get(&status.branch);
        let before = before.and_then(|digest| self.survey.store.record(digest));
        let causes = match (&status.state, &before, branch) {
            (State::Waiting(_), Some(before), Some(branch)) => self.own_causes(branch, before)?,
            _ => status.causes.clone(),
        };
        let mut reasons = Vec::new();
        for cause in &causes {
            reasons.push(match (&before, branch) {
                (Some(before), Some(branch)) => self.explain(cause, branch, before, None)?,
                _ => plain(cause),
            });
        }
        let last_run = status.record.as_ref().zip(branch);
        let last_run = last_run.map(|(record, branch)| self.last_run(branch, record)).transpose()?;
        let (branch, state) = (status.branch.clone(), status.state.word());
        Ok(Why { branch, state, reasons, waits_for: Vec::new(), last_run })
    }

    /// What has changed of a branch whatever becomes of the branches that it reads.
    fn own_causes(&self, branch: &Branch<'_>, before: &Record) -> Result<Vec<Cause>> {
        let Survey { plan, reading, .. } = self.survey;
        let mut now = Fingerprint {
            operation: plan.pipeline.stage(&branch.id.stage)?.operation.clone(),
            code: branch.bound.code.clone(),
            params: plan.pipeline.params_of(&branch.bound),
            seed: stage_seed(plan.pipeline.seed, &branch.id.to_string()),
            ..before.fingerprint.clone()
        };
        let given = reading.given_digests(plan, branch)?;
        // What it no longer reads is gone, whatever becomes of the rest.
        now.inputs.retain(|role, _| given.contains_key(role) || branch.bound.inputs.contains_key(role));
        now.inputs.extend(given);
        if now == before.fingerprint {
            return Ok(Vec::new());
        }
        Ok(causes(&before.fingerprint, &now))
    }

    fn last_run(&self, branch: &Branch<'_>, record: &Record) -> Result<LastRun> {
        let before = record.before.as_ref().and_then(|digest| self.survey.store.record(digest));
        let reasons = match before {
            Some(before) if before.fingerprint != record.fingerprint => {
                let causes = causes(&before.fingerprint, &record.fingerprint);
                let explained = causes.iter().map(|cause| self.explain(cause, branch, &before, Some(record)));
                explained.collect::<Result<_>>()?
            }
            _ => record.causes.iter().cloned().map(Reason::of_text).collect(),
        };
        Ok(LastRun { started: record.started, seconds: record.seconds, reasons })
    }

    /// A cause with what changed between `before` and `after`, or what there is now.
    fn explain(
        &self,
        cause: &Cause,
        branch: &Branch<'_>,
        before: &Record,
        after: Option<&Record>,
    ) -> Result<Reason> {
        let Cause::InputChanged { role, key, parts } = cause else { return Ok(plain(cause)) };
        let was = self.in_record(before, role, key);
        let is = match after {
            Some(record) => self.in_record(record, role, key),
            None => self.as_it_is(branch, role, key)?,
        };
        let (Some(was), Some(is)) = (was, is) else { return Ok(plain(cause)) };
        let differences = match (&was.bytes, &is.bytes) {
            (Some(was), Some(now)) => {
                let excerpt = excerpt(branch, &before.fingerprint, role, key, parts);
                self.differences(branch, role, &is.subject, (was, now), &excerpt)
            }
            (None, _) => Differences::noted("what it was isn't kept any longer"),
            (_, None) => Differences::noted("what it became isn't kept any longer"),
        };
        let subject = Some(is.subject);
        Ok(Reason {
            text: cause.to_string(),
            cause: Some(cause.clone()),
            subject,
            differences: Some(differences),
        })
    }

    fn differences(
        &self,
        branch: &Branch<'_>,
        role: &str,
        subject: &str,
        (was, is): (&[u8], &[u8]),
        excerpt: &Excerpt,
    ) -> Differences {
        let source = branch.source.filter(|_| role == "source");
        if source.is_some() || branch.bound.files.contains_key(role) {
            let declaration = source.map(|source| &source.declaration);
            let described = self.describe.describe(Path::new(subject), declaration, was, is, self.limit);
            return described.unwrap_or_else(|| file_differences(was, is, self.limit));
        }
        artifact_differences(kind_of(is), was, is, excerpt, self.limit)
    }

    /// An input as a record has it.
    fn in_record(&self, record: &Record, role: &str, key: &str) -> Option<Version> {
        let input = record.input(role, key)?;
        let subject = match &input.from {
            Origin::Output(name) | Origin::File(name) | Origin::Command(name) => name.clone(),
            Origin::Manifest => MANIFEST.to_owned(),
        };
        Some(Version { subject, bytes: self.survey.store.object(&input.digest) })
    }

    /// An input as it is now.
    fn as_it_is(&self, branch: &Branch<'_>, role: &str, key: &str) -> Result<Option<Version>> {
        let Survey { plan, store, progress, .. } = self.survey;
        if let Some(read) = branch.reads.iter().find(|read| read.role == role && read.key == key) {
            let made = progress.record(read.from).and_then(|(_, record)| record.outputs.get(&read.output));
            let (Some(made), Some(upstream)) = (made, progress.branch(read.from)) else { return Ok(None) };
            let subject = format!("{}.{}", upstream.id, read.output);
            return Ok(Some(Version { subject, bytes: store.object(&made.digest) }));
        }
        let of_json = |value: &Value| {
            let bytes = json_input(value).bytes.to_vec();
            Some(Version { subject: MANIFEST.to_owned(), bytes: Some(bytes) })
        };
        if branch.bound.inputs.get(role) == Some(&Reference::Vintage) {
            return Ok(of_json(&plan.vintage.manifest));
        }
        if let Some(source) = branch.source.filter(|_| role == "declaration") {
            return Ok(of_json(&source.declaration));
        }
        let stage = branch.bound.stage.as_ref();
        if let Some(question) = stage.questions().into_iter().find(|question| question.text == key)
            && role == ANSWERS
        {
            let answer = self.survey.reading.answers.answer(stage, &question)?;
            let subject = question.text;
            return Ok(answer.map(|answer| Version { subject, bytes: Some(answer.to_vec()) }));
        }
        let mut files = files(plan, branch)?;
        let file = files.remove(role).and_then(|files| files.into_iter().find(|file| file.key == key));
        let Some(file) = file else { return Ok(None) };
        let bytes =
            vintner_guard::read_regular(&file.path).map_err(PipelineError::io(&file.path, "reading"))?;
        Ok(Some(Version { subject: file.shown.display().to_string(), bytes: Some(bytes) }))
    }
}

const MANIFEST: &str = "the manifest";

fn plain(cause: &Cause) -> Reason {
    Reason { cause: Some(cause.clone()), ..Reason::of_text(cause.to_string()) }
}

/// The part of an input that the branch reads and that changed.
fn excerpt(branch: &Branch<'_>, before: &Fingerprint, role: &str, key: &str, parts: &[String]) -> Excerpt {
    if parts.is_empty() {
        return Excerpt::default();
    }
    let parts: BTreeSet<String> = parts.iter().cloned().collect();
    let inputs: &[InputDigest] = before.inputs.get(role).map(Vec::as_slice).unwrap_or_default();
    let by_group = inputs.iter().any(|input| input.key == key && !input.groups.is_empty());
    let rows = branch.bound.declaration(role).and_then(|declared| declared.rows.as_ref());
    match rows.filter(|_| by_group) {
        Some(rows) => Excerpt { columns: None, rows: Some((rows.column.clone(), parts)) },
        None => Excerpt { columns: Some(parts), rows: None },
    }
}

/// The kind of an artifact, by its bytes: of one that is no longer made nothing else tells.
fn kind_of(bytes: &[u8]) -> Kind {
    if bytes.starts_with(b"PAR1") {
        Kind::Frame
    } else if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        Kind::Json
    } else {
        Kind::Text
    }
}
