//! Whether a sample is large enough for a model's parameters.

use crate::numerics::CollinearColumns;
use crate::outcome::Reason;
use crate::sample::Sample;

/// Refuses a sample with too few observations for its parameters.
pub(crate) fn check_size(sample: &Sample, parameters: usize) -> Result<(), Reason> {
    let observations = sample.height();
    if observations == 0 {
        Err(sample.nothing_left())
    } else if observations < parameters {
        Err(Reason::TooFewObservations { observations, parameters })
    } else {
        Ok(())
    }
}

/// Refuses an estimate that leaves no residual degrees of freedom.
pub(crate) fn check_residual_df(sample: &Sample, parameters: usize) -> Result<(), Reason> {
    let observations = sample.height();
    if observations <= parameters {
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    Ok(())
}

/// Refuses a sample that has too few observations whatever columns are dropped, with `effects` parameters of
/// effects among its parameters.
pub(super) fn check_before_dropping(
    sample: &Sample,
    parameters: usize,
    effects: usize,
) -> Result<(), Reason> {
    match sample.formula().collinear {
        CollinearColumns::Drop if sample.height() > effects => Ok(()),
        _ => check_size(sample, parameters),
    }
}

/// Refuses an estimate that leaves no residual degrees of freedom once collinear columns are dropped.
pub(super) fn check_after_dropping(sample: &Sample, before: usize, left: usize) -> Result<(), Reason> {
    let observations = sample.observations();
    if observations > left {
        return Ok(());
    }
    check_size(sample, before)?;
    Err(Reason::NoResidualDegreesOfFreedom { observations, parameters: left })
}
