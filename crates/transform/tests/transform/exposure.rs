use vintner_panel::TidyValue;
use vintner_transform::{Exposure, ShiftShare, exposure, join_exposure};

use crate::{Outcome, frame, gap, message, panel, tidy};

fn robots() -> ShiftShare {
    ShiftShare {
        shift: "stock".into(),
        share: "jobs".into(),
        base: 2008,
        exclude: Vec::new(),
        into: "robots".into(),
    }
}

fn stock(row: u32, category: Option<&str>, time: i32, value: impl Into<Option<f64>>) -> TidyValue {
    tidy("stock.csv", row, "stock", None, category, time, value)
}

fn jobs(
    row: u32,
    entity: &str,
    category: Option<&str>,
    time: i32,
    value: impl Into<Option<f64>>,
) -> TidyValue {
    tidy("jobs.csv", row, "jobs", Some(entity), category, time, value)
}

fn values(exposure: &Exposure) -> Result<Vec<Option<f64>>, Box<dyn std::error::Error>> {
    Ok(exposure.frame.column("value")?.f64()?.iter().collect())
}

#[test]
fn one_series_is_shared_out_over_all_entities_of_the_source() -> Outcome {
    let tidy = [
        frame(&[stock(2, None, 2009, 200.0), stock(3, None, 2010, None)])?,
        frame(&[
            jobs(2, "a", None, 2008, 1.0),
            jobs(3, "b", None, 2008, 3.0),
            jobs(4, "outside", None, 2008, 4.0),
            jobs(5, "late", None, 2009, 9.0),
            jobs(6, "unknown", None, 2008, None),
        ])?,
    ];
    let found = exposure(&tidy, &robots())?;
    // a, b, late, outside, unknown, each for 2009 and 2010.
    assert_eq!(
        values(&found)?,
        [Some(25.0), None, Some(75.0), None, None, None, Some(100.0), None, None, None]
    );
    assert!(found.gaps.contains(&gap("a", 2010, "robots", "stock missing in stock.csv!C3 (raw \"--\")")));
    let late = "jobs has no row for the entity in the base year 2008";
    assert!(found.gaps.contains(&gap("late", 2009, "robots", late)));
    assert!(found.gaps.contains(&gap("unknown", 2009, "robots", "jobs missing in jobs.csv!C6 (raw \"--\")")));

    let joined = join_exposure(&panel(&[])?, &found, "robots")?;
    assert_eq!(joined.panel.values("robots")?, [None, Some(25.0), None, None, Some(75.0), None]);
    assert_eq!(joined.gaps[0], gap("a", 2008, "robots", "no shift for 2008"));
    assert_eq!(joined.gaps[1], gap("a", 2010, "robots", "stock missing in stock.csv!C3 (raw \"--\")"));
    Ok(())
}

fn by_industry() -> Vec<TidyValue> {
    vec![
        stock(2, Some("cars"), 2009, 100.0),
        stock(3, Some("food"), 2009, 10.0),
        jobs(2, "a", Some("cars"), 2008, 1.0),
        jobs(3, "a", Some("food"), 2008, 1.0),
        jobs(4, "b", Some("cars"), 2008, 3.0),
        jobs(5, "b", Some("food"), 2008, 4.0),
    ]
}

#[test]
fn categories_are_shared_out_one_by_one() -> Outcome {
    let found = exposure(&[frame(&by_industry())?], &robots())?;
    assert_eq!(values(&found)?, [Some(25.0 + 2.0), Some(75.0 + 8.0)]);
    assert!(found.gaps.is_empty());
    Ok(())
}

