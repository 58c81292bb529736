//! Holding statements against evidence.

use super::claim::{EvaluatedClaim, Nuance, Verdict};
use super::evidence::Evidence;
use super::ground::{Ground, Stance};
use super::statement::{Effect, Scope, Statement};
use crate::report_unit::ReportUnit;

/// Whether something is so in a unit, and by which numbers; an error says why that can't be told.
type Finding = Result<Found, Ground>;

/// What was found.
#[derive(Debug, Clone)]
struct Found {
    is: bool,
    /// Where it isn't: what makes that less than the contrary.
    short_of: Option<Nuance>,
    text: Ground,
}

impl Found {
    fn new(is: bool, text: Ground) -> Self {
        Self { is, short_of: None, text }
    }
}

/// Holds a claim's statements, all of which must hold, against evidence.
pub fn evaluate(statements: &[Statement], evidence: &Evidence<'_>) -> EvaluatedClaim {
    if statements.is_empty() {
        return EvaluatedClaim::new(
            Verdict::NotEvaluable,
            vec![Ground::words("no estimate or test speaks of it")],
        );
    }
    EvaluatedClaim::all(statements.iter().map(|statement| one(statement, evidence)).collect())
}

fn one(statement: &Statement, evidence: &Evidence<'_>) -> EvaluatedClaim {
    match statement {
        Statement::Not(inner) => {
            let inner = one(inner, evidence);
            let verdict = match inner.verdict {
                Verdict::Holds => Verdict::Fails,
                Verdict::Fails => Verdict::Holds,
                Verdict::NotEvaluable => Verdict::NotEvaluable,
            };
            // That the contrary isn't supported is all that "not" asks for.
            EvaluatedClaim::new(verdict, inner.grounds)
        }
        Statement::Coefficient { effect, regressor, table, level, scope } => {
            let level = evidence.level(*level);
            scoped(scope, evidence, &|unit| effect_in(*effect, regressor, table, level, unit, evidence))
        }
        Statement::Bidirectional { first, second, level, scope } => {
            let level = evidence.level(*level);
            scoped(scope, evidence, &|unit| {
                let forth = significant_in(second, first, level, unit, evidence);
                let back = significant_in(first, second, level, unit, evidence);
                both(forth, back, Some(Ground::of(unit).then(": ")))
            })
        }
        Statement::Granger { cause, effect, level } => {
            decided(granger(cause, effect, evidence.level(*level), evidence))
        }
        Statement::GrangerBidirectional { first, second, level } => {
            let level = evidence.level(*level);
            decided(both(
                granger(first, second, level, evidence),
                granger(second, first, level, evidence),
                None,
            ))
        }
        Statement::Larger { regressor, table, larger, smaller } => {
            let value = |name: &String| -> Result<(f64, Ground), Ground> {
                let unit = evidence.unit(name).ok_or_else(|| no_unit(name))?;
                let known = evidence.coefficient(table, unit, regressor)?;
                Ok((known.value, Ground::of(unit).then(format!(" {}", known.text))))
            };
            decided(value(larger).and_then(|(large, one)| {
                let (small, other) = value(smaller)?;
                let of = Ground::words(format!("{regressor} in ({table}): "));
                Ok(Found::new(large > small, of.and("", one).and(", ", other)))
            }))
        }
        Statement::Value { regressor, table, unit, value } => {
            let found = match unit {
                Some(name) => evidence.unit(name),
                None => evidence.pooled(),
            };
            let name = unit.as_deref().unwrap_or("pooled");
            decided(found.ok_or_else(|| no_unit(name)).and_then(|unit| {
                let known = evidence.coefficient(table, unit, regressor)?;
                let text = in_unit(unit, regressor, table, &known.text);
                let same_sign = known.value != 0.0 && (known.value > 0.0) == (value.value() > 0.0);
                let short_of = same_sign.then_some(Nuance::SizeDiffers);
                Ok(Found { is: value.is_rounding_of(known.value), short_of, text })
            }))
        }
    }
}

fn decided(finding: Finding) -> EvaluatedClaim {
    match finding {
        Ok(Found { is: true, text, .. }) => EvaluatedClaim::new(Verdict::Holds, vec![text]),
        Ok(Found { short_of, text, .. }) => fails(short_of, text),
        Err(why) => EvaluatedClaim::new(Verdict::NotEvaluable, vec![why]),
    }
}

fn no_unit(name: &str) -> Ground {
    Ground::words(format!("no unit `{name}`"))
}

/// A unit's coefficient.
fn in_unit(unit: &ReportUnit, regressor: &str, table: &str, number: &str) -> Ground {
    Ground::of(unit).then(format!(": {regressor} in ({table}) {number}")).about(regressor, table)
}

