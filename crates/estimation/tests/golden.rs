//! Models and covariances against plm, sandwich, clubSandwich, pyfixest, linearmodels and statsmodels.
//!
//! The committed records are those of the complete reference files that are in scope; where the
//! reference folder lies beside the workspace, its files are walked whole, and what is out of scope is
//! listed with its reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use support::{Record, Tally, golden, padded, panel, shared, walk};
use vintner_estimation::{
    ClassicalCovariance, ClusterBy, ClusterCovariance, Covariance, Divisor, Effects, Estimated, Fit,
    FixestEffects, Formula, Model, RandomEffects, Sample, SmallSample, TestDistribution, VarianceEstimator,
    estimate_by_entity,
};
use vintner_panel::Panel;

struct Data {
    panel: Panel,
    formula: Formula,
    /// The models by plm's names of them.
    models: BTreeMap<&'static str, Estimated>,
}

impl Data {
    fn model(&self, name: &str) -> Result<&Estimated, &'static str> {
        self.models.get(name).ok_or(LATER)
    }
}

/// plm's models.
fn models() -> Vec<(&'static str, Model)> {
    let random = |effects, method| Model::Random(RandomEffects { effects, method });
    let across_gaps = Model::FirstDifferences { across_gaps: true };
    vec![
        ("pooling", Model::Ols),
        ("within_individual", Model::Within),
        ("within_time", Model::WithinTime),
        ("within_twoways", Model::WithinTwoWay),
        ("fd", across_gaps),
        ("fd_noint", across_gaps),
        ("between_individual", Model::Between),
        ("between_time", Model::BetweenTime),
        ("re_swar", random(Effects::Entity, VarianceEstimator::Swar)),
        ("re_walhus", random(Effects::Entity, VarianceEstimator::Walhus)),
        ("re_amemiya", random(Effects::Entity, VarianceEstimator::Amemiya)),
        ("re_nerlove", random(Effects::Entity, VarianceEstimator::Nerlove)),
        ("re_time_swar", random(Effects::Time, VarianceEstimator::Swar)),
        ("re_twoways_swar", random(Effects::TwoWay, VarianceEstimator::Swar)),
        ("re_twoways_amemiya", random(Effects::TwoWay, VarianceEstimator::Amemiya)),
    ]
}

const DATA: [&str; 4] = ["grunfeld", "grunfeld_unb", "synth14x12", "empluk"];
const COMMITTED: [&str; 3] = ["grunfeld", "grunfeld_unb", "synth14x12"];

fn data(folder: &Path, name: &str) -> Data {
    let (entity, dependent, regressors, logs): (_, _, &[&str], &[(&str, &str)]) = match name {
        "synth14x12" => ("city", "ln_co2", &["ln_gdp", "ln_robot", "x_urban", "x_energy"], &[]),
        "empluk" => (
            "firm",
            "log(emp)",
            &["log(wage)", "log(capital)", "log(output)"],
            &[
                ("log(emp)", "emp"),
                ("log(wage)", "wage"),
                ("log(capital)", "capital"),
                ("log(output)", "output"),
            ],
        ),
        _ => ("firm", "inv", &["value", "capital"], &[]),
    };
    let panel = panel(&folder.join(format!("data/{name}.csv")), entity, logs);
    let formula = Formula::new(dependent, regressors);
    let sample = Sample::new(&panel, &formula).expect("a sample");
    let bare = Sample::new(&panel, &formula.clone().without_intercept()).expect("a sample");
    let mut estimated = BTreeMap::new();
    for (name, model) in models() {
        let sample = if name == "fd_noint" { &bare } else { &sample };
        match model.estimate(sample) {
            Ok(model) => {
                estimated.insert(name, model);
            }
            Err(reason) => panic!("{name} of {}: {reason}", folder.display()),
        }
    }
    Data { panel, formula, models: estimated }
}

fn fit(estimated: &Estimated, covariance: &Covariance) -> Fit {
    estimated.fit(covariance).expect("a fit")
}

fn cluster(by: ClusterBy, small_sample: SmallSample, test: TestDistribution) -> Covariance {
    Covariance::Cluster(ClusterCovariance { by, small_sample, test })
}

