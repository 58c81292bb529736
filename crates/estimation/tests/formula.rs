//! Equations as one text: what they say, what the columns are called and hold, and faults at their place.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame};
use vintner_estimation::{
    BoundEquation, Covariance, EstimationError, Formula, Model, WrittenEquation, estimate,
};
use vintner_panel::Panel;

fn panel() -> Panel {
    let regions = ["north", "north", "south", "south", "west", "west"];
    let rows = 6 * 5;
    let value = |row: usize, salt: usize| {
        ((row * 7919 + salt * 104_729 + row * row * row * (31 + salt)) % 997) as f64 / 100.0 + 1.0
    };
    let columns = vec![
        Column::new("entity".into(), (0..rows).map(|row| format!("u{}", row / 5)).collect::<Vec<_>>()),
        // 2003 is a year that nobody has.
        Column::new(
            "time".into(),
            (0..rows).map(|row| [2001, 2002, 2004, 2005, 2006][row % 5]).collect::<Vec<i32>>(),
        ),
        Column::new("region".into(), (0..rows).map(|row| regions[row / 5]).collect::<Vec<_>>()),
        Column::new("wave".into(), (0..rows).map(|row| (row % 5 / 2) as i64).collect::<Vec<_>>()),
        Column::new("x".into(), (0..rows).map(|row| value(row, 1)).collect::<Vec<_>>()),
        Column::new("z".into(), (0..rows).map(|row| value(row, 2)).collect::<Vec<_>>()),
        Column::new(
            "w".into(),
            (0..rows).map(|row| if row == 4 { 0.0 } else { value(row, 3) }).collect::<Vec<_>>(),
        ),
        Column::new("y".into(), (0..rows).map(|row| value(row, 4)).collect::<Vec<_>>()),
    ];
    Panel::new(DataFrame::new(rows, columns).expect("a frame"), "entity", "time").expect("a panel")
}

