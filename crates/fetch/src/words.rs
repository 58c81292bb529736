//! Texts of a manifest with variables of the environment in them, which is where keys and passwords stay.

use std::env;

use crate::error::{FetchError, Result};

/// A text with each `${NAME}` replaced by the environment's value.
pub(crate) fn expanded(text: &str) -> Result<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, left)) = after.split_once('}') else {
            return Err(FetchError::BadUrl {
                url: text.into(),
                message: "`${` is never closed by `}`".into(),
            });
        };
        let value =
            env::var(name).map_err(|_| FetchError::NoVariable { text: text.into(), name: name.into() })?;
        out.push_str(&value);
        rest = left;
    }
    out.push_str(rest);
    Ok(out)
}

/// A text as a part of a URL.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' | b'+' | b'@' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_secret_stays_in_the_environment() {
        assert_eq!(expanded("http://a/?b=1").unwrap(), "http://a/?b=1");
        let missing = expanded("http://a/?key=${VINTNER_NO_SUCH_VARIABLE}").unwrap_err().to_string();
        assert!(missing.contains("VINTNER_NO_SUCH_VARIABLE"), "{missing}");
        assert!(expanded("${A").is_err());
        assert_eq!(encoded("a b/é"), "a%20b%2F%C3%A9");
    }
}
