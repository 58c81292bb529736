//! Whatever the data: a result of finite numbers, or a reason, and never a panic.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use serde_json::Value;
use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentedEquation,
};
use vintner_estimation::systems::{
    Equation, Iteration, Kernel, MomentWeights, ResidualCovariance, System, SystemCovariance,
    SystemEstimator, SystemOptions, SystemOutcome, ThreeStageMethod,
};
use vintner_estimation::{Effects, Formula, PanelKey};
use vintner_panel::Panel;

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn number(&mut self) -> f64 {
        self.below(2001) as f64 / 100.0 - 10.0
    }
}

const NAMES: [&str; 7] = ["y1", "y2", "y3", "x1", "x2", "x3", "z"];

/// A small panel in which much may be wrong.
fn panel(seed: u64, draw: &mut Draw) -> Panel {
    let (entities, times) = (1 + draw.below(5), 1 + draw.below(9));
    let mut rows: Vec<(u64, i32)> = Vec::new();
    for entity in 0..entities {
        for time in 0..times {
            if draw.below(12) > 0 {
                rows.push((entity, time as i32));
            }
        }
    }
    if rows.is_empty() {
        rows.push((0, 0));
    }
    let mut columns = vec![
        Column::new("entity".into(), rows.iter().map(|row| format!("e{}", row.0)).collect::<Vec<_>>()),
        Column::new("time".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
    ];
    let mut made: Vec<Vec<Option<f64>>> = Vec::new();
    for name in NAMES {
        let kind = draw.below(16);
        let values: Vec<Option<f64>> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| match kind {
                0 => Some(3.0),
                1 => Some(0.0),
                2 => Some(row.0 as f64),
                3 => Some(f64::from(row.1)),
                4 => made.first().map_or(Some(1.0), |first| first[at].map(|value| 2.0 * value - 1.0)),
                5 => Some(draw.number() * 10_f64.powi(seed as i32 % 200)),
                6 => Some(draw.number() * 10_f64.powi(-(seed as i32 % 250))),
                7 => Some(1e9 + draw.number()),
                8 => (draw.below(5) > 0).then(|| draw.number()),
                9 => Some(draw.below(2) as f64),
                _ => Some(draw.number()),
            })
            .collect();
        columns.push(Column::new(name.into(), values.clone()));
        made.push(values);
    }
    Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "entity", "time").expect("a panel")
}

/// JSON has no infinity: what isn't finite is null there, and doesn't read back as a number.
fn reads_back<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    value: &T,
    what: &str,
) {
    let text = serde_json::to_string(value).expect("JSON");
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"));
    assert_eq!(&back, value, "{what}");
    let _: Value = serde_json::from_str(&text).expect("JSON");
}

