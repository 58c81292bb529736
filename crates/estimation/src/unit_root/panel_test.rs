//! Which unit root tests of a whole panel there are, with their options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::adf::AdfOptions;
use super::deterministic::Deterministic;
use super::lags::Lags;
use super::long_run::{Bandwidth, Kernel};
use super::mackinnon::{GivenTables, PValues};
use crate::outcome::{EstimationError, Result};
use crate::sample::Untestable;

/// A test of a unit root in all entities' series (of Hadri's, of stationarity), with the options that it alone has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
pub enum PanelTest {
    /// Levin, Lin and Chu (2002): one common root. Balanced panels only.
    LevinLinChu {
        /// The kernel of the long-run variances.
        #[serde(default)]
        kernel: Kernel,
        /// Its bandwidth.
        #[serde(default = "rounded")]
        bandwidth: Bandwidth,
    },
    /// Im, Pesaran and Shin (2003): the average of the t statistics.
    ImPesaranShin {
        /// How it is standardized.
        #[serde(default)]
        statistic: IpsStatistic,
    },
    /// Maddala and Wu (1999): -2 sum ln p_i, chi-squared with 2N degrees of freedom.
    MaddalaWu {
        /// Whose p-values.
        #[serde(default)]
        units: FisherUnits,
    },
    /// Choi (2001), modified P: sum (-2 ln p_i - 2) / (2 sqrt N), normal, its upper tail.
    ChoiModifiedP {
        /// Whose p-values.
        #[serde(default)]
        units: FisherUnits,
    },
    /// Choi (2001), inverse normal Z: sum Phi^-1(p_i) / sqrt N, normal, its lower tail.
    ChoiInverseNormal {
        /// Whose p-values.
        #[serde(default)]
        units: FisherUnits,
    },
    /// Choi (2001), logit L*: sqrt(k) sum ln(p_i / (1 - p_i)), t with 5N + 4 degrees of freedom, its lower tail.
    ChoiLogit {
        /// Whose p-values.
        #[serde(default)]
        units: FisherUnits,
    },
    /// Hadri (2000): the null is that all series are stationary. Balanced panels only.
    Hadri {
        /// Whether each entity has a variance of its own: plm's `Hcons`, Stata's `robust`.
        #[serde(default = "yes")]
        heteroskedastic: bool,
        /// The kernel of the long-run variances.
        #[serde(default)]
        kernel: Kernel,
        /// Its bandwidth; 0, as in plm, for errors without serial correlation.
        #[serde(default = "none")]
        bandwidth: Bandwidth,
    },
    /// Pesaran (2007): the average of cross-sectionally augmented t statistics.
    Cips {
        /// How the cross-section comes in.
        #[serde(default)]
        model: CipsModel,
        /// Lagged differences.
        #[serde(default = "two")]
        lags: usize,
        /// Whether statistics are truncated where Pesaran does.
        #[serde(default)]
        truncated: bool,
        /// How critical values between sizes of the table are found.
        #[serde(default)]
        interpolation: Interpolation,
    },
}

fn rounded() -> Bandwidth {
    Bandwidth::LevinLinChuRounded
}

fn none() -> Bandwidth {
    Bandwidth::Lags(0)
}

fn yes() -> bool {
    true
}

fn two() -> usize {
    2
}

impl PanelTest {
    /// What is wrong with asking for the test with these options, whatever the data.
    ///
    /// # Errors
    /// [`EstimationError::UndefinedTest`].
    pub fn check(&self, options: &PanelUnitRootOptions) -> Result<()> {
        let test = match self {
            Self::ImPesaranShin { .. } => "the test of Im, Pesaran and Shin",
            Self::Hadri { .. } => "Hadri's test",
            Self::MaddalaWu { units: FisherUnits::PhillipsPerron }
            | Self::ChoiModifiedP { units: FisherUnits::PhillipsPerron }
            | Self::ChoiInverseNormal { units: FisherUnits::PhillipsPerron }
            | Self::ChoiLogit { units: FisherUnits::PhillipsPerron } => "the Phillips-Perron test",
            _ => return Ok(()),
        };
        if options.deterministic != Deterministic::None {
            return Ok(());
        }
        Err(EstimationError::UndefinedTest {
            test: test.into(),
            option: "deterministic: none".into(),
            hint: "take intercept or trend".into(),
        })
    }
}

/// How the average t statistic of Im, Pesaran and Shin is standardized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IpsStatistic {
    /// By moments that depend on each entity's lags and length (their table 3).
    #[default]
    WTBar,
    /// By the moments of the Dickey-Fuller t statistic of each entity's length (their table 1). Those are of
    /// regressions with an intercept; DIFFERENCE: plm uses them with trends too, so that this does, with a note.
    ZTBar,
    /// Not at all: their table 2 has critical values for balanced panels without lags.
    TBar,
}

/// Whose p-values Fisher's and Choi's combinations take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FisherUnits {
    /// Augmented Dickey-Fuller tests.
    #[default]
    Adf,
    /// Phillips-Perron tests, with Bartlett's kernel and [`Bandwidth::Short`].
    PhillipsPerron,
}

/// How the cross-section comes into Pesaran's regressions: plm's `model`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CipsModel {
    /// Means of all variables over the entities are regressors: Pesaran's.
    #[default]
    Cmg,
    /// Not at all.
    Mg,
    /// Means over the entities are taken away.
    Dmg,
}

/// How critical values between the sizes of Pesaran's tables are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// Linearly, and the p-value linearly between critical values.
    #[default]
    Linear,
    /// As plm's `cipstest`: on grids of as many points as sizes lie between two entries, which are not at the
    /// sizes themselves; the p-value as the mean of two neighbours on a grid of 200.
    Plm,
}

/// What becomes of a size beyond a table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeyondTable {
    /// The outermost entry is used, and a note says so: plm, gretl.
    #[default]
    Nearest,
    /// The test is refused.
    Refuse,
}

/// The options that the tests share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PanelUnitRootOptions {
    /// Deterministic terms.
    pub deterministic: Deterministic,
    /// Lagged differences, of all tests but Pesaran's.
    pub lags: Lags,
    /// Whether residual variances divide by the degrees of freedom (gretl, Stata), or by n (plm's default).
    pub dfcor: bool,
    /// Whose p-values of the entities' t statistics.
    pub p_values: PValues,
    /// MacKinnon's (1996) tables, where the p-values are of them.
    #[serde(skip)]
    pub tables: GivenTables,
    /// Whether means over the entities are taken away first: Stata's `demean`.
    pub demean: bool,
    /// What becomes of the test where an entity's series can't be tested.
    pub untestable: Untestable,
    /// What becomes of a size beyond a table's.
    pub beyond_table: BeyondTable,
}

impl Default for PanelUnitRootOptions {
    fn default() -> Self {
        Self {
            deterministic: Deterministic::default(),
            lags: Lags::default(),
            dfcor: true,
            p_values: PValues::default(),
            tables: None,
            demean: false,
            untestable: Untestable::default(),
            beyond_table: BeyondTable::default(),
        }
    }
}

impl PanelUnitRootOptions {
    pub(crate) fn adf(&self) -> AdfOptions {
        AdfOptions {
            deterministic: self.deterministic,
            lags: self.lags.clone(),
            dfcor: self.dfcor,
            p_values: self.p_values,
            tables: self.tables.clone(),
        }
    }
}
