//! Which tests of a specification there are, with their options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bera_sosa_yoon::{BeraSosaYoon, CrossSectionSize, LagSquares};
use super::breusch_pagan::VarianceStatistic;
use super::cross_section::CrossSectionStatistic;
use super::durbin_watson::{Autocorrelation, PValueMethod};
use super::hausman::Indefinite;
use super::lagrange_multiplier::LagrangeMultiplier;
use super::poolability::CommonSlopes;
use super::series::{LagReach, RowBefore};
use super::wooldridge::DifferencesNull;
use crate::covariance::{Covariance, SmallSample};
use crate::models::{Effects, Model, VarianceEstimator};

/// A test with its options, each of which has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SpecificationTest {
    /// `poolability`.
    Poolability {
        /// What is common.
        #[serde(default)]
        common: CommonSlopes,
    },
    /// `effects_f_test`: fixed effects against pooled OLS, or both against those of one kind.
    EffectsF {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// The effects that are there anyway.
        #[serde(default)]
        given: Option<Effects>,
    },
    /// `lagrange_multiplier`.
    LagrangeMultiplier {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// The statistic.
        #[serde(default)]
        statistic: LagrangeMultiplier,
    },
    /// `unobserved_effects`.
    UnobservedEffects {
        /// The effects.
        #[serde(default)]
        effects: Effects,
    },
    /// `hausman`: fixed against random effects, with classical covariances.
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
    /// `hausman`: within against between.
    HausmanBetween {},
    /// `hausman_auxiliary`.
    HausmanAuxiliary {
        /// The effects.
        #[serde(default)]
        effects: Effects,
        /// How the variances of random effects are estimated.
        #[serde(default)]
        method: VarianceEstimator,
        /// The covariance; clustered by entity by default.
        #[serde(default = "clustered")]
        covariance: Covariance,
    },
    /// `mundlak`.
    Mundlak {
        /// Pooled OLS or random effects.
        #[serde(default = "ols")]
        model: Model,
        /// The covariance; clustered by entity by default.
        #[serde(default = "clustered")]
        covariance: Covariance,
    },
    /// `CrossSection::test` of residuals.
    CrossSectionDependence {
        /// Of which model; none stands for each entity's own equation.
        #[serde(default = "within_model")]
        model: Option<Model>,
        /// The statistic.
        #[serde(default)]
        statistic: CrossSectionStatistic,
    },
    /// `CrossSection::measure` of residuals.
    MeanCorrelation {
        /// Of which model; none stands for each entity's own equation.
        #[serde(default = "within_model")]
        model: Option<Model>,
        /// Of absolute values.
        #[serde(default)]
        absolute: bool,
    },
    /// `CrossSection::test` of each variable of the equation.
    SeriesDependence {
        /// The statistic.
        #[serde(default)]
        statistic: CrossSectionStatistic,
    },
    /// `breusch_godfrey`.
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
    /// `durbin_watson`.
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
    /// `wooldridge_ar`.
    WooldridgeAr {
        /// What the row before is.
        #[serde(default)]
        lag: RowBefore,
        /// The covariance; plm's default where there is none.
        #[serde(default)]
        covariance: Option<Covariance>,
    },
    /// `wooldridge_differences`.
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
    /// `wooldridge_drukker`.
    WooldridgeDrukker {
        /// What the row before is.
        #[serde(default)]
        lag: RowBefore,
    },
    /// `bhargava_franzini_narendranathan`.
    BhargavaFranziniNarendranathan {},
    /// `baltagi_wu`.
    BaltagiWu {},
    /// `bera_sosa_yoon`.
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
    /// `modified_wald`.
    ModifiedWald {},
    /// `breusch_pagan`.
    BreuschPagan {
        /// The model.
        #[serde(default = "within")]
        model: Model,
        /// The statistic.
        #[serde(default)]
        statistic: VarianceStatistic,
    },
    /// `white`.
    White {
        /// On fitted values and their squares.
        #[serde(default)]
        special: bool,
        /// The statistic.
        #[serde(default)]
        statistic: VarianceStatistic,
    },
    /// `reset`.
    Reset {
        /// The model.
        #[serde(default = "within")]
        model: Model,
        /// The powers of the fitted values.
        #[serde(default = "powers")]
        powers: Vec<i32>,
    },
    /// `jarque_bera`.
    JarqueBera {
        /// The model.
        #[serde(default = "within")]
        model: Model,
    },
    /// `variance_inflation`, a number for each regressor.
    VarianceInflation {
        /// The model.
        #[serde(default = "within")]
        model: Model,
    },
    /// `disguised`: regressors that are another variable once these effects are taken out; a line for each.
    Disguised {
        /// The effects.
        #[serde(default)]
        effects: Effects,
    },
    /// `unbalancedness`.
    Unbalancedness {},
    /// `variation` of each variable of the equation.
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

