//! What the shared reference doesn't have: records made by the scripts in `golden/scripts`.

use vintner_estimation::instruments::InstrumentalCovariance;
use vintner_estimation::instruments::{
    Errors, FirstStageVariable, InstrumentalEstimator, InstrumentedEquation,
};
use vintner_estimation::systems::{
    Kernel, Restriction, RestrictionTerm, SystemEstimator, SystemOptions, ThreeStageMethod,
};
use vintner_estimation::{Formula, PanelKey, Weights};

use crate::support::{golden, walk};
use crate::systems::compare::*;
use crate::systems::data::{Data, coefficients, estimate, panel, residual_covariance, system};

/// systemfit where equations have instruments of their own, and with restrictions (`golden/scripts/systems_extra.R`).
#[test]
fn own_instruments_and_restrictions_agree() {
    let folder = golden();
    let mut system = system("klein1");
    let own: [&[&str]; 3] = [
        &["govExp", "taxes", "govWage", "trend", "corpProfLag"],
        &["govExp", "taxes", "trend", "capitalLag", "corpProfLag"],
        &["govExp", "govWage", "trend", "gnpLag", "capitalLag"],
    ];
    for (equation, own) in system.equations.iter_mut().zip(own) {
        equation.instruments = Some(own.iter().map(|name| (*name).to_owned()).collect());
    }
    let prepared = system.prepare(&panel(&folder, "klein1")).expect("a system");
    let data = Data { name: "klein1".into(), prepared, equations: Vec::new() };
    let term = |equation: &str, regressor: &str, weight| RestrictionTerm {
        equation: equation.into(),
        regressor: regressor.into(),
        weight,
    };
    let restrictions = vec![
        Restriction {
            terms: vec![term("Consumption", "corpProfLag", 1.0), term("Investment", "corpProfLag", 1.0)],
            value: 0.9,
        },
        Restriction {
            terms: vec![term("PrivateWages", "gnp", 1.0), term("PrivateWages", "gnpLag", -2.0)],
            value: 0.1,
        },
    ];
    let method = |name: &str| match name {
        "GLS" => ThreeStageMethod::Gls,
        "IV" => ThreeStageMethod::Iv,
        "GMM" => ThreeStageMethod::Gmm,
        "Schmidt" => ThreeStageMethod::Schmidt,
        "EViews" => ThreeStageMethod::EViews,
        other => panic!("{other}"),
    };
    let file = folder.join("json/r_systems_extra.json");
    let tally = walk(&file, |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let mut options = SystemOptions::default();
        let estimator = match parts[..] {
            ["2SLS", divisor] => {
                options.residual_covariance = residual_covariance(divisor);
                SystemEstimator::TwoStage
            }
            ["3SLS", formula, divisor] => {
                options.residual_covariance = residual_covariance(divisor);
                options.three_stage = method(formula);
                SystemEstimator::ThreeStage
            }
            ["restricted_3SLS", formula] => {
                options.three_stage = method(formula);
                options.restrictions = restrictions.clone();
                SystemEstimator::ThreeStage
            }
            ["restricted", name] => {
                options.restrictions = restrictions.clone();
                match name {
                    "OLS" => SystemEstimator::Ols,
                    "WLS" => SystemEstimator::Wls,
                    "SUR" => SystemEstimator::Sur,
                    "2SLS" => SystemEstimator::TwoStage,
                    "W2SLS" => SystemEstimator::WeightedTwoStage,
                    _ => SystemEstimator::ThreeStage,
                }
            }
            _ => panic!("{id}"),
        };
        let fit = estimate(&data, estimator, &options).expect("a fit");
        assert_eq!(fit.names(), record.texts("names"));
        record.compare("coef", &coefficients(&fit));
        let std_errors: Vec<Option<f64>> = fit.coefficients().map(|one| one.std_error).collect();
        compare_missing(record, "se", &std_errors, 0.0, 1.0);
        let p_values: Vec<Option<f64>> = fit.coefficients().map(|one| one.p_value).collect();
        compare_missing(record, "p_value", &p_values, TAIL, 1.0);
        if parts[1] == "IV" {
            // the formula's matrix isn't symmetric; theirs isn't made so
            let (own, theirs) = (fit.covariance.as_ref().expect("a covariance"), record.numbers("vcov"));
            let order = own.len();
            let theirs: Vec<f64> = (0..order * order)
                .map(|at| (theirs[at] + theirs[at % order * order + at / order]) / 2.0)
                .collect();
            for (at, (own_value, theirs)) in own.concat().iter().zip(theirs).enumerate() {
                let scale = (own[at / order][at / order] * own[at % order][at % order]).sqrt();
                assert!((own_value - theirs).abs() <= 1e-8 * scale, "{id} {at}");
            }
        } else {
            compare_matrix(record, "vcov", fit.covariance.as_ref().expect("a covariance"), 1.0);
        }
        compare_matrix(record, "residCov", &fit.residual_covariance, 1.0);
        record.compare("df_residual", &[fit.df_residual as f64]);
        Ok(())
    });
    assert_eq!(tally.records, 28);
}

