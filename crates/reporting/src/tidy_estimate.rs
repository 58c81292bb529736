//! An estimate joined with what was published of it: a row of `estimates.csv`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::error::{ReportingError, Result};
use crate::estimate_row::{EstimateOutcome, EstimateRow};
use crate::printed_number::PrintedNumber;
use crate::published::{Published, PublishedCoefficient};
use crate::report_unit::ReportUnit;
use crate::stars::{StarLevels, Stars};
use crate::table_spec::TableSpec;

/// One coefficient with its published value beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TidyEstimate {
    /// The table.
    pub table: String,
    /// The dependent variable.
    pub dependent: String,
    /// The unit by the name that the publication prints.
    pub unit: String,
    /// The regressor.
    pub regressor: String,
    /// The coefficient.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Estimate over standard error.
    pub statistic: Option<f64>,
    /// Two-sided.
    pub p_value: Option<f64>,
    /// Earned by the p-value.
    pub stars: Stars,
    /// Observations used.
    pub n_obs: Option<usize>,
    /// Residual degrees of freedom.
    pub df_resid: Option<usize>,
    /// The published coefficient.
    pub published: Option<PrintedNumber>,
    /// The published stars; absent where nothing was published, which isn't the same as none.
    pub published_stars: Option<Stars>,
    /// Why there is no estimate, or what to know of it.
    pub note: String,
}

/// The note of a published coefficient that no estimate was made for.
const NO_ESTIMATE: &str = "published, but not estimated from this vintage: it has no such unit or equation";

/// Joins estimates with the published coefficients by the unit's printed name, in the order: tables,
/// units as given with the pooled one last, regressors of the equation. A published coefficient of
/// one of the tables that has no estimate gets a row that says so.
///
/// # Errors
/// Where an estimate names a table, unit or regressor that isn't given, comes twice, or isn't finite;
/// where two units or tables share a name.
pub fn tidy_estimates(
    rows: &[EstimateRow],
    tables: &[TableSpec],
    units: &[ReportUnit],
    published: &Published,
    levels: &StarLevels,
) -> Result<Vec<TidyEstimate>> {
    let ordered = units_in_order(units);
    no_duplicates("unit", ordered.iter().map(|unit| unit.id.as_str()))?;
    no_duplicates("unit", ordered.iter().map(|unit| unit.printed()))?;
    no_duplicates("table", tables.iter().map(|table| table.id.as_str()))?;
    let mut by_key: BTreeMap<(usize, usize, usize), &EstimateRow> = BTreeMap::new();
    for row in rows {
        let key = key_of(row, tables, &ordered)?;
        if by_key.insert(key, row).is_some() {
            return Err(ReportingError::DuplicateEstimate {
                table: row.table.clone(),
                unit: row.unit.clone(),
                regressor: row.regressor.clone(),
            });
        }
    }
    let mut tidy = Vec::with_capacity(rows.len());
    for (table_rank, table) in tables.iter().enumerate() {
        let mut placed = BTreeSet::new();
        for (unit_rank, unit) in ordered.iter().enumerate() {
            for (regressor_rank, regressor) in table.regressors.iter().enumerate() {
                let known = published.get(&table.id, &table.dependent, unit.printed(), regressor);
                placed.insert((unit.printed(), regressor.as_str()));
                match (by_key.get(&(table_rank, unit_rank, regressor_rank)), known) {
                    (Some(row), _) => tidy.push(join(row, unit.printed(), known, levels)?),
                    (None, Some(known)) => tidy.push(without_estimate(known)),
                    (None, None) => {}
                }
            }
        }
        let absent = published.coefficients().iter().filter(|known| {
            known.table == table.id
                && !(known.dependent == table.dependent
                    && placed.contains(&(known.unit.as_str(), known.regressor.as_str())))
        });
        tidy.extend(absent.map(without_estimate));
    }
    Ok(tidy)
}

