//! systemfit's records.

use serde_json::Value;
use vintner_estimation::Reason;
use vintner_estimation::systems::{
    Iteration, ResidualCovariance, Restriction, RestrictionTerm, SystemEstimator, SystemFit, SystemOptions,
    ThreeStageMethod, hausman,
};

use crate::support::Record;
use crate::systems::compare::*;
use crate::systems::data::{Data, coefficients, estimate, residual_covariance};
use crate::systems::ivreg::check_ivreg;

pub(crate) fn check_systemfit(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let iterate = |tolerance| Some(Iteration { steps: 2000, tolerance });
    let mut options = SystemOptions::default();
    if let Some(name) = parts.last().filter(|name| ["geomean", "noDfCor", "max", "Theil"].contains(*name)) {
        options.residual_covariance = residual_covariance(name);
    }
    let estimator = match parts[0] {
        "system" => {
            record.skip(&["equations", "instruments"], "the system itself");
            return Ok(());
        }
        "ITSUR" if parts.len() == 1 => {
            // recorded as: drives the residual covariance to singularity
            options.iterate = iterate(1e-11);
            match estimate(data, SystemEstimator::Sur, &options) {
                Err(reason) => {
                    let typed = matches!(
                        reason,
                        Reason::SingularResidualCovariance { .. } | Reason::NotConverged { .. }
                    );
                    assert!(typed && data.name.starts_with("synth"), "{reason}");
                }
                // where it doesn't, it ends where the weights are those of its own residuals
                Ok(fit) => {
                    let behind = fit.weights_covariance.as_ref().expect("weights");
                    for (own, behind) in fit.residual_covariance.concat().iter().zip(behind.concat()) {
                        assert!((own - behind).abs() <= 1e-8 * fit.residual_covariance[0][0]);
                    }
                }
            }
            return Ok(());
        }
        "OLS" | "OLS_pooledsigma" => SystemEstimator::Ols,
        "WLS" => SystemEstimator::Wls,
        "SUR" | "SUR_centered" => SystemEstimator::Sur,
        "SUR_weighted" => {
            options.weighted_first_step = true;
            SystemEstimator::Sur
        }
        "SUR_restricted" => {
            options.restrictions = vec![v1_equals_v2()];
            SystemEstimator::Sur
        }
        "SUR_linearHypothesis" => {
            let fit = estimate(data, SystemEstimator::Sur, &options).expect("a fit");
            let test = fit.linear_hypothesis(&[v1_equals_v2()]).expect("coefficients").expect("a test");
            record.compare("chisq", &[test.chi_squared.statistic]);
            record.compare("F_wald", &[test.f.statistic]);
            record.compare("F_theil", &[test.theil_f.statistic]);
            record.compare("df", &[fit.df_residual as f64]);
            return Ok(());
        }
        "ITSUR" => {
            options.iterate = iterate(1e-11);
            SystemEstimator::Sur
        }
        "ITSUR_tol1e-5" => {
            options.iterate = iterate(1e-5);
            SystemEstimator::Sur
        }
        "2SLS" => SystemEstimator::TwoStage,
        "W2SLS" => SystemEstimator::WeightedTwoStage,
        "3SLS" | "IT3SLS" => {
            options.three_stage = match parts[1] {
                "GLS" => ThreeStageMethod::Gls,
                "IV" => ThreeStageMethod::Iv,
                "GMM" => ThreeStageMethod::Gmm,
                "Schmidt" => ThreeStageMethod::Schmidt,
                "EViews" => ThreeStageMethod::EViews,
                other => panic!("{other}"),
            };
            if parts[0] == "IT3SLS" {
                options.iterate = iterate(1e-10);
            }
            SystemEstimator::ThreeStage
        }
        "ivreg" => return check_ivreg(data, parts[1], record),
        "hausman_3SLS_2SLS" => return check_hausman(data, record),
        "system_sargan_3SLS_noDfCor" => {
            options.residual_covariance = ResidualCovariance::NoDfCor;
            let fit = estimate(data, SystemEstimator::ThreeStage, &options).expect("a fit");
            compare_test(record, &fit.tests, "Sargan test of the system", &["statistic", "df", "p_value"]);
            return Ok(());
        }
        "sur_bp_independence" => {
            let fit = estimate(data, SystemEstimator::Ols, &options).expect("a fit");
            compare_test(
                record,
                &fit.tests,
                "Breusch-Pagan test of independence",
                &["statistic", "df", "p_value"],
            );
            return Ok(());
        }
        other => panic!("{other}"),
    };
    match parts[0] {
        "OLS_pooledsigma" => options.pooled_sigma = Some(true),
        "SUR_centered" => options.center_residuals = true,
        _ => {}
    }
    let fit = match estimate(data, estimator, &options) {
        Ok(fit) => fit,
        Err(reason) if record.has("converged") && record.take("converged") == Value::Bool(false) => {
            let typed =
                matches!(reason, Reason::SingularResidualCovariance { .. } | Reason::NotConverged { .. });
            assert!(typed, "{id}: {reason}");
            record.skip(&["iter", "note", "warnings"], "the peer didn't converge either");
            return Ok(());
        }
        Err(reason) => panic!("{id}: {reason}"),
    };
    if record.has("converged") {
        assert_eq!(record.take("converged"), Value::Bool(true), "{id}");
    }
    record.skip(&["warnings"], "text");
    // systemfit's stopping rule counts the coefficients of dummies, which here are absorbed
    let loose = if parts[0] == "IT3SLS" && data.name.contains("lsdv") { 100.0 } else { 1.0 };
    compare_systemfit(record, &fit, loose);
    Ok(())
}

