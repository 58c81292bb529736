//! Models and covariances against plm, sandwich, clubSandwich, pyfixest, linearmodels and statsmodels.
//!
//! The committed records are those of the complete reference files that are in scope; where the
//! reference folder lies beside the workspace, its files are walked whole, and what is out of scope is
//! listed with its reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod linearmodels;
mod plm;
mod pyfixest;
mod statsmodels;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::{Record, Tally, golden, panel, shared, walk};
use vintner_estimation::{
    ClusterBy, ClusterCovariance, Covariance, Effects, Estimated, Fit, Formula, Model, RandomEffects, Sample,
    SmallSample, TestDistribution, VarianceEstimator,
};
use vintner_panel::Panel;

struct Data {
    panel: Panel,
    formula: Formula,
    sample: Sample,
    /// The models by plm's names of them.
    models: BTreeMap<&'static str, Estimated>,
}

impl Data {
    fn model(&self, name: &str) -> Result<&Estimated, &'static str> {
        self.models.get(name).ok_or(LATER)
    }

    fn is_balanced(&self) -> bool {
        let lengths: BTreeSet<usize> = self.panel.groups().iter().map(|group| group.len()).collect();
        lengths.len() == 1
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
        ("fd_by_time", Model::FirstDifferences { across_gaps: false }),
        ("between_individual", Model::Between),
        ("between_time", Model::BetweenTime),
        ("between_weighted", Model::BetweenWeighted),
        ("re_swar_harmonic", random(Effects::Entity, VarianceEstimator::SwarHarmonic)),
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
        let sample = if matches!(name, "fd_noint" | "fd_by_time") { &bare } else { &sample };
        match model.estimate(sample) {
            Ok(model) => {
                estimated.insert(name, model);
            }
            Err(reason) => panic!("{name} of {}: {reason}", folder.display()),
        }
    }
    let with_intercept = estimated["within_individual"].with_intercept(&sample);
    estimated.insert("within_individual_const", with_intercept);
    Data { panel, formula, sample, models: estimated }
}

fn fit(estimated: &Estimated, covariance: &Covariance) -> Fit {
    estimated.fit(covariance).expect("a fit")
}

fn cluster(by: ClusterBy, small_sample: SmallSample, test: TestDistribution) -> Covariance {
    Covariance::Cluster(ClusterCovariance { by, small_sample, test, ..ClusterCovariance::default() })
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

/// What p-values are compared relative to: a relative error in t is about -2 log p times as large in p. Below
/// 1e-300 they lose digits, or are zero.
fn p_scales(p: &[f64]) -> Vec<f64> {
    p.iter().map(|p| p.max(1e-300) * (-2.0 * p.max(1e-300).ln()).max(1.0)).collect()
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

type Check = fn(&Data, &mut Record) -> Result<(), &'static str>;

const FILES: [(&str, Check); 4] = [
    ("r_plm", plm::check),
    ("py_pyfixest", pyfixest::check),
    ("py_linearmodels", linearmodels::check),
    ("py_statsmodels", statsmodels::check),
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
    assert_eq!(count("r_plm_grunfeld.json"), 769);
    assert_eq!(count("r_plm_empluk.json"), 622);
    assert_eq!(count("py_pyfixest_grunfeld_unb.json"), 198);
    assert_eq!(count("py_linearmodels_empluk.json"), 223);
    assert_eq!(count("py_statsmodels_synth14x12.json"), 112);
}
