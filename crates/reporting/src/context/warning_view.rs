//! What makes findings less than they look, found by rule, for templates.

use serde::Serialize;
use vintner_estimation::specification::{Disguise, Finding};
use vintner_estimation::{Description, Effects};

use super::name::Names;
use crate::equation_tests::EquationDiagnostics;
use crate::name::{NAMED, Name};
use crate::number_format::{fixed, significant};

/// Something that a reader of the verdict has to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WarningView {
    /// `disguised` or `disguised_made`: a regressor that is another variable after the effects, where nobody says why, and
    /// where its definition does; `common`: a variable that moves alike in all units; `collinear`: a regressor that the
    /// others nearly are, too.
    pub kind: &'static str,
    /// The variable.
    pub variable: Name,
    /// The equations, by their ids; empty where it is about the variable alone.
    pub equations: String,
    /// The largest variance inflation factor, Pesaran's CD, or the correlation after the effects.
    pub value: String,
    /// The greatest that CD can be; empty for others.
    pub most: String,
    /// What a regressor is in disguise; empty for others.
    pub of: Vec<DisguisedAs>,
    /// After which effects, in English; empty for others.
    pub effects: String,
    /// The definitions that made it so; empty for others.
    pub made: String,
}

/// What a regressor is in disguise.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DisguisedAs {
    /// In English, with a sign of private use (U+E000) for the variable: `the log of` it.
    pub said: String,
    /// The variable.
    pub name: Name,
}

/// From this variance inflation factor on a coefficient is warned of (Belsley, Kuh and Welsch 1980; ten is usual).
const INFLATED: f64 = 10.0;
/// From this share of the greatest CD that there can be a variable moves alike in all units.
const ALIKE: f64 = 0.95;

/// The warnings, the gravest first.
pub(crate) fn warning_views(
    diagnostics: &[EquationDiagnostics],
    descriptives: &[Description],
    names: &Names,
) -> Vec<WarningView> {
    let mut collinear: Vec<(String, f64, Vec<&str>)> = Vec::new();
    let mut common: Vec<(String, f64, f64)> = Vec::new();
    for equation in diagnostics {
        for line in &equation.tests {
            let Some(variable) = &line.subject else { continue };
            match &line.finding {
                Finding::Measure(measure)
                    if line.key == "variance_inflation" && measure.value >= INFLATED =>
                {
                    match collinear.iter_mut().find(|(known, ..)| known == variable) {
                        Some((_, most, equations)) => {
                            *most = most.max(measure.value);
                            equations.push(&equation.equation);
                        }
                        None => collinear.push((variable.clone(), measure.value, vec![&equation.equation])),
                    }
                }
                Finding::Test(test) if line.key == "series_dependence" => {
                    let known = common.iter().any(|(known, ..)| known == variable);
                    let most = descriptives.iter().find(|one| one.variable == *variable).and_then(greatest);
                    if let Some(most) = most.filter(|most| !known && test.statistic >= ALIKE * most) {
                        common.push((variable.clone(), test.statistic, most));
                    }
                }
                _ => {}
            }
        }
    }
    common.sort_by(|one, other| (other.1 / other.2).total_cmp(&(one.1 / one.2)));
    collinear.sort_by(|one, other| other.1.total_cmp(&one.1));
    let common = common.into_iter().map(|(variable, value, most)| WarningView {
        kind: "common",
        variable: names.variable(&variable),
        equations: String::new(),
        value: significant(value),
        most: significant(most),
        ..WarningView::default()
    });
    let collinear = collinear.into_iter().map(|(variable, value, equations)| WarningView {
        kind: "collinear",
        variable: names.variable(&variable),
        equations: listed(&equations),
        value: significant(value),
        ..WarningView::default()
    });
    disguised(diagnostics, names).into_iter().chain(common).chain(collinear).collect()
}

/// Regressors that are another variable after the effects, and not on purpose: each with all that it is.
fn disguised(diagnostics: &[EquationDiagnostics], names: &Names) -> Vec<WarningView> {
    let mut found: Vec<(&str, Vec<&Disguise>, Vec<&str>)> = Vec::new();
    for equation in diagnostics {
        for line in &equation.tests {
            let (Some(variable), Finding::Disguise(one)) = (&line.subject, &line.finding) else { continue };
            if one.on_purpose {
                continue;
            }
            let same = |known: &&mut (&str, Vec<&Disguise>, Vec<&str>)| {
                known.0 == variable && known.1.iter().any(|other| other.effects == one.effects)
            };
            match found.iter_mut().find(same) {
                Some((_, all, equations)) => {
                    if all.iter().all(|other| other.other != one.other) {
                        all.push(one);
                    }
                    if !equations.contains(&equation.equation.as_str()) {
                        equations.push(&equation.equation);
                    }
                }
                None => found.push((variable, vec![one], vec![&equation.equation])),
            }
        }
    }
    // What one kind of effects shows is shown by both, too.
    let shown = |one: &Disguise| one.effects != Effects::TwoWay;
    let by_one: Vec<(&str, &str)> = found
        .iter()
        .flat_map(|(variable, all, _)| {
            all.iter().filter(|one| shown(one)).map(|one| (*variable, one.other.as_str()))
        })
        .collect();
    let mut views = Vec::new();
    for (variable, all, equations) in &found {
        let told: Vec<&Disguise> = all
            .iter()
            .filter(|one| shown(one) || !by_one.contains(&(variable, one.other.as_str())))
            .copied()
            .collect();
        let Some(first) = told.first() else { continue };
        let made: Vec<&str> = told.iter().flat_map(|one| one.made.iter().map(String::as_str)).fold(
            Vec::new(),
            |mut known, line| {
                if !known.contains(&line) {
                    known.push(line);
                }
                known
            },
        );
        let weakest = told
            .iter()
            .map(|one| one.correlation)
            .fold(first.correlation, |least, one| if one.abs() < least.abs() { one } else { least });
        let of = told.iter().take(MOST).map(|one| {
            let sign = if one.correlation < 0.0 { "minus " } else { "" };
            DisguisedAs { said: format!("{sign}{}", one.form.of(NAMED)), name: names.variable(&one.other) }
        });
        views.push(WarningView {
            kind: if made.is_empty() { "disguised" } else { "disguised_made" },
            variable: names.variable(variable),
            equations: listed(equations),
            value: fixed(weakest, 4),
            of: of.collect(),
            effects: first.effects.of_units().to_owned(),
            made: made.join(", "),
            ..WarningView::default()
        });
    }
    views
}

