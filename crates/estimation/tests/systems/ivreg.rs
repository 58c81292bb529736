//! Records of single equations: AER's ivreg, and linearmodels' IV2SLS, IVLIML and IVGMM.

use serde_json::Value;
use vintner_estimation::instruments::{Errors, InstrumentalEstimator};
use vintner_estimation::systems::{Iteration, Kernel};
use vintner_estimation::{PanelKey, Reason, TestOutcome};

use crate::support::Record;
use crate::systems::compare::*;
use crate::systems::data::Data;

pub(crate) fn check_ivreg(data: &Data, name: &str, record: &mut Record) -> Result<(), &'static str> {
    let (_, equation) = data.equations.iter().find(|(own, _)| own == name).expect(name);
    let fit = instrumental(equation, InstrumentalEstimator::TwoStage {}, Errors::Unadjusted, true);
    let names: Vec<&str> = fit.coefficients.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, record.texts("names"));
    record.compare("coef", &fit.coefficients.iter().map(|one| one.estimate).collect::<Vec<_>>());
    record.compare("se", &errors_of(&fit));
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("sigma", &[fit.sigma2.sqrt()]);
    record.compare("r2", &[fit.r2]);
    let under = |errors, debiased| {
        errors_of(&instrumental(equation, InstrumentalEstimator::TwoStage {}, errors, debiased))
    };
    record.compare("hc0_se", &under(Errors::Robust, false));
    record.compare("hc1_se", &under(Errors::Robust, true));
    if record.has("cl_city_hc1_se") {
        let city = Errors::Cluster { by: PanelKey::Entity };
        record.compare("cl_city_hc1_se", &under(city, true));
        record.compare("cl_city_hc0_nocadj_se", &under(city, false));
    }
    let rows = record.texts("diagnostics_rows");
    record.skip(&["diagnostics_cols"], "text");
    let stage = equation.first_stage(Errors::Unadjusted).expect("a first stage");
    let expected = record.take("diagnostics");
    for (row, values) in rows.iter().zip(expected.as_array().expect("rows")) {
        let outcome = match row.as_str() {
            "Wu-Hausman" => fit.test("Wu-Hausman test").expect("a test"),
            "Sargan" => fit.test("Sargan test").expect("a test"),
            weak => {
                let of = stage.variables.iter().find(|one| weak.ends_with(&format!("({})", one.variable)));
                &of.unwrap_or(&stage.variables[0]).f
            }
        };
        let values: Vec<Option<f64>> = values.as_array().expect("values").iter().map(Value::as_f64).collect();
        let Some(test) = outcome.test() else {
            assert!(values[2].is_none() && row == "Sargan", "{row}: {outcome:?}");
            continue;
        };
        let mut own = distribution_numbers(test);
        own.resize(2, f64::NAN);
        let own = [own[0], own[1], test.statistic, test.p_value];
        for (at, (own, value)) in own.iter().zip(&values).enumerate() {
            let Some(value) = value else { continue };
            // p-values are taken from the upper tail by AER
            let error = (own - value).abs() / value.abs();
            record.values += 1;
            assert!(error <= 1e-8, "{} {row} {at}: {own:e}, reference {value:e}", record.id);
        }
    }
    if fit.test("Sargan test").and_then(TestOutcome::test).is_some() {
        let statistic = |name| fit.test(name).and_then(TestOutcome::test).expect("a test").statistic;
        record.compare("sargan_nR2", &[statistic("Sargan test")]);
        record.compare("basmann", &[statistic("Basmann test")]);
    } else {
        record.skip(&["sargan_nR2", "basmann"], "exactly identified: rounding there, not testable here");
    }
    Ok(())
}

