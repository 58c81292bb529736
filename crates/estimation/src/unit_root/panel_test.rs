//! Unit root tests of a whole panel: what is asked for, and what comes of it.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::adf::AdfOptions;
use super::long_run::{Bandwidth, Kernel};
use super::series::{Span, series_by_entity};
use super::table::{Bound, CriticalValue};
use super::{Deterministic, GivenTables, Lags, PValues, cips, fisher, hadri, im_pesaran_shin, levin_lin_chu};
use crate::{EstimationError, HypothesisTest, Reason, Result, TestOutcome, Untestable};

/// A test of a unit root in all entities' series (of Hadri's, of stationarity), with the options that it alone has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FisherUnits {
    /// Augmented Dickey-Fuller tests.
    #[default]
    Adf,
    /// Phillips-Perron tests, with Bartlett's kernel and [`Bandwidth::Short`].
    PhillipsPerron,
}

/// How the cross-section comes into Pesaran's regressions: plm's `model`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BeyondTable {
    /// The outermost entry is used, and a note says so: plm, gretl.
    #[default]
    Nearest,
    /// The test is refused.
    Refuse,
}

/// The options that the tests share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// One entity's part in a panel's test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitRootUnit {
    /// The entity.
    pub entity: String,
    /// Its statistic, or why there is none.
    pub outcome: UnitRootOutcome,
}

/// An entity's statistic, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum UnitRootOutcome {
    /// It was computed.
    Statistic(UnitStatistic),
    /// It can't be.
    NotTestable {
        /// Why.
        reason: Reason,
    },
}

/// An entity's statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitStatistic {
    /// The length of the series.
    pub periods: usize,
    /// Lagged differences; of tests without, the bandwidth.
    pub lags: usize,
    /// The t statistic of the lagged level; Hadri's, the LM statistic.
    pub statistic: f64,
    /// Its p-value, where the test has one for each entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Mean and variance by which Im, Pesaran and Shin standardize it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moments: Option<[f64; 2]>,
    /// Levin, Lin and Chu's short-run and long-run variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variances: Option<[f64; 2]>,
}

/// What a reader should know beside a panel's test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UnitRootNote {
    /// A size beyond a table's.
    #[error("{size} lies beyond {table}, whose entry for {entry} is used")]
    BeyondTable {
        /// Whose table.
        table: String,
        /// What was looked up: `T = 12`.
        size: String,
        /// What was found: `25`.
        entry: String,
    },
    /// Moments of regressions with an intercept alone.
    #[error("the moments of Z-tbar are those of regressions with an intercept, without trends")]
    InterceptMoments,
}

/// A panel's test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelUnitRoot {
    /// The variable.
    pub variable: String,
    /// The test.
    pub test: PanelTest,
    /// Deterministic terms.
    pub deterministic: Deterministic,
    /// What came of it.
    pub outcome: TestOutcome,
    /// Where the p-value is only a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// Critical values, of tests that have tables of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub critical_values: Vec<CriticalValue>,
    /// The bandwidth of Levin, Lin and Chu's and Hadri's long-run variances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<usize>,
    /// Levin, Lin and Chu's mean and standard deviation adjustments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<[f64; 2]>,
    /// The entities.
    pub units: Vec<UnitRootUnit>,
    /// Those that the statistic leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// What a reader should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<UnitRootNote>,
}

/// What a test works out besides the entities' statistics.
pub(crate) struct Found {
    pub(crate) test: HypothesisTest,
    pub(crate) bound: Option<Bound>,
    pub(crate) critical_values: Vec<CriticalValue>,
    pub(crate) bandwidth: Option<usize>,
    pub(crate) adjustment: Option<[f64; 2]>,
}

impl From<HypothesisTest> for Found {
    fn from(test: HypothesisTest) -> Self {
        Self { test, bound: None, critical_values: Vec::new(), bandwidth: None, adjustment: None }
    }
}

/// The null hypothesis of most.
pub(crate) const UNIT_ROOT: &str = "every series has a unit root";

/// The entities whose series the statistic takes in, with what was made of each.
pub(crate) struct Units<T> {
    pub(crate) kept: Vec<(String, T)>,
    pub(crate) refused: Vec<(String, Reason)>,
}

impl<T> Units<T> {
    /// Makes something of each entity's series.
    pub(crate) fn of(
        panel: &Panel,
        variable: &str,
        options: &PanelUnitRootOptions,
        mut make: impl FnMut(&str, &Span) -> std::result::Result<T, Reason>,
    ) -> Result<Self> {
        options.lags.check(panel.entities())?;
        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        for unit in series_by_entity(panel, variable, options.demean)? {
            match unit.outcome.and_then(|span| make(&unit.entity, &span)) {
                Ok(made) => kept.push((unit.entity, made)),
                Err(reason) => refused.push((unit.entity, reason)),
            }
        }
        Ok(Self { kept, refused })
    }

