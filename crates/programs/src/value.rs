//! What is known of a value before a program runs.

/// How many texts one value may stand for.
const MOST: usize = 400;

/// What is known of a value before a program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// One of these texts: of a loop, all that it goes through.
    Texts(Vec<String>),
    /// Files below a folder, as it is written: what a listing gives.
    Files(Vec<String>),
    /// Nothing.
    Unknown,
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Value::Texts(vec![text.into()])
    }

    pub(crate) fn texts(&self) -> &[String] {
        match self {
            Value::Texts(texts) => texts,
            _ => &[],
        }
    }

    /// The one text that it is.
    pub(crate) fn single(&self) -> Option<&str> {
        match self.texts() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// All texts of one and of the other.
    pub(crate) fn or(self, other: Value) -> Value {
        match (self, other) {
            (Value::Texts(mut one), Value::Texts(other)) => {
                for text in other {
                    if !one.contains(&text) && one.len() < MOST {
                        one.push(text);
                    }
                }
                Value::Texts(one)
            }
            (Value::Files(folder), _) | (_, Value::Files(folder)) => Value::Files(folder),
            _ => Value::Unknown,
        }
    }

    /// Each text of one before each of the other.
    pub(crate) fn followed_by(&self, between: &str, other: &Value) -> Value {
        match (self, other) {
            (Value::Texts(one), Value::Texts(other)) => {
                let mut texts = Vec::new();
                for one in one {
                    for other in other {
                        let text = format!("{one}{between}{other}");
                        if texts.len() < MOST && !texts.contains(&text) {
                            texts.push(text);
                        }
                    }
                }
                Value::Texts(texts)
            }
            (Value::Files(folder), _) | (_, Value::Files(folder)) => Value::Files(folder.clone()),
            _ => Value::Unknown,
        }
    }

    /// Parts of a path, one after the other. A part that starts anew takes the place of those before it.
    pub(crate) fn path(parts: &[Value]) -> Value {
        let mut whole: Option<Value> = None;
        for part in parts {
            let anew = part
                .texts()
                .iter()
                .any(|text| crate::paths::is_absolute(text) || text.starts_with(crate::paths::ROOT));
            whole = Some(match whole {
                Some(before) if !anew => {
                    let slash = before.map_texts(|text| text.trim_end_matches('/').to_owned());
                    slash.followed_by("/", part)
                }
                _ => part.clone(),
            });
        }
        whole.unwrap_or(Value::Unknown)
    }

    pub(crate) fn map_texts(&self, change: impl Fn(String) -> String) -> Value {
        match self {
            Value::Texts(texts) => Value::Texts(texts.iter().cloned().map(change).collect()),
            Value::Files(folder) => Value::Files(folder.clone()),
            Value::Unknown => Value::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_a_path() {
        let of =
            |parts: &[&str]| Value::path(&parts.iter().map(|part| Value::text(*part)).collect::<Vec<_>>());
        assert_eq!(of(&["data", "x.csv"]), Value::text("data/x.csv"));
        assert_eq!(of(&["@package/", "x.csv"]), Value::text("@package/x.csv"));
        assert_eq!(of(&["data", "/tmp", "x"]), Value::text("/tmp/x"));
        let years = Value::Texts(vec!["1".into(), "2".into()]);
        assert_eq!(Value::text("a").followed_by("", &years), Value::Texts(vec!["a1".into(), "a2".into()]));
        assert_eq!(Value::Unknown.followed_by("", &years), Value::Unknown);
    }
}
