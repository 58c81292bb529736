//! Text for LaTeX (XeLaTeX with ctex: UTF-8, Unicode fonts).

use super::unseen::Unseen;

/// Text that LaTeX prints as it stands, wherever in a paragraph or a table's cell it is put.
///
/// The ten special characters are written as their commands. A bracket and an asterisk are wrapped in
/// braces, because after `\\` at the end of a table's row they would be read as its argument. Quotes
/// and runs of hyphens are kept from joining into ligatures. Newlines become blanks, controls their
/// code point.
pub fn escape_latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '{' => escaped.push_str("\\{"),
            '}' => escaped.push_str("\\}"),
            '$' => escaped.push_str("\\$"),
            '&' => escaped.push_str("\\&"),
            '#' => escaped.push_str("\\#"),
            '%' => escaped.push_str("\\%"),
            '_' => escaped.push_str("\\_"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '"' => escaped.push_str("\\textquotedbl{}"),
            '`' => escaped.push_str("\\textasciigrave{}"),
            '[' | ']' | '*' => {
                escaped.push('{');
                escaped.push(character);
                escaped.push('}');
            }
            // Web addresses are longer than a table's column: they may be broken after a slash.
            '/' if characters.peek().is_some_and(|next| next.is_alphanumeric()) => {
                escaped.push_str("/\\allowbreak{}");
            }
            '-' | '\'' if characters.peek() == Some(&character) => {
                escaped.push(character);
                escaped.push_str("{}");
            }
            other => match Unseen::of(other) {
                Unseen::Blank => escaped.push(' '),
                Unseen::Named(name) => {
                    escaped.push_str("\\textless{}");
                    escaped.push_str(&name);
                    escaped.push_str("\\textgreater{}");
                }
                Unseen::No => match symbol(other) {
                    Some(command) => escaped.push_str(command),
                    None => escaped.push(other),
                },
            },
        }
    }
    escaped
}

/// The commands of symbols that text fonts lack.
const SYMBOLS: [(char, &str); 25] = [
    ('→', "$\\to$"),
    ('←', "$\\leftarrow$"),
    ('↔', "$\\leftrightarrow$"),
    ('≤', "$\\le$"),
    ('≥', "$\\ge$"),
    ('≠', "$\\neq$"),
    ('≈', "$\\approx$"),
    ('○', "$\\circ$"),
    ('×', "$\\times$"),
    ('−', "$-$"),
    ('±', "$\\pm$"),
    ('Δ', "$\\Delta$"),
    ('Σ', "$\\Sigma$"),
    ('α', "$\\alpha$"),
    ('β', "$\\beta$"),
    ('γ', "$\\gamma$"),
    ('δ', "$\\delta$"),
    ('λ', "$\\lambda$"),
    ('μ', "$\\mu$"),
    ('ρ', "$\\rho$"),
    ('σ', "$\\sigma$"),
    ('χ', "$\\chi$"),
    ('²', "\\textsuperscript{2}"),
    ('³', "\\textsuperscript{3}"),
    ('⁸', "\\textsuperscript{8}"),
];

fn symbol(character: char) -> Option<&'static str> {
    // None is ASCII.
    if character.is_ascii() {
        return None;
    }
    SYMBOLS.iter().find(|(symbol, _)| *symbol == character).map(|(_, command)| *command)
}

/// Text set as code, which may be broken after `_`, `/`, `-` and `.`: file names and checksums are longer
/// than the columns that hold them.
pub fn latex_code(text: &str) -> String {
    let mut code = String::from("\\texttt{");
    let mut start = 0;
    for (index, _) in text.match_indices(['_', '/', '-', '.']) {
        code.push_str(&escape_latex(text.get(start..=index).unwrap_or_default()));
        code.push_str("\\allowbreak{}");
        start = index + 1;
    }
    code.push_str(&escape_latex(text.get(start..).unwrap_or_default()));
    code.push('}');
    code
}

/// A number's text with a minus sign instead of a hyphen and a power of ten instead of an exponent:
/// `-1.2e-7` becomes `$-$1.2$\times10^{-7}$`. Text that is no number (or part of one, such as `.350`)
/// is escaped as text.
pub fn latex_number(text: &str) -> String {
    let Some(number) = super::NumberText::of(text) else { return escape_latex(text) };
    let minus = if number.negative { "$-$" } else { "" };
    match number.exponent {
        Some(exponent) => format!("{minus}{}$\\times10^{{{exponent}}}$", number.mantissa),
        None => format!("{minus}{}", number.mantissa),
    }
}

