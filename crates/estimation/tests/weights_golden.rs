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
