//! From a panel through the estimators to a report, with nothing in between but this crate's adapters.

#![allow(clippy::unwrap_used)]

use crate::common::{label, render};
use polars::prelude::*;
use vintner_estimation::{
    Covariance, Formula, LagOrders, Model, Untestable, describe, dumitrescu_hurlin, estimate,
    estimate_by_entity,
};
use vintner_panel::Panel;
use vintner_reporting::{
    DroppedRow, EstimateRow, Published, ReportContext, ReportFormat, ReportInputs, ReportSpec,
    VariableDefinition, VintageSummary, tidy_estimates,
};

/// Three units over twelve years; the third has a value in three of them.
fn panel() -> Panel {
    let (mut unit, mut year, mut x, mut y) = (vec![], vec![], vec![], vec![]);
    for (index, name) in ["first", "second", "third"].into_iter().enumerate() {
        for time in 0..12i32 {
            let step = f64::from(time) + 10.0 * index as f64;
            unit.push(name);
            year.push(2000 + time);
            x.push((index < 2 || time < 3).then_some((0.7 * step).sin() + 0.1 * step));
            y.push(Some(0.8 * (0.7 * step).sin() + (1.9 * step).cos()));
        }
    }
    let columns = vec![
        Column::new("unit".into(), unit),
        Column::new("year".into(), year),
        Column::new("x".into(), x),
        Column::new("y".into(), y),
    ];
    Panel::new(DataFrame::new(36, columns).unwrap(), "unit", "year").unwrap()
}

/// As a pipeline's author would write it.
const SPEC: &str = r#"{
    "title": { "en": "From estimates", "zh": "估计" },
    "tables": [{ "id": "1", "title": { "en": "y on x" }, "dependent": "y", "regressors": ["x"] }],
    "units": [
        { "id": "first", "label": { "en": "First", "zh": "一" } },
        { "id": "second", "label": { "en": "Second" } },
        { "id": "third", "label": { "en": "Third" }, "printed": "三" },
        { "id": "pooled", "label": { "en": "Panel", "zh": "面板" }, "pooled": true }
    ]
}"#;

fn inputs(spec: &ReportSpec) -> ReportInputs {
    let panel = panel();
    let formula = Formula::new("y", &["x"]);
    let table = spec.tables.first().unwrap();
    let pooled = estimate(&panel, &formula, Model::Within, &Covariance::classical()).unwrap();
    let mut estimates = EstimateRow::of_outcome(table, "pooled", &pooled).unwrap();
    for fit in estimate_by_entity(&panel, &formula, &Covariance::classical()).unwrap() {
        estimates.extend(EstimateRow::of_outcome(table, &fit.unit, &fit.outcome).unwrap());
    }
    ReportInputs {
        unit_roots: Vec::new(),
        diagnostics: Vec::new(),
        system: None,
        vintage: VintageSummary {
            name: "waves".into(),
            title: label("Waves", ""),
            kind: "public".into(),
            date: "2020-01-31".into(),
            notice: None,
            review: Vec::new(),
            sources: vec![],
        },
        variables: ["x", "y"]
            .map(|id| VariableDefinition {
                id: id.into(),
                label: label(id, ""),
                unit: label("", ""),
                definition: label("", ""),
            })
            .to_vec(),
        robustness: None,
        claims: vec![],
        descriptives: describe(&panel, &["x", "y"]).unwrap(),
        granger: vec![
            dumitrescu_hurlin(&panel, "y", "x", &LagOrders::Common(1), Untestable::Refuse).unwrap(),
        ],
        estimates,
        published: Published::default(),
        gaps: vec![],
        figures: Default::default(),
        dropped: DroppedRow::of_outcome("1", &pooled),
        models: Default::default(),
        plots: Default::default(),
        before: None,
    }
}

#[test]
fn estimates_keep_every_digit_and_reasons_take_the_place_of_numbers() {
    let spec: ReportSpec = serde_json::from_str(SPEC).unwrap();
    let inputs = inputs(&spec);
    let rows =
        tidy_estimates(&inputs.estimates, &spec.tables, &spec.units, &inputs.published, &spec.star_levels)
            .unwrap();
    let units: Vec<&str> = rows.iter().map(|row| row.unit.as_str()).collect();
    assert_eq!(units, ["一", "Second", "三", "面板"]);
    let fit =
        estimate(&panel(), &Formula::new("y", &["x"]), Model::Within, &Covariance::classical()).unwrap();
    let slope = fit.fit().unwrap().coefficient("x").unwrap().clone();
    let last = rows.last().unwrap();
    assert_eq!((last.estimate, last.p_value), (Some(slope.estimate), slope.p_value));
    assert_eq!((last.n_obs, last.df_resid), (Some(27), Some(23)));
    assert!(rows.iter().all(|row| row.estimate.is_some() == row.note.is_empty()));
}

#[test]
fn the_report_renders_and_names_what_is_missing() {
    let spec: ReportSpec = serde_json::from_str(SPEC).unwrap();
    let inputs = inputs(&spec);
    let context = ReportContext::build(&spec, &inputs).unwrap();
    let dropped = context.dropped.first().unwrap();
    assert_eq!((dropped.years.as_str(), dropped.units.len()), ("2003–2011", 1));
    let granger = context.granger.panel.first().unwrap();
    assert_eq!(granger.w_bar, "", "a unit without a test leaves the panel without one");
    assert!(!granger.reason.is_empty());
    let again: ReportInputs = serde_json::from_str(&serde_json::to_string(&inputs).unwrap()).unwrap();
    for format in [ReportFormat::Markdown, ReportFormat::Latex] {
        let text = render(format, &spec, &inputs);
        assert!(text.contains("First 一") && text.contains("2003–2011"));
        assert_eq!(text, render(format, &spec, &again), "inputs go through JSON unchanged");
    }
}

#[test]
fn a_regressor_that_was_not_fitted_is_refused() {
    let spec: ReportSpec = serde_json::from_str(SPEC).unwrap();
    let mut table = spec.tables.first().unwrap().clone();
    table.regressors.push("w".into());
    let outcome =
        estimate(&panel(), &Formula::new("y", &["x"]), Model::Within, &Covariance::classical()).unwrap();
    let message = EstimateRow::of_outcome(&table, "pooled", &outcome).unwrap_err().to_string();
    assert!(message.starts_with("an estimate names the regressor `w (table 1)`"), "{message}");
}
