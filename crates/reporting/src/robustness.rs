//! The published findings under every specification.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use crate::error::{ReportingError, Result};
use crate::estimates_csv::as_text;
use crate::printed_number::PrintedNumber;
use crate::published::{Published, syntax};
use crate::specification::{Specification, SpecificationOutcome};
use crate::stars::{StarLevels, Stars};

/// All specifications of a paper's equations, with what was published of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Robustness {
    /// The equations, in order.
    pub equations: Vec<RobustnessEquation>,
    /// Their specifications, in the order in which tables show them.
    pub specifications: Vec<Specification>,
    /// The findings that are looked at, in order.
    pub findings: Vec<Finding>,
    /// The level below which a p-value is significant.
    pub level: f64,
}

/// An equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobustnessEquation {
    /// Its id, which is the id of its table.
    pub id: String,
    /// Its title.
    pub title: Label,
    /// The dependent variable.
    pub dependent: String,
    /// The regressors, in order.
    pub regressors: Vec<String>,
}

/// What a coefficient is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Significant and above zero.
    Positive,
    /// Significant and below zero.
    Negative,
    /// Not significant.
    None,
}

/// A published coefficient, and in how many specifications what it says holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The equation's id.
    pub equation: String,
    /// The regressor.
    pub regressor: String,
    /// The published value; none where the finding is that of the baseline specification.
    pub published: Option<PrintedNumber>,
    /// The published stars.
    pub stars: Stars,
    /// What was found.
    pub effect: Effect,
    /// Whether the coefficient has a figure of its own.
    pub headline: bool,
    /// Specifications with a p-value of it.
    pub tried: usize,
    /// Of these, those that find the same.
    pub same: usize,
    /// Of these, those that find a significant effect of the other sign.
    pub opposite: usize,
    /// Estimates that differ: standard errors change none, so specifications share them.
    pub estimates: usize,
    /// Of these estimates, those with the published sign, whatever their significance.
    pub same_sign: usize,
    /// Specifications that are another one over again: the same estimate with the same p-value. They aren't among those tried.
    #[serde(default)]
    pub repeated: usize,
    /// Specifications whose standard error is more than ten times that of the baseline: they would find nothing
    /// significant whatever there was, and aren't among those tried.
    #[serde(default)]
    pub imprecise: usize,
}

/// From this many standard errors of the baseline on a specification says nothing of a coefficient.
pub const IMPRECISE: f64 = 10.0;

/// A regressor of an equation.
pub type Headline = (String, String);

impl Robustness {
    /// Counts for each coefficient of the equations in how many specifications the published finding
    /// holds. `pooled` is the printed name of the published row; where nothing was published, the
    /// baseline specification's own finding counts.
    pub fn new(
        equations: Vec<RobustnessEquation>,
        specifications: Vec<Specification>,
        published: &Published,
        pooled: &str,
        levels: &StarLevels,
        headlines: &[Headline],
    ) -> Self {
        let level = levels.0.iter().copied().fold(f64::NAN, f64::max);
        let level = if level.is_nan() { 0.10 } else { level };
        let mut findings = Vec::new();
        for equation in &equations {
            for regressor in &equation.regressors {
                let own = specifications.iter().filter(|one| one.equation == equation.id);
                let baseline =
                    own.clone().filter(|one| one.baseline).find_map(|one| one.coefficient(regressor));
                let printed = published.coefficients().iter().find(|one| {
                    one.table == equation.id
                        && one.unit == pooled
                        && one.dependent == equation.dependent
                        && one.regressor == *regressor
                });
                let (value, stars) = match (printed, baseline) {
                    (Some(printed), _) => (printed.coefficient.value(), printed.stars),
                    (None, Some(own)) => {
                        (own.estimate, own.p_value.map(|p| levels.stars(p)).unwrap_or_default())
                    }
                    (None, None) => continue,
                };
                let effect = effect_of(value, stars.count() > 0);
                let mut finding = Finding {
                    equation: equation.id.clone(),
                    regressor: regressor.clone(),
                    published: printed.map(|printed| printed.coefficient.clone()),
                    stars,
                    effect,
                    headline: headlines.iter().any(|(id, name)| *id == equation.id && name == regressor),
                    tried: 0,
                    same: 0,
                    opposite: 0,
                    estimates: 0,
                    same_sign: 0,
                    repeated: 0,
                    imprecise: 0,
                };
                let usual_error = baseline.and_then(|one| one.std_error);
                let mut estimates: Vec<f64> = Vec::new();
                let mut tried: Vec<(f64, f64)> = Vec::new();
                for coefficient in own.filter_map(|one| one.coefficient(regressor)) {
                    let Some(p_value) = coefficient.p_value else { continue };
                    let is_known = |(estimate, p): &(f64, f64)| {
                        is_the_same(*estimate, coefficient.estimate) && is_the_same(*p, p_value)
                    };
                    if tried.iter().any(is_known) {
                        finding.repeated += 1;
                        continue;
                    }
                    tried.push((coefficient.estimate, p_value));
                    if coefficient
                        .std_error
                        .zip(usual_error)
                        .is_some_and(|(own, usual)| own > IMPRECISE * usual)
                    {
                        finding.imprecise += 1;
                        continue;
                    }
                    let found = effect_of(coefficient.estimate, p_value < level);
                    finding.tried += 1;
                    finding.same += usize::from(found == effect);
                    finding.opposite +=
                        usize::from(found != Effect::None && (coefficient.estimate > 0.0) != (value > 0.0));
                    if !estimates.iter().any(|known| is_the_same(*known, coefficient.estimate)) {
                        estimates.push(coefficient.estimate);
                    }
                }
                finding.estimates = estimates.len();
                finding.same_sign = estimates.iter().filter(|one| (**one > 0.0) == (value > 0.0)).count();
                findings.push(finding);
            }
        }
        Self { equations, specifications, findings, level }
    }

