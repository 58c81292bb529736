//! Specification tests against plm, lmtest, car and statsmodels.
//!
//! The committed records are those of three reference files; where the reference folder lies beside the workspace, its
//! files are walked whole, and what is out of scope is listed with its reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use crate::support::{Record, golden, numbers, padded, panel, shared, walk};
use serde_json::Value;
use vintner_estimation::specification::{
    Autocorrelation, BeraSosaYoon, BeraSosaYoonOptions, BreuschGodfrey, CommonSlopes, CrossSection,
    CrossSectionSize, CrossSectionStatistic, DifferencesNull, DurbinWatson, Indefinite, LagReach, LagSquares,
    LagrangeMultiplier, PValueMethod, RowBefore, VarianceStatistic, baltagi_wu, bera_sosa_yoon,
    bhargava_franzini_narendranathan, breusch_godfrey, breusch_pagan, durbin_watson, effects_f_test, hausman,
    hausman_auxiliary, jarque_bera, lagrange_multiplier, modified_wald, mundlak, poolability, reset,
    unbalancedness, unobserved_effects, variance_inflation, variation, white, wooldridge_ar,
    wooldridge_differences, wooldridge_drukker,
};
use vintner_estimation::{
    ClassicalCovariance, ClusterBy, ClusterCovariance, Covariance, Effects, Estimated, Fit, Formula,
    HypothesisTest, Model, NullDistribution, RandomEffects, Sample, SmallSample, TestDistribution,
    VarianceEstimator,
};
use vintner_panel::Panel;

const DATA: [&str; 4] = ["grunfeld", "grunfeld_unb", "synth14x12", "empluk"];
const COMMITTED: [&str; 3] = ["grunfeld", "grunfeld_unb", "synth14x12"];

struct Data {
    panel: Panel,
    sample: Sample,
    balanced: bool,
}

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
    let sample = Sample::new(&panel, &Formula::new(dependent, regressors)).expect("a sample");
    let length = sample.groups()[0].len();
    let balanced = sample.groups().iter().all(|group| group.len() == length);
    Data { panel, sample, balanced }
}

fn random(effects: Effects, method: VarianceEstimator) -> Model {
    Model::Random(RandomEffects { effects, method })
}

fn estimated(data: &Data, model: &str) -> Estimated {
    let model = match model {
        "pooling" => Model::Ols,
        "within" => Model::Within,
        "within_twoways" => Model::WithinTwoWay,
        "between" => Model::Between,
        "random" => random(Effects::Entity, VarianceEstimator::Swar),
        other => panic!("{other}"),
    };
    model.estimate(&data.sample).expect("a model")
}

fn classical(data: &Data, model: Model) -> Fit {
    model.estimate(&data.sample).expect("a model").fit(&Covariance::classical()).expect("a fit")
}

/// plm's `vcovHC(method = "arellano")`.
fn arellano(small_sample: SmallSample) -> Covariance {
    let test = TestDistribution::Residual;
    Covariance::Cluster(ClusterCovariance {
        by: ClusterBy::Entity,
        small_sample,
        test,
        ..ClusterCovariance::default()
    })
}

fn effects(name: &str) -> Effects {
    match name {
        "individual" => Effects::Entity,
        "time" => Effects::Time,
        "twoways" => Effects::TwoWay,
        other => panic!("{other}"),
    }
}

fn parameters(test: &HypothesisTest) -> Vec<f64> {
    match &test.distribution {
        NullDistribution::ChiSquared { df } | NullDistribution::StudentT { df } => vec![*df],
        NullDistribution::F { numerator, denominator } => vec![*numerator, *denominator],
        NullDistribution::ChiBarSquared { df, weights } => [df.clone(), weights.clone()].concat(),
        _ => Vec::new(),
    }
}

/// An `htest` of R.
fn compare(record: &mut Record, test: &HypothesisTest) -> Result<(), &'static str> {
    record.compare("statistic", &[test.statistic]);
    for key in ["parameter", "df"] {
        if record.has(key) {
            record.compare(key, &parameters(test));
        }
    }
    record.compare("p_value", &[test.p_value]);
    record.skip(&["statistic_name", "parameter_name", "method", "warnings"], "text");
    Ok(())
}

fn measure(record: &mut Record, value: f64) -> Result<(), &'static str> {
    record.compare("statistic", &[value]);
    record.skip(&["statistic_name", "method", "warnings"], "text");
    Ok(())
}

