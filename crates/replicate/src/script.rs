//! What a script says, before it is written in a language: calls of helpers with named arguments.

use vintner_transform::Node;

use crate::column_term::ColumnTerm;

/// Something that an argument can be.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A text.
    Text(String),
    /// A number, as short as it reads back.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// Nothing.
    Nothing,
    /// A name of the script.
    Name(String),
    /// Values of one kind: R's `c()`.
    Many(Vec<Value>),
    /// Values of any kinds: R's `list()`.
    List(Vec<Value>),
    /// Values by name.
    Named(Vec<(String, Value)>),
    /// What a helper makes of arguments.
    Call(Box<Call>),
    /// A function of a fit: a helper with some arguments given.
    OfFit(Box<Call>),
    /// An expression of a frame's columns.
    Expression(Node),
    /// A term of an equation, row by row.
    Term(ColumnTerm),
    /// A path below the folder of the data.
    DataFile(String),
    /// A path below the folder of all scripts.
    OwnFile(String),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn name(name: impl Into<String>) -> Self {
        Self::Name(name.into())
    }

    /// Texts, as one vector.
    pub(crate) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Many(texts.into_iter().map(|text| Self::text(text.as_ref())).collect())
    }
}

/// A call of a helper.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) function: &'static str,
    /// Each with its name, or none where its place says what it is.
    pub(crate) arguments: Vec<(Option<&'static str>, Value)>,
}

impl Call {
    pub(crate) fn new(function: &'static str) -> Self {
        Self { function, arguments: Vec::new() }
    }

    /// With a further argument, by its place.
    pub(crate) fn with(mut self, value: Value) -> Self {
        self.arguments.push((None, value));
        self
    }

    /// With a further argument, by its name.
    pub(crate) fn named(mut self, name: &'static str, value: Value) -> Self {
        self.arguments.push((Some(name), value));
        self
    }

    /// With a further argument where there is one.
    pub(crate) fn maybe(self, name: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.named(name, value),
            None => self,
        }
    }

    pub(crate) fn value(self) -> Value {
        Value::Call(Box::new(self))
    }
}

/// A line, or several, of a script.
#[derive(Debug, Clone)]
pub(crate) enum Statement {
    /// A line for readers.
    Comment(String),
    /// An empty line.
    Blank,
    /// A name for what a call makes.
    Let(String, Value),
    /// A value under a key of a list of the script.
    Put { list: &'static str, key: String, value: Value },
    /// A call for what it does.
    Do(Call),
}

/// A language that scripts are written in.
pub(crate) trait Language {
    /// A statement, ended by a line break.
    fn statement(&self, statement: &Statement) -> String;
}

/// All statements.
pub(crate) fn written(statements: &[Statement], language: &dyn Language) -> String {
    statements.iter().map(|statement| language.statement(statement)).collect()
}

/// A text on as many lines as it needs, broken after commas that stand in no text and no bracket but the outermost.
pub(crate) fn broken(line: &str, indent: &str) -> String {
    const WIDTH: usize = 118;
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let (mut lines, mut current, mut depth, mut quoted, mut escaped) =
        (Vec::new(), String::new(), 0_i32, false, false);
    for character in line.chars() {
        current.push(character);
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ' ' if !quoted && current.ends_with(", ") && depth <= 2 && current.chars().count() > 72 => {
                lines.push(std::mem::take(&mut current));
            }
            _ => {}
        }
    }
    lines.push(current);
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join(&format!("\n{indent}"))
}

/// A name that both languages take, made of any text; `taken` are those of helpers.
pub(crate) fn identifier(text: &str) -> String {
    let mut name: String =
        text.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '_' }).collect();
    name = name.trim_matches('_').to_owned();
    if name.is_empty() || name.starts_with(|one: char| one.is_ascii_digit()) {
        name.insert_str(0, "stage_");
    }
    if TAKEN.contains(&name.as_str()) { format!("{name}_made") } else { name }
}

/// Names that helpers have, or that mean something in one of the languages.
const TAKEN: [&str; 66] = [
    "and",
    "as",
    "assemble",
    "assert",
    "break",
    "c",
    "chosen",
    "class",
    "coalesce",
    "column",
    "compare",
    "continue",
    "crosswalk",
    "data",
    "def",
    "define",
    "deflate",
    "del",
    "demean",
    "describe",
    "elif",
    "else",
    "equation",
    "estimated",
    "except",
    "exposure",
    "finally",
    "fit",
    "fold",
    "for",
    "from",
    "function",
    "global",
    "granger",
    "greatest",
    "if",
    "import",
    "in",
    "is",
    "join",
    "label",
    "lambda",
    "least",
    "list",
    "ln",
    "next",
    "nonlocal",
    "nonzero",
    "not",
    "np",
    "nullif",
    "or",
    "over",
    "pass",
    "pd",
    "power",
    "print",
    "raise",
    "repeat",
    "report",
    "return",
    "root",
    "sources",
    "try",
    "while",
    "with",
];

/// A number as both languages read it.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value:?}") }
}

/// A text in double quotes, as both languages read it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
