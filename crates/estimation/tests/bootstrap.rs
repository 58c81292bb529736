//! Bootstraps against the same samples estimated from their rows.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::SeededGenerator;
use vintner_estimation::bootstrap::{
    Bootstrap, BootstrapFit, PValue, PairsBootstrap, ResidualBlock, ResidualBootstrap, WildBootstrap,
    WildWeights,
};
use vintner_estimation::{
    ClusterBy, ClusterCovariance, Covariance, Estimated, Formula, Model, Reason, Sample, SmallSample,
    WeightKind, Weights,
};
use vintner_panel::Panel;

const SEED: u64 = 20_240_614;

fn grunfeld(name: &str) -> Panel {
    let panel = panel(&golden().join(format!("data/{name}.csv")), "firm", &[]);
    let weights = (0..panel.height()).map(|row| Some(1.0 + (row * 7 % 5) as f64)).collect();
    panel.with_values("weight", weights).expect("a panel")
}

fn formula() -> Formula {
    Formula::new("inv", &["value", "capital"])
}

fn estimate(panel: &Panel, formula: &Formula, model: Model) -> Estimated {
    model.estimate(&Sample::new(panel, formula).expect("a sample")).expect("an estimate")
}

fn close(one: f64, other: f64, what: &str) {
    assert!((one - other).abs() <= 1e-8 * other.abs().max(1e-6), "{what}: {one:e} {other:e}");
}

/// The rows of the drawn entities, each drawing an entity of its own; or those of drawn times, which need no
/// other name since their effects, if any, aren't estimated.
fn drawn_panel(panel: &Panel, drawn: &[usize], by: &ClusterBy) -> Panel {
    let mut rows: Vec<(String, i32, usize)> = Vec::new();
    for (copy, code) in drawn.iter().enumerate() {
        match by {
            ClusterBy::Time => {
                let mut times: Vec<i32> = panel.times().to_vec();
                times.sort_unstable();
                times.dedup();
                for (entity, group) in panel.entities().iter().zip(panel.groups()) {
                    for row in group.clone().filter(|row| panel.times()[*row] == times[*code]) {
                        rows.push((entity.clone(), copy as i32, row));
                    }
                }
            }
            _ => {
                for row in panel.groups()[*code].clone() {
                    rows.push((format!("{copy:04}"), panel.times()[row], row));
                }
            }
        }
    }
    let values = |name: &str| -> Vec<Option<f64>> {
        let all = panel.values(name).expect("values");
        rows.iter().map(|(_, _, row)| all[*row]).collect()
    };
    let mut columns = vec![
        Column::new("entity".into(), rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
    ];
    for name in ["inv", "value", "capital", "weight"] {
        columns.push(Column::new(name.into(), values(name)));
    }
    Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "entity", "time").expect("a panel")
}

