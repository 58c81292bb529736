//! What must hold of covariances whatever the data: absorbed effects count as their dummy variables do, the
//! jackknife is one, and what the data don't allow is told.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::{
    Bandwidth, ClusterBy, ClusterCovariance, ClusterType, Covariance, DriscollKraayCovariance, EffectsFrom,
    FamaMacBethLags, FamaMacBethOptions, Formula, GroupCount, GroupwiseCovariance, HeteroskedasticCovariance,
    Kernel, LagBy, Leverage, Model, NeweyWestCovariance, Note, PanelCorrectedBy, PanelCorrectedCovariance,
    Reason, ResidualType, Sample, SmallSample, TestDistribution, TwoWayClusterCovariance, Weights, estimate,
    fama_macbeth,
};
use vintner_panel::Panel;

/// A row: entity, time, region, and y, x, z.
type Row = (usize, i32, Option<&'static str>, [f64; 3]);

const REGIONS: [&str; 3] = ["north", "south", "west"];

/// Numbers that look random and are the same everywhere.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    }
}

/// Entities in regions, with effects of both kinds, less the cells that `without` names.
fn rows(entities: usize, times: i32, without: impl Fn(usize, i32) -> bool) -> Vec<Row> {
    let mut noise = Noise(7);
    let mut rows = Vec::new();
    for entity in 0..entities {
        let level = noise.next();
        for time in 0..times {
            let x = noise.next() + level;
            let z = noise.next() * (1.0 + f64::from(time));
            let y = 2.0 * x - z + level + 0.3 * f64::from(time) + noise.next() * (1.0 + x.abs());
            if !without(entity, time) {
                rows.push((entity, 2000 + time, Some(REGIONS[entity % 3]), [y, x, z]));
            }
        }
    }
    rows
}

fn unbalanced() -> Vec<Row> {
    rows(7, 6, |entity, time| (entity + 2 * time as usize).is_multiple_of(5))
}

