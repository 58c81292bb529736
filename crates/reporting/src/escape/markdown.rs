//! Text for GitHub's Markdown.

use super::unseen::Unseen;

/// Text that Markdown prints as it stands, in a paragraph, a heading or a table's cell.
///
/// Characters that could begin emphasis, links, images, code, HTML, entities, headings, tables or
/// footnotes are escaped everywhere; those that mean something only at the start of a line (`-`, `+`,
/// `=`, `1.`) only where the text begins with them, so that numbers and words stay legible in the raw
/// file. Addresses aren't turned into links. `$` and `@` are kept from starting mathematics and
/// mentions. Newlines become blanks, controls their code point.
pub fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let start = text.trim_start_matches([' ', '\u{a0}', '\u{3000}']);
    let digits = start.len() - start.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let numbered = digits > 0
        && start.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']))
        && start.get(digits + 1..).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()));
    let marker = numbered.then(|| text.len() - start.len() + digits);
    for (index, character) in text.char_indices() {
        let after = text.get(index + character.len_utf8()..).unwrap_or_default();
        let leads = escaped.is_empty();
        match character {
            // Four blanks at a line's start would make it code.
            ' ' if leads => escaped.push_str("&#32;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '$' | '@' => {
                escaped.push_str("<span>");
                escaped.push(character);
                escaped.push_str("</span>");
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '#' | '|' | '~' | '!' | '^' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '-' | '+' | '=' if leads && !after.starts_with(|next: char| next.is_ascii_digit()) => {
                escaped.push('\\');
                escaped.push(character);
            }
            '-' if after.starts_with('-') => escaped.push_str("\\-"),
            ':' if after.starts_with('/') => escaped.push_str("\\:"),
            '.' if ends_with_www(text.get(..index).unwrap_or_default()) => escaped.push_str("\\."),
            '.' | ')' if marker == Some(index) => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => match Unseen::of(other) {
                Unseen::Blank if leads => escaped.push_str("&#32;"),
                Unseen::Blank => escaped.push(' '),
                Unseen::Named(name) => {
                    escaped.push_str("&lt;");
                    escaped.push_str(&name);
                    escaped.push_str("&gt;");
                }
                Unseen::No => escaped.push(other),
            },
        }
    }
    escaped
}

fn ends_with_www(text: &str) -> bool {
    let mut last = text.chars().rev();
    (0..3).all(|_| matches!(last.next(), Some('w' | 'W')))
}

/// A number with a minus sign instead of a hyphen; other text as [`escape_markdown`] has it.
pub fn markdown_number(text: &str) -> String {
    match super::NumberText::of(text) {
        Some(_) => text.replace('-', "−"),
        None => escape_markdown(text),
    }
}

/// Text set as code: between backticks where it holds nothing that could end them or a table's cell,
/// in `<code>` with its characters escaped otherwise.
pub fn markdown_code(text: &str) -> String {
    let plain = |character: char| {
        !matches!(character, '`' | '|' | '\\') && matches!(Unseen::of(character), Unseen::No)
    };
    if !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && text.chars().all(plain) {
        format!("`{text}`")
    } else {
        format!("<code>{}</code>", escape_markdown(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_becomes_text() {
        for (text, escaped) in [
            ("A_1 & B%", "A\\_1 &amp; B%"),
            ("a|b\nc", "a\\|b c"),
            ("`x`", "\\`x\\`"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("![x](http://e.org)", "\\!\\[x\\](http\\://e.org)"),
            ("www.e.org", "www\\.e.org"),
            ("# 1", "\\# 1"),
            ("- item", "\\- item"),
            ("-0.257", "-0.257"),
            ("***", "\\*\\*\\*"),
            ("1. item", "1\\. item"),
            ("10.33", "10.33"),
            ("    code", "&#32;   code"),
            ("$x$ @y", "<span>$</span>x<span>$</span> <span>@</span>y"),
            ("---", "\\-\\--"),
            ("bell\u{7}", "bell&lt;U+0007&gt;"),
            ("3 observations, 5 parameters", "3 observations, 5 parameters"),
        ] {
            assert_eq!(escape_markdown(text), escaped);
        }
    }

    #[test]
    fn code_is_between_backticks_where_it_can_be() {
        assert_eq!(markdown_code("gdp_2019.csv"), "`gdp_2019.csv`");
        assert_eq!(markdown_code("a|b`c"), "<code>a\\|b\\`c</code>");
        assert_eq!(markdown_code(""), "<code></code>");
    }

    /// Undoes the escaping, refusing active characters that stand bare.
    fn printed(escaped: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = escaped;
        while let Some(character) = rest.chars().next() {
            let known = [
                ("<span>$</span>", '$'),
                ("<span>@</span>", '@'),
                ("&lt;", '<'),
                ("&gt;", '>'),
                ("&amp;", '&'),
                ("&#32;", ' '),
            ];
            if let Some((code, plain)) = known.iter().find(|(code, _)| rest.starts_with(code)) {
                out.push(*plain);
                rest = &rest[code.len()..];
                continue;
            }
            let after = &rest[character.len_utf8()..];
            rest = match character {
                '\\' => {
                    let next = after.chars().next().ok_or("a backslash at the end")?;
                    if !next.is_ascii_punctuation() {
                        return Err(format!("\\{next}"));
                    }
                    out.push(next);
                    &after[1..]
                }
                '<' | '>' | '&' | '$' | '@' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                    return Err(format!("bare {character}"));
                }
                '\n' | '\r' => return Err("a newline".into()),
                other => {
                    out.push(other);
                    after
                }
            };
        }
        Ok(out)
    }

    proptest! {
        #[test]
        fn any_text_prints_as_itself(text in "[ -~一-龟é]{0,40}") {
            prop_assert_eq!(printed(&escape_markdown(&text)), Ok(text));
        }

        #[test]
        fn any_string_at_all_leaves_nothing_active(text in any::<String>()) {
            prop_assert!(printed(&escape_markdown(&text)).is_ok());
            let code = markdown_code(&text);
            let inner = code.strip_prefix('`').and_then(|code| code.strip_suffix('`'));
            match inner {
                Some(inner) => prop_assert!(!inner.contains(['`', '|', '\n', '\r'])),
                None => {
                    let inner = code.strip_prefix("<code>").and_then(|code| code.strip_suffix("</code>"));
                    prop_assert!(printed(inner.unwrap_or("<")).is_ok());
                }
            }
        }

        #[test]
        fn nothing_begins_a_block(text in "[-+=#>0-9.) a]{1,8}") {
            let escaped = escape_markdown(&text);
            let list = ["- ", "+ ", "# ", "> ", "---", "===", "    "];
            prop_assert!(list.iter().all(|start| !escaped.starts_with(start)), "{}", escaped);
        }
    }
}
