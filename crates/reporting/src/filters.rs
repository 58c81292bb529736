//! The filters that templates have beside tera's own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::bibliography::Bibliography;
use crate::error::ReportingError;
use crate::escape::with_minus_signs;
use crate::name::NAMED;
use crate::number_format::table_format;
use crate::reference_view::authors;
use crate::report_format::ReportFormat;
use crate::trace_page;
use crate::wording::Wording;

/// Gives the filters to the templates of a format.
///
/// `text` prints a label, `said` a sentence of the program, `name`, `both`, `names` and `ids` print names, `prose` what
/// somebody wrote in sentences,
/// `number`, `aligned` and `code` say how a text is meant, `table_format` how wide numbers are, `trace` gives the
/// page of a number's trace, `cite` cites a work, `works` those on the methods that a list names. Filters that
/// would turn escaping off are refused.
pub(crate) fn register(tera: &mut Tera, format: ReportFormat, wording: &Arc<Wording>, works: &Works) {
    let cited = works.clone();
    let words = Arc::clone(wording);
    tera.register_filter("cite", move |key: &str, _: Kwargs, _: &State| cite(&cited, &words, format, key));
    let cited = works.clone();
    let words = Arc::clone(wording);
    tera.register_filter("works", move |methods: &Value, given: Kwargs, _: &State| {
        works_on(&cited, &words, format, methods, &given)
    });
    tera.register_filter("number", move |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&format.number(text))
    });
    tera.register_filter("code", move |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&format.code(text))
    });
    tera.register_filter("aligned", move |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&format.aligned(text))
    });
    tera.register_filter("table_format", |numbers: &[Value], _: Kwargs, _: &State| {
        table_format(numbers.iter().filter_map(Value::as_str))
    });
    tera.register_filter("trace", |address: &str, _: Kwargs, _: &State| trace_page(address));
    let words = Arc::clone(wording);
    tera.register_filter("text", move |key: &str, given: Kwargs, state: &State| {
        text(&words, format, key, &given, state)
    });
    let words = Arc::clone(wording);
    tera.register_filter("said", move |english: &Value, _: Kwargs, _: &State| said(&words, english));
    let words = Arc::clone(wording);
    tera.register_filter("said_of", move |things: &[Value], _: Kwargs, _: &State| said_of(&words, things));
    let words = Arc::clone(wording);
    tera.register_filter("name", move |name: &Value, _: Kwargs, _: &State| {
        Ok::<_, tera::Error>(in_language(&words, name)?.to_owned())
    });
    let words = Arc::clone(wording);
    tera.register_filter("prose", move |name: &Value, _: Kwargs, _: &State| {
        Ok::<_, tera::Error>(Value::safe_string(&prose(format, in_language(&words, name)?)))
    });
    let words = Arc::clone(wording);
    tera.register_filter("both", move |name: &Value, _: Kwargs, _: &State| {
        Ok::<_, tera::Error>(in_both(&words, name)?.to_owned())
    });
    let words = Arc::clone(wording);
    tera.register_filter("names", move |names: &[Value], _: Kwargs, _: &State| {
        let shown = if names.len() > MOST_NAMES { names.get(..FIRST_NAMES).unwrap_or(names) } else { names };
        let separator = words.separator("list.comma", ", ");
        let mut text = joined(shown, separator, |name| in_both(&words, name))?;
        if shown.len() < names.len() {
            let more = (names.len() - shown.len()).to_string();
            let said = words.line("list.more", &[("count", &more)]);
            text.push_str(separator);
            text.push_str(&said.unwrap_or_else(|_| format!("+ {more}")));
        }
        Ok::<_, tera::Error>(text)
    });
    let words = Arc::clone(wording);
    tera.register_filter("ids", move |names: &[Value], _: Kwargs, _: &State| {
        joined(names, words.separator("list.comma", ", "), |name| field(name, "id"))
    });
    register_parts(tera, BTreeMap::new());
    for filter in ["safe", "escape_html", "escape_xml", "newlines_to_br"] {
        tera.register_filter(filter, move |_: &Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            Err(tera::Error::message(format!(
                "the filter `{filter}` isn't allowed: what a template prints is escaped for its format"
            )))
        });
    }
}

