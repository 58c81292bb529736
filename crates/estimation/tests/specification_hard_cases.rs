//! Specification tests where the data hardly allow them: a number or a typed reason, never a NaN; and what must hold
//! whatever the data.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::support::{golden, panel};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::specification::{
    BeraSosaYoon, BeraSosaYoonOptions, BreuschGodfrey, CommonSlopes, CrossSection, CrossSectionStatistic,
    DurbinWatson, Finding, Indefinite, LagReach, LagrangeMultiplier, PValueMethod, RowBefore,
    SpecificationTest, VarianceStatistic, baltagi_wu, bera_sosa_yoon, bhargava_franzini_narendranathan,
    breusch_godfrey, breusch_pagan, diagnose, durbin_watson, hausman, lagrange_multiplier, modified_wald,
    poolability, reset, variation, white,
};
use vintner_estimation::{
    Covariance, Effects, Formula, Model, NullDistribution, RandomEffects, Reason, Sample, VarianceEstimator,
    Weights,
};
use vintner_panel::Panel;

/// A panel of rows `entity, time, y, x, z`, whose values come of a small generator.
fn made(rows: &[(&str, i32)]) -> Panel {
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let values: Vec<[f64; 3]> = rows.iter().map(|_| [draw(), draw(), draw()]).collect();
    let column = |at: usize| values.iter().map(|row| row[at]).collect::<Vec<f64>>();
    let columns = vec![
        Column::new("id".into(), rows.iter().map(|(entity, _)| *entity).collect::<Vec<_>>()),
        Column::new("year".into(), rows.iter().map(|(_, time)| *time).collect::<Vec<_>>()),
        Column::new("y".into(), column(0)),
        Column::new("x".into(), column(1)),
        Column::new("z".into(), column(2)),
    ];
    Panel::new(DataFrame::new(rows.len(), columns).unwrap(), "id", "year").unwrap()
}

fn grid(entities: &[&'static str], times: std::ops::Range<i32>) -> Vec<(&'static str, i32)> {
    entities.iter().flat_map(|entity| times.clone().map(move |time| (*entity, time))).collect()
}

fn sample(panel: &Panel) -> Sample {
    Sample::new(panel, &Formula::new("y", &["x", "z"])).unwrap()
}

fn grunfeld() -> Panel {
    panel(&golden().join("data/grunfeld.csv"), "firm", &[])
}

fn all() -> Vec<SpecificationTest> {
    let mut tests = SpecificationTest::all();
    for text in [
        r#"{"hausman_between": {}}"#,
        r#"{"durbin_watson": {"model": "ols", "p_value": "exact"}}"#,
        r#"{"wooldridge_differences": {}}"#,
        r#"{"cross_section_dependence": {"model": null, "statistic": "lm"}}"#,
        r#"{"lagrange_multiplier": {"effects": "two_way", "statistic": "gourieroux_holly_monfort"}}"#,
        r#"{"white": {"special": true, "statistic": "f"}}"#,
        r#"{"breusch_pagan": {"model": "within_two_way", "statistic": "original"}}"#,
    ] {
        tests.push(serde_json::from_str(text).expect(text));
    }
    tests
}

/// All tests of a panel; every number among them is one.
fn findings(panel: &Panel) -> Vec<(String, Finding)> {
    let lines = diagnose(panel, &Formula::new("y", &["x", "z"]), &all()).unwrap();
    for line in &lines {
        match &line.finding {
            Finding::Test(test) => {
                assert!(test.statistic.is_finite() && (0.0..=1.0).contains(&test.p_value), "{line:?}");
            }
            Finding::Measure(measure) => assert!(measure.value.is_finite(), "{line:?}"),
            Finding::Disguise(found) => assert!(found.correlation.is_finite(), "{line:?}"),
            Finding::Variation(_) => {}
            Finding::NotTestable { reason, .. } => assert!(!reason.to_string().is_empty()),
        }
        // A number that is none would be `null`; options of a test may be left open.
        let found = serde_json::to_string(&line.finding).unwrap();
        assert!(!found.contains(":null"), "{found}");
        let text = serde_json::to_string(&line).unwrap();
        let again: vintner_estimation::specification::Diagnostic = serde_json::from_str(&text).unwrap();
        assert_eq!(again, *line);
    }
    lines.into_iter().map(|line| (line.key, line.finding)).collect()
}

fn reason_of<'a>(findings: &'a [(String, Finding)], key: &str) -> &'a Reason {
    match findings.iter().find(|(name, _)| name == key) {
        Some((_, Finding::NotTestable { reason, .. })) => reason,
        other => panic!("{key}: {other:?}"),
    }
}

