//! Do-files, command by command.

use crate::paths::{ROOT, TEMPORARY};
use crate::scanner::Scanner;
use crate::shell;
use crate::stata_lines::commands;
use crate::stata_macros::expanded;
use crate::value::Value;

/// Commands that stand before another and change nothing of what it reads.
const PREFIXES: [&str; 12] = [
    "cap",
    "capt",
    "capture",
    "qui",
    "quie",
    "quietly",
    "noi",
    "nois",
    "noisily",
    "preserve,",
    "timer",
    "version,",
];

/// Commands that write what `using` names, with the ending that they give where there is none.
const WRITERS: [(&str, &str); 24] = [
    ("cmdlog", "txt"),
    ("esttab", "txt"),
    ("estout", "txt"),
    ("eststo_export", "txt"),
    ("frmttable", "doc"),
    ("gzsave", "dta.gz"),
    ("latab", "tex"),
    ("log", "smcl"),
    ("mat2txt", "txt"),
    ("mmat2tex", "tex"),
    ("outfile", "raw"),
    ("outreg", "doc"),
    ("outreg2", "txt"),
    ("outsheet", "out"),
    ("outtable", "tex"),
    ("postfile", "dta"),
    ("regsave", "dta"),
    ("sutex", "tex"),
    ("tabout", "txt"),
    ("texdoc", "tex"),
    ("texsave", "tex"),
    ("xml_tab", "xml"),
    ("xmlsave", "xml"),
    ("xtable", "xls"),
];

/// Commands that read what `using` names.
const READERS: [(&str, &str); 17] = [
    ("append", "dta"),
    ("cross", "dta"),
    ("d", "dta"),
    ("describe", "dta"),
    ("fmerge", "dta"),
    ("infile", "raw"),
    ("infix", "raw"),
    ("insheet", "raw"),
    ("joinby", "dta"),
    ("merge", "dta"),
    ("mmerge", "dta"),
    ("nearmrg", "dta"),
    ("reclink", "dta"),
    ("reclink2", "dta"),
    ("rangejoin", "dta"),
    ("shp2dta", "shp"),
    ("update", "dta"),
];

/// Follows a do-file.
pub(crate) fn follow(scanner: &mut Scanner<'_>, text: &str) {
    for command in commands(text) {
        scanner.locals.insert("c(pwd)".to_owned(), Value::text(format!("{ROOT}{}", scanner.folder)));
        one(scanner, &command.text, command.line, 0);
    }
}

fn value(scanner: &Scanner<'_>, text: &str) -> Value {
    expanded(text, &scanner.values, &scanner.locals)
}

fn one(scanner: &mut Scanner<'_>, text: &str, line: usize, depth: usize) {
    let text = text.trim().trim_start_matches(['{', '}']).trim();
    if text.is_empty() || depth > 12 {
        return;
    }
    if let Some(command) = text.strip_prefix('!') {
        return shelled(scanner, command, line);
    }
    let (word, rest) = split_word(text);
    if PREFIXES.contains(&word) {
        return one(scanner, rest.trim_start_matches(':'), line, depth + 1);
    }
    savings(scanner, text, line);
    match word {
        "if" | "else" => return conditional(scanner, rest, line, depth),
        "by" | "bys" | "byso" | "bysort" | "xi" | "xi:" | "eststo" | "svy" | "svy:" | "frame"
        | "stepwise" | "nestreg" | "bootstrap" | "jackknife" | "statsby" | "simulate" | "permute"
        | "rolling" | "mi" => {
            if let Some(after) = after_colon(text) {
                return one(scanner, after, line, depth + 1);
            }
        }
        "foreach" => return for_each(scanner, rest, line),
        "forvalues" | "forval" | "forv" => return for_values(scanner, rest),
        "global" | "gl" | "glo" | "glob" | "globa" => return defined(scanner, rest, line, true),
        "local" | "loc" | "lo" | "loca" => return defined(scanner, rest, line, false),
        "tempfile" => {
            for name in rest.split_whitespace() {
                scanner.locals.insert(name.to_owned(), Value::text(TEMPORARY));
            }
            return;
        }
        "args" => {
            for (number, name) in rest.split_whitespace().enumerate() {
                let given = scanner.locals.get(&(number + 1).to_string()).cloned();
                scanner.locals.insert(name.to_owned(), given.unwrap_or(Value::Unknown));
            }
            return;
        }
        "cd" | "chdir" => {
            if let Some(to) = paths(rest).first() {
                let to = value(scanner, to);
                scanner.goes_to(&to, line, "cd");
            }
            return;
        }
        "do" | "run" | "include" | "ru" => {
            let paths = paths(rest);
            if let Some((program, arguments)) = paths.split_first() {
                let program = value(scanner, program);
                let arguments: Vec<String> = arguments
                    .iter()
                    .map(|argument| value(scanner, argument).single().unwrap_or_default().to_owned())
                    .collect();
                scanner.runs(&program, &arguments, false, line, &["do"]);
            }
            return;
        }
        "shell" | "winexec" | "xshell" => return shelled(scanner, rest, line),
        "rsource" | "python" | "rscript" => {
            let (main, _) = options(rest);
            let program = using(main).or_else(|| main.trim().strip_prefix("script "));
            if let Some(program) = program.map(paths).and_then(|paths| paths.first().cloned()) {
                let program = value(scanner, &program);
                scanner.runs(&program, &[], true, line, &["R", "py"]);
            }
            return;
        }
        "erase" | "rm" => {
            for path in paths(rest) {
                let path = value(scanner, &path);
                scanner.removes(&path, line, &["dta"]);
            }
            return;
        }
        "ssc" | "net" if rest.trim_start().starts_with("install") || rest.trim_start().starts_with("get") => {
            scanner.doubt(
                line,
                format!("`{word} {}` installs from the network: keep the commands in the package, and take the line out", rest.trim()),
            );
            return;
        }
        "webuse" => {
            scanner.doubt(line, "`webuse` reads over the network: keep the file in the package");
            return;
        }
        "adopath" | "sysdir" => {
            if let Some(path) = paths(rest).last().filter(|path| path.contains(['/', '\\', '$', '`'])) {
                let path = value(scanner, path);
                for folder in path.texts().to_vec() {
                    scanner.lists(&folder, line);
                }
            }
            return;
        }
        _ => {}
    }
    files(scanner, word, rest, line);
}

