//! The published findings under every specification, for templates.

use serde::Serialize;

use super::figure_view::file_name;
use super::name::Names;
use super::table_view::Figure;
use crate::figures::{Drawing, FigureAbout, FigureWords, SpecificationCurve, figure_file};
use crate::name::Name;
use crate::number_format::{percent, significant};
use crate::printed_number::PrintedNumber;
use crate::robustness::{Effect, Finding, Robustness, RobustnessEquation};
use crate::specification::{Specification, SpecificationOutcome};
use crate::stars::StarLevels;

/// The section on robustness; its lists are empty where a report has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RobustnessView {
    /// In how many specifications each published finding holds.
    pub findings: Vec<FindingView>,
    /// A table for each equation.
    pub equations: Vec<RobustnessEquationView>,
    /// The figures, one for each headline coefficient.
    pub curves: Vec<CurveView>,
    /// The level at which a coefficient counts as significant.
    pub level: String,
}

/// A published finding and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingView {
    /// The equation.
    pub equation: Name,
    /// The dependent variable.
    pub dependent: Name,
    /// The regressor.
    pub regressor: Name,
    /// The value, published where anything was.
    pub value: Figure,
    /// Whether it was published.
    pub published: bool,
    /// `positive`, `negative` or `none`.
    pub effect: &'static str,
    /// Specifications that say anything about it.
    pub tried: usize,
    /// Those that find the same.
    pub same: usize,
    /// Those that find a significant effect of the other sign.
    pub opposite: usize,
    /// Estimates that differ; standard errors change none.
    pub estimates: usize,
    /// Those of them with the published sign.
    pub same_sign: usize,
    /// Specifications that are another one over again, which aren't counted.
    pub repeated: usize,
    /// Those too imprecise to tell, which aren't counted.
    pub imprecise: usize,
    /// `all`, `most` (at least three in four), `some`, `few` (at most one in four) or `none` of them find the same; `contrary`
    /// where more find a significant effect of the other sign.
    pub holds: &'static str,
}

/// An equation under all specifications.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RobustnessEquationView {
    /// Its id and title.
    pub name: Name,
    /// The dependent variable.
    pub dependent: Name,
    /// The regressors: the columns.
    pub regressors: Vec<Name>,
    /// The specifications: the rows.
    pub rows: Vec<SpecificationRow>,
}

/// A specification.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpecificationRow {
    /// The model.
    pub model: Name,
    /// Whether it is the first row of its model.
    pub first: bool,
    /// The standard errors.
    pub errors: Name,
    /// Whether it is the published specification.
    pub baseline: bool,
    /// A cell for each regressor.
    pub cells: Vec<SpecificationCell>,
    /// Observations; empty where there is no estimate.
    pub n_obs: String,
    /// Why there is no estimate; empty where there is one.
    pub reason: String,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A coefficient; texts are empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpecificationCell {
    /// The estimate with its stars.
    pub estimate: Option<Figure>,
    /// The standard error.
    pub std_error: String,
    /// The lower end of the 95% interval, where there is one and no standard error.
    pub low: String,
    /// The upper end.
    pub high: String,
}

/// The figure of a coefficient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurveView {
    /// The equation.
    pub equation: Name,
    /// The dependent variable.
    pub dependent: Name,
    /// The regressor.
    pub regressor: Name,
    /// The name of its files in each language, without folder and ending.
    pub file: Name,
    /// What it shows, in words.
    pub description: Name,
}

impl RobustnessView {
    pub(crate) fn new(robustness: &Robustness, names: &Names, levels: &StarLevels, synthetic: bool) -> Self {
        let equation_name = |id: &str| {
            robustness.equations.iter().find(|equation| equation.id == id).map(|equation| {
                (Name::new(&equation.id, &equation.title), names.variable(&equation.dependent))
            })
        };
        let findings = robustness
            .findings
            .iter()
            .filter_map(|finding| {
                let (equation, dependent) = equation_name(&finding.equation)?;
                Some(finding_view(finding, equation, dependent, robustness, names))
            })
            .collect();
        let curves = robustness
            .findings
            .iter()
            .filter(|finding| finding.headline)
            .filter_map(|finding| {
                let (equation, dependent) = equation_name(&finding.equation)?;
                let of = robustness.equation(&finding.equation)?;
                let drawn =
                    FigureAbout::usual_words().map(|words| robustness.curve(finding, of, &words, synthetic));
                let file = figure_file(&["curve", &finding.equation, &finding.regressor]);
                let about = FigureAbout::new(&file, &finding.equation, &drawn);
                Some(CurveView {
                    equation,
                    dependent,
                    regressor: names.variable(&finding.regressor),
                    description: Name::new(&file, &about.description),
                    file: file_name(&file),
                })
            })
            .collect();
        let equations = robustness
            .equations
            .iter()
            .map(|equation| {
                let own: Vec<&Specification> =
                    robustness.specifications.iter().filter(|one| one.equation == equation.id).collect();
                let rows = own.iter().enumerate().map(|(place, one)| {
                    let first = place == 0 || own[place - 1].model != one.model;
                    specification_row(one, first, &equation.regressors, names, levels)
                });
                RobustnessEquationView {
                    name: Name::new(&equation.id, &equation.title),
                    dependent: names.variable(&equation.dependent),
                    regressors: equation.regressors.iter().map(|id| names.variable(id)).collect(),
                    rows: rows.collect(),
                }
            })
            .collect();
        Self { findings, equations, curves, level: percent(robustness.level) }
    }
}

