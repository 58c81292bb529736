//! Lag orders by criterion and bootstrapped panel tests, against the same made step by step.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use vintner_estimation::SeededGenerator;
use vintner_estimation::{
    Formula, GrangerBootstrap, LagChoice, LagCriterion, LagOrders, Model, Reason, Sample, Untestable,
    bootstrap_dumitrescu_hurlin, choose_lags, dumitrescu_hurlin, lag,
};
use vintner_panel::Panel;

const SEED: u64 = 7;

fn cities() -> Panel {
    panel(&golden().join("data/synth14x12.csv"), "city", &[])
}

/// RSS of each entity's regression on its own lags and those of `cause`, on rows with `most` lags.
fn rss(panel: &Panel, effect: &str, cause: &str, order: usize, most: usize) -> Vec<(usize, f64)> {
    let mut lagged = panel.clone();
    let mut names = Vec::new();
    for variable in [effect, cause] {
        let values = panel.values(variable).unwrap();
        for k in 1..=most {
            let name = format!("{variable}.{k}");
            lagged = lagged.with_values(&name, lag(panel, &values, k)).unwrap();
            if k <= order {
                names.push(name);
            }
        }
        // A row without the longest lag isn't used.
        let longest = lag(panel, &values, most);
        let kept = panel.values(effect).unwrap().iter().zip(&longest).map(|(y, l)| l.and(*y)).collect();
        lagged = lagged.with_values(&format!("{variable}.kept"), kept).unwrap();
    }
    let formula = Formula::new(format!("{cause}.kept"), &names);
    Sample::by_entity(&lagged, &formula)
        .unwrap()
        .iter()
        .map(|sample| (sample.height(), Model::Ols.estimate(sample).unwrap().rss()))
        .collect()
}

#[test]
fn the_common_order_has_the_least_mean_criterion() {
    let panel = cities();
    for (by, penalty) in [
        (LagCriterion::Aic, (|_| 2.0) as fn(f64) -> f64),
        (LagCriterion::Bic, f64::ln),
        (LagCriterion::Hqic, |n: f64| 2.0 * n.ln().ln()),
    ] {
        let choice = LagChoice { by, most: 3, per_entity: false };
        let chosen = choose_lags(&panel, "ln_co2", "ln_robot", choice).unwrap().unwrap();
        let per_entity = LagChoice { per_entity: true, ..choice };
        let own = choose_lags(&panel, "ln_co2", "ln_robot", per_entity).unwrap().unwrap();
        let mut table: Vec<Vec<f64>> = Vec::new();
        for order in 1..=3 {
            let values = rss(&panel, "ln_co2", "ln_robot", order, 3);
            table.push(
                values
                    .iter()
                    .map(|(n, rss)| {
                        let n = *n as f64;
                        (rss / n).ln() + penalty(n) * (2 * order + 1) as f64 / n
                    })
                    .collect(),
            );
        }
        let mean: Vec<f64> = table.iter().map(|own| own.iter().sum::<f64>() / 14.0).collect();
        for (ours, again) in chosen.criteria.iter().zip(&mean) {
            assert!((ours - again).abs() < 1e-10, "{ours} {again}");
        }
        let least = |of: &dyn Fn(usize) -> f64| {
            (0..3).min_by(|one, other| of(*one).total_cmp(&of(*other))).unwrap() + 1
        };
        assert_eq!(chosen.orders, LagOrders::Common(least(&|at| mean[at])));
        let LagOrders::PerEntity(orders) = own.orders else { panic!("an order for each") };
        for (place, entity) in panel.entities().iter().enumerate() {
            assert_eq!(orders[entity], least(&|at| table[at][place]), "{entity}");
        }
    }
    // Five lags leave 7 rows for 11 parameters.
    let choice = LagChoice { by: LagCriterion::Aic, most: 5, per_entity: false };
    assert!(choose_lags(&panel, "ln_co2", "ln_robot", choice).unwrap().is_err());
}

