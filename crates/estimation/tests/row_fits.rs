//! What an estimate says of rows and effects, against R 4.2.2 and plm 2.6-2 (`golden/scripts/row_fits.R`).
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::excessive_precision)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::{
    Covariance, Effects, EffectsFrom, Estimated, Formula, Model, RandomEffects, Reason, Sample, WeightKind,
    Weights, estimate,
};
use vintner_panel::Panel;

fn panel() -> Panel {
    let rows = 30;
    let value = |row: usize, salt: usize| {
        ((row * 7919 + salt * 104_729 + row * row * row * (31 + salt)) % 997) as f64 / 100.0 + 1.0
    };
    let shift = [-4.0, -1.0, 0.0, 2.0, 3.0, 5.0];
    let column = |name: &str, of: &dyn Fn(usize) -> f64| {
        Column::new(name.into(), (0..rows).map(of).collect::<Vec<f64>>())
    };
    let columns = vec![
        Column::new("entity".into(), (0..rows).map(|row| format!("u{}", row / 5)).collect::<Vec<_>>()),
        Column::new(
            "time".into(),
            (0..rows).map(|row| [2001, 2002, 2004, 2005, 2006][row % 5]).collect::<Vec<i32>>(),
        ),
        column("x", &|row| value(row, 1)),
        column("z", &|row| value(row, 2)),
        column("y", &|row| value(row, 4)),
        column("w", &|row| (row % 3) as f64 + 1.0),
        column("apart", &|row| value(row, 4) + shift[row / 5]),
    ];
    Panel::new(DataFrame::new(rows, columns).expect("a frame"), "entity", "time").expect("a panel")
}

fn estimated(dependent: &str, model: Model, weights: Option<WeightKind>) -> Estimated {
    let mut formula = Formula::new(dependent, &["x", "z"]);
    formula.weights = weights.map(|kind| Weights { column: "w".into(), kind });
    model.estimate(&Sample::new(&panel(), &formula).expect("a sample")).expect("an estimate")
}

fn near(what: &str, own: f64, reference: f64) {
    assert!((own / reference - 1.0).abs() < 1e-10, "{what}: {own} {reference}");
}

/// Rows 1, 8 and 30: fitted, residual, hat value, Cook's distance.
fn held(estimated: &Estimated, reference: [[f64; 4]; 3]) {
    let rows = estimated.rows().expect("rows");
    for (row, reference) in [0, 7, 29].into_iter().zip(reference) {
        let own = &rows[row];
        near("fitted", own.fitted, reference[0]);
        near("residual", own.residual, reference[1]);
        near("leverage", own.leverage.unwrap(), reference[2]);
        near("Cook's distance", own.cooks_distance.unwrap(), reference[3]);
        assert_eq!(own.row, row);
    }
}

#[test]
fn rows_are_fitted_as_in_r() {
    held(
        &estimated("y", Model::Ols, None),
        [
            [5.9978974483726484, -3.2378974483726486, 0.10261526028631690, 0.046476389793521360],
            [6.9614675431802890, 2.1885324568197113, 0.17373338748582368, 0.042403380191856153],
            [5.3986767780454272, 2.6013232219545728, 0.10703830360653599, 0.031601944653583104],
        ],
    );
    held(
        &estimated("y", Model::Within, None),
        [
            [4.6353864590967699, -1.8753864590967702, 0.26080004498907472, 0.019721166794549480],
            [6.9436653937793444, 2.2063346062206559, 0.36941937037556261, 0.053131052837458087],
            [5.3813693016955124, 2.6186306983044876, 0.24869198211804472, 0.035492901359004514],
        ],
    );
    held(
        &estimated("y", Model::WithinTwoWay, None),
        [
            [4.7928022668297210, -2.0328022668297212, 0.47411498011307829, 0.058919073477491722],
            [6.7056134905901486, 2.4443865094098518, 0.43615096312002938, 0.068173323188663801],
            [5.1898238980161535, 2.8101761019838465, 0.41071113337847065, 0.077680253516431291],
        ],
    );
    held(
        &estimated("y", Model::Within, Some(WeightKind::Analytic)),
        [
            [4.4470837735393793, -1.6870837735393795, 0.13881034501116402, 0.0038375653131858373],
            [7.4979533499323434, 1.6520466500676569, 0.39245528493600024, 0.0418086894416219643],
            [5.6538311553013632, 2.3461688446986368, 0.33190090124349181, 0.0884554710254275428],
        ],
    );
}