    /// The finding about a coefficient.
    pub fn finding(&self, equation: &str, regressor: &str) -> Option<&Finding> {
        self.findings.iter().find(|one| one.equation == equation && one.regressor == regressor)
    }

    /// The equation of that id.
    pub fn equation(&self, id: &str) -> Option<&RobustnessEquation> {
        self.equations.iter().find(|equation| equation.id == id)
    }

    /// All specifications as CSV, a row a coefficient, numbers in full precision; last the address that
    /// `vintner trace` takes for it.
    ///
    /// # Errors
    /// Where the text can't be made, which no input is known to bring about.
    pub fn csv(&self) -> Result<String> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        let unwritable = |error: csv::Error| syntax("robustness.csv", "", &error);
        writer
            .write_record([
                "equation",
                "dependent",
                "model",
                "errors",
                "baseline",
                "regressor",
                "estimate",
                "std_error",
                "p_value",
                "ci_low",
                "ci_high",
                "n_obs",
                "note",
                "trace",
            ])
            .map_err(unwritable)?;
        let number = |value: Option<f64>| value.map(|value| format!("{value:?}")).unwrap_or_default();
        for equation in &self.equations {
            for one in self.specifications.iter().filter(|one| one.equation == equation.id) {
                let start = [&equation.id, &equation.dependent, &one.model.en, &one.errors.en]
                    .map(|text| as_text(text));
                let mut write = |end: [String; 9]| {
                    let [id, dependent, model, errors] = start.clone();
                    let row = [id, dependent, model, errors, one.baseline.to_string()].into_iter().chain(end);
                    writer.write_record(row.collect::<Vec<String>>()).map_err(unwritable)
                };
                match &one.outcome {
                    SpecificationOutcome::NotEstimable { reason } => {
                        let note = as_text(&format!("not estimable: {reason}"));
                        let empty = String::new;
                        write([
                            empty(),
                            empty(),
                            empty(),
                            empty(),
                            empty(),
                            empty(),
                            empty(),
                            note,
                            empty(),
                        ])?;
                    }
                    SpecificationOutcome::Estimated { coefficients, n_obs, notes, left_out } => {
                        let left_out =
                            (!left_out.is_empty()).then(|| format!("without {}", left_out.join(", ")));
                        let notes: Vec<&str> =
                            notes.iter().map(String::as_str).chain(left_out.as_deref()).collect();
                        for coefficient in coefficients {
                            let trace = format!("specifications/{}/{}", equation.id, coefficient.regressor);
                            write([
                                as_text(&coefficient.regressor),
                                number(Some(coefficient.estimate)),
                                number(coefficient.std_error),
                                number(coefficient.p_value),
                                number(coefficient.low),
                                number(coefficient.high),
                                n_obs.to_string(),
                                as_text(&notes.join("; ")),
                                as_text(&trace),
                            ])?;
                        }
                    }
                }
            }
        }
        let bytes = writer.into_inner().map_err(|error| ReportingError::Model(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| ReportingError::Model(error.to_string()))
    }
}

/// Whether two specifications come to one estimate, up to what another way of computing it leaves.
fn is_the_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(other.abs())
}

