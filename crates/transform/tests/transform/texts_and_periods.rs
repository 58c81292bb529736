//! Columns of text, times that aren't years, and rows without one of the keys.

use std::collections::BTreeMap;

use polars::prelude::*;
use vintner_panel::{Panel, Shape};
use vintner_transform::derive;

use crate::{Outcome, definitions, message, one, values};

/// Two firms by quarter; b has no third quarter of 1990.
fn quarters() -> Result<Panel, Box<dyn std::error::Error>> {
    let frame = df!(
        "firm" => ["a", "a", "a", "a", "b", "b", "b"],
        "quarter" => ["1990Q1", "1990Q2", "1990Q3", "1990Q4", "1990Q1", "1990Q2", "1990Q4"],
        "sector" => [Some("wine"), Some("wine"), None, Some("beer"), Some("beer"), Some("beer"), Some("beer")],
        "x" => [1.0, 2.0, 4.0, 8.0, 10.0, 20.0, 80.0]
    )?;
    Ok(Panel::new(frame, "firm", "quarter")?)
}

fn texts(panel: &Panel, expression: &str) -> Result<Vec<Option<String>>, Box<dyn std::error::Error>> {
    Ok(one(panel, expression)?.panel.labels("y")?)
}

#[test]
fn lags_windows_and_gaps_go_by_quarter() -> Outcome {
    let panel = quarters()?;
    assert_eq!(values(&panel, "diff(x)")?, [None, Some(1.0), Some(2.0), Some(4.0), None, Some(10.0), None]);
    assert_eq!(values(&panel, "lead(x, 2)")?[5], Some(80.0));
    assert_eq!(
        values(&panel, "sum(x) OVER (PARTITION BY quarter)")?,
        [11.0, 22.0, 4.0, 88.0, 11.0, 22.0, 88.0].map(Some)
    );
    assert_eq!(values(&panel, "sum(x) OVER (PARTITION BY firm ORDER BY quarter)")?[6], Some(110.0));
    let gaps = one(&panel, "lag(x)")?.gaps;
    let told: Vec<String> = gaps
        .iter()
        .map(|gap| format!("{:?} {}", gap.time.map(|time| time.to_string()), gap.reason))
        .collect();
    assert_eq!(
        told,
        [
            "Some(\"1990Q1\") no row for 1989Q4",
            "Some(\"1990Q1\") no row for 1989Q4",
            "Some(\"1990Q4\") no row for 1990Q3"
        ]
    );
    Ok(())
}

#[test]
fn periods_compare_with_what_people_write() -> Outcome {
    let panel = quarters()?;
    assert_eq!(values(&panel, "quarter >= '1990q3'")?, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0].map(Some));
    assert_eq!(
        values(&panel, "quarter BETWEEN 'Q2 1990' AND '1990Q3'")?,
        [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0].map(Some)
    );
    assert_eq!(values(&panel, "quarter IN ('1990-Q4')")?[3], Some(1.0));
    let told = message(one(&panel, "quarter > '1990-03'"));
    assert!(told.contains("the times of `quarter` are quarters: `1990-03` is a month"), "{told}");
    Ok(())
}

#[test]
fn text_comes_out_of_case_and_is_read_again() -> Outcome {
    let panel = quarters()?;
    let sizes = "CASE WHEN sector = 'wine' THEN 'small ' WHEN x > 15 THEN 'large' ELSE NULL END";
    let found = texts(&panel, sizes)?;
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(found, [some("small "), some("small "), None, None, None, some("large"), some("large")]);
    let reasons: Vec<String> = one(&panel, sizes)?.gaps.into_iter().map(|gap| gap.reason).collect();
    assert_eq!(reasons, ["sector is missing", "NULL", "NULL"].map(str::to_owned));
    assert_eq!(
        values(&panel, "sector IN ('wine', 'cider')")?,
        [Some(1.0), Some(1.0), None, Some(0.0), Some(0.0), Some(0.0), Some(0.0)]
    );
    assert_eq!(values(&panel, "sector < 'c'")?[3], Some(1.0));
    assert_eq!(texts(&panel, "CASE sector WHEN 'beer' THEN firm ELSE sector END")?[6], some("b"));

    let chain = definitions(&[("count", "count(*) OVER (PARTITION BY kind)"), ("kind", sizes)]);
    let derived = derive(&panel, &chain, &BTreeMap::new())?;
    assert_eq!(derived.panel.values("count")?[6], Some(2.0));
    Ok(())
}

#[test]
fn a_cross_section_has_columns_and_no_lags() -> Outcome {
    let frame = df!("sector" => ["beer", "wine", "beer"], "x" => [3.0, 1.0, 2.0])?;
    let panel = Panel::of_observations(frame, "entity", "time")?;
    assert_eq!(panel.shape(), Shape::CrossSection);
    assert_eq!(values(&panel, "x - avg(x) OVER (PARTITION BY sector)")?, [Some(0.5), Some(0.0), Some(-0.5)]);
    let told = message(one(&panel, "lag(x)"));
    assert!(told.contains("a cross-section has no time, so `lag` has no earlier or later row"), "{told}");
    let gap = one(&panel, "ln(x - 1)")?.gaps;
    assert_eq!((gap[0].entity.as_str(), gap[0].time), ("2", None));
    Ok(())
}

#[test]
fn a_series_has_lags_and_no_entity() -> Outcome {
    let frame = df!("month" => ["1990-02", "1990-01", "1990-04"], "x" => [2.0, 1.0, 4.0])?;
    let panel = Panel::of_observations(frame, "entity", "month")?;
    assert_eq!(values(&panel, "x - lag(x)")?, [None, Some(1.0), None]);
    let told = message(one(&panel, "avg(x) OVER (PARTITION BY entity)"));
    assert!(told.contains("no column or parameter `entity`"), "{told}");
    Ok(())
}