#[test]
fn a_row_that_is_several_has_no_leverage() {
    let rows = estimated("y", Model::Ols, Some(WeightKind::Frequency)).rows().expect("rows");
    assert!(rows.iter().all(|row| row.leverage.is_none() && row.cooks_distance.is_none()));
}

#[test]
fn differences_are_of_the_later_row() {
    let rows = estimated("y", Model::FirstDifferences { across_gaps: false }, None).rows().expect("rows");
    let y = panel().values("y").expect("y");
    // 2002, 2005 and 2006 have a year before.
    assert_eq!(rows.iter().take(3).map(|row| row.row).collect::<Vec<_>>(), [1, 3, 4]);
    for row in &rows {
        assert_eq!(row.observed, y[row.row].unwrap() - y[row.row - 1].unwrap());
        assert!((row.observed - row.fitted - row.residual).abs() < 1e-12);
    }
    assert!(matches!(estimated("y", Model::Between, None).rows(), Err(Reason::NotDefinedFor { .. })));
}

#[test]
fn effects_have_levels_and_predictions() {
    let within = estimated("y", Model::Within, None);
    let levels = within
        .effect_estimates(within.sample(), &Covariance::classical(), EffectsFrom::Zero)
        .expect("levels");
    let fixed = [
        (4.69376154334951, 1.8870113382693257),
        (5.89085090695899, 2.2470067611578384),
        (5.48765550572850, 2.0249016579445795),
        (7.63032753609397, 1.9939488011438400),
        (6.57235702944210, 1.9007917312351588),
        (6.17285594922986, 1.7818275919124840),
    ];
    for (own, (effect, error)) in levels.iter().zip(fixed) {
        near("effect", own.effect, effect);
        near("its error", own.std_error, error);
    }
    let options = RandomEffects { effects: Effects::Entity, ..RandomEffects::default() };
    let random = estimated("apart", Model::Random(options), None);
    let predicted = [
        -5.5969700906211717,
        -1.7834480213130290,
        -1.2492492607405357,
        2.4460872803858504,
        2.3862658264546130,
        3.7973142658342911,
    ];
    for (own, reference) in random.fixed_effects().iter().zip(predicted) {
        near("predicted effect", own.effect, reference);
    }
    let rows = random.rows().expect("rows");
    for (row, reference) in
        [0, 7, 29].into_iter().zip([6.9230302210087578, 7.8798985266210559, 6.1910406929520141])
    {
        near("x'b", rows[row].fitted, reference);
        near("observed", rows[row].fitted + rows[row].residual, rows[row].observed);
    }
}

#[test]
fn an_intercept_alone_is_an_equation() {
    let alone = Formula::new("y", &[] as &[&str]);
    let of = |model| estimate(&panel(), &alone, model, &Covariance::classical()).expect("an outcome");
    let outcome = of(Model::Ols);
    let fit = outcome.fit().expect("a fit");
    near("mean", fit.coefficients[0].estimate, 6.0613333333333328);
    near("its error", fit.coefficients[0].std_error.unwrap(), 0.5515511529581838);
    near("its p", fit.coefficients[0].p_value.unwrap(), 7.4382241916417581e-12);
    assert_eq!((fit.joint, fit.notes.len()), (None, 0));
    assert!(fit.r2.abs() < 1e-12 && fit.formula.to_string() == "y ~ 1");
    for model in [Model::Within, Model::WithinTime, Model::WithinTwoWay] {
        assert_eq!(of(model).reason(), Some(&Reason::InterceptAbsorbed));
    }
    // The common trend, and the mean of the entities' means.
    for model in [Model::FirstDifferences { across_gaps: true }, Model::Between] {
        assert_eq!(of(model).fit().expect("a fit").coefficients.len(), 1);
    }
    // Whatever it is, it is finite or a reason.
    if let Some(fit) = of(Model::Random(RandomEffects::default())).fit() {
        assert!(fit.coefficients[0].std_error.is_none_or(f64::is_finite));
    }
}
