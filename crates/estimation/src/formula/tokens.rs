//! The words and signs of an equation's text.

use std::ops::Range;

use super::fault::FormulaFault;

/// A word or a sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A column's or a function's name.
    Name(String),
    /// A text in quotation marks.
    Text(String),
    Number(f64),
    /// Any of `~ | + - * / : ^ ( ) , = .`.
    Sign(char),
}

impl Token {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Text(text) => format!("\"{text}\""),
            Self::Number(number) => number.to_string(),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

/// A token and the characters that it stands on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: Range<usize>,
}

/// What to write where a sign isn't known.
fn instead_of(sign: char) -> &'static str {
    match sign {
        '[' | ']' => {
            "slopes that differ by unit, `unit[x]`, are `i(unit, x)` among the regressors, or those of `mean_group`; \
             of columns that a macro names, write each"
        }
        '#' => "Stata's `c.x#c.z` is `x:z`, `c.x##c.z` is `x*z`, `i.g` is `i(g)`",
        '<' | '>' | '!' | '&' | '%' => {
            "conditions go into `where`, or make the column in a stage of `op: derive`, and name it here"
        }
        '$' => "name the column alone",
        _ => "put a column's name that has other signs than letters, digits, `_` and `.` into backticks",
    }
}

/// The tokens of a text. A dot that neither follows a letter or digit nor stands before a digit is a sign; `` `any name` ``
/// is a name.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, FormulaFault> {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: usize| characters.get(place).copied();
    let run = |from: usize, holds: &dyn Fn(char) -> bool| -> usize {
        (from..).take_while(|place| at(*place).is_some_and(holds)).last().map_or(from, |last| last + 1)
    };
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(first) = at(start) {
        let of =
            |range: Range<usize>| -> String { characters.get(range).unwrap_or_default().iter().collect() };
        let end;
        let token = match first {
            space if space.is_whitespace() => {
                start += 1;
                continue;
            }
            quote @ ('"' | '\'' | '`') => {
                let close = run(start + 1, &|one| one != quote);
                if at(close).is_none() {
                    let fault = FormulaFault::new(start..close, format!("no {quote} closes this text"));
                    return Err(fault);
                }
                end = close + 1;
                let inside = of(start + 1..close);
                if quote == '`' { Token::Name(inside) } else { Token::Text(inside) }
            }
            digit if digit.is_ascii_digit() => {
                let whole = run(start, &|one| one.is_ascii_digit());
                let fraction =
                    at(whole) == Some('.') && at(whole + 1).is_some_and(|one| one.is_ascii_digit());
                end = if fraction { run(whole + 1, &|one| one.is_ascii_digit()) } else { whole };
                let number = of(start..end);
                let parsed = number
                    .parse()
                    .map_err(|_| FormulaFault::new(start..end, format!("{number} is no number")))?;
                Token::Number(parsed)
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                end = run(start, &|one| one.is_alphanumeric() || one == '_' || one == '.');
                Token::Name(of(start..end))
            }
            sign if "~|+-*/:^(),=.".contains(sign) => {
                end = start + 1;
                Token::Sign(sign)
            }
            other => {
                let fault =
                    FormulaFault::new(start..start + 1, format!("`{other}` means nothing in an equation"));
                return Err(fault.hint(instead_of(other)));
            }
        };
        found.push(Placed { token, at: start..end });
        start = end;
    }
    Ok(found)
}
