//! Claims and what became of them, for templates.

use serde::Serialize;

use super::name::Names;
use crate::claims::{ClaimOutcome, EvaluatedClaim, Nuance, Verdict};
use crate::name::Name;
use crate::report_unit::ReportUnit;

/// All claims of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ClaimsView {
    /// The claims, in order.
    pub claims: Vec<ClaimView>,
    /// How they fare by the published tables.
    pub published: ClaimCounts,
    /// How they fare by the vintage.
    pub estimated: ClaimCounts,
    /// Whether anything was published that they were held against.
    pub compared: bool,
}

/// How many claims there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimCounts {
    /// That hold.
    pub hold: usize,
    /// That fail.
    pub fail: usize,
    /// Of these, that hold in direction, with another number.
    pub size_differs: usize,
    /// Of those that fail, that the data neither bear out nor contradict.
    pub not_supported: usize,
    /// That can't be evaluated.
    pub open: usize,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimView {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub place: Name,
    /// Its words.
    pub quote: Name,
    /// What it comes to.
    pub statements: Vec<String>,
    /// By the published tables.
    pub published: VerdictView,
    /// By the vintage.
    pub estimated: VerdictView,
    /// What a reader should know; empty for nothing.
    pub note: Name,
}

/// A verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VerdictView {
    /// `holds`, `fails`, `open`, or empty where there is nothing to hold it against.
    pub verdict: &'static str,
    /// The verdict with its nuance, as labels name it: also `size_differs`, `not_supported`, and `by_calibration` where the data
    /// were made so that it holds.
    pub key: &'static str,
    /// The numbers that decide, or why nothing does; where a claim is about many units, their names.
    pub because: Vec<String>,
    /// How it fares under other standard errors.
    pub under: Vec<UnderView>,
    /// The key of its verdict in the other reading; empty where there is one reading.
    pub otherwise: &'static str,
}

/// A verdict under other standard errors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnderView {
    /// The standard errors.
    pub label: Name,
    /// The key of the verdict.
    pub key: &'static str,
}

/// Above this many units numbers that decide are left to the trace, and the units named.
const FEW: usize = 3;

impl ClaimsView {
    /// `synthetic` data were made from what was published, so that what holds in them holds by construction.
    pub(crate) fn new(
        outcomes: &[ClaimOutcome],
        units: &[&ReportUnit],
        names: &Names,
        synthetic: bool,
    ) -> Self {
        let counts = |of: &dyn Fn(&ClaimOutcome) -> Option<&EvaluatedClaim>| {
            let count = |wanted: &dyn Fn(&EvaluatedClaim) -> bool| {
                outcomes.iter().filter(|one| of(one).is_some_and(wanted)).count()
            };
            ClaimCounts {
                hold: count(&|one| one.verdict == Verdict::Holds),
                fail: count(&|one| one.verdict == Verdict::Fails),
                size_differs: count(&|one| one.nuance == Some(Nuance::SizeDiffers)),
                not_supported: count(&|one| one.nuance == Some(Nuance::NotSupported)),
                open: count(&|one| one.verdict == Verdict::NotEvaluable),
            }
        };
        let claims = outcomes.iter().map(|outcome| {
            let other = outcome.other_reading.as_ref();
            let told = |of: &EvaluatedClaim| told(&of.because, units, names);
            let published = outcome.published.as_ref().map(|of| VerdictView {
                verdict: of.verdict.word(),
                key: key(of, false),
                because: told(of),
                under: Vec::new(),
                otherwise: other.and_then(|other| other.published.as_ref()).map_or("", |of| key(of, false)),
            });
            let under = outcome.under.iter().map(|one| UnderView {
                label: Name::new("errors", &one.label),
                key: key(&one.estimated, synthetic),
            });
            ClaimView {
                id: outcome.claim.id.clone(),
                place: Name::new(&outcome.claim.id, &outcome.claim.place),
                quote: Name::new(&outcome.claim.id, &outcome.claim.quote),
                statements: outcome.claim.statements.clone(),
                published: published.unwrap_or_default(),
                estimated: VerdictView {
                    verdict: outcome.estimated.verdict.word(),
                    key: key(&outcome.estimated, synthetic),
                    because: told(&outcome.estimated),
                    under: under.collect(),
                    otherwise: other.map_or("", |other| key(&other.estimated, synthetic)),
                },
                note: Name::new("note", &outcome.claim.note),
            }
        });
        Self {
            claims: claims.collect(),
            published: counts(&|one| one.published.as_ref()),
            estimated: counts(&|one| Some(&one.estimated)),
            compared: outcomes.iter().any(|one| one.published.is_some()),
        }
    }
}