/// Commands that read or write files.
fn files(scanner: &mut Scanner<'_>, word: &str, rest: &str, line: usize) {
    let (main, given) = options(rest);
    let sub = split_word(main).0;
    let after_sub = || split_word(main).1;
    let first = |text: &str| paths(text).first().cloned();
    let named = |text: &str| using(text).map_or_else(|| first(text), first);
    let read = |scanner: &mut Scanner<'_>, path: Option<String>, endings: &[&str]| {
        if let Some(path) = path {
            let value = value(scanner, &path);
            scanner.reads(&value, line, word, endings);
        }
    };
    let write = |scanner: &mut Scanner<'_>, path: Option<String>, endings: &[&str]| {
        if let Some(path) = path {
            let value = value(scanner, &path);
            scanner.writes(&value, line, word, endings);
        }
    };
    let has = |option: &str| given.split([' ', '(', ',']).any(|one| one == option);
    match word {
        "u" | "us" | "use" | "gzuse" => {
            let path = if using(main).is_some() { named(main) } else { paths(main).last().cloned() };
            let path = if using(main).is_none() && main.contains(" if ") { first(main) } else { path };
            read(scanner, path, &["dta"]);
        }
        "import" => {
            let endings: &[&str] = match sub {
                "excel" => &["xls", "xlsx"],
                "delimited" | "delim" => &["csv", "txt", "raw"],
                "sas" => &["sas7bdat"],
                "spss" => &["sav"],
                "dbase" => &["dbf"],
                _ => &[],
            };
            if sub != "fred" {
                read(scanner, named(after_sub()), endings);
            }
        }
        "sa" | "sav" | "save" | "saveold" => write(scanner, first(main), &["dta"]),
        "export" => {
            let endings: &[&str] = match sub {
                "excel" => &["xls"],
                "delimited" | "delim" => &["csv"],
                _ => &[],
            };
            write(scanner, named(after_sub()), endings);
        }
        "graph" | "gr" | "gra" | "grap" => match sub {
            "export" => write(scanner, first(after_sub()), &[]),
            "save" => write(scanner, paths(after_sub()).last().cloned(), &["gph"]),
            "use" => read(scanner, first(after_sub()), &["gph"]),
            "combine" => {
                for path in paths(after_sub()).into_iter().filter(|path| path.contains(".gph")) {
                    read(scanner, Some(path), &["gph"]);
                }
            }
            _ => {}
        },
        "estimates" | "est" | "estim" | "estimate" => match sub {
            "save" => write(scanner, first(after_sub()), &["ster"]),
            "use" => read(scanner, first(after_sub()), &["ster"]),
            _ => {}
        },
        "putexcel" if sub == "set" => write(scanner, first(after_sub()), &["xlsx"]),
        "putdocx" if sub == "save" => write(scanner, first(after_sub()), &["docx"]),
        "putpdf" if sub == "save" => write(scanner, first(after_sub()), &["pdf"]),
        "collect" if sub == "export" => write(scanner, first(after_sub()), &["docx"]),
        "asdoc" => {
            if let Some(path) = option(given, "save") {
                write(scanner, first(path), &["doc"]);
            }
        }
        "file" if sub == "open" => {
            let path = using(main).and_then(first);
            match has("read") {
                true => read(scanner, path, &[]),
                false => write(scanner, path, &[]),
            }
        }
        "copy" => {
            let paths = paths(main);
            read(scanner, paths.first().cloned(), &[]);
            write(scanner, paths.get(1).cloned(), &[]);
        }
        "log" if sub != "using" => {}
        _ => {
            if let Some((_, ending)) = WRITERS.iter().find(|(name, _)| *name == word) {
                let ending = match () {
                    () if word == "log" && has("text") => "log",
                    () if has("tex") => "tex",
                    () if has("csv") => "csv",
                    () if has("rtf") => "rtf",
                    () if has("html") => "html",
                    () => ending,
                };
                // `esttab a b using f, …`: the comma may stand before `using` in none of them.
                write(scanner, using(main).and_then(first), &[ending]);
            } else if let Some((_, ending)) = READERS.iter().find(|(name, _)| *name == word) {
                for path in using(main).map(paths).unwrap_or_default() {
                    read(scanner, Some(path), &[ending, "csv", "txt"]);
                }
                for written in ["database", "coordinates"] {
                    if let Some(path) = option(given, written) {
                        write(scanner, first(path), &["dta"]);
                    }
                }
            }
        }
    }
}

