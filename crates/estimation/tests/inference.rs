//! Confidence intervals, linear hypotheses, linear combinations and predictions against R 4.2.2: base `lm`, plm 2.6-2,
//! lmtest 0.9-40, sandwich; where no function of R makes the number, from its formula there.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use vintner_estimation::quantiles::{
    chi_squared_upper_quantile, f_upper_quantile, normal_two_sided_quantile, student_t_two_sided_quantile,
};
use vintner_estimation::specification::{generalised_variance_inflation, likelihood_ratio};
use vintner_estimation::{
    ClusterCovariance, Covariance, EstimationError, Fit, Formula, LinearHypothesis, Model, NullDistribution,
    Reason, Sample, SmallSample, TestDistribution,
};
use vintner_panel::Panel;

fn grunfeld() -> Panel {
    panel(&golden().join("data/grunfeld.csv"), "firm", &[])
}

fn sample(panel: &Panel, regressors: &[&str]) -> Sample {
    Sample::new(panel, &Formula::new("inv", regressors)).expect("a sample")
}

fn pooled() -> Fit {
    let model = Model::Ols.estimate(&sample(&grunfeld(), &["value", "capital"])).expect("a model");
    model.fit(&Covariance::classical()).expect("a fit")
}

/// plm's `vcovHC(within, method = "arellano", type = "HC0")`, tests on t with the residual degrees of freedom.
fn robust_within() -> Fit {
    let covariance = Covariance::Cluster(ClusterCovariance {
        small_sample: SmallSample::None,
        test: TestDistribution::Residual,
        ..ClusterCovariance::default()
    });
    let model = Model::Within.estimate(&sample(&grunfeld(), &["value", "capital"])).expect("a model");
    model.fit(&covariance).expect("a fit")
}

fn hypotheses(texts: &[&str]) -> Vec<LinearHypothesis> {
    texts.iter().map(|text| LinearHypothesis::parse(text).expect(text)).collect()
}

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-10 * expected.abs(), "{actual:e}, R has {expected:e}");
}

#[test]
fn quantiles_are_those_of_r() {
    // qt(p/2, 3), qt(p/2, 17), qnorm(p/2), qchisq(p, 7), qf(p, 3, 11), upper tails
    let expected = [
        (
            1e-10,
            [2804.293825339526, 13.926356123601838, 6.466951087240515, 60.89519536467024, 287.3725760151533],
        ),
        (
            0.025,
            [4.176534846104499, 2.458050720379284, 2.2414027276049446, 16.012764274629323, 4.630024961829344],
        ),
        (
            0.3,
            [
                1.2497781050332242,
                1.0690331106211022,
                1.0364333894937894,
                8.383430828608383,
                1.3805568010748137,
            ],
        ),
    ];
    for (p, [t3, t17, normal, chi_squared, f]) in expected {
        close(student_t_two_sided_quantile(p, 3.0), t3);
        close(student_t_two_sided_quantile(p, 17.0), t17);
        close(normal_two_sided_quantile(p), normal);
        close(chi_squared_upper_quantile(p, 7.0), chi_squared);
        close(f_upper_quantile(p, 3.0, 11.0), f);
    }
}

#[test]
fn confidence_intervals_are_those_of_confint() {
    // confint(lm(inv ~ value + capital), level = 0.99)
    let expected = [
        (-67.45438757297646, -17.974351300142253),
        (0.10038338452186406, 0.13074092819924021),
        (0.164_415_530_606_992_04, 0.296_941_446_856_947_2),
    ];
    let found = pooled().confidence_intervals(0.99).expect("a level");
    for (interval, (lower, upper)) in found.iter().zip(expected) {
        close(interval.lower.unwrap(), lower);
        close(interval.upper.unwrap(), upper);
    }
    for level in [0.0, 1.0, 95.0, f64::NAN] {
        assert!(matches!(pooled().confidence_intervals(level), Err(EstimationError::Level { .. })));
    }
}

