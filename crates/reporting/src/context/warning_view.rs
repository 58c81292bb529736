//! What makes findings less than they look, found by rule, for templates.

use serde::Serialize;
use vintner_estimation::Description;
use vintner_estimation::specification::Finding;

use super::name::Names;
use crate::equation_tests::EquationDiagnostics;
use crate::name::Name;
use crate::number_format::significant;

/// Something that a reader of the verdict has to know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarningView {
    /// `collinear`: a regressor that the others nearly are, too; `common`: a variable that moves alike in all units.
    pub kind: &'static str,
    /// The variable.
    pub variable: Name,
    /// The equations, by their ids; empty where it is about the variable alone.
    pub equations: String,
    /// The largest variance inflation factor, or Pesaran's CD.
    pub value: String,
    /// The greatest that CD can be; empty for others.
    pub most: String,
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
    });
    let collinear = collinear.into_iter().map(|(variable, value, equations)| WarningView {
        kind: "collinear",
        variable: names.variable(&variable),
        equations: equations.iter().map(|id| format!("({id})")).collect::<Vec<_>>().join(", "),
        value: significant(value),
        most: String::new(),
    });
    common.chain(collinear).collect()
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
