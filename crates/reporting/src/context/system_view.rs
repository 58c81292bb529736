//! A system of equations: what identifies each, and how strong its instruments are, for templates.

use serde::Serialize;
use vintner_estimation::PanelKey;
use vintner_estimation::TestOutcome;
use vintner_estimation::instruments::FirstStageOutcome;
use vintner_estimation::instruments::{Errors, FirstStage};
use vintner_estimation::systems::{Identification, Identified};

use super::name::Names;
use crate::equation_tests::SystemFindings;
use crate::name::Name;
use crate::number_format::{p_value_text, significant};
use crate::robustness::RobustnessEquation;
use crate::stars::StarLevels;

/// The section on the system; its lists are empty where a report has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SystemView {
    /// What identifies each equation.
    pub identification: Vec<IdentificationRow>,
    /// How strong the instruments are, a row for each endogenous regressor of an equation that is identified.
    pub first_stages: Vec<FirstStageRow>,
    /// What robust F and Kleibergen and Paap's statistics allow for: `unadjusted`, `robust`, `entity` or `time`
    /// (clusters), or `kernel`; empty where there are none.
    pub errors: &'static str,
    /// Of each equation with instruments what is said of all of them together, or why nothing can be.
    pub strengths: Vec<StrengthRow>,
}

/// Order and rank condition of an equation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdentificationRow {
    /// The equation.
    pub equation: Name,
    /// Its endogenous regressors.
    pub endogenous: Vec<Name>,
    /// The exogenous variables that it excludes.
    pub excluded: Vec<Name>,
    /// The rank that there is.
    pub rank: usize,
    /// The rank that identifies.
    pub rank_needed: usize,
    /// `over`, `exactly`, `not_by_order` or `not_by_rank`.
    pub identified: &'static str,
    /// The outcome in words.
    pub sentence: String,
}

/// The first stage of an endogenous regressor; texts are empty where there is no number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstStageRow {
    /// The equation.
    pub equation: Name,
    /// The regressor.
    pub variable: Name,
    /// Classical F of the excluded instruments.
    pub f: String,
    /// Its p-value.
    pub p_value: String,
    /// F under the errors asked for.
    pub robust_f: String,
    /// Its p-value.
    pub robust_p_value: String,
    /// Partial R2.
    pub partial_r2: String,
    /// Shea's partial R2.
    pub shea_r2: String,
}

/// The strength of an equation's instruments; texts are empty where there is no number.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StrengthRow {
    /// The equation.
    pub equation: String,
    /// Cragg and Donald's F.
    pub cragg_donald: String,
    /// Kleibergen and Paap's rk Wald F.
    pub kleibergen_paap: String,
    /// Kleibergen and Paap's rk LM statistic of underidentification.
    pub rk: String,
    /// Its p-value.
    pub rk_p_value: String,
    /// Whether that test rejects underidentification at the largest level that earns a star.
    pub rank_shown: bool,
    /// What Cragg and Donald's F says by Stock and Yogo's critical values.
    pub verdict: String,
    /// Whether the instruments are weak by them.
    pub weak: bool,
    /// Why nothing can be said; empty where something can.
    pub reason: String,
}

impl SystemView {
    pub(crate) fn new(
        system: &SystemFindings,
        equations: &[RobustnessEquation],
        names: &Names,
        levels: &StarLevels,
    ) -> Self {
        let equation = |id: &str| match equations.iter().find(|one| one.id == id) {
            Some(one) => Name::new(id, &one.title),
            None => names.variable(id),
        };
        let mut view = Self {
            identification: system
                .identification
                .iter()
                .map(|one| identification_row(one, equation(&one.equation), names))
                .collect(),
            ..Self::default()
        };
        for stage in &system.first_stages {
            let equation = equation(&stage.equation);
            match &stage.outcome {
                FirstStageOutcome::FirstStage(found) => view.add(equation, found, names, levels),
                FirstStageOutcome::NotComputable { reason } => view.strengths.push(StrengthRow {
                    equation: equation.id,
                    reason: reason.to_string(),
                    ..StrengthRow::default()
                }),
            }
        }
        view
    }

    fn add(&mut self, equation: Name, found: &FirstStage, names: &Names, levels: &StarLevels) {
        self.errors = match &found.errors {
            Errors::Unadjusted => "unadjusted",
            Errors::Robust => "robust",
            Errors::Cluster { by: PanelKey::Entity } => "entity",
            Errors::Cluster { by: PanelKey::Time } => "time",
            Errors::Kernel { .. } => "kernel",
        };
        for variable in &found.variables {
            let (f, p_value) = statistic(Some(&variable.f));
            let (robust_f, robust_p_value) = statistic(variable.robust_f.as_ref());
            self.first_stages.push(FirstStageRow {
                equation: equation.clone(),
                variable: names.variable(&variable.variable),
                f,
                p_value,
                robust_f,
                robust_p_value,
                partial_r2: significant(variable.partial_r2),
                shea_r2: significant(variable.shea_r2),
            });
        }
        let (rk, rk_p_value) = statistic(Some(&found.kleibergen_paap));
        let underidentified = found.kleibergen_paap.test();
        self.strengths.push(StrengthRow {
            equation: equation.id,
            cragg_donald: found.cragg_donald.map(significant).unwrap_or_default(),
            kleibergen_paap: found.kleibergen_paap_f.map(significant).unwrap_or_default(),
            rk,
            rk_p_value,
            rank_shown: underidentified.is_some_and(|test| levels.stars(test.p_value).count() > 0),
            verdict: found.verdict.clone().unwrap_or_default(),
            weak: found.weak.unwrap_or_default(),
            reason: String::new(),
        });
    }
}

fn identification_row(one: &Identification, equation: Name, names: &Names) -> IdentificationRow {
    let named = |ids: &[String]| ids.iter().map(|id| names.variable(id)).collect();
    IdentificationRow {
        equation,
        endogenous: named(&one.endogenous),
        excluded: named(&one.excluded),
        rank: one.rank,
        rank_needed: one.rank_needed,
        identified: match one.identified {
            Identified::Over => "over",
            Identified::Exactly => "exactly",
            Identified::NotByOrder => "not_by_order",
            Identified::NotByRank => "not_by_rank",
        },
        sentence: one.sentence.clone(),
    }
}

/// A statistic and its p-value; empty where there is none.
fn statistic(outcome: Option<&TestOutcome>) -> (String, String) {
    match outcome.and_then(TestOutcome::test) {
        Some(test) => (significant(test.statistic), p_value_text(test.p_value)),
        None => Default::default(),
    }
}