fn effect_of(value: f64, significant: bool) -> Effect {
    match (significant, value > 0.0) {
        (false, _) => Effect::None,
        (true, true) => Effect::Positive,
        (true, false) => Effect::Negative,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::SpecifiedCoefficient;

    fn specification(errors: &str, baseline: bool, estimate: f64, p: f64) -> Specification {
        Specification {
            equation: "1".into(),
            model: Label::new("within"),
            errors: Label::new(errors),
            baseline,
            outcome: SpecificationOutcome::Estimated {
                coefficients: vec![SpecifiedCoefficient {
                    regressor: "x".into(),
                    estimate,
                    std_error: Some(0.1),
                    p_value: Some(p),
                    low: Some(estimate - 0.2),
                    high: Some(estimate + 0.2),
                }],
                n_obs: 10,
                notes: Vec::new(),
                left_out: Vec::new(),
            },
        }
    }

    fn robustness(published: &str) -> Robustness {
        let equation = RobustnessEquation {
            id: "1".into(),
            title: Label::new("One"),
            dependent: "y".into(),
            regressors: vec!["x".into(), "z".into()],
        };
        let specifications = vec![
            specification("classical", true, 0.3, 0.02),
            specification("clustered", false, 0.3, 0.2),
            specification("=reversed", false, -0.3, 0.02),
        ];
        let published = Published::parse(published, "published.csv").unwrap();
        let headlines = [("1".to_owned(), "x".to_owned())];
        Robustness::new(vec![equation], specifications, &published, "all", &StarLevels::default(), &headlines)
    }

    const HEADER: &str = "table,dependent,unit,regressor,coefficient,stars\n";

    #[test]
    fn a_published_effect_is_looked_for_in_each_specification() {
        let found = robustness(&format!("{HEADER}1,y,all,x,0.30,2\n1,y,other,x,-9,3\n"));
        let finding = found.finding("1", "x").unwrap();
        assert_eq!(finding.effect, Effect::Positive);
        assert_eq!((finding.tried, finding.same, finding.opposite), (3, 1, 1));
        // Two specifications share an estimate.
        assert_eq!((finding.estimates, finding.same_sign), (2, 1));
        assert!(finding.headline);
        // Nothing is known of z: it was neither published nor estimated.
        assert_eq!(found.findings.len(), 1);
    }

    #[test]
    fn a_specification_counts_once_and_if_it_can_tell() {
        let equation = RobustnessEquation {
            id: "1".into(),
            title: Label::new("One"),
            dependent: "y".into(),
            regressors: vec!["x".into()],
        };
        let mut vague = specification("2SLS", false, -9.4, 0.95);
        if let SpecificationOutcome::Estimated { coefficients, .. } = &mut vague.outcome {
            coefficients[0].std_error = Some(167.0);
        }
        let specifications = vec![
            specification("classical", true, 0.3, 0.4),
            specification("SUR", false, 0.2, 0.5),
            specification("3SLS", false, 0.2, 0.5),
            vague,
        ];
        let none = Published::parse(HEADER, "published.csv").unwrap();
        let found =
            Robustness::new(vec![equation], specifications, &none, "all", &StarLevels::default(), &[]);
        let finding = found.finding("1", "x").unwrap();
        assert_eq!((finding.tried, finding.same, finding.repeated, finding.imprecise), (2, 2, 1, 1));
        assert_eq!((finding.estimates, finding.same_sign), (2, 2));
    }

    #[test]
    fn that_nothing_was_found_is_a_finding_too() {
        let found = robustness(&format!("{HEADER}1,y,all,x,0.30,0\n"));
        let finding = found.finding("1", "x").unwrap();
        assert_eq!((finding.effect, finding.same, finding.opposite), (Effect::None, 1, 1));
    }

    #[test]
    fn without_a_publication_the_baseline_speaks() {
        let found = robustness(HEADER);
        let finding = found.finding("1", "x").unwrap();
        assert_eq!(
            (finding.effect, finding.published.as_ref(), finding.stars.count()),
            (Effect::Positive, None, 2)
        );
    }

    #[test]
    fn the_csv_is_no_formula() {
        let csv = robustness(HEADER).csv().unwrap();
        assert_eq!(
            csv.lines().nth(1),
            Some("1,y,within,classical,true,x,0.3,0.1,0.02,0.09999999999999998,0.5,10,,specifications/1/x")
        );
        assert!(csv.lines().nth(3).unwrap().starts_with("1,y,within,'=reversed,false"), "{csv}");
    }
}
