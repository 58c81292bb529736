//! linearmodels.

use vintner_estimation::distributions::f_upper;
use vintner_estimation::{
    Bandwidth, ClassicalCovariance, ClusterBy, Coefficient, Covariance, Divisor, DriscollKraayCovariance,
    FamaMacBethLags, FamaMacBethOptions, Fit, GroupCount, HeteroskedasticCovariance, Kernel, LagBy,
    NeweyWestCovariance, ResidualType, SmallSample, TestDistribution, TwoWayClusterCovariance, fama_macbeth,
};

use crate::golden::{
    Data, LATER, cluster, compare_covariance, compare_names, estimates, fit, p_scales, p_values, statistics,
};
use crate::support::{Record, numbers};

/// The value of an option, `name=value`.
fn option<'a>(options: &'a str, name: &str) -> Option<&'a str> {
    options.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

fn covariance(parts: &[&str], test: TestDistribution) -> Result<Covariance, &'static str> {
    let debiased = test != TestDistribution::Normal;
    let model = parts[0];
    let options = parts.get(2).copied().unwrap_or_default();
    let factor =
        |group_debias, count_effects| SmallSample::Linearmodels { debiased, group_debias, count_effects };
    let kernel = match option(options, "kernel") {
        Some("parzen") => Kernel::Parzen,
        Some("qs") => Kernel::QuadraticSpectral,
        _ => Kernel::Bartlett,
    };
    let bandwidth = match option(options, "bandwidth") {
        Some(number) => Bandwidth::Fixed(number.parse().expect("a bandwidth")),
        None => Bandwidth::NeweyWest1994,
    };
    Ok(match parts[1] {
        "unadjusted" | "small_sample" | "reweight" => {
            let divisor = if debiased { Divisor::ResidualDf } else { Divisor::Observations };
            Covariance::Classical(ClassicalCovariance { divisor, test })
        }
        "robust" => Covariance::Heteroskedastic(HeteroskedasticCovariance {
            residuals: ResidualType::Hc0,
            small_sample: factor(false, true),
            test,
            ..HeteroskedasticCovariance::default()
        }),
        "clustered" => {
            let entity = option(options, "cluster_entity") == Some("True");
            let time = option(options, "cluster_time") == Some("True");
            // effects nested in clusters of one kind aren't counted, others are
            let nested =
                entity != time && (model.starts_with("fe_entity") && entity || model == "fe_time" && time);
            let small_sample = factor(option(options, "group_debias") == Some("True"), !nested);
            match (entity, time) {
                (true, true) => Covariance::TwoWayCluster(TwoWayClusterCovariance {
                    small_sample,
                    groups: GroupCount::Own,
                    test,
                    ..TwoWayClusterCovariance::default()
                }),
                (_, true) => cluster(ClusterBy::Time, small_sample, test),
                _ => cluster(ClusterBy::Entity, small_sample, test),
            }
        }
        "clustered_entity" => {
            // by itself it counts effects unless they are nested in the clusters
            let count_effects = match parts[2] {
                "auto_df_True" => !model.starts_with("fe_entity"),
                _ => parts[3] == "count_effects_True",
            };
            cluster(ClusterBy::Entity, factor(false, count_effects), test)
        }
        "kernel" => Covariance::DriscollKraay(DriscollKraayCovariance {
            kernel,
            bandwidth,
            small_sample: factor(false, true),
            test,
            ..DriscollKraayCovariance::default()
        }),
        "autocorrelated" => Covariance::NeweyWest(NeweyWestCovariance {
            kernel,
            bandwidth,
            lag: LagBy::Row,
            small_sample: factor(false, true),
            test,
            ..NeweyWestCovariance::default()
        }),
        _ => return Err(LATER),
    })
}

pub(crate) fn check(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let estimated = match parts[0] {
        "pooled" => data.model("pooling")?,
        "fe_entity" => data.model("within_individual")?,
        "fe_entity_const" => data.model("within_individual_const")?,
        "fe_time" => data.model("within_time")?,
        "fe_twoway" => data.model("within_twoways")?,
        // by time, not by row
        "fd" => data.model("fd_by_time")?,
        "between" if parts[1] == "reweight" => data.model("between_weighted")?,
        "between" => data.model("between_individual")?,
        "re" if parts[1] == "small_sample" => data.model("re_swar")?,
        "re" => data.model("re_swar_harmonic")?,
        "fama_macbeth" => return check_fama_macbeth(data, record, parts[1] == "kernel"),
        _ => return Err(LATER),
    };
    if parts[1] == "effects" {
        let effects: Vec<f64> = estimated.fixed_effects().iter().map(|effect| effect.effect).collect();
        record.compare("effects", &effects);
        return Ok(());
    }
    let debiased = !id.ends_with("debiased_False");
    let test = if debiased { TestDistribution::Residual } else { TestDistribution::Normal };
    let covariance = covariance(&parts, test)?;
    let fit = fit(estimated, &covariance);
    compare_names(record, &fit);
    record.compare("coef", &estimates(&fit));
    compare_covariance(record, &fit);
    record.compare("t", &statistics(&fit));
    compare_p(record, &p_values(&fit));
    let n = fit.n_obs as f64;
    record.compare("df_resid", &[fit.df_residual as f64]);
    record.compare("df_model", &[n - fit.df_residual as f64]);
    record.compare("nobs", &[n]);
    record.compare("rss", &[fit.rss]);
    // whatever the covariance is: RSS/n times its factor but for that of groups
    let factor = match covariance {
        Covariance::Cluster(_) | Covariance::TwoWayCluster(_) => {
            let counted = match &covariance {
                Covariance::Cluster(options) => options.small_sample,
                Covariance::TwoWayCluster(options) => options.small_sample,
                _ => SmallSample::None,
            };
            let SmallSample::Linearmodels { debiased, count_effects, .. } = counted else {
                return Err(LATER);
            };
            let effects = if count_effects { fit.absorbed } else { 0 };
            n / (n - effects as f64 - if debiased { fit.coefficients.len() as f64 } else { 0.0 })
        }
        _ => fit.covariance_used.factor,
    };
    record.compare("s2", &[fit.rss / n * factor]);
    if record.has("rsquared") {
        compare_measures(data, record, &fit, parts[0]);
    }
    Ok(())
}

