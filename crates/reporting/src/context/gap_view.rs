//! What is missing and what couldn't be estimated, for templates. Times are joined to ranges, and units
//! that lack the same for the same reason share a line.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vintner_panel::{Gap, Period};

use super::name::Names;
use crate::dropped_row::DroppedRow;
use crate::name::Name;
use crate::table_spec::TableSpec;
use crate::tidy_estimate::TidyEstimate;

/// Values that the panel lacks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapView {
    /// The variable.
    pub variable: Name,
    /// The units that lack it.
    pub units: Vec<Name>,
    /// The years, as ranges.
    pub years: String,
    /// Values missing in each unit.
    pub count: usize,
    /// Why.
    pub reason: String,
    /// Whether it stands for several lines: `years` are from the first to the last, `count` the most of one unit.
    pub summarised: bool,
}

/// Values that can't be computed as others are missing, which stand in the list of gaps.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ComputedGaps {
    /// How many.
    pub count: usize,
    /// Their variables.
    pub variables: Vec<Name>,
}

/// The gaps that are missing of themselves, and those that follow from them: whose reason is that a variable is missing that
/// has a gap of its own there.
pub(crate) fn own_and_computed(gaps: &[Gap], names: &Names) -> (Vec<Gap>, ComputedGaps) {
    let of = |gap: &Gap, variable: &str| (gap.entity.clone(), gap.time, variable.to_owned());
    let all: BTreeSet<_> = gaps.iter().map(|gap| of(gap, &gap.variable)).collect();
    let follows = |gap: &&Gap| {
        let from = gap.reason.split_once(" is missing").map(|(variable, _)| variable);
        from.is_some_and(|variable| variable != gap.variable && all.contains(&of(gap, variable)))
    };
    let (computed, own): (Vec<&Gap>, Vec<&Gap>) = gaps.iter().partition(follows);
    let mut variables: Vec<Name> = Vec::new();
    for gap in &computed {
        let name = names.variable(&gap.variable);
        if !variables.contains(&name) {
            variables.push(name);
        }
    }
    (own.into_iter().cloned().collect(), ComputedGaps { count: computed.len(), variables })
}

/// So many lines of gaps are listed one by one.
const MOST_LINES: usize = 48;

/// Rows that a table's equation couldn't use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DroppedView {
    /// The tables.
    pub tables: Vec<Name>,
    /// The units.
    pub units: Vec<Name>,
    /// The years, as ranges.
    pub years: String,
    /// The variables that are missing there.
    pub missing: Vec<Name>,
}

/// A unit's equation that couldn't be estimated, in whole or in part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotEstimableView {
    /// The tables.
    pub tables: Vec<Name>,
    /// The unit.
    pub unit: Name,
    /// The coefficients concerned; empty where it is all of the equation's.
    pub regressors: Vec<Name>,
    /// Why.
    pub reason: String,
}

pub(crate) fn gap_views(gaps: &[Gap], names: &Names) -> Vec<GapView> {
    let mut years: BTreeMap<(usize, &str, usize, &str, &str), Vec<Period>> = BTreeMap::new();
    for gap in gaps {
        let key = (
            names.variable_rank(&gap.variable),
            gap.variable.as_str(),
            names.unit_rank(&gap.entity),
            gap.entity.as_str(),
            gap.reason.as_str(),
        );
        years.entry(key).or_default().extend(gap.time);
    }
    let mut views: Vec<GapView> = Vec::new();
    for ((_, variable, _, unit, reason), times) in years {
        let (ranges, count) = ranges_of(&times);
        let unit = (!unit.is_empty()).then(|| names.unit(unit));
        let same = views
            .iter_mut()
            .find(|view| view.variable.id == variable && view.reason == reason && view.years == ranges);
        match same {
            Some(view) => view.units.extend(unit),
            None => views.push(GapView {
                variable: names.variable(variable),
                units: unit.into_iter().collect(),
                years: ranges,
                count,
                reason: reason.into(),
                summarised: false,
            }),
        }
    }
    if views.len() > MOST_LINES { summarised(views, gaps, names) } else { views }
}

