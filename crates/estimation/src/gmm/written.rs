//! A dynamic panel from one text.

use super::model::{DynamicPanel, GmmInstrument, Term};
use crate::formula::DynamicEquation;

impl DynamicPanel {
    /// The panel of an equation, with every option at its default. Its variables are columns of what
    /// [`DynamicEquation::on`] makes.
    pub fn of(equation: &DynamicEquation) -> Self {
        let mut model = Self::new(equation.dependent_name(), joined(equation.regressors()));
        model.constant = equation.has_intercept();
        model.instruments = equation.instruments().map(joined);
        model.gmm = equation
            .gmm()
            .into_iter()
            .map(|(variable, lags, collapse)| {
                let usual = GmmInstrument::new(variable);
                let (first, last) = lags.unwrap_or((usual.first, usual.last));
                GmmInstrument { first, last, collapse, ..usual }
            })
            .collect();
        model
    }
}

/// Neighbouring lags of one variable as one term.
fn joined(pairs: Vec<(String, usize)>) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for (variable, lag) in pairs {
        match terms.last_mut() {
            Some(last) if last.variable == variable => last.lags.push(lag),
            _ => terms.push(Term::lagged(variable, &[lag])),
        }
    }
    terms
}
