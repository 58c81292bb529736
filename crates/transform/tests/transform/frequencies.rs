//! Sources of years beside sources of quarters.

use polars::prelude::*;
use vintner_panel::{Notes, TidyTable};
use vintner_transform::{Assembly, PanelRows, TransformError, assemble};

use crate::{Outcome, message};

fn table(
    source: &str,
    variable: &str,
    frame: PolarsResult<DataFrame>,
) -> Result<TidyTable, Box<dyn std::error::Error>> {
    let file = format!("{source}.csv");
    let notes = Notes::from([
        ("@row".to_owned(), serde_json::json!({"source": source, "file": file})),
        (variable.to_owned(), serde_json::json!({"column": 3})),
    ]);
    Ok(TidyTable::new(frame?, notes)?)
}

fn accounts() -> Result<TidyTable, Box<dyn std::error::Error>> {
    let frame = df!(
        "entity" => ["a", "a", "a", "b"], "time" => ["2000Q4", "2001Q1", "2001Q2", "2001Q1"],
        "@row" => [2_u32, 3, 4, 5], "gdp" => [1.0, 2.0, 3.0, 4.0],
    );
    table("accounts", "gdp", frame)
}

fn census() -> Result<TidyTable, Box<dyn std::error::Error>> {
    let frame = df!(
        "entity" => ["a", "a", "b", "a"], "time" => [2000_i32, 2001, 2001, 2005], "@row" => [2_u32, 3, 4, 5],
        "people" => [Some(10.0), Some(11.0), None, Some(99.0)],
    );
    table("census", "people", frame)
}

fn assembly(repeat: &[&str], rows: PanelRows) -> Assembly {
    Assembly {
        entities: None,
        window: None,
        variables: vec!["gdp".into(), "people".into()],
        aggregate: Default::default(),
        repeat: repeat.iter().map(|name| (*name).to_owned()).collect(),
        rows,
        entity: "entity".into(),
        time: "time".into(),
    }
}

#[test]
fn each_quarter_has_the_value_of_its_year() -> Outcome {
    let derived = assemble(&[accounts()?, census()?], &assembly(&["people"], PanelRows::Full))?;
    let panel = &derived.panel;
    // The years of the census that no quarter is of are none of the panel's.
    assert_eq!(
        panel.labels("time")?.iter().flatten().take(3).collect::<Vec<_>>(),
        ["2000Q4", "2001Q1", "2001Q2"]
    );
    assert_eq!(panel.values("people")?, [Some(10.0), Some(11.0), Some(11.0), None, None, None]);
    assert_eq!(panel.values("gdp")?, [Some(1.0), Some(2.0), Some(3.0), None, Some(4.0), None]);
    let reasons: Vec<String> = derived
        .gaps
        .iter()
        .filter(|gap| gap.variable == "people")
        .map(|gap| format!("{} {}", gap.time.map(|time| time.to_string()).unwrap_or_default(), gap.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            "2000Q4 no row in any source",
            "2001Q1 missing in census.csv!C4 (empty)",
            "2001Q2 missing in census.csv!C4 (empty)"
        ]
    );
    Ok(())
}

#[test]
fn rows_are_those_that_are_observed_in_quarters() -> Outcome {
    let derived = assemble(&[census()?, accounts()?], &assembly(&["people"], PanelRows::Observed))?;
    assert_eq!(derived.panel.values("people")?, [Some(10.0), Some(11.0), Some(11.0), None]);
    Ok(())
}

#[test]
fn a_yearly_series_of_the_country_is_given_to_all_quarters() -> Outcome {
    let frame = df!("time" => [2000_i32, 2001], "@row" => [2_u32, 3], "people" => [5.0, 6.0]);
    let derived =
        assemble(&[accounts()?, table("rates", "people", frame)?], &assembly(&["people"], PanelRows::Full))?;
    assert_eq!(derived.panel.values("people")?, [5.0, 6.0, 6.0, 5.0, 6.0, 6.0].map(Some));
    Ok(())
}

#[test]
fn what_isnt_declared_is_refused_with_what_to_write() -> Outcome {
    let refused = assemble(&[accounts()?, census()?], &assembly(&[], PanelRows::Full));
    assert!(matches!(refused, Err(TransformError::MixedFrequencies { .. })));
    assert_eq!(
        message(refused),
        "the times of source `census` are of one year each and those of `accounts` of one quarter; write `repeat: \
         [people]` if each quarter has the value of the year in which it lies, or assemble them apart"
    );
    assert_eq!(
        message(assemble(&[accounts()?, census()?], &assembly(&["people", "gdp"], PanelRows::Full))),
        "`repeat` names `gdp`, and the times of its source `accounts` are of one quarter each, as the panel's are; leave \
         it out"
    );
    assert_eq!(
        message(assemble(&[accounts()?, census()?], &assembly(&["peple"], PanelRows::Full))),
        "`repeat` names `peple`, which isn't among the panel's variables; did you mean `people`? There are: gdp, people"
    );
    let weekly = df!("entity" => ["a"], "time" => ["2001-W07"], "@row" => [2_u32], "gdp" => [1.0]);
    assert_eq!(
        message(assemble(
            &[table("prices", "gdp", weekly)?, census()?],
            &assembly(&["people"], PanelRows::Full)
        )),
        "the times of source `census` are of one year each and those of `prices` of one week; a year isn't made of \
         whole weeks: assemble them apart"
    );
    Ok(())
}
