//! Estimators of coefficients that differ between units, and diagnostics of the units' own regressions, against
//! plm, and R's `lm` with sandwich, lmtest and car.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use crate::support::{Record, Tally, golden, padded, panel, shared, walk};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::diagnostics::{condition_number, influence, likelihood};
use vintner_estimation::heterogeneous::{CceScaling, CoefficientVariance};
use vintner_estimation::specification::jarque_bera;
use vintner_estimation::{
    Bandwidth, Covariance, Estimated, Fit, Formula, HeterogeneousMethod, MeanGroup, MeanGroupFit, Model,
    NeweyWestCovariance, Note, Reason, ResidualType, Sample, ShortUnits, SmallSample, TestDistribution,
    Trend, Weights, mean_group,
};
use vintner_panel::Panel;

struct Data {
    name: String,
    panel: Panel,
    formula: Formula,
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
    Data { name: name.into(), panel, formula: Formula::new(dependent, regressors) }
}

fn check(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    match parts[..] {
        ["pvcm", "within"] => check_within(data, record),
        ["pvcm", "random_swamy"] | ["swamy_chi2_homogeneity"] => check_swamy(data, record),
        ["pmg", method, trend] => return check_mean_group(data, record, method, trend == "trend_TRUE"),
        ["pcce", method] => check_common_effects(data, record, method),
        ["unit_ols", unit] => check_unit(data, record, unit),
        _ => panic!("{id}: not known"),
    }
    Ok(())
}

fn unit(data: &Data, name: &str) -> Estimated {
    let samples = Sample::by_entity(&data.panel, &data.formula).expect("samples");
    let place = data.panel.entities().iter().position(|entity| *entity == padded(name)).expect("the unit");
    Model::Ols.estimate(&samples[place]).expect("estimated")
}

fn classical(estimated: &Estimated) -> Fit {
    estimated.fit(&Covariance::classical()).expect("a fit")
}

fn estimates(fit: &Fit) -> Vec<f64> {
    fit.coefficients.iter().map(|coefficient| coefficient.estimate).collect()
}

fn std_errors(fit: &Fit) -> Vec<f64> {
    fit.coefficients.iter().map(|coefficient| coefficient.std_error.expect("a standard error")).collect()
}

fn check_within(data: &Data, record: &mut Record) {
    let fits: Vec<Fit> = record.texts("units").iter().map(|name| classical(&unit(data, name))).collect();
    let names: Vec<&str> = fits[0].coefficients.iter().map(|coefficient| coefficient.name.as_str()).collect();
    assert_eq!(names, record.texts("names"));
    record.compare("coef", &fits.iter().flat_map(estimates).collect::<Vec<_>>());
    record.compare("se", &fits.iter().flat_map(std_errors).collect::<Vec<_>>());
    record.compare("rss", &[fits.iter().map(|fit| fit.rss).sum()]);
    record.compare("df_residual", &[fits.iter().map(|fit| fit.df_residual as f64).sum()]);
}

fn fitted(data: &Data, options: MeanGroup) -> MeanGroupFit {
    let outcome = mean_group(&data.panel, &data.formula, &options).expect("a question that makes sense");
    outcome.fit().unwrap_or_else(|| panic!("{}: {:?}", data.name, outcome.reason())).clone()
}

fn compare_fit(record: &mut Record, fit: &MeanGroupFit) {
    let names: Vec<&str> = fit.coefficients.iter().map(|coefficient| coefficient.name.as_str()).collect();
    assert_eq!(names, record.texts("names"), "{}", record.id);
    record.compare("coef", &fit.coefficients.iter().map(|one| one.estimate).collect::<Vec<_>>());
    let errors: Vec<f64> = fit.coefficients.iter().map(|one| one.std_error.expect("one")).collect();
    record.compare("se", &errors);
    record.compare_covariance("vcov", &fit.covariance);
}