pub(crate) fn compare_systemfit(record: &mut Record, fit: &SystemFit, loose: f64) {
    let expected = record.texts("names");
    assert_eq!(fit.names(), expected, "{}", record.id);
    let all = |of: fn(&vintner_estimation::systems::EquationFit) -> f64| -> Vec<f64> {
        fit.equations.iter().map(of).collect()
    };
    let compare = |record: &mut Record, key: &str, values: &[f64]| {
        record.compare_to_scale(
            key,
            values,
            &values.iter().map(|value| loose * value.abs()).collect::<Vec<_>>(),
        );
    };
    compare(record, "coef", &coefficients(fit));
    let std_errors: Vec<Option<f64>> = fit.coefficients().map(|one| one.std_error).collect();
    let p_values: Vec<Option<f64>> = fit.coefficients().map(|one| one.p_value).collect();
    compare_missing(record, "se", &std_errors, 0.0, loose);
    compare_missing(record, "p_value", &p_values, TAIL, loose);
    compare_matrix(record, "vcov", fit.covariance.as_ref().expect("a covariance"), loose);
    compare_matrix(record, "residCov", &fit.residual_covariance, loose);
    if record.has("residCovEst") {
        compare_matrix(record, "residCovEst", fit.weights_covariance.as_ref().expect("weights"), loose);
    }
    if record.has("iter") {
        // rounding decides about a last step; with dummies their rule is another
        let steps = record.numbers("iter")[0];
        assert!(
            loose > 1.0 || (fit.iterations as f64 - steps).abs() <= 1.0,
            "{}: {} {steps}",
            record.id,
            fit.iterations
        );
    }
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("eq_df", &all(|one| one.df_residual as f64));
    compare(record, "eq_rss", &all(|one| one.rss));
    compare(record, "eq_r2", &all(|one| one.r2));
    compare(record, "eq_adj_r2", &all(|one| one.r2_adjusted));
    compare(record, "eq_sigma", &all(|one| one.sigma));
    compare(record, "ols_r2", &[fit.r2.judge]);
    compare(record, "mcelroy_r2", &[fit.mcelroy_r2.expect("R2")]);
    // of the size that its products cancel from
    let diagonal: f64 = (0..fit.residual_covariance.len()).map(|i| fit.residual_covariance[i][i]).product();
    record.compare_to_scale("det_residCov", &[fit.determinant], &[loose * diagonal]);
    compare(record, "loglik", &[fit.log_likelihood.expect("a likelihood")]);
}

pub(crate) fn v1_equals_v2() -> Restriction {
    let term = |equation: &str, regressor: &str, weight| RestrictionTerm {
        equation: equation.into(),
        regressor: regressor.into(),
        weight,
    };
    Restriction { terms: vec![term("f1", "v1", 1.0), term("f2", "v2", -1.0)], value: 0.0 }
}

pub(crate) fn check_hausman(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let options = SystemOptions::default();
    let two = estimate(data, SystemEstimator::TwoStage, &options).expect("2SLS");
    let three = estimate(data, SystemEstimator::ThreeStage, &options).expect("3SLS");
    let test = hausman(&two, &three).expect("a test");
    record.skip(&["statistic_name", "parameter_name", "method"], "text");
    let df = record.numbers("parameter")[0];
    let rank = distribution_numbers(&test)[0];
    if rank < df {
        return Err("Hausman's difference of covariances is singular there, and its inverse rounding");
    }
    record.compare("statistic", &[test.statistic]);
    record.compare("p_value", &[test.p_value]);
    Ok(())
}