/// Gives the filter `counted`, which prints a label with the next `number`, from 1: `{{ "figures.number" | counted }}`.
pub(crate) fn register_counted(
    tera: &mut Tera,
    format: ReportFormat,
    wording: &Arc<Wording>,
    counted: &Arc<AtomicUsize>,
) {
    let (words, counted) = (Arc::clone(wording), Arc::clone(counted));
    tera.register_filter("counted", move |key: &str, _: Kwargs, _: &State| {
        let number = (counted.fetch_add(1, Ordering::Relaxed) + 1).to_string();
        let given = |name: &str| (name == "number").then(|| number.clone());
        let text = words.text(key, None, format, &given).map_err(tera::Error::message)?;
        Ok::<_, tera::Error>(Value::safe_string(&text))
    });
}

/// Gives the filter `part`, which prints a text that is set for the format already, by its name.
pub(crate) fn register_parts(tera: &mut Tera, parts: BTreeMap<String, String>) {
    tera.register_filter("part", move |name: &str, _: Kwargs, _: &State| match parts.get(name) {
        Some(text) => Ok(Value::safe_string(text)),
        None => Err(tera::Error::message(format!("there is no part `{name}`"))),
    });
}

/// Of more names than this only the first are listed.
const MOST_NAMES: usize = 36;
const FIRST_NAMES: usize = 8;

/// What can be cited, and what has been.
#[derive(Debug, Clone)]
pub(crate) struct Works {
    pub(crate) bibliography: Arc<Bibliography>,
    pub(crate) cited: Arc<Mutex<Vec<String>>>,
}

/// A work by its authors and year, a link to where it is listed.
fn cite(works: &Works, wording: &Wording, format: ReportFormat, key: &str) -> TeraResult<Value> {
    let Some(entry) = works.bibliography.entry(key) else {
        return Err(tera::Error::message(works.bibliography.unknown(key)));
    };
    let mut cited = works.cited.lock().unwrap_or_else(PoisonError::into_inner);
    if !cited.iter().any(|known| known == key) {
        cited.push(key.to_owned());
    }
    let said = |error: ReportingError| tera::Error::message(error.to_string());
    let link = |text: String| match format {
        ReportFormat::Markdown => text,
        ReportFormat::Latex => format!("\\hyperlink{{ref-{key}}}{{{text}}}"),
        ReportFormat::Html => format!("<a href=\"#ref-{key}\">{text}</a>"),
    };
    // The names alone are the link: a bracket of the year that ended one would lose what keeps Chinese
    // punctuation together in LaTeX.
    let names = link(format.escape(&authors(entry, wording).map_err(said)?));
    let year = entry.field("year");
    if year.is_empty() {
        return Ok(Value::safe_string(&names));
    }
    let of = |wanted: &str| match wanted {
        "names" => Some(names.clone()),
        "year" => Some(format.escape(year)),
        _ => None,
    };
    let text = wording.text("cite.year", None, format, &of).map_err(tera::Error::message)?;
    Ok(Value::safe_string(&text))
}

/// The works on methods, each once: those among whose `keywords` is a method's name. Methods are a text, a name
/// in both languages, of which the English one counts, or a list of them. `at` says under which fields they
/// stand (`rows.model, rows.errors`).
fn works_on(
    works: &Works,
    wording: &Wording,
    format: ReportFormat,
    methods: &Value,
    given: &Kwargs,
) -> TeraResult<Value> {
    let paths: Vec<String> =
        given.iter().find(|(name, _)| name.to_string() == "at").map_or_else(Vec::new, |(_, paths)| {
            paths.as_str().unwrap_or_default().split(',').map(|path| path.trim().to_owned()).collect()
        });
    let mut names = Vec::new();
    if paths.is_empty() {
        method_names(methods, &[], &mut names);
    }
    for path in &paths {
        method_names(methods, &path.split('.').collect::<Vec<_>>(), &mut names);
    }
    let separator = format.escape(wording.separator("list.semicolon", "; "));
    let mut cited = Vec::new();
    for entry in works.bibliography.on(&names) {
        cited.push(cite(works, wording, format, &entry.key)?.to_string());
    }
    Ok(Value::safe_string(&cited.join(&separator)))
}

