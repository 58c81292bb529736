//! The rows of a panel that an equation can use.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vintner_panel::{Frequency, Labels, Numbers, Panel, Period, Shape};

use super::cluster_column::ClusterColumn;
use super::effect::Effect;
use super::formula::Formula;
use super::weights::WeightKind;
use crate::absorb::Grouping;
use crate::outcome::{EstimationError, Reason, Result};

/// A row left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedRow {
    /// The entity.
    pub entity: String,
    /// The time; none in a cross-section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Period>,
    /// The variables that are missing, in the equation's order; none where that isn't the cause.
    pub missing: Vec<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "DropCause::is_missing")]
    pub cause: DropCause,
}

/// Why a row was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropCause {
    /// A variable of the equation is missing there.
    #[default]
    Missing,
    /// Its weight is zero.
    ZeroWeight,
    /// An absorbed effect has it to itself.
    Singleton,
}

impl DropCause {
    fn is_missing(&self) -> bool {
        *self == Self::Missing
    }
}

/// The listwise-complete rows of a panel for one equation, sorted by entity, then time.
///
/// Where the panel is complete its columns are shared, not copied, and cloning a sample copies nothing.
#[derive(Debug, Clone)]
pub struct Sample {
    formula: Formula,
    dependent: Numbers,
    regressors: Vec<Numbers>,
    weights: Option<Arc<Vec<f64>>>,
    effects: Vec<SampleEffect>,
    entities: Arc<Vec<String>>,
    groups: Arc<Vec<Range<usize>>>,
    times: Arc<Vec<i32>>,
    shape: Shape,
    frequency: Frequency,
    dropped: Arc<Vec<DroppedRow>>,
    clusters: Vec<ClusterColumn>,
}

/// An effect that the equation names, as the sample has it.
#[derive(Debug, Clone)]
pub(crate) struct SampleEffect {
    pub(crate) effect: Effect,
    pub(crate) of: EffectOf,
    pub(crate) grouping: Grouping,
    /// What each level is called.
    pub(crate) labels: Arc<Vec<String>>,
}

/// What an effect is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EffectOf {
    Entities,
    Times,
    Others,
}

/// A column that isn't among the numbers, and where it is missing.
type Missing = (String, Vec<bool>);

impl Sample {
    /// The complete rows of all entities.
    ///
    /// # Errors
    /// Where the formula makes no sense or names a column that isn't there or isn't of its kind, and
    /// where a weight is negative, infinite or no number.
    pub fn new(panel: &Panel, formula: &Formula) -> Result<Self> {
        let (whole, missing) = Self::whole(panel, formula)?;
        let everything = 0..whole.groups.len();
        Ok(whole.complete(everything, &missing))
    }

    /// One sample for each entity of the panel, in its order; an entity without a complete row has
    /// an empty one.
    ///
    /// # Errors
    /// As [`Sample::new`].
    pub fn by_entity(panel: &Panel, formula: &Formula) -> Result<Vec<Self>> {
        let (whole, missing) = Self::whole(panel, formula)?;
        Ok((0..whole.groups.len()).map(|group| whole.complete(group..group + 1, &missing)).collect())
    }

    /// No rows.
    pub(crate) fn empty(formula: &Formula) -> Self {
        Self {
            formula: formula.clone(),
            dependent: Vec::new().into(),
            regressors: vec![Vec::new().into(); formula.regressors.len()],
            weights: None,
            effects: Vec::new(),
            entities: Arc::default(),
            groups: Arc::default(),
            times: Arc::default(),
            shape: Shape::Panel,
            frequency: Frequency::Year,
            dropped: Arc::default(),
            clusters: Vec::new(),
        }
    }

    /// All rows of the panel, and each column's missing ones besides those of its numbers.
    fn whole(panel: &Panel, formula: &Formula) -> Result<(Self, Vec<Missing>)> {
        formula.check_terms()?;
        let (entities, groups, times) = panel.keys();
        let dependent = panel.numbers(&formula.dependent)?;
        let regressors =
            formula.regressors.iter().map(|name| Ok(panel.numbers(name)?)).collect::<Result<Vec<_>>>()?;
        let mut missing = Vec::new();
        let weights = match &formula.weights {
            Some(weights) => {
                let (values, absent) = weights_of(panel, &weights.column, weights.kind)?;
                missing.extend(absent.map(|absent| (weights.column.clone(), absent)));
                Some(Arc::new(values))
            }
            None => None,
        };
        let effects = formula
            .effects
            .iter()
            .map(|effect| effect_of(panel, effect, &mut missing))
            .collect::<Result<Vec<_>>>()?;
        let whole = Self {
            formula: formula.clone(),
            dependent,
            regressors,
            weights,
            effects,
            entities,
            groups,
            times,
            shape: panel.shape(),
            frequency: panel.frequency(),
            dropped: Arc::default(),
            clusters: Vec::new(),
        };
        Ok((whole, missing))
    }

