//! statsmodels.

use vintner_estimation::distributions::f_upper;
use vintner_estimation::{
    Bandwidth, ClusterBy, Covariance, DriscollKraayCovariance, GroupCount, HeteroskedasticCovariance, LagBy,
    NeweyWestCovariance, ResidualType, SmallSample, TestDistribution, TwoWayClusterCovariance,
    estimate_by_entity,
};

use crate::golden::{
    Data, LATER, cluster, compare_covariance, compare_names, estimates, fit, p_scales, p_values, statistics,
};
use crate::support::{Record, padded};

const NORMAL: TestDistribution = TestDistribution::Normal;

fn hetero(kind: &str) -> Option<Covariance> {
    let residuals = match kind {
        "HC0" => ResidualType::Hc0,
        "HC1" => ResidualType::Hc1,
        "HC2" => ResidualType::Hc2,
        "HC3" => ResidualType::Hc3,
        _ => return None,
    };
    let options =
        HeteroskedasticCovariance { residuals, test: NORMAL, ..HeteroskedasticCovariance::default() };
    Some(Covariance::Heteroskedastic(options))
}

fn hac(lag: LagBy, lags: usize, corrected: bool) -> Covariance {
    Covariance::NeweyWest(NeweyWestCovariance {
        bandwidth: Bandwidth::lags(lags),
        lag,
        residuals: if corrected { ResidualType::Hc1 } else { ResidualType::Hc0 },
        small_sample: SmallSample::None,
        test: NORMAL,
        ..NeweyWestCovariance::default()
    })
}

pub(crate) fn check(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let of_unit = |unit: &str, covariance: &Covariance| {
        let units = estimate_by_entity(&data.panel, &data.formula, covariance).expect("fits");
        let found = units.iter().find(|fit| fit.unit == padded(unit)).expect("the unit");
        found.outcome.fit().expect("a fit").clone()
    };
    let pooled = |covariance: &Covariance| Ok::<_, &'static str>(fit(data.model("pooling")?, covariance));
    let (entities, times) = (data.panel.entities().len(), data.model("within_time")?.time_effects().len());
    // the fit, and the G - 1 that statsmodels' F refers to
    let (fit, groups) = match parts[..] {
        ["pooled", "nonrobust", _] => (pooled(&Covariance::classical())?, None),
        ["pooled", kind @ ("HC0" | "HC1" | "HC2" | "HC3"), _] => {
            (pooled(&hetero(kind).expect("a type"))?, None)
        }
        ["pooled", "HAC", options] => {
            (pooled(&hac(LagBy::SampleRow, 2, options.contains("use_correction=True")))?, None)
        }
        ["pooled", "hac-panel", options] => {
            let corrected = !options.contains("use_correction=False");
            let lags = if options.contains("maxlags=1") { 1 } else { 2 };
            (pooled(&hac(LagBy::Row, lags, corrected))?, Some(entities))
        }
        ["pooled", "hac-groupsum", options] => {
            let corrected = !options.contains("use_correction=False");
            let lags = if options.contains("maxlags=1") { 1 } else { 2 };
            let covariance = Covariance::DriscollKraay(DriscollKraayCovariance {
                bandwidth: Bandwidth::lags(lags),
                small_sample: if corrected { SmallSample::PlmSss } else { SmallSample::None },
                test: NORMAL,
                ..DriscollKraayCovariance::default()
            });
            // it takes each return to an earlier time for a new group
            (pooled(&covariance)?, Some(entities))
        }
        ["pooled", "cluster", "groups=id"] => {
            (pooled(&cluster(ClusterBy::Entity, SmallSample::PlmSss, NORMAL))?, Some(entities))
        }
        ["pooled", "cluster", "groups=id,use_correction=False"] => {
            (pooled(&cluster(ClusterBy::Entity, SmallSample::None, NORMAL))?, Some(entities))
        }
        ["pooled", "cluster", "groups=id+time"] => {
            let covariance = Covariance::TwoWayCluster(TwoWayClusterCovariance {
                small_sample: SmallSample::PlmSss,
                groups: GroupCount::Own,
                test: NORMAL,
                ..TwoWayClusterCovariance::default()
            });
            (pooled(&covariance)?, Some(entities.min(times)))
        }
        ["unit", unit, "nonrobust", _] => (of_unit(unit, &Covariance::classical()), None),
        ["unit", unit, kind @ ("HC0" | "HC1" | "HC2" | "HC3"), _] => {
            (of_unit(unit, &hetero(kind).expect("a type")), None)
        }
        ["unit", unit, "HAC", options] => {
            (of_unit(unit, &hac(LagBy::Row, 1, options.contains("'use_correction': True"))), None)
        }
        ["unit", _, "granger", ..] => return Err("compared in tests/granger.rs"),
        ["unit", _, "adf" | "kpss", ..] => return Err("a unit-root test, not a covariance"),
        ["pooled", "diag"] | ["unit", _, "vif"] => return Err("a specification test, not a covariance"),
        _ => return Err(LATER),
    };
    compare_names(record, &fit);
    record.compare("coef", &estimates(&fit));
    compare_covariance(record, &fit);
    record.compare("t", &statistics(&fit));
    let p = p_values(&fit);
    record.compare_to_scale("p", &p, &p_scales(&p));
    record.compare("df_resid", &[fit.df_residual as f64]);
    let joint = fit.joint.expect("a joint test");
    record.compare("f", &[joint.f]);
    // statsmodels compares F with the F distribution even where coefficients are compared with the normal
    let df = groups.map_or(fit.df_residual, |groups| groups - 1) as f64;
    let p = f_upper(joint.f, joint.df_numerator as f64, df);
    record.compare_to_scale("f_p", &[p], &p_scales(&[p]));
    record.compare("r2", &[fit.r2]);
    record.compare("adj_r2", &[fit.r2_adjusted]);
    record.compare("llf", &[fit.measures.log_likelihood.expect("a likelihood")]);
    record.compare("aic", &[fit.measures.aic.expect("AIC")]);
    record.compare("bic", &[fit.measures.bic.expect("BIC")]);
    Ok(())
}
