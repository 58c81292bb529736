//! What can be wrong with a transformation.

use vintner_panel::{CellAddress, Frequency, PanelError, Period};

use crate::expression_problem::{ExpressionError, Position};
use crate::suggestion::hint;

/// The result of a transformation.
pub type Result<T> = std::result::Result<T, TransformError>;

/// A fault in what a transformation was asked to do, or in the frames it was given.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    /// The panel refused.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// Polars refused.
    #[error("a frame of the transformation: {0}")]
    Frame(#[from] polars::error::PolarsError),
    /// A variable that no source has.
    #[error("no source has the variable `{variable}`{}", hint(suggestion.as_deref(), available))]
    UnknownVariable {
        /// The variable asked for.
        variable: String,
        /// The variables that the sources have.
        available: Vec<String>,
        /// The nearest of them.
        suggestion: Option<String>,
    },
    /// An aggregate of a variable that isn't among the panel's.
    #[error(
        "`aggregate` names `{variable}`, which isn't among the panel's variables{}",
        hint(suggestion.as_deref(), available)
    )]
    AggregateNotAsked {
        /// The variable.
        variable: String,
        /// The panel's variables.
        available: Vec<String>,
        /// The nearest of them.
        suggestion: Option<String>,
    },
    /// A variable by category was to be a column.
    #[error(
        "`{variable}` comes by category ({}), so an entity has several values of it a year; \
         add it up (`aggregate: {{{variable}: sum}}`), make an exposure of it, or follow each category over time as an entity of its own (`entity_with` in place of `category` in vintage.yaml)",
        several(categories)
    )]
    ByCategory {
        /// The variable.
        variable: String,
        /// Its categories.
        categories: Vec<String>,
    },
    /// A variable has rows with a key and rows without it.
    #[error(
        "`{variable}` has rows with {key} ({with}) and rows without ({without}); \
         give the two different names in the manifest"
    )]
    MixedKeys {
        /// The variable.
        variable: String,
        /// The key: "an entity", "a category".
        key: &'static str,
        /// A row that has it.
        with: Box<CellAddress>,
        /// A row that hasn't.
        without: Box<CellAddress>,
    },
    /// Two cells give the same value.
    #[error(
        "two values of `{variable}` for {key}: {first} and {second}; {}",
        cure_of_two(variable, between.as_deref())
    )]
    DuplicateValue {
        /// The variable.
        variable: String,
        /// Entity, category and time, as far as there are any.
        key: String,
        /// The first cell.
        first: Box<CellAddress>,
        /// The second cell.
        second: Box<CellAddress>,
        /// A variable of text in which their rows differ, and its texts.
        between: Option<Box<[String; 3]>>,
    },
    /// A variable that isn't of one type.
    #[error(
        "`{variable}` is {first} in {} and {second} in {}; give both one `type` in the manifest",
        places.0, places.1
    )]
    MixedTypes {
        /// The variable.
        variable: String,
        /// Its type in one source.
        first: &'static str,
        /// Its type in another.
        second: &'static str,
        /// A cell in each.
        places: Box<(CellAddress, CellAddress)>,
    },
    /// The files of a source haven't all the years that its manifest promises.
    #[error(
        "`covers` of source `{source_name}` promises {} to {}, and no row of its {parts} files or sheets is of {absent}; there are {there}; \
         list the file that has it, or write `gap_years: [{gap_years}]` if none has",
        covers[0], covers[1]
    )]
    PromisedYears {
        /// The source.
        source_name: String,
        /// The first and the last year that are promised.
        covers: [i32; 2],
        /// How many files or sheets it has.
        parts: usize,
        /// The years that aren't there, in words.
        absent: String,
        /// The years that are there, in words.
        there: String,
        /// The years that aren't there, as a manifest writes them.
        gap_years: String,
    },
    /// Text was to be added up.
    #[error("`{variable}` is text and can't be added up; leave it out of `aggregate`")]
    TextAggregated {
        /// The variable.
        variable: String,
    },
    /// Sources whose times are of different lengths.
    #[error(
        "the times of source `{longer_source}` are of one {longer} each and those of `{shorter_source}` of one {shorter}; {}",
        cure(*longer, *shorter, variables)
    )]
    MixedFrequencies {
        /// How long those of one source are.
        longer: Frequency,
        /// The source.
        longer_source: String,
        /// How long those of another are.
        shorter: Frequency,
        /// The other source.
        shorter_source: String,
        /// The variables of the first of which nothing is declared; none where the shorter don't divide the longer.
        variables: Vec<String>,
    },
    /// A variable was to be repeated that has a value for each period.
    #[error(
        "`repeat` names `{variable}`, and the times of its source `{source_name}` are of one {frequency} each, as the \
         panel's are; leave it out"
    )]
    NothingToRepeat {
        /// The variable.
        variable: String,
        /// The source.
        source_name: String,
        /// How long the periods are.
        frequency: Frequency,
    },
    /// A variable was to be repeated that isn't assembled.
    #[error(
        "`repeat` names `{variable}`, which isn't among the panel's variables{}",
        hint(suggestion.as_deref(), available)
    )]
    RepeatNotAsked {
        /// The variable.
        variable: String,
        /// The variables that are assembled.
        available: Vec<String>,
        /// The nearest of them.
        suggestion: Option<String>,
    },
    /// Some sources have times and others none.
    #[error(
        "source `{with}` has times and `{without}` has none; assemble them apart, or say with `year` in the manifest of \
         which year it is"
    )]
    MixedTimes {
        /// A source that has times.
        with: String,
        /// A source that has none.
        without: String,
    },
    /// An entity or variable is listed twice, or under the name of a key column.
    #[error("the {what} `{name}` is listed more than once; list it once")]
    Repeated {
        /// "entity", "column".
        what: &'static str,
        /// Which.
        name: String,
    },
    /// No entities were asked for.
    #[error("no entities are listed; a panel needs at least one")]
    NoEntities,
    /// A window without a period.
    #[error("the window {first} to {last} is empty; its first year must not be after its last")]
    EmptyWindow {
        /// The first period.
        first: String,
        /// The last.
        last: String,
    },
    /// A window of other periods than the data's.
    #[error(
        "the window {first} to {last} isn't one of {}, which the data have; write its ends as years or as {0}",
        frequency.plural()
    )]
    WindowFrequency {
        /// The first period.
        first: String,
        /// The last.
        last: String,
        /// How long those of the data are.
        frequency: Frequency,
    },
    /// A grid that can't be meant.
    #[error("{entities} entities over {years} years are more than {limit} rows; is the window right?")]
    GridTooLarge {
        /// Entities asked for.
        entities: usize,
        /// Years asked for.
        years: i64,
        /// The most rows that are built.
        limit: usize,
    },
    /// A new column would replace one that is there.
    #[error("the panel already has a column `{column}`; give the new one another name")]
    ColumnExists {
        /// The column.
        column: String,
    },
    /// A shift that isn't common to all entities.
    #[error(
        "the shift `{variable}` has an entity in {address}; a shift is national: one series, by category or not"
    )]
    ShiftHasEntity {
        /// The variable.
        variable: String,
        /// A row that has an entity.
        address: Box<CellAddress>,
    },
    /// A share without an entity.
    #[error("the share `{variable}` has no entity in {address}; shares are the entities' parts of a whole")]
    ShareHasNoEntity {
        /// The variable.
        variable: String,
        /// A row without an entity.
        address: Box<CellAddress>,
    },
    /// A share below zero.
    #[error("the share `{variable}` is {value} in {address}; a weight must not be negative")]
    NegativeShare {
        /// The variable.
        variable: String,
        /// Its value.
        value: f64,
        /// Where.
        address: Box<CellAddress>,
    },
    /// Nothing was observed in the base year.
    #[error("the share `{variable}` has no rows in its base year {base}; it has rows in {}", several(times))]
    NoBaseYear {
        /// The variable.
        variable: String,
        /// The base year.
        base: i32,
        /// The years that there are.
        times: Vec<String>,
    },
    /// A base year in which no entity has a row.
    #[error(
        "`{series}` can't be put on the base {base}: the panel has the {} {first} to {last}",
        base.frequency().plural()
    )]
    BaseYearOutside {
        /// The series.
        series: String,
        /// The base year, or period.
        base: Period,
        /// The panel's first.
        first: String,
        /// The panel's last.
        last: String,
    },
    /// A base of another length than the panel's times.
    #[error(
        "`{series}` can't be put on the base {base}, which is a {}: the panel has {}; name one of these as `base`",
        base.frequency(), frequency.plural()
    )]
    BaseOfOtherLength {
        /// The series.
        series: String,
        /// The base.
        base: Period,
        /// How long the panel's times are.
        frequency: Frequency,
    },
    /// Shares and shifts whose times aren't years.
    #[error(
        "`{variable}` has {}, and an exposure is of years; `derive` can make one of a panel: shift * share, the share by a \
         window over the base",
        frequency.plural()
    )]
    ExposureOfPeriods {
        /// The variable.
        variable: String,
        /// How long its times are.
        frequency: Frequency,
    },
    /// One of shift and share comes by category and the other doesn't.
    #[error("`{with}` comes by category and `{without}` doesn't; both must, or neither")]
    CategoriesOnOneSide {
        /// The variable with categories.
        with: String,
        /// The variable without.
        without: String,
    },
    /// Shift and share have different categories.
    #[error(
        "shift and share have different categories{}{}; make them agree in the manifest, or list those \
         that are to be left out under `exclude`",
        only("the shift", shift_only),
        only("the share", share_only)
    )]
    CategoriesDiffer {
        /// Categories of the shift alone.
        shift_only: Vec<String>,
        /// Categories of the share alone.
        share_only: Vec<String>,
    },
    /// A category to be left out that isn't there.
    #[error(
        "the category `{category}` under `exclude` is in neither shift nor share{}",
        hint(suggestion.as_deref(), available)
    )]
    UnknownCategory {
        /// The category.
        category: String,
        /// The categories that there are.
        available: Vec<String>,
        /// The nearest of them.
        suggestion: Option<String>,
    },
    /// An expression can't be read or evaluated.
    #[error(transparent)]
    Expression(#[from] Box<ExpressionError>),
    /// A definition has a name that is taken.
    #[error("the definition `{definition}` has the name of {taken_by}; give it another name")]
    Redefinition {
        /// The definition.
        definition: String,
        /// "a column of the panel", "another definition".
        taken_by: &'static str,
    },
    /// A parameter has the name of a column, so that a plain name could mean either.
    #[error("the parameter `{parameter}` has the name of a column; give it another name")]
    ParameterClash {
        /// The parameter.
        parameter: String,
    },
    /// A parameter that isn't a finite number.
    #[error("the parameter `{parameter}` is {value}; a parameter must be a finite number")]
    ParameterNotFinite {
        /// The parameter.
        parameter: String,
        /// Its value.
        value: f64,
    },
    /// Definitions that wait for one another.
    #[error("the definitions go in a circle: {}; one of them must not read the next", path.join(" -> "))]
    Cycle {
        /// The definitions along the circle, the first once more at the end.
        path: Vec<String>,
    },
    /// More than one fault.
    #[error("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several {
        /// The faults, in the order of the definitions.
        faults: Vec<TransformError>,
    },
}