fn check_swamy(data: &Data, record: &mut Record) {
    let fit = fitted(data, MeanGroup { method: HeterogeneousMethod::Swamy, ..MeanGroup::default() });
    let variances = fit.variances.as_ref().expect("variances");
    if record.id.starts_with("swamy") {
        let test = fit.homogeneity.as_ref().and_then(|test| test.test()).expect("a test");
        record.compare("b_star", variances.homogeneous.as_ref().expect("an average"));
        record.compare("statistic", &[test.statistic]);
        let df = (fit.coefficients.len() * (fit.n_units - 1)) as f64;
        record.compare("df", &[df]);
        record.compare("p_value", &[test.p_value]);
        return;
    }
    compare_fit(record, &fit);
    record.compare_covariance("Delta", &variances.coefficients);
    record.compare_covariance("D1", &variances.between);
    record.compare_covariance("D2", &variances.within);
    let eigenvalues = record.numbers("D1_minus_D2_eigen");
    let largest = eigenvalues.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let smallest = eigenvalues.iter().fold(f64::INFINITY, |smallest, value| smallest.min(*value));
    let error = (variances.smallest_eigenvalue - smallest).abs();
    assert!(error <= 1e-8 * smallest.abs().max(1e-6 * largest), "{}: {error:e}, {smallest:e}", record.id);
    let fell_back = fit.notes.iter().any(|note| matches!(note, Note::IndefiniteCoefficientVariance { .. }));
    assert_eq!(record.take("psd_fallback_to_D1").as_bool(), Some(fell_back));
    record.values += 1;
    record.skip(&["df_residual"], "n - k of the pooled regression, which no test uses");
}

fn check_mean_group(data: &Data, record: &mut Record, method: &str, trend: bool) -> Result<(), &'static str> {
    let method = match method {
        "mg" => HeterogeneousMethod::Mg,
        "dmg" => HeterogeneousMethod::Dmg,
        _ => HeterogeneousMethod::Cmg,
    };
    let trend = if trend { Trend::Rows } else { Trend::None };
    let options = MeanGroup { method, trend, units: true, ..MeanGroup::default() };
    if data.name == "empluk" && method == HeterogeneousMethod::Cmg {
        let outcome = mean_group(&data.panel, &data.formula, &options).expect("an outcome");
        assert!(matches!(outcome.reason(), Some(Reason::Entity { .. })));
        return Err("plm averages coefficients of regressions with more parameters than rows; refused here");
    }
    let fit = fitted(data, options);
    compare_fit(record, &fit);
    let names: Vec<&str> = fit.units.iter().map(|unit| unit.unit.as_str()).collect();
    assert_eq!(names, record.texts("units").iter().map(|name| padded(name)).collect::<Vec<_>>());
    record
        .compare("indcoef", &fit.units.iter().flat_map(|unit| unit.coefficients.clone()).collect::<Vec<_>>());
    Ok(())
}

fn check_common_effects(data: &Data, record: &mut Record, method: &str) {
    let method = if method == "mg" { HeterogeneousMethod::CceMg } else { HeterogeneousMethod::CcePooled };
    let options = MeanGroup {
        method,
        short_units: ShortUnits::GeneralizedInverse,
        scaling: CceScaling::Shortest,
        ..MeanGroup::default()
    };
    let fit = fitted(data, options);
    if data.name != "empluk" {
        compare_fit(record, &fit);
        // Where no unit is too short the generalised inverse isn't used.
        let plain = fitted(data, MeanGroup { short_units: ShortUnits::Refuse, ..options });
        assert_eq!(plain.covariance, fit.covariance);
        return;
    }
    // plm inverts the cross-product of the time means, which are nearly collinear here, and keeps 7 digits. The
    // same formula in 60 decimal digits (mpmath) gives these.
    let (coefficients, errors) = match method {
        HeterogeneousMethod::CceMg => (
            [0.04058450634772, 0.12341665248155, -0.41410057761690],
            [0.21651793026690, 0.09599753520352, 0.49678491915306],
        ),
        _ => (
            [-0.40581616262177, 0.24904974367334, 0.50738011487088],
            [0.21091807463919, 0.07083246529199, 0.26914067488400],
        ),
    };
    let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
    let std_errors: Vec<f64> = fit.coefficients.iter().map(|one| one.std_error.unwrap()).collect();
    for (ours, exact) in estimates.iter().chain(&std_errors).zip(coefficients.iter().chain(&errors)) {
        assert!((ours / exact - 1.0).abs() < 1e-10, "{}: {ours:e}, exactly {exact:e}", record.id);
    }
    assert_eq!(record.texts("names"), data.formula.regressors);
    for (key, ours) in [("coef", estimates), ("se", std_errors), ("vcov", fit.covariance.concat())] {
        let scale = ours.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
        for (ours, theirs) in ours.iter().zip(record.numbers(key)) {
            assert!((ours - theirs).abs() <= 1e-6 * scale, "{} {key}: {ours:e}, {theirs:e}", record.id);
            record.values += 1;
        }
    }
}