    /// The complete rows of some of the groups.
    fn complete(&self, chosen: Range<usize>, missing: &[Missing]) -> Self {
        let numbers = || std::iter::once(&self.dependent).chain(&self.regressors);
        let whole = chosen == (0..self.groups.len())
            && numbers().all(|column| column.missing() == 0)
            && missing.is_empty()
            && self.weights.as_ref().is_none_or(|weights| !weights.contains(&0.0));
        if whole {
            return self.clone();
        }
        let names: Vec<&str> = self.formula.variables().collect();
        let columns: Vec<&[f64]> = numbers().map(|column| &**column).collect();
        let mut rows = Vec::new();
        let mut dropped = Vec::new();
        for group in chosen.clone() {
            for row in self.groups[group].clone() {
                let complete = columns.iter().all(|column| column[row].is_finite())
                    && missing.iter().all(|(_, missing)| !missing[row]);
                let weightless = self.weights.as_ref().is_some_and(|weights| weights[row] == 0.0);
                if complete && !weightless {
                    rows.push(row);
                    continue;
                }
                let of_numbers = names.iter().zip(&columns).filter(|(_, column)| !column[row].is_finite());
                let others = missing.iter().filter(|(_, missing)| missing[row]);
                dropped.push(DroppedRow {
                    entity: self.entities[group].clone(),
                    time: self.period(self.times[row]),
                    missing: of_numbers
                        .map(|(name, _)| (*name).to_owned())
                        .chain(others.map(|(name, _)| name.clone()))
                        .collect(),
                    cause: if complete { DropCause::ZeroWeight } else { DropCause::Missing },
                });
            }
        }
        self.of_rows(&rows, chosen, dropped)
    }

    /// The sample without the rows that `keep` is false for.
    pub(crate) fn retain(&self, keep: &[bool], cause: DropCause) -> Self {
        let rows: Vec<usize> = (0..self.height()).filter(|row| keep[*row]).collect();
        let mut dropped = self.dropped.to_vec();
        for (entity, group) in self.entities.iter().zip(self.groups.iter()) {
            dropped.extend(group.clone().filter(|row| !keep[*row]).map(|row| DroppedRow {
                entity: entity.clone(),
                time: self.period(self.times[row]),
                missing: Vec::new(),
                cause,
            }));
        }
        dropped.sort_by(|one, other| (&one.entity, one.time).cmp(&(&other.entity, other.time)));
        self.of_rows(&rows, 0..self.groups.len(), dropped)
    }

    /// Some rows, in order, of some of the groups.
    fn of_rows(&self, rows: &[usize], chosen: Range<usize>, dropped: Vec<DroppedRow>) -> Self {
        let gather = |values: &[f64]| -> Vec<f64> { rows.iter().map(|row| values[*row]).collect() };
        let (mut entities, mut groups) = (Vec::new(), Vec::new());
        let mut at = 0;
        for group in chosen {
            let start = at;
            while at < rows.len() && rows[at] < self.groups[group].end {
                at += 1;
            }
            if at > start {
                entities.push(self.entities[group].clone());
                groups.push(start..at);
            }
        }
        let groups = Arc::new(groups);
        let effects = self.effects.iter().map(|one| {
            let (grouping, kept) = one.grouping.of_rows(self.height(), rows);
            SampleEffect {
                grouping: match one.of {
                    EffectOf::Entities => Grouping::runs(Arc::clone(&groups)),
                    _ => grouping,
                },
                labels: Arc::new(kept.iter().map(|level| one.labels[*level as usize].clone()).collect()),
                effect: one.effect.clone(),
                of: one.of,
            }
        });
        Self {
            formula: self.formula.clone(),
            dependent: gather(&self.dependent).into(),
            regressors: self.regressors.iter().map(|column| gather(column).into()).collect(),
            weights: self.weights.as_ref().map(|weights| Arc::new(gather(weights))),
            effects: effects.collect(),
            entities: Arc::new(entities),
            times: Arc::new(rows.iter().map(|row| self.times[*row]).collect()),
            shape: self.shape,
            frequency: self.frequency,
            dropped: Arc::new(dropped),
            clusters: self.clusters.iter().map(|column| column.at(rows)).collect(),
            groups,
        }
    }

