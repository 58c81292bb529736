//! Regressors that are other variables once effects are taken out, against R 4.2.2 (`golden/scripts/disguised.R`: residuals
//! of `lm` on dummies of an unbalanced panel).
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::specification::{
    Disguise, DisguiseForm, Finding, SpecificationTest, diagnose, disguised,
};
use vintner_estimation::{Effects, Formula, Reason, Sample, lag};
use vintner_panel::Panel;

/// Grunfeld's firms less 8 rows, with the variables that the script makes.
fn made() -> Panel {
    let panel = panel(&golden().join("data/grunfeld_unb.csv"), "firm", &[]);
    let codes = panel.entity_codes();
    let of = |name: &str| panel.values(name).unwrap();
    let (value, capital) = (of("value"), of("capital"));
    let wave: Vec<f64> = (1..=panel.height()).map(|row| (row as f64).sin()).collect();
    let column = |make: &dyn Fn(usize, f64, f64) -> Option<f64>| -> Vec<Option<f64>> {
        (0..panel.height())
            .map(|row| make(row, codes[row] as f64 + 1.0, f64::from(panel.times()[row])))
            .collect()
    };
    let exposure = column(&|row, firm, year| {
        Some(((firm / 3.0).exp() * (year - 1900.0).powi(2) / capital[row]?).ln() + 0.02 * wave[row])
    });
    let level = column(&|row, firm, _| Some(40.0 + 2.0 * firm + wave[row]));
    let trending = column(&|row, _, year| Some(level[row]? + 3.0 * (year - 1935.0)));
    let lagged = lag(&panel, &value, 1);
    let later = column(&|row, firm, _| Some(lagged[row]? + 50.0 * firm));
    let growth = column(&|row, firm, _| Some(value[row]?.ln() - lagged[row]?.ln() + 0.1 * firm));
    [("exposure", exposure), ("wave", level), ("wavy", trending), ("later", later), ("growth", growth)]
        .into_iter()
        .fold(panel.clone(), |panel, (name, values)| panel.with_values(name, values).unwrap())
}

fn found(panel: &Panel, formula: &Formula, effects: Effects) -> Vec<(String, Disguise)> {
    disguised(panel, &Sample::new(panel, formula).unwrap(), effects).unwrap().unwrap()
}

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-10 * expected.abs(), "{actual:e}, reference {expected:e}");
}

#[test]
fn correlations_after_effects_agree_with_r() {
    let panel = made();
    let formula = Formula::new("inv", &["exposure", "wavy"]);
    let both = found(&panel, &formula, Effects::TwoWay);
    let [(first, capital), (second, wave)] = both.as_slice() else { panic!("{both:?}") };
    assert_eq!((first.as_str(), capital.other.as_str()), ("exposure", "capital"));
    assert_eq!((capital.form, capital.rows, capital.df), (DisguiseForm::Log, 192, 162));
    close(capital.correlation, -0.999_676_772_522_425_7);
    close(capital.before, -0.903_794_205_434_076_5);
    assert_eq!(capital.to_string(), "minus the log of capital");
    assert_eq!((second.as_str(), wave.other.as_str(), wave.form), ("wavy", "wave", DisguiseForm::Level));
    close(wave.correlation, 1.0);
    close(wave.before, 0.305_234_749_748_427_9);

    let times = found(&panel, &formula, Effects::Time);
    let [(of, wave)] = times.as_slice() else { panic!("{times:?}") };
    assert_eq!((of.as_str(), wave.other.as_str(), wave.df), ("wavy", "wave", 171));
    assert_eq!(found(&panel, &formula, Effects::Entity), []);
}

#[test]
fn lags_and_changes_are_known() {
    let panel = made();
    let entity = found(&panel, &Formula::new("inv", &["later", "growth"]), Effects::Entity);
    let [(first, later), (second, growth)] = entity.as_slice() else { panic!("{entity:?}") };
    assert_eq!((first.as_str(), later.to_string().as_str()), ("later", "the lag of value"));
    assert_eq!((later.rows, later.df), (182, 171));
    close(later.correlation, 1.0);
    close(later.before, 0.997_080_544_857_267_9);
    assert_eq!((second.as_str(), growth.to_string().as_str()), ("growth", "the change in the log of value"));
    close(growth.before, 0.553_711_394_163_285_3);
}