fn estimates(fit: &Fit) -> Vec<f64> {
    fit.coefficients.iter().map(|coefficient| coefficient.estimate).collect()
}

fn std_errors(fit: &Fit) -> Vec<f64> {
    fit.coefficients.iter().map(|coefficient| coefficient.std_error.expect("a standard error")).collect()
}

fn statistics(fit: &Fit) -> Vec<f64> {
    fit.coefficients.iter().map(|coefficient| coefficient.statistic.expect("a statistic")).collect()
}

fn p_values(fit: &Fit) -> Vec<f64> {
    fit.coefficients.iter().map(|coefficient| coefficient.p_value.expect("a p-value")).collect()
}

fn compare_names(record: &mut Record, fit: &Fit) {
    let expected = record.texts("names");
    let actual: Vec<&str> = fit.coefficients.iter().map(|coefficient| coefficient.name.as_str()).collect();
    assert_eq!(actual.len(), expected.len(), "{}", record.id);
    for (actual, expected) in actual.iter().zip(&expected) {
        let same = match expected.as_str() {
            "const" | "Intercept" => *actual == "(Intercept)",
            // the Python scripts named the logarithms of empluk themselves
            "lwage" => *actual == "log(wage)",
            "lcap" => *actual == "log(capital)",
            "lout" => *actual == "log(output)",
            other => *actual == other,
        };
        assert!(same, "{}: {actual} is {expected} there", record.id);
    }
}

fn compare_covariance(record: &mut Record, fit: &Fit) {
    if record.has("se") {
        record.compare("se", &std_errors(fit));
    }
    if record.has("vcov") {
        record.compare_covariance("vcov", fit.covariance.as_ref().expect("a covariance"));
    }
}

fn overall_f(record: &mut Record, key: &str, fit: &Fit) {
    let joint = fit.joint.expect("a joint test");
    record.compare(key, &[joint.f, joint.df_numerator as f64, joint.df_denominator.expect("df") as f64]);
}

const LATER: &str = "a model, covariance or test that isn't built yet";

fn check_plm(data: &Data, record: &mut Record) -> Result<(), &'static str> {
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
    let lengths: BTreeSet<usize> = data.panel.groups().iter().map(|group| group.len()).collect();
    let is_balanced = lengths.len() == 1;
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
                check_lm(record, &fit)
            } else {
                check_model(estimated, record, &fit, is_balanced)
            };
        }
        ["vcovHC", "arellano", kind @ ("HC0" | "HC1" | "sss"), by] => {
            cluster(cluster_by(by), plm_factor(kind), residual)
        }
        ["vcovHC", "arellano", ..] => return Err("leverage-adjusted clusters (HC2-HC4), not built yet"),
        ["pwaldtest", kind, statistic] => {
            let covariance = cluster(ClusterBy::Entity, plm_factor(kind), TestDistribution::Clusters);
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
        ["sandwich_vcovHC", "const"] => Covariance::classical(),
        ["sandwich_vcovCL", "id", kind @ ("HC0" | "HC1"), adjusted] => {
            let (k_adj, g_adj) = (kind == "HC1", adjusted == "cadjust_TRUE");
            cluster(
                ClusterBy::Entity,
                SmallSample::Fixest { k_adj, k_fixef: FixestEffects::Full, g_adj },
                residual,
            )
        }
        ["sandwich_vcovCL", "time", "HC0"] => {
            cluster(ClusterBy::Time, SmallSample::ClubSandwichCr1, residual)
        }
        ["sandwich_vcovCL", "time", "HC1"] => cluster(ClusterBy::Time, SmallSample::StataAreg, residual),
        ["clubSandwich", "id", "CR0"] => Covariance::clustered(SmallSample::None),
        ["clubSandwich", "id", "CR1"] => Covariance::clustered(SmallSample::ClubSandwichCr1),
        ["clubSandwich", "id", "CR1S"] => Covariance::clustered(SmallSample::StataAreg),
        ["derived", "stata_xtreg_fe_vce_cluster"] => Covariance::clustered(SmallSample::StataXtreg),
        ["derived", "stata_areg_vce_cluster"] => Covariance::clustered(SmallSample::StataAreg),
        _ => return Err(LATER),
    };
    compare_covariance(record, &fit(estimated, &covariance));
    Ok(())
}