fn method_names<'v>(value: &'v Value, path: &[&str], names: &mut Vec<&'v str>) {
    if let Some(items) = value.as_array() {
        items.iter().for_each(|item| method_names(item, path, names));
        return;
    }
    let field = |name: &str| value.as_map()?.get(&tera::value::Key::from(name.to_owned()));
    match path.split_first() {
        Some((first, rest)) => {
            if let Some(inner) = field(first) {
                method_names(inner, rest, names);
            }
        }
        None => names.extend(value.as_str().or_else(|| field("en").and_then(Value::as_str))),
    }
}

/// A label with what is given put in, each escaped unless it is set for the format already.
fn text(
    wording: &Wording,
    format: ReportFormat,
    key: &str,
    given: &Kwargs,
    state: &State,
) -> TeraResult<Value> {
    let mut set: Vec<(String, String)> = Vec::new();
    let mut count = None;
    for (name, value) in given.iter() {
        let name = name.to_string();
        if name == "count" {
            count = value.as_i128().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        }
        set.push((name, state.escape_if_needed(value)?));
    }
    let of = |wanted: &str| set.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.clone());
    let text = wording.text(key, count, format, &of).map_err(tera::Error::message)?;
    Ok(Value::safe_string(&text))
}

/// A sentence of the program, or several joined.
fn said(wording: &Wording, english: &Value) -> TeraResult<String> {
    match (english.as_str(), english.as_array()) {
        (Some(text), _) => Ok(with_minus_signs(&wording.said(text))),
        (None, Some(texts)) => {
            let said: Vec<String> = texts
                .iter()
                .filter_map(Value::as_str)
                .map(|text| with_minus_signs(&wording.said(text)))
                .collect();
            Ok(said.join(wording.separator("list.semicolon", "; ")))
        }
        (None, None) => Err(tera::Error::message(format!(
            "`said` takes a text or a list of texts, this is a {}",
            english.name()
        ))),
    }
}

/// Sentences of the program about things that have names, joined: in each its name stands for [`NAMED`].
fn said_of(wording: &Wording, things: &[Value]) -> TeraResult<String> {
    let said = things.iter().map(|thing| {
        let name = thing.as_map().and_then(|fields| fields.get(&tera::value::Key::from("name".to_owned())));
        let name = name.ok_or_else(|| tera::Error::message("`said_of` takes sentences with names"))?;
        let text = with_minus_signs(&wording.said(field(thing, "said")?));
        Ok(text.replace(NAMED, in_language(wording, name)?))
    });
    Ok(said.collect::<TeraResult<Vec<String>>>()?.join(wording.separator("list.semicolon", "; ")))
}

/// A name in the report's language, or the English where it has none in it.
fn in_language<'v>(wording: &Wording, name: &'v Value) -> TeraResult<&'v str> {
    let english = field(name, "en")?;
    Ok(match field(name, wording.language()) {
        Ok(own) if !own.is_empty() => own,
        _ => english,
    })
}

/// Sentences that somebody wrote, in which what stands between backquotes is code.
fn prose(format: ReportFormat, text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A backquote without a partner is one.
    if parts.len().is_multiple_of(2) {
        return format.escape(text);
    }
    let pieces = parts.iter().enumerate().map(|(at, part)| match at.is_multiple_of(2) || part.is_empty() {
        true => format.escape(part),
        false => format.code(part),
    });
    pieces.collect()
}

/// A name in a report in English with the Chinese one after it, in the report's language alone elsewhere.
fn in_both<'v>(wording: &Wording, name: &'v Value) -> TeraResult<&'v str> {
    if wording.language() == "en" { field(name, "both") } else { in_language(wording, name) }
}

fn joined<'v>(
    names: &'v [Value],
    separator: &str,
    pick: impl Fn(&'v Value) -> TeraResult<&'v str>,
) -> TeraResult<String> {
    let texts: Vec<&str> = names.iter().map(pick).collect::<TeraResult<_>>()?;
    Ok(texts.join(separator))
}

fn field<'v>(name: &'v Value, field: &str) -> TeraResult<&'v str> {
    name.as_map()
        .and_then(|fields| fields.get(&tera::value::Key::from(field.to_owned())))
        .and_then(Value::as_str)
        .ok_or_else(|| {
            tera::Error::message(format!("a name has `id`, `en`, `zh` and `both`; this is a {}", name.name()))
        })
}