/// `saving(path, replace)` of any command.
fn savings(scanner: &mut Scanner<'_>, text: &str, line: usize) {
    let Some(path) = option(text, "saving").and_then(|path| paths(options(path).0).first().cloned()) else {
        return;
    };
    let value = value(scanner, &path);
    let draws = [
        "graph",
        "twoway",
        "tw",
        "gr",
        "hist",
        "histogram",
        "scatter",
        "line",
        "coefplot",
        "binscatter",
        "marginsplot",
    ];
    let ending = if draws.contains(&split_word(text).0) { "gph" } else { "dta" };
    scanner.writes(&value, line, "saving()", &[ending]);
}

/// What an option is given in brackets.
fn option<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let sought = format!("{name}(");
    let at = text.match_indices(&sought).map(|(at, _)| at).find(|at| {
        text.get(..*at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|c| c == ' ' || c == ',' || c == ')')
    })?;
    let inner = text.get(at + sought.len()..)?;
    let mut open = 0usize;
    for (at, character) in inner.char_indices() {
        match character {
            '(' => open += 1,
            ')' if open == 0 => return inner.get(..at),
            ')' => open -= 1,
            _ => {}
        }
    }
    None
}

/// `if condition command` and `if condition {`: conditions aren't decided, both ways are followed.
fn conditional(scanner: &mut Scanner<'_>, rest: &str, line: usize, depth: usize) {
    if let Some((_, block)) = rest.split_once('{') {
        return one(scanner, block.trim_end().trim_end_matches('}'), line, depth + 1);
    }
    let commands = ["global ", "local ", "cd ", "do ", "use ", "save ", "run ", "include "];
    let padded = format!(" {rest}");
    let found = commands.iter().filter_map(|command| padded.find(&format!(" {command}"))).min();
    if let Some(command) = found.and_then(|at| padded.get(at + 1..)) {
        one(scanner, command, line, depth + 1);
    }
}

fn for_each(scanner: &mut Scanner<'_>, rest: &str, line: usize) {
    let (name, rest) = split_word(rest);
    let (kind, rest) = split_word(rest);
    let (list, block) = rest.split_once('{').unwrap_or((rest, ""));
    let of = |scanner: &Scanner<'_>, text: &str| match value(scanner, text) {
        Value::Texts(texts) => Value::Texts(texts.iter().flat_map(|text| paths(text)).collect()),
        other => other,
    };
    let value = if kind == "in" {
        of(scanner, list)
    } else {
        let (what, list) = split_word(list);
        match what {
            "local" | "loc" | "global" | "glo" => {
                let known = if what.starts_with('l') { &scanner.locals } else { &scanner.values };
                match known.get(list.trim()).cloned().unwrap_or(Value::Unknown) {
                    Value::Texts(texts) => Value::Texts(texts.iter().flat_map(|text| paths(text)).collect()),
                    other => other,
                }
            }
            "numlist" => numbers(list),
            _ => of(scanner, list),
        }
    };
    scanner.locals.insert(name.to_owned(), value);
    one(scanner, block.trim_end().trim_end_matches('}'), line, 1);
}

fn for_values(scanner: &mut Scanner<'_>, rest: &str) {
    let Some((name, list)) = rest.split_once('=') else { return };
    let list = list.split('{').next().unwrap_or_default();
    let value = match value(scanner, list).single() {
        Some(list) => numbers(list),
        None => Value::Unknown,
    };
    scanner.locals.insert(name.trim().to_owned(), value);
}

