//! Claims and what became of them, for templates.

use serde::Serialize;

use super::name::Names;
use crate::claims::{ClaimOutcome, EvaluatedClaim, Ground, Nuance, Stance, Verdict};
use crate::name::Name;

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
    pub(crate) fn new(outcomes: &[ClaimOutcome], names: &Names, synthetic: bool) -> Self {
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
            let told = |of: &EvaluatedClaim| match of.grounds.is_empty() {
                // As an older version wrote it.
                true => of.because.clone(),
                false => told(&of.grounds, names),
            };
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
fn told(grounds: &[Ground], names: &Names) -> Vec<String> {
    let spoken = |id: &str| names.spoken(id);
    let mut told: Vec<String> = Vec::new();
    let mut many: Vec<(Option<Stance>, &[[String; 2]])> = Vec::new();
    for ground in grounds {
        let said = (ground.stance, ground.coefficients.as_slice());
        let alike = |other: &&Ground| (other.stance, other.coefficients.as_slice()) == said;
        let own: Vec<String> = grounds.iter().filter(alike).filter_map(Ground::unit).map(spoken).collect();
        let of = |[regressor, table]: &[String; 2]| format!("{regressor} in ({table})");
        let what = match (ground.stance, ground.coefficients.as_slice()) {
            (Some(_), [one]) => format!("coefficient of {}", of(one)),
            (Some(_), [one, other, ..]) => format!("both {} and {}", of(one), of(other)),
            _ => String::new(),
        };
        let stance = ground.stance.map_or("", Stance::word);
        if what.is_empty() || own.len() <= FEW {
            told.push(ground.text(&spoken));
        } else if !many.contains(&said) {
            told.push(format!("{stance} {} units ({what}): {}", own.len(), own.join(names.comma())));
            many.push(said);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use vintner_panel::Label;

    use super::*;
    use crate::claims::Part;
    use crate::report_unit::ReportUnit;

    fn ground(stance: Stance, unit: &str, numbers: &str, of: &[(&str, &str)]) -> Ground {
        Ground {
            stance: Some(stance),
            parts: vec![
                Part::Unit { id: unit.into(), printed: unit.into() },
                Part::Words(format!(": {numbers}")),
            ],
            coefficients: of.iter().map(|(one, other)| [(*one).to_owned(), (*other).to_owned()]).collect(),
        }
    }

    #[test]
    fn many_units_are_named_and_few_have_their_numbers() {
        // Names of plain letters, one within another, and within a variable's: none is looked for in the text.
        let unit = |id: &str, en: &str, zh: Option<&str>| ReportUnit {
            id: id.into(),
            label: Label { en: en.into(), zh: zh.map(Into::into) },
            printed: None,
            pooled: false,
        };
        let units = [unit("a", "Alpha", Some("甲")), unit("b", "Beta", Some("乙")), unit("x", "Xi", None)];
        let units: Vec<&ReportUnit> = units.iter().collect();
        let first = [("x", "1")];
        let mut all: Vec<Ground> =
            ["a", "b", "x", "d"].map(|one| ground(Stance::Also, one, "x in (1) 2", &first)).into();
        all.push(ground(Stance::Also, "a", "x in (1) 2*, y in (2) -1*", &[("x", "1"), ("y", "2")]));
        all.push(ground(Stance::Not, "b", "x in (1) 0.1", &first));
        let english = told(&all, &Names::new(&units, &[], "en"));
        let rest = ["also Alpha 甲: x in (1) 2*, y in (2) -1*", "not Beta 乙: x in (1) 0.1"];
        assert_eq!(english[0], "also 4 units (coefficient of x in (1)): Alpha 甲, Beta 乙, Xi, d");
        assert_eq!(english[1..], rest);
        let chinese = told(&all, &Names::new(&units, &[], "zh"));
        assert_eq!(chinese[0], "also 4 units (coefficient of x in (1)): 甲、乙、Xi、d");
        let pair = [("x", "1"), ("y", "2")];
        let both: Vec<Ground> =
            ["a", "b", "c", "d"].map(|one| ground(Stance::Not, one, "x in (1) 2*, y in (2) 1", &pair)).into();
        let both = told(&both, &Names::new(&[], &[], "en"));
        assert_eq!(both, ["not 4 units (both x in (1) and y in (2)): a, b, c, d"]);
    }
}
