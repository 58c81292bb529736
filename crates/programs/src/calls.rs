//! Calls of functions in R and Python that have to do with files and programs.

use crate::cursor::Argument;
use crate::functions::{self, Act, KEYS, draws, function};
use crate::language::Language;
use crate::scanner::Scanner;
use crate::shell;
use crate::value::Value;

/// A call.
pub(crate) struct Call<'c> {
    pub(crate) name: &'c str,
    /// The names before it, as in `os.path`.
    pub(crate) of: &'c str,
    /// What it is a method of.
    pub(crate) receiver: Value,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) line: usize,
    pub(crate) language: Language,
}

impl Call<'_> {
    fn positional(&self, position: usize) -> Option<&Value> {
        self.arguments.iter().filter(|one| one.name.is_none()).nth(position).map(|one| &one.value)
    }

    fn named(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|one| one.name.as_deref() == Some(name)).map(|one| &one.value)
    }

    fn by_key(&self) -> Option<&Value> {
        KEYS.iter().find_map(|key| self.named(key))
    }

    fn first(&self) -> Value {
        self.positional(0).or(self.by_key()).cloned().unwrap_or(Value::Unknown)
    }
}

/// Notes what a call does to files.
pub(crate) fn called(scanner: &mut Scanner<'_>, call: &Call<'_>) {
    if call.language == Language::R && draws(call.name) {
        scanner.draws();
    }
    if special(scanner, call) {
        return;
    }
    let Some(function) = function(call.name, call.language) else {
        // A function that isn't known, and says itself where its output goes.
        let out = OUT_KEYS
            .iter()
            .find_map(|key| call.named(key))
            .filter(|value| value.texts().iter().any(|text| is_output(text)));
        if let Some(value) = out.cloned() {
            scanner.writes(&value, call.line, call.name, &[]);
        }
        return;
    };
    let Some(value) = file_of(call, function) else { return };
    let value = value.clone();
    // `output = "latex"` is a form and no file.
    let forms = |text: &String| !text.contains(['.', '/']);
    if function.act == Act::Writes && !value.texts().is_empty() && value.texts().iter().all(forms) {
        return;
    }
    let without = function.often_without && call.by_key().is_none();
    if value == Value::Unknown && without {
        return;
    }
    match function.act {
        Act::Reads if without && !value.texts().iter().all(|text| text.contains('.')) => {}
        Act::Reads => scanner.reads(&value, call.line, call.name, &[]),
        Act::Writes => scanner.writes(&value, call.line, call.name, &[]),
    }
}

/// Names of arguments that name an output in whichever function.
const OUT_KEYS: [&str; 8] =
    ["out", "out_file", "outfile", "output", "output_file", "save_as", "save_path", "to_file"];

