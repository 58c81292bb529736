//! Linear regressions that are hard for double precision: NIST's eleven sets to the certified digits that the
//! data's rounding to doubles leaves (Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd), and a
//! polynomial like its Filip set against least squares in exact rational arithmetic on the same doubles.
//!
//! Longley's is written out below; data and certified values of the others are in golden/nist.json.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::{Covariance, Fit, Formula, Model, Note, estimate};
use vintner_panel::Panel;

/// Estimates `y` on an intercept and the columns `x1`, `x2`, ...
fn ols(y: &[f64], columns: &[Vec<f64>]) -> Fit {
    ols_with(y, columns, true)
}

fn ols_with(y: &[f64], columns: &[Vec<f64>], intercept: bool) -> Fit {
    let names: Vec<String> = (1..=columns.len()).map(|index| format!("x{index}")).collect();
    let mut frame = vec![
        Column::new("entity".into(), vec!["one"; y.len()]),
        Column::new("time".into(), (0..y.len() as i32).collect::<Vec<_>>()),
        Column::new("y".into(), y.to_vec()),
    ];
    frame.extend(
        names.iter().zip(columns).map(|(name, column)| Column::new(name.as_str().into(), column.clone())),
    );
    let panel =
        Panel::new(DataFrame::new(y.len(), frame).expect("a frame"), "entity", "time").expect("a panel");
    let formula = Formula::new("y", &names);
    let formula = if intercept { formula } else { formula.without_intercept() };
    let outcome = estimate(&panel, &formula, Model::Ols, &Covariance::classical()).expect("an outcome");
    outcome.fit().unwrap_or_else(|| panic!("{:?}", outcome.reason())).clone()
}

fn close(what: &str, actual: f64, expected: f64, tolerance: f64) {
    let error = (actual - expected).abs() / expected.abs();
    assert!(error <= tolerance, "{what}: {actual:e}, certified {expected:e}, off by {error:.1e}");
}

fn compare(fit: &Fit, estimates: &[f64], std_errors: &[f64], tolerance: f64, tolerance_of_errors: f64) {
    assert_eq!(fit.coefficients.len(), estimates.len());
    for ((coefficient, estimate), std_error) in fit.coefficients.iter().zip(estimates).zip(std_errors) {
        close(&coefficient.name, coefficient.estimate, *estimate, tolerance);
        let own = coefficient.std_error.expect("a standard error");
        close(&format!("standard error of {}", coefficient.name), own, *std_error, tolerance_of_errors);
    }
}

fn powers(x: &[f64], degree: usize) -> Vec<Vec<f64>> {
    let mut columns = vec![x.to_vec()];
    while columns.len() < degree {
        let last = columns.last().expect("a column");
        let next = last.iter().zip(x).map(|(power, x)| power * x).collect();
        columns.push(next);
    }
    columns
}

#[test]
fn longley() {
    let y = [
        60323.0, 61122.0, 60171.0, 61187.0, 63221.0, 63639.0, 64989.0, 63761.0, 66019.0, 67857.0, 68169.0,
        66513.0, 68655.0, 69564.0, 69331.0, 70551.0,
    ];
    let deflator = [
        83.0, 88.5, 88.2, 89.5, 96.2, 98.1, 99.0, 100.0, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7,
        116.9,
    ];
    let product = [
        234289.0, 259426.0, 258054.0, 284599.0, 328975.0, 346999.0, 365385.0, 363112.0, 397469.0, 419180.0,
        442769.0, 444546.0, 482704.0, 502601.0, 518173.0, 554894.0,
    ];
    let unemployed = [
        2356.0, 2325.0, 3682.0, 3351.0, 2099.0, 1932.0, 1870.0, 3578.0, 2904.0, 2822.0, 2936.0, 4681.0,
        3813.0, 3931.0, 4806.0, 4007.0,
    ];
    let armed = [
        1590.0, 1456.0, 1616.0, 1650.0, 3099.0, 3594.0, 3547.0, 3350.0, 3048.0, 2857.0, 2798.0, 2637.0,
        2552.0, 2514.0, 2572.0, 2827.0,
    ];
    let population = [
        107608.0, 108632.0, 109773.0, 110929.0, 112075.0, 113270.0, 115094.0, 116219.0, 117388.0, 118734.0,
        120445.0, 121950.0, 123366.0, 125368.0, 127852.0, 130081.0,
    ];
    let year: Vec<f64> = (1947..1963).map(f64::from).collect();
    let columns =
        [deflator.to_vec(), product.to_vec(), unemployed.to_vec(), armed.to_vec(), population.to_vec(), year];
    let fit = ols(&y, &columns);
    compare(
        &fit,
        &[
            -3482258.63459582,
            15.0618722713733,
            -0.358191792925910E-01,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807E-01,
            1829.15146461355,
        ],
        &[
            890420.383607373,
            84.9149257747669,
            0.334910077722432E-01,
            0.488399681651699,
            0.214274163161675,
            0.226073200069370,
            455.478499142212,
        ],
        1e-14 * 3.0,
        1e-10,
    );
    close("residual standard deviation", fit.sigma2.sqrt(), 304.854073561965, 1e-13);
    close("R2", fit.r2, 0.995479004577296, 1e-14);
    close("F", fit.joint.expect("a joint test").f, 330.285339234588, 1e-13);
    close("RSS", fit.rss, 836424.055505915, 1e-13);
}