#[test]
fn linear_hypotheses_are_wald_tests() {
    let together = ["value + capital = 0.3", "2 value = capital"];
    let test = pooled().wald_test(&hypotheses(&together)).unwrap().unwrap();
    close(test.chi_squared.statistic, 15.371498815414181);
    close(test.chi_squared.p_value, 4.593264375753045e-4);
    close(test.test.statistic, 7.685749407707091);
    close(test.test.p_value, 6.108638360385622e-4);
    assert_eq!(test.test.distribution, NullDistribution::F { numerator: 2.0, denominator: 197.0 });

    let test = pooled().wald_test(&hypotheses(&together[..1])).unwrap().unwrap();
    close(test.test.statistic, 3.976112267298732);
    close(test.test.p_value, 0.04752916551932275);
    close(test.chi_squared.p_value, 0.04614996460738701);

    let test = robust_within().wald_test(&hypotheses(&together)).unwrap().unwrap();
    close(test.chi_squared.statistic, 5.408381272333673);
    close(test.test.p_value, 0.06952813158968199);

    // That coefficients are zero is the joint test.
    let fit = robust_within();
    let zero = [LinearHypothesis::zero("value"), LinearHypothesis::zero("capital")];
    close(fit.wald_test(&zero).unwrap().unwrap().test.statistic, fit.joint.unwrap().f);
}

#[test]
fn hypotheses_that_follow_from_one_another_are_a_reason() {
    for texts in [
        &["value = 0", "2 value = 0"][..],
        &["value = 0", "value = 1"],
        &["value = capital", "capital - value"],
    ] {
        let found = pooled().wald_test(&hypotheses(texts)).unwrap();
        assert_eq!(found, Err(Reason::SingularRestrictions { restrictions: 2 }), "{texts:?}");
    }
    let absent = pooled().wald_test(&hypotheses(&["price = 0"])).unwrap_err().to_string();
    assert_eq!(absent, "no coefficient `price`; the fit has (Intercept), value, capital");
    assert!(matches!(pooled().wald_test(&[]), Err(EstimationError::Hypothesis { .. })));
}

#[test]
fn a_linear_combination_has_a_standard_error_and_an_interval() {
    let fit = robust_within();
    let sum =
        fit.linear_combination(&hypotheses(&["value + capital = 0.3"])[0], 0.95).expect("a combination");
    close(sum.estimate, 0.12018914542085718);
    close(sum.std_error.unwrap(), 0.059328901185670614);
    close(sum.statistic.unwrap(), 2.0258110805848837);
    close(sum.p_value.unwrap(), 0.04419763074529812);
    close(sum.lower.unwrap(), 0.0031532354719081834);
    close(sum.upper.unwrap(), 0.23722505536980618);
}

#[test]
fn a_perfect_fit_has_no_intervals_and_no_tests() {
    let panel = grunfeld();
    let twice: Vec<Option<f64>> =
        panel.values("value").unwrap().iter().map(|value| Some(2.0 * value.unwrap() + 1.0)).collect();
    let panel = panel.with_values("inv2", twice).unwrap();
    let sample = Sample::new(&panel, &Formula::new("inv2", &["value", "capital"])).unwrap();
    let estimated = Model::Ols.estimate(&sample).unwrap();
    let fit = estimated.fit(&Covariance::classical()).unwrap();
    assert!(
        fit.confidence_intervals(0.95).unwrap().iter().all(|one| one.lower.is_none() && one.upper.is_none())
    );
    assert_eq!(fit.wald_test(&hypotheses(&["value = 2"])).unwrap(), Err(Reason::PerfectFit));
    let sum = fit.linear_combination(&hypotheses(&["value"])[0], 0.95).unwrap();
    close(sum.estimate, 2.0);
    assert_eq!((sum.std_error, sum.p_value, sum.lower), (None, None, None));
    let predictions = estimated.predict(&panel, &Covariance::classical(), 0.95).unwrap().unwrap();
    close(predictions[0].value.unwrap(), 2.0 * 3078.5 + 1.0);
    assert_eq!(predictions[0].std_error, None);
}

#[test]
fn the_likelihood_ratio_is_that_of_dummy_variables() {
    // lrtest(lm(inv ~ value + factor(firm)), lm(inv ~ value + capital + factor(firm)))
    let panel = grunfeld();
    let of = |regressors: &[&str]| Model::Within.estimate(&sample(&panel, regressors)).unwrap();
    let test = likelihood_ratio(&of(&["value"]), &of(&["value", "capital"])).unwrap();
    close(test.statistic, 198.4982570311031);
    close(test.p_value, 4.4417269606064675e-45);
    let nested = likelihood_ratio(&of(&["value", "capital"]), &of(&["value"]));
    assert_eq!(nested, Err(Reason::NotNested));
}

