//! Regressors that are other variables once the effects are taken out.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::auxiliary::plain;
use crate::absorb::{Grouping, Projection, components};
use crate::models::Effects;
use crate::numerics::{mean, norm};
use crate::outcome::{Reason, Result};
use crate::sample::{Sample, lag};

/// A regressor of which the effects leave nothing but another variable, up to scale: what its coefficient says of the one
/// it says of the other. Before the effects are taken out the two aren't one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disguise {
    /// The other variable.
    pub other: String,
    /// What of it.
    pub form: DisguiseForm,
    /// The effects that are taken out.
    pub effects: Effects,
    /// The correlation of the two after the effects.
    pub correlation: f64,
    /// Their correlation before.
    pub before: f64,
    /// Rows that have both.
    pub rows: usize,
    /// Degrees of freedom of the correlation: rows less the effects' independent dummies, less 1.
    pub df: usize,
    /// How one was made of the other, by its definition and those within that; empty where nobody says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<String>,
    /// Whether that is what was meant: one is made of the other alone, or rises with it.
    #[serde(default)]
    pub on_purpose: bool,
}

/// What of a variable another one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisguiseForm {
    /// The variable itself.
    Level,
    /// Its natural logarithm.
    Log,
    /// Its change since the time before.
    Difference,
    /// Its value at the time before.
    Lag,
    /// The change of its logarithm.
    LogDifference,
    /// Its logarithm at the time before.
    LogLag,
}

impl DisguiseForm {
    /// In words: `the log of x`.
    pub fn of(self, variable: &str) -> String {
        match self {
            Self::Level => variable.to_owned(),
            Self::Log => format!("the log of {variable}"),
            Self::Difference => format!("the change in {variable}"),
            Self::Lag => format!("the lag of {variable}"),
            Self::LogDifference => format!("the change in the log of {variable}"),
            Self::LogLag => format!("the lag of the log of {variable}"),
        }
    }
}

impl fmt::Display for Disguise {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.correlation < 0.0 { "minus " } else { "" };
        write!(formatter, "{sign}{}", self.form.of(&self.other))
    }
}

/// From this correlation on two variables are taken for one. With [`LEAST`] degrees of freedom t is above 70, so that
/// chance makes none.
pub const SAME: f64 = 0.999;

/// Correlations of fewer degrees of freedom say nothing.
pub const LEAST: usize = 10;

/// A variable of which the effects leave no more than this share is absorbed, and what is left may be rounding.
const LEFT: f64 = 1e-6;

