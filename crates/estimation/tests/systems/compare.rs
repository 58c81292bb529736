//! Comparing numbers of a record with ours.

use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentalFit, InstrumentalOutcome,
    InstrumentalTest, PreparedEquation,
};
use vintner_estimation::{HypothesisTest, TestOutcome};

use crate::support::Record;

/// Numbers of a perfect or indefinite fit may be missing there as here.
pub(crate) fn compare_missing(
    record: &mut Record,
    key: &str,
    actual: &[Option<f64>],
    floor: f64,
    loose: f64,
) {
    let expected = record.take(key);
    let expected = expected.as_array().expect("numbers").clone();
    assert_eq!(actual.len(), expected.len(), "{} {key}", record.id);
    for (actual, expected) in actual.iter().zip(&expected) {
        match (actual, expected.as_f64()) {
            (None, None) => {}
            (Some(actual), Some(expected)) => {
                let error = (actual - expected).abs() / (loose * expected.abs().max(floor));
                record.values += 1;
                if error > record.worst {
                    (record.worst, record.worst_at) = (error, format!("{} {key} {expected:e}", record.id));
                }
                assert!(
                    error <= 1e-8,
                    "{} {key}: {actual:e}, reference {expected:e}, {error:.1e}",
                    record.id
                );
            }
            (actual, expected) => panic!("{} {key}: {actual:?}, reference {expected:?}", record.id),
        }
    }
}

/// Each entry relative to the geometric mean of its diagonal entries, which needn't be positive.
pub(crate) fn compare_matrix(record: &mut Record, key: &str, actual: &[Vec<f64>], loose: f64) {
    let scales: Vec<f64> = (0..actual.len())
        .flat_map(|i| (0..actual.len()).map(move |j| (i, j)))
        .map(|(i, j)| loose * (actual[i][i] * actual[j][j]).abs().sqrt())
        .collect();
    record.compare_to_scale(key, &actual.concat(), &scales);
}

/// R takes tails as 1 - pt(t), which keeps no digits below 1e-16.
pub(crate) const TAIL: f64 = 1e-7;

pub(crate) fn distribution_numbers(test: &HypothesisTest) -> Vec<f64> {
    let value = serde_json::to_value(&test.distribution).expect("JSON");
    ["df", "numerator", "denominator"].iter().filter_map(|key| value[*key].as_f64()).collect()
}

pub(crate) fn find<'a>(tests: &'a [TestOutcome], name: &str) -> &'a TestOutcome {
    let is = |outcome: &&TestOutcome| match outcome {
        TestOutcome::Test(test) => test.name == name,
        TestOutcome::NotTestable { name: own, .. } => own == name,
    };
    tests.iter().find(is).unwrap_or_else(|| panic!("no {name}"))
}

pub(crate) fn compare_test(record: &mut Record, tests: &[TestOutcome], name: &str, keys: &[&str; 3]) {
    let test = find(tests, name).test().unwrap_or_else(|| panic!("{}: {name}", record.id));
    record.compare(keys[0], &[test.statistic]);
    record.compare(keys[1], &distribution_numbers(test)[..1]);
    record.compare_to_scale(keys[2], &[test.p_value], &[test.p_value.max(TAIL)]);
}

pub(crate) fn instrumental(
    equation: &PreparedEquation,
    estimator: InstrumentalEstimator,
    errors: Errors,
    debiased: bool,
) -> InstrumentalFit {
    match equation.estimate(
        estimator,
        InstrumentalCovariance {
            errors,
            debiased,
            test: Some(InstrumentalTest::Residual).filter(|_| debiased),
        },
    ) {
        InstrumentalOutcome::Fit(fit) => *fit,
        InstrumentalOutcome::NotEstimable(refusal) => panic!("{}", refusal.reason),
    }
}

pub(crate) fn errors_of(fit: &InstrumentalFit) -> Vec<f64> {
    fit.coefficients.iter().map(|one| one.std_error.expect("a standard error")).collect()
}

/// The places of a record's coefficients among ours.
pub(crate) fn alignment(record: &mut Record, own: &[String]) -> Vec<usize> {
    record
        .texts("names")
        .iter()
        .map(|name| {
            let name = match name.as_str() {
                "const" => "(Intercept)".to_owned(),
                other => other.replace("_const", "_(Intercept)"),
            };
            // linearmodels calls the firms' variables alike
            let name = match name.split_once('_') {
                Some((firm, "value")) => format!("{firm}_v{}", &firm[1..]),
                Some((firm, "capital")) => format!("{firm}_c{}", &firm[1..]),
                _ => name,
            };
            own.iter().position(|one| *one == name).unwrap_or_else(|| panic!("{name} among {own:?}"))
        })
        .collect()
}

pub(crate) fn picked(values: &[f64], places: &[usize]) -> Vec<f64> {
    places.iter().map(|at| values[*at]).collect()
}

pub(crate) fn picked_matrix(values: &[Vec<f64>], places: &[usize]) -> Vec<Vec<f64>> {
    places.iter().map(|i| picked(&values[*i], places)).collect()
}

/// A p-value moves by its statistic's error times the density's slope.
pub(crate) fn p_scale(test: &HypothesisTest) -> f64 {
    test.p_value * test.statistic.abs().max(1.0)
}

pub(crate) fn compare_value(
    record: &mut Record,
    what: &str,
    actual: Option<f64>,
    expected: Option<f64>,
    loose: f64,
) {
    match (actual, expected) {
        (None, None) => {}
        (Some(actual), Some(expected)) => {
            record.values += 1;
            let error = (actual - expected).abs() / (loose * expected.abs());
            if error > record.worst {
                (record.worst, record.worst_at) = (error, format!("{} {what} {expected:e}", record.id));
            }
            assert!(
                actual == expected || error <= 1e-8,
                "{} {what}: {actual:e}, reference {expected:e}, {error:.1e}",
                record.id
            );
        }
        (actual, expected) => panic!("{} {what}: {actual:?}, reference {expected:?}", record.id),
    }
}