fn check_r(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let (id, sample) = (record.id.clone(), &data.sample);
    let parts: Vec<&str> = id.split('/').collect();
    let robust = arellano(SmallSample::None);
    let test = match parts[..] {
        ["pooltest", "pooling_vs_pvcm"] => poolability(sample, CommonSlopes::WithIntercept),
        ["pooltest", "within_vs_pvcm"] => poolability(sample, CommonSlopes::WithinEffects),
        ["pFtest", which] => {
            let (restricted, unrestricted) = match which {
                "individual" => (Model::Ols, Model::Within),
                "time" => (Model::Ols, Model::WithinTime),
                "twoways" => (Model::Ols, Model::WithinTwoWay),
                "twoways_vs_individual" => (Model::Within, Model::WithinTwoWay),
                other => panic!("{other}"),
            };
            let of = |model: Model| model.estimate(sample).expect("a model");
            effects_f_test(&of(restricted), &of(unrestricted))
        }
        ["plmtest", effect, statistic] => {
            let statistic = match statistic {
                "bp" => LagrangeMultiplier::BreuschPagan,
                "honda" => LagrangeMultiplier::Honda,
                "kw" => LagrangeMultiplier::KingWu,
                "ghm" => LagrangeMultiplier::GourierouxHollyMonfort,
                other => panic!("{other}"),
            };
            lagrange_multiplier(sample, effects(effect), statistic)
        }
        ["phtest", "chisq", method] => {
            let method = match method {
                "swar" => VarianceEstimator::Swar,
                "walhus" => VarianceEstimator::Walhus,
                "amemiya" => VarianceEstimator::Amemiya,
                "nerlove" => VarianceEstimator::Nerlove,
                other => panic!("{other}"),
            };
            let efficient = classical(data, random(Effects::Entity, method));
            hausman(&classical(data, Model::Within), &efficient, Indefinite::AbsoluteValue)
        }
        ["phtest", "within_between"] => {
            let between = classical(data, Model::Between);
            hausman(&classical(data, Model::Within), &between, Indefinite::Refuse)
        }
        ["phtest", "twoways_swar"] => {
            let model = random(Effects::TwoWay, VarianceEstimator::Swar).estimate(sample).expect("a model");
            let mut efficient = model.fit(&Covariance::classical()).expect("a fit");
            if !data.balanced {
                // plm leaves out the error's variance here: its `vcov` is our bread.
                let bread = model.ingredients().bread;
                let row = |i: usize| (0..bread.ncols()).map(|j| bread[(i, j)]).collect();
                efficient.covariance = Some((0..bread.nrows()).map(row).collect());
            }
            hausman(&classical(data, Model::WithinTwoWay), &efficient, Indefinite::AbsoluteValue)
        }
        ["phtest", kind] => {
            let covariance = match kind {
                "aux" => Covariance::classical(),
                "aux_vcovHC_arellano_HC0" => robust,
                "aux_vcovHC_arellano_sss" => arellano(SmallSample::PlmSss),
                other => panic!("{other}"),
            };
            hausman_auxiliary(sample, RandomEffects::default(), &covariance)
        }
        ["mundlak", "pooled_cluster_HC0"] => {
            record.compare("coef", &with_means(data));
            mundlak(sample, Model::Ols, &robust)
        }
        ["pcdtest", "formula_hetero", statistic] => {
            let correlations = CrossSection::of_unit_residuals(sample).expect("correlations");
            correlations.test(if statistic == "cd" {
                CrossSectionStatistic::Cd
            } else {
                CrossSectionStatistic::Lm
            })
        }
        ["pcdtest", "series", variable] => {
            let found = CrossSection::of_series(&data.panel, variable).expect("a column");
            found.expect("correlations").test(CrossSectionStatistic::Cd)
        }
        ["pcdtest", model, statistic] => {
            let correlations = CrossSection::of_residuals(&estimated(data, model)).expect("correlations");
            correlations.test(match statistic {
                "cd" => CrossSectionStatistic::Cd,
                "lm" => CrossSectionStatistic::Lm,
                "sclm" => CrossSectionStatistic::ScaledLm,
                "bcsclm" => CrossSectionStatistic::BiasCorrectedScaledLm,
                "rho" => return measure(record, correlations.mean_correlation()),
                "absrho" => return measure(record, correlations.mean_absolute_correlation()),
                other => panic!("{other}"),
            })
        }
        ["pbgtest", model, order, kind] => {
            let order = match order {
                "order_default" => None,
                other => Some(other.trim_start_matches("order_").parse().expect("an order")),
            };
            let options = BreuschGodfrey { order, f: kind == "F", lags: LagReach::Stacked };
            breusch_godfrey(&estimated(data, model), options)
        }
        ["pdwtest", model] => durbin_watson(&estimated(data, model), stacked()),
        ["dwtest", "pooled"] => durbin_watson(&estimated(data, "pooling"), stacked()),
        ["pwartest"] => wooldridge_ar(sample, RowBefore::Row, &robust),
        ["pwfdtest", null] => {
            let null = if null == "h0_fd" { DifferencesNull::Differences } else { DifferencesNull::Levels };
            wooldridge_differences(sample, null, RowBefore::Row, &robust)
        }
        ["xtserial_style"] => {
            record.compare("rho", &[residual_autocorrelation(data)]);
            wooldridge_drukker(sample, RowBefore::Row)
        }
        ["pbnftest", which] => {
            let found = match which {
                "bnf" => bhargava_franzini_narendranathan(sample),
                _ => baltagi_wu(sample),
            };
            return measure(record, found.expect("a measure").value);
        }
        ["pbsytest", which] => {
            let what = match which {
                "ar" => BeraSosaYoon::SerialCorrelation,
                "re" => BeraSosaYoon::RandomEffects,
                _ => BeraSosaYoon::Joint,
            };
            {
                let options = BeraSosaYoonOptions {
                    lag: RowBefore::Row,
                    size: CrossSectionSize::Largest,
                    squares: LagSquares::LaterRows,
                };
                bera_sosa_yoon(sample, what, options)
            }
        }
        ["pwtest", effect] => unobserved_effects(sample, effects(effect)),
        ["bptest", model, kind] => {
            let model = if model == "lsdv" { Model::Within } else { Model::Ols };
            let original = kind == "nonstud";
            let statistic =
                if original { VarianceStatistic::Original } else { VarianceStatistic::Studentised };
            breusch_pagan(sample, model, statistic)
        }
        ["white", "pooled"] => white(sample, true, VarianceStatistic::Studentised),
        ["modified_wald_groupwise"] => modified_wald(sample).map(|found| {
            assert!(found.left_out.is_empty());
            found.test
        }),
        ["resettest", "pooled"] => reset(sample, Model::Ols, &[2, 3]),
        ["punbalancedness"] => {
            let expected = record.take("measures");
            let found = unbalancedness(sample).expect("rows");
            record.values += 2;
            assert!((found.gamma - expected["gamma"].as_f64().unwrap()).abs() < 1e-14);
            assert!((found.nu - expected["nu"].as_f64().unwrap()).abs() < 1e-14);
            return Ok(());
        }
        ["pvar"] => return check_variation(data, record),
        ["vif", model] => {
            let model = if model == "pooled" { "pooling" } else { model };
            let found = variance_inflation(&estimated(data, model));
            let expected = record.take("vif");
            for factor in &found {
                // R makes `log.wage.` of `log(wage)`
                let name = factor.regressor.replace(['(', ')'], ".");
                let wanted =
                    [&factor.regressor, &name].iter().find_map(|name| expected[name.as_str()].as_f64());
                let wanted = wanted.expect("the regressor");
                record.values += 1;
                assert!((factor.vif - wanted).abs() <= 1e-12 * wanted, "{id}: {}", factor.regressor);
            }
            record.skip(&["note"], "text");
            return Ok(());
        }
        _ => panic!("{id}: a record that isn't known"),
    };
    compare(record, &test.unwrap_or_else(|reason| panic!("{id}: {reason}")))
}

