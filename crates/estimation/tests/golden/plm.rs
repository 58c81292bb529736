//! plm, and sandwich and clubSandwich on `lm` with dummy variables.

use std::collections::BTreeMap;

use vintner_estimation::{
    Bandwidth, ClassicalCovariance, ClusterBy, ClusterCovariance, ClusterType, Covariance,
    DriscollKraayCovariance, EffectsFrom, Estimated, Fit, FixestEffects, GroupCount, GroupwiseCovariance,
    HeteroskedasticCovariance, LagBy, Leverage, NeweyWestCovariance, PanelCorrectedBy,
    PanelCorrectedCovariance, ResidualType, SmallSample, TestDistribution, TwoWayClusterCovariance,
};

use crate::golden::{
    Data, LATER, cluster, compare_covariance, compare_names, estimates, fit, overall_f, p_values, statistics,
};
use crate::support::{Record, padded};

pub(crate) fn check(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let estimated = match parts[0] {
        "lsdv_pooled" => data.model("pooling")?,
        "lsdv_individual" => data.model("within_individual")?,
        "lsdv_twoways" => data.model("within_twoways")?,
        "pdim" => {
            let fit = fit(data.model("within_individual")?, &Covariance::classical());
            record.compare("n", &[fit.n_entities as f64]);
            record.compare("N", &[fit.n_obs as f64]);
            let lengths: Vec<f64> = data.panel.groups().iter().map(|group| group.len() as f64).collect();
            record.compare("Ti", &lengths);
            record.skip(&["T", "balanced"], "not a result");
            return Ok(());
        }
        name => data.model(name)?,
    };
    let is_balanced = data.is_balanced();
    if parts[0].starts_with("re_twoways") && parts.len() > 1 && !is_balanced {
        return Err("a covariance of variables that plm doesn't transform on unbalanced panels");
    }
    let residual = TestDistribution::Residual;
    let random = parts[0].starts_with("re_");
    let covariance = match parts[1..] {
        [] => {
            let test = if random { TestDistribution::Normal } else { residual };
            let covariance =
                Covariance::Classical(ClassicalCovariance { test, ..ClassicalCovariance::default() });
            let fit = fit(estimated, &covariance);
            return if parts[0].starts_with("lsdv") {
                check_lm(estimated, record, &fit)
            } else {
                check_model(data, estimated, record, &fit, is_balanced)
            };
        }
        ["pwaldtest", kind, statistic] => {
            let covariance = cluster(ClusterBy::Entity, factor(kind), TestDistribution::Clusters);
            let joint = fit(estimated, &covariance).joint.expect("a joint test");
            let (statistic, parameters, p_value) = if statistic == "F" {
                let df = joint.df_denominator.expect("df") as f64;
                (joint.f, vec![joint.df_numerator as f64, df], joint.p_value)
            } else {
                (joint.chi_squared, vec![joint.df_numerator as f64], joint.chi_squared_p_value)
            };
            record.compare("statistic", &[statistic]);
            record.compare("parameter", &parameters);
            record.compare("p_value", &[p_value]);
            record.skip(&["statistic_name", "parameter_name", "method"], "text");
            return Ok(());
        }
        ["clubSandwich", "CR2_coeftest_satterthwaite"] => {
            let fit = fit(estimated, &club("CR2", TestDistribution::Satterthwaite));
            record.compare("tstat", &statistics(&fit));
            let df: Vec<f64> =
                fit.coefficients.iter().map(|coefficient| coefficient.df.expect("df")).collect();
            record.compare("df", &df);
            record.compare("p", &p_values(&fit));
            return Ok(());
        }
        ["clubSandwich", "id", kind] => club(kind, residual),
        ["sandwich_vcovHC" | "sandwich_vcovCL" | "sandwich_vcovPL" | "sandwich_vcovPC", ..] => {
            sandwich(&parts[1..])?
        }
        ["derived", "stata_xtreg_fe_vce_cluster"] => Covariance::clustered(SmallSample::StataXtreg),
        ["derived", "stata_areg_vce_cluster"] => Covariance::clustered(SmallSample::StataAreg),
        ["derived", "vcovHC", "arellano", "HC1", "group"] => Covariance::clustered(SmallSample::PlmHc1),
        ["vcovBK", "group", ..] if !is_balanced && !first_is_complete(data) => {
            return Err(
                "plm's vcovBK(cluster = \"group\") takes residuals for those of other times where the \
                        first entity lacks some",
            );
        }
        _ => {
            if record.has("maxlag_used") {
                let longest = data.panel.groups().iter().map(|group| group.len()).max().expect("entities");
                let used = bandwidth(parts[2]).number(longest, longest);
                record.compare("maxlag_used", &[used]);
            }
            plm(&parts[1..])?
        }
    };
    compare_covariance(record, &fit(estimated, &covariance));
    record.skip(&["plm_version"], "text");
    Ok(())
}

