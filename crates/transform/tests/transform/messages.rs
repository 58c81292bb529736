//! What is said about faults of definitions, word for word.

use std::collections::BTreeMap;

use vintner_panel::Panel;
use vintner_transform::{Expression, Position, TransformError, check, derive, function_names};

use crate::{Outcome, definitions, message, one, panel};

fn sample() -> Result<Panel, Box<dyn std::error::Error>> {
    panel(&[("gdp", [Some(1.0); 6]), ("population", [Some(1.0); 6])])
}

fn none() -> BTreeMap<String, f64> {
    BTreeMap::new()
}

#[test]
fn an_unknown_column_is_named_with_its_place() -> Outcome {
    let fault = one(&sample()?, "gdp / popluation").err().ok_or("no fault")?;
    assert_eq!(
        fault.to_string(),
        "definition `y`, `gdp / popluation`, column 7: no column or parameter `popluation`; did you mean \
         `population`? There are: city, year, gdp, population, y"
    );
    assert_eq!(fault.definition(), Some("y"));
    assert_eq!(fault.position(), Some(Position { line: 1, column: 7 }));
    let fault = one(&sample()?, "gdp\n  / 人囗").err().ok_or("no fault")?;
    assert_eq!(fault.position(), Some(Position { line: 2, column: 5 }));
    assert!(
        message(one(&sample()?, "gdp / :bse")).contains("column 7: no parameter `:bse`; there are: none")
    );
    Ok(())
}

#[test]
fn what_is_no_expression() -> Outcome {
    for (expression, told) in [
        ("", "column 1: the expression is empty; write what the column is, such as gdp / population"),
        ("  ", "column 1: the expression is empty"),
        ("gdp /", "column 6: Expected: an expression, found: the end of the expression"),
        ("(gdp", "column 5: Expected: ), found: the end of the expression"),
        ("gdp population", "column 5: unexpected `population` after the end of the expression"),
        ("gdp; gdp", "column 4: unexpected `;` after the end of the expression"),
        ("gdp AS x", "column 5: unexpected `AS` after the end of the expression"),
        ("'gdp", "column 1: Unterminated string literal"),
        ("gdp--1", "column 4: a comment: not supported"),
        ("gdp /* x */", "column 5: a comment: not supported"),
        ("1e999", "column 1: the number 1e999 is too large"),
        ("2 ^ 3 ^ 2", "column 1: a ^ b ^ c could be (a ^ b) ^ c or a ^ (b ^ c); write the parentheses"),
        ("1 < gdp < 3", "column 1: comparisons can't be chained; write a < b AND b < c"),
        ("gdp = NULL", "column 7: = NULL is never true; write IS NULL or IS NOT NULL"),
    ] {
        let found = message(one(&sample()?, expression));
        assert!(found.contains(told), "{expression}: {found}");
    }
    Ok(())
}

