//! What can go wrong between the pipeline and the crates that do the work.

use vintner_estimation::EstimationError;
use vintner_ingest::IngestError;
use vintner_panel::{Frequency, PanelError, Period, Shape};
use vintner_pipeline::PipelineError;
use vintner_reporting::ReportingError;
use vintner_transform::TransformError;

/// A column that no input has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoColumn {
    /// The derived column whose expression names it, if one does.
    pub definition: Option<String>,
    /// The column.
    pub column: String,
    /// The nearest that there is.
    pub suggestion: Option<String>,
    /// All that there are.
    pub available: Vec<String>,
}

impl NoColumn {
    /// What is wrong.
    pub(crate) fn message(&self) -> String {
        match &self.definition {
            Some(name) => format!("definition `{name}`: there is no column `{}`", self.column),
            None => format!("there is no column `{}`", self.column),
        }
    }

    /// What there is.
    pub(crate) fn hint(&self) -> String {
        const LISTED: usize = 40;
        let near = self.suggestion.iter().map(|name| format!("did you mean `{name}`? ")).collect::<String>();
        let listed: Vec<&str> = self.available.iter().take(LISTED).map(String::as_str).collect();
        let more = match self.available.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{near}there are: {}{more}", listed.join(", "))
    }
}

impl std::fmt::Display for NoColumn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}; {}", self.message(), self.hint())
    }
}

