//! pyfixest.

use vintner_estimation::{
    Bandwidth, ClusterBy, ClusterCovariance, ClusterType, Covariance, DriscollKraayCovariance, FixestEffects,
    GroupCount, HeteroskedasticCovariance, LagBy, NeweyWestCovariance, ResidualType, SmallSample,
    TestDistribution, TwoWayClusterCovariance,
};

use crate::golden::{
    Data, LATER, cluster, compare_covariance, compare_names, estimates, fit, p_values, std_errors,
};
use crate::support::Record;

pub(crate) fn check(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    if record.has("error") {
        return Err("pyfixest refuses HC2 and HC3 with fixed effects");
    }
    let estimated = match parts[0] {
        "pooled" => data.model("pooling")?,
        "fe" => data.model("within_individual")?,
        "fe_time" => data.model("within_time")?,
        "fe_twoway" => data.model("within_twoways")?,
        _ => return Err(LATER),
    };
    let option = |name: &str| parts.iter().find_map(|part| part.strip_prefix(name));
    let k_fixef = match option("k_fixef_") {
        Some("none") => FixestEffects::None,
        Some("full") => FixestEffects::Full,
        _ => FixestEffects::Nonnested,
    };
    let small_sample = SmallSample::Fixest {
        k_adj: option("k_adj_") != Some("False"),
        k_fixef,
        g_adj: option("G_adj_") != Some("False"),
    };
    let test = TestDistribution::Clusters;
    let bandwidth = match option("lag_") {
        Some(lags) => Bandwidth::lags(lags.parse().expect("lags")),
        None => Bandwidth::NeweyWest1987,
    };
    let hetero = |residuals, small_sample| {
        Covariance::Heteroskedastic(HeteroskedasticCovariance {
            residuals,
            small_sample,
            ..HeteroskedasticCovariance::default()
        })
    };
    let covariance = match parts[1] {
        "iid" => Covariance::classical(),
        "hetero" | "HC1" => hetero(ResidualType::Hc1, SmallSample::None),
        "HC2" => hetero(ResidualType::Hc2, small_sample),
        "HC3" => hetero(ResidualType::Hc3, small_sample),
        "CRV1_id" => cluster(ClusterBy::Entity, small_sample, test),
        "CRV1_time" => cluster(ClusterBy::Time, small_sample, test),
        "CRV1_twoway" => Covariance::TwoWayCluster(TwoWayClusterCovariance {
            small_sample,
            groups: match option("G_df_") {
                Some("conventional") => GroupCount::Own,
                _ => GroupCount::Min,
            },
            ..TwoWayClusterCovariance::default()
        }),
        "CRV3_id" => Covariance::Cluster(ClusterCovariance {
            residuals: ClusterType::Cr3,
            small_sample,
            ..ClusterCovariance::default()
        }),
        "NW" => Covariance::NeweyWest(NeweyWestCovariance {
            bandwidth,
            lag: LagBy::Row,
            small_sample,
            ..NeweyWestCovariance::default()
        }),
        "DK" => Covariance::DriscollKraay(DriscollKraayCovariance {
            bandwidth,
            small_sample,
            ..DriscollKraayCovariance::default()
        }),
        _ => return Err(LATER),
    };
    let fit = fit(estimated, &covariance);
    compare_names(record, &fit);
    record.compare("coef", &estimates(&fit));
    let iterated = parts[1] == "CRV3_id" && parts[0] == "fe_twoway" && !data.is_balanced();
    if iterated {
        // refitted without each cluster, by alternating projections that stop at 1e-6
        let errors = std_errors(&fit);
        record.compare_within("se", &errors, &errors, 1e-6);
        let covariance = fit.covariance.as_ref().expect("a covariance");
        let scales: Vec<f64> = errors.iter().flat_map(|i| errors.iter().map(move |j| i * j)).collect();
        record.compare_within("vcov", &covariance.concat(), &scales, 1e-6);
    } else {
        compare_covariance(record, &fit);
    }
    // pyfixest subtracts a distribution function from 1, so its p-values have an absolute error
    let p = p_values(&fit);
    let scales: Vec<f64> = p.iter().map(|p| p.max(1e-7)).collect();
    record.compare_within("p", &p, &scales, if iterated { 1e-5 } else { crate::support::TOLERANCE });
    let factor = fit.covariance_used.factor;
    let n = fit.n_obs as f64;
    match parts[1] {
        // pyfixest's iid counts from n - 1
        "iid" => record.compare("ssc", &[factor * (n - 1.0) / n]),
        "CRV1_twoway" => {
            // of both kinds and, taken away, of their pairs; ours is that of the smaller number of clusters
            let factors = record.numbers("ssc");
            let fewer_times = data.model("within_time")?.time_effects().len() < fit.n_entities;
            record.agree("ssc", factor, factors[usize::from(fewer_times)], factor);
        }
        _ => record.compare("ssc", &[factor]),
    }
    record.compare("df_t", &[fit.reference.df().expect("df") as f64]);
    record.compare("nobs", &[n]);
    record.compare("r2", &[fit.r2_with_effects.unwrap_or(fit.r2)]);
    if fit.absorbed > 0 {
        record.compare("r2_within", &[fit.r2]);
    }
    record.skip(&["r2_within"], "no effects");
    Ok(())
}
