use std::collections::BTreeMap;

use vintner_panel::{PeriodWindow, TidyValue};
use vintner_transform::{Assembly, CategoryAggregate, PanelRows, TransformError, assemble};

use crate::{Outcome, frame, gap, message, tidy};

fn assembly(variables: &[&str]) -> Assembly {
    Assembly {
        entities: Some(vec!["a".into(), "b".into()]),
        window: Some(PeriodWindow::of_years(2008, 2009)),
        variables: variables.iter().map(|name| (*name).into()).collect(),
        aggregate: BTreeMap::new(),
        repeat: Vec::new(),
        rows: PanelRows::Full,
        entity: "city".into(),
        time: "year".into(),
    }
}

fn gdp() -> Vec<TidyValue> {
    vec![
        tidy("gdp.csv", 2, "gdp", Some("b"), None, 2009, 4.0),
        tidy("gdp.csv", 3, "gdp", Some("a"), None, 2008, 1.0),
        tidy("gdp.csv", 4, "gdp", Some("a"), None, 2009, None),
        tidy("gdp.csv", 5, "gdp", Some("elsewhere"), None, 2008, 9.0),
        tidy("gdp.csv", 6, "gdp", Some("a"), None, 2020, 9.0),
    ]
}

fn rates() -> Vec<TidyValue> {
    vec![tidy("fx.csv", 2, "fx", None, None, 2008, 6.9), tidy("fx.csv", 3, "fx", None, None, 2009, 6.8)]
}

fn stock() -> Vec<TidyValue> {
    let own = |row, entity, category, time, value: Option<f64>| {
        tidy("stock.csv", row, "stock", Some(entity), Some(category), time, value)
    };
    vec![
        own(2, "a", "x", 2008, Some(1.0)),
        own(3, "a", "y", 2008, Some(3.0)),
        own(4, "a", "x", 2009, Some(5.0)),
        own(5, "b", "x", 2008, Some(1.0)),
        own(6, "b", "y", 2008, None),
        own(7, "b", "x", 2009, Some(2.0)),
        own(8, "b", "y", 2009, Some(2.0)),
    ]
}

#[test]
fn the_grid_is_full_and_every_hole_has_its_reason() -> Outcome {
    let derived = assemble(&[frame(&gdp())?, frame(&rates())?], &assembly(&["gdp", "fx"]))?;
    let panel = &derived.panel;
    assert_eq!((panel.entity_name(), panel.time_name()), ("city", "year"));
    assert_eq!(panel.entities(), ["a", "b"]);
    assert_eq!(panel.times(), [2008, 2009, 2008, 2009]);
    assert_eq!(panel.values("gdp")?, [Some(1.0), None, None, Some(4.0)]);
    assert_eq!(panel.values("fx")?, [Some(6.9), Some(6.8), Some(6.9), Some(6.8)]);
    assert_eq!(
        derived.gaps,
        [
            gap("a", 2009, "gdp", "missing in gdp.csv!C4 (raw \"--\")"),
            gap("b", 2008, "gdp", "no row in any source"),
        ]
    );
    Ok(())
}

#[test]
fn a_year_that_a_national_series_lacks_is_a_gap_for_all() -> Outcome {
    let derived = assemble(&[frame(&rates()[..1])?], &assembly(&["fx"]))?;
    assert_eq!(
        derived.gaps,
        [gap("a", 2009, "fx", "no row in any source"), gap("b", 2009, "fx", "no row in any source")]
    );
    Ok(())
}

#[test]
fn categories_are_added_up_only_where_all_are_known() -> Outcome {
    let mut summed = assembly(&["stock"]);
    summed.aggregate.insert("stock".into(), CategoryAggregate::Sum);
    let derived = assemble(&[frame(&stock())?], &summed)?;
    assert_eq!(derived.panel.values("stock")?, [Some(4.0), None, None, Some(4.0)]);
    assert_eq!(
        derived.gaps,
        [
            gap("a", 2009, "stock", "category y: no row in any source"),
            gap("b", 2008, "stock", "category y: missing in stock.csv!C6 (raw \"--\")"),
        ]
    );
    summed.aggregate.insert("stock".into(), CategoryAggregate::Mean);
    let derived = assemble(&[frame(&stock())?], &summed)?;
    assert_eq!(derived.panel.values("stock")?, [Some(2.0), None, None, Some(2.0)]);
    Ok(())
}