    /// The same rows with the first regressors alone: a restricted equation on the sample of the
    /// unrestricted one.
    pub(crate) fn with_first_regressors(&self, count: usize) -> Self {
        let mut restricted = self.clone();
        restricted.formula.regressors.truncate(count);
        restricted.regressors.truncate(count);
        restricted
    }

    /// The same rows without some of the regressors.
    pub(crate) fn without_regressors(&self, names: &[&str]) -> Self {
        let mut rest = self.clone();
        let kept: Vec<bool> =
            self.formula.regressors.iter().map(|name| !names.contains(&name.as_str())).collect();
        let mut keep = kept.iter();
        rest.formula.regressors.retain(|_| keep.next().copied().unwrap_or(true));
        let mut keep = kept.iter();
        rest.regressors.retain(|_| keep.next().copied().unwrap_or(true));
        rest
    }

    /// The columns to cluster by.
    pub fn clusters(&self) -> &[ClusterColumn] {
        &self.clusters
    }

    /// The same rows with others told to have been left out.
    pub(crate) fn with_dropped(self, dropped: Vec<DroppedRow>) -> Self {
        Self { dropped: Arc::new(dropped), ..self }
    }

    /// The same rows for the equation without its intercept.
    pub(crate) fn without_intercept(&self) -> Self {
        Self { formula: self.formula.clone().without_intercept(), ..self.clone() }
    }

    /// The same rows with columns to cluster by that are known already.
    pub(crate) fn clustered_by(self, clusters: Vec<ClusterColumn>) -> Self {
        Self { clusters, ..self }
    }

    /// A sample of columns that were computed, for the auxiliary regressions of tests: the rows of each
    /// group, each row's time, the dependent variable, and the regressors with their names.
    pub(crate) fn of_columns(
        groups: Vec<Range<usize>>,
        times: Vec<i32>,
        (name, dependent): (&str, Vec<f64>),
        regressors: Vec<(String, Vec<f64>)>,
        intercept: bool,
    ) -> Self {
        let (names, regressors): (Vec<String>, Vec<Vec<f64>>) = regressors.into_iter().unzip();
        let formula = Formula { intercept, ..Formula::new(name, &names) };
        Self {
            dependent: dependent.into(),
            regressors: regressors.into_iter().map(Numbers::from).collect(),
            entities: Arc::new((1..=groups.len()).map(|number| number.to_string()).collect()),
            groups: Arc::new(groups),
            times: Arc::new(times),
            ..Self::empty(&formula)
        }
    }

    /// The equation.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }

    /// The dependent variable, one value a row.
    pub fn dependent(&self) -> &[f64] {
        &self.dependent
    }

    /// The regressors, a column each, in the equation's order.
    pub fn regressors(&self) -> &[Numbers] {
        &self.regressors
    }

    /// The rows' weights, all positive; none where the equation has none.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_ref().map(|weights| weights.as_slice())
    }

    /// The entities with at least one complete row, sorted; entity `g` owns the rows `groups()[g]`.
    pub fn entities(&self) -> &[String] {
        &self.entities
    }

    /// Each entity's rows.
    pub fn groups(&self) -> &[Range<usize>] {
        &self.groups
    }

    /// Each row's time.
    pub fn times(&self) -> &[i32] {
        &self.times
    }

    /// Which keys the rows have.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The period of a time's number; none in a cross-section.
    pub fn period(&self, time: i32) -> Option<Period> {
        self.shape.has_time().then(|| Period::from_ordinal(self.frequency, time)).flatten()
    }

    /// The rows left out, with what is missing there.
    pub fn dropped(&self) -> &[DroppedRow] {
        &self.dropped
    }

    /// Number of complete rows.
    pub fn height(&self) -> usize {
        self.times.len()
    }

    /// Number of observations: of rows, or with frequency weights their sum.
    pub fn observations(&self) -> usize {
        match (&self.weights, self.formula.weights.as_ref().map(|weights| weights.kind)) {
            (Some(weights), Some(WeightKind::Frequency)) => weights.iter().sum::<f64>() as usize,
            _ => self.height(),
        }
    }

    /// The effects that the equation names.
    pub(crate) fn effects(&self) -> &[SampleEffect] {
        &self.effects
    }

    /// The entities' rows, to be held on to.
    pub(crate) fn shared_groups(&self) -> Arc<Vec<Range<usize>>> {
        Arc::clone(&self.groups)
    }

    /// How many rows were left out for a cause.
    /// Why no row is left.
    pub(crate) fn nothing_left(&self) -> Reason {
        let of = |cause| self.dropped_for(cause);
        let (weightless, alone) = (of(DropCause::ZeroWeight), of(DropCause::Singleton));
        match weightless + alone {
            0 => Reason::NoObservations { rows_dropped: self.dropped.len() },
            _ => Reason::NoRowsLeft { missing: of(DropCause::Missing), weightless, alone },
        }
    }

    pub(crate) fn dropped_for(&self, cause: DropCause) -> usize {
        self.dropped.iter().filter(|row| row.cause == cause).count()
    }
}

