//! What expressions come to.

use std::collections::BTreeMap;
use std::f64::consts::{E, LN_2};

use vintner_panel::Panel;
use vintner_transform::{derive, reads};

use crate::{Outcome, definitions, gap, message, one, panel, values};

fn sample() -> Result<Panel, Box<dyn std::error::Error>> {
    panel(&[
        ("x", [Some(1.0), Some(2.0), Some(4.0), Some(-1.0), Some(0.0), None]),
        ("deflator", [Some(2.0), Some(3.0), Some(4.0), Some(5.0), Some(6.0), Some(7.0)]),
        ("lnCO2", [Some(1.0); 6]),
        ("人口", [Some(10.0); 6]),
        ("a \"b\".c", [Some(3.0); 6]),
        ("IS", [Some(0.5); 6]),
        ("open", [Some(8.0); 6]),
        ("real", [Some(9.0); 6]),
    ])
}

/// An expression of constants, on the first row.
fn constant(expression: &str) -> Result<Option<f64>, Box<dyn std::error::Error>> {
    Ok(values(&sample()?, expression)?.first().copied().flatten())
}

#[test]
fn arithmetic_is_that_of_mathematics() -> Outcome {
    for (expression, expected) in [
        ("1 / 2", 0.5),
        ("2 + 3 * 4", 14.0),
        ("(2 + 3) * 4", 20.0),
        ("10 - 4 - 3", 3.0),
        ("100 / 10 / 5", 2.0),
        ("-7 % 3", -1.0),
        ("- -2", 2.0),
        ("+2", 2.0),
        ("-2 ^ 2", -4.0),
        ("2 * 3 ^ 2", 18.0),
        ("2 ^ -1 * 4", 2.0),
        ("1 + 2 ^ 3", 9.0),
        ("1.5e2", 150.0),
        (".5", 0.5),
        ("TRUE + FALSE", 1.0),
        ("2 > 1", 1.0),
        ("NOT 2 = 1", 1.0),
        ("1 = 1 AND 1 = 2 OR 1 = 1", 1.0),
        ("3 BETWEEN 1 AND 3", 1.0),
        ("3 NOT BETWEEN 1 AND 3", 0.0),
        ("3 IN (1, 2, 3)", 1.0),
        ("3 NOT IN (1, 2)", 1.0),
        ("3 <> 3", 0.0),
        ("3 >= 3", 1.0),
        ("3 <= 2", 0.0),
        ("NULL IS NULL", 1.0),
        ("1 IS NOT NULL", 1.0),
    ] {
        assert_eq!(constant(expression)?, Some(expected), "{expression}");
    }
    Ok(())
}

#[test]
fn functions_of_one_row() -> Outcome {
    for (expression, expected) in [
        ("ln(2)", LN_2),
        ("LN(2)", LN_2),
        ("log10(1000)", 3.0),
        ("log2(8)", 3.0),
        ("log(3, 9)", 2.0),
        ("exp(1)", E),
        ("sqrt(9)", 3.0),
        ("abs(-2)", 2.0),
        ("power(2, 10)", 1024.0),
        ("pow(4, 0.5)", 2.0),
        ("mod(7, 3)", 1.0),
        ("sign(-3)", -1.0),
        ("sign(0)", 0.0),
        ("round(2.5)", 3.0),
        ("round(1234.567, 1)", 1234.6),
        ("round(1234.567, -2)", 1200.0),
        ("floor(-1.5)", -2.0),
        ("ceil(1.2)", 2.0),
        ("ceiling(1.2)", 2.0),
        ("least(3, 1, 2)", 1.0),
        ("greatest(3, 1, 2)", 3.0),
        ("coalesce(NULL, 4, 5)", 4.0),
        ("nullif(4, 5)", 4.0),
        ("CASE WHEN 1 = 2 THEN 10 WHEN 1 = 1 THEN 20 ELSE 30 END", 20.0),
        ("case 3 when 1 then 10 else 30 end", 30.0),
    ] {
        let found = constant(expression)?.unwrap_or(f64::NAN);
        assert!((found - expected).abs() < 1e-12, "{expression} is {found}");
    }
    Ok(())
}