#[test]
fn one_period_leaves_nothing_to_say_over_time() {
    let found = findings(&made(&grid(&["a", "b", "c", "d", "e", "f", "g"], 2000..2001)));
    assert_eq!(
        *reason_of(&found, "lagrange_multiplier"),
        Reason::TooFew { count: 1, of: "rows of any entity".into(), needed: 2 }
    );
    for key in ["bera_sosa_yoon", "wooldridge_ar", "hausman", "modified_wald", "cross_section_dependence"] {
        reason_of(&found, key);
    }
    // What needs no panel is there all the same.
    assert!(found.iter().any(|(key, finding)| key == "white" && matches!(finding, Finding::Test(_))));
}

#[test]
fn one_entity_leaves_nothing_to_say_across() {
    let found = findings(&made(&grid(&["a"], 2000..2020)));
    for key in ["lagrange_multiplier", "unobserved_effects", "bera_sosa_yoon"] {
        let too_few = Reason::TooFew { count: 1, of: "entities".into(), needed: 2 };
        assert_eq!(*reason_of(&found, key), too_few, "{key}");
    }
    for key in ["cross_section_dependence", "poolability", "effects_f"] {
        reason_of(&found, key);
    }
    assert!(
        found.iter().any(|(key, finding)| key == "breusch_godfrey" && matches!(finding, Finding::Test(_)))
    );
}

#[test]
fn panels_of_all_small_sizes_come_to_numbers_or_reasons() {
    let names = ["a", "b", "c", "d", "e"];
    for entities in 1..=5 {
        for times in 1..=6 {
            findings(&made(&grid(&names[..entities], 2000..2000 + times)));
        }
    }
    // Unbalanced, with gaps, singletons, and entities that share no time.
    let rows = [
        ("a", 2000),
        ("a", 2001),
        ("a", 2003),
        ("a", 2004),
        ("a", 2007),
        ("b", 2000),
        ("b", 2001),
        ("b", 2002),
        ("b", 2003),
        ("c", 2005),
        ("d", 2006),
        ("d", 2007),
        ("d", 2008),
        ("d", 2009),
        ("e", 2000),
        ("e", 2009),
    ];
    let found = findings(&made(&rows));
    assert!(found.iter().filter(|(_, finding)| matches!(finding, Finding::Test(_))).count() > 10);
}

#[test]
fn nothing_at_all_is_a_reason_for_each() {
    let panel = made(&grid(&["a", "b"], 2000..2004));
    let panel = panel.with_values("y", vec![None; 8]).unwrap();
    for (key, finding) in findings(&panel) {
        let untestable = matches!(finding, Finding::NotTestable { .. } | Finding::Variation(_));
        assert!(untestable || key == "series_dependence", "{key}: {finding:?}");
    }
}

#[test]
fn a_perfect_fit_is_a_reason() {
    let panel = made(&grid(&["a", "b", "c", "d"], 2000..2008));
    let (x, z) = (panel.values("x").unwrap(), panel.values("z").unwrap());
    let y = x.iter().zip(&z).map(|(x, z)| Some(1.0 + 2.0 * x.unwrap() - z.unwrap())).collect();
    for (key, finding) in findings(&panel.with_values("y", y).unwrap()) {
        let of_regressors = ["variance_inflation", "unbalancedness", "series_dependence", "variation"];
        assert!(
            matches!(finding, Finding::NotTestable { .. }) || of_regressors.contains(&key.as_str()),
            "{key}: {finding:?}"
        );
    }
}