#[test]
fn what_is_sql_and_not_supported() -> Outcome {
    for (expression, told) in [
        ("SELECT gdp FROM t", "column 1: SELECT: not supported; write what stands between SELECT and FROM"),
        ("gdp + (SELECT 1)", "a subquery: not supported; an expression has columns"),
        ("gdp IN (SELECT 1)", "a subquery: not supported"),
        ("EXISTS (SELECT 1)", "a subquery: not supported"),
        ("CAST(gdp AS INT)", "a CAST: not supported; all columns are numbers already"),
        ("gdp::int", "a CAST: not supported"),
        ("city LIKE 'b%'", "LIKE: not supported; compare text with =, <> or IN"),
        ("t.gdp", "column 1: `t.gdp`: not supported; there is one table"),
        ("gdp || 'x'", "the operator ||: not supported; there are + - * / % ^"),
        ("gdp & 1", "the operator &: not supported"),
        (
            "sum(gdp)",
            "the aggregate `sum` alone: not supported; say over what it goes: sum(...) OVER (PARTITION BY",
        ),
        ("sum(DISTINCT gdp) OVER ()", "`sum` with DISTINCT: not supported; leave it out"),
        ("ln(gdp) OVER ()", "`ln` with OVER: not supported; only aggregates have OVER"),
        (
            "lag(gdp) OVER (ORDER BY year)",
            "`lag` with OVER: not supported; lag goes within the entity, by the year",
        ),
        ("avg(gdp) OVER (ORDER BY year ROWS 2 PRECEDING)", "a frame in OVER (ROWS, RANGE): not supported"),
        (
            "avg(gdp) OVER (ORDER BY gdp)",
            "ORDER BY gdp: not supported; a window is ordered by the time column, `year`",
        ),
        ("avg(gdp) OVER w", "OVER w: not supported"),
        ("first_value(gdp) OVER (PARTITION BY city)", "`first_value` without ORDER BY: not supported"),
        ("interval '1' day", "not supported"),
        ("gdp IS TRUE", "IS TRUE or IS FALSE: not supported; write the condition itself"),
        ("ln(*)", "`ln` with a named argument or a star: not supported"),
        ("?", "`?`: not supported; a parameter is written with a colon"),
        ("random()", "no function `random`; there are: ln, log10"),
        ("lnn(gdp)", "column 1: no function `lnn`; did you mean `ln`?"),
        ("current_date", "no function `current_date`"),
        ("log(gdp)", "`log` has 1 argument; it takes 2 arguments, log(base, x); write ln(x) for the natural"),
        ("ln(gdp, 2)", "`ln` has 2 arguments; it takes 1 argument"),
        ("round()", "`round` has 0 arguments; it takes 1 or 2 arguments"),
        ("least()", "`least` has 0 arguments; it takes 1 argument or more"),
        ("floor(gdp, 2)", "`floor` with a second argument: not supported; write round(x, digits)"),
        ("city + 1", "column 1: `city` is text; a number is needed here"),
        ("ln(city)", "column 4: `city` is text; a number is needed here"),
        ("city > 1", "text goes with text, numbers with numbers"),
        ("CASE WHEN gdp > 1 THEN 'rich' ELSE 0 END", "CASE gives text by `'rich'` and a number by `0.0`"),
        ("gdp = 'a'", "`gdp` (a number) can't be compared with `'a'` (text) by ="),
        ("lag(gdp, -1)", "the second argument of `lag` is a whole number of periods from 0"),
        ("lag(gdp, gdp)", "the second argument of `lag` is a whole number of periods from 0"),
    ] {
        let found = message(one(&sample()?, expression));
        assert!(found.contains(told), "{expression}: {found}");
    }
    Ok(())
}

#[test]
fn deep_and_long_expressions_are_refused_and_not_a_crash() -> Outcome {
    let nested = |depth: usize| format!("{}gdp{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&nested(30)).is_ok());
    let deep = [
        nested(41),
        nested(300),
        format!("{}gdp{}", "ln(".repeat(200), ")".repeat(200)),
        format!("{}gdp", "- ".repeat(400)),
        format!("{}gdp", "NOT ".repeat(400)),
        format!("{}1{}", "CASE WHEN 1 = 1 THEN ".repeat(100), " END".repeat(100)),
        format!("{}1{}", "CASE ".repeat(400), " END".repeat(400)),
    ];
    for text in deep {
        let found = message(Expression::parse(&text));
        assert!(found.contains("nested more than 40 deep"), "{found}");
    }
    let sum = |terms: usize| vec!["gdp"; terms].join(" + ");
    let derived = one(&sample()?, &sum(500))?;
    assert_eq!(derived.panel.values("y")?[0], Some(500.0));
    assert!(
        message(Expression::parse(&sum(501))).contains("1001 words and signs are too many, 1000 are allowed")
    );
    assert!(message(Expression::parse(&nested(1_000_000))).contains("too many"));
    // As deep as may be, on a small stack.
    let shapes: [fn(usize) -> String; 7] = [
        |depth| format!("{}gdp{}", "(".repeat(depth), ")".repeat(depth)),
        |depth| format!("{}gdp{}", "coalesce(1, ".repeat(depth), ")".repeat(depth)),
        |depth| format!("{}gdp{}", "CASE WHEN 1 = 1 THEN ".repeat(depth), " END".repeat(depth)),
        |depth| format!("{}gdp{}", "sum(".repeat(depth), ") OVER ()".repeat(depth)),
        |depth| format!("{}gdp{}", "1 IN (".repeat(depth), ")".repeat(depth)),
        |depth| format!("{}gdp{}", "floor(".repeat(depth), ")".repeat(depth)),
        |depth| format!("{}gdp", "- ".repeat(depth)),
    ];
    let small = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        let deepest = |shape: &fn(usize) -> String| {
            (1..=40).rev().find(|depth| {
                Expression::parse(&shape(*depth))
                    .is_ok_and(|read| Expression::parse(&read.to_string()).is_ok())
            })
        };
        shapes.iter().map(deepest).collect::<Vec<_>>()
    })?;
    let deepest = small.join().map_err(|_| "the stack was too small")?;
    assert!(deepest.iter().all(|depth| depth.is_some_and(|depth| depth >= 15)), "{deepest:?}");
    for text in
        ["[".repeat(400), "{".repeat(400), "CAST(".repeat(150), "ARRAY<".repeat(300), "x[".repeat(300)]
    {
        assert!(Expression::parse(&text).is_err());
    }
    Ok(())
}