fn cluster_by(name: &str) -> ClusterBy {
    if name == "time" { ClusterBy::Time } else { ClusterBy::Entity }
}

fn plm_factor(kind: &str) -> SmallSample {
    match kind {
        "sss" => SmallSample::PlmSss,
        "HC1" => SmallSample::PlmHc1,
        _ => SmallSample::None,
    }
}

/// plm's summary.
fn check_model(
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
            let error = (ours - value).abs() / value.abs().max(1e-3 * scale);
            assert!(
                ours == value || error <= support::TOLERANCE,
                "{} {key} {name}: {ours:e}, reference {value:e}",
                record.id
            );
            record.values += 1;
        }
    }
    if let Some(components) = estimated.variance_components() {
        let expected = record.take("sigma2");
        for (key, ours) in
            [("idios", Some(components.idiosyncratic)), ("id", components.entity), ("time", components.time)]
        {
            let theirs = expected.get(key).and_then(serde_json::Value::as_f64);
            assert_eq!(ours.is_some(), theirs.is_some(), "{} sigma2 {key}", record.id);
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                let error = (ours - theirs).abs() / theirs;
                assert!(
                    ours == theirs || error <= support::TOLERANCE,
                    "{} sigma2 {key}: {ours:e}, {theirs:e}",
                    record.id
                );
                record.values += 1;
            }
        }
    }
    record.skip(&["theta"], "follows from sigma2");
    record.skip(&["pdist"], "text");
    record.skip(
        &["fixef_se", "fixef_dmean", "within_intercept", "within_intercept_se"],
        "standard errors and other normalisations of the effects, not built yet",
    );
    Ok(())
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
        for (actual, expected) in actual.iter().zip(support::numbers(&wald[key])) {
            let error = (actual - expected).abs();
            assert!(
                error <= support::TOLERANCE * expected,
                "{} waldtest {key}: {actual:e}, reference {expected:e}",
                record.id
            );
            record.values += 1;
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

/// lm with or without the entities' dummy variables.
fn check_lm(record: &mut Record, fit: &Fit) -> Result<(), &'static str> {
    compare_names(record, fit);
    record.compare("coef", &estimates(fit));
    compare_covariance(record, fit);
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("rss", &[fit.rss]);
    record.compare("nobs", &[fit.n_obs as f64]);
    record.compare("sigma", &[fit.sigma2.sqrt()]);
    let r2 = fit.r2_with_effects.unwrap_or(fit.r2);
    record.compare("r2", &[r2]);
    record.compare("adj_r2", &[1.0 - (1.0 - r2) * (fit.n_obs as f64 - 1.0) / fit.df_residual as f64]);
    if fit.absorbed == 0 {
        overall_f(record, "f", fit);
    }
    record.skip(&["f"], "tests the dummy variables too");
    record.skip(&["loglik", "aic", "bic", "hat_max"], "likelihood and leverage, not built yet");
    Ok(())
}

