//! Macros of Stata: `$name`, `${name}`, `` `name' ``.

use std::collections::BTreeMap;

use crate::value::Value;

/// A text with its macros filled in; unknown where one of them is.
pub(crate) fn expanded(
    text: &str,
    globals: &BTreeMap<String, Value>,
    locals: &BTreeMap<String, Value>,
) -> Value {
    expand(text, globals, locals, 0)
}

fn expand(
    text: &str,
    globals: &BTreeMap<String, Value>,
    locals: &BTreeMap<String, Value>,
    depth: usize,
) -> Value {
    if depth > 20 {
        return Value::Unknown;
    }
    let Some(at) = text.find(['$', '`']) else { return Value::text(text) };
    let (before, from) = text.split_at(at);
    let (name, after, values) = if let Some(rest) = from.strip_prefix('`') {
        // A compound quote is none.
        if let Some(rest) = rest.strip_prefix('"') {
            let whole = Value::text(before).followed_by("", &Value::text("`\""));
            return whole.followed_by("", &expand(rest, globals, locals, depth));
        }
        let Some(end) = closing(rest) else { return Value::Unknown };
        (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default(), locals)
    } else {
        let rest = from.get(1..).unwrap_or_default();
        match rest.strip_prefix('{') {
            Some(rest) => match rest.split_once('}') {
                Some((name, after)) => (name, after, globals),
                None => return Value::Unknown,
            },
            None => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                if end == 0 {
                    let whole = Value::text(format!("{before}$"));
                    return whole.followed_by("", &expand(rest, globals, locals, depth));
                }
                (rest.get(..end).unwrap_or_default(), rest.get(end..).unwrap_or_default(), globals)
            }
        }
    };
    let name = expand(name.trim(), globals, locals, depth + 1);
    let value = match name.single() {
        Some(name) => values.get(name).cloned().unwrap_or(Value::Unknown),
        None => Value::Unknown,
    };
    Value::text(before).followed_by("", &value).followed_by("", &expand(after, globals, locals, depth))
}

/// Where the quote closes that is open, past those within.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            '`' => open += 1,
            '\'' if open == 0 => return Some(at),
            '\'' => open -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_are_filled_in() {
        let globals = BTreeMap::from([
            ("root".to_owned(), Value::text("C:/p")),
            ("y2001".to_owned(), Value::text("late")),
        ]);
        let locals = BTreeMap::from([("y".to_owned(), Value::Texts(vec!["2000".into(), "2001".into()]))]);
        let of = |text| expanded(text, &globals, &locals);
        assert_eq!(of("$root/a.dta"), Value::text("C:/p/a.dta"));
        assert_eq!(of("${root}x"), Value::text("C:/px"));
        assert_eq!(of("d_`y'.dta"), Value::Texts(vec!["d_2000.dta".into(), "d_2001.dta".into()]));
        assert_eq!(of("`nobody'.dta"), Value::Unknown);
        assert_eq!(of("a$ b"), Value::text("a$ b"));
        let one = BTreeMap::from([("y".to_owned(), Value::text("2001"))]);
        assert_eq!(expanded("${y`y'}", &globals, &one), Value::text("late"));
    }
}
