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
    /// A file of MacKinnon's (1996) tables that isn't one.
    #[error("MacKinnon's tables, line {line}, column {column}: {message}; docs/methods/unit_roots.md has the script that writes them")]
    MackinnonTables {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A test that isn't defined with one of the options asked for.
    #[error("{test} isn't defined with {option}; {hint}")]
    UndefinedTest {
        /// The test.
        test: String,
        /// The option.
        option: String,
        /// What to ask for in its place.
        hint: String,
    },
}

fn of_entity(entity: Option<&str>) -> String {
    entity.map(|entity| format!(" (entity `{entity}`)")).unwrap_or_default()
}
