//! A list of tests of one equation.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::auxiliary::arellano;
use super::bera_sosa_yoon::{
    BeraSosaYoon, BeraSosaYoonOptions, CrossSectionSize, LagSquares, bera_sosa_yoon,
};
use super::breusch_godfrey::{BreuschGodfrey, breusch_godfrey};
use super::breusch_pagan::{VarianceStatistic, breusch_pagan};
use super::cross_section::{CrossSection, CrossSectionStatistic};
use super::durbin_watson::{Autocorrelation, DurbinWatson, PValueMethod, durbin_watson};
use super::effects_test::effects_f_test;
use super::hausman::{Indefinite, hausman, hausman_auxiliary};
use super::lagrange_multiplier::{LagrangeMultiplier, lagrange_multiplier};
use super::measure::Measure;
use super::modified_wald::modified_wald;
use super::mundlak::mundlak;
use super::normality::jarque_bera;
use super::panel_durbin_watson::{baltagi_wu, bhargava_franzini_narendranathan};
use super::panel_shape::{Variation, unbalancedness, variation};
use super::poolability::{CommonSlopes, poolability};
use super::reset::reset;
use super::series::{LagReach, RowBefore};
use super::unobserved_effects::unobserved_effects;
use super::variance_inflation::variance_inflation;
use super::white::white;
use super::wooldridge::{DifferencesNull, wooldridge_ar, wooldridge_differences, wooldridge_drukker};
use crate::covariance::{Covariance, SmallSample};
use crate::fit::Fit;
use crate::inference::HypothesisTest;
use crate::models::{Effects, Model, RandomEffects, VarianceEstimator};
use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Sample};

/// A test with its options, each of which has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SpecificationTest {
    /// [`poolability`].
    Poolability {
        /// What is common.
        #[serde(default)]
        common: CommonSlopes,
    },
    /// [`effects_f_test`]: fixed effects against pooled OLS, or both against those of one kind.
    EffectsF {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// The effects that are there anyway.
        #[serde(default)]
        given: Option<Effects>,
    },
    /// [`lagrange_multiplier`].
    LagrangeMultiplier {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// The statistic.
        #[serde(default)]
        statistic: LagrangeMultiplier,
    },
    /// [`unobserved_effects`].
    UnobservedEffects {
        /// The effects.
        #[serde(default)]
        effects: Effects,
    },
    /// [`hausman`]: fixed against random effects, with classical covariances.
    Hausman {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// How the variances of random effects are estimated.
        #[serde(default)]
        method: VarianceEstimator,
        /// What becomes of a difference that isn't positive definite.
        #[serde(default)]
        indefinite: Indefinite,
    },
    /// [`hausman`]: within against between.
    HausmanBetween {},
    /// [`hausman_auxiliary`].
    HausmanAuxiliary {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// How the variances of random effects are estimated.
        #[serde(default)]
        method: VarianceEstimator,
        /// The covariance; classical by default.
        #[serde(default)]
        covariance: Covariance,
    },
    /// [`mundlak`].
    Mundlak {
        /// Pooled OLS or random effects.
        #[serde(default = "ols")]
        model: Model,
        /// The covariance; clustered by entity by default.
        #[serde(default = "clustered")]
        covariance: Covariance,
    },
    /// [`CrossSection::test`] of residuals.
    CrossSectionDependence {
        /// Of which model; none stands for each entity's own equation.
        #[serde(default = "within_model")]
        model: Option<Model>,
        /// The statistic.
        #[serde(default)]
        statistic: CrossSectionStatistic,
    },
    /// [`CrossSection::measure`] of residuals.
    MeanCorrelation {
        /// Of which model; none stands for each entity's own equation.
        #[serde(default = "within_model")]
        model: Option<Model>,
        /// Of absolute values.
        #[serde(default)]
        absolute: bool,
    },
    /// [`CrossSection::test`] of each variable of the equation.
    SeriesDependence {
        /// The statistic.
        #[serde(default)]
        statistic: CrossSectionStatistic,
    },
    /// [`breusch_godfrey`].
    BreuschGodfrey {
        /// The model.
        #[serde(default = "within")]
        model: Model,
        /// How many lags.
        #[serde(default)]
        order: Option<usize>,
        /// The F form.
        #[serde(default)]
        f: bool,
        /// How far lags reach.
        #[serde(default)]
        lags: LagReach,
    },
    /// [`durbin_watson`].
    DurbinWatson {
        /// The model.
        #[serde(default = "within")]
        model: Model,
        /// How far differences reach.
        #[serde(default)]
        lags: LagReach,
        /// How the p-value is computed.
        #[serde(default)]
        p_value: PValueMethod,
        /// The alternative.
        #[serde(default)]
        alternative: Autocorrelation,
    },
    /// [`wooldridge_ar`].
    WooldridgeAr {
        /// What the row before is.
        #[serde(default)]
        lag: RowBefore,
        /// The covariance; plm's default where there is none.
        #[serde(default)]
        covariance: Option<Covariance>,
    },
    /// [`wooldridge_differences`].
    WooldridgeDifferences {
        /// Which errors are uncorrelated.
        #[serde(default)]
        null: DifferencesNull,
        /// What the row before is.
        #[serde(default)]
        lag: RowBefore,
        /// The covariance; plm's default where there is none.
        #[serde(default)]
        covariance: Option<Covariance>,
    },
    /// [`wooldridge_drukker`].
    WooldridgeDrukker {
        /// What the row before is.
        #[serde(default)]
        lag: RowBefore,
    },
    /// [`bhargava_franzini_narendranathan`].
    BhargavaFranziniNarendranathan {},
    /// [`baltagi_wu`].
    BaltagiWu {},
    /// [`bera_sosa_yoon`].
    BeraSosaYoon {
        /// What is tested.
        #[serde(default)]
        what: BeraSosaYoon,
        /// What the row before is.
        #[serde(default)]
        lag: RowBefore,
        /// How entities are counted.
        #[serde(default)]
        size: CrossSectionSize,
        /// What B is divided by.
        #[serde(default)]
        squares: LagSquares,
    },
    /// [`modified_wald`].
    ModifiedWald {},
    /// [`breusch_pagan`].
    BreuschPagan {
        /// The model.
        #[serde(default = "within")]
        model: Model,
        /// The statistic.
        #[serde(default)]
        statistic: VarianceStatistic,
    },
    /// [`white`].
    White {
        /// On fitted values and their squares.
        #[serde(default)]
        special: bool,
        /// The statistic.
        #[serde(default)]
        statistic: VarianceStatistic,
    },
    /// [`reset`].
    Reset {
        /// The model.
        #[serde(default = "within")]
        model: Model,
        /// The powers of the fitted values.
        #[serde(default = "powers")]
        powers: Vec<i32>,
    },
    /// [`jarque_bera`].
    JarqueBera {
        /// The model.
        #[serde(default = "within")]
        model: Model,
    },
    /// [`variance_inflation`], a number for each regressor.
    VarianceInflation {
        /// The model.
        #[serde(default = "within")]
        model: Model,
    },
    /// [`unbalancedness`].
    Unbalancedness {},
    /// [`variation`] of each variable of the equation.
    Variation {},
}