#[test]
fn what_is_the_same_before_is_no_disguise() {
    let panel = made();
    let values = panel.values("exposure").unwrap();
    let twice = values.iter().map(|value| value.map(|value| 3.0 - 2.0 * value)).collect();
    let log = panel.values("capital").unwrap().iter().map(|value| value.map(f64::ln)).collect();
    let with = panel.clone().with_values("twice", twice).unwrap().with_values("ln_capital", log).unwrap();
    let names = |formula: &Formula| -> Vec<(String, String)> {
        let all = found(&with, formula, Effects::TwoWay);
        all.into_iter().map(|(of, one)| (of, one.other)).collect()
    };
    let named = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(of, other)| ((*of).into(), (*other).into())).collect()
    };
    // `twice` is `exposure` to the scale, before any effect; the logarithm of capital, and capital, are another variable.
    let expected = named(&[("exposure", "capital"), ("exposure", "ln_capital")]);
    let mut all = names(&Formula::new("inv", &["exposure"]));
    all.sort();
    assert_eq!(all, expected);
    // Of two regressors that are each other the first is told.
    let mut both = names(&Formula::new("inv", &["exposure", "ln_capital"]));
    both.sort();
    let of_capital = named(&[("exposure", "capital"), ("exposure", "ln_capital"), ("ln_capital", "twice")]);
    assert_eq!(both, of_capital);
}

#[test]
fn few_rows_and_what_effects_absorb_say_nothing() {
    let whole = made();
    let few = |times: i32| {
        let kept: Vec<usize> = (0..whole.height())
            .filter(|row| whole.entity_codes()[*row] < 3 && whole.times()[*row] < 1938 + times)
            .collect();
        let names: Vec<String> =
            kept.iter().map(|row| whole.entities()[whole.entity_codes()[*row]].clone()).collect();
        let years: Vec<i32> = kept.iter().map(|row| whole.times()[*row]).collect();
        let mut columns = vec![Column::new("firm".into(), names), Column::new("year".into(), years)];
        for name in ["inv", "wave", "wavy"] {
            let values = whole.values(name).unwrap();
            let own: Vec<Option<f64>> = kept.iter().map(|row| values[*row]).collect();
            columns.push(Column::new(name.into(), own));
        }
        columns.push(Column::new(
            "year_too".into(),
            kept.iter().map(|row| f64::from(whole.times()[*row])).collect::<Vec<_>>(),
        ));
        Panel::new(DataFrame::new(kept.len(), columns).unwrap(), "firm", "year").unwrap()
    };
    let of = |panel: &Panel| {
        let found = found(panel, &Formula::new("inv", &["wavy"]), Effects::TwoWay);
        found.into_iter().map(|(_, one)| (one.other, one.df)).collect::<Vec<_>>()
    };
    // Three firms over T years, of which one lacks a year at the beginning: rows - (3 + T - 1) - 1.
    let enough = (1..12).find(|times| !of(&few(*times)).is_empty()).unwrap();
    let [(other, df)] = <[(String, usize); 1]>::try_from(of(&few(enough))).unwrap();
    assert_eq!(other, "wave");
    assert!((10..=11).contains(&df), "{df}");
    assert_eq!(of(&few(enough - 1)), []);
}

#[test]
fn rows_without_times_have_a_reason() {
    let columns = vec![Column::new("y".into(), [1.0, 2.0, 4.0]), Column::new("x".into(), [1.0, 3.0, 2.0])];
    let cross = Panel::of_observations(DataFrame::new(3, columns).unwrap(), "entity", "time").unwrap();
    let tests = [SpecificationTest::Disguised { effects: Effects::TwoWay }];
    let lines = diagnose(&cross, &Formula::new("y", &["x"]), &tests).unwrap();
    let Finding::NotTestable { reason, .. } = &lines[0].finding else { panic!("{lines:?}") };
    assert!(matches!(reason, Reason::Keys { .. }), "{reason}");
    assert_eq!(reason.to_string(), "a cross-section has no time: no effects of units and times");
}