fn written(text: &str) -> WrittenEquation {
    text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn bound(text: &str) -> BoundEquation {
    written(text).on(&panel()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn reads_as(text: &str, formula: &str) {
    assert_eq!(bound(text).formula.to_string(), formula, "{text}");
}

#[test]
fn terms_have_the_names_of_the_field() {
    reads_as("y ~ x + z", "y ~ x + z");
    reads_as("y ~ x*z", "y ~ x + z + x:z");
    reads_as("y ~ (x + z)*w - x:w", "y ~ x + z + w + z:w");
    reads_as("y ~ (x + z):w", "y ~ x:w + z:w");
    reads_as("y ~ x + x^2 + z:x + x:z", "y ~ x + I(x^2) + z:x");
    reads_as("log(y) ~ log(x) + sqrt(z)", "log(y) ~ log(x) + sqrt(z)");
    reads_as("y ~ I(x/z) + I((x + 1)^2)", "y ~ I(x / z) + I((x + 1)^2)");
    reads_as("y ~ l(x) + l(x, 1:2)", "y ~ l(x, 1) + l(x, 2)");
    reads_as("y ~ l(1:2).y + f(x) + d(z) + d(z, 2)", "y ~ l(y, 1) + l(y, 2) + f(x, 1) + d(z) + d(z, 2)");
    reads_as("y ~ l(x, c(1, 4)) + d(x, 0:1)", "y ~ l(x, 1) + l(x, 4) + x + d(x)");
    reads_as("y ~ l(x, -1:1)", "y ~ f(x, 1) + x + l(x, 1)");
    reads_as("y ~ l(log(x), 0:1)", "y ~ log(x) + l(log(x), 1)");
    reads_as("y ~ c(x, z)*w", "y ~ x + z + w + x:w + z:w");
    reads_as("y ~ i(region)", "y ~ region::north + region::south + region::west");
    reads_as("y ~ i(region, ref = \"north\")", "y ~ region::south + region::west");
    reads_as("y ~ i(wave, x, ref = 0)", "y ~ wave::1:x + wave::2:x");
    reads_as("y ~ i(wave, x, 0)", "y ~ wave::1:x + wave::2:x");
    reads_as("y ~ i(wave, ref = c(0, 2))", "y ~ wave::1");
    reads_as(
        "y ~ i(wave, i.region, ref = c(0, 1))",
        "y ~ wave::2:region::north + wave::2:region::south + wave::2:region::west",
    );
    reads_as("y ~ log1p(x) + log2(x) + log10(x)", "y ~ log1p(x) + log2(x) + log10(x)");
    reads_as(
        "y ~ i(region, ref = west)*x",
        "y ~ region::north + region::south + x + region::north:x + region::south:x",
    );
    reads_as("y ~ region + x", "y ~ regionsouth + regionwest + x");
    reads_as("y ~ x - 1", "y ~ x - 1");
    reads_as("y ~ 0 + x", "y ~ x - 1");
    reads_as("y ~ x | entity + region^time", "y ~ x | entity + region^time");
    reads_as("`y` ~ x|wave", "y ~ x | wave");
}

#[test]
fn columns_hold_what_they_are_called() {
    let bound = bound(
        "y ~ l(x) + f(x) + d(x) + I(x^2) + x:z + i(wave, ref = 0) + log(w) + d(x, 2) + d(d(x)) + log10(x)",
    );
    let of = |name: &str| bound.panel.values(name).expect(name);
    let (x, z, w) = (of("x"), of("z"), of("w"));
    for unit in 0..6 {
        let at = |place: usize| unit * 5 + place;
        // Nothing is a year before 2004, nor a year after 2002.
        assert_eq!((of("l(x, 1)")[at(0)], of("l(x, 1)")[at(2)]), (None, None));
        assert_eq!(of("l(x, 1)")[at(1)], x[at(0)]);
        assert_eq!(
            (of("f(x, 1)")[at(0)], of("f(x, 1)")[at(1)], of("f(x, 1)")[at(4)]),
            (x[at(1)], None, None)
        );
        assert_eq!(of("d(x)")[at(3)], Some(x[at(3)].unwrap() - x[at(2)].unwrap()));
        // As fixest has it, x less its value two years before; differences of differences are written as such.
        assert_eq!(of("d(x, 2)")[at(2)], Some(x[at(2)].unwrap() - x[at(1)].unwrap()));
        assert_eq!(of("d(x, 2)")[at(3)], None);
        let once = |place: usize| x[at(place)].unwrap() - x[at(place - 1)].unwrap();
        assert_eq!((of("d(d(x))")[at(3)], of("d(d(x))")[at(4)]), (None, Some(once(4) - once(3))));
    }
    for row in 0..30 {
        let (x, z, w) = (x[row].unwrap(), z[row].unwrap(), w[row].unwrap());
        assert_eq!(of("I(x^2)")[row], Some(x * x));
        assert_eq!(of("x:z")[row], Some(x * z));
        assert_eq!(of("wave::2")[row], Some(f64::from(u8::from(row % 5 == 4))));
        assert_eq!(of("log(w)")[row], (w > 0.0).then(|| w.ln()));
    }
    assert!(w.contains(&Some(0.0)), "a logarithm that isn't there is tried");
}

/// The same numbers as with columns made by hand.
#[test]
fn estimates_are_those_of_columns_made_by_hand() {
    let bound = bound("y ~ x*z + l(x) | entity");
    let by_text =
        estimate(&bound.panel, &bound.formula, Model::Within, &Covariance::classical()).expect("an outcome");
    let panel = panel();
    let (x, z) = (panel.values("x").expect("x"), panel.values("z").expect("z"));
    let product = x.iter().zip(&z).map(|(x, z)| Some((*x)? * (*z)?)).collect();
    let lagged = vintner_estimation::lag(&panel, &x, 1);
    let panel = panel
        .with_values("xz", product)
        .and_then(|panel| panel.with_values("before", lagged))
        .expect("columns");
    let formula = Formula::new("y", &["x", "z", "xz", "before"]);
    let by_hand = estimate(&panel, &formula, Model::Within, &Covariance::classical()).expect("an outcome");
    let (by_text, by_hand) = (by_text.fit().expect("a fit"), by_hand.fit().expect("a fit"));
    let numbers = |fit: &vintner_estimation::Fit| -> Vec<(f64, Option<f64>)> {
        fit.coefficients.iter().map(|one| (one.estimate, one.std_error)).collect()
    };
    assert_eq!(numbers(by_text), numbers(by_hand));
    assert_eq!(by_text.coefficients[2].name, "x:z");
}

#[test]
fn instruments_stand_after_a_second_bar() {
    for text in ["y ~ z | entity | x ~ w + l(x)", "y ~ z | x ~ w + l(x)"] {
        let bound = bound(text);
        assert_eq!(bound.endogenous, ["x"]);
        assert_eq!(bound.instruments, ["w", "l(x, 1)"]);
        assert_eq!(bound.formula.regressors, ["x", "z"]);
        assert_eq!(bound.formula.effects.len(), usize::from(text.contains("entity")));
        assert!(written(text).is_instrumented());
    }
    assert_eq!(bound("y ~ 1 | x ~ w").formula.regressors, ["x"]);
    assert_eq!(
        written("log(y) ~ i(region, x) | wave | l(z) ~ w").columns(),
        ["y", "z", "region", "x", "w", "wave"]
    );
}

#[test]
fn faults_are_told_at_their_place() {
    let fault = |text: &str| {
        let fault = text.parse::<WrittenEquation>().expect_err(text);
        let at: String = text.chars().skip(fault.at.start).take(fault.at.len()).collect();
        format!("{at}: {}", fault.message)
    };
    assert_eq!(fault("y x"), "x: here stands `~`, not `x`");
    assert_eq!(fault("y ~ x +"), ": here stands a column, a function of one, or a number, not the end");
    assert_eq!(fault("y ~ 0"), "y ~ 0: the equation has no regressors");
    assert_eq!(fault("y ~ ln(x)"), "ln: there is no function `ln`");
    assert_eq!(fault("y ~ x + 2"), "2: 2 is no regressor");
    assert_eq!(fault("y ~ (x + z"), ": here stands `)`, not the end");
    assert_eq!(fault("y ~ x z"), "z: the equation ends here, or a sign is missing, not `z`");
    assert_eq!(fault("y ~ x^z"), "z: here stands a power, a number");
    assert_eq!(fault("y ~ l(x, 3:1)"), "3: the lags run from 3 to 1");
    assert_eq!(fault("y ~ l(x, 99999)"), "99999: here stands a whole number, up to 1000");
    assert_eq!(fault("y ~ log(l(x, 1:2))"), "l: several lags don't go into a function");
    assert_eq!(fault("y ~ sw(x, z)"), "y ~ sw(x, z): 2 equations in one text, where one is asked for");
    assert_eq!(fault("y ~ x | entity + entity"), "entity: the effect `entity` is named twice");
    assert_eq!(
        fault("y ~ x | entity | w"),
        "w: after the second bar come endogenous regressors, `~` and their instruments"
    );
    assert_eq!(fault("y ~ x % z"), "%: `%` means nothing in an equation");
    assert_eq!(fault("y ~ i(region, ref = 'north)"), "'north): no ' closes this text");
    assert!(fault("y ~ x | x ~ z").contains("among the exogenous regressors"));
    let deep = format!("y ~ {}x{}", "(".repeat(500), ")".repeat(500));
    assert!(fault(&deep).contains("parentheses"));
    for text in ["", "~", "|", "y ~ i(", "y ~ l(", "y ~ -", "y ~ x | | w ~ z", "y ~ x | w ~ z | a ~ b | c"] {
        assert!(text.parse::<WrittenEquation>().is_err(), "{text}");
    }
}

/// What other grammars have is refused with what to write.
#[test]
fn what_isnt_written_so_is_told_how() {
    for (text, hint) in [
        ("y ~ poly(x, 2)", "x + x^2"),
        ("y ~ ln(x)", "log(x)"),
        ("y ~ factor(wave)", "i(column, ref = value)"),
        ("y ~ as.factor(wave)*x", "i(column, ref = value)"),
        ("y ~ x | factor(wave)", "name the column"),
        ("y ~ x | wave[z]", "i(unit, x)"),
        ("y ~ x | wave[[z]]", "i(unit, x)"),
        ("y ~ ..(\"x.*\")", "write each"),
        ("y ~ .", "write each"),
        ("y ~ .[vars]", "write each"),
        ("y ~ c.x#c.z", "x:z"),
        ("y ~ I(x > 3)", "op: derive"),
        ("y ~ I(wave == 1)", "i(column)"),
        ("y ~ (x + z)^2", "x*z"),
        ("y ~ x^z", "after a bar"),
        ("y ~ mvsw(x, z)", "sw0(x, z, x + z)"),
        ("y ~ lag(x)", "l(x, 1)"),
        ("y ~ diff(x)", "d(x)"),
        ("y ~ x + offset(z)", "I(y - x)"),
        ("y ~ x | 0 | z ~ w", "leave the part out"),
        ("y ~ i(wave, keep = 1)", "ref = c(a, b)"),
        ("y ~ i(wave, bin = 1)", "derive"),
        ("y ~ ifelse(x, 1, 0)", "op: derive"),
        ("y ~ sunab(wave, time)", "event study"),
    ] {
        let fault = text.parse::<WrittenEquation>().expect_err(text);
        let told = fault.hint.clone().unwrap_or_default();
        assert!(told.contains(hint), "{text}: {fault}; {told:?}");
    }
}

#[test]
fn what_the_panel_hasnt_got_is_told() {
    let error = |text: &str| written(text).on(&panel()).expect_err(text);
    assert!(error("y ~ absent").to_string().contains("absent"));
    assert!(error("y ~ log(region)").to_string().contains("region"));
    let error = error("y ~ i(region, ref = \"east\")");
    assert!(matches!(&error, EstimationError::NoReference { reference, .. } if reference == "east"));
    assert!(error.to_string().contains("north, south, west"), "{error}");
}

/// One equation for each alternative, in fixest's order, with what it prints of each.
#[test]
fn stepwise_lists_are_several_equations() {
    let of = |text: &str| -> Vec<(String, String)> {
        let each = WrittenEquation::each(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        let told = each.iter().map(|one| (one.regressors_text().to_owned(), one.outline().to_string()));
        told.collect()
    };
    let reads = |text: &str, expected: &[(&str, &str)]| {
        let own = of(text);
        let own: Vec<(&str, &str)> = own.iter().map(|(rhs, all)| (rhs.as_str(), all.as_str())).collect();
        assert_eq!(own, expected, "{text}");
    };
    reads("y ~ x + sw(z, w)", &[("x + z", "y ~ x + z"), ("x + w", "y ~ x + w")]);
    reads("y ~ x + sw0(z, w)", &[("x", "y ~ x"), ("x + z", "y ~ x + z"), ("x + w", "y ~ x + w")]);
    reads("y ~ csw(x, z + w)", &[("x", "y ~ x"), ("x + z + w", "y ~ x + z + w")]);
    reads("y ~ csw0(x, z)", &[("1", "y ~ 1"), ("x", "y ~ x"), ("x + z", "y ~ x + z")]);
    reads("y ~ csw0(x:z) + w - 1", &[("w - 1", "y ~ w - 1"), ("x:z + w - 1", "y ~ x:z + w - 1")]);
    reads(
        "c(y, log(w)) ~ sw(x, z)",
        &[("x", "y ~ x"), ("z", "y ~ z"), ("x", "log(w) ~ x"), ("z", "log(w) ~ z")],
    );
    reads(
        "y ~ sw(x, z) | csw0(entity, time)",
        &[
            ("x", "y ~ x"),
            ("z", "y ~ z"),
            ("x", "y ~ x | entity"),
            ("z", "y ~ z | entity"),
            ("x", "y ~ x | entity + time"),
            ("z", "y ~ z | entity + time"),
        ],
    );
    reads("y ~ sw(x, z) | wave | w ~ l(x)", &[("x", "y ~ w + x | wave"), ("z", "y ~ w + z | wave")]);
    for (text, part) in [
        ("y ~ x*sw(z, w)", "a term of its own"),
        ("y ~ sw(z, w):x", "isn't multiplied"),
        ("y ~ sw(x, z) + sw(w)", "a second stepwise list"),
        ("y ~ x | w ~ sw(z, x)", "a term of its own"),
        ("y ~ sw(x, sw(z, w))", "a term of its own"),
        ("c(y, y) ~ x", "twice"),
        ("y ~ csw0(x) - 1", "no regressors"),
    ] {
        let fault = WrittenEquation::each(text).expect_err(text).to_string();
        assert!(fault.contains(part), "{text}: {fault}");
    }
    let one: Result<WrittenEquation, _> = "y ~ sw(x, z)".parse();
    assert!(one.expect_err("two").to_string().contains("2 equations in one text"));
    assert_eq!(of("y ~ 1"), [("1".to_owned(), "y ~ 1".to_owned())]);
}

#[test]
fn what_is_lagged_is_told_from_how_often() {
    let fault = "y ~ l(x).z".parse::<WrittenEquation>().expect_err("a fault");
    assert!(fault.message.contains("whole numbers") && fault.message.contains("`x`"), "{fault}");
    assert!(fault.hint.is_some_and(|hint| hint.contains("l(1:2).x")));
}

/// Lags look beyond the rows that are kept; a factor's values are those that are kept.
#[test]
fn factors_have_the_values_of_the_rows_that_are_kept() {
    let kept: Vec<bool> = (0..30).map(|row| row >= 10).collect();
    let bound = written("y ~ region + l(x)").on_rows(&panel(), Some(&kept)).expect("an equation");
    assert_eq!(bound.formula.regressors, ["regionwest", "l(x, 1)"]);
    let bound = written("y ~ i(region)").on_rows(&panel(), Some(&kept)).expect("an equation");
    assert_eq!(bound.formula.regressors, ["region::south", "region::west"]);
}
