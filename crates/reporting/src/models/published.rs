//! A table of models beside what was published of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vintner_diagnostics::did_you_mean;

use super::former_name::called_today;
use super::model_cell::ModelCell;
use super::printed::{PrintedModels, PrintedRow};
use super::results::{StatisticValue, TermResult};
use super::spec::ColumnSpec;
use crate::error::{ReportingError, Result};
use crate::printed_number::PrintedNumber;
use crate::stars::StarLevels;

/// How a table's estimates fare beside the published ones, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelAgreement {
    /// Published coefficients.
    pub published: usize,
    /// Those of them whose printed digits the estimates have.
    pub digits: usize,
    /// Those of them whose sign the estimates have.
    pub signs: usize,
    /// Published standard errors, statistics, p-values and ends of intervals.
    pub beside: usize,
    /// Those of them whose printed digits the estimates have.
    pub beside_digits: usize,
    /// Coefficients of which the stars were published, or that there are none.
    pub starred: usize,
    /// Those of them with the same stars.
    pub stars: usize,
    /// Published numbers about models: observations, R2, ….
    pub statistics: usize,
    /// Those of them whose printed digits ours have.
    pub statistics_digits: usize,
    /// Published coefficients that no model has, each as `column, term`.
    pub not_estimated: Vec<String>,
}

/// What is published beside a coefficient, by our names.
const BESIDE: [&str; 5] = ["std_error", "statistic", "p_value", "conf_low", "conf_high"];

/// The published rows, each with the column that it is about.
pub(super) struct Matched<'a> {
    rows: Vec<(usize, &'a PrintedRow)>,
}

impl<'a> Matched<'a> {
    /// What is printed beside published coefficients that are shown, by our names.
    pub(super) fn beside(&self) -> impl Iterator<Item = &'static str> {
        let shown = |(_, row): &(usize, &PrintedRow)| {
            BESIDE.into_iter().find(|name| row.numbers.contains_key(*name)).filter(|_| !row.term.is_empty())
        };
        self.rows.iter().filter_map(shown)
    }

    /// Matches rows with columns by the columns' numbers, labels and inputs.
    ///
    /// # Errors
    /// A model that is no column; a coefficient that no column has but one that is called nearly so.
    pub(super) fn new(published: &'a PrintedModels, columns: &[&ColumnSpec]) -> Result<Self> {
        let refuse = |row: &PrintedRow, message: String| ReportingError::Results {
            place: format!("{}:{}", published.path, row.line),
            message,
        };
        let known: BTreeSet<&str> =
            columns.iter().flat_map(|column| &column.results.terms).map(|term| term.term.as_str()).collect();
        let mut rows = Vec::new();
        for row in &published.rows {
            let is = |(at, column): (usize, &&ColumnSpec)| {
                let called = [column.name.as_str(), column.label.en.as_str()];
                row.model == format!("({})", at + 1) || called.contains(&row.model.as_str())
            };
            let Some(at) = columns.iter().enumerate().position(is) else {
                let names =
                    columns.iter().flat_map(|column| [column.label.en.as_str(), column.name.as_str()]);
                let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
                let near = did_you_mean(&row.model, names.iter().copied());
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                let message =
                    format!("no column is called `{}`{near}; there are {}", row.model, names.join(", "));
                return Err(refuse(row, message));
            };
            if !row.term.is_empty() && !known.contains(row.term.as_str()) {
                let near = called_today(&row.term, known.iter().copied()).or_else(|| {
                    let near = did_you_mean(&row.term, known.iter().copied())?;
                    Some(format!(", did you mean `{near}`?"))
                });
                if let Some(near) = near {
                    let message = format!("no model has a coefficient `{}`{near}", row.term);
                    return Err(refuse(row, message));
                }
            }
            rows.push((at, row));
        }
        Ok(Self { rows })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The published row of a coefficient in a column.
    pub(super) fn of_term(&self, column: usize, term: &str) -> Option<&'a PrintedRow> {
        self.rows.iter().find(|(at, row)| *at == column && row.term == term).map(|(_, row)| *row)
    }

    /// A published number about the model of a column.
    pub(super) fn of_model(&self, column: usize, name: &str) -> Option<&'a PrintedNumber> {
        let own = self.rows.iter().filter(|(at, row)| *at == column && row.term.is_empty());
        own.filter_map(|(_, row)| row.numbers.get(name)).next()
    }

    /// Counts agreement.
    pub(super) fn agreement(&self, columns: &[&ColumnSpec], levels: &StarLevels) -> ModelAgreement {
        let mut counted = ModelAgreement::default();
        for (at, row) in &self.rows {
            let Some(column) = columns.get(*at) else { continue };
            if row.term.is_empty() {
                for (name, printed) in &row.numbers {
                    counted.statistics += 1;
                    let own = column.results.statistics.get(name);
                    let fits =
                        matches!(own, Some(StatisticValue::Number(own)) if printed.is_rounding_of(*own));
                    counted.statistics_digits += usize::from(fits);
                }
                continue;
            }
            let term = column.results.terms.iter().find(|term| term.term == row.term);
            let Some((term, estimate)) = term.and_then(|term| Some((term, term.estimate?))) else {
                counted.published += usize::from(row.numbers.contains_key("estimate"));
                counted.not_estimated.push(format!("{}, {}", row.model, row.term));
                continue;
            };
            if let Some(printed) = row.numbers.get("estimate") {
                counted.published += 1;
                counted.digits += usize::from(printed.is_rounding_of(estimate));
                counted.signs += usize::from(printed.has_sign_of(estimate));
            }
            for name in BESIDE {
                let Some(printed) = row.numbers.get(name) else { continue };
                counted.beside += 1;
                let fits = beside(term, name).is_some_and(|own| printed.is_rounding_of(own));
                counted.beside_digits += usize::from(fits);
            }
            if let (Some(stars), Some(p_value)) = (row.stars, term.p_value) {
                counted.starred += 1;
                counted.stars += usize::from(levels.stars(p_value) == stars);
            }
        }
        counted
    }
}

