//! Weights and effects over any columns against pyfixest and statsmodels (golden/weights_and_effects.py).
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::support::numbers;
use serde_json::Value;
use vintner_estimation::{
    Covariance, FixestEffects, Formula, Model, SmallSample, TestDistribution, Weights, estimate,
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