/// `1/3`, `1(2)9`, `1 4 7`.
fn numbers(list: &str) -> Value {
    const MOST: i64 = 400;
    let mut texts = Vec::new();
    for part in list.split_whitespace() {
        let part = part.replace(['(', ')'], "/");
        let ends: Vec<i64> = part.split('/').filter_map(|number| number.parse().ok()).collect();
        let (from, step, to) = match (ends.as_slice(), part.matches('/').count()) {
            ([one], 0) => (*one, 1, *one),
            ([from, to], 1) => (*from, 1, *to),
            ([from, step, to], 2) if *step > 0 => (*from, *step, *to),
            _ => return Value::Unknown,
        };
        let mut number = from;
        while number <= to {
            texts.push(number.to_string());
            number = number.saturating_add(step);
            if texts.len() as i64 > MOST {
                return Value::Unknown;
            }
        }
    }
    Value::Texts(texts)
}

/// `global name …` and `local name …`.
fn defined(scanner: &mut Scanner<'_>, rest: &str, line: usize, global: bool) {
    let (name, text) = split_word(rest);
    let (name, text) = match name.split_once('=') {
        Some((name, begun)) => (name, format!("= {begun}{text}")),
        None => (name, text.to_owned()),
    };
    let name = value(scanner, name);
    let text = text.trim();
    let found = match (text.strip_prefix('='), text.strip_prefix(':')) {
        (Some(expression), _) => {
            let expression = expression.trim();
            let plain = expression.parse::<f64>().is_ok()
                || (expression.starts_with(['"', '`']) && paths(expression).len() == 1);
            match () {
                () if expression == "c(pwd)" => value(scanner, "`c(pwd)'"),
                () if plain => value(scanner, paths(expression).first().map_or(expression, String::as_str)),
                () => Value::Unknown,
            }
        }
        (None, Some(function)) => {
            let words = paths(function);
            match words.first().map(String::as_str) {
                Some("pwd") => value(scanner, "`c(pwd)'"),
                Some("dir") => match value(scanner, words.get(1).map_or("", String::as_str)) {
                    Value::Texts(folders) => {
                        for folder in &folders {
                            scanner.lists(folder, line);
                        }
                        Value::Files(folders)
                    }
                    _ => {
                        scanner.doubt(line, "it lists a folder that only a run can tell");
                        Value::Unknown
                    }
                },
                _ => Value::Unknown,
            }
        }
        (None, None) if text.starts_with("++") || name.texts().iter().any(|name| name.contains('+')) => {
            Value::Unknown
        }
        // Quotes around the whole are taken off, those within stay.
        (None, None) => match paths(text).as_slice() {
            [one] => value(scanner, one),
            _ => value(scanner, text),
        },
    };
    if let Some(name) = name.single() {
        let found = scanner.settled(name, found, line);
        let known = if global { &mut scanner.values } else { &mut scanner.locals };
        known.insert(name.to_owned(), found);
    }
}

fn shelled(scanner: &mut Scanner<'_>, command: &str, line: usize) {
    if let Some(command) = value(scanner, command).single() {
        let words = shell::words(command);
        shell::command(scanner, &words, line);
    }
}

/// A command's first word, and the rest.
fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(|c: char| c.is_whitespace() || c == ',' || c == ':').unwrap_or(text.len());
    text.split_at(end)
}

/// What stands before the first comma outside of quotes and brackets, and what behind it.
fn options(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut open = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => open = open.saturating_sub(1),
            ',' if !quoted && open == 0 => {
                return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (text, "")
}

fn after_colon(text: &str) -> Option<&str> {
    let mut quoted = false;
    let mut open = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => open = open.saturating_sub(1),
            ':' if !quoted && open == 0 => return text.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// What stands behind the word `using`.
fn using(text: &str) -> Option<&str> {
    let mut from = 0;
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        if character == '"' {
            quoted = !quoted;
        }
        if !quoted && character.is_whitespace() {
            from = at + 1;
        } else if !quoted && at == from && text.get(at..).is_some_and(|rest| rest.starts_with("using")) {
            let rest = text.get(at + 5..).unwrap_or_default();
            if rest.starts_with([' ', '\t', '"', '`']) {
                return Some(rest);
            }
        }
    }
    None
}

/// The words of a text, those in quotes as one and without them; macros stay whole.
fn paths(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut macros = 0usize;
    for character in text.replace("`\"", "\"").replace("\"'", "\"").chars() {
        match character {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '`' => {
                macros += 1;
                word.get_or_insert_default().push(character);
            }
            '\'' if macros > 0 => {
                macros -= 1;
                word.get_or_insert_default().push(character);
            }
            character if character.is_whitespace() && !quoted && macros == 0 => words.extend(word.take()),
            ',' if !quoted && macros == 0 => {
                words.extend(word.take());
                break;
            }
            character => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}