/// So many variables are named of those that a regressor is.
const MOST: usize = 4;

fn listed(equations: &[&str]) -> String {
    equations.iter().map(|id| format!("({id})")).collect::<Vec<_>>().join(", ")
}

/// The greatest CD of a balanced panel, of which all series are one: sqrt(T N (N - 1) / 2), Pesaran's (2021) statistic at
/// correlations of one.
fn greatest(description: &Description) -> Option<f64> {
    let units = description.n_entities;
    if units < 2 || !description.n.is_multiple_of(units) {
        return None;
    }
    let (times, units) = ((description.n / units) as f64, units as f64);
    Some((times * units * (units - 1.0) / 2.0).sqrt())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn equation(id: &str, vif: f64, cd: f64) -> EquationDiagnostics {
        serde_json::from_value(json!({"equation": id, "title": {"en": id}, "tests": [
            {"key": "variance_inflation", "subject": "x", "outcome": "measure",
             "name": "Variance inflation factor", "reading": "", "value": vif},
            {"key": "series_dependence", "subject": "x", "outcome": "test", "name": "CD", "null": "",
             "statistic": cd, "distribution": {"kind": "normal", "tail": "both"}, "p_value": 0.0},
        ]}))
        .unwrap()
    }

    fn of(vif: f64, cd: f64) -> Vec<(&'static str, String, String, String)> {
        let description: Description = serde_json::from_value(json!({
            "variable": "x", "n": 168, "missing": 0, "n_entities": 14, "mean": null, "sd": null, "sd_between": null,
            "sd_within": null, "min": null, "p25": null, "median": null, "p75": null, "max": null
        }))
        .unwrap();
        let found = warning_views(
            &[equation("1", vif, cd), equation("2", vif, cd)],
            &[description],
            &Names::new(&[], &[], "en"),
        );
        found.into_iter().map(|one| (one.kind, one.equations, one.value, one.most)).collect()
    }

    fn with(regressor: &str, found: serde_json::Value) -> serde_json::Value {
        let mut line = json!({"key": "disguised", "subject": regressor, "outcome": "disguise", "form": "log",
            "before": 0.5, "rows": 168, "df": 142});
        line.as_object_mut().unwrap().extend(found.as_object().unwrap().clone());
        line
    }

    #[test]
    fn a_regressor_in_disguise_is_told_once_with_all_that_it_is() {
        let one = |effects: &str, other: &str, correlation: f64| json!({"other": other, "effects": effects, "correlation": correlation});
        let made = json!({"other": "gdp", "effects": "two_way", "correlation": 1.0, "on_purpose": true,
            "made": ["x = gdp / prices"]});
        let divided = json!({"other": "people", "effects": "two_way", "correlation": -1.0,
            "made": ["y = robots / people"]});
        let tests = json!([
            with("x", one("two_way", "z", -0.99953)),
            with("x", one("two_way", "w", 0.99991)),
            with("v", one("entity", "z", 0.9999)),
            with("v", one("two_way", "z", 0.9999)),
            with("x", made),
            with("y", divided),
        ]);
        let of = |id: &str| -> EquationDiagnostics {
            serde_json::from_value(json!({"equation": id, "title": {"en": id}, "tests": tests})).unwrap()
        };
        let views = warning_views(&[of("1"), of("2")], &[], &Names::new(&[], &[], "en"));
        let told: Vec<String> = views
            .iter()
            .map(|one| {
                format!(
                    "{} {}: {} after {}, {} {} {}",
                    one.kind,
                    one.variable.id,
                    one.of
                        .iter()
                        .map(|of| of.said.replace(NAMED, &of.name.id))
                        .collect::<Vec<_>>()
                        .join("; "),
                    one.effects,
                    one.equations,
                    one.value,
                    one.made
                )
            })
            .collect();
        let expected = [
            "disguised x: minus the log of z; the log of w after effects of units and times, (1), (2) -0.9995 ",
            "disguised v: the log of z after effects of units, (1), (2) 0.9999 ",
            "disguised_made y: minus the log of people after effects of units and times, (1), (2) -1.0000 y = robots / people",
        ];
        assert_eq!(told, expected);
    }

    // 14 units over 12 years: sqrt(12 * 14 * 13 / 2) = 33.05.
    #[test]
    fn a_common_trend_and_a_regressor_that_others_are_too_are_told() {
        assert_eq!(of(2.0, 20.0), []);
        assert_eq!(
            of(40.9, 33.04),
            [
                ("common", String::new(), "33.04".into(), "33.05".into()),
                ("collinear", "(1), (2)".into(), "40.90".into(), String::new()),
            ]
        );
    }
}
