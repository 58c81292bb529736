//! Regressors that stand for categories, as a column of ones and zeros for each category but one.

use std::collections::BTreeMap;

use vintner_panel::{Labels, Panel};

use super::formula::Formula;
use super::sample::{DroppedRow, Sample};
use crate::outcome::{EstimationError, Result};

/// What the column of a factor's category is called: `regionnorth` of a column of text, as R's `lm` and formulas have
/// it, `wave::2` of one of numbers, as fixest's `i()` has it.
pub(crate) fn category_name(is_text: bool, factor: &str, category: &str) -> String {
    format!("{factor}{}{category}", if is_text { "" } else { "::" })
}

/// A panel and an equation whose factors are columns of numbers.
#[derive(Debug)]
pub(crate) struct Factored {
    pub(crate) panel: Panel,
    pub(crate) formula: Formula,
    /// The first column of each factor, which is missing where the factor is, and the factor's name.
    first_columns: BTreeMap<String, String>,
}

impl Factored {
    /// The panel with a column for each category but the reference, called as [`category_name`] has it; none where
    /// the equation has no factor. Categories are those of the rows where the equation's variables are all there, as R's
    /// `lm` and Stata's `i.` have them.
    ///
    /// # Errors
    /// Where a column isn't there or isn't of its kind; [`EstimationError::NoSuchCategory`],
    /// [`EstimationError::NameTaken`].
    pub(crate) fn new(panel: &Panel, formula: &Formula) -> Result<Option<Self>> {
        formula.check_terms()?;
        let mut factors: Vec<(&String, Labels)> = Vec::new();
        for regressor in &formula.regressors {
            if formula.factors.contains_key(regressor) || panel.is_text(regressor)? {
                factors.push((regressor, panel.codes(regressor)?));
            }
        }
        if factors.is_empty() {
            return Ok(None);
        }
        let mut complete: Vec<bool> = vec![true; panel.height()];
        for variable in formula.variables() {
            match factors.iter().find(|(factor, _)| *factor == variable) {
                Some((_, labels)) => complete
                    .iter_mut()
                    .zip(&labels.codes)
                    .for_each(|(complete, code)| *complete &= *code != Labels::MISSING),
                None => complete
                    .iter_mut()
                    .zip(panel.numbers(variable)?.iter())
                    .for_each(|(complete, value)| *complete &= value.is_finite()),
            }
        }
        let mut made = Self {
            panel: panel.clone(),
            formula: Formula { regressors: Vec::new(), factors: BTreeMap::new(), ..formula.clone() },
            first_columns: BTreeMap::new(),
        };
        for regressor in &formula.regressors {
            match factors.iter().find(|(factor, _)| *factor == regressor) {
                Some((_, labels)) => made.add(regressor, labels, &complete, formula)?,
                None => made.formula.regressors.push(regressor.clone()),
            }
        }
        Ok(Some(made))
    }

    fn add(&mut self, factor: &str, labels: &Labels, complete: &[bool], formula: &Formula) -> Result<()> {
        let mut seen = vec![false; labels.labels.len()];
        for (code, complete) in labels.codes.iter().zip(complete) {
            if let Some(seen) = seen.get_mut(*code as usize) {
                *seen |= *complete;
            }
        }
        let seen = |code: &usize| seen.get(*code).copied().unwrap_or_default();
        let levels: Vec<usize> = (0..labels.labels.len()).filter(seen).collect();
        let name = |code: usize| labels.labels.get(code).map_or("", String::as_str);
        let reference = match formula.factors.get(factor).and_then(Option::as_ref) {
            Some(wanted) => levels.iter().copied().find(|code| name(*code) == wanted).ok_or_else(|| {
                EstimationError::NoSuchCategory {
                    factor: factor.to_owned(),
                    category: wanted.clone(),
                    available: levels.iter().map(|code| name(*code).to_owned()).collect(),
                }
            })?,
            None => levels.first().copied().unwrap_or_default(),
        };
        let others: Vec<usize> = levels.into_iter().filter(|code| *code != reference).collect();
        if others.is_empty() {
            return Err(EstimationError::OneCategory {
                factor: factor.to_owned(),
                category: name(reference).into(),
            });
        }
        for (at, level) in others.into_iter().enumerate() {
            let column = category_name(self.panel.is_text(factor)?, factor, name(level));
            if self.panel.frame().column(&column).is_ok() {
                return Err(EstimationError::NameTaken {
                    factor: factor.to_owned(),
                    category: name(level).into(),
                    column,
                });
            }
            let values = labels.codes.iter().map(|code| match *code {
                // Once is enough for the row to be left out.
                Labels::MISSING if at == 0 => None,
                code => Some(f64::from(u8::from(code as usize == level))),
            });
            self.panel = self.panel.clone().with_values(&column, values.collect())?;
            if at == 0 {
                self.first_columns.insert(column.clone(), factor.to_owned());
            }
            self.formula.regressors.push(column);
        }
        Ok(())
    }

    /// The rows left out of a sample of it, with the factor that is missing there in the place of its columns.
    pub(crate) fn told(&self, dropped: &[DroppedRow]) -> Vec<DroppedRow> {
        let told = |name: &String| self.first_columns.get(name).unwrap_or(name).clone();
        let of_row =
            |row: &DroppedRow| DroppedRow { missing: row.missing.iter().map(told).collect(), ..row.clone() };
        dropped.iter().map(of_row).collect()
    }

    fn with_told(&self, sample: Sample) -> Sample {
        let dropped = self.told(sample.dropped());
        sample.with_dropped(dropped)
    }
}

impl Formula {
    /// The equation as it is estimated on a panel: with a regressor for each category of a factor but one.
    ///
    /// # Errors
    /// As [`Sample::factored`].
    pub fn factored(&self, panel: &Panel) -> Result<Self> {
        Ok(Factored::new(panel, self)?.map_or_else(|| self.clone(), |factored| factored.formula))
    }
}

impl Sample {
    /// The complete rows of all entities, of an equation that may have factors.
    ///
    /// # Errors
    /// As [`Sample::new`]; [`EstimationError::NoSuchCategory`], [`EstimationError::OneCategory`].
    pub fn factored(panel: &Panel, formula: &Formula) -> Result<Self> {
        match Factored::new(panel, formula)? {
            Some(factored) => Ok(factored.with_told(Self::new(&factored.panel, &factored.formula)?)),
            None => Self::new(panel, formula),
        }
    }

    /// One sample for each entity, of an equation that may have factors.
    ///
    /// # Errors
    /// As [`Sample::factored`].
    pub fn factored_by_entity(panel: &Panel, formula: &Formula) -> Result<Vec<Self>> {
        let Some(factored) = Factored::new(panel, formula)? else { return Self::by_entity(panel, formula) };
        let samples = Self::by_entity(&factored.panel, &factored.formula)?;
        Ok(samples.into_iter().map(|sample| factored.with_told(sample)).collect())
    }
}
