//! A system on its data.

use vintner_panel::Panel;

use super::identification::{Identification, identification};
use super::joint_sample::JointSample;
use super::system::System;
use crate::numerics::dense::{columns, independent};
use crate::numerics::{Design, LeastSquares};
use crate::outcome::{Collinearity, INTERCEPT, Note, Reason, Result};
use crate::sample::DroppedRow;

/// A system with its sample: what every estimator starts from, made once.
#[derive(Debug, Clone)]
pub struct PreparedSystem {
    pub(crate) system: System,
    pub(crate) sample: JointSample,
    identification: Vec<Identification>,
    pub(crate) equations: Vec<PreparedEquation>,
    notes: Vec<Note>,
}

/// An equation by the places of its variables in the sample.
#[derive(Debug, Clone)]
pub(crate) struct PreparedEquation {
    pub(crate) name: String,
    /// The coefficients' names.
    pub(crate) names: Vec<String>,
    pub(crate) y: usize,
    pub(crate) x: Vec<usize>,
    /// The instruments that aren't combinations of others before them.
    pub(crate) z: Vec<usize>,
    /// Why no estimator can be had.
    pub(crate) refusal: Option<Reason>,
    /// Why none with instruments can be had.
    pub(crate) unidentified: Option<Reason>,
}

impl System {
    /// Takes the system's sample from a panel: the rows that have all its variables, effects taken off.
    ///
    /// # Errors
    /// What [`System::check`] refuses, and columns that aren't there or aren't numeric.
    pub fn prepare(&self, panel: &Panel) -> Result<PreparedSystem> {
        self.check()?;
        let variables = self.variables();
        let names: Vec<&str> = variables.iter().map(String::as_str).collect();
        let sample = JointSample::new(panel, &names, self.effects)?;
        let identification = identification(self);
        let mut notes = Vec::new();
        let equations = (0..self.equations.len())
            .map(|at| prepare(self, &sample, at, identification[at].reason(), &mut notes))
            .collect();
        Ok(PreparedSystem { system: self.clone(), sample, identification, equations, notes })
    }
}

fn prepare(
    system: &System,
    sample: &JointSample,
    at: usize,
    unidentified: Option<Reason>,
    notes: &mut Vec<Note>,
) -> PreparedEquation {
    let equation = &system.equations[at];
    let formula = &equation.formula;
    let intercept = (system.effects.is_none() && formula.intercept).then_some(INTERCEPT);
    let names: Vec<String> =
        intercept.into_iter().chain(formula.regressors.iter().map(String::as_str)).map(Into::into).collect();
    let mut prepared = PreparedEquation {
        name: equation.name.clone(),
        x: sample.places(names.iter().map(String::as_str)),
        y: sample.places([formula.dependent.as_str()]).first().copied().unwrap_or_default(),
        z: Vec::new(),
        names,
        refusal: sample.refusal.clone(),
        unidentified,
    };
    if prepared.refusal.is_some() {
        return prepared;
    }
    prepared.refusal = refusal(system, sample, &prepared);

    let instruments = equation.instruments.clone().unwrap_or_else(|| system.instrument_variables());
    let constant = system.has_intercept().then_some(INTERCEPT);
    let candidates = sample.places(constant.into_iter().chain(instruments.iter().map(String::as_str)));
    let (absorbed, kept) = usable(sample, &candidates);
    prepared.z = kept;
    let mut note = |note: Note| {
        if !notes.contains(&note) {
            notes.push(note);
        }
    };
    if !absorbed.is_empty() {
        note(Note::AbsorbedInstruments { instruments: absorbed });
    }
    let dropped = dependencies(sample, &candidates, &prepared.z);
    if !dropped.is_empty() {
        note(Note::CollinearInstruments { dropped });
    }
    let needed = prepared.z.len() + sample.absorbed;
    if prepared.unidentified.is_none() && needed >= sample.height() {
        prepared.unidentified =
            Some(Reason::TooManyInstruments { observations: sample.height(), instruments: needed });
    }
    prepared
}

/// Instruments of which the effects leave nothing, and the places of those to be used.
pub(crate) fn usable(sample: &JointSample, candidates: &[usize]) -> (Vec<String>, Vec<usize>) {
    let (vanished, present): (Vec<usize>, Vec<usize>) =
        candidates.iter().partition(|place| sample.vanished[**place]);
    let magnitudes: Vec<f64> = present.iter().map(|place| sample.magnitudes[*place]).collect();
    let (kept, _) = independent(&columns(&sample.reduced, &present), &magnitudes);
    let absorbed = vanished.into_iter().map(|place| sample.names[place].clone()).collect();
    (absorbed, kept.into_iter().map(|at| present[at]).collect())
}

