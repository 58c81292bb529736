//! Ordinary least squares: b = (X'X)^-1 X'y.

use super::Levels;
use super::{Goodness, Solved, check_residual_df, check_size};
use crate::design::{Design, is_constant, less_means};
use crate::estimated::Absorbed;
use crate::least_squares::LeastSquares;
use crate::rows::Rows;
use crate::{Estimated, Model, Reason, Sample};

/// Estimates the equation on all rows of the sample.
pub(super) fn estimate(sample: &Sample) -> Result<Estimated, Reason> {
    let design = Design::levels(sample);
    let parameters = design.names.len();
    check_size(sample, parameters)?;
    let intercept = sample.formula().intercept;
    let nothing_to_explain =
        if intercept { is_constant(&design.y) } else { design.y.iter().all(|value| *value == 0.0) };
    if nothing_to_explain {
        return Err(Reason::ConstantDependent { variable: sample.formula().dependent.clone() });
    }
    let solution = LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
    check_residual_df(sample, parameters)?;
    let deviations = if intercept {
        let everything = 0..sample.height();
        less_means(&design.y, std::slice::from_ref(&everything))
    } else {
        design.y.clone()
    };
    let solved = Solved {
        model: Model::Ols,
        design,
        solution,
        rows: Rows::of(sample),
        deviations,
        absorbed: Absorbed::default(),
        goodness: Goodness::Decomposition,
        levels: Levels::default(),
        components: None,
    };
    Estimated::new(sample, solved)
}