/// The sample that a replication draws, grown step by step.
fn drawn(panel: &Panel, order: usize, replication: u64) -> Panel {
    let y = panel.values("ln_co2").unwrap();
    let mut generator = SeededGenerator::stream(SEED, replication);
    let picked: Vec<usize> = (0..12 - order).map(|_| generator.below(12 - order)).collect();
    let mut made = y.clone();
    let mut lagged = panel.clone();
    let names: Vec<String> = (1..=order).map(|k| format!("lag{k}")).collect();
    for (k, name) in names.iter().enumerate() {
        lagged = lagged.with_values(name, lag(panel, &y, k + 1)).unwrap();
    }
    let samples = Sample::by_entity(&lagged, &Formula::new("ln_co2", &names)).unwrap();
    for (group, sample) in panel.groups().iter().zip(&samples) {
        let null = Model::Ols.estimate(sample).unwrap();
        for (step, from) in picked.iter().enumerate() {
            let t = group.start + order + step;
            let past: f64 = (1..=order).map(|k| null.coefficients()[k] * made[t - k].unwrap()).sum();
            made[t] = Some(null.coefficients()[0] + past + null.residuals()[*from]);
        }
    }
    panel.clone().with_values("made", made).unwrap()
}

#[test]
fn bootstrapped_p_values_are_those_of_the_drawn_panels() {
    let panel = cities();
    for order in [1, 2] {
        let own = bootstrap_dumitrescu_hurlin(&panel, "ln_co2", "ln_robot", order, &[], 60, SEED);
        let own: GrangerBootstrap = own.unwrap().unwrap();
        let test = |panel: &Panel, effect: &str| {
            let orders = LagOrders::Common(order);
            dumitrescu_hurlin(panel, effect, "ln_robot", &orders, Untestable::Refuse).unwrap().w_bar.unwrap()
        };
        let w_bar = test(&panel, "ln_co2");
        assert!((own.w_bar - w_bar).abs() < 1e-9 * w_bar);
        let all: Vec<f64> = (0..60).map(|r| test(&drawn(&panel, order, r), "made")).collect();
        let larger = all.iter().filter(|drawn| **drawn >= w_bar).count();
        assert_eq!(own.p_value, (1 + larger) as f64 / 61.0);
        let mut sorted = all.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        // The 90% quantile of 60 values lies a tenth of the way from the 54th to the 55th.
        let quantile = sorted[53] + 0.1 * (sorted[54] - sorted[53]);
        assert!((own.critical[0] - quantile).abs() < 1e-9 * quantile);
    }
}

#[test]
fn what_cannot_be_bootstrapped_is_told() {
    let unbalanced = panel(&golden().join("data/grunfeld_unb.csv"), "firm", &[]);
    let of = |panel: &Panel, left_out: &[String], order| {
        bootstrap_dumitrescu_hurlin(panel, "inv", "value", order, left_out, 19, SEED).unwrap()
    };
    assert!(matches!(of(&unbalanced, &[], 1), Err(Reason::UnbalancedPanel { .. })));
    let short: Vec<String> = ["002", "005", "008"].map(str::to_owned).into();
    let rest = of(&unbalanced, &short, 1).unwrap();
    assert_eq!(rest.replications + rest.failed, 19);
    assert!(matches!(of(&unbalanced, &short, 9), Err(Reason::NoResidualDegreesOfFreedom { .. })));
    let threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| of(&unbalanced, &short, 2).unwrap())
    };
    assert_eq!(threads(1), threads(3));
}

#[test]
fn an_entity_without_a_statistic_is_named_with_its_reason() {
    let panel = cities();
    let gdp = panel.values("ln_gdp").unwrap();
    let first = panel.groups()[0].clone();
    let with = |change: &dyn Fn(usize, f64) -> f64| {
        let values = gdp.iter().enumerate().map(|(row, value)| {
            value.map(|value| if first.contains(&row) { change(row, value) } else { value })
        });
        panel.clone().with_values("x", values.collect()).unwrap()
    };
    let reason = |panel: &Panel, effect: &str, cause: &str| {
        bootstrap_dumitrescu_hurlin(panel, effect, cause, 1, &[], 19, SEED).unwrap().unwrap_err()
    };
    // A cause that doesn't vary, an effect that is a trend.
    let entity = &panel.entities()[0];
    let still = reason(&with(&|_, _| 3.0), "ln_co2", "x").to_string();
    assert!(still.starts_with(&format!("{entity}: collinear regressors: lag(x, 1)")), "{still}");
    let trend = reason(&with(&|row, _| row as f64), "x", "ln_co2").to_string();
    assert!(trend.starts_with(&format!("{entity}: ")) && !trend.contains("collinear"), "{trend}");
}