/// Whether a text is the path of a table, a figure or a document.
fn is_output(text: &str) -> bool {
    let endings =
        ["csv", "docx", "dta", "eps", "html", "md", "pdf", "png", "rds", "rtf", "svg", "tex", "txt", "xlsx"];
    crate::paths::ending(text).is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// The argument that names the file.
fn file_of<'c>(call: &'c Call<'_>, function: functions::Function) -> Option<&'c Value> {
    let piped = || {
        // What comes through a pipe isn't among the arguments, so that the file has a place less.
        let texts = |value: &&Value| !value.texts().is_empty();
        call.arguments.iter().filter(|one| one.name.is_none()).map(|one| &one.value).rfind(texts)
    };
    match (call.by_key(), function.position) {
        (Some(value), _) => Some(value),
        (None, Some(position)) => match call.positional(position) {
            // `ggsave(p, "x.pdf")` is written as often as `ggsave("x.pdf", p)`.
            Some(Value::Unknown) => piped().or(call.positional(position)),
            Some(value) => Some(value),
            None => piped(),
        },
        (None, None) => None,
    }
}

/// Functions that aren't readers or writers of one file; whether it was one.
fn special(scanner: &mut Scanner<'_>, call: &Call<'_>) -> bool {
    let line = call.line;
    let python = call.language == Language::Python;
    match call.name {
        "source" | "sys.source" if !python => {
            scanner.runs(&call.first(), &[], false, line, &["R"]);
        }
        "render" | "quarto_render" if !python => {
            scanner.runs(&call.first(), &[], true, line, &["Rmd"]);
        }
        "setwd" if !python => scanner.goes_to(&call.first(), line, "setwd"),
        "chdir" if python => scanner.goes_to(&call.first(), line, "os.chdir"),
        "library" | "require" | "requireNamespace" if !python => return true,
        "system" | "system2" | "shell" => commanded(scanner, call, false),
        "run" | "call" | "check_call" | "check_output" | "Popen"
            if python && call.of.contains("subprocess") =>
        {
            commanded(scanner, call, true);
        }
        "run_path" if python => scanner.runs(&call.first(), &[], true, line, &["py"]),
        "list.files" | "dir" | "dir_ls" | "Sys.glob" | "glob" | "iglob" | "rglob" | "iterdir" | "listdir"
        | "scandir" => {
            listing(scanner, call);
        }
        "file.copy" | "file.rename" | "copy" | "copyfile" | "copy2" | "move"
            if !python || call.of.ends_with("shutil") =>
        {
            if let (Some(from), Some(to)) = (call.positional(0), call.positional(1)) {
                let (from, to) = (from.clone(), to.clone());
                scanner.reads(&from, line, call.name, &[]);
                scanner.writes(&to, line, call.name, &[]);
            }
        }
        "unlink" | "file.remove" | "remove" if !call.first().texts().is_empty() => {
            scanner.removes(&call.first(), line, &[]);
        }
        "open" if python => opened(scanner, call),
        "write_text" | "write_bytes" if python => {
            scanner.writes(&call.receiver.clone(), line, call.name, &[])
        }
        "read_text" | "read_bytes" if python => scanner.reads(&call.receiver.clone(), line, call.name, &[]),
        "isAvailable" if call.of.contains("rstudioapi") => {}
        "getActiveDocumentContext" | "getSourceEditorContext" | "getActiveProject" => rstudio(scanner, line),
        _ if call.of.contains("rstudioapi") => rstudio(scanner, line),
        "commandArgs" => scanner.doubt(line, "it reads arguments of its command line: give them in `run`"),
        "install.packages" => {
            scanner.doubt(line, "it installs packages: take the line out, and name versions in a lock file under `environment`");
        }
        _ => return false,
    }
    true
}

fn rstudio(scanner: &mut Scanner<'_>, line: usize) {
    scanner.doubt(line, "it asks RStudio where it lies, and so runs in RStudio alone: take the line out");
}

fn listing(scanner: &mut Scanner<'_>, call: &Call<'_>) {
    let python = call.language == Language::Python;
    let path = python && !call.receiver.texts().is_empty();
    let value = match () {
        () if path => call.receiver.clone(),
        () if call.arguments.is_empty() => Value::text("."),
        () => call.named("path").cloned().unwrap_or_else(|| call.first()),
    };
    match value {
        Value::Texts(texts) => {
            for text in texts {
                let folder = match text.find(['*', '?', '[']) {
                    Some(at) => {
                        crate::paths::written_parent(&format!("{}x", text.get(..at).unwrap_or_default()))
                    }
                    None => text,
                };
                scanner.lists(&folder, call.line);
            }
        }
        Value::Files(_) => {}
        Value::Unknown => {
            scanner.doubt(call.line, format!("`{}` lists a folder that only a run can tell", call.name));
        }
    }
}

/// `open(path, mode)` and `path.open(mode)`.
fn opened(scanner: &mut Scanner<'_>, call: &Call<'_>) {
    let method = !call.receiver.texts().is_empty();
    let (file, mode) = match method {
        true => (call.receiver.clone(), call.positional(0)),
        false if !call.of.is_empty() && call.of != "io" && call.of != "codecs" && call.of != "gzip" => return,
        false => (call.first(), call.positional(1)),
    };
    let mode = mode.or(call.named("mode")).and_then(Value::single).unwrap_or("r");
    match mode.contains(['w', 'a', 'x']) {
        true => scanner.writes(&file, call.line, "open", &[]),
        false => scanner.reads(&file, call.line, "open", &[]),
    }
}

/// A command of the system, as one text or in words.
fn commanded(scanner: &mut Scanner<'_>, call: &Call<'_>, subprocess: bool) {
    let commands: Vec<Vec<String>> = match (call.name, call.first()) {
        ("system2", Value::Texts(program)) => {
            let arguments = call.positional(1).or(call.named("args")).map(|value| value.texts().to_vec());
            vec![[program, arguments.unwrap_or_default()].concat()]
        }
        (_, Value::Texts(texts)) if subprocess && texts.len() > 1 => vec![texts],
        (_, Value::Texts(texts)) => texts.iter().map(|text| shell::words(text)).collect(),
        _ => Vec::new(),
    };
    if commands.is_empty() {
        scanner.doubt(call.line, format!("`{}` runs a command that only a run can tell", call.name));
    }
    for words in commands {
        shell::command(scanner, &words, call.line);
    }
}