/// A fault of a stage or of a vintage.
#[derive(Debug, thiserror::Error)]
pub enum StagesError {
    /// Reading sources.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The panel.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// Transforming.
    #[error(transparent)]
    Transform(#[from] TransformError),
    /// Estimating.
    #[error(transparent)]
    Estimation(#[from] EstimationError),
    /// Reporting.
    #[error(transparent)]
    Reporting(#[from] ReportingError),
    /// Inputs and the store.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// A part of a panel that another stage made than the one which is needed.
    #[error("`{role}`: {part} is {found}, and {expected} is needed")]
    OtherPart {
        /// The role.
        role: String,
        /// The part.
        part: String,
        /// What it is.
        found: &'static str,
        /// What was to be there.
        expected: &'static str,
    },
    /// A part of other rows than those that the stage is about.
    #[error(
        "{part} is of {found} and not of those where {expected}; write `where` in the stages that gather the parts, in \
         both rounds"
    )]
    OtherRows {
        /// The part.
        part: String,
        /// Its rows.
        found: String,
        /// The condition of the stage.
        expected: String,
    },
    /// What parts are told, of another operation's parts.
    #[error(
        "`told` is of another operation's parts; `between_parts` makes it of the first round of `{expected}`"
    )]
    OtherTold {
        /// The operation.
        expected: &'static str,
    },
    /// A crosswalk that a stage was given has faults.
    #[error("{0}")]
    Crosswalk(vintner_diagnostics::Faults),
    /// A file of claims that a stage was given has faults.
    #[error("{0}")]
    Claims(vintner_diagnostics::Faults),
    /// A file of labels that a stage was given has faults.
    #[error("{0}")]
    Labels(vintner_diagnostics::Faults),
    /// A value can't be written as JSON.
    #[error("writing a result as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Polars refused.
    #[error("a frame of the stage: {0}")]
    Frame(#[from] polars::error::PolarsError),
    /// A column whose values no field of a CSV file holds.
    #[error(
        "column `{column}` of the frame holds {holds}, which no field of a CSV file holds; name the other columns as \
         `columns`, or let the command that makes it write text or numbers"
    )]
    NotInCsv {
        /// The column.
        column: String,
        /// What it holds, in words.
        holds: String,
    },
    /// A frame that can't be written as CSV.
    #[error("writing a frame as CSV: {message}")]
    CsvNotWritten {
        /// What the writer said.
        message: String,
    },
    /// A text names numbers that aren't there.
    #[error("{}", faults.join("\n"))]
    NotWoven {
        /// Each with its file and line.
        faults: Vec<String>,
    },
    /// Files that have nothing to be held beside.
    #[error("{}", faults.join("\n"))]
    NotCompared {
        /// Each with what to name.
        faults: Vec<String>,
    },
    /// A figure that can't be drawn as it is asked for.
    #[error("the figure can't be drawn: {message}")]
    Plot {
        /// What doesn't fit.
        message: String,
    },
    /// Columns that no input has.
    #[error("{}", missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    NoColumns {
        /// Each of them.
        missing: Vec<NoColumn>,
    },
    /// What the parameters name and the data haven't got, or have otherwise than is needed.
    #[error("{0}")]
    Parameters(vintner_diagnostics::Faults),
    /// A table that `estimates` hasn't.
    #[error(
        "`under` names a table `{table}`, which `estimates` hasn't{}; there are: {}",
        suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default(),
        available.join(", ")
    )]
    NoOtherErrors {
        /// The table.
        table: String,
        /// The nearest that there is.
        suggestion: Option<String>,
        /// All that there are.
        available: Vec<String>,
    },
    /// Two inputs bring the same column.
    #[error("the inputs `{first}` and `{second}` both have a column `{column}`; leave it out of one of them")]
    ColumnTwice {
        /// The column.
        column: String,
        /// One input.
        first: String,
        /// The other.
        second: String,
    },
    /// A further series has an entity and time that the panel doesn't have.
    #[error("the input `{role}` has a row for {}, which the panel hasn't", row(entity, *time))]
    OutsidePanel {
        /// The input.
        role: String,
        /// The entity.
        entity: String,
        /// The time; none in a cross-section.
        time: Option<Period>,
    },
    /// A further series whose keys aren't those of the panel.
    #[error(
        "the input `{role}` has {} and the panel {}; series are matched by the same keys",
        keys(*found),
        keys(*expected)
    )]
    OtherKeys {
        /// The input.
        role: String,
        /// Its keys.
        found: (Shape, Frequency),
        /// The panel's.
        expected: (Shape, Frequency),
    },
    /// A condition that no row meets.
    #[error("`where: {condition}` holds for none of {rows} rows; nothing is left to estimate on")]
    NoRowChosen {
        /// The condition.
        condition: String,
        /// How many rows there are.
        rows: usize,
    },
    /// Rows without entity or time where a panel is needed.
    #[error("the input `{role}` has no column `{key}`: {}, and this operation needs a panel", shape.lack())]
    NotAPanel {
        /// The input.
        role: String,
        /// The key that it lacks.
        key: String,
        /// What its rows are.
        shape: Shape,
    },
    /// What stands under a role are no results of models.
    #[error("{source_name}: {message}")]
    NoResults {
        /// The input.
        source_name: String,
        /// What is wrong with it.
        message: String,
    },
    /// A table asks for a model that its input hasn't got.
    #[error(
        "the input `{role}` has no model{}{}; {}",
        if model.is_empty() { String::new() } else { format!(" `{model}`") },
        suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default(),
        if available.is_empty() { "it has none".to_owned() } else { format!("there are: {}", available.join(", ")) }
    )]
    NoModelIn {
        /// The input.
        role: String,
        /// The model; empty where any would do.
        model: String,
        /// The nearest that there is.
        suggestion: Option<String>,
        /// All that there are.
        available: Vec<String>,
    },
    /// A figure of a coefficient that no specification has.
    #[error(
        "no specification has the coefficient `{asked}`{}; there are: {}",
        suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default(),
        available.join(", ")
    )]
    NoFinding {
        /// Equation and regressor.
        asked: String,
        /// The nearest that there is.
        suggestion: Option<String>,
        /// All that there are.
        available: Vec<String>,
    },
    /// A figure of a table that there isn't.
    #[error(
        "there is no table `{table}`{}; there are: {}",
        suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default(),
        available.join(", ")
    )]
    NoTable {
        /// What was asked for.
        table: String,
        /// The nearest that there is.
        suggestion: Option<String>,
        /// All that there are.
        available: Vec<String>,
    },
    /// A vintage of which something isn't made yet, or is stale.
    #[error("{vintage} isn't made: {branch} would run\n  `vintner reproduce --vintage {vintage}` makes it")]
    NotMade {
        /// The vintage.
        vintage: String,
        /// The first branch that would run.
        branch: String,
    },
    /// A number that the report hasn't got.
    #[error("no number `{address}`\n      = {hint}")]
    NoNumber {
        /// What was asked for.
        address: String,
        /// What to do.
        hint: String,
    },
    /// Two numbers go by what was asked for.
    #[error(
        "two numbers are called `{address}`: one of the estimates, and one of the table of models that the stage \
         `{stage}` makes\n      = call the stage, or the estimates' table, otherwise"
    )]
    TwoNumbers {
        /// What was asked for.
        address: String,
        /// The stage of the table of models.
        stage: String,
    },
    /// A table of models goes by the name under which another is read.
    #[error(
        "two numbers are called `{address}`: one of the table that `{stage}` makes, and `{called}`, whose table is an input `{stage}` of \
         another stage\n      = call that input otherwise"
    )]
    TwoTables {
        /// What was asked for.
        address: String,
        /// The other, by its own table's name.
        called: String,
        /// The stage, and the input.
        stage: String,
    },
    /// A cell from which nothing was read.
    #[error("nothing was read from `{cell}`\n      = {hint}")]
    NoCell {
        /// What was asked for.
        cell: String,
        /// What to do.
        hint: String,
    },
    /// The column that splits a sample has no value in any row that is chosen.
    #[error("`by: {column}`: no row that is chosen has a `{column}`")]
    NoParts {
        /// The column.
        column: String,
    },
    /// The column that splits a sample has far more values than there are groups in any table.
    #[error("`by: {column}` splits the sample into {parts} parts; up to 1000 are estimated")]
    TooManyParts {
        /// The column.
        column: String,
        /// How many values it has.
        parts: usize,
    },
    /// A table's fits are several models, of which it doesn't name one that there is.
    #[error("table {table}: {} `{role}` has several: {}", match model { Some(model) => format!("no model `{model}`;"), None => "say which with `model`:".into() }, available.join("; "))]
    NoModel {
        /// The table.
        table: String,
        /// The role of its fits.
        role: String,
        /// The model that it names.
        model: Option<String>,
        /// The models that there are.
        available: Vec<String>,
    },
    /// A table names fits that the stage wasn't given.
    #[error("table {table} takes its fits from the input `{role}`, which isn't given; there are: {}", available.join(", "))]
    NoFits {
        /// The table.
        table: String,
        /// The role that it names.
        role: String,
        /// The roles that were given.
        available: Vec<String>,
    },
}

