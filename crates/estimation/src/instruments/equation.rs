//! An equation with endogenous regressors, on its data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::models::Effects;
use crate::numerics::dense::{Basis, columns};
use crate::numerics::{CollinearColumns, LeastSquares};
use crate::outcome::{EstimationError, INTERCEPT, IdentifyingCondition, Note, Reason, Result};
use crate::sample::{DroppedRow, Factored, Formula, WeightKind};
use crate::systems::{JointSample, dependencies, design, equation_refusal, projections_collinear, usable};

/// A linear equation some of whose regressors are correlated with its error, and what identifies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentedEquation {
    /// The dependent variable and all regressors, and analytic weights if there are any. Effects absorb the intercept.
    pub formula: Formula,
    /// The regressors that are endogenous; the others are instruments for themselves.
    pub endogenous: Vec<String>,
    /// The excluded instruments.
    pub instruments: Vec<String>,
    /// Effects that are taken off all variables first.
    #[serde(default)]
    pub effects: Option<Effects>,
    /// Whether degrees of freedom count the effects, as dummy variables would.
    #[serde(default = "yes")]
    pub count_effects: bool,
}

fn yes() -> bool {
    true
}

impl InstrumentedEquation {
    /// An equation with an intercept and without effects.
    pub fn new(formula: Formula, endogenous: &[impl AsRef<str>], instruments: &[impl AsRef<str>]) -> Self {
        let owned = |name: &str| name.to_owned();
        Self {
            formula,
            endogenous: endogenous.iter().map(|name| owned(name.as_ref())).collect(),
            instruments: instruments.iter().map(|name| owned(name.as_ref())).collect(),
            effects: None,
            count_effects: true,
        }
    }

    /// The same equation with effects absorbed.
    #[must_use]
    pub fn absorbing(mut self, effects: Effects, count_effects: bool) -> Self {
        self.effects = Some(effects);
        self.count_effects = count_effects;
        self
    }

    /// Checks that the equation makes sense.
    ///
    /// # Errors
    /// What a formula is refused for, [`EstimationError::EndogenousNotRegressor`],
    /// [`EstimationError::InstrumentInEquation`].
    pub fn check(&self) -> Result<()> {
        self.formula.check_terms()?;
        for name in &self.endogenous {
            if !self.formula.regressors.contains(name) {
                return Err(EstimationError::EndogenousNotRegressor { name: name.clone() });
            }
        }
        for name in &self.instruments {
            if self.formula.variables().any(|one| one == name) {
                return Err(EstimationError::InstrumentInEquation { name: name.clone() });
            }
        }
        Ok(())
    }

    /// Takes the equation's sample from a panel.
    ///
    /// # Errors
    /// What [`Self::check`] refuses, and columns that aren't there or aren't numeric.
    pub fn prepare(&self, panel: &Panel) -> Result<PreparedEquation> {
        self.check()?;
        let Some(factored) = Factored::new(panel, &self.formula)? else { return self.prepare_numbers(panel) };
        let gone = |name: &&String| !factored.formula.regressors.contains(name);
        if let Some(factor) = self.endogenous.iter().find(gone) {
            return Err(EstimationError::EndogenousFactor { factor: factor.clone() });
        }
        let equation = Self { formula: factored.formula.clone(), ..self.clone() };
        let mut prepared = equation.prepare_numbers(&factored.panel)?;
        prepared.sample.dropped = factored.told(&prepared.sample.dropped);
        Ok(prepared)
    }

    /// The same where all regressors are numbers.
    fn prepare_numbers(&self, panel: &Panel) -> Result<PreparedEquation> {
        let names: Vec<&str> =
            self.formula.variables().chain(self.instruments.iter().map(String::as_str)).collect();
        let weights = self.formula.weights.as_ref();
        let mut sample = JointSample::weighted(panel, &names, self.effects, weights)?;
        // What counts rows has no place in the tests of instruments yet.
        if weights.is_some_and(|weights| weights.kind == WeightKind::Frequency) {
            let (what, model) = ("frequency weights".into(), "equations with instruments".into());
            sample.refusal = Some(Reason::NotDefined { what, model });
        }
        Ok(PreparedEquation::new(self, sample))
    }
}

/// An equation with its sample: what every estimator and test starts from, made once.
#[derive(Debug, Clone)]
pub struct PreparedEquation {
    pub(crate) equation: InstrumentedEquation,
    pub(crate) sample: JointSample,
    /// The coefficients' names.
    pub(crate) names: Vec<String>,
    pub(crate) y: usize,
    pub(crate) x: Vec<usize>,
    /// The exogenous regressors.
    pub(crate) exogenous: Vec<usize>,
    /// The endogenous regressors, in the equation's order.
    pub(crate) endogenous: Vec<usize>,
    /// The excluded instruments that are used.
    pub(crate) excluded: Vec<usize>,
    /// Why the equation can't be estimated.
    pub(crate) refusal: Option<Reason>,
    /// Degrees of freedom that effects take.
    pub(crate) counted: usize,
    pub(crate) notes: Vec<Note>,
}