/// Whether the first entity has all times.
fn first_is_complete(data: &Data) -> bool {
    let longest = data.panel.groups().iter().map(|group| group.len()).max();
    data.panel.groups().first().map(|group| group.len()) == longest
}

/// plm's robust covariances.
fn plm(parts: &[&str]) -> Result<Covariance, &'static str> {
    let leverage = Leverage::Regressors;
    let test = TestDistribution::Residual;
    Ok(match *parts {
        ["vcovHC", "arellano", kind, by] => {
            let residuals = match kind {
                "HC2" => ClusterType::Hc2,
                "HC3" => ClusterType::Hc3,
                "HC4" => ClusterType::Hc4,
                _ => ClusterType::Hc0,
            };
            let (by, small_sample) = (cluster_by(by), factor(kind));
            Covariance::Cluster(ClusterCovariance { by, residuals, leverage, small_sample, test })
        }
        ["vcovHC", "white1", kind, "group"] => Covariance::Heteroskedastic(HeteroskedasticCovariance {
            residuals: residual_type(kind),
            leverage,
            small_sample: sss(kind),
            test,
        }),
        ["vcovHC", "white2", kind, "group"] => Covariance::Groupwise(GroupwiseCovariance {
            by: ClusterBy::Entity,
            residuals: residual_type(kind),
            leverage,
            small_sample: sss(kind),
            test,
        }),
        ["vcovDC", kind] => Covariance::TwoWayCluster(TwoWayClusterCovariance {
            residuals: residual_type(kind),
            leverage,
            small_sample: sss(kind),
            groups: GroupCount::Own,
            test,
            ..TwoWayClusterCovariance::default()
        }),
        ["vcovSCC", lags, kind] => Covariance::DriscollKraay(DriscollKraayCovariance {
            bandwidth: bandwidth(lags),
            residuals: residual_type(kind),
            leverage,
            small_sample: sss(kind),
            test,
            ..DriscollKraayCovariance::default()
        }),
        // plm counts rows as clusters here, so that sss is HC1
        ["vcovNW", lags, kind] => Covariance::NeweyWest(NeweyWestCovariance {
            bandwidth: bandwidth(lags),
            lag: LagBy::Time,
            residuals: if kind == "sss" { ResidualType::Hc1 } else { residual_type(kind) },
            leverage,
            small_sample: SmallSample::None,
            test,
            ..NeweyWestCovariance::default()
        }),
        ["vcovBK", by, diagonal, kind] => Covariance::PanelCorrected(PanelCorrectedCovariance {
            by: if by == "time" { PanelCorrectedBy::Time } else { PanelCorrectedBy::Entity },
            diagonal: diagonal == "diagonal_TRUE",
            pairwise: true,
            residuals: residual_type(kind),
            leverage,
            small_sample: SmallSample::None,
            test,
        }),
        _ => return Err(LATER),
    })
}

fn bandwidth(text: &str) -> Bandwidth {
    match text.trim_start_matches("maxlag_").parse() {
        Ok(lags) => Bandwidth::lags(lags),
        Err(_) => Bandwidth::Plm,
    }
}

fn residual_type(kind: &str) -> ResidualType {
    match kind {
        "HC1" => ResidualType::Hc1,
        "HC2" => ResidualType::Hc2,
        "HC3" => ResidualType::Hc3,
        "HC4" => ResidualType::Hc4,
        "HC4m" => ResidualType::Hc4m,
        "HC5" => ResidualType::Hc5,
        _ => ResidualType::Hc0,
    }
}

