//! Derived columns: definitions evaluated in the order in which they need one another.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::cell::{append, gaps};
use crate::derived::Derived;
use crate::error::{Result, TransformError};
use crate::expression::{Environment, Expression, Values};

/// A column and the expression that it is made by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The new column's name.
    pub name: String,
    /// What it is; see [`Expression`].
    pub expression: String,
}

/// The panel with a column for each definition, in the definitions' order.
///
/// Definitions may read one another, whichever comes first. A plain name is a column or, if there
/// is none, a parameter; `:name` is a parameter always. Since a plain name must mean one thing, no
/// parameter may have the name of a column. A missing value carries the reason of the column that
/// was missing first: where gdp is missing, so are gdp per head and its logarithm, and all say
/// "gdp is missing".
///
/// # Errors
/// All faults of the definitions at once: [`TransformError::Expression`],
/// [`TransformError::Redefinition`], [`TransformError::Cycle`],
/// [`TransformError::ParameterClash`], [`TransformError::ParameterNotFinite`].
pub fn derive(
    panel: &Panel,
    definitions: &[Definition],
    parameters: &BTreeMap<String, f64>,
) -> Result<Derived> {
    let columns: Vec<String> = panel.frame().get_column_names().iter().map(|name| name.to_string()).collect();
    let plan = Plan::new(definitions, &columns, parameters)?;
    let mut environment = Environment::of_panel(panel, &plan.read, plan.names.clone(), parameters)?;

    let mut results: BTreeMap<&str, Values> = BTreeMap::new();
    let mut faults = Vec::new();
    for position in &plan.order {
        let Some((definition, expression)) = definitions.get(*position).zip(plan.expressions.get(*position))
        else {
            continue;
        };
        match expression.evaluate(&environment) {
            Ok(values) => {
                environment.insert(&definition.name, values.within(&definition.name));
                results.insert(&definition.name, values);
            }
            Err(fault) => {
                // Without rows, so that definitions that read this one have their own faults told.
                environment.insert(&definition.name, Values::Numbers(Vec::new()));
                faults.push((*position, named(fault, &definition.name)));
            }
        }
    }
    faults.sort_by_key(|fault| fault.0);
    TransformError::all(faults.into_iter().map(|fault| fault.1).collect())?;

    let mut derived = Derived { panel: panel.clone(), gaps: Vec::new() };
    for definition in definitions {
        let name = definition.name.as_str();
        match results.remove(name) {
            Some(Values::Numbers(cells)) => {
                derived.gaps.extend(gaps(panel, name, &cells));
                derived.panel = append(&derived.panel, name, cells)?.panel;
            }
            Some(Values::Texts(cells)) => {
                derived.gaps.extend(gaps(panel, name, &cells));
                let texts: Vec<Option<&str>> = cells.iter().map(|cell| cell.as_deref().ok()).collect();
                derived.panel = derived.panel.with_texts(name, &texts)?;
            }
            None => {}
        }
    }
    derived.gaps.sort();
    Ok(derived)
}

/// What [`derive()`] would refuse, told before there is a panel: `columns` are the names of its
/// columns of numbers, `entity` and `time` those of its keys.
///
/// # Errors
/// As [`derive()`].
pub fn check(
    definitions: &[Definition],
    entity: &str,
    time: &str,
    columns: &[String],
    parameters: &BTreeMap<String, f64>,
) -> Result<()> {
    let mut all = vec![entity.to_owned(), time.to_owned()];
    all.extend(columns.iter().filter(|name| *name != entity && *name != time).cloned());
    let plan = Plan::new(definitions, &all, parameters)?;
    let numbers = all.iter().chain(definitions.iter().map(|definition| &definition.name)).map(String::as_str);
    let mut environment = Environment::without_rows(entity, time, numbers, plan.names.clone(), parameters);
    let mut faults = Vec::new();
    for position in &plan.order {
        let Some((definition, expression)) = definitions.get(*position).zip(plan.expressions.get(*position))
        else {
            continue;
        };
        match expression.evaluate(&environment) {
            Ok(values) => environment.insert(&definition.name, values),
            Err(fault) => faults.push((*position, named(fault, &definition.name))),
        }
    }
    faults.sort_by_key(|fault| fault.0);
    TransformError::all(faults.into_iter().map(|fault| fault.1).collect())
}

