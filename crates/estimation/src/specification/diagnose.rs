//! A list of tests of one equation.

use std::collections::BTreeSet;

use vintner_panel::Panel;

use super::auxiliary::arellano;
use super::bera_sosa_yoon::{BeraSosaYoonOptions, bera_sosa_yoon};
use super::breusch_godfrey::{BreuschGodfrey, breusch_godfrey};
use super::breusch_pagan::breusch_pagan;
use super::cross_section::CrossSection;
use super::diagnostic::{Diagnostic, Finding};
use super::disguised::disguised;
use super::durbin_watson::{DurbinWatson, durbin_watson};
use super::effects_test::effects_f_test;
use super::hausman::{Indefinite, hausman, hausman_auxiliary};
use super::lagrange_multiplier::lagrange_multiplier;
use super::measure::Measure;
use super::modified_wald::modified_wald;
use super::mundlak::mundlak;
use super::normality::jarque_bera;
use super::panel_durbin_watson::{baltagi_wu, bhargava_franzini_narendranathan};
use super::panel_shape::{unbalancedness, variation};
use super::poolability::poolability;
use super::reset::reset;
use super::specification_test::SpecificationTest;
use super::unobserved_effects::unobserved_effects;
use super::variance_inflation::variance_inflation;
use super::white::white;
use super::wooldridge::{wooldridge_ar, wooldridge_differences, wooldridge_drukker};
use crate::covariance::Covariance;
use crate::fit::Fit;
use crate::inference::HypothesisTest;
use crate::models::{Effects, Model, RandomEffects};
use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Sample};

impl SpecificationTest {
    /// The lines that it makes of an equation.
    pub(super) fn diagnose(&self, panel: &Panel, sample: &Sample) -> Result<Vec<Diagnostic>> {
        let formula = sample.formula();
        let test = |found: std::result::Result<HypothesisTest, Reason>| {
            vec![self.line(None, found.map(Finding::Test))]
        };
        let measure =
            |found: std::result::Result<Measure, Reason>| vec![self.line(None, found.map(Finding::Measure))];
        let robust = |covariance: &Option<Covariance>| match covariance {
            Some(given) => given.to_owned(),
            None => arellano(),
        };
        Ok(match self {
            Self::Poolability { common } => test(poolability(sample, *common)),
            Self::EffectsF { effects, given } => test((|| {
                let entities = sample.groups().len();
                if effects.has_entity() && entities < 2 {
                    return Err(Reason::TooFew { of: "entities".into(), count: entities, needed: 2 });
                }
                let restricted = given.map_or(Model::Ols, fixed).estimate(sample)?;
                effects_f_test(&restricted, &fixed(*effects).estimate(sample)?)
            })()),
            Self::LagrangeMultiplier { effects, statistic } => {
                test(lagrange_multiplier(sample, *effects, *statistic))
            }
            Self::UnobservedEffects { effects } => test(unobserved_effects(sample, *effects)),
            Self::Hausman { effects, method, indefinite } => test((|| {
                let random = Model::Random(RandomEffects { effects: *effects, method: *method });
                hausman(&classical(sample, fixed(*effects))?, &classical(sample, random)?, *indefinite)
            })()),
            Self::HausmanBetween {} => test((|| {
                let (within, between) =
                    (classical(sample, Model::Within)?, classical(sample, Model::Between)?);
                hausman(&within, &between, Indefinite::Refuse)
            })()),
            Self::HausmanAuxiliary { effects, method, covariance } => {
                let random = RandomEffects { effects: *effects, method: *method };
                test(hausman_auxiliary(sample, random, covariance))
            }
            Self::Mundlak { model, covariance } => test(mundlak(sample, *model, covariance)),
            Self::CrossSectionDependence { model, statistic } => {
                test(correlations(sample, *model).and_then(|found| found.test(*statistic)))
            }
            Self::MeanCorrelation { model, absolute } => {
                measure(correlations(sample, *model).and_then(|found| found.measure(*absolute)))
            }
            Self::SeriesDependence { statistic } => formula
                .variables()
                .map(|variable| {
                    let found = CrossSection::of_series(panel, variable)?;
                    let found = found.and_then(|found| found.test(*statistic)).map(Finding::Test);
                    Ok(self.line(Some(variable), found))
                })
                .collect::<Result<_>>()?,
            Self::BreuschGodfrey { model, order, f, lags } => {
                let options = BreuschGodfrey { order: *order, f: *f, lags: *lags };
                test(model.estimate(sample).and_then(|estimated| breusch_godfrey(&estimated, options)))
            }
            Self::DurbinWatson { model, lags, p_value, alternative } => {
                let options = DurbinWatson { lags: *lags, p_value: *p_value, alternative: *alternative };
                test(model.estimate(sample).and_then(|estimated| durbin_watson(&estimated, options)))
            }
            Self::WooldridgeAr { lag, covariance } => test(wooldridge_ar(sample, *lag, &robust(covariance))),
            Self::WooldridgeDifferences { null, lag, covariance } => {
                test(wooldridge_differences(sample, *null, *lag, &robust(covariance)))
            }
            Self::WooldridgeDrukker { lag } => test(wooldridge_drukker(sample, *lag)),
            Self::BhargavaFranziniNarendranathan {} => measure(bhargava_franzini_narendranathan(sample)),
            Self::BaltagiWu {} => measure(baltagi_wu(sample)),
            Self::BeraSosaYoon { what, lag, size, squares } => {
                let options = BeraSosaYoonOptions { lag: *lag, size: *size, squares: *squares };
                test(bera_sosa_yoon(sample, *what, options))
            }
            Self::ModifiedWald {} => match modified_wald(sample) {
                Ok(found) => {
                    let line = self.line(None, Ok(Finding::Test(found.test)));
                    vec![Diagnostic { left_out: found.left_out, ..line }]
                }
                Err(reason) => vec![self.line(None, Err(reason))],
            },
            Self::BreuschPagan { model, statistic } => test(breusch_pagan(sample, *model, *statistic)),
            Self::White { special, statistic } => test(white(sample, *special, *statistic)),
            Self::Reset { model, powers } => test(reset(sample, *model, powers)),
            Self::JarqueBera { model } => {
                let found = model.estimate(sample).and_then(|estimated| jarque_bera(&estimated));
                test(found.map(|found| found.test))
            }
            Self::VarianceInflation { model } => match model.estimate(sample) {
                Ok(estimated) => variance_inflation(&estimated)
                    .into_iter()
                    .map(|factor| {
                        let reading = "1 for a regressor uncorrelated with the others";
                        let found = Measure::new("variance inflation factor", reading, factor.vif);
                        self.line(Some(&factor.regressor), found.map(Finding::Measure))
                    })
                    .collect(),
                Err(reason) => vec![self.line(None, Err(reason))],
            },
            Self::Disguised { effects } => match disguised(panel, sample, *effects)? {
                Ok(found) => found
                    .into_iter()
                    .map(|(regressor, one)| self.line(Some(&regressor), Ok(Finding::Disguise(one))))
                    .collect(),
                Err(reason) => vec![self.line(None, Err(reason))],
            },
            Self::Unbalancedness {} => match unbalancedness(sample) {
                Ok(found) => [("gamma", found.gamma), ("nu", found.nu)]
                    .into_iter()
                    .map(|(name, value)| {
                        let reading = "1 of a balanced panel, less the less it is balanced";
                        let found = Measure::new("unbalancedness", reading, value);
                        self.line(Some(name), found.map(Finding::Measure))
                    })
                    .collect(),
                Err(reason) => vec![self.line(None, Err(reason))],
            },
            Self::Variation {} => {
                let variables: Vec<&str> = formula.variables().collect();
                variation(panel, &variables)?
                    .into_iter()
                    .map(|found| {
                        let variable = found.variable.clone();
                        self.line(Some(&variable), Ok(Finding::Variation(found)))
                    })
                    .collect()
            }
        })
    }

