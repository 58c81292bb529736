//! The variances of the effects and of the idiosyncratic error.
//!
//! Each estimator equates quadratic forms of residuals, within and between, to their expectations. On
//! balanced panels these are the textbook's; on unbalanced ones they are exact (Baltagi and Chang 1994,
//! Journal of Econometrics 62, 67-89; both ways Baltagi, Song and Jung 2002). plm does the same.

use faer::Mat;
use faer::linalg::solvers::Solve;

use super::super::effects::Effects;
use super::super::within;
use super::moments::{Centre, Form, Panel, Residuals};
use super::options::{RandomEffects, VarianceEstimator};
use super::variance_components::VarianceComponents;
use crate::absorb::Factor;
use crate::numerics::mean;
use crate::outcome::{Note, Reason};
use crate::sample::{EffectOf, Rows, Sample};

/// Estimates the variances.
pub(super) fn estimate(
    sample: &Sample,
    rows: &Rows,
    options: RandomEffects,
) -> Result<(VarianceComponents, Vec<Note>), Reason> {
    let panel = Panel::new(sample, rows, options.effects)?;
    let mut notes = Vec::new();
    if !panel.collinear_within.is_empty() {
        notes.push(Note::CollinearWithin { variables: panel.collinear_within.clone() });
    }
    let found = match options.method {
        VarianceEstimator::Nerlove => nerlove(sample, &panel, options.effects)?,
        VarianceEstimator::SwarHarmonic => harmonic(&panel, options.effects)?,
        _ => by_moments(&panel, options)?,
    };
    let counted = |variance: Option<f64>, of: &str, notes: &mut Vec<Note>| {
        if variance.is_some_and(|variance| variance < 0.0) {
            notes.push(Note::NegativeComponent { of: of.into() });
        }
        variance.map(|variance| variance.max(0.0))
    };
    let components = VarianceComponents {
        entity: counted(found.entity, "entities", &mut notes),
        time: counted(found.time, "times", &mut notes),
        ..found
    };
    Ok((components, notes))
}

/// The variances that set the forms equal to their expectations; those of effects may come out negative.
fn by_moments(panel: &Panel, options: RandomEffects) -> Result<VarianceComponents, Reason> {
    let effects = options.effects;
    let mut forms = vec![within_form(panel, options.method)?];
    if effects.has_entity() {
        forms.push(between_form(panel, options.method, Effects::Entity)?);
    }
    if effects.has_time() {
        forms.push(between_form(panel, options.method, Effects::Time)?);
    }
    let order = forms.len();
    let balanced = panel.is_balanced();
    let expectations = match balanced {
        true => balanced_expectations(panel, &forms, options.method, effects),
        false => Mat::from_fn(order, order, |form, component| {
            panel.expectation(&forms[form], component_of(effects, component))
        }),
    };
    let values = Mat::from_fn(order, 1, |form, _| forms[form].value);
    let solved = expectations.partial_piv_lu().solve(&values);
    let variance = |at: usize| if solved[(at, 0)].is_finite() { solved[(at, 0)] } else { 0.0 };
    let idiosyncratic = solved[(0, 0)];
    if !(idiosyncratic > 0.0 && idiosyncratic.is_finite()) {
        return Err(Reason::NoVarianceComponent);
    }
    Ok(VarianceComponents {
        idiosyncratic,
        entity: effects.has_entity().then(|| variance(1)),
        time: effects.has_time().then(|| variance(order - 1)),
    })
}

/// Which component a column of the expectations is about: none stands for the idiosyncratic.
fn component_of(effects: Effects, column: usize) -> Option<Effects> {
    match (column, effects) {
        (0, _) => None,
        (1, Effects::Entity | Effects::TwoWay) => Some(Effects::Entity),
        _ => Some(Effects::Time),
    }
}

fn within_form(panel: &Panel, method: VarianceEstimator) -> Result<Form, Reason> {
    let residuals = match method {
        VarianceEstimator::Walhus => Residuals::pooled(panel)?,
        _ => Residuals::within(panel)?,
    };
    Ok(panel.form(residuals, None))
}

fn between_form(panel: &Panel, method: VarianceEstimator, of: Effects) -> Result<Form, Reason> {
    let residuals = match method {
        VarianceEstimator::Walhus => Residuals::pooled(panel)?,
        VarianceEstimator::Swar | VarianceEstimator::SwarHarmonic => Residuals::between(panel, of)?,
        VarianceEstimator::Amemiya | VarianceEstimator::Nerlove => Residuals::within(panel)?,
    };
    Ok(panel.form(residuals, Some(of)))
}

