//! What can go wrong between the estimates and the report.

/// The result of reading published tables, joining estimates or rendering.
pub type Result<T> = std::result::Result<T, ReportingError>;

/// A fault in the inputs of a report or in one of its templates.
#[derive(Debug, thiserror::Error)]
pub enum ReportingError {
    /// A file couldn't be read.
    #[error("{path}: {source}; check that the file exists and can be read")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A CSV file has other columns than it must have.
    #[error("{path}:1: the columns are `{found}`; they must be exactly `{expected}`")]
    Columns {
        /// The file.
        path: String,
        /// Its header.
        found: String,
        /// The header it must have.
        expected: String,
    },
    /// A CSV file can't be parsed (an open quote, a row of another length).
    #[error("{path}:{line}: {message}")]
    Syntax {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: u64,
        /// What the parser found.
        message: String,
    },
    /// A cell holds what its column can't.
    #[error("{path}:{line}: column `{column}` holds `{found}`; {expected}")]
    Cell {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What it holds.
        found: String,
        /// What it must hold, as a sentence.
        expected: &'static str,
    },
    /// Two rows of the published tables are about the same coefficient.
    #[error(
        "{path}:{line}: table {table}, {unit}, {regressor} was given on line {first_line} already; \
         delete one of the two rows"
    )]
    DuplicatePublished {
        /// The file.
        path: String,
        /// The line of the second row.
        line: u64,
        /// The line of the first row.
        first_line: u64,
        /// The table.
        table: String,
        /// The unit as printed.
        unit: String,
        /// The regressor.
        regressor: String,
    },
    /// Two estimates are about the same coefficient.
    #[error("table {table}, {unit}, {regressor} was estimated twice; each table takes one model")]
    DuplicateEstimate {
        /// The table.
        table: String,
        /// The unit's id.
        unit: String,
        /// The regressor.
        regressor: String,
    },
    /// An estimate is about a unit or a table that the report doesn't know.
    #[error("an estimate names the {kind} `{found}`, which the report doesn't have; it has {}", available.join(", "))]
    Unknown {
        /// "unit", "table", "regressor" or "variable".
        kind: &'static str,
        /// What was named.
        found: String,
        /// What there is.
        available: Vec<String>,
    },
    /// Two units or tables of the report share a name, so that rows couldn't be told apart.
    #[error("the report has two {kind}s named `{name}`; give each its own name")]
    DuplicateName {
        /// "unit" or "table".
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A number is infinite or not a number.
    #[error(
        "table {table}, {unit}, {regressor}: {field} is {value}, which no report can print; \
         what can't be estimated must come with a reason instead"
    )]
    NotFinite {
        /// The table.
        table: String,
        /// The unit.
        unit: String,
        /// The regressor.
        regressor: String,
        /// The number's name.
        field: &'static str,
        /// The number.
        value: f64,
    },
    /// Synthetic data without a notice that says so.
    #[error(
        "the vintage `{vintage}` is synthetic and has no notice; \
         add `notice` to its manifest, so that no reader takes its numbers for evidence"
    )]
    NoNotice {
        /// The vintage.
        vintage: String,
    },
    /// A template's fault: syntax, an unknown filter, an undefined variable.
    #[error("{template}:{line}:{column}: {message}")]
    Template {
        /// The template's file name.
        template: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A template that was asked for isn't there.
    #[error("no template `{name}`; there are {}", available.join(", "))]
    NoTemplate {
        /// The name asked for.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// A template whose file name doesn't say its format.
    #[error("`{name}` doesn't say which format it is in; name it `….md.tera`, `….tex.tera` or `….html.tera`")]
    TemplateFormat {
        /// The file name.
        name: String,
    },
    /// A file of labels has faults.
    #[error("{0}")]
    Labels(vintner_diagnostics::Faults),
    /// A label that isn't there, or that takes what isn't given.
    #[error("{message}")]
    Label {
        /// Which, of which file.
        message: String,
    },
    /// A file of references has a fault.
    #[error("{file}:{line}: {message}")]
    Bibliography {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Results that a program wrote aren't in the form that results have.
    #[error("{place}: {message}")]
    Results {
        /// The source, and the row and column in it.
        place: String,
        /// What is wrong with it.
        message: String,
    },
    /// A table of models can't be laid out as it is asked for.
    #[error("{message}")]
    ModelTable {
        /// What doesn't fit.
        message: String,
    },
    /// A workbook couldn't be written.
    #[error("writing the workbook: {message}")]
    Workbook {
        /// What the writer said.
        message: String,
    },
    /// A language that the templates have no labels of.
    #[error(
        "there are no labels in the language `{language}`: the templates have no `{file}`; there {}",
        match available.as_slice() { [] => "are none at all".to_owned(), some => format!("are {}", some.join(", ")) }
    )]
    NoLanguage {
        /// The language.
        language: String,
        /// The file that it would need.
        file: String,
        /// The languages there are.
        available: Vec<String>,
    },
    /// The report's model couldn't be handed to the templates.
    #[error("the report's model: {0}")]
    Model(String),
    /// The panel refused.
    #[error(transparent)]
    Panel(#[from] vintner_panel::PanelError),
    /// Figures are given a word that they don't have.
    #[error("figures have no word `{key}`; they have: {}", available.join(", "))]
    UnknownWord {
        /// The word's name.
        key: String,
        /// All names.
        available: Vec<String>,
    },
    /// A word of figures has a placeholder that nothing fills in.
    #[error(
        "nothing is put into `{{{placeholder}}}` of the figures' word `{key}`; there are: {}",
        if available.is_empty() { "none".to_owned() } else { available.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ") }
    )]
    UnknownPlaceholder {
        /// The word's name.
        key: String,
        /// The placeholder.
        placeholder: String,
        /// Those that there are.
        available: Vec<String>,
    },
}