#[test]
fn pairs_are_the_drawn_panels_estimated() {
    let weighted = Formula {
        weights: Some(Weights { column: "weight".into(), kind: WeightKind::Analytic }),
        ..formula()
    };
    for name in ["grunfeld", "grunfeld_unb"] {
        let panel = grunfeld(name);
        for (formula, model, by) in [
            (formula(), Model::Ols, ClusterBy::Entity),
            (formula(), Model::Within, ClusterBy::Entity),
            (formula(), Model::WithinTwoWay, ClusterBy::Entity),
            (formula(), Model::WithinTime, ClusterBy::Entity),
            (formula(), Model::Ols, ClusterBy::Time),
            // Every drawn time has all entities' rows, whose effects stay theirs.
            (formula(), Model::Within, ClusterBy::Time),
            (weighted.clone(), Model::Within, ClusterBy::Entity),
            (weighted.clone(), Model::Ols, ClusterBy::Entity),
        ] {
            let what = format!("{name} {model:?} {by:?}");
            let clusters = if by == ClusterBy::Time { 20 } else { 10 };
            let own = estimate(&panel, &formula, model);
            let options = PairsBootstrap { by: by.clone(), replications: 40, level: 0.9 };
            let found = own.bootstrap(&Bootstrap::PairsCluster(options), SEED).expect("a bootstrap");
            assert_eq!((found.clusters, found.replications + found.failed), (Some(clusters), 40), "{what}");
            let mut again: Vec<Vec<f64>> = Vec::new();
            for replication in 0..40 {
                let mut generator = SeededGenerator::stream(SEED, replication);
                let drawn: Vec<usize> = (0..clusters).map(|_| generator.below(clusters)).collect();
                let sample = Sample::new(&drawn_panel(&panel, &drawn, &by), &formula).expect("a sample");
                again.push(model.estimate(&sample).expect("an estimate").coefficients().to_vec());
            }
            for (place, coefficient) in found.coefficients.iter().enumerate() {
                let mut values: Vec<f64> = again.iter().map(|one| one[place]).collect();
                let mean = values.iter().sum::<f64>() / 40.0;
                let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 39.0;
                close(coefficient.std_error.expect("a standard error"), variance.sqrt(), &what);
                values.sort_unstable_by(f64::total_cmp);
                let [low, _] = coefficient.intervals.percentile.expect("an interval");
                // The 5% quantile of 40 values lies between the second and the third.
                close(low, values[1] + 0.95 * (values[2] - values[1]), &what);
            }
        }
    }
}

/// The share of sign combinations whose statistic is larger in size, each estimated from its rows.
fn by_refitting(
    panel: &Panel,
    formula: &Formula,
    model: Model,
    by: &ClusterBy,
    null: bool,
    regressor: &str,
) -> f64 {
    let sample = Sample::new(panel, formula).expect("a sample");
    let own = model.estimate(&sample).expect("an estimate");
    let rest: Vec<&str> =
        formula.regressors.iter().map(String::as_str).filter(|name| *name != regressor).collect();
    let restricted =
        Formula { regressors: rest.iter().map(|name| (*name).to_owned()).collect(), ..formula.clone() };
    let base = if null { estimate(panel, &restricted, model) } else { own.clone() };
    let (codes, clusters): (Vec<usize>, usize) = match by {
        ClusterBy::Time => {
            (panel.times().iter().map(|time| (*time - panel.times()[0]) as usize % 20).collect(), 20)
        }
        _ => (panel.entity_codes(), panel.entities().len()),
    };
    let covariance = Covariance::Cluster(ClusterCovariance {
        by: by.clone(),
        small_sample: SmallSample::None,
        ..ClusterCovariance::default()
    });
    let fit = own.fit(&covariance).expect("a fit");
    let coefficient = fit.coefficient(regressor).expect("a coefficient");
    let statistic = coefficient.statistic.expect("a statistic");
    let dependent = panel.values(&formula.dependent).expect("values");
    let mut larger = 0;
    let signs = 1_usize << clusters;
    for combination in 0..signs {
        let made: Vec<Option<f64>> = dependent
            .iter()
            .zip(base.residuals())
            .zip(&codes)
            .map(|((y, u), code)| {
                let sign = if combination >> code & 1 == 0 { 1.0 } else { -1.0 };
                y.map(|y| y - u + sign * u)
            })
            .collect();
        let drawn = panel.clone().with_values("drawn", made).expect("a panel");
        let again = Formula { dependent: "drawn".into(), ..formula.clone() };
        let fit = estimate(&drawn, &again, model).fit(&covariance).expect("a fit");
        let one = fit.coefficient(regressor).expect("a coefficient");
        let center = if null { 0.0 } else { coefficient.estimate };
        let drawn = (one.estimate - center) / one.std_error.expect("a standard error");
        larger += usize::from(drawn.abs() > statistic.abs() * (1.0 + 1e-9));
    }
    larger as f64 / signs as f64
}