/// The weights, zero where they are missing, and where that is.
fn weights_of(panel: &Panel, column: &str, kind: WeightKind) -> Result<(Vec<f64>, Option<Vec<bool>>)> {
    let raw = panel.raw_values(column)?;
    for (entity, group) in panel.entities().iter().zip(panel.groups()) {
        for row in group.clone() {
            let Some(value) = raw[row] else { continue };
            let at = || (column.to_owned(), entity.clone(), panel.period(panel.times()[row]));
            if !(value.is_finite() && value >= 0.0) {
                let (column, entity, time) = at();
                return Err(EstimationError::BadWeight { column, entity, time, value });
            }
            if kind == WeightKind::Frequency && value.fract() != 0.0 {
                let (column, entity, time) = at();
                return Err(EstimationError::BrokenFrequency { column, entity, time, value });
            }
        }
    }
    let absent: Vec<bool> = raw.iter().map(Option::is_none).collect();
    let values = raw.into_iter().map(|value| value.unwrap_or(0.0)).collect();
    Ok((values, absent.contains(&true).then_some(absent)))
}

/// The groups of an effect on all rows of the panel; where a column of it is missing goes to `missing`.
fn effect_of(panel: &Panel, effect: &Effect, missing: &mut Vec<Missing>) -> Result<SampleEffect> {
    let is_entity = |column: &str| column == "entity" || column == panel.entity_name();
    let is_time = |column: &str| column == "time" || column == panel.time_name();
    let (entities, groups, times) = panel.keys();
    let made = |of, grouping, labels| SampleEffect { effect: effect.clone(), of, grouping, labels };
    if let [column] = effect.columns() {
        if is_entity(column) {
            return Ok(made(EffectOf::Entities, Grouping::runs(groups), entities));
        }
        if is_time(column) {
            let (grouping, times) = Grouping::by_time(&times);
            let labels = times.iter().map(|time| panel.time_label(*time)).collect();
            return Ok(made(EffectOf::Times, grouping, Arc::new(labels)));
        }
    }
    let mut codes = Vec::new();
    let mut names = Vec::new();
    for column in effect.columns() {
        let labels = if is_entity(column) {
            let codes = panel.entity_codes().into_iter().map(|code| code as u32).collect();
            Labels { codes, labels: entities.to_vec() }
        } else if is_time(column) {
            let (grouping, times) = Grouping::by_time(&times);
            Labels {
                codes: grouping.each(panel.height()).to_vec(),
                labels: times.iter().map(|time| panel.time_label(*time)).collect(),
            }
        } else {
            panel.codes(column)?
        };
        if labels.codes.contains(&Labels::MISSING) && !missing.iter().any(|(name, _)| name == column) {
            let absent = labels.codes.iter().map(|code| *code == Labels::MISSING).collect();
            missing.push((column.clone(), absent));
        }
        codes.push(labels.codes);
        names.push(labels.labels);
    }
    let name = |part: usize, code: u32| names[part].get(code as usize).map_or("", String::as_str);
    if let [one] = codes.as_slice() {
        // A missing value is a level for now; its rows are dropped.
        let own: Vec<u32> = one.iter().map(|code| (*code).min(names[0].len() as u32)).collect();
        let (grouping, kept) = Grouping::compact(own);
        let labels = kept.iter().map(|code| name(0, *code).to_owned()).collect();
        return Ok(made(EffectOf::Others, grouping, Arc::new(labels)));
    }
    let (own, combinations) = Grouping::combine(&codes);
    let (grouping, _) = Grouping::compact(own);
    let label = |combination: &Vec<u32>| -> String {
        let parts: Vec<&str> = combination.iter().enumerate().map(|(part, code)| name(part, *code)).collect();
        parts.join("^")
    };
    Ok(made(EffectOf::Others, grouping, Arc::new(combinations.iter().map(label).collect())))
}