fn key(of: &EvaluatedClaim, synthetic: bool) -> &'static str {
    match (of.nuance, of.verdict) {
        (Some(nuance), _) => nuance.key(),
        (None, Verdict::Holds) if synthetic => "by_calibration",
        (None, verdict) => verdict.word(),
    }
}

/// The numbers that decide, with units called as the report calls them. Of more than a few units of which one thing is
/// said only the names are told.
fn told(because: &[String], units: &[&ReportUnit], names: &Names) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut many: Vec<(&str, String)> = Vec::new();
    for text in because {
        let alike = |other: &&String| matches!((said_of(text), said_of(other)), (Some(one), Some(other)) if one == other);
        let own: Vec<&str> = because.iter().filter(alike).filter_map(|text| unit_of(text)).collect();
        match said_of(text).filter(|_| own.len() > FEW) {
            None => told.push(text.clone()),
            Some(said) if many.contains(&said) => {}
            Some((kind, what)) => {
                told.push(format!("{kind}{} units ({what}): {}", own.len(), own.join(names.comma())));
                many.push((kind, what));
            }
        }
    }
    told.into_iter().map(|text| called(text, units, names)).collect()
}

/// Whether a unit has something too, or hasn't, and which coefficients that is about; none of other texts.
fn said_of(text: &str) -> Option<(&str, String)> {
    let kind = ["also ", "not "].into_iter().find(|kind| text.starts_with(kind))?;
    let (_, numbers) = text.split_once(": ")?;
    let of = |number: &str| {
        number.split_inclusive(')').next().filter(|of| of.contains(" in (")).map(str::to_owned)
    };
    let coefficients: Vec<String> = numbers.split(", ").filter_map(of).collect();
    let what = match coefficients.as_slice() {
        [] => return None,
        [one] => format!("coefficient of {one}"),
        [one, other, ..] => format!("both {one} and {other}"),
    };
    Some((kind, what))
}

/// The unit that a text is about.
fn unit_of(text: &str) -> Option<&str> {
    let text = text.strip_prefix("also ").or_else(|| text.strip_prefix("not "))?;
    text.split_once(": ").map(|(unit, _)| unit)
}

/// A text whose units are called as the report does. A name of plain letters is left as it is: it may be part of a word.
fn called(text: String, units: &[&ReportUnit], names: &Names) -> String {
    units.iter().filter(|unit| !unit.printed().is_ascii()).fold(text, |text, unit| {
        if text.contains(unit.printed()) {
            text.replace(unit.printed(), &names.spoken(&unit.id))
        } else {
            text
        }
    })
}

#[cfg(test)]
mod tests {
    use vintner_panel::Label;

    use super::*;

    #[test]
    fn many_units_are_named_and_few_have_their_numbers() {
        let unit = |id: &str, en: &str, zh: &str| ReportUnit {
            id: id.into(),
            label: Label { en: en.into(), zh: Some(zh.into()) },
            printed: None,
            pooled: false,
        };
        let units = [unit("a", "Alpha", "甲"), unit("b", "Beta", "乙")];
        let units: Vec<&ReportUnit> = units.iter().collect();
        let because: Vec<String> =
            ["甲", "乙", "丙", "丁"].map(|one| format!("also {one}: x in (1) 2")).into();
        let more = ["also 甲: x in (1) 2*, y in (2) -1*", "not 乙: x in (1) 0.1"].map(str::to_owned);
        let all: Vec<String> = because.into_iter().chain(more).collect();
        let english = told(&all, &units, &Names::new(&units, &[], "en"));
        let rest = ["also Alpha 甲: x in (1) 2*, y in (2) -1*", "not Beta 乙: x in (1) 0.1"];
        assert_eq!(english[0], "also 4 units (coefficient of x in (1)): Alpha 甲, Beta 乙, 丙, 丁");
        assert_eq!(english[1..], rest);
        let chinese = told(&all, &units, &Names::new(&units, &[], "zh"));
        assert_eq!(chinese[0], "also 4 units (coefficient of x in (1)): 甲、乙、丙、丁");
        let both: Vec<String> =
            ["甲", "乙", "丙", "丁"].map(|one| format!("not {one}: x in (1) 2*, y in (2) 1")).into();
        let both = told(&both, &[], &Names::new(&[], &[], "en"));
        assert_eq!(both, ["not 4 units (both x in (1) and y in (2)): 甲, 乙, 丙, 丁"]);
    }
}