/// The textbook's expectations on a balanced panel of N entities and T times: Swamy-Arora's with the
/// regressions' own degrees of freedom, Wallace-Hussain's and Amemiya's without those of the slopes.
fn balanced_expectations(
    panel: &Panel,
    forms: &[Form],
    method: VarianceEstimator,
    effects: Effects,
) -> Mat<f64> {
    let (entities, times) = (panel.entities.levels() as f64, panel.times.levels() as f64);
    let absorbed = panel.absorbed as f64;
    let own = method == VarianceEstimator::Swar;
    let order = 1 + usize::from(effects.has_entity()) + usize::from(effects.has_time());
    let mut expectations: Mat<f64> = Mat::zeros(order, order);
    let within_slopes = panel.varying as f64;
    expectations[(0, 0)] = panel.rows as f64 - absorbed - if own { within_slopes } else { 0.0 };
    let mut at = 1;
    for (has, groups, size) in
        [(effects.has_entity(), entities, times), (effects.has_time(), times, entities)]
    {
        if has {
            let degrees = if own { groups - forms[at].residuals.parameters() as f64 } else { groups };
            expectations[(at, 0)] = degrees;
            expectations[(at, at)] = size * degrees;
            at += 1;
        }
    }
    expectations
}

/// s_e^2 = RSS/(n - N - k) within, and s_u^2 = RSS/(N - K) of the means less s_e^2 over the harmonic mean of T_i
/// (Stata 18, xtreg, methods and formulas).
fn harmonic(panel: &Panel, effects: Effects) -> Result<VarianceComponents, Reason> {
    let of = match effects {
        Effects::TwoWay => return Err(Reason::NoVarianceComponent),
        one => one,
    };
    let within = panel.form(Residuals::within(panel)?, None);
    let idiosyncratic = within.value / (panel.rows - panel.absorbed - panel.varying) as f64;
    if !(idiosyncratic > 0.0 && idiosyncratic.is_finite()) {
        return Err(Reason::NoVarianceComponent);
    }
    let factor = if of == Effects::Time { &panel.times } else { &panel.entities };
    let (left, df) = panel.between_residuals(of)?;
    let inverse = factor.counts().iter().map(|rows| 1.0 / rows).sum::<f64>() / factor.levels() as f64;
    let variance = left / df - idiosyncratic * inverse;
    Ok(VarianceComponents {
        idiosyncratic,
        entity: effects.has_entity().then_some(variance),
        time: effects.has_time().then_some(variance),
    })
}

/// Nerlove's: the mean square of the within residuals, not corrected for degrees of freedom, and the
/// variance of the fixed effects, weighted by their rows.
fn nerlove(sample: &Sample, panel: &Panel, effects: Effects) -> Result<VarianceComponents, Reason> {
    let residuals = Residuals::within(panel)?;
    let height = panel.rows as f64;
    let form = panel.form(residuals, None);
    let coefficients = panel.within_coefficients()?;
    let coefficient = |name: &str| {
        let place = sample.formula().regressors.iter().position(|own| own == name);
        place.map_or(0.0, |at| coefficients[at])
    };
    let levels = within::levels(sample, effects, coefficient)?;
    let of = |key: EffectOf| -> &[f64] {
        levels.iter().find(|(own, _)| *own == key).map_or(&[], |(_, levels)| levels.as_slice())
    };
    let variance = |levels: &[f64], factor: &Factor| -> f64 {
        let count = levels.len() as f64;
        let weighted = |value: &dyn Fn(f64) -> f64| -> f64 {
            levels.iter().zip(factor.counts()).map(|(level, rows)| value(*level) * rows / height).sum()
        };
        // Centred twice, so that the mean costs no digits.
        let plain = mean(levels);
        let centre = plain + weighted(&|level| level - plain);
        weighted(&|level| (level - centre).powi(2)) * count / (count - 1.0)
    };
    let idiosyncratic = form.value / height;
    if !(idiosyncratic > 0.0 && idiosyncratic.is_finite()) {
        return Err(Reason::NoVarianceComponent);
    }
    Ok(VarianceComponents {
        idiosyncratic,
        entity: effects.has_entity().then(|| variance(of(EffectOf::Entities), &panel.entities)),
        time: effects.has_time().then(|| variance(of(EffectOf::Times), &panel.times)),
    })
}

impl Form {
    /// Whether the form is about deviations from the overall mean.
    pub(super) fn is_centred(&self) -> bool {
        self.residuals.centre == Centre::OverallMean
    }
}
