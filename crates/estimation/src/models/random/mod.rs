//! Random effects: generalised least squares with estimated variance components.
//!
//! One way, and both ways on balanced panels, it is least squares on quasi-deviations,
//! y - th1 mean_i(y) - th2 mean_t(y) + th3 mean(y) (Baltagi 2013, eq. 2.20 and 3.13). Both ways on unbalanced
//! panels the second factor's covariance is taken out exactly after the first's (Wansbeek and Kapteyn
//! 1989, Journal of Econometrics 41, 341-361).

mod components;
mod moments;
mod transformation;

use serde::{Deserialize, Serialize};

pub use components::{VarianceComponents, VarianceEstimator};

use super::{Effects, Goodness, Solved, check_residual_df, check_size};
use crate::design::{Design, is_constant, less_means};
use crate::estimated::Absorbed;
use crate::least_squares::LeastSquares;
use crate::rows::Rows;
use crate::{CollinearColumns, Estimated, Model, Note, Reason, Sample};

/// Random effects and how their variances are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RandomEffects {
    /// What has effects.
    pub effects: Effects,
    /// How the variances are estimated; plm's `random.method`.
    pub method: VarianceEstimator,
}

/// Estimates the equation with random effects.
pub(super) fn estimate(sample: &Sample, options: RandomEffects) -> Result<Estimated, Reason> {
    let design = Design::levels(sample);
    let parameters = design.names.len();
    check_size(sample, parameters)?;
    if is_constant(&design.y) {
        return Err(Reason::ConstantDependent { variable: sample.formula().dependent.clone() });
    }
    // Collinear regressors are the same in levels, where they are told apart best.
    if let Err(collinear) = LeastSquares::solve(&design) {
        let left_out: Vec<&str> = collinear.iter().map(|one| one.column.as_str()).collect();
        let rest = sample.without_regressors(&left_out);
        let stuck = rest.regressors().is_empty() || rest.regressors().len() == sample.regressors().len();
        if sample.formula().collinear == CollinearColumns::Refuse || stuck {
            return Err(Reason::RankDeficient { collinear });
        }
        let estimated = estimate(&rest, options)?;
        return Ok(estimated.of_formula(sample.formula().clone(), Note::CollinearDropped { collinear }));
    }
    check_residual_df(sample, parameters)?;
    let rows = Rows::of(sample);
    let components = components::estimate(sample, &rows, options)?;
    let transformation = transformation::Transformation::new(&rows, &components, options.effects);
    let design = transformation.apply(&design);
    let solution = LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
    let everything = 0..sample.height();
    let levels = transformation.levels(sample, &rows, &solution.coefficients);
    let solved = Solved {
        model: Model::Random(options),
        deviations: Some(less_means(&design.y, std::slice::from_ref(&everything))),
        goodness: Goodness::correlation(&design.y, &solution.residuals),
        design,
        solution,
        rows,
        absorbed: Absorbed::default(),
        levels,
        components: Some(components),
        notes: Vec::new(),
    };
    Estimated::new(sample, solved)
}