#[test]
fn faults_are_told_together() -> Outcome {
    let sources = [frame(&gdp())?, frame(&rates())?, frame(&stock())?];
    let fault = assemble(&sources, &assembly(&["gpd", "stock", "fx"])).err().map(TransformError::each);
    let told: Vec<String> = fault.unwrap_or_default().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "no source has the variable `gpd`; did you mean `gdp`? There are: fx, gdp, stock",
            "`stock` comes by category (x, y), so an entity has several values of it a year; add it up \
             (`aggregate: {stock: sum}`), make an exposure of it, or follow each category over time as an entity of its own \
             (`entity_with` in place of `category` in vintage.yaml)",
        ]
    );
    Ok(())
}

#[test]
fn two_cells_for_one_value_are_both_named() -> Outcome {
    let again = [tidy("other.csv", 7, "gdp", Some("a"), None, 2008, 1.0)];
    assert_eq!(
        message(assemble(&[frame(&gdp())?, frame(&again)?], &assembly(&["gdp"]))),
        "two values of `gdp` for a in 2008: gdp.csv!C3 and other.csv!C7; leave one of them out in the manifest"
    );
    let national = [tidy("other.csv", 7, "gdp", None, None, 2008, 1.0)];
    assert_eq!(
        message(assemble(&[frame(&national)?, frame(&gdp())?], &assembly(&["gdp"]))),
        "`gdp` has rows with an entity (gdp.csv!C2) and rows without (other.csv!C7); give the two different \
         names in the manifest"
    );
    Ok(())
}

#[test]
fn a_grid_that_cannot_be_meant_is_refused() -> Outcome {
    let sources = [frame(&gdp())?];
    let refused = |change: fn(&mut Assembly)| {
        let mut changed = assembly(&["gdp"]);
        change(&mut changed);
        message(assemble(&sources, &changed))
    };
    assert_eq!(
        refused(|assembly| assembly.window = Some(PeriodWindow::of_years(2009, 2008))),
        "the window 2009 to 2008 is empty; its first year must not be after its last"
    );
    assert!(
        refused(|assembly| assembly.window = Some(PeriodWindow::of_years(i32::MIN, i32::MAX)))
            .contains("rows")
    );
    assert_eq!(
        refused(|assembly| assembly.entities = Some(Vec::new())),
        "no entities are listed; a panel needs at least one"
    );
    assert_eq!(
        refused(|assembly| assembly.entities = Some(vec!["a".into(), "b".into(), "a".into()])),
        "the entity `a` is listed more than once; list it once"
    );
    assert_eq!(
        refused(|assembly| assembly.variables.push("year".into())),
        "the column `year` is listed more than once; list it once"
    );
    assert!(
        refused(|assembly| {
            assembly.aggregate.insert("gd".into(), CategoryAggregate::Sum);
        })
        .starts_with("`aggregate` names `gd`, which isn't among the panel's variables; did you mean `gdp`?")
    );
    Ok(())
}

#[test]
fn parameters_are_strict() -> Outcome {
    let read = |text: &str| serde_json::from_str::<Assembly>(text);
    let minimal = read(r#"{"entities": ["a"], "window": {"first": 1, "last": 2}, "variables": ["x"]}"#)?;
    assert_eq!((minimal.entity.as_str(), minimal.time.as_str()), ("entity", "time"));
    let misspelt =
        read(r#"{"entities": ["a"], "windows": {}, "window": {"first": 1, "last": 2}, "variables": []}"#);
    assert!(misspelt.is_err_and(|error| error.to_string().contains("unknown field `windows`")));
    assert_eq!(read(&serde_json::to_string(&minimal)?)?, minimal);
    Ok(())
}