/// The regressors of the equation each with the numeric columns of the panel that it is in disguise: |r| is above
/// `SAME` after the effects, and isn't before, on at least `LEAST` degrees of freedom. A column may stand as it is, as
/// its logarithm, change or lag; of these the nearest is told, and nothing where it is the regressor itself. Of two
/// regressors that are each other the first is told.
///
/// # Errors
/// Where entities or times can't be told apart, of equations with weights or effects of their own, and where the panel's
/// parts hang together by too few rows.
pub fn disguised(
    panel: &Panel,
    sample: &Sample,
    effects: Effects,
) -> Result<std::result::Result<Vec<(String, Disguise)>, Reason>> {
    if let Err(reason) = usable(panel, sample, effects) {
        return Ok(Err(reason));
    }
    let rows = rows_of(panel, sample);
    let at = |values: &[Option<f64>]| rows.iter().map(|row| values[*row]).collect::<Vec<_>>();
    let mut regressors: Vec<(String, Vec<f64>)> = Vec::new();
    for name in &sample.formula().regressors {
        regressors.push((name.clone(), at(&panel.values(name)?).into_iter().flatten().collect()));
    }
    let mut compared = Compared { sample, effects, regressors: &regressors, parts: HashMap::new() };
    let mut found: Vec<(usize, String, Disguise)> = Vec::new();
    let names: Vec<String> = panel.frame().get_column_names().iter().map(|name| name.to_string()).collect();
    for name in &names {
        if [panel.entity_name(), panel.time_name()].contains(&name.as_str()) || panel.is_text(name)? {
            continue;
        }
        let Ok(values) = panel.values(name) else { continue };
        let mut best: Vec<Option<Disguise>> = vec![None; regressors.len()];
        let mut itself = vec![false; regressors.len()];
        for (form, values) in forms(panel, values) {
            let seen = match compared.with(&at(&values)) {
                Ok(seen) => seen,
                Err(reason) => return Ok(Err(reason)),
            };
            let Some(Seen { rows, df, correlations }) = seen else { continue };
            for (place, pair) in correlations.into_iter().enumerate() {
                let Some((before, after)) = pair else { continue };
                if before.abs() > SAME {
                    itself[place] |= matches!(form, DisguiseForm::Level | DisguiseForm::Log);
                    continue;
                }
                let nearer = best[place].as_ref().is_none_or(|best| after.abs() > best.correlation.abs());
                if after.abs() > SAME && nearer {
                    best[place] = Some(Disguise {
                        other: name.clone(),
                        form,
                        effects,
                        correlation: after,
                        before,
                        rows,
                        df,
                        made: Vec::new(),
                        on_purpose: false,
                    });
                }
            }
        }
        for (place, one) in best.into_iter().enumerate() {
            let own = regressors.iter().position(|(regressor, _)| regressor == name);
            let told = |one: &Disguise| {
                own.is_some_and(|own| own == place || own < place && one.form == DisguiseForm::Level)
            };
            if let Some(one) = one.filter(|one| !itself[place] && !told(one)) {
                found.push((place, name.clone(), one));
            }
        }
    }
    found.sort_by(|(one, _, left), (other, _, right)| {
        one.cmp(other).then(right.correlation.abs().total_cmp(&left.correlation.abs()))
    });
    Ok(Ok(found
        .into_iter()
        .filter_map(|(place, _, one)| Some((regressors.get(place)?.0.clone(), one)))
        .collect()))
}

fn usable(panel: &Panel, sample: &Sample, effects: Effects) -> std::result::Result<(), Reason> {
    plain(sample)?;
    if sample.height() == 0 {
        return Err(sample.nothing_left());
    }
    let shape = panel.shape();
    if !shape.has_entities() || !shape.goes_on() {
        return Err(Reason::Keys { shape, what: effects.of_units().into() });
    }
    Ok(())
}

/// The panel's rows of the sample.
fn rows_of(panel: &Panel, sample: &Sample) -> Vec<usize> {
    let known: HashMap<&str, usize> =
        panel.entities().iter().enumerate().map(|(at, entity)| (entity.as_str(), at)).collect();
    let mut rows = Vec::with_capacity(sample.height());
    for (entity, own) in sample.entities().iter().zip(sample.groups()) {
        let Some(group) = known.get(entity.as_str()).map(|at| panel.groups()[*at].clone()) else { continue };
        let mut row = group.start;
        for time in &sample.times()[own.clone()] {
            while row < group.end && panel.times()[row] < *time {
                row += 1;
            }
            rows.push(row);
        }
    }
    rows
}

/// A column in each form that it may stand in.
fn forms(panel: &Panel, values: Vec<Option<f64>>) -> Vec<(DisguiseForm, Vec<Option<f64>>)> {
    let positive = values.iter().flatten().all(|value| *value > 0.0);
    let mut forms = Vec::new();
    let log = positive.then(|| values.iter().map(|value| value.map(f64::ln)).collect::<Vec<_>>());
    for (level, change, before, values) in [
        (DisguiseForm::Level, DisguiseForm::Difference, DisguiseForm::Lag, Some(values)),
        (DisguiseForm::Log, DisguiseForm::LogDifference, DisguiseForm::LogLag, log),
    ] {
        let Some(values) = values else { continue };
        let lagged = lag(panel, &values, 1);
        let changes =
            values.iter().zip(&lagged).map(|(value, before)| Some((*value)? - (*before)?)).collect();
        forms.extend([(level, values), (change, changes), (before, lagged)]);
    }
    forms
}

/// The correlations of a column with each regressor, before and after the effects.
struct Seen {
    rows: usize,
    df: usize,
    correlations: Vec<Option<(f64, f64)>>,
}

