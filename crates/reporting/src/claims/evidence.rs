//! What claims are held against: a publication's tables, or the estimates of a vintage.

use std::collections::BTreeMap;

use vintner_estimation::{DumitrescuHurlin, PanelStatistic};

use super::ground::Ground;
use crate::number_format::{p_value_text, significant};
use crate::report_unit::ReportUnit;
use crate::stars::{StarLevels, Stars};
use crate::table_spec::TableSpec;
use crate::tidy_estimate::TidyEstimate;

/// What is known of a coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The value.
    pub value: f64,
    /// The value as it is printed, with its stars and what else is known of its significance.
    pub text: String,
    significance: Significance,
}

#[derive(Debug, Clone, PartialEq)]
enum Significance {
    /// Only the stars are known.
    Stars(Stars),
    PValue(f64),
    Unknown,
}

impl Known {
    /// Whether it is significant at `level`; an error says why that can't be told.
    pub(super) fn is_significant(&self, level: f64, levels: &StarLevels) -> Result<bool, Ground> {
        match &self.significance {
            Significance::PValue(p_value) => Ok(*p_value < level),
            Significance::Unknown => Err(Ground::words(format!("{} has no standard error", self.text))),
            Significance::Stars(stars) => {
                let legend = levels.legend();
                match legend.iter().find(|(_, known)| (known - level).abs() < 1e-9) {
                    Some((least, _)) => Ok(stars >= least),
                    None => Err(Ground::words(format!("stars say nothing about the level {level}"))),
                }
            }
        }
    }
}

/// Coefficients by table, unit and regressor, and Granger tests.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    pub(super) tables: &'a [TableSpec],
    pub(super) units: &'a [ReportUnit],
    pub(super) levels: &'a StarLevels,
    /// By table, printed name of the unit, and regressor.
    coefficients: BTreeMap<[String; 3], Result<Known, String>>,
    granger: Option<&'a [DumitrescuHurlin]>,
}

impl<'a> Evidence<'a> {
    /// The published coefficients among `rows`. What was published has no Granger statistics.
    pub fn published(
        rows: &'a [TidyEstimate],
        tables: &'a [TableSpec],
        units: &'a [ReportUnit],
        levels: &'a StarLevels,
    ) -> Self {
        let known = |row: &TidyEstimate| {
            let printed = row.published.as_ref()?;
            let stars = row.published_stars.unwrap_or_default();
            Some(Ok(Known {
                value: printed.value(),
                text: format!("{}{}", printed.text(), stars.asterisks()),
                significance: Significance::Stars(stars),
            }))
        };
        Self { tables, units, levels, coefficients: keyed(rows, known), granger: None }
    }

    /// The estimates among `rows`, and the Granger tests of the same vintage.
    pub fn estimated(
        rows: &'a [TidyEstimate],
        tables: &'a [TableSpec],
        units: &'a [ReportUnit],
        levels: &'a StarLevels,
        granger: &'a [DumitrescuHurlin],
    ) -> Self {
        let known = |row: &TidyEstimate| {
            let Some(estimate) = row.estimate else { return Some(Err(row.note.clone())) };
            let text = match row.p_value {
                Some(p) => {
                    format!(
                        "{}{} (p {})",
                        significant(estimate),
                        row.stars.asterisks(),
                        equal(&p_value_text(p))
                    )
                }
                None => significant(estimate),
            };
            let significance = row.p_value.map_or(Significance::Unknown, Significance::PValue);
            Some(Ok(Known { value: estimate, text, significance }))
        };
        Self { tables, units, levels, coefficients: keyed(rows, known), granger: Some(granger) }
    }

    /// These estimates with those of other tables in the place of theirs (`tables` names the other of each table). Tables that have
    /// no other, and tests, are left out: nothing is known of them under other standard errors.
    pub fn under(&self, tables: &BTreeMap<String, String>) -> Self {
        let of = |[table, unit, regressor]: &[String; 3]| {
            let other = [tables.get(table)?.clone(), unit.clone(), regressor.clone()];
            let known = self.coefficients.get(&other)?.clone();
            Some(([table.clone(), unit.clone(), regressor.clone()], known))
        };
        let coefficients = self.coefficients.keys().filter_map(of).collect();
        Self { coefficients, granger: None, ..self.clone() }
    }

    /// The unit that goes by a name.
    pub(super) fn unit(&self, name: &str) -> Option<&'a ReportUnit> {
        self.units.iter().find(|unit| unit.is_called(name))
    }

    /// The units that aren't the pooled row, in order.
    pub(super) fn single_units(&self) -> impl Iterator<Item = &'a ReportUnit> + use<'a> {
        self.units.iter().filter(|unit| !unit.pooled)
    }

    pub(super) fn pooled(&self) -> Option<&'a ReportUnit> {
        self.units.iter().find(|unit| unit.pooled)
    }

    /// A coefficient, or why there is none.
    pub(super) fn coefficient(
        &self,
        table: &str,
        unit: &ReportUnit,
        regressor: &str,
    ) -> Result<&Known, Ground> {
        match self.coefficients.get(&[table, unit.printed(), regressor].map(str::to_owned)) {
            Some(Ok(known)) => Ok(known),
            Some(Err(reason)) => Err(Ground::of(unit).then(format!(": {reason}"))),
            None => {
                let none = Ground::words(format!("no coefficient of {regressor} in ({table}) for "));
                Err(none.and("", Ground::of(unit)))
            }
        }
    }

    /// The first table whose equation explains `dependent`.
    pub(super) fn table_of(&self, dependent: &str) -> Result<&'a str, Ground> {
        self.tables
            .iter()
            .find(|table| table.dependent == dependent)
            .map(|table| table.id.as_str())
            .ok_or_else(|| Ground::words(format!("no equation explains {dependent}")))
    }

    /// The panel's test of a cause and an effect: statistic as text and p-value.
    pub(super) fn granger(&self, cause: &str, effect: &str) -> Result<(Ground, f64), Ground> {
        let Some(tests) = self.granger else {
            return Err(Ground::words("the publication prints no Granger statistics"));
        };
        let test = tests
            .iter()
            .find(|test| test.cause == cause && test.effect == effect)
            .ok_or_else(|| Ground::words(format!("no Granger test of {cause} -> {effect}")))?;
        match &test.z_tilde {
            PanelStatistic::Value { statistic, p_value } => Ok((
                Ground::words(format!(
                    "{cause} -> {effect}: Z-tilde {} (p {})",
                    significant(*statistic),
                    equal(&p_value_text(*p_value))
                )),
                *p_value,
            )),
            PanelStatistic::NotEstimable { reason } => {
                Err(Ground::words(format!("{cause} -> {effect}: {reason}")))
            }
        }
    }

    /// The level that counts where a statement names none.
    pub(super) fn level(&self, named: Option<f64>) -> f64 {
        named.unwrap_or_else(|| self.levels.legend().last().map_or(0.10, |(_, level)| *level))
    }
}

fn keyed<'a>(
    rows: &'a [TidyEstimate],
    known: impl Fn(&'a TidyEstimate) -> Option<Result<Known, String>>,
) -> BTreeMap<[String; 3], Result<Known, String>> {
    rows.iter()
        .filter_map(|row| Some(([row.table.clone(), row.unit.clone(), row.regressor.clone()], known(row)?)))
        .collect()
}

/// `= 0.034`, or `< 0.001`.
fn equal(p_value: &str) -> String {
    match p_value.strip_prefix('<') {
        Some(bound) => format!("< {bound}"),
        None => format!("= {p_value}"),
    }
}