fn compare_p(record: &mut Record, p: &[f64]) {
    record.compare_to_scale("p", p, &p_scales(p));
}

fn check_fama_macbeth(data: &Data, record: &mut Record, kernel: bool) -> Result<(), &'static str> {
    let lags = if kernel { FamaMacBethLags::Automatic } else { FamaMacBethLags::None };
    let options = FamaMacBethOptions { lags, ..FamaMacBethOptions::default() };
    let estimate = fama_macbeth(&data.sample, &options).expect("means");
    let of =
        |value: fn(&Coefficient) -> f64| -> Vec<f64> { estimate.coefficients.iter().map(value).collect() };
    let names = record.texts("names");
    assert_eq!(names.len(), estimate.coefficients.len(), "{}", record.id);
    record.compare("coef", &of(|coefficient| coefficient.estimate));
    record.compare("se", &of(|coefficient| coefficient.std_error.expect("a standard error")));
    record.compare("t", &of(|coefficient| coefficient.statistic.expect("a statistic")));
    compare_p(record, &of(|coefficient| coefficient.p_value.expect("a p-value")));
    record.compare_covariance("vcov", &estimate.covariance);
    let (n, k) = (estimate.n_obs as f64, estimate.coefficients.len() as f64);
    record.compare("nobs", &[n]);
    record.compare("df_resid", &[estimate.times.len() as f64 - 1.0]);
    record.compare("df_model", &[k]);
    record.compare("rss", &[estimate.rss]);
    record.compare("s2", &[estimate.rss / (n - k)]);
    Ok(())
}

fn compare_measures(data: &Data, record: &mut Record, fit: &Fit, model: &str) {
    if matches!(model, "fd" | "re") {
        record.skip(&["rsquared"], "not centred there; ours is plm's");
    } else {
        record.compare("rsquared", &[fit.r2]);
    }
    let joint = fit.joint.expect("a joint test");
    let df = joint.df_denominator.expect("df") as f64;
    record.compare("f_stat", &[joint.f, joint.df_numerator as f64, df, joint.p_value]);
    record.compare("f_robust", &[joint.f, joint.p_value]);
    let measures = &fit.measures;
    for (key, measure) in [
        ("rsquared_within", measures.r2_within),
        ("rsquared_between", measures.r2_between),
        ("rsquared_overall", measures.r2_overall),
    ] {
        // as a share of what is left, since R2 itself may be near zero
        let measure = measure.expect("an R2");
        record.compare_to_scale(key, &[measure], &[measure.abs().max(1.0)]);
    }
    record.compare("loglik", &[measures.log_likelihood.expect("a likelihood")]);
    if record.has("f_pooled") {
        let pooled = crate::golden::fit(data.model("pooling").expect("pooled"), &Covariance::classical());
        let restrictions = (pooled.df_residual - fit.df_residual) as f64;
        let statistic = (pooled.rss - fit.rss) / restrictions / fit.sigma2;
        let df = fit.df_residual as f64;
        let p = f_upper(statistic, restrictions, df);
        let scales = [statistic, restrictions, df, p_scales(&[p])[0]];
        record.compare_to_scale("f_pooled", &[statistic, restrictions, df, p], &scales);
    }
    if record.has("variance_decomposition") {
        let n = fit.n_obs as f64;
        let (effects, error) = match &fit.variance_components {
            Some(components) => (components.entity.unwrap_or(0.0), components.idiosyncratic),
            None => {
                // what the prediction without effects leaves, and what is left of that with them
                let y = data.sample.dependent();
                let intercept = fit.coefficients[0].name == "(Intercept)";
                let centre = if intercept { y.iter().sum::<f64>() / n } else { 0.0 };
                let total: f64 = y.iter().map(|value| (value - centre).powi(2)).sum();
                let left = total * (1.0 - measures.r2_overall.expect("an R2"));
                ((left - fit.rss) / n, fit.rss / n)
            }
        };
        let expected = record.take("variance_decomposition");
        for (key, ours) in [
            ("Effects", effects),
            ("Residual", error),
            ("Percent due to Effects", effects / (effects + error)),
        ] {
            let theirs = numbers(&expected[key])[0];
            record.agree(&format!("variance_decomposition {key}"), ours, theirs, theirs.abs());
        }
    }
    if record.has("theta_unique") {
        let components = fit.variance_components.as_ref().expect("components");
        let mut thetas: Vec<f64> = Vec::new();
        for group in data.panel.groups() {
            let theta = components.entity_theta(group.len());
            if !thetas.contains(&theta) {
                thetas.push(theta);
            }
        }
        thetas.sort_by(f64::total_cmp);
        record.compare("theta_unique", &thetas);
    }
}