    fn line(&self, subject: Option<&str>, found: std::result::Result<Finding, Reason>) -> Diagnostic {
        Diagnostic {
            key: self.key().into(),
            test: Some(self.clone()),
            subject: subject.map(str::to_owned),
            finding: found
                .unwrap_or_else(|reason| Finding::NotTestable { name: self.title().into(), reason }),
            left_out: Vec::new(),
        }
    }
}

/// Makes tests of one equation, in order; a test about each variable makes as many lines. What the data can't answer is
/// a [`Finding::NotTestable`].
///
/// # Errors
/// Where the formula makes no sense, or it or a covariance names a column that isn't there or isn't of its kind.
///
/// ```
/// use polars::prelude::{Column, DataFrame};
/// use vintner_estimation::Formula;
/// use vintner_estimation::specification::{Finding, SpecificationTest, diagnose};
/// use vintner_panel::Panel;
///
/// let columns = vec![
///     Column::new("city".into(), ["A", "A", "A", "B", "B", "B"]),
///     Column::new("year".into(), [2001, 2002, 2003, 2001, 2002, 2003]),
///     Column::new("y".into(), [1.0, 2.5, 2.0, 5.0, 7.0, 6.0]),
///     Column::new("x".into(), [1.0, 2.0, 3.0, 2.0, 3.0, 1.0]),
/// ];
/// let panel = Panel::new(DataFrame::new(6, columns)?, "city", "year")?;
/// let tests = [SpecificationTest::EffectsF { effects: Default::default(), given: None }];
/// let found = diagnose(&panel, &Formula::new("y", &["x"]), &tests)?;
/// assert!(matches!(&found[0].finding, Finding::Test(test) if test.p_value < 0.05));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diagnose(panel: &Panel, formula: &Formula, tests: &[SpecificationTest]) -> Result<Vec<Diagnostic>> {
    let columns: BTreeSet<&str> = tests.iter().flat_map(SpecificationTest::cluster_columns).collect();
    let columns: Vec<&str> = columns.into_iter().collect();
    formula.check()?;
    let sample = Sample::new(panel, formula)?.with_clusters(panel, &columns)?;
    let mut lines = Vec::new();
    for test in tests {
        lines.extend(test.diagnose(panel, &sample)?);
    }
    Ok(lines)
}

/// The model with fixed effects of that kind.
fn fixed(effects: Effects) -> Model {
    match effects {
        Effects::Entity => Model::Within,
        Effects::Time => Model::WithinTime,
        Effects::TwoWay => Model::WithinTwoWay,
    }
}

fn classical(sample: &Sample, model: Model) -> std::result::Result<Fit, Reason> {
    model.estimate(sample)?.fit(&Covariance::classical())
}

fn correlations(sample: &Sample, model: Option<Model>) -> std::result::Result<CrossSection, Reason> {
    match model {
        Some(model) => CrossSection::of_residuals(&model.estimate(sample)?),
        None => CrossSection::of_unit_residuals(sample),
    }
}