/// A number's text for a column of siunitx, which aligns it at the point; what is no plain number is set
/// as [`latex_number`] does, in braces, which keep it from being read as one.
pub(crate) fn latex_aligned(text: &str) -> String {
    match super::NumberText::of(text) {
        Some(number) if number.exponent.is_none() => text.to_owned(),
        _ => format!("{{{}}}", latex_number(text)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn specials_become_their_commands() {
        assert_eq!(escape_latex("A_1 & B%"), "A\\_1 \\& B\\%");
        assert_eq!(
            escape_latex("\\input{/etc/passwd}"),
            "\\textbackslash{}input\\{/\\allowbreak{}etc/\\allowbreak{}passwd\\}"
        );
        assert_eq!(escape_latex("χ² → m²"), "$\\chi$\\textsuperscript{2} $\\to$ m\\textsuperscript{2}");
        assert_eq!(escape_latex("[1ex] *"), "{[}1ex{]} {*}");
        assert_eq!(escape_latex("a--b ''"), "a-{}-b '{}'");
        assert_eq!(
            escape_latex("a\nb\u{7}\u{202e}"),
            "a b\\textless{}U+0007\\textgreater{}\\textless{}U+202E\\textgreater{}"
        );
        assert_eq!(escape_latex("沧州 ^^5cinput"), "沧州 \\textasciicircum{}\\textasciicircum{}5cinput");
    }

    #[test]
    fn numbers_get_a_minus_sign_and_a_power() {
        assert_eq!(latex_number("-0.257"), "$-$0.257");
        assert_eq!(latex_number(".350"), ".350");
        assert_eq!(latex_number("1.2e-7"), "1.2$\\times10^{-7}$");
        assert_eq!(latex_number("<0.001"), "\\textless{}0.001");
        assert_eq!(latex_number("1e\\x"), "1e\\textbackslash{}x");
        assert_eq!(latex_number(""), "");
    }

    #[test]
    fn plain_numbers_are_aligned() {
        assert_eq!(latex_aligned("-0.257"), "-0.257");
        assert_eq!(latex_aligned("<0.001"), "{\\textless{}0.001}");
        assert_eq!(latex_aligned("1e-7"), "{1$\\times10^{-7}$}");
    }

    /// Reads escaped text back as LaTeX would print it, refusing whatever isn't one of the commands
    /// that the escaping may write.
    fn printed(escaped: &str) -> Result<String, String> {
        const COMMANDS: [(&str, char); 8] = [
            ("textbackslash", '\\'),
            ("textasciicircum", '^'),
            ("textasciitilde", '~'),
            ("textless", '<'),
            ("textgreater", '>'),
            ("textbar", '|'),
            ("textquotedbl", '"'),
            ("textasciigrave", '`'),
        ];
        let mut out = String::new();
        let mut rest = escaped;
        let mut depth = 0i32;
        while let Some(character) = rest.chars().next() {
            let after = &rest[character.len_utf8()..];
            rest = match character {
                '\\' => {
                    if let Some(symbol) = after.chars().next().filter(|next| "{}$&#%_".contains(*next)) {
                        out.push(symbol);
                        &after[1..]
                    } else {
                        let name: String = after.chars().take_while(char::is_ascii_alphabetic).collect();
                        // A place where a line may be broken prints nothing.
                        if name != "allowbreak" {
                            let (_, symbol) = COMMANDS
                                .iter()
                                .find(|(command, _)| *command == name)
                                .ok_or_else(|| format!("command \\{name}"))?;
                            out.push(*symbol);
                        }
                        after[name.len()..].strip_prefix("{}").ok_or("a command without {}")?
                    }
                }
                '{' => {
                    depth += 1;
                    after
                }
                '}' => {
                    depth -= 1;
                    after
                }
                '$' | '&' | '#' | '%' | '_' | '^' | '~' | '<' | '>' | '|' | '"' | '`' => {
                    return Err(format!("bare {character}"));
                }
                '\n' | '\r' => return Err("a newline".into()),
                '[' | ']' | '*' if depth == 0 => return Err(format!("bare {character}")),
                other => {
                    out.push(other);
                    after
                }
            };
            if !(0..=1).contains(&depth) {
                return Err("unbalanced braces".into());
            }
        }
        if depth == 0 { Ok(out) } else { Err("unbalanced braces".into()) }
    }

    proptest! {
        #[test]
        fn any_text_prints_as_itself(text in "[ -~一-龟é]{0,40}") {
            prop_assert_eq!(printed(&escape_latex(&text)), Ok(text));
        }

        #[test]
        fn any_string_at_all_leaves_nothing_special(text in any::<String>()) {
            let without_symbols = |text: String| {
                SYMBOLS.iter().fold(text, |text, (symbol, command)| text.replace(command, &symbol.to_string()))
            };
            prop_assert!(printed(&without_symbols(escape_latex(&text))).is_ok());
            let number = without_symbols(latex_number(&text));
            let unmarked = number.replace("−", "").replace("$-$", "").replace("$\\times10^{", "").replace("}$", "");
            prop_assert!(printed(&unmarked).is_ok(), "{}", number);
        }
    }
}
