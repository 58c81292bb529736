//! The systems of the reference on their data.

use std::path::Path;

use polars::prelude::{Column, DataFrame};
use vintner_estimation::Effects;
use vintner_estimation::Reason;
use vintner_estimation::instruments::{InstrumentedEquation, PreparedEquation};
use vintner_estimation::systems::{
    Equation, PreparedSystem, ResidualCovariance, System, SystemEstimator, SystemFit, SystemOptions,
};
use vintner_panel::Panel;

/// A file as a panel; where it has no entity or no year, it is one entity and its rows are years.
pub(crate) fn panel(folder: &Path, name: &str) -> Panel {
    let file = folder.join(format!("data/{name}.csv"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    if name == "grunfeld_greene5" {
        return wide(&header, &rows);
    }
    let mut columns: Vec<Column> = Vec::new();
    if !header.contains(&"city") {
        columns.push(Column::new("city".into(), vec!["all"; rows.len()]));
    }
    if !header.contains(&"year") {
        columns.push(Column::new("year".into(), (0..rows.len() as i32).collect::<Vec<_>>()));
    }
    for (at, name) in header.iter().enumerate() {
        let cells = rows.iter().map(|row| row[at]);
        columns.push(match *name {
            "city" => Column::new("city".into(), cells.collect::<Vec<_>>()),
            "year" => Column::new(
                "year".into(),
                cells.map(|cell| cell.parse::<i32>().expect(cell)).collect::<Vec<_>>(),
            ),
            name => Column::new(name.into(), cells.map(|cell| cell.parse::<f64>().ok()).collect::<Vec<_>>()),
        });
    }
    Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "city", "year").expect("a panel")
}

/// Five firms' series side by side.
pub(crate) fn wide(header: &[&str], rows: &[Vec<&str>]) -> Panel {
    let place = |name: &str| header.iter().position(|one| *one == name).expect(name);
    let mut firms: Vec<&str> = Vec::new();
    for row in rows {
        if !firms.contains(&row[place("firm")]) {
            firms.push(row[place("firm")]);
        }
    }
    let mut years: Vec<i32> = rows.iter().map(|row| row[place("year")].parse().expect("a year")).collect();
    years.sort_unstable();
    years.dedup();
    let mut columns =
        vec![Column::new("city".into(), vec!["all"; years.len()]), Column::new("year".into(), years.clone())];
    for (at, firm) in firms.iter().enumerate() {
        for (short, long) in [("i", "invest"), ("v", "value"), ("c", "capital")] {
            let values: Vec<f64> = years
                .iter()
                .map(|year| {
                    let row = rows
                        .iter()
                        .find(|row| row[place("firm")] == *firm && row[place("year")] == year.to_string());
                    row.expect("a row")[place(long)].parse().expect("a number")
                })
                .collect();
            columns.push(Column::new(format!("{short}{}", at + 1).into(), values));
        }
    }
    Panel::new(DataFrame::new(years.len(), columns).expect("a frame"), "city", "year").expect("a panel")
}

pub(crate) fn system(name: &str) -> System {
    let synthetic = || {
        System::new(vec![
            Equation::new("co2", "ln_co2", &["ln_gdp", "ln_robot", "x_urban", "x_energy"]),
            Equation::new("gdp", "ln_gdp", &["ln_co2", "ln_robot", "x_fdi", "x_edu", "x_ind"]),
            Equation::new("robot", "ln_robot", &["ln_co2", "ln_gdp", "x_ind", "x_pop", "x_edu"]),
        ])
    };
    match name {
        "kmenta" => System::new(vec![
            Equation::new("demand", "consump", &["price", "income"]),
            Equation::new("supply", "consump", &["price", "farmPrice", "trend"]),
        ])
        .with_instruments(&["income", "farmPrice", "trend"]),
        "klein1" => System::new(vec![
            Equation::new("Consumption", "consump", &["corpProf", "corpProfLag", "wages"]),
            Equation::new("Investment", "invest", &["corpProf", "corpProfLag", "capitalLag"]),
            Equation::new("PrivateWages", "privWage", &["gnp", "gnpLag", "trend"]),
        ])
        .with_instruments(&[
            "govExp",
            "taxes",
            "govWage",
            "trend",
            "capitalLag",
            "corpProfLag",
            "gnpLag",
        ]),
        "grunfeld_greene5" => System::new(
            (1..=5)
                .map(|i| Equation::new(format!("f{i}"), format!("i{i}"), &[format!("v{i}"), format!("c{i}")]))
                .collect(),
        ),
        "synth14x12_pooled" => synthetic(),
        "synth14x12_lsdv" => synthetic().absorbing(Effects::Entity, true),
        "synth14x12_lsdv2" => synthetic().absorbing(Effects::TwoWay, true),
        "synth14x12_within" => synthetic().absorbing(Effects::Entity, false),
        "synth14x12_within2" => synthetic().absorbing(Effects::TwoWay, false),
        other => panic!("{other}"),
    }
}

pub(crate) struct Data {
    pub(crate) name: String,
    pub(crate) prepared: PreparedSystem,
    /// Each equation on its own.
    pub(crate) equations: Vec<(String, PreparedEquation)>,
}

pub(crate) fn data(folder: &Path, name: &str) -> Data {
    let file = if name.starts_with("synth14x12") { "synth14x12" } else { name };
    let panel = panel(folder, file);
    let system = system(name);
    let endogenous = system.endogenous_variables();
    let instruments = system.instrument_variables();
    let equations = system
        .equations
        .iter()
        .map(|equation| {
            let own = &equation.formula.regressors;
            let own_endogenous: Vec<&String> = own.iter().filter(|one| endogenous.contains(one)).collect();
            let excluded: Vec<&String> = instruments.iter().filter(|one| !own.contains(one)).collect();
            let mut one = InstrumentedEquation::new(equation.formula.clone(), &own_endogenous, &excluded);
            one.effects = system.effects;
            one.count_effects = system.count_effects;
            (equation.name.clone(), one.prepare(&panel).expect("an equation"))
        })
        .collect();
    Data { name: name.to_owned(), prepared: system.prepare(&panel).expect("a system"), equations }
}

pub(crate) fn estimate(
    data: &Data,
    estimator: SystemEstimator,
    options: &SystemOptions,
) -> Result<SystemFit, Reason> {
    let outcome = data.prepared.estimate(estimator, options).expect("an outcome");
    assert!(outcome.left_out.is_empty(), "{:?}", outcome.left_out);
    match outcome.fit() {
        Some(fit) => Ok(fit.clone()),
        None => Err(outcome.reason().expect("a reason").clone()),
    }
}

pub(crate) fn residual_covariance(name: &str) -> ResidualCovariance {
    match name {
        "geomean" => ResidualCovariance::Geomean,
        "noDfCor" => ResidualCovariance::NoDfCor,
        "max" => ResidualCovariance::Max,
        "Theil" => ResidualCovariance::Theil,
        other => panic!("{other}"),
    }
}

pub(crate) fn coefficients(fit: &SystemFit) -> Vec<f64> {
    fit.coefficients().map(|one| one.estimate).collect()
}