/// A line for each variable and reason.
fn summarised(views: Vec<GapView>, gaps: &[Gap], names: &Names) -> Vec<GapView> {
    let mut lines: Vec<GapView> = Vec::new();
    for view in views {
        match lines.iter_mut().find(|line| line.variable == view.variable && line.reason == view.reason) {
            Some(line) => {
                for unit in view.units {
                    if !line.units.contains(&unit) {
                        line.units.push(unit);
                    }
                }
                line.count = line.count.max(view.count);
            }
            None => lines.push(view),
        }
    }
    for line in &mut lines {
        let own = gaps
            .iter()
            .filter(|gap| gap.reason == line.reason && names.variable(&gap.variable) == line.variable);
        let times: Vec<Period> = own.filter_map(|gap| gap.time).collect();
        line.years = match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
            (Some(first), _) => first.to_string(),
            _ => String::new(),
        };
        line.summarised = true;
    }
    lines
}

pub(crate) fn dropped_views(dropped: &[DroppedRow], tables: &[TableSpec], names: &Names) -> Vec<DroppedView> {
    let mut years: BTreeMap<(usize, usize, &str, &[String]), Vec<Period>> = BTreeMap::new();
    for row in dropped {
        let table = tables.iter().position(|table| table.id == row.table).unwrap_or(usize::MAX);
        let key = (table, names.unit_rank(&row.unit), row.unit.as_str(), row.missing.as_slice());
        years.entry(key).or_default().extend(row.time);
    }
    let mut views: Vec<DroppedView> = Vec::new();
    for ((table, _, unit, missing), times) in years {
        // A table that the report doesn't show isn't explained in it either.
        let Some(table) = tables.get(table).filter(|table| table.in_report) else { continue };
        let (ranges, _) = ranges_of(&times);
        let unit = names.unit(unit);
        let missing: Vec<Name> = missing.iter().map(|variable| names.variable(variable)).collect();
        let same = views.iter_mut().find(|view| {
            view.tables.first().is_some_and(|one| one.id == table.id)
                && view.missing == missing
                && view.years == ranges
        });
        match same {
            Some(view) => view.units.push(unit),
            None => views.push(DroppedView {
                tables: vec![Name::new(&table.id, &table.title)],
                units: vec![unit],
                years: ranges,
                missing,
            }),
        }
    }
    // Tables that can't use the same rows share a line.
    let mut shared: Vec<DroppedView> = Vec::new();
    for view in views {
        let is_same = |one: &&mut DroppedView| {
            (&one.units, &one.years, &one.missing) == (&view.units, &view.years, &view.missing)
        };
        match shared.iter_mut().find(is_same) {
            Some(one) => one.tables.extend(view.tables),
            None => shared.push(view),
        }
    }
    shared
}

pub(crate) fn not_estimable_views(
    rows: &[TidyEstimate],
    tables: &[TableSpec],
    names: &Names,
) -> Vec<NotEstimableView> {
    let mut views: Vec<(usize, NotEstimableView)> = Vec::new();
    for table in tables.iter().filter(|table| table.in_report) {
        let mut of_table: Vec<(&str, &str, Vec<Name>)> = Vec::new();
        let missing = rows.iter().filter(|row| row.table == table.id && row.estimate.is_none());
        for row in missing {
            let regressor = names.variable(&row.regressor);
            match of_table.iter_mut().find(|(unit, reason, _)| *unit == row.unit && *reason == row.note) {
                Some((_, _, regressors)) => regressors.push(regressor),
                None => of_table.push((&row.unit, &row.note, vec![regressor])),
            }
        }
        for (unit, reason, regressors) in of_table {
            let all = table.regressors.iter().all(|id| regressors.iter().any(|name| name.id == *id));
            let regressors = if all { Vec::new() } else { regressors };
            let unit_name = names.unit(unit);
            let same = views.iter_mut().find(|(_, view)| {
                view.unit == unit_name && view.reason == reason && view.regressors == regressors
            });
            let table = Name::new(&table.id, &table.title);
            match same {
                Some((_, view)) => view.tables.push(table),
                None => {
                    let view = NotEstimableView {
                        tables: vec![table],
                        unit: unit_name,
                        regressors,
                        reason: reason.into(),
                    };
                    views.push((names.unit_rank(unit), view));
                }
            }
        }
    }
    views.sort_by_key(|(rank, _)| *rank);
    views.into_iter().map(|(_, view)| view).collect()
}

