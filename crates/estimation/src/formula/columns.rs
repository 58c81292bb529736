//! From terms to columns of a panel.

use vintner_panel::{Labels, Panel, PanelError};

use super::term::{Expression, Factor, Term};
use super::written::WrittenEquation;
use crate::outcome::{EstimationError, Result};
use crate::sample::{Formula, category_name, lag};

/// An equation whose terms are columns of its panel.
#[derive(Debug, Clone)]
pub struct BoundEquation {
    /// The panel, with a column for each term that isn't one already.
    pub panel: Panel,
    /// The equation, endogenous regressors first.
    pub formula: Formula,
    /// The endogenous regressors.
    pub endogenous: Vec<String>,
    /// Their excluded instruments.
    pub instruments: Vec<String>,
}

type Values = Vec<Option<f64>>;

impl WrittenEquation {
    /// The equation on a panel: factors become a dummy variable for each value, lags are by the time's value, and a number
    /// that isn't one (the logarithm of 0) is missing.
    ///
    /// # Errors
    /// Columns that aren't there or aren't of numbers; [`EstimationError::NoReference`].
    pub fn on(&self, panel: &Panel) -> Result<BoundEquation> {
        self.on_rows(panel, None)
    }

    /// The equation on a panel of which only some rows will be kept: lags are taken on all of them, while a factor has the
    /// values that it takes in the rows that are kept, as in R. The panel that is handed on still has all rows.
    ///
    /// # Errors
    /// As of [`WrittenEquation::on`].
    pub fn on_rows(&self, panel: &Panel, kept: Option<&[bool]>) -> Result<BoundEquation> {
        let mut bound = panel.clone();
        let mut add = |columns: Vec<(String, Values)>| -> Result<Vec<String>> {
            let mut names = Vec::new();
            for (name, values) in columns {
                // The name of a category may be that of another column, which it would take the place of.
                if bound.values(&name).is_ok_and(|there| !are_same(&there, &values)) {
                    return Err(EstimationError::TermTaken { column: name });
                }
                bound = bound.clone().with_values(&name, values)?;
                names.push(name);
            }
            Ok(names)
        };
        let dependent = self.dependent.to_string();
        add(vec![(dependent.clone(), self.dependent.values(panel)?)])?;
        let mut of = |terms: &[Term]| -> Result<Vec<String>> {
            let mut names = Vec::new();
            for term in terms {
                names.extend(add(columns(term, panel, kept)?)?);
            }
            Ok(names)
        };
        let endogenous = of(&self.endogenous)?;
        let exogenous = of(&self.terms)?;
        let instruments = of(&self.instruments)?;
        let mut formula = Formula::new(dependent, &[endogenous.clone(), exogenous].concat());
        formula.intercept = self.intercept;
        formula.effects.clone_from(&self.effects);
        Ok(BoundEquation { panel: bound, formula, endogenous, instruments })
    }
}

/// The columns that a product becomes: one for each combination of its factors' values.
pub(super) fn columns(term: &Term, panel: &Panel, kept: Option<&[bool]>) -> Result<Vec<(String, Values)>> {
    let mut made: Vec<(String, Values)> = Vec::new();
    for (place, factor) in term.iter().enumerate() {
        let own = match factor {
            Factor::Levels { column, references } => {
                let name = |label: &str| category_name(false, column, label);
                dummies(&panel.codes(column)?, references, column, name, kept)?
            }
            Factor::Of(Expression::Column(column)) if !is_numeric(panel, column)? => {
                // As R has it: the first value is the reference, and a name is the column's with the value's.
                let labels = panel.codes(column)?;
                let present = present(&labels, kept);
                let first = labels.labels.iter().zip(present).find(|(_, present)| *present);
                let first: Vec<String> = first.map(|(label, _)| label.clone()).into_iter().collect();
                dummies(&labels, &first, column, |label| category_name(true, column, label), kept)?
            }
            Factor::Of(expression) => vec![(expression.to_string(), expression.values(panel)?)],
        };
        made = match place {
            0 => own,
            _ => made.iter().flat_map(|one| own.iter().map(move |other| product(one, other))).collect(),
        };
    }
    Ok(made)
}