/// linearmodels' strength of instruments and further estimators (`golden/scripts/instruments_extra.py`).
#[test]
fn strength_and_further_estimators_agree() {
    let folder = golden();
    let file = folder.join("json/py_instruments_extra.json");
    let kmenta = InstrumentedEquation::new(
        Formula::new("consump", &["income", "price"]),
        &["price"],
        &["farmPrice", "trend"],
    )
    .prepare(&panel(&folder, "kmenta"))
    .expect("an equation");
    let synth = InstrumentedEquation::new(
        Formula::new("ln_co2", &["x_urban", "x_energy", "ln_gdp", "ln_robot"]),
        &["ln_gdp", "ln_robot"],
        &["x_fdi", "x_edu", "x_ind", "x_pop"],
    )
    .prepare(&panel(&folder, "synth14x12"))
    .expect("an equation");
    let kernel = |name: &str, bandwidth| Errors::Kernel {
        kernel: match name {
            "bartlett" => Kernel::Bartlett,
            "parzen" => Kernel::Parzen,
            _ => Kernel::QuadraticSpectral,
        },
        bandwidth,
        across_entities: true,
    };
    let errors = |name: &str| match name {
        "unadjusted" => Errors::Unadjusted,
        "robust" => Errors::Robust,
        "kernel" => kernel("bartlett", Some(2.0)),
        _ => Errors::Cluster { by: PanelKey::Entity },
    };
    let tally = walk(&file, |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let equation = if parts[0] == "kmenta" { &kmenta } else { &synth };
        if parts[1] == "strength" {
            let own = errors(parts[2]);
            let stage = equation.first_stage(own).expect("a first stage");
            record.compare("cragg_donald_f", &[stage.cragg_donald.expect("F")]);
            let lm = stage.kleibergen_paap.test().expect("a test");
            record.compare_to_scale("kp", &[lm.statistic, lm.p_value], &[lm.statistic, p_scale(lm)]);
            record.compare("kp_f", &[stage.kleibergen_paap_f.expect("F")]);
            let all = |of: &dyn Fn(&FirstStageVariable) -> f64| -> Vec<f64> {
                stage.variables.iter().map(of).collect()
            };
            record.compare("rsquared", &all(&|one| one.r2));
            record.compare("partial", &all(&|one| one.partial_r2));
            record.compare("shea", &all(&|one| one.shea_r2));
            // theirs under robust errors is Wald's, not over the number of instruments
            let f = all(&|one| match &one.robust_f {
                None => one.f.test().expect("F").statistic,
                Some(robust) => {
                    let test = robust.test().expect("F");
                    test.statistic * distribution_numbers(test)[0]
                }
            });
            record.compare("f", &f);
            return Ok(());
        }
        let gmm = |weights, center| InstrumentalEstimator::Gmm { weights, center, iterate: None };
        let (estimator, errors, debiased) = match parts[1..] {
            ["fuller", name, debiased] => {
                (InstrumentalEstimator::Liml { fuller: 1.0 }, errors(name), debiased == "True")
            }
            ["kclass", name, debiased] => {
                (InstrumentalEstimator::KClass { kappa: 0.7 }, errors(name), debiased == "True")
            }
            ["auto", name] => (InstrumentalEstimator::TwoStage {}, kernel(name, None), false),
            ["gmm_center"] => (gmm(Errors::Robust, true), Errors::Robust, false),
            [name] => {
                let own = kernel(name.trim_start_matches("gmm_"), Some(3.0));
                (gmm(own, false), own, false)
            }
            _ => panic!("{id}"),
        };
        let fit = instrumental(equation, estimator, errors, debiased);
        let own: Vec<String> = fit.coefficients.iter().map(|one| one.name.clone()).collect();
        let places = alignment(record, &own);
        let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
        record.compare("coef", &picked(&estimates, &places));
        record.compare("se", &picked(&errors_of(&fit), &places));
        compare_matrix(
            record,
            "vcov",
            &picked_matrix(fit.covariance.as_ref().expect("a covariance"), &places),
            1.0,
        );
        record.compare("s2", &[fit.sigma2]);
        Ok(())
    });
    assert_eq!(tally.records, 49);
}

