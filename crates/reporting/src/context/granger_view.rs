//! Granger tests, for templates.

use serde::Serialize;
use vintner_estimation::{DumitrescuHurlin, GrangerOutcome, LagOrders, PanelStatistic, Reason, UnitGranger};

use super::name::Names;
use crate::name::Name;
use crate::number_format::{fixed, p_value_text};
use crate::stars::StarLevels;

/// All Granger tests of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrangerView {
    /// The tests of the whole panel, one for each pair.
    pub panel: Vec<GrangerPanelView>,
    /// The pairs again: the columns of the units' tests.
    pub pairs: Vec<GrangerPair>,
    /// One row for each unit that was tested.
    pub rows: Vec<GrangerRow>,
}

/// A cause and its effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrangerPair {
    /// The variable that may cause.
    pub cause: Name,
    /// The variable that may be caused.
    pub effect: Name,
    /// Lags of both; empty where each unit has its own.
    pub lags: String,
}

/// The tests of one unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrangerRow {
    /// The unit.
    pub unit: Name,
    /// One cell for each pair.
    pub cells: Vec<GrangerCell>,
    /// Why some have no numbers; empty where all have.
    pub reason: String,
}

/// One F test; texts are empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GrangerCell {
    /// F, two decimals.
    pub statistic: String,
    /// Its stars.
    pub stars: String,
    /// Its p-value.
    pub p_value: String,
    /// Its degrees of freedom ("1, 8").
    pub df: String,
    /// Where its trace stands.
    pub address: String,
}

/// One test of the panel (Dumitrescu and Hurlin 2012); texts are empty where there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrangerPanelView {
    /// The pair.
    pub pair: GrangerPair,
    /// Units that the test is of.
    pub units: usize,
    /// Units without a test of their own that it leaves out.
    pub left_out: Vec<Name>,
    /// W-bar, three decimals.
    pub w_bar: String,
    /// Standardised for long series.
    pub z_bar: StatisticView,
    /// Standardised for short series.
    pub z_tilde: StatisticView,
    /// Where its trace stands.
    pub address: String,
    /// Why some have no numbers; empty where all have.
    pub reason: String,
}

/// A statistic with its p-value; texts are empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StatisticView {
    /// The statistic, three decimals.
    pub statistic: String,
    /// Its stars.
    pub stars: String,
    /// Its p-value.
    pub p_value: String,
}

impl GrangerView {
    pub(crate) fn new(tests: &[DumitrescuHurlin], names: &Names, levels: &StarLevels) -> Self {
        let panel: Vec<GrangerPanelView> = tests.iter().map(|test| panel_view(test, names, levels)).collect();
        let mut ids: Vec<&str> = Vec::new();
        for id in tests.iter().flat_map(|test| &test.units).map(|unit| unit.unit.as_str()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.sort_by_key(|id| names.unit_rank(id));
        let rows = ids.into_iter().map(|id| unit_row(id, tests, names, levels)).collect();
        Self { pairs: panel.iter().map(|view| view.pair.clone()).collect(), panel, rows }
    }
}

fn unit_row(id: &str, tests: &[DumitrescuHurlin], names: &Names, levels: &StarLevels) -> GrangerRow {
    let mut reasons = Vec::new();
    let cells = tests
        .iter()
        .map(|test| (test, &test.cause, &test.effect))
        .map(|(test, cause, effect)| match test.units.iter().find(|unit| unit.unit == id) {
            Some(UnitGranger { outcome: GrangerOutcome::Test(test), .. }) => GrangerCell {
                statistic: fixed(test.f, 2),
                stars: levels.stars(test.f_p_value).asterisks(),
                p_value: p_value_text(test.f_p_value),
                df: format!("{}, {}", test.df_numerator, test.df_denominator),
                address: format!("granger/{cause}->{effect}/{}", names.printed(id)),
            },
            Some(UnitGranger { outcome: GrangerOutcome::NotEstimable { reason, .. }, .. }) => {
                note_reason(&mut reasons, reason, names);
                GrangerCell::default()
            }
            None => GrangerCell::default(),
        })
        .collect();
    GrangerRow { unit: names.unit(id), cells, reason: reasons.join("; ") }
}

fn panel_view(test: &DumitrescuHurlin, names: &Names, levels: &StarLevels) -> GrangerPanelView {
    let mut reasons = Vec::new();
    let mut statistic = |statistic: &PanelStatistic| match statistic {
        PanelStatistic::Value { statistic, p_value } => StatisticView {
            statistic: fixed(*statistic, 3),
            stars: levels.stars(*p_value).asterisks(),
            p_value: p_value_text(*p_value),
        },
        PanelStatistic::NotEstimable { reason } => {
            note_reason(&mut reasons, reason, names);
            StatisticView::default()
        }
    };
    let (z_bar, z_tilde) = (statistic(&test.z_bar), statistic(&test.z_tilde));
    GrangerPanelView {
        pair: GrangerPair {
            cause: names.variable(&test.cause),
            effect: names.variable(&test.effect),
            lags: match &test.orders {
                LagOrders::Common(order) => order.to_string(),
                LagOrders::PerEntity(_) => String::new(),
            },
        },
        units: test.units.len() - test.left_out.len(),
        left_out: test.left_out.iter().map(|id| names.unit(id)).collect(),
        w_bar: test.w_bar.map(|w_bar| fixed(w_bar, 3)).unwrap_or_default(),
        z_bar,
        z_tilde,
        address: format!("granger/{}->{}", test.cause, test.effect),
        reason: reasons.join("; "),
    }
}

fn note_reason(reasons: &mut Vec<String>, reason: &Reason, names: &Names) {
    let text = reason.with_entity_names(&|id| names.spoken(id)).to_string();
    if !reasons.contains(&text) {
        reasons.push(text);
    }
}