#[test]
fn wild_clusters_are_the_signed_panels_estimated() {
    let panel = grunfeld("grunfeld_unb");
    // Seven of the firms: 128 sign combinations.
    let few: Vec<usize> = (0..7).collect();
    let panel = drawn_panel(&panel, &few, &ClusterBy::Entity);
    for model in [Model::Ols, Model::Within, Model::WithinTwoWay, Model::WithinTime] {
        for null in [true, false] {
            let own = estimate(&panel, &formula(), model);
            let options = WildBootstrap { impose_null: null, replications: 999, ..WildBootstrap::default() };
            let found = own.bootstrap(&Bootstrap::WildCluster(options), SEED).expect("a bootstrap");
            assert!(found.enumerated);
            assert_eq!(found.replications, 128);
            for regressor in ["value", "capital"] {
                let p = found.coefficient(regressor).expect("a coefficient").p_value;
                let again = by_refitting(&panel, &formula(), model, &ClusterBy::Entity, null, regressor);
                assert_eq!(p, Some(again), "{model:?} {null} {regressor}");
            }
        }
    }
}

#[test]
fn the_ends_of_an_inverted_interval_are_where_the_test_begins_to_reject() {
    let panel = grunfeld("grunfeld");
    let own = estimate(&panel, &formula(), Model::Within);
    let options =
        WildBootstrap { weights: WildWeights::Webb, replications: 1_999, ..WildBootstrap::default() };
    let found = own.bootstrap(&Bootstrap::WildCluster(options.clone()), SEED).expect("a bootstrap");
    let value = found.coefficient("value").expect("a coefficient");
    let [Some(low), Some(high)] = value.intervals.inverted.expect("an interval") else {
        panic!("an end isn't found");
    };
    assert!(low < value.estimate && value.estimate < high);
    // The coefficient of y - b0 x is zero where that of y is b0.
    for (null, rejects) in
        [(low * 1.001, false), (low * 0.97, true), (high * 0.999, false), (high * 1.03, true)]
    {
        let y = panel.values("inv").expect("values");
        let x = panel.values("value").expect("values");
        let shifted: Vec<Option<f64>> =
            y.iter().zip(&x).map(|(y, x)| Some(y.unwrap() - null * x.unwrap())).collect();
        let panel = panel.clone().with_values("shifted", shifted).expect("a panel");
        let again = estimate(&panel, &Formula::new("shifted", &["value", "capital"]), Model::Within);
        let p = again.bootstrap(&Bootstrap::WildCluster(options.clone()), SEED).expect("a bootstrap");
        let p = p.coefficient("value").expect("a coefficient").p_value.expect("a p-value");
        assert_eq!(p <= 0.05, rejects, "b0 = {null}: p = {p}");
    }
}

#[test]
fn residuals_are_drawn_around_the_fit() {
    let panel = grunfeld("grunfeld");
    for (model, block, intercept) in [
        (Model::Ols, ResidualBlock::Observation, true),
        (Model::Ols, ResidualBlock::Observation, false),
        (Model::Within, ResidualBlock::Observation, true),
        (Model::Within, ResidualBlock::Entity, true),
        (Model::WithinTwoWay, ResidualBlock::Time, true),
    ] {
        let with = |formula: Formula| if intercept { formula } else { formula.without_intercept() };
        let own = estimate(&panel, &with(formula()), model);
        // They have a mean of zero with an intercept or effects.
        let mean = own.residuals().iter().sum::<f64>() / 200.0;
        assert_eq!(mean.abs() > 1e-6, !intercept);
        let options = ResidualBootstrap { block, replications: 30, level: 0.95 };
        let found = own.bootstrap(&Bootstrap::Residual(options), SEED).expect("a bootstrap");
        let (height, scale) = (200, (200.0 / own.df_residual() as f64).sqrt());
        let y = panel.values("inv").expect("values");
        let mut again: Vec<Vec<f64>> = Vec::new();
        for replication in 0..30 {
            let mut generator = SeededGenerator::stream(SEED, replication);
            let mut made = vec![None; height];
            let (blocks, rows_of): (usize, Box<dyn Fn(usize) -> Vec<usize>>) = match block {
                ResidualBlock::Observation => (height, Box::new(|at| vec![at])),
                ResidualBlock::Entity => (10, Box::new(|at| (at * 20..(at + 1) * 20).collect())),
                ResidualBlock::Time => (20, Box::new(|at| (0..10).map(|firm| firm * 20 + at).collect())),
            };
            for place in 0..blocks {
                let from = generator.below(blocks);
                for (row, source) in rows_of(place).into_iter().zip(rows_of(from)) {
                    let fitted = y[row].unwrap() - own.residuals()[row];
                    made[row] = Some(fitted + scale * (own.residuals()[source] - mean));
                }
            }
            let drawn = panel.clone().with_values("drawn", made).expect("a panel");
            let refit = estimate(&drawn, &with(Formula::new("drawn", &["value", "capital"])), model);
            again.push(refit.coefficients().to_vec());
        }
        for (place, coefficient) in found.coefficients.iter().enumerate() {
            let values: Vec<f64> = again.iter().map(|one| one[place]).collect();
            let mean = values.iter().sum::<f64>() / 30.0;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 29.0;
            close(
                coefficient.std_error.expect("a standard error"),
                variance.sqrt(),
                &format!("{model:?} {block:?}"),
            );
        }
    }
    let unbalanced = estimate(&grunfeld("grunfeld_unb"), &formula(), Model::Within);
    let options = ResidualBootstrap { block: ResidualBlock::Time, ..ResidualBootstrap::default() };
    assert!(matches!(
        unbalanced.bootstrap(&Bootstrap::Residual(options), SEED),
        Err(Reason::UnbalancedPanel { .. })
    ));
}