/// The definitions read and put in order.
struct Plan {
    expressions: Vec<Expression>,
    /// Positions of the definitions, each after those that it reads.
    order: Vec<usize>,
    /// All names that any definition reads.
    read: BTreeSet<String>,
    /// All names of columns, also those to be.
    names: Vec<String>,
}

impl Plan {
    fn new(
        definitions: &[Definition],
        columns: &[String],
        parameters: &BTreeMap<String, f64>,
    ) -> Result<Self> {
        let mut faults = Vec::new();
        let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
        let mut expressions = Vec::with_capacity(definitions.len());
        for (position, definition) in definitions.iter().enumerate() {
            let definition_name = definition.name.clone();
            if columns.contains(&definition.name) {
                let taken_by = "a column of the panel";
                faults.push(TransformError::Redefinition { definition: definition_name, taken_by });
            } else if positions.insert(&definition.name, position).is_some() {
                let taken_by = "another definition";
                faults.push(TransformError::Redefinition { definition: definition_name, taken_by });
            }
            match Expression::parse(&definition.expression) {
                Ok(expression) => expressions.push(expression),
                Err(fault) => faults.push(named(fault, &definition.name)),
            }
        }
        let mut names = columns.to_vec();
        names.extend(definitions.iter().map(|definition| definition.name.clone()));
        for (parameter, value) in parameters {
            if names.contains(parameter) {
                faults.push(TransformError::ParameterClash { parameter: parameter.clone() });
            }
            if !value.is_finite() {
                let parameter = parameter.clone();
                faults.push(TransformError::ParameterNotFinite { parameter, value: *value });
            }
        }
        TransformError::all(faults)?;

        let reads: Vec<BTreeSet<String>> = expressions.iter().map(Expression::reads).collect();
        let needs: Vec<Vec<usize>> = reads
            .iter()
            .map(|names| names.iter().filter_map(|name| positions.get(name.as_str()).copied()).collect())
            .collect();
        let order = in_order(&needs).map_err(|path| TransformError::Cycle {
            path: path
                .into_iter()
                .filter_map(|position| definitions.get(position))
                .map(|definition| definition.name.clone())
                .collect(),
        })?;
        Ok(Self { expressions, order, read: reads.into_iter().flatten().collect(), names })
    }
}

/// Each position after those that it needs and otherwise in order, or a circle of positions that
/// need one another, from the first back to it. Without recursion: a chain may be long.
fn in_order(needs: &[Vec<usize>]) -> std::result::Result<Vec<usize>, Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        OnPath,
        Done,
    }
    let mut states = vec![State::New; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    for root in 0..needs.len() {
        // The path from the root, with how many needs of each were looked at.
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        if states.get(root) != Some(&State::New) {
            continue;
        }
        while let Some((position, looked_at)) = path.pop() {
            if let Some(state) = states.get_mut(position) {
                *state = State::OnPath;
            }
            let need = needs.get(position).and_then(|needs| needs.get(looked_at)).copied();
            let Some(need) = need else {
                if let Some(state) = states.get_mut(position) {
                    *state = State::Done;
                }
                order.push(position);
                continue;
            };
            path.push((position, looked_at + 1));
            match states.get(need) {
                Some(State::New) => path.push((need, 0)),
                Some(State::OnPath) => {
                    let circle = path.iter().map(|step| step.0).skip_while(|step| *step != need);
                    return Err(circle.chain([need]).collect());
                }
                Some(State::Done) | None => {}
            }
        }
    }
    Ok(order)
}

/// The fault with the name of the definition that it lies in.
fn named(fault: TransformError, definition: &str) -> TransformError {
    match fault {
        TransformError::Expression(mut error) => {
            error.definition = Some(definition.to_owned());
            TransformError::Expression(error)
        }
        other => other,
    }
}
