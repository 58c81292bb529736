//! Faults in what was asked for, as opposed to what the data can't answer (see [`Reason`](crate::Reason)).

use vintner_panel::PanelError;

/// The result of setting up an estimation.
pub type Result<T> = std::result::Result<T, EstimationError>;

/// A fault in a formula or a test's specification, or in the panel's columns that it names.
#[derive(Debug, thiserror::Error)]
pub enum EstimationError {
    /// A column that the formula names is absent or isn't numeric.
    #[error("{0}")]
    Panel(#[from] PanelError),
    /// A formula without regressors.
    #[error("the equation for `{dependent}` has no regressors; name at least one")]
    NoRegressors {
        /// The dependent variable.
        dependent: String,
    },
    /// A regressor named twice.
    #[error("the equation for `{dependent}` names the regressor `{regressor}` twice; name it once")]
    RepeatedRegressor {
        /// The dependent variable.
        dependent: String,
        /// The regressor.
        regressor: String,
    },
    /// The dependent variable among its own regressors.
    #[error("`{dependent}` stands on both sides of its equation; drop it from the regressors")]
    DependentAmongRegressors {
        /// The dependent variable.
        dependent: String,
    },
    /// A Granger test of a variable on itself.
    #[error("a Granger test of `{variable}` on itself says nothing; name two variables")]
    SameVariable {
        /// The variable.
        variable: String,
    },
    /// A lag order of zero.
    #[error("a Granger test needs at least one lag{}", of_entity(entity.as_deref()))]
    NoLags {
        /// The entity whose order it is, where orders differ.
        entity: Option<String>,
    },
    /// Orders given per entity leave one out.
    #[error("no lag order for entity `{entity}`; give every entity one, or a common order")]
    NoOrderForEntity {
        /// The entity.
        entity: String,
    },
    /// A coefficient that the fit hasn't got.
    #[error("no coefficient `{name}`; the fit has {}", available.join(", "))]
    NoCoefficient {
        /// The name asked for.
        name: String,
        /// The names that there are.
        available: Vec<String>,
    },
    /// A linear hypothesis that makes no sense.
    #[error("the hypothesis `{text}`: {problem}")]
    Hypothesis {
        /// The hypothesis as it was written.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A confidence level that isn't a probability.
    #[error("a confidence level of {level}; it is between 0 and 1, such as 0.95")]
    Level {
        /// The level.
        level: f64,
    },
    /// A request for a test that makes no sense.
    #[error("the test `{test}`: {problem}")]
    Test {
        /// The test.
        test: String,
        /// What is wrong with the request.
        problem: String,
    },
}

fn of_entity(entity: Option<&str>) -> String {
    entity.map(|entity| format!(" (entity `{entity}`)")).unwrap_or_default()
}
