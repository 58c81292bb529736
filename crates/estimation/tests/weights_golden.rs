//! Weights and effects over any columns against pyfixest and statsmodels (golden/weights_and_effects.py).
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::support::{Record, numbers, walk};
use serde_json::Value;
use vintner_estimation::specification::{Indefinite, hausman};
use vintner_estimation::{
    Bandwidth, ClassicalCovariance, ClusterBy, ClusterCovariance, Covariance, Divisor,
    DriscollKraayCovariance, Effects, FamaMacBethLags, FamaMacBethOptions, FixestEffects, Formula,
    GroupCount, HeteroskedasticCovariance, Kernel, Model, Note, RandomEffects, Reason, ResidualType, Sample,
    SmallSample, TestDistribution, TwoWayClusterCovariance, VarianceEstimator, Weights, estimate,
    fama_macbeth,
};
use vintner_panel::Panel;

/// The data with the columns that the generator adds.
fn data(name: &str) -> Panel {
    let file = crate::support::golden().join("data").join(format!("{name}.csv"));
    let panel = crate::support::panel(&file, "firm", &[]);
    let of = |value: &dyn Fn(usize, i64) -> i64| -> Vec<Option<f64>> {
        let rows = panel.entity_codes().into_iter().zip(panel.times());
        rows.map(|(place, year)| Some(value(place, i64::from(*year)) as f64)).collect()
    };
    let weights = of(&|place, year| 1 + (3 * place as i64 + 5 * year) % 7);
    let regions = of(&|place, year| (place as i64 * year) % 4);
    panel.with_values("w", weights).unwrap().with_values("region", regions).unwrap()
}

