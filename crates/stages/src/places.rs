//! Where the parameters of a stage name what the data haven't got.
//!
//! Which columns there are is known when a stage runs, long after its parameters were read; what they name is then
//! shown as any other fault of the pipeline is, with its line.

use vintner_diagnostics::{Document, Fault, Faults, Node, NodeValue, Span, Spanned, did_you_mean};
use vintner_estimation::EstimationError;
use vintner_panel::PanelError;
use vintner_transform::{ExpressionProblem, TransformError};

use crate::error::StagesError;
use crate::text_place::within;

/// The texts of a stage's parameters, in the order in which they are written.
pub(crate) struct Places(Vec<Place>);

struct Place {
    text: Spanned<String>,
    /// A fault of it, as yet without a message.
    fault: Fault,
}

/// What an error says of a name.
struct Said {
    name: String,
    message: String,
    hint: Option<String>,
}

impl Places {
    pub(crate) fn of(document: &Document, params: &Node) -> Self {
        let mut places = Vec::new();
        collect(document, params, &mut places);
        Self(places)
    }

    /// The error, at the places of the names that it is about; as it is where none of them is written in the parameters.
    pub(crate) fn put(&self, error: StagesError) -> StagesError {
        let mut faults = Faults::new();
        for said in said(&error) {
            let Some(fault) = self.fault(&said) else { return error };
            faults.push(fault);
        }
        if faults.is_empty() { error } else { StagesError::Parameters(faults) }
    }

    /// The first place of a name: a text that is nothing else, or else one that has it among others.
    fn fault(&self, said: &Said) -> Option<Fault> {
        let alone = self.0.iter().find(|place| place.text.value == said.name);
        let (place, span) = match alone {
            Some(place) => (place, place.text.span),
            None => self.0.iter().find_map(|place| {
                let start = word(&place.text.value, &said.name)?;
                Some((place, within(&place.text, &(start..start + said.name.chars().count()))))
            })?,
        };
        let mut fault = place.fault.clone();
        fault.span = Some(span);
        fault.message.clone_from(&said.message);
        Some(fault.maybe_hint(said.hint.clone()))
    }
}

fn collect(document: &Document, node: &Node, into: &mut Vec<Place>) {
    let place = |text: &str, span: Span| Place {
        text: Spanned::new(text.to_owned(), span),
        fault: document.fault(Some(span), ""),
    };
    match &node.value {
        NodeValue::Text(text) => into.push(place(text, node.span)),
        NodeValue::Sequence(items) => items.iter().for_each(|item| collect(document, item, into)),
        NodeValue::Mapping(fields) => {
            for (field, value) in fields {
                into.push(place(&field.value, field.span));
                collect(document, value, into);
            }
        }
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) => {}
    }
}

/// Where a name stands in a text by itself, in characters: not within a longer one, and not as a function's.
fn word(text: &str, name: &str) -> Option<usize> {
    let within_name = |character: char| character.is_alphanumeric() || character == '_';
    let stands = |start: usize| {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let after = text.get(start + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(within_name) && !after.is_some_and(|after| within_name(after) || after == '(')
    };
    let found =
        text.match_indices(name).map(|(start, _)| start).find(|start| !name.is_empty() && stands(*start))?;
    Some(text.get(..found)?.chars().count())
}

/// The names that an error is about.
fn said(error: &StagesError) -> Vec<Said> {
    let plain = |name: &str| vec![Said { name: name.to_owned(), message: error.to_string(), hint: None }];
    match error {
        StagesError::NoColumns { missing } => missing
            .iter()
            .map(|one| {
                let (message, hint) = (one.message(), Some(one.hint()));
                Said { name: one.column.clone(), message, hint }
            })
            .collect(),
        StagesError::Panel(panel) | StagesError::Estimation(EstimationError::Panel(panel)) => of_panel(panel),
        StagesError::Transform(TransformError::Several { faults }) => {
            faults.iter().flat_map(of_transformation).collect()
        }
        StagesError::Transform(transform) => of_transformation(transform),
        StagesError::Estimation(
            EstimationError::NoSuchCategory { category: name, .. }
            | EstimationError::NoReference { reference: name, .. }
            | EstimationError::OneCategory { factor: name, .. }
            | EstimationError::NameTaken { factor: name, .. }
            | EstimationError::BadWeight { column: name, .. }
            | EstimationError::BrokenFrequency { column: name, .. },
        )
        | StagesError::NoRowChosen { condition: name, .. }
        | StagesError::NoParts { column: name }
        | StagesError::TooManyParts { column: name, .. } => plain(name),
        _ => Vec::new(),
    }
}

fn of_panel(error: &PanelError) -> Vec<Said> {
    let (PanelError::NoColumn { column, .. } | PanelError::WrongType { column, .. }) = error else {
        return Vec::new();
    };
    let hint = match error {
        PanelError::NoColumn { available, .. } => did_you_mean(column, available.iter().map(String::as_str)),
        _ => None,
    };
    let hint = hint.map(|near| format!("did you mean `{near}`?"));
    vec![Said { name: column.clone(), message: error.to_string(), hint }]
}

fn of_transformation(error: &TransformError) -> Vec<Said> {
    let name = match error {
        TransformError::Panel(error) => return of_panel(error),
        TransformError::UnknownVariable { variable, .. }
        | TransformError::AggregateNotAsked { variable, .. }
        | TransformError::ByCategory { variable, .. }
        | TransformError::TextAggregated { variable } => variable,
        TransformError::UnknownCategory { category, .. } => category,
        TransformError::Expression(error) => match &error.problem {
            ExpressionProblem::UnknownName { name, .. } => name,
            _ => match &error.definition {
                Some(definition) => definition,
                None => return Vec::new(),
            },
        },
        TransformError::Redefinition { definition, .. } => definition,
        _ => return Vec::new(),
    };
    vec![Said { name: name.clone(), message: error.to_string(), hint: None }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_stand_by_themselves() {
        assert_eq!(word("log(wage) ~ age + l(1).wage_of + of", "of"), Some(33));
        assert_eq!(word("l(1:2).l ~ x", "l"), Some(7));
        assert_eq!(word("收入 ~ 雨", "雨"), Some(5));
        assert_eq!(word("fxx + fx", "fx"), Some(6));
        assert_eq!(word("fxx", "fx"), None);
        assert_eq!(word("fxx", ""), None);
    }
}
