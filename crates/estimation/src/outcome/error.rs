//! Faults in what was asked for, as opposed to what the data can't answer (see [`Reason`](crate::Reason)).

use std::collections::HashMap;

use vintner_panel::{PanelError, Period, Shape};

use super::reason::Reason;

/// The result of setting up an estimation.
pub type Result<T> = std::result::Result<T, EstimationError>;

/// A fault in a formula or a test's specification, or in the panel's columns that it names.
#[derive(Debug, thiserror::Error)]
pub enum EstimationError {
    /// A column that the formula names is absent or isn't numeric.
    #[error("{0}")]
    Panel(#[from] PanelError),
    /// What can't be estimated from parts of a panel.
    #[error("{reason}; read the panel whole (`regress`)")]
    NotByParts {
        /// What, in a reason's words.
        reason: Reason,
    },
    /// A panel of no part.
    #[error("there is no part of the panel; a stage with `foreach` makes them")]
    NoParts,
    /// More times with effects than a part's triangle has columns for.
    #[error("more than {most} times have effects; read the panel whole (`regress`)")]
    TooManyTimes {
        /// How many may have.
        most: usize,
    },
    /// Parts that aren't of whole entities.
    #[error(
        "{entity} has rows in {one} and in {other}: parts are of whole entities; cut the panel by entities, not by times"
    )]
    EntityInTwoParts {
        /// The entity.
        entity: String,
        /// A part that has rows of it.
        one: String,
        /// Another one.
        other: String,
    },
    /// A variable that is of numbers in one part of a panel and of text in another.
    #[error("`{variable}` is {one} and {other}; a variable has one type in all parts")]
    MixedParts {
        /// The variable.
        variable: String,
        /// What it is in a part.
        one: String,
        /// What it is in another.
        other: String,
    },
    /// Sums of another equation, or of other variables.
    #[error(
        "{part} is of `{found}` and not of `{expected}`; give all stages of an equation the same parameters"
    )]
    PartOfAnother {
        /// The part.
        part: String,
        /// Its equation.
        found: String,
        /// The one that is estimated.
        expected: String,
    },
    /// Coefficients of another equation, told to a part for the second round.
    #[error(
        "what is told is of `{found}` and not of `{expected}`; give all stages of an equation the same parameters"
    )]
    ToldOfAnother {
        /// The equation that they are of.
        found: String,
        /// The one that is estimated.
        expected: String,
    },
    /// A second round over parts that was told something else than what the first comes to.
    #[error(
        "the second round was made from other sums than those beside it; hand both rounds of the same parts on"
    )]
    OtherRound,
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
    /// A factor that isn't a regressor.
    #[error("`{factor}` is named as a factor but isn't a regressor of the equation")]
    FactorNotRegressor {
        /// The factor.
        factor: String,
    },
    /// A category that a factor hasn't got where the equation's variables are there.
    #[error("the factor `{factor}` has no category `{category}`; it has {}", available.join(", "))]
    NoSuchCategory {
        /// The factor.
        factor: String,
        /// The category.
        category: String,
        /// Those that there are.
        available: Vec<String>,
    },
    /// A factor that is said to be endogenous.
    #[error(
        "`{factor}` stands for categories, so it can't be endogenous; make a column of ones and zeros for each by `derive`"
    )]
    EndogenousFactor {
        /// The factor.
        factor: String,
    },
    /// A factor that is the same in all rows.
    #[error(
        "the factor `{factor}` is `{category}` in all rows, there is nothing to compare it with; drop it from the regressors"
    )]
    OneCategory {
        /// The factor.
        factor: String,
        /// Its one category.
        category: String,
    },
    /// A category whose column would have the name of another.
    #[error(
        "the category `{category}` of `{factor}` is called `{column}` in the equation, and there is another column of that name; give one of the two another name by `derive`"
    )]
    NameTaken {
        /// The factor.
        factor: String,
        /// The category.
        category: String,
        /// The name of both.
        column: String,
    },
    /// A term that would be called as a column of other values is.
    #[error(
        "a term of the equation is called `{column}`, and there is another column of that name; give the column another name by `derive`"
    )]
    TermTaken {
        /// The name of both.
        column: String,
    },
    /// A lag, a lead or a difference of rows of which none comes before another.
    #[error("`{term}` needs an entity's earlier or later rows, and {}; declare `entity` and `time` of the source in vintage.yaml", shape.lack())]
    NoTime {
        /// The term.
        term: String,
        /// What the rows are.
        shape: Shape,
    },
    /// A part of an effect's name that is empty.
    #[error("{0}")]
    Effect(#[from] super::not_an_effect::NotAnEffect),
    /// A reference that isn't a value of its column.
    #[error("no row of `{column}` is `{reference}`, which `ref` names; its values are {}", values.join(", "))]
    NoReference {
        /// The column.
        column: String,
        /// The reference.
        reference: String,
        /// Values that there are.
        values: Vec<String>,
    },
    /// An effect named twice.
    #[error("the effect `{effect}` is named twice; name it once")]
    RepeatedEffect {
        /// The effect.
        effect: String,
    },
    /// A weight that is negative, infinite or no number.
    #[error("the weight `{column}` of {entity}{} is {value}; weights are finite and not negative", at(*time))]
    BadWeight {
        /// The column of weights.
        column: String,
        /// The row's entity.
        entity: String,
        /// The row's time, where rows have any.
        time: Option<Period>,
        /// The weight.
        value: f64,
    },
    /// A frequency that isn't a whole number.
    #[error(
        "the frequency weight `{column}` of {entity}{} is {value}; frequencies are whole numbers",
        at(*time)
    )]
    BrokenFrequency {
        /// The column of weights.
        column: String,
        /// The row's entity.
        entity: String,
        /// The row's time, where rows have any.
        time: Option<Period>,
        /// The weight.
        value: f64,
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
    /// A system without equations.
    #[error("a system needs at least one equation")]
    NoEquations,
    /// Two equations of one name.
    #[error("two equations are called `{name}`; give each a name of its own")]
    RepeatedEquation {
        /// The name.
        name: String,
    },
    /// A variable that is said to be endogenous and an instrument.
    #[error("`{name}` is endogenous, so it can't be an instrument")]
    EndogenousInstrument {
        /// The variable.
        name: String,
    },
    /// An endogenous variable that isn't a regressor.
    #[error("`{name}` is named as endogenous but isn't a regressor of the equation")]
    EndogenousNotRegressor {
        /// The variable.
        name: String,
    },
    /// An excluded instrument that stands in the equation.
    #[error("`{name}` stands in the equation, so it can't be an excluded instrument")]
    InstrumentInEquation {
        /// The variable.
        name: String,
    },
    /// A model that needs instruments and has none.
    #[error("the equation for `{dependent}` has no instruments; name at least one")]
    NoInstruments {
        /// The dependent variable.
        dependent: String,
    },
    /// An instrument named twice.
    #[error("the instrument `{instrument}` is named twice; name it once")]
    RepeatedInstrument {
        /// The instrument.
        instrument: String,
    },
    /// A window of lags that ends before it begins.
    #[error("the lags of the instrument `{variable}` run from {first} to {last}; write the shorter first")]
    EmptyLagWindow {
        /// The variable.
        variable: String,
        /// The shortest lag.
        first: usize,
        /// The longest.
        last: usize,
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
    #[error(
        "MacKinnon's tables, line {line}, column {column}: {message}; docs/methods/unit_roots.md has the script that writes them"
    )]
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

impl EstimationError {
    /// Parts are of whole entities: the first that is in two of them, each under its name.
    pub(crate) fn unless_apart<'a>(parts: impl Iterator<Item = (&'a str, &'a [String])>) -> Result<()> {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for (name, entities) in parts {
            for entity in entities {
                if let Some(before) = seen.insert(entity, name) {
                    let (entity, one, other) = (entity.clone(), before.to_owned(), name.to_owned());
                    return Err(Self::EntityInTwoParts { entity, one, other });
                }
            }
        }
        Ok(())
    }
}

fn at(time: Option<Period>) -> String {
    time.map(|time| format!(" at {time}")).unwrap_or_default()
}

fn of_entity(entity: Option<&str>) -> String {
    entity.map(|entity| format!(" (entity `{entity}`)")).unwrap_or_default()
}
