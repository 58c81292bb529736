//! Numbers in an author's own text, by their addresses.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vintner_diagnostics::nearest_address;

use crate::models::{ModelTable, Part};

/// Numbers by their addresses, each as it is printed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    numbers: BTreeMap<String, Number>,
    /// What tables of models are called besides their own names.
    called: BTreeMap<String, String>,
    /// Addresses that are those of two numbers.
    twice: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Number {
    /// As its table prints it, with a hyphen for a minus.
    text: String,
    stars: String,
    value: Option<f64>,
}

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prose {
    /// LaTeX: `\vintner{address}`, with a format and the number that stood there: `\vintner[2]{address}{0.08}`.
    Latex,
    /// Markdown and Quarto: `{{vintner address}}`, `{{vintner address 2}}`, `{{vintner address 2 = 0.08}}`.
    Markdown,
}

/// Something that an author should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeaveRemark {
    /// The line, counted from 1.
    pub line: usize,
    /// `unknown`, `format`, `changed` or `unaddressed`.
    pub kind: &'static str,
    /// What stands there.
    pub found: String,
    /// What is wrong, and what it should be, as a sentence.
    pub message: String,
}

/// A text with its numbers filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Woven {
    /// The text.
    pub text: String,
    /// What its author should look at, in the order of the text.
    pub remarks: Vec<WeaveRemark>,
}

impl Numbers {
    /// Adds a number under an address.
    pub fn add(&mut self, address: &str, text: &str, stars: &str, value: Option<f64>) {
        let number = Number { text: text.into(), stars: stars.into(), value };
        if self.numbers.insert(address.into(), number).is_some() {
            self.twice.insert(address.to_owned());
        }
    }

    /// Adds the cells of a table of models: `TABLE/COLUMN/TERM` is a coefficient, `TABLE/COLUMN/TERM/below` what stands
    /// below it, `TABLE/COLUMN/STATISTIC` a statistic. Columns go by their numbers, the table by its own name, under which
    /// its numbers are traced, and by `called`.
    pub fn add_table(&mut self, called: &str, table: &ModelTable) {
        let name = if table.name.is_empty() { called } else { &table.name };
        if called != name {
            self.called.insert(called.to_owned(), name.to_owned());
        }
        for of in table.cells() {
            for part in Part::ALL {
                if let Some(cell) = of.part(part).filter(|cell| !cell.is_empty()) {
                    let address = format!("{name}/{}{}", of.place, part.suffix());
                    self.add(&address, &cell.text, &cell.stars, cell.value);
                }
            }
        }
    }

    /// The number at an address, under the name of its table or what the text's stage calls this; what is wrong, where two
    /// numbers go by it, as `trace` says it, too.
    fn at(&self, address: &str) -> Result<Option<&Number>, String> {
        let by_name = address.split_once('/').and_then(|(called, place)| {
            let own = format!("{}/{place}", self.called.get(called)?);
            self.numbers.get(&own).map(|number| (own, number))
        });
        match (by_name, self.numbers.get(address)) {
            _ if self.twice.contains(address) => Err(format!(
                "two numbers are called `{address}`: one of a table of models, and one of the estimates; call the table or the \
                 estimates' one otherwise"
            )),
            (Some((own, _)), Some(_)) => Err(format!(
                "two numbers are called `{address}`: `{own}`, whose table is read under that name here, and one of the table that \
                 has it; call the input otherwise"
            )),
            (Some((_, number)), None) => Ok(Some(number)),
            (None, number) => Ok(number),
        }
    }

    /// An address as the text's stage calls its table.
    fn as_called(&self, address: &str) -> String {
        let own = |(called, name): (&String, &String)| {
            let place = address.strip_prefix(name.as_str())?.strip_prefix('/')?;
            Some(format!("{called}/{place}"))
        };
        self.called.iter().find_map(own).unwrap_or_else(|| address.to_owned())
    }