fn sss(kind: &str) -> SmallSample {
    if kind == "sss" { SmallSample::PlmSss } else { SmallSample::None }
}

fn club(kind: &str, test: TestDistribution) -> Covariance {
    let (residuals, small_sample) = match kind {
        "CR1" => (ClusterType::Hc0, SmallSample::ClubSandwichCr1),
        "CR1S" => (ClusterType::Hc0, SmallSample::StataAreg),
        "CR1p" => (ClusterType::Hc0, SmallSample::ClubSandwichCr1p),
        "CR2" => (ClusterType::Cr2, SmallSample::None),
        "CR3" => (ClusterType::Cr3, SmallSample::None),
        _ => (ClusterType::Hc0, SmallSample::None),
    };
    Covariance::Cluster(ClusterCovariance { residuals, small_sample, test, ..ClusterCovariance::default() })
}

/// sandwich on `lm`.
fn sandwich(parts: &[&str]) -> Result<Covariance, &'static str> {
    let residual = TestDistribution::Residual;
    let fixest = |k_adj, g_adj| SmallSample::Fixest { k_adj, k_fixef: FixestEffects::Full, g_adj };
    Ok(match *parts {
        ["sandwich_vcovHC", "const"] => Covariance::classical(),
        ["sandwich_vcovHC", kind] => Covariance::heteroskedastic(residual_type(kind)),
        ["sandwich_vcovCL", "id", kind @ ("HC0" | "HC1"), adjusted] => {
            cluster(ClusterBy::Entity, fixest(kind == "HC1", adjusted == "cadjust_TRUE"), residual)
        }
        ["sandwich_vcovCL", "id", kind @ ("HC2" | "HC3"), adjusted] => {
            Covariance::Cluster(ClusterCovariance {
                residuals: if kind == "HC2" { ClusterType::Cr2 } else { ClusterType::Cr3 },
                small_sample: match adjusted {
                    "cadjust_TRUE" => SmallSample::None,
                    _ => SmallSample::Jackknife,
                },
                ..ClusterCovariance::default()
            })
        }
        ["sandwich_vcovCL", "time", "HC0"] => {
            cluster(ClusterBy::Time, SmallSample::ClubSandwichCr1, residual)
        }
        ["sandwich_vcovCL", "time", "HC1"] => cluster(ClusterBy::Time, SmallSample::StataAreg, residual),
        ["sandwich_vcovCL", "id_time", kind] => Covariance::TwoWayCluster(TwoWayClusterCovariance {
            small_sample: fixest(kind == "HC1", true),
            groups: GroupCount::Own,
            ..TwoWayClusterCovariance::default()
        }),
        ["sandwich_vcovPL"] => Covariance::DriscollKraay(DriscollKraayCovariance {
            bandwidth: Bandwidth::NeweyWest1987,
            residuals: ResidualType::Hc1,
            small_sample: SmallSample::None,
            ..DriscollKraayCovariance::default()
        }),
        ["sandwich_vcovPC", _] => Covariance::PanelCorrected(PanelCorrectedCovariance::default()),
        _ => return Err(LATER),
    })
}

fn cluster_by(name: &str) -> ClusterBy {
    if name == "time" { ClusterBy::Time } else { ClusterBy::Entity }
}

fn factor(kind: &str) -> SmallSample {
    match kind {
        "sss" => SmallSample::PlmSss,
        "HC1" => SmallSample::PlmHc1,
        _ => SmallSample::None,
    }
}