/// Joins times to ranges: `2008–2010, 2012`, `1990Q1–1991Q2`; and how many different ones there are.
fn ranges_of(times: &[Period]) -> (String, usize) {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let count = sorted.len();
    let mut ranges: Vec<(Period, Period)> = Vec::new();
    for time in sorted {
        match ranges.last_mut() {
            Some((_, last)) if last.plus(1) == Some(time) => *last = time,
            _ => ranges.push((time, time)),
        }
    }
    let texts: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") })
        .collect();
    (texts.join(", "), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year_ranges(years: &[i32]) -> (String, usize) {
        ranges_of(&years.iter().map(|year| Period::year(*year)).collect::<Vec<_>>())
    }

    #[test]
    fn years_join_to_ranges() {
        assert_eq!(year_ranges(&[2012, 2008, 2010, 2009, 2008]), ("2008–2010, 2012".into(), 4));
        assert_eq!(year_ranges(&[i32::MAX, i32::MIN]), (format!("{}, {}", i32::MIN, i32::MAX), 2));
        assert_eq!(year_ranges(&[]), (String::new(), 0));
        let quarters: Vec<Period> =
            ["2003Q4", "2004Q1", "2004Q3"].iter().filter_map(|text| text.parse().ok()).collect();
        assert_eq!(ranges_of(&quarters), ("2003Q4–2004Q1, 2004Q3".into(), 3));
    }

    #[test]
    fn of_many_gaps_there_is_a_line_for_each_variable_and_reason() {
        let gap = |unit: i32| Gap {
            entity: format!("u{unit}"),
            time: Some((2000 + unit).into()),
            variable: if unit % 2 == 0 { "x".into() } else { "y".into() },
            reason: "no row in the source".into(),
        };
        let gaps: Vec<Gap> = (0..60).map(gap).collect();
        let views = gap_views(&gaps, &Names::new(&[], &[], "en"));
        let lines: Vec<(usize, &str, bool)> =
            views.iter().map(|view| (view.units.len(), view.years.as_str(), view.summarised)).collect();
        assert_eq!(lines, [(30, "2000–2058", true), (30, "2001–2059", true)]);
    }

    #[test]
    fn what_follows_from_a_gap_is_counted_apart() {
        let gap = |variable: &str, year: i32, reason: &str| Gap {
            entity: "a".into(),
            time: Some(year.into()),
            variable: variable.into(),
            reason: reason.into(),
        };
        let gaps = [
            gap("co2", 2008, "no row in the source"),
            gap("per_head", 2008, "co2 is missing"),
            gap("log", 2008, "co2 is missing (no row in the source)"),
            gap("log", 2009, "logarithm of 0"),
            // Nothing is known of it here but that it is missing.
            gap("ratio", 2010, "base is missing"),
        ];
        let (own, computed) = own_and_computed(&gaps, &Names::new(&[], &[], "en"));
        let own: Vec<&str> = own.iter().map(|gap| gap.variable.as_str()).collect();
        assert_eq!(own, ["co2", "log", "ratio"]);
        let variables: Vec<&str> = computed.variables.iter().map(|name| name.id.as_str()).collect();
        assert_eq!((computed.count, variables), (2, vec!["per_head", "log"]));
    }

    #[test]
    fn units_that_lack_the_same_share_a_line() {
        let gap = |entity: &str, year: i32, variable: &str| Gap {
            entity: entity.into(),
            time: Some(year.into()),
            variable: variable.into(),
            reason: "no row in the source".into(),
        };
        let gaps = [
            gap("b", 2009, "x"),
            gap("a", 2008, "x"),
            gap("a", 2009, "x"),
            gap("b", 2008, "x"),
            gap("", 2010, "z"),
        ];
        let views = gap_views(&gaps, &Names::new(&[], &[], "en"));
        let lines: Vec<(String, Vec<String>, String, usize)> = views
            .into_iter()
            .map(|view| {
                let units = view.units.into_iter().map(|unit| unit.id).collect();
                (view.variable.id, units, view.years, view.count)
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("x".into(), vec!["a".into(), "b".into()], "2008–2009".into(), 2),
                ("z".into(), vec![], "2010".into(), 1),
            ]
        );
    }
}