#[test]
fn constant_regressors_are_left_out_or_a_reason_that_names_them() {
    let panel = made(&grid(&["a", "b", "c", "d"], 2000..2008));
    let still = panel.entity_codes().iter().map(|code| Some(*code as f64)).collect();
    let panel = panel.with_values("z", still).unwrap();
    let found = findings(&panel);
    // Fixed effects leave it out, so that one coefficient is compared, as in plm and Stata.
    assert!(found.iter().any(|(key, finding)| key == "hausman"
        && matches!(finding, Finding::Test(test) if test.distribution == NullDistribution::ChiSquared { df: 1.0 })));
    let refusing = Formula::new("y", &["x", "z"]).refusing_collinear();
    let hausman = SpecificationTest::Hausman {
        effects: Effects::Entity,
        method: VarianceEstimator::Swar,
        indefinite: Indefinite::Refuse,
    };
    let refused = diagnose(&panel, &refusing, &[hausman]).unwrap();
    let reason = Reason::ConstantWithin { variables: vec!["z".into()] };
    assert!(matches!(&refused[0].finding, Finding::NotTestable { reason: found, .. } if *found == reason));
    // Mundlak's test is about what varies.
    assert!(found.iter().any(|(key, finding)| key == "mundlak" && matches!(finding, Finding::Test(_))));
    let found = variation(&panel, &["z", "x"]).unwrap();
    assert_eq!((found[0].across_entities, found[0].over_time), (true, false));
    assert_eq!((found[1].across_entities, found[1].over_time), (true, true));
}

#[test]
fn an_indefinite_difference_is_told_and_can_be_overruled() {
    // Of a within estimate that claims to be more precise than random effects.
    let sample = sample(&made(&grid(&["a", "b", "c", "d", "e"], 2000..2006)));
    let of = |model: Model| model.estimate(&sample).unwrap().fit(&Covariance::classical()).unwrap();
    let mut within = of(Model::Within);
    let random =
        of(Model::Random(RandomEffects { effects: Effects::Entity, method: VarianceEstimator::Walhus }));
    for row in within.covariance.as_mut().unwrap() {
        row.iter_mut().for_each(|value| *value *= 1e-3);
    }
    assert_eq!(hausman(&within, &random, Indefinite::Refuse), Err(Reason::IndefiniteDifference));
    let forced = hausman(&within, &random, Indefinite::AbsoluteValue).unwrap();
    assert!(forced.statistic >= 0.0);
    let itself = hausman(&random, &random, Indefinite::Refuse);
    assert_eq!(itself, Err(Reason::IndefiniteDifference));
}

#[test]
fn entities_with_a_row_or_two_are_left_out_and_named() {
    let mut rows = grid(&["a", "b", "c"], 2000..2008);
    rows.extend([("d", 2000), ("e", 2000), ("e", 2001)]);
    let found = modified_wald(&sample(&made(&rows))).unwrap();
    assert_eq!(found.left_out, ["d", "e"]);
    assert_eq!(found.test.distribution, NullDistribution::ChiSquared { df: 3.0 });
}

#[test]
fn pairs_that_share_too_few_times_are_counted() {
    let mut rows = grid(&["a", "b"], 2000..2008);
    rows.extend(grid(&["c"], 2007..2012));
    let panel = made(&rows);
    let found = CrossSection::of_series(&panel, "x").unwrap().unwrap();
    assert_eq!((found.pairs, found.omitted), (1, 2));
    let x = panel.values("x").unwrap();
    let (a, b): (Vec<f64>, Vec<f64>) = (0..8).map(|at| (x[at].unwrap(), x[at + 8].unwrap())).unzip();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / 8.0;
    let product = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(i, j)| (i - mean(one)) * (j - mean(other))).sum()
    };
    let r = product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt();
    assert!((found.mean_correlation() - r).abs() < 1e-14);
    let cd = found.test(CrossSectionStatistic::Cd).unwrap();
    assert!((cd.statistic - 8.0_f64.sqrt() * r).abs() < 1e-13);
    assert!(found.test(CrossSectionStatistic::BiasCorrectedScaledLm).is_err());
    // A series that doesn't vary has no correlation.
    let still = vec![Some(1.0); panel.height()];
    let found = CrossSection::of_series(&panel.with_values("x", still).unwrap(), "x").unwrap();
    assert_eq!(found, Err(Reason::NoCorrelation { one: "a".into(), other: "b".into() }));
}

