//! Names as a manifest has to write them.

/// A name as YAML takes it for a text: in quotation marks where it might be anything else.
pub(crate) fn yaml_word(name: &str) -> String {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let plain = name.starts_with(|character: char| character.is_alphabetic())
        && name.chars().all(|character| character.is_alphanumeric() || character == '_')
        && !WORDS.contains(&name.to_lowercase().as_str());
    // JSON's quotation marks are YAML's.
    if plain { name.to_owned() } else { serde_json::to_string(name).unwrap_or_else(|_| "\"\"".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_no_text_is_quoted() {
        for (name, word) in [
            ("sex", "sex"),
            ("地区", "地区"),
            ("no", "\"no\""),
            ("sex: f", "\"sex: f\""),
            ("2019", "\"2019\""),
            ("a \"b\"", r#""a \"b\"""#),
        ] {
            assert_eq!(yaml_word(name), word);
        }
    }
}
