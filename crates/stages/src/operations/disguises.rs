//! What a pipeline says of variables that are one another in disguise: by which definitions one was made of the other.

use std::collections::{BTreeMap, BTreeSet};

use vintner_diagnostics::Spanned;
use vintner_estimation::specification::Disguise;
use vintner_panel::Panel;
use vintner_pipeline::Inputs;
use vintner_transform::Expression;

use super::shared::{ENTITY, TIME};
use crate::error::StagesError;

/// Definitions of columns, as `derive` has them.
pub(super) type Definitions = BTreeMap<Spanned<String>, Spanned<String>>;

/// The panel with the numeric columns of the frames under `role` that it hasn't got, where these have its rows.
pub(super) fn with_columns_beside(
    mut panel: Panel,
    inputs: &Inputs,
    role: &str,
) -> Result<Panel, StagesError> {
    let codes = panel.entity_codes();
    for (key, frame) in inputs.frames(role)? {
        let further = Panel::of_observations(frame, ENTITY, TIME)?;
        if (further.shape(), further.frequency()) != (panel.shape(), panel.frequency()) {
            return Err(StagesError::OtherKeys {
                role: if key.is_empty() { role.to_owned() } else { format!("{role}[{key}]") },
                found: (further.shape(), further.frequency()),
                expected: (panel.shape(), panel.frequency()),
            });
        }
        let place: BTreeMap<&str, usize> =
            further.entities().iter().enumerate().map(|(at, entity)| (entity.as_str(), at)).collect();
        let row = |(code, time): (&usize, &i32)| {
            let group = further.groups().get(*place.get(panel.entities().get(*code)?.as_str())?)?;
            Some(group.start + further.times().get(group.clone())?.binary_search(time).ok()?)
        };
        let rows: Vec<Option<usize>> = codes.iter().zip(panel.times()).map(row).collect();
        let names: Vec<String> =
            further.frame().get_column_names().iter().map(|name| name.to_string()).collect();
        let mut added: Vec<(String, Vec<Option<f64>>)> = Vec::new();
        for name in names {
            let known = panel.frame().column(&name).is_ok();
            if known || further.is_text(&name)? {
                continue;
            }
            // Dates and the like are no numbers.
            let Ok(values) = further.values(&name) else { continue };
            let placed = rows.iter().map(|row| values.get((*row)?).copied().flatten()).collect();
            added.push((name, placed));
        }
        for (name, values) in added {
            panel = panel.with_values(&name, values)?;
        }
    }
    Ok(panel)
}

/// The same with how one was made of the other, where the definitions say that.
///
/// A variable that is made of the other alone is it on purpose, and so is one that rises with it, as a series at constant
/// prices does with that at current ones. What falls with a variable by which it was divided has lost all else that it
/// was made of: that isn't what its name says.
pub(super) fn with_definitions(definitions: &Definitions, regressor: &str, found: Disguise) -> Disguise {
    let (own, other) = (leaves(definitions, regressor), leaves(definitions, &found.other));
    let (made, on_purpose) = if own == other {
        let defined = if definitions.contains_key(regressor) { regressor } else { &found.other };
        (written(definitions, defined), true)
    } else if own.is_superset(&other) {
        (written(definitions, regressor), found.correlation > 0.0)
    } else if other.is_superset(&own) {
        (written(definitions, &found.other), found.correlation > 0.0)
    } else {
        (Vec::new(), false)
    };
    Disguise { made, on_purpose, ..found }
}

/// A definition and those of what it reads, its own first.
fn written(definitions: &Definitions, name: &str) -> Vec<String> {
    let (lines, _) = expanded(definitions, name);
    lines
}

/// The columns that a column is made of in the end; the column itself where nobody defines it.
fn leaves(definitions: &Definitions, name: &str) -> BTreeSet<String> {
    let (_, leaves) = expanded(definitions, name);
    leaves
}

fn expanded(definitions: &Definitions, name: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut lines, mut leaves) = (Vec::new(), BTreeSet::new());
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut waiting = vec![name.to_owned()];
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let reads = definitions.get(name.as_str()).and_then(|written| {
            let parsed = Expression::parse(written).ok()?;
            lines.push(format!("{name} = {}", written.value));
            Some(parsed.reads())
        });
        match reads {
            Some(reads) => waiting.extend(reads.into_iter().filter(|name| name != ENTITY && name != TIME)),
            None => {
                leaves.insert(name);
            }
        }
    }
    (lines, leaves)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;
    use vintner_diagnostics::Document;

    use super::*;

    fn definitions() -> Definitions {
        let text = "{AI: robots / population, lnAI: ln(AI), real: gdp / prices, lnreal: ln(real), centred: 'x - avg(x) over (partition by entity)', tall: 'x * 2'}";
        let document = Document::parse("p.yaml", text).unwrap();
        document.decode().unwrap()
    }

    fn told(regressor: &str, other: &str, correlation: f64) -> (Vec<String>, bool) {
        let found: Disguise = serde_json::from_value(json!({
            "other": other, "form": "log", "effects": "two_way", "correlation": correlation, "before": 0.5,
            "rows": 100, "df": 80
        }))
        .unwrap();
        let found = with_definitions(&definitions(), regressor, found);
        (found.made, found.on_purpose)
    }

    #[test]
    fn what_was_made_of_one_variable_is_meant_and_what_lost_all_but_its_divisor_isnt() {
        let made = ["lnAI = ln(AI)", "AI = robots / population"].map(str::to_owned).to_vec();
        assert_eq!(told("lnAI", "population", -1.0), (made, false));
        assert!(told("lnreal", "gdp", 1.0).1);
        assert!(told("centred", "x", 1.0).1);
        assert!(told("tall", "centred", 1.0).1);
        assert_eq!(told("lnAI", "gdp", -1.0), (Vec::new(), false));
        // The divisor itself as a regressor is the quotient in disguise, too.
        assert!(!told("population", "AI", -1.0).1);
    }
}