fn fails(short_of: Option<Nuance>, text: Ground) -> EvaluatedClaim {
    match short_of {
        Some(nuance) => EvaluatedClaim::short_of(nuance, vec![text]),
        None => EvaluatedClaim::new(Verdict::Fails, vec![text]),
    }
}

/// Both of two findings. Where one isn't so, the other needn't be known.
fn both(one: Finding, other: Finding, start: Option<Ground>) -> Finding {
    let begun = |text: Ground| match &start {
        Some(start) => start.clone().and("", text),
        None => text,
    };
    match (one, other) {
        (Ok(one), Ok(other)) if one.is == other.is => {
            let short_of = one.short_of.filter(|nuance| other.short_of == Some(*nuance));
            Ok(Found { is: one.is, short_of, text: begun(one.text.and(", ", other.text)) })
        }
        (Ok(found), _) if !found.is => Ok(Found { text: begun(found.text.clone()), ..found }),
        (_, Ok(found)) if !found.is => Ok(Found { text: begun(found.text.clone()), ..found }),
        (Err(why), _) | (_, Err(why)) => Err(why),
        (Ok(one), Ok(other)) => Ok(Found::new(true, begun(one.text.and(", ", other.text)))),
    }
}

fn granger(cause: &str, effect: &str, level: f64, evidence: &Evidence<'_>) -> Finding {
    evidence.granger(cause, effect).map(|(text, p_value)| Found {
        is: p_value < level,
        short_of: Some(Nuance::NotSupported),
        text,
    })
}

/// Whether `regressor` is significant in the equation of `dependent`.
fn significant_in(
    dependent: &str,
    regressor: &str,
    level: f64,
    unit: &ReportUnit,
    evidence: &Evidence<'_>,
) -> Finding {
    let table = evidence.table_of(dependent)?;
    let known = evidence.coefficient(table, unit, regressor)?;
    let is = known.is_significant(level, evidence.levels)?;
    let text = Ground::words(format!("{regressor} in ({table}) {}", known.text)).about(regressor, table);
    Ok(Found { is, short_of: Some(Nuance::NotSupported), text })
}

fn effect_in(
    effect: Effect,
    regressor: &str,
    table: &str,
    level: f64,
    unit: &ReportUnit,
    evidence: &Evidence<'_>,
) -> Finding {
    let known = evidence.coefficient(table, unit, regressor)?;
    let significant = || known.is_significant(level, evidence.levels);
    let is = match effect {
        Effect::Positive => known.value > 0.0,
        Effect::Negative => known.value < 0.0,
        Effect::Significant => significant()?,
        Effect::NotSignificant => !significant()?,
        Effect::PositiveSignificant => known.value > 0.0 && significant()?,
        Effect::NegativeSignificant => known.value < 0.0 && significant()?,
    };
    // An effect that is claimed and not significant is neither borne out nor contradicted. Where significance can't be
    // told, a sign that is another one is the contrary.
    let claims_effect = !matches!(effect, Effect::NotSignificant);
    let short_of = (claims_effect && significant() == Ok(false)).then_some(Nuance::NotSupported);
    Ok(Found { is, short_of, text: in_unit(unit, regressor, table, &known.text) })
}

/// Holds what is said of units against each of them.
fn scoped(scope: &Scope, evidence: &Evidence<'_>, is: &dyn Fn(&ReportUnit) -> Finding) -> EvaluatedClaim {
    let (named, must_be): (&[String], bool) = match scope {
        Scope::Pooled => {
            return match evidence.pooled() {
                Some(pooled) => decided(is(pooled)),
                None => {
                    EvaluatedClaim::new(Verdict::NotEvaluable, vec![Ground::words("there is no pooled row")])
                }
            };
        }
        Scope::Exactly(names) | Scope::In(names) => (names, true),
        Scope::EveryBut(names) => (names, false),
        Scope::NoUnit => (&[], true),
    };
    if let Some(unknown) = named.iter().find(|name| evidence.unit(name).is_none()) {
        return EvaluatedClaim::new(Verdict::NotEvaluable, vec![no_unit(unknown)]);
    }
    let is_named =
        |unit: &ReportUnit| named.iter().any(|name| evidence.unit(name).is_some_and(|one| one.id == unit.id));
    let mut parts = Vec::new();
    for unit in evidence.single_units() {
        let wanted = match (scope, is_named(unit)) {
            (Scope::Exactly(_), named) => Some(named),
            (Scope::In(_), named) => named.then_some(true),
            (Scope::EveryBut(_), named) => (!named).then_some(true),
            (Scope::NoUnit, _) => Some(false),
            (Scope::Pooled, _) => None,
        };
        let Some(wanted) = wanted else { continue };
        parts.push(match is(unit) {
            Ok(Found { is, text, .. }) if is == wanted => {
                // Of what holds, only the units are worth telling in which something is so.
                let told = if wanted && must_be { vec![text] } else { Vec::new() };
                EvaluatedClaim::new(Verdict::Holds, told)
            }
            Ok(Found { is: true, text, .. }) => fails(None, text.standing(Stance::Also)),
            Ok(Found { short_of, text, .. }) => fails(short_of, text.standing(Stance::Not)),
            Err(why) => EvaluatedClaim::new(Verdict::NotEvaluable, vec![why]),
        });
    }
    EvaluatedClaim::all(parts)
}