#[test]
fn the_generalised_factor_of_one_regressor_is_the_ordinary_one() {
    let panel = grunfeld();
    let groups: Vec<usize> = panel.entity_codes().iter().map(|code| (code + 1) % 3).collect();
    let dummy = |level| groups.iter().map(|group| Some(f64::from(u8::from(*group == level)))).collect();
    let panel = panel.clone().with_values("g1", dummy(1)).unwrap().with_values("g2", dummy(2)).unwrap();
    let model = Model::Ols.estimate(&sample(&panel, &["value", "capital", "g1", "g2"])).unwrap();
    // car's formula in R: the third of three levels is the base there and here
    close(generalised_variance_inflation(&model, &["g1", "g2"]).unwrap(), 1.030_490_582_567_381);
    let factors = vintner_estimation::specification::variance_inflation(&model);
    for factor in factors {
        close(generalised_variance_inflation(&model, &[&factor.regressor]).unwrap(), factor.vif);
    }
}

#[test]
fn predictions_are_those_of_predict() {
    // predict(lm(inv ~ value + capital), data.frame(value = 1000, capital = 200), se.fit = TRUE,
    //         interval = "confidence", level = 0.9), and in the first row of the data
    let panel = grunfeld();
    let mut value = panel.values("value").unwrap();
    let mut capital = panel.values("capital").unwrap();
    let third = panel.groups()[2].start;
    (value[1], capital[1]) = (Some(1000.0), Some(200.0));
    (value[third], capital[third]) = (Some(1000.0), Some(200.0));
    value[2] = None;
    let new = panel.clone().with_values("value", value).unwrap().with_values("capital", capital).unwrap();
    let model = Model::Ols.estimate(&sample(&panel, &["value", "capital"])).unwrap();
    let found = model.predict(&new, &Covariance::classical(), 0.9).unwrap().unwrap();
    assert_eq!(found.len(), new.height());
    let expected = [
        (313.68962868784985, 17.55215124176918, 284.68250089333975, 342.69675648235994),
        (118.9834846703867, 6.902180438468468, 107.57676720985266, 130.39020213092073),
    ];
    for (prediction, (value, std_error, lower, upper)) in found.iter().zip(expected) {
        close(prediction.value.unwrap(), value);
        close(prediction.std_error.unwrap(), std_error);
        close(prediction.lower.unwrap(), lower);
        close(prediction.upper.unwrap(), upper);
    }
    assert_eq!((found[2].value, found[2].std_error, found[2].upper), (None, None, None));

    // predict(lm(inv ~ value + capital + factor(firm)), data.frame(value = 1000, capital = 200, firm = 3))
    let within = Model::Within.estimate(&sample(&panel, &["value", "capital"])).unwrap();
    let found = within.predict(&new, &Covariance::classical(), 0.9).unwrap().unwrap();
    close(found[third].value.unwrap(), -63.43496862857131);
    assert_eq!(found[third].std_error, None);
}

#[test]
fn fitted_values_and_residuals_make_up_the_data() {
    let panel = grunfeld();
    let sample = sample(&panel, &["value", "capital"]);
    for model in [Model::Ols, Model::Within, Model::WithinTime, Model::WithinTwoWay] {
        let estimated = model.estimate(&sample).unwrap();
        let found = estimated.predict(&panel, &Covariance::classical(), 0.95).unwrap().unwrap();
        for ((prediction, residual), y) in found.iter().zip(estimated.residuals()).zip(sample.dependent()) {
            assert!((prediction.value.unwrap() + residual - y).abs() < 1e-9 * 1500.0, "{model:?}");
        }
    }
    let differences = Model::FirstDifferences { across_gaps: false }.estimate(&sample).unwrap();
    let found = differences.predict(&panel, &Covariance::classical(), 0.95).unwrap();
    assert!(matches!(found, Err(Reason::NotDefinedFor { .. })));
}

#[test]
fn what_the_sample_says_nothing_of_isnt_predicted() {
    let panel = grunfeld();
    // Firm 2 isn't in the sample.
    let second = panel.groups()[1].clone();
    let mut inv = panel.values("inv").unwrap();
    inv[second.clone()].fill(None);
    let without = panel.clone().with_values("inv", inv).unwrap();
    let within = Model::Within.estimate(&sample(&without, &["value", "capital"])).unwrap();
    let found = within.predict(&panel, &Covariance::classical(), 0.95).unwrap().unwrap();
    for (row, prediction) in found.iter().enumerate() {
        assert_eq!(prediction.value.is_none(), second.contains(&row), "{row}");
    }
}
