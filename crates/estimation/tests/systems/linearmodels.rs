//! linearmodels' records of systems.

use serde_json::Value;
use vintner_estimation::systems::{
    Iteration, Kernel, MomentWeights, ResidualCovariance, SystemCovariance, SystemEstimator, SystemOptions,
};
use vintner_estimation::{PanelKey, Reason};

use crate::support::Record;
use crate::systems::compare::*;
use crate::systems::data::{Data, coefficients, estimate};
use crate::systems::ivreg::check_iv;

pub(crate) fn check_linearmodels(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    if data.equations.iter().any(|(name, _)| parts.get(1) == Some(&name.as_str())) {
        return check_iv(data, &parts, record);
    }
    let debiased = parts.last() == Some(&"debiased_True");
    let mut options = SystemOptions {
        residual_covariance: if debiased { ResidualCovariance::Geomean } else { ResidualCovariance::NoDfCor },
        ..SystemOptions::default()
    };
    options.covariance = match parts.get(1) {
        None | Some(&"unadjusted" | &"full_cov_False") => SystemCovariance::Unadjusted,
        Some(&"robust") => SystemCovariance::Robust { debiased },
        Some(&"kernel") => SystemCovariance::Kernel {
            kernel: Kernel::Bartlett,
            bandwidth: None,
            across_entities: true,
            debiased,
        },
        Some(&"clustered_city") => {
            SystemCovariance::Cluster { by: PanelKey::Entity, debiased, group_debias: false }
        }
        Some(other) => panic!("{other}"),
    };
    let estimator = match (parts[0], parts.get(1)) {
        ("3SLS", Some(&"full_cov_False")) => SystemEstimator::WeightedTwoStage,
        ("3SLS" | "IT3SLS", _) => SystemEstimator::ThreeStage,
        ("2SLS_system", _) => SystemEstimator::TwoStage,
        ("SUR_ols", _) => SystemEstimator::Ols,
        ("SUR" | "ITSUR", _) => SystemEstimator::Sur,
        ("SystemGMM", Some(weights)) => {
            options.moment_weights =
                if *weights == "robust" { MomentWeights::Robust } else { MomentWeights::Unadjusted };
            SystemEstimator::Gmm
        }
        other => panic!("{other:?}"),
    };
    if parts[0].starts_with("IT") {
        options.iterate = Some(Iteration { steps: 5000, tolerance: 1e-12 });
    }
    let fit = match estimate(data, estimator, &options) {
        Ok(fit) => fit,
        Err(Reason::SingularMoments { .. }) if data.name == "klein1" => {
            return Err(
                "more moments than observations: their covariance is singular, and its inverse there rounding",
            );
        }
        Err(Reason::SingularResidualCovariance { .. } | Reason::NotConverged { .. })
            if parts[0] == "IT3SLS" =>
        {
            assert_eq!(data.name, "synth14x12_pooled");
            return Err("iterated 3SLS without convergence: standard errors of not-a-number there");
        }
        Err(reason) => panic!("{id}: {reason}"),
    };
    let places = alignment(record, &fit.names());
    // linearmodels stops iterating at a change of 1e-10 on average, whatever is still to come
    let loose = if parts[0].starts_with("IT") { 100.0 } else { 1.0 };
    let estimates = picked(&coefficients(&fit), &places);
    record.compare_to_scale(
        "coef",
        &estimates,
        &estimates.iter().map(|b| loose * b.abs()).collect::<Vec<_>>(),
    );
    let std_errors: Vec<f64> =
        fit.coefficients().map(|one| one.std_error.expect("a standard error")).collect();
    let std_errors = picked(&std_errors, &places);
    record.compare_to_scale("se", &std_errors, &std_errors.iter().map(|se| loose * se).collect::<Vec<_>>());
    let covariance = picked_matrix(fit.covariance.as_ref().expect("a covariance"), &places);
    compare_matrix(record, "vcov", &covariance, loose);
    let sigma = match (parts.get(1), &fit.weights_covariance) {
        // theirs is the whole one, of which the diagonal weights
        (Some(&"full_cov_False"), _) | (_, None) => {
            let options = SystemOptions {
                residual_covariance: options.residual_covariance,
                ..SystemOptions::default()
            };
            estimate(data, SystemEstimator::Ols, &options).ok();
            let first =
                if estimator.uses_instruments() { SystemEstimator::TwoStage } else { SystemEstimator::Ols };
            estimate(data, first, &options).expect("a fit").residual_covariance
        }
        (_, Some(sigma)) => sigma.clone(),
    };
    compare_matrix(record, "sigma", &sigma, loose);
    record.compare("nobs", &[fit.n_obs as f64]);
    if parts[0].starts_with("IT") {
        record.skip(&["iterations"], "their stopping rule is another");
    } else {
        let estimates = usize::from(estimator == SystemEstimator::Gmm);
        record.compare("iterations", &[(fit.iterations + estimates) as f64]);
    }
    let r2 = record.take("system_r2");
    let own = [
        ("mcelroy", fit.r2.mcelroy),
        ("berndt", fit.r2.berndt),
        ("judge", Some(fit.r2.judge)),
        ("dhrymes", Some(fit.r2.dhrymes)),
    ];
    for (name, own) in own {
        if name == "berndt" && data.name == "kmenta" {
            // both equations have the same dependent variable, so that its covariance has no determinant
            assert_eq!(own, None, "{id}");
            continue;
        }
        compare_value(record, name, own, r2[name].as_f64(), loose);
    }
    for (key, name) in [
        ("breusch_pagan", "Breusch-Pagan test of independence"),
        ("likelihood_ratio", "likelihood-ratio test of independence"),
    ] {
        let test = find(&fit.tests, name).test().expect("a test");
        record.compare_to_scale(
            key,
            &[test.statistic, test.p_value],
            &[loose * test.statistic, loose * p_scale(test)],
        );
    }
    if record.has("j_stat") {
        let values = record.take("j_stat");
        let values: Vec<Option<f64>> = values.as_array().expect("values").iter().map(Value::as_f64).collect();
        match find(&fit.tests, "Hansen J test").test() {
            Some(test) => {
                compare_value(record, "j_stat", Some(test.statistic), values[0], loose);
                compare_value(record, "j_stat df", Some(distribution_numbers(test)[0]), values[1], loose);
                compare_value(record, "j_stat p", Some(test.p_value), values[2], loose);
            }
            None => assert_eq!(values[1], Some(0.0)),
        }
    }
    Ok(())
}
