//! Names made of texts: of sources, variables and entities.

use unicode_normalization::UnicodeNormalization;

/// A text as a name: letters and digits in lower case, words divided by underscores; letters of other scripts than the
/// Latin stay. Nothing where it has none.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let is_mark = |character: &char| matches!(character, '\u{300}'..='\u{36f}');
    for character in text.nfd().filter(|character| !is_mark(character)).nfc() {
        if character.is_alphanumeric() {
            slug.extend(character.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') && !"'’".contains(character) {
            slug.push('_');
        }
    }
    let slug = slug.trim_matches('_');
    if slug.starts_with(|character: char| character.is_ascii_digit()) {
        format!("x_{slug}")
    } else {
        slug.to_owned()
    }
}

/// A name that isn't among those that are taken: with a number behind it where it is.
pub(super) fn unique(name: &str, taken: &[String]) -> String {
    if !taken.iter().any(|other| other == name) {
        return name.to_owned();
    }
    (2..).map(|number| format!("{name}_{number}")).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Text that can't end a comment.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A text in double quotes, in which YAML and JSON agree.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".into())
}

/// A text in a comment: quoted, and cut where it is long.
pub(super) fn told(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return quoted(text);
    }
    let cut: String = text.chars().take(LONGEST).collect();
    quoted(&format!("{cut}…"))
}

/// Examples of texts and what they are read as.
pub(super) fn examples(examples: &[(String, String)]) -> String {
    let one = |(raw, read): &(String, String)| {
        if raw == read { told(raw) } else { format!("{} is {}", told(raw), one_line(read)) }
    };
    examples.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_names() {
        for (text, name) in [
            ("GDP (constant 2015 US$)", "gdp_constant_2015_us"),
            ("Côte d'Ivoire", "cote_divoire"),
            ("名义GDP", "名义gdp"),
            ("1997", "x_1997"),
            ("…", ""),
        ] {
            assert_eq!(slug(text), name);
        }
        assert_eq!(unique("gdp", &["gdp".into(), "gdp_2".into()]), "gdp_3");
    }
}
