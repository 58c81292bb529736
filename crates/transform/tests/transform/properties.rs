//! What must hold for all panels and expressions.

use std::collections::BTreeMap;

use polars::prelude::*;
use proptest::prelude::*;
use vintner_panel::Panel;
use vintner_transform::{Deflate, Expression, ShiftShare, deflate, derive, exposure};

use crate::{definitions, frame, tidy};

type Row = (Option<f64>, Option<f64>);

fn fault(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

/// A panel of three entities; `order` puts its rows in another order.
fn panel(rows: &[Row], order: &[usize]) -> Result<Panel, TestCaseError> {
    let pick = |position: &usize| rows.get(*position).copied().unwrap_or_default();
    let entity: Vec<String> = order.iter().map(|position| format!("e{}", position % 3)).collect();
    let time: Vec<i32> = order.iter().map(|position| 2000 + (position / 3) as i32).collect();
    let x: Vec<Option<f64>> = order.iter().map(|position| pick(position).0).collect();
    let z: Vec<Option<f64>> = order.iter().map(|position| pick(position).1).collect();
    let frame = df!("entity" => entity, "time" => time, "x" => x, "z" => z).map_err(fault)?;
    Panel::new(frame, "entity", "time").map_err(fault)
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![4 => (-1e3..1e3).prop_map(Some), 1 => Just(None), 1 => Just(Some(0.0))]
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((value(), value()), 1..20)
}

fn rows_shuffled() -> impl Strategy<Value = (Vec<Row>, Vec<usize>)> {
    rows().prop_flat_map(|rows| {
        let order: Vec<usize> = (0..rows.len()).collect();
        (Just(rows), Just(order).prop_shuffle())
    })
}

/// Any supported expression over x and z, fully in parentheses.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("z".to_owned()),
        Just("time".to_owned()),
        Just("nullif(1, 1)".to_owned()),
        (0.0..1e4).prop_map(|number: f64| format!("{number:?}")),
    ];
    leaf.prop_recursive(4, 40, 3, |inner| {
        let binary = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "^", "=", "<>", "<", "<=", ">", ">=", "AND", "OR",
        ]);
        let unary =
            prop::sample::select(vec!["ln", "exp", "sqrt", "abs", "sign", "round", "lag", "lead", "diff"]);
        let window = prop::sample::select(vec![
            ("sum", "PARTITION BY entity"),
            ("avg", "PARTITION BY time"),
            ("max", "PARTITION BY entity ORDER BY time"),
            ("first_value", "PARTITION BY entity ORDER BY time DESC"),
            ("stddev", ""),
        ]);
        prop_oneof![
            (binary, inner.clone(), inner.clone()).prop_map(|(sign, x, y)| format!("(({x}) {sign} ({y}))")),
            (unary, inner.clone()).prop_map(|(function, x)| format!("{function}({x})")),
            inner.clone().prop_map(|x| format!("(- ({x}))")),
            inner.clone().prop_map(|x| format!("(NOT ({x}))")),
            inner.clone().prop_map(|x| format!("(({x}) IS NULL)")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(x, y, z)| format!("(({x}) BETWEEN ({y}) AND ({z}))")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(x, y, z)| format!("(({x}) NOT IN (({y}), ({z})))")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(x, y, z)| format!("CASE WHEN ({x}) THEN ({y}) ELSE ({z}) END")),
            (window, inner).prop_map(|((function, over), x)| format!("{function}({x}) OVER ({over})")),
        ]
    })
}

type Column = Vec<Option<f64>>;