/// Regressors against which columns are held, each on the rows that it has.
struct Compared<'s> {
    sample: &'s Sample,
    effects: Effects,
    regressors: &'s [(String, Vec<f64>)],
    parts: HashMap<Vec<bool>, Option<Part>>,
}

/// A variable's deviations from its mean, and what the effects leave of it.
type BothWays = (Vec<f64>, Vec<f64>);

/// Some rows of the sample: the effects there, and what they leave of the regressors.
struct Part {
    projection: Projection<'static>,
    df: usize,
    /// None where the effects leave nothing of a regressor.
    regressors: Vec<Option<BothWays>>,
}

impl Compared<'_> {
    /// None where too few rows have the column, or the effects absorb it.
    fn with(&mut self, values: &[Option<f64>]) -> std::result::Result<Option<Seen>, Reason> {
        let there: Vec<bool> = values.iter().map(|value| value.is_some_and(f64::is_finite)).collect();
        if !self.parts.contains_key(&there) {
            let part = self.part(&there)?;
            self.parts.insert(there.clone(), part);
        }
        let Some(Some(part)) = self.parts.get(&there) else { return Ok(None) };
        let own: Vec<f64> =
            values.iter().zip(&there).filter(|(_, there)| **there).filter_map(|(v, _)| *v).collect();
        let rows = own.len();
        let Some((before, after)) = left(own, &part.projection)? else { return Ok(None) };
        let pair = |one: &Option<BothWays>| {
            let (own_before, own_after) = one.as_ref()?;
            Some((correlation(own_before, &before), correlation(own_after, &after)))
        };
        Ok(Some(Seen { rows, df: part.df, correlations: part.regressors.iter().map(pair).collect() }))
    }

    fn part(&self, there: &[bool]) -> std::result::Result<Option<Part>, Reason> {
        let kept: Vec<usize> = (0..there.len()).filter(|row| there[*row]).collect();
        let (mut entities, mut times) = (Vec::with_capacity(kept.len()), Vec::with_capacity(kept.len()));
        for (code, group) in self.sample.groups().iter().enumerate() {
            for row in group.clone().filter(|row| there[*row]) {
                entities.push(code as u32);
                times.push(self.sample.times()[row]);
            }
        }
        let mut groupings = Vec::new();
        if self.effects.has_entity() {
            groupings.push(Grouping::compact(entities).0);
        }
        if self.effects.has_time() {
            groupings.push(Grouping::by_time(&times).0);
        }
        let height = kept.len();
        let dummies: usize = groupings.iter().map(Grouping::levels).sum();
        let rank = match groupings.as_slice() {
            [one, other] if height > 0 => dummies - components(one, other, height),
            _ => dummies,
        };
        let Some(df) = height.checked_sub(rank + 1).filter(|df| *df >= LEAST) else { return Ok(None) };
        let projection = Projection::new(&groupings, None, height, groupings.len() == 2);
        let of = |(_, values): &(String, Vec<f64>)| {
            left(kept.iter().map(|row| values[*row]).collect(), &projection)
        };
        let regressors = self.regressors.iter().map(of).collect::<std::result::Result<_, _>>()?;
        Ok(Some(Part { projection, df, regressors }))
    }
}

/// A column's deviations from its mean, and what the effects leave of it; none where that is nothing.
fn left(values: Vec<f64>, projection: &Projection<'_>) -> std::result::Result<Option<BothWays>, Reason> {
    let centre = mean(&values);
    let before: Vec<f64> = values.iter().map(|value| value - centre).collect();
    let mut after = before.clone();
    projection.project(&mut after)?;
    let (size, rest) = (norm(&before), norm(&after));
    Ok((rest.is_finite() && rest > LEFT * size).then_some((before, after)))
}

/// Of values whose means are zero.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let (size, other_size) = (norm(one), norm(other));
    let product: f64 = one.iter().zip(other).map(|(one, other)| (one / size) * (other / other_size)).sum();
    product.clamp(-1.0, 1.0)
}