#[test]
fn what_is_no_finite_number_is_missing_with_its_reason() -> Outcome {
    for (expression, reason) in [
        ("ln(-1.2)", "logarithm of -1.2"),
        ("ln(0)", "logarithm of 0"),
        ("ln(-0.0)", "logarithm of 0"),
        ("log10(0)", "logarithm of 0"),
        ("log(1, 5)", "logarithm to base 1"),
        ("1 / 0", "division by zero"),
        ("0 / 0", "division by zero"),
        ("1 % 0", "remainder of a division by zero"),
        ("sqrt(-4)", "square root of -4"),
        ("exp(1000)", "exponential of 1000 overflows"),
        ("power(0, -1)", "0 to the power -1, a division by zero"),
        ("(-8) ^ 0.5", "-8 to the power 0.5 isn't a real number"),
        ("10 ^ 400", "10 to the power 400 overflows"),
        ("1.5e308 * 10", "1.5e308 * 10 overflows"),
        ("nullif(4, 4)", "NULL, as the value is 4"),
        ("round(1, 1.5)", "rounding to 1.5 digits"),
        ("case when 1 = 2 then 3 end", "no branch of CASE applies"),
        ("NULL + 1", "NULL"),
        ("coalesce(NULL, ln(0))", "logarithm of 0"),
    ] {
        let derived = one(&sample()?, expression)?;
        assert_eq!(derived.panel.values("y")?, [None; 6], "{expression}");
        let first = derived.gaps.first().ok_or("no gap")?;
        assert!(first.reason.starts_with(reason), "{expression}: {}", first.reason);
        assert_eq!(derived.gaps.len(), 6);
    }
    Ok(())
}

#[test]
fn missing_stays_missing_and_unknown_is_not_false() -> Outcome {
    let panel = sample()?;
    let last = |expression: &str| -> Result<Option<f64>, Box<dyn std::error::Error>> {
        Ok(values(&panel, expression)?.last().copied().flatten())
    };
    // x is missing in the last row.
    assert_eq!(last("x + 1")?, None);
    assert_eq!(last("x > 0")?, None);
    assert_eq!(last("x > 0 AND 1 = 2")?, Some(0.0));
    assert_eq!(last("x > 0 OR 1 = 1")?, Some(1.0));
    assert_eq!(last("x IS NULL")?, Some(1.0));
    assert_eq!(last("x IN (1, 2)")?, None);
    assert_eq!(last("coalesce(x, 5)")?, Some(5.0));
    assert_eq!(last("least(x, 5)")?, None);
    assert_eq!(last("CASE WHEN x > 0 THEN 1 ELSE 0 END")?, None);
    assert_eq!(last("CASE WHEN x IS NULL THEN -1 ELSE x END")?, Some(-1.0));
    let guarded = one(&panel, "CASE WHEN x > 0 THEN ln(x) ELSE 0 END")?;
    assert_eq!(guarded.gaps, [gap("b", 2010, "y", "x is missing")]);
    Ok(())
}

#[test]
fn names_in_any_case_script_and_quotes() -> Outcome {
    assert_eq!(constant("lnCO2 + 人口 + \"a \"\"b\"\".c\"")?, Some(14.0));
    assert_eq!(constant("ln(IS * 2) + open")?, Some(8.0));
    assert_eq!(constant("IS IS NOT NULL")?, Some(1.0));
    // Names of types, which SQL would rather read as such.
    assert_eq!(constant("real - 1")?, Some(8.0));
    assert_eq!(constant("real +1")?, Some(10.0));
    assert_eq!(constant("year - 2000")?, Some(8.0));
    assert_eq!(
        values(&sample()?, "city = 'a' AND year >= 2009")?,
        [Some(0.0), Some(1.0), Some(1.0), Some(0.0), Some(0.0), Some(0.0)]
    );
    assert_eq!(values(&sample()?, "city IN ('b', 'it''s')")?[3..], [Some(1.0); 3]);
    assert!(message(one(&sample()?, "lnco2")).contains("did you mean `lnCO2`?"));
    Ok(())
}

#[test]
fn other_years_of_the_entity() -> Outcome {
    let panel = sample()?;
    assert_eq!(values(&panel, "lag(deflator)")?, [None, Some(2.0), Some(3.0), None, Some(5.0), Some(6.0)]);
    assert_eq!(values(&panel, "lead(deflator, 2)")?, [Some(4.0), None, None, Some(7.0), None, None]);
    assert_eq!(
        values(&panel, "diff(deflator * 10)")?,
        [None, Some(10.0), Some(10.0), None, Some(10.0), Some(10.0)]
    );
    let derived = one(&panel, "lag(x, 1) + lag(ln(x))")?;
    assert!(derived.gaps.contains(&gap("b", 2009, "y", "logarithm of -1 in 2008")));
    assert!(derived.gaps.contains(&gap("a", 2008, "y", "no row for 2007")));
    let parameters = BTreeMap::from([("k".to_owned(), 2.0)]);
    for expression in ["lag(deflator, :k)", "lag(deflator, k)"] {
        let derived = derive(&panel, &definitions(&[("y", expression)]), &parameters)?;
        assert_eq!(derived.panel.values("y")?[2], Some(2.0));
    }
    Ok(())
}