fn check_unit(data: &Data, record: &mut Record, name: &str) {
    let estimated = unit(data, name);
    let fit = classical(&estimated);
    let names: Vec<&str> = fit.coefficients.iter().map(|coefficient| coefficient.name.as_str()).collect();
    assert_eq!(names, record.texts("names"));
    record.compare("coef", &estimates(&fit));
    record.compare("se", &std_errors(&fit));
    record.compare("t", &fit.coefficients.iter().map(|one| one.statistic.unwrap()).collect::<Vec<_>>());
    record.compare("p", &fit.coefficients.iter().map(|one| one.p_value.unwrap()).collect::<Vec<_>>());
    record.compare("nobs", &[fit.n_obs as f64]);
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("rss", &[fit.rss]);
    record.compare("sigma", &[fit.sigma2.sqrt()]);
    record.compare("r2", &[fit.r2]);
    record.compare("adj_r2", &[fit.r2_adjusted]);
    let joint = fit.joint.expect("a joint test");
    record.compare("f", &[joint.f, joint.df_numerator as f64, joint.df_denominator.expect("df") as f64]);
    record.compare("f_p", &[joint.p_value]);
    let likelihood = likelihood(&estimated).expect("a likelihood");
    // The logarithm of a likelihood near one is near zero: relative to n.
    let scale = [fit.n_obs as f64];
    record.compare_to_scale("loglik", &[likelihood.log_likelihood], &scale);
    record.compare_to_scale("aic", &[likelihood.aic], &scale);
    record.compare_to_scale("bic", &[likelihood.bic], &scale);
    record.compare("jb", &[jarque_bera(&estimated).expect("a test").test.statistic]);
    record.compare("cond_number", &[condition_number(&estimated).expect("a number")]);
    let influence = influence(&estimated).expect("influence");
    record.compare("hat", &influence.leverage);
    for (key, values) in [("rstudent", &influence.studentized), ("cooks", &influence.cooks_distance)] {
        let values: Vec<f64> = values.iter().map(|value| value.expect("a value")).collect();
        // Residuals near zero carry the rounding of the others: relative to the largest.
        let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        record.compare_to_scale(key, &values, &vec![largest; values.len()]);
    }
    record.skip(&["warnings"], "text");
    compare_robust(&estimated, record);
    record.skip(&["conf95", "vif", "dw", "bg1", "bp", "reset"], "compared in tests/specification.rs");
}