fn ols() -> Model {
    Model::Ols
}

fn within() -> Model {
    Model::Within
}

fn within_model() -> Option<Model> {
    Some(Model::Within)
}

fn clustered() -> Covariance {
    Covariance::clustered(SmallSample::default())
}

fn powers() -> Vec<i32> {
    vec![2, 3]
}

/// What a test comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Finding {
    /// A test with a p-value.
    Test(HypothesisTest),
    /// A number without.
    Measure(Measure),
    /// Along which dimension a variable varies.
    Variation(Variation),
    /// None, for a reason.
    NotTestable {
        /// Why.
        reason: Reason,
    },
}

/// One line of a table of tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The test as it was asked for.
    pub key: String,
    /// The variable or regressor that it is about, where it isn't about the whole equation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it comes to.
    #[serde(flatten)]
    pub finding: Finding,
    /// Entities that the test had to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

impl SpecificationTest {
    /// Every test once, with its default options, those of effects also for times and both.
    pub fn all() -> Vec<Self> {
        let swar = VarianceEstimator::default();
        let indefinite = Indefinite::default();
        let effects = Effects::Entity;
        vec![
            Self::Poolability { common: CommonSlopes::WithIntercept },
            Self::Poolability { common: CommonSlopes::WithinEffects },
            Self::EffectsF { effects, given: None },
            Self::EffectsF { effects: Effects::TwoWay, given: Some(effects) },
            Self::LagrangeMultiplier { effects, statistic: LagrangeMultiplier::default() },
            Self::LagrangeMultiplier { effects: Effects::Time, statistic: LagrangeMultiplier::default() },
            Self::LagrangeMultiplier { effects: Effects::TwoWay, statistic: LagrangeMultiplier::default() },
            Self::UnobservedEffects { effects },
            Self::Hausman { effects, method: swar, indefinite },
            Self::HausmanAuxiliary { effects, method: swar, covariance: clustered() },
            Self::Mundlak { model: Model::Ols, covariance: clustered() },
            Self::CrossSectionDependence {
                model: within_model(),
                statistic: CrossSectionStatistic::default(),
            },
            Self::MeanCorrelation { model: within_model(), absolute: true },
            Self::SeriesDependence { statistic: CrossSectionStatistic::default() },
            Self::BreuschGodfrey { model: Model::Within, order: None, f: false, lags: LagReach::Entity },
            Self::WooldridgeAr { lag: RowBefore::Time, covariance: None },
            Self::WooldridgeDrukker { lag: RowBefore::Time },
            Self::BhargavaFranziniNarendranathan {},
            Self::BaltagiWu {},
            Self::BeraSosaYoon {
                what: BeraSosaYoon::SerialCorrelation,
                lag: RowBefore::Time,
                size: CrossSectionSize::default(),
                squares: LagSquares::default(),
            },
            Self::BeraSosaYoon {
                what: BeraSosaYoon::RandomEffects,
                lag: RowBefore::Time,
                size: CrossSectionSize::default(),
                squares: LagSquares::default(),
            },
            Self::ModifiedWald {},
            Self::BreuschPagan { model: Model::Within, statistic: VarianceStatistic::default() },
            Self::White { special: false, statistic: VarianceStatistic::default() },
            Self::Reset { model: Model::Within, powers: powers() },
            Self::JarqueBera { model: Model::Within },
            Self::VarianceInflation { model: Model::Within },
            Self::Unbalancedness {},
            Self::Variation {},
        ]
    }