    /// All addresses with their texts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.numbers.iter().map(|(address, number)| (address.as_str(), number.text.as_str()))
    }

    /// A file of LaTeX macros: `\vintner{ADDRESS}` prints a number, for those who compile alone. An address that isn't there
    /// is an error of LaTeX's.
    pub fn macros(&self) -> String {
        let mut text = String::from(
            "% \\input this file; \\vintner{ADDRESS} prints the number, \\vintner[stars]{ADDRESS} its stars behind it.\n\
             \\makeatletter\n\
             \\newcommand{\\vintner}[2][]{\\ifcsname vintner@#2@#1\\endcsname\\csname vintner@#2@#1\\endcsname\\else\\PackageError{vintner}{no number `#2' in this form}{}\\fi}\n",
        );
        let called = self.numbers.iter().map(|(address, number)| (self.as_called(address), number));
        let called: BTreeMap<String, &Number> = called.collect();
        let own = self.numbers.iter().map(|(address, number)| (address.clone(), number));
        let all = own.chain(called).collect::<BTreeMap<String, &Number>>().into_iter();
        // Of two numbers under one address LaTeX gets none.
        for (address, number) in all.filter(|(address, _)| self.at(address).is_ok()) {
            let plain = latex_number(&number.text);
            text.push_str(&format!("\\expandafter\\def\\csname vintner@{address}@\\endcsname{{{plain}}}\n"));
            let starred = format!("{plain}\\textsuperscript{{{}}}", number.stars);
            text.push_str(&format!(
                "\\expandafter\\def\\csname vintner@{address}@stars\\endcsname{{{starred}}}\n"
            ));
        }
        text.push_str("\\makeatother\n");
        text
    }

    /// A number in a format: nothing for as its table has it, `stars`, a number of decimals, `percent` with or without one
    /// (`percent1`).
    fn set(&self, address: &str, format: &str) -> Result<String, (&'static str, String)> {
        let Some(number) = self.at(address).map_err(|message| ("unknown", message))? else {
            let known: Vec<String> = self.numbers.keys().map(|address| self.as_called(address)).collect();
            let near = nearest_address(address, known.iter().map(String::as_str));
            let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            return Err(("unknown", format!("there is no number `{address}`{near}")));
        };
        let value =
            || number.value.ok_or(("format", format!("`{address}` is no number, so it has no decimals")));
        match format {
            "" => Ok(number.text.clone()),
            "stars" => Ok(format!("{}{}", number.text, number.stars)),
            format => {
                if let Some(decimals) = format.strip_prefix("percent") {
                    let decimals = if decimals.is_empty() { Some(0) } else { decimals.parse::<usize>().ok() };
                    if let Some(decimals) = decimals.filter(|decimals| *decimals <= 15) {
                        return Ok(format!("{:.decimals$}%", 100.0 * value()?));
                    }
                }
                match format.parse::<usize>() {
                    Ok(decimals) if decimals <= 15 => Ok(format!("{:.decimals$}", value()?)),
                    _ => {
                        let message = format!(
                            "`{format}` is no format; there are decimals (`2`), `percent`, `percent1` and `stars`"
                        );
                        Err(("format", message))
                    }
                }
            }
        }
    }

    /// The address of a number that is printed so, where there is but one.
    fn printed_as(&self, text: &str) -> Option<String> {
        let mut found = self
            .numbers
            .iter()
            .filter(|(address, number)| number.text == text && !address.ends_with("/published"));
        match (found.next(), found.next()) {
            (Some((address, _)), None) => Some(self.as_called(address)),
            _ => None,
        }
    }

    /// Fills the numbers of a text in, and looks for numerals that have no address and for numbers that changed.
    pub fn weave(&self, text: &str, prose: Prose) -> Woven {
        let mut woven = Woven::default();
        let mut in_fence = false;
        for (at, line) in text.split_inclusive('\n').enumerate() {
            let number = at + 1;
            let is_fence = prose == Prose::Markdown && line.trim_start().starts_with("```");
            in_fence ^= is_fence;
            if in_fence || is_fence {
                woven.text.push_str(line);
                continue;
            }
            self.weave_line(line, number, prose, &mut woven);
        }
        woven
    }

    fn weave_line(&self, line: &str, number: usize, prose: Prose, woven: &mut Woven) {
        let mut rest = line;
        let mut plain = String::new();
        while let Some((before, asked, after)) = next(rest, prose) {
            plain.push_str(before);
            plain.push(' ');
            woven.text.push_str(before);
            match self.set(&asked.address, &asked.format) {
                Ok(set) => {
                    if let Some(old) = asked.stood.filter(|old| *old != set) {
                        woven.remarks.push(WeaveRemark {
                            line: number,
                            kind: "changed",
                            found: old.clone(),
                            message: format!("{old} stood for `{}`, which is {set} now", asked.address),
                        });
                    }
                    woven.text.push_str(&match prose {
                        Prose::Latex => latex_number(&set),
                        Prose::Markdown => set.replace('-', "\u{2212}"),
                    });
                }
                Err((kind, message)) => {
                    woven.remarks.push(WeaveRemark {
                        line: number,
                        kind,
                        found: asked.address.clone(),
                        message,
                    });
                    woven.text.push_str(&format!("?? {} ??", asked.address));
                }
            }
            rest = after;
        }
        woven.text.push_str(rest);
        plain.push_str(rest);
        for numeral in numerals(&plain, prose) {
            let known = self.printed_as(&numeral);
            let message = match known {
                Some(address) => format!("{numeral} has no address; `{address}` is printed so"),
                None => format!("{numeral} has no address"),
            };
            woven.remarks.push(WeaveRemark { line: number, kind: "unaddressed", found: numeral, message });
        }
    }
}