/// sandwich's standard errors.
fn compare_robust(estimated: &Estimated, record: &mut Record) {
    let errors = |covariance: &Covariance| std_errors(&estimated.fit(covariance).expect("a fit"));
    let compare = |record: &mut Record, key: &str, expected: &serde_json::Value, actual: &[f64]| {
        let expected = crate::support::numbers(expected);
        assert_eq!(expected.len(), actual.len());
        for (ours, theirs) in actual.iter().zip(expected) {
            let error = (ours / theirs - 1.0).abs();
            assert!(
                error <= crate::support::TOLERANCE,
                "{} {key}: {ours:e}, sandwich has {theirs:e}",
                record.id
            );
            record.values += 1;
        }
    };
    let expected = record.take("hc_se");
    for (key, kind) in [
        ("HC0", ResidualType::Hc0),
        ("HC1", ResidualType::Hc1),
        ("HC2", ResidualType::Hc2),
        ("HC3", ResidualType::Hc3),
    ] {
        compare(record, key, &expected[key], &errors(&Covariance::heteroskedastic(kind)));
    }
    assert_eq!(expected.as_object().map(|kinds| kinds.len()), Some(4));
    let expected = record.take("nw_se");
    for lags in [1, 2] {
        for (adjusted, small_sample) in [("FALSE", SmallSample::None), ("TRUE", SmallSample::PlmHc1)] {
            let key = format!("lag{lags}_adjust{adjusted}");
            let covariance = Covariance::NeweyWest(NeweyWestCovariance {
                bandwidth: Bandwidth::lags(lags),
                small_sample,
                test: TestDistribution::Residual,
                ..NeweyWestCovariance::default()
            });
            compare(record, &key, &expected[&key], &errors(&covariance));
        }
    }
    // The fifth is with sandwich's bandwidth from an autoregression, which isn't built.
    *record.skipped.entry("nw_se auto_bwNeweyWest: a bandwidth that isn't built".into()).or_default() += 1;
}

fn walk_all(folder: &Path, names: &[&str]) -> Vec<Tally> {
    names
        .iter()
        .map(|name| {
            let data = data(folder, name);
            walk(&folder.join(format!("json/r_hetero_{name}.json")), |record| check(&data, record))
        })
        .collect()
}

#[test]
fn committed_records_agree() {
    for tally in walk_all(&golden(), &["grunfeld", "grunfeld_unb", "synth14x12"]) {
        assert!(tally.records >= 21);
    }
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    let tallies = walk_all(&folder, &["grunfeld", "grunfeld_unb", "synth14x12", "empluk"]);
    assert_eq!(tallies.iter().map(|tally| tally.records).collect::<Vec<_>>(), [21, 21, 25, 29]);
}

/// A panel of series of y and x, each from time 1 on.
fn series(units: &[(&str, &[f64], &[f64])]) -> Panel {
    let (mut entity, mut time, mut y, mut x) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, ys, xs) in units {
        for (at, (one, other)) in ys.iter().zip(*xs).enumerate() {
            entity.push(*name);
            time.push(i32::try_from(at).unwrap() + 1);
            y.push(*one);
            x.push(*other);
        }
    }
    let height = y.len();
    let columns = vec![
        Column::new("entity".into(), entity),
        Column::new("time".into(), time),
        Column::new("y".into(), y),
        Column::new("x".into(), x),
    ];
    Panel::new(DataFrame::new(height, columns).unwrap(), "entity", "time").unwrap()
}

fn all() -> [HeterogeneousMethod; 6] {
    use HeterogeneousMethod::{CceMg, CcePooled, Cmg, Dmg, Mg, Swamy};
    [Mg, Dmg, Cmg, CceMg, CcePooled, Swamy]
}

fn outcome(panel: &Panel, options: MeanGroup) -> Result<MeanGroupFit, Reason> {
    let outcome = mean_group(panel, &Formula::new("y", &["x"]), &options).unwrap();
    outcome.fit().cloned().ok_or_else(|| outcome.reason().unwrap().clone())
}

const LONG: (&[f64], &[f64]) =
    (&[1.0, 2.5, 2.0, 4.0, 3.5, 6.0, 5.0, 8.0], &[0.5, 1.0, 1.5, 3.0, 2.0, 4.0, 3.5, 6.0]);
const OTHER: (&[f64], &[f64]) =
    (&[2.0, 1.5, 4.0, 3.0, 5.5, 5.0, 7.0, 6.5], &[1.0, 2.0, 1.0, 2.5, 4.0, 3.0, 5.0, 4.5]);
