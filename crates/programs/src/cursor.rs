//! Expressions of R and Python, evaluated as far as that can be done without a run.

use std::collections::BTreeMap;

use crate::language::Language;
use crate::paths::{ROOT, TEMPORARY, written_parent};
use crate::tokens::{Token, Word};
use crate::value::Value;

/// What expressions refer to.
#[derive(Clone, Copy)]
pub(crate) struct Known<'k> {
    pub(crate) values: &'k BTreeMap<String, Value>,
    /// The program, by its path from the package's folder.
    pub(crate) program: &'k str,
    pub(crate) language: Language,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: Option<String>,
    pub(crate) value: Value,
}

/// Brackets deeper than this aren't followed.
const DEEPEST: usize = 60;

/// A place in a program's words.
pub(crate) struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    known: Known<'t>,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(tokens: &'t [Token], at: usize, known: Known<'t>) -> Self {
        Self { tokens, at, depth: 0, known }
    }

    fn word(&self) -> Option<&'t Word> {
        self.tokens.get(self.at).map(|token| &token.word)
    }

    fn after(&self, by: usize) -> Option<&'t Word> {
        self.tokens.get(self.at + by).map(|token| &token.word)
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.word(), Some(Word::Sign(found)) if *found == sign)
    }

    /// The value of the expression that begins here, up to a comma, a bracket that closes or the end of the line.
    pub(crate) fn expression(&mut self) -> Value {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.depth -= 1;
            return Value::Unknown;
        }
        let mut value = self.term();
        while let Some(Word::Sign(sign)) = self.word() {
            let sign = *sign;
            let python = self.known.language == Language::Python;
            value = match sign {
                "+" if python => {
                    self.at += 1;
                    let other = self.term();
                    value.followed_by("", &other)
                }
                "/" if python => {
                    self.at += 1;
                    let other = self.term();
                    Value::path(&[value, other])
                }
                ":" if !python => {
                    self.at += 1;
                    let other = self.term();
                    range(&value, &other, true)
                }
                "," | ")" | "]" | "}" | ";" | "{" => break,
                ":" => break,
                _ => {
                    self.skip();
                    Value::Unknown
                }
            };
        }
        self.depth -= 1;
        value
    }

    /// Goes to the comma, bracket or end after this expression.
    fn skip(&mut self) {
        let mut open = 0usize;
        while let Some(word) = self.word() {
            match word {
                Word::Sign("(" | "[" | "{") => open += 1,
                Word::Sign(")" | "]" | "}") if open == 0 => return,
                Word::Sign(")" | "]" | "}") => open -= 1,
                Word::Sign(",") | Word::End if open == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn term(&mut self) -> Value {
        let mut dotted: Option<String> = None;
        let mut value = match self.word() {
            Some(Word::Text(text, filled)) => {
                self.at += 1;
                if *filled { self.filled(text) } else { Value::text(text.as_str()) }
            }
            Some(Word::Number(number)) => {
                self.at += 1;
                Value::text(number.as_str())
            }
            Some(Word::Name(name)) => {
                self.at += 1;
                dotted = Some(name.clone());
                self.named(name)
            }
            Some(Word::Sign(open @ ("(" | "["))) => {
                self.at += 1;
                let close = if *open == "(" { ")" } else { "]" };
                let mut whole: Option<Value> = None;
                while !self.is(close) && self.word().is_some_and(|word| *word != Word::End) {
                    let value = self.expression();
                    self.skip();
                    whole = Some(match whole {
                        Some(before) => before.or(value),
                        None => value,
                    });
                    if self.is(",") {
                        self.at += 1;
                    } else {
                        break;
                    }
                }
                if self.is(close) {
                    self.at += 1;
                }
                whole.unwrap_or(Value::Unknown)
            }
            _ => return Value::Unknown,
        };
        loop {
            match self.word() {
                Some(Word::Sign("(")) => {
                    let arguments = self.arguments();
                    value = self.called(dotted.as_deref().unwrap_or_default(), &value, &arguments);
                    dotted = None;
                }
                Some(Word::Sign("::")) => {
                    let Some(Word::Name(name)) = self.after(1) else { return Value::Unknown };
                    // `base:::x` has one colon more, which is a sign of its own.
                    self.at += 2;
                    dotted = Some(name.clone());
                    value = self.named(name);
                }
                Some(Word::Sign("." | "$")) => {
                    let Some(Word::Name(name)) = self.after(1) else { return Value::Unknown };
                    self.at += 2;
                    let whole = dotted.as_ref().map(|before| format!("{before}.{name}"));
                    let known = whole.as_ref().and_then(|whole| self.known.values.get(whole)).cloned();
                    let is_called = self.is("(");
                    value = match known {
                        Some(known) => known,
                        None if is_called => value,
                        None => match name.as_str() {
                            "executable" => Value::text("python3"),
                            "parent" => value.map_texts(|text| written_parent(&text)),
                            "parents" => value,
                            _ => Value::Unknown,
                        },
                    };
                    dotted = Some(whole.unwrap_or_else(|| name.clone()));
                }
                Some(Word::Sign("[")) => {
                    let parents = dotted.as_deref().is_some_and(|name| name.ends_with("parents"));
                    self.at += 1;
                    let index = self.expression();
                    self.skip();
                    if self.is("]") {
                        self.at += 1;
                    }
                    let steps = index.single().and_then(|number| number.parse::<usize>().ok());
                    value = match steps.filter(|steps| parents && *steps < 20) {
                        Some(steps) => {
                            value.map_texts(|text| (0..=steps).fold(text, |text, _| written_parent(&text)))
                        }
                        None => Value::Unknown,
                    };
                    dotted = None;
                }
                _ => return value,
            }
        }
    }

    fn named(&self, name: &str) -> Value {
        match (name, self.known.language) {
            ("__file__", Language::Python) => Value::text(format!("{ROOT}{}", self.known.program)),
            _ => self.known.values.get(name).cloned().unwrap_or(Value::Unknown),
        }
    }

    /// The arguments in the brackets that begin here; the cursor goes behind them.
    pub(crate) fn arguments(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if !self.is("(") {
            return arguments;
        }
        self.at += 1;
        self.depth += 1;
        while !self.is(")") && self.word().is_some() && self.depth <= DEEPEST {
            let name = match (self.word(), self.after(1)) {
                (Some(Word::Name(name) | Word::Text(name, false)), Some(Word::Sign("="))) => {
                    self.at += 2;
                    Some(name.clone())
                }
                _ => None,
            };
            let before = self.at;
            let value = self.expression();
            let value = if self.is(",") || self.is(")") { value } else { Value::Unknown };
            self.skip();
            if name.is_some() || self.at > before {
                arguments.push(Argument { name, value });
            }
            if self.is(",") {
                self.at += 1;
            } else {
                break;
            }
        }
        self.depth -= 1;
        if self.is(")") {
            self.at += 1;
        }
        arguments
    }

    /// A text whose names in braces are filled in.
    fn filled(&self, text: &str) -> Value {
        let mut whole = Value::text("");
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { return Value::Unknown };
            let name = name.split([':', '!']).next().unwrap_or_default().trim();
            whole = whole.followed_by("", &Value::text(before)).followed_by("", &self.named_or_dotted(name));
            rest = after;
        }
        whole.followed_by("", &Value::text(rest))
    }

    fn named_or_dotted(&self, name: &str) -> Value {
        self.known.values.get(name).cloned().unwrap_or(Value::Unknown)
    }

    /// What a function makes of its arguments.
    fn called(&self, name: &str, receiver: &Value, arguments: &[Argument]) -> Value {
        let plain: Vec<Value> =
            arguments.iter().filter(|one| one.name.is_none()).map(|one| one.value.clone()).collect();
        let of =
            |key: &str| arguments.iter().find(|one| one.name.as_deref() == Some(key)).map(|one| &one.value);
        let first = || plain.first().cloned().unwrap_or(Value::Unknown);
        let joined = |between: &str| {
            let mut parts = plain.iter().cloned();
            let whole = parts.next().unwrap_or(Value::Unknown);
            parts.fold(whole, |whole, part| whole.followed_by(between, &part))
        };
        if self.known.language == Language::R {
            return match name {
                "file.path" | "path" => Value::path(&plain),
                "here" => Value::path(&[vec![Value::text(ROOT)], plain].concat()),
                "paste0" | "str_c" => joined(of("sep").and_then(Value::single).unwrap_or_default()),
                "paste" => joined(of("sep").and_then(Value::single).unwrap_or(" ")),
                "glue" => match plain.first().and_then(Value::single) {
                    Some(text) => self.filled(text),
                    None => Value::Unknown,
                },
                "sprintf" => printed(&plain),
                "c" => {
                    arguments.iter().map(|one| one.value.clone()).reduce(Value::or).unwrap_or(Value::Unknown)
                }
                "seq" if plain.len() == 2 => match (plain.first(), plain.get(1)) {
                    (Some(one), Some(other)) => range(one, other, true),
                    _ => Value::Unknown,
                },
                "normalizePath" | "path.expand" | "as.character" | "I" | "trimws" | "file" | "gzfile"
                | "unz" => of("description").cloned().unwrap_or_else(first),
                "dirname" => first().map_texts(|text| written_parent(&text)),
                "getwd" => Value::text("."),
                "tempfile" | "tempdir" => Value::text(TEMPORARY),
                "list.files" | "dir" | "list.dirs" | "dir_ls" | "Sys.glob" => {
                    listed(of("path").cloned().unwrap_or_else(|| match plain.is_empty() {
                        true => Value::text("."),
                        false => first(),
                    }))
                }
                _ => Value::Unknown,
            };
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        match last {
            "join" if name.contains("path") => Value::path(&plain),
            "Path" | "PurePath" | "PosixPath" if plain.is_empty() => Value::text("."),
            "Path" | "PurePath" | "PosixPath" => Value::path(&plain),
            "joinpath" => Value::path(&[vec![receiver.clone()], plain].concat()),
            "resolve" | "absolute" | "expanduser" | "as_posix" if plain.is_empty() => receiver.clone(),
            "str" | "fspath" | "abspath" | "realpath" | "normpath" | "expanduser" | "list" | "sorted" => {
                first()
            }
            "dirname" => first().map_texts(|text| written_parent(&text)),
            "cwd" | "getcwd" => Value::text("."),
            "format" => match receiver.single() {
                Some(text) => formatted(text, &plain),
                None => Value::Unknown,
            },
            "range" => match (plain.first(), plain.get(1)) {
                (Some(one), Some(other)) => range(one, other, false),
                _ => Value::Unknown,
            },
            "mkdtemp" | "mkstemp" | "NamedTemporaryFile" | "TemporaryDirectory" => Value::text(TEMPORARY),
            "glob" | "iglob" | "rglob" | "iterdir" | "listdir" | "scandir" => {
                let of_path =
                    last == "rglob" || last == "iterdir" || (last == "glob" && !receiver.texts().is_empty());
                match of_path {
                    true => listed(receiver.clone()),
                    false => listed(first()),
                }
            }
            _ => Value::Unknown,
        }
    }
}

/// The folders of what is listed: of a pattern what stands before its first sign.
fn listed(value: Value) -> Value {
    match value {
        Value::Texts(texts) => Value::Files(
            texts
                .into_iter()
                .map(|text| match text.find(['*', '?', '[']) {
                    Some(at) => written_parent(&format!("{}x", text.get(..at).unwrap_or_default())),
                    None => text,
                })
                .collect(),
        ),
        other => other,
    }
}

/// Whole numbers from one to the other.
fn range(from: &Value, to: &Value, with_last: bool) -> Value {
    let number = |value: &Value| value.single().and_then(|text| text.parse::<i64>().ok());
    match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to && to.saturating_sub(from) < 400 => {
            let to = if with_last { to } else { to - 1 };
            Value::Texts((from..=to).map(|number| number.to_string()).collect())
        }
        _ => Value::Unknown,
    }
}

/// `sprintf` of R, with texts and whole numbers.
fn printed(arguments: &[Value]) -> Value {
    let mut arguments = arguments.iter();
    let Some(pattern) = arguments.next().and_then(Value::single) else { return Value::Unknown };
    let mut whole = Value::text("");
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        whole = whole.followed_by("", &Value::text(before));
        rest = match after.chars().next() {
            Some('%') => {
                whole = whole.followed_by("", &Value::text("%"));
                after.get(1..).unwrap_or_default()
            }
            Some('s' | 'd' | 'i') => {
                whole = whole.followed_by("", arguments.next().unwrap_or(&Value::Unknown));
                after.get(1..).unwrap_or_default()
            }
            _ => return Value::Unknown,
        };
    }
    whole.followed_by("", &Value::text(rest))
}