impl SpecificationTest {
    /// Every test with its default options, those that a name alone stands for, and some with others besides: those
    /// of effects also for times and both.
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
            Self::HausmanBetween {},
            Self::HausmanAuxiliary { effects, method: swar, covariance: clustered() },
            Self::Mundlak { model: Model::Ols, covariance: clustered() },
            Self::CrossSectionDependence {
                model: within_model(),
                statistic: CrossSectionStatistic::default(),
            },
            Self::MeanCorrelation { model: within_model(), absolute: false },
            Self::MeanCorrelation { model: within_model(), absolute: true },
            Self::SeriesDependence { statistic: CrossSectionStatistic::default() },
            Self::BreuschGodfrey { model: Model::Within, order: None, f: false, lags: LagReach::Entity },
            Self::DurbinWatson {
                model: Model::Within,
                lags: LagReach::Entity,
                p_value: PValueMethod::default(),
                alternative: Autocorrelation::default(),
            },
            Self::WooldridgeAr { lag: RowBefore::Time, covariance: None },
            Self::WooldridgeDifferences {
                null: DifferencesNull::default(),
                lag: RowBefore::Time,
                covariance: None,
            },
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
            Self::Disguised { effects },
            Self::Disguised { effects: Effects::TwoWay },
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
            Self::Disguised { .. } => "disguised",
            Self::Unbalancedness {} => "unbalancedness",
            Self::Variation {} => "variation",
        }
    }

    /// What it is called, for where there is no result that has the name.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Poolability { .. } => "poolability test",
            Self::EffectsF { .. } => "F test of the effects",
            Self::LagrangeMultiplier { .. } => "Lagrange multiplier test of the effects",
            Self::UnobservedEffects { .. } => "Wooldridge test for unobserved effects",
            Self::Hausman { .. } => "Hausman test",
            Self::HausmanBetween {} => "Hausman test, within against between",
            Self::HausmanAuxiliary { .. } => "Hausman test by auxiliary regression",
            Self::Mundlak { .. } => "Mundlak test",
            Self::CrossSectionDependence { .. } => "test of cross-section dependence",
            Self::MeanCorrelation { absolute: false, .. } => "mean correlation",
            Self::MeanCorrelation { absolute: true, .. } => "mean absolute correlation",
            Self::SeriesDependence { .. } => "test of cross-section dependence of a variable",
            Self::BreuschGodfrey { .. } => "Breusch-Godfrey test",
            Self::DurbinWatson { .. } => "Durbin-Watson test",
            Self::WooldridgeAr { .. } => "Wooldridge test for serial correlation",
            Self::WooldridgeDifferences { .. } => "Wooldridge test for serial correlation in differences",
            Self::WooldridgeDrukker { .. } => "Wooldridge-Drukker test",
            Self::BhargavaFranziniNarendranathan {} => "Bhargava-Franzini-Narendranathan statistic",
            Self::BaltagiWu {} => "Baltagi-Wu LBI statistic",
            Self::BeraSosaYoon { .. } => "Bera, Sosa-Escudero and Yoon test",
            Self::ModifiedWald {} => "modified Wald test for groupwise heteroskedasticity",
            Self::BreuschPagan { .. } => "Breusch-Pagan test",
            Self::White { .. } => "White test",
            Self::Reset { .. } => "RESET",
            Self::JarqueBera { .. } => "Jarque-Bera test",
            Self::VarianceInflation { .. } => "variance inflation factor",
            Self::Disguised { .. } => "regressors that are another variable in disguise",
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
        keys.dedup();
        keys
    }
}