const THIRD: (&[f64], &[f64]) =
    (&[0.5, 1.0, 3.0, 2.0, 2.5, 5.5, 4.0, 7.5], &[3.0, 1.0, 2.5, 1.5, 4.5, 2.0, 5.5, 4.0]);

#[test]
fn one_unit_has_no_spread() {
    let panel = series(&[("a", LONG.0, LONG.1)]);
    for method in all() {
        let reason = outcome(&panel, MeanGroup { method, ..MeanGroup::default() }).unwrap_err();
        // With one unit the time means are the unit's own variables.
        let expected = match method {
            HeterogeneousMethod::Mg | HeterogeneousMethod::Swamy => {
                matches!(reason, Reason::TooFewUnits { units: 1 })
            }
            _ => {
                let left = |reason: &Reason| {
                    matches!(reason, Reason::RankDeficient { .. } | Reason::NothingLeft { .. })
                };
                matches!(&reason, Reason::Entity { reason, .. } if left(reason))
            }
        };
        assert!(expected, "{method:?}: {reason:?}");
    }
}

#[test]
fn short_units_are_refused_or_left_out_by_name() {
    let units = [
        ("a", LONG.0, LONG.1),
        ("b", &LONG.0[..2], &LONG.1[..2]),
        ("c", OTHER.0, OTHER.1),
        ("d", THIRD.0, THIRD.1),
    ];
    let panel = series(&units);
    let without = series(&[units[0], units[2], units[3]]);
    for method in all() {
        let options = MeanGroup { method, units: true, ..MeanGroup::default() };
        match outcome(&panel, options).unwrap_err() {
            Reason::Entity { entity, .. } => assert_eq!(entity, "b"),
            other => panic!("{method:?}: {other:?}"),
        }
        let fit = outcome(&panel, MeanGroup { short_units: ShortUnits::LeaveOut, ..options }).unwrap();
        assert_eq!(fit.left_out.len(), 1);
        assert_eq!(fit.left_out[0].unit, "b");
        assert_eq!((fit.n_units, fit.n_obs, fit.lengths), (3, 24, (8, 8)));
        if matches!(method, HeterogeneousMethod::Mg | HeterogeneousMethod::Swamy) {
            let same = outcome(&without, options).unwrap();
            assert_eq!(fit.coefficients, same.coefficients);
        }
    }
}

#[test]
fn where_all_units_are_too_short_the_first_says_why() {
    let panel = series(&[("a", &LONG.0[..2], &LONG.1[..2]), ("b", &OTHER.0[..2], &OTHER.1[..2])]);
    for method in all() {
        for short_units in [ShortUnits::Refuse, ShortUnits::LeaveOut] {
            let reason =
                outcome(&panel, MeanGroup { method, short_units, ..MeanGroup::default() }).unwrap_err();
            assert!(
                matches!(&reason, Reason::Entity { entity, .. } if entity == "a"),
                "{method:?}: {reason:?}"
            );
        }
    }
}

#[test]
fn three_rows_are_enough_for_a_mean_group_with_one_regressor() {
    let panel = series(&[("a", &LONG.0[..3], &[1.0, 2.0, 4.0]), ("b", &OTHER.0[..3], &OTHER.1[..3])]);
    // a: slope of (1, 2.5, 2) on (1, 2, 4); b: of (2, 1.5, 4) on (1, 2, 1)
    let fit = outcome(&panel, MeanGroup { units: true, ..MeanGroup::default() });
    let fit = fit.unwrap();
    assert!((fit.units[0].coefficients[1] - 0.25).abs() < 1e-12, "{:?}", fit.units);
    assert!((fit.units[1].coefficients[1] + 1.5).abs() < 1e-12);
    let slope = fit.coefficient("x").unwrap();
    assert!((slope.estimate + 0.625).abs() < 1e-12);
    // sum of squared deviations 2 * 0.875^2 over N (N - 1) = 2
    assert!((slope.std_error.unwrap() - 0.875).abs() < 1e-12);
    // and too few beside a trend or the time means
    for options in [
        MeanGroup { trend: Trend::Rows, ..MeanGroup::default() },
        MeanGroup { method: HeterogeneousMethod::Cmg, ..MeanGroup::default() },
        MeanGroup { method: HeterogeneousMethod::CceMg, ..MeanGroup::default() },
    ] {
        assert!(matches!(outcome(&panel, options), Err(Reason::Entity { .. })), "{options:?}");
    }
}

