//! Defaults: each is what the documentation says it is, whatever the effects and the clusters are called.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::bootstrap::{Bootstrap, WildBootstrap};
use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentalTest, InstrumentedEquation,
};
use vintner_estimation::{
    ClusterBy, ClusterCovariance, ClusterType, Covariance, FixestEffects, Formula, Model, PanelKey,
    ReferenceDistribution, Sample, SmallSample,
};
use vintner_panel::Panel;

use crate::support::noise;

const UNITS: usize = 12;
const TIMES: usize = 6;

/// Twelve units in four regions, and in each region two kinds of unit.
fn panel() -> Panel {
    let rows = UNITS * TIMES;
    let unit = |row: usize| row / TIMES;
    let columns = vec![
        Column::new("entity".into(), (0..rows).map(|row| format!("u{:0>2}", unit(row))).collect::<Vec<_>>()),
        Column::new("time".into(), (0..rows).map(|row| (row % TIMES) as i32).collect::<Vec<_>>()),
        Column::new("region".into(), (0..rows).map(|row| (unit(row) / 3) as i64).collect::<Vec<_>>()),
        Column::new(
            "kind".into(),
            (0..rows).map(|row| (unit(row) / 3 * 2 + unit(row) % 2) as i64).collect::<Vec<_>>(),
        ),
        Column::new("x".into(), noise(rows, 1)),
        Column::new("z".into(), noise(rows, 2)),
        Column::new("y".into(), noise(rows, 3)),
    ];
    Panel::new(DataFrame::new(rows, columns).expect("a frame"), "entity", "time").expect("a panel")
}

fn by_region(small_sample: SmallSample) -> Covariance {
    Covariance::Cluster(ClusterCovariance {
        by: ClusterBy::Column("region".into()),
        small_sample,
        ..ClusterCovariance::default()
    })
}

fn factor(effects: &[&str], small_sample: SmallSample) -> f64 {
    let panel = panel();
    let formula = Formula::new("y", &["x"]).with_effects(effects).expect("effects");
    let sample = Sample::new(&panel, &formula)
        .and_then(|sample| sample.with_clusters(&panel, &["region"]))
        .expect("a sample");
    let estimated = Model::Within.estimate(&sample).expect("estimates");
    estimated.fit(&by_region(small_sample)).expect("a fit").covariance_used.factor
}

/// Effects that lie within the clusters count as the constant alone, whatever they are of.
#[test]
fn effects_nested_in_the_clusters_count_as_one() {
    let n = (UNITS * TIMES) as f64;
    let expected = |counted: f64| 4.0 / 3.0 * (n - 1.0) / (n - 1.0 - counted);
    let fixest = SmallSample::Fixest { k_adj: true, k_fixef: FixestEffects::Nonnested, g_adj: true };
    for small_sample in [SmallSample::StataXtreg, fixest] {
        for (effects, counted) in [
            (&["entity"][..], 1.0),
            (&["region^time"], 1.0),
            (&["kind"], 1.0),
            // Two that are nested, in parts that have no level in common: together as one.
            (&["entity", "region^time"], 1.0),
            (&["kind", "region^time"], 1.0),
            // Times cross the clusters and count in full.
            (&["entity", "time"], 6.0),
            (&["kind", "time"], 6.0),
            (&["entity", "region^time", "kind^time"], 1.0),
        ] {
            let found = factor(effects, small_sample);
            assert!(
                (found / expected(counted) - 1.0).abs() < 1e-14,
                "{effects:?}: {found} for {}",
                expected(counted)
            );
        }
    }
}

#[test]
fn a_type_of_clusters_has_its_own_factor() {
    let sample = Sample::new(&panel(), &Formula::new("y", &["x"])).expect("a sample");
    let estimated = Model::Within.estimate(&sample).expect("estimates");
    let factor = |kind| {
        let covariance = Covariance::Cluster(ClusterCovariance::of_type(kind));
        estimated.fit(&covariance).expect("a fit").covariance_used.factor
    };
    assert_eq!(factor(ClusterType::Cr2), 1.0);
    assert!((factor(ClusterType::Cr3) - 11.0 / 12.0).abs() < 1e-15);
}

/// The wild bootstrap's statistic is that of the table beside it.
#[test]
fn the_wild_bootstrap_tells_the_clustered_statistic() {
    let sample = Sample::new(&panel(), &Formula::new("y", &["x", "z"])).expect("a sample");
    for model in [Model::Ols, Model::Within] {
        let estimated = model.estimate(&sample).expect("estimates");
        let fit = estimated.fit(&Covariance::clustered(SmallSample::StataXtreg)).expect("a fit");
        let wild = Bootstrap::WildCluster(WildBootstrap { replications: 99, ..WildBootstrap::default() });
        for one in estimated.bootstrap(&wild, 1).expect("a bootstrap").coefficients {
            let expected = fit.coefficient(&one.name).and_then(|own| own.statistic).expect("a statistic");
            let found = one.statistic.expect("a statistic");
            assert!((found / expected - 1.0).abs() < 1e-12, "{}: {found} for {expected}", one.name);
        }
    }
}

/// Clustered statistics of an equation with instruments are on t with C - 1 degrees of freedom, as in `regress`.
#[test]
fn clusters_have_the_same_degrees_of_freedom_with_instruments() {
    let equation = InstrumentedEquation::new(Formula::new("y", &["x"]), &["x"], &["z"]);
    let prepared = equation.prepare(&panel()).expect("a sample");
    let reference = |errors, debiased, test| {
        let covariance = InstrumentalCovariance { errors, debiased, test };
        let outcome = prepared.estimate(InstrumentalEstimator::TwoStage {}, covariance);
        outcome.fit().expect("a fit").reference
    };
    let t = |df| ReferenceDistribution::StudentT { df };
    let by = |by| Errors::Cluster { by };
    assert_eq!(reference(by(PanelKey::Entity), true, None), t(UNITS - 1));
    assert_eq!(reference(by(PanelKey::Time), true, None), t(TIMES - 1));
    assert_eq!(reference(by(PanelKey::Entity), true, Some(InstrumentalTest::Residual)), t(UNITS * TIMES - 2));
    assert_eq!(reference(Errors::Robust, true, None), t(UNITS * TIMES - 2));
    assert_eq!(reference(by(PanelKey::Entity), false, None), ReferenceDistribution::Normal);
}