/// plm's summary.
fn check_model(
    data: &Data,
    estimated: &Estimated,
    record: &mut Record,
    fit: &Fit,
    is_balanced: bool,
) -> Result<(), &'static str> {
    compare_names(record, fit);
    record.compare("coef", &estimates(fit));
    record.compare("df_residual", &[fit.df_residual as f64]);
    if record.id.starts_with("re_twoways") && !is_balanced {
        // plm leaves out the error's variance here (its `vcov` is our bread), and takes residuals in levels
        let bread = estimated.ingredients().bread;
        let rows = (0..bread.nrows()).map(|i| (0..bread.ncols()).map(|j| bread[(i, j)]).collect());
        record.compare_covariance("vcov", &rows.collect::<Vec<Vec<f64>>>());
        let theirs = ["se", "rss", "tss", "t_or_z", "p", "r2", "adj_r2", "waldtest", "residuals"];
        record.skip(&theirs, "plm's aren't those of generalised least squares");
    } else {
        compare_summary(estimated, record, fit);
    }
    record.compare("nobs", &[fit.n_obs as f64]);
    compare_effects(data, estimated, record, is_balanced);
    if let Some(components) = estimated.variance_components() {
        let expected = record.take("sigma2");
        for (key, ours) in
            [("idios", Some(components.idiosyncratic)), ("id", components.entity), ("time", components.time)]
        {
            let theirs = expected.get(key).and_then(serde_json::Value::as_f64);
            assert_eq!(ours.is_some(), theirs.is_some(), "{} sigma2 {key}", record.id);
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                record.agree(&format!("sigma2 {key}"), ours, theirs, theirs);
            }
        }
        compare_theta(data, components, record);
    }
    record.skip(&["pdist"], "text");
    Ok(())
}

/// The effects' levels, other normalisations and standard errors.
fn compare_effects(data: &Data, estimated: &Estimated, record: &mut Record, is_balanced: bool) {
    let entities: BTreeMap<String, f64> =
        estimated.fixed_effects().into_iter().map(|effect| (effect.entity, effect.effect)).collect();
    let times: BTreeMap<String, f64> =
        estimated.time_effects().into_iter().map(|effect| (effect.time.to_string(), effect.effect)).collect();
    let first = entities.values().next().copied().unwrap_or(0.0);
    let sized = |effects: &BTreeMap<String, f64>| effects.values().fold(0.0_f64, |size, v| size.max(v.abs()));
    let scale = sized(&entities).max(sized(&times));
    for (key, of_entities, shift) in [
        ("fixef_level", true, 0.0),
        ("fixef_individual_level", true, 0.0),
        ("fixef_time_dfirst", false, 0.0),
        ("fixef_time_level", false, first),
        ("ranef", !entities.is_empty(), 0.0),
    ] {
        if !record.has(key) {
            continue;
        }
        if key.starts_with("fixef_") && key != "fixef_level" && !is_balanced {
            record.skip(&[key], "plm's aren't those of the dummy variables on unbalanced panels");
            continue;
        }
        let expected = record.take(key);
        for (name, value) in expected.as_object().expect("effects") {
            let ours = if of_entities { entities[&padded(name)] } else { times[name] + shift };
            let value = value.as_f64().expect("a number");
            record.agree(&format!("{key} {name}"), ours, value, value.abs().max(1e-3 * scale));
        }
    }
    if record.has("fixef_se") {
        let classical = Covariance::classical();
        let from = |from| estimated.effect_estimates(&data.sample, &classical, from).expect("effects");
        let std_errors: Vec<f64> = from(EffectsFrom::Zero).iter().map(|effect| effect.std_error).collect();
        record.compare("fixef_se", &std_errors);
        let centred: Vec<f64> = from(EffectsFrom::Mean).iter().map(|effect| effect.effect).collect();
        let scales: Vec<f64> = centred.iter().map(|effect| effect.abs().max(1e-3 * scale)).collect();
        record.compare_to_scale("fixef_dmean", &centred, &scales);
        let with = fit(&estimated.with_intercept(&data.sample), &classical);
        record.compare("within_intercept", &[with.coefficients[0].estimate]);
        record.compare("within_intercept_se", &[with.coefficients[0].std_error.expect("a standard error")]);
    }
}