/// A panel with dummy variables of entities and times beside the rest.
fn panel(rows: &[Row]) -> Panel {
    let mut columns = vec![
        Column::new("id".into(), rows.iter().map(|row| format!("e{:02}", row.0)).collect::<Vec<_>>()),
        Column::new("year".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        Column::new("region".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
    ];
    for (at, name) in ["y", "x", "z"].into_iter().enumerate() {
        columns.push(Column::new(name.into(), rows.iter().map(|row| row.3[at]).collect::<Vec<_>>()));
    }
    let dummy = |test: &dyn Fn(&Row) -> bool| -> Vec<f64> {
        rows.iter().map(|row| f64::from(u8::from(test(row)))).collect()
    };
    for entity in 1..7 {
        columns.push(Column::new(format!("d{entity}").into(), dummy(&|row| row.0 == entity)));
    }
    for time in 2001..2006 {
        columns.push(Column::new(format!("t{time}").into(), dummy(&|row| row.1 == time)));
    }
    // entities change their industry now and then
    let industry = |row: &Row| (row.0 + row.1 as usize / 2) % 3;
    columns.push(Column::new(
        "industry".into(),
        rows.iter().map(|row| REGIONS[industry(row)]).collect::<Vec<_>>(),
    ));
    for one in 1..3 {
        columns.push(Column::new(format!("i{one}").into(), dummy(&|row| industry(row) == one)));
    }
    let weight = |row: &Row| 0.5 + f64::from((row.0 as i32 * 7 + row.1 * 3) % 5);
    columns.push(Column::new("w".into(), rows.iter().map(weight).collect::<Vec<_>>()));
    Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "id", "year").expect("a panel")
}

fn formula() -> Formula {
    Formula::new("y", &["x", "z"])
}

fn sample(rows: &[Row]) -> Sample {
    let panel = panel(rows);
    Sample::new(&panel, &formula()).unwrap().with_clusters(&panel, &["region"]).unwrap()
}

/// The covariance of x's and z's slopes.
fn slopes(sample: &Sample, model: Model, covariance: &Covariance) -> Result<[f64; 3], Reason> {
    let fit = model.estimate(sample)?.fit(covariance)?;
    let rows = fit.covariance.expect("a covariance");
    let first = usize::from(fit.coefficients[0].name == "(Intercept)");
    Ok([rows[first][first], rows[first][first + 1], rows[first + 1][first + 1]])
}

fn close(actual: &[f64], expected: &[f64], tolerance: f64) {
    let size = expected.iter().fold(0.0_f64, |size, value| size.max(value.abs()));
    for (a, e) in actual.iter().zip(expected) {
        assert!((a - e).abs() <= tolerance * size, "{actual:?} {expected:?}");
    }
}

fn cluster(residuals: ClusterType, by: ClusterBy) -> ClusterCovariance {
    ClusterCovariance { residuals, by, small_sample: SmallSample::None, ..ClusterCovariance::default() }
}

#[test]
fn absorbed_effects_have_the_leverage_of_their_dummies() {
    let rows = unbalanced();
    let panel = panel(&rows);
    let entity_dummies: Vec<String> = (1..7).map(|entity| format!("d{entity}")).collect();
    let time_dummies: Vec<String> = (2001..2006).map(|time| format!("t{time}")).collect();
    let with = |dummies: &[String]| -> Sample {
        let names: Vec<&str> = ["x", "z"].into_iter().chain(dummies.iter().map(String::as_str)).collect();
        let sample = Sample::new(&panel, &Formula::new("y", &names)).unwrap();
        sample.with_clusters(&panel, &["region"]).unwrap()
    };
    let absorbed = sample(&rows);
    let both = [entity_dummies.clone(), time_dummies.clone()].concat();
    for (model, dummies) in
        [(Model::Within, entity_dummies), (Model::WithinTime, time_dummies), (Model::WithinTwoWay, both)]
    {
        let explicit = with(&dummies);
        for residuals in [
            ResidualType::Hc0,
            ResidualType::Hc1,
            ResidualType::Hc2,
            ResidualType::Hc3,
            ResidualType::Hc4,
            ResidualType::Hc4m,
            ResidualType::Hc5,
        ] {
            let covariance = Covariance::heteroskedastic(residuals);
            let expected = slopes(&explicit, Model::Ols, &covariance).unwrap();
            close(&slopes(&absorbed, model, &covariance).unwrap(), &expected, 1e-10);
            let corrected = Covariance::PanelCorrected(PanelCorrectedCovariance {
                residuals,
                ..PanelCorrectedCovariance::default()
            });
            let expected = slopes(&explicit, Model::Ols, &corrected).unwrap();
            close(&slopes(&absorbed, model, &corrected).unwrap(), &expected, 1e-10);
        }
        for by in [ClusterBy::Entity, ClusterBy::Time, ClusterBy::Column("region".into())] {
            let satterthwaite = Covariance::Cluster(ClusterCovariance {
                test: TestDistribution::Satterthwaite,
                ..cluster(ClusterType::Cr2, by)
            });
            let expected = slopes(&explicit, Model::Ols, &satterthwaite).unwrap();
            close(&slopes(&absorbed, model, &satterthwaite).unwrap(), &expected, 1e-9);
            let df = |sample: &Sample, model: Model| -> Vec<f64> {
                let fit = model.estimate(sample).unwrap().fit(&satterthwaite).unwrap();
                ["x", "z"].map(|name| fit.coefficient(name).unwrap().df.unwrap()).to_vec()
            };
            close(&df(&absorbed, model), &df(&explicit, Model::Ols), 1e-9);
        }
    }
}

#[test]
fn effects_of_any_columns_and_weights_have_the_leverage_of_their_dummies() {
    let rows = unbalanced();
    let panel = panel(&rows);
    let dummies_of = |effect: &str| -> Vec<String> {
        match effect {
            "id" => (1..7).map(|entity| format!("d{entity}")).collect(),
            "year" => (2001..2006).map(|time| format!("t{time}")).collect(),
            _ => (1..3).map(|industry| format!("i{industry}")).collect(),
        }
    };
    let clusters = |residuals, by: &str, small_sample| {
        Covariance::Cluster(ClusterCovariance {
            small_sample,
            ..cluster(residuals, ClusterBy::Column(by.into()))
        })
    };
    for effects in [vec!["industry"], vec!["id", "industry"], vec!["id", "year", "industry"]] {
        for weighted in [false, true] {
            let of = |formula: Formula| -> Sample {
                let formula = match weighted {
                    true => formula.weighted(Weights::analytic("w")),
                    false => formula,
                };
                let sample = Sample::new(&panel, &formula).unwrap();
                sample.with_clusters(&panel, &["region", "industry", "id"]).unwrap()
            };
            let names: Vec<String> = effects.iter().flat_map(|effect| dummies_of(effect)).collect();
            let names: Vec<&str> = ["x", "z"].into_iter().chain(names.iter().map(String::as_str)).collect();
            let explicit = of(Formula::new("y", &names));
            let absorbed = of(formula().with_effects(&effects).unwrap());
            let of_effects =
                |leverage| Model::Within.estimate(&absorbed).unwrap().leverages(leverage).unwrap();
            let of_dummies = Model::Ols.estimate(&explicit).unwrap().leverages(Leverage::All).unwrap();
            close(&of_effects(Leverage::All), &of_dummies, 1e-11);
            for covariance in [
                Covariance::heteroskedastic(ResidualType::Hc3),
                Covariance::heteroskedastic(ResidualType::Hc4),
                clusters(ClusterType::Cr2, "region", SmallSample::StataAreg),
                clusters(ClusterType::Cr2, "industry", SmallSample::None),
                clusters(ClusterType::Cr2, "id", SmallSample::None),
                Covariance::Cluster(ClusterCovariance {
                    test: TestDistribution::Satterthwaite,
                    ..cluster(ClusterType::Cr2, ClusterBy::Time)
                }),
            ] {
                let expected = slopes(&explicit, Model::Ols, &covariance).unwrap();
                close(&slopes(&absorbed, Model::Within, &covariance).unwrap(), &expected, 1e-9);
            }
            // effects that are the clusters count as one, as in fixest
            let fixest = SmallSample::Fixest {
                k_adj: true,
                k_fixef: vintner_estimation::FixestEffects::Nonnested,
                g_adj: false,
            };
            let fit = Model::Within.estimate(&absorbed).unwrap().fit(&clusters(
                ClusterType::Hc0,
                "industry",
                fixest,
            ));
            let fit = fit.unwrap();
            let counted = 2 + fit.absorbed - 3 + 1;
            let n = fit.n_obs as f64;
            close(&[fit.covariance_used.factor], &[(n - 1.0) / (n - counted as f64)], 1e-14);
        }
    }
}

#[test]
fn an_intercept_beside_effects_changes_no_leverage() {
    let sample = sample(&unbalanced());
    for model in [Model::Within, Model::WithinTime, Model::WithinTwoWay] {
        let without = model.estimate(&sample).unwrap();
        let with = without.with_intercept(&sample);
        assert_eq!(without.df_residual(), with.df_residual());
        let one = without.leverages(Leverage::All).unwrap();
        close(&with.leverages(Leverage::All).unwrap(), &one, 1e-12);
        let parameters = (sample.height() - without.df_residual()) as f64;
        assert!((one.iter().sum::<f64>() - parameters).abs() < 1e-10);
        for covariance in [
            Covariance::heteroskedastic(ResidualType::Hc3),
            Covariance::Cluster(cluster(ClusterType::Cr2, ClusterBy::Time)),
            Covariance::clustered(SmallSample::StataXtreg),
        ] {
            let rows = |estimated: &vintner_estimation::Estimated| -> Vec<f64> {
                let fit = estimated.fit(&covariance).unwrap();
                ["x", "z"].map(|name| fit.coefficient(name).unwrap().std_error.unwrap()).to_vec()
            };
            close(&rows(&with), &rows(&without), 1e-11);
        }
        // again is the same
        assert_eq!(with.with_intercept(&sample).names(), with.names());
    }
    let pooled = Model::Ols.estimate(&sample).unwrap();
    assert_eq!(pooled.with_intercept(&sample).names(), pooled.names());
}

#[test]
fn cr3_is_the_jackknife() {
    let rows = unbalanced();
    let whole = sample(&rows);
    let of = |row: &Row, by: &ClusterBy| match by {
        ClusterBy::Entity => row.0.to_string(),
        ClusterBy::Time => row.1.to_string(),
        ClusterBy::Column(_) => row.2.expect("a region").to_owned(),
    };
    for model in [Model::Ols, Model::Within, Model::WithinTime, Model::WithinTwoWay] {
        for by in [ClusterBy::Entity, ClusterBy::Time, ClusterBy::Column("region".into())] {
            let estimated = model.estimate(&whole).unwrap();
            let names: Vec<String> = estimated.names().to_vec();
            let mut clusters: Vec<String> = rows.iter().map(|row| of(row, &by)).collect();
            clusters.sort();
            clusters.dedup();
            let mut expected = vec![0.0; names.len()];
            for cluster in &clusters {
                let left: Vec<Row> = rows.iter().filter(|row| of(row, &by) != *cluster).copied().collect();
                let refitted = model.estimate(&sample(&left)).unwrap();
                for (at, sum) in expected.iter_mut().enumerate() {
                    *sum += (refitted.coefficients()[at] - estimated.coefficients()[at]).powi(2);
                }
            }
            let fit = estimated.fit(&Covariance::Cluster(cluster(ClusterType::Cr3, by))).unwrap();
            let variances: Vec<f64> =
                fit.coefficients.iter().map(|coefficient| coefficient.std_error.unwrap().powi(2)).collect();
            close(&variances, &expected, 1e-9);
        }
    }
}

#[test]
fn what_a_single_cluster_identifies_has_no_jackknife() {
    let rows = unbalanced();
    let panel = panel(&rows);
    let sample = Sample::new(&panel, &Formula::new("y", &["x", "d3"])).unwrap();
    let fit = |residuals| {
        Model::Ols.estimate(&sample).unwrap().fit(&Covariance::Cluster(cluster(residuals, ClusterBy::Entity)))
    };
    assert_eq!(fit(ClusterType::Cr3).unwrap_err(), Reason::UnidentifiedWithoutCluster);
    // CR2 has a generalised inverse instead: the cluster's own errors count for nothing in that coefficient
    assert!(fit(ClusterType::Cr2).unwrap().coefficients.iter().all(|one| one.std_error.is_some()));
}

#[test]
fn a_row_that_alone_identifies_a_coefficient_has_leverage_one() {
    let rows = rows(7, 6, |entity, time| entity == 3 && time > 0);
    let panel = panel(&rows);
    let sample = Sample::new(&panel, &Formula::new("y", &["x", "d3"])).unwrap();
    let pooled = Model::Ols.estimate(&sample).unwrap();
    for residuals in [ResidualType::Hc2, ResidualType::Hc3, ResidualType::Hc4, ResidualType::Hc5] {
        let refused = pooled.fit(&Covariance::heteroskedastic(residuals)).unwrap_err();
        assert_eq!(refused, Reason::LeverageOfOne { rows: 1 });
    }
    assert!(pooled.fit(&Covariance::heteroskedastic(ResidualType::Hc1)).is_ok());
    // An entity observed once has leverage one by its effect, and adds nothing to anything.
    let singleton = sample_of(&rows);
    let without: Vec<Row> = rows.iter().filter(|row| row.0 != 3).copied().collect();
    let hc3 = Covariance::heteroskedastic(ResidualType::Hc3);
    let with = slopes(&singleton, Model::Within, &hc3).unwrap();
    close(&with, &slopes(&sample_of(&without), Model::Within, &hc3).unwrap(), 1e-11);
}

fn sample_of(rows: &[Row]) -> Sample {
    sample(rows)
}

#[test]
fn too_few_of_what_a_covariance_counts_is_told() {
    let kraay = |bandwidth| {
        Covariance::DriscollKraay(DriscollKraayCovariance { bandwidth, ..DriscollKraayCovariance::default() })
    };
    let one_time = sample(&rows(7, 1, |_, _| false));
    let refused = |sample: &Sample, covariance: &Covariance| {
        Model::Ols.estimate(sample).unwrap().fit(covariance).unwrap_err()
    };
    assert_eq!(refused(&one_time, &kraay(Bandwidth::lags(0))), Reason::TooFewPeriods { periods: 1 });
    let newey_west = Covariance::NeweyWest(NeweyWestCovariance::default());
    assert_eq!(refused(&one_time, &newey_west), Reason::TooFewPeriods { periods: 1 });
    let two_way = Covariance::TwoWayCluster(TwoWayClusterCovariance::default());
    assert_eq!(refused(&one_time, &two_way), Reason::TooFewClusters { clusters: 1 });
    let one_entity = sample(&rows(1, 6, |_, _| false));
    assert_eq!(refused(&one_entity, &two_way), Reason::TooFewClusters { clusters: 1 });
    let cr2 = Covariance::Cluster(cluster(ClusterType::Cr2, ClusterBy::Entity));
    assert_eq!(refused(&one_entity, &cr2), Reason::TooFewClusters { clusters: 1 });

    let whole = sample(&unbalanced());
    let too_large = Reason::BandwidthTooLarge { bandwidth: "6".into(), periods: 6 };
    assert_eq!(refused(&whole, &kraay(Bandwidth::lags(6))), too_large);
    assert_eq!(
        refused(&whole, &kraay(Bandwidth::lags(6))).to_string(),
        "a bandwidth of 6, with 6 times; it must be less"
    );
    assert!(Model::Ols.estimate(&whole).unwrap().fit(&kraay(Bandwidth::lags(5))).is_ok());

    // three clusters, three coefficients
    let few = Covariance::Cluster(ClusterCovariance {
        small_sample: SmallSample::ClubSandwichCr1p,
        ..cluster(ClusterType::Hc0, ClusterBy::Column("region".into()))
    });
    assert_eq!(refused(&whole, &few), Reason::NoSmallSampleFactor { clusters: 3, parameters: 3 });

    let casewise = |by| {
        Covariance::PanelCorrected(PanelCorrectedCovariance {
            by,
            pairwise: false,
            ..PanelCorrectedCovariance::default()
        })
    };
    for by in [PanelCorrectedBy::Time, PanelCorrectedBy::Entity] {
        assert_eq!(refused(&whole, &casewise(by)), Reason::NoCompletePeriod);
        let balanced = sample(&rows(7, 6, |_, _| false));
        let pairwise = PanelCorrectedCovariance { by, ..PanelCorrectedCovariance::default() };
        let expected = slopes(&balanced, Model::Within, &Covariance::PanelCorrected(pairwise)).unwrap();
        close(&slopes(&balanced, Model::Within, &casewise(by)).unwrap(), &expected, 1e-14);
    }
}

#[test]
fn clusters_by_a_column_are_those_of_its_values() {
    let rows = unbalanced();
    let panel = panel(&rows);
    let by = |name: &str| Covariance::Cluster(cluster(ClusterType::Hc0, ClusterBy::Column(name.into())));
    // a column that names the entities clusters by entity
    let own =
        Sample::new(&panel, &formula()).unwrap().with_clusters(&panel, &["id", "year", "region"]).unwrap();
    for (column, same) in [("id", ClusterBy::Entity), ("year", ClusterBy::Time)] {
        for model in
            [Model::Ols, Model::Within, Model::WithinTwoWay, Model::FirstDifferences { across_gaps: true }]
        {
            for small_sample in [
                SmallSample::StataXtreg,
                SmallSample::Fixest {
                    k_adj: true,
                    k_fixef: vintner_estimation::FixestEffects::Nonnested,
                    g_adj: true,
                },
            ] {
                let covariance = |by: &ClusterBy| {
                    let options =
                        ClusterCovariance { by: by.clone(), small_sample, ..ClusterCovariance::default() };
                    Covariance::Cluster(options)
                };
                let expected = slopes(&own, model, &covariance(&same)).unwrap();
                let actual = slopes(&own, model, &covariance(&ClusterBy::Column(column.into()))).unwrap();
                close(&actual, &expected, 1e-14);
            }
        }
    }
    // the short way carries the column along
    let outcome = estimate(&panel, &formula(), Model::Within, &by("region")).unwrap();
    assert_eq!(outcome.fit().unwrap().covariance_used.clusters, Some(3));
    assert_eq!(outcome.fit().unwrap().covariance_used.name, "clustered by region");
    assert!(estimate(&panel, &formula(), Model::Within, &by("continent")).is_err());

    let bare = Sample::new(&panel, &formula()).unwrap();
    let no_column = Reason::NoClusterColumn { column: "region".into() };
    assert_eq!(Model::Ols.estimate(&bare).unwrap().fit(&by("region")).unwrap_err(), no_column);
    // means of entities have no rows to cluster
    assert_eq!(Model::Between.estimate(&own).unwrap().fit(&by("region")).unwrap_err(), no_column);
    let mut holes = rows.clone();
    holes[3].2 = None;
    holes[9].2 = None;
    assert_eq!(
        Model::Ols.estimate(&sample(&holes)).unwrap().fit(&by("region")).unwrap_err(),
        Reason::MissingClusters { column: "region".into(), rows: 2 }
    );
}

#[test]
fn a_lag_counts_times_or_rows() {
    let newey_west = |lag, bandwidth| {
        Covariance::NeweyWest(NeweyWestCovariance {
            lag,
            bandwidth: Bandwidth::lags(bandwidth),
            small_sample: SmallSample::None,
            ..NeweyWestCovariance::default()
        })
    };
    // every second year for some: one row before is two years before
    let gaps = sample(&rows(6, 6, |entity, time| entity > 2 && time % 2 == 1));
    let of = |lag, bandwidth| slopes(&gaps, Model::Within, &newey_west(lag, bandwidth)).unwrap();
    assert_ne!(of(LagBy::Time, 1), of(LagBy::Row, 1));
    // no lags is White's
    let white = Covariance::Heteroskedastic(HeteroskedasticCovariance {
        residuals: ResidualType::Hc0,
        ..HeteroskedasticCovariance::default()
    });
    close(&of(LagBy::Time, 0), &slopes(&gaps, Model::Within, &white).unwrap(), 1e-13);
    // a year that nobody has is none
    let closed = sample(&rows(6, 6, |_, time| time == 3));
    let mut renamed: Vec<Row> = rows(6, 6, |_, time| time == 3);
    renamed.iter_mut().filter(|row| row.1 > 2003).for_each(|row| row.1 -= 1);
    let expected = slopes(&sample(&renamed), Model::Within, &newey_west(LagBy::Time, 2)).unwrap();
    close(&slopes(&closed, Model::Within, &newey_west(LagBy::Time, 2)).unwrap(), &expected, 1e-14);
    // with weights of one at all lags the entities' scores are summed: clusters
    let flat = Covariance::NeweyWest(NeweyWestCovariance {
        kernel: Kernel::QuadraticSpectral,
        bandwidth: Bandwidth::Fixed(1e9),
        small_sample: SmallSample::None,
        ..NeweyWestCovariance::default()
    });
    let clustered = Covariance::Cluster(cluster(ClusterType::Hc0, ClusterBy::Entity));
    close(
        &slopes(&gaps, Model::Within, &flat).unwrap(),
        &slopes(&gaps, Model::Within, &clustered).unwrap(),
        1e-9,
    );
}

#[test]
fn a_negative_variance_is_told_and_can_be_fixed() {
    // Of this many small panels some have a difference of matrices that is no covariance.
    let mut seen = 0;
    for seed in 1..60 {
        let mut noise = Noise(seed);
        let mut rows = rows(4, 3, |_, _| false);
        rows.iter_mut().for_each(|row| row.3 = [noise.next(), noise.next(), noise.next()]);
        let sample = sample(&rows);
        let two_way = |fix| {
            Covariance::TwoWayCluster(TwoWayClusterCovariance {
                fix,
                groups: GroupCount::Own,
                small_sample: SmallSample::None,
                ..TwoWayClusterCovariance::default()
            })
        };
        let estimated = Model::Ols.estimate(&sample).unwrap();
        let fit = estimated.fit(&two_way(false)).unwrap();
        let without: Vec<String> = fit
            .coefficients
            .iter()
            .filter(|coefficient| coefficient.std_error.is_none())
            .map(|coefficient| coefficient.name.clone())
            .collect();
        let told = fit
            .notes
            .iter()
            .any(|note| matches!(note, Note::NegativeVariance { coefficients } if *coefficients == without));
        assert_eq!(told, !without.is_empty(), "{:?}", fit.notes);
        seen += usize::from(told);
        let fixed = estimated.fit(&two_way(true)).unwrap();
        assert!(fixed.covariance.unwrap().iter().enumerate().all(|(at, row)| row[at] >= 0.0));
    }
    assert!(seen > 0);
}

#[test]
fn a_perfect_fit_has_no_standard_errors_under_any_covariance() {
    let mut rows = unbalanced();
    rows.iter_mut().for_each(|row| row.3[0] = 1.0 + 2.0 * row.3[1] - row.3[2]);
    let sample = sample(&rows);
    for covariance in [
        Covariance::heteroskedastic(ResidualType::Hc3),
        Covariance::Groupwise(GroupwiseCovariance::default()),
        Covariance::Cluster(cluster(ClusterType::Cr2, ClusterBy::Entity)),
        Covariance::TwoWayCluster(TwoWayClusterCovariance::default()),
        Covariance::NeweyWest(NeweyWestCovariance::default()),
        Covariance::DriscollKraay(DriscollKraayCovariance::default()),
        Covariance::PanelCorrected(PanelCorrectedCovariance::default()),
    ] {
        for model in [Model::Ols, Model::Within, Model::WithinTwoWay] {
            let fit = model.estimate(&sample).unwrap().fit(&covariance).unwrap();
            assert!(fit.coefficients.iter().all(|coefficient| coefficient.std_error.is_none()));
            assert_eq!(fit.notes, [Note::PerfectFit]);
            assert_eq!(fit.measures.log_likelihood, None);
        }
    }
}

#[test]
fn effects_are_counted_from_where_one_likes() {
    let sample = sample(&unbalanced());
    let within = Model::Within.estimate(&sample).unwrap();
    let of = |from| within.effect_estimates(&sample, &Covariance::classical(), from).unwrap();
    let (zero, first, centred) = (of(EffectsFrom::Zero), of(EffectsFrom::First), of(EffectsFrom::Mean));
    assert_eq!(first.len() + 1, zero.len());
    for (one, other) in zero.iter().skip(1).zip(&first) {
        assert!((one.effect - zero[0].effect - other.effect).abs() < 1e-13);
    }
    let intercept = within.with_intercept(&sample).coefficients()[0];
    for (one, other) in zero.iter().zip(&centred) {
        assert!((one.effect - intercept - other.effect).abs() < 1e-12);
    }
    let two_way = Model::WithinTwoWay.estimate(&sample).unwrap();
    assert!(
        two_way.effect_estimates(&sample, &Covariance::classical(), EffectsFrom::Zero).unwrap().is_empty()
    );
}

#[test]
fn fama_macbeth_leaves_out_times_that_it_cant_estimate() {
    let options = FamaMacBethOptions::default();
    let whole = fama_macbeth(&sample(&rows(7, 6, |_, _| false)), &options).unwrap();
    assert!(whole.skipped.is_empty());
    // two rows at 2002, for three coefficients
    let few = fama_macbeth(&sample(&rows(7, 6, |entity, time| time == 2 && entity > 1)), &options).unwrap();
    assert_eq!(few.times, [2000, 2001, 2003, 2004, 2005].map(vintner_panel::Period::year));
    assert_eq!(few.skipped.len(), 1);
    assert_eq!(few.skipped[0].reason, Reason::TooFewObservations { observations: 2, parameters: 3 });
    let short = sample(&rows(7, 3, |_, _| false));
    let automatic = FamaMacBethOptions { lags: FamaMacBethLags::Automatic, ..options };
    // A pilot of ceil(4 (T/100)^(2/9)) lags beside the value itself is less than T from 4 times on.
    let refused = fama_macbeth(&short, &automatic).unwrap_err();
    assert!(matches!(refused, Reason::TooFew { count: 3, needed: 4, .. }), "{refused}");
    let wide = FamaMacBethOptions { lags: FamaMacBethLags::Bandwidth(3), ..options };
    assert!(matches!(fama_macbeth(&short, &wide).unwrap_err(), Reason::BandwidthTooLarge { .. }));
    let single = sample(&rows(7, 1, |_, _| false));
    assert_eq!(fama_macbeth(&single, &options).unwrap_err(), Reason::TooFewPeriods { periods: 1 });
}

#[test]
fn means_of_as_many_rows_each_need_no_weights() {
    let balanced = sample(&rows(7, 6, |_, _| false));
    let classical = Covariance::classical();
    let plain = slopes(&balanced, Model::Between, &classical).unwrap();
    close(&slopes(&balanced, Model::BetweenWeighted, &classical).unwrap(), &plain, 1e-13);
    let unbalanced = sample(&unbalanced());
    assert_ne!(
        slopes(&unbalanced, Model::Between, &classical).unwrap(),
        slopes(&unbalanced, Model::BetweenWeighted, &classical).unwrap()
    );
}

/// One of every kind, with leverage where there is a choice.
fn every_kind() -> Vec<Covariance> {
    let heteroskedastic = |residuals, leverage| {
        let options =
            HeteroskedasticCovariance { residuals, leverage, ..HeteroskedasticCovariance::default() };
        Covariance::Heteroskedastic(options)
    };
    let satterthwaite = |residuals| {
        Covariance::Cluster(ClusterCovariance {
            test: TestDistribution::Satterthwaite,
            ..cluster(residuals, ClusterBy::Entity)
        })
    };
    vec![
        heteroskedastic(ResidualType::Hc1, Leverage::All),
        heteroskedastic(ResidualType::Hc3, Leverage::All),
        heteroskedastic(ResidualType::Hc4, Leverage::Regressors),
        Covariance::Groupwise(GroupwiseCovariance::default()),
        Covariance::Cluster(cluster(ClusterType::Hc3, ClusterBy::Time)),
        Covariance::Cluster(cluster(ClusterType::Cr3, ClusterBy::Time)),
        Covariance::Cluster(cluster(ClusterType::Cr3, ClusterBy::Column("region".into()))),
        satterthwaite(ClusterType::Cr2),
        Covariance::TwoWayCluster(TwoWayClusterCovariance::default()),
        Covariance::TwoWayCluster(TwoWayClusterCovariance {
            fix: true,
            ..TwoWayClusterCovariance::default()
        }),
        Covariance::NeweyWest(NeweyWestCovariance::default()),
        Covariance::NeweyWest(NeweyWestCovariance {
            lag: LagBy::SampleRow,
            ..NeweyWestCovariance::default()
        }),
        Covariance::DriscollKraay(DriscollKraayCovariance::default()),
        Covariance::DriscollKraay(DriscollKraayCovariance {
            kernel: Kernel::QuadraticSpectral,
            bandwidth: Bandwidth::Fixed(1.5),
            ..DriscollKraayCovariance::default()
        }),
        Covariance::PanelCorrected(PanelCorrectedCovariance::default()),
        Covariance::PanelCorrected(PanelCorrectedCovariance {
            by: PanelCorrectedBy::Entity,
            diagonal: true,
            ..PanelCorrectedCovariance::default()
        }),
    ]
}

/// Small panels of small whole numbers, where much is collinear, constant, perfectly fitted or too little.
fn awkward(seed: u64) -> Vec<Row> {
    let mut noise = Noise(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    for _ in 0..3 {
        noise.next();
    }
    let entities = 1 + ((noise.next() + 0.5) * 5.0) as usize;
    let times = 1 + ((noise.next() + 0.5) * 6.0) as i32;
    let missing = if noise.next() > 0.0 { 0.3 } else { 0.0 };
    let coarse = if noise.next() > 0.0 { 4.0 } else { 1e6 };
    let mut rows = Vec::new();
    for entity in 0..entities {
        for time in 0..times {
            let values = [noise.next(), noise.next(), noise.next()].map(|value| (value * coarse).round());
            if noise.next() + 0.5 >= missing {
                rows.push((entity, 2000 + time, Some(REGIONS[entity % 3]), values));
            }
        }
    }
    rows
}

#[test]
fn every_covariance_gives_numbers_or_a_reason() {
    let models = [
        Model::Ols,
        Model::Within,
        Model::WithinTime,
        Model::WithinTwoWay,
        Model::FirstDifferences { across_gaps: false },
        Model::Between,
        Model::BetweenWeighted,
    ];
    let (mut fits, mut reasons) = (0, 0);
    for seed in 0..400 {
        let rows = awkward(seed);
        if rows.is_empty() {
            continue;
        }
        let sample = sample(&rows);
        for model in models {
            let Ok(estimated) = model.estimate(&sample) else { continue };
            for covariance in every_kind() {
                let fit = match estimated.fit(&covariance) {
                    Ok(fit) => fit,
                    Err(reason) => {
                        assert!(!reason.to_string().is_empty());
                        reasons += 1;
                        continue;
                    }
                };
                fits += 1;
                let told = serde_json::to_string(&fit).unwrap();
                assert_eq!(serde_json::from_str::<vintner_estimation::Fit>(&told).unwrap(), fit);
                if let Some(matrix) = &fit.covariance {
                    for (i, row) in matrix.iter().enumerate() {
                        for (j, value) in row.iter().enumerate() {
                            assert!(value.is_finite(), "{seed} {model:?} {covariance:?}");
                            assert_eq!(*value, matrix[j][i], "{seed} {model:?} {covariance:?}");
                        }
                    }
                }
                for one in &fit.coefficients {
                    assert!(one.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
                    assert!(one.std_error.is_none_or(|error| error.is_finite() && error > 0.0));
                    assert!(one.df.is_none_or(|df| df.is_finite() && df > 0.0));
                }
            }
        }
    }
    assert!(fits > 10_000 && reasons > 1_000, "{fits} {reasons}");
}

#[test]
fn units_change_standard_errors_and_nothing_else() {
    let rows = unbalanced();
    let mut scaled = rows.clone();
    scaled.iter_mut().for_each(|row| row.3[1] *= 1e-7);
    scaled.iter_mut().for_each(|row| row.3[0] = 1e5 * row.3[0] + 3.0);
    for model in [Model::Ols, Model::Within, Model::WithinTwoWay] {
        // what becomes of negative eigenvalues depends on units, in every program
        let of_units = |one: &Covariance| matches!(one, Covariance::TwoWayCluster(options) if options.fix);
        for covariance in every_kind().into_iter().filter(|one| !of_units(one)) {
            let t = |rows: &[Row]| -> Result<Vec<f64>, Reason> {
                let fit = model.estimate(&sample(rows))?.fit(&covariance)?;
                Ok(["x", "z"].map(|name| fit.coefficient(name).unwrap().statistic.unwrap_or(0.0)).to_vec())
            };
            close(&t(&scaled).unwrap(), &t(&rows).unwrap(), 1e-8);
        }
    }
}