#[test]
fn the_numbers_are_the_same_at_any_thread_count() {
    let own = estimate(&grunfeld("grunfeld"), &formula(), Model::Within);
    let all = [
        Bootstrap::PairsCluster(PairsBootstrap::default()),
        Bootstrap::WildCluster(WildBootstrap { weights: WildWeights::Mammen, ..WildBootstrap::default() }),
        Bootstrap::Residual(ResidualBootstrap::default()),
    ];
    for options in all {
        let run = |threads: usize| -> BootstrapFit {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| own.bootstrap(&options, SEED)).expect("a bootstrap")
        };
        let one = run(1);
        assert_eq!(one, run(3));
        assert_ne!(one, own.bootstrap(&options, SEED + 1).expect("a bootstrap"));
        let text = serde_json::to_string(&one).expect("JSON");
        assert_eq!(serde_json::from_str::<BootstrapFit>(&text).expect("a result"), one);
    }
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let panel = grunfeld("grunfeld");
    let pairs = Bootstrap::PairsCluster(PairsBootstrap::default());
    let random = estimate(&panel, &formula(), Model::Random(Default::default()));
    assert!(matches!(random.bootstrap(&pairs, SEED), Err(Reason::NotDefined { .. })));
    let column = PairsBootstrap { by: ClusterBy::Column("region".into()), ..PairsBootstrap::default() };
    let within = estimate(&panel, &formula(), Model::Within);
    assert!(matches!(
        within.bootstrap(&Bootstrap::PairsCluster(column), SEED),
        Err(Reason::NoClusterColumn { .. })
    ));
    let one = drawn_panel(&panel, &[3], &ClusterBy::Entity);
    let one = estimate(&one, &formula(), Model::Ols);
    for options in [pairs, Bootstrap::WildCluster(WildBootstrap::default())] {
        assert_eq!(one.bootstrap(&options, SEED), Err(Reason::TooFewClusters { clusters: 1 }));
    }
    // With three clusters no sample of signs is ever significant at 5%: the interval has no ends.
    let three = estimate(&drawn_panel(&panel, &[0, 1, 2], &ClusterBy::Entity), &formula(), Model::Within);
    let options = WildBootstrap { p_value: PValue::EqualTailed, ..WildBootstrap::default() };
    let found = three.bootstrap(&Bootstrap::WildCluster(options), SEED).expect("a bootstrap");
    assert_eq!((found.replications, found.enumerated), (8, true));
}

