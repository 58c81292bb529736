//! The paths of a reconstruction's variables.

use faer::Mat;
use vintner_estimation::SeededGenerator;
use vintner_reconstruction::{ReconstructionProblem, colour, target_path};

use super::error::ReconstructError;
use super::problem;
use super::spec::Specification;

/// Paths in levels with the given cross-products.
pub(super) fn paths(
    specification: &Specification,
    problem: &ReconstructionProblem,
    matrices: &[Mat<f64>],
) -> Result<Vec<Mat<f64>>, ReconstructError> {
    let shapes = problem::shapes(specification);
    let mut paths = Vec::with_capacity(matrices.len());
    for ((unit, matrix), stream) in specification.units.iter().zip(matrices).zip(0..) {
        let mut generator = SeededGenerator::stream(specification.seed, stream);
        let target = target_path(&shapes, problem.periods, &mut generator)?;
        let path = colour(&target, &shapes, matrix)?;
        paths.push(Mat::from_fn(path.nrows(), path.ncols(), |row, column| {
            path[(row, column)] + unit.levels[column]
        }));
    }
    Ok(paths)
}