#[test]
fn poolability_counts_entities_with_few_rows_by_their_ranks() {
    let mut rows = grid(&["a", "b", "c"], 2000..2008);
    rows.extend([("d", 2000), ("d", 2001)]);
    let panel = made(&rows);
    let test = poolability(&sample(&panel), CommonSlopes::WithIntercept).unwrap();
    // 26 rows; 3 + 3 + 3 + 2 parameters against 3
    let distribution = NullDistribution::F { numerator: 8.0, denominator: 15.0 };
    assert_eq!(test.distribution, distribution);
    // An entity's own regressor without variation costs nothing.
    let mut z = panel.values("z").unwrap();
    z[..8].fill(Some(2.0));
    let test =
        poolability(&sample(&panel.with_values("z", z).unwrap()), CommonSlopes::WithIntercept).unwrap();
    let distribution = NullDistribution::F { numerator: 7.0, denominator: 16.0 };
    assert_eq!(test.distribution, distribution);
}

#[test]
fn lags_within_entities_dont_depend_on_the_order_of_entities() {
    let rows = grid(&["a", "b", "c", "d"], 2000..2009);
    let panel = made(&rows);
    // The same entities under names that sort the other way.
    let renamed: Vec<&str> = rows
        .iter()
        .map(|(entity, _)| match *entity {
            "a" => "z",
            "b" => "y",
            "c" => "x",
            _ => "w",
        })
        .collect();
    let mut columns = vec![
        Column::new("id".into(), renamed),
        Column::new("year".into(), rows.iter().map(|(_, time)| *time).collect::<Vec<_>>()),
    ];
    for name in ["y", "x", "z"] {
        columns.push(Column::new(name.into(), panel.values(name).unwrap()));
    }
    let other = Panel::new(DataFrame::new(rows.len(), columns).unwrap(), "id", "year").unwrap();
    for model in [Model::Ols, Model::Within] {
        let of = |panel: &Panel, lags: LagReach| {
            let estimated = model.estimate(&sample(panel)).unwrap();
            let options = BreuschGodfrey { order: Some(2), f: false, lags };
            let normal = DurbinWatson { p_value: PValueMethod::Normal, lags, ..DurbinWatson::default() };
            let exact = DurbinWatson { p_value: PValueMethod::Exact, lags, ..DurbinWatson::default() };
            [
                breusch_godfrey(&estimated, options).unwrap().statistic,
                durbin_watson(&estimated, normal).unwrap().p_value,
                durbin_watson(&estimated, exact).unwrap().p_value,
            ]
        };
        let (one, two) = (of(&panel, LagReach::Entity), of(&other, LagReach::Entity));
        for (one, two) in one.iter().zip(two) {
            assert!((one - two).abs() < 1e-10 * one, "{model:?}: {one}, {two}");
        }
        // The normal distribution is near the exact one.
        assert!((one[1] - one[2]).abs() < 0.02, "{one:?}");
        let (one, two) = (of(&panel, LagReach::Stacked), of(&other, LagReach::Stacked));
        assert!((one[0] - two[0]).abs() > 1e-6);
    }
}

