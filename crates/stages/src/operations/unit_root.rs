//! `unit_root`: tests for unit roots in variables of a panel.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::unit_root::{
    AdfOptions, Bandwidth, Bound, CipsModel, Deterministic, FisherUnits, Interpolation, IpsStatistic, Kernel,
    KpssOptions, Lags, MackinnonTables, PanelTest, PanelUnitRoot, PanelUnitRootOptions,
    PhillipsPerronOptions, SeriesOutcome, SeriesTest, UnitRootOutcome, UnitSeriesTest, by_entity,
    panel_unit_root,
};
use vintner_estimation::{TestOutcome, lag};
use vintner_panel::Panel;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::chosen;
use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `unit_root`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitRoot {
    /// The variables.
    variables: Vec<String>,
    /// The rows that are tested: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// Whether their changes from year to year are tested too, as `D.` and their names.
    #[serde(default)]
    differences: bool,
    /// What the tests share.
    #[serde(default)]
    options: PanelUnitRootOptions,
    /// The tests of the whole panel.
    #[serde(default = "usual")]
    tests: Vec<PanelTest>,
    /// The tests of each entity's series.
    #[serde(default)]
    by_entity: Vec<OfSeries>,
    /// How KPSS' and Phillips and Perron's long-run variance is estimated.
    #[serde(default, skip_serializing_if = "LongRun::is_default")]
    long_run: LongRun,
}

/// A kernel and its bandwidth; those of urca by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct LongRun {
    /// The weights of lags.
    kernel: Kernel,
    /// How many lags count.
    bandwidth: Bandwidth,
}

impl Default for LongRun {
    fn default() -> Self {
        let KpssOptions { kernel, bandwidth, .. } = KpssOptions::default();
        Self { kernel, bandwidth }
    }
}

impl LongRun {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A test of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OfSeries {
    Adf,
    Kpss,
    PhillipsPerron,
}

/// The tests of a panel that papers print.
fn usual() -> Vec<PanelTest> {
    let units = FisherUnits::Adf;
    vec![
        PanelTest::LevinLinChu { kernel: Kernel::Bartlett, bandwidth: Bandwidth::LevinLinChuRounded },
        PanelTest::ImPesaranShin { statistic: IpsStatistic::WTBar },
        PanelTest::MaddalaWu { units },
        PanelTest::ChoiInverseNormal { units },
        PanelTest::Hadri { heteroskedastic: true, kernel: Kernel::Bartlett, bandwidth: Bandwidth::Lags(0) },
        PanelTest::Cips {
            model: CipsModel::Cmg,
            lags: 1,
            truncated: false,
            interpolation: Interpolation::Linear,
        },
    ]
}

/// The role of the file of MacKinnon's (1996) tables.
const TABLES: &str = "mackinnon";

/// Far more than any panel of years has room for; a slip of the finger shouldn't fill the memory.
const MOST_LAGS: usize = 100;

/// What `unit_root` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UnitRoots {
    /// Variable by test, for a table.
    pub(crate) rows: Vec<UnitRootRow>,
    /// The panel's tests with all that they are made of.
    pub(crate) tests: Vec<PanelUnitRoot>,
    /// The entities' tests.
    pub(crate) by_entity: Vec<SeriesTests>,
}

/// One cell of the table.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UnitRootRow {
    pub(crate) variable: String,
    pub(crate) test: String,
    pub(crate) deterministic: Deterministic,
    pub(crate) statistic: Option<f64>,
    pub(crate) p_value: Option<f64>,
    /// Where the p-value is only a bound.
    pub(crate) bound: Option<Bound>,
    /// The fewest and the most lagged differences (of Hadri's test the bandwidth).
    pub(crate) lags: Option<[usize; 2]>,
    /// How many entities the statistic takes in, and which it leaves out.
    pub(crate) entities: usize,
    pub(crate) left_out: Vec<String>,
    /// Why there is no statistic.
    pub(crate) reason: Option<String>,
}

/// A test of every entity's series of a variable.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SeriesTests {
    pub(crate) variable: String,
    pub(crate) test: SeriesTest,
    pub(crate) units: Vec<UnitSeriesTest>,
}

impl UnitRoot {
    fn most_lags(&self) -> usize {
        let shared = match &self.options.lags {
            Lags::Fixed(lags) => *lags,
            Lags::PerEntity(orders) => orders.values().copied().max().unwrap_or(0),
            Lags::Chosen { max, .. } => *max,
        };
        let own = self.tests.iter().map(|test| match test {
            PanelTest::Cips { lags, .. } => *lags,
            _ => 0,
        });
        own.fold(shared, usize::max)
    }

    fn series_test(&self, options: &PanelUnitRootOptions, test: OfSeries) -> SeriesTest {
        let PanelUnitRootOptions { deterministic, dfcor, p_values, .. } = *options;
        let LongRun { kernel, bandwidth } = self.long_run;
        match test {
            OfSeries::Adf => SeriesTest::Adf(AdfOptions {
                deterministic,
                lags: options.lags.clone(),
                dfcor,
                p_values,
                tables: options.tables.clone(),
            }),
            OfSeries::Kpss => SeriesTest::Kpss(KpssOptions { deterministic, kernel, bandwidth }),
            OfSeries::PhillipsPerron => SeriesTest::PhillipsPerron(PhillipsPerronOptions {
                deterministic,
                kernel,
                bandwidth,
                p_values,
                tables: options.tables.clone(),
            }),
        }
    }
}