#[cfg(test)]
mod tests {
    use vintner_panel::Label;

    use super::*;
    use crate::printed_number::PrintedNumber;
    use crate::stars::{StarLevels, Stars};
    use crate::table_spec::TableSpec;
    use crate::tidy_estimate::TidyEstimate;

    fn units() -> Vec<ReportUnit> {
        let unit = |id: &str, zh: &str, pooled| ReportUnit {
            id: id.into(),
            label: Label { en: id.to_uppercase(), zh: Some(zh.into()) },
            printed: None,
            pooled,
        };
        vec![unit("a", "甲", false), unit("b", "乙", false), unit("all", "合计", true)]
    }

    fn tables() -> Vec<TableSpec> {
        let table = |id: &str, dependent: &str, regressor: &str| TableSpec {
            id: id.into(),
            title: Label::new(id),
            dependent: dependent.into(),
            regressors: vec![regressor.into()],
            note: Label::default(),
            in_report: true,
        };
        vec![table("1", "y", "x"), table("2", "x", "y")]
    }

    fn row(
        table: &str,
        unit: &str,
        published: &str,
        stars: u8,
        estimate: Option<(f64, f64)>,
    ) -> TidyEstimate {
        let (dependent, regressor) = if table == "1" { ("y", "x") } else { ("x", "y") };
        TidyEstimate {
            table: table.into(),
            dependent: dependent.into(),
            unit: unit.into(),
            regressor: regressor.into(),
            estimate: estimate.map(|(value, _)| value),
            std_error: None,
            statistic: None,
            p_value: estimate.map(|(_, p)| p),
            stars: Stars::default(),
            n_obs: None,
            df_resid: None,
            published: PrintedNumber::parse(published),
            published_stars: Stars::new(stars),
            note: if estimate.is_none() { "3 observations, 5 parameters".into() } else { String::new() },
        }
    }

    fn rows() -> Vec<TidyEstimate> {
        vec![
            row("1", "甲", "0.50", 2, Some((0.5, 0.03))),
            row("2", "甲", "1.2", 1, Some((1.2, 0.07))),
            row("1", "乙", "-0.3", 1, Some((-0.3, 0.2))),
            row("2", "乙", "-1", 1, None),
            row("1", "合计", "0.1", 0, Some((0.1, 0.5))),
            row("2", "合计", "0.2", 3, Some((0.2, 0.001))),
        ]
    }

    fn both_verdicts(text: &str) -> (EvaluatedClaim, EvaluatedClaim) {
        let (rows, tables, units, levels) = (rows(), tables(), units(), StarLevels::default());
        let statement = [Statement::parse(text).unwrap()];
        (
            evaluate(&statement, &Evidence::published(&rows, &tables, &units, &levels)),
            evaluate(&statement, &Evidence::estimated(&rows, &tables, &units, &levels, &[])),
        )
    }

    #[test]
    fn a_set_of_units_must_be_the_whole_set() {
        let (published, estimated) = both_verdicts("bidirectional(x, y), in exactly {甲}");
        assert_eq!(published.verdict, Verdict::Fails);
        assert_eq!(published.because, ["also 乙: x in (1) -0.3*, y in (2) -1*"]);
        // Where x isn't significant in (1), it doesn't matter that (2) couldn't be estimated.
        assert_eq!(estimated.verdict, Verdict::Holds);
        let (published, _) = both_verdicts("bidirectional(x, y), in {甲}");
        assert_eq!(published.verdict, Verdict::Holds);
    }