pub(crate) fn check_iv(data: &Data, parts: &[&str], record: &mut Record) -> Result<(), &'static str> {
    let (_, equation) = data.equations.iter().find(|(name, _)| *name == parts[1]).expect("an equation");
    let debiased = parts.last() == Some(&"debiased_True");
    let city = Errors::Cluster { by: PanelKey::Entity };
    let gmm = |weights, iterate| InstrumentalEstimator::Gmm { weights, center: false, iterate };
    let kernel = Errors::Kernel { kernel: Kernel::Bartlett, bandwidth: Some(2.0), across_entities: true };
    let (estimator, errors) = match (parts[0], parts[2]) {
        ("2SLS", "unadjusted") => (InstrumentalEstimator::TwoStage {}, Errors::Unadjusted),
        ("2SLS", "robust") => (InstrumentalEstimator::TwoStage {}, Errors::Robust),
        ("2SLS", "kernel") => (InstrumentalEstimator::TwoStage {}, kernel),
        ("2SLS", "clustered_city") => (InstrumentalEstimator::TwoStage {}, city),
        ("LIML", "unadjusted") => (InstrumentalEstimator::Liml { fuller: 0.0 }, Errors::Unadjusted),
        ("GMM", "unadjusted_weight") => (gmm(Errors::Unadjusted, None), Errors::Unadjusted),
        ("GMM2", "robust") => (gmm(Errors::Robust, None), Errors::Robust),
        ("GMM2", "clustered") => (gmm(city, None), city),
        ("GMMiter", "robust") => {
            let iterate = Some(Iteration { steps: 1000, tolerance: 1e-12 });
            (gmm(Errors::Robust, iterate), Errors::Robust)
        }
        other => panic!("{other:?}"),
    };
    let fit = instrumental(equation, estimator, errors, debiased);
    let own: Vec<String> = fit.coefficients.iter().map(|one| one.name.clone()).collect();
    let places = alignment(record, &own);
    // linearmodels stops iterating when the change is 1e-6 of a standard error or so
    let loose = if parts[0] == "GMMiter" { 100.0 } else { 1.0 };
    let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
    let estimates = picked(&estimates, &places);
    let std_errors = picked(&errors_of(&fit), &places);
    record.compare_to_scale(
        "coef",
        &estimates,
        &estimates.iter().map(|b| loose * b.abs()).collect::<Vec<_>>(),
    );
    record.compare_to_scale("se", &std_errors, &std_errors.iter().map(|se| loose * se).collect::<Vec<_>>());
    let covariance = picked_matrix(fit.covariance.as_ref().expect("a covariance"), &places);
    let scales: Vec<f64> =
        std_errors.iter().flat_map(|i| std_errors.iter().map(move |j| loose * i * j)).collect();
    record.compare_to_scale("vcov", &covariance.concat(), &scales);
    record.compare_to_scale("s2", &[fit.sigma2], &[loose * fit.sigma2]);
    record.compare("nobs", &[fit.n_obs as f64]);
    // theirs doesn't count effects
    record.compare("df_resid", &[fit.df_residual as f64]);
    if record.has("kappa") {
        record.compare("kappa", &[fit.kappa.expect("k")]);
    }
    for (key, name) in [
        ("sargan", "Sargan test"),
        ("basmann", "Basmann test"),
        ("basmann_f", "Basmann F test"),
        ("anderson_rubin", "Anderson-Rubin test of overidentification"),
        ("wooldridge_score", "Wooldridge score test of exogeneity"),
        ("wooldridge_regression", "Wooldridge regression test of exogeneity"),
        ("wooldridge_overid", "Wooldridge score test of overidentification"),
        ("durbin", "Durbin test"),
        ("wu_hausman", "Wu-Hausman test"),
        ("j_stat", "Hansen J test"),
    ] {
        if !record.has(key) {
            continue;
        }
        let values = record.take(key);
        let statistic = values[0].as_f64();
        let outcome = fit.test(name).unwrap_or_else(|| panic!("{}: no {name}", record.id));
        let Some(test) = outcome.test() else {
            let exact = TestOutcome::NotTestable { name: name.into(), reason: Reason::ExactlyIdentified };
            assert_eq!(outcome, &exact, "{}", record.id);
            assert!(statistic.is_none_or(|value| value.abs() < 1e-8), "{} {key} {statistic:?}", record.id);
            continue;
        };
        let floor = loose * 1e-8;
        let off = (test.statistic - statistic.expect("a statistic")).abs() / test.statistic.abs();
        assert!(off <= floor, "{} {key}: {:e} {statistic:?} {off:.1e}", record.id, test.statistic);
        let p_value = values[1].as_f64().expect("a p-value");
        let off = (test.p_value - p_value).abs() / p_scale(test);
        assert!(off <= floor, "{} {key}: p {:e} {p_value:e} {off:.1e}", record.id, test.p_value);
        record.values += 2;
    }
    Ok(())
}
