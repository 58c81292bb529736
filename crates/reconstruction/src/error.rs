//! What can go wrong while data are reconstructed from published tables.

use thiserror::Error;

/// Reasons why a reconstruction cannot be set up or does not succeed.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum ReconstructionError {
    /// A list has a length that does not fit the problem.
    #[error("{what} has {found} entries where {expected} are needed; check the list against the problem")]
    Length {
        /// The list in question, named for the reader.
        what: String,
        /// The length the problem asks for.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// A number in the problem cannot be used.
    #[error("{what}: {reason}")]
    Invalid {
        /// The item in question, named for the reader.
        what: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// An equation leaves no residual degrees of freedom.
    #[error(
        "equation for {dependent} has {regressors} regressors, too many for {observations} observations per unit; \
         drop the equation or add periods"
    )]
    NoDegreesOfFreedom {
        /// The dependent variable.
        dependent: String,
        /// Number of its regressors.
        regressors: usize,
        /// Observations per unit.
        observations: usize,
    },
    /// A matrix that must be positive definite is not.
    #[error("{what} is not positive definite; check its spreads and correlations")]
    NotPositiveDefinite {
        /// The matrix in question, named for the reader.
        what: String,
    },
    /// The normal equations of one row contradict or repeat one another.
    #[error("the published coefficients of {row} give normal equations of rank {rank}, not {expected}")]
    RankDeficient {
        /// The table row in question.
        row: String,
        /// The rank found.
        rank: usize,
        /// The rank needed.
        expected: usize,
    },
    /// Newton's method stopped making progress.
    #[error(
        "the {stage} step did not converge in {iterations} iterations (Newton decrement {decrement:.1e})"
    )]
    NotConverged {
        /// Which of the solver's steps.
        stage: String,
        /// Iterations spent.
        iterations: usize,
        /// Newton decrement at the end.
        decrement: f64,
    },
    /// All rounds were spent and some stars still disagree.
    #[error(
        "{violations} of the published stars are still violated after {rounds} rounds; \
         allow more rounds or a smaller margin"
    )]
    StarsUnreached {
        /// Number of violated bounds.
        violations: usize,
        /// Rounds spent.
        rounds: usize,
    },
    /// A small dense factorisation failed.
    #[error("the {what} could not be factorised; check for linearly dependent variables")]
    Factorisation {
        /// The matrix in question, named for the reader.
        what: String,
    },
}