#[test]
fn every_record_agrees() {
    let file = crate::support::golden().join("json/py_weights_and_effects.json");
    let json: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let panels: BTreeMap<&str, Panel> =
        ["grunfeld", "grunfeld_unb"].into_iter().map(|name| (name, data(name))).collect();
    let (mut values, mut left_out, mut worst) = (0, 0, (0.0_f64, String::new()));
    for record in json["records"].as_array().unwrap() {
        let id = record["id"].as_str().unwrap();
        let text = |key: &str| record[key].as_str();
        let mut effects: Vec<&str> =
            record["effects"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        effects.retain(|effect| !effect.is_empty());
        let mut formula = Formula::new("inv", &["value", "capital"]).with_effects(&effects).unwrap();
        formula = match text("weights") {
            Some("aweights") => formula.weighted(Weights::analytic("w")),
            Some("fweights") => formula.weighted(Weights::frequency("w")),
            _ => formula,
        };
        // DIFFERENCE: a row observed several times isn't alone, as its duplicates wouldn't be; pyfixest drops it.
        if (text("weights"), text("singletons")) == (Some("fweights"), Some("singleton")) {
            left_out += 1;
            continue;
        }
        if text("singletons") == Some("singleton") {
            formula = formula.without_singletons();
        }
        let covariance = match text("vcov") {
            Some("iid") => Covariance::classical(),
            _ => {
                let nonnested = FixestEffects::Nonnested;
                let ssc = SmallSample::Fixest { k_adj: true, k_fixef: nonnested, g_adj: true };
                let mut clustered = vintner_estimation::ClusterCovariance::default();
                (clustered.small_sample, clustered.test) = (ssc, TestDistribution::Clusters);
                Covariance::Cluster(clustered)
            }
        };
        let model = if effects.is_empty() { Model::Ols } else { Model::Within };
        let outcome = estimate(&panels[text("data").unwrap()], &formula, model, &covariance).unwrap();
        let fit = outcome.fit().unwrap_or_else(|| panic!("{id}: {:?}", outcome.reason()));
        let mut compare = |what: &str, own: f64, reference: f64| {
            values += 1;
            let error = (own - reference).abs() / reference.abs();
            if error > worst.0 {
                worst = (error, format!("{id} {what}"));
            }
            assert!(error <= 1e-8, "{id} {what}: {own:e}, reference {reference:e}, off by {error:.1e}");
        };
        let (coefficients, errors) = (numbers(&record["coef"]), numbers(&record["se"]));
        assert_eq!(fit.coefficients.len(), coefficients.len(), "{id}");
        for (own, (b, se)) in fit.coefficients.iter().zip(coefficients.iter().zip(&errors)) {
            compare(&own.name, own.estimate, *b);
            compare(&format!("se of {}", own.name), own.std_error.unwrap(), *se);
        }
        compare("n", fit.n_obs as f64, record["n"].as_f64().unwrap());
        for (key, own) in [
            ("r2", fit.r2),
            ("r2_adjusted", fit.r2_adjusted),
            ("rss", fit.rss),
            ("f", fit.joint.map_or(0.0, |joint| joint.f)),
        ] {
            if let Some(reference) = record[key].as_f64() {
                compare(key, own, reference);
            }
        }
        let known =
            ["id", "data", "effects", "weights", "vcov", "singletons", "names", "coef", "se", "n", "r2"];
        let further = ["r2_adjusted", "rss", "f"];
        for key in record.as_object().unwrap().keys() {
            assert!(
                known.contains(&key.as_str()) || further.contains(&key.as_str()),
                "{id}: {key} isn't compared"
            );
        }
    }
    println!("{values} values, largest error {:.1e} at {}", worst.0, worst.1);
    assert_eq!((values, left_out), (506, 4));
}

/// First differences weighted by their later rows, as R's `lm` of the differences has them
/// (golden/scripts/weighted_differences.R, R 4.2.2): coefficients, classical errors, HC1, clusters by firm, R2.
#[test]
fn differences_have_the_weights_of_their_later_rows() {
    type Row = (&'static str, usize, [f64; 3], [f64; 3], [f64; 3], [f64; 3], f64);
    let rows: [Row; 2] = [
        (
            "grunfeld",
            190,
            [-3.111554982866015e-01, 7.889188018510147e-02, 2.041434220177261e-01],
            [3.419963625628824e+00, 8.658243717957733e-03, 5.109694313650509e-02],
            [4.356946423965118e+00, 1.460303098122711e-02, 1.51140429925019e-01],
            [2.358755783991139e+00, 1.288454073365555e-02, 1.167021391150801e-01],
            3.109538636314707e-01,
        ),
        (
            "grunfeld_unb",
            182,
            [6.689084974332549e-01, 6.866569591291663e-02, 2.311566387890352e-01],
            [3.206527834927511e+00, 8.215776995786012e-03, 4.753909248570505e-02],
            [4.005898682844857e+00, 1.18061198925442e-02, 1.431853983571496e-01],
            [2.715962806603287e+00, 8.483827608053673e-03, 8.402740624640681e-02],
            2.98947199464756e-01,
        ),
    ];
    let near = |own: f64, reference: f64, what: &str| {
        let error = (own - reference).abs() / reference.abs();
        assert!(error <= 1e-8, "{what}: {own:e}, reference {reference:e}, off by {error:.1e}");
    };
    let formula = Formula::new("inv", &["value", "capital"]).weighted(Weights::analytic("w"));
    let model = Model::FirstDifferences { across_gaps: false };
    for (name, n, coefficients, classical, hc1, clustered, r2) in rows {
        let errors = [
            (Covariance::classical(), classical),
            (Covariance::heteroskedastic(vintner_estimation::ResidualType::Hc1), hc1),
            (Covariance::clustered(SmallSample::StataXtreg), clustered),
        ];
        for (covariance, errors) in errors {
            let outcome = estimate(&data(name), &formula, model, &covariance).unwrap();
            let fit = outcome.fit().unwrap_or_else(|| panic!("{name}: {:?}", outcome.reason()));
            assert_eq!(fit.n_obs, n, "{name}");
            near(fit.r2, r2, "R2");
            for (own, (b, se)) in fit.coefficients.iter().zip(coefficients.iter().zip(&errors)) {
                near(own.estimate, *b, &own.name);
                near(own.std_error.unwrap(), *se, &format!("se of {}, {}", own.name, covariance.name()));
            }
        }
    }
    let several = Formula::new("inv", &["value", "capital"]).weighted(Weights::frequency("w"));
    let outcome = estimate(&data("grunfeld"), &several, model, &Covariance::classical()).unwrap();
    let said = outcome.reason().unwrap().to_string();
    assert_eq!(said, "frequency weights aren't defined for first differences");
}

/// The data with the columns that golden/scripts/weighted_models.py adds.
fn more_data(name: &str) -> Panel {
    let file = crate::support::golden().join("data").join(format!("{name}.csv"));
    let unit = if name == "synth14x12" { "city" } else { "firm" };
    let mut panel = crate::support::panel(&file, unit, &[]);
    type Made = fn(i64, i64) -> i64;
    let columns: [(&str, Made); 4] = [
        ("w", |place, year| 1 + (3 * place + 5 * year) % 7),
        ("fixed", |place, _| (7 * place) % 5),
        ("age", |place, year| year - 1900 + (3 * place) % 11),
        ("trend", |_, year| year - 1900),
    ];
    for (column, value) in columns {
        let rows = panel.entity_codes().into_iter().zip(panel.times());
        let values = rows.map(|(place, year)| Some(value(place as i64, i64::from(*year)) as f64)).collect();
        panel = panel.with_values(column, values).unwrap();
    }
    panel
}

/// The equation of a record `data/model/regressors/index/intercept/method/covariance`.
fn equation(parts: &[&str]) -> Formula {
    let (dependent, plain): (&str, &[&str]) = match parts[0] {
        "synth14x12" => ("ln_co2", &["ln_gdp", "ln_robot", "x_urban", "x_energy"]),
        _ => ("inv", &["value", "capital"]),
    };
    let formula = match parts[2] {
        "fixed" => Formula::new(dependent, &[plain[0], "fixed"]),
        "collinear" => Formula::new(dependent, &[plain[0], "age", "trend"]),
        _ => Formula::new(dependent, plain),
    };
    let formula = if parts[4] == "none" { formula.without_intercept() } else { formula };
    formula.weighted(Weights::analytic("w"))
}

fn weighted_covariance(label: &str, by_time: bool) -> Covariance {
    let factor =
        |debiased, group_debias| SmallSample::Linearmodels { debiased, group_debias, count_effects: true };
    let test = TestDistribution::Residual;
    let cluster = |by, group_debias| {
        Covariance::Cluster(ClusterCovariance {
            by,
            small_sample: factor(true, group_debias),
            test,
            ..ClusterCovariance::default()
        })
    };
    match label {
        "unadjusted" => Covariance::classical(),
        "normal" => Covariance::Classical(ClassicalCovariance {
            divisor: Divisor::Observations,
            test: TestDistribution::Normal,
        }),
        "robust" => Covariance::Heteroskedastic(HeteroskedasticCovariance {
            residuals: ResidualType::Hc0,
            small_sample: factor(true, false),
            test,
            ..HeteroskedasticCovariance::default()
        }),
        "time" => cluster(ClusterBy::Time, false),
        "entity" if by_time => cluster(ClusterBy::Time, false),
        "entity" => cluster(ClusterBy::Entity, false),
        "entity_debiased" => cluster(ClusterBy::Entity, true),
        "both" => Covariance::TwoWayCluster(TwoWayClusterCovariance {
            small_sample: factor(true, false),
            groups: GroupCount::Own,
            test,
            ..TwoWayClusterCovariance::default()
        }),
        "kernel" => Covariance::DriscollKraay(DriscollKraayCovariance {
            kernel: Kernel::Bartlett,
            bandwidth: Bandwidth::Fixed(3.0),
            small_sample: factor(true, false),
            test,
            ..DriscollKraayCovariance::default()
        }),
        other => panic!("{other}"),
    }
}

fn check_weighted(panels: &BTreeMap<&str, Panel>, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let panel = &panels[parts[0]];
    let formula = equation(&parts);
    let by_time = parts[3] == "time";
    let own = |name: &String| if name == "const" { "(Intercept)".to_owned() } else { name.clone() };
    let names: Vec<String> = record.texts("names").iter().map(own).collect();
    if parts[1] == "fama_macbeth" {
        let sample = Sample::new(panel, &formula).unwrap();
        let lags = if parts[6] == "kernel" { FamaMacBethLags::Bandwidth(2) } else { FamaMacBethLags::None };
        let found = fama_macbeth(&sample, &FamaMacBethOptions { lags, kernel: Kernel::Bartlett }).unwrap();
        let coefficients: Vec<f64> = found.coefficients.iter().map(|one| one.estimate).collect();
        assert!(found.coefficients.iter().map(|one| &one.name).eq(&names), "{id}");
        record.compare("coef", &coefficients);
        record.compare_covariance("cov", &found.covariance);
        record.compare("n", &[found.n_obs as f64]);
        return Ok(());
    }
    let effects = if by_time { Effects::Time } else { Effects::Entity };
    let method = if parts[5] == "swar" { VarianceEstimator::Swar } else { VarianceEstimator::SwarHarmonic };
    let model = match (parts[1], by_time) {
        ("random", _) => Model::Random(RandomEffects { effects, method }),
        ("between", false) => Model::Between,
        ("between", true) => Model::BetweenTime,
        ("within", _) => Model::Within,
        _ => Model::Ols,
    };
    let covariance = weighted_covariance(parts[6], by_time);
    let outcome = estimate(panel, &formula, model, &covariance).unwrap();
    let fit = outcome.fit().unwrap_or_else(|| panic!("{id}: {:?}", outcome.reason()));
    assert!(fit.coefficients.iter().map(|one| &one.name).eq(&names), "{id}");
    let coefficients: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
    record.compare("coef", &coefficients);
    // With both kinds of clusters a variance may come out negative.
    let covariance = fit.covariance.as_ref().unwrap();
    let places = (0..covariance.len()).flat_map(|i| (0..covariance.len()).map(move |j| (i, j)));
    let scales: Vec<f64> = places.map(|(i, j)| (covariance[i][i] * covariance[j][j]).abs().sqrt()).collect();
    record.compare_to_scale("cov", &covariance.concat(), &scales);
    record.compare("n", &[fit.n_obs as f64]);
    // There weights are one on average; ours are as they are.
    let sample = Sample::new(panel, &formula).unwrap();
    let weights = sample.weights().unwrap();
    let average = weights.iter().sum::<f64>() / weights.len() as f64;
    let scale = if parts[1] == "between" { 1.0 } else { average };
    if record.has("rss") {
        record.compare("rss", &[fit.rss / scale]);
    }
    if record.has("s2") {
        let divisor = if parts[6] == "normal" { fit.n_obs } else { fit.df_residual };
        record.compare("s2", &[fit.rss / scale / divisor as f64]);
    }
    if record.has("r2") {
        record.compare("r2", &[fit.r2]);
    }
    for (key, measure) in
        [("loglik", fit.measures.log_likelihood), ("aic", fit.measures.aic), ("bic", fit.measures.bic)]
    {
        if record.has(key) {
            record.compare(key, &[measure.unwrap()]);
        }
    }
    if record.has("theta") {
        let components = fit.variance_components.as_ref().unwrap();
        let effects = if by_time { components.time } else { components.entity }.unwrap();
        record.compare("sigma2_eps", &[components.idiosyncratic]);
        record.compare("sigma2_effects", &[effects]);
        let mut thetas: Vec<f64> = match by_time {
            false => panel.groups().iter().map(|group| components.entity_theta(group.len())).collect(),
            true => {
                let mut sizes: BTreeMap<i32, usize> = BTreeMap::new();
                panel.times().iter().for_each(|time| *sizes.entry(*time).or_default() += 1);
                sizes.values().map(|rows| components.time_theta(*rows)).collect()
            }
        };
        thetas.sort_by(f64::total_cmp);
        thetas.dedup();
        record.compare("theta", &thetas);
        assert!(fit.notes.contains(&Note::WeightsByRows), "{id}");
        let collinear = fit.notes.iter().any(|note| matches!(note, Note::CollinearWithin { .. }));
        assert_eq!(collinear, parts[2] == "collinear", "{id}");
    }
    Ok(())
}

#[test]
fn weighted_models_agree_with_linearmodels() {
    let panels: BTreeMap<&str, Panel> =
        ["grunfeld", "grunfeld_unb", "synth14x12"].into_iter().map(|name| (name, more_data(name))).collect();
    let file = crate::support::golden().join("json/py_weighted_models.json");
    let tally = walk(&file, |record| check_weighted(&panels, record));
    assert_eq!(tally.records, 252);
    assert!(tally.left_out.is_empty(), "{:?}", tally.left_out);
}

fn random(effects: Effects, method: VarianceEstimator) -> Model {
    Model::Random(RandomEffects { effects, method })
}

/// Weights count up to a factor, and those that are all alike not at all.
#[test]
fn weights_of_random_effects_count_up_to_a_factor() {
    let panel = more_data("grunfeld_unb");
    let scaled = |name: &str, by: f64| -> Vec<Option<f64>> {
        panel.values(name).unwrap().into_iter().map(|value| value.map(|value| value * by)).collect()
    };
    let tripled = scaled("w", 3.0);
    let panel = panel.with_values("w3", tripled).unwrap();
    let ones = vec![Some(5.0); panel.height()];
    let panel = panel.with_values("five", ones).unwrap();
    let formula = |weights: Option<&str>| {
        let formula = Formula::new("inv", &["value", "capital"]);
        match weights {
            Some(column) => formula.weighted(Weights::analytic(column)),
            None => formula,
        }
    };
    let near =
        |one: f64, other: f64| assert!((one - other).abs() <= 1e-10 * other.abs(), "{one:e} {other:e}");
    for model in [
        random(Effects::Entity, VarianceEstimator::SwarHarmonic),
        random(Effects::Time, VarianceEstimator::SwarHarmonic),
        Model::BetweenWeighted,
        Model::BetweenTime,
        Model::Within,
        Model::Ols,
    ] {
        for (one, other) in [(Some("w"), Some("w3")), (Some("five"), None)] {
            // Times of different numbers of entities count by these as soon as rows have weights.
            if model == Model::BetweenTime && other.is_none() {
                continue;
            }
            let fit = |weights| {
                let outcome = estimate(&panel, &formula(weights), model, &Covariance::classical()).unwrap();
                outcome.fit().unwrap_or_else(|| panic!("{:?}", outcome.reason())).clone()
            };
            let (one, other) = (fit(one), fit(other));
            for (one, other) in one.coefficients.iter().zip(&other.coefficients) {
                near(one.estimate, other.estimate);
                near(one.std_error.unwrap(), other.std_error.unwrap());
            }
            near(one.r2, other.r2);
            near(one.measures.log_likelihood.unwrap(), other.measures.log_likelihood.unwrap());
            near(one.measures.aic.unwrap(), other.measures.aic.unwrap());
        }
    }
}

#[test]
fn what_nobody_has_derived_for_weights_is_refused() {
    let panel = more_data("grunfeld");
    let equation = Formula::new("inv", &["value", "capital"]);
    let analytic = equation.clone().weighted(Weights::analytic("w"));
    let frequency = equation.weighted(Weights::frequency("w"));
    let reason = |formula: &Formula, model: Model| {
        let outcome = estimate(&panel, formula, model, &Covariance::classical()).unwrap();
        outcome.reason().map(Reason::to_string)
    };
    for (method, said) in [
        (VarianceEstimator::Walhus, "walhus"),
        (VarianceEstimator::Amemiya, "amemiya"),
        (VarianceEstimator::Nerlove, "nerlove"),
    ] {
        let told = format!("weights under `method: {said}` aren't defined for random effects of entities");
        assert_eq!(reason(&analytic, random(Effects::Entity, method)), Some(told));
    }
    let both = random(Effects::TwoWay, VarianceEstimator::Swar);
    let told = "weights aren't defined for random effects of entities and times";
    assert_eq!(reason(&analytic, both).as_deref(), Some(told));
    for model in [random(Effects::Entity, VarianceEstimator::Swar), Model::Between, Model::BetweenTime] {
        let told = format!("frequency weights aren't defined for {}", model.name());
        assert_eq!(reason(&frequency, model), Some(told));
    }
    let fit = |model: Model| {
        let outcome = estimate(&panel, &analytic, model, &Covariance::classical()).unwrap();
        outcome.fit().unwrap().clone()
    };
    let (within, weighted) = (fit(Model::Within), fit(random(Effects::Entity, VarianceEstimator::Swar)));
    let told = hausman(&within, &weighted, Indefinite::Refuse).unwrap_err();
    assert_eq!(told, Reason::NotDefinedFor { model: "an equation with weights".into() });
}