/// `format` of Python, with nothing in the braces.
fn formatted(pattern: &str, arguments: &[Value]) -> Value {
    let mut arguments = arguments.iter();
    let mut whole = Value::text("");
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("{}") {
        let next = arguments.next().unwrap_or(&Value::Unknown);
        whole = whole.followed_by("", &Value::text(before)).followed_by("", next);
        rest = after;
    }
    match rest.contains('{') {
        true => Value::Unknown,
        false => whole.followed_by("", &Value::text(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokens;

    fn value(text: &str, language: Language, values: &[(&str, &str)]) -> Value {
        let values = values.iter().map(|(name, text)| ((*name).to_owned(), Value::text(*text))).collect();
        let tokens = tokens(text, language);
        Cursor::new(&tokens, 0, Known { values: &values, program: "code/x.py", language }).expression()
    }

    #[test]
    fn paths_of_r() {
        let of = |text| value(text, Language::R, &[("data", "raw"), ("y", "2001")]);
        assert_eq!(of("file.path(data, \"x.csv\")"), Value::text("raw/x.csv"));
        assert_eq!(of("here::here(\"data\", 'x.csv')"), Value::text("@package/data/x.csv"));
        assert_eq!(of("paste0(data, \"/x_\", y, \".csv\")"), Value::text("raw/x_2001.csv"));
        assert_eq!(of("sprintf(\"a_%s.csv\", y)"), Value::text("a_2001.csv"));
        assert_eq!(of("c(\"a\", \"b\")"), Value::Texts(vec!["a".into(), "b".into()]));
        assert_eq!(of("1:3"), Value::Texts(vec!["1".into(), "2".into(), "3".into()]));
        assert_eq!(of("list.files(data, pattern = \"csv\")"), Value::Files(vec!["raw".into()]));
        assert_eq!(of("file.path(Sys.getenv(\"X\"), \"x.csv\")"), Value::Unknown);
        assert_eq!(of("toupper(data)"), Value::Unknown);
    }

    #[test]
    fn paths_of_python() {
        let of = |text| value(text, Language::Python, &[("DATA", "raw"), ("cfg.OUT", "out"), ("y", "1")]);
        assert_eq!(of("DATA + \"/x.csv\""), Value::text("raw/x.csv"));
        assert_eq!(of("Path(DATA) / \"a\" / f\"x_{y}.csv\""), Value::text("raw/a/x_1.csv"));
        assert_eq!(of("os.path.join(cfg.OUT, 't.tex')"), Value::text("out/t.tex"));
        assert_eq!(of("Path(__file__).resolve().parent.parent / \"d\""), Value::text("@package/d"));
        assert_eq!(of("Path(__file__).parents[1] / \"d\""), Value::text("@package/d"));
        assert_eq!(of("\"a_{}.csv\".format(y)"), Value::text("a_1.csv"));
        assert_eq!(of("glob.glob(DATA + '/*.csv')"), Value::Files(vec!["raw".into()]));
        assert_eq!(of("f\"{unknown}/x\""), Value::Unknown);
    }
}