fn finding_view(
    finding: &Finding,
    equation: Name,
    dependent: Name,
    robustness: &Robustness,
    names: &Names,
) -> FindingView {
    let own = || {
        let mut of_equation = robustness.specifications.iter().filter(|one| one.equation == finding.equation);
        let baseline = of_equation.find(|one| one.baseline)?;
        Some(significant(baseline.coefficient(&finding.regressor)?.estimate))
    };
    let text = finding.published.as_ref().map(PrintedNumber::text).map(str::to_owned).or_else(own);
    FindingView {
        equation,
        dependent,
        regressor: names.variable(&finding.regressor),
        value: Figure::new(&text.unwrap_or_default(), finding.stars),
        published: finding.published.is_some(),
        effect: match finding.effect {
            Effect::Positive => "positive",
            Effect::Negative => "negative",
            Effect::None => "none",
        },
        tried: finding.tried,
        same: finding.same,
        opposite: finding.opposite,
        estimates: finding.estimates,
        same_sign: finding.same_sign,
        repeated: finding.repeated,
        imprecise: finding.imprecise,
        holds: match (finding.same, finding.tried) {
            (_, 0) => "untried",
            (same, _) if finding.opposite > same => "contrary",
            (0, _) => "none",
            (same, tried) if same == tried => "all",
            (same, tried) if 4 * same >= 3 * tried => "most",
            (same, tried) if 4 * same <= tried => "few",
            _ => "some",
        },
    }
}

fn specification_row(
    specification: &Specification,
    first: bool,
    regressors: &[String],
    names: &Names,
    levels: &StarLevels,
) -> SpecificationRow {
    let cell = |regressor: &String| {
        let Some(coefficient) = specification.coefficient(regressor) else {
            return SpecificationCell::default();
        };
        let stars = coefficient.p_value.map(|p| levels.stars(p)).unwrap_or_default();
        let end = |end: Option<f64>| end.filter(|_| coefficient.std_error.is_none()).map(significant);
        SpecificationCell {
            estimate: Some(Figure::new(&significant(coefficient.estimate), stars)),
            std_error: coefficient.std_error.map(significant).unwrap_or_default(),
            low: end(coefficient.low).unwrap_or_default(),
            high: end(coefficient.high).unwrap_or_default(),
        }
    };
    let (n_obs, reason, notes) = match &specification.outcome {
        SpecificationOutcome::Estimated { n_obs, notes, left_out, .. } => {
            let left_out: Vec<String> = left_out.iter().map(|id| names.spoken(id)).collect();
            let without = (!left_out.is_empty()).then(|| format!("without {}", left_out.join(", ")));
            (n_obs.to_string(), String::new(), notes.iter().cloned().chain(without).collect())
        }
        SpecificationOutcome::NotEstimable { reason } => {
            (String::new(), reason.with_entity_names(&|id| names.spoken(id)).to_string(), Vec::new())
        }
    };
    SpecificationRow {
        model: Name::new("model", &specification.model),
        first,
        errors: Name::new("errors", &specification.errors),
        baseline: specification.baseline,
        cells: regressors.iter().map(cell).collect(),
        n_obs,
        reason,
        notes,
    }
}

impl Robustness {
    /// The figure of a finding's coefficient in one of the equations.
    pub fn curve(
        &self,
        finding: &Finding,
        equation: &RobustnessEquation,
        words: &FigureWords,
        synthetic: bool,
    ) -> Drawing {
        let curve = SpecificationCurve::new(
            &self.specifications,
            &finding.equation,
            &finding.regressor,
            finding.published.as_ref(),
            self.level,
        );
        let values = [
            ("id", equation.id.as_str()),
            ("regressor", &finding.regressor),
            ("dependent", &equation.dependent),
        ];
        curve.draw(words.say("curve_title", &values), words, synthetic)
    }
}