impl Parameters for UnitRoot {
    const NAME: &'static str = "unit_root";
    const SUMMARY: &'static str = "tests for unit roots, over the panel and by entity";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_UNIT_ROOT"), env!("VINTNER_CODE_OPERATION_CHOSEN")];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if self.variables.is_empty() {
            let place = params.get("variables").unwrap_or(params);
            faults.push(document.fault(Some(place.span), "no variable to test"));
        }
        if self.tests.is_empty() && self.by_entity.is_empty() {
            let place = params.get("tests").unwrap_or(params);
            let fault = document.fault(Some(place.span), "nothing to test");
            faults.push(fault.hint("leave `tests` out for the usual ones"));
        }
        faults.extend(chosen::check(self.rows.as_ref(), document));
        let most = self.most_lags();
        if most > MOST_LAGS {
            let place = params.get("options").filter(|_| self.options.lags != Lags::default());
            let place = place.or_else(|| params.get("tests")).unwrap_or(params);
            let message = format!("{most} lags; at most {MOST_LAGS} are allowed");
            faults.push(document.fault(Some(place.span), message));
        }
        for test in &self.tests {
            if let Err(error) = test.check(&self.options) {
                let place = params.get("tests").or_else(|| params.get("options")).unwrap_or(params);
                faults.push(document.fault(Some(place.span), error.to_string()));
            }
        }
        let needs_terms = self.by_entity.iter().any(|test| *test != OfSeries::Adf);
        if needs_terms && self.options.deterministic == Deterministic::None {
            let place = params.get("by_entity").unwrap_or(params);
            let message = "KPSS and Phillips-Perron tests aren't defined with deterministic: none";
            faults.push(document.fault(Some(place.span), message).hint("take intercept or trend"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let condition = chosen::columns(self.rows.as_ref());
        let columns = self.variables.iter().chain(&condition).map(String::as_str);
        let columns = [ENTITY, TIME].into_iter().chain(columns);
        // What needs the tables can't do without them, so that their absence is a fault of the spec.
        let tables = InputDeclaration::file(TABLES);
        let tables = if self.options.p_values.needs_tables() { tables } else { tables.optional() };
        vec![InputDeclaration::frame("panel").columns(columns), tables]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("tests", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut panel = panel(inputs, "panel")?;
        let mut options = self.options.clone();
        if inputs.has(TABLES) {
            options.tables = Some(Arc::new(MackinnonTables::parse(inputs.text(TABLES)?)?));
        }
        let mut variables = Vec::new();
        for variable in &self.variables {
            variables.push(variable.clone());
            if self.differences {
                let name = format!("D.{variable}");
                panel = with_difference(panel, variable, &name)?;
                variables.push(name);
            }
        }
        // The first chosen year has its change from the year before.
        let panel = chosen::chosen(self.rows.as_ref(), panel)?;
        let mut made = UnitRoots { rows: Vec::new(), tests: Vec::new(), by_entity: Vec::new() };
        let mut warnings = Vec::new();
        for variable in &variables {
            for test in &self.tests {
                let result = panel_unit_root(&panel, variable, test, &options)?;
                let row = row(&result);
                let what = format!("{}, {}", row.variable, row.test);
                if let Some(reason) = &row.reason {
                    warnings.push(format!("not testable: {what}: {reason}"));
                }
                if !row.left_out.is_empty() {
                    warnings.push(format!("{what} leaves out {}", row.left_out.join(", ")));
                }
                warnings.extend(result.notes.iter().map(|note| format!("{what}: {note}")));
                made.rows.push(row);
                made.tests.push(result);
            }
            for test in &self.by_entity {
                let test = self.series_test(&options, *test);
                let units = by_entity(&panel, variable, &test)?;
                warnings.extend(units.iter().filter_map(|unit| match &unit.outcome {
                    SeriesOutcome::Test { .. } => None,
                    SeriesOutcome::NotTestable { reason } => {
                        Some(format!("not testable: {variable}, {}: {reason}", unit.entity))
                    }
                }));
                made.by_entity.push(SeriesTests { variable: variable.clone(), test, units });
            }
        }
        Ok(Outputs::new().with("tests", Artifact::json(&made)?).warn(warnings))
    }
}

fn with_difference(panel: Panel, variable: &str, name: &str) -> Result<Panel, StagesError> {
    let values = panel.values(variable)?;
    let before = lag(&panel, &values, 1);
    let changes = values.iter().zip(before).map(|(now, before)| Some((*now)? - before?)).collect();
    Ok(panel.with_values(name, changes)?)
}

fn row(result: &PanelUnitRoot) -> UnitRootRow {
    let (test, statistic, p_value, reason) = match &result.outcome {
        TestOutcome::Test(test) => (&test.name, Some(test.statistic), Some(test.p_value), None),
        TestOutcome::NotTestable { name, reason } => (name, None, None, Some(reason.to_string())),
    };
    let lags: Vec<usize> = result
        .units
        .iter()
        .filter_map(|unit| match &unit.outcome {
            UnitRootOutcome::Statistic(statistic) => Some(statistic.lags),
            UnitRootOutcome::NotTestable { .. } => None,
        })
        .collect();
    UnitRootRow {
        variable: result.variable.clone(),
        test: test.clone(),
        deterministic: result.deterministic,
        statistic,
        p_value,
        bound: result.bound,
        lags: lags.iter().min().zip(lags.iter().max()).map(|(least, most)| [*least, *most]),
        entities: if statistic.is_some() { lags.len() } else { 0 },
        left_out: result.left_out.clone(),
        reason,
    }
}