fn beside(term: &TermResult, name: &str) -> Option<f64> {
    match name {
        "std_error" => term.std_error,
        "statistic" => term.statistic,
        "p_value" => term.p_value,
        "conf_low" => term.conf_low,
        _ => term.conf_high,
    }
}

/// What was published of a coefficient as a cell, with ≠ where the printed digits aren't the estimate's.
pub(super) fn published_cell(row: &PrintedRow, term: Option<&TermResult>) -> ModelCell {
    let mut text = String::new();
    let mut fits = true;
    if let Some(printed) = row.numbers.get("estimate") {
        text.push_str(printed.text());
        fits &= term.and_then(|term| term.estimate).is_some_and(|own| printed.is_rounding_of(own));
    }
    if let Some(stars) = row.stars {
        text.push_str(&stars.asterisks());
    }
    let shown = BESIDE.iter().find_map(|name| Some((*name, row.numbers.get(*name)?)));
    if let Some((name, printed)) = shown {
        text.push_str(&format!(" ({})", printed.text()));
        fits &= term.and_then(|term| beside(term, name)).is_some_and(|own| printed.is_rounding_of(own));
    }
    if !fits {
        text.push_str(" ≠");
    }
    ModelCell::words(&text)
}

/// The most decimals among a published coefficient and what is printed beside it.
pub(super) fn printed_decimals(row: &PrintedRow) -> usize {
    let beside = BESIDE.iter().find(|name| row.numbers.contains_key(**name));
    let shown = ["estimate"].iter().chain(beside).filter_map(|name| row.numbers.get(*name));
    shown.map(PrintedNumber::decimals).max().unwrap_or_default()
}

/// A published number about a model, with ≠ where ours has other digits.
pub(super) fn published_statistic(printed: &PrintedNumber, own: Option<&StatisticValue>) -> ModelCell {
    let fits = matches!(own, Some(StatisticValue::Number(own)) if printed.is_rounding_of(*own));
    ModelCell::words(&format!("{}{}", printed.text(), if fits { "" } else { " ≠" }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::ModelResults;

    fn column() -> ColumnSpec {
        let term = TermResult {
            term: "x".into(),
            estimate: Some(0.0913),
            std_error: Some(0.0052),
            p_value: Some(1e-9),
            ..TermResult::default()
        };
        let mut results = ModelResults { terms: vec![term], ..ModelResults::default() };
        results.set_number("n_obs", 4360.0);
        ColumnSpec {
            branch: String::new(),
            name: "ols".into(),
            label: vintner_panel::Label::new("Pooled"),
            group: Default::default(),
            results,
        }
    }

    fn printed(rows: &str) -> PrintedModels {
        PrintedModels::parse(&format!("model,term,estimate,std_error,stars,n_obs\n{rows}"), "p.csv").unwrap()
    }

    #[test]
    fn agreement_is_by_what_was_printed() {
        let column = column();
        let printed = printed("Pooled,x,0.091,0.006,3,\nols,income,1.2,,,\n(1),,,,,4360\n");
        let matched = Matched::new(&printed, &[&column]).unwrap();
        let counted = matched.agreement(&[&column], &StarLevels::default());
        assert_eq!((counted.published, counted.digits, counted.signs), (2, 1, 1));
        assert_eq!((counted.beside, counted.beside_digits, counted.starred, counted.stars), (1, 0, 1, 1));
        assert_eq!((counted.statistics, counted.statistics_digits), (1, 1));
        assert_eq!(counted.not_estimated, ["ols, income"]);
        let cell = published_cell(matched.of_term(0, "x").unwrap(), column.results.terms.first());
        assert_eq!(cell.text, "0.091*** (0.006) ≠");
    }

    #[test]
    fn what_is_nowhere_is_a_fault() {
        let column = column();
        let said = |rows: &str| Matched::new(&printed(rows), &[&column]).err().map(|error| error.to_string());
        assert!(
            said("Poled,x,1,,,\n")
                .unwrap()
                .contains("p.csv:2: no column is called `Poled`, did you mean `Pooled`?")
        );
        assert!(said("(2),x,1,,,\n").unwrap().contains("there are Pooled, ols"));
        assert_eq!(said("(1),x,1,,,\n"), None);
    }
}