    /// Its name in `pipeline.yaml`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Poolability { .. } => "poolability",
            Self::EffectsF { .. } => "effects_f",
            Self::LagrangeMultiplier { .. } => "lagrange_multiplier",
            Self::UnobservedEffects { .. } => "unobserved_effects",
            Self::Hausman { .. } => "hausman",
            Self::HausmanBetween {} => "hausman_between",
            Self::HausmanAuxiliary { .. } => "hausman_auxiliary",
            Self::Mundlak { .. } => "mundlak",
            Self::CrossSectionDependence { .. } => "cross_section_dependence",
            Self::MeanCorrelation { .. } => "mean_correlation",
            Self::SeriesDependence { .. } => "series_dependence",
            Self::BreuschGodfrey { .. } => "breusch_godfrey",
            Self::DurbinWatson { .. } => "durbin_watson",
            Self::WooldridgeAr { .. } => "wooldridge_ar",
            Self::WooldridgeDifferences { .. } => "wooldridge_differences",
            Self::WooldridgeDrukker { .. } => "wooldridge_drukker",
            Self::BhargavaFranziniNarendranathan {} => "bhargava_franzini_narendranathan",
            Self::BaltagiWu {} => "baltagi_wu",
            Self::BeraSosaYoon { .. } => "bera_sosa_yoon",
            Self::ModifiedWald {} => "modified_wald",
            Self::BreuschPagan { .. } => "breusch_pagan",
            Self::White { .. } => "white",
            Self::Reset { .. } => "reset",
            Self::JarqueBera { .. } => "jarque_bera",
            Self::VarianceInflation { .. } => "variance_inflation",
            Self::Unbalancedness {} => "unbalancedness",
            Self::Variation {} => "variation",
        }
    }

    /// The columns by which its covariance clusters.
    pub fn cluster_columns(&self) -> Vec<&str> {
        match self {
            Self::HausmanAuxiliary { covariance, .. } | Self::Mundlak { covariance, .. } => {
                covariance.columns()
            }
            Self::WooldridgeAr { covariance, .. } | Self::WooldridgeDifferences { covariance, .. } => {
                covariance.as_ref().map(Covariance::columns).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// All names.
    pub fn keys() -> Vec<&'static str> {
        let mut keys: Vec<&str> = Self::all().iter().map(Self::key).collect();
        keys.extend([Self::HausmanBetween {}.key(), "durbin_watson", "wooldridge_differences"]);
        keys.dedup();
        keys
    }

    /// The lines that it makes of an equation.
    fn diagnose(&self, panel: &Panel, sample: &Sample) -> Result<Vec<Diagnostic>> {
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
            subject: subject.map(str::to_owned),
            finding: found.unwrap_or_else(|reason| Finding::NotTestable { reason }),
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
