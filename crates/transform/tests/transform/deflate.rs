use polars::prelude::df;
use vintner_panel::Panel;
use vintner_transform::{Deflate, Rebase, deflate, rebase};

use crate::{Outcome, gap, message, panel};

fn to_2008() -> Deflate {
    Deflate { nominal: "gdp".into(), deflator: "prices".into(), base: 2008.into(), into: "real".into() }
}

#[test]
fn real_is_nominal_at_the_prices_of_the_base_year() -> Outcome {
    let panel = panel(&[
        ("gdp", [Some(100.0), Some(120.0), Some(150.0), Some(50.0), Some(66.0), None]),
        // On another base than 2008: 2.0 there is 1 here.
        ("prices", [Some(2.0), Some(2.4), Some(2.5), Some(1.0), Some(1.1), Some(1.2)]),
    ])?;
    let derived = deflate(&panel, &to_2008())?;
    let real = derived.panel.values("real")?;
    let expected = [Some(100.0), Some(100.0), Some(120.0), Some(50.0), Some(60.0), None];
    for (found, expected) in real.iter().zip(expected) {
        assert_eq!(found.is_some(), expected.is_some());
        assert!((found.unwrap_or_default() - expected.unwrap_or_default()).abs() < 1e-12);
    }
    assert_eq!(derived.gaps, [gap("b", 2010, "real", "gdp is missing")]);
    Ok(())
}

#[test]
fn without_a_price_in_the_base_year_nothing_is_real() -> Outcome {
    let gdp = [Some(1.0); 6];
    let panel =
        panel(&[("gdp", gdp), ("prices", [None, Some(1.1), Some(1.2), Some(0.0), Some(1.1), Some(1.2)])])?;
    let derived = deflate(&panel, &to_2008())?;
    assert_eq!(derived.panel.values("real")?, [None; 6]);
    let reasons: Vec<&str> = derived.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    let (first, second) =
        ("prices is missing in the base year 2008", "prices is 0, not positive in the base year 2008");
    assert_eq!(reasons, [first, first, first, second, second, second]);
    let no_such_year = deflate(&panel, &Deflate { base: 1999.into(), ..to_2008() });
    assert_eq!(
        no_such_year.err().map(|error| error.to_string()).as_deref(),
        Some("`prices` can't be put on the base 1999: the panel has the years 2008 to 2010")
    );
    Ok(())
}

#[test]
fn a_rebased_series_is_one_in_the_base_year() -> Outcome {
    let panel = panel(&[("x", [Some(2.0), Some(3.0), Some(4.0), Some(-1.0), Some(0.0), Some(5.0)])])?;
    let at = |base: i32| Rebase { series: "x".into(), base: base.into(), into: "index".into() };
    let derived = rebase(&panel, &at(2008))?;
    let expected = [Some(1.0), Some(1.5), Some(2.0), Some(1.0), Some(0.0), Some(-5.0)];
    // -0 and 0 are equal.
    assert_eq!(derived.panel.values("index")?, expected);
    let derived = rebase(&panel, &at(2009))?;
    assert_eq!(derived.gaps.len(), 3);
    assert_eq!(derived.gaps[0], gap("b", 2008, "index", "x is 0 in the base year 2009"));
    Ok(())
}

#[test]
fn an_existing_column_is_not_replaced() -> Outcome {
    let panel = panel(&[("gdp", [Some(1.0); 6]), ("prices", [Some(1.0); 6])])?;
    assert_eq!(
        message(deflate(&panel, &Deflate { into: "gdp".into(), ..to_2008() })),
        "the panel already has a column `gdp`; give the new one another name"
    );
    assert!(message(deflate(&panel, &Deflate { deflator: "price".into(), ..to_2008() })).contains("`price`"));
    Ok(())
}

#[test]
fn the_base_is_a_period_of_the_panel() -> Outcome {
    let frame = df!(
        "entity" => ["a", "a", "a"], "time" => ["2008Q1", "2008Q2", "2008Q3"],
        "gdp" => [100.0, 110.0, 120.0], "prices" => [1.0, 1.1, 1.25],
    );
    let panel = Panel::new(frame?, "entity", "time")?;
    let to =
        |base: &str| -> vintner_panel::Result<Deflate> { Ok(Deflate { base: base.parse()?, ..to_2008() }) };
    let real = deflate(&panel, &to("2008Q2")?)?.panel.values("real")?;
    for (found, expected) in real.iter().zip([110.0, 110.0, 105.6]) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{real:?}");
    }
    // The number 2008 is that of a quarter, too, and isn't taken for it.
    assert_eq!(
        message(deflate(&panel, &to("2008")?)),
        "`prices` can't be put on the base 2008, which is a year: the panel has quarters; name one of these as `base`"
    );
    assert!(
        message(deflate(&panel, &to("2009Q1")?)).ends_with("the panel has the quarters 2008Q1 to 2008Q3")
    );
    Ok(())
}