#[test]
fn gaps_are_minded() {
    let mut rows = grid(&["a", "b", "c"], 2000..2010);
    let whole = made(&rows);
    // The same values with a gap of ten years in the middle of each entity.
    for (_, time) in &mut rows {
        if *time >= 2005 {
            *time += 10;
        }
    }
    let mut columns = vec![
        Column::new("id".into(), rows.iter().map(|(entity, _)| *entity).collect::<Vec<_>>()),
        Column::new("year".into(), rows.iter().map(|(_, time)| *time).collect::<Vec<_>>()),
    ];
    for name in ["y", "x", "z"] {
        columns.push(Column::new(name.into(), whole.values(name).unwrap()));
    }
    let gapped = Panel::new(DataFrame::new(rows.len(), columns).unwrap(), "id", "year").unwrap();
    let (whole, gapped) = (sample(&whole), sample(&gapped));
    let bera = |sample: &Sample, lag| {
        let what = BeraSosaYoon::SerialCorrelation;
        let options = BeraSosaYoonOptions { lag, ..BeraSosaYoonOptions::default() };
        bera_sosa_yoon(sample, what, options).unwrap().statistic
    };
    assert_eq!(bera(&whole, RowBefore::Row), bera(&gapped, RowBefore::Row));
    assert_eq!(bera(&whole, RowBefore::Row), bera(&whole, RowBefore::Time));
    assert!((bera(&gapped, RowBefore::Time) - bera(&gapped, RowBefore::Row)).abs() > 1e-9);
    // A residual after a gap counts by itself, and one before it once more in the locally best invariant statistic.
    let within = Model::Within.estimate(&gapped).unwrap();
    let residuals = within.residuals();
    let (mut differences, mut others) = (0.0, 0.0);
    for group in gapped.groups() {
        for row in group.clone().skip(1) {
            let before = if row == group.start + 5 { 0.0 } else { residuals[row - 1] };
            differences += (residuals[row] - before).powi(2);
        }
        for row in [group.start, group.start + 4, group.end - 1] {
            others += residuals[row].powi(2);
        }
    }
    let bnf = bhargava_franzini_narendranathan(&gapped).unwrap().value;
    assert!((bnf - differences / within.rss()).abs() < 1e-13);
    let lbi = baltagi_wu(&gapped).unwrap().value;
    assert!((lbi - (differences + others) / within.rss()).abs() < 1e-13);
}

#[test]
fn units_of_measurement_dont_matter() {
    let panel = grunfeld();
    let scaled = |panel: &Panel, name: &str, factor: f64, shift: f64| {
        let values = panel.values(name).unwrap();
        values.iter().map(|value| Some(value.unwrap() * factor + shift)).collect::<Vec<_>>()
    };
    let other = panel
        .clone()
        .with_values("inv", scaled(&panel, "inv", 1e-9, 3e-7))
        .unwrap()
        .with_values("value", scaled(&panel, "value", 1e6, -2e9))
        .unwrap();
    let formula = Formula::new("inv", &["value", "capital"]);
    let one = diagnose(&panel, &formula, &all()).unwrap();
    let two = diagnose(&other, &formula, &all()).unwrap();
    for (one, two) in one.iter().zip(&two) {
        let value = |finding: &Finding| match finding {
            Finding::Test(test) => test.statistic,
            Finding::Measure(measure) => measure.value,
            other => panic!("{other:?}"),
        };
        if matches!(one.finding, Finding::Variation(_)) {
            assert_eq!(one, two);
            continue;
        }
        let (left, right) = (value(&one.finding), value(&two.finding));
        assert!((left - right).abs() <= 1e-7 * left.abs(), "{}: {left}, {right}", one.key);
    }
}

#[test]
fn forms_that_arent_defined_are_refused() {
    let sample = sample(&made(&grid(&["a", "b", "c", "d"], 2000..2008)));
    let ghm = LagrangeMultiplier::GourierouxHollyMonfort;
    assert!(matches!(lagrange_multiplier(&sample, Effects::Time, ghm), Err(Reason::NotDefinedFor { .. })));
    let between = breusch_pagan(&sample, Model::Between, VarianceStatistic::default());
    assert!(matches!(between, Err(Reason::NotDefinedFor { .. })));
    assert!(matches!(reset(&sample, Model::Between, &[2]), Err(Reason::NotDefinedFor { .. })));
    assert!(matches!(reset(&sample, Model::Ols, &[1]), Err(Reason::TooFew { .. })));
    let estimated = Model::Ols.estimate(&sample).unwrap();
    let zero = BreuschGodfrey { order: Some(0), ..BreuschGodfrey::default() };
    assert!(matches!(breusch_godfrey(&estimated, zero), Err(Reason::TooFew { .. })));
    for order in [8, 1000, usize::MAX] {
        let long = BreuschGodfrey { order: Some(order), ..BreuschGodfrey::default() };
        assert!(breusch_godfrey(&estimated, long).is_err());
    }
}