#[test]
fn windows_over_entities_and_years() -> Outcome {
    let panel = sample()?;
    for (expression, expected) in [
        (
            "deflator / max(case when year = 2008 then deflator end) over (partition by city)",
            [2.0 / 2.0, 3.0 / 2.0, 4.0 / 2.0, 1.0, 6.0 / 5.0, 7.0 / 5.0],
        ),
        ("avg(deflator) OVER (PARTITION BY year)", [3.5, 4.5, 5.5, 3.5, 4.5, 5.5]),
        ("sum(x) OVER (PARTITION BY city)", [7.0, 7.0, 7.0, -1.0, -1.0, -1.0]),
        ("sum(x) OVER ()", [6.0; 6]),
        ("count(x) OVER (PARTITION BY city)", [3.0, 3.0, 3.0, 2.0, 2.0, 2.0]),
        ("count(*) OVER (PARTITION BY city)", [3.0; 6]),
        ("min(deflator) OVER (PARTITION BY city)", [2.0, 2.0, 2.0, 5.0, 5.0, 5.0]),
        ("first_value(deflator) OVER (PARTITION BY city ORDER BY year)", [2.0, 2.0, 2.0, 5.0, 5.0, 5.0]),
        ("first_value(deflator) OVER (PARTITION BY city ORDER BY year DESC)", [4.0, 4.0, 4.0, 7.0, 7.0, 7.0]),
        ("sum(deflator) OVER (PARTITION BY city ORDER BY year)", [2.0, 5.0, 9.0, 5.0, 11.0, 18.0]),
        ("sum(deflator) OVER (PARTITION BY city ORDER BY year DESC)", [9.0, 7.0, 4.0, 18.0, 13.0, 7.0]),
        ("sum(deflator) OVER (ORDER BY year)", [7.0, 16.0, 27.0, 7.0, 16.0, 27.0]),
        ("max(deflator) FILTER (WHERE year < 2010) OVER (PARTITION BY city)", [3.0, 3.0, 3.0, 6.0, 6.0, 6.0]),
        ("stddev(deflator) OVER (PARTITION BY city)", [1.0; 6]),
        ("stddev_pop(deflator) OVER (PARTITION BY year)", [1.5; 6]),
        ("sum(1) OVER (PARTITION BY deflator > 4)", [3.0; 6]),
        ("sum(lag(deflator)) OVER (PARTITION BY city)", [5.0, 5.0, 5.0, 11.0, 11.0, 11.0]),
    ] {
        assert_eq!(values(&panel, expression)?, expected.map(Some), "{expression}");
    }
    let derived = one(&panel, "max(case when year = 2010 then x end) over (partition by city)")?;
    assert_eq!(derived.panel.values("y")?[..3], [Some(4.0); 3]);
    assert_eq!(derived.gaps.len(), 3);
    assert_eq!(derived.gaps[0], gap("b", 2008, "y", "x is missing"));
    let derived = one(&panel, "sum(1) over (partition by x)")?;
    assert_eq!(derived.gaps, [gap("b", 2010, "y", "x is missing")]);
    Ok(())
}

#[test]
fn definitions_are_evaluated_in_the_order_of_their_needs() -> Outcome {
    let listed = definitions(&[("lnEG", "ln(EG)"), ("EG", "x / deflator * scale"), ("twice", "lnEG + lnEG")]);
    let derived = derive(&sample()?, &listed, &BTreeMap::from([("scale".to_owned(), 2.0)]))?;
    let names: Vec<String> =
        derived.panel.frame().get_column_names().iter().map(|name| name.to_string()).collect();
    assert_eq!(names[names.len() - 3..], ["lnEG", "EG", "twice"]);
    assert_eq!(derived.panel.values("EG")?[0], Some(1.0));
    assert_eq!(derived.panel.values("twice")?[0], Some(0.0));
    // The reason is that of the column at the root, once, however long the chain.
    let reasons: Vec<(i32, &str, &str)> = derived
        .gaps
        .iter()
        .filter_map(|gap| Some((gap.time?.ordinal(), gap.variable.as_str(), gap.reason.as_str())))
        .collect();
    assert_eq!(
        reasons,
        [
            (2008, "lnEG", "logarithm of -0.4"),
            (2008, "twice", "lnEG is missing (logarithm of -0.4)"),
            (2009, "lnEG", "logarithm of 0"),
            (2009, "twice", "lnEG is missing (logarithm of 0)"),
            (2010, "EG", "x is missing"),
            (2010, "lnEG", "x is missing"),
            (2010, "twice", "x is missing"),
        ]
    );
    Ok(())
}

#[test]
fn what_an_expression_reads() -> Outcome {
    let names = reads(
        "ln(gdp) + max(case when year = :base then deflator end) over (partition by city order by year)",
    )?;
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["city", "deflator", "gdp", "year"]);
    Ok(())
}