impl StagesError {
    /// The faults of a file, each with its place.
    pub fn faults(&self) -> Option<&vintner_diagnostics::Faults> {
        match self {
            StagesError::Ingest(IngestError::Manifest(faults) | IngestError::Crosswalk(faults))
            | StagesError::Crosswalk(faults)
            | StagesError::Claims(faults)
            | StagesError::Labels(faults)
            | StagesError::Parameters(faults)
            | StagesError::Reporting(ReportingError::Labels(faults)) => Some(faults),
            StagesError::Pipeline(error) => error.faults(),
            _ => None,
        }
    }

    /// Whether the mistake is in how the program was called or configured, rather than in the run.
    pub fn is_usage(&self) -> bool {
        match self {
            StagesError::Ingest(error) => {
                matches!(error, IngestError::Manifest(_) | IngestError::UnknownVintage { .. })
            }
            StagesError::Pipeline(error) => error.is_usage(),
            StagesError::Crosswalk(_) | StagesError::Claims(_) | StagesError::Labels(_) => true,
            StagesError::NoNumber { .. }
            | StagesError::TwoNumbers { .. }
            | StagesError::TwoTables { .. }
            | StagesError::NoCell { .. } => true,
            _ => false,
        }
    }
}

/// "a in 2008", "2008" or "row 12": what of the keys there is.
fn row(entity: &str, time: Option<Period>) -> String {
    match (entity, time) {
        ("", Some(time)) => time.to_string(),
        (entity, Some(time)) => format!("{entity} in {time}"),
        (entity, None) => entity.to_owned(),
    }
}

/// "entities by quarter", "quarters", "a cross-section".
fn keys((shape, frequency): (Shape, Frequency)) -> String {
    match shape {
        Shape::Panel => format!("entities by {}", frequency.word()),
        Shape::Series => format!("{} alone", frequency.plural()),
        Shape::CrossSection => "no times".into(),
        Shape::RepeatedCrossSections => format!("several rows a {}", frequency.word()),
    }
}