/// The coefficients of the equation with its regressors' means by entity.
fn with_means(data: &Data) -> Vec<f64> {
    let formula = data.sample.formula();
    let mut panel = data.panel.clone();
    let mut names = formula.regressors.clone();
    for name in &formula.regressors {
        let values = panel.values(name).expect("a column");
        let mut means = vec![None; values.len()];
        for group in panel.groups() {
            let own: Vec<f64> = values[group.clone()].iter().flatten().copied().collect();
            means[group.clone()].fill(Some(own.iter().sum::<f64>() / own.len() as f64));
        }
        names.push(format!("mean of {name}"));
        panel = panel.with_values(&format!("mean of {name}"), means).expect("a column");
    }
    let sample = Sample::new(&panel, &Formula::new(&formula.dependent, &names)).expect("a sample");
    Model::Ols.estimate(&sample).expect("a model").coefficients().to_vec()
}

/// The coefficient of the residuals of first differences on those before.
fn residual_autocorrelation(data: &Data) -> f64 {
    let formula = data.sample.formula().clone().without_intercept();
    let sample = Sample::new(&data.panel, &formula).expect("a sample");
    let differences = Model::FirstDifferences { across_gaps: true }.estimate(&sample).expect("a model");
    let ingredients = differences.ingredients();
    let pairs = ingredients.groups.iter().flat_map(|group| ingredients.residuals[group.clone()].windows(2));
    let (product, square) = pairs.fold((0.0, 0.0), |(product, square), pair| {
        (product + pair[0] * pair[1], square + pair[0] * pair[0])
    });
    product / square
}