#[test]
fn wampler_with_a_perfect_fit() {
    let x: Vec<f64> = (0..=20).map(f64::from).collect();
    let columns = powers(&x, 5);
    let y: Vec<f64> =
        (0..x.len()).map(|row| 1.0 + columns.iter().map(|column| column[row]).sum::<f64>()).collect();
    let fit = ols(&y, &columns);
    for coefficient in &fit.coefficients {
        close(&coefficient.name, coefficient.estimate, 1.0, 1e-9);
        assert_eq!(
            (coefficient.std_error, coefficient.statistic, coefficient.p_value),
            (None, None, None),
            "a perfect fit has no standard errors"
        );
    }
    assert_eq!(fit.notes, [Note::PerfectFit]);
    assert_eq!((fit.joint, &fit.covariance), (None, &None));
}

#[test]
fn wampler_with_much_noise() {
    let y = [
        75901.0, -204794.0, 204863.0, -204436.0, 253665.0, -200894.0, 214131.0, -185192.0, 221249.0,
        -138370.0, 315911.0, -27644.0, 455253.0, 197434.0, 783995.0, 608816.0, 1370781.0, 1303798.0,
        2205519.0, 2408860.0, 3444321.0,
    ];
    let x: Vec<f64> = (0..=20).map(f64::from).collect();
    let fit = ols(&y, &powers(&x, 5));
    compare(
        &fit,
        &[1.0; 6],
        &[
            215232.624678170,
            236355.173469681,
            77934.3524331583,
            10147.5507550350,
            564.566512170752,
            11.2324854679312,
        ],
        // the noise is 2e5 times the coefficients
        1e-8,
        1e-12,
    );
    close("residual standard deviation", fit.sigma2.sqrt(), 236014.502379268, 1e-13);
    close("R2", fit.r2, 0.957478440825662, 1e-13);
}

#[test]
fn a_polynomial_of_degree_ten() {
    let x: Vec<f64> = (0..49).map(|k| -9.0 + f64::from(k) / 8.0).collect();
    let y: Vec<f64> =
        (0..49).map(|k| 0.75 + f64::from((k * k * 7 + 3 * k) % 64) / 512.0 + f64::from(k) / 256.0).collect();
    let fit = ols(&y, &powers(&x, 10));
    compare(
        &fit,
        &[
            -210.2202189628986,
            -273.72256104173067,
            -120.78057715976624,
            -4.605155304462007,
            16.099271409452797,
            7.235517306600756,
            1.6153625556636402,
            0.21454425833392204,
            0.017191888204959316,
            0.0007700194752002847,
            1.4842279691483576e-05,
        ],
        &[
            2039.8120990252517,
            3882.534999724276,
            3272.0891653885715,
            1608.2339422682157,
            510.6490562959854,
            109.48925985748436,
            16.060844316739757,
            1.5922684919896926,
            0.10215347976138474,
            0.0038316593623983924,
            6.384101822021508e-05,
        ],
        1e-13,
        // the bread isn't refined: the condition number times the rounding of one operation
        1e-5,
    );
    close("R2", fit.r2, 0.8073648749894823, 1e-13);
    close("RSS", fit.rss, 0.049690137588099974, 1e-13);
    assert!(fit.notes.iter().any(|note| matches!(note, Note::IllConditioned { .. })));
}

/// The sets of golden/nist.json with the digits that must agree: in estimates, and in standard errors.
const DIGITS: [(&str, f64, f64); 10] = [
    ("Norris", 13.0, 13.0),
    ("Pontius", 12.0, 12.0),
    ("NoInt1", 14.0, 14.0),
    ("NoInt2", 14.0, 14.0),
    ("Wampler1", 9.0, 0.0),
    ("Wampler2", 12.0, 0.0),
    ("Wampler3", 9.0, 12.0),
    ("Wampler4", 8.0, 12.0),
    ("Wampler5", 6.0, 12.0),
    // Forming the powers rounds the data: seven digits are what they determine.
    ("Filip", 7.0, 7.0),
];

#[test]
fn every_other_set() {
    let text = include_str!("golden/nist.json");
    let sets: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        value.as_array().expect("numbers").iter().map(|one| one.as_f64().expect("a number")).collect()
    };
    assert_eq!(sets.as_object().expect("sets").len(), DIGITS.len());
    for (name, of_estimates, of_errors) in DIGITS {
        let set = &sets[name];
        let columns = powers(&numbers(&set["x"]), set["degree"].as_u64().expect("a degree") as usize);
        let intercept = set["intercept"].as_bool().expect("true or false");
        let fit = ols_with(&numbers(&set["y"]), &columns, intercept);
        let (estimates, errors) = (numbers(&set["estimates"]), numbers(&set["std_errors"]));
        assert_eq!(fit.coefficients.len(), estimates.len(), "{name}");
        let digits =
            |own: f64, certified: f64| -((own - certified).abs() / certified.abs()).max(1e-16).log10();
        let mut worst = (16.0_f64, 16.0_f64);
        for ((coefficient, estimate), error) in fit.coefficients.iter().zip(&estimates).zip(&errors) {
            worst.0 = worst.0.min(digits(coefficient.estimate, *estimate));
            match coefficient.std_error {
                Some(own) => worst.1 = worst.1.min(digits(own, *error)),
                None => assert_eq!((*error, &fit.notes[0]), (0.0, &Note::PerfectFit), "{name}"),
            }
        }
        println!("{name}: {:.1} digits of estimates, {:.1} of standard errors", worst.0, worst.1);
        assert!(worst.0 >= of_estimates && worst.1 >= of_errors, "{name}: {worst:?}");
        if let Some(r2) = set["r2"].as_f64() {
            close(name, fit.r2, r2, 1e-10);
        }
        if let Some(deviation) = set["residual_sd"].as_f64() {
            close(name, fit.sigma2.sqrt(), deviation, 10_f64.powf(-of_errors.min(10.0)));
        }
    }
}
