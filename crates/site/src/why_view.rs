//! Why a branch is as it is, as a page says it.

use serde::Serialize;
use vintner_pipeline::{Reason, StageStatus, why};
use vintner_stages::{TableDifferences, count};

use crate::error::Result;
use crate::figures::{instant, seconds};
use crate::gathered::Gathered;

/// The most changes that are shown of each file or output.
const CHANGES: usize = 10;

/// A sentence and what it rests on.
#[derive(Debug, Serialize)]
pub(crate) struct WhyView {
    text: String,
    reasons: Vec<ReasonView>,
}

#[derive(Debug, Serialize)]
struct ReasonView {
    text: String,
    changes: Vec<String>,
}

pub(crate) fn view(gathered: &Gathered<'_, '_, '_>, status: &StageStatus) -> Result<Vec<WhyView>> {
    let why = why(gathered.survey, status, &TableDifferences, CHANGES)?;
    let mut views = Vec::new();
    let said = match why.state {
        "fresh" => "The next run wouldn't make it again: nothing that it depends on has changed.",
        "waiting" => "The next run may make it again: that depends on how what it reads comes out.",
        _ => "The next run would make it.",
    };
    views.push(WhyView { text: said.to_owned(), reasons: reasons(&why.reasons) });
    for upstream in why.waits_for.iter().take(CHANGES) {
        let text = format!("{} is {} and would run first.", upstream.branch, upstream.state);
        views.push(WhyView { text, reasons: reasons(&upstream.reasons) });
    }
    if why.waits_for.len() > CHANGES {
        let text = format!("And {} would run first.", count(why.waits_for.len() - CHANGES, "more branch"));
        views.push(WhyView { text, reasons: Vec::new() });
    }
    if let Some(last) = &why.last_run {
        let text = format!(
            "It last ran on {} and took {}, because of:",
            instant(last.started),
            seconds(last.seconds)
        );
        views.push(WhyView { text, reasons: reasons(&last.reasons) });
    }
    Ok(views)
}

fn reasons(reasons: &[Reason]) -> Vec<ReasonView> {
    reasons
        .iter()
        .map(|reason| {
            let mut changes = Vec::new();
            if let Some(differences) = &reason.differences {
                let subject = reason.subject.as_deref().unwrap_or_default();
                changes.extend(differences.shown.iter().map(|change| format!("{subject} {change:#}")));
                if differences.more > 0 {
                    changes.push(format!("and {}", count(differences.more, "more change")));
                }
                changes.extend(differences.note.iter().map(|note| format!("{subject}: {note}")));
            }
            ReasonView { text: reason.text.clone(), changes }
        })
        .collect()
}
