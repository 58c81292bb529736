//! Granger tests against plm's pgrangertest, lmtest's grangertest and statsmodels.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{Record, golden, padded, panel, shared, walk};
use vintner_estimation::{
    ClusterCovariance, Covariance, DumitrescuHurlin, Fit, GrangerTest, LagOrders, PanelStatistic, Reason,
    SmallSample, TestDistribution, Untestable, dumitrescu_hurlin, granger_by_entity, granger_pooled,
};
use vintner_panel::Panel;

fn data(folder: &Path, name: &str) -> Panel {
    let entity = if name == "synth14x12" { "city" } else { "firm" };
    panel(&folder.join(format!("data/{name}.csv")), entity, &[])
}

/// The two variables and the order of an id such as `dh/inv<-value/order_1/Zbar`.
fn parts(id: &str) -> (String, String, usize) {
    let mut parts = id.split('/').skip(1);
    let (effect, cause) = parts.next().and_then(|pair| pair.split_once("<-")).expect("a pair");
    let order = parts.next().and_then(|part| part.strip_prefix("order_")).expect("an order");
    (effect.into(), cause.into(), order.parse().expect("a number"))
}

fn unit_tests(panel: &Panel, units: &[String], effect: &str, cause: &str, order: usize) -> Vec<GrangerTest> {
    let all = granger_by_entity(panel, effect, cause, order).expect("tests");
    assert_eq!(all.len(), units.len());
    units
        .iter()
        .map(|unit| {
            let found = all.iter().find(|test| test.unit == padded(unit)).expect("the unit");
            found.outcome.test().expect("a test").clone()
        })
        .collect()
}

fn column(tests: &[GrangerTest], value: impl Fn(&GrangerTest) -> f64) -> Vec<f64> {
    tests.iter().map(value).collect()
}

fn compare_statistic(record: &mut Record, statistic: &PanelStatistic) {
    // plm compares Z-bar with the normal for series of any length; where it has no moments we refuse.
    if let Some(Reason::SeriesTooShort { .. }) = statistic.reason() {
        return record.skip(&["statistic", "p_value", "statistic_name", "method"], "no moments");
    }
    let (value, p_value) = statistic.value().expect("a statistic");
    record.compare("statistic", &[value]);
    record.compare("p_value", &[p_value]);
    record.skip(&["statistic_name", "method"], "text");
}

fn check(panel: &Panel, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    if id == "dh/varying_order" {
        let orders: BTreeMap<String, usize> =
            panel.entities().iter().cloned().zip([1, 2, 1, 1, 2, 1, 1, 2, 1, 1]).collect();
        let test =
            dumitrescu_hurlin(panel, "inv", "value", &LagOrders::PerEntity(orders), Untestable::Refuse)
                .expect("a test");
        compare_statistic(record, &test.z_tilde);
        return Ok(());
    }
    let (effect, cause, order) = parts(&id);
    match id.split('/').next() {
        Some("dh") => {
            let test =
                dumitrescu_hurlin(panel, &effect, &cause, &LagOrders::Common(order), Untestable::Refuse)
                    .expect("a test");
            check_dumitrescu_hurlin(panel, record, &test, order);
        }
        Some("unit") => {
            let units = record.texts("units");
            let tests = unit_tests(panel, &units, &effect, &cause, order);
            record.compare("F", &column(&tests, |test| test.f));
            record.compare("F_p", &column(&tests, |test| test.f_p_value));
            record.compare("df2", &column(&tests, |test| test.df_denominator as f64));
            record.compare("chisq", &column(&tests, |test| test.chi_squared));
            record.compare("chisq_p", &column(&tests, |test| test.chi_squared_p_value));
        }
        Some("pooledFE") => {
            let run = |covariance: Covariance| {
                let result = granger_pooled(panel, &effect, &cause, order, &covariance).expect("a test");
                let fit: Fit = result.regression.fit().expect("a fit").clone();
                (fit, result.test.expect("a joint test"))
            };
            let clustered = |small_sample| {
                let test = TestDistribution::Residual;
                run(Covariance::Cluster(ClusterCovariance {
                    small_sample,
                    test,
                    ..ClusterCovariance::default()
                }))
                .1
            };
            let (fit, test) = run(Covariance::classical());
            record.compare("coef", &fit.coefficients.iter().map(|one| one.estimate).collect::<Vec<_>>());
            record
                .compare("se", &fit.coefficients.iter().filter_map(|one| one.std_error).collect::<Vec<_>>());
            record.compare_covariance("vcov", fit.covariance.as_ref().expect("a covariance"));
            record.compare("F", &[test.f]);
            record.compare("df2", &[test.df_denominator.expect("df") as f64]);
            record.compare("nobs", &[fit.n_obs as f64]);
            record.compare("chisq_arellano_HC0", &[clustered(SmallSample::None).chi_squared]);
            record.compare("chisq_arellano_sss", &[clustered(SmallSample::PlmSss).chi_squared]);
            record.skip(&["names"], "text");
        }
        _ => return Err("unknown"),
    }
    Ok(())
}

