//! Which pairs of dependent variables move one another, for templates.

use std::collections::BTreeMap;

use serde::Serialize;

use super::name::Names;
use crate::name::Name;
use crate::report_unit::ReportUnit;
use crate::stars::Stars;
use crate::table_spec::TableSpec;
use crate::tidy_estimate::TidyEstimate;

/// A pair of dependent variables, each of which is a regressor in the other's equation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MutualView {
    /// One variable.
    pub first: Name,
    /// The other.
    pub second: Name,
    /// What the estimates say.
    pub estimated: MutualFinding,
    /// What the published tables say.
    pub published: MutualFinding,
    /// Whether they have anything on the pair.
    pub has_published: bool,
    /// Whether both say the same.
    pub same: bool,
}

/// Where both coefficients, one or none carry at least one star.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MutualFinding {
    /// Units in which both do.
    pub units: Vec<Name>,
    /// In a pooled row: `both`, `first` (only in the equation of the second variable, that is from the
    /// first to the second), `second`, `neither`, or `none` where a coefficient is missing.
    pub pooled: &'static str,
}

/// All such pairs, in the order of the tables. Where several tables have the same dependent variable,
/// the first one counts.
pub(crate) fn mutual_views(
    tables: &[TableSpec],
    rows: &[TidyEstimate],
    units: &[&ReportUnit],
    names: &Names,
) -> Vec<MutualView> {
    let mut by_dependent: Vec<&TableSpec> = Vec::new();
    for table in tables {
        if by_dependent.iter().all(|earlier| earlier.dependent != table.dependent) {
            by_dependent.push(table);
        }
    }
    let keyed: BTreeMap<(&str, &str, &str), &TidyEstimate> = rows
        .iter()
        .map(|row| ((row.table.as_str(), row.unit.as_str(), row.regressor.as_str()), row))
        .collect();
    let mut views = Vec::new();
    for (place, first) in by_dependent.iter().enumerate() {
        for second in by_dependent.iter().skip(place + 1) {
            if !first.regressors.contains(&second.dependent) || !second.regressors.contains(&first.dependent)
            {
                continue;
            }
            let finding = |stars: fn(&TidyEstimate) -> Option<Stars>| {
                let starred = |table: &TableSpec, unit: &ReportUnit, regressor: &str| {
                    let row = keyed.get(&(table.id.as_str(), unit.printed(), regressor))?;
                    stars(row).map(|stars| stars.count() > 0)
                };
                let both = |unit: &ReportUnit| {
                    // From the first to the second: the first is a regressor of the second.
                    (starred(second, unit, &first.dependent), starred(first, unit, &second.dependent))
                };
                MutualFinding {
                    units: units
                        .iter()
                        .filter(|unit| !unit.pooled && both(unit) == (Some(true), Some(true)))
                        .map(|unit| names.unit(&unit.id))
                        .collect(),
                    pooled: match units.iter().find(|unit| unit.pooled).map(|unit| both(unit)) {
                        Some((Some(true), Some(true))) => "both",
                        Some((Some(true), Some(false))) => "first",
                        Some((Some(false), Some(true))) => "second",
                        Some((Some(false), Some(false))) => "neither",
                        _ => "none",
                    },
                }
            };
            let estimated = finding(|row| row.p_value.map(|_| row.stars));
            let published = finding(|row| row.published_stars);
            views.push(MutualView {
                first: names.variable(&first.dependent),
                second: names.variable(&second.dependent),
                same: estimated == published,
                estimated,
                published,
                has_published: rows
                    .iter()
                    .any(|row| row.published.is_some() && (row.table == first.id || row.table == second.id)),
            });
        }
    }
    views
}