struct Asked {
    address: String,
    format: String,
    stood: Option<String>,
}

/// The next number that a line names: what stands before it, what is asked for, what stands after it.
fn next(line: &str, prose: Prose) -> Option<(&str, Asked, &str)> {
    match prose {
        Prose::Latex => {
            let (before, mut rest) = line.split_once("\\vintner")?;
            let mut format = String::new();
            if let Some(inner) = rest.strip_prefix('[') {
                let (inside, after) = inner.split_once(']')?;
                format = inside.trim().to_owned();
                rest = after;
            }
            let (address, mut rest) = rest.strip_prefix('{')?.split_once('}')?;
            let mut stood = None;
            if let Some(inner) = rest.strip_prefix('{') {
                let (inside, after) = inner.split_once('}')?;
                stood = Some(inside.trim().to_owned());
                rest = after;
            }
            Some((before, Asked { address: address.trim().to_owned(), format, stood }, rest))
        }
        Prose::Markdown => {
            let (before, rest) = line.split_once("{{vintner ")?;
            let (inside, rest) = rest.split_once("}}")?;
            let (asked, stood) = match inside.split_once(" = ") {
                Some((asked, stood)) => (asked, Some(stood.trim().to_owned())),
                None => (inside, None),
            };
            // An address may hold blanks; a format is the last word where it is one.
            let asked = asked.trim();
            let (address, format) = match asked.rsplit_once(' ') {
                Some((address, format)) if is_format(format) => (address.trim(), format),
                _ => (asked, ""),
            };
            Some((before, Asked { address: address.to_owned(), format: format.to_owned(), stood }, rest))
        }
    }
}

