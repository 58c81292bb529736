use polars::prelude::*;
use vintner_panel::Panel;
use vintner_transform::{Shifted, difference, lag, lead};

use crate::{Outcome, gap};

/// City a has no row for 2010; b has one year alone.
fn holed() -> Result<Panel, Box<dyn std::error::Error>> {
    let frame = df!(
        "city" => ["a", "a", "a", "a", "b"],
        "year" => [2008, 2009, 2011, 2012, 2009],
        "x" => [Some(1.0), Some(3.0), None, Some(10.0), Some(7.0)]
    )?;
    Ok(Panel::new(frame, "city", "year")?)
}

fn shifted(periods: u32) -> Shifted {
    Shifted { variable: "x".into(), periods, into: "y".into() }
}

#[test]
fn lags_go_by_the_year_and_not_by_the_row() -> Outcome {
    let derived = lag(&holed()?, &shifted(1))?;
    assert_eq!(derived.panel.values("y")?, [None, Some(1.0), None, None, None]);
    assert_eq!(
        derived.gaps,
        [
            gap("a", 2008, "y", "no row for 2007"),
            gap("a", 2011, "y", "no row for 2010"),
            gap("a", 2012, "y", "x is missing in 2011"),
            gap("b", 2009, "y", "no row for 2008"),
        ]
    );
    let derived = lag(&holed()?, &shifted(3))?;
    assert_eq!(derived.panel.values("y")?, [None, None, Some(1.0), Some(3.0), None]);
    Ok(())
}

#[test]
fn leads_and_differences() -> Outcome {
    assert_eq!(lead(&holed()?, &shifted(1))?.panel.values("y")?, [Some(3.0), None, Some(10.0), None, None]);
    assert_eq!(difference(&holed()?, &shifted(1))?.panel.values("y")?, [None, Some(2.0), None, None, None]);
    assert_eq!(difference(&holed()?, &shifted(3))?.panel.values("y")?, [None, None, None, Some(7.0), None]);
    assert_eq!(difference(&holed()?, &shifted(3))?.gaps[2].reason, "x is missing");
    Ok(())
}

#[test]
fn the_farthest_lag_is_a_gap_and_no_overflow() -> Outcome {
    let derived = lag(&holed()?, &shifted(u32::MAX))?;
    assert_eq!(derived.gaps.len(), 5);
    let unshifted = lag(&holed()?, &shifted(0))?;
    assert_eq!(unshifted.panel.values("y")?, unshifted.panel.values("x")?);
    assert_eq!(unshifted.gaps[0].reason, "x is missing");
    Ok(())
}
