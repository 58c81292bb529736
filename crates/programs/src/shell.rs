//! Commands that run programs: lines of shell scripts and recipes, and what other programs hand to the system.

use crate::scanner::Scanner;
use crate::value::Value;

/// The words of a command, without their quotes.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => word.get_or_insert_default().push(character),
            None if character == '"' || character == '\'' => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            None if character.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// Follows a script, line by line.
pub(crate) fn follow(scanner: &mut Scanner<'_>, text: &str) {
    let mut whole = String::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(begun) = line.strip_suffix('\\') {
            whole.push_str(begun);
            continue;
        }
        whole.push_str(line);
        follow_line(scanner, &whole, number + 1);
        whole.clear();
    }
}

/// Follows one line: commands, one after the other.
pub(crate) fn follow_line(scanner: &mut Scanner<'_>, line: &str, number: usize) {
    let line = without_comment(line);
    let mut rest = line.as_str();
    let folder = scanner.folder.clone();
    let grouped = rest.trim_start().starts_with('(');
    while !rest.is_empty() {
        let at = ["&&", "||", ";", "|"].iter().filter_map(|sign| Some((rest.find(sign)?, sign.len()))).min();
        let (one, after) = match at {
            Some((at, length)) => {
                (rest.get(..at).unwrap_or_default(), rest.get(at + length..).unwrap_or_default())
            }
            None => (rest, ""),
        };
        let one = one.trim().trim_start_matches(['(', '@', '-']).trim_end_matches(')').trim();
        rest = after;
        let words: Vec<String> = words(one).iter().map(|word| expanded(scanner, word)).collect();
        if let Some((name, value)) = words.first().and_then(|word| word.split_once('='))
            && words.len() == 1
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            scanner.values.insert(name.to_owned(), Value::text(value));
            continue;
        }
        command(scanner, &words, number);
    }
    if grouped {
        scanner.folder = folder;
    }
}

fn without_comment(line: &str) -> String {
    let mut quote = None;
    let mut before = ' ';
    let mut kept = String::new();
    for character in line.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == '#' && before.is_whitespace() => return kept,
            _ => {}
        }
        kept.push(character);
        before = character;
    }
    kept
}

/// A word whose variables are filled in where they are known; `$(dirname "$0")` is where the script lies.
fn expanded(scanner: &Scanner<'_>, word: &str) -> String {
    let mut text = word.to_owned();
    for (name, value) in &scanner.values {
        if let Some(value) = value.single() {
            text = text.replace(&format!("${{{name}}}"), value).replace(&format!("$({name})"), value);
            if text == format!("${name}") || text.starts_with(&format!("${name}/")) {
                text = text.replacen(&format!("${name}"), value, 1);
            }
        }
    }
    text
}

/// Follows a command, in words.
pub(crate) fn command(scanner: &mut Scanner<'_>, words: &[String], line: usize) {
    let mut words = words;
    // Variables before the command.
    while let Some((first, rest)) = words.split_first() {
        let sets = first.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        });
        if !sets && !["exec", "time", "nohup", "nice"].contains(&first.as_str()) {
            break;
        }
        words = rest;
    }
    let Some((first, rest)) = words.split_first() else { return };
    let name = first.replace('\\', "/").to_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default().trim_end_matches(".exe");
    let is = |text: &str, endings: &[&str]| {
        text.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending.to_lowercase().as_str()))
    };
    let mut each = |endings: &[&str]| {
        let programs: Vec<&String> = rest.iter().filter(|word| is(word, endings)).collect();
        let several = programs.len() > 1;
        for program in programs {
            let after = rest.iter().skip_while(|word| *word != program).skip(1).cloned();
            let arguments: Vec<String> = if several { Vec::new() } else { after.collect() };
            scanner.runs(&Value::text(program.as_str()), &arguments, true, line, &[]);
        }
    };
    match name {
        "cd" | "pushd" => match rest.first() {
            // The script's own folder.
            Some(to) if to.contains("$0") || to.contains("BASH_SOURCE") || to.starts_with("$(dirname") => {
                let own =
                    scanner.active.last().and_then(|at| scanner.runs.get(*at)).map(|run| run.program.clone());
                scanner.folder = own.map_or_else(String::new, |own| crate::paths::parent(&own).to_owned());
            }
            Some(to) => scanner.goes_to(&Value::text(to.as_str()), line, "cd"),
            None => {}
        },
        "rscript" | "r" | "littler" => each(&["r", "rmd"]),
        _ if name.starts_with("python") || name == "py" || name == "ipython" => {
            if rest.first().is_some_and(|word| word == "-m")
                && let Some(module) = rest.get(1)
            {
                let file = format!("{}.py", module.replace('.', "/"));
                scanner.runs(&Value::text(file), &[], true, line, &[]);
                return;
            }
            each(&["py"]);
        }
        _ if name.contains("stata") => match rest.iter().position(|word| word == "do" || word == "run") {
            Some(at) => {
                let file = rest.get(at + 1).cloned().unwrap_or_default();
                let arguments = rest.get(at + 2..).unwrap_or_default().to_vec();
                scanner.runs(&Value::text(file), &arguments, true, line, &["do"]);
            }
            None => each(&["do"]),
        },
        "sh" | "bash" | "zsh" | "source" | "." => each(&["sh", "bash"]),
        "make" => {}
        _ if is(first, &["sh", "bash", "r", "py"]) => {
            scanner.runs(&Value::text(first.as_str()), rest, true, line, &[]);
        }
        _ => {}
    }
}