fn check_pyfixest(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let estimated = match parts[0] {
        "pooled" => data.model("pooling")?,
        "fe" => data.model("within_individual")?,
        "fe_time" => data.model("within_time")?,
        "fe_twoway" => data.model("within_twoways")?,
        _ => return Err(LATER),
    };
    let by = match parts[1] {
        "iid" => None,
        "CRV1_id" => Some(ClusterBy::Entity),
        "CRV1_time" => Some(ClusterBy::Time),
        _ => return Err(LATER),
    };
    let option = |name: &str| parts.iter().find_map(|part| part.strip_prefix(name));
    let k_fixef = match option("k_fixef_") {
        Some("none") => FixestEffects::None,
        Some("full") => FixestEffects::Full,
        _ => FixestEffects::Nonnested,
    };
    let factor = SmallSample::Fixest {
        k_adj: option("k_adj_") != Some("False"),
        k_fixef,
        g_adj: option("G_adj_") != Some("False"),
    };
    let covariance =
        by.map_or_else(Covariance::classical, |by| cluster(by, factor, TestDistribution::Clusters));
    let fit = fit(estimated, &covariance);
    compare_names(record, &fit);
    record.compare("coef", &estimates(&fit));
    compare_covariance(record, &fit);
    // pyfixest subtracts a distribution function from 1, so its p-values have an absolute error
    let p = p_values(&fit);
    record.compare_to_scale("p", &p, &p.iter().map(|p| p.max(1e-7)).collect::<Vec<_>>());
    if by.is_some() {
        record.compare("ssc", &[fit.covariance_used.factor]);
    }
    record.skip(&["ssc"], "pyfixest's iid counts from n - 1");
    record.compare("df_t", &[fit.reference.df().expect("df") as f64]);
    record.compare("nobs", &[fit.n_obs as f64]);
    record.compare("r2", &[fit.r2_with_effects.unwrap_or(fit.r2)]);
    if fit.absorbed > 0 {
        record.compare("r2_within", &[fit.r2]);
    }
    record.skip(&["r2_within"], "no effects");
    Ok(())
}

fn check_linearmodels(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let estimated = match parts[0] {
        "pooled" => data.model("pooling")?,
        "fe_entity" => data.model("within_individual")?,
        "fe_time" => data.model("within_time")?,
        "fe_twoway" => data.model("within_twoways")?,
        "fd" => data.model("fd_noint")?,
        "between" => data.model("between_individual")?,
        "re" => data.model("re_swar")?,
        _ => return Err(LATER),
    };
    let lengths: BTreeSet<usize> = data.panel.groups().iter().map(|group| group.len()).collect();
    if parts[0] == "re" && lengths.len() > 1 && !id.contains("small_sample") {
        return Err("Swamy-Arora without the small-sample correction on unbalanced panels");
    }
    let debiased = !id.ends_with("debiased_False");
    let test = if debiased { TestDistribution::Residual } else { TestDistribution::Normal };
    let covariance = match parts[1] {
        "unadjusted" | "small_sample" => {
            let divisor = if debiased { Divisor::ResidualDf } else { Divisor::Observations };
            Covariance::Classical(ClassicalCovariance { divisor, test })
        }
        "clustered" => {
            let entity = parts[2].contains("cluster_entity=True");
            let time = parts[2].contains("cluster_time=True");
            if entity == time {
                return Err("two-way clusters, not built yet");
            }
            // effects nested in the clusters aren't counted, others are
            let factor = SmallSample::Linearmodels {
                debiased,
                group_debias: parts[2].contains("group_debias=True"),
                count_effects: !(parts[0] == "fe_entity" && entity || parts[0] == "fe_time" && time),
            };
            cluster(if entity { ClusterBy::Entity } else { ClusterBy::Time }, factor, test)
        }
        "clustered_entity" => {
            // by itself it counts effects unless they are nested in the clusters
            let count_effects = match id.contains("auto_df_True") {
                true => parts[0] != "fe_entity",
                false => id.contains("count_effects_True"),
            };
            let factor = SmallSample::Linearmodels { debiased: true, group_debias: false, count_effects };
            cluster(ClusterBy::Entity, factor, test)
        }
        "effects" => {
            if parts[0] != "fe_entity" {
                return Err("sums of effects by row, not built yet");
            }
            let effects: Vec<f64> = estimated.fixed_effects().iter().map(|effect| effect.effect).collect();
            record.compare("effects", &effects);
            return Ok(());
        }
        _ => return Err(LATER),
    };
    let fit = fit(estimated, &covariance);
    compare_names(record, &fit);
    record.compare("coef", &estimates(&fit));
    compare_covariance(record, &fit);
    record.compare("t", &statistics(&fit));
    record.compare("p", &p_values(&fit));
    record.compare("df_resid", &[fit.df_residual as f64]);
    record.compare("nobs", &[fit.n_obs as f64]);
    record.compare("rss", &[fit.rss]);
    if parts[1] == "unadjusted" {
        record.compare("s2", &[fit.rss / fit.n_obs as f64 * fit.covariance_used.factor]);
    }
    if record.has("rsquared") {
        if matches!(parts[0], "fd" | "re") {
            record.skip(&["rsquared"], "not centred there; ours is plm's");
        } else {
            record.compare("rsquared", &[fit.r2]);
        }
        let joint = fit.joint.expect("a joint test");
        let df = joint.df_denominator.expect("df") as f64;
        record.compare("f_stat", &[joint.f, joint.df_numerator as f64, df, joint.p_value]);
        record.compare("f_robust", &[joint.f, joint.p_value]);
    }
    record.skip(&["df_model"], "n - df_resid");
    record.skip(&["s2"], "not used by the clustered covariance");
    record.skip(
        &[
            "rsquared_within",
            "rsquared_between",
            "rsquared_overall",
            "loglik",
            "f_pooled",
            "variance_decomposition",
            "theta_unique",
        ],
        "further fit measures, not built yet",
    );
    Ok(())
}