#[test]
fn a_unit_with_a_constant_regressor_is_named() {
    let panel = series(&[("a", LONG.0, LONG.1), ("b", OTHER.0, &[2.0; 8]), ("c", THIRD.0, THIRD.1)]);
    for method in all() {
        let options = MeanGroup { method, ..MeanGroup::default() };
        let reason = outcome(&panel, options);
        if method == HeterogeneousMethod::Dmg {
            assert!(reason.is_ok(), "less its time means it varies");
            continue;
        }
        match reason.unwrap_err() {
            Reason::Entity { entity, reason } => {
                assert_eq!(entity, "b");
                // Of a constant nothing is left once the common effects are taken out.
                let said = reason.to_string();
                let once = said == "nothing is left of x after the common effects are taken out";
                assert!(once || matches!(*reason, Reason::RankDeficient { .. }), "{method:?}: {said}");
            }
            other => panic!("{method:?}: {other:?}"),
        }
        let left_out = outcome(&panel, MeanGroup { short_units: ShortUnits::LeaveOut, ..options }).unwrap();
        assert_eq!(left_out.left_out[0].unit, "b");
    }
    // The pooled estimate needs no slope of b's own.
    let pooled = outcome(
        &panel,
        MeanGroup {
            method: HeterogeneousMethod::CcePooled,
            short_units: ShortUnits::GeneralizedInverse,
            ..MeanGroup::default()
        },
    )
    .unwrap();
    assert!(
        pooled
            .notes
            .iter()
            .any(|note| matches!(note, Note::GeneralizedInverse { units, .. } if units == &["b"]))
    );
}

#[test]
fn a_perfect_fit_in_a_unit_leaves_the_test_of_homogeneity_undefined() {
    let line: Vec<f64> = LONG.1.iter().map(|x| 1.0 + 2.0 * x).collect();
    let panel = series(&[("a", &line, LONG.1), ("b", OTHER.0, OTHER.1), ("c", THIRD.0, THIRD.1)]);
    let swamy = MeanGroup { method: HeterogeneousMethod::Swamy, ..MeanGroup::default() };
    let fit = outcome(&panel, MeanGroup { variance: CoefficientVariance::Between, ..swamy }).unwrap();
    let test = serde_json::to_string(fit.homogeneity.as_ref().unwrap()).unwrap();
    assert!(test.contains("not_testable") && test.contains("perfect_fit"), "{test}");
    assert!(fit.coefficients.iter().all(|one| one.std_error.is_some()));
    // The same line in all units: no spread, no standard errors, and no test.
    let same: Vec<f64> = OTHER.1.iter().map(|x| 1.0 + 2.0 * x).collect();
    let panel = series(&[("a", &line, LONG.1), ("b", &same, OTHER.1)]);
    let fit = outcome(&panel, MeanGroup::default()).unwrap();
    assert!((fit.coefficients[1].estimate - 2.0).abs() < 1e-12);
    assert!(fit.coefficients.iter().all(|one| one.std_error.is_none() && one.p_value.is_none()));
    assert!(fit.joint.is_none());
    assert!(fit.notes.iter().any(|note| matches!(note, Note::NoVariationBetweenUnits { .. })));
}