    /// Whether there is a test at all.
    pub(crate) fn check(&self, untestable: Untestable) -> std::result::Result<(), Reason> {
        match self.refused.first() {
            Some((entity, reason)) if untestable == Untestable::Refuse || self.kept.is_empty() => {
                Err(Reason::Entity { entity: entity.clone(), reason: Box::new(reason.clone()) })
            }
            None if self.kept.is_empty() => Err(Reason::NoObservations { rows_dropped: 0 }),
            _ => Ok(()),
        }
    }

    /// The result of a test, whose entities are in the panel's order.
    pub(crate) fn result(
        self,
        panel: &Panel,
        request: (&str, &PanelTest, &PanelUnitRootOptions),
        name: &str,
        statistic: impl Fn(&T) -> UnitStatistic,
        notes: Vec<UnitRootNote>,
        found: std::result::Result<Found, Reason>,
    ) -> PanelUnitRoot {
        let (variable, test, options) = request;
        let (bound, critical_values, bandwidth, adjustment) = match &found {
            Ok(found) => (found.bound, found.critical_values.clone(), found.bandwidth, found.adjustment),
            Err(_) => (None, Vec::new(), None, None),
        };
        let left_out = match &found {
            Ok(_) => self.refused.iter().map(|(entity, _)| entity.clone()).collect(),
            Err(_) => Vec::new(),
        };
        let mut units: Vec<UnitRootUnit> = self
            .kept
            .iter()
            .map(|(entity, made)| UnitRootUnit {
                entity: entity.clone(),
                outcome: UnitRootOutcome::Statistic(statistic(made)),
            })
            .chain(self.refused.into_iter().map(|(entity, reason)| UnitRootUnit {
                entity,
                outcome: UnitRootOutcome::NotTestable { reason },
            }))
            .collect();
        let place = |entity: &str| panel.entities().iter().position(|known| known == entity);
        units.sort_by_key(|unit| place(&unit.entity));
        PanelUnitRoot {
            variable: variable.to_owned(),
            test: test.clone(),
            deterministic: options.deterministic,
            outcome: TestOutcome::of(name, found.map(|found| found.test)),
            bound,
            critical_values,
            bandwidth,
            adjustment,
            units,
            left_out,
            notes,
        }
    }
}

/// The common length of the series.
pub(crate) fn common_length<'a>(
    lengths: impl Iterator<Item = (&'a str, usize)> + Clone,
) -> std::result::Result<usize, Reason> {
    let shortest = lengths.clone().min_by_key(|(_, length)| *length);
    let longest = lengths.max_by_key(|(_, length)| *length);
    let (Some((shortest_entity, shortest)), Some((longest_entity, longest))) = (shortest, longest) else {
        return Err(Reason::NoObservations { rows_dropped: 0 });
    };
    if shortest == longest {
        return Ok(shortest);
    }
    Err(Reason::UnbalancedPanel {
        shortest_entity: shortest_entity.to_owned(),
        shortest,
        longest_entity: longest_entity.to_owned(),
        longest,
    })
}

/// Refuses a size beyond a table, or notes that its outermost entry stands in.
pub(crate) fn beyond(
    options: &PanelUnitRootOptions,
    notes: &mut Vec<UnitRootNote>,
    table: &str,
    size: String,
    entry: f64,
) -> std::result::Result<(), Reason> {
    match options.beyond_table {
        BeyondTable::Refuse => Err(Reason::BeyondTable { table: table.to_owned(), size }),
        BeyondTable::Nearest => {
            let note = UnitRootNote::BeyondTable { table: table.to_owned(), size, entry: entry.to_string() };
            if !notes.contains(&note) {
                notes.push(note);
            }
            Ok(())
        }
    }
}

/// Tests a variable of a panel for unit roots (by Hadri's test, for stationarity).
///
/// # Errors
/// Where the variable isn't there or isn't numeric, where a test isn't defined with an option, and where lags per
/// entity leave one out. What the data don't allow is a reason in the result.
pub fn panel_unit_root(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
) -> Result<PanelUnitRoot> {
    test.check(options)?;
    match test {
        PanelTest::LevinLinChu { kernel, bandwidth } => {
            levin_lin_chu::test(panel, variable, test, options, *kernel, *bandwidth)
        }
        PanelTest::ImPesaranShin { statistic } => {
            im_pesaran_shin::test(panel, variable, test, options, *statistic)
        }
        PanelTest::MaddalaWu { units }
        | PanelTest::ChoiModifiedP { units }
        | PanelTest::ChoiInverseNormal { units }
        | PanelTest::ChoiLogit { units } => fisher::test(panel, variable, test, options, *units),
        PanelTest::Hadri { heteroskedastic, kernel, bandwidth } => {
            hadri::test(panel, variable, test, options, (*heteroskedastic, *kernel, *bandwidth))
        }
        PanelTest::Cips { model, lags, truncated, interpolation } => {
            let asked = (*model, *lags, *truncated, *interpolation);
            cips::test(panel, variable, test, options, asked)
        }
    }
}