/// linearmodels' estimators of weighted rows (`golden/scripts/weighted_instruments.py`).
#[test]
fn instruments_of_weighted_rows_agree() {
    let equation = |name: &str| {
        let (dependent, regressors, endogenous, instruments): (_, &[&str], &[&str], &[&str]) = match name {
            "synth14x12" => (
                "ln_co2",
                &["x_urban", "ln_gdp", "ln_robot"],
                &["ln_gdp", "ln_robot"],
                &["x_energy", "trend", "fixed"],
            ),
            _ => ("inv", &["trend", "value"], &["value"], &["capital", "fixed"]),
        };
        let formula = Formula::new(dependent, regressors).weighted(Weights::analytic("w"));
        InstrumentedEquation::new(formula, endogenous, instruments)
    };
    let prepared = |name: &str| {
        let unit = if name == "synth14x12" { "city" } else { "firm" };
        let mut panel = crate::support::panel(&golden().join(format!("data/{name}.csv")), unit, &[]);
        type Made = fn(i64, i64) -> i64;
        let columns: [(&str, Made); 3] = [
            ("w", |place, year| 1 + (3 * place + 5 * year) % 7),
            ("fixed", |place, _| (7 * place) % 5),
            ("trend", |_, year| year - 1900),
        ];
        for (column, value) in columns {
            let rows = panel.entity_codes().into_iter().zip(panel.times());
            let values =
                rows.map(|(place, year)| Some(value(place as i64, i64::from(*year)) as f64)).collect();
            panel = panel.with_values(column, values).unwrap();
        }
        equation(name).prepare(&panel).unwrap()
    };
    let tally = walk(&golden().join("json/py_weighted_instruments.json"), |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let prepared = prepared(parts[0]);
        let errors = match parts[2] {
            "unadjusted" => Errors::Unadjusted,
            "robust" => Errors::Robust,
            _ => Errors::Cluster { by: PanelKey::Entity },
        };
        let estimator = match parts[1] {
            "2sls" => InstrumentalEstimator::TwoStage {},
            "liml" => InstrumentalEstimator::Liml { fuller: 0.0 },
            _ => InstrumentalEstimator::Gmm { weights: Errors::Robust, center: false, iterate: None },
        };
        let covariance = InstrumentalCovariance { errors, debiased: true, test: None };
        let outcome = prepared.estimate(estimator, covariance);
        let fit = outcome.fit().unwrap_or_else(|| panic!("{id}: {:?}", outcome.reason()));
        let own: Vec<String> = fit.coefficients.iter().map(|one| one.name.clone()).collect();
        let places = alignment(record, &own);
        let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
        record.compare("coef", &picked(&estimates, &places));
        let matrix = picked_matrix(fit.covariance.as_ref().unwrap(), &places);
        if parts[1..] == ["gmm", "unadjusted"] {
            record.skip(&["cov"], "the moments' variance about the plain mean of multiplied residuals there");
        } else {
            record.compare_covariance("cov", &matrix);
        }
        record.compare("n", &[fit.n_obs as f64]);
        record.compare("r2", &[fit.r2]);
        // There weights are one on average.
        let weights = prepared.weights().unwrap();
        let average = weights.iter().sum::<f64>() / weights.len() as f64;
        record.compare("s2", &[fit.sigma2 / average]);
        if record.has("kappa") {
            record.compare("kappa", &[fit.kappa.unwrap()]);
        }
        for (key, name) in [
            ("sargan", "Sargan test"),
            ("wu_hausman", "Wu-Hausman test"),
            ("durbin", "Durbin test"),
            ("score", "Wooldridge score test of exogeneity"),
            ("overid", "Wooldridge score test of overidentification"),
            ("j", "Hansen J test"),
        ] {
            if record.has(key) {
                let test = fit
                    .test(name)
                    .and_then(|outcome| outcome.test())
                    .unwrap_or_else(|| panic!("{id} {name}"));
                let scales = [test.statistic, p_scale(test)];
                record.compare_to_scale(key, &[test.statistic, test.p_value], &scales);
            }
        }
        if record.has("partial_r2") || record.has("first_f") {
            let first = prepared.first_stage(errors).unwrap();
            let of = |pick: &dyn Fn(&FirstStageVariable) -> f64| {
                first.variables.iter().map(pick).collect::<Vec<f64>>()
            };
            if record.has("partial_r2") {
                record.compare("partial_r2", &of(&|one| one.partial_r2));
                record.compare("shea_r2", &of(&|one| one.shea_r2));
                record.compare("first_r2", &of(&|one| one.r2));
            } else {
                let statistic = |one: &FirstStageVariable| {
                    let f = one.robust_f.as_ref().and_then(|outcome| outcome.test()).unwrap().statistic;
                    // A Wald statistic there.
                    f * first.instruments.len() as f64
                };
                record.compare("first_f", &of(&statistic));
            }
        }
        Ok(())
    });
    assert_eq!((tally.records, tally.left_out.len()), (24, 1));
}