fn check_dumitrescu_hurlin(panel: &Panel, record: &mut Record, test: &DumitrescuHurlin, order: usize) {
    let id = record.id.clone();
    if record.has("error") {
        // refused there, so refused here, and with a reason
        let error = record.take("error");
        let error = error.as_str().expect("a message");
        record.values += 1;
        match id.rsplit('/').next() {
            Some("Zbar") => {
                assert!(error.contains("unbalanced"), "{error}");
                assert!(matches!(test.z_bar.reason(), Some(Reason::UnbalancedPanel { .. })), "{id}");
            }
            Some("Ztilde") => {
                assert!(error.contains("5+3*order"), "{error}");
                let Some(Reason::SeriesTooShort { entity, bound, .. }) = test.z_tilde.reason() else {
                    panic!("{id}: {:?}", test.z_tilde)
                };
                assert_eq!(*bound, 5 + 3 * order);
                assert!(panel.entities().contains(entity));
            }
            _ => panic!("{id}: {error}"),
        }
        return;
    }
    match id.rsplit('/').next() {
        Some("Wbar") => {
            record.compare("statistic", &[test.w_bar.expect("W-bar")]);
            let units = record.texts("units");
            let tests: Vec<&GrangerTest> = units
                .iter()
                .map(|unit| {
                    let found = test.units.iter().find(|test| test.unit == padded(unit)).expect("the unit");
                    found.outcome.test().expect("a test")
                })
                .collect();
            assert_eq!(tests.len(), test.units.len());
            record.compare("unit_chisq", &tests.iter().map(|test| test.chi_squared).collect::<Vec<_>>());
            record.compare("unit_p", &tests.iter().map(|test| test.chi_squared_p_value).collect::<Vec<_>>());
            let (fisher, p_value) = test.fisher.value().expect("Fisher");
            record.compare("fisher", &[fisher]);
            record.compare("fisher_p", &[p_value]);
            record.skip(&["statistic_name", "method"], "text");
        }
        Some("Zbar") => compare_statistic(record, &test.z_bar),
        _ => compare_statistic(record, &test.z_tilde),
    }
}

/// statsmodels' own per-unit tests, for p-values from another code base.
fn check_statsmodels(panel: &Panel, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let ["unit", unit, "granger", pair, lag] = id.split('/').collect::<Vec<_>>()[..] else {
        return Err("compared in tests/golden.rs, or not built yet");
    };
    let (effect, cause) = pair.split_once("<-").expect("a pair");
    let order = lag.strip_prefix("lag").and_then(|order| order.parse().ok()).expect("an order");
    let all = granger_by_entity(panel, effect, cause, order).expect("tests");
    let found = all.iter().find(|test| test.unit == padded(unit)).expect("the unit");
    let test = found.outcome.test().expect("a test");
    let expected = [test.f, test.f_p_value, test.df_denominator as f64, order as f64];
    record.compare("ssr_ftest", &expected);
    record.compare("params_ftest", &expected);
    record.skip(&["ssr_chi2test", "lrtest"], "with RSS/n for the variance, a DIFFERENCE to lmtest");
    Ok(())
}

#[test]
fn committed_records_agree() {
    for name in ["grunfeld", "grunfeld_unb", "synth14x12"] {
        let panel = data(&golden(), name);
        let tally =
            walk(&golden().join(format!("json/r_granger_{name}.json")), |record| check(&panel, record));
        assert!(tally.records >= 61 && !tally.left_out.keys().any(|reason| reason.starts_with("record")));
    }
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    for (name, records) in [("grunfeld", 90), ("grunfeld_unb", 61), ("synth14x12", 90)] {
        let panel = data(&folder, name);
        let tally = walk(&folder.join(format!("json/r_granger_{name}.json")), |record| check(&panel, record));
        assert_eq!(tally.records, records, "{name}");
        let tally = walk(&folder.join(format!("json/py_statsmodels_{name}.json")), |record| {
            check_statsmodels(&panel, record)
        });
        assert!(tally.records > 0);
    }
}