/// What each candidate that isn't kept is a combination of.
pub(crate) fn dependencies(sample: &JointSample, candidates: &[usize], kept: &[usize]) -> Vec<Collinearity> {
    candidates
        .iter()
        .filter(|place| !kept.contains(place) && !sample.vanished[**place])
        .map(|place| {
            let before: Vec<usize> = candidates
                .iter()
                .take_while(|one| *one != place)
                .filter(|one| kept.contains(one))
                .copied()
                .collect();
            let with: Vec<usize> = before.iter().copied().chain([*place]).collect();
            let found = LeastSquares::solve(&design(sample, &with, *place)).err().unwrap_or_default();
            let name = sample.names[*place].clone();
            found.into_iter().find(|one| one.column == name).unwrap_or(Collinearity {
                column: name,
                on: before.into_iter().map(|one| sample.names[one].clone()).collect(),
            })
        })
        .collect()
}

/// The reduced rows of regressors and a dependent variable.
pub(crate) fn design(sample: &JointSample, x: &[usize], y: usize) -> Design {
    Design {
        names: x.iter().map(|place| sample.names[*place].clone()).collect(),
        x: columns(&sample.reduced, x),
        y: (0..sample.reduced.nrows()).map(|row| sample.reduced[(row, y)]).collect(),
        magnitudes: x.iter().map(|place| sample.magnitudes[*place]).collect(),
        y_magnitude: sample.magnitudes[y],
    }
}

/// Why the sample doesn't allow least squares of an equation.
fn refusal(system: &System, sample: &JointSample, equation: &PreparedEquation) -> Option<Reason> {
    let observations = sample.height();
    let counted = if system.count_effects { sample.absorbed } else { 0 };
    // Effects take their parameters, whether they are counted or not.
    let parameters = equation.x.len() + sample.absorbed.max(counted);
    equation_refusal(sample, &equation.x, equation.y, observations, parameters)
}

/// The same, with the numbers of observations and parameters.
pub(crate) fn equation_refusal(
    sample: &JointSample,
    x: &[usize],
    y: usize,
    observations: usize,
    parameters: usize,
) -> Option<Reason> {
    if observations < parameters {
        return Some(Reason::TooFewObservations { observations, parameters });
    }
    if sample.vanished[y] {
        return Some(Reason::DependentAbsorbed { variable: sample.names[y].clone() });
    }
    if sample.centered_product(y, y) == 0.0 {
        return Some(Reason::ConstantDependent { variable: sample.names[y].clone() });
    }
    let absorbed: Vec<String> =
        x.iter().filter(|place| sample.vanished[**place]).map(|place| sample.names[*place].clone()).collect();
    if !absorbed.is_empty() {
        return Some(Reason::Absorbed { variables: absorbed });
    }
    match LeastSquares::solve(&design(sample, x, y)) {
        Err(collinear) => Some(Reason::RankDeficient { collinear }),
        Ok(_) if observations == parameters => {
            Some(Reason::NoResidualDegreesOfFreedom { observations, parameters })
        }
        Ok(_) => None,
    }
}

impl PreparedSystem {
    /// Each equation's identification.
    pub fn identification(&self) -> &[Identification] {
        &self.identification
    }

    /// What a reader should know of the instruments.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The rows left out, with what is missing there.
    pub fn dropped(&self) -> &[DroppedRow] {
        &self.sample.dropped
    }

    /// Complete rows.
    pub fn height(&self) -> usize {
        self.sample.height()
    }

    /// The system.
    pub fn system(&self) -> &System {
        &self.system
    }
}

/// Whether the projections of regressors on instruments are collinear to rounding.
pub(crate) fn projections_collinear(sample: &JointSample, x: &[usize], z: &[usize]) -> bool {
    let magnitudes =
        |places: &[usize]| -> Vec<f64> { places.iter().map(|at| sample.magnitudes[*at]).collect() };
    let (_, basis) = independent(&columns(&sample.reduced, z), &magnitudes(z));
    let projected = &basis * (basis.transpose() * columns(&sample.reduced, x));
    // A projection that is small against the regressor itself is rounding, of which there is more here.
    let sizes: Vec<f64> = magnitudes(x).into_iter().map(|size| 16.0 * size).collect();
    independent(&projected, &sizes).0.len() < x.len()
}