impl TransformError {
    /// Nothing for no faults, one fault as itself, more of them together.
    pub(crate) fn all(mut faults: Vec<Self>) -> Result<()> {
        match faults.pop() {
            None => Ok(()),
            Some(only) if faults.is_empty() => Err(only),
            Some(last) => {
                faults.push(last);
                Err(Self::Several { faults })
            }
        }
    }

    /// The faults one by one, so that each can be shown at its own place.
    pub fn each(self) -> Vec<Self> {
        match self {
            Self::Several { faults } => faults.into_iter().flat_map(Self::each).collect(),
            one => vec![one],
        }
    }

    /// The definition that the fault lies in, where it lies in one.
    pub fn definition(&self) -> Option<&str> {
        match self {
            Self::Expression(error) => error.definition.as_deref(),
            Self::Redefinition { definition, .. } => Some(definition),
            Self::Cycle { path } => path.first().map(String::as_str),
            _ => None,
        }
    }

    /// Where in the definition's expression the fault lies.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Expression(error) => Some(error.position),
            _ => None,
        }
    }
}

/// The first few of a list.
/// What to do where two cells give one value.
fn cure_of_two(variable: &str, between: Option<&[String; 3]>) -> String {
    match between {
        Some([text, first, second]) => format!(
            "they differ in `{text}` ({first:?} and {second:?}): to add them up, name the column of `{text}` as `category` of the sources              in the manifest, in place of a variable, and write `aggregate: {{{variable}: sum}}` under this stage's `params`; otherwise              leave one of them out in the manifest"
        ),
        None => "leave one of them out in the manifest".into(),
    }
}

fn several(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

fn only(side: &str, categories: &[String]) -> String {
    if categories.is_empty() { String::new() } else { format!("; only {side} has {}", categories.join(", ")) }
}

/// What is to be written where sources are of different frequencies.
fn cure(longer: Frequency, shorter: Frequency, variables: &[String]) -> String {
    match variables {
        [] => format!("a {longer} isn't made of whole {}: assemble them apart", shorter.plural()),
        variables => format!(
            "write `repeat: [{}]` if each {shorter} has the value of the {longer} in which it lies, or assemble them apart",
            variables.join(", ")
        ),
    }
}