#[test]
fn dummies_and_their_products_dont_count_twice_in_whites_test() {
    let panel = made(&grid(&["a", "b", "c", "d"], 2000..2012));
    let dummy: Vec<Option<f64>> = (0..48).map(|row| Some(f64::from(u8::from(row % 3 == 0)))).collect();
    let panel = panel.with_values("z", dummy).unwrap();
    let test = white(&sample(&panel), false, VarianceStatistic::default()).unwrap();
    // x, z, x^2, xz; z^2 is z
    assert_eq!(test.distribution, NullDistribution::ChiSquared { df: 4.0 });
}

#[test]
fn dummy_variables_and_absorbed_effects_have_the_same_breusch_pagan_and_reset() {
    let panel = made(&grid(&["a", "b", "c", "d"], 2000..2012));
    let mut with = panel.clone();
    for level in 1..4 {
        let codes = panel.entity_codes();
        let dummy = codes.iter().map(|code| Some(f64::from(u8::from(*code == level)))).collect();
        with = with.with_values(&format!("d{level}"), dummy).unwrap();
    }
    let dummies = Sample::new(&with, &Formula::new("y", &["x", "z", "d1", "d2", "d3"])).unwrap();
    for statistic in [VarianceStatistic::Studentised, VarianceStatistic::Original, VarianceStatistic::F] {
        let absorbed = breusch_pagan(&sample(&panel), Model::Within, statistic).unwrap();
        let explicit = breusch_pagan(&dummies, Model::Ols, statistic).unwrap();
        assert!((absorbed.statistic - explicit.statistic).abs() < 1e-10 * explicit.statistic);
        assert_eq!(absorbed.distribution, explicit.distribution);
    }
    let (absorbed, explicit) =
        (reset(&sample(&panel), Model::Within, &[2, 3]), reset(&dummies, Model::Ols, &[2, 3]));
    let (absorbed, explicit) = (absorbed.unwrap(), explicit.unwrap());
    assert!((absorbed.statistic - explicit.statistic).abs() < 1e-8 * explicit.statistic);
    assert_eq!(absorbed.distribution, explicit.distribution);
}

#[test]
fn weights_and_named_effects_are_tested_rightly_or_refused() {
    let panel = made(&grid(&["a", "b", "c", "d", "e"], 2000..2010));
    let ones = panel.clone().with_values("w", vec![Some(1.0); 50]).unwrap();
    let formula = Formula::new("y", &["x", "z"]).weighted(Weights::analytic("w"));
    let plain = diagnose(&panel, &Formula::new("y", &["x", "z"]), &all()).unwrap();
    let weighted = diagnose(&ones, &formula, &all()).unwrap();
    let mut tested = 0;
    for (plain, weighted) in plain.iter().zip(&weighted) {
        match &weighted.finding {
            // Weights of one change nothing where they are allowed.
            Finding::Test(test) => {
                tested += 1;
                let Finding::Test(other) = &plain.finding else { panic!("{plain:?}") };
                assert!(
                    (test.statistic - other.statistic).abs() <= 1e-9 * other.statistic.abs(),
                    "{plain:?}"
                );
            }
            Finding::NotTestable { reason, .. } => {
                assert!(
                    reason.to_string().contains("weight") || reason.to_string().contains("not defined"),
                    "{reason}"
                );
            }
            _ => {}
        }
    }
    assert!(tested >= 3, "{weighted:?}");
    let effects = Formula::new("y", &["x", "z"]).with_effects(&["entity", "time"]).unwrap();
    for line in diagnose(&panel, &effects, &all()).unwrap() {
        let untestable = matches!(
            line.finding,
            Finding::NotTestable { reason: Reason::NotDefinedFor { .. } | Reason::NotDefined { .. }, .. }
                | Finding::Variation(_)
        );
        let of_data =
            ["series_dependence", "unbalancedness", "variance_inflation"].contains(&line.key.as_str());
        assert!(untestable || of_data, "{line:?}");
    }
}