fn stacked() -> DurbinWatson {
    DurbinWatson {
        lags: LagReach::Stacked,
        p_value: PValueMethod::BySize,
        alternative: Autocorrelation::Positive,
    }
}

fn check_variation(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let (by_id, by_time) = (record.take("id_variation"), record.take("time_variation"));
    let keys = [data.panel.entity_name(), data.panel.time_name()];
    let variables: Vec<&str> = by_id.as_object().unwrap().keys().map(String::as_str).collect();
    let variables: Vec<&str> = variables.into_iter().filter(|name| !keys.contains(name)).collect();
    assert!(!variables.is_empty());
    for found in variation(&data.panel, &variables).expect("columns") {
        record.values += 2;
        assert_eq!(by_id[&found.variable], Value::Bool(found.across_entities), "{}", found.variable);
        assert_eq!(by_time[&found.variable], Value::Bool(found.over_time), "{}", found.variable);
    }
    Ok(())
}

/// statsmodels on pooled OLS and on units.
fn check_statsmodels(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    if let Some(unit) = id.strip_prefix("unit/").and_then(|rest| rest.strip_suffix("/vif")) {
        let found = variance_inflation(&unit_model(data, unit));
        record.compare("vif", &found.iter().map(|factor| factor.vif).collect::<Vec<_>>());
        return Ok(());
    }
    if id != "pooled/diag" {
        return Err("a fit, a unit root or a Granger test: tests/golden.rs and others");
    }
    let pooled = estimated(data, "pooling");
    let both = |chi_squared: &HypothesisTest, f: &HypothesisTest| {
        [chi_squared.statistic, chi_squared.p_value, f.statistic, f.p_value]
    };
    let of = |statistic| breusch_pagan(&data.sample, Model::Ols, statistic).expect("a test");
    record.compare("bp", &both(&of(VarianceStatistic::Studentised), &of(VarianceStatistic::F)));
    let of = |statistic| white(&data.sample, false, statistic).expect("a test");
    record.compare("white", &both(&of(VarianceStatistic::Studentised), &of(VarianceStatistic::F)));
    record.compare("dw", &[durbin_watson(&pooled, stacked()).expect("a test").statistic]);
    let found = jarque_bera(&pooled).expect("a test");
    record.compare("jb", &[found.test.statistic, found.test.p_value, found.skewness, found.kurtosis]);
    for order in [1, 2] {
        let of = |f| {
            let options = BreuschGodfrey { order: Some(order), f, lags: LagReach::Stacked };
            breusch_godfrey(&pooled, options).expect("a test")
        };
        let key = format!("bg{order}");
        let expected = record.numbers(&key);
        let actual = both(&of(false), &of(true));
        for (place, (actual, expected)) in actual.iter().zip(&expected).enumerate() {
            record.values += 1;
            let error = (actual - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
            // scipy's far tail of F stops at 1e-308, and loses digits before
            let tolerance =
                if place == 3 && *expected < 1e-200 { f64::INFINITY } else { crate::support::TOLERANCE };
            assert!(error <= tolerance, "{id} {key}[{place}]: {actual:e}, reference {expected:e}");
        }
    }
    let expected = record.numbers("vif");
    for (factor, wanted) in variance_inflation(&pooled).iter().zip(&expected[1..]) {
        record.values += 1;
        assert!((factor.vif - wanted).abs() <= 1e-10 * wanted);
    }
    record.skip(&["condition_number"], "of the unscaled columns; not a test");
    Ok(())
}

fn unit_model(data: &Data, unit: &str) -> Estimated {
    let samples = Sample::by_entity(&data.panel, data.sample.formula()).expect("samples");
    let at = data.panel.entities().iter().position(|entity| *entity == padded(unit)).expect("the unit");
    Model::Ols.estimate(&samples[at]).expect("a model")
}

/// lmtest and car on each unit's own equation; everything else in these records is in tests/golden.rs.
fn check_units(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let Some(unit) = record.id.clone().strip_prefix("unit_ols/").map(str::to_owned) else {
        return Err("not about units' tests");
    };
    let samples = Sample::by_entity(&data.panel, data.sample.formula()).expect("samples");
    let at = data.panel.entities().iter().position(|entity| *entity == padded(&unit)).expect("the unit");
    let sample = &samples[at];
    let model = Model::Ols.estimate(sample).expect("a model");
    let fit = model.fit(&Covariance::Classical(ClassicalCovariance::default())).expect("a fit");
    let intervals = fit.confidence_intervals(0.95).expect("a level");
    let ends: Vec<f64> = intervals.iter().flat_map(|one| [one.lower.unwrap(), one.upper.unwrap()]).collect();
    // An end near zero is the difference of two large numbers.
    let scales: Vec<f64> = intervals
        .iter()
        .flat_map(|one| {
            let largest = one.lower.unwrap().abs().max(one.upper.unwrap().abs());
            [largest, largest]
        })
        .collect();
    record.compare_to_scale("conf95", &ends, &scales);
    record.compare("jb", &[jarque_bera(&model).expect("a test").test.statistic]);
    let expected = record.take("vif");
    for factor in variance_inflation(&model) {
        let wanted = expected[&factor.regressor].as_f64().expect("the regressor");
        record.values += 1;
        assert!((factor.vif - wanted).abs() <= 1e-8 * wanted, "{}: {}", record.id, factor.regressor);
    }
    let order = BreuschGodfrey { order: Some(1), f: false, lags: LagReach::Stacked };
    let tests = [
        ("dw", durbin_watson(&model, stacked())),
        ("bg1", breusch_godfrey(&model, order)),
        ("bp", breusch_pagan(sample, Model::Ols, VarianceStatistic::Studentised)),
        ("reset", reset(sample, Model::Ols, &[2, 3])),
    ];
    for (key, test) in tests {
        if !record.has(key) {
            continue;
        }
        let expected = record.take(key);
        let Ok(test) = test else {
            println!("{}: {key}: {}", record.id, test.unwrap_err());
            continue;
        };
        for (name, actual) in [
            ("statistic", vec![test.statistic]),
            ("parameter", parameters(&test)),
            ("p_value", vec![test.p_value]),
        ] {
            if expected[name].is_null() {
                continue;
            }
            let wanted = numbers(&expected[name]);
            assert_eq!(actual.len(), wanted.len(), "{} {key} {name}", record.id);
            for (actual, wanted) in actual.iter().zip(&wanted) {
                record.values += 1;
                let error = (actual - wanted).abs() / wanted.abs();
                // lmtest integrates with 15 nodes, which with few residual degrees of freedom aren't enough
                let few = key == "dw" && name == "p_value" && model.df_residual() < 5;
                let tolerance = if few { 1e-6 } else { crate::support::TOLERANCE };
                if error > record.worst && !few {
                    (record.worst, record.worst_at) =
                        (error, format!("{} {key} {name} {wanted:e}", record.id));
                }
                assert!(
                    error <= tolerance,
                    "{} {key} {name}: {actual:e}, reference {wanted:e}, off by {error:.1e}",
                    record.id
                );
            }
        }
    }
    let elsewhere = [
        "names",
        "coef",
        "se",
        "t",
        "p",
        "nobs",
        "df_residual",
        "rss",
        "sigma",
        "r2",
        "adj_r2",
        "f",
        "f_p",
        "loglik",
        "aic",
        "bic",
        "hc_se",
        "nw_se",
        "hat",
        "cooks",
        "rstudent",
        "cond_number",
        "warnings",
    ];
    record.skip(&elsewhere, "not a test: tests/golden.rs");
    Ok(())
}

fn against(folder: &Path, name: &str, file: &str, check: fn(&Data, &mut Record) -> Result<(), &'static str>) {
    let path = folder.join(format!("json/{file}_{name}.json"));
    let data = data(folder, name);
    let tally = walk(&path, |record| check(&data, record));
    assert!(tally.records > 0, "nothing compared of {}", path.display());
}

#[test]
fn committed_records() {
    for name in COMMITTED {
        against(&golden(), name, "r_tests", check_r);
    }
}

#[test]
fn tests_of_plm_lmtest_and_car() {
    let Some(folder) = shared() else { return };
    for name in DATA {
        against(&folder, name, "r_tests", check_r);
    }
}

#[test]
fn tests_of_statsmodels() {
    let Some(folder) = shared() else { return };
    for name in DATA {
        against(&folder, name, "py_statsmodels", check_statsmodels);
    }
}

#[test]
fn tests_of_units() {
    let Some(folder) = shared() else { return };
    for name in DATA {
        against(&folder, name, "r_hetero", check_units);
    }
}
