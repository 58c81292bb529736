//! An equation as a stage has it: as one text, or as lists of names; and the rows that it is estimated on.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Fault, Faults, Node, Spanned};
use vintner_estimation::{BoundEquation, Formula, WrittenEquation};
use vintner_panel::{Labels, Panel};

use super::chosen;
use super::shared::{ENTITY, TIME};
use crate::error::StagesError;
use crate::text_place::within;

/// What a stage says of its equation. Parameters of `regress`, `iv`, `diagnose` and `bootstrap` have these fields.
pub(crate) struct Written<'a> {
    /// The equation as one text, in place of the lists.
    pub(crate) formula: Option<&'a Spanned<String>>,
    /// Which rows it is estimated on.
    pub(crate) rows: Option<&'a Spanned<String>>,
    pub(crate) dependent: &'a str,
    pub(crate) regressors: &'a [String],
    /// The column that splits the sample; none where the operation estimates one equation.
    pub(crate) by: Option<&'a Spanned<String>>,
    /// Whether the text may be of several equations.
    pub(crate) several: bool,
}

/// Which of several models of one stage it is, in fixest's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelName {
    /// What tells it from the others: `region: north, y ~ x + z | entity`.
    pub(crate) name: String,
    /// The part of the sample that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sample: Option<Part>,
    /// The dependent variable.
    lhs: String,
    /// The regressors.
    rhs: String,
    /// The effects after the bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixef: Option<String>,
}

/// The rows where a column has a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Part {
    column: String,
    value: String,
}

/// A result under its model's name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Named<T> {
    #[serde(flatten)]
    pub(crate) model: ModelName,
    pub(crate) result: T,
}

/// What a stage with one model, or with several, hands on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Made<T> {
    Several { models: Vec<Named<T>> },
    One(T),
}

impl<T> Made<T> {
    /// The one result, or each under its name.
    pub(crate) fn of(mut all: Vec<(Option<ModelName>, T)>) -> Self {
        if all.len() == 1
            && let Some((None, one)) = all.pop_if(|(name, _)| name.is_none())
        {
            return Self::One(one);
        }
        let named = all.into_iter().filter_map(|(model, result)| Some(Named { model: model?, result }));
        Self::Several { models: named.collect() }
    }
}

/// An equation on the rows that it is estimated on, and its name where there are several.
pub(crate) struct BoundModel {
    pub(crate) name: Option<ModelName>,
    pub(crate) bound: BoundEquation,
}

impl BoundModel {
    /// A warning, with the model's name before it where there are several.
    pub(crate) fn warning(&self, text: String) -> String {
        match &self.name {
            Some(model) => format!("{}: {text}", model.name),
            None => text,
        }
    }
}

/// Parts of a sample beyond this are a slip: a column of measurements, not of groups.
const MOST_PARTS: usize = 1000;