fn is_format(word: &str) -> bool {
    word == "stars"
        || word.starts_with("percent")
        || (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The numerals of a line that say something: not years, not counts of one digit, nothing within commands' arguments that name
/// things, links, code, comments and headings' numbers.
fn numerals(line: &str, prose: Prose) -> Vec<String> {
    let line = match prose {
        Prose::Latex => {
            let comment = line.char_indices().find(|(at, letter)| {
                *letter == '%' && !line.get(..*at).is_some_and(|before| before.ends_with('\\'))
            });
            line.get(..comment.map_or(line.len(), |(at, _)| at)).unwrap_or(line)
        }
        Prose::Markdown => line,
    };
    let mut found = Vec::new();
    let letters: Vec<char> = line.chars().collect();
    let (mut at, mut in_code, mut link) = (0, false, 0_usize);
    while let Some(letter) = letters.get(at).copied() {
        match (prose, letter) {
            (Prose::Markdown, '`') => in_code = !in_code,
            (Prose::Markdown, '(') if at > 0 && letters.get(at - 1) == Some(&']') => link += 1,
            (Prose::Markdown, ')') if link > 0 => link -= 1,
            (Prose::Latex, '\\') => {
                let name: String =
                    letters.iter().skip(at + 1).take_while(|one| one.is_ascii_alphabetic()).collect();
                at += 1 + name.len();
                const NAMING: [&str; 14] = [
                    "cite",
                    "citep",
                    "citet",
                    "ref",
                    "eqref",
                    "label",
                    "input",
                    "include",
                    "includegraphics",
                    "url",
                    "href",
                    "usepackage",
                    "documentclass",
                    "hspace",
                ];
                if NAMING.contains(&name.as_str()) {
                    // To the end of its arguments.
                    while let Some(open) = letters.get(at).filter(|one| matches!(one, '{' | '[')) {
                        let close = if *open == '{' { '}' } else { ']' };
                        while letters.get(at).is_some_and(|one| *one != close) {
                            at += 1;
                        }
                        at += 1;
                    }
                }
                continue;
            }
            _ => {}
        }
        let begins = letter.is_ascii_digit()
            && !in_code
            && link == 0
            && !(at > 0
                && letters
                    .get(at - 1)
                    .is_some_and(|before| before.is_alphanumeric() || matches!(before, '.' | '_' | '#')));
        if begins {
            let numeral: String = letters
                .iter()
                .skip(at)
                .take_while(|one| one.is_ascii_digit() || matches!(one, '.' | ','))
                .collect();
            let length = numeral.chars().count();
            let plain = numeral.trim_end_matches(['.', ',']).to_owned();
            let followed = letters.get(at + length).is_some_and(|after| after.is_alphabetic());
            let negative = at > 0 && matches!(letters.get(at - 1), Some('-' | '\u{2212}'));
            at += length;
            let is_year = plain.len() == 4 && (plain.starts_with("19") || plain.starts_with("20"));
            let is_small = plain.len() == 1;
            if !followed && !is_year && !is_small && !plain.is_empty() {
                found.push(if negative && plain.contains('.') { format!("-{plain}") } else { plain });
            }
            continue;
        }
        at += 1;
    }
    found
}

/// A number for LaTeX's text: a minus in mathematics, a percent sign with its backslash.
fn latex_number(text: &str) -> String {
    text.replace('%', "\\%").replace('-', "$-$").replace('_', "\\_").replace('&', "\\&").replace('#', "\\#")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Numbers {
        let mut numbers = Numbers::default();
        numbers.add("main/1/union", "0.182", "***", Some(0.18246));
        numbers.add("main/1/union/below", "0.017", "", Some(0.01716));
        numbers.add("main/1/log(x)", "-0.500", "*", Some(-0.5));
        numbers.add("main/1/n_obs", "4360", "", Some(4360.0));
        numbers
    }

    #[test]
    fn numbers_are_filled_in() {
        let text = "Unions: \\vintner{main/1/union} (\\vintner[2]{main/1/union/below}), \\vintner[percent1]{main/1/union}, \\vintner{main/1/log(x)}.\n";
        let woven = numbers().weave(text, Prose::Latex);
        assert_eq!(woven.text, "Unions: 0.182 (0.02), 18.2\\%, $-$0.500.\n");
        assert_eq!(woven.remarks, []);
        let text = "Unions: {{vintner main/1/union stars}}, {{vintner main/1/log(x) 1}} of {{vintner main/1/n_obs}}.";
        assert_eq!(numbers().weave(text, Prose::Markdown).text, "Unions: 0.182***, \u{2212}0.5 of 4360.");
    }

    #[test]
    fn what_changed_and_what_has_no_address_is_told_with_its_line() {
        let text = "In 2019, 3 men earned\n\\vintner{main/1/union}{0.180} or 0.017 more \\cite{a12} % 55\n4360 men, 12.5 percent\n";
        let woven = numbers().weave(text, Prose::Latex);
        let told: Vec<String> =
            woven.remarks.iter().map(|one| format!("{}: {}", one.line, one.message)).collect();
        assert_eq!(
            told,
            [
                "2: 0.180 stood for `main/1/union`, which is 0.182 now",
                "2: 0.017 has no address; `main/1/union/below` is printed so",
                "3: 4360 has no address; `main/1/n_obs` is printed so",
                "3: 12.5 has no address",
            ]
        );
        let text = "See [the 14 tables](a/15.md), `16` and\n```\n17\n```\n{{vintner main/1/unoin}} and {{vintner main/1/union = 0.182}}\n";
        let woven = numbers().weave(text, Prose::Markdown);
        let told: Vec<String> =
            woven.remarks.iter().map(|one| format!("{}: {}", one.line, one.message)).collect();
        assert_eq!(
            told,
            ["1: 14 has no address", "5: there is no number `main/1/unoin`, did you mean `main/1/union`?",]
        );
        assert!(woven.text.contains("?? main/1/unoin ?? and 0.182"), "{}", woven.text);
    }

    #[test]
    fn a_table_goes_by_its_own_name_and_by_its_input_s() {
        let mut numbers = numbers();
        numbers.called.insert("given".into(), "main".into());
        let text = "{{vintner given/1/union}} and {{vintner main/1/union}}, 0.017";
        let woven = numbers.weave(text, Prose::Markdown);
        assert_eq!(woven.text, "0.182 and 0.182, 0.017");
        assert_eq!(woven.remarks[0].message, "0.017 has no address; `given/1/union/below` is printed so");
        // Another table is called as the input is.
        numbers.add("given/1/union", "9.9", "", Some(9.9));
        let woven = numbers.weave("{{vintner given/1/union}}, {{vintner given/1/n_obs}}", Prose::Markdown);
        assert_eq!(woven.text, "?? given/1/union ??, 4360");
        assert_eq!(
            woven.remarks[0].message,
            "two numbers are called `given/1/union`: `main/1/union`, whose table is read under that name here, and one of the \
             table that has it; call the input otherwise"
        );
        assert!(!numbers.macros().contains("vintner@given/1/union@"));
        numbers.numbers.remove("given/1/union");
        numbers.add("main/1/n_obs", "17", "", Some(17.0));
        let woven = numbers.weave("{{vintner main/1/n_obs}}", Prose::Markdown);
        assert!(woven.remarks[0].message.starts_with("two numbers are called `main/1/n_obs`"), "{woven:?}");
        numbers.twice.clear();
        let macros = numbers.macros();
        assert!(
            macros.contains("vintner@given/1/union@") && macros.contains("vintner@main/1/union@"),
            "{macros}"
        );
    }

    #[test]
    fn macros_are_for_those_who_compile_alone() {
        let macros = numbers().macros();
        assert!(macros.contains("\\csname vintner@main/1/log(x)@\\endcsname{$-$0.500}"), "{macros}");
        assert!(macros.contains("@stars\\endcsname{0.182\\textsuperscript{***}}"), "{macros}");
    }
}