fn check_statsmodels(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let fit = match parts[..] {
        ["pooled", "nonrobust", _] => fit(data.model("pooling")?, &Covariance::classical()),
        ["pooled", "cluster", "groups=id"] => fit(
            data.model("pooling")?,
            &cluster(ClusterBy::Entity, SmallSample::PlmSss, TestDistribution::Normal),
        ),
        ["pooled", "cluster", "groups=id,use_correction=False"] => fit(
            data.model("pooling")?,
            &cluster(ClusterBy::Entity, SmallSample::None, TestDistribution::Normal),
        ),
        ["unit", unit, "nonrobust", _] => {
            let units =
                estimate_by_entity(&data.panel, &data.formula, &Covariance::classical()).expect("fits");
            let found = units.iter().find(|fit| fit.unit == padded(unit)).expect("the unit");
            found.outcome.fit().expect("a fit").clone()
        }
        ["unit", _, "granger", ..] => return Err("compared in tests/granger.rs"),
        _ => return Err(LATER),
    };
    compare_names(record, &fit);
    record.compare("coef", &estimates(&fit));
    compare_covariance(record, &fit);
    record.compare("t", &statistics(&fit));
    record.compare("p", &p_values(&fit));
    record.compare("df_resid", &[fit.df_residual as f64]);
    let joint = fit.joint.expect("a joint test");
    record.compare("f", &[joint.f]);
    if joint.df_denominator.is_some() {
        record.compare("f_p", &[joint.p_value]);
    }
    record.skip(&["f_p"], "statsmodels mixes F(G - 1) with normal coefficients");
    record.compare("r2", &[fit.r2]);
    record.compare("adj_r2", &[fit.r2_adjusted]);
    record.skip(&["llf", "aic", "bic"], "likelihood, not built yet");
    Ok(())
}

type Check = fn(&Data, &mut Record) -> Result<(), &'static str>;

const FILES: [(&str, Check); 4] = [
    ("r_plm", check_plm),
    ("py_pyfixest", check_pyfixest),
    ("py_linearmodels", check_linearmodels),
    ("py_statsmodels", check_statsmodels),
];

fn walk_all(folder: &Path, names: &[&str]) -> Vec<(String, Tally)> {
    let mut tallies = Vec::new();
    for name in names {
        let data = data(folder, name);
        for (prefix, check) in FILES {
            let file = format!("{prefix}_{name}.json");
            tallies
                .push((file.clone(), walk(&folder.join("json").join(&file), |record| check(&data, record))));
        }
    }
    tallies
}

#[test]
fn committed_records_agree() {
    for (file, tally) in walk_all(&golden(), &COMMITTED) {
        assert!(tally.records > 0, "{file}: nothing compared");
        assert!(
            !tally.left_out.keys().any(|reason| reason.starts_with("record")),
            "{file} holds records out of scope"
        );
    }
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    let tallies = walk_all(&folder, &DATA);
    let count = |file: &str| tallies.iter().find(|(name, _)| name == file).expect("the file").1.records;
    // a change of the walk that drops records in silence would show here
    assert_eq!(count("r_plm_grunfeld.json"), 125);
}