/// The units as given, the pooled ones moved to the end.
pub(crate) fn units_in_order(units: &[ReportUnit]) -> Vec<&ReportUnit> {
    let (pooled, single): (Vec<_>, Vec<_>) = units.iter().partition(|unit| unit.pooled);
    single.into_iter().chain(pooled).collect()
}

fn no_duplicates<'a>(kind: &'static str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(ReportingError::DuplicateName { kind, name: name.into() });
        }
    }
    Ok(())
}

fn key_of(row: &EstimateRow, tables: &[TableSpec], units: &[&ReportUnit]) -> Result<(usize, usize, usize)> {
    let unknown = |kind, found: &str, available: Vec<String>| ReportingError::Unknown {
        kind,
        found: found.into(),
        available,
    };
    let table_rank = tables
        .iter()
        .position(|table| table.id == row.table && table.dependent == row.dependent)
        .ok_or_else(|| {
            let available =
                tables.iter().map(|table| format!("{} of {}", table.id, table.dependent)).collect();
            unknown("table", &format!("{} of {}", row.table, row.dependent), available)
        })?;
    let unit_rank = units
        .iter()
        .position(|unit| unit.id == row.unit)
        .ok_or_else(|| unknown("unit", &row.unit, units.iter().map(|unit| unit.id.clone()).collect()))?;
    let regressors = tables.get(table_rank).map(|table| table.regressors.as_slice()).unwrap_or_default();
    let regressor_rank = regressors
        .iter()
        .position(|regressor| *regressor == row.regressor)
        .ok_or_else(|| unknown("regressor", &row.regressor, regressors.to_vec()))?;
    Ok((table_rank, unit_rank, regressor_rank))
}

fn join(
    row: &EstimateRow,
    printed_unit: &str,
    known: Option<&PublishedCoefficient>,
    levels: &StarLevels,
) -> Result<TidyEstimate> {
    let mut tidy = TidyEstimate {
        table: row.table.clone(),
        dependent: row.dependent.clone(),
        unit: printed_unit.into(),
        regressor: row.regressor.clone(),
        estimate: None,
        std_error: None,
        statistic: None,
        p_value: None,
        stars: Stars::default(),
        n_obs: row.n_obs,
        df_resid: row.df_resid,
        published: known.map(|known| known.coefficient.clone()),
        published_stars: known.map(|known| known.stars),
        note: row.note.clone(),
    };
    match &row.outcome {
        EstimateOutcome::Estimated { estimate, std_error, statistic, p_value } => {
            for (field, value) in [
                ("the estimate", Some(*estimate)),
                ("the standard error", *std_error),
                ("the statistic", *statistic),
                ("the p-value", *p_value),
            ] {
                if let Some(value) = value.filter(|value| !value.is_finite()) {
                    return Err(ReportingError::NotFinite {
                        table: row.table.clone(),
                        unit: printed_unit.into(),
                        regressor: row.regressor.clone(),
                        field,
                        value,
                    });
                }
            }
            tidy.estimate = Some(*estimate);
            tidy.std_error = *std_error;
            tidy.statistic = *statistic;
            tidy.p_value = *p_value;
            tidy.stars = p_value.map(|p_value| levels.stars(p_value)).unwrap_or_default();
        }
        EstimateOutcome::NotEstimable { reason } => {
            tidy.note = match row.note.as_str() {
                "" => reason.clone(),
                note => format!("{reason}; {note}"),
            };
        }
    }
    Ok(tidy)
}

fn without_estimate(known: &PublishedCoefficient) -> TidyEstimate {
    TidyEstimate {
        table: known.table.clone(),
        dependent: known.dependent.clone(),
        unit: known.unit.clone(),
        regressor: known.regressor.clone(),
        estimate: None,
        std_error: None,
        statistic: None,
        p_value: None,
        stars: Stars::default(),
        n_obs: None,
        df_resid: None,
        published: Some(known.coefficient.clone()),
        published_stars: Some(known.stars),
        note: NO_ESTIMATE.into(),
    }
}