fn evaluate(panel: &Panel, expression: &str) -> Result<(Column, Vec<String>), TestCaseError> {
    let derived = derive(panel, &definitions(&[("y", expression)]), &BTreeMap::new()).map_err(fault)?;
    let reasons = derived
        .gaps
        .iter()
        .map(|gap| format!("{} {} {}", gap.entity, gap.time.unwrap_or(0.into()), gap.reason));
    let reasons = reasons.collect();
    Ok((derived.panel.values("y").map_err(fault)?, reasons))
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter((rows, order) in rows_shuffled(), text in expression()) {
        let sorted: Vec<usize> = (0..rows.len()).collect();
        let first = evaluate(&panel(&rows, &sorted)?, &text)?;
        let second = evaluate(&panel(&rows, &order)?, &text)?;
        prop_assert_eq!(first, second);
    }

    #[test]
    fn every_value_is_finite_or_has_a_gap(rows in rows(), text in expression()) {
        let order: Vec<usize> = (0..rows.len()).collect();
        let derived = derive(&panel(&rows, &order)?, &definitions(&[("y", &text)]), &BTreeMap::new());
        let derived = derived.map_err(fault)?;
        let column = derived.panel.frame().column("y").map_err(fault)?.f64().map_err(fault)?.clone();
        prop_assert!(column.iter().flatten().all(f64::is_finite));
        prop_assert_eq!(column.null_count(), derived.gaps.len());
        prop_assert!(derived.gaps.iter().all(|gap| !gap.reason.is_empty()));
    }

    #[test]
    fn a_printed_expression_reads_back_as_the_same(rows in rows(), text in expression()) {
        let order: Vec<usize> = (0..rows.len()).collect();
        let panel = panel(&rows, &order)?;
        let printed = Expression::parse(&text).map_err(fault)?.to_string();
        let again = Expression::parse(&printed).map_err(fault)?.to_string();
        prop_assert_eq!(&printed, &again);
        prop_assert_eq!(evaluate(&panel, &text)?, evaluate(&panel, &printed)?);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}", words in prop::collection::vec(
        prop::sample::select(vec!["x", "(", ")", "CASE", "WHEN", "END", "+", "-", "NOT", "IN", "ln", "OVER", "'", "\"",
            ":", ",", "1", "BETWEEN", "AND", "INTERVAL", "CAST", "[", "{", "SELECT", "^", "IS", "NULL", "."]), 0..30))
    {
        for text in [text, words.join(" "), words.concat()] {
            if let Ok(expression) = Expression::parse(&text) {
                prop_assert!(Expression::parse(&expression.to_string()).is_ok(), "{}", expression);
            }
        }
    }

    #[test]
    fn the_logarithm_undoes_the_exponential(x in -700.0..700.0_f64) {
        let panel = panel(&[(Some(x), None)], &[0])?;
        let found = evaluate(&panel, "ln(exp(x))")?.0.first().copied().flatten().unwrap_or(f64::NAN);
        prop_assert!((found - x).abs() <= 1e-12 * x.abs().max(1.0), "{}", found);
    }

    #[test]
    fn constant_prices_change_nothing(rows in rows(), price in 1e-3..1e3_f64) {
        let order: Vec<usize> = (0..rows.len()).collect();
        let priced: Vec<Row> = rows.iter().map(|row| (row.0, Some(price))).collect();
        let spec = Deflate { nominal: "x".into(), deflator: "z".into(), base: 2000.into(), into: "real".into() };
        let derived = deflate(&panel(&priced, &order)?, &spec).map_err(fault)?;
        let (real, nominal) =
            (derived.panel.values("real").map_err(fault)?, derived.panel.values("x").map_err(fault)?);
        prop_assert_eq!(real, nominal);
    }

    #[test]
    fn exposures_add_up_to_the_shift(
        weights in prop::collection::vec((0.0..1e3_f64, 0.0..1e3_f64), 1..15),
        shifts in (0.0..1e6_f64, 0.0..1e6_f64),
    ) {
        prop_assume!(weights.iter().any(|weight| weight.0 > 0.0) && weights.iter().any(|weight| weight.1 > 0.0));
        let mut values = vec![
            tidy("s.csv", 2, "stock", None, Some("cars"), 2010, shifts.0),
            tidy("s.csv", 3, "stock", None, Some("food"), 2010, shifts.1),
        ];
        for (position, (cars, food)) in weights.iter().enumerate() {
            let (entity, row) = (format!("e{position}"), position as u32);
            values.push(tidy("j.csv", row, "jobs", Some(&entity), Some("cars"), 2008, *cars));
            values.push(tidy("j.csv", row, "jobs", Some(&entity), Some("food"), 2008, *food));
        }
        let spec = ShiftShare {
            shift: "stock".into(), share: "jobs".into(), base: 2008, exclude: Vec::new(), into: "r".into(),
        };
        let found = exposure(&[frame(&values).map_err(fault)?], &spec).map_err(fault)?;
        let column = found.frame.column("value").map_err(fault)?.f64().map_err(fault)?.clone();
        let total: f64 = column.iter().flatten().sum();
        let expected = shifts.0 + shifts.1;
        prop_assert!((total - expected).abs() <= 1e-9 * expected.max(1.0), "{} {}", total, expected);
    }
}