    #[test]
    fn levels_are_taken_at_their_word() {
        let verdicts = |text| {
            let (published, estimated) = both_verdicts(text);
            (published.verdict, estimated.verdict)
        };
        assert_eq!(
            verdicts("positive and significant at 5%: x in (1), in {甲}"),
            (Verdict::Holds, Verdict::Holds)
        );
        assert_eq!(verdicts("significant at 5%: y in (2), in {甲}"), (Verdict::Fails, Verdict::Fails));
        // Three kinds of stars say nothing about other levels.
        assert_eq!(verdicts("significant at 2%: x in (1), in {甲}"), (Verdict::NotEvaluable, Verdict::Fails));
        assert_eq!(verdicts("not significant: x in (1), pooled"), (Verdict::Holds, Verdict::Holds));
        assert_eq!(verdicts("not bidirectional(x, y), pooled"), (Verdict::Holds, Verdict::Holds));
        assert_eq!(verdicts("negative: x in (1), in {B}"), (Verdict::Holds, Verdict::Holds));
        assert_eq!(verdicts("larger: x in (1), 甲 > 乙"), (Verdict::Holds, Verdict::Holds));
        assert_eq!(verdicts("value: x in (1), 甲 = 0.5"), (Verdict::Holds, Verdict::Holds));
        assert_eq!(verdicts("value: x in (1), pooled = 0.12"), (Verdict::Fails, Verdict::Fails));
        assert_eq!(verdicts("significant: x in (1), in every unit"), (Verdict::Holds, Verdict::Fails));
        assert_eq!(verdicts("significant: x in (1), in no unit"), (Verdict::Fails, Verdict::Fails));
    }

    #[test]
    fn a_failure_is_as_grave_as_it_is() {
        let verdicts = |text: &str| {
            let (published, estimated) = both_verdicts(text);
            (published.words(), estimated.words())
        };
        // 0.1 with p = 0.5: neither borne out nor contradicted.
        let unsupported = "not supported";
        assert_eq!(verdicts("negative: x in (1), pooled"), (unsupported, unsupported));
        assert_eq!(verdicts("positive and significant: x in (1), pooled"), (unsupported, unsupported));
        assert_eq!(verdicts("bidirectional(x, y), pooled"), (unsupported, unsupported));
        // 0.2 with p = 0.001.
        assert_eq!(verdicts("negative: y in (2), pooled"), ("fails", "fails"));
        assert_eq!(verdicts("not significant: y in (2), pooled"), ("fails", "fails"));
        let differs = "direction holds, size differs";
        assert_eq!(verdicts("value: y in (2), pooled = 0.137"), (differs, differs));
        assert_eq!(verdicts("value: y in (2), pooled = -0.137"), ("fails", "fails"));
        // That another unit has it too contradicts "exactly".
        assert_eq!(verdicts("positive: x in (1), in exactly {乙}").0, "fails");
    }

    #[test]
    fn parts_of_different_weight_come_to_the_gravest() {
        let (rows, tables, units, levels) = (rows(), tables(), units(), StarLevels::default());
        let evidence = Evidence::estimated(&rows, &tables, &units, &levels, &[]);
        let of = |texts: &[&str]| {
            let statements: Vec<_> = texts.iter().map(|text| Statement::parse(text).unwrap()).collect();
            evaluate(&statements, &evidence)
        };
        let size = "value: y in (2), pooled = 0.137";
        assert_eq!(of(&["significant: y in (2), pooled", size]).nuance, Some(Nuance::SizeDiffers));
        assert_eq!(of(&["negative: x in (1), pooled", size]).nuance, Some(Nuance::NotSupported));
        assert_eq!(of(&["not significant: y in (2), pooled", size]).nuance, None);
        // The same numbers are told once.
        let told = of(&["significant: x in (1), in {乙}", "value: x in (1), 乙 = 3"]).because;
        assert_eq!(told, ["not 乙: x in (1) -0.3000 (p = 0.200)"]);
    }

    #[test]
    fn other_standard_errors_speak_of_their_tables_alone() {
        let mut rows = rows();
        rows.push(row("2-clustered", "合计", "", 0, Some((0.2, 0.3))));
        let (tables, units, levels) = (tables(), units(), StarLevels::default());
        let evidence = Evidence::estimated(&rows, &tables, &units, &levels, &[]);
        let under = evidence.under(&[("2".to_owned(), "2-clustered".to_owned())].into());
        let of = |text: &str, evidence: &Evidence<'_>| {
            evaluate(&[Statement::parse(text).unwrap()], evidence).words()
        };
        assert_eq!(of("significant: y in (2), pooled", &evidence), "holds");
        assert_eq!(of("significant: y in (2), pooled", &under), "not supported");
        assert_eq!(of("significant: x in (1), pooled", &under), "open");
        assert_eq!(of("Granger(x -> y)", &under), "open");
    }

    #[test]
    fn what_is_not_known_is_told() {
        let (_, estimated) = both_verdicts("significant: y in (2), in every unit but {甲}");
        assert_eq!(estimated.verdict, Verdict::NotEvaluable);
        assert_eq!(estimated.because, ["乙: 3 observations, 5 parameters"]);
        let (published, estimated) = both_verdicts("Granger(x -> y)");
        assert_eq!(published.because, ["the publication prints no Granger statistics"]);
        assert_eq!(estimated.because, ["no Granger test of x -> y"]);
        let (published, _) = both_verdicts("significant: x in (1), in {丙}");
        assert_eq!(published.because, ["no unit `丙`"]);
    }
}