impl Written<'_> {
    /// The equation, where it is one text without a fault; the first of several.
    pub(crate) fn parsed(&self) -> Option<WrittenEquation> {
        self.equations().into_iter().next()
    }

    /// The equations of the text; none where there is none, or a fault in it.
    pub(crate) fn equations(&self) -> Vec<WrittenEquation> {
        match self.formula {
            Some(text) if self.several => WrittenEquation::each(&text.value).unwrap_or_default(),
            Some(text) => text.value.parse().into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Whether there are several models, each with a name.
    pub(crate) fn is_several(&self) -> bool {
        self.by.is_some() || self.equations().len() > 1
    }

    /// The equations before it is known which values their factors have.
    pub(crate) fn outlines(&self) -> Vec<Formula> {
        let equations = self.equations();
        match equations.is_empty() {
            true => vec![Formula::new(self.dependent, self.regressors)],
            false => equations.iter().map(WrittenEquation::outline).collect(),
        }
    }

    /// The equation before it is known which values its factors have.
    pub(crate) fn outline(&self) -> Formula {
        match self.parsed() {
            Some(parsed) => parsed.outline(),
            None => Formula::new(self.dependent, self.regressors),
        }
    }

    /// The columns that it reads besides the keys.
    pub(crate) fn columns(&self) -> Vec<String> {
        let equations = self.equations();
        let mut columns: Vec<String> = Vec::new();
        let mut add = |name: String| {
            if !columns.contains(&name) {
                columns.push(name);
            }
        };
        equations.iter().flat_map(WrittenEquation::columns).for_each(&mut add);
        if equations.is_empty() {
            let lists = Formula::new(self.dependent, self.regressors);
            lists.variables().map(str::to_owned).for_each(&mut add);
        }
        self.by.iter().map(|by| by.value.clone()).filter(|by| by != ENTITY && by != TIME).for_each(&mut add);
        for name in chosen::columns(self.rows) {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
        columns
    }

    /// The faults of what is written.
    pub(crate) fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let lists = [("dependent", self.dependent.is_empty()), ("regressors", self.regressors.is_empty())];
        match self.formula {
            None => {
                for (field, _) in lists.iter().filter(|(field, empty)| *empty && params.get(field).is_none())
                {
                    let fault = document.fault(Some(params.span), format!("missing field `{field}`"));
                    faults.push(fault.hint("or write the equation as one text: `formula: y ~ x + z`"));
                }
                // What is wrong in the lists is said where they stand.
                if faults.is_empty()
                    && let Err(error) = self.outline().check()
                {
                    let place = params.get("regressors").unwrap_or(params);
                    let fault = document.fault(Some(place.span), error.to_string());
                    let alone = self.regressors.is_empty();
                    faults.push(fault.maybe_hint(alone.then(|| {
                        format!("an intercept alone is written `formula: {} ~ 1`", self.dependent)
                    })));
                }
            }
            Some(text) => {
                for (field, _) in lists.iter().filter(|(_, empty)| !empty) {
                    let place = params.get(field).unwrap_or(params);
                    let fault = document.fault(Some(place.span), format!("`formula` says what `{field}` is"));
                    faults.push(fault.hint("write one of the two"));
                }
                let parsed = match self.several {
                    true => WrittenEquation::each(&text.value),
                    false => text.value.parse::<WrittenEquation>().map(|one| vec![one]),
                };
                match parsed {
                    Err(error) => {
                        let fault = document.fault(Some(within(text, &error.at)), error.message.clone());
                        faults.push(fault.maybe_hint(error.hint));
                    }
                    Ok(equations) => {
                        let refused = equations.iter().find_map(|one| one.outline().check_terms().err());
                        if let Some(error) = refused {
                            faults.push(document.fault(Some(text.span), error.to_string()));
                        }
                    }
                }
            }
        }
        faults.extend(chosen::check(self.rows, document));
        faults
    }

    /// The fault of a part of the text that the operation has no use for.
    pub(crate) fn foreign(&self, document: &Document, what: &str, hint: &str) -> Option<Fault> {
        let text = self.formula?;
        Some(document.fault(Some(text.span), what.to_owned()).hint(hint))
    }

    /// The equation on the rows of a panel; the first of several. Lags are taken before rows are chosen, so that the first
    /// chosen time has its own.
    pub(crate) fn on(&self, panel: &Panel) -> Result<BoundEquation, StagesError> {
        let chosen = chosen::mask(self.rows, panel)?;
        self.bound(self.parsed().as_ref(), panel, chosen.as_deref())
    }

    /// The models of a stage, in fixest's order: the sample's parts, within these the equations; and what of the panel is in
    /// none of them.
    pub(crate) fn models(&self, panel: &Panel) -> Result<(Vec<BoundModel>, Vec<String>), StagesError> {
        let chosen = chosen::mask(self.rows, panel)?;
        let mut notes = Vec::new();
        let parts: Vec<(Option<Part>, Option<Vec<bool>>)> = match self.by {
            None => vec![(None, chosen)],
            Some(by) => {
                let column = by.value.as_str();
                let labels = panel.codes(column)?;
                let chosen = chosen.unwrap_or_else(|| vec![true; panel.height()]);
                let of = |level: u32| -> Vec<bool> {
                    labels.codes.iter().zip(&chosen).map(|(code, chosen)| *chosen && *code == level).collect()
                };
                let nowhere = of(Labels::MISSING).into_iter().filter(|row| *row).count();
                if nowhere > 0 {
                    notes.push(format!("{nowhere} rows have no `{column}` and are in no part of the sample"));
                }
                let mut levels: Vec<(u32, &String)> = (0..).zip(&labels.labels).collect();
                // Whole numbers in their own order; they are labelled as text.
                if labels.labels.iter().all(|label| label.parse::<i64>().is_ok()) {
                    levels.sort_by_key(|(_, label)| label.parse::<i64>().ok());
                }
                let present = levels.into_iter().map(|(level, label)| (label, of(level)));
                let parts: Vec<_> = present
                    .filter(|(_, rows)| rows.contains(&true))
                    .map(|(label, rows)| {
                        (Some(Part { column: column.to_owned(), value: label.clone() }), Some(rows))
                    })
                    .collect();
                if parts.len() > MOST_PARTS {
                    return Err(StagesError::TooManyParts { column: column.to_owned(), parts: parts.len() });
                }
                if parts.is_empty() {
                    return Err(StagesError::NoParts { column: column.to_owned() });
                }
                parts
            }
        };
        let equations = self.equations();
        let each: Vec<Option<&WrittenEquation>> =
            if equations.is_empty() { vec![None] } else { equations.iter().map(Some).collect() };
        let mut models = Vec::new();
        for (part, rows) in &parts {
            for equation in &each {
                let bound = self.bound(*equation, panel, rows.as_deref())?;
                let name = self.is_several().then(|| self.name(*equation, part.clone(), each.len() > 1));
                models.push(BoundModel { name, bound });
            }
        }
        Ok((models, notes))
    }

    fn name(&self, equation: Option<&WrittenEquation>, sample: Option<Part>, several: bool) -> ModelName {
        let (lhs, rhs, effects) = match equation {
            Some(one) => (one.dependent_name(), one.regressors_text().to_owned(), one.effects()),
            None => (self.dependent.to_owned(), self.regressors.join(" + "), Default::default()),
        };
        let names: Vec<String> = effects.iter().map(ToString::to_string).collect();
        let fixef = (!names.is_empty()).then(|| names.join(" + "));
        let bar = fixef.iter().map(|fixef| format!(" | {fixef}")).collect::<String>();
        let part = sample.as_ref().map(|part| format!("{}: {}", part.column, part.value));
        let name = match (part, several) {
            (Some(part), false) => part,
            (Some(part), true) => format!("{part}, {lhs} ~ {rhs}{bar}"),
            (None, _) => format!("{lhs} ~ {rhs}{bar}"),
        };
        ModelName { name, sample, lhs, rhs, fixef }
    }

    fn bound(
        &self,
        equation: Option<&WrittenEquation>,
        panel: &Panel,
        kept: Option<&[bool]>,
    ) -> Result<BoundEquation, StagesError> {
        let mut bound = match equation {
            Some(equation) => equation.on_rows(panel, kept)?,
            None => BoundEquation {
                panel: panel.clone(),
                formula: self.outline(),
                endogenous: Vec::new(),
                instruments: Vec::new(),
            },
        };
        if let Some(kept) = kept {
            bound.panel = chosen::kept(&bound.panel, kept)?;
        }
        Ok(bound)
    }
}