#[test]
fn a_category_on_one_side_alone_is_named() -> Outcome {
    let mut rows = by_industry();
    rows.push(stock(4, Some("mining"), 2009, 5.0));
    rows.push(jobs(6, "a", Some("banks"), 2008, 1.0));
    rows.push(jobs(7, "b", Some("banks"), 2008, 1.0));
    assert_eq!(
        message(exposure(&[frame(&rows)?], &robots())),
        "shift and share have different categories; only the shift has mining; only the share has banks; make \
         them agree in the manifest, or list those that are to be left out under `exclude`"
    );
    let declared = ShiftShare { exclude: vec!["mining".into(), "banks".into()], ..robots() };
    assert_eq!(values(&exposure(&[frame(&rows)?], &declared)?)?, [Some(27.0), Some(83.0)]);
    let misspelt = ShiftShare { exclude: vec!["minning".into()], ..robots() };
    assert_eq!(
        message(exposure(&[frame(&rows)?], &misspelt)),
        "the category `minning` under `exclude` is in neither shift nor share; did you mean `mining`? There are: \
         banks, cars, food, mining"
    );
    Ok(())
}

#[test]
fn a_missing_category_is_never_zero() -> Outcome {
    let mut rows = by_industry();
    rows.remove(3);
    let found = exposure(&[frame(&rows)?], &robots())?;
    assert_eq!(values(&found)?[0], None);
    assert_eq!(
        found.gaps,
        [gap("a", 2009, "robots", "jobs of food has no row for the entity in the base year 2008")]
    );
    rows.remove(1);
    rows.push(stock(9, Some("food"), 2010, 1.0));
    let found = exposure(&[frame(&rows)?], &robots())?;
    assert!(found.gaps.contains(&gap("b", 2009, "robots", "stock of food has no row for 2009")));
    assert!(found.gaps.contains(&gap("b", 2010, "robots", "stock of cars has no row for 2010")));
    Ok(())
}

#[test]
fn shares_that_are_all_zero_share_out_nothing() -> Outcome {
    let rows = [stock(2, None, 2009, 5.0), jobs(2, "a", None, 2008, 0.0)];
    let found = exposure(&[frame(&rows)?], &robots())?;
    assert_eq!(found.gaps, [gap("a", 2009, "robots", "jobs is 0 for all entities")]);
    Ok(())
}

#[test]
fn what_is_no_shift_or_no_share_is_refused() -> Outcome {
    let refused = |rows: &[TidyValue]| -> Result<String, Box<dyn std::error::Error>> {
        // A table is of one file.
        let (shifts, shares): (Vec<_>, Vec<_>) =
            rows.iter().cloned().partition(|row| row.address.file == "stock.csv");
        let tables = [shifts, shares].into_iter().filter(|rows| !rows.is_empty());
        let tables = tables.map(|rows| frame(&rows)).collect::<Result<Vec<_>, _>>()?;
        Ok(message(exposure(&tables, &robots())))
    };
    let local = tidy("stock.csv", 2, "stock", Some("a"), None, 2009, 1.0);
    let share = jobs(2, "a", None, 2008, 1.0);
    let shift = stock(2, None, 2009, 1.0);
    assert!(refused(&[local, share.clone()])?.starts_with("the shift `stock` has an entity in stock.csv!C2"));
    let nowhere = tidy("jobs.csv", 2, "jobs", None, None, 2008, 1.0);
    assert!(refused(&[shift.clone(), nowhere])?.starts_with("the share `jobs` has no entity in jobs.csv!C2"));
    assert_eq!(
        refused(&[shift.clone(), jobs(2, "a", None, 2008, -3.0)])?,
        "the share `jobs` is -3 in jobs.csv!C2; a weight must not be negative"
    );
    assert_eq!(
        refused(&[shift.clone(), jobs(2, "a", None, 2009, 3.0)])?,
        "the share `jobs` has no rows in its base year 2008; it has rows in 2009"
    );
    assert_eq!(
        refused(&[shift.clone(), share.clone(), jobs(9, "a", None, 2008, 3.0)])?,
        "two values of `jobs` for a in 2008: jobs.csv!C2 and jobs.csv!C9; leave one of them out in the manifest"
    );
    assert_eq!(
        refused(&[stock(2, Some("cars"), 2009, 1.0), share])?,
        "`stock` comes by category and `jobs` doesn't; both must, or neither"
    );
    assert_eq!(refused(&[shift])?, "no source has the variable `jobs`; there are: stock");
    Ok(())
}