/// The shares of means that are taken away, one for each number of rows, in the rows' order.
fn compare_theta(data: &Data, components: &vintner_estimation::VarianceComponents, record: &mut Record) {
    let entity: Vec<usize> = data.panel.groups().iter().map(|group| group.len()).collect();
    let mut sizes: BTreeMap<i32, usize> = BTreeMap::new();
    data.panel.times().iter().for_each(|time| *sizes.entry(*time).or_default() += 1);
    let (mut of_entity, mut of_time, mut of_both): (Vec<f64>, Vec<f64>, Vec<f64>) = Default::default();
    let add = |list: &mut Vec<f64>, value: f64| {
        if !list.contains(&value) {
            list.push(value);
        }
    };
    for (group, rows) in data.panel.groups().iter().zip(&entity) {
        for row in group.clone() {
            let in_time = sizes[&data.panel.times()[row]];
            add(&mut of_entity, components.entity_theta(*rows));
            add(&mut of_time, components.time_theta(in_time));
            add(&mut of_both, components.overall_theta(*rows, in_time));
        }
    }
    let expected = record.take("theta");
    let mut compare = |key: &str, ours: &[f64], theirs: &serde_json::Value| {
        let theirs = crate::support::numbers(theirs);
        assert_eq!(ours.len(), theirs.len(), "{} theta {key}: {ours:?} {theirs:?}", record.id);
        for (ours, theirs) in ours.iter().zip(theirs) {
            record.agree(&format!("theta {key}"), *ours, theirs, 1.0);
        }
    };
    match expected.as_object() {
        None => compare("", if components.entity.is_some() { &of_entity } else { &of_time }, &expected),
        Some(lists) => {
            compare("id", &of_entity, &lists["id"]);
            compare("time", &of_time, &lists["time"]);
            compare("total", &of_both, &lists["total"]);
        }
    }
}

/// What plm says of the fit and its standard errors.
fn compare_summary(estimated: &Estimated, record: &mut Record, fit: &Fit) {
    record.compare("rss", &[fit.rss]);
    record.compare("tss", &[fit.tss]);
    compare_covariance(record, fit);
    record.compare("t_or_z", &statistics(fit));
    record.compare("p", &p_values(fit));
    record.compare("r2", &[fit.r2]);
    record.compare("adj_r2", &[fit.r2_adjusted]);
    let joint = fit.joint.expect("a joint test");
    let wald = record.take("waldtest");
    let restrictions = joint.df_numerator as f64;
    let expected = match joint.df_denominator {
        Some(df) => [vec![joint.f], vec![restrictions, df as f64], vec![joint.p_value]],
        None => [vec![joint.chi_squared], vec![restrictions], vec![joint.chi_squared_p_value]],
    };
    for (key, actual) in ["statistic", "parameter", "p_value"].into_iter().zip(expected) {
        for (actual, expected) in actual.iter().zip(crate::support::numbers(&wald[key])) {
            record.agree(&format!("waldtest {key}"), *actual, expected, expected);
        }
    }
    if record.has("residuals") {
        let scale = estimated.residuals().iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        record.compare_to_scale(
            "residuals",
            estimated.residuals(),
            &vec![scale; estimated.residuals().len()],
        );
    }
}

/// lm with or without the effects' dummy variables.
fn check_lm(estimated: &Estimated, record: &mut Record, fit: &Fit) -> Result<(), &'static str> {
    compare_names(record, fit);
    record.compare("coef", &estimates(fit));
    compare_covariance(record, fit);
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("rss", &[fit.rss]);
    record.compare("nobs", &[fit.n_obs as f64]);
    record.compare("sigma", &[fit.sigma2.sqrt()]);
    let r2 = fit.r2_with_effects.unwrap_or(fit.r2);
    let df = fit.df_residual as f64;
    record.compare("r2", &[r2]);
    record.compare("adj_r2", &[1.0 - (1.0 - r2) * (fit.n_obs as f64 - 1.0) / df]);
    if fit.absorbed == 0 {
        overall_f(record, "f", fit);
    } else {
        // tests the dummy variables too
        let restrictions = (fit.coefficients.len() + fit.absorbed) as f64 - 1.0;
        record.compare("f", &[r2 / (1.0 - r2) * df / restrictions, restrictions, df]);
    }
    // R counts the error's variance as a parameter
    let measures = &fit.measures;
    record.compare("loglik", &[measures.log_likelihood.expect("a likelihood")]);
    record.compare("aic", &[measures.aic.expect("AIC") + 2.0]);
    record.compare("bic", &[measures.bic.expect("BIC") + (fit.n_obs as f64).ln()]);
    let leverages = estimated.leverages(Leverage::All).expect("leverages");
    record.compare("hat_max", &[leverages.iter().fold(0.0_f64, |largest, h| largest.max(*h))]);
    Ok(())
}