impl PreparedEquation {
    pub(crate) fn new(equation: &InstrumentedEquation, sample: JointSample) -> Self {
        let formula = &equation.formula;
        let intercept = (equation.effects.is_none() && formula.intercept).then_some(INTERCEPT);
        let names: Vec<String> = intercept
            .into_iter()
            .chain(formula.regressors.iter().map(String::as_str))
            .map(Into::into)
            .collect();
        let is_endogenous = |name: &str| equation.endogenous.iter().any(|one| one == name);
        let of = |endogenous: bool| {
            sample.places(names.iter().map(String::as_str).filter(|name| is_endogenous(name) == endogenous))
        };
        let (exogenous, endogenous) = (of(false), of(true));
        let mut seen = BTreeSet::new();
        let instruments: Vec<&str> =
            equation.instruments.iter().map(String::as_str).filter(|name| seen.insert(*name)).collect();
        let mut prepared = Self {
            equation: equation.clone(),
            x: sample.places(names.iter().map(String::as_str)),
            y: sample.places([formula.dependent.as_str()]).first().copied().unwrap_or_default(),
            excluded: Vec::new(),
            refusal: sample.refusal.clone(),
            counted: if equation.count_effects { sample.absorbed } else { 0 },
            notes: Vec::new(),
            exogenous,
            endogenous,
            names,
            sample,
        };
        if prepared.refusal.is_none() {
            prepared.refusal = prepared.check(&instruments);
        }
        prepared
    }

    fn check(&mut self, instruments: &[&str]) -> Option<Reason> {
        let observations = self.sample.height();
        if self.equation.formula.collinear == CollinearColumns::Drop {
            self.drop_collinear();
        }
        let parameters = self.x.len() + self.sample.absorbed;
        if let Some(reason) = equation_refusal(&self.sample, &self.x, self.y, observations, parameters) {
            return Some(reason);
        }
        let candidates: Vec<usize> =
            self.exogenous.iter().copied().chain(self.sample.places(instruments.iter().copied())).collect();
        let (absorbed, kept) = usable(&self.sample, &candidates);
        self.excluded = kept.iter().copied().filter(|place| !self.exogenous.contains(place)).collect();
        if !absorbed.is_empty() {
            self.notes.push(Note::AbsorbedInstruments { instruments: absorbed });
        }
        let dropped = dependencies(&self.sample, &candidates, &kept);
        if !dropped.is_empty() {
            self.notes.push(Note::CollinearInstruments { dropped });
        }
        let name = |place: &usize| self.sample.names[*place].clone();
        let unidentified = |condition| Reason::NotIdentified {
            equation: self.equation.formula.to_string(),
            condition,
            excluded: self.excluded.iter().map(name).collect(),
            endogenous: self.endogenous.iter().map(name).collect(),
        };
        if self.excluded.len() < self.endogenous.len() {
            return Some(unidentified(IdentifyingCondition::Order));
        }
        let instruments = self.instrument_count() + self.sample.absorbed;
        if !self.endogenous.is_empty() && instruments >= observations {
            return Some(Reason::TooManyInstruments { observations, instruments });
        }
        projections_collinear(&self.sample, &self.x, &self.z())
            .then(|| unidentified(IdentifyingCondition::Sample))
    }

    /// Leaves out exogenous regressors that the effects absorb or that are combinations of those before them, and says so. An
    /// endogenous regressor is never left out: without it the equation would be another one.
    fn drop_collinear(&mut self) {
        let name = |place: &usize| self.sample.names[*place].clone();
        let (vanished, present): (Vec<usize>, Vec<usize>) =
            self.exogenous.iter().partition(|place| self.sample.vanished[**place]);
        // Where nothing would stay, what is absorbed is the reason.
        let all = present.is_empty() && self.endogenous.is_empty();
        let gone: Vec<usize> = if all { Vec::new() } else { vanished };
        let collinear = match LeastSquares::solve(&design(&self.sample, &present, self.y)) {
            Err(collinear) => collinear,
            Ok(_) => Vec::new(),
        };
        if !gone.is_empty() {
            self.notes.push(Note::AbsorbedDropped { variables: gone.iter().map(name).collect() });
        }
        let dependent = present.iter().filter(|at| collinear.iter().any(|one| one.column == name(at)));
        let gone: Vec<usize> = gone.iter().chain(dependent).copied().collect();
        if !collinear.is_empty() {
            self.notes.push(Note::CollinearDropped { collinear });
        }
        let stays = |place: &usize| !gone.contains(place);
        let kept = self.x.iter().zip(&self.names).filter(|(place, _)| stays(place));
        let (x, names) = kept.map(|(place, name)| (*place, name.clone())).unzip();
        (self.x, self.names) = (x, names);
        self.exogenous.retain(stays);
    }

    /// The instruments, exogenous regressors first.
    pub(crate) fn z(&self) -> Vec<usize> {
        self.exogenous.iter().chain(&self.excluded).copied().collect()
    }

    /// How many instruments there are, exogenous regressors among them.
    pub(crate) fn instrument_count(&self) -> usize {
        self.exogenous.len() + self.excluded.len()
    }

    /// The reduced rows of variables.
    pub(crate) fn reduced(&self, places: &[usize]) -> faer::Mat<f64> {
        columns(&self.sample.reduced, places)
    }

    /// The instruments' basis in reduced rows.
    pub(crate) fn z_basis(&self) -> Basis {
        Basis::new(&self.reduced(&self.z()))
    }

    /// The equation.
    pub fn equation(&self) -> &InstrumentedEquation {
        &self.equation
    }

    /// The rows' weights, where there are any.
    pub fn weights(&self) -> Option<&[f64]> {
        self.sample.weights.as_deref()
    }

    /// Complete rows.
    pub fn height(&self) -> usize {
        self.sample.height()
    }

    /// The rows left out, with what is missing there.
    pub fn dropped(&self) -> &[DroppedRow] {
        &self.sample.dropped
    }

    /// What a reader should know of its regressors and instruments.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Why the equation can't be estimated.
    pub fn refusal(&self) -> Option<&Reason> {
        self.refusal.as_ref()
    }
}