#[test]
fn samples_without_a_variance_have_no_statistic() {
    // Two clusters, the second the first with y turned round: with opposite signs the samples are exact multiples of x.
    let columns = vec![
        Column::new("id".into(), ["a", "a", "b", "b"]),
        Column::new("t".into(), [1, 2, 1, 2]),
        Column::new("y".into(), [1.0, 2.5, -1.0, -2.5]),
        Column::new("x".into(), [1.0, 2.0, 1.0, 2.0]),
    ];
    let panel = Panel::new(DataFrame::new(4, columns).expect("a frame"), "id", "t").expect("a panel");
    let own = estimate(&panel, &Formula::new("y", &["x"]).without_intercept(), Model::Ols);
    let found = own.bootstrap(&Bootstrap::WildCluster(WildBootstrap::default()), SEED).expect("a bootstrap");
    assert!(found.enumerated);
    assert_eq!((found.replications, found.failed), (2, 2));
    let p_value = found.coefficients[0].p_value.expect("a p-value");
    assert!((0.0..=1.0).contains(&p_value), "{p_value}");
}

#[test]
fn a_thousand_clusters_are_no_more_work_than_their_rows() {
    // Each cluster's score follows from its own rows and the sum over all: the same numbers as from all pairs of
    // clusters, which is the way of clusters that effects reach across.
    let rows: Vec<(String, i32)> =
        (0..1000).flat_map(|entity| (0..4).map(move |time| (format!("{entity:04}"), time))).collect();
    let mut draw = SeededGenerator::new(11);
    let mut column = || (0..rows.len()).map(|_| draw.normal()).collect::<Vec<f64>>();
    let columns = vec![
        Column::new("id".into(), rows.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>()),
        Column::new("t".into(), rows.iter().map(|(_, t)| *t).collect::<Vec<_>>()),
        Column::new("y".into(), column()),
        Column::new("x".into(), column()),
    ];
    let panel =
        Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "id", "t").expect("a panel");
    let own = estimate(&panel, &Formula::new("y", &["x"]), Model::Within);
    let options = WildBootstrap { replications: 999, ..WildBootstrap::default() };
    let found = own.bootstrap(&Bootstrap::WildCluster(options), SEED).expect("a bootstrap");
    let coefficient = &found.coefficients[0];
    let clustered = Covariance::Cluster(ClusterCovariance {
        small_sample: SmallSample::None,
        ..ClusterCovariance::default()
    });
    let fit = own.fit(&clustered).expect("a fit");
    let std_error = fit.coefficients[0].std_error.expect("one");
    let [low, high] = coefficient.intervals.inverted.expect("an interval");
    // With many clusters of normal errors the interval is nearly that of the normal distribution.
    let half = 1.96 * std_error;
    assert!((low.expect("an end") - coefficient.estimate + half).abs() < 0.15 * half);
    assert!((high.expect("an end") - coefficient.estimate - half).abs() < 0.15 * half);
}

#[test]
fn wild_clusters_agree_with_wildboottest() {
    let own = estimate(&grunfeld("grunfeld"), &formula(), Model::Ols);
    let tally = crate::support::walk(&golden().join("json/py_wildboottest_grunfeld.json"), |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let options = WildBootstrap { impose_null: parts[2] == "WCR", ..WildBootstrap::default() };
        let found = own.bootstrap(&Bootstrap::WildCluster(options), SEED).expect("a bootstrap");
        assert!(found.enumerated);
        let coefficient = found.coefficient(parts[1]).expect("a coefficient");
        // Theirs lacks the small-sample factor, which is that of the clustered statistic here.
        let factor = 10.0 / 9.0 * 199.0 / 197.0;
        record.compare("t", &[coefficient.statistic.expect("a statistic") * f64::sqrt(factor)]);
        // The sample itself and its mirror image are among the draws; by rounding they count there or don't.
        let theirs = record.numbers("p")[0];
        let ours = coefficient.p_value.expect("a p-value");
        assert!((ours - theirs).abs() <= 2.0 / 1024.0 + 1e-12, "{id}: {ours} {theirs}");
        record.values += 1;
        Ok(())
    });
    assert_eq!(tally.records, 4);
}