#[test]
fn definitions_that_cannot_be() -> Outcome {
    let told =
        |pairs: &[(&str, &str)], parameters: &[(&str, f64)]| -> Result<String, Box<dyn std::error::Error>> {
            let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            Ok(message(derive(&sample()?, &definitions(pairs), &parameters)))
        };
    assert_eq!(
        told(&[("gdp", "population")], &[])?,
        "the definition `gdp` has the name of a column of the panel; give it another name"
    );
    assert_eq!(
        told(&[("year", "1")], &[])?,
        "the definition `year` has the name of a column of the panel; give it another name"
    );
    assert_eq!(
        told(&[("x", "1"), ("x", "2")], &[])?,
        "the definition `x` has the name of another definition; give it another name"
    );
    assert_eq!(
        told(&[("x", "y + 1"), ("z", "x"), ("y", "gdp + lag(z)")], &[])?,
        "the definitions go in a circle: x -> y -> z -> x; one of them must not read the next"
    );
    assert_eq!(
        told(&[("x", "x + 1")], &[])?,
        "the definitions go in a circle: x -> x; one of them must not read the next"
    );
    assert_eq!(
        told(&[("x", "1")], &[("gdp", 1.0)])?,
        "the parameter `gdp` has the name of a column; give it another name"
    );
    assert_eq!(
        told(&[("x", "1")], &[("p", f64::NAN)])?,
        "the parameter `p` is NaN; a parameter must be a finite number"
    );
    Ok(())
}

#[test]
fn faults_of_several_definitions_are_told_at_once_and_before_there_is_a_panel() -> Outcome {
    let listed = definitions(&[("x", "gpd"), ("y", "city + x"), ("z", "gdp + x")]);
    let found = derive(&sample()?, &listed, &none()).err().map(TransformError::each).unwrap_or_default();
    let columns = ["gdp".to_owned(), "population".to_owned()];
    let checked = check(&listed, "city", "year", &columns, &none()).err().map(TransformError::each);
    let checked = checked.unwrap_or_default();
    for faults in [&found, &checked] {
        let places: Vec<Option<&str>> = faults.iter().map(TransformError::definition).collect();
        assert_eq!(places, [Some("x"), Some("y")]);
    }
    assert_eq!(found[0].to_string(), checked[0].to_string());
    assert_eq!(found[1].to_string(), checked[1].to_string());
    check(&definitions(&[("x", "ln(gdp)"), ("y", "x / population")]), "city", "year", &columns, &none())?;
    Ok(())
}

#[test]
fn a_long_chain_of_definitions_is_no_deep_one() -> Outcome {
    let names: Vec<(String, String)> = (0..5_000)
        .rev()
        .map(|step| (format!("x{step}"), if step == 0 { "gdp".into() } else { format!("x{}", step - 1) }))
        .collect();
    let pairs: Vec<(&str, &str)> =
        names.iter().map(|(name, expression)| (name.as_str(), expression.as_str())).collect();
    check(&definitions(&pairs), "city", "year", &["gdp".to_owned()], &none())?;
    Ok(())
}

#[test]
fn every_function_is_listed_once() {
    let mut names = function_names();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), function_names().len());
}
