//! JSON as Python's `json.dumps(…, indent=2, sort_keys=True)` writes it: these are the bytes that `tro-utils` signs.

use serde_json::Value;

/// The text. Names of fields are sorted, and what isn't ASCII is escaped.
pub(super) fn text(value: &Value) -> String {
    let mut ascii = String::new();
    for character in format!("{value:#}").chars() {
        match character {
            character if character.is_ascii() && character != '\u{7f}' => ascii.push(character),
            character => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    ascii.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_pythons() {
        // `json.dumps({"b": [], "a": ["é😀", {"c": 1}], "d": {}}, indent=2, sort_keys=True)`, Python 3.11.
        let expected = "{\n  \"a\": [\n    \"\\u00e9\\ud83d\\ude00\",\n    {\n      \"c\": 1\n    }\n  ],\n  \"b\": [],\n  \"d\": {}\n}";
        assert_eq!(text(&serde_json::json!({"b": [], "a": ["é😀", {"c": 1}], "d": {}})), expected);
    }
}