#[test]
fn systems() {
    let (mut fits, mut refusals) = (0, 0);
    for seed in 0..1500_u64 {
        let mut draw = Draw(seed);
        let panel = panel(seed, &mut draw);
        let mut system = System::new(vec![
            Equation::new("a", "y1", &["y2", "x1"]),
            Equation::new("b", "y2", &["y1", "x2", "x3"]),
            Equation::new("c", "y3", &["x1", "z"]),
        ]);
        system.effects = [None, None, Some(Effects::Entity), Some(Effects::Time), Some(Effects::TwoWay)]
            [draw.below(5) as usize];
        system.count_effects = draw.below(2) == 0;
        if draw.below(3) == 0 {
            system.equations[1].formula.intercept = false;
        }
        if draw.below(3) == 0 {
            system.equations[0].instruments = Some(vec!["x1".into(), "x3".into()]);
        }
        let prepared = system.prepare(&panel).expect("a system");
        for stage in prepared.first_stages(Errors::Robust) {
            reads_back(&stage, &format!("{seed} first stage"));
        }
        for estimator in [
            SystemEstimator::Ols,
            SystemEstimator::Wls,
            SystemEstimator::Sur,
            SystemEstimator::TwoStage,
            SystemEstimator::WeightedTwoStage,
            SystemEstimator::ThreeStage,
            SystemEstimator::Gmm,
        ] {
            let by = if draw.below(2) == 0 { PanelKey::Entity } else { PanelKey::Time };
            let kernel = Kernel::Bartlett;
            let across_entities = draw.below(2) == 0;
            let options = SystemOptions {
                residual_covariance: [
                    ResidualCovariance::Geomean,
                    ResidualCovariance::NoDfCor,
                    ResidualCovariance::Max,
                    ResidualCovariance::Theil,
                ][draw.below(4) as usize],
                three_stage: [
                    ThreeStageMethod::Gls,
                    ThreeStageMethod::Iv,
                    ThreeStageMethod::Gmm,
                    ThreeStageMethod::Schmidt,
                    ThreeStageMethod::EViews,
                ][draw.below(5) as usize],
                iterate: (draw.below(3) == 0).then_some(Iteration { steps: 30, tolerance: 1e-8 }),
                moment_weights: if draw.below(2) == 0 {
                    MomentWeights::Robust
                } else {
                    MomentWeights::Unadjusted
                },
                covariance: [
                    SystemCovariance::Classical,
                    SystemCovariance::Unadjusted,
                    SystemCovariance::Robust { debiased: true },
                    SystemCovariance::Cluster { by, debiased: true, group_debias: true },
                    SystemCovariance::Kernel { kernel, bandwidth: None, across_entities, debiased: false },
                ][draw.below(5) as usize],
                ..SystemOptions::default()
            };
            let outcome: SystemOutcome = prepared.estimate(estimator, &options).expect("an outcome");
            reads_back(&outcome, &format!("{seed} {estimator:?}"));
            match outcome.fit() {
                Some(_) => fits += 1,
                None => refusals += 1,
            }
        }
        let hausman = prepared.hausman(&SystemOptions::default()).expect("coefficients");
        assert!(hausman.is_err() || hausman.is_ok_and(|test| test.statistic.is_finite()));
    }
    assert!(fits > 2000 && refusals > 500, "{fits} {refusals}");
}

#[test]
fn single_equations() {
    let (mut fits, mut refusals) = (0, 0);
    for seed in 0..2000_u64 {
        let mut draw = Draw(seed + 100_000);
        let panel = panel(seed, &mut draw);
        let mut equation =
            InstrumentedEquation::new(Formula::new("y1", &["y2", "x1"]), &["y2"], &["x2", "x3", "z"]);
        if draw.below(4) == 0 {
            equation =
                InstrumentedEquation::new(Formula::new("y1", &["y2", "y3"]), &["y2", "y3"], &["x2", "z"]);
        }
        if draw.below(6) == 0 {
            equation.endogenous.clear();
        }
        equation.formula.intercept = draw.below(3) > 0;
        equation.effects = [None, None, Some(Effects::Entity), Some(Effects::TwoWay)][draw.below(4) as usize];
        equation.count_effects = draw.below(2) == 0;
        let prepared = equation.prepare(&panel).expect("an equation");
        let by = if draw.below(2) == 0 { PanelKey::Entity } else { PanelKey::Time };
        for errors in [
            Errors::Unadjusted,
            Errors::Robust,
            Errors::Cluster { by },
            Errors::Kernel {
                kernel: Kernel::QuadraticSpectral,
                bandwidth: Some(1.5),
                across_entities: false,
            },
            Errors::Kernel { kernel: Kernel::Parzen, bandwidth: None, across_entities: true },
        ] {
            if let Ok(stage) = prepared.first_stage(errors) {
                reads_back(&stage, &format!("{seed} first stage"));
            }
            for estimator in [
                InstrumentalEstimator::TwoStage {},
                InstrumentalEstimator::Liml { fuller: 1.0 },
                InstrumentalEstimator::KClass { kappa: 0.5 },
                InstrumentalEstimator::Gmm { weights: errors, center: draw.below(2) == 0, iterate: None },
            ] {
                let covariance = InstrumentalCovariance { errors, debiased: draw.below(2) == 0, test: None };
                let outcome = prepared.estimate(estimator, covariance);
                reads_back(&outcome, &format!("{seed} {estimator:?} {errors:?}"));
                match outcome.fit() {
                    Some(_) => fits += 1,
                    None => refusals += 1,
                }
            }
        }
    }
    assert!(fits > 5000 && refusals > 2000, "{fits} {refusals}");
}