#[test]
fn common_effects_by_projection_are_those_by_regression() {
    let folder = golden();
    let data = data(&folder, "grunfeld_unb");
    for trend in [Trend::None, Trend::Rows, Trend::Time] {
        let of = |method| fitted(&data, MeanGroup { method, trend, ..MeanGroup::default() });
        let (one, other) = (of(HeterogeneousMethod::Cmg), of(HeterogeneousMethod::CceMg));
        for slope in &other.coefficients {
            let same = one.coefficient(&slope.name).unwrap();
            assert!((same.estimate / slope.estimate - 1.0).abs() < 1e-9);
            assert!((same.std_error.unwrap() / slope.std_error.unwrap() - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn swamy_s_options_differ_where_the_unbiased_variance_is_indefinite() {
    let data = data(&golden(), "grunfeld");
    let of = |variance| {
        let options = MeanGroup { method: HeterogeneousMethod::Swamy, variance, ..MeanGroup::default() };
        mean_group(&data.panel, &data.formula, &options).unwrap()
    };
    let fallen_back = of(CoefficientVariance::FallBack);
    let between = of(CoefficientVariance::Between);
    let (one, other) = (fallen_back.fit().unwrap(), between.fit().unwrap());
    let fell_back = one.notes.iter().any(|note| matches!(note, Note::IndefiniteCoefficientVariance { .. }));
    assert_eq!(fell_back, one.covariance == other.covariance);
    assert!(other.notes.is_empty());
}

#[test]
fn a_row_with_full_leverage_has_no_studentised_residual() {
    let panel = series(&[("a", LONG.0, &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])]);
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).unwrap();
    let found = influence(&Model::Ols.estimate(&sample).unwrap()).unwrap();
    assert!((found.leverage[3] - 1.0).abs() < 1e-14);
    assert!(found.studentized[3].is_none() && found.cooks_distance[3].is_none());
    assert!((found.leverage[0] - 1.0 / 7.0).abs() < 1e-14);
    assert!((found.leverage.iter().sum::<f64>() - 2.0).abs() < 1e-13);
    // A perfect fit has no residuals to look at.
    let line: Vec<f64> = LONG.1.iter().map(|x| 3.0 - x).collect();
    let panel = series(&[("a", &line, LONG.1)]);
    let sample = Sample::new(&panel, &Formula::new("y", &["x"])).unwrap();
    let perfect = Model::Ols.estimate(&sample).unwrap();
    assert_eq!(influence(&perfect), Err(Reason::PerfectFit));
    assert_eq!(jarque_bera(&perfect), Err(Reason::PerfectFit));
    assert_eq!(likelihood(&perfect), Err(Reason::PerfectFit));
}

/// As in the pooled models, and for every method.
#[test]
fn what_doesnt_vary_isnt_explained() {
    let x: &[f64] = &[1.0, 2.0, 4.0, 7.0, 3.0, 9.0, 5.0];
    let z: &[f64] = &[2.0, 1.0, 5.0, 3.0, 8.0, 4.0, 6.5];
    let (fives, sixes) = ([0.1 + 0.2; 7], [6.0; 7]);
    for method in all() {
        let options = MeanGroup { method, ..MeanGroup::default() };
        let same = series(&[("a", &fives, x), ("b", &fives, z), ("c", &[0.3; 7], x)]);
        assert!(
            matches!(outcome(&same, options), Err(Reason::ConstantDependent { .. })),
            "{method:?}: {:?}",
            outcome(&same, options)
        );
        let within = series(&[("a", &fives, x), ("b", &sixes, z), ("c", &[7.0; 7], x)]);
        assert!(
            matches!(outcome(&within, options), Err(Reason::ConstantDependentWithin { .. })),
            "{method:?}"
        );
    }
}

#[test]
fn weights_and_effects_have_no_meaning_here() {
    let panel = series(&[("a", LONG.0, LONG.1), ("b", OTHER.0, OTHER.1)]);
    for method in all() {
        let weighted = Formula { weights: Some(Weights::analytic("x")), ..Formula::new("y", &["x"]) };
        let outcome = mean_group(&panel, &weighted, &MeanGroup { method, ..MeanGroup::default() }).unwrap();
        assert!(matches!(outcome.reason(), Some(Reason::NotDefined { .. })), "{method:?}");
    }
}