fn product(one: &(String, Values), other: &(String, Values)) -> (String, Values) {
    let values = one.1.iter().zip(&other.1).map(|(one, other)| Some((*one)? * (*other)?)).collect();
    (format!("{}:{}", one.0, other.0), values)
}

fn are_same(one: &Values, other: &Values) -> bool {
    let bits = |value: &Option<f64>| value.map(f64::to_bits);
    one.iter().map(bits).eq(other.iter().map(bits))
}

fn is_numeric(panel: &Panel, column: &str) -> Result<bool> {
    match panel.values(column) {
        Ok(_) => Ok(true),
        Err(PanelError::WrongType { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Of each value, whether a row that is kept has it.
fn present(labels: &Labels, kept: Option<&[bool]>) -> Vec<bool> {
    let Some(kept) = kept else { return vec![true; labels.labels.len()] };
    let mut present = vec![false; labels.labels.len()];
    for (code, _) in labels.codes.iter().zip(kept).filter(|(_, kept)| **kept) {
        if let Some(slot) = present.get_mut(*code as usize) {
            *slot = true;
        }
    }
    present
}

/// A dummy variable for each value but the references, missing where the value is.
fn dummies(
    labels: &Labels,
    references: &[String],
    column: &str,
    name: impl Fn(&str) -> String,
    kept: Option<&[bool]>,
) -> Result<Vec<(String, Values)>> {
    if let Some(reference) = references.iter().find(|reference| !labels.labels.contains(*reference)) {
        return Err(EstimationError::NoReference {
            column: column.into(),
            reference: reference.clone(),
            values: labels.labels.iter().take(12).cloned().collect(),
        });
    }
    let levels = labels.labels.iter().zip(present(labels, kept)).enumerate();
    let shown = levels.filter(|(_, (label, present))| *present && !references.contains(label));
    Ok(shown
        .map(|(level, (label, _))| {
            let of = |code: &u32| match *code {
                Labels::MISSING => None,
                code => Some(if code as usize == level { 1.0 } else { 0.0 }),
            };
            (name(label), labels.codes.iter().map(of).collect())
        })
        .collect())
}

impl Expression {
    /// Its value in each row.
    fn values(&self, panel: &Panel) -> Result<Values> {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Ok(match self {
            Self::Column(column) => panel.values(column)?,
            Self::Number(number) => vec![Some(*number); panel.height()],
            Self::Function(function, of) => {
                let values = of.values(panel)?;
                values.into_iter().map(|value| value.and_then(|value| finite(function.of(value)))).collect()
            }
            Self::Binary(sign, one, other) => {
                let (one, other) = (one.values(panel)?, other.values(panel)?);
                let of = |one: f64, other: f64| match sign {
                    '+' => one + other,
                    '-' => one - other,
                    '*' => one * other,
                    '/' => one / other,
                    _ if other == 2.0 => one * one,
                    _ => one.powf(other),
                };
                one.iter().zip(&other).map(|(one, other)| finite(of((*one)?, (*other)?))).collect()
            }
            Self::Lag(order, of) => shifted(panel, &of.values(panel)?, *order, self)?,
            Self::Difference(order, of) => {
                let values = of.values(panel)?;
                let before = shifted(panel, &values, *order, self)?;
                values.iter().zip(&before).map(|(now, before)| Some((*now)? - (*before)?)).collect()
            }
        })
    }
}

/// The values so many times before, or, below zero, after, which a term asks for.
fn shifted(panel: &Panel, values: &Values, order: i32, term: &Expression) -> Result<Values> {
    let shape = panel.shape();
    // Of rows that none comes before all lags would be missing, and no row be left.
    if !shape.goes_on() {
        return Err(EstimationError::NoTime { term: term.to_string(), shape });
    }
    if let Ok(order) = usize::try_from(order) {
        return Ok(lag(panel, values, order));
    }
    let mut led = vec![None; panel.height()];
    for group in panel.groups() {
        let times = panel.times().get(group.clone()).unwrap_or_default();
        for (offset, time) in times.iter().enumerate() {
            let later = time.checked_sub(order).and_then(|time| times.binary_search(&time).ok());
            let value = later.and_then(|found| values.get(group.start + found).copied().flatten());
            if let Some(slot) = led.get_mut(group.start + offset) {
                *slot = value;
            }
        }
    }
    Ok(led)
}
