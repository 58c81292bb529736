//! Granger tests, for templates.

use serde::Serialize;

use super::Name;
use super::name::Names;
use crate::number_format::{fixed, p_value_text};
use crate::{GrangerOutcome, GrangerTest, ReportUnit, StarLevels};

/// All Granger tests of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrangerView {
    /// The pairs tested in single units: the columns.
    pub pairs: Vec<GrangerPair>,
    /// One row for each unit that was tested.
    pub rows: Vec<GrangerRow>,
    /// The tests of the whole panel.
    pub panel: Vec<GrangerPanelView>,
}

/// A cause and its effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrangerPair {
    /// The variable that may cause.
    pub cause: Name,
    /// The variable that may be caused.
    pub effect: Name,
    /// Lags of both.
    pub lags: usize,
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrangerCell {
    /// F, two decimals.
    pub statistic: String,
    /// Its stars.
    pub stars: String,
    /// Its p-value.
    pub p_value: String,
    /// Its degrees of freedom ("1, 8").
    pub df: String,
}

/// One test of the panel (Dumitrescu and Hurlin 2012); texts are empty where there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrangerPanelView {
    /// The pair.
    pub pair: GrangerPair,
    /// Units that entered.
    pub units: String,
    /// W-bar, three decimals.
    pub w_bar: String,
    /// Z-bar, three decimals.
    pub z_bar: String,
    /// Its stars.
    pub z_bar_stars: String,
    /// Its p-value.
    pub z_bar_p_value: String,
    /// Z-tilde, three decimals.
    pub z_tilde: String,
    /// Its stars.
    pub z_tilde_stars: String,
    /// Its p-value.
    pub z_tilde_p_value: String,
    /// Why there are no numbers; empty where there are.
    pub reason: String,
}

impl GrangerView {
    pub(crate) fn new(
        tests: &[GrangerTest],
        units: &[&ReportUnit],
        names: &Names,
        levels: &StarLevels,
    ) -> Self {
        let pair = |test: &GrangerTest| GrangerPair {
            cause: names.variable(&test.cause),
            effect: names.variable(&test.effect),
            lags: test.lags,
        };
        let mut pairs: Vec<GrangerPair> = Vec::new();
        for test in tests.iter().filter(|test| test.unit.is_some()) {
            let pair = pair(test);
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        let mut ids: Vec<&str> = Vec::new();
        for id in tests.iter().filter_map(|test| test.unit.as_deref()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.sort_by_key(|id| units.iter().position(|unit| unit.id == *id).unwrap_or(usize::MAX));
        let rows = ids
            .into_iter()
            .map(|id| {
                let of_unit: Vec<&GrangerTest> =
                    tests.iter().filter(|test| test.unit.as_deref() == Some(id)).collect();
                let mut reasons: Vec<&str> = Vec::new();
                for test in &of_unit {
                    if let GrangerOutcome::NotEstimable { reason } = &test.outcome
                        && !reasons.contains(&reason.as_str())
                    {
                        reasons.push(reason);
                    }
                }
                let cells = pairs
                    .iter()
                    .map(|wanted| unit_cell(of_unit.iter().find(|test| pair(test) == *wanted), levels))
                    .collect();
                GrangerRow { unit: names.unit(id), cells, reason: reasons.join("; ") }
            })
            .collect();
        let panel = tests
            .iter()
            .filter(|test| test.unit.is_none())
            .map(|test| panel_view(pair(test), &test.outcome, levels))
            .collect();
        Self { pairs, rows, panel }
    }
}

fn unit_cell(test: Option<&&GrangerTest>, levels: &StarLevels) -> GrangerCell {
    match test.map(|test| &test.outcome) {
        Some(GrangerOutcome::FTest { statistic, df_num, df_den, p_value }) => GrangerCell {
            statistic: fixed(*statistic, 2),
            stars: levels.stars(*p_value).asterisks(),
            p_value: p_value_text(*p_value),
            df: format!("{df_num}, {df_den}"),
        },
        _ => GrangerCell {
            statistic: String::new(),
            stars: String::new(),
            p_value: String::new(),
            df: String::new(),
        },
    }
}

fn panel_view(pair: GrangerPair, outcome: &GrangerOutcome, levels: &StarLevels) -> GrangerPanelView {
    let mut view = GrangerPanelView {
        pair,
        units: String::new(),
        w_bar: String::new(),
        z_bar: String::new(),
        z_bar_stars: String::new(),
        z_bar_p_value: String::new(),
        z_tilde: String::new(),
        z_tilde_stars: String::new(),
        z_tilde_p_value: String::new(),
        reason: String::new(),
    };
    match outcome {
        GrangerOutcome::DumitrescuHurlin { units, w_bar, z_bar, z_bar_p_value, z_tilde, z_tilde_p_value } => {
            view.units = units.to_string();
            view.w_bar = fixed(*w_bar, 3);
            view.z_bar = fixed(*z_bar, 3);
            view.z_bar_stars = levels.stars(*z_bar_p_value).asterisks();
            view.z_bar_p_value = p_value_text(*z_bar_p_value);
            view.z_tilde = z_tilde.map(|z_tilde| fixed(z_tilde, 3)).unwrap_or_default();
            view.z_tilde_stars =
                z_tilde_p_value.map(|p_value| levels.stars(p_value).asterisks()).unwrap_or_default();
            view.z_tilde_p_value = z_tilde_p_value.map(p_value_text).unwrap_or_default();
        }
        GrangerOutcome::NotEstimable { reason } => view.reason = reason.clone(),
        GrangerOutcome::FTest { .. } => view.reason = "an F test of a single unit, without its unit".into(),
    }
    view
}
