//! Equations as calls of the helper `equation`, after columns for what their terms compute.

use std::collections::BTreeMap;

use vintner_estimation::{Term, TermExpression, TermFactor, WrittenEquation};
use vintner_transform::Expression;

use crate::column_term::ColumnTerm;
use crate::script::{Call, Statement, Value};

/// An equation: a dependent variable and terms, whichever way it was written.
pub(crate) struct Equation {
    pub(crate) dependent: String,
    pub(crate) terms: Vec<Value>,
    pub(crate) endogenous: Vec<String>,
    pub(crate) instruments: Vec<Value>,
    pub(crate) instrument_names: Vec<String>,
    pub(crate) intercept: bool,
    pub(crate) effects: Vec<String>,
    /// Whether categories are those of the rows where all variables are there.
    pub(crate) complete: bool,
    columns: Vec<(String, TermExpression)>,
}

impl Equation {
    /// One that was written as a text.
    pub(crate) fn written(written: &WrittenEquation) -> Self {
        let mut columns = Vec::new();
        let mut needed = |expression: &TermExpression| {
            if !matches!(expression, TermExpression::Column(_)) {
                let name = expression.to_string();
                if !columns.iter().any(|(known, _)| *known == name) {
                    columns.push((name, expression.clone()));
                }
            }
        };
        needed(written.dependent());
        for factor in written
            .endogenous_terms()
            .iter()
            .chain(written.terms())
            .chain(written.instrument_terms())
            .flatten()
        {
            if let TermFactor::Of(expression) = factor {
                needed(expression);
            }
        }
        let all = written.endogenous_terms().iter().chain(written.terms());
        Self {
            dependent: written.dependent_name(),
            terms: all.map(of_term).collect(),
            endogenous: written.endogenous_names(),
            instruments: written.instrument_terms().iter().map(of_term).collect(),
            instrument_names: written.instrument_names(),
            intercept: written.has_intercept(),
            effects: written.effects().iter().map(ToString::to_string).collect(),
            complete: false,
            columns,
        }
    }

    /// One that was written as lists.
    pub(crate) fn listed(
        dependent: &str,
        regressors: &[String],
        factors: &BTreeMap<String, Option<String>>,
    ) -> Self {
        let term = |name: &String| match factors.get(name) {
            Some(reference) => Call::new("levels_of")
                .with(Value::text(name))
                .named("reference", Value::text(reference.as_deref().unwrap_or("(first)")))
                .named("sign", Value::text("(by type)"))
                .value(),
            None => Value::text(name),
        };
        Self {
            dependent: dependent.to_owned(),
            terms: regressors.iter().map(term).collect(),
            endogenous: Vec::new(),
            instruments: Vec::new(),
            instrument_names: Vec::new(),
            intercept: true,
            effects: Vec::new(),
            complete: !factors.is_empty(),
            columns: Vec::new(),
        }
    }

    /// The statements that make `d`, the rows and columns of the equation, of a frame.
    pub(crate) fn rows(
        &self,
        frame: &Value,
        condition: Option<&str>,
        part: Option<(&str, &str)>,
    ) -> Result<Vec<Statement>, String> {
        let mut statements = vec![Statement::Let("d".into(), frame.clone())];
        let mut next = |call: Call| statements.push(Statement::Let("d".into(), call.value()));
        for (name, expression) in &self.columns {
            next(
                Call::new("define")
                    .with(Value::name("d"))
                    .with(Value::text(name))
                    .with(Value::Term(ColumnTerm(expression.clone()))),
            );
        }
        if let Some(text) = condition {
            let read = Expression::parse(text).map_err(|error| error.to_string())?;
            next(Call::new("chosen").with(Value::name("d")).with(Value::Expression(read.tree().clone())));
        }
        if let Some((column, value)) = part {
            next(
                Call::new("part_of")
                    .with(Value::name("d"))
                    .with(Value::text(column))
                    .with(Value::text(value)),
            );
        }
        Ok(statements)
    }

    /// The call of `equation` on `d`.
    pub(crate) fn call(&self, weights: Option<&str>, effects: &[String]) -> Call {
        let plain = |value: &Value| matches!(value, Value::Text(_));
        let terms: Vec<Value> = self.terms.iter().chain(&self.instruments).cloned().collect();
        let x = if terms.iter().all(plain) { Value::Many(terms) } else { Value::List(terms) };
        Call::new("equation")
            .with(Value::name("d"))
            .named("y", Value::text(&self.dependent))
            .named("x", x)
            .maybe("intercept", (!self.intercept).then_some(Value::Bool(false)))
            .maybe("weights", weights.map(Value::text))
            .maybe("effects", (!effects.is_empty()).then(|| Value::texts(effects)))
            .maybe("complete", self.complete.then_some(Value::Bool(true)))
    }
}

fn of_term(term: &Term) -> Value {
    let factor = |factor: &TermFactor| match factor {
        TermFactor::Of(expression) => Value::text(expression.to_string()),
        TermFactor::Levels { column, references } => {
            let reference = match references.as_slice() {
                [] => None,
                [one] => Some(Value::text(one)),
                several => Some(Value::texts(several)),
            };
            Call::new("levels_of").with(Value::text(column)).maybe("reference", reference).value()
        }
    };
    match &term[..] {
        [one] => factor(one),
        several => {
            let mut call = Call::new("product_of");
            for one in several {
                call = call.with(factor(one));
            }
            call.value()
        }
    }
}
